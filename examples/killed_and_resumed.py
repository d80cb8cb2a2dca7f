"""Fitbit days in, a picture out: the loss curve of a run killed again and again, over that of a run left alone.

python examples/killed_and_resumed.py OUTPUT_FOLDER [--steps 80] [--kills 3] [--picture curves.png]

Trains the same very small model twice on `samples/fitabase`, the second time with kill -9 at random steps, each time
resumed by itself. Exits with 1 unless both wrote the same losses, to the last bit.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np

from sensorlm.report.style import BLUE, FONT, MISSING, VERMILLION, new_figure, png, tidy

SAMPLE = Path(__file__).parents[1] / "samples/fitabase/fitabase_minute_all.parquet"
SENSORLM = [sys.executable, "-c", "from sensorlm.cli import main; main()"]
MODEL = [
    "--set", "model.width=32", "--set", "model.depth=2", "--set", "model.num_heads=2", "--set", "model.embed_dim=32",
    "--context-length", "64",
]  # fmt: skip


def command(days: Path, folder: Path, steps: int) -> list[str]:
    """One training run, resumed where a run lies in its folder already."""
    return [
        *SENSORLM, "train", "--data", str(days), "--logs", str(folder.parent), "--name", folder.name, *MODEL,
        "--batch-size", "8", "--steps", str(steps), "--warmup", "10", "--lr", "3e-3", "--save-frequency", "10",
        "--workers", "0", "--cpu", "--seed", "1", "--deterministic",
    ]  # fmt: skip


def losses(folder: Path) -> list[tuple[int, float]]:
    """Step and loss of every whole line of a run's metrics."""
    found = []
    for line in (folder / "metrics.jsonl").read_text().splitlines():
        try:
            row = json.loads(line)
        except json.JSONDecodeError:  # the last line, if the kill came while it was written
            continue
        if "loss" in row:
            found.append((row["step"], row["loss"]))
    return found


def run_until(argv: list[str], folder: Path, step: int) -> int:
    """Start the run and kill it once its metrics hold `step`; how far they had got."""
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        reached = 0
        while reached < step and process.poll() is None:
            if (folder / "metrics.jsonl").exists() and (found := losses(folder)):
                reached = found[-1][0]
        os.kill(process.pid, signal.SIGKILL)
    return reached


def picture(whole: list[tuple[int, float]], resumed: list[tuple[int, float]], kills: list[int]) -> bytes:
    """Both curves in one chart, kills as dashed lines."""
    figure = new_figure(8.0, 3.8)
    axes = figure.add_axes((0.09, 0.15, 0.88, 0.72))
    tidy(axes, "Loss of a run left alone, and of one killed and resumed", "optimiser step", "loss")
    axes.plot(*np.array(whole).T, color=BLUE, lw=5, alpha=0.45, label="left alone")
    axes.plot(*np.array(resumed).T, color=VERMILLION, lw=1.2, label="killed and resumed")
    for i, step in enumerate(kills):
        axes.axvline(step, color="black", lw=0.9, ls="--", label=None if i else "kill -9")
    axes.grid(color=MISSING, lw=0.8)
    axes.legend(frameon=False, fontsize=FONT)
    return png(figure)


def main() -> None:
    """Import, train once, train with kills, compare, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=80)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    days, alone, killed = (options.folder / name for name in ("days", "alone", "killed"))
    if not days.exists():
        imported = [*SENSORLM, "import", "fitabase-parquet", str(SAMPLE), "--output", str(days)]
        subprocess.run(imported, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(command(days, alone, options.steps), check=True, stdout=subprocess.DEVNULL)
    rng = np.random.default_rng(0)
    wanted = np.sort(rng.choice(np.arange(5, options.steps - 5), options.kills, replace=False)).tolist()
    kills = [run_until(command(days, killed, options.steps), killed, step) for step in wanted]
    subprocess.run(command(days, killed, options.steps), check=True, stdout=subprocess.DEVNULL)
    target = options.picture or options.folder / "curves.png"
    target.write_bytes(picture(losses(alone), losses(killed), kills))
    same = losses(alone) == losses(killed)
    print(
        f"killed at steps {kills}; {len(losses(killed))} losses, {'all the same' if same else 'NOT the same'}: {target}"
    )
    raise SystemExit(0 if same else 1)


if __name__ == "__main__":
    main()
