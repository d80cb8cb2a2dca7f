"""The predicates' wordings in; those to train on, those held out for measuring, and ways to dress them, out."""

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from sensorlm.captions.composed import composed_statements
from sensorlm.captions.predicates import DAY_PREDICATES, WINDOW_PREDICATES, Predicate

COMPOSED_DAY, COMPOSED_WINDOW = composed_statements()
PREDICATES: tuple[Predicate, ...] = (*DAY_PREDICATES, *COMPOSED_DAY, *WINDOW_PREDICATES, *COMPOSED_WINDOW)
"""Written by hand and composed ones, first those of days, then those of "the minutes shown"."""
OF_DAY = len(DAY_PREDICATES) + len(COMPOSED_DAY)
"""So many are of days."""
WRITTEN = np.array([True] * len(DAY_PREDICATES) + [False] * len(COMPOSED_DAY)
                   + [True] * len(WINDOW_PREDICATES) + [False] * len(COMPOSED_WINDOW))  # fmt: skip
"""(p,) which are written by hand: those are measured, and told from each other."""
HELD_SHARE = 0.15
"""Of the wordings of a predicate, and of the composed statements, that are for measuring only."""
DAY_STYLES = ("{p}", "{p}", "{P}.", "{P}.", "this day: {p}", "a day like this: {p}", "{P}, that day.")
WINDOW_STYLES = ("{p}", "{p}", "{P}.", "{P}.", "right now: {p}", "at this time: {p}", "{P}, just then.")
Dress = Callable[[str], str]


def is_held_out(name: str, wording: str) -> bool:
    """Whether a wording is for measuring only. By its own hash: adding others moves none."""
    drawn = int.from_bytes(hashlib.sha256(f"{name}|{wording}".encode()).digest()[:8], "big")
    return drawn * 100 < round(100 * HELD_SHARE) << 64


TAUGHT = WRITTEN | np.array([not is_held_out("composed", p.name) for p in PREDICATES])
"""(p,) which may be learned: all but some composed ones, which tell how a new statement is understood."""


@cache
def trained_wordings(predicate: Predicate) -> tuple[str, ...]:
    """The wordings a model may learn, at least one; a pair of wordings is too few to hold one out."""
    if len(predicate.wordings) < 3:
        return predicate.wordings
    kept = tuple(w for w in predicate.wordings if not is_held_out(predicate.name, w))
    return kept or predicate.wordings[:1]


@cache
def held_out_wordings(predicate: Predicate) -> tuple[str, ...]:
    """The others, but for those that another predicate teaches: composed statements share some."""
    kept = set(trained_wordings(predicate))
    return tuple(w for w in predicate.wordings if w not in kept and plain_form(w) not in taught_sentences())


@cache
def taught_sentences() -> frozenset[str]:
    """Every wording that is learned from, as `plain_form` gives it."""
    return frozenset(
        plain_form(w) for p, taught in zip(PREDICATES, TAUGHT, strict=True) if taught for w in trained_wordings(p)
    )


@cache
def held_out_sentences() -> frozenset[str]:
    """All held-out wordings as `plain_form` gives them, to keep them out of long captions too."""
    return frozenset(plain_form(w) for p in PREDICATES for w in held_out_wordings(p))


def plain_form(sentence: str) -> str:
    """Small letters, no full stop."""
    return sentence.strip().rstrip(".").lower()


def list_wordings(
    *, held: bool, most: int | None = None, among: NDArray[np.bool_] | None = None
) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """All wordings to train on (or all held out), or `most` of each predicate, and the predicate of each.

    `among` are the predicates asked for, (p,); None are all.
    """
    of = held_out_wordings if held else trained_wordings
    kept = [(i, p) for i, p in enumerate(PREDICATES) if among is None or among[i]]
    pairs = [(text, i) for i, predicate in kept for text in of(predicate)[:most]]
    return tuple(t for t, _ in pairs), np.array([i for _, i in pairs], np.int64)


def dressed(texts: Sequence[str], owner: NDArray[np.int64], most: int | None = None) -> tuple[str, ...]:
    """Every wording in every style (or `most`), (wording, style) in order; as many styles for days as for windows."""
    out: list[str] = []
    for text, i in zip(texts, owner, strict=True):
        styles = DAY_STYLES if i < OF_DAY else WINDOW_STYLES
        out += [style.format(p=text, P=text[:1].upper() + text[1:]) for style in styles[:most]]
    return tuple(out)


@cache
def opposites() -> tuple[tuple[int, int], ...]:
    """Pairs of written predicates that cannot both hold: some quantity is wanted in intervals that do not meet."""
    pairs = []
    for (i, p), (j, q) in combinations(((i, p) for i, p in enumerate(PREDICATES) if WRITTEN[i]), 2):
        if (i < OF_DAY) == (j < OF_DAY) and any(
            a.quantity == b.quantity and (a.low > b.high or b.low > a.high) for a in p.facts for b in q.facts
        ):
            pairs.append((i, j))
    return tuple(pairs)


_WHO = ("my sister", "the neighbour", "a small dog", "the old clock", "our teacher", "the bus driver", "an engineer",
        "the children", "a friend of mine", "somebody", "the doctor", "a tired traveller", "the cat", "the team",
        "my grandfather", "the new colleague", "an actor", "the gardener", "the train", "a young woman")  # fmt: skip
_DID = ("read a long letter", "lost the keys", "cooked a pot of soup", "argued about money", "slept on the sofa",
        "ran for the bus", "watched the rain", "fixed the roof", "forgot the appointment", "played the piano",
        "went to the market", "felt rather anxious", "laughed out loud", "waited for two hours", "walked home slowly",
        "painted the kitchen", "climbed the hill", "drank too much coffee", "won the match", "took a deep breath",
        "measured the temperature", "counted to 1,250", "paid 37.50 at the counter", "stayed in bed with a cold",
        "could not fall asleep", "swam across the lake", "carried heavy boxes", "sat through the meeting")  # fmt: skip
_WHEN = ("", "yesterday", "at dawn", "late at night", "in the afternoon", "at 17:45", "on a cold Monday",
         "before lunch", "during the holidays", "for the third time", "without a word", "after work")  # fmt: skip
_FORMS = ("{who} {did} {when}", "why {who} {did} {when}?", "{when} {who} {did}, and nobody noticed.",
          "it is not true that {who} {did} {when}", "a photo of how {who} {did} {when}",
          "the day {who} {did} {when}", "{did} {when}", "news: {who} {did} {when}")  # fmt: skip


def plain_language(count: int, seed: int = 0) -> tuple[str, ...]:
    """Sentences about anything: what a sentence encoder should go on understanding as it did."""
    rng = np.random.default_rng(seed)
    drawn = zip(*(rng.integers(len(part), size=count) for part in (_WHO, _DID, _WHEN, _FORMS)), strict=True)
    texts = (_FORMS[f].format(who=_WHO[a], did=_DID[b], when=_WHEN[c]) for a, b, c, f in drawn)
    return tuple(" ".join(text.split()) for text in texts)
