"""Days in, plain per-channel statistics out: what any model must beat.

The features are deliberately ordinary: for each channel the observed share and mean, standard deviation, minimum,
maximum of the asked minutes, and the means of its four quarters.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

FOLDS = 5
STATISTICS = ("observed", "mean", "std", "min", "max", "q1", "q2", "q3", "q4")


def window_statistics(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Plain statistics of windows.

    Args:
        values: (n, t, c) in any unit, NaN = missing.

    Returns:
        (n, c * 9) with NaN replaced by 0 after the observed share has been kept as its own feature.
    """
    seen = ~np.isnan(values)
    count = seen.sum(axis=1)
    filled = np.where(seen, values, 0).astype(np.float64)
    total = filled.sum(axis=1)
    mean = np.divide(total, count, out=np.zeros_like(total), where=count > 0)
    square = np.divide((filled**2).sum(axis=1), count, out=np.zeros_like(total), where=count > 0)
    std = np.sqrt(np.maximum(square - mean**2, 0))
    low = np.where(count > 0, np.where(seen, values, np.inf).min(axis=1), 0)
    high = np.where(count > 0, np.where(seen, values, -np.inf).max(axis=1), 0)
    quarters = []
    for part, shown in zip(np.array_split(filled, 4, axis=1), np.array_split(seen, 4, axis=1), strict=True):
        n = shown.sum(axis=1)
        quarters.append(np.divide(part.sum(axis=1), n, out=mean.copy(), where=n > 0))
    features = np.stack([count / values.shape[1], mean, std, low, high, *quarters], axis=-1)
    return features.reshape(len(values), -1).astype(np.float32)


def logistic_regression(seed: int = 0) -> Pipeline:
    """Standardised, class-balanced logistic regression: the supervised reference on plain statistics."""
    return make_pipeline(
        StandardScaler(), LogisticRegression(max_iter=2000, class_weight="balanced", random_state=seed)
    )


def fold_numbers(people: Sequence[str], num_folds: int = FOLDS) -> NDArray[np.intp]:
    """(n,) fold of each sample: people in the order of their names, dealt out in turn."""
    fold_of = {person: i % num_folds for i, person in enumerate(sorted(set(people)))}
    return np.array([fold_of[person] for person in people], np.intp)


def out_of_person_scores(
    features: NDArray[np.float32], labels: NDArray[np.intp], people: Sequence[str], num_folds: int = FOLDS
) -> NDArray[np.float64]:
    """(n, k) probabilities for every sample from models that never saw its person (folds of `fold_numbers`)."""
    folds = fold_numbers(people, num_folds)
    scores = np.full((len(labels), int(labels.max()) + 1), np.nan)
    for fold in np.unique(folds):
        test = folds == fold
        if len(np.unique(labels[~test])) < 2:
            continue
        model = logistic_regression().fit(features[~test], labels[~test])
        scores[np.ix_(test, model.classes_)] = model.predict_proba(features[test])
    return scores
