"""A person and a date in, what that day holds out: sleeps, activities, moods, as (start, end, name) in minutes.

Times are minutes after midnight of the day; the night that ends on a day belongs to that day and may start before 0.
Later items cover earlier ones where they overlap; sleep covers everything. A day's plan needs no other day's plan.
"""

import datetime as dt
from dataclasses import dataclass, field

import numpy as np

from sensorlm.simulate.outings import MOODS, Item, add_leisure, add_meals, add_workout
from sensorlm.simulate.person import Person
from sensorlm.simulate.seeds import PLAN, SPELL, Draws, generator


@dataclass(frozen=True, slots=True, kw_only=True)
class Sleep:
    """One time in bed."""

    bed: float
    """Lights out, minutes after the day's midnight."""
    wake: float
    """Last awakening."""
    latency: float
    """Minutes awake in bed first."""
    restless: float
    """Multiplies the rate of awakenings: 1 an ordinary night."""
    snooze: float
    """Minutes lying awake after the last awakening."""
    nap: bool = False


@dataclass(slots=True, kw_only=True)
class DayPlan:
    """What one day of one person holds."""

    day: int
    date: dt.date
    items: list[Item] = field(default_factory=list)
    sleeps: list[Sleep] = field(default_factory=list)
    moods: list[Item] = field(default_factory=list)
    showers: list[float] = field(default_factory=list)
    ill: float = 0.0
    """0 well to 1 with fever."""
    drinks: float = 0.0
    """Glasses of alcohol the evening before, felt in the night that ends on this day."""
    weather: float = 0.0
    """Standard deviations warmer and sunnier than the season."""


def shift_on(person: Person, day: int, date: dt.date) -> tuple[float, float] | None:
    """Work hours of a day, minutes after midnight (end may pass 1440), or None when free. A rule, no chance in it."""
    weekday = date.weekday()
    if person.work in ("office", "home_office", "manual"):
        return (person.work_start, person.work_start + 510) if weekday < 5 else None
    if person.work == "standing":
        return (person.work_start, person.work_start + 480) if (day + person.index) % 7 not in (2, 6) else None
    if person.work == "student":
        return (person.work_start, person.work_start + 330) if weekday < 5 else None
    if person.work == "part_time":
        return (person.work_start, person.work_start + 270) if weekday in (0, 1, 3) else None
    if person.work == "shift":
        turn = (day + person.index) % 8
        return None if turn >= 6 else ((360.0, 840.0), (840.0, 1320.0), (1320.0, 1800.0))[turn // 2]
    if person.work == "night":
        return (1290.0, 1830.0) if (day + person.index) % 7 < 4 else None
    return None


def illness_on(person: Person, seed: int, day: int) -> float:
    """How ill a person is: at most one spell in 45 days, rising in a day and gone in three to eight."""
    part, within = divmod(day, 45)
    d = Draws(generator(seed, person.index, SPELL, part + 1), 8)
    if not d.chance(0.22):
        return 0.0
    start, length, peak = int(d.between(0, 36)), d.between(3, 8), d.between(0.3, 1.0)
    since = within - start
    return peak * float(np.exp(-(since / length) * 1.5)) if 0 <= since < length else 0.0


def plan_day(person: Person, seed: int, day: int) -> DayPlan:
    """The plan of day `day` (-1 is the day before the recording)."""
    d = Draws(generator(seed, person.index, PLAN, day + 1))
    date = person.first_date + dt.timedelta(days=day)
    plan = DayPlan(day=day, date=date, ill=illness_on(person, seed, day + 1), weather=d.normal())
    free = date.weekday() >= 5
    shift, before = shift_on(person, day, date), shift_on(person, day - 1, date - dt.timedelta(days=1))
    if shift is not None and d.chance(0.06 + 0.6 * plan.ill):
        shift = None  # a day off, or sick leave
    evening_off = date.weekday() in (5, 6)  # the evening before was a Friday or a Saturday
    if d.chance(person.drinks * (1.0 if evening_off else 0.25)):
        plan.drinks = d.between(1, 5)
    _add_night(plan, d, person, shift, before, free, evening_off)
    wake = plan.sleeps[0].wake + plan.sleeps[0].snooze
    _add_work(plan, d, person, shift, wake)
    add_meals(plan.items, d, wake, shift, person.coffee)
    add_leisure(plan.items, d, person, wake, shift, plan.ill, plan.weather)
    add_workout(plan.items, plan.showers, d, person, wake, shift, plan.ill)
    if d.chance(person.naps * (1.6 if free else 0.7) + 0.3 * plan.ill):
        start = d.between(max(780, wake + 240), max(1010, wake + 420))
        if shift is None or not shift[0] < start < shift[1]:
            length = d.lognormal(45, 0.5)
            plan.sleeps.append(
                Sleep(
                    bed=start,
                    wake=start + length,
                    latency=d.between(3, 15),
                    restless=0.6,
                    snooze=d.between(0, 8),
                    nap=True,
                )
            )
    _add_moods(plan, d, person, wake, shift)
    return plan


def _add_night(
    plan: DayPlan, d: Draws, person: Person, shift: tuple[float, float] | None,
    before: tuple[float, float] | None, free: bool, evening_off: bool,
) -> None:  # fmt: skip
    """Sleep: need and chronotype, cut by work (Roenneberg's social jet lag); short, late and restless nights happen."""
    need = person.sleep_need + d.normal(0, 35) + 60 * plan.ill
    latency = d.lognormal(9 + 28 * person.insomnia, 0.6)
    restless = person.wakefulness * d.lognormal(1 + 1.6 * person.insomnia + 0.12 * plan.drinks + plan.ill, 0.35)
    snooze = d.lognormal(6, 0.9)
    if before is not None and before[1] > 1560:  # home from a night shift
        bed = before[1] - 1440 + person.commute + d.between(25, 90)
        wake = bed + 0.80 * need + d.normal(0, 30)
        plan.sleeps.append(Sleep(bed=bed, wake=wake, latency=latency, restless=1.4 * restless, snooze=snooze))
        return
    wake = person.midsleep + 0.5 * need + d.normal(0, 0.6 * person.sleep_irregularity)
    if shift is not None and shift[0] < 1200:
        wake = min(wake, shift[0] - _commute(person) - d.between(35, 80))
    elif free or shift is None:
        wake += d.between(-10, 50)
    bed = person.midsleep - 0.5 * person.sleep_need - 15 + d.normal(0, person.sleep_irregularity)
    if shift is not None and shift[0] < 1200:
        bed = 0.45 * bed + 0.55 * (wake - need)  # a part of the debt is paid by an early night
    kind = d.uniform()
    if kind < 0.05 + 0.10 * evening_off:  # out, or awake with a screen
        late = d.lognormal(95, 0.4)
        bed += late
        plan.items.append((bed - 60 - late, bed - 25, d.pick(("party", "socialising", "gaming", "watching_tv"))))
    elif kind < 0.15:
        wake -= d.between(40, 120)
    elif kind < 0.19 and shift is None:
        wake += d.between(60, 150)
    if d.chance(0.12):
        restless *= d.between(1.8, 3.2)
    if person.insomnia and d.chance(0.4 * person.insomnia):
        latency += d.between(30, 110)
    if before is not None:
        bed = max(bed, before[1] - 1440 + _commute(person) + 35)
    wake = max(wake, bed + d.between(170, 260))
    plan.sleeps.append(Sleep(bed=bed, wake=wake, latency=latency, restless=restless, snooze=snooze))


def _commute(person: Person) -> float:
    return 0.0 if person.work == "home_office" else person.commute


def _add_work(plan: DayPlan, d: Draws, person: Person, shift: tuple[float, float] | None, wake: float) -> None:
    """Getting ready, the way there, the work with its breaks, the way back."""
    ready = d.lognormal(28, 0.35)
    plan.items.append((wake, wake + ready, "getting_ready"))
    if d.chance(0.55):
        plan.showers.append(wake + 0.4 * ready)
    if shift is None:
        return
    kind = {"student": "studying", "standing": "standing_work", "manual": "manual_work", "home_office": "office_work"}
    name = kind.get(person.work, "office_work")
    if person.work in ("shift", "night", "part_time"):
        name = ("standing_work", "manual_work", "office_work")[person.index % 3]
    start, end = shift[0] + d.normal(0, 8), shift[1] + d.lognormal(12, 1.0) - 15
    plan.items.append((start, end, name))
    way = _commute(person)
    if way:
        by = person.commute_by if d.chance(0.9) else "driving"
        walk = d.between(3, 8)
        for leave in (start - way - walk, end):
            plan.items.append((leave, leave + way + walk, "walking" if by == "public_transport" else by))
            if by == "public_transport":
                plan.items.append((leave + walk, leave + way, by))
    for _ in range(int(d.between(2, 7))):  # errands on the corridor, breaks, meetings elsewhere
        at = d.between(start + 20, max(start + 30, end - 20))
        plan.items.append((at, at + d.between(2, 8), "walking" if d.chance(0.2) else "home"))


def _add_moods(plan: DayPlan, d: Draws, person: Person, wake: float, shift: tuple[float, float] | None) -> None:
    """One to five moods a day, pulled by temperament, sleep, work and illness (circumplex: valence by arousal)."""
    slept = plan.sleeps[0].wake - plan.sleeps[0].bed - plan.sleeps[0].latency
    short = float(np.clip((person.sleep_need - slept) / 120, -0.5, 1.5))
    for _ in range(1 + int(d.between(0, 5))):
        at = d.between(wake + 20, wake + 900)
        working = shift is not None and shift[0] < at < shift[1]
        valence = person.mood - 0.3 * short - 0.8 * plan.ill + d.normal(0, 0.55) - 0.35 * working * person.stress
        arousal = 0.2 * person.stress - 0.3 * short - 0.3 * plan.ill + 0.35 * working + d.normal(0, 0.5)
        label = MOODS[(valence > 0) * 3 + int(np.clip(np.round(arousal * 1.4), -1, 1) + 1)]
        plan.moods.append((at, at + d.lognormal(55, 0.6), d.pick(label)))
