"""8-bit inference kernels for Hopper in Triton: norm to 8 bits, product with its epilogue, attention out to 8 bits.

The idea: a transformer block in 8 bits is bound by the passes between its products. So every value is written once, in
the type its reader wants: the norm writes 8 bits, the product scales, adds its bias, applies GELU and writes 8 bits
again, attention divides by its sum and writes 8 bits for the projection after it.

Letters in shapes: n tokens, i inputs, o outputs, d width, h heads, k width of a head. Output kinds: 0 bfloat16,
1 int8 (half rounded up, as `kernels.to_uint8` does on the CPU), 2 e4m3.
"""

import triton
import triton.language as tl


@triton.jit
def _gelu(y, KIND: tl.constexpr, ASM: tl.constexpr):
    """GELU: KIND 1 its tanh approximation, 2 exact."""
    if KIND == 2:
        t = tl.erf(y * 0.7071067811865476)
    elif ASM:  # one instruction with 11 correct bits, where 8 are kept
        t = y * (0.7978845608028654 + 0.03567740813636141 * y * y)
        t = tl.inline_asm_elementwise("tanh.approx.f32 $0, $1;", "=f,f", [t], tl.float32, True, 1)
    else:
        t = y * (0.7978845608028654 + 0.03567740813636141 * y * y)
        t = 1.0 - 2.0 / (1.0 + tl.exp(2.0 * t))
    return 0.5 * y * (1.0 + t)


@triton.jit
def _to8(y, KIND: tl.constexpr):
    """bfloat16, int8 or e4m3 of float32."""
    if KIND == 1:
        # 1.5 * 2**23 leaves the rounded integer in the low bits; a conversion instruction runs at a quarter the rate.
        z = (tl.minimum(tl.maximum(y, -128.0), 127.0) + 12582912.0).to(tl.int32, bitcast=True).to(tl.int8)
    elif KIND == 2:
        z = tl.minimum(tl.maximum(y, -448.0), 448.0).to(tl.float8e4nv)
    else:
        z = y.to(tl.bfloat16)
    return z


@triton.jit
def norm_kernel(
    x, branch, total, out, rows, gain, shift, n, eps,
    D: tl.constexpr, WIDE: tl.constexpr, R: tl.constexpr,
    ADD: tl.constexpr, NORM: tl.constexpr, ROWS: tl.constexpr, KIND: tl.constexpr,
):  # fmt: skip
    """Write total = x + branch and out = LayerNorm(total) * gain + shift in KIND; gain and shift hold its scale.

    With ROWS every token has a scale of its own, written to `rows`; without NORM only the quantising is done.
    """
    row = tl.program_id(0).to(tl.int64) * R + tl.arange(0, R)
    column = tl.arange(0, WIDE)
    inside = (row < n)[:, None] & (column < D)[None]
    place = row[:, None] * D + column[None]
    y = tl.load(x + place, mask=inside, other=0.0).to(tl.float32)
    if ADD:
        y += tl.load(branch + place, mask=inside, other=0.0).to(tl.float32)
        y = y.to(tl.bfloat16)
        tl.store(total + place, y, mask=inside)
        y = y.to(tl.float32)
    if NORM:
        mean = tl.sum(y, 1) / D
        centred = tl.where(inside, y - mean[:, None], 0.0)
        scale = tl.rsqrt(tl.sum(centred * centred, 1) / D + eps)
        g = tl.load(gain + column, mask=column < D, other=0.0)
        s = tl.load(shift + column, mask=column < D, other=0.0)
        y = centred * scale[:, None] * g[None] + s[None]
    else:
        g = tl.load(gain + column, mask=column < D, other=0.0)
        s = tl.load(shift + column, mask=column < D, other=0.0)
        y = y * g[None] + s[None]
    if ROWS:
        peak = tl.maximum(tl.max(tl.abs(y), 1), 1e-12)
        most = 127.0 if KIND == 1 else 448.0
        tl.store(rows + row, peak / most, mask=row < n)
        y = y * (most / peak)[:, None]
    tl.store(out + place, _to8(y, KIND), mask=inside)


@triton.jit
def product_kernel(
    a, w, out, alpha, bias, rows, n, o, k, factor, offset,
    BM: tl.constexpr, BN: tl.constexpr, BK: tl.constexpr, SMS: tl.constexpr, FLATTEN: tl.constexpr,
    INTEGER: tl.constexpr, GELU: tl.constexpr, KIND: tl.constexpr, ROWS: tl.constexpr, ASM: tl.constexpr,
):  # fmt: skip
    """Write out = act((a @ w.T) * rows * alpha + bias) * factor + offset in KIND (factor, offset after GELU only).

    a (n, i), w (o, i), out (n, o) are tensor descriptors.
    Tiles of one strip of rows follow each other, so that a is read once and w, which is small, stays in L2.
    """
    columns = tl.cdiv(o, BN)
    tiles = tl.cdiv(n, BM) * columns
    for tile in tl.range(tl.program_id(0), tiles, SMS, flatten=FLATTEN):
        m, j = (tile // columns) * BM, (tile % columns) * BN
        acc = tl.zeros((BM, BN), tl.int32 if INTEGER else tl.float32)
        for start in range(0, k, BK):
            acc = tl.dot(a.load([m, start]), w.load([j, start]).T, acc, out_dtype=tl.int32 if INTEGER else tl.float32)
        column = j + tl.arange(0, BN)
        y = acc.to(tl.float32) * tl.load(alpha + column, mask=column < o, other=0.0)[None]
        if ROWS:
            row = m + tl.arange(0, BM)
            y *= tl.load(rows + row, mask=row < n, other=0.0)[:, None]
        y += tl.load(bias + column, mask=column < o, other=0.0)[None]
        if GELU:
            y = _gelu(y, GELU, ASM) * factor + offset
        out.store([m, j], _to8(y, KIND))


@triton.jit
def _exponentials(s, peak, total, acc, c, ONLINE: tl.constexpr):
    """exp2(s * c - peak) and the running maximum, sum and product, rescaled where it rose."""
    if ONLINE:
        higher = tl.maximum(peak, tl.max(s, 1) * c)
        shrink = tl.exp2(peak - higher)
        acc = acc * shrink[:, None]
        total = total * shrink
        peak = higher
    p = tl.exp2(s * c - peak[:, None])
    return p, peak, total + tl.sum(p, 1), acc


@triton.jit
def _attend(
    query, k, v, begin, length, c, first_k, first_v, BM: tl.constexpr, BN: tl.constexpr, D: tl.constexpr,
    ONLINE: tl.constexpr,
):  # fmt: skip
    """Sum of exponentials (BM,) and their product with the values (BM, D), over all keys of a sample."""
    inside = tl.arange(0, BN) < length
    s = tl.dot(query, k.load([begin, first_k]).T)
    peak = tl.max(tl.where(inside[None], s, float("-inf")), 1) * c
    total = tl.zeros((BM,), tl.float32)
    acc = tl.zeros((BM, D), tl.float32)
    full = length // BN * BN
    for position in range(0, full, BN):
        s = tl.dot(query, k.load([begin + position, first_k]).T)
        p, peak, total, acc = _exponentials(s, peak, total, acc, c, ONLINE)
        value = v.load([begin + position, first_v])
        acc = tl.dot(p.to(value.dtype), value, acc)
    if full < length:
        inside = full + tl.arange(0, BN) < length
        s = tl.dot(query, k.load([begin + full, first_k]).T)
        p, peak, total, acc = _exponentials(tl.where(inside[None], s, float("-inf")), peak, total, acc, c, ONLINE)
        value = v.load([begin + full, first_v])
        # Rows behind the sample's end belong to the next one, or to nobody: 0 times infinity must not reach the sum.
        value = tl.where(inside[:, None], value, 0.0).to(value.dtype)
        acc = tl.dot(p.to(value.dtype), value, acc)
    return total, acc


@triton.jit
def attention_kernel(
    q, k, v, out, offsets, c, factor, offset, width,
    Q0: tl.constexpr, K0: tl.constexpr, V0: tl.constexpr, BM: tl.constexpr, BN: tl.constexpr, D: tl.constexpr,
    KIND: tl.constexpr,
):  # fmt: skip
    """Softmax attention within each sample, one head a program: out (n, h * D) in KIND, times factor plus offset.

    q, k, v are descriptors of (n, columns) whose heads begin at columns Q0, K0, V0; offsets (b + 1,) bound the samples;
    c is log2(e) / sqrt(D). A row's exponents are shifted by the maximum of its first tile, so nothing has to be
    rescaled later, a quarter of the time (docs/log.md); where a later score is so far above that the sum grows out of
    bounds, the tile of rows is done again with the running maximum (Milakov and Gimelshein 2018).
    """
    begin = tl.load(offsets + tl.program_id(2))
    length = tl.load(offsets + tl.program_id(2) + 1) - begin
    m = tl.program_id(0) * BM
    if m >= length:
        return
    head = tl.program_id(1) * D
    query = q.load([begin + m, Q0 + head])
    total, acc = _attend(query, k, v, begin, length, c, K0 + head, V0 + head, BM, BN, D, False)
    if tl.max(total, 0) > 1e30:
        total, acc = _attend(query, k, v, begin, length, c, K0 + head, V0 + head, BM, BN, D, True)
    row = m + tl.arange(0, BM)
    place = (begin + row).to(tl.int64)[:, None] * width + head + tl.arange(0, D)[None]
    y = acc * (factor / total)[:, None] + offset
    tl.store(out + place, _to8(y, KIND), mask=(row < length)[:, None])
