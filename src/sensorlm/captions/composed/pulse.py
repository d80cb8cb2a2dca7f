"""Composed statements of the pulse: a random generator and how many in, predicates out.

The kinds are in `pulse_levels` (how high), `pulse_times` (how often, how long, when), `pulse_shapes` (one stretch of
the day against another), `pulse_joint` (several things at once; steps, sleep and variability with it) and
`pulse_vague` (words without numbers, whose meaning is the same in every statement).
"""

from collections.abc import Callable

import numpy as np

from sensorlm.captions.composed.drawing import draw_statements
from sensorlm.captions.composed.pulse_joint import JOINT_KINDS
from sensorlm.captions.composed.pulse_levels import LEVEL_KINDS
from sensorlm.captions.composed.pulse_shapes import SHAPE_KINDS
from sensorlm.captions.composed.pulse_times import TIME_KINDS
from sensorlm.captions.composed.pulse_vague import VAGUE_KINDS
from sensorlm.captions.composed.pulse_words import Draft
from sensorlm.captions.predicates.base import Predicate

KINDS: tuple[Callable[[np.random.Generator], Draft], ...] = (
    *LEVEL_KINDS, *TIME_KINDS, *SHAPE_KINDS, *JOINT_KINDS, *VAGUE_KINDS,
)  # fmt: skip
"""Every kind is drawn equally often; one that is there twice, twice as often."""


def draw_pulse(rng: np.random.Generator, count: int) -> list[Predicate]:
    """Statements of the pulse, no two with the same facts.

    Args:
        rng: what is drawn from; the same one gives the same statements.
        count: how many.

    Raises:
        RecordError: more than there are.
    """
    return draw_statements("pulse", KINDS, rng, count)
