"""A batch of views in, one loss out: facts, wordings told apart, long captions by pairs, plain language held, numbers.

Letters in shapes: b views, n columns (texts), p predicates, w wordings, s styles, e features, k quantities.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from together import gathered
from torch import Tensor, nn
from torch.nn import functional as F

from sensorlm.model import SensorLM
from sensorlm.model.sensor_lm import unit
from sensorlm.training.optimizer import Optimizer
from sensorlm.training.processes import Processes

if TYPE_CHECKING:
    from learning import Corpus, Learning


SAME_SCALE = 20
"""Of cosines between wordings and predicates' vectors in the softmax that tells predicates apart."""


@dataclass(frozen=True, kw_only=True, eq=False)
class WordingBank:
    """Sentence vectors of the wordings to train on, and plain sentences to hold, all by the encoder as it was."""

    features: Tensor
    """(w * s, .) every wording in every style."""
    owner: Tensor
    """(w,) predicate of each wording, ascending."""
    predicates: int
    written: Tensor
    """(p,) bool which predicates are written by hand, not composed."""
    taught: Tensor
    """(p,) bool which are learned from."""
    held_ids: Tensor
    """(h, l) ids of sentences to hold: first those of `features`, then plain ones."""
    held_features: Tensor
    """(h, .) their vectors."""

    def draw(self, each: int, rng: torch.Generator, composed: int = 0) -> tuple[Tensor, Tensor]:
        """(n,) rows of `features` and their predicates: wordings in some style.

        `each` of every written predicate, and one of each of `composed` others.
        """
        device = self.owner.device
        first = torch.searchsorted(self.owner, torch.arange(self.predicates + 1, device=device))
        others = (self.taught & ~self.written).nonzero()[:, 0]
        some = others[torch.randperm(len(others), generator=rng, device=device)[:composed]]
        asked = torch.cat([self.written.nonzero()[:, 0].repeat_interleave(each), some])
        count = (first[1:] - first[:-1])[asked]
        chosen = torch.rand(2, len(count), generator=rng, device=device)
        wording = first[:-1][asked] + (chosen[0] * count).long().clamp(max=count - 1)
        styles = len(self.features) // len(self.owner)
        style = (chosen[1] * styles).long().clamp(max=styles - 1)
        return wording * styles + style, self.owner[wording]


class Objective:
    """The loss of a training run, with the parameters that only training needs.

    Args:
        model: whose text tower is trained when `learning.text_peak` is above 0.
        corpus: from which the measured quantities' means and deviations are taken.
        learning: weights and shares.
        bank: wordings.
    """

    def __init__(self, model: SensorLM, corpus: "Corpus", learning: "Learning", bank: WordingBank) -> None:
        assert model.text is not None
        assert model.text_projection is not None
        self.model, self.learning, self.bank = model, learning, bank
        self.trains_text = learning.text_peak > 0
        self.processes = Processes()
        model.text.requires_grad_(False)
        model.text.blocks.requires_grad_(self.trains_text)
        codes = corpus.codes[:: max(1, len(corpus) // 50_000)].float()
        seen = codes.isfinite()
        count = seen.sum(0).clamp(min=1)
        self.mean = torch.where(seen, codes, 0).sum(0) / count
        self.std = (torch.where(seen, codes - self.mean, 0).square().sum(0) / count).sqrt().clamp(min=1e-6)
        generator = torch.Generator().manual_seed(learning.seed)
        width = model.config.embed_dim
        weight = torch.randn(codes.shape[1], width, generator=generator) / width
        self.extras = nn.ParameterDict({
            "pairs_scale": nn.Parameter(torch.tensor(math.log(14.0))),
            "weight": nn.Parameter(weight), "bias": nn.Parameter(torch.zeros(codes.shape[1])),
            "predicates": nn.Parameter(predicate_vectors(model, bank)),
        }).to(corpus.device)  # fmt: skip

    def optimizers(self) -> list[tuple[Optimizer, float]]:
        """One for the model, one for the sentence encoder with its own rate, one for the extras; each with its peak."""
        learning, text = self.learning, self.model.text
        assert text is not None
        settings: dict[str, Any] = {"wd": learning.wd, "betas": (0.9, 0.98)}
        text.blocks.requires_grad_(False)
        out = [(Optimizer(self.model, peak=learning.peak, **settings), learning.peak)]
        if self.trains_text:
            text.blocks.requires_grad_(True)
            out.append((Optimizer(text.blocks, peak=learning.text_peak, **settings), learning.text_peak))
        return [*out, (Optimizer(self.extras, peak=learning.peak, wd=0.0), learning.peak)]

    def __call__(
        self, simulated: "Corpus", real: "Corpus | None", rng: torch.Generator
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss of one batch and its parts."""
        learning, model = self.learning, self.model
        assert model.text is not None
        assert model.text_projection is not None
        from_real = round(learning.real_share * learning.batch_size) if real is not None else 0
        drawn = [(simulated, learning.batch_size - from_real)] + ([(real, from_real)] if real is not None else [])
        long = {id(simulated): learning.long_share, id(real): learning.real_long_share}
        batches = [(c, c.draw(count, rng, long[id(c)], learning.window_share)) for c, count in drawn if count]
        sensor = self.sensor(batches)
        vectors, labels, predicate = self.columns(batches, rng)
        written = self.bank.written[predicate]
        text = unit_texts(model, self.noisy(vectors, rng))
        logits = model.logit_scale.exp() * (sensor @ text.mT) + model.logit_bias
        parts = {"facts": balanced_siglip(logits, labels, learning.balance)}
        # Composed statements differ by a number or an hour; to tell them apart is no aim.
        place = self.bank.written.cumsum(0)[predicate[written]] - 1
        among = F.normalize(self.extras["predicates"], dim=1)[self.bank.written]
        meant = SAME_SCALE * text[: len(predicate)][written].float() @ among.mT
        parts["same"] = F.cross_entropy(meant, place)
        longs, place = self.long_features(batches, rng)
        codes = torch.cat([corpus.codes[rows] for corpus, rows in batches])
        if len(place):
            parts["pairs"] = self.pairs(batches, sensor, longs, place)
            parts["regress"] = (self.regress(sensor, codes) + self.regress(longs, codes[place])) / 2
        else:
            parts["regress"] = self.regress(sensor, codes)
        loss = parts["facts"] + learning.regress_weight * parts["regress"] + learning.same_weight * parts["same"]
        if len(place):
            loss = loss + learning.pairs_weight * parts["pairs"]
        if self.trains_text:
            parts["hold"] = self.hold(rng)
            loss = loss + learning.hold_weight * parts["hold"]
        shown = {k: v.detach() for k, v in parts.items()}
        return loss, shown | {
            "scale": model.logit_scale.detach().exp(),
            "pairs_scale": self.extras["pairs_scale"].detach().exp(),
        }

    def sensor(self, batches: "list[tuple[Corpus, Tensor]]") -> Tensor:
        """(b, e) unit features of the views."""
        days = [corpus.days(rows) for corpus, rows in batches]
        return self.model.encode_sensor(torch.cat([d[0] for d in days]).float(), torch.cat([d[1] for d in days]))

    def read(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """(n, .) the sentence encoder's vectors of (n, l) ids, padded at the end."""
        assert self.model.text is not None
        if mask is None:
            used = int((ids != self.model.text.config.pad_id).sum(1).max()) + 1
            ids = ids[:, :used]
        return self.model.text(ids.long(), mask)

    def pairs(self, batches: "list[tuple[Corpus, Tensor]]", sensor: Tensor, longs: Tensor, place: Tensor) -> Tensor:
        """() the softmax loss between long captions, (n, e) `longs`, and views, (b, e) `sensor`, rows `place` theirs.

        A caption looks for its view among those of all processes, a view for its caption among the long ones of its own
        (CLIP, Radford et al. 2021). Other views of the same day are left out: a caption of one is half true of the
        others.
        """
        # Simulated days, which come first, are each process's own; real ones are the same in all.
        rank = self.processes.rank
        apart = [2**40 * rank, *(2**32 * i for i in range(1, len(batches)))]
        names = gathered(
            self.processes, torch.cat([c.day[rows].long() + a for (c, rows), a in zip(batches, apart, strict=True)])
        )
        place = place + rank * len(sensor)
        own = torch.arange(len(place), device=place.device)
        twin = (names[place][:, None] == names) & (place[:, None] != torch.arange(len(names), device=names.device))
        logits = (self.pairs_scale() * longs @ gathered(self.processes, sensor).mT).masked_fill(twin, -torch.inf)
        return (F.cross_entropy(logits, place) + F.cross_entropy(logits[:, place].mT, own)) / 2

    def pairs_scale(self) -> Tensor:
        """() factor of a cosine between a view and a long caption."""
        return self.extras["pairs_scale"].clamp(max=math.log(100.0)).exp()

    def columns(self, batches: "list[tuple[Corpus, Tensor]]", rng: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Sentence vectors of n columns, (b, n) int8 what every view says of them, predicates of the first columns."""
        truth = torch.cat([corpus.truth(rows) for corpus, rows in batches])
        drawn, predicate = self.bank.draw(self.learning.wordings_each, rng, self.learning.composed_each)
        found, said = [self.wordings(drawn)], []
        if not self.learning.joined:
            return found[0], truth[:, predicate], predicate
        share = self.learning.joined / self.learning.batch_size
        for corpus, rows in batches:
            some = rows[torch.randperm(len(rows), generator=rng, device=rows.device)[: round(share * len(rows))]]
            place = torch.randint(corpus.text.shape[1], (len(some),), generator=rng, device=rows.device)
            found.append(corpus.features[corpus.text[some, place].long()].to(found[0].dtype))
            said.append(corpus.said[some, place])  # (., 3), -1 is the last column of `truth`
        each = truth[:, torch.cat(said)]
        joined = torch.where((each < 0).any(2), -1, (each > 0).all(2).to(torch.int8)).to(torch.int8)
        return torch.cat(found), torch.cat([truth[:, predicate], joined], 1), predicate

    def wordings(self, rows: Tensor) -> Tensor:
        """(n, .) vectors of wordings in the bank: as the encoder had them, or read anew where it learns from them."""
        bank = self.bank
        if not (self.trains_text and self.learning.text_facts):
            return bank.features[rows]
        return self.read(bank.held_ids[rows])

    def noisy(self, vectors: Tensor, rng: torch.Generator) -> Tensor:
        """Sentence vectors moved by `text_noise` of their length in a random direction."""
        vectors = vectors.float()
        noise = torch.randn(vectors.shape, generator=rng, device=vectors.device) / math.sqrt(vectors.shape[1])
        return vectors + self.learning.text_noise * vectors.norm(dim=1, keepdim=True) * noise

    def long_features(self, batches: "list[tuple[Corpus, Tensor]]", rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """Unit features of the batch's long captions, and the view each belongs to."""
        assert self.model.text is not None
        ids, masks, places, first = [], [], [], 0
        for corpus, rows in batches:
            found = corpus.long_captions(rows, rng, self.learning.dropped)
            ids.append(found[0])
            masks.append(found[1])
            places.append(found[2] + first)
            first += len(rows)
        length = max(part.shape[1] for part in ids)
        if not length:
            return torch.empty(0, self.model.config.embed_dim), torch.cat(places)
        pad = self.model.text.config.pad_id
        tokens = torch.cat([F.pad(part, (0, length - part.shape[1]), value=pad) for part in ids])
        mask = torch.cat([F.pad(part, (0, length - part.shape[1]), value=False) for part in masks])
        with torch.set_grad_enabled(self.trains_text):
            vectors = self.read(tokens, mask)
        return unit_texts(self.model, vectors), torch.cat(places)

    def hold(self, rng: torch.Generator) -> Tensor:
        """() squared distance of plain sentences' vectors to the encoder's as it was, over their squared length."""
        bank = self.bank
        first = len(bank.features) if self.learning.text_facts else 0
        size = (self.learning.held_each,)
        rows = torch.randint(first, len(bank.held_ids), size, generator=rng, device=bank.held_ids.device)
        found, wanted = self.read(bank.held_ids[rows]).float(), bank.held_features[rows].float()
        return ((found - wanted).square().sum(1) / wanted.square().sum(1).clamp(min=1e-6)).mean()

    def regress(self, features: Tensor, codes: Tensor) -> Tensor:
        """() Huber loss of reading z-scored quantities off features, over those that can be told."""
        wanted = ((codes - self.mean) / self.std).clamp(-4, 4)
        known = wanted.isfinite()
        read = F.linear(features.float() * math.sqrt(features.shape[1]), self.extras["weight"], self.extras["bias"])
        each = F.huber_loss(read, torch.where(known, wanted, 0.0), reduction="none")
        return (each * known).sum() / known.sum().clamp(min=1)


def unit_texts(model: SensorLM, vectors: Tensor) -> Tensor:
    """Unit text features of sentence vectors."""
    assert model.text_projection is not None
    return unit(model.text_projection(vectors.to(next(model.text_projection.parameters()).dtype)))


@torch.no_grad()
def predicate_vectors(model: SensorLM, bank: WordingBank, each: int = 4) -> Tensor:
    """(p, e) mean text feature of some wordings of each predicate, where their learning starts."""
    device = bank.owner.device
    rows, owner = bank.draw(each, torch.Generator(device).manual_seed(0), bank.predicates)
    assert model.text is not None
    found = torch.cat([unit_texts(model, model.text(bank.held_ids[part].long())) for part in rows.split(256)])
    total = torch.zeros(bank.predicates, found.shape[1], device=device).index_add_(0, owner, found.float())
    return F.normalize(total, dim=1)


def balanced_siglip(logits: Tensor, labels: Tensor, balance: str) -> Tensor:
    """() the sigmoid loss (SigLIP, algorithm 1) of labels +1, -1, 0 with both signs weighing the same.

    Args:
        logits: (b, n) days by captions.
        labels: (b, n) int8; 0 is left out.
        balance: see `learning.Learning`.
    """
    positive, negative = (labels > 0).float(), (labels < 0).float()
    loss_positive, loss_negative = F.softplus(-logits) * positive, F.softplus(logits) * negative
    if balance == "batch":
        return (
            loss_positive.sum() / positive.sum().clamp(min=1) + loss_negative.sum() / negative.sum().clamp(min=1)
        ) / 2
    counts = positive.sum(0), negative.sum(0)
    each = loss_positive.sum(0) / counts[0].clamp(min=1) + loss_negative.sum(0) / counts[1].clamp(min=1)
    if balance == "spread":
        weight = (counts[0] * counts[1]).sqrt()
        return (each * weight).sum() / weight.sum().clamp(min=1) / 2
    return each.mean() / 2
