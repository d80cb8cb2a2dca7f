"""The third list of questions: its structure, its answers on days made by hand, its readings with data missing."""

import re

import numpy as np
import pytest
from questions_checks import assert_asked_in_words_of_its_own, assert_opposites_part
from tasks_fakes import made_day

from sensorlm.records import Event
from sensorlm.tasks import question_readings_third as readings
from sensorlm.tasks.day_view import DayView
from sensorlm.tasks.question_list import QUESTIONS
from sensorlm.tasks.question_list_second import QUESTIONS_SECOND
from sensorlm.tasks.question_list_third import QUESTIONS_THIRD

NAN = float("nan")
NUMBER = re.compile(
    r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|hundred"
    r"|thousand|twice)\b"
)
DEVICE = {
    "ten hours of waking wear", "too little waking wear", "off for a little while",
    "not off for long enough to shower", "under eight hours of data", "over twenty hours of data", "on and off",
    "without a break", "first data after nine", "on as the day began", "data ended before ten", "on as the day ended",
    "a night in the log", "no night in the log", "pulse by day only", "pulse at night too", "everything there",
    "only steps", "off through the afternoon",
}  # fmt: skip
BY_NAME = {question.name: question for question in QUESTIONS_THIRD}


def column(base, spans):
    """(1440,) `base` everywhere, but each span (start, end, value) in turn."""
    values = np.full(1440, base, np.float32)
    for start, end, value in spans:
        values[start:end] = value
    return values


def day(steps=(), hr=(), sleep=(), awake=(), base=0.0, pulse=70.0):
    """Spans of steps over `base`, of a pulse over `pulse`, and sleeps and times awake in them (start, end)."""
    events = [Event(kind="sleep", label="Asleep", start=s, end=e) for s, e in sleep]
    events += [Event(kind="sleep", label="Awake", start=s, end=e, stage="awake") for s, e in awake]
    return made_day(
        steps=None if steps is None else column(base, steps), hr=None if hr is None else column(pulse, hr),
        events=events,
    )  # fmt: skip


OFF = [(0, 560, NAN), (800, 1000, NAN), (1300, 1440, NAN)]
HOLES = [(100, 115, NAN), (850, 1050, NAN), (1200, 1215, NAN)]
NIGHT_TRIPS = [(m, m + 1, 20) for m in (60, 120, 180, 240)]
DAYS = [
    # Early to bed, a morning of walking and school runs, a quiet evening.
    day([(310, 340, 110), (465, 485, 90), (490, 520, 115), (600, 640, 100), (880, 890, 90), (1030, 1040, 50)],
        [(0, 100, 60), (100, 300, 45), (480, 520, 130), (520, 540, 125), (700, 720, 115), (900, 1080, 75),
         (1140, 1320, 60)],
        [(-80, 290), (1350, 1800)], [(10, 12)]),
    # Late to bed and late to rise, a lively evening, effort without steps.
    day([(10, 30, 60), (700, 702, 20), (1090, 1130, 130), (1150, 1160, 40), (1180, 1200, 110), (1210, 1230, 110),
         (1380, 1420, 60)],
        [(0, 200, 80), (200, 300, 55), (360, 540, 60), (550, 580, 50), (720, 900, 88), (1085, 1135, 160),
         (1140, 1320, 85), (1250, 1290, 105)],
        [(130, 640)], [(200, 207), (300, 302), (400, 402), (500, 502)], pulse=72),
    # On foot all day and part of the night, hardly any sleep.
    day([*NIGHT_TRIPS, (300, 302, 40), (540, 1020, 20), (1020, 1040, 30), (1410, 1420, 40)],
        [(90, 95, 110), (360, 540, 90), (480, 700, 80), (1140, 1440, 84)],
        [(40, 380), (720, 760)], [(50, 52)], base=0.5, pulse=78),
    # A pulse at rest all day, few steps, nine hours.
    day([(600, 605, 40), (900, 905, 40)], [(0, 600, 58), (300, 310, 52), (850, 900, 64)], [(-120, 440)], [(0, 4)],
        pulse=61),
    # Many walks in the middle of the day, ambling, six hours.
    day([(660, 700, 65), (720, 760, 65), (800, 830, 65), (900, 920, 65), (1100, 1101, 10)],
        [(0, 400, 60), (650, 840, 104)], [(30, 390)], [(60, 63), (100, 102), (200, 202), (300, 302)], pulse=68),
    # Runs by turns, then the sofa; every minute of the evening in the chair.
    day([(m, m + 3, 150) for m in range(360, 420, 6)] + [(420, 425, 50), (1000, 1003, 30)],
        [(0, 350, 50), (360, 420, 155), (1020, 1140, 80)], [(-75, 350)], [(0, 1)], pulse=65),
    # Ill: asleep early and long, a heart that settles late, and a short walk that goes on in the house.
    day([(580, 595, 100), *((m, m + 2, 50) for m in range(598, 680, 10)), (1050, 1095, 100)],
        [(0, 120, 80), (120, 570, 62), (1200, 1215, 115)], [(-60, 570), (1100, 1180)], [(10, 11)]),
    # Awake until the birds sing, then a walk before work, and six thousand steps.
    day([(230, 231, 10), (440, 455, 100), *((m, m + 2, 50) for m in range(458, 540, 10)), (600, 690, 50)],
        [(300, 420, 60)], [(240, 430)]),
    # Steps and nothing else; a watch that came and went.
    day([(700, 760, 70)], None), day([(600, 640, 80), *OFF], None), day([(600, 640, 80), *HOLES], HOLES),
    day([(0, 480, NAN)], [(0, 480, NAN)]), day([(0, 400, NAN), (900, 1440, NAN)], [(0, 400, NAN), (900, 1440, NAN)]),
    day([(700, 730, NAN)], [(700, 730, NAN)]), day([(0, 1000, NAN)], None),
]  # fmt: skip


def test_the_third_list_has_its_questions_in_four_wordings_of_no_other_list():
    wordings = [w.lower() for q in (*QUESTIONS, *QUESTIONS_SECOND, *QUESTIONS_THIRD) for w in q.wordings]
    names = [q.name for q in (*QUESTIONS, *QUESTIONS_SECOND, *QUESTIONS_THIRD)]
    assert len(QUESTIONS_THIRD) >= 80
    assert {len(q.wordings) for q in QUESTIONS_THIRD} == {4}
    assert len(wordings) == len(set(wordings))
    assert len(names) == len(set(names))
    assert all(w == " ".join(w.split()) and w for q in QUESTIONS_THIRD for w in q.wordings)
    pairs = [q for q in QUESTIONS_THIRD if q.opposite]
    assert len(pairs) >= 50
    assert all(BY_NAME[q.opposite].opposite == q.name for q in pairs)


def test_most_questions_are_asked_without_a_number():
    plain = [q for q in QUESTIONS_THIRD if not any(NUMBER.search(w.lower()) for w in q.wordings)]
    assert 0.55 < len(plain) / len(QUESTIONS_THIRD) < 0.7


def test_no_question_is_asked_in_words_that_a_model_was_taught():
    assert_asked_in_words_of_its_own(QUESTIONS_THIRD)


@pytest.mark.parametrize("name", list(BY_NAME))
def test_each_question_is_true_of_one_day_and_false_of_another(name):
    told = {BY_NAME[name].asks(DayView(one)) for one in DAYS}
    assert {True, False} <= told


def test_opposites_are_never_both_true():
    assert_opposites_part(QUESTIONS_THIRD, DAYS)


def test_a_day_without_a_recording_tells_only_that():
    empty = DayView(made_day(logged=()))
    assert {name for name, q in BY_NAME.items() if q.asks(empty) is not None} <= DEVICE


def test_readings_of_the_night():
    view = DayView(day([(60, 61, 20), (100, 101, 5), (405, 415, 20)], sleep=[(-60, 400)], awake=[(60, 66), (90, 91)]))
    assert readings.awakenings(view) == 2
    assert readings.longest_awake(view) == 6
    assert readings.night_trips(view) == 1
    assert readings.lingering(view) == 5
    assert readings.sleep_total(view) == 400
    assert readings.awakenings(DayView(day(sleep=[(-60, 400)]))) is None
    assert readings.settling(DayView(day(hr=[(0, 120, 80)], sleep=[(-60, 400)]))) == 10
    assert readings.settling(DayView(day(sleep=[(-60, 200)]))) is None


def test_readings_of_walks():
    view = DayView(day([(600, 620, 100), (700, 705, 120), (800, 803, 140)]))
    assert readings.best_walk(view) == (600, 620)
    assert readings.best_walk_pace(view) == 100
    assert readings.rest_after_walk(view) == 60
    assert readings.outings(view, 5) == readings.spurts(view) == 2
    assert readings.sprints(view) == 1
    assert readings.halfway(view) == 615
    assert readings.fast_share(view) == 1
    assert readings.fullest_hour(view) == 2000
    assert readings.best_walk_start(DayView(day([(600, 605, 100)]))) is None
    assert readings.steps_share(DayView(day([(600, 605, 100)])), 0, 720) is None
    assert readings.contrast(DayView(day())) is None


def test_readings_of_the_pulse_and_the_watch():
    view = DayView(day([(600, 610, 100)], [(600, 612, 110), (800, 805, 120), (900, 901, NAN)]))
    assert readings.hr_jump(view) == 50
    assert readings.effort_off_feet(view) == 5
    assert readings.pulse_minutes(view, 890, 910) == 19
    assert readings.gaps(DayView(day(HOLES, HOLES))) == 3
    assert readings.first_reading(DayView(day([(0, 480, NAN)], None))) == 480
    assert readings.first_reading(DayView(made_day())) is readings.last_reading(DayView(made_day())) is None
