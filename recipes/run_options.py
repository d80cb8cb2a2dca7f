"""Defaults in, the command line that every training recipe shares out: where to, how long, how much at once."""

import argparse
import os
from pathlib import Path


def place() -> tuple[int, int]:
    """This process's number and how many there are, as torchrun tells them."""
    return int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))


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
