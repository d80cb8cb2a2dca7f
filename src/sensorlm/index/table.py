"""Rows with vectors in, a LanceDB table on a disk or an object store out, and its vectors in step for fast search.

The table is the truth. The folder of vectors beside it (see `vectors`) is a copy for speed that says how many rows it
has and which row is its last; opening compares the two and takes what is missing from the table. Rows are only ever
appended, so a row's number is its place; one that a later row replaces is listed in a second table and never found.
"""

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sensorlm.errors import SearchError
from sensorlm.index.columns import ColumnCopy
from sensorlm.index.vectors import EXACT_LIMIT, Found, VectorStore

REMEMBERED = 32
"""Filters whose rows are kept until the table changes."""
SCALAR_INDEX_FROM = 10_000
READ_ROWS = 16_384

Vectors = NDArray[np.float32]


class VectorTable:
    """One table of a database and its vectors.

    Args:
        database: an open LanceDB connection.
        name: of the table; made if it does not exist.
        schema: columns, among them `row` (its number) and `vector`; `indexed` are those that SQL filters ask most.
        folder: of the vectors.
        indexed: columns that filters ask most: those with few different values, numbers and dates are copied beside the
            vectors, the others get a scalar index.
        exact_limit: rows from which search is approximate.

    Raises:
        SearchError: the table is of another form, or has vectors of another length.
    """

    def __init__(
        self, database: Any, name: str, schema: pa.Schema, folder: Path, *, indexed: Sequence[str] = (),  # noqa: ANN401
        exact_limit: int = EXACT_LIMIT,
    ) -> None:  # fmt: skip
        self.schema, self.indexed = schema, tuple(indexed)
        self.dim = schema.field("vector").type.list_size
        try:
            self.table = database.create_table(name, schema=schema, exist_ok=True)
        except ValueError as error:
            raise SearchError(
                f"table {name!r} is not of this form ({str(error).splitlines()[0][:99]}): {schema.names} with "
                f"{self.dim} numbers a vector are needed. Make a new index."
            ) from None
        listed = pa.schema([("row", pa.int64())])
        self._replaced = database.create_table(f"{name}_replaced", schema=listed, exist_ok=True)
        self.vectors = VectorStore(folder, self.dim, exact_limit=exact_limit)
        self._copy: ColumnCopy | None = None
        self._filters: OrderedDict[str, NDArray[np.int64]] = OrderedDict()
        self._version = -1
        self._read_replaced()
        self._in_step()

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def num_current(self) -> int:
        """Rows that no later row replaces."""
        return len(self) - len(self.replaced)

    def replace(self, rows: NDArray[np.int64]) -> None:
        """Let these rows never be found again: later ones stand for them."""
        new = np.setdiff1d(rows, self.replaced)
        if len(new):
            self._replaced.add(pa.table({"row": new}))
            self._filters.clear()
            self._read_replaced()

    def _read_replaced(self) -> None:
        self.replaced: NDArray[np.int64] = np.unique(self._replaced.to_arrow()["row"].to_numpy())

    def append(self, rows: Sequence[dict[str, Any]] | pa.Table, vectors: Vectors) -> None:
        """Add rows: first to the table, in one version, then to the vectors. `row` is filled in here."""
        if len(rows) != len(vectors) or not len(vectors):
            raise SearchError(f"{len(rows)} rows and {len(vectors)} vectors were given. Give one vector a row.")
        if vectors.shape[1] != self.dim or not np.isfinite(vectors).all():
            raise SearchError(
                f"vectors of shape {vectors.shape} cannot join a table of {self.dim} finite numbers a vector. "
                "Embed with the model the index was made with, or make a new index."
            )
        first = len(self.vectors)
        table = rows if isinstance(rows, pa.Table) else pa.Table.from_pylist(list(rows), self.schema.remove(
            self.schema.get_field_index("vector")))  # fmt: skip
        numbers = pa.array(np.arange(first, first + len(vectors)))
        place = table.schema.get_field_index("row")
        table = table.set_column(place, "row", numbers) if place >= 0 else table.add_column(0, "row", numbers)
        flat = pa.array(np.ascontiguousarray(vectors, np.float32).ravel())
        table = table.append_column("vector", pa.FixedSizeListArray.from_arrays(flat, self.dim)).select(
            self.schema.names
        )
        self.table.add(table.cast(self.schema))
        self.vectors.append(vectors, table_version=int(self.table.version))

    def finish(self) -> None:
        """After the last append: approximate and scalar indices where there are enough rows, small files merged."""
        self.vectors.refresh()
        if len(self) >= SCALAR_INDEX_FROM:
            read = self._read_columns(self.indexed)
            copied = ColumnCopy.copied(read)
            known = {column for index in self.table.list_indices() for column in index.columns}
            from lancedb.index import BTree  # noqa: PLC0415 (an extra)

            for column in self.indexed:
                if column not in known and column not in copied:
                    self.table.create_index(column, config=BTree())
            self.table.optimize()
            ColumnCopy.write(self._copy_path, copied, int(self.table.version))
            self._copy = None
        else:
            self.table.optimize()
        self.vectors.note(table_version=int(self.table.version))

    @property
    def _copy_path(self) -> Path:
        return self.vectors.folder / "columns.arrow"

    def _read_columns(self, names: Sequence[str]) -> pa.Table:
        """Some columns of all rows, in order."""
        read = self.table.search().select(["row", *names]).limit(max(len(self), 1)).to_arrow()
        numbers = read["row"].to_numpy()
        return read if bool((np.diff(numbers) > 0).all()) else read.take(pa.array(np.argsort(numbers)))

    def _copied(self) -> ColumnCopy:
        """The copy of columns at the table's version; empty where there is none."""
        version = int(self.table.version)
        if self._copy is None or version != self._version:
            self._filters.clear()
            self._copy, self._version = ColumnCopy(self._copy_path, version), version
            self._read_replaced()
        return self._copy

    def where(self, sql: str) -> NDArray[np.int64]:
        """Numbers of the rows that a SQL condition keeps, rising; remembered until the table changes.

        Raises:
            SearchError: the condition cannot be read.
        """
        copy = self._copied()
        if sql not in self._filters:
            found = copy.rows(sql)
            found = self._asked(sql) if found is None else found
            if len(self.replaced):
                found = np.setdiff1d(found, self.replaced, assume_unique=True)
            self._filters[sql] = found
            while len(self._filters) > REMEMBERED:
                self._filters.popitem(last=False)
        return self._filters[sql]

    def _asked(self, sql: str) -> NDArray[np.int64]:
        """`where` by the table's own engine."""
        try:
            found = self.table.search().where(sql).select(["row"]).limit(max(len(self), 1)).to_arrow()
        except (ValueError, RuntimeError, OSError) as error:
            columns = [name for name in self.schema.names if name != "vector"]
            raise SearchError(
                f"filter {sql!r} cannot be read ({str(error).splitlines()[0][:160]}). Write SQL over the columns "
                f"{', '.join(columns)}, e.g. \"person = 'anna' and steps > 10000\"."
            ) from None
        numbers: NDArray[np.int64] = np.sort(found["row"].to_numpy())
        return numbers

    def where_one_of(self, column: str, values: Sequence[str]) -> NDArray[np.int64]:
        """Current rows whose column is one of some texts."""
        if not values or not len(self):
            return np.empty(0, np.int64)
        return self.where("{} in ({})".format(column, ", ".join("'{}'".format(v.replace("'", "''")) for v in values)))

    def search(self, query: Vectors, k: int, *, where: str | None = None, exact: bool = False) -> Found:
        """Rows and scores of the k nearest, best first; see `VectorStore.search`."""
        if where is not None:
            return self.vectors.search(query, k, allowed=self.where(where), exact=exact)
        more = k
        while True:
            rows, scores = self.vectors.search(query, more, exact=exact)
            kept = ~np.isin(rows, self.replaced)
            # Replaced rows are few: asking for some more is cheaper than naming all the others.
            if kept.sum() >= k or more >= len(self) or kept.all():
                return rows[kept][:k], scores[kept][:k]
            more = min(more + max(2 * int((~kept).sum()), k), len(self))

    def rows(
        self, numbers: Sequence[int] | NDArray[np.int64], columns: Sequence[str] | None = None
    ) -> list[dict[str, Any]]:
        """The rows of these numbers, in this order, without their vectors unless asked for."""
        if not len(numbers):
            return []
        names = list(columns or [name for name in self.schema.names if name != "vector"])
        wanted = [int(n) for n in numbers]
        places = sorted(set(wanted))
        copy = self._copied()
        # Every column costs the table's engine a read for each row; those that are copied cost nothing.
        copied = [name for name in names if name in copy.columns]
        asked = [name for name in names if name not in copied and name != "row"]
        found = self.table.take_offsets(places).select(["row", *asked]).to_arrow()
        if sorted(found["row"].to_pylist()) != places:
            raise SearchError("the table was changed by another program while it was read. Open the index again.")
        there = np.asarray(found["row"].to_numpy(), np.int64)
        values = {name: found[name].to_pylist() if name in found.column_names else copy.values(name, there)
                  for name in names}  # fmt: skip
        by_number = {int(n): {name: values[name][i] for name in names} for i, n in enumerate(there)}
        return [by_number[number] for number in wanted]

    def _in_step(self) -> None:
        """Take from the table what the vectors do not have; start anew where they are of another table."""
        state, total = self.vectors.state, self.table.count_rows()
        if state.get("table_version") == int(self.table.version) and total == len(self.vectors):
            return
        if total < len(self.vectors) or not self._same_rows():
            self.vectors = self._emptied()
        for first in range(len(self.vectors), total, READ_ROWS):
            numbers = list(range(first, min(first + READ_ROWS, total)))
            part = self.table.take_offsets(numbers).select(["row", "vector"]).to_arrow().combine_chunks()
            order = np.argsort(part["row"].to_numpy(), kind="stable")
            flat = part["vector"].combine_chunks().flatten().to_numpy().reshape(-1, self.dim)
            self.vectors.append(flat[order])
        self.vectors.note(table_version=int(self.table.version))
        self.vectors.refresh()

    def _same_rows(self) -> bool:
        """Whether the last row of the vectors is the table's row of that number."""
        last = len(self.vectors) - 1
        if last < 0:
            return True
        found = (
            self.table.take_offsets([last])
            .select(["vector"])
            .to_arrow()["vector"]
            .combine_chunks()
            .flatten()
            .to_numpy()
        )
        return bool(np.array_equal(found, np.asarray(self.vectors.matrix[last])))

    def _emptied(self) -> VectorStore:
        folder, limit = self.vectors.folder, self.vectors.exact_limit
        for path in folder.iterdir():
            path.unlink()
        return VectorStore(folder, self.dim, exact_limit=limit)
