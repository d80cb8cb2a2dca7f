"""A decoder that knows a part of the tokenizer's words, against one that knows them all and has the same weights."""

import numpy as np
import pytest
import torch
from model_helpers import SMALL, small_model, some_days

from sensorlm.config.generation import GenerationConfig
from sensorlm.config.model import DecoderConfig, ModelConfig
from sensorlm.config.presets import preset
from sensorlm.errors import ConfigError
from sensorlm.model import SensorLM

KNOWN = (1, 4, 7, 8, 20, 21, 40, 59)


@pytest.fixture(scope="module")
def pair():
    """The whole model and the one of few words, with equal weights."""
    whole = small_model().eval()
    with torch.no_grad():
        generator = torch.Generator().manual_seed(3)
        for parameter in whole.decoder.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator) * 0.3)
    config = preset("tiny", decoder=True, overrides=SMALL)
    config = config.replace(decoder={**config.decoder.to_json(), "vocabulary": list(KNOWN)})
    few = SensorLM(config).eval()
    state = whole.state_dict()
    few.load_state_dict(
        {k: v[list(KNOWN)] if k == "decoder.token_embed.weight" else v for k, v in state.items()}
    )  # fmt: skip
    return whole, few


@torch.no_grad()
def test_logits_of_known_words_are_those_of_the_whole_decoder(pair):
    whole, few = pair
    values, observed = some_days(3)
    tokens = torch.tensor(KNOWN)[torch.randint(len(KNOWN), (3, 6), generator=torch.Generator().manual_seed(0))]
    theirs = whole(values, observed, tokens)["caption_logits"]
    ours = few(values, observed, tokens)["caption_logits"]
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours[..., list(KNOWN)], theirs[..., list(KNOWN)], atol=1e-5)
    others = np.setdiff1d(np.arange(60), KNOWN)
    assert bool(torch.isneginf(ours[..., others]).all())


@pytest.mark.parametrize("beams", [1, 3])
@torch.no_grad()
def test_it_writes_ids_of_the_tokenizer(pair, beams):
    whole, few = pair
    values, observed = some_days(3)
    prompt = torch.tensor([[4, 20]]).expand(3, -1)
    how = GenerationConfig(max_tokens=8, num_beams=beams)
    ids = few.generate(values, observed, prompt, how)
    assert set(ids.flatten().tolist()) <= set(KNOWN)
    assert ids[:, :2].tolist() == [[4, 20]] * 3
    if beams == 1:  # the whole decoder, its choice limited to the known words, one step after the other
        memory = whole.sensor.tokens(values, observed)
        rows = prompt
        for _ in range(ids.shape[1] - 2):
            padded = torch.cat([rows, torch.ones(3, 1, dtype=torch.long)], 1)
            best = whole.decoder(padded, memory)[:, -1][:, list(KNOWN)].argmax(-1)
            rows = torch.cat([rows, torch.tensor(KNOWN)[best][:, None]], 1)
        for ours, theirs in zip(ids.tolist(), rows.tolist(), strict=True):
            end = ours.index(1) + 1 if 1 in ours else len(ours)
            assert ours[:end] == theirs[:end]


@torch.no_grad()
def test_scores_are_the_log_softmax_of_what_was_written(pair):
    _, few = pair
    values, observed = some_days(2)
    ids, scores = few.generate_scored(values, observed, None, GenerationConfig(max_tokens=5))
    logits = few(values, observed, ids)["caption_logits"].double()
    expected = torch.log_softmax(logits, -1).gather(-1, ids[..., None])[..., 0]
    np.testing.assert_allclose(scores, expected, atol=1e-5)
    np.testing.assert_array_equal(ids, few.generate(values, observed, None, GenerationConfig(max_tokens=5)))


def test_a_word_it_does_not_know_is_refused(pair):
    _, few = pair
    values, observed = some_days(2)
    with pytest.raises(ConfigError, match="token 5 is none of the 8"):
        few.generate(values, observed, torch.tensor([[5], [5]]), GenerationConfig(max_tokens=3))
    with pytest.raises(ConfigError, match="no decoder"):
        SensorLM(preset("tiny", overrides={k: v for k, v in SMALL.items() if "decoder" not in k})).generate_scored(
            values, observed
        )  # fmt: skip


@pytest.mark.parametrize("known", [(4, 7), (1, 7, 4), (1, 1, 4), (1, 60), (-1, 1)])
def test_a_vocabulary_that_cannot_be_is_refused(known):
    with pytest.raises(ConfigError, match=r"decoder\.vocabulary"):
        DecoderConfig(vocab_size=60, vocabulary=known)


def test_the_configuration_survives_json(pair):
    config = pair[1].config
    assert config.decoder.vocabulary == KNOWN
    assert config.decoder.num_words == len(KNOWN)
    assert ModelConfig.from_json(config.to_json()) == config
    with pytest.raises(ConfigError, match="vocabulary"):
        ModelConfig.from_json({**config.to_json(), "decoder": {**config.decoder.to_json(), "vocabulary": [1, "x"]}})
