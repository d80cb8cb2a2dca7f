"""Activations of a layer in, batch by batch; the 8-bit range that serves them best, out. Memory never grows.

One histogram of 2048 bins a layer. When a value falls outside, the span doubles (about a fixed grid) until it fits and
neighbouring bins are merged, so that no activation has to be kept. Four ways to choose a range read the same histogram:
min-max; percentile; the least squared error; and the least entropy lost (Migacz 2017, "8-bit inference with TensorRT").
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

BINS = 2048
LEVELS = 255
F64 = NDArray[np.float64]


@dataclass
class Observer:
    """Streaming statistics of one layer's input."""

    channels: int
    low: float = 0.0
    high: float = 0.0
    """Exact range seen, 0 included: zero must stay representable."""
    span: float = 0.0
    """The histogram covers [-span, span)."""
    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(BINS, np.int64))
    channel_peak: NDArray[np.float32] = field(init=False)
    """(channels,) largest magnitude of each input channel, for SmoothQuant."""

    channel_sum: NDArray[np.float64] = field(init=False)
    """(channels,) sum of each input channel, for the correction of biases."""
    rows: int = 0
    """Tokens seen."""

    def __post_init__(self) -> None:
        self.channel_peak = np.zeros(self.channels, np.float32)
        self.channel_sum = np.zeros(self.channels, np.float64)

    @property
    def channel_mean(self) -> F64:
        """(channels,) mean of each input channel."""
        return self.channel_sum / max(self.rows, 1)

    def observe(self, x: NDArray[np.float32]) -> None:
        """Take in (..., channels) activations."""
        x = x.reshape(-1, self.channels)
        if not x.size:
            return
        np.maximum(self.channel_peak, np.abs(x).max(axis=0), out=self.channel_peak)
        self.channel_sum += x.sum(axis=0, dtype=np.float64)
        self.rows += len(x)
        self.low, self.high = min(self.low, float(x.min())), max(self.high, float(x.max()))
        peak = max(-self.low, self.high)
        if peak == 0:
            self.counts[BINS // 2] += x.size
            self.span = self.span or 1e-6
            return
        if self.span == 0:
            self.span = peak * 1.0001
        while peak >= self.span:
            self.span *= 2
            merged = self.counts.reshape(-1, 2).sum(axis=1)
            self.counts[:] = 0
            self.counts[BINS // 4 : 3 * BINS // 4] = merged
        self.counts += np.histogram(x, BINS, (-self.span, self.span))[0]

    @property
    def centres(self) -> F64:
        """Middle of every bin."""
        width = 2 * self.span / BINS
        middles: F64 = np.arange(BINS, dtype=np.float64) * width + (width / 2 - self.span)
        return middles


def min_max(observer: Observer, percentile: float) -> tuple[float, float]:
    """Everything seen."""
    return observer.low, observer.high


def by_percentile(observer: Observer, percentile: float) -> tuple[float, float]:
    """The span that leaves (100 - percentile)% of the values outside, half at each end."""
    share = np.cumsum(observer.counts) / max(int(observer.counts.sum()), 1)
    tail = (1 - percentile / 100) / 2
    edges = np.linspace(-observer.span, observer.span, BINS + 1)
    # A bin is kept whole, so the range errs to the wide side.
    low = edges[int(np.searchsorted(share, tail, side="right"))]
    high = edges[min(int(np.searchsorted(share, 1 - tail)) + 1, BINS)]
    return max(observer.low, min(float(low), 0.0)), min(observer.high, max(float(high), 0.0))


def _candidates(observer: Observer) -> list[tuple[float, float]]:
    """Ranges from all that was seen down to a tenth of it, both ends shrunk alike."""
    return [(observer.low * f, observer.high * f) for f in np.linspace(1.0, 0.1, 46)]


def by_squared_error(observer: Observer, percentile: float) -> tuple[float, float]:
    """The candidate with the least mean squared error on the histogram: rounding inside, clipping outside."""

    def error(bounds: tuple[float, float]) -> float:
        low, high = bounds
        step = (high - low) / LEVELS
        outside = np.maximum(low - observer.centres, 0) + np.maximum(observer.centres - high, 0)
        cost = np.where(outside > 0, outside**2, step**2 / 12)
        return float((observer.counts * cost).sum())

    return min(_candidates(observer), key=error)


def by_entropy(observer: Observer, percentile: float) -> tuple[float, float]:
    """The candidate whose 255-level histogram diverges least (Kullback-Leibler) from the clipped original."""

    def divergence(bounds: tuple[float, float]) -> float:
        low, high = bounds
        inside = (observer.centres >= low) & (observer.centres <= high)
        kept = observer.counts[inside].astype(np.float64)
        if len(kept) < 2:
            return float("inf")
        reference = kept.copy()
        reference[0] += observer.counts[observer.centres < low].sum()
        reference[-1] += observer.counts[observer.centres > high].sum()
        level = np.minimum((np.arange(len(kept)) * LEVELS) // len(kept), LEVELS - 1)
        filled = kept > 0
        mass, bins = np.bincount(level, kept, LEVELS), np.bincount(level, filled, LEVELS)
        coarse = np.where(filled, mass[level] / np.maximum(bins[level], 1), 0)
        p, q = reference / reference.sum(), (coarse + 1e-12) / (coarse + 1e-12).sum()
        nonzero = p > 0
        return float((p[nonzero] * np.log(p[nonzero] / q[nonzero])).sum())

    return min(_candidates(observer), key=divergence)


# Name of a range method -> (observer, percentile) to (low, high).
RANGE_METHODS: dict[str, Callable[[Observer, float], tuple[float, float]]] = {
    "min-max": min_max,
    "percentile": by_percentile,
    "mse": by_squared_error,
    "entropy": by_entropy,
}


def affine(low: float, high: float) -> tuple[float, int]:
    """Scale and zero point of unsigned 8-bit activations: x = (q - zero_point) * scale over [low, high], 0 included."""
    low, high = min(low, 0.0), max(high, 0.0)
    scale = max((high - low) / LEVELS, 1e-8)
    return scale, int(np.clip(round(-low / scale), 0, LEVELS))
