"""Numbers, hours and frames of composed statements."""

import re

import numpy as np
import pytest

from sensorlm.captions.composed import composed_statements
from sensorlm.captions.composed.base import PARTS_OF_DAY, clock_words, number_words, statement
from sensorlm.captions.facts import check_quantity
from sensorlm.captions.predicates import DAY_PREDICATES, WINDOW_PREDICATES
from sensorlm.captions.predicates.base import ask


@pytest.mark.parametrize(("value", "words"), [
    (0, "zero"), (7, "seven"), (20, "twenty"), (72, "seventy two"), (100, "one hundred"), (1500, "fifteen hundred"),
    (2000, "two thousand"), (12_000, "twelve thousand"),
])  # fmt: skip
def test_numbers_in_words(value, words):
    assert words in number_words(value)
    assert str(value) in number_words(value)


@pytest.mark.parametrize("value", [101, 555, 12_500])
def test_numbers_nobody_says_stay_figures(value):
    assert all(re.fullmatch(r"[\d,]+", said) for said in number_words(value))


@pytest.mark.parametrize("value", [-1, 100_000])
def test_numbers_outside_are_refused(value):
    with pytest.raises(ValueError, match=str(value)):
        number_words(value)


@pytest.mark.parametrize(("minute", "words"), [
    (0, "midnight"), (1440, "midnight"), (720, "noon"), (450, "half past seven in the morning"), (1380, "11 pm"),
    (780, "1 pm"), (30, "12 30 am"), (900, "1500"),
])  # fmt: skip
def test_the_clock(minute, words):
    assert words in clock_words(minute)


def test_minutes_nobody_names_are_refused():
    with pytest.raises(ValueError, match="minute 617"):
        clock_words(617)


def test_parts_cover_the_day_and_no_name_means_two():
    parts = sorted(span for span in PARTS_OF_DAY if span != (0, 1440))
    assert [a for a, _ in parts] == [0, *(b for _, b in parts[:-1])]
    assert parts[-1][1] == 1440
    names = [name for said in PARTS_OF_DAY.values() for name in said]
    assert len(names) == len(set(names))


def test_a_statement_fills_every_slot_and_repeats_nothing():
    facts = (ask("mean", "HR", 60, 70, margin=2),)
    found = statement(np.random.default_rng(0), "composed_x", facts, ["{who} had {a}", "{a}"],
                      {"who": ["he", "she"], "a": ["one", "two"]}, count=50)  # fmt: skip
    assert sorted(found.wordings) == ["he had one", "he had two", "one", "she had one", "she had two", "two"]
    assert {fact.kind for fact in found.facts} == {"plain:composed_x"}
    with pytest.raises(KeyError, match="b"):
        statement(np.random.default_rng(0), "composed_x", facts, ["{b}"], {"a": ["one"]})


def test_all_families_together():
    days, windows = composed_statements()
    assert composed_statements()[0][5] == days[5]
    assert len(days) > 1000
    assert len(windows) > 200
    everything = [*days, *windows]
    names = [p.name for p in everything]
    assert len(set(names)) == len(names)
    assert not set(names) & {p.name for p in (*DAY_PREDICATES, *WINDOW_PREDICATES)}
    for predicate in everything:
        assert len(predicate.wordings) >= 8
        for fact in predicate.facts:
            check_quantity(fact.quantity)
        spans = {(fact.quantity.start, fact.quantity.end) for fact in predicate.facts}
        assert ((0, 0) in spans) == (predicate in windows)
