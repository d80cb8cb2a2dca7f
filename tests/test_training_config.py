"""Run configurations: what is refused, sensorlm-rs' JSON, the memory estimate and the operations a day costs."""

import json
from dataclasses import replace

import pytest
import torch
from training_fakes import made_batch, tiny_config, tiny_training

from sensorlm.config.model import ModelConfig
from sensorlm.config.presets import PRESETS
from sensorlm.config.seed_training import is_seed_config, seed_config
from sensorlm.config.training import TrainingConfig, model_for, parse_caption_keys
from sensorlm.errors import ConfigError, TrainingError
from sensorlm.model import SensorLM
from sensorlm.training.cost import GIB, check_fits, day_flops, num_parameters, peak_flops, step_cost
from sensorlm.training.step import make_trainer


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"objective": "simclr"}, "objective='simclr' does not exist"),
        ({"labels": "soft"}, "labels='soft' does not exist"),
        ({"batch_size": 0}, "batch_size=0 is below 1"),
        ({"epochs": -1.0}, "epochs=-1.0 is not a number above 0"),
        ({"lr": float("nan")}, "lr=nan is not a number of at least 0"),
        ({"beta2": 1.0}, r"both must lie in \[0, 1\)"),
        ({"window_fraction": 2.0}, "window_fraction=2.0 is not between"),
        ({"objective": "coca"}, "a model with no decoder"),
        ({"model": tiny_config(text=False, decoder=True)}, "a model with a decoder"),
        ({"objective": "cap", "model": tiny_config(decoder=True)}, "has no use for a text tower"),
        ({"context_length": 7}, "longer than the model's 6 positions"),
        ({"caption_keys": "low=x"}, "'low=x' has no weight above 0"),
        ({"caption_keys": " ,"}, "names no key"),
    ],
)
def test_contradictions_are_refused(change, match):
    options = {"model": tiny_config(), "context_length": 6, **change}
    with pytest.raises(ConfigError, match=match):
        TrainingConfig(data="d", folder="f", **options)


def test_a_configuration_survives_json():
    config = tiny_training("d", "f", labels="facts", max_minutes=3.0)
    assert TrainingConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


def test_caption_keys_have_short_names():
    assert parse_caption_keys("low=2, short ,high-summary=0.5") == {
        "low_level_caption": 2.0, "short": 1.0, "high_level_summary_caption": 0.5,
    }  # fmt: skip


def test_models_have_what_their_objective_needs():
    assert model_for("tiny", "siglip", {}).decoder is None
    assert model_for("tiny", "coca", {}).decoder is not None
    assert model_for("tiny", "cap", {"sensor.depth": 2}).text is None
    with pytest.raises(ConfigError, match="objective='x' does not exist"):
        model_for("tiny", "x", {})


def test_the_seeds_defaults():
    fields = seed_config({"model_size": "Small"})
    config = TrainingConfig.from_json(fields)
    assert (config.batch_size, config.steps, config.lr, config.wd) == (8, 6_250_000, 5e-4, 1e-4)
    assert (config.schedule, config.reduction, config.decay) == ("rsqrt-seed", "mean_b2", "adamw")
    assert (config.folder, config.data, config.model.sensor.width) == ("./artifacts", "./data", 384)
    assert config.model.text.pooling == "mean"
    assert config.model.sensor.activation == "gelu"


def test_the_seeds_keys_arrive(shared):
    towers = json.loads((shared / "golden/seed/tower_gap.config.json").read_text())
    data = {
        "model": towers, "total_steps": 7, "batch_size": 4, "lr": 1e-3, "lr_schedule": "Constant",
        "caption_key": "LowLevel",
        "skip_vram_check": True, "checkpoint_every": 3, "beta2": 0.95, "warmup_fraction": 0.1, "vram_gb": None,
        "log_every": 10, "show_summary": True,
    }  # fmt: skip
    assert is_seed_config(data)
    assert not is_seed_config(tiny_training("d", "f").to_json())
    config = TrainingConfig.from_json(seed_config(data))
    assert (config.steps, config.batch_size, config.beta2, config.save_frequency) == (7, 4, 0.95, 3)
    assert (config.schedule, config.warmup, config.caption_keys, config.check_memory) == ("constant", 0.0, "low", False)
    assert (config.model.sensor.width, config.model.sensor.pooling, config.model.text.vocab_size) == (48, "mean", 300)
    assert config.model.sensor.num_minutes == 240


@pytest.mark.parametrize(
    ("data", "match"),
    [
        ({"optimiser": "sgd"}, "key 'optimiser' is not one of"),
        ({"model_size": "Huge"}, "model_size 'Huge' is not one of"),
        ({"lr_schedule": "Step"}, "lr_schedule 'Step' is not one of"),
    ],
)
def test_keys_the_seed_does_not_have_are_refused(data, match):
    with pytest.raises(ConfigError, match=match):
        seed_config(data)


@pytest.mark.parametrize("name", ["Ti", "S", "B"])
def test_the_parameter_count_is_within_a_percent(name):
    for objective in ("siglip", "coca", "cap"):
        config = model_for(name, objective, {})
        exact = sum(p.numel() for p in SensorLM(config, device="meta").parameters())
        assert num_parameters(config) == pytest.approx(exact, rel=0.01)


MEDIUM = ModelConfig.from_json(
    {
        part: {"width": 64, "depth": 3, "num_heads": 2, **extra}
        for part, extra in (
            ("sensor", {"num_channels": 4, "num_minutes": 240}),
            ("text", {"vocab_size": 24, "context_length": 6}),
        )
    }
    | {"embed_dim": 64}
)


def saved_bytes(grad_checkpointing):
    """What autograd holds at the end of a forward pass, weights aside."""
    batch = made_batch(6, facts=False, dtype=torch.float32, minutes=240)
    batch.observed.fill_(True)
    trainer = make_trainer(SensorLM(MEDIUM), peak=1.0, grad_checkpointing=grad_checkpointing)
    held, weights = {}, {p.untyped_storage().data_ptr() for p in trainer.module.parameters()}

    def pack(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            held[storage.data_ptr()] = (storage.nbytes(), tensor)  # alive, so that no address is given twice
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        trainer.module(batch.values, batch.observed, batch.tokens)
    return sum(nbytes for nbytes, _ in held.values())


def test_the_activation_estimate_covers_what_autograd_saves():
    """From above, and not by much; with checkpointing one block more is alive while it is recomputed."""
    plain, recomputed = saved_bytes(False), saved_bytes(True)
    config = replace(tiny_training("d", "f"), model=MEDIUM, batch_size=6, context_length=6)
    estimate = step_cost(config).activations
    assert plain < estimate < 1.5 * plain
    alive = recomputed + plain / MEDIUM.sensor.depth
    assert alive < step_cost(replace(config, grad_checkpointing=True)).activations < 1.5 * alive


def test_recomputing_less_costs_more_memory():
    config = replace(tiny_training("d", "f"), model=MEDIUM, grad_checkpointing=True)
    parts = ("blocks", "pointwise+mlp", "mlp", "pointwise")
    costs = [step_cost(replace(config, grad_checkpointing_part=part)).activations for part in parts]
    assert costs == sorted(costs)
    assert costs[-1] < step_cost(replace(config, grad_checkpointing=False)).activations


def test_a_run_that_cannot_fit_is_told_what_would():
    config = TrainingConfig(data="d", folder="f", model=PRESETS["B"], batch_size=64)
    need = step_cost(config).total
    with pytest.raises(TrainingError, match=rf"needs about {need / GIB:.1f} GiB.*--precision amp_bf16 needs about"):
        check_fits(config, 0.6 * need)
    half = replace(config, precision="amp_bf16")
    with pytest.raises(TrainingError, match=r"--grad-checkpointing needs about"):
        check_fits(half, 0.4 * step_cost(half).total)
    both = replace(half, grad_checkpointing=True)
    with pytest.raises(TrainingError, match=r"--batch-size \d+ --accum-freq \d+ needs about"):
        check_fits(both, 0.8 * step_cost(both).total)
    with pytest.raises(TrainingError, match="No batch of it fits"):
        check_fits(config, GIB)
    assert check_fits(config, need).total == need


def test_sharding_divides_the_states():
    config = TrainingConfig(data="d", folder="f", distributed="fsdp")
    one, four = (step_cost(config, processes=n) for n in (1, 4))
    assert four.optimizer == one.optimizer / 4
    assert four.activations == one.activations


def test_operations_are_those_torch_counts():
    from torch.utils.flop_counter import FlopCounterMode

    batch = made_batch(2, facts=False, dtype=torch.float32, minutes=240)
    batch.observed.fill_(True)
    model = SensorLM(MEDIUM)
    with FlopCounterMode(display=False) as counter:
        out = model(batch.values, batch.observed, batch.tokens)
        (out["sensor_features"].sum() + out["text_features"].sum()).backward()
    assert 2 * day_flops(MEDIUM, 6) == pytest.approx(counter.get_total_flops(), rel=0.1)
    assert day_flops(MEDIUM, 6, tokens=24) < 0.6 * day_flops(MEDIUM, 6)


def test_peaks_are_known_for_datacentre_cards():
    assert peak_flops("NVIDIA H100 80GB HBM3") == 989e12
    assert peak_flops("cpu") is None


@pytest.mark.parametrize("tower", ["sensor_encoder", "text_encoder"])
@pytest.mark.parametrize("nested", [False, True])
def test_dropout_is_refused_rather_than_ignored(tower, nested):
    def given(share):
        section = {tower: {"dropout": share}}
        return {"model": section} if nested else section

    with pytest.raises(ConfigError, match=rf"{tower}\.dropout 0\.1: .*Set it to 0\.0"):
        seed_config(given(0.1))
    assert seed_config(given(0.0)) == seed_config({})
