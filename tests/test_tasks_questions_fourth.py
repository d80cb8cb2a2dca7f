"""The fourth list of questions: its structure, its answers on days made by hand, its readings with data missing."""

import numpy as np
import pytest
from questions_checks import assert_asked_in_words_of_its_own, assert_opposites_part
from tasks_fakes import made_day
from test_tasks_questions_third import DAYS as DAYS_THIRD
from test_tasks_questions_third import day

from sensorlm.tasks import question_readings_fourth as readings
from sensorlm.tasks.day_view import DayView
from sensorlm.tasks.question_list import QUESTIONS
from sensorlm.tasks.question_list_fourth import QUESTIONS_FOURTH
from sensorlm.tasks.question_list_second import QUESTIONS_SECOND
from sensorlm.tasks.question_list_third import QUESTIONS_THIRD
from sensorlm.tasks.question_readings_fourth import about, over, under

NAN = float("nan")
ALL = (*QUESTIONS, *QUESTIONS_SECOND, *QUESTIONS_THIRD, *QUESTIONS_FOURTH)
BY_NAME = {question.name: question for question in QUESTIONS_FOURTH}
DEVICE = {
    "on round the clock", "on for half the day at most", "off overnight", "on overnight", "a break by day",
    "no break by day", "heart signal all day", "a night fit for study",
}  # fmt: skip
DAYS = [
    *DAYS_THIRD,
    # On foot to work and home, a heart that settles at once, to bed two hours before the night before.
    day([(450, 480, 90), (1000, 1030, 90)], [(450, 480, 120), (1000, 1030, 120)], [(20, 420), (1330, 1800)]),
    # The same walks at noon, a heart that stays up for long, to bed an hour later than the night before.
    day([(700, 730, 90), (760, 790, 90)], [(700, 740, 120), (760, 800, 120)], [(-120, 420), (1380, 1800)]),
]


def test_the_fourth_list_has_its_questions_in_four_wordings_of_no_other_list():
    wordings = [w.lower() for q in ALL for w in q.wordings]
    names = [q.name for q in ALL]
    assert len(QUESTIONS_FOURTH) >= 80
    assert {len(q.wordings) for q in QUESTIONS_FOURTH} == {4}
    assert len(wordings) == len(set(wordings)), {w for w in wordings if wordings.count(w) > 1}
    assert len(names) == len(set(names)), {n for n in names if names.count(n) > 1}
    assert all(w == " ".join(w.split()) and w for q in QUESTIONS_FOURTH for w in q.wordings)
    pairs = [q for q in QUESTIONS_FOURTH if q.opposite]
    assert len(pairs) >= 100
    assert all(BY_NAME[q.opposite].opposite == q.name for q in pairs)


def test_no_question_is_asked_in_words_that_a_model_was_taught():
    assert_asked_in_words_of_its_own(QUESTIONS_FOURTH)


@pytest.mark.parametrize("name", list(BY_NAME))
def test_each_question_is_true_of_one_day_and_false_of_another(name):
    told = {BY_NAME[name].asks(DayView(one)) for one in DAYS}
    assert {True, False} <= told


def test_opposites_are_never_both_true():
    assert_opposites_part(QUESTIONS_FOURTH, DAYS)


def test_a_day_without_a_recording_tells_only_that():
    empty = DayView(made_day(logged=()))
    assert {name for name, q in BY_NAME.items() if q.asks(empty) is not None} <= DEVICE


def test_between_the_limits_nothing_is_told():
    assert [over(v, 10, 20) for v in (None, 10, 15, 20)] == [None, False, None, True]
    assert [under(v, 10, 20) for v in (None, 10, 15, 20)] == [None, True, None, False]
    assert [about(v, 10, 20, 5) for v in (None, 5, 7, 10, 20, 22, 25)] == [None, False, None, True, True, None, False]


def test_readings_of_the_night():
    view = DayView(day([(430, 442, 80)], [(60, 63, 100)], [(-60, 400), (800, 840), (1350, 1800)]))
    assert readings.nap(view) == 40
    assert readings.later_to_bed(view) == -30
    assert readings.steps_from_waking(view, 60) == 12 * 80
    assert readings.walk_from_waking(view) == 12
    assert readings.peak_asleep(view) == pytest.approx(30 - 90 / 400)
    assert readings.night_pulse_share(view) == 1
    assert readings.later_to_bed(DayView(day(sleep=[(-60, 400)]))) is None
    assert readings.nap(DayView(day(sleep=[(200, 700)]))) is None
    assert readings.peak_asleep(DayView(day(hr=[(0, 200, NAN)], sleep=[(-60, 400)]))) is None
    assert readings.night_pulse_share(DayView(day(hr=None, sleep=[(-60, 400)]))) == 0


def test_sitting_is_being_awake_without_a_step():
    view = DayView(day([(700, 730, 80), (900, 901, 5)], sleep=[(-60, 400), (1000, 1100)]))
    assert readings.sat(view) == 1440 - 400 - 100 - 31
    assert readings.sat_beyond_sleep(view) == 1440 - 2 * 500 - 31
    assert readings.longest_sit(view) == 220
    assert readings.idle_hours(view) == 6
    assert readings.sat(DayView(day([(0, 300, NAN)], sleep=[(-60, 400)]))) is None
    assert readings.longest_sit(DayView(day([(600, 800, NAN)]))) is None
    assert readings.longest_sit(DayView(day(base=1))) == 0


def test_readings_of_pulse_and_steps():
    view = DayView(day([(600, 620, 100)], [(480, 720, 80), (800, 815, 130), (1260, 1380, 60)]))
    assert readings.peak_from_walk(view) == 807 - 619
    assert readings.late_lead(view) == -10
    assert readings.afternoon_lead(view) == pytest.approx(-10 + 15 * 60 / 360)
    assert readings.share_between(view, 0, 610) == 0.5
    assert readings.peak_from_walk(DayView(day())) == 1440
    assert readings.peak_from_walk(DayView(day(hr=[(0, 300, NAN)]))) is None
    assert readings.share_between(DayView(day([(600, 605, 100)])), 0, 720) is None
    assert readings.longest_sit(DayView(made_day(hr=np.full(1440, 70, np.float32)))) is None
