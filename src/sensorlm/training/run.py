"""A TrainingConfig in; a run folder with metrics and checkpoints out. Killed at any moment, started again, it goes on.

Nothing but files connects two starts of a run: the newest whole checkpoint, and metrics.jsonl cut back to its step.
Batches, windows, captions and dropout are functions of the seed and the step, so the second start computes what the
first would have.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from sensorlm.batching import Batch, DayLoader
from sensorlm.config.model import SensorTowerConfig
from sensorlm.config.training import TrainingConfig
from sensorlm.files import write_json
from sensorlm.training.card import run_card
from sensorlm.training.cost import check_fits, day_flops, peak_flops
from sensorlm.training.data import Materials, gather_materials
from sensorlm.training.device import available_bytes, device_name, repeatable
from sensorlm.training.metrics import METRICS, SPEED, Metrics, read_lines
from sensorlm.training.processes import joined
from sensorlm.training.schedule import SCHEDULES, Schedule
from sensorlm.training.start import build_trainer, find_start
from sensorlm.training.state import Progress, load_state, save_state, step_folder
from sensorlm.training.step import StepReport, Trainer
from sensorlm.training.validation import Evaluator, held_out, validate


@dataclass(frozen=True)
class LiveStep:
    """What a progress line tells."""

    report: StepReport
    step: int
    total: int | None
    """Steps of the run; None when minutes end it."""
    days_per_second: float
    mfu: float | None
    """Share of the device's peak bfloat16 arithmetic that the model's matrix products used; None if unknown."""
    eta_seconds: float
    validation: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class RunResult:
    """What a run left behind."""

    folder: Path
    checkpoint: Path
    """The last one."""
    steps: int
    ended: str
    """"steps", "minutes" or "early stop"."""
    loss: float
    validation: Mapping[str, float]
    best_step: int | None
    """Of `checkpoints/best`; None without held-out people."""


def train(
    config: TrainingConfig,
    *,
    resume: str | None = "auto",
    evaluators: Mapping[str, Evaluator] | None = None,
    on_step: Callable[[LiveStep], None] | None = None,
) -> RunResult:
    """Train to the end, from wherever the run folder says the run is.

    Args:
        config: the run.
        resume: "auto": go on if the folder holds this very run; "latest": go on whatever the configuration was; a
            checkpoint folder: start from it; None: start anew, in an empty folder only.
        evaluators: called at each validation; their numbers join the metrics under their names.
        on_step: called after every step on the main process.

    Raises:
        TrainingError: the run cannot fit in memory, belongs to another configuration, or met a loss that is not finite.
        SensorLMError: the data, tokenizer or model do not fit together.
    """
    with joined(None if config.device is None else torch.device(config.device)) as processes:
        materials = gather_materials(config, processes)
        config = materials.config
        if config.check_memory:
            check_fits(config, available_bytes(processes.device, config.memory_gb), processes=processes.size)
        checkpoint = find_start(config, resume)
        trainer = build_trainer(config, processes)
        progress = Progress() if checkpoint is None else load_state(checkpoint, trainer.module, trainer.optimizer)
        if processes.is_main:
            write_json(Path(config.folder) / "config.json", config.to_json())
        run = Run(materials, trainer, progress, dict(evaluators or {}), on_step)
        try:
            with repeatable(config.deterministic):
                return run.go()
        finally:
            run.close()


class Run:
    """The loop, and what it holds from step to step."""

    def __init__(
        self,
        materials: Materials,
        trainer: Trainer,
        progress: Progress,
        evaluators: dict[str, Evaluator],
        on_step: Callable[[LiveStep], None] | None,
    ) -> None:
        self.materials, self.config, self.trainer, self.progress = materials, materials.config, trainer, progress
        self.processes, self.evaluators, self.on_step = trainer.processes, evaluators, on_step
        self.folder = Path(self.config.folder)
        self.loader: DayLoader = materials.loader("train", self.processes)
        self.loader.load_state_dict({"position": progress.position})
        self.total = self._total_steps()
        self.schedule: Schedule = SCHEDULES[self.config.schedule](
            peak=self.config.lr, total=self.total, warmup=self.config.warmup, cooldown=self.config.cooldown
        )
        rows = len(materials.rows["val"])
        self.held_out: Batch | None = None
        if rows:
            self.held_out = held_out(materials.loader("val", self.processes), min(rows, self.config.val_rows))
        self.metrics = (
            Metrics(self.folder, step=progress.step, report_to=self.config.report_to)
            if self.processes.is_main
            else None
        )
        self.validation: dict[str, float]
        before = read_lines(self.folder / METRICS) if self.metrics is not None else []
        self.loss = next((line["loss"] for line in reversed(before) if "loss" in line), 0.0)
        self.validation = next((_numbers(line) for line in reversed(before) if "val_loss" in line), {})
        self.step_seconds: float | None = None
        self.resumed_seconds, self.started = progress.seconds, time.monotonic()

    def close(self) -> None:
        """Stop workers, close files."""
        self.loader.close()
        if self.metrics is not None:
            self.metrics.close()

    def go(self) -> RunResult:
        """Step until the end; returns what is left behind."""
        ended = self._ended()
        while ended is None:
            self._step()
            ended = self._ended()
            if ended is not None or self.progress.step % self._val_frequency() == 0:
                self._validate()
                ended = ended or self._ended()
            if ended is not None or self.progress.step % self.config.save_frequency == 0 or self._is_best():
                self._save()
        checkpoint = step_folder(self.folder, self.progress.step)
        best = self.progress.best_step if self.progress.best is not None else None
        return RunResult(self.folder, checkpoint, self.progress.step, ended, self.loss, self.validation, best)

    def _step(self) -> None:
        lr = self._rate()
        began = time.monotonic()
        batch = next(self.loader)
        tokens = _sensor_tokens(batch, self.config.model.sensor)
        on_device = batch.to(self.processes.device)
        report = self.trainer.step(on_device, lr=lr, number=self.progress.step)
        self.progress.step += 1
        self.progress.position = self.loader.position
        self.progress.seconds = self.resumed_seconds + time.monotonic() - self.started
        if self.config.max_minutes is not None:
            self.progress.seconds = self.processes.agree_on(self.progress.seconds)
        self.loss = report.loss
        if self.metrics is None:
            return
        module: Any = self.trainer.module
        scale, bias = float(module.logit_scale.detach().exp()), float(module.logit_bias.detach())
        self.metrics.write(
            self.progress.step,
            {"loss": report.loss, **report.parts, "lr": lr, "grad_norm": report.grad_norm,
             "logit_scale": scale, "logit_bias": bias},
        )  # fmt: skip
        self._tell(report, time.monotonic() - began, tokens)

    def _tell(self, report: StepReport, seconds: float, tokens: float) -> None:
        assert self.metrics is not None
        # A moving average over about ten steps; the first, slow step is forgotten as soon as there is another.
        recent = seconds if self.step_seconds is None or self.progress.step < 3 else self.step_seconds
        self.step_seconds = 0.9 * recent + 0.1 * seconds
        rate = self.loader.batch_size / max(self.step_seconds, 1e-9)
        peak = peak_flops(device_name(self.processes.device))
        flops = day_flops(self.config.model, self.config.context_length, tokens)
        mfu = None if peak is None else rate * flops / (peak * self.processes.size)
        spent, share = self.progress.seconds, self._share()
        live = LiveStep(
            report, self.progress.step, None if self.config.max_minutes else self.total, rate, mfu,
            spent * (1 - share) / max(share, 1e-9), self.validation,
        )  # fmt: skip
        speed = {"days_per_second": rate, "seconds": spent, **({} if mfu is None else {"mfu": mfu})}
        self.metrics.write(self.progress.step, speed, file=SPEED)
        if self.on_step is not None:
            self.on_step(live)

    def _validate(self) -> None:
        if self.held_out is None:
            return
        config, progress = self.config, self.progress
        values = validate(
            self.trainer.gradients, self.held_out, micro_batch=config.batch_size,
            loss_batch=config.batch_size * config.accum_freq * self.processes.size,
        )  # fmt: skip
        self.trainer.module.eval()
        with torch.no_grad():
            for name, evaluator in self.evaluators.items():
                values |= {f"{name}_{key}": float(value) for key, value in evaluator(self.trainer.module).items()}
        self.trainer.module.train()
        self.validation = values
        if progress.best is None or values["val_loss"] < progress.best:
            progress.best, progress.best_step, progress.stale = values["val_loss"], progress.step, 0
        else:
            progress.stale += 1
        if self.metrics is not None:
            self.metrics.write(progress.step, values)

    def _save(self) -> None:
        if self.metrics is not None:
            self.metrics.sync()
        extra = {"training": self.config.to_json(), "progress": asdict(self.progress), "validation": self.validation}
        dataset = self.materials.dataset
        save_state(
            self.folder, self.progress, self.trainer.module, self.trainer.optimizer, self.materials.tokenizer,
            dataset.channel_set, self.processes, extra=extra,
            card=run_card(self.config, dataset, self.progress, self.validation, self.processes.size),
        )  # fmt: skip

    def _is_best(self) -> bool:
        return self.progress.best is not None and self.progress.best_step == self.progress.step

    def _ended(self) -> str | None:
        config, progress = self.config, self.progress
        if config.early_stop and progress.stale >= config.early_stop:
            return "early stop"
        if config.max_minutes is not None:
            return "minutes" if progress.seconds >= 60 * config.max_minutes and progress.step else None
        return "steps" if progress.step >= self.total else None

    def _share(self) -> float:
        """Of the run that is done."""
        if self.config.max_minutes is not None:
            return min(1.0, self.progress.seconds / (60 * self.config.max_minutes))
        return self.progress.step / self.total

    def _rate(self) -> float:
        if self.config.max_minutes is None:
            return self.schedule.lr_at(self.progress.step)
        share = self._share()
        if share < self.config.warmup:
            self.progress.warmup_step = self.progress.step
        return self.schedule.lr_at_time(share, self.progress.step, self.progress.warmup_step)

    def _total_steps(self) -> int:
        if self.config.steps is not None:
            return self.config.steps
        return max(1, round((self.config.epochs or 1.0) * self.loader.num_rows / self.loader.batch_size))

    def _val_frequency(self) -> int:
        return self.config.val_frequency or max(1, self.total // 4)


def _numbers(line: Mapping[str, Any]) -> dict[str, float]:
    return {key: value for key, value in line.items() if key != "step"}


def _sensor_tokens(batch: Batch, config: SensorTowerConfig) -> float:
    """Mean patches with data a day; a patch of an odd last channel may go uncounted."""
    minutes, channels = config.patch_minutes, config.patch_channels
    days, length, width = batch.observed.shape
    seen = batch.observed[:, :, : width - width % channels].reshape(days, length // minutes, minutes, -1, channels)
    return float(seen.any(4).any(2).sum()) / days
