"""A model with unset weights in, the same model with weights drawn from one seed out; the global state is untouched."""

import math

import torch
from torch import Tensor, nn


@torch.no_grad()
def initialise(model: nn.Module, seed: int) -> None:
    """Set every parameter as the reference starts it (big_vision's ViT and text tower).

    Linear kernels: Xavier uniform; biases: zero, MLP biases normal 1e-6; patch kernel: LeCun normal; positions: normal
    1/sqrt(width); token tables: normal 0.02 where they also serve as the head, else 1/sqrt(width).
    What marks missing values starts at zero, so an untrained model reads a partly missing patch as the reference does.
    """
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        # Drawn on the CPU so that every device starts from the same numbers.
        parameter.copy_(_start(name, torch.empty(parameter.shape), generator))


def _start(name: str, value: Tensor, generator: torch.Generator) -> Tensor:
    parts = name.split(".")
    owner, leaf = parts[-2] if len(parts) > 1 else "", parts[-1]
    if "norm" in owner:
        return value.fill_(1.0 if leaf == "weight" else 0.0)
    if owner == "missing_embed":
        return value.zero_()
    if leaf == "bias":
        return value.normal_(0.0, 1e-6, generator=generator) if owner in ("fc1", "fc2") else value.zero_()
    if leaf in ("positions", "start", "no_data"):
        return value.normal_(0.0, 1 / math.sqrt(value.shape[-1]), generator=generator)
    if owner == "token_embed":
        return value.normal_(0.0, 0.02, generator=generator)
    if owner == "patch_embed":
        return value.normal_(0.0, 1 / math.sqrt(value.shape[-1]), generator=generator)
    if value.ndim < 2:
        return value.zero_()
    return _xavier(value, generator, fused={"qkv": 3, "kv": 2}.get(owner, 1))


def _xavier(value: Tensor, generator: torch.Generator, fused: int) -> Tensor:
    rows, columns = value.shape[-2:]
    bound = math.sqrt(6 / (rows // fused + columns))
    return value.uniform_(-bound, bound, generator=generator)
