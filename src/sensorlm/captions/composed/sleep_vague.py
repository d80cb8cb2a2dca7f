"""Random numbers in, facts and vague words of sleep out: "hardly ever woke", "a short night but plenty of steps".

A vague word means the same numbers everywhere. What a day has is said with "and" and "but", what it has not with
"without".
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from sensorlm.captions.composed.sleep_parts import INFINITE, Drawn, hours, minutes_of, pick
from sensorlm.captions.composed.sleep_traits import ABSENT, TRAITS, Trait
from sensorlm.captions.predicates.base import Span, ask
from sensorlm.captions.predicates.nights import AWAKE
from sensorlm.captions.predicates.sleep import LAST_NIGHT, SLEEP
from sensorlm.captions.predicates.sleep_kinds import asleep
from sensorlm.captions.predicates.sleep_quality import REALLY
from sensorlm.records import Fact

_OTHER = ("steps", "morning", "evening", "feet", "pulse", "waking pulse")
_OF_SLEEP = tuple(trait for trait in TRAITS if trait.topic not in _OTHER)
"""One of them is in every statement of this family."""
_PAIRS = tuple(
    (a, b) for a in _OF_SLEEP for b in TRAITS if a.topic != b.topic and not (a.rare and b.rare)
)  # fmt: skip


def _facts(*traits: Trait) -> tuple[Fact, ...]:
    return tuple(dict.fromkeys(fact for trait in traits for fact in trait.facts))


def _two_traits(rng: np.random.Generator) -> Drawn:
    a, b = pick(rng, _PAIRS)
    if rng.random() < 0.5:
        a, b = b, a
    return _facts(a, b), {"a": a.words, "b": b.words}


def _three_traits(rng: np.random.Generator) -> Drawn:
    common = [trait for trait in TRAITS if not trait.rare]
    a = pick(rng, [trait for trait in _OF_SLEEP if not trait.rare])
    b = pick(rng, [trait for trait in common if trait.topic != a.topic])
    c = pick(rng, [trait for trait in common if trait.topic not in (a.topic, b.topic)])
    return _facts(a, b, c), {"a": a.words, "b": b.words, "c": c.words}


def _with_without(rng: np.random.Generator) -> Drawn:
    a = pick(rng, _OF_SLEEP)
    b = pick(rng, [trait for trait in ABSENT if trait.topic != a.topic])
    return _facts(a, b), {"a": a.words, "b": b.words}


_OFTEN: Sequence[tuple[float, float, tuple[str, ...]]] = (
    (1.2, INFINITE, ("often", "again and again", "frequently", "time after time")),
    (0, 0.3, ("hardly ever", "rarely if at all", "next to never", "scarcely ever")),
    (0, 0.6, ("seldom", "not often", "rarely", "infrequently")),
    (0.3, 1, ("now and then", "now and again", "from time to time", "every so often")),
)
"""Least and most wakings an hour, and the words for it."""
_AGES: Sequence[tuple[float, float, tuple[str, ...]]] = (
    (25, INFINITE, ("for ages", "endlessly", "for a very long time", "for a very long while")),
    (13, INFINITE, ("for a good while", "for quite some time", "for long", "for quite a while")),
    (1, 8, ("only briefly", "for mere minutes", "just for a short moment")),
)
"""Least and most minutes of the longest waking."""
_SPANS: Sequence[Span] = (
    (0, 180), (0, 240), (0, 300), (60, 300), (120, 300), (120, 360), (180, 360), (180, 420), (240, 420), (300, 480),
    (60, 240), (30, 330), (90, 360), (240, 480),
)  # fmt: skip
_STAGE_PARTS: Mapping[str, tuple[tuple[str, ...], Sequence[tuple[float, float]]]] = {
    "deep": (
        ("deep sleep", "slow-wave sleep", "deep, slow-wave sleep"),
        ((0, 0.05), (0, 0.2), (0.2, 1), (0.33, 1), (0.05, 0.2)),
    ),
    "rem": (("REM sleep", "dream sleep", "REM"), ((0, 0.05), (0, 0.2), (0.2, 1), (0.33, 1), (0.05, 0.2))),
    "light": (
        ("light sleep", "shallow sleep", "N1 and N2 sleep"),
        ((0.5, 1), (0.6, 1), (0, 0.5), (0.4, 0.6), (0.33, 1)),
    ),
}
_PARTS: Mapping[tuple[float, float], tuple[str, ...]] = {
    (0, 0.05): ("hardly any", "next to none", "5 % or less", "barely any", "practically none"),
    (0, 0.2): ("less than a fifth", "at most 20 %", "under a fifth", "no more than 20 percent"),
    (0.2, 1): ("at least a fifth", "over 20 %", "a fifth or more", "more than 20 percent"),
    (0.33, 1): ("a third or more", "at least a third", "upwards of a third", "over a third"),
    (0.05, 0.2): ("a twentieth to a fifth", "between 5 and 20 %", "5 to 20 percent"),
    (0.5, 1): ("more than half", "over half", "at least 50 %", "half or more"),
    (0.6, 1): ("most", "the greater part", "the bulk", "60 % or more"),
    (0, 0.5): ("less than half", "under half", "at most 50 %", "half or less"),
    (0.4, 0.6): ("about half", "roughly half", "around 50 %", "half or so"),
}


def _mostly_asleep(at: Span) -> Fact:
    """Where hardly anything was slept, wakings say nothing."""
    return asleep(0.6 * minutes_of(at), at=at, margin=15)


def _woke_often(rng: np.random.Generator) -> Drawn:
    at, (low, high, words) = pick(rng, _SPANS), pick(rng, _OFTEN)
    size = minutes_of(at) / 60
    least, most = round(low * size) if low else 0, high if high >= INFINITE else round(high * size)
    fact = ask("event_count", AWAKE, least, max(most, least), at=at, margin=1)
    return (_mostly_asleep(at), fact), {"often": words, "h": hours(at)}


def _awake_ages(rng: np.random.Generator) -> Drawn:
    at, (low, high, words) = pick(rng, (*_SPANS, LAST_NIGHT)), pick(rng, _AGES)
    fact = ask("event_longest", AWAKE, low, high, at=at, margin=3)
    return (fact,), {"ages": words, "h": hours(at)}


def _stage_part(rng: np.random.Generator) -> Drawn:
    stage, at = pick(rng, tuple(_STAGE_PARTS)), pick(rng, _SPANS)
    names, ranges = _STAGE_PARTS[stage]
    low, high = pick(rng, ranges)
    fact = ask("event_part", f"{SLEEP}:{stage}", low, high, at=at, margin=0.04)
    return (_mostly_asleep(at), fact), {"some": _PARTS[low, high], "stage": names, "h": hours(at)}


def _no_waking(rng: np.random.Generator) -> Drawn:
    start = int(pick(rng, range(0, 361, 30)))
    at = (start, start + int(pick(rng, (30, 60, 60, 90, 120, 150))))
    size = minutes_of(at)
    fact = ask("event_count", AWAKE, 0, 0, at=at, margin=0.5)
    return (asleep(size - 2, at=at, margin=12), fact), {"h": hours(at)}


def _real_sleep(rng: np.random.Generator) -> Drawn:
    at = pick(rng, _SPANS)
    size = minutes_of(at)
    share, words = pick(rng, (
        (0.97, ("nearly every minute", "all but a few minutes", "practically all")),
        (0.9, ("nine tenths or more", "over 90 %", "at least 90 percent")),
        (0.75, ("three quarters or more", "over 75 %", "at least three quarters")),
    ))  # fmt: skip
    fact = ask("event_minutes", f"{SLEEP}:{REALLY}", round(share * size), at=at, margin=8)
    return (fact,), {"some": words, "h": hours(at)}


VAGUE_KINDS: Mapping[str, Callable[[np.random.Generator], Drawn]] = {
    "two_traits": _two_traits, "three_traits": _three_traits, "with_without": _with_without,
    "woke_often": _woke_often, "awake_ages": _awake_ages, "stage_part": _stage_part, "no_waking": _no_waking,
    "real_sleep": _real_sleep,
}  # fmt: skip
"""Kinds of statement in vague words."""
