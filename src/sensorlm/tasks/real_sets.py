"""A folder of public recordings in, the days of each set out: what a model is asked about when nothing is simulated.

Every reader is the one of `sensorlm import`, but for two tables that are no vendor's export: the actiwatch epochs and
the stress sessions, which are read here. Days hold the asked model's channels first, then those that only labels and
plain statistics need.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.csv as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sensorlm.channels import ChannelSet, known_channel
from sensorlm.days import to_days
from sensorlm.errors import ConfigError
from sensorlm.readers import read
from sensorlm.records import MINUTES_PER_DAY, DayMatrix, Event
from sensorlm.store.splits import split_of

EXTRA_KEYS = ("intensity", "counts", "white_light")
"""Channels that labels or plain statistics read, whether or not the model does."""
NEVER_TRAINED = ("mmash", "stress_predict", "insomnia_partner_actiwatch")
"""Sets of which no person gave a day to any training (recipes/prepare_carry.py)."""
BROKEN_CLOCK = "t1d_uom-5min"
"""The tables whose clock data/README.md calls unusable; the quality room refuses them."""
ACTIWATCH = {"Activity": "counts", "White Light": "white_light"}
MINUTE_NS = 60_000_000


@dataclass
class RealSets:
    """The sets of one folder, read once each when first asked for."""

    folder: Path
    channel_set: ChannelSet
    """The model's."""
    splits: Mapping[str, str] = field(default_factory=dict)
    """`dataset/person` -> split, where a file fixes it; else the rule."""
    _days: dict[str, list[DayMatrix]] = field(default_factory=dict, repr=False)

    @property
    def wide(self) -> ChannelSet:
        """The model's channels, then those only labels need."""
        more = tuple(known_channel(key) for key in EXTRA_KEYS if key not in self.channel_set.keys)
        return ChannelSet(f"{self.channel_set.name} and labels", self.channel_set.channels + more)

    def present(self) -> list[str]:
        """Sets that lie in the folder."""
        return [name for name, (place, _) in SETS.items() if (self.folder / place).exists()]

    def days(self, name: str) -> list[DayMatrix]:
        """All days of a set that recorded anything.

        Raises:
            ConfigError: no such set, or it is not in the folder.
            ReaderError: it is there and cannot be read.
        """
        if name not in SETS or not (self.folder / SETS[name][0]).exists():
            raise ConfigError(f"{self.folder}: no set {name!r}. It holds {self.present()}, known are {list(SETS)}.")
        if name not in self._days:
            place, reader = SETS[name]
            self._days[name] = [day for day in reader(self.folder / place, self.wide) if day.observed.any()]
        return self._days[name]

    def held_out(self, day: DayMatrix) -> bool:
        """Whether the person gave no day to training, not even without labels."""
        return day.dataset in NEVER_TRAINED or split_of(day.dataset, day.person, self.splits) != "train"

    def shown(self, day: DayMatrix, keys: Sequence[str] | None = None) -> DayMatrix:
        """The day as the model takes it: its own channels, all but `keys` hidden."""
        width = len(self.channel_set)
        values, observed = day.values[:, :width], day.observed[:, :width]
        if keys is not None:
            kept = np.isin(np.array(self.channel_set.keys), list(keys))
            values, observed = np.where(kept, values, np.float32("nan")), observed & kept
        return replace(day, values=values, observed=observed, channel_keys=self.channel_set.keys)


def is_collection(folder: Path) -> bool:
    """Whether at least two of the known sets lie in a folder."""
    return folder.is_dir() and sum((folder / place).exists() for place, _ in SETS.values()) >= 2


def columns_of(day: DayMatrix, keys: Sequence[str]) -> NDArray[np.intp]:
    """Places of channels in a day."""
    return np.array([day.channel_keys.index(key) for key in keys], np.intp)


def _with_reader(reader: str, without: str = "") -> Callable[[Path, ChannelSet], list[DayMatrix]]:
    def days(path: Path, channel_set: ChannelSet) -> list[DayMatrix]:
        return [day for table in read(reader, path) if table.dataset != without for day in to_days(table, channel_set)]

    return days


def _actiwatch(path: Path, channel_set: ChannelSet) -> list[DayMatrix]:
    """Days of the epochs table; a person's letter (C or P) says insomnia or partner."""
    table = pq.read_table(path, columns=["pid", "t", *ACTIWATCH])
    minute = table["t"].to_numpy().astype("datetime64[us]").astype(np.int64) // MINUTE_NS
    columns = {key: table[name].to_numpy().astype(np.float32) for name, key in ACTIWATCH.items()}
    people = np.asarray(table["pid"].to_pylist())
    return [
        replace(day, tags={"group": person[:1]})
        for person in sorted(set(people.tolist()))
        for rows in [np.flatnonzero(people == person)]
        for day in _days_of(
            "insomnia_partner_actiwatch", person, minute[rows], {k: v[rows] for k, v in columns.items()}, channel_set
        )
    ]


def _stress_sessions(path: Path, channel_set: ChannelSet) -> list[DayMatrix]:
    """Sessions of the combined table: heart rate a second, and whether a stress task was running."""
    table = pc.read_csv(path)
    second, stressed = table["Time(sec)"].to_numpy(), table["Label"].to_numpy() > 0
    people, rate = table["Participant"].to_numpy(), table["HR"].to_numpy().astype(float)
    days: list[DayMatrix] = []
    for person in sorted(set(people.tolist())):
        rows = np.flatnonzero(people == person)
        minutes, at = np.unique(second[rows] // 60, return_inverse=True)
        count = np.bincount(at)
        mean = np.bincount(at, rate[rows]) / count
        busy = np.bincount(at, stressed[rows]) / count
        for day in _days_of("stress_predict", str(person), minutes, {"HR": mean.astype(np.float32)}, channel_set):
            first = (day.date - dt.date(1970, 1, 1)).days * MINUTES_PER_DAY
            events = tuple(
                Event(kind="mood", label="stress task" if b >= 0.5 else "no task", start=int(m - first),
                      end=int(m - first) + 1)
                for m, b in zip(minutes, busy, strict=True) if 0 <= m - first < MINUTES_PER_DAY
            )  # fmt: skip
            days.append(replace(day, events=events, logged=frozenset({"mood"})))
    return days


def _days_of(
    dataset: str, person: str, minute: NDArray[np.int64], columns: Mapping[str, NDArray[np.float32]],
    channel_set: ChannelSet,
) -> list[DayMatrix]:  # fmt: skip
    """Days from minutes since 1970 on the wall clock; of two rows of a minute the later counts."""
    days = []
    for number in np.unique(minute // MINUTES_PER_DAY):
        rows = np.flatnonzero(minute // MINUTES_PER_DAY == number)
        values = np.full((MINUTES_PER_DAY, len(channel_set)), np.nan, np.float32)
        for key, column in columns.items():
            if key in channel_set.keys:
                values[minute[rows] % MINUTES_PER_DAY, channel_set.index(key)] = column[rows]
        date = dt.date(1970, 1, 1) + dt.timedelta(days=int(number))
        days.append(
            DayMatrix(
                values=values, observed=~np.isnan(values), channel_keys=channel_set.keys, person=person, date=date,
                dataset=dataset,
            )
        )  # fmt: skip
    return days


SETS: dict[str, tuple[str, Callable[[Path, ChannelSet], list[DayMatrix]]]] = {
    "fitabase": ("fitabase/fitabase_minute_all.parquet", _with_reader("fitabase-parquet")),
    "mmash": ("mmash", _with_reader("mmash")),
    "t1d_uom": ("t1d_uom", _with_reader("garmin", without=BROKEN_CLOCK)),
    "nurse_stress": ("nurse_stress", _with_reader("nurse")),
    "stress_predict": ("stress_predict/Processed_data/Improved_All_Combined_hr_rsp_binary.csv", _stress_sessions),
    "insomnia_partner_actiwatch": ("insomnia_partner_actiwatch/epochs.parquet", _actiwatch),
    "mss": ("mss", _with_reader("mss")),
}
"""Set -> (place in the folder, how its days are read)."""


def about(sets: RealSets) -> dict[str, Any]:
    """Days and people that were read, by set."""
    return {name: {"days": len(days), "people": len({day.person for day in days})} for name, days in sets._days.items()}
