"""Simulated windows in, how well plain statistics trained only on them read real windows out: the simulator's exam."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sensorlm.tasks.realism import Days, quietly

Windows = tuple[NDArray[np.float64], NDArray[np.bool_]]


def window_features(values: Days, minutes: int) -> NDArray[np.float64]:
    """(n, w, f) plain statistics of each window: mean, std, min, max, roughness, share above 0, share seen.

    The features of the transfer test: what a model must beat.
    """
    n, t, c = values.shape
    x = values.reshape(n, t // minutes, minutes, c)
    parts = [quietly(f, x, axis=2) for f in (np.nanmean, np.nanstd, np.nanmin, np.nanmax)]
    parts.append(quietly(np.nanmean, np.abs(np.diff(x, axis=2)), axis=2))
    parts.append(quietly(np.nanmean, np.where(np.isfinite(x), x > 0, np.nan), axis=2))
    parts.append(np.isfinite(x).mean(2))
    return np.concatenate(parts, -1).astype(np.float64)


def transfer_auroc(train: Windows, test: Mapping[str, Windows], *, seed: int = 0) -> dict[str, float]:
    """Fit on simulated windows (features, label) only, return AUROC on each real set: logistic regression and boosting.

    Missing features take the training median in the logistic regression.
    """
    x, y = train
    fill = np.nan_to_num(quietly(np.nanmedian, x, axis=0))
    linear = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=500))
    linear.fit(np.where(np.isfinite(x), x, fill), y)
    trees = HistGradientBoostingClassifier(max_iter=150, max_depth=4, learning_rate=0.08, random_state=seed).fit(x, y)
    out = {}
    for name, (a, b) in test.items():
        out[f"{name} logistic"] = float(roc_auc_score(b, linear.decision_function(np.where(np.isfinite(a), a, fill))))
        out[f"{name} boosting"] = float(roc_auc_score(b, trees.predict_proba(a)[:, 1]))
    return out


def labelled_windows(
    values: Days, label: NDArray[np.floating], minutes: int = 30, *, purity: float = 0.8, seen: float = 0.33
) -> Windows:
    """Features and label of windows that are nearly all one or the other.

    Args:
        values: (n, 1440, c); the first channel must be observed in a share `seen` of a window.
        label: (n, 1440) 1, 0 or NaN where unknown.
        minutes: length of a window.
        purity: share of one label a window needs.
        seen: see values.
    """
    known = label.reshape(len(label), -1, minutes)
    share = quietly(np.nanmean, known, axis=2)
    first = np.isfinite(values[:, :, 0]).reshape(len(values), -1, minutes).mean(2)
    with np.errstate(invalid="ignore"):
        keep = (np.isfinite(known).mean(2) >= 0.66) & ((share >= purity) | (share <= 1 - purity)) & (first >= seen)
    return window_features(values, minutes)[keep], share[keep] >= 0.5
