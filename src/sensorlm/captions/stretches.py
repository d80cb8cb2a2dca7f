"""One channel's minutes over many days in, what their busiest stretches, their hours, bouts and gaps were out.

What people mean by "a long walk" is seldom an unbroken run of minutes: a red light ends none. So stretches are judged
by their mean, found for all starts at once from running sums.

Letters in shapes: b days, q windows, s starts of a stretch within one window.
"""

import numpy as np

from sensorlm.captions.tracks import Bools, Floats, Track, Windows

BOUT_MINUTES = 10
"""A bout is a time of at least about this length."""
HOUR = 60


def busiest_mean(track: Track, w: Windows) -> Floats:
    """Highest mean of `argument` minutes in a row, at least half of them observed."""
    return w.each(len(track), lambda s, e, a: _known(_means(track, s, e, a).max(1)))


def quietest_mean(track: Track, w: Windows) -> Floats:
    """Lowest mean of `argument` minutes in a row, at least half of them observed."""
    return w.each(len(track), lambda s, e, a: -_known(_means(track, s, e, a, sign=-1).max(1)))


def busiest_minute(track: Track, w: Windows) -> Floats:
    """Minute of the day in the middle of the (first) `argument` minutes in a row with the highest mean."""

    def one(s: int, e: int, a: float) -> Floats:
        means = _means(track, s, e, a)
        return s + np.where(means.max(1) > -np.inf, means.argmax(1), np.nan) + _size(s, e, a) / 2

    return w.each(len(track), one)


def quietest_minute(track: Track, w: Windows) -> Floats:
    """Minute of the day in the middle of the (first) `argument` minutes in a row with the lowest mean."""

    def one(s: int, e: int, a: float) -> Floats:
        means = _means(track, s, e, a, sign=-1)
        return s + np.where(means.max(1) > -np.inf, means.argmax(1), np.nan) + _size(s, e, a) / 2

    return w.each(len(track), one)


def busiest_share(track: Track, w: Windows) -> Floats:
    """Share of the window's sum that lies in the `argument` minutes in a row with the most; NaN for a sum of 0."""

    def one(s: int, e: int, a: float) -> Floats:
        sums, size = track.sums, _size(s, e, a)
        most = (sums[:, s + size : e + 1] - sums[:, s : e + 1 - size]).max(1)
        return _ratio(most, sums[:, e] - sums[:, s])

    return w.each(len(track), one)


def minute_of_share(track: Track, w: Windows) -> Floats:
    """Minute of the day by which `argument` of the window's sum had been reached; NaN for a sum of 0."""

    def one(s: int, e: int, a: float) -> Floats:
        grown = track.sums[:, s + 1 : e + 1] - track.sums[:, s, None]
        reached = grown >= a * grown[:, -1:]
        return np.where((grown[:, -1] > 0) & reached.any(1), s + reached.argmax(1), np.nan)

    return w.each(len(track), one)


def hours_above(track: Track, w: Windows) -> Floats:
    """How many full hours from the window's start have a mean above the argument; half of each must be observed."""

    def one(s: int, e: int, a: float) -> Floats:
        edges = np.arange(s, e + 1, HOUR)
        count = np.diff(track.counts[:, edges], axis=1)
        high = np.diff(track.sums[:, edges], axis=1) > a * count
        return np.asarray((high & (2 * count >= HOUR)).sum(1), np.float64)

    return w.each(len(track), one)


def bouts_above(track: Track, w: Windows) -> Floats:
    """How often the mean of ten minutes rose above the argument: walks, efforts; a minute's pause parts none."""

    def one(s: int, e: int, a: float) -> Floats:
        high: Bools = _means(track, s, e, BOUT_MINUTES) > a
        return np.asarray(high[:, 0] + (high[:, 1:] & ~high[:, :-1]).sum(1), np.float64)

    return w.each(len(track), one)


def fall_after_max(track: Track, w: Windows) -> Floats:
    """The first highest value minus the mean of the ten minutes that begin `argument` minutes later, in the window."""
    values = np.where(track.observed, track.values, -np.inf)
    rows = np.arange(len(track))

    def one(s: int, e: int, a: float) -> Floats:
        top = s + values[:, s:e].argmax(1)
        first, last = np.minimum(top + int(a), e), np.minimum(top + int(a) + BOUT_MINUTES, e)
        count = track.counts[rows, last] - track.counts[rows, first]
        later = (track.sums[rows, last] - track.sums[rows, first]) / np.maximum(count, 1)
        return np.where(2 * count >= BOUT_MINUTES, values[rows, top] - later, np.nan)

    return w.each(len(track), one)


def long_gaps(track: Track, w: Windows) -> Floats:
    """How many times at least `argument` minutes in a row are missing; always an answer."""

    def one(s: int, e: int, a: float) -> Floats:
        size = _size(s, e, a)
        empty: Bools = track.counts[:, s + size : e + 1] == track.counts[:, s : e + 1 - size]
        return np.asarray(empty[:, 0] + (empty[:, 1:] & ~empty[:, :-1]).sum(1), np.float64)

    return w.each(len(track), one)


def _means(track: Track, start: int, end: int, argument: float, sign: int = 1) -> Floats:
    """(b, s) `sign` times the mean of each stretch of the window, -inf where less than half was observed."""
    size = _size(start, end, argument)
    count = track.counts[:, start + size : end + 1] - track.counts[:, start : end + 1 - size]
    total = track.sums[:, start + size : end + 1] - track.sums[:, start : end + 1 - size]
    # Division is the dear part, and most days are whole.
    means = total * (sign / size) if (count == size).all() else sign * total / np.maximum(count, 1)
    return np.where(2 * count >= size, means, -np.inf)


def _known(means: Floats) -> Floats:
    return np.where(means > -np.inf, means, np.nan)


def _size(start: int, end: int, argument: float) -> int:
    return min(max(int(argument), 1), end - start)


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1), np.nan)
