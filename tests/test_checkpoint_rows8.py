"""Weights stored as int8 rows: a quarter of the bytes, features that hardly move, damage refused by name."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from sensorlm.channels import CHANNEL_SETS
from sensorlm.checkpoint import load_checkpoint, save_checkpoint
from sensorlm.checkpoint.rows8 import SCALE, pack_rows
from sensorlm.config.presets import preset
from sensorlm.errors import CheckpointError
from sensorlm.model import SensorLM

SMALL = {"sensor.depth": 2, "text.depth": 1, "text.context_length": 8, "text.vocab_size": 300}


@pytest.fixture
def stored(tmp_path):
    model = SensorLM(preset("Ti", overrides=SMALL), seed=1)
    tensors, sections = pack_rows(model.state_dict())
    folder = save_checkpoint(
        tmp_path / "c", model, None, CHANNEL_SETS["sensorlm-34"], tensors=tensors, sections=sections
    )
    return model.eval(), folder


def test_every_weight_is_within_half_a_step_of_its_row(stored):
    model, folder = stored
    loaded = load_checkpoint(folder).model.state_dict()
    scales = {k.removesuffix(SCALE): v for k, v in load_file(folder / "model.safetensors").items() if k.endswith(SCALE)}
    assert scales
    for name, weight in model.state_dict().items():
        error = (loaded[name] - weight).abs()
        if name in scales:
            assert bool((error <= scales[name].view(-1, *[1] * (weight.ndim - 1)) * 0.5001).all()), name
        else:
            torch.testing.assert_close(loaded[name], weight, rtol=1e-3, atol=1e-6)


def test_a_quarter_of_the_bytes_and_the_same_features(stored):
    model, folder = stored
    plain = sum(p.numel() * 4 for p in model.parameters())
    assert (folder / "model.safetensors").stat().st_size < 0.28 * plain
    values = torch.randn(3, 1440, 34, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        cosine = (model.encode_sensor(values) * load_checkpoint(folder).model.encode_sensor(values)).sum(1)
    assert float(cosine.min()) > 0.999


def test_damage_is_refused_by_name(stored):
    _, folder = stored
    path = folder / "model.safetensors"
    tensors = load_file(path)
    name = next(k for k in tensors if k.endswith(SCALE))
    save_file({k: v for k, v in tensors.items() if k != name}, path)
    with pytest.raises(CheckpointError, match=name.removesuffix(SCALE)):
        load_checkpoint(folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"stored": 3}))
    with pytest.raises(CheckpointError, match="names no rows8"):
        load_checkpoint(folder)
    path.write_bytes(b"nonsense")
    with pytest.raises(CheckpointError, match="cannot be read as safetensors"):
        load_checkpoint(folder)


def test_a_broken_model_is_not_stored():
    with pytest.raises(CheckpointError, match="'w' holds values that are not finite"):
        pack_rows({"w": torch.full((64, 64), float("nan"))})


def test_info_counts_weights_and_not_the_scales_they_are_stored_with(stored):
    from sensorlm.checkpoint import parameter_count
    from sensorlm.cli.info import _count_parameters

    model, folder = stored
    assert _count_parameters(folder / "model.safetensors") == parameter_count(model.config)
