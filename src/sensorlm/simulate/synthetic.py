"""The seed program's synthetic data: a number of samples and three switches in, days of noise and rhythm out.

No body behind it: use `simulate_person` for days that mean something, this for smoke tests and throughput.
"""

import datetime as dt
from collections.abc import Iterator

import numpy as np

from sensorlm.channels import CHANNEL_SETS, ChannelSet
from sensorlm.errors import ConfigError
from sensorlm.records import MINUTES_PER_DAY, DayMatrix

MEAN_GAP_MINUTES = 45
_SET34 = CHANNEL_SETS["sensorlm-34"]


def synthetic_days(
    samples: int, seed: int = 0, circadian: bool = True, missing_rate: float = 0.2, channel_set: ChannelSet = _SET34
) -> Iterator[DayMatrix]:
    """Days with the channel set's means and standard deviations; day i depends on (seed, i) only.

    Args:
        samples: number of days.
        seed: of the generator.
        circadian: a cosine over the day (peak at 16:00) carries half of each channel's variance.
        missing_rate: expected share of missing values, in gaps of 45 minutes on average, per channel.
        channel_set: whose channels and constants.

    Raises:
        ConfigError: samples or seed below 0, or a rate outside [0, 1).
    """
    if samples < 0 or seed < 0 or not 0 <= missing_rate < 1:
        raise ConfigError(
            f"samples {samples}, seed {seed}, missing rate {missing_rate}: give counts of 0 or more and 0 <= rate < 1."
        )
    return _days(samples, seed, circadian, missing_rate, channel_set)


def _days(
    samples: int, seed: int, circadian: bool, missing_rate: float, channel_set: ChannelSet
) -> Iterator[DayMatrix]:
    low = np.array([c.low for c in channel_set.channels], np.float32)
    high = np.array([c.high for c in channel_set.channels], np.float32)
    binary = np.array([c.binary for c in channel_set.channels])
    rhythm = np.sqrt(2) * np.cos(2 * np.pi * (np.arange(MINUTES_PER_DAY) - 960) / MINUTES_PER_DAY)
    for i in range(samples):
        rng = np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(i,))))
        z = rng.standard_normal((MINUTES_PER_DAY, len(channel_set)), np.float32)
        if circadian:
            z = np.sqrt(0.5) * z + np.sqrt(0.5) * rhythm[:, None]
        values = channel_set.denormalise(z)
        values = np.where(binary, z > 1, np.clip(values, low, high)).astype(np.float32)
        values[_gaps(rng, values.shape, missing_rate)] = np.nan
        yield DayMatrix(
            values=values, observed=np.isfinite(values), channel_keys=channel_set.keys, person=f"noise{i:06d}",
            date=dt.date(2024, 1, 1), dataset="synthetic", device="noise",
        )  # fmt: skip


def _gaps(
    rng: np.random.Generator, shape: tuple[int, int], rate: float
) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """A two-state Markov chain per channel, stationary share `rate`, drawn at its change points."""
    minutes, channels = shape
    out = np.zeros(shape, np.bool_)
    if rate == 0:
        return out
    mean_seen = MEAN_GAP_MINUTES * (1 - rate) / rate
    pairs = 4 + int(6 * minutes / (MEAN_GAP_MINUTES + mean_seen))
    for c in range(channels):
        missing = bool(rng.random() < rate)
        means = np.where((np.arange(2 * pairs) % 2 == 0) == missing, MEAN_GAP_MINUTES, mean_seen)
        edges = np.cumsum(rng.standard_exponential(2 * pairs) * means)
        turns = np.searchsorted(edges, np.arange(minutes), side="right")
        out[:, c] = (turns % 2 == 0) == missing
    return out
