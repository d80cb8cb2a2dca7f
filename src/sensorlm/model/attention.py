"""Token sequences in, attended token sequences out: dense batches or packed ones of varying length.

A packed batch is one long (n, d) tensor, the samples' tokens one after another, with no padding; a `Layout` says where
each sample ends. Linear layers, norms and MLPs act on single tokens and never notice; only attention needs the layout.

Letters in shapes: b samples, l tokens of a dense sequence, n of a packed batch, h heads, d width, k width of a head.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from sensorlm.model import attention_fa4, attention_native
from sensorlm.model.attention_cpu import Plan, attend, make_plan


@dataclass(frozen=True)
class Layout:
    """Where each sample's tokens lie in a packed tensor."""

    lengths: tuple[int, ...]
    """Tokens of each sample, on the host."""
    device: torch.device

    @cached_property
    def offsets(self) -> Tensor:
        """(b + 1,) int32 start of every sample, and the end of the last."""
        ends = F.pad(torch.tensor(self.lengths, dtype=torch.int32).cumsum(0, dtype=torch.int32), (1, 0))
        return ends.to(self.device, non_blocking=True)

    @cached_property
    def samples(self) -> Tensor:
        """(n,) which sample each token belongs to."""
        lengths = torch.tensor(self.lengths, device=self.device)
        return torch.repeat_interleave(torch.arange(len(self.lengths), device=self.device), lengths)

    @cached_property
    def max_length(self) -> int:
        """Tokens of the longest sample."""
        return max(self.lengths)

    @cached_property
    def runs(self) -> list[tuple[int, int]]:
        """(count, length) of neighbouring samples that are equally long: each run is one dense batch."""
        return [(len(list(group)), length) for length, group in groupby(self.lengths)]

    @cached_property
    def plan(self) -> Plan:
        """Buckets of similar length, for the CPU."""
        return make_plan(self.lengths)

    @cached_property
    def slots(self) -> Tensor:
        """(n,) index of every token in the flattened padded batch (b * max_length)."""
        starts = self.offsets[:-1].long() - torch.arange(len(self.lengths), device=self.device) * self.max_length
        return torch.arange(sum(self.lengths), device=self.device) - starts[self.samples]

    def pad(self, x: Tensor) -> Tensor:
        """(n, ...) packed to (b, max_length, ...), zeros behind each sample's end."""
        padded = x.new_zeros(len(self.lengths) * self.max_length, *x.shape[1:])
        return padded.index_copy(0, self.slots, x).view(len(self.lengths), self.max_length, *x.shape[1:])

    def mask(self) -> Tensor:
        """(b, max_length) bool: True where `pad` put a token."""
        lengths = torch.tensor(self.lengths, device=self.device)
        return torch.arange(self.max_length, device=self.device) < lengths[:, None]


@dataclass(frozen=True)
class Tokens:
    """A batch of token sequences: dense (b, l, d) with no layout, or packed (n, d) with one."""

    x: Tensor
    layout: Layout | None = None

    def __len__(self) -> int:
        return len(self.layout.lengths) if self.layout else self.x.shape[0]

    def padded(self) -> tuple[Tensor, Tensor | None]:
        """(b, l, d) tokens, and the (b, l) mask of the real ones (None: all of them)."""
        return (self.x, None) if self.layout is None else (self.layout.pad(self.x), self.layout.mask())


def dense_attention(q: Tensor, k: Tensor, v: Tensor, *, causal: bool = False, mask: Tensor | None = None) -> Tensor:
    """Scaled dot-product attention over (b, l, h, k) tensors, heads third; `mask` is (b, l_k), True = attended."""
    q, k, v = q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)
    if mask is None and _prefers_cudnn(q, k):
        return _cudnn_attention(q, k, v, causal).transpose(1, 2)
    bias = None if mask is None else mask[:, None, None, :]
    return F.scaled_dot_product_attention(q, k, v, attn_mask=bias, is_causal=causal).transpose(1, 2)


def _prefers_cudnn(q: Tensor, k: Tensor) -> bool:
    """Long sequences of 16-bit floats on CUDA: cuDNN's kernel is half as fast again as flash there (docs/log.md)."""
    return min(q.shape[2], k.shape[2]) >= 64 and q.is_cuda and q.dtype in (torch.bfloat16, torch.float16)


def _cudnn_attention(q: Tensor, k: Tensor, v: Tensor, causal: bool) -> Tensor:
    """The cuDNN kernel by its own name: under torch.compile a preference among SDPA's backends is not kept."""
    needs_grad = torch.is_grad_enabled() and (q.requires_grad or k.requires_grad or v.requires_grad)
    out = torch.ops.aten._scaled_dot_product_cudnn_attention(q, k, v, None, needs_grad, 0.0, causal, False)
    attended: Tensor = out[0]
    return attended


def by_runs(q: Tensor, k: Tensor, v: Tensor, q_layout: Layout, k_layout: Layout) -> Tensor:
    """Packed attention, one dense call for each run of equally long neighbours; the CPU's way: no wasted product."""
    pairs = [(len(list(g)), *key) for key, g in groupby(zip(q_layout.lengths, k_layout.lengths, strict=True))]
    q_parts = q.split_with_sizes([count * lq for count, lq, _ in pairs])
    k_parts = k.split_with_sizes([count * lk for count, _, lk in pairs])
    v_parts = v.split_with_sizes([count * lk for count, _, lk in pairs])
    out = [
        dense_attention(
            qi.view(count, lq, *qi.shape[1:]), ki.view(count, lk, *ki.shape[1:]), vi.view(count, lk, *vi.shape[1:])
        ).reshape(qi.shape)
        for (count, lq, lk), qi, ki, vi in zip(pairs, q_parts, k_parts, v_parts, strict=True)
    ]
    return torch.cat(out)


def by_padding(q: Tensor, k: Tensor, v: Tensor, q_layout: Layout, k_layout: Layout) -> Tensor:
    """Packed attention through a padded batch and a key mask: works on every device and type."""
    out = dense_attention(q_layout.pad(q), k_layout.pad(k), k_layout.pad(v), mask=k_layout.mask())
    return out.flatten(0, 1)[q_layout.slots]


def by_varlen(q: Tensor, k: Tensor, v: Tensor, q_layout: Layout, k_layout: Layout) -> Tensor:
    """Packed attention by torch's variable-length flash kernel (CUDA, 16-bit floats)."""
    from torch.nn.attention.varlen import varlen_attn  # noqa: PLC0415 (pulls in CUDA custom ops)

    out = varlen_attn(q, k, v, q_layout.offsets, k_layout.offsets, q_layout.max_length, k_layout.max_length)
    assert isinstance(out, Tensor)
    return out


def packed_attention(q: Tensor, k: Tensor, v: Tensor, q_layout: Layout, k_layout: Layout) -> Tensor:
    """Attention within each sample of packed (n, h, k) tensors, by the fastest way this device has."""
    if q.device.type == "cpu":
        # torch's CPU kernel multiplies in float32 whatever it is given; bfloat16 takes it twice as long.
        if q.dtype == torch.bfloat16:
            return by_runs(q.float(), k.float(), v.float(), q_layout, k_layout).to(q.dtype)
        return by_runs(q, k, v, q_layout, k_layout)
    # The kernel takes head widths in eights only, and says so by an error.
    if q.device.type == "cuda" and q.dtype in (torch.bfloat16, torch.float16) and q.shape[-1] % 8 == 0:
        return by_varlen(q, k, v, q_layout, k_layout)
    return by_padding(q, k, v, q_layout, k_layout)


def self_attention(qkv: Tensor, layout: Layout | None, *, causal: bool = False, fa4: bool = False) -> Tensor:
    """Queries, keys and values of the same tokens, (..., 3, h, k), to (..., h, k): dense, or packed with a layout.

    `fa4` sends what FlashAttention-4 serves to it (`attention_fa4`).
    """
    if fa4 and by_fa4(qkv, layout, causal):
        return attention_fa4.attend(qkv, *((layout.offsets, layout.max_length) if layout else ()))
    if qkv.device.type == "cpu" and qkv.dtype == torch.bfloat16 and not causal:
        packed, lengths = (qkv, layout.lengths) if layout else (qkv.flatten(0, 1), (qkv.shape[1],) * qkv.shape[0])
        if attention_native.serves(packed):
            out = attention_native.attend(packed, lengths)
        else:
            out = attend(packed, layout.plan if layout else make_plan(lengths))
        return out.view(qkv[..., 0, :, :].shape)
    q, k, v = qkv.unbind(-3)
    return dense_attention(q, k, v, causal=causal) if layout is None else packed_attention(q, k, v, layout, layout)


def by_fa4(qkv: Tensor, layout: Layout | None, causal: bool) -> bool:
    """Whether FlashAttention-4, once asked for, takes these (..., 3, h, k)."""
    longest = qkv.shape[1] if layout is None else layout.max_length
    return not causal and attention_fa4.serves(qkv, longest)


class Attention(nn.Module):
    """Multi-head self-attention with one fused product for queries, keys and values."""

    fa4 = False
    """Whether FlashAttention-4 is asked for (`fast.use_fa4`)."""

    def __init__(self, width: int, num_heads: int) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(
        self, x: Float[Tensor, "*l d"], layout: Layout | None = None, *, causal: bool = False
    ) -> Float[Tensor, "*l d"]:
        """Dense (b, l, d) without a layout, packed (n, d) with one."""
        return self.proj(self_attention(self.fused(x), layout, causal=causal, fa4=self.fa4).flatten(-2))

    def heads(self, x: Tensor) -> tuple[Tensor, ...]:
        """Queries, keys, values, each (..., h, k)."""
        return self.fused(x).unbind(-3)

    def fused(self, x: Tensor) -> Tensor:
        """Queries, keys and values in one tensor, (..., 3, h, k)."""
        qkv: Tensor = self.qkv(x)
        return qkv.view(*x.shape[:-1], 3, self.num_heads, -1)


class CrossAttention(nn.Module):
    """Queries from one sequence, keys and values from another."""

    def __init__(self, width: int, num_heads: int, memory_width: int | None = None) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.q = nn.Linear(width, width)
        self.kv = nn.Linear(memory_width or width, 2 * width)
        self.proj = nn.Linear(width, width)

    def keys_values(self, memory: Tensor) -> tuple[Tensor, ...]:
        """Keys and values of the memory, each (..., h, k); computed once when generating."""
        kv: Tensor = self.kv(memory)
        return kv.view(*memory.shape[:-1], 2, self.num_heads, -1).unbind(-3)

    def forward(self, x: Float[Tensor, "b l d"], memory: Tokens) -> Float[Tensor, "b l d"]:
        """Every position of `x` attends to all tokens of its own sample in `memory`."""
        k, v = self.keys_values(memory.x)
        return self.attend(x, k, v, memory.layout)

    def attend(self, x: Tensor, k: Tensor, v: Tensor, layout: Layout | None, mask: Tensor | None = None) -> Tensor:
        """The same from given keys and values: dense ones with an optional (b, l_k) mask, or packed ones."""
        q = self.q(x).view(*x.shape[:-1], self.num_heads, -1)
        if layout is None:
            out = dense_attention(q, k, v, mask=mask)
        else:
            q_layout = Layout((x.shape[1],) * x.shape[0], x.device)
            out = packed_attention(q.flatten(0, 1), k, v, q_layout, layout).view(q.shape)
        attended: Tensor = self.proj(out.flatten(-2))
        return attended
