"""Scores and labels in, numbers with intervals out. Pure functions, numpy and scikit-learn.

Letters in shapes: q queries, g gallery items, n samples, k classes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.metrics import average_precision_score, f1_score

from sensorlm.errors import SensorLMError

Floats = NDArray[np.floating[Any]]


def ranks_of_first_relevant(scores: Floats, relevant: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Rank (1 = best) of the best-scored relevant item of each query, ties counted in the middle.

    Args:
        scores: (q, g) similarities.
        relevant: (q, g), True where the item answers the query. Duplicate captions make several items relevant.

    Returns:
        (q,) ranks. A relevant item that ties with m wrong ones stands behind half of them, so that a constant score
        earns chance, neither 1 (ties favourable, as in the seed program) nor last place.

    Raises:
        SensorLMError: shapes differ, or a query has no relevant item at all.
    """
    if scores.shape != relevant.shape:
        raise SensorLMError(
            f"scores {scores.shape} and relevant {relevant.shape} differ in shape. Give both as (q, g)."
        )
    if not relevant.any(axis=1).all():
        row = int(np.flatnonzero(~relevant.any(axis=1))[0])
        raise SensorLMError(f"query {row} has no relevant item, so it has no rank. Leave such queries out.")
    best = np.where(relevant, scores, -np.inf).max(axis=1, keepdims=True)
    wrong = ~relevant
    above = (wrong & (scores > best)).sum(axis=1)
    tied = (wrong & (scores == best)).sum(axis=1)
    result: NDArray[np.float64] = 1.0 + above + tied / 2
    return result


def recall_at_k(
    scores: Floats, relevant: NDArray[np.bool_] | None = None, ks: Sequence[int] = (1, 5, 10)
) -> dict[str, float]:
    """Share of queries whose answer is among the first k, with the median rank.

    Args:
        scores: (q, g) similarities; without `relevant`, item i answers query i.
        relevant: (q, g) or None.
        ks: cut-offs.

    Returns:
        "recall@k" for each k, "median_rank", and "chance_recall@k": what a random order reaches with the same
        relevant items (hypergeometric).
    """
    relevant = np.eye(len(scores), scores.shape[1], dtype=bool) if relevant is None else relevant
    ranks = ranks_of_first_relevant(scores, relevant)
    gallery = scores.shape[1]
    answers = relevant.sum(axis=1)
    result = {f"recall@{k}": float((ranks <= k).mean()) for k in ks}
    result["median_rank"] = float(np.median(ranks))
    for k in ks:
        # P(no answer among k random items) = prod_i (g - m - i) / (g - i)
        steps = np.arange(min(k, gallery))
        miss = np.prod(np.maximum(gallery - answers[:, None] - steps, 0) / (gallery - steps), axis=1)
        result[f"chance_recall@{k}"] = float((1 - miss).mean())
    return result


def relevance_of_duplicates(query_keys: Sequence[str], gallery_keys: Sequence[str]) -> NDArray[np.bool_]:
    """(q, g) True where the keys are equal: two days with one caption both answer it."""
    names = {key: i for i, key in enumerate(dict.fromkeys([*query_keys, *gallery_keys]))}
    left = np.array([names[k] for k in query_keys])
    right = np.array([names[k] for k in gallery_keys])
    return np.asarray(left[:, None] == right[None, :])


def classification_metrics(labels: NDArray[np.intp], scores: Floats, class_names: Sequence[str]) -> dict[str, Any]:
    """Per-class and macro AUROC, average precision, F1, accuracy and balanced accuracy.

    Args:
        labels: (n,) class indices.
        scores: (n, k), higher is more likely. AUROC is one class against the rest.
        class_names: k names.

    Returns:
        CLIP_benchmark's keys (acc1, acc5, mean_per_class_recall) beside ours; a class that does not occur (or is
        all there is) has no AUROC and is left out of the macro means, named in "absent".
    """
    guess = scores.argmax(axis=1)
    per_class: dict[str, dict[str, float]] = {}
    absent = []
    for i, name in enumerate(class_names):
        truth = labels == i
        if not truth.any() or truth.all():
            absent.append(name)
            continue
        per_class[name] = {
            "auroc": auroc(truth, scores[:, i]),
            "average_precision": float(average_precision_score(truth, scores[:, i])),
            "f1": float(f1_score(truth, guess == i, zero_division=0)),
            "support": int(truth.sum()),
        }
    order = np.argsort(-scores, axis=1, kind="stable")
    hits = order == labels[:, None]
    balanced = balanced_accuracy(labels, guess)
    result: dict[str, Any] = {
        "n": len(labels),
        "acc1": float(hits[:, :1].any(axis=1).mean()),
        "balanced_accuracy": balanced,
        "mean_per_class_recall": balanced,
        "macro_auroc": _mean([c["auroc"] for c in per_class.values()]),
        "macro_f1": _mean([c["f1"] for c in per_class.values()]),
        "macro_average_precision": _mean([c["average_precision"] for c in per_class.values()]),
        "per_class": per_class,
        "absent": absent,
    }
    if len(class_names) > 5:
        result["acc5"] = float(hits[:, :5].any(axis=1).mean())
    return result


def expected_calibration_error(probabilities: Floats, labels: NDArray[np.intp], num_bins: int = 15) -> float:
    """ECE: mean |confidence - accuracy| over equal-width confidence bins, weighted by count.

    Source: Guo et al. 2017, eq. 3.
    """
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * num_bins).astype(int), num_bins - 1)
    total = 0.0
    for b in np.unique(bins):
        inside = bins == b
        total += inside.mean() * abs(confidence[inside].mean() - correct[inside].mean())
    return float(total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An estimate with its bootstrap interval over people."""

    estimate: float
    low: float
    high: float
    num_people: int

    def __str__(self) -> str:
        return f"{self.estimate:.3f} [{self.low:.3f}, {self.high:.3f}]"


def bootstrap_over_people(
    statistic: Callable[[NDArray[np.intp]], float],
    people: Sequence[str],
    *,
    repeats: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Percentile bootstrap that resamples whole people, because days of one person are no independent samples.

    Args:
        statistic: sample indices (with repeats) -> number; NaN results (a class vanished) are left out.
        people: person of each sample.
        repeats: bootstrap draws.
        confidence: coverage of the interval.
        seed: of the draws.

    Returns:
        The estimate on all samples and the interval; NaN limits where fewer than two people are at hand.
    """
    everyone = np.arange(len(people))
    estimate = float(statistic(everyone))
    groups: Mapping[str, NDArray[np.intp]] = {p: np.flatnonzero(np.asarray(people) == p) for p in dict.fromkeys(people)}
    if len(groups) < 2:
        return Interval(estimate=estimate, low=float("nan"), high=float("nan"), num_people=len(groups))
    generator = np.random.default_rng(seed)
    members = list(groups.values())
    draws = []
    for _ in range(repeats):
        chosen = generator.integers(len(members), size=len(members))
        draws.append(float(statistic(np.concatenate([members[i] for i in chosen]))))
    kept = np.array([d for d in draws if np.isfinite(d)])
    if not len(kept):
        return Interval(estimate=estimate, low=float("nan"), high=float("nan"), num_people=len(groups))
    low, high = np.quantile(kept, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(estimate=estimate, low=float(low), high=float(high), num_people=len(groups))


def auroc(truth: NDArray[np.bool_], scores: Floats) -> float:
    """Area under the ROC curve as Mann and Whitney's rank sum, ties in the middle; NaN where only one class occurs."""
    positive = int(truth.sum())
    negative = len(truth) - positive
    if not positive or not negative:
        return float("nan")
    ranks = rankdata(scores)
    return float((ranks[truth].sum() - positive * (positive + 1) / 2) / (positive * negative))


def stratified_auroc(truth: NDArray[np.bool_], scores: Floats, strata: NDArray[np.intp]) -> float:
    """AUROC over the pairs of a positive and a negative of the same stratum only: what scores tell beyond the stratum.

    A score that is a function of the stratum earns exactly 0.5; with one stratum it is `auroc`. Every pair counts
    alike, so a stratum weighs positives times negatives. Janes and Pepe 2009 (Biometrika 96:371, the area under the
    covariate-adjusted ROC curve of a discrete covariate) weigh strata by their positives alone; pairs let a stratum
    with a single negative, whose area is hardly known, speak less.

    Args:
        truth: (n,).
        scores: (n,), higher is more likely; ties count half.
        strata: (n,) any whole numbers.

    Returns:
        Pairs in order over all pairs, NaN where no stratum has both classes or a score is NaN.

    Raises:
        SensorLMError: the three differ in shape.
    """
    if not truth.shape == scores.shape == strata.shape:
        raise SensorLMError(
            f"truth {truth.shape}, scores {scores.shape} and strata {strata.shape} differ in shape. Give (n,) each."
        )
    pairs = pairs_in_strata(truth, strata)
    if not pairs or np.isnan(scores).any():
        return float("nan")
    order = np.lexsort((scores, strata))
    positive, value, stratum = truth[order], scores[order], strata[order]
    begins = np.append(True, stratum[1:] != stratum[:-1])
    # Runs of one score in one stratum: over each, a positive has all earlier negatives of its stratum below it.
    run = np.cumsum(begins | np.append(True, value[1:] != value[:-1])) - 1
    negatives = np.bincount(run, ~positive)
    earlier = np.cumsum(negatives) - negatives
    before_stratum = earlier[run[begins]][np.cumsum(begins) - 1]
    below = earlier[run] - before_stratum + negatives[run] / 2
    return float(below[positive].sum() / pairs)


def pairs_in_strata(truth: NDArray[np.bool_], strata: NDArray[np.intp]) -> int:
    """Pairs of a positive and a negative of the same stratum; truth and strata are (n,)."""
    place = np.unique(strata, return_inverse=True)[1]
    positive, every = np.bincount(place[truth], minlength=len(place)), np.bincount(place, minlength=len(place))
    return int((positive * (every - positive)).sum())


def balanced_accuracy(truth: NDArray[np.intp], guess: NDArray[np.intp]) -> float:
    """Mean over the classes that occur of the share of their samples that were recognised."""
    counts = np.bincount(truth)
    right = np.bincount(truth[truth == guess], minlength=len(counts))
    return float((right[counts > 0] / counts[counts > 0]).mean())


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")
