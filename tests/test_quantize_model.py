"""Layers, attention and whole models in 8 bits, against float64, torch's attention and the seed's features."""

import dataclasses
import gzip
import json
import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from sensorlm.checkpoint import load_checkpoint, save_checkpoint
from sensorlm.checkpoint.pretrained import SensorLM
from sensorlm.config.model import DecoderConfig, ModelConfig, SensorTowerConfig, TextTowerConfig
from sensorlm.config.quantize import SCHEMES, QuantizationConfig
from sensorlm.errors import CheckpointError, ConfigError, QuantizationError
from sensorlm.quantize import QuantizedModel, native, quantize_model_weights
from sensorlm.quantize.artefact import save_artefact
from sensorlm.quantize.convert import (
    CalibrationBatch,
    Measured,
    linear_layers,
    quantize_linear,
    quantize_model,
    smoothing,
)
from sensorlm.quantize.floats import cast_model
from sensorlm.quantize.kernels import Activations, linear_int_mm, linear_onednn, to_uint8
from sensorlm.quantize.layers import Int8Attention, Int8Linear, Int8Mlp
from sensorlm.quantize.measure import cosines, embed, in_turns, latencies, sizes, verdict, worst_layer, worst_of
from sensorlm.quantize.observers import RANGE_METHODS, Observer, affine
from sensorlm.quantize.onednn import pack_onednn
from sensorlm.quantize.seed_names import apply_manifest, layers_for_manifest, place_of, seed_names

INTEGER = [name for name, scheme in SCHEMES.items() if scheme.integer]
CONFIG = ModelConfig(
    sensor=SensorTowerConfig(num_minutes=240, num_channels=6, width=64, depth=2, num_heads=2, mlp_ratio=2.0),
    text=TextTowerConfig(vocab_size=50, context_length=16, width=64, depth=1, num_heads=2, mlp_ratio=2.0),
    decoder=DecoderConfig(vocab_size=50, context_length=16, width=64, depth=1, num_heads=2, mlp_ratio=2.0),
    embed_dim=64,
)


@pytest.fixture(scope="module")
def model():
    return SensorLM(CONFIG, seed=0).eval()


def batch(days=3, seed=0, missing=True):
    g = torch.Generator().manual_seed(seed)
    values = torch.randn(days, 240, 6, generator=g)
    observed = torch.ones_like(values, dtype=torch.bool)
    if missing:
        observed[0, :100] = False
    return CalibrationBatch(values, observed, torch.randint(2, 50, (days, 12), generator=g))


def relative_error(found, wanted):
    found, wanted = found.detach().double(), wanted.detach().double()
    return float((found - wanted).norm() / wanted.norm())


# --- one layer -------------------------------------------------------------------------------------------------


def int8_layer(kind="token", inputs=48, outputs=32, seed=0):
    g = torch.Generator().manual_seed(seed)
    linear = torch.nn.Linear(inputs, outputs)
    with torch.no_grad():
        linear.weight.copy_(torch.randn(outputs, inputs, generator=g))
        linear.bias.copy_(torch.randn(outputs, generator=g))
    x = torch.randn(20, inputs, generator=g)
    observer = Observer(inputs)
    observer.observe(x.numpy())
    scheme = {"token": "int8-dynamic", "tensor": "int8-channel", "static": "int8-static"}[kind]
    return linear, quantize_linear("l", linear, QuantizationConfig(scheme=scheme), observer), x


@pytest.mark.parametrize("kind", ["token", "tensor", "static"])
def test_product_equals_the_integers_multiplied_in_float64(kind):
    linear, layer, x = int8_layer(kind)
    how, weight, scales = layer.activations, layer.weight.double(), layer.scales.double()
    if kind == "static":
        scale, zero = how.scale, how.zero_point
        q = torch.clamp(torch.floor(x / scale + 0.5) + zero, 0, 255).double() - zero
    elif kind == "tensor":
        scale = (x.max().item() - x.min().item()) / 255
        zero = round(-x.min().item() / scale)
        q = torch.clamp(torch.floor(x / scale + 0.5) + zero, 0, 255).double() - zero
    else:
        scale = x.abs().amax(1, keepdim=True).double() / 127
        q = torch.floor(x.double() / scale + 0.5)
    wanted = (q @ weight.T) * scale * scales + linear.bias.detach().double()
    found = layer(x)
    # One activation may round the other way on a tie: at most one step of one input.
    torch.testing.assert_close(found.double(), wanted, atol=0.03, rtol=0)
    assert float((found.double() - wanted).abs().median()) < 1e-4
    assert relative_error(found, linear(x).detach()) < 0.02


def test_memory_is_int8_and_the_original_goes():
    _, layer, x = int8_layer()
    assert layer.weight.dtype == torch.int8
    layer(x)
    assert layer.weight is None
    assert layer.memory_bytes() == 32 * 48 + 4 * 32
    assert layer.packed[1].numel() == 32 * 48
    assert layer.packed[1].dtype == torch.int8


def test_a_packed_layer_refuses_to_move_and_ignores_casts():
    _, layer, x = int8_layer()
    before = layer(x)
    layer.bfloat16()
    assert layer.scales.dtype == torch.float32
    assert torch.equal(layer(x), before)
    with pytest.raises(QuantizationError, match="cannot move to meta"):
        layer.to("meta")
    fresh = int8_layer()[1].to("meta")
    assert fresh.weight.is_meta


def test_dtype_and_leading_shape_are_kept():
    _, layer, x = int8_layer()
    assert layer(x.bfloat16().view(2, 10, 48)).shape == (2, 10, 32)
    assert layer(x.bfloat16()).dtype == torch.bfloat16
    assert layer(x[:0]).shape == (0, 32)


@pytest.mark.parametrize("kind", ["token", "static"])
def test_int_mm_path_agrees_with_onednn(kind):
    _, layer, x = int8_layer(kind)
    layer.activations = Activations("static", 0.05, 128) if kind == "static" else layer.activations
    args = layer.scales, layer.bias, layer.activations
    a = linear_onednn(x[:5], pack_onednn(layer.weight), *args)
    b = linear_int_mm(x[:5], layer.weight, *args)
    # With a static range the signed path spends its levels otherwise; both are within 8 bits of the same product.
    assert relative_error(b, a) < (1e-5 if kind == "token" else 0.03)


def test_to_uint8_rounds_and_clamps():
    found = to_uint8(torch.tensor([-9.0, 0.0, 0.24, 0.26, 990.0]), 0.5, 3)
    assert found.tolist() == [0, 3, 3, 4, 255]


@pytest.mark.parametrize("approximate", ["tanh", "none"])
def test_fused_mlp_equals_its_two_layers(approximate):
    _, fc1, x = int8_layer("static", 48, 64)
    hidden = F.gelu(fc1(x), approximate=approximate)
    observer = Observer(64)
    observer.observe(hidden.numpy())
    fc2_float = torch.nn.Linear(64, 48)
    fc2 = quantize_linear("fc2", fc2_float, QuantizationConfig(scheme="int8-static"), observer)
    fused = Int8Mlp(fc1, fc2, approximate)
    torch.testing.assert_close(fused(x), fc2(hidden), atol=0.05, rtol=0)
    assert relative_error(fused(x), fc2_float(hidden)) < 0.02


# --- attention on integers ---------------------------------------------------------------------------------------

needs_native = pytest.mark.skipif(native.load() is None, reason="needs AVX-512 VNNI and a C compiler")


@needs_native
@pytest.mark.parametrize("heads", [1, 3])
@pytest.mark.parametrize("dim", [16, 20, 64, 72, 128])
@pytest.mark.parametrize("lengths", [(1,), (5, 70, 64, 1), (200,)])
def test_integer_attention_is_close_to_torch_in_float64(heads, dim, lengths):
    g = torch.Generator().manual_seed(dim)
    qkv = torch.randn(sum(lengths), 3, heads, dim, generator=g)
    qkv[:, 1] += 3 * torch.randn(heads, dim, generator=g)  # a common part of all keys must not matter
    found = native.attention(qkv, lengths)
    for part, whole in zip(found.split(lengths), qkv.split(lengths), strict=True):
        q, k, v = whole.double().unbind(1)
        wanted = F.scaled_dot_product_attention(*(x.transpose(0, 1)[None] for x in (q, k, v)))[0].transpose(0, 1)
        assert relative_error(part, wanted) < 0.03


@needs_native
def test_integer_attention_uses_all_threads_alike():
    qkv = torch.randn(300, 3, 2, 64, generator=torch.Generator().manual_seed(0))
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        one = native.attention(qkv, (300,))
        torch.set_num_threads(3)
        assert torch.equal(native.attention(qkv, (300,)), one)
    finally:
        torch.set_num_threads(before)


@needs_native
def test_extreme_inputs_stay_finite():
    qkv = torch.zeros(10, 3, 1, 16)
    assert torch.equal(native.attention(qkv, (10,)), torch.zeros(10, 1, 16))
    assert native.attention(torch.randn(10, 3, 1, 16) * 1e4, (10,)).isfinite().all()


def test_attention_falls_back_to_torch(model, monkeypatch):
    monkeypatch.setattr(native, "load", lambda: None)
    quantized = quantize_model(model, QuantizationConfig(scheme="int8-dynamic"))
    assert cosines(embed(model, [batch()]), embed(quantized.model, [batch()])).min() > 0.999


# --- observers ---------------------------------------------------------------------------------------------------


def test_observer_is_the_histogram_of_everything_seen():
    rng = np.random.default_rng(0)
    parts = [rng.normal(size=(100, 4)).astype(np.float32) * s for s in (0.1, 1, 30, 0.5)]
    observer = Observer(4)
    for part in parts:
        observer.observe(part)
    everything = np.concatenate(parts)
    wanted, _ = np.histogram(everything, 2048, (-observer.span, observer.span))
    assert np.abs(np.cumsum(wanted) - np.cumsum(observer.counts)).max() <= 2  # a value on an edge
    assert (observer.low, observer.high) == (everything.min(), everything.max())
    np.testing.assert_array_equal(observer.channel_peak, np.abs(everything).max(axis=0))


def test_observer_of_zeros_and_of_nothing():
    observer = Observer(2)
    observer.observe(np.zeros((0, 2), np.float32))
    observer.observe(np.zeros((5, 2), np.float32))
    assert observer.counts.sum() == 10
    for method in RANGE_METHODS.values():
        assert method(observer, 99.0) == (0.0, 0.0)


@pytest.mark.parametrize("method", RANGE_METHODS)
def test_every_range_method_stays_inside_what_was_seen_and_keeps_the_bulk(method):
    x = np.random.default_rng(0).normal(size=(20_000, 1)).astype(np.float32)
    x[0] = 60
    observer = Observer(1)
    observer.observe(x)
    low, high = RANGE_METHODS[method](observer, 99.9)
    assert x.min() <= low < -1
    assert 1 < high <= 60
    if method == "percentile":
        assert high < 5


def test_squared_error_range_beats_min_max_on_an_outlier():
    x = np.random.default_rng(0).normal(size=50_000).astype(np.float32)
    x[0] = 80
    observer = Observer(1)
    observer.observe(x)

    def error(bounds):
        scale, zero = affine(*bounds)
        q = np.clip(np.round(x / scale) + zero, 0, 255)
        return float(np.mean(((q - zero) * scale - x) ** 2))

    assert error(RANGE_METHODS["mse"](observer, 99.9)) < error((float(x.min()), float(x.max())))


def test_affine_holds_zero_exactly():
    scale, zero = affine(0.5, 2.0)
    assert zero == 0
    assert math.isclose(scale, 2 / 255)
    assert affine(-1.0, 1.0)[1] in (127, 128)


def test_smoothing_leaves_the_product_alone():
    rng = np.random.default_rng(0)
    w, x = rng.normal(size=(5, 4)), rng.normal(size=(7, 4)) * [1, 100, 1, 0.01]
    s = smoothing(np.abs(x).max(axis=0), np.abs(w).max(axis=0), 0.5)
    np.testing.assert_allclose((x / s) @ (w * s).T, x @ w.T, rtol=1e-6)
    assert np.ptp(np.log(np.abs(x / s).max(axis=0))) < np.ptp(np.log(np.abs(x).max(axis=0)))


# --- whole models ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", INTEGER)
def test_a_quantised_model_agrees_with_its_original(model, scheme):
    quantized = quantize_model(model, QuantizationConfig(scheme=scheme), [batch(), batch(seed=1)])
    assert set(quantized.layers) | set(quantized.excluded) == set(linear_layers(model))
    assert not quantized.excluded
    assert sum(isinstance(m, Int8Attention) for m in quantized.model.modules()) == 4
    unseen = batch(seed=2)
    assert cosines(embed(model, [unseen]), embed(quantized.model, [unseen])).min() > 0.999
    with torch.inference_mode():
        ours = quantized.model(unseen.values, unseen.observed, unseen.tokens)
        wanted = model(unseen.values, unseen.observed, unseen.tokens)
    assert relative_error(ours["text_features"], wanted["text_features"]) < 0.05
    assert relative_error(ours["caption_logits"], wanted["caption_logits"]) < 0.05
    size = sizes(model, quantized.model)
    assert size.layers_ratio < 0.3  # narrow layers: the scales weigh more than in a real model
    assert size.quantized_bytes < size.float_bytes


def test_the_original_model_is_untouched(model):
    before = {name: t.clone() for name, t in model.state_dict().items()}
    quantize_model(model, QuantizationConfig(scheme="int8-static", smooth=0.5), [batch()])
    assert all(torch.equal(t, before[name]) for name, t in model.state_dict().items())


def test_smoothing_rescues_a_model_with_outlier_channels(model):
    import copy

    broken = copy.deepcopy(model)
    block = broken.sensor.blocks[0]
    with torch.no_grad():  # one channel a thousand times too large after the norm, compensated in the weights
        block.norm2.weight[3] *= 3000
        block.mlp.fc1.weight[:, 3] /= 3000
    found = {
        alpha: quantize_model(
            broken, QuantizationConfig(scheme="int8-static", smooth=alpha, min_sqnr_db=-300), [batch()]
        ).measured["sensor.blocks.0.mlp.fc1"]
        for alpha in (0.0, 0.5)
    }
    assert found[0.5].sqnr_db > found[0.0].sqnr_db + 10


def test_bad_layers_stay_float_and_are_named(model):
    config = QuantizationConfig(scheme="int8-static", exclude=r"text_projection")
    all_good = quantize_model(model, config, [batch()])
    limit = float(np.median([m.sqnr_db for m in all_good.measured.values()]))
    quantized = quantize_model(model, config.replace(min_sqnr_db=limit), [batch()])
    assert "matches exclude" in quantized.excluded["text_projection"]
    bad = {n for n, m in quantized.measured.items() if m.sqnr_db < limit}
    assert bad
    assert bad | {"text_projection"} == set(quantized.excluded)
    for name in bad:
        assert type(quantized.model.get_submodule(name)) is torch.nn.Linear
    assert worst_layer(quantized) not in bad


def test_sensor_only(model):
    quantized = quantize_model(model, QuantizationConfig(scheme="int8-dynamic", text=False))
    assert all(name.startswith("sensor") for name in quantized.layers)


def test_refusals(model):
    with pytest.raises(QuantizationError, match="stores floats"):
        quantize_model(model, QuantizationConfig(scheme="bf16"))
    with pytest.raises(QuantizationError, match="at least one batch"):
        quantize_model(model, QuantizationConfig(scheme="int8-static"), [])
    with pytest.raises(QuantizationError, match="needs calibration days"):
        quantize_linear("l", torch.nn.Linear(2, 2), QuantizationConfig(scheme="int8-static"))
    bad = batch(missing=False)
    bad.values[0, 0, 0] = math.inf
    with pytest.raises(QuantizationError, match="input is not finite"):
        quantize_model(model, QuantizationConfig(scheme="int8-static"), [bad])


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("scheme", "int3", "does not exist"),
        ("range_method", "guess", "does not exist"),
        ("percentile", 10.0, "is not in"),
        ("smooth", 2.0, "is not in"),
        ("tolerance", 0.0, "not a cosine"),
    ],
)
def test_config_refuses(field, value, rule):
    with pytest.raises(ConfigError, match=rule):
        QuantizationConfig(**{field: value})
    with pytest.raises(ConfigError, match="needs 8-bit activations"):
        QuantizationConfig(scheme="fp16", smooth=0.5)


def test_config_round_trip_and_alias():
    config = QuantizationConfig(scheme="int8", smooth=0.5)
    assert config.scheme == "int8-static"
    assert QuantizationConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


# --- artefacts ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def source(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoint") / "c"
    save_checkpoint(folder, model, None, None, extra={"step": 3})
    return load_checkpoint(folder)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_an_artefact_loads_like_any_checkpoint(source, scheme, tmp_path):
    config = QuantizationConfig(scheme=scheme)
    if SCHEMES[scheme].integer:
        quantized = quantize_model(source.model, config, [batch()] if SCHEMES[scheme].calibrated else None).model
    else:
        quantized = cast_model(source.model, scheme)
    save_artefact(tmp_path / "a", source, quantized, config, {"cosine": 1.0})
    loaded = load_checkpoint(tmp_path / "a")
    same = SensorLM.from_pretrained(tmp_path / "a")
    b = batch(seed=4)
    expected = embed(quantized, [b])
    np.testing.assert_allclose(embed(loaded.model, [b]), expected, atol=1e-6)
    np.testing.assert_allclose(embed(same, [b]), expected, atol=1e-6)
    assert cosines(expected, embed(source.model, [b])).min() > (0.99 if scheme == "fp8" else 0.999)
    assert loaded.extra == {"step": 3, "quantization_report": {"cosine": 1.0}}
    assert loaded.config == source.config


def damage(folder, change):
    path = folder / "config.json"
    data = json.loads(path.read_text())
    change(data["quantization"])
    path.write_text(json.dumps(data))


NAME = "sensor.blocks.0.mlp.fc1"
DAMAGES = {
    "quantization section": lambda s: s.update(config={"scheme": "int3"}),
    "the model has no such layer": lambda s: s["layers"].update({"nowhere": s["layers"][NAME]}),
    "has activations 'guess'": lambda s: s["layers"][NAME].update(kind="guess"),
    "not those of 8 bits": lambda s: s["layers"][NAME].update(zero_point=256),
    "static but has no scale": lambda s: s["layers"][NAME].update(kind="static", scale=0),
    "is needed": lambda s: s["layers"][NAME].update(kind="fp8"),
    "tensors missing": lambda s: s["layers"].pop(NAME),
}


@pytest.mark.parametrize("rule", DAMAGES)
def test_damaged_artefacts_are_refused(source, tmp_path, rule):
    config = QuantizationConfig(scheme="int8-dynamic")
    save_artefact(tmp_path / "a", source, quantize_model(source.model, config).model, config)
    damage(tmp_path / "a", DAMAGES[rule])
    with pytest.raises(CheckpointError, match=rule):
        load_checkpoint(tmp_path / "a")


def test_an_artefact_cut_short_is_refused(source, tmp_path):
    config = QuantizationConfig(scheme="int8-dynamic")
    save_artefact(tmp_path / "a", source, quantize_model(source.model, config).model, config)
    weights = tmp_path / "a" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-10])
    with pytest.raises(CheckpointError, match="cannot be read as safetensors"):
        load_checkpoint(tmp_path / "a")


# --- the seed's manifest in a running model ----------------------------------------------------------------------


def test_names_go_to_our_modules_and_back(model):
    for name in linear_layers(model) | {"sensor.patch_embed": None}:
        places = [place_of(n) for n in seed_names(name)]
        assert [p.module for p in places] == [name] * len(places)
        assert [p.part for p in places] == list(range(places[0].of))


def test_the_golden_manifest_runs_in_the_golden_model(shared, tmp_path):
    golden = shared / "golden" / "seed"
    path = tmp_path / "m.json"
    path.write_bytes(gzip.decompress((golden / "tower_map.int8.json.gz").read_bytes()))
    manifest = QuantizedModel.load(path)
    loaded = load_checkpoint(golden / "tower_map.mpk")
    # The same integers come out of our own tensors, under the same names, in the same order.
    ours = {layer.name: layer for layer in quantize_model_weights("{}", layers_for_manifest(loaded.model)).layers}
    assert set(ours) == {layer.name for layer in manifest.layers}
    for layer in manifest.layers:
        assert ours[layer.name].weights_i8.tolist() == layer.weights_i8.tolist()
        assert ours[layer.name].scale == layer.scale
    running = apply_manifest(loaded.model, manifest)
    data = np.load(golden / "tower_map.npz")
    with torch.inference_mode():
        z = running.encode_sensor(torch.from_numpy(data["sensor"])).numpy()
    assert cosines(z, data["z_sensor"]).min() > 0.999
    assert sum(isinstance(m, Int8Linear) for m in running.modules()) > 15


def test_manifests_that_do_not_fit_are_refused(model):
    def manifest(*layers):
        return quantize_model_weights("{}", layers)

    def apply(*layers, scheme="symmetric_per_tensor_int8"):
        return apply_manifest(model, quantize_model_weights("{}", layers, scheme))

    q = np.ones((64, 64), np.float32)
    with pytest.raises(QuantizationError, match="does not have"):
        apply(("sensor_encoder.blocks.9.mlp.fc1.weight", q, q.shape, q[0]))
    with pytest.raises(QuantizationError, match="fused of 3"):
        apply(("sensor_encoder.blocks.0.attn.q_proj.weight", q, q.shape, q[0]))
    with pytest.raises(QuantizationError, match="has shape"):
        apply(("sensor_encoder.blocks.0.attn.out_proj.weight", q[:, :32], (64, 32), q[0]))
    with pytest.raises(QuantizationError, match="bias does not fit"):
        apply(("sensor_encoder.blocks.0.attn.out_proj.weight", q, q.shape, None))
    with pytest.raises(QuantizationError, match="is asymmetric"):
        apply(("sensor_encoder.blocks.0.attn.out_proj.weight", q, q.shape, q[0]), scheme="asymmetric_per_tensor_int8")


# --- measuring ---------------------------------------------------------------------------------------------------


def test_verdict_names_the_layer_and_latency_runs(model):
    config = QuantizationConfig(tolerance=0.999)
    assert verdict(config, np.float32([1.0, 0.9995]), "l") == ""
    assert "Layer 'l' has the lowest" in verdict(config, np.float32([0.9]), "l")
    b = batch()
    found = latencies({"a": model, "b": model}, b.values, b.observed)
    assert set(found) == {"a", "b"}
    assert all(seconds > 0 for seconds in found.values())
    calls = []
    in_turns({"x": lambda: calls.append("x"), "y": lambda: calls.append("y")}, repeats=2)
    assert calls == ["x", "y", "x", "y", "x", "y"]


def test_worst_layer_without_measurements(model):
    assert worst_layer(quantize_model(model, QuantizationConfig())) == "none measured"


# --- what trained models have ----------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["int8-static", "int8-tensor", "fp8"])
def test_texts_find_a_range_a_token_and_word_vectors_are_int8_rows(model, scheme, tmp_path):
    config, days = QuantizationConfig(scheme=scheme, min_sqnr_db=-300), [batch()]
    small = cast_model(model, "fp8", True, days) if scheme == "fp8" else quantize_model(model, config, days).model
    kinds = {name: m.activations.kind for name, m in small.named_modules() if isinstance(m, Int8Linear)}
    assert {kind for name, kind in kinds.items() if name.startswith(("text", "decoder"))} == {"token"}
    ids = torch.arange(50).view(5, 10)
    exact = model.text.token_embed.weight.detach()
    with torch.no_grad():
        rows = small.text.token_embed(ids).flatten(0, 1)
    half_step = exact.abs().amax(1, keepdim=True) / 127 / 2
    assert ((rows - exact).abs() <= half_step * 1.001).all()
    source = save_checkpoint(tmp_path / "c", model, None, None)
    save_artefact(tmp_path / "a", load_checkpoint(source), small, config)
    again = load_checkpoint(tmp_path / "a").model
    assert again.text.token_embed.weight.dtype == torch.int8
    assert torch.equal(again.encode_text(ids), small.encode_text(ids))


def test_word_vectors_stay_float_when_excluded(model):
    config = QuantizationConfig(scheme="int8-dynamic", exclude="token_embed")
    assert isinstance(quantize_model(model, config).model.text.token_embed, torch.nn.Embedding)


def test_damaged_word_vectors_are_refused(model, tmp_path):
    from safetensors.torch import load_file, save_file

    config = QuantizationConfig(scheme="int8-dynamic")
    source = load_checkpoint(save_checkpoint(tmp_path / "c", model, None, None))
    folder = save_artefact(tmp_path / "a", source, quantize_model(model, config).model, config)
    tensors = load_file(folder / "model.safetensors")
    save_file(tensors | {"text.token_embed.scales": torch.ones(3)}, folder / "model.safetensors")
    with pytest.raises(CheckpointError, match="int8 rows with float32 scales"):
        load_checkpoint(folder)


def test_a_decoder_of_few_words_is_calibrated_on_captions_with_others():
    few = DecoderConfig(
        vocab_size=50, context_length=16, width=64, depth=1, num_heads=2, mlp_ratio=2.0, vocabulary=(0, 1, 5, 9, 30)
    )
    model = SensorLM(dataclasses.replace(CONFIG, decoder=few), seed=0).eval()
    with pytest.raises(ConfigError, match="none of the 5"):
        model(*dataclasses.astuple(batch()))
    found = quantize_model(model, QuantizationConfig(scheme="int8-static"), [batch()])
    assert found.measured["decoder.blocks.0.mlp.fc1"].sqnr_db < 100


def test_a_moved_day_is_blamed_on_the_sensor_tower():
    measured = {"text.blocks.0.mlp.fc2": Measured(3.0), "sensor.a": Measured(30.0), "sensor.b": Measured(20.0)}
    assert worst_of(measured) == "sensor.b"
    assert worst_of({"text.x": Measured(3.0)}) == "text.x"
    assert worst_of({}) == "none measured"


def test_fp8_layers_count_as_quantised(model):
    size = sizes(model, cast_model(model, "fp8", True, [batch()]))
    assert 0.25 < size.layers_ratio < 0.35
