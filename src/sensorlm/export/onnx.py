"""A checkpoint in, a folder of ONNX files out, each kept only after its numbers have been compared with the model's."""

import contextlib
import io
import logging
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from sensorlm.checkpoint import Loaded
from sensorlm.embedders.base import CLASS_SCALE, SLEEP_LOG
from sensorlm.errors import SensorLMError
from sensorlm.export.checking import compare
from sensorlm.export.graphs import DecoderGraph, SensorGraph, TextGraph
from sensorlm.export.runtime import OnnxModel
from sensorlm.files import write_json

CHECK_DAYS = 100


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
        SLEEP_LOG: bool(loaded.extra.get(SLEEP_LOG, False)), CLASS_SCALE: loaded.extra.get(CLASS_SCALE),
    }  # fmt: skip
    with tempfile.TemporaryDirectory(dir=folder, prefix=".export-") as name:
        scratch = Path(name)
        for graph, (module, example, axes, outputs) in _graphs(model).items():
            _export(module, example, axes, outputs, scratch / f"{graph}.onnx")
            description["float32"][graph] = f"{graph}.onnx"
            if int8:
                text = loaded.config.text if graph == "text" else None
                kept = [] if text is None else _first_down(scratch / f"{graph}.onnx", text.mlp_width, text.width)
                _quantize(scratch / f"{graph}.onnx", scratch / f"{graph}.int8.onnx", kept)
                description["int8"][graph] = f"{graph}.int8.onnx"
        write_json(scratch / "export.json", description)
        forms = {"float32": OnnxModel(scratch)} | ({"int8": OnnxModel(scratch, int8=True)} if int8 else {})
        compared = compare(model, forms, days, {"float32": tolerance, "int8": int8_tolerance})
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
        present = {0: "batch", 1: "present"}
        dynamic = {"tokens": axes, "memory": present, "mask": present}
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


def _first_down(source: Path, wide: int, narrow: int) -> list[str]:
    """Name of the first product from `wide` to `narrow`: a sentence encoder's first MLP, back to its width.

    Few of its inputs are very large (Dettmers et al. 2022, LLM.int8(), section 3), and one scale a tensor rounds the
    others away. Of the shipped encoder the lowest cosine of twelve texts is 0.982 with it in 8 bits and 0.993 without.
    """
    import onnx  # noqa: PLC0415 (an extra)

    graph = onnx.load(source, load_external_data=False).graph
    shapes = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    found = [
        node.name for node in graph.node if node.op_type == "MatMul" and shapes.get(node.input[1]) == (wide, narrow)
    ]
    return found[:1]


def _quantize(source: Path, target: Path, kept: list[str]) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415 (an extra)

    with _quiet():
        quantize_dynamic(
            source, target, per_channel=True, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul", "Gemm"],
            nodes_to_exclude=kept,
            use_external_data_format=source.with_name(f"{source.name}.data").exists(),
        )  # fmt: skip
