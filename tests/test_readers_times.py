import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensorlm.errors import ReaderError
from sensorlm.readers.report import ReadReport
from sensorlm.readers.times import DAY_FIRST, ISO, US, load_zone, offsets, parse_times

MOMENTS = st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2095, 1, 1)).map(lambda t: t.replace(microsecond=0))


def seconds(t: dt.datetime) -> int:
    return int(t.replace(tzinfo=dt.UTC).timestamp())


@given(st.lists(MOMENTS, min_size=1, max_size=20))
def test_mixed_formats_give_the_seconds_python_gives(moments):
    forms = ("%m/%d/%Y %I:%M:%S %p", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%m/%d/%Y %H:%M:%S")
    cells = [t.strftime(forms[i % 4]) for i, t in enumerate(moments)]
    report = ReadReport()
    times = parse_times(pa.array(cells), US + ISO, report)
    assert times.valid.all()
    assert times.second.tolist() == [seconds(t) for t in moments]
    assert sum(report.time_formats.values()) == len(cells)


def test_fitabase_writes_no_leading_zeros():
    times = parse_times(pa.array(["4/2/2016 2:07:30 AM", "12/31/2016 12:00:00 AM"]), US, ReadReport())
    assert times.second.tolist() == [seconds(dt.datetime(2016, 4, 2, 2, 7, 30)), seconds(dt.datetime(2016, 12, 31))]


@pytest.mark.parametrize(
    "cell", ["2/30/2016 1:00:00 AM", "13/1/2016 1:00:00 AM", "4/12/16 1:00:00 AM", "", "soon", "4/31/2016 5:00:00 PM"]
)
def test_what_is_no_time_is_marked_and_counted_with_its_row(cell):
    report = ReadReport()
    times = parse_times(pa.array(["4/1/2016 1:00:00 AM", cell]), US, report, source="a.csv", rows=np.array([2, 3]))
    assert times.valid.tolist() == [True, False]
    assert report.problems["unparsable times"].count == 1
    assert report.problems["unparsable times"].examples == ["a.csv row 3"]


def test_iso_with_fraction_and_zone():
    cells = pa.array(["2020-06-01T10:00:00.250Z", "2020-06-01 12:00:00+02:00", "2020-06-01T04:30:00-0530"])
    times = parse_times(cells, ISO, ReadReport())
    assert times.second.tolist() == [seconds(dt.datetime(2020, 6, 1, 10))] * 3
    assert times.offset.tolist() == [0, 120, -330]


def test_day_first_and_numbers():
    day_first = parse_times(pa.array(["03/04/2024 05:06"]), DAY_FIRST, ReadReport())
    assert day_first.second[0] == seconds(dt.datetime(2024, 4, 3, 5, 6))
    stamps = parse_times(pa.array([1712120760000, None]), ("milliseconds",), ReadReport(), zone="Asia/Kolkata")
    assert stamps.second[0] == 1712120760
    assert stamps.offset[0] == 330
    assert stamps.valid.tolist() == [True, False]


@given(st.integers(0, 4_000_000_000), st.sampled_from(["Europe/London", "America/St_Johns", "Australia/Lord_Howe"]))
def test_offsets_are_those_of_zoneinfo(second, name):
    expected = dt.datetime.fromtimestamp(second, ZoneInfo(name)).utcoffset()
    assert expected is not None
    assert offsets(np.array([second]), ZoneInfo(name))[0] == int(expected.total_seconds() // 60)


def test_wall_times_of_a_zone_go_to_utc_and_odd_ones_are_counted():
    cells = ["2024-03-31 00:30:00", "2024-03-31 01:30:00", "2024-03-31 02:30:00", "2024-10-27 01:30:00"]
    report = ReadReport()
    times = parse_times(pa.array(cells), ISO, report, zone="Europe/London")
    # 01:30 never came (clock went to 02:00): it moves on to 02:30 BST; the second cell that says so is the same moment.
    assert [dt.datetime.fromtimestamp(int(s), dt.UTC).hour for s in times.second] == [0, 1, 1, 0]
    assert times.offset.tolist() == [0, 60, 60, 60]
    assert report.problems["wall times that never came, moved by the skipped hour"].count == 1
    assert report.problems["wall times that came twice, read as the first"].count == 1


def test_unknown_zone_and_wrong_column_type_are_refused():
    with pytest.raises(ReaderError, match="zone 'Mars/Base' is not in the IANA"):
        load_zone("Mars/Base")
    with pytest.raises(ReaderError, match="time column is of type bool"):
        parse_times(pa.array([True]), ISO, ReadReport(), source="x")
    with pytest.raises(ReaderError, match=r"x: the time column is of type list.*holds no numbers"):
        parse_times(pa.array([[1.0]]), ("seconds",), ReadReport(), source="x")
