"""DayMatrix and Caption in, Arrow record batches out, and back, bit for bit.

One row a day. A channel is one column of fixed-size lists: 1440 float32, null where the minute was not observed; the
whole list is null where the channel was not observed all day, so days of two channels cost two channels.
Captions are one row each, keyed by the day's row number and by dataset, person and date.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from sensorlm.channels import ChannelSet
from sensorlm.errors import StoreError
from sensorlm.fact_json import fact_from_json, fact_to_json
from sensorlm.records import MINUTES_PER_DAY, Caption, DayMatrix, Event, Fact

EVENT_TYPE = pa.struct(
    [
        ("kind", pa.string()),
        ("label", pa.string()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("stage", pa.string()),
    ]
)
META_FIELDS: tuple[pa.Field, ...] = (
    pa.field("dataset", pa.string(), nullable=False),
    pa.field("person", pa.string(), nullable=False),
    pa.field("date", pa.date32(), nullable=False),
    pa.field("device", pa.string(), nullable=False),
    pa.field("zone", pa.string(), nullable=False),
    pa.field("minutes_in_day", pa.int32(), nullable=False),
    pa.field("events", pa.list_(EVENT_TYPE), nullable=False),
    pa.field("logged", pa.list_(pa.string()), nullable=False),
    pa.field("tags", pa.map_(pa.string(), pa.string()), nullable=False),
)
META_NAMES = tuple(f.name for f in META_FIELDS)
CHANNEL_TYPE = pa.list_(pa.float32(), MINUTES_PER_DAY)
CAPTION_SCHEMA = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("dataset", pa.string(), nullable=False),
        pa.field("person", pa.string(), nullable=False),
        pa.field("date", pa.date32(), nullable=False),
        pa.field("key", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("facts", pa.string(), nullable=False),
        pa.field("window_start", pa.int32(), nullable=False),
        pa.field("window_end", pa.int32(), nullable=False),
        pa.field("labels", pa.string(), nullable=False),
    ]
)


def day_schema(channel_set: ChannelSet) -> pa.Schema:
    """Columns of a days part; the file says itself which channels in which units it holds.

    Raises:
        StoreError: a channel is called like one of the other columns.
    """
    taken = sorted(set(channel_set.keys) & set(META_NAMES))
    if taken:
        raise StoreError(f"channel set {channel_set.name!r} calls a channel {taken}, which the store uses. Rename it.")
    return pa.schema(
        [*META_FIELDS, *(pa.field(key, CHANNEL_TYPE) for key in channel_set.keys)],
        metadata={"sensorlm.channel_set": json.dumps(channel_set.to_json())},
    )


def days_to_arrow(days: Sequence[DayMatrix], schema: pa.Schema, values: NDArray[np.float32]) -> pa.RecordBatch:
    """One record batch of `days`; `values` (n, 1440, c) are their stacked matrices, NaN where missing."""
    columns: list[pa.Array] = [
        pa.array([d.dataset for d in days], pa.string()),
        pa.array([d.person for d in days], pa.string()),
        pa.array([d.date for d in days], pa.date32()),
        pa.array([d.device for d in days], pa.string()),
        pa.array([d.zone for d in days], pa.string()),
        pa.array([d.minutes_in_day for d in days], pa.int32()),
        pa.array([[asdict(e) for e in d.events] for d in days], pa.list_(EVENT_TYPE)),
        pa.array([sorted(d.logged) for d in days], pa.list_(pa.string())),
        pa.array([list(d.tags.items()) for d in days], pa.map_(pa.string(), pa.string())),
    ]
    for c in range(values.shape[2]):
        column = np.ascontiguousarray(values[:, :, c])  # (n, 1440)
        missing = np.isnan(column)
        child = pa.array(column.ravel(), mask=missing.ravel())
        columns.append(pa.FixedSizeListArray.from_arrays(child, type=CHANNEL_TYPE, mask=pa.array(missing.all(axis=1))))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def channel_values(column: pa.Array) -> NDArray[np.float32]:
    """(n, 1440) float32 of one channel column, NaN where null."""
    out = np.full((len(column), MINUTES_PER_DAY), np.nan, np.float32)
    present = np.asarray(column.is_valid().to_numpy(zero_copy_only=False))
    # flatten() leaves out the minutes of null lists, .values would keep their padding.
    out[present] = column.flatten().to_numpy(zero_copy_only=False).reshape(-1, MINUTES_PER_DAY)
    return out


def meta_of(batch: pa.RecordBatch, i: int) -> dict[str, Any]:
    """Everything about day `i` of a batch but its values, as DayMatrix fields."""
    meta = {name: batch.column(name)[i].as_py() for name in META_NAMES}
    meta["events"] = tuple(Event(**e) for e in meta["events"])
    meta["logged"] = frozenset(meta["logged"])
    meta["tags"] = dict(meta["tags"])
    return meta


def captions_to_arrow(rows: Sequence[tuple[int, Mapping[str, Any], Caption]]) -> pa.RecordBatch:
    """One record batch of (row number, the day's dataset/person/date, caption)."""
    columns = {
        "row": [row for row, _, _ in rows],
        **{name: [day[name] for _, day, _ in rows] for name in ("dataset", "person", "date")},
        "key": [c.key for _, _, c in rows],
        "text": [c.text for _, _, c in rows],
        "facts": [facts_to_json(c.facts) for _, _, c in rows],
        "window_start": [c.window[0] for _, _, c in rows],
        "window_end": [c.window[1] for _, _, c in rows],
        "labels": [c.labels for _, _, c in rows],
    }
    return pa.RecordBatch.from_pydict(columns, schema=CAPTION_SCHEMA)


def caption_of(batch: pa.RecordBatch, i: int) -> Caption:
    """Caption `i` of a batch."""
    field = {n: batch.column(n)[i].as_py() for n in ("key", "text", "facts", "window_start", "window_end", "labels")}
    return Caption(
        key=field["key"],
        text=field["text"],
        facts=facts_from_json(field["facts"]),
        window=(field["window_start"], field["window_end"]),
        labels=field["labels"],
    )


def facts_to_json(facts: Sequence[Fact]) -> str:
    """Facts as one JSON text, in the form of `sensorlm.fact_json`."""
    return orjson.dumps([fact_to_json(fact) for fact in facts]).decode()


def facts_from_json(text: str) -> tuple[Fact, ...]:
    """Read what `facts_to_json` wrote."""
    return tuple(fact_from_json(fact) for fact in orjson.loads(text))
