"""Seed, people and days in, simulated recordings out: MinuteTable and Events, DayMatrix, or plain arrays."""

from sensorlm.simulate.activities import ACTIVITIES, GROUPS, labels
from sensorlm.simulate.devices import Unit
from sensorlm.simulate.models import DEVICES, Device
from sensorlm.simulate.parallel import iter_people, map_people
from sensorlm.simulate.person import Person, draw_person
from sensorlm.simulate.stream import BLOCK_DAYS, PersonDays, iter_days, simulate_person
from sensorlm.simulate.synthetic import synthetic_days

__all__ = [
    "ACTIVITIES", "BLOCK_DAYS", "DEVICES", "GROUPS", "Device", "Person", "PersonDays", "Unit", "draw_person",
    "iter_days", "iter_people", "labels",
    "map_people", "simulate_person", "synthetic_days",
]  # fmt: skip
