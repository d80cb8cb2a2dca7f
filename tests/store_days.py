"""Days made up for tests: seeded values, gaps, events and tags."""

import datetime as dt

import numpy as np

from sensorlm.channels import CHANNEL_SETS, ChannelSet
from sensorlm.records import MINUTES_PER_DAY, Caption, DayMatrix, Event, Fact, Quantity

SMALL = ChannelSet("small", CHANNEL_SETS["sensorlm-34"].channels[:4])


def make_day(i: int, channel_set: ChannelSet = SMALL, *, per_person: int = 3, dataset: str = "made") -> DayMatrix:
    """Day `i` of a made-up corpus: a third of its minutes missing, on every fifth day one channel missing whole."""
    rng = np.random.default_rng([7, i])
    values = channel_set.denormalise(rng.normal(size=(MINUTES_PER_DAY, len(channel_set))))
    values[rng.random(values.shape) < 0.3] = np.nan
    if i % 5 == 0:
        values[:, i % len(channel_set)] = np.nan
    return DayMatrix(
        values=values,
        observed=~np.isnan(values),
        channel_keys=channel_set.keys,
        person=f"p{i // per_person}",
        date=dt.date(2024, 2, 28) + dt.timedelta(i % per_person),
        dataset=dataset,
        device="watch",
        zone="Europe/Berlin",
        minutes_in_day=(1380, 1440, 1500)[i % 3],
        events=(Event(kind="sleep", label="Asleep", start=-40 - i, end=400, stage="deep" if i % 2 else ""),),
        logged=frozenset({"sleep"}),
        tags={"group": f"g{i % 2}"},
    )


def make_captions(i: int, count: int = 2) -> list[Caption]:
    """Short captions that name their day's number, and one of the eight keys."""
    quantity = Quantity(statistic="mean", subject="HR", start=0, end=600)
    fact = Fact(kind="level", quantity=quantity, low=60.0 + i, margin=2.0, stated=(("mean", 61.5, "bpm"),))
    short = [Caption(key="short", text=f"Day {i}, sentence {k}.", facts=(fact,), labels="facts") for k in range(count)]
    return [*short, Caption(key="high_level_summary_caption", text=f"Summary of day {i}.", window=(0, 1440))]


def same_day(a: DayMatrix, b: DayMatrix) -> bool:
    """Whether two days are equal in every field, values bit for bit."""
    names = [n for n in DayMatrix.__dataclass_fields__ if n not in ("values", "observed")]
    values = np.array_equal(a.values[a.observed].view(np.uint32), b.values[b.observed].view(np.uint32))
    return values and np.array_equal(a.observed, b.observed) and all(getattr(a, n) == getattr(b, n) for n in names)
