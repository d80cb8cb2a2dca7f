"""Sensor vectors and class words in, classes out: recognition without a single label.

Source: CLIP, Radford et al. 2021, section 3.1. A class is the mean of the unit vectors of its wordings (synonyms x
templates), normalised again; a day or a window belongs to the class whose vector it is closest to.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.embedders import Embedder
from sensorlm.embedders.base import class_scale
from sensorlm.errors import SensorLMError

DEFAULT_TEMPLATE = "The person is {label}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One class: what a report calls it and how people say it."""

    name: str
    synonyms: tuple[str, ...] = ()
    """Other words that go where {label} stands."""
    descriptions: tuple[str, ...] = ()
    """Whole sentences, used as they are."""

    def prompts(self, templates: Sequence[str]) -> list[str]:
        """Every wording of this class."""
        words = (self.name, *self.synonyms)
        return [t.replace("{label}", w) for t in templates for w in words] + list(self.descriptions)


def load_labels(source: str | Path) -> tuple[Label, ...]:
    """Labels from "a,b,c", or from a JSON file: a list of names, or {name: [synonyms] | {synonyms, descriptions}}.

    Raises:
        SensorLMError: no label is left, or the file is no such JSON.
    """
    path = Path(source)
    if path.suffix != ".json":
        labels = tuple(Label(name=w.strip()) for w in str(source).split(",") if w.strip())
    else:
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, json.JSONDecodeError) as error:
            raise SensorLMError(
                f"label file {path}: {error}. Give a JSON list of names, or name -> synonyms."
            ) from None
        labels = tuple(_label(path, e) for e in (data.items() if isinstance(data, dict) else ((n, []) for n in data)))
    names = [label.name for label in labels]
    if len(labels) < 1 or len(set(names)) != len(names):
        raise SensorLMError(f"labels {names}: give at least one name, each once, as 'sleep,run,walk' or a JSON file.")
    return labels


def _label(path: Path, entry: tuple[str, Any]) -> Label:
    name, value = entry
    if isinstance(value, dict) and set(value) <= {"synonyms", "descriptions"}:
        return Label(
            name=name, synonyms=tuple(value.get("synonyms", ())), descriptions=tuple(value.get("descriptions", ()))
        )
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return Label(name=name, synonyms=tuple(value))
    raise SensorLMError(
        f"label file {path}: {name!r} has {value!r}. Give a list of synonyms, or an object with synonyms, descriptions."
    )


def class_vectors(embedder: Embedder, labels: Sequence[Label], templates: Sequence[str]) -> NDArray[np.float32]:
    """(k, e) unit vectors: the re-normalised mean over each class's wordings."""
    return vectors_of_wordings(embedder, [label.prompts(templates) for label in labels])


def vectors_of_wordings(embedder: Embedder, said: Sequence[Sequence[str]]) -> NDArray[np.float32]:
    """(k, e) unit vectors of k things, each said in some ways: the re-normalised mean over its wordings.

    A day's score is then its mean score over the wordings: one of them may be odd, several seldom are. On the fourth
    list of everyday questions that is an AUROC of 0.86 instead of 0.79 (docs/log.md).
    """
    flat = embedder.embed_texts([wording for wordings in said for wording in wordings])
    ends = np.cumsum([len(wordings) for wordings in said])
    means = np.stack([flat[end - len(some) : end].mean(axis=0) for some, end in zip(said, ends, strict=True)])
    result: NDArray[np.float32] = (means / (np.linalg.norm(means, axis=1, keepdims=True) + 1e-8)).astype(np.float32)
    return result


def lead(cosines: NDArray[np.floating]) -> NDArray[np.float64]:
    """(n, k) how much better a class's words fit than the words of all classes do on average; of one class its cosine.

    By this a class ranks samples. Its share in a softmax ranks them by the best of the other classes, and one class
    whose words fit everything spoils the order of all; its bare cosine knows nothing of the others.
    """
    exact = cosines.astype(np.float64)
    return exact if exact.shape[1] < 2 else exact - exact.mean(axis=1, keepdims=True)


def softmax(cosines: NDArray[np.floating], scale: float) -> NDArray[np.float64]:
    """(n, k) probabilities over the classes of each row, at an inverse temperature."""
    logits = scale * cosines.astype(np.float64)
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


@dataclass(kw_only=True)
class ZeroShotClassifier:
    """Classes by words. `embed` once, then ask any number of sensor vectors.

    Raises:
        SensorLMError: a template lacks {label}, or vectors do not fit.
    """

    class_names: Sequence[str | Label]
    prompt_template: str | Sequence[str] = DEFAULT_TEMPLATE
    weights_: NDArray[np.float32] | None = field(default=None, repr=False)
    logit_scale: float = 1.0
    logit_bias: float = 0.0
    class_scale: float | None = None
    """Inverse temperature of the softmax; None: `logit_scale`."""

    def __post_init__(self) -> None:
        for template in self.templates:
            if "{label}" not in template:
                raise SensorLMError(f"prompt template {template!r} has no {{label}}. Write e.g. {DEFAULT_TEMPLATE!r}.")

    @property
    def templates(self) -> tuple[str, ...]:
        """All templates."""
        return (self.prompt_template,) if isinstance(self.prompt_template, str) else tuple(self.prompt_template)

    @property
    def labels(self) -> tuple[Label, ...]:
        """Classes with their wordings."""
        return tuple(c if isinstance(c, Label) else Label(name=c) for c in self.class_names)

    def embed(self, embedder: Embedder) -> "ZeroShotClassifier":
        """Compute `weights_` (k, e) and take the model's scale and bias."""
        self.weights_ = class_vectors(embedder, self.labels, self.templates)
        self.logit_scale, self.logit_bias = embedder.logit_scale, embedder.logit_bias
        self.class_scale = class_scale(embedder)
        return self

    def similarities(self, sensor_features: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, k) cosines."""
        if self.weights_ is None:
            raise SensorLMError("this ZeroShotClassifier has no class vectors yet. Call embed(embedder) first.")
        if sensor_features.ndim != 2 or sensor_features.shape[1] != self.weights_.shape[1]:
            raise SensorLMError(
                f"sensor features of shape {sensor_features.shape} do not fit class vectors {self.weights_.shape}. "
                "Embed days with the model that embedded the classes."
            )
        result: NDArray[np.float32] = sensor_features @ self.weights_.T
        return result

    def probabilities(self, sensor_features: NDArray[np.float32], *, multi_label: bool = False) -> NDArray[np.float64]:
        """(n, k): softmax over classes, or independent sigmoids with the learned scale and bias (SigLIP, eq. 1)."""
        cosines = self.similarities(sensor_features)
        if multi_label:
            return np.asarray(1 / (1 + np.exp(-(self.logit_scale * cosines.astype(np.float64) + self.logit_bias))))
        return softmax(cosines, self.logit_scale if self.class_scale is None else self.class_scale)

    def scores(self, sensor_features: NDArray[np.float32]) -> NDArray[np.float64]:
        """(n, k) `lead` of each class, by which it ranks samples."""
        return lead(self.similarities(sensor_features))

    def predict(self, sensor_features: NDArray[np.float32]) -> list[tuple[int, str, float]]:
        """Best class of each row: (index, name, similarity)."""
        return [row[0] for row in self.predict_topk(sensor_features, 1)]

    def predict_topk(self, sensor_features: NDArray[np.float32], k: int) -> list[list[tuple[int, str, float]]]:
        """The k best classes of each row, best first."""
        scores = self.similarities(sensor_features)
        best = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        names = [label.name for label in self.labels]
        return [[(int(j), names[j], float(row[j])) for j in order] for row, order in zip(scores, best, strict=True)]
