"""Captions and their days in, the share of stated facts that are true out: is the text about this day at all?

The facts are read from the words alone, whoever wrote them, and asked of the minutes: right channel, direction, time
and number, each within a tolerance. The same captions asked of other days say what that share is worth.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from sensorlm.captions.claims import Tolerance
from sensorlm.captions.facts import DayBatch, evaluate
from sensorlm.captions.parse import read_caption
from sensorlm.channels import ChannelSet
from sensorlm.errors import SensorLMError
from sensorlm.records import DayMatrix

TOLERANCE = Tolerance(std=0.1, minutes=20.0)
"""A tenth of the channel's standard deviation; twenty minutes, half a bin of the structural level."""
ANSWERS = {1: "true", -1: "false", 0: "cannot_be_told"}


def fact_score(
    texts: Sequence[str],
    days: Sequence[DayMatrix],
    channel_set: ChannelSet,
    *,
    tolerance: Tolerance = TOLERANCE,
    seed: int = 0,
) -> dict[str, Any]:
    """How much of what captions state is true of their days.

    Args:
        texts: n captions.
        days: the n days they are of.
        channel_set: channels the texts may speak of.
        tolerance: how far numbers and times may be off.
        seed: of the other days that the captions are asked of for comparison.

    Returns:
        "stated" facts, of which "true", "false" and "cannot_be_told"; "true_share" = true / (true + false);
        "true_of_stated" = true / stated, which counts what cannot be told as wrong;
        "true_share_of_other_days"; "understood_share" of the sentences, "sentences_per_caption"
        and "facts_per_caption" (a caption that says nothing is never wrong), and "by_kind".

    Raises:
        SensorLMError: not one caption a day, or none at all.
    """
    if len(texts) != len(days) or not texts:
        raise SensorLMError(f"{len(texts)} captions of {len(days)} days: give one caption a day, and at least one.")
    readings = [read_caption(text, channel_set, tolerance=tolerance) for text in texts]
    own: Counter[str] = Counter()
    kinds: dict[str, Counter[str]] = {}
    others: Counter[str] = Counter()
    order = np.roll(np.random.default_rng(seed).permutation(len(days)), 1)
    partner = np.empty_like(order)
    partner[np.roll(order, -1)] = order
    for i, reading in enumerate(readings):
        if not reading.facts:
            continue
        answers = evaluate(reading.facts, DayBatch.from_days([days[i]]))[0]
        for fact, answer in zip(reading.facts, answers, strict=True):
            own[ANSWERS[int(answer)]] += 1
            kinds.setdefault(fact.kind, Counter())[ANSWERS[int(answer)]] += 1
        if len(days) > 1:
            elsewhere = evaluate(reading.facts, DayBatch.from_days([days[int(partner[i])]]))[0]
            others.update(ANSWERS[int(answer)] for answer in elsewhere)
    sentences = sum(reading.sentences for reading in readings)
    stated = sum(own.values())
    return {
        "captions": len(texts), "stated": stated, **{name: own[name] for name in ANSWERS.values()},
        "true_share": share(own), "true_of_stated": own["true"] / stated if stated else float("nan"),
        "true_share_of_other_days": share(others),
        "understood_share": sum(r.understood for r in readings) / sentences if sentences else float("nan"),
        "sentences_per_caption": sentences / len(texts), "facts_per_caption": stated / len(texts),
        "by_kind": {kind: {"stated": sum(c.values()), "true_share": share(c)} for kind, c in sorted(kinds.items())},
        "tolerance": {"std": tolerance.std, "minutes": tolerance.minutes},
    }  # fmt: skip


def share(counts: Counter[str]) -> float:
    """True among those that can be told; NaN where none can."""
    told = counts["true"] + counts["false"]
    return counts["true"] / told if told else float("nan")
