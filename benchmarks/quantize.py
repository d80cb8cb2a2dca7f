"""How fast the quantiser's parts are, each beside what it must beat, in turns in one process: prints one JSON object.

    python benchmarks/quantize.py manifest                    # quantise, write, read: millions of weights a second
    python benchmarks/quantize.py kernels                     # one linear layer and attention, every kernel there is
    python benchmarks/quantize.py embed --preset S --onnx     # float32, bf16, each scheme, ONNX Runtime's

Times are the median of turns (a, b, a, b, ...); --cpu-seconds counts processor seconds of all threads instead of the
clock, which is what to trust on a machine that others use too (run that with --threads 1: waiting threads spin).
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from sensorlm.checkpoint.folder import Loaded
from sensorlm.checkpoint.pretrained import SensorLM
from sensorlm.config.presets import preset
from sensorlm.config.quantize import QuantizationConfig
from sensorlm.quantize import QuantizedModel, native, quantize_model_weights
from sensorlm.quantize.convert import CalibrationBatch, quantize_model
from sensorlm.quantize.floats import cast_model
from sensorlm.quantize.measure import cosines
from sensorlm.quantize.onednn import pack_onednn, product_onednn


def medians(runs, repeats, clock):
    for run in runs.values():
        run()
    seconds = {name: [] for name in runs}
    for _ in range(repeats):
        for name, run in runs.items():
            start = clock()
            run()
            seconds[name].append(clock() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


def manifest(args, clock):
    """Speeds on one core, in millions of weights a second, with disk writes synced."""
    rng = np.random.default_rng(0)
    layers = [(f"l{i}", rng.normal(size=(2048, 1536)).astype(np.float32) * 0.02) for i in range(8)]
    weights = [(name, w, w.shape, None) for name, w in layers]
    count = sum(w.size for _, w in layers) / 1e6
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.json"
        model = quantize_model_weights("{}", weights)
        runs = {
            "quantise": lambda: quantize_model_weights("{}", weights),
            "quantise per channel": lambda: quantize_model_weights("{}", weights, "symmetric_per_channel_int8"),
            "print": lambda: sum(map(len, model.to_json())),
            "write, synced": lambda: model.save(path),
            "read": lambda: QuantizedModel.load(path),
        }
        model.save(path)
        return {name: count / seconds for name, seconds in medians(runs, args.repeats, clock).items()}


def product_runs(inputs, outputs):
    """Every kernel there is for one linear layer of 2448 tokens."""
    w, b = torch.randn(outputs, inputs), torch.randn(outputs)
    x = torch.randn(2448, inputs)
    wb, bb, xb = w.bfloat16(), b.bfloat16(), x.bfloat16()
    q8 = torch.randint(-127, 128, (outputs, inputs), dtype=torch.int8)
    xu = torch.randint(0, 256, (2448, inputs), dtype=torch.uint8)
    xs = torch.randint(-127, 128, (2448, inputs), dtype=torch.int8)
    packed, scales = pack_onednn(q8), torch.rand(outputs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch.ao announces its end
        fbgemm = torch.ao.nn.quantized.dynamic.Linear(inputs, outputs)
    return {
        "float32": lambda: F.linear(x, w, b),
        "bfloat16": lambda: F.linear(xb, wb, bb),
        "onednn u8s8": lambda: product_onednn(xu, 0.02, 128, packed, scales, b),
        "onednn u8s8, gelu, u8 out": lambda: product_onednn(
            xu, 0.02, 128, packed, scales, b, activation="gelu_tanh", output=(0.02, 128)
        ),
        "torch._int_mm": lambda: torch._int_mm(xs, q8.t()),
        "torch._weight_int8pack_mm": lambda: torch._weight_int8pack_mm(xb, q8, scales.bfloat16()),
        "fbgemm dynamic": lambda: fbgemm(x),
    }


def attention_runs(heads):
    """Attention over 2448 tokens in float and on integers."""
    qkv = torch.randn(2448, 3, heads, 64)
    q, k, v = (part.transpose(0, 1)[None] for part in qkv.unbind(1))
    qb, kb, vb = q.bfloat16(), k.bfloat16(), v.bfloat16()
    runs = {
        "float32 sdpa": lambda: F.scaled_dot_product_attention(q, k, v),
        "bfloat16 sdpa": lambda: F.scaled_dot_product_attention(qb, kb, vb),
    }
    if native.load() is not None:
        runs["int8"] = lambda: native.attention(qkv, (2448,))
    return runs


def kernels(args, clock):
    """Milliseconds of one product and of attention, every kernel there is."""
    jobs = {f"{i} -> {o}": product_runs(i, o) for i, o in ((768, 3072), (384, 1536))}
    jobs |= {f"attention, {heads} heads": attention_runs(heads) for heads in (12, 6)}
    found = {name: medians(runs, args.repeats, clock) for name, runs in jobs.items()}
    return {name: {kernel: 1e3 * s for kernel, s in times.items()} for name, times in found.items()}


def embed(args, clock):
    """Days a second of the sensor tower at 34 channels, and the cosine to float32."""
    config = preset(args.preset, overrides={"text.depth": 1})
    model = SensorLM(config, seed=0).eval()
    generator = torch.Generator().manual_seed(0)
    days = [torch.randn(1, 1440, 34, generator=generator) for _ in range(3)]
    batches = [CalibrationBatch(day) for day in days[1:]]
    forms = {"float32": model, "bfloat16": cast_model(model, "bf16")}
    for scheme in ("int8-dynamic", "int8-static"):
        quantization = QuantizationConfig(scheme=scheme, min_sqnr_db=-300)
        forms[scheme] = quantize_model(model, quantization, batches if scheme == "int8-static" else None).model

    def torch_run(form):
        def call():
            with torch.inference_mode():
                return form.encode_sensor(days[0]).numpy()

        return call

    runs = {name: torch_run(form) for name, form in forms.items()}
    if args.onnx:
        from sensorlm.export.onnx import export_onnx
        from sensorlm.export.runtime import OnnxModel

        folder = tempfile.mkdtemp()
        export_onnx(Loaded(model=model, config=config), folder, days=days[0].numpy())
        for name, int8 in (("onnxruntime float32", False), ("onnxruntime int8", True)):
            session = OnnxModel(folder, int8=int8, threads=args.threads)
            runs[name] = lambda session=session: session.encode_sensor(days[0].numpy())
    wanted = runs["float32"]()
    cosine = {name: float(cosines(wanted, run())[0]) for name, run in runs.items()}
    seconds = medians(runs, args.repeats, clock)
    return {
        name: {"seconds a day": s, "times float32": seconds["float32"] / s, "cosine": cosine[name]}
        for name, s in seconds.items()
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["manifest", "kernels", "embed"])
    parser.add_argument("--preset", default="S")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--cpu-seconds", action="store_true")
    parser.add_argument("--onnx", action="store_true", help="embed: also ONNX Runtime, float32 and its own int8")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    clock = time.process_time if args.cpu_seconds else time.perf_counter
    result = {"manifest": manifest, "kernels": kernels, "embed": embed}[args.what](args, clock)
    machine = {"cpu": platform.processor() or platform.machine(), "torch": torch.__version__, "threads": args.threads}
    print(json.dumps({"machine": machine, "what": args.what, "result": result}, indent=1))


if __name__ == "__main__":
    main()
