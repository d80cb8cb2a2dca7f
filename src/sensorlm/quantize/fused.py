"""A sensor tower with 8-bit layers in, the same tokens out by kernels that write each value once.

The idea: between two products of a block lie a sum, a norm, a GELU or an attention. Done one by one they read and write
all tokens several times over, which costs more than 8-bit products save. Here the sum and the norm before a layer are
one kernel that writes the layer's 8-bit input, GELU belongs to the product before it, and attention writes 8 bits too.
Scales, zero points and smoothing are folded into the norms' gains and the products' columns when the plan is made.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sensorlm.model.attention import Layout, Tokens
from sensorlm.model.blocks import Block, MapPool
from sensorlm.model.sensor import SensorTower
from sensorlm.quantize.fused_pool import FusedPool
from sensorlm.quantize.layers import Fp8Linear, Int8Linear

Norm = tuple[Tensor, Tensor, float]
"""Gain, shift, epsilon."""
HEAD_WIDTHS = (32, 64)
"""Widths of a head that the attention kernel was run with; wider ones would not fit into its registers."""


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
    one_alpha: Tensor | None = None
    """What all of alpha is, where it is one number."""

    def part(self, start: int, end: int) -> "Step":
        """Some of the outputs; e4m3 weights whose scales are powers of two apart get one scale, which cuBLAS wants."""
        some = replace(self, weight=self.weight[start:end], alpha=self.alpha[start:end], bias=self.bias[start:end])
        top = some.alpha.max()
        ratio = some.alpha / top
        if self.kind != "fp8" or not bool((torch.frexp(ratio).mantissa == 0.5).all()):
            return some
        # Exact but for what falls below the smallest number of e4m3, a 450,000th of the largest weight.
        weight = (some.weight.float() * ratio[:, None]).to(some.weight.dtype)
        return replace(some, weight=weight, alpha=top.expand(len(ratio)).contiguous(), one_alpha=top)


@dataclass(frozen=True, slots=True)
class BlockPlan:
    """A block with everything folded."""

    norm1: Norm
    """Gain and shift in the scale of the next layer's input, and epsilon."""
    qk: Step
    """Queries and keys, which attention multiplies in e4m3."""
    v: Step
    proj: Step
    norm2: Norm
    fc1: Step
    fc2: Step
    gelu: str
    heads: int


def step(layer: nn.Module) -> tuple[Step, Tensor | None] | None:
    """A layer folded, and the factors its input is multiplied by (SmoothQuant); None where it has no kernel."""
    if isinstance(layer, Int8Linear):
        how, weight = layer.activations, layer.weight if layer.weight is not None else layer.pack()
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
    if len(proj.weight) // block.attn.num_heads not in HEAD_WIDTHS or len(proj.weight) % 64:
        return None
    if smooth_proj is not None or smooth_fc2 is not None or all(s.kind == "bf16" for s in (qkv, proj, fc1, fc2)):
        return None
    width = len(proj.weight)
    return BlockPlan(
        norm1=_fold(block.norm1, qkv, smooth1), qk=qkv.part(0, 2 * width), v=qkv.part(2 * width, 3 * width), proj=proj,
        norm2=_fold(block.norm2, fc1, smooth2), fc1=fc1, fc2=fc2,
        gelu=block.mlp.approximate, heads=block.attn.num_heads,
    )  # fmt: skip


def _fold(norm: nn.LayerNorm, into: Step, smooth: Tensor | None) -> Norm:
    gain, shift = norm.weight.detach().float(), norm.bias.detach().float()
    if smooth is not None:
        gain, shift = gain * smooth, shift * smooth
    return gain * into.factor, shift * into.factor + into.offset, norm.eps


def run(plans: list[BlockPlan], x: Tensor, layout: Layout, final: Norm, ops: Any) -> Tensor:  # noqa: ANN401
    """(n, d) bfloat16 tokens through all blocks and the final norm.

    Args:
        plans: the blocks.
        x: packed tokens.
        layout: where each sample's lie.
        final: the norm after the last block.
        ops: the kernels: `triton_ops`, or `plain_ops`.
    """
    branch: Tensor | None = None
    for plan in plans:
        x, normed, rows = _normed(x, branch, plan.norm1, plan.qk, ops)
        attended, rows = _attend(plan, normed, rows, layout, ops)
        branch = _product(plan.proj, attended, rows, ops)
        x, normed, rows = _normed(x, branch, plan.norm2, plan.fc1, ops)
        hidden, rows = _hidden(plan, normed, rows, ops)
        branch = _product(plan.fc2, hidden, rows, ops)
    gain, shift, eps = final
    out: Tensor = ops.norm(x, gain, shift, kind="bf16", eps=eps, branch=branch)[1]
    return out


def _normed(
    x: Tensor, branch: Tensor | None, norm: Norm, into: Step, ops: Any,  # noqa: ANN401
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
        return F.gelu(found, approximate=options["gelu"]) if "gelu" in options else found
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
    v = _product(plan.v, a, rows, ops)
    # e4m3 holds queries and keys as they are: it loses precision only below 1/64, and they add up to scores of order 1.
    kind = "bf16" if plan.qk.kind == "bf16" else "fp8"
    qk = _product(plan.qk, a, rows, ops, kind=kind, one_alpha=plan.qk.one_alpha)
    alone = into.by_row or into.kind == "bf16"
    attended = ops.attention(
        qk, qk, v, (0, width, 0), layout.offsets, layout.max_length, heads=plan.heads, width=width,
        kind="bf16" if alone else into.kind, factor=1.0 if alone else into.factor, offset=0.0 if alone else into.offset,
    )  # fmt: skip
    return _enter(attended, into, ops) if alone else (attended, None)


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


class FusedSensor(SensorTower):
    """A sensor tower that runs by fused kernels where it can, and as ever where it cannot: same parameters and names.

    It can on a Hopper GPU with Triton, where no gradient is wanted and every block has 8-bit layers with kernels.
    """

    fused = True

    def encode(self, embedded: Tokens) -> Tokens:
        """Embedded tokens through all blocks and the final norm."""
        x, layout = embedded.x, embedded.layout
        ops = None if x.requires_grad and torch.is_grad_enabled() else triton_ops_for(x)
        plans = self.plan() if ops is not None and x.numel() else None
        if plans is None:
            return super().encode(embedded)
        where = layout or dense_layout(*x.shape[:2], x.device)
        final = (self.norm.weight.detach().float(), self.norm.bias.detach().float(), self.norm.eps)
        out = run(plans, x.reshape(-1, x.shape[-1]).bfloat16(), where, final, ops)
        return Tokens(out.view(x.shape).to(x.dtype), layout)

    def embed_whole(self, patches: Tensor, missing: Tensor, positions: Tensor) -> Tensor:
        """(b, l, d) tokens; values and what is missing of them in one product."""
        if self.config.missing != "drop" or not patches.is_cuda or torch.is_grad_enabled():
            return super().embed_whole(patches, missing, positions)
        weight = torch.cat([self.patch_embed.weight, self.missing_embed.weight], 1)
        both = torch.cat([patches, missing.to(patches.dtype)], -1)
        return F.linear(both, weight, self.patch_embed.bias).add_(positions)

    def plan(self) -> list[BlockPlan] | None:
        """The blocks folded; made once on each device, and again after training."""
        device = self.norm.weight.device
        if "plans" not in self.__dict__ or self.__dict__["plans"][0] != device:
            found = [plan_block(block) for block in self.blocks]
            self.__dict__["plans"] = (device, None if any(p is None for p in found) else found)
        made: list[BlockPlan] | None = self.__dict__["plans"][1]
        return made

    def train(self, mode: bool = True) -> "FusedSensor":
        """Training changes what the plan holds."""
        if mode:
            self.__dict__.pop("plans", None)
        super().train(mode)
        return self


def fuse(model: nn.Module) -> nn.Module:
    """Let the sensor tower run by fused kernels where a GPU has them; in place."""
    sensor = model.get_submodule("sensor")
    if type(sensor) is SensorTower:
        sensor.__class__ = FusedSensor
        if type(sensor.map_pool) is MapPool:
            sensor.map_pool.__class__ = FusedPool
    return model
