"""Zero-shot and retrieval on vectors whose answers are known, and plain statistics against loops."""

import json

import numpy as np
import pytest

from sensorlm.errors import SensorLMError
from sensorlm.tasks.baselines import out_of_person_scores, window_statistics
from sensorlm.tasks.retrieval import RetrievalEngine, top_k
from sensorlm.tasks.zero_shot import Label, ZeroShotClassifier, load_labels


class WordEmbedder:
    """Texts that contain a word point along its axis."""

    words = ("sleep", "run", "walk")
    dim, logit_scale, logit_bias, name = 3, 10.0, -10.0, "words"

    def embed_texts(self, texts):
        vectors = np.array([[float(w in t) + 1e-3 for w in self.words] for t in texts], np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def embed_days(self, days, window=None):
        raise NotImplementedError


def test_zero_shot_finds_the_class_whose_words_are_near():
    labels = (Label(name="asleep", synonyms=("sleeping",)), Label(name="running"), Label(name="walking"))
    classifier = ZeroShotClassifier(class_names=labels, prompt_template=("The person is {label}.", "{label}"))
    classifier.embed(WordEmbedder())
    np.testing.assert_allclose(np.linalg.norm(classifier.weights_, axis=1), 1, atol=1e-5)
    features = np.eye(3, dtype=np.float32)
    assert [name for _, name, _ in classifier.predict(features)] == ["asleep", "running", "walking"]
    assert classifier.predict_topk(features, 2)[1][0][0] == 1
    np.testing.assert_allclose(classifier.probabilities(features).sum(axis=1), 1)
    logits = 10 * classifier.similarities(features) - 10
    np.testing.assert_allclose(
        classifier.probabilities(features, multi_label=True), 1 / (1 + np.exp(-logits)), atol=1e-6
    )


def test_zero_shot_refuses_what_does_not_fit():
    with pytest.raises(SensorLMError, match=r"no \{label\}"):
        ZeroShotClassifier(class_names=["a"], prompt_template="nothing here")
    with pytest.raises(SensorLMError, match="Call embed"):
        ZeroShotClassifier(class_names=["a"]).predict(np.zeros((1, 3), np.float32))
    fitted = ZeroShotClassifier(class_names=["run"]).embed(WordEmbedder())
    with pytest.raises(SensorLMError, match="do not fit"):
        fitted.predict(np.zeros((1, 4), np.float32))


def test_labels_come_from_a_list_or_a_file(tmp_path):
    assert [label.name for label in load_labels("sleep, run,walk")] == ["sleep", "run", "walk"]
    path = tmp_path / "labels.json"
    path.write_text(json.dumps({"run": ["jog"], "sleep": {"descriptions": ["Someone is asleep."]}}))
    run, sleep = load_labels(path)
    assert run.prompts(["{label}!"]) == ["run!", "jog!"]
    assert sleep.prompts(["{label}!"]) == ["sleep!", "Someone is asleep."]
    for bad, message in [("[]", "at least one"), ('{"a": 3}', "has 3"), ("{", "label file")]:
        path.write_text(bad)
        with pytest.raises(SensorLMError, match=message):
            load_labels(path)


def test_retrieval_both_ways_equals_sorting():
    generator = np.random.default_rng(0)
    vectors = generator.normal(size=(2, 30, 8)).astype(np.float32)
    days, texts = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    engine = RetrievalEngine()
    with pytest.raises(SensorLMError, match="index_text"):
        engine.sensor_to_text(days[0])
    engine.index_sensor(days[:10])
    engine.index_sensor(days[10:])
    engine.index_text(texts)
    expected = np.argsort(-(texts @ days[3]), kind="stable")[:5]
    assert [i for i, _ in engine.sensor_to_text(days[3], 5)] == expected.tolist()
    assert [i for i, _ in engine.text_to_sensor(texts[3], 99)] == np.argsort(-(days @ texts[3]), kind="stable").tolist()
    with pytest.raises(SensorLMError, match="cannot be indexed"):
        engine.index_text(texts[:, :4])
    perfect = RetrievalEngine(sensor_=days, text_=days)
    to_text, to_sensor = perfect.evaluate_recall((1,))
    assert to_text["recall@1"] == 1
    assert to_sensor["recall@1"] == 1


def test_top_k_keeps_ties_in_order_and_accepts_any_k():
    assert top_k(np.array([1, 3, 3, 2], np.float32), 2) == [(1, 3.0), (2, 3.0)]
    assert top_k(np.array([], np.float32), 5) == []


def test_window_statistics_equal_numpy_and_survive_missing_channels():
    values = np.random.default_rng(0).normal(size=(3, 40, 2)).astype(np.float32)
    values[0, 5:9, 0] = np.nan
    values[1, :, 1] = np.nan
    features = window_statistics(values).reshape(3, 2, 9)
    np.testing.assert_allclose(
        features[0, 0, 1:5], [f(values[0, :, 0]) for f in (np.nanmean, np.nanstd, np.nanmin, np.nanmax)], rtol=1e-4
    )
    np.testing.assert_allclose(features[2, 1, 5:], values[2, :, 1].reshape(4, 10).mean(axis=1), rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(features[1, 1], np.zeros(9))


def test_out_of_person_scores_never_train_on_the_person():
    # The label is the person: only a leak could predict it.
    people = [p for p in "abcdefghij" for _ in range(20)]
    labels = np.array([int(p in "aceg") for p in people])
    features = np.array([[ord(p) == ord(q) for q in "abcdefghij"] for p in people], np.float32)
    scores = out_of_person_scores(features, labels, people)
    assert ((scores.argmax(axis=1) == labels).mean()) < 0.7
