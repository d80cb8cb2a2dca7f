"""Micro-batches give the loss and the gradients of the whole batch, whatever the objective."""

import pytest
import torch
from training_fakes import made_batch, tiny_model

from sensorlm.model import losses
from sensorlm.model.losses_labels import FactCodes
from sensorlm.training.contrastive import Objective
from sensorlm.training.gradients import Gradients, micro_batches, part

OBJECTIVES = {
    "siglip": (Objective(), {}),
    "siglip in tiles": (Objective(chunk_size=2), {}),
    "clip": (Objective(contrastive="clip"), {}),
    "cap": (Objective(contrastive=None, captioning=True), {"decoder": True, "text": False}),
    "coca": (Objective(captioning=True, contrastive_weight=0.7), {"decoder": True}),
    "coca, softmax": (Objective(contrastive="clip", captioning=True), {"decoder": True}),
}


def gradients_of(model, batch, objective, accum_freq, **options):
    model.zero_grad()
    report = Gradients(model, model, objective, accum_freq=accum_freq, **options)(batch, 3)
    return {name: float(value) for name, value in report.items()}, {
        name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None
    }


@pytest.mark.parametrize("name", OBJECTIVES)
@pytest.mark.parametrize("facts", [False, True])
@pytest.mark.parametrize("accum_freq", [2, 4])
def test_accumulation_is_exact(name, facts, accum_freq):
    objective, config = OBJECTIVES[name]
    model, batch = tiny_model(**config), made_batch(7, facts=facts)
    whole, expected = gradients_of(model, batch, objective, 1)
    report, got = gradients_of(model, batch, objective, accum_freq)
    assert report == pytest.approx(whole, rel=1e-12)
    assert set(got) == set(expected)
    for key, grad in expected.items():
        torch.testing.assert_close(got[key], grad, rtol=1e-9, atol=1e-12)
    moved = [key for key, grad in expected.items() if float(grad.abs().max()) > 0]
    assert any(key.startswith("sensor.blocks") for key in moved)
    assert objective.contrastive is None or "logit_scale" in moved


def test_accumulation_is_exact_in_float32():
    model, batch = tiny_model(torch.float32), made_batch(8, dtype=torch.float32)
    _, expected = gradients_of(model, batch, Objective(), 1)
    _, got = gradients_of(model, batch, Objective(), 3)
    for key, grad in expected.items():
        torch.testing.assert_close(got[key], grad, rtol=1e-4, atol=1e-6)


def test_the_whole_batch_is_the_papers_loss():
    model, batch = tiny_model(), made_batch(7)
    report, _ = gradients_of(model, batch, Objective(), 1)
    out = model(batch.values, batch.observed, batch.tokens)
    codes = FactCodes.pack(batch.day_codes, batch.caption_codes, batch.label_mode)
    expected = losses.siglip_loss(
        out["sensor_features"], out["text_features"], out["logit_scale"], out["logit_bias"], labels=codes
    )
    assert report["loss"] == pytest.approx(float(expected.detach()), rel=1e-6)


class Dropping(torch.nn.Module):
    """Towers with dropout: the cached pass and the second pass must drop the same values."""

    def __init__(self):
        super().__init__()
        self.inner = tiny_model()
        self.masks = []

    def forward(self, values, observed, tokens):
        out = self.inner(values, observed, tokens)
        mask = torch.nn.functional.dropout(torch.ones_like(out["sensor_features"]), 0.5)
        self.masks.append(mask)
        return out | {"sensor_features": out["sensor_features"] * mask}


def test_the_second_forward_draws_the_first_ones_random_numbers():
    model, batch = Dropping(), made_batch(6)
    state = torch.random.get_rng_state()
    report, got = gradients_of(model, batch, Objective(), 3)
    assert torch.equal(torch.random.get_rng_state(), state)  # and the caller's are left alone
    first, second = model.masks[:3], model.masks[3:]
    for a, b in zip(first, second, strict=True):
        assert torch.equal(a, b)
    assert not torch.equal(first[0], first[1])
    # The same masks in one graph over the whole batch.
    model.zero_grad()
    outs = []
    for rows, mask in zip(micro_batches(6, 3), first, strict=True):
        micro = part(batch, rows)
        out = model.inner(micro.values, micro.observed, micro.tokens)
        outs.append((out["sensor_features"] * mask, out["text_features"], out["logit_scale"], out["logit_bias"]))
    codes = FactCodes.pack(batch.day_codes, batch.caption_codes, batch.label_mode)
    joined = [torch.cat([out[i] for out in outs]) for i in range(2)]
    loss = losses.siglip_loss(*joined, *outs[-1][2:], labels=codes)
    loss.backward()
    assert report["loss"] == pytest.approx(float(loss.detach()), rel=1e-12)
    for key, p in model.named_parameters():
        if p.grad is not None:
            torch.testing.assert_close(got[key], p.grad, rtol=1e-9, atol=1e-12)


def test_micro_batches_cover_every_row_once():
    for batch in range(1, 9):
        for accum_freq in range(1, 10):
            rows = [i for rows in micro_batches(batch, accum_freq) for i in range(batch)[rows]]
            assert rows == list(range(batch))
            assert len(micro_batches(batch, accum_freq)) <= accum_freq
