"""What simulated people do: a name in, the numbers that drive every sensor out.

Energy costs follow the 2011 Compendium of Physical Activities (Ainsworth et al., Med Sci Sports Exerc 43:1575);
shares of heart rate reserve follow from them (Swain & Leutholtz 1997: share of reserve is about share of oxygen
uptake reserve); cadences follow Tudor-Locke et al. 2018 (100 steps/min is moderate, 130 vigorous).
"""

from dataclasses import dataclass, fields
from functools import cache

import numpy as np
from numpy.typing import NDArray

GROUPS = ("locomotion", "cardio", "gym", "sports", "environment", "rest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One kind of activity, per minute of doing it."""

    label: str
    """What an Event calls it; "" for states nobody logs (pottering at home, lying in bed)."""
    group: str
    """One of GROUPS."""
    mets: float
    """Energy cost as a multiple of rest."""
    reserve: float
    """Share of heart rate reserve at a steady state."""
    walk: float
    """Share of minutes with steps."""
    cadence: float
    """Median steps/min in those minutes."""
    spread: float
    """Log standard deviation of the cadence."""
    arm: float
    """Median wrist acceleration, g (root mean square without gravity)."""
    frequency: float
    """Dominant frequency of the wrist, Hz (gait, stroke, pedalling, typing)."""
    rhythm: float
    """0 irregular to 1 perfectly periodic."""
    arousal: float
    """0 calm to 1 excited: drives skin conductance."""
    outdoors: float
    """Share of it under the sky."""
    lying: float
    """Share of it lying down."""
    minutes: float
    """Median length."""
    climb: float
    """Standard deviation of altitude within a minute, m."""


def _a(
    label: str, group: str, mets: float, reserve: float, walk: float, cadence: float, spread: float, arm: float,
    frequency: float, rhythm: float, arousal: float, outdoors: float, minutes: float, climb: float = 0.0,
    lying: float = 0.0,
) -> Activity:  # fmt: skip
    return Activity(
        label=label, group=group, mets=mets, reserve=reserve, walk=walk, cadence=cadence, spread=spread, arm=arm,
        frequency=frequency, rhythm=rhythm, arousal=arousal, outdoors=outdoors, minutes=minutes, climb=climb,
        lying=lying,
    )  # fmt: skip


# fmt: off
# label, group, METs, reserve, walk, cadence, spread, arm g, Hz, rhythm, arousal, outdoors, minutes[, climb[, lying]]
ACTIVITIES: dict[str, Activity] = {
    "asleep": _a("", "rest", 0.95, 0.00, 0.00, 8, 0.5, .002, 0.2, 0.0, 0.05, 0.0, 450, 0, 1.0),
    "in_bed": _a("", "rest", 1.0, 0.01, 0.01, 10, 0.5, .012, 0.5, 0.0, 0.15, 0.0, 20, 0, 1.0),
    "up_at_night": _a("", "rest", 1.5, 0.08, 0.45, 12, 0.7, .040, 1.0, 0.2, 0.20, 0.0, 6),
    "home": _a("", "rest", 1.6, 0.06, 0.26, 18, 0.8, .035, 0.9, 0.1, 0.25, 0.05, 60),
    "getting_ready": _a("", "rest", 2.0, 0.09, 0.45, 18, 0.7, .060, 1.0, 0.1, 0.25, 0.0, 35),
    "walking": _a("Walking", "locomotion", 3.3, 0.27, 0.95, 94, .28, .150, 1.8, 0.8, 0.25, 1.0, 28, .10),
    "brisk_walking": _a("Brisk walking", "locomotion", 4.5, 0.36, 0.98, 112, .12, .230, 1.9, 0.9, 0.30, 1.0, 35, .12),
    "dog_walking": _a("Walking the dog", "locomotion", 3.0, 0.25, 0.88, 76, .45, .140, 1.7, 0.6, 0.25, 1.0, 25, .10),
    "running": _a("Running", "locomotion", 9.5, 0.72, 0.99, 162, .08, .750, 2.7, 0.95, .60, 1.0, 38, .15),
    "trail_running": _a("Trail running", "locomotion", 9.0, 0.70, 0.98, 152, .14, .720, 2.6, 0.8, 0.60, 1.0, 50, .50),
    "hiking": _a("Hiking", "locomotion", 6.0, 0.42, 0.93, 92, .25, .180, 1.7, 0.7, 0.35, 1.0, 150, .60),
    "climbing_stairs": _a("Climbing stairs", "locomotion", 6.0, 0.45, 0.95, 88, .20, .190, 1.6, 0.7, 0.35, .1, 10, .9),
    "cycling": _a("Cycling", "locomotion", 7.0, 0.52, 0.12, 20, 0.7, .100, 1.3, 0.5, 0.40, 1.0, 45, .30),
    "cycling_commute": _a("Cycling commute", "locomotion", 5.5, 0.40, 0.12, 20, 0.7, .090, 1.2, 0.5, 0.35, 1, 22, .15),
    "elliptical": _a("Elliptical", "cardio", 6.0, 0.55, 0.90, 120, .15, .350, 2.1, 0.95, .50, 0.0, 30),
    "treadmill": _a("Treadmill run", "cardio", 9.0, 0.68, 0.98, 158, .07, .700, 2.7, 0.98, .55, 0.0, 30),
    "rowing": _a("Rowing machine", "cardio", 7.0, 0.62, 0.35, 24, 0.4, .450, 0.45, .95, .55, 0.0, 25),
    "spinning": _a("Spinning", "cardio", 8.5, 0.70, 0.10, 22, 0.7, .080, 1.5, 0.6, 0.60, 0.0, 45),
    "swimming": _a("Swimming", "cardio", 7.0, 0.58, 0.40, 30, 0.6, .400, 0.6, 0.9, 0.45, 0.1, 35),
    "aerobics": _a("Aerobics", "cardio", 7.0, 0.58, 0.85, 95, .30, .500, 2.1, 0.7, 0.55, 0.0, 45),
    "jump_rope": _a("Jump rope", "cardio", 11.0, 0.78, 0.90, 118, .20, .800, 2.2, 0.9, 0.65, 0.1, 15),
    "dancing": _a("Dancing", "cardio", 5.5, 0.45, 0.80, 78, .40, .420, 1.9, 0.6, 0.55, 0.0, 60),
    "weights": _a("Weightlifting", "gym", 5.0, 0.42, 0.45, 17, 0.7, .180, 0.5, 0.5, 0.50, 0.0, 50),
    "crossfit": _a("CrossFit", "gym", 8.0, 0.68, 0.75, 45, 0.7, .450, 1.2, 0.4, 0.65, 0.0, 45),
    "circuit": _a("Circuit training", "gym", 7.0, 0.60, 0.70, 40, 0.7, .400, 1.1, 0.5, 0.60, 0.0, 35),
    "yoga": _a("Yoga", "gym", 2.5, 0.12, 0.12, 9, 0.5, .060, 0.2, 0.3, 0.15, 0.0, 50, 0, .30),
    "pilates": _a("Pilates", "gym", 3.0, 0.18, 0.15, 10, 0.5, .080, 0.4, 0.4, 0.25, 0.0, 45, 0, .50),
    "stretching": _a("Stretching", "gym", 2.3, 0.10, 0.15, 9, 0.5, .070, 0.3, 0.3, 0.15, 0.0, 15, 0, .30),
    "boxing": _a("Boxing", "gym", 8.5, 0.70, 0.75, 42, 0.6, .850, 1.9, 0.5, 0.75, 0.0, 45),
    "tennis": _a("Tennis", "sports", 7.3, 0.58, 0.82, 52, 0.5, .480, 1.1, 0.3, 0.60, 0.8, 65),
    "football": _a("Football", "sports", 8.0, 0.66, 0.90, 82, .45, .520, 1.9, 0.4, 0.75, 0.9, 75),
    "basketball": _a("Basketball", "sports", 8.0, 0.66, 0.90, 78, .45, .580, 1.9, 0.4, 0.75, 0.2, 60),
    "badminton": _a("Badminton", "sports", 6.0, 0.52, 0.82, 50, 0.5, .460, 1.2, 0.3, 0.55, 0.0, 55),
    "volleyball": _a("Volleyball", "sports", 4.5, 0.40, 0.75, 32, 0.6, .350, 0.9, 0.3, 0.55, 0.3, 60),
    "golf": _a("Golf", "sports", 4.3, 0.28, 0.60, 68, 0.6, .170, 1.5, 0.4, 0.35, 1.0, 180, .15),
    "climbing": _a("Rock climbing", "sports", 6.5, 0.52, 0.35, 14, 0.7, .160, 0.4, 0.2, 0.70, 0.4, 80, .40),
    "skiing": _a("Skiing", "sports", 6.5, 0.48, 0.35, 22, 0.8, .280, 0.6, 0.4, 0.65, 1.0, 180, 1.5),
    "skating": _a("Skating", "sports", 7.0, 0.54, 0.50, 36, 0.5, .260, 0.8, 0.7, 0.55, 0.8, 50),
    "gardening": _a("Gardening", "environment", 3.8, 0.24, 0.52, 16, 0.7, .120, 0.8, 0.2, 0.25, 1.0, 60),
    "housework": _a("Housework", "environment", 3.0, 0.16, 0.55, 20, 0.7, .130, 1.1, 0.2, 0.25, 0.0, 40),
    "cooking": _a("Cooking", "environment", 2.4, 0.12, 0.42, 13, 0.7, .080, 1.0, 0.2, 0.25, 0.0, 30),
    "shopping": _a("Shopping", "environment", 2.6, 0.14, 0.70, 32, 0.8, .080, 1.2, 0.4, 0.30, 0.2, 45),
    "driving": _a("Driving", "environment", 1.6, 0.05, 0.06, 9, 0.6, .030, 0.6, 0.1, 0.40, 0.3, 28, .12),
    "public_transport": _a("Public transport", "environment", 1.6, .07, .18, 16, .9, .035, 0.7, .1, .30, .2, 35, .15),
    "manual_work": _a("Manual work", "environment", 4.0, 0.24, 0.55, 22, 0.8, .170, 1.0, 0.2, 0.35, 0.4, 240),
    "standing_work": _a("Standing work", "environment", 2.6, 0.14, 0.52, 19, 0.9, .070, 1.0, 0.2, 0.35, 0.0, 240),
    "office_work": _a("Desk work", "environment", 1.5, 0.045, .13, 21, 0.9, .020, 1.0, 0.1, 0.35, 0.0, 240),
    "studying": _a("Studying", "environment", 1.4, 0.04, 0.10, 21, 0.9, .016, 0.8, 0.1, 0.35, 0.0, 120),
    "childcare": _a("Playing with children", "environment", 3.0, 0.17, .50, 22, 0.9, .110, 1.0, 0.1, 0.40, 0.3, 60),
    "eating": _a("Eating", "rest", 1.6, 0.07, 0.09, 11, 0.8, .040, 0.8, 0.1, 0.25, 0.0, 25),
    "watching_tv": _a("Watching TV", "rest", 1.1, 0.02, 0.07, 14, 0.8, .010, 0.4, 0.0, 0.15, 0.0, 90, 0, .35),
    "reading": _a("Reading", "rest", 1.2, 0.02, 0.06, 13, 0.8, .009, 0.4, 0.0, 0.12, 0.1, 45, 0, .30),
    "gaming": _a("Gaming", "rest", 1.3, 0.05, 0.06, 13, 0.8, .020, 1.5, 0.1, 0.45, 0.0, 75),
    "phone": _a("On the phone screen", "rest", 1.2, 0.03, 0.10, 14, 0.8, .014, 1.0, 0.0, 0.25, 0.0, 45, 0, .30),
    "socialising": _a("Socialising", "rest", 1.8, 0.10, 0.26, 20, 0.9, .045, 0.7, 0.1, 0.45, 0.2, 100),
    "party": _a("Party", "rest", 2.4, 0.18, 0.42, 24, 0.9, .090, 1.2, 0.3, 0.60, 0.1, 180),
    "meditation": _a("Meditation", "rest", 1.0, 0.00, 0.00, 8, 0.5, .004, 0.2, 0.0, 0.02, 0.0, 18),
    "nap": _a("", "rest", 0.95, 0.00, 0.00, 8, 0.5, .003, 0.2, 0.0, 0.05, 0.0, 45, 0, 1.0),
    "sauna": _a("Sauna", "rest", 1.3, 0.28, 0.04, 9, 0.5, .008, 0.3, 0.0, 0.35, 0.0, 20, 0, .50),
}
# fmt: on

NAMES: tuple[str, ...] = tuple(ACTIVITIES)
INDEX: dict[str, int] = {name: i for i, name in enumerate(NAMES)}


@cache
def column(name: str) -> NDArray[np.float32]:
    """(a,) one numeric field of all activities in the order of NAMES, to be indexed by a timeline."""
    if name not in {f.name for f in fields(Activity)}:
        raise KeyError(name)
    values = np.array([getattr(a, name) for a in ACTIVITIES.values()], np.float32)
    values.setflags(write=False)
    return values


def labels(group: str | None = None) -> tuple[str, ...]:
    """Labels that events may carry, of one concept group or of all."""
    return tuple(a.label for a in ACTIVITIES.values() if a.label and group in (None, a.group))
