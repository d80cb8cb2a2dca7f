"""What people say of wearing the device and of taking it off: rows of predicate and wordings.

Worn is what `captions.wearing` says: a pulse sensor answers by its pulse, a step counter by its record. Further
wordings of every row are in wordings/wear.txt.
"""

from sensorlm.captions.facts import WORN
from sensorlm.captions.predicates.base import (
    AFTERNOON,
    DAY,
    EVENING,
    LUNCH,
    MORNING,
    NIGHT,
    WAKING,
    Predicate,
    Span,
    ask,
    says,
)
from sensorlm.records import Fact

BEDTIME: Span = (1335, 1440)
FROM_BREAKFAST: Span = (540, 1140)
# The device exists: a day without any heart rate says nothing about when it was worn.
WORN_BY_DAY = ask("coverage", WORN, 0.4, at=WAKING, margin=0.4)
WORN_AT_ALL = ask("coverage", WORN, 0.3, at=DAY, margin=0.3)

WEAR: tuple[Predicate, ...] = (
    says("off_at_night", ask("coverage", WORN, high=0.1, at=NIGHT, margin=0.4), WORN_BY_DAY, weight=3, words="""
        the device was off at night
        not worn while sleeping
        the watch lay on the bedside table overnight
        taken off for the night
        no pulse recorded during the night"""),
    says("on_at_night", ask("coverage", WORN, 0.9, at=NIGHT, margin=0.4), words="""
        the device was worn at night
        kept on while sleeping
        the watch stayed on the wrist overnight
        not taken off for the night
        pulse recorded all through the night"""),
    says("off_in_morning", ask("coverage", WORN, high=0.2, at=MORNING, margin=0.3), WORN_AT_ALL, weight=3, words="""
        the device was off in the morning
        not worn before noon
        the watch was put on late
        no pulse recorded during the morning
        a gap in the recording all morning"""),
    says("off_in_afternoon", ask("coverage", WORN, high=0.2, at=AFTERNOON, margin=0.3), WORN_AT_ALL, weight=3, words="""
        the device was off in the afternoon
        not worn after lunch
        the watch was left somewhere in the afternoon
        no pulse recorded during the afternoon
        a gap in the recording all afternoon"""),
    says("off_in_evening", ask("coverage", WORN, high=0.2, at=EVENING, margin=0.3), WORN_AT_ALL, weight=3, words="""
        the device was off in the evening
        not worn after work
        the watch came off before the evening
        no pulse recorded during the evening
        a gap in the recording all evening"""),
    says("worn_all_day", ask("coverage", WORN, 0.95, at=DAY, margin=0.1), words="""
        worn around the clock
        the device was never taken off
        a complete recording
        no gaps in the pulse to speak of
        on the wrist for the whole twenty-four hours"""),
    says("barely_worn", ask("coverage", WORN, 0.02, 0.3, at=DAY, margin=0.15), weight=3, words="""
        the device was barely worn
        most of the day is missing
        only a few hours were recorded
        the watch was off most of the time
        large gaps in the recording"""),
)  # fmt: skip


def worn(low: float = 0, high: float = 1, at: Span = DAY, margin: float = 0.3) -> Fact:
    """Share of some hours with the device on."""
    return ask("coverage", WORN, low, high, at=at, margin=margin)


def off_for(low: float = 0, high: float = 1440, at: Span = DAY, margin: float = 20) -> Fact:
    """Longest time without the device."""
    return ask("longest_gap", WORN, low, high, at=at, margin=margin)


MORE_WEAR: tuple[Predicate, ...] = (
    says("on_in_morning", worn(0.9, at=MORNING), words="""
        the device was on in the morning
        worn from eight to noon"""),
    says("on_in_afternoon", worn(0.9, at=AFTERNOON), words="""
        the device was on in the afternoon
        worn from noon to five"""),
    says("on_in_evening", worn(0.9, at=EVENING), words="""
        the device was on in the evening
        worn from five to nine"""),
    says("off_at_bedtime", worn(high=0.1, at=BEDTIME), worn(0.4, at=WAKING), weight=2.5, words="""
        the device was off in the last hours before midnight
        no longer worn after half past ten in the evening"""),
    says("on_at_bedtime", worn(0.9, at=BEDTIME), words="""
        the device was on in the last hours before midnight
        still worn after half past ten in the evening"""),
    says("off_at_lunch", worn(high=0.15, at=LUNCH), WORN_AT_ALL, weight=2.5, words="""
        the device was off around midday
        not worn between twelve and two"""),
    says("on_by_day", worn(0.92, at=WAKING, margin=0.2), words="""
        the device was on through all waking hours
        worn from eight in the morning to ten at night"""),
    says("by_day_only", worn(high=0.1, at=NIGHT), worn(0.85, at=FROM_BREAKFAST), weight=3, words="""
        worn by day but not at night
        the device was on in daytime only"""),
    says("by_night_only", worn(0.85, at=NIGHT), worn(high=0.2, at=WAKING), weight=3, words="""
        worn at night but not by day
        the device was on for the night only"""),
    says("mostly_worn", worn(0.72, 0.93, margin=0.06), words="""
        worn for most of the day, with some gaps
        the device was on for about twenty hours"""),
    says("half_worn", worn(0.38, 0.64, margin=0.08), weight=2, words="""
        worn for about half of the day
        the device was on for some twelve hours"""),
    says("off_for_hours", off_for(180, margin=60), WORN_AT_ALL, weight=2, words="""
        the device was off for hours on end
        hours without the device at a stretch"""),
    says("off_for_most_of_day", off_for(720, margin=120), worn(0.05, margin=0.04), weight=2.5, words="""
        the device was off for twelve hours or more at a stretch
        half a day without the device"""),
    says("never_off_for_long", off_for(high=25, margin=25), words="""
        the device was never off for more than half an hour
        no long time without the device"""),
    says("off_for_hours_by_day", off_for(150, at=WAKING, margin=50), worn(0.2, at=WAKING), weight=2.5, words="""
        the device was off for hours in daytime
        hours of the waking day without the device"""),
    says("off_for_an_hour_by_day", off_for(40, 120, at=WAKING, margin=15), weight=2.5, words="""
        the device was off for an hour or so in daytime
        one short time of the waking day without the device"""),
    says("not_off_by_day", off_for(high=15, at=WAKING, margin=15), words="""
        the device was not taken off in daytime
        no gap of more than a quarter of an hour by day"""),
    says("put_on_after_ten", worn(high=0.05, at=(0, 600)), worn(0.6, at=(720, 1080)), weight=3, words="""
        the device was put on after ten in the morning
        not worn before ten, then worn"""),
    says("put_on_after_seven", worn(high=0.05, at=(0, 420)), worn(0.6, at=(600, 1020)), weight=2, words="""
        the device was put on after seven in the morning
        not worn before seven, then worn"""),
    says("taken_off_by_nine", worn(0.6, at=(600, 1020)), worn(high=0.05, at=(1260, 1440)), weight=3, words="""
        the device was taken off by nine in the evening
        worn by day, no longer after nine"""),
    says("taken_off_by_six", worn(0.6, at=(540, 900)), worn(high=0.05, at=(1080, 1440)), weight=3, words="""
        the device was taken off by six in the evening
        worn by day, no longer after six"""),
    says("off_both_ends", worn(high=0.1, at=NIGHT), worn(0.6, at=FROM_BREAKFAST), worn(high=0.1, at=BEDTIME), weight=3,
         words="""
        off at night, worn by day, off again late in the evening
        the device was on between breakfast and bedtime only"""),
)  # fmt: skip
