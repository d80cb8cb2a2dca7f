"""Random numbers by address: (seed, person, purpose, part) in, a generator out, the same whatever ran before.

Counter-like spawn keys (numpy SeedSequence) make every person, day plan and block of signals independent of the order
and the number of workers that ask for them.
"""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

PERSON, PLAN, SIGNAL, DEVICE, SPELL, WEAR = range(6)
Choice = TypeVar("Choice")


def generator(seed: int, person: int, purpose: int, part: int = 0) -> np.random.Generator:
    """A generator of its own for one purpose and part (a day or a block) of one person."""
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(person, purpose, part))))


class Draws:
    """Scalar draws from arrays drawn at once: a scalar call of numpy costs ten times a list look-up."""

    def __init__(self, rng: np.random.Generator, size: int = 192) -> None:
        self._rng, self._size = rng, size
        self._uniform: list[float] = []
        self._normal: list[float] = []

    def uniform(self) -> float:
        """A number in [0, 1)."""
        if not self._uniform:
            self._uniform = self._rng.random(self._size).tolist()
        return self._uniform.pop()

    def normal(self, mean: float = 0.0, std: float = 1.0) -> float:
        """A Gaussian number."""
        if not self._normal:
            self._normal = self._rng.standard_normal(self._size).tolist()
        return mean + std * self._normal.pop()

    def between(self, low: float, high: float) -> float:
        """Uniform in [low, high)."""
        return low + (high - low) * self.uniform()

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.uniform() < probability

    def lognormal(self, median: float, spread: float) -> float:
        """Log-Gaussian with this median and log standard deviation."""
        return float(median * np.exp(spread * self.normal()))

    def pick(self, options: Sequence[Choice], weights: Sequence[float] | None = None) -> Choice:
        """One of `options`, by weight where given."""
        if weights is None:
            return options[int(self.uniform() * len(options))]
        level = self.uniform() * sum(weights)
        for option, weight in zip(options, weights, strict=True):
            level -= weight
            if level < 0:
                return option
        return options[-1]


def smooth(x: NDArray[np.float32], tau: float, start: float | None = None) -> NDArray[np.float32]:
    """First-order low pass with time constant `tau` minutes, unit gain: y' = (x - y) / tau, exact per minute."""
    decay = float(np.exp(-1.0 / tau))
    first = float(x[0] if start is None else start)
    y, _ = lfilter(_f32(1 - decay), _f32(1, -decay), x, zi=np.array([first * decay], np.float32))
    return np.asarray(y, np.float32)


def red_noise(rng: np.random.Generator, size: int, tau: float) -> NDArray[np.float32]:
    """(size,) stationary Gaussian noise of unit variance with autocorrelation exp(-lag / tau)."""
    decay = float(np.exp(-1.0 / tau))
    white = rng.standard_normal(size, np.float32)
    white[0] /= np.float32(np.sqrt(1 - decay * decay))
    return np.asarray(lfilter(_f32(np.sqrt(1 - decay * decay)), _f32(1, -decay), white), np.float32)


def _f32(*values: float) -> NDArray[np.float32]:
    return np.array(values, np.float32)
