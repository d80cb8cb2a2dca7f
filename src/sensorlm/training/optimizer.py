"""A model in, an AdamW over it out: decay on matrices only, clipping, masters of bfloat16 weights, a portable state.

The state is a flat dict of float32 CPU tensors by parameter name, whole on rank 0 whatever the sharding, so that a run
can go on with another number of processes.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.distributed.tensor import DTensor, distribute_tensor

from sensorlm.errors import CheckpointError
from sensorlm.training.processes import Processes

MOMENTS = ("exp_avg", "exp_avg_sq")


class Optimizer:
    """AdamW (Loshchilov and Hutter 2019) as the reference uses it.

    Args:
        model: the bare module, already sharded where it will be.
        wd: weight decay of Linear weights; embeddings, positions, norms, biases, scale and bias have none.
        decay: "reference": each step takes wd * (lr / peak) off a weight, as big_vision does; "adamw": wd * lr, as
        torch
            and sensorlm-rs do.
        peak: the schedule's peak rate.
        betas: of Adam.
        eps: of Adam.
        clip: largest global gradient norm; None clips nothing.
        processes: who holds the shards.
        fused: one kernel for all weights, which takes the norm from the device; None: where all weights are on a GPU.
    """

    def __init__(
        self,
        model: nn.Module,
        *,
        peak: float,
        wd: float = 1e-4,
        decay: str = "reference",
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        clip: float | None = 1.0,
        processes: Processes | None = None,
        fused: bool | None = None,
    ) -> None:
        self.processes = processes or Processes()
        self.clip = clip
        self.parameters = {name: p for name, p in model.named_parameters() if p.requires_grad}
        # bfloat16 has 8 bits of mantissa: a step of lr 5e-4 would vanish in it. The optimiser works on float32 copies.
        self.masters = {
            name: p.detach().float().requires_grad_() if p.dtype == torch.bfloat16 else p
            for name, p in self.parameters.items()
        }
        decayed = decayed_names(model)
        # torch multiplies the decay by the current rate; dividing by the peak undoes all but the schedule's shape.
        weight_decay = wd / peak if decay == "reference" and peak > 0 else wd
        groups = [
            {"params": [p for n, p in self.masters.items() if n in decayed], "weight_decay": weight_decay},
            {"params": [p for n, p in self.masters.items() if n not in decayed], "weight_decay": 0.0},
        ]
        if fused is None:
            fused = all(p.is_cuda for p in self.masters.values())
        groups = [group for group in groups if group["params"]]
        self.in_line = fused and not any(isinstance(p, DTensor) for p in self.parameters.values())
        self.adamw = torch.optim.AdamW(groups, lr=peak, betas=betas, eps=eps, fused=fused)

    def gradient_norm(self) -> Tensor:
        """() float64: global L2 norm of all gradients, over all shards; nothing waits for it."""
        device = self.processes.device
        sharded, whole = (torch.zeros((), dtype=torch.float64, device=device) for _ in range(2))
        shards, plain = [], []
        for p in self.parameters.values():
            if isinstance(p.grad, DTensor):
                shards.append(p.grad.to_local())
            elif p.grad is not None:
                plain.append(p.grad)
        if shards:
            sharded = torch.nn.utils.get_total_norm(shards).double() ** 2
        if plain:
            whole = torch.nn.utils.get_total_norm(plain).double() ** 2
        any_shards = any(isinstance(p, DTensor) for p in self.parameters.values())
        total = self.processes.sum(sharded) + whole if any_shards else whole
        return total.sqrt()

    @torch.no_grad()
    def step(self, lr: float, norm: Tensor, fine: Tensor | None = None) -> None:
        """One update with rate `lr`, gradients of norm `norm` scaled down to `clip`; clears them.

        Args:
            lr: learning rate.
            norm: () as `gradient_norm` gives it.
            fine: () bool; False: the update is left out. None: it is not.
        """
        factor = None if self.clip is None else (self.clip / (norm + 1e-6)).clamp(max=1.0)
        if self.in_line:
            # The kernel divides by the one and does nothing where the other is not 0: a host that reads neither is
            # ahead of the GPU again when the next step begins.
            any_adamw: Any = self.adamw
            any_adamw.grad_scale = None if factor is None else factor.reciprocal().float()
            any_adamw.found_inf = None if fine is None else fine.logical_not().float()
        elif fine is not None and not bool(fine):
            self.zero_grad()
            return
        given = [name for name, p in self.parameters.items() if p.grad is not None]
        if not self.in_line and factor is not None:
            self._shrink(float(factor))
        halves = [name for name in given if self.masters[name] is not self.parameters[name]]
        # Lists at once: one launch for hundreds of small tensors, while the GPU would wait for one launch each.
        for name, widened in zip(halves, _widened([self.parameters[n].grad for n in halves]), strict=True):
            self.masters[name].grad = widened
        for group in self.adamw.param_groups:
            group["lr"] = lr
        self.adamw.step()
        if halves:
            torch._foreach_copy_([self.parameters[n] for n in halves], [self.masters[n] for n in halves])
        for name in halves:
            self.masters[name].grad = None
        self.zero_grad()

    def _shrink(self, factor: float) -> None:
        gradients = [p.grad for p in self.parameters.values() if p.grad is not None]
        # Sharded and whole tensors do not mix in one list.
        for kind in (True, False):
            alike = [g for g in gradients if isinstance(g, DTensor) is kind]
            if factor < 1.0 and alike:
                torch._foreach_mul_(alike, factor)

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for p in self.parameters.values():
            p.grad = None

    def state(self) -> dict[str, Tensor]:
        """Moments, step counts and masters by name, whole; every process must call it, rank 0 gets what counts."""
        tensors: dict[str, Tensor] = {}
        for name, master in self.masters.items():
            if master is not self.parameters[name]:
                tensors[f"master/{name}"] = whole(master)
            state = self.adamw.state.get(master, {})
            for key in (*MOMENTS, "step"):
                if key in state:
                    tensors[f"{key}/{name}"] = whole(state[key])
        return tensors

    def load(self, tensors: Mapping[str, Tensor]) -> None:
        """Take over what `state` gave, in a run of any number of processes.

        Raises:
            CheckpointError: a tensor's shape is not its parameter's.
        """
        for name, master in self.masters.items():
            if f"master/{name}" in tensors and master is not self.parameters[name]:
                with torch.no_grad():
                    master.copy_(like(tensors[f"master/{name}"], master, name))
            if f"step/{name}" not in tensors:
                continue
            self.adamw.state[master] = {"step": tensors[f"step/{name}"].clone()} | {
                key: like(tensors[f"{key}/{name}"], master, name) for key in MOMENTS
            }
            if self.adamw.defaults["fused"]:
                self.adamw.state[master]["step"] = self.adamw.state[master]["step"].to(master.device)


def decayed_names(model: nn.Module) -> set[str]:
    """Names of the matrices: weights of linear layers ("kernel" in the reference), nothing else."""
    names: Iterable[str] = (f"{n}.weight".lstrip(".") for n, m in model.named_modules() if isinstance(m, nn.Linear))
    return set(names)


def whole(tensor: Tensor) -> Tensor:
    """A CPU copy of a tensor, gathered where it is sharded (all processes must ask)."""
    full: Any = tensor.detach()
    if isinstance(full, DTensor):
        full = full.full_tensor()
    copy: Tensor = full.to("cpu", copy=True)
    return copy


def like(tensor: Tensor, parameter: Tensor, name: str) -> Tensor:
    """`tensor` on the device, and in the shards, of `parameter`.

    Raises:
        CheckpointError: their shapes differ.
    """
    if tensor.shape != parameter.shape:
        raise CheckpointError(
            f"optimizer state of {name!r} has shape {tuple(tensor.shape)}, the model's is {tuple(parameter.shape)}. "
            "Resume with the configuration the run was started with."
        )
    if isinstance(parameter, DTensor):
        sharded: Tensor = distribute_tensor(
            tensor.to(parameter.device, parameter.dtype), parameter.device_mesh, parameter.placements
        )
        return sharded
    return tensor.to(parameter.device, parameter.dtype, copy=True)


def _widened(gradients: list[Tensor | None]) -> list[Tensor]:
    """The same in float32."""
    found = [g for g in gradients if g is not None]
    if not found:
        return []
    widened = [torch.empty_like(g, dtype=torch.float32) for g in found]
    torch._foreach_copy_(widened, found)
    return widened
