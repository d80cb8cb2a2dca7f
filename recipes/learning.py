"""A pack and a model in, a trained model out: everything lives on the device, a step only gathers.

Letters in shapes: b samples of a batch, t minutes, c channels, e features, p predicates, l tokens.
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
from bank import OF_DAY
from objective import Objective, WordingBank
from packing import _TABLE, CODEBOOK, MINUTES_PER_DAY, Pack
from together import average_gradients, same_start
from torch import Tensor
from torch.nn import functional as F

from sensorlm.model import SensorLM
from sensorlm.model.blocks import Block
from sensorlm.tokenizer import CaptionTokenizer
from sensorlm.training.processes import Processes
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
    real_share: float = 0.12
    """Of a batch's views, where real days are given."""
    long_share: float = 0.25
    """Of a batch's views, drawn among those with a long caption; the pairs loss has so many competing days."""
    real_long_share: float = 0.5
    """The same of the real views, which look unlike simulated ones: only other real days compete with them."""
    window_share: float = 0.5
    """Of the other views, drawn among windows."""
    wordings_each: int = 4
    """Columns of each predicate in the facts loss, each in another wording."""
    composed_each: int = 1000
    """Columns of composed statements in the facts loss, each of another one: too many are there to ask all."""
    joined: int = 768
    """Columns of captions that join several predicates."""
    text_noise: float = 0.3
    """Of a sentence vector's length, in a random direction: wordings nobody wrote lie between those that were."""
    balance: str = "spread"
    """"column": every caption's +1 and -1 days are averaged apart, then captions; "spread": captions weigh as the root
    of their +1 times their -1 days, so that one true of a single day says little; "batch": all +1 and all -1."""
    pairs_weight: float = 0.25
    """Of the softmax loss between days and long captions (CLIP, Radford et al. 2021).
    At 1 it is learned first and the facts hardly at all."""
    same_weight: float = 0.4
    """Of telling which predicate a wording says (softmax over their vectors, which learn too): labels of days alone do
    not part predicates that the same days hold."""
    text_peak: float = 1e-4
    """Rate of the sentence encoder's blocks; 0 keeps them frozen."""
    text_facts: bool = True
    """The encoder's blocks, where trained, learn from single wordings too; only plain sentences are held then."""
    hold_weight: float = 20.0
    """Of the distance of the encoder's vectors of plain sentences to what they were."""
    held_each: int = 384
    """Plain sentences a step that are held."""
    regress_weight: float = 0.3
    """Of reading the measured quantities off both features by one linear map."""
    dropped: float = 0.5
    """Up to so many of a long caption's sentences are hidden."""
    compile: bool = False
    """torch.compile the norms and MLPs of the blocks."""
    profile: bool = False
    """Report where the time of three steps goes."""
    seed: int = 0


class Corpus:
    """A pack on a device, with its short texts as sentence vectors and its long ones as ids.

    Args:
        pack: the days and views.
        features: (n, w) sentence vectors of the pack's texts; of long texts none is read with `tokens`.
        device: where all of it lives.
        tokens: ids and sentence numbers of the texts in `long_texts(pack)`, as `longer.tokenise` gives them.
    """

    def __init__(
        self, pack: Pack, features: Tensor, device: torch.device,
        tokens: tuple[np.ndarray, np.ndarray] | None = None,
    ) -> None:  # fmt: skip
        self.device, self.features = device, features
        self.whole = torch.from_numpy((pack.window == (0, MINUTES_PER_DAY)).all(1)).to(device)
        self.with_long = torch.from_numpy(np.flatnonzero(pack.long >= 0)).to(device)
        self.windows = torch.from_numpy(np.flatnonzero(~(pack.window == (0, MINUTES_PER_DAY)).all(1))).to(device)
        if tokens is not None:
            self.ids, self.sentences = (torch.from_numpy(part).to(device) for part in tokens)
            place = np.full(len(pack.texts) + 1, -1, np.int64)
            place[long_texts(pack)] = np.arange(len(tokens[0]))
            pair = np.stack([pack.long, np.where(pack.other >= 0, pack.other, pack.long)], 1)
            self.pair = torch.from_numpy(place[pair]).to(device)
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
    ids: Tensor
    sentences: Tensor
    pair: Tensor
    """(v, 2) rows in `ids` of a view's two long captions, -1 for none."""

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

    def draw(self, count: int, rng: torch.Generator, long_share: float, window_share: float) -> Tensor:
        """(b,) views: first those drawn for their long caption, then windows, then any."""
        pools = [self.with_long, self.windows, torch.arange(len(self), device=self.device)]
        first = round(long_share * count) if len(pools[0]) else 0
        second = round(window_share * (count - first)) if len(pools[1]) else 0
        counts = (first, second, count - first - second)
        return torch.cat([
            pool[torch.randint(len(pool), (n,), generator=rng, device=self.device)]
            for pool, n in zip(pools, counts, strict=True) if n
        ])  # fmt: skip

    def truth(self, rows: Tensor) -> Tensor:
        """(b, p + 1) int8 what views say of each predicate, as `which_hold`; the last column, of no predicate, is 1."""
        index, low, high, margin = self.table
        codes = self.codes[rows]
        holds = torch.ones(len(rows), len(index), dtype=torch.bool, device=self.device)
        wrong = torch.zeros_like(holds)
        for slot in range(index.shape[1]):
            used = index[:, slot] >= 0
            value = codes[:, index[:, slot].long().clamp(min=0)]
            holds &= ~used | ((value >= low[:, slot]) & (value <= high[:, slot]))
            wrong |= used & ((value < low[:, slot] - margin[:, slot]) | (value > high[:, slot] + margin[:, slot]))
        answer = holds.to(torch.int8) - (wrong & ~holds).to(torch.int8)
        answer[:, OF_DAY:-1].masked_fill_(self.whole[rows][:, None], 0)
        return answer

    def long_captions(self, rows: Tensor, rng: torch.Generator, dropped: float) -> tuple[Tensor, Tensor, Tensor]:
        """Ids, mask and places of one long caption of every view that has one.

        Args:
            rows: (b,) views.
            rng: on this device.
            dropped: up to this share of a caption's sentences is hidden, in half of the captions.

        Returns:
            (n, l) ids, (n, l) bool what is read, (n,) place in `rows` of each.
        """
        place = (self.pair[rows, 0] >= 0).nonzero()[:, 0]
        which = torch.randint(2, (len(place),), generator=rng, device=self.device)
        text = self.pair[rows[place], which]
        sentence = self.sentences[text].long()
        length = int((sentence > 0).sum(1).max()) if len(text) else 0
        sentence = sentence[:, :length]
        share = dropped * torch.rand(len(text), 1, generator=rng, device=self.device)
        share = share * (torch.rand(len(text), 1, generator=rng, device=self.device) < 0.5)
        kept = torch.rand(len(text), 256, generator=rng, device=self.device) >= share
        kept[:, 255] = True
        kept[:, 0] = False  # padding
        return self.ids[text][:, :length].long(), kept.gather(1, sentence), place


def long_texts(pack: Pack) -> np.ndarray:
    """(n,) places in `texts` of the long captions."""
    both = np.concatenate([pack.long, pack.other])
    return np.unique(both[both >= 0])


def text_features(
    model: SensorLM, tokenizer: CaptionTokenizer, texts: tuple[str, ...], device: torch.device, batch: int = 2048,
    *, tokens: int = MAX_TEXT_TOKENS,
) -> Tensor:  # fmt: skip
    """(n, w) the frozen sentence encoder's vectors in float16; texts of like length go together."""
    assert model.text is not None
    order = np.argsort([len(t) for t in texts], kind="stable")
    out = torch.empty(len(texts), model.text.config.width, dtype=torch.float16, device=device)
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        ids = torch.from_numpy(tokenizer.encode([texts[i] for i in rows], tokens))
        with torch.inference_mode():
            out[torch.from_numpy(rows).to(device)] = model.text(_trimmed(ids, model).to(device)).half()
    return out


def _trimmed(ids: Tensor, model: SensorLM) -> Tensor:
    assert model.text is not None
    used = int((ids != model.text.config.pad_id).sum(1).max()) + 1
    return ids[:, : min(used, ids.shape[1])]


def train(
    model: SensorLM,
    simulated: Corpus,
    real: Corpus | None,
    learning: Learning,
    report: Callable[[dict[str, Any]], None],
    bank: WordingBank,
    objective: Objective | None = None,
    processes: Processes | None = None,
) -> dict[str, Any]:
    """Train in place; `report` gets a row of metrics every so often. Returns steps, samples, seconds.

    `objective` is made from the others where none is given; `processes` are those that learn together.
    """
    device = simulated.device
    if device.type == "cuda":
        to_bfloat16(model)
    model.train()
    if objective is None:
        objective = Objective(model, simulated, learning, bank)
    objective.processes = processes = processes or objective.processes
    same_start(processes, [*model.parameters(), *objective.extras.parameters(), objective.mean, objective.std])
    optimizers = objective.optimizers()
    if learning.compile:
        compile_mlps(model)
    rng = torch.Generator(device).manual_seed(learning.seed + 100_000 * processes.rank)
    start, step = time.monotonic(), 0
    while True:
        passed = time.monotonic() - start
        share = processes.agree_on(passed / learning.seconds if learning.steps is None else step / learning.steps)
        if share >= 1:
            break
        # The first step compiles and loads kernels: it must not use up the warm-up.
        rate = min(1.0, share / learning.warmup) * 0.5 * (1 + math.cos(math.pi * share))
        if learning.profile and step == 30:
            report({"profile": profiled(lambda: objective(simulated, real, rng)[0].backward(), device)})
            model.zero_grad(set_to_none=True)
            objective.extras.zero_grad(set_to_none=True)
        loss, parts = objective(simulated, real, rng)
        loss.backward()  # type: ignore[no-untyped-call]
        average_gradients(processes, model, objective.extras)
        measured = [optimizer.gradient_norm() for optimizer, _ in optimizers]
        norms = torch.stack(measured).tolist()
        if not all(map(math.isfinite, norms)):
            raise RuntimeError(f"step {step}: gradient norms {norms}, loss {float(loss)}. Lower the peak rate.")
        for (optimizer, peak), norm in zip(optimizers, measured, strict=True):
            optimizer.step(max(rate * peak, 1e-7), norm)
        step += 1
        if step in (1, 5) or step % 25 == 0:
            passed = time.monotonic() - start
            report({
                "step": step, "seconds": round(passed, 2), "loss": round(float(loss.detach()), 4),
                "rate": round(rate, 4), "grad_norms": [round(n, 3) for n in norms],
                "views_per_s": round(processes.size * step * learning.batch_size / passed),
                **{k: round(float(v), 4) for k, v in parts.items()},
            })  # fmt: skip
    model.eval()
    views = processes.size * step * learning.batch_size
    return {"steps": step, "views": views, "processes": processes.size, "seconds": time.monotonic() - start}


def compile_mlps(model: SensorLM) -> None:
    """Fuse what lies between the products of each block; attention, whose lengths change, stays as it is."""
    for module in model.modules():
        if isinstance(module, Block):
            branch: Any = torch.compile(module._mlp_branch, dynamic=True)
            module._mlp_branch = branch  # type: ignore[method-assign]


def profiled(step: Callable[[], Any], device: torch.device) -> list[str]:
    """The operations that take longest in three calls, with their milliseconds a call."""
    from torch.profiler import ProfilerActivity, profile

    kinds = [ProfilerActivity.CPU] + ([ProfilerActivity.CUDA] if device.type == "cuda" else [])
    with profile(activities=kinds) as found:
        for _ in range(3):
            step()
        if device.type == "cuda":
            torch.cuda.synchronize()
    on = "self_device_time_total" if device.type == "cuda" else "self_cpu_time_total"
    rows = sorted(found.key_averages(), key=lambda row: -getattr(row, on))[:30]
    return [f"{getattr(row, on) / 3000:.2f} ms x{row.count // 3} {row.key[:90]}" for row in rows]


def trained_tensors(model: SensorLM, *, text: bool = False) -> dict[str, Tensor]:
    """What was learned, in the type it was learned in; of the sentence encoder its blocks, where those were trained."""
    state = model.state_dict()
    kept = {k for k in state if not k.startswith("text.") or (text and k.startswith("text.blocks."))}
    return {k: v.detach().cpu().contiguous() for k, v in state.items() if k in kept}


def metrics_writer(path: Path) -> Callable[[dict[str, Any]], None]:
    """Append rows as JSON lines, and print them."""

    def write(row: dict[str, Any]) -> None:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        print(json.dumps(row), flush=True)

    return write


assert len(CODEBOOK) < 1 << 24  # an index travels as float32
