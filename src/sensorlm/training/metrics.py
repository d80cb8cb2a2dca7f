"""Numbers of a step in; metrics.jsonl, speed.jsonl and TensorBoard out.

metrics.jsonl holds what the seed determines: a resumed run's file is the uninterrupted run's, byte for byte. What a
clock measures (days a second, minutes) goes to speed.jsonl.
"""

import importlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sensorlm.errors import ConfigError
from sensorlm.files import write_text

METRICS, SPEED = "metrics.jsonl", "speed.jsonl"


class Metrics:
    """The files of one run, opened to go on after `step` updates."""

    def __init__(self, folder: Path, *, step: int, report_to: str = "") -> None:
        for name in (METRICS, SPEED):
            kept = [line for line in read_lines(folder / name) if line["step"] <= step]
            write_text(folder / name, "".join(_line(entry) for entry in kept))
        self._files = {name: (folder / name).open("a", encoding="utf-8") for name in (METRICS, SPEED)}
        self._board = _board(folder) if report_to == "tensorboard" else None

    def write(self, step: int, values: Mapping[str, Any], *, file: str = METRICS) -> None:
        """One line, out of this process at once: SIGKILL loses nothing already written."""
        self._files[file].write(_line({"step": step, **values}))
        self._files[file].flush()
        if self._board is not None:
            for name, value in values.items():
                self._board.add_scalar(name, value, step)

    def sync(self) -> None:
        """To the disk, before a checkpoint relies on it."""
        for file in self._files.values():
            os.fsync(file.fileno())

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()
        if self._board is not None:
            self._board.close()


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a file; a torn last one, from a killed process, is left out."""
    if not path.exists():
        return []
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            lines.append(json.loads(text))
        except json.JSONDecodeError:
            break
    return lines


def _line(values: Mapping[str, Any]) -> str:
    return json.dumps(values) + "\n"


def _board(folder: Path) -> Any:  # noqa: ANN401
    try:
        return importlib.import_module("torch.utils.tensorboard").SummaryWriter(str(folder / "tensorboard"))
    except ImportError:
        raise ConfigError("report_to='tensorboard' needs tensorboard: pip install 'sensorlm[train]'.") from None
