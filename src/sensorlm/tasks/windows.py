"""Days with labels in, labelled windows out: the questions that real recordings can mark right or wrong.

A window is the day with the rest hidden. Labels come from events or from channels that the asked model does not read.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sensorlm.records import MINUTES_PER_DAY, DayMatrix, Event

Labeller = Callable[[DayMatrix, int, int], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledWindow:
    """Minutes [start, end) of one of a list of days, and what they are."""

    day: int
    start: int
    end: int
    label: str


def overlap(event: Event, start: int, end: int) -> int:
    """Minutes of an event that lie in [start, end)."""
    return max(0, min(event.end, end) - max(event.start, start))


def filling(
    day: DayMatrix, start: int, end: int, class_of: Callable[[Event], str | None], *, share: float = 0.8,
    first: Iterable[str] = (),
) -> str | None:  # fmt: skip
    """The class whose events fill most of the window, and at least `share` of it.

    Args:
        day: the day.
        start: first minute.
        end: minute after the last.
        class_of: event -> class; None: it is no class.
        share: least part of the window.
        first: of classes that fill it equally, the first of these; without, the one that is met first.
    """
    minutes = dict.fromkeys(first, 0)
    for event in day.events:
        kind = class_of(event)
        if kind is not None:
            minutes[kind] = minutes.get(kind, 0) + overlap(event, start, end)
    best = max(minutes, key=lambda name: minutes[name], default=None)
    return best if best is not None and minutes[best] >= share * (end - start) else None


def asleep_or_awake(day: DayMatrix, start: int, end: int) -> str | None:
    """Say "asleep" or "awake" where the sleep log is clear: four fifths of the window inside a sleep, or all outside.

    Nothing is said of days without any logged sleep: there the person may have slept without the device.
    """
    sleeps = [e for e in day.events if e.kind == "sleep" and not e.stage]
    if "sleep" not in day.logged or not sleeps:
        return None
    inside = sum(overlap(e, start, end) for e in sleeps)
    awake = [e for e in day.events if e.kind == "sleep" and e.stage == "awake"]
    inside -= sum(overlap(e, start, end) for e in awake)
    if inside >= 0.8 * (end - start):
        return "asleep"
    near = any(e.start - 30 < end and e.end + 30 > start for e in sleeps)
    return None if near else "awake"


def activity_of(names: Mapping[str, str], share: float = 0.8) -> Labeller:
    """A labeller by logged activities: the class whose events fill at least `share` of the window.

    Args:
        names: event label -> class; labels not named here are no class.
        share: least part of the window.
    """

    def class_of(event: Event) -> str | None:
        return names.get(event.label) if event.kind == "activity" else None

    def label(day: DayMatrix, start: int, end: int) -> str | None:
        return filling(day, start, end, class_of, share=share)

    return label


def labelled_windows(
    days: Sequence[DayMatrix],
    labeller: Labeller,
    *,
    minutes: int = 30,
    stride: int = 30,
    needs: Sequence[str] = (),
    min_share: float = 0.5,
) -> list[LabelledWindow]:
    """All windows of all days that have a label and enough data to be asked.

    Args:
        days: days.
        labeller: says what a window is, or None.
        minutes: length of a window.
        stride: minutes between starts.
        needs: channels that must be observed; empty: any channel will do.
        min_share: least observed part of each needed channel (or of the minutes with anything at all).
    """
    found = []
    for i, day in enumerate(days):
        if needs:
            columns = [day.channel_keys.index(key) for key in needs]
            seen = np.asarray(day.observed[:, columns].all(axis=1))
        else:
            seen = np.asarray(day.observed.any(axis=1))
        for start in range(0, MINUTES_PER_DAY - minutes + 1, stride):
            if seen[start : start + minutes].mean() < min_share:
                continue
            label = labeller(day, start, start + minutes)
            if label is not None:
                found.append(LabelledWindow(day=i, start=start, end=start + minutes, label=label))
    return found


def window_values(days: Sequence[DayMatrix], windows: Sequence[LabelledWindow]) -> NDArray[np.float32]:
    """(n, minutes, c) values of equally long windows, NaN where missing."""
    return np.stack([days[w.day].values[w.start : w.end] for w in windows])
