"""Numbers of captions read as figures: the token each begins at, the day they find, the checkpoint, the commands."""

import json

import numpy as np
import pytest
import torch
from tasks_fakes import CHANNELS, plain_day
from test_embedders_measured import DAYS, SMALL, made, run  # noqa: F401  `made` is a fixture

from sensorlm.captions.facts import DayBatch, measure
from sensorlm.captions.figures import FigureBank, figures_of
from sensorlm.checkpoint import SensorLM, load_checkpoint, save_checkpoint
from sensorlm.checkpoint.figures import Figures, save_figures
from sensorlm.config.presets import preset
from sensorlm.days import with_sleep_log
from sensorlm.embedders.figures import FigureMatcher, number_tokens, tells_figures
from sensorlm.embedders.measured import FIGURES_WEIGHT, WEIGHT, of_captions, with_statements
from sensorlm.embedders.opening import open_embedder
from sensorlm.errors import CheckpointError, TokenizerError
from sensorlm.model.figures import FigureReader

QUANTITIES = figures_of(CHANNELS)
TOTAL = next(i for i, q in enumerate(QUANTITIES) if (q.statistic, q.subject) == ("total", "steps"))


@pytest.fixture(scope="module")
def figured(made, tmp_path_factory):  # noqa: F811
    """Like the checkpoint of `made`, for longer texts; its reader takes every number for the day's total of steps."""
    folder = tmp_path_factory.mktemp("figured") / "model"
    loaded = load_checkpoint(made / "model")
    torch.manual_seed(0)
    model = SensorLM(preset("tiny", overrides=SMALL | {"text.context_length": 256}))
    bank = FigureBank.of(QUANTITIES, [DayBatch.from_days(DAYS)])
    reader = FigureReader(SMALL["text.width"], len(bank), 8)
    with torch.no_grad():
        reader.fc2.weight.zero_()
        reader.fc2.bias.fill_(-10.0)
        reader.fc2.bias[TOTAL] = 10.0
    save_checkpoint(
        folder, model, loaded.tokenizer, CHANNELS, extra=loaded.extra, statements=loaded.statements,
        figures=Figures(bank=bank, reader=reader),
    )  # fmt: skip
    return folder


def test_a_caption_of_figures_is_told_from_a_question():
    assert tells_figures("Walked a lot. Slept long.")
    assert tells_figures("steps: mean 7.5, maximum 152, minimum 0")
    assert not tells_figures("more than 10,000 steps")
    assert not tells_figures("went to bed between 22:00 and 23:00, up at 7:00")


def test_tokens_of_numbers_are_the_towers_at_the_place_they_begin(figured):
    model = open_embedder(figured, batch_size=2)
    texts = ["calm 7 and 52", "walked", "today 3 a 1,204 was", "slept long today 9"]
    for text, (numbers, tokens) in zip(texts, number_tokens(model, texts), strict=True):
        spans = model.tokenizer.spans([text])[0]
        ids = torch.from_numpy(model.tokenizer.encode([text], model.context_length))
        with torch.inference_mode():
            states, _ = model.model.text.states(ids)
        whole = states.x.reshape(-1, SMALL["text.width"])
        shift = 0 if model.model.text.config.prefix_id is None else 1
        wanted = [next(t for t, (a, z) in enumerate(spans) if a <= n.start < z) for n in numbers]
        assert tokens.shape == (len(numbers), SMALL["text.width"])
        torch.testing.assert_close(tokens, whole[[shift + t for t in wanted]], atol=1e-5, rtol=1e-4)
    assert [[n.value for n in numbers] for numbers, _ in number_tokens(model, texts)] == [[7, 52], [], [3, 1204], [9]]


def test_numbers_behind_the_context_are_left_out(figured):
    model = open_embedder(figured)
    text = "1 " + "today was calm " * 300 + "5"
    assert [n.value for n in number_tokens(model, [text])[0][0]] == [1]


def test_a_tokenizer_that_tells_no_places_is_refused():
    from sensorlm.tokenizer.caption import _SentencePiece

    with pytest.raises(TokenizerError, match="where in 1 texts"):
        _SentencePiece.spans(None, ["a"])


def test_a_days_total_in_its_caption_finds_it(figured):
    searcher = with_statements(open_embedder(figured, batch_size=5))
    days = [with_sleep_log(day) for day in DAYS]
    totals = measure(QUANTITIES, DayBatch.from_days(DAYS))[:, TOTAL]
    texts = [f"Today was calm. Walked a lot, {total:,.0f}." for total in totals]
    vectors, said = searcher.embed_days(days), searcher.embed_texts(texts)
    assert vectors.shape == (12, searcher.dim) == (12, 19 + searcher.figures.bank.dim)
    assert not said[:, 16:19].any()
    assert (vectors[:, 19:] @ said[:, 19:].T).argmax(0).tolist() == list(range(12))
    cosine = searcher.model.embed_days(days) @ searcher.model.embed_texts(texts).T
    told = searcher.bank.standing(DayBatch.from_days(days)) @ searcher.statement_weights(texts).T
    figures = searcher.figures.of_days(DayBatch.from_days(days)) @ searcher.figures.of_texts(texts).T
    np.testing.assert_allclose(vectors @ said.T, cosine + WEIGHT * told + FIGURES_WEIGHT * figures, atol=1e-4)
    assert not searcher.embed_texts(["walked 5,000"])[:, 19:].any()
    (number, quantity, share), *rest = searcher.figures.read_as(texts[:1])
    assert (number.value, quantity.key, rest) == (float(f"{totals[0]:.0f}"), QUANTITIES[TOTAL].key, [])
    assert share > 0.9


def test_many_right_numbers_count_for_more_than_one_but_not_for_as_much_more(figured):
    matcher = with_statements(open_embedder(figured)).figures
    assert isinstance(matcher, FigureMatcher)
    one, four = matcher.of_texts(["Calm. 29,000.", "Calm. 29,000. 29,000. 29,000. 29,000."])
    np.testing.assert_allclose(four, one * 4 / 4**0.75, rtol=1e-3, atol=1e-6)


def test_figures_come_back_from_a_checkpoint_and_damaged_ones_are_refused(figured, tmp_path):
    loaded = load_checkpoint(figured)
    save_checkpoint(tmp_path / "model", loaded.model, loaded.tokenizer, CHANNELS)
    assert load_checkpoint(tmp_path / "model").figures is None
    save_figures(tmp_path / "model", loaded.figures)
    assert load_checkpoint(tmp_path / "model").figures.bank.quantities == QUANTITIES
    (tmp_path / "model" / "figures.json").write_text(json.dumps({"version": 1}))
    with pytest.raises(CheckpointError, match="delete both"):
        load_checkpoint(tmp_path / "model")
    (tmp_path / "model" / "figures.json").unlink()
    with pytest.raises(CheckpointError, match=r"figures\.safetensors"):
        load_checkpoint(tmp_path / "model")


def test_search_says_as_which_figures_it_read_a_caption(made, figured, tmp_path, monkeypatch):  # noqa: F811
    pytest.importorskip("lancedb")
    # The towers are random: their cosine may not decide.
    monkeypatch.setattr("sensorlm.embedders.measured.FIGURES_WEIGHT", 100.0)
    run("index", made / "days", "-o", tmp_path / "i", "--model", figured)
    total = float(measure(QUANTITIES, DayBatch.from_days([plain_day(3)]))[0, TOTAL])
    caption = f"Today was calm. Walked a lot, {total:,.0f}."
    found = run("search", caption, "-i", tmp_path / "i", "--model", figured, "--json")
    assert found["read_as"] == []
    assert [(one["number"], one["figure"]) for one in found["figures"]] == [(round(total), "total steps")]
    assert abs(found["hits"][0]["steps"] - total) < 1
    assert "(total steps)" in run("search", caption, "-i", tmp_path / "i", "--model", figured)
    assert run("search", "slept long", "-i", tmp_path / "i", "--model", figured, "--json")["figures"] == []


def test_captions_are_not_read_as_statements_where_a_day_looks_for_its_own(figured):
    searcher = with_statements(open_embedder(figured))
    captions = of_captions(searcher)
    assert searcher.statement_weights(["slept long"]).any()
    assert not captions.statement_weights(["slept long"]).any()
    texts = ["Calm. 29,000.", "slept long"]
    np.testing.assert_array_equal(captions.embed_texts(texts)[:, 19:], searcher.embed_texts(texts)[:, 19:])
    assert (captions.dim, captions.identity) == (searcher.dim, searcher.identity)
    bare = open_embedder(figured)
    assert of_captions(bare) is bare


def test_evaluate_finds_days_by_captions_with_and_without_figures(made, figured, tmp_path):  # noqa: F811
    found = run("evaluate", figured, made / "days", "--tasks", "retrieval", "--split", "train", "-o", tmp_path, "--cpu",
                "--json")  # fmt: skip
    results = {result["name"]: result for report in found["reports"] for result in report["results"]}
    names = [name for name in results if name.endswith("figures measured")]
    assert names
    for name in names:
        alone = results[name.removesuffix(", figures measured")]
        assert set(results[name]["floors"]) == set(alone["floors"])
        assert results[name]["metrics"]["num_days"] == alone["metrics"]["num_days"]
    # The captions of levels say the total, and the floor, an untrained tower with the same figures, has it too.
    levels = [name for name in names if name.startswith("low_level")]
    for who in (lambda r: r["metrics"], lambda r: r["floors"]["untrained"]):
        assert any(who(results[n]) != who(results[n.removesuffix(", figures measured")]) for n in levels)
