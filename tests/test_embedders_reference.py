"""Forms of one model know each other by reference vectors: an INT8 artefact asks a float index, others may not."""

import json
from pathlib import Path

import numpy as np
import pytest
from tasks_fakes import CHANNELS, plain_day
from typer.testing import CliRunner

from sensorlm.checkpoint import SensorLM, save_checkpoint
from sensorlm.cli.app import app
from sensorlm.cli.day_source import open_days
from sensorlm.config.presets import preset
from sensorlm.embedders.opening import open_embedder
from sensorlm.embedders.reference import NUM_DAYS, SENTENCES, reference_days, reference_vectors
from sensorlm.errors import SearchError, SensorLMError
from sensorlm.store import write_dataset
from sensorlm.tokenizer import CaptionTokenizer

SMALL = {
    "sensor.width": 16, "sensor.depth": 1, "sensor.num_heads": 2, "text.width": 16, "text.depth": 1,
    "text.num_heads": 2, "embed_dim": 16, "text.vocab_size": 300, "text.context_length": 32,
}  # fmt: skip


def ask(*words):
    result = CliRunner().invoke(app, [str(w) for w in words])
    if isinstance(result.exception, SensorLMError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A model, its INT8 artefact, another model of the same shape, and an index by the first."""
    folder = tmp_path_factory.mktemp("made")
    tokenizer = CaptionTokenizer.train(["asleep awake walking running the person is", *SENTENCES], 300)
    for name, seed in (("model", 0), ("other", 5)):
        save_checkpoint(folder / name, SensorLM(preset("tiny", overrides=SMALL), seed=seed), tokenizer, CHANNELS)
    write_dataset(folder / "days", [plain_day(i) for i in range(12)], CHANNELS)
    ask("quantize", "-c", folder / "model", "-o", folder / "int8", "--scheme", "int8-dynamic", "--held-out", 2,
        "--tolerance", 0.5, "--calibrate", folder / "days", "--json")  # fmt: skip
    return folder


def test_reference_days_are_the_same_every_time_and_differ_from_each_other():
    days, again = reference_days(CHANNELS), reference_days(CHANNELS)
    assert len(days) == NUM_DAYS
    for one, two in zip(days, again, strict=True):
        np.testing.assert_array_equal(one.values, two.values)
    seen = [day.observed.sum() for day in days]
    assert len(set(seen)) == NUM_DAYS
    assert all(day.observed.any() for day in days)


def test_a_form_of_the_model_is_near_it_and_another_model_is_not(made):
    kept, form, other = (reference_vectors(open_embedder(made / name), CHANNELS) for name in ("model", "int8", "other"))
    assert kept.shape == (NUM_DAYS + len(SENTENCES), 16)
    assert (kept * form).sum(axis=1).min() > 0.98
    assert (kept * other).sum(axis=1).min() < 0.9
    days = reference_vectors(open_embedder(made / "model"), CHANNELS, texts=False)
    np.testing.assert_array_equal(days, kept[:NUM_DAYS])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_int8_artefact_asks_and_fills_a_float_index(made, tmp_path):
    pytest.importorskip("lancedb")
    place = tmp_path / "index"
    assert ask("index", made / "days", "-m", made / "model", "-o", place, "--json")["added"] == 12
    by_float = ask("search", "asleep", "-i", place, "-m", made / "model", "-k", 3, "--json")["hits"]
    by_int8 = ask("search", "asleep", "-i", place, "-m", made / "int8", "-k", 3, "--json")["hits"]
    assert [h["score"] for h in by_int8] == pytest.approx([h["score"] for h in by_float], abs=0.05)
    again = ask("index", made / "days", "-m", made / "int8", "-o", place, "--json")
    assert (again["added"], again["changed"], again["skipped"]) == (0, 0, 12)
    with pytest.raises(SearchError, match="cosine"):
        ask("search", "asleep", "-i", place, "-m", made / "other", "--json")
    with pytest.raises(SearchError, match="cosine"):
        ask("index", made / "days", "-m", made / "other", "-o", place, "--json")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_day_imported_anew_with_other_minutes_is_indexed_anew(made, tmp_path):
    pytest.importorskip("lancedb")
    place, data = tmp_path / "index", tmp_path / "days"
    write_dataset(data, [plain_day(i) for i in range(4)], CHANNELS)
    ask("index", data, "-m", made / "model", "-o", place, "--json")
    again = tmp_path / "again"
    write_dataset(again, [plain_day(i, seed=int(i == 2)) for i in range(4)], CHANNELS)
    unseen = ask("index", again, "-m", made / "model", "-o", place, "--new-only", "--json")
    assert (unseen["added"], unseen["changed"], unseen["days"]) == (0, 0, 4)
    found = ask("index", again, "-m", made / "model", "-o", place, "--json")
    assert (found["added"], found["changed"], found["skipped"], found["days"]) == (0, 1, 3, 4)
    hits = ask("search", "--like", plain_day(0).key, "-i", place, "--json")["hits"]
    assert sorted(h["day"] for h in hits) == [plain_day(i).key for i in (1, 2, 3)]


def test_a_vendors_table_is_read_by_its_reader_though_a_column_is_named_as_a_channel():
    """The Fitabase minutes have `steps`, and `hr_mean` that no channel is called."""
    source = open_days(Path(__file__).parent.parent / "samples/fitabase/fitabase_minute_all.parquet", CHANNELS)
    heart = CHANNELS.index("HR")
    assert any(day.observed[:, heart].any() for day in source.days)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_empty_index_says_so(made, tmp_path):
    pytest.importorskip("lancedb")
    from sensorlm.index import DayIndex

    embedder = open_embedder(made / "model")
    DayIndex(tmp_path / "empty", dim=embedder.dim, model=embedder.identity)
    with pytest.raises(SearchError, match="index something first"):
        ask("search", "x", "-i", tmp_path / "empty", "-m", made / "model", "--json")
