"""Days, captions and their vectors in, an index folder out: text -> days, day -> captions, day -> days like it."""

import contextlib
import fcntl
import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.errors import SearchError
from sensorlm.files import write_json
from sensorlm.index.rows import day_row, day_schema, text_rows, text_schema
from sensorlm.index.table import VectorTable
from sensorlm.index.vectors import EXACT_LIMIT
from sensorlm.records import Caption, DayMatrix

FORMAT, VERSION = "sensorlm-index", 1
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
        model: name of the model, kept with a new index; one that exists must have the same.
        cache: where vectors lie when `place` is a URL; default: a folder of that URL under ~/.cache/sensorlm.
        exact_limit: rows from which search is approximate.

    Raises:
        SearchError: no index there, another model's, another width, or LanceDB is not installed.
    """

    def __init__(
        self, place: str | Path, *, dim: int | None = None, model: str = "", cache: str | Path | None = None,
        exact_limit: int = EXACT_LIMIT,
    ) -> None:  # fmt: skip
        self.place = str(place)
        remote = "://" in self.place
        self.folder = Path(cache) if cache else _cache_of(self.place) if remote else Path(self.place)
        self.description = _describe(self.folder / "index.json", self.place, dim, model)
        self.dim, self.model = int(self.description["dim"]), str(self.description["model"])
        database = _connect(self.place if remote else str(self.folder / "rows"))
        self.days = VectorTable(
            database, "days", day_schema(self.dim), self.folder / "days", indexed=FILTERED, exact_limit=exact_limit
        )
        self.texts = VectorTable(
            database, "texts", text_schema(self.dim), self.folder / "texts", indexed=("day", "person"),
            exact_limit=exact_limit,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.days)

    def known(self) -> set[str]:
        """Keys of the days that are in the index."""
        found = self.days.table.search().select(["day"]).limit(max(len(self), 1)).to_arrow()["day"]
        return set(found.to_pylist())

    def add(
        self,
        days: Sequence[DayMatrix],
        vectors: Vectors,
        captions: Sequence[Sequence[Caption]] = (),
        text_vectors: Vectors | None = None,
    ) -> None:
        """Add days that the index does not have; `finish` once after the last.

        Args:
            days: n days.
            vectors: (n, dim) of the days.
            captions: of each day.
            text_vectors: of all captions in order, where they are to be found themselves.
        """
        told = captions or [()] * len(days)
        if text_vectors is not None and len(text_vectors):
            rows = [row for day, said in zip(days, told, strict=True) for row in text_rows(day, said)]
            # A run that died after the texts and before their days left texts that must not come twice.
            left = self.texts.present("day", [day.key for day in days])
            kept = [i for i, row in enumerate(rows) if row["day"] not in left]
            if kept:
                self.texts.append([rows[i] for i in kept], text_vectors[kept] if left else text_vectors)
        # Days last: a day is in the index when everything about it is.
        self.days.append([day_row(day, said) for day, said in zip(days, told, strict=True)], vectors)

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


def _describe(path: Path, place: str, dim: int | None, model: str) -> dict[str, Any]:
    """What index.json says, after it was written for a new index."""
    if not path.exists():
        if dim is None:
            raise SearchError(f"{place}: there is no index. Make one with: sensorlm index DATASET -o {place}")
        path.parent.mkdir(parents=True, exist_ok=True)
        if "://" not in place and any(path.parent.iterdir()):
            raise SearchError(f"{place} exists and is no index. Give an empty or new folder.")
        write_json(path, {"format": FORMAT, "version": VERSION, "dim": dim, "model": model})
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        found = (data["format"], data["version"], int(data["dim"]), str(data["model"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SearchError(f"{path} cannot be read ({error}). Give a folder `sensorlm index` wrote.") from None
    if found[:2] != (FORMAT, VERSION):
        raise SearchError(f"{path} is of {found[:2]}, not {(FORMAT, VERSION)}. Make a new index.")
    if dim is not None and dim != found[2]:
        raise SearchError(f"{place} holds vectors of {found[2]} numbers, this model gives {dim}. Make a new index.")
    if model and model != found[3]:
        raise SearchError(f"{place} was made with model {found[3]!r}, not {model!r}. Make a new index for it.")
    return dict(data)
