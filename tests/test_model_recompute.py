"""Recomputing activations changes what is kept, never what comes out."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from sensorlm.config.presets import preset
from sensorlm.errors import ConfigError
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


@pytest.mark.parametrize("part", ["pointwise", "mlp", "pointwise+mlp", "blocks"])
def test_same_features_and_gradients_from_less_memory(part):
    plain, want, all_kept = gradients("")
    features, got, kept = gradients(part)
    torch.testing.assert_close(features, plain, rtol=0, atol=0)
    for a, b in zip(got, want, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-6, atol=1e-7)
    assert kept < 0.75 * all_kept


def test_a_compiled_block_keeps_products_only():
    # In a process of its own: the type checks that the tests switch on stop torch.compile.
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here.parent / "src"), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1"}
    script = [sys.executable, str(here / "recompute_kept.py")]
    done = subprocess.run(script, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr[-2000:]
    plain, pointwise, both = map(float, done.stdout.split())
    # Input, sum, attention's output (1 each), q k v (3), hidden values (4); the rest are statistics of rows.
    assert plain > 15
    assert 10 <= pointwise < 10.5
    assert 6 <= both < 6.5


def test_another_part_is_refused():
    with pytest.raises(ConfigError, match=r"'everything' does not exist\. Use one of blocks, mlp"):
        SensorLM(preset("Ti"), device="meta").set_grad_checkpointing(part="everything")
