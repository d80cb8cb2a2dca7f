"""Figures and what reads numbers as them in, two files of a checkpoint folder out; and back.

`figures.json` says what the figures are, `figures.safetensors` holds how they spread over many people's days and the
weights of the reader. A checkpoint without them is whole.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from sensorlm.captions.figures import ARRAYS, FigureBank
from sensorlm.errors import CheckpointError, RecordError
from sensorlm.files import replacing, write_json
from sensorlm.model.figures import FigureReader

NAMES, WEIGHTS = "figures.json", "figures.safetensors"
READER = "reader."


@dataclass(frozen=True, kw_only=True, eq=False)
class Figures:
    """What figures a day has, and what reads a number in a text as one of them."""

    bank: FigureBank
    reader: FigureReader


def save_figures(folder: str | Path, figures: Figures) -> None:
    """Write both files into a checkpoint folder; the reader as float16."""
    arrays = {name: torch.from_numpy(array) for name, array in figures.bank.arrays().items()}
    reader = {READER + name: t.detach().cpu().half().contiguous() for name, t in figures.reader.state_dict().items()}
    with replacing(Path(folder) / WEIGHTS) as temporary:
        save_file(arrays | reader, temporary)
    write_json(Path(folder) / NAMES, figures.bank.to_json())


def load_figures(folder: str | Path, width: int) -> Figures | None:
    """What `save_figures` wrote; None where the folder has none.

    Args:
        folder: of a checkpoint.
        width: of its text tower.

    Raises:
        CheckpointError: one file of the two, damaged files, or those of another text tower.
    """
    names, weights = Path(folder) / NAMES, Path(folder) / WEIGHTS
    if not names.is_file() and not weights.is_file():
        return None
    try:
        tensors = load_file(weights)
        data = json.loads(names.read_text(encoding="utf-8"))
        bank = FigureBank.from_parts(data, {n: tensors.pop(n).numpy() for n in ARRAYS if n in tensors})
        state = {name.removeprefix(READER): tensor.float() for name, tensor in tensors.items()}
        reader = FigureReader(width, len(bank), len(state["fc1.bias"]))
        reader.load_state_dict(state)
    except (OSError, ValueError, KeyError, AttributeError, RuntimeError, SafetensorError, RecordError) as error:
        raise CheckpointError(
            f"{folder}: {NAMES} and {WEIGHTS} cannot be read together ({str(error)[:200]}). Copy both again, or delete "
            "both: the model works without."
        ) from None
    return Figures(bank=bank, reader=reader.eval())
