"""A bank of what can be measured of days and the network that reads texts as it, two files of a folder out; and back.

NAME.json says what is in the bank, NAME.safetensors holds its arrays, and the network's weights as float16. A
checkpoint without them is whole.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar, runtime_checkable

import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from sensorlm.errors import CheckpointError, RecordError
from sensorlm.files import replacing, write_json

READER = "reader."


@runtime_checkable
class Bank(Protocol):
    """What is kept beside a reader."""

    def to_json(self) -> dict[str, Any]: ...  # noqa: D102

    def arrays(self) -> Mapping[str, NDArray[Any]]: ...  # noqa: D102


AnyBank = TypeVar("AnyBank", bound=Bank)
AnyReader = TypeVar("AnyReader", bound=nn.Module)


def save_banked(folder: str | Path, name: str, bank: Bank, reader: nn.Module) -> None:
    """Write both files into a checkpoint folder."""
    arrays = {key: torch.from_numpy(array) for key, array in bank.arrays().items()}
    state = {READER + key: t.detach().cpu().half().contiguous() for key, t in reader.state_dict().items()}
    with replacing(Path(folder) / f"{name}.safetensors") as temporary:
        save_file(arrays | state, temporary)
    write_json(Path(folder) / f"{name}.json", bank.to_json())


def load_banked(
    folder: str | Path, name: str, bank_of: Callable[[Mapping[str, Any], Mapping[str, NDArray[Any]]], AnyBank],
    reader_of: Callable[[AnyBank, Mapping[str, Tensor]], AnyReader],
) -> tuple[AnyBank, AnyReader] | None:  # fmt: skip
    """What `save_banked` wrote; None where the folder has none.

    Args:
        folder: of a checkpoint.
        name: of both files.
        bank_of: makes the bank of its JSON and arrays.
        reader_of: makes a reader of the shapes of its weights, which are then loaded.

    Raises:
        CheckpointError: one file of the two, damaged files, or those of another text tower.
    """
    words, weights = Path(folder) / f"{name}.json", Path(folder) / f"{name}.safetensors"
    if not words.is_file() and not weights.is_file():
        return None
    try:
        tensors = load_file(weights)
        data = json.loads(words.read_text(encoding="utf-8"))
        bank = bank_of(data, {key: t.numpy() for key, t in tensors.items() if not key.startswith(READER)})
        state = {key.removeprefix(READER): t.float() for key, t in tensors.items() if key.startswith(READER)}
        reader = reader_of(bank, state)
        reader.load_state_dict(state)
    except (OSError, ValueError, KeyError, AttributeError, RuntimeError, SafetensorError, RecordError) as error:
        raise CheckpointError(
            f"{folder}: {words.name} and {weights.name} cannot be read together ({str(error)[:200]}). Copy both again, "
            "or delete both: the model works without."
        ) from None
    return bank, reader.eval()
