"""An exported folder in, an embedder out: the model as onnxruntime runs it, with the vectors of its checkpoint."""

import hashlib
import importlib
import itertools
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.config.model import ModelConfig
from sensorlm.embedders.base import CLASS_SCALE, SLEEP_LOG, Window
from sensorlm.errors import CheckpointError
from sensorlm.records import DayMatrix
from sensorlm.tokenizer import CaptionTokenizer

# Named as text, because the room that runs exports lies above this one.
RUNTIME = "sensorlm.export.runtime:OnnxModel"
MARK = "export.json"


class OnnxEmbedder:
    """Unit vectors from `sensorlm export`'s folder.

    Args:
        folder: the export.
        int8: use its 8-bit graphs.
        tokenizer: a tokenizer file that is used instead of the export's own.
        batch_size: days or texts at a time.

    Raises:
        CheckpointError: damaged, or it names no channels.
    """

    def __init__(
        self, folder: str | Path, *, int8: bool = False, tokenizer: str | Path | None = None, batch_size: int = 32
    ) -> None:
        module, name = RUNTIME.split(":")
        self.folder, self.batch_size = Path(folder), batch_size
        self.model: Any = getattr(importlib.import_module(module), name)(self.folder, int8=int8)
        if self.model.channel_set is None:
            raise CheckpointError(f"{folder}: this export names no channels. Export a checkpoint that has them.")
        self.channel_set = self.model.channel_set
        self.name = self.folder.name
        self.logit_scale, self.logit_bias = float(self.model.logit_scale), float(self.model.logit_bias)
        own = any((self.folder / file).is_file() for file in ("tokenizer.json", "tokenizer.model"))
        source = tokenizer if tokenizer is not None else self.folder if own else None
        self.tokenizer = None if source is None else CaptionTokenizer.from_file(source)
        data = (self.folder / MARK).read_bytes()
        config = ModelConfig.from_json(json.loads(data)["model"])
        self.reads_sleep_log = bool(json.loads(data).get(SLEEP_LOG, False))
        self.class_logit_scale: float | None = json.loads(data).get(CLASS_SCALE)
        self.dim, self.context_length = config.embed_dim, config.text.context_length if config.text else 0
        graphs = b"".join((self.folder / file).read_bytes()[-65536:] for file in sorted(self.model.graphs.values()))
        self.identity = f"{self.name}:{hashlib.sha256(data + graphs).hexdigest()[:8]}"

    def embed_days(self, days: Iterable[DayMatrix], window: Window | None = None) -> NDArray[np.float32]:
        """(n, e) unit vectors, one batch in memory at a time. With `window`, minutes outside it are hidden first."""
        parts = [np.empty((0, self.dim), np.float32)]
        source = iter(days)
        while batch := list(itertools.islice(source, self.batch_size)):
            parts.append(self.model.encode_sensor(batch if window is None else [day.shown(*window) for day in batch]))
        return np.concatenate(parts)

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, e) unit vectors.

        Raises:
            CheckpointError: the export has no tokenizer.
        """
        if self.tokenizer is None:
            raise CheckpointError(f"{self.name}: this export has no tokenizer, so it cannot read text.")
        parts = [np.empty((0, self.dim), np.float32)]
        for start in range(0, len(texts), self.batch_size):
            # To the full length: a model that pools the last token was trained on it.
            ids = self.tokenizer.encode(list(texts[start : start + self.batch_size]), self.context_length)
            parts.append(self.model.encode_text(ids))
        return np.concatenate(parts)
