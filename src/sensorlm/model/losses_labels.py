"""Fact codes in, labels out: does this caption hold of that day? +1 yes, -1 no, 0 the day cannot tell.

A caption's fact is an interval `low <= quantity <= high` on one of k quantities; a day's code is its k measured
quantities, NaN where its data cannot tell. A fact is true inside the interval, false further than `margin` outside
it, and open between. A caption holds (+1) where all its facts do, is contradicted (-1) where any is false, else it is
left out (0). UniCL and SupCon share labels inside a class; here the "class" is computed, caption by caption, from
what the caption says.
"""

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor


@runtime_checkable
class CaptionFacts(Protocol):
    """Facts of n captions, at most m each; index -1 marks an unused place."""

    @property
    def index(self) -> Any: ...  # noqa: ANN401, D102

    @property
    def low(self) -> Any: ...  # noqa: ANN401, D102

    @property
    def high(self) -> Any: ...  # noqa: ANN401, D102

    @property
    def margin(self) -> Any: ...  # noqa: ANN401, D102


@dataclass(frozen=True)
class FactCodes:
    """What a batch needs to label any tile of its (b, n) matrix: a few numbers a row instead of the matrix."""

    day_codes: Tensor
    """(b, k) float32, NaN where a day cannot tell."""
    captions: Tensor
    """(n, 4 m + 1) float32: index, low, high, margin of each fact and the label mode; one tensor, so that it can
    travel."""

    @property
    def label_mode(self) -> Tensor:
        """(n,) bool, True where facts decide."""
        return self.captions[:, -1] > 0

    def matrix(self, diagonal: int = 0) -> Tensor:
        """(b, n) int8 labels; caption i + diagonal is day i's own."""
        return label_tile(self.day_codes, self.captions, diagonal)

    @classmethod
    def pack(cls, day_codes: Tensor, caption_codes: CaptionFacts, label_mode: Tensor) -> "FactCodes":
        """Bring the parts of a Batch together."""
        device = day_codes.device
        facts = [
            torch.as_tensor(getattr(caption_codes, name), device=device) for name in ("index", "low", "high", "margin")
        ]
        parts = [*facts, torch.as_tensor(label_mode, device=device)[:, None]]
        # An index is exact in float32 up to 2^24 quantities.
        return cls(day_codes.float(), torch.cat([part.float() for part in parts], dim=1))


def fact_labels(day_codes: Tensor, caption_codes: CaptionFacts, label_mode: Tensor) -> Tensor:
    """(b, n) int8 labels of a batch whose caption i was written about day i.

    Columns of mode 1 are labelled by facts, with a day's own caption always +1; columns of mode 0 by the pairs rule.

    Args:
        day_codes: (b, k) float32 measured quantities, NaN where a day cannot tell.
        caption_codes: `index`, `low`, `high`, `margin`, each (n, m); index -1 where a caption has fewer facts.
        label_mode: (n,) 0 pairs, 1 facts.

    Returns:
        (b, n) int8 of +1, -1 and 0.
    """
    return FactCodes.pack(day_codes, caption_codes, label_mode).matrix()


def label_tile(day_codes: Tensor, captions: Tensor, diagonal: int = 0) -> Tensor:
    """(r, c) int8 labels of r days and c packed captions; caption i + diagonal is day i's own."""
    index, low, high, margin = captions[:, :-1].chunk(4, dim=1)  # (c, m)
    index = index.long()
    shape = (len(day_codes), len(captions))
    true = torch.ones(shape, dtype=torch.bool, device=day_codes.device)
    false = torch.zeros_like(true)
    for i in range(index.shape[1]):  # one fact place at a time: never an (r, c, m) array
        used = index[:, i] >= 0
        value = day_codes[:, index[:, i].clamp(min=0)]  # (r, c)
        true &= ~used | ((value >= low[:, i]) & (value <= high[:, i]))
        false |= used & ((value < low[:, i] - margin[:, i]) | (value > high[:, i] + margin[:, i]))
    labels = true.to(torch.int8) - (false & ~true).to(torch.int8)
    own = own_mask(shape, diagonal, day_codes.device)
    labels = torch.where(captions[:, -1] > 0, labels, -1)
    return labels.masked_fill(own, 1)


def own_mask(shape: tuple[int, int], diagonal: int, device: torch.device) -> Tensor:
    """(r, c) bool, True where caption i + diagonal meets day i."""
    rows = torch.arange(shape[0], device=device)[:, None]
    return rows + diagonal == torch.arange(shape[1], device=device)


def own_pairs(batch: int, device: torch.device) -> Tensor:
    """(b, b) int8: +1 on the diagonal, -1 elsewhere."""
    return own_mask((batch, batch), 0, device).to(torch.int8) * 2 - 1


@dataclass(frozen=True)
class LabelCounts:
    """What the averages of a batch are taken over; sums over tiles and over processes."""

    positives: Tensor
    """() entries +1 in fact columns."""
    negatives: Tensor
    """() entries -1 in fact columns."""
    columns: Tensor
    """() fact columns."""

    def weights(self, batch: int, reduction: str) -> Tensor:
        """(3,) weight of a pairs entry, a +1 and a -1 of a fact column."""
        pairs = torch.full_like(self.columns, 1 / batch if reduction == "mean_b" else 1 / batch**2)
        share = self.columns / batch
        # No entry, no weight: clamp only avoids 0 / 0.
        return torch.stack([pairs, share / self.positives.clamp(min=1), share / self.negatives.clamp(min=1)])


def count_labels(labels: Tensor, mode: Tensor) -> LabelCounts:
    """Count an (r, c) label tile; float64 counts, exact to 2^53."""
    positives, negatives = ((labels > 0) & mode).sum(), ((labels < 0) & mode).sum()
    return LabelCounts(positives.double(), negatives.double(), mode.sum().double())


def tile_weights(labels: Tensor, mode: Tensor, weights: Tensor) -> Tensor:
    """(r, c) weight of every entry of a tile; 0 where it is left out."""
    pairs, positive, negative = weights.unbind()
    facts = torch.where(labels > 0, positive, torch.where(labels < 0, negative, torch.zeros_like(pairs)))
    return torch.where(mode, facts, pairs)


def siglip_weights(codes: FactCodes | None, batch: int, reduction: str, chunk_size: int) -> Tensor:
    """The three weights of `LabelCounts.weights` of a whole batch, counted tile by tile."""
    if codes is None:
        nothing = torch.zeros((), dtype=torch.float64)
        return LabelCounts(nothing, nothing, nothing).weights(batch, reduction)
    positives, negatives = (torch.zeros((), dtype=torch.float64, device=codes.day_codes.device) for _ in range(2))
    for row in range(0, len(codes.day_codes), chunk_size):
        for column in range(0, len(codes.captions), chunk_size):
            captions = codes.captions[column : column + chunk_size]
            tile = label_tile(codes.day_codes[row : row + chunk_size], captions, row - column)
            counts = count_labels(tile, captions[:, -1] > 0)
            positives, negatives = positives + counts.positives, negatives + counts.negatives
    return LabelCounts(positives, negatives, codes.label_mode.sum().double()).weights(batch, reduction)
