"""Evaluations of an embedder that knows the answer, surrogates, comparison of runs, and arrays from elsewhere."""

import json
from dataclasses import replace

import numpy as np
import pytest
from tasks_fakes import CHANNELS, BlindEmbedder, PulseEmbedder, plain_day

from sensorlm.errors import SensorLMError
from sensorlm.records import Event
from sensorlm.tasks.arrays import is_arrays, read_arrays
from sensorlm.tasks.classify import Asked
from sensorlm.tasks.compare import compare_runs
from sensorlm.tasks.evaluation import LabelledTask, embed_asked, zero_shot_task
from sensorlm.tasks.finding import retrieval_task
from sensorlm.tasks.probing import probe_task
from sensorlm.tasks.question_task import question_task
from sensorlm.tasks.questions import Question
from sensorlm.tasks.surrogates import phase_shuffled, time_reversed
from sensorlm.tasks.windows import activity_of, asleep_or_awake, filling, labelled_windows, overlap
from sensorlm.tasks.zero_shot import Label


def sleep_task(people=4):
    def part(first):
        days = [plain_day(i) for i in range(first, first + 2 * people)]
        windows = labelled_windows(days, asleep_or_awake, stride=240)
        return [Asked(day=days[w.day], window=(w.start, w.end)) for w in windows], [w.label for w in windows]

    (asked, labels), (train, train_labels) = part(0), part(100)
    classes = (Label(name="asleep", synonyms=("sleep",)), Label(name="awake"))
    return LabelledTask(
        name="sleep", asked=asked, labels=labels, classes=classes, train=train, train_labels=train_labels
    )


def test_minutes_of_an_event_in_a_window_are_counted_minute_by_minute():
    spans = [(0, 30), (10, 20), (-60, 5), (25, 90), (30, 40), (40, 30)]
    events = [Event(kind="activity", label="Walking", start=a, end=max(a, b)) for a, b in spans]
    assert [overlap(e, 5, 30) for e in events] == [sum(e.start <= m < e.end for m in range(5, 30)) for e in events]


def test_the_class_that_fills_a_window_needs_its_share_and_ties_go_to_the_first_named():
    def logged(*spans):
        events = tuple(Event(kind="activity", label=label, start=a, end=b) for label, a, b in spans)
        return replace(plain_day(0), events=events)

    walks = activity_of({"Walking": "on foot", "Strolling": "on foot", "Running": "running"})
    assert walks(logged(("Walking", 0, 10), ("Strolling", 10, 24)), 0, 30) == "on foot"
    assert walks(logged(("Walking", 0, 10), ("Strolling", 10, 23)), 0, 30) is None
    assert walks(logged(("Cycling", 0, 30)), 0, 30) is None
    both = logged(("Running", 0, 30), ("Walking", 0, 30))
    assert filling(both, 0, 30, lambda e: e.label) == "Running"
    assert filling(both, 0, 30, lambda e: e.label, first=("Walking", "Running")) == "Walking"
    assert filling(logged(("Walking", 0, 15)), 0, 30, lambda e: e.label, share=0.5) == "Walking"


def test_zero_shot_stands_beside_its_floors():
    found = zero_shot_task(sleep_task(), PulseEmbedder(), BlindEmbedder())
    assert found["metrics"]["acc1"] == 1
    assert found["metrics"]["macro_auroc"] == 1
    assert found["floors"]["plain_statistics"]["macro_auroc"] == 1
    assert found["floors"]["untrained"]["macro_auroc"] == 0.5
    # A night moved elsewhere, or mirrored into the evening, must not be found where it was.
    assert found["floors"]["phase_shuffled"]["macro_auroc"] < 0.8
    assert found["floors"]["time_reversed"]["macro_auroc"] < 0.8
    assert len(found["samples"]["scores"]) == len(found["samples"]["people"]) == found["metrics"]["n"]


def test_probes_say_lp_and_stand_beside_plain_statistics():
    found = probe_task(sleep_task(), PulseEmbedder(), None, shots=(1, 5))
    assert found["metrics"]["lp_acc1"] == 1
    assert set(found["metrics"]["few_shot"]["model"]) == {"1", "5", "all"}
    assert found["floors"]["plain_statistics"]["lp_macro_auroc"] == 1


def test_windows_of_a_day_see_only_themselves():
    task = sleep_task(1)
    whole = embed_asked(PulseEmbedder(), task.asked)
    one = np.concatenate([PulseEmbedder().embed_days([a.day], a.window) for a in task.asked])
    np.testing.assert_array_equal(whole, one)


def test_retrieval_uses_clip_benchmarks_keys_and_counts_duplicates():
    rng = np.random.default_rng(0)

    class Table(PulseEmbedder):
        def embed_texts(self, texts):
            return np.stack([np.eye(6, dtype=np.float32)[int(t)] for t in texts])

    days = [plain_day(i) for i in range(6)]
    texts = ["0", "1", "2", "2", "4", "5"]
    real = np.eye(6, dtype=np.float32)
    real[3] = real[2]  # two days with one caption: either answers
    vectors = {"real": real, "phase_shuffled": rng.normal(size=(6, 6)).astype(np.float32)}
    found = retrieval_task("exact", days, texts, vectors, Table(), None)
    assert found["metrics"]["text_retrieval_recall@1"] == 1
    assert found["metrics"]["image_retrieval_recall@1"] == 1
    assert found["metrics"]["text_retrieval_median_rank"] == 1
    assert found["floors"]["chance"]["text_retrieval_recall@1"] == pytest.approx((4 * 1 / 6 + 2 * 2 / 6) / 6)
    assert found["floors"]["phase_shuffled"]["text_retrieval_recall@1"] < 1
    assert found["metrics"]["num_captions"] == 5


def test_questions_are_scored_with_their_floors():
    question = Question(name="many steps", wordings=("sleep well",), asks=lambda view: view.day.date.day % 2 == 0)
    days = [plain_day(i) for i in range(12)]
    real = np.array([[float(day.date.day % 2 == 0), 0.5] for day in days], np.float32)
    vectors = {"real": real, "time_reversed": np.ones((12, 2), np.float32), "untrained": np.ones((12, 2), np.float32)}
    found = question_task([question], days, vectors, PulseEmbedder(), BlindEmbedder(), min_each=5)
    assert found["metrics"]["averaged"] == 1
    assert found["floors"]["time_reversed"]["averaged"] == 0.5
    assert question_task([question], days[:2], vectors, PulseEmbedder(), None) is None


def test_surrogates_keep_the_numbers_and_lose_the_day():
    day = plain_day(0)
    values = day.values.copy()
    values[200:260, 0] = np.nan
    day = type(day)(**{f: getattr(day, f) for f in day.__slots__} | {"values": values, "observed": ~np.isnan(values)})
    shuffled = phase_shuffled(day, 1)
    np.testing.assert_array_equal(shuffled.observed, day.observed)
    for column in (0, 3):
        seen = day.observed[:, column]
        np.testing.assert_array_equal(np.sort(shuffled.values[seen, column]), np.sort(day.values[seen, column]))
    pulse, moved = day.values[:, 3], shuffled.values[:, 3]
    assert abs(np.corrcoef(pulse, moved)[0, 1]) < 0.6
    assert shuffled.events == ()
    np.testing.assert_array_equal(phase_shuffled(day, 1).values, shuffled.values)
    assert not np.array_equal(phase_shuffled(day, 2).values, shuffled.values, equal_nan=True)
    np.testing.assert_array_equal(time_reversed(time_reversed(day)).values, day.values)
    assert time_reversed(day).values[0, 3] == day.values[1439, 3]


def run(scores, truth, people, name="sleep", task="zeroshot_classification"):
    keys = [f"k{i}" for i in range(len(people))]
    samples = {"people": people, "keys": keys, "truth": truth, "scores": scores}
    return {"results": [{"task": task, "name": name, "samples": samples}]}


def test_paired_intervals_are_narrow_where_people_are_hard_for_both():
    rng = np.random.default_rng(0)
    people = [f"p{i // 20}" for i in range(400)]
    truth = rng.integers(0, 2, 400)
    hard = np.repeat(rng.random(20) < 0.5, 20)
    right = np.where(hard, rng.random(400) < 0.5, True)
    first = np.eye(2)[np.where(right, truth, 1 - truth)]
    better = right | (hard & (rng.random(400) < 0.3))
    second = np.eye(2)[np.where(better, truth, 1 - truth)]
    rows = compare_runs(run(first.tolist(), truth.tolist(), people), run(second.tolist(), truth.tolist(), people))
    row = next(r for r in rows if r["metric"] == "acc1")
    assert row["difference"]["estimate"] == pytest.approx(better.mean() - right.mean())
    assert row["clear"]
    same = compare_runs(run(first.tolist(), truth.tolist(), people), run(first.tolist(), truth.tolist(), people))
    assert all(r["difference"]["low"] == r["difference"]["high"] == 0 and not r["clear"] for r in same)


def test_runs_of_other_samples_are_not_compared():
    one = run([[1.0, 0.0], [0.0, 1.0]], [0, 1], ["a", "b"])
    other = json.loads(json.dumps(one))
    other["results"][0]["samples"]["keys"] = ["x", "y"]
    with pytest.raises(SensorLMError, match="different samples"):
        compare_runs(one, other)
    with pytest.raises(SensorLMError, match="no evaluation"):
        compare_runs(one, {"results": 3})
    # Where the model reads none of the channels there are windows and no scores.
    unasked = run([], [0, 1], ["a", "b"], name="counts")
    both = {"results": [*one["results"], *unasked["results"]]}
    assert {row["name"] for row in compare_runs(both, both)} == {one["results"][0]["name"]}


def test_comparison_knows_retrieval_and_questions():
    samples = {"people": ["a", "b"], "keys": ["1", "2"], "text_retrieval": [1, 9], "image_retrieval": [1, 1]}
    one = {"results": [{"task": "zeroshot_retrieval", "name": "exact", "samples": samples}]}
    rows = {r["metric"]: r for r in compare_runs(one, one)}
    assert rows["text_retrieval_recall@1"]["first"] == 0.5
    assert rows["text_retrieval_recall@10"]["first"] == 1
    samples = {"people": ["a"] * 4, "keys": list("1234"), "questions": ["q"], "truth": [[1, 1, -1, 0]],
               "scores": [[0.9, 0.2, 0.3, 0.0]]}  # fmt: skip
    one = {"results": [{"task": "questions", "name": "plain_language", "samples": samples}]}
    assert compare_runs(one, one)[0]["first"] == 0.5


def test_arrays_become_days_with_names(tmp_path):
    x = np.random.default_rng(0).normal(70, 5, (4, 60, 2)).astype(np.float32)
    x[0, :5, 1] = np.nan
    np.save(tmp_path / "X.npy", x)
    np.save(tmp_path / "Y.npy", np.array([0, 1, 1, 0]))
    np.save(tmp_path / "pid.npy", np.array(["a", "a", "b", "b"]))
    (tmp_path / "channels.json").write_text('["HR", "steps"]')
    (tmp_path / "label_dictionary.json").write_text('{"sitting": 0, "walking": 1}')
    assert is_arrays(tmp_path)
    found = read_arrays(tmp_path, CHANNELS)
    assert found.labels == ["sitting", "walking", "walking", "sitting"]
    assert found.class_names == ("sitting", "walking")
    assert [d.person for d in found.days] == ["a", "a", "b", "b"]
    assert len({d.key for d in found.days}) == 4
    np.testing.assert_array_equal(found.days[0].values[:60, CHANNELS.index("steps")], x[0, :, 1])
    assert not found.days[0].observed[60:].any()
    (tmp_path / "label_dictionary.json").write_text('{"0": "sitting"}')
    with pytest.raises(SensorLMError, match="no name for"):
        read_arrays(tmp_path, CHANNELS)
    (tmp_path / "label_dictionary.json").write_text('["sitting", "walking"]')
    assert read_arrays(tmp_path, CHANNELS).labels[1] == "walking"
    for name, content, message in [
        ("label_dictionary.json", "{", "cannot be read"), ("channels.json", "3", "a JSON list"),
        ("channels.json", "[", "cannot be read"), ("channels.json", '["HR"]', "X has shape"),
    ]:  # fmt: skip
        before = (tmp_path / name).read_text()
        (tmp_path / name).write_text(content)
        with pytest.raises(SensorLMError, match=message):
            read_arrays(tmp_path, CHANNELS)
        (tmp_path / name).write_text(before)
    np.save(tmp_path / "pid.npy", np.array(["a"]))
    with pytest.raises(SensorLMError, match="one of each"):
        read_arrays(tmp_path, CHANNELS)
    np.save(tmp_path / "Y.npy", np.array([{}, {}, {}, {}], object), allow_pickle=True)
    with pytest.raises(SensorLMError, match="plain array"):
        read_arrays(tmp_path, CHANNELS)
