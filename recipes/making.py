"""Seed and people in, packs of simulated days out, made by many processes until a count or the time is reached."""

import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass

import numpy as np
from altering import altered
from logs import logged
from longer import captions_of, paraphrase
from packing import CHANNELS, HEART_AND_STEPS, Pack, as_shown, join_packs, pack_days, pack_whole

from sensorlm.days import worn_only
from sensorlm.simulate import simulate_person

# What people wear who will use the model, rather than what the paper's people wore: heart rate with steps first.
DEVICE_MIX = {
    "band": 0.40, "watch": 0.07, "watch-core": 0.09, "band-steps": 0.11, "sports-watch": 0.06, "chest-epochs": 0.06,
    "chest-actigraph": 0.03, "chest-day": 0.08, "spot-watch": 0.05, "ring": 0.02, "phone": 0.02, "lab-wristband": 0.005,
    "chest-strap": 0.005,
}  # fmt: skip
ALTERED_SHARE = 0.3
"""Of the days, that are seen a second time with their minutes at other hours."""
PEOPLE_EACH = 24
"""People of one task for a worker."""
VALIDATION_FIRST = 10_000_000
"""People from this number on are for validation."""
QUERIES_FIRST = 20_000_000
"""People from this number on are asked for by their captions."""
ASKED = ("low_level_caption", "middle_low_level_caption", "high_middle_low_level_caption")


@dataclass(frozen=True, kw_only=True)
class Order:
    """One task: people first .. first + count - 1 of a population."""

    seed: int
    first: int
    count: int = PEOPLE_EACH
    days: int = 7
    altered: float = ALTERED_SHARE


def make(order: Order) -> Pack:
    """Simulate and pack; depends on the order alone.

    Days go through the importer's rules, as the real days that the model will read: zeros of an empty strap become
    missing, and days of under an hour of data are left out.
    """
    days = []
    for index in range(order.first, order.first + order.count):
        person = simulate_person(order.seed, index, order.days, channel_set=CHANNELS, devices=DEVICE_MIX)
        days += [day for day in worn_only(list(person.days())) if day.observed.any(1).sum() >= 60]
    rng = np.random.default_rng([order.seed, order.first])
    others = altered(days, rng, order.altered)
    return pack_days([*(logged(day, rng) for day in days), *others], rng)


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
    orders = [Order(seed=seed, first=VALIDATION_FIRST + i * count, count=count, altered=0.0) for i in range(tasks)]
    with ProcessPoolExecutor(min(workers, tasks), mp_context=multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(make, orders))


def make_queries(
    seed: int, *, workers: int, days: int = 1000, count: int = PEOPLE_EACH
) -> dict[str, tuple[Pack, dict[str, tuple[str, ...]]]]:
    """Days of people that nothing else makes, with captions that ask for them.

    Returns:
        "34 channels" and "heart rate and steps" -> (days as views, kind of caption -> one a view). A kind is a caption
        key and "exact" (the captions room's own sentences, another seed) or "paraphrased" (`longer.paraphrase` with the
        words kept for measuring: another order, rounded numbers, sentences left out).
    """
    tasks = -(-days // (2 * count))
    orders = [Order(seed=seed, first=QUERIES_FIRST + i * count, count=count, days=3) for i in range(tasks)]
    with ProcessPoolExecutor(min(workers, tasks), mp_context=multiprocessing.get_context("spawn")) as pool:
        made = list(pool.map(ask, orders))
    out = {}
    for name in made[0]:
        parts = [part[name] for part in made]
        kept = np.arange(min(days, sum(len(pack) for pack, _ in parts)))
        captions = {kind: tuple(t for _, texts in parts for t in texts[kind])[: len(kept)] for kind in parts[0][1]}
        out[name] = (join_packs([pack for pack, _ in parts]).take(kept), captions)
    return out


def ask(order: Order) -> dict[str, tuple[Pack, dict[str, list[str]]]]:
    """One task of `make_queries`: days on which heart rate or steps were recorded for six hours or more."""
    rng, days = np.random.default_rng([order.seed, order.first]), []
    for index in range(order.first, order.first + order.count):
        person = simulate_person(order.seed, index, order.days, channel_set=CHANNELS, devices=DEVICE_MIX)
        days += [d for d in person.days() if d.observed[:, list(HEART_AND_STEPS)].any(1).sum() >= 360]
    out = {}
    for name in ("34 channels", "heart rate and steps"):
        shown = np.ones((len(days), len(CHANNELS)), bool)
        if name != "34 channels":
            shown[:] = False
            shown[:, list(HEART_AND_STEPS)] = True
        seen = [as_shown(day, day.values, row) for day, row in zip(days, shown, strict=True)]
        captions: dict[str, list[str]] = {}
        for key in ASKED:
            one, _ = captions_of(seen, key, rng)
            captions[f"{key} exact"] = [text or "nothing" for text in one]
            captions[f"{key} paraphrased"] = [paraphrase(text or "nothing", rng, held=True) for text in one]
        out[name] = (pack_whole(seen, shown), captions)
    return out


def _more(first: int, people: int | None, passed: float, seconds: float) -> bool:
    return passed < seconds if people is None else first < people
