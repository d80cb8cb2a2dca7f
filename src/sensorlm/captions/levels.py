"""Measured days in, the sentences of the statistical and structural levels out.

Statistical: levels of channels, group by group. Structural: trends, peaks and drops, at most seven sentences a group.
The semantic level is in `logged` (events) and `plain` (statements).
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple, TypeVar

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
# Described whenever recorded; the other channels of a group take turns for the places left.
CORE_CHANNELS = ("HR", "rr_med", "rmssd0595", "steps", "step_count", "counts", "log_energy", "sleep_coefficient",
                 "eda_level_real", "wrist_temperatures", "spo2", "glucose", "white_light")  # fmt: skip
PLACES = {"heart": 5, "activity": 5, "sleep": 4, "skin": 3}
OTHER_PLACES = 3
MAX_STRUCTURAL = 7


class Pattern(NamedTuple):
    """A trend (direction 0, 1, 2), a peak (3) or a drop (4) of one channel, in bins, end exclusive."""

    channel: int
    shape: int
    first: int
    end: int


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
    core = [column for column in columns if spoken[column].channel.key in CORE_CHANNELS]
    extra = _shuffled([column for column in columns if column not in core], dice)
    return (core + extra)[: PLACES.get(spoken[columns[0]].channel.group, OTHER_PLACES)]


def _shuffled(items: list[T], dice: Dice) -> list[T]:
    out = list(items)
    for place in range(len(out) - 1, 0, -1):
        other = dice(place + 1)
        out[place], out[other] = out[other], out[place]
    return out


def _in_turns(lists: Iterable[list[T]]) -> Iterator[T]:
    return (item for turn in zip_longest(*lists) for item in turn if item is not None)


def find_patterns(numbers: Numbers, spoken: Sequence[Spoken]) -> list[list[Pattern]]:
    """Per day, the trends, peaks and drops that are large enough to state."""
    b, c, _ = numbers.bins.shape
    bins = numbers.bins.reshape(b * c, BINS)
    trends, extremes = find_trends(bins), find_extremes(bins)
    change = bins[trends.series, trends.last_bin] - bins[trends.series, trends.first_bin]
    std = np.array([said.channel.std for said in spoken])
    size = np.abs(change) / std[trends.series % c]
    flat = trends.direction == 2
    # 1.2 and 0.8 keep the measured number clear of the stated fact's own bound.
    keep = np.where(flat, size <= 0.8 * claims.LEVEL_BAND, size >= 1.2 * claims.LEAST_CHANGE)
    keep &= flat | (np.sign(change) == 1 - 2 * trends.direction)
    out: list[list[Pattern]] = [[] for _ in range(b)]
    found = zip(
        trends.series[keep].tolist(), trends.direction[keep].tolist(), trends.first_bin[keep].tolist(),
        (trends.last_bin[keep] + 1).tolist(), strict=True,
    )  # fmt: skip
    for series, direction, first, end in found:
        out[series // c].append(Pattern(series % c, direction, first, end))
    at = extremes.bin
    tall = _height(bins, extremes.series, at, extremes.is_drop) >= 1.2 * claims.LEAST_HEIGHT * std[extremes.series % c]
    for series, place, drop in zip(
        extremes.series[tall].tolist(), at[tall].tolist(), extremes.is_drop[tall].tolist(), strict=True
    ):
        out[series // c].append(Pattern(series % c, DROP if drop else PEAK, place, place + 1))
    return out


def _height(bins: Floats, series: NDArray[Any], at: NDArray[Any], is_drop: NDArray[np.bool_]) -> Floats:
    """How far a peak stands over both its feet, a drop under them; NaN where a foot was not recorded."""
    reach = claims.FOOT_REACH // BIN_MINUTES
    sign = np.where(is_drop, -1, 1)
    feet = [sign * bins[series, np.clip(at + step, 0, BINS - 1)] for step in (-reach, reach)]
    return np.asarray(sign * bins[series, at] - np.maximum(*feet), np.float64)


def structural(
    row: int, numbers: Numbers, patterns: list[Pattern], spoken: Sequence[Spoken], dice: Dice
) -> Iterator[Sentence]:
    """Sentences about trends, peaks and drops, groups taking turns, at most seven a group."""
    groups: dict[str, list[Pattern]] = {}
    for pattern in patterns:
        groups.setdefault(spoken[pattern.channel].channel.group, []).append(pattern)
    chosen = [_shuffled(found, dice)[:MAX_STRUCTURAL] for found in groups.values()]
    bins = numbers.bins[row]
    for pattern in _in_turns(_shuffled(chosen, dice)):
        said, series = spoken[pattern.channel], bins[pattern.channel]
        start, end = pattern.first * BIN_MINUTES, pattern.end * BIN_MINUTES
        if pattern.shape in (PEAK, DROP):
            value = float(series[pattern.first])
            yield extreme_sentence(said, drop=pattern.shape == DROP, start=start, value=value, dice=dice)
            continue
        mean = float(np.nanmean(series[pattern.first : pattern.end])) if pattern.shape == 2 else 0.0
        levels = float(series[pattern.first]), float(series[pattern.end - 1]), mean
        yield trend_sentence(said, pattern.shape, start, end, levels, dice)
