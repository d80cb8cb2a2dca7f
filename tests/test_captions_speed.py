"""What makes captions fast changes nothing: short ways to build facts, texts and draws against the long ones."""

import gc
import math
import pickle
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from captions_made import CHANNELS, made_day
from hypothesis import given
from hypothesis import strategies as st

from sensorlm.captions import generate_captions, levels, templates
from sensorlm.captions.collector import collector_paused
from sensorlm.captions.numbers import measure_days
from sensorlm.captions.sentences import Dice, _named, spoken_channels
from sensorlm.captions.words import number
from sensorlm.records import CAPTION_KEYS, Fact, Quantity, trusted_fact

ASKED = Quantity(statistic="mean", subject="HR")


def test_a_trusted_fact_is_a_fact():
    stated = (("mean", 1.5, "bpm"),)
    slow = Fact(kind="mean", quantity=ASKED, low=1.0, high=2.0, margin=0.5, stated=stated)
    fast = trusted_fact("mean", ASKED, 1.0, 2.0, 0.5, stated)
    assert type(fast) is Fact
    assert fast == slow
    assert hash(fast) == hash(slow)
    assert repr(fast) == repr(slow)
    assert pickle.loads(pickle.dumps(fast)) == slow
    assert trusted_fact("x", ASKED, 0.0, math.inf) == Fact(kind="x", quantity=ASKED, low=0.0)
    with pytest.raises(FrozenInstanceError):
        fast.low = 0.0


def test_facts_of_captions_have_their_bounds_in_order():
    made = generate_captions([made_day(i, holes=i % 2 == 1) for i in range(6)], tuple(CAPTION_KEYS), seed=1)
    facts = [fact for captions in made for caption in captions.values() for fact in caption.facts]
    assert len(facts) > 1000
    assert all(type(fact) is Fact and fact.low <= fact.high and fact.margin >= 0 for fact in facts)


@pytest.mark.parametrize("name", ["steps", "oxygen 95% {x} %(y)s"])
def test_a_named_template_says_what_format_says(name):
    fields = {"mean": "1", "min": "2", "max": "3", "std": "4", "start": "5", "end": "6", "first": "7", "last": "8",
              "moved": "9", "a_move": "10", "moving": "11", "value": "12%", "an_extreme": "13", "at": "14"}  # fmt: skip
    tables = (templates.STATISTICS_TEMPLATES, templates.TREND_TEMPLATES, templates.STABLE_TEMPLATES,
              templates.EXTREME_TEMPLATES)  # fmt: skip
    for template in (t for table in tables for t in table):
        if "{x}" in name:  # a name is text, whatever it looks like
            said = _named(template, name.upper(), name, "%") % fields
            assert name in said or name.upper() in said
        else:
            want = template.format(Name="Steps", name=name, u="%", **fields)
            assert _named(template, "Steps", name, "%") % fields == want


@given(st.floats(-1e7, 1e7), st.integers(0, 6))
def test_numbers_are_written_as_by_an_f_string(value, decimals):
    want = f"{value:,.{decimals}f}"
    assert number(value, decimals) in (want, want.removeprefix("-"))
    assert float(number(value, decimals).replace(",", "")) == float(want.replace(",", ""))


@pytest.mark.parametrize("seed", [0, 42, 2**63, -1])
def test_draws_are_those_of_a_generator(seed):
    dice, digest = Dice(seed, "bench/p1/2024-01-01"), 0xE5F6
    dice._bits = np.random.PCG64(np.random.SeedSequence([seed & (2**64 - 1), digest]))
    want = np.random.default_rng([seed & (2**64 - 1), digest]).integers(0, 2**62, 128).tolist()
    assert [dice(2**62) for _ in range(128)] == want[::-1]


def test_patterns_do_not_depend_on_the_size_of_a_block(monkeypatch):
    days = [made_day(i, holes=i % 2 == 1) for i in range(9)]
    numbers = measure_days(np.stack([day.values for day in days]))
    spoken = spoken_channels(CHANNELS.keys, CHANNELS)
    found = []
    for size in (1, 4, 100):
        monkeypatch.setattr(levels, "BLOCK_DAYS", size)
        found.append(levels.find_patterns(numbers, spoken))
    assert sum(found[0].shape) > 0
    for name in ("bounds", "channel", "shape", "first", "end"):
        assert getattr(found[0], name) == getattr(found[1], name) == getattr(found[2], name)
    np.testing.assert_allclose(found[0].levels, found[2].levels)


def broken(*, collecting):
    with collector_paused():
        assert not gc.isenabled()
        if not collecting:
            with collector_paused():
                pass
            assert not gc.isenabled()
        raise KeyError


def test_the_collector_rests_inside_and_is_as_before_outside():
    assert gc.isenabled()
    for collecting in (True, False):
        with pytest.raises(KeyError):
            broken(collecting=collecting)
        assert gc.isenabled()
    gc.disable()
    try:
        with collector_paused():
            pass
        assert not gc.isenabled()  # whoever switched it off wants it off
    finally:
        gc.enable()
