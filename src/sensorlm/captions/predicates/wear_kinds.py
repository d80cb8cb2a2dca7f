"""What people say of how much of a day was recorded, in how many pieces and of which signals: rows of predicate.

Further wordings of every row are in wordings/wear_kinds.txt.
"""

from sensorlm.captions.facts import WORN
from sensorlm.captions.predicates.base import (
    AFTERNOON,
    BREAKFAST,
    DAY,
    EVENING,
    MORNING,
    NIGHT,
    Predicate,
    Span,
    ask,
    says,
)
from sensorlm.captions.predicates.wear import WORN_BY_DAY, off_for, worn
from sensorlm.records import Fact

FIRST_HALF: Span = (0, 720)
SECOND_HALF: Span = (720, 1440)
DINNER: Span = (1080, 1200)


def hours(low: float = 0, high: float = 24, margin: float = 1) -> Fact:
    """Hours with the device on, all pieces together."""
    return ask("coverage", WORN, low / 24, high / 24, at=DAY, margin=margin / 24)


def gaps(low: float = 0, high: float = 100, of: str = WORN, over: float = 15, margin: float = 0.5) -> Fact:
    """How many gaps of so many minutes and more there were."""
    return ask("long_gaps", of, low, high, over=over, margin=margin)


def recorded(channel: str, low: float = 0, high: float = 1, margin: float = 0.15) -> Fact:
    """Share of the day with values of one signal."""
    return ask("coverage", channel, low, high, margin=margin)


WEAR_KINDS: tuple[Predicate, ...] = (
    says("worn_quarter", hours(4.5, 7.5), weight=2.5, words="""
        worn for about a quarter of the day
        the device was on for some six hours in all"""),
    says("worn_three_quarters", hours(16.8, 19.2), weight=2, words="""
        worn for about three quarters of the day
        the device was on for some eighteen hours in all"""),
    says("worn_nearly_all", hours(21.8, 23.7, 0.3), weight=1.5, words="""
        worn nearly all day, but not quite
        the device was off for at least a quarter of an hour and at most about two hours in all"""),
    says("worn_over_half", hours(12), words="""
        worn for more than half of the day
        the device was on for at least twelve hours in all"""),
    says("worn_under_half", hours(0.3, 12), weight=1.5, words="""
        worn for less than half of the day
        the device was on for at most twelve hours in all"""),
    says("worn_8_to_12", hours(8, 12, 0.8), weight=2, words="""
        worn for eight to twelve hours
        the device was on for between a third and half of the day"""),
    says("worn_12_to_16", hours(12, 16, 0.8), weight=1.5, words="""
        worn for twelve to sixteen hours
        the device was on for between half and two thirds of the day"""),
    says("gap_under_an_hour", off_for(20, 60, margin=10), weight=2, words="""
        the longest gap in the recording lasted between twenty minutes and an hour
        never off for more than an hour, though off for twenty minutes at least once"""),
    says("gap_one_to_three", off_for(60, 180), weight=2, words="""
        the longest gap in the recording lasted one to three hours
        off for more than an hour but never for more than three"""),
    says("gap_three_to_six", off_for(180, 360, margin=30), weight=2, words="""
        the longest gap in the recording lasted three to six hours
        off for three hours or more on end but never for more than six"""),
    says("gap_six_to_ten", off_for(360, 600, margin=40), weight=1.5, words="""
        the longest gap in the recording lasted six to ten hours
        off for six hours or more on end but never for more than ten"""),
    says("gap_once", gaps(1, 1), worn(0.05, margin=0.04), weight=1.5, words="""
        exactly one gap of a quarter of an hour or more in the recording
        the device was off for fifteen minutes or longer only once"""),
    says("gaps_two_or_three", gaps(2, 3), worn(0.05, margin=0.04), weight=1.5, words="""
        two or three gaps of a quarter of an hour or more in the recording
        the device was off for fifteen minutes or longer two or three times"""),
    says("gaps_many", gaps(5, margin=1.5), weight=2.5, words="""
        five or more gaps of a quarter of an hour or longer in the recording
        a patchy recording with many gaps"""),
    says("first_half_only", worn(0.6, at=FIRST_HALF, margin=0.15), worn(high=0.25, at=SECOND_HALF, margin=0.15),
         weight=3, words="""
        worn before noon and hardly after it
        the device was on for most of the first half of the day and off for most of the second"""),
    says("second_half_only", worn(high=0.25, at=FIRST_HALF, margin=0.15), worn(0.6, at=SECOND_HALF, margin=0.15),
         weight=2, words="""
        worn after noon and hardly before it
        the device was off for most of the first half of the day and on for most of the second"""),
    says("on_morning_off_evening", worn(0.75, at=MORNING, margin=0.2), worn(high=0.2, at=EVENING, margin=0.2),
         weight=2.5, words="""
        worn in the morning but not in the evening
        the device was on from eight to noon and off from five to nine"""),
    says("off_morning_on_evening", worn(high=0.2, at=MORNING, margin=0.2), worn(0.75, at=EVENING, margin=0.2),
         weight=2.5, words="""
        worn in the evening but not in the morning
        the device was off from eight to noon and on from five to nine"""),
    says("on_morning_afternoon_evening", worn(0.9, at=MORNING), worn(0.9, at=AFTERNOON), worn(0.9, at=EVENING),
         words="""
        worn in the morning, in the afternoon and in the evening
        the device was on from eight in the morning to nine in the evening with hardly a break"""),
    says("off_seven_to_nine", worn(high=0.15, at=BREAKFAST), WORN_BY_DAY, weight=2.5, words="""
        off between seven and nine in the morning
        the device was not on around breakfast time"""),
    says("on_seven_to_nine", worn(0.9, at=BREAKFAST), words="""
        on between seven and nine in the morning
        the device was worn around breakfast time"""),
    says("off_six_to_eight", worn(high=0.15, at=DINNER), WORN_BY_DAY, weight=2.5, words="""
        off between six and eight in the evening
        the device was not on around dinner time"""),
    says("off_night_on_by_seven", worn(high=0.1, at=NIGHT), worn(0.85, at=(420, 600)), weight=2.5, words="""
        off at night and on from seven in the morning
        not worn between midnight and five, worn between seven and ten"""),
    says("pulse_only", recorded("HR", 0.4), recorded("steps", high=0.01, margin=0.1), weight=2, words="""
        heart rate was recorded but steps were not
        pulse readings without any step data"""),
    says("pulse_and_steps", recorded("HR", 0.6), recorded("steps", 0.6), words="""
        both heart rate and steps were recorded for most of the day
        steps as well as the pulse are there for more than half of the day"""),
    says("pulse_drops_out", gaps(5, of="HR", over=10, margin=1.5), recorded("HR", 0.25, margin=0.1), weight=2.5,
         words="""
        the pulse was lost for ten minutes or more at least five times
        heart rate dropped out again and again"""),
    says("pulse_unbroken", ask("longest_gap", "HR", high=10, margin=8), weight=1.5, words="""
        no gap of more than ten minutes in the heart rate, day and night
        an unbroken record of the pulse"""),
)  # fmt: skip
