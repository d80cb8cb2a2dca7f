"""Every block of the README runs, in order, in an empty folder with nothing but the sample beside it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).parent.parent
README = (REPO / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, flags=re.M | re.S)


def test_the_readme_is_short_and_points_at_files_that_exist():
    assert len(README.splitlines()) < 200
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (REPO / target).exists(), target


@pytest.mark.parametrize("name", ["demo", "test", "check", "install"])
def test_the_scripts_it_names_are_programs(name):
    script = REPO / "scripts" / name
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0


def test_all_blocks_run(tmp_path):
    assert {language for language, _ in BLOCKS} == {"console", "bash", "python"}
    (tmp_path / "samples").symlink_to(REPO / "samples")
    program = tmp_path / "bin" / "sensorlm"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "from sensorlm.cli import main; main()" "$@"\n')
    program.chmod(0o755)
    environment = {
        **os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "PYTHONPATH": str(REPO / "src"),
    }  # fmt: skip
    for language, block in BLOCKS:
        if language == "console":
            commands = re.findall(r"^\$ (\S+)", block, flags=re.M)
            assert all(os.access(REPO / c, os.X_OK) for c in commands)
            continue
        command = ["bash", "-euo", "pipefail", "-c", block] if language == "bash" else [sys.executable, "-c", block]
        run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert run.returncode == 0, f"{block}\n--- stdout\n{run.stdout[-2000:]}\n--- stderr\n{run.stderr[-3000:]}"
