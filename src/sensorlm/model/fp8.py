"""Linear layers in, the same layers out with their products in 8-bit floats, on GPUs that have them (8.9 and up).

Forward and input gradient are each one `torch._scaled_mm` of two 8-bit matrices with one scale a matrix
(Micikevicius et al. 2022: e4m3 for values and weights, e5m2 for gradients, whose range is wider). What enters a linear
layer of a pre-norm block is a LayerNorm's output, a GELU's or an average of values: of order one, so a fixed scale
serves it and no pass over the data is spent on finding its maximum. Sums stay in float32 inside the product.
"""

from typing import Any

import torch
from torch import Tensor, nn

from sensorlm.errors import ConfigError

VALUES, GRADIENTS = torch.float8_e4m3fn, torch.float8_e5m2
VALUES_MAX, GRADIENTS_MAX = torch.finfo(VALUES).max, torch.finfo(GRADIENTS).max
SAMPLED_ROWS, HEADROOM = 2048, 16.0
INPUT_SCALE = 16.0
"""Inputs up to 448 / 16 = 28 are kept; a LayerNorm's output of width d reaches sqrt(d) only where one value is all."""


def check_fp8(device: torch.device) -> None:
    """Refuse a device that does not multiply 8-bit floats in hardware.

    Raises:
        ConfigError: it does not.
    """
    if device.type != "cuda" or torch.cuda.get_device_capability(device) < (8, 9):
        raise ConfigError(
            f"precision fp8 on {device}: 8-bit float products need a GPU of compute capability 8.9 or more "
            "(Ada, Hopper). Use bf16."
        )


def _weight(weight: Tensor) -> tuple[Tensor, Tensor]:
    """A weight in 8 bits, scaled so that its maximum is the type's, and the factor that undoes it."""
    scale = VALUES_MAX / weight.abs().amax().float().clamp(min=1e-12)
    return (weight.float() * scale).to(VALUES), scale.reciprocal()


def _gradient(grad: Tensor) -> tuple[Tensor, Tensor]:
    """A gradient in 8 bits, scaled by the maximum over some of its rows.

    A full pass for the maximum cost more than the product saved. e5m2 spans 32 binades, so four of them are kept free
    above the sampled maximum and nothing is lost below.
    """
    sampled = grad[:: max(1, len(grad) // SAMPLED_ROWS)].abs().amax().float()
    scale = GRADIENTS_MAX / HEADROOM / sampled.clamp(min=1e-12)
    return (grad.float() * scale).clamp(-GRADIENTS_MAX, GRADIENTS_MAX).to(GRADIENTS), scale.reciprocal()


def _product(
    a: Tensor, b: Tensor, undo_a: Tensor, undo_b: Tensor, dtype: torch.dtype, bias: Tensor | None = None
) -> Tensor:
    """(m, k) row-major times (k, n) column-major, both 8-bit."""
    out = torch._scaled_mm(a, b, scale_a=undo_a, scale_b=undo_b, bias=bias, out_dtype=dtype, use_fast_accum=True)
    assert isinstance(out, Tensor)
    return out


class Fp8Product(torch.autograd.Function):
    """x (m, k) times weight (n, k) transposed plus bias: forward and input gradient in 8 bits.

    The weight gradient stays in 16: its 8-bit form needs both factors transposed in memory first, which costs what the
    product saves (docs/log.md).
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:  # noqa: ANN401
        """(m, n) in the type of x."""
        x8 = (x.float() * INPUT_SCALE).clamp(-VALUES_MAX, VALUES_MAX).to(VALUES)
        undo_x = torch.full((), 1 / INPUT_SCALE, device=x.device)
        w8, undo_w = _weight(weight)
        ctx.save_for_backward(x, w8, undo_w)
        ctx.weight_dtype = weight.dtype
        return _product(x8, w8.t(), undo_x, undo_w, x.dtype, None if bias is None else bias.to(x.dtype))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:  # noqa: ANN401
        """Gradients of x, weight and bias."""
        x, w8, undo_w = ctx.saved_tensors
        g8, undo_g = _gradient(grad)
        grad_x = _product(g8, w8.t().contiguous().t(), undo_g, undo_w, grad.dtype)
        grad_w = (grad.t() @ x).to(ctx.weight_dtype)
        grad_b = grad.sum(0).to(ctx.weight_dtype) if ctx.needs_input_grad[2] else None
        return grad_x, grad_w, grad_b


class Fp8Linear(nn.Linear):
    """nn.Linear with the same parameters, computed in 8-bit floats."""

    def forward(self, x: Tensor) -> Tensor:
        """(..., in) to (..., out) in bfloat16."""
        rows = x.reshape(-1, x.shape[-1]).bfloat16()
        out: Tensor = Fp8Product.apply(rows, self.weight, self.bias)  # type: ignore[no-untyped-call]
        return out.view(*x.shape[:-1], -1)


def use_fp8(model: nn.Module, *, inside: str = "blocks") -> int:
    """Make the linear layers within every module called `inside` compute in 8 bits, in place.

    Returns:
        How many layers changed; parameters, names and checkpoints stay as they are.

    Raises:
        ConfigError: nothing fits (the hardware product wants both sides of a weight divisible by 16).
    """
    changed = 0
    for name, module in model.named_modules():
        if type(module) is nn.Linear and f".{inside}." in f".{name}." and all(n % 16 == 0 for n in module.weight.shape):
            module.__class__ = Fp8Linear
            changed += 1
    if not changed:
        raise ConfigError(
            f"no linear layer inside {inside!r} has sizes divisible by 16, so none can run in 8-bit floats. "
            "Use a preset from S upwards, or leave fp8 off."
        )
    return changed
