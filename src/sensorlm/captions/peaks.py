"""Many short series in, the peaks `scipy.signal.find_peaks` would find in each out, all at once.

`find_peaks` takes one series a call; a day has 34 and a corpus a million days. This computes the same four conditions
(height, distance, prominence, width at half prominence, plateaus at their middle) over all series together.

Letters in shapes: r series (rows), n points, p peaks.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


def find_peaks(
    x: Floats, *, height: Floats, prominence: Floats, distance: int, max_width: float
) -> tuple[Rows, NDArray[np.int64]]:
    """Peaks of (r, n) series as two (p,) arrays, row and position, sorted by both.

    Equal to `scipy.signal.find_peaks(x[i], height=height[i], prominence=prominence[i], distance=distance,
    width=(None, max_width))` for every row i. Points that are +inf are walls: never a peak, and no peak looks past one
    (so missing points can be given as +inf). Equal heights closer than `distance`: the later one stays.

    Args:
        x: (r, n) finite or +inf.
        height: (r,) least value of a peak.
        prominence: (r,) least prominence.
        distance: Least number of points between two peaks.
        max_width: Widest peak, in points, at half its prominence.
    """
    candidate = local_maxima(x) & (x >= height[:, None])
    row, at = np.nonzero(candidate)
    crowded = np.unique(row[1:][(row[1:] == row[:-1]) & (at[1:] - at[:-1] < distance)])
    if len(crowded):
        candidate[crowded] = keep_distant(x[crowded], candidate[crowded], distance)
        row, at = np.nonzero(candidate)
    if not len(row):
        return row, at
    # One series a column: numpy then takes the minimum over 36 points for many peaks at a time.
    columns = x.T
    rise = prominences(columns[:, row], at)
    keep = rise >= prominence[row]
    row, at, rise = row[keep], at[keep], rise[keep]
    narrow = half_widths(columns[:, row], at, rise) <= max_width
    return row[narrow], at[narrow]


def local_maxima(x: Floats) -> NDArray[np.bool_]:
    """(r, n) True at the middle of each stretch of equal points that is higher than both its neighbours."""
    rises_in = x[:, 1:] > x[:, :-1]
    falls_out = x[:, 1:] < x[:, :-1]
    out = np.zeros(x.shape, bool)
    out[:, 1:-1] = rises_in[:, :-1] & falls_out[:, 1:]
    # Only a row with two equal neighbours can hold a flat top.
    flat = np.flatnonzero(~(rises_in | falls_out).all(1))
    if len(flat):
        out[flat] = _flat_maxima(x[flat])
    return out & np.isfinite(x)


def _flat_maxima(x: Floats) -> NDArray[np.bool_]:
    position = np.arange(x.shape[1])
    new = np.ones(x.shape, bool)
    new[:, 1:] = x[:, 1:] != x[:, :-1]
    start = np.maximum.accumulate(np.where(new, position, 0), axis=1)
    rises = np.zeros(x.shape, bool)
    rises[:, 1:] = x[:, :-1] < x[:, 1:]
    falls = np.zeros(x.shape, bool)
    falls[:, :-1] = (x[:, 1:] < x[:, :-1]) & np.isfinite(x[:, :-1])
    row, end = np.nonzero(falls)
    first = start[row, end]
    real = rises[row, first]
    out = np.zeros(x.shape, bool)
    out[row[real], (first[real] + end[real]) // 2] = True
    return out


def keep_distant(x: Floats, candidate: NDArray[np.bool_], distance: int) -> NDArray[np.bool_]:
    """(r, n) candidates after removing, from the highest down, all that lie closer than `distance` to a kept one."""
    position = np.arange(x.shape[1])
    left = np.where(candidate, x, -np.inf)
    kept = np.zeros_like(candidate)
    while True:
        # The last of equals, as scipy visits a stable ascending order from its end.
        best = x.shape[1] - 1 - left[:, ::-1].argmax(1)
        rows = np.flatnonzero(left[np.arange(len(x)), best] > -np.inf)
        if not len(rows):
            return kept
        kept[rows, best[rows]] = True
        near = np.abs(position - best[rows, None]) < distance
        left[rows] = np.where(near, -np.inf, left[rows])


def prominences(x: Floats, at: NDArray[np.int64]) -> Floats:
    """(p,) how far each peak stands over the higher of its two bases; x is (n, p), one series a column."""
    n, p = x.shape
    position = np.arange(n, dtype=np.int16)[:, None]  # small numbers: these tables are as large as x
    top = x[at, np.arange(p)]
    higher = x > top
    before, after = position < at, position > at
    wall_left = np.where(higher & before, position, np.int16(-1)).max(0)
    wall_right = np.where(higher & after, position, np.int16(n)).min(0)
    left = np.where((position > wall_left) & ~after, x, np.inf).min(0)
    right = np.where((position < wall_right) & ~before, x, np.inf).min(0)
    return np.asarray(top - np.maximum(left, right), np.float64)


def half_widths(x: Floats, at: NDArray[np.int64], prominence: Floats) -> Floats:
    """(p,) width of each peak at half its prominence, between linearly interpolated crossings; x is (n, p)."""
    n, p = x.shape
    position = np.arange(n, dtype=np.int16)[:, None]
    level = x[at, np.arange(p)] - prominence * 0.5
    low = x <= level
    left = np.where(low & (position < at), position, np.int16(-1)).max(0).astype(np.int64)
    right = np.where(low & (position > at), position, np.int16(n)).min(0).astype(np.int64)
    return _crossing(x, right, right - 1, level) - _crossing(x, left, left + 1, level)


def _crossing(x: Floats, outer: NDArray[np.int64], inner: NDArray[np.int64], level: Floats) -> Floats:
    each = np.arange(len(outer))
    low, high = x[outer, each], x[inner, each]
    share = np.where(low < level, (level - low) / (high - low), 0.0)
    return np.asarray(outer + (inner - outer) * share, np.float64)
