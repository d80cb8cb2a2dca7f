"""Days in, plain-language sentences that are true of them out: "a restless night", "hardly walked all day".

Every predicate of the tables is asked of every day at once; of the true ones some are drawn, rare and telling ones
sooner, and each is said in one of its wordings. Such captions carry labels="facts": they are true of many days.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sensorlm.captions.anchors import told_by
from sensorlm.captions.facts import VISIBLE, DayBatch, evaluate
from sensorlm.captions.predicates import DAY_PREDICATES, LONG_PREDICATES, WINDOW_PREDICATES, Predicate
from sensorlm.captions.sentences import Dice, Sentence
from sensorlm.captions.words import capital
from sensorlm.errors import RecordError
from sensorlm.records import MINUTES_PER_DAY, Caption, DayMatrix, Fact

WHOLE_DAY = (0, MINUTES_PER_DAY)
LITERAL = 2
"""Of a predicate's wordings the first ones say no more than the numbers do; long captions use only these."""
MAX_JOINED = 3
_WINDOW_KINDS = frozenset(fact.kind for predicate in WINDOW_PREDICATES for fact in predicate.facts)


def plain_sentences(batch: DayBatch, dices: Sequence[Dice], most: int) -> list[list[Sentence]]:
    """Per day up to `most` true sentences, the most telling of a random draw first."""
    predicates = LONG_PREDICATES
    truth = which_hold(predicates, batch)
    out = []
    for row, dice in enumerate(dices):
        drawn = _draw(predicates, truth[row], dice, most)
        said = ((capital(dice.pick(p.wordings[:LITERAL])) + ".", p.facts) for p in drawn)
        out.append([Sentence(text, facts, plain=True) for text, facts in said])
    return out


def short_captions(
    day: DayMatrix, *, seed: int, count: int, window: tuple[int, int] = WHOLE_DAY
) -> list[Caption]:  # fmt: skip
    """Up to `count` short plain-language captions of a day, or of a window of it, true by their facts.

    Raises:
        RecordError: a window outside the day.
    """
    return short_captions_of([day], seed=seed, count=count, window=window)[0]


def short_captions_of(
    days: Sequence[DayMatrix], *, seed: int, count: int, window: tuple[int, int] = WHOLE_DAY
) -> list[list[Caption]]:
    """`short_captions` of many days of one channel set at once; a day's captions do not depend on the others.

    A caption states one to three predicates. Within a window only what its minutes can tell is said.

    Raises:
        RecordError: a window outside the day, or days of different channels.
    """
    start, end = window
    if not 0 <= start < end <= MINUTES_PER_DAY:
        raise RecordError(f"window {window} must lie in 0 to {MINUTES_PER_DAY}, start before end.")
    if not days:
        return []
    predicates = predicates_for(window)
    truth = which_hold(predicates, DayBatch.from_days(days))
    out = []
    for row, day in enumerate(days):
        dice = Dice(seed, f"{day.key}/short/{start}-{end}")
        captions = [_caption(predicates, truth[row], dice, window) for _ in range(count)] if truth[row].any() else []
        out.append(list({caption.text: caption for caption in captions}.values()))
    return out


def _caption(predicates: Sequence[Predicate], truth: NDArray[np.bool_], dice: Dice, window: tuple[int, int]) -> Caption:
    # Two in three state one thing, one in four two, the rest three.
    joined = (1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, MAX_JOINED)[dice(12)]
    drawn = _draw(predicates, truth, dice, joined)
    phrases = [dice.pick(predicate.wordings) for predicate in drawn]
    style = dice(3)
    if style == 0:
        text = "; ".join(phrases)
    elif style == 1:
        text = capital("; ".join(phrases)) + "."
    else:
        text = " ".join(capital(phrase) + "." for phrase in phrases)
    facts = tuple(dict.fromkeys(fact for predicate in drawn for fact in predicate.facts))
    return Caption(key="short", text=text, facts=facts, window=window, labels="facts")


def visible_form(caption: Caption) -> Caption:
    """A window's caption with its facts asked of "the minutes shown", to compare with days shown through other windows.

    "Heart racing" of 10:00 to 10:30 says nothing of the clock, so another day of which 15:00 to 15:30 is shown must
    answer for those minutes: its codes are `Codebook.day_codes(batch, visible)`.
    """
    if caption.window == WHOLE_DAY:
        return caption
    return replace(caption, facts=tuple(map(_visible_fact, caption.facts)))


def _visible_fact(fact: Fact) -> Fact:
    if fact.kind not in _WINDOW_KINDS:
        return fact
    return replace(fact, quantity=replace(fact.quantity, start=VISIBLE[0], end=VISIBLE[1]))


@lru_cache(maxsize=256)
def predicates_for(window: tuple[int, int]) -> tuple[Predicate, ...]:
    """Predicates that can be asked of a window: those of any window, moved to it, and those of the day inside it."""
    whole = window == WHOLE_DAY
    inside = tuple(p for p in DAY_PREDICATES if whole or all(told_by(f.quantity, *window) for f in p.facts))
    return inside if whole else (*inside, *(_moved(p, window) for p in WINDOW_PREDICATES))


def _moved(predicate: Predicate, window: tuple[int, int]) -> Predicate:
    facts = (replace(f, quantity=replace(f.quantity, start=window[0], end=window[1])) for f in predicate.facts)
    return replace(predicate, facts=tuple(facts))


def which_hold(predicates: Sequence[Predicate], batch: DayBatch) -> NDArray[np.bool_]:
    """(b, p) whether all facts of a predicate are true of a day."""
    facts = list(dict.fromkeys(fact for predicate in predicates for fact in predicate.facts))
    place = {fact: i for i, fact in enumerate(facts)}
    true = evaluate(facts, batch) == 1
    columns = [[place[fact] for fact in predicate.facts] for predicate in predicates]
    return np.stack([true[:, ids].all(1) for ids in columns], 1)


def _draw(predicates: Sequence[Predicate], truth: NDArray[np.bool_], dice: Dice, most: int) -> list[Predicate]:
    """A weighted draw without repeats (Efraimidis and Spirakis 2006: the largest u ** (1 / weight) win)."""
    keys = [(dice.unit() ** (1 / predicates[i].weight), i) for i in np.flatnonzero(truth).tolist()]
    return [predicates[i] for _, i in sorted(keys, reverse=True)[:most]]
