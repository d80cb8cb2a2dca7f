"""Captions in, numbered sentences and the place of each of their facts out: what a day picture marks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sensorlm.records import Caption, Fact

# Not after a digit followed by a digit: "72.4 bpm" is one number, "at 7. Then" two sentences.
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9\"'(])")
NUMBER = re.compile(r"\d+:\d\d|\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a caption and the facts it states."""

    number: int
    """Counted from 1 over all captions of the picture."""
    text: str
    facts: tuple[Fact, ...]


def sentences(captions: Sequence[Caption], names: dict[str, str]) -> list[Sentence]:
    """Split captions into sentences and give each fact to the sentence that states most of its numbers and its name.

    Args:
        captions: texts with facts, in the order to be numbered.
        names: what a caption calls each subject, e.g. {"HR": "heart rate"}.
    """
    out: list[Sentence] = []
    for caption in captions:
        parts = [p for p in SENTENCE_END.split(caption.text.strip()) if p]
        held: list[list[Fact]] = [[] for _ in parts]
        for fact in caption.facts:
            scores = [_score(part, fact, names) for part in parts]
            if scores:
                held[scores.index(max(scores))].append(fact)
        out += [
            Sentence(len(out) + i + 1, part, tuple(facts))
            for i, (part, facts) in enumerate(zip(parts, held, strict=True))
        ]
    return out


def _score(text: str, fact: Fact, names: dict[str, str]) -> float:
    found = {_value(token) for token in NUMBER.findall(text)}
    hits = sum(round(value, 6) in found for _, value, _ in fact.stated)
    subject = fact.quantity.subject
    name = names.get(subject, subject.rsplit(":", 1)[-1])
    return hits + (0.5 if name.lower() in text.lower() else 0.0)


def _value(token: str) -> float:
    if ":" in token:
        hour, minute = token.split(":")
        return float(int(hour) * 60 + int(minute))
    return round(float(token), 6)
