"""Actiwatch recordings in (raw Actiware CSV exports, or one epochs.parquet of them), one MinuteTable a person out.

A raw file is a report: properties, statistics, a marker list, and only then the epochs. Two tables start with "Line";
the one with "Activity" is read. Its clock is the watch's, at the offset the header names, without daylight saving.
While off-wrist the device writes NaN, so it marks its own non-wear (tag "wear"). Sleep/Wake is 0 asleep, 1 awake, and
becomes events inside the analyst's sleep interval (REST-S); it never becomes a channel. A person's recording may come
in several files. The first letter of a person's code (C or P) is the group of the study, kept as a tag.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sensorlm.errors import ReaderError
from sensorlm.readers.base import (
    STAGE_LABELS,
    Reader,
    ReadOptions,
    collector,
    files_under,
    runs,
    table_of,
)  # fmt: skip
from sensorlm.readers.collect import Collector, PersonMinutes
from sensorlm.readers.report import ReadReport
from sensorlm.readers.tables import Batch, csv_batches, parquet_batches, parquet_columns, parquet_names, require
from sensorlm.readers.times import DAY_FIRST, ISO, Times, parse_times
from sensorlm.records import Event, MinuteTable

CHANNELS = {
    "Activity": "counts", "White Light": "white_light", "Red Light": "red_light", "Green Light": "green_light",
    "Blue Light": "blue_light",
}  # fmt: skip
NEEDED = ("Off-Wrist Status", "Activity", "Sleep/Wake", "Interval Status")
# The raw export writes day first; Actiware follows the computer's language, so ISO is taken too.
FORMATS = ("%d/%m/%Y %I:%M:%S %p", "%d/%m/%Y %H:%M:%S", *DAY_FIRST, *ISO)
_HEAD_LINES = 400


@dataclass(frozen=True, slots=True)
class RawFile:
    """Where the epochs of one raw export are, and what its head says."""

    path: Path
    person: str
    offset_minutes: int
    epoch_seconds: int
    skip: int
    """Lines before the header of the epoch table."""


def raw_file(path: Path) -> RawFile | None:
    """Read the head of an Actiware export; None when it is none."""
    lines = _head(path)
    if not lines or "Actiware" not in lines[0]:
        return None
    fields: dict[str, str] = {}
    for number, line in enumerate(lines):
        cells = [c.strip() for c in re.findall(r'"([^"]*)"', line)]
        if len(cells) >= 2:
            fields.setdefault(cells[0].rstrip(":"), cells[1])
        if cells[:1] == ["Line"] and "Activity" in cells:
            sign = re.fullmatch(r"([+-]?)(\d{1,2}):(\d{2})", fields.get("Time Zone Offset", ""))
            offset = 0 if sign is None else int(sign[2]) * 60 + int(sign[3])
            return RawFile(
                path, (fields.get("Identity") or path.stem.split("_")[0]).split()[0],
                -offset if sign is not None and sign[1] == "-" else offset,
                int(fields.get("Epoch Length", "60")), number,
            )  # fmt: skip
    return None


def _head(path: Path) -> list[str]:
    try:
        with pa.input_stream(str(path), compression="detect") as stream:
            text = stream.read(1 << 18)
    except (OSError, pa.ArrowException):
        return []
    return [line.rstrip("\r") for line in text.decode("utf-8-sig", errors="replace").split("\n")[:_HEAD_LINES]]


def read(path: Path, options: ReadOptions, report: ReadReport) -> Iterator[MinuteTable]:
    """Read a folder or file; epochs.parquet wins over raw files beside it, which it was made of.

    Raises:
        ReaderError: neither an epochs table nor a raw export is here, or epochs are not whole minutes.
    """
    tables = [f for f in files_under(path, ".parquet") if _is_epochs(f)]
    raw = [] if tables else [r for f in files_under(path, ".csv", ".csv.gz") if (r := raw_file(f)) is not None]
    if not tables and not raw:
        raise ReaderError(
            f"{path}: no Actiware export here. Looked for CSV files that begin with 'Actiware Export File' and hold a "
            "table Line, Date, Time, Off-Wrist Status, Activity, and for Parquet files with these columns, t and pid."
        )
    if tables:
        skipped = files_under(path, ".csv", ".csv.gz") if path.is_dir() else []
        report.skipped_files.update({f.name: f"{tables[0].name} is read instead" for f in skipped})
    collected = collector(options, report)
    epoch = max([r.epoch_seconds for r in raw], default=60) // 60 or 1
    for file in tables:
        _add_table(file, collected, report, options.zone or "local")
    for export in raw:
        _add_raw(export, collected, report, epoch)
    offsets = {r.offset_minutes for r in raw}
    zone = (
        options.zone if tables else f"Etc/GMT{-(o := next(iter(offsets))) // 60:+d}" if len(offsets) == 1 else "mixed"
    )
    if raw and len(offsets) == 1 and o % 60:
        zone = "local"
    for minutes in collected.people_minutes():
        yield table_of(
            minutes, dataset=options.dataset or "actigraphy", device="Actiwatch", zone=zone or "local", report=report,
            events=_sleeps(minutes), logged=frozenset({"sleep"}), epochs={k: epoch for k in CHANNELS.values()},
            tags={"group": minutes.person[:1], "wear": "marked by the device"},
        )  # fmt: skip


def _add_table(file: Path, collected: Collector, report: ReadReport, zone: str) -> None:
    names = parquet_columns(file)
    require(names, ("t", "pid", *NEEDED), file, "an Actiwatch epochs table")
    if unknown := [n for n in names if n not in {"t", "pid", "Marker", *NEEDED, *CHANNELS}]:
        report.unknown_columns[file.name] = unknown
    for batch in parquet_batches(file, report):
        times = parse_times(batch.columns["t"], ISO, report, zone=zone, source=batch.source, rows=batch.rows)
        _add(batch, times, collected.codes(batch.columns["pid"]), collected, report)


def _add_raw(export: RawFile, collected: Collector, report: ReadReport, epoch: int) -> None:
    if export.epoch_seconds % 60:
        raise ReaderError(
            f"{export.path}: epochs of {export.epoch_seconds} seconds. Export whole minutes from Actiware (60 s)."
        )
    if export.epoch_seconds // 60 != epoch:
        raise ReaderError(
            f"{export.path}: epochs of {export.epoch_seconds} s beside files of {epoch} min. Import apart."
        )
    for batch in csv_batches(export.path, report, skip=export.skip):
        require(batch.columns, ("Date", "Time", *NEEDED), export.path, "an Actiware epoch table")
        cells = pc.binary_join_element_wise(batch.columns["Date"], batch.columns["Time"], " ")
        wall = parse_times(cells, FORMATS, report, source=batch.source, rows=batch.rows)
        shift = np.full(len(wall.second), export.offset_minutes, np.int16)
        times = Times(wall.second - 60 * export.offset_minutes, shift, wall.valid)
        person = np.full(len(wall.second), collected.person(export.person), np.int32)
        _add(batch, times, person, collected, report)


def _add(batch: Batch, times: Times, person: NDArray[Any], collected: Collector, report: ReadReport) -> None:
    who = np.where(times.valid, person, -1).astype(np.int32)
    collected.watch_order(batch.source, who, times.second, batch.rows)
    off = batch.numbers("Off-Wrist Status", report) == 1
    report.count_rows("off-wrist minutes, not observed", off, batch.source, batch.rows)
    for name, key in CHANNELS.items():
        if name in batch.columns:
            value = np.where(off, np.nan, batch.numbers(name, report))
            collected.add(
                collected.column(key), who, times.second, value, times.offset, source=batch.source, rows=batch.rows
            )
    status = pc.equal(batch.columns["Interval Status"].cast(pa.string()), "REST-S").fill_null(False)
    wake = batch.numbers("Sleep/Wake", report)
    state = np.where(np.asarray(status), np.where(wake == 1, 3.0, 1.0), np.nan)
    collected.add(
        collected.column("_sleep"), who, times.second, state, times.offset, source=batch.source, rows=batch.rows
    )


def _sleeps(person: PersonMinutes) -> list[Event]:
    minute, state = person.extra.get("_sleep", (np.zeros(0, np.int64), np.zeros(0)))
    events = [
        Event(kind="sleep", label=STAGE_LABELS[""], start=start, end=end)
        for start, end, _ in runs(minute, np.zeros(len(minute)))
    ]
    return events + [
        Event(kind="sleep", label=STAGE_LABELS["awake"], start=start, end=end, stage="awake")
        for start, end, value in runs(minute, state)
        if value == 3
    ]


def _is_epochs(file: Path) -> bool:
    return {"t", "pid", *NEEDED} <= set(parquet_names(file))


def detect(path: Path) -> bool:
    """Has it an Actiware CSV or a Parquet table of Actiwatch epochs?"""
    if any(_is_epochs(f) for f in files_under(path, ".parquet")):
        return True
    return any(raw_file(f) is not None for f in files_under(path, ".csv", ".csv.gz")[:200])


READER = Reader(
    read=read, detect=detect, channel_set="actigraphy",
    looks_for="CSV files that begin with 'Actiware Export File', or a Parquet file with pid, t, Off-Wrist Status",
)  # fmt: skip
