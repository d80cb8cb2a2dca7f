"""`sensorlm infer`: the seed program's name for zero-shot classification of days; here it runs.

The seed gives -c to both --checkpoint and --classes, which no parser can obey: here -c is the checkpoint.
"""

from pathlib import Path
from typing import Annotated, Any

import typer

from sensorlm.cli.options import CpuFlag, JsonFlag, emit, progress

SEED_CLASSES = "walking,running,sleeping,sedentary"


def infer(
    checkpoint: Annotated[
        str | None, typer.Option("-c", "--checkpoint", help="Checkpoint folder or file; default the shipped model.")
    ] = None,
    tokenizer: Annotated[
        Path | None, typer.Option(help="tokenizer.json or SentencePiece .model; default the checkpoint's own.")
    ] = None,
    classes: Annotated[str, typer.Option("--classes", help="Class names, or a JSON label file.")] = SEED_CLASSES,
    data: Annotated[Path, typer.Option(help="Days: a dataset folder, a table of minutes, or an export.")] = Path(
        "./data"
    ),
    template: Annotated[str, typer.Option(help="Prompt; {label} becomes the class.")] = "The person is {label}.",
    window: Annotated[str | None, typer.Option(help="Ask only these minutes, e.g. 10:00-11:00.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Days at most.")] = None,
    cpu: CpuFlag = False,
    as_json: JsonFlag = False,
) -> None:
    """Say of every day which class it is nearest to. -c means --checkpoint (in the seed it clashed with --classes).

    Example: sensorlm infer -c CHECKPOINT --data days/ --classes walking,running,sleeping --cpu
    """
    from sensorlm.cli.day_source import device_name, open_days, read_window
    from sensorlm.embedders.opening import open_embedder
    from sensorlm.records import MINUTES_PER_DAY
    from sensorlm.tasks.classify import Asked, classify
    from sensorlm.tasks.zero_shot import load_labels

    asked_window = read_window(window) or (0, MINUTES_PER_DAY)
    labels = load_labels(classes)
    embedder = open_embedder(checkpoint, device=device_name(cpu), tokenizer=tokenizer)
    source = open_days(data, embedder.channel_set)
    days = source.days if limit is None else source.days[:limit]
    found: list[dict[str, Any]] = []
    with progress("days", len(days)) as advance:
        for answer in classify(embedder, (Asked(day=d, window=asked_window) for d in days), labels, (template,)):
            best = int(answer.similarities.argmax())
            row: dict[str, Any] = {"day": answer.day, "index": best, "name": labels[best].name}
            row |= {
                "similarity": round(float(answer.similarities[best]), 6),
                "probability": round(float(answer.probabilities[best]), 6),
            }
            if answer.abstained:
                row = {"day": answer.day, "index": None, "name": None, "similarity": None, "probability": None}
            found.append(row)
            advance()
    result = {
        "checkpoint": embedder.name, "data": str(data), "classes": [label.name for label in labels],
        "template": template, "window": list(asked_window), "days": len(found), "predictions": found,
    }  # fmt: skip
    emit(result, as_json=as_json, text=_text(result))


def _text(result: dict[str, Any]) -> str:
    lines = []
    for row in result["predictions"]:
        said = "nothing recorded" if row["name"] is None else f"{row['name']}  (cosine {row['similarity']:+.3f})"
        lines.append(f"{row['day']}  {said}")
    return "\n".join([*lines, f"{result['days']} days, classes {', '.join(result['classes'])}."])
