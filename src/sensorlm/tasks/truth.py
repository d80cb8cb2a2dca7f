"""A table of true labels in, windows of days with their labels out.

CSV with a header: `day` (dataset/person/date) or `person` and `date`; `label` (several with ;); and optionally `start`
and `end` as clock times, without which the label is of the whole day.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sensorlm.embedders.base import Window
from sensorlm.errors import SensorLMError
from sensorlm.records import MINUTES_PER_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueLabel:
    """What a window of a day really was."""

    day: str
    """`dataset/person/date`, or `person/date` where the table names no data set."""
    window: Window
    labels: tuple[str, ...]


def read_truth(path: str | Path) -> list[TrueLabel]:
    """Rows of a truth table.

    Raises:
        SensorLMError: not a CSV of that form, a row that cannot be read, or no row.
    """
    path = Path(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SensorLMError(f"truth {path}: {error}. Give a CSV with columns day,label[,start,end].") from None
    if not rows or "label" not in rows[0] or not ({"day"} <= set(rows[0]) or {"person", "date"} <= set(rows[0])):
        found = list(rows[0]) if rows else []
        raise SensorLMError(
            f"truth {path}: {len(rows)} rows with columns {found}. Give a CSV with columns day,label "
            "(or person,date,label) and optionally start,end as 10:00,11:00."
        )
    return [_row(path, number, row) for number, row in enumerate(rows, 2)]


def _row(path: Path, number: int, row: Mapping[str, str | None]) -> TrueLabel:
    day = row.get("day") or f"{row.get('person')}/{row.get('date')}"
    try:
        start = _minute(row["start"]) if row.get("start") else 0
        end = _minute(row["end"]) if row.get("end") else MINUTES_PER_DAY
    except ValueError:
        start, end = 1, 0
    labels = tuple(word.strip() for word in (row["label"] or "").split(";") if word.strip())
    if not 0 <= start < end <= MINUTES_PER_DAY or not labels:
        raise SensorLMError(
            f"truth {path}, line {number}: label {row['label']!r} from {row.get('start')!r} to {row.get('end')!r}. "
            "Give a label, and clock times of one day, start before end."
        )
    return TrueLabel(day=day, window=(start, end), labels=labels)


def _minute(text: str | None) -> int:
    hours, minutes = (text or "").split(":")[:2]
    return int(hours) * 60 + int(minutes)


def places_of(truth: Sequence[TrueLabel], keys: Sequence[str]) -> list[int]:
    """Place in `keys` (dataset/person/date) of each row's day.

    Raises:
        SensorLMError: a day that is not there, or that several data sets have.
    """
    whole = {key: i for i, key in enumerate(keys)}
    short: dict[str, list[int]] = {}
    for i, key in enumerate(keys):
        short.setdefault(key.split("/", 1)[1], []).append(i)
    found = []
    for row in truth:
        matches = [whole[row.day]] if row.day in whole else short.get(row.day, [])
        if len(matches) != 1:
            raise SensorLMError(
                f"truth speaks of day {row.day!r}, which is {'nowhere' if not matches else 'several times'} in the "
                f"days given (for example {keys[0]!r}). Write dataset/person/date."
            )
        found.append(matches[0])
    return found
