"""Generation against plain renderings: no cache, exhaustive search, a naive nucleus; prompts, batches, ends."""

from itertools import product

import numpy as np
import pytest
import torch
from model_helpers import small_model, some_days

from sensorlm.config.generation import GenerationConfig
from sensorlm.errors import ConfigError
from sensorlm.model.generate import keep_likely


@pytest.fixture(scope="module")
def model():
    model = small_model().eval()
    with torch.no_grad():  # an untrained decoder repeats itself; give it opinions
        generator = torch.Generator().manual_seed(3)
        for parameter in model.decoder.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator) * 0.3)
    return model


def days_with_gaps():
    values, observed = some_days(3)
    observed[0, :700] = False
    observed[1] = False
    return values, observed


def greedy_without_cache(model, values, observed, prompt, max_tokens):
    memory = model.sensor.tokens(values, observed)
    rows = prompt
    for _ in range(max_tokens):
        padded = torch.cat([rows, torch.zeros(len(rows), 1, dtype=torch.long)], 1)
        rows = torch.cat([rows, model.decoder(padded, memory)[:, -1].argmax(-1, keepdim=True)], 1)
    for row in rows:  # EOS from the first one on, behind the prompt
        ends = (row[prompt.shape[1] :] == 1).nonzero()
        if len(ends):
            row[prompt.shape[1] + int(ends[0]) :] = 1
    return rows


@pytest.mark.parametrize("prompt_length", [0, 1, 4])
@torch.no_grad()
def test_the_cache_changes_nothing(model, prompt_length):
    values, observed = days_with_gaps()
    prompt = torch.arange(3 * prompt_length).view(3, -1) % 50 + 5
    plain = greedy_without_cache(model, values, observed, prompt, 10)
    cached = model.generate(values, observed, prompt, GenerationConfig(max_tokens=10))
    np.testing.assert_array_equal(cached, plain[:, : cached.shape[1]])
    assert bool((plain[:, cached.shape[1] :] == 1).all())
    assert len({tuple(row) for row in cached.tolist()}) > 1, "the days must matter"


@torch.no_grad()
def test_step_logits_equal_the_training_logits(model):
    values, observed = days_with_gaps()
    tokens = torch.randint(5, 60, (3, 7), generator=torch.Generator().manual_seed(0))
    whole = model(values, observed, tokens)["caption_logits"]
    caches, mask = model.decoder.open_cache(model.sensor.tokens(values, observed))
    steps = [model.decoder.step(tokens[:, :2], caches, mask, 3)]
    steps += [model.decoder.step(tokens[:, i : i + 1], caches, mask, 3) for i in range(2, 6)]
    torch.testing.assert_close(torch.stack(steps, 1), whole[:, 2:7], rtol=1e-5, atol=1e-5)


@torch.no_grad()
def test_caption_logits_see_only_earlier_tokens(model):
    values, observed = days_with_gaps()
    tokens = torch.randint(5, 60, (3, 7), generator=torch.Generator().manual_seed(0))
    changed = tokens.clone()
    changed[:, 4] = (changed[:, 4] + 1) % 60
    before, after = (model(values, observed, t)["caption_logits"] for t in (tokens, changed))
    torch.testing.assert_close(before[:, :5], after[:, :5])
    assert (before[:, 5] - after[:, 5]).abs().max() > 1e-3


@torch.no_grad()
def test_a_beam_wide_enough_finds_the_best_of_all_captions():
    model = small_model(text__vocab_size=4, decoder__vocab_size=4, decoder__depth=1)
    for parameter in model.decoder.parameters():
        parameter.add_(torch.randn(parameter.shape, generator=torch.Generator().manual_seed(5)) * 0.7)
    values, observed = some_days(2)
    memory = model.sensor.tokens(values, observed)
    for alpha in (0.0, 1.0):
        config = GenerationConfig(max_tokens=3, num_beams=64, length_penalty=alpha)
        got = model.generate(values, observed, config=config)
        for day in range(2):
            best, best_score = None, -np.inf
            for ids in product(range(4), repeat=3):
                cut = ids[: ids.index(1) + 1] if 1 in ids else ids
                if cut + (1,) * (3 - len(cut)) != ids:
                    continue  # what follows EOS is EOS
                tokens = torch.tensor([cut]).expand(2, -1)
                logp = model.decoder(tokens, memory).log_softmax(-1)[day]
                score = sum(logp[i, t].item() for i, t in enumerate(cut)) / len(cut) ** alpha
                if score > best_score:
                    best, best_score = ids, score
            assert tuple(got[day].tolist()) == best[: got.shape[1]]


@torch.no_grad()
def test_one_beam_is_greedy_and_beams_never_score_worse(model):
    values, observed = days_with_gaps()
    memory = model.sensor.tokens(values, observed)

    def score(rows):
        logp = model.decoder(rows, memory).log_softmax(-1).gather(2, rows[..., None])[..., 0]
        alive = (rows == 1).cumsum(1) - (rows == 1).long() == 0
        return (logp * alive).sum(1)

    greedy = model.generate(values, observed, config=GenerationConfig(max_tokens=6))
    wide = model.generate(values, observed, config=GenerationConfig(max_tokens=6, num_beams=8, length_penalty=0.0))
    assert bool((score(wide) >= score(greedy) - 1e-4).all())


@torch.no_grad()
def test_a_batch_gives_what_each_day_gives_alone(model):
    values, observed = days_with_gaps()
    for config in (GenerationConfig(max_tokens=8), GenerationConfig(max_tokens=8, num_beams=3)):
        together = model.generate(values, observed, config=config)
        for i in range(3):
            alone = model.generate(values[i : i + 1], observed[i : i + 1], config=config)[0]
            assert together[i, : len(alone)].tolist() == alone.tolist()


@torch.no_grad()
def test_sampling_is_fixed_by_the_seed_and_cold_sampling_is_greedy(model):
    values, observed = days_with_gaps()
    warm = [GenerationConfig(max_tokens=8, temperature=1.5, seed=s) for s in (0, 0, 1)]
    a, b, c = (model.generate(values, observed, config=config) for config in warm)
    assert torch.equal(a, b)
    assert a.shape != c.shape or not torch.equal(a, c)
    greedy = model.generate(values, observed, config=GenerationConfig(max_tokens=8))
    for config in (
        GenerationConfig(max_tokens=8, temperature=1.0, top_k=1),
        GenerationConfig(max_tokens=8, temperature=1.0, top_p=1e-6),
    ):
        assert torch.equal(model.generate(values, observed, config=config), greedy)


def test_keep_likely_against_a_loop():
    logits = torch.tensor(np.random.default_rng(0).normal(size=(20, 9)) * 2)
    for top_k, top_p in ((0, 1.0), (3, 1.0), (0, 0.7), (2, 0.5), (5, 0.9)):
        got = keep_likely(logits, top_k, top_p)
        for row, kept in zip(logits.numpy(), got.numpy(), strict=True):
            p = np.exp(row) / np.exp(row).sum()
            allowed, reached = set(), 0.0
            for rank, i in enumerate(np.argsort(-row)):
                if reached >= top_p or (top_k and rank >= top_k):
                    break
                allowed.add(int(i))
                reached += p[i]
            assert {int(i) for i in np.flatnonzero(np.isfinite(kept))} == allowed


def test_sampled_frequencies_are_the_softmax(model):
    from sensorlm.model.generate import choose

    logits = torch.tensor([[0.0, 1.0, 2.0]]).expand(20_000, -1)
    drawn = choose(logits, GenerationConfig(temperature=2.0), torch.Generator().manual_seed(0))
    wanted = torch.softmax(logits[0] / 2.0, 0)
    torch.testing.assert_close(torch.bincount(drawn, minlength=3) / 20_000, wanted, rtol=0, atol=0.015)


def test_what_cannot_be_generated_is_refused(model):
    values, observed = some_days(1)
    with pytest.raises(ConfigError, match="max_tokens=25 exceed context_length=24"):
        model.generate(values, observed, config=GenerationConfig(max_tokens=25))
    mute = small_model(decoder=None)
    with pytest.raises(ConfigError, match="no decoder"):
        mute.generate(values, observed)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"max_tokens": 0}, "max_tokens=0 is not above 0"),
        ({"num_beams": 0}, "num_beams=0 is not above 0"),
        ({"temperature": -1.0}, "temperature=-1.0 is not a number"),
        ({"temperature": float("nan")}, "temperature=nan"),
        ({"temperature": 1.0, "top_k": -1}, "top_k=-1"),
        ({"temperature": 1.0, "top_p": 0.0}, r"top_p=0\.0"),
        ({"top_k": 5}, "nothing is sampled"),
        ({"temperature": 1.0, "num_beams": 2}, "a beam search does not sample"),
    ],
)
def test_contradictory_generation_configs_are_refused(fields, message):
    with pytest.raises(ConfigError, match=message):
        GenerationConfig(**fields)
