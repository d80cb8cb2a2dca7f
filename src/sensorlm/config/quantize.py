"""What to quantise and how, in; a checked, frozen QuantizationConfig that round-trips through JSON, out."""

from dataclasses import dataclass

from sensorlm.config.model import one_of
from sensorlm.config.plain import JsonConfig
from sensorlm.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """One way to store and run linear layers."""

    weights: str
    """"tensor" or "channel" (int8 with one scale a tensor or an output row), else a float type."""
    activations: str = "none"
    """"tensor" or "token" (8 bits, ranges found in the running batch), "static" (calibrated), "none" (float)."""

    @property
    def integer(self) -> bool:
        """True where the product is a product of integers."""
        return self.activations != "none"

    @property
    def calibrated(self) -> bool:
        """True where activations need ranges measured beforehand."""
        return self.activations == "static"


SCHEMES: dict[str, Scheme] = {
    "int8-tensor": Scheme(weights="tensor", activations="tensor"),
    "int8-channel": Scheme(weights="channel", activations="tensor"),
    "int8-dynamic": Scheme(weights="channel", activations="token"),
    "int8-static": Scheme(weights="channel", activations="static"),
    "fp16": Scheme(weights="float16"),
    "bf16": Scheme(weights="bfloat16"),
    "fp8": Scheme(weights="float8_e4m3fn"),
}
ALIASES = {"int8": "int8-static"}
RANGES = ("min-max", "percentile", "mse", "entropy")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantizationConfig(JsonConfig):
    """Everything that decides an artefact, besides the checkpoint and the calibration days."""

    scheme: str = "int8-dynamic"
    """A key of SCHEMES."""
    range_method: str = "min-max"
    """How static activation ranges come from what was observed: one of RANGES."""
    percentile: float = 99.999
    """Share of activations, in %, that "percentile" keeps inside the range."""
    smooth: float = 0.0
    """SmoothQuant's alpha: 0 off; 0.5 moves half of each channel's activation range (as exponent) into the weights."""
    min_sqnr_db: float = 12.0
    """Layers whose quantised output has a lower signal-to-noise ratio on the calibration days stay float."""
    exclude: str = ""
    """Regular expression of layer names that stay float."""
    text: bool = True
    """Quantise the text tower and the decoder too."""
    tolerance: float = 0.99
    """Lowest mean cosine between float32 and quantised embeddings of held-out days that passes."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "scheme", ALIASES.get(self.scheme, self.scheme))
        one_of("scheme", self.scheme, tuple(SCHEMES))
        one_of("range_method", self.range_method, RANGES)
        if not 50 < self.percentile <= 100:
            raise ConfigError(f"percentile={self.percentile} is not in (50, 100]. Usual: 99.999.")
        if not 0 <= self.smooth <= 1:
            raise ConfigError(f"smooth={self.smooth} is not in [0, 1]. 0 switches it off, 0.5 is usual.")
        if self.smooth and not SCHEMES[self.scheme].integer:
            raise ConfigError(f"smooth={self.smooth} needs 8-bit activations, {self.scheme!r} has none. Set smooth=0.")
        if not 0 < self.tolerance <= 1:
            raise ConfigError(f"tolerance={self.tolerance} is not a cosine in (0, 1]. Usual: 0.99.")
