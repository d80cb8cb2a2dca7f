"""The seed's quantiser: golden bytes of sensorlm-rs itself, exact rounding, and manifests nobody should trust."""

import gzip
import json
import math
import struct
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sensorlm.errors import QuantizationError
from sensorlm.quantize import (
    Calibrator,
    QuantizedModel,
    QuantizedWeights,
    fp16_bits_to_fp32,
    fp32_to_fp16_bits,
    quantize_model_weights,
)
from sensorlm.quantize.decode import decode_integers
from sensorlm.quantize.integers import round_half_away
from sensorlm.quantize.weights import ASYMMETRIC_PER_TENSOR, SYMMETRIC_PER_CHANNEL, WEIGHT_SCHEMES


def floats(bits):
    return np.array(bits, np.uint32).view(np.float32)


def bits(values):
    return np.asarray(values, np.float32).view(np.uint32).tolist()


@pytest.fixture(scope="module")
def golden(shared):
    return shared / "golden" / "seed"


@pytest.fixture(scope="module")
def tensors(golden):
    data = json.loads((golden / "quantize_io.json").read_text())
    return list(zip(data["input"], data["output"] + [None] * len(data["input"]), strict=False))


def layer_of(entry):
    bias = None if entry["bias_bits"] is None else floats(entry["bias_bits"])
    return entry["name"], floats(entry["weight_bits"]), entry["shape"], bias


def test_manifest_is_the_seeds_bytes(golden, tensors, tmp_path):
    wanted = (golden / "quantized_model.json").read_bytes()
    model = quantize_model_weights(json.loads(wanted)["config_json"], [layer_of(entry) for entry, _ in tensors])
    model.save(tmp_path / "model.json")
    assert (tmp_path / "model.json").read_bytes() == wanted
    assert model.compression_ratio() == 4.0


def test_manifest_of_a_whole_model_reads_and_writes_back_the_same(golden, tmp_path):
    wanted = gzip.decompress((golden / "tower_map.int8.json.gz").read_bytes())
    (tmp_path / "in.json").write_bytes(wanted)
    model = QuantizedModel.load(tmp_path / "in.json")
    assert b"".join(model.to_json()) == wanted
    for layer, plain in zip(model.layers, json.loads(wanted)["layers"], strict=True):
        assert layer.weights_i8.tolist() == plain["weights_i8"]
        assert layer.name == plain["name"]
        assert list(layer.shape) == plain["shape"]


def test_given_scale(golden):
    wanted = json.loads((golden / "quantize_given_scale.json").read_text())
    # 4.25, -4.25, ... are what the golden's integers came from: ties and a clamp at scale 0.25.
    layer = QuantizedWeights.from_f32("given", np.float32([1.0, -1.0, 0.125, 0.374, 99.0]), [5], None, 0.25)
    assert layer.weights_i8.tolist() == wanted["weights_i8"]
    assert layer.scale == wanted["scale"]


def test_scales_dequantised_and_halves_equal_the_seeds(tensors):
    for entry, output in tensors:
        layer = QuantizedWeights.from_f32(*layer_of(entry))
        assert bits([layer.scale]) == [output["scale_bits"]]
        assert bits(layer.dequantize()) == output["dequantized_bits"]
        assert layer.size_bytes() == output["size_bytes"]
        assert (str(layer.compression_ratio()) == "nan") == (output["ratio"] == "NaN")
        halves = fp32_to_fp16_bits(floats(entry["weight_bits"]))
        assert halves.tolist() == entry["fp16_bits"]
        assert bits(fp16_bits_to_fp32(halves)) == entry["fp16_back_bits"]


def test_calibration_equals_the_seeds(tensors):
    calibrator = Calibrator()
    for entry, _ in tensors:
        calibrator.record_layer(entry["name"], floats(entry["weight_bits"]))
    for (entry, _), found in zip(tensors, calibrator.finish(), strict=True):
        wanted = entry["calibration"]
        assert bits([found.w_min, found.w_max]) == [wanted["w_min_bits"] % 2**32, wanted["w_max_bits"] % 2**32] or (
            found.w_min == 0 == found.w_max  # the sign of a zero minimum depends on the order of comparison
        )
        assert bits([found.weight_scale()]) == [wanted["scale_bits"]]
        assert (found.act_min, found.act_max) == (wanted["act_min"], wanted["act_max"])


def test_calibrator_keeps_observed_activations():
    found = Calibrator().record_layer("a", [1.0], activations=(-3.0, 5.0))
    assert (found.act_min, found.act_max) == (-3.0, 5.0)


def test_half_precision_against_struct():
    values = np.float32([0, -0.0, 1, 65504, 65519.996, 65520, 1e-8, 5.96e-8, 2.9802322e-8, -2.98e-8, np.inf, 0.1])
    for value, half in zip(values, fp32_to_fp16_bits(values), strict=True):
        if abs(value) < 65520:
            assert struct.pack("<H", half) == struct.pack("<e", value)
        else:
            assert half == 0x7C00
    assert math.isnan(fp16_bits_to_fp32(fp32_to_fp16_bits([math.nan]))[0])


FINITE = st.floats(-(2.0**100), 2.0**100, width=32)
SHAPES = hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=9)


@given(hnp.arrays(np.float32, SHAPES, elements=FINITE), st.sampled_from(sorted(WEIGHT_SCHEMES.values())))
def test_round_trip_error_is_at_most_half_a_scale(w, scheme):
    layer = QuantizedWeights.from_f32("w", w, w.shape, scheme=scheme)
    scale = np.full(w.shape, layer.scale, np.float64)
    if layer.scales is not None:
        scale[:] = layer.scales.reshape(-1, *[1] * (w.ndim - 1))
    error = np.abs(layer.dequantize().astype(np.float64).reshape(w.shape) - w)
    # Half a step, plus float32 rounding of the division and of the product (127 steps of 2**-24 each).
    assert (error <= scale * (0.5 + 256 * 2.0**-23)).all()


@given(hnp.arrays(np.float32, 16, elements=FINITE), st.floats(2.0**-20, 2.0**20, width=32))
def test_rounding_equals_exact_arithmetic(w, scale):
    layer = QuantizedWeights.from_f32("w", w, [16], scale=scale)
    with np.errstate(over="ignore"):
        quotient = w / np.float32(layer.scale)
    for x, q in zip(quotient.tolist(), layer.weights_i8.tolist(), strict=True):
        exact = math.inf if math.isinf(x) else math.floor(abs(Fraction(x)) + Fraction(1, 2))
        assert q == math.copysign(min(exact, 127), x)


def test_rounding_next_to_one_half():
    half = np.float32(0.5)
    x = np.float32([half, np.nextafter(half, 0), np.nextafter(half, 1), 1.5, np.nextafter(np.float32(1.5), 0), 126.5])
    assert round_half_away(x).tolist() == [1, 0, 1, 2, 1, 127]
    assert round_half_away(-x).tolist() == [-1, 0, -1, -2, -1, -127]


@pytest.mark.parametrize("scheme", WEIGHT_SCHEMES.values())
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_refused_with_its_place(scheme, bad):
    with pytest.raises(QuantizationError, match=rf"layer 'l': weight 2 is {bad}"):
        QuantizedWeights.from_f32("l", [1.0, 2.0, bad, 3.0], [2, 2], scheme=scheme)
    with pytest.raises(QuantizationError, match="bias"):
        QuantizedWeights.from_f32("l", [1.0], [1], [bad], scheme=scheme)
    with pytest.raises(QuantizationError, match="weight 0"):
        Calibrator().record_layer("l", [bad])


def test_other_refusals_of_from_f32():
    with pytest.raises(QuantizationError, match="do not fill"):
        QuantizedWeights.from_f32("l", [1.0, 2.0], [3])
    with pytest.raises(QuantizationError, match="given scale inf"):
        QuantizedWeights.from_f32("l", [1.0], [1], scale=math.inf)
    with pytest.raises(QuantizationError, match="fits symmetric_per_tensor"):
        QuantizedWeights.from_f32("l", [1.0], [1], scale=1.0, scheme=SYMMETRIC_PER_CHANNEL)
    with pytest.raises(QuantizationError, match="does not exist"):
        QuantizedWeights.from_f32("l", [1.0], [1], scheme="int3")


def test_single_outlier_costs_one_row_per_channel_and_the_tensor_otherwise():
    w = np.full((4, 8), 0.01, np.float32)
    w[2, 3] = 100
    tensor, channel = (
        QuantizedWeights.from_f32("w", w, w.shape, scheme=s).dequantize().reshape(4, 8)
        for s in ("symmetric_per_tensor_int8", SYMMETRIC_PER_CHANNEL)
    )
    assert (tensor[0] == 0).all()
    np.testing.assert_allclose(channel[[0, 1, 3]], 0.01, rtol=1e-6)


def test_asymmetric_represents_zero_and_both_ends():
    w = np.float32([-1, 0, 3])
    layer = QuantizedWeights.from_f32("w", w, [3], scheme=ASYMMETRIC_PER_TENSOR)
    np.testing.assert_allclose(layer.dequantize(), w, atol=layer.scale / 2)
    assert layer.dequantize()[1] == 0
    assert layer.weights_i8.min() == -128


@given(
    st.lists(
        st.tuples(st.text(max_size=8), hnp.arrays(np.float32, SHAPES, elements=FINITE), st.booleans()),
        max_size=4,
        unique_by=lambda entry: entry[0],
    ),
    st.sampled_from(sorted(WEIGHT_SCHEMES.values())),
)
def test_any_manifest_survives_the_disk(tmp_path_factory, entries, scheme):
    path = tmp_path_factory.mktemp("manifest") / "m.json"
    model = quantize_model_weights(
        '{"a": "ü\\n"}', [(n, w, w.shape, w.reshape(-1)[:3] if b else None) for n, w, b in entries], scheme
    )
    model.save(path)
    again = QuantizedModel.load(path)
    assert b"".join(again.to_json()) == path.read_bytes()
    plain = json.loads(path.read_bytes())
    assert [layer["weights_i8"] for layer in plain["layers"]] == [x.weights_i8.tolist() for x in again.layers]
    assert plain["config_json"] == again.config_json


def shortest_as_serde(x: np.float32) -> str:
    """serde_json's float32 text, from its documented layout and numpy's shortest digits: independent of orjson."""
    mantissa, exponent = np.format_float_scientific(x, unique=True, trim="-").split("e")
    sign, digits, power = "-" * mantissa.startswith("-"), mantissa.strip("-").replace(".", ""), int(exponent)
    if -6 < power + 1 <= 0:
        return f"{sign}0.{'0' * -(power + 1)}{digits}"
    if 0 < power + 1 <= 13:
        whole = digits.ljust(power + 1, "0")
        return f"{sign}{whole[: power + 1]}.{whole[power + 1 :] or '0'}"
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{'+' * (power > 0)}{power}"


@given(hnp.arrays(np.float32, 20, elements=st.floats(width=32, allow_nan=False, allow_infinity=False).filter(bool)))
def test_floats_are_printed_as_serde_does(values):
    model = quantize_model_weights("{}", [("l", [0.0], [1], values)])
    text = b"".join(model.to_json()).decode()
    bias = text.split('"bias": [')[1].split("]")[0].split()
    assert [item.strip(",") for item in bias] == [shortest_as_serde(v) for v in values]


@given(st.lists(st.integers(-128, 127), max_size=60), st.sampled_from([",\n        ", ", ", ",", " ,\t", "\r\n, "]))
def test_integers_decode_like_json(numbers, separator):
    text = ("[\n        " + separator.join(map(str, numbers)) + "\n      ]").encode()
    assert decode_integers(text, 0, len(text), "here").tolist() == json.loads(text)


@given(st.text(alphabet="0123456789-, \n.e[]x", max_size=24))
def test_integers_decode_like_json_or_are_refused(inside):
    text = f"[\n        {inside}\n]".encode()
    try:
        wanted = json.loads(text)
        good = all(type(n) is int and -128 <= n <= 127 for n in wanted)
    except json.JSONDecodeError:
        good = False
    if good:
        assert decode_integers(text, 0, len(text), "here").tolist() == wanted
    else:
        with pytest.raises(QuantizationError, match="here"):
            decode_integers(text, 0, len(text), "here")


def test_long_arrays_cross_the_pieces(tmp_path):
    w = np.random.default_rng(0).normal(size=60_000).astype(np.float32)
    model = quantize_model_weights("{}", [("long", w, [60_000], None)])
    model.save(tmp_path / "m.json")
    assert (QuantizedModel.load(tmp_path / "m.json").layers[0].weights_i8 == model.layers[0].weights_i8).all()


GOOD = {
    "config_json": "{}",
    "layers": [{"name": "l", "weights_i8": [1, -2, 3], "shape": [1, 3], "scale": 0.01, "bias": None}],
    "scheme": "symmetric_per_tensor_int8",
    "total_quantized_bytes": 3,
    "total_fp32_bytes": 12,
}


def test_a_compact_manifest_without_bias_reads(tmp_path):
    data = json.loads(json.dumps(GOOD))
    del data["layers"][0]["bias"]
    (tmp_path / "m.json").write_text(json.dumps(data, separators=(",", ":")))
    layer = QuantizedModel.load(tmp_path / "m.json").layers[0]
    assert layer.weights_i8.tolist() == [1, -2, 3]
    assert layer.bias is None


def damaged(**changes):
    data = json.loads(json.dumps(GOOD))
    for path, value in changes.items():
        if path.startswith("layer_"):
            data["layers"][0][path[6:]] = value
        else:
            data[path] = value
    return json.dumps(data)


HOSTILE = {
    "the file is empty": "",
    "not JSON": json.dumps(GOOD)[:-2],
    "is cut off": '{"layers": [{"weights_i8": [1, 2',
    "the manifest is not a JSON object": "[1]",
    "no proper 'scheme'": damaged(scheme=3),
    r"layers\[0\] is not a JSON object": damaged(layers=[4]),
    r"layers\[0\] has no proper 'name'": damaged(layer_name=None),
    "weights_i8 is not an array": damaged(layer_weights_i8=0),
    "2 weights_i8 arrays in 1 layers": json.dumps(GOOD)[:-1] + ', "x": {"weights_i8": [4]}}',
    r"weights_i8\[1\] is 300": damaged(layer_weights_i8=[1, 300, 3]),
    r"weights_i8\[0\] is 1.5": damaged(layer_weights_i8=[1.5, 2, 3]),
    "weights_i8 is not JSON": damaged(layer_weights_i8=[1]).replace("[1]", "[1, 2x]"),
    r"m.json: not JSON": damaged(layer_weights_i8=[1, [2], 3]),
    "is not a list of sizes": damaged(layer_shape=[-1, 3]),
    "holds 4 weights, 3 are given": damaged(layer_shape=[2, 2]),
    "scale must be above 0": damaged(layer_scale=0.0),
    "scale holds a number beyond": damaged(layer_scale=1e39),
    "no proper 'scale'": damaged(layer_scale="1"),
    "bias is not a list of numbers": damaged(layer_bias=[1, "x"]),
    "bias holds a number beyond": damaged(layer_bias=[1e300]),
    "one for each of 1 rows": damaged(layer_scales=[0.1, 0.2]),
    "zero_point 300": damaged(layer_zero_point=300),
    "scheme 'int3' is not one of": damaged(scheme="int3"),
    "given more than once": damaged(layers=[GOOD["layers"][0]] * 2),
    "totals 4 and 12": damaged(total_quantized_bytes=4),
}


@pytest.mark.parametrize("rule", HOSTILE)
def test_hostile_manifests_are_refused_by_name(tmp_path: Path, rule: str):
    (tmp_path / "m.json").write_text(HOSTILE[rule])
    with pytest.raises(QuantizationError, match=rule):
        QuantizedModel.load(tmp_path / "m.json")


def test_a_missing_manifest_is_refused(tmp_path):
    with pytest.raises(QuantizationError, match="No such file"):
        QuantizedModel.load(tmp_path / "none.json")
