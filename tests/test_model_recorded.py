"""What a recorded encoder decides, with a stand-in for the CUDA graph; the graph itself is run by benchmarks/."""

from types import SimpleNamespace

import pytest
import torch
from model_helpers import small_model

from sensorlm.model.fast import compile_for_latency
from sensorlm.model.recorded import RecordedEncoder, Recording


def some_days(missing=0.0, days=2, dtype=torch.float32):
    model = small_model()
    sensor = model.config.sensor
    g = torch.Generator().manual_seed(0)
    values = torch.randn(days, sensor.num_minutes, sensor.num_channels, generator=g).to(dtype)
    observed = torch.rand(values.shape, generator=g) >= missing
    return model.eval(), values, observed


def fake_recorder(encoder, made):
    """A recording whose replay computes what the graph would have."""

    def record(values, observed):
        held = values.clone(), observed.clone()
        out = [t.clone() for t in encoder.whole_days(*held)]

        def replay():
            for target, source in zip(out, encoder.whole_days(*held), strict=True):
                target.copy_(source)

        made.append(values.shape)
        return Recording(SimpleNamespace(replay=replay), *held, *out)

    return record


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_whole_days_are_encoded_as_ever(missing):
    model, values, observed = some_days(missing)
    with torch.no_grad():
        features, unit_features, whole = RecordedEncoder(model, compile_model=False).whole_days(values, observed)
        assert bool(whole)
        torch.testing.assert_close(unit_features, model.encode_sensor(values, observed), rtol=0, atol=1e-6)
        torch.testing.assert_close(features, model.encode_sensor(values, observed, False), rtol=0, atol=1e-5)


def test_a_dropped_patch_is_noticed_unless_it_is_imputed():
    model, values, observed = some_days()
    observed[0, : model.config.sensor.patch_minutes] = False
    encoder = RecordedEncoder(model, compile_model=False)
    assert not bool(encoder.whole_days(values, observed)[2])
    imputing = small_model(sensor__missing="impute").eval()
    assert bool(RecordedEncoder(imputing, compile_model=False).whole_days(values, observed)[2])


@torch.no_grad()
def test_each_shape_is_recorded_once_and_days_with_gaps_go_round(monkeypatch):
    model, values, observed = some_days()
    encoder = RecordedEncoder(model, compile_model=False)
    made = []
    monkeypatch.setattr(encoder, "can_record", lambda values: True)
    monkeypatch.setattr(encoder, "_record", fake_recorder(encoder, made))
    first = encoder(values, observed)
    kept = first.clone()
    other = torch.flip(values, [1])
    torch.testing.assert_close(encoder(other, observed), model.encode_sensor(other, observed), rtol=0, atol=1e-6)
    assert torch.equal(first, kept)  # a later replay does not write into what was handed out
    raw = encoder(values, None, normalize=False)
    torch.testing.assert_close(raw, model.encode_sensor(values, None, False), rtol=0, atol=1e-5)
    assert encoder(values[:1], observed[:1]).shape[0] == 1
    assert made == [values.shape, values[:1].shape]
    observed[0, : model.config.sensor.patch_minutes] = False
    wanted = model.encode_sensor(values, observed)
    assert torch.equal(encoder(values, observed), wanted)
    monkeypatch.setattr(encoder, "_recording", None)  # a day with gaps is likely followed by another: now it asks first
    assert torch.equal(encoder(values, observed), wanted)
    monkeypatch.undo()
    monkeypatch.setattr(encoder, "can_record", lambda values: True)
    torch.testing.assert_close(encoder(other, None), model.encode_sensor(other, None), rtol=0, atol=1e-6)
    assert encoder.expect_whole


def test_the_cpu_and_gradients_take_the_plain_path():
    model, values, observed = some_days()
    wanted = model.encode_sensor(values, observed)
    compiled = compile_for_latency(model)
    assert compiled is model
    assert isinstance(model.encode_sensor, RecordedEncoder)
    found = model.encode_sensor(values, observed)
    assert torch.equal(found, wanted)
    assert found.requires_grad
    assert not model.encode_sensor.recordings


class OnGpu(torch.Tensor):
    is_cuda = True


def on_gpu(days):
    return torch.zeros(days, 10, 2).as_subclass(OnGpu)


def test_large_batches_are_not_recorded():
    encoder = RecordedEncoder(some_days()[0], compile_model=False)

    with torch.no_grad():
        assert encoder.can_record(on_gpu(8))
        assert not encoder.can_record(on_gpu(9))
        assert not encoder.can_record(on_gpu(0))
    assert not encoder.can_record(on_gpu(1))  # the weights want gradients
