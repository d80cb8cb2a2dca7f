"""A sample number in, the window of its day and its caption out; every draw depends on (seed, sample number) alone.

So neither the number of workers or ranks nor where a run was stopped changes what a sample is.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sensorlm import captions as writers
from sensorlm.errors import ConfigError, StoreError
from sensorlm.records import CAPTION_KEYS, MINUTES_PER_DAY, Caption, DayMatrix
from sensorlm.store import Dataset

SHORT_KEY = "short"
"""The key of plain-language, fact-labelled sentences about a day or a window of it."""
WINDOW_STEP = 10
"""Windows start and end on these minutes: the patches of a model, so that none is cut."""
WHOLE_DAY = (0, MINUTES_PER_DAY)
_WINDOW_TRIES = 8


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How a day and its caption are chosen."""

    caption_keys: Mapping[str, float]
    """Key -> weight: of CAPTION_KEYS, "short", or any key the dataset has captions of."""
    window_fraction: float = 0.0
    """Share of the samples that show a window of their day, with a short caption about it."""
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.caption_keys:
            raise ConfigError("caption_keys is empty. Name at least one key and its weight.")
        for key, weight in self.caption_keys.items():
            if not (math.isfinite(weight) and weight > 0):
                raise ConfigError(
                    f"caption_keys: {key!r} has weight {weight}. Give a positive number, or leave it out."
                )
        if not 0 <= self.window_fraction <= 1:
            raise ConfigError(f"window_fraction={self.window_fraction} is not between 0 and 1.")


def check_keys(keys: Sequence[str], dataset: Dataset) -> None:
    """Refuse a caption key that is neither stored nor can be generated.

    Raises:
        ConfigError: such a key.
    """
    known = {*CAPTION_KEYS, SHORT_KEY, *dataset.caption_keys}
    unknown = sorted(set(keys) - known)
    if unknown:
        raise ConfigError(f"caption key {unknown[0]!r} is not stored in {dataset.folder}, nor one of {sorted(known)}.")


def choose(sampling: Sampling, dataset: Dataset, row: int, sample: int, day: Callable[[], DayMatrix]) -> Caption:
    """The caption of one sample; outside `caption.window` its day is hidden.

    A window without a caption (nothing recorded there) becomes another, then the whole day; a key of which the day
    has no caption gives way to the next. `day` is asked for only when a caption has to be written.

    Raises:
        StoreError: no key has a caption of this day.
    """
    rng = np.random.default_rng([sampling.seed, sample])
    if rng.random() < sampling.window_fraction:
        for _ in range(_WINDOW_TRIES):
            found = writers.short_captions(day(), seed=_seed(rng), count=1, window=draw_window(rng))
            if found:
                return found[0]
    for key in _draw_order(sampling.caption_keys, rng):
        captions = _captions_of(dataset, row, key, _seed(rng), day)
        if captions:
            return captions[int(rng.integers(len(captions)))]
    raise StoreError(
        f"row {row} ({day().key}) has no caption under any of {sorted(sampling.caption_keys)}. "
        "Add captions of it, or leave it out of the rows to train on."
    )


def draw_window(rng: np.random.Generator) -> tuple[int, int]:
    """A window of 10 minutes to the whole day: its length log-uniform, its place uniform, both in steps of 10."""
    steps = MINUTES_PER_DAY // WINDOW_STEP
    length = min(steps, math.floor(math.exp(rng.uniform(0, math.log(steps + 1)))))
    start = int(rng.integers(steps - length + 1))
    return start * WINDOW_STEP, (start + length) * WINDOW_STEP


def _draw_order(weights: Mapping[str, float], rng: np.random.Generator) -> list[str]:
    """Keys in random order, the first drawn with probability proportional to its weight.

    The least of exponential clocks with those rates (Efraimidis and Spirakis, "Weighted random sampling with a
    reservoir", 2006).
    """
    keys = sorted(weights)  # not the mapping's order, which a JSON round trip may change
    clocks = rng.exponential(size=len(keys)) / np.array([weights[k] for k in keys])
    return [keys[i] for i in np.argsort(clocks)]


def _captions_of(dataset: Dataset, row: int, key: str, seed: int, day: Callable[[], DayMatrix]) -> Sequence[Caption]:
    """Stored captions where the dataset stores this key, else one written now."""
    if key in dataset.caption_keys:
        return dataset.captions(row, key).get(key, [])
    if key == SHORT_KEY:
        return writers.short_captions(day(), seed=seed, count=1)
    caption = writers.generate_captions([day()], [key], seed)[0].get(key)
    return [caption] if caption is not None and caption.text else []


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))
