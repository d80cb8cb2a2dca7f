"""A model, its ONNX exports and days in, how far their answers differ out; refused where that passes a tolerance."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import pairwise
from operator import methodcaller
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sensorlm.errors import QuantizationError, SensorLMError
from sensorlm.export.runtime import OnnxModel

CHECK_LENGTHS = (1, 7, 33)
Question = tuple[str, Callable[[], Any], Callable[[OnnxModel], Any]]


@torch.inference_mode()
def compare(
    model: Any,  # noqa: ANN401
    forms: Mapping[str, OnnxModel],
    days: NDArray[np.float32],
    tolerances: Mapping[str, float],
) -> dict[str, dict[str, dict[str, float]]]:
    """Largest relative difference and lowest cosine of each graph, over texts of three lengths and the days.

    Args:
        model: what was exported.
        forms: "float32", "int8" -> its exports. The model itself computes each answer once for both.
        days: (n, t, c) z-scores, NaN = missing.
        tolerances: of each form, see `export_onnx`.

    Raises:
        QuantizationError: an 8-bit graph is outside its tolerance; said at once, short texts first.
        SensorLMError: so is a float graph.
    """
    found: dict[str, dict[str, dict[str, float]]] = {name: {} for name in forms}
    for graph, ours, theirs in _questions(model, next(iter(forms.values())), days):
        a = np.asarray(ours(), np.float64)
        for name, exported in forms.items():
            b = np.asarray(theirs(exported), np.float64)
            worst = float(np.abs(a - b).max() / max(np.abs(a).max(), 1e-12))
            rows = (a * b).sum(-1) / np.maximum(np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1), 1e-30)
            entry = found[name].setdefault(graph, {"difference": 0.0, "cosine": 1.0})
            entry["difference"] = max(entry["difference"], worst)
            entry["cosine"] = min(entry["cosine"], float(rows.min()))
            (_refuse_cosine if name == "int8" else _refuse_difference)(graph, entry, tolerances[name])
    return found


def _questions(model: Any, exported: OnnxModel, days: NDArray[np.float32]) -> Iterator[Question]:  # noqa: ANN401
    """Graph, the model's answer, an export's answer: what takes least time first."""
    rng = np.random.default_rng(0)
    for tower in ("text", "decoder"):
        config = getattr(model.config, tower)
        if tower not in exported.sessions or config is None:
            continue
        for length in sorted({min(n, config.max_tokens) for n in CHECK_LENGTHS}):
            known = getattr(config, "vocabulary", None) or range(2, config.vocab_size)
            ids, told = np.asarray(known)[rng.integers(0, len(known), (3, length))], list(known)
            ids[0, length // 2 :] = config.eos_id
            if tower == "text":
                yield tower, partial(_text, model, ids), methodcaller("encode_text", ids)
            else:
                yield (
                    tower,
                    partial(_logits, model, days[:3], ids, told),
                    partial(_exported_logits, days[:3], ids, told),
                )
    # Scores of a batch leave the cache: one day by itself takes half the time, three show that a batch may be any.
    ends = [0, *range(3, len(days) - 2), len(days)] if len(days) > 5 else [0, len(days)]
    for start, end in pairwise(ends):
        part = days[start:end]
        yield "sensor", partial(_sensor, model, part), methodcaller("encode_sensor", part)


def _sensor(model: Any, part: NDArray[np.float32]) -> NDArray[np.float32]:  # noqa: ANN401
    features: NDArray[np.float32] = model.encode_sensor(_nan_as(part)).numpy()
    return features


def _text(model: Any, ids: NDArray[np.int64]) -> NDArray[np.float32]:  # noqa: ANN401
    features: NDArray[np.float32] = model.encode_text(torch.from_numpy(ids)).numpy()
    return features


def _exported_logits(
    days: NDArray[np.float32], ids: NDArray[np.int64], told: list[int], exported: OnnxModel
) -> NDArray[np.float32]:
    logits: NDArray[np.float32] = exported.caption_logits(ids, *exported.sensor_tokens(days))[..., told]
    return logits


def _nan_as(part: NDArray[np.float32]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(part))


def _logits(
    model: Any,  # noqa: ANN401
    days: NDArray[np.float32],
    ids: NDArray[np.int64],
    told: list[int],
) -> NDArray[np.float32]:
    memory = model.sensor.tokens(_nan_as(days), None)
    logits: NDArray[np.float32] = model.decoder(torch.from_numpy(ids), memory).numpy()[..., told]
    return logits


def _refuse_difference(graph: str, entry: Mapping[str, float], tolerance: float) -> None:
    if not entry["difference"] <= tolerance:
        raise SensorLMError(
            f"{graph}.onnx differs from the model by {entry['difference']:.2e} (relative), over tolerance "
            f"{tolerance:g}. Nothing was kept; report it, or raise --tolerance."
        )


def _refuse_cosine(graph: str, entry: Mapping[str, float], tolerance: float) -> None:
    if not entry["cosine"] >= tolerance:
        raise QuantizationError(
            f"{graph}.int8.onnx has cosine {entry['cosine']:.4f} with the model, under {tolerance:g}. "
            "Nothing was kept; export with --no-int8, or lower --int8-tolerance."
        )
