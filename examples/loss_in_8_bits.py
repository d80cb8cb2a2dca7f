"""Days in, a picture out: the loss of the same training in float32, in bfloat16, and with products in 8-bit floats.

python examples/loss_in_8_bits.py OUTPUT_FOLDER [--steps 250] [--people 200] [--seeds 1 2 3] [--picture FILE] [--gpu]

Simulates people, trains the same small model three times for each seed, from the same weights on the same batches, and
prints the mean loss of the last tenth and the loss on held-out people, for each seed. On a CPU 8-bit products are
float32 products of the same 8-bit values, slower than any other, so `--precision fp8` refuses one; here it is let in.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from unittest import mock

import numpy as np

from sensorlm.cli import main as sensorlm
from sensorlm.report.style import BLUE, FONT, GREEN, MISSING, VERMILLION, new_figure, png, tidy

MODEL = [
    "--set", "model.width=64", "--set", "model.depth=3", "--set", "model.num_heads=2", "--set", "model.embed_dim=64",
    "--set", "model.sensor.patch_minutes=30",
    "--context-length", "64",
]  # fmt: skip
Rows = list[dict[str, float]]
KINDS = {"fp32": BLUE, "bf16": GREEN, "fp8": VERMILLION}


def trained(days: Path, folder: Path, precision: str, seed: int, steps: int, gpu: bool) -> Rows:
    """The rows of metrics.jsonl of one training; one that is there already is only read."""
    name = f"{precision}-{seed}"
    arguments = [
        "train", "--data", str(days), "--logs", str(folder), "--name", name, *MODEL, "--batch-size", "32",
        "--steps", str(steps), "--warmup", str(steps // 10), "--lr", "2e-3", "--workers", "0", "--seed", str(seed),
        "--val-frequency", str(max(1, steps // 6)), "--precision", precision, *([] if gpu else ["--cpu"]),
    ]  # fmt: skip
    with mock.patch("sensorlm.training.step.check_fp8"), mock.patch.object(sys, "argv", ["sensorlm", *arguments]):
        try:
            sensorlm()
        except SystemExit as end:
            if end.code:
                raise
    return [json.loads(line) for line in (folder / name / "metrics.jsonl").read_text().splitlines()]


def curve(rows: Rows, name: str) -> tuple[list[float], list[float]]:
    """Steps and values of one figure."""
    found = [(row["step"], row[name]) for row in rows if name in row]
    return [step for step, _ in found], [value for _, value in found]


def smooth(values: list[float], width: int) -> list[float]:
    """Means over `width` neighbours to the left."""
    return [float(np.mean(values[max(0, i - width + 1) : i + 1])) for i in range(len(values))]


def picture(runs: dict[str, list[Rows]], width: int) -> bytes:
    """Losses while training, smoothed, one line a seed, after the fall of the first steps."""
    figure = new_figure(8.0, 3.8)
    axes = figure.add_axes((0.09, 0.15, 0.88, 0.72))
    tidy(axes, f"Loss of the same training in three precisions, mean of {width} steps", "optimiser step", "loss")
    for kind, seeds in runs.items():
        for i, rows in enumerate(seeds):
            steps, values = curve(rows, "loss")
            first = min(2 * width, len(steps) - 1)
            axes.plot(
                steps[first:], smooth(values, width)[first:], color=KINDS[kind], lw=1.2, label=None if i else kind
            )
    axes.grid(color=MISSING, lw=0.8)
    axes.legend(frameon=False, fontsize=FONT)
    return png(figure)


def main() -> None:
    """Simulate, train three times a seed, compare, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=250)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--gpu", action="store_true", help="train on the GPU, whose own 8-bit products are used")
    options = parser.parse_args()
    days = options.folder / "days"
    if not days.exists():
        simulate = [sys.executable, "-c", "from sensorlm.cli import main; main()", "simulate", "--people"]
        subprocess.run(
            [*simulate, str(options.people), "--days", "2", "--seed", "1", "-o", str(days)], check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
    runs: dict[str, list[Rows]] = {kind: [] for kind in KINDS}
    for seed in options.seeds:
        for kind, found in runs.items():
            found.append(trained(days, options.folder, kind, seed, options.steps, options.gpu))
            losses, held_out = curve(found[-1], "loss")[1], curve(found[-1], "val_loss")[1]
            last = float(np.mean(losses[-max(1, len(losses) // 10) :]))
            ending = f", on held-out people {held_out[-1]:.4f}" if held_out else ""
            print(f"{kind}, seed {seed}: mean loss of the last tenth {last:.4f}{ending}")
    target = options.picture or options.folder / "curves.png"
    target.write_bytes(picture(runs, max(1, options.steps // 15)))
    print(target)


if __name__ == "__main__":
    main()
