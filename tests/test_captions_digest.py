"""Digests against the day's own numbers by loops, and read back; what they leave unsaid."""

import re
from dataclasses import replace

import numpy as np
import pytest
from tasks_fakes import plain_day

from sensorlm.captions import digest_captions
from sensorlm.captions.digest import NOTHING, PLAIN, SECTIONS, STATEMENTS, read_sentence
from sensorlm.captions.facts import DayBatch, evaluate
from sensorlm.captions.parse import read_caption
from sensorlm.captions.predicates import DAY_PREDICATES
from sensorlm.channels import CHANNEL_SETS
from sensorlm.simulate import simulate_person

SET = CHANNEL_SETS["sensorlm-34"]


@pytest.fixture(scope="module")
def days():
    return [
        day
        for index, device in enumerate(("band", "watch", "band-steps"))
        for day in simulate_person(3, index, 5, channel_set=SET, devices={device: 1.0}).days()
    ]


def test_what_a_digest_states_is_true_and_reads_back(days):
    captions = digest_captions(days)
    assert sum(caption is not None for caption in captions) > len(days) / 2
    seen = set()
    for day, caption in zip(days, captions, strict=True):
        if caption is None:
            continue
        reading = read_caption(caption.text, SET)
        assert reading.facts == caption.facts
        assert reading.understood == reading.sentences
        assert (evaluate(caption.facts, DayBatch.from_days([day])) == 1).all(), caption.text
        seen |= {fact.quantity.subject for fact in caption.facts}
    assert {"HR", "steps", "event:sleep"} <= seen <= {"HR", "steps", "event:sleep", "event:sleep:awake"}


def test_numbers_are_those_of_the_minutes(days):
    heart, steps = SET.index("HR"), SET.index("steps")
    checked = 0
    for day, caption in zip(days, digest_captions(days), strict=True):
        text = caption.text if caption else ""
        found = re.search(r"Heart rate averaged about (\d+) bpm", text)
        if found:
            assert abs(float(found[1]) - np.nanmean(day.values[:, heart])) <= 1.01
            checked += 1
        found = re.search(r"About ([\d,]+) steps in all", text)
        if found:
            total = float(np.nansum(day.values[:, steps]))
            assert abs(float(found[1].replace(",", "")) - total) <= (251 if total < 10000 else 501)
            checked += 1
        found = re.search(r"It peaked at about (\d+) bpm", text)
        if found:
            assert abs(float(found[1]) - np.nanmax(day.values[:, heart])) <= 2.51
            checked += 1
    assert checked > 10


def test_a_section_is_a_part_behind_its_name(days):
    whole = digest_captions(days)
    parts = {section: digest_captions(days, section) for section in SECTIONS}
    for i, caption in enumerate(whole):
        said = [parts[section][i] for section in SECTIONS if parts[section][i] is not None]
        names = [section for section in SECTIONS if parts[section][i] is not None]
        assert [part.text.split(": ")[0] for part in said] == names
        joined = [fact for part in said for fact in part.facts]
        assert (caption is None and not said) or list(caption.facts) == joined
        for part in said:
            assert read_caption(part.text, SET).facts == part.facts


def test_nothing_is_said_of_what_was_not_recorded():
    day = plain_day(0)
    nothing = np.full_like(day.values, np.nan)
    silent = replace(day, values=nothing, observed=~np.isnan(nothing), events=(), logged=frozenset())
    assert digest_captions([silent]) == [None]
    assert digest_captions([]) == []
    assert read_caption(f"Sleep: {NOTHING}", SET).facts == ()
    assert read_caption(NOTHING, SET).understood == 1


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda s: s.text)
def test_every_sentence_reads_back_into_its_own_fact(statement):
    text = statement.text.format(n="60", t="07:30", d="8 h")
    (fact,) = read_sentence(text)
    assert fact.quantity == statement.quantity
    assert read_sentence(text.lower()) == (fact,)
    if statement.limits is None:
        assert fact.low < fact.high
        assert read_sentence("About 60 elephants.") is None
    else:
        assert (fact.low, fact.high) == statement.limits


def test_the_band_is_wider_than_the_rounding():
    for statement in STATEMENTS:
        if statement.limits is None:
            for value in (10.0, 60.0, 450.0, 2600.0, 9900.0, 25000.0):
                assert statement.band(value) > statement.grid(value) / 2


def test_plain_sentences_are_predicates_in_their_first_wording():
    known = {predicate.name: predicate for predicate in DAY_PREDICATES}
    for names in PLAIN.values():
        for name in names:
            assert read_sentence(known[name].wordings[0] + ".") == known[name].facts


def test_no_sentence_means_two_things():
    wordings = {wording.lower() for predicate in DAY_PREDICATES for wording in predicate.wordings}
    fixed = {s.text.rstrip(".").lower() for s in STATEMENTS if s.limits is not None}
    assert fixed
    assert not fixed & wordings
