"""A configuration in; the dataset, tokenizer, codebook, model configuration and loaders of a run, out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.batching import DayLoader, Sampling
from sensorlm.batching.sampling import choose
from sensorlm.batching.telling import telling_rows
from sensorlm.captions.codes import Codebook
from sensorlm.checkpoint import get_tokenizer, with_minilm
from sensorlm.config.training import TrainingConfig
from sensorlm.errors import ConfigError, TrainingError
from sensorlm.files import write_json
from sensorlm.records import Caption, DayMatrix
from sensorlm.store import Dataset, open_dataset
from sensorlm.tokenizer import CaptionTokenizer
from sensorlm.training.processes import Processes

# Captions looked at to train a tokenizer and to choose a codebook: enough that a word or quantity not seen is rare.
SAMPLED_CAPTIONS, SAMPLED_A_DAY, SAMPLED_AT_ONCE = 4096, 8, 64
VAL_SEED = 1_000_003


@dataclass(frozen=True)
class Materials:
    """What a run reads."""

    config: TrainingConfig
    """With the model fitted to the dataset's channels and the tokenizer's vocabulary."""
    dataset: Dataset
    tokenizer: CaptionTokenizer
    codebook: Codebook | None
    rows: Mapping[str, NDArray[np.int64]]
    """Split -> rows of days of which something can be told."""

    def loader(self, split: str, processes: Processes) -> DayLoader:
        """Batches of a split: the training batch of all processes, or held-out days one by one."""
        config, training = self.config, split == "train"
        size = config.batch_size * config.accum_freq * processes.size if training else 1
        return DayLoader(
            self.dataset, self.rows[split], batch_size=size, tokenizer=self.tokenizer,
            caption_keys=config.key_weights, seed=config.seed if training else VAL_SEED,
            context_length=config.context_length, codebook=self.codebook, window_fraction=config.window_fraction,
            num_workers=config.workers if training else 0, rank=processes.rank if training else 0,
            world_size=processes.size if training else 1,
        )  # fmt: skip


def gather_materials(config: TrainingConfig, processes: Processes) -> Materials:
    """Open the dataset; make tokenizer and codebook once, in the run folder, and read them there ever after.

    Raises:
        TrainingError: too few training days for a batch.
        SensorLMError: the dataset, tokenizer or caption keys do not fit.
    """
    dataset = open_dataset(config.data)
    telling = {split: telling_rows(dataset, dataset.rows(split)) for split in ("train", "val")}
    rows = telling["train"]
    batch = config.batch_size * config.accum_freq * processes.size
    if len(rows) < batch:
        raise TrainingError(
            f"{config.data} has {len(rows)} training days and a batch holds {batch}: a day would meet itself as a "
            f"negative. Use --batch-size {max(1, len(rows) // (config.accum_freq * processes.size))} or add data."
        )
    folder = Path(config.folder)
    if processes.is_main:
        folder.mkdir(parents=True, exist_ok=True)
        _make_tokenizer(config, dataset, rows, folder)
        _make_codebook(config, dataset, rows, folder)
    processes.wait()
    tokenizer = CaptionTokenizer.from_file(folder)
    codebook = None
    if config.labels == "facts":
        codebook = Codebook.from_json(json.loads((folder / "codebook.json").read_text(encoding="utf-8")))
    return Materials(fitted(config, dataset, tokenizer), dataset, tokenizer, codebook, telling)


def fitted(config: TrainingConfig, dataset: Dataset, tokenizer: CaptionTokenizer) -> TrainingConfig:
    """The configuration with the dataset's channels and the tokenizer's vocabulary in its model."""
    model = config.model
    if config.text_tower != "own":
        model = with_minilm(model, frozen=config.text_tower == "minilm")
    words: dict[str, Any] = {"vocab_size": tokenizer.vocab_size, "eos_id": tokenizer.eos_id, "pad_id": tokenizer.pad_id}
    return replace(
        config,
        model=replace(
            model,
            sensor=replace(model.sensor, num_channels=len(dataset.channel_set)),
            text=None if model.text is None else replace(model.text, **words),
            decoder=None if model.decoder is None else replace(model.decoder, **words),
        ),
    )


def sample_captions(config: TrainingConfig, dataset: Dataset, rows: NDArray[np.int64]) -> list[Caption]:
    """Captions as the run will draw them."""
    sampling = Sampling(caption_keys=config.key_weights, window_fraction=config.window_fraction, seed=config.seed)
    count = min(SAMPLED_CAPTIONS, SAMPLED_A_DAY * len(rows))
    captions: list[Caption] = []
    for start in range(0, count, SAMPLED_AT_ONCE):
        samples = np.arange(start, min(start + SAMPLED_AT_ONCE, count))
        picked = rows[samples % len(rows)].tolist()
        epochs = (samples // len(rows)).tolist()
        captions += choose(sampling, dataset, picked, samples.tolist(), epochs, partial(_day, dataset, picked))
    return captions


def _day(dataset: Dataset, rows: list[int], i: int) -> DayMatrix:
    return dataset.day(rows[i])


def _make_tokenizer(config: TrainingConfig, dataset: Dataset, rows: NDArray[np.int64], folder: Path) -> None:
    if any((folder / name).exists() for name in ("tokenizer.json", "tokenizer.model")):
        return
    if config.text_tower != "own":
        tokenizer = get_tokenizer("minilm").tokenizer
        tokenizer.save(folder)
    elif config.tokenizer is None:
        texts = [caption.text for caption in sample_captions(config, dataset, rows)]
        words = config.model.text or config.model.decoder
        assert words is not None
        CaptionTokenizer.train(texts, words.vocab_size).save(folder)
    else:
        CaptionTokenizer.from_file(config.tokenizer).save(folder)


def _make_codebook(config: TrainingConfig, dataset: Dataset, rows: NDArray[np.int64], folder: Path) -> None:
    if config.labels != "facts" or (folder / "codebook.json").exists():
        return
    captions = [c for c in sample_captions(config, dataset, rows) if c.labels == "facts"]
    if not any(caption.facts for caption in captions):
        raise ConfigError(
            f"labels='facts', and no caption under {config.caption_keys!r} carries facts to label by. "
            "Add plain-language captions: --caption-keys short=1."
        )
    write_json(folder / "codebook.json", Codebook.from_captions(captions, config.codebook_size).to_json())
