"""A checkpoint in, a decoder that writes digests of days for it out: the sensor tower stays as it is.

    python recipes/captioner.py --checkpoint models/default --real carry/real.npz --out "$OUT"

One call on one GPU machine: simulate people, learn, write decoder.safetensors and captioner.json. What it says is
calibrated and checked on real days by `recipes/caption_check.py`; `recipes/join.py --decoder OUT` puts it into a
checkpoint. On a laptop, to see that it runs: --device cpu --tasks 8 --steps 20 --batch-size 16.

Letters in shapes: b days of a batch, t minutes, c channels, k sentences, w tokens of a sentence, l tokens.
"""

import os

# One thread a worker: sixteen processes with sixteen threads each would only wait for one another.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import argparse
import json
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
from digests import FEW, SECTIONS, Views, join, make_many, make_validation, real_views
from packing import CHANNELS
from run_options import training_parser

LENGTH = 224
"""Tokens of a digest at most, its section's name and EOS counted."""
SIZES = {"tiny": (64, 2, 2), "small": (128, 3, 4), "main": (256, 4, 4), "wide": (320, 4, 5)}
"""Name -> width, depth, heads of the decoder."""


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = training_parser(
        __doc__, seed=3, data_seconds=45, train_seconds=140, batch_size=768, peak=1.5e-3, real_share=0.1
    )
    parser.add_argument("--checkpoint", type=Path, required=True, help="folder with the trained sensor tower")
    parser.add_argument("--real", type=Path, help="real.npz of prepare_carry.py")
    parser.add_argument("--tasks", type=int, help="instead of --data-seconds: so many tasks of 12 people")
    parser.add_argument("--size", choices=SIZES, default="main")
    parser.add_argument("--go-on", action="store_true", help="from the checkpoint's own decoder, not from nothing")
    parser.add_argument("--remember", action="store_true", help="read each view once, for a run on a CPU")
    parser.add_argument("--wd", type=float, default=2e-4)
    parser.add_argument("--full-every", type=int, default=5, help="every so many steps, days with all their channels")
    parser.add_argument("--validation-tasks", type=int, default=16)
    return parser.parse_args()


def gather(args: argparse.Namespace, log: Any) -> dict[str, Views]:  # noqa: ANN401
    """Simulated views to learn from, and those of other people to check with."""
    start = time.monotonic()
    made = list(make_many(args.seed, workers=args.workers, seconds=args.data_seconds, tasks=args.tasks))
    held = make_validation(args.seed, args.validation_tasks) if args.workers < 2 else _validation(args)
    out = {"few": join(few for few, _ in made), "held": join(few for few, _ in held)}
    full = [full for _, full in made if full is not None]
    if full:
        out["full"] = join(full)
    if args.real is not None:
        out["real"] = real_views(args.real, args.seed)
    log({"phase": "data", "tasks": len(made), **{f"{k}_views": len(v) for k, v in out.items()},
         "sentences": len(out["few"].texts), "seconds": round(time.monotonic() - start, 1)})  # fmt: skip
    return out


def _validation(args: argparse.Namespace) -> list[tuple[Views, Views | None]]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    from digests import PEOPLE_EACH, make
    from making import VALIDATION_FIRST

    firsts = [VALIDATION_FIRST + i * PEOPLE_EACH for i in range(args.validation_tasks)]
    with ProcessPoolExecutor(args.workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(make, [args.seed] * len(firsts), firsts))


class Words:
    """Sentences as rows of the decoder's words, on the device."""

    def __init__(self, texts: tuple[str, ...], tokenizer: Any, device: Any) -> None:  # noqa: ANN401
        import torch

        self.eos = tokenizer.eos_id
        lengths = tokenizer.lengths(texts)
        ids = tokenizer.encode(texts, int(lengths.max()))
        names = tokenizer.encode([f"{name}:" for name in SECTIONS], 16)
        self.vocabulary = tuple(int(i) for i in np.unique(np.concatenate([ids.ravel(), names.ravel(), [self.eos]])))
        rows = np.searchsorted(self.vocabulary, ids)
        rows[np.arange(ids.shape[1]) >= lengths[:, None] - 1] = -1
        self.end = self.vocabulary.index(self.eos)
        self.table = torch.from_numpy(rows).to(device)
        spelt = np.where(names == self.eos, -1, np.searchsorted(self.vocabulary, names))
        self.names = torch.from_numpy(spelt).to(device)
        self.place = {text: i for i, text in enumerate(texts)}

    def captions(self, sentence: Any, section: Any, wanted: Any) -> tuple[Any, Any]:  # noqa: ANN401
        """(b, l) words of digests and (b, l) bool which of them are learned.

        Args:
            sentence: (b, k) rows of the table, -1 for none.
            section: (b, k) of SECTIONS.
            wanted: (b,) the one section that is written, behind its name, which is given and not learned; -1 for all.
        """
        import torch

        one = wanted >= 0
        said = (sentence >= 0) & (~one[:, None] | (section == wanted[:, None]))
        # Where nothing can be told the digest says so: sentence 0.
        sentence = torch.where(said, sentence.long(), -1)
        sentence[:, 0] = torch.where(said.any(1), sentence[:, 0], 0)
        words = torch.where(sentence[:, :, None] >= 0, self.table[sentence.clamp(min=0)], -1).flatten(1)
        names = torch.where(one[:, None], self.names[wanted.clamp(min=0).long()], -1)
        words = torch.cat([names, words], 1)
        used = words >= 0
        place = (used.cumsum(1) - 1).masked_fill(~used, LENGTH)
        out = torch.full((len(words), LENGTH + 1), self.end, device=words.device)
        out.scatter_(1, place.clamp(max=LENGTH), words)
        out[:, LENGTH - 1 :] = self.end
        count = used.sum(1).clamp(max=LENGTH - 1)[:, None]
        position = torch.arange(LENGTH, device=words.device)
        learned = (position <= count) & (position >= (names >= 0).sum(1)[:, None])
        longest = int(count.max()) + 1
        return out[:, :longest], learned[:, :longest]


class Corpus:
    """Views on a device."""

    def __init__(self, views: Views, words: Words, device: Any) -> None:  # noqa: ANN401
        import torch

        self.device = device
        self.values = torch.from_numpy(views.values).to(device)
        moved = np.array([words.place[text] for text in views.texts] + [-1], np.int64)
        self.sentence = torch.from_numpy(moved[views.sentence]).to(device)
        self.section = torch.from_numpy(views.section).to(device)
        self.labelled = torch.from_numpy(views.labelled).to(device)
        self.remembered: list[Any] = []
        """What the tower makes of each view, where it was read once for all steps."""

    def remember(self, model: Any, batch: int = 48) -> None:  # noqa: ANN401
        """Read every view once: a CPU does a step several times as fast then, for half a megabyte a view at most."""
        import torch

        with torch.inference_mode():
            for rows in torch.arange(len(self), device=self.device).split(batch):
                tokens = model.sensor.tokens(*self.days(rows))
                each = tokens.x.split(tokens.layout.lengths) if tokens.layout is not None else tokens.x.unbind()
                self.remembered += [part.half() for part in each]

    def memory(self, model: Any, rows: Any) -> Any:  # noqa: ANN401
        """What a decoder reads of some views; the tower learns nothing."""
        import torch

        from sensorlm.model.attention import Layout, Tokens

        if not self.remembered:
            values, observed = self.days(rows)
            with torch.no_grad():
                return model.sensor.tokens(values.to(model.sensor.patch_embed.weight.dtype), observed)
        parts = [self.remembered[row] for row in rows.tolist()]
        lengths = tuple(len(part) for part in parts)
        return Tokens(torch.cat(parts).to(model.sensor.patch_embed.weight.dtype), Layout(lengths, self.device))

    def __len__(self) -> int:
        return len(self.values)

    def days(self, rows: Any) -> tuple[Any, Any]:  # noqa: ANN401
        """(b, t, c) z-scores with 0 where missing, and what is observed."""
        import torch

        values = self.values[rows]
        if values.shape[2] == len(FEW):
            whole = values.new_full((*values.shape[:2], len(CHANNELS)), torch.nan)
            whole[:, :, list(FEW)] = values
            values = whole
        observed = values.isfinite()
        return torch.where(observed, values, torch.zeros((), dtype=values.dtype, device=self.device)), observed

    def wanted(self, rows: Any, rng: Any, chance: float = 0.4) -> Any:  # noqa: ANN401
        """(b,) which section is written, -1 for all; never one about sleep where no log says how it was."""
        import torch

        drawn = torch.randint(len(SECTIONS), (len(rows),), generator=rng, device=self.device)
        one = torch.rand(len(rows), generator=rng, device=self.device) < chance
        later = torch.randint(1, len(SECTIONS), (len(rows),), generator=rng, device=self.device)
        return torch.where(self.labelled[rows], torch.where(one, drawn, -1), later)


def caption_loss(model: Any, values: Any, observed: Any, words: Any, learned: Any, *, joint: bool = False) -> Any:  # noqa: ANN401
    """() the mean cross entropy of the learned words (CoCa, equation 4); `joint` lets it train the sensor tower too.

    Args:
        model: with a decoder.
        values: (b, t, c) z-scores.
        observed: (b, t, c).
        words: (b, l) rows of the decoder's token table.
        learned: (b, l) bool, False on a given name and on padding.
        joint: for a run that trains everything; else the tower is only read.
    """
    import torch

    with torch.set_grad_enabled(joint):
        memory = model.sensor.tokens(values, observed)
    return written_loss(model, memory, words, learned)


def written_loss(model: Any, memory: Any, words: Any, learned: Any) -> Any:  # noqa: ANN401
    """`caption_loss` of days whose tokens are there already."""
    from torch.nn import functional as F

    logits = model.decoder.word_logits(words, memory)
    return F.cross_entropy(logits[learned].float(), words[learned])


def new_model(args: argparse.Namespace, words: Words) -> tuple[Any, Any]:
    """The checkpoint's model with a fresh decoder, or with its own; all but that frozen. And its configuration."""
    from sensorlm.checkpoint import SensorLM, load_checkpoint
    from sensorlm.config.model import DecoderConfig

    loaded = load_checkpoint(args.checkpoint)
    width, depth, heads = SIZES[args.size]
    text = loaded.config.text
    decoder = DecoderConfig(
        vocab_size=text.vocab_size, context_length=LENGTH, width=width, depth=depth, num_heads=heads,
        pad_id=text.pad_id, eos_id=text.eos_id, vocabulary=words.vocabulary,
    )  # fmt: skip
    config = loaded.config.replace(decoder=decoder.to_json())
    model = SensorLM(config, seed=args.seed)
    state = loaded.model.state_dict()
    fresh = {k: v for k, v in model.state_dict().items() if k.startswith("decoder.")}
    if args.go_on:
        fresh = moved_decoder(loaded, fresh, words.vocabulary)
    model.load_state_dict(state | fresh)
    model.requires_grad_(False)
    model.decoder.requires_grad_(True)
    return model, config


def moved_decoder(loaded: Any, fresh: dict[str, Any], vocabulary: tuple[int, ...]) -> dict[str, Any]:  # noqa: ANN401
    """The decoder of a checkpoint for other words: those it knew keep their vectors, others begin as in `fresh`.

    Raises:
        SystemExit: the checkpoint has no decoder, or one of another size.
    """
    old = {k: v.float() for k, v in loaded.model.state_dict().items() if k.startswith("decoder.")}
    table = "decoder.token_embed.weight"
    if {k: v.shape for k, v in old.items() if k != table} != {k: v.shape for k, v in fresh.items() if k != table}:
        raise SystemExit(
            "the checkpoint has no decoder of this size to go on from. Leave --go-on out, or change --size."
        )
    place = {token: row for row, token in enumerate(loaded.config.decoder.vocabulary)}
    known = [(row, place[token]) for row, token in enumerate(vocabulary) if token in place]
    vectors = fresh[table].clone()
    vectors[[row for row, _ in known]] = old[table][[row for _, row in known]]
    return old | {table: vectors}


def check_kernels(model: Any, corpora: dict[str, Corpus], words: Words, log: Any) -> None:  # noqa: ANN401
    """One step's loss by the variable-length kernel and by padding; padding from then on where they differ."""
    import torch

    from sensorlm.model import attention

    corpus = corpora["few"]
    rows = torch.arange(min(8, len(corpus)), device=corpus.device)
    values, observed = corpus.days(rows)
    values = values.to(model.sensor.patch_embed.weight.dtype)
    said = words.captions(corpus.sentence[rows], corpus.section[rows], torch.full_like(rows, -1))
    fast, found = attention.by_varlen, []
    for way in (attention.by_padding, fast):
        attention.by_varlen = way
        try:
            loss = caption_loss(model, values, observed, *said)
            loss.backward()
            found.append([float(loss.detach()), float(model.decoder.start.grad.float().norm())])
        except Exception as error:  # whatever the kernel's reason is, the run must go on
            found.append([repr(error)[:200]])
        model.zero_grad(set_to_none=True)
    if len(found[0]) != 2:  # not even by padding: then it is cuDNN's causal kernel that does not run
        attention._prefers_cudnn = lambda q, k: False
    same = len(found[1]) == 2 and np.allclose(found[0], found[1], rtol=0.05)
    if not same:
        attention.by_varlen = attention.by_padding
    log({"phase": "attention", "padding": found[0], "varlen": found[1], "used": "varlen" if same else "padding"})


def train(model: Any, corpora: dict[str, Corpus], words: Words, args: argparse.Namespace, log: Any) -> dict[str, Any]:  # noqa: ANN401
    """Train the decoder in place."""
    import torch

    from sensorlm.training.optimizer import Optimizer

    optimizer = Optimizer(model.decoder, peak=args.peak, wd=args.wd, betas=(0.9, 0.98))
    rng = torch.Generator(corpora["few"].device).manual_seed(args.seed)
    start, step, seen = time.monotonic(), 0, 0
    while True:
        passed = time.monotonic() - start
        share = passed / args.train_seconds if args.steps is None else step / args.steps
        if share >= 1:
            break
        rate = args.peak * min(1.0, share / 0.05) * 0.5 * (1 + math.cos(math.pi * share))
        parts = _parts(corpora, args, step)
        loss = torch.zeros((), device=corpora["few"].device)
        total = sum(count for _, count in parts)
        for corpus, count in parts:
            rows = torch.randint(len(corpus), (count,), generator=rng, device=corpus.device)
            said = words.captions(corpus.sentence[rows], corpus.section[rows], corpus.wanted(rows, rng))
            part = written_loss(model, corpus.memory(model, rows), *said)
            (part * count / total).backward()
            loss += part.detach() * count / total
        measured = optimizer.gradient_norm()
        norm = float(measured)
        if not math.isfinite(norm):
            raise RuntimeError(f"step {step}: gradient norm {norm}, loss {float(loss)}. Lower the peak rate.")
        optimizer.step(max(rate, 1e-6), measured)
        step, seen = step + 1, seen + total
        if step in (1, 5) or step % 50 == 0:
            log({"step": step, "seconds": round(time.monotonic() - start, 2), "loss": float(loss.detach()), "lr": rate,
                 "grad_norm": norm, "views_per_s": seen / (time.monotonic() - start)})  # fmt: skip
    return {"steps": step, "views": seen, "seconds": time.monotonic() - start}


def _parts(corpora: dict[str, Corpus], args: argparse.Namespace, step: int) -> list[tuple[Corpus, int]]:
    """Corpora of a step and how many views of each: real ones always, days with all channels now and then."""
    real = max(1, round(args.batch_size * args.real_share)) if "real" in corpora else 0
    parts = [(corpora["few"], args.batch_size - real)]
    if real:
        parts.append((corpora["real"], real))
    if "full" in corpora and step % args.full_every == 0:
        parts.append((corpora["full"], max(1, args.batch_size // 12)))
    return parts


def validate(model: Any, corpus: Corpus, words: Words, batch: int = 256) -> float:  # noqa: ANN401
    """Nats a word of whole digests of people never trained on."""
    import torch

    losses = []
    with torch.inference_mode():
        for rows in torch.arange(len(corpus), device=corpus.device).split(batch):
            said = words.captions(corpus.sentence[rows], corpus.section[rows], torch.full_like(rows, -1))
            losses.append(float(written_loss(model, corpus.memory(model, rows), *said)))
    return float(np.mean(losses))


def main() -> None:  # noqa: D103
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()

    def log(row: dict[str, Any]) -> None:
        with (args.out / "captioner_metrics.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        print(json.dumps(row), flush=True)

    data = gather(args, log)
    import torch
    from safetensors.torch import save_file

    from sensorlm.tokenizer import CaptionTokenizer
    from sensorlm.training.step import to_bfloat16

    torch.set_num_threads(args.workers)
    device = torch.device(args.device)
    tokenizer = CaptionTokenizer.from_file(args.checkpoint)
    texts = tuple(dict.fromkeys(text for views in data.values() for text in views.texts))
    words = Words(texts, tokenizer, device)
    model, config = new_model(args, words)
    model.to(device)
    if device.type == "cuda":
        to_bfloat16(model)
    corpora = {name: Corpus(views, words, device) for name, views in data.items()}
    for corpus in corpora.values() if args.remember else ():
        corpus.remember(model)
    log({"phase": "model", "words": len(words.vocabulary), "sentences": len(texts),
         "parameters": sum(p.numel() for p in model.decoder.parameters()),
         "untrained": validate(model, corpora["held"], words),
         "seconds": round(time.monotonic() - begin, 1)})  # fmt: skip
    if device.type == "cuda":
        check_kernels(model, corpora, words, log)
    done = train(model, corpora, words, args, log)
    run = {
        "decoder": config.decoder.to_json(), "arguments": {k: str(v) for k, v in vars(args).items() if k != "out"},
        **done, "data": {f"{name}_views": len(views) for name, views in data.items()},
        "held_out_nats_a_word": validate(model, corpora["held"], words), "torch": torch.__version__,
        "device": torch.cuda.get_device_name() if device.type == "cuda" else "cpu",
    }  # fmt: skip
    if device.type == "cuda":
        run["peak_gibibytes"] = torch.cuda.max_memory_allocated() / 2**30
    state = {k: v.detach().cpu().contiguous() for k, v in model.decoder.state_dict().items()}
    save_file({f"decoder.{k}": v for k, v in state.items()}, args.out / "decoder.safetensors")
    (args.out / "captioner.json").write_text(json.dumps(run))
    log({"phase": "trained", **done, "held_out_nats_a_word": run["held_out_nats_a_word"],
         "total_seconds": round(time.monotonic() - begin, 1)})  # fmt: skip


if __name__ == "__main__":
    main()
