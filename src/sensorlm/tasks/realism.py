"""Real and simulated days in, how alike they are out: statistics side by side, and a judge that tries to tell them.

The judge (classifier two-sample test, Lopez-Paz & Oquab 2017, ICLR) sees a few dozen statistics of each day; its
AUROC under cross-validation by person is 0.5 when it cannot tell and 1 when it always can.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sensorlm.errors import ConfigError

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
LAGS_MINUTES = (1, 5, 30, 120)
Days = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recordings:
    """Days of several people on the same channels."""

    values: Days
    """(n, 1440, c), NaN where missing."""
    people: Sequence[str]
    """(n,) whose day it is."""
    channel_keys: tuple[str, ...]
    epoch: int = 1
    """Minutes between distinct values."""

    def __post_init__(self) -> None:
        if (
            self.values.ndim != 3
            or self.values.shape[2] != len(self.channel_keys)
            or len(self.values) != len(self.people)
        ):
            raise ConfigError(
                f"recordings of shape {self.values.shape} with {len(self.people)} people and {len(self.channel_keys)} "
                "channels: give (n, 1440, c) values, n people and c channels."
            )

    def every_epoch(self) -> Days:
        """(n, 1440 / epoch, c)."""
        return self.values[:, :: self.epoch]


def quietly(function: Callable[..., Any], x: NDArray[Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
    """A nan-function without its warning for empty slices, which stay NaN here on purpose."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return function(x, *args, **kwargs)


def infer_epoch(values: Days) -> int:
    """15, 5 or 1: the longest epoch inside which observed values never differ, in nearly all epochs."""
    for epoch in (15, 5):
        table = values.reshape(len(values), -1, epoch, values.shape[2])
        low, high = quietly(np.nanmin, table, axis=2), quietly(np.nanmax, table, axis=2)
        moving = np.isfinite(low) & (high > 0)
        if moving.any() and (low == high)[moving].mean() > 0.995:
            return epoch
    return 1


def shared_days(real: Recordings, simulated: Recordings, *, min_share: float = 0.4) -> tuple[Recordings, Recordings]:
    """Both sides cut to channels that both observe, to days that hold enough of each, and to the real epoch.

    Raises:
        ConfigError: no channel is observed on both sides, or no day is left.
    """
    both = [
        k for k in real.channel_keys if k in simulated.channel_keys and _observes(real, k) and _observes(simulated, k)
    ]
    if not both:
        raise ConfigError(
            "real and simulated days share no observed channel. Simulate a device that has one: --devices."
        )
    cut = []
    epoch = infer_epoch(real.values[:, :, [real.channel_keys.index(k) for k in both]])
    for side in (real, simulated):
        values = side.values[:, :, [side.channel_keys.index(k) for k in both]]
        keep = (np.isfinite(values).mean(1) >= min_share).all(1)
        if side is simulated and epoch > 1:
            keep &= np.array([infer_epoch(day[None]) == epoch for day in values])
        if not keep.any():
            raise ConfigError(f"no day of {len(values)} holds {min_share:.0%} of {both} in epochs of {epoch} min.")
        people = [p for p, kept in zip(side.people, keep, strict=True) if kept]
        cut.append(Recordings(values=values[keep], people=people, channel_keys=tuple(both), epoch=epoch))
    return cut[0], cut[1]


def _observes(side: Recordings, key: str) -> bool:
    return bool(np.isfinite(side.values[:, :, side.channel_keys.index(key)]).mean() > 0.02)


def autocorrelation(x: Days, lag: int) -> NDArray[np.float64]:
    """(n,) correlation of each row of (n, t) with itself `lag` later over minutes where both are seen."""
    return correlation(x[:, :-lag], x[:, lag:])


def correlation(x: Days, y: Days) -> NDArray[np.float64]:
    """(n,) Pearson correlation of rows of two (n, t) arrays over minutes where both are seen; NaN under 30 of them."""
    seen = np.isfinite(x) & np.isfinite(y)
    count = np.maximum(seen.sum(1), 1)
    a, b = np.where(seen, x, 0).astype(float), np.where(seen, y, 0).astype(float)
    a -= (a.sum(1) / count)[:, None]
    b -= (b.sum(1) / count)[:, None]
    a[~seen] = 0
    b[~seen] = 0
    scale = np.sqrt((a * a).sum(1) * (b * b).sum(1))
    return np.where((count >= 30) & (scale > 0), (a * b).sum(1) / np.where(scale > 0, scale, 1), np.nan)


def bout_lengths(active: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Lengths in minutes of all runs of True in the rows of (n, t)."""
    padded = np.pad(active.astype(np.int8), ((0, 0), (1, 1))).ravel()
    edges = np.flatnonzero(np.diff(padded))
    return (edges[1::2] - edges[::2]).astype(np.int64)


def day_statistics(recordings: Recordings) -> tuple[NDArray[np.float64], list[str]]:
    """(n, f) statistics of each day and their names: level, spread, roughness, memory, rhythm, bouts, coupling."""
    x = recordings.every_epoch()
    columns: list[NDArray[np.float64]] = []
    names: list[str] = []

    def add(name: str, column: NDArray[Any]) -> None:
        names.append(name)
        columns.append(np.asarray(column, np.float64))

    for j, key in enumerate(recordings.channel_keys):
        c = x[:, :, j]
        step = np.diff(c, axis=1)
        for q in QUANTILES:
            add(f"{key}|quantile {q}", quietly(np.nanquantile, c, q, axis=1))
            if q > 0.5:
                add(f"{key}|change quantile {q}", quietly(np.nanquantile, np.abs(step), q, axis=1))
        add(f"{key}|std", quietly(np.nanstd, c, axis=1))
        add(f"{key}|max", quietly(np.nanmax, c, axis=1))
        add(f"{key}|zeros", quietly(np.nanmean, np.where(np.isfinite(c), c == 0, np.nan), axis=1))
        for lag in LAGS_MINUTES:
            if lag >= recordings.epoch:
                add(f"{key}|autocorrelation {lag} min", autocorrelation(c, max(1, lag // recordings.epoch)))
        for hour in range(0, 24, 4):
            part = c[:, hour * 60 // recordings.epoch : (hour + 4) * 60 // recordings.epoch]
            add(f"{key}|mean {hour}-{hour + 4} h", quietly(np.nanmean, part, axis=1))
        if (c == 0).mean() > 0.02:
            runs = [bout_lengths(row[None] > 0) for row in c]
            add(f"{key}|mean bout", np.array([r.mean() if len(r) else 0 for r in runs]))
            add(f"{key}|bouts", np.array([len(r) for r in runs]))
            add(f"{key}|longest bout", np.array([r.max() if len(r) else 0 for r in runs]))
    for i, first in enumerate(recordings.channel_keys):
        for j in range(i + 1, len(recordings.channel_keys)):
            add(f"{first} with {recordings.channel_keys[j]}", correlation(x[:, :, i], x[:, :, j]))
    return np.stack(columns, 1), names


def tell_apart(real: Recordings, simulated: Recordings, *, seed: int = 0, folds: int = 4) -> dict[str, Any]:
    """AUROC of telling real days from simulated ones by `day_statistics`, cross-validated by person.

    Logistic regression and boosting are both tried; "auroc" is the larger, the harder judge. "telling" names the
    statistics that single-handedly tell most.

    Raises:
        ConfigError: fewer than two people on a side.
    """
    folds = min(folds, len(set(real.people)), len(set(simulated.people)))
    if folds < 2:
        raise ConfigError("telling real from simulated needs two people on each side, to judge people never seen.")
    (a, names), (b, other) = day_statistics(real), day_statistics(simulated)
    shared = [n for n in names if n in other]
    x = np.concatenate([a[:, [names.index(n) for n in shared]], b[:, [other.index(n) for n in shared]]])
    y = np.concatenate([np.ones(len(a)), np.zeros(len(b))])
    groups = np.array([f"r{p}" for p in real.people] + [f"s{p}" for p in simulated.people])
    weights = np.where(y == 1, len(y) / (2 * len(a)), len(y) / (2 * len(b)))
    scores = {"logistic": np.zeros(len(y)), "boosting": np.zeros(len(y))}
    for train, test in StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(x, y, groups):
        fill = np.nan_to_num(quietly(np.nanmedian, x[train], axis=0))
        filled = np.where(np.isfinite(x), x, fill)
        linear = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=500))
        linear.fit(filled[train], y[train], logisticregression__sample_weight=weights[train])
        scores["logistic"][test] = linear.decision_function(filled[test])
        trees = HistGradientBoostingClassifier(max_iter=80, max_depth=3, learning_rate=0.1, random_state=seed)
        scores["boosting"][test] = trees.fit(x[train], y[train], weights[train]).predict_proba(x[test])[:, 1]
    result = {name: float(roc_auc_score(y, s)) for name, s in scores.items()}
    single = {n: _single(x[:, i], y) for i, n in enumerate(shared)}
    telling = sorted(single.items(), key=lambda kv: -abs(kv[1] - 0.5))[:12]
    return {
        "auroc": max(result.values()),
        **result,
        "real_days": len(a),
        "simulated_days": len(b),
        "telling": dict(telling),
    }


def _single(column: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    seen = np.isfinite(column)
    if len(set(y[seen].tolist())) < 2:
        return 0.5
    return float(roc_auc_score(y[seen], column[seen]))


def compare(real: Recordings, simulated: Recordings) -> dict[str, Any]:
    """Statistics side by side for every shared channel: quantiles, hourly means, autocorrelation, bouts, couplings.

    "distance" is the mean absolute difference of 19 quantiles over the real interquartile range (Wasserstein-like).
    """
    keys = [k for k in real.channel_keys if k in simulated.channel_keys]
    sides = {"real": real, "simulated": simulated}
    out: dict[str, Any] = {"channels": {}, "coupling": {}}
    for key in keys:
        parts = {name: r.every_epoch()[:, :, r.channel_keys.index(key)] for name, r in sides.items()}
        grid = np.linspace(0.05, 0.95, 19)
        q = {name: quietly(np.nanquantile, c, grid) for name, c in parts.items()}
        width = max(q["real"][14] - q["real"][4], 0.1 * float(np.nanstd(parts["real"])), 1e-9)
        out["channels"][key] = {"distance": float(np.abs(q["real"] - q["simulated"]).mean() / width)} | {
            name: _describe(c, sides[name].epoch) for name, c in parts.items()
        }
    for i, first in enumerate(keys):
        for second in keys[i + 1 :]:
            out["coupling"][f"{first} with {second}"] = {
                name: _number(
                    np.nanmedian(
                        correlation(*(r.every_epoch()[:, :, r.channel_keys.index(k)] for k in (first, second)))
                    )
                )
                for name, r in sides.items()
            }
    return out


def _describe(c: Days, epoch: int) -> dict[str, Any]:
    by_hour = c.reshape(len(c), 24, -1)
    runs, pauses = bout_lengths(c > 0) * epoch, bout_lengths(c == 0) * epoch
    return {
        "observed": float(np.isfinite(c).mean()),
        "quantiles": {str(q): _number(quietly(np.nanquantile, c, q)) for q in (0.01, *QUANTILES, 0.99)},
        "by_hour": [_number(quietly(np.nanmean, by_hour[:, h])) for h in range(24)],
        "observed_by_hour": np.isfinite(by_hour).mean((0, 2)).tolist(),
        "autocorrelation": {
            str(lag): _number(quietly(np.nanmedian, autocorrelation(c, max(1, lag // epoch))))
            for lag in LAGS_MINUTES
            if lag >= epoch
        },
        "zeros": float((c == 0).mean() / max(np.isfinite(c).mean(), 1e-9)),
        "bout_minutes": {str(q): float(np.quantile(runs, q)) for q in (0.5, 0.9, 0.99)} if len(runs) else {},
        "pause_minutes": {str(q): float(np.quantile(pauses, q)) for q in (0.5, 0.9, 0.99)} if len(pauses) else {},
    }


def _number(x: Any) -> float | None:  # noqa: ANN401
    """JSON has no NaN."""
    return float(x) if np.isfinite(x) else None
