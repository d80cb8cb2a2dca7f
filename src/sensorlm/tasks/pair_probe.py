"""Two probes of the same labels in, their mean out: one reads a model's vectors, one what was measured of the minutes.

From a few labels either may be the better one, and which is not known beforehand; their probabilities averaged are a
hedge: ahead of both where they err on different windows, behind the better one where the other is far behind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.errors import SensorLMError
from sensorlm.tasks.few_shot import FILES, Features, Probe, fit_probe

STATISTICS = "statistics"
"""Folder of the second probe inside that of the first."""


@dataclass(frozen=True, kw_only=True)
class PairProbe:
    """A probe on a model's vectors, and one on plain statistics where there is one."""

    vectors: Probe
    statistics: Probe | None = None

    def __post_init__(self) -> None:
        if self.statistics is not None and self.statistics.classes_ != self.vectors.classes_:
            raise SensorLMError(
                f"probes of classes {list(self.vectors.classes_)} and {list(self.statistics.classes_)} are no pair. "
                "Fit both on the same labels."
            )

    @property
    def classes_(self) -> tuple[str, ...]:
        """Of both."""
        return self.vectors.classes_

    @classmethod
    def fit(cls, vectors: Features, statistics: Features, labels: Sequence[str], *, model: str = "") -> "PairProbe":
        """Fit both on n labels.

        Args:
            vectors: (n, e) of a model.
            statistics: (n, s) of the same windows, from `baselines.window_statistics`.
            labels: n class names.
            model: whose vectors they are.

        Raises:
            SensorLMError: fewer than two classes.
        """
        return cls(vectors=fit_probe(vectors, labels, model=model), statistics=fit_probe(statistics, labels))

    def probabilities(self, vectors: Features, statistics: Features) -> NDArray[np.float64]:
        """(n, k) mean of both; rows sum to 1.

        Raises:
            SensorLMError: features of another width than a probe was fitted on.
        """
        scores = self.vectors.probabilities(vectors)
        return scores if self.statistics is None else (scores + self.statistics.probabilities(statistics)) / 2

    def save(self, folder: str | Path, **about: Any) -> Path:  # noqa: ANN401
        """Write the first probe into a folder, the second inside it; `about` are JSON values kept with it.

        A second probe of an earlier pair goes where this one has none: it would answer with the new one.
        """
        saved = self.vectors.save(folder, **about)
        if self.statistics is not None:
            self.statistics.save(saved / STATISTICS)
        else:
            for name in FILES:
                (saved / STATISTICS / name).unlink(missing_ok=True)
            if (saved / STATISTICS).is_dir():
                (saved / STATISTICS).rmdir()
        return saved

    @classmethod
    def load(cls, folder: str | Path) -> "PairProbe":
        """Read what `save` wrote; a folder of one probe is one without statistics.

        Raises:
            SensorLMError: not a probe, another version, or parts that do not fit each other.
        """
        inside = Path(folder) / STATISTICS
        return cls(vectors=Probe.load(folder), statistics=Probe.load(inside) if inside.is_dir() else None)
