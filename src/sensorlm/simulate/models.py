"""Device models: which channels, how often, how wrong, what is written when it is off, and the study it is lent for."""

from dataclasses import dataclass

from sensorlm.channels import SENSORLM_26, SENSORLM_34
from sensorlm.simulate.habits import EVERYDAY, Protocol
from sensorlm.simulate.person import Recruits

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
    counts_place: str = ""
    """Where the accelerometer sits if not with the pulse sensor: "wrist"."""
    count_noise: float = 0.0
    """Log standard deviation of counts at the same movement of the plan, lasting a minute or two."""
    count_plateau: float = 0.0
    """Counts a minute that are hardly passed: the filter of the counter takes out fast movement (Brage et al. 2003, Med
    Sci Sports Exerc 35:1447); 0 is none."""
    swing_steps: float = 0.0
    """Median steps at 3,000 counts a minute of a counter that takes swings for steps; 0 is one that looks for gait."""
    protocol: Protocol = EVERYDAY
    """How it is worn when it is lent for a study."""


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
            step_floors=(1.0, 1.0, 4.0, 6.0),
            protocol=Protocol(recruits=Recruits(late=-30)),
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
            protocol=Protocol(kept_on=True, begins=(540, 1080), recruits=Recruits(late=25, lift=4)),
            rate_smoothing=(0.5, 2.0, 3.0),
            integer=1.0,
            count_gain=4000,
            count_spread=0.35,
            count_floor=0.003,
            count_power=(1.1, 1.4),
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
        # The same two sensors lent for 24 hours by a laboratory, to young men, as in MMASH (Rossi et al. 2020,
        # Data 5:91). Steps there are a power of the minute's counts, also while seated: taken for a counter on the arm.
        Device(
            name="chest-day",
            share=0.01,
            channels=("HR", "steps", "counts", "lying"),
            place="trunk",
            counts_place="wrist",
            off_gap=1.0,
            rate_noise=1.3,
            logs_sleep=False,
            integer=0.0,
            count_gain=21500,
            count_spread=0.2,
            count_floor=0.0055,
            count_power=(0.52, 0.66),
            count_noise=0.42,
            count_plateau=13000.0,
            swing_steps=11.0,
            step_gain=0.05,
            step_spread=0.25,
            protocol=Protocol(
                kept_on=True,
                begins=(545, 625),
                hours=24.0,
                recruits=Recruits(age=26, age_spread=0.2, women=0, late=-25),
            ),
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
