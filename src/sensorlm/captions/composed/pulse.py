"""Composed statements of the pulse: a random generator and how many in, predicates out.

The kinds are in `pulse_levels` (how high), `pulse_times` (how often, how long, when), `pulse_shapes` (one stretch of
the day against another), `pulse_joint` (several things at once; steps, sleep and variability with it) and
`pulse_vague` (words without numbers, whose meaning is the same in every statement).
"""

import math
from collections.abc import Callable, Sequence

import numpy as np

from sensorlm.captions.composed.base import statement
from sensorlm.captions.composed.pulse_joint import JOINT_KINDS
from sensorlm.captions.composed.pulse_levels import LEVEL_KINDS
from sensorlm.captions.composed.pulse_shapes import SHAPE_KINDS
from sensorlm.captions.composed.pulse_times import TIME_KINDS
from sensorlm.captions.composed.pulse_vague import VAGUE_KINDS
from sensorlm.captions.composed.pulse_words import Draft
from sensorlm.captions.predicates.base import Predicate
from sensorlm.errors import RecordError
from sensorlm.records import Fact

KINDS: tuple[Callable[[np.random.Generator], Draft], ...] = (
    *LEVEL_KINDS, *TIME_KINDS, *SHAPE_KINDS, *JOINT_KINDS, *VAGUE_KINDS,
)  # fmt: skip
"""Every kind is drawn equally often; one that is there twice, twice as often."""
MISSES = 200
"""So many statements in a row that had all been drawn before mean that there are no more."""


def draw_pulse(rng: np.random.Generator, count: int) -> list[Predicate]:
    """Statements of the pulse, no two with the same facts.

    Args:
        rng: what is drawn from; the same one gives the same statements.
        count: how many.

    Raises:
        RecordError: more than there are.
    """
    return draw_statements("pulse", KINDS, rng, count)


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
