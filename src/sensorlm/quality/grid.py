"""Columns of a MinuteTable in, evenly spaced bins, ranks and masked cross-correlations out.

Letters in shapes: n bins, d days, k lags. NaN marks a bin in which nothing was recorded.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, stats

from sensorlm.records import MINUTES_PER_DAY, MinuteTable

Floats = NDArray[np.float64]
BIN_MINUTES = 5
"""Finest bin: short enough to see a shift of 15 minutes, long enough for the minute by which an E4 is late."""


def bin_minutes(table: MinuteTable, *keys: str) -> int:
    """Width of the bins that all `keys` can fill: 5 minutes, or the longest epoch among them."""
    return max(BIN_MINUTES, *(int(table.epoch_minutes.get(key, 1)) for key in keys))


def bins(minute: NDArray[np.int64], values: NDArray[np.floating], start: int, count: int, width: int) -> Floats:
    """Mean of `values` (NaN = missing) in each of `count` bins of `width` minutes from `start`; shape (n,)."""
    index = (minute - start) // width
    seen = np.isfinite(values) & (index >= 0) & (index < count)
    total = np.bincount(index[seen], values[seen].astype(np.float64), count)
    number = np.bincount(index[seen], minlength=count)
    mean: Floats = np.where(number > 0, total / np.maximum(number, 1), np.nan)
    return mean


def fraction_covered(starts: NDArray[np.int64], ends: NDArray[np.int64], start: int, count: int, width: int) -> Floats:
    """Share of each bin that lies in one of the intervals [start, end) (overlaps count once); shape (n,)."""
    minute = np.zeros(count * width + 1, np.int32)
    np.add.at(minute, np.clip(starts - start, 0, count * width), 1)
    np.add.at(minute, np.clip(ends - start, 0, count * width), -1)
    inside = np.cumsum(minute[:-1]) > 0
    share: Floats = inside.reshape(count, width).mean(axis=1)
    return share


def ranks(x: Floats) -> Floats:
    """Mid-ranks of the finite values scaled to 0..1, NaN kept: no outlier and no unit matters afterwards."""
    out = np.full(x.shape, np.nan)
    seen = np.isfinite(x)
    if seen.any():
        out[seen] = stats.rankdata(x[seen]) / seen.sum()
    return out


def without_slow_part(x: Floats, window: int) -> Floats:
    """`x` minus its moving mean over `window` bins; NaN where under half of the window is recorded.

    What is left are the ups and downs of minutes to an hour: the 24-hour rhythm, which any two channels of a
    person share whatever their clocks do from day to day, is gone.
    """
    seen = np.isfinite(x)
    kernel = np.ones(window)
    total = np.convolve(np.where(seen, x, 0.0), kernel)[window // 2 :][: len(x)]
    number = np.rint(np.convolve(seen.astype(np.float64), kernel)[window // 2 :][: len(x)])
    return np.where(number >= window / 2, x - total / np.maximum(number, 1), np.nan)


@dataclass(frozen=True, slots=True)
class LagCorrelation:
    """Pearson correlation of x(t + lag) with y(t) at every lag."""

    lag: NDArray[np.int64]
    """(k,) lags in bins."""
    r: Floats
    """(k,) correlations, NaN where too few pairs overlap."""
    n: NDArray[np.int64]
    """(k,) overlapping pairs."""


def lag_correlation(x: Floats, y: Floats, max_lag: int, min_pairs: int) -> LagCorrelation:
    """Masked correlation of `x` at t + lag with `y` at t for |lag| <= max_lag, through FFTs (O(n log n)).

    A positive best lag says that x's clock runs late against y's.
    """
    n = len(x)
    max_lag = min(max_lag, n - 1)
    size = fft.next_fast_len(2 * n, real=True)
    mx, my = np.isfinite(x), np.isfinite(y)
    # Centring first keeps the FFT's rounding error far under the correlations themselves.
    x = np.where(mx, x - (x[mx].mean() if mx.any() else 0.0), 0.0)
    y = np.where(my, y - (y[my].mean() if my.any() else 0.0), 0.0)
    fx, fx2, fmx = (fft.rfft(v, size) for v in (x, x * x, mx.astype(np.float64)))
    fy, fy2, fmy = (np.conj(fft.rfft(v, size)) for v in (y, y * y, my.astype(np.float64)))
    lag = np.arange(-max_lag, max_lag + 1)

    def at_lags(spectrum: NDArray[np.complex128]) -> Floats:
        at: Floats = fft.irfft(spectrum, size)[lag % size]
        return at

    pairs = np.rint(at_lags(fmx * fmy)).astype(np.int64)
    count = np.maximum(pairs, 1)
    sx, sy = at_lags(fx * fmy), at_lags(fmx * fy)
    vx = at_lags(fx2 * fmy) / count - (sx / count) ** 2
    vy = at_lags(fmx * fy2) / count - (sy / count) ** 2
    cov = at_lags(fx * fy) / count - sx * sy / count**2
    usable = (pairs >= min_pairs) & (vx > 1e-12) & (vy > 1e-12)
    r = np.where(usable, cov / np.sqrt(np.where(usable, vx * vy, 1.0)), np.nan)
    return LagCorrelation(lag, np.clip(r, -1, 1), pairs)


def hourly(local_minute: NDArray[np.int64], values: NDArray[np.floating]) -> Floats:
    """Hourly means of `values` by local day; shape (d, 24)."""
    first = int(local_minute[0]) // MINUTES_PER_DAY * MINUTES_PER_DAY
    days = (int(local_minute.max()) - first) // MINUTES_PER_DAY + 1
    return bins(local_minute, values, first, days * 24, 60).reshape(days, 24)
