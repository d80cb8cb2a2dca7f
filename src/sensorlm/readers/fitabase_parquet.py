"""A joined Fitabase table in Parquet (a row a person and minute) in, one MinuteTable a person out.

Columns: Id, t (wall clock), and any of hr_mean (bpm), steps, intensity, calories, mets, sleep (1 asleep, 2 restless,
3 awake; becomes events). hr_min, hr_max, hr_n and hr_src describe hr_mean and are not kept.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from sensorlm.errors import ReaderError
from sensorlm.readers.base import Reader, ReadOptions, collector, files_under, table_of
from sensorlm.readers.fitbit import FORMATS, sleep_events
from sensorlm.readers.report import ReadReport
from sensorlm.readers.tables import parquet_batches, parquet_columns, parquet_names, require
from sensorlm.readers.times import parse_times
from sensorlm.records import MinuteTable

CHANNELS = {"hr_mean": "HR", "steps": "steps", "intensity": "intensity", "calories": "calories", "mets": "mets"}
DESCRIBES_HEART = ("hr_min", "hr_max", "hr_n", "hr_src")


def read(path: Path, options: ReadOptions, report: ReadReport) -> Iterator[MinuteTable]:
    """Read the table, or every such table of a folder.

    Raises:
        ReaderError: no Parquet file here has the columns.
    """
    files = [path] if path.is_file() else [f for f in files_under(path, ".parquet") if _is_one(f)]
    if not files:
        raise ReaderError(f"{path}: no Parquet file with columns Id, t and one of {', '.join(CHANNELS)}.")
    zone = options.zone or "local"
    collected = collector(options, report)
    logged: frozenset[str] = frozenset()
    for file in files:
        names = parquet_columns(file)
        require(names, ("Id", "t"), file, "a joined Fitabase table")
        known = {"Id", "t", "sleep", *CHANNELS, *DESCRIBES_HEART}
        if unknown := [n for n in names if n not in known]:
            report.unknown_columns[file.name] = unknown
        logged = logged | ({"sleep"} if "sleep" in names else set())
        for batch in parquet_batches(file, report, wanted={"Id", "t", "sleep", *CHANNELS}):
            times = parse_times(batch.columns["t"], FORMATS, report, zone=zone, source=batch.source, rows=batch.rows)
            person = np.where(times.valid, collected.codes(batch.columns["Id"]), -1).astype(np.int32)
            collected.watch_order(batch.source, person, times.second, batch.rows)
            for name, key in {**CHANNELS, "sleep": "_sleep"}.items():
                if name in batch.columns:
                    collected.add(
                        collected.column(key), person, times.second, batch.numbers(name, report), times.offset,
                        source=batch.source, rows=batch.rows,
                    )  # fmt: skip
    for minutes in collected.people_minutes():
        yield table_of(
            minutes, dataset=options.dataset or "fitabase", device="Fitbit", zone=zone, report=report,
            events=sleep_events(minutes), logged=logged,
        )  # fmt: skip


def _is_one(file: Path) -> bool:
    names = set(parquet_names(file))
    return {"Id", "t"} <= names and bool(names & set(CHANNELS))


def detect(path: Path) -> bool:
    """Has it a Parquet file with Id, t and a channel?"""
    return any(_is_one(f) for f in files_under(path, ".parquet"))


READER = Reader(read=read, detect=detect, channel_set="fitbit", looks_for="a Parquet file with Id, t, hr_mean, steps")
