"""Two probes of the same labels: their mean against scikit-learn's, what is kept, and what is refused."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sensorlm.errors import SensorLMError
from sensorlm.tasks.few_shot import TOGETHER, few_shot_curve, fit_probe
from sensorlm.tasks.pair_probe import STATISTICS, PairProbe
from sensorlm.tasks.probing import shot_scores


def made(n, seed):
    """Two kinds of features that err on different windows."""
    rng = np.random.default_rng(seed)
    labels = [f"c{i % 2}" for i in range(n)]
    sign = np.array([1.0 if name == "c1" else -1.0 for name in labels])
    kinds = [(sign[:, None] * 0.7 + rng.normal(size=(n, width))).astype(np.float32) for width in (3, 4)]
    return kinds[0], kinds[1] * 20 + 5, labels


def test_the_mean_equals_scikit_learns():
    vectors, statistics, labels = made(200, 0)
    test, test_statistics, _ = made(80, 1)
    pair = PairProbe.fit(vectors, statistics, labels, model="m")
    wanted = 0
    for x, y in ((vectors, test), (statistics, test_statistics)):
        reference = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000, class_weight="balanced"))
        wanted = wanted + reference.fit(x, labels).predict_proba(y) / 2
    np.testing.assert_allclose(pair.probabilities(test, test_statistics), wanted, atol=1e-4)
    assert pair.classes_ == ("c0", "c1")


def test_both_together_beat_either_where_they_err_apart():
    vectors, statistics, labels = made(400, 0)
    test, test_statistics, asked = made(400, 1)
    curve = few_shot_curve(
        {"model": vectors, "plain": statistics}, labels, {"model": test, "plain": test_statistics}, asked, shots=(50,)
    )
    areas = {name: rows["50"]["macro_auroc"] for name, rows in curve.items()}
    assert areas[TOGETHER] > max(areas["model"], areas["plain"]) + 0.02
    pair = PairProbe.fit(vectors, statistics, labels)
    area = roc_auc_score(asked, pair.probabilities(test, test_statistics)[:, 1])
    assert curve[TOGETHER]["all"]["macro_auroc"] == pytest.approx(area, abs=1e-6)
    assert TOGETHER not in few_shot_curve({"m": vectors}, labels, {"m": test}, asked, shots=(1,), draws=1)


def test_evaluate_averages_the_same_two_tables():
    vectors, statistics, labels = made(60, 0)
    teach, ask = np.arange(40), np.arange(40, 60)
    tables = [shot_scores(x, labels, [(teach, ask)], (5,), 2, 0)["all"][0, ask] for x in (vectors, statistics)]
    pair = PairProbe(
        vectors=fit_probe(vectors[teach], labels[:40]), statistics=fit_probe(statistics[teach], labels[:40])
    )
    np.testing.assert_allclose(sum(tables) / 2, pair.probabilities(vectors[ask], statistics[ask]), atol=1e-6)


def test_a_pair_comes_back_and_an_old_probe_is_one_without_statistics(tmp_path):
    vectors, statistics, labels = made(60, 0)
    pair = PairProbe.fit(vectors, statistics, labels, model="m")
    pair.save(tmp_path / "pair", truth="x")
    back = PairProbe.load(tmp_path / "pair")
    np.testing.assert_array_equal(back.probabilities(vectors, statistics), pair.probabilities(vectors, statistics))
    # A probe alone that takes a pair's place is alone.
    pair.save(tmp_path / "again")
    PairProbe(vectors=pair.vectors).save(tmp_path / "again")
    assert PairProbe.load(tmp_path / "again").statistics is None
    pair.vectors.save(tmp_path / "old")
    old = PairProbe.load(tmp_path / "old")
    np.testing.assert_array_equal(old.probabilities(vectors, statistics), pair.vectors.probabilities(vectors))
    (tmp_path / "pair" / STATISTICS / "probe.json").unlink()
    with pytest.raises(SensorLMError, match="no probe"):
        PairProbe.load(tmp_path / "pair")


def test_probes_of_other_classes_are_no_pair():
    vectors, statistics, labels = made(60, 0)
    other = [{"c0": "a", "c1": "b"}[name] for name in labels]
    with pytest.raises(SensorLMError, match="are no pair"):
        PairProbe(vectors=fit_probe(vectors, labels), statistics=fit_probe(statistics, other))
