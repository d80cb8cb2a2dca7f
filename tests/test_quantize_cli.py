"""`sensorlm quantize` and `sensorlm export` as a user types them, on a tiny checkpoint and made days."""

import datetime as dt
import gzip
import json
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sensorlm.channels import SENSORLM_34, ChannelSet
from sensorlm.checkpoint import load_checkpoint, save_checkpoint
from sensorlm.checkpoint.pretrained import SensorLM
from sensorlm.cli.app import main
from sensorlm.config.model import ModelConfig, SensorTowerConfig, TextTowerConfig
from sensorlm.errors import QuantizationError
from sensorlm.quantize import QuantizedModel
from sensorlm.quantize.calibration import batches, open_days, spread
from sensorlm.quantize.seed_names import apply_manifest
from sensorlm.records import Caption, DayMatrix
from sensorlm.store import write_dataset
from sensorlm.tokenizer import CaptionTokenizer

CHANNELS = ChannelSet("four", SENSORLM_34[:4])


def day(person, number, rng):
    values = (rng.normal(size=(1440, 4)) * CHANNELS.std + CHANNELS.mean).astype(np.float32)
    values[:200] = np.nan
    return DayMatrix(
        values=values, observed=~np.isnan(values), channel_keys=CHANNELS.keys, person=person,
        date=dt.date(2026, 1, 1) + dt.timedelta(number), dataset="made",
    )  # fmt: skip


def told(day):
    return Caption(key="short", text=f"walked {day.date.day} hundred steps and slept well")


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    root = tmp_path_factory.mktemp("cli")
    rng = np.random.default_rng(0)
    days = [day(f"p{i}", i, rng) for i in range(24)]
    write_dataset(root / "days", days, CHANNELS, captions=lambda some: [[told(d)] for d in some])
    tokenizer = CaptionTokenizer.train([told(d).text for d in days] * 4, 300)
    config = ModelConfig(
        sensor=SensorTowerConfig(num_channels=4, patch_minutes=60, width=64, depth=1, num_heads=2, mlp_ratio=2.0),
        text=TextTowerConfig(
            vocab_size=tokenizer.vocab_size, context_length=32, width=64, depth=1, num_heads=2, mlp_ratio=2.0
        ),
        embed_dim=64,
    )
    save_checkpoint(root / "c", SensorLM(config, seed=0), tokenizer, CHANNELS)
    values = np.concatenate([d.values for d in days[:3]])
    pq.write_table(pa.table({key: values[:, i] for i, key in enumerate(CHANNELS.keys)}), root / "minutes.parquet")
    return root


def run(*arguments):
    """Exit code of the program."""
    with pytest.raises(SystemExit) as found:
        main([str(a) for a in arguments])
    return found.value.code


def test_the_seeds_spelling_writes_the_seeds_bytes(shared, tmp_path, capsys):
    golden = shared / "golden" / "seed"
    assert run("quantize", "--checkpoint", golden / "tower_map.mpk", "--output", tmp_path / "o.json", "--json") == 0
    assert (tmp_path / "o.json").read_bytes() == gzip.decompress((golden / "tower_map.int8.json.gz").read_bytes())
    assert json.loads(capsys.readouterr().out)["compression_ratio"] == 4.0


@pytest.mark.parametrize("days", ["days", "minutes.parquet"])
def test_the_seeds_options_open_checkpoint_and_days(places, tmp_path, capsys, days):
    arguments = ("--output", tmp_path / "o.json", "--calibration-data", places / days, "--num-batches", 2, "--json")
    assert run("quantize", "--checkpoint", places / "c", *arguments) == 0
    result = json.loads(capsys.readouterr().out)
    seen = {layer["name"]: layer for layer in result["layers"]}
    assert seen["sensor.blocks.0.mlp.fc1"]["act_max"] not in (1.0, 0.0)
    assert result["cosine"]["mean"] > 0.999
    source = load_checkpoint(places / "c").model
    running = apply_manifest(source, QuantizedModel.load(tmp_path / "o.json"))
    assert running.encode_text("slept well").shape == (1, 64)


@pytest.mark.parametrize("scheme", ["int8-static", "bf16"])
def test_an_artefact_with_a_report(places, tmp_path, capsys, scheme):
    out, page, data = tmp_path / "a", tmp_path / "r.html", tmp_path / "r.json"
    common = ("quantize", places / "c", "--scheme", scheme, "--calibrate", places / "days", "-o", out)
    assert run(*common, "--report", page, "--labels", "walking,sleeping") == 0
    text = capsys.readouterr().out
    assert "cosine to float32" in text
    assert "<img" in page.read_text()
    assert run(*common, "--report", data) == 0
    report = json.loads(data.read_text())
    assert set(report["seconds_per_day"]) >= {"float32", "bfloat16"}
    assert 0 <= report["zero_shot"]["agreement"] <= 1
    assert report["retrieval"]["change_low"] <= report["retrieval"]["change"] <= report["retrieval"]["change_high"]
    assert report["reason"] == ""
    model = SensorLM.from_pretrained(out)
    assert model.encode_sensor(day("x", 0, np.random.default_rng(1))).shape == (1, 64)


@pytest.mark.parametrize(("scheme", "out"), [("int8-static", "a"), ("fp8", "a"), ("bf16", "a"), ("", "a.json")])
def test_too_much_loss_exits_with_1_and_names_the_layer(places, tmp_path, capsys, scheme, out):
    how = ("--scheme", scheme) if scheme else ()
    code = run(
        "quantize", places / "c", *how, "--calibrate", places / "days", "-o", tmp_path / out, "--tolerance", "1.0",
    )  # fmt: skip
    assert code == 1
    failed = capsys.readouterr().out
    assert "FAILED" in failed
    assert any(name in failed for name in ("blocks.0", "map_pool", "text_projection"))


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        ((), "needs one checkpoint"),
        (("{c}", "--checkpoint", "{c}"), "needs one checkpoint"),
        (("{c}", "--scheme", "int8-static", "-o", "{t}/a"), "needs at least one batch"),
        (("{c}", "--scheme", "fp8", "-o", "{t}/a.json"), "a JSON manifest holds"),
        (("{c}", "-o", "{t}/a", "--calibrate", "{t}/none"), "no dataset folder or Parquet file"),
        (("{c}", "-o", "{t}/a", "--report", "{t}/r.html"), "needs days to measure on"),
        (("{c}", "-o", "{t}/a", "--scheme", "int3"), "does not exist"),
    ],
)
def test_bad_input_exits_with_2(places, tmp_path, capsys, arguments, rule):
    filled = [a.format(c=places / "c", t=tmp_path) for a in arguments]
    assert run("quantize", *filled) == 2
    assert rule in capsys.readouterr().err


def test_days_are_split_by_person_and_spread(places):
    days = open_days(places / "days", CHANNELS, held_out=4)
    assert len(days.held_out) <= 4
    assert not set(days.calibration) & set(days.held_out)
    assert not {days.person(int(r)) for r in days.calibration} & {days.person(int(r)) for r in days.held_out}
    assert spread(np.arange(10), 4).tolist() == [0, 3, 6, 9]
    first = next(batches(days, days.calibration, 2))
    assert first.values.shape == (2, 1440, 4)
    assert not first.observed[:, :200].any()


def test_files_that_are_no_days_are_refused(places, tmp_path):
    def refused(rule, table=None, channels=CHANNELS):
        if table is not None:
            pq.write_table(table, tmp_path / "x.parquet")
        with pytest.raises(QuantizationError, match=rule):
            open_days(tmp_path / "x.parquet", channels)

    keys = CHANNELS.keys
    refused("no column", pa.table({"HR": [1.0]}))
    refused("no whole number of days", pa.table({key: [1.0] * 10 for key in keys}))
    refused("holds no numbers", pa.table({key: ["x"] * 1440 for key in keys}))
    refused("names no channels", channels=None)
    (tmp_path / "x.parquet").write_bytes(b"nothing")
    refused("cannot be read as Parquet")
    with pytest.raises(QuantizationError, match="the model wants"):
        open_days(places / "days", ChannelSet("three", SENSORLM_34[:3]))


@pytest.mark.slow  # test_export_onnx exports the same graphs in every run
def test_export_command(places, tmp_path, capsys):
    pytest.importorskip("onnxscript")
    pytest.importorskip("onnxruntime")
    arguments = ("export", places / "c", "-o", tmp_path / "onnx", "--days", places / "days", "--no-int8", "--json")
    assert run(*arguments) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["compared"]["float32"]["sensor"]["difference"] < 1e-4
    assert (tmp_path / "onnx" / "tokenizer.json").is_file()


def test_help_does_not_load_torch():
    import subprocess

    program = "import sys; import sensorlm.cli.quantize, sensorlm.cli.export; assert 'torch' not in sys.modules"
    run = subprocess.run([sys.executable, "-c", program], check=False, env={"PYTHONPATH": ":".join(sys.path)})
    assert run.returncode == 0


def test_change_of_auroc_counts_questions_by_hand(places):
    from sklearn.metrics import roc_auc_score

    from sensorlm.report.quantization import auroc_change
    from sensorlm.tasks.questions import Question

    rng = np.random.default_rng(3)
    made = [day(f"q{i % 6}", i, rng) for i in range(30)]
    late = [d.date.day % 2 == 0 for d in made]
    even = {d.key: e for d, e in zip(made, late, strict=True)}
    question = Question(name="even", wordings=("an even day", "day two"), asks=lambda view: even[view.day.key])
    rare = Question(name="rare", wordings=("never",), asks=lambda view: False)
    one, two = rng.normal(size=(2, 30, 5)).astype(np.float32)
    words = {"an even day": rng.normal(size=5), "day two": rng.normal(size=5)}

    def read(texts):
        return np.array([words[t] for t in texts], np.float32)

    found = auroc_change(made, (one, two), (read, read), (question, rare), [d.person for d in made], repeats=20)
    mean = sum(words.values()) / 2
    assert found["questions"] == 1
    assert found["auroc_before"] == pytest.approx(roc_auc_score(late, one @ mean))
    assert found["auroc_after"] == pytest.approx(roc_auc_score(late, two @ mean))
    assert found["change"] == pytest.approx(found["auroc_after"] - found["auroc_before"], abs=1e-6)
    assert found["change_low"] <= found["change_high"]
    assert auroc_change(made, (one, two), (read, read), (rare,), [d.person for d in made]) is None
