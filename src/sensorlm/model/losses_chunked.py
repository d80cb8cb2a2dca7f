"""SigLIP tile by tile: features in, loss and gradients out, with no (b, b) matrix ever in memory.

Autograd over chunks would keep every chunk's logits for the backward pass, the whole matrix after all. Here a
Function keeps only the features (and the fact codes) and computes each tile a second time on the way back. The same
two tile functions carry the ring over several processes (`training.ring`).
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from sensorlm.model.losses_labels import label_tile, own_mask, tile_weights


class Block(NamedTuple):
    """Some days against some captions, and what is needed to label them."""

    sensor: Tensor
    """(r, e)."""
    text: Tensor
    """(c, e)."""
    day_codes: Tensor | None
    """(r, k), None for pairs."""
    captions: Tensor | None
    """(c, 4 m + 1) packed facts, None for pairs."""
    diagonal: int
    """Caption i + diagonal is day i's own."""

    def tiles(self, size: int) -> Iterator[tuple[slice, slice, "Block"]]:
        """The block cut into tiles of at most size x size."""
        for row in range(0, len(self.sensor), size):
            for column in range(0, len(self.text), size):
                rows, columns = slice(row, row + size), slice(column, column + size)
                days = None if self.day_codes is None else self.day_codes[rows]
                captions = None if self.captions is None else self.captions[columns]
                diagonal = self.diagonal + row - column
                yield rows, columns, Block(self.sensor[rows], self.text[columns], days, captions, diagonal)

    def signs_and_weights(self, weights: Tensor) -> tuple[Tensor, Tensor]:
        """(r, c) labels as numbers, and the weight of each entry (() for pairs)."""
        if self.day_codes is None or self.captions is None:
            own = own_mask((len(self.sensor), len(self.text)), self.diagonal, self.sensor.device)
            return own.to(self.sensor.dtype) * 2 - 1, weights[0].to(self.sensor.dtype)
        labels = label_tile(self.day_codes, self.captions, self.diagonal)
        entry = tile_weights(labels, self.captions[:, -1] > 0, weights.to(self.sensor.dtype))
        return labels.to(self.sensor.dtype), entry


def block_loss(block: Block, scale: Tensor, bias: Tensor, weights: Tensor, size: int) -> Tensor:
    """() weighted sum of -log sigmoid(sign * logit) over a block (SigLIP, algorithm 1), tile by tile."""
    total = torch.zeros((), dtype=torch.float64, device=block.sensor.device)
    for _, _, tile in block.tiles(size):
        sign, weight = tile.signs_and_weights(weights)
        logits = scale * (tile.sensor @ tile.text.mT) + bias
        total += (weight * F.softplus(-sign * logits)).sum().double()
    return total


def block_gradients(
    block: Block, scale: Tensor, bias: Tensor, weights: Tensor, size: int
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Gradients of `block_loss`: (r, e) of the sensor features, (c, e) of the text features, () of scale and bias.

    d/dz of w * softplus(-y z) is -w * y * sigmoid(-y z).
    """
    d_sensor, d_text = torch.zeros_like(block.sensor), torch.zeros_like(block.text)
    d_scale, d_bias = (torch.zeros((), dtype=torch.float64, device=block.sensor.device) for _ in range(2))
    for rows, columns, tile in block.tiles(size):
        sign, weight = tile.signs_and_weights(weights)
        cosine = tile.sensor @ tile.text.mT
        d_logits = -weight * sign * torch.sigmoid(-sign * (scale * cosine + bias))
        d_scale += (d_logits * cosine).sum().double()
        d_bias += d_logits.sum().double()
        d_logits = d_logits * scale
        d_sensor[rows] += d_logits @ tile.text
        d_text[columns] += d_logits.mT @ tile.sensor
    return d_sensor, d_text, d_scale, d_bias


class ChunkedSiglip(torch.autograd.Function):
    """`block_loss` of a whole batch, whose backward is `block_gradients`: saves O(b e), not O(b^2)."""

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        sensor: Tensor,
        text: Tensor,
        scale: Tensor,
        bias: Tensor,
        day_codes: Tensor | None,
        captions: Tensor | None,
        weights: Tensor,
        size: int,
    ) -> Tensor:
        """The loss of (b, e) features."""
        weights = weights.to(sensor.device)
        ctx.save_for_backward(sensor, text, scale, bias, day_codes, captions, weights)
        ctx.size = size
        return block_loss(Block(sensor, text, day_codes, captions, 0), scale, bias, weights, size).to(sensor.dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        """Gradients of features, scale and bias."""
        sensor, text, scale, bias, day_codes, captions, weights = ctx.saved_tensors
        block = Block(sensor, text, day_codes, captions, 0)
        d_sensor, d_text, d_scale, d_bias = block_gradients(block, scale, bias, weights, ctx.size)
        scalars = ((grad * d_scale).to(scale.dtype), (grad * d_bias).to(bias.dtype))
        return grad * d_sensor, grad * d_text, *scalars, None, None, None, None
