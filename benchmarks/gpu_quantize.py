"""INT8 and FP8 embedding on one GPU beside our compiled bf16, in turns in one process: prints one JSON object.

    python benchmarks/gpu_quantize.py check                       # the fused kernel against float64 products
    python benchmarks/gpu_quantize.py embed --preset B --batch 64 # days/s and cosine: bf16, int8 (three ways), fp8

The known trap: quantising per token, multiplying and scaling back as three passes over memory is slower than bf16. Here
the product's own epilogue scales, adds the bias, applies GELU and, where the next layer is a product too, writes int8.
"""

import argparse
import json
import statistics

import torch
import torch.nn.functional as F

from sensorlm.checkpoint.pretrained import SensorLM
from sensorlm.config.presets import preset
from sensorlm.config.quantize import QuantizationConfig
from sensorlm.model.blocks import Mlp
from sensorlm.quantize.convert import CalibrationBatch, quantize_model
from sensorlm.quantize.floats import cast_model
from sensorlm.quantize.layers import Int8Linear

try:
    import triton
    import triton.language as tl
except ImportError:  # the CPU build of torch has none
    triton = None

if triton is not None:
    TILES = [
        triton.Config({"BM": bm, "BN": bn, "BK": bk}, num_warps=w, num_stages=s)
        for bm, bn, bk, w, s in (
            (128, 256, 128, 8, 3), (128, 128, 128, 8, 4), (256, 128, 128, 8, 3),
            (128, 128, 64, 4, 4), (64, 128, 128, 4, 4),
        )
    ]  # fmt: skip

    @triton.autotune(TILES, key=["n", "o", "k"])
    @triton.jit
    def _product(
        x, w, rows, scales, bias, out, n, o, k, out_inverse,
        GELU: tl.constexpr, INT8: tl.constexpr, BM: tl.constexpr, BN: tl.constexpr, BK: tl.constexpr,  # noqa: N803
    ):  # fmt: skip
        """out = act((x @ w.T) * rows * scales + bias), int8 in; bf16 out, or int8 scaled by out_inverse."""
        tile = tl.program_id(0)
        columns = tl.cdiv(o, BN)
        group = 8 * columns  # eight rows of tiles together, so that w stays in L2
        first = (tile // group) * 8
        height = min(tl.cdiv(n, BM) - first, 8)
        row, column = first + (tile % group) % height, (tile % group) // height
        m, j, d = row * BM + tl.arange(0, BM), column * BN + tl.arange(0, BN), tl.arange(0, BK)
        xp, wp = x + m[:, None].to(tl.int64) * k + d[None], w + j[None].to(tl.int64) * k + d[:, None]
        acc = tl.zeros((BM, BN), tl.int32)
        for start in range(0, k, BK):
            inside = d + start < k
            a = tl.load(xp, mask=(m[:, None] < n) & inside[None], other=0)
            b = tl.load(wp, mask=(j[None] < o) & inside[:, None], other=0)
            acc = tl.dot(a, b, acc, out_dtype=tl.int32)
            xp += BK
            wp += BK
        r = tl.load(rows + m, mask=m < n, other=0.0)
        s = tl.load(scales + j, mask=j < o, other=0.0)
        y = acc.to(tl.float32) * r[:, None] * s[None] + tl.load(bias + j, mask=j < o, other=0.0)[None]
        if GELU:
            t = 0.7978845608 * (y + 0.044715 * y * y * y)
            y = y * tl.sigmoid(2 * t)  # 0.5 (1 + tanh t) is the sigmoid of 2 t
        place = out + m[:, None].to(tl.int64) * o + j[None]
        keep = (m[:, None] < n) & (j[None] < o)
        if INT8:
            q = tl.clamp(tl.extra.libdevice.rint(y * out_inverse), -127.0, 127.0)
            tl.store(place, q.to(tl.int8), mask=keep)
        else:
            tl.store(place, y.to(tl.bfloat16), mask=keep)


@torch.library.custom_op("sensorlm_bench::product", mutates_args=())
def product(
    x: torch.Tensor, w: torch.Tensor, rows: torch.Tensor, scales: torch.Tensor, bias: torch.Tensor,
    gelu: bool, out_scale: float,
) -> torch.Tensor:  # fmt: skip
    """int8 (n, k) x int8 (o, k) -> bf16 (n, o), or int8 where out_scale > 0."""
    (n, k), o = x.shape, w.shape[0]
    out = torch.empty(n, o, device=x.device, dtype=torch.int8 if out_scale else torch.bfloat16)
    grid = lambda meta: (triton.cdiv(n, meta["BM"]) * triton.cdiv(o, meta["BN"]),)  # noqa: E731
    inverse = 1 / out_scale if out_scale else 1.0
    _product[grid](x, w, rows, scales, bias, out, n, o, k, inverse, GELU=gelu, INT8=out_scale > 0)
    return out


@product.register_fake
def _(x, w, rows, scales, bias, gelu, out_scale):
    return x.new_empty(x.shape[0], w.shape[0], dtype=torch.int8 if out_scale else torch.bfloat16)


def quantize_rows(x):
    """int8 rows and their scales; the compiler fuses this into the LayerNorm before it."""
    rows = x.float().abs().amax(1).clamp_min(1e-12) / 127
    return (x.float() / rows[:, None]).round().clamp(-127, 127).to(torch.int8), rows


class Fused(torch.nn.Module):
    """An Int8Linear with the product above; dynamic rows in, bf16 out."""

    def __init__(self, layer):
        super().__init__()
        self.out_features = layer.out_features
        for name in ("weight", "scales"):
            self.register_buffer(name, getattr(layer, name))
        self.register_buffer("bias", torch.zeros_like(layer.scales) if layer.bias is None else layer.bias)

    def forward(self, x):
        q, rows = quantize_rows(x.flatten(0, -2))
        return product(q, self.weight, rows, self.scales, self.bias, False, 0.0).view(*x.shape[:-1], -1)


class FusedMlp(torch.nn.Module):
    """fc2(GELU(fc1(x))) with int8 between the two: fc2's calibrated range makes the middle static."""

    def __init__(self, fc1, fc2, middle):
        super().__init__()
        self.fc1, self.fc2, self.middle = Fused(fc1), Fused(fc2), middle

    def forward(self, x):
        q, rows = quantize_rows(x.flatten(0, -2))
        a, b = self.fc1, self.fc2
        hidden = product(q, a.weight, rows, a.scales, a.bias, True, self.middle)
        constant = torch.full_like(rows, self.middle)
        return product(hidden, b.weight, constant, b.scales, b.bias, False, 0.0).view(*x.shape[:-1], -1)


def fuse(model):
    """Every statically quantised MLP and every other INT8 layer of the model with the fused product."""
    for name, module in list(model.named_modules()):
        parent, _, leaf = name.rpartition(".")
        if isinstance(module, Mlp) and isinstance(module.fc1, Int8Linear) and isinstance(module.fc2, Int8Linear):
            how = module.fc2.activations
            middle = how.scale * max(how.zero_point, 255 - how.zero_point) / 127
            setattr(model.get_submodule(parent), leaf, FusedMlp(module.fc1, module.fc2, middle))
    for name, module in list(model.named_modules()):
        if isinstance(module, Int8Linear):
            parent, _, leaf = name.rpartition(".")
            setattr(model.get_submodule(parent), leaf, Fused(module))
    return model


def check():
    """The fused product against float64, over shapes that do and do not fill the tiles."""
    found = {}
    for n, k, o in ((2448, 768, 3072), (1000, 384, 1536), (33, 192, 200), (5000, 3072, 768)):
        x = torch.randint(-127, 128, (n, k), device="cuda", dtype=torch.int8)
        w = torch.randint(-127, 128, (o, k), device="cuda", dtype=torch.int8)
        rows, scales, bias = (
            torch.rand(n, device="cuda"),
            torch.rand(o, device="cuda") * 1e-3,
            torch.rand(o, device="cuda"),
        )
        plain = (x.double() @ w.double().T) * rows[:, None] * scales + bias
        error = (product(x, w, rows, scales, bias, False, 0.0).double() - plain).abs().max() / plain.abs().max()
        wanted = F.gelu(plain, approximate="tanh")
        step = wanted.abs().max().item() / 127
        q = product(x, w, rows, scales, bias, True, step).double() * step
        found[f"{n}x{k}x{o}"] = [error.item(), ((q - wanted).abs().max() / step).item()]
    return found


def embed(args):
    """Days a second and cosine to float32 of each way, each compiled block by block."""
    torch._inductor.config.force_fuse_int_mm_with_mul = True
    config = preset(args.preset, overrides={"text.depth": 1, "sensor.missing": "impute"})
    model = SensorLM(config, seed=0).eval()
    sample = torch.randn(4, 1440, 34, generator=torch.Generator().manual_seed(0))
    observed = torch.ones_like(sample, dtype=torch.bool)
    batches = [CalibrationBatch(sample[:2], observed[:2])]

    def int8(scheme):
        chosen = QuantizationConfig(scheme=scheme, min_sqnr_db=-300)
        return quantize_model(model, chosen, batches if scheme == "int8-static" else None).model

    forms = {
        "bf16": cast_model(model, "bf16"),
        "int8 rows, torch._int_mm": int8("int8-dynamic"),
        "int8 fused": fuse(int8("int8-static")),
        "fp8 rows, torch._scaled_mm": cast_model(model, "fp8"),
    }
    days = torch.randn(args.batch, 1440, 34, device="cuda", dtype=torch.bfloat16)
    days[: len(sample)] = sample.cuda().bfloat16()
    seen = torch.ones_like(days, dtype=torch.bool)
    with torch.inference_mode():
        wanted = model.cuda().encode_sensor(days[:4].float(), seen[:4])
        runs, cosine = {}, {}
        for name, form in forms.items():
            form = form.to("cuda").bfloat16()
            for block in form.sensor.blocks:
                block.compile(mode="max-autotune-no-cudagraphs")
            runs[name] = lambda form=form: form.encode_sensor(days, seen)
            cosine[name] = (runs[name]()[:4].float() * wanted).sum(1).mean().item()
        seconds = in_turns(runs, args.repeats)
    base = seconds["bf16"]
    return {
        name: {"days a second": args.batch / s, "times bf16": base / s, "cosine": cosine[name]}
        for name, s in seconds.items()
    }


def in_turns(runs, repeats):
    """Median device seconds of each, a b a b."""
    times = {name: [] for name in runs}
    for turn in range(repeats + 3):
        for name, run in runs.items():
            start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            start.record()
            run()
            end.record()
            torch.cuda.synchronize()
            if turn >= 3:
                times[name].append(start.elapsed_time(end) / 1e3)
    return {name: statistics.median(values) for name, values in times.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["check", "embed"])
    parser.add_argument("--preset", default="B")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--repeats", type=int, default=8)
    args = parser.parse_args()
    if triton is None or not torch.cuda.is_available():
        raise SystemExit("this benchmark needs a CUDA GPU and triton")
    result = check() if args.what == "check" else embed(args)
    print(json.dumps({"gpu": torch.cuda.get_device_name(), "torch": torch.__version__, "result": result}, indent=1))


if __name__ == "__main__":
    main()
