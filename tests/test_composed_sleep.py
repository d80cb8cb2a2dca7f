"""Composed statements of sleep: valid, unlike each other, clean, and saying what their facts say."""

import re

import numpy as np
import pytest
from captions_made import CHANNELS, day_of

from sensorlm.captions.composed.sleep import ALL_KINDS, draw_sleep, frames
from sensorlm.captions.facts import DayBatch, check_quantity, evaluate
from sensorlm.records import Event


@pytest.fixture(scope="module")
def drawn():
    return draw_sleep(np.random.default_rng(1), 400)


@pytest.fixture(scope="module")
def many():
    return draw_sleep(np.random.default_rng(2), 4000)


def night_day(start, end, *, stages=(), naps=(), pulse=60.0, steps=()):
    """A day with one night, its stages, naps, a flat pulse and steps in some hours."""
    values = np.full((1440, len(CHANNELS)), np.nan, np.float32)
    values[:, CHANNELS.index("HR")] = pulse
    values[:, CHANNELS.index("steps")] = 0
    for a, b, rate in steps:
        values[a:b, CHANNELS.index("steps")] = rate
    events = [Event(kind="sleep", label="Asleep", start=a, end=b) for a, b in ((start, end), *naps)]
    events += [Event(kind="sleep", label=stage, start=a, end=b, stage=stage) for a, b, stage in stages]
    return day_of(values, CHANNELS.keys, events=events, logged=["sleep"])


def answers(predicates, day):
    """+1, 0 or -1 of each predicate."""
    facts = [fact for predicate in predicates for fact in predicate.facts]
    told = evaluate(facts, DayBatch.from_days([day]))[0].tolist()
    out = []
    for predicate in predicates:
        mine, told = told[: len(predicate.facts)], told[len(predicate.facts) :]
        out.append(min(mine))
    return out


def test_every_statement_asks_what_a_day_can_answer(drawn):
    assert len(drawn) == 400
    for predicate in drawn:
        assert predicate.name.startswith("composed_sleep_")
        for fact in predicate.facts:
            check_quantity(fact.quantity)
            assert fact.margin >= 0
            assert fact.kind == f"plain:{predicate.name}"


def test_names_and_facts_are_unique_and_draws_repeat(drawn, many):
    for predicates in (drawn, many):
        assert len({predicate.name for predicate in predicates}) == len(predicates)
        facts = {frozenset((f.quantity, f.low, f.high) for f in predicate.facts) for predicate in predicates}
        assert len(facts) == len(predicates)
    assert draw_sleep(np.random.default_rng(1), 400) == drawn
    assert draw_sleep(np.random.default_rng(3), 400) != drawn


def test_wordings_are_clean_many_and_of_many_kinds(many):
    for predicate in many:
        assert len(predicate.wordings) >= 10
        assert len(set(predicate.wordings)) == len(predicate.wordings)
        for wording in predicate.wordings:
            assert not re.search(r"[.;:{}]|  |^[A-Z](?![A-Z0-9]| |')", wording), wording
            assert wording == wording.strip()
    assert set(frames()) == set(ALL_KINDS)
    assert all(len(frames()[kind]) >= 10 for kind in ALL_KINDS)
    told = {kind for kind in ALL_KINDS if any(p.name.startswith(f"composed_sleep_{kind}_") for p in many)}
    assert told == set(ALL_KINDS)


def test_no_wording_has_two_meanings(many):
    meant = {}
    for predicate in many:
        facts = frozenset((f.quantity, f.low, f.high) for f in predicate.facts)
        for wording in predicate.wordings:
            assert meant.setdefault(wording, facts) == facts, wording


@pytest.mark.parametrize(("start", "end"), [(-130, 440), (100, 400)], ids=["early and long", "late and short"])
def test_bedtimes_and_lengths_say_what_the_words_say(start, end):
    day = DayBatch.from_days([night_day(start, end)])
    rng = np.random.default_rng(4)
    asked = {
        "bedtime": ("bed", start, r"(before|by|after|past|earlier than|later than) (\d+) ?pm"),
        "night_length": ("dur", end - start, r"(less than|under|more than|over) (\d+) hours"),
    }
    for kind, (slot, value, pattern) in asked.items():
        checked = 0
        for _ in range(200):
            facts, slots = ALL_KINDS[kind](rng)
            answer = evaluate(facts, day).min()
            for words in slots[slot]:
                if found := re.fullmatch(pattern, words):
                    bound = int(found[2]) * 60 - (720 if kind == "bedtime" else 0)
                    below = found[1] in {"before", "by", "earlier than", "less than", "under"}
                    if abs(value - bound) > 30:
                        assert answer == (1 if (value < bound) == below else -1), words
                        checked += 1
        assert checked >= 20


def by_wording(predicates, pattern):
    return [p for p in predicates if any(re.search(pattern, wording) for wording in p.wordings)]


def test_naps_wakings_stages_and_steps_on_made_days(many):
    stages = [(-60, 60, "light"), (60, 150, "deep"), (150, 160, "awake"), (160, 300, "light"), (300, 420, "rem")]
    plain = night_day(-60, 420, stages=stages, pulse=55, steps=[(600, 700, 100)])
    napper = night_day(-60, 420, stages=stages, naps=[(840, 930)], pulse=80, steps=[(0, 1440, 5)])
    no_naps = by_wording(many, r"^no nap ")
    assert {*answers(no_naps, plain)} == {1}
    assert -1 in answers(no_naps, napper)
    awake_day = [p for p in many if p.name.startswith("composed_sleep_wakings_event") and p.facts[-1].low >= 3]
    assert awake_day
    assert {*answers(awake_day, plain)} == {-1}
    late = [
        p for p in many
        if p.name.startswith("composed_sleep_stage_hours_event_minutes_sleep_rem_240") and p.facts[-1].low >= 15
        and p.facts[-1].high > 1000
    ]  # fmt: skip
    assert late
    assert {*answers(late, plain)} == {1}
    still = by_wording(many, r"pulse (above|over) (6[0-9]|7[0-9]) on average|averaging (above|over) (6[0-9]|7[0-9]) ")
    assert still
    assert 1 not in answers(still, plain)
    assert 1 in answers(still, napper)


def test_nothing_is_true_and_nothing_is_told_of_sleep_where_no_sleep_was_logged(many):
    day = night_day(0, 400)
    unlogged = day_of(day.values, CHANNELS.keys)
    assert 1 not in answers(many, unlogged)
    only_sleep = [p for p in many if all(f.quantity.subject.startswith("event:") for f in p.facts)]
    assert {*answers(only_sleep, unlogged)} == {0}
    unstaged = [p for p in only_sleep if any(":rem" in f.quantity.subject for f in p.facts)]
    assert 1 not in answers(unstaged, day)
