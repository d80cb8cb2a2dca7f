"""CSV and Parquet files of any size in, batches of text columns out: memory is one batch, bad rows are counted."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sensorlm.errors import ReaderError
from sensorlm.readers.report import ReadReport

BLOCK_BYTES = 4 << 20
BATCH_ROWS = 65_536
_MISSING = ("", "nan", "na", "n/a", "null", "none", "-")
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"


@dataclass(frozen=True, slots=True)
class Batch:
    """Some consecutive rows of one file."""

    columns: Mapping[str, pa.Array]
    source: str
    """File name for the report."""
    rows: NDArray[np.int64]
    """(n,) row numbers as an editor shows them: the header of a CSV is row 1; Parquet rows count from 1."""

    def numbers(self, name: str, report: ReadReport) -> NDArray[np.float64]:
        """Column `name` as (n,) float64, NaN where empty; cells that are no number are counted.

        Raises:
            ReaderError: the whole column is of a type that holds no numbers.
        """
        values, bad = to_numbers(self.columns[name], f"{self.source}: column {name!r}")
        report.count_rows(f"unparsable values in {name}", bad, self.source, self.rows)
        return values


def to_numbers(cells: pa.Array, place: str = "the column") -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """(n,) numbers with NaN where empty, and a mask of the cells that are neither empty nor a number.

    Args:
        cells: numbers, truth values, or text (plain or a dictionary of words).
        place: what the error calls the column.

    Raises:
        ReaderError: a type that holds no numbers, e.g. times or lists: the wrong column, not missing values.
    """
    if pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_decode()
    none = np.zeros(len(cells), np.bool_)
    if not (pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type)):
        try:
            return np.asarray(cells.cast(pa.float64(), safe=False).fill_null(float("nan"))), none
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            raise ReaderError(
                f"{place} is of type {cells.type}, which holds no numbers. Name another, or write numbers in it."
            ) from None
    try:
        return np.asarray(cells.cast(pa.float64()).fill_null(float("nan"))), none
    except pa.ArrowInvalid:
        # Some cell is no plain number: which ones are empty, and which are rubbish, is told cell by cell.
        return _cell_by_cell(cells)


def _cell_by_cell(cells: pa.Array) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    trimmed = pc.utf8_trim_whitespace(cells.fill_null(""))
    number = pc.match_substring_regex(trimmed, _NUMBER)
    empty = pc.is_in(pc.utf8_lower(trimmed), value_set=pa.array(_MISSING, trimmed.type))
    values = pc.if_else(number, trimmed, pa.scalar(None, trimmed.type)).cast(pa.float64())
    return np.asarray(values.fill_null(float("nan"))), ~np.asarray(number) & ~np.asarray(empty)


def read_header(path: Path, *, skip: int = 0) -> tuple[list[str], str]:
    """Column names of a CSV (an empty name becomes "column_3") and its delimiter.

    Raises:
        ReaderError: the file is missing, empty, or no text.
    """
    try:
        with pa.input_stream(str(path), compression="detect") as stream:
            head = stream.read(1 << 20)
    except FileNotFoundError:
        raise ReaderError(f"{path}: no such file. Check the path.") from None
    except (OSError, pa.ArrowException) as error:
        raise ReaderError(f"{path}: cannot be opened ({error}). Is the download complete?") from None
    try:
        lines = head.decode("utf-8-sig", errors="strict" if len(head) < 1 << 20 else "ignore").splitlines()
    except UnicodeDecodeError as error:
        raise ReaderError(f"{path}: not UTF-8 text ({error.reason} at byte {error.start}). Save it as UTF-8.") from None
    if len(lines) <= skip or not lines[skip].strip() or "\0" in lines[skip]:
        raise ReaderError(f"{path}: has no header in line {skip + 1}. Give a CSV whose first line names the columns.")
    line = lines[skip]
    delimiter = max(",;\t|", key=line.count)
    names = [name.strip() for name in next(csv.reader([line], delimiter=delimiter))]
    return [name or f"column_{i + 1}" for i, name in enumerate(names)], delimiter


def csv_names(path: Path) -> list[str]:
    """Column names by which a reader tells its CSV files; none of a file that is no CSV, which is no reader's."""
    try:
        return read_header(path)[0]
    except ReaderError:
        return []


def csv_batches(
    path: Path, report: ReadReport, *, skip: int = 0, names: Sequence[str] | None = None,
    wanted: Iterable[str] | None = None,
) -> Iterator[Batch]:  # fmt: skip
    """Rows of a CSV (gzip or plain) as text columns, BLOCK_BYTES at a time.

    Args:
        path: the file.
        report: gets the rows, and the rows of the wrong length.
        skip: lines before the header (before the first row when `names` is given).
        names: column names of a file that has no header.
        wanted: only these columns are parsed.

    Raises:
        ReaderError: the file is missing, empty, not text, or names a column twice.
    """
    source, first = report.source(path), skip + (2 if names is None else 1)
    columns, delimiter = _named_columns(path, skip, names)
    chosen = [n for n in columns if wanted is None or n in set(wanted)]
    broken: list[int] = []

    def refuse(row: pcsv.InvalidRow) -> str:
        broken.append(int(row.number))
        report.count(
            "rows of the wrong length",
            1,
            [f"{source} row {broken[-1]}: {row.actual_columns} of {row.expected_columns}"],
        )
        return "skip"

    report.files.setdefault(source, 0)
    done = 0
    try:
        with pa.input_stream(str(path), compression="detect") as stream:
            parsing = pcsv.ParseOptions(delimiter=delimiter, invalid_row_handler=refuse)
            for batch in _text_batches(stream, parsing, columns, chosen, skip_rows=first - 1):
                rows = _row_numbers(done, batch.num_rows, first, broken)
                done += batch.num_rows
                report.files[source] = done + len(broken)
                yield Batch(dict(zip(chosen, batch.columns, strict=True)), source, rows)
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            return  # a header and nothing under it: a file without rows
        raise ReaderError(f"{path}: not a CSV of {len(columns)} columns ({error}). Export it again.") from None
    except (OSError, EOFError) as error:
        raise ReaderError(f"{path}: cannot be read to the end ({error}). Is the download complete?") from None


def _named_columns(path: Path, skip: int, names: Sequence[str] | None) -> tuple[list[str], str]:
    """The columns' names, given or of the header, and the delimiter."""
    if names is None:
        columns, delimiter = read_header(path, skip=skip)
    else:
        columns, delimiter = list(names), read_header(path, skip=max(skip - 1, 0))[1]
    if len(set(columns)) != len(columns):
        twice = sorted({n for n in columns if columns.count(n) > 1})
        raise ReaderError(f"{path}: columns {twice} are named more than once. Rename them.")
    return columns, delimiter


def _text_batches(
    stream: pa.NativeFile, parsing: pcsv.ParseOptions, columns: list[str], chosen: list[str], *, skip_rows: int
) -> pcsv.CSVStreamingReader:
    """The `chosen` of `columns` as text, after `skip_rows` rows."""
    return pcsv.open_csv(
        stream,
        read_options=pcsv.ReadOptions(
            use_threads=False, block_size=BLOCK_BYTES, skip_rows=skip_rows, column_names=columns
        ),
        parse_options=parsing,
        convert_options=pcsv.ConvertOptions(
            column_types={n: pa.string() for n in columns}, include_columns=chosen, strings_can_be_null=False
        ),
    )


def _row_numbers(done: int, number: int, first: int, broken: Sequence[int]) -> NDArray[np.int64]:
    rows = np.arange(done, done + number, dtype=np.int64) + first
    for row in broken:  # the parser leaves these out, an editor still shows them
        rows[rows >= row] += 1
    return rows


def parquet_columns(path: Path) -> list[str]:
    """Column names of a Parquet file.

    Raises:
        ReaderError: not a Parquet file.
    """
    try:
        return list(pq.read_schema(path).names)
    except FileNotFoundError:
        raise ReaderError(f"{path}: no such file. Check the path.") from None
    except (OSError, pa.ArrowException) as error:
        raise ReaderError(f"{path}: not a Parquet file ({error}). Is the download complete?") from None


def parquet_names(path: Path) -> list[str]:
    """Column names by which a reader tells its Parquet files; none of a file that is no Parquet."""
    try:
        return parquet_columns(path)
    except ReaderError:
        return []


def parquet_batches(path: Path, report: ReadReport, *, wanted: Iterable[str] | None = None) -> Iterator[Batch]:
    """Rows of a Parquet file, BATCH_ROWS at a time, columns in their own types.

    Raises:
        ReaderError: the file is missing, damaged or no Parquet.
    """
    names = parquet_columns(path)
    chosen = [n for n in names if wanted is None or n in set(wanted)]
    source = report.source(path)
    report.files.setdefault(source, 0)
    done = 0
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=chosen):
                rows = np.arange(done + 1, done + 1 + batch.num_rows, dtype=np.int64)
                done += batch.num_rows
                report.files[source] = done
                yield Batch(dict(zip(chosen, batch.columns, strict=True)), source, rows)
    except (OSError, pa.ArrowException) as error:
        raise ReaderError(f"{path}: a damaged Parquet file ({error}). Is the download complete?") from None


def require(found: Iterable[str], needed: Sequence[str], path: Path, what: str) -> None:
    """Refuse a file that lacks columns.

    Raises:
        ReaderError: a needed column is absent.
    """
    have = list(found)
    missing = [name for name in needed if name not in have]
    if missing:
        raise ReaderError(
            f"{path}: no column {', '.join(map(repr, missing))}, which {what} has. Columns: {', '.join(have[:20])}."
        )
