"""Lengths, clock times, hours, shares and counts as people say them of sleep: numbers drawn, bounds and words out.

Bounds and words are made together, so that no phrase can say something else than its fact.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias, TypeVar

import numpy as np

from sensorlm.captions.composed.base import PARTS_OF_DAY, clock_words, number_words
from sensorlm.captions.predicates.base import DAY, Span, ask
from sensorlm.captions.predicates.bedtimes import up_again
from sensorlm.captions.predicates.nights import longest
from sensorlm.captions.predicates.sleep import HAS_NIGHT, LAST_NIGHT, SLEEP, UNTIL_TEN
from sensorlm.captions.predicates.sleep_kinds import asleep
from sensorlm.records import MINUTES_PER_DAY, Fact

Drawn: TypeAlias = tuple[tuple[Fact, ...], Mapping[str, Sequence[str]]]
"""Facts that must hold, and what the slots of their frames may say."""
T = TypeVar("T")
INFINITE = float("inf")
NIGHT_LENGTHS = range(270, 571, 30)
BEDTIMES = range(-150, 121, 30)
RISINGS = range(330, 601, 30)
MANY_MINUTES = 120
"""From here on lengths are said in hours and half hours."""
SHAPES = ("least", "most", "range", "about")
_UNNAMED = {(0, MINUTES_PER_DAY), (1260, MINUTES_PER_DAY)}
"""Parts of the day whose names say too little of sleep: "before midnight" might be any time."""
_FRACTIONS: Mapping[tuple[float, float], tuple[str, ...]] = {
    (0.97, 1): ("all of", "the whole of", "the entirety of", "every bit of"),
    (0.85, 1): ("nearly all of", "almost all of", "practically the whole of"),
    (0.6, 1): ("most of", "the greater part of", "the better part of", "the bulk of"),
    (0.5, 1): ("more than half of", "at least half of", "over half of", "50 % or more of"),
    (0.66, 1): ("two thirds or more of", "at least two thirds of"),
    (0.25, 1): ("at least a quarter of", "a quarter or more of", "25 % or more of"),
    (0.4, 0.6): ("about half of", "roughly half of", "around 50 % of"),
    (0.25, 0.75): ("a quarter to three quarters of", "between 25 and 75 % of"),
    (0.05, 0.3): ("only a small part of", "just a bit of", "no more than a small share of"),
    (0, 0.5): ("less than half of", "at most half of", "under half of", "no more than 50 % of"),
    (0, 0.33): ("at most a third of", "less than a third of", "a third or less of"),
    (0, 0.1): ("hardly any of", "next to none of", "barely any of"),
}
"""Least and greatest share, and the words that always mean just that."""


class Said(NamedTuple):
    """What is bounded, and ways to say it."""

    low: float
    high: float
    words: tuple[str, ...]


def pick(rng: np.random.Generator, options: Sequence[T]) -> T:
    """One of them."""
    return options[int(rng.integers(len(options)))]


def mixed(heads: Iterable[str], forms: Iterable[str]) -> tuple[str, ...]:
    """Every form put into every head's {n}."""
    forms = tuple(forms)
    return tuple(dict.fromkeys(head.format(n=form) for head in heads for form in forms))


def length(minutes: int) -> tuple[str, ...]:
    """A length of time by itself; from two hours on it must be whole or half hours."""
    if minutes in _SHORT:
        return _SHORT[minutes]
    if minutes < MANY_MINUTES:
        return (*(f"{n} minutes" for n in number_words(minutes)), f"{minutes} min")
    figure, word = _hours(minutes)
    compact = f"{minutes // 60} h {minutes % 60}" if minutes % 60 else f"{minutes // 60} h"
    return (f"{figure} hours", f"{word} hours", compact)


_SHORT: Mapping[int, tuple[str, ...]] = {
    30: ("half an hour", "30 minutes", "thirty minutes", "30 min"),
    60: ("an hour", "one hour", "60 minutes", "1 h", "60 min"),
    90: ("an hour and a half", "90 minutes", "one and a half hours", "90 min"),
}


def _hours(minutes: int) -> tuple[str, str]:
    half = " and a half" if minutes % 60 else ""
    figure, word = number_words(minutes // 60)
    return figure + half, word + half


def lengths(
    rng: np.random.Generator, grid: Sequence[int], shapes: Sequence[str] = SHAPES, *, wide: int = 0
) -> Said:  # fmt: skip
    """A bounded length; a range spans at least `wide` minutes."""
    shape = pick(rng, shapes)
    if shape == "range":
        a, b = _two(rng, grid, wide)
        return Said(a, b, _length_range(a, b))
    n = int(pick(rng, grid))
    if shape == "about":
        slack = 20 if n >= MANY_MINUTES else max(3, round(n / 5))
        return Said(n - slack, n + slack, mixed(("about {n}", "around {n}", "roughly {n}", "{n} or so"), length(n)))
    forms = length(n)
    if shape == "least":
        heads = ("at least {n}", "more than {n}", "over {n}", "{n} or more", "upwards of {n}", "a minimum of {n}")
        return Said(n, INFINITE, (*mixed(heads, forms), f">{forms[-1]}", f"no less than {forms[0]}"))
    heads = ("at most {n}", "no more than {n}", "less than {n}", "under {n}", "{n} or less", "a maximum of {n}")
    return Said(0, n, (*mixed(heads, forms), f"<{forms[-1]}", f"not even {forms[0]}"))


def _two(rng: np.random.Generator, grid: Sequence[int], wide: int) -> tuple[int, int]:
    """Two numbers of a grid, near each other: a range that holds nearly everybody says nothing."""
    least = max(wide, 1)
    pairs = [(a, b) for i, a in enumerate(grid) for b in grid[i + 1 : i + 7] if b - a >= least]
    return pick(rng, pairs)


def _length_range(a: int, b: int) -> tuple[str, ...]:
    heads = ("{a} to {b} {u}", "between {a} and {b} {u}", "somewhere between {a} and {b} {u}")
    if a >= MANY_MINUTES:
        spelt = tuple(zip(_hours(a), _hours(b), strict=True))
        out = [head.format(a=x, b=y, u="hours") for head in heads for x, y in spelt]
        return (*out, f"{a // 60}-{b // 60} h") if not (a % 60 or b % 60) else tuple(out)
    if a == 60 and b == MANY_MINUTES:
        return ("one to two hours", "between one and two hours", "60 to 120 minutes", "1-2 h", "between 1 and 2 hours")
    pairs = [(number_words(a)[0], number_words(b)[0]), (number_words(a)[-1], number_words(b)[-1])]
    out = [head.format(a=x, b=y, u="minutes") for head in heads for x, y in pairs]
    return (*out, f"{a}-{b} min")


def clock(minute: int, *, bare: bool = False) -> tuple[str, ...]:
    """A time of the clock; `bare` adds forms that do not say whether it is morning or evening."""
    told = clock_words(minute)
    if len(told) < 4:  # midnight and noon
        return told
    hour, half = minute % MINUTES_PER_DAY // 60, minute % 60
    figures, words, day, plain = told
    if 18 <= hour < 22:
        words = words.replace("at night", "in the evening")
    spoken = (words, words.replace("at night", "in the morning")) if 1 <= hour < 4 else (words,)
    out = (figures, *spoken, day, figures if half else figures.replace(" ", ""))
    shown = figures.rsplit(" ", 1)[0]
    return (*dict.fromkeys(out), *((plain, plain, shown, shown) if bare else ()))


def _ends(a: int, b: int, *, bare: bool = False) -> tuple[tuple[str, str], ...]:
    """Two times of the clock as they stand on both sides of "and"; `bare` as in `clock`."""
    one, two = clock_words(a), clock_words(b)
    if len(one) != 4 or len(two) != 4:
        return ((one[0], clock(b)[0]), (clock(a)[-2 if len(one) == 4 else 0], two[-2 if len(two) == 4 else 0]))
    out = [(one[2], two[2])] if a % 60 or b % 60 else []
    if bare:
        shown = (one[0].rsplit(" ", 1)[0], two[0].rsplit(" ", 1)[0])
        out += [(one[3], two[3]), (one[3], two[3]), shown]
    tail_a, tail_b = _tail(a), _tail(b)
    if tail_a == tail_b or (1 <= a % MINUTES_PER_DAY // 60 < 4 and tail_b == "in the morning"):
        out.append((one[3], f"{two[3]} {tail_b}"))
    else:
        out.append((f"{one[3]} {tail_a}", f"{two[3]} {tail_b}"))
    if not a % 60 and not b % 60:
        same = one[0].split()[-1] == two[0].split()[-1]
        out.append((one[0].split()[0] if same else one[0], two[0]))
    return tuple(out)


def _tail(minute: int) -> str:
    hour = minute % MINUTES_PER_DAY // 60
    if hour < 4 or hour >= 22:
        return "at night"
    return "in the morning" if hour < 12 else "in the afternoon" if hour < 18 else "in the evening"


def times(rng: np.random.Generator, grid: Sequence[int], shapes: Sequence[str] = SHAPES, *, wide: int = 30) -> Said:
    """A bounded time of the clock: "most" is before it, "least" after it; below 0 it is the evening before.

    For frames that make plain whether it is a bedtime or a waking: some forms leave out morning and evening.
    """
    shape = pick(rng, shapes)
    if shape == "range":
        a, b = _two(rng, grid, wide)
        heads = ("between {} and {}", "some time between {} and {}", "at some point between {} and {}")
        return Said(a, b, tuple(head.format(*ends) for head in heads for ends in _ends(a, b, bare=True)))
    t = int(pick(rng, grid))
    forms = clock(t, bare=True)
    if shape == "about":
        return Said(t - 20, t + 20, mixed(("around {n}", "at about {n}", "at {n} or so", "close to {n}"), forms))
    if shape == "least":
        return Said(t, INFINITE, mixed(("after {n}", "later than {n}", "not before {n}", "past {n}"), forms))
    return Said(-INFINITE, t, mixed(("before {n}", "by {n}", "no later than {n}", "earlier than {n}"), forms))


def hours(span: Span) -> tuple[str, ...]:
    """When: some hours of the day."""
    if span == DAY:
        return ("from midnight to midnight", "within the calendar day", "from one midnight to the next")
    a, b = span
    heads = ("between {} and {}", "from {} to {}", "from {} until {}")
    out = [head.format(*ends) for ends in _ends(a, b) for head in heads]
    out += [f"{x}-{y}" for x, y in _ends(a, b) if re.fullmatch(r"[\d -]+(am|pm)?", f"{x}-{y}")]
    whole = minutes_of(span) % 60 == 0 and 60 < minutes_of(span) <= 360
    count = number_words(minutes_of(span) // 60)[-1]
    if a == 0 and whole:
        out += [f"in the first {count} hours after midnight", f"in the day's first {count} hours"]
    if b == MINUTES_PER_DAY:
        out += [f"from {t} on" for t in clock(a)] + [f"after {t}" for t in clock(a)[:2]]
        out += [f"in the last {count} hours before midnight"] if whole else []
    if span in PARTS_OF_DAY and span not in _UNNAMED:
        out += PARTS_OF_DAY[span]
    return tuple(dict.fromkeys(out))


def the_hours(span: Span) -> tuple[str, ...]:
    """Some hours of the day as a thing."""
    ends = _ends(*span)
    heads = ("the hours between {} and {}", "the time from {} to {}", "the stretch from {} to {}")
    return tuple(head.format(*pair) for head in heads for pair in ends)


def minutes_of(span: Span) -> int:
    """How long some hours last."""
    return span[1] - span[0]


def window(rng: np.random.Generator, starts: Sequence[int], sizes: Sequence[int], last: int = MINUTES_PER_DAY) -> Span:
    """Hours that begin on a grid and last a drawn time."""
    start = int(pick(rng, starts))
    return start, min(start + int(pick(rng, sizes)), last)


def fractions(rng: np.random.Generator) -> Said:
    """A share in words with a fixed meaning; they end with "of"."""
    low, high = pick(rng, tuple(_FRACTIONS))
    return Said(low, high, _FRACTIONS[low, high])


def percents(
    rng: np.random.Generator, grid: Sequence[int], shapes: Sequence[str] = SHAPES[:3], *, wide: int = 5
) -> Said:
    """A bounded share, said in percent."""
    shape = pick(rng, shapes)
    if shape == "range":
        a, b = _two(rng, grid, wide)
        words = (f"{a} to {b} %", f"between {a} and {b} %", f"between {a} and {b} percent", f"{a}-{b} %",
                 f"{number_words(a)[-1]} to {number_words(b)[-1]} percent")  # fmt: skip
        return Said(a / 100, b / 100, words)
    n = int(pick(rng, grid))
    forms = (f"{n} %", f"{n} percent", f"{number_words(n)[-1]} percent")
    if shape == "least":
        return Said(
            n / 100, 1, mixed(("more than {n}", "at least {n}", "over {n}", "{n} or more", "no less than {n}"), forms)
        )
    return Said(
        0, n / 100, mixed(("less than {n}", "at most {n}", "under {n}", "{n} or less", "no more than {n}"), forms)
    )


def counts(rng: np.random.Generator, grid: Sequence[int], shapes: Sequence[str] = SHAPES[:3], *, wide: int = 2) -> Said:
    """A bounded number of times, without the word for what is counted."""
    shape = pick(rng, shapes)
    if shape == "range":
        a, b = _two(rng, grid, wide)
        x, y = number_words(a)[-1], number_words(b)[-1]
        if b - a == 1:
            return Said(a, b, (f"{a} or {b}", f"{x} or {y}", f"either {x} or {y}"))
        return Said(a, b, (f"{a} to {b}", f"{x} to {y}", f"between {a} and {b}", f"between {x} and {y}", f"{a}-{b}"))
    n = int(pick(rng, grid))
    spoken = 3 <= n < 10  # nobody says "fewer than twenty one" or "more than one times"
    forms = (str(n), number_words(n)[-1])
    if shape == "least":
        heads = ("at least {n}", "{n} or more", "no fewer than {n}", "a minimum of {n}")
        more = mixed(("more than {n}",), (str(n - 1), number_words(n - 1)[-1])) if spoken else ()
        return Said(n, INFINITE, (*mixed(heads, forms), *more))
    heads = ("at most {n}", "{n} or fewer", "no more than {n}", "a maximum of {n}")
    fewer = mixed(("fewer than {n}",), (str(n + 1), number_words(n + 1)[-1])) if spoken or n == 2 else ()
    return Said(0, n, (*mixed(heads, forms), *fewer))


def bedtime_fact(bed: Said) -> Fact:
    """The night's sleep began in these bounds."""
    return ask("event_start", SLEEP, max(bed.low, -1000), min(bed.high, 1000), at=UNTIL_TEN, margin=13)


def night_facts(dur: Said) -> tuple[Fact, ...]:
    """The night lasted so long, and where that is little, no second piece made it longer."""
    if dur.high >= INFINITE:
        return (longest(dur.low, margin=15),)
    whole = asleep(high=dur.high + 10, at=LAST_NIGHT, margin=15)
    return (HAS_NIGHT, longest(dur.low, dur.high, 15), whole)


def rise_facts(up: Said) -> tuple[Fact, ...]:
    """The night's sleep ended in these bounds, for good."""
    end = ask("event_end", SLEEP, max(up.low, 0), min(up.high, 1500), at=LAST_NIGHT, margin=13)
    if up.high >= INFINITE:
        return (end,)
    return (end, up_again(int(up.high) + 20, int(up.high) + 120))
