"""Days in, a digest of each out: how the night, the heart and the day on foot went, in round numbers; and read back.

What a model that sees a day can honestly write. Every number is said with "about" and stands for a stated band, wide
enough that a reader who repeats it is not wrong: the bands are in the table, and are the same whether a text was
written by this module or by a model. The sentences always come in the same order and each in one wording, so that how
likely a model finds a sentence is how likely it finds its fact, and not which of five ways it would say it.

Letters in shapes: b days, s statements.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sensorlm.captions.claims import quantity
from sensorlm.captions.facts import DayBatch, evaluate, measure
from sensorlm.captions.predicates import DAY_PREDICATES
from sensorlm.captions.predicates.base import AFTERNOON, DAY, EVENING, MORNING, NIGHT, Span
from sensorlm.captions.sentences import Sentence
from sensorlm.captions.words import (
    CLOCK_PATTERN,
    NUMBER_PATTERN,
    SPAN_PATTERN,
    capital,
    clock,
    number,
    read_clock,
    read_number,
    read_span,
    span,
)
from sensorlm.records import Caption, DayMatrix, Fact, Quantity

SECTIONS = ("Sleep", "Heart", "Activity")
NOTHING = "Nothing can be told."
"""What a section says that has nothing to say."""
LAST_NIGHT: Span = (0, 720)
SIESTA: Span = (780, 1080)
SLEEP = "event:sleep"
NEAR_MISS = 0.1
"""Of a band: this far outside it a number is neither true nor false."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence of a digest and the fact it states."""

    section: str
    text: str
    """Holds one of {n} (a number), {t} (a clock time), {d} (a duration), or none of them."""
    quantity: Quantity
    grid: Callable[[float], float]
    """Step to which a value is rounded before it is said."""
    band: Callable[[float], float]
    """How far from the number said a day may be."""
    low: float = -np.inf
    high: float = np.inf
    """Said only of values in [low, high)."""
    limits: tuple[float, float] | None = None
    """Of a sentence without a number: the fact's bounds."""


def _about(
    section: str, text: str, asked: Quantity, *, grid: Callable[[float], float], band: Callable[[float], float],
    low: float = -np.inf, high: float = np.inf,
) -> Statement:  # fmt: skip
    return Statement(section=section, text=text, quantity=asked, grid=grid, band=band, low=low, high=high)


def _just(section: str, text: str, asked: Quantity, *, below: float, holds: float) -> Statement:
    """A sentence without a number: said of values under `below`, true of values up to `holds`."""
    return Statement(
        section=section, text=text, quantity=asked, grid=lambda _: 1, band=lambda _: 0.1 * holds, high=below,
        limits=(-np.inf, holds),
    )  # fmt: skip


def _always(value: float) -> Callable[[float], float]:
    return lambda _: value


def _steps_grid(value: float) -> float:
    return 250 if value < 2000 else 500 if value < 10000 else 1000


def _steps_band(value: float) -> float:
    return max(500.0, 0.2 * value)


def _total_band(value: float) -> float:
    return max(500.0, 0.15 * value)


def _minutes_grid(value: float) -> float:
    return 5 if value < 60 else 10


def _minutes_band(value: float) -> float:
    return max(5.0, 0.3 * value)


def _mean(text: str, at: Span) -> Statement:
    asked = quantity("mean", "HR", *at)
    return _about("Heart", text, asked, grid=_always(2), band=_always(3))


def _steps(part: str, at: Span) -> tuple[Statement, Statement]:
    asked = quantity("total", "steps", *at)
    some = _about(
        "Activity", f"About {{n}} steps in the {part}.", asked, grid=_steps_grid, band=_steps_band, low=200
    )  # fmt: skip
    return _just("Activity", f"Hardly any steps in the {part}.", asked, below=200, holds=400), some


def _minutes(some: str, none: str, asked: Quantity, least: float) -> tuple[Statement, Statement]:
    """A count of minutes from `least` on, or that there are hardly any."""
    return (
        _about("Activity" if asked.subject == "steps" else "Heart", some, asked, grid=_minutes_grid,
               band=_minutes_band, low=least),
        _just("Activity" if asked.subject == "steps" else "Heart", none, asked, below=least / 2, holds=least),
    )  # fmt: skip


STATEMENTS: tuple[Statement, ...] = (
    _about("Sleep", "Slept about {d}.", quantity("event_longest", SLEEP, *LAST_NIGHT),
           grid=_always(30), band=_always(45)),
    _about("Sleep", "Asleep from about {t}.", quantity("event_start", SLEEP, *LAST_NIGHT),
           grid=_always(30), band=_always(45)),
    _about("Sleep", "Awake from about {t}.", quantity("event_end", SLEEP, *LAST_NIGHT),
           grid=_always(30), band=_always(45)),
    _about("Sleep", "A nap of about {d} in the afternoon.", quantity("event_minutes", SLEEP, *SIESTA),
           grid=_always(30), band=_always(30), low=30),
    _mean("Heart rate averaged about {n} bpm.", DAY),
    _about("Heart", "It peaked at about {n} bpm.", quantity("max", "HR", *DAY), grid=_always(5), band=_always(8)),
    _about("Heart", "It never fell below about {n} bpm.", quantity("min", "HR", *DAY),
           grid=_always(2), band=_always(4)),
    _mean("About {n} bpm in the night.", NIGHT),
    _mean("About {n} bpm in the morning.", MORNING),
    _mean("About {n} bpm in the afternoon.", AFTERNOON),
    _mean("About {n} bpm in the evening.", EVENING),
    *_minutes("About {n} minutes above 120 bpm.", "Hardly a minute above 120 bpm.",
              quantity("minutes_above", "HR", *DAY, 120), 10),
    _about("Activity", "About {n} steps in all.", quantity("total", "steps", *DAY),
           grid=lambda v: 500 if v < 10000 else 1000, band=_total_band),
    *_steps("morning", MORNING),
    *_steps("afternoon", AFTERNOON),
    *_steps("evening", EVENING),
    *_minutes("The longest walk took about {n} minutes.", "No walk took ten minutes.",
              quantity("longest_above", "steps", *DAY, 60), 10),
    *_minutes("About {n} minutes of brisk walking.", "Hardly a minute of brisk walking.",
              quantity("minutes_above", "steps", *DAY, 100), 10),
)  # fmt: skip
PLAIN = {
    "Sleep": ("restless_night",),
    "Heart": ("heart_peak_morning", "heart_peak_afternoon", "heart_peak_evening"),
    "Activity": ("early_riser", "slow_start", "up_late", "quiet_late", "on_feet", "mostly_still"),
}
"""Section -> predicates that are said in their first wording where they hold."""
_PREDICATES = {p.name: p for p in DAY_PREDICATES}
_PLAIN = tuple((section, _PREDICATES[name]) for section, names in PLAIN.items() for name in names)


def digest_sentences(batch: DayBatch) -> list[dict[str, list[Sentence]]]:
    """Per day, the sentences of each section that its minutes and its log can tell; empty where they cannot."""
    values = measure([s.quantity for s in STATEMENTS], batch)
    holds = _which_hold(batch)
    out: list[dict[str, list[Sentence]]] = []
    for row in range(len(batch)):
        found: dict[str, list[Sentence]] = {section: [] for section in SECTIONS}
        for statement, value in zip(STATEMENTS, values[row].tolist(), strict=True):
            if statement.low <= value < statement.high:  # never of NaN
                found[statement.section].append(_say(statement, value))
        for (section, predicate), true in zip(_PLAIN, holds[row].tolist(), strict=True):
            if true:
                found[section].append(Sentence(capital(predicate.wordings[0]) + ".", predicate.facts, plain=True))
        out.append(found)
    return out


def _which_hold(batch: DayBatch) -> NDArray[np.bool_]:
    facts = list(dict.fromkeys(fact for _, p in _PLAIN for fact in p.facts))
    true = evaluate(facts, batch) == 1
    return np.stack([true[:, [facts.index(f) for f in p.facts]].all(1) for _, p in _PLAIN], 1)


def digest_captions(days: Sequence[DayMatrix], section: str = "") -> list[Caption | None]:
    """The digest of each day, or one of its SECTIONS behind its name; None where nothing can be told.

    Args:
        days: of one channel set.
        section: "" for all of them.
    """
    chosen = [section] if section else list(SECTIONS)
    out: list[Caption | None] = []
    for found in digest_sentences(DayBatch.from_days(days)) if days else ():
        said = [sentence for name in chosen for sentence in found[name]]
        text = " ".join(sentence.text for sentence in said)
        facts = tuple(fact for sentence in said for fact in sentence.facts)
        out.append(Caption(key="digest", text=f"{section}: {text}" if section else text, facts=facts) if said else None)
    return out


def _say(statement: Statement, value: float) -> Sentence:
    if statement.limits is not None:
        return Sentence(statement.text, (_fact(statement, 0.0),))
    step = statement.grid(value)
    said = float(np.floor(value / step + 0.5) * step)
    words = {"n": number(said, 0), "t": clock(int(said)), "d": span(int(said))}
    return Sentence(statement.text.format(**words), (_fact(statement, said),))


def _fact(statement: Statement, said: float) -> Fact:
    kind = f"digest:{statement.quantity.statistic}"
    band = statement.band(said)
    low, high = statement.limits if statement.limits is not None else (said - band, said + band)
    stated = () if statement.limits is not None else ((kind, said, ""),)
    return Fact(kind=kind, quantity=statement.quantity, low=low, high=high, margin=NEAR_MISS * band, stated=stated)


def read_sentence(sentence: str) -> tuple[Fact, ...] | None:
    """The facts of one sentence of a digest, its section's name before it or not; None where it is none."""
    text = re.sub(rf"^(?:{'|'.join(SECTIONS)}): *", "", sentence, flags=re.IGNORECASE)
    if text.lower() == NOTHING.lower():
        return ()
    for pattern, statement in _patterns():
        match = pattern.fullmatch(text)
        if match:
            return (_fact(statement, _number(match.groupdict()) if statement.limits is None else 0.0),)
    return _plain_facts().get(text.rstrip(".").lower())


def _number(fields: dict[str, str]) -> float:
    if "n" in fields:
        return read_number(fields["n"])
    return float(read_clock(fields["t"]) if "t" in fields else read_span(fields["d"]))


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], Statement], ...]:
    fields = {"{n}": NUMBER_PATTERN, "{t}": CLOCK_PATTERN, "{d}": SPAN_PATTERN}
    out = []
    for statement in STATEMENTS:
        literal = re.escape(statement.text).replace(r"\{", "{").replace(r"\}", "}")
        for field, pattern in fields.items():
            literal = literal.replace(field, f"(?P<{field[1]}>{pattern})")
        out.append((re.compile(literal, re.IGNORECASE), statement))
    return tuple(out)


@lru_cache(maxsize=1)
def _plain_facts() -> dict[str, tuple[Fact, ...]]:
    return {predicate.wordings[0].lower(): predicate.facts for _, predicate in _PLAIN}
