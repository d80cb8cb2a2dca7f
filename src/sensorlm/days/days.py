"""MinuteTable and ChannelSet in, DayMatrix a local day out; the rules are in the docstring of `sensorlm.days`."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from sensorlm.channels import Channel, ChannelSet
from sensorlm.days.nonwear import COUNT_CHANNELS, DERIVED_CHANNELS, STEP_CHANNELS, not_worn
from sensorlm.days.report import DaysReport
from sensorlm.errors import RecordError
from sensorlm.records import MINUTES_PER_DAY, DayMatrix, Event, MinuteTable

_EPOCH_DAY = dt.date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class _Minutes:
    """A table with epochs spread to single minutes: m rows of consecutive or spaced UTC minutes."""

    utc: NDArray[np.int64]
    offset: NDArray[np.int64]
    columns: dict[str, NDArray[np.float32]]

    def offset_at(self, minute: int) -> int:
        """Offset of the last row not after `minute`, else of the first row."""
        return int(self.offset[max(int(np.searchsorted(self.utc, minute, side="right")) - 1, 0)])


def to_days(
    table: MinuteTable, channel_set: ChannelSet, *, min_observed_minutes: int = 60, non_wear: bool = True,
    report: DaysReport | None = None,
) -> Iterator[DayMatrix]:  # fmt: skip
    """The local days of one person, in order of date.

    Args:
        table: the recording.
        channel_set: columns of the days; what the table lacks stays missing.
        min_observed_minutes: wall minutes with any observed channel that a day needs.
        non_wear: apply the rules of `days.nonwear` (a table with tag "wear" marks its own and is left alone).
        report: gets the counts.

    Raises:
        RecordError: `min_observed_minutes` is not 1 to 1440.
    """
    if not 1 <= min_observed_minutes <= MINUTES_PER_DAY:
        raise RecordError(f"min_observed_minutes={min_observed_minutes}: a day has 1 to 1440 minutes. Use e.g. 60.")
    report = DaysReport() if report is None else report
    report.people += 1
    for key in table.columns:
        if key not in channel_set.keys:
            report.channels_not_in_set[key] = report.channels_not_in_set.get(key, 0) + 1
    minutes = _spread(table, channel_set)
    _refuse_impossible(minutes, channel_set, report)
    if non_wear and "wear" not in table.tags:
        _take_off(minutes, table, report)
    if not len(minutes.utc):
        return
    local = minutes.utc + minutes.offset
    # Rows need not rise in wall time when the clock goes back: sort by day, keep UTC order inside a day.
    order = np.argsort(local // MINUTES_PER_DAY, kind="stable")
    days, starts = np.unique(local[order] // MINUTES_PER_DAY, return_index=True)
    ends = np.r_[starts[1:], len(order)]
    events = _Events(table, minutes)
    for day, start, end in zip(days.tolist(), starts, ends, strict=True):
        made = _one_day(channel_set, minutes, order[start:end], day, report)
        seen = int(made[1].any(axis=1).sum())
        if seen < min_observed_minutes:
            report.days_too_empty += 1
            report.minutes_too_empty += seen
            continue
        yield _finish(table, channel_set, minutes.offset[order[start:end]], day, made, events, report)


def _spread(table: MinuteTable, channel_set: ChannelSet) -> _Minutes:
    """Every channel of the set (and what non-wear looks at) by single UTC minutes."""
    looked_at = (*COUNT_CHANNELS, *STEP_CHANNELS, *DERIVED_CHANNELS, "HR")
    keys = [k for k in table.columns if k in channel_set.keys or k in looked_at]
    sums = {c.key for c in channel_set.channels if c.aggregate == "sum"} | {"steps", "step_count", "counts", "distance"}
    parts = {k: _spread_column(table, k, k in sums) for k in keys}
    every = np.concatenate([p[0] for p in parts.values()]) if parts else np.zeros(0, np.int64)
    utc, where = np.unique(every, return_inverse=True)
    offset = np.zeros(len(utc), np.int64)
    columns, begin = {}, 0
    for key, (at, shift, value) in parts.items():
        rows = where.reshape(-1)[begin : begin + len(at)]
        begin += len(at)
        offset[rows] = shift
        columns[key] = np.full(len(utc), np.nan, np.float32)
        columns[key][rows] = value
    return _Minutes(utc, offset, columns)


def _spread_column(
    table: MinuteTable, key: str, is_sum: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """(minutes, offsets, values) of one channel; an epoch ends where the next recorded value begins."""
    seen = np.flatnonzero(np.isfinite(table.columns[key]))
    start = table.utc_minute[seen]
    offset = table.offset_minutes[seen].astype(np.int64)
    value = table.columns[key][seen].astype(np.float64)
    epoch = int(table.epoch_minutes.get(key, 1))
    if epoch <= 1 or not len(seen):
        return start, offset, value
    length = np.minimum(np.r_[np.diff(start), epoch], epoch)
    if is_sum:
        value = value / length
    begin = np.cumsum(length) - length
    step = np.arange(int(length.sum())) - np.repeat(begin, length)
    return np.repeat(start, length) + step, np.repeat(offset, length), np.repeat(value, length)


def _refuse_impossible(minutes: _Minutes, channel_set: ChannelSet, report: DaysReport) -> None:
    for channel in channel_set.channels:
        column = minutes.columns.get(channel.key)
        if column is None:
            continue
        with np.errstate(invalid="ignore"):
            wrong = (column < channel.low) | (column > channel.high)
        if number := int(wrong.sum()):
            column[wrong] = np.nan
            report.impossible[channel.key] = report.impossible.get(channel.key, 0) + number


def _take_off(minutes: _Minutes, table: MinuteTable, report: DaysReport) -> None:
    sleeps = [e for e in table.events if e.kind == "sleep"]
    off, stretches = not_worn(minutes.utc, minutes.columns, sleeps)
    if not stretches:
        return
    for key in (*COUNT_CHANNELS, *STEP_CHANNELS, *DERIVED_CHANNELS):
        if key in minutes.columns:
            minutes.columns[key][off] = np.nan
    report.non_wear_minutes += int(off.sum())
    report.non_wear_stretches += stretches


def _one_day(
    channel_set: ChannelSet, minutes: _Minutes, rows: NDArray[np.int64], day: int, report: DaysReport
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """(1440, c) values and mask of one local day from its rows."""
    values = np.full((MINUTES_PER_DAY, len(channel_set)), np.nan, np.float32)
    wall = minutes.utc[rows] + minutes.offset[rows] - day * MINUTES_PER_DAY
    repeats = bool((np.diff(wall) <= 0).any())
    for number, channel in enumerate(channel_set.channels):
        column = minutes.columns.get(channel.key)
        if column is None:
            continue
        value = column[rows]
        if not repeats:
            values[wall, number] = value
            continue
        seen = np.isfinite(value)
        if not seen.any():
            continue
        at, value = _merge(wall[seen], value[seen], channel)
        report.merged_minutes += int(seen.sum()) - len(at)
        values[at, number] = value
    return values, np.isfinite(values)


def _merge(
    at: NDArray[np.int64], value: NDArray[np.float32], channel: Channel
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Values that share a wall minute become one, as the channel aggregates."""
    order = np.argsort(at, kind="stable")
    at, value = at[order], value[order].astype(np.float64)
    starts = np.flatnonzero(np.r_[True, np.diff(at) != 0])
    if channel.aggregate == "max":
        merged = np.maximum.reduceat(value, starts)
    elif channel.aggregate == "min":
        merged = np.minimum.reduceat(value, starts)
    elif channel.aggregate == "last":
        merged = value[np.r_[starts[1:], len(value)] - 1]
    else:
        merged = np.add.reduceat(value, starts)
        if channel.aggregate == "mean":
            merged = merged / np.diff(np.r_[starts, len(value)])
    return at[starts], merged.astype(np.float32)


class _Events:
    """Events on the wall clock: minutes since 1970-01-01 00:00 local, each end by the offset that held there."""

    def __init__(self, table: MinuteTable, minutes: _Minutes) -> None:
        self.events = table.events
        self.start = np.array([e.start + minutes.offset_at(e.start) for e in table.events], np.int64)
        end = np.array([e.end + minutes.offset_at(e.end) for e in table.events], np.int64)
        length = np.array([e.end - e.start for e in table.events], np.int64)
        # An event inside the hour that comes twice may seem to end before it starts: keep its length then.
        self.end = np.where(end >= self.start, end, self.start + length)

    def of_day(self, day: int) -> tuple[Event, ...]:
        """Events that touch a local day, in its minutes; one that begins and ends at a minute of it counts."""
        low, high = day * MINUTES_PER_DAY, (day + 1) * MINUTES_PER_DAY
        instant = (self.start == self.end) & (self.start >= low)
        return tuple(
            Event(
                kind=self.events[i].kind, label=self.events[i].label, stage=self.events[i].stage,
                start=int(self.start[i]) - low, end=int(self.end[i]) - low,
            )
            for i in np.flatnonzero((self.start < high) & ((self.end > low) | instant))
        )  # fmt: skip


def _finish(
    table: MinuteTable, channel_set: ChannelSet, offset: NDArray[np.int64], day: int,
    made: tuple[NDArray[np.float32], NDArray[np.bool_]], events: _Events, report: DaysReport,
) -> DayMatrix:  # fmt: skip
    date = _EPOCH_DAY + dt.timedelta(days=day)
    length = _length(table, offset, date)
    happened = events.of_day(day)
    report.days += 1
    report.long_days += length > MINUTES_PER_DAY
    report.short_days += length < MINUTES_PER_DAY
    for key, number in zip(channel_set.keys, made[1].sum(axis=0).tolist(), strict=True):
        if number:
            report.observed_minutes[key] = report.observed_minutes.get(key, 0) + number
    return DayMatrix(
        values=made[0], observed=made[1], channel_keys=channel_set.keys, person=table.person, date=date,
        dataset=table.dataset, device=table.device, zone=table.zone, minutes_in_day=length,
        logged=_logged(table.logged, happened), tags=table.tags, events=happened,
    )  # fmt: skip


def _logged(kinds: frozenset[str], happened: tuple[Event, ...]) -> frozenset[str]:
    """Kinds of event whose absence says something on this day: a night without a sleep record was one without a log."""
    return kinds if any(e.kind == "sleep" for e in happened) else kinds - {"sleep"}


def _length(table: MinuteTable, offset: NDArray[np.int64], date: dt.date) -> int:
    """Minutes between the two local midnights: by the zone's rules, or by the day's first and last offset."""
    if table.zone not in ("local", "mixed"):
        zone = ZoneInfo(table.zone)
        ends = [dt.datetime.combine(date + dt.timedelta(days=i), dt.time(), zone).utcoffset() for i in (0, 1)]
        before, after = (int(e.total_seconds() // 60) if e else 0 for e in ends)
        if bool(((offset == before) | (offset == after)).all()):
            return MINUTES_PER_DAY + before - after
    return MINUTES_PER_DAY + int(offset[0]) - int(offset[-1])
