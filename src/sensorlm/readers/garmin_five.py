"""UoMsleep CSVs (5-minute heart rate, stress, running step totals) in, samples for a Collector out.

`step_count` is a running total for each activity type, which is the low 5 bits of current_activity_type_intensity (FIT
packed byte); steps of an epoch are its rise since the last row of that type, and the total itself after a reset.
Heart rate 0 and stress under 0 mean "not measurable".
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sensorlm.readers.collect import Collector
from sensorlm.readers.report import ReadReport
from sensorlm.readers.tables import csv_batches, read_header, require
from sensorlm.readers.times import DAY_FIRST, parse_times

EPOCH_MINUTES = 5
CHANNELS = ("HR", "steps", "stress_level")
NEEDED = ("sleep_ts", "step_count", "heart_rate", "current_activity_type_intensity", "stress_level_value")
IGNORED = ("sleep_level", "resting_heart_rate")


def add(
    file: Path, collected: Collector, person: int, offset_of: Callable[[NDArray[np.int64]], NDArray[np.int16]],
    report: ReadReport,
) -> None:  # fmt: skip
    """Add one file to `collected`.

    Raises:
        ReaderError: the file lacks columns.
    """
    names = read_header(file)[0]
    require(names, NEEDED, file, "a 5-minute table")
    if unknown := [n for n in names if n not in (*NEEDED, *IGNORED)]:
        report.unknown_columns[file.name] = unknown
    totals: dict[int, float] = {}
    for batch in csv_batches(file, report, wanted=NEEDED):
        wall = parse_times(batch.columns["sleep_ts"], DAY_FIRST, report, source=batch.source, rows=batch.rows)
        offset = offset_of(wall.second)
        second = wall.second - 60 * offset.astype(np.int64)
        who = np.where(wall.valid, person, -1).astype(np.int32)
        collected.watch_order(batch.source, who, second, batch.rows)
        heart = batch.numbers("heart_rate", report)
        stress = batch.numbers("stress_level_value", report)
        packed = np.nan_to_num(batch.numbers("current_activity_type_intensity", report)).astype(np.int64)
        steps = rises(batch.numbers("step_count", report), packed & 31, totals)
        columns = {
            "HR": np.where(heart == 0, np.nan, heart), "steps": steps,
            "stress_level": np.where(stress < 0, np.nan, stress),
        }  # fmt: skip
        for key, value in columns.items():
            column = collected.column(key, epoch=EPOCH_MINUTES)
            collected.add(column, who, second, value, offset, source=batch.source, rows=batch.rows)


def rises(total: NDArray[np.float64], kind: NDArray[np.int64], last: dict[int, float]) -> NDArray[np.float64]:
    """Steps of each row from running totals by activity type; `last` holds the total of each type between calls."""
    out = np.full(len(total), np.nan)
    for name in np.unique(kind).tolist():
        rows = np.flatnonzero((kind == name) & np.isfinite(total))
        if not len(rows):
            continue
        mine = total[rows]
        rise = np.diff(mine, prepend=last.get(name, mine[0]))
        out[rows] = np.where(rise < 0, mine, rise)
        last[name] = float(mine[-1])
    return out
