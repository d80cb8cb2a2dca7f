"""MMASH in (mmash_minute.parquet with activity_events.csv beside it), one MinuteTable a person out.

Polar H7 chest strap and ActiGraph by the minute: heart rate, steps, vector magnitude (a mean a second, times 60 to be
counts a minute), share of the minute lying. Dates are made up (2000-01-01); the diary's activities become events, of
which "sleep" is a sleep; time in bed is what the ActiGraph says. Each minute's `n` is its number of seconds recorded,
and steps are those counted in them. User 15 after 09:00 of the second day is not to be trusted (README of the data)
and is left out.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sensorlm.errors import ReaderError
from sensorlm.readers.base import Reader, ReadOptions, collector, files_under, runs, table_of
from sensorlm.readers.collect import PersonMinutes
from sensorlm.readers.report import ReadReport
from sensorlm.readers.tables import csv_batches, csv_names, parquet_batches, parquet_names
from sensorlm.readers.times import ISO, parse_times
from sensorlm.records import Event, MinuteTable

CHANNELS = {"hr": ("HR", 1.0), "steps": ("steps", 1.0), "vm": ("counts", 60.0), "lying": ("lying", 1.0)}
# (person, first second not trusted): user 15 from 2000-01-02 09:00 on.
UNTRUSTED = {"15": (10957 + 1) * 86400 + 9 * 3600}
EVENT_COLUMNS = ("user", "start", "end", "activity")


def read(path: Path, options: ReadOptions, report: ReadReport) -> Iterator[MinuteTable]:
    """Read the minute table, and the diary if it is there.

    Raises:
        ReaderError: no minute table here.
    """
    tables = [f for f in files_under(path, ".parquet") if _is_table(f)]
    if not tables:
        raise ReaderError(f"{path}: no Parquet file with user, t, hr, steps, vm, inbed (mmash_minute.parquet).")
    beside = path if path.is_dir() else path.parent
    diaries = [f for f in files_under(beside, ".csv") if _is_diary(f)]
    zone = options.zone or "local"
    diary = _diary(diaries, report, zone)
    collected = collector(options, report)
    for batch in parquet_batches(tables[0], report):
        times = parse_times(batch.columns["t"], ISO, report, zone=zone, source=batch.source, rows=batch.rows)
        person = collected.codes(batch.columns["user"])
        bad = np.zeros(len(person), np.bool_)
        for name, until in UNTRUSTED.items():
            bad |= (person == collected.people.get(name, -2)) & (times.second + 60 * times.offset >= until)
        report.count_rows("minutes not to be trusted, left out", bad, batch.source, batch.rows)
        who = np.where(times.valid & ~bad, person, -1).astype(np.int32)
        collected.watch_order(batch.source, who, times.second, batch.rows)
        columns = {k: (batch.numbers(n, report) * scale) for n, (k, scale) in CHANNELS.items()}
        columns["_in_bed"] = np.where(np.asarray(pc.fill_null(batch.columns["inbed"], False)), 1.0, np.nan)
        for key, value in columns.items():
            collected.add(
                collected.column(key), who, times.second, value, times.offset, source=batch.source, rows=batch.rows
            )
    logged = {"sleep", "activity"} if diaries else {"sleep"}
    for minutes in collected.people_minutes():
        yield table_of(
            minutes, dataset=options.dataset or "mmash", device="Polar H7 and ActiGraph", zone=zone, report=report,
            events=_in_bed(minutes) + diary.get(minutes.person, []), logged=frozenset(logged),
        )  # fmt: skip


def _in_bed(person: PersonMinutes) -> list[Event]:
    minute, state = person.extra.get("_in_bed", (np.zeros(0, np.int64), np.zeros(0)))
    return [Event(kind="sleep", label="In bed", start=s, end=e) for s, e, _ in runs(minute, state)]


def _diary(files: list[Path], report: ReadReport, zone: str) -> dict[str, list[Event]]:
    """Diary entries of each person; "undocumented" says nothing, "sleep" is in bed by the ActiGraph already."""
    out: dict[str, list[Event]] = {}
    for file in files:
        for batch in csv_batches(file, report, wanted=EVENT_COLUMNS):
            start, end = (
                parse_times(batch.columns[c], ISO, report, zone=zone, source=batch.source, rows=batch.rows)
                for c in ("start", "end")
            )
            label = batch.columns["activity"].cast(pa.string()).fill_null("").to_pylist()
            people = batch.columns["user"].to_pylist()
            backward = end.second < start.second
            report.count_rows("diary entries that end before they start", backward, batch.source, batch.rows)
            quiet = np.array([x in ("", "undocumented", "sleep") for x in label], np.bool_)
            report.count_rows("diary entries without an activity of their own", quiet, batch.source, batch.rows)
            for i in np.flatnonzero(start.valid & end.valid & ~backward & ~quiet):
                event = Event(
                    kind="activity", label=label[i].capitalize(), start=int(start.second[i]) // 60,
                    end=int(end.second[i]) // 60,
                )  # fmt: skip
                out.setdefault(people[i].strip(), []).append(event)
    return out


def _is_table(file: Path) -> bool:
    return {"user", "t", "inbed", *CHANNELS} <= set(parquet_names(file))


def _is_diary(file: Path) -> bool:
    return set(EVENT_COLUMNS) <= set(csv_names(file))


def detect(path: Path) -> bool:
    """Has it the minute table?"""
    return any(_is_table(f) for f in files_under(path, ".parquet"))


READER = Reader(
    read=read, detect=detect, channel_set="actigraphy", looks_for="a Parquet file with user, t, hr, vm, lying, inbed"
)
