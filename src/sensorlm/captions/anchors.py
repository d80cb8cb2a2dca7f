"""Sleeps of many days in, days laid out around them instead of around the clock out: "the first hour after waking".

A subject with an anchor, "steps@waking" or "event:sleep:awake@night", is asked in minutes of a frame: the day moved so
that the anchor lies at a fixed minute, the same for every day, and nothing lies outside the day. So each statistic
works on it as it does on the clock's minutes. A day without the anchor cannot tell.

Anchors are edges of whole nights: sleeps at most PAUSE minutes apart count as one night, because logs cut nights into
pieces. The night is the longest that reaches into the day's first half, the coming one the longest that begins after
19:00; neither counts below LEAST_NIGHT minutes.

Letters in shapes: b days, t = 1440 minutes, m nights.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.records import MINUTES_PER_DAY, Quantity

MARK = "@"
ANCHORS: Mapping[str, int] = {"waking": 240, "asleep": 240, "bedtime": 1200, "again": 720, "night": 0}
"""Anchor -> the minute of its frame where it lies.

- "waking": the end of the night. Frame: 4 hours before it to 20 hours after.
- "asleep": the beginning of the night, mostly before midnight and thus outside the day. 4 hours before to 20 after.
- "bedtime": the beginning of the coming night, where the day holds it. 20 hours before to 4 hours after.
- "again": a day after the night began, to compare this evening with the last. 12 hours before to 12 after.
- "night": the night itself spread over the 1440 minutes of the frame, so that 480 is a third of it, however long it
  was. Ask for means, shares and times in it; a sum or a count of minutes would be one of stretched minutes. Events
  answer for the whole night, channels only where at least SEEN of it lies within the day.
"""
SEEN = 0.85
PAUSE = 60
LEAST_NIGHT = 120
EVENING_FROM = 19 * 60


def parted(subject: str) -> tuple[str, str]:
    """("steps", "waking") of "steps@waking"; the anchor is "" of a subject without one."""
    base, mark, anchor = subject.rpartition(MARK)
    return (base, anchor) if mark and anchor in ANCHORS else (subject, "")


def told_by(quantity: Quantity, start: int, end: int) -> bool:
    """Whether a day of which the minutes from `start` to `end` are shown may answer; a frame takes the whole day."""
    if parted(quantity.subject)[1]:
        return (start, end) == (0, MINUTES_PER_DAY)
    return start <= quantity.start and quantity.end <= end


@dataclass(frozen=True, eq=False)
class Frame:
    """How the clock's minutes of b days become those of a frame."""

    origin: NDArray[np.float64]
    """(b,) the anchor in minutes of the day, NaN where a day has none."""
    step: NDArray[np.float64]
    """(b,) the day's minutes in one minute of the frame: 1, but for "night"."""
    place: int
    """The anchor's minute in the frame."""

    @property
    def known(self) -> NDArray[np.bool_]:
        """(b,) whether a day has the anchor."""
        return ~np.isnan(self.origin)

    def for_channels(self) -> "Frame":
        """The same frame without the nights of which the day holds too little: their lowest pulse may lie outside."""
        if self.place != ANCHORS["night"]:
            return self
        end = self.origin + MINUTES_PER_DAY * self.step
        inside = np.minimum(end, MINUTES_PER_DAY) - np.maximum(self.origin, 0)
        enough = inside >= SEEN * MINUTES_PER_DAY * self.step
        return Frame(np.where(enough, self.origin, np.nan), self.step, self.place)

    def of_minutes(self, values: NDArray[Any], rows: slice) -> NDArray[Any]:
        """(rows, t) minutes of some of the days moved into the frame, NaN outside the day and without an anchor."""
        away = np.arange(values.shape[1]) - self.place
        # The smallest fraction keeps a product such as 3 * (1 / 3) from falling short of its whole minute.
        source = np.floor(self.origin[rows, None] + away * self.step[rows, None] + 1e-6)
        inside = (source >= 0) & (source < values.shape[1])
        taken = np.take_along_axis(values, np.where(inside, source, 0).astype(np.int64), axis=1)
        return np.where(inside, taken, np.float32(np.nan))

    def of_events(self, day: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.int64]:
        """(m,) edges of events of days that have the anchor, moved into the frame and rounded."""
        moved = self.place + (at - self.origin[day]) / self.step[day]
        return np.rint(moved).astype(np.int64)


def frame_of(
    anchor: str, day: NDArray[np.int64], starts: NDArray[np.int64], ends: NDArray[np.int64], days: int
) -> Frame:
    """The frame of an anchor from the (m,) day, start and end of all nights of so many days."""
    if anchor == "bedtime":
        fits = (starts >= EVENING_FROM) & (starts < MINUTES_PER_DAY)
    else:
        fits = (starts < MINUTES_PER_DAY // 2) & (ends > 0)
    chosen = np.flatnonzero(fits & (ends - starts >= LEAST_NIGHT))
    order = chosen[np.lexsort((starts[chosen], (starts - ends)[chosen], day[chosen]))]
    with_one, first = np.unique(day[order], return_index=True)
    edges = np.full((2, days), np.nan)
    edges[:, with_one] = starts[order[first]], ends[order[first]]
    origin = edges[1] if anchor == "waking" else edges[0] + (MINUTES_PER_DAY if anchor == "again" else 0)
    step = (edges[1] - edges[0]) / MINUTES_PER_DAY if anchor == "night" else np.ones(days)
    return Frame(origin, step, ANCHORS[anchor])
