"""A checkpoint in, an embedder out: the model as every task sees it."""

import hashlib
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from sensorlm.batching import to_tensors
from sensorlm.captions.figures import WrittenNumber
from sensorlm.checkpoint import Loaded, SensorLM, load_checkpoint
from sensorlm.config.generation import GenerationConfig
from sensorlm.embedders.base import CLASS_SCALE, SLEEP_LOG, Window
from sensorlm.embedders.writing import LEAST, Said, prompt_ids, split_sentences, sure_text
from sensorlm.errors import CheckpointError, TokenizerError
from sensorlm.model.sensor_lm import unit
from sensorlm.records import DayMatrix
from sensorlm.tokenizer import CaptionTokenizer

REMEMBERED_TEXTS = 20_000
"""Texts whose features before the projection are kept, where the text tower is frozen."""


class CheckpointEmbedder:
    """Unit vectors from a loaded checkpoint.

    Args:
        loaded: a model with its tokenizer and channel set.
        name: what reports call it.
        device: where it runs.
        batch_size: days or texts a batch.

    Raises:
        CheckpointError: the checkpoint has no channel set, so that no day can be given to it.
    """

    def __init__(
        self, loaded: Loaded, *, name: str = "checkpoint", device: str | torch.device = "cpu", batch_size: int = 64
    ) -> None:
        if loaded.channel_set is None:
            raise CheckpointError(f"{name}: this checkpoint names no channels. Save it with its channel set.")
        self.loaded = loaded
        self.model = loaded.model.to(device).eval()
        self.tokenizer = loaded.tokenizer
        self.channel_set = loaded.channel_set
        self.device = torch.device(device)
        self.batch_size = batch_size
        self.name = name
        self.identity = f"{name}:{_fingerprint(self.model)}"
        self.dim = loaded.config.embed_dim
        self.reads_sleep_log = bool(loaded.extra.get(SLEEP_LOG, False))
        self.class_logit_scale: float | None = loaded.extra.get(CLASS_SCALE)
        self.logit_scale = float(self.model.logit_scale.detach().exp())
        self.logit_bias = float(self.model.logit_bias.detach())
        self.context_length = loaded.config.text.max_tokens if loaded.config.text else 0
        # A frozen tower says the same of a text whoever asks: the untrained twin shares what it said.
        self._read: dict[str, torch.Tensor] = {}
        self.read_numbers: dict[str, tuple[list[WrittenNumber], torch.Tensor]] = {}
        """The same of numbers in texts, see `embedders.figures`."""

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        device: str | torch.device = "cpu",
        tokenizer: str | Path | None = None,
        batch_size: int = 64,
    ) -> "CheckpointEmbedder":
        """Load a checkpoint folder, file or hub id; `tokenizer` is a file to use instead of the checkpoint's own.

        Raises:
            TokenizerError: the tokenizer has more words than the model's table.
        """
        loaded = load_checkpoint(path, device=device)
        if tokenizer is not None:
            given = CaptionTokenizer.from_file(tokenizer)
            room = loaded.config.text.vocab_size if loaded.config.text else given.vocab_size
            if given.vocab_size > room:
                raise TokenizerError(
                    f"tokenizer {tokenizer} has {given.vocab_size} words, the model's table {room}. "
                    "Give the tokenizer that the model was trained with."
                )
            loaded.model.tokenizer = given
            loaded = replace(loaded, tokenizer=given)
        return cls(loaded, name=Path(path).name, device=device, batch_size=batch_size)

    def untrained(self, seed: int = 0) -> "CheckpointEmbedder":
        """The same architecture with random weights, tokenizer and channels kept: a floor that every result needs.

        A frozen text tower was never trained here, so the twin keeps it.
        """
        model = SensorLM(self.loaded.config, seed=seed)
        model.tokenizer, model.channel_set = self.tokenizer, self.channel_set
        if self.frozen_text:
            model.text = self.model.text
        loaded = replace(self.loaded, model=model)
        twin = CheckpointEmbedder(
            loaded, name=f"{self.name}, untrained", device=self.device, batch_size=self.batch_size
        )
        if self.frozen_text:
            twin._read, twin.read_numbers = self._read, self.read_numbers
        return twin

    @property
    def frozen_text(self) -> bool:
        """Whether the text tower says the same of a text whenever it is asked."""
        return self.loaded.config.text is not None and self.loaded.config.text.frozen

    def embed_days(self, days: Iterable[DayMatrix], window: Window | None = None) -> NDArray[np.float32]:
        """(n, e) unit vectors, one batch in memory at a time. With `window`, minutes outside it are hidden first."""
        parts = []
        source = iter(days)
        while batch := list(itertools.islice(source, self.batch_size)):
            shown = batch if window is None else [day.shown(*window) for day in batch]
            values, observed = to_tensors(shown, self.channel_set)
            with torch.inference_mode():
                features = self.model.encode_sensor(values.to(self.device), observed.to(self.device))
            parts.append(features.float().cpu().numpy())
        return np.concatenate(parts) if parts else np.empty((0, self.dim), np.float32)

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, e) unit vectors.

        Raises:
            CheckpointError: the checkpoint has no tokenizer.
        """
        if self.tokenizer is None:
            raise CheckpointError(f"{self.name}: this checkpoint has no tokenizer, so it cannot read text.")
        if self.frozen_text:
            return self._embed_read(texts)
        parts = []
        for start in range(0, len(texts), self.batch_size):
            tokens = self.tokenizer.encode(list(texts[start : start + self.batch_size]), self.context_length)
            with torch.inference_mode():
                features = self.model.encode_text(torch.from_numpy(tokens).to(self.device))
            parts.append(features.float().cpu().numpy())
        return np.concatenate(parts) if parts else np.empty((0, self.dim), np.float32)

    def _embed_read(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """`embed_texts` under a frozen tower: each text is read once, then projected."""
        projection = self.model.text_projection
        if not len(texts) or projection is None:
            return np.empty((0, self.dim), np.float32)
        parts = []
        with torch.inference_mode():
            said = self.read_texts(texts)
            for start in range(0, len(texts), self.batch_size):
                parts.append(unit(projection(said[start : start + self.batch_size])).cpu().numpy())
        return np.concatenate(parts)

    def read_texts(self, texts: Sequence[str]) -> torch.Tensor:
        """(n, w) what the text tower makes of texts, before the projection; remembered where the tower is frozen.

        Each text is read once, texts of a length together.

        Raises:
            CheckpointError: the checkpoint reads no text.
        """
        tokenizer, tower = self.tokenizer, self.model.text
        if tokenizer is None or tower is None:
            raise CheckpointError(f"{self.name}: this checkpoint reads no text. Use one with a text tower.")
        if len(self._read) > REMEMBERED_TEXTS or not self.frozen_text:
            self._read.clear()
        new = sorted({text for text in texts if text not in self._read}, key=len)
        with torch.inference_mode():
            for start in range(0, len(new), self.batch_size):
                batch = new[start : start + self.batch_size]
                tokens = torch.from_numpy(tokenizer.encode(batch, self.context_length)).to(self.device)
                self._read.update(zip(batch, tower(tokens, None), strict=True))
            return torch.stack([self._read[text] for text in texts])

    def caption_days(
        self, days: Sequence[DayMatrix], *, prefix: str = "", config: GenerationConfig | None = None, sure: bool = True
    ) -> list[str]:
        """Captions the model writes of days, all at once; each begins with `prefix`. None: greedy, as long as fits.

        A checkpoint may say how likely a sentence must be to be said (see `embedders.writing`): others are left out,
        unless `sure` is False.

        Raises:
            ConfigError: the model has no decoder, or the caption would be longer than its context.
            TokenizerError: it has no tokenizer.
        """
        least = self.loaded.extra.get(LEAST) if sure else None
        how = config or GenerationConfig(max_tokens=max(self.caption_room(prefix), 1))
        if least is None:
            with torch.inference_mode():
                return self.model.caption(list(days), prompt=prefix, config=how)
        return [sure_text(found, least, prefix) for found in self.caption_sentences(days, prefix=prefix, config=how)]

    def caption_sentences(
        self, days: Sequence[DayMatrix], *, prefix: str = "", config: GenerationConfig | None = None
    ) -> list[list[Said]]:
        """The same sentence by sentence, without the prefix, with how likely the model finds each.

        Raises:
            ConfigError: the model has no decoder, or the caption would be longer than its context.
            TokenizerError: it has no tokenizer.
        """
        if self.tokenizer is None:
            raise TokenizerError(f"{self.name}: this checkpoint has no tokenizer, so it cannot write text.")
        how = config or GenerationConfig(max_tokens=max(self.caption_room(prefix), 1))
        values, observed = to_tensors(list(days), self.channel_set)
        start = prompt_ids(self.tokenizer, prefix)
        prompt = None if start is None else torch.from_numpy(start).to(self.device).expand(len(values), -1)
        with torch.inference_mode():
            ids, scores = self.model.generate_scored(values.to(self.device), observed.to(self.device), prompt, how)
        skipped = 0 if start is None else start.shape[1]
        return split_sentences(self.tokenizer, ids[:, skipped:].cpu().numpy(), scores[:, skipped:].cpu().numpy())

    def caption_room(self, prefix: str = "", most: int = 224) -> int:
        """Tokens that may follow a prefix: what is left of the decoder's context, `most` at most."""
        decoder = self.loaded.config.decoder
        if decoder is None or self.tokenizer is None:
            return most
        start = prompt_ids(self.tokenizer, prefix)
        return min(most, decoder.context_length - (0 if start is None else start.shape[1]))


def _fingerprint(model: torch.nn.Module) -> str:
    """Eight digits that tell two sets of weights apart, whatever their folder is called."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().flatten()[:256].view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()[:8]
