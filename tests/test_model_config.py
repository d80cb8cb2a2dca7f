"""Model configurations: the reference's sizes, JSON round trips, and every contradiction refused by name."""

import json

import pytest

from sensorlm.config.model import DecoderConfig, ModelConfig, SensorTowerConfig, TextTowerConfig
from sensorlm.config.presets import PRESETS, preset, with_overrides
from sensorlm.errors import ConfigError

# Width, depth, MLP, heads as the reference lists them.
REFERENCE = {
    "Ti": (192, 12, 768, 3), "S": (384, 12, 1536, 6), "B": (768, 12, 3072, 12), "L": (1024, 24, 4096, 16),
    "So400m": (1152, 27, 4304, 16), "g": (1408, 40, 6144, 16), "tiny": (192, 12, 768, 3), "small": (384, 12, 1536, 6),
    "base": (768, 12, 3072, 12),
}  # fmt: skip


@pytest.mark.parametrize("name", PRESETS)
def test_presets_have_the_references_sizes_and_round_trip(name):
    config = preset(name, decoder=True)
    for tower in (config.sensor, config.text, config.decoder):
        assert (tower.width, tower.depth, tower.mlp_width, tower.num_heads) == REFERENCE[name]
    assert config.embed_dim == config.sensor.width
    assert ModelConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


def test_a_day_of_34_channels_is_2448_tokens():
    assert SensorTowerConfig().num_patches == 2448
    assert SensorTowerConfig(num_channels=26).num_patches == 1872
    assert SensorTowerConfig(num_channels=27).grid == (144, 14)
    assert SensorTowerConfig().patch_size == 20


def test_overrides_by_dotted_path():
    config = preset("tiny", overrides={"sensor.depth": 3, "logit_bias_init": -5, "text.padding_mask": True})
    assert (config.sensor.depth, config.logit_bias_init, config.text.padding_mask) == (3, -5.0, True)
    assert PRESETS["tiny"].sensor.depth == 12
    assert config.replace(embed_dim=7).embed_dim == 7
    assert preset("tiny", decoder=True, overrides={"text": None}).text is None


def test_positions_a_text_may_use():
    assert TextTowerConfig().max_tokens == 1024
    assert TextTowerConfig(prefix_id=0).max_tokens == 1023
    assert DecoderConfig(context_length=9).max_tokens == 9


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        (SensorTowerConfig, {"patch_minutes": 37}, "patch_minutes=37 does not divide 1440 minutes. Use one of 5, 10"),
        (SensorTowerConfig, {"num_minutes": 7, "patch_minutes": 2}, "does not divide 7 minutes. Use one of 1"),
        (SensorTowerConfig, {"num_channels": 0}, "sensor.num_channels=0 is not above 0"),
        (SensorTowerConfig, {"width": 0}, "sensor.width=0 is not above 0"),
        (SensorTowerConfig, {"num_heads": 7}, "width=768 is not divisible by num_heads=7"),
        (SensorTowerConfig, {"mlp_ratio": 0.0}, "mlp_ratio=0.0 is not a number above 0"),
        (SensorTowerConfig, {"norm_eps": 1.0}, "norm_eps=1.0 is not between 0 and 1"),
        (SensorTowerConfig, {"activation": "relu"}, "sensor.activation='relu' does not exist. Use one of gelu_tanh"),
        (SensorTowerConfig, {"positions": "x"}, "sensor.positions='x' does not exist"),
        (SensorTowerConfig, {"pooling": "last"}, "sensor.pooling='last' does not exist"),
        (SensorTowerConfig, {"missing": "x"}, "sensor.missing='x' does not exist. Use one of drop, impute"),
        (SensorTowerConfig, {"positions": "sincos", "width": 6, "num_heads": 2}, "width=6 is not divisible by 4"),
        (SensorTowerConfig, {"num_probes": 0}, "sensor.num_probes=0 is not above 0"),
        (SensorTowerConfig, {"num_probes": 2, "pooling": "mean"}, "only pooling='map' has probes"),
        (TextTowerConfig, {"architecture": "rnn"}, "text.architecture='rnn' does not exist"),
        (TextTowerConfig, {"pooling": "x"}, "text.pooling='x' does not exist"),
        (TextTowerConfig, {"vocab_size": 0}, "text.vocab_size=0 is not above 0"),
        (TextTowerConfig, {"pad_id": 32_000}, "text.pad_id=32000 is outside the vocabulary of 32000"),
        (TextTowerConfig, {"prefix_id": -1}, "text.prefix_id=-1 is outside the vocabulary"),
        (TextTowerConfig, {"architecture": "bert"}, "a BERT encoder is bidirectional and masks padding"),
        (DecoderConfig, {"context_length": 0}, "decoder.context_length=0 is not above 0"),
        (DecoderConfig, {"eos_id": -1}, "decoder.eos_id=-1 is outside the vocabulary"),
        (ModelConfig, {"embed_dim": 0}, "embed_dim=0 is not above 0"),
        (ModelConfig, {"logit_scale_init": 0.0}, "logit_scale_init=0.0 is not a number above 0"),
        (ModelConfig, {"logit_bias_init": float("inf")}, "logit_bias_init=inf is not finite"),
        (ModelConfig, {"text": None}, "text=None and decoder=None"),
        (ModelConfig, {"decoder": DecoderConfig(vocab_size=5)}, "decoder.vocab_size=5 differs from text.vocab_size"),
    ],
)  # fmt: skip
def test_contradictions_are_refused(kind, fields, message):
    with pytest.raises(ConfigError) as caught:
        kind(**fields)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([1], "is not a JSON object"),
        ({"wings": 2}, r"unknown fields \['wings'\]"),
        ({"embed_dim": "x"}, "embed_dim='x' has type str. It must be int"),
        ({"embed_dim": True}, "embed_dim=True has type bool"),
        ({"embed_dim": 1.5}, "embed_dim=1.5 has type float"),
        ({"sensor": {"depth": None}}, "SensorTowerConfig.depth=None has type NoneType"),
        ({"sensor": 3}, "3 is not a JSON object"),
    ],
)
def test_json_of_the_wrong_kind_is_refused(data, message):
    with pytest.raises(ConfigError, match=message):
        ModelConfig.from_json(data)


def test_names_that_do_not_exist_are_refused():
    with pytest.raises(ConfigError, match=r"preset 'huge' does not exist\. Use one of Ti, S"):
        preset("huge")
    with pytest.raises(ConfigError, match=r"'embed_dim\.x' goes through 'embed_dim', which is not a section"):
        preset("tiny", overrides={"embed_dim.x": 1})
    with pytest.raises(ConfigError, match="unknown fields"):
        preset("tiny", overrides={"sensor.wings": 1})
    assert with_overrides({"a": {"b": 1}}, {"a.b": 2}) == {"a": {"b": 2}}
