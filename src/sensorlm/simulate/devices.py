"""Device models, and one owner's unit of one: which channels, how often, how wrong, and what is written when it is off.

No two units agree: gains, smoothing, rounding, sensitivity and behaviour off the wrist are drawn per person (domain
randomisation), because a reader trained on one device's habits fails on the next device.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sensorlm.channels import SENSORLM_26, SENSORLM_34
from sensorlm.errors import ConfigError
from sensorlm.simulate.habits import Habits, draw_habits
from sensorlm.simulate.person import Person
from sensorlm.simulate.seeds import DEVICE, Draws, generator

_ALL = tuple(dict.fromkeys(c.key for c in SENSORLM_34 + SENSORLM_26))
_ACCELEROMETER = (
    "jerk_auto", "log_energy", "covariance", "log_energy_ratio", "zero_crossing_std", "zero_crossing_avg", "axis_mean",
    "kurtosis", "sleep_coefficient",
)  # fmt: skip
_BEATS = ("rr_med", "rmssd0595", "sdnn0595", "pnn20", "ShEnRR", "percent_good")
_STAGES = ("sleep_stage_awake", "sleep_stage_light", "sleep_stage_deep", "sleep_stage_rem")
_LIGHT = ("white_light", "red_light", "green_light", "blue_light")


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A model of device."""

    name: str
    share: float
    """Weight in the default device mix."""
    channels: tuple[str, ...]
    epochs: tuple[int, ...] = (1,)
    """Epoch lengths in minutes; a unit has one of them."""
    heart_every: tuple[int, ...] = (1,)
    """Minutes between heart rate readings at rest; a unit has one of them."""
    sparse_steps: float = 0.0
    """Chance that a unit writes no row at all for a minute without steps."""
    off_gap: float = 1.0
    """Chance that a unit writes nothing while off (else zeros, and readings of a watch on a table)."""
    nights: float = 0.8
    """Mean chance of being worn at night."""
    sessions: float = 0.0
    """Chance per day that it is worn at all, for a few hours; 0 is an everyday device."""
    dropouts: float = 0.12
    """Median losses of contact an hour."""
    pulse_loss: float = 0.004
    """Median share of worn minutes without a readable pulse, in hours of a bad fit."""
    rate_noise: float = 1.0
    """Typical error of heart rate, bpm."""
    rate_smoothing: tuple[float, ...] = (0.0,)
    """Time constants of heart rate smoothing, minutes; a unit has one of them."""
    integer: float = 0.5
    """Chance that a unit rounds heart rate to whole beats."""
    count_gain: float = 1900.0
    """Typical activity counts per g."""
    count_floor: float = 0.010
    """Typical movement, g, that still counts nothing."""
    count_spread: float = 0.4
    """Log standard deviation of that between units."""
    count_power: tuple[float, float] = (0.55, 0.8)
    """Range of the exponent between movement and counts."""
    step_gain: float = 1.0
    """Typical share of steps counted in walking."""
    step_spread: float = 0.07
    """Log standard deviation of that share between units."""
    step_floors: tuple[float, ...] = (1.0, 4.0, 6.0, 8.0)
    """Fewer steps than this in a minute are not counted; a unit has one of them."""
    place: str = "wrist"
    """"wrist", "trunk" or "pocket"."""
    fidgets: float = 0.0
    """Chance that a unit counts small movements as a few steps."""
    fidget_gain: float = 420.0
    """Median of such steps a minute and g of the trunk."""
    logs_sleep: bool = True
    """Whether it writes sleep events."""


DEVICES: dict[str, Device] = {
    d.name: d
    for d in (
        Device(name="watch", share=0.42, channels=_ALL, off_gap=0.6, nights=0.88, rate_smoothing=(0.0, 0.0, 1.0)),
        Device(
            name="watch-core",
            share=0.20,
            channels=("HR", "steps", "wrist_temperatures", "spo2", "calories", *_ACCELEROMETER, *_BEATS, *_STAGES),
            off_gap=0.6,
            nights=0.85,
            rate_smoothing=(0.0, 1.0),
            sparse_steps=0.1,
        ),
        Device(
            name="band",
            share=0.12,
            channels=("HR", "steps", "intensity", "mets", "calories", "distance"),
            off_gap=0.4,
            nights=0.72,
            rate_noise=0.6,
            dropouts=0.025,
            integer=0.0,
            rate_smoothing=(0.0, 0.0, 0.0, 1.0),
        ),
        Device(
            name="band-steps", share=0.03, channels=("steps", "intensity", "mets", "calories"), off_gap=0.05, nights=0.6
        ),
        Device(
            name="sports-watch",
            share=0.04,
            channels=("steps", "mets", "calories", "distance", "motion_intensity", "HR"),
            epochs=(1, 15, 15),
            off_gap=0.3,
            nights=0.8,
            step_floors=(4.0, 8.0, 12.0, 16.0),
            heart_every=(1, 2, 15),
            rate_smoothing=(0.0, 2.0),
        ),
        Device(
            name="actigraph",
            share=0.03,
            channels=("counts", *_LIGHT, "steps"),
            off_gap=0.7,
            nights=0.95,
            fidgets=0.5,
            logs_sleep=True,
            sparse_steps=0.0,
        ),
        Device(
            name="chest-epochs",
            share=0.03,
            channels=("HR", "counts", "rmssd0595"),
            epochs=(5, 5, 1),
            place="trunk",
            nights=0.9,
            off_gap=0.3,
            rate_noise=0.3,
            logs_sleep=False,
            dropouts=0.05,
            pulse_loss=0.28,
            rate_smoothing=(0.0, 0.0, 0.0, 4.0, 8.0),
            integer=1.0,
            count_gain=4600,
            count_spread=0.6,
            count_floor=0.003,
            count_power=(1.0, 1.5),
        ),
        Device(
            name="chest-actigraph",
            share=0.03,
            channels=("HR", "steps", "counts", "lying"),
            place="trunk",
            nights=0.97,
            off_gap=0.3,
            fidgets=0.95,
            rate_noise=0.6,
            logs_sleep=False,
            integer=0.0,
            count_gain=54000,
            count_floor=0.0015,
            count_power=(0.6, 0.9),
            fidget_gain=1100.0,
            step_gain=0.30,
            step_spread=0.3,
        ),
        Device(
            name="lab-wristband",
            share=0.02,
            channels=("HR", "eda_level_real", "wrist_temperatures", "acc"),
            sessions=0.75,
            nights=0.15,
            rate_noise=2.0,
            rate_smoothing=(1.0, 2.0),
            logs_sleep=False,
        ),
        Device(
            name="chest-strap",
            share=0.02,
            channels=("HR", "rr_med", "rmssd0595", "sdnn0595", "pnn20", "LF", "HF", "LF_HF"),
            sessions=0.6,
            nights=0.3,
            place="trunk",
            rate_noise=0.4,
            logs_sleep=False,
        ),
        Device(
            name="phone",
            share=0.02,
            channels=("steps", "distance"),
            sparse_steps=0.8,
            off_gap=0.5,
            nights=0.02,
            place="pocket",
            logs_sleep=False,
        ),
        Device(
            name="ring",
            share=0.02,
            channels=("HR", "rmssd0595", "wrist_temperatures", "steps", "mets", "spo2", *_STAGES),
            epochs=(5, 1),
            heart_every=(5,),
            nights=0.95,
            off_gap=0.9,
        ),
        Device(
            name="spot-watch",
            share=0.02,
            channels=("HR", "steps", "sdnn0595", "spo2", "calories", "distance"),
            heart_every=(5, 5, 10, 15),
            sparse_steps=0.8,
            off_gap=0.9,
            nights=0.5,
        ),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One person's own device: the constants of its errors and of its owner's habits."""

    device: Device
    epoch: int
    heart_every: int
    irregular: bool
    """Heart rate at random minutes instead of a fixed grid."""
    off_gap: bool
    sparse_steps: bool
    rate_offset: float
    rate_noise: float
    rate_smoothing: float
    rate_integer: bool
    rate_samples: float
    """Mean number of readings averaged in a minute: few make a noisier minute."""
    cadence_lock: float
    """Chance that a minute of fast steps is read as the cadence."""
    sticky: int
    """Minutes a lost signal is filled with its last value."""
    dropout: float
    """Losses of contact an hour."""
    step_gain: float
    step_floor: float
    """Fewer steps than this in a minute are not counted."""
    fidgets: float
    """Steps counted per g of small movement."""
    count_gain: float
    count_power: float
    count_floor: float
    """Movement under this, g, counts nothing."""
    fit: float
    """Offset of the optical signal's quality, logits: a loose strap is negative."""
    gain: tuple[float, ...]
    """Multipliers near 1 for skin conductance, light and variability."""
    temperature_offset: float
    stages_when_up: bool
    """Writes 0 (not nothing) into the sleep stages while up."""
    habits: Habits


def check_mix(devices: Mapping[str, float] | Sequence[str] | None) -> dict[str, float]:
    """A device mix as weights by name; None is the default mix, a list means equal weights.

    Raises:
        ConfigError: a name is not in DEVICES, a weight is negative, or all are 0.
    """
    if devices is None:
        return {name: device.share for name, device in DEVICES.items()}
    mix = dict(devices) if isinstance(devices, Mapping) else dict.fromkeys(devices, 1.0)
    unknown = [name for name in mix if name not in DEVICES]
    if unknown:
        raise ConfigError(f"devices {unknown} are not simulated. Use some of: {', '.join(DEVICES)}.")
    if not mix or min(mix.values()) < 0 or sum(mix.values()) <= 0:
        raise ConfigError(f"device weights {mix} must be 0 or more and not all 0.")
    return mix


def draw_unit(seed: int, person: Person, mix: Mapping[str, float]) -> Unit:
    """The device of a person and its constants."""
    d = Draws(generator(seed, person.index, DEVICE), 96)
    device = DEVICES[d.pick(tuple(mix), tuple(mix.values()))]
    off_gap = d.chance(device.off_gap)
    habits = draw_habits(d, nights=device.nights, pulse_loss=device.pulse_loss, writes_when_off=not off_gap)
    return Unit(
        device=device, epoch=d.pick(device.epochs), heart_every=d.pick(device.heart_every), irregular=d.chance(0.5),
        off_gap=off_gap, sparse_steps=d.chance(device.sparse_steps),
        rate_offset=d.normal(0, 0.7), rate_noise=device.rate_noise * d.lognormal(1.0, 0.3),
        rate_smoothing=d.pick(device.rate_smoothing) * d.lognormal(1.0, 0.4), rate_integer=d.chance(device.integer),
        rate_samples=d.lognormal(9, 0.3), cadence_lock=d.between(0, 0.06) * (device.place == "wrist"),
        sticky=int(d.between(2, 12)) if d.chance(0.15) else 0, dropout=d.lognormal(device.dropouts, 0.8),
        step_gain=d.lognormal(device.step_gain, device.step_spread), step_floor=d.pick(device.step_floors),
        fidgets=d.lognormal(device.fidget_gain, 0.6) if d.chance(device.fidgets) else 0.0,
        count_gain=d.lognormal(device.count_gain, device.count_spread), count_power=d.between(*device.count_power),
        count_floor=d.lognormal(device.count_floor, 0.4), fit=d.normal(0.0, 0.6),
        gain=tuple(d.lognormal(1.0, 0.15) for _ in range(3)), temperature_offset=d.normal(0, 0.6),
        stages_when_up=d.chance(0.7), habits=habits,
    )  # fmt: skip
