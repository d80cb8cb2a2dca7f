"""Unit vectors in, the nearest to a query out: exactly under 100,000 rows, approximately above, on disk in between.

A folder holds `vectors.f32`, all rows one after another, which only ever grows; `ann-N.faiss`, an index of the first N
of them; and `vectors.json`, which says how many rows count. The JSON is replaced last, so that whatever a crash leaves
half written is behind the count and is overwritten by the next append.

The index sorts vectors into lists by their nearest centroid (IVF) and keeps 4 bits for every four numbers (PQ, Jégou et
al. 2011; scanned in registers, André et al. 2015). It names candidates; their true scores come from `vectors.f32`, read
through memory mapping. Rows after N are compared exactly.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.errors import SearchError
from sensorlm.files import replacing, write_json
from sensorlm.index.ann import Ann, build

EXACT_LIMIT = 100_000
"""From this many rows on, an index is built."""
TAIL_SHARE = 0.1
"""The index is brought up to date when more than this share of the rows is not in it."""
FORMAT, VERSION = "sensorlm-vectors", 1
CHUNK_ROWS = 65_536

Vectors = NDArray[np.float32]
Found = tuple[NDArray[np.int64], NDArray[np.float32]]


class VectorStore:
    """Rows 0..n-1 of unit vectors in a folder.

    Args:
        folder: where they are; made if it does not exist.
        dim: length of a vector.
        exact_limit: rows from which an index is built.

    Raises:
        SearchError: the folder holds vectors of another length, or something else.
    """

    def __init__(self, folder: str | Path, dim: int, *, exact_limit: int = EXACT_LIMIT) -> None:
        self.folder, self.dim, self.exact_limit = Path(folder), dim, exact_limit
        self.folder.mkdir(parents=True, exist_ok=True)
        self.state = self._read_state()
        self._ann: Ann | None = None
        self._matrix: Vectors | None = None

    def __len__(self) -> int:
        return int(self.state["rows"])

    @property
    def indexed(self) -> int:
        """Rows that the approximate index knows; 0 where search is exact."""
        return int(self.state["indexed"])

    @property
    def matrix(self) -> Vectors:
        """(n, dim), mapped, not read."""
        if self._matrix is None:
            shape = (len(self), self.dim)
            path = self.folder / "vectors.f32"
            self._matrix = np.memmap(path, np.float32, "r", shape=shape) if len(self) else np.empty(shape, np.float32)
        return self._matrix

    def append(self, vectors: Vectors, **note: Any) -> None:  # noqa: ANN401
        """Add rows; `note` are JSON values stored in the same step (what the rows are in step with).

        Raises:
            SearchError: vectors of another length, or with values that are no numbers.
        """
        if vectors.ndim != 2 or vectors.shape[1] != self.dim:
            raise SearchError(
                f"vectors of shape {vectors.shape} cannot join an index of {self.dim} numbers a vector. "
                "Embed with the model the index was made with, or make a new index."
            )
        path = self.folder / "vectors.f32"
        path.touch()
        with path.open("r+b") as file:
            file.seek(4 * self.dim * len(self))
            for first in range(0, len(vectors), CHUNK_ROWS):
                part = np.ascontiguousarray(vectors[first : first + CHUNK_ROWS], np.float32)
                if not np.isfinite(part).all():
                    raise SearchError(f"vectors after row {len(self) + first} are not finite. Embed those days again.")
                file.write(part.data)
            file.truncate()
            file.flush()
        self._matrix = None
        self._save({**self.state, "rows": len(self) + len(vectors), **note})

    def note(self, **values: Any) -> None:  # noqa: ANN401
        """Store JSON values beside the count."""
        self._save({**self.state, **values})

    def refresh(self) -> None:
        """Build or extend the approximate index where enough rows have come; searching never does."""
        n = len(self)
        if n < self.exact_limit or n - self.indexed <= TAIL_SHARE * n * bool(self.indexed):
            return
        old = self.ann
        # Lists made for a tenth of the rows would be ten times too long: then they are made anew.
        keep = old is not None and n < 4 * self.indexed
        ann = old.extended(self.matrix, n) if keep and old is not None else build(self.matrix)
        name = f"ann-{n}.faiss"
        with replacing(self.folder / name) as temporary:
            ann.write(temporary)
        before = self.folder / f"ann-{self.indexed}.faiss"
        self._ann = None
        self._save({**self.state, "indexed": n})
        if before.name != name:
            before.unlink(missing_ok=True)

    @property
    def ann(self) -> Ann | None:
        """The approximate index; None where there is none."""
        if self._ann is None and self.indexed:
            self._ann = Ann.read(self.folder / f"ann-{self.indexed}.faiss", self.dim)
        return self._ann

    def search(
        self, query: NDArray[np.floating[Any]], k: int, *, allowed: NDArray[np.int64] | None = None, exact: bool = False
    ) -> Found:
        """Rows and scores (inner products) of the k nearest, best first, ties by row.

        Args:
            query: (dim,).
            k: how many; all there are where k is more.
            allowed: rows that may be found, rising; None: all.
            exact: compare with every row.

        Raises:
            SearchError: k under 1, a query of another length, or an empty store.
        """
        if k < 1 or query.shape != (self.dim,) or not len(self):
            raise SearchError(
                f"k={k} nearest of {len(self)} rows to a query of shape {query.shape}: give k >= 1, a vector of "
                f"{self.dim} numbers, and index something first."
            )
        query = np.ascontiguousarray(query, np.float32)
        ann = None if exact else self.ann
        if allowed is not None and not len(allowed):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        if ann is None:
            return self._compare(query, k, allowed)
        rows = ann.candidates(query, k, allowed)
        if rows is None:
            return self._compare(query, k, allowed)
        tail = np.arange(self.indexed, len(self), dtype=np.int64)
        if allowed is not None:
            tail = tail[np.isin(tail, allowed, assume_unique=True)]
        return self._compare(query, k, np.concatenate([rows, tail]))

    def _compare(self, query: Vectors, k: int, rows: NDArray[np.int64] | None) -> Found:
        if rows is None:
            scores = self.matrix @ query
        else:
            # In order of row, so that a row's neighbours on disk come with it.
            rows = np.sort(rows)
            scores = np.concatenate(
                [self.matrix[rows[i : i + CHUNK_ROWS]] @ query for i in range(0, len(rows), CHUNK_ROWS)]
            )
        best = _best(scores, k)
        return (best if rows is None else rows[best]), scores[best]

    def _read_state(self) -> dict[str, Any]:
        path = self.folder / "vectors.json"
        if not path.exists():
            return {"format": FORMAT, "version": VERSION, "dim": self.dim, "rows": 0, "indexed": 0}
        try:
            state = json.loads(path.read_text(encoding="utf-8"))
            found = (state["format"], state["version"], int(state["rows"]) >= int(state["indexed"]) >= 0)
            dim = int(state["dim"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SearchError(f"{path} cannot be read ({error}). Delete {self.folder} and index again.") from None
        if found != (FORMAT, VERSION, True):
            raise SearchError(f"{path} is of {found[:2]}, not {(FORMAT, VERSION)}. Delete the folder and index again.")
        if dim != self.dim:
            raise SearchError(f"{self.folder} holds vectors of {dim} numbers, {self.dim} were asked for.")
        vectors = self.folder / "vectors.f32"
        size = vectors.stat().st_size if vectors.exists() else 0
        if size < 4 * dim * state["rows"]:
            raise SearchError(f"{vectors} has {size} bytes, {state['rows']} rows need more. Delete {self.folder}.")
        return dict(state)

    def _save(self, state: dict[str, Any]) -> None:
        write_json(self.folder / "vectors.json", state)
        self.state = state


def _best(scores: Vectors, k: int) -> NDArray[np.int64]:
    """Places of the k largest, best first, ties by place."""
    k = min(k, len(scores))
    near = np.flatnonzero(scores >= np.partition(scores, len(scores) - k)[len(scores) - k])
    return near[np.argsort(-scores[near], kind="stable")][:k]
