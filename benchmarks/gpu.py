"""Training steps and embeddings a second on one GPU, beside a plain PyTorch baseline in the same run.

    python benchmarks/gpu.py [--baseline plain_pytorch.py] [--only train34 ...] [--out results.json]

`--baseline` is a file with towers(channels, text_length) and TwoTowers(channels, text_length), made of timm blocks.
Random data; the rows named fa4 need the package flash-attn-4.
Every line is the median of device-timed steps after warm-up, printed as it is measured.
"""

import argparse
import datetime
import importlib.util
import json
import statistics
import sys
import time
from functools import partial

import torch

from sensorlm.batching.tensors import Batch, CaptionCodes
from sensorlm.config.presets import preset
from sensorlm.model import SensorLM
from sensorlm.model.fast import compile_blocks, compile_for_latency, use_fa4
from sensorlm.model.fp8 import use_fp8
from sensorlm.training.step import make_trainer

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
TEXT = 128


def median_seconds(step, warmup=4, repeats=10):
    for _ in range(warmup):
        step()
    seconds = []
    for _ in range(repeats):
        if DEVICE == "cuda":
            start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            start.record()
            step()
            end.record()
            end.synchronize()
            seconds.append(start.elapsed_time(end) / 1e3)
        else:
            begin = time.perf_counter()
            step()
            seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds)


def days_and_mask(batch, channels, observed_share, dtype):
    values = torch.randn(batch, 1440, channels, device=DEVICE, dtype=dtype)
    mask = torch.ones(batch, 1440, channels, dtype=torch.bool, device=DEVICE)
    if observed_share < 1:
        patches = torch.rand(batch, 144, 1, channels // 2, 1, device=DEVICE) < observed_share
        mask = patches.expand(-1, -1, 10, -1, 2).reshape(batch, 1440, channels).contiguous()
    return values, mask


def ours(
    name, channels, fp8, dtype=torch.bfloat16, checkpoint="", missing="drop", prepare=compile_blocks, kept=0, fa4=False
):
    changes = {"sensor.num_channels": channels, "text.context_length": TEXT, "sensor.missing": missing}
    model = SensorLM(preset(name, overrides=changes), device=DEVICE).to(dtype)
    if checkpoint:
        depth = model.config.sensor.depth
        model.set_grad_checkpointing(part=checkpoint, share=(depth - kept) / depth)
    if fp8:
        use_fp8(model)
    if fa4:
        use_fa4(model)
    return prepare(model)


def training_batch(values, observed, generator=None):
    """A batch of days with random captions, each labelled as its own day's."""
    days, device = len(values), values.device
    empty = torch.zeros(days, 0, device=device)
    return Batch(
        values=values,
        observed=observed,
        tokens=torch.randint(0, 32_000, (days, TEXT), device=device, generator=generator),
        day_codes=empty,
        caption_codes=CaptionCodes(index=empty.int(), low=empty, high=empty, margin=empty),
        label_mode=torch.zeros(days, dtype=torch.int64, device=device),
        rows=torch.arange(days),
    )


def train_ours(name, channels, batch, fp8=False, share=1.0, checkpoint="", kept=0, fa4=False):
    model = ours(name, channels, fp8, checkpoint=checkpoint, kept=kept, fa4=fa4)
    trainer = make_trainer(model, peak=1e-4, precision="bf16")
    batches = [training_batch(*days_and_mask(batch, channels, share, torch.bfloat16)) for _ in range(4)]
    losses = []

    def step():
        number = len(losses)
        losses.append(trainer.step(batches[number % len(batches)], lr=1e-4, number=number).loss)

    seconds = median_seconds(step)
    return {"days_per_s": batch / seconds, "losses": [round(x, 3) for x in losses]}


def embed_ours(name, channels, batch, fp8=False, share=1.0):
    model = ours(name, channels, fp8, prepare=compile_for_latency if batch == 1 else compile_blocks).eval()
    values, mask = days_and_mask(batch, channels, share, torch.bfloat16)
    with torch.inference_mode():
        return {"days_per_s": batch / median_seconds(lambda: model.encode_sensor(values, mask))}


def load(path):
    spec = importlib.util.spec_from_file_location("baseline", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def train_baseline(module, channels, batch):
    model = module.TwoTowers(channels, TEXT).to(DEVICE)
    optimizer = torch.optim.AdamW(model.parameters(), 1e-4, fused=DEVICE == "cuda")
    run = torch.compile(model)
    days = torch.randn(batch, 1, 1440, channels, device=DEVICE)
    tokens = torch.randint(0, 32_000, (batch, TEXT), device=DEVICE)

    def step():
        with torch.autocast(DEVICE, torch.bfloat16):
            loss = run(days, tokens)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    return {"days_per_s": batch / median_seconds(step)}


def embed_baseline(module, channels, batch):
    model = torch.compile(module.towers(channels, TEXT)[0].to(DEVICE, torch.bfloat16).eval())
    days = torch.randn(batch, 1, 1440, channels, device=DEVICE, dtype=torch.bfloat16)
    with torch.inference_mode():
        return {"days_per_s": batch / median_seconds(lambda: model(days))}


def rows(module, size, batch):
    b = batch
    if module:
        yield "train34 baseline", partial(train_baseline, module, 34, b)
        yield "train26 baseline", partial(train_baseline, module, 26, b)
        yield "embed34 baseline", partial(embed_baseline, module, 34, b)
        yield "embed34 baseline batch 1", partial(embed_baseline, module, 34, 1)
    yield "train34 bf16", partial(train_ours, size, 34, b)
    yield "train34 fp8", partial(train_ours, size, 34, b, fp8=True)
    yield "train26 bf16", partial(train_ours, size, 26, b)
    yield "train26 fp8", partial(train_ours, size, 26, b, fp8=True)
    yield "train34 bf16 fa4", partial(train_ours, size, 34, b, fa4=True)
    yield "train34 fp8 fa4", partial(train_ours, size, 34, b, fp8=True, fa4=True)
    yield "train26 fp8 fa4", partial(train_ours, size, 26, b, fp8=True, fa4=True)
    yield "train34 fp8 fa4, batch and a half", partial(train_ours, size, 34, b * 3 // 2, fp8=True, fa4=True)
    yield "train26 fp8 fa4, batch and a half", partial(train_ours, size, 26, b * 3 // 2, fp8=True, fa4=True)
    yield "train34 half missing fp8 fa4", partial(train_ours, size, 34, b, fp8=True, share=0.5, fa4=True)
    yield "train34 half missing bf16", partial(train_ours, size, 34, b, share=0.5)
    yield "train34 half missing fp8", partial(train_ours, size, 34, b, fp8=True, share=0.5)
    yield "train34 pointwise recomputed bf16", partial(train_ours, size, 34, b, checkpoint="pointwise")
    yield (
        "train34 pointwise, mlp of 4 in 12 recomputed bf16",
        partial(train_ours, size, 34, b, checkpoint="pointwise+mlp", kept=8),
    )
    yield (
        "train34 pointwise, mlp of 3 in 12 recomputed bf16 fa4",
        partial(train_ours, size, 34, b, checkpoint="pointwise+mlp", kept=9, fa4=True),
    )
    yield "train34 mlp recomputed bf16", partial(train_ours, size, 34, b, checkpoint="mlp")
    yield "train34 mlp recomputed fp8", partial(train_ours, size, 34, b, fp8=True, checkpoint="mlp")
    yield "train34 mlp of 9 in 12 recomputed fp8", partial(train_ours, size, 34, b, True, 1.0, "mlp", 3)
    yield "train34 mlp of 9 in 12 recomputed fp8 fa4", partial(train_ours, size, 34, b, True, 1.0, "mlp", 3, True)
    yield "train26 mlp of 9 in 12 recomputed fp8 fa4", partial(train_ours, size, 26, b, True, 1.0, "mlp", 3, True)
    yield "embed34 bf16", partial(embed_ours, size, 34, b)
    yield "embed34 fp8", partial(embed_ours, size, 34, b, fp8=True)
    yield "embed34 bf16 batch 1", partial(embed_ours, size, 34, 1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--baseline")
    parser.add_argument("--only", nargs="*", default=[], help="rows whose name starts with one of these")
    parser.add_argument("--preset", default="B")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--out")
    args = parser.parse_args()
    result = {
        "device": torch.cuda.get_device_name() if DEVICE == "cuda" else "cpu",
        "torch": torch.__version__,
        "date": datetime.date.today().isoformat(),
        "command": " ".join(sys.argv),
        "rows": {},
    }
    for name, measure in rows(load(args.baseline) if args.baseline else None, args.preset, args.batch):
        if args.only and not any(name.startswith(o) for o in args.only):
            continue
        torch._dynamo.reset()
        torch.manual_seed(0)
        begin = time.perf_counter()
        if DEVICE == "cuda":
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
        try:
            row = measure()
        except Exception as error:  # one row must not lose the others' device time
            row = {"error": f"{type(error).__name__}: {error}"[:400]}
        if DEVICE == "cuda":
            row["peak_gib"] = torch.cuda.max_memory_allocated() / 2**30
        row["wall_s"] = time.perf_counter() - begin
        result["rows"][name] = row
        print(name, json.dumps(row), flush=True)
        if args.out:
            with open(args.out, "w") as file:
                json.dump(result, file, indent=1)


if __name__ == "__main__":
    main()
