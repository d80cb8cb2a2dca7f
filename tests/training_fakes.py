"""Small models and batches for the training tests; no data set needed."""

import datetime as dt

import numpy as np
import torch

from sensorlm.batching.tensors import Batch, CaptionCodes
from sensorlm.channels import ChannelSet, known_channel
from sensorlm.config.model import DecoderConfig, ModelConfig, SensorTowerConfig, TextTowerConfig
from sensorlm.config.training import TrainingConfig
from sensorlm.model import SensorLM
from sensorlm.records import Caption, DayMatrix, Fact, Quantity
from sensorlm.store import write_dataset

CHANNELS = ChannelSet("two", (known_channel("HR"), known_channel("steps")))
SPLITS = {f"made/p{i}": "val" if i == 9 else "train" for i in range(10)}


def made_days(people=10, days=3):
    """Days whose heart rate and steps have a level of their own, with some hours missing."""
    for person in range(people):
        for day in range(days):
            rng = np.random.default_rng([person, day])
            values = np.stack([rng.normal(50 + 8 * person, 3, 1440), rng.poisson(3 * day + 1, 1440)], 1)
            values[rng.integers(0, 1200) :][:240] = np.nan
            values = values.astype(np.float32)
            yield DayMatrix(
                values=values, observed=~np.isnan(values), channel_keys=CHANNELS.keys, person=f"p{person}",
                date=dt.date(2026, 1, 1 + day), dataset="made",
            )  # fmt: skip


def made_captions(days):
    """One long caption, and a short one whose fact holds of several days."""
    captions = []
    for day in days:
        pulse, steps = np.nanmean(day.values, axis=0)
        fast = bool(pulse > 85)
        quantity = Quantity(statistic="mean", subject="HR")
        fact = (
            Fact(kind="level", quantity=quantity, low=85.0)
            if fast
            else Fact(kind="level", quantity=quantity, high=85.0)
        )
        captions.append(
            [
                Caption(key="high_level_summary_caption", text=f"mean heart rate {pulse:.0f} bpm, {steps:.1f} steps"),
                Caption(key="short", text="a fast pulse" if fast else "a slow pulse", facts=(fact,), labels="facts"),
            ]
        )
    return captions


def made_dataset(folder):
    write_dataset(folder, made_days(), CHANNELS, captions=made_captions, splits=SPLITS)
    return folder


def tiny_training(data, folder, **changes):
    options = {
        "model": tiny_config(num_minutes=1440, vocab_size=300, decoder=changes.get("objective") in ("coca", "cap"),
                             text=changes.get("objective") != "cap"),
        "context_length": 6, "steps": 20, "batch_size": 8, "lr": 1e-2, "workers": 0, "save_frequency": 5,
        "device": "cpu", "caption_keys": "high-summary=1,short=1",
    }  # fmt: skip
    return TrainingConfig(data=str(data), folder=str(folder), **{**options, **changes})


def tiny_config(*, decoder=False, vocab_size=24, text=True, num_channels=4, num_minutes=60):
    size = {"width": 8, "depth": 1, "num_heads": 2, "mlp_ratio": 2.0}
    words = {**size, "vocab_size": vocab_size, "context_length": 6}
    return ModelConfig(
        sensor=SensorTowerConfig(**size, num_channels=num_channels, num_minutes=num_minutes),
        text=TextTowerConfig(**words) if text else None,
        decoder=DecoderConfig(**words) if decoder else None,
        embed_dim=8,
    )


def tiny_model(dtype=torch.float64, **config):
    return SensorLM(tiny_config(**config), seed=1).to(dtype)


def made_batch(n=6, *, facts=True, dtype=torch.float64, seed=0, minutes=60, channels=4, empty_day=False):
    rng = np.random.default_rng(seed)
    observed = rng.random((n, minutes // 10, channels)).repeat(10, 1) < 0.7
    if empty_day:
        observed[1] = False
    values = np.where(observed, rng.normal(size=observed.shape), 0.0)
    tokens = rng.integers(2, 24, (n, 6))
    tokens[np.arange(6) >= rng.integers(2, 6, n)[:, None]] = 1
    k, m = (5, 2) if facts else (0, 1)
    low = rng.normal(size=(n, m)).astype(np.float32) - 1
    index = rng.integers(0, k, (n, m)) if facts else np.full((n, m), -1)
    codes = CaptionCodes(
        index=torch.tensor(index.astype(np.int32)), low=torch.tensor(low), high=torch.tensor(low + 2),
        margin=torch.full((n, m), 0.2),
    )  # fmt: skip
    return Batch(
        values=torch.tensor(values, dtype=dtype), observed=torch.tensor(observed), tokens=torch.tensor(tokens),
        day_codes=torch.tensor(rng.normal(size=(n, k)).astype(np.float32)), caption_codes=codes,
        label_mode=torch.tensor(rng.integers(0, 2, n) if facts else np.zeros(n, np.int64)), rows=torch.arange(n),
    )  # fmt: skip
