"""Several runs from one checkpoint in, one run with the mean of their weights out (Wortsman et al. 2022, model soups).

    python recipes/soup.py RUN1 RUN2 -o RUN --start CHECKPOINT --carry carry

Runs that started from the same weights and saw other people end near one another, and the mean of their weights often
errs less than either. With --carry the mean and each run are measured on the real people of the validation split, and
what is best there is written. `join.py` makes a checkpoint of RUN as of any other.
"""

import argparse
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from carried import real_pack
from measuring import Measure
from pretrain import new_model, save_shards
from safetensors.torch import load_file
from torch import Tensor

from sensorlm.tokenizer import CaptionTokenizer

SAME = ("config", "text_trained", "before")
"""Facts of a run that all must share."""


def weights_of(run: Path) -> dict[str, Tensor]:
    """All tensors of a run's shards."""
    return {k: v for shard in sorted(run.glob("model-*.safetensors")) for k, v in load_file(shard).items()}


def mean_weights(runs: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of each tensor, in float32.

    Raises:
        ValueError: the runs trained different tensors.
    """
    names = [set(run) for run in runs]
    if any(found != names[0] for found in names):
        odd = sorted(set.union(*names) - set.intersection(*names))[:3]
        raise ValueError(f"runs trained different tensors, {', '.join(odd)} among them. Average runs of one recipe.")
    return {k: torch.stack([run[k].float() for run in runs]).mean(0) for k in runs[0]}


def soup(runs: list[Path], out: Path, measure: Callable[[dict[str, Tensor]], dict[str, Any]] | None = None) -> str:
    """Write the mean of `runs` to `out` as a run, or, where `measure` likes it better, one of them.

    Args:
        runs: folders of runs from one checkpoint.
        out: gets shards in float16 and run.json.
        measure: results of weights, as `measuring.Measure` gives them of "real val people".

    Returns:
        "mean", or the run that was better.

    Raises:
        ValueError: runs of another architecture, or that started elsewhere.
    """
    facts: list[dict[str, Any]] = [json.loads((run / "run.json").read_text()) for run in runs]
    for name in SAME:
        if any(f.get(name) != facts[0].get(name) for f in facts):
            raise ValueError(f"runs {', '.join(map(str, runs))} differ in {name!r}. Average runs from one checkpoint.")
    weights = [weights_of(run) for run in runs]
    both = dict(facts[0])
    for name in ("steps", "views", "seconds"):
        both[name] = sum(f[name] for f in facts)
    both["data"] = {k: sum(f["data"][k] for f in facts) if k != "real_views" else v for k, v in both["data"].items()}
    both["averaged"] = [{k: f[k] for k in ("arguments", "learning", "steps", "data", "results")} for f in facts]
    chosen, tensors = "mean", mean_weights(weights)
    if measure is not None:
        found = {"mean": measure(tensors)} | {str(r): measure(w) for r, w in zip(runs, weights, strict=True)}
        both |= {"results": found, "goodness": {name: goodness(results) for name, results in found.items()}}
        chosen = max(both["goodness"], key=both["goodness"].get)
        if chosen != "mean":
            place = [str(run) for run in runs].index(chosen)
            tensors = weights[place]
            both |= {
                k: facts[place][k] for k in ("steps", "views", "seconds", "data", "arguments", "learning", "auroc")
            }
    out.mkdir(parents=True, exist_ok=True)
    both |= {"chosen": chosen, "shards": save_shards(out, "model", {k: v.half() for k, v in tensors.items()})}
    (out / "run.json").write_text(json.dumps(both, indent=1))
    return chosen


def goodness(results: dict[str, Any]) -> float:
    """One number of real validation people: wordings never taught, and finding a day by its caption."""
    people = results["real val people"]
    wordings = [v[0] for k, v in people.items() if k.endswith("few held-out wordings")]
    found = [v[0] for k, v in people.items() if k.startswith("R@1")]
    return float(np.mean(wordings) + np.mean(found)) / 2


def measuring(
    start: Path, carry: Path, device: torch.device
) -> Callable[[dict[str, Tensor]], dict[str, Any]]:  # fmt: skip
    """What measures weights put into the checkpoint `start`, on the carried real validation days."""
    model = new_model("main", 0, carry, start).to(device).eval()
    tokenizer = CaptionTokenizer.from_file(carry / "tokenizer.json")
    people = real_pack(carry / "real_val.npz", os.cpu_count() or 1, learned=False)
    if people is None:
        raise SystemExit(f"{carry}: there is no real_val.npz to measure on. Run prepare_carry.py.")
    measure = Measure(model, tokenizer, device, {"real val people": people}, {})

    def of(weights: dict[str, Tensor]) -> dict[str, Any]:
        model.load_state_dict({k: v.float() for k, v in weights.items()}, strict=False)
        return measure(model)

    return of


def main() -> None:  # noqa: D103
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="the checkpoint that the runs went on from")
    parser.add_argument("--carry", type=Path, help="measure on its real_val.npz")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args()
    measured = args.carry is not None and args.start is not None
    measure = measuring(args.start, args.carry, torch.device(args.device)) if measured else None
    chosen = soup(args.runs, args.out, measure)
    facts = json.loads((args.out / "run.json").read_text())
    print(f"{args.out}: {chosen} of {len(args.runs)} runs; {facts.get('goodness', 'not measured')}")


if __name__ == "__main__":
    main()
