"""Learning rates against the reference's formula, written out, and the seed program's own numbers."""

import json
import math

import pytest

from sensorlm.errors import ConfigError
from sensorlm.training.schedule import SCHEDULES, Cosine, ReferenceRsqrt, RsqrtScheduler, Schedule


def test_the_reference_schedule():
    total, warmup, cooldown = 48_828, 9_766, 9_766
    schedule = ReferenceRsqrt(peak=5e-4, total=total)
    for t in (0, 1, 100, 9_765, 9_766, 9_767, 20_000, 39_062, 39_063, 48_827, 48_828):
        expected = (
            5e-4 * min(1, t / warmup) / math.sqrt(1 + max(0, t - warmup) / 10_000) * min(1, (total - t) / cooldown)
        )
        assert schedule.lr_at(t) == pytest.approx(expected, rel=1e-12)


def test_the_seeds_schedules(shared):
    compared = 0
    for golden in json.loads((shared / "golden/seed/schedule.json").read_text()):
        schedule = RsqrtScheduler(
            peak=golden["peak"], total=golden["total"], warmup=golden["warmup_fraction"],
            cooldown=golden["cooldown_fraction"],
        )  # fmt: skip
        for step, lr in zip(golden["steps"], golden["lr"], strict=True):
            if golden["warmup_fraction"] == 0:  # there a rate of 0 for ever, which is a defect
                assert lr == 0
                assert schedule.lr_at(step) > 0 or step == golden["total"]
            else:
                assert schedule.lr_at(step) == pytest.approx(lr, rel=1e-9, abs=1e-15)
                compared += 1
    assert compared > 80


def test_cosine_is_half_a_period_after_the_warmup():
    schedule = Cosine(peak=2.0, total=110, warmup=10)
    assert schedule.lr_at(5) == pytest.approx(1.0)
    assert schedule.lr_at(10) == pytest.approx(2.0)
    assert schedule.lr_at(60) == pytest.approx(1.0)
    assert schedule.lr_at(85) == pytest.approx(1 + math.cos(0.75 * math.pi))
    assert schedule.lr_at(110) == pytest.approx(0.0, abs=1e-12)


def test_constant_keeps_the_peak_between_its_ramps():
    assert {Schedule(peak=3.0, total=10, warmup=0, cooldown=0).lr_at(t) for t in range(10)} == {3.0}
    ramps = Schedule(peak=4.0, total=100, warmup=0.1, cooldown=20)
    assert [ramps.lr_at(t) for t in (0, 5, 10, 50, 80, 90, 100)] == [0, 2, 4, 4, 4, 2, 0]


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_run_limited_by_minutes_warms_up_and_cools_down_by_the_clock(name):
    schedule = SCHEDULES[name](peak=1.0, total=50, warmup=0.2, cooldown=0.2)
    rates = [schedule.lr_at_time(share / 100, step=share, warmup_step=20) for share in range(101)]
    assert rates[0] == 0.0
    assert rates[10] == pytest.approx(0.5)
    assert max(rates) == pytest.approx(1.0)
    assert rates[100] == pytest.approx(0.0, abs=1e-12)
    assert rates[80:] == sorted(rates[80:], reverse=True)


@pytest.mark.parametrize(
    ("field", "value", "match"),
    [("total", 0, "total=0 steps"), ("peak", math.nan, "peak=nan"), ("warmup", -1, "warmup=-1")],
)
def test_impossible_schedules_are_refused(field, value, match):
    with pytest.raises(ConfigError, match=match):
        Schedule(**{"peak": 1.0, "total": 10, field: value})
