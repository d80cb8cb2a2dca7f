"""Caption ids and their likelihoods in, sentences out, and a caption of those that are likely enough.

A decoder always writes something. How likely it finds a sentence is how sure it is of what the sentence states, so a
checkpoint can carry, for each form of sentence, the least log-likelihood at which such sentences were true often
enough of people it was not trained on (`recipes/caption_check.py`). Less likely ones are left unsaid.

Letters in shapes: b captions, l tokens.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sensorlm.captions.digest import NOTHING
from sensorlm.tokenizer import CaptionTokenizer

LEAST = "least_log_likelihood"
"""Key of a checkpoint's `extra`: form of a sentence -> the least log-likelihood to say it."""


class Said(NamedTuple):
    """A sentence and how likely the model finds it, in nats."""

    text: str
    log_likelihood: float


def form(sentence: str) -> str:
    """A sentence without its numbers: "Slept about 7 h 30 min." and "Slept about 8 h." have one form each."""
    return re.sub(r"\d[\d,.:]*(?<=\d)", "#", sentence).lower().rstrip(".")


def prompt_ids(tokenizer: CaptionTokenizer, prefix: str) -> NDArray[np.int64] | None:
    """(1, l) ids that a caption begins with, which must not end in EOS; None for no prefix."""
    if not prefix:
        return None
    count = int(tokenizer.lengths([prefix])[0]) - 1
    return tokenizer.encode([prefix], count + 1)[:, :count]


def split_sentences(
    tokenizer: CaptionTokenizer, ids: NDArray[np.integer], scores: NDArray[np.floating]
) -> list[list[Said]]:
    """Sentences of (b, l) ids, each up to its full stop, and the sum of its tokens' (b, l) log-likelihoods.

    What follows the last full stop was cut off and is left out.
    """
    stop = int(tokenizer.encode(["."], 2)[0, 0])
    out = []
    for row, score in zip(ids, scores, strict=True):
        ended = np.flatnonzero(row == tokenizer.eos_id)
        length = int(ended[0]) if len(ended) else len(row)
        ends = (np.flatnonzero(row[:length] == stop) + 1).tolist()
        starts = [0, *ends[:-1]]
        texts = tokenizer.decode([row[s:e] for s, e in zip(starts, ends, strict=False)])
        sums = [float(score[s:e].sum()) for s, e in zip(starts, ends, strict=False)]
        out.append([Said(text, value) for text, value in zip(texts, sums, strict=True)])
    return out


def sure_text(sentences: Sequence[Said], least: Mapping[str, float], prefix: str = "") -> str:
    """The prefix and the sentences that are likely enough; a form that `least` does not name is never said."""
    kept = [said.text for said in sentences if said.log_likelihood >= least.get(form(said.text), np.inf)]
    return " ".join([*([prefix] if prefix else []), *(kept or [NOTHING])])
