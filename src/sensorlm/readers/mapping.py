"""A mapping file (JSON) in, what each column of a generic table means out.

    {"dataset": "my-study", "device": "ring",
     "person": {"column": "subject"},                      or {"value": "p01"}, or {"file": true}: one person a file
     "time": {"column": "when", "format": "%d/%m/%Y %H:%M", "zone": "Europe/London"},
     "columns": {"bpm": "HR", "temp_f": {"channel": "wrist_temperatures", "scale": 0.5556, "shift": -17.78},
                 "steps_5min": {"channel": "steps", "epoch_minutes": 5}, "hr_1s": {"channel": "HR", "samples": true}},
     "ignore": ["battery"], "units": "physical", "channel_set": "my_channels.json"}

`format` is a strptime pattern, "iso", or one of seconds, milliseconds, microseconds, nanoseconds, minutes (since 1970,
UTC). value = cell x scale + shift. Without a file, columns named like channels are taken as they are.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sensorlm.channels import CHANNEL_SETS, EXTRA_CHANNELS, Channel, load_channel_set
from sensorlm.errors import ReaderError
from sensorlm.readers.times import ISO, UNITS

TIME_NAMES = ("timestamp", "time", "datetime", "date_time", "utc", "t", "minute", "date")
PERSON_NAMES = ("person", "participant", "subject", "user", "id", "pid", "person_id", "user_id", "subject_id")
UNIT_CHOICES = ("", "physical", "normalised")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRule:
    """What one column is."""

    channel: str
    scale: float = 1.0
    shift: float = 0.0
    epoch_minutes: int = 1
    samples: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping_:  # noqa: N801 - "Mapping" is the standard library's
    """The meaning of a generic table."""

    dataset: str = ""
    device: str = ""
    person_column: str = ""
    person_value: str = ""
    person_is_file: bool = False
    time_column: str = ""
    time_formats: tuple[str, ...] = ISO
    zone: str = ""
    columns: Mapping[str, ColumnRule] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    units: str = ""
    channels: Mapping[str, Channel] = field(default_factory=dict)


def load_mapping(path: Path) -> Mapping_:
    """Read a mapping file.

    Raises:
        ReaderError: not there, not JSON, or it says something that does not exist.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ReaderError(f"mapping {path}: no such file. Check the path.") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ReaderError(f"mapping {path}: not JSON ({error}).") from None
    if not isinstance(data, dict):
        raise ReaderError(f"mapping {path}: holds a {type(data).__name__}. Give one JSON object.")
    allowed = {"dataset", "device", "person", "time", "columns", "ignore", "units", "channel_set"}
    if unknown := sorted(set(data) - allowed):
        raise ReaderError(f"mapping {path}: unknown entry {', '.join(unknown)}. Use {', '.join(sorted(allowed))}.")
    person, time = _object(data, "person", path), _object(data, "time", path)
    return Mapping_(
        dataset=str(data.get("dataset", "")), device=str(data.get("device", "")),
        person_column=str(person.get("column", "")), person_value=str(person.get("value", "")),
        person_is_file=bool(person.get("file", False)), time_column=str(time.get("column", "")),
        time_formats=_formats(time.get("format", "iso")), zone=str(time.get("zone", "")),
        columns=_columns(_object(data, "columns", path), path), ignore=tuple(data.get("ignore", ())),
        units=_units(str(data.get("units", "")), path), channels=known_channels(data.get("channel_set", "")),
    )  # fmt: skip


def _object(data: Mapping[str, Any], key: str, path: Path) -> dict[str, Any]:
    value = data.get(key, {})
    if not isinstance(value, dict):
        raise ReaderError(f"mapping {path}: {key!r} is {value!r}. Give an object, see the format in the documentation.")
    return value


def _formats(given: str | Sequence[str]) -> tuple[str, ...]:
    listed = (given,) if isinstance(given, str) else tuple(given)
    if listed[:1] and listed[0] in UNITS:
        return listed[:1]
    out: list[str] = []
    for form in listed:
        out += ISO if form.lower() == "iso" else (form,)
    return tuple(out)


def _columns(given: Mapping[str, Any], path: Path) -> dict[str, ColumnRule]:
    rules = {}
    for name, what in given.items():
        entry = {"channel": what} if isinstance(what, str) else what
        try:
            rule = ColumnRule(**entry)
        except TypeError as error:
            raise ReaderError(
                f"mapping {path}: column {name!r}: {error}. Use {', '.join(ColumnRule.__dataclass_fields__)}."
            ) from None
        if not isinstance(rule.epoch_minutes, int) or rule.epoch_minutes < 1:
            raise ReaderError(
                f"mapping {path}: column {name!r}: epoch_minutes {rule.epoch_minutes!r} must be 1 or more."
            )
        rules[name] = rule
    return rules


def _units(units: str, path: Path) -> str:
    if units not in UNIT_CHOICES:
        raise ReaderError(f'mapping {path}: units {units!r} are not "physical" or "normalised".')
    return units


def known_channels(channel_set: str = "") -> dict[str, Channel]:
    """Every channel a column may name: those of `channel_set` first, then all built-in ones.

    Raises:
        ChannelError: `channel_set` is neither a name nor a readable file.
    """
    own = {c.key: c for c in load_channel_set(channel_set).channels} if channel_set else {}
    built_in = {c.key: c for s in CHANNEL_SETS.values() for c in s.channels}
    return {**built_in, **{c.key: c for c in EXTRA_CHANNELS}, **own}


def guess_mapping(names: Sequence[str], path: Path) -> Mapping_:
    """The mapping of a table whose columns are named like channels.

    Raises:
        ReaderError: no column is named like a channel.
    """
    channels = known_channels()
    lower = {n.lower(): n for n in reversed(names)}
    columns = {n: ColumnRule(channel=n) for n in names if n in channels}
    if not columns:
        raise ReaderError(
            f"{path}: no column is named like a channel ({', '.join(list(channels)[:6])}, ...). Say what the columns "
            f"mean with --mapping. Columns found: {', '.join(names[:20])}."
        )
    time = next((lower[n] for n in TIME_NAMES if n in lower), "")
    person = next((lower[n] for n in PERSON_NAMES if n in lower), "")
    return Mapping_(time_column=time, person_column=person, columns=columns, channels=channels)
