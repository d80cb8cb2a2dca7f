"""Embedding in bfloat16, INT8 and FP8 on one GPU, in turns in one process, beside a plain PyTorch baseline.

    python benchmarks/gpu_quantize.py [--baseline plain_pytorch.py] [--preset B] [--batch 64] [--out results.json]

Every 8-bit model goes the way a user's goes: calibrated, written as an artefact, opened again on the GPU, embedded by
`encode_sensor`. Random weights and days. Cosines are to the same weights in float32 on the same GPU. Prints as it goes;
a form that fails is reported and the others go on.
"""

import argparse
import datetime
import functools
import importlib.metadata
import json
import pathlib
import statistics
import sys
import tempfile
import time
import traceback

import gpu
import torch

from sensorlm.checkpoint.folder import Loaded
from sensorlm.checkpoint.pretrained import SensorLM
from sensorlm.config.presets import preset
from sensorlm.config.quantize import QuantizationConfig
from sensorlm.model.fast import compile_blocks, compile_for_latency
from sensorlm.quantize.artefact import load_model, save_artefact
from sensorlm.quantize.convert import CalibrationBatch, quantize_model
from sensorlm.quantize.floats import cast_model

CUDA = torch.cuda.is_available()
DEVICE = "cuda" if CUDA else "cpu"
CHANNELS = 34
SCHEMES = ("int8-static", "fp8", "int8-dynamic", "fp8 by rows")
RESULT = {"rows": {}}


def report(name, **values):
    RESULT["rows"].setdefault(name, {}).update(values)
    print(name, json.dumps(values), flush=True)


def sample_days(count, minutes=1440, seed=0):
    """Random days: slow waves and noise, z-scored, every value observed."""
    g = torch.Generator().manual_seed(seed)
    slow = torch.nn.functional.interpolate(torch.randn(count, CHANNELS, 24, generator=g), minutes, mode="linear")
    days = 0.7 * slow.transpose(1, 2) + 0.7 * torch.randn(count, minutes, CHANNELS, generator=g)
    return days.contiguous(), torch.ones_like(days, dtype=torch.bool)


def write(model, scheme, days, folder):
    """The model in a scheme, as an artefact."""
    config = QuantizationConfig(scheme=scheme.split()[0], min_sqnr_db=-300, text=False)
    # Windows of the day calibrate as well as the whole of it, in a tenth of the time.
    part = days[:1, :240]
    seen = [CalibrationBatch(part, torch.ones_like(part, dtype=torch.bool))]
    if config.scheme == "fp8":
        made = cast_model(model, "fp8", text=False, batches=None if "rows" in scheme else seen)
    else:
        made = quantize_model(model, config, seen if scheme == "int8-static" else None).model
    return save_artefact(folder, Loaded(model=model, config=model.config), made, config)


def opened(model, scheme, days, folder):
    """The model of an artefact, which is written first where it is not there yet."""
    path = pathlib.Path(folder) / scheme.replace(" ", "-")
    if not path.exists():
        write(model, scheme, days, path)
    section = json.loads((path / "config.json").read_text())["quantization"]
    return load_model(path, model.config, section, DEVICE)


def forms(args, model, days):
    """(name, function that makes (values, observed) -> features)."""
    yield "bf16 compiled", lambda: compiled(cast_model(model, "bf16").to(DEVICE)).encode_sensor
    for scheme in args.schemes:
        yield scheme, lambda scheme=scheme: once(args, model, scheme, days).encode_sensor


MADE = {}


def once(args, model, scheme, days):
    """`opened`, kept for the next part."""
    if scheme not in MADE:
        begin = time.perf_counter()
        MADE[scheme] = opened(model, scheme, days, args.artefacts)
        report(scheme, quantise_save_open_s=time.perf_counter() - begin)
    return MADE[scheme]


def compiled(model):
    return compile_blocks(model) if CUDA else model


def baseline(path, batch):
    tower = gpu.load(path).towers(CHANNELS, 128)[0].to(DEVICE, torch.bfloat16).eval()
    run = torch.compile(tower)
    return lambda values, observed: run(values[:, None].bfloat16())


def attempt(name, make, *arguments):
    """What `make` gives, or None and a report of why not."""
    begin = time.perf_counter()
    try:
        made = make()
        with torch.inference_mode():
            found = made(*arguments).float()
        report(name, first_call_s=time.perf_counter() - begin)
        return made, found
    except Exception:
        report(name, error=traceback.format_exc()[-1800:])
        return None, None


def in_turns(runs, repeats):
    """Median device milliseconds of each, a b c a b c."""
    times = {name: [] for name in runs}
    with torch.inference_mode():
        for turn in range(repeats + 2):
            for name, run in runs.items():
                if CUDA:
                    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
                    start.record()
                    run()
                    end.record()
                    end.synchronize()
                    taken = start.elapsed_time(end)
                else:
                    begin = time.perf_counter()
                    run()
                    taken = (time.perf_counter() - begin) * 1e3
                if turn >= 2:
                    times[name].append(taken)
    return {name: statistics.median(values) for name, values in times.items()}


def throughput(args, model, days, observed, wanted):
    values = days.repeat(args.batch // len(days) + 1, 1, 1)[: args.batch].to(DEVICE).bfloat16()
    seen = torch.ones_like(values, dtype=torch.bool)
    runs = {}
    if args.baseline:
        made, _ = attempt("baseline", lambda: baseline(args.baseline, args.batch), values, seen)
        if made:
            runs["baseline"] = functools.partial(made, values, seen)
    for name, make in forms(args, model, days):
        made, found = attempt(name, make, values, seen)
        if made:
            cosine = torch.nn.functional.cosine_similarity(found[: len(days)], wanted[: len(found)], dim=1)
            report(name, cosine_mean=cosine.mean().item(), cosine_least=cosine.min().item())
            runs[name] = functools.partial(made, values, seen)
    for name, ms in in_turns(runs, args.repeats).items():
        report(name, ms=ms, days_per_s=args.batch / ms * 1e3)
    rows = RESULT["rows"]
    for name in runs:
        for other, key in (("bf16 compiled", "times_bf16"), ("baseline", "times_baseline")):
            if other in runs:
                report(name, **{key: rows[other]["ms"] / rows[name]["ms"]})
    if args.profile and CUDA:
        for name in [n for n in args.schemes if n in runs][:2]:
            profile(f"{name}, batch {args.batch}", runs[name])


def missing(args, model, days, wanted_model):
    """Half of the patches missing: packed days of different lengths, against float32 and beside bf16."""
    g = torch.Generator().manual_seed(1)
    share = torch.rand(args.batch, args.minutes // 10, 1, CHANNELS // 2, 1, generator=g) < torch.linspace(
        0.2, 0.8, args.batch
    ).view(-1, 1, 1, 1, 1)
    seen = share.expand(-1, -1, 10, -1, 2).reshape(args.batch, args.minutes, CHANNELS).contiguous().to(DEVICE)
    values = days.repeat(args.batch // len(days) + 1, 1, 1)[: args.batch].to(DEVICE).bfloat16()
    few = min(8, args.batch)
    with torch.inference_mode():
        wanted = wanted_model.encode_sensor(values[:few].float(), seen[:few])
    runs = {}
    makes = {"bf16, not compiled": lambda: cast_model(model, "bf16").to(DEVICE).encode_sensor}
    makes |= {
        scheme: lambda scheme=scheme: once(args, model, scheme, days).encode_sensor for scheme in args.schemes[:2]
    }
    for name, make in makes.items():
        made, found = attempt(f"half missing, {name}", make, values, seen)
        if made:
            cosine = torch.nn.functional.cosine_similarity(found[:few], wanted, dim=1)
            report(f"half missing, {name}", cosine_mean=cosine.mean().item(), cosine_least=cosine.min().item())
            runs[f"half missing, {name}"] = functools.partial(made, values, seen)
    for name, ms in in_turns(runs, 5).items():
        report(name, ms=ms, days_per_s=args.batch / ms * 1e3)


def latency(args, model, days, wanted):
    """One day at a time, each form recorded as one graph."""
    values = days[:1].to(DEVICE).bfloat16()
    seen = torch.ones_like(values, dtype=torch.bool)
    runs = {}
    if args.baseline:
        made, _ = attempt("batch 1, baseline", lambda: baseline(args.baseline, 1), values, seen)
        if made:
            runs["batch 1, baseline"] = functools.partial(made, values, seen)
    makes = {"bf16": lambda: cast_model(model, "bf16").to(DEVICE).requires_grad_(False)}
    makes |= {scheme: lambda scheme=scheme: once(args, model, scheme, days) for scheme in args.schemes[:2]}
    for name, make in makes.items():
        name = f"batch 1, {name}, recorded"
        made, found = attempt(name, lambda make=make: compile_for_latency(make()).encode_sensor, values, seen)
        if made:
            report(name, cosine_least=torch.nn.functional.cosine_similarity(found, wanted[:1], dim=1).item())
            runs[name] = functools.partial(made, values, seen)
    for name, ms in in_turns(runs, 40).items():
        report(name, ms=ms)
    if args.profile and CUDA:
        for name in list(runs)[1:3]:
            profile(name, runs[name])


def profile(name, step):
    """The kernels of one call, dearest first."""
    activities = [torch.profiler.ProfilerActivity.CUDA, torch.profiler.ProfilerActivity.CPU]
    with torch.inference_mode(), torch.profiler.profile(activities=activities) as found:
        step()
        torch.cuda.synchronize()
    kernels = [e for e in found.key_averages() if e.self_device_time_total and not e.key.startswith(("aten::", "##"))]
    kernels.sort(key=lambda e: -e.self_device_time_total)
    rows = [(e.key[:60], e.count, round(e.self_device_time_total / 1e3, 4)) for e in kernels]
    report(f"profile, {name}", total_ms=sum(r[2] for r in rows), kernels=sum(r[1] for r in rows), rows=rows[:20])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--baseline")
    parser.add_argument("--preset", default="B")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--minutes", type=int, default=1440, help="fewer try the program out on a CPU")
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--schemes", nargs="*", default=SCHEMES)
    parser.add_argument(
        "--parts", nargs="*", default=["throughput", "latency", "missing"], help="or write alone: only the artefacts"
    )
    parser.add_argument("--artefacts", help="folder of artefacts that are there already, or shall be kept")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--out")
    args = parser.parse_args()
    begin = time.perf_counter()
    model = SensorLM(preset(args.preset, overrides={"text.depth": 1, "sensor.num_channels": CHANNELS}), seed=0).eval()
    days, observed = sample_days(4, args.minutes)
    if args.artefacts is None:
        keep = tempfile.TemporaryDirectory()
        args.artefacts = keep.name
    if args.parts == ["write"]:
        return [write(model, s, days, pathlib.Path(args.artefacts) / s.replace(" ", "-")) for s in args.schemes]
    exact = SensorLM(model.config, seed=0).eval().to(DEVICE)
    with torch.inference_mode():
        wanted = exact.encode_sensor(days.to(DEVICE), observed.to(DEVICE))
    if "throughput" in args.parts:
        throughput(args, model, days, observed, wanted)
    if "latency" in args.parts:
        latency(args, model, days, wanted)
    if "missing" in args.parts:
        missing(args, model, days, exact)
    RESULT.update(
        device=torch.cuda.get_device_name() if CUDA else "cpu",
        torch=torch.__version__,
        triton=importlib.metadata.version("triton") if CUDA else "",
        date=datetime.date.today().isoformat(),
        command=" ".join(sys.argv),
        seconds=time.perf_counter() - begin,
    )
    if args.out:
        pathlib.Path(args.out).write_text(json.dumps(RESULT, indent=1))
    print(json.dumps({k: v for k, v in RESULT.items() if k != "rows"}))
    return None


if __name__ == "__main__":
    main()
