import gzip
import tracemalloc

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensorlm import readers
from sensorlm.errors import ReaderError
from sensorlm.readers.collect import Collector
from sensorlm.readers.report import EXAMPLES, ReadReport
from sensorlm.readers.tables import (
    csv_batches,
    csv_names,
    parquet_batches,
    parquet_columns,
    parquet_names,
    read_header,
    to_numbers,
)

SAMPLES = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 900), st.integers(30, 200)), min_size=1, max_size=200
)  # (person, second, beats)


@given(SAMPLES, st.integers(1, 30), st.integers(1, 40))
def test_samples_become_minute_means_whatever_the_order_batches_and_spills(samples, batch, spill):
    """Against a dict of Python lists: no numpy grouping, no scratch files."""
    report = ReadReport()
    collected = Collector(report, spill)
    column = collected.column("HR", samples=True)
    for start in range(0, len(samples), batch):
        part = samples[start : start + batch]
        who = collected.codes(pa.array([f"p{p}" for p, _, _ in part]))
        collected.add(column, who, np.array([s for _, s, _ in part]), np.array([float(v) for *_, v in part]))
    expected: dict[tuple[str, int], list[float]] = {}
    for person, second, beats in samples:
        expected.setdefault((f"p{person}", second // 60), []).append(float(beats))
    found = {
        (m.person, int(t)): float(v)
        for m in collected.people_minutes()
        for t, v in zip(m.utc_minute, m.columns["HR"], strict=True)
    }
    assert found.keys() == expected.keys()
    for key, values in expected.items():
        assert found[key] == pytest.approx(sum(values) / len(values), rel=1e-6)


def test_duplicate_minutes_are_counted_and_the_last_row_counts():
    report = ReadReport()
    collected = Collector(report)
    column = collected.column("steps")
    second = np.array([0, 60, 60, 120, 120])
    collected.add(column, collected.person("a"), second, np.array([1.0, 2.0, 2.0, 3.0, 4.0]))
    minutes = next(collected.people_minutes())
    assert minutes.columns["steps"].tolist() == [1, 2, 4]
    assert report.problems["duplicate minutes of steps, the same value"].count == 1
    assert report.problems["duplicate minutes of steps, another value (the last row counts)"].count == 1


def test_impossible_values_are_left_out_and_counted():
    report = ReadReport()
    collected = Collector(report)
    value = np.array([0.0, 60.0, 999.0, np.inf, np.nan])
    collected.add(
        collected.column("HR", samples=True), collected.person("a"), np.arange(5) * 60, value,
        source="f.csv", rows=np.arange(2, 7),
    )  # fmt: skip
    assert next(collected.people_minutes()).columns["HR"].tolist() == [60]
    problem = report.problems["impossible HR"]
    assert (problem.count, problem.examples[0]) == (3, "f.csv row 2")


def test_an_epoch_total_may_be_as_many_times_the_minute_limit():
    collected = Collector(ReadReport())
    column = collected.column("steps", epoch=15)
    collected.add(column, collected.person("a"), np.array([0, 900]), np.array([15 * 300.0, 15 * 300.0 + 1]))
    assert next(collected.people_minutes()).columns["steps"].tolist() == [4500]


def test_order_is_watched_by_person_and_across_batches():
    report = ReadReport()
    collected = Collector(report)
    rows = np.arange(2, 6)
    collected.watch_order("f", np.array([0, 1, 0, 1], np.int32), np.array([10, 5, 20, 6]), rows)
    assert report.problems == {}
    collected.watch_order("f", np.array([0, 1, 0, 0], np.int32), np.array([15, 7, 30, 29]), rows + 4)
    assert report.problems["rows out of order"].count == 2
    assert report.problems["rows out of order"].examples == ["f row 6", "f row 9"]


def test_numbers_empty_cells_and_rubbish_are_told_apart():
    values, bad = to_numbers(pa.array(["1", " 2.5 ", "", None, "NaN", "n/a", "x", "1,5", "-3e2"]))
    assert np.isnan(values[2:8]).all()
    assert [values[0], values[1], values[8]] == [1, 2.5, -300]
    assert bad.tolist() == [False] * 6 + [True, True, False]


@pytest.mark.parametrize(
    ("cells", "numbers", "rubbish"),
    [
        (pa.array([1, None, 3]), [1, np.nan, 3], [False] * 3),
        (pa.array([True, None, False]), [1, np.nan, 0], [False] * 3),
        (pa.nulls(2), [np.nan, np.nan], [False] * 2),
        (pa.array(["7", "x", None, "7"]).dictionary_encode(), [7, np.nan, np.nan, 7], [False, True, False, False]),
        (pa.array([2.5, None, 2.5]).dictionary_encode(), [2.5, np.nan, 2.5], [False] * 3),
    ],
)
def test_an_empty_cell_is_missing_whatever_its_column_is_stored_as(cells, numbers, rubbish):
    values, bad = to_numbers(cells)
    np.testing.assert_array_equal(values, numbers)
    assert bad.tolist() == rubbish


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (pa.array([0, 1], pa.timestamp("s")), "timestamp"),
        (pa.array([[1.0], None]), "list"),
        (pa.array([b"\xff"]), "binary"),
    ],
)
def test_a_column_that_cannot_hold_numbers_is_refused_and_not_read_as_missing(tmp_path, cells, kind):
    with pytest.raises(ReaderError, match=rf"the column is of type {kind}.*holds no numbers\. Name another"):
        to_numbers(cells)
    pq.write_table(pa.table({"v": cells}), tmp_path / "a.parquet")
    (batch,) = parquet_batches(tmp_path / "a.parquet", ReadReport())
    with pytest.raises(ReaderError, match=rf"a\.parquet: column 'v' is of type {kind}"):
        batch.numbers("v", ReadReport())


def test_rows_of_the_wrong_length_are_counted_and_numbers_stay_right(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("﻿Id,,v\n1,a,1\n2,b\n3,c,x\n4,d,4,9\n5,e,y\n", encoding="utf-8")
    report = ReadReport()
    batches = list(csv_batches(file, report))
    assert list(batches[0].columns) == ["Id", "column_2", "v"]
    assert batches[0].rows.tolist() == [2, 4, 6]
    assert batches[0].numbers("v", report).tolist()[0] == 1
    assert report.problems["rows of the wrong length"].count == 2
    assert report.problems["rows of the wrong length"].examples[0] == "a.csv row 3: 2 of 3"
    assert report.problems["unparsable values in v"].examples == ["a.csv row 4", "a.csv row 6"]
    assert report.rows == 5


def test_gzip_and_other_delimiters(tmp_path):
    file = tmp_path / "a.csv.gz"
    file.write_bytes(gzip.compress(b"Id;v\n1;2\n"))
    assert read_header(file) == (["Id", "v"], ";")
    assert next(csv_batches(file, ReadReport())).columns["v"].to_pylist() == ["2"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "has no header in line 1"),
        (b"\x89PNG\r\n\x1a\n\0\0\xff", "not UTF-8 text|has no header"),
        (b"a,a\n1,2\n", "named more than once"),
    ],
)
def test_bad_files_are_refused_by_name(tmp_path, content, message):
    file = tmp_path / "bad.csv"
    file.write_bytes(content)
    with pytest.raises(ReaderError, match=message):
        list(csv_batches(file, ReadReport()))


def test_a_cut_off_gzip_is_refused(tmp_path):
    file = tmp_path / "a.csv.gz"
    file.write_bytes(gzip.compress(b"Id,v\n" + b"".join(b"%d,%d\n" % (i, i * i) for i in range(100_000)))[:-2000])
    with pytest.raises(ReaderError, match=r"download complete|cannot be read|cannot be opened"):
        list(csv_batches(file, ReadReport()))


def test_a_missing_file_and_an_unknown_reader_are_refused(tmp_path):
    with pytest.raises(ReaderError, match="no such file"):
        list(csv_batches(tmp_path / "none.csv", ReadReport()))
    with pytest.raises(ReaderError, match="no such file or folder"):
        readers.detect(tmp_path / "none")
    with pytest.raises(ReaderError, match="reader 'nope' does not exist"):
        list(readers.read("nope", tmp_path))
    with pytest.raises(ReaderError, match="no such file or folder"):
        list(readers.read("fitbit", tmp_path / "none"))
    with pytest.raises(ReaderError, match=r"no reader knows this export(.|\n)*fitbit: CSV files with Id"):
        readers.detect(tmp_path)


@pytest.mark.parametrize("name", list(readers.READERS))
def test_every_reader_refuses_an_empty_folder_with_a_reader_error(name, tmp_path):
    assert not readers.READERS[name].detect(tmp_path)
    with pytest.raises(ReaderError, match=str(tmp_path)):
        list(readers.read(name, tmp_path))


def test_examples_are_few_and_the_report_is_json():
    report = ReadReport()
    report.count("x", 100, [str(i) for i in range(100)])
    assert report.to_json()["problems"]["x"] == {"count": 100, "examples": [str(i) for i in range(EXAMPLES)]}


def test_memory_does_not_grow_with_the_file(tmp_path):
    """Heart-rate seconds of 20 people, 4 times as many rows: numpy and Python memory stay within the stated bound."""

    def peak(rows: int) -> tuple[int, int]:
        folder = tmp_path / str(rows)
        folder.mkdir()
        with (folder / "heartrate_seconds_merged.csv").open("w") as file:
            file.write("Id,Time,Value\n")
            for block in range(rows // 20_000):
                person, day = block % 20, 1 + block // 20 % 28
                file.write("".join(
                    f"{person},4/{day}/2016 {s // 3600 % 12 or 12}:{s // 60 % 60}:{s % 60} "
                    f"{'AM' if s < 43200 else 'PM'},{60 + s % 40}\n" for s in range(0, 80_000, 4)
                ))  # fmt: skip
        tracemalloc.start()
        pool = pa.default_memory_pool()
        before, most = pool.bytes_allocated(), 0
        people = 0
        for table in readers.read("fitbit", folder, spill_records=20_000):
            people += 1
            most = max(most, pool.bytes_allocated() - before)
            assert len(table.utc_minute) > 0
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert people == min(20, rows // 20_000)
        return size + most, rows

    small, _ = peak(200_000)
    large, _ = peak(800_000)
    assert large < small * 1.5 + 4_000_000  # four times the rows
    assert large < 120_000_000


def test_a_damaged_parquet_file_is_refused(tmp_path):
    file = tmp_path / "a.parquet"
    pq.write_table(pa.table({"HR": np.arange(300_000.0), "steps": np.arange(300_000.0)}), file, use_dictionary=False)
    data = bytearray(file.read_bytes())
    data[1000:200_000] = b"\xff" * 199_000
    file.write_bytes(bytes(data))
    with pytest.raises(ReaderError, match=r"a\.parquet: a damaged Parquet file"):
        list(parquet_batches(file, ReadReport()))
    with pytest.raises(ReaderError, match="no such file"):
        parquet_columns(tmp_path / "none.parquet")


def test_text_that_stops_being_utf8_is_refused(tmp_path):
    file = tmp_path / "a.csv"
    file.write_bytes(b"Id,v\n" + b"1,2\n" * 400_000 + b"\xff\xfe,3\n")
    with pytest.raises(ReaderError, match="not a CSV of 2 columns"):
        list(csv_batches(file, ReadReport()))


def test_a_reader_is_told_the_columns_of_a_table_and_none_of_what_is_no_table(tmp_path):
    pq.write_table(pa.table({"t": [1], "v": [2]}), tmp_path / "a.parquet")
    (tmp_path / "a.csv").write_text("t,v\n1,2\n")
    (tmp_path / "other").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\xff")
    assert csv_names(tmp_path / "a.csv") == parquet_names(tmp_path / "a.parquet") == ["t", "v"]
    assert csv_names(tmp_path / "other") == parquet_names(tmp_path / "other") == []
    assert csv_names(tmp_path / "none") == parquet_names(tmp_path / "none") == []
