import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sensorlm import readers
from sensorlm.channels import CHANNEL_SETS
from sensorlm.days import to_days
from sensorlm.errors import ChannelError, ReaderError
from sensorlm.readers import ReadReport

SET = CHANNEL_SETS["sensorlm-34"]


def read(name, path, **options):
    report = ReadReport()
    return list(readers.read(name, path, report=report, **options)), report


def mapping(tmp_path, **entries):
    file = tmp_path / "map.json"
    file.write_text(json.dumps(entries))
    return file


@pytest.mark.parametrize("normalised", [False, True])
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_file_of_the_34_names_is_read_in_either_unit(tmp_path, kind, normalised):
    """1440 rows and no time: a day. The z-scores written here are undone to the physical values they came from."""
    rng = np.random.default_rng(0)
    low = np.array([max(c.low, c.mean - c.std) for c in SET.channels])
    high = np.array([min(c.high, c.mean + c.std) for c in SET.channels])
    values = rng.uniform(low, high, (1440, len(SET)))
    written = SET.normalise(values).astype(float) if normalised else values
    table = pa.table({k: written[:, i] for i, k in enumerate(SET.keys)})
    path = tmp_path / f"day.{kind}"
    if kind == "csv":
        path.write_text(
            ",".join(SET.keys) + "\n" + "\n".join(",".join(f"{x:.9g}" for x in row) for row in written) + "\n"
        )
    else:
        pq.write_table(table, path)
    tables, report = read("auto", path)
    assert report.reader == kind
    assert ("z-scores" in report.notes[0]) == normalised
    (day,) = to_days(tables[0], SET)
    assert day.date.isoformat() == "2000-01-01"
    assert day.observed.all()
    np.testing.assert_allclose(day.values, values, rtol=2e-4, atol=2e-4)


def test_units_can_be_said(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("minute,HR,steps\n2024-01-01 00:00:00,0.5,0\n2024-01-01 00:01:00,1.0,1\n")
    (table,), _ = read("csv", path, units="normalised")
    assert table.columns["HR"].tolist() == pytest.approx([75.9586 + 0.5 * 16.1887, 75.9586 + 16.1887])
    with pytest.raises(ReaderError, match="units 'furlongs'"):
        read("csv", path, units="furlongs")


def test_a_mapping_says_columns_units_epochs_time_and_person(tmp_path):
    path = tmp_path / "study.csv"
    path.write_text(
        "who;when;bpm;tempF;s5;note;x\n"
        "a;03/04/2024 10:00;70;95;50;hi;1\na;03/04/2024 10:00;72;95;50;;1\nb;03/04/2024 10:00;80;;20;;1\n"
    )
    file = mapping(
        tmp_path, dataset="study", device="ring", person={"column": "who"}, ignore=["note"],
        time={"column": "when", "format": "%d/%m/%Y %H:%M", "zone": "Europe/Paris"},
        columns={
            "bpm": {"channel": "HR", "samples": True}, "s5": {"channel": "steps", "epoch_minutes": 5},
            "tempF": {"channel": "wrist_temperatures", "scale": 5 / 9, "shift": -160 / 9},
        },
    )  # fmt: skip
    tables, report = read("csv", path, mapping=file)
    one, two = tables
    assert (one.person, one.dataset, one.device, one.zone) == ("a", "study", "ring", "Europe/Paris")
    assert one.columns["HR"].tolist() == [71]
    assert one.columns["wrist_temperatures"].tolist() == pytest.approx([35])
    assert one.epoch_minutes == {"steps": 5}
    assert one.offset_minutes.tolist() == [120]
    assert np.datetime64(int(one.utc_minute[0]), "m") == np.datetime64("2024-04-03T08:00")
    assert np.isnan(two.columns.get("wrist_temperatures", np.array([np.nan]))).all()
    assert report.unknown_columns == {"study.csv": ["x"]}
    assert report.problems["duplicate minutes of steps, the same value"].count == 1


def test_channels_of_an_own_set_and_one_person_a_file(tmp_path):
    (tmp_path / "set.json").write_text(json.dumps({"name": "mine", "channels": [
        "HR",
        {"key": "co2", "name": "CO2", "unit": "ppm", "mean": 600, "std": 200, "low": 300, "high": 5000}]}))  # fmt: skip
    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("ann", "bob"):
        (folder / f"{name}.csv").write_text("t,air\n1700000000,500\n1700000060,9000\n")
    file = mapping(
        tmp_path, person={"file": True}, time={"column": "t", "format": "seconds"}, columns={"air": "co2"},
        channel_set=str(tmp_path / "set.json"),
    )  # fmt: skip
    tables, report = read("csv", folder, mapping=file)
    assert [t.person for t in tables] == ["ann", "bob"]
    assert tables[0].columns["co2"].tolist() == [500]
    assert report.problems["impossible co2"].count == 2


@pytest.mark.parametrize(
    ("entries", "error", "message"),
    [
        ({"colums": {}}, ReaderError, "unknown entry colums"),
        ({"columns": {"bpm": {"channel": "HR", "factor": 2}}}, ReaderError, "column 'bpm': .*factor"),
        ({"columns": {"bpm": {"channel": "HR", "epoch_minutes": 0}}}, ReaderError, "epoch_minutes 0 must be 1"),
        ({"columns": {"nope": "HR"}}, ReaderError, "no column 'nope'"),
        ({"columns": {"bpm": "pulse"}}, ReaderError, "mapped to 'pulse', which is no channel"),
        ({"columns": ["bpm"]}, ReaderError, "'columns' is .'bpm'."),
        ({"units": "miles"}, ReaderError, "units 'miles'"),
        ({"channel_set": "none-such", "columns": {}}, ChannelError, "none-such"),
        ({"time": {"column": "when", "format": "%H"}, "columns": {"bpm": "HR"}}, ReaderError, "no time in column"),
        ({"time": {"column": "bpm"}, "columns": {"bpm": "HR"}}, ReaderError, "no time in column 'bpm'"),
    ],
)
def test_mappings_that_say_what_is_not_so_are_refused(tmp_path, entries, error, message):
    path = tmp_path / "a.csv"
    path.write_text("when,bpm\n03.04.2024,70\n")
    with pytest.raises(error, match=message):
        read("csv", path, mapping=mapping(tmp_path, **entries))


def test_mapping_files_that_are_none_are_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("t,HR\n1,70\n")
    bad = tmp_path / "bad.json"
    for content, message in (("{", "not JSON"), ("[]", "holds a list")):
        bad.write_text(content)
        with pytest.raises(ReaderError, match=message):
            read("csv", path, mapping=bad)
    with pytest.raises(ReaderError, match="no such file"):
        read("csv", path, mapping=tmp_path / "none.json")


def test_tables_that_cannot_be_understood_are_refused(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"when": [1], "bpm": [70]}), path)
    with pytest.raises(ReaderError, match="no column is named like a channel"):
        read("parquet", path)
    pq.write_table(pa.table({"time": [1], "HR": [70]}), path)
    with pytest.raises(ReaderError, match="time column 'time' holds numbers"):
        read("parquet", path)
    path.write_bytes(b"PAR1 no")
    with pytest.raises(ReaderError, match="not a Parquet file"):
        read("parquet", path)


def test_rows_that_are_no_whole_day_are_said(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("HR,steps\n" + "70,1\n" * 100)
    (table,), report = read("auto", path)
    assert len(table.utc_minute) == 100
    assert report.problems["tables whose rows are no whole days of 1440 minutes"].count == 1
