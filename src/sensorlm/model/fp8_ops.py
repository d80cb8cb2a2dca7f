"""Matrices in, their 8-bit forms out: one operator for every pass between the 8-bit products of a training step.

On CUDA with Triton one kernel does a whole pass of bfloat16 without or with GELU (`fp8_kernels`); elsewhere the same is
written in plain torch, which is what the kernel is compared with. torch.compile sees one opaque operator.

Gradients through GELU, and those of queries, keys and values, are made by torch before they come here as plain
matrices: a kernel that rounded the former itself wrote a wrong transposed form on an H200 (docs/notes/fp8.md), and
torch.compile fuses both. Right comes before fast: a pass belongs in the kernel once tests/test_gpu_parity.py has seen
it agree.
"""

import importlib.util
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

VALUES, GRADIENTS = torch.float8_e4m3fn, torch.float8_e5m2
PLAIN, GELU = range(2)
ALIGNED = 16
"""The hardware product wants rows of its factors to begin at multiples of 16 bytes."""


@cache
def has_triton() -> bool:
    """Whether the kernel can be compiled."""
    return importlib.util.find_spec("triton") is not None


def _outputs(a: Tensor, gradients: bool, flat: bool, turn: bool, sums: bool) -> tuple[Tensor, Tensor, Tensor]:
    m, n = a.shape
    kind = GRADIENTS if gradients else VALUES
    padded = -(-m // ALIGNED) * ALIGNED
    out = a.new_empty((m, n) if flat else (0,), dtype=kind)
    turned = a.new_empty((n, padded) if turn else (0,), dtype=kind)
    return out, turned, a.new_empty((-(-m // 1024), n) if sums else (0,), dtype=torch.float32)


@torch.library.custom_op("sensorlm::twice8", mutates_args=())
def twice8(
    a: Tensor, scale: Tensor | None, mode: int, factor: float, gradients: bool, exact: bool, flat: bool, turn: bool,
    sums: bool,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """8 bits of a matrix as it lies and transposed, and partial sums over its rows.

    Args:
        a: (m, n).
        scale: () float32 to multiply by; None: `factor`.
        mode: `PLAIN` a; `GELU` GELU(a).
        factor: the scale where it is fixed.
        gradients: e5m2 instead of e4m3.
        exact: GELU by the error function instead of tanh.
        flat: give the matrix.
        turn: give the transposed one, its rows padded with zeros to multiples of 16.
        sums: give the sums.

    Returns:
        (m, n) and (n, m padded) 8-bit, (p, n) float32 sums of the values before scaling; left out: no elements.
    """
    out, turned, partial = _outputs(a, gradients, flat, turn, sums)
    # Of float32 Triton 3.6 compiles a byte-wise transposition, the form that failed; only 16-bit inputs are proven.
    if a.is_cuda and has_triton() and a.dtype == torch.bfloat16:
        from sensorlm.model import fp8_kernels  # noqa: PLC0415 (Triton is only where a GPU is)

        fp8_kernels.launch(mode, a.contiguous(), out, turned, partial, scale, factor, exact)
        return out, turned, partial
    values = F.gelu(a.float(), approximate="none" if exact else "tanh") if mode == GELU else a.float()
    most = torch.finfo(out.dtype).max
    eight = (values * (factor if scale is None else scale)).clamp_(-most, most).to(out.dtype)
    if turn:
        turned = F.pad(eight.t().view(torch.uint8), (0, turned.shape[1] - len(eight))).contiguous().view(out.dtype)
    if sums:
        partial = values.sum(0, keepdim=True)
        partial = F.pad(partial, (0, 0, 0, -(-len(values) // 1024) - 1))
    return eight if flat else out, turned, partial


@twice8.register_fake
def _(
    a: Tensor, scale: Tensor | None, mode: int, factor: float, gradients: bool, exact: bool, flat: bool, turn: bool,
    sums: bool,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    return _outputs(a, gradients, flat, turn, sums)
