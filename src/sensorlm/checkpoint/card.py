"""Facts of a run in, a model card (README.md) out. It states what it is given; no number is invented."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from sensorlm.config.model import ModelConfig
from sensorlm.model import SensorLM

WARNING = "Research software, not a medical device: it must not be used to diagnose, treat or monitor anybody."
# Key of a fact -> its heading. A missing key leaves its section out.
SECTIONS = {
    "data": "Training data",
    "training": "Training",
    "results": "Results",
    "limits": "Limits",
    "versions": "Versions",
}


def model_card(name: str, config: ModelConfig, parameters: int, facts: Mapping[str, Any]) -> str:
    """Markdown with the hub's front matter.

    Args:
        name: of the model.
        config: its sizes.
        parameters: how many numbers it holds.
        facts: "license", "summary" (texts), and under the keys of SECTIONS texts, mappings, or lists of mappings (one
            table row each). Keys that are neither appear under "Other facts".
    """
    lines = ["---"]
    if "license" in facts:
        lines.append(f"license: {facts['license']}")
    lines += ["library_name: sensorlm", "tags: [sensorlm, wearables, sensor-language]", "---", f"# {name}", ""]
    if "summary" in facts:
        lines += [str(facts["summary"]), ""]
    lines += [WARNING, "", "## Model", *_render(_sizes(config, parameters)), ""]
    for key, title in SECTIONS.items():
        if key in facts:
            lines += [f"## {title}", *_render(facts[key]), ""]
    other = {k: v for k, v in facts.items() if k not in SECTIONS and k not in ("license", "summary")}
    if other:
        lines += ["## Other facts", *_render(other), ""]
    return "\n".join(lines)


def _sizes(config: ModelConfig, parameters: int) -> dict[str, Any]:
    sensor, text, decoder = config.sensor, config.text, config.decoder
    sizes = {
        "parameters": parameters,
        "input": f"{sensor.num_minutes} minutes x {sensor.num_channels} channels, "
        f"patches of {sensor.patch_minutes} minutes x {sensor.patch_channels} channels",
        "missing data": {"drop": "wholly missing patches are dropped", "impute": "zeros, as in the reference"}[
            sensor.missing
        ],
        "sensor tower": f"width {sensor.width}, depth {sensor.depth}, heads {sensor.num_heads}",
    }
    if text is not None:
        kind = "pretrained sentence encoder" if text.architecture == "bert" else "trained here"
        kept = ", frozen" if text.frozen else ""
        sizes["text tower"] = f"width {text.width}, depth {text.depth}, heads {text.num_heads} ({kind}{kept})"
    if decoder is not None:
        sizes["decoder"] = f"width {decoder.width}, depth {decoder.depth}, heads {decoder.num_heads}"
    return {**sizes, "features": config.embed_dim}


def _render(value: Any) -> list[str]:  # noqa: ANN401
    if isinstance(value, Mapping):
        return ["| | |", "|---|---|", *(f"| {_cell(k)} | {_cell(v)} |" for k, v in value.items())]
    if isinstance(value, Sequence) and not isinstance(value, str):
        rows = list(value)
        if rows and all(isinstance(row, Mapping) for row in rows):
            columns = list(dict.fromkeys(key for row in rows for key in row))
            head = ["| " + " | ".join(map(_cell, columns)) + " |", "|" + "---|" * len(columns)]
            return head + ["| " + " | ".join(_cell(row.get(c, "")) for c in columns) + " |" for row in rows]
        return [f"- {_text(row)}" for row in rows]
    return [_text(value)]


def _cell(value: Any) -> str:  # noqa: ANN401
    return _text(value).replace("|", "\\|").replace("\n", " ")


def _text(value: Any) -> str:  # noqa: ANN401
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def parameter_count(config: ModelConfig) -> int:
    """Numbers in a model of this configuration, without allocating it."""
    return sum(math.prod(p.shape) for p in SensorLM(config, device="meta").parameters())
