import gzip

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sensorlm import readers
from sensorlm.errors import ReaderError
from sensorlm.readers import ReadReport

T0 = 24_344_640  # 2016-04-15 00:00 in minutes since 1970


def wide(name: str, rows: list[tuple[str, str, list[int]]]) -> str:
    head = "Id,ActivityHour," + ",".join(f"{name}{m:02d}" for m in range(60))
    return "\n".join([head, *(f"{i},{t}," + ",".join(map(str, v)) for i, t, v in rows)]) + "\n"


@pytest.fixture
def export(tmp_path):
    steps = [(p, f"4/15/2016 {h}:00:00 AM", [h] * 60) for p in ("11", "22") for h in (1, 2)]
    (tmp_path / "minuteStepsWide_merged.csv").write_text(wide("Steps", steps))
    (tmp_path / "minuteIntensitiesNarrow_merged.csv").write_text(
        "Id,ActivityMinute,Intensity\n11,4/15/2016 1:00:00 AM,1\n11,2016-04-15 01:01:00,2\n11,4/15/2016 1:01:00 AM,2\n"
        "11,4/15/2016 1:05:00 AM,7\n11,4/15/2016 1:03:00 AM,x\nbroken\n,4/15/2016 1:09:00 AM,0\n"
    )
    (tmp_path / "minuteMETsNarrow_merged.csv").write_text("Id,ActivityMinute,METs\n11,4/15/2016 1:00:00 AM,12\n")
    (tmp_path / "heartrate_seconds_merged.csv").write_text(
        "Id,Time,Value\n11,4/15/2016 1:00:05 AM,60\n11,4/15/2016 1:00:10 AM,70\n11,4/15/2016 1:00:15 AM,5\n"
        "33,4/15/2016 2:00:00 AM,80\n"
    )
    sleep = ["Id,date,value,logId"]
    sleep += [f"11,4/15/2016 2:{m:02d}:30 AM,{3 if m < 2 else 1},7" for m in range(10)]
    sleep += ["11,4/15/2016 2:05:30 AM,1,7", "11,4/15/2016 2:10:30 AM,2,8", "11,4/15/2016 2:12:30 AM,9,8"]
    (tmp_path / "minuteSleep_merged.csv.gz").write_bytes(gzip.compress(("\n".join(sleep) + "\n").encode()))
    (tmp_path / "hourlyCalories_merged.csv").write_text(
        "Id,ActivityHour,Calories\n11,4/15/2016 1:00:00 AM,120\n11,4/15/2016 2:00:00 AM,60\n"
    )
    (tmp_path / "hourlySteps_merged.csv").write_text("Id,ActivityHour,StepTotal\n11,4/15/2016 1:00:00 AM,60\n")
    (tmp_path / "dailyActivity_merged.csv").write_text(
        "Id,ActivityDate,TotalSteps\n11,4/15/2016,180\n22,4/15/2016,999\n"
    )
    (tmp_path / "sleepDay_merged.csv").write_text("Id,SleepDay,TotalMinutesAsleep\n11,4/15/2016 12:00:00 AM,8\n")
    (tmp_path / "weightLogInfo_merged.csv").write_text("Id,Date,WeightKg\n11,4/15/2016 1:00:00 AM,60\n")
    return tmp_path


def read(path, **options):
    report = ReadReport()
    return {t.person: t for t in readers.read("auto", path, report=report, **options)}, report


def at(table, key, minute):
    return float(table.columns[key][np.flatnonzero(table.utc_minute == T0 + minute)[0]])


def test_every_kind_of_file_lands_in_its_channel(export):
    people, report = read(export)
    assert report.reader == "fitbit"
    assert sorted(people) == ["11", "22", "33"]
    one = people["11"]
    assert at(one, "steps", 61) == 1
    assert at(one, "steps", 179) == 2
    assert float(np.nansum(one.columns["steps"])) == 180
    assert at(one, "intensity", 61) == 2
    assert at(one, "mets", 60) == pytest.approx(1.2)
    assert at(one, "HR", 60) == 65
    assert at(one, "calories", 60) == 120
    assert one.epoch_minutes == {"calories": 60}
    assert people["33"].columns["HR"].tolist() == [80]


def test_sleep_states_become_a_sleep_for_each_log_and_its_awake_parts(export):
    people, _ = read(export)
    found = [(e.stage, e.start - T0, e.end - T0) for e in people["11"].events]
    assert found == [("awake", 120, 122), ("", 120, 130), ("", 130, 131)]
    assert people["22"].events == ()
    assert people["22"].logged == {"sleep"}


def test_everything_odd_is_counted_with_its_place(export):
    _, report = read(export)
    counts = {kind: p.count for kind, p in report.problems.items()}
    assert counts == {
        "rows of the wrong length": 1,
        "unparsable values in Intensity": 1,
        "rows without a person": 1,
        "rows out of order": 1,
        "impossible intensity": 1,
        "impossible HR": 1,
        "sleep states other than 1, 2, 3": 1,
        "duplicate minutes of intensity, the same value": 1,
        "duplicate minutes of sleep, the same value": 1,
        "duplicate minutes of sleep_log, the same value": 1,
    } | {"rows out of order": counts["rows out of order"]}
    assert report.problems["impossible intensity"].examples == ["minuteIntensitiesNarrow_merged.csv row 5"]
    assert report.time_formats["%Y-%m-%d %H:%M:%S"] == 1
    assert report.skipped_files["hourlySteps_merged.csv"].startswith("minuteStepsWide_merged.csv has the same")
    assert "weightLogInfo_merged.csv" in report.skipped_files
    assert report.checks["daily steps"] == {"compared": 2, "agree": 1}
    assert report.checks["minutes asleep of a person"] == {"compared": 1, "agree": 1}


def test_a_folder_without_minute_files_is_refused(tmp_path):
    (tmp_path / "dailyActivity_merged.csv").write_text("Id,ActivityDate,TotalSteps\n11,4/15/2016,180\n")
    with pytest.raises(ReaderError, match="no Fitbit minute file among 1 CSV"):
        list(readers.read("fitbit", tmp_path))


def test_files_of_one_name_in_two_folders_are_told_apart(export, tmp_path):
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "heartrate_seconds_merged.csv").write_text("Id,Time,Value\n11,4/16/2016 1:00:05 AM,90\n")
    people, report = read(export)
    assert at(people["11"], "HR", 1500) == 90
    assert report.files["heartrate_seconds_merged.csv"] == 4
    assert report.files["more/heartrate_seconds_merged.csv"] == 1


def test_a_named_zone_moves_minutes_to_utc(export):
    people, _ = read(export, zone="America/New_York")
    assert set(people["33"].offset_minutes.tolist()) == {-240}
    assert people["33"].utc_minute.tolist() == [T0 + 120 + 240]
    assert people["33"].zone == "America/New_York"


def test_the_joined_table(tmp_path):
    minutes = [T0, T0 + 1, T0 + 2, T0 + 1]
    table = pa.table(
        {
            "Id": pa.array([5, 5, 5, 5]), "t": pa.array([m * 60_000_000 for m in minutes], pa.timestamp("us")),
            "steps": pa.array([1.0, 2, None, 2]), "hr_mean": pa.array([None, 70.0, 80, 70]),
            "sleep": pa.array([None, None, 1.0, None]), "extra": pa.array([1, 1, 1, 1]),
        }
    )  # fmt: skip
    pq.write_table(table, tmp_path / "joined.parquet")
    people, report = read(tmp_path)
    assert report.reader == "fitabase-parquet"
    assert people["5"].columns["steps"].tolist()[:2] == [1, 2]
    assert people["5"].columns["HR"].tolist()[1:] == [70, 80]
    assert [(e.start, e.end) for e in people["5"].events] == [(T0 + 2, T0 + 3)]
    assert report.unknown_columns == {"joined.parquet": ["extra"]}
    assert report.problems["rows out of order"].count == 1
    pq.write_table(table.drop(["t"]), tmp_path / "joined.parquet")
    with pytest.raises(ReaderError, match="no column 't'"):
        list(readers.read("fitabase-parquet", tmp_path / "joined.parquet"))
