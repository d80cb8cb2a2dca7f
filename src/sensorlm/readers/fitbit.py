"""A folder of Fitabase/Fitbit CSV exports in, one MinuteTable a person out: heart rate, steps, intensity, METs, sleep.

Files are told apart by their columns, not their names: narrow minute files (a row a minute), wide ones (a row an hour,
60 columns), heart-rate seconds, minute sleep, hourly totals (used only for channels that have no minute file), daily
activity and sleep logs (compared with what was read). Times are wall clock, month first or ISO, without a zone.
Fitabase writes METs times ten (Fitabase data dictionary). Minute sleep is 1 asleep, 2 restless, 3 awake; it becomes
events, a whole sleep and its awake parts, never channels.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
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
from sensorlm.readers.tables import Batch, csv_batches, csv_names
from sensorlm.readers.times import ISO, US, Times, parse_times
from sensorlm.records import Event, MinuteTable

FORMATS = US[:2] + ISO + US[2:]
# Value column -> (channel, factor to the channel's unit).
VALUES = {
    "Steps": ("steps", 1.0),
    "Intensity": ("intensity", 1.0),
    "METs": ("mets", 0.1),
    "Calories": ("calories", 1.0),
}
HOURLY = {"StepTotal": "steps", "AverageIntensity": "intensity", "Calories": "calories"}


@dataclass(frozen=True, slots=True)
class Layout:
    """What one CSV turned out to be."""

    path: Path
    kind: str
    """"narrow", "wide", "heart", "sleep", "hourly", "daily", "sleep_log"."""
    time: str
    value: str
    names: tuple[str, ...]

    @property
    def channel(self) -> str:
        """The channel it fills, "" for logs."""
        if self.kind == "heart":
            return "HR"
        if self.kind == "hourly":
            return HOURLY[self.value]
        return VALUES[self.value][0] if self.value in VALUES else ""


def layout_of(path: Path) -> Layout | None:
    """Tell a file by its header; None when it is none of this export's."""
    names = csv_names(path)
    have = set(names)
    if "Id" not in have:
        return None
    for value in VALUES:
        if {"ActivityMinute", value} <= have:
            return Layout(path, "narrow", "ActivityMinute", value, tuple(names))
        if {"ActivityHour", *(f"{value}{m:02d}" for m in range(60))} <= have:
            return Layout(path, "wide", "ActivityHour", value, tuple(names))
    tests = [
        ("heart", "Time", "Value"), ("sleep", "date", "value"), ("daily", "ActivityDate", "TotalSteps"),
        ("sleep_log", "SleepDay", "TotalMinutesAsleep"), *(("hourly", "ActivityHour", v) for v in HOURLY),
    ]  # fmt: skip
    for kind, time, value in tests:
        if {time, value} <= have:
            return Layout(path, kind, time, value, tuple(names))
    return None


def read(path: Path, options: ReadOptions, report: ReadReport) -> Iterator[MinuteTable]:
    """Read an export folder (or one of its files).

    Raises:
        ReaderError: nothing here has the columns of a Fitbit export.
    """
    layouts = _choose(path, report)
    zone = options.zone or "local"
    collected = collector(options, report)
    daily: dict[tuple[str, int], float] = {}
    asleep: Counter[str] = Counter()
    for layout in layouts:
        _report_columns(layout, report)
        if layout.kind in ("daily", "sleep_log"):
            _read_log(layout, report, daily, asleep)
            continue
        for batch in csv_batches(layout.path, report):
            _add(batch, layout, collected, report, zone)
    logged = frozenset({"sleep"}) if any(x.kind in ("sleep", "sleep_log") for x in layouts) else frozenset[str]()
    epochs = {x.channel: 60 for x in layouts if x.kind == "hourly"}
    for person in collected.people_minutes():
        events = sleep_events(person)
        _check_totals(person, daily, asleep, report)
        if not len(person.utc_minute) and not events:
            report.count("people without minutes or events", 1, [person.person])
            continue
        yield table_of(
            person, dataset=options.dataset or "fitbit", device="Fitbit", zone=zone, report=report, events=events,
            logged=logged, epochs=epochs,
        )  # fmt: skip


def _choose(path: Path, report: ReadReport) -> list[Layout]:
    files = files_under(path, ".csv", ".csv.gz")
    found = [layout for file in files if (layout := layout_of(file)) is not None]
    known = {layout.path for layout in found}
    report.skipped_files.update({f.name: "no columns of a Fitbit export with minutes" for f in files if f not in known})
    if not any(x.kind in ("narrow", "wide", "heart", "sleep", "hourly") for x in found):
        raise ReaderError(
            f"{path}: no Fitbit minute file among {len(files)} CSV file(s). Looked for columns Id with ActivityMinute, "
            "ActivityHour, Time/Value or date/value, as in minuteStepsNarrow_merged.csv."
        )
    chosen = []
    for layout in found:
        better = {"wide": ("narrow",), "hourly": ("narrow", "wide")}.get(layout.kind, ())
        same = [
            x for x in found if x.kind in better and x.channel == layout.channel
            and (layout.kind == "hourly" or x.path.parent == layout.path.parent)
        ]  # fmt: skip
        if same:
            report.skipped_files[layout.path.name] = f"{same[0].path.name} has the same by the minute"
        else:
            chosen.append(layout)
    return chosen


def _report_columns(layout: Layout, report: ReadReport) -> None:
    known = {"Id", layout.time, layout.value, "logId", "TotalIntensity"}
    unknown = [n for n in layout.names if n not in known and not re.fullmatch(layout.value + r"\d\d", n)]
    if unknown and layout.kind not in ("daily", "sleep_log"):
        report.unknown_columns[layout.path.name] = unknown


def _add(batch: Batch, layout: Layout, collected: Collector, report: ReadReport, zone: str) -> None:
    times = parse_times(batch.columns[layout.time], FORMATS, report, zone=zone, source=batch.source, rows=batch.rows)
    person = _people(batch, times, collected, report)
    collected.watch_order(batch.source, person[times.valid], times.second[times.valid], batch.rows[times.valid])
    if layout.kind == "wide":
        _add_wide(batch, layout, collected, report, times, person)
    elif layout.kind == "sleep":
        state = batch.numbers("value", report)
        wrong = np.isfinite(state) & ~np.isin(state, (1, 2, 3))
        report.count_rows("sleep states other than 1, 2, 3", wrong, batch.source, batch.rows)
        state = np.where(wrong, np.nan, state)
        collected.add(
            collected.column("_sleep"), person, times.second, state, times.offset, source=batch.source, rows=batch.rows
        )
        if "logId" in batch.columns:
            log = np.where(np.isfinite(state), batch.numbers("logId", report), np.nan)
            collected.add(
                collected.column("_sleep_log"),
                person,
                times.second,
                log,
                times.offset,
                source=batch.source,
                rows=batch.rows,
            )
    else:
        key, scale = ("HR", 1.0) if layout.kind == "heart" else (layout.channel, VALUES.get(layout.value, ("", 1.0))[1])
        hourly = 60 if layout.kind == "hourly" else 1
        column = collected.column(key, samples=layout.kind == "heart", epoch=hourly)
        collected.add(
            column,
            person,
            times.second,
            batch.numbers(layout.value, report) * scale,
            times.offset,
            source=batch.source,
            rows=batch.rows,
        )


def _add_wide(
    batch: Batch, layout: Layout, collected: Collector, report: ReadReport, times: Times, person: NDArray[np.int32]
) -> None:
    key, scale = VALUES[layout.value]
    cells = [batch.numbers(f"{layout.value}{m:02d}", report) for m in range(60)]
    second = times.second[:, None] + 60 * np.arange(60)  # (n, 60): a row is an hour
    collected.add(
        collected.column(key), np.repeat(person, 60), second.reshape(-1), np.stack(cells, 1).reshape(-1) * scale,
        np.repeat(times.offset, 60), source=batch.source, rows=np.repeat(batch.rows, 60),
    )  # fmt: skip


def _people(batch: Batch, times: Times, collected: Collector, report: ReadReport) -> NDArray[np.int32]:
    person = collected.codes(batch.columns["Id"])
    report.count_rows("rows without a person", person < 0, batch.source, batch.rows)
    return np.where(times.valid, person, -1).astype(np.int32)


def _read_log(layout: Layout, report: ReadReport, daily: dict[tuple[str, int], float], asleep: Counter[str]) -> None:
    """Keep the vendor's own totals: steps of a person and day, minutes asleep of a person."""
    for batch in csv_batches(layout.path, report, wanted=("Id", layout.time, layout.value)):
        times = parse_times(batch.columns[layout.time], FORMATS, report, source=batch.source, rows=batch.rows)
        values, names = batch.numbers(layout.value, report), batch.columns["Id"].to_pylist()
        seen: set[tuple[str, int, float]] = set()
        for name, second, value in zip(names, times.second, values, strict=True):
            key = (name, int(second), float(value))
            if layout.kind == "daily":
                daily[(name, int(second) // 86400)] = float(value)
            elif key not in seen:  # the sleep log repeats whole rows
                asleep[name] += int(value)
            seen.add(key)


def sleep_events(person: PersonMinutes, *, gap: int = 1) -> list[Event]:
    """Sleep events of minute states: a whole sleep for each unbroken stretch of one log, and its awake parts.

    Args:
        person: with extra columns "_sleep" (1 asleep, 2 restless, 3 awake) and, where given, "_sleep_log".
        gap: minutes that may lie between two states of one sleep.
    """
    minute, state = person.extra.get("_sleep", (np.zeros(0, np.int64), np.zeros(0)))
    log_minute, log = person.extra.get("_sleep_log", (minute, np.zeros(len(minute))))
    if len(log_minute) != len(minute):
        log = np.zeros(len(minute))
    events = [
        Event(kind="sleep", label=STAGE_LABELS[""], start=start, end=end)
        for start, end, _ in runs(minute, log, gap=gap)
    ]
    events += [
        Event(kind="sleep", label=STAGE_LABELS["awake"], start=start, end=end, stage="awake")
        for start, end, value in runs(minute, state, gap=gap)
        if value == 3
    ]
    return events


def _check_totals(
    person: PersonMinutes, daily: dict[tuple[str, int], float], asleep: Counter[str], report: ReadReport
) -> None:
    if "steps" in person.columns and daily:
        local = person.utc_minute + person.offset
        days, back = np.unique(local // 1440, return_inverse=True)
        sums = np.bincount(back.reshape(-1), np.nan_to_num(person.columns["steps"]), len(days)).astype(np.float64)
        told = np.array([daily.get((person.person, int(d)), np.nan) for d in days])
        _compare(report, "daily steps", sums, told, margin=5.0)
    if "_sleep" in person.extra and person.person in asleep:
        slept = float((person.extra["_sleep"][1] == 1).sum())
        _compare(report, "minutes asleep of a person", np.array([slept]), np.array([float(asleep[person.person])]), 0.0)


def _compare(
    report: ReadReport, name: str, ours: NDArray[np.float64], told: NDArray[np.float64], margin: float
) -> None:
    known = np.isfinite(told)
    agree = np.abs(ours - told) <= np.maximum(margin, 0.01 * np.abs(told))
    check = report.checks.setdefault(name, {"compared": 0, "agree": 0})
    check["compared"] += int(known.sum())
    check["agree"] += int((agree & known).sum())


def detect(path: Path) -> bool:
    """Has it a CSV with the columns of a Fitbit minute file?"""
    return any(
        (x := layout_of(f)) is not None and x.kind != "daily" for f in files_under(path, ".csv", ".csv.gz")[:200]
    )


READER = Reader(
    read=read, detect=detect, channel_set="fitbit",
    looks_for="CSV files with Id and ActivityMinute, ActivityHour, Time/Value or date/value columns",
)  # fmt: skip
