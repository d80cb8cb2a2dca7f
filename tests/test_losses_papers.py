"""Every loss against float64 loops written from the papers' sums, and the seed's own numbers."""

import json
import math

import numpy as np
import pytest
import torch

from sensorlm.errors import ConfigError
from sensorlm.model import losses
from sensorlm.training.validation import recall_at_k


@pytest.fixture
def features():
    rng = np.random.default_rng(3)
    sensor, text = (rng.normal(size=(7, 5)) for _ in range(2))
    sensor /= np.linalg.norm(sensor, axis=1, keepdims=True)
    text /= np.linalg.norm(text, axis=1, keepdims=True)
    return torch.tensor(sensor), torch.tensor(text), torch.tensor(8.0, dtype=torch.float64), torch.tensor(-3.0).double()


LABELS = np.array(
    [
        [1, -1, 0, 1, -1, -1, -1],
        [-1, 1, 1, 0, -1, 0, -1],
        [-1, 1, 1, -1, -1, -1, -1],
        [1, 0, -1, 1, -1, 1, -1],
        [-1, -1, -1, -1, 1, -1, -1],
        [0, -1, 0, 1, -1, 1, -1],
        [1, -1, -1, -1, -1, -1, 1],
    ],
    dtype=np.int8,
)


def loop_logits(sensor, text, scale, bias):
    return [[float(scale) * float(s @ t) + float(bias) for t in text] for s in sensor]


def log_sigmoid(x):
    return min(x, 0.0) - math.log1p(math.exp(-abs(x)))


def loop_siglip(z, labels=None, mode=None, squared=False):
    n = len(z)
    pairs, positive, negative = 0.0, [], []
    for i in range(n):
        for j in range(n):
            by_facts = labels is not None and (mode is None or mode[j])
            if not by_facts:
                pairs -= log_sigmoid(z[i][j] if i == j else -z[i][j])
            elif labels[i][j] > 0:
                positive.append(-log_sigmoid(z[i][j]))
            elif labels[i][j] < 0:
                negative.append(-log_sigmoid(-z[i][j]))
    columns = 0 if labels is None else (n if mode is None else sum(bool(m) for m in mode))
    facts = sum(sum(group) / len(group) for group in (positive, negative) if group)
    return pairs / (n * n if squared else n) + columns / n * facts


def loop_multi_positive(z, labels):
    total = 0.0
    for i in range(len(z)):
        known = [math.exp(z[i][j]) for j in range(len(z)) if labels[i][j] != 0]
        mine = [z[i][j] - math.log(sum(known)) for j in range(len(z)) if labels[i][j] > 0]
        total -= sum(mine) / len(mine)
    return total / len(z)


@pytest.mark.parametrize("reduction", ["mean_b", "mean_b2"])
def test_siglip_pairs_is_the_papers_sum(features, reduction):
    expected = loop_siglip(loop_logits(*features), squared=reduction == "mean_b2")
    assert float(losses.siglip_loss(*features, reduction=reduction)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("mode", [None, [1, 0, 1, 1, 0, 0, 1], [0] * 7])
def test_siglip_facts_averages_positives_and_negatives_apart(features, mode):
    label_mode = None if mode is None else torch.tensor(mode)
    labels = np.where(np.ones(7) if mode is None else mode, LABELS, 2 * np.eye(7) - 1)
    got = losses.siglip_loss(*features, labels=torch.tensor(labels, dtype=torch.int8), label_mode=label_mode)
    assert float(got) == pytest.approx(loop_siglip(loop_logits(*features), labels, mode), rel=1e-12)


def test_clip_pairs_is_the_mean_of_both_cross_entropies(features):
    sensor, text, scale, _ = features
    z = loop_logits(sensor, text, scale, 0.0)
    eye = 2 * np.eye(7) - 1
    expected = (loop_multi_positive(z, eye) + loop_multi_positive(np.array(z).T, eye)) / 2
    assert float(losses.clip_loss(sensor, text, scale)) == pytest.approx(expected, rel=1e-12)


def test_clip_facts_is_the_mean_over_positives_without_left_out_entries(features):
    sensor, text, scale, _ = features
    z = np.array(loop_logits(sensor, text, scale, 0.0))
    expected = (loop_multi_positive(z, LABELS) + loop_multi_positive(z.T, LABELS.T)) / 2
    assert float(losses.clip_loss(sensor, text, scale, labels=torch.tensor(LABELS))) == pytest.approx(
        expected, rel=1e-12
    )


def test_clip_facts_has_finite_gradients_where_entries_are_left_out(features):
    sensor, text, scale, _ = features
    sensor.requires_grad_()
    losses.clip_loss(sensor, text, scale, labels=torch.tensor(LABELS)).backward()
    assert bool(torch.isfinite(sensor.grad).all())


def test_captioning_counts_up_to_the_first_eos():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(2, 4, 6))
    tokens = [[3, 4, 1, 1], [5, 2, 3, 4]]  # one ended caption, one cut off by the context
    total, count = 0.0, 0
    for row, length in ((0, 3), (1, 4)):
        for i in range(length):
            z = logits[row, i]
            total -= z[tokens[row][i]] - math.log(sum(math.exp(v) for v in z))
            count += 1
    got = losses.captioning_loss(torch.tensor(logits), torch.tensor(tokens), eos_id=1)
    assert float(got) == pytest.approx(total / count, rel=1e-12)
    halves = [
        losses.captioning_loss(
            torch.tensor(logits[i : i + 1]), torch.tensor(tokens[i : i + 1]), denominator=torch.tensor(count)
        )
        for i in range(2)
    ]
    assert float(sum(halves)) == pytest.approx(total / count, rel=1e-12)


def test_coca_is_the_weighted_sum():
    got = losses.coca_loss(torch.tensor(3.0), torch.tensor(5.0), contrastive_weight=0.5, caption_weight=2.0)
    assert float(got) == 0.5 * 3.0 + 2.0 * 5.0


def test_the_reduction_is_checked(features):
    with pytest.raises(ConfigError, match="'sum' is not one of"):
        losses.siglip_loss(*features, reduction="sum")
    with pytest.raises(ConfigError, match="'sum' is not one of"):
        losses.siglip_loss(*features, reduction="sum", chunk_size=2)


def test_half_precision_features_are_judged_in_float32(features):
    half = [x.to(torch.bfloat16) for x in features[:2]]
    with torch.autocast("cpu", torch.bfloat16):
        got = losses.siglip_loss(*half, *(x.float() for x in features[2:]))
    exact = losses.siglip_loss(*(x.double() for x in half), *features[2:])
    assert got.dtype == torch.float32
    assert float(got) == pytest.approx(float(exact), rel=1e-6)


@pytest.mark.parametrize("name", ["plain", "tied", "big"])
def test_the_seeds_loss(shared, name):
    golden = json.loads((shared / "golden/seed/loss_recall.json").read_text())[name]
    n = golden["n"]
    logits = torch.tensor(golden["logits"], dtype=torch.float32).reshape(n, n)
    loss = losses.siglip_loss_from_logits(logits, reduction="mean_b2")
    symmetric = losses.siglip_loss_symmetric(logits, reduction="mean_b2")
    expected = loop_siglip(logits.double().tolist(), squared=True)
    assert float(loss) == pytest.approx(expected, rel=1e-6)
    if name == "big":  # the seed overflows here; the loss itself is finite
        assert golden["loss"] is None
        assert math.isfinite(float(loss))
        return
    assert float(loss) == pytest.approx(golden["loss"], rel=1e-6)
    assert float(symmetric) == pytest.approx(golden["loss_symmetric"], rel=1e-6)


@pytest.mark.parametrize("case", ["plain", "tied", "big"])
def test_recall_counts_ties_as_the_seed_program_does(shared, case):
    golden = json.loads((shared / "golden" / "seed" / "loss_recall.json").read_text())[case]
    logits = torch.tensor(golden["logits"]).view(golden["n"], golden["n"])
    ours = [recall_at_k(logits, k, ties="favourable") for k in (1, 2, 3, 5, 9)]
    assert ours == pytest.approx(golden["recall_at_1_2_3_5_9"], abs=1e-6)
