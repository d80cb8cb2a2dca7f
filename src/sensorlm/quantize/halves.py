"""float32 in, float16 bits (uint16) out, and back: rounding to nearest even, overflow to infinity."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def fp32_to_fp16_bits(weights: NDArray[np.float32] | Sequence[float]) -> NDArray[np.uint16]:
    """The 16 bits of each weight as IEEE half precision; beyond 65504 becomes infinity, NaN stays NaN."""
    with np.errstate(over="ignore"):
        return np.asarray(weights, np.float32).astype(np.float16).view(np.uint16)


def fp16_bits_to_fp32(bits: NDArray[np.uint16] | Sequence[int]) -> NDArray[np.float32]:
    """Exact float32 values of half-precision bit patterns."""
    return np.asarray(bits, np.uint16).view(np.float16).astype(np.float32)
