"""Wearing the device, and steps together with the pulse: a generator in, a drawn statement out, kind by kind."""

import math
from collections.abc import Callable

import numpy as np

from sensorlm.captions.composed.base import number_words
from sensorlm.captions.composed.steps_words import (
    Drawn,
    Hours,
    Ranged,
    Words,
    all_day,
    asked,
    at_least,
    at_most,
    between,
    clock,
    counted,
    drawn,
    from_to,
    lasting,
    named,
    one_of,
    percent,
    ranged,
    some_hours,
    usual,
)
from sensorlm.captions.facts import WORN
from sensorlm.captions.predicates.base import DAY, Span, ask
from sensorlm.records import Fact

WORN_AT_ALL: Fact = ask("coverage", WORN, 0.3, at=DAY, margin=0.3)
"""Of a day without any record nobody says when the device was off."""
COVER_FRAMES = """
    {watch} on for {n} of the time {when} | worn for {n} of the time {when}
    {who} wore the {watch} {n} of the time {when} | {n} of the minutes {when} recorded | wear time {when} {n}
    the {watch} saw {n} of the time {when} | did {who} have the {watch} on {n} of the time {when}
    {when} the {watch} was on the body {n} of the time | recording covers {n} of the time {when}
    {whose} {watch} was on for {n} of the minutes {when} | data coverage {n} {when}
    days with the {watch} worn {n} of the time {when} | compliance of {n} {when}"""
COVER_HOURS_FRAMES = """
    {n} of wear | {watch} on for {n} in all | {who} wore the {watch} for {n} that day | total wear time {n}
    {n} on the wrist, all added up | the {watch} was worn {n} out of 24 hours | days with {n} of wear
    did {who} wear the {watch} for {n} altogether | {whose} {watch} recorded {n} of the day
    {n} of data in the day | the record of the day holds {n} | {whose} {watch} was on the body for {n}"""
GAP_FRAMES = """
    longest time without the {watch} {when} {n} | longest gap in wear {when} {n}
    {watch} off for {n} at the longest {when} | {who} took the {watch} off for {n} at the longest {when}
    the longest hole in the record {when} lasts {n} | {when} the longest gap was {n}
    maximum non-wear period {when} {n} | {whose} longest break from the {watch} {when}, {n}
    did {whose} longest break from the {watch} {when} last {n} | longest stretch of missing data {when} {n}
    the {watch} lay around for {n} at the longest {when} | days whose longest gap {when} is {n}"""
GAPS_FRAMES = """
    {n} gaps of {long} or more {when} | {watch} off {n} times for {long} or longer {when}
    {n} breaks of at least {long} {when} | {who} took the {watch} off {n} times {when} for {long} and more
    {n} holes in the record {when}, each {long} at least | number of non-wear periods over {long} {when} {n}
    {when} data were missing {n} times for {long} or longer
    did the {watch} come off {n} times {when} for {long} or longer
    {whose} {watch} was off {n} times {when}, {long} or more each | days with {n} gaps of at least {long} {when}
    record broken {n} times {when} by {long} or more"""
ON_FRAMES = """
    {watch} on {when} | {who} wore the {watch} {when} | the {watch} was never off for long {when} | worn {when}
    {who} kept the {watch} on {when} | full wear {when} | {when} the {watch} stayed on
    near complete record {when} | did {who} wear the {watch} {when} | {whose} {watch} was on {when}
    good data {when} without much missing | device wear confirmed {when} | days with the {watch} on {when}
    {who} left the {watch} on {when}"""
OFF_FRAMES = """
    {watch} off {when} | {who} did not wear the {watch} {when} | no data {when} | not worn {when}
    {who} left the {watch} off {when} | nothing recorded {when} to speak of
    {when} the {watch} was not on the body | did {who} go without the {watch} {when}
    {whose} {watch} was off {when} | record empty {when} | non-wear {when} | days without the {watch} {when}
    {when} {who} had taken the {watch} off | the {watch} sat unused {when}"""
ON_OFF_FRAMES = """
    {watch} on {when} but off {then} | worn {when}, not {then} | {who} wore the {watch} {when} and not {then}
    {watch} off {then} though on {when} | data {when}, none {then} | record there {when} and missing {then}
    did {who} wear the {watch} {when} and leave it off {then} | {when} the {watch} was on, {then} it was off
    {whose} {watch} was off {then} and on {when} | wear {when}, non-wear {then}
    {who} went without the {watch} {then} but had it on {when} | days with the {watch} on {when} and off {then}"""
PUT_ON_FRAMES = """
    {watch} put on {when} | {who} did not put the {watch} on before {clock} but soon after
    no wear before {clock}, then worn | {who} first wore the {watch} {when} | record begins {when}
    data start {when} | not worn before {clock}, worn from then on for a while
    did {who} only put the {watch} on {when} | {whose} {watch} was off before {clock} and went on soon afterwards
    days on which the {watch} went on {when} | first wear {when} | nothing before {clock}, then a record"""
HIGH_STILL_FRAMES = """
    mean pulse {b} {when} with {n} steps | heart rate {b} on average {when} on {n} steps
    {whose} pulse averaged {b} {when} with {n} steps
    {when} the heart beat {b} times a minute on average with {n} steps | {n} steps {when} and a mean heart rate {b}
    did {whose} heart average {b} {when} with {n} steps | average hr {b}, {n} steps {when}
    {who} made {n} steps {when} with a mean pulse {b} | mean heart rate {b} bpm {when}, step count {n}
    {n} steps {when}, heart at {b} on average | days with {n} steps {when} and an average pulse {b}"""
TOP_FRAMES = """
    {n} steps over the day and a top pulse {b} | {who} took {n} steps and the pulse peaked {b}
    {n} steps, peak heart rate {b} | heart rate peaked {b} on a day of {n} steps
    {n} steps in all with the highest pulse {b} | did {who} take {n} steps with a top heart rate {b}
    max hr {b}, daily steps {n} | {whose} pulse topped out {b} on {n} steps
    {n} steps all told, and the heart peaked {b} | highest reading of the pulse {b}, step total {n}
    a day of {n} steps whose peak pulse came out {b} | days with {n} steps and maximum heart rate {b}"""
EFFORT_FRAMES = """
    twenty minutes averaged a pulse over {b} but there was no walk of ten minutes {when}
    {who} averaged over {b} bpm for 20 minutes {when} without a ten minute walk
    over {b} bpm on average for 20 minutes and no 10 minute walk {when}
    20 minutes at a mean heart rate above {b} {when}, no walk of ten minutes
    20 minute mean pulse past {b} {when} without a walk of ten minutes
    did {whose} heart average over {b} for 20 minutes {when} with no walk of 10 minutes
    {whose} heart held over {b} on average for twenty minutes {when}, and no ten minute walk
    mean hr over {b} across 20 min {when} in the absence of any 10 minute walk
    no walk of ten minutes {when}, yet twenty minutes averaging more than {b} beats
    days with 20 minutes averaging over {b} bpm and no 10 minute walk {when}"""
WALK_PULSE_FRAMES = """
    a walk of {long} {when} with the pulse never above {b}
    {who} walked {long} {when} and the heart stayed under {b}
    {long} of walking on end {when}, pulse below {b} throughout | a {adj} walk {when} without the heart passing {b}
    did {who} walk {long} {when} and keep the pulse under {b} | walking bout of {long} {when}, hr not over {b}
    {whose} pulse stayed below {b} {when} although there was a {adj} walk
    no beat above {b} {when} in spite of {long} of walking
    {when} {who} walked for {long} while the heart rate kept under {b}
    days with a {adj} walk {when} and no heart rate over {b} in those hours"""
WORN_STEPS_FRAMES = """
    {watch} on for {n} of the day and {m} steps | {m} steps with the {watch} worn {n} of the day
    {who} wore the {watch} for {n} of the day and took {m} steps | wear time {n} of the day, step count {m}
    did {who} make {m} steps with the {watch} on {n} of the day | {n} of the day on record, {m} steps
    {whose} {watch} was worn {n} of the day and counted {m} steps | {m} steps counted, {n} of the day covered
    a record of {n} of the day with {m} steps in it | days with {n} of wear in 24 hours and {m} steps"""


def _hours_with_night(rng: np.random.Generator, least: int = 60, *, day: float = 0.0) -> Hours:
    """Hours of the night too: then the device lies beside the bed or not."""
    if rng.random() < 0.3:
        start, end = one_of(rng, [(0, 300), (0, 360), (60, 300), (120, 360), (180, 420), (240, 480), (0, 240)])
        return between(start, end)
    return some_hours(rng, least, day=day)


def _sided(rng: np.random.Generator, hours: Hours, values: list[int], words: Callable[[int], Words]) -> Ranged:
    """Within a few hours a device is mostly on or off: what lies between is rare, and only one side is asked for."""
    while True:
        r = ranged(rng, values, words, near=0.2)
        if hours.span[1] - hours.span[0] >= 600 or math.inf in (r.high, -r.low):
            return r


def _cover(rng: np.random.Generator) -> Drawn:
    hours = _hours_with_night(rng, day=0.25)
    r = _sided(rng, hours, [20, 25, 40, 50, 60, 75, 80, 90], lambda n: percent(n / 100))
    fact = ask("coverage", WORN, r.low / 100, r.high / 100, at=hours.span, margin=0.08)
    return drawn("cover", [fact], COVER_FRAMES, hours, n=r.words)


def _cover_hours(rng: np.random.Generator) -> Drawn:
    r = ranged(rng, [240, 360, 480, 600, 720, 840, 960, 1080, 1200, 1260, 1320], lasting, near=0.1)
    fact = ask("coverage", WORN, round(r.low / 1440, 4), round(r.high / 1440, 4), margin=0.04)
    return drawn("wear_time", [fact], COVER_HOURS_FRAMES, all_day(), n=r.words)


def _gap(rng: np.random.Generator) -> Drawn:
    hours = _hours_with_night(rng, 180, day=0.4)
    most = (hours.span[1] - hours.span[0]) * 0.7
    r = _sided(rng, hours, [v for v in (10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360) if v < most], lasting)
    fact = asked("longest_gap", r, at=hours.span, subject=WORN, slack=0.25, least=4)
    return drawn("gap", [fact, WORN_AT_ALL], GAP_FRAMES, hours, n=r.words)


def _gaps(rng: np.random.Generator) -> Drawn:
    hours = some_hours(rng, 420, day=0.6)
    long, n = one_of(rng, [10, 15, 20, 30]), int(rng.integers(2, 4 if hours.span == DAY else 3))
    said, more = number_words(n)[-1], number_words(n + 1)[-1]
    if rng.random() < 0.5:
        r = Ranged(n, math.inf, (f"at least {n}", f"{said} or more", f"at least {said}", f"no fewer than {said}"))
    elif rng.random() < 0.6:
        r = Ranged(-math.inf, n - 1, (f"fewer than {said}", f"less than {n}", f"not as many as {said}"))
    else:
        r = Ranged(n - 0.5, n + 1.5, from_to((str(n), said), (str(n + 1), more)))
    fact = ask("long_gaps", WORN, r.low, r.high, at=hours.span, over=long, margin=0.5)
    return drawn("gaps", [fact, WORN_AT_ALL], GAPS_FRAMES, hours, n=r.words, long=lasting(long))


def _on(rng: np.random.Generator) -> Drawn:
    hours = _hours_with_night(rng)
    return drawn("on", [ask("coverage", WORN, 0.9, at=hours.span, margin=0.3)], ON_FRAMES, hours)


def _off(rng: np.random.Generator) -> Drawn:
    hours = _hours_with_night(rng)
    fact = ask("coverage", WORN, high=0.1, at=hours.span, margin=0.4)
    return drawn("off", [fact, WORN_AT_ALL], OFF_FRAMES, hours)


def _on_off(rng: np.random.Generator) -> Drawn:
    while True:
        one, other = some_hours(rng), _hours_with_night(rng)
        if other.span[0] >= 480 and other.span[1] <= 1200:  # off in the middle of the day is rare
            continue
        if one.span[1] + 60 <= other.span[0] or other.span[1] + 60 <= one.span[0]:
            break
    facts = [
        ask("coverage", WORN, 0.85, at=one.span, margin=0.3),
        ask("coverage", WORN, high=0.15, at=other.span, margin=0.4),
    ]
    return drawn("on_off", facts, ON_OFF_FRAMES, one, then=other.words)


def _put_on(rng: np.random.Generator) -> Drawn:
    minute = int(rng.integers(12, 24)) * 30
    facts = [
        ask("coverage", WORN, high=0.05, at=(0, minute), margin=0.1),
        ask("coverage", WORN, 0.5, at=(minute, minute + 180), margin=0.2),
    ]
    words = tuple(f"{w} {c}" for c in clock(minute) for w in ("after", "soon after"))
    return drawn("put_on", facts, PUT_ON_FRAMES, Hours((0, minute), words), clock=clock(minute))


def _beats(rng: np.random.Generator, values: list[int], *, low: bool) -> Ranged:
    n = one_of(rng, values)
    forms = ("over {}", "above {}", "more than {}") if low else ("under {}", "below {}", "less than {}")
    words = tuple(f.format(w) for f in forms for w in (str(n), number_words(n)[-1] if n <= 100 else str(n)))
    return Ranged(n, math.inf, words) if low else Ranged(-math.inf, n, words)


def _steps(rng: np.random.Generator, span: Span, factor: float, *, low: bool) -> Ranged:
    n = named(usual(span) * factor)
    return Ranged(n, math.inf, at_least(counted(n))) if low else Ranged(-math.inf, n, at_most(counted(n)))


def _pulse_steps(rng: np.random.Generator) -> Drawn:
    hours, fast, many = some_hours(rng, 60), bool(rng.random() < 0.5), bool(rng.random() < 0.5)
    b = _beats(rng, [65, 70, 75, 80] if fast else [75, 80, 85, 90], low=fast)
    n = _steps(rng, hours.span, rng.uniform(0.6, 1.2), low=many)
    facts = [asked("mean", b, at=hours.span, subject="HR", slack=0.04),
             asked("total", n, at=hours.span, least=25)]  # fmt: skip
    return drawn("pulse", facts, HIGH_STILL_FRAMES, hours, b=b.words, n=n.words)


def _pulse_top(rng: np.random.Generator) -> Drawn:
    high, many = bool(rng.random() < 0.5), bool(rng.random() < 0.6)
    b = _beats(rng, [110, 120, 130, 140] if high else [115, 120, 130, 140], low=high)
    n = _steps(rng, DAY, rng.uniform(0.6, 1.4), low=many)
    words = tuple(w for w in b.words if "than" not in w)
    facts = [asked("max", b, subject="HR", slack=0.04), asked("total", n, least=25)]
    return drawn("pulse_top", facts, TOP_FRAMES, all_day(), b=words, n=n.words)


def _effort(rng: np.random.Generator) -> Drawn:
    hours, n = some_hours(rng, 180, day=0.4), one_of(rng, [80, 85, 90, 95])
    facts = [
        ask("busiest_mean", "HR", n, at=hours.span, over=20, margin=4),
        ask("busiest_mean", "steps", high=60, at=hours.span, over=10, margin=12),
    ]
    return drawn("effort", facts, EFFORT_FRAMES, hours, b=(str(n),))


def _walk_pulse(rng: np.random.Generator) -> Drawn:
    hours, n, long = some_hours(rng, 120), one_of(rng, [115, 120, 130, 140]), one_of(rng, [10, 15, 20])
    facts = [
        ask("busiest_mean", "steps", 60, at=hours.span, over=long, margin=15),
        ask("max", "HR", high=n, at=hours.span, margin=4),
    ]
    adjective = (f"{long} minute", f"{number_words(long)[-1]} minute")
    return drawn("walk_pulse", facts, WALK_PULSE_FRAMES, hours, b=(str(n),), long=lasting(long), adj=adjective)


def _worn_steps(rng: np.random.Generator) -> Drawn:
    wear, many = one_of(rng, [50, 60, 75, 80, 90]), bool(rng.random() < 0.5)
    n = _steps(rng, DAY, rng.uniform(0.5, 1.4), low=many)
    facts = [ask("coverage", WORN, wear / 100, margin=0.08), asked("total", n, least=25)]
    words = at_least(percent(wear / 100))
    return drawn("worn_steps", facts, WORN_STEPS_FRAMES, all_day(), n=words, m=n.words)


WEAR_KINDS = (_cover, _cover_hours, _gap, _gaps, _on, _off, _on_off, _put_on, _pulse_steps, _pulse_steps, _pulse_top,
              _effort, _walk_pulse, _worn_steps)  # fmt: skip
