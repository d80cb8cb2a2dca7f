"""A person and days in, one simulated body out: plans, timeline, movement and heart, before any device looks at it."""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from sensorlm.simulate.heart import Heart, beat
from sensorlm.simulate.motion import Motion, move
from sensorlm.simulate.person import Person
from sensorlm.simulate.plan import DayPlan, plan_day
from sensorlm.simulate.seeds import SIGNAL, Draws, generator
from sensorlm.simulate.timeline import Timeline, build


@dataclass(slots=True, kw_only=True)
class Body:
    """Consecutive days of one person; minute 0 is the midnight that starts day `first_day`."""

    person: Person
    first_day: int
    first_date: dt.date
    plans: list[DayPlan]
    time: Timeline
    motion: Motion
    heart: Heart
    draws: Draws
    """Scalar draws of this block, for constants of the other signals."""
    rng: np.random.Generator


def live(person: Person, seed: int, block: int, first_day: int, days: int) -> Body:
    """Days `first_day` ... `first_day + days - 1` of a person; signals are drawn from the block's own generator."""
    rng = generator(seed, person.index, SIGNAL, block)
    draws = Draws(rng)
    plans = [plan_day(person, seed, day) for day in range(first_day, first_day + days + 1)]
    time = build(person, plans, draws)
    motion = move(person, time, rng, draws)
    heart = beat(person, time, motion, rng, draws)
    return Body(
        person=person, first_day=first_day, first_date=plans[0].date, plans=plans, time=time, motion=motion,
        heart=heart, draws=draws, rng=rng,
    )  # fmt: skip
