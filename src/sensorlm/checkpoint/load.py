"""A folder, a reference .npz, a sensorlm-rs record or a hub id in; model, tokenizer, channels and config out."""

import re
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from sensorlm.channels import CHANNEL_SETS, ChannelSet
from sensorlm.checkpoint.big_vision import load_npz
from sensorlm.checkpoint.burn import load_burn
from sensorlm.checkpoint.folder import Loaded, build, load_folder
from sensorlm.checkpoint.hub import download
from sensorlm.checkpoint.replacing import recover
from sensorlm.config.model import ModelConfig
from sensorlm.errors import CheckpointError

FILES: dict[str, Callable[[Path], tuple[ModelConfig, dict[str, Tensor]]]] = {
    ".npz": load_npz,
    ".mpk": load_burn,
    ".bin": load_burn,
}


def load_checkpoint(
    path_or_hub_id: str | Path, device: str | torch.device = "cpu", *, revision: str | None = None
) -> Loaded:
    """Load whatever holds a model.

    Args:
        path_or_hub_id: our folder; a big_vision .npz; a Burn .mpk or .bin with its JSON beside it; or "owner/name".
        device: where the weights go.
        revision: of a hub repository.

    Raises:
        CheckpointError: nothing there, or it is damaged or of an unknown kind.
    """
    path = recover(path_or_hub_id)
    if path.is_dir():
        return load_folder(path, device)
    if path.is_file():
        if path.suffix not in FILES:
            raise CheckpointError(
                f"{path}: a {path.suffix or 'nameless'} file is no checkpoint we read. "
                f"Give a checkpoint folder, or one of {', '.join(FILES)}."
            )
        config, tensors = FILES[path.suffix](path)
        model = build(config, tensors, device)
        model.channel_set = channel_set_for(config)
        return Loaded(model=model, config=config, channel_set=model.channel_set)
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", str(path_or_hub_id)):
        raise CheckpointError(f"{path_or_hub_id}: there is no such folder or file. Give a checkpoint, or owner/name.")
    return load_folder(download(str(path_or_hub_id), revision=revision), device)


def channel_set_for(config: ModelConfig) -> ChannelSet | None:
    """The reference's set with as many channels as the model has: files of other programs do not name theirs."""
    known = {len(CHANNEL_SETS[name]): CHANNEL_SETS[name] for name in ("sensorlm-34", "sensorlm-26")}
    return known.get(config.sensor.num_channels)
