"""A float linear layer or MLP in, the same layer on 8-bit integers out; everything around it stays as it was."""

from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float, Integer
from torch import Tensor, nn

from sensorlm.errors import QuantizationError
from sensorlm.model.attention import Attention, Layout
from sensorlm.model.blocks import Mlp
from sensorlm.quantize import native
from sensorlm.quantize.kernels import KERNELS, Activations, quantize_input, static_levels
from sensorlm.quantize.onednn import product_onednn

FP8 = torch.float8_e4m3fn
FP8_MAX = 448.0
_FEW_ROWS = 64


class EightBitLinear(nn.Module):
    """A layer of 8-bit weights and float32 scales: `to(device)` moves it, `bfloat16()` and the like leave it alone."""

    scales: Tensor
    packed: tuple[str, Tensor] | None = None
    """Device type and weights, where the product wants them in another order."""
    in_features: int
    out_features: int

    def _apply(self, fn: Any, recurse: bool = True) -> "EightBitLinear":  # noqa: ANN401
        # `model.bfloat16()` and the like must not round the scales; moving a packed layer would need its original.
        probe = fn(torch.empty(0, dtype=torch.float32, device=self.scales.device))
        if probe.device == self.scales.device:
            return self
        if self.packed is not None:
            raise QuantizationError(
                f"an INT8 layer that has run on {self.packed[0]} cannot move to {probe.device}. "
                "Load the artefact again with that device."
            )
        for name, buffer in self._buffers.items():
            if buffer is not None:
                self._buffers[name] = buffer.to(probe.device)
        return self

    def memory_bytes(self) -> int:
        """Bytes held for the product: 8-bit weights and float32 scales."""
        return self.out_features * (self.in_features + 4)


class Int8Linear(EightBitLinear):
    """y = x W^T + b with int8 W, 8-bit x and an integer product; never a float copy of W.

    `weight` is int8 (o, i) until the first forward, which reorders it for the device and lets the original go.

    Args:
        weight: int8 (o, i).
        scales: float32 (o,).
        bias: float32 (o,), or None.
        activations: how the input is quantised.
        smooth: float32 (i,) the input is multiplied by first (SmoothQuant), or None.
    """

    weight: Tensor | None
    scales: Tensor
    bias: Tensor | None
    smooth: Tensor | None

    def __init__(
        self,
        weight: Tensor,
        scales: Tensor,
        bias: Tensor | None,
        activations: Activations,
        smooth: Tensor | None = None,
    ) -> None:
        super().__init__()
        self.out_features, self.in_features = weight.shape
        self.activations = activations
        self.register_buffer("weight", weight)
        self.register_buffer("scales", scales)
        self.register_buffer("bias", bias)
        self.register_buffer("smooth", smooth)

    def pack(self) -> Tensor:
        """The weights in the order this device's product wants; made once."""
        if self.packed is None:
            assert self.weight is not None
            self.packed = (self.weight.device.type, KERNELS[self.weight.device.type][0](self.weight))
            self.weight = None
        return self.packed[1]

    def forward(self, x: Float[Tensor, "*n i"]) -> Float[Tensor, "*n o"]:
        """Each token by itself, in x's float type."""
        packed = self.pack()
        flat = x.reshape(-1, self.in_features)
        if self.smooth is not None:
            flat = flat * self.smooth
        out = KERNELS[x.device.type][1](flat, packed, self.scales, self.bias, self.activations)
        return out.to(x.dtype).view(*x.shape[:-1], self.out_features)


class Fp8Linear(EightBitLinear):
    """y = x W^T + b with W in 8-bit floats and one float32 scale a row; x in 8-bit floats too where a GPU has them.

    Args:
        weight: e4m3 (o, i).
        scales: float32 (o,).
        bias: float32 (o,), or None.
        input_scale: x is input_scale times its 8-bit floats; 0 finds a scale for every row of every batch.
    """

    weight: Tensor
    bias: Tensor | None

    def __init__(self, weight: Tensor, scales: Tensor, bias: Tensor | None, input_scale: float = 0.0) -> None:
        super().__init__()
        self.out_features, self.in_features = weight.shape
        self.input_scale = input_scale
        self.register_buffer("weight", weight)
        self.register_buffer("scales", scales)
        self.register_buffer("bias", bias)

    def forward(self, x: Float[Tensor, "*n i"]) -> Float[Tensor, "*n o"]:
        """Each token by itself, in x's float type."""
        bias = None if self.bias is None else self.bias.to(x.dtype)
        flat = x.reshape(-1, self.in_features)
        # For a few rows (a pooled vector a day) the casts cost more than the product.
        if flat.is_cuda and len(flat) > _FEW_ROWS and torch.cuda.get_device_capability(x.device) >= (8, 9):
            rows = flat.abs().amax(1, keepdim=True).float().clamp_min(1e-12) / FP8_MAX
            rows = torch.full_like(rows, self.input_scale) if self.input_scale else rows
            q = (flat / rows).clamp(-FP8_MAX, FP8_MAX).to(FP8)
            # Row-wise scales; cuBLASLt writes bf16 only.
            out = torch._scaled_mm(
                q, self.weight.t(), rows, self.scales.view(1, -1), out_dtype=torch.bfloat16, use_fast_accum=True
            ).to(x.dtype)
            out = out if bias is None else out + bias
            return out.view(*x.shape[:-1], self.out_features)
        return F.linear(x, self.weight.to(x.dtype) * self.scales[:, None].to(x.dtype), bias)


class Int8Embedding(EightBitLinear):
    """Rows of a table by number: int8 rows and a float32 scale each.

    Args:
        weight: int8 (v, d).
        scales: float32 (v,).
    """

    weight: Tensor

    def __init__(self, weight: Tensor, scales: Tensor) -> None:
        super().__init__()
        self.out_features, self.in_features = weight.shape
        self.register_buffer("weight", weight)
        self.register_buffer("scales", scales)

    def forward(self, ids: Integer[Tensor, "*n"]) -> Float[Tensor, "*n d"]:
        """In float32."""
        rows: Tensor = self.weight[ids].float() * self.scales[ids][..., None]
        return rows


class Int8Mlp(Mlp):
    """fc2(GELU(fc1(x))) whose hidden activations never leave 8 bits: one kernel does product, bias, GELU, rounding.

    Needs static activations in fc2, and a CPU; else it is the plain chain of the two layers.
    """

    def __init__(self, fc1: Int8Linear, fc2: Int8Linear, approximate: str) -> None:
        nn.Module.__init__(self)
        self.fc1, self.fc2, self.approximate = fc1, fc2, approximate  # type: ignore[assignment]

    def forward(self, x: Float[Tensor, "*l d"]) -> Float[Tensor, "*l d"]:
        """Each token by itself."""
        fc1, fc2 = self.fc1, self.fc2
        assert isinstance(fc1, Int8Linear)
        assert isinstance(fc2, Int8Linear)
        static = fc1.activations.kind == "static" == fc2.activations.kind
        if x.device.type != "cpu" or not static or fc2.smooth is not None:
            return super().forward(x)
        flat = x.reshape(-1, fc1.in_features).float()
        q, scale, zero_point, _ = quantize_input(flat if fc1.smooth is None else flat * fc1.smooth, fc1.activations)
        scale2, zero2, top = static_levels(fc2.activations)
        gelu = "gelu_tanh" if self.approximate == "tanh" else "gelu"
        hidden = product_onednn(
            q, scale, zero_point, fc1.pack(), fc1.scales, fc1.bias, activation=gelu, output=(scale2, zero2)
        )
        hidden = hidden if top == 255 else hidden.clamp_(max=top)  # the kernel itself stops at 255
        out = product_onednn(hidden, scale2, zero2, fc2.pack(), fc2.scales, fc2.bias)
        return out.to(x.dtype).view(*x.shape[:-1], fc2.out_features)


class Int8Attention(Attention):
    """Self-attention whose scores and sums are integer products too, where this CPU has them (see `native`)."""

    def __init__(self, qkv: Int8Linear, proj: Int8Linear, num_heads: int) -> None:
        nn.Module.__init__(self)
        self.qkv, self.proj, self.num_heads = qkv, proj, num_heads  # type: ignore[assignment]

    def forward(
        self, x: Float[Tensor, "*l d"], layout: Layout | None = None, *, causal: bool = False
    ) -> Float[Tensor, "*l d"]:
        """Dense (b, l, d) without a layout, packed (n, d) with one."""
        if causal or x.device.type != "cpu" or not x.numel() or native.load() is None:
            return super().forward(x, layout, causal=causal)
        lengths = layout.lengths if layout is not None else (x.shape[1],) * x.shape[0]
        qkv = self.qkv(x).float().view(-1, 3, self.num_heads, x.shape[-1] // self.num_heads)
        attended: Tensor = self.proj(native.attention(qkv, lengths).view(x.shape).to(x.dtype))
        return attended
