"""A day's view in, the further readings that the third list of questions asks for out. None where it cannot tell."""

import numpy as np

from sensorlm.records import Event
from sensorlm.tasks.day_view import DayView
from sensorlm.tasks.questions import minus

STRIDE = 60
"""Steps a minute from which on a minute counts as walking."""


def sleep_total(d: DayView) -> int | None:
    """Minutes asleep between the two midnights, naps included."""
    return d.asleep_between(0, 1440)


def awakenings(d: DayView) -> int | None:
    """How often the device saw somebody awake in the main sleep; None where it tells of no such time."""
    spells = awake_parts(d)
    return len(spells) if spells else None


def longest_awake(d: DayView) -> int | None:
    """Longest time awake in the main sleep; None where the device tells of none."""
    return max((e.end - e.start for e in awake_parts(d)), default=None)


def awake_parts(d: DayView) -> list[Event]:
    """Spells awake that touch the main sleep; none without one."""
    if d.night is None:
        return []
    start, end = d.night
    return [e for e in d.day.events if e.kind == "sleep" and e.stage == "awake" and e.start < end and e.end > start]


def lingering(d: DayView) -> int | None:
    """Minutes from the end of the main sleep to the first walking."""
    if d.night is None or d.night[1] < 240 or d.first_steps is None:
        return None
    return max(0, d.first_steps - d.night[1])


def settling(d: DayView) -> float | None:
    """By how many bpm the first two hours of the sleep since midnight lie above its last two; None under five hours."""
    if d.night is None or d.night[1] - max(d.night[0], 0) < 300:
        return None
    start = max(d.night[0], 0)
    return minus(d.hr_mean(start, start + 120), d.hr_mean(d.night[1] - 120, d.night[1]))


def outings(d: DayView, least: int) -> int | None:
    """Walks of `least` minutes or more."""
    runs = d.runs(STRIDE)
    return None if runs is None else sum(e - s >= least for s, e in runs)


def best_walk(d: DayView) -> tuple[int, int] | None:
    """(start, end) of the longest walk; None under ten minutes."""
    runs = d.runs(STRIDE) or []
    best = max(runs, key=lambda run: run[1] - run[0], default=(0, 0))
    return best if best[1] - best[0] >= 10 else None


def best_walk_start(d: DayView) -> int | None:
    """When the longest walk began."""
    best = best_walk(d)
    return None if best is None else best[0]


def best_walk_pace(d: DayView) -> float | None:
    """Steps a minute of the longest walk."""
    best = best_walk(d)
    return None if best is None or d.steps is None else float(np.nanmean(d.steps[best[0] : best[1]]))


def rest_after_walk(d: DayView) -> int | None:
    """Longest time without a step in the hour that follows the longest walk."""
    best = best_walk(d)
    return None if best is None or best[1] > 1380 else d.longest_still(best[1], best[1] + 60)


def spurts(d: DayView) -> int | None:
    """Stretches of five minutes or more at 100 steps a minute or more."""
    runs = d.runs(100)
    return None if runs is None else sum(e - s >= 5 for s, e in runs)


def steps_share(d: DayView, start: int, end: int) -> float | None:
    """Share of the day's steps that fall between two minutes; None on days of fewer than 1000 steps."""
    part, whole = d.steps_between(start, end), d.steps_between(0, 1440)
    return None if part is None or whole is None or whole < 1000 else part / whole


def fast_share(d: DayView) -> float | None:
    """Share of the day's steps in minutes of 100 or more; None on days of fewer than 1000 steps."""
    whole = d.steps_between(0, 1440)
    if whole is None or whole < 1000 or d.steps is None:
        return None
    return float(np.nansum(np.where(d.steps >= 100, d.steps, 0))) / whole


def halfway(d: DayView) -> int | None:
    """Minute by which half of the day's steps were made; None on days of fewer than 1000 steps."""
    whole = d.steps_between(0, 1440)
    if whole is None or whole < 1000 or d.steps is None:
        return None
    return int(np.searchsorted(np.cumsum(np.nan_to_num(d.steps)), whole / 2))


def span_on_foot(d: DayView) -> int | None:
    """Minutes from the first walking of the morning to the last before midnight."""
    return None if d.first_steps is None or d.last_steps is None else d.last_steps - d.first_steps


def fullest_hour(d: DayView) -> float | None:
    """Steps of the clock hour with the most."""
    hours = d.hourly_steps()
    return None if hours is None else float(hours.max())


def night_trips(d: DayView) -> int | None:
    """How often somebody was on foot within the main sleep since midnight, ten still minutes apart.

    Fewer than ten steps are somebody turning over.
    """
    if d.night is None or d.steps is None:
        return None
    steps, runs = d.steps, d.runs(1, max(d.night[0], 0), d.night[1], gap=9)
    return None if runs is None else sum(float(np.nansum(steps[s:e])) >= 10 for s, e in runs)


def long_sits(d: DayView, least: int = 60) -> int | None:
    """Stretches of `least` minutes or more without a step from 08:00 to 22:00."""
    if d.steps is None or not d.seen(d.steps, 480, 1320, 0.9):
        return None
    still = np.concatenate([[False], d.steps[480:1320] == 0, [False]]).astype(int)
    edges = np.flatnonzero(np.diff(still))
    return int((edges[1::2] - edges[::2] >= least).sum())


def contrast(d: DayView) -> float | None:
    """(most - least) / (most + least) of the steps an hour in the fullest ten and the emptiest five hours in a row."""
    if d.steps is None or not d.seen(d.steps, 0, 1440, 0.9):
        return None
    total = np.concatenate([[0.0], np.cumsum(np.nan_to_num(d.steps).astype(np.float64))])
    most, least = (total[600:] - total[:-600]).max() / 10, (total[300:] - total[:-300]).min() / 5
    return float((most - least) / (most + least)) if most > 0 else None


def hr_jump(d: DayView) -> float | None:
    """Most bpm by which the pulse rose within three minutes."""
    if d.hr is None or not d.seen(d.hr, 0, 1440):
        return None
    rises = d.hr[3:] - d.hr[:-3]
    return float(np.nanmax(rises)) if not np.isnan(rises).all() else None


def best_hr_hour(d: DayView) -> float | None:
    """Mean pulse of the clock hour in which it was the highest."""
    if d.hr is None or not d.seen(d.hr, 0, 1440):
        return None
    hours = [d.hr_mean(h, h + 60) for h in range(0, 1440, 60)]
    return max((h for h in hours if h is not None), default=None)


def effort_off_feet(d: DayView) -> int | None:
    """Minutes with a pulse of 100 or more and fewer than 20 steps, none of the five minutes before at 60 or more."""
    if d.hr is None or d.steps is None or not d.seen(d.hr, 0, 1440) or not d.seen(d.steps, 0, 1440):
        return None
    walked = np.convolve(np.nan_to_num(d.steps) >= STRIDE, np.ones(6), "full")[:1440] > 0
    with np.errstate(invalid="ignore"):
        return int(((d.hr >= 100) & (d.steps < 20) & ~walked).sum())


def calm_gain(d: DayView) -> float | None:
    """By how many bpm the pulse without steps from 13:00 to 18:00 lies above that from 08:00 to 12:00."""
    return minus(d.hr_while(0, 0, 780, 1080), d.hr_while(0, 0, 480, 720))


def first_reading(d: DayView) -> int | None:
    """First minute in which anything was recorded."""
    at = np.flatnonzero(d.day.observed.any(axis=1))
    return int(at[0]) if len(at) else None


def last_reading(d: DayView) -> int | None:
    """Last minute in which anything was recorded."""
    at = np.flatnonzero(d.day.observed.any(axis=1))
    return int(at[-1]) if len(at) else None


def gaps(d: DayView, least: int = 10) -> int:
    """Stretches of `least` minutes or more in which nothing at all was recorded."""
    off = np.concatenate([[False], ~d.day.observed.any(axis=1), [False]]).astype(int)
    edges = np.flatnonzero(np.diff(off))
    return int((edges[1::2] - edges[::2] >= least).sum())


def pulse_minutes(d: DayView, start: int, end: int) -> int:
    """Minutes with a pulse."""
    return 0 if d.hr is None else int((~np.isnan(d.hr[start:end])).sum())


def steps_alone(d: DayView) -> bool:
    """Whether steps were recorded, but neither a pulse nor a main sleep."""
    walked = d.steps is not None and not bool(np.isnan(d.steps).all())
    return walked and d.night is None and pulse_minutes(d, 0, 1440) == 0


def sprints(d: DayView) -> int | None:
    """Stretches of minutes at 130 steps or more, none forgiven."""
    runs = d.runs(130, gap=0)
    return None if runs is None else len(runs)
