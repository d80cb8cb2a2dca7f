"""An evaluation's JSON in, its HTML page and its lines for the terminal out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Task -> the metrics that a reader sees first.
SHOWN = {
    "zeroshot_classification": ("macro_auroc", "mean_per_class_recall", "acc1"),
    "linear_probe": ("lp_macro_auroc", "lp_mean_per_class_recall", "lp_acc1"),
    "zeroshot_retrieval": (
        "text_retrieval_recall@1", "text_retrieval_recall@5", "text_retrieval_recall@10", "image_retrieval_recall@1",
        "image_retrieval_recall@5", "image_retrieval_recall@10",
    ),
    "questions": ("single", "averaged"),
    "captioning": ("bleu", "rouge_l", "meteor_like"),
}  # fmt: skip
FLOORS = ("chance", "plain_statistics", "untrained", "phase_shuffled", "time_reversed", "captions_of_other_days")
NOTE = (
    "Chance is what a random order or guess reaches; plain statistics are each channel's mean, spread, range and quarters "
    "with a logistic regression that saw other people's labels; untrained is the same model with random weights. "
    "Phase-shuffled days keep every channel's numbers and lose when things happened, time-reversed days run backwards: on "
    "these a model that reads days must do worse. Intervals (95%) draw people, not days."
)


def rows_of(result: dict[str, Any]) -> Iterator[tuple[str, str, float | None, dict[str, float | None]]]:
    """(task, metric, value, floors) of the metrics that matter."""
    name = f"{result['task']} {result['name']}"
    metrics = dict(result["metrics"])
    shown = [*SHOWN[result["task"]]]
    if "facts" in metrics:
        metrics["true_share"] = metrics["facts"]["true_share"]
        shown.append("true_share")
    for metric in shown:
        if metric in metrics:
            floors = {floor: result["floors"][floor].get(metric) for floor in FLOORS if floor in result["floors"]}
            yield name, metric, metrics[metric], floors


def write_page(path: Path, report: dict[str, Any]) -> None:
    """Write the page of one model and dataset."""
    from sensorlm.report import Page
    from sensorlm.report.pictures import Bar, bar_picture

    page = Page(
        title=f"{report['model']} on {report['dataset']}",
        subtitle=f"{report['days']} days of {report['people']} people, split {report['split']}, seed {report['seed']}",
    )
    page.section("All results")
    page.text(NOTE)
    rows, bars = [], []
    for result in report["results"]:
        for task, metric, value, floors in rows_of(result):
            rows.append([task, metric, value, _interval(result, metric), *[floors.get(f) for f in FLOORS]])
            if value is not None:
                bars.append(
                    Bar(label=f"{result['name']}: {metric}", value=value, chance=floors.get("chance"),
                        baseline=floors.get("plain_statistics"))
                )  # fmt: skip
    header = ["task", "measure", "model", "95% interval", *[floor.replace("_", " ") for floor in FLOORS]]
    page.table(header, rows)
    if bars:
        picture = bar_picture(bars[:16], title="The model beside chance and plain statistics", unit="score")
        page.picture(picture, "Bars: the model.", "bar chart of the scores in the table above")
    for result in report["results"]:
        _details(page, result)
    page.write(path)


def _interval(result: dict[str, Any], metric: str) -> str:
    interval = (result["metrics"].get("intervals") or {}).get(metric)
    if not interval or interval["low"] is None:
        return ""
    return f"{interval['low']:.3f} to {interval['high']:.3f}"


def _details(page: Any, result: dict[str, Any]) -> None:  # noqa: ANN401
    from sensorlm.report.pictures import confusion_picture

    metrics = result["metrics"]
    page.section(f"{result['task'].replace('_', ' ')}: {result['name']}")
    if "per_class" in metrics:
        header = ["class", "AUROC", "average precision", "F1", "windows"]
        page.table(
            header,
            [[n, c["auroc"], c["average_precision"], c["f1"], c["support"]] for n, c in metrics["per_class"].items()],
        )
        names = list(dict.fromkeys([*metrics["per_class"], *metrics["absent"]]))
        if len(names) == len(metrics["confusion"]) and not metrics["absent"]:
            page.picture(confusion_picture(metrics["confusion"], names), "True class by row.", "confusion matrix")
    if "few_shot" in metrics:
        curves = metrics["few_shot"]
        shots = list(next(iter(curves.values())))
        table = [[k, *[(curve[k] or {}).get("macro_auroc") for curve in curves.values()]] for k in shots]
        page.table(["labels a class", *[n.replace("_", " ") for n in curves]], table, "Macro AUROC by labels a class")
    if "per_question" in metrics:
        table = [[n, q["averaged"], q["single"], q["yes"], q["no"]] for n, q in metrics["per_question"].items()]
        table.sort(key=lambda row: -row[1])
        page.table(["question", "AUROC, wordings averaged", "AUROC, a wording", "days yes", "days no"], table)
    if "facts" in metrics:
        facts = metrics["facts"]
        kinds = [[kind, f["stated"], f["true_share"]] for kind, f in facts["by_kind"].items()]
        page.table(["kind of fact", "stated", "share true"], kinds, "Facts that the captions state")
        page.preformatted("\n\n".join(result["samples"]["texts"][:5]))
