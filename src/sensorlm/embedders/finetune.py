"""An embedder and labelled days in, the same embedder with a sensor tower tuned to the labels out.

A linear head stands on the unit features while tuning; afterwards a probe is fitted on the tuned features, so that
what is saved and applied is one thing, tuned or not.
"""

import copy
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from sensorlm.batching import to_tensors
from sensorlm.embedders.checkpoint import CheckpointEmbedder
from sensorlm.errors import TrainingError
from sensorlm.model import SensorLM
from sensorlm.records import DayMatrix


def finetune(
    embedder: CheckpointEmbedder,
    days: Sequence[DayMatrix],
    labels: Sequence[str],
    *,
    steps: int,
    batch_size: int = 32,
    lr: float = 1e-4,
    head_lr: float = 1e-2,
    seed: int = 0,
) -> CheckpointEmbedder:
    """Tune the sensor tower with a softmax head, classes balanced, cosine schedule; the given embedder is left alone.

    Args:
        embedder: where to start.
        days: n days, minutes that are not asked about hidden.
        labels: n class names.
        steps: optimiser steps.
        batch_size: days a step, drawn with equal chance for every class.
        lr: peak rate of the tower.
        head_lr: peak rate of the head.
        seed: of the head and the draws.

    Raises:
        TrainingError: fewer than two classes, or a loss that is no number.
    """
    names = sorted(set(labels))
    if len(names) < 2:
        raise TrainingError(f"fine-tuning on classes {names}: label at least two.")
    model = copy.deepcopy(embedder.model).train()
    generator = np.random.default_rng(seed)
    head = _new_head(embedder, len(names), generator)
    tower = _free_tower(model)
    optimizer = torch.optim.AdamW([{"params": tower, "lr": lr}, {"params": head.parameters(), "lr": head_lr}])
    peaks = [group["lr"] for group in optimizer.param_groups]
    places = [np.flatnonzero(np.asarray(labels) == name) for name in names]
    for step in range(steps):
        rows, classes = _draw(places, batch_size, generator)
        values, observed = to_tensors([days[row] for row in rows], embedder.channel_set)
        features = model.encode_sensor(values.to(embedder.device), observed.to(embedder.device))
        # Unit features: logits need a scale, as in the contrastive loss.
        loss = nn.functional.cross_entropy(10 * head(features), classes.to(embedder.device))
        reached = float(loss.detach())
        if not math.isfinite(reached):
            raise TrainingError(f"fine-tuning: the loss is {reached} at step {step}. Lower the rate ({lr}).")
        for group, peak in zip(optimizer.param_groups, peaks, strict=True):
            group["lr"] = peak * 0.5 * (1 + math.cos(math.pi * step / max(steps, 1)))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(tower, 1.0)
        optimizer.step()
    model.requires_grad_(False)
    loaded = replace(embedder.loaded, model=model.eval())
    return CheckpointEmbedder(
        loaded, name=f"{embedder.name}, fine-tuned", device=embedder.device, batch_size=embedder.batch_size
    )


def _new_head(embedder: CheckpointEmbedder, num_classes: int, generator: np.random.Generator) -> nn.Linear:
    head = nn.Linear(embedder.dim, num_classes, device=embedder.device)
    with torch.no_grad():
        head.weight.copy_(torch.from_numpy(generator.normal(0, 0.02, head.weight.shape)).to(head.weight))
        head.bias.zero_()
    return head


def _free_tower(model: SensorLM) -> list[nn.Parameter]:
    """The sensor tower's parameters, the only ones of the model that may change from now on."""
    tower = [*model.sensor.parameters()]
    tower += [] if model.sensor_projection is None else [*model.sensor_projection.parameters()]
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    for parameter in tower:
        parameter.requires_grad_(True)
    return tower


def _draw(
    places: Sequence[NDArray[np.intp]], batch_size: int, generator: np.random.Generator
) -> tuple[list[int], Tensor]:
    """Rows of a batch and the class of each, every class as likely as the others; `places` are a class's rows."""
    classes = generator.integers(len(places), size=batch_size)
    return [int(generator.choice(places[c])) for c in classes], torch.from_numpy(classes)
