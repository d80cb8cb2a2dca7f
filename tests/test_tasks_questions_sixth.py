"""The sixth list of questions: its structure, its answers on days made by hand, its readings with data missing."""

import numpy as np
import pytest
from questions_checks import assert_asked_in_words_of_its_own, assert_opposites_part, plain
from tasks_fakes import made_day

from sensorlm.records import Event
from sensorlm.tasks import question_readings_sixth as readings
from sensorlm.tasks.day_view import DayView
from sensorlm.tasks.question_list import QUESTIONS
from sensorlm.tasks.question_list_fifth import QUESTIONS_FIFTH
from sensorlm.tasks.question_list_fourth import QUESTIONS_FOURTH
from sensorlm.tasks.question_list_second import QUESTIONS_SECOND
from sensorlm.tasks.question_list_sixth import QUESTIONS_SIXTH
from sensorlm.tasks.question_list_third import QUESTIONS_THIRD

NAN = float("nan")
EARLIER = (*QUESTIONS, *QUESTIONS_SECOND, *QUESTIONS_THIRD, *QUESTIONS_FOURTH, *QUESTIONS_FIFTH)
BY_NAME = {question.name: question for question in QUESTIONS_SIXTH}


def day(steps=(), pulse=(), sleep=(), awake=(), *, rate=0, beat=60):
    """Steps of `rate` and a pulse of `beat` but for (start, end, value); (start, end) of sleep and awake."""
    walked, hr = np.full(1440, rate, np.float32), None if beat is None else np.full(1440, beat, np.float32)
    for start, end, value in steps:
        walked[start:end] = value
    for start, end, value in pulse:
        hr[start:end] = value
    events = [Event(kind="sleep", label="Asleep", start=s, end=e) for s, e in sleep]
    events += [Event(kind="sleep", label="Awake", stage="awake", start=s, end=e) for s, e in awake]
    return made_day(walked, hr, events)


def view(*args, **kwargs):
    return DayView(day(*args, **kwargs))


# fmt: off
DAYS = [
    # One hour of pottering, else the chair: a long night of one piece, a low pulse, lower still asleep.
    day([(570, 630, 20)], [(0, 450, 48), (1080, 1320, 56)], [(-60, 450), (1320, 1800)], [(-30, -28)], beat=62),
    # A short late night with trips and times awake, a nap, a run, on foot from morning to night, the watch off a while.
    day([(0, 40, 30), (150, 153, 20), (200, 203, 20), (250, 253, 20), (380, 420, 110), (540, 800, 40), (725, 740, 90),
         (840, 1020, 40), (1035, 1080, 40), (1110, 1200, 110), (1150, 1165, 150), (1230, 1320, 40)],
        [(90, 380, 70), (410, 420, 120), (800, 830, 110), (860, 890, NAN), (1110, 1200, 145)],
        [(90, 380), (800, 840)], [(300, 302), (320, 323), (340, 342), (355, 358), (370, 373)], beat=85),
    # Asleep from the small hours to late morning, troubled at first; one walk, a pulse that is the same all day.
    day([(640, 700, 20), (700, 715, 80)], sleep=[(215, 600)], awake=[(220, 224), (240, 244)], beat=85),
    # No pulse until the morning; this evening's sleep begins later than the last.
    day([(480, 500, 60)], [(0, 420, NAN)], [(-200, 420), (1290, 1800)], [(100, 102)]),
]

READINGS = {
    "sleeps that ended this day": (
        lambda: readings.sleep_goes(view(sleep=[(-60, 200), (300, 480), (800, 820), (1380, 1800)])), 2),
    "half of the minutes around three": (lambda: readings.asleep_at(view(sleep=[(180, 480)]), 180), 0.5),
    "all of them": (lambda: readings.asleep_at(view(sleep=[(0, 480)]), 180), 1),
    "awake at the start": (lambda: readings.trouble_place(view(sleep=[(0, 400)], awake=[(0, 4)])), 1.5 / 400),
    "still half of the shift": (lambda: readings.sat_share(view([(540, 780, 30)]), 540, 1020), 0.5),
    "a short nap in it": (lambda: readings.sat_share(view([(540, 780, 30)], sleep=[(900, 940)]), 540, 1020), 0.5),
    "pulse in the chair": (lambda: readings.sitting_pulse(view([(600, 700, 30)], [(600, 700, 120)], beat=64)), 64),
    "five minutes at the top": (lambda: readings.top_pulse(view(pulse=[(600, 605, 140), (800, 802, 190)])), 140),
    "from the low to the high": (lambda: readings.swing(view(pulse=[(540, 800, 60), (800, 1260, 95)])), 35),
    "half of it slow": (lambda: readings.potter_share(view([(500, 520, 39), (600, 620, 40)])), 0.5),
    "one hour for half": (lambda: readings.hours_for_half(view([(600, 660, 30)])), 1),
    "five of ten equal hours": (lambda: readings.hours_for_half(view([(480, 1080, 10)])), 5),
    "hours astir": (lambda: readings.stirring_hours(view([(480, 580, 10), (700, 704, 20)])), 2),
    "two breaks, one too long and one at the end": (
        lambda: readings.pulse_breaks(
            view(pulse=[(500, 520, NAN), (600, 700, NAN), (800, 1000, NAN), (1400, 1440, NAN)]), 15, 120), 2),
    "a fifth of the night": (lambda: readings.pulse_missing(view(pulse=[(0, 60, NAN)]), 0, 300), 0.2),
}

SILENT = {
    "no night to count sleeps in": lambda: readings.sleep_goes(view()),
    "no sleep log at three": lambda: readings.asleep_at(view(), 180),
    "two minutes awake": lambda: readings.trouble_place(view(sleep=[(0, 400)], awake=[(0, 2)])),
    "no time awake": lambda: readings.trouble_place(view(sleep=[(0, 400)])),
    "the shift was slept": lambda: readings.sat_share(view(sleep=[(500, 900)]), 540, 1020),
    "steps missing": lambda: readings.sat_share(view(rate=NAN), 540, 1020),
    "never in the chair": lambda: readings.sitting_pulse(view(rate=30)),
    "top without a pulse": lambda: readings.top_pulse(view(beat=NAN)),
    "top without a sensor": lambda: readings.top_pulse(DayView(made_day(steps=3))),
    "top of half a day": lambda: readings.top_pulse(view(pulse=[(0, 720, NAN)])),
    "swing without a pulse": lambda: readings.swing(view(beat=NAN)),
    "hardly on foot": lambda: readings.potter_share(view([(600, 620, 30)])),
    "too few steps for halves": lambda: readings.hours_for_half(view([(600, 620, 30)])),
    "hours without steps": lambda: readings.stirring_hours(view(rate=NAN)),
    "breaks of no pulse": lambda: readings.pulse_breaks(view(beat=NAN), 15, 120),
    "no pulse to miss": lambda: readings.pulse_missing(view(beat=NAN), 0, 300),
}
# fmt: on


def test_sixth_has_its_size_and_every_opposite_is_mutual():
    assert 60 <= len(QUESTIONS_SIXTH) <= 80
    assert len(BY_NAME) == len(QUESTIONS_SIXTH)
    for question in QUESTIONS_SIXTH:
        assert len(question.wordings) == 4, question.name
        assert BY_NAME[question.opposite].opposite == question.name


def test_sixth_asks_in_words_of_no_other_list():
    earlier = {plain(wording) for question in EARLIER for wording in question.wordings}
    own = [plain(wording) for question in QUESTIONS_SIXTH for wording in question.wordings]
    assert len(own) == len(set(own))
    assert not earlier & set(own)
    assert not {question.name for question in EARLIER} & set(BY_NAME)


def test_sixth_asks_in_words_that_nothing_teaches():
    assert_asked_in_words_of_its_own(QUESTIONS_SIXTH)


@pytest.mark.parametrize("question", QUESTIONS_SIXTH, ids=lambda q: q.name)
def test_sixth_each_question_is_true_of_one_day_and_false_of_another(question):
    told = [question.asks(DayView(one)) for one in DAYS]
    assert any(answer is True for answer in told)
    assert any(answer is False for answer in told)


def test_sixth_opposites_are_never_both_true():
    assert_opposites_part(QUESTIONS_SIXTH, DAYS)


@pytest.mark.parametrize("name", READINGS)
def test_sixth_reading_of_a_made_day(name):
    reading, expected = READINGS[name]
    assert reading() == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("name", SILENT)
def test_sixth_reading_is_none_where_the_day_cannot_tell(name):
    assert SILENT[name]() is None


def test_sixth_empty_day_answers_no_question():
    """Neither sleep, steps nor a pulse: nothing can be told."""
    empty = DayView(made_day(logged=()))
    assert [q.name for q in QUESTIONS_SIXTH if q.asks(empty) is not None] == []
