"""The demo's dataset, run and results in, report.html out."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sensorlm.quality import QualityReport
    from sensorlm.report import Page
    from sensorlm.store import Dataset
    from sensorlm.training import RunResult

ENOUGH_STEPS = 500
"""Steps from which the small model's figures were near each other (asleep or awake 0.885 to 0.928 at 553 to 667 steps;
0.819, 0.583 and 0.198 at 31, 140 and 140: docs/log.md)."""
SHOWN_KEYS = ("high_level_summary_caption", "middle_level_caption", "low_level_caption")


def write_page(
    path: Path, dataset: "Dataset", run: "RunResult", quality: "QualityReport", results: dict[str, Any]
) -> Path:
    """One self-contained page: the data, a day, the training, the answers."""
    from sensorlm.report import Page

    page = Page("sensorlm on real Fitbit days", "Every number on this page was measured in the run that wrote it.")
    _data(page, dataset, quality, results)
    _day(page, dataset)
    _training(page, run, results)
    _answers(page, results)
    _questions(page, results)
    page.write(path)
    return path


def _data(page: "Page", dataset: "Dataset", quality: "QualityReport", results: dict[str, Any]) -> None:
    from sensorlm.report.quality import quality_picture

    made = results["import"]
    page.section("The recordings")
    page.text(
        f"{made['days']} days of {made['people']} people. {made['held_out_people']} people ({made['test_days']} days) "
        "are held out: nothing below was fitted to them. "
        f"{made['train_days']} days train, {made['val_days']} validate.\n\n"
        "Who is held out was fixed in samples/fitabase/splits.json before the first run.\n\n"
        "Source: Furberg et al. 2016, Zenodo 53894, CC BY 4.0."
    )
    page.picture(
        quality_picture(quality),
        "What was recorded, and whether the clocks can be trusted",
        "Coverage of each channel by hour of day, and the evidence for each person's clock",
    )


def _day(page: "Page", dataset: "Dataset") -> None:
    from sensorlm.report.day import day_picture

    row = _telling_row(dataset)
    captions = [c for key in SHOWN_KEYS for c in dataset.captions(row, key).get(key, [])]
    day = dataset.day(row)
    page.section("A day and what is said of it")
    page.text(
        "A day of a held-out person. Grey was not recorded. Numbers link each sentence to the minutes it speaks of."
    )
    page.picture(
        day_picture(day, captions, dataset.channel_set),
        f"{day.key}: channels, events and caption facts",
        "Heat map of the day's channels over 24 hours with sleep marked above and caption facts numbered",
    )


def _telling_row(dataset: "Dataset") -> int:
    """The held-out day with most observed minutes among those with a logged sleep: the one that shows most."""
    rows = [int(r) for r in dataset.rows("test")]
    observed = {row: int(dataset.day(row).observed.sum()) + 5000 * bool(dataset.day(row).events) for row in rows}
    return max(rows, key=lambda row: observed[row])


def too_few(steps: int) -> str:
    """A sentence that says so, if a run was so short that its figures are luck; else nothing."""
    if steps >= ENOUGH_STEPS:
        return ""
    return (
        f"{steps} steps are too few to judge the model of this run by: from about {ENOUGH_STEPS} on its figures stay "
        f"near each other. Give --minutes more, or --steps {ENOUGH_STEPS}."
    )


def _training(page: "Page", run: "RunResult", results: dict[str, Any]) -> None:
    from sensorlm.report.curves import loss_curve_picture

    lines = (run.folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    metrics = [json.loads(line) for line in lines]
    page.section("Training")
    page.text(
        f"{run.steps} steps on this computer's processor, ended by {run.ended}. Short plain-language captions are "
        "labelled by the facts they state (true, false or unknown of every day in the batch), long ones by pairing. "
        "Patches in which nothing was recorded never enter the model."
    )
    if warning := too_few(run.steps):
        page.text(warning)
    page.picture(loss_curve_picture(metrics), "Loss while training", "Training and validation loss over steps")


def _answers(page: "Page", results: dict[str, Any]) -> None:
    from sensorlm.report import Result

    sleep = results["asleep_awake"]
    rows = []
    for key, retrieval in results["retrieval"].items():
        for way in ("text_to_sensor", "sensor_to_text"):
            ours, plain = retrieval[way], retrieval["baseline"][way]
            for k in (1, 5, 10):
                rows.append(
                    Result(
                        task=f"retrieval, {key}, {way.replace('_', ' ')}",
                        metric=f"R@{k}",
                        value=ours[f"recall@{k}"],
                        chance=ours[f"chance_recall@{k}"],
                        baseline=plain[f"recall@{k}"],
                        note=f"{retrieval['num_days']} days, {retrieval['num_captions']} different captions",
                    )
                )
    interval, base = sleep["interval"], sleep["baseline"]
    rows.append(
        Result(
            task="asleep or awake, zero-shot, 30 minutes",
            metric="AUROC",
            value=sleep["macro_auroc"],
            chance=0.5,
            baseline=base["macro_auroc"],
            note=f"95% over {interval['num_people']} people: {interval['low']:.3f} to {interval['high']:.3f}; "
            f"{sleep['n']} windows. The baseline was given the training people's labels, the model none.",
        )
    )
    rows.append(
        Result(
            task="asleep or awake, zero-shot, 30 minutes",
            metric="balanced accuracy",
            value=sleep["balanced_accuracy"],
            chance=sleep["chance"]["balanced_accuracy"],
            baseline=base["balanced_accuracy"],
            note="no threshold was fitted",
        )
    )
    page.section("Answers about people never seen")
    page.text(
        "Plain statistics: for retrieval a ridge regression from each channel's mean, spread and quarters to the words "
        "of the caption; for sleep a logistic regression on the same statistics of the half hour, fitted to labelled "
        "windows of the training people. Equal captions count as equal answers; chance is what a random order reaches."
    )
    page.results(rows)
    if shipped := results.get("shipped"):
        _shipped(page, results, shipped)


def _shipped(page: "Page", results: dict[str, Any], shipped: dict[str, Any]) -> None:
    """The demo's own model beside the weights that come with the program."""
    rows: list[list[Any]] = []
    for key, retrieval in results["retrieval"].items():
        for way in ("text_to_sensor", "sensor_to_text"):
            other = shipped["retrieval"][key][way]["recall@10"]
            rows.append([f"retrieval, {key}, {way.replace('_', ' ')}, R@10", retrieval[way]["recall@10"], other])
    sleep, other = results["asleep_awake"], shipped["asleep_awake"]
    rows.append(["asleep or awake, zero-shot, AUROC", sleep["macro_auroc"], other["macro_auroc"]])
    for name in ("single", "averaged"):
        rows.append([f"everyday questions, {name}, AUROC", results["questions"][name], shipped["questions"][name]])
    page.text(
        "The same questions to the weights in the box (models/default), pretrained on simulated people and on "
        "unlabelled days of other people than these:"
    )
    page.table(["task", "trained in this run", "weights in the box"], rows)


def _questions(page: "Page", results: dict[str, Any]) -> None:
    questions = results["questions"]
    page.section("Questions as people ask them")
    page.text(
        f"{questions['num_questions']} questions, none made from a caption template, asked of the held-out days: "
        f"AUROC {questions['single']:.3f} for a single wording, {questions['averaged']:.3f} with its wordings averaged "
        f"(chance 0.5). Too few days say yes or no to {len(questions['unscored'])} others. Of "
        f"{questions['opposites']['of']} pairs of contraries {questions['opposites']['right']} are told apart."
    )
    rows = [
        [name, q["averaged"], q["single"], 0.5, q["yes"], q["no"]]
        for name, q in sorted(questions["per_question"].items(), key=lambda item: -item[1]["averaged"])
    ]
    page.table(["question", "AUROC, wordings averaged", "AUROC, a wording", "chance", "days yes", "days no"], rows)
