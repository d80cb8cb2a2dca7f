"""SensorLM in the open: day-long wearable recordings into language and back. Not a medical device.

Names below load their room when first used, so that `import sensorlm` stays quick and touches no torch.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sensorlm.checkpoint import (
        SensorLM,
        create_model_and_transforms,
        get_tokenizer,
        list_models,
        load_checkpoint,
        save_checkpoint,
    )
    from sensorlm.config.generation import GenerationConfig
    from sensorlm.config.model import DecoderConfig, ModelConfig, SensorTowerConfig, TextTowerConfig
    from sensorlm.config.presets import PRESETS

__version__ = "0.1.0"

# Public name -> the module that has it. Names of tasks are not imported above even for type checkers: training imports
# this module for its version, and must not reach tasks.
_HOMES = {
    "SensorLM": "sensorlm.checkpoint",
    "create_model_and_transforms": "sensorlm.checkpoint",
    "get_tokenizer": "sensorlm.checkpoint",
    "list_models": "sensorlm.checkpoint",
    "load_checkpoint": "sensorlm.checkpoint",
    "save_checkpoint": "sensorlm.checkpoint",
    "DecoderConfig": "sensorlm.config.model",
    "GenerationConfig": "sensorlm.config.generation",
    "ModelConfig": "sensorlm.config.model",
    "SensorTowerConfig": "sensorlm.config.model",
    "TextTowerConfig": "sensorlm.config.model",
    "PRESETS": "sensorlm.config.presets",
    "RetrievalEngine": "sensorlm.tasks.retrieval",
    "ZeroShotClassifier": "sensorlm.tasks.zero_shot",
    "recall_at_k": "sensorlm.tasks.metrics",
}
__all__ = [
    "PRESETS",
    "DecoderConfig",
    "GenerationConfig",
    "ModelConfig",
    "RetrievalEngine",
    "SensorLM",
    "SensorTowerConfig",
    "TextTowerConfig",
    "ZeroShotClassifier",
    "create_model_and_transforms",
    "get_tokenizer",
    "list_models",
    "load_checkpoint",
    "recall_at_k",
    "save_checkpoint",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name not in _HOMES:
        raise AttributeError(f"module 'sensorlm' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
