"""One day in, readings that `DayView` lacks out: bouts, dips, gaps and shares, each None where the day cannot tell."""

import numpy as np
from numpy.typing import NDArray

from sensorlm.tasks.day_view import DayView


def day_sleep(v: DayView) -> int | None:
    """Minutes of logged sleep between 10:00 and 20:00 outside the main sleep; None without a main sleep."""
    if v.night is None:
        return None
    return v.asleep_between(max(600, v.night[1]), 1200)


def night_strides(v: DayView) -> float | None:
    """Steps walked within the main sleep's part of this day, its first and last ten minutes left out."""
    if v.night is None or v.night[1] - max(v.night[0], 0) < 60:
        return None
    return v.steps_between(max(v.night[0], 0) + 10, v.night[1] - 10)


def steps_after_waking(v: DayView, minutes: int = 120) -> float | None:
    """Steps walked in the `minutes` after the main sleep ended."""
    return None if v.night is None else v.steps_between(v.night[1], min(v.night[1] + minutes, 1440))


def day_rise(v: DayView) -> float | None:
    """How many bpm the mean pulse of 10:00 to 20:00 lies above that of the main sleep."""
    asleep, awake = v.hr_asleep, v.hr_mean(600, 1200)
    return None if asleep is None or awake is None else awake - asleep


def pulse_reach(v: DayView) -> float | None:
    """Bpm between the 5th and the 95th percentile of the day's pulse."""
    low, high = v.hr_quantile(0.05), v.hr_quantile(0.95)
    return None if low is None or high is None else high - low


def pulse_peak_at(v: DayView) -> int | None:
    """Minute in the middle of the ten minutes with the highest mean pulse; None with under 0.7 of the minutes."""
    if v.hr is None or not v.seen(v.hr, 0, 1440):
        return None
    means = np.convolve(v.hr.astype(np.float64), np.full(10, 0.1), "valid")
    return None if np.isnan(means).all() else 5 + int(np.nanargmax(means))


def still_racing(v: DayView, bpm: float = 85) -> int | None:
    """Minutes with a pulse of `bpm` or more and no step in that minute nor the ten before it."""
    if v.hr is None or v.steps is None or not (v.seen(v.hr, 0, 1440) and v.seen(v.steps, 0, 1440)):
        return None
    moved = np.convolve(np.where(v.steps == 0, 0.0, 1.0), np.ones(11), "full")[:1440] > 0.5
    with np.errstate(invalid="ignore"):
        return int(((v.hr >= bpm) & ~moved).sum())


def slow_beats(v: DayView, bpm: float) -> int | None:
    """Minutes of the day with a pulse below `bpm`."""
    if v.hr is None or not v.seen(v.hr, 0, 1440):
        return None
    with np.errstate(invalid="ignore"):
        return int((v.hr < bpm).sum())


def settling(v: DayView) -> float | None:
    """How many bpm the pulse falls by the third to fifth minute after a walk of five minutes or more, on average."""
    return v.hr_drop(60, 5)


def walks(v: DayView, minutes: int = 10, start: int = 0, end: int = 1440) -> int | None:
    """How many walks (60 steps a minute or more) of at least `minutes` minutes."""
    runs = v.runs(60, start, end)
    return None if runs is None else sum(e - s >= minutes for s, e in runs)


def outings(v: DayView) -> int | None:
    """How many separate times somebody got moving from 07:00 to 22:00: stretches with steps, two minutes forgiven."""
    runs = v.runs(1, 420, 1320)
    return None if runs is None else len(runs)


def hours_up(v: DayView) -> int | None:
    """How many of the clock hours 08 to 21 had 250 steps or more."""
    hours = v.hourly_steps(8, 22)
    return None if hours is None else int((hours >= 250).sum())


def half_way(v: DayView) -> int | None:
    """Minute by which half of the day's steps were walked; None under 1000 steps or with a tenth missing."""
    if v.steps is None or not v.seen(v.steps, 0, 1440, 0.9) or np.nansum(v.steps) < 1000:
        return None
    walked = np.cumsum(np.nan_to_num(v.steps))
    return int(np.searchsorted(walked, walked[-1] / 2))


def dawdling(v: DayView) -> float | None:
    """Share of the minutes with steps that had fewer than 40; None with fewer than 60 minutes with steps."""
    slow, every = v.step_minutes(1, 39), v.step_minutes(1, 999)
    return None if slow is None or every is None or every < 60 else slow / every


def pulse_known(v: DayView) -> int:
    """Minutes of the day with a pulse; 0 where no pulse is known."""
    return 0 if v.hr is None else int((~np.isnan(v.hr)).sum())


def sleep_logged(v: DayView) -> bool:
    """Whether the day has any sleep on record."""
    return any(e.kind == "sleep" and not e.stage for e in v.day.events)


def pulse_holes(v: DayView, minutes: int = 5) -> int | None:
    """How many breaks of `minutes` or more in the pulse between its first and last minute; None under 6 h of pulse."""
    if v.hr is None or pulse_known(v) < 360:
        return None
    at: NDArray[np.intp] = np.flatnonzero(~np.isnan(v.hr))
    return int((np.diff(at) > minutes).sum())
