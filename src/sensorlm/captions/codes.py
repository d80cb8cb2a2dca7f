"""Days and captions in, fact codes out: the numbers from which a contrastive batch labels every pair.

A codebook is an ordered list of quantities. A day's code is the value of each; a caption's code says which entries
its facts ask, and the bounds they ask for. Comparing the two gives, for each day and caption, whether the caption is
true of the day (+1), contradicted by it (-1), or cannot be told (0), with no day or text at hand any more.

Letters in shapes: n days, k quantities, m captions, f facts a caption.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.captions.facts import DayBatch, check_quantity, judge, measure
from sensorlm.errors import RecordError
from sensorlm.fact_json import quantity_from_json, quantity_to_json
from sensorlm.records import Caption, Fact, Quantity

NO_FACT = -1
# Bounds of a fact that a codebook cannot express. Every finite float32 under 1e38 lies in its margin, so its answer
# is always 0 and the caption is never counted as true of another day because one of its facts was left out.
UNKNOWN = (1e38, 1e38, 2e38)


@dataclass(frozen=True, eq=False)
class CaptionCodes:
    """Which codebook entries each caption's facts ask, and their bounds."""

    index: NDArray[np.int32]
    """(m, f), NO_FACT (-1) where a caption has fewer facts."""
    low: NDArray[np.float32]
    high: NDArray[np.float32]
    margin: NDArray[np.float32]
    """(m, f) each, finite."""

    def __len__(self) -> int:
        return len(self.index)


@dataclass(frozen=True)
class Codebook:
    """An ordered tuple of distinct quantities."""

    quantities: tuple[Quantity, ...]

    def __post_init__(self) -> None:
        if not self.quantities:
            raise RecordError("codebook: it has no quantity. Build it from captions that carry facts.")
        if len(set(self.quantities)) != len(self.quantities):
            twice = next(q for q, n in Counter(self.quantities).items() if n > 1)
            raise RecordError(f"codebook: quantity {twice.key} is listed twice. List each once.")
        for quantity in self.quantities:
            check_quantity(quantity)

    def __len__(self) -> int:
        return len(self.quantities)

    @cached_property
    def columns(self) -> Mapping[Quantity, int]:
        """Quantity -> its place."""
        return {quantity: i for i, quantity in enumerate(self.quantities)}

    @classmethod
    def from_captions(cls, captions: Iterable[Caption], max_size: int) -> "Codebook":
        """The `max_size` quantities that captions' facts ask most often, ties in order of their keys."""
        counts = Counter(fact.quantity for caption in captions for fact in caption.facts)
        ranked = sorted(counts, key=lambda quantity: (-counts[quantity], quantity.key))
        return cls(tuple(ranked[:max_size]))

    def day_codes(self, batch: DayBatch, visible: NDArray[np.integer] | None = None) -> NDArray[np.float32]:
        """(n, k) the value of each quantity on each day, NaN where it cannot be told; `visible` as in `measure`."""
        return measure(self.quantities, batch, visible)

    def caption_codes(self, captions: Sequence[Caption], max_facts: int) -> CaptionCodes:
        """Codes of captions.

        A fact whose quantity is not in the codebook, and all facts past the first `max_facts - 1` when a caption has
        more than `max_facts`, become one entry that no day can answer: such a caption may still be contradicted, but
        is never called true of another day.

        Raises:
            RecordError: max_facts is below 1.
        """
        if max_facts < 1:
            raise RecordError(
                f"max_facts={max_facts} must be 1 or more: a caption without a fact is true of every day."
            )
        index = np.full((len(captions), max_facts), NO_FACT, np.int32)
        bounds = np.zeros((3, len(captions), max_facts), np.float32)
        for row, caption in enumerate(captions):
            for slot, (column, limits) in enumerate(self._entries(caption.facts, max_facts)):
                index[row, slot] = column
                bounds[:, row, slot] = limits
        return CaptionCodes(index, *bounds)

    def _entries(self, facts: Sequence[Fact], max_facts: int) -> list[tuple[int, tuple[float, float, float]]]:
        known = [fact for fact in facts if fact.quantity in self.columns]
        complete = len(known) == len(facts) and len(facts) <= max_facts and bool(facts)
        kept = known if complete else known[: max_facts - 1]
        entries = [(self.columns[fact.quantity], _finite(fact)) for fact in kept]
        return entries if complete else [*entries, (0, UNKNOWN)]

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dict."""
        return {"version": 1, "quantities": [quantity_to_json(quantity) for quantity in self.quantities]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Codebook":
        """Read what `to_json` wrote.

        Raises:
            RecordError: another version, or an entry that is no quantity.
        """
        if data.get("version") != 1:
            raise RecordError(f"codebook version {data.get('version')!r} is not 1. Build it again from the captions.")
        return cls(tuple(quantity_from_json(entry) for entry in data.get("quantities", ())))


def _finite(fact: Fact) -> tuple[float, float, float]:
    """Bounds without infinities (a margin past an infinite bound is NaN in some tensor code), rounded outward."""
    low = np.float32(max(fact.low, -1e38))
    high = np.float32(min(fact.high, 1e38))
    # Rounding to float32 must not push a bound past the value it was made from.
    low = low if float(low) <= fact.low or fact.low < -1e38 else np.nextafter(low, np.float32(-np.inf))
    high = high if float(high) >= fact.high or fact.high > 1e38 else np.nextafter(high, np.float32(np.inf))
    return float(low), float(high), float(min(fact.margin, 1e38))


def labels(
    day_codes: NDArray[np.float32], codes: CaptionCodes, own: NDArray[np.integer] | None = None
) -> NDArray[np.int8]:
    """(n, m) whether each caption is true (+1) or contradicted (-1) of each day, or cannot be told (0).

    All facts true makes +1, one contradicted fact makes -1. A caption's own day is always +1: it was written from it.

    Args:
        day_codes: (n, k) from `Codebook.day_codes`.
        codes: Of m captions, from `Codebook.caption_codes`.
        own: (m,) the row in `day_codes` of each caption's own day, -1 for none; None means caption i is of day i.
    """
    n, m = len(day_codes), len(codes)
    all_true = np.ones((n, m), bool)
    contradicted = np.zeros((n, m), bool)
    for slot in range(codes.index.shape[1]):
        used = np.flatnonzero(codes.index[:, slot] != NO_FACT)
        if not len(used):
            continue
        values = day_codes[:, codes.index[used, slot]]  # (n, used)
        answer = judge(values, codes.low[used, slot], codes.high[used, slot], codes.margin[used, slot])
        all_true[:, used] &= answer == 1
        contradicted[:, used] |= answer == -1
    out = np.where(contradicted, -1, all_true).astype(np.int8)
    owner = np.arange(m) if own is None else np.asarray(own)
    captions = np.flatnonzero((owner >= 0) & (owner < n))
    out[owner[captions], captions] = 1
    return out
