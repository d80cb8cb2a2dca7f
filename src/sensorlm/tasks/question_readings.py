"""A day's view in, numbers that join several of its readings out: leads, dips, counts. None where it cannot tell."""

from sensorlm.tasks.day_view import DayView
from sensorlm.tasks.questions import minus


def whole_steps(d: DayView) -> float | None:
    """Steps of the whole day."""
    return d.steps_between(0, 1440)


def midsleep(d: DayView) -> float | None:
    """Middle of the main sleep, minutes after midnight."""
    return None if d.night is None else sum(d.night) / 2


def onset(d: DayView) -> int | None:
    """Start of the main sleep, minutes after midnight, negative before it."""
    return None if d.night is None else d.night[0]


def waking(d: DayView) -> int | None:
    """End of the main sleep, minutes after midnight."""
    return None if d.night is None else d.night[1]


def steps_after_waking(d: DayView) -> float | None:
    """Steps in the hour after the main sleep."""
    return None if d.night is None else d.steps_between(d.night[1], d.night[1] + 60)


def before_lunch_lead(d: DayView) -> float | None:
    """Steps from 06:00 to 12:00 less those from 12:00 to 18:00."""
    return minus(d.steps_between(360, 720), d.steps_between(720, 1080))


def evening_lead(d: DayView) -> float | None:
    """Mean pulse from 18:00 to 22:00 less that from 08:00 to 12:00, in bpm."""
    return minus(d.hr_mean(1080, 1320), d.hr_mean(480, 720))


def dip(d: DayView) -> float | None:
    """By what share the pulse from 01:00 to 05:00 lies below that from 09:00 to 21:00."""
    night, day = d.hr_mean(60, 300), d.hr_mean(540, 1260)
    return None if night is None or day is None else 1 - night / day


def surge(d: DayView) -> float | None:
    """How many bpm the pulse of the first hour after waking lies above that of the sleep."""
    return None if d.night is None else minus(d.hr_mean(d.night[1], d.night[1] + 60), d.hr_asleep)


def active_hours(d: DayView) -> int | None:
    """Of the 12 clock hours from 08:00 to 20:00, those with 250 steps or more."""
    hours = d.hourly_steps(8, 20)
    return None if hours is None else int((hours >= 250).sum())


def walks(d: DayView) -> int | None:
    """Walks of ten minutes or more at 60 steps a minute or more."""
    runs = d.runs(60)
    return None if runs is None else sum(e - s >= 10 for s, e in runs)


def sustained(d: DayView) -> int | None:
    """Longest stretch of minutes with a pulse of 110 bpm or more."""
    efforts = d.efforts(110)
    return None if efforts is None else max((e - s for s, e in efforts), default=0)


def bursts(d: DayView) -> int | None:
    """Stretches with a pulse of 120 bpm or more, at least six minutes apart."""
    efforts = d.efforts(120, gap=5)
    return None if efforts is None else len(efforts)


def pulse_share(d: DayView) -> float:
    """Share of the 1440 minutes with a pulse."""
    return 0.0 if d.hr is None else d.day.observed[:, d.day.channel_keys.index("HR")].mean().item()
