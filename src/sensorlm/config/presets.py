"""The name of a size in, a whole ModelConfig out. Widths, depths, MLP sizes and heads are the reference's table."""

from collections.abc import Mapping
from typing import Any

from sensorlm.config.model import DecoderConfig, ModelConfig, SensorTowerConfig, TextTowerConfig
from sensorlm.errors import ConfigError

# Name -> (width, depth, MLP width, heads).
SIZES: dict[str, tuple[int, int, int, int]] = {
    "Ti": (192, 12, 768, 3),
    "S": (384, 12, 1536, 6),
    "B": (768, 12, 3072, 12),
    "L": (1024, 24, 4096, 16),
    "So400m": (1152, 27, 4304, 16),
    "g": (1408, 40, 6144, 16),
}


def _sizes(name: str) -> dict[str, Any]:
    width, depth, mlp_width, num_heads = SIZES[name]
    return {"width": width, "depth": depth, "num_heads": num_heads, "mlp_ratio": mlp_width / width}


def _preset(name: str) -> ModelConfig:
    return ModelConfig(
        sensor=SensorTowerConfig(**_sizes(name)), text=TextTowerConfig(**_sizes(name)), embed_dim=SIZES[name][0]
    )


PRESETS: dict[str, ModelConfig] = {name: _preset(name) for name in SIZES}
# sensorlm-rs' names: its tiny and small have Ti's and S's sizes, its base has B's.
PRESETS |= {"tiny": PRESETS["Ti"], "small": PRESETS["S"], "base": PRESETS["B"]}


def preset(name: str, *, decoder: bool = False, overrides: Mapping[str, Any] | None = None) -> ModelConfig:
    """A preset by name, with changes given by dotted path ("sensor.depth": 6).

    Args:
        name: a key of PRESETS.
        decoder: add a caption decoder of the preset's size.
        overrides: dotted field -> value.

    Raises:
        ConfigError: no such preset or field, or the changes contradict each other.
    """
    if name not in PRESETS:
        raise ConfigError(f"preset {name!r} does not exist. Use one of {', '.join(PRESETS)}.")
    data = PRESETS[name].to_json()
    if decoder:
        size = {k: data["text"][k] for k in ("width", "depth", "num_heads", "mlp_ratio", "vocab_size")}
        data["decoder"] = DecoderConfig(**size).to_json()
    return ModelConfig.from_json(with_overrides(data, overrides or {}))


def with_overrides(data: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of nested `data` with dotted paths replaced.

    Raises:
        ConfigError: a path goes through something that is not a section.
    """
    result: dict[str, Any] = {k: dict(v) if isinstance(v, Mapping) else v for k, v in data.items()}
    for path, value in overrides.items():
        *sections, leaf = path.split(".")
        place = result
        for section in sections:
            if not isinstance(place.get(section), dict):
                raise ConfigError(f"{path!r} goes through {section!r}, which is not a section of the configuration.")
            place = place[section]
        place[leaf] = value
    return result
