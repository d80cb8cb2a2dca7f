"""The examples run from start to end in an empty folder, and what they print is about the days they were given."""

import os
import re
import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).parent.parent
EXAMPLES = REPO / "examples"


def run(folder: Path, name: str, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(REPO / "src"), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-W", "error", str(EXAMPLES / name), *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_every_example_is_run_here():
    tests = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    assert {path.stem for path in EXAMPLES.glob("*.py")} <= tests


def test_describe_a_day(tmp_path):
    printed = run(tmp_path, "describe_a_day.py", "--day", "3")
    assert re.match(r"fitabase/\d+/2016-\d\d-\d\d: \d+ of 1440 minutes recorded", printed)
    assert "high_level_summary_caption" in printed
    for true, false, unknown in re.findall(r"true of (\d+) days, false of (\d+), cannot be told of (\d+)", printed):
        assert int(true) >= 1, "a day's own caption is true of it"
        assert int(false) >= 0 <= int(unknown)
    assert not list(tmp_path.iterdir())


def test_find_asleep_windows(tmp_path):
    printed = run(tmp_path, "find_asleep_windows.py")
    people, mean, lowest = re.search(r"(\d+) people: mean (\S+), lowest (\S+)", printed).groups()
    # Stillness and a slow pulse are far better than chance on everyone, and far from perfect.
    assert int(people) >= 5
    assert 0.6 < float(lowest) <= float(mean) < 1


def test_simulate_and_train_tiny(tmp_path):
    printed = run(tmp_path, "simulate_and_train_tiny.py", "out", "--steps", "4", "--people", "6")
    assert "18 days of 6 people, 12 to train on" in printed
    assert re.search(r"captions of held-out days found: \d of 6", printed)
    assert len((tmp_path / "out" / "run" / "metrics.jsonl").read_text().splitlines()) >= 4


def test_killed_and_resumed(tmp_path):
    run(tmp_path, "killed_and_resumed.py", "out", "--steps", "14", "--kills", "1", "--picture", "curves.png")
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_loss_in_8_bits(tmp_path):
    options = ("--steps", "3", "--people", "24", "--seeds", "4", "--picture", "curves.png")
    printed = run(tmp_path, "loss_in_8_bits.py", "out", *options)
    found = dict(re.findall(r"(\w+), seed 4: mean loss of the last tenth (\d+\.\d+)", printed))
    assert set(found) == {"fp32", "bf16", "fp8"}
    assert abs(float(found["fp8"]) - float(found["fp32"])) < 0.2
    assert found["fp8"] != found["bf16"]
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
