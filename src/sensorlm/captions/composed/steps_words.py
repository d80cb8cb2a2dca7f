"""Hours, amounts and people, as the composed statements of steps and wear say them: numbers in, phrases out."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from sensorlm.captions.composed.base import PARTS_OF_DAY, number_words
from sensorlm.captions.predicates.base import DAY, Span, ask
from sensorlm.records import Fact

LATE_WORDS = frozenset({"before noon", "before midnight", "at bedtime", "after lunch", "between five and eight"})
"""Names of parts of the day that may also mean other hours."""
HOURLY = (20, 20, 15, 10, 10, 10, 25, 60, 390, 420, 450, 470, 470, 460, 460, 460, 460, 560, 580, 560, 520, 240, 110, 50)
"""Steps that an ordinary person takes in each hour of the day: where half of the days have more."""
GRID = (5, 10, 20, 30, 40, 50, 60, 80, 100, 150, 200, 250, 300, 400, 500, 600, 700, 800, 900, 1000, 1200, 1500, 1800,
        2000, 2500, 3000, 3500, 4000, 4500, 5000, 5500, 6000, 6500, 7000, 7500, 8000, 8500, 9000, 9500, 10000, 11000,
        12000, 13000, 14000, 15000, 16000, 18000, 20000, 22000, 25000)  # fmt: skip
"""Numbers of steps that people name."""
WHO = ("i", "she", "he", "we", "they", "mum", "my dad", "my wife", "grandad", "the patient", "the participant",
       "the wearer", "this person", "the subject", "somebody")  # fmt: skip
WHOSE = ("my", "her", "his", "their", "our", "mum's", "my dad's", "the patient's", "the participant's", "the wearer's")
DEVICE = ("watch", "band", "tracker", "device", "sensor", "wearable")
PEOPLE = {"who": WHO, "whose": WHOSE, "watch": DEVICE}
_SPECIAL = {
    15: ("a quarter of an hour",), 30: ("half an hour",), 45: ("three quarters of an hour",), 60: ("an hour",),
    90: ("an hour and a half",), 150: ("two and a half hours",), 210: ("three and a half hours",),
}  # fmt: skip

Words = tuple[str, ...]
T = TypeVar("T")


class Drawn(NamedTuple):
    """A statement before it is named: what kind it is, what must hold, and how it may be said."""

    kind: str
    facts: Sequence[Fact]
    frames: str
    """Separated by bars and ends of lines."""
    slots: Mapping[str, Sequence[str]]


class Hours(NamedTuple):
    """A stretch of the day and what people call it, as an answer to "when"."""

    span: Span
    words: Words


def one_of(rng: np.random.Generator, choices: Sequence[T]) -> T:
    """Any of the choices, all equally likely."""
    return choices[int(rng.integers(len(choices)))]


def clock(minute: int) -> Words:
    """A clock time in figures and in words, neither of which can mean another time of the day."""
    hour, rest = divmod(minute, 60)
    if minute in (0, 720, 1440):
        return ("noon", "midday") if hour == 12 else ("midnight", "12 at night")
    twelve = (hour - 1) % 12 + 1
    part = "at night" if hour < 4 or hour >= 22 else "in the morning" if hour < 12 else "in the afternoon"
    part = "in the evening" if 18 <= hour < 22 else part
    half = "half past " if rest else ""
    return (
        f"{twelve}{' 30' if rest else ''} {'am' if hour < 12 else 'pm'}",
        f"{half}{number_words(twelve)[-1]} {part}",
        f"{hour:02d}{rest:02d} hours",
    )  # fmt: skip


def between(start: int, end: int) -> Hours:
    """Hours with a clock time at either end."""
    a, b = clock(start), clock(end)
    words = [f"between {a[0]} and {b[0]}", f"from {a[0]} to {b[0]}"]
    if a[1].split(" in ")[1:] == b[1].split(" in ")[1:] != []:
        said = a[1].split(" in ")[0]
        words += [f"from {said} to {b[1]}", f"between {said} and {b[1]}"]
    else:
        words.append(f"between {a[1]} and {b[1]}")
    if start % 60 == 0 and end % 60 == 0:
        words.append(f"from {start // 60} to {end // 60} h")
        if start // 720 == end // 720 and start % 720 and end % 720:
            words.append(f"between {a[0].split()[0]} and {b[0]}")
    return Hours((start, end), tuple(words))


def until(minute: int) -> Hours:
    """From midnight to a clock time."""
    return Hours((0, minute), tuple(f"{word} {c}" for c in clock(minute) for word in ("before", "until", "up to")))


def since(minute: int) -> Hours:
    """From a clock time to midnight."""
    forms = ("after {}", "from {} on", "past {}", "from {} onwards", "between {} and midnight")
    return Hours((minute, 1440), tuple(form.format(c) for c in clock(minute)[:2] for form in forms))


def part_of_day(rng: np.random.Generator) -> Hours:
    """A part of the day that has a name."""
    parts = [span for span in PARTS_OF_DAY if span != DAY and span[0] >= 300]
    span = one_of(rng, parts)
    return Hours(span, tuple(word for word in PARTS_OF_DAY[span] if word not in LATE_WORDS))


def all_day() -> Hours:
    """The whole day."""
    return Hours(DAY, ("over the day", "that day", "across the whole day", "in 24 hours", "in the whole day", ""))


def some_hours(rng: np.random.Generator, least: int = 60, *, day: float = 0.0) -> Hours:
    """Hours of the waking day, at least so many minutes; with the chance `day` all of it."""
    if rng.random() < day:
        return all_day()
    while True:
        style = rng.random()
        if style < 0.35:
            hours = part_of_day(rng)
        elif style < 0.75:
            start = int(rng.integers(14, 42)) * 30 if rng.random() < 0.3 else int(rng.integers(7, 21)) * 60
            hours = between(start, min(start + int(rng.choice([60, 90, 120, 180, 240, 300])), 1440))
        elif style < 0.88:
            hours = until(int(rng.integers(16, 32)) * 30)
        else:
            hours = since(int(rng.integers(24, 43)) * 30)
        if hours.span[1] - hours.span[0] >= least:
            return hours


def usual(span: Span) -> float:
    """Steps that an ordinary person takes in these hours."""
    return sum(HOURLY[minute // 60] for minute in range(*span)) / 60


def named(value: float) -> int:
    """The nearest number of steps that people name."""
    return min(GRID, key=lambda n: abs(math.log(n / max(value, 1))))


def counted(value: int) -> Words:
    """A number of steps in figures and words; in thousands where it is round."""
    words = number_words(value)
    if value > 9999 and value % 1000:
        words = words[:2]
    if value > 2000 and value % 1000 == 500 and value < 20_000:
        return (*words, f"{number_words(value // 1000)[-1]} and a half thousand")
    return (*words, f"{value // 1000}k") if value >= 1000 and value % 1000 == 0 else words


def lasting(minutes: int) -> Words:
    """A length of time, as people say it."""
    said: tuple[str, ...] = ()
    if minutes <= 240 or minutes % 60:
        said = (f"{minutes} minutes", *((f"{number_words(minutes)[-1]} minutes",) if minutes <= 90 else ()))
    if minutes % 60 == 0 and minutes > 60:
        said = (*said, *(f"{hours} hours" for hours in number_words(minutes // 60)))
    return (*said, *_SPECIAL.get(minutes, ()))


def percent(share: float) -> Words:
    """A share of something, as people say it before "of"."""
    known = {
        10: ("a tenth",), 20: ("a fifth",), 25: ("a quarter",), 50: ("half",), 75: ("three quarters",),
        80: ("four fifths",), 90: ("nine tenths",),
    }  # fmt: skip
    figure = round(100 * share)
    return (f"{figure} percent", f"{figure}%", f"{number_words(figure)[-1]} percent", *known.get(figure, ()))


def at_least(words: Sequence[str]) -> Words:
    """So much or more, where it does not matter whether the number itself counts."""
    return tuple(f.format(w) for w in words for f in ("at least {}", "more than {}", "over {}", "no less than {}"))


def at_most(words: Sequence[str]) -> Words:
    """So much or less."""
    return tuple(f.format(w) for w in words for f in ("at most {}", "less than {}", "under {}", "no more than {}"))


def about(words: Sequence[str]) -> Words:
    """Near so much."""
    return tuple(f.format(w) for w in words for f in ("about {}", "around {}", "roughly {}", "something like {}"))


def from_to(low: Sequence[str], high: Sequence[str]) -> Words:
    """From so much to so much, both said alike."""
    forms = ("between {} and {}", "from {} to {}", "{} to {}", "anything from {} to {}")
    return tuple(f.format(a, b) for a, b in zip(low, high, strict=False) for f in forms)


class Ranged(NamedTuple):
    """Bounds of a number and how they are said."""

    low: float
    high: float
    words: Words


def ranged(
    rng: np.random.Generator, values: Sequence[int], words: Callable[[int], Words], *, near: float = 0.15
) -> Ranged:
    """At least, at most, between or about some of the values, which ascend; `near` is how far "about" reaches."""
    style = rng.random()
    if style < 0.3:
        low = one_of(rng, values)
        return Ranged(low, math.inf, at_least(words(low)))
    if style < 0.6:
        high = one_of(rng, values)
        return Ranged(-math.inf, high, at_most(words(high)))
    if style < 0.8 and len(values) > 2:
        first = int(rng.integers(len(values) - 2))
        low, high = values[first], values[min(first + int(rng.integers(2, 4)), len(values) - 1)]
        return Ranged(low, high, from_to(words(low), words(high)))
    middle = one_of(rng, values)
    return Ranged(middle * (1 - near), middle * (1 + near), about(words(middle)))


def asked(
    statistic: str, r: Ranged, *, at: Span = DAY, over: float = 0.0, subject: str = "steps", slack: float = 0.1,
    least: float = 1.0,
) -> Fact:  # fmt: skip
    """The fact that a statistic lies within; its margin is a share of the bound, and at least `least`."""
    edge = r.low if math.isfinite(r.low) else r.high
    return ask(statistic, subject, r.low, r.high, at=at, over=over, margin=max(round(abs(edge) * slack, 2), least))


def fitting(rng: np.random.Generator, hours: Hours, choices: tuple[int, ...]) -> int:
    """A length that fits into the hours twice."""
    fit = [c for c in choices if 2 * c <= hours.span[1] - hours.span[0]]
    return one_of(rng, fit or choices[:1])


def drawn(kind: str, fact: Fact | Sequence[Fact], frames: str, hours: Hours, **slots: Words) -> Drawn:
    """A statement of some hours, with people in it."""
    facts = (fact,) if isinstance(fact, Fact) else fact
    # What "no" may stand before: "no hour of sitting".
    bare = tuple(re.sub("^an? ", "", word) for word in slots.get("long", ()))
    return Drawn(kind, facts, frames, {"when": hours.words, "bare": bare, **PEOPLE, **slots})


def adjective(minutes: int) -> tuple[str, ...]:
    """A length that may stand between "a" and "walk"."""
    known = {15: ("quarter hour",), 30: ("half hour",), 60: ("one hour", "whole hour")}.get(minutes, ())
    return (*known, f"{minutes} minute", f"{number_words(minutes)[-1]} minute")


def some_count(rng: np.random.Generator, most: int, least: int = 2) -> Ranged:
    """At least, at most, or so many to so many; a count's words say whether the number counts."""
    n = int(rng.integers(least, most + 1))
    figures, said = number_words(n)
    style = rng.random()
    less, more = number_words(n - 1)[-1], number_words(n + 1)[-1]
    if style < 0.4:
        words = [f"{w} {x}" for x in (figures, said) for w in ("at least", "no fewer than")]
        return Ranged(n, math.inf, (*words, f"{said} or more", f"{figures} or more", f"more than {less}"))
    if style < 0.75:
        words = [f"{w} {x}" for x in (figures, said) for w in ("at most", "no more than")]
        return Ranged(-math.inf, n, (*words, f"{said} or fewer", f"fewer than {more}"))
    top = n + int(rng.integers(1, 3))
    both = tuple(zip(number_words(n), number_words(top), strict=True))
    forms = ("between {} and {}", "{} to {}") if top > n + 1 else ("between {} and {}", "{} or {}", "either {} or {}")
    return Ranged(n, top, tuple(form.format(*pair) for pair in both for form in forms))


def near_minutes(value: float) -> int:
    """The nearest length of time that people name."""
    return min((5, 10, 15, 20, 30, 40, 45, 60, 90, 120, 180, 240, 300, 360), key=lambda m: abs(math.log(m / value)))
