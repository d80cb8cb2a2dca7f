"""A person and a device in, how its owner wears it and what its export loses out.

What a real device writes when nothing happens decides how a day reads. The kinds of habit are those of the training
people of the Fitabase, Garmin and Actiheart recordings: never worn at night and put away at eight in the evening, one
night in four in a drawer, whole weeks in it, heart rate that stops at the same minute every day, steps that are in the
export for a part of the hours, chest electrodes without a pulse for a third of the time. How often each occurs is wider
than what two dozen people show.
"""

from dataclasses import dataclass, replace

from sensorlm.simulate.person import EVERYONE, Recruits
from sensorlm.simulate.seeds import SPELL, Draws, generator

SPELL_DAYS = 28
"""A stay in the drawer begins at most once in so many days."""
_DRAWER = 1 << 20
"""Moves the address of these draws away from those of illness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """What a study asks of those who wear its device; the default asks nothing."""

    kept_on: bool = False
    """Electrodes and straps that stay on day and night, and no charger: the battery lasts the study."""
    begins: tuple[float, float] = (0.0, 0.0)
    """Clock minutes between which the laboratory puts it on; equal for an owner's own first day."""
    hours: float = 0.0
    """Length of the recording; 0 for no end."""
    recruits: Recruits = EVERYONE
    """Whom it takes."""


EVERYDAY = Protocol()


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """Constants of one owner; a night, an hour or a day is drawn from them."""

    night: float
    """Chance of being worn on a night."""
    evening: float
    """Minute of the day at which a night without it begins at the latest; 1800 is never before bed."""
    morning: float
    """Median minutes from getting up to putting it on after a night without it."""
    day_off: float
    """Chance of a whole day off."""
    drawer: float
    """Chance that 28 days hold a stay in the drawer."""
    drawer_days: float
    """Median length of one."""
    bored: float
    """Chance a day of a few hours off for no reason that comes back."""
    part_off: float
    """Chance a day of favourite hours without it."""
    part_at: float
    """Minute of the day at which those begin."""
    part_minutes: float
    charge_every: float
    """Days between charges."""
    charge_at: float
    """Minute of the day."""
    charge_minutes: float
    shower_off: float
    """Chance of being off in the shower."""
    first_minute: int
    """Minute of the first day at which the recording begins."""
    last_minute: int
    """Minute after the first midnight at which it ends; 0 for no end."""
    lost: float
    """Chance of a lost batch a day."""
    cut: float
    """Chance a day that a long stretch from or to midnight never reached the export."""
    no_pulse: tuple[int, int]
    """Clock minutes of every day whose heart rate is not exported; equal for none."""
    no_steps: tuple[int, int]
    """The same of movement, on some days."""
    no_steps_days: float
    """Chance of a day on which `no_steps` holds."""
    pulse_off: float
    """Chance of a day with the pulse sensor switched off."""
    pulse_loss: float
    """Share of worn minutes without a readable pulse beyond motion and contact."""
    moved: float
    """Times an hour an unworn device is picked up, pushed or carried in a bag."""


def draw_habits(d: Draws, *, nights: float, pulse_loss: float, writes_when_off: bool) -> Habits:
    """Habits of one owner.

    Args:
        d: draws of the device.
        nights: mean chance of being worn at night.
        pulse_loss: median share of minutes without a pulse; people differ by a factor of two.
        writes_when_off: the device writes zeros while off, so being moved is seen.
    """
    habit = d.uniform()
    if habit > 0.2 + 0.8 * nights:
        night = d.pick((0.0, 0.03, 0.12))
    else:
        night = d.pick((0.97, 1.0)) if habit < 0.7 * nights else d.between(0.25, 0.95)
    cut_at, steps_at = int(d.between(1080, 1420)), int(d.between(0, 1000))
    return Habits(
        night=night,
        evening=d.normal(1215, 60) if d.chance(0.45) else 1800.0,
        morning=d.lognormal(18, 0.9),
        day_off=d.pick((0.0, 0.02, 0.08, 0.25), (5, 4, 2, 1)),
        drawer=d.pick((0.0, 0.3, 0.8), (6, 3, 1)), drawer_days=d.lognormal(4, 0.6), bored=0.04,
        part_off=d.pick((0.0, 0.04, 0.15, 0.45), (4, 4, 2, 1)), part_at=d.pick((800.0, 1020.0, 1110.0, 1180.0))
        + d.normal(0, 60), part_minutes=d.lognormal(170, 0.5),
        charge_every=d.pick((1.0, 2.5, 5.0, 5.0, 8.0)),
        charge_at=d.pick((430.0, 1150.0, 1230.0, 1290.0)) + d.normal(0, 30), charge_minutes=d.lognormal(60, 0.5),
        shower_off=d.pick((0.0, 0.5, 1.0), (3, 2, 3)),
        first_minute=int(d.between(360, 1260)) if d.chance(0.6) else 0, last_minute=0,
        lost=d.between(0, 0.15), cut=d.pick((0.0, 0.03, 0.10), (4, 4, 1)),
        no_pulse=(cut_at, 1440) if d.chance(0.05) else (0, 0),
        no_steps=(steps_at, steps_at + int(d.between(240, 900))) if d.chance(0.07) else (0, 0),
        no_steps_days=d.pick((0.3, 1.0)),
        pulse_off=d.pick((0.0, 0.04, 0.3), (10, 3, 1)),
        pulse_loss=min(0.7, d.lognormal(pulse_loss, 0.7)),
        moved=d.lognormal(0.12, 0.8) if writes_when_off and d.chance(0.35) else 0.0,
    )  # fmt: skip


def in_study(habits: Habits, protocol: Protocol, d: Draws) -> Habits:
    """Habits of one who wears a device under a protocol: what a study forbids does not happen."""
    if protocol.kept_on:
        habits = replace(
            habits, night=1.0, evening=1800.0, day_off=0.0, drawer=0.0, part_off=0.0, charge_every=1e9, lost=0.0,
            cut=0.0, no_pulse=(0, 0), no_steps=(0, 0), pulse_off=0.0, moved=0.0, bored=0.02,
        )  # fmt: skip
    if protocol.begins[1] > protocol.begins[0]:
        habits = replace(habits, first_minute=int(d.between(*protocol.begins)))
    if protocol.hours:
        # The appointment to hand it back is about the same hour.
        habits = replace(habits, last_minute=int(habits.first_minute + 60 * protocol.hours + d.normal(-10, 35)))
    return habits


def in_drawer(habits: Habits, seed: int, person: int, day: int) -> bool:
    """Whether the device spends this day in a drawer; at most one stay begins in `SPELL_DAYS`."""
    if habits.drawer == 0:
        return False
    part, within = divmod(day, SPELL_DAYS)
    d = Draws(generator(seed, person, SPELL, _DRAWER + part), 8)
    if not d.chance(habits.drawer):
        return False
    first = int(d.between(0, SPELL_DAYS - 2))
    return first <= within < first + max(1, round(d.lognormal(habits.drawer_days, 0.5)))
