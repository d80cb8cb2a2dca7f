"""Several runs from one checkpoint in, one run with the mean of their weights out (Wortsman et al. 2022, model soups).

    python recipes/soup.py RUN1 RUN2 -o RUN

Runs that started from the same weights and saw other people end near one another, and the mean of their weights errs
less than either. `join.py` makes a checkpoint of RUN as of any other; what run.json says of results is the first run's
until it is measured.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import torch
from pretrain import save_shards
from safetensors.torch import load_file
from torch import Tensor

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


def soup(runs: list[Path], out: Path) -> dict[str, Any]:
    """Write the mean of `runs` to `out` as a run; returns its facts.

    Raises:
        ValueError: runs of another architecture, or that started elsewhere.
    """
    facts: list[dict[str, Any]] = [json.loads((run / "run.json").read_text()) for run in runs]
    for name in SAME:
        if any(f.get(name) != facts[0].get(name) for f in facts):
            raise ValueError(f"runs {', '.join(map(str, runs))} differ in {name!r}. Average runs from one checkpoint.")
    out.mkdir(parents=True, exist_ok=True)
    both = dict(facts[0])
    for name in ("steps", "views", "seconds"):
        both[name] = sum(f[name] for f in facts)
    both["data"] = {k: sum(f["data"][k] for f in facts) if k != "real_views" else v for k, v in both["data"].items()}
    both["averaged"] = [{k: f[k] for k in ("arguments", "learning", "steps", "data", "results")} for f in facts]
    both["shards"] = save_shards(out, "model", mean_weights([weights_of(run) for run in runs]))
    (out / "run.json").write_text(json.dumps(both, indent=1))
    return both


def main() -> None:  # noqa: D103
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("-o", "--out", type=Path, required=True)
    args = parser.parse_args()
    facts = soup(args.runs, args.out)
    print(f"{args.out}: mean of {len(args.runs)} runs, {facts['steps']} steps in all")


if __name__ == "__main__":
    main()
