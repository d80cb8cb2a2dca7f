"""Sentences of written captions, how likely each is, and which are said."""

import math

import numpy as np
import pytest

from sensorlm.captions.digest import NOTHING
from sensorlm.embedders.writing import Said, form, prompt_ids, split_sentences, sure_text
from sensorlm.tokenizer import CaptionTokenizer
from sensorlm.tokenizer.caption import written


@pytest.fixture(scope="module")
def tokenizer():
    return CaptionTokenizer.train(["Slept about 8 h. About 72 bpm in the night. About 8,000 steps in all."] * 3, 300)


def test_sentences_and_their_sums(tokenizer):
    text = "Slept about 8 h. About 72 bpm in the night. About"
    ids = tokenizer.encode([text, "Slept about 8 h."], 60)
    scores = -np.random.default_rng(0).random(ids.shape)
    first, second = split_sentences(tokenizer, ids, scores)
    assert [said.text.strip() for said in first] == ["Slept about 8 h.", "About 72 bpm in the night."]
    assert [said.text for said in second] == ["Slept about 8 h."]
    one = int(tokenizer.lengths(["Slept about 8 h."])[0]) - 1
    two = int(tokenizer.lengths(["Slept about 8 h. About 72 bpm in the night."])[0]) - 1
    assert first[0].log_likelihood == pytest.approx(scores[0, :one].sum())
    assert first[1].log_likelihood == pytest.approx(scores[0, one:two].sum())


def test_a_form_is_a_sentence_without_its_numbers():
    assert form("Slept about 7 h 30 min.") == "slept about # h # min"
    assert form("About 8,000 steps in all.") == form("About 12,500 steps in all.") == "about # steps in all"
    assert form("Asleep from about 23:30 the day before.") == "asleep from about # the day before"


def test_only_likely_sentences_are_said():
    said = [Said("Slept about 8 h.", -1.0), Said("About 72 bpm in the night.", -2.0), Said("Elephants.", -0.1)]
    least = {"slept about # h": -1.5, "about # bpm in the night": -1.5}
    assert sure_text(said, least) == "Slept about 8 h."
    assert sure_text(said, least, "Sleep:") == "Sleep: Slept about 8 h."
    assert sure_text(said, {}) == NOTHING
    assert sure_text([], {}, "Sleep:") == f"Sleep: {NOTHING}"
    assert sure_text(said, {"about # bpm in the night": -math.inf}) == "About 72 bpm in the night."


def test_a_prompt_does_not_end_in_eos(tokenizer):
    assert prompt_ids(tokenizer, "") is None
    ids = prompt_ids(tokenizer, "Slept about")
    assert tokenizer.eos_id not in ids
    assert tokenizer.decode(ids) == ["Slept about"]


@pytest.mark.parametrize(
    ("spelt", "as_people_do"),
    [
        ("asleep from about 23 : 30 the day before.", "Asleep from about 23:30 the day before."),
        ("about 8, 000 steps in all. about 12, 500 steps.", "About 8,000 steps in all. About 12,500 steps."),
        ("sleep : slept about 8 h.", "Sleep: slept about 8 h."),
        ("a day ; another", "A day; another"),
        ("in 2020, 15 people", "In 2020, 15 people"),
        ("at 5 : 123", "At 5: 123"),
        ("", ""),
    ],
)
def test_pieces_are_joined_as_people_write(spelt, as_people_do):
    assert written(spelt) == as_people_do
