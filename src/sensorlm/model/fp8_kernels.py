"""16-bit matrices in, 8-bit ones out, each written once as it lies and once transposed: a Triton kernel for training.

Hopper multiplies 8-bit floats only where the summed index runs along memory in both factors, so a weight gradient
wants both of its factors transposed. Copying them afterwards costs what the product saves; here the tile that is being
rounded is in registers anyway, and is stored both ways. The pass that a value needs before it is rounded (GELU, its
derivative, putting queries', keys' and values' gradients side by side) and the sum over rows that a bias gradient is
are done in the same visit. Import this only where Triton is.

Letters in shapes: m rows, n columns, p programs along the rows.
"""

import torch
import triton
import triton.language as tl
from torch import Tensor

ROWS, COLUMNS, STEPS, WARPS = 128, 64, 8, 4
"""Of a tile, and how many tiles below each other a program does before it writes its sums over rows."""
PLAIN, GELU, GELU_GRADIENT, HEADS = range(4)


@triton.jit
def _sigmoid(x):
    return 1.0 / (1.0 + tl.exp(-x))


@triton.jit
def _gelu(x, EXACT: tl.constexpr):
    if EXACT:
        y = 0.5 * x * (1.0 + tl.erf(x * 0.7071067811865476))
    else:  # 0.5 (1 + tanh u) is the logistic function of 2 u
        y = x * _sigmoid(1.5957691216057308 * x * (1.0 + 0.044715 * x * x))
    return y


@triton.jit
def _gelu_slope(x, EXACT: tl.constexpr):
    if EXACT:
        slope = 0.5 * (1.0 + tl.erf(x * 0.7071067811865476)) + x * 0.3989422804014327 * tl.exp(-0.5 * x * x)
    else:
        s = _sigmoid(1.5957691216057308 * x * (1.0 + 0.044715 * x * x))
        slope = s + x * s * (1.0 - s) * 1.5957691216057308 * (1.0 + 3.0 * 0.044715 * x * x)
    return slope


@triton.jit
def twice_kernel(
    a, b, c, out, turned, sums, scale, factor, m, n, padded, length,
    stride_sample, stride_token, stride_head, stride_lane, width,
    MODE: tl.constexpr, EXACT: tl.constexpr, DYNAMIC: tl.constexpr, FLAT: tl.constexpr, TURN: tl.constexpr,
    SUM: tl.constexpr, MOST: tl.constexpr, TYPE: tl.constexpr,
    BM: tl.constexpr, BN: tl.constexpr, REPEAT: tl.constexpr,
):  # fmt: skip
    """Out (m, n) and turned (n, padded) are 8 bits of the values times a scale; sums (p, n) of the values over rows.

    MODE 0: of a (m, n); 1: of GELU(a); 2: of a times GELU's derivative at b; 3: of a, b, c, gradients of queries, keys
    and values, (samples, tokens, heads, BN) in any order in memory, side by side.
    """
    column = tl.program_id(1) * BN + tl.arange(0, BN)
    inside = column < n
    grown = factor
    if DYNAMIC:
        grown = tl.load(scale)
    total = tl.zeros((BN,), tl.float32)
    source = a
    if MODE == 3:
        part = tl.program_id(1) * BN // width
        if part == 1:
            source = b
        if part == 2:
            source = c
        head = (tl.program_id(1) * BN - part * width) // BN
    for step in range(REPEAT):
        row = (tl.program_id(0) * REPEAT + step) * BM + tl.arange(0, BM)
        mask = (row < m)[:, None] & inside[None]
        flat = row.to(tl.int64)[:, None] * n + column[None]
        if MODE == 3:
            place = (row // length).to(tl.int64) * stride_sample + (row % length).to(tl.int64) * stride_token
            lane = head * stride_head + tl.arange(0, BN) * stride_lane
            x = tl.load(source + place[:, None] + lane[None], mask=mask, other=0.0).to(tl.float32)
        else:
            x = tl.load(a + flat, mask=mask, other=0.0).to(tl.float32)
        if MODE == 1:
            x = _gelu(x, EXACT)
        if MODE == 2:
            x *= _gelu_slope(tl.load(b + flat, mask=mask, other=0.0).to(tl.float32), EXACT)
        if SUM:
            total += tl.sum(x, 0)
        y = tl.minimum(tl.maximum(x * grown, -MOST), MOST).to(TYPE)
        if FLAT:
            tl.store(out + flat, y, mask=mask)
        if TURN:
            # Columns up to the padded length are written too: zeros, which add nothing to a product.
            place = column.to(tl.int64)[:, None] * padded + row[None]
            tl.store(turned + place, tl.trans(y), mask=inside[:, None] & (row < padded)[None])
    if SUM:
        tl.store(sums + tl.program_id(0) * n + column, total, mask=inside)


def launch(
    mode: int, given: tuple[Tensor, ...], out: Tensor, turned: Tensor, sums: Tensor, scale: Tensor | None,
    factor: float, exact: bool,
) -> None:  # fmt: skip
    """Fill `out` (m, n), `turned` (n, padded) and `sums` (p, n); those without elements are left out."""
    a = given[0]
    m, n = _sizes(mode, a)
    strides, length, width = (0, 0, 0, 0), 1, n
    if mode == HEADS:
        # One head a tile; all three gradients come from one kernel and lie alike (the caller sees to it).
        strides = a.stride() if a.ndim == 4 else (0, *a.stride())
        length, width = a.shape[-3], a.shape[-2] * a.shape[-1]
    b, c = (given[i] if len(given) > i else a for i in (1, 2))
    eight = turned if turned.numel() else out
    most = torch.finfo(eight.dtype).max
    kind = tl.float8e4nv if eight.dtype == torch.float8_e4m3fn else tl.float8e5
    columns = a.shape[-1] if mode == HEADS else COLUMNS
    twice_kernel[(programs(m), triton.cdiv(n, columns))](
        a, b, c, out, turned, sums, a if scale is None else scale, factor, m, n, turned.shape[-1], length,
        *strides, width, MODE=mode, EXACT=exact, DYNAMIC=scale is not None, FLAT=bool(out.numel()),
        TURN=bool(turned.numel()), SUM=bool(sums.numel()), MOST=most, TYPE=kind,
        BM=ROWS, BN=columns, REPEAT=STEPS, num_warps=WARPS,
    )  # fmt: skip


def _sizes(mode: int, a: Tensor) -> tuple[int, int]:
    if mode == HEADS:
        heads, width = a.shape[-2:]
        return a.numel() // (heads * width), 3 * heads * width
    return a.shape[0], a.shape[1]


def programs(m: int) -> int:
    """How many programs share the rows: rows of `sums`."""
    return -(-m // (ROWS * STEPS))
