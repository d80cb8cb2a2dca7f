"""Days, captions and their vectors in, an index folder out: text -> days, day -> captions, day -> days like it."""

import contextlib
import fcntl
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.errors import SearchError
from sensorlm.index.about import Reference, check, describe
from sensorlm.index.rows import day_row, day_schema, text_rows, text_schema
from sensorlm.index.table import VectorTable
from sensorlm.index.vectors import EXACT_LIMIT
from sensorlm.records import Caption, DayMatrix

FILTERED = ("day", "dataset", "person", "date", "steps", "heart_rate", "sleep_minutes")
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One row that was found."""

    row: dict[str, Any]
    """Its columns, without the vector."""
    score: float
    """Cosine with the query."""


class DayIndex:
    """An index of days and of the texts about them.

    Args:
        place: a folder, or the URL of an object store that LanceDB knows (s3://, gs://, az://).
        dim: length of a vector, when the index is to be made; None opens one that exists.
        model: name of the model, kept with a new index; one that exists must have the same, or another form of it.
        reference: gives vectors by which forms of one model know each other (`about.check`).
        cache: where vectors lie when `place` is a URL; default: a folder of that URL under ~/.cache/sensorlm.
        exact_limit: rows from which search is approximate.

    Raises:
        SearchError: no index there, another model's, another width, or LanceDB is not installed.
    """

    def __init__(
        self, place: str | Path, *, dim: int | None = None, model: str = "", cache: str | Path | None = None,
        exact_limit: int = EXACT_LIMIT, reference: Reference | None = None,
    ) -> None:  # fmt: skip
        self.place = str(place)
        remote = "://" in self.place
        self.folder = Path(cache) if cache else _cache_of(self.place) if remote else Path(self.place)
        database = _connect(self.place) if remote else None
        self.description = describe(self.folder, self.place, database, dim, model, reference)
        self.folder.mkdir(parents=True, exist_ok=True)
        database = database or _connect(str(self.folder / "rows"))
        self.dim, self.model = int(self.description["dim"]), str(self.description["model"])
        self.days = VectorTable(
            database, "days", day_schema(self.dim), self.folder / "days", indexed=FILTERED, exact_limit=exact_limit
        )
        self.texts = VectorTable(
            database, "texts", text_schema(self.dim), self.folder / "texts", indexed=("day", "person"),
            exact_limit=exact_limit,
        )  # fmt: skip

    def __len__(self) -> int:
        return self.days.num_current

    def check(self, dim: int, model: str, reference: Reference) -> None:
        """Whether vectors of this model may be asked of this index.

        Raises:
            SearchError: another width, or neither the model of the index nor another form of it.
        """
        check(self.description, self.place, dim, model, reference)

    def known(self) -> dict[str, str]:
        """Key -> content (`rows.content_of`) of the days that are in the index."""
        read = self.days.table.search().select(["row", "day", "content"]).limit(max(len(self.days), 1)).to_arrow()
        newest: dict[str, tuple[int, str]] = {}
        for row, day, content in zip(*(read[name].to_pylist() for name in ("row", "day", "content")), strict=True):
            newest[day] = max(newest.get(day, (-1, "")), (row, content))
        # A run that died between a day's new row and the note on its old one left both.
        current = {row for row, _ in newest.values()}
        self.days.replace(np.array([row for row in read["row"].to_pylist() if row not in current], np.int64))
        return {day: content for day, (_, content) in newest.items()}

    def add(
        self,
        days: Sequence[DayMatrix],
        vectors: Vectors,
        captions: Sequence[Sequence[Caption]] = (),
        text_vectors: Vectors | None = None,
    ) -> None:
        """Add days; one that the index has already is replaced. `finish` once after the last.

        Args:
            days: n days.
            vectors: (n, dim) of the days.
            captions: of each day.
            text_vectors: of all captions in order, where they are to be found themselves.
        """
        told = captions or [()] * len(days)
        keys = [day.key for day in days]
        if text_vectors is not None:
            # Of a day that changes, and of a run that died after the texts and before their days.
            before = self.texts.where_one_of("day", keys)
            rows = [row for day, said in zip(days, told, strict=True) for row in text_rows(day, said)]
            if rows:
                self.texts.append(rows, text_vectors)
            self.texts.replace(before)
        before = self.days.where_one_of("day", keys)
        # Days last: a day is in the index when everything about it is.
        self.days.append([day_row(day, said) for day, said in zip(days, told, strict=True)], vectors)
        self.days.replace(before)

    def finish(self) -> None:
        """Build what makes searching fast; the index is complete without it, only slower."""
        for table in (self.days, self.texts):
            if len(table):
                table.finish()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep other processes of this machine from adding at the same time.

        Raises:
            SearchError: another process is adding.
        """
        with (self.folder / ".lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise SearchError(f"{self.place}: another process is adding to this index. Wait for it.") from None
            try:
                yield
            finally:
                with contextlib.suppress(OSError):
                    fcntl.flock(file, fcntl.LOCK_UN)

    def search(self, query: Vectors, k: int = 10, *, where: str | None = None, exact: bool = False) -> list[Hit]:
        """The k days nearest to a vector (of a text, or of a day), among those a SQL condition keeps.

        Raises:
            SearchError: an empty index, k under 1, a query of another length, or a condition that cannot be read.
        """
        return _hits(self.days, query, k, where, exact=exact)

    def captions(self, query: Vectors, k: int = 10, *, where: str | None = None) -> list[Hit]:
        """The k captions nearest to a day's vector.

        Raises:
            SearchError: no caption is indexed, or as in `search`.
        """
        return _hits(self.texts, query, k, where, exact=False)

    def vector(self, day: str) -> Vectors:
        """(dim,) of a day by its key.

        Raises:
            SearchError: the index has no such day.
        """
        numbers = self.days.where("day = '{}'".format(day.replace("'", "''")))
        if not len(numbers):
            raise SearchError(f"day {day!r} is not in {self.place}. Give dataset/person/date of an indexed day.")
        return np.asarray(self.days.vectors.matrix[int(numbers[-1])])

    def similar(self, day: str, k: int = 10, *, where: str | None = None) -> list[Hit]:
        """The k days most like a day of the index, without itself."""
        found = self.search(self.vector(day), k + 1, where=where)
        return [hit for hit in found if hit.row["day"] != day][:k]


def _hits(table: VectorTable, query: Vectors, k: int, where: str | None, *, exact: bool) -> list[Hit]:
    numbers, scores = table.search(query, k, where=where, exact=exact)
    return [
        Hit(row=row, score=float(score)) for row, score in zip(table.rows(numbers), scores, strict=True)
    ]  # fmt: skip


def _connect(place: str) -> Any:  # noqa: ANN401
    try:
        import lancedb  # noqa: PLC0415 (an extra)
    except ImportError:
        raise SearchError("the index needs LanceDB. Install it: pip install 'sensorlm[search]'.") from None
    return lancedb.connect(place)


def _cache_of(url: str) -> Path:
    return Path.home() / ".cache" / "sensorlm" / "index" / hashlib.sha256(url.encode()).hexdigest()[:16]
