"""Numbers that fix a training run, in; a checked, frozen TrainingConfig that round-trips through JSON, out.

`seed_config` reads the JSON keys of sensorlm-rs into the same thing.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sensorlm.config.model import RECOMPUTED, ModelConfig, one_of
from sensorlm.config.plain import JsonConfig
from sensorlm.config.presets import preset, with_overrides
from sensorlm.errors import ConfigError
from sensorlm.records import CAPTION_KEYS, DEFAULT_CAPTION_KEY

OBJECTIVES = ("siglip", "clip", "cap", "coca", "coca-clip")
LABELS = ("pairs", "facts")
REDUCTIONS = ("mean_b", "mean_b2")
PRECISIONS = ("fp32", "bf16", "amp_bf16", "fp8")
ATTENTIONS = ("auto", "fa4")
SCHEDULES = ("rsqrt", "rsqrt-seed", "cosine", "constant")
TEXT_TOWERS = ("own", "minilm", "minilm-tuned")
DECAYS = ("reference", "adamw")
DISTRIBUTED = ("ddp", "fsdp")
REFERENCE_EXAMPLES = 50_000_000
# Short names of caption keys, those of sensorlm-rs' --caption-type among them.
KEY_ALIASES = {
    "low": "low_level_caption",
    "middle": "middle_level_caption",
    "high-summary": "high_level_summary_caption",
    "high-all": "high_level_all_caption",
    "middle-low": "middle_low_level_caption",
    "high-low": "high_low_level_caption",
    "high-middle": "high_middle_level_caption",
    "all": "high_middle_low_level_caption",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConfig(JsonConfig):
    """Everything a run depends on; written to the run folder as `config.json`."""

    data: str
    """Dataset folder."""
    folder: str
    """Run folder: configuration, metrics, checkpoints."""
    model: ModelConfig = field(default_factory=ModelConfig)
    """Channels and vocabulary are set from the dataset and the tokenizer when the run starts."""
    tokenizer: str | None = None
    """tokenizer.json, SentencePiece .model or checkpoint folder; None trains one on the training captions."""
    text_tower: str = "own"
    """"own"; "minilm": pretrained sentence encoder, frozen, under a trained projection; "minilm-tuned": trained on."""
    context_length: int = 256
    """Tokens a caption, cut or padded."""
    objective: str = "siglip"
    """"coca" adds captioning to the sigmoid term, "coca-clip" to the softmax term."""
    labels: str = "pairs"
    """"facts": plain-language captions are labelled by what they state; long ones stay pairs."""
    reduction: str = "mean_b"
    contrastive_weight: float = 1.0
    caption_weight: float = 2.0
    """Weights of the two terms of "coca"."""
    chunk_size: int = 4096
    """Largest side of a logit tile."""
    codebook_size: int = 4096
    """Quantities that facts may ask; the most frequent of the captions'."""
    caption_keys: str = DEFAULT_CAPTION_KEY
    """"key=weight,key=weight"; short names allowed; "short" are plain-language captions."""
    window_fraction: float = 0.0
    """Share of the samples that show a window of their day."""
    batch_size: int = 16
    """Days a forward pass of one process; the loss is over batch_size x accum_freq x processes."""
    accum_freq: int = 1
    epochs: float | None = None
    steps: int | None = None
    max_minutes: float | None = None
    """What ends the run; the first one given of minutes, steps, epochs. None of them: 1 epoch."""
    lr: float = 5e-4
    wd: float = 1e-4
    decay: str = "reference"
    """"reference": each step takes wd * lr / peak off a weight; "adamw": wd * lr."""
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    grad_clip_norm: float | None = 1.0
    schedule: str = "rsqrt"
    warmup: float = 0.2
    cooldown: float = 0.2
    """Steps; below 1 the share of the run."""
    precision: str = "fp32"
    attention: str = "auto"
    """"auto": cuDNN's or torch's own kernels; "fa4": FlashAttention-4 (the extra "flash", Hopper GPUs, 16 bits)."""
    grad_checkpointing: bool = False
    grad_checkpointing_part: str = "blocks"
    """What is made again: "blocks" everything; "mlp"; "pointwise" norms, GELU and sums only; "pointwise+mlp"."""
    compile: bool = False
    distributed: str = "ddp"
    seed: int = 0
    deterministic: bool = False
    """Bit-identical losses on a GPU too, at some cost in speed; on a CPU they always are."""
    workers: int = 2
    device: str | None = None
    """"cpu" or "cuda"; None takes CUDA where there is one."""
    val_frequency: int = 0
    """Steps between validations; 0: four in a run, and always at the end."""
    val_rows: int = 512
    """Held-out days looked at, at most."""
    save_frequency: int = 500
    """Steps between checkpoints; there is always one at the end."""
    early_stop: int = 0
    """Validations without a better val_loss before the run ends; 0: never."""
    report_to: str = ""
    """"tensorboard" writes it beside metrics.jsonl."""
    memory_gb: float | None = None
    """GiB the run may use; None asks the device."""
    check_memory: bool = True

    def __post_init__(self) -> None:
        for name, allowed in (
            ("objective", OBJECTIVES), ("text_tower", TEXT_TOWERS),
            ("labels", LABELS), ("reduction", REDUCTIONS), ("precision", PRECISIONS),
            ("grad_checkpointing_part", RECOMPUTED), ("attention", ATTENTIONS),
            ("schedule", SCHEDULES), ("decay", DECAYS), ("distributed", DISTRIBUTED), ("report_to", ("",
            "tensorboard")),
        ):  # fmt: skip
            one_of(name, getattr(self, name), allowed)
        for name in ("batch_size", "accum_freq", "context_length", "chunk_size", "save_frequency", "val_rows"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{name}={getattr(self, name)} is below 1. Give at least 1.")
        for name in ("epochs", "steps", "max_minutes", "memory_gb", "grad_clip_norm", "eps"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value > 0):
                raise ConfigError(f"{name}={value} is not a number above 0.")
        for name in ("lr", "wd", "warmup", "cooldown", "workers", "val_frequency", "early_stop", "seed"):
            if not (math.isfinite(getattr(self, name)) and getattr(self, name) >= 0):
                raise ConfigError(f"{name}={getattr(self, name)} is not a number of at least 0.")
        if not (0 <= self.beta1 < 1 and 0 <= self.beta2 < 1):
            raise ConfigError(f"beta1={self.beta1}, beta2={self.beta2}: both must lie in [0, 1). Usual: 0.9 and 0.999.")
        if not 0 <= self.window_fraction <= 1:
            raise ConfigError(f"window_fraction={self.window_fraction} is not between 0 and 1.")
        if self.captioning != (self.model.decoder is not None):
            have = "a" if self.model.decoder else "no"
            raise ConfigError(
                f"objective={self.objective!r} and a model with {have} decoder: a decoder and a captioning term go "
                "together. Let `sensorlm train` build the model, or set model.decoder."
            )
        if (self.model.text is None) != (self.objective == "cap"):
            need = "needs" if self.model.text is None else "has no use for"
            raise ConfigError(
                f"objective={self.objective!r} {need} a text tower. Set model.text, or take another objective."
            )
        if self.labels == "facts" and self.objective == "cap":
            raise ConfigError("labels='facts' needs a contrastive objective; 'cap' has none. Use labels='pairs'.")
        if self.context_length > self.longest_context:
            raise ConfigError(
                f"context_length={self.context_length} is longer than the model's {self.longest_context} positions."
            )
        parse_caption_keys(self.caption_keys)

    @property
    def captioning(self) -> bool:
        """Whether the objective has a captioning term."""
        return self.objective in ("cap", "coca", "coca-clip")

    @property
    def longest_context(self) -> int:
        """Positions of the text tower and the decoder, whichever has fewer."""
        return min(part.context_length for part in (self.model.text, self.model.decoder) if part is not None)

    @property
    def key_weights(self) -> dict[str, float]:
        """Caption key -> weight."""
        return parse_caption_keys(self.caption_keys)


def parse_caption_keys(text: str) -> dict[str, float]:
    """Weights from "low=1,short=2"; a key without a number weighs 1.

    Raises:
        ConfigError: no key, or a weight that is no number above 0.
    """
    weights: dict[str, float] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        name, _, number = entry.partition("=")
        try:
            weight = float(number or 1)
        except ValueError:
            weight = math.nan
        if not (math.isfinite(weight) and weight > 0):
            raise ConfigError(f"caption_keys: {entry!r} has no weight above 0. Write key=weight, e.g. low=1,short=2.")
        weights[KEY_ALIASES.get(name, name)] = weight
    if not weights:
        raise ConfigError(f"caption_keys={text!r} names no key. Known: {', '.join((*CAPTION_KEYS, 'short'))}.")
    return weights


def model_for(name: str, objective: str, overrides: Mapping[str, Any]) -> ModelConfig:
    """A preset with the parts an objective needs: a decoder for captioning, no text tower for "cap".

    Raises:
        ConfigError: no such preset, field or objective.
    """
    one_of("objective", objective, OBJECTIVES)
    data = preset(name, decoder=objective in ("cap", "coca", "coca-clip")).to_json()
    if objective == "cap":
        data["text"] = None
    return ModelConfig.from_json(with_overrides(data, overrides))
