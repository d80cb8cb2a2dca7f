"""Transformer blocks in, the same blocks out with their products in 8-bit floats, on GPUs that have them (8.9 and up).

Every linear layer's three products (forward, input gradient, weight gradient) are each one `torch._scaled_mm` of two
8-bit matrices with one scale a matrix (Micikevicius et al. 2022: e4m3 for values and weights, e5m2 for gradients, whose
range is wider). What enters a linear layer of a pre-norm block is a LayerNorm's output, a GELU's or an average of
values: of order one, so a fixed scale serves it and no pass over the data is spent on finding its maximum. Sums stay in
float32 inside the product, and those of weight gradients are not shortened (use_fast_accum).

Speed is decided between the products: `fp8_ops.twice8` writes each 8-bit matrix once as it lies and once transposed, as
the weight gradient wants it, in the same visit as the norm, GELU, its derivative and the bias gradient.
"""

from typing import Any

import torch
from torch import Tensor, nn

from sensorlm.errors import ConfigError
from sensorlm.model.attention import Attention, Layout, dense_attention, packed_attention, self_attention
from sensorlm.model.blocks import Block, Mlp
from sensorlm.model.fp8_products import Fp8MlpProduct, Fp8Product


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


def _of_norm(norm: nn.LayerNorm | None) -> tuple[Tensor | None, Tensor | None, float]:
    return (None, None, 0.0) if norm is None else (norm.weight, norm.bias, norm.eps)


class Fp8Linear(nn.Linear):
    """nn.Linear with the same parameters, computed in 8-bit floats."""

    def forward(self, x: Tensor) -> Tensor:
        """(..., in) to (..., out) in bfloat16."""
        rows = x.reshape(-1, x.shape[-1]).bfloat16()
        keep = torch.is_grad_enabled()
        out: Tensor = Fp8Product.apply(rows, *_of_norm(None), self.weight, self.bias, keep, None)  # type: ignore[no-untyped-call]
        return out.view(*x.shape[:-1], -1)


class Fp8Mlp(Mlp):
    """The MLP of a block in 8-bit floats."""

    recomputes_itself = True

    def forward(self, x: Tensor, recompute: bool = False) -> Tensor:
        """Each token by itself."""
        out: Tensor = self._product(x, None, recompute)
        return out.view(x.shape)

    def normed(self, x: Tensor, norm: nn.LayerNorm, recompute: bool) -> tuple[Tensor, Tensor]:
        """The MLP of norm(x), and x for the residual sum."""
        out, same = self._product(x, norm, recompute)
        return out.view(x.shape), same.view(x.shape)

    def _product(self, x: Tensor, norm: nn.LayerNorm | None, recompute: bool) -> Any:  # noqa: ANN401
        rows, keep = x.reshape(-1, x.shape[-1]).bfloat16(), torch.is_grad_enabled()
        return Fp8MlpProduct.apply(  # type: ignore[no-untyped-call]
            rows, *_of_norm(norm), self.fc1.weight, self.fc1.bias, self.fc2.weight, self.fc2.bias,
            self.approximate == "none", keep, keep and recompute,
        )  # fmt: skip


class Fp8Attention(Attention):
    """Self-attention whose linear layers are in 8-bit floats; attention itself stays in 16 bits."""

    def forward(self, x: Tensor, layout: Layout | None = None, *, causal: bool = False) -> Tensor:
        """Dense (b, l, d) without a layout, packed (n, d) with one."""
        return self._attend(x, None, layout, causal)[0]

    def normed(self, x: Tensor, norm: nn.LayerNorm, layout: Layout | None, causal: bool) -> tuple[Tensor, Tensor]:
        """Attention over norm(x), and x for the residual sum."""
        out, same = self._attend(x, norm, layout, causal)
        return out, same.view(x.shape)

    def _attend(
        self, x: Tensor, norm: nn.LayerNorm | None, layout: Layout | None, causal: bool
    ) -> tuple[Tensor, Tensor]:
        rows = x.reshape(-1, x.shape[-1]).bfloat16()
        heads = (self.num_heads, x.shape[-1] // self.num_heads)
        # FlashAttention-4 takes the three in one piece, and gives their gradients so.
        split = None if self.fa4 else (*x.shape[:-1], *heads)
        given = (rows, *_of_norm(norm), self.qkv.weight, self.qkv.bias, torch.is_grad_enabled(), split)
        made: Any = Fp8Product.apply(*given)  # type: ignore[no-untyped-call]
        made = made if isinstance(made, tuple) else (made,)
        parts, same = (made, x) if norm is None else (made[:-1], made[-1])
        if self.fa4:
            attended = self_attention(parts[0].view(*x.shape[:-1], 3, *heads), layout, causal=causal, fa4=True)
        elif layout is None:
            attended = dense_attention(*parts, causal=causal)
        else:
            q, k, v = parts
            attended = packed_attention(q, k, v, layout, layout)
        out: Tensor = self.proj(attended.flatten(-2))
        return out, same


class Fp8Block(Block):
    """A pre-norm block that leaves its norms to the passes that round their results."""

    attn: Fp8Attention
    mlp: Fp8Mlp

    def forward(self, x: Tensor, layout: Layout | None = None, causal: bool = False) -> Tensor:
        """Dense (b, l, d) without a layout, packed (n, d) with one."""
        branch, x = self.attn.normed(x, self.norm1, layout, causal)
        x = x + branch
        branch, x = self.mlp.normed(x, self.norm2, self.recompute_mlp)
        return x + branch


def use_fp8(model: nn.Module, *, inside: str = "sensor.blocks") -> int:
    """Make the linear layers within every module called `inside` compute in 8 bits, in place.

    By default those of the sensor tower, which has 19 of 20 tokens of a training batch: on a few thousand tokens the
    passes around an 8-bit product cost what it saves, and the host needs longer to launch them than the GPU to do them.

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
    for _, module in within:
        if type(module) is Block and type(module.attn) is Fp8Attention and type(module.mlp) is Fp8Mlp:
            module.__class__ = Fp8Block
    if not changed:
        raise ConfigError(
            f"no linear layer inside {inside!r} has sizes divisible by 16, so none can run in 8-bit floats. "
            "Use a preset from S upwards, or leave fp8 off."
        )
    return changed
