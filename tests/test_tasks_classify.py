"""Answers, abstention, truth tables and scores on days whose answers are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score
from tasks_fakes import PulseEmbedder, plain_day

from sensorlm.errors import SensorLMError
from sensorlm.tasks.classify import NOTHING_RECORDED, UNSURE, Asked, classify, load_templates
from sensorlm.tasks.metrics import auroc, balanced_accuracy
from sensorlm.tasks.scoring import class_indices, finite, score_classes, score_labels
from sensorlm.tasks.truth import places_of, read_truth
from sensorlm.tasks.zero_shot import Label, ZeroShotClassifier

LABELS = (Label(name="asleep", synonyms=("sleeping",)), Label(name="awake"))


def ask(windows, **options):
    day = plain_day(0)
    labels = (Label(name="sleep"), Label(name="up and about"))
    asked = [Asked(day=day.shown(*w) if hidden else day, window=w) for w, hidden in windows]
    return list(classify(PulseEmbedder(), asked, labels, ("{label}",), **options))


def test_a_window_inside_the_day_is_asked_by_itself():
    night, noon = ask([((120, 180), False), ((720, 780), False)])
    assert night.labels == ("sleep",)
    assert noon.labels == ("up and about",)
    assert night.person == "made/p0"
    np.testing.assert_allclose(night.probabilities.sum(), 1)


def test_it_abstains_where_nothing_was_recorded_or_it_is_unsure():
    day = plain_day(0).shown(0, 300)
    empty = next(iter(classify(PulseEmbedder(), [Asked(day=day, window=(600, 700))], LABELS, ("{label}",))))
    assert empty.labels == ()
    assert empty.abstained == NOTHING_RECORDED
    assert np.isnan(empty.probabilities).all()
    sure, unsure = (ask([((120, 180), False)], abstain=a)[0] for a in (0.5, 1.0))
    assert sure.labels == ("sleep",)
    assert unsure.labels == ()
    assert unsure.abstained == UNSURE


def test_several_labels_are_independent_sigmoids():
    (answer,) = ask([((120, 180), False)], multi_label=True)
    logits = 10.0 * answer.similarities.astype(float) - 5.0
    np.testing.assert_allclose(answer.probabilities, 1 / (1 + np.exp(-logits)), rtol=1e-5)
    assert answer.labels == ("sleep",)
    (none,) = ask([((120, 180), False)], multi_label=True, abstain=1.0)
    assert none.labels == ()
    assert none.abstained == ""


def test_a_class_ranks_by_its_lead_over_all_and_a_fitted_scale_keeps_the_order():
    labels, vectors = (Label(name="sleep"), Label(name="up"), Label(name="about")), np.eye(2, dtype=np.float32)
    plain = ZeroShotClassifier(class_names=labels, prompt_template="{label}").embed(PulseEmbedder())
    np.testing.assert_allclose(plain.scores(vectors), [[2 / 3, -1 / 3, -1 / 3], [-2 / 3, 1 / 3, 1 / 3]], atol=1e-6)
    fitted = PulseEmbedder()
    fitted.class_logit_scale = 2.0
    calm = ZeroShotClassifier(class_names=labels, prompt_template="{label}").embed(fitted)
    np.testing.assert_allclose(calm.probabilities(vectors)[0], np.exp([2, 0, 0]) / (np.exp(2) + 2), rtol=1e-6)
    assert calm.probabilities(vectors)[0, 0] < plain.probabilities(vectors)[0, 0]
    several = [c.probabilities(vectors, multi_label=True) for c in (plain, calm)]
    np.testing.assert_array_equal(*several)
    alone = ZeroShotClassifier(class_names=labels[:1], prompt_template="{label}").embed(PulseEmbedder())
    np.testing.assert_allclose(alone.scores(vectors), [[1], [0]], atol=1e-6)


def test_bad_questions_are_refused():
    with pytest.raises(SensorLMError, match="no probability"):
        ask([((0, 60), False)], abstain=2)
    with pytest.raises(SensorLMError, match="no labels"):
        list(classify(PulseEmbedder(), [], (), ("{label}",)))
    assert load_templates("# ours\n\nA {label}.\n") == ("A {label}.",)
    for bad in ("", "nothing"):
        with pytest.raises(SensorLMError, match="give lines with"):
            load_templates(bad)


def test_a_truth_table_names_windows_of_days(tmp_path):
    path = tmp_path / "truth.csv"
    path.write_text("day,start,end,label\nmade/p0/2024-03-01,10:00,11:30,walk;talk\np1/2024-03-03,,,sleep\n")
    first, second = read_truth(path)
    assert first.window == (600, 690)
    assert first.labels == ("walk", "talk")
    assert second.window == (0, 1440)
    keys = [plain_day(i).key for i in range(4)]
    assert places_of([first, second], keys) == [0, 2]
    with pytest.raises(SensorLMError, match="nowhere"):
        places_of([first], keys[1:])
    with pytest.raises(SensorLMError, match="several times"):
        places_of([second], [keys[2], "other/p1/2024-03-03"])
    path.write_text("person,date,label\np0,2024-03-01,sleep\n")
    assert places_of(read_truth(path), keys) == [0]
    for text, message in [
        ("", "0 rows"), ("day,what\na,b\n", "columns"), ("day,label\na/b/c,\n", "line 2"),
        ("day,label,start,end\na/b/c,x,11:00,10:00\n", "line 2"), ("day,label,start,end\na/b/c,x,noon,\n", "line 2"),
    ]:  # fmt: skip
        path.write_text(text)
        with pytest.raises(SensorLMError, match=message):
            read_truth(path)
    with pytest.raises(SensorLMError, match="No such file"):
        read_truth(tmp_path / "none.csv")


@given(st.integers(2, 40), st.integers(0, 10_000))
def test_auroc_and_balanced_accuracy_equal_scikit_learn(n, seed):
    rng = np.random.default_rng(seed)
    truth = rng.random(n) < 0.5
    truth[:2] = [True, False]
    scores = rng.integers(0, 4, n).astype(float)
    assert auroc(truth, scores) == pytest.approx(roc_auc_score(truth, scores))
    labels, guess = rng.integers(0, 3, n), rng.integers(0, 3, n)
    expected = np.mean([(guess[labels == c] == c).mean() for c in np.unique(labels)])
    assert balanced_accuracy(labels, guess) == pytest.approx(expected)


def test_scores_of_single_and_several_labels():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 300)
    scores = rng.random((300, 3)) + 0.5 * np.eye(3)[truth]
    scores /= scores.sum(axis=1, keepdims=True)
    people = [f"p{i % 7}" for i in range(300)]
    found = score_classes(truth, scores, ["a", "b", "c"], people)
    interval = found["intervals"]["macro_auroc"]
    assert interval["low"] < found["macro_auroc"] < interval["high"]
    assert interval["num_people"] == 7
    assert np.sum(found["confusion"]) == 300
    assert np.trace(found["confusion"]) / 300 == pytest.approx(found["acc1"])
    several = score_labels(np.eye(3, dtype=bool)[truth], scores, ["a", "b", "c"], people)
    assert several["macro_auroc"] == pytest.approx(found["macro_auroc"])
    assert score_labels(np.ones((4, 1), bool), np.ones((4, 1)), ["a"], ["p"] * 4)["absent"] == ["a"]
    assert finite({"a": [np.float32(1), float("nan"), np.array([np.inf])]}) == {"a": [1.0, None, [None]]}
    with pytest.raises(SensorLMError, match="none of the classes"):
        class_indices(["d"], ["a"])
    with pytest.raises(SensorLMError, match="at least one"):
        class_indices([], ["a"])
