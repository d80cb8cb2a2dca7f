"""The mean of runs: of their weights, and only of runs that belong together."""

import json
from pathlib import Path

import pytest
import torch
from recipes_tiny import RECIPES  # noqa: F401 (puts the recipes on the path)
from safetensors.torch import load_file, save_file

import along  # isort: skip
import soup  # isort: skip


def made_run(folder, seed, steps, config="c"):
    folder.mkdir()
    generator = torch.Generator().manual_seed(seed)
    save_file({"a": torch.randn(3, 4, generator=generator).bfloat16()}, folder / "model-1.safetensors")
    save_file({"b": torch.randn(5, generator=generator)}, folder / "model-2.safetensors")
    facts = {"config": config, "text_trained": True, "before": [], "steps": steps, "views": 2 * steps, "seconds": 1.5,
             "data": {"days": 10 * seed, "views": 7, "real_views": 3}, "arguments": {"seed": seed}, "learning": {},
             "results": {"x": seed}, "auroc": {}}  # fmt: skip
    (folder / "run.json").write_text(json.dumps(facts))
    return folder


def test_weights_are_averaged_and_facts_added_up(tmp_path):
    runs = [made_run(tmp_path / name, seed, steps) for name, seed, steps in (("one", 1, 10), ("two", 2, 30))]
    assert soup.soup(runs, tmp_path / "out") == "mean"
    found = {k: v for shard in (tmp_path / "out").glob("*.safetensors") for k, v in load_file(shard).items()}
    one, two = (load_file(run / "model-1.safetensors")["a"].double() for run in runs)
    torch.testing.assert_close(found["a"].double(), (one + two) / 2, rtol=2e-3, atol=1e-6)
    assert set(found) == {"a", "b"}
    facts = json.loads((tmp_path / "out" / "run.json").read_text())
    assert (facts["steps"], facts["data"]) == (40, {"days": 30, "views": 14, "real_views": 3})
    assert [part["results"] for part in facts["averaged"]] == [{"x": 1}, {"x": 2}]


def test_runs_that_do_not_belong_together_are_refused(tmp_path):
    runs = [made_run(tmp_path / "one", 1, 10), made_run(tmp_path / "two", 2, 30, config="other")]
    with pytest.raises(ValueError, match="differ in 'config'"):
        soup.soup(runs, tmp_path / "out")
    with pytest.raises(ValueError, match="trained different tensors, b among them"):
        soup.mean_weights([{"a": torch.ones(1), "b": torch.ones(1)}, {"a": torch.ones(1)}])


def test_a_run_that_is_better_on_validation_people_is_kept_instead(tmp_path):
    runs = [made_run(tmp_path / name, seed, 10) for name, seed in (("one", 1), ("two", 2))]
    wanted = load_file(runs[1] / "model-1.safetensors")["a"].float()

    def measure(weights):
        near = -float((weights["a"].float() - wanted).norm())
        people = {"day_few held-out wordings": [near, 0], "R@1/5/10 of long captions among 9": [near, 0], "day": [9, 9]}
        return {"real val people": people}

    assert soup.soup(runs, tmp_path / "out", measure) == str(runs[1])
    found = load_file(tmp_path / "out" / "model-1.safetensors")["a"]
    torch.testing.assert_close(found.float(), wanted, rtol=1e-3, atol=1e-6)
    facts = json.loads((tmp_path / "out" / "run.json").read_text())
    assert set(facts["goodness"]) == {"mean", *map(str, runs)}
    assert facts["goodness"][str(runs[1])] == 0
    assert (facts["steps"], facts["data"]["days"], facts["arguments"]) == (10, 20, {"seed": 2})


def test_a_mean_along_a_path_weighs_the_checkpoint_too():
    start = {"a": torch.tensor([1.0, 2.0]), "kept": torch.tensor([9.0])}
    runs = [{"a": torch.tensor([3.0, 2.0])}, {"a": torch.tensor([7.0, 0.0])}]
    found = along.mean_along(start, runs, [1, 2, 2])
    assert set(found) == {"a"}
    torch.testing.assert_close(found["a"], torch.tensor([0.2 + 1.2 + 2.8, 0.4 + 0.8 + 0.0]))
    torch.testing.assert_close(along.mean_along(start, runs, [0, 0, 5])["a"], runs[1]["a"])
    with pytest.raises(ValueError, match="one for the checkpoint"):
        along.mean_along(start, runs, [1, 1])
    with pytest.raises(ValueError, match="different tensors"):
        along.mean_along(start, [*runs, {"b": torch.ones(1)}], [1, 1, 1, 1])


def test_what_was_measured_of_the_last_run_is_not_said_of_the_mean(tmp_path):
    from sensorlm.checkpoint import load_checkpoint

    checkpoint = Path(__file__).parent.parent / "models" / "default"
    state = load_checkpoint(checkpoint).model.state_dict()
    for number in (1, 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        save_file({"logit_bias": state["logit_bias"] + number}, folder / "model-1.safetensors")
        (folder / "run.json").write_text(json.dumps({"auroc": {"x": 0.9}, "results": {"y": 1}, "steps": number}))
    along.along(checkpoint, [tmp_path / "1", tmp_path / "2"], [2, 1, 1], tmp_path / "out")
    facts = json.loads((tmp_path / "out" / "run.json").read_text())
    assert (facts["auroc"], facts["results"], facts["steps"]) == ({}, {}, 2)
    assert facts["mean_along"] == [2, 1, 1]
    found = load_file(tmp_path / "out" / "model-1.safetensors")["logit_bias"]
    torch.testing.assert_close(found.float(), (state["logit_bias"] + 0.75).float(), rtol=1e-3, atol=1e-3)
