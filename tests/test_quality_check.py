"""The report on made people: counts by hand, verdicts by construction, refusal, JSON, text."""

import json
from dataclasses import replace

import numpy as np
import pytest
from quality_people import START, made_person

from sensorlm.channels import CHANNEL_SETS
from sensorlm.errors import ClockError
from sensorlm.quality import (
    BROKEN,
    CANNOT_TELL,
    SOUND,
    QualityChecker,
    check,
    report_text,
    require_sound,
    tables_from_days,
)
from sensorlm.quality.wear import unworn
from sensorlm.records import DayMatrix, Event, MinuteTable

SET = CHANNEL_SETS["sensorlm-34"]
CHANNELS = {c.key: c for c in SET.channels}


def small_table(minute, columns, **more) -> MinuteTable:
    return MinuteTable(
        person="p",
        dataset="d",
        utc_minute=np.asarray(minute, np.int64),
        offset_minutes=np.zeros(len(minute), np.int16),
        columns={k: np.asarray(v, np.float32) for k, v in columns.items()},
        **more,
    )


def broken_person(name="late"):
    sound = made_person(person=name)
    return replace(sound, columns=sound.columns | {"HR": np.roll(sound.columns["HR"], 300)})


def test_coverage_counts_minutes_by_local_hour_and_epochs_by_their_length():
    table = small_table(
        [0, 1, 60, 1440], {"HR": [60, np.nan, 61, 62], "glucose": [np.nan, np.nan, 5, np.nan]},
        epoch_minutes={"glucose": 15},
    )  # fmt: skip
    report = check([table], SET)
    assert report.channel_keys == ("HR", "glucose")
    assert report.possible_by_hour.tolist() == [120] * 24
    assert report.observed_by_hour[0].tolist() == [2, 1] + [0] * 22
    assert report.observed_by_hour[1].tolist() == [0, 15] + [0] * 22
    assert report.coverage[0, 0] == 2 / 120
    person = report.people[0]
    assert (person.days, person.recorded_minutes) == (2, 1 + 15 + 1)
    assert person.observed_minutes == {"HR": 3, "glucose": 15}


def test_offsets_decide_the_hour():
    table = replace(small_table([0], {"HR": [60]}), offset_minutes=np.array([90], np.int16))
    assert check([table], SET).observed_by_hour[0].tolist() == [0, 1] + [0] * 22


def test_impossible_values_are_counted_and_do_not_count_as_coverage():
    report = check([small_table([0, 1, 2, 3], {"HR": [60, 10, 300, np.inf], "steps": [-1, 0, 1, 2]})], SET)
    assert report.total("impossible") == {"HR": 3, "steps": 1}
    assert report.total("observed_minutes") == {"HR": 1, "steps": 3}


def test_the_total_of_an_epoch_is_judged_by_the_minute():
    table = small_table([0, 15, 30], {"steps": [2000, 4501, 15 * 300]}, epoch_minutes={"steps": 15})
    assert check([table], SET).total("impossible") == {"steps": 1}


def test_columns_without_a_description_are_named_and_left_alone():
    report = check([small_table([0], {"HR": [60], "aura": [1]}), small_table([0], {"aura": [2]})], SET)
    assert report.unknown_channels == {"aura": 2}
    assert report.channel_keys == ("HR",)
    assert "aura" in report_text(report)


def test_a_person_without_rows_is_reported_and_not_judged():
    report = check([small_table([], {"HR": []})], SET)
    assert report.people[0].verdict == CANNOT_TELL
    assert report.people[0].days == 0


@pytest.mark.parametrize(("still", "expected"), [(180, 180), (179, 0)])
def test_three_hours_without_movement_or_body_signal_are_unworn(still, expected):
    steps = np.r_[5.0, np.zeros(still), 5.0]
    assert unworn(small_table(np.arange(still + 2), {"steps": steps}), CHANNELS).sum() == expected


def test_heart_rate_and_logged_sleep_are_signs_of_a_wearer():
    n = 400
    steps = np.zeros(n)
    assert unworn(small_table(np.arange(n), {"steps": steps}), CHANNELS).sum() == n
    assert unworn(small_table(np.arange(n), {"steps": steps, "HR": np.full(n, 60)}), CHANNELS).sum() == 0
    sleep = (Event(kind="sleep", label="Asleep", start=0, end=300),)
    assert unworn(small_table(np.arange(n), {"steps": steps}, events=sleep), CHANNELS).sum() == 0
    assert unworn(small_table(np.arange(n), {"HR": np.full(n, np.nan)}), CHANNELS).sum() == 0


def test_sound_and_broken_people_are_told_apart_and_named():
    report = check([made_person(person="good"), broken_person()], SET)
    assert [p.verdict for p in report.people] == [SOUND, BROKEN]
    assert report.refused == ("made/late",)
    assert (report.count(SOUND), report.count(BROKEN), report.count(CANNOT_TELL)) == (1, 1, 0)
    verdict = next(v for v in report.clock_verdicts if v.person == "late" and v.channel == "HR")
    assert verdict.verdict == BROKEN
    lag = next(e for e in verdict.evidence if e.test == "agreement").numbers["other_lag_minutes"]
    assert abs(lag - 300) <= 5
    assert "moved by 5 h" in verdict.reason


def test_a_broken_clock_raises_with_person_channel_numbers_rule_and_way_out():
    report = check([broken_person()], SET)
    with pytest.raises(ClockError, match=r"person 'late'.*HR: .*moved by 5 h.*correlation 0\.\d\d.*sound.*--force"):
        require_sound(report)
    require_sound(report, force=True)
    require_sound(check([made_person()], SET))


def test_the_channel_that_fits_nothing_is_blamed_alone():
    sound = made_person()
    counts = (sound.columns["steps"] * 3).astype(np.float32)
    moved = replace(sound, columns=sound.columns | {"counts": counts, "steps": np.roll(sound.columns["steps"], 300)})
    verdicts = {v.channel: v.verdict for v in check([moved], SET).clock_verdicts}
    assert verdicts == {"steps": BROKEN, "HR": SOUND, "counts": SOUND}


def test_a_sleep_log_that_fits_no_channel_is_blamed_itself():
    sound = made_person()
    moved = replace(sound, events=tuple(replace(e, start=e.start + 180, end=e.end + 180) for e in sound.events))
    verdicts = {v.channel: v.verdict for v in check([moved], SET).clock_verdicts}
    assert verdicts == {"steps": SOUND, "HR": SOUND, "events:sleep": BROKEN}


def test_two_readings_of_one_sensor_cannot_vouch_for_the_hour():
    person = made_person(3, heart=False, sleep=False)
    steps = person.columns["steps"]
    report = check([small_table(person.utc_minute, {"steps": steps, "counts": steps * 2})], SET)
    assert report.people[0].verdict == CANNOT_TELL
    assert {e.outcome for v in report.clock_verdicts for e in v.evidence if e.test == "agreement"} == {"alike"}


def test_glucose_that_rises_after_meals_speaks_for_the_clock():
    rng = np.random.default_rng(0)
    n = 30 * 1440
    level = np.full(n, 6.0)
    meals = [d * 1440 + h * 60 + int(rng.normal(0, 60)) for d in range(30) for h in (8, 13, 19)]
    for at in meals:
        stop = min(at + 150, n)
        level[at:stop] += 3 * np.sin(np.linspace(0, np.pi, 150))[: stop - at]
    level += rng.normal(0, 0.2, n)
    events = tuple(Event(kind="activity", label="Meal", start=START + m, end=START + m + 15) for m in meals)
    report = check([small_table(START + np.arange(n), {"glucose": level}, events=events)], SET)
    (verdict,) = report.clock_verdicts
    meals_found = next(e for e in verdict.evidence if e.test == "meals")
    assert verdict.verdict == SOUND
    assert meals_found.numbers["rise"] == pytest.approx(3, abs=0.2)
    assert meals_found.numbers["z"] > 3


def test_the_report_is_json_and_says_what_the_reader_met():
    reading = {"problems": {"duplicate minutes": {"count": 543, "examples": ["row 1"]}}}
    report = check([made_person(4), broken_person()], SET, reading=lambda: reading)
    data = json.loads(json.dumps(report.to_json(), allow_nan=False))
    assert data["refused"] == ["made/late"]
    assert data["reading"] == reading
    assert data["verdicts"][BROKEN] == 1
    assert len(data["coverage_by_hour"]["HR"]) == 24
    text = report_text(report)
    assert "duplicate minutes 543" in text
    assert "late: BROKEN" in text
    assert max(map(len, text.splitlines())) < 400
    assert "no duplicate" in report_text(check([], SET, reading=lambda: {"problems": {}}))


def test_tables_are_read_as_a_stream():
    alive = []

    def stream():
        for i in range(3):
            table = made_person(2, seed=i)
            alive.append(len(checker.report().people))
            yield table

    checker = QualityChecker(SET)
    for table in stream():
        checker.add(table)
    assert alive == [0, 1, 2]


def test_stored_days_give_the_same_verdict_as_the_export():
    table = made_person(10)
    keys = ("steps", "HR")
    days = []
    for begin in range(0, len(table.utc_minute), 1440):
        values = np.stack([table.columns[k][begin : begin + 1440] for k in keys], 1)
        first = int(table.utc_minute[begin])
        date = np.datetime64(first // 1440, "D").astype(object)
        # A night belongs to both days it touches.
        events = tuple(
            replace(e, start=e.start - first, end=e.end - first)
            for e in table.events
            if e.end > first and e.start < first + 1440
        )
        days.append(
            DayMatrix(
                values=values, observed=np.isfinite(values), channel_keys=keys, person="made", dataset="made",
                date=date, events=events, logged=table.logged,
            )
        )  # fmt: skip
    (rebuilt,) = tables_from_days(days[::-1])
    np.testing.assert_array_equal(rebuilt.utc_minute, table.utc_minute)
    np.testing.assert_array_equal(rebuilt.columns["HR"], table.columns["HR"])
    assert set(rebuilt.events) == set(table.events)
    assert check([rebuilt], SET).clock_verdicts == check([table], SET).clock_verdicts
