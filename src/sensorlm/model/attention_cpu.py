"""Queries, keys and values in, attended values out, on a CPU: few large bfloat16 products for many unequal sequences.

torch's fused CPU kernel multiplies in float32 even where its inputs are bfloat16, and its backward pass is slow on
short sequences. Here sequences of similar length are padded to one another in buckets, scores are worked on in pieces
that stay in the cache, and products run in bfloat16, which AVX512-BF16 multiplies three times as fast as float32.
Where a C compiler is at hand, `attention_native` is faster still and this is the way for other head widths and CPUs.

Letters in shapes: n packed tokens, s slots (tokens and padding), g sequences of a bucket, m slots of each, h heads,
k width of a head, f = g * h.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

# Scores worked on at once: 2 MiB in bfloat16. Measured best of 0.25 to 12 MiB.
PIECE = 1024 * 1024
# Attention weights of a bucket are kept for the backward pass up to this many (128 MiB in bfloat16), else made again.
KEPT = 64 * 1024 * 1024
# A bucket's longest sequence is at most this much longer than its shortest: padding against the number of products.
STRETCH, SLACK = 1.2, 8


@dataclass(frozen=True)
class Bucket:
    """Sequences of similar length as one padded batch."""

    count: int
    length: int
    """Slots of each."""
    real: Tensor | None
    """(g, m) False on padding. None: there is none."""


@dataclass(frozen=True)
class Plan:
    """How the sequences of a packed batch lie in buckets."""

    buckets: tuple[Bucket, ...]
    rows: Tensor | None = None
    """(s,) packed row in every slot, bucket after bucket; padding repeats its sequence's last. None: all in order."""
    slots: Tensor | None = None
    """(n,) slot of every packed row."""


def make_plan(lengths: Sequence[int]) -> Plan:
    """Sequences sorted by length and cut into buckets where they have grown too much."""
    if min(lengths) == max(lengths):
        return Plan((Bucket(len(lengths), lengths[0], None),))
    sizes = torch.tensor(lengths)
    starts = sizes.cumsum(0) - sizes
    groups: list[list[int]] = []
    for i in sizes.argsort(stable=True).tolist():
        if not groups or lengths[i] > STRETCH * lengths[groups[-1][0]] + SLACK:
            groups.append([])
        groups[-1].append(i)
    buckets, rows, slots, filled = [], [], torch.empty(sum(lengths), dtype=torch.long), 0
    for group in groups:
        start, size = starts[group, None], sizes[group, None]
        place = torch.arange(int(size.max()))
        real, row = place < size, start + torch.minimum(place, size - 1)
        slots[row[real]] = filled + real.flatten().nonzero()[:, 0]
        filled += real.numel()
        rows.append(row.flatten())
        buckets.append(Bucket(len(group), len(place), None if bool(real.all()) else real))
    return Plan(tuple(buckets), torch.cat(rows), slots)


def attend(qkv: Tensor, plan: Plan) -> Tensor:
    """Attention within each sequence: packed (n, 3, h, k) queries, keys and values to (n, h, k)."""
    out: Tensor = _Attend.apply(qkv, plan)  # type: ignore[no-untyped-call]
    return out


class _Attend(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, qkv: Tensor, plan: Plan) -> Tensor:  # noqa: ANN401
        kept: list[Tensor] = []
        out = []
        for bucket, (q, k, v) in _by_bucket(qkv, plan):
            q *= q.shape[-1] ** -0.5
            y, scratch = torch.empty_like(q), _Scratch(q)
            keep = ctx.needs_input_grad[0] and _keeps(q)
            for piece in _pieces(len(q), bucket.length):
                w = scratch.weights(q, k, bucket, piece, fresh=keep)
                y[piece] = torch.bmm(w, v[piece[0]])
                if keep:
                    kept.append(w)
            out.append(_rows(y, bucket))
        ctx.save_for_backward(qkv, *kept)
        ctx.plan = plan
        return _packed(out, plan)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:  # noqa: ANN401
        qkv, *saved = ctx.saved_tensors
        kept, scale, out = iter(saved), qkv.shape[-1] ** -0.5, []
        buckets = zip(_by_bucket(qkv, ctx.plan), _by_bucket(grad[:, None], ctx.plan), strict=True)
        for (bucket, (q, k, v)), (_, (dy,)) in buckets:
            if bucket.real is not None:
                dy *= _by_head(bucket.real, qkv.shape[2])[..., None]
            q *= scale
            pieces, scratch = list(_pieces(len(q), bucket.length)), _Scratch(q)
            # Keys and values of a long sequence get their gradients from several pieces, summed in float32.
            total = torch.float32 if pieces[0][1].stop < bucket.length else q.dtype
            dq, dk, dv = torch.empty_like(q), torch.zeros_like(k, dtype=total), torch.zeros_like(v, dtype=total)
            for piece in pieces:
                heads = piece[0]
                w = next(kept) if _keeps(q) else scratch.weights(q, k, bucket, piece)
                dv[heads] += torch.bmm(w.transpose(1, 2), dy[piece])
                ds = scratch.through_softmax(w, dy[piece], v[heads])
                dq[piece] = torch.bmm(ds, k[heads])
                dk[heads] += torch.bmm(ds.transpose(1, 2), q[piece])
            parts = (dq.mul_(scale), dk, dv)
            out.append(torch.stack([_rows(x, bucket).to(qkv.dtype) for x in parts], 1))
        return _packed(out, ctx.plan), None


class _Scratch:
    """Memory for the scores of one piece, used again for the next: fresh pages cost as much as the products."""

    def __init__(self, q: Tensor) -> None:
        self.length = q.shape[1]
        size = max((i.stop - i.start) * (j.stop - j.start) for i, j in _pieces(len(q), q.shape[1])) * q.shape[1]
        self.scores, self.results = q.new_empty(size), q.new_empty(size)

    def weights(self, q: Tensor, k: Tensor, bucket: Bucket, piece: "Piece", fresh: bool = False) -> Tensor:
        """Softmax of the scores, (f, rows, m); padding is never attended to. Overwritten next time unless `fresh`."""
        heads, _ = piece
        scores, weights = self._views(q[piece])
        torch.bmm(q[piece], k[heads].transpose(1, 2), out=scores)
        if bucket.real is not None:
            real = _by_head(bucket.real, len(q) // bucket.count)[heads]
            scores.masked_fill_(~real[:, None], -torch.inf)
        if fresh:
            return scores.softmax(-1)
        torch.ops.aten._softmax.out(scores, -1, False, out=weights)
        return weights

    def through_softmax(self, w: Tensor, dy: Tensor, v: Tensor) -> Tensor:
        """Gradient of the scores, from the weights and the gradient of what they averaged."""
        dw, _ = self._views(dy)
        torch.bmm(dy, v.transpose(1, 2), out=dw)
        return torch.ops.aten._softmax_backward_data(dw, w, -1, w.dtype)  # type: ignore[no-any-return]

    def _views(self, q: Tensor) -> tuple[Tensor, Tensor]:
        shape = (*q.shape[:2], self.length)
        size = shape[0] * shape[1] * shape[2]
        return self.scores[:size].view(shape), self.results[:size].view(shape)


def _keeps(q: Tensor) -> bool:
    return len(q) * q.shape[1] ** 2 <= KEPT


Piece = tuple[slice, slice]


def _pieces(num_heads: int, length: int) -> Iterator[Piece]:
    """Which heads of sequences, and which of their queries, to work on together."""
    rows = min(length, max(64, PIECE // length))
    together = max(1, PIECE // (length * length)) if rows == length else 1
    for i in range(0, num_heads, together):
        for j in range(0, length, rows):
            yield slice(i, min(i + together, num_heads)), slice(j, min(j + rows, length))


def _by_head(real: Tensor, num_heads: int) -> Tensor:
    """(g, m) to (f, m)."""
    return real.repeat_interleave(num_heads, 0)


def _by_bucket(x: Tensor, plan: Plan) -> Iterator[tuple[Bucket, Tensor]]:
    """Packed (n, parts, h, k) as each bucket's (parts, f, m, k), a copy."""
    slots = x if plan.rows is None else x.index_select(0, plan.rows)
    parts = slots.split_with_sizes([bucket.count * bucket.length for bucket in plan.buckets])
    for bucket, part in zip(plan.buckets, parts, strict=True):
        padded = part.view(bucket.count, bucket.length, *x.shape[1:])
        yield bucket, padded.permute(2, 0, 3, 1, 4).clone(memory_format=torch.contiguous_format).flatten(1, 2)


def _rows(x: Tensor, bucket: Bucket) -> Tensor:
    """(f, m, k) back to the bucket's slots (g * m, h, k)."""
    return x.view(bucket.count, -1, *x.shape[1:]).transpose(1, 2).flatten(0, 1)


def _packed(parts: list[Tensor], plan: Plan) -> Tensor:
    """The buckets' slots, one after another, back to packed rows."""
    joined = parts[0] if len(parts) == 1 else torch.cat(parts)
    return joined if plan.slots is None else joined.index_select(0, plan.slots)
