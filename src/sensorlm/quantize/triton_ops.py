"""Tensors in, tensors out: the Triton kernels with tile shapes, grids and allocations chosen.

Import this only where Triton is (CUDA builds of torch bring it). Kinds of output: "bf16", "int8", "fp8".
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import torch
import triton
from torch import Tensor
from triton.tools.tensor_descriptor import TensorDescriptor

from sensorlm.quantize import triton_kernels

KINDS = {"bf16": (0, torch.bfloat16), "int8": (1, torch.int8), "fp8": (2, torch.float8_e4m3fn)}
GELUS = {"": 0, "tanh": 1, "none": 2}


@dataclass(frozen=True, slots=True)
class Tiles:
    """How a kernel is cut."""

    rows: int
    columns: int
    depth: int = 128
    warps: int = 8
    stages: int = 3
    """Of the pipeline that brings tiles in."""
    flatten: bool = True
    """One tile's epilogue beside the next one's loads."""
    blocks: int = 1
    """Programs a multiprocessor, of a kernel that stays on it."""
    registers: int | None = None
    """At most so many a thread, so that more programs fit."""


PRODUCT = Tiles(128, 256)
SMALL = Tiles(128, 128, 64, 4, 4, blocks=2)
ATTENTION = Tiles(128, 64, 64, 4, 3)


def norm(
    x: Tensor, gain: Tensor, shift: Tensor, *, kind: str, eps: float = 0.0, branch: Tensor | None = None,
    by_row: bool = False, normalize: bool = True, block: tuple[int, int] = (8, 4),
) -> tuple[Tensor, Tensor, Tensor | None]:  # fmt: skip
    """The sum x (+ branch), its LayerNorm * gain + shift in `kind`, and with `by_row` the scale of each row.

    Args:
        x: bfloat16 (n, d).
        gain: float32 (d,), the output's scale in it.
        shift: float32 (d,), the output's scale and zero point in it.
        kind: of the output.
        eps: of the norm.
        branch: added to x first.
        by_row: find a scale for every row.
        normalize: False only multiplies by gain and adds shift.
        block: rows and warps a program.
    """
    n, d = x.shape
    code, dtype = KINDS[kind]
    out = torch.empty(n, d, device=x.device, dtype=dtype)
    total = x if branch is None else torch.empty_like(x)
    rows = torch.empty(n if by_row else 1, device=x.device, dtype=torch.float32)
    triton_kernels.norm_kernel[(triton.cdiv(n, block[0]),)](
        x, x if branch is None else branch, total, out, rows, gain, shift, n, eps,
        D=d, WIDE=triton.next_power_of_2(d), R=block[0], ADD=branch is not None, NORM=normalize, ROWS=by_row,
        KIND=code, num_warps=block[1],
    )  # fmt: skip
    return total, out, rows if by_row else None


def product(
    a: Tensor, w: Tensor, alpha: Tensor, bias: Tensor, *, kind: str = "bf16", gelu: str = "", factor: float = 1.0,
    offset: float = 0.0, rows: Tensor | None = None, one_alpha: Tensor | None = None, tiles: Tiles | None = None,
) -> Tensor:  # fmt: skip
    """gelu((a @ w.T) * rows * alpha + bias) * factor + offset, in `kind`.

    Products of e4m3 without GELU go to cuBLAS, a tenth to a third faster; it has no int8 product with an epilogue.

    Args:
        a: int8 or e4m3 (n, i).
        w: the same type (o, i).
        alpha: float32 (o,).
        bias: float32 (o,).
        kind: of the output.
        gelu: "", "tanh" or "none" (exact).
        factor: after GELU only.
        offset: after GELU only.
        rows: float32 (n,) scales of a's rows.
        one_alpha: what all of alpha is, as a 0-d tensor on the device, where it is one number.
        tiles: shapes; None: the fastest measured. Given, the kernel is always Triton's.
    """
    if a.dtype == KINDS["fp8"][1] and not gelu and tiles is None and a.is_cuda:
        found = _by_cublas(a, w, alpha, bias, kind, rows, one_alpha)
        if found is not None:
            return found
    (n, i), o = a.shape, w.shape[0]
    tiles = tiles or _tiles(a, kind, gelu)
    code, dtype = KINDS[kind]
    out = torch.empty(n, o, device=a.device, dtype=dtype)
    programs = tiles.blocks * _multiprocessors(a.device)
    grid = min(programs, triton.cdiv(n, tiles.rows) * triton.cdiv(o, tiles.columns))
    triton_kernels.product_kernel[(grid,)](
        TensorDescriptor.from_tensor(a, [tiles.rows, tiles.depth]),
        TensorDescriptor.from_tensor(w, [tiles.columns, tiles.depth]),
        TensorDescriptor.from_tensor(out, [tiles.rows, tiles.columns]),
        alpha, bias, alpha if rows is None else rows, n, o, i, factor, offset,
        BM=tiles.rows, BN=tiles.columns, BK=tiles.depth, SMS=programs, FLATTEN=tiles.flatten,
        INTEGER=a.dtype == torch.int8, GELU=GELUS[gelu], KIND=code, ROWS=rows is not None, ASM=a.is_cuda,
        num_warps=tiles.warps, num_stages=tiles.stages, maxnreg=tiles.registers,
    )  # fmt: skip
    return out


def _tiles(a: Tensor, kind: str, gelu: str) -> Tiles:
    """The fastest of those in benchmarks/gpu_kernels.py: large tiles need a wide output to fill the GPU."""
    return PRODUCT if kind == "fp8" and not gelu else SMALL


def _by_cublas(
    a: Tensor, w: Tensor, alpha: Tensor, bias: Tensor, kind: str, rows: Tensor | None, one_alpha: Tensor | None
) -> Tensor | None:
    """The same without GELU; None where cuBLAS has no such product."""
    one = _ones(1, a.device).view(())
    shift = bias.bfloat16()
    if kind == "bf16":
        left = _ones(len(a), a.device) if rows is None else rows
        return torch._scaled_mm(
            a, w.t(), left[:, None], alpha[None], bias=shift, out_dtype=torch.bfloat16, use_fast_accum=True
        )
    if kind == "fp8" and rows is None and one_alpha is not None:
        return torch._scaled_mm(
            a, w.t(), one_alpha, one, bias=shift, scale_result=one, out_dtype=a.dtype, use_fast_accum=True
        )
    return None


@lru_cache(maxsize=8)
def _ones(count: int, device: torch.device) -> Tensor:
    return torch.ones(count, device=device)


def attention(
    q: Tensor, k: Tensor, v: Tensor, columns: tuple[int, int, int], offsets: Tensor, max_length: int, *, heads: int,
    width: int, kind: str, factor: float = 1.0, offset: float = 0.0, tiles: Tiles = ATTENTION,
) -> Tensor:  # fmt: skip
    """(n, width) softmax attention within samples, times factor plus offset, in `kind`.

    Args:
        q: (n, some columns) bfloat16 or e4m3, heads beside each other from column columns[0] on.
        k: the same type; from columns[1] on.
        v: bfloat16; from columns[2] on.
        columns: where the heads begin.
        offsets: int32 (b + 1,) bounds of the samples.
        max_length: tokens of the longest sample.
        heads: number of heads.
        width: of all heads together.
        kind: of the output.
        factor: on the output.
        offset: on the output.
        tiles: shapes.
    """
    d = width // heads
    code, dtype = KINDS[kind]
    out = torch.empty(len(q), width, device=q.device, dtype=dtype)
    grid = (triton.cdiv(max_length, tiles.rows), heads, len(offsets) - 1)
    triton_kernels.attention_kernel[grid](
        TensorDescriptor.from_tensor(q, [tiles.rows, d]),
        TensorDescriptor.from_tensor(k, [tiles.columns, d]),
        TensorDescriptor.from_tensor(v, [tiles.columns, d]),
        out, offsets, math.log2(math.e) / math.sqrt(d), factor, offset, width,
        Q0=columns[0], K0=columns[1], V0=columns[2], BM=tiles.rows, BN=tiles.columns, D=d, KIND=code,
        num_warps=tiles.warps, num_stages=tiles.stages, maxnreg=tiles.registers,
    )  # fmt: skip
    return out


def _multiprocessors(device: torch.device) -> int:
    return torch.cuda.get_device_properties(device).multi_processor_count if device.type == "cuda" else 4
