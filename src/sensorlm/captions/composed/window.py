"""Composed statements about the minutes shown: a random generator and a count go in, predicates come out.

Here only the drawing; what is said of pulse, effort, activities, steps and the rest is in the files window_*.py.
"""

import numpy as np

from sensorlm.captions.composed.base import statement
from sensorlm.captions.composed.window_acts import ACT_KINDS
from sensorlm.captions.composed.window_efforts import EFFORT_KINDS
from sensorlm.captions.composed.window_parts import COMMON, pick
from sensorlm.captions.composed.window_pulse import PULSE_KINDS
from sensorlm.captions.composed.window_rest import REST_KINDS
from sensorlm.captions.composed.window_steps import STEP_KINDS
from sensorlm.captions.predicates.base import Predicate

TRIES = 60
"""Draws of each kind in a row that may bring nothing new before we give up."""
KINDS = (*PULSE_KINDS, *EFFORT_KINDS, *ACT_KINDS, *STEP_KINDS, *REST_KINDS)


def draw_window(rng: np.random.Generator, count: int) -> list[Predicate]:
    """`count` predicates about the minutes shown, spread over all kinds, no two of one name or of the same facts.

    Raises:
        ValueError: more were asked for than there are.
    """
    found: dict[str, Predicate] = {}
    seen: set[tuple[object, ...]] = set()
    idle = 0
    while len(found) < count:
        draft = pick(rng, KINDS)(rng)
        name = f"composed_window_{draft.key}"
        facts = tuple(sorted((f.quantity.key, f.low, f.high) for f in draft.facts))
        if name in found or facts in seen:
            idle += 1
            if idle > TRIES * len(KINDS):
                raise ValueError(f"{count} window statements: there are about {len(found)}. Ask for fewer.")
            continue
        idle = 0
        seen.add(facts)
        found[name] = statement(rng, name, draft.facts, draft.frames, {**COMMON, **draft.slots})
    return list(found.values())
