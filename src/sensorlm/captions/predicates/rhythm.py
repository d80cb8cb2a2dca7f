"""What people say of the shape of a day: when it began and ended, how moving and rest took turns: rows of predicate.

Further wordings of every row are in wordings/rhythm.txt.
"""

from sensorlm.captions.predicates.base import (
    ANY,
    DAY,
    FROM_FOUR,
    FROM_NOON,
    MORNING,
    WAKING,
    WALKED,
    Predicate,
    Span,
    ask,
    says,
)
from sensorlm.records import Fact

TWO_TO_FOUR: Span = (840, 960)
SIX_TO_EIGHT: Span = (1080, 1200)


def steps(low: float = 0, high: float = 100_000, at: Span = DAY, margin: float = 100) -> Fact:
    """Steps taken in some hours."""
    return ask("total", "steps", low, high, at=at, margin=margin)


def first(low: float, high: float) -> Fact:
    """When the first minute of more than ten steps came, from four in the morning on."""
    return ask("first_above", "steps", low, high, at=FROM_FOUR, over=10, margin=20)


def last(low: float, high: float) -> Fact:
    """When the last minute of more than ten steps came."""
    return ask("last_above", "steps", low, high, at=FROM_NOON, over=10, margin=20)


def from_first_to_last(low: float = 0, high: float = 1440) -> Fact:
    """Minutes from the first steps after four in the morning to the last."""
    return ask("span_above", "steps", low, high, at=FROM_FOUR, over=10, margin=40)


def longest_rest(low: float, high: float) -> Fact:
    """Most minutes in a row without a step between eight and ten."""
    return ask("longest_below", "steps", low, high, at=WAKING, over=ANY, margin=15)


RHYTHM: tuple[Predicate, ...] = (
    says("first_steps_six_to_seven", first(360, 420), weight=1.5, words="""
        the first steps came between six and seven in the morning
        got moving at some time between six and seven"""),
    says("first_steps_eight_to_ten", first(480, 600), weight=1.5, words="""
        the first steps came between eight and ten in the morning
        got moving at some time between eight and ten"""),
    says("last_steps_nine_to_ten", last(1260, 1320), weight=1.5, words="""
        the last steps came between nine and ten in the evening
        stopped moving at some time between nine and ten at night"""),
    says("last_steps_ten_to_eleven", last(1320, 1380), weight=1.5, words="""
        the last steps came between ten and eleven in the evening
        stopped moving at some time between ten and eleven at night"""),
    says("active_day_short", from_first_to_last(high=720), weight=2.5, words="""
        less than twelve hours from the first steps to the last
        a short active day, twelve hours at most from the first steps to the last"""),
    says("active_day_middling", from_first_to_last(780, 900), words="""
        thirteen to fifteen hours from the first steps to the last
        an active day neither short nor long, thirteen to fifteen hours from end to end"""),
    says("active_day_long", from_first_to_last(990), weight=2, words="""
        more than sixteen hours from the first steps to the last
        a long active day, over sixteen hours from the first steps to the last"""),
    says("many_turns", ask("bouts_above", "steps", 12, over=15, margin=2), weight=2, words="""
        a dozen or more separate times of moving with rests between
        moving and resting took turns at least twelve times"""),
    says("few_turns", ask("bouts_above", "steps", 1, 4, over=15, margin=0.5), weight=2, words="""
        only a few separate times of moving, four at most
        moved in one to four bouts with rest around them"""),
    says("longest_rest_hour", longest_rest(60, 120), weight=1.5, words="""
        the longest time without a step by day was between one and two hours
        sat through an hour at least once, but never through more than two"""),
    says("longest_rest_two_hours", longest_rest(120, 180), weight=1.5, words="""
        the longest time without a step by day was between two and three hours
        sat through two hours at least once, but never through more than three"""),
    says("still_two_to_four", steps(high=30, at=TWO_TO_FOUR), WALKED, weight=2, words="""
        next to no steps between two and four in the afternoon
        quiet from two to four, on a day with some walking"""),
    says("moving_two_to_four", steps(1200, at=TWO_TO_FOUR, margin=300), weight=2, words="""
        over a thousand steps between two and four in the afternoon
        on the move from two to four"""),
    says("still_six_to_eight", steps(high=30, at=SIX_TO_EIGHT), WALKED, weight=2, words="""
        next to no steps between six and eight in the evening
        quiet from six to eight, on a day with some walking"""),
    says("moving_six_to_eight", steps(1200, at=SIX_TO_EIGHT, margin=300), weight=2, words="""
        over a thousand steps between six and eight in the evening
        on the move from six to eight"""),
    says("rest_after_lunch", steps(600, at=MORNING, margin=200), steps(high=60, at=(780, 900)),
         steps(600, at=(900, 1200), margin=200), weight=3, words="""
        a still time between one and three, with moving both before and after
        steps in the morning and in the later afternoon, next to none from one to three"""),
    says("quiet_middle", steps(700, at=(420, 660), margin=250), steps(high=450, at=(690, 900), margin=150),
         steps(700, at=(960, 1200), margin=250), weight=3, words="""
        moving in the morning and in the evening, quiet in the middle of the day
        busy before eleven and after four, little in between"""),
    says("half_by_two", ask("minute_of_share", "steps", 780, 900, over=0.5, margin=30), WALKED, words="""
        half of the steps had been taken at some time between one and three
        the day's walking was balanced around two in the afternoon"""),
    says("active_hours_some", ask("hours_above", "steps", 4, 8, at=(480, 1200), over=250 / 60, margin=0.5), words="""
        at least 250 steps in four to eight of the twelve hours from eight to eight
        active in some hours of the day and quiet in others"""),
)  # fmt: skip
