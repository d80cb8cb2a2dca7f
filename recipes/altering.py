"""Days in, days that nobody lived out: the same minutes at other hours, so that totals and the clock give nothing away.

Nearly everybody sleeps at night and walks by day. A model that knows the hour and a day's totals is then right without
reading the minutes, and days with their minutes exchanged look alike to it. Altered days are captioned and labelled
from their own minutes like all others; only their log is gone, for it spoke of the day as it was.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from packing import without_labels

from sensorlm.records import MINUTES_PER_DAY, DayMatrix

STEP = 10
"""Minutes that always stay together."""


def moved(rng: np.random.Generator) -> NDArray[np.intp]:
    """(1440,) minute shown at each minute: the day begun some hours later or earlier."""
    return np.roll(np.arange(MINUTES_PER_DAY), STEP * int(rng.integers(12, MINUTES_PER_DAY // STEP - 11)))


def shuffled(rng: np.random.Generator) -> NDArray[np.intp]:
    """(1440,) blocks of one, two, three or four hours, which all divide a day, in another order."""
    size = 60 * int(rng.integers(1, 5))
    return rng.permutation(np.arange(MINUTES_PER_DAY).reshape(-1, size)).ravel()


def exchanged(rng: np.random.Generator) -> NDArray[np.intp]:
    """(1440,) two stretches of the same length, of one to six hours, in each other's place."""
    order = np.arange(MINUTES_PER_DAY)
    length = STEP * int(rng.integers(6, 37))
    first = STEP * int(rng.integers((MINUTES_PER_DAY - 2 * length) // STEP + 1))
    second = STEP * int(rng.integers((first + length) // STEP, (MINUTES_PER_DAY - length) // STEP + 1))
    order[first : first + length], order[second : second + length] = (
        np.arange(second, second + length), np.arange(first, first + length),
    )  # fmt: skip
    return order


WAYS: tuple[Callable[[np.random.Generator], NDArray[np.intp]], ...] = (moved, shuffled, exchanged)


def altered(days: Sequence[DayMatrix], rng: np.random.Generator, share: float) -> list[DayMatrix]:
    """A share of the days, each with its minutes at other hours, and without its log."""
    out = []
    for day in days:
        if rng.random() < share:
            order = WAYS[int(rng.integers(len(WAYS)))](rng)
            out.append(replace(without_labels(day), values=day.values[order], observed=day.observed[order]))
    return out
