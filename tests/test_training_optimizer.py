"""AdamW's update against its formula in float64, what decays, clipping, bfloat16 masters, and the state."""

import math

import pytest
import torch
from training_fakes import made_batch, tiny_model

from sensorlm.errors import CheckpointError, ConfigError, TrainingError
from sensorlm.training.optimizer import Optimizer, decayed_names
from sensorlm.training.step import make_trainer


def test_only_matrices_decay():
    model = tiny_model(decoder=True)
    decayed = decayed_names(model)
    assert "sensor.patch_embed.weight" in decayed
    assert "sensor.blocks.0.attn.qkv.weight" in decayed
    for name, p in model.named_parameters():
        free = p.ndim < 2 or any(word in name for word in ("positions", "token_embed", "probe"))
        assert (name in decayed) == (not free), name


@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize("decay", ["reference", "adamw"])
def test_two_steps_of_adamw(decay, fused):
    torch.manual_seed(0)
    model = torch.nn.Linear(3, 2).double()
    start = {"weight": model.weight.detach().clone(), "bias": model.bias.detach().clone()}
    optimizer = Optimizer(model, peak=0.1, wd=0.01, decay=decay, betas=(0.8, 0.9), eps=1e-6, clip=1.0, fused=fused)
    grads = [{n: torch.randn_like(p) for n, p in start.items()} for _ in range(2)]
    rates = [0.05, 0.1]
    for lr, grad in zip(rates, grads, strict=True):
        for n, p in model.named_parameters():
            p.grad = grad[n].clone()
        optimizer.step(lr, optimizer.gradient_norm())
        assert all(p.grad is None for p in model.parameters())
    for n, value in start.items():
        m, v, expected = torch.zeros_like(value), torch.zeros_like(value), value.clone()
        for t, (lr, grad) in enumerate(zip(rates, grads, strict=True), 1):
            norm = math.sqrt(sum(float((g**2).sum()) for g in grad.values()))
            g = grad[n] * min(1.0, 1.0 / (norm + 1e-6))
            m, v = 0.8 * m + 0.2 * g, 0.9 * v + 0.1 * g**2
            wd = 0.0 if n == "bias" else 0.01 * (lr / 0.1 if decay == "reference" else lr)
            update = lr * (m / (1 - 0.8**t)) / ((v / (1 - 0.9**t)).sqrt() + 1e-6)
            expected = expected - wd * expected - update
        near = 1e-7 if fused else 1e-10  # the kernel takes the clipping's factor in float32
        torch.testing.assert_close(dict(model.named_parameters())[n].detach(), expected, rtol=near, atol=near / 100)


def run(model, steps=3, state=None, start=0, **options):
    trainer = make_trainer(model, peak=1e-2, **options)
    if state is not None:
        trainer.optimizer.load(state)
    for number in range(start, start + steps):
        trainer.step(made_batch(seed=number, dtype=torch.float32), lr=1e-2, number=number)
    return trainer


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_restored_optimizer_goes_on_bit_for_bit(precision):
    whole = run(tiny_model(torch.float32), steps=4, precision=precision)
    first = run(tiny_model(torch.float32), steps=2, precision=precision)
    model = tiny_model(torch.float32)
    model.load_state_dict({k: v.float() for k, v in first.module.state_dict().items()})
    second = run(model, steps=2, state=first.optimizer.state(), start=2, precision=precision)
    for name, p in whole.module.named_parameters():
        assert torch.equal(p, dict(second.module.named_parameters())[name]), name


def test_bfloat16_weights_follow_float32_masters():
    model = tiny_model(torch.float32)
    trainer = make_trainer(model, peak=1e-5, precision="bf16")
    before = {n: p.detach().clone() for n, p in trainer.optimizer.masters.items()}
    assert model.sensor.patch_embed.weight.dtype == torch.bfloat16
    assert model.logit_scale.dtype == torch.float32
    trainer.step(made_batch(dtype=torch.float32), lr=1e-5, number=0)
    name = "sensor.patch_embed.weight"
    master, weight = trainer.optimizer.masters[name], model.sensor.patch_embed.weight
    moved = (master.detach() - before[name]).abs()
    assert float(moved.max()) > 0  # a step smaller than bfloat16 can hold is not lost
    assert torch.equal(master.bfloat16(), weight)


@pytest.mark.parametrize("precision", ["amp_bf16", "bf16"])
def test_half_precision_stays_near_the_loss_of_float32(precision):
    losses = []
    for kind in ("fp32", precision):
        trainer = make_trainer(tiny_model(torch.float32), peak=1e-3, precision=kind)
        losses.append(trainer.step(made_batch(dtype=torch.float32), lr=1e-3, number=0).loss)
    assert losses[1] == pytest.approx(losses[0], rel=2e-2)
    assert losses[1] != losses[0]


def test_checkpointed_steps_give_the_plain_numbers():
    plain = run(tiny_model(torch.float32))
    recomputed = run(tiny_model(torch.float32), grad_checkpointing=True)
    for name, p in plain.module.named_parameters():
        torch.testing.assert_close(dict(recomputed.module.named_parameters())[name], p, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("fused", [False, True])
def test_a_loss_that_is_not_finite_stops_and_leaves_the_weights(fused):
    trainer = make_trainer(tiny_model(torch.float32), peak=1e-2, fused=fused)
    before = {n: p.clone() for n, p in trainer.module.named_parameters()}
    batch = made_batch(dtype=torch.float32)
    batch.values[2, batch.observed[2]] = torch.nan
    with pytest.raises(TrainingError, match=r"step 7: loss nan.*Batch rows \[0, 1, 2, 3, 4, 5\]; rows \[2\] hold"):
        trainer.step(batch, lr=1e-2, number=7)
    for name, p in trainer.module.named_parameters():
        assert torch.equal(p, before[name])
        assert p.grad is None
    # Nothing of it is left in the moments either: the next good step is a fresh trainer's first.
    untouched = make_trainer(tiny_model(torch.float32), peak=1e-2, fused=fused)
    for one in (trainer, untouched):
        one.step(made_batch(dtype=torch.float32), lr=1e-2, number=8)
    wanted = dict(untouched.module.named_parameters())
    assert all(torch.equal(p, wanted[n]) for n, p in trainer.module.named_parameters())


def test_a_state_of_another_model_is_refused():
    trainer = run(tiny_model(torch.float32), steps=1)
    state = trainer.optimizer.state()
    state["exp_avg/logit_bias"] = torch.zeros(3)
    with pytest.raises(CheckpointError, match=r"'logit_bias' has shape \(3,\)"):
        make_trainer(tiny_model(torch.float32), peak=1.0).optimizer.load(state)


def test_wrong_options_are_refused():
    with pytest.raises(ConfigError, match="precision 'fp4' is not one of"):
        make_trainer(tiny_model(), peak=1.0, precision="fp4")
    with pytest.raises(ConfigError, match="accum_freq=0"):
        make_trainer(tiny_model(), peak=1.0, accum_freq=0)


def test_8_bit_floats_are_refused_where_the_hardware_lacks_them():
    with pytest.raises(ConfigError, match=r"fp8 on cpu.*Use bf16"):
        make_trainer(tiny_model(), peak=1.0, precision="fp8")
