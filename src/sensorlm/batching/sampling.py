"""A sample number in, the window of its day and its caption out; every draw depends on (seed, sample number) alone.

So neither the number of workers or ranks nor where a run was stopped changes what a sample is.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sensorlm.captions import generate_captions, short_captions_of, visible_form
from sensorlm.channels import ChannelSet
from sensorlm.errors import ConfigError, StoreError
from sensorlm.records import CAPTION_KEYS, MINUTES_PER_DAY, Caption, DayMatrix
from sensorlm.store import Dataset

SHORT_KEY = "short"
"""The key of plain-language, fact-labelled sentences about a day or a window of it."""
WINDOW_STEP = 10
"""Windows start and end on these minutes: the patches of a model, so that none is cut."""
WHOLE_DAY = (0, MINUTES_PER_DAY)
WINDOW_GROUP = 16
"""So many consecutive samples share their window, whose captions are then written together."""
FALLBACK_KEY = "low_level_caption"
"""Of a day about which none of the asked keys has anything to say: its statistics can always be told."""
_WINDOW_TRIES = 8
Days = Callable[[int], DayMatrix]


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


def choose(
    sampling: Sampling, dataset: Dataset, rows: Sequence[int], samples: Sequence[int], epochs: Sequence[int], days: Days
) -> list[Caption]:
    """The caption of each sample of a batch; outside `caption.window` its day is hidden.

    A window without a caption (nothing to tell there) becomes another, then the whole day; a key of which the day
    has no caption gives way to the next, and in the end to the statistics. Captions are written for many days at
    once, from (seed, epoch, day), so a sample's does not depend on the batch it is in.

    Args:
        sampling: how to choose.
        dataset: of the rows.
        rows: of each sample.
        samples: numbers of the samples.
        epochs: of each sample.
        days: gives the day of the i-th sample; called only when a caption has to be written.

    Raises:
        StoreError: a day of which nothing at all was observed.
    """
    draws = [np.random.default_rng([sampling.seed, sample]) for sample in samples]
    windowed = [i for i, rng in enumerate(draws) if rng.random() < sampling.window_fraction]
    chosen = _about_windows(sampling, windowed, samples, epochs, days)
    orders = [[*_draw_order(sampling.caption_keys, rng), FALLBACK_KEY] for rng in draws]
    places = [rng.random() for rng in draws]
    for turn in range(len(sampling.caption_keys) + 1):
        groups: dict[tuple[str, int], list[int]] = {}
        for i in range(len(rows)):
            if i not in chosen:
                groups.setdefault((orders[i][turn], epochs[i]), []).append(i)
        for (key, epoch), members in groups.items():
            if key in dataset.caption_keys:
                found = [dataset.captions(rows[i], key).get(key, []) for i in members]
            else:
                found = _written([days(i) for i in members], key, _seed_of(sampling.seed, epoch), dataset.channel_set)
            chosen |= {i: c[int(places[i] * len(c))] for i, c in zip(members, found, strict=True) if c}
    for i, row in enumerate(rows):
        if i not in chosen:
            raise StoreError(
                f"row {row} ({days(i).key}) has no caption under {sorted(sampling.caption_keys)}, nor statistics. "
                "Add captions of it, or leave it out of the rows to train on."
            )
    return [visible_form(chosen[i]) for i in range(len(rows))]


def _about_windows(
    sampling: Sampling, members: Sequence[int], samples: Sequence[int], epochs: Sequence[int], days: Days
) -> dict[int, Caption]:
    """Captions of windows for the samples at `members`; one is left out when none of its group's windows says anything.

    Neighbouring samples show the same window: their captions are written together, and answer for each other.
    """
    found: dict[int, Caption] = {}
    tries = {group: _windows(sampling.seed, group) for group in {samples[i] // WINDOW_GROUP for i in members}}
    for attempt in range(_WINDOW_TRIES):
        groups: dict[tuple[tuple[int, int], int], list[int]] = {}
        for i in members:
            if i not in found:
                groups.setdefault((tries[samples[i] // WINDOW_GROUP][attempt], epochs[i]), []).append(i)
        for (window, epoch), group in groups.items():
            seed = _seed_of(sampling.seed, epoch)
            written = short_captions_of([days(i) for i in group], seed=seed, count=1, window=window)
            found |= {i: captions[0] for i, captions in zip(group, written, strict=True) if captions}
    return found


def _windows(seed: int, group: int) -> list[tuple[int, int]]:
    """The windows to try for one group of samples, in order."""
    rng = np.random.default_rng([seed, group, 2])
    return [draw_window(rng) for _ in range(_WINDOW_TRIES)]


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


def _written(days: Sequence[DayMatrix], key: str, seed: int, channel_set: ChannelSet) -> list[list[Caption]]:
    """Captions of days, written now; none where nothing can honestly be said."""
    if key == SHORT_KEY:
        return short_captions_of(days, seed=seed, count=1)
    pages = generate_captions(days, [key], seed, channel_set=channel_set)
    return [[page[key]] if key in page else [] for page in pages]


def _seed_of(seed: int, epoch: int) -> int:
    """A seed for the wordings of one epoch; a day comes once in it."""
    return int(np.random.default_rng([seed, epoch, 1]).integers(2**31))
