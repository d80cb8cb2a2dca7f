"""Minutes of many days in, when the device was on the body out, as far as the record can tell.

A device with a pulse sensor that finds no pulse is off, though it may go on counting zero steps; a device that never
felt a pulse that day, a step counter, was on whenever it recorded anything, unless all it wrote were zeros.

Letters in shapes: b days, t = 1440 minutes, c channels.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

PULSE = "HR"
STEPS = "steps"
WORN_CHANNELS = (PULSE, STEPS)
PULSE_MINUTES = 240
"""A day with fewer minutes of heart rate is of a device that takes it now and then, which says nothing of wear."""
LEAST_STEPS = 0.5
"""Resampling leaves fractions of steps; fewer than this in a minute are none."""


def worn_minutes(values: NDArray[np.float32], columns: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    """(b, t) 1 where the device was worn, NaN where not.

    Args:
        values: (b, t, c), NaN where missing.
        columns: (b, t) values of WORN_CHANNELS, as far as the days have them.
    """
    none = np.zeros(values.shape[:2], bool)
    stepping = columns[STEPS] > LEAST_STEPS if STEPS in columns else none
    pulse = ~np.isnan(columns[PULSE]) if PULSE in columns else none
    felt = pulse.sum(1) >= PULSE_MINUTES
    worn = pulse | stepping
    for day in np.flatnonzero(~felt):
        seen = ~np.isnan(values[day])
        others = seen.sum() > (np.count_nonzero(~np.isnan(columns[STEPS][day])) if STEPS in columns else 0)
        worn[day] = seen.any(1) & (others or stepping[day].any())
    return np.where(worn, np.float32(1), np.float32(np.nan))
