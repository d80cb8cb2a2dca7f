"""Channel sets against the reference's constants, and the doors that refuse bad ones."""

import json

import numpy as np
import pytest

from sensorlm.channels import CHANNEL_SETS, Channel, ChannelSet, known_channel, load_channel_set
from sensorlm.errors import ChannelError


def test_the_34_channels_are_the_references(shared):
    golden = json.loads((shared / "golden" / "official_channels.json").read_text())
    ours = CHANNEL_SETS["sensorlm-34"]
    assert [(c.key, c.mean, c.std) for c in ours.channels] == [(k, *v) for k, v in golden.items()]


@pytest.mark.parametrize("name", CHANNEL_SETS)
def test_every_set_survives_json_and_z_scores_both_ways(name):
    channels = CHANNEL_SETS[name]
    assert ChannelSet.from_json(json.loads(json.dumps(channels.to_json()))) == channels
    z = np.random.default_rng(0).normal(size=(50, len(channels))).astype(np.float32)
    physical = channels.denormalise(z)
    assert (physical[:, [i for i, c in enumerate(channels.channels) if c.clamp_zero]] >= 0).all()
    free = [i for i, c in enumerate(channels.channels) if not c.clamp_zero]
    np.testing.assert_allclose(channels.normalise(physical)[:, free], z[:, free], atol=2e-4)
    assert np.isnan(channels.normalise(np.full((1, len(channels)), np.nan))).all()


def test_a_user_defined_set_mixes_known_channels_and_new_ones(tmp_path):
    new = {"key": "pollen", "name": "pollen", "unit": "grains", "mean": 10, "std": 5, "low": 0, "high": 1000}
    path = tmp_path / "set.json"
    path.write_text(json.dumps({"name": "mine", "channels": ["HR", "glucose", new]}))
    channels = load_channel_set(path)
    assert channels.keys == ("HR", "glucose", "pollen")
    assert channels["glucose"] == known_channel("glucose")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"channels": []}', "has no channels"),
        ('{"channels": ["HR", "HR"]}', "more than once"),
        ('{"channels": ["nonsense"]}', "no built-in channel is called 'nonsense'"),
        ('{"channels": [{"key": "x"}]}', "missing"),
        ("not json", "not JSON"),
    ],
)
def test_bad_channel_files_are_refused_with_the_fix(tmp_path, content, message):
    path = tmp_path / "set.json"
    path.write_text(content)
    with pytest.raises(ChannelError, match=message):
        load_channel_set(path)


def test_unknown_names_say_what_exists():
    with pytest.raises(ChannelError, match="sensorlm-34"):
        load_channel_set("no-such-set")
    with pytest.raises(ChannelError, match="It has: HR"):
        CHANNEL_SETS["sensorlm-34"].index("pulse")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"std": 0.0}, "std above 0"),
        ({"low": 5.0, "high": 5.0}, "must be below"),
        ({"aggregate": "median"}, "aggregate"),
    ],
)
def test_a_channel_refuses_contradictions(change, message):
    fields = {"key": "x", "name": "x", "unit": "", "mean": 0.0, "std": 1.0, "low": 0.0, "high": 9.0, **change}
    with pytest.raises(ChannelError, match=message):
        Channel(**fields)
