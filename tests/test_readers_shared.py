"""Real recordings: every set in shared/data imports, and readers of two forms of one recording agree."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from sensorlm import readers
from sensorlm.channels import CHANNEL_SETS
from sensorlm.days import to_days
from sensorlm.readers import ReadReport


def read(name, path):
    report = ReadReport()
    return {(t.dataset, t.person): t for t in readers.read(name, path, report=report)}, report


# folder, reader, people, channels
SETS = [
    ("fitabase", "fitabase-parquet", 24, {"HR", "steps", "intensity"}),
    ("insomnia_partner_actiwatch", "actigraphy", 63, {"counts", "white_light"}),
    ("mss", "mss", 18, {"HR", "counts", "rmssd0595"}),
    ("mmash", "mmash", 17, {"HR", "steps", "counts", "lying"}),
    ("nurse_stress", "nurse", 11, {"HR", "eda_level_real", "wrist_temperatures", "acc"}),
    ("welltory_covid", "welltory", 185, {"HR", "rr_med"}),
]


@pytest.mark.parametrize(("folder", "name", "people", "channels"), SETS)
def test_every_set_is_recognised_and_read(shared, folder, name, people, channels):
    path = shared / "data" / folder
    assert readers.detect(path) == name
    tables, report = read(name, path)
    assert len(tables) == report.people == people
    assert channels <= set(report.channels)
    assert report.minutes == sum(len(t.utc_minute) for t in tables.values())


def test_vendor_csvs_agree_with_the_joined_table_minute_by_minute(shared):
    csvs, report = read("fitbit", shared / "data" / "fitabase")
    joined, _ = read("fitabase-parquet", shared / "data" / "fitabase" / "fitabase_minute_all.parquet")
    compared = 0
    for (_, person), one in csvs.items():
        other = joined["fitabase", person]
        _, mine, theirs = np.intersect1d(one.utc_minute, other.utc_minute, return_indices=True)
        for key in ("steps", "intensity"):
            a, b = one.columns[key][mine], other.columns[key][theirs]
            both = np.isfinite(a) & np.isfinite(b)
            assert (a[both] == b[both]).mean() > 0.999, (person, key)
            compared += int(both.sum())
        assert len(one.events) == len(other.events)
    assert compared > 1_800_000
    assert report.checks["minutes asleep of a person"] == {"compared": 18, "agree": 18}
    steps = report.checks["daily steps"]
    assert steps["agree"] / steps["compared"] > 0.9  # the wide files begin and end inside some days


def test_raw_actiware_agrees_with_the_epochs_table(shared):
    folder = shared / "data" / "insomnia_partner_actiwatch"
    raw, _ = read("actigraphy", folder / "raw_actiware_csv")
    table, _ = read("actigraphy", folder / "epochs.parquet")
    assert len(raw) == 9
    for key, one in raw.items():
        wall = one.utc_minute + one.offset_minutes
        _, mine, theirs = np.intersect1d(wall, table[key].utc_minute, return_indices=True)
        assert len(mine) == len(wall)
        np.testing.assert_allclose(one.columns["counts"][mine], table[key].columns["counts"][theirs])


def test_raw_actiheart_agrees_with_the_epochs_table(shared):
    raw, _ = read("mss", shared / "data" / "mss" / "raw")
    table, _ = read("mss", shared / "data" / "mss" / "mss_epochs.parquet")
    assert len(raw) == 3
    for key, one in raw.items():
        other = table[key]
        # MSS04 counts its days from 1: shift both to their first epoch.
        mine, theirs = one.utc_minute - one.utc_minute[0], other.utc_minute - other.utc_minute[0]
        assert np.abs(mine - theirs).max() <= 1  # the table puts a late epoch (17:06) back on the 5-minute grid
        for channel in ("HR", "counts", "rmssd0595"):
            np.testing.assert_allclose(one.columns[channel], other.columns[channel])


@pytest.fixture(scope="module")
def garmin(shared, tmp_path_factory):
    """Four of the people: two with a 5-minute table, one with somebody else's rows (all of them take too long here)."""
    folder = tmp_path_factory.mktemp("t1d")
    for file in (shared / "data" / "t1d_uom").rglob("*.csv"):
        if any(person in file.name for person in ("2301", "2305", "2309", "2405")):
            (folder / file.name).symlink_to(file)
    return read("garmin", folder)


def test_garmin_traps_are_counted(garmin):
    tables, report = garmin
    assert [person for dataset, person in tables if dataset == "t1d_uom-5min"] == ["2301", "2405"]
    assert [person for dataset, person in tables if dataset == "t1d_uom"] == ["2301", "2305", "2309", "2405"]
    foreign = report.problems["rows under a clock offset that is not this person's"]
    assert 12_500 < foreign.count < 12_700
    assert foreign.examples[0].startswith("UoMActivity2305.csv")


def test_garmin_nights_and_epochs_share_one_clock(garmin):
    """The data's README: 0.0 to 1.2 steps a quarter hour asleep, 30 to 107 awake."""
    tables, _ = garmin
    for (dataset, person), t in tables.items():
        if dataset != "t1d_uom" or "steps" not in t.columns:
            continue
        seen = np.flatnonzero(np.isfinite(t.columns["steps"]))
        start, steps = t.utc_minute[seen], t.columns["steps"][seen]
        nights = [(e.start, e.end) for e in t.events if e.kind == "sleep" and not e.stage]
        if not nights:
            continue
        asleep = np.zeros(len(start), np.bool_)
        for low, high in nights:
            asleep |= (start >= low) & (start + 15 <= high)
        near = (start >= min(nights)[0]) & (start <= max(nights)[1])
        assert steps[asleep].mean() < 3, person
        assert steps[~asleep & near].mean() > 25, person


def test_empatica_sessions(shared):
    tables, report = read("empatica", shared / "data" / "stress_predict")
    assert len(tables) == 27
    assert report.problems == {}
    table = tables["empatica", "S03"]
    assert 50 <= len(table.utc_minute) <= 60
    assert {"HR", "eda_level_real", "wrist_temperatures", "acc", "rr_med"} <= set(table.columns)
    # Median beat interval and heart rate are two measurements of one thing.
    both = np.isfinite(table.columns["rr_med"]) & np.isfinite(table.columns["HR"])
    assert np.median(np.abs(60_000 / table.columns["rr_med"][both] - table.columns["HR"][both])) < 6
    assert {e.label for e in table.events} == {"Stress task"}


def test_days_of_real_recordings_keep_every_step(shared):
    path = shared / "data" / "fitabase" / "fitabase_minute_all.parquet"
    total = np.nansum(np.asarray(pq.read_table(path, columns=["steps"])["steps"].to_numpy()), dtype=np.float64)
    channel_set = CHANNEL_SETS["sensorlm-34"]
    kept = 0.0
    for table in readers.read("auto", path):
        for day in to_days(table, channel_set, min_observed_minutes=1):
            kept += float(np.nansum(day.values[:, channel_set.index("steps")], dtype=np.float64))
    assert kept == total  # non-wear takes zeros only
