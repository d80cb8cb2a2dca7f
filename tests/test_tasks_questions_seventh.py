"""The seventh list of questions: its structure, its answers on days made by hand, its readings with data missing."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from questions_checks import assert_asked_in_words_of_its_own, assert_opposites_part, plain
from tasks_fakes import made_day

from sensorlm.records import DayMatrix, Event
from sensorlm.tasks import question_readings_seventh as r7
from sensorlm.tasks.day_view import DayView
from sensorlm.tasks.question_list_seventh import QUESTIONS_SEVENTH
from sensorlm.tasks.question_lists import QUESTION_LISTS
from sensorlm.tasks.questions import Question

Span = tuple[int, int, float]
NAN = float("nan")


def day(
    steps: Sequence[Span] = (), pulse: Sequence[Span] = (), sleep: Sequence[tuple[int, int]] = (),
    awake: Sequence[tuple[int, int]] = (), *, rate: float = 0, beat: float | None = 60,
) -> DayMatrix:  # fmt: skip
    """A day of `rate` steps and `beat` bpm a minute, but for the spans given."""
    walked, hr = np.full(1440, rate, np.float32), None if beat is None else np.full(1440, beat, np.float32)
    for start, end, value in steps:
        walked[start:end] = value
    for start, end, value in pulse:
        assert hr is not None
        hr[start:end] = value
    events = [Event(kind="sleep", label="Asleep", start=s, end=e) for s, e in sleep]
    events += [Event(kind="sleep", label="Awake", stage="awake", start=s, end=e) for s, e in awake]
    return made_day(walked, hr, events)


def view(*args: Sequence[tuple[float, ...]], **kwargs: object) -> DayView:
    """The view of a made day."""
    return DayView(day(*args, **kwargs))  # type: ignore[arg-type]


NIGHT = ((-60, 420),)
READINGS: dict[str, tuple[Callable[[], object], object]] = {
    "day_sleep": (lambda: r7.day_sleep(view(sleep=((-60, 420), (840, 870)))), 30),
    "day_sleep, none": (lambda: r7.day_sleep(view(sleep=((60, 700),))), 0),
    "night_strides": (lambda: r7.night_strides(view(((100, 105, 20), (415, 420, 50)), sleep=NIGHT)), 100),
    "steps_after_waking": (lambda: r7.steps_after_waking(view(((430, 440, 100), (560, 570, 90)), sleep=NIGHT)), 1000),
    "day_rise": (lambda: r7.day_rise(view(pulse=((600, 1200, 80),), sleep=NIGHT)), 20),
    "pulse_reach": (lambda: r7.pulse_reach(view(pulse=((0, 300, 50), (900, 1200, 95)))), 45),
    "pulse_peak_at": (lambda: r7.pulse_peak_at(view(pulse=((800, 810, 120),))), 805),
    "still_racing": (lambda: r7.still_racing(view(((600, 620, 90),), ((600, 660, 100),))), 30),
    "slow_beats": (lambda: r7.slow_beats(view(pulse=((0, 90, 52),)), 55), 90),
    "settling": (lambda: r7.settling(view(((600, 610, 100),), ((600, 610, 100),))), 40),
    "walks": (lambda: r7.walks(view(((600, 612, 80), (700, 705, 80), (800, 830, 80)))), 2),
    "walks, short": (lambda: r7.walks(view(((600, 612, 80), (700, 705, 80))), 5, 480, 720), 2),
    "outings": (lambda: r7.outings(view(((500, 501, 9), (510, 512, 9), (514, 515, 9)))), 2),
    "hours_up": (lambda: r7.hours_up(view(((500, 510, 30), (700, 705, 10)))), 1),
    "half_way": (lambda: r7.half_way(view(((600, 700, 20),))), 649),
    "dawdling": (lambda: r7.dawdling(view(((600, 660, 20), (700, 740, 80)))), 0.6),
    "pulse_known": (lambda: r7.pulse_known(view(pulse=((0, 400, NAN),))), 1040),
    "pulse_known, none": (lambda: r7.pulse_known(view(beat=None)), 0),
    "sleep_logged": (lambda: r7.sleep_logged(view(sleep=NIGHT)), True),
    "sleep_logged, none": (lambda: r7.sleep_logged(view()), False),
    "pulse_holes": (lambda: r7.pulse_holes(view(pulse=((0, 60, NAN), (600, 620, NAN), (800, 803, NAN)))), 1),
}

LOST = ((0, 1440, NAN),)
SILENT: dict[str, Callable[[], object]] = {
    "day_sleep": lambda: r7.day_sleep(view(sleep=((840, 870),))),
    "night_strides": lambda: r7.night_strides(view(LOST, sleep=NIGHT)),
    "night_strides, no night": lambda: r7.night_strides(view()),
    "steps_after_waking": lambda: r7.steps_after_waking(view(LOST, sleep=NIGHT)),
    "day_rise": lambda: r7.day_rise(view(sleep=NIGHT, beat=None)),
    "pulse_reach": lambda: r7.pulse_reach(view(beat=None)),
    "pulse_peak_at": lambda: r7.pulse_peak_at(view(beat=None)),
    "still_racing": lambda: r7.still_racing(view(beat=None)),
    "slow_beats": lambda: r7.slow_beats(view(beat=None), 55),
    "settling": lambda: r7.settling(view()),
    "walks": lambda: r7.walks(view(LOST)),
    "outings": lambda: r7.outings(view(LOST)),
    "hours_up": lambda: r7.hours_up(view(LOST)),
    "half_way": lambda: r7.half_way(view()),
    "dawdling": lambda: r7.dawdling(view(((600, 630, 20),))),
    "pulse_holes": lambda: r7.pulse_holes(view(beat=None)),
}

_EARLY_WALKER = day(
    ((430, 500, 125), (580, 620, 80), (700, 730, 90), (790, 830, 70), (960, 1000, 80), (1190, 1192, 30)),
    ((0, 400, 50), (430, 500, 145), (500, 600, 75), (700, 730, 98)),
    ((-120, 380),), ((30, 34),),
)  # fmt: skip
_LATE_CROWD = day(
    ((60, 80, 90), (1100, 1140, 90), (1150, 1170, 60), (1380, 1400, 50), (640, 650, 20)),
    ((0, 600, 68), (600, 1000, 74), (1000, 1100, 90), (1100, 1140, 118), (1140, 1440, 112)),
    ((130, 680), (840, 880)), ((200, 203), (300, 303), (400, 403)),
)  # fmt: skip
_LAZY = day(
    ((1000, 1080, 8), (600, 670, 10), (300, 303, 30)),
    ((0, 100, 62), (100, 300, 59), (800, 805, 72)),
    ((-30, 590),), ((100, 101),),
)  # fmt: skip
_FIDGET = day(
    tuple((minute, minute + 6, 70) for minute in range(420, 1320, 20)),
    ((0, 240, 66), (240, 1440, 66), (600, 700, 100), (300, 310, NAN), (900, 920, NAN)),
    ((60, 400),), ((70, 80), (100, 110), (200, 210), (300, 302)),
)  # fmt: skip
_BARE = day(((0, 480, NAN), (1200, 1440, NAN)), beat=None)
_PATIENT = day(
    ((200, 210, 20), *((m, m + 2, 20) for m in range(480, 1300, 50))),
    ((0, 420, 66), (420, 1440, 72), (700, 760, 130)),
    ((-60, 330),), ((60, 80), (150, 160), (250, 260)),
)  # fmt: skip
DAYS = [DayView(d) for d in (_EARLY_WALKER, _LATE_CROWD, _LAZY, _FIDGET, _BARE, _PATIENT)]


@pytest.mark.parametrize("name", READINGS)
def test_readings_of_days_made_by_hand(name: str) -> None:
    reading, expected = READINGS[name]
    assert reading() == pytest.approx(expected)


@pytest.mark.parametrize("name", SILENT)
def test_readings_are_silent_where_data_are_missing(name: str) -> None:
    assert SILENT[name]() is None


def test_every_reading_is_covered() -> None:
    own = {n for n, f in vars(r7).items() if getattr(f, "__module__", "") == r7.__name__}
    assert own == {name.split(",")[0] for name in READINGS}
    assert own - {"pulse_known", "sleep_logged"} == {name.split(",")[0] for name in SILENT}


@pytest.mark.parametrize("question", QUESTIONS_SEVENTH, ids=lambda q: q.name)
def test_question_is_true_of_a_day_and_false_of_another(question: Question) -> None:
    told = [question.asks(v) for v in DAYS]
    assert any(t is True for t in told), told
    assert any(t is False for t in told), told
    assert len(set(question.wordings)) == 4


def test_seventh_asks_in_words_that_nothing_teaches_and_no_other_list_asks() -> None:
    earlier = [q for questions in QUESTION_LISTS.values() if questions is not QUESTIONS_SEVENTH for q in questions]
    own = [plain(wording) for question in QUESTIONS_SEVENTH for wording in question.wordings]
    assert len(own) == len(set(own))
    assert not {plain(wording) for question in earlier for wording in question.wordings} & set(own)
    assert not {question.name for question in earlier} & {question.name for question in QUESTIONS_SEVENTH}
    assert_asked_in_words_of_its_own(QUESTIONS_SEVENTH)


def test_seventh_opposites_are_mutual_and_never_both_true() -> None:
    by_name = {question.name: question for question in QUESTIONS_SEVENTH}
    assert all(by_name[q.opposite].opposite == q.name for q in QUESTIONS_SEVENTH if q.opposite)
    assert_opposites_part(QUESTIONS_SEVENTH, [v.day for v in DAYS])
