"""`sensorlm train`: options in, a run folder out: configuration, checkpoints, metrics.jsonl, loss.png."""

import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sensorlm.cli import train_options as o
from sensorlm.cli.options import JsonFlag, emit
from sensorlm.config.model import ModelConfig
from sensorlm.config.presets import with_overrides
from sensorlm.config.seed_training import is_seed_config, seed_config, seed_model
from sensorlm.config.training import TrainingConfig, model_for
from sensorlm.errors import ConfigError

if TYPE_CHECKING:
    from sensorlm.training import LiveStep, RunResult

# Options that are fields of TrainingConfig under the same name.
FIELDS = (
    "data", "objective", "labels", "caption_keys", "window_fraction", "text_tower", "tokenizer", "context_length",
    "batch_size", "accum_freq", "epochs", "steps", "max_minutes", "lr", "wd", "decay", "beta1", "beta2", "eps",
    "grad_clip_norm", "warmup", "cooldown", "precision", "grad_checkpointing", "grad_checkpointing_part",
    "attention", "compile", "distributed", "deterministic", "seed", "workers", "val_frequency", "save_frequency",
    "early_stop", "report_to",
)  # fmt: skip
SECONDS_BETWEEN_LINES = 10.0


def train(
    config: o.ConfigFile = None, data: o.Data = None, logs: o.Logs = "./logs", name: o.Name = None,
    artifact_dir: o.ArtifactDir = None, preset: o.Preset = None, set_: o.Set = None, objective: o.Objective = None,
    labels: o.Labels = None, caption_keys: o.CaptionKeys = None, window_fraction: o.WindowFraction = None,
    text_tower: o.TextTower = None, tokenizer: o.Tokenizer = None, context_length: o.ContextLength = None,
    batch_size: o.BatchSize = None, accum_freq: o.AccumFreq = None, epochs: o.Epochs = None, steps: o.Steps = None,
    max_minutes: o.MaxMinutes = None, lr: o.Lr = None, wd: o.Wd = None, decay: o.Decay = None, beta1: o.Beta1 = None,
    beta2: o.Beta2 = None, eps: o.Eps = None, grad_clip_norm: o.GradClipNorm = None, lr_scheduler: o.Scheduler = None,
    warmup: o.Warmup = None, cooldown: o.Cooldown = None, precision: o.Precision = None,
    grad_checkpointing: o.GradCheckpointing = None, grad_checkpointing_part: o.GradCheckpointingPart = None,
    attention: o.Attention = None, compile: o.Compile = None, distributed: o.Distributed = None,
    deterministic: o.Deterministic = None, seed: o.Seed = None, workers: o.Workers = None, cpu: o.Cpu = False,
    resume: o.Resume = None, val_frequency: o.ValFrequency = None, save_frequency: o.SaveFrequency = None,
    early_stop: o.EarlyStop = None, report_to: o.ReportTo = None, vram_gb: o.VramGb = None,
    no_vram_check: o.NoVramCheck = False,
    summary: o.Summary = False, as_json: JsonFlag = False,
) -> None:  # fmt: skip
    """Train a model on a dataset of days and captions; started again, a killed run goes on by itself.

    Under torchrun (torchrun --nproc-per-node 2 -m sensorlm.cli train -d days/ -a run/) it trains on all its processes.
    The run folder holds config.json, metrics.jsonl, speed.jsonl, loss.png, checkpoints/last and checkpoints/best.

    Example: sensorlm train --data days/ --preset small --labels facts --caption-keys short=2,low=1 --epochs 20
    """
    options = dict(locals())
    settings = resolve(options)
    speaks = os.environ.get("RANK", "0") == "0"  # one of torchrun's processes
    if summary and speaks:
        print(describe(settings), file=sys.stderr)
    from sensorlm.cli.train_zero_shot import zero_shot_evaluator
    from sensorlm.training import train as run

    evaluators = zero_shot_evaluator(settings)
    how = {None: "auto", "none": None}.get(resume, resume)
    result = run(settings, resume=how, evaluators=evaluators, on_step=LiveLine())
    if not speaks:
        return
    picture = draw(result.folder)
    emit(_report(result, picture), as_json=as_json, text=_words(result, picture))


def resolve(options: Mapping[str, Any]) -> TrainingConfig:
    """The configuration that options and the file of --config describe; options win.

    Raises:
        ConfigError: the file is no JSON object, or the values contradict each other.
    """
    fields = read_config(options["config"])
    if options["preset"] is not None and is_seed_config(read_json(options["config"])):
        fields["model"] = seed_model({**read_json(options["config"]), "model_size": options["preset"]})
    fields |= {name: options[name] for name in FIELDS if options[name] is not None}
    if options["lr_scheduler"] is not None:
        fields["schedule"] = options["lr_scheduler"]
    if options["vram_gb"] is not None:
        fields["memory_gb"] = options["vram_gb"]
    if options["no_vram_check"]:
        fields["check_memory"] = False
    if options["cpu"]:
        fields["device"] = "cpu"
    fields.setdefault("data", "./data")
    size, objective = options["preset"] or "tiny", fields.get("objective", "siglip")
    if options["artifact_dir"] is not None:
        fields["folder"] = options["artifact_dir"]
    elif options["name"] is not None or "folder" not in fields:
        fields["folder"] = str(Path(options["logs"]) / (options["name"] or f"{size}-{objective}"))
    plain, model_changes = parse_sets(options["set_"] or [])
    fields |= plain
    if "model" not in fields or (options["preset"] is not None and not is_seed_config(read_json(options["config"]))):
        fields["model"] = model_for(size, objective, {}).to_json()
    fields["model"] = ModelConfig.from_json(with_overrides(fields["model"], _spread(model_changes, fields["model"])))
    return TrainingConfig.from_json(fields)


def read_json(path: Path | None) -> dict[str, Any]:
    """The JSON object in a file, empty without one.

    Raises:
        ConfigError: unreadable, or not an object.
    """
    if path is None:
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"--config {path}: cannot be read as JSON ({error}).") from None
    if not isinstance(data, dict):
        raise ConfigError(f"--config {path}: holds a {type(data).__name__}, not an object of settings.")
    return data


def read_config(path: Path | None) -> dict[str, Any]:
    """Fields of TrainingConfig from a run's config.json, or from sensorlm-rs' configuration."""
    data = read_json(path)
    return seed_config(data) if is_seed_config(data) else data


def parse_sets(entries: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(fields of the run, dotted fields of the model) from key=value texts; values are JSON, else text.

    Raises:
        ConfigError: no "=".
    """
    plain: dict[str, Any] = {}
    model: dict[str, Any] = {}
    for entry in entries:
        key, equals, text = entry.partition("=")
        if not equals:
            raise ConfigError(f"--set {entry!r} has no '='. Write key=value, e.g. model.sensor.depth=6.")
        try:
            value = json.loads(text)
        except json.JSONDecodeError:
            value = text
        if key.startswith("model."):
            model[key.removeprefix("model.")] = value
        else:
            plain[key.removeprefix("training.")] = value
    return plain, model


def _spread(changes: Mapping[str, Any], model: Mapping[str, Any]) -> dict[str, Any]:
    """`model.depth` means the depth of every part that has one."""
    spread: dict[str, Any] = {}
    for key, value in changes.items():
        parts = [p for p in ("sensor", "text", "decoder") if isinstance(model.get(p), dict) and key in model[p]]
        spread |= {key: value} if "." in key or key in model else {f"{part}.{key}": value for part in parts}
        if not parts and "." not in key and key not in model:
            raise ConfigError(f"--set model.{key}: neither the model nor its parts have such a field.")
    return spread


def describe(config: TrainingConfig) -> str:
    """The model's parts and what a step needs, in a few lines."""
    from sensorlm.training.cost import GIB, num_parameters, step_cost

    cost, model = step_cost(config), config.model
    lines = [f"objective {config.objective}, labels {config.labels}, {config.precision}"]
    for part, name in ((model.sensor, "sensor"), (model.text, "text"), (model.decoder, "decoder")):
        if part is not None:
            lines.append(f"{name:8} width {part.width}, depth {part.depth}, heads {part.num_heads}")
    lines.append(f"about {num_parameters(model) / 1e6:.1f} M parameters; a step needs about {cost.total / GIB:.2f} GiB")
    return "\n".join(lines)


class LiveLine:
    """One line that tells where the run is: rewritten on a terminal, now and then a new one elsewhere."""

    def __init__(self) -> None:
        self.last = 0.0

    def __call__(self, live: "LiveStep") -> None:
        """Tell one step."""
        terminal, ends = sys.stderr.isatty(), live.step == live.total
        if not (terminal or ends) and time.monotonic() - self.last < SECONDS_BETWEEN_LINES:
            return
        self.last = time.monotonic()
        total = "" if live.total is None else f"/{live.total}"
        mfu = "" if live.mfu is None else f"  MFU {live.mfu:.0%}"
        value = f"  val {live.validation['val_loss']:.4f}" if "val_loss" in live.validation else ""
        minutes, seconds = divmod(round(live.eta_seconds), 60)
        text = (
            f"step {live.step}{total}  loss {live.report.loss:.4f}{value}  lr {live.report.lr:.2e}  "
            f"{live.days_per_second:.1f} days/s{mfu}  {minutes}:{seconds:02d} left"
        )
        print(
            f"\r\x1b[K{text}" if terminal else text,
            end="\n" if ends or not terminal else "",
            file=sys.stderr,
            flush=True,
        )


def draw(folder: Path) -> Path:
    """The loss curve of a run, from its metrics.jsonl, as loss.png."""
    from sensorlm.files import write_bytes
    from sensorlm.report.curves import loss_curve_picture
    from sensorlm.training.metrics import METRICS, read_lines

    picture = folder / "loss.png"
    write_bytes(picture, loss_curve_picture(read_lines(folder / METRICS)))
    return picture


def _report(result: "RunResult", picture: Path) -> dict[str, Any]:
    return {
        "folder": str(result.folder), "checkpoint": str(result.checkpoint), "steps": result.steps,
        "ended": result.ended, "loss": result.loss, "best_step": result.best_step,
        "validation": dict(result.validation), "picture": str(picture),
    }  # fmt: skip


def _words(result: "RunResult", picture: Path) -> str:
    lines = [f"{result.steps} steps, ended by {result.ended}, loss {result.loss:.4f}"]
    lines += [f"{key} {value:.4f}" for key, value in result.validation.items()]
    best = "" if result.best_step is None else f" (best: step {result.best_step}, checkpoints/best)"
    return "\n".join([*lines, f"checkpoint {result.checkpoint}{best}", f"curve {picture}"])
