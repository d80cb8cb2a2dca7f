"""Days in, what the released SensorLM code computes of them out: the parity mode, faults and all.

It is for comparing with the reference, not for describing days: it knows no missing minute, labels bin i with minute
(i + 1) * 40 (its end, not its beginning), and captions made from it carry no facts, because a day's data need not
confirm them. The default mode (`compose`) is the honest one.

Letters in shapes: b days, t = 1440 minutes, c channels.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.captions.compose import ALL, LOW, MIDDLE, SUMMARY, Pages, open_pages
from sensorlm.captions.facts import DayBatch
from sensorlm.captions.numbers import LEVELS
from sensorlm.captions.peaks import Floats
from sensorlm.captions.sentences import (
    Dice,
    Sentence,
    Spoken,
    extreme_sentence,
    level_sentence,
    spoken_channels,
    trend_sentence,
)
from sensorlm.captions.statistics import PEAK_MINUTES
from sensorlm.captions.structure import (
    BIN_MINUTES,
    DIRECTIONS,
    Peaks,
    Trends,
    bin_means,
    find_extremes,
    find_trends,
)
from sensorlm.channels import ChannelSet
from sensorlm.records import Caption, DayMatrix

MINUTE_STYLE = 2
# The reference's fixed choice of channels (captioning code); the four heart extras that no set has are left out.
LOW_CHANNELS = (
    "HR", "rr_med", "ShEnRR", "sdnn0595", "steps", "jerk_auto", "log_energy", "kurtosis", "sleep_coefficient",
    "eda_level_real", "wrist_temperatures",
)  # fmt: skip
MAX_PER_GROUP = 7


def label(bin_index: int) -> int:
    """The minute by which the reference names a bin."""
    return (bin_index + 1) * BIN_MINUTES


def fill_missing(values: NDArray[np.floating], channel_set: ChannelSet) -> Floats:
    """(b, t, c) with each channel's global mean where missing: the 0 that a z-scored day holds there."""
    return np.where(np.isnan(values), channel_set.mean, values).astype(np.float64)


def denormalise(z: NDArray[np.floating], channel_set: ChannelSet) -> Floats:
    """(b, t, c) physical values in float64, clamped as the reference clamps."""
    values = np.asarray(z, np.float64) * channel_set.std + channel_set.mean
    clamped = [i for i, channel in enumerate(channel_set.channels) if channel.clamp_zero]
    values[..., clamped] = np.maximum(values[..., clamped], 0)
    return values


def describe(values: Floats, channel_set: ChannelSet) -> list[dict[str, dict[str, Any]]]:
    """Per day and channel: mean, max, min, std, trends (start, end, direction, slope) and peaks (minute, kind).

    Args:
        values: (b, t, c) in channel units with nothing missing.
        channel_set: Names the channels.
    """
    keys = channel_set.keys
    levels = _levels(values)
    bins = bin_means(values)
    trends, extremes = find_trends(bins), find_extremes(bins)
    out: list[dict[str, dict[str, Any]]] = []
    for row in levels.tolist():
        numbers = (dict(zip(LEVELS, four, strict=True)) for four in row)
        out.append({key: {**four, "trends": [], "peaks": []} for key, four in zip(keys, numbers, strict=True)})
    for i, series in enumerate(trends.series.tolist()):
        out[series // len(keys)][keys[series % len(keys)]]["trends"].append({
            "start": label(int(trends.first_bin[i])), "end": label(int(trends.last_bin[i])),
            "direction": DIRECTIONS[trends.direction[i]], "slope": float(trends.slope[i]),
        })  # fmt: skip
    for i, series in enumerate(extremes.series.tolist()):
        entry = {"minute": label(int(extremes.bin[i])), "kind": "drop" if extremes.is_drop[i] else "peak"}
        out[series // len(keys)][keys[series % len(keys)]]["peaks"].append(entry)
    return out


def _levels(values: Floats) -> Floats:
    """(b, c, 4) mean, max, min, std."""
    return np.stack([values.mean(1), values.max(1), values.min(1), values.std(1)], 2)


def reference_captions(
    days: Sequence[DayMatrix], keys: Sequence[str], seed: int, channel_set: ChannelSet
) -> list[dict[str, Caption]]:
    """Captions of what the reference computes, in our wording, without facts.

    The semantic level is the default mode's, since the reference's takes the same logged events.
    """
    batch = DayBatch.from_days(days)
    spoken = spoken_channels(batch.channel_keys, channel_set)
    values = fill_missing(batch.values, channel_set)
    levels, bins = _levels(values), bin_means(values)
    trends, extremes = find_trends(bins), find_extremes(bins)
    default = open_pages(days, batch, {SUMMARY, ALL}, seed, channel_set)
    out = []
    for row, day in enumerate(days):
        low = _statistical(levels[row], spoken, Dice(seed, day.key + "/low"))
        middle = _structural(row, bins, trends, extremes, spoken, Dice(seed, day.key + "/middle"))
        page = Pages({LOW: _given(low), MIDDLE: _given(middle), SUMMARY: _read(default[row], SUMMARY),
                      ALL: _read(default[row], ALL)})  # fmt: skip
        found = {key: page.caption(key) for key in keys}
        out.append({key: caption for key, caption in found.items() if caption})
    return out


def _given(sentences: Iterable[Sentence]) -> Any:  # noqa: ANN401
    return lambda: (Sentence(sentence.text, ()) for sentence in sentences)


def _read(page: Pages, level: str) -> Any:  # noqa: ANN401
    return lambda: page.sentences(level)


def _statistical(levels: Floats, spoken: Sequence[Spoken], dice: Dice) -> Iterator[Sentence]:
    for said, numbers in zip(spoken, levels, strict=True):
        if said.channel.key in LOW_CHANNELS:
            yield level_sentence(said, dict(zip(LEVELS, numbers.tolist(), strict=True)), dice)


def _structural(
    row: int, bins: Floats, trends: Trends, extremes: Peaks, spoken: Sequence[Spoken], dice: Dice
) -> Iterator[Sentence]:
    c = len(spoken)
    told: dict[str, int] = {}
    for i in np.flatnonzero(trends.series // c == row).tolist():
        said, series = spoken[int(trends.series[i]) % c], bins[trends.series[i]]
        first, last = int(trends.first_bin[i]), int(trends.last_bin[i])
        ends = float(series[first]), float(series[last]), float(series[first : last + 1].mean())
        if _room(told, said):
            direction = int(trends.direction[i])
            yield trend_sentence(said, direction, label(first), label(last), ends, dice, style=MINUTE_STYLE)
    for i in np.flatnonzero(extremes.series // c == row).tolist():
        said, at = spoken[int(extremes.series[i]) % c], int(extremes.bin[i])
        if _room(told, said):
            yield extreme_sentence(
                said,
                drop=bool(extremes.is_drop[i]),
                start=label(at) - PEAK_MINUTES // 2,
                value=float(bins[extremes.series[i], at]),
                dice=dice,
                style=MINUTE_STYLE,
            )


def _room(told: dict[str, int], said: Spoken) -> bool:
    told[said.channel.group] = told.get(said.channel.group, 0) + 1
    return told[said.channel.group] <= MAX_PER_GROUP
