"""What people say of sleep, heart and steps in one breath: rows of predicate and wordings.

Further wordings of every row are in wordings/mixed.txt.
"""

from sensorlm.captions.predicates.base import NIGHT, Predicate, ask, says
from sensorlm.captions.predicates.nights import began, ended, lain_awake, longest, slept_at_most
from sensorlm.records import Fact

MANY_STEPS: Fact = ask("total", "steps", 8500, margin=1000)
FEW_STEPS: Fact = ask("total", "steps", high=4500, margin=1000)


def slowest(low: float, high: float) -> Fact:
    """The lowest pulse of the day came between two minutes."""
    return ask("minute_of_min", "HR", low, high, margin=20)


MIXED: tuple[Predicate, ...] = (
    says("slowest_before_three", slowest(0, 180), words="""
        the lowest heart rate of the day came before three at night
        the pulse bottomed out early in the night"""),
    says("slowest_toward_morning", slowest(210, 440), words="""
        the lowest heart rate of the day came toward morning
        the pulse bottomed out in the hours before getting up"""),
    says("slowest_by_day", slowest(540, 1140), weight=2, words="""
        the lowest heart rate of the day came by day
        the pulse bottomed out between nine and seven in the evening"""),
    says("slowest_late_evening", slowest(1260, 1439), weight=2, words="""
        the lowest heart rate of the day came late in the evening
        the pulse bottomed out in the last hours before midnight"""),
    says("lie_in_few_steps", ended(530, 900), FEW_STEPS, weight=3, words="""
        got up late and took few steps
        slept past half past eight and hardly walked"""),
    says("lie_in_many_steps", ended(530, 900), MANY_STEPS, weight=3, words="""
        got up late and still took many steps
        slept past half past eight yet walked a lot"""),
    says("early_up_many_steps", ended(180, 405), MANY_STEPS, weight=3, words="""
        got up early and took many steps
        up before seven and walked a lot"""),
    says("early_up_few_steps", ended(180, 405), FEW_STEPS, weight=3, words="""
        got up early and took few steps
        up before seven yet hardly walked"""),
    says("little_sleep_many_steps", *slept_at_most(390), MANY_STEPS, weight=3, words="""
        slept little and took many steps
        a short night before a day with much walking"""),
    says("little_sleep_few_steps", *slept_at_most(390), FEW_STEPS, weight=3, words="""
        slept little and took few steps
        a short night before a day with little walking"""),
    says("much_sleep_few_steps", longest(490), FEW_STEPS, weight=3, words="""
        slept long and took few steps
        a long night before a day with little walking"""),
    says("much_sleep_many_steps", longest(490), MANY_STEPS, weight=3, words="""
        slept long and took many steps
        a long night before a day with much walking"""),
    says("bad_night_few_steps", lain_awake(30), FEW_STEPS, weight=3, words="""
        a wakeful night and few steps afterwards
        slept restlessly and hardly walked"""),
    says("good_night_many_steps", longest(420), lain_awake(high=18), MANY_STEPS, weight=3, words="""
        a sound night and many steps afterwards
        slept soundly and walked a lot"""),
    says("late_bed_fast_heart", began(20, 480), ask("mean", "HR", 70, at=NIGHT, margin=4), weight=3, words="""
        to bed after midnight with a fast pulse at night
        a late night with the heart still up"""),
    says("early_bed_slow_heart", began(high=-45), ask("mean", "HR", high=61, at=NIGHT, margin=4), weight=3, words="""
        to bed before eleven or so with a slow pulse at night
        an early night with a calm heart"""),
    says("hard_day_calm_night", ask("max", "HR", 145, margin=8), ask("mean", "HR", high=61, at=NIGHT, margin=4),
         weight=2.5, words="""
        a high peak of the pulse by day and a slow pulse at night
        the heart was pushed that day but calm at night"""),
    says("calm_day_and_night", ask("mean", "HR", high=72, at=(480, 1320), margin=3),
         ask("mean", "HR", high=60, at=NIGHT, margin=3), weight=2.5, words="""
        a slow pulse both by day and at night
        the heart was calm around the clock"""),
    says("fast_day_and_night", ask("mean", "HR", 86, at=(480, 1320), margin=3),
         ask("mean", "HR", 70, at=NIGHT, margin=3), weight=3, words="""
        a fast pulse both by day and at night
        the heart was up around the clock"""),
)  # fmt: skip
