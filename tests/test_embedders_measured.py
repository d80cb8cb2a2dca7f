"""Statements behind a model's vectors: what the inner product says, what may be measured, and the commands that ask."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from tasks_fakes import CHANNELS, plain_day
from typer.testing import CliRunner

from sensorlm.captions.bank import StatementBank
from sensorlm.captions.facts import DayBatch
from sensorlm.captions.predicates.base import ask, says
from sensorlm.checkpoint import SensorLM, load_checkpoint, save_checkpoint
from sensorlm.checkpoint.statements import Statements, save_statements
from sensorlm.cli.app import app
from sensorlm.config.presets import preset
from sensorlm.days import with_sleep_log
from sensorlm.embedders import Embedder
from sensorlm.embedders.base import SLEEP_LOG
from sensorlm.embedders.measured import WEIGHT, MeasuredEmbedder, as_told, with_statements
from sensorlm.embedders.opening import open_embedder
from sensorlm.errors import CheckpointError, SearchError
from sensorlm.model.statements import StatementReader, statement_weights
from sensorlm.records import Event
from sensorlm.store import write_dataset
from sensorlm.tokenizer import CaptionTokenizer

SMALL = {
    "sensor.width": 16, "sensor.depth": 1, "sensor.num_heads": 2, "text.width": 16, "text.depth": 1,
    "text.num_heads": 2, "embed_dim": 16, "text.vocab_size": 300, "text.context_length": 32,
}  # fmt: skip
ROWS = (
    says("many steps", ask("total", "steps", 30000), words="walked a lot"),
    says("few steps", ask("total", "steps", high=28000), words="hardly walked"),
    says("long night", ask("event_longest", "event:sleep", 450), words="slept long"),
)


def night(day, end):
    """The same day with a sleep that ends then."""
    return replace(day, events=(Event(kind="sleep", label="Asleep", start=-60, end=end),))


DAYS = [night(plain_day(i), 300 + 20 * i) for i in range(12)]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A checkpoint with three statements, whose reader finds the statement whose words it is given."""
    folder = tmp_path_factory.mktemp("made")
    torch.manual_seed(0)
    tokenizer = CaptionTokenizer.train([" ".join(row.wordings[0] for row in ROWS) + " today was calm"] * 3, 300)
    save_checkpoint(
        folder / "model", SensorLM(preset("tiny", overrides=SMALL)), tokenizer, CHANNELS, extra={SLEEP_LOG: True}
    )
    model = open_embedder(folder / "model")
    reader = StatementReader(16, len(ROWS), 16)
    read = model.read_texts([row.wordings[0] for row in ROWS]).clone()
    with torch.no_grad():
        reader.query.weight.copy_(torch.eye(16))
        reader.query.bias.copy_(-read.mean(0))
        reader.key.copy_(read - read.mean(0))
        reader.log_scale.fill_(3.0)
    bank = StatementBank.of(ROWS, [DayBatch.from_days([as_told(with_sleep_log(day)) for day in DAYS])])
    save_statements(folder / "model", Statements(bank=bank, reader=reader))
    splits = {f"made/p{i}": "test" if i < 2 else "train" for i in range(6)}
    write_dataset(folder / "days", DAYS, CHANNELS, splits=splits)
    return folder


@pytest.fixture
def embedder(made):
    return with_statements(open_embedder(made / "model", batch_size=5))


def test_weights_equal_torch_attention():
    torch.manual_seed(1)
    query, key, bias, log_scale = torch.randn(4, 8), torch.randn(5, 8), torch.randn(5), torch.tensor(0.7)
    unit = torch.nn.functional.normalize
    wanted = torch.nn.functional.scaled_dot_product_attention(
        unit(query, dim=1)[None], unit(key, dim=1)[None], torch.eye(5)[None], attn_mask=bias.expand(1, 4, 5),
        scale=float(log_scale.exp()),
    )  # fmt: skip
    torch.testing.assert_close(statement_weights(query, key, bias, log_scale), wanted[0])
    hidden = torch.zeros(4, 5, dtype=torch.bool)
    hidden[0, 2] = True
    found = statement_weights(query, key, bias, log_scale, hidden)
    assert found[0, 2] == 0
    torch.testing.assert_close(found.sum(1), torch.ones(4))


def test_the_inner_product_is_the_cosine_and_a_quarter_of_what_is_measured(embedder):
    assert isinstance(embedder, MeasuredEmbedder)
    assert isinstance(embedder, Embedder)
    days = [with_sleep_log(day) for day in DAYS]
    texts = [row.wordings[0] for row in ROWS]
    vectors, words = embedder.embed_days(iter(days)), embedder.embed_texts(texts)
    assert vectors.shape == (12, embedder.dim) == (12, 19)
    cosine = embedder.model.embed_days(days) @ embedder.model.embed_texts(texts).T
    weights, standing = embedder.statement_weights(texts), embedder.bank.standing(DayBatch.from_days(days))
    np.testing.assert_allclose(vectors @ words.T, cosine + WEIGHT * standing @ weights.T, atol=1e-5)
    np.testing.assert_allclose(weights, np.eye(3), atol=0.05)
    assert [i for i, _ in embedder.read_as(["slept long"], 1)] == [2]
    assert embedder.embed_days([]).shape == (0, 19)
    assert embedder.embed_texts([]).shape == (0, 19)


def test_statements_order_the_days_by_their_minutes(embedder):
    weight = embedder.statement_weights(["slept long"])[0]
    standing = embedder.embed_days(with_sleep_log(day) for day in DAYS)[:, 16:]
    assert (np.diff(standing @ weight) > -1e-6).all()
    assert standing[-1] @ weight > standing[0] @ weight + 0.5


def test_logs_that_are_not_shown_are_not_measured(embedder):
    day = replace(DAYS[0], events=(*DAYS[0].events, Event(kind="activity", label="Running", start=600, end=660)))
    assert as_told(day).events == ()
    assert as_told(day).logged == frozenset()
    assert (embedder.embed_days([day])[:, 18] == 0).all()
    shown = as_told(with_sleep_log(day))
    assert [event.kind for event in shown.events] == ["sleep"]
    # A window of the afternoon shows nothing of the night.
    assert embedder.embed_days([with_sleep_log(day)], (840, 900))[0, 18] == 0
    assert embedder.embed_days([with_sleep_log(DAYS[-1])])[0, 18] > 0


def test_captions_of_several_sentences_are_read_by_the_model_alone(embedder):
    weights = embedder.statement_weights(["walked a lot", "Walked a lot. Slept long.", "walked a lot; slept long"])
    assert weights[0].sum() == pytest.approx(1)
    assert not weights[1:].any()


def test_a_model_without_statements_stays_itself(made, tmp_path):
    loaded = load_checkpoint(made / "model")
    save_checkpoint(tmp_path / "bare", loaded.model, loaded.tokenizer, CHANNELS)
    bare = open_embedder(tmp_path / "bare")
    assert with_statements(bare) is bare
    assert bare.loaded.statements is None


def test_damaged_statements_are_refused(made, tmp_path):
    loaded = load_checkpoint(made / "model")
    save_checkpoint(tmp_path / "model", loaded.model, loaded.tokenizer, CHANNELS)
    save_statements(tmp_path / "model", loaded.statements)
    assert load_checkpoint(tmp_path / "model").statements is not None
    (tmp_path / "model" / "statements.json").write_text(json.dumps({"version": 1}))
    with pytest.raises(CheckpointError, match="delete both"):
        load_checkpoint(tmp_path / "model")
    (tmp_path / "model" / "statements.json").unlink()
    with pytest.raises(CheckpointError, match=r"statements\.safetensors"):
        load_checkpoint(tmp_path / "model")


def run(*words):
    result = CliRunner().invoke(app, [str(w) for w in words], catch_exceptions=True)
    if isinstance(result.exception, SearchError):
        raise result.exception
    assert result.exit_code == 0, result.output + str(result.exception)
    return json.loads(result.stdout) if "--json" in words else result.stdout


def test_index_and_search_use_what_is_measured(made, tmp_path):
    pytest.importorskip("lancedb")
    model, days = made / "model", made / "days"
    assert run("index", days, "-o", tmp_path / "i", "--model", model, "--json")["dim"] == 19
    found = run("search", "slept long", "-i", tmp_path / "i", "--model", model, "-k", "12", "--json")
    assert found["read_as"][0]["statement"] == "slept long"
    score = [hit["score"] for hit in found["hits"]]
    minutes = [hit["sleep_minutes"] for hit in found["hits"]]
    assert score == sorted(score, reverse=True)
    assert np.corrcoef(score, minutes)[0, 1] > 0.5
    assert "read as: slept long (" in run("search", "slept long", "-i", tmp_path / "i", "--model", model)
    # An index of the model's vectors alone is asked without statements.
    assert run("index", days, "-o", tmp_path / "p", "--model", model, "--plain", "--json")["dim"] == 16
    plain = run("search", "slept long", "-i", tmp_path / "p", "--model", model, "--json")
    assert plain["read_as"] == []


def test_an_index_of_other_statements_is_refused(made, tmp_path):
    pytest.importorskip("lancedb")
    run("index", made / "days", "-o", tmp_path / "i", "--model", made / "model")
    loaded = load_checkpoint(made / "model")
    save_checkpoint(tmp_path / "model", loaded.model, loaded.tokenizer, CHANNELS, extra=loaded.extra)
    other = StatementBank.of(tuple(reversed(ROWS)), [DayBatch.from_days([with_sleep_log(day) for day in DAYS])])
    save_statements(tmp_path / "model", Statements(bank=other, reader=loaded.statements.reader))
    with pytest.raises(SearchError, match="Give the same --model, or make a new index"):
        run("search", "slept long", "-i", tmp_path / "i", "--model", tmp_path / "model")
