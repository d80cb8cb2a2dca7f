"""Composed statements of what lies around sleep, and of the pulse while walking or still: a generator and a count in.

Sleep's edges are those of `captions.anchors`, walking and stillness those of `captions.derived`. Numbers are drawn near
what is usual, so that statements are neither true of everybody nor of nobody.
"""

from collections.abc import Callable

import numpy as np

from sensorlm.captions.anchors import ANCHORS
from sensorlm.captions.composed.base import number_words
from sensorlm.captions.composed.drawing import draw_statements
from sensorlm.captions.composed.pulse_times import LEAST, MOST, said
from sensorlm.captions.composed.pulse_words import (
    Draft,
    Words,
    above,
    draw_hours,
    frames,
    hours_of,
    length,
    near,
    pick,
    slots,
    under,
)
from sensorlm.captions.predicates.base import Predicate, ask

WAKING, BEDTIME = ANCHORS["waking"], ANCHORS["bedtime"]
ALL_DAY = hours_of(0, 1440)
BY_DAY = hours_of(480, 1320)
STEPS_THEN = frames("""
    {who} took {num} steps {then} | {num} steps {then} | {then} the counter showed {num} steps | {num} paces {then}
    days with {num} steps {then} | was it {num} steps {then} | step count {then}, {num} | {then}, {num} steps
    did {who} make {num} steps {then} | find days when {who} walked {num} steps {then} | steps {then} came to {num}
    {then} {whose} feet managed {num} steps | the watch counted {num} steps {then} | {num} on the pedometer {then}
""")
PULSE_THEN = frames("""
    {whose} {hr} averaged {lev} {then} | mean {hr} {lev} {then} | {then} {whose} heart beat {num} times a minute
    days with a {hr} {lev} {then} | was {whose} {hr} {lev} on average {then} | {hr} {lev} {then}
    average HR {num} {then} | {then}, mean heart rate {num} | {who} had a mean {hr} {lev} {then}
    the heart did {num} a minute {then} | find me days, {hr} {lev} {then} | {then} the {hr} came to {num} on average
""")
RISE = frames("""
    {whose} {hr} rose by {num} beats at waking | waking up put {num} beats on {whose} {hr}
    {num} beats more in the {len} after waking than in the {len} before | at waking the heart went up by {num} bpm
    from the last {len} of sleep to the first {len} awake the {hr} climbed {num} beats
    did {whose} {hr} jump by {num} beats on waking | awakening HR response of {num} bpm
    {who} woke with a {hr} {num} beats above that of sleep | days when waking raised the {hr} by {num} beats
""")
SOON = frames("""
    {who} took the first step within {len} of waking | up and stepping within {len} of waking
    awake, then on foot in {len} | first step not later than {len} into the day awake
    first steps came no later than {len} after waking | it took {len} at most from waking to the first step
    was {who} on the feet within {len} of waking up | days with a first step within {len} of the end of sleep
    latency from awakening to first step, {len} or less | not longer than {len} in bed once awake
""")
LATE = frames("""
    {who} took no step for {len} after waking | awake for {len} or more before the first step
    first steps came {len} or more after waking | it took at least {len} from waking to the first step
    did {who} lie or sit for {len} after waking up | days without a step in the {len} after sleep ended
    latency from awakening to first step, {len} or more | eyes open, feet still for {len} or longer
""")
PACE = frames("""
    {who} walked at {num} steps a minute on average {at} | mean pace {num} while walking {at}
    {h}, cadence on foot {num}
    {whose} walks {at} went at {num} steps a minute | walking cadence {num} {at} | average stride rate of {num} {at}
    was {whose} walking pace {num} steps a minute {at} | days with a walking pace {num} {at}
    when {who} walked {at} it was at {num} steps each minute
""")
WALKING_PULSE = frames("""
    {whose} {hr} averaged {lev} while walking {at} | mean {hr} on foot {lev} {at} | {h}, HR {num} when walking
    walking {at} took a {hr} {lev} | {whose} heart did {num} a minute on walks {at} | walks {at} at a {hr} {lev}
    was {whose} {hr} {lev} on average during walks {at} | days with a {hr} {lev} while walking {at}
    exercise HR on foot {num} {at} | average {hr} in minutes of walking {at}, {lev}
""")
STILL_PULSE = frames("""
    {whose} {hr} averaged {lev} without a step {at} | mean {hr} while still {lev} {at} | {h}, HR {num} at rest
    keeping still {at}, {whose} {hr} was {lev} | {whose} heart did {num} a minute in still minutes {at}
    was {whose} {hr} {lev} on average while not moving {at} | days with a {hr} {lev} at rest {at}
    {hr} in the minutes without steps {at}, {lev} | when {who} did not move {at} the {hr} was {lev}
""")
LIFT = frames("""
    walking put {num} beats on {whose} {hr} over being still | {hr} {num} beats higher on foot than without a step
    {whose} heart beat {num} times a minute more while walking than while still | HR walking minus HR still, {num} bpm
    was {whose} {hr} {num} beats up when walking, against being still | days when walks raised the {hr} by {num} beats
    from stillness to walking the {hr} climbs by {num} beats on average
""")
LOWEST = frames("""
    {whose} {hr} was lowest {third} | the slowest heartbeat of the night came {third} | the {hr} bottomed out {third}
    {third} the heart was at its slowest | nadir of the sleeping HR {third} | was the {hr} at its lowest {third}
    days with the night's calmest heart {third} | deepest point of the {hr} in sleep, {third}
""")
THIRDS: tuple[tuple[int, int, Words], ...] = (
    (0, 480, ("in the first third of the night", "early in the night", "soon after falling asleep",
              "in the first part of sleep")),
    (480, 960, ("in the middle third of the night", "in the middle of sleep", "halfway through the night")),
    (960, 1440, ("in the last third of the night", "toward morning", "late in the night", "not long before waking")),
)  # fmt: skip
AFTER = ("in the first {} after waking", "within {} of waking up", "in the {} after sleep ended",
         "during the first {} awake", "in the {} right after waking")  # fmt: skip
BEFORE = ("in the last {} before bed", "in the {} before falling asleep at night", "within {} of bedtime",
          "during the final {} of the day awake", "in the {} leading up to sleep")  # fmt: skip
ASLEEP = ("in the last {} of sleep", "in the final {} before waking", "during the {} of sleep before waking up")


def _bound(number: float, over: bool) -> dict[str, float]:
    return {"low": number} if over else {"high": number}


def _bare(minutes: int) -> Words:
    """A length without an article: "the last half an hour" is nobody's English."""
    return tuple(words for words in length(minutes) if not words.startswith(("half", "an ")))


def _then(how: Words, minutes: int) -> Words:
    return said(how, _bare(minutes))


def _steps(rng: np.random.Generator, subject: str, span: tuple[int, int], usual: float, then: Words) -> Draft:
    grid = 50 if usual < 600 else 100 if usual < 1500 else 250
    number = max(grid, round(usual * float(np.exp(rng.normal() * 0.6)) / grid) * grid)
    over = bool(rng.random() < 0.5)
    fact = ask("total", subject, at=span, margin=max(0.12 * number, 20), **_bound(number, over))
    words = said(LEAST if over else MOST, number_words(number))
    return Draft((fact,), STEPS_THEN, slots(ALL_DAY, num=words, then=then))


def steps_after_waking(rng: np.random.Generator) -> Draft:
    """Steps in the first minutes or hours awake."""
    minutes, usual = pick(rng, ((30, 150), (60, 350), (120, 900), (180, 1500)))
    return _steps(rng, "steps@waking", (WAKING, WAKING + minutes), usual, _then(AFTER, minutes))


def steps_before_bed(rng: np.random.Generator) -> Draft:
    """Steps in the last hours before the coming sleep."""
    minutes, usual = pick(rng, ((60, 120), (120, 350), (180, 700)))
    return _steps(rng, "steps@bedtime", (BEDTIME - minutes, BEDTIME), usual, _then(BEFORE, minutes))


def _pulse(rng: np.random.Generator, subject: str, span: tuple[int, int], usual: float, then: Words) -> Draft:
    number, over = near(rng, usual, 6, 2), bool(rng.random() < 0.5)
    fact = ask("mean", subject, at=span, margin=3, **_bound(number, over))
    how = above if over else under
    return Draft((fact,), PULSE_THEN, slots(ALL_DAY, lev=how(number), num=how(number, bare=True), then=then))


def pulse_after_waking(rng: np.random.Generator) -> Draft:
    """Mean pulse of the first minutes or hours awake."""
    minutes, usual = pick(rng, ((30, 72), (60, 76), (120, 78)))
    return _pulse(rng, "HR@waking", (WAKING, WAKING + minutes), usual, _then(AFTER, minutes))


def pulse_before_waking(rng: np.random.Generator) -> Draft:
    """Mean pulse of the end of sleep."""
    minutes = pick(rng, (30, 60, 120))
    return _pulse(rng, "HR@waking", (WAKING - minutes, WAKING), 60, _then(ASLEEP, minutes))


def pulse_before_bed(rng: np.random.Generator) -> Draft:
    """Mean pulse of the last hours before the coming sleep."""
    minutes = pick(rng, (30, 60, 120))
    return _pulse(rng, "HR@bedtime", (BEDTIME - minutes, BEDTIME), 71, _then(BEFORE, minutes))


def rise(rng: np.random.Generator) -> Draft:
    """How much the pulse rises at waking."""
    minutes, number = pick(rng, (20, 30, 60)), pick(rng, (3, 4, 5, 6, 8, 10, 12, 15))
    over = number > 4
    fact = ask(
        "change", "HR@waking", at=(WAKING - minutes, WAKING + minutes), over=minutes, margin=2.5, **_bound(number, over)
    )
    words = said(LEAST if over else MOST, number_words(number))
    return Draft((fact,), RISE, slots(ALL_DAY, num=words, len=_bare(minutes)))


def first_step(rng: np.random.Generator) -> Draft:
    """Whether the first step came within so many minutes of waking."""
    minutes, soon = pick(rng, (5, 10, 15, 20, 30, 45, 60, 90)), bool(rng.random() < 0.5)
    bound = {"low": 3, "margin": 2.5} if soon else {"high": 0, "margin": 4}
    fact = ask("max", "steps@waking", at=(WAKING, WAKING + minutes), **bound)
    return Draft((fact,), SOON if soon else LATE, slots(ALL_DAY, len=_bare(minutes)))


def lowest(rng: np.random.Generator) -> Draft:
    """In which third of the night the pulse was lowest."""
    low, high, words = pick(rng, THIRDS)
    # An edge half a margin off: several statements of the same words that never contradict each other.
    low, high = (edge + 10 * int(rng.integers(-3, 4)) if edge not in (0, 1440) else edge for edge in (low, high))
    fact = ask("quietest_minute", "HR@night", low, high, over=180, margin=90)
    return Draft((fact,), LOWEST, slots(ALL_DAY, third=words))


def _while(rng: np.random.Generator, subject: str, usual: float, how: Words) -> Draft:
    hours, over = draw_hours(rng, least=180, day=0.4), bool(rng.random() < 0.5)
    number = near(rng, usual, 8, 2)
    fact = ask("mean", subject, at=hours.span, margin=3, **_bound(number, over))
    level = above if over else under
    return Draft((fact,), how, slots(hours, lev=level(number), num=level(number, bare=True)))


def walking_pulse(rng: np.random.Generator) -> Draft:
    """Mean pulse in minutes of walking."""
    return _while(rng, "HR@walking", 98, WALKING_PULSE)


def still_pulse(rng: np.random.Generator) -> Draft:
    """Mean pulse in minutes without a step."""
    return _while(rng, "HR@still", 69, STILL_PULSE)


def pace(rng: np.random.Generator) -> Draft:
    """Mean steps a minute while walking."""
    return _while(rng, "pace", 90, PACE)


def lift(rng: np.random.Generator) -> Draft:
    """How far walking lifts the pulse above that of stillness."""
    number, over = pick(rng, (10, 12, 15, 18, 20, 22, 25, 28, 30, 35)), bool(rng.random() < 0.5)
    fact = ask("mean", "HR@walking-still", at=BY_DAY.span, margin=3, **_bound(number, over))
    return Draft((fact,), LIFT, slots(BY_DAY, num=said(LEAST if over else MOST, number_words(number))))


KINDS: tuple[Callable[[np.random.Generator], Draft], ...] = (
    steps_after_waking, steps_after_waking, steps_before_bed, pulse_after_waking, pulse_before_waking, pulse_before_bed,
    rise, first_step, lowest, walking_pulse, still_pulse, pace, lift,
)  # fmt: skip


def draw_around(rng: np.random.Generator, count: int) -> list[Predicate]:
    """Statements around sleep, and of walking and stillness, no two with the same facts.

    Args:
        rng: what is drawn from; the same one gives the same statements.
        count: how many.

    Raises:
        RecordError: more than there are.
    """
    return draw_statements("around", KINDS, rng, count)
