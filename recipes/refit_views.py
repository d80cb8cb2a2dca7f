"""A checkpoint in, views of simulated and real days with the features its sensor tower gives them out: a CPU is enough.

    python recipes/refit_views.py --start CHECKPOINT --carry carry --out VIEWS --people 8000 --seed 4

`refit.py` fits the text side to them. A sensor tower that stays as it is has to read each view only once.

Letters in shapes: v views, e features.
"""

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import argparse
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from carried import real_pack
from making import make_many
from numpy.typing import NDArray
from packing import MINUTES_PER_DAY, Pack, join_packs

KINDS = ("day", "day_few", "window", "window_few")
SHARES = (0.1, 0.35, 0.2, 0.35)
"""Of the views kept, by kind. Whole days of all channels are long to read; people ask of heart rate and steps."""


def kinds_of(pack: Pack) -> NDArray[np.intp]:
    """(v,) place in KINDS of every view."""
    whole, every = (pack.window == (0, MINUTES_PER_DAY)).all(1), pack.shown.all(1)
    return np.where(whole, np.where(every, 0, 1), np.where(every, 2, 3))


def thinned(pack: Pack, views: int, rng: np.random.Generator) -> Pack:
    """About so many views by SHARES, and no days, columns or texts but theirs."""
    kind = kinds_of(pack)
    kept = np.concatenate([
        rng.permutation(np.flatnonzero(kind == i))[: round(share * views)] for i, share in enumerate(SHARES)
    ])  # fmt: skip
    return without_the_rest(pack.take(np.sort(kept)))


def without_the_rest(pack: Pack) -> Pack:
    """The same views, without days, columns and short captions that none of them needs."""
    days, day = np.unique(pack.day, return_inverse=True)
    column_of = pack.column_of[days]
    columns, place = np.unique(column_of[column_of >= 0], return_inverse=True)
    column_of = column_of.copy()
    column_of[column_of >= 0] = place
    long, first = np.unique(np.concatenate([pack.long, pack.other]), return_inverse=True)
    if len(long) and long[0] == -1:
        first, long = first - 1, long[1:]
    first = first.astype(np.int32).reshape(2, -1)
    return replace(
        pack, columns=pack.columns[columns], column_of=column_of, day=day.astype(np.int32),
        text=np.full_like(pack.text, -1), long=first[0], other=first[1], texts=tuple(pack.texts[i] for i in long),
    )  # fmt: skip


def sensor_features(model: Any, pack: Pack, batch: int = 64) -> NDArray[np.float32]:  # noqa: ANN401
    """(v, e) unit features; views of like size are read together."""
    import torch
    from learning import Corpus

    corpus = Corpus(pack, torch.empty(0), torch.device("cpu"))
    length = (pack.window[:, 1] - pack.window[:, 0]).astype(np.int64)
    order = np.argsort(length * pack.shown.sum(1), kind="stable")
    out = np.empty((len(pack), model.config.embed_dim), np.float32)
    with torch.inference_mode():
        for start in range(0, len(order), batch):
            rows = order[start : start + batch]
            values, observed = corpus.days(torch.from_numpy(rows))
            out[rows] = model.encode_sensor(values.float(), observed).float().numpy()
    return out


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--start", type=Path, required=True, help="checkpoint whose sensor tower reads the views")
    parser.add_argument("--carry", type=Path, default=Path("carry"), help="what prepare_carry.py wrote")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--people", type=int, default=8000)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--views", type=int, default=6, help="kept of each simulated person")
    parser.add_argument("--real-views", type=int, default=30_000)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def main() -> None:  # noqa: D103
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    start, packs = time.monotonic(), []
    for i, pack in enumerate(make_many(args.seed, workers=args.workers, seconds=0, people=args.people)):
        packs.append(thinned(pack, args.views * 24, np.random.default_rng([args.seed, i])))
    made = {"simulated": join_packs(packs)}
    real = real_pack(args.carry / "real.npz", args.workers, learned=True)
    if real is not None:
        made["real"] = thinned(real, args.real_views, np.random.default_rng(args.seed))
    print(
        f"{ {name: len(pack) for name, pack in made.items()} } views after {time.monotonic() - start:.0f} s", flush=True
    )

    import torch

    from sensorlm.checkpoint import load_checkpoint
    from sensorlm.training.step import to_bfloat16

    torch.set_num_threads(args.workers)
    model = load_checkpoint(args.start).model.eval()
    to_bfloat16(model)
    for name, pack in made.items():
        features = sensor_features(model, pack)
        pack.save(args.out / f"{name}.npz")
        np.savez(args.out / f"{name}-features.npz", features=features)
        print(f"{name}: {features.shape} after {time.monotonic() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
