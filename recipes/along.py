"""A checkpoint and the runs that went on from it, one after another, in; a run with a mean of their weights out.

    python recipes/along.py CHECKPOINT RUN1 RUN2 -o RUN --weights 1 2 2 --carry carry

Between weights and what further training made of them lie weights that are better than either on days unlike the new
ones (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models", section 3). With --carry what it reaches on real
people of the validation split stands in RUN/run.json and is printed, to choose between several weights.
`join.py --start CHECKPOINT` makes a checkpoint of RUN. `soup.py` is for runs beside one another.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import torch
from pretrain import save_shards
from soup import goodness, measuring, weights_of
from torch import Tensor

from sensorlm.checkpoint import load_checkpoint


def mean_along(start: dict[str, Tensor], runs: list[dict[str, Tensor]], weights: list[float]) -> dict[str, Tensor]:
    """The weighted mean of each tensor that the runs trained, in float32.

    Args:
        start: the checkpoint's tensors.
        runs: tensors of each run.
        weights: of the checkpoint and of each run; only their ratios count.

    Raises:
        ValueError: another number of weights, or runs of other tensors.
    """
    if len(weights) != len(runs) + 1 or sum(weights) <= 0:
        raise ValueError(f"weights {weights}: give one for the checkpoint and one for each of {len(runs)} runs.")
    if any(set(run) != set(runs[0]) or not set(run) <= set(start) for run in runs):
        raise ValueError(
            "the runs trained different tensors. Give runs of one recipe that went on from the checkpoint."
        )
    shares = [weight / sum(weights) for weight in weights]
    return {
        name: sum((part[name].float() * share for part, share in zip((start, *runs), shares, strict=True)), start=0.0)
        for name in runs[0]
    }  # type: ignore[misc]


def along(
    checkpoint: Path, runs: list[Path], weights: list[float], out: Path, carry: Path | None = None
) -> dict[str, Any]:  # fmt: skip
    """Write shards in float16 and run.json, which are the last run's but for what was measured of it.

    Returns:
        What the mean reaches on the real validation people of `carry`; empty without it.
    """
    facts: dict[str, Any] = json.loads((runs[-1] / "run.json").read_text())
    start = load_checkpoint(checkpoint).model.state_dict()
    tensors = mean_along(start, [weights_of(run) for run in runs], weights)
    out.mkdir(parents=True, exist_ok=True)
    shards = save_shards(out, "model", {k: v.half() for k, v in tensors.items()})
    # What the last run's own weights had reached is not what these reach.
    results = {} if carry is None else measuring(checkpoint, carry, torch.device("cpu"))(tensors)
    facts |= {"auroc": {}, "results": results, "mean_along": weights, "shards": shards}
    (out / "run.json").write_text(json.dumps(facts, indent=1))
    return results


def main() -> None:  # noqa: D103
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--weights", type=float, nargs="+", required=True)
    parser.add_argument("--carry", type=Path, help="measure on its real_val.npz")
    args = parser.parse_args()
    results = along(args.checkpoint, args.runs, args.weights, args.out, args.carry)
    for name, value in results.get("real val people", {}).items():
        print(f"{name}: {value}")
    if results:
        print(f"goodness: {goodness(results):.4f}")


if __name__ == "__main__":
    main()
