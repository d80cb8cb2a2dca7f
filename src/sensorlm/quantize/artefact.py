"""A quantised model in, a checkpoint folder that `load_checkpoint` opens like any other out; and back.

The folder is an ordinary checkpoint with two differences: model.safetensors holds int8 (or 16-bit or fp8) tensors, and
config.json has a "quantization" section: scheme, for each layer how its input becomes 8 bits, and "activation_bits",
which of them the products of the CPU used that made it (7 without VNNI): what was measured was measured with those.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from sensorlm.checkpoint.folder import Loaded, save_checkpoint
from sensorlm.checkpoint.pretrained import SensorLM
from sensorlm.config.model import ModelConfig
from sensorlm.config.quantize import QuantizationConfig
from sensorlm.errors import CheckpointError, ConfigError
from sensorlm.quantize.convert import WORDS, install
from sensorlm.quantize.kernels import Activations
from sensorlm.quantize.layers import FP8, Fp8Linear, Int8Embedding, Int8Linear
from sensorlm.quantize.onednn import activation_bits

_TYPES = {torch.float32, torch.float16, torch.bfloat16, torch.int8, FP8}
_KINDS = ("tensor", "token", "static")


def save_artefact(
    folder: str | Path,
    source: Loaded,
    model: nn.Module,
    config: QuantizationConfig,
    report: Mapping[str, Any] | None = None,
) -> Path:
    """Write a quantised model that has not run yet (running reorders its weights) as a checkpoint folder.

    Args:
        folder: where; replaced if it is a checkpoint.
        source: the checkpoint it came from: configuration, tokenizer and channels are its.
        model: from `quantize_model(...).model` or `cast_model`.
        config: how it was made.
        report: measurements to keep with it.

    Raises:
        CheckpointError: `folder` is something else than a checkpoint.
    """
    tensors = {name: t.detach().cpu().contiguous() for name, t in model.state_dict().items()}
    if config.scheme == "fp16":
        tensors = {name: t.half() for name, t in tensors.items()}
    layers = {
        name: {"kind": m.activations.kind, "scale": m.activations.scale, "zero_point": m.activations.zero_point}
        for name, m in model.named_modules()
        if isinstance(m, Int8Linear)
    }
    layers |= {
        name: {"kind": "fp8", "scale": m.input_scale} for name, m in model.named_modules() if isinstance(m, Fp8Linear)
    }
    layers |= {name: {"kind": "rows"} for name, m in model.named_modules() if isinstance(m, Int8Embedding)}
    section: dict[str, Any] = {"config": config.to_json(), "layers": layers}
    if any(isinstance(m, Int8Linear) for m in model.modules()):
        section["activation_bits"] = activation_bits()
    extra = {**source.extra, **({"quantization_report": dict(report)} if report else {})}
    return save_checkpoint(
        folder, source.model, source.tokenizer, source.channel_set,
        extra=extra, tensors=tensors, sections={"quantization": section}, statements=source.statements,
        figures=source.figures,
    )  # fmt: skip


def load_model(
    path: Path, config: ModelConfig, section: Mapping[str, Any], device: str | torch.device = "cpu"
) -> SensorLM:
    """The model of an artefact folder; `load_checkpoint` comes here when config.json has a "quantization" section.

    Raises:
        CheckpointError: damaged, or tensors that do not fit the configuration.
    """
    try:
        quantization = QuantizationConfig.from_json(section.get("config", {}))
        described = {str(k): dict(v) for k, v in section.get("layers", {}).items()}
    except (ConfigError, AttributeError, TypeError, ValueError) as error:
        raise CheckpointError(f"{path}: quantization section: {error}") from None
    if section.get("activation_bits", 8) not in (7, 8):
        raise CheckpointError(
            f"{path}: activation_bits {section['activation_bits']!r} is neither 7 nor 8. Copy it again."
        )
    tensors = _read(path / "model.safetensors")
    model = SensorLM(config, device="meta")
    linears = {name: module for name, module in model.named_modules() if isinstance(module, nn.Linear)}
    layers: dict[str, nn.Module] = {}
    if WORDS in described:
        layers[WORDS] = _words(path, model, tensors)
    for name, entry in described.items():
        if name in layers:
            continue
        if name not in linears:
            raise CheckpointError(f"{path}: layer {name!r} is described as quantised, the model has no such layer.")
        _layer_tensors(path, name, linears[name], tensors, entry)
        layers[name] = (_fp8 if entry["kind"] == "fp8" else _int8)(name, tensors, entry)
    install(model, layers)
    if quantization.scheme == "fp16" and torch.device(device).type == "cpu":  # CPUs have no fast product for it
        tensors = {n: t.float() if t.dtype == torch.float16 else t for n, t in tensors.items()}
    _fill(path, model, tensors)
    if torch.device(device).type == "cuda" and layers:
        model.bfloat16()  # what is not in 8 bits; 8-bit layers keep their scales in float32
    return model.requires_grad_(False).to(device).eval()


def _read(path: Path) -> dict[str, Tensor]:
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path}: cannot be read as safetensors ({error}). Copy the artefact again.") from None
    for name, tensor in tensors.items():
        if tensor.dtype not in _TYPES:
            raise CheckpointError(f"{path}: tensor {name!r} has type {tensor.dtype}, which no artefact holds.")
    return tensors


def _layer_tensors(
    path: Path, name: str, linear: nn.Linear, tensors: Mapping[str, Tensor], entry: Mapping[str, Any]
) -> None:
    """Refuse a quantised layer whose tensors or description do not fit."""
    kind, dtype = entry.get("kind"), torch.int8
    if kind == "fp8":
        dtype = FP8
    elif kind not in _KINDS:
        raise CheckpointError(f"{path}: layer {name!r} has activations {kind!r}, not one of {_KINDS}.")
    numbers = [entry.get("scale", 0.0), entry.get("zero_point", 0)]
    if not all(isinstance(n, int | float) for n in numbers) or not (0 <= numbers[0] < 1e30 and 0 <= numbers[1] <= 255):
        raise CheckpointError(f"{path}: layer {name!r}: scale and zero_point {numbers} are not those of 8 bits.")
    if kind == "static" and not numbers[0]:
        raise CheckpointError(f"{path}: layer {name!r} is static but has no scale.")
    wanted: dict[str, tuple[tuple[int, ...], torch.dtype]] = {
        "weight": ((linear.out_features, linear.in_features), dtype),
        "scales": ((linear.out_features,), torch.float32),
    }
    if linear.bias is not None:
        wanted["bias"] = ((linear.out_features,), torch.float32)
    if f"{name}.smooth" in tensors:
        wanted["smooth"] = ((linear.in_features,), torch.float32)
    for part, (shape, kind_wanted) in wanted.items():
        found = tensors.get(f"{name}.{part}")
        if found is None or tuple(found.shape) != shape or found.dtype != kind_wanted:
            actual = None if found is None else (tuple(found.shape), found.dtype)
            raise CheckpointError(f"{path}: {name}.{part} is {actual}, {(shape, kind_wanted)} is needed.")


def _int8(name: str, tensors: Mapping[str, Tensor], entry: Mapping[str, Any]) -> Int8Linear:
    return Int8Linear(
        tensors[f"{name}.weight"],
        tensors[f"{name}.scales"],
        tensors.get(f"{name}.bias"),
        Activations(entry["kind"], float(entry["scale"]), int(entry["zero_point"])),
        tensors.get(f"{name}.smooth"),
    )


def _words(path: Path, model: SensorLM, tensors: Mapping[str, Tensor]) -> Int8Embedding:
    weight, scales = tensors.get(f"{WORDS}.weight"), tensors.get(f"{WORDS}.scales")
    table = None if model.text is None else model.text.token_embed
    fits = (
        table is not None and weight is not None and scales is not None
        and weight.shape == table.weight.shape and weight.dtype == torch.int8
        and scales.shape == weight.shape[:1] and scales.dtype == torch.float32
    )  # fmt: skip
    if not fits:
        raise CheckpointError(f"{path}: {WORDS} is described as int8 rows with float32 scales, its tensors are not.")
    assert weight is not None
    assert scales is not None
    return Int8Embedding(weight, scales)


def _fp8(name: str, tensors: Mapping[str, Tensor], entry: Mapping[str, Any]) -> Fp8Linear:
    weight, scales = tensors[f"{name}.weight"], tensors[f"{name}.scales"]
    return Fp8Linear(weight, scales, tensors.get(f"{name}.bias"), float(entry.get("scale", 0.0)))


def _fill(path: Path, model: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Hand the model its tensors without a copy, after checking that they are exactly the ones it needs."""
    wanted = {name: tuple(t.shape) for name, t in model.state_dict().items()}
    missing, unknown = sorted(set(wanted) - set(tensors)), sorted(set(tensors) - set(wanted))
    if missing or unknown:
        raise CheckpointError(f"{path}: tensors missing {missing[:4]}, not known {unknown[:4]}.")
    for name, shape in wanted.items():
        if tuple(tensors[name].shape) != shape:
            raise CheckpointError(f"{path}: tensor {name!r} has shape {tuple(tensors[name].shape)}, not {shape}.")
    model.load_state_dict(tensors, assign=True)
