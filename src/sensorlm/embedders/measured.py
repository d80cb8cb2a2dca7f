"""A model with statements in, an embedder out that also measures days and reads texts as statements.

A model's vector of a day is what it makes of 1,440 minutes in a few hundred numbers; that somebody went to bed later
than the evening before may be lost there, though the minutes say it. So what is measured of a day (`captions.bank`)
is put behind the model's vector, and behind a text's vector the weights of the statements nearest to it. The inner
product of both is the model's cosine plus a quarter of how far the statements asked for hold above the usual.
"""

import copy
import hashlib
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from sensorlm.captions.bank import StatementBank
from sensorlm.captions.facts import DayBatch
from sensorlm.channels import ChannelSet
from sensorlm.checkpoint.figures import Figures
from sensorlm.checkpoint.statements import Statements
from sensorlm.days.sleep_log import STAGES
from sensorlm.embedders.base import Embedder, Window
from sensorlm.embedders.checkpoint import CheckpointEmbedder
from sensorlm.embedders.figures import FigureMatcher, tells_figures
from sensorlm.records import DayMatrix
from sensorlm.tokenizer import CaptionTokenizer

WEIGHT = 0.25
"""Of what is measured, beside a cosine of the model: chosen on people of the train and validation splits."""
FIGURES_WEIGHT = 0.15
"""Of figures, beside the same cosine."""
_LOG = tuple(f"sleep_stage_{stage}" for stage in STAGES)
Vectors = NDArray[np.float32]
AnyEmbedder = TypeVar("AnyEmbedder", bound=Embedder)


class MeasuredEmbedder:
    """Vectors of a checkpoint with statements behind them. They are not of length 1: their inner product is the score.

    Letters in shapes: e the model's vector, p statements, d numbers that stand for a day's figures.

    Args:
        model: reads days and texts.
        statements: of the same checkpoint, whose text tower they were learned with.
        figures: of the same, where it has them.
    """

    def __init__(self, model: CheckpointEmbedder, statements: Statements, figures: Figures | None = None) -> None:
        self.model, self.statements = model, statements
        self.questions = True
        """Whether texts may be read as statements; see `of_captions`."""
        self.reader = statements.reader.to(model.device)
        self.bank: StatementBank = statements.bank
        self.figures = None if figures is None else FigureMatcher(model, figures)
        self.dim = model.dim + len(self.bank) + (0 if self.figures is None else self.figures.bank.dim)
        self.name = f"{model.name}, statements measured"
        self.identity = f"{model.identity}, {len(self.bank)} statements {_fingerprint(statements, figures)}"
        self.logit_scale, self.logit_bias = model.logit_scale, model.logit_bias
        self.channel_set: ChannelSet = model.channel_set
        self.tokenizer: CaptionTokenizer | None = model.tokenizer
        self.batch_size = model.batch_size
        self.reads_sleep_log, self.class_logit_scale = model.reads_sleep_log, model.class_logit_scale

    def embed_days(self, days: Iterable[DayMatrix], window: Window | None = None) -> Vectors:
        """(n, e + p + d): the model's unit vectors, then what is measured. `window` hides the minutes outside it."""
        parts = []
        source = iter(days)
        while batch := list(itertools.islice(source, self.batch_size)):
            shown = batch if window is None else [day.shown(*window) for day in batch]
            parts.append(self.behind(self.model.embed_days(shown), shown))
        return np.concatenate(parts) if parts else np.empty((0, self.dim), np.float32)

    def behind(self, vectors: Vectors, days: Iterable[DayMatrix]) -> Vectors:
        """(n, e + p + d): what is measured of days behind vectors (n, e) that the model has given them already."""
        return np.concatenate([vectors, self.measure(days)], axis=1)

    def measure(self, days: Iterable[DayMatrix]) -> Vectors:
        """(n, p + d): what is measured of days, each part by the root of its weight."""
        parts, source = [np.empty((0, self.dim - self.model.dim), np.float32)], iter(days)
        while batch := list(itertools.islice(source, self.batch_size)):
            told = DayBatch.from_days([as_told(day) for day in batch])
            found = [np.sqrt(WEIGHT) * self.bank.standing(told)]
            if self.figures is not None:
                found.append(np.sqrt(FIGURES_WEIGHT) * self.figures.of_days(told))
            parts.append(np.concatenate(found, axis=1).astype(np.float32))
        return np.concatenate(parts)

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """(n, e + p + d): the model's unit vectors, then the weights of the statements it is read as, its numbers."""
        parts = [self.model.embed_texts(texts), np.sqrt(WEIGHT) * self.statement_weights(texts)]
        if self.figures is not None:
            parts.append(np.sqrt(FIGURES_WEIGHT) * self.figures.of_texts(texts))
        return np.concatenate(parts, axis=1).astype(np.float32)

    def statement_weights(self, texts: Sequence[str]) -> Vectors:
        """(n, p) how much each statement has to do with each text; zeros for a caption.

        Captions of several sentences say a number in each: the model reads those better than the nearest statements do.

        Raises:
            CheckpointError: the checkpoint reads no text.
        """
        out = np.zeros((len(texts), len(self.bank)), np.float32)
        single = [i for i, text in enumerate(texts) if self.questions and not tells_figures(text)]
        if single:
            with torch.inference_mode():
                out[single] = self.reader(self.model.read_texts([texts[i] for i in single])).float().cpu().numpy()
        return out

    def of_captions(self) -> "MeasuredEmbedder":
        """The same for texts that describe a day and are to be found by one: none is read as statements.

        How far a statement holds of a day says which days to show, but not which of two texts describes it better.
        """
        other = copy.copy(self)
        other.questions = False
        return other

    def read_as(self, texts: Sequence[str], most: int = 3) -> list[tuple[int, float]]:
        """Statements that texts are read as, their weights averaged, the heaviest first."""
        weights = self.statement_weights(texts).mean(axis=0)
        return [(int(i), float(weights[i])) for i in np.argsort(-weights, kind="stable")[:most] if weights[i] > 0]


def _fingerprint(statements: Statements, figures: Figures | None) -> str:
    digest = hashlib.sha256()
    for part in (statements, figures):
        if part is not None:
            for _, array in sorted(part.bank.arrays().items()):
                digest.update(array.tobytes())
            for _, weights in sorted(part.reader.state_dict().items()):
                digest.update(weights.detach().cpu().numpy().tobytes())
    return digest.hexdigest()[:8]


def as_told(day: DayMatrix) -> DayMatrix:
    """The day with no more of its logs than its channels show: its sleep, where a sleep_stage channel is shown.

    Activities, moods and the sleep of a day shown without its log are labels, and may not be measured.
    """
    columns = [day.channel_keys.index(key) for key in _LOG if key in day.channel_keys]
    if not columns or not day.observed[:, columns].any():
        return replace(day, events=(), logged=frozenset())
    slept = tuple(event for event in day.events if event.kind == "sleep")
    return replace(day, events=slept, logged=day.logged & {"sleep"})


def with_statements(embedder: AnyEmbedder) -> AnyEmbedder | MeasuredEmbedder:
    """The same model with what it can measure of days, where its checkpoint says how; else the model itself."""
    if isinstance(embedder, CheckpointEmbedder) and embedder.loaded.statements is not None:
        return MeasuredEmbedder(embedder, embedder.loaded.statements, embedder.loaded.figures)
    return embedder


def of_captions(embedder: AnyEmbedder) -> AnyEmbedder | MeasuredEmbedder:
    """The same model as it reads captions that describe a day rather than what is asked of days."""
    return embedder.of_captions() if isinstance(embedder, MeasuredEmbedder) else embedder
