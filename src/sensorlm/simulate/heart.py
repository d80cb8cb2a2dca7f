"""Life and movement in, heart and breath out: heart rate, beat variability, blood oxygen.

Heart rate is rest + circadian course + posture + reserve x effort through first-order kinetics (on: about a minute,
off: slower; Bearden & Moffatt 2001, J Appl Physiol 90:2081; two-component recovery, Pierpont & Voth 2004, Am J
Cardiol 94:64) + digestion + stress + slow wander. Variability falls with heart rate and stress and rises in deep
sleep (Task Force of the ESC and NASPE 1996, Circulation 93:1043; Boudreau et al. 2013, Sleep 36:1919).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sensorlm.simulate.activities import column
from sensorlm.simulate.motion import Motion
from sensorlm.simulate.person import Person
from sensorlm.simulate.seeds import Draws, red_noise, smooth
from sensorlm.simulate.timeline import AWAKE, AWAKE_IN_BED, DEEP, LIGHT, REM, Timeline

Array = NDArray[np.float32]
LIGHT_WORK = 0.28
"""Share of heart rate reserve up to which recovery is quick."""


@dataclass(slots=True, kw_only=True)
class Heart:
    """m minutes of the heart, all (m,)."""

    rate: Array
    """True mean heart rate, bpm."""
    log_rmssd: Array
    """ln RMSSD, ms."""
    vagal: Array
    """The personal and momentary part of log_rmssd beyond heart rate."""
    effort: Array
    """Share of reserve in use after kinetics."""


def beat(person: Person, time: Timeline, motion: Motion, rng: np.random.Generator, d: Draws) -> Heart:
    """Heart rate and variability of a timeline."""
    m = len(time.stage)
    asleep = (time.stage == LIGHT) | (time.stage == DEEP) | (time.stage == REM)
    upright = smooth((1 - np.maximum(motion.lying, (time.stage != AWAKE).astype(np.float32))).astype(np.float32), 2.5)
    effort = _kinetics(motion.effort, d)
    clock = np.arange(m, dtype=np.float32) % 1440
    # Peak in late afternoon, trough before waking, shifted by chronotype (Vandewalle et al. 2007, J Sleep Res 16:148).
    circadian = np.cos(2 * np.pi * (clock - 950 - 0.5 * (person.midsleep - 210)) / 1440)
    slow, brief = red_noise(rng, m, d.lognormal(38, 0.6)), red_noise(rng, m, d.lognormal(3.5, 0.4))
    calm = smooth(asleep.astype(np.float32), 7.0)
    rest = person.resting_hr
    rate = rest + 1.1 * circadian + upright * (2.4 * person.hr_lift + person.day_lift) + (person.max_hr - rest) * effort
    rate -= (
        calm * (rest * person.night_dip + 1.5) * np.clip(0.8 + 0.55 * smooth(asleep.astype(np.float32), 150.0), 0, 1.35)
    )
    lively = np.exp(0.9 * red_noise(rng, m, 15.0) - 0.35)
    rate += person.hr_swing * (slow * (3.4 - 1.9 * calm) + person.hr_flutter * brief * (2.5 - 2.1 * calm) * lively)
    # A meal lifts heart rate by 5 to 10 bpm for an hour or two (Hoost et al. 1996, Am J Physiol 270:H1113).
    rate += (
        d.lognormal(5.5, 0.45) * time.digesting + 7 * time.stress + 5 * time.aroused + 11 * time.ill + 2.2 * time.drinks
    )
    rate += _sleep_texture(time, asleep, rng)
    # Bursts: the minute-to-minute change is heavy-tailed, large while a person is on the move.
    burst = np.exp(0.75 * red_noise(rng, m, 5.0) + 0.3 * motion.walking - 0.3)
    jitter = red_noise(rng, m, 1.1) * (1.7 - 1.25 * calm) * person.hr_flutter * burst
    rate = np.clip(rate + jitter, 36, person.max_hr + 3)
    return Heart(rate=rate.astype(np.float32), effort=effort, **_variability(person, time, rate, rest, rng, d))


def _kinetics(demand: Array, d: Draws) -> Array:
    """Up in a minute; down in two after light work, in five after hard work, which leaves a tail of half an hour.

    The part of demand below a quarter of the reserve (a walk) is gone three minutes later, as in minute recordings of
    daily life; the part above falls with a time constant of minutes (Pierpont & Voth 2004).
    """
    light = np.minimum(demand, np.float32(LIGHT_WORK))
    hard = demand - light
    tail = smooth(hard, d.lognormal(25, 0.4)) * np.float32(d.lognormal(0.3, 0.4))
    return np.asarray(
        _up_and_down(light, d.lognormal(0.65, 0.2), d.lognormal(0.75, 0.35))
        + _up_and_down(hard, d.lognormal(1.0, 0.2), d.lognormal(2.4, 0.3)) + tail, np.float32,
    )  # fmt: skip


def _up_and_down(demand: Array, up: float, down: float) -> Array:
    """The larger of a quick and a slow filter: rises with the first time constant, falls with both."""
    fast = smooth(demand, up)
    return np.maximum(fast, smooth(fast, down))


def _sleep_texture(time: Timeline, asleep: NDArray[np.bool_], rng: np.random.Generator) -> Array:
    """REM is faster and uneven, deep sleep slow and smooth, an arousal is a spike that fades in two minutes."""
    m = len(asleep)
    rem = smooth((time.stage == REM).astype(np.float32), 4.0)
    deep = smooth((time.stage == DEEP).astype(np.float32), 8.0)
    surge = ((rng.random(m, np.float32) < 0.02) & asleep) * (3 + 9 * rng.random(m, np.float32))
    awake = smooth((time.stage == AWAKE_IN_BED).astype(np.float32), 2.0)
    return np.asarray(
        rem * (2.0 + 1.4 * red_noise(rng, m, 4.0))
        - 2.4 * deep
        + 2.2 * smooth(surge.astype(np.float32), 1.2)
        + 3.5 * awake,
        np.float32,
    )


def _variability(
    person: Person, time: Timeline, rate: Array, rest: float, rng: np.random.Generator, d: Draws
) -> dict[str, Array]:
    """Log RMSSD falls about 0.026 per bpm: variability follows rate (Sacha 2014, Ann Noninv Electrocardiol 19:207)."""
    deep = (time.stage == DEEP).astype(np.float32)
    rem = (time.stage == REM).astype(np.float32)
    own = 0.24 * red_noise(rng, len(rate), d.lognormal(11, 0.5)) + 0.2 * red_noise(rng, len(rate), 180.0)
    vagal = (
        own
        + 0.08 * (time.stage > 0)
        + 0.12 * smooth(deep, 6.0)
        - 0.08 * rem
        - 0.35 * time.stress
        - 0.07 * time.drinks
        - 0.3 * time.ill
    )
    log_rmssd = person.log_rmssd - 0.026 * (rate - rest) + vagal
    return {"log_rmssd": np.clip(log_rmssd, 0.7, 5.6).astype(np.float32), "vagal": vagal.astype(np.float32)}


def beat_features(heart: Heart, time: Timeline, good: Array, rng: np.random.Generator) -> dict[str, Array]:
    """The twelve variability channels from rate and RMSSD, with the errors of a wrist sensor where the signal is poor.

    LF, HF, VLF scale with the squares of SDNN and RMSSD (Parseval; Task Force 1996); entropies follow the spread
    of intervals; pNN20 is the share of successive differences above 20 ms of a Laplacian with that RMSSD.
    """
    m = len(heart.rate)
    n = rng.standard_normal((9, m), np.float32)
    error = 1 - good
    relaxed = column("arousal")[time.activity] < 0.16
    # Ectopic and misread beats inflate differences between neighbours, more where the signal is poor.
    stray = rng.random(m, np.float32) < 0.02 + 0.25 * error**2
    log_rmssd = heart.log_rmssd + 0.25 * n[0] + 0.6 * error * np.abs(n[1]) + stray * (0.3 + 0.9 * np.abs(n[7]))
    rmssd = np.exp(log_rmssd)
    sdnn = np.exp(0.62 * log_rmssd + 1.52 + 0.25 * n[2] + 0.25 * error)
    ratio = np.exp(1.15 - 0.55 * heart.vagal + 0.010 * (heart.rate - 65) + 0.62 * n[3] - 0.5 * (time.stage == DEEP))
    # Power comes from cleaned intervals: a part of the artefact's logarithm is left in it.
    hf = 0.10 * np.exp(np.minimum(1.2 * log_rmssd + 0.8 * heart.log_rmssd + 0.85 * n[4], 10.8))
    rr = 60000 / heart.rate * (1 + 0.006 * n[5])
    return {
        "rr_med": rr.astype(np.float32),
        "rmssd0595": np.clip(rmssd, 1, 900).astype(np.float32),
        "sdnn0595": np.clip(sdnn, 2, 900).astype(np.float32),
        "pnn20": np.clip(np.exp(-28.3 / rmssd) * 1.05 + 0.04 * n[6], 0, 1).astype(np.float32),
        "coherence": np.clip(0.165 * np.exp(0.58 * n[7]) + 0.12 * relaxed, 0, 1).astype(np.float32),
        "ShEnRR": np.clip(0.95 + 0.54 * np.log(sdnn) + 0.16 * n[8], 0, 6).astype(np.float32),
        "LF": np.clip(hf**0.8 * 2.2 * ratio, 0, 9e5).astype(np.float32),
        "HF": np.clip(hf, 0, 9e5).astype(np.float32),
        "LF_HF": np.clip(ratio, 0.02, 60).astype(np.float32),
        "VLF": np.clip(0.16 * np.minimum(sdnn, 200) ** 2 * np.exp(0.6 * n[1]), 0, 9e5).astype(np.float32),
        "spectralEn": np.clip(2.62 - 0.25 * np.log(np.maximum(ratio, 0.05)) * 0.4 + 0.36 * n[2], 0.3, 4).astype(
            np.float32
        ),
    }


def oxygen(person: Person, time: Timeline, good: Array, rng: np.random.Generator) -> dict[str, Array]:
    """SpO2 with its confidence and coverage: read at rest and asleep, lower asleep and ill, worthless in motion.

    Resting values about 96-98 %, one or two points lower asleep (Gries & Brooks 1996, Chest 110:1489).
    """
    m = len(good)
    asleep = ((time.stage != AWAKE) & (time.stage != AWAKE_IN_BED)).astype(np.float32)
    level = 96.6 - 0.02 * (person.age - 40) - 1.2 * asleep - 2 * time.ill - 0.03 * max(0.0, person.body_mass - 80)
    value = level + 0.9 * red_noise(rng, m, 20.0) + (0.7 + 2.5 * (1 - good)) * rng.standard_normal(m, np.float32)
    sure = 100 / (1 + np.exp(-(9 * (good - 0.5) + 1.2 * rng.standard_normal(m, np.float32))))
    cover = 38 + 26 * asleep + 16 * (good - 0.5) + 12 * rng.standard_normal(m, np.float32)
    return {
        "spo2": np.clip(value, 70, 100).astype(np.float32),
        "spo2_confidence": np.clip(np.rint(sure), 0, 100).astype(np.float32),
        "spo2_coverage": np.clip(np.rint(cover), 0, 100).astype(np.float32),
    }
