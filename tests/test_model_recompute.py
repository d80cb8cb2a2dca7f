"""Recomputing activations changes what is kept, never what comes out."""

import pytest
import torch

from sensorlm.config.presets import preset
from sensorlm.model import SensorLM

SMALL = {"sensor.depth": 2, "text.depth": 1, "sensor.num_minutes": 240, "text.context_length": 8, "text.vocab_size": 50}


def gradients(part):
    model = SensorLM(preset("Ti", overrides=SMALL), seed=3)
    if part:
        model.set_grad_checkpointing(part=part)
    values = torch.randn(2, 240, 34, generator=torch.Generator().manual_seed(0))
    observed = torch.ones_like(values, dtype=torch.bool)
    observed[1, :120] = False
    kept = 0

    def pack(tensor):
        nonlocal kept
        kept += tensor.numel()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        features = model.encode_sensor(values, observed)
    features.square().mul(torch.arange(features.shape[1])).sum().backward()
    return features.detach(), [p.grad for p in model.sensor.parameters()], kept


@pytest.mark.parametrize("part", ["mlp", "blocks"])
def test_same_features_and_gradients_from_less_memory(part):
    plain, want, all_kept = gradients("")
    features, got, kept = gradients(part)
    torch.testing.assert_close(features, plain, rtol=0, atol=0)
    for a, b in zip(got, want, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-6, atol=1e-7)
    assert kept < 0.75 * all_kept
