"""Numbers of many days in, what is usual of each and how far days lie apart out, whatever a few odd days say."""

import numpy as np
from numpy.typing import NDArray

USUAL_WIDTH = 2.563
"""Standard deviations between the 10th and the 90th percentile of a normal distribution."""
Floats = NDArray[np.float32]


def spread_of(measured: Floats) -> tuple[Floats, Floats]:
    """(k,) medians and (k,) standard deviations, as percentiles give them, of days that can tell; 0 where none can.

    Args:
        measured: (n, k), NaN where a day cannot tell.
    """
    found = np.zeros((3, measured.shape[1]), np.float32)
    for column, values in enumerate(measured.T):
        if (told := values[np.isfinite(values)]).size:
            found[:, column] = np.percentile(told, (10, 50, 90))
    return found[1], ((found[2] - found[0]) / USUAL_WIDTH).astype(np.float32)
