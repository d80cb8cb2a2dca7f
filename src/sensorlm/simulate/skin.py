"""Life and movement in, skin, light and energy out: conductance, temperature, lux, metabolic rate.

Skin temperature of the wrist runs against core temperature: high at night, low by day, down with exercise and cold
air (Sarabia et al. 2008, Physiol Behav 95:570). Conductance follows arousal and heat with a quick rise and a slow
fall, and shows storms in deep sleep (Boucsein 2012, Electrodermal Activity; Sano et al. 2014, Biol Psychol 100:76).
"""

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from sensorlm.simulate.activities import column
from sensorlm.simulate.heart import Heart
from sensorlm.simulate.motion import Motion
from sensorlm.simulate.person import Person
from sensorlm.simulate.seeds import Draws, red_noise, smooth
from sensorlm.simulate.timeline import AWAKE, DEEP, Timeline, is_name

Array = NDArray[np.float32]


def sun(person: Person, first: dt.date, minutes: int) -> Array:
    """(m,) sine of the sun's height from latitude and date (Cooper 1969 declination); negative at night."""
    m = np.arange(minutes, dtype=np.float32)
    day_of_year = first.timetuple().tm_yday + m / 1440
    tilt = np.deg2rad(23.45) * np.sin(2 * np.pi * (284 + day_of_year) / 365)
    hour = 2 * np.pi * ((m % 1440) - 750) / 1440  # solar noon at about 12:30 by the wall clock
    phi = np.deg2rad(person.latitude)
    return np.asarray(np.sin(phi) * np.sin(tilt) + np.cos(phi) * np.cos(tilt) * np.cos(hour), np.float32)


def season_warmth(person: Person, first: dt.date) -> float:
    """Mean outdoor air temperature of the time of year, deg C."""
    swing = 0.28 * person.latitude
    return 27 - 0.32 * abs(person.latitude) - swing * float(np.cos(2 * np.pi * (first.timetuple().tm_yday - 20) / 365))


def skin(
    person: Person, time: Timeline, motion: Motion, heart: Heart, first: dt.date, rng: np.random.Generator, d: Draws
) -> dict[str, Array]:
    """Skin conductance (uS) and temperature (deg C) as felt under a worn sensor."""
    m = len(time.stage)
    a = time.activity
    height = sun(person, first, m)
    outdoors = smooth(column("outdoors")[a] * (column("outdoors")[a] > 0.25), 4.0)
    outside = season_warmth(person, first) + 4 * height + 3 * time.weather
    air = 22.0 + outdoors * np.clip(outside - 22, -22, 12)
    in_bed = smooth((time.stage != AWAKE).astype(np.float32), 35.0)
    heat = smooth(heart.effort, 12.0) + 0.8 * smooth(is_name(a, "sauna").astype(np.float32), 5.0)
    clock = np.arange(m, dtype=np.float32) % 1440
    night = np.cos(2 * np.pi * (clock - 200 - 0.6 * (person.midsleep - 210)) / 1440)
    temperature = (
        31.3 + person.warmth + 0.6 * night + 2.2 * in_bed + 0.16 * (air - 22) - 2.4 * smooth(heart.effort, 5.0)
        + 2.0 * heat + 0.5 * time.ill + 0.8 * red_noise(rng, m, 60.0) + 0.25 * red_noise(rng, m, 4.0)
        - 0.5 * time.stress
    )  # fmt: skip
    drive = column("arousal")[a] + 0.55 * time.stress + 0.4 * time.aroused
    quick = smooth(np.maximum(drive + 0.5 * red_noise(rng, m, 3.0), 0).astype(np.float32), 1.0)
    tonic = np.maximum(quick, smooth(quick, d.lognormal(9, 0.3)))
    storms = np.maximum(0, red_noise(rng, m, 12.0) - 0.9) * (time.stage == DEEP)
    log_eda = (
        -0.85 + 1.5 * tonic + 2.6 * heat + 0.06 * (temperature - 32) + 0.9 * storms + 0.45 * red_noise(rng, m, 90.0)
    )
    eda = person.sweat * np.exp(log_eda + 0.05 * rng.standard_normal(m, np.float32))
    return {
        "eda_level_real": np.clip(eda, 0.01, 60).astype(np.float32),
        "wrist_temperatures": np.clip(temperature, 18, 40).astype(np.float32),
    }


def light(person: Person, time: Timeline, first: dt.date, rng: np.random.Generator, d: Draws) -> dict[str, Array]:
    """White light in lux and its colours in uW/cm2 at the wrist: sky, lamps, screens, sleeves and blankets."""
    m = len(time.stage)
    a = time.activity
    height = np.maximum(sun(person, first, m), 0)
    outdoors = column("outdoors")[a]
    sky = 42000 * height**1.3 * np.exp(0.5 * time.weather - 0.6 + 0.7 * red_noise(rng, m, 30.0))
    indoors = 90 * np.exp(0.9 * red_noise(rng, m, 80.0)) + 0.006 * sky
    evening = np.clip((0.12 - height) * 6, 0, 1)
    indoors *= 1 - 0.72 * evening
    is_out = rng.random(m, np.float32) < outdoors
    sleeve = np.exp(np.minimum(0, red_noise(rng, m, 45.0) - 0.2) * np.float32(d.lognormal(3.5, 0.4)))
    white = np.where(is_out, 0.35 * sky + 0.2, indoors) * sleeve * np.exp(0.45 * rng.standard_normal(m, np.float32))
    white = np.where(time.stage != AWAKE, white * 0.001 * (1 + 25 * height), white)
    white = np.where(white < d.lognormal(0.4, 0.4), 0, white)
    warm = np.where(is_out, 0.9, 1.5) * np.exp(0.35 * red_noise(rng, m, 60.0))
    return {
        "white_light": np.clip(white, 0, 150000).astype(np.float32),
        "red_light": np.clip(white * warm * 0.9, 0, 49000).astype(np.float32),
        "green_light": np.clip(white * 0.95, 0, 49000).astype(np.float32),
        "blue_light": np.clip(white * np.where(is_out, 0.8, 0.5) / warm**0.3, 0, 49000).astype(np.float32),
    }


def energy(person: Person, motion: Motion, time: Timeline) -> dict[str, Array]:
    """METs, kcal/min (1 MET = 1 kcal/kg/h, Ainsworth 2011), metres, and Fitbit's four intensity levels."""
    posture = np.where(time.stage != AWAKE, 0.95, 1.0)
    on_foot = np.where(motion.steps > 125, 5.5 + 0.062 * (motion.steps - 125), 1.15 + 0.028 * motion.steps)
    mets = np.maximum(
        np.where(motion.walking > 0, on_foot, posture), np.minimum(posture + 11 * motion.effort**1.15, 16) * 0.8
    )
    distance = motion.steps * person.stride * np.where(motion.steps > 125, 1.35, 1.0)
    return {
        "mets": mets.astype(np.float32),
        "calories": (mets * person.body_mass / 60).astype(np.float32),
        "distance": distance.astype(np.float32),
    }
