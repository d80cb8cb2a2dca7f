"""Seed and people in, days as a captioner is shown them and the sentences that are true of each out.

A view is a day with some of its channels; its digest says only what those channels can tell. Sentences are few, so a
view is a row of sentence numbers, and a training step makes token ids of them on the device.

Letters in shapes: v views, t minutes, c channels, k sentences a view, s sentences, w tokens of one.
"""

import multiprocessing
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from carried import load_days
from making import DEVICE_MIX, VALIDATION_FIRST
from numpy.typing import NDArray
from packing import CHANNELS

from sensorlm.captions.digest import LAST_NIGHT, NOTHING, SECTIONS, digest_sentences
from sensorlm.captions.facts import DayBatch
from sensorlm.simulate import simulate_person

FEW = tuple(CHANNELS.index(key) for key in ("HR", "steps"))
MOST = 28
"""Sentences of a digest at most."""
PEOPLE_EACH = 12
DAYS_EACH = 7
FULL_SHARE = 0.1
"""Of the simulated days, those that are also shown with all their channels."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Views:
    """Days as shown, and what is true of them."""

    values: NDArray[np.float16]
    """(v, t, c) z-scores, NaN where missing; c = 2 (heart rate, steps) or all channels."""
    sentence: NDArray[np.int16]
    """(v, k) in `texts`, -1 behind the last."""
    section: NDArray[np.int8]
    """(v, k) of SECTIONS."""
    labelled: NDArray[np.bool_]
    """(v,) whether there is a log, so that the part about sleep is known."""
    texts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.values)


def views_of(values: NDArray[np.float32], batch: DayBatch, labelled: bool) -> Views:
    """Views of days whose `values` (b, t, 34), in channel units, are shown; `batch` has their logs."""
    shown = DayBatch(values, batch.channel_keys, batch.events, batch.logged)
    place: dict[str, int] = {NOTHING: 0}
    sentence = np.full((len(values), MOST), -1, np.int16)
    section = np.full((len(values), MOST), -1, np.int8)
    night = np.isfinite(values[:, slice(*LAST_NIGHT)]).any(2).mean(1)
    for row, found in enumerate(digest_sentences(shown)):
        # A night of which nothing was recorded cannot be known, whatever was logged.
        sections = {name: found[name] if name != "Sleep" or night[row] >= 0.5 else [] for name in SECTIONS}
        pairs = [(i, s.text) for i, name in enumerate(SECTIONS) for s in sections[name]][:MOST]
        for column, (number, text) in enumerate(pairs):
            sentence[row, column] = place.setdefault(text, len(place))
            section[row, column] = number
    seen = np.isfinite(values)
    z = np.where(seen, np.clip(CHANNELS.normalise(values), -6e4, 6e4), np.nan)
    kept = list(FEW) if not np.delete(seen, list(FEW), 2).any() else list(range(len(CHANNELS)))
    return Views(
        values=z[:, :, kept].astype(np.float16), sentence=sentence, section=section,
        labelled=np.full(len(values), labelled), texts=tuple(place),
    )  # fmt: skip


def few_views(batch: DayBatch, rng: np.random.Generator, labelled: bool = True) -> Views:
    """Heart rate and steps of each day, or in three of ten only one of them; other channels hidden."""
    drawn = rng.random(len(batch))
    hidden = np.ones((len(batch), len(CHANNELS)), bool)
    hidden[:, FEW[0]] = (drawn > 0.7) & (drawn < 0.85)
    hidden[:, FEW[1]] = drawn >= 0.85
    values = np.where(hidden[:, None], np.float32("nan"), batch.values)
    kept = np.flatnonzero(np.isfinite(values).any((1, 2)))
    return views_of(values[kept], batch.take(kept), labelled)


def full_views(batch: DayBatch, rng: np.random.Generator) -> Views | None:
    """A share of the days with all they recorded; None where none of these recorded more than the two."""
    more = np.delete(np.isfinite(batch.values).any(1), list(FEW), 1).any(1)
    kept = np.flatnonzero(more & (rng.random(len(batch)) < FULL_SHARE))
    return views_of(batch.values[kept], batch.take(kept), True) if len(kept) else None


def join(parts: Iterable[Views]) -> Views:
    """All views together; equal sentences become one."""
    found = list(parts)
    place: dict[str, int] = {}
    sentences = []
    for views in found:
        moved = np.array([place.setdefault(text, len(place)) for text in views.texts] + [-1], np.int16)
        sentences.append(moved[views.sentence])
    return Views(
        values=np.concatenate([v.values for v in found]), sentence=np.concatenate(sentences),
        section=np.concatenate([v.section for v in found]),
        labelled=np.concatenate([v.labelled for v in found]), texts=tuple(place),
    )  # fmt: skip


def make(seed: int, first: int) -> tuple[Views, Views | None]:
    """Simulated people and their views; depends on the arguments alone."""
    days = []
    for index in range(first, first + PEOPLE_EACH):
        person = simulate_person(seed, index, DAYS_EACH, channel_set=CHANNELS, devices=DEVICE_MIX)
        days += [day for day in person.days() if day.observed.any(1).sum() >= 60]
    rng = np.random.default_rng([seed, first, 7])
    batch = DayBatch.from_days(days)
    return few_views(batch, rng), full_views(batch, rng)


def make_many(
    seed: int, *, workers: int, seconds: float, tasks: int | None = None
) -> Iterator[tuple[Views, Views | None]]:
    """Views of people, as they are done, until orders stop going out after `seconds`, or of so many tasks."""
    start, sent = time.monotonic(), 0
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting: set[Future[tuple[Views, Views | None]]] = set()
        while True:
            while len(waiting) < 2 * workers and (
                sent < tasks if tasks is not None else time.monotonic() - start < seconds
            ):
                waiting.add(pool.submit(make, seed, sent * PEOPLE_EACH))
                sent += 1
            if not waiting:
                return
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()


def make_validation(seed: int, tasks: int) -> list[tuple[Views, Views | None]]:
    """Views of people that `make_many` never makes."""
    return [make(seed, VALIDATION_FIRST + i * PEOPLE_EACH) for i in range(tasks)]


def real_views(path: Path, seed: int) -> Views:
    """Views of the carried real days: what devices measured, without any log."""
    rng, parts = np.random.default_rng(seed), []
    days = [day for day in load_days(path) if day.observed[:, list(FEW)].any()]
    for first in range(0, len(days), 128):
        parts.append(few_views(DayBatch.from_days(days[first : first + 128]), rng, labelled=False))
    return join(parts)
