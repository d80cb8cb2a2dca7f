"""The index against sorting by hand: exact, approximate, filtered, grown, interrupted, and foreign."""

import json
from dataclasses import replace

import numpy as np
import pytest
from store_days import make_captions, make_day

from sensorlm.errors import SearchError
from sensorlm.index import DayIndex, VectorStore
from sensorlm.index.rows import content_of, day_row, day_schema, text_rows
from sensorlm.index.table import VectorTable

pytest.importorskip("lancedb")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def unit(rng, n, dim=8):
    vectors = rng.normal(size=(n, dim)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def clustered(rng, n, dim=32, clusters=40):
    centres = rng.normal(size=(clusters, dim))
    vectors = (centres[rng.integers(clusters, size=n)] + 0.7 * rng.normal(size=(n, dim))).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def index(tmp_path):
    rng = np.random.default_rng(0)
    found = DayIndex(tmp_path / "index", dim=8, model="m")
    days, captions = [make_day(i) for i in range(12)], [make_captions(i) for i in range(12)]
    found.add(days, unit(rng, 12), captions, unit(rng, 36))
    found.finish()
    return found


def test_days_come_in_the_order_of_their_cosine(index):
    query = unit(np.random.default_rng(5), 1)[0]
    hits = index.search(query, 5)
    scores = index.days.vectors.matrix @ query
    order = np.argsort(-scores)[:5]
    assert [hit.row["row"] for hit in hits] == order.tolist()
    np.testing.assert_allclose([hit.score for hit in hits], scores[order], rtol=1e-6)
    first = make_day(int(order[0]))
    assert hits[0].row["day"] == first.key
    assert json.loads(hits[0].row["tags"]) == dict(first.tags)
    assert hits[0].row["captions"][0].startswith(f"Day {order[0]},")
    column = first.values[:, first.channel_keys.index("steps")]
    assert hits[0].row["steps"] == pytest.approx(float(np.nansum(column)), rel=1e-5)
    assert len(index.search(query, 99)) == 12


def test_sql_keeps_only_what_it_says_and_a_wrong_one_is_told(index):
    query = unit(np.random.default_rng(6), 1)[0]
    hits = index.search(query, 10, where="person = 'p1' and date >= date '2024-02-29'")
    assert {hit.row["day"] for hit in hits} == {"made/p1/2024-02-29", "made/p1/2024-03-01"}
    assert index.search(query, 10, where="person = 'nobody'") == []
    with pytest.raises(SearchError, match="cannot be read"):
        index.search(query, 10, where="persn = 'p1'")


def test_similar_days_leave_out_the_day_itself(index):
    day = make_day(3).key
    hits = index.similar(day, 11)
    assert len(hits) == 11
    assert day not in {hit.row["day"] for hit in hits}
    with pytest.raises(SearchError, match="is not in"):
        index.similar("made/p9/2030-01-01")


def test_a_day_finds_captions(index):
    query = np.asarray(index.texts.vectors.matrix[7])
    best = index.captions(query, 3)[0]
    assert best.score == pytest.approx(1, abs=1e-6)
    assert best.row["text"] == make_captions(2)[1].text


def test_an_index_grows_and_opens_again(index, tmp_path):
    rng = np.random.default_rng(1)
    with index.writing(), pytest.raises(SearchError, match="another process"), index.writing():
        pass
    index.add([make_day(12)], unit(rng, 1))
    index.finish()
    opened = DayIndex(tmp_path / "index")
    assert len(opened) == 13
    assert make_day(12).key in opened.known()
    np.testing.assert_array_equal(opened.days.vectors.matrix, index.days.vectors.matrix)


def test_vectors_catch_up_with_a_table_that_a_crash_left_ahead(index, tmp_path):
    rng = np.random.default_rng(2)
    state = dict(index.days.vectors.state)
    new = unit(rng, 2)
    index.add([make_day(12), make_day(13)], new)
    # As if the program had died between the table's commit and the vectors'.
    (tmp_path / "index" / "days" / "vectors.json").write_text(json.dumps(state))
    opened = DayIndex(tmp_path / "index")
    assert len(opened) == 14
    np.testing.assert_array_equal(opened.days.vectors.matrix[12:], new)
    # Vectors of another table are thrown away, not mixed in.
    store = VectorStore(tmp_path / "index" / "days", 8)
    with (store.folder / "vectors.f32").open("r+b") as file:
        file.write(b"\0" * 4 * 8 * 14)
    store.note(table_version=-5)
    again = DayIndex(tmp_path / "index")
    np.testing.assert_array_equal(again.days.vectors.matrix[12:], new)


def test_texts_whose_days_a_crash_lost_do_not_come_twice(index):
    rng = np.random.default_rng(11)
    day, captions, vectors = make_day(12), make_captions(12), unit(rng, 3)
    index.texts.append(text_rows(day, captions), vectors)
    index.add([day, make_day(13)], unit(rng, 2), [captions, make_captions(13)], np.concatenate([vectors, unit(rng, 3)]))
    assert len(index.texts.where("day = 'made/p4/2024-02-28'")) == len(captions)
    assert index.texts.num_current == 36 + 6
    assert day.key in index.known()


def test_a_table_of_another_form_is_refused(tmp_path):
    import lancedb
    import pyarrow as pa

    database = lancedb.connect(str(tmp_path / "rows"))
    database.create_table("days", schema=pa.schema([("other", pa.string())]))
    with pytest.raises(SearchError, match="Make a new index"):
        VectorTable(database, "days", day_schema(8), tmp_path / "v")


def test_half_written_rows_do_not_count(tmp_path):
    rng = np.random.default_rng(3)
    store = VectorStore(tmp_path, 8)
    first, second = unit(rng, 5), unit(rng, 3)
    store.append(first)
    with (tmp_path / "vectors.f32").open("ab") as file:
        file.write(b"half a row")
    again = VectorStore(tmp_path, 8)
    again.append(second)
    np.testing.assert_array_equal(again.matrix, np.concatenate([first, second]))


@pytest.mark.parametrize("share", [None, 0.5, 0.1])
def test_the_approximate_index_finds_what_the_exact_one_finds(tmp_path, share):
    rng = np.random.default_rng(4)
    vectors, queries = np.split(clustered(rng, 30_020), [30_000])
    store = VectorStore(tmp_path, 32, exact_limit=20_000)
    store.append(vectors[:28_000])
    store.refresh()
    store.append(vectors[28_000:])
    assert store.indexed == 28_000
    allowed = None if share is None else np.sort(rng.choice(30_000, int(30_000 * share), replace=False))
    found = total = 0
    for query in queries:
        exact, scores = store.search(query, 10, allowed=allowed, exact=True)
        rows, near = store.search(query, 10, allowed=allowed)
        assert (np.diff(near) <= 0).all()
        assert allowed is None or set(rows) <= set(allowed)
        np.testing.assert_allclose(near, vectors[rows] @ query, rtol=1e-5)
        found += len(set(rows) & set(exact))
        total += 10
        assert scores[0] >= near[0] - 1e-6
    assert found / total >= 0.95


def test_a_grown_index_is_extended_and_reads_back(tmp_path):
    rng = np.random.default_rng(7)
    vectors = clustered(rng, 3_000)
    store = VectorStore(tmp_path, 32, exact_limit=1_000)
    store.append(vectors[:2_000])
    store.refresh()
    store.append(vectors[2_000:])
    store.refresh()
    assert store.indexed == 3_000
    assert [p.name for p in tmp_path.glob("ann-*")] == ["ann-3000.faiss"]
    opened = VectorStore(tmp_path, 32, exact_limit=1_000)
    rows, _ = opened.search(vectors[2_500], 1)
    assert rows.tolist() == [2_500]
    (tmp_path / "ann-3000.faiss").write_bytes(b"no index")
    with pytest.raises(SearchError, match="cannot be read"):
        VectorStore(tmp_path, 32).search(vectors[0], 1)


def test_what_does_not_fit_is_refused(index, tmp_path):
    rng = np.random.default_rng(8)
    with pytest.raises(SearchError, match="cannot join"):
        index.add([make_day(20)], unit(rng, 1, 9))
    with pytest.raises(SearchError, match="one vector a row"):
        index.add([make_day(20)], unit(rng, 2))
    with pytest.raises(SearchError, match="k=0"):
        index.search(unit(rng, 1)[0], 0)
    with pytest.raises(SearchError, match="a vector of 8"):
        index.search(unit(rng, 1, 9)[0], 3)
    with pytest.raises(SearchError, match="this model gives 9"):
        DayIndex(tmp_path / "index", dim=9)
    with pytest.raises(SearchError, match="was made with model 'm'"):
        DayIndex(tmp_path / "index", dim=8, model="other")
    with pytest.raises(SearchError, match="there is no index"):
        DayIndex(tmp_path / "none")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    with pytest.raises(SearchError, match="is no index"):
        DayIndex(tmp_path / "full", dim=8)
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "index.json").write_text('{"format": "other", "version": 1, "dim": 8, "model": ""}')
    with pytest.raises(SearchError, match="is of"):
        DayIndex(tmp_path / "foreign")
    (tmp_path / "foreign" / "index.json").write_text("{")
    with pytest.raises(SearchError, match="cannot be read"):
        DayIndex(tmp_path / "foreign")


def test_a_store_refuses_damage(tmp_path):
    rng = np.random.default_rng(9)
    store = VectorStore(tmp_path, 8)
    with pytest.raises(SearchError, match="index something first"):
        store.search(unit(rng, 1)[0], 1)
    store.append(unit(rng, 4))
    with pytest.raises(SearchError, match="not finite"):
        store.append(np.full((1, 8), np.nan, np.float32))
    with pytest.raises(SearchError, match="holds vectors of 8"):
        VectorStore(tmp_path, 9)
    (tmp_path / "vectors.f32").write_bytes(b"")
    with pytest.raises(SearchError, match="need more"):
        VectorStore(tmp_path, 8)
    (tmp_path / "vectors.json").write_text('{"format": "x", "version": 1, "dim": 8, "rows": 1, "indexed": 0}')
    with pytest.raises(SearchError, match="is of"):
        VectorStore(tmp_path, 8)
    (tmp_path / "vectors.json").write_text("[]")
    with pytest.raises(SearchError, match="cannot be read"):
        VectorStore(tmp_path, 8)


def test_an_index_on_an_object_store_url(tmp_path):
    rng = np.random.default_rng(10)
    url = f"file://{tmp_path}/bucket"
    index = DayIndex(url, dim=8, model="m", cache=tmp_path / "cache")
    vectors = unit(rng, 3)
    index.add([make_day(i) for i in range(3)], vectors)
    # Another machine: the rows are there, the cache is not, and must be filled from them.
    fresh = DayIndex(url, dim=8, model="m", cache=tmp_path / "elsewhere")
    assert [hit.row["row"] for hit in fresh.search(vectors[1], 1)] == [1]


def changed(day):
    values = day.values.copy()
    values[day.observed] += 1
    return replace(day, values=values)


def test_a_day_that_changed_stands_in_for_itself(index):
    rng = np.random.default_rng(12)
    old, new = make_day(3), changed(make_day(3))
    assert index.known()[old.key] == content_of(old, make_captions(3)) != content_of(new, make_captions(3))
    vector, texts = unit(rng, 1), unit(rng, 3)
    index.add([new], vector, [make_captions(3)], texts)
    index.finish()
    for found in (index, DayIndex(index.place)):
        assert len(found) == 12
        assert found.texts.num_current == 36
        assert found.known()[old.key] == content_of(new, make_captions(3))
        hits = found.search(vector[0], 12)
        assert [h.row["day"] for h in hits].count(old.key) == 1
        assert (hits[0].row["day"], len(hits)) == (old.key, 12)
        assert hits[0].score == pytest.approx(1, abs=1e-5)
        assert len(found.search(vector[0], 50, where=f"day = '{old.key}'")) == 1
        assert len(found.captions(texts[0], 100)) == 36
        np.testing.assert_allclose(found.vector(old.key), vector[0])


def test_a_run_that_died_before_it_noted_the_old_row_is_mended(index):
    day = changed(make_day(3))
    index.days.append([day_row(day, make_captions(3))], unit(np.random.default_rng(1), 1))
    assert len(index) == 13
    assert index.known()[day.key] == content_of(day, make_captions(3))
    assert len(index) == 12
    assert len(DayIndex(index.place)) == 12


def test_content_is_that_of_minutes_events_and_captions():
    day, said = make_day(0), make_captions(0)
    assert content_of(day, said) == content_of(make_day(0), make_captions(0))
    others = [
        (changed(day), said),
        (replace(day, events=()), said),
        (day, said[:1]),
        (replace(day, tags={"a": "b"}), said),
    ]
    assert len({content_of(*other) for other in [(day, said), *others]}) == 5


def test_an_object_stores_url_holds_the_index_for_another_machine_too(tmp_path):
    """file:// goes through the same object-store code of LanceDB as s3://; memory:// forgets between connections."""
    url, rng = f"file://{tmp_path}/bucket", np.random.default_rng(0)
    with pytest.raises(SearchError, match="there is no index"):
        DayIndex(url, cache=tmp_path / "one")
    first = DayIndex(url, dim=8, model="m", cache=tmp_path / "one")
    vectors = unit(rng, 12)
    first.add([make_day(i) for i in range(12)], vectors, [make_captions(i) for i in range(12)], unit(rng, 36))
    first.finish()
    other = DayIndex(url, cache=tmp_path / "two")
    assert (other.dim, other.model, len(other)) == (8, "m", 12)
    np.testing.assert_array_equal(other.days.vectors.matrix, vectors)
    assert [h.row["day"] for h in other.search(vectors[4], 1)] == [make_day(4).key]
    other.add([changed(make_day(4))], unit(rng, 1))
    assert len(DayIndex(url, cache=tmp_path / "one")) == 12
    with pytest.raises(SearchError, match="8 numbers"):
        DayIndex(url, dim=9, model="m", cache=tmp_path / "one")
    import lancedb

    lancedb.connect(f"file://{tmp_path}/broken").create_table("about", [{"json": "no"}])
    with pytest.raises(SearchError, match="table 'about' cannot be read"):
        DayIndex(f"file://{tmp_path}/broken", cache=tmp_path / "three")


def test_another_form_of_the_same_model_may_ask_and_another_model_may_not(tmp_path):
    rng = np.random.default_rng(3)
    kept = unit(rng, 12)
    made = DayIndex(tmp_path / "i", dim=8, model="float", reference=lambda: kept)
    near = kept + 0.02 * unit(rng, 12)
    near /= np.linalg.norm(near, axis=1, keepdims=True)
    made.check(8, "int8", lambda: near)
    made.check(8, "int8, reads no text", lambda: near[:6])
    assert DayIndex(tmp_path / "i", dim=8, model="int8", reference=lambda: near).model == "float"
    with pytest.raises(SearchError, match="cosine"):
        made.check(8, "other", lambda: unit(rng, 12))
    with pytest.raises(SearchError, match="9"):
        made.check(9, "int8", lambda: near)
    plain = DayIndex(tmp_path / "j", dim=8, model="float")
    with pytest.raises(SearchError, match="Give the same --model"):
        plain.check(8, "int8", lambda: near)
