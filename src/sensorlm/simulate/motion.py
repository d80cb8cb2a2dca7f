"""What a person does in, how the body moves out: steps, wrist and trunk movement, the watch's accelerometer features.

Movement is a thresholded red-noise process: an activity sets the share of minutes with steps, two slow Gaussian
processes decide which minutes, so that bouts and pauses have the heavy-tailed lengths of free living (Chastin &
Granat 2010, Gait Posture 31:82). The accelerometer codes are monotone maps of amplitude, dominant frequency and
periodicity onto 0-255, set so that their means and spreads over a population agree with the reference's constants
(channels.py).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from sensorlm.simulate.activities import INDEX, column
from sensorlm.simulate.person import Person
from sensorlm.simulate.seeds import Draws, red_noise, smooth
from sensorlm.simulate.timeline import AWAKE_IN_BED, DEEP, REM, Timeline

Array = NDArray[np.float32]


@dataclass(slots=True, kw_only=True)
class Motion:
    """m minutes of movement, all (m,)."""

    steps: Array
    """True steps a minute."""
    walking: Array
    """1 in minutes with steps."""
    wrist: Array
    """Wrist acceleration without gravity, g."""
    trunk: Array
    """Trunk acceleration, g: what a chest strap or hip device feels."""
    frequency: Array
    """Dominant wrist frequency, Hz."""
    rhythm: Array
    """0 irregular to 1 periodic."""
    effort: Array
    """Oxygen demand above rest as a share of reserve, before any kinetics."""
    lying: Array
    """0 upright to 1 lying."""


def move(person: Person, time: Timeline, rng: np.random.Generator, d: Draws) -> Motion:
    """Movement of a timeline, drawn from `rng`."""
    m = len(time.activity)
    a = time.activity
    slow, quick = red_noise(rng, m, d.lognormal(35, 0.4)), red_noise(rng, m, d.lognormal(4.8, 0.25))
    white = rng.standard_normal(m, np.float32)
    drive = np.float32(0.60) * slow + np.float32(0.70) * quick + np.float32(0.39) * white  # unit variance
    share = column("walk")[a] * np.float32(1)
    free = (share > 0.0) & (share < 0.7)
    share = np.where(free, 1 - (1 - share) ** np.float32(person.liveliness), share)
    share *= 1 - np.float32(0.5) * time.ill
    threshold = ndtri(np.clip(1 - share, 1e-4, 1 - 1e-4)).astype(np.float32)
    walking = drive > threshold
    steps = _cadence(person, a, drive - threshold, walking, rng)
    reserve = column("reserve")[a]
    effort = reserve * np.exp(
        np.float32(0.12) * slow + np.where(reserve > 0.2, np.float32(0.22) * red_noise(rng, m, 50.0), 0)
    )
    # Activities that walking drives get their demand from the steps of each minute instead of a flat level.
    on_foot = 0.045 + 0.0020 * steps + np.where(steps > 125, 0.010 * (steps - 125), 0)
    effort = np.where(
        free & (reserve < 0.3),
        0.28 * effort + 0.28 * effort * (drive > -0.2) + person.hr_lift**0.5 * on_foot * walking,
        np.where(reserve < 0.45, effort * (0.55 + 0.45 * np.clip(steps / 95, 0, 1.5) * walking), effort),
    )
    arm = column("arm")[a]
    base = arm * np.exp(np.float32(0.75) * drive - np.float32(0.2))
    wrist = np.where(walking, np.maximum(base, 0.02 + 0.0016 * steps), base).astype(np.float32)
    trunk = (0.25 * base + 0.0014 * steps + np.where(steps > 125, 0.006 * (steps - 125), 0)).astype(np.float32)
    _turn_in_sleep(time, wrist, trunk, rng)
    frequency = np.where(walking & (steps > 40), steps / 60, column("frequency")[a]).astype(np.float32)
    rhythm = np.where(walking, np.maximum(column("rhythm")[a], np.clip(steps / 120, 0, 0.95)), column("rhythm")[a])
    lying = (column("lying")[a] > np.clip(0.5 + 0.22 * slow, 0.02, 0.98)).astype(np.float32)
    return Motion(
        steps=steps, walking=walking.astype(np.float32), wrist=wrist, trunk=trunk, frequency=frequency,
        rhythm=rhythm.astype(np.float32), effort=effort.astype(np.float32), lying=lying,
    )  # fmt: skip


def _cadence(
    person: Person, a: NDArray[np.int16], excess: Array, walking: NDArray[np.bool_], rng: np.random.Generator
) -> Array:
    """Steps a minute: the activity's cadence, more the further the drive is above its threshold."""
    spread = column("spread")[a]
    cadence = column("cadence")[a]
    noise = 0.75 * red_noise(rng, len(a), 2.5) + 0.66 * rng.standard_normal(len(a), np.float32)
    steady = column("walk")[a] > 0.8
    lift = np.where(steady, 0.0, 1.1 * excess * spread - 0.42)
    level = (
        np.where(cadence > 60, person.pace * person.liveliness**0.12, 1)
        * cadence
        * np.exp(lift + spread * np.where(steady, 0.75, 0.62) * noise)
    )
    ceiling = np.where(cadence > 140, 205, 105 * person.pace + 7 * noise)
    # The first and the last minute of a walk are walked only in part.
    whole = np.minimum(np.concatenate((walking[1:], [False])), np.concatenate(([False], walking[:-1])))
    part = np.where(whole | ~steady, 1, 0.15 + 0.85 * rng.random(len(a), np.float32))
    return np.where(walking, np.clip(np.rint(np.minimum(level, ceiling) * part), 1, 205), 0).astype(np.float32)


def _turn_in_sleep(time: Timeline, wrist: Array, trunk: Array, rng: np.random.Generator) -> None:
    """Turns and twitches: about 5 an hour in light sleep, fewer in deep, more when awake in bed (Wilde-Frenz 1983)."""
    m = len(wrist)
    rate = np.where(time.stage == DEEP, 0.03, np.where(time.stage == REM, 0.07, 0.08)).astype(np.float32)
    rate[time.stage == AWAKE_IN_BED] = 0.55
    turn = (rng.random(m, np.float32) < rate) & (time.stage > 0)
    size = 0.007 * np.exp(np.float32(1.0) * rng.standard_normal(m, np.float32))
    wrist[turn] += size[turn]
    trunk[turn] += 0.4 * size[turn]


def codes(motion: Motion, time: Timeline, rng: np.random.Generator) -> dict[str, Array]:
    """The ten accelerometer and altimeter channels of the full watch, 0-255 codes (altim_std in m)."""
    m = len(motion.wrist)
    n = rng.standard_normal((8, m), np.float32)
    loud = np.log1p(motion.wrist / 0.012) / np.log1p(1.2 / 0.012)  # 0 still to 1 running
    still = np.exp(-motion.wrist / 0.02)
    r = motion.rhythm
    energy = 255 * np.clip(1.05 * loud - 0.02, 0, 1) + 3 * n[0]
    crossing = (
        10
        + 62 * np.minimum(motion.frequency, 3.2) * (1 - still) * (0.6 + 0.4 * r)
        + 12 * n[1] * (1 - still)
        + 14 * still
    )
    pose = _posture(time, motion, rng)
    return {
        "jerk_auto": _code(222 - 62 * (1 - still) * (1 - r) - 28 * r * (1 - still) + 14 * n[2]),
        "log_energy": _code(energy),
        "covariance": _code(36 + 26 * (1 - still) * (1 - 0.5 * r) + 9 * n[3]),
        "log_energy_ratio": _code(34 + 60 * (1 - still) * (0.25 + 0.75 * r) + 13 * n[4]),
        "zero_crossing_std": _code(168 - 52 * r * (1 - still) - 12 * (1 - still) + 22 * n[5]),
        "zero_crossing_avg": _code(crossing),
        "axis_mean": _code(123 + 20 * pose + 3 * n[6]),
        "kurtosis": _code(88 + 105 * still * _spikes(rng, m) + 55 * (1 - still) * (1 - r) - 45 * r + 24 * n[7]),
        "altim_std": (column("climb")[time.activity] * 0.12 * np.abs(rng.standard_normal(m, np.float32))).astype(
            np.float32
        ),
        "sleep_coefficient": _sleep_coefficient(motion, n[6]),
    }


def _code(x: NDArray[np.floating]) -> Array:
    return np.asarray(np.clip(np.rint(x), 0, 255), np.float32)


def _spikes(rng: np.random.Generator, m: int) -> Array:
    """0-1: a nearly still arm with a rare twitch has a very peaked distribution in some minutes."""
    return rng.random(m, np.float32) ** np.float32(1.6)


def _posture(time: Timeline, motion: Motion, rng: np.random.Generator) -> Array:
    """Arm orientation: a level that jumps when the arm moves and stays when it does not."""
    m = len(motion.wrist)
    jump = (motion.wrist > 0.03) | (np.diff(time.activity, prepend=time.activity[:1]) != 0)
    jump[0] = True
    last = np.maximum.accumulate(np.where(jump, np.arange(m), 0))
    return rng.standard_normal(m, np.float32)[last]


def _sleep_coefficient(motion: Motion, noise: Array) -> Array:
    """Rises with unbroken stillness, falls at once with movement.

    A weighted window over activity as in Cole et al. 1992 (Sleep 15:461), turned so that more means more asleep.
    """
    activity = smooth(np.log1p(motion.wrist / 0.01).astype(np.float32), 6.0)
    return np.maximum(0, 15.5 - 8.6 * activity + 0.8 * noise).astype(np.float32)


__all__ = ["INDEX", "Motion", "codes", "move"]
