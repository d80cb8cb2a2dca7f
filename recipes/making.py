"""Seed and people in, packs of simulated days out, made by many processes until a count or the time is reached."""

import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass

import numpy as np
from packing import CHANNELS, Pack, pack_days

from sensorlm.days import worn_only
from sensorlm.simulate import simulate_person

# What people wear who will use the model, rather than what the paper's people wore: heart rate with steps first.
DEVICE_MIX = {
    "band": 0.34, "watch": 0.13, "watch-core": 0.12, "band-steps": 0.12, "sports-watch": 0.06, "chest-epochs": 0.06,
    "chest-actigraph": 0.06, "spot-watch": 0.05, "ring": 0.02, "phone": 0.02, "lab-wristband": 0.01, 
    "chest-strap": 0.01,
}  # fmt: skip
PEOPLE_EACH = 24
"""People of one task for a worker."""
VALIDATION_FIRST = 10_000_000
"""People from this number on are for validation."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """One task: people first .. first + count - 1 of a population."""

    seed: int
    first: int
    count: int = PEOPLE_EACH
    days: int = 7


def make(order: Order) -> Pack:
    """Simulate and pack; depends on the order alone.

    Days go through the importer's rules, as the real days that the model will read: zeros of an empty strap become
    missing, and days of under an hour of data are left out.
    """
    days = []
    for index in range(order.first, order.first + order.count):
        person = simulate_person(order.seed, index, order.days, channel_set=CHANNELS, devices=DEVICE_MIX)
        days += [day for day in worn_only(list(person.days())) if day.observed.any(1).sum() >= 60]
    return pack_days(days, np.random.default_rng([order.seed, order.first]))


def make_many(
    seed: int, *, workers: int, seconds: float, people: int | None = None, count: int = PEOPLE_EACH
) -> Iterator[Pack]:
    """Packs in order of people, until `people` are made, or orders stop going out after `seconds`."""
    start, first = time.monotonic(), 0
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting: dict[Future[Pack], int] = {}
        made: dict[int, Pack] = {}
        turn = 0
        while True:
            while len(waiting) < 2 * workers and _more(first, people, time.monotonic() - start, seconds):
                size = count if people is None else min(count, people - first)
                waiting[pool.submit(make, Order(seed=seed, first=first, count=size))] = first
                first += size
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                made[waiting.pop(future)] = future.result()
            while turn in made:
                yield made.pop(turn)
                turn += count


def make_validation(seed: int, *, workers: int, count: int = PEOPLE_EACH, tasks: int = 4) -> list[Pack]:
    """Packs of people that `make_many` never makes."""
    orders = [Order(seed=seed, first=VALIDATION_FIRST + i * count, count=count) for i in range(tasks)]
    with ProcessPoolExecutor(min(workers, tasks), mp_context=multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(make, orders))


def _more(first: int, people: int | None, passed: float, seconds: float) -> bool:
    return passed < seconds if people is None else first < people
