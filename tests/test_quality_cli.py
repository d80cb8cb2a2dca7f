"""`sensorlm quality` on an export and on a stored dataset: text, JSON, picture, exit codes."""

import json
from dataclasses import replace

import numpy as np
import pytest
from quality_people import made_person

from sensorlm.channels import CHANNEL_SETS
from sensorlm.cli import main
from sensorlm.records import DayMatrix

store = pytest.importorskip("sensorlm.store")
pytest.importorskip("sensorlm.readers")
SET = CHANNEL_SETS["sensorlm-34"]


def days_of(table):
    for begin in range(0, len(table.utc_minute), 1440):
        first = int(table.utc_minute[begin])
        values = np.full((1440, len(SET)), np.nan, np.float32)
        for key, column in table.columns.items():
            values[:, SET.index(key)] = column[begin : begin + 1440]
        events = tuple(
            replace(e, start=e.start - first, end=e.end - first)
            for e in table.events
            if e.end > first and e.start < first + 1440
        )
        yield DayMatrix(
            values=values, observed=np.isfinite(values), channel_keys=SET.keys, person=table.person, dataset="made",
            date=np.datetime64(first // 1440, "D").astype(object), events=events, logged=table.logged,
        )  # fmt: skip


def run(capsys, *argv):
    with pytest.raises(SystemExit) as end:
        main(["quality", *map(str, argv)])
    out = capsys.readouterr()
    return end.value.code, out.out, out.err


@pytest.fixture(scope="module")
def datasets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("quality")
    sound = made_person(15, person="good")
    broken = replace(made_person(15, person="late"), columns=sound.columns | {"HR": np.roll(sound.columns["HR"], 300)})
    store.write_dataset(folder / "sound", list(days_of(sound)), SET)
    store.write_dataset(folder / "mixed", [*days_of(sound), *days_of(broken)], SET)
    return folder


def test_a_sound_dataset_passes_and_its_picture_is_written(datasets, tmp_path, capsys):
    code, out, _ = run(capsys, datasets / "sound", "--picture", tmp_path / "quality.png")
    assert code == 0
    assert "1 sound, 0 cannot tell, 0 broken" in out
    assert (tmp_path / "quality.png").read_bytes().startswith(b"\x89PNG")


def test_a_broken_clock_exits_1_and_names_the_person(datasets, capsys):
    code, out, _ = run(capsys, datasets / "mixed", "--json")
    assert code == 1
    data = json.loads(out)
    assert data["refused"] == ["made/late"]
    assert data["verdicts"] == {"sound": 1, "broken": 1, "cannot tell": 0}
    assert run(capsys, datasets / "mixed", "--force")[0] == 0


def test_what_is_not_there_exits_2(tmp_path, capsys):
    code, _, err = run(capsys, tmp_path / "nothing")
    assert code == 2
    assert "nothing" in err


def test_a_real_export_is_read_and_checked(shared, capsys):
    code, out, _ = run(capsys, shared / "data/mss", "--json")
    assert code == 0
    assert json.loads(out)["verdicts"]["sound"] == 18
