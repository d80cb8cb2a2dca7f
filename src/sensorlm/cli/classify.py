"""`sensorlm classify`: days and class words in, a class a day (or window) out; with true labels, how good it was."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sensorlm.cli.options import CpuFlag, DaysArgument, JsonFlag, ModelOption, emit, progress

if TYPE_CHECKING:
    from sensorlm.cli.day_source import DaySource
    from sensorlm.cli.truth_source import TruthSource
    from sensorlm.embedders import Embedder
    from sensorlm.tasks.classify import Answer, Asked
    from sensorlm.tasks.zero_shot import Label

TEMPLATES = ("The person is {label}.", "{label}", "A day of {label}.", "The recording shows {label}.")


def classify(
    data: DaysArgument,
    labels: Annotated[
        str, typer.Option(help='"sleep,run,walk", or a JSON file: names, or name -> synonyms (and descriptions).')
    ],
    model: ModelOption = None,
    window: Annotated[str | None, typer.Option(help="Ask only these minutes of each day, e.g. 10:00-11:00.")] = None,
    multi_label: Annotated[bool, typer.Option("--multi-label", help="Any number of classes a day, or none.")] = False,
    abstain: Annotated[float, typer.Option(help="Least probability of an answer; under it none is given.")] = 0.0,
    templates: Annotated[Path | None, typer.Option(help="Prompt templates with {label}, one a line.")] = None,
    truth: Annotated[
        str | None, typer.Option(help="CSV day,label[,start,end], sleep-log or tag:NAME: asks these and scores them.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="With --truth: confusion picture as PNG; *-reliability.png beside it.")
    ] = None,
    split: Annotated[str | None, typer.Option(help="Only the people of train, val or test.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the JSON to this file.")] = None,
    seed: Annotated[int, typer.Option(help="Of the bootstrap.")] = 0,
    cpu: CpuFlag = False,
    as_json: JsonFlag = False,
) -> None:
    """Recognise what days or windows are, by words alone, without a single training label.

    Example: sensorlm classify days/ --labels "asleep,walking,sitting" --window 10:00-11:00 --abstain 0.5
    """
    from sensorlm.cli.day_source import device_name, open_days
    from sensorlm.cli.truth_source import truth_source
    from sensorlm.embedders.opening import open_embedder
    from sensorlm.errors import ConfigError
    from sensorlm.tasks.classify import load_templates
    from sensorlm.tasks.zero_shot import load_labels

    if picture is not None and truth is None:
        raise ConfigError("--picture shows answers against the truth. Give --truth FILE.csv too.")
    classes = load_labels(labels)
    prompts = TEMPLATES if templates is None else load_templates(templates.read_text(encoding="utf-8"))
    told = None if truth is None else truth_source(truth)
    embedder = open_embedder(model, device=device_name(cpu))
    source = open_days(data, embedder.channel_set)
    asked, true_labels = _asked(source, told, window, split)
    answers = _answers(embedder, asked, classes, prompts, multi_label=multi_label, abstain=abstain)
    names = [label.name for label in classes]
    result: dict[str, Any] = {
        "model": embedder.name, "data": str(data), "labels": names, "templates": list(prompts),
        "multi_label": multi_label, "abstain": abstain, "answers": [_row(a, names) for a in answers],
    }  # fmt: skip
    if true_labels is not None:
        result["metrics"] = _score(answers, true_labels, names, multi_label=multi_label, seed=seed)
        if picture is not None:
            result["pictures"] = _draw(picture, answers, true_labels, names, multi_label=multi_label)
    _give(result, output, as_json=as_json)


def _asked(
    source: "DaySource", told: "TruthSource | None", window: str | None, split: str | None
) -> tuple[list["Asked"], list[tuple[str, ...]] | None]:  # fmt: skip
    """What to ask, and the truth of each question where it is known."""
    from sensorlm.cli.day_source import read_window
    from sensorlm.records import MINUTES_PER_DAY
    from sensorlm.tasks.classify import Asked

    chosen = read_window(window)
    rows = source.rows(split)
    if told is None:
        return [Asked(day=source.days[row], window=chosen or (0, MINUTES_PER_DAY)) for row in rows], None
    kept = set(rows)
    pairs = [(place, row) for place, row in told(source) if place in kept]
    asked = [Asked(day=source.days[place], window=chosen or row.window) for place, row in pairs]
    return asked, [row.labels for _, row in pairs]


def _answers(
    embedder: "Embedder", asked: list["Asked"], classes: Sequence["Label"], prompts: Sequence[str], *,
    multi_label: bool, abstain: float,
) -> list["Answer"]:  # fmt: skip
    """An answer to each question, with a bar that moves."""
    from sensorlm.tasks.classify import classify as run

    answers = []
    with progress("asking", len(asked)) as advance:
        for answer in run(embedder, asked, classes, prompts, multi_label=multi_label, abstain=abstain):
            answers.append(answer)
            advance()
    return answers


def _give(result: dict[str, Any], output: Path | None, *, as_json: bool) -> None:
    """Write and print the result; what is no number becomes null."""
    from sensorlm.files import write_json
    from sensorlm.tasks.scoring import finite

    result = finite(result)
    if output is not None:
        write_json(output, result)
    emit(result, as_json=as_json, text=_text(result))


def _row(answer: "Answer", names: list[str]) -> dict[str, Any]:
    scores = {name: round(float(p), 6) for name, p in zip(names, answer.probabilities, strict=True)}
    return {
        "day": answer.day, "window": list(answer.window), "labels": list(answer.labels),
        "abstained": answer.abstained or None, "probabilities": scores,
    }  # fmt: skip


def _score(
    answers: list["Answer"], truth: list[tuple[str, ...]], names: list[str], *, multi_label: bool, seed: int
) -> dict[str, Any]:
    """Metrics over the questions whose day holds anything at all, and how often the model kept silent."""
    import numpy as np

    from sensorlm.tasks.scoring import class_indices, score_classes, score_labels
    from sensorlm.tasks.zero_shot import lead

    class_indices([label for labels in truth for label in labels], names)  # every label is one of the classes
    kept = [i for i, a in enumerate(answers) if np.isfinite(a.probabilities).all()]
    people = [answers[i].person for i in kept]
    scores = np.array([answers[i].probabilities for i in kept]).reshape(len(kept), len(names))
    silent: dict[str, Any] = {"asked": len(answers), "nothing_recorded": len(answers) - len(kept)}
    silent["unsure"] = sum(a.abstained == "unsure" for a in answers)
    if not kept:
        return silent
    if multi_label:
        table = np.array([[name in truth[i] for name in names] for i in kept])
        return silent | score_labels(table, scores, names, people, seed=seed)
    indices = np.array([names.index(truth[i][0]) for i in kept])
    said = np.array([bool(answers[i].labels) for i in kept])
    right = scores.argmax(axis=1) == indices
    silent["acc1_where_answered"] = float(right[said].mean()) if said.any() else None
    cosines = np.array([answers[i].similarities for i in kept]).reshape(len(kept), len(names))
    return silent | score_classes(indices, lead(cosines), names, people, probabilities=scores, seed=seed)


def _draw(
    path: Path, answers: list["Answer"], truth: list[tuple[str, ...]], names: list[str], *, multi_label: bool
) -> list[str]:
    """Confusion (one class a day) and reliability, as PNG files."""
    import numpy as np
    from sklearn.metrics import confusion_matrix

    from sensorlm.files import write_bytes
    from sensorlm.report.pictures import confusion_picture, reliability_picture

    kept = [i for i, a in enumerate(answers) if np.isfinite(a.probabilities).all()]
    scores = np.array([answers[i].probabilities for i in kept])
    reliability = path.with_name(f"{path.stem}-reliability.png")
    if multi_label:
        true = np.array([[name in truth[i] for name in names] for i in kept])
        write_bytes(reliability, reliability_picture(scores.ravel(), true.ravel()))
        return [str(reliability)]
    true = np.array([names.index(truth[i][0]) for i in kept])
    guess = scores.argmax(axis=1)
    write_bytes(path, confusion_picture(confusion_matrix(true, guess, labels=np.arange(len(names))), names))
    write_bytes(reliability, reliability_picture(scores.max(axis=1), guess == true))
    return [str(path), str(reliability)]


def _text(result: dict[str, Any]) -> str:
    lines = []
    for row in result["answers"]:
        start, end = row["window"]
        when = (
            "" if (start, end) == (0, 1440) else f" {start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}"
        )
        chances = row["probabilities"]
        said = ", ".join(f"{name} {chances[name]:.2f}" for name in row["labels"]) or f"({row['abstained'] or 'none'})"
        lines.append(f"{row['day']}{when}  {said}")
    metrics = result.get("metrics")
    if metrics and "macro_auroc" in metrics:
        interval = metrics["intervals"]["macro_auroc"]
        low, high = (f"{v:.3f}" if v is not None else "?" for v in (interval["low"], interval["high"]))
        lines += [
            "",
            f"{metrics['n']} scored, macro AUROC {metrics['macro_auroc'] or 0:.3f} [{low}, {high}] over people",
        ]
        if "acc1" in metrics:
            chance = 1 / len(result["labels"])
            lines.append(
                f"balanced accuracy {metrics['balanced_accuracy']:.3f} (chance {chance:.3f}), ECE {metrics['ece']:.3f}"
            )
        for name, c in metrics["per_class"].items():
            lines.append(
                f"  {name}: AUROC {c['auroc']:.3f}, AP {c['average_precision']:.3f}, F1 {c['f1']:.3f}, n {c['support']}"
            )
    return "\n".join(lines)
