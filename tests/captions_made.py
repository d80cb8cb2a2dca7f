"""Made days for the caption tests: every channel, holes, events of all kinds, nights across midnight."""

import datetime as dt

import numpy as np

from sensorlm.channels import CHANNEL_SETS
from sensorlm.records import DayMatrix, Event

CHANNELS = CHANNEL_SETS["sensorlm-34"]
LABELS = ("Running", "Walking", "Outdoor Bike", "CrossFit", "Aerobics; step", "yoga")


def made_values(rng, channel_set=CHANNELS, *, holes=False):
    """Slow curves and noise in physical units; with holes, some channels gone and gaps of all sizes."""
    count, minutes = len(channel_set), np.arange(1440)
    knots = rng.normal(0, 1, (count, 40))
    curves = np.stack([np.interp(minutes, np.linspace(0, 1439, 40), k) for k in knots], 1)
    z = curves * rng.uniform(0.2, 2, count) + rng.normal(0, 0.3, (1440, count))
    values = z * channel_set.std + channel_set.mean
    for c, channel in enumerate(channel_set.channels):
        if channel.binary:
            values[:, c] = curves[:, c] > 0.8
        values[:, c] = np.clip(values[:, c], channel.low, channel.high)
        if holes:
            for _ in range(int(rng.integers(0, 4))):
                start = int(rng.integers(0, 1440))
                values[start : start + int(rng.integers(10, 500)), c] = np.nan
            share = rng.choice([0.0, 0.0, 0.3, 0.7])
            values[rng.random(1440) < share, c] = np.nan
            if rng.random() < 0.2:
                values[:, c] = np.nan
    return values.astype(np.float32)


def made_events(rng):
    night = int(rng.integers(-150, 100)), int(rng.integers(250, 600))
    found = [
        Event(kind="sleep", label="Asleep", start=night[0], end=night[1]),
        Event(kind="sleep", label="Asleep", start=night[0] + 60, end=night[0] + 75, stage="awake"),
        Event(kind="sleep", label="Asleep", start=int(rng.integers(1300, 1440)), end=int(rng.integers(1440, 1900))),
    ]
    for _ in range(int(rng.integers(0, 14))):
        start = int(rng.integers(-30, 1430))
        length = int(rng.integers(1, 120))
        found.append(Event(kind="activity", label=str(rng.choice(LABELS)), start=start, end=start + length))
    for _ in range(int(rng.integers(0, 3))):
        at = int(rng.integers(0, 1440))
        found.append(Event(kind="mood", label=str(rng.choice(["calm", "Frustrated"])), start=at, end=at))
    return tuple(found)


def made_day(i, *, holes=False, events=True, channel_set=CHANNELS):
    rng = np.random.default_rng([7, i])
    values = made_values(rng, channel_set, holes=holes)
    return day_of(
        values, channel_set.keys, f"p{i}", events=made_events(rng) if events else (),
        logged=("sleep", "activity", "mood") if events else (),
    )  # fmt: skip


def day_of(values, keys, person="p", *, date=dt.date(2024, 3, 1), events=(), logged=()):
    return DayMatrix(
        values=values, observed=~np.isnan(values), channel_keys=tuple(keys), person=person, date=date, dataset="made",
        events=tuple(events), logged=frozenset(logged),
    )  # fmt: skip
