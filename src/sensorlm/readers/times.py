"""Time cells of any export in, UTC seconds and clock offsets out; a cell that is no time is marked, never guessed.

Wall-clock times of a named zone are turned to UTC with the zone's own rules. A wall time that comes twice (the clock
goes back) is read as its first pass, one that never came (the clock goes forward) moves on by the hour that was
skipped, as `zoneinfo` does; both are counted. Exports without a zone keep wall time as UTC with offset 0.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sensorlm.errors import ReaderError
from sensorlm.readers.report import ReadReport
from sensorlm.readers.tables import to_numbers

ISO = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d")
# Fitabase and Fitbit write month first; the wall clock with or without AM/PM.
US = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M", "%m/%d/%Y")
DAY_FIRST = ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %I:%M:%S %p", "%d/%m/%Y")
UNITS = {"seconds": 1.0, "milliseconds": 1e-3, "microseconds": 1e-6, "nanoseconds": 1e-9, "minutes": 60.0}
_LOW = int(dt.datetime(1970, 1, 1, tzinfo=dt.UTC).timestamp())
_HIGH = int(dt.datetime(2100, 1, 1, tzinfo=dt.UTC).timestamp())
_ZONED = r"^(?P<d>\d{4}-\d{2}-\d{2})[T ](?P<t>\d{2}:\d{2}:\d{2})(?P<f>\.\d+)?(?P<z>Z|[+-]\d{2}:?\d{2})?$"
_SLOT = 900  # zones change their offset on quarter hours


@dataclass(frozen=True, slots=True)
class Times:
    """Parsed times of n rows."""

    second: NDArray[np.int64]
    """(n,) UTC seconds since 1970; 0 where not valid."""
    offset: NDArray[np.int16]
    """(n,) minutes the local clock is ahead of UTC."""
    valid: NDArray[np.bool_]


def load_zone(name: str) -> ZoneInfo | None:
    """The zone called `name`; None for "local".

    Raises:
        ReaderError: no such zone in the IANA data base.
    """
    if name == "local":
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ReaderError(
            f"zone {name!r} is not in the IANA time zone data base. Give a name such as Europe/London, or local."
        ) from None


def offsets(utc_second: NDArray[np.int64], zone: ZoneInfo) -> NDArray[np.int16]:
    """Minutes the clock of `zone` is ahead of UTC at each of (n,) UTC seconds."""
    slots, back = np.unique(utc_second // _SLOT, return_inverse=True)
    minutes = [_minutes(dt.datetime.fromtimestamp(int(s) * _SLOT, zone).utcoffset()) for s in slots]
    return np.array(minutes, np.int16)[back.reshape(-1)]


def wall_to_utc(wall_second: NDArray[np.int64], zone: ZoneInfo) -> tuple[NDArray[np.int16], NDArray[np.bool_], Any]:
    """Offsets (n,) of wall-clock seconds in `zone`, and masks of the repeated and the skipped ones."""
    slots, back = np.unique(wall_second // _SLOT, return_inverse=True)
    first, second = [], []
    for slot in slots:
        wall = dt.datetime(1970, 1, 1) + dt.timedelta(seconds=int(slot) * _SLOT)
        first.append(_minutes(wall.replace(tzinfo=zone).utcoffset()))
        second.append(_minutes(wall.replace(tzinfo=zone, fold=1).utcoffset()))
    early, late = np.array(first, np.int16)[back.reshape(-1)], np.array(second, np.int16)[back.reshape(-1)]
    # PEP 495: the later fold has the smaller offset where a time repeats, the larger one where it was skipped.
    return early, early > late, early < late


def _minutes(delta: dt.timedelta | None) -> int:
    return 0 if delta is None else int(delta.total_seconds() // 60)


def parse_times(
    cells: pa.Array, formats: Sequence[str], report: ReadReport, *, zone: str = "local",
    source: str = "", rows: NDArray[np.int64] | None = None,
) -> Times:  # fmt: skip
    """Parse (n,) time cells: strings in any of `formats`, Arrow timestamps, or numbers with formats[0] in UNITS.

    Raises:
        ReaderError: `zone` is not known, or the column is of a type that holds no time.
    """
    numbers = np.arange(len(cells)) if rows is None else rows
    suffix: NDArray[np.int16] | None = None
    if pa.types.is_timestamp(cells.type) or pa.types.is_date(cells.type):
        wall, valid, utc = _from_timestamps(cells)
        _tally(report, "timestamp", int(valid.sum()))
    elif len(formats) > 0 and formats[0] in UNITS:
        wall, valid = _from_numbers(cells, UNITS[formats[0]], source)
        utc = True
        _tally(report, formats[0], int(valid.sum()))
    elif pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type):
        wall, valid, suffix = _from_strings(cells.cast(pa.string()), formats, report)
        utc = False
    else:
        raise ReaderError(
            f"{source}: the time column is of type {cells.type}. Give text, a timestamp, or a number with "
            f'"format" one of {", ".join(UNITS)}.'
        )
    report.count_rows("unparsable times", ~valid, source, numbers)
    wall = np.where(valid, wall, 0)
    return _apply_zone(wall, valid, suffix, utc, zone, report, source, numbers)


def _apply_zone(
    wall: NDArray[np.int64], valid: NDArray[np.bool_], suffix: NDArray[np.int16] | None, utc: bool, zone: str,
    report: ReadReport, source: str, rows: NDArray[np.int64],
) -> Times:  # fmt: skip
    info = load_zone(zone)
    if utc or suffix is not None:
        known = np.zeros(len(wall), np.int16) if suffix is None else suffix
        second = wall - known.astype(np.int64) * 60
        return Times(second, known if info is None else offsets(second, info), valid)
    if info is None:
        return Times(wall, np.zeros(len(wall), np.int16), valid)
    offset, twice, never = wall_to_utc(wall, info)
    report.count_rows("wall times that came twice, read as the first", twice & valid, source, rows)
    report.count_rows("wall times that never came, moved by the skipped hour", never & valid, source, rows)
    second = wall - offset.astype(np.int64) * 60
    return Times(second, np.where(never, offsets(second, info), offset).astype(np.int16), valid)


def _tally(report: ReadReport, name: str, number: int) -> None:
    if number:
        report.time_formats[name] = report.time_formats.get(name, 0) + number


def _from_timestamps(cells: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.bool_], bool]:
    zoned = pa.types.is_timestamp(cells.type) and cells.type.tz is not None
    seconds = cells.cast(pa.timestamp("s", cells.type.tz if zoned else None), safe=False).cast(pa.int64())
    valid = np.asarray(seconds.is_valid())
    wall = np.asarray(seconds.fill_null(0))
    return wall, valid & (wall >= _LOW) & (wall < _HIGH), zoned


def _from_numbers(cells: pa.Array, scale: float, source: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    values, _ = to_numbers(cells, f"{source}: the time column")
    seconds = values * scale
    valid = np.isfinite(seconds) & (seconds >= _LOW) & (seconds < _HIGH)
    return np.where(valid, np.floor(np.where(valid, seconds, 0)), 0).astype(np.int64), valid


def _from_strings(
    cells: pa.Array, formats: Sequence[str], report: ReadReport
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int16] | None]:
    wall = np.zeros(len(cells), np.int64)
    valid = np.zeros(len(cells), np.bool_)
    for form in formats:
        todo = np.flatnonzero(~valid)
        if not len(todo):
            break
        part = cells if len(todo) == len(cells) else cells.take(pa.array(todo))
        seconds, good = _strptime(part, form)
        wall[todo[good]], valid[todo[good]] = seconds[good], True
        _tally(report, form, int(good.sum()))
    todo = np.flatnonzero(~valid)
    if not len(todo) or "%Y-%m-%d %H:%M:%S" not in formats:
        return wall, valid, None
    seconds, good, zone, zoned = _zoned_iso(cells.take(pa.array(todo)))
    wall[todo[good]], valid[todo[good]] = seconds[good], True
    _tally(report, "ISO 8601 with fraction or zone", int(good.sum()))
    if not zoned:
        return wall, valid, None
    suffix = np.zeros(len(cells), np.int16)
    suffix[todo] = zone
    return wall, valid, suffix


def _strptime(cells: pa.Array, form: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    parsed = pc.strptime(cells, format=form, unit="s", error_is_null=True)
    seconds = np.asarray(parsed.cast(pa.int64()).fill_null(0))
    good = np.asarray(parsed.is_valid()) & (seconds >= _LOW) & (seconds < _HIGH)
    # The C library lets 30 February run over into March: days 1 to 3 are compared with what the cell says.
    early = np.flatnonzero(good & (np.asarray(pc.day(parsed).fill_null(31)) <= 3))
    if len(early):
        good[early[_other_date(cells.take(pa.array(early)), parsed.take(pa.array(early)), form)]] = False
    return seconds, good


def _other_date(cells: pa.Array, parsed: pa.Array, form: str) -> NDArray[np.bool_]:
    """Cells whose date is not the parsed one; each date is written out once, however many rows have it."""
    said = pc.struct_field(pc.extract_regex(cells, r"^\s*(?P<date>[0-9/.-]+)"), "date").fill_null("")
    encoded = said.dictionary_encode()
    which = np.asarray(encoded.indices)
    _, first = np.unique(which, return_index=True)
    written = pc.strftime(parsed.take(pa.array(first)), format=form.split(" ")[0].split("T")[0])
    plain = [pc.replace_substring_regex(x, r"(^|[/.-])0", r"\1") for x in (written, encoded.dictionary)]
    other: NDArray[np.bool_] = np.asarray(pc.not_equal(plain[0], plain[1]))[which]
    return other


def _zoned_iso(cells: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int16], bool]:
    parts = pc.extract_regex(cells, _ZONED)
    joined = pc.binary_join_element_wise(pc.struct_field(parts, "d"), pc.struct_field(parts, "t"), " ")
    seconds, good = _strptime(joined, "%Y-%m-%d %H:%M:%S")
    marks = pc.struct_field(parts, "z").fill_null("").to_pylist() if bool(good.any()) else []
    table = {m: _suffix_minutes(m) for m in set(marks)}
    zone = np.array([table[m] for m in marks], np.int16) if marks else np.zeros(len(cells), np.int16)
    return seconds, good, zone, any(marks)


def _suffix_minutes(mark: str) -> int:
    if mark in ("", "Z"):
        return 0
    sign = -1 if mark[0] == "-" else 1
    digits = mark[1:].replace(":", "")
    return sign * (int(digits[:2]) * 60 + int(digits[2:]))
