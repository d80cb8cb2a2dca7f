"""An evaluation's JSON in, its HTML page and its lines for the terminal out: one table, then each task's details."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HEADINGS = {
    "zeroshot_classification": "recognised by words", "linear_probe": "learned from labels",
    "zeroshot_retrieval": "found", "questions": "asked in plain words", "captioning": "written",
}  # fmt: skip
# Task -> the metrics that a reader sees first, and what a page calls them.
SHOWN: dict[str, dict[str, str]] = {
    "zeroshot_classification": {
        "macro_auroc": "macro AUROC", "mean_per_class_recall": "balanced accuracy", "acc1": "accuracy",
    },
    "linear_probe": {
        "lp_macro_auroc": "macro AUROC, all labels", "lp_mean_per_class_recall": "balanced accuracy, all labels",
        "lp_acc1": "accuracy, all labels",
    },
    "zeroshot_retrieval": {
        f"{way}_retrieval_recall@{k}": f"{words}, R@{k}"
        for way, words in (("image", "text to day"), ("text", "day to text")) for k in (1, 5, 10)
    },
    "questions": {
        "single": "AUROC, one wording", "averaged": "AUROC, wordings averaged",
        "opposites_share": "opposites told apart",
    },
    "captioning": {
        "true_share": "share of facts true", "bleu": "BLEU", "rouge_l": "ROUGE-L", "meteor_like": "METEOR, no synonyms",
    },
}  # fmt: skip
FLOORS = {
    "chance": "chance", "plain_statistics": "plain statistics", "clock_alone": "clock alone", "untrained": "untrained",
    "phase_shuffled": "phases shuffled", "time_reversed": "time reversed", "captions_of_other_days": "other days",
}  # fmt: skip
NOTE = """Chance is what a random order or guess reaches. Plain statistics are each channel's mean, spread, range and \
quarters with a logistic regression that saw labels of other people (for retrieval: a ridge regression to the words of \
other people's captions). Clock alone is a logistic regression on the time of day. Untrained is the same model with \
random weights.

Days with their phases shuffled keep every channel's numbers and lose when things happened; time-reversed days run \
backwards. On these the model should fall to what the clock alone tells, since every window keeps its time of day, and \
where there is no clock, to chance.

Intervals (95%) draw people, not days. "Held out" are people who gave no day to training, not even without labels."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One number and what it must be read against."""

    task: str
    measure: str
    value: float | None
    low: float | None
    high: float | None
    floors: Mapping[str, float | None]
    note: str = ""

    @property
    def interval(self) -> str:
        """As in "0.900 to 0.950", or nothing."""
        return "" if self.low is None or self.high is None else f"{self.low:.3f} to {self.high:.3f}"


def rows_of(result: Mapping[str, Any]) -> Iterator[Row]:
    """The numbers of a result that a reader sees first."""
    metrics, floors = result["metrics"], result["floors"]
    task = f"{result['name']}, {HEADINGS[result['task']]}".replace("_", " ")
    for metric, words in SHOWN[result["task"]].items():
        if metric in metrics or any(metric in values for values in floors.values()):
            yield _row(task, words, metric, metrics, floors, result.get("note", ""))
        held = metrics.get("held_out")
        if held and metric in held and metric != "acc1":
            beside = held.get("floors", {})
            yield _row(task, f"{words}, held out ({held['num_people']} people)", metric, held, beside, "")
    yield from _shot_rows(task, metrics.get("few_shot", {}))


def _row(
    task: str, words: str, metric: str, metrics: Mapping[str, Any], floors: Mapping[str, Any], note: str
) -> Row:  # fmt: skip
    intervals = metrics.get("intervals") or {}
    limits = intervals.get(metric) or intervals.get(metric.replace("mean_per_class_recall", "balanced_accuracy")) or {}
    return Row(
        task=task, measure=words, value=metrics.get(metric), low=limits.get("low"), high=limits.get("high"),
        floors={floor: values.get(metric) for floor, values in floors.items()}, note=note,
    )  # fmt: skip


def _shot_rows(task: str, curves: Mapping[str, Any]) -> Iterator[Row]:
    """One row a number of labels: the model beside the others that learned from the same."""
    for k in next(iter(curves.values()), {}):
        if k == "all":
            continue
        areas = {name: (rows.get(k) or {}).get("macro_auroc") for name, rows in curves.items()}
        model = areas.pop("model", None)
        step = (curves.get("model_minus_plain") or {}).get(k) or {}
        note = ""
        if step.get("low") is not None:
            note = f"model - plain {step['estimate']:+.3f} [{step['low']:+.3f}, {step['high']:+.3f}]"
        areas.pop("model_minus_plain", None)
        words = f"macro AUROC, {k} label{'s' * (k != '1')} a class"
        yield Row(
            task=task, measure=words, value=model, low=None, high=None, floors={**areas, "chance": 0.5}, note=note
        )


def write_page(path: Path, report: Mapping[str, Any]) -> None:
    """Write the page of one model and dataset."""
    from sensorlm.report import Page
    from sensorlm.report.pictures import Bar, bar_picture

    page = Page(
        title=f"{report['model']} on {report['dataset']}",
        subtitle=f"{report['days']:,} recorded days of {report['people']} people, seed {report['seed']}, "
        f"{report['cpu_seconds']:.0f} s of processor time",
    )
    rows = [row for result in report["results"] for row in rows_of(result)]
    used = [floor for floor in FLOORS if any(row.floors.get(floor) is not None for row in rows)]
    page.section("All results")
    page.text(NOTE)
    page.table(
        ["task", "measure", "model", "95% interval", *[FLOORS[f] for f in used], "note"],
        [[r.task, r.measure, r.value, r.interval, *[r.floors.get(f) for f in used], r.note] for r in rows],
    )
    bars = [
        Bar(label=result["name"].replace("_", " "), value=first.value, chance=first.floors.get("chance"),
            baseline=first.floors.get("plain_statistics"))
        for result in report["results"] if result["task"] == "zeroshot_classification"
        for first in [next(rows_of(result))] if first.value is not None
    ]  # fmt: skip
    if bars:
        picture = bar_picture(bars, title="Recognised by words, macro AUROC", unit="macro AUROC")
        page.picture(picture, "Zero-shot: no real label was learned from.", "bars: the model beside plain statistics")
    if report.get("left_out"):
        page.section("Not asked")
        page.table(["what", "why"], [[name, why] for name, why in report["left_out"].items()])
    for result in report["results"]:
        _details(page, result)
    page.write(path)


def _details(page: Any, result: Mapping[str, Any]) -> None:  # noqa: ANN401
    from sensorlm.report.pictures import confusion_picture

    metrics = result["metrics"]
    page.section(f"{result['name']}, {HEADINGS[result['task']]}".replace("_", " "))
    if "num_people" in metrics:
        page.text(f"{metrics['n']:,} windows of {metrics['num_people']} people. {result.get('note', '')}")
    if "num_captions" in metrics:
        page.text(f"{metrics['num_days']:,} days, {metrics['num_captions']:,} captions that state different things.")
    if "per_class" in metrics:
        header = ["class", "AUROC", "95%", "balanced accuracy", "95%", "average precision", "F1", "windows"]
        page.table(header, [_class_row(name, found) for name, found in metrics["per_class"].items()])
        names = list(metrics["per_class"])
        if len(names) == len(metrics["confusion"]):
            page.picture(confusion_picture(metrics["confusion"], names), "True class by row.", "confusion matrix")
    if "few_shot" in metrics:
        curves = {name: rows for name, rows in metrics["few_shot"].items() if name != "model_minus_plain"}
        table = [
            [k, *[(curve.get(k) or {}).get("macro_auroc") for curve in curves.values()]]
            for k in next(iter(curves.values()))
        ]
        page.table(["labels a class", *[n.replace("_", " ") for n in curves]], table, "Macro AUROC by labels a class")
    if "per_question" in metrics:
        asked = [[n, q["averaged"], q["single"], q["yes"], q["no"]] for n, q in metrics["per_question"].items()]
        asked.sort(key=lambda row: -row[1])
        page.table(["question", "AUROC, wordings averaged", "AUROC, a wording", "days yes", "days no"], asked)
        pairs = [[pair, area, area > 0.5] for pair, area in metrics["opposites"]["auroc"].items()]
        page.table(["opposites", "AUROC of the difference", "told apart"], pairs)
    if "facts" in metrics:
        facts = metrics["facts"]
        kinds = [[kind, f["stated"], f["true_share"]] for kind, f in facts["by_kind"].items()]
        page.table(["kind of fact", "stated", "share true"], kinds, "Facts that the captions state")
        page.preformatted("\n\n".join(result["samples"]["texts"][:5]))


def _class_row(name: str, found: Mapping[str, Any]) -> list[Any]:
    def limits(metric: str) -> str:
        interval = found["intervals"][metric]
        return "" if interval["low"] is None else f"{interval['low']:.3f} to {interval['high']:.3f}"

    return [
        name, found["auroc"], limits("auroc"), found["balanced_accuracy"], limits("balanced_accuracy"),
        found["average_precision"], found["f1"], found["support"],
    ]  # fmt: skip


def text_of(report: Mapping[str, Any]) -> str:
    """The same table for a terminal."""
    lines = [f"{report['model']} on {report['dataset']}: {report['days']} days of {report['people']} people"]
    for row in (row for result in report["results"] for row in rows_of(result)):
        beside = ", ".join(f"{FLOORS[name]} {v:.3f}" for name, v in row.floors.items() if v is not None)
        value = "-" if row.value is None else f"{row.value:.3f}"
        interval = f" [{row.interval}]" if row.interval else ""
        lines.append(f"  {row.task}: {row.measure} {value}{interval}  ({beside})" + (f"  {row.note}" * bool(row.note)))
    lines += [f"  not asked: {name} ({why})" for name, why in report["left_out"].items()]
    return "\n".join([*lines, f"written to {report['json']} and {report['html']}"])
