"""Float weights in, 8-bit integers and their scales out, with the rounding of the seed program bit for bit.

Symmetric (paper: Jacob et al. 2018, "Quantization and Training of Neural Networks", equation 1 with zero point 0):
scale = max|w| / 127, q = round(w / scale) in [-127, 127]. Asymmetric spends all 256 levels on [min, max].
All arithmetic is float32, and halves round away from zero, because that is what Rust's `f32::round` does.
"""

import numpy as np
from numpy.typing import NDArray

from sensorlm.errors import QuantizationError

LEVELS = 127
SCALE_FLOOR = np.float32(1e-8)
# The largest float32 below one half: adding it and truncating rounds halves away from zero, and nothing else up.
_ALMOST_HALF = np.nextafter(np.float32(0.5), np.float32(0))
# Small enough that a chunk and its temporaries stay in a core's cache: four passes at the price of one.
_CHUNK = 1 << 15

F32 = NDArray[np.float32]
I8 = NDArray[np.int8]


def refuse_unquantisable(name: str, weights: F32) -> None:
    """Refuse NaN and infinity, which no scale can hold (the seed turns them into 0 or the whole tensor into NaN).

    Raises:
        QuantizationError: names the layer, the value and its flat index.
    """
    # min and max propagate NaN, so two passes find what a mask would, without its memory.
    if weights.size and not (np.isfinite(weights.min()) and np.isfinite(weights.max())):
        index = int(np.flatnonzero(~np.isfinite(weights.reshape(-1)))[0])
        raise QuantizationError(
            f"layer {name!r}: weight {index} is {weights.reshape(-1)[index]}; only finite weights can be quantised. "
            "Check the checkpoint, it most likely comes from a diverged run."
        )


def round_half_away(x: F32) -> F32:
    """Round to the nearest integer, halves away from zero; exact for |x| < 2**22."""
    rounded: F32 = np.trunc(x + np.copysign(_ALMOST_HALF, x))
    return rounded


def max_abs(weights: F32) -> np.float32:
    """The largest magnitude, 0 for an empty tensor."""
    if not weights.size:
        return np.float32(0)
    return np.float32(max(weights.max(), -weights.min()))


def symmetric_scale(weights: F32) -> np.float32:
    """max|w| / 127 in float32, never below 1e-8."""
    return np.float32(max(max_abs(weights) / np.float32(LEVELS), SCALE_FLOOR))


def quantize_symmetric(weights: F32, scale: np.float32) -> I8:
    """int8 of the same shape: round(w / scale), halves away from zero, clamped to [-127, 127]."""
    flat = np.ascontiguousarray(weights, np.float32).reshape(-1)
    out = np.empty(flat.size, np.int8)
    with np.errstate(over="ignore"):  # w / 1e-8 may be infinite; the clamp makes it 127, as in the seed
        for start in range(0, flat.size, _CHUNK):
            x = flat[start : start + _CHUNK] / scale
            np.clip(x, -LEVELS, LEVELS, out=x)
            x += np.copysign(_ALMOST_HALF, x)
            out[start : start + _CHUNK] = x  # the cast to int8 truncates, which finishes the rounding
    return out.reshape(weights.shape)


def quantize_per_channel(weights: F32) -> tuple[I8, F32]:
    """int8 (o, ...) and one scale a row (o,), each max|row| / 127 with the floor of the per-tensor scheme."""
    if not weights.size:
        return np.empty(weights.shape, np.int8), np.full(weights.shape[0], SCALE_FLOOR, np.float32)
    rows = weights.reshape(weights.shape[0], -1)
    quantized = np.empty(rows.shape, np.int8)
    peak = np.maximum(rows.max(axis=1), -rows.min(axis=1))
    scales = np.maximum(peak / np.float32(LEVELS), SCALE_FLOOR)
    step = max(1, _CHUNK // rows.shape[1])
    for start in range(0, len(rows), step):
        x = rows[start : start + step] / scales[start : start + step, None]
        np.clip(x, -LEVELS, LEVELS, out=x)
        x += np.copysign(_ALMOST_HALF, x)
        quantized[start : start + step] = x
    return quantized.reshape(weights.shape), scales


def quantize_asymmetric(weights: F32) -> tuple[I8, np.float32, int]:
    """int8, scale and zero point: w = (q - zero_point) * scale over [min(w, 0), max(w, 0)], q in [-128, 127].

    0 is always representable exactly, so padding stays padding.
    """
    low = np.float32(min(weights.min(), 0)) if weights.size else np.float32(0)
    high = np.float32(max(weights.max(), 0)) if weights.size else np.float32(0)
    # Divided before subtracting: high - low may overflow float32 where each part does not.
    scale = np.float32(max(high / np.float32(255) - low / np.float32(255), SCALE_FLOOR))
    zero_point = int(np.clip(np.rint(-128 - low / scale), -128, 127))
    x = round_half_away(np.asarray(weights / scale, np.float32)) + np.float32(zero_point)
    return np.clip(x, -128, 127).astype(np.int8), scale, zero_point
