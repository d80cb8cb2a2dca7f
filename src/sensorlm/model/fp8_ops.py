"""Matrices in, their 8-bit forms out: one operator for every pass between the 8-bit products of a training step.

On CUDA with Triton one kernel does a whole pass of bfloat16 without or with GELU (`fp8_kernels`); elsewhere the same is
written in plain torch, which is what the kernel is compared with. torch.compile sees one opaque operator.

Gradients through GELU are plain torch on CUDA too, and those of queries, keys and values are put side by side by torch
before the kernel. A kernel once did both; for the former its transposed output was wrong on an H200, so that weight
gradients were, for the latter it was never compared (docs/notes/fp8.md). Right comes before fast: a pass belongs in the
kernel once tests/test_gpu_parity.py has seen it agree.
"""

import importlib.util
from collections.abc import Sequence
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

VALUES, GRADIENTS = torch.float8_e4m3fn, torch.float8_e5m2
PLAIN, GELU, GELU_GRADIENT, HEADS = range(4)
ALIGNED = 16
"""The hardware product wants rows of its factors to begin at multiples of 16 bytes."""


@cache
def has_triton() -> bool:
    """Whether the kernel can be compiled."""
    return importlib.util.find_spec("triton") is not None


def _sizes(mode: int, a: Tensor) -> tuple[int, int]:
    if mode == HEADS:
        heads, width = a.shape[-2], a.shape[-1]
        return a.numel() // (heads * width), 3 * heads * width
    return a.shape[0], a.shape[1]


def _outputs(
    mode: int, a: Tensor, gradients: bool, flat: bool, turn: bool, sums: bool
) -> tuple[Tensor, Tensor, Tensor]:
    m, n = _sizes(mode, a)
    kind = GRADIENTS if gradients else VALUES
    padded = -(-m // ALIGNED) * ALIGNED
    out = a.new_empty((m, n) if flat else (0,), dtype=kind)
    turned = a.new_empty((n, padded) if turn else (0,), dtype=kind)
    return out, turned, a.new_empty((-(-m // 1024), n) if sums else (0,), dtype=torch.float32)


@torch.library.custom_op("sensorlm::twice8", mutates_args=())
def twice8(
    a: Tensor, b: Tensor | None, c: Tensor | None, scale: Tensor | None, mode: int, factor: float, gradients: bool,
    exact: bool, flat: bool, turn: bool, sums: bool,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """8 bits of a matrix as it lies and transposed, and partial sums over its rows.

    Args:
        a: (m, n), or with `HEADS` (samples, tokens, heads, width) or (tokens, heads, width).
        b: what `mode` needs second.
        c: and third.
        scale: () float32 to multiply by; None: `factor`.
        mode: `PLAIN` a; `GELU` GELU(a); `GELU_GRADIENT` a times the derivative of GELU at b; `HEADS` a, b and c, the
            gradients of queries, keys and values, side by side.
        factor: the scale where it is fixed.
        gradients: e5m2 instead of e4m3.
        exact: GELU by the error function instead of tanh.
        flat: give the matrix.
        turn: give the transposed one, its rows padded with zeros to multiples of 16.
        sums: give the sums.

    Returns:
        (m, n) and (n, m padded) 8-bit, (p, n) float32 sums of the values before scaling; left out: no elements.
    """
    out, turned, partial = _outputs(mode, a, gradients, flat, turn, sums)
    given = tuple(x for x in (a, b, c) if x is not None)
    if a.is_cuda and has_triton() and _is_proven(mode, given):
        from sensorlm.model import fp8_kernels  # noqa: PLC0415 (Triton is only where a GPU is)

        whole = _side_by_side(given) if mode == HEADS else a.contiguous()
        fp8_kernels.launch(GELU if mode == GELU else PLAIN, whole, out, turned, partial, scale, factor, exact)
        return out, turned, partial
    values = _values(mode, given, exact)
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
    a: Tensor, b: Tensor | None, c: Tensor | None, scale: Tensor | None, mode: int, factor: float, gradients: bool,
    exact: bool, flat: bool, turn: bool, sums: bool,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    return _outputs(mode, a, gradients, flat, turn, sums)


def _values(mode: int, given: tuple[Tensor, ...], exact: bool) -> Tensor:
    """What is rounded, (m, n) float32."""
    wide = [x.float() for x in given]
    approximate = "none" if exact else "tanh"
    if mode == GELU:
        return F.gelu(wide[0], approximate=approximate)
    if mode == GELU_GRADIENT:
        slope: Tensor = torch.ops.aten.gelu_backward(wide[0], wide[1], approximate=approximate)
        return slope
    if mode == HEADS:
        return _side_by_side(wide)
    return wide[0]


def _is_proven(mode: int, given: tuple[Tensor, ...]) -> bool:
    """Whether the kernel's form of this pass agreed with plain torch on a GPU.

    Of float32 Triton 3.6 compiles the byte-wise transposition that failed, even without GELU's derivative.
    """
    return mode in (PLAIN, GELU, HEADS) and all(x.dtype == torch.bfloat16 for x in given)


def _side_by_side(heads: Sequence[Tensor]) -> Tensor:
    """(m, n) of three (..., heads, width)."""
    return torch.cat([x.reshape(-1, x.shape[-2] * x.shape[-1]) for x in heads], 1)
