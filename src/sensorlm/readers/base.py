"""What every reader is: a name, a test of whether a path is its export, and a function from path to MinuteTables."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sensorlm.readers.collect import SPILL_RECORDS, Collector, PersonMinutes
from sensorlm.readers.report import ReadReport
from sensorlm.records import Event, MinuteTable

STAGE_LABELS = {"": "Asleep", "awake": "Awake", "light": "Light sleep", "deep": "Deep sleep", "rem": "REM sleep"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What a person may say about an export that the export does not say itself."""

    zone: str = ""
    """IANA zone of the wall-clock times; "" keeps what the export says, else "local"."""
    mapping: Path | None = None
    """JSON file that gives columns their meaning (generic readers)."""
    units: str = ""
    """"physical", "normalised" (z-scores) or "" to tell by the values (generic readers)."""
    dataset: str = ""
    """Name of the corpus; "" takes the reader's."""
    spill_records: int = SPILL_RECORDS
    """Records kept in memory before scratch files are used (24 bytes each)."""


ReadFunction = Callable[[Path, ReadOptions, ReadReport], Iterator[MinuteTable]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One entry of READERS."""

    read: ReadFunction
    detect: Callable[[Path], bool]
    """Is this path such an export? Looks at names and headers only."""
    looks_for: str
    """What `detect` looks for, in words."""
    channel_set: str = "sensorlm-34"
    """The set that holds most of what the export records."""


def table_of(
    person: PersonMinutes, *, dataset: str, device: str, zone: str, report: ReadReport, events: list[Event],
    logged: frozenset[str], epochs: Mapping[str, int] | None = None, tags: Mapping[str, str] | None = None,
) -> MinuteTable:  # fmt: skip
    """A MinuteTable of collected minutes and events; the report gets its totals."""
    report.people += 1
    report.minutes += len(person.utc_minute)
    report.events += len(events)
    for key, values in person.columns.items():
        report.channels[key] = report.channels.get(key, 0) + int(np.isfinite(values).sum())
    return MinuteTable(
        person=person.person, dataset=dataset, device=device, zone=zone, utc_minute=person.utc_minute,
        offset_minutes=person.offset, columns=person.columns, tags=dict(tags or {}), logged=logged,
        epoch_minutes={k: v for k, v in (epochs or {}).items() if k in person.columns and v > 1},
        events=tuple(sorted(events, key=lambda e: (e.start, e.end, e.kind, e.stage))),
    )  # fmt: skip


def runs(minute: NDArray[np.int64], value: NDArray[np.float64], *, gap: int = 1) -> Iterator[tuple[int, int, float]]:
    """(start, end, value) of stretches of equal value whose minutes are at most `gap` apart; end is exclusive."""
    if not len(minute):
        return
    breaks = np.flatnonzero((value[1:] != value[:-1]) | (np.diff(minute) > gap)) + 1
    starts, ends = np.r_[0, breaks], np.r_[breaks, len(minute)]
    for start, end in zip(starts, ends, strict=True):
        yield int(minute[start]), int(minute[end - 1]) + 1, float(value[start])


def files_under(path: Path, *suffixes: str) -> list[Path]:
    """The file itself, or the files of a folder and its subfolders with one of `suffixes`, sorted."""
    if path.is_file():
        return [path] if path.name.lower().endswith(suffixes) else []
    return sorted(p for p in path.rglob("*") if p.is_file() and p.name.lower().endswith(suffixes))


def collector(options: ReadOptions, report: ReadReport) -> Collector:
    """A Collector with the memory bound the options ask for."""
    return Collector(report, options.spill_records)
