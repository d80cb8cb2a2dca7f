"""The environment of torchrun in, this process's place among the others out; every collective the training needs.

One process is the same code: every function is then the identity.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
import torch.distributed as dist
from torch import Tensor

from sensorlm.errors import TrainingError


@dataclass(frozen=True)
class Processes:
    """Who we are among `size` processes; `size` 1 needs no process group."""

    rank: int = 0
    size: int = 1
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    @property
    def is_main(self) -> bool:
        """Whether this process writes files and prints."""
        return self.rank == 0

    def sum(self, tensor: Tensor) -> Tensor:
        """A new tensor: the sum over processes."""
        if self.size == 1:
            return tensor
        total = tensor.detach().clone()
        dist.all_reduce(total)
        return total

    def gather(self, tensor: Tensor) -> list[Tensor]:
        """Everybody's tensor, by rank; all have one shape."""
        if self.size == 1:
            return [tensor]
        parts = [torch.empty_like(tensor) for _ in range(self.size)]
        dist.all_gather(parts, tensor.contiguous())
        return parts

    def agree(self, flag: bool) -> bool:
        """What rank 0 says; for decisions that read a clock."""
        if self.size == 1:
            return flag
        said = torch.tensor(int(flag), device=self.device)
        dist.broadcast(said, 0)
        return bool(said)

    def agree_on(self, number: float) -> float:
        """Rank 0's number."""
        if self.size == 1:
            return number
        said = torch.tensor(number, dtype=torch.float64, device=self.device)
        dist.broadcast(said, 0)
        return float(said)

    def wait(self) -> None:
        """Until all are here."""
        if self.size > 1:
            dist.barrier()

    def same_batch(self, rows: int) -> None:
        """Refuse uneven shares of a batch.

        Raises:
            TrainingError: processes hold different numbers of days.
        """
        if self.size == 1:
            return  # no tensor: asking a GPU for it would wait for what it is doing
        counts = [int(x) for x in self.gather(torch.tensor([rows], device=self.device))]
        if len(set(counts)) > 1:
            raise TrainingError(
                f"processes hold {counts} days of one batch. The ring needs equal shares: use a divisible batch size."
            )


@contextmanager
def joined(device: torch.device | None = None) -> Iterator[Processes]:
    """Join the process group that torchrun announces (RANK, WORLD_SIZE), leave it at the end; alone, do nothing.

    Args:
        device: where to train; None takes CUDA where there is one.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if device is None:
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if device.type == "cuda":
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(device)
    if size == 1 or dist.is_initialized():
        yield (
            Processes(dist.get_rank(), dist.get_world_size(), device)
            if dist.is_initialized()
            else Processes(device=device)
        )
        return
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield Processes(dist.get_rank(), dist.get_world_size(), device)
    finally:
        dist.destroy_process_group()
