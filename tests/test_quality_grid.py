"""Bins, ranks and masked lag correlations against plain loops, numpy and scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sensorlm.quality.grid import (
    bins,
    fraction_covered,
    hourly,
    lag_correlation,
    ranks,
    without_slow_part,
)
from sensorlm.quality.rhythm import explained_by_hour, shuffled_days


def with_gaps(rng, n, share=0.2):
    x = rng.normal(size=n)
    x[rng.random(n) < share] = np.nan
    return x


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(12, 60), st.integers(0, 9))
def test_lag_correlation_equals_a_plain_loop(seed, n, max_lag):
    rng = np.random.default_rng(seed)
    x, y = with_gaps(rng, n) + 50, 3 * with_gaps(rng, n)
    found = lag_correlation(x, y, max_lag, 4)
    assert found.lag.tolist() == list(range(-max_lag, max_lag + 1))
    for lag, r, count in zip(found.lag, found.r, found.n, strict=True):
        pairs = [(x[t + lag], y[t]) for t in range(n) if 0 <= t + lag < n]
        pairs = [(a, b) for a, b in pairs if np.isfinite(a) and np.isfinite(b)]
        assert count == len(pairs)
        if len(pairs) < 4:
            assert np.isnan(r)
        else:
            assert r == pytest.approx(np.corrcoef(np.array(pairs).T)[0, 1], abs=1e-9)


def test_a_positive_best_lag_says_that_the_first_series_is_late():
    y = np.random.default_rng(0).normal(size=500)
    found = lag_correlation(np.r_[np.zeros(7), y[:-7]], y, 20, 50)
    assert found.lag[np.nanargmax(found.r)] == 7


def test_constant_series_have_no_correlation():
    assert np.isnan(lag_correlation(np.ones(50), np.arange(50.0), 3, 5).r).all()


def test_bins_are_means_of_what_was_recorded():
    minute = np.array([100, 101, 104, 105, 112])
    values = np.array([1.0, 3.0, np.nan, 7.0, 9.0])
    np.testing.assert_array_equal(bins(minute, values, 100, 3, 5), [2.0, 7.0, 9.0])
    np.testing.assert_array_equal(bins(minute, values, 90, 3, 5), [np.nan, np.nan, 2.0])


def test_fraction_covered_counts_overlaps_once():
    share = fraction_covered(np.array([0, 5, -50, 18]), np.array([8, 10, -40, 99]), 0, 4, 5)
    np.testing.assert_allclose(share, [1, 1, 0, 0.4])


def test_ranks_are_scipys_mid_ranks_with_nan_kept():
    x = np.array([3.0, np.nan, 1.0, 3.0])
    np.testing.assert_allclose(ranks(x), [2.5 / 3, np.nan, 1 / 3, 2.5 / 3])
    y = np.random.default_rng(1).normal(size=30)
    np.testing.assert_allclose(ranks(y) * 30, stats.rankdata(y))


def test_without_slow_part_equals_a_plain_moving_mean():
    x = with_gaps(np.random.default_rng(2), 60, 0.4)
    fast = without_slow_part(x, 7)
    for i in range(60):
        around = x[max(0, i - 3) : i + 4]
        seen = around[np.isfinite(around)]
        if len(seen) >= 3.5 and np.isfinite(x[i]):
            assert fast[i] == pytest.approx(x[i] - seen.mean())
        else:
            assert np.isnan(fast[i])


def test_hourly_puts_minutes_into_local_days_and_hours():
    minute = np.array([1440 + 60, 1440 + 61, 3 * 1440 + 1439])
    days = hourly(minute, np.array([2.0, 4.0, 5.0]))
    assert days.shape == (3, 24)
    assert days[0, 1] == 3.0
    assert days[2, 23] == 5.0
    assert np.isfinite(days).sum() == 2


def test_explained_by_hour_is_eta_squared():
    rng = np.random.default_rng(3)
    days = rng.normal(size=(9, 24)) + np.sin(np.arange(24) / 24 * 2 * np.pi)
    f = stats.f_oneway(*days.T).statistic  # eta squared from scipy's F
    assert explained_by_hour(days) == pytest.approx(f * 23 / (f * 23 + 9 * 24 - 24))


def test_shuffled_days_destroy_the_rhythm_and_nothing_else():
    rng = np.random.default_rng(4)
    days = rng.normal(size=(40, 24)) * 0.2 + np.sin(np.arange(24) / 24 * 2 * np.pi)
    null = shuffled_days(days, rng, 300)
    assert explained_by_hour(days) > 0.9
    assert null.max() < 0.35
    # A day whose every hour is the same cannot change by rotation.
    flat = np.repeat(rng.normal(size=(5, 1)), 24, axis=1)
    np.testing.assert_allclose(shuffled_days(flat, rng, 5), 0, atol=1e-12)
