"""A made folder of public recordings: which days and labels are read, who was held out, and one command over it all."""

import datetime as dt
import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tasks_fakes import CHANNELS, PulseEmbedder, plain_day
from typer.testing import CliRunner

from sensorlm.checkpoint import SensorLM, save_checkpoint
from sensorlm.cli import evaluate_page, evaluate_real
from sensorlm.cli.app import app
from sensorlm.config.presets import preset
from sensorlm.errors import ConfigError
from sensorlm.records import Event
from sensorlm.tasks.evaluation import zero_shot_task
from sensorlm.tasks.probing import person_folds, probe_task
from sensorlm.tasks.real_sets import RealSets, about, is_collection
from sensorlm.tasks.real_tasks import REAL_TASKS, diary, effort, group, in_bed, labelled_tasks, on_foot, stage
from sensorlm.tokenizer import CaptionTokenizer

PEOPLE, DAYS = 4, 3
SPLITS = {f"fitabase/{i}": "train" if i else "test" for i in range(PEOPLE)}
HR, STEPS = CHANNELS.index("HR"), CHANNELS.index("steps")
SMALL = {
    "sensor.width": 16, "sensor.depth": 1, "sensor.num_heads": 2, "text.width": 16, "text.depth": 1,
    "text.num_heads": 2, "embed_dim": 16, "text.vocab_size": 300, "text.context_length": 32,
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Fitbit people asleep until seven, sessions of heart rate with a task in their second half, wrist counts."""
    place = tmp_path_factory.mktemp("sets")
    for name in ("fitabase", "stress_predict/Processed_data", "insomnia_partner_actiwatch"):
        (place / name).mkdir(parents=True)
    rows = {"Id": [], "t": [], "hr_mean": [], "steps": [], "intensity": [], "sleep": []}
    for person in range(PEOPLE):
        for number in range(DAYS):
            day = plain_day(DAYS * person + number)
            midnight = dt.datetime(2016, 4, 1) + dt.timedelta(days=number)
            rows["Id"] += [str(person)] * 1440
            rows["t"] += [midnight + dt.timedelta(minutes=m) for m in range(1440)]
            rows["hr_mean"] += day.values[:, HR].tolist()
            rows["steps"] += day.values[:, STEPS].tolist()
            rows["intensity"] += [0.0 if m < 600 else 2.0 for m in range(1440)]
            rows["sleep"] += [1.0 if m < 420 else None for m in range(1440)]
    pq.write_table(pa.table(rows), place / "fitabase" / "fitabase_minute_all.parquet")
    lines = ["Participant,Time(sec),HR,Label"]
    for person in (1, 2):
        start = 86_400 * 17_000 + 3600 * 10
        lines += [f"{person},{start + s},{60 + 30 * (s >= 1200) + s % 2},{int(s >= 1200)}" for s in range(2400)]
    sessions = place / "stress_predict" / "Processed_data" / "Improved_All_Combined_hr_rsp_binary.csv"
    sessions.write_text("\n".join(lines))
    times = [dt.datetime(2020, 1, 1) + dt.timedelta(minutes=m) for m in range(1440)]
    people = ("C1", "P1", "C2", "P2")
    counts = {"pid": [p for p in people for _ in times], "t": times * len(people),
              "Activity": [float(m) for _ in people for m in range(1440)],
              "White Light": [1.0] * 1440 * len(people)}  # fmt: skip
    pq.write_table(pa.table(counts), place / "insomnia_partner_actiwatch" / "epochs.parquet")
    return place


@pytest.fixture(scope="module")
def sets(folder):
    return RealSets(folder=folder, channel_set=CHANNELS, splits=SPLITS)


@pytest.fixture(autouse=True)
def few_teach(monkeypatch):
    monkeypatch.setattr(evaluate_real, "TEACHING_PEOPLE", 3)


def test_every_set_is_read_as_it_was_recorded(sets, folder, tmp_path):
    assert is_collection(folder)
    assert not is_collection(tmp_path)
    assert sets.present() == ["fitabase", "stress_predict", "insomnia_partner_actiwatch"]
    days = sets.days("fitabase")
    assert len(days) == PEOPLE * DAYS
    np.testing.assert_allclose(days[4].values[:, HR], plain_day(4).values[:, HR], rtol=1e-6)
    session = sets.days("stress_predict")[0]
    # Seconds of 60 and 61 in the first 20 minutes, of 90 and 91 after them.
    np.testing.assert_allclose(session.values[[600, 619, 620, 639], HR], [60.5, 60.5, 90.5, 90.5])
    assert session.observed[:, HR].sum() == 40
    assert [e.label for e in session.events] == ["no task"] * 20 + ["stress task"] * 20
    wrist = sets.days("insomnia_partner_actiwatch")
    assert [day.tags["group"] for day in wrist] == ["C", "C", "P", "P"]
    assert wrist[0].values[77, wrist[0].channel_keys.index("counts")] == 77
    assert about(sets)["fitabase"] == {"days": PEOPLE * DAYS, "people": PEOPLE}
    with pytest.raises(ConfigError, match=r"no set 'mmash'\. It holds"):
        sets.days("mmash")


def test_only_people_without_a_day_in_training_are_held_out(sets):
    assert {d.person for d in sets.days("fitabase") if sets.held_out(d)} == {"0"}
    assert all(sets.held_out(day) for day in sets.days("stress_predict"))


def test_a_shown_day_has_the_models_channels_and_hides_the_others(sets):
    day = sets.days("fitabase")[0]
    assert len(day.channel_keys) > len(CHANNELS)
    shown = sets.shown(day, ["steps"])
    assert shown.channel_keys == CHANNELS.keys
    assert np.isnan(shown.values[:, HR]).all()
    assert not shown.observed[:, HR].any()
    np.testing.assert_array_equal(shown.values[:, STEPS], day.values[:, STEPS])


def test_tasks_are_answered_by_a_pulse_and_floors_stand_beside(sets):
    tasks = {task.name: task for task in labelled_tasks(sets, 200)}
    assert set(tasks) == {name for name, t in REAL_TASKS.items() if t.source in sets.present()}
    asleep = tasks["fitabase asleep/awake, HR alone"]
    assert len(asleep.asked) == 200
    assert set(asleep.labels) == {"asleep", "awake"}
    assert all(
        (a.window[1] <= 420) == (label == "asleep") for a, label in zip(asleep.asked, asleep.labels, strict=True)
    )
    found = zero_shot_task(asleep, PulseEmbedder(), None)
    assert found["metrics"]["macro_auroc"] > 0.99
    assert found["metrics"]["held_out"]["num_people"] == 1
    assert found["floors"]["plain_statistics"]["macro_auroc"] > 0.99
    assert found["floors"]["phase_shuffled"]["macro_auroc"] < 0.8
    wrist = tasks["actiwatch insomnia or partner, a day of counts and light"]
    told = zero_shot_task(wrist, PulseEmbedder(), None)
    assert told["note"] == "the model reads none of counts, white_light"
    assert "macro_auroc" not in told["metrics"]
    assert [task.name for task in labelled_tasks(sets, 10, ["stress"])] == ["stress_predict task or calm, HR"]


def test_few_shot_curves_never_learn_from_who_is_asked(sets):
    task = next(iter(labelled_tasks(sets, 120, ["HR alone"])))
    for teach, ask in person_folds(task.people):
        assert not {task.people[i] for i in teach} & {task.people[i] for i in ask}
    found = probe_task(task, PulseEmbedder(), None, shots=(1, 5), draws=2)
    curve = found["metrics"]["few_shot"]
    assert set(curve["model"]) == {"1", "5", "all"}
    assert curve["model"]["all"]["macro_auroc"] > 0.99
    assert {"model", "plain_statistics", "model_minus_plain"} <= set(curve)
    # By hand: the difference of two curves is the difference of their ends.
    ends = [curve[who]["5"]["macro_auroc"] for who in ("model", "plain_statistics")]
    assert curve["model_minus_plain"]["5"]["estimate"] == pytest.approx(ends[0] - ends[1], abs=1e-6)


def with_events(*events, **more):
    return replace(plain_day(0), events=events, **more)


def test_labels_of_windows_by_hand(sets):
    bed = with_events(Event(kind="sleep", label="In bed", start=0, end=60))
    assert [in_bed(bed, a, a + 30) for a in (0, 30, 45, 60)] == ["in bed", "in bed", None, "up"]
    eating = with_events(Event(kind="sleep", label="In bed", start=0, end=60),
                         Event(kind="activity", label="Eating", start=700, end=760))  # fmt: skip
    assert [diary(eating, a, a + 30) for a in (0, 710, 900)] == ["lying or asleep", "eating", None]
    night = with_events(Event(kind="sleep", label="Deep", start=0, end=40, stage="deep"),
                        Event(kind="sleep", label="REM", start=40, end=80, stage="rem"))  # fmt: skip
    assert [stage(night, a, a + 20) for a in (0, 20, 30, 60)] == ["deep sleep", "deep sleep", None, "REM sleep"]
    walk = with_events(Event(kind="activity", label="Walking", start=600, end=660), logged=frozenset({"activity"}))
    assert [on_foot(walk, a, a + 15) for a in (600, 655, 900)] == ["walking", None, "still"]
    assert on_foot(replace(walk, logged=frozenset()), 900, 915) is None
    day = sets.days("fitabase")[0]
    # Asleep until 7:00, intensity 0 until 10:00 and 2 from then on.
    assert [effort(day, a, a + 30) for a in (60, 450, 590, 700)] == [None, "sedentary", "hard", "hard"]
    assert [group(replace(day, tags={"group": g}), 0, 1440) for g in "CPX"] == ["insomnia", "sleeps well", None]


def test_a_gallery_is_filled_up_with_simulated_days(folder):
    data = evaluate_real.of_collection(folder, CHANNELS, SPLITS, ["low_level_caption"], 0, 20, 6, ["nothing"])
    exact, other = data.captions["low_level_caption, exact"], data.captions["low_level_caption, paraphrased"]
    held = [i for i, day in enumerate(data.recorded) if day.person == "0"]
    assert list(exact.places[:3]) == held
    assert all(data.days[place].dataset != "fitabase" for place in exact.places[3:])
    assert len(exact.places) == 6
    assert exact.same == other.same
    assert exact.texts != other.texts
    assert data.held_out == {"fitabase/0"}
    assert data.num_people == PEOPLE
    taught = {day.key for day, _ in data.teaching["low_level_caption"]}
    assert not taught & {data.days[place].key for place in exact.places}
    assert evaluate_real.of_collection(folder, CHANNELS, SPLITS, ["low_level_caption"], 0, 20, 0, []).captions[
        "low_level_caption, exact"
    ].texts == []  # fmt: skip


def test_one_command_gives_one_table(folder, tmp_path):
    tokenizer = CaptionTokenizer.train(["asleep awake walking running heart rate steps", "a quiet day"], 300)
    model = SensorLM(preset("tiny", overrides=SMALL))
    save_checkpoint(tmp_path / "model", model, tokenizer, CHANNELS)
    (tmp_path / "splits.json").write_text(json.dumps(SPLITS))
    words = ["evaluate", tmp_path / "model", folder, "--splits", tmp_path / "splits.json", "--windows", 40]
    words += ["--gallery", 8, "--caption-key", "low_level_caption", "--only", "HR alone,actiwatch"]
    words += ["-o", tmp_path / "ev", "--json"]
    run = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    (report,) = json.loads(run.stdout)["reports"]
    asked = {(result["task"], result["name"]) for result in report["results"]}
    assert ("zeroshot_classification", "fitabase asleep/awake, HR alone") in asked
    assert ("linear_probe", "fitabase asleep/awake, HR alone") in asked
    retrieval = [r for r in report["results"] if r["task"] == "zeroshot_retrieval"]
    assert [r["name"] for r in retrieval] == ["low_level_caption, exact", "low_level_caption, paraphrased"]
    assert all(r["metrics"]["num_days"] == 8 for r in retrieval)
    floors = {"chance", "plain_statistics", "untrained", "phase_shuffled", "time_reversed"}
    assert all(floors <= set(r["floors"]) for r in retrieval)
    assert "captioning" in report["left_out"]
    assert "welltory_covid moods and tags" in report["left_out"]
    page = (tmp_path / "ev" / f"model--{folder.name}.html").read_text()
    assert "macro AUROC, held out (1 person)" in page
    assert "the model reads none of counts, white_light" in page
    saved = json.loads((tmp_path / "ev" / f"model--{folder.name}.json").read_text())
    assert saved["complete"]
    assert saved["people"] == PEOPLE
    asleep = next(r for r in saved["results"] if r["name"] == "fitabase asleep/awake, HR alone")
    assert asleep["metrics"]["macro_auroc"] is not None
    assert {"clock_alone", "plain_statistics", "phase_shuffled", "time_reversed", "untrained"} <= {
        who for who, row in asleep["floors"].items() if "macro_auroc_within_hour" in row
    }
    # Everybody sleeps until seven: no half hour has both, so nothing is known within the hour.
    assert asleep["metrics"]["macro_auroc_within_hour"] is None
    assert asleep["metrics"]["per_class"]["asleep"]["pairs_within_hour"] == 0
    assert "macro AUROC within the hour" in page


def test_a_report_without_auroc_within_the_hour_still_makes_a_page(tmp_path):
    """As written before there was one; figures of a real task, shortened."""
    limits = {"estimate": 0.9, "low": 0.8, "high": 1.0, "num_people": 6}
    one = {"auroc": 0.9, "average_precision": 0.9, "f1": 0.9, "support": 2, "balanced_accuracy": 0.9,
           "intervals": {"auroc": limits, "balanced_accuracy": limits}}  # fmt: skip
    metrics = {"n": 4, "num_people": 6, "macro_auroc": 0.9, "acc1": 0.9, "mean_per_class_recall": 0.9,
               "per_class": {"asleep": one, "awake": one}, "confusion": [[2, 0], [0, 2]],
               "intervals": {"macro_auroc": limits}}  # fmt: skip
    floors = {"clock_alone": {"macro_auroc": 0.94, "intervals": {"macro_auroc": limits}}}
    result = {"task": "zeroshot_classification", "name": "sleep", "metrics": metrics, "floors": floors}
    report = {"model": "m", "dataset": "d", "days": 4, "people": 6, "seed": 0, "cpu_seconds": 1.0, "left_out": {},
              "results": [result], "json": "a", "html": "b"}  # fmt: skip
    evaluate_page.write_page(tmp_path / "old.html", report)
    page = (tmp_path / "old.html").read_text()
    assert "clock alone" in page
    assert "pairs" not in page.split("<table", 1)[1]
    assert "within the hour" not in evaluate_page.text_of(report)


@pytest.mark.parametrize(
    ("words", "message"), [(["--only", "fitabase"], "for a folder of public sets"), (["--tasks", ""], "nothing' is no")]
)
def test_what_cannot_be_evaluated_is_told(folder, tmp_path, words, message):
    model = SensorLM(preset("tiny", overrides=SMALL))
    tokenizer = CaptionTokenizer.train(["asleep awake walking running heart rate steps"], 300)
    save_checkpoint(tmp_path / "model", model, tokenizer, CHANNELS)
    with pytest.raises(ConfigError, match=message.replace("'", ".?")):
        CliRunner().invoke(app, ["evaluate", str(tmp_path / "model"), str(tmp_path), *words], catch_exceptions=False)
