"""Figures as angles: numbers in a text, an inner product that is 1 where figures are equal, and what is refused."""

import math

import numpy as np
import pytest
from tasks_fakes import CHANNELS, plain_day

from sensorlm.captions.facts import DayBatch, measure
from sensorlm.captions.figures import FREQUENCIES, MOST, FigureBank, figures_of, numbers_in
from sensorlm.errors import RecordError
from sensorlm.records import Quantity

FIGURES = tuple(
    Quantity(statistic=statistic, subject=subject, start=0, end=1440)
    for statistic, subject in (
        ("mean", "steps"), ("max", "steps"), ("total", "steps"), ("mean", "HR"), ("mean", "eda_level_real")
    )
)  # fmt: skip


@pytest.fixture(scope="module")
def batch():
    return DayBatch.from_days([plain_day(i) for i in range(12)])


@pytest.fixture(scope="module")
def bank(batch):
    return FigureBank.of(FIGURES, [batch.take(np.arange(5)), batch.take(np.arange(5, 12))])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Total steps came to 10,735.", [10735]),
        ("mean 7.5, maximum 152.0, minimum 0", [7.5, 152, 0]),
        ("a peak near 2:20 pm, 19:05 and 07:00", []),
        ("from 8:00 to 9:00 at 61.2 bpm", [61.2]),
        ("between minute 880 and minute 1440", [880, 1440]),
        ("1,000,000 steps; 12,34 are no thousands", [1000000]),
        ("version 1.2.3, ID a12 and 12b", []),
        ("slept well", []),
    ],
)
def test_numbers_are_read_and_times_of_the_day_are_not(text, wanted):
    found = numbers_in(text)
    assert [number.value for number in found] == wanted
    assert all(text[number.start].isdigit() for number in found)


def test_a_number_tells_how_far_it_is_written_out():
    assert [number.tolerance for number in numbers_in("1,200 7.5 0.25")] == [0.5, 0.05, 0.005]


def test_every_channel_has_its_figures_and_counts_a_total():
    figures = figures_of(CHANNELS)
    assert {q.statistic for q in figures if q.subject == "steps"} == {"mean", "max", "min", "std", "total"}
    assert {q.statistic for q in figures if q.subject == "HR"} == {"mean", "max", "min", "std"}
    assert not [q for q in figures if q.subject.startswith("sleep_stage")]


def test_the_inner_product_equals_a_loop_in_float64(bank, batch):
    days = bank.standing(batch)
    assert days.shape == (12, bank.dim) == (12, 2 * len(FREQUENCIES) * len(FIGURES))
    values, shares = np.array([30.1, 29000.0], np.float32), np.zeros((2, 5), np.float32)
    shares[0, 0], shares[0, 1], shares[1, 2] = 0.7, 0.2, 0.9
    asked = bank.asked(values, shares)
    measured = measure(FIGURES, batch).astype(np.float64)
    middle, width = bank.middle.astype(np.float64), bank.width.astype(np.float64)

    def place(value, k):
        return min(max((value - middle[k]) / width[k], -MOST), MOST)

    agreement = np.zeros(12)
    for i in range(12):
        for m, value in enumerate(values):
            for k in range(5):
                if shares[m, k] and not math.isnan(measured[i, k]):
                    apart = place(measured[i, k], k) - place(float(value), k)
                    agreement[i] += shares[m, k] * np.mean([math.cos(f * apart) for f in FREQUENCIES])
    # Both beside the mean over the days that the bank was made of, which are these.
    np.testing.assert_allclose(days @ asked, agreement - agreement.mean(), atol=2e-3)


def test_a_days_own_total_finds_it_and_a_near_one_comes_before_a_far_one(bank, batch):
    totals = measure(FIGURES, batch)[:, 2]
    shares = np.zeros((1, 5), np.float32)
    shares[0, 2] = 1
    found = [int((bank.standing(batch) @ bank.asked(totals[i : i + 1], shares)).argmax()) for i in range(12)]
    assert found == list(range(12))


def test_what_is_not_recorded_agrees_with_nothing(bank, batch):
    shares = np.zeros((1, 5), np.float32)
    shares[0, 4] = 1
    assert not (bank.standing(batch) @ bank.asked(np.array([0.0], np.float32), shares)).any()


def test_a_bank_comes_back_whole_and_a_damaged_one_is_refused(bank, batch):
    back = FigureBank.from_parts(bank.to_json(), bank.arrays())
    np.testing.assert_array_equal(back.standing(batch), bank.standing(batch))
    with pytest.raises(RecordError, match=r"recipes/figures\.py"):
        FigureBank.from_parts(bank.to_json() | {"frequencies": [1.0]}, bank.arrays())
    with pytest.raises(RecordError, match="width"):
        FigureBank.from_parts(bank.to_json(), {"middle": bank.middle, "usual": bank.usual})
    with pytest.raises(RecordError, match="bank of 5 figures"):
        FigureBank.from_parts(bank.to_json(), bank.arrays() | {"width": bank.width[:2]})
    with pytest.raises(RecordError, match="0 batches"):
        FigureBank.of(FIGURES, [])
