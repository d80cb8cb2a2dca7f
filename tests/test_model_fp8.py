"""8-bit float linear layers: refused where the hardware lacks them, close to float32 where torch can emulate them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from sensorlm.config.presets import preset
from sensorlm.errors import ConfigError
from sensorlm.model import SensorLM
from sensorlm.model.attention import Layout
from sensorlm.model.blocks import Block
from sensorlm.model.fp8 import Fp8Attention, Fp8Block, Fp8Linear, Fp8Mlp, check_fp8, use_fp8
from sensorlm.model.fp8_ops import GELU, GELU_GRADIENT, NORM, PLAIN, norm_gradients, twice8


def test_a_processor_is_refused():
    with pytest.raises(ConfigError, match=r"fp8 on cpu.*Use bf16"):
        check_fp8(torch.device("cpu"))


def test_only_linear_layers_of_blocks_change_and_names_stay():
    model = SensorLM(preset("S", overrides={"sensor.depth": 1, "text.depth": 1}), device="meta")
    names = set(model.state_dict())
    assert use_fp8(model) == 4
    assert set(model.state_dict()) == names
    assert isinstance(model.sensor.blocks[0].mlp.fc1, Fp8Linear)
    assert type(model.sensor.patch_embed) is nn.Linear
    assert type(model.text.blocks[0].mlp.fc1) is nn.Linear
    assert use_fp8(model, inside="blocks") == 4
    with pytest.raises(ConfigError, match="divisible by 16"):
        use_fp8(nn.Sequential(nn.Linear(16, 16)))


def eight_bit_products_or_skip():
    one = torch.ones(())
    try:
        for kind in (torch.float8_e4m3fn, torch.float8_e5m2):
            a, b = torch.zeros(16, 16).to(kind), torch.zeros(16, 16).to(torch.float8_e4m3fn).t()
            torch._scaled_mm(a, b, scale_a=one, scale_b=one, out_dtype=torch.bfloat16)
    except (RuntimeError, NotImplementedError) as error:
        pytest.skip(f"this torch does not multiply 8-bit floats here: {error}")


def error(got, want):
    return float(((got.double() - want.double()).norm() / want.double().norm()).detach())


def errors(fast, exact, x):
    """One forward and backward pass of both: errors of the output, the input's gradient, and each parameter's."""
    exact = exact.double()
    exact.load_state_dict({k: v.double() for k, v in fast.state_dict().items()})
    a, b = x.clone().requires_grad_(), x.double().requires_grad_()
    one, two = fast(a), exact(b)
    pull = torch.randn(two.shape, generator=torch.Generator().manual_seed(1)).bfloat16()
    one.backward(pull)
    two.backward(pull.double())
    wanted, of_parameters = dict(exact.named_parameters()), {}
    for name, parameter in fast.named_parameters():
        # A key's bias changes no softmax: its gradient is rounding noise.
        rows = slice(None) if "qkv.bias" not in name else slice(2 * len(parameter) // 3, None)
        of_parameters[name] = error(parameter.grad[rows], wanted[name].grad[rows])
    return error(one, two), error(a.grad, b.grad), of_parameters


def test_products_and_gradients_are_close_to_float64():
    eight_bit_products_or_skip()
    torch.manual_seed(0)
    # e4m3 keeps 3 bits after the point, e5m2 two: errors of an eighth or a quarter, averaged over 37 to 64 terms.
    x = torch.randn(37, 64, dtype=torch.bfloat16)
    output, gradient, of_parameters = errors(Fp8Linear(64, 48).bfloat16(), nn.Linear(64, 48), x)
    assert output < 0.05
    assert gradient < 0.1
    assert of_parameters.keys() == {"weight", "bias"}
    assert all(far < 0.1 for far in of_parameters.values()), of_parameters


@pytest.mark.parametrize("recompute", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_a_whole_block_is_close_to_float64(recompute, packed):
    eight_bit_products_or_skip()
    torch.manual_seed(0)
    fast, exact = (Block(64, 2, 128, "gelu_tanh", 1e-6) for _ in range(2))
    holder = nn.ModuleDict({"blocks": fast}).bfloat16()
    assert use_fp8(holder, inside="blocks") == 4
    assert (type(fast), type(fast.mlp), type(fast.attn)) == (Fp8Block, Fp8Mlp, Fp8Attention)
    fast.recompute_mlp = recompute
    x = torch.randn(2, 21, 64).bfloat16()
    layout = Layout((20, 22), torch.device("cpu"))
    if packed:
        fast, exact = (With(layout, block) for block in (fast, exact))
        x = x.flatten(0, 1)
    output, gradient, of_parameters = errors(fast, exact, x)
    assert output < 0.05
    assert gradient < 0.1
    assert of_parameters
    assert all(far < 0.15 for far in of_parameters.values()), of_parameters


class With(nn.Module):
    """A block called with a layout."""

    def __init__(self, layout, block):
        super().__init__()
        self.layout, self.block = layout, block

    def forward(self, x):
        return self.block(x, self.layout)


def passes(mode, given, scale, beside=(), **options):
    chosen = {"gradients": False, "exact": False, "flat": True, "turn": True, "sums": True} | options
    return twice8(given, list(beside), scale, mode, 16.0, *chosen.values())


def test_each_pass_writes_the_same_twice_and_pads_with_zeros():
    random = torch.Generator().manual_seed(0)
    a, h = (torch.randn(37, 48, generator=random).bfloat16() for _ in range(2))
    gain, shift = torch.randn(2, 48, generator=random).bfloat16()
    wide = h.double().requires_grad_()
    torch.nn.functional.gelu(wide, approximate="tanh").backward(a.double())
    normed = torch.nn.functional.layer_norm(a.double(), (48,), gain.double(), shift.double(), 1e-6)
    variance, mean = torch.var_mean(a.float(), 1, correction=0)
    for mode, beside, exact in (
        (PLAIN, [], a.double()),
        (GELU, [], torch.nn.functional.gelu(a.double(), approximate="tanh")),
        (GELU_GRADIENT, [h], wide.grad),
        (NORM, [mean, (variance + 1e-6).rsqrt(), gain, shift], normed),
    ):
        flat, turned, sums = passes(mode, a, torch.tensor(8.0), beside)
        assert error(flat.float() / 8, exact) < 0.04
        assert turned.shape == (48, 48)
        assert torch.equal(turned[:, :37].float().t(), flat.float())
        assert not turned[:, 37:].float().any()
        torch.testing.assert_close(sums.sum(0).double(), exact.sum(0), rtol=1e-5, atol=1e-5)
    assert [x.numel() for x in passes(PLAIN, a, None, turn=False, sums=False)] == [37 * 48, 0, 0]


def test_gradients_of_a_norm_are_torchs_and_the_residual_is_added():
    random = torch.Generator().manual_seed(0)
    x, grad, residual = (torch.randn(300, 48, generator=random) for _ in range(3))
    gain, shift = torch.randn(2, 48, generator=random)
    wide = [t.double().requires_grad_() for t in (x, gain, shift)]
    torch.nn.functional.layer_norm(wide[0], (48,), *wide[1:], 1e-6).backward(grad.double())
    variance, mean = torch.var_mean(x, 1, correction=0)
    got = norm_gradients(grad, residual, x, mean, (variance + 1e-6).rsqrt(), gain)
    torch.testing.assert_close(got[0].double(), wide[0].grad + residual.double(), rtol=1e-4, atol=1e-5)
    for sums, exact in zip(got[1:], wide[1:], strict=True):
        torch.testing.assert_close(sums.sum(0).double(), exact.grad, rtol=1e-4, atol=1e-4)


def test_values_beyond_the_type_are_clipped():
    flat, _, _ = passes(PLAIN, torch.tensor([[1e4, -1e4], [1.0, 0.0]]).bfloat16(), None)
    assert flat.float().tolist() == [[448.0, -448.0], [16.0, 0.0]]


def test_the_kernel_interpreted_agrees_with_plain_torch():
    pytest.importorskip("triton")
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here.parent / "src"), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"TRITON_INTERPRET": "1", "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"}
    script = [sys.executable, str(here / "fp8_interpreted.py")]
    done = subprocess.run(script, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.count("ok ") == 68
