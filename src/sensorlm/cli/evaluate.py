"""`sensorlm evaluate`: a model and datasets in, a JSON file and a page a dataset out, each number beside its floors."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sensorlm.cli.options import CpuFlag, JsonFlag, emit, listed

if TYPE_CHECKING:
    from sensorlm.channels import ChannelSet
    from sensorlm.cli.evaluate_data import EvaluationData
    from sensorlm.cli.evaluate_run import Run
    from sensorlm.embedders.checkpoint import CheckpointEmbedder
    from sensorlm.embedders.onnx import OnnxEmbedder

TASKS = "zero_shot,probe,retrieval,questions,captioning"
BATCH = 128
"""Windows are small: many at once."""
CAPTION_KEYS = "low_level_caption,middle_low_level_caption,high_middle_low_level_caption"
"""Captions of numbers, of numbers and trends, of everything: the more they say, the fewer days they fit."""


def evaluate(
    model: Annotated[str, typer.Argument(help="Checkpoint, artefact or ONNX export; 'default' is the shipped model.")],
    data: Annotated[
        list[Path],
        typer.Argument(help="Dataset folders, exports, arrays (X.npy, Y.npy, pid.npy), or a folder of public sets."),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the reports.")] = Path("evaluation"),
    truth: Annotated[
        list[str] | None, typer.Option(help="sleep-log, tag:NAME or a CSV; several allowed. Default: sleep-log.")
    ] = None,
    labels: Annotated[Path | None, typer.Option(help="JSON: class -> synonyms, for classes of any truth.")] = None,
    tasks: Annotated[str, typer.Option(help=f"Which of {TASKS}.")] = TASKS,
    only: Annotated[str, typer.Option(help="Public sets: only window tasks whose name contains this, or that.")] = "",
    split: Annotated[str, typer.Option(help="People who are asked; the others teach probes.")] = "test",
    splits: Annotated[Path | None, typer.Option(help="Public sets: JSON of who gave days to training.")] = None,
    caption_key: Annotated[str, typer.Option(help="Captions to retrieve, several with commas.")] = CAPTION_KEYS,
    windows: Annotated[int, typer.Option(min=10, help="Public sets: most windows of a task.")] = 2000,
    gallery: Annotated[int, typer.Option(min=0, help="Public sets: days to search among; simulated ones fill up.")] = (
        1000
    ),
    limit: Annotated[int, typer.Option(min=1, help="Captions a model with a decoder writes.")] = 64,
    random_weights: Annotated[
        bool, typer.Option("--random-weights", help="Measure the untrained model instead, for `compare`.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Of surrogates, draws and intervals.")] = 0,
    cpu: CpuFlag = False,
    as_json: JsonFlag = False,
) -> None:
    """Measure a model on held-out people: zero-shot, probes, retrieval, plain-language questions, captions.

    Beside each number: chance, plain statistics, the untrained model, phase-shuffled and time-reversed days.

    Example: sensorlm evaluate CHECKPOINT days/ -o evaluation/
    """
    from sensorlm.cli.evaluate_page import text_of
    from sensorlm.cli.evaluate_run import Run

    chosen = _chosen(tasks)
    embedder, untrained = _models(model, seed, random_weights=random_weights, cpu=cpu)
    wanted = gallery if {"retrieval", "captioning"} & set(chosen) else 0
    written = []
    for place in data:
        clocks = time.perf_counter(), time.process_time()
        found = _data(
            place, embedder.channel_set, truth, labels, split, splits, caption_key, seed, windows, wanted, listed(only)
        )
        run = Run(model=embedder, untrained=untrained, tasks=chosen, limit=limit, seed=seed)
        written.append(_measured(run, found, output, split, clocks))
    emit({"reports": written}, as_json=as_json, text="\n\n".join(map(text_of, written)))


def _chosen(tasks: str) -> list[str]:
    from sensorlm.errors import ConfigError

    chosen = listed(tasks)
    unknown = sorted(set(chosen) - set(TASKS.split(",")))
    if unknown or not chosen:
        raise ConfigError(f"--tasks {tasks!r}: {unknown or 'nothing'} is no task. Use some of {TASKS}.")
    return chosen


def _models(
    model: str, seed: int, *, random_weights: bool, cpu: bool
) -> tuple["CheckpointEmbedder | OnnxEmbedder", "CheckpointEmbedder | None"]:
    """What is measured, and the untrained model beside it where there is one."""
    from sensorlm.cli.day_source import device_name
    from sensorlm.embedders.checkpoint import CheckpointEmbedder
    from sensorlm.embedders.opening import open_checkpoint, open_embedder

    opened = (open_checkpoint if random_weights else open_embedder)(model, device=device_name(cpu), batch_size=BATCH)
    untrained = opened.untrained(seed) if isinstance(opened, CheckpointEmbedder) else None
    return untrained if random_weights and untrained is not None else opened, untrained


def _measured(
    run: "Run", found: "EvaluationData", folder: Path, split: str, clocks: tuple[float, float]
) -> dict[str, Any]:
    """Measure everything that is asked; the report without its samples, and where its JSON and page were written."""
    from sensorlm.cli.evaluate_page import write_page
    from sensorlm.files import write_json
    from sensorlm.tasks.scoring import finite

    name = f"{run.model.name}--{found.name}".replace("/", "_").replace(", ", "-")
    file, page = folder / f"{name}.json", folder / f"{name}.html"
    results: list[dict[str, Any]] = []
    for result in run.results(found):
        results.append(finite(result))
        _tell(results[-1])
        # As soon as it is known: a run that is stopped leaves what it had.
        write_json(file, _report(run, found, results, split, clocks) | {"complete": False})
    report = _report(run, found, results, split, clocks)
    write_json(file, report)
    write_page(page, report)
    printed = [{k: v for k, v in result.items() if k != "samples"} for result in results]
    return report | {"results": printed, "json": str(file), "html": str(page)}


def _tell(result: dict[str, Any]) -> None:
    """One line a result on stderr: an evaluation takes minutes."""
    from sensorlm.cli.evaluate_page import rows_of

    for row in list(rows_of(result))[:1]:
        said = "-" if row.value is None else f"{row.value:.3f}"
        print(f"{time.strftime('%H:%M:%S')}  {row.task}: {row.measure} {said}", file=sys.stderr, flush=True)


def _report(
    run: "Run", found: "EvaluationData", results: list[dict[str, Any]], split: str, clocks: tuple[float, float]
) -> dict[str, Any]:
    return {
        "model": run.model.name, "identity": run.model.identity, "dataset": found.name, "split": split,
        "seed": run.seed, "days": len(found.recorded), "people": found.num_people,
        "seconds": round(time.perf_counter() - clocks[0], 1),
        "cpu_seconds": round(time.process_time() - clocks[1], 1), "complete": True,
        "left_out": {**run.left_out, **found.not_asked}, "results": results,
    }  # fmt: skip


def _data(
    place: Path, channel_set: "ChannelSet", truth: list[str] | None, labels: Path | None, split: str,
    splits: Path | None, caption_key: str, seed: int, windows: int, gallery: int, only: list[str],
) -> "EvaluationData":  # fmt: skip
    """What is asked, by what lies at `place`."""
    from sensorlm.cli.evaluate_data import evaluation_data
    from sensorlm.cli.evaluate_real import of_collection
    from sensorlm.errors import ConfigError
    from sensorlm.store import load_splits
    from sensorlm.tasks.real_sets import is_collection

    keys = listed(caption_key)
    if is_collection(place):
        return of_collection(
            place, channel_set, {} if splits is None else load_splits(splits), keys, seed, windows, gallery, only
        )
    if splits is not None or only:
        raise ConfigError(f"{place}: --splits and --only are for a folder of public sets (shared/data). Leave them.")
    return evaluation_data(place, channel_set, truth, labels, split, keys, seed)
