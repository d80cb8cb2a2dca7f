"""A simulated day in, the day with its sleep log as devices show it out: with stages, or awake and asleep only."""

from dataclasses import replace

import numpy as np

from sensorlm.days import with_sleep_log
from sensorlm.records import DayMatrix

PLAIN_SHARE = 0.5
"""Of the staged logs, that are written as older devices do: sleep, and where in it somebody was awake."""
LEAST_AWAKE = (1, 2, 4, 6, 10)
"""Minutes that such a device needs to notice that somebody is awake; drawn a day."""


def logged(day: DayMatrix, rng: np.random.Generator) -> DayMatrix:
    """The day with its log in its sleep_stage channels; what is said of it follows the log as it is written then."""
    if rng.random() < PLAIN_SHARE:
        least = int(rng.choice(LEAST_AWAKE))
        kept = tuple(
            event for event in day.events
            if event.kind != "sleep" or not event.stage or (event.stage == "awake" and event.end - event.start >= least)
        )  # fmt: skip
        shown = with_sleep_log(replace(day, events=kept))
        # A device that records stages as a channel of its own keeps its log.
        if shown.observed.sum() > day.observed.sum():
            return shown
    return with_sleep_log(day)
