"""Days in, their figures as angles out; texts in, the numbers written in them out; equal figures have equal angles.

A caption says 10,735 steps, and of a thousand days one has them. A model's vector says "about ten thousand": it has a
few hundred numbers for everything. So each figure of a day (a channel's mean, highest, lowest and spread, its total
where it adds up) is kept as cosines and sines of itself at some frequencies (random Fourier features, Rahimi and Recht
2007, with chosen frequencies): the inner product with those of a number is 1 where both are equal, falls off within
what the highest frequency tells apart, and still knows at the lowest which of two is nearer.

Letters in shapes: n days, m numbers, k figures, f frequencies.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.captions.facts import DayBatch, measure
from sensorlm.captions.spread import spread_of
from sensorlm.channels import ChannelSet
from sensorlm.errors import RecordError
from sensorlm.fact_json import quantity_from_json, quantity_to_json
from sensorlm.records import MINUTES_PER_DAY, Quantity

FREQUENCIES = (2.0, 8.0, 32.0, 128.0)
"""Radians a standard deviation: the last tells a hundredth of it apart, the first reaches to 1.6 of them."""
MOST = 4.0
"""Standard deviations from the usual beyond which figures are the same."""
LEAST_WIDTH = 1e-3
VERSION = 1
ARRAYS = ("middle", "width", "usual")
Floats = NDArray[np.float32]
_CLOCK = re.compile(r"(?<![\d:])\d{1,2}:\d\d(?!\d)")
_NUMBER = re.compile(r"(?<![\w.,:])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w:]|\.\d|,\d)")


@dataclass(frozen=True)
class WrittenNumber:
    """A number in a text."""

    start: int
    """Place of its first digit."""
    value: float
    tolerance: float
    """Half of what its last written digit stands for."""


def numbers_in(text: str) -> list[WrittenNumber]:
    """Numbers in digits, with commas between thousands or without; times of the day ("19:05") are none."""
    clocks = [match.span() for match in _CLOCK.finditer(text)]
    found = []
    for match in _NUMBER.finditer(text):
        if not any(start <= match.start() < end for start, end in clocks):
            digits = match[0].replace(",", "")
            decimals = len(digits.partition(".")[2])
            found.append(WrittenNumber(match.start(), float(digits), 0.5 * 10.0**-decimals))
    return found


def figures_of(channel_set: ChannelSet) -> tuple[Quantity, ...]:
    """What captions give figures of: mean, highest, lowest and spread of each channel over the day, and totals."""
    return tuple(
        Quantity(statistic=statistic, subject=channel.key, start=0, end=MINUTES_PER_DAY)
        for channel in channel_set.channels if not channel.binary
        for statistic in ("mean", "max", "min", "std", *(("total",) if channel.aggregate == "sum" else ()))
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class FigureBank:
    """k figures, and how those of many people's days spread."""

    quantities: tuple[Quantity, ...]
    middle: Floats
    """(k,) median of each, in its unit."""
    width: Floats
    """(k,) a standard deviation of each, in its unit."""
    usual: Floats
    """(2 f k,) mean of the angles of many people's days."""

    def __post_init__(self) -> None:
        k = len(self.quantities)
        sizes = {"middle": len(self.middle), "width": len(self.width), "usual": len(self.usual)}
        wanted = {"middle": k, "width": k, "usual": 2 * len(FREQUENCIES) * k}
        if sizes != wanted or not k:
            raise RecordError(f"a bank of {k} figures has arrays of {sizes}, not {wanted}. Make the bank anew.")

    def __len__(self) -> int:
        return len(self.quantities)

    @property
    def dim(self) -> int:
        """Numbers that stand for a day: 2 f k."""
        return len(self.usual)

    @classmethod
    def of(cls, quantities: Sequence[Quantity], batches: Sequence[DayBatch]) -> "FigureBank":
        """A bank with the medians and spreads of these days.

        Raises:
            RecordError: no figure, or no day.
        """
        if not quantities or not batches:
            raise RecordError(f"{len(quantities)} figures and {len(batches)} batches of days: give one of each.")
        values = np.concatenate([measure(quantities, batch) for batch in batches])
        middle, width = spread_of(values)
        width = np.maximum(width, LEAST_WIDTH)
        usual = _angles((values - middle) / width).reshape(len(values), -1).mean(0)
        return cls(quantities=tuple(quantities), middle=middle, width=width, usual=usual)

    def standing(self, batch: DayBatch) -> Floats:
        """(n, 2 f k) angles of the days' figures beside the usual; what was not recorded has none."""
        values = measure(self.quantities, batch)
        return _angles((values - self.middle) / self.width).reshape(len(values), -1) - self.usual

    def asked(self, values: Floats, shares: Floats) -> Floats:
        """(2 f k,) angles of numbers.

        Args:
            values: (m,).
            shares: (m, k) how likely each number is which figure.
        """
        angles = _angles((values[:, None] - self.middle) / self.width)
        weighted: Floats = (angles * shares[..., None, None]).sum(0).reshape(-1) / np.float32(len(FREQUENCIES))
        return weighted

    def to_json(self) -> dict[str, Any]:
        """All but the arrays."""
        return {
            "version": VERSION, "frequencies": list(FREQUENCIES),
            "quantities": [quantity_to_json(quantity) for quantity in self.quantities],
        }  # fmt: skip

    def arrays(self) -> dict[str, Floats]:
        """Name in `ARRAYS` -> array."""
        return {"middle": self.middle, "width": self.width, "usual": self.usual}

    @classmethod
    def from_parts(cls, data: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> "FigureBank":
        """What `to_json` and `arrays` gave.

        Raises:
            RecordError: another version or other frequencies, a missing array, or parts that do not fit each other.
        """
        missing = [name for name in ARRAYS if name not in arrays]
        told = (data.get("version"), tuple(data.get("frequencies", ())))
        if told != (VERSION, FREQUENCIES) or missing:
            raise RecordError(
                f"figures of version and frequencies {told} without {missing or 'nothing'}; this program reads "
                f"{(VERSION, FREQUENCIES)} with {list(ARRAYS)}. Make them anew with recipes/figures.py."
            )
        return cls(
            quantities=tuple(quantity_from_json(one) for one in data.get("quantities", ())),
            **{name: np.asarray(arrays[name], np.float32) for name in ARRAYS},
        )


def _angles(distance: Floats) -> Floats:
    """(..., f, 2) cosines and sines of standard deviations (...); zeros where unknown."""
    told = np.isfinite(distance)
    angle = np.clip(np.where(told, distance, 0), -MOST, MOST)[..., None] * np.array(FREQUENCIES, np.float32)
    return (np.stack([np.cos(angle), np.sin(angle)], axis=-1) * told[..., None, None]).astype(np.float32)
