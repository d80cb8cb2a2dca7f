"""Tensors in, tensors out: what the Triton kernels compute, in plain float32 torch, for any device; their reference."""

import math
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor

_DTYPES = {"bf16": torch.bfloat16, "int8": torch.int8, "fp8": torch.float8_e4m3fn}
_MOST = {"int8": 127.0, "fp8": 448.0}


def to_kind(y: Tensor, kind: str) -> Tensor:
    """float32 as "bf16", "int8" or "fp8"; out of range becomes the nearest in range."""
    if kind == "int8":
        return y.clamp(-128, 127).round().to(torch.int8)
    if kind == "fp8":
        return y.clamp(-448, 448).to(torch.float8_e4m3fn)
    return y.to(_DTYPES[kind])


def norm(
    x: Tensor, gain: Tensor, shift: Tensor, *, kind: str, eps: float = 0.0, branch: Tensor | None = None,
    by_row: bool = False, normalize: bool = True,
) -> tuple[Tensor, Tensor, Tensor | None]:  # fmt: skip
    """As `triton_ops.norm`."""
    total = x if branch is None else (x.float() + branch.float()).to(x.dtype)
    y = total.float()
    y = F.layer_norm(y, y.shape[-1:], gain, shift, eps) if normalize else y * gain + shift
    rows = None
    if by_row:
        rows = y.abs().amax(1).clamp_min(1e-12) / _MOST[kind]
        y = y / rows[:, None]
    return total, to_kind(y, kind), rows


def product(
    a: Tensor, w: Tensor, alpha: Tensor, bias: Tensor, *, kind: str = "bf16", gelu: str = "", factor: float = 1.0,
    offset: float = 0.0, rows: Tensor | None = None, one_alpha: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """As `triton_ops.product`."""
    del one_alpha
    y = (a.float() @ w.float().T) * alpha
    y = (y if rows is None else y * rows[:, None]) + bias
    if gelu:
        y = F.gelu(y, approximate=gelu) * factor + offset
    return to_kind(y, kind)


def attention(
    q: Tensor, k: Tensor, v: Tensor, columns: tuple[int, int, int], offsets: Tensor, max_length: int, *, heads: int,
    width: int, kind: str, factor: float = 1.0, offset: float = 0.0,
) -> Tensor:  # fmt: skip
    """As `triton_ops.attention`."""
    del max_length
    ends = offsets.tolist()
    parts = []
    for start, end in pairwise(ends):
        rows = slice(start, end)
        q1, k1, v1 = (
            t[rows, first : first + width].float().view(end - start, heads, -1).transpose(0, 1)
            for t, first in zip((q, k, v), columns, strict=True)
        )
        weights = (q1 @ k1.transpose(1, 2) / math.sqrt(width // heads)).softmax(-1)
        parts.append((weights @ v1).transpose(0, 1).reshape(end - start, width))
    return to_kind(torch.cat(parts) * factor + offset, kind)
