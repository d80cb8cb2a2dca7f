"""Composed statements of steps and of wearing the device: a generator and a number in, that many predicates out.

Here are the kinds about how many steps; when they came is in `steps_times`, walks and runs in `steps_bouts`, sitting in
`steps_still`, wear and steps with the pulse in `steps_wear`. A kind draws hours and numbers and gives facts, frames and
slots.
"""

import re
from dataclasses import replace

import numpy as np

from sensorlm.captions.composed.base import statement
from sensorlm.captions.composed.steps_bouts import BOUT_KINDS
from sensorlm.captions.composed.steps_still import STILL_KINDS
from sensorlm.captions.composed.steps_times import TIME_KINDS
from sensorlm.captions.composed.steps_wear import WEAR_KINDS
from sensorlm.captions.composed.steps_words import (
    GRID,
    PEOPLE,
    Drawn,
    Hours,
    Ranged,
    all_day,
    asked,
    at_least,
    at_most,
    between,
    counted,
    named,
    one_of,
    part_of_day,
    ranged,
    some_hours,
    usual,
)
from sensorlm.captions.predicates.base import Predicate, ask
from sensorlm.records import Fact

TRIES = 60
"""Draws allowed for each statement wanted, before the family counts as used up."""
TOTAL_FRAMES = """
    {n} steps {when} | {who} took {n} steps {when} | {when} {who} made {n} steps | step count {when} {n}
    {n} steps on the counter {when} | did {who} do {n} steps {when} | days with {n} steps {when}
    find me a day on which {who} walked {n} steps {when} | total steps {when}, {n}
    {whose} tracker counted {n} steps {when} | {who} clocked up {n} steps {when} | ambulation {n} steps {when}
    {n} steps is what {who} managed {when} | {whose} step total {when} came to {n}
    when did {who} last take {n} steps {when} | the pedometer shows {n} steps {when} | {n} steps walked {when}
    on foot for {n} steps {when} | cumulative step count of {n} {when}"""
MEAN_FRAMES = """
    mean cadence of {n} steps per minute {when} | {n} steps a minute on average {when}
    {who} averaged {n} steps a minute {when} | average step rate {when} {n} per minute
    {whose} steps {when} came to {n} a minute on average | step rate {n} per min {when}
    did {who} average {n} steps a minute {when} | taken over all minutes, {n} steps per minute {when}
    {when} the mean number of steps per minute was {n} | days averaging {n} steps a minute {when}
    divide {whose} steps by the minutes {when} and you get {n} a minute"""
NONE_FRAMES = """
    not a single step {when} | no steps {when} | {who} never took a step {when} | zero steps {when}
    {when} {who} did not walk at all | not one step {when} | did {who} stay put {when} | step counter at nil {when}
    {whose} feet never moved {when} | {when}, no ambulation recorded | {who} did not take one step {when}
    days without any steps {when} | {whose} step count stood still {when} | no walking whatsoever {when}"""
FEW_FRAMES = """
    hardly any steps {when} | barely moved {when} | {who} hardly walked {when} | very few steps {when}
    {when} {who} barely took a step | next to no walking {when} | did {who} hardly move {when}
    {who} scarcely got up {when} | only a handful of steps {when} | almost no ambulation {when}
    days with hardly any steps {when} | {whose} feet had a rest {when} | {who} kept pretty still {when}
    {whose} step counter barely budged {when}"""
LOTS_FRAMES = """
    plenty of steps {when} | lots of walking {when} | {who} walked a great deal {when}
    nonstop coming and going {when} | a whole lot of steps {when} | did {who} move about plenty {when}
    {when} {who} covered a lot of ground | high step count {when} | tons of steps {when}
    days with masses of steps {when} | very active on foot {when} | {whose} step counter climbed fast {when}
    {who} kept busy on foot {when} | {whose} feet did a lot of work {when}"""
PAIR_FRAMES = """
    {n} steps {when} and {m} steps {then} | {who} took {n} steps {when} and {m} {then}
    {when} {n} steps, {then} {m} | {n} steps {when}, {m} {then} | {who} did {n} steps {when} plus {m} {then}
    days with {n} steps {when} plus {m} {then} | step count {n} {when} and {m} {then}
    did {who} get {n} steps {when} and {m} {then} | {whose} steps {when} were {n}, {then} {m}
    not only {n} steps {when} but also {m} {then}"""
CONTRAST_FRAMES = """
    {n} steps {when} but {m} {then} | {who} took {n} steps {when}, yet {m} {then}
    {when} {n} steps, {then} however {m} | {n} steps {when} as against {m} {then}
    {who} did {n} steps {when} but {m} {then} | {when} the counter gained {n} steps, whereas {then} it gained {m}
    although {who} made {n} steps {when}, {then} it was {m} | step count {n} {when} against {m} {then}
    {whose} counter added {n} steps {when} and {m} {then} | did {who} get {n} steps {when} but {m} {then}"""
EACH_FRAMES = """
    {n} steps in the morning, in the afternoon and in the evening alike
    {n} steps in each of morning, afternoon and evening
    {who} took {n} steps in the morning, {n} in the afternoon and {n} in the evening
    morning, afternoon, evening, each with {n} steps | in all three parts of the day {who} made {n} steps
    did {who} get {n} steps in morning, afternoon and evening each
    every part of the day from 8 am to 9 pm, split at noon and five, had {n} steps
    {whose} steps in the morning, afternoon and evening were {n} each time
    {n} steps from 8 to 12, again from 12 to 5 pm and again from 5 to 9 pm
    {n} steps each time, 8 am to noon, noon to 5 pm and 5 to 9 pm"""


def _near(rng: np.random.Generator, hours: Hours, low: float = 0.4, high: float = 2.2) -> list[int]:
    """Numbers that people name, around what is usual in these hours."""
    usually = usual(hours.span)
    return sorted({named(usually * f) for f in np.geomspace(low, high, 7)} - {GRID[0]})


def _total(rng: np.random.Generator) -> Drawn:
    hours = some_hours(rng, day=0.2)
    r = ranged(rng, _near(rng, hours), counted)
    return Drawn("total", [asked("total", r, at=hours.span, least=25)], TOTAL_FRAMES,
                 {"n": r.words, "when": hours.words, **PEOPLE})  # fmt: skip


def _mean(rng: np.random.Generator) -> Drawn:
    hours = some_hours(rng, 120)
    r = ranged(rng, [2, 4, 6, 8, 10, 12, 15, 20], counted, near=0.25)
    return Drawn("mean", [asked("mean", r, at=hours.span, least=0.7)], MEAN_FRAMES,
                 {"n": r.words, "when": hours.words, **PEOPLE})  # fmt: skip


def _none(rng: np.random.Generator) -> Drawn:
    start = int(rng.choice([13, 14, 15, 16, 17, 18, 40, 41, 42, 43, 44, 45]))
    hours = between(30 * start, 30 * start + int(rng.choice([30, 60, 90])))
    if rng.random() < 0.4:
        start = int(rng.integers(16, 43))
        hours = between(30 * start, 30 * start + 30)
    return Drawn("none", [ask("total", "steps", high=0.5, at=hours.span, margin=15)], NONE_FRAMES,
                 {"when": hours.words, **PEOPLE})  # fmt: skip


def _few(rng: np.random.Generator) -> Drawn:
    hours = some_hours(rng)
    most = named(max(usual(hours.span) * 0.3, 20))
    return Drawn("few", [ask("total", "steps", high=most, at=hours.span, margin=0.7 * most)], FEW_FRAMES,
                 {"when": hours.words, **PEOPLE})  # fmt: skip


def _lots(rng: np.random.Generator) -> Drawn:
    hours = some_hours(rng)
    least = named(usual(hours.span) * 1.9)
    return Drawn("lots", [ask("total", "steps", least, at=hours.span, margin=0.25 * least)], LOTS_FRAMES,
                 {"when": hours.words, **PEOPLE})  # fmt: skip


def _apart(rng: np.random.Generator) -> tuple[Hours, Hours]:
    """Two stretches of the day that share no minute."""
    while True:
        one, other = some_hours(rng), some_hours(rng)
        if one.span[1] <= other.span[0] or other.span[1] <= one.span[0]:
            return one, other


def _bound(hours: Hours, factor: float, *, low: bool) -> tuple[Fact, tuple[str, ...]]:
    n = named(usual(hours.span) * factor)
    r = Ranged(n, np.inf, at_least(counted(n))) if low else Ranged(-np.inf, n, at_most(counted(n)))
    return asked("total", r, at=hours.span, least=25), r.words


def _pair(rng: np.random.Generator) -> Drawn:
    one, other = _apart(rng)
    low = bool(rng.random() < 0.5)
    factors = rng.uniform(0.4, 1.0, 2) if low else rng.uniform(0.8, 1.6, 2)
    (a, n), (b, m) = (_bound(h, f, low=low) for h, f in zip((one, other), factors, strict=True))
    return Drawn("pair", [a, b], PAIR_FRAMES,
                 {"n": n, "m": m, "when": one.words, "then": other.words, **PEOPLE})  # fmt: skip


def _contrast(rng: np.random.Generator) -> Drawn:
    one, other = _apart(rng)
    a, n = _bound(one, rng.uniform(0.5, 1.0), low=True)
    b, m = _bound(other, rng.uniform(0.8, 1.3), low=False)
    return Drawn("contrast", [a, b], CONTRAST_FRAMES,
                 {"n": n, "m": m, "when": one.words, "then": other.words, **PEOPLE})  # fmt: skip


def _each(rng: np.random.Generator) -> Drawn:
    n = one_of(rng, [300, 400, 500, 800, 1000, 1200, 1500, 2000, 2500, 3000])
    low = n < 1500 if rng.random() < 0.8 else n < 2000
    r = Ranged(n, np.inf, at_least(counted(n))) if low else Ranged(-np.inf, n, at_most(counted(n)))
    spans = ((480, 720), (720, 1020), (1020, 1260))
    return Drawn("each", [asked("total", r, at=span) for span in spans], EACH_FRAMES, {"n": r.words, **PEOPLE})


def _day_but_part(rng: np.random.Generator) -> Drawn:
    part = part_of_day(rng)
    a, n = _bound(all_day(), rng.uniform(0.6, 1.1), low=True)
    b, m = _bound(part, rng.uniform(0.8, 1.4), low=False)
    frames = """
        {n} steps in all, but {m} of them {when} | {who} made {n} steps over the day though {m} {when}
        a day of {n} steps with {m} {when} | {n} steps all told, {when} {m}
        day total {n} steps, {m} of these {when} | did {who} reach {n} steps with {m} {when}
        {whose} day had {n} steps, of which {m} fell {when} | {n} steps from midnight to midnight and {m} {when}
        {m} steps {when} and still {n} for the day | {who} took {n} steps that day but {m} {when}"""
    return Drawn("day_part", [a, b], frames, {"n": n, "m": m, "when": part.words, **PEOPLE})


STEP_KINDS = (_total, _total, _total, _mean, _none, _few, _lots, _pair, _contrast, _each, _day_but_part)


def draw_steps(rng: np.random.Generator, count: int) -> list[Predicate]:
    """Composed predicates of steps and wear, no two with the same facts.

    Args:
        rng: what is drawn from; the same one gives the same predicates.
        count: how many.

    Raises:
        ValueError: there are not so many different ones.
    """
    kinds = (*STEP_KINDS, *TIME_KINDS, *BOUT_KINDS, *STILL_KINDS, *WEAR_KINDS)
    found: dict[tuple[object, ...], Predicate] = {}
    for _ in range(TRIES * count):
        if len(found) == count:
            break
        drawn = one_of(rng, kinds)(rng)
        key = tuple((fact.quantity, fact.low, fact.high) for fact in drawn.facts)
        if key in found:
            continue
        frames = tuple(frame.strip() for frame in re.split(r"[|\n]", drawn.frames) if frame.strip())
        said = statement(rng, _name(drawn), drawn.facts, frames, drawn.slots)
        wordings = dict.fromkeys(_smooth(wording) for wording in said.wordings)
        found[key] = replace(said, wordings=tuple(wordings))
    if len(found) < count:
        raise ValueError(f"{count} statements of steps were asked for, only {len(found)} different ones were found.")
    return list(found.values())


def _name(drawn: Drawn) -> str:
    """Kind, hours and numbers, so that no two statements share a name."""
    parts = [drawn.kind]
    for fact in drawn.facts:
        q = fact.quantity
        parts.append(f"{q.start}_{q.end}_{q.argument:g}_{fact.low:g}_{fact.high:g}")
    return "composed_steps_" + "_".join(parts).replace(".", "p").replace("-", "m")


def _smooth(wording: str) -> str:
    """Without a comma that stands alone where "all day" was left out, nor two prepositions in a row."""
    text = re.sub(r" +,", ",", wording).strip(" ,")
    text = re.sub(r"\b(for|in|of|to|at) from (?=\S+ )", r"\1 ", text)
    return re.sub(r"\bin between (.{1,30}?) and ", r"in \1 to ", text)
