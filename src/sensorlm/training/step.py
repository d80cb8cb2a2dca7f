"""One training step: a batch and a rate in, a report out. Usable alone, by benchmarks and by scripts of one's own.

trainer = make_trainer(SensorLM(config), peak=5e-4, precision="amp_bf16")
report = trainer.step(batch, lr=1e-4, number=0)
"""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from sensorlm.batching.tensors import Batch
from sensorlm.config.training import ATTENTIONS, PRECISIONS
from sensorlm.errors import ConfigError, TrainingError
from sensorlm.model.fast import compile_blocks, use_fa4
from sensorlm.model.fp8 import check_fp8, use_fp8
from sensorlm.training.contrastive import Objective
from sensorlm.training.gradients import Gradients
from sensorlm.training.optimizer import Optimizer
from sensorlm.training.parallel import average_ignored, parallelise
from sensorlm.training.processes import Processes


@dataclass(frozen=True)
class StepReport:
    """What one step did; the same numbers on every process."""

    loss: float
    parts: dict[str, float]
    """The terms of the loss, where there are several."""
    grad_norm: float
    """Before clipping."""
    lr: float


@dataclass(frozen=True)
class Trainer:
    """A model with its gradients and optimiser."""

    module: nn.Module
    gradients: Gradients
    optimizer: Optimizer
    processes: Processes

    def step(self, batch: Batch, *, lr: float, number: int) -> StepReport:
        """Update the weights once.

        Args:
            batch: this process's share, on its device.
            lr: learning rate.
            number: of the step, from 0; it seeds dropout.

        Raises:
            TrainingError: loss or gradient is not finite; the weights are untouched and the batch's rows named.
        """
        found = self.gradients(batch, number)
        average_ignored(self.module, self.processes)
        norm = self.optimizer.gradient_norm()
        fine = found["loss"].isfinite() & norm.isfinite()
        self.optimizer.step(lr, norm, fine)
        # The only wait of a step, and the update is queued before it.
        *values, norm_read = torch.stack([*found.values(), norm]).tolist()
        parts = dict(zip(found, values, strict=True))
        loss = parts.pop("loss")
        if not (math.isfinite(loss) and math.isfinite(norm_read)):
            raise TrainingError(_not_finite(loss, norm_read, number, batch))
        return StepReport(loss, parts, norm_read, lr)


def make_trainer(
    model: nn.Module,
    *,
    peak: float,
    objective: Objective | None = None,
    processes: Processes | None = None,
    precision: str = "fp32",
    attention: str = "auto",
    accum_freq: int = 1,
    grad_checkpointing: bool = False,
    grad_checkpointing_part: str = "blocks",
    compile: bool = False,
    distributed: str = "ddp",
    seed: int = 0,
    **optimizer: Any,  # noqa: ANN401
) -> Trainer:
    """Bring a model to its device in the asked precision, wrapped for its processes, with an optimiser.

    Args:
        model: a SensorLM (or anything with its forward).
        peak: peak learning rate.
        objective: default SigLIP.
        processes: default alone, on the model's device.
        precision: "fp32"; "amp_bf16": float32 weights, bfloat16 compute; "bf16": bfloat16 weights with float32
            masters; "fp8": the same, with the products of the blocks in 8-bit floats.
        attention: "auto", or "fa4" for FlashAttention-4 (`fast.use_fa4`).
        accum_freq: micro-batches a step; the loss and gradients stay those of the whole batch.
        grad_checkpointing: recompute activations in the backward pass.
        grad_checkpointing_part: which, as `SensorLM.set_grad_checkpointing` takes them.
        compile: torch.compile every block in place.
        distributed: "ddp" or "fsdp", where there are several processes.
        seed: of dropout.
        **optimizer: wd, decay, betas, eps, clip of `Optimizer`.

    Raises:
        ConfigError: an unknown precision or attention, one the device does not have, or accum_freq below 1.
    """
    _check_choices(precision, attention, accum_freq)
    processes = processes or Processes(device=next(model.parameters()).device)
    model.to(processes.device)
    if grad_checkpointing:
        any_model: Any = model
        any_model.set_grad_checkpointing(part=grad_checkpointing_part)
    sharded = processes.size > 1 and distributed == "fsdp"
    if precision == "fp8":
        check_fp8(processes.device)
        use_fp8(model)
        precision = "bf16"
    if precision == "bf16" and not sharded:
        to_bfloat16(model)
    if attention == "fa4":
        use_fa4(model)
    if compile:
        compile_blocks(model)
    forward, unsynced = parallelise(model, processes, distributed, bf16=precision == "bf16")
    gradients = Gradients(
        model, forward, objective or Objective(), processes, accum_freq, precision == "amp_bf16", seed, unsynced
    )
    return Trainer(model, gradients, Optimizer(model, peak=peak, processes=processes, **optimizer), processes)


def _check_choices(precision: str, attention: str, accum_freq: int) -> None:
    for name, chosen, allowed in (("precision", precision, PRECISIONS), ("attention", attention, ATTENTIONS)):
        if chosen not in allowed:
            raise ConfigError(f"{name} {chosen!r} is not one of {', '.join(allowed)}.")
    if attention == "fa4" and precision == "fp32":
        raise ConfigError(
            "attention 'fa4' reads 16 bits, and precision is fp32. Give --precision bf16, amp_bf16 or fp8."
        )
    if accum_freq < 1:
        raise ConfigError(f"accum_freq={accum_freq} is below 1. Give the number of micro-batches a step.")


def to_bfloat16(model: nn.Module) -> None:
    """All weights but temperature and bias: exp of a bfloat16 logarithm is off by a percent."""
    for name, parameter in model.named_parameters():
        if name not in ("logit_scale", "logit_bias"):
            parameter.data = parameter.data.bfloat16()


def _not_finite(loss: float, norm: float, number: int, batch: Batch) -> str:
    rows = batch.rows.tolist()
    bad = [int(r) for r, v in zip(rows, batch.values, strict=True) if not bool(v.isfinite().all())]
    where = f"rows {bad} hold values that are not finite" if bad else "every value of the batch is finite"
    return (
        f"step {number}: loss {loss}, gradient norm {norm}. Batch rows {rows}; {where}. "
        "The weights are those of the step before. Look at these rows, or lower --lr."
    )
