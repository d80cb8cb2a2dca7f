"""A dataset in, an endless stream of batches out, that stops and goes on at any sample.

Sample s of a run is the day at place permutation(seed, s // n)[s % n], with draws seeded by (seed, s). A global batch
is the next `batch_size` samples, of which each rank takes its slice, so the state of a run is one integer: the samples
consumed by all ranks together. Nothing is lost or repeated when a run stops, whatever its workers had prefetched.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Sampler
from torch.utils.data import Dataset as TorchDataset

from sensorlm.batching.order import shuffled
from sensorlm.batching.sampling import Sampling, check_keys, choose
from sensorlm.batching.tensors import FACTS, PAIRS, Batch, CaptionCodes, z_score_
from sensorlm.captions.codes import Codebook
from sensorlm.captions.facts import DayBatch
from sensorlm.errors import ConfigError
from sensorlm.records import Caption, DayMatrix
from sensorlm.store import Dataset
from sensorlm.tokenizer import CaptionTokenizer


class DayLoader:
    """An iterator of Batch without end; `position` is its whole state."""

    def __init__(
        self,
        dataset: Dataset,
        rows: Sequence[int] | NDArray[np.int64] | None = None,
        *,
        batch_size: int,
        tokenizer: CaptionTokenizer,
        caption_keys: Mapping[str, float],
        seed: int,
        context_length: int = 256,
        codebook: Codebook | None = None,
        max_facts: int = 8,
        window_fraction: float = 0.0,
        num_workers: int = 0,
        rank: int = 0,
        world_size: int = 1,
        pin_memory: bool | None = None,
    ) -> None:
        """Make a loader at position 0.

        Args:
            dataset: what to read; its random-access copies are built now, before any worker starts.
            rows: the rows of an epoch, e.g. `dataset.rows("train")`; all of them without.
            batch_size: samples of a global batch, over all ranks.
            tokenizer: for the captions.
            caption_keys: key -> weight; a stored key is read, another is generated (see `Sampling`).
            seed: of the order, the windows and the captions.
            context_length: tokens a caption.
            codebook: adds the codes from which facts label pairs; without, every sample is labelled as a pair.
            max_facts: facts a caption that its codes hold.
            window_fraction: share of samples that show a window of their day.
            num_workers: processes that make batches ahead; 0 makes them here.
            rank: of this process, below `world_size`.
            world_size: processes that share each global batch.
            pin_memory: page-locked batches; default: where a GPU is.

        Raises:
            ConfigError: no rows, a batch that ranks cannot share evenly, or a caption key that does not exist.
        """
        rows = dataset.rows() if rows is None else np.asarray(rows, np.int64)
        if len(rows) == 0:
            raise ConfigError(f"no rows to read from {dataset.folder}. Is this split empty?")
        share = _share(batch_size, rank, world_size)
        check_keys(list(caption_keys), dataset)
        dataset.prepare()
        self.batch_size = batch_size
        self.num_rows = len(rows)
        self.position = 0
        self._batches = _Batches(
            dataset=dataset, rows=rows, tokenizer=tokenizer, context_length=context_length, codebook=codebook,
            max_facts=max_facts, share=share, rank=rank,
            sampling=Sampling(caption_keys=dict(caption_keys), window_fraction=window_fraction, seed=seed),
        )  # fmt: skip
        self._num_workers = num_workers
        self._pin_memory = torch.cuda.is_available() if pin_memory is None else pin_memory
        self._stream: Iterator[Batch] | None = None

    @property
    def epoch(self) -> float:
        """Epochs consumed, with their fraction."""
        return self.position / self.num_rows

    def __iter__(self) -> "DayLoader":
        return self

    def __next__(self) -> Batch:
        if self._stream is None:
            self._stream = self._start()
        batch = next(self._stream)
        self.position += self.batch_size
        return batch

    def batch_at(self, position: int) -> Batch:
        """The batch that starts at a global position, made here and now; leaves the loader where it is."""
        return self._batches[position]

    def state_dict(self) -> dict[str, int]:
        """The loader's state: samples consumed by all ranks."""
        return {"position": self.position}

    def load_state_dict(self, state: Mapping[str, int]) -> None:
        """Go on from a state, of any number of workers or ranks; what was prefetched is dropped."""
        self.close()
        self.position = int(state["position"])

    def close(self) -> None:
        """Stop the workers; the next batch starts them again at `position`."""
        # The iterator of a DataLoader ends its processes when it goes.
        self._stream = None

    def _start(self) -> Iterator[Batch]:
        return iter(
            DataLoader(
                self._batches,
                batch_size=None,
                sampler=_Positions(self.position, self.batch_size),
                num_workers=self._num_workers,
                pin_memory=self._pin_memory,
                collate_fn=_as_it_is,
                worker_init_fn=_start_worker,
                # Its own: torch would draw the workers' seed from the global state, and a resumed run would differ.
                generator=torch.Generator(),
            )
        )


def _share(batch_size: int, rank: int, world_size: int) -> int:
    """Samples of a global batch that one rank takes."""
    if world_size < 1 or not 0 <= rank < world_size:
        raise ConfigError(f"rank={rank} is not one of world_size={world_size} processes.")
    if batch_size < 1 or batch_size % world_size:
        raise ConfigError(
            f"batch_size={batch_size} cannot be shared evenly by {world_size} processes. Give a multiple of it."
        )
    return batch_size // world_size


class _Positions(Sampler[int]):
    """Positions of all batches from one on."""

    def __init__(self, start: int, step: int) -> None:
        self._start, self._step = start, step

    def __iter__(self) -> Iterator[int]:
        position = self._start
        while True:
            yield position
            position += self._step


class _Batches(TorchDataset[Batch]):
    """Global position -> this rank's share of the batch that starts there."""

    def __init__(
        self, *, dataset: Dataset, rows: NDArray[np.int64], tokenizer: CaptionTokenizer, context_length: int,
        codebook: Codebook | None, max_facts: int, share: int, rank: int, sampling: Sampling,
    ) -> None:  # fmt: skip
        self._dataset, self._rows, self._tokenizer = dataset, rows, tokenizer
        self._context_length, self._codebook, self._max_facts = context_length, codebook, max_facts
        self._share, self._rank, self._sampling = share, rank, sampling

    def __getitem__(self, position: int) -> Batch:
        samples = position + self._rank * self._share + np.arange(self._share, dtype=np.int64)
        rows = self._rows[shuffled(samples, len(self._rows), self._sampling.seed)]
        epochs = samples // len(self._rows)
        read = _Read(self._dataset, rows)
        captions = choose(self._sampling, self._dataset, rows.tolist(), samples.tolist(), epochs.tolist(), read.day)
        day_codes, caption_codes = self._codes(read, captions)
        values = read.values  # codes and captions are done with the whole days; now hide what is not shown
        for shown, caption in zip(values, captions, strict=True):
            start, end = caption.window
            shown[:start] = np.nan
            shown[end:] = np.nan
        tokens = self._tokenizer.encode([c.text for c in captions], self._context_length)
        modes = [FACTS if c.labels == "facts" and self._codebook is not None else PAIRS for c in captions]
        z, observed = z_score_(torch.from_numpy(values), self._dataset.channel_set)
        return Batch(
            values=z, observed=observed, tokens=torch.from_numpy(tokens), day_codes=day_codes,
            caption_codes=caption_codes, label_mode=torch.tensor(modes), rows=torch.from_numpy(rows),
        )  # fmt: skip

    def _codes(self, read: "_Read", captions: Sequence[Caption]) -> tuple[Tensor, CaptionCodes]:
        """Codes of the shown part of each day, and of its caption."""
        if self._codebook is None:
            none = torch.zeros(len(captions), 0)
            return none, CaptionCodes(index=none.to(torch.int32), low=none, high=none, margin=none)
        codes = self._codebook.day_codes(read.days(), np.array([c.window for c in captions]))
        asked = self._codebook.caption_codes(captions, self._max_facts)
        bounds = {name: torch.from_numpy(getattr(asked, name)) for name in ("low", "high", "margin")}
        return torch.from_numpy(codes), CaptionCodes(index=torch.from_numpy(asked.index), **bounds)


class _Read:
    """The days of a batch, read once; what else is known of them only when it is asked for."""

    def __init__(self, dataset: Dataset, rows: NDArray[np.int64]) -> None:
        self.values = dataset.values(rows)
        self._dataset, self._rows = dataset, rows
        self._meta: dict[int, dict[str, Any]] = {}

    def day(self, i: int) -> DayMatrix:
        """Day `i` of the batch, a view of `values`."""
        values = self.values[i]
        keys = self._dataset.channel_set.keys
        return DayMatrix(values=values, observed=~np.isnan(values), channel_keys=keys, **self._metadata(i))

    def days(self) -> DayBatch:
        """All of them, to be asked for facts."""
        meta = [self._metadata(i) for i in range(len(self._rows))]
        events, logged = tuple(m["events"] for m in meta), tuple(m["logged"] for m in meta)
        return DayBatch(self.values, self._dataset.channel_set.keys, events, logged)

    def _metadata(self, i: int) -> dict[str, Any]:
        if i not in self._meta:
            self._meta[i] = self._dataset.metadata(int(self._rows[i]))
        return self._meta[i]


def _as_it_is(batch: Any) -> Any:  # noqa: ANN401  torch's type of a collate_fn
    return batch


def _start_worker(_: int) -> None:
    # Threads of tokenizers do not survive a fork, and the workers are the parallelism already.
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
