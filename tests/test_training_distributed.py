"""Two processes give the loss, the gradients and the weights of one; a checkpoint goes on at another world size."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from training_worker import LOSSES, STEPS, main, step_case

from sensorlm.errors import ConfigError, TrainingError
from sensorlm.training.parallel import parallelise
from sensorlm.training.processes import Processes

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """What one process and what two processes computed; the two also went on from the one's checkpoint."""
    folder = tmp_path_factory.mktemp("gloo")
    (folder / "one").mkdir()
    torch.save(step_case(Processes()), folder / "half.pt")
    path = os.pathsep.join([str(HERE), str(HERE.parent / "src"), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, str(HERE / "training_worker.py")]
    workers = [
        subprocess.Popen(
            [*command, str(rank), "2", str(folder)], env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
        )
        for rank in range(2)
    ]
    try:
        main(0, 1, str(folder / "one"))
        codes = [worker.wait(timeout=120) for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
    assert codes == [0, 0]
    return tuple(torch.load(f / "results.pt", weights_only=True) for f in (folder / "one", folder))


@pytest.mark.parametrize("name", LOSSES)
def test_the_ring_gives_the_single_process_loss_and_gradients(results, name):
    one, two = (r[name] for r in results)
    assert float(one[1].abs().max()) > 0
    for expected, got in zip(one, two, strict=True):
        torch.testing.assert_close(got, expected, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("name", STEPS)
def test_wrapped_models_train_as_one_process_does(results, name):
    one, two = (r[name] for r in results)
    assert two["curve"] == [pytest.approx(pair, rel=1e-5) for pair in one["curve"]]
    assert one["curve"][0] != one["curve"][1]
    for key, expected in one["weights"].items():
        torch.testing.assert_close(two["weights"][key], expected, rtol=1e-4, atol=2e-5)
    assert set(two["state"]) == set(one["state"])
    for key, expected in one["state"].items():
        torch.testing.assert_close(two["state"][key], expected, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("name", ["ddp", "fsdp"])
def test_a_run_goes_on_with_another_number_of_processes(results, name):
    whole = step_case(Processes(), steps=4)
    resumed = results[1][f"{name}, resumed"]
    assert resumed["curve"] == [pytest.approx(pair, rel=1e-5) for pair in whole["curve"][2:]]


def test_an_unknown_wrapper_is_refused():
    with pytest.raises(ConfigError, match="'deepspeed' is not one of ddp, fsdp"):
        parallelise(torch.nn.Linear(1, 1), Processes(), "deepspeed")


def test_uneven_shares_are_refused(monkeypatch):
    monkeypatch.setattr(Processes, "gather", lambda self, x: [x, x + 1])
    with pytest.raises(TrainingError, match=r"hold \[4, 5\] days"):
        Processes(0, 2).same_batch(4)
