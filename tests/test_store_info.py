"""`sensorlm info` says what is in a folder, as text and as JSON, and fails on what is damaged."""

import json

import numpy as np
import pytest
from safetensors.numpy import save_file
from store_days import SMALL, make_captions, make_day

from sensorlm.channels import CHANNEL_SETS, load_channel_set
from sensorlm.cli import main
from sensorlm.store import write_dataset


def run(capsys, *arguments):
    """Exit code, stdout and stderr of one call."""
    with pytest.raises(SystemExit) as stopped:
        main(["info", *map(str, arguments)])
    out = capsys.readouterr()
    return stopped.value.code, out.out, out.err


@pytest.fixture
def dataset(tmp_path):
    folder = tmp_path / "days"
    days = [make_day(i) for i in range(6)]
    write_dataset(folder, days, SMALL, captions=lambda group: [make_captions(0) for _ in group])
    return folder


def test_the_program_without_a_folder(capsys):
    code, out, _ = run(capsys, "--json")
    found = json.loads(out)
    assert code == 0
    assert found["versions"]["numpy"] == np.__version__
    assert found["channel_sets"]["sensorlm-34"] == list(CHANNEL_SETS["sensorlm-34"].keys)
    assert found["presets"]["Ti"]["sensor"]["width"] == 192
    code, out, _ = run(capsys)
    assert code == 0
    assert "sensorlm-26" in out
    assert "not a medical device" in out


def test_channels_print_as_files_that_load_again(capsys, tmp_path, dataset):
    code, out, _ = run(capsys, "--channels", "--json")
    assert code == 0
    for name, data in json.loads(out)["channel_sets"].items():
        (tmp_path / "set.json").write_text(json.dumps(data))
        assert load_channel_set(tmp_path / "set.json") == CHANNEL_SETS[name]
    code, out, _ = run(capsys, dataset, "--channels")
    assert code == 0
    assert "heart rate" in out
    assert "wrist_temperatures" not in out, "the dataset's own channels only"


def test_a_dataset(capsys, dataset):
    code, out, _ = run(capsys, dataset, "--json", "--verify")
    found = json.loads(out)
    assert code == 0
    assert (found["kind"], found["days"], found["people"], found["damaged"]) == ("dataset", 6, 2, [])
    assert found["captions"] == {"short": 12, "high_level_summary_caption": 6}
    assert found["observed_minutes"]["HR"] == sum(int(make_day(i).observed[:, 0].sum()) for i in range(6))
    code, out, _ = run(capsys, dataset, "--verify")
    assert code == 0
    assert "6 days of 2 people" in out
    assert "all files have their checksums" in out


def test_a_damaged_dataset_exits_with_1(capsys, dataset):
    file = dataset / "days-00000.parquet"
    data = bytearray(file.read_bytes())
    data[100] ^= 255
    file.write_bytes(data)
    code, out, _ = run(capsys, dataset, "--verify", "--json")
    assert code == 1
    assert json.loads(out)["damaged"][0].startswith("days-00000.parquet")
    code, out, _ = run(capsys, dataset, "--verify")
    assert code == 1
    assert "DAMAGED days-00000.parquet" in out


def test_a_checkpoint(capsys, tmp_path):
    (tmp_path / "config.json").write_text('{"version": 1, "model": {"embed_dim": 8}}')
    (tmp_path / "channels.json").write_text(json.dumps(SMALL.to_json()))
    save_file({"a": np.zeros((3, 4), np.float32), "b": np.zeros(5, np.float32)}, tmp_path / "model.safetensors")
    code, out, _ = run(capsys, tmp_path, "--json")
    found = json.loads(out)
    assert code == 0
    assert (found["kind"], found["parameters"], found["channel_set"]) == ("checkpoint", 17, "small")
    code, out, _ = run(capsys, tmp_path)
    assert "parameters: 17" in out
    (tmp_path / "model.safetensors").unlink()
    (tmp_path / "channels.json").unlink()
    assert json.loads(run(capsys, tmp_path, "--json")[1])["parameters"] is None


@pytest.mark.parametrize(
    ("files", "arguments", "message"),
    [
        ({}, [], "is neither a dataset"),
        ({}, ["--verify"], "--verify checks a dataset folder"),
        ({"config.json": "{"}, [], "is not JSON"),
        ({"config.json": "[]"}, [], "holds a list"),
        ({"config.json": "{}", "model.safetensors": "x"}, [], "is no safetensors file"),
        ({"manifest.json": '{"format": "other"}'}, [], "this is no sensorlm dataset"),
    ],
)
def test_bad_input_exits_with_2_and_says_why(capsys, tmp_path, files, arguments, message):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    code, out, err = run(capsys, tmp_path, *arguments)
    assert (code, out) == (2, "")
    assert message in err


def test_help_has_an_example(capsys):
    code, out, _ = run(capsys, "--help")
    assert code == 0
    assert "Example: sensorlm info" in " ".join(out.split())
