"""Days in, the trends, peaks and drops of every channel out, all days and channels at once.

The algorithm is the reference's (captioning code of SensorLM): 36 bins of 40 minutes; least-squares slopes over
windows of 6, 8 and 12 bins; peaks by `find_peaks`. Two ways to run it: `complete=True` as the reference does (every
bin is used), and the default, where bins with too few observed minutes are not used at all.

Letters in shapes: b days, c channels, r = b * c series, n = 36 bins, w = 24 windows.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sensorlm.captions.peaks import Floats, find_peaks
from sensorlm.records import MINUTES_PER_DAY

BIN_MINUTES = 40
BINS = MINUTES_PER_DAY // BIN_MINUTES
# Window length in bins -> the factor k of "slope > k * range / 40".
STEEPNESS = {6: 1.5, 8: 1.3, 12: 1.0}
NET_SHARE = 0.2
STABLE_SLOPE, STABLE_RANGE = 0.01, 0.1
MAX_TRENDS = 3
MAX_OVERLAP = 0.3
PEAK_PROMINENCE, PEAK_HEIGHT, DROP_HEIGHT = 0.5, 0.6, 0.4
PEAK_DISTANCE, PEAK_WIDTH = 5, 4.0
MIN_BIN_SHARE = 0.5
"""A bin is used when at least this share of its minutes was observed."""
MIN_WINDOW_SHARE = 0.75
"""A trend is looked for where at least this share of a window's bins, and both end bins, can be used."""
DIRECTIONS = ("increasing", "decreasing", "stable")


@dataclass(frozen=True, eq=False)
class Trends:
    """(m,) trends, in order of series and rank."""

    series: NDArray[np.int64]
    first_bin: NDArray[np.int64]
    last_bin: NDArray[np.int64]
    direction: NDArray[np.int64]
    """Index into DIRECTIONS."""
    slope: Floats
    """Channel units a bin."""


@dataclass(frozen=True, eq=False)
class Peaks:
    """(m,) peaks and drops, in order of series, peaks first."""

    series: NDArray[np.int64]
    bin: NDArray[np.int64]
    is_drop: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Windows:
    first: NDArray[np.int64]  # (w,)
    length: NDArray[np.int64]
    steepness: Floats
    members: Floats  # (n, w), 1 where a bin lies in a window
    steps: Floats  # (n, w), place of a bin in its window, 0 outside
    slopes: Floats  # (n, w), weights that turn complete bins into least-squares slopes
    conflict: NDArray[np.bool_]  # (w, w), overlap by more than MAX_OVERLAP of the shorter


@lru_cache(maxsize=1)
def _windows() -> _Windows:
    spans = [(i, size, k) for size, k in STEEPNESS.items() for i in range(0, BINS - size + 1, size // 2)]
    first, length = np.array([s[0] for s in spans]), np.array([s[1] for s in spans])
    place = np.arange(BINS)[:, None] - first
    inside = (place >= 0) & (place < length)
    centred = np.where(inside, place - (length - 1) / 2, 0)
    # The reference measures overlap between the labels of first and last bins, one bin short of the minutes covered.
    last = first + length - 1
    shared = np.minimum(last[:, None], last) - np.maximum(first[:, None], first)
    shorter = np.minimum(length[:, None], length) - 1
    return _Windows(
        first, length, np.array([s[2] for s in spans]), inside.astype(float), np.where(inside, place, 0).astype(float),
        centred / (centred**2).sum(0), shared > MAX_OVERLAP * shorter,
    )  # fmt: skip


def bin_means(values: NDArray[np.floating], observed: NDArray[np.bool_] | None = None) -> Floats:
    """(r, n) means of 40-minute bins of (b, 1440, c) values; with `observed`, NaN where too few minutes count."""
    b, _, c = values.shape
    if observed is None:
        bins = values.reshape(b, BINS, BIN_MINUTES, c).mean(2, dtype=np.float64)
    else:
        count = observed.reshape(b, BINS, BIN_MINUTES, c).sum(2, dtype=np.float64)
        total = np.where(observed, values, 0).reshape(b, BINS, BIN_MINUTES, c).sum(2, dtype=np.float64)
        bins = np.where(count >= MIN_BIN_SHARE * BIN_MINUTES, total / np.maximum(count, 1), np.nan)
    return np.ascontiguousarray(bins.transpose(0, 2, 1)).reshape(b * c, BINS)


def find_trends(bins: Floats) -> Trends:
    """Up to three trends of each (r, n) series, best first; NaN bins are not used."""
    w = _windows()
    spread = _spread(bins)
    ends = bins[:, w.first], bins[:, w.first + w.length - 1]  # (r, w) each
    net = ends[1] - ends[0]
    slope = _slopes(bins, w)
    full = spread[:, None]
    with np.errstate(invalid="ignore"):
        steep = w.steepness * full / BIN_MINUTES
        up = (slope > steep) & (net > NET_SHARE * full)
        down = (slope < -steep) & (-net > NET_SHARE * full)
        flat = ~up & ~down & (np.abs(slope) < STABLE_SLOPE * full) & ~np.isnan(net)
    flat[flat] = _ranges(bins, w, *np.nonzero(flat)) < STABLE_RANGE * spread[np.nonzero(flat)[0]]
    rank = np.where(up | down, np.abs(net), np.where(flat, NET_SHARE * full, -np.inf))
    steepness = np.where(flat, 1.0, np.abs(slope))
    rows, windows = _best(rank, steepness, w)
    direction = np.where(up[rows, windows], 0, np.where(down[rows, windows], 1, 2))
    first = w.first[windows]
    return Trends(rows, first, first + w.length[windows] - 1, direction, slope[rows, windows])


def _spread(bins: Floats) -> Floats:
    high, low = np.fmax.reduce(bins, axis=1), np.fmin.reduce(bins, axis=1)
    return np.asarray(high - low, np.float64)


def _slopes(bins: Floats, w: _Windows) -> Floats:
    missing = np.isnan(bins)
    partial = np.flatnonzero(missing.any(1))
    slope = np.where(missing, 0, bins) @ w.slopes
    if len(partial):
        slope[partial] = _partial_slopes(bins[partial], ~missing[partial], w)
    return np.asarray(slope, np.float64)


def _partial_slopes(bins: Floats, used: NDArray[np.bool_], w: _Windows) -> Floats:
    """(r, w) least squares over the bins that can be used; NaN where too few can."""
    # Centred on the series' own mean: products of large values lose no digits.
    centre = np.where(used.any(1), np.nansum(bins, 1) / np.maximum(used.sum(1), 1), 0)[:, None]
    y, mask = np.where(used, bins - centre, 0), used.astype(float)
    count, sum_t, sum_y = mask @ w.members, mask @ w.steps, y @ w.members
    sum_tt, sum_ty = mask @ w.steps**2, y @ w.steps
    below = count * sum_tt - sum_t**2
    slope = (count * sum_ty - sum_t * sum_y) / np.where(below > 0, below, 1)
    enough = (count >= MIN_WINDOW_SHARE * w.length) & (below > 0)
    return np.where(enough, slope, np.nan)


def _ranges(bins: Floats, w: _Windows, rows: NDArray[np.int64], windows: NDArray[np.int64]) -> Floats:
    inside = w.members[:, windows].T > 0
    high = np.fmax.reduce(np.where(inside, bins[rows], -np.inf), axis=1, initial=-np.inf)
    low = np.fmin.reduce(np.where(inside, bins[rows], np.inf), axis=1, initial=np.inf)
    return np.asarray(high - low, np.float64)


def _best(rank: Floats, steepness: Floats, w: _Windows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and windows of the kept trends: by net change, then slope, then length, without much overlap."""
    found: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    rows = np.arange(len(rank))
    for _ in range(MAX_TRENDS):
        choice = rank.argmax(1)  # the first of equals, as a stable sort leaves it
        top = np.take_along_axis(rank, choice[:, None], 1)
        left = top[:, 0] > -np.inf
        rank, steepness, rows, choice, top = rank[left], steepness[left], rows[left], choice[left], top[left]
        tied = np.flatnonzero((rank == top).sum(1) > 1)
        choice[tied] = _untie(rank[tied] == top[tied], steepness[tied], w)
        found.append((rows, choice))
        rank = np.where(w.conflict[choice], -np.inf, rank)
    rows = np.concatenate([f[0] for f in found])
    order = np.argsort(rows, kind="stable")
    return rows[order], np.concatenate([f[1] for f in found])[order]


def _untie(tie: NDArray[np.bool_], steepness: Floats, w: _Windows) -> NDArray[np.int64]:
    """Of windows with equal net change the steepest, then the longest, then the first."""
    steep = np.where(tie, steepness, -np.inf)
    tie = steep == steep.max(1, keepdims=True)
    return np.asarray(np.where(tie, w.length, 0).argmax(1), np.int64)


def find_extremes(bins: Floats) -> Peaks:
    """Peaks and drops of each (r, n) series; missing bins are walls that no peak looks past."""
    missing = np.isnan(bins)
    count = np.maximum((~missing).sum(1), 1)
    mean = np.where(missing, 0, bins).sum(1) / count
    spread = np.nan_to_num(_spread(bins))
    found = []
    for sign, height in ((1, mean + PEAK_HEIGHT * spread), (-1, -mean - DROP_HEIGHT * spread)):
        found.append(
            find_peaks(
                np.where(missing, np.inf, sign * bins),
                height=height,
                prominence=PEAK_PROMINENCE * spread,
                distance=PEAK_DISTANCE,
                max_width=PEAK_WIDTH,
            )
        )
    series = np.concatenate([found[0][0], found[1][0]])
    at = np.concatenate([found[0][1], found[1][1]])
    is_drop = np.arange(len(series)) >= len(found[0][0])
    order = np.argsort(series, kind="stable")
    return Peaks(series[order], at[order], is_drop[order])
