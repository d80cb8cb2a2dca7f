"""Spells, hours and derived channels against loops over minutes, and what cannot be told of a day that lacks one."""

import math

import numpy as np
import pytest
from captions_loops import naive, naive_derived
from captions_made import CHANNELS, made_day
from hypothesis import given
from hypothesis import strategies as st

from sensorlm.captions import facts as F
from sensorlm.captions.codes import Codebook
from sensorlm.captions.derived import DERIVED
from sensorlm.captions.plain import which_hold
from sensorlm.captions.predicates.weighing import WEIGHING
from sensorlm.captions.predicates.weighing_more import WEIGHING_MORE
from sensorlm.captions.spells import SPELL_STATISTICS
from sensorlm.errors import RecordError
from sensorlm.records import Event, Quantity

KEYS = ("HR", "steps")
ROWS = (*WEIGHING, *WEIGHING_MORE)
SEED = st.integers(0, 2**32 - 1)
NAN = math.nan


def random_batch(rng, b=3, events=None):
    """Minutes in blocks, so that there are walks, pauses and long sits, with holes."""
    values = np.empty((b, 1440, 2), np.float32)
    for day in range(b):
        minute = 0
        while minute < 1440:
            size = int(rng.choice([1, 2, 4, 12, 40, 100]))
            level = float(rng.choice([0, 0, 8, 40, 62, 105]))
            spread = rng.normal(0, 4, len(values[day, minute : minute + size])) if level else 0
            values[day, minute : minute + size, 1] = np.maximum(level + spread, 0)
            minute += size
    values[:, :, 0] = 65 + 0.4 * values[:, :, 1] + rng.normal(0, 6, (b, 1440))
    for day in range(b):
        for channel in range(2):
            for _ in range(int(rng.integers(0, 3))):
                start = int(rng.integers(0, 1440))
                values[day, start : start + int(rng.integers(1, 200)), channel] = np.nan
    events = events or ((),) * b
    return F.DayBatch(values, KEYS, events, tuple(frozenset({"sleep"} if found else ()) for found in events))


def random_quantity(rng):
    name = str(rng.choice(SPELL_STATISTICS))
    start = int(rng.integers(0, 1200))
    end = int(rng.integers(start + 1, 1441)) if rng.random() < 0.7 else start + 1
    by_pulse = name in ("jumps", "jitter", "steady_hours", "busiest_lead", "amplitude") and rng.random() < 0.7
    argument = float(rng.choice([5, 10, 20] if by_pulse else [0.5, 20, 45, 60]))
    return Quantity(
        statistic=name, subject="HR" if by_pulse else "steps", start=start, end=end, argument=argument
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_every_statistic_of_spells_equals_a_loop(seed):
    rng = np.random.default_rng(seed)
    batch = random_batch(rng)
    quantities = [random_quantity(rng) for _ in range(24)]
    got = F.measure(quantities, batch)
    for day, column in np.ndindex(got.shape):
        q = quantities[column]
        want = naive(q, batch.values[day, :, KEYS.index(q.subject)])
        assert got[day, column] == pytest.approx(want, rel=2e-5, abs=2e-4, nan_ok=True), q.key


def test_each_statistic_of_spells_has_an_answer():
    rng = np.random.default_rng(1)
    quantities = [random_quantity(rng) for _ in range(600)]
    values = F.measure(quantities, random_batch(rng, b=6))
    for name in SPELL_STATISTICS:
        columns = [i for i, q in enumerate(quantities) if q.statistic == name]
        assert np.isfinite(values[:, columns]).any(), name


@pytest.mark.parametrize("subject", list(DERIVED))
def test_every_derived_channel_equals_a_loop(subject):
    night = (Event(kind="sleep", label="Asleep", start=-60, end=400),)
    batch = random_batch(np.random.default_rng(4), b=2, events=(night, ()))
    got = batch.tracks([subject])[subject].values
    for day, sleeps in enumerate([[(-60, 400)], []]):
        pulse, steps = (batch.values[day, :, i].astype(float).tolist() for i in range(2))
        want = naive_derived(subject, pulse, steps, sleeps)
        np.testing.assert_allclose(got[day], want, rtol=1e-5, atol=1e-4)
    assert np.isfinite(got).any()


def ask(statistic, subject, start=480, end=1320, argument=0.0):
    return Quantity(statistic=statistic, subject=subject, start=start, end=end, argument=argument)


def walked(minutes, hidden=()):
    """A day of pulse 70 without steps but for a walk from ten on, at 100 steps and 110 beats."""
    values = np.tile(np.array([70, 0], np.float32), (1440, 1))
    values[600 : 600 + minutes] = [110, 100]
    for start, end, channel in hidden:
        values[start:end, channel] = np.nan
    return values


def test_a_derived_channel_needs_ten_minutes_of_itself_and_half_of_its_sources():
    hidden = [(700, 1120, 0)], [(700, 1121, 0)], [(0, 1440, 1)]
    days = [walked(10), walked(9), *(walked(10, spans) for spans in hidden)]
    batch = F.DayBatch(np.stack(days), KEYS, ((),) * 5, (frozenset(),) * 5)
    asked = [ask("mean", "HR@walking"), ask("mean", "HR@walking-still"), ask("mean", "HR@still")]
    got = F.measure(asked, batch)
    assert np.array_equal(got[0], [110, 40, 70])
    assert np.array_equal(got[1], [NAN, NAN, 70], equal_nan=True)
    assert np.array_equal(got[2], [110, 40, 70])
    assert np.isnan(got[3:]).all()


def test_a_device_without_one_of_the_channels_cannot_tell():
    steps = walked(30)[None, :, 1:]
    batch = F.DayBatch(steps, ("steps",), ((),), (frozenset(),))
    got = F.measure([ask("mean", "HR@walking"), ask("mean", "pace"), ask("mean", "afoot")], batch)[0]
    assert np.array_equal(got, np.array([NAN, 100, 30 / 840], np.float32), equal_nan=True)


def test_coverage_and_gaps_of_a_derived_channel_are_refused():
    for statistic in ("coverage", "longest_gap", "long_gaps"):
        with pytest.raises(RecordError, match="has values in some minutes only"):
            F.check_quantity(ask(statistic, "HR@walking"))


def test_codes_chunks_and_json_accept_what_is_weighed():
    quantities = tuple(dict.fromkeys(fact.quantity for row in ROWS for fact in row.facts))
    book = Codebook(quantities)
    assert Codebook.from_json(book.to_json()) == book
    batch = random_batch(np.random.default_rng(7), b=130)
    codes = book.day_codes(batch)
    one = F.DayBatch(batch.values[129:], KEYS, batch.events[129:], batch.logged[129:])
    np.testing.assert_array_equal(book.day_codes(one)[0], codes[129])


@given(SEED)
def test_minutes_outside_a_rows_window_never_change_its_answer(seed):
    rng = np.random.default_rng(seed)
    batch = random_batch(rng, b=1)
    quantities = list(dict.fromkeys(f.quantity for row in ROWS for f in row.facts))
    for window in {(q.start, q.end) for q in quantities}:
        inside = [q for q in quantities if (q.start, q.end) == window]
        want = F.measure(inside, batch)
        np.testing.assert_allclose(F.measure(inside, batch.restricted(*window)), want, rtol=1e-5, atol=1e-4)


def test_opposites_that_are_weighed_are_never_both_true():
    opposites = [
        ("walks_slowly", "walks_quickly"), ("pace_stays_even", "pace_varies_much"), ("pace_slackens", "pace_quickens"),
        ("pace_slackens", "pace_same_early_late"), ("steps_from_walking", "steps_from_pottering"),
        ("sets_off_often", "sets_off_seldom"), ("moves_in_snatches", "moves_in_long_spells"),
        ("walks_in_snatches", "walks_at_length"), ("one_walk_holds_half", "no_walk_stands_out"),
        ("active_half_hour_unbroken", "active_seven_minutes_at_most"), ("sits_briefly", "sits_quarter_hours"),
        ("sitting_in_blocks", "sitting_broken_up"), ("first_walk_by_quarter_past_seven", "first_walk_past_noon"),
        ("last_walk_by_two", "last_walk_past_nine"), ("seven_hours_between_walks", "walks_close_together"),
        ("hours_share_evenly", "hours_share_unevenly"), ("peak_hour_towers", "peak_hour_modest"),
        ("steps_in_twenty_hours", "steps_in_thirteen_hours"), ("feet_busier_late", "feet_busier_early"),
        ("office_hours_outweigh", "free_hours_outweigh"), ("feet_busy_after_nine", "feet_up_after_nine"),
        ("sitting_outweighs_sleep", "sleep_outweighs_sitting"), ("walking_pulse_low", "walking_pulse_high"),
        ("sitting_pulse_low", "sitting_pulse_high"), ("walking_lifts_pulse_little", "walking_lifts_pulse_much"),
        ("sitting_pulse_even", "sitting_pulse_uneven"), ("sitting_pulse_drifts_up", "sitting_pulse_drifts_down"),
        ("walking_pulse_climbs", "walking_pulse_sinks"), ("calm_within_two_minutes", "calm_takes_minutes"),
        ("pulse_falls_far_after_walks", "pulse_falls_little_after_walks"), ("pulse_jumps_often", "pulse_jumps_never"),
        ("sixty_to_eighty_mostly", "sixty_to_eighty_little"), ("steady_hours_many", "steady_hours_none"),
        ("pulse_restless_minutely", "pulse_smooth_minutely"), ("quickest_ten_far_above", "quickest_ten_near"),
        ("pulse_amplitude_strong", "pulse_amplitude_weak"),
    ]  # fmt: skip
    by_name = {row.name: row for row in ROWS}
    rng = np.random.default_rng(2)
    values = np.full((60, 1440, len(CHANNELS.keys)), np.nan, np.float32)
    values[:, :, [CHANNELS.index(key) for key in KEYS]] = random_batch(rng, b=60).values
    values[40:] = [made_day(i).values for i in range(20)]
    batch = F.DayBatch(values, CHANNELS.keys, ((),) * 60, (frozenset(),) * 60)
    for one, other in opposites:
        assert not which_hold([by_name[one], by_name[other]], batch).all(1).any(), (one, other)
