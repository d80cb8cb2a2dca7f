"""Model, tokenizer, channels and training state in, one folder of safetensors and JSON out; reads others' files too."""

from sensorlm.checkpoint.card import model_card, parameter_count
from sensorlm.checkpoint.factory import (
    create_model_and_transforms,
    get_tokenizer,
    list_models,
    new_model,
    with_minilm,
)
from sensorlm.checkpoint.folder import Loaded, load_training_state, save_checkpoint
from sensorlm.checkpoint.load import load_checkpoint
from sensorlm.checkpoint.pretrained import SensorLM

__all__ = [
    "Loaded",
    "SensorLM",
    "create_model_and_transforms",
    "get_tokenizer",
    "list_models",
    "load_checkpoint",
    "load_training_state",
    "model_card",
    "new_model",
    "parameter_count",
    "save_checkpoint",
    "with_minilm",
]
