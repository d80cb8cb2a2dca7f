"""A float SensorLM, a configuration and calibration batches in; a copy of it whose linear layers run in 8 bits out."""

import copy
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from sensorlm.config.quantize import SCHEMES, QuantizationConfig
from sensorlm.errors import QuantizationError
from sensorlm.model.attention import Attention
from sensorlm.model.blocks import Mlp
from sensorlm.quantize.fused import fuse
from sensorlm.quantize.integers import quantize_per_channel, quantize_symmetric, refuse_unquantisable, symmetric_scale
from sensorlm.quantize.kernels import Activations
from sensorlm.quantize.layers import Int8Attention, Int8Embedding, Int8Linear, Int8Mlp
from sensorlm.quantize.observers import RANGE_METHODS, Observer, affine

# Read by name by the model itself (their dtype and device, or a tied head), and too small to matter.
FLOAT_LAYERS = re.compile(r"^(sensor\.(patch_embed|missing_embed)|decoder\.head)$")
# Three bits after the point are enough inside a residual stream, not for the few layers that write the feature itself:
# they cost nothing in time, as they see one vector a day.
FLOAT_IN_FP8 = re.compile(r"(map_pool|projection)")
# A sentence encoder has a few channels a hundred times the others: one range for all tokens took 2 % of zero-shot
# answers, a range a token takes 0.5 %, and texts are short.
RANGE_BY_TOKEN = re.compile(r"^(text|decoder)")
WORDS = "text.token_embed"
_TOKENS_MEASURED = 256


@dataclass(frozen=True)
class CalibrationBatch:
    """What a forward pass needs: z-scored days, what of them was observed, and caption tokens."""

    values: Tensor
    observed: Tensor | None = None
    tokens: Tensor | None = None


@dataclass(frozen=True)
class Measured:
    """A layer's error on the calibration batches."""

    sqnr_db: float
    """10 log10(power of the float output / power of the quantised output's error)."""


@dataclass
class Quantized:
    """The quantised copy and what was found on the way."""

    model: nn.Module
    config: QuantizationConfig
    layers: dict[str, Int8Linear]
    measured: dict[str, Measured]
    excluded: dict[str, str]
    """Layers left in float, and why."""


def linear_layers(model: nn.Module, config: QuantizationConfig | None = None) -> dict[str, nn.Linear]:
    """The linear layers a configuration may quantise, by name."""
    config = config or QuantizationConfig()
    towers = ("sensor", "sensor_projection") if not config.text else ("",)
    return {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear)
        and not FLOAT_LAYERS.match(name)
        and not (config.scheme == "fp8" and FLOAT_IN_FP8.search(name))
        and any(name.startswith(tower) for tower in towers)
    }


@torch.inference_mode()
def run(model: nn.Module, batch: CalibrationBatch) -> dict[str, Any]:
    """Whatever of the model the batch can exercise: both towers and the decoder, or the sensor tower alone."""
    if batch.tokens is None or getattr(model, "text", None) is None:
        return {"sensor_features": model.encode_sensor(batch.values, batch.observed)}  # type: ignore[operator]
    decoder: Any = model.decoder
    vocabulary = None if decoder is None else decoder.config.vocabulary
    if vocabulary is None:
        result: dict[str, Any] = model(batch.values, batch.observed, batch.tokens)
        return result
    # A decoder of few words reads those of the caption that it knows, and its next known word for others.
    known = torch.tensor(vocabulary, device=batch.tokens.device)
    words = known[torch.searchsorted(known, batch.tokens.contiguous()).clamp(max=len(known) - 1)]
    memory = model.sensor.tokens(batch.values, batch.observed)  # type: ignore[union-attr, operator]
    return {
        "sensor_features": model.sensor_features(memory),  # type: ignore[operator]
        "text_features": model.encode_text(batch.tokens),  # type: ignore[operator]
        "caption_logits": decoder(words, memory),
    }


@contextmanager
def _hooked(layers: Mapping[str, nn.Module], hook: Callable[[str, Tensor, Tensor], None]) -> Iterator[None]:
    """While open, `hook(name, input, output)` sees every forward of `layers`."""

    def named(name: str) -> Callable[..., None]:
        return lambda _module, args, output: hook(name, args[0], output)

    handles = [module.register_forward_hook(named(name)) for name, module in layers.items()]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def observe(
    model: nn.Module, layers: Mapping[str, nn.Linear], batches: Iterable[CalibrationBatch]
) -> dict[str, Observer]:
    """Input statistics of every layer over the batches.

    Raises:
        QuantizationError: there are no batches, or a layer's input is not finite.
    """
    observers = {name: Observer(layer.in_features) for name, layer in layers.items()}

    def look(name: str, x: Tensor, _output: Tensor) -> None:
        array = x.detach().float().cpu().numpy()
        if not np.isfinite(array).all():
            raise QuantizationError(f"layer {name!r}: an input is not finite on the calibration days. Check the model.")
        observers[name].observe(array)

    count = 0
    with _hooked(layers, look):
        for batch in batches:
            run(model, batch)
            count += 1
    if not count:
        raise QuantizationError(
            "calibration needs at least one batch of days, none was given. Use --calibrate DATASET."
        )
    return observers


def quantize_linear(
    name: str, layer: nn.Linear, config: QuantizationConfig, observer: Observer | None = None
) -> Int8Linear:
    """One layer in the configuration's integer scheme.

    Raises:
        QuantizationError: a weight is not finite, or the scheme needs an observer and there is none.
    """
    scheme = SCHEMES[config.scheme]
    weight = layer.weight.detach().float().cpu().numpy()
    refuse_unquantisable(name, weight)
    low_high, factors = None, None
    if observer is not None and (scheme.calibrated or config.smooth):
        low_high = RANGE_METHODS[config.range_method](observer, config.percentile)
        if config.smooth:
            factors = smoothing(observer.channel_peak, np.abs(weight).max(axis=0, initial=0), config.smooth)
            weight = weight * factors
            # One range for all channels: after smoothing it is that of the largest smoothed channel.
            peak = float((observer.channel_peak / factors).max(initial=0))
            clipped = max(low_high[1], -low_high[0]) / max(observer.high, -observer.low, 1e-12)
            low_high = (-peak * clipped, peak * clipped)
    if scheme.weights == "tensor":
        scale = symmetric_scale(weight)
        quantized, scales = quantize_symmetric(weight, scale), np.full(len(weight), scale, np.float32)
    else:
        quantized, scales = quantize_per_channel(weight)
    if not scheme.calibrated or RANGE_BY_TOKEN.match(name):
        activations = Activations("token" if RANGE_BY_TOKEN.match(name) else scheme.activations)
    elif low_high is None:
        raise QuantizationError(f"layer {name!r}: scheme {config.scheme!r} needs calibration days. Use --calibrate.")
    else:
        activations = Activations("static", *affine(*low_high))
    return Int8Linear(
        torch.from_numpy(quantized),
        torch.from_numpy(scales),
        None if layer.bias is None else layer.bias.detach().float().cpu().clone(),
        activations,
        None if factors is None else torch.from_numpy((1 / factors).astype(np.float32)),
    )


def smoothing(activation_peak: Any, weight_peak: Any, alpha: float) -> Any:  # noqa: ANN401
    """(i,) factors s: x / s meets W * s (Xiao et al. 2023, "SmoothQuant", equation 4)."""
    activation_peak, weight_peak = np.maximum(activation_peak, 1e-5), np.maximum(weight_peak, 1e-5)
    return np.clip(activation_peak**alpha / weight_peak ** (1 - alpha), 1e-4, 1e4).astype(np.float32)


def sensitivity(
    model: nn.Module,
    layers: Mapping[str, nn.Linear],
    quantized: Mapping[str, nn.Module],
    batches: Iterable[CalibrationBatch],
) -> dict[str, Measured]:
    """Signal-to-noise of each quantised layer on its float input, over some tokens of every batch."""
    signal, noise = dict.fromkeys(layers, 0.0), dict.fromkeys(layers, 0.0)
    copies = {name: copy.deepcopy(layer) for name, layer in quantized.items()}

    def compare(name: str, x: Tensor, output: Tensor) -> None:
        step = max(1, x.numel() // x.shape[-1] // _TOKENS_MEASURED)
        x, output = x.flatten(0, -2)[::step], output.flatten(0, -2)[::step].double()
        signal[name] += float(output.square().sum())
        noise[name] += float((copies[name](x.clone()).double() - output).square().sum())

    with _hooked(layers, compare):
        for batch in batches:
            run(model, batch)
    return {
        name: Measured(float(10 * np.log10(signal[name] / noise[name])) if noise[name] and signal[name] else 200.0)
        for name in layers
    }


def quantize_model(
    model: nn.Module, config: QuantizationConfig, batches: Iterable[CalibrationBatch] | None = None
) -> Quantized:
    """Quantise a copy of `model`; with batches, measure every layer and leave the bad ones in float.

    Raises:
        QuantizationError: not an integer scheme, weights that are not finite, or calibration asked for and missing.
    """
    scheme = SCHEMES[config.scheme]
    if not scheme.integer:
        raise QuantizationError(f"scheme {config.scheme!r} stores floats; use cast_model for it.")
    model.eval()
    layers = linear_layers(model, config)
    pattern = re.compile(config.exclude) if config.exclude else None
    excluded = {name: f"matches exclude={config.exclude!r}" for name in layers if pattern and pattern.search(name)}
    layers = {name: layer for name, layer in layers.items() if name not in excluded}
    kept = list(batches) if batches is not None else []
    observers = observe(model, layers, kept) if scheme.calibrated or config.smooth else {}
    quantized = {name: quantize_linear(name, layer, config, observers.get(name)) for name, layer in layers.items()}
    measured = sensitivity(model, layers, quantized, kept) if kept else {}
    for name, found in measured.items():
        if found.sqnr_db < config.min_sqnr_db:
            excluded[name] = f"signal-to-noise {found.sqnr_db:.1f} dB is under min_sqnr_db={config.min_sqnr_db:g}"
            del quantized[name]
    words = embedding_layers(model, config)
    small = install(copy_without(model, [*quantized, *words]), {**quantized, **words})
    return Quantized(small, config, quantized, measured, excluded)


def embedding_layers(model: nn.Module, config: QuantizationConfig) -> dict[str, nn.Module]:
    """The table of word vectors with int8 rows: a third of the weights of a sentence encoder."""
    table = getattr(getattr(model, "text", None), "token_embed", None)
    if not config.text or not isinstance(table, nn.Embedding) or (config.exclude and re.search(config.exclude, WORDS)):
        return {}
    rows, scales = quantize_per_channel(table.weight.detach().float().cpu().numpy())
    return {WORDS: Int8Embedding(torch.from_numpy(rows), torch.from_numpy(scales))}


def copy_without(model: nn.Module, names: Iterable[str]) -> nn.Module:
    """A deep copy that shares no parameter, and never copies the layers about to be replaced."""
    memo: dict[int, Any] = {}
    for name in names:
        memo[id(model.get_submodule(name))] = nn.Identity()
    return copy.deepcopy(model, memo)


def install(model: nn.Module, layers: Mapping[str, nn.Module]) -> nn.Module:
    """Put quantised layers in their places; MLPs and attentions made only of such run in integers throughout."""
    for name, layer in layers.items():
        parent, _, leaf = name.rpartition(".")
        setattr(model.get_submodule(parent), leaf, layer)
    for name, module in list(model.named_modules()):
        inside = [child for child in module.children() if isinstance(child, Int8Linear)]
        if type(module) not in (Mlp, Attention) or len(inside) < len(list(module.children())):
            continue
        parent, _, leaf = name.rpartition(".")
        whole: nn.Module
        if isinstance(module, Mlp):
            whole = Int8Mlp(inside[0], inside[1], module.approximate)
        else:
            whole = Int8Attention(inside[0], inside[1], module.num_heads)
        setattr(model.get_submodule(parent), leaf, whole)
    return fuse(model).eval()
