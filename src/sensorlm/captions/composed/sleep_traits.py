"""What days have of sleep, steps and pulse in vague words: each with its facts, and what it is not to have it.

A vague word means the same numbers in whatever it is joined to: "a short night" is six and a quarter hours or less.
"""

from typing import NamedTuple

from sensorlm.captions.composed.sleep_parts import INFINITE
from sensorlm.captions.predicates.base import DAY, NIGHT, Span, ask
from sensorlm.captions.predicates.nights import began, ended, lain_awake, longest, slept_at_most
from sensorlm.captions.predicates.sleep import HAS_NIGHT, SIESTA
from sensorlm.captions.predicates.sleep_kinds import asleep, rose
from sensorlm.captions.predicates.sleep_quality import staged, wakings
from sensorlm.records import Fact


class Trait(NamedTuple):
    """Something a day has, as a thing; traits of one topic are never joined."""

    topic: str
    facts: tuple[Fact, ...]
    words: tuple[str, ...]
    rare: bool = False
    """Whether few days have it, so that with two more hardly one is left."""


def _steps(low: float, high: float, at: Span) -> tuple[Fact, ...]:
    bound = high if low <= 0 else low
    return (ask("total", "steps", low, high, at=at, margin=min(0.15 * bound + 15, 700)),)


def _mean(low: float, high: float, at: Span) -> tuple[Fact, ...]:
    return (ask("mean", "HR", low, high, at=at, margin=2),)


TRAITS: tuple[Trait, ...] = (
    Trait("length", slept_at_most(375),
          ("a short night", "little sleep at night", "a night cut short", "too few hours of sleep"), rare=True),
    Trait("length", (longest(500, margin=15),),
          ("a long night", "a long night's sleep", "a long sleep", "plenty of sleep")),
    Trait("length", (longest(420, 500, 15),),
          ("a night of ordinary length", "seven or eight hours of sleep", "an average night's length",
           "a usual amount of sleep")),
    Trait("bed", (began(20, 1000),),
          ("a late bedtime", "a bedtime after midnight", "a late start to the night", "a sleep onset past twelve")),
    Trait("bed", (began(high=-60),),
          ("an early bedtime", "a bedtime before eleven", "an early start to the night",
           "a sleep onset before eleven")),
    Trait("rise", rose(0, 400),
          ("an early start", "an early wake-up", "an early end to the night", "an early rise")),
    Trait("rise", (ended(500),),
          ("a late start", "a late wake-up", "a late end to the night", "a late rise")),
    Trait("bed", (began(-120, 0, 13),),
          ("a bedtime between ten and midnight", "a sleep onset from 10 pm to midnight", "a bedtime from 22 to 24 h")),
    Trait("rise", rose(360, 480),
          ("a wake-up between six and eight", "a rise between six and eight", "a rising time of 6 to 8 am")),
    Trait("steps", _steps(5000, 10000, DAY),
          ("five to ten thousand steps", "an average step count", "a fair amount of walking", "5,000 to 10,000 steps")),
    Trait("awake", (lain_awake(30),),
          ("much lying awake", "half an hour or more of lying awake", "a lot of wakefulness",
           "over half an hour awake in bed")),
    Trait("awake", (HAS_NIGHT, lain_awake(high=15)),
          ("little lying awake", "hardly any lying awake", "next to no time awake in bed",
           "little wakefulness"), rare=True),
    Trait("wakings", (wakings(9),),
          ("many wakings", "a lot of awakenings", "one waking after another", "frequent awakenings")),
    Trait("wakings", (HAS_NIGHT, wakings(high=4)),
          ("few wakings", "hardly any awakenings", "a handful of wakings at most", "rare awakenings"), rare=True),
    Trait("deep", (staged("deep", 80),),
          ("plenty of deep sleep", "a lot of deep sleep", "much slow-wave sleep", "a good deal of deep sleep")),
    Trait("deep", (HAS_NIGHT, staged("deep", high=50)),
          ("little deep sleep", "not much deep sleep", "a shortage of deep sleep",
           "scant slow-wave sleep"), rare=True),
    Trait("rem", (staged("rem", 95),),
          ("plenty of REM", "a lot of REM sleep", "much dream sleep", "a good deal of REM")),
    Trait("rem", (HAS_NIGHT, staged("rem", high=60)),
          ("little REM", "not much REM sleep", "a shortage of dream sleep", "scant REM"), rare=True),
    Trait("nap", (asleep(20, at=SIESTA),),
          ("an afternoon nap", "a nap after lunch", "a siesta", "some sleep in the afternoon"), rare=True),
    Trait("steps", _steps(0, 5000, DAY),
          ("few steps", "a low step count", "little walking", "not much time on foot"), rare=True),
    Trait("steps", _steps(9000, INFINITE, DAY),
          ("plenty of steps", "a high step count", "a lot of walking", "many steps")),
    Trait("morning", _steps(0, 800, (480, 720)),
          ("a quiet morning on the step counter", "few steps in the morning", "hardly any walking before noon",
           "a morning with little walking")),
    Trait("morning", _steps(2500, INFINITE, (480, 720)),
          ("an active morning on foot", "many steps in the morning", "a lot of walking from eight to noon",
           "a morning with plenty of steps")),
    Trait("evening", _steps(0, 600, (1020, 1260)),
          ("few steps in the evening", "an evening with little walking", "a quiet evening on the step counter",
           "hardly any steps after work"), rare=True),
    Trait("evening", _steps(2500, INFINITE, (1020, 1260)),
          ("many steps in the evening", "an evening with a lot of walking", "an active evening on foot",
           "plenty of steps after work")),
    Trait("feet", _steps(40, INFINITE, (60, 300)),
          ("steps in the small hours", "some walking in the night", "steps between one and five at night",
           "trips out of bed on the step counter")),
    Trait("feet", _steps(0, 5, (60, 300)),
          ("no steps in the small hours", "still feet in the night",
           "no walking between one and five at night", "a step counter at rest in the night")),
    Trait("pulse", _mean(0, 59, NIGHT),
          ("a slow pulse at night", "a low heart rate in the night", "a slow heart in the small hours",
           "a mean night pulse below sixty")),
    Trait("pulse", _mean(66, 300, NIGHT),
          ("a fast pulse at night", "a high heart rate in the night", "a fast heart in the small hours",
           "a mean night pulse above 65"), rare=True),
    Trait("waking pulse", _mean(0, 74, (480, 1320)),
          ("a slow pulse by day", "a low heart rate in waking hours", "a slow heart in the daytime",
           "a daytime pulse below 75")),
    Trait("waking pulse", _mean(82, 300, (480, 1320)),
          ("a fast pulse by day", "a high heart rate in waking hours", "a fast heart in the daytime",
           "a daytime pulse above 80"), rare=True),
    Trait("tonight", (asleep(60, at=(1350, 1440), margin=20),),
          ("sleep again before half past eleven", "an early night at the day's end",
           "sleep before eleven thirty that evening", "another bedtime before half past eleven")),
    Trait("tonight", (asleep(high=0, at=(1320, 1440), margin=15),),
          ("a late evening", "an evening awake till midnight", "no sleep before the day was over",
           "an evening without sleep until midnight")),
)  # fmt: skip
"""What days have; "little", "plenty" and the like mean these numbers."""
ABSENT: tuple[Trait, ...] = (
    Trait("nap", (HAS_NIGHT, asleep(high=0, at=SIESTA)),
          ("an afternoon nap", "a nap after lunch", "any sleep in the afternoon", "a siesta")),
    Trait("awake", (HAS_NIGHT, lain_awake(high=25)),
          ("much lying awake", "long spells awake in bed", "a lot of wakefulness")),
    Trait("wakings", (HAS_NIGHT, wakings(high=7, margin=1)),
          ("many wakings", "a lot of awakenings", "frequent awakenings")),
    Trait("deep", (HAS_NIGHT, staged("deep", high=70)),
          ("a lot of deep sleep", "a great deal of deep sleep", "a lot of slow-wave sleep")),
    Trait("rem", (HAS_NIGHT, staged("rem", high=85)),
          ("a lot of REM", "a great deal of REM sleep", "a lot of dream sleep")),
    Trait("steps", _steps(0, 8000, DAY),
          ("many steps", "a lot of walking", "all that many steps", "a high step count")),
    Trait("feet", _steps(0, 10, (60, 300)),
          ("a trip out of bed on the step counter", "walking between one and five at night",
           "steps in the small hours")),
    Trait("bed", (began(high=0),),
          ("a late bedtime", "a bedtime after midnight", "a sleep onset past midnight")),
    Trait("length", (longest(405, margin=20),),
          ("a short night", "too few hours of sleep", "a night cut short")),
)  # fmt: skip
"""Words for what a day has not, with the facts of its absence: a trait's bound, less its margin."""
