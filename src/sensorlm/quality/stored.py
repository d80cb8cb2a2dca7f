"""DayMatrix in, one MinuteTable a person out: what lets a stored data set be checked like a fresh export."""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import groupby

import numpy as np

from sensorlm.records import MINUTES_PER_DAY, DayMatrix, Event, MinuteTable

FIRST_DAY = dt.date(1970, 1, 1).toordinal()


def tables_from_days(days: Iterable[DayMatrix]) -> Iterator[MinuteTable]:
    """Join the days of each person; days of one person must follow each other (in any order of dates).

    Times are the wall clock's, since a day no longer knows its offset; a sleep stored with two days counts once.
    """
    for _, group in groupby(days, key=lambda d: (d.dataset, d.person)):
        yield _table(sorted(group, key=lambda d: d.date))


def _table(days: list[DayMatrix]) -> MinuteTable:
    first = days[0]
    start = [(d.date.toordinal() - FIRST_DAY) * MINUTES_PER_DAY for d in days]
    minute = np.concatenate([s + np.arange(MINUTES_PER_DAY) for s in start])
    values = np.concatenate([d.values for d in days])  # (days * 1440, c)
    recorded = np.isfinite(values).any(axis=1)
    events = {
        Event(kind=e.kind, label=e.label, start=s + e.start, end=s + e.end, stage=e.stage)
        for s, d in zip(start, days, strict=True)
        for e in d.events
    }
    return MinuteTable(
        person=first.person,
        dataset=first.dataset,
        device=first.device,
        zone="local",
        utc_minute=minute[recorded],
        offset_minutes=np.zeros(int(recorded.sum()), np.int16),
        columns={k: values[recorded, i] for i, k in enumerate(first.channel_keys)},
        events=tuple(sorted(events, key=lambda e: (e.start, e.end, e.kind, e.label))),
        logged=frozenset().union(*(d.logged for d in days)),
        tags=dict(first.tags),
    )
