"""What a quality check finds: evidence, a verdict on each clock, counts per person, and the report of a data set."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

SOUND, BROKEN, CANNOT_TELL = "sound", "broken", "cannot tell"
VERDICTS = (SOUND, BROKEN, CANNOT_TELL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The outcome of one test of one channel's clock."""

    test: str
    """"rhythm", "hours", "continuity", "agreement", "sleep" or "meals"."""
    channel: str
    outcome: str
    """"for" the clock, "against" it, "doubt" (odd, yet possible), "alike" (two readings of one sensor agree, which
    says nothing of the hour), or "silent" (too little to go by)."""
    words: str
    """The finding as a sentence with its numbers."""
    other: str = ""
    """The second channel of an agreement test."""
    numbers: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dict; numbers that do not exist are left out."""
        numbers = {k: round(float(v), 4) for k, v in self.numbers.items() if np.isfinite(v)}
        return {
            "test": self.test, "channel": self.channel, "other": self.other, "outcome": self.outcome,
            "words": self.words, "numbers": numbers,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockVerdict:
    """Whether the times of one channel of one person can be trusted, and why."""

    person: str
    dataset: str
    channel: str
    """A channel key, or "events:sleep" when the logged sleeps are what does not fit."""
    verdict: str
    """One of VERDICTS."""
    reason: str
    evidence: tuple[Evidence, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dict."""
        return {
            "person": self.person, "dataset": self.dataset, "channel": self.channel, "verdict": self.verdict,
            "reason": self.reason, "evidence": [e.to_json() for e in self.evidence],
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonQuality:
    """Counts and clock verdicts of one person's table."""

    person: str
    dataset: str
    days: int
    """Local days with at least one recorded minute."""
    observed_minutes: Mapping[str, int]
    """Channel -> minutes with a possible value (an epoch counts as its length)."""
    impossible: Mapping[str, int]
    """Channel -> values outside the channel's low..high; channels without any are left out."""
    recorded_minutes: int
    """Minutes in which any channel has a value."""
    unworn_minutes: int
    """Recorded minutes without a sign of a wearer, see quality.wear."""
    verdicts: tuple[ClockVerdict, ...]

    @property
    def verdict(self) -> str:
        """One broken clock breaks the person; one sound clock, with none broken, carries the person."""
        found = {v.verdict for v in self.verdicts}
        return next((v for v in (BROKEN, SOUND) if v in found), CANNOT_TELL)

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dict."""
        return {
            "person": self.person, "dataset": self.dataset, "verdict": self.verdict, "days": self.days,
            "recorded_minutes": self.recorded_minutes, "unworn_minutes": self.unworn_minutes,
            "observed_minutes": dict(self.observed_minutes), "impossible": dict(self.impossible),
            "verdicts": [v.to_json() for v in self.verdicts],
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityReport:
    """Everything `quality.check` found in one stream of tables."""

    channel_keys: tuple[str, ...]
    """Channels that were recorded at all, in the order first met."""
    channel_names: tuple[str, ...]
    """The same channels as people call them."""
    observed_by_hour: NDArray[np.int64]
    """(c, 24) minutes with a value in each hour of the local day."""
    possible_by_hour: NDArray[np.int64]
    """(24,) minutes that could have one: 60 for each person-day with any recorded minute."""
    people: tuple[PersonQuality, ...]
    unknown_channels: Mapping[str, int] = field(default_factory=dict)
    """Columns no channel set describes -> tables that had them; they were not checked."""
    reading: Mapping[str, Any] = field(default_factory=dict)
    """The reader's own counts (duplicates, unparsable rows, ...), as given to `check`."""

    @property
    def coverage(self) -> NDArray[np.float64]:
        """(c, 24) share of the minutes of each hour that have a value."""
        return self.observed_by_hour / np.maximum(self.possible_by_hour, 1)

    @property
    def clock_verdicts(self) -> tuple[ClockVerdict, ...]:
        """Every verdict on every channel of every person."""
        return tuple(v for p in self.people for v in p.verdicts)

    @property
    def refused(self) -> tuple[str, ...]:
        """`dataset/person` of everyone whose clock is broken: no day is made of them unless forced.

        The data set belongs to the name, since one person's tables may differ: of t1d_uom the 15-minute epochs keep
        good time and the 5-minute tables of the same people do not.
        """
        return tuple(f"{p.dataset}/{p.person}" for p in self.people if p.verdict == BROKEN)

    def count(self, verdict: str) -> int:
        """Number of people with this verdict."""
        return sum(p.verdict == verdict for p in self.people)

    def total(self, name: str) -> dict[str, int]:
        """Sum over people of "impossible" or "observed_minutes", by channel."""
        out: dict[str, int] = {}
        for person in self.people:
            for key, number in getattr(person, name).items():
                out[key] = out.get(key, 0) + number
        return out

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dict of everything here."""
        return {
            "people": [p.to_json() for p in self.people],
            "verdicts": {v: self.count(v) for v in VERDICTS},
            "refused": list(self.refused),
            "channels": list(self.channel_keys),
            "coverage_by_hour": {
                k: [round(float(x), 4) for x in row] for k, row in zip(self.channel_keys, self.coverage, strict=True)
            },
            "person_days": sum(p.days for p in self.people),
            "recorded_minutes": sum(p.recorded_minutes for p in self.people),
            "unworn_minutes": sum(p.unworn_minutes for p in self.people),
            "impossible": self.total("impossible"),
            "unknown_channels": dict(self.unknown_channels),
            "reading": dict(self.reading),
        }
