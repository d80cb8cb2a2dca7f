"""A timeline and a device in, when it sat on the body out: nights off, charging, showers, whole days, lost batches."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from sensorlm.records import MINUTES_PER_DAY
from sensorlm.simulate.devices import Unit
from sensorlm.simulate.habits import in_drawer
from sensorlm.simulate.motion import Motion
from sensorlm.simulate.plan import DayPlan
from sensorlm.simulate.seeds import WEAR, Draws, generator, red_noise
from sensorlm.simulate.timeline import Timeline, is_name

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(slots=True, kw_only=True)
class Wear:
    """m minutes of one unit, all (m,)."""

    worn: Mask
    """On the body."""
    stored: Mask
    """Not lost on the way to the export."""
    pulse: Mask
    """The pulse is measured and exported."""
    moves: Mask
    """Movement is exported."""
    contact: Mask
    """The optical or electrical sensor touches the skin."""
    good: Array
    """0-1 quality of the pulse signal."""


def wear(
    seed: int, person: int, unit: Unit, plans: list[DayPlan], time: Timeline, motion: Motion, rng: np.random.Generator
) -> Wear:
    """Wear time and signal quality; decisions of a day come from that day's own random numbers.

    The last plan gives only the night that ends the day before it.
    """
    m = len(time.stage)
    worn, stored, pulse, moves = np.ones((4, m), bool)
    if unit.device.sessions:
        worn[:] = False
    for number, plan in enumerate(plans):
        d = Draws(generator(seed, person, WEAR, plan.day + 1), 32)
        base = number * MINUTES_PER_DAY
        if unit.device.sessions:
            _session(worn, unit, d, base)
        else:
            away = in_drawer(unit.habits, seed, person, plan.day + 1)
            _everyday(worn, unit, plan, d, base, away)
        _export(stored, pulse, moves, unit, plan, d, base)
    if unit.device.place == "pocket":
        worn &= (rng.random(m, np.float32) < 0.9) & (time.stage == 0) & (red_noise(rng, m, 40.0) > -0.6)
    shower = [s for s in time.showers if unit.habits.shower_off > (s * 7919 % 101) / 101]
    for start in shower:
        _set(worn, start, 14, False)
    water = is_name(time.activity, "swimming") & (unit.habits.shower_off > 0.7)
    contact, good = _signal(unit, motion, rng)
    return Wear(worn=worn & ~water, stored=stored, pulse=pulse, moves=moves, contact=contact, good=good)


def _everyday(worn: Mask, unit: Unit, plan: DayPlan, d: Draws, base: int, away: bool) -> None:
    """Nights, charges and days off of a device that is meant to be worn always."""
    habits, night = unit.habits, plan.sleeps[0]
    if away:
        _set(worn, base, MINUTES_PER_DAY, False)
    if not d.chance(habits.night):
        off = min(night.bed - d.lognormal(14, 0.9), habits.evening - MINUTES_PER_DAY + d.normal(0, 35))
        on = night.wake + night.snooze + d.lognormal(habits.morning, 0.6)
        _set(worn, base + off, on - off, False)
    if d.chance(habits.day_off):
        _set(worn, base + night.wake, 1440 - 0.1 * night.wake, False)
    if d.chance(habits.part_off):
        _set(worn, base + habits.part_at + d.normal(0, 30), habits.part_minutes * d.lognormal(1, 0.3), False)
    if d.chance(1 / habits.charge_every):
        _set(worn, base + habits.charge_at + d.normal(0, 35), habits.charge_minutes * d.lognormal(1, 0.3), False)
    if d.chance(habits.bored):
        _set(worn, base + d.between(300, 1100), d.lognormal(170, 0.6), False)


def _export(stored: Mask, pulse: Mask, moves: Mask, unit: Unit, plan: DayPlan, d: Draws, base: int) -> None:
    """What of a day is lost although it was measured, and what was not measured although it was worn."""
    habits = unit.habits
    if d.chance(habits.lost):
        _set(stored, base + d.between(0, 1300), d.lognormal(70, 0.9), False)
    if d.chance(habits.cut):
        at = d.between(120, 1320)
        first, length = (0.0, at) if d.chance(0.5) else (at, MINUTES_PER_DAY - at)
        _set(stored, base + first, length, False)
    if plan.day <= 0:
        _set(stored, base, MINUTES_PER_DAY if plan.day < 0 else habits.first_minute, False)
    if habits.last_minute:
        end = max(0, habits.last_minute - plan.day * MINUTES_PER_DAY)
        _set(stored, base + end, MINUTES_PER_DAY - end, False)
    if d.chance(habits.pulse_off):
        _set(pulse, base, MINUTES_PER_DAY, False)
    _set(pulse, base + habits.no_pulse[0], habits.no_pulse[1] - habits.no_pulse[0], False)
    if d.chance(habits.no_steps_days):
        _set(moves, base + habits.no_steps[0], habits.no_steps[1] - habits.no_steps[0], False)


def _session(worn: Mask, unit: Unit, d: Draws, base: int) -> None:
    if d.chance(unit.device.sessions):
        start = d.between(1250, 1380) if d.chance(unit.device.nights) else d.between(400, 900)
        _set(worn, base + start, d.lognormal(420, 0.5), True)


def _set(array: Mask, start: float, length: float, value: bool) -> None:
    first, last = max(0, int(start)), min(len(array), int(start + length))
    if first < last:
        array[first:last] = value


def _signal(unit: Unit, motion: Motion, rng: np.random.Generator) -> tuple[Mask, Array]:
    """Contact breaks by chance and more often in motion.

    Optical quality falls with wrist movement (Bent et al. 2020, npj Digit Med 3:18); a chest electrode minds only
    walking and more.
    """
    m = len(motion.wrist)
    shaken = np.minimum(motion.wrist, 0.6)
    start = rng.random(m, np.float32) < unit.dropout / 60 * (1 + 6 * shaken)
    contact = np.ones(m, bool)
    for minute in np.flatnonzero(start).tolist():
        contact[minute : minute + 1 + int(rng.standard_exponential() ** 2.2 * 5)] = False
    slow = red_noise(rng, m, 45.0)
    if unit.habits.pulse_loss > 0.004:
        fit = np.float32(0.62) * slow + np.float32(0.78) * red_noise(rng, m, 7.0)
        contact &= fit > ndtri(unit.habits.pulse_loss)
    if unit.device.place == "trunk":
        logit = 3.0 - 7.0 * shaken + 0.8 * slow
    else:
        logit = (
            1.55 + unit.fit - 0.95 * np.log1p(shaken / 0.012) + 0.9 * slow + 0.7 * rng.standard_normal(m, np.float32)
        )
    good = (1 / (1 + np.exp(-logit))).astype(np.float32)
    return contact, np.where(contact, good, 0).astype(np.float32)
