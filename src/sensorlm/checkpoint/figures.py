"""Figures and what reads numbers as them in, two files of a checkpoint folder out; and back (see `banked`)."""

from dataclasses import dataclass
from pathlib import Path

from sensorlm.captions.figures import FigureBank
from sensorlm.checkpoint.banked import load_banked, save_banked
from sensorlm.model.figures import FigureReader

NAME = "figures"


@dataclass(frozen=True, kw_only=True, eq=False)
class Figures:
    """What figures a day has, and what reads a number in a text as one of them."""

    bank: FigureBank
    reader: FigureReader


def save_figures(folder: str | Path, figures: Figures) -> None:
    """Write figures.json and figures.safetensors into a checkpoint folder."""
    save_banked(folder, NAME, figures.bank, figures.reader)


def load_figures(folder: str | Path, width: int) -> Figures | None:
    """What `save_figures` wrote; None where the folder has none.

    Args:
        folder: of a checkpoint.
        width: of its text tower.

    Raises:
        CheckpointError: one file of the two, damaged files, or those of another text tower.
    """
    found = load_banked(
        folder, NAME, FigureBank.from_parts,
        lambda bank, state: FigureReader(width, len(bank), len(state["fc1.bias"])),
    )  # fmt: skip
    return None if found is None else Figures(bank=found[0], reader=found[1])
