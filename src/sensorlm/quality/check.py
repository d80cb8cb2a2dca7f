"""MinuteTables in, one after the other, a QualityReport out; memory holds one person at a time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.channels import Channel, ChannelSet, known_channel
from sensorlm.errors import ChannelError, ClockError
from sensorlm.quality.clock import clock_verdicts
from sensorlm.quality.record import BROKEN, PersonQuality, QualityReport
from sensorlm.quality.rules import ClockRules
from sensorlm.quality.wear import unworn
from sensorlm.records import MINUTES_PER_DAY, MinuteTable


class QualityChecker:
    """Takes tables one at a time, so that an import can judge a person before it makes days of them.

    Args:
        channel_set: describes the channels; columns outside it are looked up among the built-in ones.
        rules: thresholds of the clock tests; the measured defaults when None.
    """

    def __init__(self, channel_set: ChannelSet, rules: ClockRules | None = None) -> None:
        self.channel_set = channel_set
        self.rules = rules or ClockRules()
        self._channels: dict[str, Channel] = {c.key: c for c in channel_set.channels}
        self._observed: dict[str, NDArray[np.int64]] = {}
        self._possible = np.zeros(24, np.int64)
        self._people: list[PersonQuality] = []
        self._unknown: dict[str, int] = {}

    def add(self, table: MinuteTable) -> PersonQuality:
        """Judge one person and add the counts to the report."""
        known = {k: c for k in table.columns if (c := self._channel(k)) is not None}
        columns: dict[str, NDArray[np.float32]] = {}
        impossible: dict[str, int] = {}
        for key, channel in known.items():
            values = table.columns[key]
            if channel.aggregate == "sum" and (epoch := int(table.epoch_minutes.get(key, 1))) > 1:
                # The row of an epoch holds its total; low and high are those of one minute.
                values = values / np.float32(epoch)
            wrong = np.isfinite(values) & ((values < channel.low) | (values > channel.high)) | np.isinf(values)
            if wrong.any():
                impossible[key] = int(wrong.sum())
                values = np.where(wrong, np.float32(np.nan), values)
            columns[key] = values
        clean = replace(table, columns=columns)
        observed, days, recorded = self._count_hours(clean)
        has_rows = len(clean.utc_minute) > 0
        person = PersonQuality(
            person=table.person,
            dataset=table.dataset,
            days=days,
            observed_minutes=observed,
            impossible=impossible,
            recorded_minutes=recorded,
            unworn_minutes=int((unworn(clean, known) * _row_minutes(clean)).sum()),
            verdicts=clock_verdicts(clean, known, self.rules) if has_rows else (),
        )
        self._people.append(person)
        return person

    def report(self, reading: Mapping[str, Any] | None = None) -> QualityReport:
        """The report on everything added so far; `reading` is the reader's own JSON, carried along."""
        keys = tuple(self._observed)
        return QualityReport(
            channel_keys=keys,
            channel_names=tuple(self._channels[k].name for k in keys),
            observed_by_hour=np.array([self._observed[k] for k in keys], np.int64).reshape(len(keys), 24),
            possible_by_hour=self._possible.copy(),
            people=tuple(self._people),
            unknown_channels=dict(self._unknown),
            reading=dict(reading or {}),
        )

    def _channel(self, key: str) -> Channel | None:
        if key not in self._channels:
            try:
                self._channels[key] = known_channel(key)
            except ChannelError:
                self._unknown[key] = self._unknown.get(key, 0) + 1
                return None
        return self._channels[key]

    def _count_hours(self, table: MinuteTable) -> tuple[dict[str, int], int, int]:
        """Observed minutes by channel, local days and recorded minutes; adds to the (c, 24) totals."""
        local = table.utc_minute + table.offset_minutes
        hour = local % MINUTES_PER_DAY // 60
        observed: dict[str, int] = {}
        anything = np.zeros(len(local), np.bool_)
        for key, values in table.columns.items():
            seen = np.isfinite(values)
            if not seen.any():
                continue
            anything |= seen
            by_hour = np.bincount(hour[seen], minlength=24) * int(table.epoch_minutes.get(key, 1))
            self._observed[key] = self._observed.get(key, np.zeros(24, np.int64)) + by_hour
            observed[key] = int(by_hour.sum())
        days = len(np.unique(local[anything] // MINUTES_PER_DAY))
        self._possible += days * 60
        return observed, days, int((anything * _row_minutes(table)).sum())


def _row_minutes(table: MinuteTable) -> NDArray[np.int64]:
    """(n,) minutes each row stands for: its longest epoch among the channels it holds."""
    minutes = np.ones(len(table.utc_minute), np.int64)
    for key, values in table.columns.items():
        epoch = int(table.epoch_minutes.get(key, 1))
        if epoch > 1:
            minutes = np.where(np.isfinite(values), np.maximum(minutes, epoch), minutes)
    # Rows of a shorter epoch inside a longer one (glucose every 5 minutes, steps every 15) are not counted twice.
    gap = np.diff(table.utc_minute, append=table.utc_minute[-1:] + MINUTES_PER_DAY)
    short: NDArray[np.int64] = np.minimum(minutes, gap)
    return short


def check(
    tables: Iterable[MinuteTable],
    channel_set: ChannelSet,
    *,
    rules: ClockRules | None = None,
    reading: Callable[[], Mapping[str, Any]] | None = None,
) -> QualityReport:
    """One pass over `tables` (one a person): coverage, wear, impossible values, and a verdict on every clock.

    Args:
        tables: read as a stream; only one is held at a time.
        channel_set: units and possible ranges of the channels.
        rules: thresholds of the clock tests; the measured defaults when None.
        reading: asked after the last table for the reader's own counts (duplicates, unparsable rows, ...), to show
            in the same report: `ReadReport.to_json`.
    """
    checker = QualityChecker(channel_set, rules)
    for table in tables:
        checker.add(table)
    return checker.report(reading() if reading else None)


def require_sound(report: QualityReport, force: bool = False) -> None:
    """Stop an import of recordings whose clock is broken.

    Raises:
        ClockError: a person was refused and `force` is False; the message names the person, the channel, the numbers,
            the rule and the way out.
    """
    if force or not report.refused:
        return
    raise ClockError("\n".join([refusal(p) for p in report.people if p.verdict == BROKEN]))


def refusal(person: PersonQuality) -> str:
    """Why one person is refused, in the words of an error message."""
    lines = [f"{v.channel}: {v.reason}" for v in person.verdicts if v.verdict == BROKEN]
    return (
        f"{person.dataset}, person {person.person!r}: the clock cannot be trusted. {' | '.join(lines)}. No day is made "
        "of a recording whose times are wrong. Correct the times, leave the recording out, or pass --force to take "
        "it as it is."
    )
