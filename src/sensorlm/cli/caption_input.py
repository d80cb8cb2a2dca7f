"""A CSV or Parquet table of minutes in, days out: for `generate-captions`, which takes any table with channel names."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sensorlm.channels import ChannelSet
from sensorlm.errors import ReaderError
from sensorlm.records import MINUTES_PER_DAY, DayMatrix

UNITS = ("auto", "physical", "normalised")
TIME_COLUMNS = ("time", "timestamp", "datetime", "t")
PERSON_COLUMNS = ("person", "id", "subject", "participant")
MADE_UP_DATE = dt.date(2000, 1, 1)
# Days since 1970 that a date can be.
FIRST_DAY, LAST_DAY = ((date - dt.date(1970, 1, 1)).days for date in (dt.date.min, dt.date.max))
# Channels by which a table's units show: so far from 0 that no z-score could be mistaken for a physical value.
TELLING_MEAN, TELLING_RATIO = 20.0, 3.0
ROUNDING = 1e-4


@dataclass(frozen=True)
class TableDays:
    """Days of a table, and what was noticed in reading it."""

    days: list[DayMatrix]
    units: str
    """"physical" or "normalised"."""
    absent: tuple[str, ...]
    """Channels of the set that the table has no column for."""
    impossible: int
    """Values outside their channel's range, taken as missing."""


def read_days(path: Path, channel_set: ChannelSet, *, units: str = "auto", keep_impossible: bool = False) -> TableDays:
    """Days of a table whose columns are named as the channels of a set.

    With a time column, rows go to the minute and day it says. Without one, the rows are whole days of 1440 minutes.

    Raises:
        ReaderError: not a table, no rows, columns or units that do not fit, or rows that make no whole days.
    """
    if units not in UNITS:
        raise ReaderError(f"--units {units!r} does not exist. Use one of {', '.join(UNITS)}.")
    table = _read_table(path)
    columns, time, person = _roles(path, table, channel_set)
    if table.num_rows == 0:
        raise ReaderError(f"{path}: the table has columns and no rows. A day is 1440 rows, one a minute.")
    values = np.full((table.num_rows, len(channel_set)), np.nan, np.float32)
    for key, name in columns.items():
        values[:, channel_set.index(key)] = _numbers(path, table, name)
    values[~np.isfinite(values)] = np.nan
    found = _units(path, values, channel_set) if units == "auto" else units
    if found == "normalised":
        values = channel_set.denormalise(values)
    impossible = 0 if keep_impossible else _hide_impossible(values, channel_set)
    days = list(_days(path, table, values, channel_set, time, person))
    absent = tuple(key for key in channel_set.keys if key not in columns)
    return TableDays(days, found, absent, impossible)


def _read_table(path: Path) -> pa.Table:
    if not path.is_file():
        raise ReaderError(f"{path}: no such file. Give a CSV or Parquet file, or a dataset folder.")
    if path.stat().st_size == 0:
        raise ReaderError(f"{path}: the file is empty. Give a table with one row a minute.")
    try:
        return pq.read_table(path) if path.suffix.lower() in (".parquet", ".pq") else _read_csv(path)
    # OSError: what arrow says of pages that do not unpack.
    except (pa.ArrowInvalid, pa.ArrowKeyError, UnicodeDecodeError, OSError) as error:
        raise ReaderError(f"{path}: cannot be read as a table ({error}). Give CSV or Parquet.") from None


def _read_csv(path: Path) -> pa.Table:
    # In a table of one column a missing minute is an empty line.
    return pa_csv.read_csv(path, parse_options=pa_csv.ParseOptions(ignore_empty_lines=False))


def _roles(path: Path, table: pa.Table, channel_set: ChannelSet) -> tuple[dict[str, str], str | None, str | None]:
    """Channel key -> column, and the columns of time and person; the case of names does not matter."""
    twice = sorted({name for name in table.column_names if table.column_names.count(name) > 1})
    if twice:
        raise ReaderError(f"{path}: columns {twice} are named more than once. Rename them.")
    names = {name.strip().lower(): name for name in table.column_names}
    columns = {key: names[key.lower()] for key in channel_set.keys if key.lower() in names}
    time = next((names[name] for name in TIME_COLUMNS if name in names), None)
    person = next((names[name] for name in PERSON_COLUMNS if name in names), None)
    used = {*columns.values(), time, person}
    unknown = [name for name in table.column_names if name not in used and name.strip().lower() not in ("minute", "")]
    if not columns or unknown:
        missing = [key for key in channel_set.keys if key not in columns]
        raise ReaderError(
            f"{path}: columns {unknown or table.column_names} are no channels of set {channel_set.name!r}, which also "
            f"has {', '.join(missing[:6])}{' ...' if len(missing) > 6 else ''}. Rename or remove them; a time column "
            f"is called {' or '.join(TIME_COLUMNS)}, a person's {' or '.join(PERSON_COLUMNS)}."
        )
    return columns, time, person


def _numbers(path: Path, table: pa.Table, name: str) -> NDArray[np.float64]:
    try:
        return np.asarray(pc.cast(table[name], pa.float64()).to_numpy(), np.float64)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise ReaderError(
            f"{path}: column {name!r} holds something that is no number ({error}). Leave a missing minute empty."
        ) from None


def _units(path: Path, values: NDArray[np.float32], channel_set: ChannelSet) -> str:
    votes = set()
    for column, channel in enumerate(channel_set.channels):
        seen = values[:, column][~np.isnan(values[:, column])]
        if len(seen) and channel.mean >= TELLING_MEAN and channel.mean >= TELLING_RATIO * channel.std:
            votes.add("physical" if float(np.median(seen)) > 0.4 * channel.mean else "normalised")
    if len(votes) != 1:
        reason = "some columns look physical, others z-scored" if votes else "no column tells"
        raise ReaderError(f"{path}: the units cannot be made out ({reason}). Say --units physical or normalised.")
    return votes.pop()


def _hide_impossible(values: NDArray[np.float32], channel_set: ChannelSet) -> int:
    """Take values outside their channel's range as missing, in place; returns how many."""
    low, high, std = (np.array([getattr(c, name) for c in channel_set.channels]) for name in ("low", "high", "std"))
    # A 0 that was z-scored and back is -1e-9: what rounding did is put right, not called impossible.
    slack = ROUNDING * std
    impossible = (values < low - slack) | (values > high + slack)
    values[impossible] = np.nan
    np.clip(values, low, high, out=values)
    return int(impossible.sum())


def _days(
    path: Path, table: pa.Table, values: NDArray[np.float32], channel_set: ChannelSet, time: str | None,
    person: str | None,
) -> Iterator[DayMatrix]:  # fmt: skip
    who = table[person].to_pylist() if person else ["1"] * len(values)
    if time is None:
        if len(values) % MINUTES_PER_DAY:
            raise ReaderError(
                f"{path}: {len(values)} rows are no whole days of {MINUTES_PER_DAY} minutes. Add missing minutes "
                f"as empty rows, or a column {TIME_COLUMNS[0]!r} that says when each row was."
            )
        for i in range(len(values) // MINUTES_PER_DAY):
            first = i * MINUTES_PER_DAY
            block = values[first : first + MINUTES_PER_DAY]
            yield _day(path, block, channel_set, str(who[first]), MADE_UP_DATE + dt.timedelta(days=i))
        return
    stamps = _minutes(path, table, time)
    groups: dict[tuple[str, int], list[int]] = {}
    for row, (name, stamp) in enumerate(zip(who, stamps.tolist(), strict=True)):
        groups.setdefault((str(name), stamp // MINUTES_PER_DAY), []).append(row)
    for (name, number), rows in sorted(groups.items()):
        block = np.full((MINUTES_PER_DAY, len(channel_set)), np.nan, np.float32)
        minutes = stamps[rows] % MINUTES_PER_DAY
        if len(set(minutes.tolist())) < len(rows):
            raise ReaderError(f"{path}: person {name!r} has two rows for one minute. Keep one row a minute.")
        block[minutes] = values[rows]
        yield _day(path, block, channel_set, name, dt.date(1970, 1, 1) + dt.timedelta(days=number))


def _minutes(path: Path, table: pa.Table, time: str) -> NDArray[np.int64]:
    """(n,) local minutes since 1970 of a time column."""
    try:
        stamps = pc.cast(table[time], pa.timestamp("s"), safe=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise ReaderError(
            f"{path}: column {time!r} is not read as times ({error}). Write them as 2024-01-31 23:10:00."
        ) from None
    if stamps.null_count:
        raise ReaderError(f"{path}: column {time!r} is empty in {stamps.null_count} rows. Give every row its time.")
    seconds = np.asarray(pc.cast(stamps, pa.int64()).to_numpy(), np.int64)
    wild = (seconds // 86400 < FIRST_DAY) | (seconds // 86400 > LAST_DAY)
    if wild.any():
        raise ReaderError(
            f"{path}: column {time!r} holds {seconds[wild][0]}, read as seconds since 1970, which no calendar has. "
            "Write times as 2024-01-31 23:10:00."
        )
    return seconds // 60


def _day(path: Path, block: NDArray[np.float32], channel_set: ChannelSet, person: str, date: dt.date) -> DayMatrix:
    return DayMatrix(
        values=block, observed=~np.isnan(block), channel_keys=channel_set.keys, person=person, date=date,
        dataset=path.stem,
    )  # fmt: skip
