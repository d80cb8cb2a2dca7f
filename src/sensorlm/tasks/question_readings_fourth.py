"""A day's view in, the further readings that the fourth list of questions asks for out. None where it cannot tell.

`over`, `under` and `about` leave a zone between yes and no unanswered: there, honest people would disagree.
"""

import numpy as np
from numpy.typing import NDArray

from sensorlm.records import Event
from sensorlm.tasks.day_view import DayView
from sensorlm.tasks.questions import Number, minus


def over(value: Number, no: float, yes: float) -> bool | None:
    """Yes from `yes` on, no up to `no`, unsure between."""
    return None if value is None or no < value < yes else bool(value >= yes)


def under(value: Number, yes: float, no: float) -> bool | None:
    """Yes up to `yes`, no from `no` on, unsure between."""
    return None if value is None or yes < value < no else bool(value <= yes)


def about(value: Number, low: float, high: float, slack: float) -> bool | None:
    """Yes from `low` to `high`, no from `slack` beyond either, unsure between."""
    if value is None:
        return None
    if low <= value <= high:
        return True
    return False if value <= low - slack or value >= high + slack else None


def sleeps(d: DayView) -> list[Event]:
    """Whole sleeps of the log."""
    return [e for e in d.day.events if e.kind == "sleep" and not e.stage]


def _asleep(d: DayView) -> NDArray[np.bool_]:
    """(1440,) minutes of logged sleep."""
    asleep = np.zeros(1440, bool)
    for event in sleeps(d):
        asleep[max(event.start, 0) : max(event.end, 0)] = True
    return asleep


def nap(d: DayView) -> int | None:
    """Minutes asleep from noon to 20:00; None without a main sleep, or with one that ends after 11:00."""
    return None if d.night is None or d.night[1] > 660 else d.asleep_between(720, 1200)


def later_to_bed(d: DayView) -> int | None:
    """By how many minutes the sleep that began this evening began later by the clock than the last.

    None unless both were logged and the second began from 20:00 to midnight: of a later one the day knows nothing.
    """
    begins = [e.start for e in sleeps(d) if 1200 <= e.start < 1440 and e.end - e.start >= 120]
    return None if d.night is None or not begins else min(begins) - 1440 - d.night[0]


def steps_from_waking(d: DayView, minutes: int) -> float | None:
    """Steps in the minutes after the main sleep."""
    return None if d.night is None else d.steps_between(d.night[1], d.night[1] + minutes)


def walk_from_waking(d: DayView, minutes: int = 120) -> int | None:
    """Longest walk in the minutes after the main sleep."""
    return None if d.night is None else d.longest_run(60, d.night[1], min(d.night[1] + minutes, 1440))


def sat(d: DayView) -> int | None:
    """Minutes awake without a step in the whole day; None without a main sleep."""
    if d.night is None or d.steps is None or not d.seen(d.steps, 0, 1440, 0.9):
        return None
    return int(((d.steps == 0) & ~_asleep(d)).sum())


def sat_beyond_sleep(d: DayView) -> float | None:
    """Minutes awake without a step less minutes asleep."""
    return minus(sat(d), d.asleep_between(0, 1440))


def longest_sit(d: DayView, start: int = 600, end: int = 1320) -> int | None:
    """Longest stretch of minutes without a step, logged sleep taken out."""
    if d.steps is None or not d.seen(d.steps, start, end, 0.9):
        return None
    still = np.concatenate([[False], ((d.steps == 0) & ~_asleep(d))[start:end], [False]]).astype(int)
    edges = np.flatnonzero(np.diff(still))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def idle_hours(d: DayView, start: int = 9, end: int = 17) -> int | None:
    """Clock hours of fewer than 50 steps."""
    hours = d.hourly_steps(start, end)
    return None if hours is None else int((hours < 50).sum())


def share_between(d: DayView, start: int, end: int) -> float | None:
    """Share of the day's steps between two minutes; None on days of fewer than 1000 steps or with much missing."""
    if d.steps is None or not d.seen(d.steps, 0, 1440, 0.9):
        return None
    part, whole = d.steps_between(start, end), d.steps_between(0, 1440)
    return None if part is None or whole is None or whole < 1000 else part / whole


def peak_asleep(d: DayView) -> float | None:
    """By how many bpm the highest pulse of the sleep since midnight lies above its mean."""
    if d.night is None:
        return None
    start, end = max(d.night[0], 0), d.night[1]
    return minus(d.hr_quantile(1, start, end), d.hr_mean(start, end))


def late_lead(d: DayView) -> float | None:
    """Mean pulse from 21:00 to 23:00 less that from 14:00 to 18:00, in bpm."""
    return minus(d.hr_mean(1260, 1380), d.hr_mean(840, 1080))


def afternoon_lead(d: DayView) -> float | None:
    """Mean pulse from 12:00 to 18:00 less that from 08:00 to 12:00, in bpm."""
    return minus(d.hr_mean(720, 1080), d.hr_mean(480, 720))


def peak_from_walk(d: DayView) -> int | None:
    """Minutes from the quarter hour of the highest pulse to the nearest minute of 60 steps or more.

    1440 where nobody walked; None where the pulse or the steps of the day are not known well enough.
    """
    peak = d.hr_turn(True)
    if peak is None or d.steps is None or not d.seen(d.steps, 0, 1440):
        return None
    with np.errstate(invalid="ignore"):
        at = np.flatnonzero(d.steps >= 60)
    return int(np.abs(at - peak).min()) if len(at) else 1440


def night_pulse_share(d: DayView) -> float:
    """Share of the main sleep since midnight with a pulse; 0 without a main sleep or a pulse."""
    if d.night is None or d.hr is None:
        return 0.0
    return float(np.mean(~np.isnan(d.hr[max(d.night[0], 0) : d.night[1]])))
