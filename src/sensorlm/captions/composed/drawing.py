"""Kinds of drafts in, statements no two of which have the same facts out; what families of statements share."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from sensorlm.captions.composed.base import statement
from sensorlm.captions.composed.pulse_words import Draft
from sensorlm.captions.predicates.base import Predicate
from sensorlm.errors import RecordError
from sensorlm.records import Fact

MISSES = 200
"""So many statements in a row that had all been drawn before mean that there are no more."""


def draw_statements(
    family: str, kinds: Sequence[Callable[[np.random.Generator], Draft]], rng: np.random.Generator, count: int
) -> list[Predicate]:
    """So many statements of some kinds, no two with the same facts; `family` begins their names.

    Raises:
        RecordError: more than there are.
    """
    found: dict[str, Predicate] = {}
    missed = 0
    while len(found) < count:
        for kind in rng.permutation(len(kinds)).tolist():
            draft = kinds[kind](rng)
            name = f"composed_{family}_" + "_and_".join(sorted(_named(fact) for fact in draft.facts))
            missed = missed + 1 if name in found else 0
            if name not in found and len(found) < count:
                found[name] = statement(rng, name, draft.facts, draft.frames, draft.slots)
        if missed > MISSES:
            raise RecordError(f"{count} statements of {family!r} were asked for and {len(found)} found. Ask for fewer.")
    return list(found.values())


def _named(fact: Fact) -> str:
    """What a fact says, as part of a name: two facts of one name are the same."""
    asked = fact.quantity
    subject = asked.subject.removeprefix("event:").replace(":", "_").replace("@", "_at_")
    over = f"_at_{asked.argument:g}" if asked.argument else ""
    low = "" if fact.low == -math.inf else f"_from_{fact.low:g}"
    high = "" if fact.high == math.inf else f"_to_{fact.high:g}"
    return f"{subject}_{asked.statistic}_{asked.start}_{asked.end}{over}{low}{high}"
