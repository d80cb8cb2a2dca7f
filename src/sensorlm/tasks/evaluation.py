"""A model and held-out days in, one table per task out: the model beside chance, plain statistics and broken days.

Beside every number stand what chance gives, what plain statistics learned from other people's labels reach, what the
same architecture with random weights reaches, and what the model makes of surrogate days. Metric names are those of
CLIP_benchmark, with days as its images. Every task keeps its samples, so that two runs can be compared person by person.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.embedders import Embedder
from sensorlm.records import DayMatrix
from sensorlm.tasks.baselines import window_statistics
from sensorlm.tasks.classify import Asked
from sensorlm.tasks.few_shot import SHOTS, few_shot_curve, fit_probe
from sensorlm.tasks.metrics import bootstrap_over_people, ranks_of_first_relevant, recall_at_k, relevance_of_duplicates
from sensorlm.tasks.scoring import class_indices, interval_json, mean_auroc, score_classes
from sensorlm.tasks.surrogates import phase_shuffled, time_reversed
from sensorlm.tasks.zero_shot import Label, ZeroShotClassifier

KS = (1, 5, 10)
Vectors = NDArray[np.float32]
Floors = Mapping[str, Callable[[DayMatrix], DayMatrix]]


@dataclass(frozen=True, kw_only=True)
class LabelledTask:
    """Windows of held-out people with their classes, and of other people to learn from."""

    name: str
    asked: Sequence[Asked]
    labels: Sequence[str]
    classes: Sequence[Label]
    templates: Sequence[str] = ("{label}", "The person is {label}.")
    train: Sequence[Asked] = ()
    train_labels: Sequence[str] = ()


def surrogates(seed: int) -> Floors:
    """Name -> what is done to a day."""
    return {"phase_shuffled": lambda day: phase_shuffled(day, seed), "time_reversed": time_reversed}


def person_of(day: DayMatrix) -> str:
    """`dataset/person`."""
    return f"{day.dataset}/{day.person}"


def embed_asked(
    embedder: Embedder, asked: Sequence[Asked], change: Callable[[DayMatrix], DayMatrix] | None = None
) -> Vectors:
    """(n, e) vectors of windows, after a change of their whole day."""
    last: tuple[int, DayMatrix] | None = None

    def shown() -> Any:  # noqa: ANN401
        nonlocal last
        for one in asked:
            # Windows of a day come one after another: change it once.
            if last is None or last[0] != id(one.day):
                last = (id(one.day), one.day if change is None else change(one.day))
            yield last[1].shown(*one.window)

    return embedder.embed_days(shown())


def zero_shot_task(task: LabelledTask, model: Embedder, untrained: Embedder | None, seed: int = 0) -> dict[str, Any]:
    """Zero-shot classification with all its floors."""
    names = [label.name for label in task.classes]
    truth = class_indices(task.labels, names)
    people = [person_of(a.day) for a in task.asked]

    def probabilities(embedder: Embedder, change: Callable[[DayMatrix], DayMatrix] | None = None) -> NDArray[np.float64]:
        classifier = ZeroShotClassifier(class_names=task.classes, prompt_template=tuple(task.templates)).embed(embedder)
        return classifier.probabilities(embed_asked(embedder, task.asked, change))

    scores = probabilities(model)
    metrics = score_classes(truth, scores, names, people, seed=seed)
    counts = np.bincount(truth, minlength=len(names))
    floors: dict[str, Any] = {
        "chance": {
            "macro_auroc": 0.5, "mean_per_class_recall": 1 / int((counts > 0).sum()),
            "acc1": float(((counts / len(truth)) ** 2).sum()), "acc1_majority": float(counts.max() / len(truth)),
        }
    }  # fmt: skip
    others = {name: probabilities(model, change) for name, change in surrogates(seed).items()}
    if untrained is not None:
        others["untrained"] = probabilities(untrained)
    plain = _plain_probabilities(task, names)
    if plain is not None:
        others["plain_statistics"] = plain
    for name, found in others.items():
        floors[name] = _short(score_classes(truth, found, names, people, seed=seed))
    return {
        "task": "zeroshot_classification", "name": task.name, "metrics": metrics, "floors": floors,
        "samples": {
            "people": people, "keys": _sample_keys(task.asked), "truth": truth.tolist(),
            "scores": np.round(scores, 5).tolist(),
        },
    }  # fmt: skip


def probe_task(
    task: LabelledTask, model: Embedder, untrained: Embedder | None, seed: int = 0, shots: Sequence[int] = SHOTS
) -> dict[str, Any]:
    """Linear probe and k-shot curves on frozen features, of the model, of plain statistics and of random weights."""
    train = {"model": embed_asked(model, task.train), "plain_statistics": _statistics(task.train)}
    test = {"model": embed_asked(model, task.asked), "plain_statistics": _statistics(task.asked)}
    if untrained is not None:
        train["untrained"], test["untrained"] = embed_asked(untrained, task.train), embed_asked(untrained, task.asked)
    curve = few_shot_curve(train, task.train_labels, test, task.labels, shots=shots, seed=seed)
    probe = fit_probe(train["model"], task.train_labels, model=model.name)
    names = list(probe.classes_)
    truth = class_indices(task.labels, names)
    people = [person_of(a.day) for a in task.asked]
    scores = probe.probabilities(test["model"])
    found = score_classes(truth, scores, names, people, seed=seed)
    metrics = {f"lp_{key}": found[key] for key in ("acc1", "mean_per_class_recall", "macro_auroc")}
    metrics |= {"intervals": {f"lp_{k}": v for k, v in found["intervals"].items()}, "few_shot": curve}
    floors = {name: {"lp_macro_auroc": rows["all"]["macro_auroc"]} for name, rows in curve.items() if name != "model"}
    floors["chance"] = {"lp_macro_auroc": 0.5, "lp_mean_per_class_recall": 1 / len(names)}
    return {
        "task": "linear_probe", "name": task.name, "metrics": metrics, "floors": floors,
        "samples": {
            "people": people, "keys": _sample_keys(task.asked), "truth": truth.tolist(),
            "scores": np.round(scores, 5).tolist(),
        },
    }  # fmt: skip


def retrieval_task(
    name: str, days: Sequence[DayMatrix], texts: Sequence[str], vectors: Mapping[str, Vectors], model: Embedder,
    untrained: Embedder | None, seed: int = 0,
) -> dict[str, Any]:  # fmt: skip
    """Captions -> days and days -> captions, equal captions counted as equal answers.

    Args:
        name: which captions these are.
        days: n days.
        texts: the caption of each.
        vectors: "real" and each surrogate -> (n, e) of the model; "untrained" where there is one.
        model: embeds the texts.
        untrained: embeds them for its own vectors.
        seed: of the bootstrap.
    """
    relevant = relevance_of_duplicates(texts, texts)
    words = model.embed_texts(list(texts))
    people = [person_of(day) for day in days]
    metrics, floors = _recalls(vectors["real"] @ words.T, relevant), {}
    for floor, changed in vectors.items():
        if floor == "untrained" and untrained is not None:
            floors[floor] = _recalls(changed @ untrained.embed_texts(list(texts)).T, relevant)
        elif floor != "real":
            floors[floor] = _recalls(changed @ words.T, relevant)
    floors["chance"] = {k.replace("chance_", ""): v for k, v in metrics.items() if "chance_" in k}
    metrics = {k: v for k, v in metrics.items() if "chance_" not in k}
    scores = vectors["real"] @ words.T
    ranks = {
        "text_retrieval": ranks_of_first_relevant(scores, relevant),
        "image_retrieval": ranks_of_first_relevant(scores.T, relevant.T),
    }
    metrics["intervals"] = {
        f"{way}_recall@1": interval_json(
            bootstrap_over_people(lambda i, r=found: float((r[i] <= 1).mean()), people, repeats=200, seed=seed)  # type: ignore[misc]
        )
        for way, found in ranks.items()
    }
    metrics |= {"num_days": len(days), "num_captions": len(set(texts))}
    return {
        "task": "zeroshot_retrieval", "name": name, "metrics": metrics, "floors": floors,
        "samples": {
            "people": people, "keys": [day.key for day in days], **{k: v.tolist() for k, v in ranks.items()},
        },
    }  # fmt: skip


def _recalls(scores: NDArray[np.float32], relevant: NDArray[np.bool_]) -> dict[str, float]:
    """CLIP_benchmark's keys: text retrieval asks a day for its caption, image retrieval a caption for its day."""
    found: dict[str, float] = {}
    for way, table, answers in (("text_retrieval", scores, relevant), ("image_retrieval", scores.T, relevant.T)):
        for key, value in recall_at_k(table, answers, KS).items():
            if key.startswith("chance_"):
                found[f"chance_{way}_{key.removeprefix('chance_')}"] = value
            else:
                found[f"{way}_{key}"] = value
    return found


def _plain_probabilities(task: LabelledTask, names: Sequence[str]) -> NDArray[np.float64] | None:
    """Logistic regression on plain statistics, taught by the training people; None where nobody teaches."""
    if len(set(task.train_labels)) < 2:
        return None
    probe = fit_probe(_statistics(task.train), task.train_labels)
    scores = np.zeros((len(task.asked), len(names)))
    known = [names.index(c) for c in probe.classes_ if c in names]
    kept = [i for i, c in enumerate(probe.classes_) if c in names]
    scores[:, known] = probe.probabilities(_statistics(task.asked))[:, kept]
    return scores


def _statistics(asked: Sequence[Asked]) -> Vectors:
    return np.concatenate([window_statistics(a.day.values[None, a.window[0] : a.window[1]]) for a in asked])


def _short(metrics: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("acc1", "mean_per_class_recall", "macro_auroc", "macro_f1")
    return {key: metrics[key] for key in kept} | {"interval": metrics["intervals"]["macro_auroc"]}


def _sample_keys(asked: Sequence[Asked]) -> list[str]:
    return [f"{a.day.key} {a.window[0]}-{a.window[1]}" for a in asked]


def macro_auroc_of(truth: NDArray[np.intp], scores: NDArray[np.float64]) -> float:
    """Mean AUROC of each class against the rest."""
    return mean_auroc(truth[:, None] == np.arange(scores.shape[1]), scores)
