"""UoMActivity CSVs of one person in, sorted 15-minute epochs out.

A row is one kind of activity inside an epoch. Rows said twice are dropped; a row longer than 15 minutes is split
evenly; UNMONITORED rows say the watch was off. When one stretch of time is claimed under two clock offsets, and half
or more of the rows of one offset are so claimed, the rows of the offset that is not the home zone's are somebody
else's (as in UoMActivity2305) and are left out. All of it is counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.readers.report import ReadReport
from sensorlm.readers.tables import csv_batches, read_header, require
from sensorlm.readers.times import load_zone, offsets

EPOCH_MINUTES = 15
_SECONDS = EPOCH_MINUTES * 60
SUMS = {"step_count": "steps", "active_Kcal": "calories", "distance_m": "distance"}
MEANS = {"met": "mets", "motion_intensity_mean": "motion_intensity"}
NEEDED = (
    "activity_ts", "activity_type", "start_time_s", "start_time_offset_s", "duration_s", "active_time_s", *SUMS, *MEANS
)  # fmt: skip
IGNORED = ("intensity", "motion_intensity_max")


@dataclass(slots=True)
class Epochs:
    """Epochs of one person: n UTC starts, rising."""

    second: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    offset: NDArray[np.int16] = field(default_factory=lambda: np.zeros(0, np.int16))
    columns: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    """Channel -> (n,) epoch totals or means."""
    active: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    """Kind of activity -> (n,) active seconds."""


@dataclass(slots=True)
class _Rows:
    number: dict[str, NDArray[np.float64]]
    kind: NDArray[Any]
    source: str
    rows: NDArray[np.int64]

    def keep(self, mask: NDArray[np.bool_]) -> "_Rows":
        numbers = {k: v[mask] for k, v in self.number.items()}
        return _Rows(numbers, self.kind[mask], self.source, self.rows[mask])


def read_epochs(files: Sequence[Path], report: ReadReport, home_zone: str) -> Epochs:
    """All epochs of one person.

    Raises:
        ReaderError: a file lacks columns.
    """
    parts = [_clean(_load(file, report), report, home_zone) for file in files]
    if not parts:
        return Epochs()
    number = {k: np.concatenate([p.number[k] for p in parts]) for k in parts[0].number}
    return _combine(_Rows(number, np.concatenate([p.kind for p in parts]), "", np.zeros(0, np.int64)))


def _load(file: Path, report: ReadReport) -> _Rows:
    names = read_header(file)[0]
    require(names, NEEDED, file, "an activity file")
    if unknown := [n for n in names if n not in (*NEEDED, *IGNORED)]:
        report.unknown_columns[file.name] = unknown
    numeric = [n for n in NEEDED if n not in ("activity_ts", "activity_type")]
    number: dict[str, list[NDArray[np.float64]]] = {n: [] for n in numeric}
    kinds, rows = [], []
    for batch in csv_batches(file, report, wanted=NEEDED):
        for name in numeric:
            number[name].append(batch.numbers(name, report))
        kinds.append(np.array(batch.columns["activity_type"].to_pylist(), np.str_))
        rows.append(batch.rows)
    empty = [np.zeros(0)]
    return _Rows(
        {n: np.concatenate(v or empty) for n, v in number.items()}, np.concatenate(kinds or [np.zeros(0, np.str_)]),
        file.name, np.concatenate(rows or [np.zeros(0, np.int64)]),
    )  # fmt: skip


def _clean(rows: _Rows, report: ReadReport, home_zone: str) -> _Rows:
    timed = np.isfinite(rows.number["start_time_s"]) & np.isfinite(rows.number["start_time_offset_s"])
    report.count_rows("unparsable times", ~timed, rows.source, rows.rows)
    rows = rows.keep(timed)
    foreign = _foreign(rows, home_zone)
    report.count_rows("rows under a clock offset that is not this person's", foreign, rows.source, rows.rows)
    rows = rows.keep(~foreign)
    table = np.stack([np.nan_to_num(v, nan=-1.0) for v in rows.number.values()], 1)
    _, kind = np.unique(rows.kind, return_inverse=True)
    _, first = np.unique(np.column_stack([table, kind.reshape(-1)]), axis=0, return_index=True)
    again = np.ones(len(rows.kind), np.bool_)
    again[first] = False
    report.count_rows("rows said twice", again, rows.source, rows.rows)
    rows = rows.keep(~again)
    off = rows.kind == "UNMONITORED"
    report.count_rows("unmonitored epochs, not observed", off, rows.source, rows.rows)
    rows = rows.keep(~off)
    odd = rows.number["duration_s"] % _SECONDS != 0
    report.count_rows("epochs that are no multiple of 15 minutes", odd, rows.source, rows.rows)
    late = np.r_[False, np.diff(rows.number["start_time_s"]) < 0]
    report.count_rows("rows out of order", late, rows.source, rows.rows)
    return rows


def _foreign(rows: _Rows, home_zone: str) -> NDArray[np.bool_]:
    """Rows of an offset that shares half or more of its epochs with another and is not the home zone's."""
    start, shift = rows.number["start_time_s"], rows.number["start_time_offset_s"]
    zone = load_zone(home_zone)
    out = np.zeros(len(start), np.bool_)
    if zone is None or len(np.unique(shift)) < 2:
        return out
    home = offsets(start.astype(np.int64), zone) * 60 == shift
    for offset in np.unique(shift[~home]):
        mine = (shift == offset) & ~home
        if np.isin(start[mine], start[~mine]).mean() >= 0.5:
            out |= mine
    return out


def _combine(rows: _Rows) -> Epochs:
    """Rows to epochs: split long rows, then add or average what shares a start."""
    pieces = np.maximum(np.round(rows.number["duration_s"] / _SECONDS), 1).astype(np.int64)
    begin = np.cumsum(pieces) - pieces
    step = np.arange(int(pieces.sum())) - np.repeat(begin, pieces)
    start = np.repeat(rows.number["start_time_s"].astype(np.int64), pieces) + step * _SECONDS
    second, back = np.unique(start, return_inverse=True)
    back = back.reshape(-1)
    number = {k: np.repeat(v, pieces) for k, v in rows.number.items()}
    share = np.repeat(1.0 / pieces, pieces)
    offset = np.zeros(len(second), np.int16)
    offset[back] = (number["start_time_offset_s"] // 60).astype(np.int16)
    columns = {key: _total(back, number[name] * share, len(second)) for name, key in SUMS.items()}
    weight = np.nan_to_num(number["active_time_s"] * share)
    for name, key in MEANS.items():
        known = np.isfinite(number[name])
        heavy = np.where(known, np.maximum(weight, 1e-9), 0.0)  # an epoch of no active second is still an epoch
        with np.errstate(invalid="ignore"):
            columns[key] = _total(back, np.nan_to_num(number[name]) * heavy, len(second)) / _total(
                back, heavy, len(second)
            )
    kind = np.repeat(rows.kind, pieces)
    active = {k: _total(back, weight * (kind == k), len(second)) for k in np.unique(kind).tolist()}
    return Epochs(second, offset, columns, active)


def _total(group: NDArray[np.int64], value: NDArray[np.float64], number: int) -> NDArray[np.float64]:
    return np.bincount(group, np.nan_to_num(value), number).astype(np.float64)
