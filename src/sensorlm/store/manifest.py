"""A folder in, its Manifest out: which files make the dataset, what is in them, and how to know they are whole.

The manifest is renamed into place last, so whatever it names is complete; a file it does not name does not exist.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sensorlm.channels import ChannelSet
from sensorlm.errors import SensorLMError, StoreError
from sensorlm.files import write_json
from sensorlm.store.splits import RULE, SHARES, check_splits

MANIFEST_NAME = "manifest.json"
SCHEMA_VERSION = 1
FORMAT = "sensorlm-dataset"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One Parquet file of a dataset."""

    name: str
    """File name inside the folder."""
    rows: int
    """Days of a days part, captions of a captions part."""
    bytes: int
    sha256: str
    counts: Mapping[str, int] = field(default_factory=dict)
    """Days parts: observed minutes a channel. Captions parts: captions a key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a dataset folder holds."""

    channel_set: ChannelSet
    days: tuple[Part, ...] = ()
    captions: tuple[Part, ...] = ()
    split_overrides: Mapping[str, str] = field(default_factory=dict)
    """"dataset/person" -> split, where a splits file overrules the hash."""
    counts: Mapping[str, Any] = field(default_factory=dict)
    """days, people, events, and both by split; for reading, recomputed at each write."""
    next_part: int = 0
    """Number of the next file; numbers are never used twice, so a rewrite cannot damage what it replaces."""
    version: int = SCHEMA_VERSION

    @property
    def num_days(self) -> int:
        """Rows of the dataset."""
        return sum(p.rows for p in self.days)

    @property
    def num_captions(self) -> dict[str, int]:
        """Captions a key, over all parts."""
        return _total(self.captions)

    @property
    def observed_minutes(self) -> dict[str, int]:
        """Observed minutes a channel, over all days; a channel never recorded is absent."""
        return _total(self.days)

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every file that belongs to the dataset."""
        return self.days + self.captions

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dict that `from_json` reads back equal."""
        return {
            "format": FORMAT,
            "version": self.version,
            "counts": dict(self.counts),
            "observed_minutes": self.observed_minutes,
            "captions_by_key": self.num_captions,
            "splits": {"rule": RULE, "shares": SHARES, "overrides": dict(self.split_overrides)},
            "next_part": self.next_part,
            "days": [asdict(p) for p in self.days],
            "captions": [asdict(p) for p in self.captions],
            "channel_set": self.channel_set.to_json(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Manifest":
        """Build a manifest from its JSON form.

        Raises:
            StoreError: another format, or a schema version this program does not know.
        """
        if data.get("format") != FORMAT:
            raise StoreError(f"format {data.get('format')!r} is not {FORMAT!r}: this is no sensorlm dataset.")
        if data.get("version") != SCHEMA_VERSION:
            raise StoreError(
                f"schema version {data.get('version')!r} is not {SCHEMA_VERSION}, the one this program reads. "
                "Import again, or use the version that wrote it."
            )
        try:
            return cls(
                channel_set=ChannelSet.from_json(data["channel_set"]),
                days=tuple(Part(**p) for p in data["days"]),
                captions=tuple(Part(**p) for p in data["captions"]),
                split_overrides=check_splits(data["splits"]["overrides"]),
                counts=data["counts"],
                next_part=int(data["next_part"]),
            )
        except (KeyError, TypeError) as error:
            raise StoreError(
                f"a field is missing or misspelt ({error}). Restore manifest.json or import again."
            ) from None


def _total(parts: tuple[Part, ...]) -> dict[str, int]:
    total: dict[str, int] = {}
    for part in parts:
        for key, count in part.counts.items():
            total[key] = total.get(key, 0) + count
    return total


def is_dataset(folder: str | Path) -> bool:
    """Whether `folder` holds a manifest at all."""
    return (Path(folder) / MANIFEST_NAME).is_file()


def load_manifest(folder: str | Path) -> Manifest:
    """Read a dataset's manifest and make sure that every file it names is there in full length.

    Raises:
        StoreError: no dataset here, a manifest that cannot be read, or a part that is missing or cut.
    """
    path = Path(folder) / MANIFEST_NAME
    try:
        manifest = Manifest.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, NotADirectoryError):
        raise StoreError(
            f"{folder} holds no dataset: there is no {MANIFEST_NAME}. `sensorlm import` makes one."
        ) from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise StoreError(f"{path} is not JSON ({error}). Restore it or import again.") from None
    except SensorLMError as error:
        raise StoreError(f"{path}: {error}") from None
    for part in manifest.parts:
        file = Path(folder) / part.name
        size = file.stat().st_size if file.is_file() else None
        if size != part.bytes:
            found = "is missing" if size is None else f"has {size} bytes"
            raise StoreError(f"{file} {found}; the manifest names {part.bytes} bytes. Restore it or import again.")
    return manifest


def save_manifest(folder: str | Path, manifest: Manifest) -> None:
    """Put `manifest` in force: from the rename on, the folder is what it says."""
    write_json(Path(folder) / MANIFEST_NAME, manifest.to_json())


def verify(folder: str | Path) -> list[str]:
    """Read every file of a dataset and compare its checksum; returns one line a damaged file, none when sound."""
    manifest = load_manifest(folder)
    damaged = []
    for part in manifest.parts:
        digest = sha256_of(Path(folder) / part.name)
        if digest != part.sha256:
            damaged.append(f"{part.name}: sha256 {digest[:16]}... is not the manifest's {part.sha256[:16]}...")
    return damaged


def sha256_of(path: str | Path) -> str:
    """Hex digest of a file, read in pieces."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
