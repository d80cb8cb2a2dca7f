"""Events of many days in, minutes, counts, starts and ends over windows out.

A subject is "event:KIND" or "event:KIND:WHICH". WHICH is an activity's or mood's label (in any case), or a stage of
sleep, or several of them with | between ("event:activity:running|treadmill run"); "event:sleep" alone means whole
sleeps, not their stages. With an anchor ("event:sleep:awake@night") minutes are those of its frame, see `anchors`.
Several events that touch a window answer "start",
"end" and "longest" through the longest of them, the earlier one on a tie, with its own uncut minutes: sleep that
began at 23:10 yesterday starts at minute -50. Moods logged at one moment have length 0 and are counted all the same.

Letters in shapes: b days, q windows, m events.
"""

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from sensorlm.captions.anchors import MARK, PAUSE, Frame, frame_of, parted
from sensorlm.captions.tracks import Bools, Floats, Windows
from sensorlm.records import EVENT_KINDS, MINUTES_PER_DAY, Event

FAR = 1 << 32
"""Minutes, more than any event lasts."""


class EventTable:
    """The events of b days by kind and by label or stage, sorted once for all subjects."""

    def __init__(self, events: Sequence[Sequence[Event]], logged: Sequence[frozenset[str]]) -> None:
        self._logged = logged
        self._rows: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
        for day, found in enumerate(events):
            for e in found:
                which = e.stage if e.kind == "sleep" else one_line(e.label).lower()
                row = (day, e.start, e.end)
                self._rows.setdefault((e.kind, which), []).append(row)
                if e.kind != "sleep" and which:
                    self._rows.setdefault((e.kind, ""), []).append(row)
        self.nights: Bools = np.array([any(map(_is_night, day)) for day in events], bool)
        """(b,) whether a night's sleep was logged."""
        staged = [any(e.stage for e in day if e.kind == "sleep") for day in events]
        self.staged: Bools = np.array(staged, bool) & self.known("sleep")
        """(b,) whether stages of sleep were logged."""
        graded = [any(e.stage not in ("", "awake") for e in day if e.kind == "sleep") for day in events]
        self.graded: Bools = np.array(graded, bool) & self.staged
        """(b,) whether more of them than "awake" were logged: some devices tell no deep sleep from light."""
        self._frames: dict[str, Frame] = {}

    def known(self, kind: str) -> Bools:
        """(b,) whether such events were logged."""
        return np.array([kind in kinds for kinds in self._logged], bool)

    def rows(self, kind: str, which: Sequence[str]) -> NDArray[np.int64]:
        """(m, 3) day, start and end of the events with one of some labels or stages; by day, the longest first."""
        found = [row for one in dict.fromkeys(which or [""]) for row in self._rows.get((kind, one), ())]
        return np.array(sorted(found, key=lambda r: (r[0], r[1] - r[2], r[1])), np.int64).reshape(-1, 3)

    def frame(self, anchor: str) -> Frame:
        """How the days lie around an edge of their nights; no day has one whose sleep was not logged."""
        if anchor not in self._frames:
            rows = self.rows("sleep", ())
            rows = rows[self.known("sleep")[rows[:, 0]]]
            nights = joined(rows[:, 0], rows[:, 1], rows[:, 2], pause=PAUSE)
            self._frames[anchor] = frame_of(anchor, *nights, len(self._logged))
        return self._frames[anchor]


class EventTrack:
    """The events of one subject over b days."""

    def __init__(self, subject: str, table: EventTable) -> None:
        named, anchor = parted(subject)
        _, kind, *rest = named.split(":", 2)
        which = [one_line(label).lower() for label in rest[0].split("|")] if rest else []
        stages = table.staged if "awake" in which else table.graded
        self.known: Bools = stages if kind == "sleep" and which else table.known(kind)
        # Nobody is awake for days: a day of a sleep log without a night in it was not logged. Only where a sleep
        # touches the first half of the day does "no sleep" in some window mean that the person was awake.
        self.complete: Bools = table.nights if kind == "sleep" else np.ones(len(self.known), bool)
        # Longest first within a day, so that the first that touches a window is the one that answers.
        rows = table.rows(kind, which)
        if anchor:
            frame = table.frame(anchor)
            self.known = self.known & frame.known
            rows = rows[frame.known[rows[:, 0]]]
            rows[:, 1:] = np.stack([frame.of_events(rows[:, 0], edge) for edge in rows[:, 1:].T], 1)
        self.day: NDArray[np.int64] = rows[:, 0]
        self.starts: NDArray[np.int64] = rows[:, 1]
        self.ends: NDArray[np.int64] = rows[:, 2]
        self._alike, self._table = f"event:{kind}" + (MARK + anchor if anchor else ""), table

    def __len__(self) -> int:
        return len(self.known)

    def touches(self, w: Windows) -> Bools:
        """(m, q) whether an event shares a minute with a window, or happens at a moment inside it."""
        start, end = self.starts[:, None], self.ends[:, None]
        moment = (start == end) & (start >= w.start) & (start < w.end)
        return np.asarray(((start < w.end) & (end > w.start)) | moment)

    def minutes(self, w: Windows) -> Floats:
        """(b, q) minutes of the window inside at least one event."""
        day, starts, ends = self._merged
        inside = np.minimum(ends[:, None], w.end) - np.maximum(starts[:, None], w.start)
        out = np.zeros((len(self), len(w.start)))
        np.add.at(out, day, np.maximum(inside, 0))
        return self._known(out, w)

    @cached_property
    def _merged(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Day, start and end of stretches that do not overlap."""
        return joined(self.day, self.starts, self.ends)

    def share(self, w: Windows) -> Floats:
        """(b, q) share of the window inside at least one event."""
        return np.asarray(self.minutes(w) / np.maximum(w.length, 1), np.float64)

    def part(self, w: Windows) -> Floats:
        """(b, q) their share of the window's minutes in any event of the kind; NaN where there is none."""
        whole = EventTrack(self._alike, self._table).minutes(w)
        return np.asarray(self.minutes(w) / np.where(whole > 0, whole, np.nan), np.float64)

    def unbroken(self, w: Windows) -> Floats:
        """(b, q) longest stretch that touches the window, uncut, events without a gap between taken as one."""
        day, starts, ends = self._merged
        inside = (starts[:, None] < w.end) & (ends[:, None] > w.start)
        out = np.zeros((len(self), len(w.start)))
        np.maximum.at(out, day, np.where(inside, (ends - starts)[:, None], 0))
        return self._known(out, w)

    def count(self, w: Windows) -> Floats:
        """(b, q) events that touch the window."""
        out = np.zeros((len(self), len(w.start)))
        np.add.at(out, self.day, self.touches(w))
        return self._known(out, w)

    def entries(self, w: Windows) -> Floats:
        """(b, q) `count`, but where the log was kept, 0 is an answer for sleep too, even on a day without a night."""
        out = np.zeros((len(self), len(w.start)))
        np.add.at(out, self.day, self.touches(w))
        return np.where(self.known[:, None], out, np.nan)

    def start(self, w: Windows) -> Floats:
        """(b, q) start of the longest event that touches the window; NaN where none does."""
        return self._longest(w, self.starts)

    def end(self, w: Windows) -> Floats:
        """(b, q) end of the longest event that touches the window; NaN where none does."""
        return self._longest(w, self.ends)

    def middle(self, w: Windows) -> Floats:
        """(b, q) middle of the longest event that touches the window; NaN where none does."""
        return self._longest(w, self.starts + self.ends) / 2

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


def joined(
    day: NDArray[np.int64], starts: NDArray[np.int64], ends: NDArray[np.int64], pause: int = 0
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Day, start and end of stretches: events that overlap, or lie at most `pause` minutes apart, taken as one."""
    order = np.lexsort((starts, day))
    day, starts, ends = day[order], starts[order], ends[order]
    if not len(day):
        return day, starts, ends
    # Days lie far apart on one line, so that no event reaches into the next.
    reach = np.maximum.accumulate(day * FAR + ends)
    opens = np.flatnonzero(np.append(True, (day * FAR + starts)[1:] > reach[:-1] + pause))
    last = np.append(opens[1:], len(day)) - 1
    return day[opens], starts[opens], reach[last] - day[opens] * FAR


def _is_night(event: Event) -> bool:
    return event.kind == "sleep" and not event.stage and event.start < MINUTES_PER_DAY // 2 and event.end > 0


@lru_cache(maxsize=4096)
def one_line(label: str) -> str:
    """A logged label without line breaks and without marks that would end a sentence or part labels."""
    return " ".join(re.sub(r"[.;:,!?{}|]+", " ", label).split())


def is_event_subject(subject: str) -> bool:
    """Whether a quantity's subject names events: "event:" and a kind of EVENT_KINDS."""
    parts = parted(subject)[0].split(":", 2)
    return parts[0] == "event" and len(parts) > 1 and parts[1] in EVENT_KINDS
