"""Statements of the pulse in words without numbers, each of one meaning: a random generator in, drafts out.

"Fast" is not the same number by night and by day, but it is the same in every statement: only so can it be learned.
"""

import numpy as np

from sensorlm.captions.composed.pulse_levels import heart, levels
from sensorlm.captions.composed.pulse_shapes import shifted
from sensorlm.captions.composed.pulse_words import (
    Draft,
    Hours,
    Words,
    above,
    clock,
    draw_hours,
    frames,
    hours_of,
    near,
    pick,
    slots,
    under,
)
from sensorlm.captions.predicates.base import ask
from sensorlm.captions.predicates.sleep import SLEEP
from sensorlm.records import Fact

PACE = frames("""
    {whose} heart went {how} {at} | {quick} {hr} {at} | {whose} {hr} was {quick} on the whole {at}
    a {quick} heart {at} | was {whose} heart {going} {at} | {who} had a {quick} {hr} {at}
    days with a {quick} heart {at} | {whose} heart kept {going} {at} | {at}, {quick} pulse on average
    {h}, mean HR {high} | did {whose} heart go {how} {at} | {at} the ticker was {going}
    how come {whose} {hr} was so {quick} {at} | {quick} beats {at} as a rule | show me when the {hr} {at} was {quick}
    {hr} {high} on average {at}
""")
FAST = {"how": ("fast", "quickly", "at a fast pace"), "quick": ("fast", "quick", "rapid"), "high": ("high", "raised"),
        "going": ("going fast", "beating quickly",  "beating fast")}  # fmt: skip
CALM = {"how": ("slowly", "at a calm pace", "nice and slow"), "quick": ("calm", "slow", "unhurried"), "high": ("low",),
        "going": ("going slowly", "beating calmly", "ticking along quietly", "beating slowly")}  # fmt: skip
AMOUNT = frames("""
    {whose} {hr} was {lev} for {amount} {at} | {amount} with a {hr} {lev} {at} | {hr} {lev}, {amount} of it {at}
    did {whose} {hr} go {lev} for {amount} {at} | {who} had {amount} with a {hr} {lev} {at} | {h}, HR {num} for {amount}
    {at} {whose} heart beat {num} times a minute for {amount} | {at}, {amount} {lev} on the {hr}
    days with {amount} of {hr} {lev} {at} | HR {num}, {amount} of it, {h} | {amount} {lev} {at}, {whose} {hr}
""")
BRIEFLY = frames("""
    {whose} {hr} was {lev} only briefly {at} | briefly {lev} {at}, {hr} | did {whose} {hr} go {lev} just briefly {at}
    {h}, HR briefly {num} | {at} {whose} heart beat {num} times a minute, but only very briefly
    {who} barely had a {hr} {lev} {at} | {hr} barely ever {lev} {at}, though it did happen
""")
AMOUNTS: tuple[tuple[float, float, float, Words], ...] = (
    (1, 5, 2, ("barely a few minutes", "just a few minutes", "no more than a few minutes")),
    (5, 20, 3, ("a little while", "a short while", "a bit")),
    (20, 60, 6, ("a good part of an hour", "twenty minutes to an hour", "between 20 and 60 minutes")),
    (60, 1440, 15, ("plenty of time", "a long time", "an hour or longer")),
    (150, 1440, 30, ("ages", "hours", "hours and hours", "several hours")),
)
"""Least and most minutes, margin, and the words."""
CROWN = frames("""
    measured {one}, {two} and {three}, the {hr} was {most} {at} | {at} the {hr} was {most}, not {then} and not {last}
    {whose} {hr} had its {most} mean {at} and neither {then} nor {last}
    {most} {hr} {at}, neither {then} nor {last} did it match that
    was {whose} {hr} {most} {at} and not {then} or {last}
    with means taken {one}, {two} and {three}, the {most} {hr} was {at}
    {who} had the {most} {hr} {at} rather than {then} or {last} | mean HR {most} {at}, not {then} or {last}
""")
PUSHED = frames("""
    {whose} heart {shot} {at} | did {whose} heart {shoot} {at} | {at} {whose} heart {shot} | {hr} that {shot} {at}
    the {hr} {shot} {at} | days when the {hr} {shot} {at} | {who} had a {hr} that {shot} {at} | {h}, HR {shot}
    tell me if the {hr} {shot} {at} | on the curve the {hr} {shot} {at}
""")
ASLEEP = frames("""
    {whose} {hr} averaged {lev} {at}, asleep nearly the whole time | asleep {at} with a mean {hr} {lev}
    {at} {who} slept practically throughout and had a mean {hr} {lev} | sleeping, HR mean {num}, {h}
    did {whose} {hr} average {lev} {at} while sleeping | out cold {at}, mean {hr} {lev}
    sleeping heart {at}, {num} a minute on average | fast asleep {at} and a mean {hr} {lev}
    days with sleep {at} and a mean {hr} {lev} in it | {whose} sleeping heart did {num} beats a minute on average {at}
""")
AWAKE = frames("""
    {whose} {hr} averaged {lev} {at}, hardly asleep at all then | awake {at} with a mean {hr} {lev}
    {at} {who} was up and had a mean {hr} {lev} | awake, HR mean {num}, {h} | no real sleep {at}, mean {hr} {lev}
    did {whose} {hr} average {lev} {at} while awake | not asleep {at}, the heart at {num} a minute on average
    wide awake {at} and a mean {hr} {lev} | days awake {at} with a mean {hr} {lev}
""")


BOTH = frames("""
    {whose} heart {one} {at} {but} {two} {then} | is it true that {whose} pulse {one} {at} {but} {two} {then}
    days when the pulse {one} {at} {but} {two} {then} | {at} {whose} pulse {one}, {then} it {two}
    {h}, HR {one}, {h2}, HR {two} | a heart that {one} {at} {but} {two} {then}
    {who} had a pulse that {one} {at} {but} {two} {then} | show me when the heart rate {one} {at} {but} {two} {then}
    the ticker {one} {at} {but} {two} {then} | {whose} heart, {at} it {one}, {then} it {two}
    {then} {whose} heart {two}, {at} it {one} | {then} it {two}, {at} it {one}, that heart
""")
AT_ONCE = frames("""
    {whose} heart {one} {but} {two} {at} | is it true that {whose} pulse {one} {but} {two} {at}
    {at} {whose} pulse {one} {but} {two} | days when the pulse {one} {but} {two} {at} | {h}, HR {one} {but} {two}
    a heart that {one} {but} {two} {at} | {who} had a pulse that {two} {but} {one} {at}
    show me when the heart rate {one} {but} {two} {at} | the ticker {two} {but} {one} {at}
    {at} the heart {two}, and it {one} too | {whose} heart rate {one} {at}, and it {two}
""")
CLOCKED = frames("""
    {around} {whose} {hr} was {lev} | {hr} {lev} {around} | was {whose} {hr} {lev} {around}
    {around} the heart did {num} a minute | {who} had a {hr} {lev} {around}
    mean HR {num} bpm in the half hour {centred} | {whose} heart beat {num} times a minute {around}
    days with a {hr} {lev} {around} | what the watch showed {around}, a mean {hr} {lev} | {hr} check {around}, {lev}
    half an hour {centred}, average {hr} {lev} | show me when the {hr} was {lev} {around}
""")
FACETS: tuple[tuple[str, tuple[float, float], tuple[float, float], float, Words], ...] = (
    ("mean", (0, 68), (0, 56), 3, ("was calm", "went slowly", "ticked along quietly", "stayed slow on the whole")),
    ("mean", (84, 300), (72, 300), 3, ("was fast", "went fast", "beat quickly", "was in a hurry on the whole")),
    ("mean", (72, 300), (60, 300), 3, ("was not slow", "was anything but slow", "did not exactly go slowly")),
    ("mean", (0, 80), (0, 68), 3, ("was not fast", "was anything but fast", "did not exactly go fast")),
    ("std", (0, 7), (0, 4), 1, ("hardly varied", "kept steady", "held an even pace")),
    ("std", (11, 300), (7, 300), 1.5, ("went up and down a lot", "varied a lot", "was all over the place")),
    ("max", (125, 300), (95, 300), 8, ("shot up at some point", "raced at one time or another")),
    ("max", (0, 105), (0, 80), 6, ("never shot up", "did not race at any time", "at no time raced")),
)
"""Statistic, bounds by day and by night, margin, and what a pulse did that lies in them."""
OFTEN_TRUE = (0.14, 0.03, 0.24, 0.26, 0.12, 0.06, 0.03, 0.12)
"""How often each is drawn: two things that are seldom true are next to never true together."""
KINDRED = ({0, 3}, {1, 2}, {0, 1}, {6, 7}, {4, 5}, {1, 7}, {0, 2}, {1, 3})
"""Facets that follow from each other or rule each other out: not to be said of the same hours."""


def _facet(which: int, hours: Hours) -> Fact:
    name, day, night, margin, _ = FACETS[which]
    low, high = night if hours.span[1] <= 420 else day
    return heart(name, hours, low, high, margin=margin)


def both(rng: np.random.Generator) -> Draft:
    """Two things in plain words, of two stretches of the day or of the same one."""
    first, second = (int(k) for k in rng.choice(len(FACETS), 2, p=OFTEN_TRUE))
    words = {"one": FACETS[first][-1], "two": FACETS[second][-1]}
    if rng.random() < 0.6:
        one, two = draw_hours(rng, least=120, day=0), draw_hours(rng, least=120, day=0)
        while one.span[0] < two.span[1] and two.span[0] < one.span[1]:
            one, two = draw_hours(rng, least=120, day=0), draw_hours(rng, least=120, day=0)
        but = ("and",) if first == second else ("and", "and", "but")
        more = slots(one, then=two.at, h2=two.terse, but=but, **words)
        return Draft((_facet(first, one), _facet(second, two)), BOTH, more)
    while first == second or {first, second} in KINDRED:
        first, second = (int(k) for k in rng.choice(len(FACETS), 2, p=OFTEN_TRUE))
    hours = draw_hours(rng, least=120, day=0.3)
    words = {"one": FACETS[first][-1], "two": FACETS[second][-1]}
    if hours.minutes > 600:  # over a day everybody's pulse varies more
        first, second = pick(rng, ((0, 6), (0, 7), (2, 6), (2, 7), (3, 6), (3, 7)))
        words = {"one": FACETS[first][-1], "two": FACETS[second][-1]}
    return Draft((_facet(first, hours), _facet(second, hours)), AT_ONCE, slots(hours, but=("and", "but"), **words))


def at_clock(rng: np.random.Generator) -> Draft:
    """The pulse around a time of the clock: the mean of a quarter of an hour before it and after."""
    time = 30 * int(rng.integers(1, 47))
    around = tuple(f"{how} {c}" for how in ("around", "at about", "close to", "at around") for c in clock(time))
    hours = Hours((time - 15, time + 15), around)
    low, high, lev, num = levels(rng, hours.usual, 6)
    fact = heart("mean", hours, low, high)
    words = slots(hours, around=around, centred=tuple(f"centred on {c}" for c in clock(time)), lev=lev, num=num)
    return Draft((fact,), CLOCKED, words)


def pace(rng: np.random.Generator) -> Draft:
    """Fast or calm on average."""
    hours = draw_hours(rng)
    night, fast = hours.span[1] <= 420, bool(rng.random() < 0.5)
    if fast:
        return Draft((heart("mean", hours, 72 if night else 84, margin=3),), PACE, slots(hours, **FAST))
    return Draft((heart("mean", hours, high=56 if night else 68, margin=3),), PACE, slots(hours, **CALM))


def amount(rng: np.random.Generator) -> Draft:
    """A little, some, plenty of or ages of time over a number."""
    hours = draw_hours(rng, least=180, day=0.35)
    which = int(rng.integers(len(AMOUNTS) if hours.minutes >= 480 else 4))
    low, high, margin, words = AMOUNTS[which]
    share = min(max(low, 2) * 1.5 / hours.minutes, 0.6)
    number = near(rng, hours.usual - (np.log(2 * share) / 0.09), 5)
    facts = [heart("minutes_above", hours, low, high, over=number, margin=margin)]
    if low == 1:  # with no such minute at all it is false, and not too close to call
        facts.append(heart("max", hours, number + 0.5, margin=0.4))
    return Draft(
        tuple(facts),
        (*AMOUNT, *BRIEFLY) if low == 1 else AMOUNT,
        slots(hours, lev=above(number), num=above(number, bare=True), amount=words),
    )


def crown(rng: np.random.Generator) -> Draft:
    """In which of three stretches of one length the pulse was fastest, or slowest."""
    size = 60 * int(rng.integers(1, 5))
    gaps = rng.integers(0, 3, 2).tolist()
    start = 60 * int(rng.integers(5, max(6, 22 - 3 * size // 60 - sum(gaps))))
    starts = start, start + size + 60 * gaps[0], start + 2 * size + 60 * sum(gaps)
    three = [hours_of(s, s + size) for s in starts]
    up = bool(rng.random() < 0.6)
    usual = np.array([hours.usual for hours in three])
    odds = np.exp((usual if up else -usual) / 4 - ((usual if up else -usual) / 4).max())
    best = int(rng.choice(3, p=odds / odds.sum()))
    facts = []
    for other in sorted({0, 1, 2} - {best}):
        early, late = three[min(best, other)], three[max(best, other)]
        rises = (best > other) == up
        facts.append(shifted(early, late, 1, 500, 2) if rises else shifted(early, late, -500, -1, 2))
    others = [three[k] for k in range(3) if k != best]
    words = {"one": three[0].at, "two": three[1].at, "three": three[2].at, "then": others[0].at, "last": others[1].at}
    most = ("fastest", "highest", "quickest") if up else ("slowest", "lowest")
    return Draft(tuple(facts), CROWN, slots(three[best], most=most, **words))


def pushed(rng: np.random.Generator) -> Draft:
    """Shot up at some moment, or stayed calm throughout."""
    hours = draw_hours(rng)
    night = hours.span[1] <= 420
    if rng.random() < 0.5:
        told: dict[str, Words] = {
            "shot": ("shot up at some point", "raced at one time or another", "pounded at some moment"),
            "shoot": ("shoot up at some point", "race at one time or another", "ever pound"),
        }
        return Draft((heart("max", hours, 95 if night else 125, margin=8),), PUSHED, slots(hours, **told))
    told = {"shot": ("never shot up", "never got going", "did not race at any time", "at no time raced"),
            "shoot": ("never shoot up", "not race at any time", "never get going")}  # fmt: skip
    return Draft((heart("max", hours, high=80 if night else 105, margin=6),), PUSHED, slots(hours, **told))


def sleeping(rng: np.random.Generator) -> Draft:
    """Asleep, or awake, in some hours by the log, with a mean pulse in them."""
    start = 60 * int(rng.integers(0, 8))
    hours = (
        hours_of(start, start + 60 * int(pick(rng, (1, 2, 3, 4))))
        if start
        else hours_of(0, 60 * int(pick(rng, (4, 5, 6))))
    )
    asleep = bool(rng.random() < (0.9 if hours.span[1] <= 360 else 0.15 if hours.span[0] >= 360 else 0.5))
    number = near(rng, hours.usual - (2 if asleep else -4), 3)
    low, high, lev, num = (
        (number, 300, above(number), above(number, bare=True))
        if rng.random() < 0.5
        else (0, number, under(number), under(number, bare=True))
    )
    share = (
        ask("event_share", SLEEP, 0.9, 1, at=hours.span, margin=0.1)
        if asleep
        else ask("event_share", SLEEP, high=0.1, at=hours.span, margin=0.1)
    )
    fact = heart("mean", hours, low, high, margin=2.5)
    return Draft((share, fact), ASLEEP if asleep else AWAKE, slots(hours, lev=lev, num=num))


VAGUE_KINDS = (pace, amount, crown, pushed, sleeping, both, both, at_clock, at_clock)
