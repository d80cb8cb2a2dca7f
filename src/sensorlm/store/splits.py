"""A person in, "train", "val" or "test" out: the same answer on every machine, today and after every append.

The rule hashes `dataset/person`, so that a split never depends on which other people are in a folder, and no person
can be in two splits. It is written into every manifest, with the exceptions a splits file makes.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from sensorlm.errors import StoreError

SPLITS = ("train", "val", "test")
SHARES = {"train": 0.8, "val": 0.1, "test": 0.1}
RULE = (
    "u = first 8 bytes of sha256('dataset/person'), a big-endian integer, / 2^64; "
    "train if u < 0.8, val if u < 0.9, else test"
)


def split_of(dataset: str, person: str, overrides: Mapping[str, str] | None = None) -> str:
    """The split of one person; `overrides` maps "dataset/person" to a split and wins over the rule."""
    key = f"{dataset}/{person}"
    if overrides and key in overrides:
        return overrides[key]
    # Integers, not floats: 2^64 * 0.8 is decided the same way by every machine.
    drawn = int.from_bytes(hashlib.sha256(key.encode("utf-8")).digest()[:8], "big")
    if drawn * 10 < 8 << 64:
        return "train"
    return "val" if drawn * 10 < 9 << 64 else "test"


def load_splits(path: str | Path) -> dict[str, str]:
    """Read a splits file: a JSON object {"dataset/person": "train" | "val" | "test"}.

    Raises:
        StoreError: the file is missing, not JSON, or names another split.
    """
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise StoreError(f"splits file {path} cannot be read ({error}). Give a JSON object.") from None
    if not isinstance(data, dict):
        raise StoreError(
            f'splits file {path} holds a {type(data).__name__}. Give an object {{"dataset/person": "test"}}.'
        )
    return check_splits(data)


def check_splits(overrides: Mapping[str, str]) -> dict[str, str]:
    """The same overrides, once each names a split that exists.

    Raises:
        StoreError: a person is sent to something that is no split.
    """
    for key, split in overrides.items():
        if split not in SPLITS:
            raise StoreError(f"splits: {key!r} is sent to {split!r}, which is not one of {SPLITS}.")
    return dict(overrides)
