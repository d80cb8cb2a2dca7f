"""16-bit matrices in, 8-bit ones out, each written once as it lies and once transposed: a Triton kernel for training.

Hopper multiplies 8-bit floats only where the summed index runs along memory in both factors, so a weight gradient
wants both of its factors transposed. Copying them afterwards costs what the product saves; here the tile that is being
rounded is in registers anyway, and is stored both ways. GELU before rounding and the sum over rows that a bias gradient
is are done in the same visit. Import this only where Triton is.

Only two passes are done here, of bfloat16 only: those whose transposed output agreed with plain torch on an H200. Of
them Triton 3.6 transposes the 16-bit input, before rounding. With a second matrix (the derivative of GELU) or a float32
one it transposes the rounded bytes instead, and that form, tried on the same GPU, gave wrong columns; why is not known
(docs/notes/fp8.md). So `fp8_ops` sends nothing else here; whoever adds a pass must see it agree on a GPU first.

Letters in shapes: m rows, n columns, p programs along the rows.
"""

import torch
import triton
import triton.language as tl
from torch import Tensor

ROWS, COLUMNS, STEPS, WARPS = 128, 64, 8, 4
"""Of a tile, and how many tiles below each other a program does before it writes its sums over rows."""
PLAIN, GELU = range(2)


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
def twice_kernel(
    a, out, turned, sums, scale, factor, m, n, padded,
    MODE: tl.constexpr, EXACT: tl.constexpr, DYNAMIC: tl.constexpr, FLAT: tl.constexpr, TURN: tl.constexpr,
    SUM: tl.constexpr, MOST: tl.constexpr, TYPE: tl.constexpr,
    BM: tl.constexpr, BN: tl.constexpr, REPEAT: tl.constexpr,
):  # fmt: skip
    """Out (m, n) and turned (n, padded) are 8 bits of the values times a scale; sums (p, n) of the values over rows.

    MODE 0: of a (m, n) bfloat16; 1: of GELU(a).
    """
    column = tl.program_id(1) * BN + tl.arange(0, BN)
    inside = column < n
    grown = factor
    if DYNAMIC:
        grown = tl.load(scale)
    total = tl.zeros((BN,), tl.float32)
    for step in range(REPEAT):
        row = (tl.program_id(0) * REPEAT + step) * BM + tl.arange(0, BM)
        mask = (row < m)[:, None] & inside[None]
        flat = row.to(tl.int64)[:, None] * n + column[None]
        x = tl.load(a + flat, mask=mask, other=0.0).to(tl.float32)
        if MODE == 1:
            x = _gelu(x, EXACT)
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
    mode: int, a: Tensor, out: Tensor, turned: Tensor, sums: Tensor, scale: Tensor | None, factor: float, exact: bool,
) -> None:  # fmt: skip
    """Fill `out` (m, n), `turned` (n, padded) and `sums` (p, n); those without elements are left out."""
    m, n = a.shape
    eight = turned if turned.numel() else out
    most = torch.finfo(eight.dtype).max
    kind = tl.float8e4nv if eight.dtype == torch.float8_e4m3fn else tl.float8e5
    twice_kernel[(programs(m), triton.cdiv(n, COLUMNS))](
        a, out, turned, sums, a if scale is None else scale, factor, m, n, turned.shape[-1],
        MODE=mode, EXACT=exact, DYNAMIC=scale is not None, FLAT=bool(out.numel()), TURN=bool(turned.numel()),
        SUM=bool(sums.numel()), MOST=most, TYPE=kind, BM=ROWS, BN=COLUMNS, REPEAT=STEPS, num_warps=WARPS,
    )  # fmt: skip


def programs(m: int) -> int:
    """How many programs share the rows: rows of `sums`."""
    return -(-m // (ROWS * STEPS))
