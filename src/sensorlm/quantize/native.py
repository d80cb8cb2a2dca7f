"""Packed float queries, keys and values in, attention computed on 8-bit integers out; None where this CPU cannot.

torch has no such kernel, and attention is most of the work at 2448 tokens, so the C beside this file is compiled once
by the C compiler of the machine (as torch.compile does for its kernels) and kept in the user's cache. Without a
compiler or without AVX-512 VNNI, `load` says None and the caller uses torch's float attention.
"""

import ctypes
import functools
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

SOURCE = Path(__file__).with_name("attention.c")
# The parts of -ffast-math that let sums run in vectors. The whole of it would link start-up code that switches off
# subnormal numbers for every other library of the process.
FAST = ("-fno-math-errno", "-fno-trapping-math", "-fno-signed-zeros", "-fassociative-math", "-freciprocal-math")
FLAGS = ("-O3", "-std=gnu11", *FAST, "-fPIC", "-shared")
TARGET = ("-mavx512f", "-mavx512bw", "-mavx512dq", "-mavx512vl", "-mavx512vnni", "-mfma")


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


def cpu_has_vnni() -> bool:
    """True on a CPU with AVX-512 VNNI."""
    return bool(torch.cpu._is_vnni_supported())


def cache_folder() -> Path:
    """Where compiled kernels are kept: the user's own cache, so that nobody else can put a library there."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "sensorlm"


def compile_kernel(folder: Path) -> Path | None:
    """The shared library of attention.c in `folder`, compiled when it is not there; None without a C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    source = SOURCE.read_bytes()
    name = hashlib.sha256(source + repr(FLAGS + TARGET).encode()).hexdigest()[:16]
    library = folder / f"attention-{name}.so"
    if library.is_file():
        return library
    if compiler is None:
        return None
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        built = Path(scratch) / library.name
        command = [compiler, *FLAGS, *TARGET, str(SOURCE), "-o", str(built), "-lm"]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return None
        built.replace(library)  # atomic: two processes may compile at once
    return library


@functools.cache
def load() -> ctypes.CDLL | None:
    """The kernel, or None where the CPU, the compiler or the cache folder will not have it."""
    if not cpu_has_vnni():
        return None
    try:
        path = compile_kernel(cache_folder())
        library = None if path is None else ctypes.CDLL(str(path))
    except OSError:
        return None
    if library is not None:
        for function in (library.prepare, library.attend):
            function.argtypes, function.restype = [ctypes.POINTER(_Job), ctypes.POINTER(ctypes.c_int64)], None
    return library


@functools.cache
def _threads(count: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(count, thread_name_prefix="sensorlm-int8")


def _everywhere(function: Callable[..., Any], job: _Job) -> None:
    """Run one phase on all of torch's threads; ctypes lets go of the interpreter lock."""
    count = torch.get_num_threads()
    following = ctypes.c_int64(0)
    others = [_threads(count).submit(function, ctypes.byref(job), ctypes.byref(following)) for _ in range(count - 1)]
    function(ctypes.byref(job), ctypes.byref(following))
    for other in others:
        other.result()


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
    _everywhere(library.prepare, job)
    _everywhere(library.attend, job)
    return out
