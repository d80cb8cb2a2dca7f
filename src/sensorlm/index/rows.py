"""A day and its captions in, one row of the table out: what SQL can ask and what a search shows."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from sensorlm.fact_json import fact_to_json
from sensorlm.records import MINUTES_PER_DAY, Caption, DayMatrix

DAY_FIELDS = [
    ("row", pa.int64()),
    ("day", pa.string()),
    ("dataset", pa.string()),
    ("person", pa.string()),
    ("date", pa.date32()),
    ("weekday", pa.string()),
    ("device", pa.string()),
    ("zone", pa.string()),
    ("tags", pa.string()),
    ("recorded_minutes", pa.int32()),
    ("steps", pa.float32()),
    ("heart_rate", pa.float32()),
    ("sleep_minutes", pa.float32()),
    ("captions", pa.list_(pa.string())),
    ("facts", pa.string()),
    ("content", pa.string()),
]
TEXT_FIELDS = [
    ("row", pa.int64()),
    ("day", pa.string()),
    ("person", pa.string()),
    ("key", pa.string()),
    ("text", pa.string()),
]
STEP_KEYS = ("steps", "step_count")


def day_schema(dim: int) -> pa.Schema:
    """Columns of a day's row; `vector` is its embedding."""
    return pa.schema([*DAY_FIELDS, ("vector", pa.list_(pa.float32(), dim))])


def text_schema(dim: int) -> pa.Schema:
    """Columns of a caption's row."""
    return pa.schema([*TEXT_FIELDS, ("vector", pa.list_(pa.float32(), dim))])


def day_row(day: DayMatrix, captions: Sequence[Caption]) -> dict[str, Any]:
    """Everything but `row` and `vector`. Sums and means are null where the day has nothing recorded of them."""
    facts = [fact_to_json(fact) for caption in captions for fact in caption.facts]
    return {
        "day": day.key,
        "dataset": day.dataset,
        "person": day.person,
        "date": day.date,
        "weekday": day.date.strftime("%A"),
        "device": day.device,
        "zone": day.zone,
        "tags": json.dumps(dict(day.tags), ensure_ascii=False, sort_keys=True),
        "recorded_minutes": int(day.observed.any(axis=1).sum()),
        "steps": _of(day, STEP_KEYS, np.nansum),
        "heart_rate": _of(day, ("HR",), np.nanmean),
        "sleep_minutes": _sleep_minutes(day),
        "captions": [caption.text for caption in captions],
        "facts": json.dumps(facts, ensure_ascii=False),
        "content": content_of(day, captions),
    }


def content_of(day: DayMatrix, captions: Sequence[Caption]) -> str:
    """Sixteen digits that change with anything an index keeps of a day: its minutes, its events, its captions."""
    digest = hashlib.sha256()
    for j, key in enumerate(day.channel_keys):
        if day.observed[:, j].any():
            # Where nothing was observed NaN stands for it, whatever its bits.
            column = np.where(day.observed[:, j], day.values[:, j], np.float32("nan"))
            digest.update(key.encode() + column.tobytes())
    about = (day.device, day.zone, day.minutes_in_day, sorted(day.logged), sorted(day.tags.items()))
    digest.update(repr((about, day.events, [(c.key, c.text, c.window) for c in captions])).encode())
    return digest.hexdigest()[:16]


def text_rows(day: DayMatrix, captions: Sequence[Caption]) -> list[dict[str, Any]]:
    """One row a caption, everything but `row` and `vector`."""
    return [{"day": day.key, "person": day.person, "key": c.key, "text": c.text} for c in captions]


def _of(day: DayMatrix, keys: Sequence[str], reduce: Any) -> float | None:  # noqa: ANN401
    for key in keys:
        if key in day.channel_keys:
            column = day.values[:, day.channel_keys.index(key)]
            return None if np.isnan(column).all() else float(reduce(column))
    return None


def _sleep_minutes(day: DayMatrix) -> float | None:
    """Minutes of this day inside a logged sleep."""
    if "sleep" not in day.logged:
        return None
    inside = np.zeros(MINUTES_PER_DAY, bool)
    for event in day.events:
        if event.kind == "sleep" and not event.stage:
            inside[max(event.start, 0) : max(event.end, 0)] = True
    return float(inside.sum())
