"""Activations of 7 bits, for CPUs that add products in 16 bits: against float64, forced by oneDNN's switch or by hand.

ONEDNN_MAX_CPU_ISA makes oneDNN choose the kernels of an older processor on this one, overflow and all.
"""

import json
import platform

import pytest
import torch
from model_helpers import run_python
from test_quantize_model import batch, model  # noqa: F401 (a fixture)

from sensorlm.checkpoint import load_checkpoint, save_checkpoint
from sensorlm.config.quantize import QuantizationConfig
from sensorlm.errors import CheckpointError
from sensorlm.quantize import artefact, kernels, layers, onednn
from sensorlm.quantize.artefact import save_artefact
from sensorlm.quantize.convert import quantize_model
from sensorlm.quantize.kernels import Activations, quantize_input
from sensorlm.quantize.layers import Int8Linear, Int8Mlp

X86 = pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="about x86 instructions")
KINDS = [Activations("static", 8 / 255, 100), Activations("token"), Activations("tensor")]

# Inputs all large and of one sign, and weights near 127: every pair of products passes 16 bits.
PRODUCTS = """
import torch
from sensorlm.quantize import kernels
from sensorlm.quantize.kernels import Activations, linear_onednn
from sensorlm.quantize.layers import Int8Linear, Int8Mlp
from sensorlm.quantize.onednn import activation_bits, pack_onednn

def show(name, found, wanted):
    print(name, float((found - wanted).norm() / wanted.norm()))

g = torch.Generator().manual_seed(0)
weight = torch.full((256, 768), 127, dtype=torch.int8) - torch.randint(0, 3, (256, 768), generator=g).to(torch.int8)
scales, bias = torch.full((256,), 0.01), torch.randn(256, generator=g)
mlp = Int8Mlp(
    Int8Linear(weight, scales, bias, Activations("static", 4 / 255, 0)),
    Int8Linear(weight.T.contiguous(), torch.ones(768), None, Activations("static", 4000 / 255, 0)), "none",
)
print("bits", activation_bits())
for bits in ("", "8, "):
    if bits:
        kernels.activation_bits = lambda: 8
    for tokens in (1, 40):
        x = 3 * torch.ones(tokens, 768) + 0.1 * torch.randn(tokens, 768, generator=g)
        wanted = x.double() @ (weight.double() * 0.01).T + bias.double()
        for how in (Activations("static", 4 / 255, 0), Activations("token"), Activations("tensor")):
            show(f"{bits}{how.kind}:{tokens}", linear_onednn(x, pack_onednn(weight), scales, bias, how), wanted)
        show(f"{bits}mlp:{tokens}", mlp(x), torch.nn.functional.gelu(wanted) @ weight.double())
"""


@X86
@pytest.mark.parametrize("instructions", ["AVX2", "AVX512_CORE", "DEFAULT"])
def test_products_are_right_on_older_processors(instructions, monkeypatch):
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", instructions)
    done = run_python(PRODUCTS)
    assert done.returncode == 0, done.stderr[-1500:]
    found = {name: float(value) for name, value in (line.rsplit(" ", 1) for line in done.stdout.splitlines())}
    bits = found.pop("bits")
    kept = {name: found.pop(name) for name in list(found) if name.startswith("8, ")}
    assert len(kept) == len(found) == 8
    assert max(found.values()) < 0.01, found
    if instructions == "DEFAULT":
        assert bits in (7, 8)
    else:
        assert bits == 7
        assert min(kept.values()) > 0.05, kept  # what 8 bits would have given


@pytest.fixture
def seven(monkeypatch):
    """This process as on a CPU without VNNI; its products stay exact, so that errors are those of the rounding."""
    for module in (kernels, artefact):
        monkeypatch.setattr(module, "activation_bits", lambda: 7)


@pytest.mark.parametrize("how", KINDS, ids=lambda how: how.kind)
def test_levels_stay_under_128_and_half_a_step_away(how, seven):
    x = torch.randn(50, 96, generator=torch.Generator().manual_seed(1)).clamp(-3, 4)
    q, scale, zero_point, rows = quantize_input(x, how)
    assert q.dtype == torch.uint8
    assert int(q.max()) <= 127
    assert 0 <= zero_point <= 127
    step = torch.tensor(scale) if rows is None else rows
    back = (q.double() - zero_point) * step
    assert ((back - x).abs() <= 0.5 * step * 1.001).all()
    assert float(q.max()) - float(q.min()) > 80  # the levels there are get used


def test_a_range_beyond_what_was_seen_is_clipped(seven):
    q, scale, zero_point, _ = quantize_input(torch.tensor([[-1e6, 0.0, 1e6]]), Activations("static", 0.1, 51))
    assert q.tolist() == [[0, zero_point, 127]]
    assert zero_point == 25  # 51 of 255, of 127
    assert scale == pytest.approx(0.1 * 255 / 127)


@pytest.mark.parametrize("approximate", ["none", "tanh"])
def test_the_fused_mlp_is_its_two_layers_in_7_bits(approximate, seven):
    g = torch.Generator().manual_seed(2)
    first, second = (torch.randint(-127, 128, shape, generator=g).to(torch.int8) for shape in ((64, 32), (32, 64)))
    fc1 = Int8Linear(first, torch.full((64,), 1e-3), torch.randn(64, generator=g), Activations("static", 6 / 255, 127))
    fc2 = Int8Linear(second, torch.full((32,), 1e-3), None, Activations("static", 1.2 / 255, 40))
    x = torch.randn(200, 32, generator=g)
    found = Int8Mlp(fc1, fc2, approximate)(x)  # the range of fc2 is too short for some: the clamp at 127 is needed
    hidden = fc1(x)
    plain = fc2(torch.nn.functional.gelu(hidden, approximate=approximate))
    assert torch.nn.functional.gelu(hidden).max() > 1.0 * (127 - 20) / 127
    torch.testing.assert_close(found, plain, atol=0.02 * float(plain.abs().max()), rtol=0)


@pytest.mark.parametrize("scheme", ["int8-static", "int8-dynamic", "int8-tensor"])
def test_models_lose_little_more(model, scheme, seven):  # noqa: F811
    small = quantize_model(model, QuantizationConfig(scheme=scheme, min_sqnr_db=-300), [batch()]).model
    days = batch(seed=3)
    with torch.inference_mode():
        wanted = model.encode_sensor(days.values, days.observed)
        found = small.encode_sensor(days.values, days.observed)
    assert torch.cosine_similarity(found, wanted).min() > 0.998


def test_an_artefact_says_which_bits_were_used(model, tmp_path, seven, monkeypatch):  # noqa: F811
    config = QuantizationConfig(scheme="int8-static", min_sqnr_db=-300)
    source = load_checkpoint(save_checkpoint(tmp_path / "c", model, None, None))
    small = quantize_model(model, config, [batch()]).model
    folder = save_artefact(tmp_path / "a", source, small, config)
    written = json.loads((folder / "config.json").read_text())
    assert written["quantization"]["activation_bits"] == 7
    days = batch(seed=3)
    with torch.inference_mode():
        made = small.encode_sensor(days.values, days.observed)
        assert torch.equal(load_checkpoint(folder).model.encode_sensor(days.values, days.observed), made)
        # Ranges, not levels, are what is kept: opened where there are 8 bits, 8 are used.
        monkeypatch.setattr(kernels, "activation_bits", lambda: 8)
        there = load_checkpoint(folder).model.encode_sensor(days.values, days.observed)
        assert not torch.equal(there, made)
        wanted = model.encode_sensor(days.values, days.observed)
        assert (there - wanted).norm() < (made - wanted).norm()
    written["quantization"]["activation_bits"] = 6
    (folder / "config.json").write_text(json.dumps(written))
    with pytest.raises(CheckpointError, match="neither 7 nor 8"):
        load_checkpoint(folder)


def test_this_cpu_is_asked_once(monkeypatch):
    onednn.activation_bits.cache_clear()
    assert onednn.activation_bits() in (7, 8)
    monkeypatch.setattr(onednn, "product_onednn", lambda *args: pytest.fail("asked again"))
    onednn.activation_bits()
    assert layers.static_levels is kernels.static_levels
