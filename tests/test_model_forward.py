"""SensorLM as a whole: shapes, unit features, published sizes, and what missing data may and may not change."""

import numpy as np
import pytest
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


def test_forward_gives_unit_features_and_the_papers_starting_temperature_and_bias():
    model = small_model()
    values, observed = some_days()
    out = model(values, observed, torch.randint(0, 60, (3, 9), generator=torch.Generator().manual_seed(0)))
    assert out["sensor_features"].shape == out["text_features"].shape == (3, 32)
    assert out["caption_logits"].shape == (3, 9, 60)
    for key in ("sensor_features", "text_features"):
        torch.testing.assert_close(out[key].norm(dim=-1), torch.ones(3))
    assert out["logit_scale"].item() == pytest.approx(10.0)
    assert out["logit_bias"].item() == -10.0


def test_siglip_b_has_the_published_number_of_parameters():
    overrides = {"sensor.num_channels": 26, "text.context_length": 256, "sensor.missing": "impute"}
    model = SensorLM(preset("B", overrides=overrides), device="meta")
    sensor = sum(p.numel() for p in model.sensor.parameters())
    text = sum(p.numel() for name, p in model.named_parameters() if name.startswith("text"))
    assert (round(sensor / 1e6, 1), round(text / 1e6, 1)) == (93.6, 110.4)


def test_building_a_model_leaves_the_global_random_state_alone_and_a_seed_fixes_it():
    state = torch.random.get_rng_state()
    first, second = small_model(), small_model()
    assert torch.equal(state, torch.random.get_rng_state())
    for (name, a), b in zip(first.named_parameters(), second.parameters(), strict=True):
        assert torch.equal(a, b), name
    other = SensorLM(first.config, seed=1)
    assert not torch.equal(first.sensor.patch_embed.weight, other.sensor.patch_embed.weight)
