"""Plain-language questions as one more table of an evaluation, with its floors and samples.

A surrogate day keeps every value, so questions about levels and totals stay answerable there, and rightly so. Its truth
is computed anew, and the questions parted by whether the surrogate keeps or changes it: only on those whose truth it
changes can a model be asked to fall. Even there not quite to 0.5, since a day of much walking has more of everything
when shuffled too: "truth_left" is what the surrogate day's own true answers, yes or no, tell of the real day.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.embedders import Embedder
from sensorlm.records import DayMatrix
from sensorlm.tasks.baselines import out_of_person_scores, window_statistics
from sensorlm.tasks.evaluation import Change
from sensorlm.tasks.metrics import auroc, bootstrap_over_people
from sensorlm.tasks.questions import Question, answers, question_auroc
from sensorlm.tasks.scoring import interval_json

# What the results of the first two lists are called; stored reports of earlier runs know the first by its name.
FIRST_HAND, SECOND_HAND = "plain_language", "everyday questions, a second hand"
MIN_EACH = 10
REPEATS = 200
KEPT_FROM = 0.95
"""A surrogate keeps a question's truth where so many of its yes days, and so many of its no days, keep their answer."""
Truth = NDArray[np.int8]
Vectors = NDArray[np.float32]


def question_task(
    questions: Sequence[Question],
    days: Sequence[DayMatrix],
    vectors: Mapping[str, NDArray[np.float32]],
    model: Embedder,
    untrained: Embedder | None,
    min_each: int = MIN_EACH,
    *,
    name: str = FIRST_HAND,
    changes: Mapping[str, Change] | None = None,
    held_out: frozenset[str] = frozenset(),
    seed: int = 0,
    plain: float | None = None,
) -> dict[str, Any] | None:
    """AUROC over days of every question, None where no question has both answers often enough.

    Args:
        questions: asked.
        days: n days; the truth is computed from their minutes, and surrogates are scored against it too.
        vectors: "real", each surrogate and "untrained" -> (n, e).
        model: embeds the wordings.
        untrained: embeds them for its own vectors.
        min_each: least days of each answer for a question to be scored.
        name: of the list of questions, in the result.
        changes: surrogate -> what is done to a day; questions whose truth it keeps, and whose truth it changes, are
            scored once more, apart.
        held_out: people (`dataset/person`) who are scored once more by themselves, where others are there too.
        seed: of the bootstrap.
        plain: what plain statistics reach, where a call with the same questions and days has found it.
    """
    truth = answers(questions, days)
    found = question_auroc(model, questions, truth, vectors["real"], min_each)
    if not found["num_questions"]:
        return None
    floors = _floors(questions, truth, vectors, model, untrained, min_each)
    people = [f"{day.dataset}/{day.person}" for day in days]
    scored = [j for j, question in enumerate(questions) if question.name in found["per_question"]]
    known = plain if plain is not None else _plain(days, truth[:, scored], people)
    floors["plain_statistics"] = {"averaged": known}
    found |= _of_held_out(model, questions, truth, vectors["real"], people, held_out, min_each)
    words = np.stack([_averaged(model, question) for question in questions])
    scores = words @ vectors["real"].T
    found["intervals"] = {"averaged": _interval(truth[:, scored], scores[scored].T, people, seed)}
    asked = [questions[j] for j in scored]
    found["surrogates"] = {
        kind: _by_truth(asked, days, truth[:, scored], change, words[scored], vectors["real"], vectors[kind], seed)
        for kind, change in (changes or {}).items() if kind in vectors
    }  # fmt: skip
    for kind, parts in found["surrogates"].items():
        floors[kind] |= {f"averaged_{part}": row["averaged"]["estimate"] for part, row in parts.items()}
        floors["chance"] |= {f"averaged_{part}": 0.5 for part in parts}
    found["opposites_share"] = _short(found)["opposites_share"]
    return {
        "task": "questions", "name": name, "metrics": found, "floors": floors,
        "samples": {
            "people": people, "keys": [day.key for day in days], "questions": [q.name for q in questions],
            "scored": scored, "truth": truth.T.tolist(), "scores": np.round(scores, 5).tolist(),
        },
    }  # fmt: skip


def _of_held_out(
    model: Embedder, questions: Sequence[Question], truth: Truth, real: Vectors, people: Sequence[str],
    held_out: frozenset[str], min_each: int,
) -> dict[str, Any]:  # fmt: skip
    """The entry "held_out" of a result, where some people are and others are not."""
    held = np.array([person in held_out for person in people])
    if not held.any() or held.all():
        return {}
    less = question_auroc(model, questions, truth[held], real[held], min_each)
    said = {"num_people": len(held_out & set(people)), "n": int(held.sum()), "num_questions": less["num_questions"]}
    return {"held_out": said | _short(less)}


def _floors(
    questions: Sequence[Question], truth: Truth, vectors: Mapping[str, Vectors], model: Embedder,
    untrained: Embedder | None, min_each: int,
) -> dict[str, Any]:  # fmt: skip
    """Chance, and everything that has vectors but "real"."""
    readers = {kind: untrained if kind == "untrained" and untrained is not None else model for kind in vectors}
    return {"chance": {"single": 0.5, "averaged": 0.5, "opposites_share": 0.5}} | {
        kind: _short(question_auroc(reader, questions, truth, vectors[kind], min_each))
        for kind, reader in readers.items() if kind != "real"
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


def truth_kept(truth: Truth, moved: Truth) -> NDArray[np.bool_]:
    """Which questions a surrogate leaves as true or untrue as they were.

    Yes and no days are judged apart: of a question that few days answer with yes, a surrogate that turns every answer
    to no would keep nearly all. A day that can tell no more (its logs are dropped) has not kept its answer.

    Args:
        truth: (n, q) of the real days, from `answers`.
        moved: (n, q) of the surrogate days.

    Returns:
        (q,) True where at least `KEPT_FROM` of the days of each answer keep it.
    """
    shares = []
    for answer in (1, -1):
        days = truth == answer
        shares.append((days & (moved == answer)).sum(axis=0) / np.maximum(days.sum(axis=0), 1))
    return np.asarray(np.minimum(*shares) >= KEPT_FROM)


def _by_truth(
    questions: Sequence[Question], days: Sequence[DayMatrix], truth: Truth, change: Change, words: Vectors,
    real: Vectors, surrogate: Vectors, seed: int,
) -> dict[str, Any]:  # fmt: skip
    """Questions whose truth a surrogate keeps, and those whose truth it changes.

    Args:
        questions: q scored questions.
        days: n days.
        truth: (n, q) of them.
        change: what makes a surrogate of a day.
        words: (q, e) unit vectors of the questions, wordings averaged.
        real: (n, e) vectors of the real days.
        surrogate: (n, e) vectors of the surrogate days.
        seed: of the bootstrap.

    Returns:
        "changed" and "kept" -> mean AUROC on real days, on surrogate days with its interval ("averaged"), and of the
        surrogate days' own true answers ("truth_left"), all against the truth of the real days.
    """
    people = [f"{day.dataset}/{day.person}" for day in days]
    moved = np.concatenate([answers(questions, [change(day)]) for day in days])
    kept = truth_kept(truth, moved)
    found = {}
    for part, columns in (("changed", np.flatnonzero(~kept)), ("kept", np.flatnonzero(kept))):
        if len(columns):
            asked, said = truth[:, columns], words[columns].T
            found[part] = {
                "num_questions": len(columns), "real": _mean_auroc(asked, real @ said),
                "averaged": _interval(asked, surrogate @ said, people, seed),
                "truth_left": _mean_auroc(asked, moved[:, columns].astype(np.float32)),
                "questions": [questions[j].name for j in columns.tolist()],
            }  # fmt: skip
    return found


def _interval(truth: Truth, scores: Vectors, people: Sequence[str], seed: int) -> dict[str, Any]:
    """Of the mean AUROC with wordings averaged; (n, q) truth and scores."""

    def statistic(rows: NDArray[np.intp]) -> float:
        return _mean_auroc(truth[rows], scores[rows])

    return interval_json(bootstrap_over_people(statistic, people, repeats=REPEATS, seed=seed))


def _mean_auroc(truth: Truth, scores: Vectors) -> float:
    """Mean over questions of the AUROC over the days that can tell, NaN where none has one; (n, q) truth and scores."""
    areas = [auroc(t[told] > 0, s[told]) for t, s in zip(truth.T, scores.T, strict=True) for told in [t != 0]]
    known = [area for area in areas if np.isfinite(area)]
    return float(np.mean(known)) if known else float("nan")


def _averaged(model: Embedder, question: Question) -> NDArray[np.float32]:
    mean: NDArray[np.float32] = model.embed_texts(question.wordings).mean(axis=0)
    return mean / (np.linalg.norm(mean) + 1e-8)
