"""Linear layers' three products in 8-bit floats, with what stands before and between them, forward and backward.

`fp8` says why; its modules call these. Letters in shapes: m rows (tokens), k and n widths of a layer's two sides.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from sensorlm.model.fp8_ops import GELU, GELU_GRADIENT, GRADIENTS, NORM, PLAIN, VALUES, norm_gradients, twice8

VALUES_MAX, GRADIENTS_MAX = torch.finfo(VALUES).max, torch.finfo(GRADIENTS).max
SAMPLED_ROWS, HEADROOM = 512, 16.0
INPUT_SCALE = 16.0
"""Inputs up to 448 / 16 = 28 are kept; a LayerNorm's output of width d reaches sqrt(d) only where one value is all."""


def _weight(weight: Tensor) -> tuple[Tensor, Tensor]:
    """A weight in 8 bits, scaled so that its maximum is the type's, and the factor that undoes it."""
    scale = VALUES_MAX / weight.abs().amax().float().clamp(min=1e-12)
    return (weight.float() * scale).to(VALUES), scale.reciprocal()


def _sample(x: Tensor) -> Tensor:
    """Some of the rows of (m, n)."""
    return x[:: max(1, len(x) // SAMPLED_ROWS)]


def _scale(grads: Tensor) -> Tensor:
    """What to multiply gradients by, from some (s, n) of them.

    A full pass for the maximum cost more than the product saved. e5m2 spans 32 binades, so four of them are kept free
    above the sampled maximum and nothing is lost below.
    """
    return GRADIENTS_MAX / HEADROOM / grads.abs().amax().float().clamp(min=1e-12)


def _gradients8(grads: Tensor, sums: bool = True) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """8 bits of (m, n) gradients as they lie and turned, the factor that undoes the scale, and sums over rows."""
    scale = _scale(_sample(grads))
    flat, turned, partial = twice8(grads.contiguous(), [], scale, PLAIN, 1.0, True, False, True, True, sums)
    return flat, turned, scale.reciprocal(), partial.sum(0)


def _gelu_gradients8(grads: Tensor, hidden: Tensor, exact: bool) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The same of the gradients of a GELU's input (m, n), from those of its output."""
    approximate = "none" if exact else "tanh"
    scale = _scale(torch.ops.aten.gelu_backward(_sample(grads), _sample(hidden), approximate=approximate))
    flat, turned, partial = twice8(grads, [hidden], scale, GELU_GRADIENT, 1.0, True, exact, True, True, True)
    return flat, turned, scale.reciprocal(), partial.sum(0)


def _values8(
    x: Tensor, mode: int, exact: bool, turn: bool, flat: bool = True, beside: Sequence[Tensor] = ()
) -> tuple[Tensor, Tensor]:
    out, turned, _ = twice8(x, list(beside), None, mode, INPUT_SCALE, False, exact, flat, turn, False)
    return out, turned


class _Normed(NamedTuple):
    """Rows in 8 bits after a LayerNorm or as they are, turned too, and what a backward pass needs of the norm."""

    flat: Tensor
    turned: Tensor
    kept: tuple[Tensor, ...]


def _normed8(x: Tensor, gain: Tensor | None, shift: Tensor | None, eps: float, turn: bool) -> _Normed:
    """The norm's two figures a row by torch (fused with whatever made x), everything else in the pass that rounds."""
    if gain is None or shift is None:
        return _Normed(*_values8(x, PLAIN, False, turn), ())
    variance, mean = torch.var_mean(x.float(), 1, correction=0)
    spread = (variance + eps).rsqrt()
    return _Normed(*_values8(x, NORM, False, turn, beside=(mean, spread, gain, shift)), (x, mean, spread, gain, shift))


def _norm_gradients(grad: Tensor, residual: Tensor | None, kept: Sequence[Tensor]) -> tuple[Tensor | None, ...]:
    """Gradients of x, gain and shift from that of the norm's output; without a norm x's alone."""
    if not kept:
        return grad, None, None
    assert residual is not None  # autograd gives zeros for an output that nothing used
    *_, gain, shift = kept
    grad_x, of_gain, of_shift = norm_gradients(grad, residual, *kept[:-1])
    return grad_x, of_gain.sum(0).to(gain.dtype), of_shift.sum(0).to(shift.dtype)


def _undo(x: Tensor) -> Tensor:
    return torch.full((), 1 / INPUT_SCALE, device=x.device)


def _multiplied(a: Tensor, b: Tensor, undo_a: Tensor, undo_b: Tensor, bias: Tensor | None, fast: bool) -> Tensor:
    """bfloat16 (m, n) of two 8-bit matrices (m, k) and (k, n), undone and with a bias (n)."""
    if not a.is_cuda:  # torch's own products of 8-bit floats take minutes there; these are of the same values
        out = a.float() @ b.float() * (undo_a * undo_b)
        return (out if bias is None else out + bias.float()).bfloat16()
    made = torch._scaled_mm(
        a, b, scale_a=undo_a, scale_b=undo_b, bias=bias, out_dtype=torch.bfloat16, use_fast_accum=fast
    )
    assert isinstance(made, Tensor)
    return made


def _product(a: Tensor, b: Tensor, undo_a: Tensor, undo_b: Tensor, bias: Tensor | None = None) -> Tensor:
    """bfloat16 (m, k) row-major times (k, n) column-major, both 8-bit."""
    return _multiplied(a, b, undo_a, undo_b, bias, True)


def _weight_gradient(grads: Tensor, x: Tensor, undo_g: Tensor, undo_x: Tensor, dtype: torch.dtype) -> Tensor:
    """(n, m) gradients times (k, m) inputs, both turned: (n, k)."""
    return _multiplied(grads, x.t(), undo_g, undo_x, None, False).to(dtype)


def _half(bias: Tensor | None) -> Tensor | None:
    return None if bias is None else bias.bfloat16()


class Fp8Product(torch.autograd.Function):
    """Norm(x) (m, k) times weight (n, k) transposed plus bias; `split` gives queries, keys, values of that shape.

    With a norm x itself is given back last, for the residual sum: so its gradients from there and through the norm
    meet here and are summed in the norm's own pass.
    """

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        x: Tensor,
        gain: Tensor | None,
        shift: Tensor | None,
        eps: float,
        weight: Tensor,
        bias: Tensor | None,
        keep: bool,
        split: tuple[int, ...] | None,
    ) -> Tensor | tuple[Tensor, ...]:
        """(m, n) bfloat16, or three of shape `split`, and x; without `gain` no norm; `keep` for a backward pass."""
        normed = _normed8(x, gain, shift, eps, keep)
        w8, undo_w = _weight(weight)
        ctx.save_for_backward(normed.turned, w8, undo_w, *normed.kept)
        ctx.weight_dtype, ctx.bias_dtype, ctx.split = weight.dtype, None if bias is None else bias.dtype, split
        out = _product(normed.flat, w8.t(), _undo(x), undo_w, _half(bias))
        outs = (out,) if split is None else out.view(*split[:-2], 3, *split[-2:]).unbind(-3)
        if gain is not None:
            return *outs, x.view_as(x)
        return outs[0] if split is None else outs

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        """Gradients of x, the norm's gain and shift, weight and bias."""
        turned, w8, undo_w, *kept = ctx.saved_tensors
        grads, residual = (grads[:-1], grads[-1]) if kept else (grads, None)
        # Side by side in one matrix: a copy, but both products read their factor in one piece.
        whole = grads[0] if ctx.split is None else torch.cat([g.flatten(-2).flatten(0, -2) for g in grads], 1)
        g8, g8_turned, undo_g, sums = _gradients8(whole, ctx.bias_dtype is not None)
        of_norm = _product(g8, w8.t().contiguous().t(), undo_g, undo_w)
        grad_w = _weight_gradient(g8_turned, turned, undo_g, _undo(turned), ctx.weight_dtype)
        grad_b = None if ctx.bias_dtype is None else sums.to(ctx.bias_dtype)
        return *_norm_gradients(of_norm, residual, kept), None, grad_w, grad_b, None, None


class Fp8MlpProduct(torch.autograd.Function):
    """A norm, then two linear layers around a GELU; with `recompute` hidden values are made again going backward.

    With a norm x is given back too, as `Fp8Product` does.
    """

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        x: Tensor,
        gain: Tensor | None,
        shift: Tensor | None,
        eps: float,
        w1: Tensor,
        b1: Tensor,
        w2: Tensor,
        b2: Tensor,
        exact: bool,
        keep: bool,
        recompute: bool,
    ) -> Tensor | tuple[Tensor, ...]:
        """(m, d) to (m, d) bfloat16, and x; without `gain` no norm."""
        x8, x_turned, of_norm = _normed8(x, gain, shift, eps, keep)
        (w1_8, undo_1), (w2_8, undo_2) = _weight(w1), _weight(w2)
        hidden = _product(x8, w1_8.t(), _undo(x), undo_1, _half(b1))
        g8, g_turned = _values8(hidden, GELU, exact, keep and not recompute)
        ctx.exact, ctx.recompute, ctx.dtype = exact, recompute, w1.dtype
        kept = (x8, _half(b1)) if recompute else (hidden, g_turned)
        ctx.save_for_backward(x_turned, w1_8, undo_1, w2_8, undo_2, *kept, *of_norm)
        out = _product(g8, w2_8.t(), _undo(x), undo_2, _half(b2))
        return out if gain is None else (out, x.view_as(x))

    @staticmethod
    def backward(ctx: Any, grad: Tensor, residual: Tensor | None = None) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        """Gradients of x, the norm's gain and shift, both weights and both biases."""
        x_turned, w1, undo_1, w2, undo_2, first, second, *of_norm = ctx.saved_tensors
        undo_x = _undo(grad)
        if ctx.recompute:
            hidden = _product(first, w1.t(), undo_x, undo_1, second)
            _, g_turned = _values8(hidden, GELU, ctx.exact, True, flat=False)
        else:
            hidden, g_turned = first, second
        y8, y_turned, undo_y, sums_2 = _gradients8(grad)
        grad_gelu = _product(y8, w2.t().contiguous().t(), undo_y, undo_2)
        grad_2 = _weight_gradient(y_turned, g_turned, undo_y, undo_x, ctx.dtype)
        h8, h_turned, undo_h, sums_1 = _gelu_gradients8(grad_gelu, hidden, ctx.exact)
        of_x = _norm_gradients(_product(h8, w1.t().contiguous().t(), undo_h, undo_1), residual, of_norm)
        grad_1 = _weight_gradient(h_turned, x_turned, undo_h, undo_x, ctx.dtype)
        biases = (sums_1.to(ctx.dtype), sums_2.to(ctx.dtype))
        return *of_x, None, grad_1, biases[0], grad_2, biases[1], None, None, None
