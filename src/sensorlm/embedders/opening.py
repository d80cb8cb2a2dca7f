"""A path in, an embedder out: checkpoint folder, foreign checkpoint, INT8 artefact, hub id; or the model in the box."""

from importlib import resources
from pathlib import Path

from sensorlm.embedders.checkpoint import CheckpointEmbedder
from sensorlm.embedders.measured import MeasuredEmbedder, with_statements
from sensorlm.embedders.onnx import MARK, OnnxEmbedder
from sensorlm.errors import CheckpointError

# Where a release keeps its model, inside the package and in the repository; the first that exists is taken.
BOXES = ("weights/default", "../../models/default")

SHIPPED = "default"
"""What people call the shipped model where they must name one."""


def default_model() -> Path:
    """The folder of the model that ships with this installation.

    Raises:
        CheckpointError: this installation has none.
    """
    home = Path(str(resources.files("sensorlm")))
    for box in BOXES:
        if (home / box / "config.json").is_file():
            return (home / box).resolve()
    raise CheckpointError("no model was given and none ships with this installation. Give one with --model CHECKPOINT.")


def open_embedder(
    path: str | Path | None, *, device: str = "cpu", tokenizer: str | Path | None = None, batch_size: int = 32
) -> CheckpointEmbedder | OnnxEmbedder:
    """Open whatever holds a model.

    Args:
        path: a checkpoint, artefact or ONNX export folder, a big_vision .npz, a Burn record, "owner/name"; None, or
            "default" where no folder is called so: the shipped model.
        device: where it runs; ONNX runs on the CPU.
        tokenizer: a tokenizer.json or SentencePiece model that is used instead of the model's own.
        batch_size: days or texts at a time.

    Raises:
        CheckpointError: nothing there, damaged, or without channels.
        TokenizerError: the tokenizer file cannot be read, or has more words than the model.
    """
    shipped = not path or (str(path) == SHIPPED and not Path(path).exists())
    place = default_model() if shipped or path is None else path
    if (Path(place) / MARK).is_file():
        return OnnxEmbedder(place, tokenizer=tokenizer, batch_size=batch_size)
    return CheckpointEmbedder.open(place, device=device, tokenizer=tokenizer, batch_size=batch_size)


def open_searcher(
    path: str | Path | None, *, device: str = "cpu", batch_size: int = 32
) -> CheckpointEmbedder | OnnxEmbedder | MeasuredEmbedder:
    """`open_embedder` for whole days that are searched: with statements measured, where the model says how.

    Raises:
        CheckpointError: as above.
    """
    return with_statements(open_embedder(path, device=device, batch_size=batch_size))


def open_checkpoint(path: str | Path | None, *, device: str = "cpu", batch_size: int = 32) -> CheckpointEmbedder:
    """`open_embedder` where weights are needed: to write captions, to fine-tune, to compare with random weights.

    Raises:
        CheckpointError: as above, or an ONNX export, which has no weights to work with.
    """
    found = open_embedder(path, device=device, batch_size=batch_size)
    if isinstance(found, OnnxEmbedder):
        raise CheckpointError(f"{path} is an ONNX export; this needs the checkpoint it was made of. Give that one.")
    return found
