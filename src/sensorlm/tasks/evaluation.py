"""Labelled windows and a model in, zero-shot classification beside chance, plain statistics and broken days out.

Beside every number stand what chance gives, what plain statistics learned from other people's labels reach, what the
time of day alone reaches, what the same architecture with random weights reaches, and what the model makes of
surrogate days. The clock answers most of these tasks, and windows keep their hour on surrogate days, so each AUROC is
given within the hour too: only windows of the same minutes of the day are compared, which leaves the clock at chance.

What learned fold by fold is there compared within a fold (Forman and Scholz 2010, "Apples-to-apples in
cross-validation studies"): of somebody who slept unusually late the others taught that this hour is a waking one, so
across folds even the clock would put windows of one hour in order, the wrong one.

A class ranks windows by how much better its words fit than those of all classes do on average; what a window is taken
for, and how sure, comes of the softmax over classes.

Metric names are those of CLIP_benchmark, with days as its images. Every task keeps its samples, so that two runs are
compared person by person.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.embedders import Embedder
from sensorlm.records import MINUTES_PER_DAY, DayMatrix
from sensorlm.tasks.baselines import FOLDS, fold_numbers, out_of_person_scores, window_statistics
from sensorlm.tasks.classify import Asked
from sensorlm.tasks.few_shot import fit_probe
from sensorlm.tasks.scoring import class_indices, score_classes
from sensorlm.tasks.surrogates import phase_shuffled, time_reversed
from sensorlm.tasks.zero_shot import Label, ZeroShotClassifier

LEARNED = ("plain_statistics", "clock_alone")
"""Floors that other people's labels taught."""
Vectors = NDArray[np.float32]
Scores = NDArray[np.float64]
Features = Mapping[str, Vectors]
Change = Callable[[DayMatrix], DayMatrix]


@dataclass(frozen=True, kw_only=True)
class LabelledTask:
    """Windows of people with their classes, and of other people to learn from.

    Without `train`, probes and plain statistics learn from the other people of `asked`, fold by fold.
    """

    name: str
    asked: Sequence[Asked]
    labels: Sequence[str]
    classes: Sequence[Label]
    templates: Sequence[str] = ("{label}", "The person is {label}.")
    train: Sequence[Asked] = ()
    train_labels: Sequence[str] = ()
    plain: Sequence[NDArray[np.float32]] = ()
    """(minutes, channels) of each window for plain statistics; empty: what the model is shown."""
    held_out: frozenset[str] = frozenset()
    """People (`dataset/person`) who gave no day to training; scored once more by themselves where others did."""
    unreadable: str = ""
    """Why the model cannot be asked at all; the floors still can."""

    @property
    def people(self) -> list[str]:
        """Person of each window."""
        return [person_of(one.day) for one in self.asked]

    @property
    def names(self) -> list[str]:
        """Of the classes."""
        return [label.name for label in self.classes]


def surrogates(seed: int) -> Mapping[str, Change]:
    """Name -> what is done to a day."""
    return {"phase_shuffled": lambda day: phase_shuffled(day, seed), "time_reversed": time_reversed}


def person_of(day: DayMatrix) -> str:
    """`dataset/person`."""
    return f"{day.dataset}/{day.person}"


def _changed(asked: Sequence[Asked], change: Change | None) -> Iterator[DayMatrix]:
    """Windows of changed days; windows of a day come one after another, so that it is changed once."""
    last: tuple[int, DayMatrix] | None = None
    for one in asked:
        if last is None or last[0] != id(one.day):
            last = (id(one.day), one.day if change is None else change(one.day))
        yield last[1].shown(*one.window)


def embed_asked(embedder: Embedder, asked: Sequence[Asked], change: Change | None = None) -> Vectors:
    """(n, e) vectors of windows, after a change of their whole day."""
    return embedder.embed_days(_changed(asked, change))


def task_features(task: LabelledTask, model: Embedder, untrained: Embedder | None) -> Features:
    """Who embeds ("model", "untrained") -> (n, e) of the asked windows, then of those that teach."""
    windows = [*task.asked, *task.train]
    if task.unreadable:
        return {}
    features = {"model": embed_asked(model, windows)}
    return features if untrained is None else features | {"untrained": embed_asked(untrained, windows)}


def zero_shot_task(
    task: LabelledTask, model: Embedder, untrained: Embedder | None, seed: int = 0, features: Features | None = None
) -> dict[str, Any]:  # fmt: skip
    """Zero-shot classification with all its floors; `features` are those of `task_features`, if they are at hand."""
    if features is None:
        features = task_features(task, model, untrained)
    truth = class_indices(task.labels, task.names)
    tables, probabilities = _floor_scores(task, truth), None
    if "clock_alone" in tables:
        # Equal rows may differ in a product's last bit, and at one hour the clock must tie with itself.
        tables["clock_alone"] = tables["clock_alone"].round(12)
    if not task.unreadable:
        found_of_model, probabilities = _model_scores(task, model, features["model"][: len(task.asked)], seed)
        tables |= found_of_model
        if untrained is not None:
            tables["untrained"] = _classifier(task, untrained).scores(features["untrained"][: len(task.asked)])
    everyone = np.ones(len(truth), bool)
    found = _scored(task, truth, tables, everyone, seed, probabilities)
    held = np.array([person in task.held_out for person in task.people])
    if held.any() and not held.all() and len(set(truth[held].tolist())) > 1:
        less = _scored(task, truth, tables, held, seed, probabilities)
        found["metrics"]["held_out"] = _short(less["metrics"]) | {"floors": less["floors"]}
    if task.unreadable:
        found["note"] = task.unreadable
    scores = tables.get("model", np.zeros((0, len(task.names))))
    found["samples"] = {
        "people": task.people, "keys": sample_keys(task.asked), "truth": truth.tolist(),
        # Windows of one hour whose scores differ by little must not tie.
        "scores": np.round(scores, 9).tolist(),
    }  # fmt: skip
    return {"task": "zeroshot_classification", "name": task.name, **found}


def _scored(
    task: LabelledTask, truth: NDArray[np.intp], tables: Mapping[str, Scores], kept: NDArray[np.bool_], seed: int,
    probabilities: Scores | None,
) -> dict[str, Any]:  # fmt: skip
    """Metrics of the model and of every floor over some windows; a table speaks only of its rows without NaN.

    `probabilities` (n, k) are the model's.
    """
    people, hours = np.array(task.people), hours_of(task.asked)
    counts = np.bincount(truth[kept], minlength=len(task.names))
    metrics: dict[str, Any] = {"n": int(kept.sum()), "num_people": len(set(people[kept].tolist()))}
    floors: dict[str, Any] = {
        "chance": {
            "macro_auroc": 0.5, "mean_per_class_recall": 1 / int((counts > 0).sum()),
            "acc1": float(((counts / counts.sum()) ** 2).sum()), "acc1_majority": float(counts.max() / counts.sum()),
        }
    }  # fmt: skip
    if hours is not None:
        floors["chance"]["macro_auroc_within_hour"] = 0.5
    for name, scores in tables.items():
        rows = kept & np.isfinite(scores).all(axis=1)
        if len(set(truth[rows].tolist())) < 2:
            continue
        strata = hours
        if hours is not None and name in LEARNED and not task.train:  # fold by fold
            strata = hours * FOLDS + fold_numbers(task.people)
        of_model = probabilities[rows] if name == "model" and probabilities is not None else None
        found = score_classes(truth[rows], scores[rows], task.names, people[rows].tolist(), seed=seed,
                              probabilities=of_model,
                              each_class=name == "model", hours=None if strata is None else strata[rows])  # fmt: skip
        if name == "model":
            metrics |= found
        else:
            floors[name] = _short(found)
    return {"metrics": metrics, "floors": floors}


def _model_scores(
    task: LabelledTask, model: Embedder, features: Vectors, seed: int
) -> tuple[dict[str, Scores], Scores]:
    """Scores of real and surrogate windows, and the probabilities of the real ones."""
    classifier = _classifier(task, model)
    tables = {"model": classifier.scores(features)}
    for name, change in surrogates(seed).items():
        scores = classifier.scores(embed_asked(model, task.asked, change))
        # Where the changed day recorded nothing in the window there is nothing to be asked.
        scores[~np.array([day.observed.any() for day in _changed(task.asked, change)])] = np.nan
        tables[name] = scores
    return tables, classifier.probabilities(features)


def _classifier(task: LabelledTask, embedder: Embedder) -> ZeroShotClassifier:
    return ZeroShotClassifier(class_names=task.classes, prompt_template=tuple(task.templates)).embed(embedder)


def _floor_scores(task: LabelledTask, truth: NDArray[np.intp]) -> dict[str, Scores]:
    """What needs no model: plain statistics and the clock, taught by other people; none where nobody teaches."""
    kinds = {"plain_statistics": statistics(task.asked, task.plain)}
    if hours_of(task.asked) is not None:
        kinds["clock_alone"] = clock(task.asked)
    if not task.train:
        if len(set(task.people)) < 2:
            return {}
        return {name: out_of_person_scores(x, truth, task.people) for name, x in kinds.items()}
    if len(set(task.train_labels)) < 2:
        return {}
    taught = {"plain_statistics": statistics(task.train), "clock_alone": clock(task.train)}
    tables = {}
    for name, features in kinds.items():
        probe = fit_probe(taught[name], task.train_labels)
        scores = np.zeros((len(task.asked), len(task.names)))
        for column, kind in enumerate(probe.classes_):
            if kind in task.names:
                scores[:, task.names.index(kind)] = probe.probabilities(features)[:, column]
        tables[name] = scores
    return tables


def statistics(asked: Sequence[Asked], plain: Sequence[NDArray[np.float32]] = ()) -> Vectors:
    """(n, f) plain statistics of windows; `plain` holds their values where the model is shown others."""
    values = plain or [one.day.values[one.window[0] : one.window[1]] for one in asked]
    return np.concatenate([window_statistics(window[None]) for window in values])


def clock(asked: Sequence[Asked]) -> Vectors:
    """(n, 4) the time of day of a window's middle as two harmonics."""
    middle = np.array([sum(one.window) / 2 for one in asked]) * 2 * np.pi / MINUTES_PER_DAY
    return np.stack([f(k * middle) for k in (1, 2) for f in (np.sin, np.cos)], axis=1).astype(np.float32)


def hours_of(asked: Sequence[Asked]) -> NDArray[np.intp] | None:
    """(n,) one number for each place in the day, which windows of the same minutes share; None for whole days."""
    windows = np.array([one.window for one in asked], np.intp).reshape(-1, 2)
    if (windows == (0, MINUTES_PER_DAY)).all():
        return None
    return np.asarray(windows @ np.array([MINUTES_PER_DAY + 1, 1], np.intp))


def _short(metrics: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("n", "num_people", "acc1", "mean_per_class_recall", "macro_auroc", "macro_auroc_within_hour", "macro_f1",
            "intervals")  # fmt: skip
    return {key: metrics[key] for key in kept if key in metrics}


def sample_keys(asked: Sequence[Asked]) -> list[str]:
    """A name of each window that another run gives it too."""
    return [f"{a.day.key} {a.window[0]}-{a.window[1]}" for a in asked]
