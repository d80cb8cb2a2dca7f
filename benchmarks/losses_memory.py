"""Peak memory and seconds of one SigLIP loss, forward and backward: plain against tiles.

    python benchmarks/losses_memory.py --batch 32768 --dim 768 [--facts] [--device cuda] [--plain]

Prints one JSON line. `gib` is everything over the features themselves and their gradients; `gib_with_features` is all
of it. On the CPU the peak is the process's own (VmHWM), reset before the loss.
"""

import argparse
import json
import time
from pathlib import Path
from types import SimpleNamespace

import torch

from sensorlm.model.losses import siglip_loss
from sensorlm.model.losses_labels import FactCodes


def resident_bytes(key: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key):
            return int(line.split()[1]) * 1024
    raise SystemExit(f"{key} is not in /proc/self/status: CPU memory is measured on Linux only")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch", type=int, default=32_768)
    parser.add_argument("--dim", type=int, default=768)
    parser.add_argument("--chunk", type=int, default=2048)
    parser.add_argument("--facts", action="store_true")
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()

    def unit() -> torch.Tensor:
        return torch.nn.functional.normalize(torch.randn(args.batch, args.dim, generator=generator), dim=1)

    generator = torch.Generator().manual_seed(0)
    warm = torch.randn(64, args.dim).to(args.device).requires_grad_()
    (warm @ warm.mT).sum().backward()  # the matrix library's own workspace is not the loss's
    start = resident_bytes("VmRSS")
    inputs = [x.to(args.device).requires_grad_() for x in (unit(), unit(), torch.tensor(10.0), torch.tensor(-10.0))]
    labels = None
    if args.facts:
        facts = SimpleNamespace(
            index=torch.randint(0, 64, (args.batch, 4), generator=generator), low=torch.zeros(args.batch, 4),
            high=torch.full((args.batch, 4), torch.inf), margin=torch.full((args.batch, 4), 0.1),
        )  # fmt: skip
        codes = torch.randn(args.batch, 64, generator=generator).to(args.device)
        labels = FactCodes.pack(codes, facts, torch.ones(args.batch))
    if args.device == "cuda":
        torch.cuda.reset_peak_memory_stats()
    else:
        Path("/proc/self/clear_refs").write_text("5")
    began = time.perf_counter()
    loss = siglip_loss(*inputs, labels=labels, chunk_size=None if args.plain else args.chunk)
    loss.backward()
    if args.device == "cuda":
        torch.cuda.synchronize()
        peak = torch.cuda.max_memory_allocated()
    else:
        peak = resident_bytes("VmHWM") - start
    features = 4 * args.batch * args.dim * 4
    result = {
        "batch": args.batch, "dim": args.dim, "facts": args.facts, "plain": args.plain, "device": args.device,
        "torch": torch.__version__, "loss": float(loss.detach()), "seconds": round(time.perf_counter() - began, 2),
        "gib": round((peak - features) / 2**30, 3), "gib_with_features": round(peak / 2**30, 3),
    }  # fmt: skip
    print(json.dumps(result))


if __name__ == "__main__":
    main()
