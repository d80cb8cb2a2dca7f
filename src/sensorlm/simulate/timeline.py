"""Day plans in, a life as minute arrays out: what a person does, which sleep stage, how stressed, what was eaten.

Sleep follows the classic hypnogram (Carskadon & Dement, Principles and Practice of Sleep Medicine, "Normal human
sleep"): cycles of about 90 minutes, deep sleep in the first third and less with age (Ohayon et al. 2004, Sleep
27:1255), REM growing toward morning, short awakenings throughout.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sensorlm.records import MINUTES_PER_DAY
from sensorlm.simulate.activities import ACTIVITIES, INDEX, NAMES
from sensorlm.simulate.outings import AROUSED, STRESSFUL
from sensorlm.simulate.person import Person
from sensorlm.simulate.plan import DayPlan, Sleep
from sensorlm.simulate.seeds import Draws, smooth

AWAKE, LIGHT, DEEP, REM, AWAKE_IN_BED = range(5)
STAGE_LABELS = {LIGHT: "light", DEEP: "deep", REM: "rem", AWAKE_IN_BED: "awake"}
_DEEP_BY_CYCLE = (34.0, 22.0, 9.0, 3.0)
_REM_BY_CYCLE = (6.0, 17.0, 25.0, 30.0, 34.0)
MIN_EVENT_MINUTES = 4


@dataclass(slots=True, kw_only=True)
class Timeline:
    """m minutes of one person's life; minute 0 is a local midnight."""

    activity: NDArray[np.int16]
    """(m,) position in NAMES."""
    stage: NDArray[np.int8]
    """(m,) AWAKE (up), LIGHT, DEEP, REM or AWAKE_IN_BED."""
    stress: NDArray[np.float32]
    """(m,) 0 none to about 1."""
    aroused: NDArray[np.float32]
    """(m,) strong feelings, pleasant or not."""
    digesting: NDArray[np.float32]
    """(m,) 0 fasting to about 1 an hour after a large meal."""
    drinks: NDArray[np.float32]
    """(m,) glasses of alcohol still felt."""
    ill: NDArray[np.float32]
    """(m,) 0 well to 1 feverish."""
    weather: NDArray[np.float32]
    """(m,) standard deviations warmer than the season."""
    events: list[tuple[str, str, int, int, str]]
    """(kind, label, start, end, stage), minutes of this timeline; a sleep comes before its stages."""
    showers: list[int]


def stages_of(sleep: Sleep, d: Draws, age: float) -> NDArray[np.int8]:
    """(minutes in bed,) stages of one time in bed: latency, cycles, awakenings, lying awake at the end."""
    total = max(12, round(sleep.wake - sleep.bed))
    out = np.full(total, LIGHT, np.int8)
    latency = min(int(sleep.latency), total - 10)
    out[:latency] = AWAKE_IN_BED
    deep_share = float(np.clip(1.25 - 0.011 * (age - 25), 0.25, 1.3)) * d.lognormal(1.0, 0.3)
    rem_share = d.lognormal(1.0, 0.25)
    at, cycle = float(latency), 0
    while at < total:
        deep = _DEEP_BY_CYCLE[cycle] * deep_share * d.between(0.6, 1.3) if cycle < 4 else 0.0
        rem = _REM_BY_CYCLE[min(cycle, 4)] * rem_share * d.between(0.6, 1.4)
        light = max(18.0, d.normal(92, 12) - deep - rem)
        first = at + light * d.between(0.25, 0.45)
        out[int(first) : int(first + deep)] = DEEP
        second = first + deep + light * d.between(0.45, 0.6)
        out[int(second) : int(second + rem)] = REM
        at = second + rem
        cycle += 1
    awakenings = int(d.lognormal(1.35 * sleep.restless * (total - latency) / 60, 0.25) + d.uniform())
    for _ in range(awakenings):
        start = int(d.between(latency, total))
        out[start : start + max(1, int(d.lognormal(2.4, 0.9)))] = AWAKE_IN_BED
    return out


def build(person: Person, plans: list[DayPlan], d: Draws) -> Timeline:
    """Lay `plans` of consecutive days end to end; the last plan gives only the night that ends the day before it."""
    m = MINUTES_PER_DAY * (len(plans) - 1)
    instance = np.full(m, -1, np.int32)
    stage = np.zeros(m, np.int8)
    names: list[str] = []
    showers: list[int] = []
    shape = np.zeros((6, m), np.float32)
    stress, aroused, digesting, drinks, ill, weather = shape
    for number, plan in enumerate(plans):
        base = number * MINUTES_PER_DAY
        day = slice(max(base, 0), base + MINUTES_PER_DAY)
        ill[day], weather[day] = plan.ill, plan.weather
        for start, end, name in plan.items:
            _fill(instance, base + start, base + end, len(names))
            names.append(name)
        showers += [int(base + s) for s in plan.showers]
        bed = int(base + plan.sleeps[0].bed)
        _fill(drinks, bed - 150, bed + 60 + 90 * plan.drinks, plan.drinks)
    for number, plan in enumerate(plans):
        _moods(plan, number * MINUTES_PER_DAY, stress, aroused)
    events = _sleeps(person, plans, instance, stage, names, d)
    activity = np.full(m, INDEX["home"], np.int16)
    done = instance >= 0
    activity[done] = np.array([INDEX[n] for n in names], np.int16)[instance[done]]
    _up_at_night(activity, stage, d)
    eating = (activity == INDEX["eating"]).astype(np.float32)
    digesting[:] = np.minimum(1.4, 2.6 * smooth(smooth(eating, 8.0), d.lognormal(60, 0.3)))
    events += _activities(instance, names)
    return Timeline(
        activity=activity, stage=stage, stress=smooth(stress, 8.0), aroused=smooth(aroused, 5.0), digesting=digesting,
        drinks=smooth(drinks, 60.0), ill=ill, weather=weather, events=sorted(events, key=lambda e: (e[2], -e[3])),
        showers=[s for s in showers if 0 <= s < m],
    )  # fmt: skip


def _fill(array: NDArray[np.generic], start: float, end: float, value: float) -> None:
    """Set minutes [start, end) that lie inside the array."""
    first = max(0, round(start))
    last = min(len(array), round(end))
    if first < last:
        array[first:last] = value


def _moods(plan: DayPlan, base: int, stress: NDArray[np.float32], aroused: NDArray[np.float32]) -> None:
    for start, end, label in plan.moods:
        if label in STRESSFUL:
            _fill(stress, base + start, base + end, 0.8)
        if label in AROUSED:
            _fill(aroused, base + start, base + end, 0.8)


def _sleeps(
    person: Person,
    plans: list[DayPlan],
    instance: NDArray[np.int32],
    stage: NDArray[np.int8],
    names: list[str],
    d: Draws,
) -> list[tuple[str, str, int, int, str]]:
    """Paint times in bed over everything; return sleep and mood events."""
    events: list[tuple[str, str, int, int, str]] = []
    for number, plan in enumerate(plans):
        base = number * MINUTES_PER_DAY
        for sleep in plan.sleeps:
            hypnogram = stages_of(sleep, d, person.age)
            bed = int(base + sleep.bed)
            end = bed + len(hypnogram)
            _fill(instance, bed, end, len(names))
            names.append("nap" if sleep.nap else "asleep")
            _fill(instance, bed - d.between(0, 25), bed, len(names))
            _fill(instance, end, end + sleep.snooze, len(names))
            names.append("in_bed")
            first, last = max(bed, 0), min(end, len(stage))
            if first < last:
                stage[first:last] = hypnogram[first - bed : last - bed]
                events += _stage_events(hypnogram, bed, sleep.nap)
        events += [
            ("mood", label, base + round(a), base + max(round(a) + 1, round(b)), "") for a, b, label in plan.moods
        ]
    return events


def _stage_events(hypnogram: NDArray[np.int8], bed: int, nap: bool) -> list[tuple[str, str, int, int, str]]:
    asleep = np.flatnonzero(hypnogram != AWAKE_IN_BED)
    if not len(asleep):
        return []
    first, last = int(asleep[0]), int(asleep[-1]) + 1
    label = "Napping" if nap else "Asleep"
    out = [("sleep", label, bed + first, bed + last, "")]
    inner = hypnogram[first:last]
    cuts = np.flatnonzero(np.diff(inner)) + 1
    starts = [0, *cuts.tolist()]
    for start, end in zip(starts, [*cuts.tolist(), len(inner)], strict=True):
        stage = STAGE_LABELS[int(inner[start])]
        out.append(("sleep", label, bed + first + start, bed + first + end, stage))
    return out


def _up_at_night(activity: NDArray[np.int16], stage: NDArray[np.int8], d: Draws) -> None:
    """Out of bed in some of the longer awakenings; in the short ones a person stays in bed."""
    awake = (stage == AWAKE_IN_BED).astype(np.int8)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], awake, [0])).astype(np.int8)))
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        activity[start:end] = INDEX["in_bed"]
        if end - start >= 4 and d.chance(0.55):
            at = int(d.between(start, max(start + 1, end - 4)))
            activity[at : min(end, at + int(d.between(2, 6)))] = INDEX["up_at_night"]


def _activities(instance: NDArray[np.int32], names: list[str]) -> list[tuple[str, str, int, int, str]]:
    """Runs of one item, as they remain after others covered parts of it."""
    cuts = np.flatnonzero(np.diff(instance)) + 1
    starts = np.concatenate(([0], cuts)).tolist()
    ends = np.concatenate((cuts, [len(instance)])).tolist()
    out = []
    for start, end, item in zip(starts, ends, instance[starts].tolist(), strict=True):
        label = ACTIVITIES[names[item]].label if item >= 0 else ""
        if label and end - start >= MIN_EVENT_MINUTES:
            out.append(("activity", label, start, end, ""))
    return out


def is_name(activity: NDArray[np.int16], *names: str) -> NDArray[np.bool_]:
    """(m,) where the activity is one of `names`."""
    return np.isin(activity, [INDEX[n] for n in names])


__all__ = ["NAMES", "Timeline", "build", "is_name", "stages_of"]
