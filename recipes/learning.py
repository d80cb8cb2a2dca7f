"""A pack and a model in, a trained model out: everything lives on the device, a step only gathers.

Letters in shapes: b samples of a batch, t minutes, c channels, e features, p predicates.
"""

import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from packing import _TABLE, CODEBOOK, MINUTES_PER_DAY, PREDICATES, Pack, which_hold
from torch import Tensor
from torch.nn import functional as F

from sensorlm.model import SensorLM
from sensorlm.model.losses_labels import label_tile
from sensorlm.model.sensor_lm import unit
from sensorlm.tasks.metrics import auroc
from sensorlm.tokenizer import CaptionTokenizer
from sensorlm.training.optimizer import Optimizer
from sensorlm.training.step import to_bfloat16

MAX_TEXT_TOKENS = 160


@dataclass(frozen=True, kw_only=True)
class Learning:
    """How to train."""

    batch_size: int = 2048
    peak: float = 1e-3
    wd: float = 2e-4
    warmup: float = 0.06
    seconds: float = 270.0
    steps: int | None = None
    """Instead of seconds: so many, for a run that repeats another exactly."""
    real_share: float = 0.06
    """Of a batch's views, where real days are given."""
    long_chance: float = 0.5
    """That a view with a long caption uses it."""
    text_noise: float = 0.15
    """Of a sentence vector's length, in a random direction: wordings nobody wrote lie between those that were."""
    balance: str = "column"
    """"column": every caption's +1 and -1 days are averaged apart, then captions; "batch": all +1 and all -1."""
    seed: int = 0


class Corpus:
    """A pack on a device, with its texts as sentence vectors."""

    def __init__(self, pack: Pack, features: Tensor, device: torch.device) -> None:
        self.device, self.features = device, features
        self.columns = torch.from_numpy(pack.columns).to(device)
        for name in ("column_of", "day", "text", "long", "shown", "codes"):
            setattr(self, name, torch.from_numpy(getattr(pack, name)).to(device))
        self.window = torch.from_numpy(pack.window.astype(np.int32)).to(device)
        self.said = torch.from_numpy(pack.said.astype(np.int64)).to(device)
        table = (_TABLE.index, _TABLE.low, _TABLE.high, _TABLE.margin)
        # One more predicate, which states nothing, for the unused places of a caption.
        self.table = [F.pad(torch.from_numpy(part).float(), (0, 0, 0, 1)).to(device) for part in table]
        self.table[0][-1] = -1

    column_of: Tensor
    day: Tensor
    text: Tensor
    long: Tensor
    shown: Tensor
    codes: Tensor

    def __len__(self) -> int:
        return len(self.day)

    def days(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """(b, t, c) z-scores with 0 where missing or hidden, and (b, t, c) bool what is shown."""
        place = torch.where(self.shown[rows], self.column_of[self.day[rows].long()], -1)
        values = self.columns[place.clamp(min=0).long()]  # (b, c, t)
        minute = torch.arange(MINUTES_PER_DAY, device=self.device)
        window = self.window[rows, :, None]
        inside = (minute >= window[:, 0]) & (minute < window[:, 1])
        observed = (place >= 0)[:, :, None] & inside[:, None] & values.isfinite()
        values = torch.where(observed, values, torch.zeros((), dtype=values.dtype, device=self.device))
        return values.transpose(1, 2), observed.transpose(1, 2)

    def captions(self, rows: Tensor, rng: torch.Generator, long_chance: float) -> tuple[Tensor, Tensor]:
        """(b,) texts and their (b, 4 m + 1) facts as `label_tile` reads them; one of a view's captions at random."""
        drawn = torch.rand(2, len(rows), generator=rng, device=self.device)
        place = (drawn[0] * self.text.shape[1]).long()
        long = (self.long[rows] >= 0) & (drawn[1] < long_chance)
        text = torch.where(long, self.long[rows], self.text[rows, place])
        said = self.said[rows, place]  # (b, 3), -1 is the last row of the table
        facts = [part[said].flatten(1) for part in self.table]
        return text, torch.cat([*facts, (~long).float()[:, None]], 1)


def text_features(
    model: SensorLM, tokenizer: CaptionTokenizer, texts: tuple[str, ...], device: torch.device, batch: int = 2048
) -> Tensor:
    """(n, w) the frozen sentence encoder's vectors in float16; texts of like length go together."""
    assert model.text is not None
    order = np.argsort([len(t) for t in texts], kind="stable")
    out = torch.empty(len(texts), model.text.config.width, dtype=torch.float16, device=device)
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        ids = torch.from_numpy(tokenizer.encode([texts[i] for i in rows], MAX_TEXT_TOKENS))
        with torch.inference_mode():
            out[torch.from_numpy(rows).to(device)] = model.text(_trimmed(ids, model).to(device)).half()
    return out


def _trimmed(ids: Tensor, model: SensorLM) -> Tensor:
    assert model.text is not None
    used = int((ids != model.text.config.pad_id).sum(1).max()) + 1
    return ids[:, : min(used, ids.shape[1])]


def balanced_siglip(logits: Tensor, labels: Tensor, balance: str) -> Tensor:
    """() the sigmoid loss (SigLIP, algorithm 1) of labels +1, -1, 0 with both signs weighing the same.

    Args:
        logits: (b, n) days by captions.
        labels: (b, n) int8; 0 is left out.
        balance: see `Learning`.
    """
    positive, negative = (labels > 0).float(), (labels < 0).float()
    loss_positive, loss_negative = F.softplus(-logits) * positive, F.softplus(logits) * negative
    if balance == "batch":
        return (
            loss_positive.sum() / positive.sum().clamp(min=1) + loss_negative.sum() / negative.sum().clamp(min=1)
        ) / 2
    each = loss_positive.sum(0) / positive.sum(0).clamp(min=1) + loss_negative.sum(0) / negative.sum(0).clamp(min=1)
    return each.mean() / 2


def train(
    model: SensorLM,
    simulated: Corpus,
    real: Corpus | None,
    learning: Learning,
    report: Callable[[dict[str, Any]], None],
    at_half: Callable[[], None] | None = None,
) -> dict[str, Any]:
    """Train in place; `report` gets a row of metrics every so often. Returns steps, samples, seconds."""
    device = simulated.device
    if device.type == "cuda":
        to_bfloat16(model)
    model.train()
    optimizer = Optimizer(model, peak=learning.peak, wd=learning.wd, betas=(0.9, 0.98))
    rng = torch.Generator(device).manual_seed(learning.seed)
    start, step, halved = time.monotonic(), 0, False
    while True:
        passed = time.monotonic() - start
        share = passed / learning.seconds if learning.steps is None else step / learning.steps
        if share >= 1:
            break
        if share >= 0.5 and not halved and at_half is not None:
            at_half()
            halved = True
        rate = learning.peak * min(1.0, share / learning.warmup) * 0.5 * (1 + math.cos(math.pi * share))
        loss = _loss(model, simulated, real, learning, rng)
        loss.backward()  # type: ignore[no-untyped-call]
        norm = optimizer.gradient_norm()
        if not math.isfinite(norm):
            raise RuntimeError(f"step {step}: gradient norm {norm}, loss {float(loss)}. Lower the peak rate.")
        optimizer.step(max(rate, 1e-6), norm)
        step += 1
        if step in (1, 5) or step % 25 == 0:
            passed = time.monotonic() - start
            scale, bias = float(model.logit_scale.detach().exp()), float(model.logit_bias.detach())
            report({
                "step": step, "seconds": round(passed, 2), "loss": float(loss.detach()), "lr": rate, "grad_norm": norm,
                "views_per_s": step * learning.batch_size / passed, "scale": scale, "bias": bias,
            })  # fmt: skip
    return {"steps": step, "views": step * learning.batch_size, "seconds": time.monotonic() - start}


def _loss(model: SensorLM, simulated: Corpus, real: Corpus | None, learning: Learning, rng: torch.Generator) -> Tensor:
    assert model.text_projection is not None
    from_real = round(learning.real_share * learning.batch_size) if real is not None else 0
    parts = [(simulated, learning.batch_size - from_real)] + ([(real, from_real)] if real is not None else [])
    days, seen, codes, facts, vectors = [], [], [], [], []
    for corpus, count in parts:
        rows = torch.randint(len(corpus), (count,), generator=rng, device=corpus.device)
        values, observed = corpus.days(rows)
        text, packed = corpus.captions(rows, rng, learning.long_chance)
        days.append(values)
        seen.append(observed)
        codes.append(corpus.codes[rows])
        facts.append(packed)
        vectors.append(corpus.features[text.long()])
    sensor = model.encode_sensor(torch.cat(days).float(), torch.cat(seen))
    vector = torch.cat(vectors).float()
    noise = torch.randn(vector.shape, generator=rng, device=vector.device) / math.sqrt(vector.shape[1])
    vector = vector + learning.text_noise * vector.norm(dim=1, keepdim=True) * noise
    text = unit(model.text_projection(vector.to(model.text_projection.weight.dtype)))
    labels = label_tile(torch.cat(codes), torch.cat(facts))
    logits = model.logit_scale.exp() * (sensor @ text.mT) + model.logit_bias
    return balanced_siglip(logits, labels, learning.balance)


@torch.inference_mode()
def validate(model: SensorLM, corpus: Corpus, pack: Pack, phrases: Tensor, owner: np.ndarray) -> dict[str, float]:
    """Macro AUROC over predicates of views of people never trained on, wordings averaged; by kind of view.

    Args:
        model: as it is.
        corpus: the views.
        pack: the same views.
        phrases: (w, .) sentence vectors of all wordings.
        owner: (w,) predicate of each wording.
    """
    assert model.text_projection is not None
    model.eval()
    rows = torch.arange(len(corpus), device=corpus.device)
    days = []
    for part in rows.split(512):
        values, observed = corpus.days(part)
        days.append(model.encode_sensor(values.float(), observed))
    sensor = torch.cat(days).cpu().numpy()
    words = unit(model.text_projection(phrases.to(model.text_projection.weight.dtype))).cpu().numpy()
    mean = np.stack([words[owner == i].mean(0) for i in range(len(PREDICATES))])
    scores = sensor @ mean.T
    whole, every = (pack.window == (0, MINUTES_PER_DAY)).all(1), pack.shown.all(1)
    out = {}
    for name, kept in (
        ("day", whole & every), ("day_few", whole & ~every), ("window", ~whole & every), ("window_few", ~whole & ~every)
    ):  # fmt: skip
        truth = which_hold(pack.codes[kept], name.startswith("day"))
        each = []
        for i in range(len(PREDICATES)):
            told = truth[:, i] != 0
            yes = truth[told, i] > 0
            if min(yes.sum(), (~yes).sum()) >= 5:
                each.append(auroc(yes, scores[kept][told, i]))
        out[name] = float(np.mean(each)) if each else float("nan")
    model.train()
    return out


def wordings() -> tuple[tuple[str, ...], np.ndarray]:
    """All wordings of all predicates, and whose each is."""
    pairs = [(text, i) for i, predicate in enumerate(PREDICATES) for text in predicate.wordings]
    return tuple(t for t, _ in pairs), np.array([i for _, i in pairs])


def trained_tensors(model: SensorLM) -> dict[str, Tensor]:
    """What was learned, in the type it was learned in: everything but the frozen sentence encoder."""
    state = model.state_dict()
    return {k: v.detach().cpu().contiguous() for k, v in state.items() if not k.startswith("text.")}


def metrics_writer(path: Path) -> Callable[[dict[str, Any]], None]:
    """Append rows as JSON lines, and print them."""

    def write(row: dict[str, Any]) -> None:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        print(json.dumps(row), flush=True)

    return write


assert len(CODEBOOK) < 1 << 24  # an index travels as float32
