"""The fused 8-bit tower, computed by plain torch in the kernels' place, against the towers it stands for."""

import copy
from importlib.util import find_spec

import pytest
import torch
from model_helpers import run_python
from test_quantize_model import batch

from sensorlm.checkpoint.pretrained import SensorLM
from sensorlm.config.model import ModelConfig, SensorTowerConfig, TextTowerConfig
from sensorlm.config.quantize import QuantizationConfig
from sensorlm.model.attention import Layout, Tokens
from sensorlm.model.blocks import MapPool
from sensorlm.quantize import fused, plain_ops
from sensorlm.quantize.convert import quantize_model
from sensorlm.quantize.floats import cast_model
from sensorlm.quantize.fused import FusedSensor, fuse, plan_block, step
from sensorlm.quantize.fused_pool import FusedPool
from sensorlm.quantize.layers import Fp8Linear, Int8Linear

CONFIG = ModelConfig(
    sensor=SensorTowerConfig(num_minutes=240, num_channels=6, width=64, depth=3, num_heads=2, mlp_ratio=2.0),
    text=TextTowerConfig(vocab_size=50, context_length=16, width=64, depth=1, num_heads=2, mlp_ratio=2.0), embed_dim=64,
)  # fmt: skip


@pytest.fixture(scope="module")
def model():
    made = SensorLM(CONFIG, seed=0).eval()
    with torch.no_grad():  # gains and biases that a fold could get wrong
        for name, p in made.named_parameters():
            if "norm" in name or name.endswith("bias"):
                p.add_(torch.randn(p.shape, generator=torch.Generator().manual_seed(len(name))) * 0.2)
    return made


def quantised(model, scheme, **options):
    days = [batch(seed=1)]
    if scheme == "fp8":
        return cast_model(model, "fp8", batches=days if options.get("calibrated", True) else None)
    return quantize_model(model, QuantizationConfig(scheme=scheme, min_sqnr_db=-300, **options), days).model


def fused_features(model, days, monkeypatch, ops=plain_ops):
    monkeypatch.setattr(fused, "triton_ops_for", lambda x: ops)
    with torch.inference_mode():
        return model.encode_sensor(days.values, days.observed).double()


def plain_features(model, days):
    with torch.inference_mode():
        return model.double().encode_sensor(days.values.double(), days.observed)


FORMS = {
    "int8-static": ({}, 0.9985),
    "int8-dynamic": ({}, 0.9985),
    "fp8": ({}, 0.9975),
    "fp8 by rows": ({"calibrated": False}, 0.9975),
    "int8-static, one layer float": ({"exclude": r"blocks\.1\.(attn\.proj|mlp\.fc1)"}, 0.9985),
    "int8-static, queries float": ({"exclude": r"blocks\.1\.attn\.qkv|fc2"}, 0.9985),
}


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_fused_tower_agrees_with_the_float_model(model, form, missing, monkeypatch):
    options, wanted = FORMS[form]
    small = quantised(model, form.split()[0].strip(","), **options)
    assert isinstance(small.sensor, FusedSensor)
    days = batch(seed=2, missing=missing)
    found = fused_features(small, days, monkeypatch)
    assert small.sensor.plan() is not None
    cosine = (found * plain_features(copy.deepcopy(model), days)).sum(1)
    assert float(cosine.min()) > wanted
    assert float(cosine.min()) < 1 - 1e-9  # it did run in 8 bits


def test_fused_int8_is_as_good_as_the_cpus_own_int8(model, monkeypatch):
    days = batch(seed=2)
    wanted = plain_features(copy.deepcopy(model), days)
    small = quantised(model, "int8-static")
    with torch.inference_mode():
        cpu = small.encode_sensor(days.values, days.observed).double()
    fused_one = fused_features(quantised(model, "int8-static"), days, monkeypatch)
    assert 1 - (fused_one * wanted).sum(1).mean() < 3 * (1 - (cpu * wanted).sum(1).mean())


@pytest.mark.parametrize("scheme", ["int8-static", "int8-dynamic", "fp8"])
def test_a_folded_layer_is_the_layer(model, scheme):
    layer = quantised(model, scheme).sensor.blocks[0].mlp.fc1
    found = step(layer)
    x = torch.randn(40, 64, generator=torch.Generator().manual_seed(0))
    gain = torch.full((64,), found[0].factor)
    _, q, rows = plain_ops.norm(
        x, gain, torch.full((64,), found[0].offset), kind=found[0].kind, by_row=found[0].by_row, normalize=False
    )
    got = plain_ops.product(q, found[0].weight, found[0].alpha, found[0].bias, rows=rows).float()
    exact = torch.nn.functional.linear(x, *map(torch.Tensor.detach, (model.sensor.blocks[0].mlp.fc1.parameters())))
    assert (got - exact).norm() < (0.06 if scheme == "fp8" else 0.03) * exact.norm()
    if scheme != "fp8":  # the same integers: only bfloat16 of the result and ties lie between
        assert (got - layer(x)).norm() < 0.005 * exact.norm()


def test_a_part_of_an_fp8_layer_keeps_its_weights_under_one_scale(model):
    layer = quantised(model, "fp8").sensor.blocks[0].attn.qkv
    whole = step(layer)[0]
    part = whole.part(0, 128)
    assert part.one_alpha is not None
    assert torch.equal(part.weight.float() * part.alpha[:, None], whole.weight[:128].float() * whole.alpha[:128, None])
    odd = Fp8Linear(layer.weight, layer.scales * torch.linspace(1, 2, 192), layer.bias, 0.1)
    assert step(odd)[0].part(0, 128).one_alpha is None


def test_what_has_no_kernel_takes_the_plain_path(model, monkeypatch):
    days = batch(seed=2)
    for small in (
        quantised(model, "int8-channel"),
        quantised(model, "int8-static", smooth=0.5),
        fuse(copy.deepcopy(model)),
    ):
        with torch.inference_mode():
            wanted = small.encode_sensor(days.values, days.observed)
        assert torch.equal(fused_features(small, days, monkeypatch).float(), wanted)
        assert small.sensor.plan() is None
    wide = SensorLM(
        ModelConfig(
            sensor=SensorTowerConfig(num_minutes=240, num_channels=6, width=192, depth=1, num_heads=2),
            text=CONFIG.text, embed_dim=64,
        ),
        seed=0,
    ).eval()  # fmt: skip
    assert plan_block(quantised(wide, "int8-dynamic").sensor.blocks[0]) is None  # heads of 96


def test_smoothing_is_folded_into_norms(model):
    int8 = quantised(model, "int8-static", smooth=0.5)
    block = int8.sensor.blocks[0]
    block.attn.proj.smooth = block.mlp.fc2.smooth = None
    plan = plan_block(block)
    found = step(block.attn.qkv)[0]
    wanted = block.norm1.weight * block.attn.qkv.smooth * found.factor
    torch.testing.assert_close(plan.norm1[0], wanted.detach())


def test_gradients_and_the_cpu_take_the_plain_path(model, monkeypatch):
    small = quantised(model, "int8-static")
    fresh = copy.deepcopy(small)  # a CPU reorders weights for itself when it runs
    days = batch(seed=2)
    assert fused.triton_ops_for(days.values) is None
    plain = small.encode_sensor(days.values, days.observed).detach()
    monkeypatch.setattr(fused, "triton_ops_for", lambda x: plain_ops)
    assert torch.equal(small.encode_sensor(days.values, days.observed).detach(), plain)
    small = fresh
    with torch.inference_mode():
        assert not torch.equal(small.encode_sensor(days.values, days.observed), plain)


def test_training_forgets_the_plan(model, monkeypatch):
    small = quantised(model, "int8-static")
    days = batch(seed=2)
    small.sensor.map_pool.absorbed(Tokens(torch.randn(2, 9, 64)))  # before it runs: a CPU reorders weights for itself
    before = fused_features(small, days, monkeypatch)
    with torch.no_grad():
        small.sensor.blocks[0].norm1.weight.mul_(3.0)
    assert torch.equal(fused_features(small, days, monkeypatch), before)
    small.train().eval()
    assert not torch.equal(fused_features(small, days, monkeypatch), before)
    assert "absorbed_weights" not in small.sensor.map_pool.__dict__


@pytest.mark.parametrize(("scheme", "probes"), [("float", 1), ("int8-static", 1), ("fp8", 1), ("float", 3)])
def test_absorbed_pooling_equals_attention_pooling(model, scheme, probes):
    pool = copy.deepcopy(model.sensor.map_pool)
    if probes > 1:
        pool.probe = torch.nn.Parameter(torch.randn(1, probes, 64, generator=torch.Generator().manual_seed(4)))
    x = torch.randn(50, 64, generator=torch.Generator().manual_seed(3))
    layout = Layout((20, 7, 23), torch.device("cpu"))
    with torch.inference_mode():
        wanted = [pool(Tokens(part[None])) for part in x.split([20, 7, 23])]
    exact = scheme == "float"
    if not exact:
        pool = quantised(model, scheme).sensor.map_pool
    assert isinstance(pool, MapPool)
    pool.__class__ = FusedPool
    with torch.inference_mode():
        packed = pool.absorbed(Tokens(x, layout))
        dense = pool.absorbed(Tokens(x[:20].view(2, 10, 64)))
    assert (packed - torch.cat(wanted)).norm() < (1e-5 if exact else 0.06) * torch.cat(wanted).norm()
    assert dense.shape == (2, 64 * probes)


def test_8_bit_layers_keep_their_scales_when_the_model_is_cast(model):
    for scheme, kind in (("int8-static", Int8Linear), ("fp8", Fp8Linear)):
        small = quantised(model, scheme).bfloat16()
        layers = [m for m in small.modules() if isinstance(m, kind)]
        assert layers
        assert all(m.scales.dtype == torch.float32 for m in layers)
        assert small.sensor.norm.weight.dtype == torch.bfloat16


ON_GPU = """
import torch
from sensorlm.config.presets import preset
from sensorlm.config.quantize import QuantizationConfig
from sensorlm.checkpoint.pretrained import SensorLM
from sensorlm.quantize.convert import CalibrationBatch, quantize_model
from sensorlm.quantize.floats import cast_model

model = SensorLM(preset("S", overrides={"text.depth": 1, "sensor.num_channels": 34}), seed=0).eval()
g = torch.Generator().manual_seed(0)
values = torch.randn(4, 1440, 34, generator=g)
some = torch.rand(4, 144, 1, 17, 1, generator=g) < torch.tensor([1.0, 1.0, 0.5, 0.2]).view(4, 1, 1, 1, 1)
observed = some.expand(-1, -1, 10, -1, 2).reshape(values.shape)
days = [CalibrationBatch(values[:1, :240], observed[:1, :240])]
for name, made in {
    "int8-static": quantize_model(model, QuantizationConfig(scheme="int8-static", min_sqnr_db=-300), days).model,
    "int8-dynamic": quantize_model(model, QuantizationConfig(scheme="int8-dynamic")).model,
    "fp8": cast_model(model, "fp8", batches=days),
}.items():
    made = made.bfloat16().requires_grad_(False).to("cuda")
    for rows in (slice(0, 2), slice(0, 4)):  # whole days; days of different lengths
        with torch.inference_mode():
            wanted = model.cuda().encode_sensor(values[rows].cuda(), observed[rows].cuda())
            found = made.encode_sensor(values[rows].cuda(), observed[rows].cuda())
        assert made.sensor.plan() is not None
        cosine = torch.nn.functional.cosine_similarity(found.float(), wanted).min().item()
        assert cosine > (0.998 if name == "fp8" else 0.999), (name, rows, cosine)
        print("ok", name, rows, cosine)
    model = model.cpu()
"""


@pytest.mark.skipif(
    not torch.cuda.is_available() or torch.cuda.get_device_capability()[0] != 9 or find_spec("triton") is None,
    reason="needs a Hopper GPU and Triton",
)
def test_on_a_gpu_the_kernels_agree_with_float32():
    done = run_python(ON_GPU)  # in a process of its own: test hooks must not wrap what Triton compiles
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.count("ok ") == 6
