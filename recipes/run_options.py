"""Defaults in, the command line that every training recipe shares out: where to, how long, how much at once."""

import argparse
import json
import os
from dataclasses import fields
from pathlib import Path
from typing import Any


def rank() -> int:
    """This process's number as torchrun tells it, before torch is imported."""
    return int(os.environ.get("RANK", "0"))


def training_parser(
    about: str | None, *, seed: int, data_seconds: float, train_seconds: float, batch_size: int, peak: float,
    real_share: float,
) -> argparse.ArgumentParser:  # fmt: skip
    """A parser to which a recipe adds what only it asks.

    Args:
        about: the recipe's docstring.
        seed: of people and training.
        data_seconds: simulating takes so long.
        train_seconds: so does training.
        batch_size: views of a step.
        peak: rate of learning.
        real_share: of a batch, real days without labels.
    """
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=seed)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--data-seconds", type=float, default=data_seconds)
    parser.add_argument("--train-seconds", type=float, default=train_seconds)
    parser.add_argument("--steps", type=int, help="instead of --train-seconds: so many steps, to repeat a run")
    parser.add_argument("--batch-size", type=int, default=batch_size)
    parser.add_argument("--peak", type=float, default=peak)
    parser.add_argument("--real-share", type=float, default=real_share, help="of a batch, real days without labels")
    parser.add_argument("--device", default="cuda")
    return parser


def read_variants(args: argparse.Namespace) -> list[tuple[str, str, Any]]:
    """(name, preset, Learning) of each variant.

    Raises:
        SystemExit: a field that does not exist.
    """
    from learning import Learning

    given = {
        "batch_size": args.batch_size, "peak": args.peak, "seconds": args.train_seconds, "steps": args.steps,
        "seed": args.seed, "real_share": args.real_share,
    }  # fmt: skip
    kinds = {f.name: f.type for f in fields(Learning)}
    out = []
    for line in args.variant or ["main"]:
        name, *changes = line.split()
        chosen, preset = dict(given), args.preset
        for key, value in (change.split("=") for change in changes):
            if key == "preset":
                preset = value
            elif key in kinds:
                chosen[key] = value if kinds[key] is str else json.loads(value)
            else:
                raise SystemExit(f"variant {name!r}: {key!r} is no field of Learning. Use preset, {', '.join(kinds)}.")
        out.append((name, preset, Learning(**chosen)))
    return out
