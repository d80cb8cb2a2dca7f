"""A person is in one split, the same one for ever."""

import hashlib
import json
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_days import SMALL, make_day

from sensorlm.errors import StoreError
from sensorlm.store import SPLITS, load_splits, open_dataset, split_of, write_dataset

_names = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)


@given(dataset=_names, person=_names)
def test_the_rule_is_the_one_the_manifest_states(dataset, person):
    u = Fraction(int(hashlib.sha256(f"{dataset}/{person}".encode()).hexdigest()[:16], 16), 2**64)
    expected = "train" if u < Fraction(8, 10) else "val" if u < Fraction(9, 10) else "test"
    assert split_of(dataset, person) == expected


def test_splits_are_known_for_good():
    # Written down once: a change of the rule would move people between splits of datasets that exist.
    people = ("fitabase/1503960366", "fitabase/1624580081", "mss/3", "a/4", "a/15")
    assert [split_of(*p.split("/")) for p in people] == ["val", "train", "train", "val", "test"]


def test_shares_are_80_10_10():
    counts = Counter(split_of("set", str(i)) for i in range(20_000))
    for split, share in (("train", 0.8), ("val", 0.1), ("test", 0.1)):
        assert abs(counts[split] / 20_000 - share) < 0.01  # 4.7 standard deviations of the 10% shares


@given(people=st.lists(st.tuples(_names, _names), min_size=1, max_size=30))
def test_nobody_is_in_two_splits(people):
    overrides = {"/".join(people[0]): "test"}
    found: dict[tuple[str, str], set[str]] = {}
    for dataset, person in people * 2:
        found.setdefault((dataset, person), set()).add(split_of(dataset, person, overrides))
    assert all(len(splits) == 1 for splits in found.values())
    assert found[people[0]] == {"test"}


def test_rows_of_splits_cover_a_dataset_once_with_each_person_whole(tmp_path):
    days = [make_day(i) for i in range(60)]
    write_dataset(tmp_path, days[:30], SMALL, splits={"made/p0": "val"}, part_days=7)
    write_dataset(tmp_path, days[30:], SMALL, append=True, splits={"made/p11": "test"})
    dataset = open_dataset(tmp_path)
    rows = {split: dataset.rows(split).tolist() for split in SPLITS}
    assert sorted(row for found in rows.values() for row in found) == list(range(60)) == dataset.rows().tolist()
    people = {split: {dataset.person(r) for r in rows[split]} for split in SPLITS}
    assert not people["train"] & people["val"]
    assert not people["train"] & people["test"]
    assert not people["val"] & people["test"]
    assert "made/p0" in people["val"]
    assert "made/p11" in people["test"]
    assert dataset.people() == [f"made/p{i}" for i in range(20)]
    assert dataset.manifest.counts["by_split"] == {s: {"days": len(rows[s]), "people": len(people[s])} for s in SPLITS}
    with pytest.raises(StoreError, match="split 'dev' is not one of"):
        dataset.rows("dev")


def test_a_splits_file_is_read_or_refused(tmp_path):
    file = tmp_path / "splits.json"
    file.write_text(json.dumps({"a/b": "test"}))
    assert load_splits(file) == {"a/b": "test"}
    for text, message in (
        ("{", "cannot be read"),
        ("[1]", "holds a list"),
        ('{"a/b": "dev"}', "'dev', which is not one of"),
    ):
        file.write_text(text)
        with pytest.raises(StoreError, match=message):
            load_splits(file)
    with pytest.raises(StoreError, match="cannot be read"):
        load_splits(tmp_path / "none.json")


def test_a_slash_in_a_name_does_not_merge_two_people_of_a_dataset(tmp_path):
    one, two = replace(make_day(0), dataset="a/b", person="c"), replace(make_day(1), dataset="a", person="c")
    write_dataset(tmp_path, [one, two, replace(one, date=two.date)], SMALL)
    dataset = open_dataset(tmp_path)
    assert [dataset.person(i) for i in range(3)] == ["a/b/c", "a/c", "a/b/c"]
    assert dataset.manifest.counts["people"] == 2
