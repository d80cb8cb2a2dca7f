"""T1D-UOM Garmin exports in (activity epochs, staged nights, glucose, 5-minute tables), MinuteTables a person out.

Activity epochs (UoMActivity*.csv) last 15 minutes and have a row for each kind of activity in them; steps, energy and
distance are added up, METs and motion intensity averaged by active time. Every row carries its UTC start and offset.
Nights (UoM*sleeptime.csv) carry their stages in UTC seconds, and `start_date_ts` there is UTC too. Glucose
(UoMGlucose*.csv) is in wall-clock time, day first: the offset is the one the person's epochs have at that time, London
time where there are none. The 5-minute tables (UoMsleep*.csv) become recordings of their own (data set
"t1d_uom-5min"), because their clock is not that of the epochs; the quality check decides about them.

Walking and running bouts are events: consecutive epochs with at least 5 active minutes of that kind.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.errors import ReaderError
from sensorlm.readers import garmin_five, garmin_sleep
from sensorlm.readers.base import Reader, ReadOptions, collector, files_under, runs, table_of
from sensorlm.readers.collect import Collector, PersonMinutes
from sensorlm.readers.garmin_epochs import EPOCH_MINUTES, Epochs, read_epochs
from sensorlm.readers.report import ReadReport
from sensorlm.readers.tables import csv_batches, csv_names, read_header, require
from sensorlm.readers.times import DAY_FIRST, load_zone, parse_times, wall_to_utc
from sensorlm.records import Event, MinuteTable

HOME_ZONE = "Europe/London"
STEP_KINDS = {"WALKING": "Walking", "RUNNING": "Running"}
MIN_ACTIVE_SECONDS = 300
# Kind of file -> columns that tell it.
KINDS = {
    "activity": ("activity_ts", "activity_type", "start_time_s", "start_time_offset_s"),
    "night": ("start_date_ts", "duration_in_sec", "validation"),
    "glucose": ("bg_ts", "value"),
    "five": ("sleep_ts", "heart_rate", "current_activity_type_intensity"),
}


@dataclass(slots=True)
class PersonFiles:
    """The files of one person by kind."""

    files: dict[str, list[Path]] = field(default_factory=dict)

    def of(self, kind: str) -> list[Path]:
        """Files of one kind."""
        return self.files.get(kind, [])


def kind_of(file: Path) -> str:
    """Which of KINDS a CSV is, "" if none."""
    names = set(csv_names(file))
    return next((kind for kind, needed in KINDS.items() if set(needed) <= names), "")


def person_of(file: Path) -> str:
    """The person's number in a file name such as UoMActivity2301.csv or UoM2301sleeptime.csv."""
    found = re.search(r"\d{2,}", file.stem)
    return found[0] if found else file.stem


def read(path: Path, options: ReadOptions, report: ReadReport) -> Iterator[MinuteTable]:
    """Read a folder of exports, person by person.

    Raises:
        ReaderError: no file here has the columns of this export.
    """
    people: dict[str, PersonFiles] = {}
    for file in files_under(path, ".csv", ".csv.gz"):
        kind = kind_of(file)
        if kind:
            people.setdefault(person_of(file), PersonFiles()).files.setdefault(kind, []).append(file)
        else:
            report.skipped_files[file.name] = "no minutes in it (insulin, nutrition or another log)"
    if not people:
        raise ReaderError(
            f"{path}: no Garmin export of T1D-UOM here. Looked for CSV columns "
            + "; ".join(", ".join(c) for c in KINDS.values()) + "."
        )  # fmt: skip
    for name, files in sorted(people.items()):
        yield from _person(name, files, options, report)


def _person(name: str, files: PersonFiles, options: ReadOptions, report: ReadReport) -> Iterator[MinuteTable]:
    epochs = read_epochs(files.of("activity"), report, options.zone or HOME_ZONE)
    collected = collector(options, report)
    code = collected.person(name)
    for key, value in epochs.columns.items():
        column = collected.column(key, epoch=EPOCH_MINUTES)
        collected.add(column, code, epochs.second, value, epochs.offset, source=f"epochs of {name}")
    nights, night_offsets = garmin_sleep.read_nights(files.of("night"), report)
    garmin_sleep.add_stages(nights, night_offsets, collected, code)
    spacing = _add_glucose(files.of("glucose"), collected, code, epochs, options, report)
    events = _bouts(epochs) + nights
    logged = {"sleep"} if files.of("night") else set()
    logged |= {"activity"} if files.of("activity") else set()
    for minutes in collected.people_minutes():
        yield table_of(
            minutes, dataset=options.dataset or "t1d_uom", device="Garmin", zone=_zone_name(minutes, options),
            report=report, events=events, logged=frozenset(logged),
            epochs={**dict.fromkeys(epochs.columns, EPOCH_MINUTES), "glucose": spacing},
        )  # fmt: skip
    if files.of("five"):
        yield _five(name, files.of("five"), epochs, options, report, nights)


def _five(
    name: str, files: list[Path], epochs: Epochs, options: ReadOptions, report: ReadReport, nights: list[Event]
) -> MinuteTable:
    collected = collector(options, report)
    for file in files:
        garmin_five.add(file, collected, collected.person(name), OffsetLookup(epochs, options), report)
    minutes = next(collected.people_minutes())
    return table_of(
        minutes, dataset=f"{options.dataset or 't1d_uom'}-5min", device="Garmin", report=report, events=nights,
        zone=_zone_name(minutes, options), epochs=dict.fromkeys(garmin_five.CHANNELS, garmin_five.EPOCH_MINUTES),
        logged=frozenset({"sleep"}) if nights else frozenset(),
    )  # fmt: skip


def _zone_name(minutes: PersonMinutes, options: ReadOptions) -> str:
    """The home zone if every offset is one it has, else "mixed"."""
    home = options.zone or HOME_ZONE
    zone = load_zone(home)
    if zone is None or not len(minutes.offset):
        return home
    _, first = np.unique(minutes.offset, return_index=True)
    wall = (minutes.utc_minute[first] + minutes.offset[first]) * 60
    return home if bool((wall_to_utc(wall, zone)[0] == minutes.offset[first]).all()) else "mixed"


class OffsetLookup:
    """Offset at wall-clock seconds: that of the epoch nearest before, the home zone's where the person has none."""

    def __init__(self, epochs: Epochs, options: ReadOptions) -> None:
        order = np.argsort(epochs.second + 60 * epochs.offset.astype(np.int64), kind="stable")
        self.wall = (epochs.second + 60 * epochs.offset.astype(np.int64))[order]
        self.offset = epochs.offset[order]
        self.zone = load_zone(options.zone or HOME_ZONE)

    def __call__(self, wall: NDArray[Any]) -> NDArray[Any]:
        """(n,) offsets in minutes."""
        home = wall_to_utc(wall, self.zone)[0] if self.zone is not None else np.zeros(len(wall), np.int16)
        if not len(self.wall):
            return home
        at = np.maximum(np.searchsorted(self.wall, wall, side="right") - 1, 0)
        near = np.abs(self.wall[at] - wall) <= 86400
        return np.where(near, self.offset[at], home).astype(np.int16)


def _add_glucose(
    files: list[Path], collected: Collector, code: int, epochs: Epochs, options: ReadOptions, report: ReadReport
) -> int:
    """Add the readings; returns the minutes one stands for: 5 or 15, whichever its usual spacing is nearer to."""
    lookup, spacing = OffsetLookup(epochs, options), 5
    for file in files:
        require(read_header(file)[0], KINDS["glucose"], file, "a glucose file")
        gaps = []
        for batch in csv_batches(file, report):
            wall = parse_times(batch.columns["bg_ts"], DAY_FIRST, report, source=batch.source, rows=batch.rows)
            offset = lookup(wall.second)
            second = wall.second - 60 * offset.astype(np.int64)
            who = np.where(wall.valid, code, -1).astype(np.int32)
            collected.watch_order(batch.source, who, second, batch.rows)
            collected.add(
                collected.column("glucose"), who, second, batch.numbers("value", report), offset,
                source=batch.source, rows=batch.rows,
            )  # fmt: skip
            gaps.append(np.diff(second) / 60)
        if gaps and len(np.concatenate(gaps)):
            spacing = 15 if float(np.median(np.concatenate(gaps))) >= 10 else 5
    return spacing


def _bouts(epochs: Epochs) -> list[Event]:
    """Stretches of consecutive epochs that hold at least MIN_ACTIVE_SECONDS of walking or running."""
    events = []
    for kind, label in STEP_KINDS.items():
        active = epochs.active.get(kind, np.zeros(0))
        minute = np.sort(epochs.second[active >= MIN_ACTIVE_SECONDS] // 60) if len(active) else np.zeros(0, np.int64)
        events += [
            Event(kind="activity", label=label, start=start, end=end - 1 + EPOCH_MINUTES)
            for start, end, _ in runs(minute, np.zeros(len(minute)), gap=EPOCH_MINUTES)
        ]
    return events


def detect(path: Path) -> bool:
    """Has it one of the CSVs?"""
    return any(kind_of(f) for f in files_under(path, ".csv", ".csv.gz")[:200])


READER = Reader(
    read=read, detect=detect, channel_set="garmin",
    looks_for="CSV files with activity_ts and start_time_offset_s, bg_ts, start_date_ts or sleep_ts (T1D-UOM)",
)  # fmt: skip
