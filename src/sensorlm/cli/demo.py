"""`sensorlm demo`: real Fitbit days in, a report to look at out; every number in it measured in this very run.

Import, quality, captions, tokenizer, training, and the questions to people the model never saw.
"""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sensorlm.cli.options import JsonFlag, emit, progress

if TYPE_CHECKING:
    from sensorlm.quality import QualityReport
    from sensorlm.store import Dataset
    from sensorlm.training import RunResult

SAMPLE = Path(__file__).parents[3] / "samples" / "fitabase"
# Who is held out, fixed before the first run; outside the repository the hash rule decides.
SPLITS = SAMPLE / "splits.json"
# What retrieval pairs with a day: short summaries, which many days may share, and long captions full of numbers.
RETRIEVAL_KEYS = ("high_level_summary_caption", "high_middle_low_level_caption")
# Ti towers of a third of the depth, texts without their padding: on two cores they see every training day many times
# within the minutes given (docs/log.md).
MODEL = {
    "sensor.depth": 4, "text.depth": 4, "text.context_length": 96, "text.padding_mask": True, "text.pooling": "mean",
    "sensor.activation": "gelu", "text.activation": "gelu", "logit_bias_init": 0.0,
}  # fmt: skip
CAPTION_WEIGHTS = "short=4,high-summary=1,all=1"


def demo(
    data: Annotated[
        Path, typer.Option(help="Folder with fitabase_minute_all.parquet; default the sample in the repository.")
    ] = SAMPLE,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for dataset, run and report.html.")] = Path(
        "demo-out"
    ),
    minutes: Annotated[float, typer.Option(help="Minutes of training.")] = 5.0,
    steps: Annotated[
        int | None, typer.Option(help="Steps of training instead of minutes: the same loss each time.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of captions, model and batches.")] = 0,
    as_json: JsonFlag = False,
) -> None:
    """Run the whole path on real Fitbit days and write demo-out/report.html.

    Example: sensorlm demo -o demo-out --minutes 5
    """
    from sensorlm.cli.demo_page import write_page
    from sensorlm.errors import ReaderError

    source = data / "fitabase_minute_all.parquet" if data.is_dir() else data
    if not source.is_file():
        raise ReaderError(f"{source}: no Fitbit recordings there. Give --data with fitabase_minute_all.parquet in it.")
    clock = _Clock()
    quality, imported = _import(source, output / "days", seed)
    clock.lap("import, captions")
    dataset = _open(output / "days")
    run = _train(output, minutes, steps, seed)
    clock.lap("tokenizer, training")
    results = _evaluate(dataset, run.checkpoint, seed)
    clock.lap("questions to held-out people")
    if (shipped := _shipped()) is not None:
        results["shipped"] = _evaluate(dataset, shipped, seed)
        clock.lap("the same questions to the weights in the box")
    results |= {"import": imported, "seconds": clock.laps, "run": {"steps": run.steps, "ended": run.ended}}
    page = write_page(output / "report.html", dataset, run, quality, results)
    clock.lap("report")
    results["seconds"] = clock.laps | {"all": sum(clock.laps.values())}
    results["peak_memory_mib"] = _peak_mib()
    results["report"] = str(page)
    emit(results, as_json=as_json, text=_text(results))


class _Clock:
    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self.last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = round(now - self.last, 1)
        self.last = now


def _import(source: Path, folder: Path, seed: int) -> tuple["QualityReport", dict[str, Any]]:
    """Fitbit minutes -> quality -> days with captions of all keys."""
    from sensorlm.captions import generate_captions
    from sensorlm.channels import CHANNEL_SETS
    from sensorlm.cli.importing import Importing
    from sensorlm.readers import read
    from sensorlm.records import CAPTION_KEYS
    from sensorlm.store import is_dataset, load_splits, open_dataset, write_dataset

    channels = CHANNEL_SETS["sensorlm-34"]
    run = Importing(channels)
    with progress("import: minutes to captioned days") as advance:
        write_dataset(
            folder,
            run.days(read("fitabase-parquet", source, report=run.reading), advance=advance),
            channels,
            captions=lambda days: generate_captions(days, list(CAPTION_KEYS), seed),
            overwrite=is_dataset(folder),
            splits=load_splits(SPLITS) if SPLITS.is_file() else None,
        )
    dataset = open_dataset(folder)
    numbers = {
        "people": len(dataset.people()),
        "days": len(dataset),
        "days_report": run.made.to_json(),
        "reading": run.reading.to_json(),
        "captions": dataset.manifest.counts.get("captions"),
        "held_out_people": len({dataset.person(int(r)) for r in dataset.rows("test")}),
        "train_days": len(dataset.rows("train")),
        "val_days": len(dataset.rows("val")),
        "test_days": len(dataset.rows("test")),
    }
    return run.quality(), numbers


def _open(folder: Path) -> "Dataset":
    from sensorlm.store import open_dataset

    return open_dataset(folder)


def _train(output: Path, minutes: float, steps: int | None, seed: int) -> "RunResult":
    """A small SigLIP model on the CPU, facts labelling the short captions, pairs the long ones."""
    from sensorlm.config.presets import preset
    from sensorlm.config.training import TrainingConfig
    from sensorlm.training import train

    limits: dict[str, Any] = {"steps": steps} if steps else {"max_minutes": minutes}
    config = TrainingConfig(
        data=str(output / "days"), folder=str(output / "run"), model=preset("Ti", overrides=MODEL), context_length=96,
        precision="amp_bf16", labels="facts", caption_keys=CAPTION_WEIGHTS, window_fraction=0.6, batch_size=64,
        lr=1e-3, wd=1e-4, seed=seed,
        workers=0, device="cpu", val_frequency=0, save_frequency=200, **limits,
    )  # fmt: skip
    with progress("training", total=100) as advance:
        done = [0.0]

        def live(step: Any) -> None:  # noqa: ANN401
            elapsed = time.perf_counter() - started
            share = step.step / steps if steps else min(1.0, elapsed / (60 * minutes))
            advance(100 * share - done[0])
            done[0] = 100 * share

        started = time.perf_counter()
        return train(config, resume=None if not (output / "run").exists() else "auto", on_step=live)


def _shipped() -> Path | None:
    from sensorlm.embedders.opening import default_model
    from sensorlm.errors import CheckpointError

    try:
        return default_model()
    except CheckpointError:
        return None


def _evaluate(dataset: "Dataset", checkpoint: Path, seed: int) -> dict[str, Any]:
    """Retrieval, zero-shot windows and plain-language questions on the test people."""
    from sensorlm.embedders.base import with_logs
    from sensorlm.embedders.checkpoint import CheckpointEmbedder
    from sensorlm.embedders.measured import with_statements
    from sensorlm.tasks.heldout import CaptionedDay, evaluate_retrieval, evaluate_zero_shot
    from sensorlm.tasks.question_list import QUESTIONS
    from sensorlm.tasks.questions import answers, question_auroc
    from sensorlm.tasks.windows import asleep_or_awake, labelled_windows
    from sensorlm.tasks.zero_shot import Label

    embedder = CheckpointEmbedder.open(checkpoint)
    days = {split: [dataset.day(int(r)) for r in dataset.rows(split)] for split in ("train", "test")}
    results: dict[str, Any] = {"retrieval": {}}
    for key in RETRIEVAL_KEYS:
        pairs = {
            split: [
                CaptionedDay(day=day, text=found[0].text)
                for row, day in zip(dataset.rows(split).tolist(), days[split], strict=True)
                if (found := dataset.captions(row, key).get(key))
            ]
            for split in days
        }
        results["retrieval"][key] = evaluate_retrieval(embedder, pairs["test"], pairs["train"])
    windows = {split: labelled_windows(days[split], asleep_or_awake) for split in days}
    labels = (
        Label(name="asleep", synonyms=("sleeping", "in deep slumber")),
        Label(name="awake", synonyms=("wide awake", "up and about")),
    )
    results["asleep_awake"] = evaluate_zero_shot(
        embedder, days["test"], windows["test"], labels, ("{label}", "The person is {label}."),
        (days["train"], windows["train"]), seed=seed,
    )  # fmt: skip
    truth = answers(QUESTIONS, days["test"])
    searcher = with_statements(embedder)
    vectors = searcher.embed_days(with_logs(searcher, days["test"]))
    results["questions"] = question_auroc(searcher, QUESTIONS, truth, vectors)
    return results


def _peak_mib() -> float:
    import resource

    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def _text(results: dict[str, Any]) -> str:
    from sensorlm.cli.demo_page import too_few

    sleep = results["asleep_awake"]
    lines = [
        f"{results['import']['days']} days of {results['import']['people']} people, "
        f"{results['import']['held_out_people']} people held out",
        f"trained {results['run']['steps']} steps",
        *filter(None, [too_few(results["run"]["steps"])]),
    ]
    for key, scores in results["retrieval"].items():
        for way in ("sensor_to_text", "text_to_sensor"):
            r, b = scores[way], scores["baseline"][way]
            lines.append(
                f"retrieval, {key}, {way.replace('_', ' ')}: R@1 {r['recall@1']:.3f} R@10 {r['recall@10']:.3f} "
                f"(chance {r['chance_recall@1']:.3f} {r['chance_recall@10']:.3f}, "
                f"plain statistics {b['recall@1']:.3f} {b['recall@10']:.3f})"
            )
    lines.append(
        f"asleep or awake, zero-shot: AUROC {sleep['macro_auroc']:.3f} (chance 0.5, "
        f"plain statistics with labels {sleep['baseline']['macro_auroc']:.3f})"
    )
    lines.append(
        f"plain-language questions: AUROC {results['questions']['single']:.3f} a wording, "
        f"{results['questions']['averaged']:.3f} averaged, {results['questions']['num_questions']} questions"
    )
    if shipped := results.get("shipped"):
        lines.append(
            f"weights in the box: asleep or awake {shipped['asleep_awake']['macro_auroc']:.3f}, "
            f"questions {shipped['questions']['single']:.3f} a wording, {shipped['questions']['averaged']:.3f} averaged"
        )
    lines.append(
        f"{results['seconds']['all']:.0f} s, peak {results['peak_memory_mib']:.0f} MiB; open {results['report']}"
    )
    return "\n".join(lines)
