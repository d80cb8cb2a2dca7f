"""The order is a permutation for every n, even over all of them, and a function of (seed, epoch) alone."""

import itertools
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sensorlm.batching import permuted, shuffled


@pytest.mark.parametrize("seed", [0, 1])
def test_every_size_is_permuted_whole(seed):
    for n in [*range(1, 130), 1000, 1023, 1024, 1025, 4097]:
        assert sorted(permuted(np.arange(n), n, seed, epoch=n % 3)) == list(range(n))


def test_a_million_places_are_permuted_whole():
    n = 10**6 + 3
    assert (np.bincount(permuted(np.arange(n), n, seed=5, epoch=2), minlength=n) == 1).all()


@given(n=st.integers(10**9, 2**50), seed=st.integers(0, 2**32), start=st.integers(0, 2**30))
def test_places_of_any_corpus_are_drawn_without_laying_it_out(n, seed, start):
    places = permuted((start + np.arange(2000)) % n, n, seed, epoch=0)
    assert len(set(places.tolist())) == 2000
    assert places.min() >= 0
    assert places.max() < n


@pytest.mark.parametrize("n", [3, 4, 5])
def test_all_permutations_come_equally_often(n):
    """Chi-square over all n! orders; a biased network (2 rounds) gives p = 0."""
    trials = 20 * math.factorial(n)
    seen = Counter(tuple(permuted(np.arange(n), n, seed, epoch=3).tolist()) for seed in range(trials))
    observed = [seen[order] for order in itertools.permutations(range(n))]
    assert stats.chisquare(observed).pvalue > 1e-3


def test_neighbours_of_a_large_epoch_are_independent():
    """The place of a sample says nothing about the place of the next: 16 x 16 table, chi-square."""
    n = 100_003
    places = permuted(np.arange(n), n, seed=1, epoch=0) * 16 // n
    table = np.histogram2d(places[:-1], places[1:], bins=16)[0]
    assert stats.chi2_contingency(table).pvalue > 1e-3
    assert stats.chi2_contingency(np.histogram2d(np.arange(n) * 16 // n, places, bins=16)[0]).pvalue > 1e-3


def test_epochs_and_seeds_differ():
    orders = {tuple(permuted(np.arange(50), 50, seed, epoch).tolist()) for seed in range(4) for epoch in range(4)}
    assert len(orders) == 16


@settings(max_examples=30)
@given(n=st.integers(1, 40), start=st.integers(0, 200), count=st.integers(0, 100))
def test_sample_numbers_run_through_one_epoch_after_the_other(n, start, count):
    whole = np.concatenate([permuted(np.arange(n), n, 9, epoch) for epoch in range((start + count) // n + 1)])
    np.testing.assert_array_equal(shuffled(start + np.arange(count), n, 9), whole[start : start + count])
