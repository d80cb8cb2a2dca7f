"""Days in, days with the same numbers and no day left in them out: what a model must not be able to read.

Phase-shuffled days keep every channel's values and power spectrum, and move what happened to other times. Time-reversed
days keep everything but the direction of time.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sensorlm.records import DayMatrix


def phase_shuffled(day: DayMatrix, seed: int) -> DayMatrix:
    """The day with the Fourier phases of each channel drawn anew and its values put back in the new order.

    Amplitude-adjusted surrogates: Theiler et al. 1992, section 2.4.3. Gaps stay where they are: the recorded minutes of a
    channel are shuffled as one series, so each channel keeps exactly its own values and about its own spectrum. All
    channels get the same phases, which keeps what they have to do with each other.
    """
    generator = np.random.default_rng([seed, day.date.toordinal(), *day.key.encode()])
    phases = generator.uniform(0, 2 * np.pi, len(day.values) // 2 + 1)
    values = day.values.copy()
    for column in range(values.shape[1]):
        seen = day.observed[:, column]
        series = values[seen, column]
        if len(series) > 2:
            values[seen, column] = _shuffled(series, phases)
    return replace(day, values=values, events=(), logged=frozenset())


def time_reversed(day: DayMatrix) -> DayMatrix:
    """The day from its last minute to its first."""
    return replace(
        day, values=day.values[::-1].copy(), observed=day.observed[::-1].copy(), events=(), logged=frozenset()
    )


def _shuffled(series: NDArray[np.float32], phases: NDArray[np.float64]) -> NDArray[np.float32]:
    n = len(series)
    order = np.argsort(np.argsort(series, kind="stable"), kind="stable")
    # Ranks, not values: a spectrum of a few spikes (steps) would be dominated by them.
    spectrum = np.fft.rfft(order - order.mean())
    turned = np.abs(spectrum) * np.exp(1j * phases[: len(spectrum)])
    turned[0] = 0
    surrogate = np.fft.irfft(turned, n)
    result: NDArray[np.float32] = np.sort(series)[np.argsort(np.argsort(surrogate, kind="stable"), kind="stable")]
    return result
