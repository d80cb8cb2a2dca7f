"""Every fast path of a GPU against the plain one; skipped without a GPU. With `pytest -s` the errors are printed."""

import sys

import pytest
import torch
import torch.nn.functional as F
from model_helpers import mark_missing, some_days
from training_fakes import made_batch, tiny_model

from sensorlm.config.presets import preset
from sensorlm.model import SensorLM, attention_fa4
from sensorlm.model.attention import Layout, by_padding, by_varlen, dense_attention
from sensorlm.model.blocks import Block
from sensorlm.model.fast import compile_blocks, compile_for_latency, use_fa4
from sensorlm.model.fp8 import use_fp8
from sensorlm.model.fp8_ops import GELU, GELU_GRADIENT, NORM, PLAIN, norm_gradients, twice8
from sensorlm.training.device import repeatable
from sensorlm.training.step import make_trainer

pytestmark = [
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU"),
    pytest.mark.filterwarnings("default"),  # torch warns of its own deprecations, and that flash is not deterministic
]
LENGTHS = (130, 1, 700, 64, 2448)


def apart(name, got, wanted):
    """Relative distance, which `pytest -s` shows by `name`."""
    error = float((got.double() - wanted.double()).norm() / wanted.double().norm())
    sys.stdout.write(f"{name}: {error:.2e}\n")
    return error


def features(model, days):
    with torch.inference_mode():
        return model.encode_sensor(*days).float()


def s_model(**changes):
    return SensorLM(preset("S", overrides={"sensor.num_channels": 4, **changes}), device="cuda", seed=1).eval()


@pytest.fixture(scope="module")
def days():
    values, observed = some_days(6, share=0.9)
    observed[3, 300:] = False
    observed[4, :, 2:] = False
    return values.cuda(), observed.cuda()


def test_packed_attention_and_its_gradients():
    layout = Layout(LENGTHS, torch.device("cuda"))
    qkv = torch.randn(sum(LENGTHS), 3, 6, 64, device="cuda", generator=torch.Generator("cuda").manual_seed(0))
    pull = torch.randn(sum(LENGTHS), 6, 64, device="cuda")
    wide = qkv.double().requires_grad_()
    exact = by_padding(*wide.unbind(1), layout, layout)
    exact.backward(pull.double())
    half = qkv.bfloat16().requires_grad_()
    fast = by_varlen(*half.unbind(1), layout, layout)
    fast.backward(pull.bfloat16())
    assert apart("variable length, forward", fast, exact) < 1e-2
    assert apart("variable length, gradient", half.grad, wide.grad) < 1e-2


def test_dense_attention_and_its_gradients():
    qkv = torch.randn(2, 2448, 3, 6, 64, device="cuda", generator=torch.Generator("cuda").manual_seed(0))
    pull = torch.randn(2, 2448, 6, 64, device="cuda")
    wide = qkv.double().requires_grad_()
    q, k, v = (x.transpose(1, 2) for x in wide.unbind(2))
    exact = F.scaled_dot_product_attention(q, k, v).transpose(1, 2)
    exact.backward(pull.double())
    half = qkv.bfloat16().requires_grad_()
    fast = dense_attention(*half.unbind(2))
    fast.backward(pull.bfloat16())
    assert apart("cuDNN, forward", fast, exact) < 1e-2
    assert apart("cuDNN, gradient", half.grad, wide.grad) < 1e-2


needs_fa4 = pytest.mark.skipif(not attention_fa4.installed(), reason="needs the package flash-attn-4")


@needs_fa4
@pytest.mark.parametrize("packed", [False, True])
def test_flash_attention_4_and_its_gradients(packed):
    layout = Layout(LENGTHS, torch.device("cuda")) if packed else None
    shape = (sum(LENGTHS),) if packed else (2, 2448)
    qkv = torch.randn(*shape, 3, 6, 64, device="cuda", generator=torch.Generator("cuda").manual_seed(0))
    pull = torch.randn(*shape, 6, 64, device="cuda")
    wide = qkv.double().requires_grad_()
    q, k, v = wide.unbind(-3)
    exact = by_padding(q, k, v, layout, layout) if packed else dense_attention(q, k, v)
    exact.backward(pull.double())
    half = qkv.bfloat16().requires_grad_()
    fast = attention_fa4.attend(half, *((layout.offsets, layout.max_length) if packed else ()))
    fast.backward(pull.bfloat16())
    assert apart(f"FlashAttention-4, packed={packed}, forward", fast, exact) < 1e-2
    assert apart(f"FlashAttention-4, packed={packed}, gradient", half.grad, wide.grad) < 1e-2


@needs_fa4
@pytest.mark.parametrize("eight", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_a_compiled_block_on_flash_attention_4_trains_as_without(packed, eight):
    torch.manual_seed(0)
    layout = Layout((700, 300, 500), torch.device("cuda")) if packed else None
    if packed:
        assert layout.offsets.shape == (4,)  # made before the block is traced
    limit = 0.1 if eight else 0.02  # a last bit of attention may move 8-bit values, two bits of a gradient, by one step
    x, pull = torch.randn(2, *((1500,) if packed else (2, 700)), 384, device="cuda").bfloat16()
    gradients = []
    for asked in (False, True):
        torch.manual_seed(1)
        block = Block(384, 6, 1536, "gelu_tanh", 1e-6).cuda().bfloat16()
        model = torch.nn.ModuleDict({"blocks": block})
        if eight:
            use_fp8(model, inside="blocks")
        if asked:
            use_fa4(model)
        block.compile()
        given = x.clone().requires_grad_()
        out = block(given, layout)
        out.backward(pull)
        gradients.append((out, given.grad, block.attn.qkv.weight.grad))
    for name, got, wanted in zip(("forward", "input gradient", "qkv gradient"), *reversed(gradients), strict=True):
        assert apart(f"FlashAttention-4 in a block, packed={packed}, eight={eight}, {name}", got, wanted) < limit


def test_features_of_days_with_gaps(days):
    model = s_model()
    mark_missing(model.cpu())
    exact = features(model.double(), (days[0].cpu().double(), days[1].cpu()))
    half = features(model.to("cuda", torch.bfloat16), days).cpu()
    assert apart("packed bfloat16 against float64 on the CPU", half, exact.float()) < 2e-2
    assert F.cosine_similarity(half, exact.float()).min() > 0.999
    compiled = features(compile_blocks(model), days).cpu()
    assert apart("compiled against plain", compiled, half) < 2e-2


def test_features_of_the_latency_path_and_of_fp8(days):
    full = torch.ones_like(days[1][:1])
    model = s_model().to(torch.bfloat16)
    plain = features(model, (days[0][:1], full)).clone()
    quick = features(compile_for_latency(s_model().to(torch.bfloat16)), (days[0][:1], full)).clone()
    assert apart("one graph against plain", quick, plain) < 2e-2
    use_fp8(model)
    small = features(model, (days[0][:1], full))
    sys.stdout.write(f"fp8 cosine: {float(F.cosine_similarity(small, plain)):.5f}\n")
    assert F.cosine_similarity(small, plain) > 0.998


def differing(got, wanted):
    """Where two 8-bit matrices differ, in words; empty if nowhere."""
    wrong = got.contiguous().view(torch.uint8) != wanted.contiguous().view(torch.uint8)
    if not wrong.any():
        return ""
    rows, columns = (wrong.any(side).nonzero().flatten().tolist() for side in (1, 0))
    place = tuple(wrong.nonzero()[0].tolist())
    return (
        f"{int(wrong.sum())} of {wrong.numel()} differ, first {place}: {float(got[place])} for {float(wanted[place])}; "
        f"{len(rows)} rows, {rows[:5]} to {rows[-5:]}; {len(columns)} columns, {columns[:5]} to {columns[-5:]}"
    )


SIDES = torch.Generator().manual_seed(0)
ONE = torch.randn(1301, 192, generator=SIDES).bfloat16()
EVEN = torch.randn(2048, 192, generator=SIDES).bfloat16()
MEAN, SPREAD = torch.randn(1301, generator=SIDES), torch.rand(1301, generator=SIDES) + 0.5
GAIN, SHIFT = torch.randn(2, 192, generator=SIDES).bfloat16()
PASSES = {
    "plain": (PLAIN, ONE, []),
    "plain, even": (PLAIN, EVEN, []),
    "plain, float32": (PLAIN, ONE.float(), []),
    "gelu": (GELU, ONE, []),
    "gelu, even": (GELU, EVEN, []),
    "gelu's gradient": (GELU_GRADIENT, ONE, [EVEN[:1301]]),
    "gelu's gradient, even": (GELU_GRADIENT, EVEN, [EVEN.flip(0)]),
    "norm": (NORM, ONE, [MEAN, SPREAD, GAIN, SHIFT]),
}


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("gradients", [False, True])
@pytest.mark.parametrize("name", PASSES)
def test_each_8_bit_pass_is_the_plain_one(name, gradients, exact):
    mode, given, beside = PASSES[name]
    # What training asks for: gradients scaled by a tensor, with sums; values by a number, without.
    for scale, written in (
        (torch.tensor(16.0), (True, True, True)),
        (None, (True, True, False)),
        (None, (False, True, False)),
    ):
        what = f"{name}, gradients={gradients}, exact={exact}, scale={scale}, written={written}"
        rest = (mode, 16.0, gradients, exact)
        wanted = twice8(given, beside, scale, *rest, True, True, True)
        moved = [x.cuda() for x in beside]
        on_gpu = twice8(given.cuda(), moved, scale if scale is None else scale.cuda(), *rest, *written)
        flat, turned, sums = (x.cpu() for x in on_gpu)
        m = len(wanted[0])
        if written[0]:
            same = (flat.view(torch.uint8) == wanted[0].view(torch.uint8)).float().mean()
            assert same > 0.999, f"{what}, as it lies: {differing(flat, wanted[0])}"
            wrong = differing(turned[:, :m].t(), flat)
            assert not wrong, f"{what}, transposed against as it lies (rows, features): {wrong}"
        same = (
            (turned[:, :m].contiguous().view(torch.uint8) == wanted[1][:, :m].contiguous().view(torch.uint8))
            .float()
            .mean()
        )
        assert same > 0.999, f"{what}, transposed (features, rows): {differing(turned[:, :m], wanted[1][:, :m])}"
        assert not turned[:, m:].float().any(), f"{what}: padding is not zero"
        if written[2]:
            assert apart(f"sums of {what}", sums.sum(0), wanted[2].sum(0)) < 1e-4, what


@pytest.mark.parametrize(("rows", "width"), [(1301, 192), (2048, 768), (77, 1000)])
def test_the_norms_gradients_are_the_plain_ones(rows, width):
    random = torch.Generator().manual_seed(0)
    grad, residual, x = (torch.randn(rows, width, generator=random).bfloat16() for _ in range(3))
    mean, spread = torch.randn(rows, generator=random), torch.rand(rows, generator=random) + 0.5
    given = (grad, residual, x, mean, spread, torch.randn(width, generator=random).bfloat16())
    wanted = norm_gradients(*given)
    got = [t.cpu() for t in norm_gradients(*(t.cuda() for t in given))]
    assert apart(f"a norm's gradient, {rows} x {width}", got[0], wanted[0]) < 3e-3
    for name, sums, exact in zip(("gain", "shift"), got[1:], wanted[1:], strict=True):
        assert apart(f"a norm's gradient, {name}", sums.sum(0), exact.sum(0)) < 1e-5


@pytest.mark.parametrize("recompute", [False, True])
def test_an_8_bit_block_trains_as_a_plain_one(recompute):
    torch.manual_seed(0)
    plain = Block(384, 6, 1536, "gelu_tanh", 1e-6)
    fast = Block(384, 6, 1536, "gelu_tanh", 1e-6)
    fast.load_state_dict(plain.state_dict())
    use_fp8(torch.nn.ModuleDict({"blocks": fast}), inside="blocks")
    fast = fast.cuda().bfloat16()
    fast.recompute_mlp = recompute
    fast.compile()
    x, pull = torch.randn(2, 700, 384), torch.randn(2, 700, 384)
    one, two = x.cuda().bfloat16().requires_grad_(), x.double().requires_grad_()
    out, wanted = fast(one), plain.double()(two)
    out.backward(pull.cuda().bfloat16())
    wanted.backward(pull.double())
    assert apart("8-bit block, forward", out.cpu(), wanted) < 0.05
    assert apart("8-bit block, input gradient", one.grad.cpu(), two.grad) < 0.1
    exact = dict(plain.named_parameters())
    for name, parameter in fast.named_parameters():
        if "qkv.bias" not in name:
            assert apart(f"8-bit block, {name}", parameter.grad.cpu(), exact[name].grad) < 0.15, name


def losses(steps=6, **options):
    model = tiny_model(torch.float32)
    trainer = make_trainer(model.cuda(), peak=1e-3, **options)
    batch = made_batch(8, dtype=torch.float32).to(torch.device("cuda"))
    curve = [trainer.step(batch, lr=1e-3, number=i).loss for i in range(steps)]
    return curve, [p.detach().clone() for p in model.parameters()]


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_deterministic_training_repeats_bit_by_bit(precision):
    with repeatable(True):
        first, weights = losses(precision=precision)
        second, again = losses(precision=precision)
    assert first == second
    assert all(torch.equal(a, b) for a, b in zip(weights, again, strict=True))


def test_a_step_is_the_cpus_step():
    on_gpu, _ = losses(precision="fp32")
    trainer = make_trainer(tiny_model(torch.float32), peak=1e-3)
    on_cpu = [trainer.step(made_batch(8, dtype=torch.float32), lr=1e-3, number=i).loss for i in range(6)]
    assert on_gpu == pytest.approx(on_cpu, rel=1e-3)
