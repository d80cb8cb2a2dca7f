"""SQL filters answered from the copied columns, against the table's own engine on the same rows."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest

from sensorlm.index import table as table_module
from sensorlm.index.columns import ColumnCopy
from sensorlm.index.sql import Compared, Joined, parse

lancedb = pytest.importorskip("lancedb")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
SCHEMA = pa.schema([
    ("row", pa.int64()), ("day", pa.string()), ("person", pa.string()), ("date", pa.date32()),
    ("minutes", pa.int32()), ("steps", pa.float32()), ("tags", pa.list_(pa.string())),
    ("vector", pa.list_(pa.float32(), 4)),
])  # fmt: skip
SAME = [
    "person = 'p3'", "person <> 'p3'", "person != 'p3'", "person in ('p1', 'p2', 'nobody')",
    "person not in ('p1', 'p2')", "person like 'p1%'", "person not like '_1'", "person is null",
    "person is not null", "person between 'p2' and 'p4'", "person < 'p2'", "person = 'o''hara'",
    "steps > 5000", "steps >= 0.1", "steps > 0.1", "steps = 0.1", "steps is null", "steps not between 100 and 9000",
    "minutes <= 700", "minutes in (1, 2, 700)", "NOT minutes > 100", "minutes > -5",
    "date = date '2024-01-05'", "date >= date '2024-02-01'", "date between date '2024-01-10' and date '2024-01-20'",
    "person = 'p3' and steps > 5000", "person = 'p3' or steps > 9000 and minutes < 300",
    "(person = 'p3' or steps > 9000) and not (minutes < 300 or date < date '2024-01-03')",
    "not (person = 'p3' and steps > 5000)", "person is null or steps is null",
]  # fmt: skip
LEFT_TO_THE_TABLE = [
    "length(person) = 2", "steps + 1 > 5000", "person = minutes", "day = 'd7'", "Person = 'p1'", "steps > '5'",
    "array_length(tags) > 0", "person like 'p\\_%'", "date = 'soon'", "date = date 'soon'",
    "minutes <= 700.5", "steps > date '2024-01-01'", "date = '2024-01-05'",
    "person = 'p1' and", "case when 1 then 2 end",
    "steps > 5e", "", "person in ()",
]  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("filters")


@pytest.fixture(scope="module")
def rows(place):
    """A table of 600 days whose columns are copied."""
    rng = np.random.default_rng(0)
    n = 600
    people = [None if i % 17 == 0 else "o'hara" if i % 29 == 0 else f"p{i % 7}" for i in range(n)]
    steps = [None if i % 11 == 0 else 0.1 if i % 13 == 0 else float(rng.integers(0, 12_000)) for i in range(n)]
    made = pa.table({
        "day": [f"d{i}" for i in range(n)], "person": people,
        "date": [dt.date(2024, 1, 1) + dt.timedelta(days=int(d)) for d in rng.integers(0, 60, n)],
        "minutes": pa.array(rng.integers(0, 1440, n).astype(np.int32)), "steps": pa.array(steps, pa.float32()),
        "tags": [["a"]] * n,
    })  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_module, "SCALAR_INDEX_FROM", 10)
        patch.setattr("sensorlm.index.columns.MOST_VALUES", 100)
        table = table_module.VectorTable(lancedb.connect(str(place / "rows")), "days", SCHEMA, place / "days",
                                         indexed=("day", "person", "date", "minutes", "steps"))  # fmt: skip
        vectors = rng.normal(size=(n, 4)).astype(np.float32)
        for first in range(0, n, 200):
            table.append(made.slice(first, 200), vectors[first : first + 200])
        table.finish()
        yield table


@pytest.mark.parametrize("sql", SAME)
def test_the_copy_keeps_the_rows_that_the_table_keeps(rows, sql):
    found = rows._copied().rows(sql)
    assert found is not None
    np.testing.assert_array_equal(found, rows._asked(sql))


@pytest.mark.parametrize("sql", LEFT_TO_THE_TABLE)
def test_what_the_copy_cannot_know_is_left_to_the_table(rows, sql):
    assert rows._copied().rows(sql) is None


def test_rows_come_back_whole_from_both(rows):
    found = rows.rows([599, 0, 17])
    assert [entry["day"] for entry in found] == ["d599", "d0", "d17"]
    plain = rows.table.search().where("row = 17").select(["person", "date", "minutes", "steps", "tags"]).to_list()[0]
    assert {name: found[2][name] for name in plain} == plain
    assert found[1]["person"] is None


def test_texts_of_many_values_are_not_copied_but_indexed(rows):
    assert set(rows._copied().columns) == {"person", "date", "minutes", "steps"}
    assert {c for index in rows.table.list_indices() for c in index.columns} == {"day"}


def test_a_copy_of_another_version_or_a_broken_one_is_not_used(rows, place, tmp_path):
    path = place / "days" / "columns.arrow"
    assert ColumnCopy(path, 10_000).rows("steps > 5") is None
    (tmp_path / "broken.arrow").write_bytes(path.read_bytes()[:100])
    assert not ColumnCopy(tmp_path / "broken.arrow", 1).columns
    ColumnCopy.write(tmp_path / "nan.arrow", ColumnCopy.copied(pa.table({"x": pa.array([np.nan], pa.float32())})), 1)
    assert ColumnCopy(tmp_path / "nan.arrow", 1).rows("x > 0") is None


def test_after_an_append_the_table_answers_until_the_copy_is_made_again(tmp_path, monkeypatch):
    monkeypatch.setattr(table_module, "SCALAR_INDEX_FROM", 1)
    schema = pa.schema([("row", pa.int64()), ("person", pa.string()), ("vector", pa.list_(pa.float32(), 2))])
    table = table_module.VectorTable(lancedb.connect(str(tmp_path / "r")), "t", schema, tmp_path / "v",
                                     indexed=("person",))  # fmt: skip
    table.append([{"person": "a"}], np.eye(2, dtype=np.float32)[:1])
    table.finish()
    assert table.where("person = 'b'").tolist() == []
    table.append([{"person": "b"}], np.eye(2, dtype=np.float32)[1:])
    assert not table._copied().columns
    assert table.where("person = 'b'").tolist() == [1]
    table.finish()
    assert table._copied().rows("person = 'b'").tolist() == [1]


def test_precedence_is_that_of_sql():
    tree = parse("a = 1 or b = 2 and not c in (3)")
    assert tree == Joined("or", (Compared("a", "=", (1,)), Joined("and", (Compared("b", "=", (2,)), Joined("not", (
        Compared("c", "in", (3,)),))))))  # fmt: skip
