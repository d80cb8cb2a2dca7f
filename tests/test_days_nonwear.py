import numpy as np
import pytest

from sensorlm.channels import CHANNEL_SETS
from sensorlm.days import DaysReport, to_days
from sensorlm.records import Event, MinuteTable

SET = CHANNEL_SETS["fitbit"]


def day_of(columns, *, events=(), tags=None, non_wear=True, minutes=1440):
    report = DaysReport()
    t = MinuteTable(
        person="p", dataset="d", utc_minute=np.arange(minutes), offset_minutes=np.zeros(minutes, np.int16),
        columns={k: np.asarray(v, np.float32) for k, v in columns.items()}, events=events, tags=tags or {},
    )  # fmt: skip
    days = list(to_days(t, SET, min_observed_minutes=1, non_wear=non_wear, report=report))
    return days, report


def walking(*still):
    """Steps of a day: 5 a minute, 0 in the given stretches."""
    steps = np.full(1440, 5.0)
    for start, end in still:
        steps[start:end] = 0
    return steps


def seen(days, key):
    return days[0].observed[:, SET.index(key)]


@pytest.mark.parametrize(("length", "hidden"), [(299, 0), (300, 300), (700, 700)])
def test_steps_alone_need_five_hours_of_zeros(length, hidden):
    days, report = day_of({"steps": walking((600, 600 + length))})
    assert (~seen(days, "steps")).sum() == hidden
    assert report.non_wear_minutes == hidden
    assert report.non_wear_stretches == int(hidden > 0)


def test_a_day_on_the_table_is_no_day():
    zeros = np.zeros(1440)
    days, report = day_of({"steps": zeros, "intensity": zeros, "calories": np.ones(1440)})
    assert days == []
    assert report.days_too_empty == 1
    assert report.non_wear_minutes == 1440


def test_it_can_be_switched_off_and_a_device_that_knows_is_believed():
    for how in ({"non_wear": False}, {"tags": {"wear": "marked by the device"}}):
        days, report = day_of({"steps": np.zeros(1440)}, **how)
        assert seen(days, "steps").all()
        assert report.non_wear_minutes == 0


def test_a_logged_sleep_is_worn():
    asleep = (Event(kind="sleep", label="Asleep", start=100, end=500),)
    days, _ = day_of({"steps": walking((60, 560))}, events=asleep)
    assert seen(days, "steps").all()
    days, _ = day_of({"steps": walking((60, 560))}, events=(Event(kind="activity", label="x", start=100, end=500),))
    assert (~seen(days, "steps")).sum() == 500


@pytest.mark.parametrize(("length", "hidden"), [(89, 0), (90, 90)])
def test_where_the_heart_rate_is_recorded_its_absence_tells_sooner(length, hidden):
    heart = np.full(1440, 70.0)
    heart[600 : 600 + length] = np.nan
    days, _ = day_of({"steps": walking((600, 600 + length)), "HR": heart})
    assert (~seen(days, "steps")).sum() == hidden


def test_a_resting_person_with_a_pulse_is_wearing_it():
    days, _ = day_of({"steps": np.zeros(1440), "HR": np.full(1440, 60)})
    assert seen(days, "steps").all()


def test_one_moving_channel_is_enough():
    intensity = walking((600, 1000)) / 5
    days, _ = day_of({"steps": np.zeros(1440), "intensity": intensity})
    assert (~seen(days, "steps")).sum() == 400
    assert (~seen(days, "intensity")).sum() == 400


def test_what_is_computed_from_motion_goes_too_and_the_rest_stays():
    days, _ = day_of({"steps": walking((600, 1000)), "calories": np.ones(1440), "spo2": np.full(1440, 97)})
    assert (~seen(days, "calories")).sum() == 400
    assert seen(days, "spo2").all()


def test_a_gap_breaks_a_stretch():
    steps = walking((600, 1100))
    steps[850] = np.nan
    days, _ = day_of({"steps": steps})
    assert (~seen(days, "steps")).sum() == 1


def test_counts_need_ninety_minutes_and_midnight_is_no_boundary():
    counts = np.full(2880, 50.0)
    counts[1390:1490] = 0
    days, report = day_of({"counts": counts, "steps": np.where(counts > 0, 1, 0)}, minutes=2880)
    assert report.non_wear_minutes == 100
    assert [int((~d.observed[:, SET.index("steps")]).sum()) for d in days] == [50, 50]
