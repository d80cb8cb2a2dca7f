"""A model, tokenizer, channel set and training state in, one versioned folder of safetensors and JSON out; and back.

A folder is written under another name, synced, and renamed into place; the one it replaces stays until then, and is
found again if the program dies between the two renames.
"""

import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from sensorlm import model as model_room
from sensorlm.channels import ChannelSet
from sensorlm.checkpoint.figures import Figures, load_figures, save_figures
from sensorlm.checkpoint.pretrained import SensorLM
from sensorlm.checkpoint.replacing import recover, replacing_folder
from sensorlm.checkpoint.state import join, split
from sensorlm.checkpoint.statements import Statements, load_statements, save_statements
from sensorlm.config.model import ModelConfig
from sensorlm.errors import ChannelError, CheckpointError, ConfigError
from sensorlm.files import write_json, write_text
from sensorlm.tokenizer import CaptionTokenizer

FORMAT, VERSION = "sensorlm", 1
# A section of config.json -> "module:function" that builds the model from the folder then. Named as text, because the
# rooms that know how lie above this one.
FORMATS = {
    "quantization": "sensorlm.quantize.artefact:load_model",
    "stored": "sensorlm.checkpoint.rows8:load_model",
}
FLOATS = {"F64", "F32", "F16", "BF16"}


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What a checkpoint holds."""

    model: SensorLM
    config: ModelConfig
    tokenizer: CaptionTokenizer | None = None
    channel_set: ChannelSet | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    """Whatever the writer added: step, metrics, codebook, ..."""
    statements: Statements | None = None
    """What can be measured of a day and read in a text, where the folder has it."""
    figures: Figures | None = None
    """Which numbers of a day can be read in a text, where the folder has it."""


def save_checkpoint(
    folder: str | Path,
    model: model_room.SensorLM,
    tokenizer: CaptionTokenizer | None,
    channel_set: ChannelSet | None,
    *,
    extra: Mapping[str, Any] | None = None,
    training_state: Mapping[str, Any] | None = None,
    card: str | None = None,
    tensors: Mapping[str, Tensor] | None = None,
    sections: Mapping[str, Any] | None = None,
    statements: Statements | None = None,
    figures: Figures | None = None,
) -> Path:
    """Write a checkpoint folder whole, or leave the one that is there untouched.

    Args:
        folder: where; replaced if it is a checkpoint.
        model: weights and configuration.
        tokenizer: stored as it is; None where there is none (a reference file that was converted).
        channel_set: what the input columns are; None where unknown.
        extra: JSON values for `Loaded.extra`.
        training_state: nested dicts of tensors and JSON values: optimiser, RNG, data position.
        card: README.md.
        tensors: gathered weights to write instead of `model`'s own (sharded training, quantised).
        sections: further top-level entries of config.json, named in FORMATS.
        statements: what a search measures of days; of the same text tower.
        figures: which numbers it reads; of the same text tower.

    Raises:
        CheckpointError: parts that do not fit each other, or `folder` is something else than a checkpoint.
    """
    check_parts(model.config, tokenizer, channel_set)
    state = model.state_dict() if tensors is None else tensors
    weights = {k: v.detach().to("cpu").contiguous() for k, v in state.items()}
    description = {
        "format": FORMAT, "version": VERSION, "model": model.config.to_json(), "extra": dict(extra or {}),
        **(sections or {}),
    }  # fmt: skip
    with replacing_folder(folder) as temporary:
        try:
            write_json(temporary / "config.json", description)
        except (TypeError, ValueError) as error:
            raise CheckpointError(f"extra: {error}. Give JSON values: numbers, texts, lists and dicts.") from None
        save_file(weights, temporary / "model.safetensors", metadata={"format": "pt"})
        if tokenizer is not None:
            tokenizer.save(temporary / tokenizer.file_name)
        if channel_set is not None:
            write_json(temporary / "channels.json", channel_set.to_json())
        if training_state is not None:
            structure, found = split(training_state)
            save_file(found, temporary / "optimizer.safetensors")
            write_json(temporary / "training_state.json", structure)
        if statements is not None:
            save_statements(temporary, statements)
        if figures is not None:
            save_figures(temporary, figures)
        if card is not None:
            write_text(temporary / "README.md", card)
    return Path(folder)


def load_folder(folder: str | Path, device: str | torch.device = "cpu") -> Loaded:
    """Read a checkpoint folder; every tensor's name and shape is checked before memory is taken.

    Raises:
        CheckpointError: not a checkpoint, another version, or damaged.
    """
    folder = recover(folder)
    description = _read_json(folder / "config.json")
    if description.get("format") != FORMAT:
        raise CheckpointError(f"{folder}: config.json is not a {FORMAT} checkpoint's. Give a folder that save wrote.")
    if description.get("version") != VERSION:
        raise CheckpointError(
            f"{folder}: format version {description.get('version')!r}, this program reads {VERSION}. "
            "Install the sensorlm that wrote it."
        )
    try:
        extra = dict(description.get("extra", {}))
        config = ModelConfig.from_json(description.get("model", {}))
        channels = folder / "channels.json"
        channel_set = ChannelSet.from_json(_read_json(channels)) if channels.is_file() else None
    except (ConfigError, ChannelError, AttributeError, TypeError, ValueError) as error:
        raise CheckpointError(f"{folder}: {error}") from None
    names = [folder / name for name in ("tokenizer.json", "tokenizer.model") if (folder / name).is_file()]
    tokenizer = CaptionTokenizer.from_file(names[0]) if names else None
    check_parts(config, tokenizer, channel_set)
    special = next((name for name in FORMATS if name in description), None)
    if special is None:
        model = build(config, read_weights(folder / "model.safetensors", config), device)
    else:
        module, function = FORMATS[special].split(":")
        model = getattr(importlib.import_module(module), function)(folder, config, description[special], device)
    model.tokenizer, model.channel_set = tokenizer, channel_set
    return Loaded(
        model=model, config=config, tokenizer=tokenizer, channel_set=channel_set, extra=extra,
        statements=None if config.text is None else load_statements(folder, config.text.width),
        figures=None if config.text is None else load_figures(folder, config.text.width),
    )  # fmt: skip


def load_training_state(folder: str | Path) -> Any:  # noqa: ANN401
    """What `save_checkpoint` got as `training_state`, tensors on the CPU.

    Raises:
        CheckpointError: the folder has none, or it is damaged.
    """
    folder = recover(folder)
    path = folder / "training_state.json"
    if not path.is_file():
        raise CheckpointError(f"{folder}: holds no training state. It is a finished model; train from it instead.")
    try:
        tensors = load_file(folder / "optimizer.safetensors")
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{folder}: optimizer.safetensors cannot be read ({error}).") from None
    return join(_read_json(path), tensors)


def build(config: ModelConfig, tensors: Mapping[str, Tensor], device: str | torch.device) -> SensorLM:
    """A model filled with `tensors`, whose names and shapes must be exactly the configuration's.

    Raises:
        CheckpointError: a tensor is missing, unknown or of another shape.
    """
    check_shapes(config, {name: tuple(t.shape) for name, t in tensors.items()}, "weights")
    model = SensorLM(config, seed=None, device=device)
    model.load_state_dict(tensors)
    return model.eval()


def check_shapes(config: ModelConfig, shapes: Mapping[str, tuple[int, ...]], where: str) -> None:
    """Refuse tensors that are not exactly those of a model of this configuration.

    Raises:
        CheckpointError: naming the tensor, expected and actual shape.
    """
    towers = (config.sensor, config.text, config.decoder)
    if sum(t.depth for t in towers if t) > len(shapes):
        raise CheckpointError(f"{where}: {len(shapes)} tensors cannot fill the blocks that config.json asks for.")
    try:
        wanted = {n: tuple(t.shape) for n, t in model_room.SensorLM(config, device="meta").state_dict().items()}
    except (RuntimeError, OverflowError) as error:
        raise CheckpointError(f"{where}: no model of the sizes in config.json can exist ({error}).") from None
    missing, unknown = sorted(set(wanted) - set(shapes)), sorted(set(shapes) - set(wanted))
    if missing or unknown:
        raise CheckpointError(
            f"{where}: tensors missing {missing[:4]}, not known {unknown[:4]}. "
            "Weights and config.json must come from the same checkpoint."
        )
    for name, shape in wanted.items():
        if shapes[name] != shape:
            raise CheckpointError(
                f"{where}: tensor {name!r} has shape {shapes[name]}, config.json asks for {shape}. "
                "Weights and config.json must come from the same checkpoint."
            )


def read_weights(path: Path, config: ModelConfig) -> dict[str, Tensor]:
    """Float tensors of a safetensors file, checked against the configuration before any is read.

    Raises:
        CheckpointError: missing, damaged, or not this model's weights.
    """
    try:
        with safe_open(path, framework="pt") as file:
            slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
            check_shapes(config, {name: tuple(s.get_shape()) for name, s in slices.items()}, str(path))
            for name, s in slices.items():
                if s.get_dtype() not in FLOATS:
                    raise CheckpointError(f"{path}: tensor {name!r} has type {s.get_dtype()}, not one of {FLOATS}.")
            return {name: file.get_tensor(name).float() for name in slices}
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path}: cannot be read as safetensors ({error}). Copy the checkpoint again.") from None


def check_parts(config: ModelConfig, tokenizer: CaptionTokenizer | None, channel_set: ChannelSet | None) -> None:
    """Refuse a tokenizer or a channel set that is not this model's.

    Raises:
        CheckpointError: more channels or fewer, or ids outside the vocabulary.
    """
    if channel_set is not None and len(channel_set) != config.sensor.num_channels:
        raise CheckpointError(
            f"channel set {channel_set.name!r} has {len(channel_set)} channels, the model "
            f"{config.sensor.num_channels}. Use the set the model was built for."
        )
    language = config.text or config.decoder
    if tokenizer is not None and language is not None and tokenizer.vocab_size > language.vocab_size:
        raise CheckpointError(
            f"the tokenizer has {tokenizer.vocab_size} ids, the model a vocabulary of {language.vocab_size}. "
            "Build the model with the tokenizer's vocab_size."
        )


def _read_json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{path}: cannot be read as JSON ({error}). Is this a checkpoint folder?") from None
    if not isinstance(data, dict):
        raise CheckpointError(f"{path}: holds a {type(data).__name__}, not an object. Is this a checkpoint folder?")
    return data
