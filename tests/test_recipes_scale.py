"""Recipes that change a finished checkpoint: more probes, and the softmax's temperature."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from recipes_tiny import RECIPES  # noqa: F401 (puts the recipes on the path)

from sensorlm.config.model import DecoderConfig, ModelConfig, SensorTowerConfig
from sensorlm.model import SensorLM
from sensorlm.tasks.zero_shot import softmax

import class_scale  # isort: skip
import widen  # isort: skip

SENSOR = SensorTowerConfig(num_minutes=60, num_channels=3, width=16, depth=1, num_heads=2)
CONFIG = ModelConfig(sensor=SENSOR, text=None, decoder=DecoderConfig(vocab_size=8, width=16, depth=1, num_heads=2),
                     embed_dim=12)  # fmt: skip


def test_a_model_with_more_probes_answers_as_before_and_can_learn_otherwise():
    before = SensorLM(CONFIG, seed=1)
    after = SensorLM(CONFIG.replace(sensor=replace(SENSOR, num_probes=3)), seed=2)
    after.load_state_dict(widen.widened(CONFIG, before.state_dict(), 3))
    days = torch.randn(4, 60, 3, generator=torch.Generator().manual_seed(0))
    days[1, :30] = torch.nan
    torch.testing.assert_close(after.encode_sensor(days), before.encode_sensor(days), rtol=1e-5, atol=1e-6)
    pooled = after.sensor.pool(after.sensor.tokens(days)).unflatten(1, (3, 16))
    assert all((pooled[:, 0] - pooled[:, i]).norm() > 0.01 * pooled[:, 0].norm() for i in (1, 2))
    after.encode_sensor(days).square()[:, 0].sum().backward()
    assert after.sensor_projection.weight.grad[:, 16:].abs().sum() > 0


@pytest.mark.parametrize(("config", "probes"), [
    (CONFIG, 1), (CONFIG.replace(sensor=replace(SENSOR, num_probes=2)), 2), (CONFIG.replace(embed_dim=16), 3),
])  # fmt: skip
def test_what_cannot_be_widened_is_refused(config, probes):
    with pytest.raises(ValueError, match="Give more probes"):
        widen.widened(config, {}, probes)


def test_the_scale_that_made_the_classes_is_found():
    rng = np.random.default_rng(0)
    tasks = []
    for classes in (2, 4):
        cosines = rng.uniform(-0.2, 0.2, (4000, classes))
        truth = np.array([rng.choice(classes, p=p) for p in softmax(cosines, 14.0)])
        tasks.append((cosines, truth))
    assert class_scale.fitted(tasks) == pytest.approx(14, rel=0.15)
    assert class_scale.surprise(*tasks[0], 14.0) < min(class_scale.surprise(*tasks[0], s) for s in (3.0, 60.0))


def test_simulated_half_hours_show_pulse_and_steps_only_and_have_the_diarys_classes():
    asked, labels = class_scale.simulated_task("band", 2)
    assert len(asked) == len(labels) > 40
    assert set(labels) <= {"lying or asleep", *class_scale.KINDS}
    assert {"lying or asleep", "eating"} <= set(labels)
    shown = {class_scale.CHANNELS.keys[i] for one in asked for i in np.flatnonzero(one.day.observed.any(0))}
    assert shown == {"HR", "steps"}
