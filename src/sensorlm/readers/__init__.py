"""A vendor's export in, one MinuteTable a person out, and a ReadReport of everything met on the way."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sensorlm.errors import ReaderError
from sensorlm.readers import (
    actigraphy,
    empatica,
    fitabase_parquet,
    fitbit,
    garmin,
    generic,
    mmash,
    mss,
    nurse,
    welltory,
)  # fmt: skip
from sensorlm.readers.base import Reader, ReadOptions
from sensorlm.readers.report import Problem, ReadReport
from sensorlm.records import MinuteTable

# In the order auto-detection asks them: the most particular first.
READERS: dict[str, Reader] = {
    "fitabase-parquet": fitabase_parquet.READER,
    "fitbit": fitbit.READER,
    "actigraphy": actigraphy.READER,
    "garmin": garmin.READER,
    "mss": mss.READER,
    "mmash": mmash.READER,
    "nurse": nurse.READER,
    "empatica": empatica.READER,
    "welltory": welltory.READER,
    "parquet": generic.READER_PARQUET,
    "csv": generic.READER_CSV,
}

__all__ = ["READERS", "Problem", "ReadOptions", "ReadReport", "Reader", "detect", "read"]


def detect(path: str | Path) -> str:
    """The name of the reader that knows the export at `path`.

    Raises:
        ReaderError: nothing there, or no reader knows it.
    """
    place = Path(path)
    if not place.exists():
        raise ReaderError(f"{place}: no such file or folder. Check the path.")
    for name, reader in READERS.items():
        if reader.detect(place):
            return name
    looked = "\n".join(f"  {name}: {reader.looks_for}" for name, reader in READERS.items())
    raise ReaderError(f"{place}: no reader knows this export. Name one, or give a --mapping. Looked for:\n{looked}")


def read(name: str, path: str | Path, *, report: ReadReport | None = None, **options: Any) -> Iterator[MinuteTable]:  # noqa: ANN401
    """Read the export at `path` with the reader `name` ("auto" finds it), one MinuteTable a person.

    Args:
        name: a key of READERS, or "auto".
        path: file or folder.
        report: filled while the tables are consumed.
        options: fields of ReadOptions.

    Raises:
        ReaderError: no such reader or path, or the export cannot be read as what it claims to be.
    """
    place = Path(path)
    chosen = detect(place) if name == "auto" else name
    if chosen not in READERS:
        raise ReaderError(f"reader {chosen!r} does not exist. Use auto or one of: {', '.join(READERS)}.")
    if not place.exists():
        raise ReaderError(f"{place}: no such file or folder. Check the path.")
    report = ReadReport() if report is None else report
    report.reader, report.path = chosen, str(place)
    return READERS[chosen].read(place, ReadOptions(**options), report)
