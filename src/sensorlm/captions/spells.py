"""One channel's minutes over many days in, how its spells, hours and jumps are weighed against each other out.

A spell is an unbroken run of minutes over (or under) a threshold; a missing minute ends it, and the window's edges cut
it. Hours are the full hours from the window's start.

Letters in shapes: b days, q windows, n minutes of one window, h hours.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sensorlm.captions.stretches import BOUT_MINUTES, HOUR, busiest_mean, quietest_mean
from sensorlm.captions.tracks import Bools, Floats, Track, Windows, longest_run

LEAST_STEPS = 0.5
"""Fewer steps in a minute are none: counters give fractions after resampling."""
ACTIVE_MINUTES = 600
QUIET_MINUTES = 300
"""The ten busiest and the five quietest hours, as those who study body clocks take them."""
JUMP_MINUTES = 3


def spells(over: Bools) -> NDArray[np.int64]:
    """(b, n) the length of a run of True at its last minute, 0 elsewhere."""
    position = np.arange(1, over.shape[1] + 1)
    broken = np.maximum.accumulate(np.where(over, 0, position), axis=1)
    last = over.copy()
    last[:, :-1] &= ~over[:, 1:]
    return np.where(last, position - broken, 0)


def spells_above(track: Track, w: Windows) -> Floats:
    """How many spells above the argument."""
    return w.each(len(track), lambda s, e, a: (spells(track.over(a)[:, s:e]) > 0).sum(1).astype(np.float64))


def mean_spell_above(track: Track, w: Windows) -> Floats:
    """Mean length of the spells above the argument, minutes; NaN where there is none."""
    return _each_run(track, w, lambda runs: _ratio(runs.sum(1), (runs > 0).sum(1)))


def longest_part_above(track: Track, w: Windows) -> Floats:
    """Share of all minutes above the argument that lies in the longest spell; NaN where there is none."""
    return _each_run(track, w, lambda runs: _ratio(runs.max(1), runs.sum(1)))


def _each_run(track: Track, w: Windows, of: Callable[[NDArray[np.int64]], Floats]) -> Floats:
    return w.each(len(track), lambda s, e, a: of(spells(track.over(a)[:, s:e])))


def mean_still(track: Track, w: Windows) -> Floats:
    """Mean length of the spells without a step, minutes; NaN where there is none."""

    def one(s: int, e: int, _: float) -> Floats:
        runs = spells(track.over(LEAST_STEPS, below=True)[:, s:e])
        return _ratio(runs.sum(1), (runs > 0).sum(1))

    return w.each(len(track), one, argument=False)


def long_stills(track: Track, w: Windows) -> Floats:
    """How many spells of `argument` minutes and more without a step."""

    def one(s: int, e: int, a: float) -> Floats:
        runs = spells(track.over(LEAST_STEPS, below=True)[:, s:e])
        return np.asarray((runs >= max(a, 1)).sum(1), np.float64)

    return w.each(len(track), one)


def long_still_part(track: Track, w: Windows) -> Floats:
    """Share of the minutes without a step that lies in spells of `argument` minutes and more; NaN where none is."""

    def one(s: int, e: int, a: float) -> Floats:
        runs = spells(track.over(LEAST_STEPS, below=True)[:, s:e])
        return _ratio(np.where(runs >= a, runs, 0).sum(1), runs.sum(1))

    return w.each(len(track), one)


def sum_part_above(track: Track, w: Windows) -> Floats:
    """Share of the window's sum that comes from minutes above the argument; NaN for a sum of 0."""

    def one(s: int, e: int, a: float) -> Floats:
        part = np.where(track.over(a)[:, s:e], track.filled[:, s:e], 0).sum(1)
        return _ratio(part, track.sums[:, e] - track.sums[:, s])

    return w.each(len(track), one)


def first_bout(track: Track, w: Windows) -> Floats:
    """Minute of the day when the first ten minutes with a mean above the argument begin; NaN where there are none."""

    def one(s: int, e: int, a: float) -> Floats:
        high = _high(track, s, e, a)
        return np.where(high.any(1), s + high.argmax(1), np.nan)

    return w.each(len(track), one)


def last_bout(track: Track, w: Windows) -> Floats:
    """Minute of the day when the last ten minutes with a mean above the argument end; NaN where there are none."""

    def one(s: int, e: int, a: float) -> Floats:
        high = _high(track, s, e, a)
        return np.where(high.any(1), e - high[:, ::-1].argmax(1), np.nan)

    return w.each(len(track), one)


def between_bouts(track: Track, w: Windows) -> Floats:
    """Most minutes from one time of ten minutes with a mean above the argument to the next; 0 for one, NaN for none."""

    def one(s: int, e: int, a: float) -> Floats:
        high = _high(track, s, e, a)
        first = high.argmax(1)[:, None]
        last = high.shape[1] - 1 - high[:, ::-1].argmax(1)[:, None]
        place = np.arange(high.shape[1])
        gap = longest_run(~high & (place > first) & (place < last)) - (BOUT_MINUTES - 1)
        return np.where(high.any(1), np.maximum(gap, 0), np.nan)

    return w.each(len(track), one)


def _high(track: Track, start: int, end: int, argument: float) -> Bools:
    """(b, s) whether ten minutes from each minute, half of them observed, have a mean above the argument."""
    size = min(BOUT_MINUTES, end - start)
    count = track.counts[:, start + size : end + 1] - track.counts[:, start : end + 1 - size]
    total = track.sums[:, start + size : end + 1] - track.sums[:, start : end + 1 - size]
    return np.asarray((total > argument * count) & (2 * count >= size))


def evenness(track: Track, w: Windows) -> Floats:
    """How evenly the sum is spread over the hours: 0 all in one, 1 the same in each (entropy); NaN for a sum of 0."""

    def one(s: int, e: int, _: float) -> Floats:
        sums = _hour_sums(track, s, e)
        whole = sums.sum(1)
        parts = sums / np.where(whole > 0, whole, 1)[:, None]
        entropy = -(parts * np.log(np.where(parts > 0, parts, 1))).sum(1)
        return np.where((whole > 0) & (sums.shape[1] > 1), entropy / np.log(max(sums.shape[1], 2)), np.nan)

    return w.each(len(track), one, argument=False)


def peak_hour(track: Track, w: Windows) -> Floats:
    """How many times the mean hour's sum the highest hour's is; NaN for a sum of 0."""

    def one(s: int, e: int, _: float) -> Floats:
        sums = _hour_sums(track, s, e)
        return _ratio(sums.max(1, initial=0) * sums.shape[1], sums.sum(1))

    return w.each(len(track), one, argument=False)


def _hour_sums(track: Track, start: int, end: int) -> Floats:
    """(b, h); below 0 nothing is summed: channels of this kind count."""
    return np.maximum(np.diff(track.sums[:, np.arange(start, end + 1, HOUR)], axis=1), 0)


def steady_hours(track: Track, w: Windows) -> Floats:
    """How many hours have a standard deviation under the argument; half of each must be observed."""

    def one(s: int, e: int, a: float) -> Floats:
        edges = np.arange(s, e + 1, HOUR)
        hours = Windows(edges[:-1], edges[1:], np.zeros(len(edges) - 1))
        return np.asarray(((track.std(hours) < a) & (2 * track.count(hours) >= HOUR)).sum(1), np.float64)

    return w.each(len(track), one)


def jumps(track: Track, w: Windows) -> Floats:
    """How many times three minutes' mean lies more than the argument above that of the three minutes before."""
    n = JUMP_MINUTES

    def one(s: int, e: int, a: float) -> Floats:
        if e - s < 2 * n:
            return np.zeros(len(track))
        middle = np.arange(s + n, e + 1 - n)
        seen = track.counts[:, middle + n] - track.counts[:, middle - n] == 2 * n
        rise = track.sums[:, middle + n] + track.sums[:, middle - n] - 2 * track.sums[:, middle]
        return np.asarray((spells(seen & (rise > n * a)) > 0).sum(1), np.float64)

    return w.each(len(track), one)


def jitter(track: Track, w: Windows) -> Floats:
    """Mean size of the change from one minute to the next; NaN without two minutes in a row."""
    sizes = np.abs(np.diff(track.values.astype(np.float64), axis=1))

    def one(s: int, e: int, _: float) -> Floats:
        part = sizes[:, s : e - 1]
        seen = ~np.isnan(part)
        return _ratio(np.where(seen, part, 0).sum(1), seen.sum(1))

    return w.each(len(track), one, argument=False)


def busiest_lead(track: Track, w: Windows) -> Floats:
    """Highest mean of `argument` minutes in a row less the window's mean."""
    return busiest_mean(track, w) - track.mean(w)


def amplitude(track: Track, w: Windows) -> Floats:
    """(high - low) / (high + low) of the busiest ten and the quietest five hours in a row; NaN where both are 0."""
    high = busiest_mean(track, Windows(w.start, w.end, np.full(len(w.start), float(ACTIVE_MINUTES))))
    low = quietest_mean(track, Windows(w.start, w.end, np.full(len(w.start), float(QUIET_MINUTES))))
    return _ratio(high - low, high + low)


def _ratio(part: NDArray[np.number], whole: NDArray[np.number]) -> Floats:
    return np.asarray(np.where(whole > 0, part / np.where(whole > 0, whole, 1), np.nan), np.float64)


SPELL_STATISTICS = (
    "spells_above", "mean_spell_above", "longest_part_above", "mean_still", "long_stills", "long_still_part",
    "sum_part_above", "first_bout", "last_bout", "between_bouts", "evenness", "peak_hour", "steady_hours", "jumps",
    "jitter", "busiest_lead", "amplitude",
)  # fmt: skip
"""Names of this module's functions as the table of statistics knows them."""
