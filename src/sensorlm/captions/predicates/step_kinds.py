"""What people say of steps by ranges, shares, pace, walks and sitting, finer than in `moving`: predicates and wordings.

Further wordings of every row are in wordings/step_kinds.txt.
"""

from sensorlm.captions.predicates.base import (
    AFTERNOON,
    ANY,
    DAY,
    EVENING,
    EVENING_HOURS,
    FORENOON,
    FROM_NOON,
    MORNING,
    NIGHT,
    NOON_TO_NINE,
    WAKING,
    WALKED,
    Predicate,
    Span,
    ask,
    says,
)
from sensorlm.records import Fact

WALK = 70.0
NO_WALK = 40.0
PAST_NOON: Span = (720, 1439)
MORNING_AFTERNOON: Span = (480, 1020)
AFTERNOON_EVENING: Span = (780, 1260)
MORNING_EVENING: Span = (480, 1260)


def total(low: float = 0, high: float = 1e6, at: Span = DAY, margin: float = 500) -> Fact:
    """Steps in some hours."""
    return ask("total", "steps", low, high, at=at, margin=margin)


def minutes(above: float, low: float = 0, high: float = 1440, margin: float = 8) -> Fact:
    """Minutes of the day with more steps than a number."""
    return ask("minutes_above", "steps", low, high, over=above, margin=margin)


def unbroken(low: float = 0, high: float = 1440, above: float = 60, margin: float = 3) -> Fact:
    """Longest run of minutes at a walking pace."""
    return ask("longest_above", "steps", low, high, over=above, margin=margin)


def still(low: float = 0, high: float = 1440, at: Span = WAKING, margin: float = 15) -> Fact:
    """Longest time without a step."""
    return ask("longest_below", "steps", low, high, at=at, over=ANY, margin=margin)


def reached(share: float, low: float = 0, high: float = 1440, at: Span = DAY, margin: float = 30) -> Fact:
    """When a share of the steps of some hours had been taken."""
    return ask("minute_of_share", "steps", low, high, at=at, over=share, margin=margin)


def lump(minutes_long: float, low: float = 0, high: float = 1, margin: float = 0.04) -> Fact:
    """Share of the day's steps in its busiest minutes in a row."""
    return ask("busiest_share", "steps", low, high, over=minutes_long, margin=margin)


def peak(low: float, high: float) -> Fact:
    """When the middle of the busiest hour was."""
    return ask("busiest_minute", "steps", low, high, over=60, margin=20)


def shift(span: Span, low: float = -500, high: float = 500, margin: float = 2) -> Fact:
    """The last four of some hours against the first four, in steps a minute."""
    return ask("change", "steps", low, high, at=span, over=240, margin=margin)


def hours(steps: float, low: float, high: float = 24, margin: float = 0.5) -> Fact:
    """Hours of the fourteen from eight to ten with more steps than a number."""
    return ask("hours_above", "steps", low, high, at=WAKING, over=steps / 60, margin=margin)


def walk(at: Span, low: float = WALK, high: float = 1000, of: float = 15) -> Fact:
    """Whether there was a walk in some hours."""
    return ask("busiest_mean", "steps", low, high, at=at, over=of, margin=12)


STEP_KINDS: tuple[Predicate, ...] = (
    says("steps_1000_2500", total(1000, 2500, margin=300), weight=2,
         words="between 1,000 and 2,500 steps\nfrom one thousand to two and a half thousand steps"),
    says("steps_2500_5000", total(2500, 5000), weight=1.5,
         words="between 2,500 and 5,000 steps\nfrom two and a half to five thousand steps"),
    says("steps_5000_7500", total(5000, 7500),
         words="between 5,000 and 7,500 steps\nfrom five to seven and a half thousand steps"),
    says("steps_7500_10000", total(7500, 10000),
         words="between 7,500 and 10,000 steps\nfrom seven and a half to ten thousand steps"),
    says("steps_10000_12500", total(10000, 12500), weight=1.5,
         words="between 10,000 and 12,500 steps\nfrom ten to twelve and a half thousand steps"),
    says("steps_12500_15000", total(12500, 15000), weight=2,
         words="between 12,500 and 15,000 steps\nfrom twelve and a half to fifteen thousand steps"),
    says("steps_15000_20000", total(15000, 20000, margin=700), weight=2.5,
         words="between 15,000 and 20,000 steps\nfrom fifteen to twenty thousand steps"),
    says("morning_500_1500", total(500, 1500, MORNING, 200),
         words="between 500 and 1,500 steps from eight to noon\nfive hundred to fifteen hundred steps in the morning"),
    says("morning_1500_3000", total(1500, 3000, MORNING, 250), weight=1.5,
         words="between 1,500 and 3,000 steps from eight to noon\n"
               "fifteen hundred to three thousand steps in the morning"),
    says("afternoon_500_1500", total(500, 1500, AFTERNOON, 200),
         words="between 500 and 1,500 steps from noon to five\nfive hundred to fifteen hundred steps in the afternoon"),
    says("afternoon_1500_3000", total(1500, 3000, AFTERNOON, 250), weight=1.5,
         words="between 1,500 and 3,000 steps from noon to five\nfifteen hundred to three thousand in the afternoon"),
    says("evening_500_1500", total(500, 1500, EVENING, 200),
         words="between 500 and 1,500 steps from five to nine\nfive hundred to fifteen hundred steps in the evening"),
    says("evening_1500_3000", total(1500, 3000, EVENING, 250), weight=1.5,
         words="between 1,500 and 3,000 steps from five to nine\n"
               "fifteen hundred to three thousand steps in the evening"),
    says("night_few_steps", total(20, 200, NIGHT, 20), weight=2,
         words="between 20 and 200 steps from midnight to five\na few steps in the night, but only a few"),
    says("lunch_500_1500", total(500, 1500, (720, 840), 150),
         words="between 500 and 1,500 steps from twelve to two\na middling number of steps over lunch"),
    says("no_steps_nine_to_noon", total(high=100, at=(540, 720), margin=80), weight=2,
         words="at most a hundred steps between nine and noon\nas good as no walking from nine to twelve"),
    says("no_steps_two_to_four", total(high=50, at=(840, 960), margin=60), weight=1.5,
         words="at most fifty steps between two and four\nas good as no walking from two to four in the afternoon"),
    says("no_steps_seven_to_nine", total(high=50, at=(1140, 1260), margin=60), weight=1.5,
         words="at most fifty steps between seven and nine in the evening\n"
               "as good as no walking from seven to nine pm"),
    says("quarter_by_nine", reached(0.25, high=540), WALKED, weight=2,
         words="a quarter of the steps were taken before nine\n25 percent of the day's walking was done by nine"),
    says("tenth_by_noon", reached(0.1, 720), WALKED, weight=2.5,
         words="less than a tenth of the steps were taken before noon\n"
               "90 percent of the day's walking came after noon"),
    says("third_to_half_by_noon", reached(0.33, high=720), reached(0.5, 720), WALKED, weight=1.5,
         words="between a third and half of the steps were taken by noon\n33 to 50 percent of the steps before noon"),
    says("middle_noon_three", reached(0.5, 720, 900), WALKED, weight=1.5,
         words="the halfway mark of the day's steps was reached between noon and three\n"
               "half the steps had been taken at some time from twelve to three"),
    says("middle_three_six", reached(0.5, 900, 1080), WALKED, weight=1.5,
         words="the halfway mark of the day's steps was reached between three and six\n"
               "half the steps had been taken at some time from three to six"),
    says("third_after_seven", reached(0.667, 1140), WALKED, weight=2,
         words="a third of the steps came after seven in the evening\nat least 33 percent of the walking after 7 pm"),
    says("hour_fifth_to_third", lump(60, 0.2, 0.33), WALKED,
         words="the busiest hour held between a fifth and a third of the steps\n"
               "20 to 33 percent of the steps in one hour"),
    says("hour_third_to_half", lump(60, 0.33, 0.5), WALKED, weight=2,
         words="the busiest hour held between a third and half of the steps\n"
               "33 to 50 percent of the steps in one hour"),
    says("quarter_in_half_hour", lump(30, 0.25), WALKED, weight=2,
         words="a quarter of the steps came within half an hour\nat least 25 percent of the steps in thirty minutes"),
    says("three_hours_most", lump(180, 0.6, margin=0.06), WALKED, weight=2.5,
         words="three hours in a row held 60 percent of the steps or more\n"
               "most of the steps came in one block of three hours"),
    says("brisk_10_30", minutes(100, 10, 30, margin=4), weight=1.5,
         words="between 10 and 30 minutes with over a hundred steps a minute\nten to thirty brisk minutes"),
    says("foot_10_30", minutes(60, 10, 30, margin=5), weight=1.5,
         words="between 10 and 30 minutes of walking in all\nten to thirty minutes with more than 60 steps a minute"),
    says("foot_30_60", minutes(60, 30, 60, margin=6), weight=1.5,
         words="between 30 and 60 minutes of walking in all\nhalf an hour to an hour with more than 60 steps a minute"),
    says("foot_60_120", minutes(60, 60, 120, margin=10), weight=2,
         words="between one and two hours of walking in all\n60 to 120 minutes with more than 60 steps a minute"),
    says("foot_two_hours", minutes(60, 120, margin=15), weight=3,
         words="two hours or more of walking in all\nat least 120 minutes with more than 60 steps a minute"),
    says("quick_pace_minutes", minutes(120, 10, margin=4), weight=2.5,
         words="ten minutes or more with over 120 steps a minute\nat least ten minutes at a very quick pace"),
    says("no_minute_over_eighty", ask("max", "steps", high=80, margin=12), weight=2.5,
         words="not one minute with more than eighty steps\nthe quickest minute had eighty steps at most"),
    says("top_cadence_100_130", ask("max", "steps", 100, 130, margin=6),
         words="the quickest minute had between 100 and 130 steps\ntop cadence of a hundred to a hundred and thirty"),
    says("top_cadence_150", ask("max", "steps", 150, margin=8), weight=3,
         words="the quickest minute had 150 steps or more\ntop cadence of at least a hundred and fifty"),
    says("slow_walker", minutes(60, 15, margin=5), minutes(100, high=5, margin=5), weight=2.5,
         words="plenty of walking, hardly any of it over a hundred steps a minute\n"
               "a quarter of an hour's walking or more, all slow"),
    says("walks_two_three", ask("bouts_above", "steps", 2, 3, over=45, margin=0.5), weight=1.5,
         words="two or three walks\na couple of separate walks, three at most"),
    says("walks_eight", ask("bouts_above", "steps", 8, over=45, margin=1.5), weight=2.5,
         words="eight walks or more\nat least eight separate walks"),
    says("never_three_minutes", unbroken(high=2, margin=2), weight=2,
         words="never walked for more than two minutes at a time\nno walking of three minutes in a row"),
    says("longest_5_10", unbroken(5, 10, margin=1.5), weight=1.5,
         words="the longest walk without a pause took 5 to 10 minutes\n"
               "five to ten minutes of walking at most at a time"),
    says("longest_10_20", unbroken(10, 20, margin=2), weight=2,
         words="the longest walk without a pause took 10 to 20 minutes\n"
               "ten to twenty minutes of walking at most at a time"),
    says("hour_without_pause", unbroken(60, above=ANY, margin=10), weight=2.5,
         words="a whole hour or more with steps in every minute\nan hour on the feet without one still minute"),
    says("walks_morning_evening", walk(FORENOON), walk(EVENING_HOURS), weight=2.5,
         words="a walk in the morning and another in the evening\nwalked before noon and again after five"),
    says("walk_only_after_noon", walk(PAST_NOON), walk(FORENOON, 0, NO_WALK, 10), weight=2,
         words="no walk in the morning, but one after noon\ndid not go for a walk until past noon"),
    says("stepping_under_two_hours", minutes(ANY, high=120, margin=20), weight=1.5,
         words="fewer than 120 minutes with any step\nless than two hours of the day on the move"),
    says("stepping_two_four_hours", minutes(ANY, 120, 240, margin=20),
         words="between two and four hours with steps\n120 to 240 minutes of the day on the move"),
    says("stepping_four_six_hours", minutes(ANY, 240, 360, margin=20), weight=1.5,
         words="between four and six hours with steps\n240 to 360 minutes of the day on the move"),
    says("active_hours_3_5", hours(250, 3, 5),
         words="250 steps in three to five of the hours from eight to ten\nthree, four or five active hours"),
    says("active_hours_6_8", hours(250, 6, 8),
         words="250 steps in six to eight of the hours from eight to ten\nsix, seven or eight active hours"),
    says("no_thousand_hour", hours(1000, 0, 0), weight=1.5,
         words="no hour between eight and ten with more than a thousand steps\n"
               "never 1,000 steps in one hour of the day"),
    says("thousand_hours_four", hours(1000, 4), weight=2,
         words="more than a thousand steps in four hours or more\n"
               "at least four hours of the day with over 1,000 steps"),
    says("two_thousand_hour", hours(2000, 1), weight=2,
         words="at least one hour with more than two thousand steps\nmore than 2,000 steps within one hour"),
    says("hour_or_two_missed", hours(6, 12, 13), weight=1.5,
         words="steps in all hours from eight to ten but one or two\nonly one or two waking hours without steps"),
    says("never_hour_still", still(high=60, margin=12), weight=1.5,
         words="never a whole hour without a step by day\nno hour of sitting between eight and ten"),
    says("sat_hour_each_part", still(60, at=MORNING), still(60, at=AFTERNOON), still(60, at=EVENING_HOURS), weight=2.5,
         words="an hour without a step in the morning, the afternoon and the evening\n"
               "sat for an hour in each part of the day"),
    says("last_nine_eleven", ask("last_above", "steps", 1260, 1380, at=FROM_NOON, over=10, margin=15), weight=1.5,
         words="took the last steps between nine and eleven\noff the feet for good from nine to eleven at night"),
    says("busy_hour_seven_nine", peak(420, 540), WALKED, weight=2.5,
         words="the busiest hour was between seven and nine in the morning\nthe hour with most steps was around eight"),
    says("busy_hour_nine_noon", peak(540, 720), WALKED, weight=2,
         words="the busiest hour was between nine and noon\nthe hour with most steps came in mid-morning"),
    says("busy_hour_noon_three", peak(720, 900), WALKED, weight=2,
         words="the busiest hour was between noon and three\nthe hour with most steps came early in the afternoon"),
    says("busy_hour_three_six", peak(900, 1080), WALKED, weight=2,
         words="the busiest hour was between three and six\nthe hour with most steps came late in the afternoon"),
    says("busy_hour_six_nine", peak(1080, 1260), WALKED, weight=2,
         words="the busiest hour was between six and nine in the evening\nthe hour with most steps came after six"),
    says("morning_quietest", shift(MORNING_AFTERNOON, 2), shift(MORNING_EVENING, 2), weight=2,
         words="fewer steps in the morning than in the afternoon and in the evening\n"
               "the morning was the quietest part"),
    says("evening_quietest", shift(AFTERNOON_EVENING, high=-2), shift(MORNING_EVENING, high=-2), weight=2,
         words="fewer steps in the evening than in the morning and in the afternoon\n"
               "the evening was the quietest part"),
    says("afternoon_dip", shift(MORNING_AFTERNOON, high=-2), shift(AFTERNOON_EVENING, 2), weight=2.5,
         words="more steps in the morning and in the evening than in the afternoon\n"
               "two busy times with a quiet afternoon"),
    says("afternoon_hump", shift(MORNING_AFTERNOON, 2), shift(AFTERNOON_EVENING, high=-2), weight=2,
         words="more steps in the afternoon than in the morning and in the evening\none busy time, in the afternoon"),
    says("twice_in_morning", reached(0.667, high=720, at=MORNING_AFTERNOON), weight=2.5,
         words="twice as many steps from eight to noon as from noon to five\n"
               "the morning had at least double the afternoon"),
    says("twice_in_afternoon", reached(0.333, 720, at=MORNING_AFTERNOON), weight=2,
         words="twice as many steps from noon to five as from eight to noon\n"
               "the afternoon had at least double the morning"),
    says("twice_in_evening", reached(0.333, 1020, at=NOON_TO_NINE), weight=2.5,
         words="twice as many steps from five to nine as from noon to five\n"
               "the evening had at least double the afternoon"),
    says("even_morning_evening", shift(MORNING_EVENING, -2, 2), WALKED, weight=1.5,
         words="about as many steps in the morning as in the evening\nmorning and evening were equally busy"),
    says("neither_walk_nor_sitting", walk(DAY, 0, 60), still(high=90), weight=3,
         words="neither a walk of a quarter of an hour nor long sitting\nno proper walk, but no long sitting either"),
    says("many_steps_none_brisk", total(8000, margin=800), minutes(100, high=10, margin=5), weight=3,
         words="over eight thousand steps, although hardly any were brisk\nat least 8,000 steps without fast walking"),
    says("many_steps_long_sitting", total(8000, margin=800), still(120), weight=3,
         words="over eight thousand steps, although two hours went by without one\n"
               "at least 8,000 steps and yet long sitting"),
)  # fmt: skip
