"""A model and a process group in, a wrapped forward out: DDP, or FSDP2 with every block a shard group of its own."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, MixedPrecisionPolicy, fully_shard, register_fsdp_forward_method
from torch.nn.parallel import DistributedDataParallel

from sensorlm.errors import ConfigError
from sensorlm.training.processes import Processes

DISTRIBUTED = ("ddp", "fsdp")
# Kept whole under FSDP: scalars cannot be sharded, and a vector used only by days without data has no gradient on some
# processes, which would make their reduce-scatters differ in size.
UNSHARDED = ("logit_scale", "logit_bias", "sensor.no_data")


def parallelise(
    model: nn.Module, processes: Processes, distributed: str, *, bf16: bool = False
) -> tuple[Callable[..., dict[str, Any]], Callable[[], AbstractContextManager[None]]]:
    """What to call for a forward pass, and the context in which a backward pass does not average gradients.

    Raises:
        ConfigError: `distributed` is neither "ddp" nor "fsdp".
    """
    if distributed not in DISTRIBUTED:
        raise ConfigError(f"distributed {distributed!r} is not one of {', '.join(DISTRIBUTED)}.")
    if processes.size == 1:
        return model, nullcontext
    if distributed == "ddp":
        ids = [processes.device.index] if processes.device.type == "cuda" else None
        wrapped = DistributedDataParallel(_EveryParameter(model), device_ids=ids)
        return wrapped, wrapped.no_sync
    return model, shard(model, processes, bf16=bf16)


class _EveryParameter(nn.Module):
    """A model whose outputs lead to every parameter, as DDP wants.

    A day without data is rare, and then its learned vector has a gradient on some processes only.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, *inputs: Any) -> dict[str, Any]:  # noqa: ANN401
        """The model's outputs; the bias also carries a zero from the parameters that may go unused."""
        out: dict[str, Any] = self.model(*inputs)
        rare = [p.sum() * 0 for name, p in self.model.named_parameters() if name in UNSHARDED and p.requires_grad]
        return out | {"logit_bias": torch.stack([out["logit_bias"], *rare]).sum()}


def shard(model: nn.Module, processes: Processes, *, bf16: bool) -> Callable[[], AbstractContextManager[None]]:
    """FSDP2 in place: parameters, gradients and optimiser state lie in equal parts on all processes."""
    mesh = init_device_mesh(processes.device.type, (processes.size,))
    policy = MixedPrecisionPolicy(param_dtype=torch.bfloat16, reduce_dtype=torch.float32, cast_forward_inputs=False)
    options: dict[str, Any] = {"mesh": mesh, **({"mp_policy": policy} if bf16 else {})}
    for module in model.modules():
        if isinstance(module, nn.ModuleList):
            for block in module:
                fully_shard(block, **options)
    whole = {p for name, p in model.named_parameters() if name in UNSHARDED}
    fully_shard(model, ignored_params=whole, **options)
    for method in ("encode_sensor", "encode_text"):
        if hasattr(model, method):
            register_fsdp_forward_method(model, method)

    @contextmanager
    def unsynced() -> Iterator[None]:
        assert isinstance(model, FSDPModule)
        model.set_requires_gradient_sync(False)
        try:
            yield
        finally:
            model.set_requires_gradient_sync(True)

    return unsynced


def average_ignored(model: nn.Module, processes: Processes) -> None:
    """Average the gradients of what FSDP left whole; nothing to do elsewhere."""
    if not isinstance(model, FSDPModule):
        return
    for name, parameter in model.named_parameters():
        if name in UNSHARDED:
            grad = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
            dist.all_reduce(grad)
            parameter.grad = grad / processes.size
