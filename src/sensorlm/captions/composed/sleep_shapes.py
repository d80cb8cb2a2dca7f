"""Random numbers in, facts and words of sleep's shape out: its stages, its wakings, and what they share.

Stages before midnight belong to another day's log, so "the night" is its part after midnight, as in the tables.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from sensorlm.captions.composed.sleep_parts import (
    BEDTIMES,
    RISINGS,
    Drawn,
    bedtime_fact,
    counts,
    hours,
    lengths,
    minutes_of,
    night_facts,
    percents,
    pick,
    rise_facts,
    times,
)
from sensorlm.captions.predicates.base import Span, ask
from sensorlm.captions.predicates.nights import lain_awake
from sensorlm.captions.predicates.sleep import HAS_NIGHT, LAST_NIGHT, SLEEP
from sensorlm.captions.predicates.sleep_kinds import asleep
from sensorlm.captions.predicates.sleep_quality import REALLY, longest_waking, part, staged, unbroken, wakings
from sensorlm.records import Fact

_OPEN = ("least", "most", "range")
STAGES: Mapping[str, tuple[str, ...]] = {
    "deep": ("deep sleep", "slow-wave sleep", "deep, slow-wave sleep", "N3 sleep"),
    "rem": ("REM sleep", "REM", "dream sleep", "rapid eye movement sleep"),
    "light": ("light sleep", "shallow sleep", "N1 and N2 sleep"),
}
_MINUTES: Mapping[str, Sequence[int]] = {
    "deep": (30, 40, 45, 50, 60, 70, 75, 80, 90, 100),
    "rem": (40, 45, 50, 60, 70, 75, 80, 90, 100, 110),
    "light": (120, 150, 180, 210, 240, 270, 300),
}
"""Minutes after midnight that part ordinary nights."""
_SHARES: Mapping[str, Sequence[int]] = {
    "deep": (8, 10, 12, 15, 18, 20, 25), "rem": (12, 15, 18, 20, 22, 25, 30), "light": (40, 45, 50, 55, 60, 65, 70),
}  # fmt: skip
_HOURS: Mapping[str, Sequence[tuple[Span, Sequence[int]]]] = {
    "deep": (((0, 120), (15, 20, 30, 40, 50)), ((0, 180), (20, 30, 40, 50, 60)), ((60, 180), (10, 15, 20, 30, 40)),
             ((120, 240), (10, 15, 20, 30)), ((180, 360), (5, 10, 15, 20, 30)), ((240, 420), (5, 10, 15, 20))),
    "rem": (((0, 120), (5, 10, 15, 20)), ((0, 180), (10, 15, 20, 30)), ((120, 240), (10, 15, 20, 30)),
            ((180, 360), (20, 30, 40, 50)), ((240, 420), (20, 30, 40, 50, 60)), ((300, 480), (15, 20, 30, 40, 50))),
    "light": (((0, 180), (60, 75, 90, 100)), ((120, 240), (40, 50, 60, 70, 80)), ((180, 360), (75, 90, 100, 110)),
              ((300, 420), (30, 40, 50, 60, 70))),
}  # fmt: skip
_NIGHT_HOURS: Sequence[Span] = (
    (0, 120), (0, 180), (0, 240), (60, 180), (120, 240), (120, 300), (180, 300), (180, 360), (240, 360), (240, 420),
    (300, 420), (300, 480), (0, 300),
)  # fmt: skip


def _stage_minutes(rng: np.random.Generator) -> Drawn:
    stage = pick(rng, tuple(STAGES))
    said = lengths(rng, _MINUTES[stage], wide=15)
    return (HAS_NIGHT, staged(stage, said.low, said.high)), {"stage": STAGES[stage], "dur": said.words}


def _stage_share(rng: np.random.Generator) -> Drawn:
    stage = pick(rng, tuple(STAGES))
    said = percents(rng, _SHARES[stage])
    return (HAS_NIGHT, part(stage, said.low, said.high)), {"stage": STAGES[stage], "pct": said.words}


def _stage_hours(rng: np.random.Generator) -> Drawn:
    stage = pick(rng, tuple(STAGES))
    at, grid = pick(rng, _HOURS[stage])
    said = lengths(rng, grid, ("least", "most", "range"), wide=10)
    fact = staged(stage, said.low, said.high, at, 5)
    return (HAS_NIGHT, fact), {"stage": STAGES[stage], "dur": said.words, "h": hours(at)}


def _stage_shift(rng: np.random.Generator) -> Drawn:
    stage = pick(rng, ("deep", "rem", "light"))
    early = [row for row in _HOURS[stage] if row[0][0] < 120]
    late = [row for row in _HOURS[stage] if row[0][0] >= 180]
    (h, first), (k, second) = pick(rng, early), pick(rng, late)
    one, two = pick(rng, (("least", "most"), ("most", "least"), ("least", "least"), ("range", "least")))
    said, other = lengths(rng, first, (one,), wide=10), lengths(rng, second, (two,), wide=10)
    facts = (staged(stage, said.low, said.high, h, 5), staged(stage, other.low, other.high, k, 5))
    words = {"dur": said.words, "dur2": other.words, "h": hours(h), "k": hours(k)}
    return (HAS_NIGHT, *facts), {"stage": STAGES[stage], **words}


def _two(rng: np.random.Generator) -> tuple[str, str]:
    return pick(rng, (("deep", "rem"), ("rem", "deep"), ("deep", "light"), ("rem", "light")))


def _two_stages(rng: np.random.Generator) -> Drawn:
    a, b = _two(rng)
    one, two = (lengths(rng, _MINUTES[s][:-2], ("least", "most", "least", "range"), wide=20) for s in (a, b))
    facts = (HAS_NIGHT, staged(a, one.low, one.high), staged(b, two.low, two.high))
    return facts, {"stage": STAGES[a], "stage2": STAGES[b], "dur": one.words, "dur2": two.words}


def _two_shares(rng: np.random.Generator) -> Drawn:
    a, b = _two(rng)
    one, two = (percents(rng, _SHARES[s][1:-1], ("least", "most"), wide=8) for s in (a, b))
    facts = (HAS_NIGHT, part(a, one.low, one.high), part(b, two.low, two.high))
    return facts, {"stage": STAGES[a], "stage2": STAGES[b], "pct": one.words, "pct2": two.words}


def _efficiency(rng: np.random.Generator) -> Drawn:
    said = percents(rng, (80, 82, 84, 85, 86, 88, 90, 91, 92, 93, 94, 95, 96), wide=3)
    return (HAS_NIGHT, part(REALLY, said.low, said.high, 0.012)), {"pct": said.words}


def _wakings(rng: np.random.Generator) -> Drawn:
    said = counts(rng, (2, 3, 4, 5, 6, 8, 10, 12, 15, 20))
    return (HAS_NIGHT, wakings(said.low, said.high, 1 if said.low < 10 else 2)), {"n": said.words}


def _wakings_in(rng: np.random.Generator) -> Drawn:
    at = pick(rng, _NIGHT_HOURS)
    said = counts(rng, (2, 3, 4, 5, 6, 8))
    fact = ask("event_count", f"{SLEEP}:awake", said.low, said.high, at=at, margin=1)
    return (asleep(minutes_of(at) * 0.6, at=at, margin=15), fact), {"n": said.words, "h": hours(at)}


def _awake_in(rng: np.random.Generator) -> Drawn:
    at = pick(rng, _NIGHT_HOURS)
    said = lengths(rng, (5, 10, 15, 20, 30, 40), ("least", "least", "most", "range"), wide=10)
    fact = lain_awake(said.low, said.high, 4, at)
    return (HAS_NIGHT, fact), {"dur": said.words, "h": hours(at)}


def _longest_waking(rng: np.random.Generator) -> Drawn:
    said = lengths(rng, (5, 8, 10, 12, 15, 20, 25, 30), wide=5)
    return (HAS_NIGHT, longest_waking(said.low, said.high)), {"dur": said.words}


def _unbroken(rng: np.random.Generator) -> Drawn:
    said = lengths(rng, (45, 60, 75, 90, 100, 120, 150, 180, 210, 240), wide=30)
    return (HAS_NIGHT, unbroken(said.low, said.high)), {"dur": said.words}


def _wakings_and_length(rng: np.random.Generator) -> Drawn:
    dur, n = lengths(rng, range(360, 511, 30), wide=90), counts(rng, (2, 4, 6, 8, 10, 12))
    return (*night_facts(dur), wakings(n.low, n.high)), {"dur": dur.words, "n": n.words}


def _awake_and_length(rng: np.random.Generator) -> Drawn:
    dur = lengths(rng, range(360, 511, 30), wide=90)
    awake = lengths(rng, (10, 15, 20, 30, 40, 45, 60), ("least", "most", "range"), wide=10)
    return (*night_facts(dur), lain_awake(awake.low, awake.high, 5)), {"dur": dur.words, "dur2": awake.words}


def _stage_bout(rng: np.random.Generator) -> Drawn:
    stage = pick(rng, tuple(STAGES))
    grid = {"deep": (20, 25, 30, 35, 40, 45, 50), "rem": (20, 25, 30, 35, 40, 45), "light": (30, 40, 45, 60, 75, 90)}
    said = lengths(rng, grid[stage], wide=10)
    fact = ask("event_longest", f"{SLEEP}:{stage}", said.low, said.high, at=LAST_NIGHT, margin=4)
    return (HAS_NIGHT, fact), {"stage": STAGES[stage], "dur": said.words}


def _begins(rng: np.random.Generator, stage: str, grid: Sequence[int]) -> tuple[Fact, tuple[str, ...]]:
    said = times(rng, grid, wide=60)
    low, high = max(said.low, -1000), min(said.high, 1500)
    return ask("event_start", f"{SLEEP}:{stage}", low, high, at=LAST_NIGHT, margin=12), said.words


def _stage_bout_when(rng: np.random.Generator) -> Drawn:
    stage = pick(rng, tuple(STAGES))
    grid = {"deep": range(30, 241, 30), "rem": range(180, 421, 30), "light": range(60, 391, 30)}
    fact, said = _begins(rng, stage, grid[stage])
    return (fact,), {"stage": STAGES[stage], "up": said}


def _waking_when(rng: np.random.Generator) -> Drawn:
    fact, said = _begins(rng, "awake", range(60, 421, 30))
    return (fact,), {"up": said}


def _three(rng: np.random.Generator) -> Drawn:
    bed, n = times(rng, BEDTIMES[1:-2], ("least", "most"), wide=90), counts(rng, (3, 5, 7, 9, 12), ("least", "most"))
    dur = lengths(rng, range(390, 481, 30), ("least", "most", "least", "range"), wide=90)
    facts = (bedtime_fact(bed), *night_facts(dur), wakings(n.low, n.high))
    return facts, {"bed": bed.words, "dur": dur.words, "n": n.words}


def _staged_rise(rng: np.random.Generator) -> Drawn:
    stage, up = pick(rng, tuple(STAGES)), times(rng, RISINGS, _OPEN, wide=90)
    dur = lengths(rng, _MINUTES[stage], ("least", "most", "range"), wide=20)
    facts = (staged(stage, dur.low, dur.high), *rise_facts(up))
    return facts, {"stage": STAGES[stage], "dur": dur.words, "up": up.words}


SHAPE_KINDS: Mapping[str, Callable[[np.random.Generator], Drawn]] = {
    "stage_minutes": _stage_minutes, "stage_share": _stage_share, "stage_hours": _stage_hours,
    "stage_shift": _stage_shift, "two_stages": _two_stages, "two_shares": _two_shares, "efficiency": _efficiency,
    "wakings": _wakings, "wakings_in": _wakings_in, "awake_in": _awake_in, "longest_waking": _longest_waking,
    "unbroken": _unbroken, "wakings_and_length": _wakings_and_length, "awake_and_length": _awake_and_length,
    "stage_bout": _stage_bout, "stage_bout_when": _stage_bout_when, "waking_when": _waking_when,
    "three": _three, "staged_rise": _staged_rise,
}  # fmt: skip
"""Kinds of statement about stages and wakings."""
