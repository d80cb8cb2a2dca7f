"""Tensors and a config in, features and logits out; this room opens no file and knows no channel name."""

from sensorlm.model.attention import Layout, Tokens
from sensorlm.model.sensor_lm import SensorLM, unit

__all__ = ["Layout", "SensorLM", "Tokens", "unit"]
