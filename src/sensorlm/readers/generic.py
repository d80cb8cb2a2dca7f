"""A CSV or Parquet table with columns that are channels in, one MinuteTable a person out (see `readers.mapping`).

A table without a time column is read as whole days of 1440 rows from 2000-01-01 on, which is what the reference's
34-column files are. Values may be physical or normalised (z-scores of the channel); where nobody says which, channels
that are never negative decide: a table with negative ones is normalised.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sensorlm.errors import ReaderError
from sensorlm.readers.base import Reader, ReadOptions, collector, files_under, table_of
from sensorlm.readers.collect import Collector
from sensorlm.readers.mapping import UNIT_CHOICES, Mapping_, guess_mapping, load_mapping
from sensorlm.readers.report import ReadReport
from sensorlm.readers.tables import Batch, csv_batches, parquet_batches, parquet_columns, read_header, require
from sensorlm.readers.times import UNITS, Times, load_zone, offsets, parse_times
from sensorlm.records import MINUTES_PER_DAY, MinuteTable

CSV, PARQUET = (".csv", ".csv.gz", ".tsv", ".txt"), (".parquet", ".pq")
FIRST_DAY = 10957 * 86400  # 2000-01-01
DETECT_CHANNELS = 2


def read_csv(path: Path, options: ReadOptions, report: ReadReport) -> Iterator[MinuteTable]:
    """Read one CSV, or every CSV of a folder.

    Raises:
        ReaderError: no such file, columns the mapping names are not there, or nothing says what they mean.
    """
    return _read(path, CSV, options, report)


def read_parquet(path: Path, options: ReadOptions, report: ReadReport) -> Iterator[MinuteTable]:
    """Read one Parquet file, or every Parquet file of a folder; errors as `read_csv`."""
    return _read(path, PARQUET, options, report)


def _read(path: Path, suffixes: tuple[str, ...], options: ReadOptions, report: ReadReport) -> Iterator[MinuteTable]:
    files = [path] if path.is_file() else files_under(path, *suffixes)
    if not files:
        raise ReaderError(f"{path}: no file that ends in {', '.join(suffixes)}. Give a file or another reader.")
    if options.units not in UNIT_CHOICES:
        raise ReaderError(f'units {options.units!r}: use "physical" or "normalised".')
    given = load_mapping(options.mapping) if options.mapping else None
    collected = collector(options, report)
    epochs: dict[str, int] = {}
    mapping = given or Mapping_()
    for file in files:
        names = _names(file, suffixes)
        mapping = given or guess_mapping(names, file)
        mapping = replace(mapping, units=options.units or mapping.units, zone=options.zone or mapping.zone)
        named = [n for n in (mapping.time_column, mapping.person_column, *mapping.columns) if n]
        require(names, named, file, "the mapping" if given else "the table")
        if unknown := [n for n in names if n not in {*named, *mapping.ignore}]:
            report.unknown_columns[file.name] = unknown
        epochs |= {r.channel: r.epoch_minutes for r in mapping.columns.values()}
        _add_file(file, suffixes, named, mapping, collected, report)
    zone = mapping.zone or "local"
    for minutes in collected.people_minutes():
        yield table_of(
            minutes, dataset=options.dataset or mapping.dataset or path.name.split(".")[0], device=mapping.device,
            zone=zone, report=report, events=[], logged=frozenset(), epochs=epochs,
        )  # fmt: skip


def _names(file: Path, suffixes: tuple[str, ...]) -> list[str]:
    return parquet_columns(file) if suffixes == PARQUET else read_header(file)[0]


def _add_file(
    file: Path, suffixes: tuple[str, ...], named: list[str], mapping: Mapping_, collected: Collector, report: ReadReport
) -> None:
    batches = (
        parquet_batches(file, report, wanted=named) if suffixes == PARQUET else csv_batches(file, report, wanted=named)
    )
    done, normalised = 0, mapping.units == "normalised"
    for number, batch in enumerate(batches):
        if number == 0 and not mapping.units:
            normalised = _looks_normalised(batch, mapping)
            report.note(
                f"{file.name}: values taken as {'z-scores' if normalised else 'physical units'} (--units overrules)"
            )
        times, done = _times(batch, mapping, report, done)
        person = _people(batch, file, mapping, collected, len(times.second))
        report.count_rows("rows without a person", person < 0, batch.source, batch.rows)
        who = np.where(times.valid, person, -1).astype(np.int32)
        collected.watch_order(batch.source, who[times.valid], times.second[times.valid], batch.rows[times.valid])
        _add_columns(batch, times, who, mapping, collected, report, normalised)
    if not mapping.time_column and done % MINUTES_PER_DAY:
        report.count("tables whose rows are no whole days of 1440 minutes", 1, [f"{file.name}: {done} rows"])


def _add_columns(
    batch: Batch, times: Times, who: NDArray[np.int32], mapping: Mapping_, collected: Collector, report: ReadReport,
    normalised: bool,
) -> None:  # fmt: skip
    for name, rule in mapping.columns.items():
        channel = mapping.channels.get(rule.channel)
        if channel is None:
            raise ReaderError(
                f"column {name!r} is mapped to {rule.channel!r}, which is no channel. Describe it in a JSON file and "
                'name that as "channel_set" in the mapping.'
            )
        how: dict[str, Any] = {"samples": rule.samples, "epoch": rule.epoch_minutes, "channel": channel}
        value = batch.numbers(name, report) * rule.scale + rule.shift
        if normalised:
            value = value * channel.std + channel.mean
            value = np.maximum(value, 0) if channel.clamp_zero else value
        column = collected.column(rule.channel, **how)
        collected.add(column, who, times.second, value, times.offset, source=batch.source, rows=batch.rows)


def _times(batch: Batch, mapping: Mapping_, report: ReadReport, done: int) -> tuple[Times, int]:
    number = len(batch.rows)
    if mapping.time_column:
        cells, formats = batch.columns[mapping.time_column], mapping.time_formats
        zone = mapping.zone or "local"
        if formats[0] not in UNITS and _is_number(cells.type):
            raise ReaderError(
                f"{batch.source}: time column {mapping.time_column!r} holds numbers. Say in a mapping file what they "
                f"count since 1970: {', '.join(UNITS)}."
            )
        times = parse_times(cells, formats, report, zone=zone, source=batch.source, rows=batch.rows)
        if number and not times.valid.any():
            raise ReaderError(
                f"{batch.source}: no time in column {mapping.time_column!r} can be read (first: "
                f'{cells[0].as_py()!r}). Give its "format" in a mapping file; tried: {", ".join(formats)}.'
            )
        return times, done + number
    wall = FIRST_DAY + 60 * np.arange(done, done + number, dtype=np.int64)
    info = load_zone(mapping.zone or "local")
    shift = np.zeros(number, np.int16) if info is None else offsets(wall, info)
    return Times(wall - 60 * shift.astype(np.int64), shift, np.ones(number, np.bool_)), done + number


def _people(batch: Batch, file: Path, mapping: Mapping_, collected: Collector, number: int) -> NDArray[np.int32]:
    if mapping.person_column:
        return collected.codes(batch.columns[mapping.person_column])
    name = mapping.person_value or (file.name.split(".")[0] if mapping.person_is_file else "1")
    return np.full(number, collected.person(name), np.int32)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _looks_normalised(batch: Batch, mapping: Mapping_) -> bool:
    """Are there negative values in channels that cannot be negative?"""
    quiet = ReadReport()
    for name, rule in mapping.columns.items():
        channel = mapping.channels.get(rule.channel)
        if channel is None or channel.low < 0:
            continue
        value = batch.numbers(name, quiet) * rule.scale + rule.shift
        if bool((value < 0).any()):
            return True
    return False


def _channel_columns(file: Path, suffixes: tuple[str, ...]) -> int:
    try:
        return len(guess_mapping(_names(file, suffixes), file).columns)
    except ReaderError:
        return 0


def detect_csv(path: Path) -> bool:
    """Has the first CSV two or more columns named like channels?"""
    files = files_under(path, *CSV)
    return bool(files) and _channel_columns(files[0], CSV) >= DETECT_CHANNELS


def detect_parquet(path: Path) -> bool:
    """Has the first Parquet file two or more columns named like channels?"""
    files = files_under(path, *PARQUET)
    return bool(files) and _channel_columns(files[0], PARQUET) >= DETECT_CHANNELS


READER_CSV = Reader(read=read_csv, detect=detect_csv, looks_for="a CSV with two or more columns named like channels")
READER_PARQUET = Reader(
    read=read_parquet, detect=detect_parquet, looks_for="a Parquet file with two or more columns named like channels"
)
