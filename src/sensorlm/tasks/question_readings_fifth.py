"""A day's view in, the further readings that the fifth list of questions asks for out. None where it cannot tell."""

import numpy as np
from numpy.typing import NDArray

from sensorlm.tasks.day_view import DayView
from sensorlm.tasks.question_readings_fourth import sleeps
from sensorlm.tasks.question_readings_third import awake_parts
from sensorlm.tasks.questions import Number, both, minus

STRIDE = 60
"""Steps a minute from which on a minute counts as walking."""


def no(answer: bool | None) -> bool | None:
    """The contrary; None stays None."""
    return None if answer is None else not answer


def size(value: Number) -> float | None:
    """A number without its sign; None stays None."""
    return None if value is None else abs(float(value))


def _edges(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """(start, end) of the stretches of true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(int)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _awake(d: DayView) -> list[tuple[int, int]]:
    """(start, end) of the spells awake in the main sleep."""
    if d.night is None:
        return []
    start, end = d.night
    return sorted((max(e.start, start), min(e.end, end)) for e in awake_parts(d))


def unbroken(d: DayView) -> int | None:
    """Longest stretch of minutes of the main sleep between two spells awake; None where the device tells of none."""
    spells = _awake(d)
    if d.night is None or not spells:
        return None
    starts, ends = [d.night[0], *(e for _, e in spells)], [*(s for s, _ in spells), d.night[1]]
    return max(e - s for s, e in zip(starts, ends, strict=True))


def waking_place(d: DayView) -> float | None:
    """Where in the main sleep (0 = start, 1 = end) the time awake lies in the mean; None where none is told of."""
    spells = _awake(d)
    if d.night is None or not spells:
        return None
    minutes = np.concatenate([np.arange(s, e) for s, e in spells]) - d.night[0]
    return float(minutes.mean() / (d.night[1] - d.night[0])) if len(minutes) else None


def bedtime(d: DayView) -> int | None:
    """Minute at which the sleep that began this evening began; None unless that was from 19:00 to midnight."""
    begins = [e.start for e in sleeps(d) if 1140 <= e.start < 1440 and e.end - e.start >= 120]
    return min(begins, default=None)


def waking_day(d: DayView) -> int | None:
    """Minutes from the end of the main sleep to the sleep that began this evening."""
    end = bedtime(d)
    return None if d.night is None or end is None else end - d.night[1]


def wind_down(d: DayView) -> int | None:
    """Minutes from the last walking before this evening's sleep to that sleep; 240 where there was none for so long."""
    end = bedtime(d)
    if end is None or d.steps is None or not d.seen(d.steps, end - 240, end, 0.9):
        return None
    runs = d.runs(20, end - 240, end)
    return 240 if not runs else end - runs[-1][1]


def dawn_rise(d: DayView) -> float | None:
    """By how many bpm the last hour of the main sleep lies above all of it since midnight."""
    return None if d.night is None else minus(d.hr_mean(d.night[1] - 60, d.night[1]), d.hr_asleep)


def low_place(d: DayView) -> float | None:
    """Where in the main sleep since midnight (0 to 1) the quarter hour of the lowest pulse lies; None under 5 hours."""
    if d.night is None or d.night[1] - max(d.night[0], 0) < 300:
        return None
    start, low = max(d.night[0], 0), d.hr_turn(False, max(d.night[0], 0), d.night[1])
    return None if low is None else (low - start) / (d.night[1] - start)


def lunch_bump(d: DayView) -> float | None:
    """By how many bpm the pulse without steps from 12:30 to 15:00 lies above that from 09:30 to 12:00."""
    return minus(d.hr_while(0, 0, 750, 900), d.hr_while(0, 0, 570, 720))


def calm_stretch(d: DayView, bpm: float, start: int = 540, end: int = 1260) -> int | None:
    """Longest stretch of minutes with a pulse below `bpm`, one minute above or without forgiven."""
    if d.hr is None or not d.seen(d.hr, start, end, 0.9):
        return None
    with np.errstate(invalid="ignore"):
        low = np.flatnonzero(d.hr[start:end] < bpm)
    if not len(low):
        return 0
    breaks = np.flatnonzero(np.diff(low) > 2)
    first, last = low[np.concatenate([[0], breaks + 1])], low[np.concatenate([breaks, [len(low) - 1]])]
    return int((last - first).max()) + 1


def climb(d: DayView) -> float | None:
    """Mean pulse from 17:00 to 20:00 less that from 09:00 to 12:00, in bpm."""
    return minus(d.hr_mean(1020, 1200), d.hr_mean(540, 720))


def walk_within(d: DayView, start: int, end: int) -> int | None:
    """Longest walk in minutes between two minutes of the day."""
    return d.longest_run(STRIDE, start, end)


def there_and_back(d: DayView, least: int = 6) -> bool | None:
    """Whether somebody walked `least` minutes or more from 06:00 to 10:00 and again from 16:00 to 20:00."""
    out, home = walk_within(d, 360, 600), walk_within(d, 960, 1200)
    return both(None if out is None else out >= least, None if home is None else home >= least)


def nowhere(d: DayView) -> bool | None:
    """Whether no walk of three minutes or more fell from 06:00 to 10:00 nor from 16:00 to 20:00."""
    out, home = walk_within(d, 360, 600), walk_within(d, 960, 1200)
    return both(None if out is None else out < 3, None if home is None else home < 3)


def hops(d: DayView) -> int | None:
    """Walks of two to nine minutes."""
    runs = d.runs(STRIDE, gap=1)
    return None if runs is None else sum(2 <= e - s <= 9 for s, e in runs)


def walks_apart(d: DayView, least: int = 8) -> int | None:
    """Minutes from the end of the first to the start of the last walk of `least` minutes or more; 0 under two walks."""
    runs = d.runs(STRIDE)
    if runs is None:
        return None
    walks = [(s, e) for s, e in runs if e - s >= least]
    return walks[-1][0] - walks[0][1] if len(walks) > 1 else 0


def longest_busy(d: DayView) -> int | None:
    """Longest stretch of minutes with no five still minutes in a row."""
    runs = d.runs(1, gap=4)
    return None if runs is None else max((e - s for s, e in runs), default=0)


def pace(d: DayView) -> float | None:
    """Steps a minute over the minutes with 20 steps or more; None with fewer than 30 such minutes."""
    if d.steps is None or not d.seen(d.steps, 0, 1440):
        return None
    with np.errstate(invalid="ignore"):
        chosen = d.steps >= 20
    return float(d.steps[chosen].mean()) if chosen.sum() >= 30 else None


def pulse_holes(d: DayView, least: int = 3) -> int | None:
    """Stretches of `least` minutes or more without a pulse between the first and the last; None without a pulse."""
    if d.hr is None or bool(np.isnan(d.hr).all()):
        return None
    at = np.flatnonzero(~np.isnan(d.hr))
    return sum(e - s >= least for s, e in _edges(np.isnan(d.hr[at[0] : at[-1] + 1])))


def pulse_hole(d: DayView, start: int = 0, end: int = 1440) -> int | None:
    """Longest stretch of minutes without a pulse; None on days without any pulse."""
    if d.hr is None or bool(np.isnan(d.hr).all()):
        return None
    return max((e - s for s, e in _edges(np.isnan(d.hr[start:end]))), default=0)


def kept_minutes(d: DayView) -> int:
    """Longest stretch of minutes in which something was recorded."""
    kept: NDArray[np.bool_] = np.asarray(d.day.observed.any(axis=1))
    return max((e - s for s, e in _edges(kept)), default=0)
