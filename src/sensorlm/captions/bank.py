"""Days in, how well each of many statements holds of each day out, beside how it holds of other people's days.

A statement is a row of the predicate tables: facts that must all hold, and words for them. True and false would say the
same of 5,990 steps and of 900 where 6,000 are asked, so a fact holds softly, and what a day gets is its distance from
what is usual: days are told apart by what is unusual about them.

Letters in shapes: n days, k quantities, p statements.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from sensorlm.captions.codes import NO_FACT, CaptionCodes, Codebook
from sensorlm.captions.facts import DayBatch
from sensorlm.captions.predicates import Predicate
from sensorlm.captions.spread import spread_of
from sensorlm.errors import RecordError
from sensorlm.records import Caption

SOFTNESS = 0.3
"""Width of a bound, in standard deviations of its quantity over the days of many people."""
LEAST_SPREAD = 0.05
"""A statement that holds of nobody, or of everybody, varies by chance: it is divided by this at least."""
MOST = 3.0
"""Standard deviations from the usual beyond which nothing more is told."""
VERSION = 1
ARRAYS = ("index", "low", "high", "margin", "width", "mean", "spread")
Floats = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class StatementBank:
    """p statements, and how they hold of the days of many people."""

    names: tuple[str, ...]
    said: tuple[str, ...]
    """The plainest wording of each."""
    codebook: Codebook
    codes: CaptionCodes
    """Which quantities each statement asks, and their bounds."""
    width: Floats
    """(k,) a standard deviation of each quantity, in its unit."""
    mean: Floats
    """(p,) mean of how well a statement holds."""
    spread: Floats
    """(p,) standard deviation of the same."""

    def __post_init__(self) -> None:
        k, p = len(self.codebook), len(self.names)
        shapes = {"said": len(self.said), "codes": len(self.codes), "mean": len(self.mean), "spread": len(self.spread)}
        if (wrong := {name: size for name, size in shapes.items() if size != p}) or len(self.width) != k or not p:
            raise RecordError(
                f"a bank of {p} statements over {k} quantities has {wrong or f'{len(self.width)} widths'}. "
                "Give one entry a statement, and one width a quantity."
            )
        if not (0 <= self.codes.index.max() < k and self.codes.index.min() >= NO_FACT):
            raise RecordError(f"a statement asks for quantity {self.codes.index.max()} of {k}. Make the bank anew.")

    def __len__(self) -> int:
        return len(self.names)

    @classmethod
    def of(cls, statements: Sequence[Predicate], batches: Sequence[DayBatch]) -> "StatementBank":
        """A bank whose widths, means and spreads are those of these days.

        Raises:
            RecordError: no statement, or no day.
        """
        if not statements or not batches:
            raise RecordError(f"{len(statements)} statements and {len(batches)} batches of days: give one of each.")
        codebook = Codebook(tuple(dict.fromkeys(fact.quantity for s in statements for fact in s.facts)))
        captions = [Caption(key="short", text=s.wordings[0], facts=s.facts) for s in statements]
        codes = codebook.caption_codes(captions, max(len(s.facts) for s in statements))
        measured = np.concatenate([codebook.day_codes(batch) for batch in batches])
        width = np.maximum(spread_of(measured)[1], 1e-6)
        holds = softly(measured, codes, width)
        told = np.isfinite(holds)
        count = np.maximum(told.sum(0), 1)
        mean = np.where(told, holds, 0).sum(0) / count
        spread = np.sqrt((np.where(told, holds - mean, 0) ** 2).sum(0) / count)
        return cls(
            names=tuple(s.name for s in statements), said=tuple(s.wordings[0] for s in statements), codebook=codebook,
            codes=codes, width=width, mean=mean.astype(np.float32), spread=spread.astype(np.float32),
        )  # fmt: skip

    def holds(self, batch: DayBatch) -> Floats:
        """(n, p) how well each statement holds of each day, 0 to 1; NaN where the day cannot tell."""
        return softly(self.codebook.day_codes(batch), self.codes, self.width)

    def standing(self, batch: DayBatch) -> Floats:
        """(n, p) standard deviations by which each statement holds better than usual, to ±`MOST`; 0: cannot be told."""
        distance = (self.holds(batch) - self.mean) / np.maximum(self.spread, LEAST_SPREAD)
        return np.clip(np.nan_to_num(distance, nan=0.0), -MOST, MOST).astype(np.float32)

    def to_json(self) -> dict[str, Any]:
        """All but the arrays."""
        return {
            "version": VERSION, "names": list(self.names), "said": list(self.said), "codebook": self.codebook.to_json()
        }  # fmt: skip

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Name in `ARRAYS` -> array."""
        codes = {"index": self.codes.index, "low": self.codes.low, "high": self.codes.high, "margin": self.codes.margin}
        return codes | {"width": self.width, "mean": self.mean, "spread": self.spread}

    @classmethod
    def from_parts(cls, data: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> "StatementBank":
        """What `to_json` and `arrays` gave.

        Raises:
            RecordError: another version, a missing array, or parts that do not fit each other.
        """
        missing = [name for name in ARRAYS if name not in arrays]
        if data.get("version") != VERSION or missing:
            raise RecordError(
                f"statements of version {data.get('version')!r} without {missing or 'nothing'}; this program reads "
                f"version {VERSION} with {list(ARRAYS)}. Make them anew with recipes/statements.py."
            )
        return cls(
            names=tuple(data.get("names", ())), said=tuple(data.get("said", ())),
            codebook=Codebook.from_json(data.get("codebook", {})),
            codes=CaptionCodes(*(arrays[name] for name in ("index", "low", "high", "margin"))),
            width=arrays["width"], mean=arrays["mean"], spread=arrays["spread"],
        )  # fmt: skip


def softly(measured: Floats, codes: CaptionCodes, width: Floats) -> Floats:
    """How well statements hold of days: the product over a statement's facts and over both bounds of each.

    A bound at b holds of a value x as the logistic function of (x - b) / h, with h = `SOFTNESS` standard deviations of
    that quantity: one half at the bound, 0.96 one standard deviation inside.

    Args:
        measured: (n, k) from `Codebook.day_codes`, NaN where a day cannot tell.
        codes: of p statements.
        width: (k,) standard deviations.

    Returns:
        (n, p), NaN where one fact cannot be told.
    """
    out = np.ones((len(measured), len(codes)), np.float32)
    for slot in range(codes.index.shape[1]):
        used = np.flatnonzero(codes.index[:, slot] != NO_FACT)
        columns = codes.index[used, slot]
        step = SOFTNESS * width[columns]
        with np.errstate(over="ignore"):
            above = (measured[:, columns] - codes.low[used, slot]) / step
            below = (codes.high[used, slot] - measured[:, columns]) / step
        out[:, used] *= expit(above) * expit(below)
    return out
