"""One process's gradients in, the mean over all processes out: a run on several GPUs of one host.

Each process simulates people of its own and learns from batches of its own; what is learned is the same everywhere.

    torchrun --nproc-per-node=2 -- recipes/pretrain.py ...
"""

from collections.abc import Iterable

import torch
import torch.distributed as dist
from run_options import place
from torch import Tensor, nn
from torch.distributed.nn.functional import all_gather


def connect(device: str) -> torch.device:
    """This process's own device; the processes know of each other from then on."""
    rank, size = place()
    if size == 1:
        return torch.device(device)
    if device == "cuda":
        torch.cuda.set_device(rank)
    dist.init_process_group("nccl" if device == "cuda" else "gloo", rank=rank, world_size=size)
    return torch.device("cuda", rank) if device == "cuda" else torch.device(device)


def leave() -> None:
    """End what `connect` began."""
    if dist.is_initialized():
        dist.destroy_process_group()


@torch.no_grad()
def same_start(tensors: Iterable[Tensor]) -> None:
    """The first process's values everywhere."""
    if dist.is_initialized():
        for tensor in tensors:
            dist.broadcast(tensor.data, 0)


@torch.no_grad()
def average_gradients(*modules: nn.Module) -> None:
    """The mean of every gradient; one that only some processes have counts as 0 in the others."""
    if not dist.is_initialized():
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
        flat = torch.cat([gradient.flatten().float() for gradient in found])
        dist.all_reduce(flat)
        flat /= dist.get_world_size()
        parts = flat.split([gradient.numel() for gradient in found])
        for gradient, part in zip(found, parts, strict=True):
            gradient.copy_(part.view_as(gradient))


def gathered(rows: Tensor) -> Tensor:
    """(size * n, ...) the (n, ...) rows of every process, first process first; gradients find their way back."""
    if not dist.is_initialized():
        return rows
    parts = all_gather(rows) if rows.requires_grad else _plainly(rows)
    return torch.cat(list(parts))


def _plainly(rows: Tensor) -> list[Tensor]:
    parts = [torch.empty_like(rows) for _ in range(dist.get_world_size())]
    dist.all_gather(parts, rows)
    return parts


def agreed(value: float, device: torch.device) -> float:
    """The first process's number: clocks differ, and all must stop at the same step."""
    if not dist.is_initialized():
        return value
    told = torch.tensor(value, dtype=torch.float64, device=device)
    dist.broadcast(told, 0)
    return float(told)
