"""Training steps and embedding on the CPU beside plain eager float32 PyTorch, in pairs within one run.

    OMP_NUM_THREADS=2 python benchmarks/cpu.py --pairs 5

The plain side is what one writes with torch alone: pre-norm blocks with torch's fused attention, exact GELU, a MAP
head, AdamW; every patch of every day goes in. Ours is `SensorLM` through the training room's own step, `amp_bf16`;
"embed8" is its int8-static form, calibrated on other random days, with the cosine of its features to float32's.
Each pair runs the plain side and ours one after the other, so that other work on the machine slows both alike; the
median of the pairs' ratios is what to quote. Random data. Prints one JSON line a case.
"""

import argparse
import functools
import json
import os
import statistics
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from sensorlm.batching.tensors import Batch
from sensorlm.captions.codes import CaptionCodes
from sensorlm.config.presets import preset
from sensorlm.config.quantize import QuantizationConfig
from sensorlm.model import SensorLM
from sensorlm.quantize.convert import CalibrationBatch, quantize_model
from sensorlm.training.step import make_trainer

WIDTH, DEPTH, HEADS, VOCAB = 192, 12, 3, 32_000


class PlainAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv, self.proj = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)

    def forward(self, x):
        b, n, _ = x.shape
        q, k, v = self.qkv(x).view(b, n, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        return self.proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, n, -1))


class PlainBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2, self.attn = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH), PlainAttention()
        self.mlp = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH))

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class PlainSensor(nn.Module):
    """A vision transformer of 10 x 2 patches with a MAP head, as timm builds it."""

    def __init__(self, channels):
        super().__init__()
        self.patch = nn.Conv2d(1, WIDTH, (10, 2), (10, 2))
        self.positions = nn.Parameter(torch.randn(1, 144 * channels // 2, WIDTH) * 0.02)
        self.blocks, self.norm = nn.Sequential(*(PlainBlock() for _ in range(DEPTH))), nn.LayerNorm(WIDTH)
        self.probe = nn.Parameter(torch.randn(1, 1, WIDTH) * 0.02)
        self.pool = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
        self.mlp = nn.Sequential(
            nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH)
        )

    def forward(self, days):
        x = self.patch(days[:, None]).flatten(2).transpose(1, 2) + self.positions
        x = self.norm(self.blocks(x))
        x = self.pool(self.probe.expand(len(x), -1, -1), x, x, need_weights=False)[0][:, 0]
        return x + self.mlp(x)


class Plain(nn.Module):
    def __init__(self, channels, length):
        super().__init__()
        self.sensor = PlainSensor(channels)
        self.embed, self.positions = nn.Embedding(VOCAB, WIDTH), nn.Parameter(torch.zeros(1, length, WIDTH))
        self.blocks, self.norm = nn.Sequential(*(PlainBlock() for _ in range(DEPTH))), nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, WIDTH)
        self.scale, self.bias = nn.Parameter(torch.tensor(2.3)), nn.Parameter(torch.tensor(-10.0))

    def forward(self, days, tokens):
        text = self.head(self.norm(self.blocks(self.embed(tokens) + self.positions))[:, -1])
        s, t = F.normalize(self.sensor(days), dim=-1), F.normalize(text, dim=-1)
        sign = 2 * torch.eye(len(s)) - 1
        return -F.logsigmoid(sign * (self.scale.exp() * s @ t.T + self.bias)).sum() / len(s)


def made_batch(days, channels, length, missing):
    """Random days, the given share of their patches wholly missing."""
    rng = np.random.default_rng(0)
    hidden = rng.permuted(np.arange(144 * channels // 2) < missing * 144 * channels // 2)
    shown = ~np.repeat(np.repeat(hidden.reshape(1, 144, channels // 2), 10, 1), 2, 2)
    observed = torch.from_numpy(shown).expand(days, -1, -1).contiguous()
    values = torch.from_numpy(rng.standard_normal((days, 1440, channels), dtype=np.float32)) * observed
    none = torch.zeros(days, 0)
    codes = CaptionCodes(index=none.to(torch.int32), low=none, high=none, margin=none)
    return Batch(
        values=values, observed=observed, tokens=torch.from_numpy(rng.integers(2, VOCAB, (days, length))),
        day_codes=none, caption_codes=codes, label_mode=torch.zeros(days), rows=torch.arange(days),
    )  # fmt: skip


def seconds(work):
    start = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start[0], time.process_time() - start[1]


def in_8_bits(model, channels):
    """The model with its layers in integers; ranges are of two random days that no case measures."""
    days = torch.randn(2, 1440, channels, generator=torch.Generator().manual_seed(7))
    batches = [CalibrationBatch(day[None], torch.ones(1, 1440, channels, dtype=torch.bool)) for day in days]
    return quantize_model(model.float(), QuantizationConfig(scheme="int8-static", min_sqnr_db=-300), batches).model


def measure(name, plain, ours, pairs, days, **more):
    """Interleaved pairs after one round of warming up, in wall time and in processor time."""
    plain(), ours()
    rows = [(*seconds(plain), *seconds(ours)) for _ in range(pairs)]
    wall, cpu = [a / c for a, _, c, _ in rows], [b / d for _, b, _, d in rows]
    median = statistics.median
    found = {
        "case": name, "ratio_wall": median(wall), "ratio_cpu_time": median(cpu),
        "ratios_cpu_time": [round(r, 2) for r in cpu],
        "plain_days_per_s": days / median([r[0] for r in rows]), "our_days_per_s": days / median([r[2] for r in rows]),
        "threads": torch.get_num_threads(), "load": os.getloadavg()[0], "torch": torch.__version__, **more,
    }  # fmt: skip
    print(json.dumps({k: round(v, 4) if isinstance(v, float) else v for k, v in found.items()}), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", default="train,half,embed,embed8")
    parser.add_argument("--channels", type=int, default=34)
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--text", type=int, default=256)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--precision", default="amp_bf16")
    args = parser.parse_args()
    torch.manual_seed(0)
    plain = Plain(args.channels, args.text)
    plain_adam = torch.optim.AdamW(plain.parameters(), 1e-4)
    same = {
        "sensor.activation": "gelu",
        "text.activation": "gelu",
        "text.vocab_size": VOCAB,
        "text.context_length": args.text,
    }
    ours = SensorLM(preset("tiny", overrides={**same, "sensor.num_channels": args.channels}))
    trainer = make_trainer(ours, peak=1e-4, precision=args.precision)

    def plain_step(batch):
        plain(batch.values, batch.tokens).backward()
        plain_adam.step()
        plain_adam.zero_grad(set_to_none=True)

    @torch.inference_mode()
    def our_embedding(batch, model=ours, precision=args.precision):
        with torch.autocast("cpu", torch.bfloat16, enabled=precision != "fp32"):
            return model.encode_sensor(batch.values, batch.observed)

    for case in args.cases.split(","):
        batch = made_batch(args.batch, args.channels, args.text, 0.5 if case == "half" else 0.0)
        if case.startswith("embed"):
            plain_embedding = torch.inference_mode()(lambda batch=batch: plain.sensor(batch.values))
            model, precision, more = ours, args.precision, {}
            if case == "embed8":
                model, precision = in_8_bits(ours, args.channels), "fp32"
                exact = our_embedding(batch, precision="fp32")
                more["cosine"] = float(torch.cosine_similarity(our_embedding(batch, model, precision), exact).min())
            ask = functools.partial(our_embedding, batch, model, precision)
            measure(case, plain_embedding, ask, args.pairs, args.batch, **more)
        else:
            measure(
                case, lambda batch=batch: plain_step(batch),
                lambda batch=batch: trainer.step(batch, lr=1e-4, number=0), args.pairs, args.batch,
            )  # fmt: skip


if __name__ == "__main__":
    main()
