"""Models and what is asked of them in, results task by task out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sensorlm.cli.evaluate_data import EvaluationData

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sensorlm.embedders import Embedder
    from sensorlm.embedders.checkpoint import CheckpointEmbedder
    from sensorlm.embedders.onnx import OnnxEmbedder
    from sensorlm.records import DayMatrix

LOG_SHOWN = ", sleep log shown"
"""Ends the names of results for which whole days were shown with their device's sleep log."""
MEASURED = ", statements measured"
"""Ends the names of questions asked of the model and of what it measures of a day, as `sensorlm search` does."""
FIGURES = ", figures measured"
"""The same of captions by which days are found."""
Vectors = Mapping[str, "NDArray[np.float32]"]
"""Days: "real", each surrogate, "untrained" -> (n, e)."""
TASKS = ("zero_shot", "probe", "retrieval", "questions", "captioning")


@dataclass(kw_only=True)
class Run:
    """What is measured, and how much of it."""

    model: "CheckpointEmbedder | OnnxEmbedder"
    untrained: "CheckpointEmbedder | None"
    """The same architecture with random weights; None for an export, which has no weights to draw anew."""
    tasks: Sequence[str]
    limit: int
    """Captions a model with a decoder writes."""
    seed: int
    left_out: dict[str, str] = field(default_factory=dict)
    """Task -> why it could not be run."""

    @property
    def reads(self) -> bool:
        """Whether the model understands text at all."""
        return self.model.tokenizer is not None and self.model.context_length > 0

    def results(self, data: EvaluationData) -> Iterator[dict[str, Any]]:
        """Every result, as soon as it is there."""
        if not self.reads:
            self.left_out["zero_shot, retrieval, questions"] = "the model reads no text"
        if {"zero_shot", "probe"} & set(self.tasks):
            yield from self._windows(data)
        if {"retrieval", "questions"} & set(self.tasks) and self.reads and data.whole_days:
            yield from self._whole_days(data)
        if "captioning" in self.tasks and data.whole_days:
            if self._writes:
                yield self._captioning(data)
            else:
                self.left_out["captioning"] = "the model has no decoder, so it writes no captions"

    @property
    def _writes(self) -> bool:
        from sensorlm.embedders.checkpoint import CheckpointEmbedder

        return isinstance(self.model, CheckpointEmbedder) and self.model.loaded.config.decoder is not None

    def _windows(self, data: EvaluationData) -> Iterator[dict[str, Any]]:
        from sensorlm.tasks.evaluation import task_features, zero_shot_task
        from sensorlm.tasks.probing import probe_task

        for task in data.labelled:
            if not task.asked or len(set(task.labels)) < 2:
                self.left_out[task.name] = f"{len(task.asked)} windows of {len(set(task.labels))} kinds"
                continue
            features = task_features(task, self.model, self.untrained)
            if "zero_shot" in self.tasks and self.reads:
                yield zero_shot_task(task, self.model, self.untrained, self.seed, features)
            taught = len(set(task.train_labels)) > 1 or (not task.train and len(set(task.people)) > 1)
            if "probe" in self.tasks and taught:
                yield probe_task(task, self.model, self.untrained, self.seed, features=features)

    def _whole_days(self, data: EvaluationData) -> Iterator[dict[str, Any]]:
        """Asked of pulse and steps as they are, and again with the sleep log, where the model reads one."""
        from sensorlm.days import with_sleep_log
        from sensorlm.embedders.base import SLEEP_LOG

        yield from self._of_days(data, "")
        if getattr(self.model, SLEEP_LOG, False):
            yield from self._of_days(replace(data, days=[with_sleep_log(day) for day in data.days]), LOG_SHOWN)

    def _of_days(self, data: EvaluationData, shown: str) -> Iterator[dict[str, Any]]:
        from sensorlm.embedders.measured import of_captions
        from sensorlm.tasks.evaluation import surrogates
        from sensorlm.tasks.finding import retrieval_task

        # Each day is embedded once, for questions and for retrieval; of days that are not asked about, none is.
        asked = list(range(len(data.days)) if data.questions is None else data.questions)
        captioned = data.captions if "retrieval" in self.tasks else {}
        needed = {*(asked if "questions" in self.tasks else ()), *(p for c in captioned.values() for p in c.places)}
        places = sorted(needed)
        if not places:
            return
        at = {place: i for i, place in enumerate(places)}
        days = [data.days[place] for place in places]
        vectors = {"real": self.model.embed_days(days)}
        for name, change in surrogates(self.seed).items():
            vectors[name] = self.model.embed_days(change(day) for day in days)
        if self.untrained is not None:
            vectors["untrained"] = self.untrained.embed_days(days)
        ways = self._ways(days, vectors)
        if "questions" in self.tasks:
            rows = [at[place] for place in asked]
            yield from self._questions(data, [days[row] for row in rows], [way.of(rows) for way in ways], shown)
        for name, captions in captioned.items():
            rows = [at[place] for place in captions.places]
            plain = _plain_scores(data, name)
            for way in (way.of(rows) for way in ways if way.captions):
                yield retrieval_task(
                    name + shown + way.captions_ending, [days[row] for row in rows], captions.texts, way.vectors,
                    of_captions(way.model), way.untrained and of_captions(way.untrained), self.seed,
                    same=captions.same, plain=plain,
                )  # fmt: skip

    def _ways(self, days: Sequence["DayMatrix"], vectors: "Vectors") -> "list[_Way]":
        """The model alone, and, where it can measure days too, what `sensorlm search` answers."""
        from sensorlm.embedders.measured import MeasuredEmbedder, with_statements
        from sensorlm.tasks.evaluation import surrogates

        ways = [_Way(model=self.model, untrained=self.untrained, vectors=vectors)]
        searcher = with_statements(self.model)
        if isinstance(searcher, MeasuredEmbedder):
            measured = {"real": searcher.measure(days)}
            for name, change in surrogates(self.seed).items():
                measured[name] = searcher.measure(change(day) for day in days)
            ways.append(_Way(
                model=searcher, untrained=None if self.untrained is None else with_statements(self.untrained),
                vectors={k: np.concatenate([v, measured.get(k, measured["real"])], 1) for k, v in vectors.items()},
                ending=MEASURED, captions_ending=FIGURES, captions=searcher.figures is not None,
            ))  # fmt: skip
        return ways

    def _questions(
        self, data: EvaluationData, days: Sequence["DayMatrix"], ways: "Sequence[_Way]", shown: str
    ) -> Iterator[dict[str, Any]]:
        """One result a list of questions: each list is by another hand, and none may flatter the model unseen."""
        from sensorlm.tasks.evaluation import surrogates
        from sensorlm.tasks.question_lists import QUESTION_LISTS
        from sensorlm.tasks.question_task import FIRST_HAND, question_task

        for name, questions in QUESTION_LISTS.items():
            plain: float | None = None
            for way in ways:
                found = question_task(
                    questions, days, way.vectors, way.model, way.untrained, name=name + shown + way.ending,
                    changes=surrogates(self.seed), held_out=data.held_out, seed=self.seed, plain=plain,
                )  # fmt: skip
                if found is None:
                    missing = ("questions" if name == FIRST_HAND else name) + shown
                    self.left_out[missing] = "no question has both answers often enough"
                    break
                plain = found["floors"]["plain_statistics"]["averaged"]
                yield found

    def _captioning(self, data: EvaluationData) -> dict[str, Any]:
        """What the decoder writes of recorded days, as text and as facts."""
        from sensorlm.tasks.caption_facts import fact_score
        from sensorlm.tasks.text_metrics import bleu, embedding_score, meteor_like, rouge_l

        model: Any = self.model
        captions = next(iter(data.captions.values()), None)
        places = [p for p in (captions.places if captions else range(len(data.days))) if p < len(data.recorded)]
        picked = np.random.default_rng(self.seed).permutation(len(places))[: self.limit]
        chosen = [places[i] for i in sorted(picked.tolist())]
        days = [data.days[place] for place in chosen]
        texts = [text for i in range(0, len(days), 16) for text in model.caption_days(days[i : i + 16])]
        metrics: dict[str, Any] = {"facts": fact_score(texts, days, model.channel_set, seed=self.seed)}
        if captions is not None:
            of = dict(zip(captions.places, captions.texts, strict=True))
            references = [of[place] for place in chosen]
            wanted = [[r] for r in references]
            metrics |= {
                "bleu": bleu(texts, wanted), "rouge_l": rouge_l(texts, wanted),
                "meteor_like": meteor_like(texts, wanted),
            }  # fmt: skip
            if self.reads:
                metrics["embedding_score"] = embedding_score(model, texts, references)
        metrics["true_share"] = metrics["facts"]["true_share"]
        floors = {"captions_of_other_days": {"true_share": metrics["facts"]["true_share_of_other_days"]}}
        return {
            "task": "captioning", "name": "learned", "metrics": metrics, "floors": floors,
            "samples": {
                "keys": [d.key for d in days], "people": [f"{d.dataset}/{d.person}" for d in days], "texts": texts,
            },
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Way:
    """Who answers, with the vectors of the days that are asked about."""

    model: "Embedder"
    untrained: "Embedder | None"
    vectors: Vectors
    ending: str = ""
    """Of the names of questions asked so."""
    captions_ending: str = ""
    """Of the names of captions by which days are found so."""
    captions: bool = True
    """Whether captions are read otherwise than by the model alone."""

    def of(self, rows: Sequence[int]) -> "_Way":
        """The same of some of the days."""
        return replace(self, vectors={name: vectors[rows] for name, vectors in self.vectors.items()})


def _plain_scores(data: EvaluationData, name: str) -> Any:  # noqa: ANN401
    """(days, texts) scores of plain statistics; None where nobody teaches them."""
    from sensorlm.tasks.heldout import CaptionedDay, linear_retrieval

    captions = data.captions[name]
    taught = data.teaching.get(captions.key, ())
    if not taught:
        return None
    asked = [CaptionedDay(day=data.days[p], text=t) for p, t in zip(captions.places, captions.texts, strict=True)]
    return linear_retrieval(asked, [CaptionedDay(day=day, text=text) for day, text in taught])
