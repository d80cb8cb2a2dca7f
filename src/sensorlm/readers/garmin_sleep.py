"""UoM*sleeptime CSVs of one person in, sleep events with their stages out, and the sleep_stage channels of the nights.

`start_date_ts` and the stage maps are UTC (the first stage begins at start_date_ts in every file). A night ends where
its last stage does. Some headers write "map.deep" for "map_deep" and leave a name empty.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.readers.base import STAGE_LABELS
from sensorlm.readers.collect import Collector
from sensorlm.readers.report import ReadReport
from sensorlm.readers.tables import Batch, csv_batches, read_header, require
from sensorlm.readers.times import DAY_FIRST, parse_times
from sensorlm.records import Event

STAGES = ("awake", "light", "deep", "rem")
NEEDED = ("start_date_ts", "duration_in_sec", "start_time_offset_s")


def read_nights(files: Sequence[Path], report: ReadReport) -> tuple[list[Event], dict[int, int]]:
    """Events of all nights, and the clock offset in minutes at the start of each."""
    events: list[Event] = []
    offsets: dict[int, int] = {}
    for file in files:
        require(read_header(file)[0], NEEDED, file, "a sleep time file")
        for batch in csv_batches(file, report):
            _nights(batch, report, events, offsets)
    return events, offsets


def _nights(batch: Batch, report: ReadReport, events: list[Event], offsets: dict[int, int]) -> None:
    start = parse_times(batch.columns["start_date_ts"], DAY_FIRST, report, source=batch.source, rows=batch.rows)
    seconds = batch.numbers("duration_in_sec", report)
    shift = batch.numbers("start_time_offset_s", report)
    names = {
        s: next((n for n in batch.columns if n in (f"sleep_levels_map_{s}", f"sleep_levels_map.{s}")), "")
        for s in STAGES
    }
    broken = np.zeros(len(seconds), np.bool_)
    again = np.zeros(len(seconds), np.bool_)
    for row in np.flatnonzero(start.valid & np.isfinite(seconds)):
        begin = int(start.second[row]) // 60
        if begin in offsets:
            again[row] = True
            continue
        parts: list[Event] = []
        for stage, name in names.items():
            pieces = _stage(batch.columns[name][row].as_py() if name else "", stage)
            broken[row] |= pieces is None
            parts += pieces or []
        end = max([begin + int(seconds[row]) // 60, *(e.end for e in parts)])
        offsets[begin] = 0 if np.isnan(shift[row]) else int(shift[row]) // 60
        events.append(Event(kind="sleep", label=STAGE_LABELS[""], start=begin, end=end))
        events.extend(parts)
    report.count_rows("nights with unreadable stages", broken, batch.source, batch.rows)
    report.count_rows("nights said twice", again, batch.source, batch.rows)


def _stage(cell: str, stage: str) -> list[Event] | None:
    """Parts of one stage; None where the cell is no list of start and end seconds."""
    if not cell.strip():
        return []
    try:
        spans: list[dict[str, Any]] = json.loads(cell)
        return [
            Event(
                kind="sleep", label=STAGE_LABELS[stage], stage=stage, start=int(s["startTimeInSeconds"]) // 60,
                end=int(s["endTimeInSeconds"]) // 60,
            )
            for s in spans
        ]  # fmt: skip
    except (ValueError, TypeError, KeyError):
        return None


def add_stages(events: Sequence[Event], offsets: dict[int, int], collected: Collector, person: int) -> None:
    """Fill the four sleep_stage channels inside staged nights: 1 in the stage, 0 in another; unrecorded outside."""
    if not offsets:
        return
    starts = np.array(sorted(offsets), np.int64)
    shifts = np.array([offsets[int(s)] for s in starts], np.int16)
    staged = [e for e in events if e.stage]
    minute = np.concatenate([np.arange(e.start, e.end) for e in staged] or [np.zeros(0, np.int64)])
    which = np.concatenate([np.full(e.end - e.start, STAGES.index(e.stage)) for e in staged] or [np.zeros(0, np.int64)])
    minute, first = np.unique(minute, return_index=True)
    offset: NDArray[np.int16] = shifts[np.maximum(np.searchsorted(starts, minute, side="right") - 1, 0)]
    for number, stage in enumerate(STAGES):
        value = (which[first] == number).astype(np.float64)
        collected.add(collected.column(f"sleep_stage_{stage}"), person, minute * 60, value, offset)
