"""Columns that filters ask in, a memory-mapped copy of them and the rows a SQL condition keeps out, in under a ms.

The table's own engine reads the numbers of 10,000 of a million rows in 5 to 10 ms. Here a text column is codes into its
few different values, so that a test is asked of the values and then of one small integer a row. The file names the
version of the table it was copied from; for any other version, and for any condition outside `sql.parse`, the answer
is None and the table is asked.
"""

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sensorlm.files import replacing
from sensorlm.index.sql import Compared, Condition, Joined, Literal, parse

MOST_VALUES = 65_536
"""Text columns with more different values are left to the table."""
VERSION_KEY = b"table_version"

# In three-valued logic a condition is (true, false); where both are False it cannot be told.
Answer = tuple[NDArray[np.bool_], NDArray[np.bool_]]


class ColumnCopy:
    """Some columns of a table at one version.

    Args:
        path: the file; need not exist.
        table_version: the version that is wanted.
    """

    def __init__(self, path: Path, table_version: int) -> None:
        self.path, self.columns = path, dict[str, "_Column"]()
        if not path.exists():
            return
        try:
            table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
        except (OSError, pa.ArrowInvalid):
            return  # a copy: the table has everything
        if (table.schema.metadata or {}).get(VERSION_KEY) == str(table_version).encode():
            self.columns = {name: _Column(table[name]) for name in table.column_names}

    @staticmethod
    def copied(table: pa.Table) -> dict[str, pa.Array]:
        """The columns of a table, rows in order, that can be copied."""
        return {
            name: array
            for name in table.column_names if name != "row" and (array := _copied(table[name])) is not None
        }  # fmt: skip

    @staticmethod
    def write(path: Path, copied: Mapping[str, pa.Array], table_version: int) -> None:
        """Keep what `copied` found as the copy of a version."""
        made = pa.table(dict(copied)).replace_schema_metadata({VERSION_KEY: str(table_version).encode()})
        with (
            replacing(path) as temporary, pa.OSFile(str(temporary), "wb") as sink,
            pa.ipc.new_file(sink, made.schema) as writer,
        ):  # fmt: skip
            writer.write_table(made)

    def rows(self, sql: str) -> NDArray[np.int64] | None:
        """Rows that a condition keeps, rising; None where the table must be asked."""
        tree = parse(sql) if self.columns else None
        found = None if tree is None else self._answer(tree)
        return None if found is None else np.flatnonzero(found[0])

    def values(self, name: str, rows: NDArray[np.int64]) -> list[Any]:
        """Values of a column in some rows, as the table gives them."""
        return self.columns[name].taken(rows)

    def _answer(self, tree: Condition) -> Answer | None:
        if isinstance(tree, Compared):
            column = self.columns.get(tree.column)
            return None if column is None else column.answer(tree)
        parts = []
        for part in tree.parts:
            found = self._answer(part)
            if found is None:
                return None
            parts.append(found)
        return _joined(tree, parts)


def _joined(tree: Joined, parts: list[Answer]) -> Answer:
    yes, no = parts[0]
    if tree.how == "not":
        return no, yes
    for more_yes, more_no in parts[1:]:
        yes, no = (yes & more_yes, no | more_no) if tree.how == "and" else (yes | more_yes, no & more_no)
    return yes, no


class _Column:
    """One column: numbers (dates as days), or codes into texts; -1 and NaN-free masks where null."""

    def __init__(self, column: pa.ChunkedArray) -> None:
        self.whole = column.chunk(0) if column.num_chunks == 1 else _whole(column)
        self.texts: list[str] | None = None
        self.dates = pa.types.is_date32(self.whole.type)
        if pa.types.is_dictionary(self.whole.type):
            self.texts = self.whole.dictionary.to_pylist()
            array = self.whole.indices
        else:
            array = self.whole.view(pa.int32()) if self.dates else self.whole
        self.known: NDArray[np.bool_] | None = None
        if array.null_count:
            self.known = np.asarray(array.is_valid().to_numpy(zero_copy_only=False))
            array = array.fill_null(0)
        self.numbers: NDArray[Any] = array.to_numpy(zero_copy_only=False)

    def taken(self, rows: NDArray[np.int64]) -> list[Any]:
        """Python values of some rows."""
        found: list[Any] = self.whole.take(pa.array(rows)).to_pylist()
        return found

    def answer(self, test: Compared) -> Answer | None:
        """The test of every row; None where the kinds do not fit and the engine must say what it makes of them."""
        if test.how == "null":
            known = np.ones(len(self.numbers), bool) if self.known is None else self.known
            return (known, ~known) if test.negated else (~known, known)
        yes = self._texts_pass(test) if self.texts is not None else self._numbers_pass(test)
        if yes is None:
            return None
        if test.negated:
            yes = ~yes
        return (yes, ~yes) if self.known is None else (yes & self.known, ~yes & self.known)

    def _texts_pass(self, test: Compared) -> NDArray[np.bool_] | None:
        if not all(isinstance(value, str) for value in test.values) or (
            test.how == "like" and "\\" in str(test.values)
        ):
            return None
        passes = [i for i, text in enumerate(self.texts or ()) if _passes(text, test)]
        if len(passes) == 1:
            return np.asarray(self.numbers == self.numbers.dtype.type(passes[0]))
        table = np.zeros(max(len(self.texts or ()), 1), bool)
        table[passes] = True
        return np.asarray(table[self.numbers], bool)

    def _numbers_pass(self, test: Compared) -> NDArray[np.bool_] | None:
        kind = "date" if self.dates else self.numbers.dtype.kind
        values = [_number(value, kind) for value in test.values]
        if test.how == "like" or any(value is None for value in values):
            return None
        limits = [float(value) for value in values if value is not None]
        # The engine compares float32 columns with the literal rounded to float32 as well.
        row = self.numbers
        exact = [row.dtype.type(value) if row.dtype.kind == "f" else value for value in limits]
        if test.how == "in":
            return np.asarray(np.logical_or.reduce([row == value for value in exact]))
        if test.how == "between":
            return np.asarray((row >= exact[0]) & (row <= exact[1]))
        return np.asarray(_COMPARED[test.how](row, exact[0]))


def _passes(text: str, test: Compared) -> bool:
    values = [str(value) for value in test.values]
    if test.how == "in":
        return text in values
    if test.how == "between":
        return values[0] <= text <= values[1]
    if test.how == "like":
        return _pattern(values[0]).fullmatch(text) is not None
    return bool(_COMPARED[test.how](text, values[0]))


def _pattern(like: str) -> re.Pattern[str]:
    """% is any run of characters, _ any one."""
    parts = [".*" if c == "%" else "." if c == "_" else re.escape(c) for c in like]
    return re.compile("".join(parts), re.DOTALL)


def _number(value: Literal, kind: str) -> float | None:
    """A literal for a column of "date" (days since 1970), "i" whole or "f" other numbers; None: does not fit."""
    if isinstance(value, dt.date):
        return (value - dt.date(1970, 1, 1)).days if kind == "date" else None
    fits = isinstance(value, int) if kind == "i" else isinstance(value, int | float) and kind == "f"
    return float(value) if fits else None


def _copied(column: pa.ChunkedArray) -> pa.Array | None:
    """A column as it is kept; None where it is of a kind, or of too many values, for that."""
    kind = column.type
    if pa.types.is_float32(kind):
        # Engines differ in what they make of NaN; the table's own decides.
        return None if pc.any(pc.is_nan(column)).as_py() else _whole(column)
    if pa.types.is_date32(kind) or pa.types.is_int32(kind) or pa.types.is_int64(kind):
        return _whole(column)
    if not pa.types.is_string(kind):
        return None
    coded = _whole(column).dictionary_encode()
    count = len(coded.dictionary)
    if count > MOST_VALUES:
        return None
    width = pa.int8() if count < 128 else pa.int16() if count < 32_768 else pa.int32()
    return pa.DictionaryArray.from_arrays(coded.indices.cast(width), coded.dictionary)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """One array of a column's chunks."""
    array = column.combine_chunks()
    return pa.concat_arrays(array.chunks) if isinstance(array, pa.ChunkedArray) else array


_COMPARED: dict[str, Any] = {
    "=": lambda a, b: a == b, "<>": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip
