"""Two evaluations of the same samples in, their differences with paired intervals over people out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.errors import SensorLMError
from sensorlm.records import MINUTES_PER_DAY
from sensorlm.tasks.metrics import auroc, balanced_accuracy, bootstrap_over_people
from sensorlm.tasks.scoring import interval_json, mean_auroc

REPEATS = 500
Rows = NDArray[np.intp]
Statistic = Callable[[Mapping[str, Any], Rows], float]


def compare_runs(first: Mapping[str, Any], second: Mapping[str, Any], *, seed: int = 0) -> list[dict[str, Any]]:
    """Rows of (task, metric, first, second, second - first with its interval), for every task both runs have.

    The same people are drawn for both runs, so that what makes a person hard for both cancels.

    Args:
        first: an evaluation as `sensorlm evaluate` writes it.
        second: another.
        seed: of the draws.

    Raises:
        SensorLMError: not evaluations, or no task that both made of the same samples.
    """
    theirs = {(r["task"], r["name"]): r for r in _results(second)}
    rows, skipped = [], []
    for result in _results(first):
        other = theirs.get((result["task"], result["name"]))
        if other is None or not _measured(result) or not _measured(other):
            continue
        if result["samples"]["keys"] != other["samples"]["keys"]:
            skipped.append(f"{result['task']} {result['name']}")
            continue
        rows += _compared(result, other, seed)
    if not rows:
        raise SensorLMError(
            f"the two runs have no task of the same samples in common (different samples: {skipped or 'none'}). "
            "Evaluate both models on the same dataset and split."
        )
    return rows


def _results(run: Mapping[str, Any]) -> list[Any]:
    results = run.get("results")
    if not isinstance(results, list) or not all(isinstance(r, Mapping) and "samples" in r for r in results):
        raise SensorLMError("this is no evaluation: it has no results with samples. Give JSON of `sensorlm evaluate`.")
    return results


def _measured(result: Mapping[str, Any]) -> bool:
    """Whether the model was asked: of channels it does not read only the floors are known."""
    return len(result["samples"].get("scores", result["samples"]["keys"])) > 0


def _compared(first: Mapping[str, Any], second: Mapping[str, Any], seed: int) -> list[dict[str, Any]]:
    people = first["samples"]["people"]
    rows = []
    mine, theirs = _arrays(first["samples"]), _arrays(second["samples"])
    for metric, statistic in STATISTICS[first["task"]].items():
        if statistic is _within_hour and mine["hours"] is None:
            continue

        def difference(chosen: Rows, a: Any = mine, b: Any = theirs, s: Statistic = statistic) -> float:  # noqa: ANN401
            return s(b, chosen) - s(a, chosen)

        everyone = np.arange(len(people))
        interval = bootstrap_over_people(difference, people, repeats=REPEATS, seed=seed)
        rows.append(
            {
                "task": first["task"], "name": first["name"], "metric": metric, "n": len(people),
                "first": statistic(mine, everyone), "second": statistic(theirs, everyone),
                "difference": interval_json(interval),
                "clear": bool(interval.low > 0 or interval.high < 0),
            }
        )  # fmt: skip
    return rows


def _arrays(samples: Mapping[str, Any]) -> dict[str, Any]:
    arrays = {key: np.asarray(value) if key not in ("people", "keys", "questions") else value
              for key, value in samples.items()}  # fmt: skip
    return arrays | {"hours": _hours(samples["keys"])}


def _hours(keys: Sequence[str]) -> NDArray[np.intp] | None:
    """(n,) one number for each place in the day, read off the keys of windows ("day 540-570"); None for whole days.

    Reports that were written before there was an AUROC within the hour have these keys too.
    """
    windows = [key.rpartition(" ")[2] for key in keys]
    if not all(" " in key for key in keys) or set(windows) == {f"0-{MINUTES_PER_DAY}"}:
        return None
    return np.unique(windows, return_inverse=True)[1]


def _macro(s: Mapping[str, Any], rows: Rows) -> float:
    scores = s["scores"][rows]
    return mean_auroc(s["truth"][rows][:, None] == np.arange(scores.shape[1]), scores)


def _within_hour(s: Mapping[str, Any], rows: Rows) -> float:
    scores = s["scores"][rows]
    return mean_auroc(s["truth"][rows][:, None] == np.arange(scores.shape[1]), scores, s["hours"][rows])


def _balanced(s: Mapping[str, Any], rows: Rows) -> float:
    return balanced_accuracy(s["truth"][rows], s["scores"][rows].argmax(axis=1))


def _accuracy(s: Mapping[str, Any], rows: Rows) -> float:
    return float((s["scores"][rows].argmax(axis=1) == s["truth"][rows]).mean())


def _recall(way: str, k: int) -> Statistic:
    return lambda s, rows: float((s[way][rows] <= k).mean())


def _asked(s: Mapping[str, Any], rows: Rows) -> float:
    """Mean AUROC of the questions that the drawn days answer both ways."""
    found = []
    for truth, scores in zip(s["truth"], s["scores"], strict=True):
        told = rows[truth[rows] != 0]
        found.append(auroc(truth[told] == 1, scores[told]))
    kept = [a for a in found if np.isfinite(a)]
    return float(np.mean(kept)) if kept else float("nan")


STATISTICS: dict[str, dict[str, Statistic]] = {
    "zeroshot_classification": {
        "macro_auroc": _macro, "macro_auroc_within_hour": _within_hour, "mean_per_class_recall": _balanced,
        "acc1": _accuracy,
    },
    "linear_probe": {"lp_macro_auroc": _macro, "lp_mean_per_class_recall": _balanced, "lp_acc1": _accuracy},
    "zeroshot_retrieval": {
        f"{way}_recall@{k}": _recall(way, k) for way in ("text_retrieval", "image_retrieval") for k in (1, 5, 10)
    },
    "questions": {"averaged": _asked},
    "captioning": {},
}  # fmt: skip
