"""The captioner's arrays against the rooms they come from, its loss against the plain one, and how sure is enough."""

import json
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from sensorlm.captions.digest import NOTHING, SECTIONS, digest_captions
from sensorlm.captions.facts import DayBatch
from sensorlm.checkpoint import SensorLM, save_checkpoint
from sensorlm.config.model import DecoderConfig, ModelConfig, SensorTowerConfig, TextTowerConfig
from sensorlm.model.losses import captioning_loss
from sensorlm.simulate import simulate_person
from sensorlm.tokenizer import CaptionTokenizer

RECIPES = Path(__file__).parent.parent / "recipes"
sys.path.insert(0, str(RECIPES))

import caption_check  # noqa: E402
import captioner  # noqa: E402
import digests  # noqa: E402
from carried import save_days  # noqa: E402
from packing import CHANNELS  # noqa: E402


@pytest.fixture(scope="module")
def days():
    return [
        day
        for index, device in enumerate(("band", "watch"))
        for day in simulate_person(5, index, 3, channel_set=CHANNELS, devices={device: 1.0}).days()
    ]


@pytest.fixture(scope="module")
def views(days):
    return digests.views_of(hidden(days), DayBatch.from_days(days), labelled=True)


@pytest.fixture(scope="module")
def tokenizer(views):
    texts = [*views.texts, *(f"{section}:" for section in SECTIONS)]
    return CaptionTokenizer.train([" ".join(texts)] * 2, 400)


def hidden(days):
    """Values with all but heart rate and steps hidden."""
    values = np.stack([day.values for day in days])
    kept = np.isin(np.arange(len(CHANNELS)), digests.FEW)
    return np.where(kept, values, np.float32("nan"))


def test_views_say_what_digests_of_the_same_days_say(days, views):
    few = [replace(d, values=v, observed=np.isfinite(v)) for d, v in zip(days, hidden(days), strict=True)]
    for row, caption in enumerate(digest_captions(few)):
        said = [views.texts[i] for i in views.sentence[row] if i >= 0]
        if np.isfinite(few[row].values[:720]).any(1).mean() >= 0.5:
            assert " ".join(said) == (caption.text if caption else "")
        else:
            assert not any(views.section[row] == SECTIONS.index("Sleep"))
    z = CHANNELS.normalise(hidden(days))[:, :, list(digests.FEW)]
    np.testing.assert_allclose(views.values.astype(np.float32), z, rtol=2e-3, atol=2e-3)


def test_joined_views_keep_their_sentences(views):
    both = digests.join([views, views])
    assert len(both) == 2 * len(views)
    for row in range(len(both)):
        one = row % len(views)
        assert [both.texts[i] for i in both.sentence[row] if i >= 0] == [
            views.texts[i] for i in views.sentence[one] if i >= 0
        ]  # fmt: skip


def test_words_of_a_caption_are_the_tokenizers(views, tokenizer):
    words = captioner.Words(views.texts, tokenizer, torch.device("cpu"))
    corpus = captioner.Corpus(views, words, torch.device("cpu"))
    wanted = torch.tensor([-1, 0, 1, 2] * len(views))[: len(views)]
    ids, learned = words.captions(corpus.sentence, corpus.section, wanted)
    for row in range(len(views)):
        one = int(wanted[row])
        said = [
            views.texts[i] for i, s in zip(views.sentence[row], views.section[row], strict=True)
            if i >= 0 and one in (-1, s)
        ] or [NOTHING]  # fmt: skip
        name = [] if one < 0 else [f"{SECTIONS[one]}:"]
        pieces = [tokenizer.encode([text], 60)[0] for text in [*name, *said]]
        expected = [int(i) for piece in pieces for i in piece if i != tokenizer.eos_id] + [tokenizer.eos_id]
        found = [words.vocabulary[i] for i in ids[row].tolist()]
        assert found[: len(expected)] == expected
        assert set(found[len(expected) :]) <= {tokenizer.eos_id}
        given = 0 if one < 0 else int(tokenizer.lengths(name)[0]) - 1
        assert learned[row].tolist() == [given <= i < len(expected) for i in range(ids.shape[1])]


def test_real_days_come_back_from_a_carried_pack(days, tmp_path):
    save_days(tmp_path / "real.npz", days)
    views = digests.real_views(tmp_path / "real.npz", 0)
    assert not views.labelled.any()
    assert not (views.section == SECTIONS.index("Sleep")).any()
    assert views.values.shape[2] == len(digests.FEW)
    for row in range(len(views)):
        shown = np.isfinite(views.values[row].astype(np.float32))
        assert shown.any()


def small_checkpoint(folder, tokenizer):
    config = ModelConfig(
        sensor=SensorTowerConfig(num_channels=len(CHANNELS), width=32, depth=1, num_heads=2),
        text=TextTowerConfig(
            vocab_size=tokenizer.vocab_size, context_length=240, width=32, depth=1, num_heads=2,
            eos_id=tokenizer.eos_id, pad_id=tokenizer.eos_id,
        ),
        embed_dim=32,
    )  # fmt: skip
    return save_checkpoint(folder, SensorLM(config, seed=0), tokenizer, CHANNELS)


def test_the_loss_is_the_plain_captioning_loss(views, tokenizer, tmp_path):
    words = captioner.Words(views.texts, tokenizer, torch.device("cpu"))
    corpus = captioner.Corpus(views, words, torch.device("cpu"))
    folder = small_checkpoint(tmp_path / "model", tokenizer)
    args = type("Args", (), {"checkpoint": folder, "size": "tiny", "seed": 0, "go_on": False})
    model, config = captioner.new_model(args, words)
    assert isinstance(config.decoder, DecoderConfig)
    assert {n.split(".")[0] for n, p in model.named_parameters() if p.requires_grad} == {"decoder"}
    rows = torch.arange(len(views))
    values, observed = corpus.days(rows)
    said, learned = words.captions(corpus.sentence, corpus.section, torch.full_like(rows, -1))
    loss = captioner.caption_loss(model, values.float(), observed, said, learned)
    ids = torch.tensor(words.vocabulary)[said]
    logits = model(values.float(), observed, ids)["caption_logits"]
    expected = captioning_loss(logits, ids, eos_id=tokenizer.eos_id).detach()
    assert float(loss.detach()) == pytest.approx(float(expected), rel=1e-5)
    loss.backward()
    assert model.sensor.patch_embed.weight.grad is None
    corpus.remember(model, batch=3)
    known = captioner.written_loss(model, corpus.memory(model, rows), said, learned)
    assert float(known.detach()) == pytest.approx(float(expected), rel=2e-3)  # kept in half precision
    joint = captioner.caption_loss(model.requires_grad_(True), values.float(), observed, said, learned, joint=True)
    joint.backward()
    assert float(model.sensor.patch_embed.weight.grad.abs().sum()) > 0


def test_the_least_score_is_where_enough_are_true():
    rows = [(-0.1, 1)] * 60 + [(-1.0, 1)] * 30 + [(-1.5, 0)] * 50 + [(-2.0, -1)] * 20
    assert caption_check.least_score(rows, 0.97) == -1.0
    assert caption_check.least_score(rows, 0.8) == -2.0
    assert caption_check.least_score(rows[:3], 0.97) == math.inf
    assert caption_check.least_score([], 0.5) == math.inf


def test_answers_of_true_false_and_foreign_sentences(days):
    captions = digest_captions(days)
    place = next(i for i, c in enumerate(captions) if c and "Heart rate averaged" in c.text)
    true = next(s for s in captions[place].text.split(". ") if s.startswith("Heart rate averaged")) + "."
    said = [[caption_check.Said(t, -1.0) for t in (true, "Heart rate averaged about 199 bpm.", "Elephants.", NOTHING)]]
    found = caption_check.answers(said, [days[place]])
    assert [answer for _, _, answer in found] == [1, -1, -1, 0]
    assert found[0][0] == "heart rate averaged about # bpm"
    blank = np.full_like(days[place].values, np.nan)
    silent = replace(days[place], values=blank, observed=~np.isnan(blank), events=(), logged=frozenset())
    unknown = [[caption_check.Said(t, -1.0) for t in (true, "Slept about 8 h.")]]
    assert [answer for _, _, answer in caption_check.answers(unknown, [silent])] == [-1, 0]


def test_the_majority_caption_says_what_most_days_say(days):
    text = caption_check.majority_caption(days)
    assert text
    for sentence in text.split(". "):
        form = caption_check.form(sentence)
        count = sum(form in [caption_check.form(s) for s in c.text.split(". ")] for c in digest_captions(days) if c)
        assert count >= len(days) / 2


@pytest.mark.slow
def test_a_tiny_run_writes_captions(views, tokenizer, tmp_path):
    folder = small_checkpoint(tmp_path / "model", tokenizer)
    out = tmp_path / "out"
    command = [sys.executable, str(RECIPES / "captioner.py"), "--checkpoint", str(folder), "--out", str(out)]
    command += ["--tasks", "1", "--validation-tasks", "1", "--workers", "1", "--steps", "3", "--batch-size", "8"]
    subprocess.run([*command, "--size", "tiny", "--device", "cpu"], check=True, timeout=600)
    assert json.loads((out / "captioner.json").read_text())["steps"] == 3
    embedder = caption_check.with_decoder(folder, out)
    days = caption_check.few(simulate_person(9, 0, 2, channel_set=CHANNELS, devices={"band": 1.0}).days())
    assert len(embedder.caption_days(days)) == len(days)


def test_forms_with_few_real_answers_are_judged_together_with_others_of_their_subject():
    good, bad = [(-1.0 - i / 100, 1) for i in range(60)], [(-1.0 - i / 100, -1) for i in range(12)]
    rows = {
        "Woke at <n>.": {"simulated": good, "real": bad},
        "Slept <n> hours.": {"simulated": good, "real": bad},
        "A pulse of <n>.": {"simulated": good, "real": good},
        "HRV of <n>.": {"simulated": good, "real": []},
    }
    subjects = {
        "Woke at <n>.": "event:sleep",
        "Slept <n> hours.": "event:sleep",
        "A pulse of <n>.": "HR",
        "HRV of <n>.": "x",
    }
    rows = {name: caption_check.defaultdict(list, groups) for name, groups in rows.items()}
    found = caption_check.limits(rows, subjects, 0.9)
    assert found["Woke at <n>."] == found["Slept <n> hours."] == math.inf  # twelve real answers each are few, 24 not
    assert found["A pulse of <n>."] == found["HRV of <n>."] == good[-1][0]
    alone = caption_check.limits({"Woke at <n>.": rows["Woke at <n>."]}, subjects, 0.9)
    assert alone["Woke at <n>."] == good[-1][0]  # twelve are too few to decide


def test_a_decoder_goes_on_with_other_words():
    from types import SimpleNamespace

    table = "decoder.token_embed.weight"
    old = {table: torch.tensor([[1.0], [2.0], [3.0]]), "decoder.start": torch.tensor([5.0])}
    loaded = SimpleNamespace(
        model=SimpleNamespace(state_dict=lambda: old | {"sensor.x": torch.ones(1)}),
        config=SimpleNamespace(decoder=SimpleNamespace(vocabulary=(10, 20, 30))),
    )
    fresh = {table: torch.tensor([[-1.0], [-2.0]]), "decoder.start": torch.tensor([0.0])}
    found = captioner.moved_decoder(loaded, fresh, (20, 40))
    assert found[table].ravel().tolist() == [2.0, -2.0]
    assert found["decoder.start"].tolist() == [5.0]
    with pytest.raises(SystemExit, match="no decoder of this size"):
        captioner.moved_decoder(loaded, fresh | {"decoder.start": torch.zeros(2)}, (20, 40))
