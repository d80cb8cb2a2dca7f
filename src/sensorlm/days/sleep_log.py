"""A day and its device's sleep log in, the day with that log in its sleep_stage channels out.

A log is an event, because a model that is asked who sleeps must not be told. Somebody who looks for days of their own
has recorded it, and it is then shown like any other reading.
"""

from dataclasses import replace

import numpy as np

from sensorlm.records import MINUTES_PER_DAY, DayMatrix, Event

STAGES = ("awake", "light", "deep", "rem")
SMALLER = 10
"""Minutes of the evening before that one minute after midnight stands for."""
EVENING = 480
"""Minutes of the evening before that are told of."""
ASLEEP_BEFORE = 0.4
"""What `sleep_stage_awake` holds where the minutes it stands for were slept: above 0, and too little to mean awake."""


def with_sleep_log(day: DayMatrix) -> DayMatrix:
    """Fill the sleep_stage channels inside logged sleep, as importers of staged nights do; unrecorded outside.

    A log with stages fills all four: 1 in the stage, 0 in another. One that knows sleep only, or sleep and being awake,
    fills `sleep_stage_awake`: 1 awake, 0 asleep; of the others it says nothing.

    Of a night that began before midnight a log tells when, and no minute of this day does. So it is written small:
    minute i after midnight, if asleep, holds 0.4 instead of 0 in `sleep_stage_awake` where most of the ten minutes from
    10 (i + 1) to 10 i before midnight were inside that sleep. A night from 22:30 on is nine such minutes.

    Args:
        day: any; events in minutes of this day.

    Returns:
        The same day where it has no logged sleep or none of the channels. Where it recorded one of them already, only
        the evening before is added.
    """
    keys = {stage: f"sleep_stage_{stage}" for stage in STAGES}
    columns = {stage: day.channel_keys.index(key) for stage, key in keys.items() if key in day.channel_keys}
    parts = [event for event in day.events if event.kind == "sleep" and event.start < MINUTES_PER_DAY and event.end > 0]
    if not columns or not parts:
        return day
    if day.observed[:, list(columns.values())].any():
        return _with_evening(day, parts, columns)
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
    return _with_evening(replace(day, values=values, observed=observed), parts, columns)


def _with_evening(day: DayMatrix, parts: list[Event], columns: dict[str, int]) -> DayMatrix:
    """What `with_sleep_log` says of the night's part before midnight."""
    before = np.zeros(EVENING, bool)  # by minutes before midnight
    for event in parts:
        if not event.stage and event.start < 0:
            before[: -event.start] = True
    marked = np.flatnonzero(before.reshape(-1, SMALLER).mean(1) >= 0.5)
    if "awake" not in columns or not len(marked):
        return day
    marked = marked[day.values[marked, columns["awake"]] == 0]
    values = day.values.copy()
    values[marked, columns["awake"]] = ASLEEP_BEFORE
    return replace(day, values=values)
