"""Tasks on real Fitbit days: a pulse tells sleep from waking, until its day is taken apart."""

import itertools

import numpy as np
import pytest
from tasks_fakes import CHANNELS, PulseEmbedder

from sensorlm.captions import generate_captions
from sensorlm.days import to_days
from sensorlm.readers import read
from sensorlm.tasks.caption_facts import fact_score
from sensorlm.tasks.classify import Asked
from sensorlm.tasks.evaluation import LabelledTask, zero_shot_task
from sensorlm.tasks.windows import asleep_or_awake, labelled_windows
from sensorlm.tasks.zero_shot import Label


@pytest.fixture(scope="module")
def days(shared):
    tables = read("fitabase-parquet", shared / "data" / "fitabase" / "fitabase_minute_all.parquet")
    worn = (t for t in tables if "HR" in t.columns and np.isfinite(t.columns["HR"]).sum() > 20_000)
    return [day for t in worn for day in itertools.islice(to_days(t, CHANNELS), 8)]


def test_a_pulse_tells_sleep_and_a_shuffled_one_does_not(days):
    windows = labelled_windows(days, asleep_or_awake, stride=60, needs=("HR",))
    asked = [Asked(day=days[w.day], window=(w.start, w.end)) for w in windows]
    labels = [w.label for w in windows]
    people = sorted({a.day.person for a in asked})
    assert len(people) >= 3
    half = [i for i, a in enumerate(asked) if a.day.person in people[::2]]
    rest = sorted(set(range(len(asked))) - set(half))
    task = LabelledTask(
        name="sleep-log", asked=[asked[i] for i in rest], labels=[labels[i] for i in rest],
        classes=(Label(name="asleep", synonyms=("sleep",)), Label(name="awake")),
        train=[asked[i] for i in half], train_labels=[labels[i] for i in half],
    )  # fmt: skip
    found = zero_shot_task(task, PulseEmbedder(), None)
    assert found["metrics"]["macro_auroc"] > 0.8
    assert found["floors"]["plain_statistics"]["macro_auroc"] > 0.8
    assert abs(found["floors"]["phase_shuffled"]["macro_auroc"] - 0.5) < 0.15


def test_captions_of_real_days_state_true_facts(days):
    key = "high_middle_low_level_caption"
    some = days[::10]
    texts = [made[key].text for made in generate_captions(some, [key], 3)]
    found = fact_score(texts, some, CHANNELS)
    assert found["true_share"] == 1
    assert found["understood_share"] == 1
    assert found["true_share_of_other_days"] < 0.6
