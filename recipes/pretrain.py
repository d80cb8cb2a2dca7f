"""Nothing but a seed in, weights out: simulate people, learn from them and from carried real days, write shards.

    python recipes/pretrain.py --carry carry --out "$OUT" --data-seconds 80 --train-seconds 420

One call on one GPU machine. Several `--variant "NAME field=value ..."` (fields of learning.Learning, and preset) are
trained one after another on the same data, each for `--train-seconds`; the weights of the last are written. On several
GPUs of one host, `torchrun --nproc-per-node=2 -- recipes/pretrain.py ...` with `--workers` for each process.
`recipes/prepare_carry.py` makes the carry folder, `recipes/join.py` the checkpoint.
"""

import os

# One thread a worker: sixteen processes with sixteen threads each would only wait for one another.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import argparse
import json
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from bank import PREDICATES
from carried import real_pack
from making import PEOPLE_EACH, make_many, make_queries, make_validation
from packing import CAPTIONS_EACH, CHANNELS, Pack, join_packs
from run_options import rank, read_variants, training_parser

PRESETS = {"tiny": (64, 2, 2), "small": (192, 6, 3), "main": (256, 8, 4), "large": (384, 8, 6)}
"""Name -> width, depth, heads of the sensor tower."""
EMBED_DIM = 384
TEXT_HEAD = 768
"""Hidden units beside the text projection: 0.74 instead of 0.68 on held-out wordings (docs/notes/learning.md)."""
PLAIN = 30_000
"""Plain sentences, of which a step holds some."""
SHARD_BYTES = 15 * 2**20
MEASURING_SECONDS = 25
"""What measuring and writing a variant may take."""


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = training_parser(
        __doc__, seed=1, data_seconds=150, train_seconds=270, batch_size=2048, peak=1e-3, real_share=0.12
    )
    parser.add_argument("--carry", type=Path, default=Path("carry"))
    parser.add_argument("--start", type=Path, help="checkpoint to go on from, instead of random weights")
    parser.add_argument("--people", type=int, help="instead of --data-seconds: so many people, to repeat a run")
    parser.add_argument("--preset", choices=PRESETS, default="main")
    parser.add_argument("--queries", type=int, default=1000, help="held-out days to be found by their captions")
    parser.add_argument("--variant", action="append", default=[], metavar='"NAME field=value ..."')
    parser.add_argument("--most-wordings", type=int, help="of each predicate, for a small run")
    parser.add_argument("--no-weights", action="store_true", help="write metrics only")
    parser.add_argument("--until", type=float, default=570, help="training is cut short so that all ends by then")
    return parser.parse_args()


def model_config(preset: str) -> Any:  # noqa: ANN401
    """10-minute patches of two channels, the frozen MiniLM under a trained projection."""
    from sensorlm.checkpoint.factory import with_minilm
    from sensorlm.config.model import ModelConfig, SensorTowerConfig

    width, depth, heads = PRESETS[preset]
    sensor = SensorTowerConfig(num_channels=len(CHANNELS), width=width, depth=depth, num_heads=heads)
    # Facts make as many positives as negatives weigh, so the bias starts at 0 and not at SigLIP's -10.
    config = ModelConfig(
        sensor=sensor, embed_dim=EMBED_DIM, text_head_width=TEXT_HEAD, logit_scale_init=10.0, logit_bias_init=0.0
    )
    return with_minilm(config)


def new_model(preset: str, seed: int, carry: Path, start: Path | None = None) -> Any:  # noqa: ANN401
    """A model with random sensor tower and the carried sentence encoder, or the towers and heads of a checkpoint."""
    from safetensors.torch import load_file

    from sensorlm.checkpoint import load_checkpoint
    from sensorlm.model import SensorLM

    if start is not None:
        before = load_checkpoint(start)
        model = SensorLM(before.config.replace(decoder=None), seed=seed)
        found = before.model.state_dict()
        model.load_state_dict({key: found[key].float() for key in model.state_dict()})
        return model
    model = SensorLM(model_config(preset), seed=seed)
    model.text.load_state_dict({k: v.float() for k, v in load_file(carry / "minilm.safetensors").items()})
    return model


def gather(args: argparse.Namespace, log: Any) -> tuple[Pack, Pack | None]:  # noqa: ANN401
    """Simulated packs to train on, of this process's own people, and in the first process to validate with."""
    start, packs, seen = time.monotonic(), [], 0
    count = PEOPLE_EACH if args.people is None else min(PEOPLE_EACH, args.people)
    seed = args.seed + 1000 * rank()
    for pack in make_many(seed, workers=args.workers, seconds=args.data_seconds, people=args.people, count=count):
        packs.append(pack)
        if len(packs) % 100 == 0:
            log({"phase": "data", "tasks": len(packs), "seconds": round(time.monotonic() - start, 1)})
        seen += len(pack)
    made = len(packs) * count if args.people is None else args.people
    first = rank() == 0
    validation = join_packs(make_validation(args.seed, workers=args.workers, count=count)) if first else None
    joined = join_packs(packs)
    log({"phase": "data", "people": made, "days": len(joined.column_of), "views": seen, "columns": len(joined.columns),
         "gigabytes": joined.columns.nbytes / 1e9, "texts": len(joined.texts), "captions": seen * CAPTIONS_EACH,
         "long": int((joined.long >= 0).sum()), "seconds": round(time.monotonic() - start, 1)})  # fmt: skip
    return joined, validation


def gather_queries(args: argparse.Namespace) -> dict[str, Any]:
    """Days to be found by their captions."""
    from measuring import Queries

    count = PEOPLE_EACH if args.people is None else min(PEOPLE_EACH, args.people)
    made = make_queries(args.seed, workers=args.workers, days=args.queries, count=count)
    return {name: Queries(pack=pack, captions=captions) for name, (pack, captions) in made.items()}


def check_attention(model: Any, device: Any, log: Any) -> None:  # noqa: ANN401
    """Use padding where this machine's variable-length kernel does not run."""
    import torch

    from sensorlm.model import attention

    if device.type != "cuda":
        return
    values = torch.randn(4, 1440, len(CHANNELS), device=device)
    observed = torch.rand(4, 1, len(CHANNELS), device=device).expand(4, 1440, -1) > 0.5
    try:
        with torch.autocast("cuda", torch.bfloat16):
            model.encode_sensor(values, observed).sum().backward()
        torch.cuda.synchronize()
    except Exception as error:  # whatever the kernel's reason is, the run must go on
        log({"phase": "attention", "varlen": repr(error)[:300], "instead": "padding"})
        attention.by_varlen = attention.by_padding
    model.zero_grad(set_to_none=True)


def save_shards(out: Path, name: str, tensors: dict[str, Any]) -> list[str]:
    """Safetensors files of under 16 MiB."""
    from safetensors.torch import save_file

    shards: list[dict[str, Any]] = [{}]
    size = 0
    for key, tensor in tensors.items():
        if size + tensor.nbytes > SHARD_BYTES:
            shards.append({})
            size = 0
        shards[-1][key] = tensor
        size += tensor.nbytes
    names = [f"{name}-{i + 1}.safetensors" for i in range(len(shards))]
    for file, shard in zip(names, shards, strict=True):
        save_file(shard, out / file)
    return names


def prepare(
    args: argparse.Namespace, packs: dict[str, Pack], model: Any, device: Any, log: Any, fixed: bool,  # noqa: ANN401
) -> tuple[dict[str, Any], Any]:  # fmt: skip
    """Packs with their texts read, and the bank of wordings, by the sentence encoder as it was given.

    Vectors of wordings are taken where some variant learns from `fixed` ones; others read them anew each step.
    """
    import torch
    from bank import TAUGHT, WRITTEN, dressed, list_wordings, plain_language
    from learning import Corpus, long_texts, text_features
    from longer import tokenise
    from objective import WordingBank

    from sensorlm.tokenizer import CaptionTokenizer

    start, tokenizer = time.monotonic(), CaptionTokenizer.from_file(args.carry / "tokenizer.json")
    corpora = {}
    with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
        for name, pack in packs.items():
            long = long_texts(pack)
            tokens = tokenise([pack.texts[i] for i in long], args.carry / "tokenizer.json", args.workers)
            short = np.setdiff1d(np.arange(len(pack.texts)), long)
            features = torch.zeros(len(pack.texts), model.text.config.width, dtype=torch.float16, device=device)
            read = text_features(model, tokenizer, tuple(pack.texts[i] for i in short), device)
            features[torch.from_numpy(short).to(device)] = read
            corpora[name] = Corpus(pack, features, device, tokens)
        phrases, owner = list_wordings(held=False, most=args.most_wordings)
        styled = dressed(phrases, owner, args.most_wordings)
        plain = (*styled, *plain_language(PLAIN if args.most_wordings is None else 20))
        vectors = text_features(model, tokenizer, plain if fixed else plain[len(styled) :], device)
        if not fixed:
            vectors = torch.cat([vectors.new_zeros(len(styled), vectors.shape[1]), vectors])
    bank = WordingBank(
        features=vectors[: len(styled)], owner=torch.from_numpy(owner).to(device), predicates=len(PREDICATES),
        written=torch.from_numpy(WRITTEN).to(device),
        taught=torch.from_numpy(TAUGHT).to(device),
        held_ids=torch.from_numpy(tokenizer.encode(plain, 48).astype(np.int32)).to(device), held_features=vectors,
    )  # fmt: skip
    tokens = (corpora["simulated"].sentences > 0).sum(1).float().mean()
    log({"phase": "texts", "texts": sum(len(p.texts) for p in packs.values()), "wordings": len(phrases),
         "predicates": len(PREDICATES), "long_tokens_mean": float(tokens),
         "seconds": round(time.monotonic() - start, 1)})  # fmt: skip
    return corpora, bank


def main() -> None:  # noqa: D103
    # The wordings and captions are read before the first step, by the tokenizer's own threads.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    args = arguments()
    first = rank() == 0
    args.out = args.out if first else args.out / f"process{rank()}"
    args.out.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()
    real = real_pack(args.carry / "real.npz", args.workers, learned=True) if args.real_share > 0 else None
    real_val = real_pack(args.carry / "real_val.npz", args.workers, learned=False) if first else None
    simulated, held = gather(args, lambda row: log_row(args.out, row))

    import torch
    from learning import metrics_writer

    from sensorlm.training.processes import joined

    log = metrics_writer(args.out / "metrics.jsonl")
    queries = gather_queries(args) if first else {}
    torch.set_num_threads(args.workers)
    torch.backends.cuda.matmul.allow_tf32 = True
    with joined(torch.device(args.device)) as processes:
        train_variants(args, processes, {"simulated": simulated, "real": real}, (held, real_val), queries, log, begin)
    log({"phase": "done", "total_seconds": round(time.monotonic() - begin, 1)})


def train_variants(
    args: Any, processes: Any, packs: dict[str, Pack | None], people: tuple[Pack | None, Pack | None],  # noqa: ANN401
    queries: dict[str, Any], log: Any, begin: float,  # noqa: ANN401
) -> None:  # fmt: skip
    """Every variant after the other; people of nobody's training and queries are measured by the first process."""
    from measuring import Measure

    from sensorlm.tokenizer import CaptionTokenizer

    device = processes.device
    model = new_model(args.preset, args.seed, args.carry, args.start).to(device)
    check_attention(model, device, log)
    variants = read_variants(args)
    fixed = not all(learning.text_facts and learning.text_peak > 0 for _, _, learning in variants)
    corpora, bank = prepare(args, {n: p for n, p in packs.items() if p is not None}, model, device, log, fixed)
    asked = {n: p for n, p in zip(("simulated people", "real val people"), people, strict=True) if p is not None}
    tokenizer = CaptionTokenizer.from_file(args.carry / "tokenizer.json")
    measure = Measure(model, tokenizer, device, asked, queries, args.most_wordings) if processes.is_main else None
    del model
    log({"phase": "ready", "seconds": round(time.monotonic() - begin, 1)})
    for number, (name, preset, learning) in enumerate(variants):
        left = processes.agree_on(args.until - (time.monotonic() - begin) - MEASURING_SECONDS)
        if number and left < 0.6 * learning.seconds:
            log({"phase": "left out", "variant": name})
            continue
        learning = replace(learning, seconds=max(min(learning.seconds, left), 10.0))
        run_one(args, processes, name, preset, learning, corpora, bank, measure, log)


def run_one(
    args: Any, processes: Any, name: str, preset: str, learning: Any, corpora: Any, bank: Any, measure: Any,  # noqa: ANN401
    log: Any,  # noqa: ANN401
) -> None:  # fmt: skip
    """Train one variant, measure it, write its weights over those of the variant before."""
    import torch
    from learning import train, trained_tensors
    from measuring import wording_auroc

    from sensorlm.embedders.base import SLEEP_LOG

    simulated, real = corpora["simulated"], corpora.get("real")
    device = simulated.device
    if device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    model = new_model(preset, args.seed, args.carry, args.start).to(device)
    done = train(model, simulated, real, learning, lambda row: log({"variant": name, **row}), bank, processes=processes)
    if measure is None:
        return
    start = time.monotonic()
    results = measure(model)
    run: dict[str, Any] = {
        "variant": name, "config": model.config.to_json(), "arguments": {k: str(v) for k, v in vars(args).items()},
        "learning": asdict(learning), **done, "text_trained": learning.text_peak > 0 or args.start is not None,
        "data": {"days": len(simulated.column_of), "views": len(simulated), "real_views": len(real) if real else 0},
        "parameters": sum(p.numel() for n, p in model.named_parameters() if not n.startswith("text.")),
        "torch": torch.__version__, "device": torch.cuda.get_device_name() if device.type == "cuda" else "cpu",
        "auroc": wording_auroc(results), "results": results, SLEEP_LOG: True,
    }  # fmt: skip
    if args.start is not None:
        run["before"] = runs_before(args.start)
    if device.type == "cuda":
        run["peak_gibibytes"] = torch.cuda.max_memory_allocated() / 2**30
    if not args.no_weights:
        for old in args.out.glob("model-*.safetensors"):
            old.unlink()
        run["shards"] = save_shards(args.out, "model", trained_tensors(model, text=run["text_trained"]))
    (args.out / "run.json").write_text(json.dumps(run, indent=1))
    log({"phase": "trained", "variant": name, **done, "results": results, "peak_gibibytes": run.get("peak_gibibytes"),
         "measuring_seconds": round(time.monotonic() - start, 1)})  # fmt: skip


def runs_before(start: Path) -> list[dict[str, Any]]:
    """What the checkpoint that was gone on from says of the runs that made it, oldest first."""
    from sensorlm.checkpoint import load_checkpoint

    extra = load_checkpoint(start).extra
    return [*extra.get("before", []), {k: extra[k] for k in ("data", "steps", "arguments") if k in extra}]


def log_row(out: Path, row: dict[str, Any]) -> None:
    """One row of metrics before torch is imported."""
    with (out / "metrics.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
