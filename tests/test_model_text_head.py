"""The text side's MLP head against float64, and through every way a model is stored or run."""

import math

import numpy as np
import pytest
import torch

from sensorlm.checkpoint import load_checkpoint, save_checkpoint
from sensorlm.checkpoint.big_vision import to_big_vision
from sensorlm.checkpoint.pretrained import SensorLM
from sensorlm.config.model import ModelConfig, SensorTowerConfig, TextTowerConfig
from sensorlm.config.quantize import QuantizationConfig
from sensorlm.errors import CheckpointError, ConfigError
from sensorlm.quantize import quantize_model_weights
from sensorlm.quantize.artefact import save_artefact
from sensorlm.quantize.convert import quantize_model
from sensorlm.quantize.seed_names import apply_manifest, layers_for_manifest

CONFIG = ModelConfig(
    sensor=SensorTowerConfig(num_minutes=120, num_channels=4, width=32, depth=1, num_heads=2, mlp_ratio=2.0),
    text=TextTowerConfig(vocab_size=50, context_length=16, width=64, depth=1, num_heads=2, mlp_ratio=2.0),
    embed_dim=48, text_head_width=80,
)  # fmt: skip
TOKENS = torch.randint(2, 50, (3, 9), generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def model():
    return SensorLM(CONFIG, seed=0).eval()


@torch.no_grad()
def test_head_is_linear_plus_mlp_of_the_normalised_vector(model):
    head, x = model.text_projection, torch.randn(5, 64, generator=torch.Generator().manual_seed(1))
    p = {k: v.double().numpy() for k, v in head.state_dict().items()}
    y = x.double().numpy()
    normed = (y - y.mean(1, keepdims=True)) / np.sqrt(y.var(1, keepdims=True) + 1e-5) * p["norm.weight"] + p[
        "norm.bias"
    ]
    hidden = normed @ p["fc1.weight"].T + p["fc1.bias"]
    hidden = hidden * 0.5 * (1 + np.vectorize(math.erf)(hidden / math.sqrt(2)))
    expected = y @ p["linear.weight"].T + p["linear.bias"] + hidden @ p["fc2.weight"].T + p["fc2.bias"]
    np.testing.assert_allclose(head(x).numpy(), expected, atol=1e-5)


def test_without_a_width_the_projection_is_the_linear_one_of_old_checkpoints():
    plain = ModelConfig.from_json({k: v for k, v in CONFIG.to_json().items() if k != "text_head_width"})
    assert plain.text_head_width == 0
    assert "text_projection.weight" in SensorLM(plain, seed=0).state_dict()


def test_a_width_below_zero_is_refused():
    with pytest.raises(ConfigError, match="text_head_width=-1"):
        CONFIG.replace(text_head_width=-1)


@torch.no_grad()
def test_it_comes_back_from_a_folder(model, tmp_path):
    again = load_checkpoint(save_checkpoint(tmp_path / "model", model, None, None)).model
    assert torch.equal(again.encode_text(TOKENS), model.encode_text(TOKENS))


def test_the_references_layout_has_no_place_for_it(model):
    config = CONFIG.replace(sensor=CONFIG.sensor.replace(missing="impute"))
    with pytest.raises(CheckpointError, match="an MLP beside its text projection"):
        to_big_vision(config, SensorLM(config, seed=0).state_dict())


@torch.no_grad()
def test_it_runs_in_8_bits_and_from_an_artefact(model, tmp_path):
    config = QuantizationConfig(scheme="int8-dynamic")
    quantized = quantize_model(model, config)
    assert {"text_projection.linear", "text_projection.fc1", "text_projection.fc2"} <= set(quantized.layers)
    source = load_checkpoint(save_checkpoint(tmp_path / "model", model, None, None))
    folder = save_artefact(tmp_path / "int8", source, quantized.model, config)
    again = load_checkpoint(folder).model
    for other in (quantized.model, again):
        assert torch.cosine_similarity(other.encode_text(TOKENS), model.encode_text(TOKENS)).min() > 0.99


@torch.no_grad()
def test_it_runs_from_the_seeds_manifest(model):
    manifest = quantize_model_weights("{}", layers_for_manifest(model))
    assert any("text_projection.fc1" in layer.name for layer in manifest.layers)
    other = apply_manifest(model, manifest)
    assert torch.cosine_similarity(other.encode_text(TOKENS), model.encode_text(TOKENS)).min() > 0.99


@torch.no_grad()
def test_its_onnx_graph_gives_the_same_numbers(model, tmp_path):
    pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    from sensorlm.channels import SENSORLM_34, ChannelSet
    from sensorlm.checkpoint.folder import Loaded
    from sensorlm.export.onnx import export_onnx
    from sensorlm.export.runtime import OnnxModel

    channels = ChannelSet("four", SENSORLM_34[:4])
    export_onnx(Loaded(model=model, config=CONFIG, channel_set=channels), tmp_path / "onnx")
    found = OnnxModel(tmp_path / "onnx").encode_text(TOKENS.numpy())
    np.testing.assert_allclose(found, model.encode_text(TOKENS).numpy(), atol=1e-5)
