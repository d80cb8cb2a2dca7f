"""ONNX files against the torch model that they came from, in onnxruntime, with and without torch."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

pytest.importorskip("onnxruntime")
pytest.importorskip("onnxscript")

from sensorlm.channels import SENSORLM_34, ChannelSet
from sensorlm.checkpoint.folder import Loaded
from sensorlm.checkpoint.pretrained import SensorLM
from sensorlm.config.model import DecoderConfig, ModelConfig, SensorTowerConfig, TextTowerConfig
from sensorlm.errors import CheckpointError, ConfigError, QuantizationError, SensorLMError
from sensorlm.export import onnx
from sensorlm.export.checking import compare
from sensorlm.export.graphs import DecoderGraph, SensorGraph, TextGraph, packed_memory
from sensorlm.export.onnx import export_onnx, made_days
from sensorlm.export.runtime import OnnxModel

WIDTH = {"width": 32, "depth": 1, "num_heads": 2, "mlp_ratio": 2.0}
SENSOR = SensorTowerConfig(num_minutes=120, num_channels=5, **WIDTH)
TEXT = TextTowerConfig(vocab_size=40, context_length=16, **WIDTH)
DECODER = DecoderConfig(vocab_size=40, context_length=16, **WIDTH)
CHANNELS = ChannelSet("five", SENSORLM_34[:5])


def loaded(sensor=SENSOR, text=TEXT, decoder=DECODER):
    config = ModelConfig(sensor=sensor, text=text, decoder=decoder, embed_dim=24)
    return Loaded(model=SensorLM(config, seed=0).eval(), config=config, channel_set=CHANNELS)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    source = loaded()
    folder = tmp_path_factory.mktemp("onnx") / "out"
    return source, folder, export_onnx(source, folder)


def test_numbers_were_compared_on_100_days_and_are_the_models(exported):
    _, folder, result = exported
    assert result["days"] == 100
    for graph in ("sensor", "text", "decoder"):
        assert result["compared"]["float32"][graph]["difference"] < 1e-4
        assert result["compared"]["int8"][graph]["cosine"] > 0.99
    assert sorted(p.name for p in folder.iterdir()) == sorted(
        ["export.json", *(f"{g}{kind}.onnx" for g in ("sensor", "text", "decoder") for kind in ("", ".int8"))]
    )


@pytest.mark.parametrize("days", [1, 2, 5])
def test_any_batch_and_any_missing_data(exported, days):
    source, folder, _ = exported
    values = made_days(days, 120, 5, seed=9)
    with torch.inference_mode():
        wanted = source.model.encode_sensor(torch.from_numpy(values)).numpy()
    np.testing.assert_allclose(OnnxModel(folder).encode_sensor(values), wanted, atol=1e-5)


def test_patches_that_no_day_of_a_batch_has_are_left_out(exported):
    source, folder, _ = exported
    values = made_days(3, 120, 5, seed=11)[:2]
    values[:, 30:90] = np.nan
    values[0, :, 2:4] = np.nan
    model = OnnxModel(folder)
    tokens, mask = model.sensor_tokens(values)
    seen = np.zeros((2, 12, 3), bool)  # days, rows of ten minutes, pairs of channels
    seen[..., :2] = ~np.isnan(values[..., :4]).reshape(2, 12, 10, 2, 2).all((2, 4))
    seen[..., 2] = ~np.isnan(values[..., 4]).reshape(2, 12, 10).all(2)
    seen = seen.reshape(2, -1)
    np.testing.assert_array_equal(mask, seen[:, seen.any(0)])
    assert tokens.shape[1] == seen.any(0).sum() < 36
    for one in (0, 1):
        alone, whole = model.sensor_tokens(values[one : one + 1])
        assert whole.all()
        np.testing.assert_allclose(alone[0], tokens[one][mask[one]], atol=1e-5)
    ids = np.random.default_rng(0).integers(2, 40, (2, 5))
    with torch.inference_mode():
        memory = source.model.sensor.tokens(torch.from_numpy(values))
        wanted = source.model.decoder(torch.from_numpy(ids), memory).numpy()
    np.testing.assert_allclose(model.caption_logits(ids, tokens, mask), wanted, atol=1e-4)


@pytest.mark.parametrize("length", [1, 2, 9, 16])
@pytest.mark.parametrize("batch", [1, 3])
def test_any_text_length(exported, batch, length):
    source, folder, _ = exported
    ids = np.random.default_rng(0).integers(2, 40, (batch, length))
    with torch.inference_mode():
        wanted = source.model.encode_text(torch.from_numpy(ids)).numpy()
    np.testing.assert_allclose(OnnxModel(folder).encode_text(ids), wanted, atol=1e-5)


def test_greedy_captions_equal_the_models(exported):
    source, folder, _ = exported
    days = made_days(4, 120, 5, seed=3)
    model = OnnxModel(folder)
    ids = model.generate(*model.sensor_tokens(days), eos_id=1, max_tokens=8)
    from sensorlm.config.generation import GenerationConfig

    wanted = source.model.generate(torch.from_numpy(days), config=GenerationConfig(max_tokens=8)).numpy()
    width = min(ids.shape[1], wanted.shape[1])
    assert (ids[:, :width] == wanted[:, :width]).all()


VARIANTS = {
    "impute": {"sensor": replace(SENSOR, missing="impute")},
    "several probes": {"sensor": replace(SENSOR, num_probes=3)},
    "mean": {"sensor": replace(SENSOR, pooling="mean"), "text": replace(TEXT, pooling="mean")},
    "mean, padding hidden": {"text": replace(TEXT, pooling="mean", padding_mask=True)},
    "last, padding hidden": {"text": replace(TEXT, padding_mask=True)},
    "map": {"text": replace(TEXT, pooling="map")},
    "map, padding hidden": {"text": replace(TEXT, pooling="map", padding_mask=True)},
    "causal": {"text": replace(TEXT, causal=True, padding_mask=True)},
    "a sentence encoder": {
        "text": replace(
            TEXT, architecture="bert", depth=2, prefix_id=5, pooling="mean", padding_mask=True, activation="gelu"
        )
    },
    "a token in front, causal": {"text": replace(TEXT, prefix_id=5, causal=True, padding_mask=True)},
    "padding that is no EOS": {
        "text": replace(TEXT, pad_id=0, pooling="mean", padding_mask=True),
        "decoder": replace(DECODER, pad_id=0),
    },
}


@pytest.mark.parametrize("name", VARIANTS)
def test_graphs_equal_the_model_in_every_form(name):
    model = loaded(**VARIANTS[name]).model
    values = torch.from_numpy(made_days(6, 120, 5))
    ids = torch.from_numpy(np.random.default_rng(0).integers(2, 40, (4, 10)))
    ids[0, 3:], ids[1, 9:] = model.config.text.pad_id, model.config.text.pad_id
    ids[2] = model.config.text.pad_id
    with torch.inference_mode():
        features, tokens, mask = SensorGraph(model)(values)
        torch.testing.assert_close(features, model.encode_sensor(values), atol=1e-5, rtol=0)
        torch.testing.assert_close(TextGraph(model)(ids), model.encode_text(ids), atol=1e-5, rtol=0)
        memory = model.sensor.tokens(values[:4])
        wanted = model.decoder(ids, memory)
        torch.testing.assert_close(DecoderGraph(model)(ids, tokens[:4], mask[:4]), wanted, atol=1e-4, rtol=0)
        torch.testing.assert_close(DecoderGraph(model)(ids, *packed_memory(memory)), wanted, atol=1e-4, rtol=0)


def test_it_runs_where_torch_is_not_installed(exported, tmp_path):
    source, folder, _ = exported
    values = made_days(3, 120, 5, seed=5)
    np.save(tmp_path / "values.npy", values)
    program = f"""
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "torch":
            raise ModuleNotFoundError("torch is blocked")
sys.meta_path.insert(0, Blocked())
import numpy as np
from sensorlm.export.runtime import OnnxModel
values = np.load({str(tmp_path / "values.npy")!r})
np.save({str(tmp_path / "out.npy")!r}, OnnxModel({str(folder)!r}).encode_sensor(values))
assert "torch" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True, env={"PYTHONPATH": ":".join(sys.path)})
    with torch.inference_mode():
        wanted = source.model.encode_sensor(torch.from_numpy(values)).numpy()
    np.testing.assert_allclose(np.load(tmp_path / "out.npy"), wanted, atol=1e-5)


def test_int8_files_are_smaller_and_close(exported):
    source, folder, _ = exported
    values = made_days(5, 120, 5, seed=6)
    with torch.inference_mode():
        wanted = source.model.encode_sensor(torch.from_numpy(values)).numpy()
    found = OnnxModel(folder, int8=True).encode_sensor(values)
    assert ((found * wanted).sum(1) > 0.99).all()


def test_nothing_is_kept_when_the_numbers_differ(tmp_path, exported, monkeypatch):
    source, folder, _ = exported
    # The exporter itself is slow and was tested above: here it finds its files already made.
    monkeypatch.setattr(onnx, "_export", lambda m, e, a, o, path: shutil.copy(folder / path.name, path))
    monkeypatch.setattr(onnx, "_quantize", lambda float_path, path, kept: shutil.copy(folder / path.name, path))
    with pytest.raises(SensorLMError, match=r"onnx differs from the model"):
        export_onnx(source, tmp_path, int8=False, tolerance=1e-12)
    assert not list(tmp_path.iterdir())
    with pytest.raises(QuantizationError, match=r"int8.onnx has cosine"):
        export_onnx(source, tmp_path, int8_tolerance=1.1)
    assert not list(tmp_path.iterdir())


def test_the_model_answers_once_for_both_forms_and_short_texts_are_asked_first(exported, monkeypatch):
    source, folder, _ = exported
    asked = []
    for name in ("encode_sensor", "encode_text"):
        answer = getattr(source.model, name)
        monkeypatch.setattr(
            source.model, name, lambda x, *, n=name, a=answer: asked.append((n, tuple(x.shape))) or a(x), raising=True
        )
    forms = {"float32": OnnxModel(folder), "int8": OnnxModel(folder, int8=True)}
    days = made_days(9, 120, 5, seed=2)
    found = compare(source.model, forms, days, {"float32": 1e-4, "int8": 0.99})
    texts = [shape for name, shape in asked if name == "encode_text"]
    sensors = [shape[0] for name, shape in asked if name == "encode_sensor"]
    assert texts == [(3, 1), (3, 7), (3, 16)]
    assert sum(sensors) == 9
    assert set(sensors) == {1, 3}
    assert asked[0][0] == "encode_text"
    with torch.inference_mode():
        wanted = source.model.encode_sensor(torch.from_numpy(days)).numpy().astype(float)
    for form in forms:
        gap = np.abs(forms[form].encode_sensor(days) - wanted).max() / np.abs(wanted).max()
        assert found[form]["sensor"]["difference"] == pytest.approx(gap, rel=0.2, abs=1e-6)
    asked.clear()
    with pytest.raises(QuantizationError, match=r"text.int8.onnx has cosine"):
        compare(source.model, forms, days, {"float32": 1e-4, "int8": 1.1})
    assert len(asked) == 1


@pytest.mark.slow  # writes and checks three graphs of the shipped size
def test_the_shipped_model_is_exported_and_its_int8_graphs_agree(tmp_path):
    from sensorlm.checkpoint import load_checkpoint

    source = load_checkpoint(Path(__file__).parents[1] / "models" / "default")
    result = export_onnx(source, tmp_path / "out", days=made_days(4, 1440, 34, seed=4))
    assert {graph for graph in result["compared"]["int8"]} == {"sensor", "text", "decoder"}
    int8, days = OnnxModel(tmp_path / "out", int8=True), made_days(2, 1440, 34, seed=8)
    ids = source.tokenizer.encode(["He slept from 23:10 to 06:40.", "Steps rose in the afternoon."], 32)
    with torch.inference_mode():
        days_wanted = source.model.encode_sensor(torch.from_numpy(days)).numpy()
        texts_wanted = source.model.encode_text(torch.from_numpy(np.asarray(ids))).numpy()
    assert (int8.encode_sensor(days) * days_wanted).sum(1).min() > 0.99
    assert (int8.encode_text(np.asarray(ids)) * texts_wanted).sum(1).min() > 0.99


def test_refusals(tmp_path, exported):
    _, folder, _ = exported
    with pytest.raises(ConfigError, match="no text tower"):
        TextGraph(loaded(text=None).model)
    with pytest.raises(ConfigError, match="no decoder"):
        DecoderGraph(loaded(decoder=None).model)
    with pytest.raises(CheckpointError, match="no export"):
        OnnxModel(tmp_path)
    description = json.loads((folder / "export.json").read_text())
    for change, rule in [({"float32": {"sensor": "../x.onnx"}}, "no graph of ours"), ({}, "cannot be run")]:
        (tmp_path / "export.json").write_text(json.dumps(description | change))
        with pytest.raises(CheckpointError, match=rule):
            OnnxModel(tmp_path)
    (tmp_path / "export.json").write_text(json.dumps(description | {"float32": {}, "channels": None}))
    with pytest.raises(SensorLMError, match="has no 'text' graph"):
        OnnxModel(tmp_path).encode_text(np.ones((1, 1), np.int64))
    with pytest.raises(SensorLMError, match="names no channels"):
        OnnxModel(tmp_path).encode_sensor([])


def test_days_in_channel_units(exported, tmp_path):
    import datetime as dt

    from sensorlm.records import DayMatrix

    _, folder, _ = exported
    values = np.full((1440, 2), np.nan, np.float32)
    day = DayMatrix(
        values=values, observed=~np.isnan(values), channel_keys=("HR", "steps"), person="p",
        date=dt.date(2026, 1, 1), dataset="d",
    )  # fmt: skip
    with pytest.raises(SensorLMError, match="has not the channels"):
        OnnxModel(folder).encode_sensor([day])


def test_a_decoder_of_few_words_takes_and_gives_the_tokenizers_ids(tmp_path):
    known = [1, 2, 5, 7, 11, 39]
    source = loaded(decoder=replace(DECODER, vocabulary=tuple(known)))
    result = export_onnx(source, tmp_path / "out", int8=False)
    assert result["compared"]["float32"]["decoder"]["difference"] < 1e-4
    exported = OnnxModel(tmp_path / "out")
    values = made_days(2, 120, 5, seed=9)
    ids = np.array([[2, 7, 39, 1], [11, 5, 1, 1]])
    logits = exported.caption_logits(ids, *exported.sensor_tokens(values))
    assert logits.shape == (2, 4, 40)
    with torch.inference_mode():
        memory = source.model.sensor.tokens(torch.from_numpy(values))
        ours = source.model.decoder(torch.from_numpy(ids), memory).numpy()
    np.testing.assert_allclose(logits[..., known], ours[..., known], atol=1e-4)
    assert float(np.delete(logits, known, 2).max()) < -1e8
    written = exported.generate(*exported.sensor_tokens(values), eos_id=1, max_tokens=5)
    assert set(written.flatten().tolist()) <= set(known)
