"""A day and its device's sleep log in, the day with that log in its sleep_stage channels out.

A log is an event, because a model that is asked who sleeps must not be told. Somebody who looks for days of their own
has recorded it, and it is then shown like any other reading.
"""

from dataclasses import replace

import numpy as np

from sensorlm.records import MINUTES_PER_DAY, DayMatrix

STAGES = ("awake", "light", "deep", "rem")


def with_sleep_log(day: DayMatrix) -> DayMatrix:
    """Fill the sleep_stage channels inside logged sleep, as importers of staged nights do; unrecorded outside.

    A log with stages fills all four: 1 in the stage, 0 in another. One that knows sleep only, or sleep and being awake,
    fills `sleep_stage_awake`: 1 awake, 0 asleep; of the others it says nothing. What lies before midnight is another
    day's.

    Args:
        day: any; events in minutes of this day.

    Returns:
        The same day where it has no logged sleep, none of the channels, or recorded one of them already.
    """
    keys = {stage: f"sleep_stage_{stage}" for stage in STAGES}
    columns = {stage: day.channel_keys.index(key) for stage, key in keys.items() if key in day.channel_keys}
    parts = [event for event in day.events if event.kind == "sleep" and event.start < MINUTES_PER_DAY and event.end > 0]
    if not columns or not parts or day.observed[:, list(columns.values())].any():
        return day
    asleep = np.zeros(MINUTES_PER_DAY, bool)
    stage_of = np.full(MINUTES_PER_DAY, -1)
    # Whole sleeps first: a stage is a part of one.
    for event in sorted(parts, key=lambda event: (event.stage != "", event.start)):
        minutes = slice(max(event.start, 0), min(event.end, MINUTES_PER_DAY))
        asleep[minutes] = True
        if event.stage:
            stage_of[minutes] = STAGES.index(event.stage)
    staged = {event.stage for event in parts} - {"", "awake"}
    told = asleep & (stage_of >= 0) if staged else asleep
    values, observed = day.values.copy(), day.observed.copy()
    for stage, column in columns.items():
        seen = asleep if stage == "awake" else told if staged else np.zeros_like(asleep)
        values[seen, column] = stage_of[seen] == STAGES.index(stage)
        observed[seen, column] = True
    return replace(day, values=values, observed=observed)
