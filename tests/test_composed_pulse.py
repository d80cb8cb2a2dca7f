"""Composed statements of the pulse: valid, unlike each other, in clean words, and true of the days they should be."""

import numpy as np
import pytest
from captions_made import CHANNELS, day_of

from sensorlm.captions.composed.pulse import KINDS, draw_pulse
from sensorlm.captions.composed.pulse_levels import heart
from sensorlm.captions.composed.pulse_shapes import shifted
from sensorlm.captions.composed.pulse_words import (
    Draft,
    between,
    clock,
    draw_hours,
    frames,
    hours_of,
    length,
    named_length,
    slots,
)
from sensorlm.captions.facts import DayBatch, check_quantity, evaluate
from sensorlm.errors import RecordError
from sensorlm.records import Event

DRAWN = draw_pulse(np.random.default_rng(5), 400)


def pulse_day(*pieces, steps=()):
    """60 beats a minute but for some pieces (start, end, pulse); slept until seven."""
    values = np.full((1440, len(CHANNELS.keys)), np.nan, np.float32)
    values[:, CHANNELS.index("HR")] = 60
    values[:, CHANNELS.index("steps")] = 0
    for start, end, beats in pieces:
        values[start:end, CHANNELS.index("HR")] = beats
    for start, end, count in steps:
        values[start:end, CHANNELS.index("steps")] = count
    sleep = Event(kind="sleep", label="Asleep", start=-30, end=420)
    return day_of(values, CHANNELS.keys, events=[sleep], logged=["sleep"])


def test_facts_are_valid_and_no_two_statements_are_the_same():
    for predicate in DRAWN:
        for fact in predicate.facts:
            check_quantity(fact.quantity)
            assert fact.low <= fact.high
            assert fact.margin >= 0
            assert fact.kind == f"plain:{predicate.name}"
    assert len(DRAWN) == len({p.name for p in DRAWN}) == 400
    assert all(p.name.startswith("composed_pulse_") for p in DRAWN)
    assert len({frozenset((f.quantity, f.low, f.high) for f in p.facts) for p in DRAWN}) == 400


def test_the_same_generator_gives_the_same_statements_and_another_one_others():
    again = draw_pulse(np.random.default_rng(5), 400)
    assert again == DRAWN
    assert draw_pulse(np.random.default_rng(6), 40) != DRAWN[:40]


def test_wordings_are_many_and_clean():
    for predicate in DRAWN:
        assert len(predicate.wordings) >= 10, predicate.name
        for wording in predicate.wordings:
            assert not any(mark in wording for mark in ".;:{}"), wording
            assert wording == " ".join(wording.split())
            assert not wording[0].isupper() or wording.split()[0].strip(",") in {"HR", "RMSSD", "SD", "HRV"}, wording


def test_few_wordings_are_shared_by_statements_that_differ():
    said = {}
    for predicate in DRAWN:
        for wording in predicate.wordings:
            said.setdefault(wording, set()).add(predicate.name)
    assert not [wording for wording, names in said.items() if len(names) > 1]


def test_there_are_many_kinds_and_they_ask_for_many_statistics():
    assert len(set(KINDS)) >= 30
    statistics = {fact.quantity.statistic for predicate in DRAWN for fact in predicate.facts}
    assert {"mean", "max", "min", "std", "share_above", "longest_below", "change", "fall_after_max"} <= statistics


def test_no_more_are_promised_than_there_are(monkeypatch):
    only = Draft((heart("mean", hours_of(480, 720), 70),), frames("{hr} over 70 {at}"), slots(hours_of(480, 720)))
    monkeypatch.setattr("sensorlm.captions.composed.pulse.KINDS", (lambda rng: only,))
    with pytest.raises(RecordError, match="2 statements of 'pulse' were asked for and 1 found"):
        draw_pulse(np.random.default_rng(0), 2)


def test_hours_are_named_without_doubt():
    for seed in range(300):
        hours = draw_hours(np.random.default_rng(seed), least=60)
        start, end = hours.span
        assert 0 <= start < end <= 1440
        assert end - start >= 60
        assert len(hours.at) >= 3
    assert "before noon" not in hours_of(480, 720).at
    assert "from 2 to 4 pm" in hours_of(840, 960).at
    assert "between two and four in the afternoon" in hours_of(840, 960).at
    assert any("ten in the morning on" in said for said in hours_of(600, 1440).at)
    assert clock(570)[0] == "half past nine in the morning"
    assert "half an hour" in length(30)
    assert "in the sixties" in between(60, 70)
    assert named_length(np.random.default_rng(0), 30, 0.01) == 30


@pytest.mark.parametrize(
    ("statistic", "at", "low", "high", "over", "expected"),
    [
        ("mean", (720, 1020), 80, 300, 0, [1, -1, -1]),
        ("max", (480, 720), 121, 300, 0, [-1, 1, -1]),
        ("longest_above", (0, 1440), 30, 1440, 100, [1, -1, -1]),
        ("share_above", (720, 1020), 0.4, 1, 90, [1, -1, -1]),
        ("minute_of_max", (0, 1440), 0, 700, 0, [-1, 1, 1]),
    ],
)
def test_facts_tell_made_days_apart(statistic, at, low, high, over, expected):
    """A raised afternoon, a short sharp morning effort, a flat day."""
    days = [pulse_day((720, 900, 110)), pulse_day((600, 605, 150)), pulse_day()]
    fact = heart(statistic, hours_of(*at), low, high, over=over, margin=0.05)
    assert evaluate([fact], DayBatch.from_days(days))[:, 0].tolist() == expected


def test_what_statements_say_is_what_days_hold():
    """Statements drawn at random, read back from their own words."""
    raised, flat = pulse_day((720, 1020, 110), steps=[(720, 1020, 20)]), pulse_day()
    batch = DayBatch.from_days([raised, flat])
    checked = 0
    for predicate in draw_pulse(np.random.default_rng(11), 1500):
        if len(predicate.facts) > 1 or "_HR_mean_720_1020_" not in predicate.name.replace("composed_pulse", ""):
            continue
        fact = predicate.facts[0]
        got = evaluate([fact], batch)[:, 0].tolist()
        for value, answer in zip((110, 60), got, strict=True):
            if answer:
                assert (fact.low <= value <= fact.high) == (answer == 1), predicate.wordings[0]
                checked += 1
        over = any(word in " ".join(predicate.wordings) for word in (" over ", " above ", " fast "))
        under = any(word in " ".join(predicate.wordings) for word in (" under ", " below ", " slow "))
        assert over == (fact.high >= 300), predicate.wordings
        assert under == (fact.low <= 0), predicate.wordings
    assert checked >= 4


def test_comparisons_have_the_right_sign():
    morning, evening = hours_of(480, 720), hours_of(1020, 1260)
    days = [pulse_day((1020, 1260, 80)), pulse_day((480, 720, 80))]
    assert evaluate([shifted(morning, evening, 10, 500)], DayBatch.from_days(days))[:, 0].tolist() == [1, -1]
    checked = 0
    for predicate in draw_pulse(np.random.default_rng(3), 1500):
        words = [w for w in predicate.wordings if w.startswith("comparing means")]
        if not words or len(predicate.facts) > 1:
            continue
        asked = predicate.facts[0].quantity
        size = int(asked.argument)
        ends = hours_of(asked.start, asked.start + size), hours_of(asked.end - size, asked.end)
        for text in words:
            places = [min(text.index(name) for name in hours.at if name in text) for hours in ends]
            first_is_faster = any(word in text for word in (" higher than ", " faster than ", " quicker than "))
            # "faster in the evening than in the morning": the evening, which is later, is the faster one.
            first_is_later = places[1] < places[0]
            assert (predicate.facts[0].low > 0) == (first_is_later == first_is_faster), text
            checked += 1
    assert checked >= 3
