"""Small made exports of every device reader: values, events, and each trap counted."""

import itertools
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sensorlm import readers
from sensorlm.errors import ReaderError
from sensorlm.readers import ReadReport
from sensorlm.readers.beats import minute_hrv
from sensorlm.readers.garmin_five import rises

Y2K = 10957 * 1440


def minute(text: str) -> int:
    return int(np.datetime64(text, "m").astype(np.int64))


def read(name, path, **options):
    report = ReadReport()
    tables = list(readers.read("auto", path, report=report, **options))
    assert report.reader == name
    return tables, report


def stamps(*texts):
    return pa.array([np.datetime64(t, "us") for t in texts], pa.timestamp("us"))


def actiware(identity="C7 week 1", offset="+10:00", epoch="60", rows=()):
    head = [
        '﻿"Actiware Export File  (Version 05.00 )"', f'"Identity:","{identity}"', f'"Time Zone Offset:","{offset}","h"',
        f'"Epoch Length:","{epoch}","seconds"', "", '"Line","Date","Time","Marker","Interval Status",', "",
        '"1","15/05/2017","9:00:00 PM","Marker!","REST",', "",
        '"Line","Date","Time","Off-Wrist Status","Activity","Marker","White Light","Sleep/Wake","Interval Status",', "",
    ]  # fmt: skip
    lines = [",".join(f'"{c}"' for c in (i + 1, *row)) + "," for i, row in enumerate(rows)]
    return "\r\n".join(head + lines) + "\r\n"


ROWS = [
    ("15/05/2017", "11:58:00 PM", 0, 12, 0, "1.5", "1", "ACTIVE"),
    ("15/05/2017", "11:59:00 PM", 0, 0, 0, "0.00", "0", "REST-S"),
    ("16/05/2017", "12:00:00 AM", 0, 3, 0, "NaN", "1", "REST-S"),
    ("16/05/2017", "12:01:00 AM", 1, "NaN", "NaN", "NaN", "NaN", "EXCLUDED"),
]


def test_actiware_second_table_is_read_off_wrist_is_missing_and_two_parts_are_one_person(tmp_path):
    (tmp_path / "C7_part1.csv").write_text(actiware(rows=ROWS[:2]), encoding="utf-8")
    (tmp_path / "C7_part2.csv").write_text(actiware(rows=ROWS[2:]), encoding="utf-8")
    (table,), report = read("actigraphy", tmp_path)
    assert table.person == "C7"
    assert table.zone == "Etc/GMT-10"
    assert table.tags["group"] == "C"
    assert table.utc_minute[0] == minute("2017-05-15T13:58")
    assert table.columns["counts"].tolist() == [12, 0, 3]
    assert table.columns["white_light"].tolist()[:2] == [1.5, 0]
    night = minute("2017-05-15T13:59")
    assert [(e.stage, e.start - night, e.end - night) for e in table.events] == [("", 0, 2), ("awake", 1, 2)]
    assert report.problems["off-wrist minutes, not observed"].count == 1


def test_actiware_epochs_that_are_no_minutes_are_refused(tmp_path):
    (tmp_path / "a.csv").write_text(actiware(epoch="15", rows=ROWS), encoding="utf-8")
    with pytest.raises(ReaderError, match="epochs of 15 seconds"):
        read("actigraphy", tmp_path)
    (tmp_path / "a.csv").write_text(actiware(epoch="60", rows=ROWS), encoding="utf-8")
    (tmp_path / "b.csv").write_text(actiware(epoch="120", rows=ROWS), encoding="utf-8")
    with pytest.raises(ReaderError, match="beside files of 2 min"):
        read("actigraphy", tmp_path)


def test_actiwatch_epochs_table(tmp_path):
    table = pa.table({
        "pid": ["P1", "P1"], "t": stamps("2017-01-01T00:00", "2017-01-01T00:01"), "Off-Wrist Status": [0, 1],
        "Activity": [4.0, None], "Red Light": [9e9, None], "Sleep/Wake": [1.0, None], "Marker": [0.0, None],
        "Interval Status": ["ACTIVE", "EXCLUDED"],
    })  # fmt: skip
    pq.write_table(table, tmp_path / "epochs.parquet")
    (one,), report = read("actigraphy", tmp_path)
    assert (one.zone, one.columns["counts"].tolist(), one.events) == ("local", [4], ())
    assert report.problems["impossible red_light"].count == 1


ACTIVITY = (
    "activity_ts,activity_type,active_Kcal,step_count,distance_m,duration_s,active_time_s,start_time_s,"
    "start_time_offset_s,met,intensity,motion_intensity_mean,motion_intensity_max\n"
)


def epoch(start, kind="SEDENTARY", steps=0, active=900, offset=3600, duration=900, met=1.0, motion=0.0):
    return f"x,{kind},{steps // 10},{steps},{steps * 0.7},{duration},{active},{start},{offset},{met},S,{motion},1\n"


def garmin(folder, *, activity="", night="", glucose="", five=""):
    names = {"UoMActivity42.csv": activity, "UoM42sleeptime.csv": night, "UoMGlucose42.csv": glucose}
    for name, text in {**names, "UoMsleep42.csv": five}.items():
        if text:
            (folder / name).write_text(text, encoding="utf-8")
    (folder / "UoMBolus42.csv").write_text("bolus_ts,bolus_dose\n1,2\n")


S0 = 1_690_000_200  # a quarter hour in July: London is an hour ahead of UTC
M0 = S0 // 60


def test_garmin_epochs_add_up_kinds_and_average_by_active_time(tmp_path):
    rows = epoch(S0, "WALKING", 300, 300, met=4, motion=6) + epoch(S0, active=600, met=1, motion=0)
    rows += epoch(S0 + 900, "WALKING", 500, 800, met=4) + epoch(S0 + 900, "WALKING", 500, 800, met=4)
    rows += epoch(S0 + 1800, "SEDENTARY", 90, 1800, duration=1800) + epoch(S0 + 3600, "UNMONITORED")
    rows += epoch(S0 + 4500, duration=420)
    garmin(tmp_path, activity=ACTIVITY + rows)
    (table,), report = read("garmin", tmp_path)
    at = {int(m) - M0: i for i, m in enumerate(table.utc_minute)}
    assert sorted(at) == [0, 15, 30, 45, 75]
    assert [float(table.columns["steps"][at[m]]) for m in (0, 15, 30, 45)] == [300, 500, 45, 45]
    assert table.columns["mets"][at[0]] == pytest.approx(2.0)
    assert table.columns["motion_intensity"][at[0]] == pytest.approx(2.0)
    assert table.epoch_minutes == dict.fromkeys(table.columns, 15)
    assert [(e.label, e.start - M0, e.end - M0) for e in table.events] == [("Walking", 0, 30)]
    assert table.zone == "Europe/London"
    counts = {k: p.count for k, p in report.problems.items()}
    assert counts == {
        "rows said twice": 1, "unmonitored epochs, not observed": 1, "epochs that are no multiple of 15 minutes": 1
    }  # fmt: skip
    assert report.skipped_files == {"UoMBolus42.csv": "no minutes in it (insulin, nutrition or another log)"}


def test_garmin_rows_of_somebody_elses_clock_are_left_out(tmp_path):
    mine = "".join(epoch(S0 + 900 * i, steps=10) for i in range(4))
    foreign = "".join(epoch(S0 + 900 * i, steps=99, offset=-18000) for i in range(3))
    garmin(tmp_path, activity=ACTIVITY + foreign + mine)
    (table,), report = read("garmin", tmp_path)
    assert table.columns["steps"].tolist() == [10] * 4
    assert report.problems["rows under a clock offset that is not this person's"].count == 3


def test_garmin_travel_is_kept(tmp_path):
    rows = epoch(S0, steps=10) + "".join(epoch(S0 + 90_000 + 900 * i, steps=10, offset=28800) for i in range(4))
    garmin(tmp_path, activity=ACTIVITY + rows, glucose="bg_ts,value\n23/07/2023 13:30,5.5\n23/07/2023 13:45,6\n")
    (table,), _ = read("garmin", tmp_path)
    assert table.zone == "mixed"
    assert sorted(set(table.offset_minutes.tolist())) == [60, 480]
    glucose = np.flatnonzero(np.isfinite(table.columns["glucose"]))
    assert table.utc_minute[glucose[0]] == minute("2023-07-23T05:30")
    assert table.epoch_minutes["glucose"] == 15


def test_garmin_nights_are_utc_with_stages_and_odd_headers(tmp_path):
    stages = json.dumps([{"startTimeInSeconds": S0, "endTimeInSeconds": S0 + 1200}]).replace('"', '""')
    wake = json.dumps([{"startTimeInSeconds": S0 + 1200, "endTimeInSeconds": S0 + 1500}]).replace('"', '""')
    when = str(np.datetime64(S0, "s"))
    start = f"{when[8:10]}/{when[5:7]}/{when[:4]} {when[11:16]}"
    night = (
        "start_date_ts,duration_in_sec,start_time_offset_s,sleep_levels_map.deep,sleep_levels_map_light,"
        "sleep_levels_map_awake,sleep_levels_map_rem,,validation\n"
        f'{start},1200,3600,"{stages}",,"{wake}",,,E\n{start},1200,3600,"{stages}",,,,,E\n'
        "01/08/2023 23:00,600,3600,oops,,,,,E\n"
    )
    garmin(tmp_path, night=night)
    (table,), report = read("garmin", tmp_path)
    begin = int(S0) // 60
    assert [(e.stage, e.start - begin, e.end - begin) for e in table.events[:3]] == [
        ("deep", 0, 20), ("", 0, 25), ("awake", 20, 25)
    ]  # fmt: skip
    assert table.columns["sleep_stage_deep"].tolist() == [1] * 20 + [0] * 5
    assert table.columns["sleep_stage_awake"].tolist() == [0] * 20 + [1] * 5
    assert report.problems["nights said twice"].count == 1
    assert report.problems["nights with unreadable stages"].count == 1


def test_garmin_five_minute_tables_are_recordings_of_their_own(tmp_path):
    five = (
        "sleep_ts,step_count,heart_rate,current_activity_type_intensity,stress_level_value,sleep_level\n"
        "03/06/2024 00:00,100,60,6,-1,0\n03/06/2024 00:05,130,0,6,20,0\n03/06/2024 00:10,7,70,8,30,0\n"
        "03/06/2024 00:15,150,70,38,30,0\n03/06/2024 00:20,20,70,6,30,0\n"
    )
    garmin(tmp_path, activity=ACTIVITY + epoch(S0), five=five)
    epochs, own = read("garmin", tmp_path)[0]
    assert (epochs.dataset, own.dataset) == ("t1d_uom", "t1d_uom-5min")
    assert own.columns["steps"].tolist() == [0, 30, 0, 20, 20]
    assert np.isnan(own.columns["HR"][1])
    assert np.isnan(own.columns["stress_level"][0])
    assert own.epoch_minutes == {"HR": 5, "steps": 5, "stress_level": 5}
    assert own.utc_minute[0] == minute("2024-06-02T23:00")


def test_running_totals_rise_by_type_over_batches():
    last: dict[int, float] = {}
    kind = np.array([1, 1, 6, 1])
    assert rises(np.array([5.0, 9, 3, 2]), kind, last).tolist() == [0, 4, 0, 2]
    assert rises(np.array([10.0]), np.array([6]), last).tolist() == [7]


def test_mss_table_and_raw(tmp_path):
    pq.write_table(
        pa.table(
            {
                "user": ["A", "A"],
                "t_min": [480.0, 485.0],
                "bpm": [None, 61.0],
                "activity": [85.0, 3],
                "rmssd": [None, 30.0],
            }
        ),
        tmp_path / "epochs.parquet",
    )
    (table,), report = read("mss", tmp_path)
    assert table.utc_minute.tolist() == [Y2K + 480, Y2K + 485]
    assert table.epoch_minutes == {"HR": 5, "counts": 5, "rmssd0595": 5}
    assert "2000-01-01" in report.notes[0]
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "actiheart_A.csv").write_text(
        "days,hours,Activity,BPM,RMSSD,Quality\n1,8.083333333333334,61,70,20,0.9\n1,8.166666666666666,1,71,20,0.5\n"
        "1,8.25,1,0,0,0.9\n1,oops,1,70,20,1\n"
    )
    (table,), report = read("mss", raw)
    assert table.utc_minute.tolist() == [Y2K + 1440 + 485, Y2K + 1440 + 490, Y2K + 1440 + 495]
    assert table.columns["HR"].tolist()[0] == 70
    assert np.isnan(table.columns["HR"][1:]).all()
    assert report.problems["epochs without a heart rate of quality 0.8, not observed"].count == 2
    assert report.problems["unparsable times"].count == 1


def test_mmash_minutes_bed_diary_and_the_untrusted_end(tmp_path):
    pq.write_table(
        pa.table({
            "user": [1, 1, 15, 15],
            "t": stamps("2000-01-01T10:00", "2000-01-01T10:01", "2000-01-02T08:59", "2000-01-02T09:00"),
            "hr": [70.0, 240, 60, 60], "steps": [3.0, 4, 5, 6], "vm": [2.0, 3, 4, 5], "lying": [0.5, 0, 1, 1],
            "inbed": [False, True, True, True],
        }),
        tmp_path / "minute.parquet",
    )  # fmt: skip
    (tmp_path / "activity_events.csv").write_text(
        "user,start,end,code,activity\n1,2000-01-01 10:00:00,2000-01-01 10:22:00,2,sitting\n"
        "1,2000-01-01 12:00:00,2000-01-01 11:00:00,6,eating\n"
        "1,2000-01-01 12:00:00,2000-01-01 13:00:00,12,undocumented\n"
    )
    (one, other), report = read("mmash", tmp_path)
    assert one.columns["counts"].tolist() == [120, 180]
    assert one.columns["HR"].tolist()[0] == 70
    labels = [(e.kind, e.label, e.start - Y2K, e.end - Y2K) for e in one.events]
    assert labels == [("activity", "Sitting", 600, 622), ("sleep", "In bed", 601, 602)]
    assert other.utc_minute.tolist() == [Y2K + 1440 + 539]
    counts = {k: p.count for k, p in report.problems.items()}
    assert counts == {
        "diary entries that end before they start": 1, "diary entries without an activity of their own": 1,
        "impossible HR": 1, "minutes not to be trusted, left out": 1,
    }  # fmt: skip


def test_nurse_offsets_come_from_the_recording_name_and_stress_becomes_mood(tmp_path):
    start = minute("2020-07-07T16:42")
    pq.write_table(
        pa.table({
            "nurse": ["X", "X"], "recording": [f"X_{start * 60 + 55}"] * 2,
            "t": stamps("2020-07-07T11:42", "2020-07-07T11:43"),
            "hr": [70.0, 71], "eda": [0.1, 0.2], "temp": [30.0, 31], "acc": [None, 0.1],
        }),
        tmp_path / "minute.parquet",
    )  # fmt: skip
    (tmp_path / "survey.csv").write_text(
        "nurse,date,start,end,stress_level\nX,2020-07-07,11:40:00,11:50:00,2\nX,2020-07-07,23:50:00,00:10:00,0\n"
        "X,2020-07-07,12:00:00,12:10:00,na\n"
    )
    (table,), report = read("nurse", tmp_path)
    assert table.utc_minute.tolist() == [start, start + 1]
    assert set(table.offset_minutes.tolist()) == {-300}
    assert [(e.label, e.start - start, e.end - e.start) for e in table.events] == [
        ("High stress", -2, 10), ("No stress", 12 * 60 + 8, 20)
    ]  # fmt: skip
    assert report.problems["survey intervals without an answer"].count == 1


def test_empatica_signals_by_minute_and_labels(tmp_path):
    session = tmp_path / "S05"
    session.mkdir()
    start = minute("2022-02-07T10:00") * 60
    (session / "HR.csv").write_text(f"{start + 10}.000000\n1.000000\n" + "60.0\n" * 50 + "80.0\n" * 60)
    (session / "EDA.csv").write_text(f"{start}.0\n4.0\n" + "0.5\n" * 240 + "oops\n")
    (session / "TEMP.csv").write_text(f"{start}.0\n4.0\n" + "33\n" * 240)
    (session / "ACC.csv").write_text(f"{start}.0, {start}.0, {start}.0\n32.0, 32.0, 32.0\n" + "0,0,64\n0,0,96\n" * 960)
    beats = [(i * 0.8, 0.8 + 0.01 * (i % 2)) for i in range(1, 70)]
    (session / "IBI.csv").write_text(f"{start}.0, IBI\n" + "".join(f"{t:.4f},{v:.4f}\n" for t, v in beats))
    (tmp_path / "labels.csv").write_text(
        "Participant,HR,respr,Time(sec),Label\n" + "".join(f"5,1,1,{start + s},{int(s >= 60)}\n" for s in range(180))
    )
    (table,), report = read("empatica", tmp_path, zone="Europe/Dublin")
    assert table.person == "S05"
    assert table.columns["HR"].tolist()[:2] == [60, 80]
    assert table.columns["acc"][0] == pytest.approx(0.25)
    assert table.columns["eda_level_real"][0] == 0.5
    assert table.columns["rr_med"][0] == pytest.approx(810, abs=10.01)
    assert [(e.label, e.start, e.end) for e in table.events] == [("Stress task", start // 60 + 1, start // 60 + 3)]
    assert report.problems["unparsable values in axis_1"].examples == ["EDA.csv row 243"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [("HR.csv", "time\nx\n1\n", "line 1 is 'time'"), ("IBI.csv", "start, IBI\n1,2\n", "begins with 'start'")],
)
def test_empatica_files_without_a_start_are_refused(tmp_path, name, text, message):
    for signal in ("EDA.csv", "TEMP.csv"):
        (tmp_path / signal).write_text("1644231372.0\n4.0\n1\n")
    (tmp_path / name).write_text(text)
    with pytest.raises(ReaderError, match=message):
        read("empatica", tmp_path)


def test_hrv_of_a_minute_against_the_definitions():
    rng = np.random.default_rng(3)
    length = rng.normal(800, 30, 70)
    end = 6000 + np.cumsum(length) / 1000
    inside = [v for t, v in zip(end, length, strict=True) if t < 6060]
    steps = [b - a for a, b in itertools.pairwise(inside)]
    found = {k: float(v[0]) for k, (m, v) in minute_hrv(end, length).items()}
    mean = sum(inside) / len(inside)
    assert found["rr_med"] == pytest.approx(sorted(inside)[len(inside) // 2], abs=10)
    assert found["sdnn0595"] == pytest.approx((sum((v - mean) ** 2 for v in inside) / (len(inside) - 1)) ** 0.5)
    assert found["rmssd0595"] == pytest.approx((sum(s * s for s in steps) / len(steps)) ** 0.5)
    assert found["pnn20"] == pytest.approx(sum(abs(s) > 20 for s in steps) / len(steps))


def test_hrv_leaves_out_artefacts_holes_and_thin_minutes():
    length = np.full(60, 800.0)
    length[10] = 3000
    length[20] = 1300  # more than 20 % off
    end = np.cumsum(length) / 1000
    _, value = minute_hrv(end, length)["sdnn0595"]
    assert value[0] == 0
    assert minute_hrv(end[:10], length[:10])["rr_med"][0].size == 0
    apart = np.cumsum(length + 400) / 1000  # holes between all beats: no successive differences
    assert minute_hrv(apart, length)["rmssd0595"][0].size == 0
    assert minute_hrv(np.zeros(0), np.zeros(0))["rr_med"][0].size == 0


def test_welltory_spots_moods_and_sleep(tmp_path):
    beats = ",".join(["800", "810"] * 40)
    (tmp_path / "hrv.csv").write_text(
        "user_code,measurement_datetime,how_mood,rr_data\n"
        f'u,2020-04-21 21:23:08,-1,"{beats}"\nu,2020-04-21 22:23:08,,"800"\n'
    )
    (tmp_path / "sleep.csv").write_text(
        "user_code,sleep_begin,sleep_end\nu,2020-04-21 23:00:00,2020-04-22 07:00:00\n"
        "u,2020-04-22 07:00:00,2020-04-21 07:00:00\n"
    )
    (table,), report = read("welltory", tmp_path)
    assert table.columns["rr_med"].tolist() == [805]
    assert table.columns["HR"][0] == pytest.approx(60000 / 805)
    assert table.columns["rmssd0595"][0] == pytest.approx(10)
    assert [(e.kind, e.label, e.end - e.start) for e in table.events] == [
        ("mood", "Low mood", 1),
        ("sleep", "Asleep", 480),
    ]
    assert report.problems["measurements without sound beats"].count == 1
    assert report.problems["sleeps that end before they start"].count == 1
