"""What people say of the pulse by grades, hours and comparison, finer than in `heart`: rows of predicate and wordings.

Further wordings of every row are in wordings/heart.txt.
"""

from sensorlm.captions.predicates.base import (
    DAY,
    HRV,
    LUNCH,
    MORNING_TO_EVENING,
    NIGHT,
    NIGHT_TO_MORNING,
    WAKING,
    Predicate,
    Span,
    ask,
    says,
)
from sensorlm.records import Fact

ASLEEP_HOURS: Span = (60, 300)
DAWN: Span = (300, 420)
BEDTIME: Span = (1320, 1440)
MORNING_TO_AFTERNOON: Span = (480, 1020)


def pulse(low: float = 0, high: float = 300, at: Span = DAY, margin: float = 3) -> Fact:
    """Mean heart rate of some hours."""
    return ask("mean", "HR", low, high, at=at, margin=margin)


def minutes(above: float, low: float = 0, high: float = 1440, at: Span = DAY, margin: float = 10) -> Fact:
    """Minutes with a pulse above a number."""
    return ask("minutes_above", "HR", low, high, at=at, over=above, margin=margin)


def shift(span: Span, over: float, low: float = -500, high: float = 500, margin: float = 3, of: str = "HR") -> Fact:
    """The last minutes of some hours against the first."""
    return ask("change", of, low, high, at=span, over=over, margin=margin)


PULSE: tuple[Predicate, ...] = (
    says("very_slow_pulse", pulse(high=60), weight=3, words="""
        average heart rate of sixty or less
        an exceptionally slow pulse all day"""),
    says("very_fast_pulse", pulse(95), weight=3, words="""
        average heart rate of ninety-five or more
        an exceptionally fast pulse all day"""),
    says("middling_pulse", pulse(70, 80), words="""
        average heart rate in the seventies
        neither a slow nor a fast pulse over the day"""),
    says("very_low_night_pulse", pulse(high=51, at=NIGHT), weight=3, words="""
        heart rate of about fifty or less at night
        an exceptionally slow heart overnight"""),
    says("middling_night_pulse", pulse(59, 68, at=NIGHT), words="""
        heart rate in the sixties at night
        an ordinary pulse overnight"""),
    says("racing_night_pulse", pulse(82, at=NIGHT), weight=3, words="""
        heart rate above eighty at night
        an exceptionally fast heart overnight"""),
    says("low_lowest", ask("min", "HR", high=46, margin=3), weight=2, words="""
        heart rate fell to the mid-forties or lower
        the lowest pulse of the day was very low"""),
    says("high_lowest", ask("min", "HR", 60, margin=3), weight=2.5, words="""
        heart rate never fell under sixty
        even the lowest pulse of the day was high"""),
    says("extreme_peak", ask("max", "HR", 172, margin=7), weight=3, words="""
        heart rate went above one hundred and seventy
        an exceptionally high peak of the pulse"""),
    says("moderate_peak", ask("max", "HR", 118, 142, margin=6), words="""
        heart rate peaked around one hundred and thirty
        the highest pulse of the day was moderate"""),
    says("tiny_peak", ask("max", "HR", high=99, margin=6), weight=3, words="""
        heart rate never reached one hundred
        even the highest pulse of the day was low"""),
    says("raised_for_hours", minutes(100, 150, margin=40), weight=2.5, words="""
        heart rate above one hundred for hours
        more than two hours with a pulse over a hundred"""),
    says("hardly_over_hundred", minutes(100, high=8, margin=12), words="""
        heart rate hardly ever above one hundred
        only minutes with a pulse over a hundred"""),
    says("mostly_over_ninety", ask("share_above", "HR", 0.6, at=WAKING, over=90, margin=0.12), weight=2.5, words="""
        pulse above ninety for most of the waking day
        a raised heart rate from breakfast to bedtime"""),
    says("mostly_under_seventy", ask("share_below", "HR", 0.6, at=WAKING, over=72, margin=0.12), weight=2.5, words="""
        pulse around seventy or lower for most of the waking day
        a low heart rate from breakfast to bedtime"""),
    says("hours_under_sixty", ask("minutes_below", "HR", 300, over=60, margin=60), weight=1.5, words="""
        pulse under sixty for five hours or more
        many hours of a really slow heart"""),
    says("never_under_sixty", ask("minutes_below", "HR", high=3, over=60, margin=20), weight=1.5, words="""
        hardly a minute with a pulse under sixty
        no time of a really slow heart"""),
    says("sustained_effort", ask("longest_above", "HR", 25, over=120, margin=8), weight=3, words="""
        pulse over one hundred and twenty for half an hour without a break
        one sustained effort of the heart"""),
    says("short_bursts", minutes(120, 5, 40, margin=5), ask("longest_above", "HR", high=6, over=120, margin=3),
         weight=2.5, words="""
        pulse over one hundred and twenty in short bursts only
        several brief efforts of the heart, no long one"""),
    says("very_hard_minutes", minutes(150, 12, margin=5), weight=3, words="""
        many minutes with a pulse over one hundred and fifty
        a really hard workout by heart rate"""),
    says("night_spikes", ask("max", "HR", 108, at=ASLEEP_HOURS, margin=8), weight=2.5, words="""
        heart rate shot up in the middle of the night
        a spike of the pulse between one and five"""),
    says("no_night_spikes", ask("max", "HR", high=84, at=ASLEEP_HOURS, margin=7), words="""
        heart rate did not shoot up in the middle of the night
        no spike of the pulse between one and five"""),
    says("even_night_heart", ask("std", "HR", high=4, at=ASLEEP_HOURS, margin=1.2), weight=1.5, words="""
        heart rate hardly varied in the middle of the night
        an even pulse between one and five"""),
    says("uneven_night_heart", ask("std", "HR", 8, at=ASLEEP_HOURS, margin=2), weight=2, words="""
        heart rate varied a lot in the middle of the night
        an uneven pulse between one and five"""),
    says("night_heart_settles", shift((0, 360), 90, high=-5), weight=2, words="""
        heart rate sank in the course of the night
        the pulse was lower before dawn than after midnight"""),
    says("night_heart_climbs", shift((0, 360), 90, 6), weight=2, words="""
        heart rate climbed in the course of the night
        the pulse was higher before dawn than after midnight"""),
    says("evening_pulse_higher", shift(MORNING_TO_EVENING, 240, 7), weight=2, words="""
        heart rate was higher in the evening than in the morning
        the pulse rose from morning to evening"""),
    says("morning_pulse_higher", shift(MORNING_TO_EVENING, 240, high=-7), weight=2, words="""
        heart rate was higher in the morning than in the evening
        the pulse fell from morning to evening"""),
    says("same_pulse_morning_evening", shift(MORNING_TO_EVENING, 240, -3, 3), words="""
        heart rate was about the same in the morning and in the evening
        the pulse neither rose nor fell from morning to evening"""),
    says("afternoon_pulse_higher", shift(MORNING_TO_AFTERNOON, 240, 7), weight=2, words="""
        heart rate was higher in the afternoon than in the morning
        the pulse rose after noon"""),
    says("afternoon_pulse_lower", shift(MORNING_TO_AFTERNOON, 240, high=-7), weight=2, words="""
        heart rate was lower in the afternoon than in the morning
        the pulse fell after noon"""),
    says("big_rise_after_night", shift(NIGHT_TO_MORNING, 300, 25, margin=4), weight=2, words="""
        heart rate was far higher by day than at night
        a wide gap between the pulse at night and in the morning"""),
    says("small_rise_after_night", shift(NIGHT_TO_MORNING, 300, high=10, margin=4), weight=2.5, words="""
        heart rate was hardly higher by day than at night
        a narrow gap between the pulse at night and in the morning"""),
    says("calm_bedtime_heart", pulse(high=63, at=BEDTIME), weight=1.5, words="""
        a calm heart late in the evening
        low pulse between ten and midnight"""),
    says("fast_bedtime_heart", pulse(85, at=BEDTIME), weight=2.5, words="""
        a fast heart late in the evening
        high pulse between ten and midnight"""),
    says("calm_dawn_heart", pulse(high=58, at=DAWN), weight=1.5, words="""
        a calm heart between five and seven in the morning
        low pulse at daybreak"""),
    says("fast_dawn_heart", pulse(82, at=DAWN), weight=2.5, words="""
        a fast heart between five and seven in the morning
        high pulse at daybreak"""),
    says("calm_lunch_heart", pulse(high=70, at=LUNCH), words="""
        a calm heart around midday
        low pulse between twelve and two"""),
    says("fast_lunch_heart", pulse(95, at=LUNCH), weight=2.5, words="""
        a fast heart around midday
        high pulse between twelve and two"""),
    says("calm_waking_heart", pulse(high=71, at=WAKING), ask("max", "HR", high=125, margin=10), weight=2, words="""
        a calm heart from eight in the morning to ten at night
        low pulse through all waking hours"""),
    says("fast_waking_heart", pulse(94, at=WAKING), weight=2.5, words="""
        a fast heart from eight in the morning to ten at night
        high pulse through all waking hours"""),
    says("fast_heart_few_steps", pulse(83), ask("total", "steps", high=6000, margin=1000), weight=3, words="""
        a fast pulse on a day with few steps
        heart rate was high although there was little walking"""),
    says("slow_heart_many_steps", pulse(high=72), ask("total", "steps", 9000, margin=1200), weight=3, words="""
        a slow pulse on a day with many steps
        heart rate was low although there was much walking"""),
    says("hard_heart_still_feet", minutes(120, 20, margin=6), ask("minutes_above", "steps", high=12, over=90, margin=8),
         weight=3, words="""
        a hard effort of the heart with hardly any brisk steps
        pulse high for a while, but not from walking or running"""),
    says("no_pulse_but_steps", ask("coverage", "HR", high=0.01, margin=0.2), ask("coverage", "steps", 0.5, margin=0.2),
         weight=1.5, words="""
        steps were counted but no heart rate was measured
        no pulse reading on the whole day"""),
    says("pulse_measured", ask("coverage", "HR", 0.6, margin=0.4), weight=0.5, words="""
        heart rate was measured for most of the day
        pulse readings through much of the day"""),
    says("middling_variability", ask("mean", HRV, 42, 62, margin=6), words="""
        an ordinary heart rate variability over the day
        HRV neither high nor low"""),
    says("night_variability_higher", shift(NIGHT_TO_MORNING, 300, high=-15, margin=6, of=HRV), weight=2, words="""
        heart rate variability was higher at night than in the morning
        HRV fell from night to morning"""),
    says("night_variability_lower", shift(NIGHT_TO_MORNING, 300, 3, margin=6, of=HRV), weight=2.5, words="""
        heart rate variability was no higher at night than in the morning
        HRV rose from night to morning"""),
    says("high_day_variability", ask("mean", HRV, 65, at=WAKING, margin=8), weight=2, words="""
        high heart rate variability in waking hours
        HRV was high by day"""),
    says("low_day_variability", ask("mean", HRV, high=28, at=WAKING, margin=6), weight=2, words="""
        low heart rate variability in waking hours
        HRV was low by day"""),
)  # fmt: skip
