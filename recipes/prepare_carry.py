"""Real recordings and the MiniLM wheel in, a carry folder of under 60 MiB out.

    python recipes/prepare_carry.py --data DATA --splits samples/fitabase/splits.json --out carry

Only people of the train split; mmash is for evaluation only. Real days carry no log (sleep, activities): nothing a
person noted is learned from, only what their device measured.
"""

import argparse
import shutil
from collections.abc import Iterator
from pathlib import Path

import torch
from carried import save_days
from packing import CHANNELS, without_labels
from safetensors.torch import save_file

from sensorlm.checkpoint.sentence import load_minilm, minilm_folder
from sensorlm.days import to_days
from sensorlm.readers import read
from sensorlm.records import DayMatrix
from sensorlm.store.splits import load_splits, split_of

SOURCES = {"fitabase": "fitabase-parquet", "mss": "mss", "nurse_stress": "nurse", "t1d_uom": "garmin"}
"""Folder -> reader."""


def real_days(data: Path, folder: str, splits: dict[str, str], split: str = "train") -> Iterator[DayMatrix]:
    """Days of the people of one split, in the model's channels."""
    path = data / folder
    if folder == "fitabase":
        path = path / "fitabase_minute_all.parquet"
    for table in read(SOURCES[folder], path):
        if split_of(table.dataset, table.person, splits) == split:
            yield from to_days(table, CHANNELS)


def main() -> None:  # noqa: D103
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--splits", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("carry"))
    parser.add_argument("--only", nargs="*", default=list(SOURCES))
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    half = {k: v.to(torch.float16).contiguous() for k, v in load_minilm().items()}
    save_file(half, args.out / "minilm.safetensors")
    shutil.copy(minilm_folder() / "tokenizer.json", args.out / "tokenizer.json")
    splits = load_splits(args.splits)
    # The people of the val split are for measuring while a recipe is being made; those of the test split stay away.
    for split, name in (("train", "real"), ("val", "real_val")):
        found: list[DayMatrix] = []
        for folder in args.only:
            days = [without_labels(day) for day in real_days(args.data, folder, splits, split)]
            kept = [day for day in days if day.observed.any()]
            found += kept
            print(f"{split}, {folder}: {len({day.person for day in kept})} people, {len(kept)} days")
        save_days(args.out / f"{name}.npz", found)
    for file in sorted(args.out.iterdir()):
        print(f"{file.name}: {file.stat().st_size / 2**20:.1f} MiB" if file.is_file() else f"{file.name}/")


if __name__ == "__main__":
    main()
