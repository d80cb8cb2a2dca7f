"""sensorlm-rs' Burn records (.mpk named MessagePack, .bin bincode) and config JSON in, our config and tensors out.

Burn stores linear weights as (in, out) and leaves out everything the configuration fixes, so the JSON is needed too.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sensorlm.checkpoint.bincode import read_bincode
from sensorlm.config.model import ModelConfig, SensorTowerConfig, TextTowerConfig
from sensorlm.errors import CheckpointError, ConfigError

DTYPES: dict[str, np.dtype[Any]] = {"F64": np.dtype("<f8"), "F32": np.dtype("<f4"), "F16": np.dtype("<f2")}
Array = NDArray[Any]


def config_from_burn(data: Mapping[str, Any]) -> ModelConfig:
    """Our configuration of a sensorlm-rs model: exact GELU, epsilon 1e-5, dense days, masked mean over text tokens.

    Raises:
        CheckpointError: a field is missing, or no such model can exist.
    """
    try:
        sensor, text = data["sensor_encoder"], data["text_encoder"]
        common: dict[str, Any] = {"activation": "gelu", "norm_eps": 1e-5}
        return ModelConfig(
            sensor=SensorTowerConfig(
                num_minutes=sensor["time_steps"], num_channels=sensor["num_channels"], missing="impute",
                patch_minutes=sensor["patch_h"], patch_channels=sensor["patch_w"],
                pooling={"Map": "map", "Gap": "mean"}[sensor["pool_type"]], **_sizes(sensor), **common,
            ),
            text=TextTowerConfig(
                vocab_size=text["vocab_size"], context_length=text["max_seq_len"], pooling="mean",
                **_sizes(text), **common,
            ),
            embed_dim=data["embed_dim"], logit_scale_init=float(data.get("temperature_init", 10.0)),
            logit_bias_init=float(data.get("bias_init", -10.0)),
        )  # fmt: skip
    except (KeyError, TypeError, ZeroDivisionError) as error:
        raise CheckpointError(
            f"sensorlm-rs configuration: {error!r} is missing or wrong. "
            "It needs sensor_encoder, text_encoder and embed_dim as sensorlm-rs writes them."
        ) from None
    except ConfigError as error:
        raise CheckpointError(f"sensorlm-rs configuration: {error}") from None


def load_burn(path: str | Path, config: Mapping[str, Any] | None = None) -> tuple[ModelConfig, dict[str, Tensor]]:
    """A record file and its configuration (None: the JSON beside it) as our config and float32 tensors.

    Raises:
        CheckpointError: the file is damaged, not a record of this model, or the configuration is not to be found.
    """
    path = Path(path)
    ours = config_from_burn(config if config is not None else _config_beside(path))
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be read ({error.strerror}). Give an .mpk or .bin record.") from None
    if path.suffix == ".bin":
        record = read_bincode(data, depths=(ours.sensor.depth, ours.text.depth if ours.text else 0), where=str(path))
    else:
        record = read_named_messagepack(data, str(path))
    return ours, tensors_from_record(record, ours, str(path))


def read_named_messagepack(data: bytes, where: str) -> dict[str, Array]:
    """Arrays of a named record by path ("sensor_encoder/blocks/0/norm1/gamma").

    Raises:
        CheckpointError: not MessagePack, no Burn record, or a tensor whose bytes do not fit its shape.
    """
    try:
        record = msgpack.unpackb(data, strict_map_key=True)
        item = record["item"]
    except (ValueError, msgpack.UnpackException, KeyError, TypeError, RecursionError) as error:
        raise CheckpointError(
            f"{where}: not a named Burn record ({type(error).__name__}: {error}). Save it with NamedMpkFileRecorder."
        ) from None
    return dict(_walk(item, "", where))


def _walk(node: Any, path: str, where: str) -> Iterator[tuple[str, Array]]:  # noqa: ANN401
    if isinstance(node, dict) and "param" in node:
        param = node["param"]
        try:
            array = np.frombuffer(param["bytes"], DTYPES[param["dtype"]]).reshape(param["shape"])
        except (KeyError, TypeError, ValueError) as error:
            raise CheckpointError(
                f"{where}: tensor {path!r} is not bytes, shape and dtype that fit ({error}). "
                f"Known types: {', '.join(DTYPES)}."
            ) from None
        yield path, array
    elif isinstance(node, dict):
        for key, child in node.items():
            yield from _walk(child, f"{path}/{key}" if path else str(key), where)
    elif isinstance(node, list):
        for i, child in enumerate(node):
            yield from _walk(child, f"{path}/{i}", where)


def tensors_from_record(record: Mapping[str, Array], config: ModelConfig, where: str) -> dict[str, Tensor]:
    """Our tensors from a record's arrays: weights transposed, q, k, v fused.

    Raises:
        CheckpointError: an array the configuration asks for is missing, or one is left over.
    """
    left = dict(record)

    def take(name: str) -> Array:
        if name not in left:
            raise CheckpointError(
                f"{where}: tensor {name!r} is missing. Does the configuration JSON belong to this record?"
            )
        return left.pop(name).astype(np.float32)

    out: dict[str, Array] = {}
    patch = take("sensor_encoder/patch_embed/proj/weight")
    out["sensor.patch_embed.weight"] = patch.reshape(patch.shape[0], -1)
    out["sensor.patch_embed.bias"] = take("sensor_encoder/patch_embed/proj/bias")
    out["text.token_embed.weight"] = take("text_encoder/tok_embed/weight")
    for theirs, ours, depth in (
        ("sensor_encoder", "sensor", config.sensor.depth),
        ("text_encoder", "text", config.text.depth if config.text else 0),
    ):
        out[f"{ours}.positions"] = take(f"{theirs}/pos_embed").squeeze(0)
        for i in range(depth):
            out.update(_block(take, f"{theirs}/blocks/{i}", f"{ours}.blocks.{i}"))
        out.update(_norm(take, f"{theirs}/norm", f"{ours}.norm"))
    if config.sensor.pooling == "map":
        out.update(_map_head(take, "sensor_encoder/map_head", "sensor.map_pool"))
    if "text_encoder/proj/weight" in left:
        out.update(_linear(take, ("text_encoder/proj",), "text_projection"))
    else:  # out_dim null: the text feature is the pooled token itself
        out["text_projection.weight"] = np.eye(config.embed_dim, dtype=np.float32)
        out["text_projection.bias"] = np.zeros(config.embed_dim, np.float32)
    out["logit_scale"], out["logit_bias"] = take("log_temperature").reshape(()), take("bias").reshape(())
    if left:
        raise CheckpointError(f"{where}: tensors {sorted(left)[:4]} are not known. It must hold a sensorlm-rs model.")
    return {name: torch.from_numpy(np.array(array)) for name, array in out.items()}


Take = Callable[[str], Array]


def _linear(take: Take, theirs: tuple[str, ...], ours: str) -> dict[str, Array]:
    """One of our layers from one or several of theirs, fused along the outputs."""
    weight = np.concatenate([take(f"{name}/weight") for name in theirs], axis=1)
    return {f"{ours}.weight": weight.T, f"{ours}.bias": np.concatenate([take(f"{name}/bias") for name in theirs])}


def _norm(take: Take, theirs: str, ours: str) -> dict[str, Array]:
    return {f"{ours}.weight": take(f"{theirs}/gamma"), f"{ours}.bias": take(f"{theirs}/beta")}


def _mlp(take: Take, theirs: str, ours: str) -> dict[str, Array]:
    return {
        **_linear(take, (f"{theirs}/fc1",), f"{ours}.fc1"),
        **_linear(take, (f"{theirs}/fc2",), f"{ours}.fc2"),
    }


def _block(take: Take, theirs: str, ours: str) -> dict[str, Array]:
    attention = f"{theirs}/attn"
    qkv = (f"{attention}/q_proj", f"{attention}/k_proj", f"{attention}/v_proj")
    return {
        **_norm(take, f"{theirs}/norm1", f"{ours}.norm1"),
        **_linear(take, qkv, f"{ours}.attn.qkv"),
        **_linear(take, (f"{attention}/out_proj",), f"{ours}.attn.proj"),
        **_norm(take, f"{theirs}/norm2", f"{ours}.norm2"),
        **_mlp(take, f"{theirs}/mlp", f"{ours}.mlp"),
    }


def _map_head(take: Take, theirs: str, ours: str) -> dict[str, Array]:
    return {
        f"{ours}.probe": take(f"{theirs}/probe"),
        **_linear(take, (f"{theirs}/q_proj",), f"{ours}.attn.q"),
        **_linear(take, (f"{theirs}/k_proj", f"{theirs}/v_proj"), f"{ours}.attn.kv"),
        **_linear(take, (f"{theirs}/out_proj",), f"{ours}.attn.proj"),
        **_norm(take, f"{theirs}/norm", f"{ours}.norm"),
        **_mlp(take, f"{theirs}/mlp", f"{ours}.mlp"),
    }


def _sizes(encoder: Mapping[str, Any]) -> dict[str, Any]:
    width = encoder["d_model"]
    return {
        "width": width, "depth": encoder["depth"], "num_heads": encoder["num_heads"],
        "mlp_ratio": encoder["mlp_dim"] / width,
    }  # fmt: skip


def _config_beside(path: Path) -> dict[str, Any]:
    stem = path.name.split(".")[0]
    for candidate in (path.with_name(f"{stem}.config.json"), path.with_name("config.json")):
        if candidate.is_file():
            try:
                data = json.loads(candidate.read_text(encoding="utf-8"))
            except (ValueError, OSError) as error:
                raise CheckpointError(f"{candidate}: not JSON ({error}). Give sensorlm-rs' configuration.") from None
            if not isinstance(data, dict):
                kind = type(data).__name__
                raise CheckpointError(f"{candidate}: {kind} is not an object. Give sensorlm-rs' configuration.")
            return data
    raise CheckpointError(
        f"{path}: no configuration beside it ({stem}.config.json or config.json); "
        "a record does not hold its own sizes. Put the JSON there, or pass it."
    )
