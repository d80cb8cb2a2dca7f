"""Plain-language questions as one more table of an evaluation, with its floors and samples."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.embedders import Embedder
from sensorlm.records import DayMatrix
from sensorlm.tasks.baselines import out_of_person_scores, window_statistics
from sensorlm.tasks.metrics import auroc, bootstrap_over_people
from sensorlm.tasks.questions import Question, answers, question_auroc
from sensorlm.tasks.scoring import interval_json

# What the results of the four lists are called; stored reports of earlier runs know the first by its name.
FIRST_HAND, SECOND_HAND = "plain_language", "everyday questions, a second hand"
THIRD_HAND, FOURTH_HAND = "everyday questions, a third hand", "everyday questions, a fourth hand"
MIN_EACH = 10
REPEATS = 200


def question_task(
    questions: Sequence[Question],
    days: Sequence[DayMatrix],
    vectors: Mapping[str, NDArray[np.float32]],
    model: Embedder,
    untrained: Embedder | None,
    min_each: int = MIN_EACH,
    *,
    name: str = FIRST_HAND,
    held_out: frozenset[str] = frozenset(),
    seed: int = 0,
) -> dict[str, Any] | None:
    """AUROC over days of every question, None where no question has both answers often enough.

    Args:
        questions: what is asked.
        days: n days; the truth is computed from their minutes, also for the surrogates.
        vectors: "real", each surrogate and "untrained" -> (n, e).
        model: embeds the wordings.
        untrained: embeds them for its own vectors.
        min_each: least days of each answer for a question to be scored.
        name: of the list of questions, in the result.
        held_out: people (`dataset/person`) who are scored once more by themselves, where others are there too.
        seed: of the bootstrap.
    """
    truth = answers(questions, days)
    found = question_auroc(model, questions, truth, vectors["real"], min_each)
    if not found["num_questions"]:
        return None
    floors: dict[str, Any] = {"chance": {"single": 0.5, "averaged": 0.5, "opposites_share": 0.5}}
    for kind, changed in vectors.items():
        if kind == "real":
            continue
        reader = untrained if kind == "untrained" and untrained is not None else model
        floors[kind] = _short(question_auroc(reader, questions, truth, changed, min_each))
    people = [f"{day.dataset}/{day.person}" for day in days]
    scored = [j for j, question in enumerate(questions) if question.name in found["per_question"]]
    floors["plain_statistics"] = {"averaged": _plain(days, truth[:, scored], people)}
    held = np.array([person in held_out for person in people])
    if held.any() and not held.all():
        less = question_auroc(model, questions, truth[held], vectors["real"][held], min_each)
        found["held_out"] = {"num_people": len({p for p, h in zip(people, held, strict=True) if h}),
                             "n": int(held.sum()), "num_questions": less["num_questions"], **_short(less)}  # fmt: skip
    scores = np.stack([_averaged(model, question) for question in questions]) @ vectors["real"].T
    found["intervals"] = {"averaged": _interval(truth[:, scored], scores[scored].T, people, seed)}
    found["opposites_share"] = _short(found)["opposites_share"]
    return {
        "task": "questions", "name": name, "metrics": found, "floors": floors,
        "samples": {
            "people": people, "keys": [day.key for day in days], "questions": [q.name for q in questions],
            "scored": scored, "truth": truth.T.tolist(), "scores": np.round(scores, 5).tolist(),
        },
    }  # fmt: skip


def _short(found: Mapping[str, Any]) -> dict[str, Any]:
    opposites = found["opposites"]
    share = opposites["right"] / opposites["of"] if opposites["of"] else float("nan")
    return {"single": found["single"], "averaged": found["averaged"], "opposites_share": share}


def _plain(days: Sequence[DayMatrix], truth: NDArray[np.int8], people: Sequence[str]) -> float:
    """Mean AUROC of logistic regressions on plain statistics that learned each answer from other people's days."""
    features = np.concatenate([window_statistics(day.values[None]) for day in days])
    areas = []
    for column in truth.T:
        told = np.flatnonzero(column)
        scores = out_of_person_scores(
            features[told], (column[told] > 0).astype(np.intp), [people[i] for i in told.tolist()]
        )
        kept = np.isfinite(scores).all(axis=1)
        areas.append(auroc(column[told][kept] > 0, scores[kept, 1]))
    known = [area for area in areas if np.isfinite(area)]
    return float(np.mean(known)) if known else float("nan")


def _interval(truth: NDArray[np.int8], scores: NDArray[np.float32], people: Sequence[str], seed: int) -> dict[str, Any]:
    """Of the mean AUROC with wordings averaged; (n, q) truth and scores."""

    def statistic(rows: NDArray[np.intp]) -> float:
        areas = [
            auroc(t[told] > 0, s[told])
            for t, s in zip(truth[rows].T, scores[rows].T, strict=True) for told in [t != 0]
        ]  # fmt: skip
        known = [area for area in areas if np.isfinite(area)]
        return float(np.mean(known)) if known else float("nan")

    return interval_json(bootstrap_over_people(statistic, people, repeats=REPEATS, seed=seed))


def _averaged(model: Embedder, question: Question) -> NDArray[np.float32]:
    mean: NDArray[np.float32] = model.embed_texts(question.wordings).mean(axis=0)
    return mean / (np.linalg.norm(mean) + 1e-8)
