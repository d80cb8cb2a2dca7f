"""A timeline and a device in, when it sat on the body out: nights off, charging, showers, whole days, lost batches."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sensorlm.records import MINUTES_PER_DAY
from sensorlm.simulate.devices import Unit
from sensorlm.simulate.motion import Motion
from sensorlm.simulate.plan import DayPlan
from sensorlm.simulate.seeds import WEAR, Draws, generator, red_noise
from sensorlm.simulate.timeline import Timeline, is_name

Array = NDArray[np.float32]


@dataclass(slots=True, kw_only=True)
class Wear:
    """m minutes of one unit, all (m,)."""

    worn: NDArray[np.bool_]
    """On the body."""
    stored: NDArray[np.bool_]
    """Not lost on the way to the export."""
    contact: NDArray[np.bool_]
    """The optical or electrical sensor touches the skin."""
    good: Array
    """0-1 quality of the pulse signal."""


def wear(
    seed: int, person: int, unit: Unit, plans: list[DayPlan], time: Timeline, motion: Motion, rng: np.random.Generator
) -> Wear:
    """Wear time and signal quality; decisions of a day come from that day's own random numbers."""
    m = len(time.stage)
    worn = np.ones(m, bool)
    stored = np.ones(m, bool)
    if unit.device.sessions:
        worn[:] = False
    for number, plan in enumerate(plans):
        d = Draws(generator(seed, person, WEAR, plan.day + 1), 32)
        base = number * MINUTES_PER_DAY
        if unit.device.sessions:
            _session(worn, unit, d, base)
        else:
            _everyday(worn, unit, plan, d, base)
        if d.chance(unit.lost):
            _set(stored, base + d.between(0, 1300), d.lognormal(70, 0.9), False)
    if unit.device.place == "pocket":
        worn &= (rng.random(m, np.float32) < 0.9) & (time.stage == 0) & (red_noise(rng, m, 40.0) > -0.6)
    shower = [s for s in time.showers if unit.shower_off > (s * 7919 % 101) / 101]
    for start in shower:
        _set(worn, start, 14, False)
    water = is_name(time.activity, "swimming") & (unit.shower_off > 0.7)
    contact, good = _signal(unit, motion, rng)
    return Wear(worn=worn & ~water, stored=stored, contact=contact, good=good)


def _everyday(worn: NDArray[np.bool_], unit: Unit, plan: DayPlan, d: Draws, base: int) -> None:
    night = plan.sleeps[0]
    if not d.chance(unit.night):
        before, after = d.between(5, 70), d.between(5, 80)
        _set(worn, base + night.bed - before, night.wake + after - night.bed + before, False)
    if d.chance(unit.day_off):
        _set(worn, base + night.wake, 1440 - 0.1 * night.wake, False)
    if d.chance(1 / unit.charge_every):
        _set(worn, base + unit.charge_at + d.normal(0, 35), unit.charge_minutes * d.lognormal(1, 0.3), False)
    if d.chance(0.04):
        _set(worn, base + d.between(300, 1100), d.lognormal(170, 0.6), False)


def _session(worn: NDArray[np.bool_], unit: Unit, d: Draws, base: int) -> None:
    if d.chance(unit.device.sessions):
        start = d.between(1250, 1380) if d.chance(unit.device.nights) else d.between(400, 900)
        _set(worn, base + start, d.lognormal(420, 0.5), True)


def _set(array: NDArray[np.bool_], start: float, length: float, value: bool) -> None:
    first, last = max(0, int(start)), min(len(array), int(start + length))
    if first < last:
        array[first:last] = value


def _signal(unit: Unit, motion: Motion, rng: np.random.Generator) -> tuple[NDArray[np.bool_], Array]:
    """Contact breaks by chance and more often in motion.

    Optical quality falls with wrist movement (Bent et al. 2020, npj Digit Med 3:18), a chest electrode hardly minds.
    """
    m = len(motion.wrist)
    shaken = np.minimum(motion.wrist, 0.6)
    start = rng.random(m, np.float32) < unit.dropout / 60 * (1 + 6 * shaken)
    contact = np.ones(m, bool)
    for minute in np.flatnonzero(start).tolist():
        contact[minute : minute + 1 + int(rng.standard_exponential() ** 2.2 * 5)] = False
    if unit.device.place == "trunk":
        logit = 3.0 - 2.0 * shaken + 0.8 * red_noise(rng, m, 30.0)
    else:
        logit = (
            1.55
            + unit.fit
            - 0.95 * np.log1p(shaken / 0.012)
            + 0.9 * red_noise(rng, m, 45.0)
            + 0.7 * rng.standard_normal(m, np.float32)
        )
    good = (1 / (1 + np.exp(-logit))).astype(np.float32)
    return contact, np.where(contact, good, 0).astype(np.float32)
