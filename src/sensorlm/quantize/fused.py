"""A stack of blocks with 8-bit layers in, the same tokens out by kernels that write each value once.

The idea: between two products of a block lie a sum, a norm, a GELU or an attention. Done one by one they read and write
all tokens several times over, which costs more than 8-bit products save. Here the sum and the norm before a layer are
one kernel that writes the layer's 8-bit input, GELU belongs to the product before it, and attention writes 8 bits too.
Scales, zero points and smoothing are folded into the norms' gains and the products' columns when the plan is made.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sensorlm.model.attention import Layout, self_attention
from sensorlm.model.blocks import Block, MapPool, Stack
from sensorlm.quantize.fused_pool import FusedPool
from sensorlm.quantize.layers import Fp8Linear, Int8Linear


@dataclass(frozen=True, slots=True)
class Step:
    """One linear layer: out = (input * alpha) @ weight.T + bias, its input in `kind`."""

    kind: str
    """"int8", "fp8" or "bf16": of the weight and of the input."""
    weight: Tensor
    """(o, i)."""
    alpha: Tensor
    """float32 (o,): the weight's scales, times the input's where it has one for all."""
    bias: Tensor
    """float32 (o,), with what the input's zero point adds."""
    factor: float = 1.0
    """The input in `kind` is x * factor + offset."""
    offset: float = 0.0
    by_row: bool = False
    """Every row of the input finds its own scale instead."""


@dataclass(frozen=True, slots=True)
class BlockPlan:
    """A block with everything folded."""

    norm1: tuple[Tensor, Tensor, float]
    """Gain and shift in the scale of qkv's input, and epsilon."""
    qkv: Step
    proj: Step
    norm2: tuple[Tensor, Tensor, float]
    fc1: Step
    fc2: Step
    gelu: str
    heads: int


def step(layer: nn.Module) -> tuple[Step, Tensor | None] | None:
    """A layer folded, and the factors its input is multiplied by (SmoothQuant); None where there is no kernel for it."""
    if isinstance(layer, Int8Linear):
        how, weight = layer.activations, layer.pack()
        bias = torch.zeros_like(layer.scales) if layer.bias is None else layer.bias
        if how.kind == "token":
            return Step("int8", weight, layer.scales, bias, by_row=True), layer.smooth
        if how.kind != "static":
            return None
        # The CPU's unsigned q is this signed one plus 128: x = (signed + 128 - zero_point) * scale.
        alpha = layer.scales * how.scale
        moved = bias + alpha * (128 - how.zero_point) * weight.sum(1, dtype=torch.int32)
        return Step("int8", weight, alpha, moved, 1 / how.scale, how.zero_point - 128.0), layer.smooth
    if isinstance(layer, Fp8Linear):
        bias = torch.zeros_like(layer.scales) if layer.bias is None else layer.bias
        if not layer.input_scale:
            return Step("fp8", layer.weight, layer.scales, bias, by_row=True), None
        return Step("fp8", layer.weight, layer.scales * layer.input_scale, bias, 1 / layer.input_scale), None
    if isinstance(layer, nn.Linear):
        weight = layer.weight.detach().bfloat16()
        ones = torch.ones(len(weight), device=weight.device)
        bias = torch.zeros_like(ones) if layer.bias is None else layer.bias.detach().float()
        return Step("bf16", weight, ones, bias), None
    return None


def plan_block(block: nn.Module) -> BlockPlan | None:
    """A block folded; None where one of its parts has no kernel."""
    if type(block) is not Block:
        return None
    steps = [step(layer) for layer in (block.attn.qkv, block.attn.proj, block.mlp.fc1, block.mlp.fc2)]
    if any(found is None for found in steps):
        return None
    (qkv, smooth1), (proj, smooth_proj), (fc1, smooth2), (fc2, smooth_fc2) = (s for s in steps if s is not None)
    if smooth_proj is not None or smooth_fc2 is not None or all(s.kind == "bf16" for s in (qkv, proj, fc1, fc2)):
        return None
    return BlockPlan(
        norm1=_fold(block.norm1, qkv, smooth1), qkv=qkv, proj=proj,
        norm2=_fold(block.norm2, fc1, smooth2), fc1=fc1, fc2=fc2,
        gelu=block.mlp.approximate, heads=block.attn.num_heads,
    )  # fmt: skip


def _fold(norm: nn.LayerNorm, into: Step, smooth: Tensor | None) -> tuple[Tensor, Tensor, float]:
    gain, shift = norm.weight.detach().float(), norm.bias.detach().float()
    if smooth is not None:
        gain, shift = gain * smooth, shift * smooth
    return gain * into.factor, shift * into.factor + into.offset, norm.eps


def run(plans: list[BlockPlan], x: Tensor, layout: Layout, ops: Any) -> Tensor:  # noqa: ANN401
    """(n, d) bfloat16 tokens through all blocks.

    Args:
        plans: the blocks.
        x: packed tokens.
        layout: where each sample's lie.
        ops: the kernels: `triton_ops`, or `plain_ops`.
    """
    branch: Tensor | None = None
    for plan in plans:
        x, normed, rows = _normed(x, branch, plan.norm1, plan.qkv, ops)
        attended, rows = _attend(plan, normed, rows, layout, ops)
        branch = _product(plan.proj, attended, rows, ops)
        x, normed, rows = _normed(x, branch, plan.norm2, plan.fc1, ops)
        hidden, rows = _hidden(plan, normed, rows, ops)
        branch = _product(plan.fc2, hidden, rows, ops)
    return x if branch is None else x + branch


def _normed(
    x: Tensor, branch: Tensor | None, norm: tuple[Tensor, Tensor, float], into: Step, ops: Any,  # noqa: ANN401
) -> tuple[Tensor, Tensor, Tensor | None]:  # fmt: skip
    gain, shift, eps = norm
    found: tuple[Tensor, Tensor, Tensor | None] = ops.norm(
        x, gain, shift, kind=into.kind, eps=eps, branch=branch, by_row=into.by_row
    )
    return found


def _product(layer: Step, a: Tensor, rows: Tensor | None, ops: Any, **options: Any) -> Tensor:  # noqa: ANN401
    found: Tensor
    if layer.kind == "bf16":
        found = F.linear(a, layer.weight, layer.bias.to(a.dtype))
        return F.gelu(found, approximate=options["gelu"]) if options.get("gelu") else found
    found = ops.product(a, layer.weight, layer.alpha, layer.bias, rows=rows, **options)
    return found


def _enter(x: Tensor, into: Step, ops: Any) -> tuple[Tensor, Tensor | None]:  # noqa: ANN401
    """bfloat16 activations as the input of a layer, by a pass of their own."""
    if into.kind == "bf16":
        return x, None
    gain = torch.full(x.shape[1:], into.factor, device=x.device)
    _, entered, rows = ops.norm(
        x, gain, torch.full_like(gain, into.offset), kind=into.kind, by_row=into.by_row, normalize=False
    )
    return entered, rows


def _hidden(plan: BlockPlan, a: Tensor, rows: Tensor | None, ops: Any) -> tuple[Tensor, Tensor | None]:  # noqa: ANN401
    """GELU of the first product, as the second one's input."""
    into = plan.fc2
    if into.by_row or "bf16" in (plan.fc1.kind, into.kind):
        return _enter(_product(plan.fc1, a, rows, ops, gelu=plan.gelu), into, ops)
    made = _product(plan.fc1, a, rows, ops, gelu=plan.gelu, kind=into.kind, factor=into.factor, offset=into.offset)
    return made, None


def _attend(
    plan: BlockPlan, a: Tensor, rows: Tensor | None, layout: Layout, ops: Any,  # noqa: ANN401
) -> tuple[Tensor, Tensor | None]:  # fmt: skip
    """Attention over the first product's queries, keys and values, as the projection's input."""
    into, width = plan.proj, a.shape[1]
    qkv = _product(plan.qkv, a, rows, ops)
    if into.by_row or into.kind == "bf16" or not ops.has_attention(width // plan.heads):
        view = qkv.view(-1, 3, plan.heads, width // plan.heads)
        if len(layout.runs) == 1:
            attended = self_attention(view.unflatten(0, (len(layout.lengths), -1)), None).reshape(-1, width)
        else:
            attended = self_attention(view, layout).flatten(1)
        return _enter(attended, into, ops)
    attended = ops.attention(
        qkv, qkv, qkv, (0, width, 2 * width), layout.offsets, layout.max_length, heads=plan.heads, width=width,
        kind=into.kind, factor=into.factor, offset=into.offset,
    )  # fmt: skip
    return attended, None


@lru_cache(maxsize=32)
def dense_layout(samples: int, length: int, device: torch.device) -> Layout:
    """The layout of a dense batch, kept: its offsets travel to the device once, which a CUDA graph insists on."""
    return Layout((length,) * samples, device)


def triton_ops_for(x: Tensor) -> ModuleType | None:
    """The kernels, where x lies on a GPU with 8-bit tensor cores of Hopper's kind and Triton is installed."""
    if x.device.type != "cuda" or torch.cuda.get_device_capability(x.device)[0] != 9 or find_spec("triton") is None:
        return None
    from sensorlm.quantize import triton_ops  # noqa: PLC0415 (only here is Triton needed)

    return triton_ops


class FusedStack(Stack):
    """A stack that runs by fused kernels where it can, and block by block where it cannot: same parameters, same names.

    It can on a Hopper GPU with Triton, without gradients and causality, when every block has 8-bit layers with kernels.
    """

    plans: list[BlockPlan] | None

    def forward(self, x: Tensor, *context: Any) -> Tensor:  # noqa: ANN401
        """Tokens (b, l, d), or (n, d) with a layout, through all blocks."""
        layout, *rest = context or (None,)
        ops = None if any(rest) or (x.requires_grad and torch.is_grad_enabled()) else triton_ops_for(x)
        plans = self.plan() if ops is not None else None
        if plans is None or not x.numel():
            return super().forward(x, *context)
        where = layout or dense_layout(*x.shape[:2], x.device)
        out = run(plans, x.reshape(-1, x.shape[-1]).bfloat16(), where, ops)
        return out.view(x.shape).to(x.dtype)

    def plan(self) -> list[BlockPlan] | None:
        """The blocks folded; made once, on the device they are on."""
        if "plans" not in self.__dict__:
            found = [plan_block(block) for block in self]
            self.__dict__["plans"] = None if any(p is None for p in found) else found
        made: list[BlockPlan] | None = self.__dict__["plans"]
        return made


def fuse(model: nn.Module) -> nn.Module:
    """Let the sensor tower run by fused kernels where a GPU has them; in place."""
    sensor = model.get_submodule("sensor")
    if type(sensor.blocks) is Stack:
        sensor.blocks.__class__ = FusedStack
    if type(sensor.map_pool) is MapPool:
        sensor.map_pool.__class__ = FusedPool
    return model
