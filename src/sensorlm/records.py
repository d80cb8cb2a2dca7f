"""What rooms hand to each other: minute tables, events, days, facts, captions. Plain data, checked at the door.

Letters in shapes: n recorded minutes, t = 1440 minutes of a local day, c channels.
"""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.errors import RecordError

MINUTES_PER_DAY = 24 * 60
EVENT_KINDS = ("activity", "sleep", "mood")
# The reference's eight caption keys and their token budgets (reference code, captioning constants).
CAPTION_KEYS: dict[str, int] = {
    "low_level_caption": 512,
    "middle_level_caption": 512,
    "high_level_summary_caption": 256,
    "high_level_all_caption": 1024,
    "middle_low_level_caption": 1024,
    "high_low_level_caption": 1024,
    "high_middle_level_caption": 512,
    "high_middle_low_level_caption": 1024,
}
DEFAULT_CAPTION_KEY = "high_level_summary_caption"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a person, in UTC minutes since 1970 (end exclusive)."""

    kind: str
    """One of EVENT_KINDS."""
    label: str
    """What it was in the words of the field: "Running", "Asleep", "calm"."""
    start: int
    end: int
    stage: str = ""
    """For sleep: "" (the whole sleep) or "awake", "light", "deep", "rem" (a part of one)."""

    def __post_init__(self) -> None:
        if self.kind not in EVENT_KINDS:
            raise RecordError(f"event kind {self.kind!r} is not one of {EVENT_KINDS}.")
        if self.end < self.start:
            raise RecordError(
                f"event {self.label!r} ends at minute {self.end}, before its start {self.start}. "
                "Give end >= start, in minutes."
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MinuteTable:
    """Recorded minutes of one person: what every reader and the simulator produce.

    `utc_minute` rises strictly. A minute that was not recorded has no row, or NaN in its column.
    `offset_minutes` is local clock minus UTC at each row, so zone changes and daylight saving need
    no further lookup. Exports that give wall-clock times and no zone use zone "local", offset 0.
    """

    person: str
    dataset: str
    device: str = ""
    zone: str = "local"
    """IANA name of the home zone, "local" when the export names none, "mixed" after travel."""
    utc_minute: NDArray[np.int64]
    offset_minutes: NDArray[np.int16]
    columns: Mapping[str, NDArray[np.float32]]
    """Channel key -> (n,) values in the channel's unit, NaN where not recorded."""
    epoch_minutes: Mapping[str, int] = field(default_factory=dict)
    """Channels recorded in epochs longer than a minute; a value at minute m covers [m, m + epoch)."""
    events: tuple[Event, ...] = ()
    logged: frozenset[str] = frozenset()
    """Event kinds this export logs at all: without it, an absent event says nothing."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Facts about the person or recording that stay with every day ("group": "insomnia")."""

    def __post_init__(self) -> None:
        n = len(self.utc_minute)
        columns: dict[str, NDArray[Any]] = {"offset_minutes": self.offset_minutes, **self.columns}
        for name, column in columns.items():
            if column.shape != (n,):
                raise RecordError(
                    f"person {self.person!r}: column {name!r} has shape {column.shape}, "
                    f"utc_minute has {n} rows. Give one value a row, NaN where not recorded."
                )
        if n > 1 and not bool((np.diff(self.utc_minute) > 0).all()):
            row = int(np.flatnonzero(np.diff(self.utc_minute) <= 0)[0]) + 1
            raise RecordError(
                f"person {self.person!r}: utc_minute does not rise at row {row}. "
                "Sort the rows and merge duplicate minutes before building a MinuteTable."
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DayMatrix:
    """One local day of one person: 1440 wall-clock minutes by c channels.

    Invariant: `values` is NaN exactly where `observed` is False. Units are those of the channel set.
    """

    values: NDArray[np.float32]
    """(1440, c), in channel units."""
    observed: NDArray[np.bool_]
    """(1440, c)."""
    channel_keys: tuple[str, ...]
    person: str
    date: dt.date
    dataset: str
    device: str = ""
    zone: str = "local"
    minutes_in_day: int = MINUTES_PER_DAY
    """Minutes this local day really had: 1380 and 1500 when the clock changes."""
    events: tuple[Event, ...] = ()
    """Start and end in minutes of this local day; a night's sleep may start below 0 or end above 1440."""
    logged: frozenset[str] = frozenset()
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shape = (MINUTES_PER_DAY, len(self.channel_keys))
        arrays: dict[str, NDArray[Any]] = {"values": self.values, "observed": self.observed}
        for name, array in arrays.items():
            if array.shape != shape:
                raise RecordError(
                    f"day {self.date} of {self.person!r}: {name} has shape {array.shape}, not {shape}. "
                    "A day is 1440 minutes by the channels of its set."
                )
        if not bool((np.isnan(self.values) == ~self.observed).all()):
            raise RecordError(
                f"day {self.date} of {self.person!r}: values must be NaN exactly where observed is False."
            )

    @property
    def key(self) -> str:
        """`dataset/person/date`, unique in a corpus."""
        return f"{self.dataset}/{self.person}/{self.date.isoformat()}"

    def shown(self, start: int, end: int) -> "DayMatrix":
        """The same day with every minute outside [start, end) hidden: how a window inside a day is asked.

        Raises:
            RecordError: the window is empty or leaves the day.
        """
        if not 0 <= start < end <= MINUTES_PER_DAY:
            raise RecordError(
                f"day {self.key}: window {start} to {end} must lie in 0 to {MINUTES_PER_DAY}, start before end."
            )
        observed = np.zeros_like(self.observed)
        observed[start:end] = self.observed[start:end]
        return replace(self, values=np.where(observed, self.values, np.float32("nan")), observed=observed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One number that can be asked of any day: a statistic of a channel, or of its events, over minutes."""

    statistic: str
    """A key of captions.facts.STATISTICS: "mean", "max", "total", "change", "minutes_above", ..."""
    subject: str
    """A channel key, one of captions.derived, or "event:sleep", "event:activity:Running", "event:mood:calm".

    With an anchor, "steps@waking", minutes are counted around an edge of the night's sleep (see captions.anchors).
    """
    start: int = 0
    end: int = MINUTES_PER_DAY
    """Minutes of the local day, or of the anchor's frame, end exclusive."""
    argument: float = 0.0
    """The threshold of "minutes_above" and its like; 0 where a statistic takes none."""

    @property
    def key(self) -> str:
        """A stable text form, the name of this quantity in codebooks and files."""
        return f"{self.statistic}|{self.subject}|{self.start}|{self.end}|{self.argument:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A predicate over days: true when `low <= quantity <= high`, cannot be told when the data are missing.

    Facts are what captions state, training labels come from, and search filters on.
    """

    kind: str
    """What sort of statement it is: "mean", "trend", "peak", "activity", "sleep", "level", ..."""
    quantity: Quantity
    low: float = -math.inf
    high: float = math.inf
    margin: float = 0.0
    """Within this distance outside [low, high] the answer is "cannot be told": near misses are no negatives."""
    stated: tuple[tuple[str, float, str], ...] = ()
    """Numbers as the text gives them: (name, value, unit), e.g. ("mean", 72.4, "bpm"), ("start", 1390, "minute")."""

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise RecordError(f"fact {self.quantity.key}: low {self.low} is above high {self.high}.")


class _OpenFact:
    """A Fact before it is frozen: the same slots, set the short way."""

    __slots__ = ("high", "kind", "low", "margin", "quantity", "stated")

    def __init__(
        self, kind: str, quantity: Quantity, low: float, high: float, margin: float,
        stated: tuple[tuple[str, float, str], ...],
    ) -> None:  # fmt: skip
        self.kind = kind
        self.quantity = quantity
        self.low = low
        self.high = high
        self.margin = margin
        self.stated = stated


def trusted_fact(
    kind: str, quantity: Quantity, low: float, high: float, margin: float = 0.0,
    stated: tuple[tuple[str, float, str], ...] = (),
) -> Fact:  # fmt: skip
    """A Fact whose bounds are in order by the way they were made, in a quarter of the time.

    Captions are made of facts, a hundred and more a day, and a frozen dataclass sets every field through a call.
    Objects of equal slots may change class, which Python itself checks.
    """
    fact: Any = _OpenFact(kind, quantity, low, high, margin, stated)
    fact.__class__ = Fact
    made: Fact = fact
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """A text about a day, and every fact it states."""

    key: str
    """One of CAPTION_KEYS, or "short" for a plain-language sentence."""
    text: str
    facts: tuple[Fact, ...] = ()
    window: tuple[int, int] = (0, MINUTES_PER_DAY)
    """The minutes of the day the text speaks of; a model is shown only these."""
    labels: str = "pairs"
    """How a contrastive batch labels it: "pairs" (names this one day) or "facts" (true of many days)."""
