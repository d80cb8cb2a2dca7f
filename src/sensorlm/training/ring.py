"""SigLIP over several processes: each holds its days, and the text features pass from hand to hand around a ring.

Process r starts with its own captions; after each of W - 1 hand-overs it holds those of process r - 1, r - 2, ... and
adds the loss of its days against them. No process ever sees more than two shares of text features, and none the (B,
B) matrix. The fact codes of the captions travel with them. On the way back the captions travel again, their gradients
beside them, one hand-over more, so that every gradient ends where its caption lives.
"""

from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor
from torch.autograd.function import once_differentiable

from sensorlm.model.losses import check_reduction, full_precision
from sensorlm.model.losses_chunked import Block, block_gradients, block_loss
from sensorlm.model.losses_labels import FactCodes, LabelCounts, count_labels, label_tile
from sensorlm.training.processes import Processes


class HandOver:
    """One tensor on its way to the next process while the previous one's arrives; compute goes on meanwhile."""

    def __init__(self, tensor: Tensor, processes: Processes) -> None:
        self.outgoing = tensor.contiguous()
        self.incoming = torch.empty_like(self.outgoing)
        to, source = (processes.rank + 1) % processes.size, (processes.rank - 1) % processes.size
        self.works = dist.batch_isend_irecv(
            [dist.P2POp(dist.isend, self.outgoing, to), dist.P2POp(dist.irecv, self.incoming, source)]
        )

    def wait(self) -> Tensor:
        """The tensor that came."""
        for work in self.works:
            work.wait()
        return self.incoming


def ring_siglip_loss(
    sensor_features: Tensor,
    text_features: Tensor,
    logit_scale: Tensor,
    logit_bias: Tensor,
    *,
    processes: Processes,
    labels: FactCodes | None = None,
    reduction: str = "mean_b",
    chunk_size: int = 4096,
) -> Tensor:
    """`losses.siglip_loss` of the batch that all processes hold together.

    The value is the whole batch's on every process. The gradients of features are the whole loss's; those of scale and
    bias are this process's share, to be summed over processes (or averaged, after multiplying the loss by their
    number).

    Args:
        sensor_features: (b, e) of this process; every process has the same b.
        text_features: (b, e) of this process.
        logit_scale: () the temperature.
        logit_bias: ().
        processes: the ring.
        labels: this process's fact codes; None for pairs.
        reduction: as in `siglip_loss`, over the whole batch.
        chunk_size: largest tile side.
    """
    check_reduction(reduction)
    with torch.autocast(sensor_features.device.type, enabled=False):
        sensor, text = full_precision(sensor_features), full_precision(text_features)
        weights = ring_weights(labels, len(sensor) * processes.size, reduction, processes, chunk_size)
        packed = (None, None) if labels is None else (labels.day_codes, labels.captions)
        scalars = (logit_scale.to(sensor.dtype), logit_bias.to(sensor.dtype))
        loss: Tensor = RingSiglip.apply(  # type: ignore[no-untyped-call]
            sensor, text, *scalars, *packed, weights, chunk_size, processes
        )
        return loss


def ring_weights(labels: FactCodes | None, batch: int, reduction: str, processes: Processes, chunk_size: int) -> Tensor:
    """The averages' weights over the whole batch: one trip of the caption codes, no features."""
    device = processes.device
    counts = torch.zeros(3, dtype=torch.float64, device=device)
    if labels is not None:
        captions = labels.captions
        for hop in range(processes.size):
            going = HandOver(captions, processes) if hop < processes.size - 1 else None
            source = (processes.rank - hop) % processes.size
            for row in range(0, len(labels.day_codes), chunk_size):
                diagonal = row + (processes.rank - source) * len(labels.day_codes)
                tile = label_tile(labels.day_codes[row : row + chunk_size], captions, diagonal)
                found = count_labels(tile, captions[:, -1] > 0)
                counts += torch.stack([found.positives, found.negatives, torch.zeros_like(found.columns)])
            captions = going.wait() if going else captions
        counts[2] = labels.label_mode.sum()
        counts = processes.sum(counts)
    return LabelCounts(*counts.unbind()).weights(batch, reduction)


class RingSiglip(torch.autograd.Function):
    """The ring as one differentiable step; saves only this process's own features and codes."""

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
        processes: Processes,
    ) -> Tensor:
        """The loss of all processes' features."""
        ctx.save_for_backward(sensor, text, scale, bias, day_codes, captions, weights)
        ctx.size, ctx.processes = size, processes
        total = torch.zeros((), dtype=torch.float64, device=sensor.device)
        for hop in range(processes.size):
            last = hop == processes.size - 1
            going = [] if last else [HandOver(x, processes) for x in (text, captions) if x is not None]
            block = Block(sensor, text, day_codes, captions, _diagonal(processes, hop, len(sensor)))
            total += block_loss(block, scale, bias, weights, size)
            if going:
                text, *rest = [hand.wait() for hand in going]
                captions = rest[0] if rest else None
        return processes.sum(total).to(sensor.dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        """Gradients of this process's features, and its share of those of scale and bias."""
        sensor, text, scale, bias, day_codes, captions, weights = ctx.saved_tensors
        processes: Processes = ctx.processes
        d_sensor, d_text = torch.zeros_like(sensor), torch.zeros_like(text)
        d_scale, d_bias = (torch.zeros((), dtype=torch.float64, device=sensor.device) for _ in range(2))
        for hop in range(processes.size):
            last = hop == processes.size - 1
            going = [] if last else [HandOver(x, processes) for x in (text, captions) if x is not None]
            block = Block(sensor, text, day_codes, captions, _diagonal(processes, hop, len(sensor)))
            parts = block_gradients(block, scale, bias, weights, ctx.size)
            d_sensor += parts[0]
            d_text += parts[1]
            d_scale, d_bias = d_scale + parts[2], d_bias + parts[3]
            if going:
                text, *rest = [hand.wait() for hand in going]
                captions = rest[0] if rest else None
            # The gradients follow their captions, and after the last block make the one hop that brings them home.
            d_text = HandOver(d_text, processes).wait() if processes.size > 1 else d_text
        scalars = ((grad * d_scale).to(scale.dtype), (grad * d_bias).to(bias.dtype))
        return grad * d_sensor, grad * d_text, *scalars, None, None, None, None, None


def _diagonal(processes: Processes, hop: int, batch: int) -> int:
    """Where the own captions lie among those held after `hop` hand-overs (outside, unless they are our own)."""
    return (processes.rank - (processes.rank - hop) % processes.size) * batch
