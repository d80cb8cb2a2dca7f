"""The evaluation recipe on made days, with an embedder that reads the clock and the steps instead of a model."""

import datetime as dt
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from sensorlm.records import DayMatrix, Event

sys.path.insert(0, str(Path(__file__).parent.parent / "recipes"))

import evaluate_real
import packing

HR, STEPS = (packing.CHANNELS.index(k) for k in ("HR", "steps"))


def made_day(person: str, number: int) -> DayMatrix:
    rng = np.random.default_rng([number, int(person)])
    values = np.full((1440, len(packing.CHANNELS)), np.nan, np.float32)
    awake = (np.arange(1440) >= 420) & (np.arange(1440) < 1380)
    values[:, HR] = np.where(awake, 82, 55) + rng.normal(0, 3, 1440)
    values[:, STEPS] = np.where(awake & (rng.random(1440) < 0.2), rng.integers(20, 110, 1440), 0)
    nights = (Event(kind="sleep", label="Asleep", start=-60, end=420),
              Event(kind="sleep", label="Asleep", start=1380, end=1860))  # fmt: skip
    return DayMatrix(
        values=values, observed=np.isfinite(values), channel_keys=packing.CHANNELS.keys, person=person,
        date=dt.date(2024, 1, 1 + number), dataset="made", events=nights, logged=frozenset({"sleep"}),
    )  # fmt: skip


class Reader:
    """Embeds a day by the mean heart rate it is shown, a text by whether it speaks of sleep."""

    dim, logit_scale, logit_bias, name = 2, 10.0, 0.0, "reader"

    def embed_days(self, days, window=None):
        level = np.array([(np.nanmean(d.values[:, HR]) - 68) / 30 for d in days])
        out = np.stack([level, np.ones_like(level)], 1).astype(np.float32)
        return out / np.linalg.norm(out, axis=1, keepdims=True)

    def embed_texts(self, texts):
        asleep = np.array([any(w in t for w in ("sleep", "rest", "bed")) for t in texts])
        out = np.stack([np.where(asleep, -1.0, 1.0), np.ones(len(texts))], 1).astype(np.float32)
        return out / np.linalg.norm(out, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def days():
    return [made_day(str(p), n) for p in range(5) for n in range(4)]


def test_windows_are_scored_beside_plain_statistics_and_by_who_was_held_out(days):
    models = evaluate_real.Models(trained=Reader(), untrained=Reader())
    row = evaluate_real.windows_task(
        models, days, evaluate_real.ASLEEP, evaluate_real.asleep_or_awake, ("HR", "steps"), lambda p: p in {"0", "1"}
    )
    assert row["people"] == 5
    assert row["held-out people"] == 2
    assert row["model"] > 0.99
    assert row["plain statistics, other real people"] > 0.99
    assert row["model"] == row["untrained"]
    # Backwards, the night's windows show the evening.
    assert row["model, day backwards"] < row["model"]


def test_hidden_channels_never_reach_a_model(days):
    day = evaluate_real.only(days[0], ("steps",))
    assert not day.observed[:, HR].any()
    assert np.array_equal(day.observed[:, STEPS], days[0].observed[:, STEPS])


def test_a_day_backwards_twice_is_the_day(days):
    again = evaluate_real.backwards(evaluate_real.backwards(days[0]))
    np.testing.assert_array_equal(again.values, days[0].values)


def test_macro_of_two_and_of_three_classes_is_sklearns():
    rng = np.random.default_rng(0)
    truth, scores = rng.integers(0, 3, 60), rng.normal(size=(60, 3)).astype(np.float32)
    rest = [scores[:, i] - np.delete(scores, i, 1).max(1) for i in range(3)]
    expected = np.mean([roc_auc_score(truth == i, rest[i]) for i in range(3)])
    assert evaluate_real.macro(truth, scores) == pytest.approx(expected)
    two = truth < 2
    expected = roc_auc_score(truth[two] == 0, scores[two, 0] - scores[two, 1])
    assert evaluate_real.macro(truth[two], scores[two, :2]) == pytest.approx(expected)


def test_questions_are_scored_for_all_days_and_for_held_out_ones(days):
    quiet = [
        replace(d, values=np.where(np.arange(len(packing.CHANNELS)) == STEPS, d.values * 0, d.values)) for d in days
    ]
    both = days + [replace(d, person=f"1{d.person}") for d in quiet]
    out = evaluate_real.questions_task(
        evaluate_real.Models(trained=Reader(), untrained=None), both, lambda p: p in {"0", "10"}
    )
    assert out["all days"]["days"] == 40
    assert out["held-out days"]["days"] == 8
    assert "couch day" in out["all days"]["per_question"]
    assert out["plain statistics, other real people"]["averaged"] > 0.95
