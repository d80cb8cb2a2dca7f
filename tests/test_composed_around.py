"""Composed statements around sleep, of walking and of stillness: valid, in clean words, true of the right days."""

import re
from dataclasses import replace

import numpy as np
import pytest
from captions_made import CHANNELS, day_of

from sensorlm.captions.composed.around import draw_around
from sensorlm.captions.facts import DayBatch, check_quantity, evaluate
from sensorlm.records import Event

COUNT = 420
STATEMENTS = draw_around(np.random.default_rng(5), COUNT)


@pytest.fixture(scope="module")
def days():
    """Two nights from 23:00 to 7:00; up and walking at once with a pulse of 90, or still until nine at 62."""
    values = np.full((1440, len(CHANNELS)), np.nan, np.float32)
    steps, pulse = CHANNELS.index("steps"), CHANNELS.index("HR")
    values[:, steps], values[:, pulse] = 0, 62
    values[:420, pulse] = np.linspace(60, 50, 420)
    lazy = day_of(values.copy(), CHANNELS.keys, events=(
        Event(kind="sleep", label="Asleep", start=-60, end=420),
        Event(kind="sleep", label="Asleep", start=1380, end=1860),
    ), logged={"sleep"})  # fmt: skip
    values[421:600, steps], values[421:600, pulse] = 100, 90
    values[1200:1380, steps], values[1200:1380, pulse] = 80, 88
    return DayBatch.from_days([lazy, replace(lazy, values=values, observed=np.isfinite(values))])


def test_statements_are_valid_and_unlike_each_other():
    assert len({p.name for p in STATEMENTS}) == COUNT
    assert all(p.name.startswith("composed_around_") for p in STATEMENTS)
    assert [p.name for p in draw_around(np.random.default_rng(5), COUNT)] == [p.name for p in STATEMENTS]
    for predicate in STATEMENTS:
        for fact in predicate.facts:
            check_quantity(fact.quantity)
            assert fact.low < fact.high


def test_wordings_are_clean():
    for predicate in STATEMENTS:
        assert len(predicate.wordings) >= 8
        assert all(re.fullmatch(r"[a-zA-Z0-9 ,'-]+", words) for words in predicate.wordings), predicate.wordings
        assert not any(re.search(r"\b(the|first|last|final) (an|half an)\b", words) for words in predicate.wordings)


@pytest.mark.parametrize(
    ("name", "lazy", "busy"),
    [
        (r"steps_at_waking_total_240_300_from_\d+$", -1, 1),
        (r"steps_at_waking_max_240_\d+_from_3$", -1, 1),
        (r"steps_at_waking_max_240_\d+_to_0$", 1, -1),
        (r"steps_at_bedtime_total_1140_1200_from_\d+$", -1, 1),
        (r"HR_at_bedtime_mean_\d+_1200_from_(7[2468]|80)$", -1, 1),
        (r"HR_at_waking_change_.*_from_(8|10)$", 1, 1),
        (r"HR_at_walking_mean_(480|0)_1440_to_(9[4-9]|1\d\d)$", 0, 1),
        (r"HR_at_still_mean_0_1440_from_(7\d)$", -1, -1),
        (r"HR_at_walking-still_mean_480_1320_from_(10|12|15|18|20|22)$", 0, 1),
        (r"pace_mean_0_1440_from_8\d$", 0, 1),
        (r"HR_at_night_quietest_minute_.*from_9\d\d_to_1440$", 1, 1),
        (r"HR_at_night_quietest_minute_.*from_0_to_\d+$", -1, -1),
    ],
)
def test_they_are_true_of_the_days_they_should_be(days, name, lazy, busy):
    asked = [p for p in STATEMENTS if re.search(name, p.name)]
    assert asked
    for predicate in asked:
        found = evaluate(predicate.facts, days).min(1)
        assert found.tolist() == [lazy, busy], predicate.name
