"""A seed and a number in, a simulated person out: body, habits, work, troubles. Everything a day is planned from."""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from sensorlm.simulate.seeds import PERSON, Draws, generator

WORK = (
    "office",
    "home_office",
    "standing",
    "manual",
    "shift",
    "night",
    "student",
    "part_time",
    "retired",
    "unemployed",
)
SPORTS = (
    "running", "cycling", "weights", "yoga", "swimming", "brisk_walking", "elliptical", "treadmill", "football",
    "tennis", "hiking", "dancing", "aerobics", "pilates", "crossfit", "rowing", "spinning", "basketball", "badminton",
    "climbing", "circuit", "boxing", "golf", "volleyball", "skiing", "skating", "jump_rope", "stretching",
    "trail_running", "climbing_stairs",
)  # fmt: skip
_POPULAR = np.array(
    [9, 6, 8, 5, 4, 7, 3, 4, 3, 2, 3, 2, 2, 2, 1.5, 1.5, 2, 1.5, 1.5, 1, 1.5, 1, 1, 1, 0.7, 0.7, 0.7, 2, 1, 1]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recruits:
    """Whom a study takes; the default is everyone who owns a device."""

    age: float = 39.0
    """Median, years."""
    age_spread: float = 0.36
    """Log standard deviation."""
    women: float = 0.5
    """Share of women."""
    late: float = 0.0
    """Minutes by which their sleep and work lie later than those of others of their age."""
    lift: float = 0.0
    """Mean of `Person.day_lift`, bpm."""


EVERYONE = Recruits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Traits that stay for a recording."""

    index: int
    age: float
    female: bool
    body_mass: float
    """kg."""
    fitness: float
    """Standard deviations above the average person of this age."""
    resting_hr: float
    """Heart rate, bpm, lying awake in the evening."""
    max_hr: float
    """bpm; 208 - 0.7 age (Tanaka et al. 2001, J Am Coll Cardiol 37:153, eq. in abstract) plus a personal residue."""
    night_dip: float
    """Share by which sleeping heart rate falls under the resting one."""
    hr_lift: float
    """Multiplies the rise of heart rate with daily life (not with exercise)."""
    day_lift: float
    """bpm that being up and about adds to it whatever the person does."""
    hr_swing: float
    """Multiplies the slow wander of heart rate while awake."""
    hr_flutter: float
    """Multiplies its changes from minute to minute."""
    log_rmssd: float
    """ln RMSSD, ms, at the resting heart rate."""
    midsleep: float
    """Chronotype: middle of sleep on free days, minutes after midnight (Roenneberg et al. 2003)."""
    sleep_need: float
    """Minutes."""
    sleep_irregularity: float
    """Standard deviation of bed time, minutes."""
    insomnia: float
    """0 none to 1 severe."""
    wakefulness: float
    """Multiplies the rate of awakenings in sleep."""
    work: str
    """One of WORK."""
    work_start: float
    """Minutes after midnight."""
    commute: float
    """Minutes one way."""
    commute_by: str
    """An activity name."""
    liveliness: float
    """Multiplies the chance of spontaneous steps."""
    pace: float
    """Multiplies the cadence of walks and runs."""
    stride: float
    """m."""
    workouts: float
    """Chance of a workout on a day."""
    workout_hour: float
    """Favourite minute of the day."""
    sports: tuple[str, ...]
    """Favourite activities."""
    dog: bool
    children: bool
    drinks: float
    """Chance of alcohol on a weekend evening."""
    coffee: float
    """Cups a day."""
    naps: float
    """Chance of a nap."""
    stress: float
    """0 serene to 1 always under pressure."""
    mood: float
    """-1 low to 1 cheerful on average."""
    sweat: float
    """Median tonic skin conductance, uS."""
    warmth: float
    """Offset of skin temperature, deg C."""
    latitude: float
    """Degrees north: sets day length and weather."""
    first_date: dt.date


def draw_person(seed: int, index: int, recruits: Recruits = EVERYONE) -> Person:
    """Person `index` of the population `seed`: the same whoever asks.

    Sources of the population: resting heart rate about 63 (men) and 66 (women) with SD 9 (Quer et al. 2020, PLoS ONE
    15:e0227709), falling by fitness; ln RMSSD about 3.5 with SD 0.5, falling 0.012 a year (Umetani et al. 1998);
    midsleep 4.0 h in youth to 3.0 h in age; sleep need 7.4 h, SD 0.8 (Roenneberg et al. 2003). Day and night differ
    most in the heart rate of the young (Bonnemeier et al. 2003, J Cardiovasc Electrophysiol 14:791).
    """
    d = Draws(generator(seed, index, PERSON), 64)
    age = float(np.clip(d.lognormal(recruits.age, recruits.age_spread), 18, 88))
    young = max(0.0, 35 - age) / 10
    female = d.chance(recruits.women)
    fitness = d.normal() * 1.0 - 0.005 * (age - 40)
    work = _work(d, age)
    workouts = float(np.clip(0.22 + 0.15 * fitness + d.normal(0, 0.14), 0, 0.9))
    popular = _POPULAR.copy()
    if age > 60:
        popular[[0, 8, 14, 17, 21]] *= 0.2
    stress = float(np.clip(d.normal(0.4, 0.22), 0, 1))
    insomnia = float(np.clip(d.normal(0.75, 0.2), 0.3, 1)) if d.chance(0.15) else 0.0
    return Person(
        index=index, age=age, female=female, fitness=fitness, work=work, stress=stress, insomnia=insomnia,
        body_mass=float(np.clip(d.normal(66 if female else 80, 13), 42, 150)),
        resting_hr=float(np.clip(d.normal(62 + 3 * female - 4.0 * fitness, 6.5), 43, 92)),
        max_hr=208 - 0.7 * age + d.normal(0, 7),
        night_dip=float(np.clip(d.normal(0.055 + 0.02 * young, 0.045), -0.04, 0.16)),
        hr_lift=d.lognormal(1.0 + 0.3 * young, 0.5),
        hr_swing=d.lognormal(1.0, 0.3), hr_flutter=d.lognormal(0.85 + 0.2 * young, 0.3),
        log_rmssd=3.9 - 0.012 * (age - 35) + 0.10 * fitness + d.normal(0, 0.38),
        midsleep=60 * float(np.clip(4.7 - 0.025 * (age - 25) + d.normal(0, 1.15), 1.5, 8)) + recruits.late,
        sleep_need=float(np.clip(d.normal(445 - 0.4 * (age - 40), 42), 330, 570)),
        sleep_irregularity=d.lognormal(38, 0.45),
        wakefulness=d.lognormal(1.0 + 0.008 * (age - 35), 0.4),
        work_start=_work_start(d, work) + recruits.late,
        commute=float(np.clip(d.lognormal(26, 0.5), 6, 90)),
        commute_by=d.pick(("driving", "public_transport", "walking", "cycling_commute"), (0.5, 0.27, 0.13, 0.10)),
        liveliness=d.lognormal(1.12, 0.5) * (0.75 if age > 70 else 1.0),
        pace=float(np.clip(d.normal(1 - 0.002 * max(0.0, age - 55), 0.085), 0.7, 1.25)),
        stride=float(np.clip(d.normal(0.66 if female else 0.74, 0.05), 0.5, 0.95)),
        workouts=workouts,
        workout_hour=d.pick((410.0, 560.0, 740.0, 1070.0, 1130.0, 1190.0), (2, 1.5, 1, 3, 3, 1.5)) + d.normal(0, 25),
        sports=tuple(d.pick(SPORTS, popular.tolist()) for _ in range(4)),
        dog=d.chance(0.22), children=25 < age < 55 and d.chance(0.4),
        drinks=float(np.clip(d.normal(0.35, 0.3), 0, 0.95)), coffee=float(np.clip(d.normal(2, 1.5), 0, 6)),
        naps=float(np.clip(d.normal(0.06 + 0.12 * (age > 65), 0.08), 0, 0.6)),
        mood=float(np.clip(d.normal(0.25 - 0.3 * insomnia, 0.4), -1, 1)),
        sweat=d.lognormal(1.6, 1.0), warmth=d.normal(0, 0.8), latitude=d.between(-38, 60),
        first_date=dt.date(2021, 1, 1) + dt.timedelta(days=int(d.between(0, 1460))),
        day_lift=recruits.lift * d.lognormal(1.0, 0.4),
    )  # fmt: skip


def _work(d: Draws, age: float) -> str:
    if age > 66:
        return "retired" if d.chance(0.85) else "part_time"
    if age < 25:
        return d.pick(("student", "part_time", "standing", "office"), (0.6, 0.15, 0.15, 0.1))
    return d.pick(WORK, (0.38, 0.12, 0.13, 0.09, 0.07, 0.03, 0.02, 0.08, 0.02, 0.06))


def _work_start(d: Draws, work: str) -> float:
    middle = {"manual": 430.0, "standing": 530.0, "student": 570.0, "part_time": 570.0}.get(work, 540.0)
    return float(np.clip(d.normal(middle, 45), 330, 690))
