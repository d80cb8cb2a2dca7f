"""What else people say of pace, walks, sitting and odd records over a day: rows of predicate and wordings.

Further wordings of every row are in wordings/more_step_kinds.txt.
"""

from sensorlm.captions.facts import WORN
from sensorlm.captions.predicates.base import (
    ANY,
    DAY,
    FROM_FOUR,
    NIGHT,
    WAKING,
    Predicate,
    Span,
    ask,
    says,
)
from sensorlm.captions.predicates.step_kinds import hours as busy_hours
from sensorlm.captions.predicates.step_kinds import minutes as afoot
from sensorlm.captions.predicates.wear import worn
from sensorlm.records import Fact

ONE_TO_THREE: Span = (780, 900)
SIX_TO_TEN: Span = (1080, 1320)
NINE_TO_FIVE: Span = (540, 1020)
HOLDS = ask("coverage", "steps", 0.95, at=WAKING, margin=0.05)
"""Of hours that were not recorded nobody can say that they had no steps."""


def pace(minutes_long: float, low: float = 0, high: float = 300) -> Fact:
    """Steps a minute in the busiest so many minutes."""
    return ask("busiest_mean", "steps", low, high, over=minutes_long, margin=6)


def stirring(low: float = 0, high: float = 1, at: Span = WAKING, above: float = ANY, margin: float = 0.06) -> Fact:
    """Share of the minutes with more steps than a number."""
    return ask("share_above", "steps", low, high, at=at, over=above, margin=margin)


def best_walk(low: float, high: float) -> tuple[Fact, Fact]:
    """The busiest twenty minutes were a walk and lay between two minutes of the day."""
    return ask("busiest_minute", "steps", low, high, over=20, margin=20), pace(20, 55)


def walks(low: float, high: float = 99) -> Fact:
    """How many times of ten minutes had over seventy steps a minute."""
    return ask("bouts_above", "steps", low, high, over=70, margin=0.5)


def sat(low: float = 0, high: float = 1440, at: Span = WAKING, margin: float = 12) -> Fact:
    """Most minutes in a row without a step."""
    return ask("longest_below", "steps", low, high, at=at, over=ANY, margin=margin)


def seen(channel: str, low: float = 0, high: float = 1, at: Span = DAY, margin: float = 0.1) -> Fact:
    """Share of some hours with values of one signal."""
    return ask("coverage", channel, low, high, at=at, margin=margin)


MORE_STEP_KINDS: tuple[Predicate, ...] = (
    says("pace_dawdle", pace(10, 35, 60), weight=2,
         words="the quickest ten minutes had 35 to 60 steps a minute\nnothing quicker than dawdling for ten minutes"),
    says("pace_amble", pace(10, 60, 80), weight=1.5,
         words="the quickest ten minutes had 60 to 80 steps a minute\nambling, no more and no less, at the quickest"),
    says("pace_stroll", pace(10, 80, 95), weight=1.5,
         words="the quickest ten minutes had 80 to 95 steps a minute\na strolling pace at the quickest"),
    says("pace_brisk", pace(10, 95, 112), weight=1.5,
         words="the quickest ten minutes had 95 to 112 steps a minute\na brisk pace at the quickest, but no faster"),
    says("pace_stride", pace(10, 112, 132), weight=2,
         words="the quickest ten minutes had 112 to 132 steps a minute\n"
               "striding out, though not running, at the quickest"),
    says("half_hour_stop_and_go", pace(30, 25, 50), weight=1.5,
         words="the busiest half hour had 25 to 50 steps a minute\nstop and go even in the busiest half hour"),
    says("half_hour_steady", pace(30, 65, 90), weight=1.5,
         words="the busiest half hour had 65 to 90 steps a minute\nhalf an hour at a steady, easy walk at best"),
    says("half_hour_quick", pace(30, 92), weight=2.5,
         words="the busiest half hour had over ninety steps a minute\nhalf an hour of quick walking or running"),
    says("many_slow_minutes", afoot(20, 120, margin=15), afoot(90, high=8, margin=5), weight=2.5,
         words="two hours or more of moving, hardly any of it quick\nlots of slow steps and next to no fast ones"),
    says("quick_when_moving", afoot(20, high=140, margin=15), afoot(90, 25, margin=6), weight=2.5,
         words="not much moving, but a good part of it quick\nlittle time on foot, much of that at a good pace"),
    says("walked_never_fast", afoot(60, 20, margin=5), afoot(115, high=1, margin=2), weight=2,
         words="twenty minutes or more of walking, none of it over 115 steps a minute\n"
               "real walks but never in a hurry"),
    says("fast_quarter_hour", afoot(115, 15, margin=5), weight=2,
         words="a quarter of an hour or more with over 115 steps a minute\nfifteen fast minutes at least, all in all"),
    says("pottered_all_day", stirring(0.35), stirring(high=0.1, above=30, margin=0.03), weight=2.5,
         words="a few steps in very many minutes, hardly a minute of real walking\npottering about all day"),
    says("no_pottering", stirring(high=0.25), afoot(60, 25, margin=6), weight=2.5,
         words="still for most of the day but for some real walking\neither walking or still, with little pottering"),
    says("moved_under_an_hour", afoot(20, high=60, margin=10), weight=2,
         words="less than an hour with more than twenty steps a minute\nunder sixty minutes of moving in earnest"),
    says("moved_over_four_hours", afoot(20, 240, margin=20), weight=2.5,
         words="four hours or more with over twenty steps a minute\nover four hours of moving in earnest"),
    says("two_good_walks", walks(2, 2), weight=2,
         words="exactly two walks of ten minutes at a fair pace\ntwo good walks and not a third"),
    says("five_good_walks", walks(5), weight=2.5,
         words="five or more walks of ten minutes at a fair pace\na day of many good walks"),
    says("best_walk_before_eight", *best_walk(240, 480), weight=3,
         words="the day's best walk came between four and eight in the morning\nthe main walk was over by about eight"),
    says("best_walk_nine_to_noon", *best_walk(540, 705), weight=2.5,
         words="the day's best walk came between nine and a quarter to twelve\nthe main walk was a forenoon one"),
    says("best_walk_at_lunch", *best_walk(705, 840), weight=2.5,
         words="the day's best walk came around lunchtime\nthe main walk fell between a quarter to twelve and two"),
    says("best_walk_two_to_five", *best_walk(840, 1020), weight=2.5,
         words="the day's best walk came between two and five\nthe main walk was an afternoon one"),
    says("best_walk_after_five", *best_walk(1020, 1380), weight=2.5,
         words="the day's best walk came after five\nthe main walk was an evening one"),
    says("never_half_hour_still", sat(high=30, margin=10), weight=2.5,
         words="never half an hour without a step by day\nup at least every thirty minutes from eight to ten"),
    says("sat_three_to_four", sat(180, 240), weight=2.5,
         words="the longest time without a step by day was between three and four hours\n"
               "sat through three hours, but not four"),
    says("sat_half_to_hour", sat(30, 60, margin=8), weight=1.5,
         words="the longest time without a step by day was half an hour to an hour\n"
               "sat for half an hour at least once, never over an hour"),
    says("sat_hour_after_lunch", sat(60, at=ONE_TO_THREE), weight=2,
         words="an hour without a step between one and three\nsat for an hour after lunch"),
    says("sat_hour_and_half_after_six", sat(90, at=SIX_TO_TEN), weight=2,
         words="an hour and a half without a step between six and ten\n"
               "sat down for the evening, ninety minutes at least"),
    says("evening_nearly_still", stirring(high=0.1, at=SIX_TO_TEN), weight=2,
         words="steps in hardly any minute between six and ten in the evening\na still evening"),
    says("evening_on_feet", stirring(0.5, at=SIX_TO_TEN), weight=2,
         words="steps in at least every other minute from six to ten in the evening\n"
               "on the feet half of the evening or more"),
    says("slump_after_lunch", stirring(high=0.1, at=ONE_TO_THREE), stirring(0.2, at=(600, 720)), weight=3,
         words="moving from ten to noon but hardly from one to three\na slump after lunch"),
    says("on_feet_after_lunch", stirring(0.6, at=ONE_TO_THREE), weight=2,
         words="steps in most minutes between one and three\non the feet after lunch"),
    says("nine_to_five_still", stirring(high=0.15, at=NINE_TO_FIVE), weight=2,
         words="steps in at most one minute in seven from nine to five\n"
               "sat through the whole of office hours, or nearly"),
    says("nine_to_five_on_feet", stirring(0.6, at=NINE_TO_FIVE), weight=2,
         words="steps in most minutes from nine to five\non the feet through office hours"),
    says("still_hours_many", busy_hours(60, 0, 9), HOLDS, weight=2,
         words="five or more hours by day with at most sixty steps\nmany hours by day nearly without steps"),
    says("still_hours_none", busy_hours(60, 14), weight=2,
         words="more than sixty steps in every hour from eight to ten\nno hour by day nearly without steps"),
    says("active_day_ten_hours", ask("span_above", "steps", 60, 600, at=FROM_FOUR, over=10, margin=40), weight=3,
         words="ten hours or less from the first steps to the last\n"
               "a very short day on the feet, ten hours from end to end at most"),
    says("active_day_eighteen", ask("span_above", "steps", 1070, at=FROM_FOUR, over=10, margin=30), weight=2.5,
         words="nearly eighteen hours or more from the first steps to the last\na very long day on the go"),
    says("pulse_by_night_only", seen("HR", 0.8, at=NIGHT), seen("HR", high=0.15, at=WAKING), weight=3,
         words="heart rate was recorded at night but hardly by day\n"
               "a pulse from midnight to five and next to none after eight"),
    says("pulse_all_waking", seen("HR", 0.95, at=WAKING, margin=0.05),
         words="heart rate was recorded from eight in the morning to ten at night\na pulse for all the waking hours"),
    says("no_pulse_but_on", seen("HR", high=0.02, margin=0.05), worn(0.3, at=DAY), weight=2.5,
         words="the device was on for hours but took no pulse\nworn, yet without any heart rate to speak of"),
    says("put_on_by_lunch", worn(high=0.05, at=(0, 660)), worn(0.6, at=(780, 1140)), weight=3,
         words="the device was not put on before eleven, but was on in the afternoon\n"
               "worn from around lunch at the earliest"),
    says("off_before_bed", worn(0.8, at=(1020, 1200)), worn(high=0.08, at=(1320, 1440)), weight=2.5,
         words="the device was on until eight in the evening and off after ten\ntaken off before bed"),
    says("off_a_moment_by_day", ask("longest_gap", WORN, 12, 40, at=WAKING, margin=8), weight=2,
         words="off for a quarter of an hour or so by day, never longer than forty minutes\n"
               "a short break from the device by day"),
    says("on_and_off_by_day", ask("long_gaps", WORN, 4, at=WAKING, over=10, margin=1), weight=2.5,
         words="off for ten minutes or more at least four times by day\non and off and on again between eight and ten"),
    says("round_the_clock", ask("longest_gap", WORN, high=5, margin=5), weight=1.5,
         words="on around the clock without a gap of more than five minutes\n"
               "never off for more than five minutes, day or night"),
    says("too_little_to_say", worn(0.003, 0.12, at=DAY), weight=3,
         words="worn for less than three hours in all\ntoo little was recorded to say much about the day"),
)  # fmt: skip
