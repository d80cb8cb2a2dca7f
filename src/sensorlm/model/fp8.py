"""Transformer blocks in, the same blocks out with their products in 8-bit floats, on GPUs that have them (8.9 and up).

Every linear layer's three products (forward, input gradient, weight gradient) are each one `torch._scaled_mm` of two
8-bit matrices with one scale a matrix (Micikevicius et al. 2022: e4m3 for values and weights, e5m2 for gradients, whose
range is wider). What enters a linear layer of a pre-norm block is a LayerNorm's output, a GELU's or an average of
values: of order one, so a fixed scale serves it and no pass over the data is spent on finding its maximum. Sums stay in
float32 inside the product, and those of weight gradients are not shortened (use_fast_accum).

Speed is decided between the products: `fp8_ops.twice8` writes each 8-bit matrix once as it lies and once transposed, as
the weight gradient wants it, in the same visit as GELU and the bias gradient.
"""

from typing import Any

import torch
from torch import Tensor, nn

from sensorlm.errors import ConfigError
from sensorlm.model.attention import Attention, Layout, dense_attention, packed_attention, self_attention
from sensorlm.model.blocks import Mlp
from sensorlm.model.fp8_ops import GELU, GRADIENTS, PLAIN, VALUES, twice8

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


def _scale(grads: Tensor) -> Tensor:
    """What to multiply (m, n) gradients by, from the maximum over some of their rows.

    A full pass for the maximum cost more than the product saved. e5m2 spans 32 binades, so four of them are kept free
    above the sampled maximum and nothing is lost below.
    """
    most = grads[:: max(1, len(grads) // SAMPLED_ROWS)].abs().amax().float()
    return GRADIENTS_MAX / HEADROOM / most.clamp(min=1e-12)


def _gradients8(grads: Tensor, sums: bool = True) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """8 bits of (m, n) gradients as they lie and turned, the factor that undoes the scale, and sums over rows."""
    scale = _scale(grads)
    flat, turned, partial = twice8(grads.contiguous(), scale, PLAIN, 1.0, True, False, True, True, sums)
    return flat, turned, scale.reciprocal(), partial.sum(0)


def _values8(x: Tensor, mode: int, exact: bool, turn: bool, flat: bool = True) -> tuple[Tensor, Tensor]:
    out, turned, _ = twice8(x, None, mode, INPUT_SCALE, False, exact, flat, turn, False)
    return out, turned


def _undo(x: Tensor) -> Tensor:
    return torch.full((), 1 / INPUT_SCALE, device=x.device)


def _product(a: Tensor, b: Tensor, undo_a: Tensor, undo_b: Tensor, bias: Tensor | None = None) -> Tensor:
    """bfloat16 (m, k) row-major times (k, n) column-major, both 8-bit."""
    dtype = torch.bfloat16
    out = torch._scaled_mm(a, b, scale_a=undo_a, scale_b=undo_b, bias=bias, out_dtype=dtype, use_fast_accum=True)
    assert isinstance(out, Tensor)
    return out


def _weight_gradient(grads: Tensor, x: Tensor, undo_g: Tensor, undo_x: Tensor, dtype: torch.dtype) -> Tensor:
    """(n, m) gradients times (k, m) inputs, both turned: (n, k)."""
    out = torch._scaled_mm(grads, x.t(), scale_a=undo_g, scale_b=undo_x, out_dtype=torch.bfloat16, use_fast_accum=False)
    assert isinstance(out, Tensor)
    return out.to(dtype)


def _half(bias: Tensor | None) -> Tensor | None:
    return None if bias is None else bias.bfloat16()


class Fp8Product(torch.autograd.Function):
    """x (m, k) times weight (n, k) transposed plus bias; `split` gives queries, keys, values of that shape."""

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        x: Tensor,
        weight: Tensor,
        bias: Tensor | None,
        keep: bool,
        split: tuple[int, ...] | None,
    ) -> Tensor | tuple[Tensor, ...]:
        """(m, n) bfloat16, or three of shape `split`; `keep` what a backward pass needs."""
        x8, turned = _values8(x, PLAIN, False, keep)
        w8, undo_w = _weight(weight)
        ctx.save_for_backward(turned, w8, undo_w)
        ctx.weight_dtype, ctx.bias_dtype, ctx.split = weight.dtype, None if bias is None else bias.dtype, split
        out = _product(x8, w8.t(), _undo(x), undo_w, _half(bias))
        return out if split is None else out.view(*split[:-2], 3, *split[-2:]).unbind(-3)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        """Gradients of x, weight and bias."""
        turned, w8, undo_w = ctx.saved_tensors
        # Side by side in one matrix: a copy, but both products read their factor in one piece.
        whole = grads[0] if ctx.split is None else torch.cat([g.flatten(-2).flatten(0, -2) for g in grads], 1)
        g8, g8_turned, undo_g, sums = _gradients8(whole, ctx.bias_dtype is not None)
        grad_x = _product(g8, w8.t().contiguous().t(), undo_g, undo_w)
        grad_w = _weight_gradient(g8_turned, turned, undo_g, _undo(turned), ctx.weight_dtype)
        return grad_x, grad_w, None if ctx.bias_dtype is None else sums.to(ctx.bias_dtype), None, None


class Fp8MlpProduct(torch.autograd.Function):
    """Two linear layers around a GELU; with `recompute` the hidden values are made again in the backward pass."""

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        x: Tensor,
        w1: Tensor,
        b1: Tensor,
        w2: Tensor,
        b2: Tensor,
        exact: bool,
        keep: bool,
        recompute: bool,
    ) -> Tensor:
        """(m, d) to (m, d) bfloat16."""
        x8, x_turned = _values8(x, PLAIN, exact, keep)
        (w1_8, undo_1), (w2_8, undo_2) = _weight(w1), _weight(w2)
        hidden = _product(x8, w1_8.t(), _undo(x), undo_1, _half(b1))
        g8, g_turned = _values8(hidden, GELU, exact, keep and not recompute)
        ctx.exact, ctx.recompute, ctx.dtype = exact, recompute, w1.dtype
        kept = (x8, _half(b1)) if recompute else (hidden, g_turned)
        ctx.save_for_backward(x_turned, w1_8, undo_1, w2_8, undo_2, *kept)
        return _product(g8, w2_8.t(), _undo(x), undo_2, _half(b2))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        """Gradients of x, both weights and both biases."""
        x_turned, w1, undo_1, w2, undo_2, first, second = ctx.saved_tensors
        undo_x = _undo(grad)
        if ctx.recompute:
            hidden = _product(first, w1.t(), undo_x, undo_1, second)
            _, g_turned = _values8(hidden, GELU, ctx.exact, True, flat=False)
        else:
            hidden, g_turned = first, second
        y8, y_turned, undo_y, sums_2 = _gradients8(grad)
        grad_gelu = _product(y8, w2.t().contiguous().t(), undo_y, undo_2)
        grad_2 = _weight_gradient(y_turned, g_turned, undo_y, undo_x, ctx.dtype)
        approximate = "none" if ctx.exact else "tanh"
        grad_hidden = torch.ops.aten.gelu_backward(grad_gelu, hidden, approximate=approximate)
        h8, h_turned, undo_h, sums_1 = _gradients8(grad_hidden)
        grad_x = _product(h8, w1.t().contiguous().t(), undo_h, undo_1)
        grad_1 = _weight_gradient(h_turned, x_turned, undo_h, undo_x, ctx.dtype)
        biases = (sums_1.to(ctx.dtype), sums_2.to(ctx.dtype))
        return grad_x, grad_1, biases[0], grad_2, biases[1], None, None, None


class Fp8Linear(nn.Linear):
    """nn.Linear with the same parameters, computed in 8-bit floats."""

    def forward(self, x: Tensor) -> Tensor:
        """(..., in) to (..., out) in bfloat16."""
        rows = x.reshape(-1, x.shape[-1]).bfloat16()
        out: Tensor = Fp8Product.apply(rows, self.weight, self.bias, torch.is_grad_enabled(), None)  # type: ignore[no-untyped-call]
        return out.view(*x.shape[:-1], -1)


class Fp8Mlp(Mlp):
    """The MLP of a block in 8-bit floats."""

    recomputes_itself = True

    def forward(self, x: Tensor, recompute: bool = False) -> Tensor:
        """Each token by itself."""
        rows, keep = x.reshape(-1, x.shape[-1]).bfloat16(), torch.is_grad_enabled()
        out: Tensor = Fp8MlpProduct.apply(  # type: ignore[no-untyped-call]
            rows, self.fc1.weight, self.fc1.bias, self.fc2.weight, self.fc2.bias, self.approximate == "none", keep,
            keep and recompute,
        )  # fmt: skip
        return out.view(x.shape)


class Fp8Attention(Attention):
    """Self-attention whose linear layers are in 8-bit floats; attention itself stays in 16 bits."""

    def forward(self, x: Tensor, layout: Layout | None = None, *, causal: bool = False) -> Tensor:
        """Dense (b, l, d) without a layout, packed (n, d) with one."""
        rows = x.reshape(-1, x.shape[-1]).bfloat16()
        heads = (self.num_heads, x.shape[-1] // self.num_heads)
        given = (rows, self.qkv.weight, self.qkv.bias, torch.is_grad_enabled())
        if self.fa4:  # it gives the three gradients in one piece
            qkv: Tensor = Fp8Product.apply(*given, None)  # type: ignore[no-untyped-call]
            attended = self_attention(qkv.view(*x.shape[:-1], 3, *heads), layout, causal=causal, fa4=True)
        else:
            q, k, v = Fp8Product.apply(*given, (*x.shape[:-1], *heads))  # type: ignore[no-untyped-call]
            attended = (
                dense_attention(q, k, v, causal=causal) if layout is None else packed_attention(q, k, v, layout, layout)
            )
        out: Tensor = self.proj(attended.flatten(-2))
        return out


def use_fp8(model: nn.Module, *, inside: str = "blocks") -> int:
    """Make the linear layers within every module called `inside` compute in 8 bits, in place.

    Returns:
        How many layers changed; parameters, names and checkpoints stay as they are.

    Raises:
        ConfigError: nothing fits (the hardware product wants both sides of a weight divisible by 16).
    """
    changed = 0
    within = [(name, module) for name, module in model.named_modules() if f".{inside}." in f".{name}."]
    for _, module in within:
        if type(module) is nn.Linear and all(n % 16 == 0 for n in module.weight.shape):
            module.__class__ = Fp8Linear
            changed += 1
    for _, module in within:
        if type(module) is Mlp and all(type(layer) is Fp8Linear for layer in (module.fc1, module.fc2)):
            module.__class__ = Fp8Mlp
        elif type(module) is Attention and all(type(layer) is Fp8Linear for layer in (module.qkv, module.proj)):
            module.__class__ = Fp8Attention
    if not changed:
        raise ConfigError(
            f"no linear layer inside {inside!r} has sizes divisible by 16, so none can run in 8-bit floats. "
            "Use a preset from S upwards, or leave fp8 off."
        )
    return changed
