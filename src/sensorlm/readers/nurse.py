"""Nurse stress recordings in (nurse_minute.parquet with survey.csv beside it), one MinuteTable a nurse out.

Empatica E4 at work by the minute: heart rate, skin conductance, skin temperature, acceleration. Times are wall clock;
the name of each recording ends in its UTC start, which gives the clock offset. The survey's stress intervals become
mood events; intervals without an answer ("na") say nothing and are counted.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sensorlm.errors import ReaderError
from sensorlm.readers.base import Reader, ReadOptions, collector, files_under, table_of
from sensorlm.readers.collect import PersonMinutes
from sensorlm.readers.report import ReadReport
from sensorlm.readers.tables import Batch, csv_batches, csv_names, parquet_batches, parquet_names
from sensorlm.readers.times import ISO, parse_times
from sensorlm.records import Event, MinuteTable

CHANNELS = {"hr": "HR", "eda": "eda_level_real", "temp": "wrist_temperatures", "acc": "acc"}
MOODS = {"0": "No stress", "1": "Some stress", "2": "High stress"}
SURVEY = ("nurse", "date", "start", "end", "stress_level")
_QUARTER = 900


def read(path: Path, options: ReadOptions, report: ReadReport) -> Iterator[MinuteTable]:
    """Read the minute table, and the survey if it is there.

    Raises:
        ReaderError: no minute table here.
    """
    tables = [f for f in files_under(path, ".parquet") if _is_table(f)]
    if not tables:
        raise ReaderError(f"{path}: no Parquet file with nurse, recording, t, hr, eda (nurse_minute.parquet).")
    surveys = [f for f in files_under(path if path.is_dir() else path.parent, ".csv") if _is_survey(f)]
    survey = _survey(surveys, report)
    collected = collector(options, report)
    starts: dict[str, int] = {}
    for batch in parquet_batches(tables[0], report):
        times = parse_times(batch.columns["t"], ISO, report, source=batch.source, rows=batch.rows)
        offset = _offsets(batch, times.second, starts)
        who = np.where(times.valid, collected.codes(batch.columns["nurse"]), -1).astype(np.int32)
        second = times.second - 60 * offset.astype(np.int64)
        collected.watch_order(batch.source, who, second, batch.rows)
        for name, key in CHANNELS.items():
            value = batch.numbers(name, report)
            collected.add(collected.column(key), who, second, value, offset, source=batch.source, rows=batch.rows)
    logged = frozenset({"mood"}) if surveys else frozenset[str]()
    for minutes in collected.people_minutes():
        yield table_of(
            minutes, dataset=options.dataset or "nurse_stress", device="Empatica E4", zone=options.zone or "local",
            report=report, events=_moods(survey.get(minutes.person, []), minutes), logged=logged,
        )  # fmt: skip


def _offsets(batch: Batch, wall: NDArray[np.int64], starts: dict[str, int]) -> NDArray[np.int16]:
    """Clock offset of each row: first wall time of its recording less the UTC start its name ends in."""
    encoded = batch.columns["recording"].cast(pa.string()).dictionary_encode()
    index = np.asarray(encoded.indices)
    table = []
    for number, name in enumerate(encoded.dictionary.to_pylist()):
        utc = name.rsplit("_", 1)[-1]
        if name not in starts:
            apart = int(wall[index == number].min()) - int(utc) if utc.isdigit() else 0
            starts[name] = round(apart / _QUARTER) * _QUARTER // 60
        table.append(starts[name])
    shift: NDArray[np.int16] = np.array(table, np.int16)[index]
    return shift


def _survey(files: list[Path], report: ReadReport) -> dict[str, list[tuple[int, int, str]]]:
    """(start, end, label) in wall minutes of each nurse; an interval that ends before its start crosses midnight."""
    out: dict[str, list[tuple[int, int, str]]] = {}
    for file in files:
        for batch in csv_batches(file, report, wanted=SURVEY):
            begin, finish = (
                parse_times(
                    pc.binary_join_element_wise(batch.columns["date"], batch.columns[c], " "), ISO, report,
                    source=batch.source, rows=batch.rows,
                )
                for c in ("start", "end")
            )  # fmt: skip
            level = [x.strip() for x in batch.columns["stress_level"].to_pylist()]
            quiet = np.array([x not in MOODS for x in level], np.bool_)
            report.count_rows("survey intervals without an answer", quiet, batch.source, batch.rows)
            people = batch.columns["nurse"].to_pylist()
            for i in np.flatnonzero(begin.valid & finish.valid & ~quiet):
                start, end = int(begin.second[i]) // 60, int(finish.second[i]) // 60
                out.setdefault(people[i].strip(), []).append((start, end + 1440 * (end < start), MOODS[level[i]]))
    return out


def _moods(intervals: list[tuple[int, int, str]], person: PersonMinutes) -> list[Event]:
    events = []
    for start, end, label in intervals:
        offset = person.offset_at(start - (int(person.offset[0]) if len(person.offset) else 0))
        events.append(Event(kind="mood", label=label, start=start - offset, end=end - offset))
    return events


def _is_table(file: Path) -> bool:
    return {"nurse", "recording", "t", *CHANNELS} <= set(parquet_names(file))


def _is_survey(file: Path) -> bool:
    return set(SURVEY) <= set(csv_names(file))


def detect(path: Path) -> bool:
    """Has it the minute table?"""
    return any(_is_table(f) for f in files_under(path, ".parquet"))


READER = Reader(
    read=read, detect=detect, channel_set="empatica", looks_for="a Parquet file with nurse, recording, t, hr, eda, temp"
)
