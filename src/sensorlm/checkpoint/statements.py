"""Statements and what reads texts as them in, two files of a checkpoint folder out; and back (see `banked`)."""

from dataclasses import dataclass
from pathlib import Path

from sensorlm.captions.bank import StatementBank
from sensorlm.checkpoint.banked import load_banked, save_banked
from sensorlm.model.statements import StatementReader

NAME = "statements"


@dataclass(frozen=True, kw_only=True, eq=False)
class Statements:
    """What can be measured of a day, and what reads a text as it."""

    bank: StatementBank
    reader: StatementReader


def save_statements(folder: str | Path, statements: Statements) -> None:
    """Write statements.json and statements.safetensors into a checkpoint folder."""
    save_banked(folder, NAME, statements.bank, statements.reader)


def load_statements(folder: str | Path, width: int) -> Statements | None:
    """What `save_statements` wrote; None where the folder has none.

    Args:
        folder: of a checkpoint.
        width: of its text tower's features.

    Raises:
        CheckpointError: one file of the two, damaged files, or those of another text tower.
    """
    found = load_banked(
        folder, NAME, StatementBank.from_parts,
        lambda bank, state: StatementReader(width, len(bank), state["key"].shape[1]),
    )  # fmt: skip
    return None if found is None else Statements(bank=found[0], reader=found[1])
