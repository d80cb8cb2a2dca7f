"""Batches and a configuration in; checkpoints, metrics.jsonl and TensorBoard out."""

from sensorlm.training.run import LiveStep, RunResult, train
from sensorlm.training.schedule import RsqrtScheduler

__all__ = ["LiveStep", "RsqrtScheduler", "RunResult", "train"]
