"""16-bit matrices in, 8-bit ones out, each written once as it lies and once transposed: a Triton kernel for training.

Hopper multiplies 8-bit floats only where the summed index runs along memory in both factors, so a weight gradient
wants both of its factors transposed. Copying them afterwards costs what the product saves; here the tile that is being
rounded is in registers anyway, and is stored both ways. What comes before the rounding (normalising rows, GELU, its
derivative) and the sum over rows that a bias gradient is are done in the same visit.

A tile is read as four tiles of every fourth row, and the bytes of four rows that lie above each other are packed into
one word before the transposition. So words change places between threads, never single bytes: the form in which
Triton 3.6 moved bytes gave wrong columns on an H200 (docs/notes/fp8.md), and nothing before the packing is computed
twice, which is what the compiler does when it may transpose the input instead.

Letters in shapes: m rows, n columns, p programs along the rows.
"""

from collections.abc import Sequence

import torch
import triton
import triton.language as tl
from torch import Tensor

from sensorlm.model.fp8_ops import NORM_ROWS_A_SUM, ROWS_A_SUM

WORDS, COLUMNS, WARPS = 16, 128, 4
"""Of a tile: words of four rows, and columns."""
NORM_WARPS = 4


@triton.jit
def _logistic(x, FAST: tl.constexpr):
    # Two instructions of 22 bits each instead of a division and an exponential with cases for numbers near 0.
    if FAST:
        e = tl.inline_asm_elementwise(
            "ex2.approx.ftz.f32 $0, $1;", "=f,f", [x * -1.4426950408889634], tl.float32, is_pure=True, pack=1
        )
        y = tl.inline_asm_elementwise("rcp.approx.ftz.f32 $0, $1;", "=f,f", [1.0 + e], tl.float32, is_pure=True, pack=1)
    else:
        y = 1.0 / (1.0 + tl.exp(-x))
    return y


@triton.jit
def _gelu(x, EXACT: tl.constexpr, FAST: tl.constexpr):
    if EXACT:
        y = 0.5 * x * (1.0 + tl.erf(x * 0.7071067811865476))
    else:  # 0.5 (1 + tanh u) is the logistic function of 2 u
        y = x * _logistic(x * (1.5957691216057308 + 0.0713548162726009 * x * x), FAST)
    return y


@triton.jit
def _gelu_slope(x, EXACT: tl.constexpr, FAST: tl.constexpr):
    if EXACT:
        y = 0.5 * (1.0 + tl.erf(x * 0.7071067811865476)) + x * 0.3989422804014327 * tl.exp(-0.5 * x * x)
    else:
        s = _logistic(x * (1.5957691216057308 + 0.0713548162726009 * x * x), FAST)
        y = s + s * (1.0 - s) * x * (1.5957691216057308 + 0.2140644488178027 * x * x)
    return y


@triton.jit
def _words(a, b, c, d, FAST: tl.constexpr):
    """Four tensors of 8-bit floats as one of words, a's lowest."""
    a = a.to(tl.uint8, bitcast=True)
    b = b.to(tl.uint8, bitcast=True)
    c = c.to(tl.uint8, bitcast=True)
    d = d.to(tl.uint8, bitcast=True)
    if FAST:  # 8 instructions for 16 bytes; the compiler's own are 40
        w = tl.inline_asm_elementwise(
            """{
            .reg .b32 u, v;
            prmt.b32 u, $4, $5, 0x5140;
            prmt.b32 v, $6, $7, 0x5140;
            prmt.b32 $0, u, v, 0x5410;
            prmt.b32 $1, u, v, 0x7632;
            prmt.b32 u, $4, $5, 0x7362;
            prmt.b32 v, $6, $7, 0x7362;
            prmt.b32 $2, u, v, 0x5410;
            prmt.b32 $3, u, v, 0x7632;
            }""", "=&r,=&r,=&r,=&r,r,r,r,r", [a, b, c, d], tl.uint32, is_pure=True, pack=4,
        )  # fmt: skip
    else:
        w = a.to(tl.uint32) | (b.to(tl.uint32) << 8) | (c.to(tl.uint32) << 16) | (d.to(tl.uint32) << 24)
    return w


@triton.jit
def _value(x, h, mean, spread, gain, shift, mask, MODE: tl.constexpr, EXACT: tl.constexpr, FAST: tl.constexpr):
    """What a pass makes of a row's values, in float32."""
    y = x.to(tl.float32)
    if MODE == 1:
        y = _gelu(y, EXACT, FAST)
    if MODE == 2:
        y *= _gelu_slope(h.to(tl.float32), EXACT, FAST)
    if MODE == 3:
        y = tl.where(mask, (y - mean[:, None]) * spread[:, None] * gain[None] + shift[None], 0.0)
    return y


@triton.jit
def _four_rows(p, at, n, mask0, mask1, mask2, mask3):
    """Every fourth row from each of four neighbours on."""
    x0 = tl.load(p + at, mask=mask0, other=0.0)
    x1 = tl.load(p + at + n, mask=mask1, other=0.0)
    x2 = tl.load(p + at + 2 * n, mask=mask2, other=0.0)
    x3 = tl.load(p + at + 3 * n, mask=mask3, other=0.0)
    return x0, x1, x2, x3


@triton.jit
def _four_figures(p, row, m):
    """The same of one figure a row."""
    x0 = tl.load(p + row, mask=row < m, other=0.0)
    x1 = tl.load(p + row + 1, mask=row + 1 < m, other=0.0)
    x2 = tl.load(p + row + 2, mask=row + 2 < m, other=0.0)
    x3 = tl.load(p + row + 3, mask=row + 3 < m, other=0.0)
    return x0, x1, x2, x3


@triton.jit
def twice_kernel(
    a, one, two, gain, shift, out, turned, sums, scale, factor, m, n, words,
    MODE: tl.constexpr, EXACT: tl.constexpr, DYNAMIC: tl.constexpr, FLAT: tl.constexpr, TURN: tl.constexpr,
    SUM: tl.constexpr, TYPE: tl.constexpr, BW: tl.constexpr, BN: tl.constexpr, REPEAT: tl.constexpr, FAST: tl.constexpr,
):  # fmt: skip
    """Out (m, n) and turned (n, words of 4 rows) are 8 bits of the values times a scale; sums (p, n) of the values.

    MODE 0: a (m, n); 1: GELU(a); 2: a times the derivative of GELU at `one` (m, n); 3: a less `one` (m), times `two`
    (m) and gain (n), plus shift (n). The conversion to 8 bits ends at the type's largest value (cvt.satfinite).
    """
    column = tl.program_id(1) * BN + tl.arange(0, BN)
    inside = column < n
    grown = factor
    if DYNAMIC:
        grown = tl.load(scale)
    gains, shifts = column, column
    if MODE == 3:
        gains = tl.load(gain + column, mask=inside, other=0.0).to(tl.float32)
        shifts = tl.load(shift + column, mask=inside, other=0.0).to(tl.float32)
    total = tl.zeros((BW, BN), tl.float32)
    for step in range(REPEAT):
        word = (tl.program_id(0) * REPEAT + step) * BW + tl.arange(0, BW)
        row = word * 4
        at = row.to(tl.int64)[:, None] * n + column[None]
        mask0 = (row < m)[:, None] & inside[None]
        mask1 = (row + 1 < m)[:, None] & inside[None]
        mask2 = (row + 2 < m)[:, None] & inside[None]
        mask3 = (row + 3 < m)[:, None] & inside[None]
        # All reads before the first write: the compiler cannot know that a write does not change what is read next.
        x0, x1, x2, x3 = _four_rows(a, at, n, mask0, mask1, mask2, mask3)
        h0, h1, h2, h3 = x0, x1, x2, x3
        if MODE == 2:
            h0, h1, h2, h3 = _four_rows(one, at, n, mask0, mask1, mask2, mask3)
        m0, m1, m2, m3 = row, row, row, row
        s0, s1, s2, s3 = row, row, row, row
        if MODE == 3:
            m0, m1, m2, m3 = _four_figures(one, row, m)
            s0, s1, s2, s3 = _four_figures(two, row, m)
        y0 = _value(x0, h0, m0, s0, gains, shifts, mask0, MODE, EXACT, FAST)
        y1 = _value(x1, h1, m1, s1, gains, shifts, mask1, MODE, EXACT, FAST)
        y2 = _value(x2, h2, m2, s2, gains, shifts, mask2, MODE, EXACT, FAST)
        y3 = _value(x3, h3, m3, s3, gains, shifts, mask3, MODE, EXACT, FAST)
        if SUM:
            total += (y0 + y1) + (y2 + y3)
        z0 = (y0 * grown).to(TYPE)
        z1 = (y1 * grown).to(TYPE)
        z2 = (y2 * grown).to(TYPE)
        z3 = (y3 * grown).to(TYPE)
        if FLAT:
            tl.store(out + at, z0, mask=mask0)
            tl.store(out + at + n, z1, mask=mask1)
            tl.store(out + at + 2 * n, z2, mask=mask2)
            tl.store(out + at + 3 * n, z3, mask=mask3)
        if TURN:
            packed = _words(z0, z1, z2, z3, FAST)
            # Columns up to the padded length are written too: zeros, which add nothing to a product.
            place = column.to(tl.int64)[:, None] * words + word[None]
            tl.store(turned + place, tl.trans(packed), mask=inside[:, None] & (word < words)[None])
    if SUM:
        tl.store(sums + tl.program_id(0) * n + column, tl.sum(total, 0), mask=inside)


def launch(
    mode: int, a: Tensor, beside: Sequence[Tensor], out: Tensor, turned: Tensor, sums: Tensor, scale: Tensor | None,
    factor: float, exact: bool,
) -> None:  # fmt: skip
    """Fill `out` (m, n), `turned` (n, padded) and `sums` (p, n); those without elements are left out."""
    m, n = a.shape
    eight = turned if turned.numel() else out
    kind = tl.float8e4nv if eight.dtype == torch.float8_e4m3fn else tl.float8e5
    words = turned.view(torch.int32) if turned.numel() else turned
    twice_kernel[(-(-m // ROWS_A_SUM), triton.cdiv(n, COLUMNS))](
        a, *beside, *(a,) * (4 - len(beside)), out, words, sums, a if scale is None else scale, factor,
        m, n, words.shape[-1], MODE=mode, EXACT=exact, DYNAMIC=scale is not None, FLAT=bool(out.numel()),
        TURN=bool(turned.numel()), SUM=bool(sums.numel()), TYPE=kind, BW=WORDS,
        BN=COLUMNS, REPEAT=ROWS_A_SUM // (4 * WORDS), FAST=not triton.knobs.runtime.interpret, num_warps=WARPS,
    )  # fmt: skip


@triton.jit
def norm_gradient_kernel(
    grad, residual, x, means, spreads, gain, out, of_gain, of_shift, m, n, BM: tl.constexpr, BN: tl.constexpr,
    REPEAT: tl.constexpr,
):  # fmt: skip
    """Out (m, n): the gradient of a LayerNorm's input plus `residual`; of_gain, of_shift (p, n): sums over rows."""
    column = tl.arange(0, BN)
    inside = column < n
    gains = tl.load(gain + column, mask=inside, other=0.0).to(tl.float32)
    sum_gain = tl.zeros((BM, BN), tl.float32)
    sum_shift = tl.zeros((BM, BN), tl.float32)
    for step in range(REPEAT):
        row = (tl.program_id(0) * REPEAT + step) * BM + tl.arange(0, BM)
        mask = (row < m)[:, None] & inside[None]
        at = row.to(tl.int64)[:, None] * n + column[None]
        given = tl.load(grad + at, mask=mask, other=0.0).to(tl.float32)
        value = tl.load(x + at, mask=mask, other=0.0).to(tl.float32)
        beside = tl.load(residual + at, mask=mask, other=0.0).to(tl.float32)
        mean = tl.load(means + row, mask=row < m, other=0.0)
        spread = tl.load(spreads + row, mask=row < m, other=0.0)
        unit = tl.where(mask, (value - mean[:, None]) * spread[:, None], 0.0)
        pull = given * gains[None]
        along = tl.sum(pull * unit, 1) / n
        level = tl.sum(pull, 1) / n
        y = (pull - level[:, None] - unit * along[:, None]) * spread[:, None] + beside
        tl.store(out + at, y.to(tl.bfloat16), mask=mask)
        sum_gain += given * unit
        sum_shift += given
    tl.store(of_gain + tl.program_id(0) * n + column, tl.sum(sum_gain, 0), mask=inside)
    tl.store(of_shift + tl.program_id(0) * n + column, tl.sum(sum_shift, 0), mask=inside)


def launch_norm_gradient(
    grad: Tensor, residual: Tensor, kept: Sequence[Tensor], out: Tensor, of_gain: Tensor, of_shift: Tensor
) -> None:
    """Fill `out` (m, n), `of_gain` and `of_shift` (p, n); kept: x, mean and 1 / deviation of its rows, gain."""
    m, n = grad.shape
    rows = min(NORM_ROWS_A_SUM, max(1, 2048 // triton.next_power_of_2(n)))
    norm_gradient_kernel[(len(of_gain),)](
        grad, residual, *kept, out, of_gain, of_shift, m, n, BM=rows, BN=triton.next_power_of_2(n),
        REPEAT=triton.cdiv(NORM_ROWS_A_SUM, rows), num_warps=NORM_WARPS,
    )  # fmt: skip
