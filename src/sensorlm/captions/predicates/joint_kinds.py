"""What people say of steps and pulse in one breath, or of two parts of the day: rows of predicate and wordings.

Both of a kind, one although the other, neither the one nor the other, and days that people have a name for: the
day in an office, the day in bed. Further wordings of every row are in wordings/joint_kinds.txt.
"""

from sensorlm.captions.predicates.base import (
    AFTERNOON,
    ANY,
    DAY,
    EVENING,
    LATE,
    LUNCH,
    MORNING,
    NIGHT,
    WAKING,
    Predicate,
    Span,
    ask,
    says,
)
from sensorlm.captions.predicates.pulse import pulse
from sensorlm.captions.predicates.sleep import SLEEP
from sensorlm.records import Fact

AFTER_LUNCH: Span = (840, 1020)
TO_WORK: Span = (420, 540)
MID_MORNING: Span = (570, 690)
MID_AFTERNOON: Span = (840, 960)
FROM_WORK: Span = (960, 1140)
BY_DAY: Span = (480, 900)
ONE_IN_SIX = 1 / 6
ONE_IN_THREE = 1 / 3


def steps(low: float = 0, high: float = float("inf"), at: Span = DAY, margin: float = 700) -> Fact:
    """Steps of the day, or of some hours."""
    return ask("total", "steps", low, high, at=at, margin=margin)


def few(high: float, at: Span) -> Fact:
    """At most so many steps in some hours."""
    return steps(high=high, at=at, margin=200)


def effort(low: float = 0, high: float = 300, margin: float = 6) -> Fact:
    """Mean heart rate of the quarter of an hour when it was highest."""
    return ask("busiest_mean", "HR", low, high, over=15, margin=margin)


def walk(minutes: float, low: float = 0, high: float = 300, margin: float = 10) -> Fact:
    """Steps a minute in the busiest so many minutes on end."""
    return ask("busiest_mean", "steps", low, high, over=minutes, margin=margin)


def moving(low: float = 0, high: float = 1, margin: float = 0.05) -> Fact:
    """Share of the minutes from eight in the morning to ten at night that have steps."""
    return ask("share_above", "steps", low, high, at=WAKING, over=ANY, margin=margin)


def step_minutes(at: Span, low: float = 0, high: float = 1440, margin: float = 4) -> Fact:
    """Minutes with any steps in some hours."""
    return ask("minutes_above", "steps", low, high, at=at, over=ANY, margin=margin)


JOINT_KINDS: tuple[Predicate, ...] = (
    says("few_steps_low_pulse", steps(high=5000), pulse(high=70), weight=2.5, words="""
        at most five thousand steps and an average pulse of seventy or less
        both the step count and the average heart rate were low"""),
    says("many_steps_high_pulse", steps(10000), pulse(80), weight=2.5, words="""
        ten thousand steps or more and an average pulse of eighty or higher
        both the step count and the average heart rate were high"""),
    says("few_steps_usual_pulse", steps(high=5000), pulse(70, 80), weight=2, words="""
        at most five thousand steps, with an average pulse from seventy to eighty
        few steps but an ordinary average heart rate"""),
    says("many_steps_usual_pulse", steps(10000), pulse(70, 80), weight=2, words="""
        ten thousand steps or more, with an average pulse from seventy to eighty
        many steps but an ordinary average heart rate"""),
    says("middling_steps_and_pulse", steps(5000, 10000), pulse(65, 80), weight=1.5, words="""
        five to ten thousand steps and an average pulse from 65 to 80
        steps and heart rate were both in the middle"""),
    says("neither_steps_nor_pulse", steps(high=8000), pulse(high=75), weight=1.5, words="""
        neither more than eight thousand steps nor an average pulse above seventy-five
        neither many steps nor a high average heart rate"""),
    says("high_peak_few_steps", steps(high=6000), ask("max", "HR", 140, margin=6), weight=3, words="""
        a pulse of 140 or more at some point although there were at most six thousand steps
        few steps and yet a high peak of the heart rate"""),
    says("long_raised_few_steps", steps(high=6000), ask("minutes_above", "HR", 45, over=100, margin=10), weight=3,
         words="""
        pulse over a hundred for three quarters of an hour or more, with at most six thousand steps
        a raised heart rate for long on a day with few steps"""),
    says("long_walk_modest_pulse", walk(30, 65), effort(high=115), weight=3, words="""
        half an hour of walking on end, and no quarter of an hour with a mean pulse above 115
        a long walk with a modest pulse"""),
    says("long_walk_high_pulse", walk(30, 65), effort(120), weight=2.5, words="""
        half an hour of walking on end, and a quarter of an hour with a mean pulse of 120 or more
        a long walk and a high pulse on the same day"""),
    says("short_walk_high_pulse", walk(10, 50), walk(30, high=52), effort(115), weight=3, words="""
        a walk of ten minutes but none of half an hour, and a mean pulse of 115 or more for a quarter of an hour
        a short walk at most, yet a high pulse for a while"""),
    says("no_walk_low_pulse", walk(10, high=45), effort(high=105), weight=2, words="""
        no walk of ten minutes, and no quarter of an hour with a mean pulse above 105
        neither a walk nor a raised pulse"""),
    says("quiet_and_calm", moving(high=ONE_IN_SIX), pulse(high=72, at=WAKING), weight=2, words="""
        steps in at most one waking minute of six and a mean waking pulse of 72 or less
        quiet and calm, seldom on the feet and the heart slow"""),
    says("quiet_but_fast", moving(high=ONE_IN_SIX), pulse(80, at=WAKING), weight=2.5, words="""
        steps in at most one waking minute of six although the mean waking pulse was eighty or higher
        quiet but not calm, seldom on the feet and yet the heart fast"""),
    says("busy_and_strained", moving(ONE_IN_THREE), pulse(80, at=WAKING), weight=2.5, words="""
        steps in a third of the waking minutes or more and a mean waking pulse of eighty or higher
        busy and strained, often on the feet and the heart fast"""),
    says("busy_but_calm", moving(ONE_IN_THREE), pulse(high=75, at=WAKING), weight=2.5, words="""
        steps in a third of the waking minutes or more although the mean waking pulse was 75 or less
        busy but calm, often on the feet and yet the heart not fast"""),
    says("still_fast_morning", few(1000, MORNING), pulse(80, at=MORNING), weight=3, words="""
        at most a thousand steps between eight and noon but a mean pulse of eighty or higher
        few steps in the morning although the pulse was high"""),
    says("still_slow_morning", few(600, MORNING), pulse(high=70, at=MORNING), weight=2, words="""
        at most six hundred steps between eight and noon and a mean pulse of seventy or less
        hardly moving in the morning, with a low pulse"""),
    says("moving_fast_morning", steps(2000, at=MORNING, margin=400), pulse(80, at=MORNING), weight=2.5, words="""
        two thousand steps or more between eight and noon and a mean pulse of eighty or higher
        on the move in the morning, with a high pulse"""),
    says("moving_slow_morning", steps(2000, at=MORNING, margin=400), pulse(high=75, at=MORNING), weight=2.5, words="""
        two thousand steps or more between eight and noon although the mean pulse was 75 or less
        on the move in the morning, yet without a high pulse"""),
    says("still_fast_afternoon", few(1000, AFTERNOON), pulse(80, at=AFTERNOON), weight=3, words="""
        at most a thousand steps between noon and five but a mean pulse of eighty or higher
        few steps in the afternoon although the pulse was high"""),
    says("still_slow_afternoon", few(1000, AFTERNOON), pulse(high=72, at=AFTERNOON), weight=2, words="""
        at most a thousand steps between noon and five and a mean pulse of 72 or less
        hardly moving in the afternoon, with a low pulse"""),
    says("moving_fast_afternoon", steps(3000, at=AFTERNOON, margin=500), pulse(80, at=AFTERNOON), weight=2.5, words="""
        three thousand steps or more between noon and five and a mean pulse of eighty or higher
        on the move in the afternoon, with a high pulse"""),
    says("moving_slow_afternoon", steps(3000, at=AFTERNOON, margin=500), pulse(high=75, at=AFTERNOON), weight=2.5,
         words="""
        three thousand steps or more between noon and five although the mean pulse was 75 or less
        on the move in the afternoon, yet without a high pulse"""),
    says("still_fast_evening", few(800, EVENING), pulse(80, at=EVENING), weight=3, words="""
        at most eight hundred steps between five and nine but a mean pulse of eighty or higher
        few steps in the evening although the pulse was high"""),
    says("still_slow_evening", few(800, EVENING), pulse(high=70, at=EVENING), weight=2, words="""
        at most eight hundred steps between five and nine and a mean pulse of seventy or less
        hardly moving in the evening, with a low pulse"""),
    says("moving_fast_evening", steps(2000, at=EVENING, margin=400), pulse(80, at=EVENING), weight=2.5, words="""
        two thousand steps or more between five and nine and a mean pulse of eighty or higher
        on the move in the evening, with a high pulse"""),
    says("moving_slow_evening", steps(2000, at=EVENING, margin=400), pulse(high=75, at=EVENING), weight=2.5, words="""
        two thousand steps or more between five and nine although the mean pulse was 75 or less
        on the move in the evening, yet without a high pulse"""),
    says("still_fast_bedtime", step_minutes(LATE, high=10), pulse(75, at=LATE), weight=3, words="""
        steps in ten minutes at most between ten and midnight but a mean pulse of 75 or higher
        hardly moving late in the evening although the pulse was up"""),
    says("still_slow_bedtime", step_minutes(LATE, high=10), pulse(high=65, at=LATE), weight=2, words="""
        steps in ten minutes at most between ten and midnight and a mean pulse of 65 or less
        hardly moving late in the evening, with a low pulse"""),
    says("evening_walk_calm_bedtime", steps(2000, at=EVENING, margin=400), pulse(high=70, at=LATE), weight=3, words="""
        two thousand steps or more from five to nine, and a mean pulse of seventy or less from ten to midnight
        an active evening, and a calm heart by bedtime"""),
    says("evening_walk_fast_bedtime", steps(2000, at=EVENING, margin=400), pulse(75, at=LATE), weight=3, words="""
        two thousand steps or more from five to nine, and a mean pulse of 75 or higher from ten to midnight
        an active evening, and a heart still up at bedtime"""),
    says("morning_walk_calm_evening", steps(2000, at=MORNING, margin=400), pulse(high=72, at=EVENING), weight=3,
         words="""
        two thousand steps or more from eight to noon, and a mean pulse of 72 or less from five to nine
        on the move in the morning, calm at heart in the evening"""),
    says("calm_morning_fast_evening", pulse(high=74, at=MORNING), pulse(80, at=EVENING), weight=2.5, words="""
        mean pulse of 74 or less in the morning but eighty or higher in the evening
        a calm heart before noon and a fast one after five"""),
    says("fast_morning_calm_evening", pulse(80, at=MORNING), pulse(high=74, at=EVENING), weight=2.5, words="""
        mean pulse of eighty or higher in the morning but 74 or less in the evening
        a fast heart before noon and a calm one after five"""),
    says("calm_in_every_part", pulse(high=75, at=MORNING), pulse(high=75, at=AFTERNOON), pulse(high=75, at=EVENING),
         weight=1.5, words="""
        mean pulse of 75 or less in the morning, the afternoon and the evening alike
        a calm heart in each part of the day"""),
    says("fast_in_every_part", pulse(80, at=MORNING), pulse(80, at=AFTERNOON), pulse(80, at=EVENING), weight=2.5,
         words="""
        mean pulse of eighty or higher in the morning, the afternoon and the evening alike
        a fast heart in each part of the day"""),
    says("slow_night_fast_day", pulse(high=60, at=NIGHT), pulse(80, at=WAKING), weight=2.5, words="""
        mean pulse of sixty or less at night but eighty or higher by day
        a slow heart at night and a fast one by day"""),
    says("fast_night_slow_day", pulse(65, at=NIGHT), pulse(high=75, at=WAKING), weight=3, words="""
        mean pulse of 65 or higher at night but no more than 75 by day
        a rather fast heart at night and a rather slow one by day"""),
    says("active_lunch_still_after", steps(1000, at=LUNCH, margin=250), few(600, AFTER_LUNCH), weight=3, words="""
        a thousand steps or more from twelve to two, then at most six hundred until five
        active at lunch and still in the afternoon"""),
    says("still_lunch_active_after", few(300, LUNCH), steps(1500, at=AFTER_LUNCH, margin=400), weight=2.5, words="""
        at most three hundred steps from twelve to two, then fifteen hundred or more until five
        still at lunch and active in the afternoon"""),
    says("balanced_steps", *(steps(1000, 3500, span, 300) for span in (MORNING, AFTERNOON, EVENING)), weight=2,
         words="""
        between one thousand and 3500 steps each in the morning, the afternoon and the evening
        a moderate number of steps in each part of the day"""),
    says("office_like", steps(400, at=TO_WORK, margin=150), few(600, MID_MORNING), few(600, MID_AFTERNOON),
         steps(800, at=FROM_WORK, margin=250), weight=2.5, words="""
        steps from seven to nine and from four to seven, but few in mid-morning and in mid-afternoon
        on foot around eight and around five, and mostly still in the hours between"""),
    says("night_shift_like", steps(400, at=NIGHT, margin=200), ask("event_minutes", SLEEP, 90, at=BY_DAY, margin=40),
         weight=4, words="""
        hundreds of steps between midnight and five, and an hour and a half or more of sleep between eight and three
        on foot at night and asleep by day"""),
    says("worn_and_sat", ask("coverage", "steps", 0.9, margin=0.1), moving(high=ONE_IN_SIX), weight=1.5, words="""
        recorded for nine tenths of the day or more, with steps in at most one waking minute of six
        worn all day and sat all day"""),
    says("sick_day_like", steps(high=5000), ask("quietest_mean", "HR", 65, at=WAKING, over=30, margin=3), weight=3,
         words="""
        at most five thousand steps, though even the calmest waking half hour had a mean pulse of 65 or more
        few steps although the pulse did not come down at rest"""),
    says("extreme_day", steps(12000), ask("max", "HR", 150, margin=6), weight=3, words="""
        twelve thousand steps or more and a pulse of 150 or more at some point
        extreme in steps and in heart rate"""),
)  # fmt: skip
