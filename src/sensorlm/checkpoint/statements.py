"""Statements and what reads them in, two files of a checkpoint folder out; and back.

`statements.json` says what each statement is, `statements.safetensors` holds its bounds, how it holds of many people's
days, and the weights of the reader. A checkpoint without them is whole.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from sensorlm.captions.bank import ARRAYS, StatementBank
from sensorlm.errors import CheckpointError, RecordError
from sensorlm.files import replacing, write_json
from sensorlm.model.statements import StatementReader

WORDS, WEIGHTS = "statements.json", "statements.safetensors"
READER = "reader."


@dataclass(frozen=True, kw_only=True, eq=False)
class Statements:
    """What can be measured of a day, and what reads a text as it."""

    bank: StatementBank
    reader: StatementReader


def save_statements(folder: str | Path, statements: Statements) -> None:
    """Write both files into a checkpoint folder; floats of the reader and the days' statistics as float16."""
    arrays = {name: torch.from_numpy(array) for name, array in statements.bank.arrays().items()}
    reader = {READER + name: t.detach().cpu().half().contiguous() for name, t in statements.reader.state_dict().items()}
    with replacing(Path(folder) / WEIGHTS) as temporary:
        save_file(arrays | reader, temporary)
    write_json(Path(folder) / WORDS, statements.bank.to_json())


def load_statements(folder: str | Path, width: int) -> Statements | None:
    """What `save_statements` wrote; None where the folder has none.

    Args:
        folder: of a checkpoint.
        width: of its text tower's features.

    Raises:
        CheckpointError: one file of the two, damaged files, or those of another text tower.
    """
    words, weights = Path(folder) / WORDS, Path(folder) / WEIGHTS
    if not words.is_file() and not weights.is_file():
        return None
    try:
        tensors = load_file(weights)
        data = json.loads(words.read_text(encoding="utf-8"))
        bank = StatementBank.from_parts(data, {n: tensors.pop(n).numpy() for n in ARRAYS if n in tensors})
        state = {name.removeprefix(READER): tensor.float() for name, tensor in tensors.items()}
        reader = StatementReader(width, len(bank), state["key"].shape[1])
        reader.load_state_dict(state)
    except (OSError, ValueError, KeyError, AttributeError, RuntimeError, SafetensorError, RecordError) as error:
        raise CheckpointError(
            f"{folder}: {WORDS} and {WEIGHTS} cannot be read together ({str(error)[:200]}). Copy both again, or delete "
            "both: the model works without."
        ) from None
    return Statements(bank=bank, reader=reader.eval())
