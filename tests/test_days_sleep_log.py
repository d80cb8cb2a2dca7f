"""A sleep log shown as sleep_stage channels: what is filled, what stays missing, what is left alone."""

from dataclasses import replace

import numpy as np
import pytest

from sensorlm.channels import CHANNEL_SETS
from sensorlm.days import with_sleep_log
from sensorlm.records import DayMatrix, Event

SET = CHANNEL_SETS["sensorlm-34"]
STAGES = ("awake", "light", "deep", "rem")


def column(day: DayMatrix, stage: str) -> np.ndarray:
    return day.values[:, SET.index(f"sleep_stage_{stage}")]


def sleep(start: int, end: int, stage: str = "") -> Event:
    return Event(kind="sleep", label="Asleep", start=start, end=end, stage=stage)


@pytest.fixture
def day() -> DayMatrix:
    values = np.full((1440, len(SET)), np.nan, np.float32)
    values[:, SET.index("HR")] = 60
    return DayMatrix(
        values=values, observed=np.isfinite(values), channel_keys=SET.keys, person="a", dataset="made",
        date=np.datetime64("2026-01-02").astype(object), logged=frozenset({"sleep"}),
    )  # fmt: skip


def test_a_log_of_sleep_and_waking_says_when_and_nothing_of_stages(day):
    shown = with_sleep_log(replace(day, events=(sleep(-90, 400), sleep(100, 110, "awake"), sleep(1400, 1900))))
    awake = column(shown, "awake")
    assert np.flatnonzero(awake == 1).tolist() == list(range(100, 110))
    assert np.flatnonzero(awake < 0.5).tolist() == [*range(100), *range(110, 400), *range(1400, 1440)]
    assert np.flatnonzero((awake > 0) & (awake < 1)).tolist() == list(range(9))
    assert all(np.isnan(column(shown, stage)).all() for stage in STAGES[1:])
    assert (shown.observed == np.isfinite(shown.values)).all()


def test_a_staged_night_fills_all_four_and_only_where_a_stage_is_known(day):
    shown = with_sleep_log(replace(day, events=(
        sleep(60, 240), sleep(60, 120, "light"), sleep(120, 150, "deep"), sleep(150, 160, "awake"),
        sleep(160, 200, "rem"),
    )))  # fmt: skip
    told = np.stack([column(shown, stage) for stage in STAGES])
    assert (told[:, 60:200].sum(0) == 1).all()
    assert [int(np.nansum(row)) for row in told] == [10, 60, 30, 40]
    assert (told[0, 200:240] == 0).all()
    assert np.isnan(told[1:, 200:]).all()
    assert np.isnan(told[:, :60]).all()


@pytest.mark.parametrize(("start", "marked"), [(-4, 0), (-5, 1), (-64, 6), (-66, 7), (-2000, 48), (0, 0), (30, 0)])
def test_the_evening_before_is_written_small_where_somebody_sleeps_after_midnight(day, start, marked):
    awake = column(with_sleep_log(replace(day, events=(sleep(start, 400), sleep(-900, -700)))), "awake")
    assert (awake[:marked] == np.float32(0.4)).all()
    assert np.isin(awake[marked:], [0, 1]).sum() == 400 - max(start, marked)


def test_no_waking_is_written_over_by_the_evening_before(day):
    shown = with_sleep_log(replace(day, events=(sleep(-300, 20), sleep(5, 9, "awake"))))
    assert column(shown, "awake")[:5].tolist() == [np.float32(0.4)] * 5
    assert column(shown, "awake")[5:9].tolist() == [1] * 4
    assert np.isnan(column(shown, "awake")[20:]).all()


@pytest.mark.parametrize(
    "events",
    [(), (Event(kind="activity", label="Running", start=10, end=50),), (sleep(-500, -10),), (sleep(1440, 1900),)],
)
def test_a_day_without_sleep_of_its_own_is_left_as_it_is(day, events):
    asked = replace(day, events=events)
    assert with_sleep_log(asked) is asked


def test_a_device_that_recorded_stages_keeps_its_own(day):
    values = day.values.copy()
    values[0:10, SET.index("sleep_stage_rem")] = 1
    asked = replace(day, values=values, observed=np.isfinite(values), events=(sleep(0, 300),))
    assert with_sleep_log(asked) is asked


def test_channels_that_a_set_lacks_are_not_needed(day):
    keys = tuple(k for k in SET.keys if k != "sleep_stage_light")
    kept = [SET.index(k) for k in keys]
    asked = replace(
        day, values=day.values[:, kept], observed=day.observed[:, kept], channel_keys=keys,
        events=(sleep(0, 60), sleep(0, 30, "light"), sleep(30, 60, "deep")),
    )  # fmt: skip
    shown = with_sleep_log(asked)
    assert shown.values[:30, keys.index("sleep_stage_deep")].tolist() == [0.0] * 30
    assert shown.values[30:60, keys.index("sleep_stage_deep")].tolist() == [1.0] * 30
    none = [i for i, k in enumerate(keys) if not k.startswith("sleep_stage")]
    bare = replace(
        asked, values=asked.values[:, none], observed=asked.observed[:, none],
        channel_keys=tuple(keys[i] for i in none),
    )  # fmt: skip
    assert with_sleep_log(bare) is bare
