"""A TrainingConfig in; the trainer it describes, and the checkpoint to start it from, out."""

import json
from dataclasses import MISSING, fields
from pathlib import Path

from sensorlm.checkpoint import new_model
from sensorlm.config.training import TrainingConfig
from sensorlm.errors import TrainingError
from sensorlm.training.contrastive import Objective
from sensorlm.training.processes import Processes
from sensorlm.training.state import newest
from sensorlm.training.step import Trainer, make_trainer

# May differ between two starts of one run: they change its speed or its reports, not its numbers.
FREE_TO_CHANGE = ("workers", "device", "memory_gb", "check_memory", "report_to", "save_frequency", "folder", "data")


def build_trainer(config: TrainingConfig, processes: Processes) -> Trainer:
    """The model from its seed, and everything that updates it."""
    words = config.model.text or config.model.decoder
    assert words is not None
    contrastive = {"siglip": "siglip", "coca": "siglip", "clip": "clip", "coca-clip": "clip", "cap": None}
    objective = Objective(
        contrastive[config.objective], config.captioning, config.contrastive_weight, config.caption_weight,
        config.reduction, config.chunk_size, words.eos_id,
    )  # fmt: skip
    text = "own" if config.text_tower == "own" else "minilm"
    model = new_model(config.model, text=text, frozen=config.text_tower == "minilm", seed=config.seed)
    return make_trainer(
        model, peak=config.lr, objective=objective, processes=processes,
        precision=config.precision, attention=config.attention, accum_freq=config.accum_freq,
        grad_checkpointing=config.grad_checkpointing, grad_checkpointing_part=config.grad_checkpointing_part,
        compile=config.compile, distributed=config.distributed, seed=config.seed, wd=config.wd, decay=config.decay,
        betas=(config.beta1, config.beta2), eps=config.eps, clip=config.grad_clip_norm,
    )  # fmt: skip


def find_start(config: TrainingConfig, resume: str | None) -> Path | None:
    """The checkpoint to go on from, None for step 0.

    Raises:
        TrainingError: the folder holds another run, holds one that was not to be resumed, or has nothing to resume.
    """
    folder = Path(config.folder)
    last = newest(folder)
    if resume not in ("auto", "latest", None):
        return Path(resume)
    if resume == "latest" and last is None:
        raise TrainingError(f"--resume latest: {folder} has no checkpoint yet. Leave --resume out to start.")
    if last is not None and resume is None:
        raise TrainingError(f"{folder} already holds a run (at {last.name}). Choose another --name, or resume it.")
    if last is not None and resume == "auto":
        before = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        now = config.to_json()
        # A setting that came later than the run was not there to be chosen.
        before = {f.name: f.default for f in fields(config) if f.default is not MISSING} | before
        changed = [k for k in now if k not in FREE_TO_CHANGE and now[k] != before.get(k)]
        if changed:
            key = changed[0]
            raise TrainingError(
                f"{folder} holds a run with {key}={before.get(key)!r}, not {now[key]!r}. Choose another --name, or "
                "--resume latest to go on from its last checkpoint with the new settings."
            )
    return last
