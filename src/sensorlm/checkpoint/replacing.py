"""A checkpoint folder's place in, the folder replaced whole or not at all out."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sensorlm.errors import CheckpointError
from sensorlm.files import sync_folder


@contextmanager
def replacing_folder(folder: str | Path) -> Iterator[Path]:
    """Yield an empty folder beside `folder`; on success it takes its place, else it goes and nothing has changed.

    Raises:
        CheckpointError: `folder` exists and is no checkpoint, so it is not ours to replace.
    """
    final = Path(folder).resolve()
    if final.exists() and not (final / "config.json").is_file() and (not final.is_dir() or any(final.iterdir())):
        raise CheckpointError(f"{final}: exists and is no checkpoint; it stays as it is. Choose another place.")
    final.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{final.name}.", suffix=".tmp", dir=final.parent))
    previous = _previous(final)
    try:
        yield temporary
        for file in temporary.iterdir():
            with file.open("rb") as handle:
                os.fsync(handle.fileno())
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o777 & ~umask)
        sync_folder(temporary)
        if final.exists():
            shutil.rmtree(previous, ignore_errors=True)
            final.rename(previous)
        temporary.rename(final)
        sync_folder(final.parent)
        shutil.rmtree(previous, ignore_errors=True)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        recover(final)


def recover(folder: str | Path) -> Path:
    """`folder`; if a save died between its two renames, the previous checkpoint gets its name back first."""
    folder = Path(folder)
    previous = _previous(folder.resolve())
    if not folder.exists() and previous.is_dir():
        previous.rename(folder.resolve())
    return folder


def _previous(final: Path) -> Path:
    return final.with_name(f".{final.name}.previous")
