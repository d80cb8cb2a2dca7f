"""Matrices in, their 8-bit forms out: one operator for every pass between the 8-bit products of a training step.

On CUDA with Triton one kernel does a whole pass over a bfloat16 matrix (`fp8_kernels`); elsewhere the same is written
in plain torch, which is what the kernel is compared with. torch.compile sees one opaque operator.
"""

import importlib.util
from collections.abc import Sequence
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

VALUES, GRADIENTS = torch.float8_e4m3fn, torch.float8_e5m2
PLAIN, GELU, GELU_GRADIENT, NORM = range(4)
ROWS_A_SUM = 512
"""Rows that one partial sum is over."""
NORM_ROWS_A_SUM = 64
"""The same in `norm_gradients`; a power of two."""
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
    return out, turned, a.new_empty((-(-m // ROWS_A_SUM), n) if sums else (0,), dtype=torch.float32)


def _values(a: Tensor, beside: Sequence[Tensor], mode: int, exact: bool) -> Tensor:
    """(m, n) float32 values of a pass, before scaling, in plain torch."""
    x, approximate = a.float(), "none" if exact else "tanh"
    if mode == GELU:
        return F.gelu(x, approximate=approximate)
    if mode == GELU_GRADIENT:
        slope: Tensor = torch.ops.aten.gelu_backward(x, beside[0].float(), approximate=approximate)
        return slope
    if mode == NORM:
        mean, spread, gain, shift = beside
        return (x - mean[:, None]) * spread[:, None] * gain.float() + shift.float()
    return x


@torch.library.custom_op("sensorlm::twice8", mutates_args=())
def twice8(
    a: Tensor, beside: Sequence[Tensor], scale: Tensor | None, mode: int, factor: float, gradients: bool, exact: bool,
    flat: bool, turn: bool, sums: bool,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """8 bits of a matrix as it lies and transposed, and partial sums over its rows.

    Args:
        a: (m, n).
        beside: nothing; of `GELU_GRADIENT` h (m, n); of `NORM` mean (m) and 1 / deviation (m) of a's rows in float32,
            and gain (n) and shift (n).
        scale: () float32 to multiply by; None: `factor`.
        mode: `PLAIN` a; `GELU` GELU(a); `GELU_GRADIENT` a GELU'(h); `NORM` a normalised.
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
    if a.is_cuda and has_triton() and a.dtype == torch.bfloat16:
        from sensorlm.model import fp8_kernels  # noqa: PLC0415 (Triton is only where a GPU is)

        given = [x.contiguous() for x in beside]
        fp8_kernels.launch(mode, a.contiguous(), given, out, turned, partial, scale, factor, exact)
        return out, turned, partial
    values = _values(a, beside, mode, exact)
    most = torch.finfo(out.dtype).max
    eight = (values * (factor if scale is None else scale)).clamp_(-most, most).to(out.dtype)
    if turn:
        turned = F.pad(eight.t().view(torch.uint8), (0, turned.shape[1] - len(eight))).contiguous().view(out.dtype)
    if sums:
        partial = values.sum(0, keepdim=True)
        partial = F.pad(partial, (0, 0, 0, -(-len(values) // ROWS_A_SUM) - 1))
    return eight if flat else out, turned, partial


@twice8.register_fake
def _(
    a: Tensor, beside: Sequence[Tensor], scale: Tensor | None, mode: int, factor: float, gradients: bool, exact: bool,
    flat: bool, turn: bool, sums: bool,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    return _outputs(a, gradients, flat, turn, sums)


@torch.library.custom_op("sensorlm::norm_gradients", mutates_args=())
def norm_gradients(
    grad: Tensor, residual: Tensor, x: Tensor, mean: Tensor, spread: Tensor, gain: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of a LayerNorm (Ba et al. 2016), and the sum with what else reached its input, in one pass.

    Args:
        grad: (m, n) of the norm's output.
        residual: (m, n) what came to the norm's input on other ways.
        x: (m, n) that input.
        mean: (m) float32 means of its rows.
        spread: (m) float32, 1 / (their deviations).
        gain: (n).

    Returns:
        (m, n) of x, and (p, n) float32 partial sums for gain and shift.
    """
    out, of_gain, of_shift = _norm_outputs(grad)
    if grad.is_cuda and has_triton() and grad.dtype == torch.bfloat16:
        from sensorlm.model import fp8_kernels  # noqa: PLC0415 (Triton is only where a GPU is)

        kept = [t.contiguous() for t in (x, mean, spread, gain)]
        fp8_kernels.launch_norm_gradient(grad.contiguous(), residual.contiguous(), kept, out, of_gain, of_shift)
        return out, of_gain, of_shift
    unit, given = (x.float() - mean[:, None]) * spread[:, None], grad.float()
    pull = given * gain.float()
    centred = pull - pull.mean(1, keepdim=True) - unit * (pull * unit).mean(1, keepdim=True)
    out.copy_(centred * spread[:, None] + residual.float())
    of_gain.zero_()[0] = (given * unit).sum(0)
    of_shift.zero_()[0] = given.sum(0)
    return out, of_gain, of_shift


def _norm_outputs(grad: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    partial = (-(-grad.shape[0] // NORM_ROWS_A_SUM), grad.shape[1])
    of_gain, of_shift = (grad.new_empty(partial, dtype=torch.float32) for _ in range(2))
    return torch.empty_like(grad, memory_format=torch.contiguous_format), of_gain, of_shift


@norm_gradients.register_fake
def _(
    grad: Tensor, residual: Tensor, x: Tensor, mean: Tensor, spread: Tensor, gain: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    return _norm_outputs(grad)
