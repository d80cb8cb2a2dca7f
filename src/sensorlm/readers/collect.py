"""Samples of many people in any order in, one sorted MinuteTable a person out, in bounded memory.

Samples are reduced to minutes batch by batch. What is kept is one 24-byte record a person, channel and minute; when
`spill_records` of them are waiting they are appended to one scratch file a person. So memory is bounded by
`spill_records` x 24 bytes, plus the records of one person while that person is put together (a year of five channels
at every minute: 63 MB), whatever the size of the export.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sensorlm.channels import Channel, known_channel
from sensorlm.errors import ChannelError
from sensorlm.readers.report import ReadReport

SPILL_RECORDS = 4_000_000
_RECORD = np.dtype(
    [("person", "<i4"), ("channel", "<i2"), ("offset", "<i2"), ("minute", "<i4"), ("value", "<f8"), ("count", "<i4")]
)
Records = NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """How the samples of one channel become minutes."""

    key: str
    """Channel key; one that starts with "_" is no channel but something a reader makes events of."""
    samples: bool = False
    """True: a minute has many samples, aggregated as the channel says. False: one value a minute, a second is a
    duplicate."""
    epoch: int = 1
    """Minutes one value covers; the highest possible sum grows with it."""
    channel: Channel | None = None
    """Its description when no built-in set has it: range and aggregate come from here."""


@dataclass(slots=True)
class PersonMinutes:
    """Everything recorded of one person, sorted."""

    person: str
    utc_minute: NDArray[np.int64]
    offset: NDArray[np.int16]
    columns: dict[str, NDArray[np.float32]]
    extra: dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]]
    """Columns whose key starts with "_": (minutes, values)."""

    def offset_at(self, minute: int) -> int:
        """Clock offset at a UTC minute: that of the last recorded minute not after it, else of the first."""
        if not len(self.offset):
            return 0
        return int(self.offset[max(int(np.searchsorted(self.utc_minute, minute, side="right")) - 1, 0)])


@dataclass(slots=True)
class Collector:
    """Takes samples of all people, gives them back person by person."""

    report: ReadReport
    spill_records: int = SPILL_RECORDS
    people: dict[str, int] = field(default_factory=dict)
    columns: list[Column] = field(default_factory=list)
    spilled: int = 0
    """Records that went through scratch files."""
    _waiting: list[Records] = field(default_factory=list)
    _number: int = 0
    _last: dict[tuple[str, int], int] = field(default_factory=dict)
    _scratch: Any = None

    def column(self, key: str, **how: Any) -> int:  # noqa: ANN401
        """The number of a column, made on first use (see Column)."""
        for number, column in enumerate(self.columns):
            if column.key == key:
                return number
        if "channel" not in how and not key.startswith("_"):
            try:
                how["channel"] = known_channel(key)
            except ChannelError:
                how["channel"] = None
        self.columns.append(Column(key=key, **how))
        return len(self.columns) - 1

    def codes(self, names: pa.Array) -> NDArray[np.int32]:
        """Person numbers of (n,) names; an empty name is -1."""
        text = names if pa.types.is_string(names.type) else names.cast(pa.string())
        encoded = pc.utf8_trim_whitespace(text.fill_null("")).dictionary_encode()
        table = [self.person(n) if n else -1 for n in encoded.dictionary.to_pylist()]
        numbers: NDArray[np.int32] = np.array([*table, -1], np.int32)[np.asarray(encoded.indices)]
        return numbers

    def person(self, name: str) -> int:
        """The number of one person."""
        return self.people.setdefault(name, len(self.people))

    def watch_order(self, source: str, person: NDArray[np.int32], second: NDArray[np.int64], rows: Any) -> None:  # noqa: ANN401
        """Count rows of one file that are earlier than the row before them of the same person."""
        order = np.argsort(person, kind="stable")
        who, when = person[order], second[order]
        late = np.zeros(len(who), np.bool_)
        late[1:] = (who[1:] == who[:-1]) & (when[1:] < when[:-1])
        for start in np.flatnonzero(np.r_[True, who[1:] != who[:-1]]) if len(who) else ():
            key = (source, int(who[start]))
            late[start] = when[start] < self._last.get(key, -(2**62))
        for end in np.flatnonzero(np.r_[who[1:] != who[:-1], True]) if len(who) else ():
            self._last[(source, int(who[end]))] = int(when[end])
        self.report.count_rows("rows out of order", late, source, rows[order])

    def add(
        self, column: int, person: NDArray[np.int32] | int, second: NDArray[np.int64], value: NDArray[np.float64],
        offset: NDArray[np.int16] | int = 0, *, source: str = "", rows: NDArray[np.int64] | None = None,
    ) -> None:  # fmt: skip
        """Add (n,) samples of one column; NaN is "not recorded", values no device can mean are counted and left out."""
        who = np.broadcast_to(np.asarray(person, np.int32), second.shape)
        shift = np.broadcast_to(np.asarray(offset, np.int16), second.shape)
        keep = np.isfinite(value) & (who >= 0) & self._possible(self.columns[column], value, source, rows)
        records = np.zeros(int(keep.sum()), _RECORD)
        records["person"], records["channel"], records["offset"] = who[keep], column, shift[keep]
        records["minute"], records["value"], records["count"] = second[keep] // 60, value[keep], 1
        if self.columns[column].samples and len(records):
            records = _reduce(records, _reducer(self.columns[column]))
        self._waiting.append(records)
        self._number += len(records)
        if self._number > self.spill_records:
            self._spill()

    def _possible(
        self, column: Column, value: NDArray[np.float64], source: str, rows: NDArray[np.int64] | None
    ) -> NDArray[np.bool_]:
        channel = column.channel
        if channel is None:
            return np.ones(len(value), np.bool_)
        high = channel.high * (column.epoch if channel.aggregate == "sum" else 1)
        wrong = np.isinf(value) | (value < channel.low) | (value > high)
        numbers = np.arange(len(value), dtype=np.int64) if rows is None else rows
        self.report.count_rows(f"impossible {channel.key}", wrong, source, numbers)
        return ~wrong

    def _spill(self) -> None:
        if self._scratch is None:
            self._scratch = tempfile.TemporaryDirectory(prefix="sensorlm-read-")
        records = _join(self._waiting)
        records = records[np.argsort(records["person"], kind="stable")]
        for part in np.split(records, np.flatnonzero(np.diff(records["person"])) + 1):
            if len(part):
                with (Path(self._scratch.name) / f"{int(part['person'][0])}.bin").open("ab") as file:
                    file.write(part.tobytes())
        self.spilled += len(records)
        self._waiting, self._number = [], 0

    def people_minutes(self) -> Iterator[PersonMinutes]:
        """Everybody in the order of their names, each put together when asked for; scratch files go at the end."""
        try:
            waiting = _join(self._waiting)
            self._waiting, self._number = [], 0
            waiting = waiting[np.argsort(waiting["person"], kind="stable")]
            for name, code in sorted(self.people.items()):
                low, high = np.searchsorted(waiting["person"], [code, code + 1])
                file = None if self._scratch is None else Path(self._scratch.name) / f"{code}.bin"
                parts = [] if file is None or not file.exists() else [np.fromfile(file, _RECORD)]
                yield self._assemble(name, _join([*parts, waiting[low:high]]))
        finally:
            if self._scratch is not None:
                self._scratch.cleanup()

    def _assemble(self, name: str, records: Records) -> PersonMinutes:
        parts: dict[str, Records] = {}
        for number, column in enumerate(self.columns):
            mine = records[records["channel"] == number]
            if not len(mine):
                continue
            parts[column.key] = self._minutes(name, column, mine)
        real = {k: p for k, p in parts.items() if not k.startswith("_")}
        every = np.concatenate([p["minute"] for p in real.values()]) if real else np.zeros(0, np.int32)
        minutes, where = np.unique(every, return_inverse=True)
        offset = np.zeros(len(minutes), np.int16)
        columns, start = {}, 0
        for key, part in real.items():
            at = where.reshape(-1)[start : start + len(part)]
            start += len(part)
            offset[at] = part["offset"]
            columns[key] = np.full(len(minutes), np.nan, np.float32)
            columns[key][at] = part["value"]
        extra = {
            k: (p["minute"].astype(np.int64), p["value"].astype(np.float64))
            for k, p in parts.items() if k.startswith("_")
        }  # fmt: skip
        return PersonMinutes(name, minutes.astype(np.int64), offset, columns, extra)

    def _minutes(self, name: str, column: Column, records: Records) -> Records:
        """One record a minute: samples are aggregated, of duplicates the last one counts."""
        if column.samples:
            out = _reduce(records, _reducer(column))
            if _reducer(column) == "mean":
                out["value"] /= out["count"]
            return out
        records = records[np.argsort(records["minute"], kind="stable")]
        again = np.r_[False, records["minute"][1:] == records["minute"][:-1]]
        if not again.any():
            return records
        hits = np.flatnonzero(again)
        other = records["value"][hits] != records["value"][hits - 1]
        label = column.key.lstrip("_")
        examples = [f"person {name} minute {np.datetime64(int(m), 'm')}" for m in records["minute"][hits[:5]]]
        self.report.count(f"duplicate minutes of {label}, the same value", int((~other).sum()), examples)
        self.report.count(
            f"duplicate minutes of {label}, another value (the last row counts)", int(other.sum()), examples
        )
        return records[np.r_[~again[1:], True]]


def _reducer(column: Column) -> str:
    return "mean" if column.channel is None else column.channel.aggregate


def _join(parts: list[Records]) -> Records:
    return np.concatenate(parts) if parts else np.zeros(0, _RECORD)


_UFUNC: Mapping[str, Callable[..., Any]] = {
    "mean": np.add.reduceat, "sum": np.add.reduceat, "max": np.maximum.reduceat, "min": np.minimum.reduceat,
}  # fmt: skip


def _reduce(records: Records, aggregate: str) -> Records:
    """One record a person and minute; "mean" keeps the sum and the count, so that parts can be joined."""
    order = np.lexsort((records["minute"], records["person"]))  # stable: "last" is the last row of the file
    records = records[order]
    first = np.r_[True, np.diff(records["minute"]) != 0] | np.r_[True, np.diff(records["person"]) != 0]
    starts = np.flatnonzero(first)
    out = records[starts].copy()
    out["count"] = np.add.reduceat(records["count"], starts)
    if aggregate == "last":
        out["value"] = records["value"][np.r_[starts[1:], len(records)] - 1]
    else:
        out["value"] = _UFUNC[aggregate](records["value"], starts)
    return out
