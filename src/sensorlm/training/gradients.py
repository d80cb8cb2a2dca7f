"""A batch in, the gradients of its loss in `.grad` out: in one go, or exactly the same from micro-batches.

A contrastive loss is no mean over samples: every day meets every caption, so summing micro-batch losses is another
loss. Cached features (Gao et al. 2021, "Scaling deep contrastive learning batch size under memory limited setup",
GradCache) keep it exact: 1. embed each micro-batch without a graph; 2. take the loss of all features together and its
gradient with respect to them; 3. embed each micro-batch again, with a graph, and send its features' gradients into
it. The second forward must draw the random numbers of the first: each micro-batch runs under its own seed.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from sensorlm.batching.tensors import Batch
from sensorlm.model.losses import caption_targets, captioning_loss
from sensorlm.model.losses_labels import FactCodes
from sensorlm.training.contrastive import Objective, contrastive_loss
from sensorlm.training.processes import Processes

T = TypeVar("T")
Forward = Callable[[Tensor, Tensor, Tensor], dict[str, Any]]


@dataclass(frozen=True)
class Gradients:
    """How a batch becomes gradients of `module`."""

    module: nn.Module
    """The bare model."""
    forward: Forward
    """What to call for a pass with a graph: the module, or its DDP wrapper."""
    objective: Objective
    processes: Processes = field(default_factory=Processes)
    accum_freq: int = 1
    autocast: bool = False
    """Run the model in bfloat16 where it is safe (torch.autocast)."""
    seed: int = 0
    unsynced: Callable[[], AbstractContextManager[None]] = nullcontext
    """Context of a backward pass after which gradients are not yet averaged over processes."""

    def __call__(self, batch: Batch, step: int) -> dict[str, Tensor]:
        """Add the gradients of the batch's loss to `.grad`; returns the whole batch's () "loss" and its parts."""
        self.processes.same_batch(len(batch))
        if self.accum_freq == 1:
            return self._at_once(batch, step)
        return self._from_cache(batch, step)

    def _at_once(self, batch: Batch, step: int) -> dict[str, Tensor]:
        with self._running(step, 0):
            out = self.forward(batch.values, batch.observed, batch.tokens)
        parts = {}
        total = self._anchor(out)
        if self.objective.contrastive:
            names = ("sensor_features", "text_features", "logit_scale", "logit_bias")
            contrastive = self._contrastive([out[name] for name in names], batch)
            total = total + self._weighted(contrastive)
            parts["contrastive_loss"] = contrastive.detach()
        if self.objective.captioning:
            captioning = self._captioning(out["caption_logits"], batch.tokens, self._caption_tokens(batch))
            total = total + self.objective.caption_weight * captioning
            parts["caption_loss"] = self.processes.sum(captioning.detach())
        (total * self.processes.size).backward()  # type: ignore[no-untyped-call]
        return self._report(parts)

    def _from_cache(self, batch: Batch, step: int) -> dict[str, Tensor]:
        micros = [part(batch, rows) for rows in micro_batches(len(batch), self.accum_freq)]
        parts: dict[str, Tensor] = {}
        cached: list[dict[str, Tensor]] = [{} for _ in micros]
        if self.objective.contrastive:
            parts["contrastive_loss"], cached = self._cached_gradients(batch, micros, step)
        words = self._caption_tokens(batch) if self.objective.captioning else torch.ones(())
        captioning = torch.zeros((), device=self.processes.device)
        for i, (micro, gradients) in enumerate(zip(micros, cached, strict=True)):
            with nullcontext() if i == len(micros) - 1 else self.unsynced():
                with self._running(step, i):
                    out = self.forward(micro.values, micro.observed, micro.tokens)
                # The gradient of this sum with respect to a feature is what the whole batch's loss said it is.
                total = self._anchor(out) + sum((out[name] * grad).sum() for name, grad in gradients.items())
                if self.objective.captioning:
                    share = self._captioning(out["caption_logits"], micro.tokens, words)
                    captioning = captioning + share.detach()
                    total = total + self.processes.size * self.objective.caption_weight * share
                total.backward()
        if self.objective.captioning:
            parts["caption_loss"] = self.processes.sum(captioning)
        return self._report(parts)

    def _cached_gradients(self, batch: Batch, micros: list[Batch], step: int) -> tuple[Tensor, list[dict[str, Tensor]]]:
        """The contrastive loss; for each micro-batch the gradients of its features, scale and bias with the last."""
        outputs = []
        with torch.no_grad():
            for i, micro in enumerate(micros):
                with self._running(step, i):
                    outputs.append(self._features(micro))
        names = ("sensor_features", "text_features", "logit_scale", "logit_bias")
        joined = [torch.cat([out[name] for out in outputs]) for name in names[:2]]
        leaves = [x.detach().requires_grad_() for x in (*joined, outputs[-1]["logit_scale"], outputs[-1]["logit_bias"])]
        loss = self._contrastive(leaves, batch)
        (self._weighted(loss) * self.processes.size).backward()  # type: ignore[no-untyped-call]
        given = [torch.zeros_like(x) if x.grad is None else x.grad for x in leaves]
        rows = micro_batches(len(batch), self.accum_freq)
        cached = [dict(zip(names[:2], (given[0][r], given[1][r]), strict=True)) for r in rows]
        cached[-1] |= dict(zip(names[2:], given[2:], strict=True))
        return loss.detach(), cached

    def _features(self, micro: Batch) -> dict[str, Tensor]:
        """Both towers, without the decoder."""
        module: Any = self.module
        if getattr(module, "decoder", None) is None:
            out: dict[str, Tensor] = module(micro.values, micro.observed, micro.tokens)
            return out
        return {
            "sensor_features": module.encode_sensor(micro.values, micro.observed),
            "text_features": module.encode_text(micro.tokens),
            "logit_scale": module.logit_scale.exp(),
            "logit_bias": module.logit_bias,
        }

    def _contrastive(self, inputs: list[Tensor], batch: Batch) -> Tensor:
        sensor, text, scale, bias = inputs
        return contrastive_loss(sensor, text, scale, bias, fact_codes(batch), self.objective, self.processes)

    def _captioning(self, logits: Tensor, tokens: Tensor, words: Tensor) -> Tensor:
        return captioning_loss(logits, tokens, eos_id=self.objective.eos_id, denominator=words)

    def _caption_tokens(self, batch: Batch) -> Tensor:
        """() tokens to learn in the whole batch, so that every token of it weighs the same wherever it lies."""
        return self.processes.sum(caption_targets(batch.tokens, self.objective.eos_id).sum())

    def _weighted(self, contrastive: Tensor) -> Tensor:
        return self.objective.contrastive_weight * contrastive if self.objective.captioning else contrastive

    def _report(self, parts: dict[str, Tensor]) -> dict[str, Tensor]:
        # In float64, and left on the device: reading a number would make the host wait for the whole backward pass.
        values = {name: value.detach().double() for name, value in parts.items()}
        loss = torch.zeros((), dtype=torch.float64, device=self.processes.device)
        if "contrastive_loss" in values:
            weight = self.objective.contrastive_weight if self.objective.captioning else 1.0
            loss = loss + weight * values["contrastive_loss"]
        if "caption_loss" in values:
            loss = loss + self.objective.caption_weight * values["caption_loss"]
        return {"loss": loss, **(values if len(values) > 1 else {})}

    def _anchor(self, out: dict[str, Any]) -> Tensor:
        """() zero that every output leads to, so that one which no loss reads still gets a gradient, everywhere."""
        read = ("caption_logits",) if self.objective.captioning else ()  # large, and read by the loss anyway
        zeros = [x.float().sum() * 0 for name, x in sorted(out.items()) if isinstance(x, Tensor) and name not in read]
        return torch.stack(zeros).sum()

    @contextmanager
    def _running(self, step: int, micro: int) -> Iterator[None]:
        """The precision of the run, and the random numbers of this micro-batch of this step of this process."""
        device = self.processes.device
        with (
            torch.random.fork_rng([device] if device.type == "cuda" else []),
            torch.autocast(device.type, torch.bfloat16, enabled=self.autocast),
        ):
            entropy = np.random.SeedSequence([self.seed, step, self.processes.rank, micro])
            torch.manual_seed(int(entropy.generate_state(1, np.uint64)[0] >> np.uint64(1)))
            yield


def micro_batches(batch: int, accum_freq: int) -> list[slice]:
    """`batch` rows cut into at most `accum_freq` parts of nearly equal size."""
    size = -(-batch // accum_freq)
    return [slice(start, min(start + size, batch)) for start in range(0, batch, size)]


def part(batch: Batch, rows: slice) -> Batch:
    """Some rows of a batch."""
    return combine(lambda tensors: tensors[0][rows], batch)


def join(batches: Sequence[Batch]) -> Batch:
    """Batches one after another."""
    return combine(lambda tensors: torch.cat(list(tensors)), *batches)


def combine(function: Callable[[Sequence[Tensor]], Tensor], *parts: T) -> T:
    """A record of tensors like `parts`, each field made by `function` from theirs."""
    values: dict[str, Any] = {}
    for entry in fields(parts[0]):  # type: ignore[arg-type]
        given = [getattr(part, entry.name) for part in parts]
        values[entry.name] = function(given) if isinstance(given[0], Tensor) else combine(function, *given)
    return type(parts[0])(**values)


def fact_codes(batch: Batch) -> FactCodes | None:
    """The batch's label source: None where no caption is labelled by facts on any process, i.e. without a codebook."""
    if batch.day_codes.shape[1] == 0:
        return None
    return FactCodes.pack(batch.day_codes, batch.caption_codes, batch.label_mode)
