"""Clocks broken on purpose, on a made person and on real ones: what must be found, and what must not be cried."""

import numpy as np
import pytest
import quality_breaks as breaks
import quality_sets
from quality_people import made_person

from sensorlm.channels import CHANNEL_SETS
from sensorlm.quality import BROKEN, CANNOT_TELL, SOUND, check

SET = CHANNEL_SETS["sensorlm-34"]
SOUND_SETS = ("fitabase", "mss", "mmash", "actiwatch", "t1d_uom")

# Name -> (break, verdict it must bring on a person with heart rate, steps and sleep over 15 days).
BREAKS = {
    "heart rate 15 minutes late": (breaks.shift_channel("HR", 15), BROKEN),
    "heart rate an hour early": (breaks.shift_channel("HR", -60), BROKEN),
    "heart rate in another zone": (breaks.shift_channel("HR", 300), BROKEN),
    "heart rate a day late": (breaks.shift_channel("HR", 1440), BROKEN),
    "steps in another zone": (breaks.shift_channel("steps", -300), BROKEN),
    "heart rate AM for PM": (breaks.shift_channel("HR", 720), BROKEN),
    "heart rate late from the middle on": (breaks.jump_channel("HR", 180), BROKEN),
    "heart rate drifts 5 minutes a day": (breaks.drift_channel("HR", 5), BROKEN),
    "days of heart rate shuffled": (breaks.shuffle_days_channel("HR"), BROKEN),
    "rows of heart rate shuffled": (breaks.shuffle_rows("HR"), BROKEN),
    "all rows shuffled": (breaks.shuffle_rows(None), BROKEN),
    "every day at a random hour": (breaks.random_hour_each_day, BROKEN),
    "AM and PM lost": (breaks.fold_pm, BROKEN),
    "sleep log an hour late": (breaks.shift_sleep(60), BROKEN),
    "sleep log in another zone": (breaks.shift_sleep(-300), BROKEN),
    # Everything moved together looks exactly like someone who works at night: said, not refused.
    "all of it AM for PM": (breaks.shift_table(720), CANNOT_TELL),
}


def verdicts(tables):
    return [p.verdict for p in check(tables, SET).people]


@pytest.mark.parametrize("name", BREAKS)
def test_a_made_person_with_this_broken_clock_is_found(name):
    breaking, expected = BREAKS[name]
    assert verdicts([made_person()]) == [SOUND]
    assert verdicts([breaking(made_person())]) == [expected]


@pytest.mark.parametrize("days", [2, 5, 15, 40])
def test_no_made_person_is_refused_at_any_length(days):
    assert BROKEN not in verdicts(made_person(days, seed) for seed in range(4))


def test_a_few_minutes_of_smoothing_are_no_fault():
    late = breaks.shift_channel("HR", 2)(made_person())
    assert verdicts([late]) == [SOUND]


@pytest.mark.parametrize("name", SOUND_SETS)
def test_no_one_in_the_sound_sets_is_refused(shared, name):
    report = check(quality_sets.SETS[name](shared), SET)
    assert report.refused == ()
    # Irregular wearers of steps alone cannot be vouched for; everybody else is.
    assert report.count(SOUND) >= 0.8 * len(report.people)


def test_short_recordings_are_not_refused_for_being_short(shared):
    assert set(verdicts(quality_sets.stress_predict(shared))) == {CANNOT_TELL}
    assert BROKEN not in verdicts(quality_sets.nurse_stress(shared))


@pytest.mark.parametrize("sleep", [True, False])
def test_the_three_five_minute_tables_are_refused(shared, sleep):
    report = check(quality_sets.t1d_five(shared, sleep=sleep), SET)
    assert report.refused == tuple(f"t1d_uom_5min/{person}" for person in (2301, 2304, 2405))
    heart = [v for v in report.clock_verdicts if v.channel == "HR"]
    assert [v.verdict for v in heart] == [BROKEN] * 3
    assert all("no 24-hour rhythm" in v.reason for v in heart)


def test_their_heart_rate_alone_is_enough(shared):
    tables = (breaks.replace(t, columns={"HR": t.columns["HR"]}, events=()) for t in quality_sets.t1d_five(shared))
    assert verdicts(tables) == [BROKEN] * 3


def test_real_clocks_broken_on_purpose_are_found(shared):
    people = [t for t in quality_sets.fitabase(shared) if np.isfinite(t.columns["HR"]).any()][:4]
    for name in ("heart rate 15 minutes late", "heart rate in another zone", "heart rate late from the middle on",
                 "days of heart rate shuffled", "rows of heart rate shuffled", "steps in another zone"):  # fmt: skip
        assert verdicts(map(BREAKS[name][0], people)) == [BROKEN] * len(people), name
