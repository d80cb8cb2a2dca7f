"""Statements put together from parts, where `predicates` lists them: any statistic, any hours, any number.

What is learned from them is how the parts combine, so that a statement nobody wrote is understood too. They are for
training; captions say what `predicates` lists.
"""

from functools import cache

import numpy as np

from sensorlm.captions.composed.around import draw_around
from sensorlm.captions.composed.pulse import draw_pulse
from sensorlm.captions.composed.sleep import draw_sleep
from sensorlm.captions.composed.steps import draw_steps
from sensorlm.captions.composed.window import draw_window
from sensorlm.captions.predicates.base import Predicate

__all__ = ["composed_statements"]

DAY_FAMILIES = ((draw_pulse, 1000), (draw_steps, 900), (draw_sleep, 800), (draw_around, 420))
WINDOW_STATEMENTS = 900
"""So many of each family: some quantities more to measure of each view, and a thousand wordings a family."""


@cache
def composed_statements(seed: int = 0) -> tuple[tuple[Predicate, ...], tuple[Predicate, ...]]:
    """Statements about a day, and about the minutes shown, the same for one seed."""
    days = [p for i, (draw, count) in enumerate(DAY_FAMILIES) for p in draw(np.random.default_rng([seed, i]), count)]
    return tuple(days), tuple(draw_window(np.random.default_rng([seed, 9]), WINDOW_STATEMENTS))
