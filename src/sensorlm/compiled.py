"""C source in, its functions out, compiled once by this machine's compiler; None where there is none.

torch lacks the CPU kernels that attention needs (8-bit integers; a softmax that never leaves the cache), so their C is
compiled at first use, as torch.compile does with its own, and kept in the user's cache. Callers have a torch path too.
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

# The parts of -ffast-math that let sums run in vectors. The whole of it would link start-up code that switches off
# subnormal numbers for every other library of the process.
FAST = ("-fno-math-errno", "-fno-trapping-math", "-fno-signed-zeros", "-fassociative-math", "-freciprocal-math")
FLAGS = ("-O3", "-std=gnu11", *FAST, "-fPIC", "-shared")
AVX512 = ("-mavx512f", "-mavx512bw", "-mavx512dq", "-mavx512vl", "-mfma")


def cache_folder() -> Path:
    """Where compiled kernels are kept: the user's own cache, so that nobody else can put a library there."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "sensorlm"


def compile_library(source: Path, flags: tuple[str, ...], folder: Path) -> Path | None:
    """The shared library of a C file in `folder`, compiled when it is not there; None without a C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    name = hashlib.sha256(source.read_bytes() + repr(FLAGS + flags).encode()).hexdigest()[:16]
    library = folder / f"{source.stem}-{name}.so"
    if library.is_file():
        return library
    if compiler is None:
        return None
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        built = Path(scratch) / library.name
        command = [compiler, *FLAGS, *flags, str(source), "-o", str(built), "-lm"]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return None
        built.replace(library)  # atomic: two processes may compile at once
    return library


@functools.cache
def load_library(source: Path, flags: tuple[str, ...]) -> ctypes.CDLL | None:
    """The functions of a C file, or None where the compiler or the cache folder will not have it.

    The caller has made sure that this CPU has the instructions that `flags` allow.
    """
    try:
        path = compile_library(source, flags, cache_folder())
        return None if path is None else ctypes.CDLL(str(path))
    except (OSError, RuntimeError):  # RuntimeError: a user with no home, as containers have them
        return None


@functools.cache
def _threads(count: int, process: int) -> ThreadPoolExecutor:
    """Threads of this process: a forked child inherits the pool but none of its threads, and would wait for ever."""
    return ThreadPoolExecutor(count, thread_name_prefix=f"sensorlm-kernel-{process}")


def run_everywhere(function: Callable[..., Any], job: ctypes.Structure, threads: int) -> None:
    """Call `void function(const Job *job, int64_t *next)` on all threads; ctypes lets go of the interpreter lock.

    Args:
        function: takes work items by adding to the counter `next`, until there are none.
        job: what is read and written; kept alive until all have returned.
        threads: how many, this one included.
    """
    following = ctypes.c_int64(0)
    arguments = ctypes.byref(job), ctypes.byref(following)
    others = [_threads(threads, os.getpid()).submit(function, *arguments) for _ in range(threads - 1)]
    function(*arguments)
    for other in others:
        other.result()
