"""What is in a batch: z-scores, hidden minutes, the chosen caption, and the codes of both."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from store_days import SMALL, make_captions, make_day

from sensorlm.batching import FACTS, PAIRS, DayLoader, Sampling, to_tensors
from sensorlm.batching.sampling import choose, draw_window
from sensorlm.captions.codes import Codebook
from sensorlm.captions.facts import DayBatch, evaluate
from sensorlm.channels import CHANNEL_SETS
from sensorlm.errors import ChannelError, StoreError
from sensorlm.records import MINUTES_PER_DAY, Caption, Quantity
from sensorlm.store import Dataset, open_dataset, write_dataset
from sensorlm.tokenizer import CaptionTokenizer

DAYS = 12


def stored(folder, captions) -> Dataset:
    """A dataset of DAYS days with `captions(i)` each; the last day has none."""
    numbers = iter(range(DAYS))
    days = [make_day(i) for i in range(DAYS)]
    give = lambda i: captions(i) if i < DAYS - 1 else []  # noqa: E731
    write_dataset(folder, days, SMALL, captions=lambda group: [give(next(numbers)) for _ in group])
    return open_dataset(folder)


@pytest.fixture(scope="module")
def tokenizer() -> CaptionTokenizer:
    return CaptionTokenizer.train([c.text for c in make_captions(3)], 300)


def test_tensors_are_z_scores_with_zero_where_nothing_was_observed():
    channels = CHANNEL_SETS["sensorlm-34"]
    days = [make_day(i, channels) for i in range(3)]
    raw = np.stack([d.values for d in days])
    kept = raw.copy()
    expected = (raw.astype(np.float64) - channels.mean) / channels.std
    for given_days in (days, raw):
        values, observed = to_tensors(given_days, channels)
        assert values.dtype == torch.float32
        np.testing.assert_array_equal(observed.numpy(), ~np.isnan(raw))
        np.testing.assert_allclose(values.numpy(), np.where(np.isnan(raw), 0, expected), rtol=2e-6, atol=2e-5)
    np.testing.assert_array_equal(raw, kept)
    np.testing.assert_array_equal(days[0].values, kept[0])


def test_an_infinite_value_stays_visible():
    values = np.zeros((1, MINUTES_PER_DAY, len(SMALL)), np.float32)
    values[0, 3, 1] = np.inf
    assert to_tensors(values, SMALL)[0][0, 3, 1] == np.inf


def test_no_days_are_no_days():
    assert to_tensors([], SMALL)[0].shape == (0, MINUTES_PER_DAY, len(SMALL))


def test_other_channels_are_refused():
    with pytest.raises(ChannelError, match=r"day made/p0/2024-02-28 has 4 channels that are not those of set"):
        to_tensors([make_day(0)], CHANNEL_SETS["sensorlm-34"])
    with pytest.raises(ChannelError, match=r"needs \(days, minutes, 4\)"):
        to_tensors(np.zeros((1, 1440, 3), np.float32), SMALL)


def test_a_batch_is_its_rows_captions_and_codes(tmp_path, tokenizer):
    dataset = stored(tmp_path, make_captions)
    book = Codebook((Quantity(statistic="mean", subject="HR", start=0, end=600),))
    loader = DayLoader(
        dataset, dataset.rows()[:-1], batch_size=11, tokenizer=tokenizer, seed=0, context_length=40, codebook=book,
        caption_keys={"short": 1.0, "high_level_summary_caption": 1.0}, max_facts=3,
    )  # fmt: skip
    batch = next(loader)
    days = [make_day(int(r)) for r in batch.rows]
    values, observed = to_tensors(days, SMALL)
    assert torch.equal(batch.values, values)
    assert torch.equal(batch.observed, observed)
    np.testing.assert_array_equal(batch.day_codes.numpy(), book.day_codes(DayBatch.from_days(days)))
    chosen = []
    for row, text in zip(batch.rows.tolist(), tokenizer.decode(batch.tokens.numpy()), strict=True):
        chosen += [c for c in make_captions(row) if c.text == text][:1]
    assert len(chosen) == 11, "every caption is one of its own day"
    assert batch.label_mode.tolist() == [FACTS if c.labels == "facts" else PAIRS for c in chosen]
    assert {c.key for c in chosen} == {"short", "high_level_summary_caption"}
    expected = book.caption_codes(chosen, 3)
    for name in ("index", "low", "high", "margin"):
        np.testing.assert_array_equal(getattr(batch.caption_codes, name).numpy(), getattr(expected, name))


def test_without_a_codebook_every_sample_is_a_pair(tmp_path, tokenizer):
    dataset = stored(tmp_path, make_captions)
    options = {"batch_size": 4, "tokenizer": tokenizer, "caption_keys": {"short": 1.0}, "seed": 0}
    batch = next(DayLoader(dataset, dataset.rows()[:-1], **options))
    assert batch.label_mode.tolist() == [PAIRS] * 4
    assert batch.day_codes.shape == batch.caption_codes.index.shape == (4, 0)


def test_minutes_outside_the_window_of_a_caption_are_hidden_from_the_model_and_its_labels(tmp_path, tokenizer):
    window = (300, 420)
    caption = replace(make_captions(0)[0], window=window)
    dataset = stored(tmp_path, lambda _: [caption])
    quantities = (
        Quantity(statistic="mean", subject="HR", start=300, end=420),
        Quantity(statistic="mean", subject="HR", start=430, end=600),
        Quantity(statistic="event_minutes", subject="event:sleep", start=300, end=400),
        Quantity(statistic="event_minutes", subject="event:sleep", start=0, end=MINUTES_PER_DAY),
    )
    loader = DayLoader(
        dataset, [1, 2], batch_size=2, tokenizer=tokenizer, seed=0, caption_keys={"short": 1.0},
        codebook=Codebook(quantities),
    )  # fmt: skip
    batch = next(loader)
    whole, observed = to_tensors([make_day(int(r)) for r in batch.rows], SMALL)
    inside = torch.zeros(MINUTES_PER_DAY, dtype=torch.bool)
    inside[slice(*window)] = True
    assert torch.equal(batch.observed, observed & inside[:, None])
    assert torch.equal(batch.values, whole * inside[:, None])
    codes = batch.day_codes
    assert torch.isfinite(codes[:, 0]).all()
    assert torch.isnan(codes[:, 1]).all(), "values outside the window cannot be told"
    assert torch.isfinite(codes[:, 2]).any(), "a day whose night is logged tells the sleep of shown minutes"
    assert torch.isnan(codes[:, 3]).all(), "nor events of minutes the model is not shown"


@settings(max_examples=100)
@given(seed=st.integers(0, 10**9))
def test_windows_are_whole_patches_inside_the_day(seed):
    start, end = draw_window(np.random.default_rng(seed))
    assert 0 <= start < end <= MINUTES_PER_DAY
    assert start % 10 == end % 10 == 0


def test_window_lengths_are_log_uniform_and_reach_both_ends():
    rng = np.random.default_rng(0)
    windows = [draw_window(rng) for _ in range(20_000)]
    steps = np.array([(end - start) // 10 for start, end in windows])
    edges = np.arange(1, 146)
    expected = np.diff(np.log(edges)) / np.log(145) * len(steps)
    assert stats.chisquare(np.bincount(steps, minlength=145)[1:], expected).pvalue > 1e-3
    assert {1, 144} <= set(steps.tolist())
    starts = [start // 10 for start, end in windows if end - start == 10]
    assert stats.chisquare(np.bincount(starts, minlength=144)).pvalue > 1e-3


def test_keys_come_by_their_weights_and_captions_of_a_key_evenly(tmp_path):
    dataset = stored(tmp_path, make_captions)
    sampling = Sampling(caption_keys={"short": 3.0, "high_level_summary_caption": 1.0}, seed=4)
    chosen = choose(sampling, dataset, [2] * 2000, range(2000), [0] * 2000, make_day)
    texts = [c.text for c in chosen]
    counts = [texts.count(c.text) for c in make_captions(2)]
    assert stats.chisquare(counts, [750, 750, 500]).pvalue > 1e-3
    assert sum(counts) == 2000


def test_the_order_of_keys_in_a_config_changes_nothing(tmp_path):
    dataset = stored(tmp_path, make_captions)
    keys = {"short": 3.0, "high_level_summary_caption": 1.0}
    one, two = (Sampling(caption_keys=k, seed=4) for k in (keys, dict(reversed(keys.items()))))
    arguments = (dataset, [2] * 50, range(50), [0] * 50, make_day)
    assert choose(one, *arguments) == choose(two, *arguments)


def test_a_key_without_a_caption_of_this_day_gives_way_to_the_next(tmp_path):
    dataset = stored(tmp_path, lambda i: make_captions(i) if i else [Caption(key="low_level_caption", text="low")])
    keys = {"short": 1e9, "low_level_caption": 1e-9}
    found = choose(Sampling(caption_keys=keys), dataset, [1, 0], [0, 1], [0, 0], make_day)
    assert [c.key for c in found] == ["short", "low_level_caption"]
    with pytest.raises(StoreError, match=rf"row {DAYS - 1} \(made.*\) has no caption under"):
        choose(Sampling(caption_keys=keys), dataset, [0, DAYS - 1], [0, 1], [0, 0], lambda i: make_day(i and DAYS - 1))


GENERATED = {"short": 2.0, "low_level_caption": 1.0, "high_level_summary_caption": 1.0}


@pytest.fixture(scope="module")
def bare(tmp_path_factory) -> Dataset:
    """A dataset without captions: all are written as they are needed."""
    folder = tmp_path_factory.mktemp("bare")
    write_dataset(folder, [make_day(i) for i in range(DAYS)], SMALL)
    return open_dataset(folder)


def captions_of(dataset, sampling, samples) -> list[Caption]:
    rows = [s % DAYS for s in samples]
    return choose(sampling, dataset, rows, samples, [s // DAYS for s in samples], lambda i: dataset.day(rows[i]))


@pytest.mark.parametrize("window_fraction", [0.0, 1.0])
def test_a_written_caption_is_true_of_its_day_and_window(bare, window_fraction):
    samples = range(3 * DAYS)
    found = captions_of(bare, Sampling(caption_keys=GENERATED, window_fraction=window_fraction), samples)
    assert any(c.labels == "facts" for c in found)
    for sample, caption in zip(samples, found, strict=True):
        day = DayBatch.from_days([bare.day(sample % DAYS)])
        truth = evaluate(list(caption.facts), day, np.array([caption.window]))
        assert caption.facts
        assert (truth == 1).all(), caption.text
    windows = {c.window for c in found}  # 16 neighbours share one
    assert windows == {(0, MINUTES_PER_DAY)} if window_fraction == 0 else len(windows) >= 3


def test_the_share_of_windows_is_the_one_asked_for(bare):
    found = captions_of(bare, Sampling(caption_keys=GENERATED, window_fraction=0.3), range(200))
    shown = sum(c.window != (0, MINUTES_PER_DAY) for c in found)
    assert stats.binomtest(shown, 200, 0.3).pvalue > 1e-3


@pytest.mark.parametrize("window_fraction", [0.0, 0.5])
def test_a_written_caption_does_not_depend_on_its_batch(bare, window_fraction):
    sampling = Sampling(caption_keys=GENERATED, window_fraction=window_fraction, seed=5)
    together = captions_of(bare, sampling, range(20))
    assert together == [captions_of(bare, sampling, [s])[0] for s in range(20)]
    other = captions_of(bare, sampling, range(DAYS, DAYS + 20))
    assert [c.text for c in other] != [c.text for c in together], "another epoch has other wordings"


def test_windowed_samples_label_each_other_only_by_what_is_shown(bare, tokenizer):
    book = Codebook.from_captions(
        captions_of(bare, Sampling(caption_keys={"short": 1.0}, window_fraction=0.5), range(200)), 64
    )
    loader = DayLoader(
        bare, batch_size=12, tokenizer=tokenizer, seed=0, caption_keys={"short": 1.0}, codebook=book,
        window_fraction=0.5, context_length=16,
    )  # fmt: skip
    batch = next(loader)
    seen = batch.observed.any(2)
    for i in range(12):
        minutes = torch.nonzero(seen[i]).ravel()
        visible = np.array([[int(minutes.min()) // 10 * 10, -(-(int(minutes.max()) + 1) // 10) * 10]])
        hidden = np.full((1, MINUTES_PER_DAY, len(SMALL)), np.nan, np.float32)
        day = bare.day(int(batch.rows[i]))
        hidden[0, slice(*visible[0])] = day.values[slice(*visible[0])]
        expected = book.day_codes(DayBatch(hidden, SMALL.keys, (day.events,), (day.logged,)), visible)
        np.testing.assert_array_equal(batch.day_codes[i].numpy(), expected[0])
    assert batch.label_mode.tolist() == [FACTS] * 12
