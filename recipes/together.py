"""Gradients and rows of one process in, those of all out: what a recipe on several GPUs needs beside `Processes`.

Each process simulates people of its own and learns from batches of its own; what is learned is the same everywhere.

    torchrun --nproc-per-node=2 -- recipes/pretrain.py ...
"""

from collections.abc import Iterable

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.nn.functional import all_gather

from sensorlm.training.processes import Processes


@torch.no_grad()
def same_start(processes: Processes, tensors: Iterable[Tensor]) -> None:
    """The first process's values everywhere."""
    if processes.size > 1:
        for tensor in tensors:
            dist.broadcast(tensor.data, 0)


@torch.no_grad()
def average_gradients(processes: Processes, *modules: nn.Module) -> None:
    """The mean of every gradient; one that only some processes have counts as 0 in the others."""
    if processes.size == 1:
        return
    by_type: dict[torch.dtype, list[Tensor]] = {}
    for module in modules:
        for parameter in module.parameters():
            if parameter.requires_grad:
                if parameter.grad is None:
                    parameter.grad = torch.zeros_like(parameter)
                by_type.setdefault(parameter.grad.dtype, []).append(parameter.grad)
    for found in by_type.values():
        # Summed in float32: the mean of two bfloat16 gradients is rounded once.
        flat = processes.sum(torch.cat([gradient.flatten().float() for gradient in found])) / processes.size
        parts = flat.split([gradient.numel() for gradient in found])
        for gradient, part in zip(found, parts, strict=True):
            gradient.copy_(part.view_as(gradient))


def gathered(processes: Processes, rows: Tensor) -> Tensor:
    """(size * n, ...) the (n, ...) rows of every process, first process first; gradients find their way back."""
    if processes.size == 1:
        return rows
    return torch.cat(list(all_gather(rows) if rows.requires_grad else processes.gather(rows)))
