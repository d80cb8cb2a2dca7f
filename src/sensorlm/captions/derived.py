"""Channels that no device writes but that two of them give together: the pulse while walking, the pace of walks.

A derived subject has a value in the minutes it speaks of and none elsewhere, so it is sparse by nature. Its own least
number of such minutes stands beside the usual share of the window, which is asked of the channels it comes from. A day
that lacks or hides one of them has no value in any minute and so cannot tell.

Letters in shapes: b days, t = 1440 minutes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.captions.event_tracks import EventTable
from sensorlm.captions.spells import LEAST_STEPS
from sensorlm.captions.tracks import Bools, Track, Windows, running
from sensorlm.records import MINUTES_PER_DAY, Event

Floats32 = NDArray[np.float32]
Columns = Mapping[str, Floats32]
WALKING = 60.0
"""Steps in a minute from which on it is one of walking."""
PAUSE = 30.0
"""Fewer steps in each of the minutes after a walk mean that it is over."""
WALK_MINUTES = 3
PAUSE_MINUTES = 3
SETTLED = np.arange(3, 6)
"""Minutes after a walk whose pulse is set against that of its last minutes."""
CALM_MINUTES = 10
"""A pulse that has not calmed down this long after a walk counts as having taken so long."""
CALM_BPM = 10.0
BY_DAY = slice(8 * 60, 22 * 60)
OFFICE = slice(9 * 60, 17 * 60)
LEAST_STILL = 60


@dataclass(frozen=True)
class Sources:
    """What derived subjects are made from."""

    columns: Columns
    events: Sequence[Sequence[Event]]
    logged: Sequence[frozenset[str]]


@dataclass(frozen=True)
class Derived:
    """How one derived subject is made."""

    channels: tuple[str, ...]
    make: Callable[[Sources], NDArray[Any]]
    """(b, t), NaN in the minutes it does not speak of."""
    least: int
    """Fewest minutes with a value for an answer."""
    meaning: str


class DerivedTrack(Track):
    """A track that asks the observed share of its sources, and a number of minutes of itself."""

    def __init__(self, values: NDArray[Any], known: Bools, least: int) -> None:
        super().__init__(values)
        self._known = running(known, np.int32)
        self._least = least

    def enough(self, w: Windows, share: float) -> Bools:
        """(b, q) whether `share` of the window was observed in all sources, and enough minutes have a value."""
        known = self._known[:, w.end] - self._known[:, w.start]
        return np.asarray((known >= share * w.length) & (self.count(w) >= self._least))


def derived_tracks(subjects: Sequence[str], sources: Sources) -> dict[str, Track]:
    """The minutes of derived subjects; one whose channels these days do not have is left out."""
    out: dict[str, Track] = {}
    for subject in subjects:
        made = DERIVED.get(subject)
        if made is None or any(channel not in sources.columns for channel in made.channels):
            continue
        known = np.logical_and.reduce([~np.isnan(sources.columns[channel]) for channel in made.channels])
        out[subject] = DerivedTrack(made.make(sources), known, made.least)
    return out


def _only(values: NDArray[Any], where: Bools) -> Floats32:
    return np.asarray(np.where(where, values, np.nan), np.float32)


def _pace(s: Sources) -> Floats32:
    return _only(s.columns["steps"], s.columns["steps"] >= WALKING)


def _walking_pulse(s: Sources) -> Floats32:
    return _only(s.columns["HR"], s.columns["steps"] >= WALKING)


def _still_pulse(s: Sources) -> Floats32:
    return _only(s.columns["HR"], s.columns["steps"] < LEAST_STEPS)


def _lift(s: Sources) -> Floats32:
    still = _still_pulse(s)[:, BY_DAY]
    seen = ~np.isnan(still)
    count = seen.sum(1)
    level = np.where(seen, still, 0).sum(1, dtype=np.float64) / np.maximum(count, 1)
    level[count < LEAST_STILL] = np.nan
    return np.asarray(_walking_pulse(s) - level[:, None], np.float32)


def _afoot(s: Sources) -> Floats32:
    return _only(s.columns["steps"] >= LEAST_STEPS, ~np.isnan(s.columns["steps"]))


def _office(s: Sources) -> Floats32:
    signs = np.full(MINUTES_PER_DAY, -1, np.float32)
    signs[OFFICE] = 1
    return np.asarray(_afoot(s) * signs, np.float32)


def _sitting_against_sleep(s: Sources) -> Floats32:
    steps = s.columns["steps"]
    table = EventTable(s.events, s.logged)
    asleep = np.zeros(steps.shape, bool)
    for day, start, end in table.rows("sleep", ()).tolist():
        asleep[day, max(start, 0) : max(end, 0)] = True
    out = np.where(asleep, -1, steps < LEAST_STEPS)
    told = table.known("sleep") & table.nights
    return _only(out, told[:, None] & (asleep | ~np.isnan(steps)))


def _walk_ends(s: Sources) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Days and minutes in which a walk of three minutes and more ended in a pause, and its last pulse."""
    steps, pulse = s.columns["steps"], s.columns["HR"]
    walk = running(steps >= WALKING, np.int32)
    pause = running(steps < PAUSE, np.int32)
    last = np.arange(WALK_MINUTES - 1, MINUTES_PER_DAY - CALM_MINUTES)
    walked = walk[:, last + 1] - walk[:, last + 1 - WALK_MINUTES] == WALK_MINUTES
    paused = pause[:, last + 1 + PAUSE_MINUTES] - pause[:, last + 1] == PAUSE_MINUTES
    day, at = np.nonzero(walked & paused)
    minute = last[at]
    before = pulse[day[:, None], minute[:, None] + np.arange(-2, 1)].astype(np.float64)
    return day, minute, before.mean(1)


def _drop(s: Sources) -> Floats32:
    day, minute, before = _walk_ends(s)
    after = s.columns["HR"][day[:, None], minute[:, None] + SETTLED]
    out = np.full(s.columns["HR"].shape, np.nan, np.float32)
    out[day, minute] = before - after.mean(1, dtype=np.float64)
    return out


def _calming(s: Sources) -> Floats32:
    day, minute, before = _walk_ends(s)
    after = s.columns["HR"][day[:, None], minute[:, None] + np.arange(1, CALM_MINUTES + 1)]
    calm = after <= before[:, None] - CALM_BPM
    minutes = np.where(calm.any(1), calm.argmax(1) + 1, CALM_MINUTES)
    told = ~np.isnan(before) & ~np.isnan(after).any(1)
    out = np.full(s.columns["HR"].shape, np.nan, np.float32)
    out[day, minute] = np.where(told, minutes, np.nan)
    return out


BOTH = ("HR", "steps")
STEPS = ("steps",)
DERIVED: Mapping[str, Derived] = {
    "pace": Derived(STEPS, _pace, 10, "steps a minute while walking"),
    "HR@walking": Derived(BOTH, _walking_pulse, 10, "heart rate in minutes of walking, bpm"),
    "HR@still": Derived(BOTH, _still_pulse, 10, "heart rate in minutes without a step, bpm"),
    "HR@walking-still": Derived(BOTH, _lift, 10, "heart rate while walking above its mean without steps by day, bpm"),
    "HR~70": Derived(("HR",), lambda s: np.abs(s.columns["HR"] - 70), 1, "distance of the heart rate from 70 bpm"),
    "HR~90": Derived(("HR",), lambda s: np.abs(s.columns["HR"] - 90), 1, "distance of the heart rate from 90 bpm"),
    "afoot": Derived(STEPS, _afoot, 1, "1 in a minute with steps, else 0"),
    "afoot@office": Derived(STEPS, _office, 1, "1 in a minute with steps from nine to five, -1 in one at other times"),
    "sitting-sleep": Derived(STEPS, _sitting_against_sleep, 1, "1 awake without a step, -1 asleep, else 0"),
    "drop@walk_end": Derived(BOTH, _drop, 2, "fall of the heart rate by the fifth minute after each walk, bpm"),
    "calming@walk_end": Derived(BOTH, _calming, 2, "minutes from each walk's end to ten bpm less, at most ten"),
}
"""Subjects ending in "walk_end" and "-still" look at more minutes than their own: ask them of the day or of BY_DAY."""
