"""A model that knows its tokenizer and channels: days and texts in, features and captions out; folder or hub id in."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sensorlm import model as model_room
from sensorlm.batching import to_tensors
from sensorlm.channels import ChannelSet
from sensorlm.config.generation import GenerationConfig
from sensorlm.errors import ChannelError, TokenizerError
from sensorlm.records import DayMatrix
from sensorlm.tokenizer import CaptionTokenizer

Days = Tensor | DayMatrix | Sequence[DayMatrix] | NDArray[np.float32]


class SensorLM(model_room.SensorLM):
    """The model with what a checkpoint stores beside it, so that it takes days and texts as they are."""

    tokenizer: CaptionTokenizer | None = None
    channel_set: ChannelSet | None = None

    @classmethod
    def from_pretrained(
        cls, path_or_hub_id: str | Path, *, device: str | torch.device = "cpu", revision: str | None = None
    ) -> "SensorLM":
        """Load a checkpoint folder or file (.npz, .mpk, .bin), or download "owner/name" from the hub.

        Raises:
            CheckpointError: nothing of that name, or it is damaged.
        """
        from sensorlm.checkpoint.load import load_checkpoint  # noqa: PLC0415 (it imports this class)

        return load_checkpoint(path_or_hub_id, device=device, revision=revision).model

    def save_pretrained(self, folder: str | Path, *, card: str | None = None, **extra: Any) -> Path:  # noqa: ANN401
        """Write a checkpoint folder: weights, config, tokenizer, channels; `extra` are JSON values kept with it."""
        from sensorlm.checkpoint.folder import save_checkpoint  # noqa: PLC0415 (it imports this class)

        return save_checkpoint(folder, self, self.tokenizer, self.channel_set, extra=extra, card=card)

    def push_to_hub(
        self, repo_id: str, *, card: str | None = None, private: bool = False, token: str | None = None
    ) -> str:
        """Upload what `save_pretrained` writes; returns the commit's address.

        Raises:
            CheckpointError: the hub extra is not installed.
        """
        from sensorlm.checkpoint.hub import upload  # noqa: PLC0415 (only this needs the hub)

        return upload(lambda folder: self.save_pretrained(folder, card=card), repo_id, private=private, token=token)

    def encode_sensor(self, values: Days, observed: Tensor | None = None, normalize: bool = True) -> Tensor:
        """Features (b, e) of z-scored tensors (NaN = missing), of DayMatrix, or of arrays in channel units.

        Raises:
            ChannelError: a day's channels are not the model's.
        """
        values, observed = self._inputs(values, observed)
        features: Tensor = super().encode_sensor(values, observed, normalize)
        return features

    def encode_text(
        self, tokens: Tensor | str | Sequence[str], normalize: bool = True, mask: Tensor | None = None
    ) -> Tensor:
        """Features (b, e) of ids or of texts.

        Raises:
            TokenizerError: texts were given and the model has no tokenizer.
        """
        ids = tokens if isinstance(tokens, Tensor) else self.tokenize(tokens)
        features: Tensor = super().encode_text(ids, normalize, mask)
        return features

    def caption(
        self, days: Days, *, prompt: str = "", observed: Tensor | None = None, config: GenerationConfig | None = None
    ) -> list[str]:
        """A written caption of each day.

        Raises:
            ConfigError: the model has no decoder.
            TokenizerError: it has no tokenizer.
        """
        if self.tokenizer is None:
            raise TokenizerError("this model has no tokenizer, so it cannot write text. Set model.tokenizer.")
        values, observed = self._inputs(days, observed)
        ids = None
        if prompt:
            count = int(self.tokenizer.lengths([prompt])[0]) - 1  # the prompt must not end in EOS
            row = torch.from_numpy(self.tokenizer.encode([prompt], count + 1)[:, :count])
            ids = row.to(values.device).expand(len(values), -1)
        return self.tokenizer.decode(self.generate(values, observed, ids, config).tolist())

    def tokenize(self, texts: str | Sequence[str]) -> Tensor:
        """(b, l) ids on the model's device.

        Raises:
            TokenizerError: the model has no tokenizer.
        """
        language = self.config.text or self.config.decoder
        if self.tokenizer is None or language is None:
            raise TokenizerError("this model has no tokenizer, so it cannot read text. Set model.tokenizer.")
        texts = [texts] if isinstance(texts, str) else list(texts)
        ids = self.tokenizer.encode(texts, language.max_tokens)
        return torch.from_numpy(ids).to(self.logit_scale.device)

    def _inputs(self, days: Days, observed: Tensor | None) -> tuple[Tensor, Tensor | None]:
        if isinstance(days, Tensor):
            return days, observed
        if self.channel_set is None:
            raise ChannelError(
                "this model has no channel set, so it takes z-scored tensors only. Set model.channel_set."
            )
        if isinstance(days, DayMatrix):
            days = [days]
        elif isinstance(days, np.ndarray) and days.ndim == 2:
            days = days[None]
        values, seen = to_tensors(days, self.channel_set)
        return values.to(self.logit_scale.device), seen.to(self.logit_scale.device)
