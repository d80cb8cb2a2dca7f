"""An embedder in, its vectors of a few fixed days and sentences out: by these two forms of one model know each other.

A float checkpoint, its INT8 artefact and its ONNX export have different weights and almost the same vectors; two
models that were trained apart have nothing in common, even where folder, width and channels are the same.
"""

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from sensorlm.channels import ChannelSet
from sensorlm.embedders.base import Embedder
from sensorlm.records import MINUTES_PER_DAY, DayMatrix

SENTENCES = (
    "slept through the night", "a long walk in the evening", "heart rate stayed low", "the device was not worn",
    "a hard workout before noon", "hardly moved all day",
)  # fmt: skip
NUM_DAYS = 6


def reference_days(channel_set: ChannelSet) -> list[DayMatrix]:
    """Days that differ in what is recorded and when it rises; the same on every machine."""
    minute = np.arange(MINUTES_PER_DAY)
    days = []
    for number in range(NUM_DAYS):
        values = np.full((MINUTES_PER_DAY, len(channel_set)), np.nan, np.float32)
        for column, channel in enumerate(channel_set.channels[: 4 + 2 * number]):
            wave = np.sin(2 * np.pi * (minute / MINUTES_PER_DAY * (1 + number) + column / 7))
            values[:, column] = np.clip(channel.mean + channel.std * wave, channel.low, channel.high)
        values[: 120 * number] = np.nan
        days.append(
            DayMatrix(
                values=values, observed=~np.isnan(values), channel_keys=channel_set.keys, person=f"r{number}",
                date=dt.date(2000, 1, 1), dataset="reference",
            )
        )  # fmt: skip
    return days


def reference_vectors(embedder: Embedder, channel_set: ChannelSet, *, texts: bool = True) -> NDArray[np.float32]:
    """(12, e): of `reference_days`, then of SENTENCES, each of length 1; of the days where the model reads no text."""
    days = embedder.embed_days(reference_days(channel_set))
    found = np.concatenate([days, embedder.embed_texts(SENTENCES)]) if texts else days
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)
