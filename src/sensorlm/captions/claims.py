"""What a sentence states in, facts out: generator and parser both build facts here, from the stated numbers only.

A stated number stands for every number that rounds to it, so a fact's bounds are half a unit of its last digit away.
`Tolerance` widens them, for judging texts that were not made by rounding (learned captions).
"""

import math
from dataclasses import dataclass
from functools import lru_cache

from sensorlm.captions.statistics import PEAK_MINUTES
from sensorlm.captions.words import part_range, total_unit
from sensorlm.channels import Channel
from sensorlm.records import MINUTES_PER_DAY, Fact, Quantity, trusted_fact

FOOT_REACH = 2 * PEAK_MINUTES
"""A peak's feet begin this many minutes before it and end as many after it."""
LEAST_CHANGE = 0.05
"""Least trend worth stating, in population standard deviations of the channel."""
LEAST_HEIGHT = 0.1
"""Least height of a peak over its feet, or depth of a drop, in the same unit."""
LEVEL_BAND = 0.25
"""A "stable" window's ends differ by at most this, in the same unit."""
NEAR = 0.02
"""Numbers off by less than this, in the same unit, are near misses: neither true nor false."""
# What float32 and running sums may add to a number, relative to it.
ROUNDING = 4e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How far from the stated number a day may be for the statement to pass as true."""

    std: float = 0.0
    """For values: in population standard deviations of the channel."""
    minutes: float = 0.0
    """For clock times and durations."""


EXACT = Tolerance()


@lru_cache(maxsize=1 << 16)
def quantity(
    statistic: str, subject: str, start: int = 0, end: int = MINUTES_PER_DAY, argument: float = 0.0
) -> Quantity:
    """One shared object per quantity: a corpus states the same few thousand over and over."""
    return Quantity(statistic=statistic, subject=subject, start=start, end=end, argument=argument)


def about(
    kind: str, asked: Quantity, value: float, decimals: int, channel: Channel, unit: str, tolerance: Tolerance = EXACT
) -> Fact:
    """A number of a channel as stated: true of every number that rounds to it."""
    slack = 0.51 * 10.0**-decimals + ROUNDING * abs(value) + tolerance.std * channel.std
    return trusted_fact(kind, asked, value - slack, value + slack, NEAR * channel.std, ((kind, value, unit),))


def statistic_fact(
    channel: Channel, statistic: str, value: float, start: int, end: int, tolerance: Tolerance = EXACT
) -> Fact:
    """One of "mean", "max", "min" and "std" of a channel over a window."""
    asked = quantity(statistic, channel.key, start, end)
    return about(statistic, asked, value, channel.decimals, channel, channel.unit, tolerance)


def total_fact(channel: Channel, value: float, start: int, end: int, tolerance: Tolerance = EXACT) -> Fact:
    """The sum of a channel over a window, stated without decimals."""
    slack = 0.51 + ROUNDING * abs(value) + tolerance.std * channel.std * math.sqrt(end - start)
    asked, margin = quantity("total", channel.key, start, end), NEAR * channel.std * math.sqrt(end - start)
    return trusted_fact("total", asked, value - slack, value + slack, margin, (("total", value, total_unit(channel)),))


def minutes_fact(channel: Channel, minutes: int, start: int, end: int, tolerance: Tolerance = EXACT) -> Fact:
    """Minutes in which a 0/1 channel was 1."""
    asked = quantity("minutes_above", channel.key, start, end, 0.5)
    return _time_fact("minutes", asked, minutes, tolerance)


def _time_fact(kind: str, asked: Quantity, minutes: int, tolerance: Tolerance) -> Fact:
    slack = 0.5 + tolerance.minutes
    return trusted_fact(kind, asked, minutes - slack, minutes + slack, 5.0, ((kind, float(minutes), "minute"),))


def trend_facts(
    channel: Channel, sign: int, start: int, end: int, first: float | None, last: float | None,
    tolerance: Tolerance = EXACT,
) -> list[Fact]:  # fmt: skip
    """A rise (sign +1) or fall (-1) from `start` to `end`, and the levels at its two ends where they are stated."""
    asked = quantity("change", channel.key, start, end, float(PEAK_MINUTES))
    least, stated = LEAST_CHANGE * channel.std, (("start", float(start), "minute"), ("end", float(end), "minute"))
    low, high = (least, math.inf) if sign > 0 else (-math.inf, -least)
    facts = [trusted_fact("trend", asked, low, high, least, stated)]
    if first is not None:
        facts.append(statistic_fact(channel, "mean", first, start, start + PEAK_MINUTES, tolerance))
    if last is not None:
        facts.append(statistic_fact(channel, "mean", last, end - PEAK_MINUTES, end, tolerance))
    return facts


def stable_facts(
    channel: Channel, start: int, end: int, value: float | None, tolerance: Tolerance = EXACT
) -> list[Fact]:
    """A level kept from `start` to `end`, and its mean where it is stated."""
    band = LEVEL_BAND * channel.std
    asked = quantity("change", channel.key, start, end, float(PEAK_MINUTES))
    stated = (("start", float(start), "minute"), ("end", float(end), "minute"))
    fact = trusted_fact("trend", asked, -band, band, band, stated)
    return [fact] if value is None else [fact, statistic_fact(channel, "mean", value, start, end, tolerance)]


def extreme_quantity(channel: str, *, drop: bool, start: int) -> Quantity:
    """Height of a peak, or depth of a drop, of the 40 minutes from `start`."""
    feet = max(0, start - FOOT_REACH), min(MINUTES_PER_DAY, start + PEAK_MINUTES + FOOT_REACH)
    return quantity("drop_depth" if drop else "peak_height", channel, *feet, float(start))


def extreme_facts(
    channel: Channel, *, drop: bool, start: int, value: float | None, tolerance: Tolerance = EXACT
) -> list[Fact]:
    """A peak or drop in the 40 minutes from `start`, and its mean where it is stated."""
    least = LEAST_HEIGHT * channel.std
    asked, stated = extreme_quantity(channel.key, drop=drop, start=start), float(start + PEAK_MINUTES // 2)
    fact = trusted_fact("drop" if drop else "peak", asked, least, math.inf, least, (("minute", stated, "minute"),))
    if value is None:
        return [fact]
    return [fact, statistic_fact(channel, "mean", value, start, start + PEAK_MINUTES, tolerance)]


def event_facts(
    subject: str, start: int, end: int, *, minutes: int | None = None, part: str | None = None,
    tolerance: Tolerance = EXACT,
) -> list[Fact]:  # fmt: skip
    """An event from `start` to `end` (which may lie outside the day), its length and part of the day if stated."""
    window = max(start, 0), min(end, MINUTES_PER_DAY)
    kind = subject.split(":")[1]
    length = window[1] - window[0]
    asked = quantity("event_minutes", subject, *window)
    facts = [trusted_fact(kind, asked, length - 0.5 - 2 * tolerance.minutes, math.inf, 0.25 * length)]
    facts.append(_time_fact("start", quantity("event_start", subject, *window), start, tolerance))
    facts.append(_time_fact("end", quantity("event_end", subject, *window), end, tolerance))
    if minutes is not None:
        longest = quantity("event_longest", subject, *window)
        facts.append(_time_fact("duration", longest, minutes, Tolerance(minutes=2 * tolerance.minutes)))
    if part is not None:
        low, high = part_range(part)
        begin = quantity("event_start", subject, *window)
        facts.append(Fact(kind="part", quantity=begin, low=low, high=high, margin=30.0))
    return facts


def moment_fact(subject: str, at: int, tolerance: Tolerance = EXACT) -> Fact:
    """An event that happens at a minute of the day."""
    reach = int(tolerance.minutes)
    window = max(0, at - reach), min(MINUTES_PER_DAY, at + 1 + reach)
    asked = quantity("event_count", subject, *window)
    return Fact(kind=subject.split(":")[1], quantity=asked, low=1, stated=(("minute", float(at), "minute"),))
