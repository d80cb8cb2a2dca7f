"""Events of many days in, minutes, counts, starts and ends over windows out.

A subject is "event:KIND" or "event:KIND:WHICH". WHICH is an activity's or mood's label (in any case), or a stage of
sleep; "event:sleep" alone means whole sleeps, not their stages. Several events that touch a window answer "start",
"end" and "longest" through the longest of them, the earlier one on a tie, with its own uncut minutes: sleep that
began at 23:10 yesterday starts at minute -50. Moods logged at one moment have length 0 and are counted all the same.

Letters in shapes: b days, q windows, m events.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sensorlm.captions.tracks import Bools, Floats, Windows, between, running
from sensorlm.records import EVENT_KINDS, MINUTES_PER_DAY, Event


class EventTrack:
    """The events of one subject over b days."""

    def __init__(self, subject: str, events: Sequence[Sequence[Event]], logged: Sequence[frozenset[str]]) -> None:
        _, self.kind, *rest = subject.split(":", 2)
        self.which = one_line(rest[0]).lower() if rest else ""
        known = [self.kind in kinds for kinds in logged]
        if self.kind == "sleep" and self.which:
            known = [k and any(e.stage for e in day if e.kind == "sleep") for k, day in zip(known, events, strict=True)]
        self.known: Bools = np.array(known, bool)
        # Nobody is awake for days: a day of a sleep log without a night in it was not logged. Only where a sleep
        # touches the first half of the day does "no sleep" in some window mean that the person was awake.
        nights = [self.kind != "sleep" or any(map(_is_night, day)) for day in events]
        self.complete: Bools = np.array(nights, bool)
        # Longest first within a day, so that the first that touches a window is the one that answers.
        rows = [
            (day, e.start, e.end)
            for day, found in enumerate(events)
            for e in sorted(filter(self.matches, found), key=lambda e: (e.start - e.end, e.start))
        ]
        table = np.array(rows, np.int64).reshape(-1, 3)
        self.day: NDArray[np.int64] = table[:, 0]
        self.starts: NDArray[np.int64] = table[:, 1]
        self.ends: NDArray[np.int64] = table[:, 2]

    def __len__(self) -> int:
        return len(self.known)

    def matches(self, event: Event) -> bool:
        """Whether an event is of this subject."""
        if event.kind != self.kind:
            return False
        if self.kind == "sleep":
            return event.stage == self.which
        return not self.which or one_line(event.label).lower() == self.which

    def touches(self, w: Windows) -> Bools:
        """(m, q) whether an event shares a minute with a window, or happens at a moment inside it."""
        start, end = self.starts[:, None], self.ends[:, None]
        moment = (start == end) & (start >= w.start) & (start < w.end)
        return np.asarray(((start < w.end) & (end > w.start)) | moment)

    def minutes(self, w: Windows) -> Floats:
        """(b, q) minutes of the window inside at least one event."""
        # +1 where an event opens, -1 where it closes: a minute lies inside one while the running sum is above 0.
        edges = np.zeros((len(self), MINUTES_PER_DAY + 1), np.int32)
        np.add.at(edges, (self.day, np.clip(self.starts, 0, MINUTES_PER_DAY)), 1)
        np.add.at(edges, (self.day, np.clip(self.ends, 0, MINUTES_PER_DAY)), -1)
        inside = edges[:, :-1].cumsum(1) > 0
        return self._known(between(running(inside, np.int32), w).astype(np.float64), w)

    def share(self, w: Windows) -> Floats:
        """(b, q) share of the window inside at least one event."""
        return np.asarray(self.minutes(w) / np.maximum(w.length, 1), np.float64)

    def count(self, w: Windows) -> Floats:
        """(b, q) events that touch the window."""
        out = np.zeros((len(self), len(w.start)))
        np.add.at(out, self.day, self.touches(w))
        return self._known(out, w)

    def start(self, w: Windows) -> Floats:
        """(b, q) start of the longest event that touches the window; NaN where none does."""
        return self._longest(w, self.starts)

    def end(self, w: Windows) -> Floats:
        """(b, q) end of the longest event that touches the window; NaN where none does."""
        return self._longest(w, self.ends)

    def longest(self, w: Windows) -> Floats:
        """(b, q) length of the longest event that touches the window, minutes; 0 where none does."""
        return self._known(np.nan_to_num(self._longest(w, self.ends - self.starts)), w)

    def _longest(self, w: Windows, column: NDArray[np.int64]) -> Floats:
        out = np.full((len(self), len(w.start)), np.nan)
        if len(self.day):
            order = np.where(self.touches(w), np.arange(len(self.day))[:, None], len(self.day))
            days, first = np.unique(self.day, return_index=True)
            best = np.minimum.reduceat(order, first, axis=0)  # (days with events, q)
            out[days] = np.where(best < len(self.day), np.append(column, 0)[best], np.nan)
        return self._known(out, w)

    def _known(self, values: Floats, w: Windows) -> Floats:
        touched = np.zeros((len(self), len(w.start)), bool)
        np.logical_or.at(touched, self.day, self.touches(w))
        return np.where(self.known[:, None] & (self.complete[:, None] | touched), values, np.nan)


def _is_night(event: Event) -> bool:
    return event.kind == "sleep" and not event.stage and event.start < MINUTES_PER_DAY // 2 and event.end > 0


@lru_cache(maxsize=4096)
def one_line(label: str) -> str:
    """A logged label without line breaks and without marks that would end a sentence."""
    return " ".join(re.sub(r"[.;:,!?{}]+", " ", label).split())


def is_event_subject(subject: str) -> bool:
    """Whether a quantity's subject names events: "event:" and a kind of EVENT_KINDS."""
    parts = subject.split(":", 2)
    return parts[0] == "event" and len(parts) > 1 and parts[1] in EVENT_KINDS
