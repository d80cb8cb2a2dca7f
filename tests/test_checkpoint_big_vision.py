"""The reference's own parameter files: features, loss and gradients as its JAX code computed them, and the way back."""

import numpy as np
import pytest
import torch

from sensorlm.checkpoint.big_vision import from_big_vision, load_npz, save_npz, to_big_vision
from sensorlm.config.presets import preset
from sensorlm.errors import CheckpointError
from sensorlm.model import SensorLM

FILES = ("bigvision_siglip_26ch.npz", "bigvision_siglip_34ch_unscanned.npz")


def loaded(path):
    config, tensors = load_npz(path)
    model = SensorLM(config, seed=None)
    model.load_state_dict(tensors)
    return model


def siglip(out):
    """SigLIP, mean over rows, as in the paper (Zhai et al. 2023, eq. 1)."""
    logits = out["logit_scale"] * out["sensor_features"] @ out["text_features"].T + out["logit_bias"]
    sign = 2 * torch.eye(len(logits)) - 1
    return -torch.nn.functional.logsigmoid(sign * logits).sum(1).mean()


@pytest.mark.parametrize("name", FILES)
def test_golden_features_loss_and_gradients(shared, name):
    golden = np.load(shared / "golden" / name)
    model = loaded(shared / "golden" / name)
    days, tokens = torch.tensor(golden["input/days"]), torch.tensor(golden["input/tokens"]).long()
    out = model(days, None, tokens)
    for key in ("sensor_features", "text_features"):
        np.testing.assert_allclose(out[key].detach(), golden[f"out/{key}"], atol=1e-5)
    assert out["logit_scale"].item() == pytest.approx(golden["out/temperature"][0], rel=1e-6)
    loss = siglip(out)
    assert loss.item() == pytest.approx(float(golden["out/siglip_loss"]), abs=1e-5)
    encoded = model.sensor.embed(days, torch.ones_like(days, dtype=torch.bool)).x
    np.testing.assert_allclose(encoded.detach(), golden["out/sensor_patch_tokens"], atol=1e-5)
    # The unscanned program reports the last block's output, the scanned one the normed tokens.
    blocks_out = model.sensor.blocks(encoded[:1])
    day = model.sensor.norm(blocks_out) if "26ch" in name else blocks_out
    wanted_day = golden["out/sensor_encoded_first_day"]
    np.testing.assert_allclose(day.detach().reshape(wanted_day.shape), wanted_day, atol=1e-5)

    loss.backward()
    gradients = {n: p.grad for n, p in model.named_parameters()}
    norms = {
        k: float(np.linalg.norm(v)) for k, v in to_big_vision(model.config, gradients, scan="26ch" in name).items()
    }
    wanted = {k.removeprefix("grad_norm/"): float(golden[k]) for k in golden.files if k.startswith("grad_norm/")}
    assert set(norms) == set(wanted)
    for key, norm in wanted.items():
        # Key biases cannot change a softmax: their gradient is rounding noise in both programs.
        assert norms[key] == pytest.approx(norm, rel=1e-4, abs=1e-6), key


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("scan", [True, False])
def test_saving_and_loading_gives_every_parameter_back(shared, tmp_path, name, scan):
    golden = np.load(shared / "golden" / name)
    model = loaded(shared / "golden" / name)
    save_npz(tmp_path / "out.npz", model.config, model.state_dict(), scan=scan)
    written = np.load(tmp_path / "out.npz")
    if scan == ("26ch" in name):
        assert set(written.files) == {k for k in golden.files if k.startswith("params/")}
        for key in written.files:
            np.testing.assert_array_equal(written[key], golden[key], err_msg=key)
    again = loaded(tmp_path / "out.npz")
    for key, value in model.state_dict().items():
        assert torch.equal(value, again.state_dict()[key]), key


def made_arrays():
    overrides = {
        "sensor.missing": "impute", "sensor.width": 8, "sensor.num_heads": 2, "sensor.depth": 2,
        "sensor.num_channels": 4, "text.width": 8, "text.num_heads": 2, "text.depth": 1, "text.vocab_size": 9,
        "text.context_length": 5, "embed_dim": 6,
    }  # fmt: skip
    model = SensorLM(preset("tiny", overrides=overrides))
    return model, to_big_vision(model.config, model.state_dict(), scan=True)


def test_a_made_model_round_trips_with_its_config_and_a_projection():
    model, arrays = made_arrays()
    config, tensors = from_big_vision(arrays)
    assert config == model.config
    for key, value in model.state_dict().items():
        assert torch.equal(value, tensors[key]), key


def test_bfloat16_parameters_are_read():
    model, arrays = made_arrays()
    halved = {k: (v.view(np.uint32) >> 16).astype(np.uint16).view("V2") for k, v in arrays.items()}
    _, tensors = from_big_vision(halved)
    torch.testing.assert_close(tensors["sensor.norm.weight"], model.sensor.norm.weight.data)
    torch.testing.assert_close(tensors["text.positions"], model.text.positions.data, rtol=1e-2, atol=1e-3)


def test_what_does_not_fit_is_refused_by_name(tmp_path):
    _, arrays = made_arrays()
    without = {k: v for k, v in arrays.items() if k != "txt/head/bias"}
    with pytest.raises(CheckpointError, match=r"missing \['txt/head/bias'\]"):
        from_big_vision(without)
    with pytest.raises(CheckpointError, match=r"not known \['img/other'\]"):
        from_big_vision({**arrays, "img/other": np.zeros(1)})
    with pytest.raises(CheckpointError, match="cannot read the model's sizes"):
        from_big_vision({"img/embedding/kernel": np.zeros(3)})
    with pytest.raises(CheckpointError, match="which does not fit the others"):
        from_big_vision({**arrays, "img/MAPHead_0/MultiHeadDotProductAttention_0/key/kernel": np.zeros((8, 3, 4))})
    query = "img/Transformer/encoderblock/MultiHeadDotProductAttention_0/query/kernel"
    with pytest.raises(CheckpointError, match="is not divisible"):
        from_big_vision({**arrays, query: np.zeros((2, 8, 3, 4))})
    (tmp_path / "bad.npz").write_bytes(b"PK\x03\x04 not a zip")
    with pytest.raises(CheckpointError, match=r"bad\.npz: not an \.npz"):
        load_npz(tmp_path / "bad.npz")
    np.savez(tmp_path / "objects.npz", **{"params/t": np.array([{}], dtype=object)})
    with pytest.raises(CheckpointError, match=r"objects\.npz: not an \.npz of plain arrays"):
        load_npz(tmp_path / "objects.npz")
    with pytest.raises(CheckpointError, match=r"missing='drop' does not fit the reference's \.npz"):
        to_big_vision(preset("tiny"), {})
    sensor = preset("tiny").sensor.replace(missing="impute", num_probes=2)
    with pytest.raises(CheckpointError, match="several probes does not fit"):
        to_big_vision(preset("tiny").replace(sensor=sensor), {})
