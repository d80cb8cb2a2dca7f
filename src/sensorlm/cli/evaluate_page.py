"""An evaluation's JSON in, its HTML page and its lines for the terminal out: one table, then each task's details."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sensorlm.tasks.probing import ALL, MINUS_PLAIN, MODEL, TOGETHER

HEADINGS = {
    "zeroshot_classification": "recognised by words", "linear_probe": "learned from labels",
    "zeroshot_retrieval": "found", "questions": "asked in plain words", "captioning": "written",
}  # fmt: skip
# Task -> the metrics that a reader sees first, and what a page calls them.
SHOWN: dict[str, dict[str, str]] = {
    "zeroshot_classification": {
        "macro_auroc": "macro AUROC", "macro_auroc_within_hour": "macro AUROC within the hour",
        "mean_per_class_recall": "balanced accuracy", "acc1": "accuracy",
        "macro_auroc_of_probabilities": "macro AUROC, by probability",
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
        "averaged_changed": "AUROC, wordings averaged, truth changed",
        "averaged_kept": "AUROC, wordings averaged, truth kept",
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
FEW_PEOPLE = 5
"""Of fewer no interval is shown: two people can be drawn in three ways only."""
NOTE = """Chance is what a random order or guess reaches. Plain statistics are each channel's mean, spread, range and \
quarters with a logistic regression that saw labels of other people (for retrieval: a ridge regression to the words of \
other people's captions). Clock alone is a logistic regression on the time of day. Untrained is the same model with \
random weights.

Days with their phases shuffled keep every channel's numbers and lose when things happened; time-reversed days run \
backwards. On these the model should fall to what the clock alone tells, since every window keeps its time of day, and \
where there is no clock, to chance. Captions and questions about a whole day's numbers stay true of such days: there \
only what names a time can fall. "Truth changed" are the questions whose true answers such a day changes, or can no \
longer tell, "truth kept" the others; each kind of day has its own.

Within the hour only windows at the same minutes of the day are compared (pairs of a positive and a negative, all \
pairs alike), so that the clock tells nothing and what is left is the signal: here surrogate days should fall to \
chance, but for what the level of a whole day tells. A regression that learned fold by fold is several regressions: \
its windows are compared within a fold.

Recognised by words, a class ranks windows by how much better its words fit than those of all classes do on average; \
what a window is taken for is the class whose words fit best. "By probability" ranks by a class's share in the softmax.

"Statements measured" is what a search answers: behind the model's vector of a day stands what was measured of its \
minutes. "Figures measured" is the same for captions: their numbers are compared with those of each day. The untrained \
model measures the same there, so its numbers are what measuring gives alone.

"Together with plain statistics" averages the probabilities of a probe on the model's vectors and one on plain \
statistics, both taught the same labels, as `sensorlm probe --together` does.

Intervals (95%) draw people, not days; of fewer than five people there is none. "Held out" are people who gave no day \
to training, not even without labels."""


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


def words_of(task: str, name: str, metric: str) -> tuple[str, str]:
    """What a page calls a task and one of its metrics."""
    return f"{name}, {HEADINGS[task]}".replace("_", " "), SHOWN[task].get(metric, metric)


def rows_of(result: Mapping[str, Any]) -> Iterator[Row]:
    """The numbers of a result that a reader sees first."""
    metrics, floors = result["metrics"], result["floors"]
    task = f"{result['name']}, {HEADINGS[result['task']]}".replace("_", " ")
    for metric, words in SHOWN[result["task"]].items():
        if metric in metrics or any(metric in values for values in floors.values()):
            yield _row(task, words, metric, metrics, floors, result.get("note", ""))
        held = metrics.get("held_out")
        if held and metric in held and metric not in ("acc1", "macro_auroc_within_hour"):
            beside = held.get("floors", {})
            who = "1 person" if held["num_people"] == 1 else f"{held['num_people']} people"
            yield _row(task, f"{words}, held out ({who})", metric, held, beside, "")
    yield from _shot_rows(task, metrics.get("few_shot", {}))


def _row(
    task: str, words: str, metric: str, metrics: Mapping[str, Any], floors: Mapping[str, Any], note: str
) -> Row:  # fmt: skip
    intervals = metrics.get("intervals") or {}
    limits = intervals.get(metric) or intervals.get(metric.replace("mean_per_class_recall", "balanced_accuracy")) or {}
    if metrics.get("num_people", FEW_PEOPLE) < FEW_PEOPLE:
        limits = {}
    return Row(
        task=task, measure=words, value=metrics.get(metric), low=limits.get("low"), high=limits.get("high"),
        floors={floor: values.get(metric) for floor, values in floors.items()}, note=note,
    )  # fmt: skip


def _shot_rows(task: str, curves: Mapping[str, Any]) -> Iterator[Row]:
    """Rows a number of labels: the model, and it together with statistics, beside those that learned from the same."""
    beside = [n for n in curves if n not in (MODEL, TOGETHER) and not n.endswith(MINUS_PLAIN)]
    for k in next(iter(curves.values()), {}):
        areas = {name: (rows.get(k) or {}).get("macro_auroc") for name, rows in curves.items()}
        for name in (MODEL, TOGETHER):
            if name not in curves or (k == ALL and name == MODEL):
                continue
            step = (curves.get(name + MINUS_PLAIN) or {}).get(k) or {}
            note = ""
            if step.get("low") is not None:
                note = f"{step['estimate']:+.3f} [{step['low']:+.3f}, {step['high']:+.3f}]"
            floors = {n: areas[n] for n in beside} | {"chance": 0.5}
            words = "macro AUROC, all labels" if k == ALL else f"macro AUROC, {k} label{'s' * (k != '1')} a class"
            yield Row(
                task=task, measure=words if name == MODEL else f"{words}, together with plain statistics",
                value=areas[name], low=None, high=None, floors=floors, note=note,
            )  # fmt: skip


def write_page(path: Path, report: Mapping[str, Any]) -> None:
    """Write the page of one model and dataset."""
    from sensorlm.report import Page
    from sensorlm.report.pictures import Bar, bar_picture

    page = Page(
        title=f"{report['model']} on {report['dataset']}",
        subtitle=f"{report['days']:,} recorded days of {report['people']} people, seed {report['seed']}, "
        f"{report['cpu_seconds']:.0f} s of processor time",
    )
    page.section("All results")
    page.text(NOTE)
    for task, heading in HEADINGS.items():
        _result_table(page, [r for r in report["results"] if r["task"] == task], heading)
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


def _result_table(page: Any, results: Sequence[Mapping[str, Any]], heading: str) -> None:  # noqa: ANN401
    """Of one kind of task: each name once, and only the columns that some row fills."""
    rows = [row for result in results for row in rows_of(result)]
    if not rows:
        return
    used = [floor for floor in FLOORS if any(row.floors.get(floor) is not None for row in rows)]
    names = [row.task.removesuffix(f", {heading}") for row in rows]
    # The step over plain statistics stands beside its number, why a task could not be asked beside the task's name.
    noted = any(row.note and row.value is not None for row in rows)
    names = [f"{name} ({row.note})" if row.note and row.value is None else name
             for name, row in zip(names, rows, strict=True)]  # fmt: skip
    first = [i == 0 or names[i] != names[i - 1] for i in range(len(rows))]
    page.table(
        ["task", "measure", "model", "95% interval", *[FLOORS[f] for f in used], *["over plain statistics"] * noted],
        [
            [name * new, r.measure, r.value, _unbroken(r.interval), *[r.floors.get(f) for f in used],
             *[_unbroken(r.note) if r.value is not None else ""] * noted]
            for r, name, new in zip(rows, names, first, strict=True)
        ],
        heading[0].upper() + heading[1:],
    )  # fmt: skip


def _unbroken(words: str) -> str:
    """Figures that a narrow column must not break apart; other words may."""
    return words.replace(" ", "\N{NO-BREAK SPACE}") if any(c.isdigit() for c in words) else words


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
        hours = any("pairs_within_hour" in found for found in metrics["per_class"].values())
        header += ["AUROC within the hour", "95%", "pairs"] * hours
        page.table(header, [_class_row(name, found, hours) for name, found in metrics["per_class"].items()])
        names = list(metrics["per_class"])
        if len(names) == len(metrics["confusion"]):
            page.picture(confusion_picture(metrics["confusion"], names), "True class by row.", "confusion matrix")
    _surrogate_tables(page, result)
    if "few_shot" in metrics:
        curves = {name: rows for name, rows in metrics["few_shot"].items() if not name.endswith(MINUS_PLAIN)}
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


def _surrogate_tables(page: Any, result: Mapping[str, Any]) -> None:  # noqa: ANN401
    """What is left within the hour, and of questions by whether their truth was changed."""
    metrics = result["metrics"]
    within = [
        [FLOORS.get(who, who), found["macro_auroc_within_hour"], _between(intervals["macro_auroc_within_hour"])]
        for who, found in {"model": metrics, **result["floors"]}.items()
        for intervals in [found.get("intervals", {})] if "macro_auroc_within_hour" in intervals
    ]  # fmt: skip
    if within:
        page.table(["who", "macro AUROC", "95%"], within, "Within the hour")
    parts = [
        [FLOORS[kind], part, row["num_questions"], row["real"], row["averaged"]["estimate"], _between(row["averaged"]),
         row["truth_left"]]
        for kind, rows in metrics.get("surrogates", {}).items() for part, row in rows.items()
    ]  # fmt: skip
    if parts:
        header = ["days", "their truth is", "questions", "real days", "these days", "95%", "truth left"]
        page.table(header, parts, "Questions by what the surrogate does to their truth, AUROC, wordings averaged")
        page.text("Truth left: the AUROC of somebody who says of these days what is true of them, yes, no or unknown. "
                  "Sleep logs are dropped, so what needs one is unknown and counts as changed.")  # fmt: skip


def _between(interval: Mapping[str, Any]) -> str:
    """Limits as people read them, of too few people nothing."""
    few = interval.get("num_people", FEW_PEOPLE) < FEW_PEOPLE
    return "" if few or interval["low"] is None else f"{interval['low']:.3f} to {interval['high']:.3f}"


def _class_row(name: str, found: Mapping[str, Any], hours: bool) -> list[Any]:
    def limits(metric: str) -> str:
        return _between(found["intervals"][metric])

    row = [
        name, found["auroc"], limits("auroc"), found["balanced_accuracy"], limits("balanced_accuracy"),
        found["average_precision"], found["f1"], found["support"],
    ]  # fmt: skip
    if hours:
        row += [found["auroc_within_hour"], limits("auroc_within_hour"), found["pairs_within_hour"]]
    return row


def text_of(report: Mapping[str, Any]) -> str:
    """The same table for a terminal."""
    lines = [f"{report['model']} on {report['dataset']}: {report['days']} days of {report['people']} people"]
    for row in (row for result in report["results"] for row in rows_of(result)):
        beside = ", ".join(f"{FLOORS[name]} {v:.3f}" for name, v in row.floors.items() if v is not None)
        value = "-" if row.value is None else f"{row.value:.3f}"
        interval = f" [{row.interval}]" if row.interval else ""
        note = f"  {row.note}{' over plain statistics' * (row.value is not None)}" if row.note else ""
        lines.append(f"  {row.task}: {row.measure} {value}{interval}  ({beside}){note}")
    lines += [f"  not asked: {name} ({why})" for name, why in report["left_out"].items()]
    return "\n".join([*lines, f"written to {report['json']} and {report['html']}"])
