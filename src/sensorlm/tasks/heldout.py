"""Days of people held out in, one table out: retrieval both ways and zero-shot, beside chance and plain statistics.

The baselines see the training people's labels and captions. The model was trained on those people
too, but its zero-shot answers use no label at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from sensorlm.embedders import Embedder
from sensorlm.records import DayMatrix
from sensorlm.tasks.baselines import logistic_regression, window_statistics
from sensorlm.tasks.metrics import recall_at_k, relevance_of_duplicates
from sensorlm.tasks.scoring import class_indices, score_classes
from sensorlm.tasks.windows import LabelledWindow, window_values
from sensorlm.tasks.zero_shot import Label, ZeroShotClassifier


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionedDay:
    """A day and the caption that retrieval pairs with it."""

    day: DayMatrix
    text: str


def evaluate_retrieval(
    embedder: Embedder, test: Sequence[CaptionedDay], train: Sequence[CaptionedDay] = (), ks: Sequence[int] = (1, 5, 10)
) -> dict[str, Any]:
    """R@k both ways among `test`, equal captions counted as equal answers.

    Args:
        embedder: the model.
        test: gallery and queries.
        train: where given, a linear map from plain day statistics to TF-IDF words is fitted on these and scored too.
        ks: cut-offs.

    Returns:
        {"sensor_to_text": {...}, "text_to_sensor": {...}, "baseline": {the same two}, "num_days", "num_captions"}.
        "recall@k" and "chance_recall@k" are in each.
    """
    texts = [pair.text for pair in test]
    relevant = relevance_of_duplicates(texts, texts)
    scores = embedder.embed_days(pair.day for pair in test) @ embedder.embed_texts(texts).T
    result: dict[str, Any] = {
        "num_days": len(test),
        "num_captions": len(set(texts)),
        "sensor_to_text": recall_at_k(scores, relevant, ks),
        "text_to_sensor": recall_at_k(scores.T, relevant.T, ks),
    }
    if train:
        plain = linear_retrieval(test, train)
        result["baseline"] = {
            "sensor_to_text": recall_at_k(plain, relevant, ks),
            "text_to_sensor": recall_at_k(plain.T, relevant.T, ks),
        }
    return result


def linear_retrieval(test: Sequence[CaptionedDay], train: Sequence[CaptionedDay]) -> NDArray[np.float64]:
    """(days, texts) cosine of TF-IDF words predicted from plain statistics and those of the captions."""
    words = TfidfVectorizer(token_pattern=r"[A-Za-z]+|\d+", min_df=2).fit(pair.text for pair in train)
    scaler = StandardScaler()
    days = scaler.fit_transform(window_statistics(np.stack([pair.day.values for pair in train])))
    model = Ridge(alpha=100.0).fit(days, words.transform(pair.text for pair in train).toarray())
    guess = model.predict(scaler.transform(window_statistics(np.stack([pair.day.values for pair in test]))))
    guess /= np.linalg.norm(guess, axis=1, keepdims=True) + 1e-12
    return np.asarray(guess @ words.transform(pair.text for pair in test).toarray().T)


def evaluate_zero_shot(
    embedder: Embedder,
    days: Sequence[DayMatrix],
    windows: Sequence[LabelledWindow],
    labels: Sequence[Label],
    templates: Sequence[str],
    train: tuple[Sequence[DayMatrix], Sequence[LabelledWindow]] | None = None,
    *,
    seed: int = 0,
) -> dict[str, Any]:
    """Zero-shot classification of windows of held-out people.

    Args:
        embedder: the model.
        days: the days the windows lie in.
        windows: what is asked, with its true label.
        labels: classes and their wordings; every window's label is one of them.
        templates: prompt templates.
        train: days and windows of other people: logistic regression on plain statistics learns from their labels.
        seed: of the bootstrap.

    Returns:
        The metrics of `classification_metrics`, "intervals" over people, "chance" and "baseline".

    Raises:
        SensorLMError: no window, or a label that is none of the classes.
    """
    names = [label.name for label in labels]
    truth = class_indices([w.label for w in windows], names)
    people = [days[w.day].person for w in windows]
    shown = (days[w.day].shown(w.start, w.end) for w in windows)
    classifier = ZeroShotClassifier(class_names=labels, prompt_template=templates).embed(embedder)
    vectors = embedder.embed_days(shown)
    probabilities = classifier.probabilities(vectors)
    result = score_classes(truth, classifier.scores(vectors), names, people, probabilities=probabilities, seed=seed)
    result["interval"] = result["intervals"]["macro_auroc"]
    counts = np.bincount(truth, minlength=len(names)) / len(truth)
    result["chance"] = {"macro_auroc": 0.5, "balanced_accuracy": 1 / int((counts > 0).sum()), "majority": counts.max()}
    if train is not None:
        past, past_windows = train
        model = logistic_regression().fit(
            window_statistics(window_values(past, past_windows)), [names.index(w.label) for w in past_windows]
        )
        scores = np.zeros_like(probabilities)
        scores[:, model.classes_] = model.predict_proba(window_statistics(window_values(days, windows)))
        result["baseline"] = score_classes(truth, scores, names, people, seed=seed)
    return result
