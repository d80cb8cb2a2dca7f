"""Days or texts in, unit vectors out: one protocol for checkpoints, INT8 artefacts and ONNX."""

from sensorlm.embedders.base import Embedder

__all__ = ["Embedder"]
