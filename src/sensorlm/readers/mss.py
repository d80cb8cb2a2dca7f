"""Multi-Sensor Study recordings in (Actiheart chest ECG and counts, 5-minute epochs), one MinuteTable a person out.

Reads mss_epochs.parquet (user, t_min, bpm, activity, rmssd; t_min = minutes since the first local midnight) or the raw
actiheart_*.csv (days, hours, Activity, BPM, RMSSD, Quality). There are no dates: the first day is called 2000-01-01.
Heart rate and RMSSD count only where the signal quality is 0.8 or more and a rate was found (not 0), as in the table.
Activity counts are totals of the epoch, in the device's own unit.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sensorlm.errors import ReaderError
from sensorlm.readers.base import Reader, ReadOptions, collector, files_under, table_of
from sensorlm.readers.collect import Collector
from sensorlm.readers.report import ReadReport
from sensorlm.readers.tables import (
    Batch,
    csv_batches,
    csv_names,
    parquet_batches,
    parquet_columns,
    parquet_names,
    require,
)
from sensorlm.records import MinuteTable

EPOCH_MINUTES = 5
FIRST_DAY_MINUTE = 10957 * 1440  # 2000-01-01
MIN_QUALITY = 0.8
TABLE = {"bpm": "HR", "activity": "counts", "rmssd": "rmssd0595"}
RAW = {"BPM": "HR", "Activity": "counts", "RMSSD": "rmssd0595"}


def read(path: Path, options: ReadOptions, report: ReadReport) -> Iterator[MinuteTable]:
    """Read the table or the raw files; the table wins, it holds them all.

    Raises:
        ReaderError: neither is here.
    """
    tables = [f for f in files_under(path, ".parquet") if _is_table(f)]
    raw = [] if tables else [f for f in files_under(path, ".csv", ".csv.gz") if _is_raw(f)]
    if not tables and not raw:
        raise ReaderError(
            f"{path}: no Parquet file with user, t_min, bpm and no actiheart CSV with hours, BPM, Quality."
        )
    collected = collector(options, report)
    for file in tables:
        require(parquet_columns(file), ("user", "t_min", *TABLE), file, "the Multi-Sensor Study table")
        for batch in parquet_batches(file, report):
            _add(batch, collected.codes(batch.columns["user"]), batch.numbers("t_min", report), TABLE, collected)
    for file in raw:
        person = collected.person(file.name.split(".")[0].removeprefix("actiheart_"))
        for batch in csv_batches(file, report):
            clock = batch.numbers("days", report) * 1440 + batch.numbers("hours", report) * 60
            who = np.full(len(clock), person, np.int32)
            good = (batch.numbers("Quality", report) >= MIN_QUALITY) & (batch.numbers("BPM", report) > 0)
            report.count_rows(
                "epochs without a heart rate of quality 0.8, not observed", ~good, batch.source, batch.rows
            )
            columns = dict(batch.columns)
            for name in ("BPM", "RMSSD"):
                columns[name] = pa.array(np.where(good, batch.numbers(name, report), np.nan))
            _add(Batch(columns, batch.source, batch.rows), who, clock, RAW, collected)
    report.note("no dates in this study: the first day of each person is called 2000-01-01")
    for minutes in collected.people_minutes():
        yield table_of(
            minutes, dataset=options.dataset or "mss", device="Actiheart", zone=options.zone or "local", report=report,
            events=[], logged=frozenset(), epochs=dict.fromkeys(TABLE.values(), EPOCH_MINUTES),
        )  # fmt: skip


def _add(
    batch: Batch,
    person: NDArray[Any],
    clock: NDArray[Any],
    names: dict[str, str],
    collected: Collector,
) -> None:
    report = collected.report
    valid = np.isfinite(clock)
    report.count_rows("unparsable times", ~valid, batch.source, batch.rows)
    # Raw hours are decimals (8.0833 is 08:05): round to the minute.
    minute = np.round(np.where(valid, clock, 0)).astype(np.int64) + FIRST_DAY_MINUTE
    who = np.where(valid, person, -1).astype(np.int32)
    collected.watch_order(batch.source, who, minute * 60, batch.rows)
    for name, key in names.items():
        value = batch.numbers(name, report)
        collected.add(
            collected.column(key, epoch=EPOCH_MINUTES), who, minute * 60, value, source=batch.source, rows=batch.rows
        )


def _is_table(file: Path) -> bool:
    return {"user", "t_min", "bpm"} <= set(parquet_names(file))


def _is_raw(file: Path) -> bool:
    return {"days", "hours", "Activity", "BPM", "RMSSD", "Quality"} <= set(csv_names(file))


def detect(path: Path) -> bool:
    """Has it the epochs table or a raw Actiheart file?"""
    return any(_is_table(f) for f in files_under(path, ".parquet")) or any(
        _is_raw(f) for f in files_under(path, ".csv", ".csv.gz")[:200]
    )


READER = Reader(
    read=read, detect=detect, channel_set="actigraphy",
    looks_for="a Parquet file with user, t_min, bpm, or CSV files with days, hours, Activity, BPM, RMSSD, Quality",
)  # fmt: skip
