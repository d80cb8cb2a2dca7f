"""This process's features in, the whole batch's contrastive loss out, for any objective and number of processes.

Convention of every loss here: its value is the whole batch's on each process; gradients of features are whole, those of
scale and bias are shares. Multiply the loss by the number of processes before `backward`, and averaging the parameters'
gradients (as DDP and FSDP do) gives exactly the single-process gradients.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from sensorlm.model.losses import clip_loss, siglip_loss
from sensorlm.model.losses_labels import FactCodes
from sensorlm.training.processes import Processes
from sensorlm.training.ring import ring_siglip_loss


@dataclass(frozen=True)
class Objective:
    """What a step minimises."""

    contrastive: str | None = "siglip"
    """"siglip", "clip", or None for captioning alone."""
    captioning: bool = False
    contrastive_weight: float = 1.0
    caption_weight: float = 2.0
    reduction: str = "mean_b"
    chunk_size: int | None = 4096
    eos_id: int = 1


def contrastive_loss(
    sensor: Tensor,
    text: Tensor,
    scale: Tensor,
    bias: Tensor,
    codes: FactCodes | None,
    objective: Objective,
    processes: Processes,
) -> Tensor:
    """() the contrastive term of (b, e) features of each process."""
    if objective.contrastive == "clip":
        return _clip(sensor, text, scale, codes, processes)
    options: dict[str, Any] = {"labels": codes, "reduction": objective.reduction}
    if processes.size == 1:
        # Tiles cost a second pass over the logits: worth it only where the matrix is larger than one tile.
        tiled = objective.chunk_size is not None and len(sensor) > objective.chunk_size
        return siglip_loss(sensor, text, scale, bias, **options, chunk_size=objective.chunk_size if tiled else None)
    return ring_siglip_loss(
        sensor, text, scale, bias, **options, processes=processes, chunk_size=objective.chunk_size or len(sensor)
    )


def _clip(sensor: Tensor, text: Tensor, scale: Tensor, codes: FactCodes | None, processes: Processes) -> Tensor:
    """A softmax needs whole rows and columns: every process gathers all features and computes the same loss."""
    if processes.size == 1:
        return clip_loss(sensor, text, scale, labels=codes)
    if codes is not None:
        codes = FactCodes(*(torch.cat(processes.gather(x)) for x in (codes.day_codes, codes.captions)))
    # Each process finds the whole gradient of the scale: a share of it is asked for.
    share = 1 / processes.size
    scale = scale * share + scale.detach() * (1 - share)
    return clip_loss(_all(sensor, processes), _all(text, processes), scale, labels=codes)


def _all(features: Tensor, processes: Processes) -> Tensor:
    """(B, e) everybody's features; only our own carry a gradient, and theirs is whole because the loss is."""
    parts = processes.gather(features.detach())
    parts[processes.rank] = features
    return torch.cat(parts)
