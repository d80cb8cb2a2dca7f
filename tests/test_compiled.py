"""Kernels compiled at first use: what happens without a compiler, with a bad one, and to the rest of the process."""

import ctypes
import multiprocessing
import os
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest

from sensorlm import compiled
from sensorlm.compiled import FLAGS, compile_library, load_library, run_everywhere
from sensorlm.model import attention_native
from sensorlm.quantize import native

SOURCE = """
#include <stdint.h>
typedef struct { int64_t *squares, count; } Job;
void square(const Job *job, int64_t *next) {
    for (int64_t i; (i = __atomic_fetch_add(next, 1, __ATOMIC_RELAXED)) < job->count;) job->squares[i] += i * i;
}
"""

needs_compiler = pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")


class Job(ctypes.Structure):
    _fields_ = (("squares", ctypes.c_void_p), ("count", ctypes.c_int64))


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "square.c"
    path.write_text(SOURCE)
    return path


@needs_compiler
def test_compiled_once_and_run_on_all_threads(source, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    squares = np.zeros(1000, dtype=np.int64)
    run_everywhere(load_library(source, ()).square, Job(squares.ctypes.data, 1000), threads=3)
    assert (squares == np.arange(1000) ** 2).all()
    (library,) = (tmp_path / "sensorlm").glob("*.so")
    monkeypatch.setattr("subprocess.run", None)  # a second compilation would call it
    assert compile_library(source, (), tmp_path / "sensorlm") == library


@needs_compiler
def test_other_flags_or_another_source_are_another_library(source, tmp_path):
    first, second = compile_library(source, (), tmp_path), compile_library(source, ("-DX=1",), tmp_path)
    source.write_text(SOURCE + "// changed\n")
    assert len({first, second, compile_library(source, (), tmp_path)}) == 3


def test_without_a_compiler_there_is_no_kernel(source, tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert compile_library(source, (), tmp_path) is None


def test_a_compiler_that_fails_gives_no_kernel(source, tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: "/bin/false")
    assert compile_library(source, (), tmp_path) is None
    assert not list(tmp_path.glob("*.so"))


def test_a_cache_that_cannot_be_written_gives_no_kernel(source, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr("shutil.which", lambda name: "/bin/true")
    assert load_library(source, ("-DNOWHERE",)) is None


def test_a_user_without_a_home_gets_no_kernel(source, monkeypatch):
    def homeless():
        message = "Could not determine home directory."
        raise RuntimeError(message)

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert load_library(source, ("-DHOMELESS",)) is None


def build(source, folder, start, built):
    start.wait()
    built.put(compile_library(source, (), folder))


@needs_compiler
def test_processes_that_build_at_once_share_one_library(source, tmp_path):
    context = multiprocessing.get_context("spawn")
    start, built = context.Barrier(3), context.Queue()
    builders = [context.Process(target=build, args=(source, tmp_path / "cache", start, built)) for _ in range(3)]
    for builder in builders:
        builder.start()
    found = {built.get(timeout=60) for _ in builders}
    for builder in builders:
        builder.join()
    assert found == set((tmp_path / "cache").iterdir())  # one library, and no half of another beside it
    assert len(found) == 1


@needs_compiler
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_has_threads_of_its_own(source, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    squares = np.zeros(100, dtype=np.int64)
    function, job = load_library(source, ("-DFORK",)).square, Job(squares.ctypes.data, 100)
    run_everywhere(function, job, threads=2)
    child = os.fork()
    if not child:
        signal.alarm(20)  # the threads of the parent are not here to be waited for
        run_everywhere(function, job, threads=2)
        os._exit(0 if (squares == 2 * np.arange(100) ** 2).all() else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_the_kernels_leave_subnormal_numbers_to_everyone_else():
    native.load()
    attention_native.load(64)
    smallest = np.float32(1.4e-45)
    assert (np.array([smallest, smallest]) * np.float32(2)).tolist() == [smallest * 2] * 2 != [0, 0]


def test_no_flag_gives_up_infinities():
    assert not {"-ffast-math", "-Ofast", "-ffinite-math-only"} & {*FLAGS, *compiled.AVX512}
