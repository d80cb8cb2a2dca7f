"""uint8 activations and int8 weights in, their product by oneDNN out; and how many bits this CPU's product can take.

Processors without VNNI or AMX add pairs of products in 16 bits, which 255 * 127 twice overflows (saturating silently:
errors of half the result were seen). There, activations get 7 bits: 127 * 127 twice just fits. Weights keep 8.
Shapes: n tokens, i inputs, o outputs.
"""

import functools

import torch
from torch import Tensor


def cpu_has_vnni() -> bool:
    """True on a CPU with AVX-512 VNNI, which our own attention kernel is compiled for."""
    return bool(torch.cpu._is_vnni_supported())


@functools.cache
def activation_bits() -> int:
    """Bits of the largest activations that oneDNN's product sums exactly here, 8 or 7.

    The product itself is asked, not the processor's name: which kernel runs is oneDNN's choice, and
    ONEDNN_MAX_CPU_ISA=AVX2 (or AVX512_CORE) makes any machine choose as one without VNNI does.
    """
    weight = torch.full((64, 256), 127, dtype=torch.int8)
    packed, ones = pack_onednn(weight), torch.ones(len(weight))
    for tokens in (1, 64):  # oneDNN has kernels of their own for one row
        q = torch.full((tokens, 256), 255, dtype=torch.uint8)
        if not bool((product_onednn(q, 1.0, 0, packed, ones, None) == 256 * 255 * 127).all()):
            return 7
    return 8


def pack_onednn(weight: Tensor) -> Tensor:
    """int8 (o, i) in the blocked order of the CPU's integer product; as large as before."""
    packed: Tensor = torch.ops.onednn.qlinear_prepack(weight, None)
    return packed


def product_onednn(
    q: Tensor,
    scale: float,
    zero_point: int,
    packed: Tensor,
    weight_scales: Tensor,
    bias: Tensor | None,
    *,
    activation: str = "none",
    output: tuple[float, int] | None = None,
) -> Tensor:
    """(q - zero_point) * scale @ weight.T + bias, then GELU ("gelu_tanh", "gelu"), in one kernel.

    Args:
        q: uint8 (n, i).
        scale: of q.
        zero_point: of q.
        packed: from `pack_onednn`.
        weight_scales: float32 (o,).
        bias: float32 (o,).
        activation: "none", "gelu_tanh" or "gelu".
        output: scale and zero point of a uint8 result; None gives float32.
    """
    post, algorithm = {"none": ("none", ""), "gelu_tanh": ("gelu", "tanh"), "gelu": ("gelu", "none")}[activation]
    out_scale, out_zero, dtype = (1.0, 0, torch.float32) if output is None else (*output, torch.uint8)
    zeros = torch.zeros(len(weight_scales), dtype=torch.int64)
    result: Tensor = torch.ops.onednn.qlinear_pointwise(
        q, torch.tensor(scale), torch.tensor(zero_point), packed, weight_scales, zeros, bias,
        out_scale, out_zero, dtype, post, [], algorithm,
    )  # fmt: skip
    return result
