"""sensorlm-rs' own records: features, logits and loss as that program computed them; damaged files are refused."""

import json
import shutil

import msgpack
import numpy as np
import pytest
import torch

from sensorlm.checkpoint.bincode import read_bincode
from sensorlm.checkpoint.burn import config_from_burn, load_burn, read_named_messagepack, tensors_from_record
from sensorlm.errors import CheckpointError
from sensorlm.model import SensorLM


def run(path, golden):
    config, tensors = load_burn(path)
    model = SensorLM(config, seed=None)
    model.load_state_dict(tensors)
    with torch.no_grad():
        sensor = model.encode_sensor(torch.tensor(golden["sensor"]))
        mask = torch.tensor(golden["mask"]).bool()
        text = model.encode_text(torch.tensor(golden["ids"]).long(), mask=mask)
        logits = model.logit_scale.exp() * sensor @ text.T + model.logit_bias
        # The program divides the summed loss by B^2.
        loss = -torch.nn.functional.logsigmoid((2 * torch.eye(3) - 1) * logits).mean()
    return {"z_sensor": sensor, "z_text": text, "logits": logits, "loss": loss}


@pytest.mark.parametrize(
    ("record", "answers", "tolerance"),
    [
        ("tower_map.mpk", "tower_map.npz", 1e-6),
        ("tower_gap.mpk", "tower_gap.npz", 1e-6),
        ("tower_map.bin", "tower_map.npz", 1e-6),
        ("tower_map.half.mpk", "tower_map.npz", 5e-4),
    ],
)
def test_golden_records(shared, record, answers, tolerance):
    golden = np.load(shared / "golden" / "seed" / answers)
    for key, value in run(shared / "golden" / "seed" / record, golden).items():
        # Logits are ten times a cosine: one part in a million of their size.
        scale = max(1.0, float(np.abs(golden[key]).max()))
        np.testing.assert_allclose(value, golden[key], rtol=0, atol=tolerance * scale, err_msg=key)


def test_the_bin_record_holds_the_same_arrays_as_the_named_one(shared):
    folder = shared / "golden" / "seed"
    named = read_named_messagepack((folder / "tower_map.mpk").read_bytes(), "x")
    plain = read_bincode((folder / "tower_map.bin").read_bytes(), depths=(2, 2), where="x")
    assert set(named) == set(plain)
    for key, value in named.items():
        np.testing.assert_array_equal(value, plain[key], err_msg=key)


@pytest.mark.parametrize("cut", [0, 3, 120, 141, 4000, 82_600, 309_920, 729_400])
def test_a_cut_bin_record_is_refused(shared, cut):
    data = (shared / "golden" / "seed" / "tower_map.bin").read_bytes()
    with pytest.raises(CheckpointError, match="bytes wanted"):
        read_bincode(data[:cut], depths=(2, 2), where="cut.bin")


def test_a_strange_bin_record_is_refused(shared):
    data = (shared / "golden" / "seed" / "tower_map.bin").read_bytes()
    with pytest.raises(CheckpointError, match="1 bytes left over"):
        read_bincode(data + b"\0", depths=(2, 2), where="x")
    with pytest.raises(CheckpointError, match="2 blocks, the configuration 3"):
        read_bincode(data, depths=(3, 2), where="x")
    with pytest.raises(CheckpointError, match="is no BinFileRecorder"):
        read_bincode(data.replace(b"BinFileRecorder", b"BadFileRecorder"), depths=(2, 2), where="x")
    start = data.index(b"\x0a5bh6ds335k") + 11
    for bad, message in [
        (b"\xfd" + b"\xff" * 8, "18446744073709551615 bytes wanted"),
        (b"\xfe", "integer mark 254"),
        (b"\xfb\x01\x0f", "does not fit its 3841 bytes|of rank|bytes wanted"),
    ]:
        with pytest.raises(CheckpointError, match=message):
            read_bincode(data[:start] + bad + data[start + 3 :], depths=(2, 2), where="x")
    flag = data.index(b"\x0a3hfaaediok") - 1
    with pytest.raises(CheckpointError, match="optional mark 7"):
        read_bincode(data[:flag] + b"\x07" + data[flag + 1 :], depths=(2, 2), where="x")
    constant = data.index(b"\x0at75fp6cpk4") - 1
    with pytest.raises(CheckpointError, match="11 constants are not empty"):
        read_bincode(data[:constant] + b"\x07" + data[constant + 1 :], depths=(2, 2), where="x")


def test_damaged_named_records_are_refused(tmp_path):
    with pytest.raises(CheckpointError, match=r"x\.mpk: not a named Burn record"):
        read_named_messagepack(b"\xc1junk", "x.mpk")
    with pytest.raises(CheckpointError, match="not a named Burn record"):
        read_named_messagepack(b"\x91" * 5000 + b"\x00", "x.mpk")
    for param in (
        {"bytes": b"1234", "shape": [2], "dtype": "F32"},
        {"bytes": b"1234", "shape": [1], "dtype": "Q4"},
        {"shape": [1], "dtype": "F32"},
    ):
        data = msgpack.packb({"item": {"bias": {"id": "a", "param": param}}})
        with pytest.raises(CheckpointError, match="tensor 'bias' is not bytes, shape and dtype"):
            read_named_messagepack(data, "x.mpk")


def test_a_missing_or_unknown_tensor_is_named(shared):
    folder = shared / "golden" / "seed"
    config = config_from_burn(json.loads((folder / "tower_map.config.json").read_text()))
    record = read_named_messagepack((folder / "tower_map.mpk").read_bytes(), "x")
    with pytest.raises(CheckpointError, match=r"tensors \['new/thing'\] are not known"):
        tensors_from_record({**record, "new/thing": np.zeros(1)}, config, "x")
    del record["sensor_encoder/norm/beta"]
    with pytest.raises(CheckpointError, match="tensor 'sensor_encoder/norm/beta' is missing"):
        tensors_from_record(record, config, "x")


def test_a_text_tower_without_projection_gets_the_identity(shared):
    folder = shared / "golden" / "seed"
    config = config_from_burn(json.loads((folder / "tower_map.config.json").read_text()))
    record = read_named_messagepack((folder / "tower_map.mpk").read_bytes(), "x")
    without = {k: v for k, v in record.items() if not k.startswith("text_encoder/proj")}
    model = SensorLM(config, seed=None)
    model.load_state_dict(tensors_from_record(without, config, "x"))
    tokens = torch.arange(20)[None]
    torch.testing.assert_close(model.encode_text(tokens, normalize=False), model.text(tokens))


def test_the_configuration_is_found_beside_the_record_or_asked_for(shared, tmp_path):
    source = shared / "golden" / "seed"
    shutil.copyfile(source / "tower_map.half.mpk", tmp_path / "model.half.mpk")
    with pytest.raises(CheckpointError, match=r"no configuration beside it \(model\.config\.json or config\.json\)"):
        load_burn(tmp_path / "model.half.mpk")
    (tmp_path / "config.json").write_text("[1]")
    with pytest.raises(CheckpointError, match="list is not an object"):
        load_burn(tmp_path / "model.half.mpk")
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(CheckpointError, match=r"config\.json: not JSON"):
        load_burn(tmp_path / "model.half.mpk")
    shutil.copyfile(source / "tower_map.config.json", tmp_path / "config.json")
    config, _ = load_burn(tmp_path / "model.half.mpk")
    assert (config.sensor.activation, config.sensor.norm_eps, config.text.pooling) == ("gelu", 1e-5, "mean")
    with pytest.raises(CheckpointError, match=r"gone\.mpk: cannot be read"):
        load_burn(tmp_path / "gone.mpk")


def test_a_configuration_that_cannot_be_is_refused(shared):
    data = json.loads((shared / "golden" / "seed" / "tower_map.config.json").read_text())
    with pytest.raises(CheckpointError, match="KeyError\\('text_encoder'\\)"):
        config_from_burn({"sensor_encoder": data["sensor_encoder"]})
    with pytest.raises(CheckpointError, match="is not divisible by num_heads"):
        config_from_burn({**data, "sensor_encoder": {**data["sensor_encoder"], "num_heads": 7}})
