"""How the pulse of some hours differs from that of others, and how it came down: a random generator in, drafts out."""

from collections.abc import Callable

import numpy as np

from sensorlm.captions.composed.base import number_words
from sensorlm.captions.composed.pulse_levels import heart
from sensorlm.captions.composed.pulse_times import LEAST, MOST, said
from sensorlm.captions.composed.pulse_words import (
    Draft,
    Hours,
    Words,
    draw_hours,
    frames,
    hours_of,
    length,
    pick,
    slots,
)
from sensorlm.captions.predicates.base import ask
from sensorlm.records import Fact

HIGHER = frames("""
    {whose} {hr} was {by} higher {at} than {then} | {hr} {by} up {at} on what it was {then}
    {at} the heart beat {by} faster than {then} | was {whose} {hr} {by} higher {at} than {then}
    mean HR {by} above that {then}, measured {at} | {by} faster {at} than {then}, {whose} heart
    {who} had a mean {hr} {by} higher {at} than {then} | compared with the mean {then}, the {hr} {at} was {by} higher
    {hr} {at} minus {hr} {then}, {by} | days with the {hr} {by} higher {at} than {then}
    {then} the {hr} was {by} slower than {at} | did the heart go {by} faster {at} than it did {then}
""")
LOWER = frames("""
    {whose} {hr} was {by} lower {at} than {then} | {hr} {by} down {at} on what it was {then}
    {at} the heart beat {by} slower than {then} | was {whose} {hr} {by} lower {at} than {then}
    mean HR {by} below that {then}, measured {at} | {by} slower {at} than {then}, {whose} heart
    {who} had a mean {hr} {by} lower {at} than {then} | compared with the mean {then}, the {hr} {at} was {by} lower
    {hr} {then} minus {hr} {at}, {by} | days with the {hr} {by} lower {at} than {then}
    {then} the {hr} was {by} faster than {at} | did the heart go {by} slower {at} than it did {then}
""")
PLAINLY = frames("""
    {whose} {hr} was {more} {at} than {then} | {more} {hr} {at} than {then} | {at} the mean {hr} was {more} than {then}
    was {whose} {hr} {more} {at} than {then} | {who} had a {more} {hr} {at} than {then}
    mean HR {more} {at} than {then} | {at} {whose} heart beat {quick} than {then}
    the heart beat {slack} {then} than {at} | days with a {more} {hr} {at} than {then}
    comparing means, the {hr} {then} was {less} than {at} | {then} {whose} {hr} was the {less} one, {at} the {more} one
    was it {at} rather than {then} that the {hr} was {more} | show me when the heart went {quick} {at} than {then}
""")
SAME = frames("""
    {whose} {hr} was much the same {at} as {then} | no real difference between the {hr} {at} and {then}
    mean {hr} {at} within {gap} beats of that {then} | did the {hr} {at} match the one {then}
    {at} the heart went at the pace it had {then} | {who} had practically the same {hr} {at} as {then}
    HR {at} equal to HR {then}, give or take {gap} bpm | the {hr} {then} and {at} differed by {gap} beats at most
    neither faster nor slower {at} than {then}, {whose} {hr} | days with about equal {hr} {then} and {at}
    {at} as {then}, {hr} alike to {gap} beats
""")
ROSE = frames("""
    {whose} {hr} rose by {by} in the course of the time {at}
    {at} the last {edge} had a {hr} {by} above that of the first {edge}
    {hr} up by {by} from the first to the last {edge} {at}
    did {whose} {hr} climb by {by} {at}, first {edge} against last
    {h}, mean HR of the final {edge} {by} above that of the first
    {who} ended the time {at} with a {hr} {by} above where it began
    the heart sped up by {by} {at}, from first {edge} to last
    {by} faster in the last {edge} than in the first {edge} {at}, {whose} heart
    a rising {hr} {at}, {by} between the first {edge} and the last
""")
FELL = frames("""
    {whose} {hr} fell by {by} in the course of the time {at}
    {at} the last {edge} had a {hr} {by} below that of the first {edge}
    {hr} down by {by} from the first to the last {edge} {at}
    did {whose} {hr} sink by {by} {at}, first {edge} against last
    {h}, mean HR of the final {edge} {by} below that of the first
    {who} ended the time {at} with a {hr} {by} below where it began
    the heart slowed by {by} {at}, from first {edge} to last
    {by} slower in the last {edge} than in the first {edge} {at}, {whose} heart
    a falling {hr} {at}, {by} between the first {edge} and the last
""")
RECOVERY = frames("""
    {len} after its highest reading {at} {whose} {hr} had come down by {by} | {hr} {by} under its peak {len} later {at}
    HR recovery {by} in {len}, {h} | did {whose} {hr} come down by {by} within {len} of peaking {at}
    from its top {at} the {hr} fell by {by} in {len}
    {who} showed a fall of {by} in the {hr} {len} after the maximum {at}
    {len} past the fastest minute {at} the heart was {by} slower | {h}, heart rate {by} below the maximum after {len}
    after the peak {at}, {len} on, the {hr} was down {by} | recovery of {whose} heart {at}, {by} in {len}
    days when the {hr} was {by} below its peak {at} {len} on
""")
ARCH = frames("""
    {whose} {hr} was {more} {at} than both {then} and {last}
    {whose} {hr} was {more} {at}, {less} {then} and {less} {last}
    mean {hr} {more} {at}, {less} {then} and {last} alike | measured {then}, {at} and {last}, the {hr} was {most} {at}
    was the {hr} {more} {at} than it was {then} or {last}
    {less} {then}, {more} {at}, {less} again {last}, so went {whose} {hr}
    {who} had the {most} mean {hr} {at}, not {then} and not {last}
    {hr} {at} was {more} than {then}, and {last} it was {less} again
    neither {then} nor {last} but {at} the {hr} was {most}
""")
BEATS = (" beats", " beats a minute", " bpm", "")
STEPS_BY = (3, 5, 8, 10, 12, 15, 20, 25, 30)
EQUALS = ((480, 720), (1020, 1260)), ((0, 300), (720, 1020)), ((420, 540), (720, 840)), ((720, 840), (1080, 1200)), (
    (420, 540), (1080, 1200))  # fmt: skip
"""Named hours of one length, so that the means of both ends of a stretch compare them."""


def difference(rng: np.random.Generator, wanted: float) -> tuple[float, float, Words]:
    """Bounds of a difference near a wanted one, and how they are said."""
    number = min(STEPS_BY, key=lambda known: abs(known - wanted))
    if rng.random() < 0.65:
        return number, 500, said(LEAST, tuple(n + unit for n in number_words(number) for unit in BEATS[:3]))
    high = number + pick(rng, (5, 10))
    pairs = tuple(zip(number_words(number), number_words(high), strict=True))
    return number, high, tuple(f"{a} to {b}{unit}" for a, b in pairs for unit in BEATS[:3])


def two_stretches(rng: np.random.Generator) -> tuple[Hours, Hours]:
    """Two stretches of one length, the later one last."""
    if rng.random() < 0.4:
        one, two = pick(rng, EQUALS)
        return hours_of(*one), hours_of(*two)
    size = 60 * int(rng.integers(1, 5))
    first = 60 * int(rng.integers(1, 18 - size // 60))
    second = 60 * int(rng.integers((first + size) // 60, (1380 - size) // 60 + 1))
    return hours_of(first, first + size), hours_of(second, second + size)


def shifted(one: Hours, two: Hours, low: float, high: float, margin: float = 2.5, of: str = "HR") -> Fact:
    """The mean of the later hours minus that of the earlier ones."""
    span = (one.span[0], two.span[1])
    return ask("change", of, low, high, at=span, over=one.minutes, margin=margin)


def compared(rng: np.random.Generator) -> Draft:
    """So many beats higher or lower in some hours than in others."""
    one, two = two_stretches(rng)
    rise = two.usual - one.usual + float(rng.normal()) * 5
    low, high, by = difference(rng, abs(rise) * 0.9)
    up = rise > 0
    fact = shifted(one, two, low, high) if up else shifted(one, two, -high, -low)
    turned = rng.random() < 0.5  # either of the two may be named first
    words = slots(*((two,) if turned else (one,)), then=one.at if turned else two.at, by=by)
    return Draft((fact,), HIGHER if up == turned else LOWER, words)


def plainly_compared(rng: np.random.Generator) -> Draft:
    """Faster or slower in some hours than in others, by however little."""
    one, two = two_stretches(rng)
    up = bool(rng.random() < (0.6 if abs(two.usual - one.usual) < 4 else 0.25) or two.usual < one.usual)
    fact = shifted(one, two, 1, 500, 2) if up else shifted(one, two, -500, -1, 2)
    turned = rng.random() < 0.5
    ways: tuple[dict[str, Words], dict[str, Words]] = (
        {"more": ("higher", "faster", "quicker"), "quick": ("faster", "quicker")},
        {"more": ("lower", "slower"), "quick": ("slower", "more slowly")},
    )
    more, less = ways if up == turned else ways[::-1]
    first, other = (two, one) if turned else (one, two)
    return Draft((fact,), PLAINLY, slots(first, then=other.at, less=less["more"], slack=less["quick"], **more))


def alike(rng: np.random.Generator) -> Draft:
    """Much the same in two stretches: never more than three beats apart."""
    one, two = two_stretches(rng)
    while abs(two.usual - one.usual) > 6:
        one, two = two_stretches(rng)
    first, other = (one, two) if rng.random() < 0.5 else (two, one)
    return Draft((shifted(one, two, -3, 3, 2),), SAME, slots(first, then=other.at, gap=number_words(3)))


def trend(rng: np.random.Generator) -> Draft:
    """Up or down from the first to the last minutes of some hours."""
    hours = draw_hours(rng, least=180, day=0.0)
    edge = pick(rng, (30, 60) if hours.minutes < 240 else (60, 120) if hours.minutes >= 300 else (60,))
    ends = hours_of(hours.span[0], hours.span[0] + 60).usual, hours_of(hours.span[1] - 60, hours.span[1]).usual
    rise = ends[1] - ends[0] + float(rng.normal()) * 7
    low, high, by = difference(rng, abs(rise) * 0.8)
    low, high = (low, high) if rise > 0 else (-high, -low)
    edges = {
        30: ("half hour", "thirty minutes", "30 minutes"),
        60: ("hour", "sixty minutes"),
        120: ("two hours", "120 minutes"),
    }
    fact = heart("change", hours, low, high, over=edge)
    return Draft((fact,), ROSE if rise > 0 else FELL, slots(hours, by=by, edge=edges[edge]))


def recovery(rng: np.random.Generator) -> Draft:
    """How far the pulse had come down so long after its peak."""
    hours, after = draw_hours(rng, least=240, day=0.6), int(pick(rng, (2, 5, 10, 15, 20, 30, 60)))
    usual = (15 + 5.5 * float(np.log(after))) * (1.15 if hours.minutes > 900 else 0.85 if hours.span[0] >= 420 else 0.6)
    number = max(round((usual + float(rng.normal()) * 8) / 5) * 5, 5)
    named = tuple(n + unit for n in number_words(number) for unit in BEATS[:3])
    kind = int(rng.integers(3))
    if kind == 2:
        high = number + pick(rng, (10, 15))
        by = tuple(
            f"{n} to {m}{unit}"
            for n, m in zip(number_words(number), number_words(high), strict=False)
            for unit in BEATS[:3]
        )
    else:
        by = said(LEAST if kind else MOST, named)
    low = number if kind else -300
    fact = heart("fall_after_max", hours, low, high if kind == 2 else 300 if kind else number, over=after, margin=4)
    return Draft((fact,), RECOVERY, slots(hours, by=by, len=length(after)))


def arch(rng: np.random.Generator) -> Draft:
    """Highest, or lowest, in the middle one of three stretches."""
    size = 60 * int(rng.integers(1, 5))
    start = 60 * int(rng.integers(5, 22 - 3 * size // 60))
    one, two, three = (hours_of(start + k * size, start + (k + 1) * size) for k in range(3))
    up = bool(rng.random() < (0.7 if two.usual >= max(one.usual, three.usual) - 1 else 0.3))
    sign = 1 if up else -1
    bounds = ((1, 500), (-500, -1))[::sign]
    facts = tuple(
        shifted(a, b, low, high, 2) for (a, b), (low, high) in zip(((one, two), (two, three)), bounds, strict=True)
    )
    fast, slow = ("faster", "quicker", "higher"), ("slower", "lower")
    words = {
        "more": fast if up else slow,
        "less": slow if up else fast,
        "most": ("fastest", "quickest", "highest") if up else ("slowest", "lowest"),
    }
    return Draft(facts, ARCH, slots(two, then=one.at, last=three.at, **words))


SHAPE_KINDS: tuple[Callable[[np.random.Generator], Draft], ...] = (
    compared, compared, plainly_compared, alike, trend, recovery, arch,
)  # fmt: skip
