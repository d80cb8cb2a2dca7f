"""The store gives back what it was given: every field, bit for bit, through our reader and through others'."""

import datetime as dt
import json
import pickle
import weakref

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_days import SMALL, make_captions, make_day, same_day

from sensorlm.captions.facts import fact_from_json
from sensorlm.channels import CHANNEL_SETS, ChannelSet
from sensorlm.errors import StoreError
from sensorlm.records import CAPTION_KEYS, MINUTES_PER_DAY, Caption, DayMatrix, Event, Fact, Quantity
from sensorlm.store import add_captions, open_dataset, write_dataset

_words = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
# Plain values: beartype, watching the records in tests, draws from the global random state, which strategies may not.
_events = st.tuples(
    st.sampled_from(("activity", "sleep", "mood")), _words, st.integers(-1500, 3000), st.integers(0, 900), _words,
)  # fmt: skip


def _event(kind, label, start, length, stage):
    return Event(kind=kind, label=label, start=start, end=start + length, stage=stage)


@st.composite
def _days(draw):
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    values = rng.normal(size=(MINUTES_PER_DAY, len(SMALL))).astype(np.float32) * 10.0 ** draw(st.integers(-30, 30))
    values[rng.random(values.shape) < draw(st.sampled_from([0.0, 0.5, 0.999, 1.0]))] = np.nan
    values[:, [i for i in range(len(SMALL)) if draw(st.booleans())]] = np.nan
    special = draw(st.sampled_from([0.0, -0.0, 1e-45, np.float32(3.4028235e38)]))
    values[draw(st.integers(0, MINUTES_PER_DAY - 1)), draw(st.integers(0, len(SMALL) - 1))] = special
    return dict(
        values=values, observed=~np.isnan(values), channel_keys=SMALL.keys, person=draw(_words),
        date=draw(st.dates()), dataset=draw(_words), device=draw(_words), zone=draw(_words),
        minutes_in_day=draw(st.sampled_from([1380, 1410, 1440, 1500])),
        events=draw(st.lists(_events, max_size=4)),
        logged=draw(st.frozensets(st.sampled_from(("activity", "sleep", "mood")))),
        tags=draw(st.dictionaries(_words, _words, max_size=3)),
    )  # fmt: skip


@settings(max_examples=25)
@given(drawn=st.lists(_days(), min_size=1, max_size=4, unique_by=lambda d: (d["dataset"], d["person"], d["date"])))
def test_days_come_back_equal_in_every_field(tmp_path_factory, drawn):
    days = [DayMatrix(**{**fields, "events": tuple(_event(*e) for e in fields["events"])}) for fields in drawn]
    folder = tmp_path_factory.mktemp("set")
    write_dataset(folder, days, SMALL, part_days=2)
    dataset = open_dataset(folder)
    assert len(dataset) == len(days)
    for row, day in enumerate(days):
        assert same_day(dataset.day(row), day)
        assert dataset.person(row) == f"{day.dataset}/{day.person}"


def test_a_dataset_of_34_channels_comes_back_by_any_rows(tmp_path):
    channels = CHANNEL_SETS["sensorlm-34"]
    days = [make_day(i, channels) for i in range(70)]  # more than a row group
    manifest = write_dataset(tmp_path / "d", days, channels, part_days=67)
    assert [p.rows for p in manifest.days] == [67, 3]
    rows = np.random.default_rng(0).permutation(70)[:20]
    values = open_dataset(tmp_path / "d").values(rows)
    np.testing.assert_array_equal(values, np.stack([days[r].values for r in rows]))
    assert open_dataset(tmp_path / "d").channel_set == channels


def test_pandas_polars_and_duckdb_read_the_parquet_files(tmp_path):
    days = [make_day(i) for i in range(6)]
    write_dataset(tmp_path, days, SMALL, captions=lambda group: [make_captions(0) for _ in group])
    file = str(tmp_path / "days-00000.parquet")

    frame = pd.read_parquet(file)
    assert list(frame["person"]) == [d.person for d in days]
    assert frame["HR"][0] is None, "a channel not observed all day is one null"
    np.testing.assert_array_equal(frame["HR"][1], days[1].values[:, 0])

    table = pl.read_parquet(file)
    assert table["steps"].dtype == pl.Array(pl.Float32, MINUTES_PER_DAY)
    steps = table["steps"][1]
    assert steps.null_count() == int((~days[1].observed[:, 3]).sum())
    assert table["date"].to_list() == [d.date for d in days]

    query = "select person, list_avg(steps), list_aggregate(steps, 'count'), tags['group'] from '{}'"
    for day, (person, mean, count, group) in zip(days, duckdb.sql(query.format(file)).fetchall(), strict=True):
        column = day.values[:, 3][day.observed[:, 3]]
        assert (person, count, group) == (day.person, len(column), day.tags["group"])
        assert mean == pytest.approx(column.mean(dtype=np.float64), rel=1e-5) if len(column) else mean is None
    text = duckdb.sql(
        f"select text, json_extract(facts, '$[0].quantity.subject') from '{tmp_path}/captions-*.parquet'"
    ).fetchall()
    assert text[0] == ("Day 0, sentence 0.", '"HR"')


def test_appending_keeps_rows_and_captions(tmp_path):
    days = [make_day(i) for i in range(9)]
    captioner = lambda group: [{"short": make_captions(int(d.person[1:]))[:2]} for d in group]  # noqa: E731
    write_dataset(tmp_path, days[:4], SMALL, captions=captioner)
    before = open_dataset(tmp_path)
    write_dataset(tmp_path, days[4:], SMALL, append=True, captions=captioner)
    dataset = open_dataset(tmp_path)
    assert all(same_day(dataset.day(i), day) for i, day in enumerate(days))
    assert [dataset.captions(i)["short"][0].text for i in range(9)] == [f"Day {i // 3}, sentence 0." for i in range(9)]
    assert same_day(before.day(3), days[3]), "a dataset opened before the append goes on reading what it had"
    assert dataset.manifest.counts["days"] == 9
    assert dataset.manifest.counts["people"] == 3
    assert dataset.manifest.observed_minutes == {
        key: sum(int(d.observed[:, c].sum()) for d in days) for c, key in enumerate(SMALL.keys)
    }


def test_captions_added_later_come_back_with_their_facts(tmp_path):
    write_dataset(tmp_path, [make_day(i) for i in range(5)], SMALL)
    assert open_dataset(tmp_path).captions(2) == {}
    open_ended = Fact(kind="trend", quantity=Quantity(statistic="change", subject="steps"), high=-3.5, margin=np.inf)
    measured = Fact(
        kind="mean", quantity=Quantity(statistic="mean", subject="HR", argument=2.5), low=float(np.float32(1.1))
    )
    given = {
        "short": [Caption(key="short", text="α\n", facts=(open_ended, measured), window=(60, 120), labels="facts")],
        "low_level_caption": Caption(key="low_level_caption", text="one"),
    }
    add_captions(tmp_path, [(1, make_captions(1)), (3, given)])
    add_captions(tmp_path, [(3, make_captions(3, count=1))])
    dataset = open_dataset(tmp_path)
    assert dataset.captions(0) == {}
    assert dataset.captions(3)["short"] == [given["short"][0], make_captions(3, count=1)[0]]
    assert dataset.captions(3, "low_level_caption") == {"low_level_caption": [given["low_level_caption"]]}
    assert dataset.captions(1)["short"] == make_captions(1)[:2]
    assert dataset.manifest.num_captions == {"short": 4, "low_level_caption": 1, "high_level_summary_caption": 2}
    assert dataset.caption_keys <= {*CAPTION_KEYS, "short"}

    add_captions(tmp_path, [(0, make_captions(0))], replace_existing=True)
    replaced = open_dataset(tmp_path)
    assert replaced.captions(3) == {}
    assert len(replaced.captions(0)["short"]) == 2
    assert len(list(tmp_path.glob("captions-*"))) == 1


def test_stored_facts_are_in_the_form_the_captions_room_reads(tmp_path):
    write_dataset(tmp_path, [make_day(0)], SMALL, captions=lambda _: [make_captions(0)])
    stored = pd.read_parquet(tmp_path / "captions-00001.parquet")["facts"][0]
    assert tuple(fact_from_json(f) for f in json.loads(stored)) == make_captions(0)[0].facts


def test_writing_holds_a_few_days_at_a_time_whatever_their_number(tmp_path):
    alive: weakref.WeakSet[DayMatrix] = weakref.WeakSet()
    most = 0

    class Day(DayMatrix):  # a plain subclass has the __weakref__ that slots leave out
        pass

    def stream():
        nonlocal most
        for i in range(400):
            day = Day(**{n: getattr(make_day(i), n) for n in DayMatrix.__dataclass_fields__})
            alive.add(day)
            most = max(most, len(alive))
            yield day

    write_dataset(tmp_path, stream(), SMALL)
    assert most <= 2 * 64 + 1


def test_a_dataset_travels_to_another_process_by_its_path(tmp_path):
    write_dataset(tmp_path, [make_day(i) for i in range(3)], SMALL)
    dataset = open_dataset(tmp_path)
    dataset.prepare()
    sent = pickle.dumps(dataset)
    assert len(sent) < 1000
    assert same_day(pickle.loads(sent).day(2), make_day(2))
    dataset.close()
    assert same_day(dataset.day(1), make_day(1))


def test_an_empty_dataset_is_a_dataset(tmp_path):
    write_dataset(tmp_path, [], SMALL)
    dataset = open_dataset(tmp_path)
    assert (len(dataset), list(dataset.rows("train")), dataset.people()) == (0, [], [])
    assert dataset.values([]).shape == (0, 1440, 4)


@pytest.mark.parametrize("row", [-1, 3])
def test_a_row_that_does_not_exist_is_refused(tmp_path, row):
    write_dataset(tmp_path, [make_day(i) for i in range(3)], SMALL)
    dataset = open_dataset(tmp_path)
    for ask in (dataset.day, dataset.person, dataset.captions, dataset.metadata):
        with pytest.raises(StoreError, match=rf"row {row} is not in .* rows 0 to 2"):
            ask(row)


def test_days_that_do_not_fit_are_refused(tmp_path):
    other = ChannelSet("other", CHANNEL_SETS["sensorlm-34"].channels[4:8])
    with pytest.raises(StoreError, match="channels that are not those of set 'other'"):
        write_dataset(tmp_path / "a", [make_day(0)], other)
    with pytest.raises(StoreError, match="made/p0/2024-02-28 comes twice"):
        write_dataset(tmp_path / "a", [make_day(0), make_day(0)], SMALL)
    assert not (tmp_path / "a" / "manifest.json").exists()
    write_dataset(tmp_path / "a", [make_day(0)], SMALL)
    with pytest.raises(StoreError, match="made/p0/2024-02-28 comes twice"):
        write_dataset(tmp_path / "a", [make_day(0)], SMALL, append=True)
    with pytest.raises(StoreError, match="already holds a dataset of 1 days"):
        write_dataset(tmp_path / "a", [make_day(0)], SMALL)
    with pytest.raises(StoreError, match="has channel set 'small', the days to append have 'other'"):
        write_dataset(tmp_path / "a", [], other, append=True)
    renamed = ChannelSet.from_json(json.loads(json.dumps(SMALL.to_json()).replace('"steps"', '"date"')))
    with pytest.raises(StoreError, match=r"calls a channel \['date'\], which the store uses"):
        write_dataset(tmp_path / "b", [], renamed)


@pytest.mark.parametrize("rows", [[2], [1, 1], [1, 0], [-1]])
def test_captions_of_rows_out_of_order_or_range_are_refused(tmp_path, rows):
    write_dataset(tmp_path, [make_day(i) for i in range(2)], SMALL)
    with pytest.raises(StoreError, match=f"captions of row {rows[-1]} after row"):
        add_captions(tmp_path, [(row, make_captions(row)) for row in rows])
    assert open_dataset(tmp_path).captions(1) == {}


def test_dates_of_all_centuries_survive(tmp_path):
    day = make_day(0)
    fields = {n: getattr(day, n) for n in DayMatrix.__dataclass_fields__}
    dates = [dt.date(1, 1, 1), dt.date(1969, 12, 31), dt.date(9999, 12, 31)]
    write_dataset(tmp_path, [DayMatrix(**{**fields, "date": d}) for d in dates], SMALL)
    assert [open_dataset(tmp_path).metadata(i)["date"] for i in range(3)] == dates
