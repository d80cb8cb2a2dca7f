"""Weights in, a quarter of their bytes out: matrices stored as int8 with one scale a row, made float again when loaded.

Storage only: the model computes in floats, as before. A row is an output of a linear layer or a word of a table, and
each keeps its own largest value, so rare words lose no more than frequent ones. Layers that compute in int8 are the
quantize room's.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from sensorlm.checkpoint.folder import build
from sensorlm.checkpoint.pretrained import SensorLM
from sensorlm.config.model import ModelConfig
from sensorlm.errors import CheckpointError

SECTION = "stored"
SCALE = ".row_scale"
LEAST = 4096
"""Smaller tensors stay as they are: norms, biases, probes."""


def pack_rows(state: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Tensors to store, and the section of config.json that says how.

    Args:
        state: a model's float tensors.

    Returns:
        (tensors, sections) for `save_checkpoint`.

    Raises:
        CheckpointError: a weight is not finite.
    """
    tensors: dict[str, Tensor] = {}
    packed = []
    for name, tensor in state.items():
        if tensor.ndim < 2 or tensor.numel() < LEAST:
            tensors[name] = tensor.half() if tensor.ndim else tensor.float()
            continue
        rows = tensor.float().reshape(len(tensor), -1)
        if not bool(rows.isfinite().all()):
            raise CheckpointError(f"tensor {name!r} holds values that are not finite. Store a model that is whole.")
        scale = rows.abs().amax(1).div(127).clamp(min=1e-12)
        tensors[name] = rows.div(scale[:, None]).round().to(torch.int8).view(tensor.shape)
        tensors[name + SCALE] = scale
        packed.append(name)
    return tensors, {SECTION: {"rows8": packed}}


def load_model(folder: Path, config: ModelConfig, section: Any, device: str | torch.device) -> SensorLM:  # noqa: ANN401
    """The model of a folder whose config.json has a "stored" section, its weights float again.

    Raises:
        CheckpointError: the file is damaged, or is not what the section says.
    """
    path = folder / "model.safetensors"
    try:
        tensors = load_file(path)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path}: cannot be read as safetensors ({error}). Copy the checkpoint again.") from None
    names = section.get("rows8") if isinstance(section, dict) else None
    if not isinstance(names, list):
        raise CheckpointError(f"{folder}: config.json's section {SECTION!r} names no rows8 tensors.")
    for name in names:
        values, scale = tensors.get(name), tensors.pop(f"{name}{SCALE}", None)
        if values is None or scale is None or values.dtype != torch.int8 or scale.shape != values.shape[:1]:
            raise CheckpointError(f"{path}: tensor {name!r} is not int8 rows with a scale each. Copy it again.")
        tensors[name] = values.float() * scale.float().view(-1, *[1] * (values.ndim - 1))
    return build(config, {name: tensor.float() for name, tensor in tensors.items()}, device)
