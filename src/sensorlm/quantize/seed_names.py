"""The seed's layer names in, our modules and the rows of them that the layer fills out; and back.

The seed keeps q, k and v apart, ours are fused: "sensor_encoder.blocks.0.attn.k_proj.weight" is the middle third of
"sensor.blocks.0.attn.qkv". Names of ours are their own in a manifest of ours.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from sensorlm.config.model import ModelConfig
from sensorlm.errors import QuantizationError
from sensorlm.quantize.convert import FLOAT_LAYERS, copy_without, install
from sensorlm.quantize.kernels import Activations
from sensorlm.quantize.layers import Int8Linear
from sensorlm.quantize.manifest import QuantizedModel
from sensorlm.quantize.weights import LayerWeights, QuantizedWeights

_PARTS = {"q_proj": ("qkv", 0, 3), "k_proj": ("qkv", 1, 3), "v_proj": ("qkv", 2, 3), "out_proj": ("proj", 0, 1)}
_HEAD_PARTS = {"q_proj": ("q", 0, 1), "k_proj": ("kv", 0, 2), "v_proj": ("kv", 1, 2), "out_proj": ("proj", 0, 1)}
_TOWERS = {"sensor_encoder": "sensor", "text_encoder": "text"}


@dataclass(frozen=True)
class Place:
    """Rows part/of of the layer `module`."""

    module: str
    part: int = 0
    of: int = 1


def place_of(name: str) -> Place:
    """Where a manifest's layer goes in our model; a name of ours stays."""
    path = name.removesuffix(".weight")
    if path == "sensor_encoder.patch_embed.proj":
        return Place("sensor.patch_embed")
    if path == "text_encoder.proj":
        return Place("text_projection")
    if found := re.fullmatch(r"(sensor|text)_encoder\.(blocks\.\d+)\.attn\.(\w+)", path):
        tower, block, leaf = found.groups()
        if leaf in _PARTS:
            module, part, of = _PARTS[leaf]
            return Place(f"{tower}.{block}.attn.{module}", part, of)
    if (found := re.fullmatch(r"sensor_encoder\.map_head\.(\w+)", path)) and found[1] in _HEAD_PARTS:
        module, part, of = _HEAD_PARTS[found[1]]
        return Place(f"sensor.map_pool.attn.{module}", part, of)
    if found := re.fullmatch(r"(sensor|text)_encoder\.(.*mlp\.fc[12])", path):
        return Place(f"{found[1]}.{found[2].replace('map_head', 'map_pool')}")
    return Place(path)


def seed_names(module: str) -> list[str]:
    """The seed's names of one of our layers, in the order of its rows; our own name where it has none."""
    if module == "sensor.patch_embed":
        return ["sensor_encoder.patch_embed.proj.weight"]
    if module == "text_projection":
        return ["text_encoder.proj.weight"]
    tower, _, rest = module.partition(".")
    theirs = {ours: theirs for theirs, ours in _TOWERS.items()}.get(tower)
    if theirs is None or rest == "missing_embed":
        return [f"{module}.weight"]
    path, _, leaf = rest.rpartition(".")
    if path.startswith("map_pool"):
        table, path = _HEAD_PARTS, path.replace("map_pool.attn", "map_head").replace("map_pool", "map_head")
    else:
        table = _PARTS
    parts = [name for name, (ours, _, _) in table.items() if ours == leaf]
    return [f"{theirs}.{path}.{name}.weight" for name in parts or [leaf]]


def linear_modules(model: nn.Module, text: bool = True) -> dict[str, nn.Linear]:
    """The layers of a manifest by our names: all linear ones, the patch embedding too."""
    return {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and (text or name.startswith("sensor"))
    }


def config_json(checkpoint: str | Path, config: ModelConfig) -> str:
    """The configuration text a manifest carries: the seed's own, where its JSON lies beside its record, else ours."""
    path = Path(checkpoint)
    if path.is_file() and path.suffix in (".mpk", ".bin"):
        for beside in (path.with_name(f"{path.name.split('.')[0]}.config.json"), path.with_name("config.json")):
            if beside.is_file():
                return json.dumps(json.loads(beside.read_text(encoding="utf-8")), separators=(",", ":"))
    return json.dumps(config.to_json())


def layers_for_manifest(model: nn.Module, text: bool = True) -> Iterable[LayerWeights]:
    """(name, weights, shape, bias) of every linear layer, fused ones split, in the seed's order and under its names."""
    for name, module in linear_modules(model, text).items():
        names = seed_names(name)
        weights = module.weight.detach().float().cpu().numpy()
        bias = None if module.bias is None else module.bias.detach().float().cpu().numpy()
        rows = len(weights) // len(names)
        for part, seed_name in enumerate(names):
            cut = slice(part * rows, (part + 1) * rows)
            yield seed_name, weights[cut], weights[cut].shape, None if bias is None else bias[cut]


def apply_manifest(model: nn.Module, manifest: QuantizedModel) -> nn.Module:
    """A copy of a running model with the manifest's layers in it: INT8 ones run in INT8, the patch embedding as floats.

    Raises:
        QuantizationError: a layer does not exist in the model, has another shape, or is a part of a fused one alone.
    """
    fused: dict[str, dict[int, QuantizedWeights]] = {}
    sizes: dict[str, int] = {}
    for layer in manifest.layers:
        place = place_of(layer.name)
        fused.setdefault(place.module, {})[place.part] = layer
        sizes[place.module] = place.of
    linears = linear_modules(model)
    for name, parts in fused.items():
        if name not in linears:
            raise QuantizationError(
                f"layer {next(iter(parts.values())).name!r} is {name!r} here, which this model does not have. "
                "Apply the manifest to the model it was made of."
            )
        if len(parts) != sizes[name]:
            raise QuantizationError(f"layer {name!r} is fused of {sizes[name]} layers, the manifest has {len(parts)}.")
    int8 = {n: _int8(n, parts, linears[n]) for n, parts in fused.items() if not FLOAT_LAYERS.match(n)}
    result = copy_without(model, int8)
    for name in set(fused) - set(int8):
        weight, bias = _dequantised(name, fused[name], linears[name])
        target = result.get_submodule(name)
        with torch.no_grad():
            target.weight.copy_(weight)  # type: ignore[operator]
            if bias is not None:
                target.bias.copy_(bias)  # type: ignore[operator]
    return install(result, int8)


def _rows(name: str, parts: Mapping[int, QuantizedWeights], linear: nn.Linear) -> list[QuantizedWeights]:
    ordered = [parts[part] for part in sorted(parts)]
    wanted = (linear.out_features // len(ordered), linear.in_features)
    for layer in ordered:
        # The seed writes the patch embedding as it is stored there, (out, in) with the patch flattened.
        if (layer.shape[0], layer.weights_i8.size // max(layer.shape[0], 1)) != wanted:
            raise QuantizationError(f"layer {layer.name!r} has shape {layer.shape}; {name!r} needs {wanted}.")
        if (layer.bias is None) != (linear.bias is None) or (layer.bias is not None and len(layer.bias) != wanted[0]):
            raise QuantizationError(
                f"layer {layer.name!r}: its bias does not fit {name!r}, which has {wanted[0]} rows."
            )
    return ordered


def _bias(layers: list[QuantizedWeights]) -> torch.Tensor | None:
    given = [layer.bias for layer in layers if layer.bias is not None]
    return torch.from_numpy(np.concatenate(given)) if given else None


def _int8(name: str, parts: Mapping[int, QuantizedWeights], linear: nn.Linear) -> Int8Linear:
    layers = _rows(name, parts, linear)
    if any(layer.zero_point for layer in layers):
        raise QuantizationError(
            f"layer {layers[0].name!r} is asymmetric, and the integer product wants weights without a zero point. "
            "Quantise with a symmetric scheme to run the model."
        )
    rows = linear.out_features // len(layers)
    scales = [np.full(rows, x.scale, np.float32) if x.scales is None else x.scales for x in layers]
    weight = np.concatenate([layer.weights_i8.reshape(rows, -1) for layer in layers])
    return Int8Linear(
        torch.from_numpy(weight), torch.from_numpy(np.concatenate(scales)), _bias(layers), Activations("token")
    )


def _dequantised(
    name: str, parts: Mapping[int, QuantizedWeights], linear: nn.Linear
) -> tuple[torch.Tensor, torch.Tensor | None]:
    layers = _rows(name, parts, linear)
    weight = np.concatenate([layer.dequantize() for layer in layers])
    return torch.from_numpy(weight).view(linear.weight.shape), _bias(layers)
