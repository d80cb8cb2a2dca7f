"""The compiled bfloat16 attention against plain float64 attention and against torch's bfloat16 path."""

from itertools import pairwise

import pytest
import torch
from model_helpers import mark_missing, small_model, some_days

from sensorlm.model import attention_native
from sensorlm.model.attention import Layout, self_attention
from sensorlm.model.attention_cpu import attend as torch_attend
from sensorlm.model.attention_cpu import make_plan
from sensorlm.model.attention_native import attend, cpu_serves, load, serves

needs_native = pytest.mark.skipif(load(64) is None, reason="needs AVX512-BF16 and a C compiler")
# Around the kernel's blocks of 6, 8, 24, 48, 96, 240 and 480; the last needs three ranges of keys.
LENGTHS = [(1,), (2, 5, 9), (47, 48, 49), (13, 96, 97), (241, 1, 480), (1000,)]


def plain(qkv, lengths):
    """Each sample by itself, written from the formula."""
    out = []
    for start, end in pairwise([0, *torch.tensor(lengths).cumsum(0).tolist()]):
        q, k, v = qkv[start:end].unbind(1)
        scores = torch.einsum("qhk,lhk->hql", q, k) / q.shape[-1] ** 0.5
        out.append(torch.einsum("hql,lhk->qhk", scores.softmax(-1), v))
    return torch.cat(out)


def made(lengths, heads=2, width=64, size=1.0):
    generator = torch.Generator().manual_seed(0)
    qkv = torch.randn(sum(lengths), 3, heads, width, generator=generator) * size
    return qkv.bfloat16(), torch.randn(sum(lengths), heads, width, generator=generator).bfloat16()


def with_gradient(function, qkv, aim):
    qkv = qkv.clone().requires_grad_(True)
    out = function(qkv)
    (gradient,) = torch.autograd.grad(out, qkv, aim)
    return out.detach().double(), gradient.double()


def error(found, wanted):
    return float((found - wanted).norm() / wanted.norm())


@needs_native
@pytest.mark.parametrize(("heads", "width"), [(3, 64), (2, 32)])
@pytest.mark.parametrize("lengths", LENGTHS)
def test_output_and_gradients_err_by_one_rounding(lengths, heads, width):
    qkv, aim = made(lengths, heads, width)
    wanted, wanted_gradient = with_gradient(lambda x: plain(x, lengths), qkv.double(), aim.double())
    out, gradient = with_gradient(lambda x: attend(x, lengths), qkv, aim)
    # bfloat16 keeps 8 bits: 1 in 512 a rounding, of the probabilities and of the result.
    assert error(out, wanted) < 0.003
    for i in range(3):
        if i == 2 or max(lengths) > 1:  # alone, a token's score has no gradient
            assert error(gradient[:, i], wanted_gradient[:, i]) < 0.005


@needs_native
@pytest.mark.parametrize("size", [1.0, 4.0])
def test_closer_to_float64_than_the_torch_path(size):
    lengths = (300, 40, 90)
    qkv, aim = made(lengths, size=size)
    wanted = with_gradient(lambda x: plain(x, lengths), qkv.double(), aim.double())
    ours = with_gradient(lambda x: attend(x, lengths), qkv, aim)
    torchs = with_gradient(lambda x: torch_attend(x, make_plan(lengths)), qkv, aim)
    for found, other, right in zip(ours, torchs, wanted, strict=True):
        assert error(found, right) < error(other, right)
        assert error(found, other) < error(found, right) + error(other, right)


@needs_native
def test_huge_scores_are_a_hard_choice():
    qkv, aim = made((100, 60), size=1000.0)
    out, gradient = with_gradient(lambda x: attend(x, (100, 60)), qkv, aim)
    assert error(out, plain(qkv.double(), (100, 60))) < 0.003
    assert gradient.isfinite().all()
    below = torch.full((10, 3, 1, 64), 100.0, dtype=torch.bfloat16)
    below[:, 1] *= -1  # every score is -80,000: padding, which scores 0, must not count
    assert torch.equal(attend(below, (10,)), below[:, 2])


@needs_native
def test_what_is_not_finite_stays_in_its_sample():
    qkv, aim = made((30, 30, 30))
    qkv[40, 1] = torch.nan
    out, gradient = with_gradient(lambda x: attend(x, (30, 30, 30)), qkv, aim)
    for x in (out, gradient):
        assert x[:30].isfinite().all()
        assert x[60:].isfinite().all()
        assert x[30:60].isnan().any()


@needs_native
def test_results_do_not_depend_on_the_number_of_threads():
    qkv, aim = made((1000, 30), heads=1)
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        one = with_gradient(lambda x: attend(x, (1000, 30)), qkv, aim)
        torch.set_num_threads(3)
        three = with_gradient(lambda x: attend(x, (1000, 30)), qkv, aim)
    finally:
        torch.set_num_threads(before)
    assert all(torch.equal(a, b) for a, b in zip(one, three, strict=True))


@needs_native
def test_dense_and_packed_tensors_reach_it_and_agree():
    qkv, _ = made((50, 50))
    packed = self_attention(qkv, Layout((50, 50), qkv.device))
    assert torch.equal(packed, attend(qkv, (50, 50)))
    assert torch.equal(self_attention(qkv.unflatten(0, (2, 50)), None).flatten(0, 1), packed)


def test_without_the_kernel_torch_does_it(monkeypatch):
    qkv, _ = made((50, 20))
    monkeypatch.setattr(attention_native, "load", lambda width: None)
    assert not serves(qkv)
    out = self_attention(qkv, Layout((50, 20), qkv.device))
    assert torch.equal(out, torch_attend(qkv, make_plan((50, 20))))


def test_what_it_cannot_do_is_left_to_torch(monkeypatch):
    assert load(48) is None
    assert not serves(torch.zeros(4, 3, 2, 64))
    assert not serves(torch.zeros(4, 3, 2, 48, dtype=torch.bfloat16))
    assert not serves(torch.zeros(0, 3, 2, 64, dtype=torch.bfloat16))
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: True)
    assert not cpu_serves()


def test_an_older_cpu_goes_the_torch_path(monkeypatch):
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    monkeypatch.setattr(attention_native, "load", load.__wrapped__)  # what an earlier test found is not kept
    qkv, aim = made((50, 20))
    assert not serves(qkv)
    wanted = with_gradient(lambda x: plain(x, (50, 20)), qkv.double(), aim.double())
    found = with_gradient(lambda x: self_attention(x, Layout((50, 20), qkv.device)), qkv, aim)
    assert all(error(a, b) < 0.02 for a, b in zip(found, wanted, strict=True))


@needs_native
def test_a_model_trains_through_it_as_in_float32():
    values, observed = some_days(3)
    observed[1, 700:] = False
    model = small_model(sensor__width=64, sensor__num_heads=1)
    mark_missing(model)
    assert load(model.sensor.blocks[0].attn.qkv.in_features) is not None
    gradients = []
    for enabled in (False, True):
        model.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=enabled):
            features = model.encode_sensor(values, observed)
        features[:, 0].sum().backward()
        gradients.append(torch.cat([p.grad.flatten() for p in model.sensor.parameters() if p.grad is not None]))
    assert float(torch.cosine_similarity(*gradients, dim=0)) > 0.999
