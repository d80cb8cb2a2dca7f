"""A batch of days in, the numbers its captions are written from out: levels and bins of every channel at once.

Letters in shapes: b days, t = 1440 minutes, c channels, n = 36 bins.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sensorlm.captions.peaks import Floats
from sensorlm.captions.structure import BIN_MINUTES, BINS, MIN_BIN_SHARE
from sensorlm.records import MINUTES_PER_DAY

CHUNK_DAYS = 8
"""Days worked on together: their minutes stay inside a processor's cache."""
ENOUGH = 0.5
"""Observed share of a day from which its mean, highest and lowest value may be stated."""
ENOUGH_FOR_TOTAL = 0.75
LEAST_BINS = 3
"""Shortest recorded stretch, in bins of 40 minutes, that is described when the whole day cannot be."""
LEVELS = ("mean", "max", "min", "std")


@dataclass(frozen=True, eq=False)
class Numbers:
    """What was measured, NaN where nothing was observed."""

    levels: Floats
    """(b, c, 4) mean, max, min and std of the observed minutes."""
    count: NDArray[np.int64]
    """(b, c) observed minutes."""
    bins: Floats
    """(b, c, n) means of 40-minute bins, NaN where less than half of a bin was observed."""
    bin_sums: Floats
    bin_counts: NDArray[np.int16]
    """(b, n, c) sum and number of observed minutes of each bin."""

    def stretch_mean(self, series: int, first: int, end: int) -> float:
        """Mean of all observed minutes from bin `first` up to `end`, of channel `series % c` of day `series // c`."""
        day, channel = divmod(series, self.bin_counts.shape[2])
        total = self.bin_sums[day, first:end, channel].sum()
        return float(total / self.bin_counts[day, first:end, channel].sum())


def measure_days(values: NDArray[np.float32]) -> Numbers:
    """Numbers of (b, t, c) days, NaN where missing."""
    b, _, c = values.shape
    levels, count = np.empty((b, 4, c)), np.empty((b, c), np.int64)
    sums, counts = np.empty((b, BINS, c)), np.empty((b, BINS, c), np.int16)
    for first in range(0, b, CHUNK_DAYS):
        rows = slice(first, first + CHUNK_DAYS)
        levels[rows], count[rows], sums[rows], counts[rows] = _measure_chunk(values[rows])
    bins = np.where(counts >= MIN_BIN_SHARE * BIN_MINUTES, sums / np.maximum(counts, 1), np.nan)
    by_channel = np.ascontiguousarray(bins.transpose(0, 2, 1))
    return Numbers(levels.transpose(0, 2, 1), count, by_channel, sums, counts)


def _measure_chunk(values: NDArray[np.float32]) -> tuple[Floats, NDArray[np.int64], Floats, NDArray[np.int16]]:
    b, _, c = values.shape
    missing = np.isnan(values)
    if missing.any():
        bin_count = BIN_MINUTES - missing.reshape(b, BINS, BIN_MINUTES, c).sum(2, dtype=np.int16)
        filled = np.where(missing, np.float32(0), values)
    else:
        bin_count = np.full((b, BINS, c), BIN_MINUTES, np.int16)
        filled = values
    bin_sum = _sum_of_minutes(filled)
    count = bin_count.sum(1, dtype=np.int64)
    divisor = np.maximum(count, 1)
    mean = bin_sum.sum(1) / divisor
    # Bins side by side make rows of 40 * c numbers, over which numpy is ten times faster than over rows of c.
    rows = (b, BINS, BIN_MINUTES * c)
    centred = values.reshape(rows) - np.tile(mean.astype(np.float32), BIN_MINUTES)[:, None]
    np.copyto(centred, 0, where=missing.reshape(rows))
    squares = np.einsum("bnm,bnm->bm", centred, centred).reshape(b, BIN_MINUTES, c).sum(1, dtype=np.float64)
    # The mean was rounded to float32 before it was subtracted; the second term takes that back out.
    off = mean.astype(np.float32) - mean
    std = np.sqrt(np.maximum(squares / divisor - off**2, 0))
    high, low = (
        extreme.reduce(extreme.reduce(values.reshape(rows), axis=1).reshape(b, BIN_MINUTES, c), axis=1)
        for extreme in (np.fmax, np.fmin)
    )
    levels = np.where(count[:, None] > 0, np.stack([mean, high, low, std], 1), np.nan)
    return levels, count, bin_sum, bin_count


def _sum_of_minutes(filled: NDArray[np.float32]) -> Floats:
    """(b, n, c) sums of 40 minutes, by halves: 40, 20, 10, then 5 in float64 (float32 rounds three times at most)."""
    b, _, c = filled.shape
    part, minutes = filled.reshape(b, BINS, BIN_MINUTES * c), BIN_MINUTES
    while minutes % 2 == 0:
        minutes //= 2
        part = part[:, :, : minutes * c] + part[:, :, minutes * c :]
    return np.asarray(part.reshape(b, BINS, minutes, c).sum(2, dtype=np.float64), np.float64)


def longest_stretch(bins: Floats) -> tuple[int, int] | None:
    """Minutes of the longest run of recorded bins of one (n,) series, the first of equals; None when too short."""
    best: tuple[int, int] = (0, 0)
    start = None
    for place, recorded in enumerate([*(~np.isnan(bins)).tolist(), False]):
        if recorded and start is None:
            start = place
        if not recorded and start is not None:
            if place - start > best[1] - best[0]:
                best = (start, place)
            start = None
    if best[1] - best[0] < LEAST_BINS:
        return None
    return best[0] * BIN_MINUTES, best[1] * BIN_MINUTES


def window_levels(minutes: NDArray[np.float32]) -> Floats:
    """(4,) mean, max, min and std of the observed minutes of one series."""
    seen = minutes[~np.isnan(minutes)].astype(np.float64)
    return np.array([seen.mean(), seen.max(), seen.min(), seen.std()])


def whole_day(count: int, share: float = ENOUGH) -> bool:
    """Whether enough of the day was observed to speak of the day."""
    return count >= share * MINUTES_PER_DAY
