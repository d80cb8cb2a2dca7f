"""Labelled windows and a model in, linear probes and k-shot curves out, always asked of people never learned from.

The model's features, plain statistics and random weights learn from the same few labels, drawn the same way. Where a
task names people to learn from, they teach and the others are asked; else every fold of people is asked in turn and
the rest teaches.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.embedders import Embedder
from sensorlm.tasks.baselines import FOLDS, fold_numbers
from sensorlm.tasks.evaluation import LabelledTask, sample_keys, statistics, task_features
from sensorlm.tasks.few_shot import SHOTS, Features, draw_shots, fit_probe
from sensorlm.tasks.metrics import bootstrap_over_people
from sensorlm.tasks.scoring import class_indices, interval_json, mean_auroc, score_classes

DRAWS, REPEATS = 5, 100
ALL = "all"
MODEL, PLAIN, TOGETHER = "model", "plain_statistics", "model_and_statistics"
"""Kinds of features; the last is the mean of both probes' probabilities, as a `pair_probe.PairProbe` has it."""
MINUS_PLAIN = "_minus_plain"
"""Ends the names of differences."""
Scores = NDArray[np.float64]
Split = tuple[NDArray[np.intp], NDArray[np.intp]]
"""(rows that teach, rows that are asked)."""


def probe_task(
    task: LabelledTask, model: Embedder, untrained: Embedder | None, seed: int = 0, shots: Sequence[int] = SHOTS,
    draws: int = DRAWS, features: Mapping[str, Features] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Linear probe and k-shot curves on frozen features, of the model, of plain statistics and of random weights.

    And of the first two together, as `sensorlm probe --together` has them.

    `features` are those of `task_features`, if they are at hand.
    """
    windows = [*task.asked, *task.train]
    labels = [*task.labels, *task.train_labels]
    if features is None:
        features = task_features(task, model, untrained)
    kinds = dict(features) | {PLAIN: statistics(windows, [] if task.train else task.plain)}
    asked = np.arange(len(task.asked))
    teaching = np.arange(len(asked), len(windows))
    splits = [(teaching, asked)] if task.train else person_folds(task.people)
    tables = {name: shot_scores(x, labels, splits, shots, draws, seed) for name, x in kinds.items()}
    if MODEL in tables:
        shared = tables[MODEL].keys() & tables[PLAIN].keys()
        tables[TOGETHER] = {k: (t + tables[PLAIN][k]) / 2 for k, t in tables[MODEL].items() if k in shared}
    names = sorted(set(labels))
    truth = class_indices(task.labels, names)
    tables = {name: {k: t[:, asked] for k, t in rows.items()} for name, rows in tables.items()}
    metrics: dict[str, Any] = {"few_shot": _curves(tables, truth, task.people, seed)}
    told = np.zeros(len(truth), bool)
    if MODEL in tables and ALL in tables[MODEL]:
        scores = tables[MODEL][ALL][0]
        told = np.isfinite(scores).all(axis=1)
        found = score_classes(truth[told], scores[told], names, _of(task.people, told), seed=seed)
        metrics |= {f"lp_{key}": found[key] for key in ("acc1", "mean_per_class_recall", "macro_auroc")}
        metrics["intervals"] = {f"lp_{k}": v for k, v in found["intervals"].items()}
    floors: dict[str, Any] = {
        name: {"lp_macro_auroc": rows[ALL]["macro_auroc"]}
        for name, rows in metrics["few_shot"].items()
        if name not in (MODEL, TOGETHER) and not name.endswith(MINUS_PLAIN) and rows.get(ALL)
    }  # fmt: skip
    floors["chance"] = {"lp_macro_auroc": 0.5, "lp_mean_per_class_recall": 1 / len(names)}
    shown = tables[MODEL][ALL][0][told] if told.any() else np.zeros((0, len(names)))
    samples = {
        "people": _of(task.people, told), "keys": _of(sample_keys(task.asked), told), "truth": truth[told].tolist(),
        "scores": np.round(shown, 5).tolist(),
    }  # fmt: skip
    return {"task": "linear_probe", "name": task.name, "metrics": metrics, "floors": floors, "samples": samples}


def person_folds(people: Sequence[str], num_folds: int = FOLDS) -> list[Split]:
    """Each fold of people asked once, by all others taught: the folds of `out_of_person_scores`."""
    folds = fold_numbers(people, num_folds)
    return [(np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)) for fold in sorted(set(folds.tolist()))]


def shot_scores(
    features: Features, labels: Sequence[str], splits: Sequence[Split], shots: Sequence[int], draws: int, seed: int
) -> dict[str, Scores]:
    """Probabilities of k-shot and full probes.

    Args:
        features: (n, e).
        labels: n class names.
        splits: who teaches, who is asked.
        shots: labelled samples a class.
        draws: how often they are drawn anew.
        seed: of the draws.

    Returns:
        "1", "5", ..., "all" -> (draws, n, k) over the sorted class names, NaN in rows nobody could teach; one draw of
        "all". A k is left out where no split has so many of each class.
    """
    names = sorted(set(labels))
    tables: dict[str, Scores] = {}
    every = np.asarray(labels)
    for k in (*shots, None):
        rounds = draws if k is not None else 1
        table = np.full((rounds, len(labels), len(names)), np.nan)
        for teach, ask in splits:
            known = [str(label) for label in every[teach]]
            if set(known) != set(names):
                continue
            for draw in range(rounds):
                picked = np.arange(len(teach)) if k is None else draw_shots(known, k, seed + draw)
                if picked is not None:
                    probe = fit_probe(features[teach[picked]], [known[i] for i in picked], pool=features[teach])
                    table[draw, ask] = probe.probabilities(features[ask])
        if np.isfinite(table).any():
            tables[ALL if k is None else str(k)] = table
    return tables


def _curves(
    tables: Mapping[str, Mapping[str, Scores]], truth: NDArray[np.intp], people: Sequence[str], seed: int
) -> dict[str, Any]:
    """Kind of features -> k -> mean macro AUROC over draws; and by how much they beat plain statistics."""
    keys = list(dict.fromkeys(k for rows in tables.values() for k in rows))
    curves: dict[str, Any] = {name: {k: _summary(rows.get(k), truth) for k in keys} for name, rows in tables.items()}
    for name in (MODEL, TOGETHER):
        if name in tables and PLAIN in tables:
            curves[name + MINUS_PLAIN] = {
                k: _difference(tables[name][k], tables[PLAIN][k], truth, people, seed)
                for k in keys if k in tables[name] and k in tables[PLAIN]
            }  # fmt: skip
    return curves


def _summary(table: Scores | None, truth: NDArray[np.intp]) -> dict[str, float] | None:
    if table is None:
        return None
    told = np.isfinite(table).all(axis=(0, 2))
    areas = [_macro(draw[told], truth[told]) for draw in table]
    guesses = [draw[told].argmax(axis=1) for draw in table]
    recalls = [[(g[truth[told] == c] == c).mean() for c in np.unique(truth[told])] for g in guesses]
    balanced = np.mean(recalls, axis=1)
    return {
        "macro_auroc": float(np.mean(areas)), "macro_auroc_std": float(np.std(areas)),
        "balanced_accuracy": float(balanced.mean()), "balanced_accuracy_std": float(balanced.std()),
        "draws": len(table), "n": int(told.sum()),
    }  # fmt: skip


def _difference(
    model: Scores, plain: Scores, truth: NDArray[np.intp], people: Sequence[str], seed: int
) -> dict[str, Any]:
    """Mean over draws of (model - plain statistics), the same people drawn for both."""
    told = np.isfinite(model).all(axis=(0, 2)) & np.isfinite(plain).all(axis=(0, 2))
    a, b, t = model[:, told], plain[:, told], truth[told]

    def statistic(rows: NDArray[np.intp]) -> float:
        return float(np.mean([_macro(x[rows], t[rows]) - _macro(y[rows], t[rows]) for x, y in zip(a, b, strict=True)]))

    return interval_json(bootstrap_over_people(statistic, _of(people, np.asarray(told)), repeats=REPEATS, seed=seed))


def _macro(scores: Scores, truth: NDArray[np.intp]) -> float:
    return mean_auroc(truth[:, None] == np.arange(scores.shape[1]), scores)


def _of(values: Sequence[str], kept: NDArray[np.bool_]) -> list[str]:
    return [value for value, keep in zip(values, kept.tolist(), strict=True) if keep]
