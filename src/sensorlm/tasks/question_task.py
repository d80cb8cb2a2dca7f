"""Plain-language questions as one more table of an evaluation, with its floors and samples."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.embedders import Embedder
from sensorlm.records import DayMatrix
from sensorlm.tasks.questions import Question, answers, question_auroc

MIN_EACH = 5


def question_task(
    questions: Sequence[Question],
    days: Sequence[DayMatrix],
    vectors: Mapping[str, NDArray[np.float32]],
    model: Embedder,
    untrained: Embedder | None,
    min_each: int = MIN_EACH,
) -> dict[str, Any] | None:
    """AUROC over days of every question, None where no question has both answers often enough.

    Args:
        questions: what is asked.
        days: n days; the truth is computed from their minutes, also for the surrogates.
        vectors: "real", each surrogate and "untrained" -> (n, e).
        model: embeds the wordings.
        untrained: embeds them for its own vectors.
        min_each: least days of each answer for a question to be scored.
    """
    truth = answers(questions, days)
    found = question_auroc(model, questions, truth, vectors["real"], min_each)
    if not found["num_questions"]:
        return None
    floors: dict[str, Any] = {"chance": {"single": 0.5, "averaged": 0.5}}
    for name, changed in vectors.items():
        if name == "real":
            continue
        reader = untrained if name == "untrained" and untrained is not None else model
        scored = question_auroc(reader, questions, truth, changed, min_each)
        floors[name] = {key: scored[key] for key in ("single", "averaged")}
    scores = np.stack([_averaged(model, question) for question in questions]) @ vectors["real"].T
    return {
        "task": "questions", "name": "plain_language", "metrics": found, "floors": floors,
        "samples": {
            "people": [f"{day.dataset}/{day.person}" for day in days], "keys": [day.key for day in days],
            "questions": [q.name for q in questions], "truth": truth.T.tolist(), "scores": np.round(scores, 5).tolist(),
        },
    }  # fmt: skip


def _averaged(model: Embedder, question: Question) -> NDArray[np.float32]:
    mean: NDArray[np.float32] = model.embed_texts(question.wordings).mean(axis=0)
    return mean / (np.linalg.norm(mean) + 1e-8)
