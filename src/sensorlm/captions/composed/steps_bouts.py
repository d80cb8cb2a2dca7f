"""Walks, runs and pace: a generator in, a drawn statement out, kind by kind."""

import numpy as np

from sensorlm.captions.composed.steps_words import (
    Drawn,
    adjective,
    asked,
    counted,
    drawn,
    fitting,
    lasting,
    near_minutes,
    one_of,
    ranged,
    some_count,
    some_hours,
    usual,
)
from sensorlm.captions.predicates.base import ask

WALK, NO_WALK, RUN, NO_RUN = 70.0, 40.0, 130.0, 108.0
"""Means over ten minutes and more: a walk with its pauses, surely none, and a run."""
WALK_FRAMES = """
    a walk of {long} {when} | {who} walked for {long} without a real break {when}
    {who} went on a {adj} walk {when} | {long} on foot at a stretch {when} | {who} walked {long} on end {when}
    did {who} walk for {long} in one go {when} | {when} {who} was off for a walk, {long} of it
    continuous walking bout of {long} {when} | out walking {when}, {long} or longer
    {who} kept walking for {long} {when} | one walk of {long} or more {when}
    walking bout of at least {long} {when} | days with a {adj} walk {when}
    {when} at least {long} of steady walking | {whose} legs carried on for {long} {when}"""
NO_WALK_FRAMES = """
    no walk of {long} {when} | {who} never walked for {long} on end {when} | not one {adj} walk {when}
    {who} did not walk for {long} at a stretch {when} | without a walk of {long} {when}
    {when} {who} never kept walking for {long} | no walking bout of {long} {when}
    no {bare} of steady walking {when} | did {who} go without a {adj} walk {when}
    {whose} walks {when} all fell short of {long} | nothing that could be called a walk of {long} {when}
    days with no {adj} walk {when} | if {who} walked {when} it was for less than {long}"""
PACE_FRAMES = """
    best {long} {when}, {n} steps a minute | {n} steps a minute over the best {long} {when}
    {whose} liveliest {long} {when} averaged {n} steps per minute | peak cadence over {long} {when}, {n}
    {when} {who} averaged {n} steps a minute in the top {long} | highest mean step rate over {long} {when}, {n}
    did {whose} best {long} {when} average {n} steps a minute | the busiest {long} {when} saw {n} steps a minute
    {who} did {n} steps a minute, averaged over the busiest {long} {when}
    days when the top {long} {when} averaged {n} steps per minute
    taken over the busiest {long} {when}, {n} a minute"""
COUNT_FRAMES = """
    {n} walks {when} | {who} went for {n} walks {when} | {n} separate walks {when} | {when} {who} walked {n} times
    {n} bouts of walking {when} | {n} times {who} set off on foot {when} | did {who} go on {n} walks {when}
    number of walking bouts {when} {n} | {whose} walks {when} came to {n} | {n} outings on foot {when}
    {n} spells of walking {when} | days with {n} walks {when} | {who} managed {n} walks {when}"""
CADENCE_FRAMES = """
    {n} with over {c} steps a minute {when} | {n} above {c} steps per minute {when}
    {n} of over {c} a minute {when} | {who} spent {n} at more than {c} steps a minute {when}
    cadence above {c} for {n} {when} | did {who} do {n} at over {c} steps a minute {when}
    {when} {n} in all went by at more than {c} steps a minute | time above {c} steps per minute {when} {n}
    {who} got {n} of stepping over {c} a minute {when} | {whose} step rate was over {c} for {n} in total {when}
    days with {n} over {c} steps a minute {when} | {n} at a cadence past {c} {when}, all minutes added up"""
RUN_ON_FRAMES = """
    longest spell above {c} steps a minute {when} {n} | {who} kept above {c} steps a minute for {n} in a row {when}
    {n} unbroken over {c} steps a minute is the longest {when}
    {whose} longest go above {c} a minute {when} was {n}
    longest uninterrupted run of minutes over {c} steps {when} lasted {n}
    {when} the longest time without dropping under {c} steps a minute was {n}
    at a stretch over {c} steps a minute {when} for {n} at best | longest sustained cadence over {c} {when}, {n}
    did {whose} longest spell over {c} steps a minute {when} last {n}
    the longest {who} held over {c} steps a minute {when} was {n}"""
MAX_FRAMES = """
    top cadence {when} {n} steps | quickest minute {when} had {n} steps | highest step rate {when} {n} a minute
    {whose} fastest minute {when} was {n} steps | {who} had {n} steps in the quickest minute {when}
    peak of {n} steps per minute {when} | maximum cadence {n} {when}
    did {whose} quickest minute {when} have {n} steps | {when} the busiest single minute brought {n} steps
    at the quickest {n} steps in one minute {when} | days with a top cadence of {n} {when}
    fastest clip {when}, {n} steps in a minute"""


def _walk(rng: np.random.Generator) -> Drawn:
    hours = some_hours(rng, 120, day=0.15)
    long = fitting(rng, hours, (10, 15, 20, 30, 45, 60))
    if rng.random() < 0.6 or usual(hours.span) < 1200:
        pace = WALK if long <= 30 else 60.0
        fact = ask("busiest_mean", "steps", pace, at=hours.span, over=long, margin=15)
        return drawn("walk", fact, WALK_FRAMES, hours, long=lasting(long), adj=adjective(long))
    fact = ask("busiest_mean", "steps", high=NO_WALK, at=hours.span, over=long, margin=20)
    return drawn("no_walk", fact, NO_WALK_FRAMES, hours, long=lasting(long), adj=adjective(long))


def _pace(rng: np.random.Generator) -> Drawn:
    hours = some_hours(rng, 120, day=0.2)
    long = fitting(rng, hours, (5, 10, 20, 30, 60))
    whole = hours.span == (0, 1440)
    # The best minutes of a short or late stretch are slower than those of the day.
    scale = {5: 70, 10: 60, 20: 45, 30: 38, 60: 26}[long] * (
        1.4 if whole else min(usual(hours.span) / 1800, 1.1) ** 0.5
    )
    values = sorted({max(int(round(scale * f, -1)), 10) for f in (0.45, 0.65, 0.85, 1, 1.2, 1.4)})
    r = ranged(rng, values, counted)
    fact = asked("busiest_mean", r, at=hours.span, over=long, least=3)
    return drawn("pace", fact, PACE_FRAMES, hours, n=r.words, long=lasting(long)[:2])


def _count(rng: np.random.Generator) -> Drawn:
    hours = some_hours(rng, 300, day=0.4)
    whole = hours.span == (0, 1440)
    r = some_count(rng, 8 if whole else 3)
    fact = ask("bouts_above", "steps", r.low, r.high, at=hours.span, over=45, margin=1.0 if whole else 0.5)
    return drawn("walks", fact, COUNT_FRAMES, hours, n=r.words)


def _cadence(rng: np.random.Generator) -> Drawn:
    hours = some_hours(rng, 120, day=0.4)
    pace = one_of(rng, [30, 60, 80, 100, 120] if usual(hours.span) > 2000 else [20, 30, 40, 50, 60])
    scale = usual(hours.span) / 8000 * {20: 120, 30: 80, 40: 65, 50: 55, 60: 45, 80: 30, 100: 15, 120: 6}[pace]
    values = sorted({near_minutes(scale * f) for f in (0.4, 0.8, 1.5, 2.5, 4)})
    r = ranged(rng, values, lasting)
    fact = asked("minutes_above", r, at=hours.span, over=pace, least=3)
    return drawn("cadence", fact, CADENCE_FRAMES, hours, n=r.words, c=counted(pace))


def _run_on(rng: np.random.Generator) -> Drawn:
    hours = some_hours(rng, 180, day=0.5)
    pace = one_of(rng, [20, 40, 60, 80, 100])
    values = [3, 5, 8, 10, 15, 20] if pace < 60 else [2, 3, 4, 5, 8, 10]
    values = [2 * v for v in values] if hours.span == (0, 1440) else values
    r = ranged(rng, values, lasting, near=0.25)
    fact = asked("longest_above", r, at=hours.span, over=pace, slack=0.2, least=1.5)
    return drawn("run_on", fact, RUN_ON_FRAMES, hours, n=r.words, c=counted(pace))


def _max(rng: np.random.Generator) -> Drawn:
    hours = some_hours(rng, 120, day=0.2)
    values = [80, 90, 100, 110, 120, 130, 140] if hours.span == (0, 1440) else [30, 40, 50, 60, 70, 80, 90, 100, 110]
    r = ranged(rng, values, counted, near=0.08)
    fact = asked("max", r, at=hours.span, slack=0.06, least=4)
    return drawn("top", fact, MAX_FRAMES, hours, n=r.words)


def _run(rng: np.random.Generator) -> Drawn:
    """Running: rare, but asked for often."""
    hours = some_hours(rng, 300, day=0.6)
    ran = bool(rng.random() < 0.5)
    long = one_of(rng, [3, 4, 5, 10, 15]) if ran else one_of(rng, [2, 3])
    frames = """
        a run of {long} {when} | {who} ran for {long} on end {when}
        {who} went running for {long} in one go {when} | jogged {long} at a stretch {when}
        did {who} run for {long} at a stretch {when} | {long} of running on end {when}
        running bout of {long} {when} | {when} {who} ran {long} without a longer stop
        {long} at running cadence {when} | {whose} legs ran for {long} {when}
        days with {long} of running at a stretch {when}"""
    none = """
        no run of {long} {when} | {who} did not run for {long} on end {when}
        not even {long} of running on end {when} | never {long} at running cadence {when}
        {when} {who} never ran for {long} at a stretch | did {who} not run for {long} on end {when}
        without a {adj} run {when} | no running bout of {long} {when} | {whose} legs did no run of {long} {when}
        days with no {bare} of jogging {when}"""
    fact = (ask("busiest_mean", "steps", RUN, at=hours.span, over=long, margin=14) if ran
            else ask("busiest_mean", "steps", high=NO_RUN, at=hours.span, over=long, margin=18))  # fmt: skip
    return drawn(
        "run" if ran else "no_run", fact, frames if ran else none, hours, long=lasting(long), adj=adjective(long)
    )


BOUT_KINDS = (_walk, _walk, _pace, _count, _cadence, _run_on, _max, _run)
