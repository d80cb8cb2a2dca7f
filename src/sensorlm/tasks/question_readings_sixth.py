"""A day's view in, the further readings that the sixth list of questions asks for out. None where it cannot tell."""

import numpy as np

from sensorlm.tasks.day_view import DayView
from sensorlm.tasks.question_readings_fifth import waking_place
from sensorlm.tasks.question_readings_fourth import sleeps
from sensorlm.tasks.questions import minus


def sleep_goes(d: DayView, least: int = 30) -> int | None:
    """Logged sleeps of `least` minutes or more that ended this day; None without a main sleep."""
    return None if d.night is None else sum(e.end - e.start >= least and 0 < e.end <= 1440 for e in sleeps(d))


def asleep_at(d: DayView, minute: int, around: int = 20) -> float | None:
    """Share of the minutes `around` a minute in which sleep was logged; None on days without any sleep."""
    asleep = d.asleep_between(minute - around, minute + around)
    return None if asleep is None else asleep / (2 * around)


def trouble_place(d: DayView, least: int = 3) -> float | None:
    """Where in the main sleep (0 = start, 1 = end) the time awake lies; None under `least` minutes of it."""
    awake = d.awake_minutes
    return None if awake is None or awake < least else waking_place(d)


def sat_share(d: DayView, start: int, end: int) -> float | None:
    """Share of the recorded minutes without a step; None where more than an hour of them was slept."""
    asleep = d.asleep_between(start, end)
    return None if asleep is not None and asleep > 60 else d.still_share(start, end)


def sitting_pulse(d: DayView, start: int = 540, end: int = 1260) -> float | None:
    """Mean pulse in bpm of minutes without a step, by default from 09:00 to 21:00."""
    return d.hr_while(0, 0, start, end)


def top_pulse(d: DayView) -> float | None:
    """Mean pulse in bpm of the day's highest five minutes in a row; None unless 0.7 of its minutes have a pulse."""
    if d.hr is None or not d.seen(d.hr, 0, 1440):
        return None
    means = np.convolve(d.hr.astype(np.float64), np.full(5, 0.2), "valid")
    return None if np.isnan(means).all() else float(np.nanmax(means))


def swing(d: DayView, start: int = 540, end: int = 1260) -> float | None:
    """Bpm between the lowest and the highest tenth of the pulse, by default from 09:00 to 21:00."""
    return minus(d.hr_quantile(0.9, start, end), d.hr_quantile(0.1, start, end))


def potter_share(d: DayView) -> float | None:
    """Share of the minutes with steps that had fewer than 40; None with fewer than 30 minutes with steps."""
    on_feet, slow = d.step_minutes(1, 9999), d.step_minutes(1, 39)
    return None if on_feet is None or slow is None or on_feet < 30 else slow / on_feet


def hours_for_half(d: DayView) -> int | None:
    """How many clock hours, the fullest first, hold half of the day's steps; None on days of fewer than 1000 steps."""
    hours = d.hourly_steps()
    if hours is None or hours.sum() < 1000:
        return None
    return int(np.searchsorted(np.cumsum(np.sort(hours)[::-1]), hours.sum() / 2)) + 1


def stirring_hours(d: DayView, start: int = 8, end: int = 22) -> int | None:
    """Clock hours with 100 steps or more, by default of the 14 from 08:00 to 22:00."""
    hours = d.hourly_steps(start, end)
    return None if hours is None else int((hours >= 100).sum())


def pulse_breaks(d: DayView, least: int, most: int, start: int = 0, end: int = 1440) -> int | None:
    """Stretches of `least` to `most` minutes without a pulse between two with one; None on days without any pulse."""
    if d.hr is None or bool(np.isnan(d.hr[start:end]).all()):
        return None
    at = start + np.flatnonzero(~np.isnan(d.hr[start:end]))
    holes = np.diff(at) - 1
    return int(((holes >= least) & (holes <= most)).sum())


def pulse_missing(d: DayView, start: int, end: int) -> float | None:
    """Share of the minutes without a pulse; None on days without any pulse."""
    if d.hr is None or bool(np.isnan(d.hr).all()):
        return None
    return float(np.isnan(d.hr[start:end]).mean())
