"""The options of `sensorlm train`: open_clip's names, sensorlm-rs' beside them where both have one.

None means "not given": the value then comes from --config, or from TrainingConfig's default.
"""

from pathlib import Path
from typing import Annotated

from typer import Option

# fmt: off
ConfigFile = Annotated[Path | None, Option("-c", "--config", help="JSON: a run's config.json, or sensorlm-rs' keys.")]
Data = Annotated[str | None, Option("-d", "--data", "--data-dir", "--train-data", help="Dataset folder (./data).")]
Logs = Annotated[str, Option(help="Folder of run folders.")]
Name = Annotated[str | None, Option(help="Name of the run folder; default preset-objective.")]
ArtifactDir = Annotated[str | None, Option("-a", "--artifact-dir", help="The run folder itself; wins over --logs.")]
Preset = Annotated[str | None, Option("--preset", "--model", "--model-size", help="Ti, S, B, L, So400m or g.")]
Set = Annotated[list[str] | None, Option("--set", help="key=value of the configuration, e.g. model.sensor.depth=6.")]
Objective = Annotated[str | None, Option(help="siglip, clip, cap, coca (sigmoid) or coca-clip (softmax).")]
Labels = Annotated[str | None, Option(help="pairs, or facts: short captions labelled by what they state.")]
CaptionKeys = Annotated[str | None, Option(help="key=weight,...: low, middle, high-summary, ..., short.")]
WindowFraction = Annotated[float | None, Option(help="Share of samples that show a window of their day.")]
TextTower = Annotated[str | None, Option(help="own, minilm (pretrained, frozen) or minilm-tuned.")]
Tokenizer = Annotated[str | None, Option(help="tokenizer.json, .model or checkpoint; default: a new one.")]
ContextLength = Annotated[int | None, Option(help="Tokens a caption.")]
BatchSize = Annotated[int | None, Option("-b", "--batch-size", help="Days a forward pass of one process.")]
AccumFreq = Annotated[int | None, Option(help="Micro-batches a step; the loss stays that of the whole batch.")]
Epochs = Annotated[float | None, Option(help="Passes over the training days.")]
Steps = Annotated[int | None, Option(help="Updates; wins over --epochs.")]
MaxMinutes = Annotated[float | None, Option(help="Train this long, cool-down included; wins over --steps.")]
Lr = Annotated[float | None, Option(help="Peak learning rate.")]
Wd = Annotated[float | None, Option(help="Weight decay of matrices.")]
Decay = Annotated[str | None, Option(help="reference: wd * lr / peak a step; adamw: wd * lr.")]
Beta1 = Annotated[float | None, Option(help="Adam.")]
Beta2 = Annotated[float | None, Option(help="Adam.")]
Eps = Annotated[float | None, Option(help="Adam.")]
GradClipNorm = Annotated[float | None, Option(help="Largest gradient norm.")]
Scheduler = Annotated[str | None, Option("--lr-scheduler", help="rsqrt, rsqrt-seed, cosine or constant.")]
Warmup = Annotated[float | None, Option(help="Steps; below 1 the share of the run.")]
Cooldown = Annotated[float | None, Option("--cooldown", "--lr-cooldown", help="Steps; below 1 the share of the run.")]
Precision = Annotated[str | None, Option(help="fp32, amp_bf16, bf16 (float32 masters) or fp8 (recent GPUs).")]
GradCheckpointing = Annotated[bool | None, Option("--grad-checkpointing", help="Recompute activations: less memory.")]
GradCheckpointingPart = Annotated[
    str | None, Option(help="blocks (least memory), mlp, pointwise (no product twice), or pointwise+mlp.")
]
Attention = Annotated[str | None, Option(help="auto, or fa4 (FlashAttention-4, Hopper; the extra flash).")]
Compile = Annotated[bool | None, Option("--torchcompile", "--compile", help="torch.compile the model.")]
Distributed = Annotated[str | None, Option(help="ddp or fsdp, under torchrun.")]
Deterministic = Annotated[bool | None, Option("--deterministic", help="Bit-identical losses on a GPU too; slower.")]
Seed = Annotated[int | None, Option(help="Of weights, order, captions and windows.")]
Workers = Annotated[int | None, Option("--workers", "--num-workers", help="Processes that prepare batches.")]
Cpu = Annotated[bool, Option("--cpu", help="Train on the CPU even where there is a GPU.")]
Resume = Annotated[str | None, Option(help="latest, a checkpoint folder, or none; default: go on by itself.")]
ValFrequency = Annotated[int | None, Option(help="Steps between validations; 0: four in a run.")]
SaveFrequency = Annotated[int | None, Option(help="Steps between checkpoints.")]
EarlyStop = Annotated[int | None, Option(help="Validations without improvement before the run ends.")]
ReportTo = Annotated[str | None, Option(help="tensorboard.")]
VramGb = Annotated[float | None, Option(help="GiB the run may use; default: what the device has free.")]
NoVramCheck = Annotated[bool, Option("--no-vram-check", help="Start even if the memory estimate says it cannot fit.")]
Summary = Annotated[bool, Option("--summary", help="Print the model's parts, parameters and memory before training.")]
# fmt: on
