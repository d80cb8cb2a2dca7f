"""Empatica E4 session folders in (HR, EDA, TEMP, ACC, IBI CSVs), one MinuteTable a person out.

The first row of a file is its UTC start, the second its rate in Hz. Samples are averaged by the minute as they are
read. Skin conductance becomes eda_level_real, skin temperature wrist_temperatures, movement is the mean distance of
the acceleration from 1 g (the E4 writes 1/64 g). From beat intervals (IBI.csv: seconds since the start, length) each
minute gets median, SDNN, RMSSD and pNN20 (`readers.beats`), if enough of it is covered by beats. A session is a
subfolder; its name is the person. The Stress-Predict labels beside it become activity events.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sensorlm.errors import ReaderError
from sensorlm.readers.base import Reader, ReadOptions, collector, files_under, runs, table_of
from sensorlm.readers.beats import minute_hrv
from sensorlm.readers.collect import Collector
from sensorlm.readers.report import ReadReport
from sensorlm.readers.tables import csv_batches, csv_names, read_header
from sensorlm.readers.times import load_zone, offsets
from sensorlm.records import Event, MinuteTable

CHANNELS = {"HR.csv": "HR", "EDA.csv": "eda_level_real", "TEMP.csv": "wrist_temperatures", "ACC.csv": "acc"}
ACC_COUNTS_PER_G = 64.0
LABELS = ("Participant", "Time(sec)", "Label")


def read(path: Path, options: ReadOptions, report: ReadReport) -> Iterator[MinuteTable]:
    """Read a session folder or a folder of them.

    Raises:
        ReaderError: no session here, or a file without start and rate.
    """
    sessions = _sessions(path)
    if not sessions:
        raise ReaderError(f"{path}: no Empatica session. Looked for folders with two or more of {', '.join(CHANNELS)}.")
    zone = options.zone or "UTC"
    info = load_zone(zone)
    labels = _labels(path, report)
    for session in sessions:
        collected = collector(options, report)
        code = collected.person(session.name)
        for name, key in CHANNELS.items():
            for file in sorted(session.glob(f"{name}*")):
                _add_signal(file, key, collected, code, report)
        for file in sorted(session.glob("IBI.csv*")):
            _add_beats(file, collected, code, report)
        minutes = next(collected.people_minutes())
        if not len(minutes.utc_minute):
            report.count("sessions without a sample", 1, [session.name])
            continue
        if info is not None:
            minutes.offset = offsets(minutes.utc_minute * 60, info)
        events = labels.get(session.name.lstrip("Ss0"), [])
        yield table_of(
            minutes, dataset=options.dataset or "empatica", device="Empatica E4", zone=zone, report=report,
            events=events, logged=frozenset({"activity"}) if events else frozenset(),
        )  # fmt: skip


def _sessions(path: Path) -> list[Path]:
    folders = {f.parent for f in files_under(path, ".csv", ".csv.gz") if f.name.removesuffix(".gz") in CHANNELS}
    return sorted(f for f in folders if sum((f / n).exists() or (f / f"{n}.gz").exists() for n in CHANNELS) >= 2)


def _head(file: Path) -> tuple[float, float, int]:
    """(UTC start in seconds, Hz, number of columns) of a signal file."""
    cells, _ = read_header(file)
    rates, _ = read_header(file, skip=1)
    try:
        start, rate = float(cells[0]), float(rates[0])
    except ValueError:
        start, rate = 0.0, 0.0
    if start <= 0 or rate <= 0:
        raise ReaderError(
            f"{file}: line 1 is {cells[0]!r}, line 2 {rates[0]!r}. An E4 file begins with "
            "its UTC start and its rate in Hz."
        )
    return start, rate, len(cells)


def _add_signal(file: Path, key: str, collected: Collector, code: int, report: ReadReport) -> None:
    start, rate, width = _head(file)
    names = [f"axis_{i + 1}" for i in range(width)]
    column, done = collected.column(key, samples=True), 0
    for batch in csv_batches(file, report, skip=2, names=names):
        axes = np.stack([batch.numbers(n, report) for n in names])  # (axes, n)
        value = np.abs(np.linalg.norm(axes, axis=0) / ACC_COUNTS_PER_G - 1.0) if width == 3 else axes[0]
        second = np.floor(start + (done + np.arange(len(value))) / rate).astype(np.int64)
        done += len(value)
        collected.add(column, code, second, value, source=batch.source, rows=batch.rows)


def _add_beats(file: Path, collected: Collector, code: int, report: ReadReport) -> None:
    head, _ = read_header(file)
    try:
        start = float(head[0])
    except ValueError:
        raise ReaderError(f"{file}: line 1 begins with {head[0]!r}, not with the UTC start of the session.") from None
    at, length = [], []
    for batch in csv_batches(file, report, skip=1, names=["at", "length"]):
        at.append(batch.numbers("at", report))
        length.append(batch.numbers("length", report))
    if not at:
        return
    ends, gaps = start + np.concatenate(at), np.concatenate(length) * 1000.0
    known = np.isfinite(ends) & np.isfinite(gaps)
    for key, (minute, value) in minute_hrv(ends[known], gaps[known]).items():
        collected.add(collected.column(key), code, minute * 60, value, source=f"{file.parent.name}/{file.name}")


def _labels(path: Path, report: ReadReport) -> dict[str, list[Event]]:
    """Stress-Predict's labels by second, as events: a stretch of label 1 is a stress task."""
    out: dict[str, list[Event]] = {}
    for file in files_under(path, ".csv"):
        if file.name.removesuffix(".gz") in (*CHANNELS, "IBI.csv") or not set(LABELS) <= set(csv_names(file)):
            continue
        parts: list[NDArray[np.float64]] = []
        for batch in csv_batches(file, report, wanted=LABELS):
            parts.append(np.stack([batch.numbers(n, report) for n in LABELS]))
        if not parts:
            continue
        person, second, label = np.concatenate(parts, axis=1)
        for who in np.unique(person[np.isfinite(person)]):
            mine = (person == who) & (label == 1) & np.isfinite(second)
            at = np.unique(second[mine].astype(np.int64))
            out[str(int(who))] = [
                Event(kind="activity", label="Stress task", start=s // 60, end=-(-e // 60))
                for s, e, _ in runs(at, np.zeros(len(at)), gap=2)
            ]
    return out


def detect(path: Path) -> bool:
    """Has it a folder with two or more E4 signals?"""
    return bool(_sessions(path)) if path.is_dir() else False


READER = Reader(
    read=read, detect=detect, channel_set="empatica",
    looks_for="folders with two or more of HR.csv, EDA.csv, TEMP.csv, ACC.csv (Empatica E4)",
)  # fmt: skip
