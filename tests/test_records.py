"""The hand-over types refuse what breaks their invariants."""

import datetime as dt

import numpy as np
import pytest

from sensorlm.errors import RecordError
from sensorlm.records import DayMatrix, Event, Fact, MinuteTable, Quantity


def table(minutes, **columns):
    n = len(minutes)
    return MinuteTable(
        person="p", dataset="d", utc_minute=np.array(minutes), offset_minutes=np.zeros(n, np.int16), columns=columns
    )


def test_minutes_must_rise_and_columns_must_fit():
    assert len(table([1, 2, 5], HR=np.ones(3, np.float32)).utc_minute) == 3
    with pytest.raises(RecordError, match="does not rise at row 2"):
        table([1, 3, 3])
    with pytest.raises(RecordError, match="'HR' has shape"):
        table([1, 2], HR=np.ones(3, np.float32))


def test_a_day_is_nan_exactly_where_unobserved():
    values = np.full((1440, 1), np.nan, np.float32)
    observed = np.zeros((1440, 1), bool)
    base = {"channel_keys": ("HR",), "person": "p", "date": dt.date(2024, 2, 29), "dataset": "d"}
    assert DayMatrix(values=values, observed=observed, **base).key == "d/p/2024-02-29"
    with pytest.raises(RecordError, match="NaN exactly where"):
        DayMatrix(values=values, observed=~observed, **base)
    with pytest.raises(RecordError, match="not \\(1440, 1\\)"):
        DayMatrix(values=values[:5], observed=observed, **base)


def test_events_and_facts_refuse_nonsense():
    with pytest.raises(RecordError, match="before its start"):
        Event(kind="sleep", label="Asleep", start=10, end=5)
    with pytest.raises(RecordError, match="not one of"):
        Event(kind="meal", label="Lunch", start=1, end=5)
    with pytest.raises(RecordError, match="above high"):
        Fact(kind="mean", quantity=Quantity(statistic="mean", subject="HR"), low=2, high=1)


def test_quantity_keys_tell_quantities_apart():
    one = Quantity(statistic="minutes_above", subject="HR", argument=100)
    assert one.key == "minutes_above|HR|0|1440|100"
    assert one.key != Quantity(statistic="minutes_above", subject="HR", argument=120).key
