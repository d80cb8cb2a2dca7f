"""What simulated devices write: wear, zeros and gaps, epochs, events, tables; the command; the judge of realism."""

import itertools
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from sensorlm.channels import CHANNEL_SETS, ChannelSet, known_channel
from sensorlm.cli.app import app
from sensorlm.cli.simulate import parse_devices
from sensorlm.days import to_days, worn_only
from sensorlm.errors import ConfigError
from sensorlm.report.realism import realism_picture
from sensorlm.simulate import iter_people, simulate_person
from sensorlm.simulate.sensors import into_epochs
from sensorlm.store import open_dataset, write_dataset
from sensorlm.tasks.realism import (
    Recordings,
    autocorrelation,
    bout_lengths,
    compare,
    correlation,
    day_statistics,
    infer_epoch,
    shared_days,
    tell_apart,
)
from sensorlm.tasks.transfer import labelled_windows, transfer_auroc, window_features

PAIR = ChannelSet("pair", (known_channel("HR"), known_channel("steps")))


def units(device, want, count=1, channel_set=PAIR, seed=9, days=7):
    """The first `count` people whose unit of a device passes `want`."""
    everyone = (simulate_person(seed, i, days, devices=[device], channel_set=channel_set) for i in range(200))
    return list(itertools.islice((p for p in everyone if want(p)), count))


def test_about_half_of_all_values_are_missing_over_the_device_mix():
    share = np.mean([np.isfinite(p.values).mean() for p in iter_people(6, 40, 7)])
    assert 0.35 < share < 0.65


def test_off_the_body_there_is_no_pulse_and_steps_are_zero_or_nothing():
    gap = units("band", lambda p: p.unit.off_gap and (~p.truth["worn"]).mean() > 0.1)[0]
    zero = units("band", lambda p: not p.unit.off_gap and (~p.truth["worn"]).mean() > 0.1)[0]
    for person in (gap, zero):
        off = ~person.truth["worn"]
        assert np.isnan(person.values[:, :, 0][off]).all()
        steps = person.values[:, :, 1][off]
        if person is gap:
            assert np.isnan(steps).all()
        else:
            assert (steps[np.isfinite(steps)] > 0).mean() < 0.02
            assert np.isfinite(steps).mean() > 0.5


def test_a_night_without_the_device_has_no_sleep_and_its_zeros_are_taken_away():
    nights, kept = 0, 0
    for person in units(
        "band", lambda p: not (p.unit.off_gap or p.unit.habits.moved) and p.unit.habits.night < 0.2, count=4
    ):
        recorded = [day.observed[:, 1] for day in worn_only(list(person.days()))]
        for day in range(1, 7):
            asleep = np.isin(person.truth["stage"][day], (1, 2, 3))
            if person.truth["worn"][day, 60:360].any() or asleep[60:360].mean() < 0.8:
                continue
            nights += 1
            kept += recorded[day][60:360].any()
            assert not any(e.kind == "sleep" and e.start < 300 and e.end > 60 for e in person.events[day])
    assert nights > 8
    assert kept == 0


@pytest.mark.parametrize("device", ["band", "band-steps", "sports-watch", "actigraph", "chest-epochs"])
def test_the_importers_rules_on_days_are_those_on_tables(device):
    taken = 0
    for i in range(8):
        person = simulate_person(31, i, 7, devices=[device])
        days = [day for day in worn_only(list(person.days())) if day.observed.any(1).sum() >= 60]
        imported = list(to_days(person.table(), person.channel_set))
        assert [d.date for d in days] == [d.date for d in imported]
        for a, b in zip(days, imported, strict=True):
            np.testing.assert_array_equal(a.values, b.values)
            np.testing.assert_array_equal(a.observed, b.observed)
        whole = {day.date: day for day in person.days()}
        taken += sum(int((whole[d.date].observed & ~d.observed).any(1).sum()) for d in days)
    assert taken > 90 or device in ("chest-epochs", "actigraph")
    assert worn_only([]) == []


def test_a_moved_device_writes_a_few_steps_while_off():
    person = units("band-steps", lambda p: p.unit.habits.moved > 0.05 and (~p.truth["worn"]).mean() > 0.2)[0]
    steps = person.values[:, :, 1][~person.truth["worn"]]
    assert 0 < (steps > 0).mean() < 0.02
    still = units("band-steps", lambda p: not p.unit.habits.moved and not p.unit.off_gap)[0]
    off = still.values[:, :, 1][~still.truth["worn"]]
    assert not (off > 0).any()


def test_habits_of_wear_differ_between_people_and_gaps_are_of_every_kind():
    people = [simulate_person(14, i, 14, devices=["band"], channel_set=PAIR) for i in range(60)]
    night = np.array([p.truth["worn"][:, 90:270].mean() for p in people])
    day = np.array([p.truth["worn"][:, 600:1080].mean() for p in people])
    assert (night < 0.2).mean() > 0.1
    assert (night > 0.8).mean() > 0.3
    assert ((night < 0.2) & (day > 0.7)).any()  # by day only
    assert any((~p.truth["worn"]).all(1).any() for p in people)  # a day in a drawer
    seen = [np.isfinite(p.values) for p in people]
    assert any((s[:, :, 1] & ~s[:, :, 0]).all(1).any() for s in seen)  # steps, a whole day without a pulse
    assert any((s[:, :, 0] & ~s[:, :, 1]).sum(1).max() > 200 for s in seen)  # a pulse without steps
    assert sum(p.values[0, :300].size == np.isnan(p.values[0, :300]).sum() for p in people) > 15  # a first day begins


def test_a_study_recruits_begins_ends_and_keeps_it_on():
    people = [
        simulate_person(3, i, 3, devices=["chest-day"], channel_set=CHANNEL_SETS["actigraphy"]) for i in range(20)
    ]
    assert not any(p.person.female for p in people)
    for p in people:
        seen = np.flatnonzero(np.isfinite(p.values).any(2).ravel())
        assert 545 <= seen[0] <= 640  # fitted in the morning
        assert 1440 < seen[-1] < 1440 + 800  # handed back on the next
        assert (np.diff(seen) > 1).sum() <= 8  # nearly unbroken
    electrodes = [simulate_person(3, i, 3, devices=["chest-epochs"]) for i in range(20)]
    assert all(p.truth["worn"][1:].mean() > 0.85 for p in electrodes)


def test_some_people_never_wear_it_at_night():
    nights = []
    for i in range(20):
        p = simulate_person(12, i, 7, devices=["band"], channel_set=PAIR)
        nights.append(p.truth["worn"][np.isin(p.truth["stage"], (1, 2, 3))].mean())
    assert min(nights) < 0.1
    assert max(nights) > 0.95


def test_sparse_devices_write_no_minute_without_steps():
    person = units("phone", lambda p: p.unit.sparse_steps)[0]
    steps = person.values[:, :, 1]
    assert np.isfinite(steps).any()
    assert (steps[np.isfinite(steps)] > 0).all()


def test_epochs_are_constant_inside_and_hold_the_mean_of_what_was_seen():
    rng = np.random.default_rng(0)
    x = rng.random(60).astype(np.float32)
    x[rng.random(60) < 0.3] = np.nan
    made = into_epochs(x, 5)
    for start in range(0, 60, 5):
        part = x[start : start + 5]
        expected = np.nanmean(part) if np.isfinite(part).any() else np.nan
        np.testing.assert_allclose(made[start : start + 5], expected, rtol=1e-6)
    person = units("chest-epochs", lambda p: p.unit.epoch == 5)[0]
    assert infer_epoch(person.values) == 5


def test_spot_heart_rate_is_missing_in_most_quiet_minutes():
    person = units("spot-watch", lambda p: p.unit.heart_every == 10)[0]
    worn = person.truth["worn"] & (person.truth["steps"] == 0)
    assert np.isfinite(person.values[:, :, 0][worn]).mean() < 0.3


def test_events_match_the_hidden_life_and_unworn_sleep_is_not_called_absent():
    known = unknown = 0
    for i in range(30):
        p = simulate_person(13, i, 7, devices=["band"], channel_set=PAIR)
        for day in range(7):
            asleep = np.isin(p.truth["stage"][day], (1, 2, 3))
            said = np.zeros(1440, bool)
            for e in p.events[day]:
                assert e.end > 0
                assert e.start < 1440
                if e.kind == "sleep" and e.stage in ("light", "deep", "rem"):
                    said[max(e.start, 0) : min(e.end, 1440)] = True
            if "sleep" in p.logged[day]:
                known += 1
                assert (said == asleep).mean() > 0.98
            else:
                unknown += 1
                assert said.sum() <= asleep.sum()
    assert known > 60
    assert unknown > 5


def test_days_are_records_and_go_through_the_store(tmp_path):
    person = simulate_person(1, 0, 3)
    write_dataset(tmp_path / "data", person.days(), person.channel_set)
    back = open_dataset(tmp_path / "data")
    for row, day in enumerate(person.days()):
        np.testing.assert_array_equal(back.day(row).values, day.values)
        assert back.day(row).events == day.events
        assert day.tags["work"] == person.person.work


@pytest.mark.parametrize("device", ["band", "chest-epochs"])
def test_a_table_holds_the_same_minutes_as_the_days(device):
    keys = ("HR", "steps", "counts")
    wanted = ChannelSet("wanted", tuple(known_channel(k) for k in keys))
    person = units(device, lambda p: p.unit.epoch == (1 if device == "band" else 5), channel_set=wanted, days=3)[0]
    table = person.table()
    first = int(table.utc_minute[0]) // 1440 * 1440
    start = (person.date(0).toordinal() - 719163) * 1440
    assert first >= start
    assert set(table.columns) <= set(keys)
    for j, key in enumerate(keys):
        if key not in table.columns:
            assert np.isnan(person.values[:, :, j]).all()
            continue
        total = np.nansum(person.values[:, :, j], dtype=float)
        scale = 1 if known_channel(key).aggregate == "sum" else person.unit.epoch
        assert np.nansum(table.columns[key], dtype=float) * scale == pytest.approx(total, rel=1e-4)
    assert {e.kind for e in table.events} == {"sleep", "activity", "mood"}


def test_the_command_writes_a_dataset_and_says_so(tmp_path):
    run = CliRunner().invoke(
        app,
        [
            "simulate",
            "--people",
            "4",
            "--days",
            "2",
            "--seed",
            "1",
            "-o",
            str(tmp_path / "d"),
            "--devices",
            "band,watch=2",
            "--json",
        ],
    )
    assert run.exit_code == 0, run.output
    said = json.loads(run.stdout)
    assert 4 <= said["days"] <= 8
    assert sum(said["people_of_device"].values()) == 4
    dataset = open_dataset(tmp_path / "d")
    assert len(dataset) == said["days"]
    expected = simulate_person(1, 2, 2, devices={"band": 1, "watch": 2})
    row = next(i for i in range(len(dataset)) if dataset.person(i).endswith(expected.name))
    stored = dataset.day(row)
    assert stored.date == expected.date(0)
    # The importer's rules of non-wear may take values away, never change or add one.
    assert not (stored.observed & np.isnan(expected.values[0])).any()
    np.testing.assert_array_equal(stored.values[stored.observed], expected.values[0][stored.observed])
    assert stored.events == expected.events[0]


def test_a_comparison_needs_something_recorded(tmp_path):
    write_dataset(tmp_path / "real", simulate_person(77, 0, 1, devices=["band"]).days(), CHANNEL_SETS["sensorlm-34"])
    args = ["simulate", "--people", "1", "--days", "1", "--devices", "phone", "--compare", str(tmp_path / "real")]
    run = CliRunner().invoke(app, args)
    assert isinstance(run.exception, ConfigError)


def test_the_command_compares_with_recordings_and_draws(tmp_path):
    folder = tmp_path / "real"
    days = [d for i in range(5) for d in simulate_person(77, i, 4, devices=["band"]).days()]
    write_dataset(folder, days, CHANNEL_SETS["sensorlm-34"])
    args = ["simulate", "--people", "8", "--days", "4", "--devices", "band", "--compare", str(folder)]
    run = CliRunner().invoke(app, [*args, "--picture", str(tmp_path / "p.png")])
    assert run.exit_code == 0, run.output
    assert "told apart with AUROC" in run.stdout
    assert (tmp_path / "p-real.png").read_bytes().startswith(b"\x89PNG")


def test_the_command_needs_something_to_do():
    run = CliRunner().invoke(app, ["simulate"])
    assert isinstance(run.exception, ConfigError)


def test_device_mixes_are_parsed_or_refused():
    assert parse_devices("") is None
    assert parse_devices("band=3, watch") == {"band": 3.0, "watch": 1.0}
    with pytest.raises(ConfigError, match="no number"):
        parse_devices("band=many")


def noise(seed, people=6, days=4, shift=0.0):
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((people * days, 1440, 1)).astype(np.float32) + np.float32(70 + shift)
    return Recordings(values=values, people=[str(i // days) for i in range(people * days)], channel_keys=("HR",))


def test_the_judge_cannot_tell_equals_and_can_tell_a_shift():
    assert tell_apart(noise(0), noise(1))["auroc"] < 0.75
    told = tell_apart(noise(0), noise(1, shift=1.0))
    assert told["auroc"] > 0.98
    assert any(k.startswith("HR|") for k in told["telling"])


def test_the_judge_needs_two_people_and_whole_days():
    with pytest.raises(ConfigError, match="two people"):
        tell_apart(noise(0, people=1), noise(1))
    with pytest.raises(ConfigError, match="give"):
        Recordings(values=np.zeros((2, 1440, 1), np.float32), people=["a"], channel_keys=("HR",))


def test_statistics_agree_with_plain_loops():
    rng = np.random.default_rng(0)
    x = rng.random((3, 200)).astype(np.float32)
    y = (x + rng.random((3, 200))).astype(np.float32)
    x[:, ::7] = np.nan
    for i in range(3):
        seen = np.isfinite(x[i])
        assert correlation(x, y)[i] == pytest.approx(np.corrcoef(x[i][seen], y[i][seen])[0, 1], abs=1e-6)
    both = np.isfinite(y[0, :-5]) & np.isfinite(y[0, 5:])
    assert autocorrelation(y, 5)[0] == pytest.approx(np.corrcoef(y[0, :-5][both], y[0, 5:][both])[0, 1], abs=1e-6)
    active = rng.random((4, 50)) < 0.6
    expected = [len(list(g)) for row in active for on, g in itertools.groupby(row) if on]
    assert bout_lengths(active).tolist() == expected


def test_shared_days_keep_channels_and_days_seen_on_both_sides():
    left, right = noise(0), noise(1)
    gone = left.values.copy()
    gone[0, 300:] = np.nan
    a, b = shared_days(Recordings(values=gone, people=left.people, channel_keys=("HR",)), right)
    assert len(a.values) == len(left.values) - 1
    assert len(b.values) == len(right.values)
    with pytest.raises(ConfigError, match="share no observed"):
        shared_days(left, Recordings(values=right.values, people=right.people, channel_keys=("steps",)))
    empty = Recordings(
        values=np.where(np.arange(1440)[:, None] < 200, right.values, np.nan), people=right.people, channel_keys=("HR",)
    )
    with pytest.raises(ConfigError, match="no day"):
        shared_days(left, empty)


def test_a_comparison_names_quantiles_and_draws():
    found = compare(noise(0), noise(1, shift=5.0))
    assert found["channels"]["HR"]["distance"] == pytest.approx(5 / 1.35, rel=0.1)
    assert found["channels"]["HR"]["real"]["quantiles"]["0.5"] == pytest.approx(70, abs=0.1)
    assert realism_picture(found).startswith(b"\x89PNG")
    half = noise(0)
    half.values[:, 720:] = np.nan
    hours = compare(half, noise(1))["channels"]["HR"]["real"]["observed_by_hour"]
    assert hours == [1.0] * 12 + [0.0] * 12
    matrix, names = day_statistics(noise(0))
    assert matrix.shape == (24, len(names))
    json.dumps(found, allow_nan=False)


def test_windows_are_labelled_only_where_pure_and_learned():
    rng = np.random.default_rng(0)
    label = np.repeat(rng.random((20, 12)) < 0.4, 120, axis=1).astype(float)
    label[0, :60] = np.nan
    values = (70 - 20 * np.nan_to_num(label) + 5 * rng.standard_normal(label.shape)).astype(np.float32)[:, :, None]
    x, y = labelled_windows(values, label)
    assert len(y) == 20 * 48 - 2
    assert window_features(values, 30).shape == (20, 48, 7)
    scores = transfer_auroc((x[:480], y[:480]), {"rest": (x[480:], y[480:])})
    assert min(scores.values()) > 0.99


def test_plain_statistics_trained_on_simulated_people_tell_real_sleep(shared):
    pd = pytest.importorskip("pandas")
    f = pd.read_parquet(shared / "data" / "fitabase" / "fitabase_minute_all.parquet")
    f["minute"] = f.t.dt.hour * 60 + f.t.dt.minute
    f["date"] = f.t.dt.date
    values, labels = [], []
    for _, day in f[f.Id.isin(f[f.hr_mean.notna()].Id.unique())].groupby(["Id", "date"]):
        sleep = np.full(1440, np.nan)
        sleep[day.minute] = day.sleep
        if day.hr_mean.notna().sum() < 300 or np.isfinite(sleep).sum() < 60:
            continue
        seen = np.full((1440, 2), np.nan, np.float32)
        seen[day.minute] = day[["hr_mean", "steps"]]
        values.append(seen)
        labels.append(np.where(np.isfinite(sleep), sleep < 2.5, 0.0))
    people = [simulate_person(21, i, 7, devices=["band", "chest-actigraph"], channel_set=PAIR) for i in range(40)]
    train = labelled_windows(
        np.concatenate([p.values for p in people]),
        np.concatenate([(p.truth["stage"] > 0).astype(float) for p in people]),
    )
    scores = transfer_auroc(train, {"fitabase": labelled_windows(np.stack(values), np.stack(labels))})
    # The floor is 0.917 with 30 lines of simulator.
    assert max(scores.values()) > 0.92, scores
