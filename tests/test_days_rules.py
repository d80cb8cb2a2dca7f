"""Property tests of the rules in the docstring of sensorlm.days, against loops over plain Python dictionaries."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensorlm.channels import CHANNEL_SETS, ChannelSet, known_channel
from sensorlm.days import DaysReport, to_days
from sensorlm.errors import RecordError
from sensorlm.records import Event, MinuteTable

SET = ChannelSet("test", tuple(known_channel(k) for k in ("HR", "steps", "sleep_stage_deep", "spo2")))
ZONES = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo"]


def table(utc, columns, offset=0, **more):
    utc = np.asarray(utc, np.int64)
    shift = np.broadcast_to(np.asarray(offset, np.int16), utc.shape).copy()
    columns = {k: np.asarray(v, np.float32) for k, v in columns.items()}
    return MinuteTable(person="p", dataset="d", utc_minute=utc, offset_minutes=shift, columns=columns, **more)


def days_of(t, **how):
    how = {"min_observed_minutes": 1, "non_wear": False} | how
    return list(to_days(t, how.pop("channel_set", SET), **how))


def zone_offsets(utc, name):
    zone = ZoneInfo(name)
    return [int(dt.datetime.fromtimestamp(int(m) * 60, zone).utcoffset().total_seconds() // 60) for m in utc]


MIDDLES = ["2024-03-10", "2024-03-31", "2024-10-27", "2024-11-03", "2024-02-29", "2018-11-04"]
PARTS = st.tuples(
    st.sampled_from(ZONES), st.sampled_from(MIDDLES), st.integers(-1500, 1500),
    st.lists(st.integers(1, 90), min_size=1, max_size=120), st.integers(0, 2**32 - 1),
)  # fmt: skip


def recording(zone, middle, before, skips, seed):
    """Minutes around a clock change of a real zone, with gaps, and values with holes."""
    utc = int(np.datetime64(middle, "m").astype(np.int64)) + before + np.cumsum(skips)
    rng = np.random.default_rng(seed)
    columns = {
        "HR": rng.integers(40, 180, len(utc)), "steps": rng.integers(0, 150, len(utc)),
        "sleep_stage_deep": rng.integers(0, 2, len(utc)),
    }  # fmt: skip
    columns = {k: np.where(rng.random(len(utc)) < 0.3, np.nan, v) for k, v in columns.items()}
    return table(utc, columns, zone_offsets(utc, zone), zone=zone)


@given(PARTS)
def test_no_minute_is_invented_and_each_is_what_the_rows_of_its_wall_minute_say(parts):
    t = recording(*parts)
    expected: dict[tuple[dt.date, int, str], list[float]] = {}
    for row, utc in enumerate(t.utc_minute.tolist()):
        wall = dt.datetime(1970, 1, 1) + dt.timedelta(minutes=utc + int(t.offset_minutes[row]))
        for key, values in t.columns.items():
            if np.isfinite(values[row]):
                place = (wall.date(), wall.hour * 60 + wall.minute, key)
                expected.setdefault(place, []).append(float(values[row]))
    merge = {"HR": lambda v: sum(v) / len(v), "steps": sum, "sleep_stage_deep": max}
    found = {
        (day.date, int(m), SET.keys[c]): float(day.values[m, c])
        for day in days_of(t)
        for m, c in zip(*np.nonzero(day.observed), strict=True)
    }
    assert found.keys() == expected.keys()
    for place, values in expected.items():
        assert found[place] == pytest.approx(merge[place[2]](values))


@given(PARTS)
def test_totals_are_kept_and_days_are_as_long_as_the_zone_says(parts):
    t = recording(*parts)
    days = days_of(t)
    total = sum(float(np.nansum(d.values[:, SET.index("steps")])) for d in days)
    assert total == pytest.approx(float(np.nansum(t.columns["steps"])))
    zone = ZoneInfo(t.zone)
    for day in days:
        ends = [
            dt.datetime.combine(day.date + dt.timedelta(days=i), dt.time(), zone).astimezone(dt.UTC) for i in (0, 1)
        ]
        assert day.minutes_in_day == (ends[1] - ends[0]).total_seconds() / 60


@given(PARTS, st.integers(2, 40))
def test_epochs_keep_their_totals_and_never_reach_past_their_length(parts, epoch):
    t = recording(*parts)
    keys = ("HR", "steps")
    t = table(
        t.utc_minute,
        {k: t.columns[k] for k in keys},
        t.offset_minutes,
        zone=t.zone,
        epoch_minutes=dict.fromkeys(keys, epoch),
    )
    days = days_of(t)
    total = sum(float(np.nansum(d.values[:, 1], dtype=np.float64)) for d in days)
    assert total == pytest.approx(float(np.nansum(t.columns["steps"])), rel=1e-4)
    covered = {
        utc + k + int(t.offset_minutes[row])
        for row, utc in enumerate(t.utc_minute.tolist())
        if np.isfinite(t.columns["HR"][row])
        for k in range(epoch)
    }
    for day in days:
        low = (day.date - dt.date(1970, 1, 1)).days * 1440
        assert {low + int(m) for m in np.flatnonzero(day.observed[:, 0])} <= covered


def test_a_means_epoch_holds_until_the_next_value_and_a_gap_stays():
    t = table([0, 15, 60], {"HR": [60, 70, 80], "steps": [30, 15, 45]}, epoch_minutes={"HR": 15, "steps": 15})
    (day,) = days_of(t)
    assert day.values[[0, 14, 15, 29, 60, 74], 0].tolist() == [60, 60, 70, 70, 80, 80]
    assert day.values[[0, 15, 60], 1].tolist() == [2, 1, 3]
    assert np.flatnonzero(day.observed[:, 0]).tolist() == [*range(30), *range(60, 75)]


@pytest.mark.parametrize(
    ("zone", "date", "length"),
    [
        ("Europe/London", "2024-10-27", 1500), ("Europe/London", "2024-03-31", 1380),
        ("America/New_York", "2024-11-03", 1500), ("Australia/Lord_Howe", "2024-04-07", 1470),
        ("Europe/London", "2024-02-29", 1440),
    ],
)  # fmt: skip
def test_a_full_day_of_a_clock_change(zone, date, length):
    """Every minute that really passed has one step: the repeated hour holds two a wall minute, the skipped one none."""
    info = ZoneInfo(zone)
    start = int(dt.datetime.combine(dt.date.fromisoformat(date), dt.time(), info).timestamp() // 60)
    utc = np.arange(start, start + length)
    report = DaysReport()
    t = table(utc, {"steps": np.ones(length), "HR": np.full(length, 70)}, zone_offsets(utc, zone), zone=zone)
    (day,) = days_of(t, report=report)
    assert day.date.isoformat() == date
    assert day.minutes_in_day == length
    assert np.nansum(day.values[:, 1]) == length
    assert set(day.values[day.observed[:, 0], 0].tolist()) == {70.0}
    assert day.observed[:, 1].sum() == min(length, 1440)
    assert report.merged_minutes == 2 * max(length - 1440, 0)
    assert (report.long_days, report.short_days) == (int(length > 1440), int(length < 1440))


def test_travel_makes_a_day_longer_or_shorter():
    utc = np.arange(0, 2000)
    t = table(utc, {"HR": np.full(2000, 60)}, np.where(utc < 600, 0, -300), zone="mixed")
    first, second = days_of(t)
    assert first.minutes_in_day == 1740
    assert second.minutes_in_day == 1440
    assert first.observed[:, 0].all()
    east = table(utc, {"HR": np.full(2000, 60)}, np.where(utc < 600, 0, 300), zone="mixed")
    first = days_of(east)[0]
    assert first.minutes_in_day == 1140
    assert not first.observed[600:900, 0].any()


@given(st.permutations(["HR", "steps", "spo2"]))
def test_the_order_of_columns_does_not_matter(order):
    rng = np.random.default_rng(1)
    columns = {"HR": rng.uniform(50, 90, 300), "steps": rng.integers(0, 9, 300), "spo2": rng.uniform(90, 99, 300)}
    given_order = days_of(table(np.arange(300), {k: columns[k] for k in order}))[0]
    np.testing.assert_array_equal(given_order.values, days_of(table(np.arange(300), columns))[0].values)


def test_nothing_recorded_gives_no_day():
    assert days_of(table([], {"HR": []})) == []
    assert days_of(table([1, 2], {"HR": [np.nan, np.nan]})) == []
    assert days_of(table([1, 2], {})) == []


def test_days_with_too_few_minutes_are_left_out_and_counted():
    report = DaysReport()
    t = table([*range(59), *range(1440, 1500)], {"HR": np.full(119, 70)})
    days = days_of(t, min_observed_minutes=60, report=report)
    assert [d.date.isoformat() for d in days] == ["1970-01-02"]
    assert (report.days_too_empty, report.minutes_too_empty) == (1, 59)
    with pytest.raises(RecordError, match="min_observed_minutes=0"):
        list(to_days(t, SET, min_observed_minutes=0))


def test_impossible_values_and_channels_outside_the_set_are_counted():
    report = DaysReport()
    (day,) = days_of(table([0, 1], {"HR": [70, 400], "glucose": [5, 5]}), report=report)
    assert day.observed[:, 0].sum() == 1
    assert report.impossible == {"HR": 1}
    assert report.channels_not_in_set == {"glucose": 1}
    assert report.to_json()["observed_minutes"] == {"HR": 1}
    assert any("glucose" in line for line in report.lines())


def test_events_appear_on_every_day_they_touch():
    night = Event(kind="sleep", label="Asleep", start=1440 - 60, end=1440 + 400)
    pill = Event(kind="mood", label="calm", start=1440, end=1440)
    t = table(np.arange(2880), {"HR": np.full(2880, 60)}, events=(night, pill), logged=frozenset({"sleep"}))
    first, second = days_of(t)
    assert [(e.start, e.end) for e in first.events] == [(1380, 1840)]
    assert [(e.start, e.end) for e in second.events] == [(-60, 400), (0, 0)]
    assert second.logged == {"sleep"}


def test_an_event_over_a_clock_change_has_the_wall_times_of_its_ends():
    zone = "Europe/London"
    start = int(np.datetime64("2024-10-26T12:00", "m").astype(np.int64))
    utc = np.arange(start, start + 1440)
    night = Event(kind="sleep", label="Asleep", start=start + 600, end=start + 1080)  # 22:00 UTC = 23:00 BST, 06:00 GMT
    t = table(utc, {"HR": np.full(1440, 60)}, zone_offsets(utc, zone), zone=zone, events=(night,))
    assert [(e.start, e.end) for d in days_of(t) for e in d.events] == [(1380, 1440 + 360), (-60, 360)]


def test_sets_of_the_library_take_what_fits():
    t = table(np.arange(100), {"HR": np.full(100, 60), "mets": np.full(100, 1)})
    for name, channel_set in CHANNEL_SETS.items():
        (day,) = days_of(t, channel_set=channel_set)
        assert day.observed.any(axis=0).sum() == 1 + ("mets" in channel_set.keys), name


def test_a_day_without_any_sleep_record_says_nothing_about_sleep():
    night = Event(kind="sleep", label="Asleep", start=1440 + 1380, end=1440 + 1800)
    t = table(np.arange(4 * 1440), {"HR": np.full(4 * 1440, 60)}, events=(night,), logged=frozenset({"sleep", "mood"}))
    assert ["sleep" in d.logged for d in days_of(t)] == [False, True, True, False]
    assert all("mood" in d.logged for d in days_of(t))
