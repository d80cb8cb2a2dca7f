"""Frozen features and a few labels in, a linear probe out: k-shot curves, full probes, kept as safetensors and JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from sensorlm.errors import SensorLMError
from sensorlm.files import write_bytes, write_json
from sensorlm.tasks.metrics import balanced_accuracy
from sensorlm.tasks.scoring import mean_auroc

FORMAT, VERSION = "sensorlm-probe", 1
FILES = ("probe.safetensors", "probe.json")
"""Of a probe's folder."""
SHOTS = (1, 5, 10, 50)
TOGETHER = "together"
"""Name of the mean of several probes' probabilities."""
UNIT = 1e-3
"""Rows whose length differs from 1 by less are unit vectors; float16 keeps four digits."""
Features = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Probe:
    """A linear classifier over features; standardisation is folded into the weights."""

    weights_: NDArray[np.float64]
    """(k, e)."""
    bias_: NDArray[np.float64]
    """(k,)."""
    classes_: tuple[str, ...]
    model: str = ""
    """Name of the model whose features it reads."""

    def probabilities(self, features: Features) -> NDArray[np.float64]:
        """(n, k), rows sum to 1.

        Raises:
            SensorLMError: features of another width than the probe was fitted on.
        """
        if features.ndim != 2 or features.shape[1] != self.weights_.shape[1]:
            raise SensorLMError(
                f"features of shape {features.shape} do not fit a probe of {self.weights_.shape[1]} numbers a day. "
                f"Embed with the model it was fitted on ({self.model or 'unnamed'})."
            )
        logits = features.astype(np.float64) @ self.weights_.T + self.bias_
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    def predict(self, features: Features) -> list[str]:
        """The likeliest class of each row."""
        return [self.classes_[i] for i in self.probabilities(features).argmax(axis=1)]

    def save(self, folder: str | Path, **about: Any) -> Path:  # noqa: ANN401
        """Write probe.safetensors and probe.json; `about` are JSON values kept with it."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        # safetensors stores the memory as it lies: a transposed array would come back scrambled.
        tensors = {"weights": np.ascontiguousarray(self.weights_), "bias": np.ascontiguousarray(self.bias_)}
        write_bytes(folder / "probe.safetensors", save(tensors))
        description = {"format": FORMAT, "version": VERSION, "classes": list(self.classes_), "model": self.model}
        write_json(folder / "probe.json", description | {"about": about})
        return folder

    @classmethod
    def load(cls, folder: str | Path) -> "Probe":
        """Read what `save` wrote.

        Raises:
            SensorLMError: not a probe, another version, or parts that do not fit each other.
        """
        folder = Path(folder)
        try:
            data = json.loads((folder / "probe.json").read_text(encoding="utf-8"))
            tensors = load_file(folder / "probe.safetensors")
            weights, bias = tensors["weights"], tensors["bias"]
            version, classes = (data["format"], data["version"]), tuple(map(str, data["classes"]))
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise SensorLMError(
                f"{folder}: no probe can be read there ({error}). Give a folder `sensorlm probe` wrote."
            ) from None
        if version != (FORMAT, VERSION) or weights.shape[:1] != bias.shape or len(classes) != len(bias):
            raise SensorLMError(
                f"{folder}: {version} with weights {weights.shape}, bias {bias.shape} and {len(classes)} classes is no "
                f"probe of version {VERSION}. Fit it again."
            )
        return cls(weights_=weights, bias_=bias, classes_=classes, model=str(data.get("model", "")))


def fit_probe(
    features: Features, labels: Sequence[str], *, model: str = "", strength: float = 1.0, seed: int = 0,
    pool: Features | None = None,
) -> Probe:  # fmt: skip
    """Class-balanced logistic regression on standardised features.

    Unit vectors share one scale: by column, two samples would be +1 and -1 in each, so that the columns in which they
    hardly differ, which are noise, weighed most. Other features have units of their own and a scale each.

    Args:
        features: (n, e).
        labels: n class names.
        model: whose features they are.
        strength: inverse of the regularisation (scikit-learn's C).
        seed: of the solver.
        pool: (m, e) of the same people, labelled or not: what the features are centred and scaled by. None: themselves.
            From two samples the scale of a feature would be the very difference that is to be learned.

    Raises:
        SensorLMError: fewer than two classes.
    """
    names = tuple(sorted(set(labels)))
    if len(names) < 2:
        raise SensorLMError(f"labels of classes {list(names)}: a probe tells at least two apart. Label another class.")
    scaler = StandardScaler().fit(features if pool is None else pool)
    if np.allclose(np.linalg.norm(features, axis=1), 1, atol=UNIT):
        scaler.scale_ = np.full_like(scaler.scale_, np.sqrt(scaler.var_.mean()) or 1.0)
    fitted = LogisticRegression(C=strength, max_iter=2000, class_weight="balanced", random_state=seed)
    fitted.fit(scaler.transform(features), np.array(labels))
    weights, bias = fitted.coef_, fitted.intercept_
    if len(names) == 2:  # scikit-learn keeps one row of two; the softmax of (-z/2, z/2) is its sigmoid(z)
        weights, bias = np.concatenate([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
    weights = weights / scaler.scale_
    return Probe(weights_=weights, bias_=bias - weights @ scaler.mean_, classes_=names, model=model)


def draw_shots(labels: Sequence[str], k: int, seed: int) -> NDArray[np.intp] | None:
    """Indices of k samples of every class; None where a class has fewer."""
    generator = np.random.default_rng([seed, k])
    every = np.asarray(labels)
    picked = []
    for name in sorted(set(labels)):
        of_class = np.flatnonzero(every == name)
        if len(of_class) < k:
            return None
        picked.append(generator.choice(of_class, k, replace=False))
    return np.concatenate(picked)


def few_shot_curve(
    train: Mapping[str, Features],
    train_labels: Sequence[str],
    test: Mapping[str, Features],
    test_labels: Sequence[str],
    *,
    shots: Sequence[int] = SHOTS,
    draws: int = 5,
    seed: int = 0,
) -> dict[str, Any]:
    """Scores of k-shot and full probes on several kinds of features of the same samples, with the same draws.

    Args:
        train: name ("model", "plain statistics") -> (n, e) features of people that may be learned from.
        train_labels: n class names.
        test: the same names -> (m, e) features of other people.
        test_labels: m class names.
        shots: labelled samples a class.
        draws: how often the k are drawn anew.
        seed: of the draws.

    Returns:
        Name -> {"1": {...}, ..., "all": {...}} with mean and standard deviation of macro AUROC and balanced accuracy;
        None for k of which a class has fewer samples. Of several kinds of features also `TOGETHER`: the mean of their
        probes' probabilities.
    """
    names = [*train, *([TOGETHER] if len(train) > 1 else [])]
    result: dict[str, Any] = {name: {} for name in names}
    for k in (*shots, None):
        scores: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
        for draw in range(1 if k is None else draws):
            picked = np.arange(len(train_labels)) if k is None else draw_shots(train_labels, k, seed + draw)
            if picked is None:
                break
            known = [train_labels[i] for i in picked]
            probes = {name: fit_probe(x[picked], known, pool=x) for name, x in train.items()}
            found = {name: probe.probabilities(test[name]) for name, probe in probes.items()}
            classes = next(iter(probes.values())).classes_
            for name in names:
                said = np.mean(list(found.values()), axis=0) if name == TOGETHER else found[name]
                scores[name].append(score_classes_by(classes, said, test_labels))
        for name in names:
            result[name]["all" if k is None else str(k)] = _summary(scores[name]) if scores[name] else None
    return result


def score_probe(probe: Probe, features: Features, labels: Sequence[str]) -> tuple[float, float]:
    """(macro AUROC, balanced accuracy) of a probe.

    Raises:
        SensorLMError: a label that the probe has never seen.
    """
    return score_classes_by(probe.classes_, probe.probabilities(features), labels)


def score_classes_by(
    classes: Sequence[str], scores: NDArray[np.float64], labels: Sequence[str]
) -> tuple[float, float]:  # fmt: skip
    """(macro AUROC, balanced accuracy) of probabilities (n, k) over k classes.

    Raises:
        SensorLMError: a label that is none of the classes.
    """
    unknown = sorted(set(labels) - set(classes))
    if unknown:
        raise SensorLMError(f"labels {unknown} were not among the training people's {list(classes)}.")
    truth = np.array([list(classes).index(label) for label in labels])
    macro = mean_auroc(truth[:, None] == np.arange(len(classes)), scores)
    return macro, balanced_accuracy(truth, scores.argmax(axis=1))


def _summary(scores: Sequence[tuple[float, float]]) -> dict[str, float]:
    table = np.array(scores)
    return {
        "macro_auroc": float(table[:, 0].mean()), "macro_auroc_std": float(table[:, 0].std()),
        "balanced_accuracy": float(table[:, 1].mean()), "balanced_accuracy_std": float(table[:, 1].std()),
        "draws": len(scores),
    }  # fmt: skip
