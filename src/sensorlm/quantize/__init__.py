"""A checkpoint and calibration days in, a model whose linear layers run in INT8 (or FP16, BF16, FP8) out."""

from sensorlm.quantize.halves import fp16_bits_to_fp32, fp32_to_fp16_bits
from sensorlm.quantize.manifest import QuantizedModel, quantize_model_weights
from sensorlm.quantize.weights import Calibrator, LayerCalibration, QuantizedWeights

__all__ = [
    "Calibrator",
    "LayerCalibration",
    "QuantizedModel",
    "QuantizedWeights",
    "fp16_bits_to_fp32",
    "fp32_to_fp16_bits",
    "quantize_model_weights",
]
