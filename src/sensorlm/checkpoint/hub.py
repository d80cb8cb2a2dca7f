"""A hub id in, a local folder out; a saved folder in, an uploaded one out. Only safetensors, JSON and text travel."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sensorlm.errors import CheckpointError

# Nothing that could run code is ever fetched.
PATTERNS = ["*.safetensors", "*.json", "tokenizer.model", "README.md"]


def download(repo_id: str, *, revision: str | None = None) -> Path:
    """A local copy of a hub repository's checkpoint.

    Raises:
        CheckpointError: the extra is not installed, or the hub has no such repository or cannot be reached.
    """
    hub = _hub(repo_id)
    try:
        return Path(hub.snapshot_download(repo_id, revision=revision, allow_patterns=PATTERNS))
    except (OSError, ValueError, RuntimeError) as error:
        raise CheckpointError(
            f"{repo_id!r} is no local folder and could not be fetched from the hub ({error}). Check the name."
        ) from None


def upload(save: Callable[[Path], Any], repo_id: str, *, private: bool = False, token: str | None = None) -> str:
    """Create `repo_id` and upload what `save` writes into a folder; returns the commit's address.

    Raises:
        CheckpointError: the extra is not installed.
    """
    api = _hub(repo_id).HfApi(token=token)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "checkpoint"
        save(folder)
        api.create_repo(repo_id, private=private, exist_ok=True)
        return str(api.upload_folder(repo_id=repo_id, folder_path=folder))


def _hub(repo_id: str) -> Any:  # noqa: ANN401
    try:
        import huggingface_hub  # noqa: PLC0415 (an extra)
    except ImportError:
        raise CheckpointError(
            f"{repo_id!r} is no local folder, and fetching it needs: pip install 'sensorlm[hub]'."
        ) from None
    return huggingface_hub
