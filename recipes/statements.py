"""A checkpoint in, what it can measure of days and read in texts put into it: statements, and a reader of them.

    python recipes/statements.py CHECKPOINT        # two CPU cores, 12 min, most of it for reading wordings

The statements are the written predicates about days. How they hold of many people's days is measured on simulated
people. The reader learns from wordings of those and of composed statements: which of the written ones, looked at
together, tell the days of which a wording is true, its own before others. In a share of the wordings the statement
itself, and all that hold of the same days, may not be used, so that a wording of something new is read by what is near
to it. Pairs of wordings are joined to one of which both must hold. Neither the text tower nor the sensor tower changes.

Letters in shapes: n days, w wordings, p statements of the bank, q predicates asked.
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from bank import OF_DAY, PREDICATES, TAUGHT, WRITTEN, list_wordings
from logs import logged
from making import DEVICE_MIX
from measuring import macro_auroc
from numpy.typing import NDArray
from packing import CHANNELS, HEART_AND_STEPS, LOG
from torch import Tensor, nn

from sensorlm.captions.bank import StatementBank
from sensorlm.captions.facts import DayBatch
from sensorlm.checkpoint.statements import Statements, save_statements
from sensorlm.days import worn_only
from sensorlm.embedders.checkpoint import CheckpointEmbedder
from sensorlm.embedders.measured import WEIGHT, as_told
from sensorlm.model.statements import StatementReader, statement_weights
from sensorlm.records import DayMatrix
from sensorlm.simulate import simulate_person

PEOPLE_FROM, CHECKED_FROM = 40_000_000, 41_000_000
"""Simulated people to learn from, and to check with; no other recipe makes them."""
DIM = 128
JOINING = (" and ", ", ", " but ", ", then ", " with ", " although ")
ALIKE = 0.9
"""Correlation over days from which two statements count as the same one."""
HIDDEN_SHARE, NOISE, DAYS, WORDINGS, JOINED = 0.3, 0.8, 384, 384, 256
"""Share of wordings that may not be read as themselves; noise on their features; sizes of a step's draws."""
OWN_WEIGHT = 0.05
"""Of the loss that a wording is read as its own statement, where it may be: else one that holds of the same simulated
days, for whatever reason, serves as well ("slept less than six hours" was read as "the device was off at night")."""
UNTRUE = 0.3
"""A statement that holds less than this makes a joined one untrue, whatever is known of the other."""
Floats = NDArray[np.float32]


def simulated(first: int, people: int, seed: int) -> list[list[DayMatrix]]:
    """Days of each person as searched: pulse, steps, sleep log and, of a third of the people, all else."""
    rng, out = np.random.default_rng([seed, first]), []
    for index in range(first, first + people):
        person = simulate_person(seed, index, 7, channel_set=CHANNELS, devices=DEVICE_MIX)
        days = [d for d in worn_only(list(person.days())) if d.observed[:, list(HEART_AND_STEPS)].any(1).sum() >= 60]
        every = rng.random() < 1 / 3
        if days:
            out.append([_shown(logged(day, rng), every=every) for day in days])
    return out


def _shown(day: DayMatrix, *, every: bool) -> DayMatrix:
    values = day.values.copy()
    if not every:
        values[:, np.setdiff1d(np.arange(len(CHANNELS)), [*HEART_AND_STEPS, *LOG])] = np.nan
    return as_told(replace(day, values=values, observed=np.isfinite(values)))


class Lesson:
    """What the reader learns from: texts' features, and of which days the texts are true."""

    def __init__(self, model: CheckpointEmbedder, batches: list[DayBatch], seed: int, joins: int) -> None:
        asked = np.flatnonzero((np.arange(len(PREDICATES)) < OF_DAY) & TAUGHT)
        texts, owner = list_wordings(held=False, among=np.isin(np.arange(len(PREDICATES)), asked))
        place = np.full(len(PREDICATES), -1)
        place[asked] = np.arange(len(asked))
        self.bank = StatementBank.of([PREDICATES[i] for i in asked if WRITTEN[i]], batches)
        every = StatementBank.of([PREDICATES[i] for i in asked], batches)
        self.holds = _tensor(np.concatenate([every.holds(b) for b in batches]))  # (n, q), NaN unknown
        self.standing = _tensor(np.concatenate([self.bank.standing(b) for b in batches]))  # (n, p)
        own = _tensor(np.concatenate([every.standing(b) for b in batches]))
        self.same = (_unit(own).T @ _unit(self.standing)).abs() > ALIKE  # (q, p)
        self.owner = torch.from_numpy(place[owner])
        # (q,) place in the bank, -1 for composed statements.
        self.own = torch.from_numpy(np.where(WRITTEN[asked], WRITTEN[asked].cumsum() - 1, -1))
        rng = np.random.default_rng(seed)
        written = np.flatnonzero(WRITTEN[owner])
        pairs = rng.choice(written, (joins, 2))
        pairs = pairs[owner[pairs[:, 0]] != owner[pairs[:, 1]]]
        joined = [texts[a] + JOINING[int(rng.integers(len(JOINING)))] + texts[b] for a, b in pairs]
        self.pairs = self.owner[torch.from_numpy(pairs)]
        self.features, self.joined = features_of(model, texts), features_of(model, tuple(joined))
        self.scale = float(self.features.std(0).mean())
        counts = torch.zeros(len(asked)).index_add_(0, self.owner, torch.ones(len(owner)))
        means = torch.zeros(len(asked), self.features.shape[1]).index_add_(0, self.owner, self.features)
        self.means = (means / counts[:, None])[torch.from_numpy(WRITTEN[asked])]  # (p, width)

    def joined_truth(self, days: Tensor, pairs: Tensor) -> Tensor:
        """(n, w) how well both hold; NaN where that cannot be told."""
        one, two = self.holds[days][:, pairs[:, 0]], self.holds[days][:, pairs[:, 1]]
        least = torch.fmin(one, two)  # the known one, where the other is not
        return torch.where((one.isnan() | two.isnan()) & (least > UNTRUE), torch.nan, least)


class Learner(nn.Module):
    """The reader with its keys made of statements' wordings, and what turns a score into a probability."""

    def __init__(self, width: int, statements: int) -> None:
        super().__init__()
        self.query, self.of_key = nn.Linear(width, DIM), nn.Linear(width, DIM)
        self.of_key.load_state_dict(self.query.state_dict())
        self.bias = nn.Parameter(torch.zeros(statements))
        self.log_scale = nn.Parameter(torch.tensor(3.0))
        self.log_steepness = nn.Parameter(torch.tensor(0.5))
        self.offset = nn.Linear(width, 1)

    def forward(self, features: Tensor, means: Tensor, hidden: Tensor) -> Tensor:
        """(w, p) weights."""
        return statement_weights(self.query(features), self.of_key(means), self.bias, self.log_scale, hidden)

    def reader(self, means: Tensor, scale: float) -> StatementReader:
        """What a checkpoint keeps; the features' scale goes into the query."""
        out = StatementReader(means.shape[1], len(means), DIM)
        with torch.no_grad():
            out.query.weight.copy_(self.query.weight / scale)
            out.query.bias.copy_(self.query.bias)
            out.key.copy_(nn.functional.normalize(self.of_key(means / scale), dim=1))
            out.bias.copy_(self.bias)
            out.log_scale.copy_(self.log_scale)
        return out


def features_of(model: CheckpointEmbedder, texts: tuple[str, ...], together: int = 8192) -> Tensor:
    """(w, width) of the text tower; forgotten by the embedder, which remembers few."""
    parts = []
    for first in range(0, len(texts), together):
        parts.append(model.read_texts(texts[first : first + together]).float().cpu().clone())
        print(f"  {min(first + together, len(texts))} of {len(texts)} texts read", flush=True)
    return torch.cat(parts)


def learn(lesson: Lesson, steps: int, peak: float, seed: int) -> StatementReader:
    """Binary cross-entropy over days and wordings, true and untrue days of a wording weighing the same."""
    torch.manual_seed(seed)
    scale = 4 * lesson.scale
    model = Learner(lesson.features.shape[1], len(lesson.means))
    optimizer = torch.optim.AdamW(model.parameters(), peak, weight_decay=0.01)
    means, start = lesson.means / scale, time.monotonic()
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = peak * min(1.0, step / 50) * (1 - step / steps) + 1e-5
        days = torch.randint(len(lesson.standing), (DAYS,))
        one = torch.randint(len(lesson.features), (WORDINGS,))
        two = torch.randint(len(lesson.joined), (JOINED,))
        owner = lesson.owner[one]
        truth = torch.cat([lesson.holds[days][:, owner], lesson.joined_truth(days, lesson.pairs[two])], 1)
        hidden = lesson.same[owner] & (torch.rand(WORDINGS, 1) < HIDDEN_SHARE)
        hidden = torch.cat([hidden, torch.zeros(JOINED, len(means), dtype=torch.bool)])
        features = torch.cat([lesson.features[one], lesson.joined[two]]) / scale
        features = features + NOISE * features.std() * torch.randn_like(features)
        weights = model(features, means, hidden)
        scores = model.log_steepness.exp() * lesson.standing[days] @ weights.T + model.offset(features)[:, 0]
        loss = _balanced(scores, truth) + OWN_WEIGHT * _elsewhere(weights[:WORDINGS], lesson.own[owner], hidden)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 100 == 0 or step == steps - 1:
            print(f"  step {step}, {time.monotonic() - start:.0f} s, loss {loss.item():.3f}", flush=True)
    return model.reader(lesson.means, scale)


def _balanced(scores: Tensor, truth: Tensor) -> Tensor:
    """Cross-entropy with soft answers; NaN does not count."""
    told = ~truth.isnan()
    wanted = truth.nan_to_num()
    true = wanted.sum(0) / told.sum(0).clamp(min=1)
    weight = torch.where(wanted > 0.5, 1 / (true + 0.05), 1 / (1.05 - true)) * told
    each = nn.functional.binary_cross_entropy_with_logits(scores, wanted, reduction="none")
    return (each * weight).sum() / weight.sum()


def _elsewhere(weights: Tensor, own: Tensor, hidden: Tensor) -> Tensor:
    """Mean negative log-weight of the wordings' own statements, where they have one that is not hidden."""
    place = own.clamp(min=0)[:, None]
    asked = (own >= 0) & ~hidden[: len(own)].gather(1, place)[:, 0]
    return -(weights.gather(1, place)[:, 0][asked] + 1e-6).log().mean()


def check(model: CheckpointEmbedder, statements: Statements, people: list[list[DayMatrix]], most: int) -> None:
    """Held-out wordings of written statements on people never learned from: the model alone, statements alone, both."""
    asked = [i for i in range(OF_DAY) if WRITTEN[i]]
    texts, owner = list_wordings(held=True, most=most, among=np.isin(np.arange(len(PREDICATES)), asked))
    days, batches = [day for of_one in people for day in of_one], [DayBatch.from_days(of_one) for of_one in people]
    truth = np.zeros((len(days), len(PREDICATES)), np.int8)
    holds = np.concatenate([StatementBank.of([PREDICATES[i] for i in asked], batches).holds(b) for b in batches])
    truth[:, asked] = np.where(np.isnan(holds), 0, np.where(holds > 0.5, 1, -1))
    by_model = model.embed_days(days) @ model.embed_texts(texts).T
    with torch.inference_mode():
        weights = statements.reader(features_of(model, texts)).numpy()
    standing = np.concatenate([statements.bank.standing(b) for b in batches])
    measured = (standing @ weights.T).astype(np.float32)
    for name, scores in (("model", by_model), ("statements", measured), ("both", by_model + WEIGHT * measured)):
        single, averaged = macro_auroc(truth, scores, owner)
        print(f"held-out wordings, {len(days)} days of other simulated people, {name}: {single:.3f} / {averaged:.3f}")


def _tensor(array: Floats) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(array, np.float32))


def _unit(columns: Tensor) -> Tensor:
    centred = columns - columns.mean(0)
    return centred / (centred.norm(dim=0) + 1e-6)


def main() -> None:  # noqa: D103
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--people", type=int, default=600)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--joins", type=int, default=20_000, help="pairs of wordings joined to one")
    parser.add_argument("--checked", type=int, default=60, help="simulated people to check with")
    parser.add_argument("--most", type=int, default=2, help="held-out wordings of a statement to check with")
    parser.add_argument("--peak", type=float, default=1.5e-3)
    parser.add_argument("--seed", type=int, default=77)
    args = parser.parse_args()
    model = CheckpointEmbedder.open(args.checkpoint, batch_size=256)
    taught = [DayBatch.from_days(of_one) for of_one in simulated(PEOPLE_FROM, args.people, args.seed)]
    lesson = Lesson(model, taught, args.seed, args.joins)
    print(f"{len(lesson.bank)} statements, {len(lesson.standing)} days, {len(lesson.features)} wordings")
    statements = Statements(bank=lesson.bank, reader=learn(lesson, args.steps, args.peak, args.seed).eval())
    save_statements(args.checkpoint, statements)
    check(model, statements, simulated(CHECKED_FROM, args.checked, args.seed), args.most)


if __name__ == "__main__":
    main()
