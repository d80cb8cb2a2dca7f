"""The fifth list of questions: its structure, its answers on days made by hand, its readings with data missing."""

import numpy as np
import pytest
from questions_checks import assert_asked_in_words_of_its_own, assert_opposites_part
from tasks_fakes import made_day

from sensorlm.records import Event
from sensorlm.tasks import question_readings_fifth as readings
from sensorlm.tasks.day_view import DayView
from sensorlm.tasks.question_list import QUESTIONS
from sensorlm.tasks.question_list_fifth import QUESTIONS_FIFTH
from sensorlm.tasks.question_list_fourth import QUESTIONS_FOURTH
from sensorlm.tasks.question_list_second import QUESTIONS_SECOND
from sensorlm.tasks.question_list_third import QUESTIONS_THIRD

NAN = float("nan")
ALL = (*QUESTIONS, *QUESTIONS_SECOND, *QUESTIONS_THIRD, *QUESTIONS_FOURTH, *QUESTIONS_FIFTH)
BY_NAME = {question.name: question for question in QUESTIONS_FIFTH}
DEVICE = {
    "steps but not a heartbeat", "pulse nearly nonstop", "night without a sleep entry", "night made the sleep log",
}  # fmt: skip


def day(steps=(), pulse=(), sleep=(), awake=(), *, rate=0, beat=60, off=()):
    """Steps of `rate` and a pulse of `beat` but for (start, end, value); (start, end) of sleep, awake and off."""
    walked, hr = np.full(1440, rate, np.float32), None if beat is None else np.full(1440, beat, np.float32)
    for start, end, value in steps:
        walked[start:end] = value
    for start, end, value in pulse:
        hr[start:end] = value
    for start, end in off:
        walked[start:end] = NAN
        if hr is not None:
            hr[start:end] = NAN
    events = [Event(kind="sleep", label="Asleep", start=s, end=e) for s, e in sleep]
    events += [Event(kind="sleep", label="Awake", stage="awake", start=s, end=e) for s, e in awake]
    return made_day(walked, hr, events)


def view(*args, **kwargs):
    return DayView(day(*args, **kwargs))


# fmt: off
DAYS = [
    # Nothing but the chair: a long early night of one piece, a pulse that is the same all day.
    day([(570, 574, 20), (1200, 1204, 20)], sleep=[(-120, 430), (1320, 1800)], awake=[(-90, -88)]),
    # A short late night with many times awake, on foot in it and all day long, a nap, a high pulse.
    day([(30, 40, 20), (150, 156, 20), (210, 216, 20), (300, 306, 20), (350, 365, 90),
         (380, 395, 90), (450, 470, 110), (600, 605, 90), (620, 625, 90), (640, 645, 90),
         (660, 665, 90), (680, 685, 90), (700, 730, 90), (900, 905, 90), (920, 925, 90),
         (940, 945, 90), (960, 965, 90), (1000, 1020, 120), (1150, 1180, 140), (1400, 1436, 90)],
        [(0, 120, 68), (120, 240, 65), (240, 345, 70), (300, 302, 120), (345, 1440, 85), (1150, 1180, 150),
         (1320, 1440, 90)],
        [(100, 345), (800, 840)], [(250, 255), (280, 285), (300, 305), (320, 325), (335, 340)]),
    # To bed after one, up at half nine, on foot in the evening only, until midnight.
    day([(600, 604, 90), (1150, 1190, 90), (1210, 1300, 90), (1380, 1425, 90)],
        [(0, 80, 75), (80, 200, 60), (200, 300, 57), (300, 450, 55), (450, 530, 50), (530, 575, 48), (1020, 1320, 90)],
        [(80, 575)], [(90, 95), (110, 115)]),
    # Walks right after waking that cost the heart much, and little later on; the later night begins as the last.
    day([(400, 430, 110), (440, 480, 110), (500, 540, 20), (600, 608, 100)],
        [(0, 100, 50), (100, 140, 45), (140, 330, 52), (330, 390, 56), (390, 480, 135), (480, 560, 75), (560, 700, 72),
         (700, 1440, 64), (800, 803, 64)],
        [(-60, 398), (1385, 1800)], [(-50, -45)]),
    # The same walks by a heart that settles at once; the whole day a waiter's, to bed early at last.
    day([(330, 335, 20), (480, 1275, 25), (450, 470, 80), (1010, 1030, 90)],
        [(450, 470, 100), (1010, 1030, 100), (330, 1440, 78)], [(20, 420), (1280, 1800)]),
    # Walked far on little sleep; a pulse that stays low by day.
    day([(300, 400, 110), (500, 600, 95)], [(300, 400, 65)], [(-30, 270)]),
    # A pulse at a desk over a hundred, high after lunch; two walks, to bed late.
    day([(800, 812, 100)], [(640, 700, 62), (760, 900, 75), (900, 960, 112)], [(-90, 500), (1430, 1800)]),
    # Straight to sleep from walking, then an hour less awake; slow after the walk.
    day([(600, 640, 90), (640, 700, 15), (1290, 1314, 40)],
        [(600, 640, 120), (640, 680, 118)], [(-100, 480), (1318, 1800)]),
    # Awake for eighteen hours and slept for seven and a half, both sides of midnight.
    day([(400, 420, 80)], [(700, 760, 72), (1080, 1140, 66)], [(-15, 405), (1425, 1860)]),
    # At seven as every day; a morning heart that calms down; no pulse by night.
    day([(420, 440, 20)], [(540, 720, 95), (720, 1440, 62), (0, 360, NAN)], [(-200, 415)]),
    # Off until noon and from eight on; then with a pulse that breaks off.
    day([(800, 830, 60)], [(900, 910, NAN), (1000, 1010, NAN), (1100, 1110, NAN)], off=[(0, 720), (1200, 1440)]),
    # Steps alone, and nothing of the night.
    day([(600, 700, 60)], beat=None),
]
# fmt: on


def test_the_fifth_list_has_its_questions_in_four_wordings_of_no_other_list():
    wordings = [w.lower() for q in ALL for w in q.wordings]
    names = [q.name for q in ALL]
    assert len(QUESTIONS_FIFTH) >= 110
    assert {len(q.wordings) for q in QUESTIONS_FIFTH} == {4}
    assert len(wordings) == len(set(wordings)), {w for w in wordings if wordings.count(w) > 1}
    assert len(names) == len(set(names)), {n for n in names if names.count(n) > 1}
    assert all(w == " ".join(w.split()) and w for q in QUESTIONS_FIFTH for w in q.wordings)
    pairs = [q for q in QUESTIONS_FIFTH if q.opposite]
    assert len(pairs) >= 2 * 45
    assert all(BY_NAME[q.opposite].opposite == q.name for q in pairs)


def test_no_question_is_asked_in_words_that_a_model_was_taught():
    assert_asked_in_words_of_its_own(QUESTIONS_FIFTH)


@pytest.mark.parametrize("name", list(BY_NAME))
def test_each_question_is_true_of_one_day_and_false_of_another(name):
    told = {BY_NAME[name].asks(DayView(one)) for one in DAYS}
    assert {True, False} <= told


def test_opposites_are_never_both_true():
    assert_opposites_part(QUESTIONS_FIFTH, DAYS)


def test_a_day_without_a_recording_tells_only_that():
    empty = DayView(made_day(logged=()))
    told = {name: q.asks(empty) for name, q in BY_NAME.items() if q.asks(empty) is not None}
    assert set(told) == DEVICE
    assert not any(told.values())


def test_contrary_and_size_keep_the_unknown():
    assert [readings.no(a) for a in (True, False, None)] == [False, True, None]
    assert [readings.size(v) for v in (-3, 3, None)] == [3, 3, None]


def test_readings_of_times_awake_in_the_night():
    one = view(sleep=[(-60, 340)], awake=[(40, 50), (140, 150)])
    assert readings.unbroken(one) == 190
    assert readings.waking_place(one) == pytest.approx((100 + 200 + 9) / 800)
    assert readings.unbroken(view(sleep=[(-60, 340)])) is None
    assert readings.waking_place(view(awake=[(40, 50)])) is None


def test_readings_of_the_evening_before_the_next_sleep():
    one = view([(1260, 1270, 40), (1300, 1301, 5)], sleep=[(0, 400), (1320, 1800)])
    assert readings.bedtime(one) == 1320
    assert readings.waking_day(one) == 920
    assert readings.wind_down(one) == 50
    assert readings.wind_down(view(sleep=[(1320, 1800)])) == 240
    assert readings.waking_day(view(sleep=[(1320, 1800)])) is None
    assert readings.bedtime(view(sleep=[(0, 400), (1320, 1400)])) is None
    assert readings.wind_down(view([(1100, 1300, NAN)], sleep=[(1320, 1800)])) is None


def test_readings_of_the_sleeping_heart():
    one = view(pulse=[(100, 120, 50), (340, 400, 70)], sleep=[(0, 400)])
    assert readings.dawn_rise(one) == pytest.approx(70 - (60 + (10 * 60 - 10 * 20) / 400))
    assert readings.low_place(one) == pytest.approx(109 / 400, abs=0.01)
    assert readings.low_place(view(sleep=[(-200, 200)])) is None
    assert readings.dawn_rise(view(sleep=[(0, 400)], beat=None)) is None
    assert readings.dawn_rise(view()) is None


def test_readings_of_the_heart_by_day():
    one = view(pulse=[(540, 720, 70), (750, 900, 85), (1020, 1200, 65), (1250, 1251, NAN)])
    assert readings.lunch_bump(one) == 15
    assert readings.climb(one) == -5
    assert readings.calm_stretch(one, 68) == 1260 - 900
    assert readings.calm_stretch(one, 50) == 0
    assert readings.lunch_bump(view(rate=10)) is None
    assert readings.calm_stretch(view(pulse=[(600, 800, NAN)]), 68) is None
    assert readings.climb(view(beat=None)) is None


def test_readings_of_walks():
    one = view([(420, 430, 80), (700, 704, 80), (720, 722, 80), (1000, 1010, 80)])
    assert readings.walk_within(one, 0, 500) == 10
    assert readings.there_and_back(one) is True
    assert readings.nowhere(one) is False
    assert readings.hops(one) == 2
    assert readings.walks_apart(one) == 1000 - 430
    assert readings.walks_apart(view([(420, 430, 80)])) == 0
    assert readings.there_and_back(view([(420, 430, 80)], off=[(900, 1440)])) is None
    assert readings.nowhere(view()) is True
    missing = view(off=[(0, 900)])
    assert readings.hops(missing) is readings.walks_apart(missing) is readings.longest_busy(missing) is None


def test_readings_of_pace_and_of_being_busy():
    one = view([(600, 640, 50), (644, 660, 10), (700, 710, 5)])
    assert readings.longest_busy(one) == 60
    assert readings.pace(one) == 50
    assert readings.longest_busy(view()) == 0
    assert readings.pace(view([(600, 620, 50)])) is None


def test_readings_of_the_device():
    one = view(pulse=[(0, 100, NAN), (200, 203, NAN), (300, 302, NAN), (1400, 1440, NAN)], off=[(500, 600)])
    assert readings.pulse_holes(one) == 2
    assert readings.pulse_hole(one) == 100
    assert readings.pulse_hole(one, 150, 400) == 3
    assert readings.kept_minutes(one) == 840
    assert readings.pulse_holes(view(beat=None)) is readings.pulse_hole(view(beat=None)) is None
    assert readings.kept_minutes(DayView(made_day())) == 0
