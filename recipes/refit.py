"""Views with their sensor features in, a text side that fits them better out: on a CPU, over a frozen sensor tower.

    python recipes/refit_views.py --start CHECKPOINT --carry carry --out VIEWS
    python recipes/refit.py --start CHECKPOINT --views VIEWS --carry carry --out OUT --steps 600
    python recipes/join.py OUT -o CHECKPOINT2 --rows8 --start CHECKPOINT

Wordings a model was taught reach what the sensor features hold; those it was never taught fall short by a sixth. What
is learned here is language alone: thousands of new wordings cost a CPU minutes, not a GPU its hours. The sentence
encoder's blocks and the head learn; the sensor tower and the decoder stay as they are, to the bit.

Letters in shapes: b views, n columns (texts), p predicates, e features.
"""

import os

os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")

import argparse
import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from bank import PREDICATES, TAUGHT, WRITTEN, dressed, list_wordings, plain_language
from carried import real_pack
from learning import Corpus, Learning, long_texts, metrics_writer, text_features, train
from longer import tokenise
from making import PEOPLE_EACH, make_queries, make_validation
from measuring import Measure, Queries, wording_auroc
from objective import Objective, WordingBank
from packing import Pack, join_packs
from pretrain import runs_before, save_shards
from torch import Tensor

from sensorlm.checkpoint import load_checkpoint
from sensorlm.model import SensorLM
from sensorlm.tokenizer import CaptionTokenizer

CPU = torch.device("cpu")
PLAIN = 6000
"""Plain sentences, of which a step holds some."""


class TextObjective(Objective):
    """The loss of a pretraining run with the sensor features looked up, and wordings told apart by what they mean.

    Args:
        model: of which the sentence encoder, the head, scale and bias learn.
        features: of each corpus, (v, e) unit features of its views.
        longs: long captions a step. With 24 at a weight of 0.15 finding days by them lost 0.07 of R@1 (docs/log.md).
    """

    def __init__(
        self, model: SensorLM, corpora: list[Corpus], features: list[Tensor], learning: Learning, bank: WordingBank,
        *, longs: int,
    ) -> None:  # fmt: skip
        model.requires_grad_(False)
        for part in (model.text_projection, model.logit_scale, model.logit_bias):
            assert part is not None
            part.requires_grad_(True)
        super().__init__(model, corpora[0], learning, bank)
        self.features = dict(zip(map(id, corpora), features, strict=True))
        self.longs = longs

    def sensor(self, batches: list[tuple[Corpus, Tensor]]) -> Tensor:
        """(b, e) unit features of the views."""
        return torch.cat([self.features[id(corpus)][rows] for corpus, rows in batches])

    def read(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """As the base, in bfloat16 products."""
        with torch.autocast("cpu", torch.bfloat16):
            return super().read(ids, mask).float()

    def long_features(self, batches: list[tuple[Corpus, Tensor]], rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """Of at most `longs` of the batch's long captions: a CPU reads few."""
        kept, first, places = [], 0, []
        share = self.longs / sum(len(rows) for _, rows in batches)
        for corpus, rows in batches:
            there = (corpus.pair[rows, 0] >= 0).nonzero()[:, 0]
            some = there[torch.randperm(len(there), generator=rng)[: max(1, round(share * len(rows)))]]
            kept.append((corpus, rows[some]))
            places.append(some + first)
            first += len(rows)
        found, place = super().long_features(kept, rng)
        return found, torch.cat(places)[place]


def load_views(folder: Path, name: str, tokenizer: Path, workers: int) -> tuple[Corpus, Tensor]:
    """Views as `refit_views.py` wrote them, and (v, e) their features."""
    pack = Pack.load(folder / f"{name}.npz")
    with np.load(folder / f"{name}-features.npz", allow_pickle=False) as file:
        features = torch.from_numpy(file["features"])
    tokens = tokenise([pack.texts[i] for i in long_texts(pack)], tokenizer, workers)
    return Corpus(pack, torch.empty(0, 1), CPU, tokens), features


def wording_bank(model: SensorLM, tokenizer: CaptionTokenizer, most: int | None) -> WordingBank:
    """Every wording in every style, and plain sentences to hold, of which alone vectors are taken."""
    phrases, owner = list_wordings(held=False, most=most)
    styled = dressed(phrases, owner, most)
    plain = plain_language(PLAIN if most is None else 20)
    vectors = text_features(model, tokenizer, plain, CPU, batch=256)
    return WordingBank(
        features=torch.empty(len(styled), 0), owner=torch.from_numpy(owner), predicates=len(PREDICATES),
        written=torch.from_numpy(WRITTEN),
        taught=torch.from_numpy(TAUGHT),
        held_ids=torch.from_numpy(tokenizer.encode([*styled, *plain], 48).astype(np.int32)),
        held_features=torch.cat([vectors.new_zeros(len(styled), vectors.shape[1]), vectors]),
    )  # fmt: skip


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--start", type=Path, required=True)
    parser.add_argument("--views", type=Path, required=True)
    parser.add_argument("--carry", type=Path, default=Path("carry"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--batch-size", type=int, default=3072, help="views of a step")
    parser.add_argument("--peak", type=float, default=5e-4, help="rate of the head")
    parser.add_argument("--text-peak", type=float, default=5e-4, help="rate of the sentence encoder's blocks")
    parser.add_argument("--same-weight", type=float, default=0.4)
    parser.add_argument("--hold-weight", type=float, default=1.0)
    parser.add_argument("--pairs-weight", type=float, default=0.1)
    parser.add_argument("--text-noise", type=float, default=0.6)
    parser.add_argument("--real-share", type=float, default=0.3)
    parser.add_argument("--longs", type=int, default=24, help="long captions a step")
    parser.add_argument("--queries", type=int, default=200, help="held-out days to be found by their captions")
    parser.add_argument("--most-wordings", type=int, help="of each predicate, for a small run")
    parser.add_argument("--measure-before", action="store_true", help="measure what is gone on from, too")
    parser.add_argument("--validation-people", type=int, default=PEOPLE_EACH)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def main() -> None:  # noqa: D103
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    log = metrics_writer(args.out / "metrics.jsonl")
    torch.set_num_threads(args.workers)
    before = load_checkpoint(args.start)
    model, tokenizer = before.model.float(), before.tokenizer
    assert isinstance(tokenizer, CaptionTokenizer)
    names = [name for name in ("simulated", "real") if (args.views / f"{name}.npz").is_file()]
    loaded = [load_views(args.views, name, args.carry / "tokenizer.json", args.workers) for name in names]
    bank = wording_bank(model, tokenizer, args.most_wordings)
    log({"phase": "ready", "views": {n: len(c) for n, (c, _) in zip(names, loaded, strict=True)},
         "wordings": len(bank.owner), "long": [len(c.ids) for c, _ in loaded]})  # fmt: skip
    learning = Learning(
        batch_size=args.batch_size, steps=args.steps, peak=args.peak, text_peak=args.text_peak, wordings_each=1,
        joined=0, text_noise=args.text_noise, pairs_weight=args.pairs_weight, regress_weight=0.0,
        hold_weight=args.hold_weight, held_each=64, real_share=args.real_share, long_share=0.1, real_long_share=0.1,
        window_share=0.4, seed=args.seed, warmup=0.03, same_weight=args.same_weight,
    )  # fmt: skip
    corpora, features = [c for c, _ in loaded], [f for _, f in loaded]
    objective = TextObjective(model, corpora, features, learning, bank, longs=args.longs)
    measure = measuring(args, model, tokenizer)
    if args.measure_before:
        log({"phase": "before", "results": measure(model)})
    done = train(model, corpora[0], corpora[1] if len(corpora) > 1 else None, learning, log, bank, objective)
    start, results = time.monotonic(), measure(model)
    log({"phase": "trained", **done, "results": results, "measuring_seconds": round(time.monotonic() - start, 1)})
    write_run(args, model, learning, done, results, corpora)


def measuring(args: argparse.Namespace, model: SensorLM, tokenizer: CaptionTokenizer) -> Measure:
    """Days of simulated people and of real people of the validation split, none of whom was learned from."""
    size = args.validation_people
    people = {"simulated people": join_packs(make_validation(args.seed, workers=args.workers, count=size))}
    real_val = real_pack(args.carry / "real_val.npz", args.workers, learned=False)
    if real_val is not None:
        people["real val people"] = real_val
    asked = make_queries(args.seed, workers=args.workers, days=args.queries, count=size)
    queries = {name: Queries(pack=pack, captions=captions) for name, (pack, captions) in asked.items()}
    return Measure(model, tokenizer, CPU, people, queries, args.most_wordings)


def write_run(
    args: argparse.Namespace, model: SensorLM, learning: Learning, done: dict[str, Any], results: dict[str, Any],
    corpora: list[Corpus],
) -> None:  # fmt: skip
    """Shards of what learned, and run.json as `join.py` reads it."""
    learned = {
        k: v.detach().contiguous() for k, v in model.state_dict().items()
        if k.startswith(("text.blocks.", "text_projection.", "logit_"))
    }  # fmt: skip
    run = {
        "variant": "text side", "config": model.config.to_json(),
        "arguments": {k: str(v) for k, v in vars(args).items()}, "learning": asdict(learning), **done,
        "text_trained": True, "torch": torch.__version__, "device": "cpu",
        "data": {"days": len(corpora[0].column_of), "views": len(corpora[0]),
                 "real_views": len(corpora[1]) if len(corpora) > 1 else 0},
        "auroc": wording_auroc(results),
        "results": results, "before": runs_before(args.start), "shards": save_shards(args.out, "model", learned),
    }  # fmt: skip
    (args.out / "run.json").write_text(json.dumps(run, indent=1))


if __name__ == "__main__":
    main()
