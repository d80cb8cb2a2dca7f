"""How the decoder chooses tokens, in; a checked, frozen GenerationConfig, out."""

import math
from dataclasses import dataclass

from sensorlm.config.plain import JsonConfig
from sensorlm.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationConfig(JsonConfig):
    """Greedy by default; temperature above 0 samples; num_beams above 1 searches."""

    max_tokens: int = 128
    """New tokens at most, EOS included."""
    temperature: float = 0.0
    """0: the likeliest token. Above: sample from softmax(logits / temperature)."""
    top_k: int = 0
    """Sample among the k likeliest; 0: no limit."""
    top_p: float = 1.0
    """Sample among the likeliest that together reach this probability (nucleus, Holtzman et al. 2020)."""
    num_beams: int = 1
    length_penalty: float = 1.0
    """Beams are ranked by log-probability / length ** length_penalty."""
    seed: int = 0
    """Fixes what is sampled."""

    def __post_init__(self) -> None:
        for name in ("max_tokens", "num_beams"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{name}={getattr(self, name)} is not above 0. Give at least 1.")
        if not (math.isfinite(self.temperature) and self.temperature >= 0):
            raise ConfigError(f"temperature={self.temperature} is not a number of at least 0. Usual: 0 to 1.")
        if self.top_k < 0 or not 0 < self.top_p <= 1:
            raise ConfigError(f"top_k={self.top_k}, top_p={self.top_p}: top_k must be >= 0 and top_p in (0, 1].")
        if self.temperature == 0 and (self.top_k or self.top_p < 1):
            raise ConfigError(
                f"top_k={self.top_k}, top_p={self.top_p} with temperature=0: nothing is sampled. "
                "Set a temperature above 0, or leave both out."
            )
        if self.num_beams > 1 and self.temperature > 0:
            raise ConfigError(
                f"num_beams={self.num_beams} with temperature={self.temperature}: a beam search does not sample. "
                "Choose one of them."
            )
