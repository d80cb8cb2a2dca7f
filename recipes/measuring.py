"""A model and days of people it never saw in, how well it understands out: wordings held out, opposites, retrieval.

Letters in shapes: v views, w wordings, p predicates, q days asked by their captions, e features.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from bank import PREDICATES, TAUGHT, WRITTEN, list_wordings, opposites, plain_language
from learning import Corpus, text_features
from numpy.typing import NDArray
from objective import unit_texts
from packing import LOG, MINUTES_PER_DAY, Pack, which_hold
from torch import Tensor

from sensorlm.model import SensorLM
from sensorlm.tasks.metrics import auroc, recall_at_k, relevance_of_duplicates
from sensorlm.tokenizer import CaptionTokenizer

LEAST = 5
"""Views of either kind that an AUROC needs."""
KNOWN_EACH = 4
"""Wordings of a predicate that were trained on and are measured, to compare with those held out."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Queries:
    """Days of other people, and captions that ask for them."""

    pack: Pack
    """Its views are the days."""
    captions: dict[str, tuple[str, ...]]
    """Kind of caption -> one a view."""


class Measure:
    """Everything measured of a model; the texts' vectors by the encoder as it was are taken when it is made.

    Args:
        model: with the sentence encoder as published.
        tokenizer: its tokenizer.
        device: where the model lives.
        people: name -> days of people never trained on.
        queries: name -> days to be found by their captions.
        most: wordings of each predicate, at most; for a small run.
    """

    def __init__(
        self, model: SensorLM, tokenizer: CaptionTokenizer, device: torch.device, people: dict[str, Pack],
        queries: dict[str, Queries], most: int | None = None,
    ) -> None:  # fmt: skip
        self.tokenizer, self.device, self.people, self.queries = tokenizer, device, people, queries
        self.held, self.held_owner = list_wordings(held=True, most=most, among=WRITTEN)
        self.known, self.known_owner = list_wordings(held=False, most=most or KNOWN_EACH, among=WRITTEN)
        self.composed = {
            "composed": list_wordings(held=True, most=1, among=TAUGHT & ~WRITTEN),
            "never taught": list_wordings(held=False, most=most or KNOWN_EACH, among=~TAUGHT),
        }
        self.plain = plain_language(500 if most is None else 20, seed=99)
        self.before = [self._vectors(model, texts) for texts in (self.held, self.plain)]

    def __call__(self, model: SensorLM) -> dict[str, Any]:
        """AUROC by kind of view, of wordings single and averaged; opposites; R@k; what the encoder forgot.

        Wordings of written predicates: "held-out" ones and "known" ones; "composed" are held-out wordings of composed
        statements, "never taught" are wordings of composed statements of which nothing was taught.
        """
        training = model.training
        model.eval()
        with torch.no_grad():
            out = self._everything(model)
        model.train(training)
        return out

    def _everything(self, model: SensorLM) -> dict[str, Any]:
        out: dict[str, Any] = {}
        held = self._vectors(model, self.held)
        known = self._vectors(model, self.known)
        words = {
            "held-out": (unit_texts(model, held).cpu().numpy(), self.held_owner),
            "known": (unit_texts(model, known).cpu().numpy(), self.known_owner),
        }
        for name, (texts, owner) in self.composed.items():
            words[name] = (unit_texts(model, self._vectors(model, texts)).cpu().numpy(), owner)
        for name, pack in self.people.items():
            out[name] = self._questions(model, pack, words)
        for name, asked in self.queries.items():
            out[f"retrieval {name}"] = self._retrieval(model, asked)
        after = (held, self._vectors(model, self.plain))
        for name, was, now in zip(("wordings", "plain"), self.before, after, strict=True):
            cosine = torch.cosine_similarity(was.float(), now.float(), dim=1)
            out[f"kept {name}"] = {"mean": float(cosine.mean()), "least": float(cosine.min())}
        return out

    def _vectors(self, model: SensorLM, texts: tuple[str, ...], tokens: int = 160) -> Tensor:
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
            return text_features(model, self.tokenizer, texts, self.device, tokens=tokens, batch=256)

    def _questions(
        self, model: SensorLM, pack: Pack, words: dict[str, tuple[NDArray[Any], NDArray[Any]]]
    ) -> dict[str, Any]:
        sensor = self._days(model, pack)
        whole, every = (pack.window == (0, MINUTES_PER_DAY)).all(1), np.delete(pack.shown, LOG, 1).all(1)
        # The log is shown, and there is one.
        log = ((pack.column_of[pack.day] >= 0) & pack.shown)[:, LOG].any(1)
        kinds = {
            "day": whole & every,
            "day_few": whole & ~every & ~log,
            "day_few_log": whole & ~every & log,
            "window": ~whole & every,
            "window_few": ~whole & ~every,
        }
        out: dict[str, Any] = {}
        for kind, rows in kinds.items():
            truth = which_hold(pack.codes[rows], kind.startswith("day"))
            for name, (vectors, owner) in words.items():
                single, averaged = macro_auroc(truth, sensor[rows] @ vectors.T, owner)
                out[f"{kind} {name} wordings"] = [single, averaged]
        truth = np.where(whole[:, None], which_hold(pack.codes, True), which_hold(pack.codes, False))
        out["opposites"] = opposites_right(truth, sensor @ words["held-out"][0].T, words["held-out"][1])
        for name, texts in (("long captions", pack.long), ("their other wordings", pack.other)):
            rows = np.flatnonzero(texts >= 0)
            if len(rows):
                said = tuple(pack.texts[i] for i in texts[rows])
                out[f"R@1/5/10 of {name} among {len(rows)}"] = self._found(model, sensor[rows], said)
        return out

    def _found(self, model: SensorLM, sensor: NDArray[np.float32], texts: tuple[str, ...]) -> list[float]:
        """R@1/5/10 from text to day, then from day to text."""
        vectors = unit_texts(model, self._vectors(model, texts, tokens=511)).cpu().numpy()
        scores, relevant = sensor @ vectors.T, relevance_of_duplicates(texts, texts)
        found, back = (recall_at_k(s, r, (1, 5, 10)) for s, r in ((scores.T, relevant.T), (scores, relevant)))
        return [round(r[f"recall@{k}"], 4) for r in (found, back) for k in (1, 5, 10)]

    def _retrieval(self, model: SensorLM, asked: Queries) -> dict[str, Any]:
        sensor = self._days(model, asked.pack)
        return {kind: self._found(model, sensor, texts) for kind, texts in asked.captions.items()}

    def _days(self, model: SensorLM, pack: Pack) -> NDArray[np.float32]:
        corpus = Corpus(pack, torch.empty(0), self.device)
        found = []
        for part in torch.arange(len(corpus), device=self.device).split(256):
            values, observed = corpus.days(part)
            found.append(model.encode_sensor(values.float(), observed).float().cpu())
        return torch.cat(found).numpy()


def wording_auroc(results: dict[str, Any]) -> dict[str, float]:
    """Kind of view and wordings -> macro AUROC of a single wording, on simulated people."""
    return {k: v[0] for k, v in results["simulated people"].items() if k.startswith(("day", "window"))}


def macro_auroc(truth: NDArray[np.int8], scores: NDArray[np.float32], owner: NDArray[np.int64]) -> tuple[float, float]:
    """Mean over predicates of one wording's AUROC (mean over its wordings), and of their averaged scores.

    Args:
        truth: (v, p) of +1, -1, 0.
        scores: (v, w).
        owner: (w,) predicate of each wording.
    """
    single, averaged = [], []
    for i in np.unique(owner):
        told = truth[:, i] != 0
        yes, of = truth[told, i] > 0, scores[told][:, owner == i]
        if min(yes.sum(), (~yes).sum()) >= LEAST:
            single.append(np.mean([auroc(yes, column) for column in of.T]))
            averaged.append(auroc(yes, of.mean(1)))
    if not single:
        return float("nan"), float("nan")
    return round(float(np.mean(single)), 4), round(float(np.mean(averaged)), 4)


def opposites_right(
    truth: NDArray[np.int8], scores: NDArray[np.float32], owner: NDArray[np.int64]
) -> dict[str, float | int]:
    """Of views where one of two opposites holds: how well the difference of their scores tells which.

    The mean AUROC over pairs of wordings, and how many of them are above one half. Arguments as in `macro_auroc`.
    """
    each: list[float] = []
    for i, j in opposites():
        one, two = (truth[:, i] > 0) & (truth[:, j] < 0), (truth[:, j] > 0) & (truth[:, i] < 0)
        rows = one | two
        if min(one.sum(), two.sum()) < LEAST:
            continue
        for a in np.flatnonzero(owner == i)[:2]:
            each += [auroc(one[rows], scores[rows, a] - scores[rows, b]) for b in np.flatnonzero(owner == j)[:2]]
    if not each:
        return {"pairs": 0}
    return {
        "pairs": len(each),
        "auroc": round(float(np.mean(each)), 4),
        "right": round(float(np.mean(np.array(each) > 0.5)), 4),
    }


assert len(PREDICATES) < 1 << 15  # `Pack.said` is int16
