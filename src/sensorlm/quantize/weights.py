"""One layer's float32 weights in, QuantizedWeights (or their calibration) out: the seed's types in Python's manner."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sensorlm.errors import QuantizationError
from sensorlm.quantize import integers

SYMMETRIC_PER_TENSOR = "symmetric_per_tensor_int8"
ASYMMETRIC_PER_TENSOR = "asymmetric_per_tensor_int8"
SYMMETRIC_PER_CHANNEL = "symmetric_per_channel_int8"
# The seed's configuration names -> the `scheme` a manifest carries.
WEIGHT_SCHEMES = {
    "SymmetricPerTensor": SYMMETRIC_PER_TENSOR,
    "AsymmetricPerTensor": ASYMMETRIC_PER_TENSOR,
    "SymmetricPerChannel": SYMMETRIC_PER_CHANNEL,
}


@dataclass(frozen=True, slots=True)
class LayerCalibration:
    """Observed ranges of one layer, float32; an empty layer has w_min = inf, w_max = -inf, as in the seed."""

    name: str
    w_min: float
    w_max: float
    act_min: float = -1.0
    act_max: float = 1.0

    def weight_scale(self) -> float:
        """max(|w_min|, |w_max|) / 127 in float32, without a floor."""
        return float(np.float32(max(abs(self.w_min), abs(self.w_max))) / np.float32(integers.LEVELS))


@dataclass
class Calibrator:
    """Collects one LayerCalibration a layer: weights by `record_layer`, activations by `record_activations`."""

    calibrations: list[LayerCalibration] = field(default_factory=list)

    def record_layer(
        self, name: str, weights: ArrayLike, activations: tuple[float, float] | None = None
    ) -> LayerCalibration:
        """Note the range of `weights`, and of the layer's input where a forward pass observed it.

        Raises:
            QuantizationError: a weight is NaN or infinite.
        """
        w = np.asarray(weights, np.float32)
        integers.refuse_unquantisable(name, w)
        low, high = (float(w.min()), float(w.max())) if w.size else (math.inf, -math.inf)
        act_min, act_max = activations or (-1.0, 1.0)
        self.calibrations.append(LayerCalibration(name, low, high, act_min, act_max))
        return self.calibrations[-1]

    def finish(self) -> list[LayerCalibration]:
        """The calibrations in the order recorded."""
        return list(self.calibrations)


@dataclass(frozen=True, slots=True, eq=False)
class QuantizedWeights:
    """int8 weights of one layer: w = (q - zero_point) * scale, or * scales[row] when they are per channel."""

    name: str
    weights_i8: NDArray[np.int8]
    """Flat, row-major."""
    shape: tuple[int, ...]
    scale: float
    """float32; the largest of `scales` when those are given."""
    bias: NDArray[np.float32] | None = None
    scales: NDArray[np.float32] | None = None
    zero_point: int = 0

    @classmethod
    def from_f32(
        cls,
        name: str,
        weights: ArrayLike,
        shape: Sequence[int],
        bias: ArrayLike | None = None,
        scale: float | None = None,
        scheme: str = SYMMETRIC_PER_TENSOR,
    ) -> "QuantizedWeights":
        """Quantise row-major float32 `weights` of `shape`; `scale` fixes the per-tensor scale (floor 1e-8).

        Raises:
            QuantizationError: a weight, the bias or the scale is not finite, the shape does not hold the weights, or
                the scheme is unknown.
        """
        w = np.ascontiguousarray(weights, np.float32)
        shape = tuple(int(n) for n in shape)
        if math.prod(shape) != w.size or not shape:
            raise QuantizationError(
                f"layer {name!r}: {w.size} weights do not fill shape {shape}. Give the shape the weights have."
            )
        integers.refuse_unquantisable(name, w)
        b = None if bias is None else np.array(bias, np.float32).reshape(-1)
        if b is not None:
            integers.refuse_unquantisable(f"{name} (bias)", b)
        w = w.reshape(shape)
        if scheme == SYMMETRIC_PER_TENSOR:
            s = integers.symmetric_scale(w) if scale is None else _given_scale(name, scale)
            return cls(name, integers.quantize_symmetric(w, s).reshape(-1), shape, float(s), b)
        if scale is not None:
            raise QuantizationError(f"layer {name!r}: a given scale fits {SYMMETRIC_PER_TENSOR} only, not {scheme!r}.")
        if scheme == SYMMETRIC_PER_CHANNEL:
            q, scales = integers.quantize_per_channel(w)
            return cls(name, q.reshape(-1), shape, float(scales.max(initial=integers.SCALE_FLOOR)), b, scales)
        if scheme == ASYMMETRIC_PER_TENSOR:
            q, s, zero_point = integers.quantize_asymmetric(w)
            return cls(name, q.reshape(-1), shape, float(s), b, None, zero_point)
        raise QuantizationError(f"scheme {scheme!r} does not exist. One of: {', '.join(WEIGHT_SCHEMES.values())}.")

    def dequantize(self) -> NDArray[np.float32]:
        """Flat float32 weights; beyond float32's range they are infinite, as in the seed."""
        q = self.weights_i8.astype(np.float32)
        if self.zero_point:
            q -= np.float32(self.zero_point)
        with np.errstate(over="ignore"):
            if self.scales is None:
                return q * np.float32(self.scale)
            return q * np.repeat(self.scales, q.size // max(len(self.scales), 1))

    def size_bytes(self) -> int:
        """Bytes of the int8 weights."""
        return int(self.weights_i8.size)

    def original_size_bytes(self) -> int:
        """Bytes of the float32 weights they came from."""
        return 4 * self.size_bytes()

    def compression_ratio(self) -> float:
        """float32 bytes over int8 bytes: 4, or NaN for an empty layer."""
        return self.original_size_bytes() / self.size_bytes() if self.size_bytes() else math.nan


def _given_scale(name: str, scale: float) -> np.float32:
    with np.errstate(over="ignore"):
        value = np.float32(scale)
    if not np.isfinite(value):
        raise QuantizationError(f"layer {name!r}: given scale {scale} is not a finite float32 number.")
    return np.float32(max(value, integers.SCALE_FLOOR))


LayerWeights = tuple[str, ArrayLike, Sequence[int], ArrayLike | None]


def quantize_layers(layers: Iterable[LayerWeights], scheme: str = SYMMETRIC_PER_TENSOR) -> list[QuantizedWeights]:
    """Quantise (name, weights, shape, bias) one after another, so that an iterator holds one layer at a time."""
    return [QuantizedWeights.from_f32(name, w, shape, bias, scheme=scheme) for name, w, shape, bias in layers]
