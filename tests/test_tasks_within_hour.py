"""What is left where the clock tells nothing, and of questions whose truth a surrogate changes."""

import json
from dataclasses import replace

import numpy as np
from tasks_fakes import CHANNELS, BlindEmbedder, PulseEmbedder, plain_day

from sensorlm.records import Event
from sensorlm.tasks.classify import Asked
from sensorlm.tasks.compare import compare_runs
from sensorlm.tasks.evaluation import LabelledTask, zero_shot_task
from sensorlm.tasks.question_task import question_task, truth_kept
from sensorlm.tasks.questions import Question
from sensorlm.tasks.surrogates import time_reversed
from sensorlm.tasks.windows import asleep_or_awake, labelled_windows
from sensorlm.tasks.zero_shot import Label


def test_within_the_hour_the_clock_is_at_chance_and_a_signal_is_not():
    rng = np.random.default_rng(0)

    def day(i):
        # Half of the people sleep from 0 to 7, half from 3 to 10: equally long, so that no level of the day tells them.
        sleeps = 180 * (i % 2)
        asleep = (np.arange(1440) >= sleeps) & (np.arange(1440) < sleeps + 420)
        values = plain_day(i).values.copy()
        values[:, CHANNELS.index("HR")] = np.where(asleep, 55, 85) + rng.normal(0, 3, 1440)
        values[:, CHANNELS.index("steps")] = np.where(asleep, 0, rng.integers(0, 60, 1440))
        return replace(plain_day(i, person=f"p{i}"), values=values, observed=~np.isnan(values),
                       events=(Event(kind="sleep", label="Asleep", start=sleeps, end=sleeps + 420),))  # fmt: skip

    days = [day(i) for i in range(12)]
    windows = labelled_windows(days, asleep_or_awake)
    task = LabelledTask(
        name="sleep", asked=[Asked(day=days[w.day], window=(w.start, w.end)) for w in windows],
        labels=[w.label for w in windows], classes=(Label(name="asleep", synonyms=("sleep",)), Label(name="awake")),
    )  # fmt: skip
    found = zero_shot_task(task, PulseEmbedder(), BlindEmbedder())
    metrics, floors = found["metrics"], found["floors"]
    within = {name: row["macro_auroc_within_hour"] for name, row in floors.items()}
    assert metrics["macro_auroc_within_hour"] == 1
    assert floors["clock_alone"]["macro_auroc"] > 0.85
    assert within["clock_alone"] == within["chance"] == within["untrained"] == 0.5
    assert within["plain_statistics"] > 0.95
    assert abs(within["phase_shuffled"] - 0.5) < 0.2
    assert set(within) == {"chance", "plain_statistics", "clock_alone", "untrained", "phase_shuffled", "time_reversed"}
    for row in (metrics, *(row for name, row in floors.items() if name != "chance")):
        interval = row["intervals"]["macro_auroc_within_hour"]
        assert interval["low"] <= interval["estimate"] == row["macro_auroc_within_hour"] <= interval["high"]
    # Half hours from 0 to 3 and from 7 to 10, but for the ones beside a sleep, of which the log says nothing.
    asleep = metrics["per_class"]["asleep"]
    starts = [w.start for w in windows]
    both = sum(
        sum(s == start and w.label == "asleep" for s, w in zip(starts, windows, strict=True))
        * sum(s == start and w.label == "awake" for s, w in zip(starts, windows, strict=True))
        for start in set(starts)
    )
    assert asleep["pairs_within_hour"] == both == 6 * 6 * 10
    rows = {row["metric"]: row for row in compare_runs({"results": [found]}, {"results": [found]})}
    assert rows["macro_auroc_within_hour"]["second"] == metrics["macro_auroc_within_hour"]
    assert asleep["auroc_within_hour"] == asleep["intervals"]["auroc_within_hour"]["estimate"] == 1


def test_whole_days_have_no_hour():
    days = [plain_day(i) for i in range(8)]
    task = LabelledTask(
        name="group", asked=[Asked(day=day) for day in days], labels=[day.tags["group"] for day in days],
        classes=(Label(name="a"), Label(name="b")),
    )  # fmt: skip
    found = zero_shot_task(task, PulseEmbedder(), None)
    assert "macro_auroc_within_hour" not in found["metrics"]
    assert not any("macro_auroc_within_hour" in row for row in found["floors"].values())
    assert {row["metric"] for row in compare_runs({"results": [found]}, {"results": [found]})} == {
        "macro_auroc", "mean_per_class_recall", "acc1",
    }  # fmt: skip


def test_runs_are_compared_within_the_hour_by_the_windows_in_their_keys():
    people, truth = ["a", "b", "a", "b"], [0, 1, 1, 0]
    keys = ["d/a/1 0-30", "d/b/1 0-30", "d/a/1 30-60", "d/b/1 30-60"]
    scores = [[0.9, 0.1], [0.8, 0.2], [0.2, 0.8], [0.1, 0.9]]
    # A report of before there was such an AUROC says nothing of it, but names its windows.
    samples = {"people": people, "keys": keys, "truth": truth, "scores": scores}
    first = {"results": [{"task": "zeroshot_classification", "name": "sleep", "samples": samples}]}
    second = json.loads(json.dumps(first))
    second["results"][0]["samples"]["scores"] = [[0.9, 0.1], [0.1, 0.9], [0.2, 0.8], [0.3, 0.7]]
    rows = {row["metric"]: row for row in compare_runs(first, second)}
    assert rows["macro_auroc_within_hour"]["first"] == 0.5
    assert rows["macro_auroc_within_hour"]["second"] == 1
    assert rows["macro_auroc_within_hour"]["difference"]["estimate"] == 0.5
    second["results"][0]["samples"]["keys"] = first["results"][0]["samples"]["keys"] = list("1234")
    assert "macro_auroc_within_hour" not in {row["metric"] for row in compare_runs(first, second)}


def test_questions_are_parted_by_whether_a_surrogate_keeps_their_truth():
    steps = CHANNELS.index("steps")

    def day(i):  # two thirds of the days walk much, half of all in the morning
        made = plain_day(i, person=f"p{i}")
        values = made.values.copy()
        values[:, steps] = 0
        values[slice(100, 400) if i % 2 else slice(1000, 1300), steps] = 90 if i % 3 else 30
        return replace(made, values=values)

    def early(view):
        return float(view.day.values[:720, steps].sum()) > float(view.day.values[720:, steps].sum())

    questions = [
        Question(name="much", wordings=("sleep",), asks=lambda v: bool(np.nansum(v.day.values[:, steps]) > 15_000)),
        Question(name="early", wordings=("up",), asks=early),
        Question(name="logged", wordings=("up",), asks=lambda v: v.day.date.day % 2 == 0 if v.day.events else None),
    ]
    days = [day(i) for i in range(30)]
    much = np.array([[float(i % 3 > 0), 0.5 * (i % 2)] for i in range(30)], np.float32)
    vectors = {"real": much, "time_reversed": much}
    found = question_task(questions, days, vectors, PulseEmbedder(), None, changes={"time_reversed": time_reversed})
    parts = found["metrics"]["surrogates"]["time_reversed"]
    assert parts["kept"]["questions"] == ["much"]
    assert parts["kept"]["averaged"]["estimate"] == parts["kept"]["real"] == parts["kept"]["truth_left"] == 1
    assert parts["changed"]["questions"] == ["early", "logged"]
    # Reversed, "early" is answered the wrong way round everywhere, and of "logged" nothing is known.
    assert parts["changed"]["truth_left"] == (0 + 0.5) / 2
    row = found["floors"]["time_reversed"]
    assert row["averaged_kept"] == 1
    assert row["averaged_changed"] == parts["changed"]["averaged"]["estimate"]
    assert found["floors"]["chance"]["averaged_changed"] == 0.5
    none = question_task(questions, days, vectors, PulseEmbedder(), None)
    assert none["metrics"]["surrogates"] == {}


def test_a_rare_answer_must_be_kept_too():
    truth = np.full((100, 3), -1, np.int8)
    truth[:4] = 1
    moved = truth.copy()
    moved[:4, 0] = -1  # 96 of 100 answers are kept, and not one yes
    moved[4:6, 1] = 1  # 94 of 96 no days keep their answer
    moved[:, 2] = 0
    assert truth_kept(truth, moved).tolist() == [False, True, False]
