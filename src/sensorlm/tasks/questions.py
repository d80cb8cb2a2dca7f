"""Plain-language questions about a day, each with a predicate over its minutes: what people will type into a search.

None is made from a caption template; a test keeps the two apart. `answers` says for every day true, false or cannot be
told, and `question_auroc` scores a model against that, per single wording and with a question's wordings averaged.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.embedders import Embedder
from sensorlm.records import DayMatrix
from sensorlm.tasks.day_view import DayView
from sensorlm.tasks.metrics import auroc

Number = float | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing a person may ask of a day."""

    name: str
    wordings: tuple[str, ...]
    asks: Callable[[DayView], bool | None]
    """True, False, or None where the day cannot tell."""
    opposite: str = ""
    """Name of the question that says the contrary."""


def worded(name: str, asks: Callable[[DayView], bool | None], wordings: str, opposite: str = "") -> Question:
    """A question whose wordings are parted by "; "."""
    return Question(name=name, wordings=tuple(wordings.split("; ")), asks=asks, opposite=opposite)


def above(value: Number, limit: float) -> bool | None:
    """Whether value > limit, None stays None."""
    return None if value is None else bool(value > limit)


def below(value: Number, limit: float) -> bool | None:
    """Whether value < limit, None stays None."""
    return None if value is None else bool(value < limit)


def within(value: Number, low: float, high: float) -> bool | None:
    """Whether low <= value < high, None stays None."""
    return None if value is None else bool(low <= value < high)


def minus(one: Number, two: Number) -> float | None:
    """Difference one - two, None where either is."""
    return None if one is None or two is None else one - two


def both(*answers: bool | None) -> bool | None:
    """And in three values: one no is a no, else one unknown is unknown."""
    if any(a is False for a in answers):
        return False
    return None if any(a is None for a in answers) else True


def answers(questions: Sequence[Question], days: Sequence[DayMatrix]) -> NDArray[np.int8]:
    """(days, questions): +1 yes, -1 no, 0 cannot be told."""
    code = {True: 1, False: -1, None: 0}
    views = [DayView(day) for day in days]
    return np.array([[code[q.asks(view)] for q in questions] for view in views], np.int8).reshape(
        len(days), len(questions)
    )


def question_auroc(
    embedder: Embedder,
    questions: Sequence[Question],
    truth: NDArray[np.int8],
    day_vectors: NDArray[np.float32],
    min_each: int = 10,
) -> dict[str, Any]:
    """AUROC of each question over days, by single wording and with its wordings averaged.

    Args:
        embedder: embeds the wordings.
        questions: q questions.
        truth: (n, q) from `answers`.
        day_vectors: (n, e) unit vectors of the same days.
        min_each: questions with fewer yes or no days than this are not scored, and named in "unscored".

    Returns:
        "single": macro mean over all wordings, "averaged": macro mean with a question's unit vectors averaged,
        "per_question", and "opposites": for each pair of contraries, whether the difference of their vectors ranks the
        days of the one above the days of the other.
    """
    per: dict[str, Any] = {}
    unscored: list[str] = []
    means: dict[str, NDArray[np.float32]] = {}
    for j, question in enumerate(questions):
        vectors = embedder.embed_texts(question.wordings)
        mean = vectors.mean(axis=0)
        means[question.name] = mean / (np.linalg.norm(mean) + 1e-8)
        told = truth[:, j] != 0
        yes = truth[told, j] == 1
        if min(int(yes.sum()), int((~yes).sum())) < min_each:
            unscored.append(question.name)
            continue
        single = [auroc(yes, day_vectors[told] @ v) for v in vectors]
        per[question.name] = {
            "single": float(np.mean(single)),
            "averaged": auroc(yes, day_vectors[told] @ means[question.name]),
            "yes": int(yes.sum()),
            "no": int((~yes).sum()),
        }
    return {
        "single": float(np.mean([p["single"] for p in per.values()])) if per else float("nan"),
        "averaged": float(np.mean([p["averaged"] for p in per.values()])) if per else float("nan"),
        "num_questions": len(per),
        "per_question": per,
        "unscored": unscored,
        "opposites": _opposites(questions, truth, day_vectors, means, min_each),
    }


def _opposites(
    questions: Sequence[Question],
    truth: NDArray[np.int8],
    day_vectors: NDArray[np.float32],
    means: Mapping[str, NDArray[np.float32]],
    min_each: int,
) -> dict[str, Any]:
    """Pairs told apart: (question - contrary) ranks days of the one above days of the other (AUROC over 0.5)."""
    column = {q.name: j for j, q in enumerate(questions)}
    scores: dict[str, float] = {}
    for question in questions:
        other = question.opposite
        if other not in column or f"{other} / {question.name}" in scores:
            continue
        one, two = truth[:, column[question.name]] == 1, truth[:, column[other]] == 1
        kept = one ^ two
        if min(int(one[kept].sum()), int(two[kept].sum())) >= min_each:
            direction = means[question.name] - means[other]
            scores[f"{question.name} / {other}"] = auroc(one[kept], day_vectors[kept] @ direction)
    right = sum(s > 0.5 for s in scores.values())
    return {"right": right, "of": len(scores), "auroc": scores}
