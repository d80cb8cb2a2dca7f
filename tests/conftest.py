"""Fixtures shared by all tests: where the real recordings and golden files are."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

REPO = Path(__file__).parent.parent
settings.register_profile("repo", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("repo")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real recordings and golden files: $SENSORLM_SHARED, or `shared` beside the repo."""
    folder = Path(os.environ.get("SENSORLM_SHARED", REPO.parent / "shared"))
    if not folder.is_dir():
        pytest.skip("no shared/ folder beside the repo (set SENSORLM_SHARED)")
    return folder
