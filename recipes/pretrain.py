"""Nothing but a seed in, weights out: simulate people, learn from them and from carried real days, write shards.

    python recipes/pretrain.py --carry carry --out "$OUT" --data-seconds 150 --train-seconds 270

One call on one GPU machine. `recipes/prepare_carry.py` makes the carry folder, `recipes/join.py` the checkpoint.
"""

import os

# One thread a worker: sixteen processes with sixteen threads each would only wait for one another.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from making import PEOPLE_EACH, make_many, make_validation
from packing import CAPTIONS_EACH, CHANNELS, Pack, join_packs

PRESETS = {"tiny": (64, 2, 2), "small": (192, 6, 3), "main": (256, 8, 4), "large": (384, 8, 6)}
"""Name -> width, depth, heads of the sensor tower."""
EMBED_DIM = 384
SHARD_BYTES = 15 * 2**20


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--carry", type=Path, default=Path("carry"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--data-seconds", type=float, default=150)
    parser.add_argument("--people", type=int, help="instead of --data-seconds: so many people, to repeat a run")
    parser.add_argument("--train-seconds", type=float, default=270)
    parser.add_argument("--steps", type=int, help="instead of --train-seconds: so many steps, to repeat a run")
    parser.add_argument("--preset", choices=PRESETS, default="main")
    parser.add_argument("--batch-size", type=int, default=2048)
    parser.add_argument("--peak", type=float, default=1e-3)
    parser.add_argument("--balance", choices=("column", "batch"), default="column")
    parser.add_argument("--text-noise", type=float, default=0.15)
    parser.add_argument("--real-share", type=float, default=0.06)
    parser.add_argument("--scaling-seconds", type=float, default=0, help="for each short run of the scaling study")
    parser.add_argument("--until", type=float, default=570, help="no scaling run starts that would end after this")
    parser.add_argument("--device", default="cuda")
    return parser.parse_args()


def model_config(preset: str) -> Any:  # noqa: ANN401
    """10-minute patches of two channels, the frozen MiniLM under a trained projection."""
    from sensorlm.checkpoint.factory import with_minilm
    from sensorlm.config.model import ModelConfig, SensorTowerConfig

    width, depth, heads = PRESETS[preset]
    sensor = SensorTowerConfig(num_channels=len(CHANNELS), width=width, depth=depth, num_heads=heads)
    # Facts make as many positives as negatives weigh, so the bias starts at 0 and not at SigLIP's -10.
    return with_minilm(ModelConfig(sensor=sensor, embed_dim=EMBED_DIM, logit_scale_init=10.0, logit_bias_init=0.0))


def new_model(preset: str, seed: int, carry: Path) -> Any:  # noqa: ANN401
    """A model with random sensor tower and the carried sentence encoder."""
    from safetensors.torch import load_file

    from sensorlm.model import SensorLM

    model = SensorLM(model_config(preset), seed=seed)
    model.text.load_state_dict({k: v.float() for k, v in load_file(carry / "minilm.safetensors").items()})
    return model


def gather(args: argparse.Namespace, log: Any) -> tuple[Pack, Pack]:  # noqa: ANN401
    """Simulated packs to train on and to validate with."""
    start, packs, seen = time.monotonic(), [], 0
    count = PEOPLE_EACH if args.people is None else min(PEOPLE_EACH, args.people)
    for pack in make_many(args.seed, workers=args.workers, seconds=args.data_seconds, people=args.people, count=count):
        packs.append(pack)
        if len(packs) % 50 == 0:
            log({"phase": "data", "tasks": len(packs), "seconds": round(time.monotonic() - start, 1)})
        seen += len(pack)
    made = len(packs) * count if args.people is None else args.people
    validation = join_packs(make_validation(args.seed, workers=args.workers, count=count))
    joined = join_packs(packs)
    log({"phase": "data", "people": made, "days": len(joined.column_of), "views": seen, "columns": len(joined.columns),
         "gigabytes": joined.columns.nbytes / 1e9, "texts": len(joined.texts), "captions": seen * CAPTIONS_EACH,
         "long": int((joined.long >= 0).sum()), "seconds": round(time.monotonic() - start, 1)})  # fmt: skip
    return joined, validation


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


def main() -> None:  # noqa: D103
    # A million captions are read before the first step, by the tokenizer's own threads.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()
    from learning import metrics_writer

    log = metrics_writer(args.out / "metrics.jsonl")
    real_file = args.carry / "real.npz"
    real_pack = Pack.load(real_file) if real_file.is_file() and args.real_share > 0 else None
    data, held = gather(args, log)

    import torch
    from learning import Corpus, Learning, text_features, train, trained_tensors, validate, wordings

    from sensorlm.tokenizer import CaptionTokenizer
    from sensorlm.training.step import to_bfloat16

    torch.set_num_threads(args.workers)
    torch.backends.cuda.matmul.allow_tf32 = True
    device = torch.device(args.device)
    model = new_model(args.preset, args.seed, args.carry).to(device)
    tokenizer = CaptionTokenizer.from_file(args.carry / "tokenizer.json")
    check_attention(model, device, log)
    start = time.monotonic()
    phrases, owner = wordings()
    texts = [data.texts, held.texts, phrases, real_pack.texts if real_pack else ()]
    with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
        features = [text_features(model, tokenizer, t, device) for t in texts]
    corpus, validation = Corpus(data, features[0], device), Corpus(held, features[1], device)
    real = Corpus(real_pack, features[3], device) if real_pack else None
    log({"phase": "texts", "texts": sum(map(len, texts)), "seconds": round(time.monotonic() - start, 1)})

    def check(trained: Any) -> dict[str, float]:  # noqa: ANN401
        return validate(trained, validation, held, features[2], owner)

    learning = Learning(
        batch_size=args.batch_size, peak=args.peak, seconds=args.train_seconds, steps=args.steps, seed=args.seed,
        balance=args.balance, text_noise=args.text_noise, real_share=args.real_share,
    )  # fmt: skip
    if device.type == "cuda":
        to_bfloat16(model)
    log({"phase": "untrained", "auroc": check(model)})

    def at_half() -> None:
        save_shards(args.out, "half", trained_tensors(model))
        log({"phase": "half", "auroc": check(model)})

    done = train(model, corpus, real, learning, log, at_half)
    run: dict[str, Any] = {
        "config": model.config.to_json(), "arguments": {k: str(v) for k, v in vars(args).items()}, **done,
        "data": {"days": len(data.column_of), "views": len(data), "real_views": len(real_pack) if real_pack else 0},
        "torch": torch.__version__, "device": torch.cuda.get_device_name() if device.type == "cuda" else "cpu",
        "auroc": check(model),
    }  # fmt: skip
    if device.type == "cuda":
        run["peak_gibibytes"] = torch.cuda.max_memory_allocated() / 2**30
    run["shards"] = save_shards(args.out, "model", trained_tensors(model))
    (args.out / "run.json").write_text(json.dumps(run, indent=1))
    log({"phase": "trained", **done, "auroc": run["auroc"], "total_seconds": round(time.monotonic() - begin, 1)})
    if args.scaling_seconds:
        del model
        scaling(args, begin, corpus, real, learning, check, log)


def scaling(args: Any, begin: float, corpus: Any, real: Any, learning: Any, check: Any, log: Any) -> None:  # noqa: ANN401
    """Short runs of equal time: three sizes, and the other balance; one row each in scaling.json."""
    from dataclasses import replace

    import torch
    from learning import train

    other = "batch" if args.balance == "column" else "column"
    names = [n for n in PRESETS if n != "tiny"] if args.device == "cuda" else ["tiny"]
    plans = [(n, args.balance) for n in names] + [(names[0], other)]
    rows = []
    for preset, balance in plans:
        if time.monotonic() - begin + args.scaling_seconds + 12 > args.until:
            log({"phase": "scaling", "left_out": [preset, balance]})
            continue
        model = new_model(preset, args.seed, args.carry).to(corpus.device)
        chosen = replace(learning, seconds=args.scaling_seconds, steps=None, balance=balance)
        done = train(model, corpus, real, chosen, lambda row: None)
        count = sum(p.numel() for p in model.parameters() if p.requires_grad)
        rows.append({"preset": preset, "balance": balance, "parameters": count, **done, "auroc": check(model)})
        log({"phase": "scaling", **rows[-1]})
        (args.out / "scaling.json").write_text(json.dumps(rows, indent=1))
        del model
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
    print(
        f"{'preset':8} {'balance':8} {'Mparam':>7} {'steps':>6} "
        + " ".join(f"{k:>10}" for k in (rows or [{}])[0].get("auroc", {}))
    )
    for row in rows:
        print(f"{row['preset']:8} {row['balance']:8} {row['parameters'] / 1e6:7.1f} {row['steps']:6d} "
              + " ".join(f"{np.round(v, 4):10.4f}" for v in row["auroc"].values()))  # fmt: skip


if __name__ == "__main__":
    main()
