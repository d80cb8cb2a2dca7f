"""Sitting, and how the moving was spread over hours: a generator in, a drawn statement out, kind by kind."""

import math

import numpy as np

from sensorlm.captions.composed.steps_bouts import WALK
from sensorlm.captions.composed.steps_words import (
    Drawn,
    Hours,
    Ranged,
    adjective,
    all_day,
    asked,
    at_least,
    at_most,
    counted,
    drawn,
    fitting,
    lasting,
    named,
    one_of,
    percent,
    ranged,
    some_count,
    some_hours,
)
from sensorlm.captions.predicates.base import ANY, WAKING, Span, ask

SIT_FRAMES = """
    longest time without a step {when} {n} | {whose} longest sit {when} lasted {n} | longest still spell {when} {n}
    {who} went {n} without a step {when} at the longest | {n} is the longest {who} kept still {when}
    longest gap between steps {when} {n} | {when} the longest stretch without steps took {n}
    did {who} go {n} without a step at the longest {when} | maximum sedentary bout {when} {n}
    the longest {who} sat without taking a step {when} was {n} | {whose} longest break from walking {when}, {n}
    longest run of stepless minutes {when}, {n}"""
SAT_FRAMES = """
    {long} without a step {when} | {who} sat still for {long} on end {when} | not one step for {long} {when}
    {who} did not get up for {long} {when} | {when} {who} went {long} without moving the feet
    stayed put for {long} at a stretch {when} | sedentary bout of at least {long} {when}
    rooted to the spot for {long} {when} | did {who} go {long} or longer without a step {when}
    {long} of uninterrupted stillness on foot {when} | {whose} feet rested for {long} in a row {when}
    days with {long} of no steps at a stretch {when} | {who} never took a step for {long} or more {when}"""
UP_FRAMES = """
    never {long} without a step {when} | {who} never sat for {long} on end {when} | no {bare} without steps {when}
    up again before {long} went by, every time {when} | {when} {who} never stayed still for {long}
    {who} got up at least once in any {long} {when} | no sedentary bout of {long} {when}
    did {who} avoid sitting for {long} on end {when} | {whose} feet never rested for {long} {when}
    sitting always broken up within {long} {when} | not once {long} without moving {when}
    no stretch of {long} free of steps {when}"""
SHARE_FRAMES = """
    steps in {n} of the minutes {when} | {who} was moving {n} of the time {when}
    on the move {n} of the time {when} | {n} of the minutes {when} had steps
    {who} took steps in {n} of the minutes {when} | walking or stepping {n} of the time {when}
    {when} {n} of the time brought steps | did {who} step in {n} of the minutes {when}
    fraction of minutes with steps {when} {n} | {whose} feet moved in {n} of the minutes {when}
    days with steps in {n} of the minutes {when} | {n} of the minutes not without steps {when}"""
HOURS_FRAMES = """
    {n} hours with over {c} steps {when} | over {c} steps in {n} of the hours {when}
    {who} had {n} hours with over {c} steps {when} | {n} clock hours {when} saw more than {c} steps
    {when} {who} beat {c} steps in {n} separate hours | did {who} make over {c} steps in {n} of the hours {when}
    number of hours above {c} steps {when} {n} | {n} full hours {when} had more than {c} steps each
    days with {n} hours of over {c} steps {when} | {whose} hours over {c} steps {when} numbered {n}
    more than {c} steps an hour, {n} times {when}"""
SITWALK_FRAMES = """
    {long} without a step {when} but a walk of {walk} {then}
    {who} sat for {long} on end {when} and walked {walk} {then}
    a {walk_adj} walk {then} and {long} of sitting {when}
    in whatever order, {walk} of walking {then} and {long} of stillness {when}
    {when} {long} without a step, {then} a {walk_adj} walk
    did {who} sit {long} on end {when} and walk {walk} {then}
    sedentary for {long} at a stretch {when}, walking for {walk} {then}
    a {walk_adj} walk {then} despite {long} of sitting {when}
    {whose} feet rested {long} on end {when} and walked {walk} {then}
    days with a {walk_adj} walk {then} and {long} without a step {when}"""
MUCH_NO_WALK_FRAMES = """
    {n} steps in the day without a walk of {long} | {n} steps but no {adj} walk
    {who} made {n} steps yet never walked {long} on end | {n} steps over the day, not one walk of {long}
    a day of {n} steps and no {adj} walk among them | did {who} get {n} steps without walking {long} at a stretch
    {n} daily steps, no walking bout of {long} | without a {adj} walk {who} still took {n} steps that day
    {whose} {n} steps came without any walk of {long} | no {bare} on foot at a stretch, {n} steps all the same"""
STILL_MINUTES_FRAMES = """
    {n} without steps {when} in total | {who} was still for {n} {when}, all added up
    stepless time {when} {n} in all | {when} {n} went by without a step, put together
    total time without steps {when} {n} | did {who} spend {n} without steps {when} in total
    {whose} minutes without a step {when} add up to {n} | {n} motionless on foot {when} overall
    sum of sedentary minutes {when}, {n} | {who} took no step in {n} all told {when}
    days with {n} of no steps {when}, taken together"""
TRIPLE_FRAMES = """
    {n} steps, a walk of {walk} and never {long} without a step {when}
    {n} steps, one {walk_adj} walk, no {bare} of sitting {when}
    {who} took {n} steps, walked for {walk} on end and never sat {long} at a stretch {when}
    active all round with {n} steps, a {walk_adj} walk and no stillness of {long} {when}
    did {who} make {n} steps with a {walk_adj} walk and without {long} of stillness {when}
    a day of {n} steps with a walk of {walk} among them and no {bare} free of steps {when}
    step total {n}, walking bout of {walk}, no sedentary bout of {long} {when}
    {whose} day had {n} steps, a walk of {walk} and, {when}, never {long} without a step
    days of {n} steps that hold a {walk_adj} walk and no pause of {long} between steps {when}
    never {long} at rest {when}, a {walk_adj} walk and {n} steps in all"""
OFTEN = (
    (-math.inf, 0.06, ("hardly ever", "almost never")),
    (-math.inf, 0.15, ("seldom", "rarely", "only seldom")),
    (0.12, 0.35, ("now and then", "on and off", "from time to time")),
    (0.45, math.inf, ("often", "much of the time", "a good deal of the time")),
    (0.7, math.inf, ("nearly all the time", "practically nonstop", "almost without a pause")),
)
"""Shares of the minutes that had steps, and how often that is."""
SELDOM_FRAMES = """
    {who} {often} took a step {when} | {often} on the feet {when} | {who} {often} moved {when}
    {often} any steps {when} | {when} {who} {often} got moving | walked {often} {when}
    feet {often} in motion {when} | {who} {often} left the seat {when} | minutes with steps {often} seen {when}
    days when {who} {often} took steps {when} | the step counter {often} ticked {when}
    it was {often} that {who} moved {when}"""
OFTEN_FRAMES = """
    on the move {often} {when} | {who} took steps {often} {when} | {who} moved about {often} {when}
    feet in motion {often} {when} | did {who} move {often} {when} | {when} {who} was stepping {often}
    stepping {often} {when} | there were steps {often} {when} | {whose} feet went {often} {when}
    the step counter ticked {often} {when} | days with movement on foot {often} {when}
    minutes with steps came {often} {when}"""
AGES_FRAMES = """
    sat for ages {when} | {who} did not move for ages {when} | ages without a step {when}
    {who} stayed put for ages {when} | {when} {who} sat still for a very long time
    did {who} sit around for ages {when} | a very long sit {when} | glued to the chair for ages {when}
    not one step for ages {when} | {whose} feet had a very long rest {when} | very prolonged stillness {when}
    days with ages of no steps in a row {when}"""
BRIEF_FRAMES = """
    only brief walks {when} | {who} walked just briefly {when} | nothing but short bursts of walking {when}
    {when} {who} only ever walked for a moment | walking {when}, but never for long
    did {who} walk only briefly {when} | some walking {when}, all of it short
    walking bouts {when} brief throughout | {whose} walks {when} were over in no time
    brief walking and no more {when} | a short walk at best {when}, but a walk
    days with nothing longer than brief walking {when}"""
QUIET_FRAMES = """
    quietest {long} {when} with {n} steps | {n} steps in the quietest {long} {when}
    the calmest {long} {when} held {n} steps | {who} took {n} steps even in the quietest {long} {when}
    fewest steps in any {long} {when}, {n} | {whose} quietest {long} {when} had {n} steps
    lowest step count over any {long} {when} {n} | did {whose} quietest {long} {when} have {n} steps
    {when} the {long} with fewest steps brought {n} | minimum steps within any {long} {when}, {n}
    days whose quietest {long} {when} saw {n} steps"""


def _awake(rng: np.random.Generator, least: int) -> Hours:
    """Hours in which people are up, so that a time without steps is one of sitting."""
    while True:
        hours = some_hours(rng, least)
        if hours.span[0] >= 480 and hours.span[1] <= 1320:
            return hours


def _sit(rng: np.random.Generator) -> Drawn:
    hours = _awake(rng, 180)
    r = ranged(rng, [20, 30, 45, 60, 90, 120], lasting)
    fact = asked("longest_below", r, at=hours.span, over=ANY, slack=0.15, least=5)
    return drawn("sit", fact, SIT_FRAMES, hours, n=r.words)


def _sat(rng: np.random.Generator) -> Drawn:
    hours = _awake(rng, 120)
    long = fitting(rng, hours, (20, 30, 45, 60, 90, 120))
    if rng.random() < 0.6:
        fact = ask("longest_below", "steps", long, at=hours.span, over=ANY, margin=round(0.2 * long))
        return drawn("sat", fact, SAT_FRAMES, hours, long=lasting(long))
    fact = ask("longest_below", "steps", high=long, at=hours.span, over=ANY, margin=round(0.2 * long))
    return drawn("up", fact, UP_FRAMES, hours, long=lasting(long))


def _share(rng: np.random.Generator) -> Drawn:
    hours = _awake(rng, 60)
    if rng.random() < 0.3:
        low, high, words = one_of(rng, [
            (0.5, math.inf, ("most", "more than half", "the better part", "over half")),
            (-math.inf, 0.1, ("hardly any", "less than a tenth", "next to none", "at most a tenth")),
            (0.4, 0.6, ("about half", "roughly half", "around half")),
            (0.3, 0.7, ("a fair part", "anything from 30 to 70 percent", "between 30 and 70 percent")),
        ])  # fmt: skip
        r = Ranged(low, high, words)
    else:
        s = ranged(rng, [10, 20, 25, 30, 40, 50, 60, 75], lambda n: percent(n / 100), near=0.2)
        r = Ranged(s.low / 100, s.high / 100, s.words)
    fact = ask("share_above", "steps", r.low, r.high, at=hours.span, over=ANY, margin=0.05)
    return drawn("moving_share", fact, SHARE_FRAMES, hours, n=r.words)


def _hours(rng: np.random.Generator) -> Drawn:
    span: Span = one_of(rng, [WAKING, (480, 1200), (360, 1320), (720, 1320), (600, 1080)])
    said = f"{span[0] // 60} to {span[1] // 60} h"
    tail = f"{(span[1] // 60 - 1) % 12 + 1} pm"
    head = f"{(span[0] // 60 - 1) % 12 + 1} {'am' if span[0] < 720 else 'pm'}"
    head = "noon" if span[0] == 720 else head
    hours = Hours(span, (f"from {said}", f"between {head} and {tail}", f"from {head} to {tail}"))
    steps = one_of(rng, [250, 300, 400, 500, 800, 1000])
    length = (span[1] - span[0]) // 60
    usually = max(2, round(length * {250: 0.5, 300: 0.45, 400: 0.4, 500: 0.33, 800: 0.22, 1000: 0.17}[steps]))
    r = some_count(rng, usually + 2, max(2, usually - 2))
    fact = ask("hours_above", "steps", r.low, r.high, at=span, over=steps / 60, margin=1)
    return drawn("busy_hours", fact, HOURS_FRAMES, hours, n=r.words, c=counted(steps))


def _sit_and_walk(rng: np.random.Generator) -> Drawn:
    while True:
        one, other = _awake(rng, 120), some_hours(rng, 120)
        if one.span[1] <= other.span[0] or other.span[1] <= one.span[0]:
            break
    long, walk = fitting(rng, one, (20, 30, 45)), fitting(rng, other, (10, 15))
    facts = [
        ask("longest_below", "steps", long, at=one.span, over=ANY, margin=round(0.2 * long)),
        ask("busiest_mean", "steps", WALK - 5, at=other.span, over=walk, margin=15),
    ]
    slots = {"long": lasting(long), "walk": lasting(walk), "walk_adj": adjective(walk)}
    return drawn("sit_walk", facts, SITWALK_FRAMES, one, then=other.words, **slots)


def _much_no_walk(rng: np.random.Generator) -> Drawn:
    n, long = named(rng.uniform(2500, 7500)), one_of(rng, [15, 20, 30, 45, 60])
    facts = [
        asked("total", Ranged(n, math.inf, ()), least=25),
        ask("busiest_mean", "steps", high=60, over=long, margin=12),
    ]
    slots = {"n": at_least(counted(n)), "long": lasting(long), "adj": adjective(long)}
    return drawn("no_walk_steps", facts, MUCH_NO_WALK_FRAMES, all_day(), **slots)


def _still_minutes(rng: np.random.Generator) -> Drawn:
    hours = _awake(rng, 120)
    length = hours.span[1] - hours.span[0]
    values = sorted({15 * round(length * f / 15) for f in (0.35, 0.5, 0.6, 0.7, 0.8, 0.9)})
    r = ranged(rng, values, lasting)
    fact = asked("minutes_below", r, at=hours.span, over=ANY, least=5)
    return drawn("still", fact, STILL_MINUTES_FRAMES, hours, n=r.words)


def _triple(rng: np.random.Generator) -> Drawn:
    """Three facts of one day."""
    hours, n = _awake(rng, 180), named(rng.uniform(4000, 9000))
    walk, long = one_of(rng, [10, 15, 20]), one_of(rng, [45, 60, 90])
    facts = [
        asked("total", Ranged(n, math.inf, ()), least=25),
        ask("busiest_mean", "steps", WALK - 5, over=walk, margin=15),
        ask("longest_below", "steps", high=long, at=hours.span, over=ANY, margin=round(0.2 * long)),
    ]
    slots = {"n": at_least(counted(n)), "long": lasting(long), "walk": lasting(walk), "walk_adj": adjective(walk)}
    return drawn("triple", facts, TRIPLE_FRAMES, hours, **slots)


def _often(rng: np.random.Generator) -> Drawn:
    """How often there were steps, in words that stand for fixed shares."""
    hours, at = _awake(rng, 60), int(rng.integers(len(OFTEN)))
    low, high, words = OFTEN[at]
    fact = ask("share_above", "steps", low, high, at=hours.span, over=ANY, margin=0.05)
    return drawn("often", fact, SELDOM_FRAMES if at < 2 else OFTEN_FRAMES, hours, often=words)


def _ages(rng: np.random.Generator) -> Drawn:
    """More than an hour and a half by day is ages."""
    hours = _awake(rng, 240)
    fact = ask("longest_below", "steps", 100, at=hours.span, over=ANY, margin=20)
    return drawn("ages", fact, AGES_FRAMES, hours)


def _brief(rng: np.random.Generator) -> Drawn:
    """Walking there was, but none of more than a few minutes."""
    hours = some_hours(rng, 120)
    facts = [
        ask("longest_above", "steps", 1, 5, at=hours.span, over=60, margin=1.5),
        ask("busiest_mean", "steps", high=50, at=hours.span, over=10, margin=15),
    ]
    return drawn("brief", facts, BRIEF_FRAMES, hours)


def _quiet(rng: np.random.Generator) -> Drawn:
    while True:
        hours = _awake(rng, 120)
        if hours.span[1] - hours.span[0] <= 180:  # in longer ones everybody sits for a while
            break
    long, n, low = one_of(rng, [10, 20, 30, 60]), one_of(rng, [5, 10, 20, 30]), bool(rng.random() < 0.5)
    r = Ranged(n / long, math.inf, at_least(counted(n))) if low else Ranged(-math.inf, n / long, at_most(counted(n)))
    fact = ask("quietest_mean", "steps", round(r.low, 3), round(r.high, 3), at=hours.span, over=long,
               margin=round(max(n * 0.3, 8) / long, 3))  # fmt: skip
    spoken = {60: ("hour", "60 minutes"), 30: ("half hour", "30 minutes")}.get(long, lasting(long))
    return drawn("quiet", fact, QUIET_FRAMES, hours, n=r.words, long=spoken)


STILL_KINDS = (_triple, _often, _often, _ages, _brief, _quiet, _sit, _sat, _share, _hours, _sit_and_walk,
               _much_no_walk, _still_minutes)  # fmt: skip
