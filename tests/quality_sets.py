"""Real recordings as MinuteTables, straight from shared/ with pyarrow: independent of the readers room."""

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.csv as pc
import pyarrow.parquet as pq

from sensorlm.records import Event, MinuteTable

EPOCH = date(1970, 1, 1)


def minute_of(text: str) -> int:
    """Minutes since 1970 of "06/10/2023 00:05", day first; ten times faster than strptime."""
    day = (date(int(text[6:10]), int(text[3:5]), int(text[:2])) - EPOCH).days
    return day * 1440 + int(text[11:13]) * 60 + int(text[14:16])


def table(person, dataset, minute, columns, *, epochs=None, events=(), logged=frozenset()) -> MinuteTable:
    minute, first = np.unique(np.asarray(minute, np.int64), return_index=True)
    return MinuteTable(
        person=str(person),
        dataset=dataset,
        utc_minute=minute,
        offset_minutes=np.zeros(len(minute), np.int16),
        columns={k: np.asarray(v, np.float32)[first] for k, v in columns.items()},
        epoch_minutes=epochs or {},
        events=tuple(events),
        logged=logged,
    )


def runs(flag: np.ndarray, minute: np.ndarray, gap: int = 15) -> list[tuple[int, int]]:
    on = minute[flag]
    if not len(on):
        return []
    cut = np.flatnonzero(np.diff(on) > gap) + 1
    return [(int(r[0]), int(r[-1]) + 1) for r in np.split(on, cut)]


def minutes_of(column) -> np.ndarray:
    return column.to_numpy().astype("datetime64[m]").astype(np.int64)


def _groups(path: Path, by: str, columns=None) -> Iterator[tuple[str, dict[str, np.ndarray]]]:
    data = pq.read_table(path, columns=columns)
    keys = np.array(data[by].to_pylist())
    arrays = {
        n: (minutes_of(data[n]) if n == "t" else data[n].to_numpy())
        for n in data.column_names if n != by
    }  # fmt: skip
    for key in np.unique(keys):
        rows = np.flatnonzero(keys == key)
        yield str(key), {n: a[rows] for n, a in arrays.items()}


def fitabase(shared: Path) -> Iterator[MinuteTable]:
    path = shared / "data/fitabase/fitabase_minute_all.parquet"
    for person, d in _groups(path, "Id", ["Id", "t", "steps", "intensity", "hr_mean", "sleep"]):
        events = [
            Event(kind="sleep", label="Asleep", start=a, end=b)
            for a, b in runs(np.nan_to_num(d["sleep"].astype(float)) > 0, d["t"])
        ]
        columns = {"steps": d["steps"], "intensity": d["intensity"], "HR": d["hr_mean"]}
        yield table(person, "fitabase", d["t"], columns, events=events, logged=frozenset({"sleep"}))


def mss(shared: Path) -> Iterator[MinuteTable]:
    for person, d in _groups(shared / "data/mss/mss_epochs.parquet", "user"):
        minute = np.rint(d["t_min"]).astype(np.int64)
        columns = {"HR": d["bpm"], "counts": d["activity"], "rmssd0595": d["rmssd"]}
        yield table(person, "mss", minute, columns, epochs=dict.fromkeys(columns, 5))


def mmash(shared: Path) -> Iterator[MinuteTable]:
    for person, d in _groups(shared / "data/mmash/mmash_minute.parquet", "user"):
        events = [
            Event(kind="sleep", label="In bed", start=a, end=b)
            for a, b in runs(np.array([x is not None and bool(x) for x in d["inbed"]]), d["t"])
        ]
        columns = {"HR": d["hr"], "steps": d["steps"], "counts": d["vm"], "lying": d["lying"]}
        yield table(person, "mmash", d["t"], columns, events=events, logged=frozenset({"sleep"}))


def nurse_stress(shared: Path) -> Iterator[MinuteTable]:
    for person, d in _groups(shared / "data/nurse_stress/nurse_minute.parquet", "nurse"):
        columns = {"HR": d["hr"], "eda_level_real": d["eda"], "wrist_temperatures": d["temp"], "acc": d["acc"]}
        yield table(person, "nurse_stress", d["t"], columns)


def actiwatch(shared: Path) -> Iterator[MinuteTable]:
    path = shared / "data/insomnia_partner_actiwatch/epochs.parquet"
    names = ["pid", "t", "Activity", "White Light", "Off-Wrist Status", "Interval Status"]
    for person, d in _groups(path, "pid", names):
        rest = np.isin(d["Interval Status"].astype(str), ["REST", "REST-S"])
        events = [Event(kind="sleep", label="Rest", start=a, end=b) for a, b in runs(rest, d["t"])]
        columns = {"counts": d["Activity"], "white_light": d["White Light"]}
        yield table(person, "actiwatch", d["t"], columns, events=events, logged=frozenset({"sleep"}))


def stress_predict(shared: Path) -> Iterator[MinuteTable]:
    for folder in sorted((shared / "data/stress_predict/Raw_data").glob("S*")):
        columns, start, length = {}, 0, 0
        for name, key in {"HR": "HR", "EDA": "eda_level_real", "TEMP": "wrist_temperatures", "ACC": "acc"}.items():
            if not (folder / f"{name}.csv").exists():
                continue
            columns_of = pc.read_csv(
                folder / f"{name}.csv", read_options=pc.ReadOptions(autogenerate_column_names=True)
            )
            raw = np.column_stack([c.to_numpy().astype(float) for c in columns_of.columns])
            rate = int(raw[1, 0])
            start = int(raw[0, 0]) // 60
            values = np.linalg.norm(raw[2:] / 64, axis=1) if name == "ACC" else raw[2:, 0]
            n = len(values) // (60 * rate)
            block = values[: n * 60 * rate].reshape(n, -1)
            columns[key] = block.std(1) if name == "ACC" else block.mean(1)
            length = max(length, n)
        padded = {k: np.pad(v, (0, length - len(v)), constant_values=np.nan) for k, v in columns.items()}
        yield table(folder.name, "stress_predict", start + np.arange(length), padded)


def _sleep_levels(path: Path) -> list[Event]:
    events = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            offset = int(row["start_time_offset_s"] or 0)
            parts = []
            for name, text in row.items():
                if name and name.startswith("sleep_levels_map") and text and text.startswith("["):
                    parts += [(p["startTimeInSeconds"], p["endTimeInSeconds"]) for p in json.loads(text)]
            if parts:
                start, end = min(p[0] for p in parts) + offset, max(p[1] for p in parts) + offset
                events.append(Event(kind="sleep", label="Asleep", start=start // 60, end=end // 60))
    return events


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def t1d_epochs(shared: Path) -> Iterator[MinuteTable]:
    """15-minute activity epochs, sleep intervals, glucose and meals: all in local clock time."""
    base = shared / "data/t1d_uom"
    for path in sorted((base / "Activity Data").glob("*.csv")):
        person = path.stem[-4:]
        cells: dict[int, dict[str, float]] = {}
        for row in _rows(path):
            if row["start_time_offset_s"] == "-18000" or not row["start_time_s"]:
                continue
            minute = (int(row["start_time_s"]) + int(row["start_time_offset_s"])) // 60
            cell = cells.setdefault(minute, {"steps": 0.0, "mets": 0.0, "seconds": 0.0, "motion_intensity": 0.0})
            seconds = float(row["active_time_s"] or 0)
            cell["steps"] += float(row["step_count"] or 0)
            cell["mets"] += float(row["met"] or 0) * seconds
            cell["seconds"] += seconds
            cell["motion_intensity"] = max(cell["motion_intensity"], float(row["motion_intensity_mean"] or 0))
        for row in _rows(base / f"Glucose Data/UoMGlucose{person}.csv"):
            if row["value"]:
                cells.setdefault(minute_of(row["bg_ts"]), {})["glucose"] = float(row["value"])
        minutes = np.array(sorted(cells))
        columns = {
            k: [cells[m].get(k, np.nan) for m in minutes] for k in ("steps", "motion_intensity", "glucose")
        }  # fmt: skip
        columns["mets"] = [
            cells[m]["mets"] / cells[m]["seconds"] if cells[m].get("seconds") else np.nan for m in minutes
        ]
        sleep = base / f"Sleep Data/UoM{person}sleeptime.csv"
        events = _sleep_levels(sleep) if sleep.exists() else []
        nutrition = base / f"Nutrition Data/UoMNutrition{person}.csv"
        for row in _rows(nutrition) if nutrition.exists() else []:
            try:
                start = minute_of(row["meal_ts"])
            except ValueError:
                continue
            if float(row["carbs_g"] or 0) >= 20:
                events.append(Event(kind="activity", label="Meal", start=start, end=start + 15))
        epochs = {"steps": 15, "mets": 15, "motion_intensity": 15, "glucose": 5}
        logged = frozenset({"sleep", "activity"} if sleep.exists() else {"activity"})
        yield table(person, "t1d_uom", minutes, columns, epochs=epochs, events=events, logged=logged)


def t1d_five(shared: Path, *, sleep: bool = True) -> Iterator[MinuteTable]:
    """The three 5-minute tables whose clock is broken; steps differenced within an activity type."""
    base = shared / "data/t1d_uom/Sleep Data"
    for person in ("2301", "2304", "2405"):
        rows = _rows(base / f"UoMsleep{person}.csv")
        minute = np.array([minute_of(r["sleep_ts"]) for r in rows])
        total = np.array([float(r["step_count"] or 0) for r in rows])
        heart = np.array([float(r["heart_rate"] or 0) for r in rows])
        stress = np.array([float(r["stress_level_value"] or -1) for r in rows])
        kind = np.array([int(float(r["current_activity_type_intensity"] or 0)) & 31 for r in rows])
        steps = np.zeros(len(rows))
        last: dict[tuple[int, int], float] = {}
        for i in range(len(rows)):
            day_kind = (int(minute[i]) // 1440, int(kind[i]))
            if total[i] > 0:
                gain = total[i] - last.get(day_kind, 0.0)
                steps[i] = gain if gain >= 0 else total[i]
                last[day_kind] = total[i]
        columns = {
            "HR": np.where(heart > 0, heart, np.nan),
            "steps": steps,
            "stress_level": np.where(stress >= 0, stress, np.nan),
        }
        events = _sleep_levels(base / f"UoM{person}sleeptime.csv") if sleep else []
        logged = frozenset({"sleep"} if sleep else ())
        epochs = dict.fromkeys(columns, 5)
        yield table(person, "t1d_uom_5min", minute, columns, epochs=epochs, events=events, logged=logged)


SETS = {
    "fitabase": fitabase,
    "mss": mss,
    "mmash": mmash,
    "nurse_stress": nurse_stress,
    "actiwatch": actiwatch,
    "stress_predict": stress_predict,
    "t1d_uom": t1d_epochs,
    "t1d_uom_5min": t1d_five,
}
