"""A float SensorLM in, the same model stored in 16 or 8 bit floats out.

fp16 is a way to store: CPUs have no fast product for it (15.3 s a day against 5.0), so it is cast back at load there,
while bf16 also runs. fp8 keeps one scale a row; its product is native on GPUs that have one, elsewhere rows are cast.
With calibration days the inputs of its layers get a fixed scale each, so that no pass looks for their maximum.
"""

import copy
from collections.abc import Iterable

import torch
from jaxtyping import Float
from torch import Tensor, nn

from sensorlm.config.quantize import QuantizationConfig
from sensorlm.quantize.convert import (
    RANGE_BY_TOKEN,
    CalibrationBatch,
    copy_without,
    embedding_layers,
    install,
    linear_layers,
    observe,
    quantize_linear,
)
from sensorlm.quantize.layers import FP8, FP8_MAX, Fp8Linear
from sensorlm.quantize.observers import Observer

# A float type loses nothing at half its range, and days unlike the calibration's are not clipped.
_HEADROOM = 2.0


class HalfLinear(nn.Module):
    """A layer as "bf16" (input and weight) or "fp16" (weight) rounds it, in and out of float32: to measure it by."""

    def __init__(self, layer: nn.Linear, scheme: str) -> None:
        super().__init__()
        self.layer = copy.deepcopy(layer).half().float() if scheme == "fp16" else copy.deepcopy(layer).bfloat16()

    def forward(self, x: Float[Tensor, "*n i"]) -> Float[Tensor, "*n o"]:
        """Each token by itself."""
        out: Tensor = self.layer(x.to(self.layer.weight.dtype))
        return out.float()


def fp8_linear(layer: nn.Linear, observer: Observer | None = None) -> Fp8Linear:
    """One layer with its weights rounded to e4m3, each row scaled into its upper half.

    Scales are powers of two apart, so that several rows can be given one scale without being rounded again.

    Args:
        layer: the float layer.
        observer: what its input was on calibration days; twice the largest magnitude seen is kept, and what the
            rounding of the weights does to the mean input goes into the bias (Nagel et al. 2019, section 4.2), since
            it would add up over all tokens of a day.
    """
    weight = layer.weight.detach().float()
    peaks = weight.abs().amax(1).clamp_min(1e-12)
    top = peaks.max() if len(peaks) else peaks.new_ones(())
    scales = torch.exp2(torch.ceil(torch.log2(peaks / top))) * top / FP8_MAX
    bias = None if layer.bias is None else layer.bias.detach().float().clone()
    rounded = (weight / scales[:, None]).to(FP8)
    if observer is None:
        return Fp8Linear(rounded, scales, bias)
    if bias is not None:
        lost = weight - rounded.float() * scales[:, None]
        bias += lost @ torch.from_numpy(observer.channel_mean.astype("float32"))
    return Fp8Linear(rounded, scales, bias, _HEADROOM * max(observer.high, -observer.low) / FP8_MAX)


def _eight_bits(name: str, layer: nn.Linear, observer: Observer | None = None) -> nn.Module:
    """A layer as "fp8" runs it: those of texts as int8 rows, whose seven bits keep 1 % more of zero-shot answers."""
    if RANGE_BY_TOKEN.match(name):
        return quantize_linear(name, layer, QuantizationConfig(scheme="int8-dynamic"))
    return fp8_linear(layer, observer)


def cast_model(
    model: nn.Module, scheme: str, text: bool = True, batches: Iterable[CalibrationBatch] | None = None
) -> nn.Module:
    """A copy of the model in "bf16" or "fp8", or with its weights rounded to "fp16" and held as float32.

    Args:
        model: float.
        scheme: "bf16", "fp16" or "fp8".
        text: "fp8": the text tower and the decoder too.
        batches: "fp8": days that fix the scales of the layers' inputs.
    """
    if scheme == "fp8":
        config = QuantizationConfig(scheme="fp8", text=text)
        layers = linear_layers(model, config)
        seen = observe(model.eval(), layers, batches) if batches is not None else {}
        made = {name: _eight_bits(name, layer, seen.get(name)) for name, layer in layers.items()}
        made |= embedding_layers(model, config)
        return install(copy_without(model, made).eval(), made)
    result = copy.deepcopy(model).eval()
    return result.bfloat16() if scheme == "bf16" else result.half().float()


def cast_layers(model: nn.Module, config: QuantizationConfig) -> dict[str, nn.Module]:
    """Every linear layer as the float scheme of `config` runs it, to measure each by itself."""
    layers = linear_layers(model, config)
    if config.scheme == "fp8":
        return {name: _eight_bits(name, layer) for name, layer in layers.items()}
    return {name: HalfLinear(layer, config.scheme) for name, layer in layers.items()}
