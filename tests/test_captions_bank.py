"""How well statements hold of days: against a loop in float64, beside other people's days, and what is refused."""

import math

import numpy as np
import pytest
from tasks_fakes import plain_day

from sensorlm.captions.bank import LEAST_SPREAD, MOST, SOFTNESS, StatementBank, softly
from sensorlm.captions.codes import Codebook
from sensorlm.captions.facts import DayBatch
from sensorlm.captions.predicates.base import DAY, ask, says
from sensorlm.errors import RecordError
from sensorlm.records import Caption

ROWS = (
    says("many steps", ask("total", "steps", 30000), words="walked a lot"),
    says("few steps", ask("total", "steps", high=29800), words="hardly walked\nbarely walked"),
    says("some steps", ask("total", "steps", 29500, 30500), words="walked a little"),
    says("calm and far", ask("total", "steps", 29000), ask("mean", "HR", high=75, at=DAY), words="calm and far"),
    says("sweat", ask("mean", "eda_level_real", 2.0), words="sweated"),
)  # fmt: skip


@pytest.fixture(scope="module")
def batch():
    return DayBatch.from_days([plain_day(i) for i in range(12)])


@pytest.fixture(scope="module")
def bank(batch):
    return StatementBank.of(ROWS, [batch.take(np.arange(5)), batch.take(np.arange(5, 12))])


def test_softly_equals_a_loop_in_float64(bank, batch):
    measured = bank.codebook.day_codes(batch)
    found = bank.holds(batch)
    for i, row in enumerate(measured.astype(np.float64)):
        for j, statement in enumerate(ROWS):
            wanted = 1.0
            for fact in statement.facts:
                k = bank.codebook.columns[fact.quantity]
                step = SOFTNESS * float(bank.width[k])
                for distance in (row[k] - fact.low, fact.high - row[k]):
                    wanted *= 1 / (1 + math.exp(-min(max(distance / step, -30), 30)))
            assert found[i, j] == pytest.approx(wanted, abs=1e-5, nan_ok=True)


def test_a_bound_is_a_half_and_one_width_inside_is_nearly_sure():
    codebook = Codebook((ROWS[0].facts[0].quantity,))
    codes = codebook.caption_codes([Caption(key="short", text="x", facts=ROWS[0].facts)], 1)
    width = np.array([1000], np.float32)
    values = np.array([[30000], [31000], [29000], [np.nan]], np.float32)
    assert softly(values, codes, width)[:, 0] == pytest.approx([0.5, 0.9655, 0.0345, np.nan], abs=1e-3, nan_ok=True)


def test_standing_is_the_distance_from_the_usual(bank, batch):
    holds, standing = bank.holds(batch), bank.standing(batch)
    assert standing.dtype == np.float32
    assert np.abs(standing).max() <= MOST
    for j in range(4):
        assert bank.mean[j] == pytest.approx(holds[:, j].mean(), abs=1e-5)
        z = (holds[:, j] - holds[:, j].mean()) / max(holds[:, j].std(), LEAST_SPREAD)
        np.testing.assert_allclose(standing[:, j], np.clip(z, -MOST, MOST), atol=1e-4)
    # More steps is more of the first statement and less of the second.
    steps = np.nansum(batch.values[:, :, batch.channel_keys.index("steps")], axis=1)
    assert np.corrcoef(steps, standing[:, 0])[0, 1] > 0.5
    assert np.corrcoef(steps, standing[:, 1])[0, 1] < -0.5


def test_what_a_day_cannot_tell_stands_at_the_usual(bank, batch):
    assert np.isnan(bank.holds(batch)[:, 4]).all()
    assert (bank.standing(batch)[:, 4] == 0).all()


def test_a_bank_comes_back_from_its_parts(bank, batch):
    again = StatementBank.from_parts(bank.to_json(), bank.arrays())
    assert (again.names, again.said) == (bank.names, bank.said)
    assert again.said[1] == "hardly walked"
    np.testing.assert_array_equal(again.standing(batch), bank.standing(batch))


def test_parts_that_do_not_fit_are_refused(bank, batch):
    with pytest.raises(RecordError, match="give one of each"):
        StatementBank.of([], [batch])
    arrays = bank.arrays()
    with pytest.raises(RecordError, match="version 9"):
        StatementBank.from_parts(bank.to_json() | {"version": 9}, arrays)
    with pytest.raises(RecordError, match="'spread'"):
        StatementBank.from_parts(bank.to_json(), {k: v for k, v in arrays.items() if k != "spread"})
    with pytest.raises(RecordError, match="bank of 5 statements"):
        StatementBank.from_parts(bank.to_json(), arrays | {"mean": arrays["mean"][:3]})
    with pytest.raises(RecordError, match="bank of 5 statements"):
        StatementBank.from_parts(bank.to_json(), arrays | {"width": arrays["width"][:1]})
    with pytest.raises(RecordError, match="asks for quantity 70"):
        StatementBank.from_parts(bank.to_json(), arrays | {"index": np.full_like(arrays["index"], 70)})
