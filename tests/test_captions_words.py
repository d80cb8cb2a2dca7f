"""Times, durations and numbers in words, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensorlm.captions import words
from sensorlm.channels import CHANNEL_SETS


@given(st.integers(-1440, 2879), st.integers(0, words.CLOCK_STYLES - 1))
def test_a_clock_time_is_read_back_in_every_style(minute, style):
    assert words.read_clock(words.clock(minute, style)) == minute


@given(st.integers(0, 3000), st.integers(0, words.SPAN_STYLES - 1))
def test_a_duration_is_read_back_in_every_style(minutes, style):
    assert words.read_span(words.span(minutes, style)) == minutes


@given(st.floats(-1e6, 1e6), st.integers(0, 3))
def test_a_number_is_read_back_as_rounded(value, decimals):
    assert words.read_number(words.number(value, decimals)) == pytest.approx(round(value, decimals), abs=1e-9)


@pytest.mark.parametrize(
    ("minute", "style", "said"),
    [
        (1390, 0, "23:10"), (1390, 1, "11:10 pm"), (1390, 2, "minute 1390"), (0, 1, "12:00 am"), (725, 1, "12:05 pm"),
        (-50, 0, "23:10 the day before"), (-50, 2, "minute 1390 of the day before"), (1440, 1, "midnight"),
        (1440, 0, "24:00"), (1830, 0, "06:30 the next day"), (1830, 1, "6:30 am the next day"),
    ],
)  # fmt: skip
def test_times_are_said_as_people_say_them(minute, style, said):
    assert words.clock(minute, style) == said


@pytest.mark.parametrize(
    ("minutes", "style", "said"),
    [(130, 0, "2 h 10 min"), (130, 1, "2 hours 10 minutes"), (130, 2, "130 minutes"), (61, 1, "1 hour 1 minute"),
     (120, 0, "2 h"), (1, 0, "1 minute"), (45, 0, "45 minutes")],
)  # fmt: skip
def test_durations_are_said_as_people_say_them(minutes, style, said):
    assert words.span(minutes, style) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "a"), (8, "an"), (11, "an"), (18, "an"), (80, "an"), (85, "an"), (81, "an"), (110, "a"), (118, "a"),
     (180, "a"), (21, "a"), (800, "an"), (1100, "a"), (11000, "an")],
)  # fmt: skip
def test_the_article_fits_the_number_read_aloud(count, said):
    assert words.article(count) == said


def test_parts_of_the_day_cover_every_minute_once():
    for minute in range(1440):
        low, high = words.part_range(words.day_part(minute))
        assert low <= minute <= high


def test_no_number_is_written_as_minus_zero():
    assert words.number(-0.0004, 1) == "0.0"
    assert words.number(-0.4, 1) == "-0.4"


def test_units_that_nobody_says_are_left_out():
    channels = CHANNEL_SETS["sensorlm-34"]
    assert words.level_unit(channels["log_energy"]) == ""
    assert (words.spoken_name(channels["steps"]), words.level_unit(channels["steps"])) == ("steps per minute", "")
    assert words.level_unit(channels["HR"]) == " bpm"
    assert words.level_unit(channels["spo2"]) == "%"
    calories = CHANNEL_SETS["fitbit"]["calories"]
    assert (words.level_unit(calories), words.total_suffix(calories)) == (" kcal/min", " kcal")
