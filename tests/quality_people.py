"""A simple made person whose heart follows the steps and who sleeps at night: what the clock tests are tried on."""

import numpy as np

from sensorlm.records import Event, MinuteTable

START = 20_000 * 1440


def made_person(
    days: int = 15, seed: int = 0, *, person: str = "made", heart: bool = True, sleep: bool = True
) -> MinuteTable:
    rng = np.random.default_rng(seed)
    n = days * 1440
    minute = np.arange(n)
    asleep = np.zeros(n, bool)
    events = []
    for day in range(days + 1):
        begin = day * 1440 - 60 + int(rng.normal(0, 40))
        end = begin + 450 + int(rng.normal(0, 40))
        asleep[max(begin, 0) : min(end, n)] = True
        if begin > 0 and end < n:
            events.append(Event(kind="sleep", label="Asleep", start=START + begin, end=START + end))
    walks = np.convolve(rng.random(n) < 0.012, np.ones(12))[:n] > 0
    steps = np.where(walks & ~asleep, rng.poisson(60, n), 0).astype(np.float32)
    effort = np.convolve(steps, np.exp(-np.arange(10) / 3))[:n] / 10
    rate = 56 + 12 * ~asleep + effort + np.convolve(rng.normal(0, 1, n), np.ones(9) / 3, "same")
    columns = {"steps": steps} | ({"HR": rate.astype(np.float32)} if heart else {})
    return MinuteTable(
        person=person,
        dataset="made",
        utc_minute=START + minute,
        offset_minutes=np.zeros(n, np.int16),
        columns=columns,
        events=tuple(events) if sleep else (),
        logged=frozenset({"sleep"} if sleep else ()),
    )
