"""Unit vectors of days and texts in, matches out: brute-force search both ways, for up to some 100,000 rows.

Larger or lasting collections belong to the index room.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sensorlm.errors import SensorLMError
from sensorlm.tasks.metrics import recall_at_k

Matches = list[tuple[int, float]]


def top_k(scores: NDArray[np.float32], k: int) -> Matches:
    """(index, score) of the k largest of (g,) scores, best first, ties by index."""
    k = min(k, len(scores))
    if k == 0:
        return []
    # A threshold keeps every tie in play; argpartition alone would drop some by chance.
    threshold = np.partition(scores, len(scores) - k)[len(scores) - k]
    candidates = np.flatnonzero(scores >= threshold)
    order = candidates[np.argsort(-scores[candidates], kind="stable")][:k]
    return [(int(i), float(scores[i])) for i in order]


@dataclass
class RetrievalEngine:
    """Days and texts in one space."""

    sensor_: NDArray[np.float32] | None = field(default=None, repr=False)
    text_: NDArray[np.float32] | None = field(default=None, repr=False)

    def index_sensor(self, features: NDArray[np.float32]) -> None:
        """Add (n, e) sensor vectors."""
        self.sensor_ = _append("sensor", self.sensor_, features)

    def index_text(self, features: NDArray[np.float32]) -> None:
        """Add (n, e) text vectors."""
        self.text_ = _append("text", self.text_, features)

    def sensor_to_text(self, query: NDArray[np.float32], k: int = 10) -> Matches:
        """(index, score) of the k texts nearest to one sensor vector (e,)."""
        return top_k(_filled("text", self.text_) @ query, k)

    def text_to_sensor(self, query: NDArray[np.float32], k: int = 10) -> Matches:
        """(index, score) of the k days nearest to one text vector (e,)."""
        return top_k(_filled("sensor", self.sensor_) @ query, k)

    def evaluate_recall(
        self, ks: Sequence[int] = (1, 5, 10), relevant: NDArray[np.bool_] | None = None
    ) -> tuple[dict[str, float], dict[str, float]]:
        """Recall of (sensor to text, text to sensor); row i answers row i unless `relevant` (days, texts) says more."""
        scores = _filled("sensor", self.sensor_) @ _filled("text", self.text_).T
        return recall_at_k(scores, relevant, ks), recall_at_k(scores.T, None if relevant is None else relevant.T, ks)


def _filled(side: str, features: NDArray[np.float32] | None) -> NDArray[np.float32]:
    if features is None:
        raise SensorLMError(f"no {side} vectors are indexed. Call index_{side}(features) first.")
    return features


def _append(side: str, old: NDArray[np.float32] | None, new: NDArray[np.float32]) -> NDArray[np.float32]:
    if new.ndim != 2 or (old is not None and new.shape[1] != old.shape[1]):
        raise SensorLMError(
            f"{side} vectors of shape {new.shape} cannot be indexed beside {None if old is None else old.shape}. "
            "Give (n, e) arrays of one model."
        )
    return new if old is None else np.concatenate([old, new])
