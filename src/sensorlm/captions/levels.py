"""Measured days in, the sentences of the statistical and structural levels out.

Statistical: levels of channels, group by group. Structural: trends, peaks and drops, at most seven sentences a group.
The semantic level is in `logged` (events) and `plain` (statements).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sensorlm.captions import claims
from sensorlm.captions.numbers import ENOUGH_FOR_TOTAL, LEVELS, Numbers, longest_stretch, whole_day, window_levels
from sensorlm.captions.peaks import Floats
from sensorlm.captions.sentences import (
    Dice,
    Sentence,
    Spoken,
    binary_sentence,
    extreme_sentence,
    level_sentence,
    total_sentence,
    trend_sentence,
)
from sensorlm.captions.structure import BIN_MINUTES, BINS, find_extremes, find_trends
from sensorlm.records import DayMatrix

T = TypeVar("T")
# The first of a group's that was recorded is always described; all others take turns for the places left.
CORE_CHANNELS = ("HR", "rr_med", "rmssd0595", "steps", "step_count", "counts", "log_energy", "sleep_coefficient",
                 "eda_level_real", "wrist_temperatures", "spo2", "glucose", "white_light")  # fmt: skip
PLACES = {"heart": 5, "activity": 5, "sleep": 4, "skin": 3}
OTHER_PLACES = 3
MAX_STRUCTURAL = 7
BLOCK_DAYS = 40
"""Days whose trends and peaks are looked for together: the tables of so many stay inside a processor's cache."""


@dataclass(frozen=True, eq=False)
class Patterns:
    """Trends, peaks and drops of many days, those of one day and group side by side: plain lists, read one by one."""

    bounds: list[list[int]]
    """Per day, where each group's patterns begin, and where the last one's end."""
    channel: list[int]
    shape: list[int]
    """0 rising, 1 falling, 2 stable, 3 a peak, 4 a drop."""
    first: list[int]
    end: list[int]
    """Bins, end exclusive."""
    levels: tuple[list[float], list[float], list[float]]
    """Value of the first bin, of the last, and, of a stable stretch, its mean."""


PEAK, DROP = 3, 4


def statistical(day: DayMatrix, row: int, numbers: Numbers, spoken: Sequence[Spoken], dice: Dice) -> Iterator[Sentence]:
    """Sentences about channels' levels, groups taking turns."""
    counts = numbers.count[row].tolist()
    groups: dict[str, list[int]] = {}
    for column, said in enumerate(spoken):
        if counts[column]:
            groups.setdefault(said.channel.group, []).append(column)
    chosen = [_places(columns, spoken, dice) for columns in groups.values()]
    for column in _in_turns(_shuffled(chosen, dice)):
        yield from _levels_of(day, row, column, counts[column], numbers, spoken[column], dice)


def _levels_of(
    day: DayMatrix, row: int, column: int, count: int, numbers: Numbers, said: Spoken, dice: Dice
) -> Iterator[Sentence]:
    if said.channel.binary:
        if whole_day(count):
            yield binary_sentence(said, int((day.values[:, column] > 0.5).sum()), dice)
        return
    if whole_day(count):
        yield level_sentence(said, dict(zip(LEVELS, numbers.levels[row, column].tolist(), strict=True)), dice)
        if said.channel.aggregate == "sum" and whole_day(count, ENOUGH_FOR_TOTAL):
            yield total_sentence(said, float(numbers.levels[row, column, 0]) * count, dice)
        return
    window = longest_stretch(numbers.bins[row, column])
    if window:
        levels = window_levels(day.values[slice(*window), column])
        yield level_sentence(said, dict(zip(LEVELS, levels.tolist(), strict=True)), dice, window)


def _places(columns: list[int], spoken: Sequence[Spoken], dice: Dice) -> list[int]:
    first = [column for column in columns if spoken[column].channel.key in CORE_CHANNELS][:1]
    others = _shuffled([column for column in columns if column not in first], dice)
    return (first + others)[: PLACES.get(spoken[columns[0]].channel.group, OTHER_PLACES)]


def _shuffled(items: Sequence[T], dice: Dice, most: int = 10**6) -> list[T]:
    """`most` of the items, drawn without repeats, in the order drawn."""
    out = list(items)
    for place in range(min(len(out) - 1, most)):
        other = place + dice(len(out) - place)
        out[place], out[other] = out[other], out[place]
    return out[:most]


def _in_turns(lists: Iterable[list[T]]) -> Iterator[T]:
    return (item for turn in zip_longest(*lists) for item in turn if item is not None)


def find_patterns(numbers: Numbers, spoken: Sequence[Spoken]) -> Patterns:
    """The trends, peaks and drops of each day that are large enough to state."""
    b, c, _ = numbers.bins.shape
    bins = numbers.bins.reshape(b * c, BINS)
    std = np.array([said.channel.std for said in spoken])
    series, shape, first, end = _large(bins, std, BLOCK_DAYS * c)
    names = sorted({said.channel.group for said in spoken})
    group = np.array([names.index(said.channel.group) for said in spoken])
    place = series // c * len(names) + group[series % c]
    order = np.argsort(place, kind="stable")
    series, shape, first, end = series[order], shape[order], first[order], end[order]
    starts = np.searchsorted(place[order], np.arange(b * len(names) + 1))
    bounds = starts[np.arange(b)[:, None] * len(names) + np.arange(len(names) + 1)]
    means = [0.0] * len(series)
    for i in np.flatnonzero(shape == 2).tolist():
        means[i] = numbers.stretch_mean(int(series[i]), int(first[i]), int(end[i]))
    return Patterns(
        bounds.tolist(), (series % c).tolist(), shape.tolist(), first.tolist(), end.tolist(),
        (bins[series, first].tolist(), bins[series, end - 1].tolist(), means),
    )  # fmt: skip


Found = tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]


def _large(bins: Floats, std: Floats, size: int) -> Found:
    """All trends, then all peaks and drops worth stating, looked for in blocks of `size` series."""
    found: list[list[Found]] = [[], []]
    for start in range(0, len(bins), size):
        for into, look in zip(found, (_large_trends, _large_extremes), strict=True):
            series, shape, first, end = look(bins[start : start + size], std)
            into.append((series + start, shape, first, end))
    series, shape, first, end = (np.concatenate(parts) for parts in zip(*found[0], *found[1], strict=True))
    return series, shape, first, end


def _large_trends(bins: Floats, std: Floats) -> Found:
    """Series, shape, first and end bin of the trends worth stating."""
    trends = find_trends(bins)
    change = bins[trends.series, trends.last_bin] - bins[trends.series, trends.first_bin]
    size = np.abs(change) / std[trends.series % len(std)]
    flat = trends.direction == 2
    # 1.2 and 0.8 keep the measured number clear of the stated fact's own bound.
    keep = np.where(flat, size <= 0.8 * claims.LEVEL_BAND, size >= 1.2 * claims.LEAST_CHANGE)
    keep &= flat | (np.sign(change) == 1 - 2 * trends.direction)
    return trends.series[keep], trends.direction[keep], trends.first_bin[keep], trends.last_bin[keep] + 1


def _large_extremes(bins: Floats, std: Floats) -> Found:
    found = find_extremes(bins)
    least = 1.2 * claims.LEAST_HEIGHT * std[found.series % len(std)]
    tall = _height(bins, found.series, found.bin, found.is_drop) >= least
    at = found.bin[tall]
    return found.series[tall], np.where(found.is_drop[tall], DROP, PEAK), at, at + 1


def _height(bins: Floats, series: NDArray[Any], at: NDArray[Any], is_drop: NDArray[np.bool_]) -> Floats:
    """How far a peak stands over both its feet, a drop under them; NaN where a foot was not recorded."""
    reach = claims.FOOT_REACH // BIN_MINUTES
    sign = np.where(is_drop, -1, 1)
    feet = [sign * bins[series, np.clip(at + step, 0, BINS - 1)] for step in (-reach, reach)]
    return np.asarray(sign * bins[series, at] - np.maximum(*feet), np.float64)


def structural(row: int, patterns: Patterns, spoken: Sequence[Spoken], dice: Dice) -> Iterator[Sentence]:
    """Sentences about trends, peaks and drops of a day, groups taking turns, at most seven a group."""
    bounds = patterns.bounds[row]
    groups = [range(start, end) for start, end in pairwise(bounds) if end > start]
    chosen = [_shuffled(group, dice, MAX_STRUCTURAL) for group in groups]
    for i in _in_turns(_shuffled(chosen, dice)):
        said, shape = spoken[patterns.channel[i]], patterns.shape[i]
        start, end = patterns.first[i] * BIN_MINUTES, patterns.end[i] * BIN_MINUTES
        first, last, mean = patterns.levels
        if shape in (PEAK, DROP):
            yield extreme_sentence(said, drop=shape == DROP, start=start, value=first[i], dice=dice)
        else:
            yield trend_sentence(said, shape, start, end, (first[i], last[i], mean[i]), dice)
