"""`sensorlm evaluate`: a model and datasets in, a JSON file and a page a dataset out, each number beside its floors."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sensorlm.cli.options import JsonFlag, emit, progress

if TYPE_CHECKING:
    from sensorlm.cli.evaluate_data import EvaluationData
    from sensorlm.embedders.checkpoint import CheckpointEmbedder

TASKS = "zero_shot,probe,retrieval,questions,captioning"


def evaluate(
    model: Annotated[str, typer.Argument(help="Checkpoint or artefact; 'default' is the shipped model.")],
    data: Annotated[list[Path], typer.Argument(help="Dataset folders, or folders of X.npy, Y.npy, pid.npy.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the reports.")] = Path("evaluation"),
    truth: Annotated[
        list[str] | None, typer.Option(help="sleep-log, tag:NAME or a CSV; several allowed. Default: sleep-log.")
    ] = None,
    labels: Annotated[Path | None, typer.Option(help="JSON: class -> synonyms, for classes of any truth.")] = None,
    tasks: Annotated[str, typer.Option(help=f"Which of {TASKS}.")] = TASKS,
    split: Annotated[str, typer.Option(help="People who are asked; the others teach probes.")] = "test",
    caption_key: Annotated[str, typer.Option(help="Stored captions to retrieve.")] = "high_middle_low_level_caption",
    limit: Annotated[int, typer.Option(min=1, help="Captions a model with a decoder writes.")] = 64,
    seed: Annotated[int, typer.Option(help="Of surrogates, draws and intervals.")] = 0,
    cpu: Annotated[bool, typer.Option("--cpu", help="Do not use a GPU.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Measure a model on held-out people: zero-shot, probes, retrieval, plain-language questions, captions.

    Beside each number: chance, plain statistics, the untrained model, phase-shuffled and time-reversed days.

    Example: sensorlm evaluate CHECKPOINT days/ -o evaluation/
    """
    from sensorlm.cli.day_source import device_name
    from sensorlm.cli.evaluate_data import evaluation_data
    from sensorlm.cli.evaluate_page import write_page
    from sensorlm.embedders.opening import open_checkpoint
    from sensorlm.errors import ConfigError
    from sensorlm.files import write_json
    from sensorlm.tasks.scoring import finite

    chosen = [name.strip() for name in tasks.split(",") if name.strip()]
    unknown = sorted(set(chosen) - set(TASKS.split(",")))
    if unknown or not chosen:
        raise ConfigError(f"--tasks {tasks!r}: {unknown or 'nothing'} is no task. Use some of {TASKS}.")
    embedder = open_checkpoint(None if model == "default" else model, device=device_name(cpu))
    written = []
    for place in data:
        start = time.perf_counter()
        found = evaluation_data(place, embedder.channel_set, truth, labels, split, caption_key, seed)
        results = _evaluated(embedder, found, chosen, limit, seed)
        report: dict[str, Any] = finite(
            {
                "model": embedder.name, "identity": embedder.identity, "dataset": found.name, "split": split,
                "seed": seed, "days": len(found.days), "people": found.num_people,
                "seconds": round(time.perf_counter() - start, 1), "results": results,
            }
        )  # fmt: skip
        name = f"{embedder.name}--{found.name}".replace("/", "_")
        write_json(output / f"{name}.json", report)
        write_page(output / f"{name}.html", report)
        written.append(report | {"json": str(output / f"{name}.json"), "html": str(output / f"{name}.html")})
    for report in written:
        report["results"] = [{k: v for k, v in r.items() if k != "samples"} for r in report["results"]]
    emit({"reports": written}, as_json=as_json, text="\n\n".join(map(_text, written)))


def _evaluated(
    embedder: "CheckpointEmbedder", data: "EvaluationData", chosen: list[str], limit: int, seed: int
) -> list[dict[str, Any]]:
    from sensorlm.tasks import evaluation as e
    from sensorlm.tasks.question_list import QUESTIONS
    from sensorlm.tasks.question_task import question_task

    untrained = embedder.untrained(seed)
    reads = embedder.loaded.config.text is not None and embedder.tokenizer is not None
    results: list[dict[str, Any] | None] = []
    with progress("evaluating", len(chosen)) as advance:
        for labelled in data.labelled:
            if "zero_shot" in chosen and reads:
                results.append(e.zero_shot_task(labelled, embedder, untrained, seed))
            if "probe" in chosen and len(set(labelled.train_labels)) > 1:
                results.append(e.probe_task(labelled, embedder, untrained, seed))
        advance(len({"zero_shot", "probe"} & set(chosen)))
        if {"retrieval", "questions"} & set(chosen) and reads and data.whole_days:
            vectors = {"real": embedder.embed_days(data.days)}
            for name, change in e.surrogates(seed).items():
                vectors[name] = embedder.embed_days(change(day) for day in data.days)
            vectors["untrained"] = untrained.embed_days(data.days)
            if "questions" in chosen:
                results.append(question_task(QUESTIONS, data.days, vectors, embedder, untrained))
                advance()
            if "retrieval" in chosen:
                for name, (kept, texts) in data.captions.items():
                    some = {k: v[kept] for k, v in vectors.items()}
                    days = [data.days[i] for i in kept]
                    results.append(e.retrieval_task(name, days, texts, some, embedder, untrained, seed))
                advance()
        if "captioning" in chosen and embedder.loaded.config.decoder is not None and data.whole_days:
            results.append(_captioning(embedder, data, limit, seed))
            advance()
    return [result for result in results if result is not None]


def _captioning(embedder: "CheckpointEmbedder", data: "EvaluationData", limit: int, seed: int) -> dict[str, Any]:
    """What the decoder writes of the first days, as text and as facts."""
    from sensorlm.tasks.caption_facts import fact_score
    from sensorlm.tasks.text_metrics import bleu, embedding_score, meteor_like, rouge_l

    kept, references = next(iter(data.captions.values()), (list(range(len(data.days))), []))
    kept, references = kept[:limit], references[:limit]
    days = [data.days[i] for i in kept]
    texts = [text for i in range(0, len(days), 16) for text in embedder.caption_days(days[i : i + 16])]
    metrics: dict[str, Any] = {"facts": fact_score(texts, days, embedder.channel_set, seed=seed)}
    if references:
        wanted = [[r] for r in references]
        metrics |= {
            "bleu": bleu(texts, wanted), "rouge_l": rouge_l(texts, wanted), "meteor_like": meteor_like(texts, wanted),
        }  # fmt: skip
        if embedder.loaded.config.text is not None:
            metrics["embedding_score"] = embedding_score(embedder, texts, references)
    floors = {"captions_of_other_days": {"true_share": metrics["facts"]["true_share_of_other_days"]}}
    return {
        "task": "captioning", "name": "learned", "metrics": metrics, "floors": floors,
        "samples": {"keys": [d.key for d in days], "people": [f"{d.dataset}/{d.person}" for d in days], "texts": texts},
    }  # fmt: skip


def _text(report: dict[str, Any]) -> str:
    from sensorlm.cli.evaluate_page import rows_of

    lines = [f"{report['model']} on {report['dataset']}: {report['days']} days of {report['people']} people"]
    for task, metric, value, floors in (row for result in report["results"] for row in rows_of(result)):
        beside = ", ".join(f"{name.replace('_', ' ')} {v:.3f}" for name, v in floors.items() if v is not None)
        lines.append(f"  {task}  {metric} {'-' if value is None else f'{value:.3f}'}  ({beside})")
    return "\n".join([*lines, f"written to {report['json']} and {report['html']}"])
