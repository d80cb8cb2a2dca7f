"""Whole runs on a made dataset: they learn, resume bit for bit after SIGKILL, stop on a loss that is not finite."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from training_fakes import CHANNELS, SPLITS, made_captions, made_dataset, made_days, tiny_training

from sensorlm.batching import shuffled
from sensorlm.checkpoint import load_checkpoint
from sensorlm.errors import CheckpointError, ConfigError, TrainingError
from sensorlm.store import write_dataset
from sensorlm.training import train
from sensorlm.training.metrics import read_lines

HERE = Path(__file__).parent
GOLDEN = HERE / "golden" / "loss_tiny.txt"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return made_dataset(tmp_path_factory.mktemp("data") / "days")


@pytest.fixture(scope="module")
def finished(data, tmp_path_factory):
    """One uninterrupted run."""
    torch.set_num_threads(1)
    seen = []
    folder = tmp_path_factory.mktemp("run") / "whole"
    result = train(tiny_training(data, folder), on_step=seen.append, evaluators={"zero_shot": count_parameters})
    return result, seen


def count_parameters(model):
    assert not model.training
    return {"parameters": sum(p.numel() for p in model.parameters())}


def test_a_run_leaves_its_configuration_metrics_and_checkpoints(finished):
    result, seen = finished
    config = json.loads((result.folder / "config.json").read_text())
    assert config["model"]["sensor"]["num_channels"] == 2  # from the dataset, not from the preset's 4
    lines = read_lines(result.folder / "metrics.jsonl")
    steps = [line for line in lines if "loss" in line]
    validations = [line for line in lines if "val_loss" in line]
    assert [line["step"] for line in steps] == list(range(1, 21))
    assert steps[0]["lr"] == 0.0  # step 0 of the reference's warm-up
    assert [line["step"] for line in validations] == [5, 10, 15, 20]
    assert {"sensor_to_text_recall_at_1", "text_to_sensor_recall_at_1", "zero_shot_parameters"} <= set(validations[0])
    assert result.validation["val_loss"] == validations[-1]["val_loss"]
    assert result.loss == steps[-1]["loss"]
    assert (result.ended, result.steps) == ("steps", 20)
    assert [live.step for live in seen] == list(range(1, 21))
    assert seen[-1].eta_seconds == 0
    assert seen[0].days_per_second > 0
    best = min(validations, key=lambda line: line["val_loss"])["step"]
    assert (result.folder / "checkpoints/best").resolve().name == f"step-{best:09d}"
    assert (result.folder / "checkpoints/last").resolve() == result.checkpoint.resolve()
    loaded = load_checkpoint(result.folder / "checkpoints/last")
    assert loaded.channel_set == CHANNELS
    assert loaded.model.config.sensor.num_channels == 2
    card = (result.folder / "checkpoints/last/README.md").read_text()
    assert "not a medical device" in card
    assert "training people" in card


def test_the_loss_falls(finished):
    losses = [line["loss"] for line in read_lines(finished[0].folder / "metrics.jsonl") if "loss" in line]
    assert np.mean(losses[-4:]) < 0.8 * np.mean(losses[:4])


def test_the_loss_curve_is_the_one_kept(finished):
    """See golden/README.md for the tolerance and for when the file may change."""
    losses = [line["loss"] for line in read_lines(finished[0].folder / "metrics.jsonl") if "loss" in line]
    np.testing.assert_allclose(losses, np.loadtxt(GOLDEN), rtol=1e-4)


def test_a_finished_run_is_not_run_again(finished, data):
    result, _ = finished
    again = train(tiny_training(data, result.folder), on_step=lambda live: pytest.fail("stepped"))
    assert (again.steps, again.loss, again.validation) == (result.steps, result.loss, result.validation)


SCRIPT = """
import sys, torch
from pathlib import Path
from training_fakes import tiny_training
from sensorlm.training import train
torch.set_num_threads(1)
train(tiny_training(sys.argv[1], sys.argv[2]), evaluators={"zero_shot": lambda model: {
    "parameters": sum(p.numel() for p in model.parameters())}},
    on_step=lambda live: print(live.step, flush=True))
"""


def test_killed_at_any_moment_a_run_resumes_bit_for_bit(finished, data, tmp_path):
    """SIGKILL twice, at steps no checkpoint was made for; then to the end in another process."""
    folder = tmp_path / "killed"
    path = os.pathsep.join([str(HERE), str(HERE.parent / "src"), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-c", SCRIPT, str(data), str(folder)]
    for stop_at in (7, 13):
        with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.PIPE) as process:
            for line in process.stdout:
                if int(line) >= stop_at:
                    break
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        # A torn line, as a kill inside a write leaves it.
        with (folder / "metrics.jsonl").open("a") as file:
            file.write('{"step": 14, "lo')
    result = train(tiny_training(data, folder), evaluators={"zero_shot": count_parameters})
    assert result.steps == 20
    whole = finished[0].folder
    assert (folder / "metrics.jsonl").read_bytes() == (whole / "metrics.jsonl").read_bytes()
    for name in ("model.safetensors", "optimizer.safetensors"):
        one, two = (f / "checkpoints/last" / name for f in (folder, whole))
        assert one.read_bytes() == two.read_bytes()


def test_a_half_written_checkpoint_is_not_seen(finished, data, tmp_path):
    folder = tmp_path / "run"
    train(tiny_training(data, folder, steps=5))
    (folder / "checkpoints/.step-000000020.abc.tmp").mkdir()
    assert train(tiny_training(data, folder, steps=5)).steps == 5


@pytest.mark.parametrize("objective", ["clip", "cap", "coca"])
@pytest.mark.parametrize("labels", ["pairs", "facts"])
def test_every_objective_and_labelling_trains(data, tmp_path, objective, labels):
    if objective == "cap" and labels == "facts":
        with pytest.raises(ConfigError, match="needs a contrastive objective"):
            tiny_training(data, tmp_path, objective=objective, labels=labels)
        return
    result = train(
        tiny_training(data, tmp_path, objective=objective, labels=labels, steps=3, accum_freq=2, batch_size=4)
    )
    assert result.steps == 3
    assert np.isfinite(result.loss)
    assert (tmp_path / "codebook.json").exists() == (labels == "facts")


def test_facts_train_and_resume(data, tmp_path):
    options = {"labels": "facts", "deterministic": True, "schedule": "cosine", "warmup": 2}
    whole = train(tiny_training(data, tmp_path / "a", steps=6, **options))
    train(tiny_training(data, tmp_path / "b", steps=3, **options))
    with pytest.raises(TrainingError, match=r"holds a run with steps=3, not 6.*--resume latest"):
        train(tiny_training(data, tmp_path / "b", steps=6, **options))
    went_on = train(tiny_training(data, tmp_path / "b", steps=6, **options), resume="latest")
    assert went_on.steps == 6
    assert np.isfinite(whole.loss)
    start = str(tmp_path / "a" / "checkpoints" / "last")
    other = train(tiny_training(data, tmp_path / "c", steps=7, **options), resume=start)
    assert other.steps == 7
    assert not torch.are_deterministic_algorithms_enabled()


def test_a_run_begun_before_a_setting_was_there_goes_on(data, tmp_path):
    options = {"steps": 2, "deterministic": True}
    train(tiny_training(data, tmp_path, **options))
    kept = json.loads((tmp_path / "config.json").read_text())
    assert kept.pop("attention") == "auto"
    (tmp_path / "config.json").write_text(json.dumps(kept))
    with pytest.raises(TrainingError, match="holds a run with attention='auto', not 'fa4'"):
        train(tiny_training(data, tmp_path, attention="fa4", **options))
    assert train(tiny_training(data, tmp_path, **options)).steps == 2


def test_windows_and_generated_captions_train(data, tmp_path):
    """Nothing stored is needed: short captions of whole days and of windows are written as samples are drawn."""
    config = tiny_training(
        data, tmp_path, labels="facts", caption_keys="short=2,low=1", window_fraction=0.5, steps=3, context_length=6
    )
    result = train(config)
    assert np.isfinite(result.loss)
    assert json.loads((tmp_path / "codebook.json").read_text())["quantities"]


def test_resume_refuses_what_is_not_there(data, tmp_path, finished):
    with pytest.raises(TrainingError, match="has no checkpoint yet"):
        train(tiny_training(data, tmp_path), resume="latest")
    with pytest.raises(TrainingError, match="already holds a run"):
        train(tiny_training(data, finished[0].folder), resume=None)
    with pytest.raises(CheckpointError, match="holds no training state"):
        train(tiny_training(data, tmp_path / "new"), resume=str(tmp_path))


def test_a_loss_that_is_not_finite_keeps_the_last_good_checkpoint(tmp_path):
    """One day of infinite heart rate: the run stops before its update, names it, and can still be loaded."""

    fifteenth = int(shuffled(np.array([14]), 27, 0)[0])  # the training rows are 0 to 26: in the fourth batch of four

    def spoiled():
        for i, day in enumerate(made_days()):
            if i == fifteenth:
                day.values[100:200, 0] = np.inf
            yield day

    write_dataset(tmp_path / "days", spoiled(), CHANNELS, captions=made_captions, splits=SPLITS)
    config = tiny_training(tmp_path / "days", tmp_path / "run", batch_size=4, save_frequency=1)
    with pytest.raises(TrainingError, match=rf"step 3: loss nan.*rows \[{fifteenth}\] hold values"):
        train(config)
    assert read_lines(tmp_path / "run/metrics.jsonl")[-1]["step"] == 3
    last = (tmp_path / "run/checkpoints/last").resolve()
    assert last.name == "step-000000003"
    weights = load_checkpoint(last).model.state_dict()
    assert all(bool(w.isfinite().all()) for w in weights.values())


def test_minutes_end_a_run_after_its_cooldown(data, tmp_path):
    result = train(tiny_training(data, tmp_path, steps=None, max_minutes=0.02, val_frequency=1000))
    assert result.ended == "minutes"
    rates = [line["lr"] for line in read_lines(tmp_path / "metrics.jsonl") if "loss" in line]
    assert max(rates) > rates[-1]
    again = train(tiny_training(data, tmp_path, steps=None, max_minutes=0.02, val_frequency=1000))
    assert again.steps == result.steps  # its minutes are spent


def test_no_better_validation_ends_a_run(data, tmp_path):
    result = train(tiny_training(data, tmp_path, lr=0.0, steps=50, val_frequency=1, early_stop=2))
    assert (result.ended, result.steps, result.best_step) == ("early stop", 3, 1)


def test_a_run_without_held_out_people_has_no_best(tmp_path):
    write_dataset(
        tmp_path / "days", made_days(people=4), CHANNELS, captions=made_captions,
        splits={f"made/p{i}": "train" for i in range(4)},
    )  # fmt: skip
    result = train(tiny_training(tmp_path / "days", tmp_path / "run", steps=2))
    assert result.best_step is None
    assert result.validation == {}
    assert not (tmp_path / "run/checkpoints/best").exists()


def test_a_batch_larger_than_the_data_is_refused(data, tmp_path):
    with pytest.raises(TrainingError, match=r"27 training days and a batch holds 64.*--batch-size 27"):
        train(tiny_training(data, tmp_path, batch_size=64))


def test_facts_without_facts_are_refused(data, tmp_path):
    with pytest.raises(ConfigError, match="no caption under 'high-summary' carries facts"):
        train(tiny_training(data, tmp_path, labels="facts", caption_keys="high-summary"))


def test_a_run_that_cannot_fit_is_refused_before_it_starts(data, tmp_path):
    with pytest.raises(TrainingError, match=r"a step needs about .* GiB .*--no-vram-check"):
        train(tiny_training(data, tmp_path, memory_gb=1e-4))
    assert not (tmp_path / "metrics.jsonl").exists()


def test_tensorboard_gets_the_losses(data, tmp_path):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    train(tiny_training(data, tmp_path, steps=3, report_to="tensorboard"))
    events = EventAccumulator(str(tmp_path / "tensorboard"))
    events.Reload()
    curve = [scalar.value for scalar in events.Scalars("loss")]
    lines = [line["loss"] for line in read_lines(tmp_path / "metrics.jsonl") if "loss" in line]
    np.testing.assert_allclose(curve, lines, rtol=1e-6)


def test_workers_change_nothing(finished, data, tmp_path):
    train(tiny_training(data, tmp_path, workers=1), evaluators={"zero_shot": count_parameters})
    assert (tmp_path / "metrics.jsonl").read_bytes() == (finished[0].folder / "metrics.jsonl").read_bytes()
