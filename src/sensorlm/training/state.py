"""A run's state in, checkpoint folders that are whole or absent out; and back, at any number of processes.

`checkpoints/step-000000500/` is written under another name, synced, and renamed. `last` and `best` are links to such
folders.
"""

import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from sensorlm.channels import ChannelSet
from sensorlm.checkpoint import load_checkpoint, load_training_state, save_checkpoint
from sensorlm.errors import CheckpointError
from sensorlm.model import SensorLM
from sensorlm.tokenizer import CaptionTokenizer
from sensorlm.training.optimizer import Optimizer, like, whole
from sensorlm.training.processes import Processes


@dataclass
class Progress:
    """Where a run is: everything but weights and moments. Random numbers follow from the seed and the step alone."""

    step: int = 0
    """Updates done."""
    position: int = 0
    """Samples consumed by all processes."""
    seconds: float = 0.0
    """Time spent training, over all starts."""
    warmup_step: int = 0
    """Steps done when the warm-up ended; only a run limited by minutes reads it."""
    best: float | None = None
    """Lowest val_loss."""
    best_step: int = 0
    stale: int = 0
    """Validations since then."""


def save_state(
    run_folder: Path,
    progress: Progress,
    module: nn.Module,
    optimizer: Optimizer,
    tokenizer: CaptionTokenizer,
    channel_set: ChannelSet,
    processes: Processes,
    *,
    extra: dict[str, Any],
    card: str | None = None,
) -> Path:
    """Write a checkpoint of this moment and point `last` (and `best`) at it; every process must call it."""
    final = step_folder(run_folder, progress.step)
    # Masters first: what a bfloat16 run has learned is in them. All processes gather; rank 0 writes.
    weights = {name: optimizer.masters.get(name, tensor) for name, tensor in module.state_dict().items()}
    weights = {name: whole(tensor) for name, tensor in weights.items()}
    moments = optimizer.state()
    if processes.is_main:
        assert isinstance(module, SensorLM)
        state = {"progress": asdict(progress), "world_size": processes.size, "optimizer": moments}
        save_checkpoint(
            final, module, tokenizer, channel_set, extra=extra, training_state=state, tensors=weights, card=card
        )
        link(final, "last")
        if progress.best is not None and progress.best_step == progress.step:
            link(final, "best")
        remove_old(run_folder)
    processes.wait()
    return final


def load_state(folder: Path, module: nn.Module, optimizer: Optimizer) -> Progress:
    """Put a checkpoint's weights and moments into a running model and optimiser.

    Raises:
        CheckpointError: the folder is no training checkpoint, is damaged, or is of another model.
    """
    state = load_training_state(folder)
    try:
        progress, moments = Progress(**state["progress"]), state["optimizer"]
    except (KeyError, TypeError) as error:
        raise CheckpointError(
            f"{folder}: its training state is not of a run ({error}). Resume an older step."
        ) from None
    weights = load_checkpoint(folder).model.state_dict()
    own = dict(module.named_parameters())
    if set(own) != set(weights):
        odd = sorted(set(own) ^ set(weights))[0]
        raise CheckpointError(f"{folder}: weight {odd!r} is not in both models. Resume with the run's own model.")
    with torch.no_grad():
        for name, parameter in own.items():
            parameter.copy_(like(weights[name], parameter, name))
    optimizer.load(moments)
    return progress


def step_folder(run_folder: Path, step: int) -> Path:
    """Where the checkpoint of a step lies."""
    return run_folder / "checkpoints" / f"step-{step:09d}"


def newest(run_folder: Path) -> Path | None:
    """The checkpoint of the highest step; only whole ones bear the name."""
    found = sorted((run_folder / "checkpoints").glob("step-*"))
    return found[-1] if found else None


def link(target: Path, name: str) -> None:
    """Point `checkpoints/name` at a step's folder, in one move."""
    temporary = target.with_name(f".{name}.tmp")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target.name)
    temporary.replace(target.with_name(name))


def remove_old(run_folder: Path) -> None:
    """Keep the newest two checkpoints and the best; sweep up what a killed process had begun to write."""
    folder = run_folder / "checkpoints"
    for begun in folder.glob(".step-*"):
        shutil.rmtree(begun, ignore_errors=True)
    best = (folder / "best").resolve() if (folder / "best").is_symlink() else None
    for old in sorted(folder.glob("step-*"))[:-2]:
        if old.resolve() != best:
            shutil.rmtree(old, ignore_errors=True)
