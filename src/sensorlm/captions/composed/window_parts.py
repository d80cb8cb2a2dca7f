"""Parts that statements about the minutes shown are put together from: bounds, shares of the time, facts with names.

A random generator goes in; bounds and facts come out, each with several ways to say it that mean the same. Shared by
the files window*.py beside this one.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from sensorlm.captions.composed.base import number_words
from sensorlm.captions.predicates.base import ANY, WINDOW, ask
from sensorlm.records import Fact

Choice = TypeVar("Choice")
COMMON: Mapping[str, tuple[str, ...]] = {
    "pulse": ("the pulse", "my pulse", "her pulse", "his pulse", "the heart rate", "my heart rate", "her heart rate"),
    "hr": ("pulse", "heart rate", "bpm"),
    "beat": ("pulse", "heart rate", "heart"),
    "here": ("here", "in these minutes", "in this stretch", "during this time", "over this spell", "in this window"),
    "who": ("I", "she", "he", "the wearer", "the patient", "mum", "dad", "the participant"),
    "find": ("find", "show me", "looking for", "search for", "any stretch with", "times with", "which stretches had"),
}
"""Slots every frame may use; "pulse" has its article, "hr" none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A statement before its wordings are drawn."""

    key: str
    """Kind and numbers; the name is made of it."""
    facts: tuple[Fact, ...]
    frames: tuple[str, ...]
    slots: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Beside those of COMMON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A range and how it is said after "was", "averaged" or a noun."""

    key: str
    low: float
    high: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of the time and how it is said: at a sentence's end, or between "was" and what it was."""

    key: str
    low: float
    high: float
    margin: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A fact and the nouns that name it, to be joined with others."""

    key: str
    fact: Fact
    words: tuple[str, ...]


def frames(text: str) -> tuple[str, ...]:
    """Sentences parted by | or by line."""
    return tuple(s.strip() for line in text.splitlines() for s in line.split("|") if s.strip())


def pick(rng: np.random.Generator, options: Sequence[Choice]) -> Choice:
    """One of them; not `rng.choice`, which makes arrays of what it is given."""
    return options[int(rng.integers(len(options)))]


def two(rng: np.random.Generator, first: Sequence[int], width: Sequence[int]) -> Bound:
    """A range with both ends."""
    low = pick(rng, first)
    high = low + pick(rng, width)
    words = [f"{low} to {high}", f"between {low} and {high}", f"{low}-{high}"]
    if high <= 100 or not (low % 100 or high % 100):
        said = number_words(low)[-1], number_words(high)[-1]
        words += [f"{said[0]} to {said[1]}", f"between {said[0]} and {said[1]}"]
    return Bound(key=f"{low}_{high}", low=low, high=high, words=tuple(words))


def over(rng: np.random.Generator, grid: Sequence[int]) -> Bound:
    """At least so much; the margin makes "over" and "at least" the same."""
    low = pick(rng, grid)
    words = [w for n in number_words(low) for w in (f"over {n}", f"{n} or more", f"at least {n}", f"above {n}",
                                                    f"no less than {n}")]  # fmt: skip
    return Bound(key=f"{low}_up", low=low, high=math.inf, words=tuple(words))


def under(rng: np.random.Generator, grid: Sequence[int], less: str = "less") -> Bound:
    """At most so much; of things that are counted there are "fewer"."""
    high = pick(rng, grid)
    words = [w for n in number_words(high) for w in (f"under {n}", f"{n} or {less}", f"at most {n}", f"below {n}",
                                                     f"no more than {n}")]  # fmt: skip
    return Bound(key=f"to_{high}", low=-math.inf, high=high, words=tuple(words))


def about(rng: np.random.Generator, grid: Sequence[int], slack: int) -> Bound:
    """Near a number: never further off than `slack`."""
    n = pick(rng, grid)
    words = [w for s in number_words(n) for w in (f"about {s}", f"around {s}", f"roughly {s}", f"{s} or so",
                                                  f"close to {s}")]  # fmt: skip
    return Bound(key=f"near_{n}", low=n - slack, high=n + slack, words=tuple(words))


def pulse_bound(
    rng: np.random.Generator, low: float = 50, high: float = 115, widths: Sequence[int] = (10, 10, 15, 15, 20, 25)
) -> Bound:
    """A mean pulse, two-sided rather than one-sided, about where it lies in what is spoken of: `low` to `high`."""
    grid = [n for n in range(45, 140, 5) if low <= n <= high]
    form = int(rng.integers(6))
    if form < 3:
        return two(rng, [n for n in grid if n + widths[0] <= high + 5] or grid, widths)
    if form == 3:
        return about(rng, [n for n in grid if low + 10 <= n <= high - 10] or grid, 5)
    return under(rng, grid[2:-2] or grid) if form == 4 else over(rng, grid[2:-2] or grid)


def steps_bound(rng: np.random.Generator) -> Bound:
    """Mean steps a minute."""
    form = int(rng.integers(5))
    if form < 2:
        return two(rng, (2, 5, 10, 15, 20, 30, 40), (10, 15, 20, 30, 40))
    if form == 2:
        return about(rng, (5, 10, 15, 20, 25, 30, 40), 4)
    return under(rng, (2, 3, 5, 8, 10, 15, 20), "fewer") if form == 3 else over(rng, (3, 5, 8, 10, 15, 20, 30, 40, 50))


def share(rng: np.random.Generator, *, bands: bool = True) -> Share:
    """A share of the time said at a sentence's end, a tenth or more; `bands` lets it have an upper end."""
    if rng.random() < 0.35:
        n = int(rng.integers(2, 9)) * 10
        said = [w for s in number_words(n) for w in (f"for at least {s} percent of the time",
                f"for {s} percent of the time or more", f"in no less than {s} percent of the minutes")]  # fmt: skip
        return Share(key=f"p{n}", low=n / 100, high=1, margin=0.07, words=tuple(said))
    if bands and rng.random() < 0.3:
        n, m = (first := int(rng.integers(1, 6))) * 10, (first + int(rng.integers(2, 4))) * 10
        said = [f"for {n} to {m} percent of the time", f"in {n}-{m} percent of the minutes",
                f"between {n} and {m} percent of the time"]  # fmt: skip
        return Share(key=f"p{n}_{m}", low=n / 100, high=m / 100, margin=0.06, words=tuple(said))
    return pick(rng, _SHARES if bands else [one for one in _SHARES if one.high == 1])


_SHARES: tuple[Share, ...] = tuple(
    Share(key=key, low=low, high=high, margin=margin, words=frames(words)) for key, low, high, margin, words in (
        ("nearly_all", 0.92, 1, 0.07, "almost the whole time | nearly all of the time | in practically every minute"),
        ("most", 0.65, 1, 0.1, "most of the time | for most of it | for the most part | in most of the minutes"),
        ("two_thirds", 0.66, 1, 0.08, "for at least two thirds of the time | two thirds of the time or more"),
        ("half", 0.5, 1, 0.08, "for at least half of the time | half of the time or more | for half of it at least"),
        ("about_half", 0.4, 0.6, 0.08, "about half of the time | for roughly half of it | around half of the time"),
        ("third", 0.33, 1, 0.07, "for at least a third of the time | a third of the time or more"),
        ("quarter", 0.25, 1, 0.06, "for at least a quarter of the time | a quarter of the time or more"),
        ("some", 0.1, 0.5, 0.05, "some of the time, though not more than half | for a tenth to a half of the time"),
    )
)  # fmt: skip

FREQUENCIES: tuple[Share, ...] = tuple(
    Share(key=key, low=low, high=high, margin=margin, words=frames(words)) for key, low, high, margin, words in (
        ("never", 0, 0, 0.03, "never | not once | at no point | not for a single minute"),
        ("hardly", 0, 0.06, 0.05, "hardly ever | almost never | barely ever | next to never"),
        ("seldom", 0.03, 0.2, 0.04, "seldom | rarely | only now and then | just occasionally"),
        ("sometimes", 0.15, 0.5, 0.06, "sometimes | at times | now and again | part of the time"),
        ("often", 0.4, 1, 0.08, "often | a lot of the time | frequently | much of the time"),
        ("mostly", 0.7, 1, 0.1, "mostly | usually | most of the time | for the most part"),
    )
)  # fmt: skip
"""How often something held: said between "was" and what it was."""


def past(rise: float, *, up: bool) -> tuple[float, float]:
    """From so much up, or from so much down on: bounds of a change."""
    return (rise, math.inf) if up else (-math.inf, -rise)


def side(edge: float, *, least: bool) -> tuple[float, float]:
    """Bounds of "at least" or "at most" a number."""
    return (edge, math.inf) if least else (-math.inf, edge)


def minutes_words(n: int, *, plain: bool = False) -> tuple[str, ...]:
    """A length of time; `plain` leaves out "half an hour", which no adjective can stand before."""
    special = {15: ("a quarter of an hour",), 30: ("half an hour",), 60: ("an hour", "one hour")}.get(n, ())
    return (*(() if plain else special), *(f"{w} minutes" for w in number_words(n)))


def level_part(rng: np.random.Generator, low: float = 50, high: float = 115) -> Part:
    """Mean pulse, in wide ranges because another fact stands beside it."""
    b = pulse_bound(rng, low, high, (15, 20, 25, 30))
    words = frames("a mean pulse of {r} | a pulse of {r} on average | an average heart rate of {r}")
    return _part(f"hr_{b.key}", ask("mean", "HR", b.low, b.high, at=WINDOW, margin=3), words, b.words)


def peak_part(rng: np.random.Generator, low: float = 60, high: float = 90) -> Part:
    """Highest pulse of minutes whose mean lies between `low` and `high`."""
    low, high = max(low, 50), min(high, 150)
    up = bool(rng.random() < 0.5)
    edge = low + 10 if up else low + 15
    grid = [n for n in range(70, 185, 5) if edge <= n <= max(high + 20, edge + 10)]
    b = over(rng, grid) if up else under(rng, grid)
    words = frames(
        "a peak pulse of {r} | a highest heart rate of {r} | a maximum heart rate of {r} | a top pulse of {r}"
    )
    return _part(f"peak_{b.key}", ask("max", "HR", b.low, b.high, at=WINDOW, margin=4), words, b.words)


def trend_part(rng: np.random.Generator) -> Part:
    """Pulse of the second half against the first."""
    n = pick(rng, (2, 3, 3, 4, 5, 6, 8, 10))
    up = bool(rng.random() < 0.5)
    fact = ask("change", "HR", n if up else -math.inf, math.inf if up else -n, at=WINDOW, margin=2)
    way, comp, noun = ("rising", "higher", "a rise") if up else ("falling", "lower", "a fall")
    words = tuple(f.format(way=way, comp=comp, noun=noun) for f in (
        "a pulse {way} by {{r}} beats or more from the first half to the second",
        "{noun} of the pulse by {{r}} or more",
        "a pulse at least {{r}} beats {comp} in the second half", "a heart rate {way} by at least {{r}} bpm",
    ))  # fmt: skip
    return _part(f"trend_{'up' if up else 'down'}_{n}", fact, words, number_words(n))


def feet_part(rng: np.random.Generator, *, still: bool = True, afoot: bool = True) -> Part:
    """Steps a minute, or how much of the time had any: few of them, many of them, or either."""
    form = int(rng.integers(0 if still else 2, 5 if afoot else 3))
    if form == 0:
        return Part(key="no_step", fact=ask("max", "steps", high=0, at=WINDOW, margin=5),
                    words=("not a single step", "zero steps", "no steps at all", "no step taken"))  # fmt: skip
    if form == 1:
        return Part(key="hardly_step", fact=ask("share_above", "steps", high=0.08, at=WINDOW, over=ANY, margin=0.06),
                    words=("hardly a step", "next to no steps", "barely any steps"))  # fmt: skip
    if form == 3:
        b = over(rng, (15, 20, 25, 30, 40, 50))
        words = frames("steps in {r} percent of the minutes | {r} percent of the time on the feet")
        fact = ask("share_above", "steps", b.low / 100, 1, at=WINDOW, over=ANY, margin=0.07)
        return _part(f"afoot_{b.key}", fact, words, b.words)
    b = under(rng, (2, 3, 5, 8, 10), "fewer") if not afoot else over(rng, (3, 5, 8, 10, 15, 20)) if not still else (
        steps_bound(rng))  # fmt: skip
    words = frames("{r} steps a minute | an average of {r} steps a minute | a step rate of {r} a minute")
    return _part(f"rate_{b.key}", ask("mean", "steps", b.low, b.high, at=WINDOW, margin=2), words, b.words)


def _part(key: str, fact: Fact, words: Sequence[str], ranges: Sequence[str]) -> Part:
    return Part(key=key, fact=fact, words=tuple(w.format(r=r) for w in words for r in ranges))
