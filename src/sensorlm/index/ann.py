"""Many vectors in, an approximate index of them out: inverted lists of 4-bit codes that name candidates (FAISS)."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.errors import SearchError

LADDER = ((16, 20), (32, 20), (64, 20), (64, 50), (128, 50), (256, 100), (512, 200))
"""(lists looked into, candidates named for each answer wanted), the cheapest first: the first good enough is kept."""
GOOD_ENOUGH = 0.985
"""Recall of the 10 nearest on sampled rows at which the ladder stops."""
SAMPLED = 48
MOST_WIDENED = 16
"""A filter makes a search look into up to so many times more lists."""
TRAIN_A_LIST = 40
"""Vectors a centroid is learned from."""
LONG = 512
"""From this length on four neighbouring numbers share one 4-bit code, two below: short vectors have less to spare."""
FEW = 2_000
"""Up to this many allowed rows are compared exactly: cheaper than any index."""
ADD_ROWS = 65_536

Vectors = NDArray[np.float32]


class Ann:
    """A FAISS index of the rows 0..n-1 of a matrix."""

    def __init__(self, index: Any, dim: int, probes: int = LADDER[1][0], factor: int = LADDER[1][1]) -> None:  # noqa: ANN401
        self.index, self.dim, self.probes, self.factor = index, dim, probes, factor

    def __len__(self) -> int:
        return int(self.index.ntotal)

    @classmethod
    def read(cls, path: Path, dim: int, probes: int, factor: int) -> "Ann":
        """Read what `write` wrote; `probes` and `factor` are those it was tuned to.

        Raises:
            SearchError: missing or damaged.
        """
        faiss = library()
        try:
            return cls(faiss.read_index(str(path)), dim, probes, factor)
        except RuntimeError as error:
            raise SearchError(
                f"{path} cannot be read ({str(error).splitlines()[0][:80]}). Delete the folder and index again."
            ) from None

    def write(self, path: Path) -> None:
        """To one file."""
        library().write_index(self.index, str(path))

    def extended(self, matrix: Vectors, rows: int) -> "Ann":
        """The same lists with the rows from len(self) to `rows` added."""
        _add(self.index, matrix, len(self), rows)
        return self

    def candidates(self, query: Vectors, k: int, allowed: NDArray[np.int64] | None) -> NDArray[np.int64] | None:
        """Rows worth comparing; None where comparing all allowed ones is cheaper."""
        faiss = library()
        n, wanted = len(self), self.factor * max(k, 10)
        probes, selector = self.probes, None
        if allowed is not None:
            if len(allowed) <= max(FEW, wanted):
                return None
            # The rarer the allowed rows, the farther, and in more lists, are the nearest of them.
            probes = int(probes * min(np.sqrt(n / len(allowed)), MOST_WIDENED))
            mask = np.zeros(n + 7 & ~7, bool)
            mask[allowed[allowed < n]] = True
            bits = np.packbits(mask, bitorder="little")
            selector = faiss.IDSelectorBitmap(n, faiss.swig_ptr(bits))
        parameters = faiss.SearchParametersIVF(nprobe=min(probes, self.index.nlist), sel=selector)
        threads = faiss.omp_get_max_threads()
        # One query is too little to share out: measured, handing it to threads costs more than it takes.
        faiss.omp_set_num_threads(1)
        try:
            _, rows = self.index.search(_padded(query[None]), min(wanted, n), params=parameters)
        finally:
            faiss.omp_set_num_threads(threads)
        found: NDArray[np.int64] = rows[0][rows[0] >= 0]
        return found


def tuned(ann: Ann, matrix: Vectors, *, seed: int = 0) -> Ann:
    """The same index with the cheapest settings of LADDER that find the 10 nearest of sampled rows.

    How many lists must be looked into depends on the vectors: clear clusters need few, a formless cloud many.
    """
    n = len(ann)
    picked = np.sort(np.random.default_rng(seed).choice(n, min(SAMPLED, n), replace=False))
    queries = np.asarray(matrix[picked])
    scores = np.full((len(picked), 11), -np.inf, np.float32)
    nearest = np.full((len(picked), 11), -1, np.int64)
    for start in range(0, n, ADD_ROWS):
        block = queries @ matrix[start : min(start + ADD_ROWS, n)].T
        both = np.concatenate([scores, block], 1)
        best = np.argpartition(-both, 10, axis=1)[:, :11]
        numbers = np.concatenate([nearest, np.broadcast_to(np.arange(start, start + block.shape[1]), block.shape)], 1)
        scores, nearest = np.take_along_axis(both, best, 1), np.take_along_axis(numbers, best, 1)
    for probes, factor in LADDER:
        ann.probes, ann.factor = probes, factor
        found = 0
        for query, wanted in zip(queries, nearest, strict=True):
            rows = ann.candidates(query, 10, None)
            found += len(set(wanted.tolist()) & set(rows.tolist())) if rows is not None else 11
        # A row finds itself for nothing.
        if (found - len(queries)) / (10 * len(queries)) >= GOOD_ENOUGH:
            break
    return ann


def build(matrix: Vectors, *, seed: int = 0) -> Ann:
    """Learn lists and codes from a sample of the rows, then add them all.

    Args:
        matrix: (n, dim), may be memory-mapped.
        seed: of the sample.
    """
    faiss = library()
    n, dim = matrix.shape
    lists = 2 ** max(1, round(np.log2(np.sqrt(n))))
    together = numbers_a_code(dim)
    codes = -(-dim // together)
    index = faiss.index_factory(codes * together, f"IVF{lists},PQ{codes}x4fs", faiss.METRIC_INNER_PRODUCT)
    picked = np.sort(np.random.default_rng(seed).choice(n, min(n, TRAIN_A_LIST * lists), replace=False))
    index.cp.seed = seed
    index.train(_padded(matrix[picked]))
    _add(index, matrix, 0, n)
    return Ann(index, dim)


def _add(index: Any, matrix: Vectors, first: int, last: int) -> None:  # noqa: ANN401
    for start in range(first, last, ADD_ROWS):
        index.add(_padded(matrix[start : min(start + ADD_ROWS, last)]))


def numbers_a_code(dim: int) -> int:
    """Neighbouring numbers that share one 4-bit code."""
    return 4 if dim >= LONG else 2


def _padded(vectors: Vectors) -> Vectors:
    """Zeros on the right up to whole codes: inner products stay."""
    missing = -vectors.shape[1] % numbers_a_code(vectors.shape[1])
    return np.ascontiguousarray(np.pad(vectors, ((0, 0), (0, missing))) if missing else vectors, np.float32)


def library() -> Any:  # noqa: ANN401
    """FAISS.

    Raises:
        SearchError: it is not installed.
    """
    try:
        import faiss  # noqa: PLC0415 (an extra: only needed from 100,000 rows on)
    except ImportError:
        raise SearchError("an index this large needs FAISS. Install it: pip install 'sensorlm[search]'.") from None
    return faiss
