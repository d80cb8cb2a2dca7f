"""A row of the predicate tables: a name, what must hold of a day, and how people say it."""

import math
from dataclasses import dataclass, replace

from sensorlm.captions.claims import quantity
from sensorlm.records import MINUTES_PER_DAY, Fact

Span = tuple[int, int]
DAY: Span = (0, MINUTES_PER_DAY)
WINDOW: Span = (0, 0)
"""Stands for "the minutes shown" in predicates about any window (see `facts.VISIBLE`)."""
NIGHT: Span = (0, 5 * 60)
MORNING: Span = (8 * 60, 12 * 60)
AFTERNOON: Span = (12 * 60, 17 * 60)
EVENING: Span = (17 * 60, 21 * 60)
LATE: Span = (22 * 60, 24 * 60)
WAKING: Span = (8 * 60, 22 * 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicate:
    """Something people say of a day or of a stretch of it, and when it is true."""

    name: str
    facts: tuple[Fact, ...]
    """All must hold."""
    wordings: tuple[str, ...]
    """Phrases in small letters without a full stop, the same in meaning."""
    weight: float = 1.0
    """How much rather it is said than others that are also true: rare and telling things weigh more."""


def ask(
    statistic: str, subject: str, low: float = -math.inf, high: float = math.inf, *,
    at: Span = DAY, over: float = 0.0, margin: float = 0.0,
) -> Fact:  # fmt: skip
    """The fact that a statistic lies from `low` to `high`; `over` is the statistic's argument."""
    asked = quantity(statistic, subject, at[0], at[1], over)
    return Fact(kind="plain", quantity=asked, low=low, high=high, margin=margin)


def says(name: str, *facts: Fact, words: str, weight: float = 1.0) -> Predicate:
    """A row; `words` holds one wording a line."""
    named = tuple(replace(fact, kind=f"plain:{name}") for fact in facts)
    wordings = tuple(line.strip() for line in words.strip().splitlines())
    return Predicate(name=name, facts=named, wordings=wordings, weight=weight)
