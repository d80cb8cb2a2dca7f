"""A dataset folder in, any of its days by row number out, without holding more than what is asked for."""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sensorlm.channels import ChannelSet
from sensorlm.errors import StoreError
from sensorlm.records import MINUTES_PER_DAY, Caption, DayMatrix
from sensorlm.store.manifest import Manifest, load_manifest, verify
from sensorlm.store.schema import caption_of, meta_of
from sensorlm.store.sidecar import DaysCopy, open_captions, open_days, remove_stale
from sensorlm.store.splits import SPLITS, split_of


class Dataset:
    """Rows 0..n-1 of a dataset folder, read-only, random access.

    A row number is a day's place in the parts the manifest names; appending never changes it. Safe to hand to a
    process (it is opened again there) and to fork (reads carry their own position).
    """

    def __init__(self, folder: str | Path, *, cache: str | Path | None = None) -> None:
        self.folder = Path(folder)
        self.cache = Path(cache) if cache is not None else self.folder / "cache"
        self.manifest: Manifest = load_manifest(self.folder)
        self._starts = [0, *np.cumsum([p.rows for p in self.manifest.days]).tolist()]
        self._days: dict[int, DaysCopy] = {}
        self._captions: dict[int, tuple[NDArray[np.int64], pa.RecordBatch]] = {}

    def __len__(self) -> int:
        return self.manifest.num_days

    def __reduce__(self) -> tuple[Any, ...]:
        return _reopen, (self.folder, self.cache)

    @property
    def channel_set(self) -> ChannelSet:
        """The channels of every day."""
        return self.manifest.channel_set

    def prepare(self) -> None:
        """Build every random-access copy that is missing and delete the stale; else each is built when first read.

        Raises:
            StoreError: a copy cannot be written; give another `cache` folder.
        """
        for i in range(len(self.manifest.days)):
            self._day_part(i)
        for i in range(len(self.manifest.captions)):
            self._caption_part(i)
        remove_stale(self.cache, self.manifest.parts)

    def close(self) -> None:
        """Close the files that are open; the next read opens them again."""
        for part in self._days.values():
            part.close()
        self._days.clear()
        self._captions.clear()

    def verify(self) -> list[str]:
        """Compare every file with its checksum; one line a damaged file."""
        return verify(self.folder)

    @cached_property
    def _people(self) -> tuple[NDArray[np.int64], list[tuple[str, str]]]:
        """(n,) index into the list of (dataset, person)."""
        tables = [pq.read_table(self.folder / p.name, columns=["dataset", "person"]) for p in self.manifest.days]
        if not tables:
            return np.zeros(0, np.int64), []
        table = pa.concat_tables([t.replace_schema_metadata(None) for t in tables]).combine_chunks()
        dataset, person = (table[n].combine_chunks().dictionary_encode() for n in ("dataset", "person"))
        pairs = dataset.indices.to_numpy().astype(np.int64) * len(person.dictionary) + person.indices.to_numpy()
        distinct, first, code = np.unique(pairs, return_index=True, return_inverse=True)
        order = np.argsort(first)  # of appearance
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        names = [divmod(int(pair), len(person.dictionary)) for pair in distinct[order]]
        people = [(dataset.dictionary[d].as_py(), person.dictionary[p].as_py()) for d, p in names]
        return place[code.reshape(-1)], people

    @cached_property
    def caption_keys(self) -> frozenset[str]:
        """Keys of which at least one day has a stored caption."""
        return frozenset(self.manifest.num_captions)

    def person(self, row: int) -> str:
        """`dataset/person` of a row: who is split, grouped and counted."""
        code, people = self._people
        dataset, person = people[code[self._check(row)]]
        return f"{dataset}/{person}"

    def people(self) -> list[str]:
        """Everybody in the dataset, as `dataset/person`, in order of appearance."""
        return [f"{dataset}/{person}" for dataset, person in self._people[1]]

    def rows(self, split: str | None = None) -> NDArray[np.int64]:
        """Row numbers of a split in rising order; of all days without one.

        Raises:
            StoreError: no such split.
        """
        if split is None:
            return np.arange(len(self), dtype=np.int64)
        if split not in SPLITS:
            raise StoreError(f"split {split!r} is not one of {SPLITS}.")
        code, people = self._people
        chosen = [split_of(dataset, person, self.manifest.split_overrides) == split for dataset, person in people]
        return np.flatnonzero(np.array(chosen, np.bool_)[code])

    def values(self, rows: Sequence[int] | NDArray[np.integer[Any]]) -> NDArray[np.float32]:
        """(b, 1440, c) in channel units, NaN where missing."""
        out = np.empty((len(rows), MINUTES_PER_DAY, len(self.channel_set)), np.float32)
        for i, row in enumerate(rows):
            part, local = self._locate(int(row))
            self._day_part(part).read_into(local, out[i])
        return out

    def metadata(self, row: int) -> dict[str, Any]:
        """Dataset, person, date, device, zone, minutes_in_day, events, logged and tags of a day."""
        part, local = self._locate(row)
        return meta_of(self._day_part(part).meta, local)

    def day(self, row: int) -> DayMatrix:
        """One day, equal to the one that was written."""
        values = self.values([row])[0]
        meta = self.metadata(row)
        return DayMatrix(values=values, observed=~np.isnan(values), channel_keys=self.channel_set.keys, **meta)

    def captions(self, row: int, key: str | None = None) -> dict[str, list[Caption]]:
        """A day's captions by key, in the order they were added; only those of `key` when it is given."""
        found: dict[str, list[Caption]] = {}
        self._check(row)
        for i, part in enumerate(self.manifest.captions):
            if key is not None and key not in part.counts:
                continue
            rows, batch = self._caption_part(i)
            start, end = np.searchsorted(rows, [row, row + 1])
            names = batch.column("key")
            for k in range(int(start), int(end)):
                if key is None or names[k].as_py() == key:
                    caption = caption_of(batch, k)
                    found.setdefault(caption.key, []).append(caption)
        return found

    def _day_part(self, i: int) -> DaysCopy:
        if i not in self._days:
            try:
                self._days[i] = open_days(self.folder, self.cache, self.manifest.days[i], self.channel_set.keys)
            except OSError as error:
                raise self._cache_error(error) from None
        return self._days[i]

    def _caption_part(self, i: int) -> tuple[NDArray[np.int64], pa.RecordBatch]:
        if i not in self._captions:
            try:
                batch = open_captions(self.folder, self.cache, self.manifest.captions[i])
            except OSError as error:
                raise self._cache_error(error) from None
            self._captions[i] = batch.column("row").to_numpy(), batch
        return self._captions[i]

    def _cache_error(self, error: OSError) -> StoreError:
        return StoreError(
            f"{self.folder}: the random-access copy in {self.cache} cannot be made ({error}). "
            "Give open_dataset(..., cache=FOLDER) a folder that can be written."
        )

    def _check(self, row: int) -> int:
        if not 0 <= row < len(self):
            raise StoreError(f"row {row} is not in {self.folder}, which has rows 0 to {len(self) - 1}.")
        return row

    def _locate(self, row: int) -> tuple[int, int]:
        """Part and place in it of a row."""
        part = bisect_right(self._starts, self._check(row)) - 1
        return part, row - self._starts[part]


def open_dataset(folder: str | Path, *, cache: str | Path | None = None) -> Dataset:
    """Open a dataset for reading.

    Args:
        folder: what `write_dataset` wrote.
        cache: where random-access copies are kept and built; default `folder`/cache.

    Raises:
        StoreError: no dataset here, one of another schema, or a file that is missing or cut.
    """
    return Dataset(folder, cache=cache)


def _reopen(folder: Path, cache: Path) -> Dataset:
    return Dataset(folder, cache=cache)
