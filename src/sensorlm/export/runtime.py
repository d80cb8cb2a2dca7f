"""An export folder in, a model that runs in onnxruntime out: numpy only, torch need not be installed."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.channels import ChannelSet
from sensorlm.errors import CheckpointError, SensorLMError
from sensorlm.records import DayMatrix

F32 = NDArray[np.float32]
GRAPHS = ("sensor", "text", "decoder")


class OnnxModel:
    """Both towers and the decoder of an exported checkpoint.

    Args:
        folder: what `sensorlm export` wrote.
        int8: use the 8-bit files.
        threads: of each session; 0 leaves it to onnxruntime.

    Raises:
        CheckpointError: no export folder, or a graph of it is missing or damaged.
        SensorLMError: onnxruntime is not installed.
    """

    def __init__(self, folder: str | Path, *, int8: bool = False, threads: int = 0) -> None:
        try:
            import onnxruntime  # noqa: PLC0415 (an extra)
        except ImportError:
            raise SensorLMError("running ONNX files needs onnxruntime. Install sensorlm[onnx].") from None
        self.folder = Path(folder)
        try:
            description = json.loads((self.folder / "export.json").read_text(encoding="utf-8"))
            self.graphs: dict[str, str] = description["int8" if int8 else "float32"]
            self.logit_scale, self.logit_bias = float(description["logit_scale"]), float(description["logit_bias"])
            channels = description["channels"]
            self.channel_set = None if channels is None else ChannelSet.from_json(channels)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CheckpointError(f"{folder}: no export.json of an export ({error}). Run `sensorlm export`.") from None
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self.sessions: dict[str, Any] = {}
        for name, file in self.graphs.items():
            if name not in GRAPHS or Path(file).name != file:
                raise CheckpointError(f"{folder}: export.json names {name!r} {file!r}, which is no graph of ours.")
            try:
                self.sessions[name] = onnxruntime.InferenceSession(
                    self.folder / file, options, providers=["CPUExecutionProvider"]
                )
            except Exception as error:  # onnxruntime's own exceptions share no public base
                raise CheckpointError(f"{self.folder / file}: cannot be run ({error}). Export again.") from None

    def encode_sensor(self, days: F32 | Sequence[DayMatrix]) -> F32:
        """(n, e) unit vectors of z-scored (n, t, c) values with NaN = missing, or of days in channel units."""
        features: F32 = self._run("sensor", {"values": self._values(days)})[0]
        return features

    def sensor_tokens(self, days: F32 | Sequence[DayMatrix]) -> tuple[F32, NDArray[np.bool_]]:
        """(n, l, d) tokens and (n, l) mask, which the decoder reads; l: patches that any of these days has."""
        _, tokens, mask = self._run("sensor", {"values": self._values(days)})
        return tokens, mask

    def encode_text(self, tokens: NDArray[np.int64]) -> F32:
        """(n, e) unit vectors of (n, l) ids."""
        features: F32 = self._run("text", {"tokens": np.asarray(tokens, np.int64)})[0]
        return features

    def caption_logits(self, tokens: NDArray[np.int64], memory: F32, mask: NDArray[np.bool_]) -> F32:
        """(n, l, v): position i predicts tokens[:, i] from those before it."""
        inputs = {"tokens": np.asarray(tokens, np.int64), "memory": memory, "mask": mask}
        logits: F32 = self._run("decoder", inputs)[0]
        return logits

    def generate(self, memory: F32, mask: NDArray[np.bool_], *, eos_id: int, max_tokens: int = 64) -> NDArray[np.int64]:
        """Greedy captions, the whole prefix anew at each step: fine for a sentence, slow for a page."""
        ids = np.full((len(memory), 1), eos_id, np.int64)  # the last position is only asked, never read
        done = np.zeros(len(memory), bool)
        for _ in range(max_tokens):
            best = self.caption_logits(ids, memory, mask)[:, -1].argmax(1)
            ids[:, -1] = np.where(done, eos_id, best)
            done |= best == eos_id
            if done.all():
                break
            ids = np.concatenate([ids, np.full((len(ids), 1), eos_id, np.int64)], 1)
        return ids

    def _values(self, days: F32 | Sequence[DayMatrix]) -> F32:
        if isinstance(days, np.ndarray):
            return np.asarray(days, np.float32)
        if self.channel_set is None:
            raise SensorLMError("this export names no channels, so it takes z-scored arrays only.")
        for day in days:
            if day.channel_keys != self.channel_set.keys:
                raise SensorLMError(f"day {day.key} has not the channels of set {self.channel_set.name!r}.")
        return np.stack([self.channel_set.normalise(day.values) for day in days])

    def _run(self, graph: str, inputs: dict[str, Any]) -> list[Any]:
        if graph not in self.sessions:
            raise SensorLMError(f"{self.folder} has no {graph!r} graph; it has {', '.join(self.sessions)}.")
        outputs: list[Any] = self.sessions[graph].run(None, inputs)
        return outputs
