"""Seed and numbers in, recorded days out: arrays for training workers, DayMatrix for the store, MinuteTable for export.

A person's days are simulated in blocks of BLOCK_DAYS, each with one more day in front to let slow states settle. A
block depends on (seed, person, block) only, a day's plan on (seed, person, day) only: any worker may make any part.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sensorlm.channels import CHANNEL_SETS, ChannelSet
from sensorlm.errors import ConfigError
from sensorlm.records import EVENT_KINDS, MINUTES_PER_DAY, DayMatrix, Event, MinuteTable
from sensorlm.simulate.body import Body, live
from sensorlm.simulate.devices import Unit, check_mix, draw_unit
from sensorlm.simulate.person import Person, draw_person
from sensorlm.simulate.sensors import clip_to_range, measure
from sensorlm.simulate.wear import Wear, wear

BLOCK_DAYS = 7
DATASET = "simulated"
EPOCH_DATE = dt.date(1970, 1, 1)
SEEN_SHARE = 0.3
"""A sleep or activity of which less than this was worn is not logged on that day."""
_SET34 = CHANNEL_SETS["sensorlm-34"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PersonDays:
    """Consecutive recorded days of one simulated person."""

    person: Person
    unit: Unit
    seed: int
    channel_set: ChannelSet
    first_day: int
    values: NDArray[np.float32]
    """(d, 1440, c) in channel units, NaN where nothing was recorded."""
    events: tuple[tuple[Event, ...], ...]
    """Per day; minutes of that local day, a night may start below 0."""
    logged: tuple[frozenset[str], ...]
    """Per day: which kinds of event an absence says something about."""
    truth: dict[str, NDArray[np.generic]]
    """(d, 1440) hidden state for tests and calibration: "activity", "stage", "heart_rate", "steps", "worn"."""

    @property
    def name(self) -> str:
        """The person's identifier in a dataset."""
        return f"s{self.seed}p{self.person.index:06d}"

    def date(self, day: int) -> dt.date:
        """Local date of row `day`."""
        return self.person.first_date + dt.timedelta(days=self.first_day + day)

    def tags(self) -> dict[str, str]:
        """Traits that stay with every day."""
        p = self.person
        return {"age": f"{p.age:.0f}", "sex": "female" if p.female else "male", "work": p.work,
                "insomnia": "yes" if p.insomnia else "no"}  # fmt: skip

    def days(self) -> Iterator[DayMatrix]:
        """The days as records."""
        for i, values in enumerate(self.values):
            yield DayMatrix(
                values=values, observed=np.isfinite(values), channel_keys=self.channel_set.keys, person=self.name,
                date=self.date(i), dataset=DATASET, device=self.unit.device.name, events=self.events[i],
                logged=self.logged[i], tags=self.tags(),
            )  # fmt: skip

    def table(self) -> MinuteTable:
        """All days as one minute table with rows only where something was recorded; local clock, no zone.

        Channels that sum over an epoch hold the epoch's total at its first minute, others their mean there.
        """
        flat = self.values.reshape(-1, len(self.channel_set))
        if self.unit.epoch > 1:
            sums = np.array([c.aggregate == "sum" for c in self.channel_set.channels])
            flat = flat[:: self.unit.epoch] * np.where(sums, self.unit.epoch, 1).astype(np.float32)
        keep = np.flatnonzero(np.isfinite(flat).any(1))
        start = (self.date(0) - EPOCH_DATE).days * MINUTES_PER_DAY
        columns = {k: flat[keep, j] for j, k in enumerate(self.channel_set.keys) if np.isfinite(flat[:, j]).any()}
        events = [
            Event(kind=e.kind, label=e.label, start=base + e.start, end=base + e.end, stage=e.stage)
            for i, day in enumerate(self.events) for base in (start + i * MINUTES_PER_DAY,) for e in day
        ]  # fmt: skip
        return MinuteTable(
            person=self.name, dataset=DATASET, device=self.unit.device.name,
            utc_minute=start + keep.astype(np.int64) * self.unit.epoch,
            offset_minutes=np.zeros(len(keep), np.int16), columns=columns, tags=self.tags(),
            epoch_minutes=dict.fromkeys(columns, self.unit.epoch) if self.unit.epoch > 1 else {},
            events=tuple(sorted(set(events), key=lambda e: (e.start, e.end, e.kind, e.stage))),
            logged=frozenset.intersection(*self.logged),
        )  # fmt: skip


def simulate_person(
    seed: int, index: int, days: int = BLOCK_DAYS, *, first_day: int = 0, channel_set: ChannelSet = _SET34,
    devices: Mapping[str, float] | Sequence[str] | None = None,
) -> PersonDays:  # fmt: skip
    """Simulate days `first_day` ... of person `index` of the population `seed`.

    Raises:
        ConfigError: a count is not positive, an index is negative, or a device does not exist.
    """
    if days < 1 or index < 0 or first_day < 0 or seed < 0:
        raise ConfigError(
            f"seed {seed}, person {index}, first day {first_day}, days {days}: days >= 1, the others >= 0."
        )
    unit = draw_unit(seed, index, check_mix(devices))
    person = draw_person(seed, index, unit.device.protocol.recruits)
    values, truth, events, logged = [], [], [], []
    for block in range(first_day // BLOCK_DAYS, (first_day + days - 1) // BLOCK_DAYS + 1):
        start = block * BLOCK_DAYS
        low, high = max(first_day, start) - start, min(first_day + days, start + BLOCK_DAYS) - start
        made = _block(person, unit, seed, block, channel_set)
        values.append(made[0][low:high])
        truth.append({k: v[low:high] for k, v in made[1].items()})
        worn_before = np.concatenate(([0], np.cumsum(made[3]))).tolist()
        for day in range(low, high):
            listed, kinds = _day_events(made[2], worn_before, (day + 1) * MINUTES_PER_DAY)
            events.append(listed)
            logged.append(kinds)
    return PersonDays(
        person=person, unit=unit, seed=seed, channel_set=channel_set, first_day=first_day,
        values=np.concatenate(values), events=tuple(events), logged=tuple(logged),
        truth={k: np.concatenate([t[k] for t in truth]) for k in truth[0]},
    )  # fmt: skip


def _block(
    person: Person, unit: Unit, seed: int, block: int, channel_set: ChannelSet
) -> tuple[
    NDArray[np.float32], dict[str, NDArray[np.generic]], list[tuple[str, str, int, int, str]], NDArray[np.bool_]
]:
    """One block: values (7, 1440, c), hidden state (7, 1440), events and wear of the 8-day timeline."""
    body: Body = live(person, seed, block, block * BLOCK_DAYS - 1, BLOCK_DAYS + 1)
    worn: Wear = wear(seed, person.index, unit, body.plans, body.time, body.motion, body.rng)
    columns = clip_to_range(measure(body, worn, unit, channel_set.keys, body.rng))
    m = BLOCK_DAYS * MINUTES_PER_DAY
    values = np.full((m, len(channel_set)), np.nan, np.float32)
    for key, column in columns.items():
        values[:, channel_set.index(key)] = column[MINUTES_PER_DAY:]
    hidden = {
        "activity": body.time.activity, "stage": body.time.stage, "heart_rate": body.heart.rate,
        "steps": body.motion.steps, "worn": worn.worn,
    }  # fmt: skip
    truth = {k: np.asarray(v)[MINUTES_PER_DAY:].reshape(BLOCK_DAYS, MINUTES_PER_DAY) for k, v in hidden.items()}
    return values.reshape(BLOCK_DAYS, MINUTES_PER_DAY, -1), truth, body.time.events, worn.worn & worn.stored


def _day_events(
    events: list[tuple[str, str, int, int, str]], worn_before: list[int], base: int
) -> tuple[tuple[Event, ...], frozenset[str]]:
    """Events that touch the day starting at minute `base`, and what it logs: unworn sleep is unknown, not absent.

    Args:
        events: of the block, by start.
        worn_before: (m + 1,) number of worn minutes before each minute.
        base: first minute of the day.
    """
    out, unseen, minutes = [], False, len(worn_before) - 1
    skipped: list[tuple[int, int]] = []
    for kind, label, start, end, stage in events:
        if end <= base or start >= base + MINUTES_PER_DAY:
            continue
        if kind != "mood":
            first, last = max(start, 0), min(end, minutes)
            if not stage and last > first and worn_before[last] - worn_before[first] < SEEN_SHARE * (last - first):
                unseen |= kind == "sleep"
                skipped.append((start, end))
                continue
            if stage and any(a <= start < b for a, b in skipped):
                continue
        out.append(Event(kind=kind, label=label, start=start - base, end=end - base, stage=stage))
    return tuple(out), frozenset(EVENT_KINDS) - ({"sleep"} if unseen else set())


def iter_days(
    seed: int, start: int, count: int, *, days_per_person: int = BLOCK_DAYS, channel_set: ChannelSet = _SET34,
    devices: Mapping[str, float] | Sequence[str] | None = None,
) -> Iterator[DayMatrix]:  # fmt: skip
    """Days number `start` ... `start + count - 1` of an endless population: person n // days_per_person, day n % it.

    Raises:
        ConfigError: as `simulate_person`.
    """
    at = start
    while at < start + count:
        index, day = divmod(at, days_per_person)
        length = min(days_per_person - day, start + count - at)
        yield from simulate_person(seed, index, length, first_day=day, channel_set=channel_set, devices=devices).days()
        at += length
