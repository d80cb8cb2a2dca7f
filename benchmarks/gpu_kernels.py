"""Every 8-bit kernel against plain torch, then timed beside the library's, on one GPU; and where the time goes today.

    python benchmarks/gpu_kernels.py run [--baseline plain_pytorch.py] [--out kernels.json] [--only NAME]
        [--skip-state] [--skip-libraries]

Prints as it goes; a candidate that fails is reported and the others go on. Kernels are compiled by several processes
first, into Triton's cache on disk. TRITON_INTERPRET=1 with --small runs the same on a CPU.
"""

import argparse
import datetime
import json
import os
import statistics
import subprocess
import sys
import time
from functools import partial
from itertools import product as pairs

import torch
import torch.nn.functional as F

from sensorlm.quantize import plain_ops, triton_ops
from sensorlm.quantize.triton_ops import Tiles

CUDA = torch.cuda.is_available()
DEVICE = "cuda" if CUDA else "cpu"
WIDTH, HEADS, TOKENS = 768, 12, 2448
RESULT = {}


def median_ms(step, warmup=2, repeats=9):
    for _ in range(warmup):
        step()
    times = []
    for _ in range(repeats):
        if CUDA:
            start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            start.record()
            step()
            end.record()
            end.synchronize()
            times.append(start.elapsed_time(end))
        else:
            begin = time.perf_counter()
            step()
            times.append((time.perf_counter() - begin) * 1e3)
    return statistics.median(times)


def report(name, **values):
    RESULT[name] = values
    print(name, json.dumps({k: round(v, 5) if isinstance(v, float) else v for k, v in values.items()}), flush=True)


def random8(rows, columns, kind, seed):
    x = torch.randn(rows, columns, device=DEVICE, generator=torch.Generator(DEVICE).manual_seed(seed))
    return plain_ops.to_kind(x * (30 if kind == "int8" else 16), kind)


# Each job: (name, FLOP a token, function of (tokens, plain) to (step, reference or None)).

SHAPES = {  # name: inputs, outputs, kind of the output (None: the inputs' own), GELU
    "qk": (WIDTH, 2 * WIDTH, "fp8", ""),
    "v": (WIDTH, WIDTH, "bf16", ""),
    "fc1 gelu": (WIDTH, 4 * WIDTH, None, "tanh"),
    "fc2": (4 * WIDTH, WIDTH, "bf16", ""),
}
TILES = [
    None,
    Tiles(128, 256, 128, 8, 3),
    Tiles(128, 256, 64, 8, 3),
    Tiles(256, 128, 64, 8, 4),
    Tiles(128, 128, 64, 4, 4, blocks=2),
    Tiles(128, 128, 64, 4, 3, blocks=2),
    Tiles(128, 128, 64, 4, 5, blocks=2),
    Tiles(128, 128, 64, 8, 4, blocks=2),
    Tiles(64, 256, 64, 4, 4, blocks=2),
    Tiles(128, 64, 128, 4, 4, blocks=2),
]


def product_job(dtype, shape, tiles, n, plain):
    inputs, outputs, kind, gelu = SHAPES[shape]
    a, w = random8(n, inputs, dtype, 0), random8(outputs, inputs, dtype, 1)
    alpha = torch.full((outputs,), 1.0 / (900 if dtype == "int8" else 256) / inputs**0.5, device=DEVICE)
    bias = torch.linspace(-1, 1, outputs, device=DEVICE)
    options = {"kind": kind or dtype, "gelu": gelu}
    if gelu and options["kind"] != "bf16":
        options |= {"factor": 30.0, "offset": -100.0 if dtype == "int8" else 0.0}
    if tiles is None:
        options["one_alpha"] = alpha[0]
    if plain:
        return plain_ops.product(a, w, alpha, bias, **options)
    return partial(triton_ops.product, a, w, alpha, bias, tiles=tiles, **options)


def norm_job(kind, add, normalize, by_row, block, n, plain):
    x, branch = (torch.randn(n, WIDTH, device=DEVICE, generator=torch.Generator(DEVICE).manual_seed(i)) for i in (0, 1))
    x, branch = x.bfloat16(), branch.bfloat16() if add else None
    gain, shift = torch.linspace(20, 30, WIDTH, device=DEVICE), torch.linspace(-3, 3, WIDTH, device=DEVICE)
    options = {"kind": kind, "eps": 1e-6, "branch": branch, "normalize": normalize, "by_row": by_row}
    if plain:
        return plain_ops.norm(x, gain, shift, **options)[1]
    return partial(triton_ops.norm, x, gain, shift, block=block, **options)


ATTENTIONS = [
    Tiles(128, 64, 64, 4, 3),
    Tiles(128, 64, 64, 4, 4),
    Tiles(128, 64, 64, 4, 2),
    Tiles(128, 64, 64, 8, 3),
    Tiles(64, 64, 64, 4, 3),
    Tiles(128, 32, 64, 4, 4),
]


def attention_inputs(kind, lengths, steep=1.0):
    n = sum(lengths)
    qkv = torch.randn(n, 3 * WIDTH, device=DEVICE, generator=torch.Generator(DEVICE).manual_seed(0))
    qkv[:, : 2 * WIDTH] *= 1.5 * steep
    qkv = qkv.bfloat16() if CUDA else qkv.half()
    offsets = torch.tensor([0, *torch.tensor(lengths).cumsum(0).tolist()], dtype=torch.int32, device=DEVICE)
    if kind == "bf16":
        return (qkv, qkv, qkv, (0, WIDTH, 2 * WIDTH), offsets, max(lengths))
    qk, v = qkv[:, : 2 * WIDTH].to(torch.float8_e4m3fn), qkv[:, 2 * WIDTH :].contiguous()
    return (qk, qk, v, (0, WIDTH, 0), offsets, max(lengths))


def attention_job(kind, tiles, steep, n, plain):
    lengths = [TOKENS] * (n // TOKENS) if n >= 4 * TOKENS else [n // 2, n - n // 2 - 7, 7]
    where = attention_inputs(kind, lengths, steep)
    options = {"heads": HEADS, "width": WIDTH, "kind": "fp8", "factor": 200.0}
    if plain:
        return plain_ops.attention(*where, **options)
    return partial(triton_ops.attention, *where, tiles=tiles, **options)


def jobs():
    """(name, FLOP a token, job)."""
    for kind, tiles in pairs(("bf16", "fp8"), ATTENTIONS):
        yield f"attention {kind} {short(tiles)}", 4.0 * TOKENS * WIDTH, partial(attention_job, kind, tiles, 1.0)
    for kind in ("bf16", "fp8"):  # scores of several hundred: the running maximum must take over
        job = partial(attention_job, kind, ATTENTIONS[0], 8.0)
        yield f"attention {kind}, steep", 4.0 * TOKENS * WIDTH, job
    for dtype, (shape, sizes), tiles in pairs(("fp8", "int8"), SHAPES.items(), TILES):
        job = partial(product_job, dtype, shape, tiles)
        yield f"{dtype} {shape} {short(tiles)}", 2.0 * sizes[0] * sizes[1], job
    for block in ((8, 4), (4, 2), (16, 8), (16, 4)):
        yield f"norm + residual fp8 {block}", 0.0, partial(norm_job, "fp8", True, True, False, block)
    for kind, add, normalize, by_row in (
        ("int8", True, True, False),
        ("int8", True, True, True),
        ("fp8", False, True, False),
        ("fp8", False, False, False),
        ("bf16", True, True, False),
    ):
        yield f"norm {kind} {add=} {normalize=} {by_row=}", 0.0, partial(norm_job, kind, add, normalize, by_row, (4, 4))


def short(t):
    if t is None:
        return "as chosen"
    return (
        f"{t.rows}x{t.columns}x{t.depth} w{t.warps} s{t.stages} b{t.blocks} {'f' if t.flatten else '-'} r{t.registers}"
    )


def warm(part, parts, n):
    """Compile this process's share of the kernels into the cache on disk."""
    for index, (name, _, job) in enumerate(jobs()):
        if index % parts == part:
            try:
                job(n, False)()
            except Exception as error:
                print("compile", name, type(error).__name__, str(error)[:200], flush=True)


def warm_all(small):
    begin = time.perf_counter()
    parts = 1 if small else max(2, min(14, (os.cpu_count() or 2) - 1))
    command = [sys.executable, os.path.abspath(__file__), "warm", "--parts", str(parts), "--part"]
    running = [subprocess.Popen([*command, str(part)]) for part in range(parts)]
    for process in running:
        try:
            process.wait(timeout=max(1, 75 - (time.perf_counter() - begin)))
        except subprocess.TimeoutExpired:
            process.kill()
    report("compiling", seconds=time.perf_counter() - begin, processes=parts)


def first(x):
    return x[1] if isinstance(x, tuple) else x


def kernels(n, check, only):
    for name, flop, job in jobs():
        if only not in name:
            continue
        try:
            got, wanted = first(job(check, False)()).float(), job(check, True).float()
            error = (got - wanted).abs()
            row = {
                "max_error": error.max().item(),
                "mean_error": error.mean().item(),
                "peak": wanted.abs().max().item(),
            }
            if CUDA:
                row["ms"] = median_ms(job(n, False))
                row["tflops"] = flop * n / row["ms"] / 1e9
            report(name, **row)
        except Exception as error:
            report(name, error=f"{type(error).__name__}: {error}"[:300])


def libraries(n):
    """What torch itself offers for the same."""
    x = torch.randn(n, 4 * WIDTH, device=DEVICE, dtype=torch.bfloat16)
    q = attention_inputs("bf16", [TOKENS] * (n // TOKENS))[0].view(n // TOKENS, TOKENS, 3, HEADS, -1)
    one = torch.ones((), device=DEVICE)
    rows = torch.ones(n, 1, device=DEVICE)

    def attend(op):
        a, b, c = (t.transpose(1, 2) for t in q.unbind(2))
        return op(a, b, c)

    cudnn = lambda a, b, c: torch.ops.aten._scaled_dot_product_cudnn_attention(a, b, c, None, False, 0.0, False, False)  # noqa: E731
    flash = lambda a, b, c: torch.ops.aten._scaled_dot_product_flash_attention(a, b, c)  # noqa: E731
    runs = {
        "library attention cudnn": (4.0 * TOKENS * WIDTH, partial(attend, cudnn)),
        "library attention flash": (4.0 * TOKENS * WIDTH, partial(attend, flash)),
    }
    for shape, (i, o) in {"qkv": (1, 3), "proj": (1, 1), "fc1": (1, 4), "fc2": (4, 1)}.items():
        i, o = i * WIDTH, o * WIDTH
        a, w, b = x[:, :i].contiguous(), torch.randn(o, i, device=DEVICE, dtype=torch.bfloat16), x[0, :o].contiguous()
        a8, w8 = a.to(torch.float8_e4m3fn), w.to(torch.float8_e4m3fn)
        flop = 2.0 * i * o
        runs[f"library bf16 {shape}"] = (flop, partial(F.linear, a, w, b))
        runs[f"library bf16 gelu {shape}"] = (
            flop,
            lambda a=a, w=w, b=b: torch._addmm_activation(b, a, w.t(), use_gelu=True),
        )
        tensorwise = partial(torch._scaled_mm, a8, w8.t(), bias=b, out_dtype=torch.bfloat16, use_fast_accum=True)
        runs[f"library fp8 {shape}"] = (flop, partial(tensorwise, scale_a=one, scale_b=one))
        columns = torch.ones(1, o, device=DEVICE)
        runs[f"library fp8 rows {shape}"] = (flop, partial(tensorwise, scale_a=rows, scale_b=columns))
        out8 = partial(torch._scaled_mm, a8, w8.t(), out_dtype=torch.float8_e4m3fn, use_fast_accum=True)
        runs[f"library fp8 to fp8 {shape}"] = (flop, partial(out8, scale_a=one, scale_b=one, scale_result=one))
        i8, j8 = torch.ones_like(a8, dtype=torch.int8), torch.ones_like(w8, dtype=torch.int8)
        runs[f"library int8 {shape}"] = (flop, partial(torch._int_mm, i8, j8.t()))
    for name, (flop, run) in runs.items():
        try:
            ms = median_ms(run)
            report(name, ms=ms, tflops=flop * n / ms / 1e9)
        except Exception as error:
            report(name, error=f"{type(error).__name__}: {error}"[:200])


def profile(name, step):
    """The kernels of one call, dearest first."""
    step()
    activities = [torch.profiler.ProfilerActivity.CUDA, torch.profiler.ProfilerActivity.CPU]
    with torch.profiler.profile(activities=activities) as found:
        step()
        torch.cuda.synchronize()
    events = sorted(found.key_averages(), key=lambda e: -e.self_device_time_total)
    rows = [(e.key[:70], e.count, round(e.self_device_time_total / 1e3, 4)) for e in events if e.self_device_time_total]
    report(f"profile {name}", total_ms=sum(r[2] for r in rows), kernels=sum(r[1] for r in rows), rows=rows[:22])


def state(baseline):
    """Whole models as they are: ours compiled, the baseline, and the kernels behind each."""
    import gpu

    def ours(batch, prepare):
        model = gpu.ours("B", 34, False, prepare=prepare).eval()
        values, mask = gpu.days_and_mask(batch, 34, 1.0, torch.bfloat16)
        return lambda: model.encode_sensor(values, mask)

    def theirs(batch):
        model = torch.compile(gpu.load(baseline).towers(34, 128)[0].to(DEVICE, torch.bfloat16).eval())
        days = torch.randn(batch, 1, 1440, 34, device=DEVICE, dtype=torch.bfloat16)
        return lambda: model(days)

    forms = {
        "ours bf16 compiled, batch 64": (64, lambda: ours(64, gpu.compile_blocks)),
        "ours bf16 one graph, batch 1": (1, lambda: ours(1, gpu.compile_for_latency)),
    }
    if baseline:
        forms["baseline, batch 64"] = (64, lambda: theirs(64))
        forms["baseline, batch 1"] = (1, lambda: theirs(1))
    for name, (batch, make) in forms.items():
        torch._dynamo.reset()
        torch.cuda.empty_cache()
        begin = time.perf_counter()
        try:
            with torch.inference_mode():
                step = make()
                ms = median_ms(step, warmup=4, repeats=12)
                report(name, ms=ms, days_per_s=batch / ms * 1e3, wall_s=time.perf_counter() - begin)
                profile(name, step)
        except Exception as error:
            report(name, error=f"{type(error).__name__}: {error}"[:300])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["run", "warm"])
    parser.add_argument("--part", type=int, default=0)
    parser.add_argument("--parts", type=int, default=1)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--skip-state", action="store_true")
    parser.add_argument("--skip-libraries", action="store_true")
    parser.add_argument("--only", default="", help="kernels whose name holds this")
    parser.add_argument("--baseline")
    parser.add_argument("--out")
    args = parser.parse_args()
    if args.what == "warm":
        return warm(args.part, args.parts, 256)
    begin = time.perf_counter()
    if CUDA:
        warm_all(args.small)
    days = 1 if args.small else 64
    kernels(days * TOKENS, 3008 if CUDA else 80, args.only)
    if CUDA:
        if not args.skip_libraries:
            libraries(days * TOKENS)
        if not args.skip_state:
            state(args.baseline)
    head = {
        "device": torch.cuda.get_device_name() if CUDA else "cpu",
        "torch": torch.__version__,
        "triton": __import__("triton").__version__,
        "date": datetime.date.today().isoformat(),
        "command": " ".join(sys.argv),
        "seconds": time.perf_counter() - begin,
    }
    print(json.dumps(head))
    if args.out:
        with open(args.out, "w") as file:
            json.dump({**head, "rows": RESULT}, file, indent=1)


if __name__ == "__main__":
    main()
