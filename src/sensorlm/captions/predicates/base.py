"""A row of the predicate tables: a name, what must hold of a day, and how people say it."""

import math
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from sensorlm.captions.claims import quantity
from sensorlm.captions.spells import LEAST_STEPS
from sensorlm.errors import RecordError
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
BREAKFAST: Span = (7 * 60, 9 * 60)
FORENOON: Span = (6 * 60, 12 * 60)
LUNCH: Span = (12 * 60, 14 * 60)
EVENING_HOURS: Span = (17 * 60, 22 * 60)
NIGHT_TO_MORNING: Span = (0, 14 * 60)
MORNING_TO_EVENING: Span = (8 * 60, 21 * 60)
NOON_TO_NINE: Span = (12 * 60, 21 * 60)
FROM_FOUR: Span = (4 * 60, 24 * 60)
FROM_NOON: Span = (12 * 60, 24 * 60)
ANY = LEAST_STEPS
"""What a minute's steps must be over to be any."""
HRV = "rmssd0595"


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


WALKED: Fact = ask("total", "steps", 1500, margin=500)
"""Of a day without steps nobody can say when they were taken."""


def says(name: str, *facts: Fact, words: str, weight: float = 1.0) -> Predicate:
    """A row; `words` holds one wording a line, the plainest first. More of them are in wordings/*.txt."""
    named = tuple(replace(fact, kind=f"plain:{name}") for fact in facts)
    wordings = (line.strip() for line in words.strip().splitlines())
    return Predicate(
        name=name,
        facts=named,
        wordings=tuple(dict.fromkeys((*wordings, *more_wordings().get(name, ())))),
        weight=weight,
    )


@cache
def more_wordings() -> dict[str, tuple[str, ...]]:
    """Predicate's name -> everyday wordings of it, from the text files beside this module."""
    found: dict[str, tuple[str, ...]] = {}
    folder = resources.files("sensorlm.captions.predicates") / "wordings"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".txt"):
            for name, lines in read_wordings(file.read_text(encoding="utf-8"), file.name).items():
                found[name] = (*found.get(name, ()), *lines)
    return found


def read_wordings(text: str, where: str) -> dict[str, tuple[str, ...]]:
    """Names in square brackets, each followed by its wordings, one a line; a line that starts with # is skipped.

    Raises:
        RecordError: a wording before the first name.
    """
    found: dict[str, list[str]] = {}
    name = ""
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            name = line[1:-1]
            found.setdefault(name, [])
        elif not name:
            raise RecordError(
                f"{where} line {number}: {line!r} belongs to no predicate. Put a line with its [name] above."
            )
        else:
            found[name].append(line)
    return {key: tuple(lines) for key, lines in found.items()}
