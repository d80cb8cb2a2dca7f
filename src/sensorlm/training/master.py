"""Parameters in 16 bits for the products, their float32 masters for the optimiser.

A step of AdamW is far smaller than one unit in the last place of a bfloat16, so the sum is kept in float32 and rounded
once after every step (Micikevicius et al. 2018, section 3.1).
"""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn


class MasterWeights:
    """An optimiser over float32 copies of a 16-bit model's parameters.

    Args:
        groups: parameter groups over the model's own parameters, as for torch.optim.
        make: builds the optimiser from groups of masters, e.g. `partial(torch.optim.AdamW, fused=True)`.
    """

    def __init__(self, groups: Iterable[dict[str, Any]], make: Callable[..., torch.optim.Optimizer]) -> None:
        self.parameters: list[nn.Parameter] = []
        self.masters: list[Tensor] = []
        copies = []
        for group in groups:
            own = list(group["params"])
            masters = [p.detach().float().clone().requires_grad_(True) for p in own]
            self.parameters += own
            self.masters += masters
            copies.append({**group, "params": masters})
        self.optimizer = make(copies)

    @torch.no_grad()
    def step(self) -> None:
        """Hand the gradients to the masters, step, round the masters back into the model."""
        for parameter, master in zip(self.parameters, self.masters, strict=True):
            master.grad = None if parameter.grad is None else parameter.grad.float()
        self.optimizer.step()
        torch._foreach_copy_(self.parameters, self.masters)
        for master in self.masters:
            master.grad = None

    def zero_grad(self) -> None:
        """Free the model's gradients."""
        for parameter in self.parameters:
            parameter.grad = None
