"""Prints what a compiled block keeps for its backward pass, in widths a token: plain, pointwise, pointwise+mlp.

Run by test_model_recompute.py in a process of its own.
"""

import torch

from sensorlm.model.blocks import Block

TOKENS, WIDTH = 64, 64


def kept_widths(part: str) -> float:
    """Bytes kept, each storage once and parameters left out."""
    torch._dynamo.reset()
    block = Block(WIDTH, 2, 4 * WIDTH, "gelu_tanh", 1e-6)
    block.recompute_mlp, block.recompute_pointwise = "mlp" in part, "pointwise" in part
    compiled = torch.compile(block, backend="aot_eager_decomp_partition")
    known, kept = {p.untyped_storage().data_ptr() for p in block.parameters()}, {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        if tensor.untyped_storage().data_ptr() not in known:
            kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        compiled(torch.randn(1, TOKENS, WIDTH, requires_grad=True))
    return sum(kept.values()) / (4 * TOKENS * WIDTH)


if __name__ == "__main__":
    print(*map(kept_widths, ("", "pointwise", "pointwise+mlp")))  # noqa: T201
