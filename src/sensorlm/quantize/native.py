"""Packed float queries, keys and values in, attention computed on 8-bit integers out; None where this CPU cannot.

torch has no such kernel, and attention is most of the work at 2448 tokens, so the C beside this file is compiled at
first use (`compiled`). Without a compiler or AVX-512 VNNI, `load` says None and the caller uses torch's attention.
"""

import ctypes
import functools
from pathlib import Path

import torch
from torch import Tensor

from sensorlm.compiled import AVX512, load_library, run_everywhere
from sensorlm.quantize.onednn import cpu_has_vnni

SOURCE = Path(__file__).with_name("attention.c")


class _Job(ctypes.Structure):
    """The C struct of the same name."""

    _fields_ = (
        ("qkv", ctypes.c_void_p),
        ("out", ctypes.c_void_p),
        ("offsets", ctypes.c_void_p),
        ("samples", ctypes.c_int64),
        ("heads", ctypes.c_int64),
        ("dim", ctypes.c_int64),
        ("keys", ctypes.c_void_p),
        ("values", ctypes.c_void_p),
        ("key_scales", ctypes.c_void_p),
        ("value_scales", ctypes.c_void_p),
        ("longest", ctypes.c_int64),
    )


@functools.cache
def load() -> ctypes.CDLL | None:
    """The kernel, or None where the CPU, the compiler or the cache folder will not have it."""
    return load_library(SOURCE, (*AVX512, "-mavx512vnni")) if cpu_has_vnni() else None


def _aligned(size: int) -> Tensor:
    """`size` bytes on a 64-byte boundary, as torch's allocator gives them."""
    return torch.empty(size, dtype=torch.uint8)


def attention(qkv: Tensor, lengths: tuple[int, ...]) -> Tensor:
    """Attention within each sample of a packed batch.

    Args:
        qkv: float32 (n, 3, h, k), the samples' tokens one after another, n = sum(lengths).
        lengths: tokens of each sample, at least 1.

    Returns:
        float32 (n, h, k).
    """
    library = load()
    assert library is not None
    assert qkv.dtype == torch.float32
    assert qkv.is_contiguous()
    tokens, _, heads, dim = qkv.shape
    assert tokens == sum(lengths)
    assert min(lengths) > 0
    wide, longest = -(-dim // 16) * 16, -(-max(lengths) // 64) * 64
    offsets = torch.zeros(len(lengths) + 1, dtype=torch.int64)
    offsets[1:] = torch.tensor(lengths).cumsum(0)
    out = torch.empty(tokens, heads, dim)
    pairs = len(lengths) * heads
    keys, values = _aligned(pairs * longest * wide), _aligned(pairs * longest * wide)
    key_scales, value_scales = _aligned(pairs * longest * 4), _aligned(pairs * wide * 4)
    job = _Job(
        qkv.data_ptr(), out.data_ptr(), offsets.data_ptr(), len(lengths), heads, dim,
        keys.data_ptr(), values.data_ptr(), key_scales.data_ptr(), value_scales.data_ptr(), longest,
    )  # fmt: skip
    run_everywhere(library.prepare, job, torch.get_num_threads())
    run_everywhere(library.attend, job, torch.get_num_threads())
    return out
