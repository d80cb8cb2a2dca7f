"""The codebook's labels against `evaluate` asked pair by pair."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from test_captions_facts import SEED, constant_day, mean_fact, random_batch, random_quantity

from sensorlm.captions.codes import NO_FACT, Codebook, labels
from sensorlm.captions.facts import DayBatch, evaluate, measure
from sensorlm.errors import RecordError
from sensorlm.records import Caption, Fact, Quantity


def random_fact(rng, batch):
    quantity = random_quantity(rng)
    values = measure([quantity], batch).ravel()
    centre = float(rng.choice(values)) if np.isfinite(values).all() else 70.0
    low, high = centre - float(rng.choice([0, 5, np.inf])), centre + float(rng.choice([0, 5, np.inf]))
    return Fact(kind="any", quantity=quantity, low=low, high=high, margin=float(rng.choice([0, 3])))


def random_captions(rng, batch, count=8):
    facts = [[random_fact(rng, batch) for _ in range(int(rng.integers(1, 5)))] for _ in range(count)]
    return [Caption(key="short", text="", facts=tuple(f)) for f in facts]


def pair_label(caption, batch, day):
    answers = evaluate(caption.facts, batch)[day]
    return -1 if (answers == -1).any() else int((answers == 1).all())


@settings(max_examples=25)
@given(SEED)
def test_labels_from_codes_equal_facts_asked_pair_by_pair(seed):
    rng = np.random.default_rng(seed)
    batch = random_batch(rng)
    captions = random_captions(rng, batch)
    book = Codebook.from_captions(captions, max_size=1000)
    got = labels(book.day_codes(batch), book.caption_codes(captions, 5), np.full(len(captions), -1))
    want = [[pair_label(caption, batch, day) for caption in captions] for day in range(len(batch))]
    np.testing.assert_array_equal(got, want)


@settings(max_examples=25)
@given(SEED)
def test_a_short_codebook_or_few_slots_only_turn_answers_into_cannot_be_told(seed):
    rng = np.random.default_rng(seed)
    batch = random_batch(rng)
    captions = random_captions(rng, batch)
    full = Codebook.from_captions(captions, max_size=1000)
    none = np.full(len(captions), -1)
    want = labels(full.day_codes(batch), full.caption_codes(captions, 5), none)
    for book, slots in ((Codebook.from_captions(captions, max_size=4), 5), (full, 2)):
        codes = book.caption_codes(captions, slots)
        assert codes.index.shape == (len(captions), slots)
        assert np.isfinite(codes.low).all()
        assert np.isfinite(codes.high).all()
        got = labels(book.day_codes(batch), codes, none)
        assert ((got == want) | (got == 0)).all()


def test_a_captions_own_day_is_always_true():
    batch = DayBatch.from_days([constant_day(60), constant_day(90)])
    captions = [
        Caption(key="short", text="", facts=(mean_fact(80, 100),)),
        Caption(key="short", text="", facts=(mean_fact(80, 100),)),
        Caption(key="short", text="", facts=()),
    ]
    book = Codebook.from_captions(captions, 10)
    codes = book.caption_codes(captions, 3)
    assert labels(book.day_codes(batch), codes, np.array([0, 1, -1])).tolist() == [[1, -1, 0], [1, 1, 0]]
    assert labels(book.day_codes(batch), codes).tolist() == [[1, -1, 0], [1, 1, 0]]


def test_a_caption_without_facts_is_never_called_true_of_another_day():
    batch = DayBatch.from_days([constant_day()])
    book = Codebook((mean_fact(0, 1).quantity,))
    codes = book.caption_codes([Caption(key="short", text="")], 1)
    assert labels(book.day_codes(batch), codes, np.array([-1])).tolist() == [[0]]
    assert codes.index[0, 0] != NO_FACT


def test_bounds_in_float32_still_hold_the_number_they_were_made_from():
    value = np.float64(np.float32(70.1))
    fact = mean_fact(value, value)
    caption = Caption(key="short", text="", facts=(fact,))
    batch = DayBatch.from_days([constant_day(70.1)])
    book = Codebook.from_captions([caption], 1)
    codes = book.caption_codes([caption], 1)
    assert labels(book.day_codes(batch), codes, np.array([-1])).tolist() == [[1]]
    tight = Fact(kind="mean", quantity=fact.quantity, low=70.1 - 1e-9, high=70.1 + 1e-9)
    codes = book.caption_codes([Caption(key="short", text="", facts=(tight,))], 1)
    assert float(codes.low[0, 0]) <= tight.low < tight.high <= float(codes.high[0, 0])


def test_the_most_asked_quantities_are_kept_and_survive_json():
    often, rare = mean_fact(0, 1), mean_fact(0, 1, start=30)
    captions = [Caption(key="short", text="", facts=(often,))] * 2 + [
        Caption(key="short", text="", facts=(rare, often))
    ]
    book = Codebook.from_captions(captions, max_size=1)
    assert book.quantities == (often.quantity,)
    full = Codebook.from_captions(captions, max_size=9)
    assert Codebook.from_json(json.loads(json.dumps(full.to_json()))) == full
    assert len(full) == 2


def test_bad_codebooks_are_refused():
    quantity = Quantity(statistic="mean", subject="HR")
    with pytest.raises(RecordError, match="listed twice"):
        Codebook((quantity, quantity))
    with pytest.raises(RecordError, match="no quantity"):
        Codebook(())
    with pytest.raises(RecordError, match="no statistic"):
        Codebook((Quantity(statistic="mode", subject="HR"),))
    with pytest.raises(RecordError, match="max_facts=0"):
        Codebook((quantity,)).caption_codes([], 0)
    with pytest.raises(RecordError, match="version 7"):
        Codebook.from_json({"version": 7})
