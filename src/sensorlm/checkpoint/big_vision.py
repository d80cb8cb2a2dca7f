"""The reference's .npz parameters (big_vision/flax names, scanned or not) in, our config and tensors out; and back.

flax keeps linear kernels as (in, out), attention kernels as (in, heads, head width), and may stack all blocks of a
tower on a leading axis ("scan"). Every name maps to a slice of one of our tensors, so gradients map the same way.
"""

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sensorlm.config.model import ModelConfig, SensorTowerConfig, TextTowerConfig
from sensorlm.errors import CheckpointError, ConfigError
from sensorlm.files import replacing
from sensorlm.records import MINUTES_PER_DAY

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Entry:
    """One flax parameter and the place of its numbers in our model."""

    theirs: str
    ours: str
    kind: str
    """"same", "linear" (transposed), "heads" (in, h, k), "heads_bias" (h, k), "out" (h, k, out), "patch", or "lead"."""
    part: int = 0
    parts: int = 1
    """This is slice `part` of `parts` along our first axis (fused q, k, v)."""


def _linear(theirs: str, ours: str) -> Iterator[Entry]:
    yield Entry(f"{theirs}/kernel", f"{ours}.weight", "linear")
    yield Entry(f"{theirs}/bias", f"{ours}.bias", "same")


def _norm(theirs: str, ours: str) -> Iterator[Entry]:
    yield Entry(f"{theirs}/scale", f"{ours}.weight", "same")
    yield Entry(f"{theirs}/bias", f"{ours}.bias", "same")


def _attention(theirs: str, ours: str, places: tuple[tuple[str, str, int, int], ...]) -> Iterator[Entry]:
    for role, module, part, parts in places:
        yield Entry(f"{theirs}/{role}/kernel", f"{ours}.{module}.weight", "heads", part, parts)
        yield Entry(f"{theirs}/{role}/bias", f"{ours}.{module}.bias", "heads_bias", part, parts)
    yield Entry(f"{theirs}/out/kernel", f"{ours}.proj.weight", "out")
    yield Entry(f"{theirs}/out/bias", f"{ours}.proj.bias", "same")


def _block(theirs: str, ours: str) -> Iterator[Entry]:
    yield from _norm(f"{theirs}/LayerNorm_0", f"{ours}.norm1")
    qkv = (("query", "qkv", 0, 3), ("key", "qkv", 1, 3), ("value", "qkv", 2, 3))
    yield from _attention(f"{theirs}/MultiHeadDotProductAttention_0", f"{ours}.attn", qkv)
    yield from _norm(f"{theirs}/LayerNorm_1", f"{ours}.norm2")
    yield from _linear(f"{theirs}/MlpBlock_0/Dense_0", f"{ours}.mlp.fc1")
    yield from _linear(f"{theirs}/MlpBlock_0/Dense_1", f"{ours}.mlp.fc2")


def _map_head(theirs: str, ours: str) -> Iterator[Entry]:
    yield Entry(f"{theirs}/probe", f"{ours}.probe", "same")
    qkv = (("query", "q", 0, 1), ("key", "kv", 0, 2), ("value", "kv", 1, 2))
    yield from _attention(f"{theirs}/MultiHeadDotProductAttention_0", f"{ours}.attn", qkv)
    yield from _norm(f"{theirs}/LayerNorm_0", f"{ours}.norm")
    yield from _linear(f"{theirs}/MlpBlock_0/Dense_0", f"{ours}.mlp.fc1")
    yield from _linear(f"{theirs}/MlpBlock_0/Dense_1", f"{ours}.mlp.fc2")


def entries(config: ModelConfig) -> list[Entry]:
    """Every parameter of a model of this shape, blocks one by one ("encoderblock_0").

    Raises:
        CheckpointError: the reference's layout has no place for a part of this model.
    """
    text = config.text
    extra = {
        "a decoder": config.decoder is not None, "no text tower": text is None,
        "missing='drop'": config.sensor.missing == "drop", "positions='sincos'": config.sensor.positions == "sincos",
        "an MLP beside its text projection": config.text_head_width > 0,
        "several probes": config.sensor.num_probes > 1,
        "architecture='bert'": text is not None and text.architecture == "bert",
    }  # fmt: skip
    if any(extra.values()) or text is None:
        named = ", ".join(name for name, present in extra.items() if present)
        raise CheckpointError(f"a model with {named} does not fit the reference's .npz layout. Save a folder instead.")
    out = [
        Entry("img/embedding/kernel", "sensor.patch_embed.weight", "patch"),
        Entry("img/embedding/bias", "sensor.patch_embed.bias", "same"),
        Entry("img/pos_embedding", "sensor.positions", "lead"),
    ]
    for i in range(config.sensor.depth):
        out += _block(f"img/Transformer/encoderblock_{i}", f"sensor.blocks.{i}")
    out += _norm("img/Transformer/encoder_norm", "sensor.norm")
    if config.sensor.pooling == "map":
        out += _map_head("img/MAPHead_0", "sensor.map_pool")
    if config.embed_dim != config.sensor.pooled_width:
        out += _linear("img/head", "sensor_projection")
    out += [
        Entry("txt/Embed_0/embedding", "text.token_embed.weight", "same"),
        Entry("txt/pos_embedding", "text.positions", "lead"),
    ]
    for i in range(text.depth):
        out += _block(f"txt/Encoder_0/encoderblock_{i}", f"text.blocks.{i}")
    out += _norm("txt/Encoder_0/encoder_norm", "text.norm")
    if text.pooling == "map":
        out += _map_head("txt/MAPHead_0", "text.map_pool")
    out += _linear("txt/head", "text_projection")
    return [*out, Entry("t", "logit_scale", "lead"), Entry("b", "logit_bias", "lead")]


def to_big_vision(config: ModelConfig, tensors: Mapping[str, Tensor], *, scan: bool = False) -> dict[str, NDArray[Any]]:
    """Our tensors (weights, or their gradients) under the reference's names and shapes; `scan` stacks the blocks.

    Raises:
        CheckpointError: the model has parts that layout has no place for.
    """
    heads = {"sensor": config.sensor.num_heads, "text": config.text.num_heads if config.text else 1}
    out = {}
    for e in entries(config):
        tensor = tensors[e.ours].detach().to("cpu", torch.float32)
        tensor = tensor.chunk(e.parts)[e.part] if e.parts > 1 else tensor
        out[e.theirs] = _theirs(tensor.numpy(), e.kind, heads.get(e.ours.split(".")[0], 1), config.sensor)
    return _stack(out) if scan else out


def from_big_vision(arrays: Arrays) -> tuple[ModelConfig, dict[str, Tensor]]:
    """The config these parameters imply, and our tensors filled from them.

    Args:
        arrays: names as in a reference checkpoint, with or without "params/" in front.

    Raises:
        CheckpointError: a parameter is missing, has the wrong shape, or is not known.
    """
    params = _unstack(_params(arrays))
    config = infer_config(params)
    wanted = {e.theirs: e for e in entries(config)}
    params.setdefault("b", np.zeros(1, np.float32))  # CLIP-like checkpoints have no bias
    missing, unknown = sorted(set(wanted) - set(params)), sorted(set(params) - set(wanted))
    if missing or unknown:
        raise CheckpointError(
            f"reference checkpoint: parameters missing {missing[:4]}, not known {unknown[:4]}. "
            "It must hold the SigLIP model of big_vision (img/..., txt/..., t, b)."
        )
    heads = {"sensor": config.sensor.num_heads, "text": config.text.num_heads if config.text else 1}
    parts: dict[str, list[NDArray[Any]]] = {}
    for name, e in wanted.items():
        try:
            parts.setdefault(e.ours, []).append(
                _ours(params[name], e.kind, heads.get(e.ours.split(".")[0], 1), config.sensor)
            )
        except ValueError:
            raise CheckpointError(
                f"reference checkpoint: {name!r} has shape {params[name].shape}, which does not fit the others. "
                "Export the checkpoint again."
            ) from None
    return config, {name: torch.from_numpy(np.concatenate(p) if len(p) > 1 else p[0]) for name, p in parts.items()}


def infer_config(params: Arrays) -> ModelConfig:
    """Sizes read off the parameters' shapes; a day is taken to have 1440 minutes.

    Raises:
        CheckpointError: what fixes the sizes is missing or of another rank.
    """
    try:
        minutes, channels, _, _ = params["img/embedding/kernel"].shape
        rows = MINUTES_PER_DAY // minutes
        sensor = SensorTowerConfig(
            patch_minutes=minutes, patch_channels=channels, missing="impute",
            num_channels=params["img/pos_embedding"].shape[1] // rows * channels,
            pooling="map" if "img/MAPHead_0/probe" in params else "mean",
            **_sizes(params, "img/Transformer/"),
        )  # fmt: skip
        text = TextTowerConfig(
            vocab_size=params["txt/Embed_0/embedding"].shape[0], context_length=params["txt/pos_embedding"].shape[1],
            pooling="map" if "txt/MAPHead_0/probe" in params else "last", **_sizes(params, "txt/Encoder_0/"),
        )  # fmt: skip
        return ModelConfig(sensor=sensor, text=text, embed_dim=params["txt/head/kernel"].shape[1])
    except (KeyError, ValueError, IndexError, ZeroDivisionError) as error:
        if isinstance(error, ConfigError):
            raise CheckpointError(f"reference checkpoint: {error}") from None
        raise CheckpointError(
            f"reference checkpoint: cannot read the model's sizes ({error!r}). "
            "It must hold the SigLIP model of big_vision (img/..., txt/..., t, b)."
        ) from None


def load_npz(path: str | Path) -> tuple[ModelConfig, dict[str, Tensor]]:
    """`from_big_vision` of a file; nothing in it is unpickled.

    Raises:
        CheckpointError: not an .npz of plain arrays, or not this model's parameters.
    """
    try:
        with Path(path).open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = {
                name: file[name] for name in file.files if name.split("/")[0] in ("params", "img", "txt", "t", "b")
            }
    except (OSError, ValueError, zipfile.BadZipFile, EOFError) as error:
        raise CheckpointError(f"{path}: not an .npz of plain arrays ({error}). Give a big_vision checkpoint.") from None
    return from_big_vision(arrays)


def save_npz(path: str | Path, config: ModelConfig, tensors: Mapping[str, Tensor], *, scan: bool = False) -> None:
    """Write the reference's layout atomically, names under "params/".

    Raises:
        CheckpointError: the model has parts that layout has no place for.
    """
    arrays = to_big_vision(config, tensors, scan=scan)
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, **{f"params/{name}": array for name, array in arrays.items()})  # type: ignore[arg-type]


def _params(arrays: Arrays) -> dict[str, NDArray[Any]]:
    prefixed = {k.removeprefix("params/"): v for k, v in arrays.items() if k.startswith("params/")}
    chosen = prefixed or dict(arrays)
    out = {}
    for name, array in chosen.items():
        if array.dtype.kind == "V" and array.dtype.itemsize == 2:  # bfloat16, a type NumPy does not know
            array = (array.view(np.uint16).astype(np.uint32) << 16).view(np.float32)
        out[name] = array.astype(np.float32)
    return out


def _unstack(params: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    out = {}
    for name, array in params.items():
        if "/encoderblock/" in name and array.ndim:
            for i, layer in enumerate(array):
                out[name.replace("/encoderblock/", f"/encoderblock_{i}/")] = layer
        else:
            out[name] = array
    return out


def _stack(params: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    groups: dict[str, list[NDArray[Any]]] = {}
    for name, array in params.items():
        head, mark, rest = name.partition("/encoderblock_")
        groups.setdefault(f"{head}/encoderblock/{rest.partition('/')[2]}" if mark else name, []).append(array)
    return {name: np.stack(a) if "/encoderblock/" in name else a[0] for name, a in groups.items()}


def _sizes(params: Arrays, where: str) -> dict[str, Any]:
    width, num_heads, _ = params[f"{where}encoderblock_0/MultiHeadDotProductAttention_0/query/kernel"].shape
    mlp_width = params[f"{where}encoderblock_0/MlpBlock_0/Dense_0/kernel"].shape[1]
    depth = len({n.split("encoderblock_")[1].split("/")[0] for n in params if n.startswith(f"{where}encoderblock_")})
    return {"width": width, "num_heads": num_heads, "mlp_ratio": mlp_width / width, "depth": depth}


def _ours(array: NDArray[Any], kind: str, heads: int, sensor: SensorTowerConfig) -> NDArray[Any]:
    if kind == "linear":
        return np.ascontiguousarray(array.T)
    if kind == "heads":
        return np.ascontiguousarray(array.reshape(array.shape[0], heads * array.shape[2]).T)
    if kind == "out":
        return np.ascontiguousarray(array.reshape(heads * array.shape[1], array.shape[2]).T)
    if kind == "patch":
        return np.ascontiguousarray(array.reshape(sensor.patch_size, -1).T)
    if kind == "lead":
        return array.reshape(array.shape[1:])
    return array.reshape(-1) if kind == "heads_bias" else array


def _theirs(array: NDArray[Any], kind: str, heads: int, sensor: SensorTowerConfig) -> NDArray[Any]:
    if kind == "linear":
        return array.T
    if kind == "heads":
        return array.T.reshape(array.shape[1], heads, -1)
    if kind == "out":
        return array.T.reshape(heads, -1, array.shape[0])
    if kind == "patch":
        return array.T.reshape(sensor.patch_minutes, sensor.patch_channels, 1, -1)
    if kind == "lead":
        return array[None]
    return array.reshape(heads, -1) if kind == "heads_bias" else array
