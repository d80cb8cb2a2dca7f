"""A path in, days to ask out: a dataset folder (read row by row), a table of minutes, or a vendor's export."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, overload

import numpy as np

from sensorlm.errors import ConfigError
from sensorlm.records import MINUTES_PER_DAY, Caption, DayMatrix

if TYPE_CHECKING:
    from sensorlm.channels import ChannelSet
    from sensorlm.store import Dataset

TABLES = (".csv", ".parquet", ".pq")
GENERIC = ("csv", "parquet")
"""Readers of tables whose columns are named as channels."""


class StoredDays(Sequence[DayMatrix]):
    """Rows of a dataset as a sequence that reads a day when it is asked for."""

    def __init__(self, dataset: "Dataset", rows: Sequence[int]) -> None:
        self.dataset, self.rows = dataset, list(rows)

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> DayMatrix: ...
    @overload
    def __getitem__(self, index: slice) -> "StoredDays": ...
    def __getitem__(self, index: int | slice) -> "DayMatrix | StoredDays":
        if isinstance(index, slice):
            return StoredDays(self.dataset, self.rows[index])
        return self.dataset.day(self.rows[index])

    def __iter__(self) -> Iterator[DayMatrix]:
        return (self.dataset.day(row) for row in self.rows)


@dataclass(frozen=True, kw_only=True)
class DaySource:
    """Days and where they came from."""

    name: str
    days: Sequence[DayMatrix]
    dataset: "Dataset | None" = None
    """Where captions and splits can be asked; None for tables and exports."""

    def rows(self, split: str | None) -> list[int]:
        """Positions in `days` of a split.

        Raises:
            ConfigError: these days are of no dataset, so nobody decided who is held out.
        """
        if split is None:
            return list(range(len(self.days)))
        if self.dataset is None:
            raise ConfigError(f"{self.name}: only a dataset folder has splits. Import it first (sensorlm import).")
        return [int(row) for row in self.dataset.rows(split)]

    def captions(self, position: int, key: str) -> list[Caption]:
        """Stored captions of a day; none where the days are of no dataset."""
        return self.dataset.captions(position, key).get(key, []) if self.dataset is not None else []


def open_days(path: Path, channel_set: "ChannelSet") -> DaySource:
    """Days of a dataset folder, a CSV or Parquet table of minutes, or an export that a reader knows.

    Raises:
        ConfigError: nothing is there, or not one day.
        SensorLMError: what is there cannot be read.
    """
    from sensorlm.store import is_dataset, open_dataset

    if not path.exists():
        raise ConfigError(f"{path}: no such file or folder. Give a dataset folder, a table of minutes or an export.")
    if is_dataset(path):
        dataset = open_dataset(path)
        source = DaySource(name=path.name or str(path), days=StoredDays(dataset, range(len(dataset))), dataset=dataset)
    elif path.suffix.lower() in TABLES and not _is_vendors(path) and _has_channels(path, channel_set):
        from sensorlm.cli.caption_input import read_days

        source = DaySource(name=path.name, days=read_days(path, channel_set).days)
    else:
        from sensorlm.cli.importing import Importing
        from sensorlm.readers import read

        run = Importing(channel_set)
        source = DaySource(name=path.name, days=list(run.days(read("auto", path, report=run.reading))))
        if run.refused and not source.days:
            raise ConfigError(f"{path}: no day can be made of it:\n" + "\n".join(run.refused))
    if not len(source.days):
        raise ConfigError(f"{path}: there is not one day in it. Give days, e.g. what `sensorlm import` wrote.")
    return source


def _is_vendors(path: Path) -> bool:
    """Whether a reader of one vendor knows the file: it may have a column named as a channel and yet mean another."""
    from sensorlm.readers import READERS

    return any(reader.detect(path) for name, reader in READERS.items() if name not in GENERIC)


def _has_channels(path: Path, channel_set: "ChannelSet") -> bool:
    """Whether a table's columns are named as channels; other tables are a reader's business.

    Raises:
        ReaderError: it is called Parquet and is none.
    """
    from sensorlm.readers.tables import parquet_columns

    if path.suffix.lower() == ".csv":
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            names = file.readline().strip().split(",")
    else:
        names = parquet_columns(path)
    found = {name.strip().strip('"').lower() for name in names}
    return bool(found & {key.lower() for key in channel_set.keys})


def read_window(text: str | None) -> tuple[int, int] | None:
    """(start, end) minutes of "10:00-11:00"; None stays None.

    Raises:
        ConfigError: not two clock times of one day, start before end.
    """
    if text is None:
        return None
    try:
        start, end = (int(h) * 60 + int(m) for h, m in (part.strip().split(":") for part in text.split("-")))
    except ValueError:
        raise ConfigError(f"--window {text!r} is no window. Write it as 10:00-11:00.") from None
    if not 0 <= start < end <= MINUTES_PER_DAY or np.any([int(p.split(":")[1]) > 59 for p in text.split("-")]):
        raise ConfigError(f"--window {text!r} must lie between 00:00 and 24:00, start before end.")
    return start, end


def device_name(cpu: bool) -> str:
    """Where to run: the GPU where there is one, unless --cpu is given."""
    import torch

    return "cuda" if torch.cuda.is_available() and not cpu else "cpu"
