"""Honest on missing data: hidden values never matter, full days agree in both modes, batch mates do not matter."""

from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from model_helpers import mark_missing, small_model, some_days

from sensorlm.config.model import SensorTowerConfig
from sensorlm.errors import ConfigError
from sensorlm.model.attention import Layout, Tokens, by_padding, by_runs, dense_attention
from sensorlm.model.blocks import mean_pool
from sensorlm.model.sensor import SensorTower


def windowed(observed, start, end):
    """Hide every minute outside [start, end)."""
    observed = observed.clone()
    observed[:, :start] = False
    observed[:, end:] = False
    return observed


@pytest.fixture(scope="module")
def model():
    model = small_model().eval()
    mark_missing(model)
    return model


@pytest.mark.parametrize("pooling", ["map", "mean"])
def test_a_full_day_gives_the_same_features_in_both_modes(pooling):
    drop, impute = small_model(sensor__pooling=pooling), small_model(sensor__pooling=pooling, sensor__missing="impute")
    mark_missing(drop)
    impute.load_state_dict(drop.state_dict(), strict=False)
    values, _ = some_days()
    full = torch.ones_like(values, dtype=torch.bool)
    torch.testing.assert_close(drop.encode_sensor(values, full), impute.encode_sensor(values, full), rtol=0, atol=1e-6)
    # The same through the packed path: a batch mate with gaps packs everybody.
    observed = full.clone()
    observed[2, :600] = False
    packed = drop.encode_sensor(values, observed)
    torch.testing.assert_close(packed[:2], impute.encode_sensor(values, full)[:2], rtol=0, atol=1e-6)


@pytest.mark.parametrize("junk", [float("nan"), float("inf"), -1e30, 7.0])
@pytest.mark.parametrize("missing", ["drop", "impute"])
def test_hidden_values_never_influence_the_result(junk, missing):
    model = small_model(sensor__missing=missing)
    if missing == "drop":
        mark_missing(model)
    values, observed = some_days(share=0.5)
    observed[0, 300:900] = False
    observed[1] = False
    wanted = model.encode_sensor(torch.where(observed, values, 0.0), observed)
    got = model.encode_sensor(torch.where(observed, values, junk), observed)
    assert torch.equal(got, wanted)
    coded = model.encode_image(torch.where(observed, values, float("nan")))
    assert torch.equal(coded, wanted)


def test_hidden_values_get_no_gradient(model):
    values, observed = some_days(share=0.5)
    values.requires_grad_(True)
    model.encode_sensor(values, observed)[:, :5].sum().backward()
    assert torch.all(values.grad[~observed] == 0)
    assert torch.any(values.grad[observed] != 0)


def test_a_missing_value_is_not_a_zero(model):
    values, observed = some_days(1, share=1.1)
    values[0, 100] = 0.0
    hidden = observed.clone()
    hidden[0, 100] = False
    assert (model.encode_sensor(values, observed) - model.encode_sensor(values, hidden)).abs().max() > 1e-6


def test_patches_with_nothing_observed_leave_the_sequence(model):
    values, observed = some_days(2, share=1.1)
    observed[0, :720, :2] = False  # 72 patches of the first channel pair
    observed[1] = windowed(observed[1:], 600, 630)[0]
    tokens = model.sensor.tokens(values, observed)
    assert tokens.layout.lengths == (288 - 72, 3 * 2)
    assert tokens.x.shape == (288 - 72 + 6, 32)


def test_a_day_with_nothing_observed_has_a_finite_feature_of_its_own(model):
    values, observed = some_days(2)
    observed[0] = False
    features = model.encode_sensor(values, observed)
    assert torch.isfinite(features).all()
    alone = model.encode_sensor(values[:1] * float("nan"))
    torch.testing.assert_close(features[:1], alone, rtol=0, atol=1e-6)


@given(
    st.lists(st.sampled_from([(0, 0), (0, 10), (0, 1440), (600, 630), (5, 15), (300, 1100)]), min_size=1, max_size=5)
)
def test_batch_mates_do_not_matter(windows):
    model = small_model(sensor__depth=1)
    mark_missing(model)
    values, observed = some_days(len(windows))
    for i, (start, end) in enumerate(windows):
        observed[i : i + 1] = windowed(observed[i : i + 1], start, end)
    together = model.encode_sensor(values, observed)
    for i in range(len(windows)):
        alone = model.encode_sensor(values[i : i + 1], observed[i : i + 1])
        torch.testing.assert_close(together[i : i + 1], alone, rtol=0, atol=1e-5)


def test_dropping_equals_masking_the_dense_sequence(model):
    """An independent rendering: every patch stays in the sequence and attention is told which keys are real."""
    values, observed = some_days(3)
    observed[0, 200:900, :2] = False
    observed[1] = windowed(observed[1:2], 600, 700)[0]
    sensor = model.sensor
    seen, missing = sensor.patchify(observed, False), sensor.patchify(~observed, False)
    keep = seen.any(-1)
    x = sensor.patch_embed(sensor.patchify(torch.where(observed, values, 0.0), 0.0)) + sensor.positions
    x = x + sensor.missing_embed(missing.float())
    for block in sensor.blocks:
        q, k, v = block.attn.heads(block.norm1(x))
        x = x + block.attn.proj(dense_attention(q, k, v, mask=keep).flatten(-2))
        x = x + block.mlp(block.norm2(x))
    x, head = sensor.norm(x), sensor.map_pool
    pooled = head.attn.attend(head.probe.expand(3, -1, -1), *head.attn.keys_values(x), None, keep)[:, 0]
    pooled = pooled + head.mlp(head.norm(pooled))
    torch.testing.assert_close(sensor(values, observed), pooled, rtol=0, atol=1e-5)


@pytest.mark.parametrize("lengths", [(3, 5, 1), (4, 4, 4), (1,), (2, 2, 7, 7, 7, 1)])
def test_packed_attention_equals_each_sample_by_itself(lengths):
    generator = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(sum(lengths), 2, 8, generator=generator, dtype=torch.float64) for _ in range(3))
    layout = Layout(lengths, q.device)
    starts = [0, *torch.tensor(lengths).cumsum(0).tolist()]
    wanted = []
    for start, end in pairwise(starts):
        scores = torch.einsum("qhk,lhk->hql", q[start:end], k[start:end]) / 8**0.5
        wanted.append(torch.einsum("hql,lhk->qhk", scores.softmax(-1), v[start:end]))
    for way in (by_runs, by_padding):
        torch.testing.assert_close(way(q, k, v, layout, layout), torch.cat(wanted))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="the variable-length kernel is CUDA's")
def test_the_cuda_kernel_equals_the_plain_way():
    from sensorlm.model.attention import by_varlen

    layout = Layout((30, 5, 100), torch.device("cuda"))
    q, k, v = (torch.randn(135, 2, 64, device="cuda", dtype=torch.bfloat16) for _ in range(3))
    wanted = by_padding(q.float(), k.float(), v.float(), layout, layout)
    torch.testing.assert_close(by_varlen(q, k, v, layout, layout).float(), wanted, rtol=2e-2, atol=2e-2)


def test_packed_gradients_equal_the_padded_ones(model):
    values, observed = some_days(3)
    observed[0, 200:900] = False
    observed[1] = windowed(observed[1:2], 600, 700)[0]
    gradients = []
    for way in (by_runs, by_padding):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sensorlm.model.attention.by_runs", way)
            model.zero_grad()
            model.encode_sensor(values, observed)[:, :7].sum().backward()
        gradients.append([p.grad.clone() for p in model.sensor.parameters() if p.grad is not None])
    for a, b in zip(*gradients, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-5)


def test_padding_and_mean_over_packed_tokens():
    layout = Layout((2, 1), torch.device("cpu"))
    x = torch.tensor([[1.0], [3.0], [5.0]])
    padded, mask = Tokens(x, layout).padded()
    assert padded[..., 0].tolist() == [[1.0, 3.0], [5.0, 0.0]]
    assert mask.tolist() == [[True, True], [True, False]]
    assert mean_pool(Tokens(x, layout)).tolist() == [[2.0], [5.0]]


def test_an_odd_channel_gets_a_partner_that_says_nothing():
    tower = SensorTower(SensorTowerConfig(num_channels=3, width=16, depth=1, num_heads=2))
    assert tower.config.grid == (144, 2)
    day = torch.arange(20.0 * 3).view(1, 20, 3)
    patches = tower.patchify(day, 0.0)
    assert patches.shape == (1, 4, 20)
    assert patches[0, 0, :4].tolist() == [0.0, 1.0, 3.0, 4.0]
    assert patches[0, 1, :4].tolist() == [2.0, 0.0, 5.0, 0.0]
    assert patches[0, 2, 0] == day[0, 10, 0]


def test_an_odd_full_day_agrees_in_both_modes():
    drop, impute = small_model(sensor__num_channels=3), small_model(sensor__num_channels=3, sensor__missing="impute")
    mark_missing(drop)
    impute.load_state_dict(drop.state_dict(), strict=False)
    values, _ = some_days(channels=3)
    torch.testing.assert_close(drop.encode_sensor(values), impute.encode_sensor(values), rtol=0, atol=1e-6)


def test_a_day_that_does_not_fit_the_patches_is_refused(model):
    with pytest.raises(ConfigError, match="1445 minutes cannot be cut into patches of patch_minutes=10"):
        model.encode_sensor(torch.zeros(1, 1445, 4))


@pytest.mark.parametrize("how", ["autocast", "pure"])
def test_bfloat16_stays_near_float32_on_every_path(how):
    model = small_model()
    mark_missing(model)
    values, observed = some_days(3)
    observed[0, 200:900] = False
    observed[1] = False
    tokens = torch.arange(27).view(3, 9)
    with torch.no_grad():
        wanted = model(values, observed, tokens)
        if how == "autocast":
            with torch.autocast("cpu", torch.bfloat16):
                got = model(values, observed, tokens)
        else:
            got = model.bfloat16()(values, observed, tokens)
    for key in ("sensor_features", "text_features"):
        assert got[key].dtype == torch.float32
        torch.testing.assert_close(got[key], wanted[key], rtol=0, atol=3e-2)
    torch.testing.assert_close(got["caption_logits"].float(), wanted["caption_logits"], rtol=0, atol=5e-2)
