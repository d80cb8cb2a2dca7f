"""Whatever interrupts or damages a dataset: the old one stays, or the damage is named."""

import fcntl
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from store_days import SMALL, make_captions, make_day, same_day

import sensorlm.store.write as writing
from sensorlm.errors import StoreError
from sensorlm.store import add_captions, is_dataset, open_dataset, verify, write_dataset


def _three(folder: Path) -> None:
    write_dataset(folder, [make_day(i) for i in range(3)], SMALL, captions=lambda g: [make_captions(0) for _ in g])


def _still_three(folder: Path) -> None:
    dataset = open_dataset(folder)
    assert len(dataset) == 3
    assert all(same_day(dataset.day(i), make_day(i)) for i in range(3))
    assert dataset.captions(2)["short"] == make_captions(0)[:2]
    assert verify(folder) == []


@pytest.mark.parametrize("how", ["append", "overwrite"])
def test_an_error_in_the_middle_of_the_days_changes_nothing(tmp_path, how):
    _three(tmp_path)

    def broken():
        yield make_day(10)
        raise RuntimeError("the reader failed")

    with pytest.raises(RuntimeError, match="the reader failed"):
        write_dataset(tmp_path, broken(), SMALL, part_days=1, **{how: True})
    _still_three(tmp_path)


def test_a_kill_during_an_append_changes_nothing_and_the_next_write_clears_up(tmp_path):
    _three(tmp_path)
    program = """
        import os, sys
        sys.path.insert(0, sys.argv[2])
        from store_days import SMALL, make_day
        from sensorlm.store import write_dataset
        def days():
            yield from (make_day(i) for i in range(10, 13))
            os.kill(os.getpid(), 9)
        write_dataset(sys.argv[1], days(), SMALL, append=True, part_days=2)
    """
    tests = Path(__file__).parent
    command = [sys.executable, "-c", textwrap.dedent(program), str(tmp_path), str(tests)]
    environment = {**os.environ, "PYTHONPATH": str(tests.parent / "src")}
    assert subprocess.run(command, check=False, timeout=60, env=environment).returncode == -9
    left = sorted(p.name for p in tmp_path.iterdir() if p.name.startswith((".days", "days")))
    assert len(left) >= 3, "the kill left a part and a temporary file"
    _still_three(tmp_path)
    write_dataset(tmp_path, [make_day(20)], SMALL, append=True)
    assert sorted(p.name for p in tmp_path.glob("*days*")) == ["days-00000.parquet", "days-00002.parquet"]
    assert same_day(open_dataset(tmp_path).day(3), make_day(20))


@pytest.mark.parametrize("how", ["append", "overwrite", "captions"])
def test_a_crash_before_the_manifest_is_renamed_changes_nothing(tmp_path, monkeypatch, how):
    _three(tmp_path)

    def crash(*_):
        raise OSError("no space left")

    monkeypatch.setattr(writing, "save_manifest", crash)
    write = {
        "append": lambda: write_dataset(tmp_path, [make_day(10)], SMALL, append=True),
        "overwrite": lambda: write_dataset(tmp_path, [make_day(10)], SMALL, overwrite=True),
        "captions": lambda: add_captions(tmp_path, [(0, make_captions(9))], replace_existing=True),
    }
    with pytest.raises(OSError, match="no space left"):
        write[how]()
    _still_three(tmp_path)


def test_a_second_writer_is_refused(tmp_path):
    _three(tmp_path)
    with (tmp_path / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="another process is writing"):
            write_dataset(tmp_path, [make_day(10)], SMALL, append=True)
        with pytest.raises(StoreError, match="another process is writing"):
            add_captions(tmp_path, [])
    write_dataset(tmp_path, [make_day(10)], SMALL, append=True)


def test_verify_names_a_damaged_file(tmp_path):
    _three(tmp_path)
    file = tmp_path / "days-00000.parquet"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    assert [line.split(":")[0] for line in open_dataset(tmp_path).verify()] == ["days-00000.parquet"]


def test_a_missing_or_cut_part_is_found_when_opening(tmp_path):
    _three(tmp_path)
    file = tmp_path / "days-00000.parquet"
    data = file.read_bytes()
    file.write_bytes(data[:-10])
    with pytest.raises(StoreError, match=f"has {len(data) - 10} bytes; the manifest names {len(data)}"):
        open_dataset(tmp_path)
    file.unlink()
    with pytest.raises(StoreError, match="is missing"):
        open_dataset(tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: {**m, "version": 99}, "schema version 99 is not 1"),
        (lambda m: {**m, "format": "parquet"}, "this is no sensorlm dataset"),
        (lambda m: {k: v for k, v in m.items() if k != "days"}, "missing or misspelt .*days"),
        (lambda m: {**m, "days": [{"nom": "x"}]}, "missing or misspelt"),
        (lambda m: {**m, "splits": {"overrides": {"a/b": "dev"}}}, "'dev', which is not one of"),
        (lambda m: {**m, "channel_set": {"name": "none", "channels": []}}, "has no channels"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(tmp_path, change, message):
    _three(tmp_path)
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps(change(json.loads(file.read_text()))))
    with pytest.raises(StoreError, match=message):
        open_dataset(tmp_path)


def test_a_folder_without_a_dataset_is_refused(tmp_path):
    for folder in (tmp_path, tmp_path / "none"):
        assert not is_dataset(folder)
        with pytest.raises(StoreError, match="holds no dataset"):
            open_dataset(folder)
        with pytest.raises(StoreError, match="holds no dataset"):
            add_captions(folder, [])
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(StoreError, match="is not JSON"):
        open_dataset(tmp_path)


def test_the_copy_is_rebuilt_when_its_source_changes_or_it_is_gone(tmp_path):
    _three(tmp_path)
    open_dataset(tmp_path).prepare()
    first = {p.name for p in (tmp_path / "cache").iterdir()}
    write_dataset(tmp_path, [make_day(i) for i in range(7, 10)], SMALL, overwrite=True)
    dataset = open_dataset(tmp_path)
    assert same_day(dataset.day(0), make_day(7)), "never the copy of what was there before"
    dataset.prepare()
    second = {p.name for p in (tmp_path / "cache").iterdir()}
    assert len(second) == 2
    assert not first & second
    for file in (tmp_path / "cache").iterdir():
        file.unlink()
    assert same_day(open_dataset(tmp_path).day(2), make_day(9))


def test_a_damaged_copy_is_named(tmp_path):
    _three(tmp_path)
    open_dataset(tmp_path).prepare()
    values = next((tmp_path / "cache").glob("days-*.f32"))
    whole = values.read_bytes()
    values.write_bytes(whole[:-4])
    with pytest.raises(StoreError, match="is cut; it should have"):
        open_dataset(tmp_path).day(0)
    values.write_bytes(whole)
    dataset = open_dataset(tmp_path)
    dataset.values([0])
    values.write_bytes(whole[:100])  # cut while open
    with pytest.raises(StoreError, match="ends at byte 100, inside a day"):
        dataset.values([0])
    table = next((tmp_path / "cache").glob("days-*.arrow"))
    table.write_bytes(b"not arrow")
    with pytest.raises(StoreError, match="cannot be read"):
        open_dataset(tmp_path).day(0)


def test_a_copy_can_live_elsewhere_and_says_so_when_it_cannot_be_made(tmp_path):
    _three(tmp_path / "data")
    dataset = open_dataset(tmp_path / "data", cache=tmp_path / "fast")
    np.testing.assert_array_equal(dataset.values([1])[0], make_day(1).values)
    assert not (tmp_path / "data" / "cache").exists()
    assert list((tmp_path / "fast").glob("*.f32"))
    (tmp_path / "file").write_text("in the way")
    for ask in ("day", "captions"):
        with pytest.raises(StoreError, match="Give open_dataset"):
            getattr(open_dataset(tmp_path / "data", cache=tmp_path / "file"), ask)(0)
