"""The CPU's bfloat16 attention against plain float64 attention, and models and training on it against float32."""

from itertools import pairwise

import pytest
import torch
from model_helpers import mark_missing, small_model, some_days

from sensorlm.model import attention_cpu
from sensorlm.model.attention import Layout, packed_attention, self_attention
from sensorlm.model.attention_cpu import attend, make_plan

LENGTHS = [(3, 50, 1, 70, 4, 2, 90, 91), (5, 5, 5), (1,), (40, 33), (7, 7, 30, 7)]


def plain(qkv, lengths):
    """Each sample by itself, written from the formula."""
    out, starts = [], [0, *torch.tensor(lengths).cumsum(0).tolist()]
    for start, end in pairwise(starts):
        q, k, v = qkv[start:end].unbind(1)
        scores = torch.einsum("qhk,lhk->hql", q, k) / q.shape[-1] ** 0.5
        out.append(torch.einsum("hql,lhk->qhk", scores.softmax(-1), v))
    return torch.cat(out)


def made(lengths, dtype=torch.float64, heads=2, width=8):
    generator = torch.Generator().manual_seed(0)
    qkv = torch.randn(sum(lengths), 3, heads, width, generator=generator, dtype=torch.float64).to(dtype)
    aim = torch.randn(sum(lengths), heads, width, generator=generator, dtype=torch.float64)
    return qkv.requires_grad_(True), aim


# Pieces of 256 scores cut the queries of one head, the default takes many heads at once; KEPT 0 makes weights again.
@pytest.mark.parametrize("piece", [256, attention_cpu.PIECE])
@pytest.mark.parametrize("kept", [0, attention_cpu.KEPT])
@pytest.mark.parametrize("lengths", LENGTHS)
def test_bucketed_attention_equals_each_sample_by_itself(lengths, piece, kept, monkeypatch):
    monkeypatch.setattr(attention_cpu, "PIECE", piece)
    monkeypatch.setattr(attention_cpu, "KEPT", kept)
    qkv, aim = made(lengths)
    got, wanted = attend(qkv, make_plan(lengths)), plain(qkv, lengths)
    torch.testing.assert_close(got, wanted, rtol=0, atol=1e-12)
    (got_gradient,) = torch.autograd.grad((got * aim).sum(), qkv)
    (wanted_gradient,) = torch.autograd.grad((wanted * aim).sum(), qkv)
    # Several pieces of one sequence are summed in float32.
    torch.testing.assert_close(got_gradient, wanted_gradient, rtol=0, atol=1e-6)


@pytest.mark.parametrize("lengths", LENGTHS)
def test_in_bfloat16_it_errs_by_its_roundings(lengths):
    qkv, aim = made(lengths, torch.bfloat16, heads=3, width=64)
    wanted = plain(qkv.double(), lengths)
    (wanted_gradient,) = torch.autograd.grad((wanted * aim).sum(), qkv)
    got = attend(qkv, make_plan(lengths))
    assert got.dtype == torch.bfloat16
    (gradient,) = torch.autograd.grad((got.double() * aim).sum(), qkv)
    # bfloat16 keeps 8 bits: 1 in 256 a rounding, a handful of roundings.
    assert (got.double() - wanted).norm() < 0.01 * wanted.norm()
    assert (gradient - wanted_gradient).double().norm() < 0.015 * wanted_gradient.double().norm()


def test_a_long_sequence_in_many_pieces():
    lengths = (1500, 1300)
    qkv, aim = made(lengths, torch.bfloat16, heads=1, width=64)
    assert len(list(attention_cpu._pieces(2, 1500))) > 2
    got, wanted = attend(qkv, make_plan(lengths)), plain(qkv.float(), lengths)
    assert (got.float() - wanted).norm() < 0.02 * wanted.norm()
    (a,) = torch.autograd.grad((got.float() * aim).sum(), qkv, retain_graph=True)
    (b,) = torch.autograd.grad((wanted * aim).sum(), qkv)
    assert (a - b).float().norm() < 0.03 * b.float().norm()


def test_buckets_pad_little_and_hold_every_token_once():
    lengths = tuple(torch.randint(1, 300, (64,), generator=torch.Generator().manual_seed(1)).tolist())
    plan = make_plan(lengths)
    slots = sum(bucket.count * bucket.length for bucket in plan.buckets)
    assert sum(bucket.count for bucket in plan.buckets) == 64
    assert slots < 1.25 * sum(lengths)
    assert len(plan.buckets) < 20
    assert torch.equal(plan.rows[plan.slots], torch.arange(sum(lengths)))


def test_dense_and_packed_layouts_go_the_same_way():
    qkv, _ = made((6,) * 4, torch.bfloat16)
    packed = self_attention(qkv, Layout((6,) * 4, qkv.device))
    dense = self_attention(qkv.unflatten(0, (4, 6)), None)
    assert torch.equal(dense.flatten(0, 1), packed)
    causal = self_attention(qkv.unflatten(0, (4, 6)), None, causal=True)
    assert not torch.allclose(causal[:, 0], dense[:, 0])
    torch.testing.assert_close(causal[:, -1], dense[:, -1], rtol=0.05, atol=0.05)


@pytest.mark.parametrize("pooling", ["map", "mean"])
def test_bfloat16_gradients_of_a_model_point_where_float32_ones_do(pooling):
    values, observed = some_days(5)
    for i, (start, end) in enumerate([(0, 1440), (600, 630), (100, 900), (0, 0), (5, 15)]):
        observed[i, :start] = False
        observed[i, end:] = False
    tokens = torch.randint(2, 60, (5, 20), generator=torch.Generator().manual_seed(3))
    tokens[1, 4:] = tokens[2, 9:] = 1
    gradients = {}
    for precise in (True, False):
        model = small_model(sensor__pooling=pooling, text__padding_mask=True, text__pooling="mean", decoder=None)
        mark_missing(model)
        with torch.autocast("cpu", torch.bfloat16, enabled=not precise):
            out = model(values, observed, tokens)
        (out["sensor_features"] @ out["text_features"].T).float().cos().sum().backward()
        gradients[precise] = [p.grad.flatten() for p in model.parameters() if p.grad is not None]
    a, b = torch.cat(gradients[True]), torch.cat(gradients[False])
    assert (a - b).norm() < 0.05 * a.norm()


def test_the_reference_text_tower_without_a_mask_reads_padding_as_before():
    model = small_model()
    tokens = torch.randint(2, 60, (3, 12), generator=torch.Generator().manual_seed(3))
    tokens[:, 5:] = 1
    with torch.no_grad():
        wanted = model.encode_text(tokens)
        with torch.autocast("cpu", torch.bfloat16):
            got = model.encode_text(tokens)
            shorter = model.encode_text(tokens[:, :6])
    torch.testing.assert_close(got, wanted, rtol=0, atol=2e-2)
    assert (shorter - wanted).abs().max() > 0.05


@pytest.mark.parametrize("pooling", ["last", "mean", "map"])
def test_packed_texts_equal_the_padded_masked_tower(pooling):
    """Independent: every padded position is computed, with a key mask given to torch's own attention."""
    model = small_model(text__padding_mask=True, text__pooling=pooling)
    text = model.text
    tokens = torch.randint(2, 60, (4, 15), generator=torch.Generator().manual_seed(4))
    for i, end in enumerate((3, 9, 15, 1)):
        tokens[i, end:] = 1
    mask = torch.arange(15) < torch.tensor([4, 10, 15, 2]).clamp(max=15)[:, None]
    x = text.token_embed(tokens) + text.positions[:15]
    for block in text.blocks:
        q, k, v = (part.transpose(1, 2) for part in block.attn.heads(block.norm1(x)))
        y = torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None, None])
        x = x + block.attn.proj(y.transpose(1, 2).flatten(-2))
        x = x + block.mlp(block.norm2(x))
    x = text.norm(x)
    if pooling == "last":
        wanted = x[torch.arange(4), mask.sum(1) - 1]
    elif pooling == "mean":
        wanted = (x * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    else:
        pool = text.map_pool
        keys = pool.attn.keys_values(x)
        pooled = pool.attn.attend(pool.probe.expand(4, -1, -1), *keys, None, mask)[:, 0]
        wanted = pooled + pool.mlp(pool.norm(pooled))
    torch.testing.assert_close(text(tokens), wanted, rtol=0, atol=1e-5)


def test_packed_cross_attention_keeps_the_precision_of_its_inputs():
    lengths = (3, 9, 1)
    generator = torch.Generator().manual_seed(5)
    q, kv = (torch.randn(n, 2, 8, generator=generator, dtype=torch.float64) for n in (3, 26))
    k, v = kv[:13], kv[13:]
    layouts = Layout((1,) * 3, q.device), Layout(lengths, q.device)
    ends = torch.tensor(lengths).cumsum(0).tolist()
    wanted = []
    for i, (start, end) in enumerate(zip([0, *ends], ends, strict=False)):
        weights = (torch.einsum("hk,lhk->hl", q[i], k[start:end]) / 8**0.5).softmax(-1)
        wanted.append(torch.einsum("hl,lhk->hk", weights, v[start:end]))
    torch.testing.assert_close(packed_attention(q, k, v, *layouts), torch.stack(wanted), rtol=0, atol=1e-12)
    rounded = packed_attention(*(x.bfloat16() for x in (q, k, v)), *layouts)
    assert rounded.dtype == torch.bfloat16
    torch.testing.assert_close(rounded.double(), torch.stack(wanted), rtol=0.05, atol=0.05)
