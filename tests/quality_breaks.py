"""Ways in which clocks break, applied to a sound MinuteTable: what a check must find, by construction."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sensorlm.records import MinuteTable


def _rebuild(table: MinuteTable, minute: np.ndarray, columns: dict[str, np.ndarray], **changes) -> MinuteTable:
    order = np.argsort(minute, kind="stable")
    unique, first = np.unique(minute[order], return_index=True)
    return replace(
        table,
        utc_minute=unique,
        offset_minutes=np.zeros(len(unique), np.int16),
        columns={k: np.asarray(v, np.float32)[order][first] for k, v in columns.items()},
        **changes,
    )


def move_channel(table: MinuteTable, key: str, new_minute: np.ndarray) -> MinuteTable:
    """`key` recorded at new_minute (n,), every other channel where it was."""
    union = np.union1d(table.utc_minute, new_minute)
    columns = {}
    for name, values in table.columns.items():
        out = np.full(len(union), np.nan, np.float32)
        at = new_minute if name == key else table.utc_minute
        out[np.searchsorted(union, at)] = values
        columns[name] = out
    return _rebuild(table, union, columns)


def shift_channel(key: str, minutes: int) -> Callable[[MinuteTable], MinuteTable]:
    return lambda t: move_channel(t, key, t.utc_minute + minutes)


def drift_channel(key: str, minutes_per_day: float) -> Callable[[MinuteTable], MinuteTable]:
    def apply(t: MinuteTable) -> MinuteTable:
        epoch = int(t.epoch_minutes.get(key, 1))
        slip = (t.utc_minute - t.utc_minute[0]) / 1440 * minutes_per_day
        return move_channel(t, key, t.utc_minute + (slip // epoch * epoch).astype(np.int64))

    return apply


def jump_channel(key: str, minutes: int) -> Callable[[MinuteTable], MinuteTable]:
    """From the middle of the recording on, `key` runs late."""

    def apply(t: MinuteTable) -> MinuteTable:
        middle = (t.utc_minute[0] + t.utc_minute[-1]) // 2
        return move_channel(t, key, t.utc_minute + np.where(t.utc_minute > middle, minutes, 0))

    return apply


def shuffle_days_channel(key: str, seed: int = 0) -> Callable[[MinuteTable], MinuteTable]:
    def apply(t: MinuteTable) -> MinuteTable:
        day = t.utc_minute // 1440
        days = np.unique(day)
        to = dict(zip(days, np.random.default_rng(seed).permutation(days), strict=True))
        return move_channel(t, key, np.array([to[d] for d in day]) * 1440 + t.utc_minute % 1440)

    return apply


def shuffle_rows(only: str | None = None, block: int = 5, seed: int = 0) -> Callable[[MinuteTable], MinuteTable]:
    """Blocks of `block` rows in random order under the old time stamps; one channel, or all of them together."""

    def apply(t: MinuteTable) -> MinuteTable:
        n = len(t.utc_minute)
        start = np.arange(0, n, block)
        order = np.concatenate([
            np.arange(s, min(s + block, n)) for s in np.random.default_rng(seed).permutation(start)
        ])  # fmt: skip
        columns = {k: (v[order] if only in (None, k) else v) for k, v in t.columns.items()}
        return _rebuild(t, t.utc_minute, columns)

    return apply


def shift_table(minutes: int) -> Callable[[MinuteTable], MinuteTable]:
    """Everything, events too, by the same time: a wrong zone, or AM taken for PM."""

    def apply(t: MinuteTable) -> MinuteTable:
        events = tuple(replace(e, start=e.start + minutes, end=e.end + minutes) for e in t.events)
        return _rebuild(t, t.utc_minute + minutes, dict(t.columns), events=events)

    return apply


def fold_pm(t: MinuteTable) -> MinuteTable:
    """12-hour times read without their AM/PM: 13:05 becomes 01:05, the second reading of a minute is lost."""
    minute = t.utc_minute // 1440 * 1440 + t.utc_minute % 720
    return _rebuild(t, minute, dict(t.columns))


def random_hour_each_day(t: MinuteTable, seed: int = 0) -> MinuteTable:
    """A device that forgets the time each night: every day rotated by its own number of hours."""
    day = t.utc_minute // 1440
    days = np.unique(day)
    slip = dict(zip(days, np.random.default_rng(seed).integers(0, 24, len(days)) * 60, strict=True))
    minute = day * 1440 + (t.utc_minute + np.array([slip[d] for d in day])) % 1440
    return _rebuild(t, minute, dict(t.columns))


def shift_sleep(minutes: int) -> Callable[[MinuteTable], MinuteTable]:
    return lambda t: replace(
        t, events=tuple(replace(e, start=e.start + minutes, end=e.end + minutes) for e in t.events)
    )
