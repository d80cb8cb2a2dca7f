"""An embedder whose answers are known, and days that differ in one thing, for tests of the tasks and commands."""

import datetime as dt

import numpy as np

from sensorlm.channels import CHANNEL_SETS
from sensorlm.records import DayMatrix, Event

CHANNELS = CHANNEL_SETS["sensorlm-34"]
SLEEP = (1380 - 1440, 420)


def plain_day(i, *, person=None, seed=0):
    """Steps by day, none in a night of sleep that is logged; a pulse that is lower in it."""
    rng = np.random.default_rng([seed, i])
    values = np.full((1440, len(CHANNELS)), np.nan, np.float32)
    asleep = np.arange(1440) < SLEEP[1]
    values[:, CHANNELS.index("HR")] = np.where(asleep, 55, 85) + rng.normal(0, 3, 1440)
    values[:, CHANNELS.index("steps")] = np.where(asleep, 0, rng.integers(0, 60, 1440))
    return DayMatrix(
        values=values, observed=~np.isnan(values), channel_keys=CHANNELS.keys,
        person=f"p{i // 2}" if person is None else person, date=dt.date(2024, 3, 1) + dt.timedelta(i), dataset="made",
        events=(Event(kind="sleep", label="Asleep", start=SLEEP[0], end=SLEEP[1]),), logged=frozenset({"sleep"}),
        tags={"group": "ab"[i % 2]},
    )  # fmt: skip


def made_day(steps=None, hr=None, events=(), logged=("sleep",)):
    """A day of two channels, each a number or (1440,), None = nothing recorded."""
    values = np.full((1440, 2), np.nan, np.float32)
    if hr is not None:
        values[:, 0] = hr
    if steps is not None:
        values[:, 1] = steps
    return DayMatrix(
        values=values, observed=~np.isnan(values), channel_keys=("HR", "steps"), person="p", date=dt.date(2024, 1, 1),
        dataset="d", events=tuple(events), logged=frozenset(logged),
    )  # fmt: skip


class PulseEmbedder:
    """One axis for a low pulse, one for a high one; words for sleep lie on the first."""

    dim, logit_scale, logit_bias, name = 2, 10.0, -5.0, "pulse"

    def embed_days(self, days, window=None):
        rows = []
        for day in days:
            column = (day if window is None else day.shown(*window)).values[:, CHANNELS.index("HR")]
            pulse = 70.0 if np.isnan(column).all() else float(np.nanmean(column))
            angle = np.clip((pulse - 50) / 40, 0, 1) * np.pi / 2
            rows.append([np.cos(angle), np.sin(angle)])
        return np.array(rows, np.float32).reshape(-1, 2)

    def embed_texts(self, texts):
        return np.array([[1, 0] if "sleep" in t.lower() else [0, 1] for t in texts], np.float32).reshape(-1, 2)


class BlindEmbedder(PulseEmbedder):
    """Says the same of everything."""

    name = "blind"

    def embed_days(self, days, window=None):
        return np.tile(np.float32([0.6, 0.8]), (len(list(days)), 1))
