"""Commands end to end on a tiny model and made days, and the embedder behind them."""

import json

import numpy as np
import pytest
import torch
from tasks_fakes import CHANNELS, plain_day
from typer.testing import CliRunner

from sensorlm.captions import generate_captions
from sensorlm.checkpoint import Loaded, SensorLM, load_checkpoint, save_checkpoint
from sensorlm.cli.app import app
from sensorlm.config.presets import preset
from sensorlm.embedders import Embedder
from sensorlm.embedders.checkpoint import CheckpointEmbedder
from sensorlm.embedders.finetune import finetune
from sensorlm.embedders.opening import default_model, open_embedder
from sensorlm.errors import CheckpointError, SensorLMError, TokenizerError, TrainingError
from sensorlm.store import write_dataset
from sensorlm.tokenizer import CaptionTokenizer

KEY = "high_level_summary_caption"
SMALL = {
    "sensor.width": 16, "sensor.depth": 1, "sensor.num_heads": 2, "text.width": 16, "text.depth": 1,
    "text.num_heads": 2, "decoder.width": 16, "decoder.depth": 1, "decoder.num_heads": 2, "embed_dim": 16,
    "text.vocab_size": 300, "decoder.vocab_size": 300, "text.context_length": 32, "decoder.context_length": 32,
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A checkpoint and a dataset of 12 days of 6 people, two of them held out."""
    folder = tmp_path_factory.mktemp("made")
    days = [plain_day(i) for i in range(12)]
    captions = [c[KEY].text for c in generate_captions(days, [KEY], 0)]
    tokenizer = CaptionTokenizer.train([*captions, "asleep awake walking running sedentary the person is"], 300)
    model = SensorLM(preset("tiny", decoder=True, overrides=SMALL))
    save_checkpoint(folder / "model", model, tokenizer, CHANNELS)
    splits = {f"made/p{i}": "test" if i < 2 else "train" for i in range(6)}
    write_dataset(
        folder / "days", days, CHANNELS, splits=splits, captions=lambda part: generate_captions(part, [KEY], 0)
    )
    return folder


@pytest.fixture
def ask(made):
    def call(*words, code=0):
        result = CliRunner().invoke(app, [str(w) for w in words], catch_exceptions=True)
        if code == 2:
            assert isinstance(result.exception, SensorLMError), result.output
            return str(result.exception)
        assert result.exit_code == code, result.output + str(result.exception)
        return json.loads(result.stdout) if "--json" in words else result.stdout

    return call


def test_the_embedder_keeps_the_protocol_and_equals_the_model(made):
    embedder = open_embedder(made / "model", batch_size=2)
    assert isinstance(embedder, Embedder)
    days = [plain_day(i) for i in range(3)]
    vectors = embedder.embed_days(iter(days))
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    with torch.inference_mode():
        direct = embedder.model.encode_sensor(days).numpy()
    np.testing.assert_allclose(vectors, direct, atol=1e-5)
    hidden = embedder.embed_days([day.shown(60, 120) for day in days])
    np.testing.assert_array_equal(embedder.embed_days(days, (60, 120)), hidden)
    assert embedder.embed_texts([]).shape == (0, 16)
    untrained = embedder.untrained(seed=3)
    assert untrained.identity != embedder.identity
    assert open_embedder(made / "model").identity == embedder.identity
    assert untrained.tokenizer is embedder.tokenizer


def test_what_cannot_be_embedded_is_refused(made, tmp_path):
    loaded = load_checkpoint(made / "model")
    with pytest.raises(CheckpointError, match="names no channels"):
        CheckpointEmbedder(Loaded(model=loaded.model, config=loaded.config))
    silent = CheckpointEmbedder(Loaded(model=loaded.model, config=loaded.config, channel_set=CHANNELS))
    with pytest.raises(CheckpointError, match="no tokenizer"):
        silent.embed_texts(["a"])
    texts = [" ".join(chr(97 + (i * j) % 26) * 3 for j in range(1, 9)) + str(i) for i in range(400)]
    CaptionTokenizer.train(texts, 2000).save(tmp_path)
    with pytest.raises(TokenizerError, match="the model's table 300"):
        open_embedder(made / "model", tokenizer=tmp_path)
    with pytest.raises(TrainingError, match="at least two"):
        finetune(open_embedder(made / "model"), [plain_day(0)], ["a"], steps=1)


def test_the_default_model_is_found_or_asked_for(monkeypatch, tmp_path, made):
    from sensorlm.embedders import opening

    monkeypatch.setattr(opening, "BOXES", (str(tmp_path / "none"),))
    with pytest.raises(CheckpointError, match="--model"):
        default_model()
    monkeypatch.setattr(opening, "BOXES", (str(made / "model"),))
    assert open_embedder(None).name == "model"
    monkeypatch.chdir(tmp_path)
    assert open_embedder("default").name == "model"
    # A folder that somebody called so is meant.
    (tmp_path / "default").mkdir()
    with pytest.raises(CheckpointError):
        open_embedder("default")


@pytest.mark.filterwarnings("ignore")
def test_an_onnx_export_gives_the_same_answers(made, ask, tmp_path):
    pytest.importorskip("onnxruntime")
    from sensorlm.export.onnx import export_onnx, made_days

    towers = SensorLM(preset("tiny", overrides={k: v for k, v in SMALL.items() if "decoder" not in k}))
    tokenizer = load_checkpoint(made / "model").tokenizer
    loaded = load_checkpoint(save_checkpoint(tmp_path / "towers", towers, tokenizer, CHANNELS))
    export_onnx(loaded, tmp_path / "onnx", days=made_days(4, 1440, len(CHANNELS)), int8=False)
    exported, original = open_embedder(tmp_path / "onnx"), open_embedder(tmp_path / "towers")
    assert isinstance(exported, Embedder)
    days = [plain_day(i) for i in range(3)]
    for window in (None, (60, 120)):
        np.testing.assert_allclose(
            exported.embed_days(iter(days), window), original.embed_days(days, window), atol=2e-4
        )
    texts = ["asleep", "the person is walking"]
    np.testing.assert_allclose(exported.embed_texts(texts), original.embed_texts(texts), atol=2e-4)
    assert exported.dim == original.dim
    assert exported.logit_scale == pytest.approx(original.logit_scale)
    found = ask("classify", made / "days", "--labels", "asleep,awake", "-m", tmp_path / "onnx", "--json")
    assert len(found["answers"]) == 12
    learn = ("probe", made / "days", "--truth", "tag:group", "-m", tmp_path / "onnx")
    assert ask(*learn, "--json")
    # Vectors are enough for a linear probe, but not for training the tower.
    assert "ONNX export" in ask(*learn, "--finetune", 2, code=2)


def test_an_int8_artefact_answers_like_its_checkpoint(made, ask, tmp_path):
    ask("quantize", "-c", made / "model", "-o", tmp_path / "int8", "--scheme", "int8-dynamic", "--held-out", 2,
        "--tolerance", 0.5)  # fmt: skip
    artefact, original = open_embedder(tmp_path / "int8"), open_embedder(made / "model")
    days = [plain_day(i) for i in range(4)]
    cosine = (artefact.embed_days(days) * original.embed_days(days)).sum(axis=1)
    assert cosine.min() > 0.99
    assert artefact.identity != original.identity
    found = ask("infer", "-c", tmp_path / "int8", "--data", made / "days", "--limit", 2, "--json")
    assert found["days"] == 2


def test_the_seeds_python_names_are_at_the_top():
    import sensorlm

    engine = sensorlm.RetrievalEngine()
    engine.index_sensor(np.eye(3, dtype=np.float32))
    assert engine.text_to_sensor(np.float32([0, 1, 0]), 1) == [(1, 1.0)]
    assert sensorlm.recall_at_k(np.eye(3))["recall@1"] == 1
    assert sensorlm.ZeroShotClassifier(class_names=["a"], prompt_template="A {label}.").templates == ("A {label}.",)


def test_infer_has_the_seeds_names(made, ask):
    found = ask("infer", "-c", made / "model", "--data", made / "days", "--cpu", "--json")
    assert found["classes"] == ["walking", "running", "sleeping", "sedentary"]
    assert found["days"] == 12
    assert {p["name"] for p in found["predictions"]} <= set(found["classes"])
    embedder = open_embedder(made / "model")
    prompts = embedder.embed_texts([f"The person is {c}." for c in found["classes"]])
    expected = embedder.embed_days([plain_day(5)]) @ prompts.T
    assert found["predictions"][5]["index"] == int(expected.argmax())
    assert found["predictions"][5]["similarity"] == pytest.approx(float(expected.max()), abs=1e-4)
    text = ask("infer", "-c", made / "model", "--data", made / "days", "--limit", 2, "--classes", "a,b")
    assert text.endswith("2 days, classes a, b.\n")
    assert "no such file" in ask("infer", "-c", made / "model", "--data", made / "nowhere", code=2)


def test_infer_reads_a_table_of_minutes(made, ask, tmp_path):
    day = plain_day(0)
    rows = ["HR,steps", *(f"{h:.2f},{s:.0f}" for h, s in day.values[:, [0, 3]])]
    (tmp_path / "day.csv").write_text("\n".join(rows))
    found = ask("infer", "-c", made / "model", "--data", tmp_path / "day.csv", "--json")
    whole = ask("infer", "-c", made / "model", "--data", made / "days", "--json", "--limit", 1)
    assert found["predictions"][0]["similarity"] == pytest.approx(whole["predictions"][0]["similarity"], abs=1e-3)


def test_classify_windows_truth_and_pictures(made, ask, tmp_path):
    (tmp_path / "templates.txt").write_text("{label}\nsomeone {label}\n")
    found = ask(
        "classify", made / "days", "--labels", "asleep,awake", "--model", made / "model", "--truth", "sleep-log",
        "--split", "test", "--picture", tmp_path / "c.png", "--templates", tmp_path / "templates.txt", "--json",
        "-o", tmp_path / "out.json",
    )  # fmt: skip
    assert found["metrics"]["n"] == len(found["answers"]) > 100
    assert set(found["metrics"]["per_class"]) == {"asleep", "awake"}
    assert all((tmp_path / name).read_bytes().startswith(b"\x89PNG") for name in ("c.png", "c-reliability.png"))
    assert json.loads((tmp_path / "out.json").read_text())["templates"] == ["{label}", "someone {label}"]
    rows = "day,start,end,label\nmade/p0/2024-03-01,02:00,03:00,asleep\nmade/p0/2024-03-01,12:00,13:00,awake\n"
    (tmp_path / "truth.csv").write_text(rows)
    text = ask("classify", made / "days", "--labels", "asleep,awake", "--model", made / "model", "--truth",
               tmp_path / "truth.csv", "--multi-label")  # fmt: skip
    assert "2 scored" in text
    hour = ask("classify", made / "days", "--labels", "a,b", "--model", made / "model", "--window", "10:00-11:00",
               "--abstain", "1", "--json")  # fmt: skip
    assert {tuple(a["window"]) for a in hour["answers"]} == {(600, 660)}
    assert {a["abstained"] for a in hour["answers"]} == {"unsure"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--labels", "a,b", "--window", "11:00-10:00"], "start before end"),
        (["--labels", "a,b", "--window", "soon"], "no window"),
        (["--labels", ","], "at least one name"),
        (["--labels", "a,b", "--picture", "x.png"], "--truth"),
        (["--labels", "a,b", "--truth", "tag:nothing"], "no day has a tag"),
        (["--labels", "a,b", "--truth", "sleep-log"], "none of the classes"),
    ],
)
def test_classify_says_what_is_wrong(made, ask, words, message):
    assert message in ask("classify", made / "days", "--model", made / "model", *words, code=2)


def test_a_probe_is_fitted_saved_and_applied(made, ask, tmp_path):
    found = ask("probe", made / "days", "--truth", "tag:group", "-m", made / "model", "-o", tmp_path / "p",
                "--shots", "1,2", "--draws", "2", "--json")  # fmt: skip
    assert found["classes"] == ["a", "b"]
    assert found["learn_samples"] == 8
    assert found["test_people"] == 2
    assert set(found["few_shot"]) == {"model", "plain statistics", "together"}
    assert found["few_shot"]["together"]["all"]["macro_auroc"] == pytest.approx(found["together_macro_auroc"])
    applied = ask("probe", made / "days", "--apply", tmp_path / "p", "-m", made / "model", "--json")
    assert len(applied["answers"]) == 12
    assert {a["label"] for a in applied["answers"]} <= {"a", "b"}
    ask("probe", made / "days", "--truth", "tag:group", "-m", made / "model", "-o", tmp_path / "both", "--shots", "1",
        "--together", "--json")  # fmt: skip
    both = ask("probe", made / "days", "--apply", tmp_path / "both", "-m", made / "model", "--json")
    assert [a["probability"] for a in both["answers"]] != [a["probability"] for a in applied["answers"]]
    assert "exactly one" in ask("probe", made / "days", "-m", made / "model", code=2)
    assert "whole numbers" in ask("probe", made / "days", "-m", made / "model", "--truth", "tag:group", "--shots",
                                  "few", code=2)  # fmt: skip


def test_fine_tuning_learns_and_travels_with_the_probe(made, ask, tmp_path):
    embedder = open_embedder(made / "model")
    days = [plain_day(0).shown(60, 180), plain_day(0).shown(700, 820)] * 4
    before = {k: v.clone() for k, v in embedder.model.state_dict().items()}
    tuned = finetune(embedder, days, ["night", "noon"] * 4, steps=8, batch_size=4, lr=3e-3)
    assert all(torch.equal(v, before[k]) for k, v in embedder.model.state_dict().items())

    def apart(e):
        a, b = e.embed_days(days[:2])
        return float(a @ b)

    assert apart(tuned) < apart(embedder)
    found = ask("probe", made / "days", "--truth", "tag:group", "-m", made / "model", "-o", tmp_path / "p",
                "--shots", "1", "--draws", "1", "--finetune", "1", "--json")  # fmt: skip
    assert found["finetune_steps"] == 1
    applied = ask("probe", made / "days", "--apply", tmp_path / "p", "--json")
    assert len(applied["answers"]) == 12


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_index_and_search(made, ask, tmp_path):
    pytest.importorskip("lancedb")
    place = tmp_path / "index"
    first = ask("index", made / "days", "-m", made / "model", "-o", place, "--json")
    assert (first["added"], first["days"]) == (12, 12)
    again = ask("index", made / "days", "-m", made / "model", "-o", place, "--json")
    assert (again["added"], again["skipped"]) == (0, 12)
    found = ask("search", "a calm night", "-i", place, "-m", made / "model", "-k", 3, "--json")
    embedder = open_embedder(made / "model")
    scores = embedder.embed_days([plain_day(i) for i in range(12)]) @ embedder.embed_texts(["a calm night"])[0]
    assert [h["score"] for h in found["hits"]] == pytest.approx(np.sort(scores)[::-1][:3].tolist(), abs=1e-5)
    words = ["a calm night", "slept well", "a quiet sleep"]
    several = ask(
        "search", words[0], "--also", words[1], "--also", words[2], "-i", place, "-m", made / "model", "--json"
    )
    assert several["also"] == words[1:]
    vectors = embedder.embed_texts(words)
    mean = embedder.embed_days([plain_day(i) for i in range(12)]) @ vectors.mean(0) / np.linalg.norm(vectors.mean(0))
    assert [h["score"] for h in several["hits"]] == pytest.approx(np.sort(mean)[::-1][:10].tolist(), abs=1e-5)
    key = plain_day(3).key
    like = ask("search", "--like", key, "-i", place, "--where", "person <> 'p1'", "--json")
    assert {h["person"] for h in like["hits"]} == {"p0", "p2", "p3", "p4", "p5"}
    texts = ask("search", "--like", key, "-i", place, "--captions", "-k", 2)
    assert "1. " in texts
    few = ask("search", "--like", key, "-i", place, "--where", "person = 'p2'", "-k", 5)
    assert few.endswith("5 were asked for, 2 found where person = 'p2'\n")
    assert "in an index of 12 days" in ask("search", "x", "-i", place, "-m", made / "model", "-k", 99)
    assert f"--model {made / 'model'}" in ask("index", made / "days", "-m", made / "model", "-o", place)
    assert "exactly one" in ask("search", "-i", place, code=2)
    assert "--like" in ask("search", "x", "-i", place, "--captions", code=2)
    assert "--also 'y' says a text" in ask("search", "--like", key, "--also", "y", "-i", place, code=2)
    assert "at least one" in ask("search", "x", "-i", place, "-k", 0, code=2)
    other = SensorLM(preset("tiny", overrides={k: v for k, v in SMALL.items() if "decoder" not in k}), seed=9)
    save_checkpoint(tmp_path / "other", other, embedder.tokenizer, CHANNELS)
    assert "Give the same --model" in ask("search", "x", "-i", place, "-m", tmp_path / "other", code=2)


def test_a_model_writes_captions_that_are_checked(made, ask):
    found = ask("caption", made / "days", "--model", made / "model", "--limit", 2, "--max-tokens", 8, "--json")
    assert found["num_captions"] == 2
    assert found["facts"]["captions"] == 2
    embedder = open_embedder(made / "model")
    prefixed = ask("caption", made / "days", "--model", made / "model", "--limit", 1, "--max-tokens", 8, "--prefix",
                   "the person", "--beams", 2, "--json")  # fmt: skip
    assert prefixed["captions"][0]["text"].lower().startswith("the person")
    sampled = ask("caption", made / "days", "--model", made / "model", "--limit", 1, "--max-tokens", 8, "--top-p",
                  0.9, "--json")  # fmt: skip
    assert sampled["decoding"]["temperature"] == 1.0
    config = embedder.caption_days([plain_day(0)])
    assert isinstance(config[0], str)


def test_a_bare_model_option_takes_the_shipped_model(made, ask, monkeypatch):
    monkeypatch.setattr("sensorlm.embedders.opening.default_model", lambda: made / "model")
    words = ["caption", made / "days", "--limit", 1, "--max-tokens", 8, "--json"]
    named = ask(*words, "--model", made / "model")
    assert ask(*words, "--model")["captions"] == named["captions"]
    assert ask("caption", made / "days", "--model", *words[2:])["captions"] == named["captions"]


def test_a_checkpoint_says_how_sure_a_sentence_must_be(made, ask, tmp_path):
    loaded = open_embedder(made / "model").loaded
    save_checkpoint(
        tmp_path / "sure", loaded.model, loaded.tokenizer, loaded.channel_set, extra={"least_log_likelihood": {}}
    )
    words = ["caption", made / "days", "--model", tmp_path / "sure", "--limit", 2, "--max-tokens", 8, "--json"]
    assert {entry["text"] for entry in ask(*words)["captions"]} == {"Nothing can be told."}
    plain = ask("caption", made / "days", "--model", made / "model", *words[4:])
    assert ask(*words, "--unsure")["captions"] == plain["captions"]


def test_evaluate_writes_json_and_html_and_compare_reads_them(made, ask, tmp_path):
    out = tmp_path / "ev"
    found = ask("evaluate", made / "model", made / "days", "-o", out, "--caption-key", KEY, "--limit", 2,
                "--truth", "tag:group", "--json")  # fmt: skip
    (report,) = found["reports"]
    tasks = {r["task"]: r for r in report["results"]}
    assert set(tasks) == {"zeroshot_classification", "linear_probe", "zeroshot_retrieval", "captioning"}
    assert {"acc1", "mean_per_class_recall"} <= set(tasks["zeroshot_classification"]["metrics"])
    assert "lp_acc1" in tasks["linear_probe"]["metrics"]
    assert "image_retrieval_recall@5" in tasks["zeroshot_retrieval"]["metrics"]
    floors = {"chance", "plain_statistics", "untrained", "phase_shuffled", "time_reversed"}
    assert floors <= set(tasks["zeroshot_classification"]["floors"])
    page = (out / "model--days.html").read_text()
    assert "<table" in page
    assert "not a medical device" in page
    saved = out / "model--days.json"
    rows = ask("compare", saved, saved, "--json")["rows"]
    assert rows
    assert all(r["difference"]["estimate"] == 0 for r in rows)
    text = ask("compare", saved, saved, "-o", tmp_path / "both.html")
    assert "leaves out 0" in text
    assert text.endswith(f"written to {tmp_path / 'both.html'}\n")
    both = (tmp_path / "both.html").read_text()
    assert "model (first)" in both
    assert f"of {len(rows)} numbers the second model is clearly higher in 0" in both
    assert "text to day, R@5" in both
    (tmp_path / "no.json").write_text("[]")
    assert "no evaluation" in ask("compare", saved, tmp_path / "no.json", code=2)
    assert "cannot be read" in ask("compare", saved, tmp_path / "nowhere.json", code=2)
    assert "is no task" in ask("evaluate", made / "model", made / "days", "--tasks", "guess", code=2)
    assert "nobody is in split" in ask("evaluate", made / "model", made / "days", "--split", "val", code=2)


def test_evaluate_takes_arrays(made, ask, tmp_path):
    folder = tmp_path / "arrays"
    folder.mkdir()
    rng = np.random.default_rng(0)
    np.save(folder / "X.npy", rng.normal(70, 5, (20, 60, 1)).astype(np.float32))
    np.save(folder / "Y.npy", np.arange(20) % 2)
    np.save(folder / "pid.npy", np.arange(20) // 2)
    (folder / "channels.json").write_text('["HR"]')
    (folder / "label_dictionary.json").write_text('{"0": "sitting", "1": "walking"}')
    found = ask("evaluate", made / "model", folder, "-o", tmp_path / "ev", "--json")
    tasks = {r["task"] for r in found["reports"][0]["results"]}
    assert "zeroshot_classification" in tasks
    assert "captioning" not in tasks
