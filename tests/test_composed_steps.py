"""Composed statements of steps and wear: sound, unlike each other, cleanly worded, and true of the right days."""

import re
from collections import Counter

import numpy as np
import pytest
from captions_made import CHANNELS, day_of

from sensorlm.captions.composed.steps import STEP_KINDS, draw_steps
from sensorlm.captions.composed.steps_bouts import BOUT_KINDS
from sensorlm.captions.composed.steps_still import STILL_KINDS
from sensorlm.captions.composed.steps_times import TIME_KINDS
from sensorlm.captions.composed.steps_wear import WEAR_KINDS
from sensorlm.captions.composed.steps_words import between, clock, counted, from_to, lasting, since, usual
from sensorlm.captions.facts import DayBatch, check_quantity, evaluate

DRAWN = draw_steps(np.random.default_rng(3), 400)
STEPS, PULSE = CHANNELS.keys.index("steps"), CHANNELS.keys.index("HR")


def kind_of(predicate):
    return re.match(r"composed_steps_([a-z_]+?)_\d", predicate.name).group(1)


def made(*walks, off=()):
    """A day at 65 beats without a step but for walks (start, end, steps a minute), at 95 beats; off is (start, end)."""
    values = np.full((1440, len(CHANNELS)), np.nan, np.float32)
    values[:, STEPS], values[:, PULSE] = 0, 65
    for start, end, pace in walks:
        values[start:end, STEPS], values[start:end, PULSE] = pace, 95
    for start, end in off:
        values[start:end] = np.nan
    return day_of(values, CHANNELS.keys)


def test_facts_can_be_asked_and_no_two_statements_are_alike():
    for predicate in DRAWN:
        for fact in predicate.facts:
            check_quantity(fact.quantity)
            assert fact.low <= fact.high, predicate.name
            assert fact.margin > 0, predicate.name
            assert fact.kind == f"plain:{predicate.name}"
    assert len({predicate.name for predicate in DRAWN}) == 400
    assert len({tuple((f.quantity, f.low, f.high) for f in predicate.facts) for predicate in DRAWN}) == 400
    assert len({kind_of(predicate) for predicate in DRAWN}) >= 40


def test_the_same_generator_draws_the_same():
    assert draw_steps(np.random.default_rng(3), 50) == DRAWN[:50]
    assert draw_steps(np.random.default_rng(4), 50) != DRAWN[:50]


def test_wordings_are_many_clean_and_mean_one_thing():
    assert min(len(predicate.wordings) for predicate in DRAWN) >= 10
    wordings = [wording for predicate in DRAWN for wording in predicate.wordings]
    assert [wording for wording, times in Counter(wordings).items() if times > 1] == []
    for wording in wordings:
        assert not set(".;:{}|") & set(wording), wording
        assert wording == wording.strip().lower(), wording
        assert not re.search(r"  | ,|\b(in|of|to) from\b|\bin between|\bat at\b", wording), wording


def test_thousands_can_be_drawn():
    assert len({predicate.name for predicate in MANY}) == 4000


@pytest.mark.parametrize("kind", [*STEP_KINDS, *TIME_KINDS, *BOUT_KINDS, *STILL_KINDS, *WEAR_KINDS])
def test_frames_are_many_and_every_slot_is_given(kind):
    drawn = kind(np.random.default_rng(1))
    frames = [frame.strip() for frame in re.split(r"[|\n]", drawn.frames) if frame.strip()]
    assert len(set(frames)) == len(frames) >= 8
    assert {slot for frame in frames for slot in re.findall(r"{(\w+)}", frame)} <= set(drawn.slots)
    for slot in re.findall(r"{(\w+)}", drawn.frames):
        assert drawn.slots[slot], slot


MANY = draw_steps(np.random.default_rng(8), 4000)


def answers(day, pattern):
    """What a day says of every statement whose name fits: name -> 1, 0 or -1, all facts together."""
    found = {p.name: p.facts for p in MANY if re.search(pattern, p.name)}
    batch = DayBatch.from_days([day])
    return {name: int(evaluate(facts, batch)[0].min()) for name, facts in found.items()}


def test_made_days_give_the_answers_one_expects():
    # 40 minutes of walking from 8, an hour from 17, nothing else: 4,000 and 6,000 steps.
    day = made((480, 520, 100), (1020, 1080, 100))
    totals = answers(day, r"steps_total_0_1440_")
    assert totals
    for name, said in totals.items():
        low, high = (float(x.replace("minf", "-inf").replace("p", ".")) for x in name.split("_")[-2:])
        if said:
            assert said == (1 if low <= 10000 <= high else -1), name
    assert set(answers(day, r"steps_none_(8|9)\d\d_").values()) == {1}
    assert set(answers(day, r"steps_walk_1020_1260_(10|15|20|30)_").values()) == {1}
    assert set(answers(day, r"steps_no_walk_720_1020_").values()) <= {1}
    assert -1 in answers(day, r"steps_no_walk_0_1440_").values()
    firsts = answers(day, r"steps_first_240_1440_10_\d+_inf")
    assert firsts
    for name, said in firsts.items():
        after = int(name.split("_")[-2])
        assert said == (1 if after <= 480 else -1 if after > 495 else 0), name
    # The second walk is longer: more steps in the afternoon, and the busiest hour is at half past five.
    for name, said in answers(day, r"steps_busiest_0_1440_60_").items():
        low, high = (float(x.replace("minf", "-inf")) for x in name.split("_")[6:8])
        assert said in (0, 1 if low <= 1050 <= high else -1), name


def test_wear_is_told_from_the_gap():
    day = made((600, 640, 100), off=((0, 420),))
    night_off = answers(day, r"steps_off_(0_300|0_360|60_300|120_360|0_240)_")
    assert night_off
    assert set(night_off.values()) == {1}
    assert set(answers(day, r"steps_on_(0_300|0_360|60_300|120_360|0_240)_").values()) == {-1}
    assert set(answers(day, r"steps_put_on_0_420_").values()) <= {1}
    assert set(answers(day, r"steps_on_(720_1020|1020_1260)_").values()) <= {1}


def test_hours_numbers_and_lengths_are_said_as_people_say_them():
    assert clock(720) == ("noon", "midday")
    assert clock(1050)[:2] == ("5 30 pm", "half past five in the afternoon")
    assert "between 2 and 4 pm" in between(840, 960).words
    assert "from 9 pm on" in since(1260).words
    assert counted(12500) == ("12,500", "12500", "twelve and a half thousand")
    assert counted(5000) == ("5,000", "5000", "five thousand", "5k")
    assert lasting(30) == ("30 minutes", "thirty minutes", "half an hour")
    assert lasting(720) == ("12 hours", "twelve hours")
    assert from_to(("a", "b"), ("c", "d"))[::4] == ("between a and c", "between b and d")
    assert usual((480, 540)) == 390
