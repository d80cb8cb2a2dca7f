"""The JSON configuration of sensorlm-rs in, fields of a TrainingConfig out: its keys, defaults and meanings."""

from collections.abc import Mapping
from typing import Any

from sensorlm.config.presets import preset, with_overrides
from sensorlm.config.training import REFERENCE_EXAMPLES
from sensorlm.errors import ConfigError

# sensorlm-rs' key -> ours, where only the name differs.
PLAIN = {
    "batch_size": "batch_size", "lr": "lr", "weight_decay": "wd", "beta1": "beta1", "beta2": "beta2", "epsilon": "eps",
    "grad_clip_norm": "grad_clip_norm", "warmup_fraction": "warmup", "cooldown_fraction": "cooldown",
    "checkpoint_every": "save_frequency", "seed": "seed", "tokenizer_path": "tokenizer", "artifact_dir": "folder",
    "data_dir": "data", "num_workers": "workers", "vram_gb": "memory_gb",
}  # fmt: skip
SCHEDULES = {"RsqrtWithWarmupCooldown": "rsqrt-seed", "Cosine": "cosine", "Constant": "constant"}
KEYS = {
    "LowLevel": "low", "MiddleLevel": "middle", "HighLevelSummary": "high-summary", "HighLevelAll": "high-all",
    "MiddleLow": "middle-low", "HighLow": "high-low", "HighMiddle": "high-middle", "HighMiddleLow": "all",
}  # fmt: skip
SPECIAL = (
    "model_size", "total_steps", "lr_schedule", "caption_key", "log_every", "skip_vram_check", "show_summary",
    "sensor_encoder", "text_encoder", "embed_dim", "temperature_init", "bias_init", "model",
)  # fmt: skip
SENSOR = {
    "time_steps": "num_minutes", "num_channels": "num_channels", "patch_h": "patch_minutes",
    "patch_w": "patch_channels", "d_model": "width", "depth": "depth", "num_heads": "num_heads",
}  # fmt: skip
TEXT = {
    "vocab_size": "vocab_size", "max_seq_len": "context_length", "d_model": "width", "depth": "depth",
    "num_heads": "num_heads",
}  # fmt: skip


def is_seed_config(data: Mapping[str, Any]) -> bool:
    """Whether a JSON object speaks sensorlm-rs' keys rather than ours."""
    ours = {"folder", "data", "wd", "workers", "objective"}
    theirs = {*PLAIN, *SPECIAL} - set(PLAIN.values())
    return bool(theirs & set(data)) and not ours & set(data)


def seed_config(data: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of TrainingConfig as a JSON-ready dict, sensorlm-rs' defaults where `data` is silent.

    The weight decay multiplies the rate, and the loss is averaged over B^2, as there. `log_every` and `show_summary`
    change no number: every step is logged here.

    Raises:
        ConfigError: a key or a value that sensorlm-rs does not have, or dropout, which is not trained with here.
    """
    unknown = sorted(set(data) - {*PLAIN, *SPECIAL})
    if unknown:
        raise ConfigError(f"configuration key {unknown[0]!r} is not one of {', '.join(sorted({*PLAIN, *SPECIAL}))}.")
    _refuse_dropout({**data, **data.get("model", {})})
    fields: dict[str, Any] = {
        "batch_size": 8, "wd": 1e-4, "decay": "adamw", "schedule": "rsqrt-seed", "reduction": "mean_b2",
        "folder": "./artifacts", "data": "./data", "model": seed_model(data), "save_frequency": 500,
    }  # fmt: skip
    fields |= {PLAIN[key]: value for key, value in data.items() if key in PLAIN and value is not None}
    fields["context_length"] = min(256, fields["model"]["text"]["context_length"])
    fields["steps"] = data.get("total_steps") or REFERENCE_EXAMPLES // int(fields["batch_size"])
    fields["schedule"] = _choice("lr_schedule", data.get("lr_schedule", "RsqrtWithWarmupCooldown"), SCHEDULES)
    if fields["schedule"] == "constant":
        fields |= {"warmup": 0.0, "cooldown": 0.0}
    fields["caption_keys"] = _choice("caption_key", data.get("caption_key", "HighLevelSummary"), KEYS)
    fields["check_memory"] = not data.get("skip_vram_check", False)
    return fields


def _refuse_dropout(given: Mapping[str, Any]) -> None:
    """Training without the dropout that was asked for would be another training; a trained model needs none."""
    for tower in ("sensor_encoder", "text_encoder"):
        if share := given.get(tower, {}).get("dropout", 0.0):
            raise ConfigError(
                f"{tower}.dropout {share}: models are trained without dropout here, as in the paper. Set it to 0.0, "
                "sensorlm-rs' default."
            )


def seed_model(data: Mapping[str, Any]) -> dict[str, Any]:
    """The ModelConfig, as JSON, of sensorlm-rs' model of this size: exact GELU, epsilon 1e-5, mean-pooled text."""
    size = str(data.get("model_size", "Tiny")).lower()
    if size not in ("tiny", "small", "base"):
        raise ConfigError(f"model_size {data['model_size']!r} is not one of Tiny, Small, Base.")
    model = preset(size).to_json()
    changes: dict[str, Any] = {"sensor.missing": "impute", "text.pooling": "mean"}
    for tower in ("sensor", "text"):
        changes |= {f"{tower}.activation": "gelu", f"{tower}.norm_eps": 1e-5}
    given = {**data, **data.get("model", {})}
    for tower, names in (("sensor", SENSOR), ("text", TEXT)):
        section = given.get(f"{tower}_encoder", {})
        changes |= {f"{tower}.{names[key]}": value for key, value in section.items() if key in names}
        if "mlp_dim" in section:
            width = section.get("d_model", model[tower]["width"])
            changes[f"{tower}.mlp_ratio"] = section["mlp_dim"] / width
    pooling = given.get("sensor_encoder", {}).get("pool_type", "Map")
    changes["sensor.pooling"] = _choice("pool_type", pooling, {"Map": "map", "Gap": "mean"})
    for theirs, ours in (("temperature_init", "logit_scale_init"), ("bias_init", "logit_bias_init")):
        if theirs in given:
            changes[ours] = float(given[theirs])
    changes["embed_dim"] = given.get("embed_dim", changes.get("sensor.width", model["sensor"]["width"]))
    return with_overrides(model, changes)


def _choice(key: str, value: str, allowed: Mapping[str, str]) -> str:
    if value not in allowed:
        raise ConfigError(f"{key} {value!r} is not one of {', '.join(allowed)}.")
    return allowed[value]
