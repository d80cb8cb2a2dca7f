"""A loader stopped anywhere goes on exactly there: no sample lost, repeated or drawn differently."""

from collections import Counter
from dataclasses import fields

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from store_days import SMALL, make_captions, make_day

from sensorlm.batching import Batch, CaptionCodes, DayLoader
from sensorlm.captions.codes import Codebook
from sensorlm.errors import ConfigError
from sensorlm.records import Quantity
from sensorlm.store import Dataset, open_dataset, write_dataset
from sensorlm.tokenizer import CaptionTokenizer

DAYS = 23
KEYS = {"short": 3.0, "high_level_summary_caption": 1.0}
CODEBOOK = Codebook(
    (
        Quantity(statistic="mean", subject="HR", start=0, end=600),
        Quantity(statistic="mean", subject="steps"),
    )
)
# Workers fork: Python 3.12 warns of it wherever threads run, lancedb wherever it was imported by another test.
pytestmark = [
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:lancedb fork support:RuntimeWarning"),
]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory) -> Dataset:
    folder = tmp_path_factory.mktemp("set")
    numbers = iter(range(DAYS))
    write_dataset(
        folder, [make_day(i) for i in range(DAYS)], SMALL, part_days=10,
        captions=lambda group: [make_captions(next(numbers), count=3) for _ in group],
    )  # fmt: skip
    return open_dataset(folder)


@pytest.fixture(scope="module")
def tokenizer(dataset) -> CaptionTokenizer:
    return CaptionTokenizer.train([c.text for c in make_captions(3)], 300)


@pytest.fixture
def loader(dataset, tokenizer):
    made = []

    def make(**changes) -> DayLoader:
        options = {"batch_size": 4, "caption_keys": KEYS, "seed": 11, "context_length": 32, "codebook": CODEBOOK}
        made.append(DayLoader(dataset, tokenizer=tokenizer, **{**options, **changes}))
        return made[-1]

    yield make
    for one in made:
        one.close()


def parts(batch: Batch) -> dict[str, torch.Tensor]:
    """Every tensor of a batch by name."""
    found = {}
    for field in fields(batch):
        value = getattr(batch, field.name)
        if isinstance(value, CaptionCodes):
            found.update({f"codes.{f.name}": getattr(value, f.name) for f in fields(value)})
        else:
            found[field.name] = value
    return found


def same(a: Batch, b: Batch) -> bool:
    theirs = parts(b)
    return all(torch.equal(ours.nan_to_num(7e7), theirs[name].nan_to_num(7e7)) for name, ours in parts(a).items())


def take(loader: DayLoader, count: int) -> list[Batch]:
    return [next(loader) for _ in range(count)]


@pytest.mark.parametrize("workers", [1, 2])
def test_workers_change_nothing(loader, workers):
    plain = take(loader(), 14)  # 56 samples: into the third epoch
    assert all(same(a, b) for a, b in zip(plain, take(loader(num_workers=workers), 14), strict=True))


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("stop", [0, 1, 5, 6, 11])
def test_a_run_goes_on_where_it_stopped_whatever_was_prefetched(loader, workers, stop):
    whole = take(loader(), 12)
    first = loader(num_workers=workers)
    take(first, stop)
    state = first.state_dict()
    first.close()
    assert state == {"position": 4 * stop}
    for next_workers in {0, workers}:
        second = loader(num_workers=next_workers)
        second.load_state_dict(state)
        rest = take(second, 12 - stop)
        assert all(same(a, b) for a, b in zip(whole[stop:], rest, strict=True))


def test_state_can_be_loaded_into_a_running_loader(loader):
    one = loader(num_workers=1)
    whole = take(one, 6)
    one.load_state_dict({"position": 8})
    assert same(next(one), whole[2])
    assert one.position == 12


@settings(max_examples=10)
@given(position=st.integers(0, 10**12), batch_size=st.integers(1, 9), data=st.data())
def test_any_position_of_any_epoch_holds_its_own_samples(dataset, tokenizer, position, batch_size, data):
    options = {"tokenizer": tokenizer, "caption_keys": KEYS, "seed": 2, "context_length": 8}
    loader = DayLoader(dataset, batch_size=batch_size, **options)
    loader.load_state_dict({"position": position})
    batch = next(loader)
    single = DayLoader(dataset, batch_size=1, **options)
    i = data.draw(st.integers(0, batch_size - 1))
    alone = single.batch_at(position + i)
    assert torch.equal(batch.rows[i : i + 1], alone.rows)
    assert torch.equal(batch.tokens[i : i + 1], alone.tokens)
    assert torch.equal(batch.values[i : i + 1], alone.values)


@pytest.mark.parametrize("batch_size", [1, 4, 23, 50])
def test_every_epoch_holds_every_row_once(loader, dataset, batch_size):
    rows = torch.cat([b.rows for b in take(loader(batch_size=batch_size, codebook=None), 92 // batch_size + 1)])
    for epoch in range(len(rows) // DAYS):
        assert sorted(rows[epoch * DAYS : (epoch + 1) * DAYS].tolist()) == list(range(DAYS))
    assert rows[:DAYS].tolist() != rows[DAYS : 2 * DAYS].tolist()


def test_a_run_may_go_on_with_another_batch_size(loader):
    one = loader(batch_size=4)
    rows = torch.cat([b.rows for b in take(one, 3)]).tolist()
    two = loader(batch_size=11)
    two.load_state_dict(one.state_dict())
    assert sorted(rows + next(two).rows.tolist()) == list(range(DAYS))


@pytest.mark.parametrize("world_size", [2, 4])
def test_ranks_share_the_global_batch_of_one_process(loader, world_size):
    whole = take(loader(batch_size=8), 4)
    ranks = [take(loader(batch_size=8, rank=r, world_size=world_size), 4) for r in range(world_size)]
    for step, batch in enumerate(whole):
        shares = [parts(rank[step]) for rank in ranks]
        for name, value in parts(batch).items():
            assert torch.equal(torch.cat([s[name] for s in shares]).nan_to_num(7e7), value.nan_to_num(7e7)), name


def test_rows_of_a_split_are_the_only_ones_read(loader, dataset):
    rows = dataset.rows("train")
    one = loader(rows=rows, batch_size=5)
    seen = Counter(torch.cat([b.rows for b in take(one, len(rows))]).tolist())
    assert seen == {int(r): 5 for r in rows}
    assert one.epoch == 5


def test_what_cannot_be_is_refused(loader):
    with pytest.raises(ConfigError, match="no rows to read"):
        loader(rows=[])
    with pytest.raises(ConfigError, match="batch_size=5 cannot be shared evenly by 2"):
        loader(batch_size=5, world_size=2)
    with pytest.raises(ConfigError, match="batch_size=0"):
        loader(batch_size=0)
    with pytest.raises(ConfigError, match="rank=2 is not one of world_size=2"):
        loader(rank=2, world_size=2)
    with pytest.raises(ConfigError, match="caption key 'poem' is not stored"):
        loader(caption_keys={"poem": 1.0})
    with pytest.raises(ConfigError, match="caption_keys is empty"):
        loader(caption_keys={})
    for weight in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ConfigError, match=f"'short' has weight {weight}"):
            loader(caption_keys={"short": weight})
    for fraction in (-0.1, 1.5):
        with pytest.raises(ConfigError, match=f"window_fraction={fraction}"):
            loader(window_fraction=fraction)


def test_a_batch_moves_whole(loader):
    batch = next(loader())
    assert len(batch) == 4
    assert same(batch, batch.to("cpu"))
    assert {t.device.type for t in parts(batch.to("meta")).values()} == {"meta"}


@pytest.mark.skipif(not torch.cuda.is_available(), reason="page-locked memory needs a GPU")
def test_a_batch_can_be_pinned(loader):
    pinned = next(loader(pin_memory=True, num_workers=1))
    assert all(t.is_pinned() for t in parts(pinned).values() if t.numel())


def test_tokenizing_in_the_parent_does_not_make_workers_warn(loader, tokenizer, capfd):
    tokenizer.encode([f"Day {i}." for i in range(200)], 16)
    take(loader(num_workers=2), 4)
    assert "parallelism" not in capfd.readouterr().err


def test_numpy_state_outside_is_left_alone(loader):
    before = np.random.get_state()[1].copy()
    torch_before = torch.get_rng_state()
    take(loader(), 3)
    assert (np.random.get_state()[1] == before).all()
    assert torch.equal(torch.get_rng_state(), torch_before)
