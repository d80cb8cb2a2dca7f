"""Minutes of many days in, when the device was on the body out, as far as the record can tell.

A device with a pulse sensor that finds no pulse is off, though it may go on counting zero steps; a device that never
felt a pulse that day, a step counter, was on whenever it recorded anything, unless all it wrote were zeros.

Letters in shapes: b days, t = 1440 minutes, c channels.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

PULSE = "HR"
STEPS = "steps"
PULSE_MINUTES = 240
"""A day with fewer minutes of heart rate is of a device that takes it now and then, which says nothing of wear."""
LEAST_STEPS = 0.5
"""Resampling leaves fractions of steps; fewer than this in a minute are none."""


def worn_minutes(values: NDArray[np.float32], channel_keys: Sequence[str]) -> NDArray[np.float32]:
    """(b, t) 1 where the device was worn, NaN where not, of (b, t, c) values with NaN where missing."""
    worn = np.zeros(values.shape[:2], bool)
    keys = list(channel_keys)
    stepping = values[:, :, keys.index(STEPS)] > LEAST_STEPS if STEPS in keys else worn
    pulse = ~np.isnan(values[:, :, keys.index(PULSE)]) if PULSE in keys else worn
    felt = pulse.sum(1) >= PULSE_MINUTES
    worn = pulse | stepping
    for day in np.flatnonzero(~felt):
        seen = ~np.isnan(values[day])
        others = seen.sum() > (seen[:, keys.index(STEPS)].sum() if STEPS in keys else 0)
        worn[day] = seen.any(1) & (others or stepping[day].any())
    return np.where(worn, np.float32(1), np.float32(np.nan))
