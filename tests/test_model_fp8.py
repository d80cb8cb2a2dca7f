"""8-bit float linear layers: refused where the hardware lacks them, close to float32 where torch can emulate them."""

import pytest
import torch
from torch import nn

from sensorlm.config.presets import preset
from sensorlm.errors import ConfigError
from sensorlm.model import SensorLM
from sensorlm.model.fp8 import Fp8Linear, check_fp8, use_fp8


def test_a_processor_is_refused():
    with pytest.raises(ConfigError, match=r"fp8 on cpu.*Use bf16"):
        check_fp8(torch.device("cpu"))


def test_only_linear_layers_of_blocks_change_and_names_stay():
    model = SensorLM(preset("S", overrides={"sensor.depth": 1, "text.depth": 1}), device="meta")
    names = set(model.state_dict())
    assert use_fp8(model) == 8
    assert set(model.state_dict()) == names
    assert isinstance(model.sensor.blocks[0].mlp.fc1, Fp8Linear)
    assert type(model.sensor.patch_embed) is nn.Linear
    with pytest.raises(ConfigError, match="divisible by 16"):
        use_fp8(nn.Sequential(nn.Linear(16, 16)))


def test_products_and_gradients_are_close_to_float64():
    torch.manual_seed(0)
    plain, x = nn.Linear(64, 48).bfloat16(), torch.randn(32, 64, dtype=torch.bfloat16)
    try:
        torch._scaled_mm(
            torch.zeros(16, 16).to(torch.float8_e4m3fn), torch.zeros(16, 16).to(torch.float8_e4m3fn).t(),
            scale_a=torch.ones(()), scale_b=torch.ones(()), out_dtype=torch.bfloat16,
        )  # fmt: skip
    except (RuntimeError, NotImplementedError) as error:
        pytest.skip(f"this torch does not multiply 8-bit floats here: {error}")
    fast = Fp8Linear(64, 48).bfloat16()
    fast.load_state_dict(plain.state_dict())
    exact = nn.Linear(64, 48).double()
    exact.load_state_dict({k: v.double() for k, v in plain.state_dict().items()})
    a, b = x.clone().requires_grad_(), x.double().requires_grad_()
    one, two = fast(a), exact(b)
    grad = torch.randn(32, 48, dtype=torch.bfloat16)
    one.backward(grad)
    two.backward(grad.double())

    def error(got, want):
        return float(((got.double() - want).norm() / want.norm()).detach())

    # e4m3 keeps 3 bits after the point, e5m2 two: errors of an eighth or a quarter, averaged over 48 to 64 terms.
    assert error(one, two) < 0.05
    assert error(a.grad, b.grad) < 0.1
    assert error(fast.weight.grad, exact.weight.grad) < 0.01
