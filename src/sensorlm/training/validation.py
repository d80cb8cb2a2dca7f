"""A model and held-out days in; val_loss, recall both ways, and whatever evaluators say, out."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from sensorlm.batching import Batch, DayLoader
from sensorlm.model.losses import captioning_loss
from sensorlm.training.contrastive import contrastive_loss
from sensorlm.training.gradients import Gradients, fact_codes, join, part
from sensorlm.training.processes import Processes

Evaluator = Callable[[nn.Module], Mapping[str, float]]
"""The model in evaluation mode in, named numbers out; `sensorlm train` passes zero-shot classification."""
RECALLS = (1, 5, 10)


def held_out(loader: DayLoader, count: int) -> Batch:
    """The first `count` samples of a loader over held-out people: the same days and captions at every validation."""
    return join([loader.batch_at(i) for i in range(count)])


@torch.no_grad()
def validate(gradients: Gradients, days: Batch, *, micro_batch: int, loss_batch: int) -> dict[str, float]:
    """Loss and recall on held-out days; every process sees them all.

    Args:
        gradients: the run's model and objective.
        days: from `held_out`.
        micro_batch: days a forward pass.
        loss_batch: days a contrastive loss, the training batch: the loss of a larger one is no larger model's.
    """
    objective = gradients.objective
    outputs = _embed(gradients, days, micro_batch)
    weight = objective.contrastive_weight if objective.captioning else 1.0
    result, loss = {}, 0.0
    if objective.contrastive:
        sensor, text = (torch.cat([out[name] for out in outputs]) for name in ("sensor_features", "text_features"))
        scalars = (outputs[0]["logit_scale"], outputs[0]["logit_bias"])
        alone = Processes(device=gradients.processes.device)
        total = 0.0
        for start in range(0, len(days), loss_batch):
            rows = slice(start, start + loss_batch)
            codes = fact_codes(part(days, rows).to(alone.device))
            total += len(sensor[rows]) * float(
                contrastive_loss(sensor[rows], text[rows], *scalars, codes, objective, alone)
            )
        loss += weight * total / len(days)
        similarity = (sensor.float() @ text.float().mT).cpu()
        for k in (k for k in RECALLS if k <= len(days)):
            result[f"sensor_to_text_recall_at_{k}"] = recall_at_k(similarity, k)
            result[f"text_to_sensor_recall_at_{k}"] = recall_at_k(similarity.mT, k)
    if objective.captioning:
        result["val_caption_loss"] = sum(float(out["caption_loss"]) for out in outputs) / len(days)
        loss += objective.caption_weight * result["val_caption_loss"]
    return {"val_loss": loss, **result}


def _embed(gradients: Gradients, days: Batch, micro_batch: int) -> list[dict[str, Any]]:
    """Features of all days, and each micro-batch's captioning loss times its days."""
    outputs = []
    device, module = gradients.processes.device, gradients.module
    module.eval()
    with torch.autocast(device.type, torch.bfloat16, enabled=gradients.autocast):
        for start in range(0, len(days), micro_batch):
            some = part(days, slice(start, start + micro_batch)).to(device)
            out = module(some.values, some.observed, some.tokens)
            if gradients.objective.captioning:
                # The logits of all days together would not fit.
                logits, eos_id = out.pop("caption_logits"), gradients.objective.eos_id
                out["caption_loss"] = captioning_loss(logits, some.tokens, eos_id=eos_id) * len(some)
            outputs.append(out)
    module.train()
    return outputs


def recall_at_k(similarity: Tensor, k: int, *, ties: str = "against") -> float:
    """Share of rows whose own column (the diagonal) is among the k highest.

    Args:
        similarity: (n, n) scores or logits.
        k: at most n.
        ties: "against": a column as high as the own one counts as above it, so that a collapsed model scores 0;
            "favourable": it does not (sensorlm-rs).
    """
    own = similarity.diagonal()[:, None]
    above = (similarity > own) if ties == "favourable" else (similarity >= own)
    rank = above.sum(1) - (0 if ties == "favourable" else 1)  # the own column is as high as itself
    return float((rank < k).double().mean())
