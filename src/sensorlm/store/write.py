"""Days and captions in, Parquet parts and a new manifest out; a crash at any point leaves the dataset that was there.

Parts are written under new names and renamed when whole; the manifest, renamed last, puts them in force. One writer
at a time holds a lock that the system drops with the process.
"""

import fcntl
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sensorlm.channels import ChannelSet
from sensorlm.errors import StoreError
from sensorlm.files import replacing
from sensorlm.records import Caption, DayMatrix
from sensorlm.store.manifest import MANIFEST_NAME, Manifest, Part, is_dataset, load_manifest, save_manifest, sha256_of
from sensorlm.store.schema import CAPTION_SCHEMA, captions_to_arrow, day_schema, days_to_arrow
from sensorlm.store.splits import SPLITS, check_splits, split_of

ROW_GROUP_DAYS = 64
PART_DAYS = 4096
PART_CAPTIONS = 65_536

# What a day may be given as its captions: by key, one or several, or simply a list.
DayCaptions = Mapping[str, Caption] | Mapping[str, Sequence[Caption]] | Sequence[Caption]
Captioner = Callable[[Sequence[DayMatrix]], Sequence[DayCaptions]]


def write_dataset(
    folder: str | Path,
    days: Iterable[DayMatrix],
    channel_set: ChannelSet,
    *,
    captions: Captioner | None = None,
    append: bool = False,
    overwrite: bool = False,
    splits: Mapping[str, str] | None = None,
    part_days: int = PART_DAYS,
) -> Manifest:
    """Write `days`, streamed, as a dataset; never holds more than one row group of them.

    Args:
        folder: where; made if it does not exist.
        days: every day once, with the channels of `channel_set` in its order.
        channel_set: of the dataset; when appending, the one it already has.
        captions: called with up to 64 days at a time, gives the captions of each.
        append: add to the dataset in `folder`, which keeps its days, captions and row numbers.
        overwrite: replace the dataset in `folder`, in one rename.
        splits: exceptions to the hash rule, "dataset/person" -> split; added to those the dataset has.
        part_days: days a file holds at most.

    Raises:
        StoreError: a dataset is there and neither `append` nor `overwrite` is given; the channels differ; a day
            comes twice; another process is writing.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        old = load_manifest(folder) if is_dataset(folder) else None
        if old is not None and not append and not overwrite:
            raise StoreError(f"{folder} already holds a dataset of {old.num_days} days. Give append or overwrite.")
        base = old if old is not None and append else None
        if base is not None and base.channel_set != channel_set:
            raise StoreError(
                f"{folder} has channel set {base.channel_set.name!r}, the days to append have {channel_set.name!r}, "
                "or the same name with other constants. Import them with the dataset's own set."
            )
        next_part = old.next_part if old is not None else 0
        overrides = {**(base.split_overrides if base else {}), **check_splits(splits or {})}
        manifest = Manifest(
            channel_set=channel_set,
            days=base.days if base else (),
            captions=base.captions if base else (),
            split_overrides=overrides,
            next_part=next_part,
        )
        manifest = _write_days(folder, manifest, days, captions, part_days)
        manifest = replace(manifest, counts=_counts(folder, manifest))
        save_manifest(folder, manifest)
        _remove_orphans(folder, manifest)
    return manifest


def add_captions(
    folder: str | Path, captions: Iterable[tuple[int, DayCaptions]], *, replace_existing: bool = False
) -> Manifest:
    """Add captions to days that are stored; `captions` gives (row, captions) in rising order of row.

    With `replace_existing` the new captions take the place of all the dataset had, in one rename.

    Raises:
        StoreError: no dataset here, a row that does not exist or is out of order, or another process is writing.
    """
    folder = Path(folder)
    with _locked(folder):
        manifest = load_manifest(folder)
        if replace_existing:
            manifest = replace(manifest, captions=())
        keys = _day_keys(folder, manifest)

        def rows() -> Iterator[tuple[int, Mapping[str, Any], Caption]]:
            last = -1
            for row, given in captions:
                if not last < row < manifest.num_days:
                    raise StoreError(
                        f"captions of row {row} after row {last} in a dataset of {manifest.num_days} days. "
                        "Give each existing row once, in rising order."
                    )
                last = row
                day = {name: keys[name][row].as_py() for name in ("dataset", "person", "date")}
                yield from ((row, day, caption) for caption in flat_captions(given))

        manifest = _write_captions(folder, manifest, rows())
        manifest = replace(manifest, counts=_counts(folder, manifest))
        save_manifest(folder, manifest)
        _remove_orphans(folder, manifest)
    return manifest


def flat_captions(given: DayCaptions) -> list[Caption]:
    """A day's captions as one list, whichever form they came in."""
    if not isinstance(given, Mapping):
        return list(given)
    flat: list[Caption] = []
    for value in given.values():
        flat.extend([value] if isinstance(value, Caption) else value)
    return flat


def _write_days(
    folder: Path, manifest: Manifest, days: Iterable[DayMatrix], captioner: Captioner | None, part_days: int
) -> Manifest:
    """Write the days parts, and the captions part that goes with each."""
    schema = day_schema(manifest.channel_set)
    seen = {tuple(key.values()) for key in _day_keys(folder, manifest).to_pylist()}
    stream = iter(days)
    while (first := next(stream, None)) is not None:
        name = f"days-{manifest.next_part:05d}.parquet"
        start, written, observed = manifest.num_days, 0, np.zeros(len(manifest.channel_set), np.int64)
        captions: list[tuple[int, Mapping[str, Any], Caption]] = []
        with replacing(folder / name) as temporary:
            with _parquet(temporary, schema) as writer:
                part = itertools.chain([first], itertools.islice(stream, part_days - 1))
                while group := list(itertools.islice(part, ROW_GROUP_DAYS)):
                    _check_group(group, manifest.channel_set, seen)
                    values = np.stack([d.values for d in group])
                    writer.write_batch(days_to_arrow(group, schema, values))
                    observed += (~np.isnan(values)).sum(axis=(0, 1))
                    for i, given in enumerate(captioner(group) if captioner else ()):
                        day = {"dataset": group[i].dataset, "person": group[i].person, "date": group[i].date}
                        captions += [(start + written + i, day, caption) for caption in flat_captions(given)]
                    written += len(group)
            counts = {k: int(n) for k, n in zip(manifest.channel_set.keys, observed, strict=True) if n}
            entry = _part(name, temporary, written, counts)
        manifest = replace(manifest, days=(*manifest.days, entry), next_part=manifest.next_part + 1)
        manifest = _write_captions(folder, manifest, iter(captions))
    return manifest


def _check_group(group: Sequence[DayMatrix], channel_set: ChannelSet, seen: set[tuple[Any, ...]]) -> None:
    for day in group:
        if day.channel_keys != channel_set.keys:
            raise StoreError(
                f"day {day.key} has {len(day.channel_keys)} channels that are not those of set {channel_set.name!r}, "
                "in its order. Make it with days.to_days and the same set."
            )
        key = (day.dataset, day.person, day.date)
        if key in seen:
            raise StoreError(f"day {day.key} comes twice. A person has one row a date; merge them or rename a dataset.")
        seen.add(key)


def _write_captions(
    folder: Path, manifest: Manifest, rows: Iterator[tuple[int, Mapping[str, Any], Caption]]
) -> Manifest:
    """Write captions parts until `rows` is empty; a part has one row group a few thousand captions."""
    while part := list(itertools.islice(rows, PART_CAPTIONS)):
        name = f"captions-{manifest.next_part:05d}.parquet"
        counts: dict[str, int] = {}
        for _, _, caption in part:
            counts[caption.key] = counts.get(caption.key, 0) + 1
        with replacing(folder / name) as temporary:
            with _parquet(temporary, CAPTION_SCHEMA) as writer:
                for start in range(0, len(part), 4096):
                    writer.write_batch(captions_to_arrow(part[start : start + 4096]))
            entry = _part(name, temporary, len(part), counts)
        manifest = replace(manifest, captions=(*manifest.captions, entry), next_part=manifest.next_part + 1)
    return manifest


@contextmanager
def _parquet(path: Path, schema: pa.Schema) -> Iterator[pq.ParquetWriter]:
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=3) as writer:
        yield writer


def _part(name: str, path: Path, rows: int, counts: Mapping[str, int]) -> Part:
    return Part(name=name, rows=rows, bytes=path.stat().st_size, sha256=sha256_of(path), counts=counts)


def _day_keys(folder: Path, manifest: Manifest) -> pa.Table:
    """dataset, person and date of every row, in order."""
    names = ["dataset", "person", "date"]
    empty = day_schema(manifest.channel_set).empty_table().select(names).replace_schema_metadata(None)
    tables = [pq.read_table(folder / p.name, columns=names).replace_schema_metadata(None) for p in manifest.days]
    return pa.concat_tables([empty, *tables]).combine_chunks()


def _counts(folder: Path, manifest: Manifest) -> dict[str, Any]:
    """Days and people, in all and by split."""
    people = _day_keys(folder, manifest).group_by(["dataset", "person"]).aggregate([([], "count_all")]).to_pylist()
    by_split = {split: {"days": 0, "people": 0} for split in SPLITS}
    for entry in people:
        split = by_split[split_of(entry["dataset"], entry["person"], manifest.split_overrides)]
        split["days"] += entry["count_all"]
        split["people"] += 1
    return {"days": manifest.num_days, "people": len(people), "by_split": by_split}


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's write lock.

    Raises:
        StoreError: another process has it.
    """
    if not folder.is_dir():
        raise StoreError(f"{folder} holds no dataset: there is no such folder. `sensorlm import` makes one.")
    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(f"{folder}: another process is writing this dataset. Wait until it is done.") from None
        yield


def _remove_orphans(folder: Path, manifest: Manifest) -> None:
    """Delete parts that the manifest in force does not name: what a rewrite replaced, or a crash left."""
    named = {p.name for p in manifest.parts} | {MANIFEST_NAME}
    for pattern in ("days-*.parquet", "captions-*.parquet", ".*.tmp"):
        for file in folder.glob(pattern):
            if file.name not in named:
                file.unlink()
