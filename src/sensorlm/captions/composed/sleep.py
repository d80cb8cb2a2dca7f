"""Random numbers in, composed statements of sleep out; here are the kinds that say when, how long, in which hours.

Every kind of statement draws facts and the words for them together. Its frames are in frames/sleep*.txt: how people
say it is a matter of language, and is read and mended more easily as text.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources

import numpy as np

from sensorlm.captions.composed.base import statement
from sensorlm.captions.composed.sleep_joint import JOINT_KINDS
from sensorlm.captions.composed.sleep_parts import (
    BEDTIMES,
    NIGHT_LENGTHS,
    RISINGS,
    Drawn,
    Said,
    bedtime_fact,
    clock,
    counts,
    fractions,
    hours,
    lengths,
    minutes_of,
    mixed,
    night_facts,
    percents,
    pick,
    rise_facts,
    the_hours,
    times,
    window,
)
from sensorlm.captions.composed.sleep_shapes import SHAPE_KINDS
from sensorlm.captions.composed.sleep_vague import VAGUE_KINDS
from sensorlm.captions.predicates.base import Predicate, Span, ask, read_wordings
from sensorlm.captions.predicates.sleep import HAS_NIGHT, SLEEP
from sensorlm.captions.predicates.sleep_kinds import asleep
from sensorlm.records import MINUTES_PER_DAY, Fact

_OPEN = ("least", "most", "range")
TRIES = 60
"""Draws for one statement that is not yet there; kinds with few numbers run dry first."""
_EDGES = ((0, 60), (0, 120), (0, 180), (0, 240), (60, 180), (1290, 1440), (1320, 1440), (1350, 1440), (1380, 1440),
          (1260, 1440), (300, 420), (300, 480), (330, 480), (360, 480), (360, 540), (390, 510), (420, 540), (360, 600),
          (420, 600), (450, 570), (480, 600), (480, 660))  # fmt: skip
"""Hours in which some sleep and some do not."""
_MIDNIGHT = MINUTES_PER_DAY


_RICH = (
    "two_traits",
    "three_traits",
    "with_without",
    "one_not_other",
    "minutes_in",
    "asleep_share",
    "stage_hours",
    "three",
)
"""Kinds that put most parts together, and therefore are drawn more often, as all vague ones are."""


def draw_sleep(rng: np.random.Generator, count: int) -> list[Predicate]:
    """`count` statements of sleep, of unlike names and facts; fewer only where nothing new is found for long."""
    kinds = (*ALL_KINDS, *VAGUE_KINDS, *_RICH)
    out: list[Predicate] = []
    seen: set[frozenset[tuple[object, float, float]]] = set()
    for _ in range(TRIES * count):
        if len(out) == count:
            break
        kind = pick(rng, kinds)
        facts, slots = ALL_KINDS[kind](rng)
        key = frozenset((fact.quantity, fact.low, fact.high) for fact in facts)
        if key in seen:
            continue
        seen.add(key)
        name = "_".join((f"composed_sleep_{kind}", *(_named(fact) for fact in facts if fact != HAS_NIGHT)))
        weight = 1 + 0.5 * min(len(facts) - 1, 3)
        out.append(statement(rng, name, facts, frames()[kind], {**PEOPLE, **slots}, weight=weight))
    return out


@cache
def frames() -> Mapping[str, tuple[str, ...]]:
    """Kind of statement -> its frames."""
    folder = resources.files("sensorlm.captions.composed") / "frames"
    found: dict[str, tuple[str, ...]] = {}
    for name in ("sleep.txt", "sleep_shapes.txt", "sleep_vague.txt"):
        found |= read_wordings((folder / name).read_text(encoding="utf-8"), name)
    return found


def _named(fact: Fact) -> str:
    q = fact.quantity
    subject = q.subject.removeprefix("event:").replace(":", "_").replace("|", "_")
    bounds = "_".join(_number(n) for n in (q.start, q.end, fact.low, fact.high))
    over = f"_over_{_number(q.argument)}" if q.argument else ""
    return f"{q.statistic}_{subject}{over}_{bounds}"


def _number(value: float) -> str:
    if math.isinf(value):
        return "any"
    text = f"{round(100 * value):d}p" if value % 1 else f"{value:.0f}"
    return text.replace("-", "m")


PEOPLE: Mapping[str, Sequence[str]] = {
    "who": ("I", "she", "he", "the patient", "my husband", "mum", "the participant", "our teenager", "my wife", "dad",
            "the wearer"),
    "who2": ("I", "she", "he", "the patient", "my husband", "mum", "the participant", "our teenager", "dad"),
    "whom": ("me", "her", "him", "the patient", "my husband", "mum", "the participant", "our teenager", "dad"),
    "slept_for": ("slept", "slept for", "was asleep for", "was out for", "kipped for"),
    "asleep": ("asleep", "out cold", "fast asleep", "sleeping", "out for the count", "in the land of nod"),
    "awake": ("awake", "not asleep", "not sleeping", "wide awake"),
    "night": ("last night", "that night", "at night", "overnight", "during the night"),
}  # fmt: skip
"""What any frame may use."""


def _around(minute: int, awake: bool) -> Fact:
    at = (minute - 15, minute + 15)
    return asleep(high=0, at=at, margin=20) if awake else asleep(29, at=at, margin=20)


def _clock_at(rng: np.random.Generator) -> Drawn:
    t = pick(rng, (30, 60, 90, 120, *range(300, 601, 30), *range(1290, 1411, 30)))
    return (_around(t, False),), {"t": clock(t)}


def _clock_awake(rng: np.random.Generator) -> Drawn:
    t = pick(rng, (30, 60, 90, *range(300, 571, 30), *range(1320, 1411, 30)))
    return (_around(t, True),), {"t": clock(t)}


def _asleep_then_awake(rng: np.random.Generator) -> Drawn:
    t = pick(rng, range(300, 541, 30))
    u = t + pick(rng, range(60, 211, 30))
    return (_around(t, False), _around(u, True)), {"t": clock(t), "u": clock(u)}


def _asleep_share(rng: np.random.Generator) -> Drawn:
    at = pick(rng, _EDGES)
    if rng.random() < 0.3:
        said = percents(rng, range(20, 91, 10), wide=20)
        said = Said(said.low, said.high, mixed(("{n} of",), said.words))
    else:
        said = fractions(rng)
    fact = ask("event_share", SLEEP, said.low, said.high, at=at, margin=0.07)
    bare = tuple(word.removesuffix(" of") for word in said.words)
    return (fact,), {"frac": said.words, "frac0": bare, "hn": the_hours(at)}


def _none_in(rng: np.random.Generator) -> Drawn:
    at = pick(rng, (*_EDGES, *((s, e) for s in range(480, 661, 30) for e in range(1200, 1441, 60))))
    return (asleep(high=0, at=at),), {"h": hours(at)}


def _through(rng: np.random.Generator) -> Drawn:
    at = window(rng, (0, 30, 60, 90, 120, 180, 240, 270), range(180, 451, 30), 510)
    if at[1] < 330:
        at = (at[0], 330)
    return (asleep(minutes_of(at) - 2, at=at, margin=15),), {"h": hours(at)}


def _minutes_in(rng: np.random.Generator) -> Drawn:
    at = pick(rng, tuple(edge for edge in _EDGES if minutes_of(edge) > 60))
    size = minutes_of(at)
    said = lengths(rng, [n for n in (15, 20, 30, 40, 45, 60, 75, 90, 120, 150, 180, 210) if n <= size - 15], wide=30)
    return (asleep(said.low, said.high, at, 10),), {"dur": said.words, "h": hours(at)}


def _night_length(rng: np.random.Generator) -> Drawn:
    said = lengths(rng, NIGHT_LENGTHS, wide=60)
    return night_facts(said), {"dur": said.words}


def _bedtime(rng: np.random.Generator) -> Drawn:
    said = times(rng, BEDTIMES)
    return (bedtime_fact(said),), {"bed": said.words}


def _rising(rng: np.random.Generator) -> Drawn:
    said = times(rng, RISINGS)
    return rise_facts(said), {"up": said.words}


def _bed_and_rise(rng: np.random.Generator) -> Drawn:
    bed, up = times(rng, BEDTIMES, _OPEN, wide=90), times(rng, RISINGS, _OPEN, wide=90)
    return (bedtime_fact(bed), *rise_facts(up)), {"bed": bed.words, "up": up.words}


def _bed_and_length(rng: np.random.Generator) -> Drawn:
    bed, dur = times(rng, BEDTIMES, _OPEN, wide=90), lengths(rng, range(360, 511, 30), _OPEN, wide=90)
    return (bedtime_fact(bed), *night_facts(dur)), {"bed": bed.words, "dur": dur.words}


def _length_and_rise(rng: np.random.Generator) -> Drawn:
    dur, up = lengths(rng, range(360, 511, 30), _OPEN, wide=90), times(rng, RISINGS, _OPEN, wide=90)
    return (*night_facts(dur), *rise_facts(up)), {"dur": dur.words, "up": up.words}


def _nap(rng: np.random.Generator) -> Drawn:
    at = window(rng, range(600, 901, 60), (240, 300, 360, 480, 600), 1260)
    said = lengths(rng, (10, 15, 20, 30, 40, 45, 60, 90, 120), ("least", "least", "range"), wide=20)
    return (asleep(said.low, said.high, at, 8),), {"dur": said.words, "h": hours(at)}


def _no_nap(rng: np.random.Generator) -> Drawn:
    at = window(rng, range(570, 841, 30), (360, 420, 480, 540, 600), 1260)
    return (HAS_NIGHT, asleep(high=0, at=at)), {"h": hours(at)}


def _day_total(rng: np.random.Generator) -> Drawn:
    said = lengths(rng, range(300, 601, 30), wide=60)
    return (HAS_NIGHT, asleep(said.low, said.high, margin=15)), {"dur": said.words}


def _pieces(rng: np.random.Generator) -> Drawn:
    at = (0, int(pick(rng, (720, 840, 960, 1080, 1200, 1320, 1380, 1410, 1440))))
    said = counts(rng, (2, 3), ("least", "least", "range"), wide=1)
    return (ask("event_count", SLEEP, said.low, said.high, at=at),), {"n": said.words, "h": hours(at)}


def _one_not_other(rng: np.random.Generator) -> Drawn:
    sure = pick(rng, ((0, 300), (60, 300), (120, 300), (120, 360), (180, 360), (240, 390), (60, 240), (300, 420)))
    none = pick(rng, ((420, 480), (450, 540), (480, 600), (510, 600), (540, 720), (1260, 1380), (1320, 1440),
                      (1350, 1410), (1380, 1440), (480, 540), (480, 720)))  # fmt: skip
    size = minutes_of(sure)
    return (asleep(size - 2, at=sure, margin=15), asleep(high=0, at=none)), {"h": hours(sure), "k": hours(none)}


def _asleep_by(rng: np.random.Generator) -> tuple[Fact, tuple[str, ...]]:
    t = int(pick(rng, (1290, 1320, 1350, 1380, 1410)))
    said = mixed(("before {n}", "by {n}", "no later than {n}", "earlier than {n}"), clock(t))
    return asleep(_MIDNIGHT - t - 3, at=(t, _MIDNIGHT), margin=10), said


def _tonight(rng: np.random.Generator) -> Drawn:
    fact, said = _asleep_by(rng)
    return (fact,), {"t": said}


def _still_up(rng: np.random.Generator) -> Drawn:
    at: Span = (int(pick(rng, range(1200, 1411, 30))), _MIDNIGHT)
    said = [h for h in hours(at) if not h.startswith("between")]
    return (HAS_NIGHT, asleep(high=0, at=at)), {"h": said}


def _two_bedtimes(rng: np.random.Generator) -> Drawn:
    bed = times(rng, BEDTIMES[1:-1], _OPEN, wide=90)
    fact, said = _asleep_by(rng)
    return (bedtime_fact(bed), fact), {"bed": bed.words, "t": said}


KINDS: Mapping[str, Callable[[np.random.Generator], Drawn]] = {
    "asleep_at": _clock_at, "awake_at": _clock_awake, "asleep_then_awake": _asleep_then_awake,
    "asleep_share": _asleep_share, "none_in": _none_in, "through": _through, "minutes_in": _minutes_in,
    "night_length": _night_length, "bedtime": _bedtime, "rising": _rising, "bed_and_rise": _bed_and_rise,
    "bed_and_length": _bed_and_length, "length_and_rise": _length_and_rise, "nap": _nap, "no_nap": _no_nap,
    "day_total": _day_total, "pieces": _pieces, "one_not_other": _one_not_other, "tonight": _tonight,
    "still_up": _still_up, "two_bedtimes": _two_bedtimes,
}  # fmt: skip
"""Kinds of statement about when and how long."""
ALL_KINDS: Mapping[str, Callable[[np.random.Generator], Drawn]] = {
    **KINDS, **SHAPE_KINDS, **JOINT_KINDS, **VAGUE_KINDS,
}  # fmt: skip
