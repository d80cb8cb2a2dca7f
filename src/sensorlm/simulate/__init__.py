"""Seed, people and days in, simulated recordings out: MinuteTable and Events, DayMatrix, or plain arrays."""

from sensorlm.simulate.activities import ACTIVITIES, GROUPS, labels
from sensorlm.simulate.devices import DEVICES, Device, Unit
from sensorlm.simulate.person import Person, draw_person
from sensorlm.simulate.stream import BLOCK_DAYS, PersonDays, iter_days, simulate_person

__all__ = [
    "ACTIVITIES", "BLOCK_DAYS", "DEVICES", "GROUPS", "Device", "Person", "PersonDays", "Unit", "draw_person",
    "iter_days", "labels", "simulate_person",
]  # fmt: skip
