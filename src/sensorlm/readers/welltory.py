"""Welltory COVID-19 export (data/ folder of CSVs) in, one MinuteTable a person out: spot HRV, moods, sleep.

A measurement is 100 beats or so, at a wall-clock minute: heart rate, median interval, SDNN, RMSSD and pNN20 are those
of its beat intervals (`rr_data`, milliseconds). how_mood (-1, 0, 1) becomes a mood event of that minute. Sleep times
become sleep events. There are far too few minutes to make days of; the recordings import, and `days` says so.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from sensorlm.errors import ReaderError
from sensorlm.readers.base import STAGE_LABELS, Reader, ReadOptions, collector, files_under, table_of
from sensorlm.readers.beats import interval_hrv
from sensorlm.readers.collect import Collector
from sensorlm.readers.report import ReadReport
from sensorlm.readers.tables import csv_batches, csv_names
from sensorlm.readers.times import ISO, parse_times
from sensorlm.records import Event, MinuteTable

HRV = ("user_code", "measurement_datetime", "how_mood", "rr_data")
SLEEP = ("user_code", "sleep_begin", "sleep_end")
MOODS = {"-1": "Low mood", "0": "Neutral mood", "1": "Good mood"}


def read(path: Path, options: ReadOptions, report: ReadReport) -> Iterator[MinuteTable]:
    """Read the folder.

    Raises:
        ReaderError: no measurements file here.
    """
    files = files_under(path, ".csv", ".csv.gz")
    measured, slept = ([f for f in files if set(c) <= set(csv_names(f))] for c in (HRV, SLEEP))
    if not measured:
        raise ReaderError(f"{path}: no CSV with columns {', '.join(HRV)} (hrv_measurements.csv).")
    report.skipped_files.update({f.name: "no minutes in it" for f in files if f not in (*measured, *slept)})
    zone = options.zone or "local"
    collected = collector(options, report)
    events: dict[str, list[Event]] = {}
    for file in measured:
        _add_measurements(file, collected, events, report, zone)
    for file in slept:
        _add_sleep(file, collected, events, report, zone)
    for minutes in collected.people_minutes():
        yield table_of(
            minutes, dataset=options.dataset or "welltory", device="phone camera or strap", zone=zone, report=report,
            events=events.get(minutes.person, []), logged=frozenset({"mood", "sleep"}),
        )  # fmt: skip


def _add_measurements(
    file: Path, collected: Collector, events: dict[str, list[Event]], report: ReadReport, zone: str
) -> None:
    for batch in csv_batches(file, report, wanted=HRV):
        times = parse_times(
            batch.columns["measurement_datetime"], ISO, report, zone=zone, source=batch.source, rows=batch.rows
        )
        who = np.where(times.valid, collected.codes(batch.columns["user_code"]), -1).astype(np.int32)
        collected.watch_order(batch.source, who, times.second, batch.rows)
        found = [_hrv(cell) for cell in batch.columns["rr_data"].to_pylist()]
        report.count_rows(
            "measurements without sound beats", np.array([not f for f in found]), batch.source, batch.rows
        )
        for key in ("HR", "rr_med", "sdnn0595", "rmssd0595", "pnn20"):
            value = np.array([f.get(key, np.nan) for f in found], np.float64)
            column = collected.column(key, samples=True)
            collected.add(column, who, times.second, value, times.offset, source=batch.source, rows=batch.rows)
        moods = batch.columns["how_mood"].cast(pa.string()).to_pylist()
        names = batch.columns["user_code"].to_pylist()
        for i in np.flatnonzero(times.valid):
            if moods[i] in MOODS:
                start = int(times.second[i]) // 60
                event = Event(kind="mood", label=MOODS[moods[i]], start=start, end=start + 1)
                events.setdefault(names[i], []).append(event)


def _hrv(cell: str) -> dict[str, float]:
    intervals = np.array([float(x) for x in cell.split(",") if x.strip().replace(".", "", 1).isdigit()])
    found = interval_hrv(intervals)
    return {**found, "HR": 60_000.0 / found["rr_med"]} if found else {}


def _add_sleep(file: Path, collected: Collector, events: dict[str, list[Event]], report: ReadReport, zone: str) -> None:
    for batch in csv_batches(file, report, wanted=SLEEP):
        begin, end = (
            parse_times(batch.columns[c], ISO, report, zone=zone, source=batch.source, rows=batch.rows)
            for c in SLEEP[1:]
        )
        good = begin.valid & end.valid & (end.second > begin.second)
        report.count_rows(
            "sleeps that end before they start", begin.valid & end.valid & ~good, batch.source, batch.rows
        )
        names = batch.columns["user_code"].to_pylist()
        for i in np.flatnonzero(good):
            collected.person(names[i])
            event = Event(
                kind="sleep", label=STAGE_LABELS[""], start=int(begin.second[i]) // 60, end=int(end.second[i]) // 60
            )
            events.setdefault(names[i], []).append(event)


def detect(path: Path) -> bool:
    """Has it the measurements file?"""
    return any(set(HRV) <= set(csv_names(f)) for f in files_under(path, ".csv", ".csv.gz")[:200])


READER = Reader(
    read=read, detect=detect, looks_for="a CSV with user_code, measurement_datetime, how_mood, rr_data (Welltory)"
)
