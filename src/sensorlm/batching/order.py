"""Sample numbers in, places in a shuffled epoch out: the order is a function, so the state of a loader is one integer.

A Feistel network over a grid of a x b >= n cells adds a keyed hash of one coordinate to the other, round after round;
each round can be undone, so the whole is a bijection, and walking on from a cell >= n until one is < n makes it a
bijection of 0..n-1 (Black and Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002, generalised Feistel and
cycle walking). No epoch of any size is ever laid out in memory, and no worker computes what another needs.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

# 5 places reach their 120 orders evenly only after this many: chi-square p is 0 at 4 rounds, 1e-11 at 8, 0.01 at 12.
ROUNDS = 16


def shuffled(samples: NDArray[np.int64], n: int, seed: int) -> NDArray[np.int64]:
    """The place in 0..n-1 that each sample number reads.

    Args:
        samples: (b,) numbers >= 0; sample s belongs to epoch s // n, and each epoch holds every place once.
        n: places, 1 or more.
        seed: of the order of all epochs.
    """
    out = np.empty(len(samples), np.int64)
    epochs = samples // n
    for epoch in np.unique(epochs):
        here = epochs == epoch
        out[here] = permuted(samples[here] % n, n, seed, int(epoch))
    return out


def permuted(places: NDArray[np.int64], n: int, seed: int, epoch: int) -> NDArray[np.int64]:
    """permutation(seed, epoch) of 0..n-1, at `places`."""
    keys = _round_keys(seed, epoch)
    a = math.isqrt(n - 1) + 1
    b = -(-n // a)
    x = _encipher(places.astype(np.uint64), a, b, keys)
    while len(outside := np.flatnonzero(x >= n)):
        x[outside] = _encipher(x[outside], a, b, keys)
    return x.astype(np.int64)


@lru_cache(maxsize=8)
def _round_keys(seed: int, epoch: int) -> NDArray[np.uint64]:
    return np.random.default_rng([seed, epoch]).integers(0, 2**64, ROUNDS, np.uint64)


def _encipher(x: NDArray[np.uint64], a: int, b: int, keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    left, right = x // np.uint64(b), x % np.uint64(b)
    for i in range(0, ROUNDS, 2):
        left = (left + _hash(right + keys[i]) % np.uint64(a)) % np.uint64(a)
        right = (right + _hash(left + keys[i + 1]) % np.uint64(b)) % np.uint64(b)
    mixed: NDArray[np.uint64] = left * np.uint64(b) + right
    return mixed


def _hash(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64's finaliser (Steele, Lea, Flood, OOPSLA 2014); arithmetic modulo 2^64."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
