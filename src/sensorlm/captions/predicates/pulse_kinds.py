"""What people say of the pulse in numbers: ranges with two ends, how often, how long, how fast it came down.

Further wordings of every row are in wordings/pulse_kinds.txt.
"""

from sensorlm.captions.predicates.base import (
    AFTERNOON,
    BREAKFAST,
    DAY,
    EVENING,
    HRV,
    MORNING,
    NIGHT,
    NIGHT_TO_MORNING,
    NOON_TO_NINE,
    WAKING,
    Predicate,
    Span,
    ask,
    says,
)  # fmt: skip
from sensorlm.captions.predicates.pulse import minutes, pulse, shift
from sensorlm.records import Fact

FIRST_HOUR: Span = (0, 60)
BREAKFAST_TO_LUNCH: Span = (420, 840)
FIVE_TO_MIDNIGHT: Span = (1020, 1440)


def share(above: float, low: float = 0, high: float = 1, at: Span = DAY, margin: float = 0.05) -> Fact:
    """Share of the measured minutes with a pulse above a number."""
    return ask("share_above", "HR", low, high, at=at, over=above, margin=margin)


def share_under(under: float, low: float = 0, high: float = 1, at: Span = DAY, margin: float = 0.05) -> Fact:
    """Share of the measured minutes with a pulse below a number."""
    return ask("share_below", "HR", low, high, at=at, over=under, margin=margin)


def lowest(low: float = 0, high: float = 300) -> Fact:
    """The lowest pulse of the day."""
    return ask("min", "HR", low, high, margin=2)


def highest(low: float = 0, high: float = 300) -> Fact:
    """The highest pulse of the day."""
    return ask("max", "HR", low, high, margin=4)


def wander(low: float = 0, high: float = 300, at: Span = DAY) -> Fact:
    """How much the pulse varied over some hours."""
    return ask("std", "HR", low, high, at=at, margin=1.5)


def efforts(above: float, low: float = 0, high: float = 99) -> Fact:
    """How many times of ten minutes the pulse was above a number."""
    return ask("bouts_above", "HR", low, high, over=above, margin=0)


def fallen(after: float, low: float = -300, high: float = 300) -> Fact:
    """How far the pulse had come down so many minutes after its highest."""
    return ask("fall_after_max", "HR", low, high, over=after, margin=5)


def topped(low: float, high: float) -> Fact:
    """The highest pulse came between two minutes of the day."""
    return ask("minute_of_max", "HR", low, high, margin=15)


def recorded(low: float = 0, high: float = 1, at: Span = DAY, of: str = "HR", margin: float = 0.08) -> Fact:
    """Share of the minutes for which there is a reading."""
    return ask("coverage", of, low, high, at=at, margin=margin)


def hrv(low: float = 0, high: float = 2000, at: Span = DAY) -> Fact:
    """Mean heart rate variability of some hours."""
    return ask("mean", HRV, low, high, at=at, margin=5)


PULSE_KINDS: tuple[Predicate, ...] = (
    says("pulse_60_70", pulse(60, 70), words="""
        average heart rate between 60 and 70 over the day
        mean pulse of the day in the sixties"""),
    says("pulse_80_90", pulse(80, 90), weight=1.5, words="""
        average heart rate between 80 and 90 over the day
        mean pulse of the day in the eighties"""),
    says("night_50_60", pulse(50, 60, at=NIGHT), words="""
        average heart rate between 50 and 60 from midnight to five
        mean pulse at night in the fifties"""),
    says("morning_60_70", pulse(60, 70, at=MORNING), words="""
        average heart rate between 60 and 70 from eight to noon
        mean pulse of the morning in the sixties"""),
    says("morning_70_80", pulse(70, 80, at=MORNING), words="""
        average heart rate between 70 and 80 from eight to noon
        mean pulse of the morning in the seventies"""),
    says("morning_80_90", pulse(80, 90, at=MORNING), weight=1.5, words="""
        average heart rate between 80 and 90 from eight to noon
        mean pulse of the morning in the eighties"""),
    says("afternoon_60_70", pulse(60, 70, at=AFTERNOON), words="""
        average heart rate between 60 and 70 from noon to five
        mean pulse of the afternoon in the sixties"""),
    says("afternoon_70_80", pulse(70, 80, at=AFTERNOON), words="""
        average heart rate between 70 and 80 from noon to five
        mean pulse of the afternoon in the seventies"""),
    says("afternoon_80_90", pulse(80, 90, at=AFTERNOON), weight=1.5, words="""
        average heart rate between 80 and 90 from noon to five
        mean pulse of the afternoon in the eighties"""),
    says("evening_60_70", pulse(60, 70, at=EVENING), words="""
        average heart rate between 60 and 70 from five to nine in the evening
        mean pulse of the evening in the sixties"""),
    says("evening_70_80", pulse(70, 80, at=EVENING), words="""
        average heart rate between 70 and 80 from five to nine in the evening
        mean pulse of the evening in the seventies"""),
    says("evening_80_90", pulse(80, 90, at=EVENING), weight=1.5, words="""
        average heart rate between 80 and 90 from five to nine in the evening
        mean pulse of the evening in the eighties"""),
    says("lowest_40_50", lowest(40, 50), weight=1.5, words="""
        the lowest heart rate of the day was between 40 and 50
        the pulse bottomed out in the forties"""),
    says("peak_100_120", highest(100, 120), words="""
        the highest heart rate of the day was between 100 and 120
        the pulse peaked somewhere from one hundred to one hundred and twenty"""),
    says("peak_140_160", highest(140, 160), weight=1.5, words="""
        the highest heart rate of the day was between 140 and 160
        the pulse peaked somewhere from one hundred and forty to one hundred and sixty"""),
    says("never_over_120", highest(high=120), words="""
        heart rate never went above 120
        not one minute of the day with a pulse over one hundred and twenty"""),
    says("never_over_140", highest(high=140), words="""
        heart rate never went above 140
        not one minute of the day with a pulse over one hundred and forty"""),
    says("never_under_50", lowest(50), words="""
        heart rate never went below 50
        not one minute of the day with a pulse under fifty"""),
    says("between_50_and_120", lowest(50), highest(high=120), weight=1.5, words="""
        heart rate went neither below 50 nor above 120
        the pulse stayed between fifty and one hundred and twenty all day"""),
    says("rarely_over_90", share(90, high=0.05, margin=0.03), words="""
        heart rate was rarely above 90
        a pulse over ninety in at most one minute out of twenty"""),
    says("occasionally_over_100", minutes(100, 10, 60, margin=5), words="""
        heart rate was occasionally above 100
        a pulse over one hundred now and then, ten minutes to an hour in all"""),
    says("often_over_80", share(80, 0.4, at=WAKING), weight=1.5, words="""
        heart rate was often above 80 between eight in the morning and ten at night
        a pulse over eighty for at least two fifths of the waking hours"""),
    says("seldom_over_80", share(80, high=0.15, at=WAKING), weight=1.5, words="""
        heart rate was seldom above 80 between eight in the morning and ten at night
        a pulse over eighty for at most fifteen per cent of the waking hours"""),
    says("mostly_over_70", share(70, 0.7, at=WAKING, margin=0.07), words="""
        heart rate was mostly above 70 between eight in the morning and ten at night
        a pulse over seventy for at least seven tenths of the waking hours"""),
    says("nearly_always_over_65", share(65, 0.95, at=WAKING, margin=0.03), words="""
        heart rate was nearly always above 65 between eight in the morning and ten at night
        a pulse over sixty-five for at least nineteen twentieths of the waking hours"""),
    says("nearly_always_under_100", share_under(100, 0.97, margin=0.02), words="""
        heart rate was nearly always under 100
        a pulse below one hundred for at least ninety-seven per cent of the day"""),
    says("often_under_60", share_under(60, 0.25), weight=1.5, words="""
        heart rate was often under 60
        a pulse below sixty for at least a quarter of the day"""),
    says("seldom_under_60", share_under(60, 0.002, 0.08, margin=0.04), words="""
        heart rate was seldom under 60
        a pulse below sixty only now and then, at most eight per cent of the day"""),
    says("half_under_70", share_under(70, 0.4, 0.6), words="""
        heart rate was under 70 for about half of the day
        roughly as much time with the pulse below seventy as not"""),
    says("over_100_one_to_two_hours", minutes(100, 60, 120), weight=2, words="""
        heart rate above 100 for one to two hours in all
        60 to 120 minutes with a pulse over one hundred"""),
    says("over_120_ten_to_thirty", minutes(120, 10, 30, margin=4), weight=2.5, words="""
        heart rate above 120 for 10 to 30 minutes in all
        ten minutes to half an hour with a pulse over one hundred and twenty"""),
    says("over_140_five_to_twenty", minutes(140, 5, 20, margin=3), weight=3, words="""
        heart rate above 140 for 5 to 20 minutes in all
        between five and twenty minutes with a pulse over one hundred and forty"""),
    says("over_80_four_to_six_hours", minutes(80, 240, 360, margin=30), words="""
        heart rate above 80 for four to six hours in all
        240 to 360 minutes with a pulse over eighty"""),
    says("raised_stretch_half_hour", ask("longest_above", "HR", 30, over=90, margin=6), weight=1.5, words="""
        heart rate above 90 for at least half an hour without a break
        the longest stretch with a pulse over ninety lasted thirty minutes or more"""),
    says("raised_only_briefly", ask("longest_above", "HR", 1, 10, over=100, margin=3), words="""
        heart rate went above 100 but for no more than ten minutes at a time
        each stretch with a pulse over one hundred was over within ten minutes"""),
    says("calm_stretch_two_hours", ask("longest_below", "HR", 120, over=70, margin=20), words="""
        heart rate below 70 for at least two hours without a break
        the longest stretch with a pulse under seventy lasted two hours or more"""),
    says("no_calm_half_hour", ask("longest_below", "HR", high=30, over=70, margin=8), weight=2, words="""
        heart rate was never below 70 for more than half an hour at a time
        the longest stretch with a pulse under seventy lasted thirty minutes at most"""),
    says("no_effort_over_100", efforts(100, high=0), words="""
        no effort that kept the heart rate above 100 for ten minutes on average
        not once was the ten-minute average of the pulse over one hundred"""),
    says("one_effort_over_100", efforts(100, 1, 1), weight=2, words="""
        a single separate effort with ten minutes of heart rate above 100 on average
        exactly one time of day when the ten-minute average of the pulse went over one hundred"""),
    says("few_efforts_over_100", efforts(100, 2, 4), weight=1.5, words="""
        two to four separate efforts with ten minutes of heart rate above 100 on average
        the ten-minute average of the pulse went over one hundred two, three or four times"""),
    says("many_efforts_over_100", efforts(100, 5), weight=2, words="""
        five or more separate efforts with ten minutes of heart rate above 100 on average
        the ten-minute average of the pulse went over one hundred at least five times"""),
    says("day_night_gap_10_20", shift(NIGHT_TO_MORNING, 300, 10, 20), words="""
        heart rate 10 to 20 beats higher in the late morning and at noon than at night
        the pulse from nine to two was ten to twenty beats above that from midnight to five"""),
    says("evening_far_above_night", shift((0, 1260), 240, 20), weight=2, words="""
        heart rate in the evening at least 20 beats above that of the first hours of the night
        the pulse from five to nine was far above that from midnight to four"""),
    says("narrow_daily_range", ask("spread", "HR", high=60, margin=6), weight=1.5, words="""
        the highest and the lowest heart rate of the day were at most 60 beats apart
        a narrow daily range of the pulse"""),
    says("wide_daily_range", ask("spread", "HR", 95, margin=6), weight=1.5, words="""
        the highest and the lowest heart rate of the day were at least 95 beats apart
        a wide daily range of the pulse"""),
    says("quick_recovery", fallen(10, 40), weight=2.5, words="""
        ten minutes after its peak the heart rate had come down by 40 beats or more
        the pulse came down quickly after the day's highest reading"""),
    says("slow_recovery", fallen(10, high=15), weight=2.5, words="""
        ten minutes after its peak the heart rate had come down by no more than 15 beats
        the pulse came down slowly after the day's highest reading"""),
    says("not_down_after_an_hour", fallen(60, high=25), weight=2.5, words="""
        an hour after its peak the heart rate was still within 25 beats of it
        even an hour after the day's highest reading the pulse had not come down far"""),
    says("winds_down_by_bedtime", shift(FIVE_TO_MIDNIGHT, 120, high=-10), words="""
        heart rate at least 10 beats lower between ten and midnight than between five and seven in the evening
        the pulse came well down from early evening to bedtime"""),
    says("no_winding_down", shift(FIVE_TO_MIDNIGHT, 120, -2), weight=2, words="""
        heart rate no lower between ten and midnight than between five and seven in the evening
        the pulse did not come down from early evening to bedtime"""),
    says("peak_before_nine", topped(300, 540), weight=2, words="""
        the highest heart rate of the day came between five and nine in the morning
        the pulse peaked before nine"""),
    says("peak_after_eight", topped(1200, 1439), weight=2, words="""
        the highest heart rate of the day came after eight in the evening
        the pulse peaked between eight and midnight"""),
    says("slow_after_midnight", pulse(high=60, at=FIRST_HOUR), weight=1.5, words="""
        average heart rate of 60 or less between midnight and one
        a slow pulse right after midnight"""),
    says("fast_after_midnight", pulse(75, at=FIRST_HOUR), weight=2.5, words="""
        average heart rate of 75 or more between midnight and one
        a fast pulse right after midnight"""),
    says("before_dawn_50_60", pulse(50, 60, at=(180, 300)), words="""
        average heart rate between 50 and 60 from three to five in the morning
        mean pulse before dawn in the fifties"""),
    says("slow_breakfast", pulse(high=65, at=BREAKFAST), weight=1.5, words="""
        average heart rate of 65 or less between seven and nine in the morning
        a slow pulse around breakfast"""),
    says("fast_breakfast", pulse(85, at=BREAKFAST), weight=2, words="""
        average heart rate of 85 or more between seven and nine in the morning
        a fast pulse around breakfast"""),
    says("breakfast_above_dawn", shift((300, 540), 120, 10), weight=1.5, words="""
        heart rate at least 10 beats higher between seven and nine than between five and seven in the morning
        the pulse jumped from daybreak to breakfast"""),
    says("noon_above_breakfast", shift(BREAKFAST_TO_LUNCH, 120, 8), weight=1.5, words="""
        heart rate at least 8 beats higher between twelve and two than between seven and nine
        the pulse was higher at lunch than at breakfast"""),
    says("noon_below_breakfast", shift(BREAKFAST_TO_LUNCH, 120, high=-4), weight=2, words="""
        heart rate at least 4 beats lower between twelve and two than between seven and nine
        the pulse was lower at lunch than at breakfast"""),
    says("evening_above_afternoon", shift(NOON_TO_NINE, 240, 6), weight=2, words="""
        heart rate at least 6 beats higher from five to nine than from noon to four
        the pulse was higher in the evening than in the afternoon"""),
    says("evening_below_afternoon", shift(NOON_TO_NINE, 240, high=-6), weight=2, words="""
        heart rate at least 6 beats lower from five to nine than from noon to four
        the pulse was lower in the evening than in the afternoon"""),
    says("steady_morning_pulse", wander(high=7, at=MORNING), weight=1.5, words="""
        heart rate hardly varied between eight and noon
        a steady pulse in the morning"""),
    says("jumpy_morning_pulse", wander(14, at=MORNING), weight=2, words="""
        heart rate varied a lot between eight and noon
        an up and down pulse in the morning"""),
    says("steady_evening_pulse", wander(high=7, at=EVENING), weight=1.5, words="""
        heart rate hardly varied between five and nine in the evening
        a steady pulse in the evening"""),
    says("jumpy_evening_pulse", wander(14, at=EVENING), weight=2, words="""
        heart rate varied a lot between five and nine in the evening
        an up and down pulse in the evening"""),
    says("patchy_pulse_record", recorded(0.25, 0.75), weight=2, words="""
        heart rate was recorded for only a quarter to three quarters of the day
        a patchy pulse record"""),
    says("complete_pulse_record", recorded(0.97, margin=0.03), weight=1.5, words="""
        heart rate was recorded for practically every minute of the day
        a complete pulse record"""),
    says("pulse_missing_at_night", recorded(high=0.1, at=NIGHT), recorded(0.5, at=WAKING), weight=2, words="""
        heart rate was recorded by day but not between midnight and five
        no pulse readings at night although there are some by day"""),
    says("hrv_30_50", hrv(30, 50), weight=1.5, words="""
        average HRV between 30 and 50 milliseconds over the day
        mean RMSSD of the day from thirty to fifty"""),
    says("night_hrv_50_80", hrv(50, 80, at=NIGHT), weight=1.5, words="""
        average HRV between 50 and 80 milliseconds from midnight to five
        mean RMSSD at night from fifty to eighty"""),
    says("evening_hrv_low", hrv(high=35, at=EVENING), weight=2, words="""
        average HRV of 35 milliseconds or less from five to nine in the evening
        a low heart rate variability in the evening"""),
    says("evening_hrv_high", hrv(65, at=EVENING), weight=2, words="""
        average HRV of 65 milliseconds or more from five to nine in the evening
        a high heart rate variability in the evening"""),
)  # fmt: skip
