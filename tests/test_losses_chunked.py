"""The tiled SigLIP loss: the numbers of the plain one, the memory of the features; and labels made from facts."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from sensorlm.model import losses
from sensorlm.model.losses_labels import FactCodes, fact_labels


def test_labels_are_those_of_the_captions_room():
    """The numpy rule of captions.codes, which is tested against the facts themselves."""
    from sensorlm.captions.codes import CaptionCodes, labels

    for seed in range(5):
        _, _, days, codes, _ = batch(n=40, seed=seed)
        reference = CaptionCodes(*(getattr(codes, name).numpy() for name in ("index", "low", "high", "margin")))
        got = fact_labels(days, codes, torch.ones(40))
        np.testing.assert_array_equal(got.numpy(), labels(days.numpy(), reference))


def batch(n=13, e=6, k=5, m=3, seed=0, dtype=torch.float64):
    rng = np.random.default_rng(seed)
    unit = [torch.nn.functional.normalize(torch.tensor(rng.normal(size=(n, e))), dim=1).to(dtype) for _ in range(2)]
    days = rng.normal(size=(n, k)).astype(np.float32)
    days[rng.random((n, k)) < 0.2] = np.nan
    index = rng.integers(0, k, (n, m)).astype(np.int32)
    index[rng.random((n, m)) < 0.3] = -1
    index[:, 0] = np.maximum(index[:, 0], 0)
    low = rng.normal(size=(n, m)).astype(np.float32) - 1
    high = low + rng.random((n, m)).astype(np.float32) * 3
    high[rng.random((n, m)) < 0.3] = 1e38  # how a codebook writes an open end
    codes = SimpleNamespace(
        index=torch.tensor(index), low=torch.tensor(low), high=torch.tensor(high),
        margin=torch.tensor(rng.random((n, m)).astype(np.float32) * 0.3),
    )  # fmt: skip
    return unit[0], unit[1], torch.tensor(days), codes, torch.tensor(rng.integers(0, 2, n))


def loop_labels(days, codes, mode):
    """The rule as the contract states it, one pair at a time."""
    n = len(days)
    out = np.zeros((n, n), np.int8)
    for i in range(n):
        for j in range(n):
            if not mode[j]:
                out[i, j] = 1 if i == j else -1
                continue
            answers = []
            for place in range(codes.index.shape[1]):
                which = int(codes.index[j, place])
                if which < 0:
                    continue
                value, low, high = float(days[i, which]), float(codes.low[j, place]), float(codes.high[j, place])
                margin = float(codes.margin[j, place])
                if low <= value <= high:
                    answers.append(1)
                elif np.float32(value) < np.float32(low - margin) or np.float32(value) > np.float32(high + margin):
                    answers.append(-1)
                else:
                    answers.append(0)
            out[i, j] = -1 if -1 in answers else (1 if all(a == 1 for a in answers) else 0)
            if i == j:
                out[i, j] = 1
    return out


@pytest.mark.parametrize("seed", range(5))
def test_labels_follow_the_rule(seed):
    _, _, days, codes, mode = batch(seed=seed)
    got = fact_labels(days, codes, mode).numpy()
    expected = loop_labels(days, codes, mode.tolist())
    assert {-1, 0, 1} <= set(expected.ravel().tolist())
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("size", [1, 4, 5, 13, 100])
@pytest.mark.parametrize("facts", [False, True])
def test_tiles_give_the_plain_loss_and_gradients(size, facts):
    sensor, text, days, codes, mode = batch()
    labels = FactCodes.pack(days, codes, mode) if facts else None
    results = []
    for chunk in (None, size):
        inputs = [sensor.clone(), text.clone(), torch.tensor(7.0).double(), torch.tensor(-2.0).double()]
        for tensor in inputs:
            tensor.requires_grad_()
        loss = losses.siglip_loss(*inputs, labels=labels, chunk_size=chunk)
        (3 * loss).backward()
        results.append([loss.detach(), *(tensor.grad for tensor in inputs)])
    for plain, tiled in zip(*results, strict=True):
        torch.testing.assert_close(tiled, plain, rtol=1e-10, atol=1e-12)


def test_tiled_gradients_pass_gradcheck():
    sensor, text, days, codes, mode = batch(n=6)
    labels = FactCodes.pack(days, codes, mode)
    inputs = [x.requires_grad_() for x in (sensor, text, torch.tensor(3.0).double(), torch.tensor(-1.0).double())]
    assert torch.autograd.gradcheck(lambda *x: losses.siglip_loss(*x, labels=labels, chunk_size=4), inputs)


def saved_bytes(function):
    total = 0

    def pack(tensor):
        nonlocal total
        total += tensor.numel() * tensor.element_size()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        function()
    return total


@pytest.mark.parametrize("facts", [False, True])
def test_tiles_save_the_features_and_not_the_logits(facts):
    n, e = 1024, 16
    sensor, text, days, codes, mode = batch(n=n, e=e, dtype=torch.float32)
    labels = FactCodes.pack(days, codes, mode) if facts else None
    inputs = [x.requires_grad_() for x in (sensor, text, torch.tensor(7.0), torch.tensor(-2.0))]
    tiled = saved_bytes(lambda: losses.siglip_loss(*inputs, labels=labels, chunk_size=128))
    plain = saved_bytes(lambda: losses.siglip_loss(*inputs, labels=labels))
    features = 2 * n * e * 4
    codes_bytes = (labels.day_codes.nbytes + labels.captions.nbytes) if facts else 0
    assert tiled <= features + codes_bytes + 64
    assert plain > n * n * 4  # what the tiles avoid
