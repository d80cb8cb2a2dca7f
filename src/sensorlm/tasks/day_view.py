"""One day in, the few plain readings that questions are answered from out.

Written apart from the captions room, so that the two can disagree. Each reading is None where the day's data
cannot tell. Times are minutes after local midnight.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sensorlm.records import DayMatrix

STEP_KEYS = ("steps", "step_count")


@dataclass(frozen=True)
class DayView:
    """Readings of one day."""

    day: DayMatrix

    def _column(self, *keys: str) -> NDArray[np.float32] | None:
        for key in keys:
            if key in self.day.channel_keys:
                return self.day.values[:, self.day.channel_keys.index(key)]
        return None

    @cached_property
    def hr(self) -> NDArray[np.float32] | None:
        """(1440,) bpm."""
        return self._column("HR")

    @cached_property
    def steps(self) -> NDArray[np.float32] | None:
        """(1440,) steps a minute."""
        return self._column(*STEP_KEYS)

    def seen(self, column: NDArray[np.float32] | None, start: int, end: int, share: float = 0.7) -> bool:
        """Whether at least `share` of the minutes were recorded."""
        return column is not None and float(np.mean(~np.isnan(column[start:end]))) >= share

    def steps_between(self, start: int, end: int) -> float | None:
        """Steps walked."""
        if self.steps is None or not self.seen(self.steps, start, end):
            return None
        return float(np.nansum(self.steps[start:end]))

    def hr_mean(self, start: int, end: int) -> float | None:
        """Mean heart rate."""
        if self.hr is None or not self.seen(self.hr, start, end):
            return None
        return float(np.nanmean(self.hr[start:end]))

    def hr_quantile(self, q: float) -> float | None:
        """A quantile of the whole day's heart rate."""
        if self.hr is None or not self.seen(self.hr, 0, 1440):
            return None
        return float(np.nanquantile(self.hr, q))

    def hr_minutes_over(self, bpm: float, start: int = 0, end: int = 1440) -> int | None:
        """Minutes with a pulse above `bpm`."""
        if self.hr is None or not self.seen(self.hr, start, end):
            return None
        with np.errstate(invalid="ignore"):
            return int((self.hr[start:end] > bpm).sum())

    def longest_run(self, rate: float, start: int = 0, end: int = 1440, gap: int = 2) -> int | None:
        """Longest stretch of minutes at `rate` steps or more, pauses of up to `gap` minutes forgiven."""
        if self.steps is None or not self.seen(self.steps, start, end):
            return None
        with np.errstate(invalid="ignore"):
            moving = np.flatnonzero(self.steps[start:end] >= rate)
        if not len(moving):
            return 0
        breaks = np.flatnonzero(np.diff(moving) > gap + 1)
        first = np.concatenate([[0], breaks + 1])
        last = np.concatenate([breaks, [len(moving) - 1]])
        return int((moving[last] - moving[first] + 1).max())

    def longest_still(self, start: int, end: int) -> int | None:
        """Longest stretch of recorded minutes without a step."""
        if self.steps is None or not self.seen(self.steps, start, end, 0.9):
            return None
        still = np.concatenate([[False], self.steps[start:end] == 0, [False]]).astype(int)
        edges = np.flatnonzero(np.diff(still))
        return int((edges[1::2] - edges[::2]).max()) if len(edges) else 0

    @cached_property
    def night(self) -> tuple[int, int] | None:
        """(start, end) of the main sleep that ended this day: parts less than 90 minutes apart belong together."""
        if "sleep" not in self.day.logged:
            return None
        parts = sorted((e.start, e.end) for e in self.day.events if e.kind == "sleep" and not e.stage)
        joined: list[tuple[int, int]] = []
        for start, end in parts:
            if joined and start - joined[-1][1] < 90:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        nights = [(s, e) for s, e in joined if 120 <= e <= 900 and e - s >= 120]
        return max(nights, key=lambda p: p[1] - p[0]) if nights else None

    @property
    def sleep_minutes(self) -> int | None:
        """Length of the main sleep."""
        return None if self.night is None else self.night[1] - self.night[0]

    @property
    def awake_share(self) -> float | None:
        """Share of the main sleep spent awake or restless; None where the device does not tell."""
        if self.night is None:
            return None
        start, end = self.night
        inside = [
            e for e in self.day.events if e.kind == "sleep" and e.stage == "awake" and e.start < end and e.end > start
        ]
        if not inside:
            return None
        return sum(min(e.end, end) - max(e.start, start) for e in inside) / (end - start)

    @property
    def nap_minutes(self) -> int | None:
        """Minutes of sleep between 11:00 and 19:00."""
        if "sleep" not in self.day.logged or self.night is None:
            return None
        naps = [e for e in self.day.events if e.kind == "sleep" and not e.stage and e.start >= 660 and e.end <= 1140]
        return sum(e.end - e.start for e in naps)

    def off_minutes(self, start: int, end: int) -> int:
        """Minutes in which nothing at all was recorded."""
        return int((~self.day.observed[start:end]).all(axis=1).sum())
