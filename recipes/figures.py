"""A checkpoint in, what reads its captions' numbers put into it: figures of days, and which of them a number is.

    python recipes/figures.py CHECKPOINT        # two CPU cores, 6 min

Captions of simulated people's days are read by the text tower as it is. A number in one may be each figure of its day
that has this value as far as it is written out, or none where no figure has; a small network learns to tell from the
tower's vector of the token at which the number begins. Numbers agree by chance too, but never in the same place of a
sentence. Again whenever the text tower changes.

Letters in shapes: m numbers, k figures, w width of the text tower.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from longer import long_captions
from numpy.typing import NDArray
from packing import CHANNELS
from statements import simulated
from torch import Tensor

from sensorlm.captions.facts import DayBatch, measure
from sensorlm.captions.figures import FigureBank, WrittenNumber, figures_of
from sensorlm.checkpoint.figures import Figures, save_figures
from sensorlm.embedders.checkpoint import CheckpointEmbedder
from sensorlm.embedders.figures import number_tokens
from sensorlm.embedders.measured import FIGURES_WEIGHT, MeasuredEmbedder, of_captions, with_statements
from sensorlm.model.figures import FigureReader
from sensorlm.records import DayMatrix
from sensorlm.tasks.metrics import recall_at_k

PEOPLE_FROM, CHECKED_FROM = 42_000_000, 43_000_000
"""Simulated people to learn from, and to check with; no other recipe makes them."""
HIDDEN, NUMBERS, NOISE = 128, 1024, 0.3
"""Units of the network; numbers of a step; noise on their tokens, in standard deviations."""
Floats = NDArray[np.float32]


def tolerance(number: WrittenNumber) -> float:
    """How far a figure may lie from the number: as written, or as people round numbers from ten and from a thousand."""
    value = abs(number.value)
    if value >= 1000 and value % 100 == 0:
        return 0.05 * value
    return max(1.02 * number.tolerance, 0.006 * value if value == int(value) else 0.0)


def captions_of_days(people: list[list[DayMatrix]], seed: int) -> tuple[list[DayMatrix], list[tuple[str, str]]]:
    """Days of which something can be said, and two captions of each: to the letter, and in other words."""
    rng, days, texts = np.random.default_rng(seed), [], []
    for of_one in people:
        one, other = long_captions(of_one, rng)
        for day, first, second in zip(of_one, one, other, strict=True):
            if first and second:
                days.append(day)
                texts.append((first, second))
    return days, texts


def lesson(model: CheckpointEmbedder, texts: list[tuple[str, str]], figures: Floats) -> tuple[Tensor, Tensor]:
    """(m, w) tokens of all numbers, and (m, k + 1) which figures of its day each may be; the last: none."""
    tokens, may_be = [], []
    for version in range(2):
        for of_day, (numbers, found) in zip(figures, number_tokens(model, [t[version] for t in texts]), strict=True):
            for number in numbers:
                near = np.abs(of_day - number.value) <= tolerance(number)  # NaN: not recorded, never near
                may_be.append(np.append(near, not near.any()))
            tokens.append(found)
    return torch.cat(tokens), torch.from_numpy(np.stack(may_be))


def learn(tokens: Tensor, may_be: Tensor, steps: int, peak: float, seed: int) -> FigureReader:
    """Cross-entropy with several right answers: minus the logarithm of what they get together."""
    torch.manual_seed(seed)
    scale, start = float(tokens.std(0).mean()), time.monotonic()
    reader = FigureReader(tokens.shape[1], may_be.shape[1] - 1, HIDDEN)
    optimizer = torch.optim.AdamW(reader.parameters(), peak, weight_decay=0.01)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = peak * min(1.0, step / 40) * (1 - step / steps) + 1e-6
        rows = torch.randint(len(tokens), (NUMBERS,))
        read = tokens[rows] / scale + NOISE * torch.randn(NUMBERS, tokens.shape[1])
        each = reader.scores(read).log_softmax(1)
        loss = -each.masked_fill(~may_be[rows], -torch.inf).logsumexp(1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 300 == 0 or step == steps - 1:
            print(f"  step {step}, {time.monotonic() - start:.0f} s, loss {loss.item():.3f}", flush=True)
    with torch.no_grad():
        reader.fc1.weight /= scale
    return reader.eval()


def check(model: CheckpointEmbedder, people: list[list[DayMatrix]], seed: int) -> None:
    """R@1 of captions among days of other simulated people, by the model alone and with what is measured."""
    days, texts = captions_of_days(people, seed)
    searcher = of_captions(with_statements(model))
    assert isinstance(searcher, MeasuredEmbedder), "recipes/statements.py comes first"
    vectors = searcher.embed_days(days)
    for version, name in enumerate(("to the letter", "in other words")):
        said = searcher.embed_texts([text[version] for text in texts])
        alone = slice(0, model.dim)
        for how, scores in (("model", vectors[:, alone] @ said[:, alone].T), ("measured", vectors @ said.T)):
            found, back = recall_at_k(scores.T, None, (1,)), recall_at_k(scores, None, (1,))
            print(f"{name}, {len(days)} days of other simulated people, {how}: R@1 {found['recall@1']:.3f} from "
                  f"caption to day, {back['recall@1']:.3f} back (weight {FIGURES_WEIGHT})", flush=True)  # fmt: skip


def main() -> None:  # noqa: D103
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--people", type=int, default=400)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--checked", type=int, default=80, help="simulated people to check with")
    parser.add_argument("--peak", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=79)
    args = parser.parse_args()
    model = CheckpointEmbedder.open(args.checkpoint, batch_size=64)
    people = simulated(PEOPLE_FROM, args.people, args.seed)
    quantities = figures_of(CHANNELS)
    bank = FigureBank.of(quantities, [DayBatch.from_days(of_one) for of_one in people])
    days, texts = captions_of_days(people, args.seed)
    figures = np.concatenate([measure(quantities, DayBatch.from_days([day])) for day in days])
    tokens, may_be = lesson(model, texts, figures)
    known = float((~may_be[:, -1]).float().mean())
    print(f"{len(bank)} figures, {len(days)} days, {len(tokens)} numbers, {known:.2f} of them may be a figure")
    save_figures(args.checkpoint, Figures(bank=bank, reader=learn(tokens, may_be, args.steps, args.peak, args.seed)))
    check(CheckpointEmbedder.open(args.checkpoint, batch_size=64), simulated(CHECKED_FROM, args.checked, args.seed), 1)


if __name__ == "__main__":
    main()
