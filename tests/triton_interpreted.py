"""Every Triton kernel by Triton's interpreter against plain torch: prints one line a case; needs no GPU.

Run by test_quantize_triton.py in a process of its own: the interpreter is chosen when Triton is imported, and test
hooks must not wrap kernels. Its bfloat16 is cut, not rounded, so half floats stand in where kernels multiply; and its
e4m3 is wrong for one value in fifty (a GPU's is not: benchmarks/gpu_kernels.py), so there a few may differ.
"""

import torch

from sensorlm.quantize import plain_ops, triton_ops
from sensorlm.quantize.triton_ops import Tiles

G = torch.Generator().manual_seed(0)


def normal(*shape):
    return torch.randn(*shape, generator=G)


def compare(name, found, wanted, steps):
    """Equal but for rounding."""
    if found.dtype == torch.float8_e4m3fn:
        wrong = ((found.float() - wanted.float()).abs() > 0.26 * wanted.float().abs() + 0.02).float().mean()
        other = (found.float() != wanted.float()).float().mean()
        assert wrong < 0.05, (name, wrong)
        assert other < 0.1, (name, other)
    elif found.dtype == torch.int8:
        difference = (found.int() - wanted.int()).abs()
        assert difference.max() <= steps, (name, difference.max())
        assert (difference > 0).float().mean() < 0.02, name
    else:
        assert (found.float() - wanted.float()).abs().max() <= 0.01 * wanted.float().abs().max(), name
    print("ok", name)  # noqa: T201


def norms():
    x, branch, gain, shift = normal(50, 96).bfloat16(), normal(50, 96).bfloat16(), normal(96) * 10, normal(96)
    for kind in ("int8", "fp8", "bf16"):
        cases = [{}, {"normalize": False}, *([{"by_row": True}] if kind != "bf16" else [])]
        for options in cases:
            arguments = {"kind": kind, "eps": 1e-6, **options}
            found, wanted = (ops.norm(x, gain, shift, **arguments) for ops in (triton_ops, plain_ops))
            compare(f"norm {arguments}", found[1], wanted[1], 1)
            if "by_row" in options:
                torch.testing.assert_close(found[2], wanted[2])
    found, wanted = (ops.norm(x, gain, shift, kind="int8", branch=branch) for ops in (triton_ops, plain_ops))
    compare("sum", found[0], wanted[0], 0)
    assert ((found[1].int() - wanted[1].int()).abs() <= 2).all()


def products():
    tiles = Tiles(32, 32, 32, 4, 2)
    for dtype in ("int8", "fp8"):
        a, w = plain_ops.to_kind(normal(70, 96) * 30, dtype), plain_ops.to_kind(normal(80, 96) * 30, dtype)
        alpha, bias = normal(80).abs() * 1e-3, normal(80)
        for kind in ("bf16", "int8", "fp8"):
            for options in (
                {},
                {"gelu": "tanh", "factor": 5.0, "offset": -3.0},
                {"gelu": "none"},
                {"rows": normal(70).abs()},
            ):
                found = triton_ops.product(a, w, alpha, bias, kind=kind, tiles=tiles, **options)
                wanted = plain_ops.product(a, w, alpha, bias, kind=kind, **options)
                compare(f"product {dtype} {kind} {list(options)}", found, wanted, 1)
        compare(
            f"product {dtype} as chosen", triton_ops.product(a, w, alpha, bias), plain_ops.product(a, w, alpha, bias), 1
        )


def attentions():
    offsets = torch.tensor([0, 70, 75, 91, 130], dtype=torch.int32)
    for steep in (1.0, 12.0):  # steep: scores so far apart that the running maximum must take over
        qkv = (normal(130, 96) * torch.tensor([steep, steep, 1.0]).repeat_interleave(32)).half()
        for q in (qkv, qkv.to(torch.float8_e4m3fn)):
            for kind in ("bf16", "int8", "fp8"):
                arguments = (q, q, qkv, (0, 32, 64), offsets, 70)
                options = {"heads": 2, "width": 32, "kind": kind, "factor": 40.0, "offset": 1.0}
                found = triton_ops.attention(*arguments, tiles=Tiles(32, 16, 16, 4, 2), **options)
                compare(f"attention {q.dtype} {kind} {steep}", found, plain_ops.attention(*arguments, **options), 1)


if __name__ == "__main__":
    norms()
    products()
    attentions()
