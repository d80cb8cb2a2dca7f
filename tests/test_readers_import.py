"""`sensorlm import` from export to dataset."""

import json

import numpy as np
import pytest

from sensorlm.cli import main
from sensorlm.store import open_dataset


def run(capsys, *argv):
    with pytest.raises(SystemExit) as stop:
        main(["import", *map(str, argv)])
    out = capsys.readouterr()
    return stop.value.code, out.out, out.err


@pytest.fixture
def export(tmp_path):
    """Two days of one person: heart rate and steps that follow the hour and each other."""
    folder = tmp_path / "export"
    folder.mkdir()
    rng = np.random.default_rng(0)
    rows = ["time,person,HR,steps"]
    for m in range(2880):
        active = 8 <= m % 1440 // 60 < 22
        steps = int(rng.integers(0, 100)) if active and m % 7 < 3 else 0
        when = np.datetime64("2024-05-01", "m") + m
        rows.append(f"{str(when).replace('T', ' ')}:00,p1,{55 + 15 * active + steps // 3},{steps}")
    (folder / "minutes.csv").write_text("\n".join([*rows, "2024-05-01 00:00:00,p1,55,0", "rubbish,p1,1,1"]) + "\n")
    return folder


def test_an_export_becomes_a_dataset_and_a_report(export, tmp_path, capsys):
    report = tmp_path / "report.json"
    code, out, _ = run(capsys, "csv", export, "-o", tmp_path / "days", "--report", report, "--json")
    assert code == 0
    result = json.loads(out)
    assert result["days"] == 2
    assert result["reader"] == "csv"
    assert result["quality"]["reading"]["problems"]["unparsable times"]["count"] == 1
    assert json.loads(report.read_text()) == result
    dataset = open_dataset(tmp_path / "days")
    assert len(dataset) == 2
    assert dataset.channel_set.name == "sensorlm-34"
    day = dataset.day(0)
    assert (day.person, day.date.isoformat()) == ("p1", "2024-05-01")
    assert day.observed[:, dataset.channel_set.index("HR")].all()


def test_the_reader_may_be_left_out_and_the_text_tells_what_was_met(export, tmp_path, capsys):
    code, out, _ = run(capsys, export, "-o", tmp_path / "days", "--dataset", "mine", "--min-minutes", "1440")
    assert code == 0
    assert "reader: csv" in out
    assert "unparsable times: 1 (first: minutes.csv row 2883)" in out
    assert "2 days of 1 people" in out
    assert open_dataset(tmp_path / "days").day(0).dataset == "mine"


def test_bad_input_exits_2_with_a_message_and_leaves_no_dataset(export, tmp_path, capsys):
    for argv, message in (
        ([tmp_path / "none", "-o", tmp_path / "d"], "no such file or folder"),
        (["garmin", export, "-o", tmp_path / "d"], "no Garmin export"),
        (["nope", export, "-o", tmp_path / "d"], "reader 'nope' does not exist"),
        ([export], "no output folder given"),
        ([export, "-o", tmp_path / "d", "--zone", "Mars/Base"], "zone 'Mars/Base'"),
        ([export, "-o", tmp_path / "d", "--channel-set", "nope"], "neither a channel set"),
    ):
        code, _, err = run(capsys, *argv)
        assert code == 2, argv
        assert message in err
    assert not (tmp_path / "d" / "manifest.json").exists()


def test_a_dataset_is_not_overwritten_unasked(export, tmp_path, capsys):
    assert run(capsys, export, "-o", tmp_path / "days")[0] == 0
    code, _, err = run(capsys, export, "-o", tmp_path / "days")
    assert code == 2
    assert "already holds a dataset" in err
    assert run(capsys, export, "-o", tmp_path / "days", "--overwrite")[0] == 0
    assert len(open_dataset(tmp_path / "days")) == 2
    assert run(capsys, export, "-o", tmp_path / "days", "--append", "--dataset", "again")[0] == 0
    assert len(open_dataset(tmp_path / "days")) == 4


def test_a_broken_clock_is_refused_unless_forced(tmp_path, capsys):
    """30 days of epochs in shuffled order: no rhythm, no continuity, no agreement."""
    rng = np.random.default_rng(1)
    lines = ["time,HR,steps"]
    hour = np.arange(30 * 288) * 5 // 60 % 24
    active = (hour >= 8) & (hour < 22)
    heart = rng.permutation(60 + 25 * active + rng.integers(0, 10, len(hour)))
    steps = rng.permutation(np.where(active, rng.integers(0, 300, len(hour)), 0))
    for i, (beats, walked) in enumerate(zip(heart, steps, strict=True)):
        when = str(np.datetime64("2024-05-01", "m") + 5 * i).replace("T", " ")
        lines.append(f"{when}:00,{beats},{walked}")
    (tmp_path / "shuffled.csv").write_text("\n".join(lines) + "\n")
    argv = ["csv", tmp_path / "shuffled.csv", "--mapping", tmp_path / "map.json", "-o", tmp_path / "days"]
    (tmp_path / "map.json").write_text(json.dumps({
        "time": {"column": "time"}, "columns": {
            "HR": {"channel": "HR", "epoch_minutes": 5},
            "steps": {"channel": "steps", "epoch_minutes": 5}}}))  # fmt: skip
    code, out, _ = run(capsys, *argv)
    assert code == 1
    assert "REFUSED" in out
    assert len(open_dataset(tmp_path / "days")) == 0
    code, out, _ = run(capsys, *argv, "--force", "--overwrite")
    assert code == 0
    assert "TAKEN ALTHOUGH THEIR CLOCK IS BROKEN" in out
    assert len(open_dataset(tmp_path / "days")) == 30


def test_a_real_garmin_export_loses_its_broken_table_only(shared, tmp_path, capsys):
    folder = tmp_path / "t1d"
    folder.mkdir()
    for file in (shared / "data" / "t1d_uom").rglob("*2405*.csv"):
        (folder / file.name).symlink_to(file)
    code, out, _ = run(capsys, folder, "-o", tmp_path / "days", "--channel-set", "auto", "--json")
    result = json.loads(out)
    assert code == 1
    assert len(result["refused"]) == 1
    assert "t1d_uom-5min, person '2405'" in result["refused"][0]
    assert result["channel_set"] == "garmin"
    assert result["days"] > 60
    assert {open_dataset(tmp_path / "days").day(row).dataset for row in range(result["days"])} == {"t1d_uom"}
