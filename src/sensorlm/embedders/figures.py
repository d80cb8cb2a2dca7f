"""Texts and days in, what their numbers have in common out: which day's figures are the numbers of a caption."""

import re
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from sensorlm.captions.facts import DayBatch
from sensorlm.captions.figures import FigureBank, WrittenNumber, numbers_in
from sensorlm.checkpoint.figures import Figures
from sensorlm.embedders.checkpoint import CheckpointEmbedder
from sensorlm.records import Quantity

SEVERAL = 3
"""Numbers in one sentence from which it is read like a caption; with fewer ("over 10,000 steps") it asks for more."""
SPREAD = 0.75
"""Power of how many of a text's numbers are figures, by which its score is divided: at 1 a long caption of right
numbers counts no more than a single one, at 0 captions of many numbers fit every day. Chosen, as the weight in
`embedders.measured`, on captions of validation people's days among simulated ones."""
REMEMBERED_CAPTIONS = 10_000
"""Texts whose numbers' tokens are kept, some 20 KiB each, where the text tower is frozen."""
_SECOND_SENTENCE = re.compile(r"[.!?;]\s+\S")
Vectors = NDArray[np.float32]


def tells_figures(text: str) -> bool:
    """Whether a text is a caption that gives figures, not a question: several sentences, or several numbers."""
    return bool(_SECOND_SENTENCE.search(text)) or len(numbers_in(text)) >= SEVERAL


class FigureMatcher:
    """Figures of days and numbers of texts as vectors whose inner product tells how well they agree.

    Args:
        model: reads the texts.
        figures: of the same checkpoint.
    """

    def __init__(self, model: CheckpointEmbedder, figures: Figures) -> None:
        self.model = model
        self.reader = figures.reader.to(model.device)
        self.bank: FigureBank = figures.bank

    def of_days(self, batch: DayBatch) -> Vectors:
        """(n, d)."""
        return self.bank.standing(batch)

    def of_texts(self, texts: Sequence[str]) -> Vectors:
        """(n, d); zeros for a text that is no caption of figures.

        Raises:
            TokenizerError: the tokenizer does not say where its tokens stand.
        """
        out = np.zeros((len(texts), self.bank.dim), np.float32)
        asked = [i for i, text in enumerate(texts) if tells_figures(text)]
        for i, (numbers, shares) in zip(asked, self.shares([texts[i] for i in asked]), strict=True):
            if numbers:
                values = np.array([number.value for number in numbers], np.float32)
                out[i] = self.bank.asked(values, shares) / max(float(shares.sum()), 1.0) ** SPREAD
        return out

    def shares(self, texts: Sequence[str]) -> list[tuple[list[WrittenNumber], Vectors]]:
        """Each text's numbers, and (m, k) how likely each is which figure."""
        out = []
        for numbers, tokens in number_tokens(self.model, texts):
            with torch.inference_mode():
                out.append((numbers, self.reader(tokens.to(self.model.device)).float().cpu().numpy()))
        return out

    def read_as(self, texts: Sequence[str], least: float = 0.5) -> list[tuple[WrittenNumber, Quantity, float]]:
        """Numbers of captions, the figures they most likely are, and how likely, where that is `least` or more."""
        out = []
        for numbers, shares in self.shares([text for text in texts if tells_figures(text)]):
            for number, row in zip(numbers, shares, strict=True):
                if row[best := int(row.argmax())] >= least:
                    out.append((number, self.bank.quantities[best], float(row[best])))
        return out


def number_tokens(model: CheckpointEmbedder, texts: Sequence[str]) -> list[tuple[list[WrittenNumber], torch.Tensor]]:
    """Each text's numbers, and (m, w) what the text tower makes of the token at which each begins.

    Numbers past the tower's context are left out. Each text is read once, texts of a length together.

    Raises:
        TokenizerError: the tokenizer does not say where its tokens stand.
    """
    if len(model.read_numbers) > REMEMBERED_CAPTIONS or not model.frozen_text:
        model.read_numbers.clear()
    new = sorted({text for text in texts if text not in model.read_numbers}, key=len)
    for first in range(0, len(new), model.batch_size):
        batch = new[first : first + model.batch_size]
        model.read_numbers.update(zip(batch, _read(model, batch), strict=True))
    return [model.read_numbers[text] for text in texts]


def _read(model: CheckpointEmbedder, texts: Sequence[str]) -> list[tuple[list[WrittenNumber], torch.Tensor]]:
    """What `number_tokens` says of one batch."""
    tower, tokenizer = model.model.text, model.tokenizer
    assert tower is not None
    assert tokenizer is not None
    spans = tokenizer.spans(texts)
    length = min(max(len(one) for one in spans) + 1, model.context_length)
    if not tower.config.padding_mask:  # what it makes of a text depends on the padding behind it
        length = model.context_length
    ids = torch.from_numpy(tokenizer.encode(texts, length)).to(model.device)
    with torch.inference_mode():
        states, _ = tower.states(ids)
    packed = states.x.flatten(0, -2).float().cpu()
    starts = range(0, len(packed) + 1, len(packed) // len(texts))
    offsets = list(starts) if states.layout is None else states.layout.offsets.tolist()
    prefix = 0 if tower.config.prefix_id is None else 1
    out = []
    for text, of_tokens, offset in zip(texts, spans, offsets[:-1], strict=True):
        place = {at: token for token, span in enumerate(of_tokens[: length - 1]) for at in range(*span)}
        kept = [number for number in numbers_in(text) if number.start in place]
        out.append((kept, packed[[offset + prefix + place[number.start] for number in kept]].clone()))
    return out
