"""`sensorlm generate-captions` as a user types it: tables and datasets in, exit codes and messages out."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from captions_made import CHANNELS, made_day

from sensorlm.captions import generate_captions
from sensorlm.captions.facts import caption_from_json, evaluate
from sensorlm.cli import main
from sensorlm.cli.caption_input import read_days
from sensorlm.cli.captions import CAPTION_TYPES
from sensorlm.cli.day_source import open_days
from sensorlm.errors import ReaderError
from sensorlm.records import CAPTION_KEYS
from sensorlm.store import open_dataset, write_dataset


def run(*arguments):
    with pytest.raises(SystemExit) as stop:
        main(["generate-captions", *map(str, arguments)])
    return stop.value.code


@pytest.fixture(scope="module")
def days():
    return [made_day(i, holes=i == 1, events=False) for i in range(2)]


def table_of(days, *, normalised=False, **extra):
    values = np.concatenate([CHANNELS.normalise(d.values) if normalised else d.values for d in days])
    columns = {key: pa.array(values[:, c], from_pandas=True) for c, key in enumerate(CHANNELS.keys)}
    return pa.table({**extra, **columns})


@pytest.fixture(scope="module")
def files(days, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    pq.write_table(table_of(days), folder / "days.parquet")
    pa_csv.write_csv(table_of(days), folder / "days.csv")
    pq.write_table(table_of(days, normalised=True), folder / "z.parquet")
    return folder


@pytest.mark.parametrize(
    ("name", "units"), [("days.parquet", "physical"), ("days.csv", "physical"), ("z.parquet", "normalised")]
)
def test_tables_of_either_units_give_the_days_back(files, days, name, units):
    read = read_days(files / name, CHANNELS)
    assert (read.units, read.absent, read.impossible) == (units, (), 0)
    assert len(read.days) == 2
    for got, want in zip(read.days, days, strict=True):
        np.testing.assert_array_equal(got.observed, want.observed)
        np.testing.assert_allclose(got.values, want.values, rtol=1e-4, atol=2e-3)
        assert np.isin(got.values[:, CHANNELS.index("sleep_stage_rem")].round(3), (0, 1, np.nan)).all() or units


@pytest.mark.parametrize("kind", list(CAPTION_TYPES))
def test_every_caption_type_of_the_seed_says_what_the_file_holds(files, capsys, kind):
    assert run("-i", files / "days.parquet", "-c", kind, "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert result["days"] == 2
    assert {entry["key"] for entry in result["captions"]} == set(CAPTION_TYPES[kind])
    read = read_days(files / "days.parquet", CHANNELS)
    wanted = generate_captions(read.days, CAPTION_TYPES[kind], 42, channel_set=CHANNELS)
    by_day = {day.key: found for day, found in zip(read.days, wanted, strict=True)}
    for entry in result["captions"]:
        assert caption_from_json(entry) == by_day[entry["day"]][entry["key"]]


def test_the_default_is_the_summary_with_seed_42_and_the_alias_works(files, capsys):
    assert run("--input", files / "days.csv") == 0
    first = capsys.readouterr().out
    assert "high_level_summary_caption" in first
    with pytest.raises(SystemExit) as stop:
        main(["caption", str(files / "days.csv"), "--caption-type", "high-summary", "--seed", "42"])
    assert stop.value.code == 0
    assert capsys.readouterr().out == first
    assert run("-i", files / "days.csv", "--seed", "43") == 0
    assert capsys.readouterr().out != first


def test_captions_are_written_to_a_file(files, tmp_path, capsys):
    out = tmp_path / "captions.json"
    assert run("-i", files / "days.csv", "-c", "all", "-o", out) == 0
    assert str(out) in capsys.readouterr().out
    assert len(json.loads(out.read_text())["captions"]) == 16


def test_the_parity_mode_carries_no_facts(files, capsys):
    assert run("-i", files / "days.csv", "-c", "middle", "--reference", "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert result["captions"]
    assert all(entry["facts"] == [] for entry in result["captions"])


def test_a_dataset_is_added_to_and_read_back(days, tmp_path, capsys):
    full = [made_day(i) for i in range(3)]
    write_dataset(tmp_path / "set", full, CHANNELS)
    assert run(tmp_path / "set", "-c", "all") == 0
    assert "24 captions of 3 days" in capsys.readouterr().out
    dataset = open_dataset(tmp_path / "set")
    for row, wanted in enumerate(generate_captions(full, tuple(CAPTION_KEYS), 42)):
        stored = dataset.captions(row)
        assert {key: found[0] for key, found in stored.items()} == wanted
    assert run(tmp_path / "set", "-c", "low", "--replace") == 0
    assert set(open_dataset(tmp_path / "set").captions(0)) == {"low_level_caption"}
    out = tmp_path / "captions.json"
    assert run(tmp_path / "set", "-c", "middle", "-o", out) == 0
    assert len(json.loads(out.read_text())["captions"]) == 3
    assert set(open_dataset(tmp_path / "set").captions(0)) == {"low_level_caption"}


def test_a_time_column_puts_rows_where_they_belong(days, tmp_path):
    minutes = np.arange(2000) + 24 * 60 * 19800 + 600
    rng = np.random.default_rng(0)
    table = pa.table({
        "time": pa.array(minutes * 60, pa.timestamp("s")), "Person": ["ann"] * 2000,
        "HR": rng.normal(70, 5, 2000), "spo2": [97.0] * 1000 + [300.0] * 1000,
    })  # fmt: skip
    shuffled = table.take(pa.array(rng.permutation(2000)))
    pa_csv.write_csv(shuffled, tmp_path / "t.csv")
    read = read_days(tmp_path / "t.csv", CHANNELS)
    assert [day.person for day in read.days] == ["ann", "ann"]
    assert (read.days[1].date - read.days[0].date).days == 1
    assert [int(day.observed[:, 0].sum()) for day in read.days] == [840, 1160]
    assert not read.days[0].observed[:600].any()
    np.testing.assert_allclose(read.days[0].values[600:, 0], table["HR"].to_numpy()[:840], rtol=1e-6)
    assert read.impossible == 1000
    assert "steps" in read.absent


def write(path, table):
    pa_csv.write_csv(table, path)
    return path


def hr(n, **extra):
    return pa.table({"HR": np.full(n, 70.0), **extra})


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (hr(1440, pulse=np.zeros(1440)), "'pulse'"),
        (pa.table({"a": [1.0], "b": [2.0]}), "are no channels of set 'sensorlm-34'"),
        (hr(1439), "1439 rows are no whole days"),
        (hr(0), "no rows"),
        (pa.table({"HR": ["fast"] * 1440}), "no number"),
        (pa.table({"steps": np.zeros(1440)}), "no column tells"),
        (pa.table({"HR": np.full(1440, 70.0), "spo2": np.full(1440, 0.5)}), "some columns look physical"),
        (hr(2, time=["2024-01-01 10:00:00"] * 2), "two rows for one minute"),
        (hr(2, time=["noon", "later"]), "not read as times"),
        (pa.table({"HR": [70.0, 71.0], "time": pa.array([None, 1], pa.timestamp("s"))}), "is empty in 1 rows"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_with_a_reason(table, words, tmp_path):
    with pytest.raises(ReaderError, match=words):
        read_days(write(tmp_path / "t.csv", table), CHANNELS)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (pa.table({"HR": pa.array([0] * 1440, pa.timestamp("s"))}), r"column 'HR' holds something that is no number"),
        (pa.table({"HR": [[70.0]] * 1440}), r"column 'HR' holds .*list.*Leave a missing minute empty"),
        (hr(2, time=[1.5, 2.5]), r"column 'time' is not read as times.*Write them as 2024-01-31"),
        (hr(2, time=[1_700_000_000_000, 1_700_000_060_000]), r"'time' holds 1700000000000, .*no calendar has"),
        (hr(2, time=[-(2**40), 0]), r"'time' holds -1099511627776, .*Write times as"),
    ],
)
def test_a_column_of_the_wrong_kind_is_refused_and_not_taken_as_missing(table, words, tmp_path):
    pq.write_table(table, tmp_path / "t.parquet")
    with pytest.raises(ReaderError, match=words):
        read_days(tmp_path / "t.parquet", CHANNELS)


def test_minutes_without_a_value_and_a_table_without_a_time_are_read_as_absent(tmp_path):
    values = pa.array([None if i < 40 else 70.0 for i in range(1440)])
    pq.write_table(pa.table({"HR": values, "spo2": pa.nulls(1440)}), tmp_path / "t.parquet")
    (day,) = read_days(tmp_path / "t.parquet", CHANNELS).days
    assert day.observed[:, CHANNELS.index("HR")].tolist() == [False] * 40 + [True] * 1400
    assert not day.observed[:, CHANNELS.index("spo2")].any()


def test_seconds_since_1970_and_the_ends_of_the_calendar_are_times(tmp_path):
    pq.write_table(hr(3, time=[-62135596800, 1_700_000_040, 253402300799]), tmp_path / "t.parquet")
    days = read_days(tmp_path / "t.parquet", CHANNELS, units="physical").days
    assert [day.date.isoformat() for day in days] == ["0001-01-01", "2023-11-14", "9999-12-31"]


def test_a_column_named_twice_is_refused(tmp_path):
    (tmp_path / "twice.csv").write_text("HR,HR\n" + "70,71\n" * 1440)
    with pytest.raises(ReaderError, match=r"twice\.csv: columns \['HR'\] are named more than once\. Rename them"):
        read_days(tmp_path / "twice.csv", CHANNELS)


def test_a_parquet_file_that_is_damaged_inside_is_refused(tmp_path):
    pq.write_table(hr(1440), tmp_path / "t.parquet")
    damaged = bytearray((tmp_path / "t.parquet").read_bytes())
    damaged[4:20] = b"\xff" * 16
    (tmp_path / "t.parquet").write_bytes(damaged)
    with pytest.raises(ReaderError, match="cannot be read as a table"):
        read_days(tmp_path / "t.parquet", CHANNELS)


def test_files_that_are_no_tables_are_refused(tmp_path):
    with pytest.raises(ReaderError, match="no such file"):
        read_days(tmp_path / "none.csv", CHANNELS)
    (tmp_path / "empty.csv").touch()
    with pytest.raises(ReaderError, match="file is empty"):
        read_days(tmp_path / "empty.csv", CHANNELS)
    (tmp_path / "bad.parquet").write_bytes(b"not parquet at all")
    with pytest.raises(ReaderError, match="cannot be read as a table"):
        read_days(tmp_path / "bad.parquet", CHANNELS)
    with pytest.raises(ReaderError, match=r"bad\.parquet: not a Parquet file"):
        open_days(tmp_path / "bad.parquet", CHANNELS)
    with pytest.raises(ReaderError, match="--units 'feet'"):
        read_days(tmp_path / "none.csv", CHANNELS, units="feet")


def test_bad_use_ends_with_2_and_nothing_to_say_with_1(files, tmp_path, capsys):
    assert run("-i", files / "days.csv", "-c", "lowest") == 2
    assert "--caption-type 'lowest'" in capsys.readouterr().err
    assert run() == 2
    assert "give one input" in capsys.readouterr().err
    assert run("-i", tmp_path / "none.csv") == 2
    nothing = pa.table({"HR": pa.array([70.0] + [None] * 1439)})
    assert run("-i", write(tmp_path / "blank.csv", nothing), "-c", "middle") == 1
    assert "0 captions of 1 days" in capsys.readouterr().out


def test_facts_of_a_table_are_true_of_it(files):
    read = read_days(files / "z.parquet", CHANNELS)
    from sensorlm.captions.facts import DayBatch

    for captions, day in zip(generate_captions(read.days, tuple(CAPTION_KEYS), 1), read.days, strict=True):
        for caption in captions.values():
            assert (evaluate(caption.facts, DayBatch.from_days([day])) == 1).all()
