"""Probabilities and true classes in, one JSON-ready table of metrics with intervals over people out.

Letters in shapes: n samples, k classes.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, confusion_matrix, f1_score

from sensorlm.errors import SensorLMError
from sensorlm.tasks.metrics import (
    Interval,
    auroc,
    balanced_accuracy,
    bootstrap_over_people,
    classification_metrics,
    expected_calibration_error,
    pairs_in_strata,
    stratified_auroc,
)

REPEATS = 200
Scores = NDArray[np.float64]


def score_classes(
    truth: NDArray[np.intp],
    scores: Scores,
    names: Sequence[str],
    people: Sequence[str],
    *,
    probabilities: Scores | None = None,
    seed: int = 0,
    repeats: int = REPEATS,
    each_class: bool = True,
    hours: NDArray[np.intp] | None = None,
) -> dict[str, Any]:
    """Everything a report says of one class a sample.

    Args:
        truth: (n,) class indices.
        scores: (n, k), higher is more likely: probabilities, or other scores of each class. A
            class's AUROC ranks samples by its own column.
        names: k class names.
        people: person of each sample: intervals resample people.
        probabilities: (n, k), rows sum to 1, whose order in each row is that of `scores`; None: `scores` are that.
        seed: of the bootstrap.
        repeats: bootstrap draws.
        each_class: intervals of each class too.
        hours: (n,) when in the day each sample lies, as any whole number: AUROC within the hour too.

    Returns:
        `classification_metrics`, "ece", "confusion" (k, k) counts with the true class by row, "intervals" of macro
        AUROC, balanced accuracy and acc1, and of each class the balanced accuracy of it against the rest, with the
        intervals of that and of its AUROC. With `hours` "macro_auroc_within_hour", each class's "auroc_within_hour" and
        "pairs_within_hour", and their intervals: `stratified_auroc` of a class against the rest, and its mean over the
        classes of which some hour has both. With `probabilities` "macro_auroc_of_probabilities", for which a class
        ranks samples by its share among the others.
    """
    result = classification_metrics(truth, scores, names)
    classes = truth[:, None] == np.arange(len(names))
    guess = scores.argmax(axis=1)
    result["ece"] = expected_calibration_error(scores if probabilities is None else probabilities, truth)
    if probabilities is not None:
        result["macro_auroc_of_probabilities"] = mean_auroc(classes, probabilities)
    result["confusion"] = confusion_matrix(truth, guess, labels=np.arange(len(names))).tolist()

    def balanced(rows: NDArray[np.intp]) -> float:
        return balanced_accuracy(truth[rows], guess[rows])

    def accuracy(rows: NDArray[np.intp]) -> float:
        return float((truth[rows] == guess[rows]).mean())

    def macro(rows: NDArray[np.intp], strata: NDArray[np.intp] | None = None) -> float:
        return mean_auroc(classes[rows], scores[rows], None if strata is None else strata[rows])

    asked = {"macro_auroc": macro, "balanced_accuracy": balanced, "acc1": accuracy}
    if hours is not None:
        asked["macro_auroc_within_hour"] = lambda rows: macro(rows, hours)
        result["macro_auroc_within_hour"] = macro(np.arange(len(truth)), hours)
    result["intervals"] = _intervals(asked, people, seed, repeats)
    for name, found in result["per_class"].items() if each_class else ():
        found |= _class_against_rest(truth == names.index(name), guess == names.index(name),
                                     scores[:, names.index(name)], people, seed, repeats, hours)  # fmt: skip
    return result


def _class_against_rest(
    truth: NDArray[np.bool_], said: NDArray[np.bool_], scores: Scores, people: Sequence[str], seed: int, repeats: int,
    hours: NDArray[np.intp] | None,
) -> dict[str, Any]:  # fmt: skip
    """Balanced accuracy of one class, its AUROC within the hour, and intervals of them and of the AUROC."""

    def area(rows: NDArray[np.intp]) -> float:
        return auroc(truth[rows], scores[rows])

    def balanced(rows: NDArray[np.intp]) -> float:
        return balanced_accuracy(truth[rows].astype(np.intp), said[rows].astype(np.intp))

    asked = {"auroc": area, "balanced_accuracy": balanced}
    found: dict[str, Any] = {}
    if hours is not None:
        asked["auroc_within_hour"] = lambda rows: stratified_auroc(truth[rows], scores[rows], hours[rows])
        found["pairs_within_hour"] = pairs_in_strata(truth, hours)
    intervals = _intervals(asked, people, seed, repeats)
    kept = {name: interval["estimate"] for name, interval in intervals.items() if name != "auroc"}
    return found | kept | {"intervals": intervals}


def score_labels(
    truth: NDArray[np.bool_],
    probabilities: Scores,
    names: Sequence[str],
    people: Sequence[str],
    *,
    threshold: float = 0.5,
    seed: int = 0,
    repeats: int = REPEATS,
) -> dict[str, Any]:
    """Everything a report says where a sample may have several classes, or none.

    Args:
        truth: (n, k).
        probabilities: (n, k), each class by itself.
        names: k class names.
        people: person of each sample.
        threshold: from here on a class is said, for F1.
        seed: of the bootstrap.
        repeats: bootstrap draws.
    """
    said = probabilities >= threshold
    per_class: dict[str, dict[str, float]] = {}
    absent = []
    for i, name in enumerate(names):
        if not truth[:, i].any() or truth[:, i].all():
            absent.append(name)
            continue
        per_class[name] = {
            "auroc": auroc(truth[:, i], probabilities[:, i]),
            "average_precision": float(average_precision_score(truth[:, i], probabilities[:, i])),
            "f1": float(f1_score(truth[:, i], said[:, i], zero_division=0)),
            "support": int(truth[:, i].sum()),
        }
    columns = [c for c in range(len(names)) if names[c] in per_class]

    def macro(rows: NDArray[np.intp]) -> float:
        return mean_auroc(truth[rows][:, columns], probabilities[rows][:, columns])

    means = {
        f"macro_{short}": float(np.mean([c[key] for c in per_class.values()])) if per_class else math.nan
        for short, key in (("auroc", "auroc"), ("average_precision", "average_precision"), ("f1", "f1"))
    }
    intervals = _intervals({"macro_auroc": macro}, people, seed, repeats)
    return {"n": len(truth), **means, "per_class": per_class, "absent": absent, "intervals": intervals}


def mean_auroc(truth: NDArray[np.bool_], scores: Scores, strata: NDArray[np.intp] | None = None) -> float:
    """Mean over the columns of (n, k) truth that have both answers, with (n,) strata within one; NaN where none has."""
    columns = list(zip(truth.T, scores.T, strict=True))
    each = [auroc(t, s) if strata is None else stratified_auroc(t, s, strata) for t, s in columns]
    kept = [a for a in each if math.isfinite(a)]
    return float(np.mean(kept)) if kept else math.nan


def class_indices(labels: Sequence[str], names: Sequence[str]) -> NDArray[np.intp]:
    """(n,) places of labels among names.

    Raises:
        SensorLMError: a label that is none of the classes, or no label at all.
    """
    strange = sorted(set(labels) - set(names))
    if strange or not labels:
        raise SensorLMError(
            f"{len(labels)} labels, {strange[:5]} of them are none of the classes {list(names)}. "
            "Give at least one label, and name every class that occurs."
        )
    place = {name: i for i, name in enumerate(names)}
    return np.array([place[label] for label in labels], np.intp)


def interval_json(interval: Interval) -> dict[str, Any]:
    """An interval as JSON values."""
    return {
        "estimate": interval.estimate, "low": interval.low, "high": interval.high, "num_people": interval.num_people,
    }  # fmt: skip


def finite(value: Any) -> Any:  # noqa: ANN401
    """The same nested value with plain Python numbers, and None for what is not finite: JSON has no NaN."""
    if isinstance(value, Mapping):
        return {str(k): finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [finite(v) for v in value]
    if isinstance(value, np.ndarray):
        return finite(value.tolist())
    if isinstance(value, np.generic):
        return finite(value.item())
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _intervals(
    asked: Mapping[str, Callable[[NDArray[np.intp]], float]], people: Sequence[str], seed: int, repeats: int
) -> dict[str, Any]:
    return {
        name: interval_json(bootstrap_over_people(statistic, people, repeats=repeats, seed=seed))
        for name, statistic in asked.items()
    }
