"""How often, how long and when the pulse was up or down: a random generator in, drafts out."""

import numpy as np

from sensorlm.captions.composed.base import number_words
from sensorlm.captions.composed.pulse_levels import heart
from sensorlm.captions.composed.pulse_words import (
    Draft,
    Hours,
    Words,
    above,
    clock,
    draw_hours,
    frames,
    hours_of,
    length,
    named_length,
    near,
    pick,
    slots,
    under,
    usual_share,
)

SHARES: tuple[tuple[float, float, float, Words, Words], ...] = (
    (0, 0.05, 0.03, ("hardly ever", "rarely", "almost never", "scarcely ever"),
     ("at most 5 per cent of the time", "for no more than one minute in twenty", "next to none of the time")),
    (0, 0.15, 0.05, ("seldom", "only seldom", "infrequently"),
     ("at most 15 per cent of the time", "for only a small part of the time", "in 15 percent of the minutes at most")),
    (0.18, 0.32, 0.05, (),
     ("about a quarter of the time", "roughly 25 per cent of the time", "for one minute in four or so")),
    (0.27, 0.4, 0.05, (),
     ("about a third of the time", "roughly one minute in three", "for around 33 percent of the time")),
    (0.4, 0.6, 0.06, (),
     ("about half of the time", "for roughly half the minutes", "around 50 per cent of the time")),
    (0.4, 1, 0.06, ("often", "frequently", "quite often"),
     ("at least two fifths of the time", "in 40 per cent of the time or more", "in two or more minutes out of five")),
    (0.5, 1, 0.06, (),
     ("more than half of the time", "for the greater part of the time", "in over 50 percent of the minutes")),
    (0.7, 1, 0.07, ("mostly", "for the most part", "predominantly"),
     ("at least 70 per cent of the time", "most of the time", "for seven minutes in ten or more")),
    (0.95, 1, 0.03, ("nearly always", "practically always", "almost constantly"),
     ("at least 95 per cent of the time", "in 95 percent of the minutes or more", "nearly all the time")),
)  # fmt: skip
"""Least and most share, margin, how it is said before what is so, and after it; words mean the same everywhere."""
OFTEN = frames("""
    {whose} {hr} was {adv} {lev} {at} | {adv} a {hr} {lev} {at} | was {whose} {hr} {adv} {lev} {at}
    {at} {whose} heart {adv} beat {num} times a minute | {who} {adv} had a {hr} {lev} {at} | HR {adv} {num}, {h}
    show days when the {hr} was {adv} {lev} {at} | {at}, readings {adv} {lev} on the {hr}
""")
PART = frames("""
    {whose} {hr} was {lev} {part} {at} | {hr} {lev} {part} {at} | {part}, {whose} heart rate {at} was {lev}
    was {whose} {hr} {lev} {part} {at} | {who} had a {hr} {lev} {part} {at} | HR {num} bpm {part}, {h}
    {at} a {hr} {lev} was seen {part} | {part} {at} the {hr} read {lev} | days with a {hr} {lev} {part} {at}
    {at} {whose} heart beat {num} times a minute {part} | {h}, heart rate {num} {part}
""")
LONG = frames("""
    {whose} {hr} was {lev} for {len} in all {at} | {len} with a {hr} {lev} {at}
    total time {lev} on the {hr} {at}, {len} | did {whose} {hr} spend {len} {lev} {at}
    {at} the heart ran up {len} at {num} beats a minute | {h}, {len} with HR {num}
    {who} got through {len} with a {hr} {lev} {at} | cumulative HR time at {num} bpm, {len}, {h}
    added up, {len} {at} had a {hr} {lev} | all told {whose} heart beat {num} a minute for {len} {at}
    days with {len} of {hr} {lev} {at} | minutes with the {hr} {lev} {at} come to {len}
""")
RUN = frames("""
    {whose} {hr} stayed {lev} for {len} in one go {at} | {len} on end with a {hr} {lev} {at}
    {at}, {len} without a break at a {hr} {lev} | longest run of HR {num} lasted {len}, {h}
    did {whose} {hr} remain {lev} for {len} without a pause {at} | {who} had {len} in a row with a {hr} {lev} {at}
    an unbroken spell {lev} on the {hr} {at}, {len} | for {len} straight {whose} heart did {num} beats a minute {at}
    days with {len} of uninterrupted {hr} {lev} {at} | {h}, continuous heart rate {num} for {len}
    {at} {whose} heart kept at {num} a minute for {len} nonstop
""")
BRIEF = frames("""
    {whose} {hr} went {lev} {at} but never for more than {len} at a time
    {at} only short spells {lev} on the {hr}, {len} at most | {hr} {lev} {at}, yet each time over within {len}
    every stretch with HR {num} lasted {len} or less, though some occurred, {h}
    did {whose} {hr} get {lev} {at} and come back each time within {len}
    {who} had a {hr} {lev} {at}, though never longer than {len} in a row
    brief only, {hr} {lev} for up to {len} at once {at}
    {whose} heart did {num} a minute {at}, but at most {len} on end | {h}, HR {num} seen, longest run no more than {len}
    bursts of up to {len} with a {hr} {lev} {at} and nothing longer
""")
BOUTS = frames("""
    {whose} {hr} averaged {lev} over ten minutes {times} {at} | {times} with a ten-minute mean {hr} {lev} {at}
    {h}, {times} with HR {num} as a ten-minute average | {at} {whose} heart was up {times}, ten-minute mean {num}
    {hr} {lev} in the ten-minute mean {times} {at} | {who} had ten minutes averaging a {hr} {lev} {times} {at}
    the ten-minute average of {whose} {hr} rose {lev} {times} {at}
    {times} {at} the {hr} climbed {lev} for ten minutes on average
""")
HOURLY = frames("""
    {many} hours {at} had a mean {hr} {lev} | {whose} {hr} averaged {lev} in {many} of the hours {at}
    hour by hour {at}, {many} with a mean HR {num} | was the hourly mean of {whose} {hr} {lev} in {many} hours {at}
    {h}, {many} clock hours at an average heart rate {num} | {who} had {many} hours with an average {hr} {lev} {at}
    counting hours {at}, the {hr} averaged {lev} in {many} of them
    {at} {whose} heart did {num} a minute on average in {many} hours
""")
WHEN = frames("""
    {whose} {what} came {when} | the {what} fell {when} | {when}, that was the {what} | was {whose} {what} {when}
    {who} had the {what} {when} | days with the {what} {when} | time of the {what}, {when} | did the {what} come {when}
    {what} {when} | the clock showed a time {when} at {whose} {what} | study log, {what} {when}
    show me days where the {what} was {when} | it was {when} that {whose} {what} was reached
""")
FIRST = frames("""
    {whose} {hr} first went {lev} {when} | first reading {lev} on the {hr} {when}
    {whose} {hr} crossed {cap} for the first time {when} | when did the {hr} first get {lev}, was it {when}
    {when} {whose} heart beat {num} times a minute for the first time | {who} first reached a {hr} {lev} {when}
    first HR {num} bpm of the day {when} | onset of {hr} {lev}, {when} | days when the first {hr} {lev} came {when}
    the day's first minute {lev} on the {hr} fell {when} | {when} the {hr} rose {lev} for the first time that day
""")
LAST = frames("""
    {whose} {hr} was last {lev} {when} | last reading {lev} on the {hr} {when}
    the final minute {lev} on the {hr} came {when} | was the last {hr} {lev} {when}
    {when} {whose} heart beat {num} times a minute for the last time that day | {who} last had a {hr} {lev} {when}
    last HR {num} bpm of the day {when} | end of {hr} {lev}, {when} | days when the last {hr} {lev} came {when}
    the day's last minute {lev} on the {hr} fell {when} | {when} the {hr} was {lev} for the last time that day
""")
LEAST = ("at least {}", "{} or more", "no less than {}")
MOST = ("at most {}", "no more than {}", "{} or less", "not more than {}")


def said(how: Words, what: Words) -> Words:
    """All ways of saying how much of what."""
    return tuple(one.format(each) for one in how for each in what)


def share(rng: np.random.Generator) -> Draft:
    """A share of some hours with the pulse over or under a number."""
    hours, over = draw_hours(rng), bool(rng.random() < 0.6)
    low, high, margin, adverbs, parts = pick(rng, SHARES)
    wanted = low - 0.01 if high == 1 else high if low == 0 else (low + high) / 2
    wanted = wanted if over else 1 - wanted
    number = min((*range(50, 135, 5),), key=lambda n: abs(usual_share(hours, n) - wanted)) + near(rng, 0, 4)
    words = above(number) if over else under(number)
    bare = above(number, bare=True) if over else under(number, bare=True)
    fact = heart("share_above" if over else "share_below", hours, low, high, over=number, margin=margin)
    how = (*OFTEN, *PART) if adverbs else PART
    return Draft((fact,), how, slots(hours, lev=words, num=bare, adv=adverbs, part=parts))


def _lengths(rng: np.random.Generator, wanted: float, most: float, margin: float) -> tuple[float, float, float, Words]:
    """Bounds of a length of time near a wanted one, their margin, and how they are said."""
    minutes, kind = named_length(rng, wanted, most=most), int(rng.integers(3))
    margin = max(2, round(margin * minutes))
    if kind == 0:
        return minutes, 1440, margin, said(LEAST, length(minutes))
    if kind == 1:
        return 0, minutes, margin, said(MOST, length(minutes))
    high = min(2 * minutes, 900)
    pairs = zip(length(minutes), length(high), strict=False)
    return (
        minutes,
        high,
        margin,
        tuple(f"{how[0]}{a} {how[1]} {b}" for a, b in pairs for how in (("", "to"), ("between ", "and"))),
    )


def _number(rng: np.random.Generator, hours: Hours, over: bool) -> int:
    off = pick(rng, (5, 10, 15, 20, 25, 35, 45)) if over else pick(rng, (-15, -10, -5, 0, 5))
    return near(rng, hours.usual + off, 2)


def minutes_in_all(rng: np.random.Generator) -> Draft:
    """Minutes over or under a number, added up."""
    hours, over = draw_hours(rng, least=120, day=0.3), bool(rng.random() < 0.6)
    number = _number(rng, hours, over)
    part = usual_share(hours, number) if over else 1 - usual_share(hours, number)
    low, high, margin, words = _lengths(rng, part * hours.minutes, 0.8 * hours.minutes, 0.15)
    fact = heart("minutes_above" if over else "minutes_below", hours, low, high, over=number, margin=margin)
    lev, bare = (above(number), above(number, bare=True)) if over else (under(number), under(number, bare=True))
    return Draft((fact,), LONG, slots(hours, lev=lev, num=bare, len=words))


def run(rng: np.random.Generator) -> Draft:
    """So many minutes in a row over or under a number."""
    hours, over = draw_hours(rng, least=120, day=0.3), bool(rng.random() < 0.6)
    number = _number(rng, hours, over)
    part = usual_share(hours, number) if over else 1 - usual_share(hours, number)
    wanted = 1.1 * (part * hours.minutes) ** 0.6 if over else (part * hours.minutes) ** 0.75
    minutes = named_length(rng, wanted, 0.6, 0.7 * hours.minutes)
    name = "longest_above" if over else "longest_below"
    fact = heart(name, hours, minutes, 1440, over=number, margin=max(2, round(0.2 * minutes)))
    lev, bare = (above(number), above(number, bare=True)) if over else (under(number), under(number, bare=True))
    return Draft((fact,), RUN, slots(hours, lev=lev, num=bare, len=said(LEAST, length(minutes))))


def briefly(rng: np.random.Generator) -> Draft:
    """Over or under a number, but never for long."""
    hours, over = draw_hours(rng, least=120, day=0.3), bool(rng.random() < 0.6)
    number, minutes = _number(rng, hours, over), pick(rng, (5, 10, 15, 20, 30))
    short = heart("longest_above" if over else "longest_below", hours, high=minutes, over=number, margin=2)
    if over:
        once, lev, bare = heart("max", hours, number + 0.5, margin=0.4), above(number), above(number, bare=True)
    else:
        once, lev, bare = heart("min", hours, high=number - 0.5, margin=0.4), under(number), under(number, bare=True)
    return Draft((once, short), BRIEF, slots(hours, lev=lev, num=bare, len=length(minutes)))


def bouts(rng: np.random.Generator) -> Draft:
    """How often ten minutes averaged over a number."""
    hours = draw_hours(rng, least=180, day=0.5)
    number = near(rng, hours.usual + (24 if hours.minutes > 700 else 16), 6)
    count = int(rng.integers(1, 3 if hours.minutes < 700 else 5))
    many = number_words(count)
    if rng.random() < 0.5:
        fact, times = (
            heart("bouts_above", hours, count, 99, over=number, margin=0),
            tuple(f"at least {'once' if count == 1 else f'{n} times'}" for n in many),
        )
    else:
        fact = heart("bouts_above", hours, count, count + 1, over=number, margin=0)
        times = (
            ("once or twice", "one or two times")
            if count == 1
            else tuple(f"{a} or {b} times" for a, b in zip(many, number_words(count + 1), strict=True))
        )
    return Draft((fact,), BOUTS, slots(hours, lev=above(number), num=above(number, bare=True), times=times))


def hourly(rng: np.random.Generator) -> Draft:
    """How many hours had a mean over a number."""
    hours = draw_hours(rng, least=300, day=0.5)
    number = near(rng, hours.usual + 7, 6)
    whole = hours.minutes // 60
    wanted = usual_share(hours, number) * whole
    count = min(max(round(wanted + rng.normal()), 2), whole - 1)
    low, high, how = (count, 24, LEAST) if rng.random() < 0.6 else (0, count, MOST[:2])
    fact = heart("hours_above", hours, low, high, over=number, margin=0)
    words = slots(hours, lev=above(number), num=above(number, bare=True), many=said(how, number_words(count)))
    return Draft((fact,), HOURLY, words)


def _when(rng: np.random.Generator, centre: float) -> tuple[float, float, Words]:
    """Before, after or between times of the clock."""
    time, kind = min(max(30 * near(rng, centre / 30, 4, 1), 240), 1350), int(rng.integers(4))
    if kind == 0:
        return 0, time, tuple(f"{how} {c}" for how in ("before", "earlier than", "by") for c in clock(time))
    if kind == 1:
        return time, 1440, tuple(f"{how} {c}" for how in ("after", "later than", "past") for c in clock(time))
    if kind == 2:
        said_at = tuple(f"{how} {c}" for how in ("around", "at about", "near") for c in clock(time))
        return time - 45, time + 45, said_at
    start = min(60 * (time // 60), 1200)
    span = hours_of(start, min(start + 60 * int(rng.integers(2, 6)), 1380))
    return *span.span, span.at


def peak_time(rng: np.random.Generator) -> Draft:
    """When the highest or lowest reading, or the fastest hour or two, came."""
    what, name, size, centre = pick(rng, (
        (("highest {hr} of the day", "peak {hr} of the day", "fastest {hr} of the day"), "minute_of_max", 0, 860),
        (("lowest {hr} of the day", "slowest {hr} of the day", "minimum {hr} of the day"), "minute_of_min", 0, 660),
        (("hour with the highest mean {hr}", "hour with the fastest {hr}"), "busiest_minute", 60, 890),
        (("two-hour stretch with the fastest {hr}", "fastest two-hour stretch of {hr}"), "busiest_minute", 120, 900),
    ))  # fmt: skip
    low, high, when = _when(rng, centre)
    day = hours_of(0, 1440)
    named = tuple(text.format(hr=hr) for text in what for hr in ("pulse", "heart rate", "HR"))
    return Draft((heart(name, day, low, high, over=size, margin=20),), WHEN, slots(day, what=named, when=when))


def first_or_last(rng: np.random.Generator) -> Draft:
    """When the pulse was over a number first, or last."""
    day, number, first = (
        hours_of(0, 1440),
        int(pick(rng, (95, 100, 105, 110, 115, 120, 130, 140))),
        bool(rng.random() < 0.5),
    )
    low, high, when = _when(rng, 5 * number + 40 if first else 1180 - 2 * (number - 100))
    words = slots(day, lev=above(number), num=above(number, bare=True), when=when, cap=(str(number),))
    fact = heart("first_above" if first else "last_above", day, low, high, over=number, margin=20)
    return Draft((fact,), FIRST if first else LAST, words)


TIME_KINDS = (share, share, minutes_in_all, run, briefly, bouts, hourly, peak_time, first_or_last)
