"""One channel's minutes over many days in, any statistic of any window out in constant time.

Running sums over minutes turn "the mean from minute 300 to 540" into two look-ups and a subtraction, and a table of
maxima over powers of two does the same for "the highest"; so a thousand windows cost hardly more than one.

Letters in shapes: b days, t = 1440 minutes, q windows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.records import MINUTES_PER_DAY

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Windows:
    """(q,) windows of minutes, end exclusive, and the number each statistic takes beside them."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    argument: Floats

    @property
    def length(self) -> NDArray[np.int64]:
        """(q,) minutes in each window."""
        return self.end - self.start

    def part(self, start: NDArray[Any], end: NDArray[Any]) -> "Windows":
        """Sub-windows cut to the day."""
        cut = [np.clip(edge.astype(np.int64), 0, MINUTES_PER_DAY) for edge in (start, end)]
        return Windows(cut[0], np.maximum(cut[0], cut[1]), self.argument)

    def each(self, b: int, one: Callable[[int, int, float], Floats], *, argument: bool = True) -> Floats:
        """(b, q) from `one(start, end, argument) -> (b,)`, called once for windows that are alike."""
        out = np.empty((b, len(self.start)))
        done: dict[tuple[int, int, float], int] = {}
        for column in range(len(self.start)):
            asked = (int(self.start[column]), int(self.end[column]), float(self.argument[column]) if argument else 0.0)
            first = done.setdefault(asked, column)
            out[:, column] = out[:, first] if first != column else one(*asked)
        return out


class Track:
    """(b, t) minutes of one subject, NaN where missing."""

    def __init__(self, values: NDArray[Any]) -> None:
        self.values = values
        self.observed: Bools = ~np.isnan(values)
        self._over: dict[tuple[float, bool], NDArray[np.int32]] = {}

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def filled(self) -> Floats:
        """(b, t) with 0 where missing."""
        return np.where(self.observed, self.values, 0).astype(np.float64)

    @cached_property
    def counts(self) -> NDArray[np.int32]:
        """(b, t + 1) observed minutes before each minute."""
        return running(self.observed, np.int32)

    @cached_property
    def sums(self) -> Floats:
        """(b, t + 1) sum of what was observed before each minute."""
        return running(self.filled, np.float64)

    @cached_property
    def _squares(self) -> Floats:
        return running(self.filled**2, np.float64)

    @cached_property
    def _maxima(self) -> list[NDArray[Any]]:
        return doubled_maxima(np.where(self.observed, self.values, -np.inf))

    @cached_property
    def _minima(self) -> list[NDArray[Any]]:
        return doubled_maxima(np.where(self.observed, -self.values, -np.inf))

    def count(self, w: Windows) -> NDArray[Any]:
        """(b, q) observed minutes."""
        return between(self.counts, w)

    def enough(self, w: Windows, share: float) -> Bools:
        """(b, q) whether at least `share` of the window, and one minute, was observed."""
        return np.asarray(self.count(w) >= np.maximum(share * w.length, 1))

    def total(self, w: Windows) -> Floats:
        """(b, q) sum of observed minutes."""
        return np.asarray(between(self.sums, w), np.float64)

    def mean(self, w: Windows) -> Floats:
        """(b, q) mean of observed minutes, NaN where there are none."""
        count = self.count(w)
        return np.asarray(np.where(count > 0, self.total(w) / np.maximum(count, 1), np.nan), np.float64)

    def solid_mean(self, w: Windows, share: float) -> Floats:
        """(b, q) mean, NaN where less than `share` was observed."""
        return np.where(self.enough(w, share), self.mean(w), np.nan)

    def std(self, w: Windows) -> Floats:
        """(b, q) population standard deviation of observed minutes."""
        count = np.maximum(self.count(w), 1)
        mean = self.total(w) / count
        variance = np.asarray(between(self._squares, w) / count - mean**2, np.float64)
        return np.sqrt(np.maximum(variance, 0))

    def highest(self, w: Windows) -> Floats:
        """(b, q) largest observed value, -inf where there is none."""
        return widest(self._maxima, w)

    def lowest(self, w: Windows) -> Floats:
        """(b, q) smallest observed value, +inf where there is none."""
        return np.negative(widest(self._minima, w))

    def over(self, threshold: float, *, below: bool = False) -> Bools:
        """(b, t) whether an observed minute lies strictly above (or below) a threshold."""
        # NaN compares false both ways, so a missing minute is neither above nor below.
        return self.values < threshold if below else self.values > threshold

    def minutes_over(self, w: Windows, *, below: bool = False) -> Floats:
        """(b, q) observed minutes strictly above (or below) each window's argument."""
        out = np.empty((len(self), len(w.start)))
        for threshold in np.unique(w.argument):
            key = (float(threshold), below)
            if key not in self._over:
                self._over[key] = running(self.over(*key[:1], below=below), np.int32)
            columns = np.flatnonzero(w.argument == threshold)
            out[:, columns] = between(self._over[key], Windows(w.start[columns], w.end[columns], w.argument[columns]))
        return out


def running(values: NDArray[Any], dtype: Any) -> NDArray[Any]:  # noqa: ANN401
    """(b, t + 1) running sum that starts at 0."""
    out = np.zeros((len(values), values.shape[1] + 1), dtype)
    np.cumsum(values, axis=1, out=out[:, 1:])
    return out


def between(sums: NDArray[Any], w: Windows) -> NDArray[Any]:
    """(b, q) sums over windows from a running sum."""
    return np.asarray(sums[:, w.end] - sums[:, w.start])


def doubled_maxima(values: NDArray[Any]) -> list[NDArray[Any]]:
    """Entry k: (b, t - 2**k + 1) maxima of 2**k minutes (the sparse table of range-minimum queries)."""
    levels, size = [values], 1
    while 2 * size <= values.shape[1]:
        last = levels[-1]
        levels.append(np.maximum(last[:, :-size], last[:, size:]))
        size *= 2
    return levels


def widest(levels: list[NDArray[Any]], w: Windows) -> Floats:
    """(b, q) maxima over windows: two overlapping powers of two cover any window."""
    out = np.empty((len(levels[0]), len(w.start)))
    depth = np.log2(np.maximum(w.length, 1)).astype(int)
    for k in np.unique(depth):
        columns = np.flatnonzero(depth == k)
        left, right = w.start[columns], w.end[columns] - 2**k
        out[:, columns] = np.maximum(levels[k][:, left], levels[k][:, right])
    return out


def longest_run(over: Bools) -> Floats:
    """(b,) most True minutes in a row of a (b, t) table."""
    t = over.shape[1]
    position = np.arange(1, t + 1)
    # The last False before each minute; the run that ends there is as long as the distance to it.
    broken = np.maximum.accumulate(np.where(over, 0, position), axis=1)
    return np.asarray((position - broken).max(axis=1, initial=0), np.float64)
