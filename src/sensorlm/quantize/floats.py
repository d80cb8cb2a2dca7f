"""A float SensorLM in, the same model stored in 16 or 8 bit floats out.

fp16 is a way to store: CPUs have no fast product for it (15.3 s a day against 5.0), so it is cast back at load there,
while bf16 also runs. fp8 keeps one scale a row; its product is native on GPUs that have one, elsewhere rows are cast.
"""

import copy
from collections.abc import Mapping

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from sensorlm.quantize.convert import linear_layers

FP8 = torch.float8_e4m3fn
_FP8_MAX = 448.0


class Fp8Linear(nn.Module):
    """y = x W^T + b with W in 8-bit floats and one float32 scale a row."""

    weight: Tensor
    scales: Tensor
    bias: Tensor | None

    def __init__(self, weight: Tensor, scales: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        self.out_features, self.in_features = weight.shape
        self.register_buffer("weight", weight)
        self.register_buffer("scales", scales)
        self.register_buffer("bias", bias)

    def forward(self, x: Float[Tensor, "*n i"]) -> Float[Tensor, "*n o"]:
        """Each token by itself, in x's float type."""
        bias = None if self.bias is None else self.bias.to(x.dtype)
        if x.device.type == "cuda" and torch.cuda.get_device_capability(x.device) >= (8, 9):
            flat = x.reshape(-1, self.in_features)
            rows = flat.abs().amax(1, keepdim=True).float().clamp_min(1e-12) / _FP8_MAX
            q = (flat / rows).to(FP8)
            # Row-wise scales; cuBLASLt writes bf16 only.
            out = torch._scaled_mm(
                q, self.weight.t(), rows, self.scales.view(1, -1), out_dtype=torch.bfloat16, use_fast_accum=True
            ).to(x.dtype)
            out = out if bias is None else out + bias
            return out.view(*x.shape[:-1], self.out_features)
        return F.linear(x, self.weight.to(x.dtype) * self.scales[:, None].to(x.dtype), bias)


def fp8_linear(layer: nn.Linear) -> Fp8Linear:
    """One layer with its weights rounded to e4m3, each row scaled to use the whole range."""
    weight = layer.weight.detach().float()
    scales = weight.abs().amax(1).clamp_min(1e-12) / _FP8_MAX
    bias = None if layer.bias is None else layer.bias.detach().float().clone()
    return Fp8Linear((weight / scales[:, None]).to(FP8), scales, bias)


def cast_model(model: nn.Module, scheme: str, text: bool = True) -> nn.Module:
    """A copy of the model in "bf16" or "fp8", or with its weights rounded to "fp16" and held as float32."""
    result = copy.deepcopy(model).eval()
    if scheme == "bf16":
        return result.bfloat16()
    if scheme == "fp16":
        return result.half().float()
    names: Mapping[str, nn.Linear] = {
        name: layer for name, layer in linear_layers(result).items() if text or name.startswith("sensor")
    }
    for name, layer in names.items():
        parent, _, leaf = name.rpartition(".")
        setattr(result.get_submodule(parent), leaf, fp8_linear(layer))
    return result
