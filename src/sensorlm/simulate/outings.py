"""What fills a day between sleep and work: meals, leisure, errands, dogs, workouts. Adds (start, end, name) items."""

import math

from sensorlm.simulate.activities import ACTIVITIES
from sensorlm.simulate.person import Person
from sensorlm.simulate.seeds import Draws

Item = tuple[float, float, str]
# Rows: unpleasant, pleasant; columns: low, middle, high arousal (Russell's circumplex of affect, 1980).
MOODS: tuple[tuple[str, ...], ...] = (
    ("tired", "sad", "bored"), ("sad", "frustrated", "lonely"), ("stressed", "anxious", "angry"),
    ("calm", "relaxed"), ("content", "happy"), ("excited", "energetic"),
)  # fmt: skip
STRESSFUL = frozenset({"stressed", "anxious", "angry", "frustrated"})
AROUSED = frozenset({"stressed", "anxious", "angry", "excited", "energetic"})
EVENING = ("watching_tv", "reading", "phone", "gaming", "socialising", "studying", "home")


def add_meals(items: list[Item], d: Draws, wake: float, shift: tuple[float, float] | None, coffee: float) -> None:
    """Breakfast, lunch and dinner, some skipped, dinner usually cooked."""
    if d.chance(0.75):
        at = wake + d.between(20, 70)
        items.append((at, at + d.between(8, 22), "eating"))
    if d.chance(0.9):
        at = max(wake + 180, d.normal(755, 35)) if shift is None or shift[0] < 700 else shift[0] + d.between(180, 270)
        length = d.between(15, 45)
        items.append((at, at + length, "eating"))
        if d.chance(0.3):
            items.append((at + length, at + length + d.between(8, 25), "walking"))
    at = d.normal(1140, 50)
    if shift is None or not shift[0] < at < shift[1] + 30:
        if d.chance(0.6):
            items.append((at - d.lognormal(28, 0.4), at, "cooking"))
        items.append((at, at + d.between(15, 55), "eating"))
    for _ in range(int(coffee * d.uniform())):
        at = wake + d.between(60, 540)
        items.append((at, at + d.between(4, 12), "home"))


def add_leisure(
    items: list[Item], d: Draws, person: Person, wake: float, shift: tuple[float, float] | None,
    ill: float, weather: float,
) -> None:  # fmt: skip
    """The free hours: quiet evenings, outings on free days, dogs at dawn and dusk, children, chores."""
    free = shift is None
    quiet = 0.72 * min(1.0, 0.35 + person.age / 60)  # the young are up and about in the evening
    for start in (1200.0, 1275.0, 1345.0):
        if d.chance(quiet):
            at = start + d.normal(0, 20)
            name = "watching_tv" if d.chance(0.45) else d.pick(EVENING)
            items.append((at, at + d.between(45, 130), name))
    if ill > 0.35:
        items.append((wake + 60, wake + d.between(300, 700), d.pick(("watching_tv", "reading", "in_bed"))))
        return
    if free:
        _add_outings(items, d, person, wake, weather)
    elif d.chance(0.35):
        at = shift[1] + person.commute + d.between(5, 60) if shift else 0.0
        name = d.pick(
            ("shopping", "housework", "childcare", "socialising", "gardening"), (4, 4, 3 * person.children, 2, 1)
        )
        items.append((at, at + d.lognormal(40, 0.5), name))
    if person.children and d.chance(0.6):
        at = d.normal(1070, 50)
        items.append((at, at + d.lognormal(50, 0.5), "childcare"))
    if person.dog:
        for at in (wake + d.between(15, 60), d.normal(1110, 50), d.normal(1300, 30)):
            if d.chance(0.75):
                items.append((at, at + d.lognormal(23, 0.4), "dog_walking"))
    elif d.chance(0.15 * person.liveliness):
        at = d.pick((wake + d.between(60, 300), d.normal(1150, 70)))
        items.append((at, at + d.lognormal(28, 0.5), "walking"))


def _add_outings(items: list[Item], d: Draws, person: Person, wake: float, weather: float) -> None:
    names = ("housework", "shopping", "gardening", "socialising", "childcare", "driving", "walking", "hiking",
             "reading",
             "watching_tv", "gaming", "phone", "meditation", "sauna", "studying", "golf", "skiing")  # fmt: skip
    sunny = 1.0 / (1.0 + math.exp(-weather))
    likes = (5, 5, 3 * sunny, 4, 4 * person.children, 3, 3 * sunny, 1.2 * sunny, 3, 4, 2, 3, 0.7, 0.4,
             2 * (person.work == "student"), 0.3 * sunny, 0.25)  # fmt: skip
    at = wake + d.between(60, 150)
    for _ in range(2 + int(3.5 * d.uniform())):
        name = d.pick(names, likes)
        length = d.lognormal(ACTIVITIES[name].minutes, 0.45)
        items.append((at, at + length, name))
        if name in ("shopping", "socialising", "hiking", "golf", "skiing") and d.chance(0.7):
            by = person.commute_by if name in ("shopping", "socialising") else "driving"
            way = d.lognormal(16, 0.5)
            items.append((at - way, at, by))
            items.append((at + length, at + length + way, by))
        at += length + d.lognormal(55, 0.7)
        if at > 1200:
            break


def add_workout(
    items: list[Item], showers: list[float], d: Draws, person: Person, wake: float,
    shift: tuple[float, float] | None, ill: float,
) -> None:  # fmt: skip
    """A workout by habit and hour, never inside the work hours, with the way there and a shower after."""
    if not d.chance(person.workouts * (1 - ill)):
        return
    name = d.pick(person.sports, (4, 2.5, 1.5, 1))
    length = max(8.0, d.lognormal(ACTIVITIES[name].minutes, 0.35))
    at = person.workout_hour + d.normal(0, 35)
    if shift is None and d.chance(0.5):
        at = d.between(wake + 60, wake + 600)
    if shift is not None and shift[0] - length - 40 < at < shift[1]:
        at = shift[1] + person.commute + d.between(10, 60)
    at = max(at, wake + 15)
    if at + length > 1350:
        return
    if ACTIVITIES[name].group in ("gym", "sports", "cardio") and d.chance(0.6):
        way = d.between(5, 20)
        by = d.pick(("driving", "walking", "cycling_commute"), (5, 3, 2))
        items.append((at - way, at, by))
        items.append((at + length + 8, at + length + 8 + way, by))
    items.append((at, at + length, name))
    if d.chance(0.25) and length > 20:
        items.append((at - 6, at, "stretching"))
    if d.chance(0.75):
        showers.append(at + length + d.between(5, 40))
