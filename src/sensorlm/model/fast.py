"""A model in, the same model compiled out: what a GPU run switches on.

Blocks are compiled one by one: they are all alike, so one compilation serves a whole tower, the time is lost inside
them anyway, and the packing of dropped patches, which asks the device how many there are, stays outside.
"""

from torch import nn

from sensorlm.errors import ConfigError
from sensorlm.model.attention import Attention
from sensorlm.model.attention_fa4 import check_fa4
from sensorlm.model.blocks import MapPool, Stack
from sensorlm.model.recorded import RecordedEncoder
from sensorlm.model.sensor_lm import SensorLM


def compile_blocks(model: nn.Module) -> nn.Module:
    """torch.compile every block and pooling of `model`, in place; returns it."""
    for module in model.modules():
        if isinstance(module, Stack):
            for block in module:
                block.compile()
        elif isinstance(module, MapPool):
            module.compile()
    return model


def use_fa4(model: nn.Module) -> int:
    """Send the long self-attention of `model` to FlashAttention-4, in place; causal and short ones stay as they are.

    Returns:
        How many attention layers ask for it.

    Raises:
        ConfigError: the package or the GPU for it is missing, or the model has no self-attention.
    """
    layers = [module for module in model.modules() if isinstance(module, Attention)]
    if not layers:
        raise ConfigError("attention fa4: this model has no self-attention to send there. Leave fa4 off.")
    check_fa4(layers[0].proj.weight.device)
    for layer in layers:
        layer.fa4 = True
    return len(layers)


def compile_for_latency(model: SensorLM) -> SensorLM:
    """Make `model.encode_sensor` replay whole days as one CUDA graph (see `recorded`); in place, returns the model.

    For one day, or a few, at a time: at batch 1 a block computes for less time than its launches take.
    """
    fused = getattr(model.sensor, "fused", False)
    model.encode_sensor = RecordedEncoder(model, compile_model=not fused)  # type: ignore[method-assign]
    return model
