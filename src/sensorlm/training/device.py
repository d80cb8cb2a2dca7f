"""A device in; its name and the memory a run may use, out."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from sensorlm.training.cost import GIB

# What the driver, the allocator's rounding and the libraries' workspaces take of a GPU.
USABLE = 0.92


def available_bytes(device: torch.device, memory_gb: float | None = None) -> float:
    """Bytes a run may use: what the user says, else what is free now."""
    if memory_gb is not None:
        return memory_gb * GIB
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return USABLE * free
    return float(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))


def device_name(device: torch.device) -> str:
    """The GPU's name, or "cpu"."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type


@contextmanager
def repeatable(wanted: bool) -> Iterator[None]:
    """On a GPU, only kernels that sum in a fixed order; the CPU's always do. Costs speed, so it is asked for."""
    if not wanted:
        yield
        return
    before = torch.are_deterministic_algorithms_enabled()
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS reads it with its first product
    torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)
