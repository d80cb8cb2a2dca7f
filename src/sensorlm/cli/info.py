"""`sensorlm info`: a dataset or checkpoint folder in, what is in it out; with no folder, what this program offers."""

import importlib.metadata
import json
import math
import platform
from pathlib import Path
from typing import Annotated, Any

import typer

from sensorlm.channels import CHANNEL_SETS, ChannelSet
from sensorlm.cli.options import JsonFlag, emit
from sensorlm.errors import SensorLMError

LIBRARIES = ("torch", "numpy", "scipy", "pyarrow", "tokenizers", "safetensors")


def info(
    path: Annotated[Path | None, typer.Argument(help="A dataset or checkpoint folder; none for the program.")] = None,
    channels: Annotated[
        bool, typer.Option("--channels", help="List channels; with --json, as channel-set files.")
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Check every file of a dataset against its checksum.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Say what a dataset or checkpoint holds, or what this installation offers.

    With --verify, exits with 1 when a file of the dataset is damaged.

    Example: sensorlm info days/ --verify
    """
    from sensorlm.store import is_dataset

    if verify and not (path is not None and is_dataset(path)):
        raise SensorLMError(f"--verify checks a dataset folder, and {path or 'nothing'} is none.")
    if path is None:
        sets = dict(CHANNEL_SETS)
        result, text = _program()
    elif is_dataset(path):
        from sensorlm.store import load_manifest

        sets = {(found := load_manifest(path).channel_set).name: found}
        result, text = _dataset(path, verify=verify)
    elif (path / "config.json").is_file():
        sets = _checkpoint_channels(path)
        result, text = _checkpoint(path)
    else:
        raise SensorLMError(f"{path} is neither a dataset (manifest.json) nor a checkpoint (config.json) folder.")
    if channels:
        result = {"channel_sets": {name: s.to_json() for name, s in sets.items()}}
        text = "\n\n".join(_channel_table(s) for s in sets.values())
    emit(result, as_json=as_json, text=text)
    if verify and result.get("damaged"):
        raise typer.Exit(1)


def _program() -> tuple[dict[str, Any], str]:
    """Versions, channel sets and presets."""
    from sensorlm import __version__
    from sensorlm.config.presets import PRESETS

    versions = {"sensorlm": __version__, "python": platform.python_version()}
    versions |= {name: importlib.metadata.version(name) for name in LIBRARIES}
    result: dict[str, Any] = {
        "versions": versions,
        "channel_sets": {name: list(s.keys) for name, s in CHANNEL_SETS.items()},
        "presets": {name: config.to_json() for name, config in PRESETS.items()},
    }
    lines = ["  ".join(f"{name} {version}" for name, version in versions.items()), "", "channel sets"]
    lines += [f"  {name:12} {len(s):3} channels: {', '.join(s.keys[:4])}, ..." for name, s in CHANNEL_SETS.items()]
    lines += ["", "presets        width  depth  heads"]
    for name, config in PRESETS.items():
        sensor = config.sensor
        lines.append(f"  {name:12} {sensor.width:5}  {sensor.depth:5}  {sensor.num_heads:5}")
    lines += ["", "Research software, not a medical device."]
    return result, "\n".join(lines)


def _dataset(path: Path, *, verify: bool) -> tuple[dict[str, Any], str]:
    """Counts of a dataset; `damaged` lists files whose checksum is wrong when asked for."""
    from sensorlm import store

    manifest = store.load_manifest(path)
    days = manifest.num_days
    size = sum(p.bytes for p in manifest.parts)
    result: dict[str, Any] = {
        "kind": "dataset",
        "path": str(path),
        "schema_version": manifest.version,
        "channel_set": manifest.channel_set.name,
        **manifest.counts,
        "captions": manifest.num_captions,
        "observed_minutes": manifest.observed_minutes,
        "bytes": size,
    }
    splits = ", ".join(f"{s} {c['days']} days of {c['people']}" for s, c in manifest.counts["by_split"].items())
    lines = [
        f"dataset {path}: {days} days of {manifest.counts['people']} people, {size / 1e6:.1f} MB",
        f"splits: {splits}",
        f"channels of {manifest.channel_set.name} with data, share of minutes:",
    ]
    for key, minutes in manifest.observed_minutes.items():
        lines.append(f"  {key:24} {minutes / (days * 1440):6.1%}")
    lines += [f"captions {key}: {count}" for key, count in manifest.num_captions.items()]
    if verify:
        result["damaged"] = store.verify(path)
        lines += [f"DAMAGED {line}" for line in result["damaged"]] or ["all files have their checksums"]
    return result, "\n".join(lines)


def _checkpoint(path: Path) -> tuple[dict[str, Any], str]:
    """Configuration and size of a checkpoint, from its headers; no weight is read."""
    config = _read_json(path / "config.json")
    result: dict[str, Any] = {"kind": "checkpoint", "path": str(path), "config": config}
    result["channel_set"] = next(iter(_checkpoint_channels(path)), None)
    result["parameters"] = _count_parameters(path / "model.safetensors")
    lines = [f"checkpoint {path}", f"channels: {result['channel_set'] or 'not stated'}"]
    if result["parameters"] is not None:
        lines.append(f"parameters: {result['parameters']:,}")
    return result, "\n".join([*lines, json.dumps(config, indent=2, ensure_ascii=False)])


def _checkpoint_channels(path: Path) -> dict[str, ChannelSet]:
    file = path / "channels.json"
    if not file.is_file():
        return {}
    found = ChannelSet.from_json(_read_json(file))
    return {found.name: found}


def _count_parameters(file: Path) -> int | None:
    from safetensors import SafetensorError, safe_open

    from sensorlm.checkpoint.rows8 import SCALE

    if not file.is_file():
        return None
    try:
        with safe_open(str(file), framework="numpy") as weights:
            # A row's scale is how int8 rows are stored, no parameter of the model.
            names = [name for name in weights.keys() if not name.endswith(SCALE)]  # noqa: SIM118
            return sum(math.prod(map(int, weights.get_slice(name).get_shape())) for name in names)
    except SafetensorError as error:
        raise SensorLMError(f"{file} is no safetensors file ({error}).") from None


def _read_json(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise SensorLMError(f"{file} is not JSON ({error}).") from None
    if not isinstance(data, dict):
        raise SensorLMError(f"{file} holds a {type(data).__name__}, not a JSON object.")
    return data


def _channel_table(channels: ChannelSet) -> str:
    lines = [f"{channels.name}: {len(channels)} channels", ""]
    lines.append(f"{'key':34}{'name':34}{'unit':12}{'mean':>10}{'std':>10}  aggregate  range")
    for c in channels.channels:
        numbers = f"{c.mean:>10.4g}{c.std:>10.4g}"
        lines.append(f"{c.key:34}{c.name:34}{c.unit:12}{numbers}  {c.aggregate:9}  {c.low:g} to {c.high:g}")
    return "\n".join(lines)
