"""How high the pulse was: a random generator in, drafts out (means, highest and lowest readings, ranges, variation)."""

import numpy as np

from sensorlm.captions.composed.pulse_words import (
    Draft,
    Hours,
    Words,
    above,
    around,
    between,
    draw_hours,
    frames,
    near,
    pick,
    slots,
    under,
)
from sensorlm.captions.predicates.base import ask
from sensorlm.records import Fact

LEVEL = frames("""
    {whose} {hr} averaged {lev} {at} | {at} {whose} {hr} was {lev} on average | mean {hr} {lev} {at}
    {hr} {lev} on average {at} | did {whose} {hr} average {lev} {at} | was {whose} mean {hr} {lev} {at}
    {who} had a mean {hr} {lev} {at} | days with an average {hr} {lev} {at} | mean heart rate {num} bpm, {h}
    find me the days when {whose} {hr} averaged {lev} {at} | {h}, average HR {num} per minute
    {whose} heart beat {num} times a minute on average {at} | the watch worked out a mean {hr} {lev} {at}
    taken together, the readings {at} give a {hr} {lev} | on the whole {whose} {hr} sat {lev} {at}
    show days, average {hr} {at}, {lev} | could you tell me if the mean {hr} {at} was {lev}
    typical {hr} {at} {lev}, going by the mean | avg bpm {num} {at}
    heart ticking along at {num} a minute on average {at} | the subject's mean HR was {num} for {h}
    all in all {whose} heart did {num} beats a minute {at}
""")
TOP = frames("""
    {whose} {hr} peaked {lev} {at} | the highest {hr} {at} was {lev} | max HR {num} bpm, {h} | peak {hr} {lev} {at}
    was the highest reading of {whose} {hr} {lev} {at} | did {whose} {hr} top out {lev} {at}
    {at} {whose} heart had its maximum {lev} | {who} had a peak {hr} {lev} {at} | {h}, maximum heart rate {num}
    days with a top {hr} {lev} {at} | the fastest minute {at} was {num} beats | maximum of the {hr} {at}, {lev}
    at its fastest {whose} heart did {num} a minute {at} | show me where the {hr} maxed out {lev} {at}
""")
OVER = frames("""
    {whose} {hr} went {lev} at least once {at} | {hr} {lev} at some point {at} | did {whose} {hr} ever go {lev} {at}
    at some moment {at} {whose} heart beat {num} times a minute | {who} hit a {hr} {lev} {at}
    {at}, one or more readings {lev} on the {hr} | any minute {at} with the {hr} {lev}
    a {hr} {lev} turned up {at}, if only for a minute | one look at the curve {at} shows the heart {lev} somewhere
""")
NEVER_OVER = frames("""
    {whose} {hr} never went {lev} {at} | not once {lev} {at}, that {hr} | {at} no {hr} {lev} | HR {cap} bpm at most, {h}
    did {whose} {hr} stay at {cap} or less {at} | {who} kept the {hr} from going {lev} {at}
    not a single minute {at} with a {hr} {lev} | {whose} heart didn't get {lev} {at} | max {hr} {at}, {cap} or lower
    days without any {hr} {lev} {at} | the {hr} topped out at no more than {cap} {at} | {h}, no HR reading {lev}
    at no time {at} was {whose} heart beating {num} times a minute | {hr} capped at {cap} {at}
""")
LOW = frames("""
    {whose} {hr} dipped {lev} {at} | {hr} fell {lev} at least once {at} | did {whose} {hr} ever drop {lev} {at}
    the lowest {hr} {at} was {lev} | min HR {num} bpm, {h} | at its slowest {whose} heart did {num} a minute {at}
    {who} had a lowest {hr} {lev} {at} | days with a minimum {hr} {lev} {at} | {h}, HR nadir {num}
    the slowest minute {at} was {num} beats | {at} {whose} heart dropped {lev} | any reading {lev} on the {hr} {at}
    show me when the {hr} sank {lev} {at}, even for a moment
""")
BOTTOM = frames("""
    the lowest {hr} {at} was {lev} | {whose} {hr} bottomed out {lev} {at} | min HR {num} bpm, {h}
    at its slowest {whose} heart did {num} a minute {at} | {who} had a lowest {hr} {lev} {at}
    was {whose} lowest {hr} {lev} {at} | days with a minimum {hr} {lev} {at} | minimum of the {hr} {at}, {lev}
    {h}, lowest heart rate {num} | the slowest minute {at} was {num} beats | floor of the {hr} {lev} {at}
""")
NEVER_UNDER = frames("""
    {whose} {hr} never fell {lev} {at} | not once {lev} {at}, that {hr} | {at} no {hr} {lev}
    HR no lower than {cap}, {h} | did {whose} {hr} stay at {cap} or more {at}
    not a single minute {at} with a {hr} {lev} | {whose} heart didn't drop {lev} {at}
    minimum {hr} {at}, {cap} or higher | days without any {hr} {lev} {at}
    {who} had a {hr} of at least {cap} in every minute {at} | {h}, no HR reading {lev}
    even at its slowest {whose} heart did {cap} or more {at} | always at least {cap} beats a minute {at}
""")
BAND = frames("""
    {whose} {hr} stayed {lev} {at} | {hr} always {lev} {at} | every {hr} reading {at} was {lev}
    HR {num} throughout, {h} | did {whose} {hr} keep {lev} the whole time {at}
    {at} the heart never left the range {low} to {high} | {whose} {hr} went neither under {low} nor over {high} {at}
    {who} had no {hr} under {low} or over {high} {at}
    no lower than {low}, no higher than {high}, that was the {hr} {at} | days with all heart readings {lev} {at}
    {h}, HR minimum at least {low} and maximum at most {high} | lowest {low} or more and highest {high} or less {at}
    the {hr} moved within {low} and {high} {at} and not outside
""")
SPREAD = frames("""
    highest and lowest {hr} {at} were {lev} apart | range of the {hr} {at}, {lev}
    the gap from {whose} slowest to {whose} fastest {hr} {at} was {lev} | HR max minus min {num}, {h}
    did {whose} {hr} span {lev} between its extremes {at} | peak to trough {num} beats on the {hr} {at}
    from lowest to highest reading the {hr} covered {lev} {at} | {h}, range of heart rate {num}
    top {hr} minus bottom {hr} {at}, {lev} | {at} the slowest and the fastest minute of {whose} heart lay {lev} apart
    {who} had {lev} between the lowest and the highest {hr} {at}
""")
VARIED = frames("""
    {whose} {hr} {varied} {at} | {at} the {hr} {varied} | {curve} {hr} {at} | a {curve} {hr} curve {at}
    was {whose} {hr} {curve} {at} | {who} had a {curve} {hr} {at} | {curve} heart, {h} | {h}, {curve} heart rate
    show me days with a {curve} {hr} {at} | {whose} heart was {curve} {at} | on the graph {whose} {hr} {varied} {at}
    would you call the {hr} {at} {curve}
""")
DEVIATION = frames("""
    {hr} with a standard deviation {num} {at} | SD of HR {num} bpm, {h} | standard deviation of the {hr} {num} {at}
    {whose} {hr} {at} had a standard deviation {num} beats | {h}, heart rate SD {num}
    was the standard deviation of {whose} {hr} {num} {at}
    the minute values of the {hr} {at} scattered with an SD {num} | {at} the {hr} strayed from its mean with an SD {num}
    {who} showed an SD {num} in the {hr} {at} | days with a standard deviation {num} in the {hr} {at}
    scatter of the {hr} {at}, SD {num}
""")
STEADY = {"varied": ("hardly varied", "scarcely changed", "kept to much the same pace", "held steady", "barely moved"),
          "curve": ("steady", "even", "stable", "level")}  # fmt: skip
JUMPY = {"varied": ("varied a lot", "went up and down a lot", "swung widely", "changed all the time", "jumped about"),
         "curve": ("jumpy", "restless", "very uneven", "strongly changing")}  # fmt: skip
FAST = frames("""
    {whose} fastest {window} {at} averaged {lev} | the best {window} for {hr} {at}, mean {num}
    highest {window} mean of HR {num}, {h} | did {whose} {hr} average {lev} in its fastest {window} {at}
    busiest {window} of the heart {at}, {num} beats a minute on average
    {at} {whose} heart's most intense {window} came to {num} a minute | peak {window} average of the {hr} {lev} {at}
    over the quickest {window} {at} {whose} {hr} was {lev} on average | {h}, fastest {window} at a mean HR {num}
    {who} had a mean {hr} {lev} in the fastest {window} {at}
""")
SLOW = frames("""
    {whose} calmest {window} {at} averaged {lev} on the {hr} | the slowest {window} of the {hr} {at} had a mean {num}
    lowest {window} mean of HR {num}, {h} | did {whose} {hr} average {lev} in its slowest {window} {at}
    quietest {window} of the heart {at}, {num} beats a minute on average
    {at} {whose} heart's slowest {window} came to {num} a minute | {h}, calmest {window} at a mean HR {num}
    over the slowest {window} {at} {whose} {hr} was {lev} on average
    the {window} with the deepest rest {at} had a mean {hr} {lev}
    {who} had a mean {hr} {lev} in the calmest {window} {at}
""")
WINDOWS = {10: ("ten minutes", "10 minutes"), 20: ("twenty minutes", "20 minutes"), 30: ("half hour", "30 minutes"),
           60: ("hour", "60 minutes"), 120: ("two hours", "120 minutes")}  # fmt: skip


def heart(name: str, hours: Hours, low: float = 0, high: float = 300, *, over: float = 0, margin: float = 3) -> Fact:
    """A statistic of the pulse in some hours."""
    return ask(name, "HR", low, high, at=hours.span, over=over, margin=margin)


def levels(
    rng: np.random.Generator, centre: float, spread: float, *, ranges: bool = True
) -> tuple[float, float, Words, Words]:
    """Bounds around a level and how they are said, with the unit and without: over, under, a range, or about."""
    number, kind = max(near(rng, centre, spread), 10), int(rng.integers(4 if ranges else 2))
    if kind == 0:
        return number, 300, above(number), above(number, bare=True)
    if kind == 1:
        return 0, number, under(number), under(number, bare=True)
    if kind == 2:
        low = number - 5
        high = low + pick(rng, (10, 10, 15, 20))
        return low, high, between(low, high), between(low, high, bare=True)
    return number - 5, number + 5, around(number), around(number, bare=True)


def height(hours: Hours) -> float:
    """How far the highest reading lies over the mean, on ordinary days."""
    return 12 + 8.5 * float(np.log2(1 + hours.minutes / 60)) - (9 if hours.span[1] <= 480 else 0)


def depth(hours: Hours) -> float:
    """How far the lowest reading lies under the mean."""
    return 7 + 4.5 * float(np.log2(1 + hours.minutes / 60)) - (6 if hours.span[1] <= 480 else 0)


def mean_level(rng: np.random.Generator) -> Draft:
    """The mean of some hours."""
    hours = draw_hours(rng)
    low, high, lev, num = levels(rng, hours.usual, 5)
    return Draft((heart("mean", hours, low, high, margin=2.5),), LEVEL, slots(hours, lev=lev, num=num))


def top_level(rng: np.random.Generator) -> Draft:
    """The highest reading of some hours lies in a range, or over a number."""
    hours = draw_hours(rng)
    low, high, lev, num = levels(rng, hours.usual + height(hours), 10)
    return Draft((heart("max", hours, low, high, margin=4),), TOP, slots(hours, lev=lev, num=num))


def went_over(rng: np.random.Generator) -> Draft:
    """At least one minute over a number."""
    hours = draw_hours(rng)
    number = near(rng, hours.usual + height(hours), 12)
    words = slots(hours, lev=above(number), num=above(number, bare=True))
    return Draft((heart("max", hours, number + 1, margin=4),), OVER, words)


def never_over(rng: np.random.Generator) -> Draft:
    """Not one minute over a number."""
    hours = draw_hours(rng)
    number = near(rng, hours.usual + height(hours) - 1, 11)
    words = slots(hours, lev=above(number), num=above(number, bare=True), cap=(str(number),))
    return Draft((heart("max", hours, high=number, margin=4),), NEVER_OVER, words)


def went_under(rng: np.random.Generator) -> Draft:
    """At least one minute under a number."""
    hours = draw_hours(rng)
    number = near(rng, hours.usual - depth(hours), 6)
    words = slots(hours, lev=under(number), num=under(number, bare=True))
    return Draft((heart("min", hours, high=number - 0.5, margin=3),), LOW, words)


def bottom_level(rng: np.random.Generator) -> Draft:
    """The lowest reading of some hours lies in a range."""
    hours = draw_hours(rng)
    number = near(rng, hours.usual - depth(hours), 5)
    low, high = number - 5, number + pick(rng, (5, 10))
    words = slots(hours, lev=between(low, high), num=between(low, high, bare=True))
    return Draft((heart("min", hours, low, high),), BOTTOM, words)


def never_under(rng: np.random.Generator) -> Draft:
    """Not one minute under a number."""
    hours = draw_hours(rng)
    number = near(rng, hours.usual - depth(hours), 5)
    words = slots(hours, lev=under(number), num=under(number, bare=True), cap=(str(number),))
    return Draft((heart("min", hours, number),), NEVER_UNDER, words)


def in_band(rng: np.random.Generator) -> Draft:
    """Every reading lies between two numbers."""
    hours = draw_hours(rng, day=0.1)
    low = near(rng, hours.usual - depth(hours) - 7, 5)
    high = near(rng, hours.usual + height(hours) + 12, 10)
    words = slots(hours, lev=between(low, high), num=between(low, high, bare=True), low=(str(low),), high=(str(high),))
    return Draft((heart("min", hours, low), heart("max", hours, high=high, margin=4)), BAND, words)


def spread_level(rng: np.random.Generator) -> Draft:
    """How far the highest and the lowest reading lie apart."""
    hours = draw_hours(rng)
    low, high, lev, num = levels(rng, height(hours) + depth(hours), 9)
    lev = tuple(text if text.endswith(("bpm", "minute", "beats")) else f"{text} beats" for text in num)
    return Draft((heart("spread", hours, low, high, margin=4),), SPREAD, slots(hours, lev=lev, num=num))


def variation(rng: np.random.Generator) -> Draft:
    """Steady or jumpy; what counts as either depends only on whether it is night, some hours or the day."""
    hours = draw_hours(rng, least=120)
    long, night = hours.minutes > 600, hours.span[1] <= 360
    if rng.random() < 0.5:
        return Draft(
            (heart("std", hours, high=10 if long else 4 if night else 7, margin=1),), VARIED, slots(hours, **STEADY)
        )
    return Draft((heart("std", hours, 14 if long else 7 if night else 11, margin=1.5),), VARIED, slots(hours, **JUMPY))


def deviation(rng: np.random.Generator) -> Draft:
    """The standard deviation in figures."""
    hours = draw_hours(rng, least=120)
    usual = 12 if hours.minutes > 600 else 5 if hours.span[1] <= 360 else 9
    number = max(round(usual + rng.normal() * 0.25 * usual), 3)
    if rng.random() < 0.5:
        num = (f"of at most {number}", f"of {number} or less", f"no larger than {number}")
        return Draft((heart("std", hours, high=number, margin=1),), DEVIATION, slots(hours, num=num))
    num = (f"of at least {number}", f"of {number} or more", f"no smaller than {number}")
    return Draft((heart("std", hours, number, margin=1),), DEVIATION, slots(hours, num=num))


def fastest_stretch(rng: np.random.Generator) -> Draft:
    """Mean of the fastest so many minutes in a row."""
    hours, size = draw_hours(rng, least=180, day=0.3), pick(rng, (10, 20, 30, 60, 120))
    centre = hours.usual + height(hours) - 4.3 * float(np.log(size)) - 4
    low, high, lev, num = levels(rng, centre, 8)
    words = slots(hours, lev=lev, num=num, window=WINDOWS[size])
    return Draft((heart("busiest_mean", hours, low, high, over=size),), FAST, words)


def slowest_stretch(rng: np.random.Generator) -> Draft:
    """Mean of the slowest so many minutes in a row."""
    hours, size = draw_hours(rng, least=180, day=0.3), pick(rng, (10, 20, 30, 60, 120))
    centre = hours.usual - depth(hours) + 2.2 * float(np.log(size)) + 1
    low, high, lev, num = levels(rng, centre, 5)
    words = slots(hours, lev=lev, num=num, window=WINDOWS[size])
    return Draft((heart("quietest_mean", hours, low, high, over=size, margin=2.5),), SLOW, words)


LEVEL_KINDS = (
    mean_level, mean_level, top_level, went_over, never_over, went_under, bottom_level, never_under, in_band,
    spread_level, variation, deviation, fastest_stretch, slowest_stretch,
)  # fmt: skip
