"""Metrics against scikit-learn, loops and hand-worked cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from sensorlm.errors import SensorLMError
from sensorlm.tasks.metrics import (
    auroc,
    bootstrap_over_people,
    classification_metrics,
    expected_calibration_error,
    pairs_in_strata,
    ranks_of_first_relevant,
    recall_at_k,
    relevance_of_duplicates,
    stratified_auroc,
)


def test_ties_count_in_the_middle_so_a_constant_score_earns_chance():
    scores = np.zeros((101, 101))
    ranks = ranks_of_first_relevant(scores, np.eye(101, dtype=bool))
    assert (ranks == 51).all()
    assert recall_at_k(scores)["recall@1"] == 0


@given(st.integers(2, 12), st.integers(0, 10_000))
def test_ranks_equal_a_loop(size, seed):
    generator = np.random.default_rng(seed)
    scores = generator.integers(0, 5, (size, size)).astype(float)
    relevant = generator.random((size, size)) < 0.3
    relevant[:, 0] |= ~relevant.any(axis=1)
    expected = []
    for s, r in zip(scores, relevant, strict=True):
        best = max(s[r])
        expected.append(1 + sum(x > best for x in s[~r]) + sum(x == best for x in s[~r]) / 2)
    np.testing.assert_array_equal(ranks_of_first_relevant(scores, relevant), expected)


def test_chance_recall_is_what_random_scores_reach():
    generator = np.random.default_rng(0)
    relevant = np.zeros((4000, 12), bool)
    relevant[:, :3] = True
    measured = recall_at_k(generator.random((4000, 12)), relevant, ks=(1, 2, 5))
    for k in (1, 2, 5):
        assert measured[f"recall@{k}"] == pytest.approx(measured[f"chance_recall@{k}"], abs=0.03)
    assert measured["chance_recall@1"] == pytest.approx(3 / 12)
    assert measured["chance_recall@2"] == pytest.approx(1 - (9 / 12) * (8 / 11))


def test_duplicate_captions_all_answer():
    relevant = relevance_of_duplicates(["a", "b"], ["b", "a", "a"])
    np.testing.assert_array_equal(relevant, [[False, True, True], [True, False, False]])
    assert recall_at_k(np.array([[0.0, 1.0, 2.0], [3.0, 1.0, 2.0]]), relevant, ks=(1,))["recall@1"] == 1


def test_a_query_without_answer_is_refused():
    with pytest.raises(SensorLMError, match="query 1 has no relevant item"):
        ranks_of_first_relevant(np.zeros((2, 2)), np.array([[True, False], [False, False]]))
    with pytest.raises(SensorLMError, match="differ in shape"):
        ranks_of_first_relevant(np.zeros((2, 2)), np.ones((2, 3), bool))


def test_classification_metrics_agree_with_sklearn_and_name_absent_classes():
    generator = np.random.default_rng(1)
    labels, scores = generator.integers(0, 3, 200), generator.random((200, 4))
    result = classification_metrics(labels, scores, ["a", "b", "c", "d"])
    assert result["absent"] == ["d"]
    expected = np.mean([roc_auc_score(labels == i, scores[:, i]) for i in range(3)])
    assert result["macro_auroc"] == pytest.approx(expected)
    assert result["acc1"] == pytest.approx((scores.argmax(1) == labels).mean())


def test_calibration_error_by_hand():
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.6, 0.4]])
    labels = np.array([0, 1, 0, 0])
    assert expected_calibration_error(probabilities, labels) == pytest.approx(0.5 * 0.4 + 0.5 * 0.4)


def test_the_bootstrap_resamples_people_not_days():
    # One person holds 1,000 days of ones, another one day of zero: with days resampled the interval would be a sliver.
    values = np.array([1.0] * 1000 + [0.0])
    people = ["a"] * 1000 + ["b"]
    interval = bootstrap_over_people(lambda i: float(values[i].mean()), people, repeats=400)
    assert interval.low == 0
    assert interval.high == 1
    assert interval.estimate == pytest.approx(1000 / 1001)
    alone = bootstrap_over_people(lambda i: float(values[i].mean()), ["a"] * 1001)
    assert np.isnan(alone.low)


def concordant(truth, scores, strata):
    """Pairs in order and pairs, one by one."""
    won, pairs = 0.0, 0
    for i in np.flatnonzero(truth):
        for j in np.flatnonzero(~truth):
            if strata[i] == strata[j]:
                pairs += 1
                won += 1.0 if scores[i] > scores[j] else 0.5 if scores[i] == scores[j] else 0.0
    return won, pairs


@given(st.integers(1, 60), st.integers(1, 8), st.integers(1, 30), st.integers(0, 10_000))
def test_stratified_auroc_equals_a_double_loop(n, num_strata, levels, seed):
    generator = np.random.default_rng(seed)
    truth = generator.random(n) < generator.random()
    scores = generator.integers(0, levels, n).astype(float) / 7
    strata = generator.integers(-3, num_strata, n)  # some strata are empty, some have one class
    won, pairs = concordant(truth, scores, strata)
    assert pairs_in_strata(truth, strata) == pairs
    found = stratified_auroc(truth, scores, strata)
    assert found == pytest.approx(won / pairs, abs=1e-12) if pairs else np.isnan(found)


def test_stratified_auroc_within_one_stratum_is_sklearns():
    generator = np.random.default_rng(2)
    truth, scores = generator.random(500) < 0.3, generator.integers(0, 40, 500).astype(float)
    found = stratified_auroc(truth, scores, np.full(500, 7))
    assert found == pytest.approx(roc_auc_score(truth, scores), abs=1e-12)
    assert found == pytest.approx(auroc(truth, scores), abs=1e-12)


def test_a_score_that_is_a_function_of_the_stratum_is_exactly_chance():
    generator = np.random.default_rng(3)
    hours = generator.integers(0, 24, 3000)
    asleep = generator.random(3000) < np.where(hours < 8, 0.9, 0.1)
    by_hour = generator.random(24)[hours]
    assert stratified_auroc(asleep, by_hour, hours) == 0.5
    assert auroc(asleep, np.where(hours < 8, 1.0, 0.0)) > 0.85
    # What a signal adds within the hour is seen, however the hours differ.
    assert stratified_auroc(asleep, by_hour + 1e-3 * asleep, hours) == 1
    assert stratified_auroc(asleep, by_hour - 1e-3 * asleep, hours) == 0


def test_stratified_auroc_weighs_strata_by_their_pairs():
    truth = np.array([1, 0, 0, 0, 1, 0], bool)
    scores = np.array([2.0, 1, 1, 1, 0, 1])
    assert stratified_auroc(truth, scores, np.array([0, 0, 0, 0, 1, 1])) == 3 / 4
    assert np.isnan(stratified_auroc(truth, scores, np.arange(6)))
    assert np.isnan(stratified_auroc(np.ones(6, bool), scores, np.zeros(6, int)))
    assert np.isnan(stratified_auroc(np.zeros(0, bool), np.zeros(0), np.zeros(0, int)))
    assert np.isnan(stratified_auroc(truth, np.where(scores > 1, np.nan, scores), np.zeros(6, int)))
    with pytest.raises(SensorLMError, match="differ in shape"):
        stratified_auroc(truth, scores, np.zeros(5, int))
