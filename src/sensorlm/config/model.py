"""Numbers that fix a model, in; a checked, frozen ModelConfig that round-trips through JSON, out."""

import math
from dataclasses import dataclass, field
from typing import Any

from sensorlm.config.plain import JsonConfig
from sensorlm.errors import ConfigError

POSITIONS = ("learned", "sincos")
SENSOR_POOLINGS = ("map", "mean")
TEXT_POOLINGS = ("last", "mean", "map")
ACTIVATIONS = ("gelu_tanh", "gelu")
RECOMPUTED = ("blocks", "mlp", "pointwise", "pointwise+mlp")
"""What activation checkpointing makes again in the backward pass."""
MISSING = ("drop", "impute")
TEXT_ARCHITECTURES = ("transformer", "bert")


def check_transformer(config: Any, where: str) -> None:  # noqa: ANN401
    """Refuse sizes no transformer can have.

    Raises:
        ConfigError: a size under 1, width not divisible by num_heads, or a bad epsilon or activation.
    """
    for name in ("width", "depth", "num_heads"):
        if getattr(config, name) < 1:
            raise ConfigError(f"{where}.{name}={getattr(config, name)} is not above 0. Give at least 1.")
    if config.width % config.num_heads:
        raise ConfigError(
            f"{where}.width={config.width} is not divisible by num_heads={config.num_heads}. "
            "Choose heads that divide the width."
        )
    if not (math.isfinite(config.mlp_ratio) and config.mlp_ratio > 0):
        raise ConfigError(f"{where}.mlp_ratio={config.mlp_ratio} is not a number above 0. Usual: 4.0.")
    if not 0 < config.norm_eps < 1:
        raise ConfigError(f"{where}.norm_eps={config.norm_eps} is not between 0 and 1. Usual: 1e-6.")
    one_of(f"{where}.activation", config.activation, ACTIVATIONS)


def one_of(where: str, value: str, allowed: tuple[str, ...]) -> None:
    """Refuse a word that is none of `allowed`.

    Raises:
        ConfigError: naming the value, the place and the choices.
    """
    if value not in allowed:
        raise ConfigError(f"{where}={value!r} does not exist. Use one of {', '.join(allowed)}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorTowerConfig(JsonConfig):
    """The vision-transformer-like tower over a day (reference: ViT-B/10x2 on a one-channel image)."""

    num_minutes: int = 1440
    """Minutes the learned positions cover; other lengths interpolate."""
    num_channels: int = 34
    patch_minutes: int = 10
    patch_channels: int = 2
    width: int = 768
    depth: int = 12
    num_heads: int = 12
    mlp_ratio: float = 4.0
    activation: str = "gelu_tanh"
    """"gelu_tanh" (reference) or "gelu" (exact; sensorlm-rs)."""
    norm_eps: float = 1e-6
    positions: str = "learned"
    pooling: str = "map"
    num_probes: int = 1
    """Learned probes of the "map" pooling; their vectors stand one after another (reference: 1)."""
    missing: str = "drop"
    """"drop": wholly missing patches leave the sequence; "impute": dense, zeros where missing (reference)."""

    def __post_init__(self) -> None:
        check_transformer(self, "sensor")
        for name in ("num_minutes", "num_channels", "patch_minutes", "patch_channels", "num_probes"):
            if getattr(self, name) < 1:
                raise ConfigError(f"sensor.{name}={getattr(self, name)} is not above 0. Give at least 1.")
        if self.num_minutes % self.patch_minutes:
            fits = [m for m in (5, 10, 15, 20, 30, 60) if self.num_minutes % m == 0] or [1]
            raise ConfigError(
                f"sensor.patch_minutes={self.patch_minutes} does not divide {self.num_minutes} minutes. "
                f"Use one of {', '.join(map(str, fits))}."
            )
        one_of("sensor.positions", self.positions, POSITIONS)
        one_of("sensor.pooling", self.pooling, SENSOR_POOLINGS)
        one_of("sensor.missing", self.missing, MISSING)
        if self.num_probes > 1 and self.pooling != "map":
            raise ConfigError(
                f"sensor.num_probes={self.num_probes} with pooling={self.pooling!r}: only pooling='map' has probes. "
                "Leave num_probes at 1."
            )
        if self.positions == "sincos" and self.width % 4:
            raise ConfigError(f"sensor.width={self.width} is not divisible by 4, which positions='sincos' needs.")

    @property
    def mlp_width(self) -> int:
        """Hidden units of each MLP."""
        return round(self.width * self.mlp_ratio)

    @property
    def pooled_width(self) -> int:
        """Size of a pooled day, before the projection."""
        return self.width * self.num_probes

    @property
    def grid(self) -> tuple[int, int]:
        """Patches along time and along channels (an odd last channel gets a partner that is never observed)."""
        return self.num_minutes // self.patch_minutes, -(-self.num_channels // self.patch_channels)

    @property
    def num_patches(self) -> int:
        """Tokens of a fully observed day."""
        return self.grid[0] * self.grid[1]

    @property
    def patch_size(self) -> int:
        """Values in one patch."""
        return self.patch_minutes * self.patch_channels


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTowerConfig(JsonConfig):
    """The text tower: our transformer, or a BERT-shaped sentence encoder such as MiniLM."""

    architecture: str = "transformer"
    """"transformer" (pre-norm) or "bert" (post-norm, as published sentence encoders are)."""
    vocab_size: int = 32_000
    context_length: int = 1024
    """Positions there are; a shorter batch uses the first of them."""
    width: int = 768
    depth: int = 12
    num_heads: int = 12
    mlp_ratio: float = 4.0
    activation: str = "gelu_tanh"
    norm_eps: float = 1e-6
    causal: bool = False
    pooling: str = "last"
    """"last" (reference: the last position, an EOS), "mean" over tokens that are no padding, or "map"."""
    padding_mask: bool = False
    """True: padding takes no part in attention. The reference and sensorlm-rs let it."""
    pad_id: int = 1
    eos_id: int = 1
    prefix_id: int | None = None
    """An id the tower puts before every text (BERT's [CLS]); it takes one position."""
    frozen: bool = False
    """The tower keeps its weights; only the projection behind it learns."""

    def __post_init__(self) -> None:
        check_transformer(self, "text")
        one_of("text.architecture", self.architecture, TEXT_ARCHITECTURES)
        one_of("text.pooling", self.pooling, TEXT_POOLINGS)
        for name in ("vocab_size", "context_length"):
            if getattr(self, name) < 1:
                raise ConfigError(f"text.{name}={getattr(self, name)} is not above 0. Give at least 1.")
        for name in ("pad_id", "eos_id"):
            if not 0 <= getattr(self, name) < self.vocab_size:
                raise ConfigError(
                    f"text.{name}={getattr(self, name)} is outside the vocabulary of {self.vocab_size}. "
                    "Give the id the tokenizer uses."
                )
        if self.prefix_id is not None and not 0 <= self.prefix_id < self.vocab_size:
            raise ConfigError(
                f"text.prefix_id={self.prefix_id} is outside the vocabulary of {self.vocab_size}. "
                "Give the id the tokenizer uses, or null."
            )
        if self.architecture == "bert" and (self.causal or not self.padding_mask):
            raise ConfigError(
                f"text.architecture='bert' with causal={self.causal}, padding_mask={self.padding_mask}: "
                "a BERT encoder is bidirectional and masks padding. Set causal=False, padding_mask=True."
            )

    @property
    def mlp_width(self) -> int:
        """Hidden units of each MLP."""
        return round(self.width * self.mlp_ratio)

    @property
    def max_tokens(self) -> int:
        """Tokens a text may have, EOS included."""
        return self.context_length - (self.prefix_id is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecoderConfig(JsonConfig):
    """The caption decoder: causal blocks that cross-attend to sensor tokens (CoCa, Yu et al. 2022)."""

    vocab_size: int = 32_000
    context_length: int = 1024
    width: int = 768
    depth: int = 12
    num_heads: int = 12
    mlp_ratio: float = 4.0
    activation: str = "gelu_tanh"
    norm_eps: float = 1e-6
    pad_id: int = 1
    eos_id: int = 1
    tied_head: bool = True
    """The output matrix is the token table."""
    vocabulary: tuple[int, ...] | None = None
    """The tokenizer's ids that the decoder knows, rising; None: all. A decoder that writes one kind of caption needs a
    few hundred of a sentence encoder's thirty thousand words."""

    def __post_init__(self) -> None:
        check_transformer(self, "decoder")
        for name in ("vocab_size", "context_length"):
            if getattr(self, name) < 1:
                raise ConfigError(f"decoder.{name}={getattr(self, name)} is not above 0. Give at least 1.")
        for name in ("pad_id", "eos_id"):
            if not 0 <= getattr(self, name) < self.vocab_size:
                raise ConfigError(
                    f"decoder.{name}={getattr(self, name)} is outside the vocabulary of {self.vocab_size}. "
                    "Give the id the tokenizer uses."
                )
        known = self.vocabulary
        if known is not None and (
            list(known) != sorted(set(known))
            or {self.pad_id, self.eos_id} - set(known)
            or not 0 <= known[0] <= known[-1] < self.vocab_size
        ):
            raise ConfigError(
                f"decoder.vocabulary of {len(known)} ids must rise, hold pad_id={self.pad_id} and eos_id="
                f"{self.eos_id}, and stay under vocab_size={self.vocab_size}. Give the sorted ids of its captions."
            )

    @property
    def num_words(self) -> int:
        """Rows of the token table."""
        return self.vocab_size if self.vocabulary is None else len(self.vocabulary)

    @property
    def mlp_width(self) -> int:
        """Hidden units of each MLP."""
        return round(self.width * self.mlp_ratio)

    @property
    def max_tokens(self) -> int:
        """Tokens a caption may have, EOS included."""
        return self.context_length


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelConfig(JsonConfig):
    """Both towers, the optional decoder, and what joins them."""

    sensor: SensorTowerConfig = field(default_factory=SensorTowerConfig)
    text: TextTowerConfig | None = field(default_factory=TextTowerConfig)
    """None: no contrastive term, captioning only (Cap)."""
    decoder: DecoderConfig | None = None
    embed_dim: int = 768
    """Size of both features; where a pooled day has that size, the sensor side has no projection, as the reference."""
    text_head_width: int = 0
    """Hidden units of the MLP beside the text side's linear projection; 0: linear alone, as in the reference."""
    logit_scale_init: float = 10.0
    """The temperature t at the start; its logarithm is what is stored and learned."""
    logit_bias_init: float = -10.0

    def __post_init__(self) -> None:
        if self.embed_dim < 1:
            raise ConfigError(f"embed_dim={self.embed_dim} is not above 0. Give at least 1.")
        if self.text_head_width < 0:
            raise ConfigError(f"text_head_width={self.text_head_width} is below 0. Give 0 for a linear projection.")
        if not (math.isfinite(self.logit_scale_init) and self.logit_scale_init > 0):
            raise ConfigError(f"logit_scale_init={self.logit_scale_init} is not a number above 0. Usual: 10.")
        if not math.isfinite(self.logit_bias_init):
            raise ConfigError(f"logit_bias_init={self.logit_bias_init} is not finite. Usual: -10.")
        if self.text is None and self.decoder is None:
            raise ConfigError("text=None and decoder=None: nothing would read or write language. Give one of them.")
        if self.text and self.decoder:
            for name in ("vocab_size", "pad_id", "eos_id"):
                if getattr(self.text, name) != getattr(self.decoder, name):
                    raise ConfigError(
                        f"decoder.{name}={getattr(self.decoder, name)} differs from text.{name}="
                        f"{getattr(self.text, name)}. Both share one tokenizer: make them equal."
                    )
