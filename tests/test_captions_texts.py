"""Captions of made days: nothing the data do not say, read back whole, within budget, the same in every batch."""

import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest
from captions_made import CHANNELS, day_of, made_day, made_values

from sensorlm import captions as C
from sensorlm.captions import event_templates, templates
from sensorlm.captions.facts import DayBatch, caption_from_json, caption_to_json, evaluate, true_in_day
from sensorlm.captions.parse import parse_facts, read_caption
from sensorlm.captions.reference import reference_captions
from sensorlm.captions.sentences import spoken_channels, token_count
from sensorlm.channels import CHANNEL_SETS, Channel, ChannelSet
from sensorlm.errors import ChannelError, RecordError
from sensorlm.records import CAPTION_KEYS, Event

KEYS = tuple(CAPTION_KEYS)
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@pytest.fixture(scope="module")
def days():
    return [made_day(i, holes=i % 2 == 1) for i in range(24)]


@pytest.fixture(scope="module")
def made(days):
    return C.generate_captions(days, KEYS, seed=3)


def test_every_fact_of_a_caption_is_true_of_its_own_day(days, made):
    facts = 0
    for day, captions in zip(days, made, strict=True):
        batch = DayBatch.from_days([day])
        for caption in captions.values():
            answers = evaluate(caption.facts, batch)[0]
            assert (answers == 1).all(), [f for f, a in zip(caption.facts, answers, strict=True) if a != 1]
            facts += len(answers)
    assert facts > 5000


def test_a_caption_read_back_from_its_text_alone_states_the_same_facts(made):
    for captions in made:
        for caption in captions.values():
            reading = read_caption(caption.text, CHANNELS)
            assert reading.understood == reading.sentences, caption.text
            assert reading.facts == caption.facts


def clock_numbers(value):
    minute = int(value)
    past = minute % 1440
    hours = past // 60
    return {float(past), float(minute), float(hours), float(past % 60), float((hours + 11) % 12 + 1), 24.0}


def test_every_number_in_a_text_is_one_that_its_facts_state(made):
    """Independent of the parser: collect the digits, and look each up among the stated values."""
    for captions in made:
        for caption in captions.values():
            stated = {0.0}
            for fact in caption.facts:
                for name, value, unit in fact.stated:
                    stated |= {round(value, 3)} | (clock_numbers(value) if unit == "minute" else set())
                    stated |= {float(int(value) // 60)} if name in ("duration", "minutes") else set()
                asked = fact.quantity
                stated |= clock_numbers(asked.start) | clock_numbers(asked.end)
            text = caption.text.replace("pNN20", "")
            for number in NUMBER.findall(text):
                assert abs(float(number.replace(",", ""))) in {abs(s) for s in stated}, (number, caption.text)


def test_missing_channels_are_never_described(days, made):
    for day, captions in zip(days, made, strict=True):
        gone = {key for c, key in enumerate(day.channel_keys) if not day.observed[:, c].any()}
        for caption in captions.values():
            assert not gone & {fact.quantity.subject for fact in caption.facts}
    assert any(not day.observed[:, c].any() for day in days for c in range(34))


def test_all_34_channels_are_described():
    days = [made_day(i, events=False) for i in range(40)]
    found = set()
    structural = set()
    for captions in C.generate_captions(days, ("low_level_caption", "middle_level_caption"), seed=1):
        found |= {fact.quantity.subject for fact in captions["low_level_caption"].facts}
        structural |= {fact.quantity.subject for fact in captions["middle_level_caption"].facts}
    assert found == set(CHANNELS.keys)
    assert structural == set(CHANNELS.keys)


def test_captions_stay_within_their_budgets_and_end_in_whole_sentences(made):
    for captions in made:
        for key, caption in captions.items():
            assert caption.key == key
            assert caption.text.endswith(".")
            sentences = re.split(r"(?<=[.]) ", caption.text)
            assert sum(map(token_count, sentences)) <= CAPTION_KEYS[key]
            assert all(sentence[0].isupper() or sentence.startswith("pNN20") for sentence in sentences)


def test_the_token_count_is_never_below_words_in_pieces_of_six(made):
    for captions in made[:8]:
        for sentence in re.split(r"(?<=[.]) ", captions["high_middle_low_level_caption"].text):
            assert token_count(sentence) >= len(re.findall(r"[A-Za-z]{1,6}|[^\sA-Za-z]", sentence))


def test_grammar_articles_and_plurals(made):
    text = " ".join(caption.text for captions in made for caption in captions.values())
    assert not re.search(r"\ban? (?:increasing|decreasing)\b", text)
    assert not re.search(r"\ba [aeiou](?!ne\b|ni|s[ae])", text), re.findall(r"\ba [aeiou]\w+", text)[:5]
    assert not re.search(r"\ban [bcdfgjklmnpqrstvwxyz]", text)
    assert not re.search(r"\b1 (?:minutes|hours)\b", text)
    assert not re.search(r"\b(?:[02-9]|\d\d+) (?:minute|hour)\b(?!-)", text)
    assert "  " not in text
    assert "{" not in text


def test_there_are_at_least_as_many_templates_as_the_reference_has():
    counts = {
        20: (templates.STATISTICS_TEMPLATES, event_templates.ACTIVITY_TEMPLATES),
        15: (templates.TREND_TEMPLATES, templates.EXTREME_TEMPLATES),
        10: (event_templates.SLEEP_TEMPLATES, event_templates.MOOD_TEMPLATES),
    }
    for least, tables in counts.items():
        assert all(len(set(table)) >= least for table in tables)


def test_a_days_captions_depend_on_seed_and_day_and_on_nothing_else(days):
    whole = C.generate_captions(days, KEYS, seed=3)
    alone = C.generate_captions(days[5:6], KEYS, seed=3)[0]
    assert alone == whole[5]
    assert (
        C.generate_captions(days[5:6], ("low_level_caption",), seed=3)[0]["low_level_caption"]
        == (whole[5]["low_level_caption"])
    )
    assert C.generate_captions(days[5:6], KEYS, seed=4)[0] != alone


def test_the_three_public_functions_give_the_batchs_captions(days):
    whole = C.generate_captions(days[:1], KEYS, seed=9)[0]
    assert C.generate_statistical_caption(days[0], seed=9) == whole["low_level_caption"]
    assert C.generate_structural_caption(days[0], seed=9) == whole["middle_level_caption"]
    assert C.generate_semantic_caption(days[0], seed=9) == whole["high_level_summary_caption"]
    assert C.generate_semantic_caption(days[0], seed=9, summary=False) == whole["high_level_all_caption"]


def test_nothing_is_said_of_a_day_without_data():
    empty = day_of(np.full((1440, 34), np.nan, np.float32), CHANNELS.keys)
    assert C.generate_captions([empty], KEYS, seed=1) == [{}]
    assert C.generate_statistical_caption(empty) is None
    assert C.generate_structural_caption(empty) is None
    assert C.generate_semantic_caption(empty) is None
    assert C.generate_captions([], KEYS, seed=1) == []


def quiet_day(events, logged=("sleep", "activity", "mood")):
    return day_of(np.full((1440, 1), np.nan, np.float32), ("HR",), events=events, logged=logged)


def activity(label, start, length):
    return Event(kind="activity", label=label, start=start, end=start + length)


def test_the_longest_activities_and_sleeps_are_kept_and_short_ones_left_out():
    found = [activity(f"Sport {chr(97 + i)}", 100 * i, 15 + i) for i in range(12)]
    text = C.generate_semantic_caption(quiet_day(found), summary=False).text
    said = [chr(97 + i) for i in range(12) if f"port {chr(97 + i)}" in text]
    assert said == list("fghijkl")  # 20 to 26 minutes; the rest are under 20
    found = [activity(f"Sport {chr(97 + i)}", 100 * i, 30 + i) for i in range(12)]
    text = C.generate_semantic_caption(quiet_day(found), summary=False).text
    assert [chr(97 + i) for i in range(12) if f"port {chr(97 + i)}" in text] == list("efghijkl")
    sleeps = [Event(kind="sleep", label="Asleep", start=s, end=s + n) for s, n in ((0, 60), (300, 90), (600, 200))]
    facts = C.generate_semantic_caption(quiet_day(sleeps), summary=False).facts
    starts = {f.stated[0][1] for f in facts if f.kind == "start"}
    assert starts == {300.0, 600.0}


def test_sleep_across_midnight_reads_right():
    night = Event(kind="sleep", label="Asleep", start=-50, end=390)
    for seed in range(20):
        caption = C.generate_semantic_caption(quiet_day([night]), seed=seed)
        sleeping = caption.text.split(". ")[0]
        assert "the day before" in sleeping
        assert "next day" not in sleeping
        assert any(said in sleeping for said in ("23:10", "11:10 pm", "minute 1390"))
        assert true_in_day(caption.facts, quiet_day([night]))


def test_events_of_kinds_that_were_not_logged_are_not_told():
    assert C.generate_semantic_caption(quiet_day([activity("Running", 600, 40)], logged=("sleep",))) is None


def test_a_log_that_overlaps_itself_is_told_once():
    found = [activity("Running", 600, 60), activity("Running", 620, 90), activity("running", 600, 60)]
    caption = C.generate_semantic_caption(quiet_day(found), summary=False)
    assert len(re.findall("running", caption.text.lower().split("did")[0])) <= 3
    assert true_in_day(caption.facts, quiet_day(found))
    assert {f.stated[0][1] for f in caption.facts if f.kind == "start"} == {620.0}


def test_a_day_without_logs_is_described_by_what_is_true_of_it():
    day = made_day(2, events=False)
    caption = C.generate_semantic_caption(day)
    assert caption.labels == "facts"
    assert all(fact.kind.startswith("plain:") for fact in caption.facts)
    assert true_in_day(caption.facts, day)


def test_captions_with_numbers_are_labelled_by_pair(made):
    for captions in made:
        assert captions["low_level_caption"].labels == "pairs"
        assert captions["high_middle_low_level_caption"].labels == "pairs"


def test_a_half_recorded_channel_is_described_for_the_stretch_that_was_recorded():
    values = np.full((1440, 1), np.nan, np.float32)
    values[0:400, 0] = np.random.default_rng(0).normal(60, 5, 400)
    day = day_of(values, ("HR",))
    caption = C.generate_statistical_caption(day)
    assert caption.text.startswith("Between ")
    assert {(f.quantity.start, f.quantity.end) for f in caption.facts} == {(0, 400)}
    assert true_in_day(caption.facts, day)


def test_channels_of_the_users_own_are_described():
    rng = np.random.default_rng(8)
    lux = Channel(
        key="lux", name="lamp light", unit="lx", mean=200, std=300, low=0, high=1e5, group="light", decimals=0
    )
    twin = replace(lux, key="lux2")
    own = ChannelSet("own", (lux, twin, CHANNELS["HR"]))
    day = day_of(made_values(rng, own), own.keys)
    for seed in range(5):
        caption = C.generate_statistical_caption(day, seed=seed, channel_set=own)
        assert "amp light (lux2)" in caption.text
        assert parse_facts(caption.text, own) == list(caption.facts)
        assert true_in_day(caption.facts, day)
    with pytest.raises(ChannelError, match="'lux'"):
        C.generate_statistical_caption(day)


@pytest.mark.parametrize("name", list(CHANNEL_SETS))
def test_every_channel_set_can_be_described_and_read_back(name):
    channel_set = CHANNEL_SETS[name]
    days = [made_day(i, holes=i == 1, channel_set=channel_set) for i in range(2)]
    for day, captions in zip(days, C.generate_captions(days, KEYS, seed=5), strict=True):
        for caption in captions.values():
            assert true_in_day(caption.facts, day)
            assert parse_facts(caption.text, channel_set) == list(caption.facts)
    names = [said.name.lower() for said in spoken_channels(channel_set.keys, channel_set)]
    assert len(set(names)) == len(names)


def test_captions_survive_json(made):
    for caption in made[0].values():
        assert caption_from_json(json.loads(json.dumps(caption_to_json(caption), allow_nan=False))) == caption


def test_text_that_is_none_of_ours_states_nothing():
    reading = read_caption("Heart rate was purple. The moon is full; no.", CHANNELS)
    assert (reading.facts, reading.sentences, reading.understood) == ((), 3, 0)
    for text in (
        "Between 10:00 and 09:00, heart rate rose.",
        "Sleep set in at 10:00 and ended at 09:00.",
        "Around 00:05 there was a peak in heart rate.",
    ):
        assert read_caption(text, CHANNELS).understood == 0


def test_a_false_number_makes_a_false_fact_and_tolerance_forgives_small_errors():
    from sensorlm.captions.claims import Tolerance

    day = day_of(np.full((1440, 1), 72.0, np.float32), ("HR",))
    batch = DayBatch.from_days([day])
    text = "Heart rate: mean {}, maximum 72.0 bpm, minimum 72.0 bpm, standard deviation 0.0 bpm."
    answers = {
        said: evaluate(parse_facts(text.format(f"{said} bpm"), CHANNELS, tolerance=t), batch)[0, 0]
        for said, t in (("72.0", Tolerance()), ("75.0", Tolerance()), ("72.9", Tolerance(std=0.1)))
    }
    assert answers == {"72.0": 1, "75.0": -1, "72.9": 1}


def test_unknown_keys_and_mixed_channels_are_refused(days):
    with pytest.raises(RecordError, match="caption key 'low'"):
        C.generate_captions(days[:1], ("low",))
    with pytest.raises(RecordError, match="Batch days of one set"):
        C.generate_captions([days[0], quiet_day([])], KEYS)


def test_the_parity_mode_writes_minutes_as_the_reference_labels_them():
    day = made_day(0)
    found = reference_captions([day], KEYS, 1, CHANNELS)[0]
    assert set(found) == set(KEYS)
    middle = found["middle_level_caption"]
    assert middle.facts == ()
    minutes = [int(m) for m in re.findall(r"minute (\d+)", middle.text)]
    assert minutes
    assert all(minute % 40 == 0 and 40 <= minute <= 1440 for minute in minutes)
    default = C.generate_captions([day], KEYS, seed=1)[0]
    assert found["high_level_all_caption"] == default["high_level_all_caption"]
    for caption in found.values():
        assert not any(math.isnan(float(n.replace(",", ""))) for n in NUMBER.findall(caption.text))
