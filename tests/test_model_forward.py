"""SensorLM as a whole: shapes, unit features, published sizes, and what missing data may and may not change."""

import pytest
import torch
from model_helpers import small_model, some_days

from sensorlm.config.presets import preset
from sensorlm.model import SensorLM


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
