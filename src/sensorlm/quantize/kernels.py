"""Float activations and int8 weights in, float outputs of an integer product out: one function a device.

Shapes: n tokens, i inputs, o outputs. CPU: unsigned activations times signed weights, oneDNN (AVX-512 VNNI, AMX).
Signed activations would seem natural, but without AMX oneDNN has no fast kernel for them: 2,400 ms against 0.9 ms.
Where `onednn.activation_bits` says 7, the same range of the input is cut into 128 levels instead of 256.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from sensorlm.quantize.onednn import activation_bits, pack_onednn, product_onednn


@dataclass(frozen=True)
class Activations:
    """How a layer's input becomes 8 bits."""

    kind: str
    """"tensor", "token" or "static"."""
    scale: float = 0.0
    zero_point: int = 0
    """Only for "static"."""


def to_uint8(x: Tensor, scale: float | Tensor, zero_point: int | Tensor, top: int = 255) -> Tensor:
    """clamp(round(x / scale) + zero_point, 0, top); halves go up, which costs one pass less than to even."""
    q = torch.mul(x, 1.0 / scale).add_(zero_point + 0.5).clamp_(0, top)
    return q.to(torch.uint8)  # the cast truncates, and all is positive: with the half above, that rounds


def static_levels(how: Activations) -> tuple[float, int, int]:
    """Scale, zero point and largest level of a range fixed for 256 levels, in the levels this CPU's product takes."""
    top = 2 ** activation_bits() - 1
    if top == 255:
        return how.scale, how.zero_point, top
    return how.scale * 255 / top, round(how.zero_point * top / 255), top


def quantize_input(x: Tensor, how: Activations) -> tuple[Tensor, float, int, Tensor | None]:
    """uint8 of (n, i) activations, scale, zero point, and (n, 1) scales where each token has its own."""
    if how.kind == "static":
        scale, zero_point, top = static_levels(how)
        return to_uint8(x, scale, zero_point, top), scale, zero_point, None
    top = 2 ** activation_bits() - 1
    if how.kind == "token":
        rows = x.abs().amax(1, keepdim=True).clamp_min_(1e-12).div_(top // 2)
        return to_uint8(x, rows, top // 2 + 1, top), 1.0, top // 2 + 1, rows
    low, high = (float(end) for end in torch.aminmax(x)) if x.numel() else (0.0, 0.0)
    low, high = min(low, 0.0), max(high, 0.0)
    scale = max((high - low) / top, 1e-12)
    zero_point = round(-low / scale)
    return to_uint8(x, scale, zero_point, top), scale, zero_point, None


def linear_onednn(x: Tensor, packed: Tensor, scales: Tensor, bias: Tensor | None, how: Activations) -> Tensor:
    """(n, o) float32 from (n, i) floats on the CPU."""
    q, scale, zero_point, rows = quantize_input(x.float(), how)
    if rows is None:
        return product_onednn(q, scale, zero_point, packed, scales, bias)
    out = product_onednn(q, scale, zero_point, packed, scales, None).mul_(rows)
    return out if bias is None else out.add_(bias)


def pack_plain(weight: Tensor) -> Tensor:
    """int8 (o, i) as it is."""
    return weight


def linear_int_mm(x: Tensor, weight: Tensor, scales: Tensor, bias: Tensor | None, how: Activations) -> Tensor:
    """(n, o) in x's type through torch._int_mm with signed activations: CUDA, where compilation fuses the rest.

    cuBLASLt wants more than 16 rows, so short batches are padded.
    """
    short = max(17 - len(x), 0)
    padded = torch.nn.functional.pad(x, (0, 0, 0, short)).float()
    if how.kind == "static":
        rows = torch.full_like(padded[:, :1], how.scale * max(how.zero_point, 255 - how.zero_point) / 127.0)
    else:
        rows = padded.abs().amax(1, keepdim=True).clamp_min(1e-12) / 127.0
    q = (padded / rows).round().clamp(-127, 127).to(torch.int8)
    out = torch._int_mm(q, weight.t()).float() * rows * scales
    if bias is not None:
        out = out + bias
    return out[: len(x)].to(x.dtype)


Pack = Callable[[Tensor], Tensor]
Linear = Callable[[Tensor, Tensor, Tensor, Tensor | None, Activations], Tensor]
# Device type -> (how weights are kept there, the product). Measured choices: see benchmarks/quantize.py.
KERNELS: dict[str, tuple[Pack, Linear]] = {
    "cpu": (pack_onednn, linear_onednn),
    "cuda": (pack_plain, linear_int_mm),
}
