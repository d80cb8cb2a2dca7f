"""When the steps came: shares of the day by a clock time, first and last steps, busiest times, parts compared.

A generator in, a drawn statement out, for each kind in `TIME_KINDS`.
"""

import math
from typing import NamedTuple

import numpy as np

from sensorlm.captions.composed.steps_words import (
    PEOPLE,
    Drawn,
    Hours,
    Words,
    asked,
    at_least,
    at_most,
    between,
    clock,
    lasting,
    one_of,
    percent,
    ranged,
    since,
    until,
)
from sensorlm.captions.predicates.base import DAY, WALKED, Span, ask
from sensorlm.records import Fact

AWAKE: Span = (240, 1440)
"""First steps are looked for from four on: a way to the bathroom starts no day."""
SHARE_BY_FRAMES = """
    {n} of the steps {when} | {n} of the day's steps fell {when} | {who} took {n} of the day's steps {when}
    {when} {who} made {n} of all steps | {n} of {whose} steps were taken {when}
    {n} of the daily step total {when} | did {who} do {n} of the steps {when} | {n} of the walking happened {when}
    days with {n} of the steps {when} | {whose} day on foot, {n} of it {when}
    proportion of daily steps {when} {n} | of all steps that day {n} came {when} | {when} lie {n} of the steps"""
REACHED_FRAMES = """
    {n} of the steps were done {when} | {n} of the day's steps reached {when}
    {who} hit {n} of the day's steps {when} | the mark of {n} of the step count was passed {when}
    {whose} step count passed {n} of the day total {when} | {when} came the moment when {n} of the steps were done
    it was {when} that {who} had {n} of the steps behind | did {who} get to {n} of the day's steps {when}
    time to {n} of daily steps, {when} | {n} of all the walking stood on the counter for the first time {when}
    {whose} steps added up to {n} of the day's {when} | clock time of {n} of the step total, {when}"""
FIRST_FRAMES = """
    first steps {when} | {who} took the first steps of the morning {when} | {who} first moved {when}
    the day's first steps came {when} | first real movement of the day {when}
    up and walking for the first time {when} | did {who} first get on the feet {when}
    {whose} first steps of the day were {when} | onset of ambulation {when} | {who} got going {when}
    first steps since 4 am {when} | days when {who} started to move {when} | the step counter woke up {when}
    {whose} feet first hit the floor {when}"""
LAST_FRAMES = """
    last steps {when} | {who} took the last steps of the day {when} | the final steps came {when}
    {who} last moved {when} | last real movement of the day {when} | {whose} day on foot ended {when}
    did {who} take the final steps {when} | {whose} last steps were {when} | end of ambulation {when}
    off the feet for good {when} | days with the very last steps {when} | the step counter stopped counting {when}
    {who} came to rest {when}"""
BUSIEST_FRAMES = """
    busiest {long} {when} | the {long} with most steps came {when} | {who} moved most {when} over any {long}
    {whose} busiest {long} fell {when} | peak {long} of walking {when} | the liveliest {long} on foot was {when}
    did {whose} busiest {long} come {when} | {who} had the top {long} for steps {when}
    step maximum over {long} was {when} | {when} came the most active {long} of the day
    step peak over {long}, {when} | days with the busiest {long} {when} | walking peaked {when}, taken over {long}"""
QUICKEST_FRAMES = """
    quickest minute {when} | the minute with most steps came {when} | top cadence of the day {when}
    {who} reached the quickest pace of the day {when} | {whose} fastest minute on foot fell {when}
    peak step rate {when} | maximum cadence {when} | did {who} reach top pace {when}
    {when} the steps per minute hit the day's high | {whose} highest steps a minute were {when}
    days with the quickest minute {when} | step rate topped out {when}"""
LUMP_FRAMES = """
    {n} of the steps in one {long} | the busiest {long} held {n} of the steps
    {n} of the day's steps within one {long} | {who} took {n} of the day's steps in the busiest {long}
    one {long} alone made up {n} of {whose} steps | did {who} cram {n} of the steps into one {long}
    {whose} best {long} brought {n} of the step total | share of steps in the busiest {long}, {n}
    a single {long} accounts for {n} of the walking | {n} of the whole day on foot fell into one {long}
    days with {n} of the steps in a single {long} | the most active {long} contributed {n} of daily steps"""
SPAN_FRAMES = """
    {n} from the first steps to the last | {who} had {n} between first and last steps
    {n} lay between the first and the last steps | first to last step spanned {n}
    from the first move to the last it took {n} | {whose} day on the go lasted {n}
    did {n} pass from {whose} first steps to the last | span of daily ambulation {n}
    {n} from getting going to stopping | days with {n} between the first and the last steps
    {whose} moving day took {n}
    count the time from the first steps after 4 am to the last and you get {n}"""
MORE_FRAMES = """
    more steps {when} than {then} | {who} walked more {when} than {then} | fewer steps {then} than {when}
    steps {when} exceeded those {then}
    step count higher {when} than {then} | {who} moved about more {when} than {then}
    did {who} walk more {when} than {then} | {whose} steps {when} outnumbered those {then}
    less walking {then} than {when} | {whose} feet did more {when} than {then} | busier {when} than {then} on foot
    greater ambulation {when} than that {then} | days with more steps {when} than {then}
    the counter climbed further {when} than {then}"""
TWICE_FRAMES = """
    at least twice as many steps {when} as {then} | at least double the steps {when} compared with those {then}
    {who} walked twice as much {when} as {then}, if not more | not half as many steps {then} as {when}
    {then} {who} took less than half as many steps as {when} | two steps or more {when} for every one {then}
    did {who} do at least twice the steps {when} that came {then} | step ratio, {when} against {then}, 2 to 1 or higher
    {whose} steps {when} at least doubled those {then} | days with over twice the steps {when} as against {then}"""
EVEN_FRAMES = """
    about as many steps {when} as {then} | steps {when} and {then} nearly even
    {who} walked about as much {when} as {then} | hardly any difference in steps {when} and {then}
    step counts {when} and {then} roughly equal | did {who} walk about the same {when} and {then}
    {whose} steps split about evenly, {when} and {then}
    neither more nor fewer steps {when} than {then}, give or take
    {when} and {then} it was about the same amount of walking | no clear winner for steps, {when} or {then}"""
LATE_BUT_FRAMES = """
    first steps {when} but last steps {then} | {who} got going {when} and stopped {then}
    on the feet from {when} at the earliest hour of moving, last steps {then}
    {who} took the first steps {when} and the final ones {then} | first move {when}, last move {then}
    moving began {when} and ended {then} | did {who} start walking {when} and finish {then}
    {whose} first steps were {when}, the last {then} | ambulation onset {when}, offset {then}
    days with the first steps {when} and the last {then}"""


class Moment(NamedTuple):
    """Bounds of a minute of the day and how they are said."""

    low: float
    high: float
    words: Words

    def of(self, statistic: str, over: float, *, at: Span = DAY, margin: float = 30) -> Fact:
        """The fact that the statistic's minute lies within."""
        return ask(statistic, "steps", self.low, self.high, at=at, over=over, margin=margin)


def before(minute: int) -> Moment:
    """Earlier than a clock time."""
    return Moment(-math.inf, minute, tuple(f"{w} {c}" for c in clock(minute) for w in ("before", "earlier than")))


def after(minute: int) -> Moment:
    """Later than a clock time."""
    return Moment(minute, math.inf, tuple(f"{w} {c}" for c in clock(minute) for w in ("after", "later than", "past")))


def moment(rng: np.random.Generator, times: range) -> Moment:
    """Before, after, between or around some of the clock times, which ascend."""
    style = rng.random()
    if style < 0.3:
        return before(one_of(rng, times[: -len(times) // 4 or None]))
    if style < 0.6:
        return after(one_of(rng, times[len(times) // 4 :]))
    at = one_of(rng, times)
    if style < 0.85:
        start = at // 60 * 60
        hours = between(start, min(start + 60 * int(rng.integers(2, 4)), 1440))
        return Moment(hours.span[0], hours.span[1], hours.words)
    return Moment(at - 45, at + 45, tuple(f"{w} {c}" for c in clock(at) for w in ("around", "at about", "near")))


def _share_by(rng: np.random.Generator) -> Drawn:
    """How much of the day's steps came before a clock time, or after it."""
    minute = int(rng.integers(8, 21)) * 60
    # The usual share by then, and a number of the grid near it.
    usual = float(np.clip((minute - 420) / 840, 0.05, 0.95))
    early = bool(rng.random() < 0.5)
    part = float(np.clip((usual if early else 1 - usual) + rng.uniform(-0.2, 0.2), 0.1, 0.9))
    part = min((0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9), key=lambda p: abs(p - part))
    least = bool(rng.random() < 0.5)
    hours = Hours((0, minute), before(minute).words) if early else since(minute)
    share = part if early else round(1 - part, 2)
    # At least a share before = that share reached before; at least a share after = the rest reached only after.
    fact = before(minute).of("minute_of_share", share) if least == early else after(minute).of("minute_of_share", share)
    words = at_least(percent(part)) if least else at_most(percent(part))
    return Drawn(f"share_{'by' if early else 'from'}", [fact, WALKED], SHARE_BY_FRAMES,
                 {"n": words, "when": hours.words, **PEOPLE})  # fmt: skip


def _reached(rng: np.random.Generator) -> Drawn:
    share, times = one_of(rng, [(0.1, (450, 690)), (0.25, (510, 840)), (0.5, (660, 1080)), (0.75, (870, 1200)),
                                (0.9, (1020, 1320))])  # fmt: skip
    m = moment(rng, range(*times, 30))
    return Drawn("reached", [m.of("minute_of_share", share), WALKED], REACHED_FRAMES,
                 {"n": percent(share), "when": m.words, **PEOPLE})  # fmt: skip


def _first(rng: np.random.Generator) -> Drawn:
    m = moment(rng, range(330, 630, 30))
    return Drawn("first", [m.of("first_above", 10, at=AWAKE, margin=15)], FIRST_FRAMES, {"when": m.words, **PEOPLE})


def _last(rng: np.random.Generator) -> Drawn:
    m = moment(rng, range(1230, 1440, 30))
    return Drawn("last", [m.of("last_above", 10, at=AWAKE, margin=15)], LAST_FRAMES, {"when": m.words, **PEOPLE})


def _busiest(rng: np.random.Generator) -> Drawn:
    long, m = one_of(rng, [10, 20, 30, 60, 120, 180]), moment(rng, range(540, 1200, 30))
    spoken = {60: ("hour", "60 minutes"), 30: ("half hour", "30 minutes")}.get(long, lasting(long))
    return Drawn("busiest", [m.of("busiest_minute", long), WALKED], BUSIEST_FRAMES,
                 {"long": spoken, "when": m.words, **PEOPLE})  # fmt: skip


def _quickest(rng: np.random.Generator) -> Drawn:
    m = moment(rng, range(540, 1230, 30))
    return Drawn("quickest", [m.of("minute_of_max", 0), WALKED], QUICKEST_FRAMES, {"when": m.words, **PEOPLE})


def _lump(rng: np.random.Generator) -> Drawn:
    long, shares = one_of(rng, [(10, (5, 10, 15)), (30, (10, 15, 20, 25, 30)), (60, (20, 25, 30, 40)),
                                (120, (25, 30, 40, 50)), (180, (40, 50, 60))])  # fmt: skip
    r = ranged(rng, shares, lambda n: percent(n / 100), near=0.2)
    spoken = {10: ("ten minutes", "10 minutes"), 30: ("half hour",), 60: ("hour",)}.get(
        long, tuple(f"{w}" for w in (f"{long // 60} hour stretch", f"block of {long // 60} hours")))  # fmt: skip
    if long == 10:
        spoken = ("stretch of ten minutes", "stretch of 10 minutes")
    fact = ask("busiest_share", "steps", r.low / 100, r.high / 100, over=long, margin=0.04)
    return Drawn("lump", [fact, WALKED], LUMP_FRAMES, {"n": r.words, "long": spoken, **PEOPLE})


def _span(rng: np.random.Generator) -> Drawn:
    r = ranged(rng, [600, 720, 780, 840, 900, 960, 1020], lasting, near=0.05)
    return Drawn("span", [asked("span_above", r, at=AWAKE, over=10, slack=0, least=30)], SPAN_FRAMES,
                 {"n": r.words, **PEOPLE})  # fmt: skip


def _neighbours(rng: np.random.Generator) -> tuple[Hours, Hours]:
    """Two stretches, one right after the other."""
    if rng.random() < 0.3:
        minute = int(rng.integers(22, 36)) * 30
        return until(minute), since(minute)
    start = int(rng.integers(7, 19))
    one, two = (int(n) for n in rng.choice([1, 2, 3, 4], 2))
    middle, end = (start + one) * 60, min(start + one + two, 24) * 60
    return between(start * 60, middle), between(middle, end)


def _more(rng: np.random.Generator) -> Drawn:
    one, other = _neighbours(rng)
    at, middle = (one.span[0], other.span[1]), one.span[1]
    first = bool(rng.random() < 0.5)
    low, high = (-math.inf, middle) if first else (middle, math.inf)
    twice = bool(rng.random() < 0.4)
    share = (2 / 3 if first else 1 / 3) if twice else 0.5
    walked = ask("total", "steps", 400, at=at, margin=200)
    margin = 0.08 * (at[1] - at[0])
    fact = ask("minute_of_share", "steps", low, high, at=at, over=round(share, 3), margin=round(margin))
    when, then = (one, other) if first else (other, one)
    return Drawn("twice" if twice else "more", [fact, walked], TWICE_FRAMES if twice else MORE_FRAMES,
                 {"when": when.words, "then": then.words, **PEOPLE})  # fmt: skip


def _even(rng: np.random.Generator) -> Drawn:
    one, other = _neighbours(rng)
    at, middle = (one.span[0], other.span[1]), one.span[1]
    facts = [
        ask("minute_of_share", "steps", high=middle, at=at, over=0.42, margin=15),
        ask("minute_of_share", "steps", middle, at=at, over=0.58, margin=15),
        ask("total", "steps", 400, at=at, margin=200),
    ]
    return Drawn("even", facts, EVEN_FRAMES, {"when": one.words, "then": other.words, **PEOPLE})


def _far_apart(rng: np.random.Generator) -> Drawn:
    """Equally long stretches at the two ends of some hours."""
    long = int(rng.choice([60, 120, 180]))
    start = int(rng.integers(7, 13)) * 60
    end = start + 2 * long + 60 * int(rng.integers(1, 7))
    later = bool(rng.random() < 0.5)
    fact = ask("change", "steps", *((1.5, math.inf) if later else (-math.inf, -1.5)), at=(start, min(end, 1440)),
               over=long, margin=2)  # fmt: skip
    one, other = between(start, start + long), between(min(end, 1440) - long, min(end, 1440))
    when, then = (other, one) if later else (one, other)
    return Drawn("apart", [fact], MORE_FRAMES, {"when": when.words, "then": then.words, **PEOPLE})


def _first_last(rng: np.random.Generator) -> Drawn:
    a = one_of(rng, [before, after])(30 * int(rng.integers(13, 18)))
    b = one_of(rng, [before, after])(30 * int(rng.integers(43, 48)))
    facts = [a.of("first_above", 10, at=AWAKE, margin=15), b.of("last_above", 10, at=AWAKE, margin=15)]
    return Drawn("first_last", facts, LATE_BUT_FRAMES, {"when": a.words, "then": b.words, **PEOPLE})


def _longest_time(rng: np.random.Generator) -> Drawn:
    """A minute of the waking day by which nobody had yet walked a while."""
    minute, pace = int(rng.integers(17, 30)) * 30, one_of(rng, [60, 80, 100])
    early = bool(rng.random() < 0.5)
    m = before(minute) if early else after(minute)
    frames = """
        first minute with over {n} steps {when} | {who} first walked at {n} steps a minute {when}
        pace of {n} a minute reached for the first time {when} | {whose} cadence first passed {n} {when}
        did {who} first get above {n} steps a minute {when} | first cadence over {n} {when}
        earliest brush with {n} steps per minute {when} | the day's first walking at {n} a minute came {when}
        {when} {who} took {n} steps in one minute for the first time that day
        days on which the first minute of more than {n} steps came {when}"""
    words = (str(pace), {60: "sixty", 80: "eighty", 100: "a hundred"}[pace])
    return Drawn("first_pace", [m.of("first_above", pace, margin=15)], frames,
                 {"n": words, "when": m.words, **PEOPLE})  # fmt: skip


TIME_KINDS = (_share_by, _share_by, _reached, _first, _last, _busiest, _quickest, _lump, _span, _more, _more, _even,
              _far_apart, _first_last, _longest_time)  # fmt: skip
