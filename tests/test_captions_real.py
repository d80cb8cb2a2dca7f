"""Captions of real days: Fitbit, chest strap and Actiheart recordings, read here without our readers."""

import datetime as dt

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from captions_made import CHANNELS, day_of

from sensorlm.captions import generate_captions, short_captions_of
from sensorlm.captions.facts import DayBatch, evaluate
from sensorlm.captions.parse import read_caption
from sensorlm.captions.plain import which_hold
from sensorlm.captions.predicates import DAY_PREDICATES
from sensorlm.records import CAPTION_KEYS, Event


def blank():
    return np.full((1440, len(CHANNELS)), np.nan, np.float32)


def runs(flags, start=0):
    """(first, end) of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(int), [0]])))
    return [(int(a) + start, int(b) + start) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def fitbit_days(shared, people=6):
    table = pq.read_table(shared / "data/fitabase/fitabase_minute_all.parquet")
    with_pulse = table.filter(pc.is_valid(table["hr_mean"]))
    ids = sorted(set(with_pulse["Id"].to_pylist()))[:people]
    out = []
    for person in ids:
        rows = table.filter(pc.equal(table["Id"], person))
        minutes = rows["t"].to_numpy().astype("datetime64[m]").astype(np.int64)
        columns = {n: rows[n].to_numpy().astype(np.float32) for n in ("hr_mean", "steps", "sleep")}
        for date in np.unique(minutes // 1440)[:12]:
            on = minutes // 1440 == date
            at = minutes[on] % 1440
            values, asleep = blank(), np.zeros(1440, bool)
            values[at, CHANNELS.index("HR")] = columns["hr_mean"][on]
            values[at, CHANNELS.index("steps")] = columns["steps"][on]
            stages = np.zeros(1440)
            stages[at] = np.nan_to_num(columns["sleep"][on])
            asleep = stages > 0
            events = [Event(kind="sleep", label="Asleep", start=a, end=b) for a, b in runs(asleep) if b - a > 60]
            events += [Event(kind="sleep", label="Awake", start=a, end=b, stage="awake") for a, b in runs(stages == 3)]
            day = dt.date(1970, 1, 1) + dt.timedelta(days=int(date))
            out.append(day_of(values, CHANNELS.keys, str(person), date=day, events=events, logged=["sleep"]))
    return out


def mmash_days(shared):
    table = pq.read_table(shared / "data/mmash/mmash_minute.parquet")
    diary = (shared / "data/mmash/activity_events.csv").read_text().splitlines()[1:]
    out = []
    for user in sorted(set(table["user"].to_pylist())):
        rows = table.filter(pc.equal(table["user"], user))
        minutes = rows["t"].to_numpy().astype("datetime64[m]").astype(np.int64)
        for date in np.unique(minutes // 1440)[:1]:
            on = minutes // 1440 == date
            values = blank()
            values[minutes[on] % 1440, CHANNELS.index("HR")] = rows["hr"].to_numpy()[on]
            values[minutes[on] % 1440, CHANNELS.index("steps")] = rows["steps"].to_numpy()[on]
            events = []
            for line in diary:
                who, start, end, _, label = line.split(",")
                first, last = (int(np.datetime64(s.strip(), "m").astype(np.int64)) - date * 1440 for s in (start, end))
                if int(who) == user and last >= first:
                    events.append(Event(kind="activity", label=label, start=int(first), end=int(last)))
            out.append(day_of(values, CHANNELS.keys, str(user), events=events, logged=["activity"]))
    return out


def mss_days(shared, people=4):
    table = pq.read_table(shared / "data/mss/mss_epochs.parquet")
    out = []
    for user in sorted(set(table["user"].to_pylist()))[:people]:
        rows = table.filter(pc.equal(table["user"], user))
        minutes = rows["t_min"].to_numpy().astype(np.int64)
        for date in np.unique(minutes // 1440)[1:5]:
            on = minutes // 1440 == date
            values = blank()
            for name, key in (("bpm", "HR"), ("rmssd", "rmssd0595")):
                for offset in range(5):
                    values[(minutes[on] % 1440 + offset) % 1440, CHANNELS.index(key)] = rows[name].to_numpy()[on]
            out.append(day_of(values, CHANNELS.keys, user, date=dt.date(2020, 1, 1) + dt.timedelta(days=int(date))))
    return out


@pytest.mark.parametrize(("source", "least"), [(fitbit_days, 60), (mmash_days, 15), (mss_days, 14)])
def test_real_days_are_described_truly_and_read_back(shared, source, least):
    days = source(shared)
    assert len(days) >= least
    captions = generate_captions(days, tuple(CAPTION_KEYS), seed=42)
    short = short_captions_of(days, seed=42, count=4)
    night = short_captions_of(days, seed=42, count=4, window=(120, 150))
    told = facts = 0
    for day, long, brief, windowed in zip(days, captions, short, night, strict=True):
        batch = DayBatch.from_days([day])
        for caption in (*long.values(), *brief, *windowed):
            answers = evaluate(caption.facts, batch)[0]
            assert (answers == 1).all(), (day.key, caption.text)
            facts += len(answers)
            reading = read_caption(caption.text, CHANNELS, window=caption.window)
            assert reading.understood == reading.sentences
            assert tuple(dict.fromkeys(reading.facts)) == tuple(dict.fromkeys(caption.facts))
        told += bool(long)
    assert told == len(days)
    assert facts > 20 * len(days)


def test_real_fitbit_days_hold_many_different_predicates(shared):
    days = fitbit_days(shared)
    held = which_hold(DAY_PREDICATES, DayBatch.from_days(days))
    share = held.mean(0)
    names = [predicate.name for predicate in DAY_PREDICATES]
    informative = [name for name, s in zip(names, share, strict=True) if 0.02 < s < 0.9]
    assert len(informative) >= 45
    assert np.median(held.sum(1)) >= 8
    assert held.any(1).all()
