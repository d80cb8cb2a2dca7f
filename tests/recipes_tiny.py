"""A model, wordings and ids small enough to train a recipe on in a test."""

import sys
from pathlib import Path

import numpy as np
import torch

RECIPES = Path(__file__).parent.parent / "recipes"
sys.path.insert(0, str(RECIPES))

import bank  # noqa: E402
import learning  # noqa: E402
import objective  # noqa: E402
import packing  # noqa: E402


def fake_tokens(pack):
    """Two sentences of three ids a text, the first naming the text."""
    count = len(learning.long_texts(pack))
    ids = np.full((count, 9), 102, np.int16)
    ids[:, :6] = np.arange(count)[:, None] % 30000
    sentences = np.tile(np.array([1, 1, 1, 2, 2, 2, 255, 0, 0], np.uint8), (count, 1))
    return ids, sentences


def tiny_model():
    from sensorlm.config.model import ModelConfig, SensorTowerConfig, TextTowerConfig
    from sensorlm.model import SensorLM

    text = TextTowerConfig(
        architecture="bert", vocab_size=30522, context_length=64, width=384, depth=1, num_heads=4, pooling="mean",
        padding_mask=True, pad_id=102, eos_id=102, prefix_id=101, mlp_ratio=0.5,
    )  # fmt: skip
    sensor = SensorTowerConfig(num_channels=len(packing.CHANNELS), width=32, depth=1, num_heads=2)
    return SensorLM(ModelConfig(sensor=sensor, text=text, embed_dim=32, logit_bias_init=0.0), seed=0)


def tiny_bank():
    phrases, owner = bank.list_wordings(held=False, most=2)
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(1000, 2000, (3 * len(phrases) + 8, 6), generator=generator)
    return objective.WordingBank(
        features=torch.randn(3 * len(phrases), 384, generator=generator), owner=torch.from_numpy(owner),
        predicates=len(bank.PREDICATES), written=torch.from_numpy(bank.WRITTEN),
        taught=torch.from_numpy(bank.TAUGHT),
        held_ids=torch.cat([ids, torch.full((len(ids), 1), 102)], 1),
        held_features=torch.zeros(len(ids), 384),
    )  # fmt: skip
