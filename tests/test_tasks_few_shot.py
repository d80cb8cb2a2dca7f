"""Probes against scikit-learn, saved and reloaded; curves with the same draws for all; refusals."""

import json

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from sensorlm.errors import SensorLMError
from sensorlm.tasks.few_shot import Probe, draw_shots, few_shot_curve, fit_probe, score_probe
from sensorlm.tasks.probing import shot_scores


def samples(n=120, classes=3, seed=0, far=2.0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(classes, size=n)
    features = rng.normal(size=(n, 6)) * [1, 5, 1, 1, 0.1, 1] + far * np.eye(classes, 6)[labels]
    return features.astype(np.float32), [f"c{i}" for i in labels]


@pytest.mark.parametrize("classes", [2, 3])
def test_a_probe_is_scikit_learns_model(classes):
    features, labels = samples(classes=classes)
    probe = fit_probe(features, labels)
    scaler = StandardScaler().fit(features)
    reference = LogisticRegression(max_iter=2000, class_weight="balanced").fit(scaler.transform(features), labels)
    np.testing.assert_allclose(
        probe.probabilities(features), reference.predict_proba(scaler.transform(features)), atol=1e-5
    )
    assert probe.predict(features) == reference.predict(scaler.transform(features)).tolist()


def test_unit_vectors_share_one_scale_so_that_one_label_a_class_tells():
    # Two columns tell the classes apart, 62 hold a little noise that one pair of samples would blow up.
    rng = np.random.default_rng(0)
    labels = np.arange(200) % 2
    features = rng.normal(0, 0.02, (200, 64))
    features[:, 0] += np.where(labels, 0.9, 0.4)
    features[:, 1] += np.where(labels, 0.4, 0.9)
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    names = [f"c{i}" for i in labels]
    probe = fit_probe(features[:2].astype(np.float32), names[:2])
    middle, scale = features[:2].mean(axis=0), np.sqrt(features[:2].var(axis=0).mean())
    reference = LogisticRegression(max_iter=2000, class_weight="balanced").fit(
        (features[:2] - middle) / scale, names[:2]
    )
    expected = reference.predict_proba((features - middle) / scale)
    np.testing.assert_allclose(probe.probabilities(features.astype(np.float32)), expected, atol=1e-4)
    assert score_probe(probe, features.astype(np.float32), names)[0] > 0.999
    longer = fit_probe(3 * features[:2].astype(np.float32), names[:2])
    assert score_probe(longer, 3 * features.astype(np.float32), names)[0] < 0.9


def test_a_probe_is_the_same_after_saving(tmp_path):
    features, labels = samples()
    probe = fit_probe(features, labels, model="m")
    again = Probe.load(probe.save(tmp_path / "probe", truth="x"))
    np.testing.assert_array_equal(again.probabilities(features), probe.probabilities(features))
    assert again.model == "m"
    assert {p.name for p in (tmp_path / "probe").iterdir()} == {"probe.json", "probe.safetensors"}
    with pytest.raises(SensorLMError, match="Embed with the model"):
        again.probabilities(features[:, :4])
    data = json.loads((tmp_path / "probe" / "probe.json").read_text())
    (tmp_path / "probe" / "probe.json").write_text(json.dumps(data | {"classes": ["a"]}))
    with pytest.raises(SensorLMError, match="no probe of version"):
        Probe.load(tmp_path / "probe")
    (tmp_path / "probe" / "probe.json").write_text("{}")
    with pytest.raises(SensorLMError, match="no probe can be read"):
        Probe.load(tmp_path / "probe")


def test_shots_are_k_of_every_class_and_differ_by_seed():
    _, labels = samples()
    picked = draw_shots(labels, 5, seed=1)
    assert sorted(labels[i] for i in picked) == sorted(["c0", "c1", "c2"] * 5)
    assert len(set(picked)) == 15
    assert set(picked) != set(draw_shots(labels, 5, seed=2))
    assert draw_shots(labels, 100, seed=1) is None


def test_more_labels_help_and_noise_stays_at_chance():
    features, labels = samples(400, far=1.5)
    test, test_labels = samples(300, seed=1, far=1.5)
    noise = [np.random.default_rng(i).normal(size=(n, 6)).astype(np.float32) for i, n in enumerate((400, 300))]
    curve = few_shot_curve(
        {"model": features, "noise": noise[0]}, labels, {"model": test, "noise": noise[1]}, test_labels,
        shots=(1, 50, 999), draws=3,
    )  # fmt: skip
    assert curve["model"]["50"]["macro_auroc"] > curve["model"]["1"]["macro_auroc"]
    assert abs(curve["noise"]["all"]["macro_auroc"] - 0.5) < 0.08
    assert curve["model"]["999"] is None
    assert curve["model"]["1"]["draws"] == 3


def test_refusals():
    features, labels = samples()
    with pytest.raises(SensorLMError, match="at least two"):
        fit_probe(features, ["a"] * len(labels))
    with pytest.raises(SensorLMError, match="were not among"):
        score_probe(fit_probe(features, labels), features, ["new"] * len(labels))


def test_features_may_be_scaled_by_people_without_labels():
    """Two samples a class, features of very different units: the pool knows the units, two samples do not."""
    features, labels = samples()
    scaler = StandardScaler().fit(features)
    few = draw_shots(labels, 1, 0)
    said = [labels[i] for i in few]
    probe = fit_probe(features[few], said, pool=features)
    reference = LogisticRegression(max_iter=2000, class_weight="balanced").fit(scaler.transform(features[few]), said)
    expected = reference.predict_proba(scaler.transform(features))
    np.testing.assert_allclose(probe.probabilities(features), expected, atol=1e-4)


def test_curves_scale_by_everyone_who_may_teach():
    """One label a class and 40 columns of noise in large units: only who knows the units finds the class."""
    rng = np.random.default_rng(0)
    labels = [f"c{i % 2}" for i in range(300)]
    features = rng.normal(size=(300, 41)) * ([1.0] + [30.0] * 40)
    features[:, 0] += [12.0 * (name == "c1") for name in labels]
    features = features.astype(np.float32)
    teach, ask = np.arange(200), np.arange(200, 300)
    known, asked = labels[:200], labels[200:]
    scaler, by_hand, own = StandardScaler().fit(features[teach]), [], []
    for draw in range(4):
        picked = draw_shots(known, 1, draw)
        said = [known[i] for i in picked]
        reference = LogisticRegression(max_iter=2000, class_weight="balanced")
        reference.fit(scaler.transform(features[picked]), said)
        by_hand.append(roc_auc_score(asked, reference.predict_proba(scaler.transform(features[ask]))[:, 1]))
        own.append(score_probe(fit_probe(features[picked], said), features[ask], asked)[0])
    curve = few_shot_curve({"m": features[teach]}, known, {"m": features[ask]}, asked, shots=(1,), draws=4)
    assert curve["m"]["1"]["macro_auroc"] == pytest.approx(np.mean(by_hand), abs=1e-6)
    table = shot_scores(features, labels, [(teach, ask)], (1,), 4, 0)["1"]
    found = [roc_auc_score(asked, rows[ask, 1]) for rows in table]
    assert found == pytest.approx(by_hand, abs=1e-6)
    assert np.mean(by_hand) > np.mean(own)
