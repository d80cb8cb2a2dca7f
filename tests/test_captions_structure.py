"""Trends and peaks against scipy, numpy loops written from the definition, and the reference's own results."""

import json

import numpy as np
import pytest
from captions_made import CHANNELS, made_values
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import signal

from sensorlm.captions.numbers import longest_stretch, measure_days
from sensorlm.captions.peaks import find_peaks
from sensorlm.captions.reference import denormalise, describe, fill_missing, label
from sensorlm.captions.structure import DIRECTIONS, bin_means, find_extremes, find_trends

# Few distinct values make plateaus and ties; many make ordinary series.
SERIES = st.one_of(
    arrays(np.float64, 36, elements=st.integers(0, 4).map(float)),
    arrays(np.float64, 36, elements=st.floats(-100, 100)),
)


def peaks_of(x, height, prominence):
    return signal.find_peaks(x, height=height, prominence=prominence, distance=5, width=(None, 4))[0].tolist()


def tied_rivals(x, height):
    """Whether two candidates of one height are closer than the distance: then scipy's choice is its sort's accident."""
    at = signal.find_peaks(x, height=height)[0]
    return any(x[i] == x[j] and j - i < 5 for i in at for j in at if i < j)


@given(SERIES, st.floats(0, 1), st.floats(0.1, 1))
def test_peaks_are_those_of_scipy(x, high, tall):
    height, prominence = x.min() + high * np.ptp(x), tall * np.ptp(x)
    assume(np.ptp(x) > 1e-6)
    assume(not tied_rivals(x, height))
    rows, at = find_peaks(
        np.stack([x, x[::-1]]), height=np.full(2, height), prominence=np.full(2, prominence), distance=5, max_width=4.0
    )
    assert at[rows == 0].tolist() == peaks_of(x, height, prominence)
    if not tied_rivals(x[::-1], height):
        assert at[rows == 1].tolist() == peaks_of(x[::-1], height, prominence)


def test_random_series_have_peaks_of_every_sort():
    x = np.random.default_rng(1).normal(0, 1, (2000, 36))
    x[:500] = np.round(x[:500])
    spread = np.ptp(x, axis=1)
    rows, at = find_peaks(x, height=x.mean(1) + 0.2 * spread, prominence=0.3 * spread, distance=5, max_width=4.0)
    wrong = counted = 0
    for i in range(len(x)):
        if not tied_rivals(x[i], x[i].mean() + 0.2 * spread[i]):
            want = peaks_of(x[i], x[i].mean() + 0.2 * spread[i], 0.3 * spread[i])
            counted += len(want)
            wrong += at[rows == i].tolist() != want
    assert wrong == 0
    assert counted > 1000


def test_a_peak_never_looks_past_a_missing_stretch():
    x = np.full((1, 36), np.inf)
    x[0, 10:15] = [1, 2, 5, 2, 1]
    x[0, 20:22] = [9, 1]  # beside a wall: nobody knows whether it is a peak
    rows, at = find_peaks(x, height=np.zeros(1), prominence=np.ones(1), distance=5, max_width=4.0)
    assert (rows.tolist(), at.tolist()) == ([0], [12])


def naive_trends(bins):
    """The definition in plain loops; NaN bins are left out of the fit."""
    spread = np.nanmax(bins) - np.nanmin(bins) if not np.isnan(bins).all() else np.nan
    found = []
    for size, k in ((6, 1.5), (8, 1.3), (12, 1.0)):
        for first in range(0, 36 - size + 1, size // 2):
            y, t = bins[first : first + size], np.arange(size)
            used = ~np.isnan(y)
            if used.sum() < 0.75 * size or not (used[0] and used[-1]):
                continue
            slope, net = np.polyfit(t[used], y[used], 1)[0], y[-1] - y[0]
            span = first, first + size - 1
            if slope > k * spread / 40 and net > 0.2 * spread:
                found.append((net, slope, size, *span, "increasing"))
            elif slope < -k * spread / 40 and -net > 0.2 * spread:
                found.append((-net, -slope, size, *span, "decreasing"))
            elif abs(slope) < 0.01 * spread and np.ptp(y[used]) < 0.1 * spread:
                found.append((0.2 * spread, 1.0, size, *span, "stable"))
    kept = []
    for trend in sorted(found, key=lambda f: (-f[0], -f[1], -f[2])):
        a, b = trend[3:5]
        if all(min(b, d) - max(a, c) <= 0.3 * min(b - a, d - c) for c, d in (k[3:5] for k in kept)):
            kept.append(trend)
    return [k[3:] for k in kept[:3]]


@given(st.integers(0, 2**32 - 1), st.booleans())
def test_trends_equal_a_loop_over_windows(seed, missing):
    rng = np.random.default_rng(seed)
    bins = np.cumsum(rng.normal(0, 1, (12, 36)), 1)
    bins[6:, 10:25] = bins[6:, 10:11] + rng.normal(0, 0.05, (6, 15))
    if missing:
        bins[rng.random(bins.shape) < 0.1] = np.nan
    trends = find_trends(bins)
    for i, series in enumerate(bins):
        at = np.flatnonzero(trends.series == i)
        got = [(trends.first_bin[j], trends.last_bin[j], DIRECTIONS[trends.direction[j]]) for j in at]
        assert got == naive_trends(series)


def test_a_series_that_is_missing_or_constant_has_neither_trends_nor_peaks():
    bins = np.stack([np.full(36, np.nan), np.full(36, 5.0)])
    assert len(find_trends(bins).series) == 0
    assert len(find_extremes(bins).series) == 0


def test_batch_numbers_equal_numpy_on_each_channel():
    rng = np.random.default_rng(3)
    values = np.stack([made_values(rng, holes=i % 2 == 0) for i in range(11)])
    numbers = measure_days(values)
    for b in range(len(values)):
        for c in range(len(CHANNELS)):
            seen = values[b, :, c][~np.isnan(values[b, :, c])].astype(np.float64)
            assert numbers.count[b, c] == len(seen)
            want = [seen.mean(), seen.max(), seen.min(), seen.std()] if len(seen) else [np.nan] * 4
            np.testing.assert_allclose(numbers.levels[b, c], want, rtol=2e-6, atol=1e-6)
            for n in range(36):
                part = values[b, n * 40 : n * 40 + 40, c].astype(np.float64)
                enough = (~np.isnan(part)).sum() >= 20
                want = np.nanmean(part) if enough else np.nan
                np.testing.assert_allclose(numbers.bins[b, c, n], want, rtol=2e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("recorded", "stretch"),
    [([], None), ([(4, 6)], None), ([(4, 8), (20, 24)], (160, 320)), ([(0, 3), (30, 36)], (1200, 1440))],
)
def test_the_longest_recorded_stretch_is_found(recorded, stretch):
    bins = np.full(36, np.nan)
    for start, end in recorded:
        bins[start:end] = 1.0
    assert longest_stretch(bins) == stretch


def test_the_reference_is_reproduced_in_full(shared):
    z = np.load(shared / "golden" / "official_captions.npz")["z"]
    wanted = json.loads((shared / "golden" / "official_captions.json").read_text())
    got = describe(denormalise(z, CHANNELS), CHANNELS)
    assert len(got) == len(wanted) == 12
    trends = peaks = 0
    for day, want in zip(got, wanted, strict=True):
        assert list(day) == list(want)
        for key, entry in want.items():
            for name in ("mean", "max", "min", "std"):
                assert day[key][name] == pytest.approx(entry[name], rel=1e-6), (key, name)
            shapes = [[(t["start"], t["end"], t["direction"]) for t in e["trends"]] for e in (day[key], entry)]
            assert shapes[0] == shapes[1]
            for ours, theirs in zip(day[key]["trends"], entry["trends"], strict=True):
                assert ours["slope"] == pytest.approx(theirs["slope"], rel=1e-6)
            assert day[key]["peaks"] == entry["peaks"]
            trends += len(entry["trends"])
            peaks += len(entry["peaks"])
    assert (trends, peaks) == (1177, 322)


def test_the_reference_labels_a_bin_by_its_end_and_fills_missing_minutes_with_the_mean():
    assert (label(0), label(35)) == (40, 1440)
    values = np.full((1, 1440, 34), np.nan, np.float32)
    np.testing.assert_allclose(fill_missing(values, CHANNELS)[0, 5], CHANNELS.mean)


def test_bins_without_a_mask_are_plain_means():
    values = np.random.default_rng(0).normal(0, 1, (2, 1440, 3))
    want = values.reshape(2, 36, 40, 3).mean(2).transpose(0, 2, 1).reshape(6, 36)
    np.testing.assert_allclose(bin_means(values), want)


def test_a_stretchs_mean_counts_minutes_not_bins():
    values = np.full((1, 1440, 2), np.nan, np.float32)
    values[0, 0:40, 1] = 60.0
    values[0, 40:45, 1] = 100.0  # too few for a bin, and observed all the same
    values[0, 80:100, 1] = 90.0
    numbers = measure_days(values)
    assert np.isnan(numbers.bins[0, 1, 1])
    want = (40 * 60 + 5 * 100 + 20 * 90) / 65
    assert numbers.stretch_mean(1, 0, 3) == pytest.approx(want)
