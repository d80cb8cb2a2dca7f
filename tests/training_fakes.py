"""Small models and batches for the training tests; no data set needed."""

import numpy as np
import torch

from sensorlm.batching.tensors import Batch
from sensorlm.batching.tensors import CaptionCodes
from sensorlm.config.model import DecoderConfig, ModelConfig, SensorTowerConfig, TextTowerConfig
from sensorlm.model import SensorLM


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
    codes = CaptionCodes(
        torch.tensor(rng.integers(0, k, (n, m)).astype(np.int32)) if facts else torch.full((n, m), -1, dtype=torch.int32),
        torch.tensor(low), torch.tensor(low + 2), torch.full((n, m), 0.2),
    )  # fmt: skip
    return Batch(
        values=torch.tensor(values, dtype=dtype), observed=torch.tensor(observed), tokens=torch.tensor(tokens),
        day_codes=torch.tensor(rng.normal(size=(n, k)).astype(np.float32)), caption_codes=codes,
        label_mode=torch.tensor(rng.integers(0, 2, n) if facts else np.zeros(n, np.int64)), rows=torch.arange(n),
    )  # fmt: skip
