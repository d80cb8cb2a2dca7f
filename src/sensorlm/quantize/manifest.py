"""Quantised layers in, the seed's JSON manifest out byte for byte, and back; hostile manifests are refused.

A manifest spends 12.6 bytes on a weight, so speed decides the layout of this file. Writing hands each layer's int8
array to orjson, which prints it with the indent of serde's pretty printer. Reading cuts the integer arrays out of the
text, parses what is left as ordinary JSON, and decodes the integers with a few numpy passes (see `decode_integers`).
"""

import mmap
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import orjson
from numpy.typing import NDArray

from sensorlm.errors import QuantizationError
from sensorlm.files import replacing
from sensorlm.quantize.decode import decode_integers
from sensorlm.quantize.weights import (
    SYMMETRIC_PER_TENSOR,
    WEIGHT_SCHEMES,
    LayerWeights,
    QuantizedWeights,
    quantize_layers,
)

_OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY
_CHUNK = 1 << 14
_BEFORE = len("[\n  [\n    [\n      [\n        ")
_AFTER = len("\n      ]\n    ]\n  ]\n]")
_KEY = b'"weights_i8"'
_OPEN = re.compile(rb"\s*:\s*\[")
# serde prints the sign of a positive exponent; orjson does or does not, by version.
_UNSIGNED_EXPONENT = re.compile(rb"(\de)(\d)")


@dataclass(frozen=True, slots=True, eq=False)
class QuantizedModel:
    """Quantised weights of every linear layer, with the model's configuration as JSON text."""

    config_json: str
    layers: list[QuantizedWeights]
    scheme: str
    total_quantized_bytes: int
    total_fp32_bytes: int

    def compression_ratio(self) -> float:
        """float32 bytes over quantised bytes, in float32; a model without weights counts one byte."""
        return float(np.float32(self.total_fp32_bytes) / np.float32(max(self.total_quantized_bytes, 1)))

    def save(self, path: str | Path) -> None:
        """Write the manifest whole or not at all."""
        with replacing(path) as temporary, temporary.open("wb") as file:
            for part in self.to_json():
                file.write(part)

    def to_json(self) -> Iterator[bytes]:
        """The manifest's bytes, a layer at a time, as serde_json's pretty printer writes them."""
        yield b'{\n  "config_json": ' + orjson.dumps(self.config_json) + b',\n  "layers": ['
        for index, layer in enumerate(self.layers):
            yield b",\n    " if index else b"\n    "
            yield from _layer_json(layer)
        tail = {
            "scheme": self.scheme,
            "total_quantized_bytes": self.total_quantized_bytes,
            "total_fp32_bytes": self.total_fp32_bytes,
        }
        yield (b"\n  ]," if self.layers else b"],") + orjson.dumps(tail, option=orjson.OPT_INDENT_2)[1:]

    @classmethod
    def load(cls, path: str | Path) -> "QuantizedModel":
        """Read a manifest.

        Raises:
            QuantizationError: the file is missing, no such JSON, or a layer of it breaks a rule (named).
        """
        try:
            with Path(path).open("rb") as file:
                return _read(file, str(path))
        except OSError as error:
            raise QuantizationError(f"manifest {path}: {error.strerror}. Give a JSON file of `quantize`.") from None


def quantize_model_weights(
    config_json: str, layers: Iterable[LayerWeights], scheme: str = SYMMETRIC_PER_TENSOR
) -> QuantizedModel:
    """Quantise (name, weights, shape, bias) tuples into one manifest.

    Raises:
        QuantizationError: a layer cannot be quantised.
    """
    quantized = quantize_layers(layers, scheme)
    small = sum(layer.size_bytes() for layer in quantized)
    return QuantizedModel(config_json, quantized, scheme, small, 4 * small)


def _layer_json(layer: QuantizedWeights) -> Iterator[bytes]:
    """One layer at the indent it has inside the manifest, starting at its brace."""
    yield b'{\n      "name": ' + orjson.dumps(layer.name) + b',\n      "weights_i8": ['
    for start in range(0, layer.weights_i8.size, _CHUNK):
        # Nested four deep, so that orjson indents as the manifest does; the nesting's own lines are cut off again.
        nested = orjson.dumps([[[layer.weights_i8[start : start + _CHUNK]]]], option=_OPTIONS)
        yield b",\n        " if start else b"\n        "
        yield nested[_BEFORE:-_AFTER]
    floats: dict[str, Any] = {"shape": layer.shape, "scale": np.float32(layer.scale), "bias": layer.bias}
    if layer.scales is not None:
        floats["scales"] = layer.scales
    if layer.zero_point:
        floats["zero_point"] = layer.zero_point
    rest = orjson.dumps([[floats]], option=_OPTIONS)
    rest = _UNSIGNED_EXPONENT.sub(rb"\1+\2", rest[len("[\n  [\n    {\n      ") : -len("\n  ]\n]")])
    yield (b"\n      ],\n      " if layer.weights_i8.size else b"],\n      ") + rest


def _read(file: IO[bytes], path: str) -> QuantizedModel:
    try:
        text = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except ValueError:
        raise QuantizationError(f"manifest {path}: the file is empty.") from None
    with text:
        if hasattr(mmap, "MADV_SEQUENTIAL"):  # not on every system
            text.madvise(mmap.MADV_SEQUENTIAL)
        spans = list(_integer_spans(text, path))
        skeleton, cursor = [], 0
        for index, (start, end) in enumerate(spans):
            skeleton += [text[cursor:start], str(index).encode()]
            cursor = end
        skeleton.append(text[cursor:])
        try:
            fields = orjson.loads(b"".join(skeleton))
        except orjson.JSONDecodeError as error:
            raise QuantizationError(f"manifest {path}: not JSON ({error.msg}).") from None
        _expect(path, "the manifest", fields, _MANIFEST_FIELDS)
        layers = []
        for index, entry in enumerate(fields["layers"]):
            place = f"{path}, layers[{index}]"
            _expect(path, f"layers[{index}]", entry, _LAYER_FIELDS)
            if entry["weights_i8"] != index or index >= len(spans):
                raise QuantizationError(f"manifest {place}: weights_i8 is not an array of integers, given once.")
            start, end = spans[index]
            layers.append(_layer(place, entry, decode_integers(text, start, end, place)))
        if len(layers) != len(spans):
            raise QuantizationError(f"manifest {path}: {len(spans)} weights_i8 arrays in {len(layers)} layers.")
    return _model(path, fields, layers)


def _integer_spans(text: mmap.mmap, path: str) -> Iterator[tuple[int, int]]:
    """Byte ranges of the weights_i8 arrays, brackets included. In a JSON string the key's quote would be escaped."""
    cursor = text.find(_KEY)
    while cursor >= 0:
        opened = _OPEN.match(text, cursor + len(_KEY))
        cursor += len(_KEY)
        if opened:
            end = text.find(b"]", opened.end())
            if end < 0:
                raise QuantizationError(f"manifest {path}: the weights_i8 array at byte {opened.end()} is cut off.")
            yield opened.end() - 1, end + 1
            cursor = end
        cursor = text.find(_KEY, cursor)


_MANIFEST_FIELDS: dict[str, type | tuple[type, ...]] = {
    "config_json": str, "layers": list, "scheme": str, "total_quantized_bytes": int, "total_fp32_bytes": int,
}  # fmt: skip
_LAYER_FIELDS: dict[str, type | tuple[type, ...]] = {
    "name": str, "weights_i8": int, "shape": list, "scale": (int, float), "bias": (list, type(None)),
}  # fmt: skip


def _expect(path: str, place: str, entry: object, fields: dict[str, type | tuple[type, ...]]) -> None:
    if not isinstance(entry, dict):
        raise QuantizationError(f"manifest {path}: {place} is not a JSON object.")
    for key, kind in fields.items():
        # serde reads a missing Option as None, so a file without "bias" is the seed's too.
        value = entry.get(key)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise QuantizationError(f"manifest {path}: {place} has no proper {key!r} (found {str(value)[:40]!r}).")


def _floats(place: str, key: str, values: object) -> NDArray[np.float32]:
    """A JSON list as float32, through float64 as serde does; refuses what is no finite number."""
    if not isinstance(values, list) or not all(type(v) in (int, float) for v in values):
        raise QuantizationError(f"manifest {place}: {key} is not a list of numbers.")
    with np.errstate(over="ignore"):
        array = np.array(values, np.float64).astype(np.float32)
    if not np.isfinite(array).all():
        raise QuantizationError(f"manifest {place}: {key} holds a number beyond float32.")
    return array


def _layer(place: str, entry: dict[str, Any], weights: NDArray[np.int8]) -> QuantizedWeights:
    shape = entry["shape"]
    if not shape or not all(type(n) is int and 0 <= n <= 2**40 for n in shape):
        raise QuantizationError(f"manifest {place}: shape {str(shape)[:60]} is not a list of sizes.")
    count = 1
    for size in shape:
        count *= size
    if count != weights.size:
        raise QuantizationError(f"manifest {place}: shape {shape} holds {count} weights, {weights.size} are given.")
    scale = _floats(place, "scale", [entry["scale"]])[0]
    scales = None if entry.get("scales") is None else _floats(place, "scales", entry["scales"])
    zero_point = entry.get("zero_point", 0)
    if scale <= 0 or (scales is not None and (len(scales) != shape[0] or not (scales > 0).all())):
        raise QuantizationError(f"manifest {place}: scale must be above 0, and scales one for each of {shape[0]} rows.")
    if type(zero_point) is not int or not -128 <= zero_point <= 127:
        raise QuantizationError(f"manifest {place}: zero_point {zero_point} is not an integer of [-128, 127].")
    bias = None if entry.get("bias") is None else _floats(place, "bias", entry["bias"])
    return QuantizedWeights(entry["name"], weights, tuple(shape), float(scale), bias, scales, zero_point)


def _model(path: str, fields: dict[str, Any], layers: list[QuantizedWeights]) -> QuantizedModel:
    if fields["scheme"] not in WEIGHT_SCHEMES.values():
        raise QuantizationError(
            f"manifest {path}: scheme {fields['scheme'][:60]!r} is not one of {', '.join(WEIGHT_SCHEMES.values())}."
        )
    names = [layer.name for layer in layers]
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise QuantizationError(f"manifest {path}: layer {twice!r} is given more than once.")
    small, large = fields["total_quantized_bytes"], fields["total_fp32_bytes"]
    if small != sum(layer.size_bytes() for layer in layers) or large != 4 * small:
        raise QuantizationError(
            f"manifest {path}: totals {small} and {large} bytes do not fit its layers. The file was changed by hand."
        )
    return QuantizedModel(fields["config_json"], layers, fields["scheme"], small, large)
