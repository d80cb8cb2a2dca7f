"""Token sequences in, token sequences out: the pre-norm block, its MLP, and the poolings that end a tower."""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn
from torch.utils.checkpoint import CheckpointPolicy, checkpoint, create_selective_checkpoint_contexts

from sensorlm.model.attention import Attention, CrossAttention, Layout, Tokens

PRODUCTS = frozenset({
    "aten.mm.default", "aten.addmm.default", "aten.bmm.default",
    "aten._scaled_dot_product_cudnn_attention.default", "aten._scaled_dot_product_flash_attention.default",
    "aten._scaled_dot_product_efficient_attention.default", "aten._scaled_dot_product_flash_attention_for_cpu.default",
    "torch_attn._varlen_attn.default", "sensorlm.fa4.default",
})  # fmt: skip
"""Operators whose results are worth their memory; norms, GELU and sums between them cost a pass over memory to redo."""


def _keep_products(_: Any, op: Any, *args: Any, **options: Any) -> CheckpointPolicy:  # noqa: ANN401
    return CheckpointPolicy.MUST_SAVE if str(op) in PRODUCTS else CheckpointPolicy.PREFER_RECOMPUTE


class Mlp(nn.Module):
    """Two linear layers around a GELU ("gelu_tanh": its tanh approximation, as in the reference)."""

    recomputes_itself = False
    """Whether it takes `recompute`, and keeps less for its backward pass by itself."""

    def __init__(self, width: int, mlp_width: int, activation: str) -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, mlp_width)
        self.fc2 = nn.Linear(mlp_width, width)
        self.approximate = "tanh" if activation == "gelu_tanh" else "none"

    def forward(self, x: Float[Tensor, "*l d"]) -> Float[Tensor, "*l d"]:
        """Each token by itself."""
        return self.fc2(F.gelu(self.fc1(x), approximate=self.approximate))


class Block(nn.Module):
    """Pre-norm transformer block (Dosovitskiy et al. 2021, eq. 2 and 3).

    With `recompute_mlp` the hidden tensors of the MLP, half of what a block keeps for its backward pass, are made again
    there: one product of eight more, where recomputing the whole block is four. With `recompute_pointwise` only the
    products' results are kept, 10 widths a token of 16, and no product is done twice (selective checkpointing).
    """

    recompute_mlp = False
    recompute_pointwise = False

    def __init__(self, width: int, num_heads: int, mlp_width: int, activation: str, norm_eps: float) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=norm_eps)
        self.attn = Attention(width, num_heads)
        self.norm2 = nn.LayerNorm(width, eps=norm_eps)
        self.mlp = Mlp(width, mlp_width, activation)

    def forward(
        self, x: Float[Tensor, "*l d"], layout: Layout | None = None, causal: bool = False
    ) -> Float[Tensor, "*l d"]:
        """Dense (b, l, d) without a layout, packed (n, d) with one."""
        again = torch.is_grad_enabled() and not self.mlp.recomputes_itself
        x = x + self._run(self._attention_branch, False, again and self.recompute_pointwise, x, layout, causal)
        return x + self._run(self._mlp_branch, again and self.recompute_mlp, again and self.recompute_pointwise, x)

    def _run(self, branch: Callable[..., Tensor], whole: bool, pointwise: bool, *inputs: Any) -> Tensor:  # noqa: ANN401
        """A branch, of which the backward pass makes everything again, or all but products, or nothing."""
        if not (whole or pointwise):
            return branch(*inputs)
        products = partial(create_selective_checkpoint_contexts, _keep_products)
        options: dict[str, Any] = {} if whole else {"context_fn": products}
        out: Tensor = checkpoint(branch, *inputs, use_reentrant=False, **options)
        return out

    def _attention_branch(self, x: Tensor, layout: Layout | None, causal: bool) -> Tensor:
        branch: Tensor = self.attn(self.norm1(x), layout, causal=causal)
        return branch

    def _mlp_branch(self, x: Tensor) -> Tensor:
        options = {"recompute": self.recompute_mlp} if self.mlp.recomputes_itself else {}
        branch: Tensor = self.mlp(self.norm2(x), **options)
        return branch


class PostNormBlock(Block):
    """The original transformer's order, normalising after each sum (Vaswani et al. 2017; BERT)."""

    def forward(
        self, x: Float[Tensor, "*l d"], layout: Layout | None = None, causal: bool = False
    ) -> Float[Tensor, "*l d"]:
        """Dense (b, l, d) without a layout, packed (n, d) with one."""
        x = self.norm1(x + self.attn(x, layout, causal=causal))
        return self.norm2(x + self.mlp(x))


class Stack(nn.ModuleList):
    """Blocks one after another; with `grad_checkpointing` their activations are recomputed in the backward pass."""

    grad_checkpointing = False

    def forward(self, x: Tensor, *context: Any) -> Tensor:  # noqa: ANN401
        """Tokens through all blocks, each of which also gets `context` (layout and causality, or the memory)."""
        for block in self:
            if self.grad_checkpointing and torch.is_grad_enabled():
                x = checkpoint(block, x, *context, use_reentrant=False)
            else:
                x = block(x, *context)
        return x


class MapPool(nn.Module):
    """Multi-head attention pooling: a learned probe attends over the tokens, then x + MLP(LN(x)) (Zhai et al. 2022).

    Several probes (k) share all weights; each looks elsewhere, and their vectors stand one after another.
    """

    def __init__(
        self, width: int, num_heads: int, mlp_width: int, activation: str, norm_eps: float, num_probes: int = 1
    ) -> None:
        super().__init__()
        self.probe = nn.Parameter(torch.empty(1, num_probes, width))
        self.attn = CrossAttention(width, num_heads)
        self.norm = nn.LayerNorm(width, eps=norm_eps)
        self.mlp = Mlp(width, mlp_width, activation)

    def forward(self, tokens: Tokens) -> Float[Tensor, "b e"]:
        """One vector a sample."""
        x = self.attn(self.probe.expand(len(tokens), -1, -1), tokens)
        pooled: Tensor = (x + self.mlp(self.norm(x))).flatten(1)
        return pooled


def mean_pool(tokens: Tokens) -> Float[Tensor, "b d"]:
    """The mean over each sample's tokens."""
    if tokens.layout is None:
        return tokens.x.mean(1)
    # Summed in float32: half precision loses bits over thousands of tokens.
    total = tokens.x.new_zeros(len(tokens), tokens.x.shape[1], dtype=torch.float32)
    total = total.index_add(0, tokens.layout.samples, tokens.x.float())
    lengths = torch.tensor(tokens.layout.lengths, device=total.device)
    return (total / lengths[:, None]).to(tokens.x.dtype)
