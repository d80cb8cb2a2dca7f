"""The FlashAttention-4 backend without a GPU: shapes, routing, autograd and refusals, with the package played."""

import math
from itertools import pairwise
from types import SimpleNamespace

import pytest
import torch
from test_model_fp8 import eight_bit_products_or_skip
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode

from sensorlm.config.presets import preset
from sensorlm.errors import ConfigError
from sensorlm.model import SensorLM, attention_fa4
from sensorlm.model.attention import Attention, Layout, by_padding, dense_attention, self_attention
from sensorlm.model.attention_fa4 import attend, fa4
from sensorlm.model.fast import use_fa4
from sensorlm.model.fp8 import use_fp8
from sensorlm.training.step import make_trainer

LENGTHS = (3, 50, 1, 70)


def spans(q, cu_seqlens_q):
    """The samples' rows, of packed and of flattened dense tensors."""
    if cu_seqlens_q is None:
        return [slice(i * q.shape[1], (i + 1) * q.shape[1]) for i in range(len(q))]
    return [slice(a, b) for a, b in pairwise(cu_seqlens_q.tolist())]


def flat(*tensors):
    return [x.flatten(0, -3) for x in tensors]


def played_fwd(q, k, v, cu_seqlens_q=None, cu_seqlens_k=None, max_seqlen_q=None, max_seqlen_k=None, return_lse=False):
    assert return_lse
    assert cu_seqlens_q is None or max_seqlen_q == max_seqlen_k == int(cu_seqlens_k.diff().max())
    outs, sums = [], []
    q2, k2, v2 = flat(q, k, v)
    for span in spans(q, cu_seqlens_q):
        scores = torch.einsum("qhk,lhk->hql", q2[span], k2[span]) / math.sqrt(q.shape[-1])
        outs.append(torch.einsum("hql,lhk->qhk", scores.softmax(-1), v2[span]))
        sums.append(scores.float().logsumexp(-1))
    lse = torch.stack(sums) if cu_seqlens_q is None else torch.cat(sums, 1)
    return torch.cat(outs).view(q.shape), lse, None, None, None


def played_bwd(q, k, v, out, dout, lse, *, dq, dk, dv, deterministic, cu_seqlens_q=None, **_):
    assert not deterministic
    (q2, k2, v2, o2, g2) = flat(q, k, v, out, dout)
    made = [torch.empty_like(x) for x in (q2, k2, v2)]
    for i, span in enumerate(spans(q, cu_seqlens_q)):
        scores = torch.einsum("qhk,lhk->hql", q2[span], k2[span]) / math.sqrt(q.shape[-1])
        sums = lse[i] if cu_seqlens_q is None else lse[:, span]
        p = (scores - sums.to(scores.dtype)[..., None]).exp()
        ds = torch.einsum("qhk,lhk->hql", g2[span], v2[span]) - (g2[span] * o2[span]).sum(-1).t()[..., None]
        ds = p * ds / math.sqrt(q.shape[-1])
        made[0][span] = torch.einsum("hql,lhk->qhk", ds, k2[span])
        made[1][span] = torch.einsum("hql,qhk->lhk", ds, q2[span])
        made[2][span] = torch.einsum("hql,qhk->lhk", p, g2[span])
    for to, one in zip((dq, dk, dv), made, strict=True):
        to.copy_(one.view(to.shape))


@pytest.fixture
def played(monkeypatch):
    package = SimpleNamespace(_flash_attn_fwd=played_fwd, _flash_attn_bwd=played_bwd)
    monkeypatch.setattr(attention_fa4, "_package", lambda: package)
    monkeypatch.setattr(attention_fa4, "installed", lambda: True)


def dense_case():
    return torch.randn(2, 9, 3, 2, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0)), None, 0


def packed_case():
    qkv = torch.randn(sum(LENGTHS), 3, 2, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    return qkv, Layout(LENGTHS, qkv.device).offsets, max(LENGTHS)


def plain(qkv, offsets):
    q, k, v = qkv.unbind(-3)
    layout = Layout(LENGTHS, qkv.device)
    return dense_attention(q, k, v) if offsets is None else by_padding(q, k, v, layout, layout)


@pytest.mark.parametrize("case", [dense_case, packed_case])
@pytest.mark.parametrize("backend", [None, "aot_eager"])
def test_values_and_gradients_pass_through_the_operator(played, case, backend):
    qkv, offsets, longest = case()
    one, two = qkv.clone().requires_grad_(), qkv.clone().requires_grad_()
    run = attend if backend is None else torch.compile(attend, backend=backend, fullgraph=True)
    out, wanted = run(one, offsets, longest), plain(two, offsets)
    torch.testing.assert_close(out, wanted)
    pull = torch.randn_like(out)
    out.backward(pull)
    wanted.backward(pull)
    torch.testing.assert_close(one.grad, two.grad, rtol=1e-5, atol=1e-6)  # lse is float32


@pytest.mark.parametrize("case", [dense_case, packed_case])
def test_the_fake_operator_has_the_shapes_of_the_real_one(played, case):
    qkv, offsets, longest = case()
    found = torch.library.opcheck(fa4, (qkv.requires_grad_(), offsets, longest))
    assert set(found.values()) == {"SUCCESS"}, found


class Called(TorchDispatchMode):
    """Names of the operators that run."""

    def __init__(self):
        super().__init__()
        self.names = set()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.names.add(str(func))
        return func(*args, **(kwargs or {}))


def went(shape, *, lengths=None, causal=False, asked=True, dtype=torch.bfloat16):
    """Whether attention of fake CUDA tensors of this shape reached the operator."""
    with FakeTensorMode(), Called() as called:
        qkv = torch.empty(shape, dtype=dtype, device="cuda")
        layout = Layout(lengths, torch.device("cuda")) if lengths else None
        if layout:
            layout.__dict__["offsets"] = torch.empty(len(lengths) + 1, dtype=torch.int32, device="cuda")
        out = self_attention(qkv, layout, causal=causal, fa4=asked)
        assert out.shape == (*shape[:-3], *shape[-2:])
    return "sensorlm.fa4.default" in called.names


def test_long_sequences_of_16_bits_go_there_when_asked():
    assert went((2, 700, 3, 6, 64))
    assert went((830, 3, 6, 64), lengths=(130, 700))
    assert not went((2, 700, 3, 6, 64), asked=False)
    assert not went((2, 700, 3, 6, 64), causal=True)
    assert not went((2, 128, 3, 6, 64))
    assert not went((2, 700, 3, 6, 64), dtype=torch.float32)


@pytest.mark.parametrize("eight", [False, True])
@pytest.mark.parametrize("lengths", [None, (40, 60)])
def test_a_module_that_asks_for_it_calls_it_in_both_passes(played, monkeypatch, eight, lengths):
    monkeypatch.setattr(attention_fa4, "serves", lambda qkv, longest: longest >= 50)
    torch.manual_seed(0)
    model = nn.ModuleDict({"blocks": Attention(64, 2)}).bfloat16()
    if eight:
        eight_bit_products_or_skip()
        use_fp8(model, inside="blocks")
    layer, layout = model["blocks"], Layout(lengths, torch.device("cpu")) if lengths else None
    x = torch.randn((100, 64) if lengths else (2, 50, 64)).bfloat16().requires_grad_()
    pull = torch.randn(x.shape).bfloat16()
    wanted = layer(x, layout)
    (wanted_gradient,) = torch.autograd.grad(wanted, x, pull)
    layer.fa4 = True
    with Called() as called:
        out = layer(x, layout)
        (gradient,) = torch.autograd.grad(out, x, pull)
    assert {"sensorlm.fa4.default", "sensorlm.fa4_backward.default"} <= called.names
    assert not any("dot_product" in name for name in called.names)
    assert (out - wanted).norm() < 0.02 * wanted.norm()
    assert (gradient - wanted_gradient).norm() < 0.05 * wanted_gradient.norm()


def test_it_is_refused_where_it_cannot_run(monkeypatch):
    model = nn.ModuleDict({"blocks": Attention(128, 2)})
    monkeypatch.setattr(attention_fa4, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"flash-attn-4 is not installed.*sensorlm\[flash\]"):
        use_fa4(model)
    monkeypatch.setattr(attention_fa4, "installed", lambda: True)
    with pytest.raises(ConfigError, match="fa4 on cpu: it needs a GPU"):
        use_fa4(model)
    with pytest.raises(ConfigError, match="no self-attention"):
        use_fa4(nn.Linear(2, 2))
    assert not model["blocks"].fa4


def test_an_older_package_of_the_same_name_is_not_it(monkeypatch):
    def broken(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(attention_fa4, "find_spec", broken)
    assert not attention_fa4.installed()


def test_a_trainer_asked_for_it_where_it_cannot_be_says_so():
    model = SensorLM(preset("tiny", overrides={"sensor.num_channels": 2}))
    with pytest.raises(ConfigError, match="attention 'fa4' reads 16 bits"):
        make_trainer(model, peak=1e-3, attention="fa4")
    with pytest.raises(ConfigError, match=r"flash-attn-4 is not installed|compute capability"):
        make_trainer(model, peak=1e-3, attention="fa4", precision="bf16")
    with pytest.raises(ConfigError, match="attention 'flash3' is not one of auto, fa4"):
        make_trainer(model, peak=1e-3, attention="flash3")
