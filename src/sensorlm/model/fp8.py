"""Transformer blocks in, the same blocks out with their products in 8-bit floats, on GPUs that have them (8.9 and up).

Every linear layer's three products (forward, input gradient, weight gradient) are each one `torch._scaled_mm` of two
8-bit matrices with one scale a matrix (Micikevicius et al. 2022: e4m3 for values and weights, e5m2 for gradients, whose
range is wider). What enters a linear layer of a pre-norm block is a LayerNorm's output, a GELU's or an average of
values: of order one, so a fixed scale serves it and no pass over the data is spent on finding its maximum. Sums stay in
float32 inside the product, and those of weight gradients are not shortened (use_fast_accum).

Speed is decided between the products: `fp8_ops.twice8` writes each 8-bit matrix once as it lies and once transposed, as
the weight gradient wants it, in the same visit as the norm, GELU, its derivative and the bias gradient.
"""

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

    def forward(self, x: Tensor, recompute: bool = False, norm: nn.LayerNorm | None = None) -> Tensor:
        """Each token by itself, after `norm`."""
        rows, keep = x.reshape(-1, x.shape[-1]).bfloat16(), torch.is_grad_enabled()
        out: Tensor = Fp8MlpProduct.apply(  # type: ignore[no-untyped-call]
            rows, *_of_norm(norm), self.fc1.weight, self.fc1.bias, self.fc2.weight, self.fc2.bias,
            self.approximate == "none", keep, keep and recompute,
        )  # fmt: skip
        return out.view(x.shape)


class Fp8Attention(Attention):
    """Self-attention whose linear layers are in 8-bit floats; attention itself stays in 16 bits."""

    def forward(
        self, x: Tensor, layout: Layout | None = None, *, causal: bool = False, norm: nn.LayerNorm | None = None
    ) -> Tensor:
        """Dense (b, l, d) without a layout, packed (n, d) with one; `norm` comes before it."""
        rows = x.reshape(-1, x.shape[-1]).bfloat16()
        heads = (self.num_heads, x.shape[-1] // self.num_heads)
        given = (rows, *_of_norm(norm), self.qkv.weight, self.qkv.bias, torch.is_grad_enabled())
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


class Fp8Block(Block):
    """A pre-norm block that leaves its norms to the passes that round their results."""

    attn: Fp8Attention
    mlp: Fp8Mlp

    def _attention_branch(self, x: Tensor, layout: Layout | None, causal: bool) -> Tensor:
        branch: Tensor = self.attn(x, layout, causal=causal, norm=self.norm1)
        return branch

    def _mlp_branch(self, x: Tensor) -> Tensor:
        branch: Tensor = self.mlp(x, self.recompute_mlp, self.norm2)
        return branch


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
