"""Facts and days in, true, false or cannot be told out, for many of both at once.

Letters in shapes: b days, t = 1440 minutes, c channels, q quantities, f facts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sensorlm.captions.anchors import ANCHORS, MARK, Frame, parted, told_by
from sensorlm.captions.derived import DERIVED, Sources, derived_tracks
from sensorlm.captions.event_tracks import EventTable, EventTrack, is_event_subject
from sensorlm.captions.statistics import STATISTICS
from sensorlm.captions.tracks import Floats, Track, Windows
from sensorlm.captions.wearing import WORN_CHANNELS, worn_minutes
from sensorlm.errors import RecordError
from sensorlm.fact_json import caption_from_json, caption_to_json, fact_from_json, fact_to_json
from sensorlm.records import MINUTES_PER_DAY, DayMatrix, Event, Fact, Quantity

__all__ = [
    "ANY_CHANNEL", "STATISTICS", "VISIBLE", "WORN", "DayBatch", "caption_from_json", "caption_to_json",
    "check_quantity", "evaluate", "fact_from_json", "fact_to_json", "judge", "measure", "true_in_day",
]  # fmt: skip

ANY_CHANNEL = "any"
"""Subject of a "coverage" that asks whether any channel at all was recorded."""
WORN = "worn"
"""Subject of a "coverage", "longest_gap" or "long_gaps" that asks when the device was on the body (see `wearing`)."""
VISIBLE = (0, 0)
"""Window of a quantity that means "the minutes shown": "asleep" is asked of whatever stretch a model sees."""
CHUNK_DAYS = 128
"""Days measured together: one channel's running sums of so many stay inside a processor's cache."""


@dataclass(frozen=True, eq=False)
class DayBatch:
    """Days to be asked: values (b, t, c) float32 in channel units, NaN where missing, and their events."""

    values: NDArray[np.float32]
    channel_keys: tuple[str, ...]
    events: tuple[tuple[Event, ...], ...]
    """Per day, in minutes of that day."""
    logged: tuple[frozenset[str], ...]
    """Per day, the event kinds that were logged: elsewhere "no such event" means nothing."""

    def __post_init__(self) -> None:
        b = len(self.events)
        if self.values.shape != (b, MINUTES_PER_DAY, len(self.channel_keys)) or len(self.logged) != b:
            raise RecordError(
                f"a DayBatch of {b} days and {len(self.channel_keys)} channels has values of shape "
                f"{self.values.shape} and {len(self.logged)} logs. Give (days, 1440, channels) and one log a day."
            )

    def __len__(self) -> int:
        return len(self.events)

    @classmethod
    def from_days(cls, days: Sequence[DayMatrix]) -> "DayBatch":
        """Stack days of one channel set.

        Raises:
            RecordError: no day, or days of different channels.
        """
        if not days:
            raise RecordError("a DayBatch of 0 days was asked for. Give at least one day.")
        keys = days[0].channel_keys
        for day in days:
            if day.channel_keys != keys:
                raise RecordError(
                    f"day {day.key} has channels {day.channel_keys}, the first day {keys}. Batch days of one set."
                )
        return cls(
            np.stack([day.values for day in days]), keys,
            tuple(day.events for day in days), tuple(day.logged for day in days),
        )  # fmt: skip

    def restricted(self, start: int, end: int) -> "DayBatch":
        """The same days with every minute outside [start, end) hidden; events are labels and stay."""
        values = np.full_like(self.values, np.nan)
        values[:, start:end] = self.values[:, start:end]
        return DayBatch(values, self.channel_keys, self.events, self.logged)

    def chunks(self, size: int = CHUNK_DAYS) -> Iterator[tuple[slice, "DayBatch"]]:
        """Views of at most `size` days."""
        for first in range(0, len(self), size):
            at = slice(first, first + size)
            yield at, DayBatch(self.values[at], self.channel_keys, self.events[at], self.logged[at])

    def take(self, rows: NDArray[np.integer]) -> "DayBatch":
        """Some of the days."""
        if len(rows) == len(self) and bool((rows == np.arange(len(self))).all()):
            return self
        ids = rows.tolist()
        events, logged = tuple(self.events[i] for i in ids), tuple(self.logged[i] for i in ids)
        return DayBatch(self.values[rows], self.channel_keys, events, logged)

    def tracks(self, subjects: Sequence[str]) -> dict[str, Track]:
        """The minutes of several channels; a channel these days do not have is left out."""
        made = [subject for subject in subjects if subject in DERIVED]
        sources = [channel for subject in made for channel in DERIVED[subject].channels]
        needed = (*subjects, *(WORN_CHANNELS if WORN in subjects else ()), *sources)
        wanted = [s for s in needed if s in self.channel_keys]
        columns = self._columns(tuple(dict.fromkeys(wanted)))
        out = {subject: Track(columns[subject]) for subject in subjects if subject in columns}
        if ANY_CHANNEL in subjects:
            # 1 where anything was observed, else missing: enough for "coverage".
            out[ANY_CHANNEL] = Track(np.where(np.isnan(self.values).all(2), np.nan, 1.0))
        if WORN in subjects:
            out[WORN] = Track(worn_minutes(self.values, columns))
        out.update(derived_tracks(made, Sources(columns, self.events, self.logged)))
        return out

    def _columns(self, keys: tuple[str, ...]) -> dict[str, NDArray[np.float32]]:
        """(b, t) of each channel: day by day, because one day stays in the cache while its columns are taken apart."""
        places = [self.channel_keys.index(key) for key in keys]
        out = np.empty((len(keys), len(self), MINUTES_PER_DAY), np.float32)
        for day, values in enumerate(self.values):
            out[:, day] = values.take(places, axis=1).T
        return dict(zip(keys, out, strict=True))


def check_quantity(quantity: Quantity) -> None:
    """Refuse a quantity that no day could answer.

    Raises:
        RecordError: unknown statistic, a window outside the day, or a statistic that does not fit the subject.
    """
    statistic = STATISTICS.get(quantity.statistic)
    if statistic is None:
        raise RecordError(
            f"quantity {quantity.key}: no statistic {quantity.statistic!r}. Use one of {', '.join(STATISTICS)}."
        )
    shown = (quantity.start, quantity.end) == VISIBLE
    if not shown and not 0 <= quantity.start < quantity.end <= MINUTES_PER_DAY:
        raise RecordError(
            f"quantity {quantity.key}: window {quantity.start} to {quantity.end} must lie in 0 to {MINUTES_PER_DAY}, "
            "start before end."
        )
    base, anchor = parted(quantity.subject)
    unknown = MARK in base and base not in DERIVED and not base.startswith("event:")
    if unknown or (anchor and (shown or base in DERIVED)):
        raise RecordError(
            f"quantity {quantity.key}: after {MARK} comes one of {', '.join(ANCHORS)}, with a window in minutes of its "
            "frame, and before it a channel or events."
        )
    about_event = is_event_subject(quantity.subject)
    if about_event != (statistic.event is not None) or (quantity.subject.startswith("event:") and not about_event):
        raise RecordError(
            f"quantity {quantity.key}: statistic {quantity.statistic!r} cannot be asked of {quantity.subject!r}. "
            'Those named event_... take "event:sleep", "event:activity:..." or "event:mood:...", all others a channel.'
        )
    if quantity.subject in DERIVED and statistic.share < 0:
        raise RecordError(
            f"quantity {quantity.key}: {quantity.subject!r} has values in some minutes only, so its coverage and gaps "
            f"say nothing. Ask {quantity.statistic!r} of {' or '.join(DERIVED[quantity.subject].channels)}."
        )


def measure(
    quantities: Sequence[Quantity], batch: DayBatch, visible: NDArray[np.integer] | None = None
) -> NDArray[np.float32]:
    """(b, q) the numbers asked for, in float32; NaN where a day cannot tell.

    Args:
        quantities: What to ask; a window of VISIBLE means the minutes shown.
        batch: The days, whole (nothing needs to be hidden in them).
        visible: (b, 2) start and end of the minutes shown of each day; None shows all. What a quantity asks of other
            minutes cannot be told, be it about channels or events.

    Raises:
        RecordError: a quantity that no day could answer (see `check_quantity`).
    """
    if visible is None:
        return _measure([_shown(quantity, 0, MINUTES_PER_DAY) for quantity in quantities], batch)
    out = np.full((len(batch), len(quantities)), np.nan, np.float32)
    for start, end in np.unique(visible, axis=0).tolist():
        rows = np.flatnonzero((visible == (start, end)).all(1))
        asked = [_shown(quantity, start, end) for quantity in quantities]
        inside = [i for i, quantity in enumerate(asked) if told_by(quantity, start, end)]
        out[rows[:, None], np.array(inside, int)] = _measure([asked[i] for i in inside], batch.take(rows))
    return out


def _shown(quantity: Quantity, start: int, end: int) -> Quantity:
    if (quantity.start, quantity.end) != VISIBLE:
        return quantity
    return replace(quantity, start=start, end=end)


def _measure(quantities: Sequence[Quantity], batch: DayBatch) -> NDArray[np.float32]:
    out = np.full((len(batch), len(quantities)), np.nan, np.float32)
    asked = {
        subject: [(name, ids, _windows([quantities[i] for i in ids])) for name, ids in columns.items()]
        for subject, columns in _by_subject(quantities).items()
    }
    of_events = [subject for subject in asked if is_event_subject(subject)]
    framed = any(parted(subject)[1] for subject in asked)
    table = EventTable(batch.events, batch.logged) if of_events or framed else None
    for subject in of_events:
        assert table is not None
        events = EventTrack(subject, table)
        for name, ids, windows in asked[subject]:
            function = STATISTICS[name].event
            assert function is not None
            out[:, ids] = function(events, windows)
    channels = [subject for subject in asked if subject not in of_events]
    frames = _frames(channels, table)
    bases = tuple(dict.fromkeys(parted(subject)[0] for subject in channels))
    for rows, part in batch.chunks() if channels else ():
        tracks = part.tracks(bases)
        for base in list(tracks):
            whole = tracks.pop(base)  # with its running sums, many times as large as its column
            for subject in channels:
                if parted(subject)[0] != base:
                    continue
                frame = frames.get(subject)
                track = whole if frame is None else Track(frame.of_minutes(whole.values, rows))
                for name, ids, windows in asked[subject]:
                    found = _of_channel(name, track, windows)
                    known = True if frame is None else frame.known[rows, None]
                    out[rows.start : rows.stop, ids] = np.where(known, found, np.nan)
    return out


def _frames(subjects: Sequence[str], table: EventTable | None) -> dict[str, Frame]:
    """Subject -> how its minutes are moved, of those with an anchor."""
    anchors = {subject: parted(subject)[1] for subject in subjects}
    if table is None:
        return {}
    return {subject: table.frame(anchor).for_channels() for subject, anchor in anchors.items() if anchor}


def _by_subject(quantities: Sequence[Quantity]) -> dict[str, dict[str, list[int]]]:
    groups: dict[str, dict[str, list[int]]] = {}
    for i, quantity in enumerate(quantities):
        check_quantity(quantity)
        groups.setdefault(quantity.subject, {}).setdefault(quantity.statistic, []).append(i)
    return groups


def _windows(quantities: Sequence[Quantity]) -> Windows:
    table = np.array([(q.start, q.end, q.argument) for q in quantities], np.float64)
    return Windows(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2])


def _of_channel(name: str, track: Track, windows: Windows) -> Floats:
    statistic = STATISTICS[name]
    assert statistic.channel is not None
    values = statistic.channel(track, windows)
    if statistic.share < 0:
        return values
    return np.where(track.enough(windows, statistic.share), values, np.nan)


def judge(
    values: NDArray[np.floating], low: NDArray[np.floating], high: NDArray[np.floating], margin: NDArray[np.floating]
) -> NDArray[np.int8]:
    """+1 where low <= value <= high, 0 within `margin` outside or where the value is NaN, else -1; broadcasts."""
    true = (values >= low) & (values <= high)
    false = (values < low - margin) | (values > high + margin)
    return true.astype(np.int8) - false.astype(np.int8)


def evaluate(facts: Sequence[Fact], batch: DayBatch, visible: NDArray[np.integer] | None = None) -> NDArray[np.int8]:
    """(b, f) what each day says of each fact: +1 true, -1 false, 0 cannot be told; `visible` as in `measure`.

    Raises:
        RecordError: a fact whose quantity no day could answer.
    """
    quantities = list(dict.fromkeys(fact.quantity for fact in facts))
    column = {quantity: i for i, quantity in enumerate(quantities)}
    values = measure(quantities, batch, visible)[:, [column[fact.quantity] for fact in facts]]
    # Bounds as coarse as the values and as codes hold them: 3 minutes of 60 are 0.05, though float32's 0.05 is larger.
    low, high, margin = np.array([(f.low, f.high, f.margin) for f in facts], np.float32).reshape(-1, 3).T
    return judge(values, low, high, margin)


def true_in_day(facts: Sequence[Fact], day: DayMatrix) -> bool:
    """Whether one day says yes to every fact."""
    return bool((evaluate(facts, DayBatch.from_days([day])) == 1).all())
