"""A Parquet part in, a random-access copy of it out: values as raw float32, everything else as Arrow IPC.

Parquet is the truth. A copy lives in the dataset's `cache/` folder under a name made from its part's sha256 and the
layout version, so a copy of anything else is never opened: it is built again when the name is not there, and deleted
when no part asks for it. A day's values are (1440, k) for the k channels it was observed in, so a day of heart rate
and steps is read at 12 KB, not 196; one `pread` a day keeps the resident memory at the batch.
"""

import os
import weakref
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sensorlm.errors import StoreError
from sensorlm.files import replacing
from sensorlm.records import MINUTES_PER_DAY
from sensorlm.store.manifest import Part
from sensorlm.store.schema import META_FIELDS, META_NAMES, channel_values

LAYOUT = 1
_BUILD_ROWS = 64


class DaysCopy:
    """Random access to one days part."""

    def __init__(self, cache: Path, part: Part, channels: int) -> None:
        self.meta = _map(_table_name(cache, part))
        self.offset: NDArray[np.int64] = self.meta.column("offset").to_numpy()
        packed = np.frombuffer(self.meta.column("present").buffers()[1], np.uint8, len(self.meta) * channels)
        self.present = packed.reshape(len(self.meta), channels).view(np.bool_)
        values = _values_name(cache, part)
        self._handle = os.open(values, os.O_RDONLY)
        self._close = weakref.finalize(self, os.close, self._handle)
        expected = int(self.meta.schema.metadata[b"floats"]) * 4
        if os.fstat(self._handle).st_size != expected:
            self.close()
            raise StoreError(f"{values} is cut; it should have {expected} bytes. Delete the cache folder.")

    def close(self) -> None:
        """Close the values file; it also closes when this object goes."""
        self._close()

    def read_into(self, i: int, out: NDArray[np.float32]) -> None:
        """Fill `out` (1440, c), C-contiguous, with day `i`, NaN where missing."""
        present = self.present[i]
        k = int(present.sum())
        position = int(self.offset[i]) * 4
        if k == out.shape[1]:
            _pread(self._handle, out, position)
            return
        block = np.empty((MINUTES_PER_DAY, k), np.float32)
        _pread(self._handle, block, position)
        out.fill(np.nan)
        out[:, present] = block


def _pread(handle: int, out: NDArray[np.float32], position: int) -> None:
    view, done = out.data.cast("B"), 0
    while done < len(view):
        count = os.preadv(handle, [view[done:]], position + done)
        if count == 0:
            raise StoreError(f"a values copy ends at byte {position + done}, inside a day. Delete the cache folder.")
        done += count


def open_days(folder: Path, cache: Path, part: Part, keys: tuple[str, ...]) -> DaysCopy:
    """The copy of a days part, built first if it is not there."""
    if not (_table_name(cache, part).is_file() and _values_name(cache, part).is_file()):
        _build_days(folder / part.name, cache, part, keys)
    return DaysCopy(cache, part, len(keys))


def open_captions(folder: Path, cache: Path, part: Part) -> pa.RecordBatch:
    """The copy of a captions part as one memory-mapped record batch, built first if it is not there."""
    target = _table_name(cache, part)
    if not target.is_file():
        table = pq.read_table(folder / part.name)
        _write_batch(target, table.schema, table)
    return _map(target)


def remove_stale(cache: Path, parts: Iterable[Part]) -> None:
    """Delete copies of parts that are no more."""
    wanted = {_stem(p) for p in parts}
    for file in cache.glob("*"):
        if file.suffix in (".arrow", ".f32") and file.stem not in wanted:
            file.unlink(missing_ok=True)


def _stem(part: Part) -> str:
    return f"{Path(part.name).stem}-v{LAYOUT}-{part.sha256[:16]}"


def _table_name(cache: Path, part: Part) -> Path:
    return cache / f"{_stem(part)}.arrow"


def _values_name(cache: Path, part: Part) -> Path:
    return cache / f"{_stem(part)}.f32"


def _build_days(source: Path, cache: Path, part: Part, keys: tuple[str, ...]) -> None:
    """Stream a part into its copy, a few days at a time; the table is renamed last and completes it."""
    offsets: list[int] = []
    present: list[bytes] = []
    metas: list[pa.RecordBatch] = []
    position = 0
    values_copy = replacing(_values_name(cache, part))
    with pq.ParquetFile(source) as parquet, values_copy as temporary, temporary.open("wb") as out:
        for batch in parquet.iter_batches(_BUILD_ROWS, columns=[*META_NAMES, *keys], use_threads=False):
            metas.append(batch.select(META_NAMES))
            values = np.stack([channel_values(batch.column(key)) for key in keys], axis=-1)
            for day in values:
                here = ~np.isnan(day).all(axis=0)
                offsets.append(position)
                present.append(here.tobytes())
                position += int(here.sum()) * MINUTES_PER_DAY
                out.write(np.ascontiguousarray(day[:, here]).data)
    schema = pa.schema(
        [*META_FIELDS, pa.field("offset", pa.int64()), pa.field("present", pa.binary(len(keys)))],
        metadata={"floats": str(position)},
    )
    meta = pa.Table.from_batches(metas, schema=pa.schema(META_FIELDS)).append_column(
        "offset", pa.array(offsets, pa.int64())
    )
    meta = meta.append_column("present", pa.array(present, pa.binary(len(keys))))
    _write_batch(_table_name(cache, part), schema, meta)


def _write_batch(target: Path, schema: pa.Schema, table: pa.Table) -> None:
    """Write a table as an IPC file of exactly one record batch."""
    columns = [c.combine_chunks() for c in table.columns]
    with (
        replacing(target) as temporary,
        pa.OSFile(str(temporary), "wb") as sink,
        pa.ipc.new_file(sink, schema) as writer,
    ):
        writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))


def _map(path: Path) -> pa.RecordBatch:
    try:
        return pa.ipc.open_file(pa.memory_map(str(path))).get_batch(0)
    except pa.ArrowInvalid as error:
        raise StoreError(f"{path} cannot be read ({error}). Delete the cache folder; it is built again.") from None
