"""Packed bfloat16 queries, keys and values in, attended values out, by a compiled kernel with a backward of its own.

For CPUs with AVX512-BF16. Scores never reach memory and nothing is padded or copied, so it is both faster and more
exact than `attention_cpu`, which serves every other CPU and head width (docs/log.md, CPU speed).
"""

import ctypes
import functools
from itertools import accumulate
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from sensorlm.compiled import AVX512, load_library, run_everywhere

SOURCE = Path(__file__).with_name("attention_bf16.c")
HEAD_WIDTHS = (32, 64)
# Keys of a backward work item: short enough to spread one long day over threads, a multiple of the kernel's block.
# Gradients of queries are summed over ranges in a fixed order, so results do not depend on the number of threads.
RANGE = 480


class _Job(ctypes.Structure):
    """The C struct of the same name."""

    _fields_ = (
        ("qkv", ctypes.c_void_p),
        ("out", ctypes.c_void_p),
        ("lse", ctypes.c_void_p),
        ("offsets", ctypes.POINTER(ctypes.c_int64)),
        ("samples", ctypes.c_int64),
        ("heads", ctypes.c_int64),
        ("longest", ctypes.c_int64),
        ("dout", ctypes.c_void_p),
        ("dqkv", ctypes.c_void_p),
        ("dq", ctypes.c_void_p),
        ("range", ctypes.c_int64),
    )


def cpu_serves() -> bool:
    """True with AVX512-BF16 and without AMX, whose products are several times as fast and which torch's path uses."""
    return bool(torch.cpu._is_avx512_bf16_supported()) and not torch.cpu._is_amx_tile_supported()


@functools.cache
def load(head_width: int) -> ctypes.CDLL | None:
    """The kernel for heads of this width, or None where CPU, compiler or cache folder will not have it."""
    if head_width not in HEAD_WIDTHS or not cpu_serves():
        return None
    return load_library(SOURCE, (*AVX512, "-mavx512bf16", f"-DDIM={head_width}"))


def serves(qkv: Tensor) -> bool:
    """True if `attend` can be called; torch.compile cannot look into it."""
    if qkv.device.type != "cpu" or qkv.dtype != torch.bfloat16 or torch.compiler.is_compiling():
        return False
    return qkv.numel() > 0 and load(qkv.shape[-1]) is not None


def attend(qkv: Tensor, lengths: tuple[int, ...]) -> Tensor:
    """Attention within each sequence of a packed batch.

    Args:
        qkv: bfloat16 (n, 3, h, k), the sequences' tokens one after another, n = sum(lengths).
        lengths: tokens of each sequence.

    Returns:
        bfloat16 (n, h, k).
    """
    out: Tensor = _Attend.apply(qkv, lengths)  # type: ignore[no-untyped-call]
    return out


class _Attend(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, qkv: Tensor, lengths: tuple[int, ...]) -> Tensor:  # noqa: ANN401
        assert sum(lengths) == len(qkv)
        qkv = qkv.contiguous()
        out, lse = _empty_like_one(qkv), qkv.new_empty(qkv.shape[2], len(qkv), dtype=torch.float32)
        _run("forward", _job(qkv, out, lse, lengths), qkv)
        ctx.save_for_backward(qkv, out, lse)
        ctx.lengths = lengths
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:  # noqa: ANN401
        qkv, out, lse = ctx.saved_tensors
        job, grad, dqkv = _job(qkv, out, lse, ctx.lengths), grad.contiguous(), torch.empty_like(qkv)
        ranges = -(-job.longest // RANGE)
        dq = qkv.new_empty(ranges, *out.shape, dtype=torch.float32)
        job.dout, job.dqkv, job.dq, job.range = grad.data_ptr(), dqkv.data_ptr(), dq.data_ptr(), RANGE
        _run("backward", job, qkv)
        _run("finish", job, qkv)
        return dqkv, None


def _empty_like_one(qkv: Tensor) -> Tensor:
    return qkv.new_empty(len(qkv), *qkv.shape[2:])


def _job(qkv: Tensor, out: Tensor, lse: Tensor, lengths: tuple[int, ...]) -> _Job:
    offsets = (ctypes.c_int64 * (len(lengths) + 1))(0, *accumulate(lengths))
    return _Job(
        qkv=qkv.data_ptr(), out=out.data_ptr(), lse=lse.data_ptr(), offsets=offsets, samples=len(lengths),
        heads=qkv.shape[2], longest=max(lengths),
    )  # fmt: skip


def _run(function: str, job: _Job, qkv: Tensor) -> None:
    library = load(qkv.shape[-1])
    assert library is not None
    run_everywhere(library[function], job, torch.get_num_threads())
