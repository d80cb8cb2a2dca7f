"""Captions in, numbered sentences and the place of each of their facts out: what a day picture marks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sensorlm.captions.anchors import parted
from sensorlm.records import MINUTES_PER_DAY, Caption, Fact

# Not after a digit followed by a digit: "72.4 bpm" is one number, "at 7. Then" two sentences.
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9\"'(])")
NUMBER = re.compile(r"(\d+):(\d\d)(?:\s*([ap])\.?m\b)?|(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?", re.IGNORECASE)


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
    found = {_value(match) for match in NUMBER.finditer(text)}
    hits: float = sum(round(value, 6) in found for _, value, _ in fact.stated)
    # Two sentences may state the same number ("to 0.0"); the one that names the fact's own minutes is meant.
    hits += 0.3 * sum(float(edge) in found for edge in (fact.quantity.start, fact.quantity.end))
    subject = fact.quantity.subject
    name = names.get(subject, subject.rsplit(":", 1)[-1])
    return hits + (0.5 if name.lower() in text.lower() else 0.0)


def _value(match: re.Match[str]) -> float:
    """A number, or a clock time ("18:20", "6:20 pm") as its minute of the day."""
    hour, minute, half, whole, fraction = match.groups()
    if hour is None:
        return round(float(whole.replace(",", "") + (fraction or "")), 6)
    hours = int(hour) % 12 + 12 * (half.lower() == "p") if half else int(hour)
    return float(hours * 60 + int(minute))


def spans(sentence: Sentence) -> list[tuple[str, int, int]]:
    """(subject, start, end) of the minutes a sentence speaks of; windows of one subject that touch become one."""
    out: list[tuple[str, int, int]] = []
    for subject, start, end in sorted(map(_span, sentence.facts)):
        if out and out[-1][0] == subject and start <= out[-1][2]:
            out[-1] = (subject, out[-1][1], max(end, out[-1][2]))
        else:
            out.append((subject, start, end))
    return out


def _span(fact: Fact) -> tuple[str, int, int]:
    """A window around waking or bedtime is none of the clock: such a fact speaks of the whole day."""
    asked = fact.quantity
    subject, anchor = parted(asked.subject)
    return (subject, 0, MINUTES_PER_DAY) if anchor else (subject, asked.start, asked.end)
