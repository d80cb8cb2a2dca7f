"""Packed 16-bit queries, keys and values in, attended values out, by FlashAttention-4 on Hopper and later GPUs.

Optional: the kernels are those of the package flash-attn-4 (the extra "flash"; Dao et al.), whose Hopper kernels follow
FlashAttention-3 (Shah et al. 2024, arXiv 2407.08608). It is imported when the first batch comes, and compiles its
kernels then. Both passes are operators of our own, so torch.compile leaves a block whole, and all three gradients are
written into one tensor, as the linear layer before wants them. That needs the package's two functions under its
autograd function, which are underscored (torch.nn.attention calls the same two), hence the lower bound on its version.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor

from sensorlm.errors import ConfigError

Length = int | torch.SymInt

SHORTEST = 256
"""Tokens of the longest sequence from which it is used: shorter ones are a few blocks of 128 and gain nothing."""


def installed() -> bool:
    """Whether flash-attn-4 is there (older flash-attn packages have the same name, without `cute`)."""
    try:
        return find_spec("flash_attn.cute") is not None
    except ImportError:
        return False


def check_fa4(device: torch.device) -> None:
    """Refuse an environment that cannot run it.

    Raises:
        ConfigError: the package is missing, or the device is no GPU of compute capability 9.0 or more.
    """
    if not installed():
        raise ConfigError(
            "attention fa4: the package flash-attn-4 is not installed. "
            "Run `pip install 'sensorlm[flash]'`, or leave fa4 off."
        )
    if device.type != "cuda" or torch.cuda.get_device_capability(device) < (9, 0):
        raise ConfigError(
            f"attention fa4 on {device}: it needs a GPU of compute capability 9.0 or more (Hopper). Leave fa4 off."
        )


def serves(qkv: Tensor, longest: int) -> bool:
    """True for (..., 3, h, k) on a GPU, in 16 bits, with heads the kernels know and sequences worth it."""
    half = qkv.dtype in (torch.bfloat16, torch.float16)
    return qkv.is_cuda and half and qkv.shape[-1] % 8 == 0 and qkv.shape[-1] <= 128 and longest >= SHORTEST


def attend(qkv: Tensor, offsets: Tensor | None = None, longest: int = 0) -> Tensor:
    """Attention within each sequence, without a causal mask; differentiable once.

    Args:
        qkv: (b, l, 3, h, k) dense, or (n, 3, h, k) packed; bfloat16 or float16.
        offsets: of a packed batch, (b + 1,) int32 start of every sample, and the end of the last.
        longest: of a packed batch, tokens of the longest sample.

    Returns:
        (b, l, h, k) or (n, h, k).
    """
    out: Tensor = fa4(qkv, offsets, longest)[0]
    return out


def _package() -> Any:  # noqa: ANN401
    return import_module("flash_attn.cute.interface")


def _packing(offsets: Tensor | None, longest: int) -> dict[str, Any]:
    if offsets is None:
        return {}
    lengths = {"max_seqlen_q": longest, "max_seqlen_k": longest}
    return {"cu_seqlens_q": offsets, "cu_seqlens_k": offsets, **lengths}


@torch.library.custom_op("sensorlm::fa4", mutates_args=())
def fa4(qkv: Tensor, offsets: Tensor | None, longest: int) -> tuple[Tensor, Tensor]:
    """Arguments of `attend`; its result, and the float32 log of each softmax's sum, (b, h, l) or (h, n)."""
    out, lse = _package()._flash_attn_fwd(*qkv.unbind(-3), return_lse=True, **_packing(offsets, longest))[:2]
    return out, lse


@fa4.register_fake
def _(qkv: Tensor, offsets: Tensor | None, longest: Length) -> tuple[Tensor, Tensor]:
    *tokens, _, heads, width = qkv.shape
    sums = (tokens[0], heads, tokens[1]) if offsets is None else (heads, tokens[0])
    return qkv.new_empty(*tokens, heads, width), qkv.new_empty(sums, dtype=torch.float32)


@torch.library.custom_op("sensorlm::fa4_backward", mutates_args=())
def fa4_backward(grad: Tensor, qkv: Tensor, out: Tensor, lse: Tensor, offsets: Tensor | None, longest: int) -> Tensor:
    """The gradient of qkv from that of `attend`'s result; bit by bit repeatable where torch is told to be."""
    grads = torch.empty_like(qkv, memory_format=torch.contiguous_format)
    dq, dk, dv = grads.unbind(-3)
    _package()._flash_attn_bwd(
        *qkv.unbind(-3), out, grad, lse, dq=dq, dk=dk, dv=dv,
        deterministic=torch.are_deterministic_algorithms_enabled(), **_packing(offsets, longest),
    )  # fmt: skip
    return grads


@fa4_backward.register_fake
def _(grad: Tensor, qkv: Tensor, out: Tensor, lse: Tensor, offsets: Tensor | None, longest: Length) -> Tensor:
    return torch.empty_like(qkv, memory_format=torch.contiguous_format)


def _keep(ctx: Any, inputs: tuple[Tensor, Tensor | None, Length], output: tuple[Tensor, Tensor]) -> None:  # noqa: ANN401
    qkv, offsets, ctx.longest = inputs
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(qkv, *output, offsets)


def _backward(ctx: Any, grad: Tensor | None, _: Tensor | None) -> tuple[Tensor | None, None, None]:  # noqa: ANN401
    qkv, out, lse, offsets = ctx.saved_tensors
    return None if grad is None else fa4_backward(grad, qkv, out, lse, offsets, ctx.longest), None, None


fa4.register_autograd(_backward, setup_context=_keep)
