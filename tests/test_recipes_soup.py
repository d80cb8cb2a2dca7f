"""The mean of runs: of their weights, and only of runs that belong together."""

import json

import pytest
import torch
from recipes_tiny import RECIPES  # noqa: F401 (puts the recipes on the path)
from safetensors.torch import load_file, save_file

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
