"""Checkpoint folders: everything comes back, a crash loses nothing, damaged and hostile files are refused by name."""

import json
import os
from itertools import permutations

import numpy as np
import pytest
import torch
from model_helpers import SMALL, some_days
from safetensors.torch import load_file, save_file

from sensorlm.channels import ChannelSet, known_channel
from sensorlm.checkpoint import folder as folder_module
from sensorlm.checkpoint import load_checkpoint, load_training_state, parameter_count, save_checkpoint
from sensorlm.checkpoint.pretrained import SensorLM
from sensorlm.checkpoint.state import join, split
from sensorlm.config.presets import preset
from sensorlm.errors import CheckpointError
from sensorlm.tokenizer import CaptionTokenizer

CHANNELS = ChannelSet("four", tuple(known_channel(k) for k in ("HR", "steps", "spo2", "LF")))
TEXTS = ["The heart rate is 71.4 bpm.", "A restless night after a late run.", "Few steps, much rest."]


@pytest.fixture(scope="module")
def tokenizer():
    return CaptionTokenizer.train(TEXTS, 300)


@pytest.fixture(scope="module")
def model(tokenizer):
    sizes = {**SMALL, "text.vocab_size": 300, "decoder.vocab_size": 300}
    model = SensorLM(preset("tiny", decoder=True, overrides=sizes), seed=4)
    model.tokenizer, model.channel_set = tokenizer, CHANNELS
    return model


def save(model, folder, **changes):
    return save_checkpoint(folder, model, model.tokenizer, model.channel_set, **changes)


def test_everything_comes_back(model, tmp_path):
    save(model, tmp_path / "run", extra={"step": 12, "note": "ä"}, card="# card\n")
    loaded = load_checkpoint(tmp_path / "run")
    assert loaded.config == model.config
    assert loaded.extra == {"step": 12, "note": "ä"}
    assert loaded.channel_set == CHANNELS
    assert loaded.tokenizer.encode(TEXTS, 20).tolist() == model.tokenizer.encode(TEXTS, 20).tolist()
    assert not loaded.model.training
    for key, value in model.state_dict().items():
        assert torch.equal(value, loaded.model.state_dict()[key]), key
    assert (tmp_path / "run" / "README.md").read_text() == "# card\n"
    values, observed = some_days()
    assert torch.equal(loaded.model.encode_sensor(values, observed), model.eval().encode_sensor(values, observed))
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_half_precision_weights_load_as_float32(model, tmp_path):
    save(model, tmp_path / "run", tensors={k: v.bfloat16() for k, v in model.state_dict().items()})
    assert load_file(tmp_path / "run" / "model.safetensors")["logit_scale"].dtype == torch.bfloat16
    weights = load_checkpoint(tmp_path / "run").model.state_dict()
    assert all(value.dtype == torch.float32 for value in weights.values())


def test_training_state_of_a_real_optimizer_comes_back_exactly(model, tmp_path):
    torch.manual_seed(1)
    net = torch.nn.Linear(3, 2)
    optimizer = torch.optim.AdamW(net.parameters(), 1e-2)
    generator = np.random.default_rng(5)
    for _ in range(3):
        net(torch.randn(4, 3)).square().sum().backward()
        optimizer.step()
    state = {
        "optimizer": optimizer.state_dict(), "torch_rng": torch.get_rng_state(), "position": 123,
        "numpy_rng": generator.bit_generator.state, "array": np.arange(3), "number": np.float32(0.5), "none": None,
    }  # fmt: skip
    save(model, tmp_path / "run", training_state=state)
    again = load_training_state(tmp_path / "run")
    assert again["position"] == 123
    assert again["none"] is None
    assert again["number"] == 0.5
    assert again["array"].tolist() == [0, 1, 2]
    assert torch.equal(again["torch_rng"], state["torch_rng"])
    other = np.random.default_rng()
    other.bit_generator.state = again["numpy_rng"]
    assert other.random() == generator.random()
    fresh = torch.optim.AdamW(net.parameters(), 1.0)
    fresh.load_state_dict(again["optimizer"])
    before, after = optimizer.state_dict(), fresh.state_dict()
    assert after["param_groups"][0]["lr"] == 1e-2
    for i in before["state"]:
        for key, value in before["state"][i].items():
            assert torch.equal(value, after["state"][i][key])
    assert not list((tmp_path / "run").glob("*.pt"))


def test_a_state_nothing_can_hold_is_refused():
    with pytest.raises(CheckpointError, match=r"state/a/1 is a set, which neither"):
        split({"a": [1, {2}]})
    with pytest.raises(CheckpointError, match="tensor 'state/x' is missing"):
        join({"x": {"__tensor__": "state/x"}}, {})


def test_a_finished_model_has_no_training_state(model, tmp_path):
    save(model, tmp_path / "run")
    with pytest.raises(CheckpointError, match="holds no training state"):
        load_training_state(tmp_path / "run")
    (tmp_path / "run" / "training_state.json").write_text("{}")
    with pytest.raises(CheckpointError, match=r"optimizer\.safetensors cannot be read"):
        load_training_state(tmp_path / "run")


@pytest.mark.parametrize("moment", ["weights", "first rename", "second rename"])
def test_a_crash_while_saving_keeps_the_previous_checkpoint(model, tmp_path, monkeypatch, moment):
    save(model, tmp_path / "run", extra={"step": 1})
    if moment == "weights":
        monkeypatch.setattr(folder_module, "save_file", lambda *a, **k: (_ for _ in ()).throw(OSError("disk full")))
    else:
        rename, calls = folder_module.Path.rename, []

        def failing(self, target):
            calls.append(self)
            if len(calls) == ("first rename", "second rename").index(moment) + 1:
                raise KeyboardInterrupt
            return rename(self, target)

        monkeypatch.setattr(folder_module.Path, "rename", failing)
    with pytest.raises((OSError, KeyboardInterrupt)):
        save(model, tmp_path / "run", extra={"step": 2})
    monkeypatch.undo()
    assert load_checkpoint(tmp_path / "run").extra == {"step": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_a_kill_between_the_renames_is_healed_on_the_next_load_or_save(model, tmp_path):
    for step in (1, 2):
        save(model, tmp_path / "run", extra={"step": step})
        # What kill -9 leaves between the renames: the old folder under its second name, the new one unfinished.
        (tmp_path / "run").rename(tmp_path / ".run.previous")
        (tmp_path / ".run.abc.tmp").mkdir(exist_ok=True)
        assert load_checkpoint(tmp_path / "run").extra == {"step": step}


def test_a_folder_that_is_no_checkpoint_is_not_overwritten(model, tmp_path):
    (tmp_path / "holiday").mkdir()
    (tmp_path / "holiday" / "photo.jpg").write_bytes(b"x")
    with pytest.raises(CheckpointError, match="holiday: exists and is no checkpoint"):
        save(model, tmp_path / "holiday")
    assert (tmp_path / "holiday" / "photo.jpg").read_bytes() == b"x"
    (tmp_path / "empty").mkdir()
    save(model, tmp_path / "empty")
    assert load_checkpoint(tmp_path / "empty").config == model.config


def test_values_json_cannot_hold_are_refused_and_nothing_changes(model, tmp_path):
    save(model, tmp_path / "run", extra={"step": 1})
    for bad in ({"x": float("nan")}, {"x": {1, 2}}):
        with pytest.raises(CheckpointError, match=r"extra: .* Give JSON values"):
            save(model, tmp_path / "run", extra=bad)
    assert load_checkpoint(tmp_path / "run").extra == {"step": 1}


def spoil_config(change):
    def spoil(folder):
        data = json.loads((folder / "config.json").read_text())
        change(data)
        (folder / "config.json").write_text(json.dumps(data))

    return spoil


def spoil_weights(change):
    def spoil(folder):
        tensors = load_file(folder / "model.safetensors")
        change(tensors)
        save_file(tensors, folder / "model.safetensors")

    return spoil


def write(name, data):
    return lambda folder: (folder / name).write_bytes(data)


DAMAGES = {
    "no config": (lambda f: (f / "config.json").unlink(), "config.json: cannot be read as JSON"),
    "bad json": (write("config.json", b"{"), "config.json: cannot be read as JSON"),
    "deep json": (write("config.json", b"[" * 200_000), "cannot be read as JSON"),
    "a list": (write("config.json", b"[]"), "holds a list, not an object"),
    "no dict": (spoil_config(lambda d: d.update(model=[1])), "is not a JSON object"),
    "bad extra": (spoil_config(lambda d: d.update(extra=3)), "not iterable"),
    "another format": (spoil_config(lambda d: d.update(format="other")), "is not a sensorlm checkpoint's"),
    "version": (spoil_config(lambda d: d.update(version=2)), "format version 2, this program reads 1"),
    "unknown field": (spoil_config(lambda d: d["model"].update(wings=2)), r"unknown fields \['wings'\]"),
    "wrong type": (spoil_config(lambda d: d["model"].update(embed_dim="x")), "embed_dim='x' has type str"),
    "huge": (
        spoil_config(lambda d: (d["model"]["sensor"].update(width=10**6), d["model"].update(embed_dim=10**6))),
        r"config.json asks for \(\d*1000000",
    ),
    "overflow": (
        spoil_config(lambda d: d["model"]["sensor"].update(width=10**12, num_heads=1)),
        "no model of the sizes in config.json can exist",
    ),
    "deep": (spoil_config(lambda d: d["model"]["sensor"].update(depth=10**9)), "cannot fill the blocks"),
    "missing tensor": (spoil_weights(lambda t: t.pop("sensor.norm.bias")), r"missing \['sensor.norm.bias'\]"),
    "extra tensor": (spoil_weights(lambda t: t.update(z=torch.ones(1))), r"not known \['z'\]"),
    "wrong shape": (
        spoil_weights(lambda t: t.update({"sensor.norm.bias": torch.ones(7)})),
        r"'sensor.norm.bias' has shape \(7,\), config.json asks for \(32,\)",
    ),
    "integers": (
        spoil_weights(lambda t: t.update({"logit_bias": torch.tensor(3)})),
        "'logit_bias' has type I64",
    ),
    "no weights": (lambda f: (f / "model.safetensors").unlink(), "cannot be read as safetensors"),
    "huge header": (write("model.safetensors", b"\xff" * 64), "cannot be read as safetensors"),
    "cut": (lambda f: os.truncate(f / "model.safetensors", 9000), "cannot be read as safetensors"),
    "channels": (write("channels.json", b'{"channels": ["HR"]}'), "has 1 channels, the model 4"),
    "channel name": (write("channels.json", b'{"channels": ["no such"]}'), "no built-in channel is called 'no such'"),
    "channel list": (write("channels.json", b"[]"), "holds a list, not an object"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_and_hostile_folders_are_refused_by_name(model, tmp_path, damage):
    spoil, message = DAMAGES[damage]
    save(model, tmp_path / "run")
    spoil(tmp_path / "run")
    with pytest.raises(CheckpointError, match=message):
        load_checkpoint(tmp_path / "run")


def test_parts_that_do_not_fit_are_refused_before_anything_is_written(model, tmp_path):
    with pytest.raises(CheckpointError, match="'one' has 1 channels, the model 4"):
        save_checkpoint(tmp_path / "run", model, None, ChannelSet("one", (known_channel("HR"),)))
    bigger = CaptionTokenizer.train(["".join(w) for w in permutations("sleeping", 6)], 400)
    with pytest.raises(CheckpointError, match="the model a vocabulary of 300"):
        save_checkpoint(tmp_path / "run", model, bigger, CHANNELS)
    assert not (tmp_path / "run").exists()


def test_what_is_not_there_or_not_ours_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match="there is no such folder or file"):
        load_checkpoint(tmp_path / "nothing")
    (tmp_path / "model.pt").write_bytes(b"x")
    with pytest.raises(CheckpointError, match=r"a \.pt file is no checkpoint we read"):
        load_checkpoint(tmp_path / "model.pt")


def test_parameter_count_allocates_nothing_and_is_right(model):
    assert parameter_count(model.config) == sum(p.numel() for p in model.parameters())
    assert parameter_count(preset("g")) > 10**9
