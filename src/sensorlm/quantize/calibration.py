"""A dataset of days (or a Parquet file of minutes) in, batches for calibration and held-out rows out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from numpy.typing import NDArray

from sensorlm.batching import to_tensors
from sensorlm.channels import ChannelSet
from sensorlm.errors import QuantizationError
from sensorlm.quantize.convert import CalibrationBatch
from sensorlm.records import MINUTES_PER_DAY
from sensorlm.store import Dataset, is_dataset, open_dataset
from sensorlm.tokenizer import CaptionTokenizer


@dataclass(frozen=True)
class Days:
    """Days to calibrate on and days to judge on, by people who do not overlap where the dataset names people."""

    channel_set: ChannelSet
    calibration: NDArray[np.int64]
    held_out: NDArray[np.int64]
    dataset: Dataset | None = None
    minutes: NDArray[np.float32] | None = None
    """(n, 1440, c) where a plain Parquet file was given."""

    def values(self, rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """(b, 1440, c) in channel units, NaN where missing."""
        if self.dataset is not None:
            return self.dataset.values(rows)
        assert self.minutes is not None
        chosen: NDArray[np.float32] = self.minutes[np.asarray(rows)]
        return chosen

    def person(self, row: int) -> str:
        """Whose day it is; every day of a plain file is a person of its own."""
        return self.dataset.person(row) if self.dataset is not None else f"row {row}"

    def caption(self, row: int) -> str:
        """The first caption of a day, or "" where there is none."""
        if self.dataset is None:
            return ""
        return next((c.text for captions in self.dataset.captions(row).values() for c in captions), "")


def open_days(path: str | Path, channel_set: ChannelSet | None, held_out: int = 100) -> Days:
    """Days from a dataset folder, or from a Parquet file with a column a channel and 1440 rows a day.

    Args:
        path: folder or file.
        channel_set: the model's; None takes the dataset's.
        held_out: at most so many days are judged on.

    Raises:
        QuantizationError: neither, or its channels are not the model's, or no day is in it.
    """
    path = Path(path)
    if is_dataset(path):
        dataset = open_dataset(path)
        found, minutes = dataset.channel_set, None
        people = [dataset.person(row) for row in range(len(dataset))]
        train = dataset.rows("train")
        judged = np.setdiff1d(np.arange(len(dataset)), train)
    elif path.is_file():
        if channel_set is None:
            raise QuantizationError(f"{path}: the checkpoint names no channels, so columns cannot be matched.")
        dataset, found = None, channel_set
        minutes = _minutes(path, channel_set)
        people, train, judged = [""] * len(minutes), np.arange(len(minutes)), np.array([], np.int64)
    else:
        raise QuantizationError(f"{path}: there is no dataset folder or Parquet file. Make one with `sensorlm import`.")
    if channel_set is not None and found.keys != channel_set.keys:
        raise QuantizationError(f"{path}: channels are those of {found.name!r}, the model wants {channel_set.name!r}.")
    if not people:
        raise QuantizationError(f"{path}: holds no day to calibrate on. Import at least one.")
    if not len(judged) or not len(train):  # one split is empty: the last fifth of the days is held out
        everything = np.arange(len(people))
        cut = max(1, len(everything) * 4 // 5)
        train, judged = everything[:cut], everything[cut:] if cut < len(everything) else everything
    return Days(found, train, spread(judged, held_out), dataset, minutes)


def spread(rows: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """`count` of the rows, evenly spaced, so that they come from many people."""
    if len(rows) <= count:
        return rows
    chosen: NDArray[np.int64] = rows[np.linspace(0, len(rows) - 1, count).round().astype(np.int64)]
    return chosen


def _minutes(path: Path, channel_set: ChannelSet) -> NDArray[np.float32]:
    try:
        table = pq.read_table(path, columns=None)
    except (pa.ArrowException, OSError) as error:
        raise QuantizationError(f"{path}: cannot be read as Parquet ({error}).") from None
    missing = [key for key in channel_set.keys if key not in table.column_names]
    if missing:
        raise QuantizationError(f"{path}: has no column {missing[0]!r} ({len(missing)} of {len(channel_set)} missing).")
    if table.num_rows % MINUTES_PER_DAY or not table.num_rows:
        raise QuantizationError(f"{path}: {table.num_rows} rows are no whole number of days of 1440 minutes.")
    try:
        columns = [table[key].cast(pa.float32()).to_numpy() for key in channel_set.keys]
    except pa.ArrowException as error:
        raise QuantizationError(f"{path}: a channel's column holds no numbers ({error}).") from None
    return np.stack(columns, 1).astype(np.float32).reshape(-1, MINUTES_PER_DAY, len(columns))


def batches(
    days: Days,
    rows: NDArray[np.int64],
    batch_size: int,
    tokenizer: CaptionTokenizer | None = None,
    context_length: int = 64,
) -> Iterator[CalibrationBatch]:
    """The rows as z-scored batches; with captions as ids where there is a tokenizer and every day has one."""
    for start in range(0, len(rows), batch_size):
        chosen = rows[start : start + batch_size]
        values, observed = to_tensors(days.values(chosen), days.channel_set)
        texts = [days.caption(int(row)) for row in chosen]
        ids = None
        if tokenizer is not None and all(texts):
            ids = torch.from_numpy(tokenizer.encode(texts, context_length))
        yield CalibrationBatch(values, observed, ids)
