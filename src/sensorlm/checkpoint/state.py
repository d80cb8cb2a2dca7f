"""A nested training state (optimiser, RNG, data position) in, safetensors and JSON out; and back, without pickle.

Tensors go to one safetensors file under the path where they were found; JSON keeps the nesting and points at them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sensorlm.errors import CheckpointError

TENSOR, ITEMS, ARRAY = "__tensor__", "__items__", "__array__"


def split(state: Any) -> tuple[Any, dict[str, Tensor]]:  # noqa: ANN401
    """(JSON-ready structure, tensors by path) of nested dicts, lists, tensors, arrays and plain values.

    Tuples become lists. Keys that are no text (an optimiser numbers its parameters) are kept as they are.

    Raises:
        CheckpointError: a value that neither JSON nor safetensors can hold.
    """
    tensors: dict[str, Tensor] = {}
    return _split(state, "state", tensors), tensors


def join(structure: Any, tensors: Mapping[str, Tensor]) -> Any:  # noqa: ANN401
    """What `split` took apart.

    Raises:
        CheckpointError: the structure points at a tensor that is not there.
    """
    if isinstance(structure, list):
        return [join(value, tensors) for value in structure]
    if not isinstance(structure, dict):
        return structure
    for mark in (TENSOR, ARRAY):
        if set(structure) == {mark}:
            name = structure[mark]
            if name not in tensors:
                raise CheckpointError(f"training state: tensor {name!r} is missing. The checkpoint is damaged.")
            return tensors[name] if mark == TENSOR else tensors[name].numpy()
    if set(structure) == {ITEMS}:
        return {key: join(value, tensors) for key, value in structure[ITEMS]}
    return {key: join(value, tensors) for key, value in structure.items()}


def _split(node: Any, path: str, tensors: dict[str, Tensor]) -> Any:  # noqa: ANN401
    if isinstance(node, Tensor):
        # A copy of its own: safetensors refuses tensors that share memory.
        tensors[path] = node.detach().to("cpu", copy=True).contiguous()
        return {TENSOR: path}
    if isinstance(node, np.ndarray):
        tensors[path] = torch.from_numpy(node.copy())
        return {ARRAY: path}
    if isinstance(node, np.generic):
        return node.item()
    if isinstance(node, Mapping):
        parts = {key: _split(value, f"{path}/{key}", tensors) for key, value in node.items()}
        return parts if all(isinstance(key, str) for key in parts) else {ITEMS: [[k, v] for k, v in parts.items()]}
    if isinstance(node, Sequence) and not isinstance(node, str | bytes):
        return [_split(value, f"{path}/{i}", tensors) for i, value in enumerate(node)]
    if node is None or isinstance(node, bool | int | float | str):
        return node
    raise CheckpointError(
        f"training state: {path} is a {type(node).__name__}, which neither JSON nor safetensors holds. "
        "Give numbers, texts, tensors, arrays, dicts and lists."
    )
