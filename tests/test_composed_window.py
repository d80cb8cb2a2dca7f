"""Composed statements about the minutes shown: valid, unlike each other, clean in wording, right on made days."""

import re
from itertools import pairwise

import numpy as np
import pytest
from captions_made import CHANNELS, day_of

from sensorlm.captions.composed.window import KINDS, draw_window
from sensorlm.captions.composed.window_acts import diary, diary_plain
from sensorlm.captions.composed.window_efforts import GRADES, grade_mean
from sensorlm.captions.composed.window_parts import Draft
from sensorlm.captions.facts import VISIBLE, DayBatch, check_quantity, evaluate
from sensorlm.captions.predicates.base import Predicate
from sensorlm.records import Event

DRAWN = draw_window(np.random.default_rng(1), 400)


def facts_of(predicate: Predicate) -> tuple[object, ...]:
    return tuple(sorted((f.quantity.key, f.low, f.high) for f in predicate.facts))


def test_facts_ask_what_the_minutes_shown_can_answer():
    for predicate in DRAWN:
        assert predicate.facts
        for fact in predicate.facts:
            check_quantity(fact.quantity)
            assert (fact.quantity.start, fact.quantity.end) == VISIBLE
            assert fact.low <= fact.high
            assert fact.kind == f"plain:{predicate.name}"
            subject = fact.quantity.subject
            assert subject.startswith(("event:sleep", "event:activity:")) or subject in CHANNELS.keys


def test_names_and_facts_are_unlike_each_other_and_the_draw_is_deterministic():
    assert len(DRAWN) == 400
    assert len({p.name for p in DRAWN}) == 400
    assert len({facts_of(p) for p in DRAWN}) == 400
    assert all(p.name.startswith("composed_window_") for p in DRAWN)
    assert draw_window(np.random.default_rng(1), 400) == DRAWN
    assert draw_window(np.random.default_rng(2), 400) != DRAWN


def test_wordings_are_many_and_clean():
    for predicate in DRAWN:
        assert len(predicate.wordings) >= 10, predicate.name
        assert len(set(predicate.wordings)) == len(predicate.wordings)
        for wording in predicate.wordings:
            assert not re.search(r"[.;:{}|]|\s\s|\s,|,,|\ba [aeio]|\bat at\b|\bof of\b", wording), wording
            assert wording == wording.strip()
            assert wording[0].islower() or wording[0].isdigit() or wording.startswith(("I ", "REM ")), wording


@pytest.mark.parametrize("kind", sorted(set(KINDS), key=lambda k: (k.__module__, k.__name__)))
def test_each_kind_has_frames_enough_and_all_their_slots(kind):
    for seed in range(20):
        draft = kind(np.random.default_rng(seed))
        assert isinstance(draft, Draft)
        assert len(set(draft.frames)) >= 8
        assert all(draft.slots.values())


def test_too_many_are_refused(monkeypatch):
    monkeypatch.setattr("sensorlm.captions.composed.window.KINDS", (grade_mean,))
    with pytest.raises(ValueError, match="Ask for fewer"):
        draw_window(np.random.default_rng(0), 1000)


def made_batch() -> DayBatch:
    """Four hours, one after the other: asleep, at a desk, cooking, a run; nothing else recorded."""
    values = np.full((1440, 34), np.nan, np.float32)
    hr, steps = CHANNELS.index("HR"), CHANNELS.index("steps")
    for start, pulse, rate in ((60, 52, 0), (600, 70, 0), (700, 88, 14), (800, 145, 160)):
        values[start : start + 60, hr] = pulse
        values[start : start + 60, steps] = rate
    sleep = Event(kind="sleep", label="Asleep", start=0, end=420)
    done = [Event(kind="activity", label=what, start=start, end=start + 60)
            for what, start in (("Desk work", 600), ("Cooking", 700))]  # fmt: skip
    return DayBatch.from_days([day_of(values, CHANNELS.keys, events=[sleep, *done], logged=["sleep", "activity"])])


WINDOWS = {"asleep": (60, 120), "desk": (600, 660), "pottering": (700, 760), "run": (800, 860)}


def answers(draft: Draft) -> dict[str, int]:
    batch = made_batch()
    return {name: int(evaluate(draft.facts, batch, np.array([at])).min()) for name, at in WINDOWS.items()}


@pytest.mark.parametrize(
    ("grade", "yes", "no"),
    [
        ("resting", {"asleep"}, {"pottering", "run"}),
        ("sedentary", {"asleep", "desk"}, {"pottering", "run"}),
        ("light", {"pottering"}, {"asleep", "run"}),
        ("moderate", set(), {"asleep", "desk", "pottering", "run"}),
        ("vigorous", {"run"}, {"asleep", "desk", "pottering"}),
        ("active", {"run"}, {"asleep", "desk", "pottering"}),
    ],
)
def test_grades_are_told_apart_by_the_pulse_alone(grade, yes, no):
    drafts = [grade_mean(np.random.default_rng(seed)) for seed in range(200)]
    found = [
        d for d in drafts if d.key.split("_")[1:-1] in (grade.split("_"), [*grade.split("_"), d.key.split("_")[-2]])
    ]
    assert found
    for draft in found:
        assert {fact.quantity.subject for fact in draft.facts} == {"HR"}
        got = answers(draft)
        assert all(got[name] == 1 for name in yes), (draft.key, got)
        assert all(got[name] == -1 for name in no), (draft.key, got)


def test_grades_that_follow_each_other_leave_no_zone_to_two():
    order = [GRADES[name] for name in ("sedentary", "light", "moderate", "vigorous")]
    for one, other in pairwise(order):
        assert one.high <= other.low


def test_a_diary_names_what_fits():
    drafts = [kind(np.random.default_rng(seed)) for seed in range(150) for kind in (diary, diary_plain)]
    seen = {}
    for draft in drafts:
        name = draft.key.removeprefix("diary_").rstrip("_0123456789").removesuffix("_named")
        for window, answer in answers(draft).items():
            seen.setdefault((name, window), set()).add(answer)
    assert 1 in seen["run", "run"]
    assert 1 in seen["sitting", "desk"]
    assert 1 in seen["chores", "pottering"]
    assert 1 in seen["screen", "desk"]
    assert 1 in seen["lying", "asleep"]
    # Who sleeps does not sit, and steps and pulse alone make no meal.
    for name, window in (("sitting", "asleep"), ("screen", "asleep"), ("eating", "desk"), ("eating", "asleep")):
        assert 1 not in seen[name, window], (name, window)
    for name, window in (("run", "desk"), ("sitting", "run"), ("lying", "pottering"), ("chores", "asleep")):
        assert seen[name, window] == {-1}, (name, window)


def test_days_give_the_expected_answers():
    expected = {
        r"composed_window_pulse_(6[05]_75|6[05]_80)$": ("desk", "run"),
        r"composed_window_(no_step|still)_at_(50|55|60|65)_(75|80|85|90)$": ("desk", "run"),
        r"composed_window_asleep_(nearly_all|most|half|mostly)": ("asleep", "desk"),
        r"composed_window_steps_rate_(2|3|5|8|10)_(up|[2345][0-9])$": ("pottering", "desk"),
        r"composed_window_grade_share_active_(most|half|nearly_all|third)$": ("run", "pottering"),
        r"composed_window_pulse_top_(110|120|130)_up$": ("run", "pottering"),
    }
    drawn = draw_window(np.random.default_rng(3), 1500)
    for pattern, (yes, no) in expected.items():
        found = [p for p in drawn if re.match(pattern, p.name) and (len(p.facts) == 1 or "_at_" in p.name)]
        assert found, pattern
        for predicate in found:
            got = answers(Draft(key="", facts=predicate.facts, frames=()))
            assert (got[yes], got[no]) == (1, -1), (predicate.name, got)
