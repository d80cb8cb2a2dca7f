"""A checkpoint in, a folder of ONNX files out, each kept only after its numbers have been compared with the model's."""

import contextlib
import io
import logging
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from sensorlm.checkpoint import Loaded
from sensorlm.errors import QuantizationError, SensorLMError
from sensorlm.export.graphs import DecoderGraph, SensorGraph, TextGraph
from sensorlm.export.runtime import OnnxModel
from sensorlm.files import write_json

CHECK_DAYS = 100
CHECK_LENGTHS = (1, 7, 33)


def export_onnx(
    loaded: Loaded,
    folder: str | Path,
    *,
    days: NDArray[np.float32] | None = None,
    int8: bool = True,
    tolerance: float = 1e-4,
    int8_tolerance: float = 0.99,
) -> dict[str, Any]:
    """Write sensor.onnx, text.onnx and decoder.onnx (what the model has), int8 forms beside them, and export.json.

    Args:
        loaded: model, tokenizer and channels.
        folder: where; files of an earlier export there are replaced only after the new ones passed.
        days: (n, t, c) z-scores with NaN = missing to compare on; None: 100 made ones with gaps.
        int8: also quantise each graph's weights (per channel, dynamic activations: onnxruntime's own quantiser).
        tolerance: largest difference of any feature or logit from the model's, relative to the largest of them.
        int8_tolerance: lowest cosine of an 8-bit graph's output with the float model's.

    Returns:
        What was compared: for each graph and precision the file, its bytes, and the difference or cosine.

    Raises:
        QuantizationError: an 8-bit graph is outside its tolerance.
        SensorLMError: a graph's numbers are not the model's, or the onnx extra is missing.
    """
    _require()
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    model = loaded.model.eval()
    if days is None:
        days = made_days(CHECK_DAYS, loaded.config.sensor.num_minutes, loaded.config.sensor.num_channels)
    description: dict[str, Any] = {
        "format": "sensorlm-onnx", "version": 1, "model": loaded.config.to_json(), "float32": {}, "int8": {},
        "logit_scale": model.logit_scale.exp().item(), "logit_bias": model.logit_bias.item(),
        "channels": None if loaded.channel_set is None else loaded.channel_set.to_json(),
    }  # fmt: skip
    with tempfile.TemporaryDirectory(dir=folder, prefix=".export-") as name:
        scratch = Path(name)
        for graph, (module, example, axes, outputs) in _graphs(model).items():
            _export(module, example, axes, outputs, scratch / f"{graph}.onnx")
            description["float32"][graph] = f"{graph}.onnx"
            if int8:
                _quantize(scratch / f"{graph}.onnx", scratch / f"{graph}.int8.onnx")
                description["int8"][graph] = f"{graph}.int8.onnx"
        write_json(scratch / "export.json", description)
        compared = {"float32": compare(model, OnnxModel(scratch), days)}
        _refuse_difference(compared["float32"], tolerance)
        if int8:
            compared["int8"] = compare(model, OnnxModel(scratch, int8=True), days)
            _refuse_cosine(compared["int8"], int8_tolerance)
        if loaded.tokenizer is not None:
            loaded.tokenizer.save(scratch / loaded.tokenizer.file_name)
        sizes = {f.name: f.stat().st_size for f in scratch.iterdir() if ".onnx" in f.name}
        for file in sorted(scratch.iterdir(), key=lambda f: f.name == "export.json"):
            shutil.move(file, folder / file.name)  # export.json last: without it the folder is not an export
    return {"folder": str(folder), "days": len(days), "bytes": sizes, "compared": compared}


def _require() -> None:
    try:
        import onnx  # noqa: F401, PLC0415 (an extra)
        import onnxruntime  # noqa: F401, PLC0415
        import onnxscript  # noqa: F401, PLC0415
    except ImportError as error:
        raise SensorLMError(f"exporting needs {error.name}. Install sensorlm[onnx].") from None


def made_days(count: int, minutes: int, channels: int, seed: int = 0) -> NDArray[np.float32]:
    """(count, minutes, channels) random z-scores with gaps: hours, whole channels, single minutes, a whole day."""
    rng = np.random.default_rng(seed)
    days = rng.normal(size=(count, minutes, channels)).astype(np.float32)
    for i in range(count):
        start, length = rng.integers(minutes), rng.integers(minutes // 2)
        days[i, start : start + length] = np.nan
        days[i, :, rng.random(channels) < 0.3] = np.nan
    days[rng.random(days.shape) < 0.01] = np.nan
    days[0] = rng.normal(size=(minutes, channels))
    days[-1] = np.nan
    return days


Graph = tuple[nn.Module, tuple[Tensor, ...], dict[str, dict[int, str]], list[str]]


def _graphs(model: Any) -> dict[str, Graph]:  # noqa: ANN401
    """Name -> (module, example inputs, names of dynamic axes, outputs). Batch 2: dynamo would fix a batch of 1."""
    config = model.config
    values = torch.zeros(2, config.sensor.num_minutes, config.sensor.num_channels)
    graphs: dict[str, Graph] = {
        "sensor": (SensorGraph(model), (values,), {"values": {0: "batch"}}, ["features", "tokens", "mask"])
    }
    axes = {0: "batch", 1: "length"}
    if model.text is not None:
        ids = torch.full((2, min(5, config.text.context_length)), 2, dtype=torch.int64)
        graphs["text"] = (TextGraph(model), (ids,), {"tokens": axes}, ["features"])
    if model.decoder is not None:
        ids = torch.full((2, min(5, config.decoder.context_length)), 2, dtype=torch.int64)
        memory = torch.zeros(2, config.sensor.num_patches, config.sensor.width)
        example = (ids, memory, torch.ones(memory.shape[:2], dtype=torch.bool))
        dynamic = {"tokens": axes, "memory": {0: "batch"}, "mask": {0: "batch"}}
        graphs["decoder"] = (DecoderGraph(model), example, dynamic, ["logits"])
    return graphs


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The exporter and the quantiser print and warn about their own insides; errors still come out as exceptions."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def _export(
    module: nn.Module,
    example: tuple[Tensor, ...],
    axes: dict[str, dict[int, str]],
    outputs: list[str],
    path: Path,
) -> None:
    shapes = {k: {i: torch.export.Dim.DYNAMIC for i in v} for k, v in axes.items()}
    with _quiet():
        torch.onnx.export(
            module.eval(), example, path, input_names=list(axes), output_names=outputs, dynamo=True, verbose=False,
            dynamic_shapes=shapes, external_data=_bytes(module) > 2**30,  # one file, unless protobuf cannot hold it
        )  # fmt: skip


def _bytes(module: nn.Module) -> int:
    return sum(p.numel() * p.element_size() for p in module.parameters())


def _quantize(source: Path, target: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415 (an extra)

    with _quiet():
        quantize_dynamic(
            source, target, per_channel=True, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul", "Gemm"],
            use_external_data_format=source.with_name(f"{source.name}.data").exists(),
        )  # fmt: skip


@torch.inference_mode()
def compare(model: Any, exported: OnnxModel, days: NDArray[np.float32]) -> dict[str, dict[str, float]]:  # noqa: ANN401
    """Largest relative difference and lowest cosine of each graph, over the days and texts of three lengths."""
    found: dict[str, dict[str, float]] = {}
    rng = np.random.default_rng(0)
    pairs: list[tuple[str, Callable[[], Any], Callable[[], Any]]] = []
    for start in range(0, len(days), 10):
        part = days[start : start + 10]
        pairs.append(("sensor", lambda part=part: model.encode_sensor(_nan_as(part)).numpy(),  # type: ignore[misc]
                      lambda part=part: exported.encode_sensor(part)))  # type: ignore[misc]  # fmt: skip
    for tower in ("text", "decoder"):
        config = getattr(model.config, tower)
        if tower not in exported.sessions or config is None:
            continue
        for length in sorted({min(n, config.max_tokens) for n in CHECK_LENGTHS}):
            known = getattr(config, "vocabulary", None) or range(2, config.vocab_size)
            ids = np.asarray(known)[rng.integers(0, len(known), (3, length))]
            ids[0, length // 2 :] = config.eos_id
            if tower == "text":
                pairs.append(("text", lambda ids=ids: model.encode_text(torch.from_numpy(ids)).numpy(),  # type: ignore[misc]
                              lambda ids=ids: exported.encode_text(ids)))  # type: ignore[misc]  # fmt: skip
                continue
            memory = exported.sensor_tokens(days[:3])
            told = list(known)
            pairs.append(("decoder", lambda ids=ids, told=told: _logits(model, days[:3], ids)[..., told],  # type: ignore[misc]
                          lambda ids=ids, memory=memory, told=told: exported.caption_logits(ids, *memory)[..., told]))  # type: ignore[misc]  # fmt: skip
    for graph, ours, theirs in pairs:
        a, b = np.asarray(ours(), np.float64), np.asarray(theirs(), np.float64)
        worst = float(np.abs(a - b).max() / max(np.abs(a).max(), 1e-12))
        rows = (a * b).sum(-1) / np.maximum(np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1), 1e-30)
        entry = found.setdefault(graph, {"difference": 0.0, "cosine": 1.0})
        entry["difference"], entry["cosine"] = max(entry["difference"], worst), min(entry["cosine"], float(rows.min()))
    return found


def _nan_as(part: NDArray[np.float32]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(part))


def _logits(model: Any, days: NDArray[np.float32], ids: NDArray[np.int64]) -> NDArray[np.float32]:  # noqa: ANN401
    memory = model.sensor.tokens(_nan_as(days), None)
    logits: NDArray[np.float32] = model.decoder(torch.from_numpy(ids), memory).numpy()
    return logits


def _refuse_difference(found: dict[str, dict[str, float]], tolerance: float) -> None:
    for graph, entry in found.items():
        if not entry["difference"] <= tolerance:
            raise SensorLMError(
                f"{graph}.onnx differs from the model by {entry['difference']:.2e} (relative), over tolerance "
                f"{tolerance:g}. Nothing was kept; report it, or raise --tolerance."
            )


def _refuse_cosine(found: dict[str, dict[str, float]], tolerance: float) -> None:
    for graph, entry in found.items():
        if not entry["cosine"] >= tolerance:
            raise QuantizationError(
                f"{graph}.int8.onnx has cosine {entry['cosine']:.4f} with the model, under {tolerance:g}. "
                "Nothing was kept; export with --no-int8, or lower --int8-tolerance."
            )
