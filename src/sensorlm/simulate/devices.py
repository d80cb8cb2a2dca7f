"""A device mix in, one owner's unit of a model out: the constants of its errors and of its owner's habits.

No two units agree: gains, smoothing, rounding, sensitivity and behaviour off the wrist are drawn per person (domain
randomisation), because a reader trained on one device's habits fails on the next device.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sensorlm.errors import ConfigError
from sensorlm.simulate.habits import Habits, draw_habits, in_study
from sensorlm.simulate.models import DEVICES, Device
from sensorlm.simulate.seeds import DEVICE, Draws, generator


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
    swing_steps: float
    """Steps at 3,000 counts a minute of a counter that takes swings for steps; 0 is one that looks for gait."""
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


def draw_unit(seed: int, index: int, mix: Mapping[str, float]) -> Unit:
    """The device of person `index` and its constants; drawn before the person, whom a study may choose."""
    d = Draws(generator(seed, index, DEVICE), 96)
    device = DEVICES[d.pick(tuple(mix), tuple(mix.values()))]
    off_gap = d.chance(device.off_gap)
    habits = draw_habits(d, nights=device.nights, pulse_loss=device.pulse_loss, writes_when_off=not off_gap)
    habits = in_study(habits, device.protocol, d)
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
        swing_steps=d.lognormal(device.swing_steps, device.step_spread) if device.swing_steps else 0.0,
        count_floor=d.lognormal(device.count_floor, 0.4), fit=d.normal(0.0, 0.6),
        gain=tuple(d.lognormal(1.0, 0.15) for _ in range(3)), temperature_offset=d.normal(0, 0.6),
        stages_when_up=d.chance(0.7), habits=habits,
    )  # fmt: skip
