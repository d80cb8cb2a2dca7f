"""Days and class words in, an answer a day (or window) out: the likeliest class, several, or none at all.

A day in which nothing was recorded in the asked minutes gets no answer: the model would only repeat its prior.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sensorlm.embedders import Embedder
from sensorlm.embedders.base import Window
from sensorlm.errors import SensorLMError
from sensorlm.records import MINUTES_PER_DAY, DayMatrix
from sensorlm.tasks.zero_shot import Label, ZeroShotClassifier

NOTHING_RECORDED, UNSURE = "nothing recorded", "unsure"
SAID_FROM = 0.5
"""With several labels allowed, the least probability of one that is said, unless --abstain asks for more."""
BATCH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a model says of one day or window."""

    day: str
    """`dataset/person/date`."""
    person: str
    window: Window
    labels: tuple[str, ...]
    """The class; several with `multi_label`; none where the model abstains."""
    probabilities: NDArray[np.float64]
    """(k,), NaN where nothing was recorded."""
    similarities: NDArray[np.float32]
    """(k,) cosines."""
    abstained: str = ""
    """"" or why: NOTHING_RECORDED, UNSURE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A day and the minutes of it that are asked about."""

    day: DayMatrix
    window: Window = (0, MINUTES_PER_DAY)


def classify(
    embedder: Embedder,
    asked: Iterable[Asked],
    labels: Sequence[Label],
    templates: Sequence[str],
    *,
    multi_label: bool = False,
    abstain: float = 0.0,
) -> Iterator[Answer]:
    """Answers in the order of the questions, one batch in memory at a time.

    Args:
        embedder: the model.
        asked: days and windows.
        labels: classes and their wordings.
        templates: prompt templates with {label}.
        multi_label: independent sigmoids instead of a softmax: any number of classes, or none.
        abstain: least probability of an answer. Single: under it no class is said. Several: a class needs as much,
            0.5 if this is 0.

    Raises:
        SensorLMError: a threshold that is no probability, or labels and templates that do not fit.
    """
    if not 0 <= abstain <= 1:
        raise SensorLMError(f"abstain={abstain} is no probability. Give 0 to 1, e.g. 0.6.")
    if not labels:
        raise SensorLMError("no labels were given. Name at least one class, e.g. 'sleep,run,walk'.")
    classifier = ZeroShotClassifier(class_names=labels, prompt_template=tuple(templates)).embed(embedder)
    names = [label.name for label in labels]
    source = iter(asked)
    while batch := list(itertools.islice(source, BATCH)):
        vectors = embedder.embed_days(a.day.shown(*a.window) for a in batch)
        similarities = classifier.similarities(vectors)
        probabilities = classifier.probabilities(vectors, multi_label=multi_label)
        for one, cosines, row in zip(batch, similarities, probabilities, strict=True):
            seen = bool(one.day.observed[one.window[0] : one.window[1]].any())
            said = _said(row, names, multi_label=multi_label, abstain=abstain) if seen else ()
            yield Answer(
                day=one.day.key, person=f"{one.day.dataset}/{one.day.person}", window=one.window, labels=said,
                probabilities=row if seen else np.full_like(row, np.nan),
                similarities=cosines, abstained=_why(seen=seen, said=said, multi_label=multi_label),
            )  # fmt: skip


def _said(row: NDArray[np.float64], names: Sequence[str], *, multi_label: bool, abstain: float) -> tuple[str, ...]:
    if multi_label:
        least = abstain or SAID_FROM
        return tuple(names[i] for i in np.argsort(-row, kind="stable") if row[i] >= least)
    best = int(row.argmax())
    return (names[best],) if row[best] >= abstain else ()


def _why(*, seen: bool, said: tuple[str, ...], multi_label: bool) -> str:
    if not seen:
        return NOTHING_RECORDED
    # Saying no class at all is an answer where several are allowed.
    return "" if said or multi_label else UNSURE


def load_templates(text: str) -> tuple[str, ...]:
    """Prompt templates, one a line; empty lines and lines that begin with # are skipped.

    Raises:
        SensorLMError: none is left, or one lacks {label}.
    """
    found = tuple(line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    wrong = [line for line in found if "{label}" not in line]
    if wrong or not found:
        raise SensorLMError(f"templates {wrong or found}: give lines with {{label}}, e.g. 'The person is {{label}}.'")
    return found
