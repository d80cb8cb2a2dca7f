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

    def hr_quantile(self, q: float, start: int = 0, end: int = 1440) -> float | None:
        """A quantile of the heart rate in bpm."""
        if self.hr is None or not self.seen(self.hr, start, end):
            return None
        return float(np.nanquantile(self.hr[start:end], q))

    def hr_spread(self, start: int = 0, end: int = 1440) -> float | None:
        """Standard deviation of the heart rate in bpm."""
        if self.hr is None or not self.seen(self.hr, start, end):
            return None
        return float(np.nanstd(self.hr[start:end]))

    def hr_share(self, low: float, high: float, start: int = 0, end: int = 1440) -> float | None:
        """Share of the minutes with a pulse in which it was at least `low` and below `high` bpm."""
        if self.hr is None or not self.seen(self.hr, start, end):
            return None
        with np.errstate(invalid="ignore"):
            inside = (self.hr[start:end] >= low) & (self.hr[start:end] < high)
        return float(inside.sum() / (~np.isnan(self.hr[start:end])).sum())

    def hr_while(self, least: float, most: float, start: int = 0, end: int = 1440) -> float | None:
        """Mean heart rate in bpm over minutes of `least` to `most` steps; None with fewer than 20 such minutes."""
        if self.hr is None or self.steps is None or not self.seen(self.hr, start, end):
            return None
        if not self.seen(self.steps, start, end):
            return None
        steps, hr = self.steps[start:end], self.hr[start:end]
        with np.errstate(invalid="ignore"):
            chosen = (steps >= least) & (steps <= most) & ~np.isnan(hr)
        return float(hr[chosen].mean()) if chosen.sum() >= 20 else None

    def hr_turn(self, highest: bool, start: int = 0, end: int = 1440) -> int | None:
        """Minute in the middle of the quarter hour whose mean pulse is the highest, or else the lowest.

        None unless 0.9 of the minutes have a pulse; quarter hours with a minute missing are passed over.
        """
        if self.hr is None or not self.seen(self.hr, start, end, 0.9):
            return None
        means = np.convolve(self.hr[start:end].astype(np.float64), np.full(15, 1 / 15), "valid")
        if np.isnan(means).all():
            return None
        return start + 7 + int(np.nanargmax(means if highest else -means))

    def hr_drop(self, rate: float = 60, least: int = 10) -> float | None:
        """How many bpm the pulse falls within five minutes of a walk, the mean over walks of `least` minutes or more.

        Of each walk: the mean of its last five minutes less the mean of the third to fifth minute after it. None
        without such a walk whose minutes have a pulse.
        """
        walks = self.runs(rate)
        if self.hr is None or walks is None:
            return None
        parts = [(self.hr[e - 5 : e], self.hr[e + 2 : e + 5]) for s, e in walks if e - s >= least and e + 5 <= 1440]
        drops = [float(a.mean() - b.mean()) for a, b in parts if not np.isnan(a).any() and not np.isnan(b).any()]
        return float(np.mean(drops)) if drops else None

    @property
    def hr_asleep(self) -> float | None:
        """Mean heart rate in bpm over the part of the main sleep that lies in this day."""
        return None if self.night is None else self.hr_mean(max(self.night[0], 0), self.night[1])

    def hr_minutes_over(self, bpm: float, start: int = 0, end: int = 1440) -> int | None:
        """Minutes with a pulse above `bpm`."""
        if self.hr is None or not self.seen(self.hr, start, end):
            return None
        with np.errstate(invalid="ignore"):
            return int((self.hr[start:end] > bpm).sum())

    def runs(self, rate: float, start: int = 0, end: int = 1440, gap: int = 2) -> list[tuple[int, int]] | None:
        """(start, end) of stretches of minutes at `rate` steps or more, pauses of up to `gap` minutes forgiven."""
        if self.steps is None or not self.seen(self.steps, start, end):
            return None
        return _stretches(self.steps[start:end], rate, start, gap)

    def longest_run(self, rate: float, start: int = 0, end: int = 1440, gap: int = 2) -> int | None:
        """Longest stretch of minutes at `rate` steps or more, pauses of up to `gap` minutes forgiven."""
        runs = self.runs(rate, start, end, gap)
        return None if runs is None else max((e - s for s, e in runs), default=0)

    def efforts(self, bpm: float, start: int = 0, end: int = 1440, gap: int = 2) -> list[tuple[int, int]] | None:
        """(start, end) of stretches of minutes with a pulse of `bpm` or more, `gap` minutes without forgiven."""
        if self.hr is None or not self.seen(self.hr, start, end):
            return None
        return _stretches(self.hr[start:end], bpm, start, gap)

    def step_minutes(self, least: float, most: float, start: int = 0, end: int = 1440) -> int | None:
        """Minutes of at least `least` and at most `most` steps."""
        if self.steps is None or not self.seen(self.steps, start, end):
            return None
        with np.errstate(invalid="ignore"):
            return int(((self.steps[start:end] >= least) & (self.steps[start:end] <= most)).sum())

    def still_share(self, start: int, end: int) -> float | None:
        """Share of the recorded minutes without a step."""
        if self.steps is None or not self.seen(self.steps, start, end):
            return None
        return float((self.steps[start:end] == 0).sum() / (~np.isnan(self.steps[start:end])).sum())

    def hourly_steps(self, start: int = 0, end: int = 24) -> NDArray[np.float64] | None:
        """(end - start,) steps in each clock hour; None unless 0.9 of the waking minutes (06:00 to 22:00) are there."""
        if self.steps is None or not self.seen(self.steps, 360, 1320, 0.9):
            return None
        hours: NDArray[np.float64] = np.nansum(self.steps.reshape(24, 60).astype(np.float64), axis=1)
        return hours[start:end]

    @property
    def busiest_hour(self) -> int | None:
        """Clock hour (0 to 23) with the most steps; None on days of fewer than 1000 steps."""
        hours = self.hourly_steps()
        return None if hours is None or hours.sum() < 1000 else int(hours.argmax())

    @property
    def busiest_share(self) -> float | None:
        """Share of the day's steps that fall in its busiest clock hour; None on days of fewer than 1000 steps."""
        hours = self.hourly_steps()
        return None if hours is None or hours.sum() < 1000 else float(hours.max() / hours.sum())

    @property
    def first_steps(self) -> int | None:
        """Minute from 04:00 on at which walking begins: a step, and 50 or more within ten minutes.

        None where nobody walks, or less than 0.9 of the minutes from 04:00 until then were recorded.
        """
        at = self._walking()
        at = at[at >= 240]
        return int(at[0]) if len(at) and self.seen(self.steps, 240, int(at[0]) + 1, 0.9) else None

    @property
    def last_steps(self) -> int | None:
        """Last minute before midnight at which walking begins: a step, and 50 or more within ten minutes.

        None where nobody walks after 12:00, or less than 0.9 of the minutes from then to midnight were recorded.
        """
        at = self._walking()
        at = at[at >= 720]
        return int(at[-1]) if len(at) and self.seen(self.steps, int(at[-1]), 1440, 0.9) else None

    def _walking(self) -> NDArray[np.intp]:
        """Minutes with a step and 50 or more steps in the ten minutes that they begin."""
        if self.steps is None:
            return np.zeros(0, np.intp)
        steps = np.nan_to_num(self.steps, nan=0.0)
        ten = np.convolve(steps, np.ones(10), "full")[9:]
        return np.flatnonzero((steps > 0) & (ten >= 50))

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
    def awake_minutes(self) -> float | None:
        """Minutes of the main sleep spent awake or restless; None where the device does not tell."""
        share, minutes = self.awake_share, self.sleep_minutes
        return None if share is None or minutes is None else share * minutes

    def asleep_between(self, start: int, end: int) -> int | None:
        """Minutes of logged sleep between two minutes of the day; None on days without any."""
        whole = [e for e in self.day.events if e.kind == "sleep" and not e.stage]
        if "sleep" not in self.day.logged or not whole:
            return None
        asleep = np.zeros(1440, bool)
        for event in whole:
            asleep[max(event.start, 0) : max(event.end, 0)] = True
        return int(asleep[start:end].sum())

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

    def longest_off(self, start: int = 0, end: int = 1440) -> int:
        """Longest stretch of minutes in which nothing at all was recorded."""
        off = np.where(self.day.observed[start:end].any(axis=1), np.float32(0), np.float32(1))
        return max((e - s for s, e in _stretches(off, 1, start, 0)), default=0)

    def hr_lacking(self, start: int = 0, end: int = 1440) -> int:
        """Minutes in which something was recorded, but no pulse; all that were recorded where no pulse is known."""
        recorded = self.day.observed[start:end].any(axis=1)
        return int(recorded.sum() if self.hr is None else (recorded & np.isnan(self.hr[start:end])).sum())


def _stretches(column: NDArray[np.float32], least: float, start: int, gap: int) -> list[tuple[int, int]]:
    """(start, end) of stretches at `least` or more, up to `gap` minutes below or missing forgiven, plus `start`."""
    with np.errstate(invalid="ignore"):
        at = np.flatnonzero(column >= least)
    if not len(at):
        return []
    breaks = np.flatnonzero(np.diff(at) > gap + 1)
    first, last = at[np.concatenate([[0], breaks + 1])], at[np.concatenate([breaks, [len(at) - 1]])]
    return [(start + s, start + e + 1) for s, e in zip(first.tolist(), last.tolist(), strict=True)]
