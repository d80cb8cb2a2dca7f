"""A run's configuration, dataset and validation in; the facts of its model card out."""

from collections.abc import Mapping
from typing import Any

import torch

import sensorlm
from sensorlm.checkpoint import model_card, parameter_count
from sensorlm.config.training import TrainingConfig
from sensorlm.store import Dataset
from sensorlm.training.state import Progress

STATED = (
    "objective", "labels", "caption_keys", "window_fraction", "text_tower", "batch_size", "accum_freq", "lr",
    "wd", "schedule", "warmup", "cooldown", "precision", "seed",
)  # fmt: skip


def run_card(
    config: TrainingConfig, dataset: Dataset, progress: Progress, validation: Mapping[str, float], processes: int
) -> str:
    """README.md of a checkpoint: only what the run itself knows."""
    people: dict[str, set[str]] = {}
    for split in ("train", "val"):
        people[split] = {dataset.person(int(row)) for row in dataset.rows(split)}
    facts: dict[str, Any] = {
        "summary": "Sensor-language model trained by `sensorlm train`.",
        "data": {
            "dataset": str(config.data),
            "channels": f"{dataset.channel_set.name} ({len(dataset.channel_set)})",
            "training days": len(dataset.rows("train")),
            "training people": len(people["train"]),
            "held-out people": len(people["val"]),
        },
        "training": {
            "updates": progress.step,
            "days seen": progress.position,
            "processes": processes,
            **{name: getattr(config, name) for name in STATED},
        },
        "versions": {"sensorlm": sensorlm.__version__, "torch": torch.__version__},
    }
    if validation:
        facts["results"] = {f"{key} (held-out people)": round(value, 4) for key, value in validation.items()}
    return model_card(f"sensorlm {config.objective}", config.model, parameter_count(config.model), facts)
