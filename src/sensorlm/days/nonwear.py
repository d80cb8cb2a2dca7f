"""When was the device off? Recorded minutes in, a mask of minutes that are zeros of an empty strap out.

A strap on a table counts no steps, exactly like a person at rest, so zeros alone say little. The rules, for stretches
of consecutive recorded minutes in which every motion channel is 0 and no heart rate was measured:

1. A logged sleep that touches the stretch means worn: its minutes are kept.
2. Heart rate is recorded within a day of the stretch: 90 minutes are enough (the length of Choi et al. 2011,
   doi:10.1249/MSS.0b013e3181ed61a3; the heart rate takes the place of their look at the neighbouring minutes).
3. Raw activity counts, no heart rate near: 90 minutes, the same source.
4. Steps or intensity only, no heart rate near: 300 minutes. People sit still for long: among the Fitabase people with
   heart rate, outside logged sleep, stepless stretches of 90 to 300 minutes hold 7,318 minutes with a pulse and 1,938
   without; stretches of 300 and more hold 883 with, 98,972 without, and 3,842 in between.

Recordings that mark their own off-wrist times carry the tag "wear" and are left as they are.
"""

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sensorlm.records import MINUTES_PER_DAY, DayMatrix, Event

COUNT_CHANNELS = ("counts", "acc")
STEP_CHANNELS = ("steps", "step_count", "intensity", "motion_intensity", "distance")
# What a vendor computes from motion; on an empty strap it is an estimate of nothing.
DERIVED_CHANNELS = ("mets", "calories")
HEART_CHANNELS = ("HR",)
SHORT_MINUTES = 90
LONG_MINUTES = 300
NEAR_MINUTES = 24 * 60


def not_worn(
    minute: NDArray[np.int64], columns: dict[str, NDArray[np.float32]], sleeps: list[Event]
) -> tuple[NDArray[np.bool_], int]:
    """Mask (n,) of minutes not worn by the rules above, and the number of stretches.

    Args:
        minute: (n,) rising UTC minutes.
        columns: channel key -> (n,) values, NaN where not recorded.
        sleeps: logged sleep events in UTC minutes.
    """
    none = np.zeros(len(minute), np.bool_)
    counts = [columns[k] for k in COUNT_CHANNELS if k in columns]
    motion = counts + [columns[k] for k in STEP_CHANNELS if k in columns]
    heart = [columns[k] for k in HEART_CHANNELS if k in columns]
    if not motion:
        return none, 0
    recorded = np.any([np.isfinite(c) for c in motion], axis=0)
    still = recorded & np.all([(c == 0) | np.isnan(c) for c in motion], axis=0)
    beating = np.any([np.isfinite(c) for c in heart], axis=0) if heart else none
    still &= ~beating
    counted = np.any([np.isfinite(c) for c in counts], axis=0) if counts else none
    pulse_at = minute[beating]
    mask, stretches = none.copy(), 0
    edges = np.flatnonzero(np.diff(np.r_[False, still, False].astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    long = ends - starts >= SHORT_MINUTES
    for start, end in zip(starts[long], ends[long], strict=True):
        for low, high in _unbroken(minute, int(start), int(end)):
            needed = SHORT_MINUTES if counted[low:high].all() or _near(pulse_at, minute, low, high) else LONG_MINUTES
            if high - low < needed or _touches(sleeps, int(minute[low]), int(minute[high - 1]) + 1):
                continue
            mask[low:high] = True
            stretches += 1
    return mask, stretches


def worn_only(days: Sequence[DayMatrix]) -> list[DayMatrix]:
    """Days of one person with the rules applied, as `to_days` does to a table: for days that never were one.

    Args:
        days: of one person in order of date; a date that is left out breaks a stretch.
    """
    if not days:
        return []
    keys = days[0].channel_keys
    base = [(day.date - days[0].date).days * MINUTES_PER_DAY for day in days]
    minute = np.concatenate([np.arange(b, b + MINUTES_PER_DAY) for b in base])
    shown = (*COUNT_CHANNELS, *STEP_CHANNELS, *DERIVED_CHANNELS)
    looked_at = [keys.index(k) for k in (*shown, *HEART_CHANNELS) if k in keys]
    columns = {keys[j]: np.concatenate([day.values[:, j] for day in days]) for j in looked_at}
    sleeps = {
        (b + e.start, b + e.end): replace(e, start=b + e.start, end=b + e.end)
        for b, day in zip(base, days, strict=True) for e in day.events if e.kind == "sleep"
    }  # fmt: skip
    off, stretches = not_worn(minute, columns, list(sleeps.values()))
    if not stretches:
        return list(days)
    motion = np.isin(np.array(keys), shown)
    return [
        replace(
            day, values=np.where(gone[:, None] & motion, np.float32(np.nan), day.values),
            observed=day.observed & ~(gone[:, None] & motion),
        )
        for day, gone in zip(days, off.reshape(len(days), -1), strict=True)
    ]  # fmt: skip


def _unbroken(minute: NDArray[np.int64], start: int, end: int) -> list[tuple[int, int]]:
    """Split rows [start, end) where a minute is missing: nobody knows what happened there."""
    cuts = np.flatnonzero(np.diff(minute[start:end]) != 1) + 1 + start
    bounds = [start, *cuts.tolist(), end]
    return list(itertools.pairwise(bounds))


def _near(pulse_at: NDArray[np.int64], minute: NDArray[np.int64], low: int, high: int) -> bool:
    """Was any heart rate measured within NEAR_MINUTES of rows [low, high)?"""
    first, last = np.searchsorted(pulse_at, [minute[low] - NEAR_MINUTES, minute[high - 1] + NEAR_MINUTES + 1])
    return bool(last > first)


def _touches(sleeps: list[Event], start: int, end: int) -> bool:
    return any(e.start < end and e.end > start for e in sleeps)
