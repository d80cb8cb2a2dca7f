"""A float model and its quantised copy in; what was lost and won out: cosine, size, memory, latency in one run.

Latencies are taken in turns (a, b, a, b, ...), so that a machine that slows down slows all alike, and given as medians.
"""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from sensorlm.config.quantize import QuantizationConfig
from sensorlm.quantize.convert import CalibrationBatch, Measured, Quantized
from sensorlm.quantize.layers import Fp8Linear, Int8Linear

F32 = NDArray[np.float32]


@torch.inference_mode()
def embed(model: nn.Module, batches: Sequence[CalibrationBatch]) -> F32:
    """(n, e) unit vectors of the batches' days."""
    features = [model.encode_sensor(batch.values, batch.observed).float() for batch in batches]  # type: ignore[operator]
    result: F32 = torch.cat(features).cpu().numpy()
    return result


def cosines(a: F32, b: F32) -> F32:
    """(n,) cosine of each row of `a` with the same row of `b`, in float64."""
    x, y = a.astype(np.float64), b.astype(np.float64)
    norms = np.linalg.norm(x, axis=1) * np.linalg.norm(y, axis=1)
    result: F32 = ((x * y).sum(axis=1) / np.maximum(norms, 1e-30)).astype(np.float32)
    return result


def in_turns(runs: Mapping[str, Callable[[], Any]], repeats: int = 3) -> dict[str, float]:
    """Median wall seconds of each function, called in turns after one warm-up each."""
    for function in runs.values():
        function()
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repeats):
        for name, function in runs.items():
            start = time.perf_counter()
            function()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


@dataclass(frozen=True)
class Size:
    """Bytes of weights, in float32 and as they are now."""

    float_bytes: int
    quantized_bytes: int
    layers_float_bytes: int
    """Of the quantised layers alone."""
    layers_quantized_bytes: int

    @property
    def layers_ratio(self) -> float:
        """Quantised layers over their float32 size."""
        return self.layers_quantized_bytes / max(self.layers_float_bytes, 1)


def sizes(model: nn.Module, quantized: nn.Module) -> Size:
    """Weights of both models; those of INT8 layers count whether or not they have been packed."""
    total = sum(4 * p.numel() for p in model.parameters())
    layers = [m for m in quantized.modules() if isinstance(m, Int8Linear | Fp8Linear)]
    biases = [0 if m.bias is None else 4 * m.out_features for m in layers]
    now = sum(m.memory_bytes() + b for m, b in zip(layers, biases, strict=True))
    before = sum(4 * m.out_features * m.in_features + b for m, b in zip(layers, biases, strict=True))
    inside = {id(t) for m in layers for t in m.buffers()}
    rest = [t for t in (*quantized.parameters(), *quantized.buffers()) if id(t) not in inside]
    return Size(total, now + sum(t.numel() * t.element_size() for t in rest), before, now)


def worst_layer(quantized: Quantized) -> str:
    """The quantised layer with the lowest signal-to-noise ratio: the first suspect when vectors of days have moved."""
    return worst_of({name: found for name, found in quantized.measured.items() if name not in quantized.excluded})


def worst_of(measured: Mapping[str, Measured]) -> str:
    """The layer with the lowest signal-to-noise ratio, of the sensor tower where one was measured."""
    of_days = [name for name in measured if name.startswith("sensor")] or list(measured)
    return min(of_days, key=lambda name: measured[name].sqnr_db) if of_days else "none measured"


def verdict(config: QuantizationConfig, cosine: F32, worst: str) -> str:
    """Why the result fails its tolerance, naming the layer; empty when it passes."""
    mean = float(cosine.mean())
    if mean >= config.tolerance:
        return ""
    return (
        f"mean cosine {mean:.5f} of held-out days is under tolerance={config.tolerance:g}. "
        f"Layer {worst!r} has the lowest signal-to-noise ratio: exclude it, or use more calibration days."
    )


def latencies(models: Mapping[str, nn.Module], values: Tensor, observed: Tensor | None) -> dict[str, float]:
    """Seconds a day of embedding `values` with each model, measured in turns."""

    def forward(model: nn.Module) -> Callable[[], Any]:
        def call() -> None:
            with torch.inference_mode():
                model.encode_sensor(values, observed)  # type: ignore[operator]

        return call

    return {k: v / len(values) for k, v in in_turns({name: forward(m) for name, m in models.items()}).items()}
