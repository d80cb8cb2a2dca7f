"""Real days in, one small file out, and packs or batches of its days: what a run takes along of real people.

Only minutes travel. What holds of the days is measured where they are learned from, so a file outlives the predicates.
"""

import datetime as dt
import json
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from altering import altered
from packing import CHANNELS, Pack, join_packs, pack_days

from sensorlm.records import DayMatrix

TOGETHER = 84
"""Days packed at once."""
ROUNDS = 4
"""Draws of views of a day that is learned from; one of a day to measure with."""


def save_days(path: Path, days: Sequence[DayMatrix]) -> None:
    """Write days without their logs as .npz without pickle: (n, 1440) of each channel that recorded, and whose."""
    seen = np.stack([day.observed.any(0) for day in days])  # (d, c)
    rows = np.concatenate([day.values.T[kept] for day, kept in zip(days, seen, strict=True)])
    told = [[d.dataset, d.person, d.date.isoformat(), d.device, d.zone, d.minutes_in_day] for d in days]
    meta = np.frombuffer(json.dumps(told).encode(), np.uint8)
    np.savez_compressed(path, rows=rows.astype(np.float32), seen=seen, meta=meta)


def load_days(path: Path) -> list[DayMatrix]:
    """What `save_days` wrote.

    Raises:
        ValueError: days of another number of channels than today's.
    """
    with np.load(path, allow_pickle=False) as file:
        rows, seen, told = file["rows"], file["seen"], json.loads(file["meta"].tobytes())
    if seen.shape[1] != len(CHANNELS):
        raise ValueError(f"{path}: {seen.shape[1]} channels, today's are {len(CHANNELS)}. Run prepare_carry.py again.")
    days, first = [], 0
    for kept, (dataset, person, date, device, zone, minutes) in zip(seen, told, strict=True):
        values = np.full((rows.shape[1], len(kept)), np.nan, np.float32)
        values[:, kept] = rows[first : first + kept.sum()].T
        first += int(kept.sum())
        days.append(DayMatrix(
            values=values, observed=np.isfinite(values), channel_keys=CHANNELS.keys, person=person, dataset=dataset,
            date=dt.date.fromisoformat(date), device=device, zone=zone, minutes_in_day=minutes,
        ))  # fmt: skip
    return days


def pack_some(days: Sequence[DayMatrix], seed: int, *, learned: bool) -> Pack:
    """One task: views of days and, to learn from, of the same days with their minutes at other hours."""
    rng = np.random.default_rng([seed, 41])
    made = [pack_days(days, rng, rounds=ROUNDS if learned else 1)]
    others = altered(days, rng, 1.0) if learned else []
    return join_packs([*made, pack_days(others, rng)] if others else made)


def real_pack(path: Path, workers: int, *, learned: bool) -> Pack | None:
    """Views of the days of a file, the same whatever the number of workers; None where there is no such file."""
    if not path.is_file():
        return None
    days = load_days(path)
    # Neighbours in the file are days of one person; views of a window are drawn for many people at once.
    order = np.random.default_rng(40).permutation(len(days))
    parts = [[days[i] for i in order[first : first + TOGETHER]] for first in range(0, len(days), TOGETHER)]
    task = partial(pack_some, learned=learned)
    if workers == 1:
        return join_packs([task(part, seed) for seed, part in enumerate(parts)])
    with ProcessPoolExecutor(min(workers, len(parts)), mp_context=multiprocessing.get_context("spawn")) as pool:
        return join_packs(list(pool.map(task, parts, range(len(parts)))))
