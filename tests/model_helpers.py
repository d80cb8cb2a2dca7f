"""Small models and made days that several test files share."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch

from sensorlm.config.presets import preset
from sensorlm.model import SensorLM

SMALL = {
    "sensor.width": 32, "sensor.depth": 2, "sensor.num_heads": 2, "text.width": 32, "text.depth": 2,
    "text.num_heads": 2,
    "decoder.width": 32, "decoder.depth": 2, "decoder.num_heads": 2, "embed_dim": 32, "text.vocab_size": 60,
    "decoder.vocab_size": 60, "text.context_length": 24, "decoder.context_length": 24, "sensor.num_channels": 4,
}  # fmt: skip


def small_model(**changes):
    overrides = {**SMALL, **{k.replace("__", "."): v for k, v in changes.items()}}
    return SensorLM(preset("tiny", decoder=True, overrides=overrides))


def mark_missing(model):
    """Give what marks missing values weight, as training would: it starts at zero."""
    with torch.no_grad():
        model.sensor.missing_embed.weight.normal_(0, 0.5, generator=torch.Generator().manual_seed(1))


def some_days(days=3, channels=4, seed=0, share=0.8):
    rng = np.random.default_rng(seed)
    values = torch.tensor(rng.normal(size=(days, 1440, channels)), dtype=torch.float32)
    return values, torch.tensor(rng.random((days, 1440, channels)) < share)


def run_python(code):
    """`code` in a process of its own, on this tree's sources, where no test hook wraps the functions."""
    source = str(Path(__file__).parent.parent / "src")
    environment = {**os.environ, "PYTHONPATH": source}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
