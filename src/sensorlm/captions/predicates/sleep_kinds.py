"""What people say of sleep in ranges, at given hours and by day: rows of predicate and wordings.

Rows of how well someone slept are in `sleep_quality`. Further wordings of every row are in wordings/sleep_kinds.txt.
"""

from sensorlm.captions.predicates.base import NIGHT, Predicate, Span, ask, says
from sensorlm.captions.predicates.bedtimes import up_again
from sensorlm.captions.predicates.nights import asleep_at, began, ended, longest, slept_at_most
from sensorlm.captions.predicates.pulse import pulse
from sensorlm.captions.predicates.sleep import HAS_NIGHT, LAST_NIGHT, SIESTA, SLEEP
from sensorlm.records import Fact

DEEP_NIGHT: Span = (60, 300)
INFINITE = float("inf")


def slept(low: float, high: float) -> tuple[Fact, Fact]:
    """The night's sleep lasted from `low` to `high` minutes, and no second piece made it longer."""
    return longest(low, high, 15), asleep(high=high + 10, at=LAST_NIGHT, margin=15)


def asleep(low: float = 0, high: float = INFINITE, at: Span = (0, 1440), margin: float = 10) -> Fact:
    """Minutes of some hours inside a sleep."""
    return ask("event_minutes", SLEEP, low, high, at=at, margin=margin)


def rose(low: int, high: int) -> tuple[Fact, Fact]:
    """The night's sleep ended between two minutes, with no more sleep in the two hours after."""
    return ended(low, high, 12), up_again(high + 20, high + 120)


def stepped(low: float = 0, high: float = INFINITE, at: Span = DEEP_NIGHT, margin: float = 30) -> Fact:
    """Steps taken in some hours of the night."""
    return ask("total", "steps", low, high, at=at, margin=margin)


def night_pulse(low: float = 0, high: float = 300, at: Span = DEEP_NIGHT) -> Fact:
    """Mean heart rate of the night."""
    return pulse(low, high, at)


SLEEP_KINDS: tuple[Predicate, ...] = (
    says("sleep_four_to_six", *slept(240, 360), weight=2.5, words="""
        slept between four and six hours
        a night of 4 to 6 hours of sleep"""),
    says("sleep_five_to_six", *slept(300, 360), weight=2.5, words="""
        slept between five and six hours
        a night of 5 to 6 hours of sleep"""),
    says("sleep_six_to_seven", *slept(360, 420), weight=2, words="""
        slept between six and seven hours
        a night of 6 to 7 hours of sleep"""),
    says("sleep_six_to_eight", *slept(360, 480), words="""
        slept between six and eight hours
        a night of 6 to 8 hours of sleep"""),
    says("sleep_seven_to_eight", longest(420, 480, 15), weight=1.5, words="""
        slept between seven and eight hours
        a night of 7 to 8 hours of sleep"""),
    says("sleep_seven_to_nine", longest(420, 540, 15), words="""
        slept between seven and nine hours
        a night of 7 to 9 hours of sleep"""),
    says("sleep_eight_to_ten", longest(480, 600, 15), weight=2, words="""
        slept between eight and ten hours
        a night of 8 to 10 hours of sleep"""),
    says("sleep_over_eight", longest(480, margin=15), weight=1.5, words="""
        slept more than eight hours
        a night of over 8 hours of sleep"""),
    says("sleep_under_seven", *slept_at_most(420), weight=1.5, words="""
        slept less than seven hours
        a night of under 7 hours of sleep"""),
    says("day_total_six_to_eight", HAS_NIGHT, asleep(360, 480, margin=15), words="""
        asleep for six to eight of the day's twenty-four hours
        6-8 hours of sleep from midnight to midnight"""),
    says("bed_ten_to_eleven", began(-120, -60, 12), weight=2.5, words="""
        went to bed between ten and eleven
        sleep began between 10 and 11 pm the evening before"""),
    says("bed_eleven_to_midnight", began(-60, 0, 12), weight=2, words="""
        went to bed between eleven and midnight
        sleep began between 11 pm and 12 am"""),
    says("bed_ten_to_midnight", began(-120, 0, 12), weight=1.5, words="""
        went to bed between ten and midnight
        sleep began between 10 pm and 12 am"""),
    says("bed_midnight_to_one", began(0, 60, 12), weight=2, words="""
        went to bed between midnight and one
        sleep began between 12 and 1 am"""),
    says("bed_one_to_two", began(60, 120, 12), weight=2.5, words="""
        went to bed between one and two in the morning
        sleep began between 1 and 2 am"""),
    says("bed_after_one", began(60, 480), weight=2, words="""
        went to bed after one in the morning
        sleep began later than 1 am"""),
    says("up_five_to_six", *rose(300, 360), weight=2.5, words="""
        got up between five and six
        sleep ended between 5 and 6 am"""),
    says("up_six_to_seven", *rose(360, 420), weight=2, words="""
        got up between six and seven
        sleep ended between 6 and 7 am"""),
    says("up_six_to_eight", *rose(360, 480), words="""
        got up between six and eight
        sleep ended between 6 and 8 am"""),
    says("up_seven_to_eight", *rose(420, 480), weight=1.5, words="""
        got up between seven and eight
        sleep ended between 7 and 8 am"""),
    says("up_eight_to_nine", ended(480, 540, 12), weight=2, words="""
        got up between eight and nine
        sleep ended between 8 and 9 am"""),
    says("up_after_noon", ended(720), weight=3, words="""
        slept until noon or later
        sleep ended after 12 in the day"""),
    says("ten_midnight_six_eight", began(-120, 0), ended(360, 480), weight=2.5, words="""
        to bed between ten and midnight and up between six and eight
        fell asleep from 10 to 12 pm and woke from 6 to 8 am"""),
    says("after_midnight_and_short", began(0, 480), *slept_at_most(360), weight=3, words="""
        to bed after midnight and less than six hours of sleep
        a late bedtime and under 6 hours asleep"""),
    says("after_midnight_but_long", began(20, 480), longest(440), weight=2.5, words="""
        to bed after midnight but more than seven hours of sleep
        a late bedtime, yet over 7 hours asleep"""),
    says("before_midnight_and_long", began(high=0), longest(450), weight=2.5, words="""
        to bed before midnight and more than seven and a half hours of sleep
        asleep before 12 and for over seven and a half hours"""),
    says("before_midnight_but_short", began(high=0), *slept_at_most(405), weight=3, words="""
        to bed before midnight but less than seven hours of sleep
        asleep before 12, yet for under 7 hours"""),
    says("main_sleep_by_day", ask("event_start", SLEEP, 240, at=(0, 720), margin=30), asleep(180, at=(300, 1080)),
         weight=3, words="""
        the main sleep began after four in the morning
        slept by day and not by night"""),
    says("part_of_small_hours", asleep(60, 210, at=NIGHT), weight=2, words="""
        slept one to three and a half of the five hours from midnight to five
        asleep for only a part of the small hours"""),
    *asleep_at("seven", 420, """
        asleep at seven in the morning
        sleeping at 7 am""", """
        awake at seven in the morning
        not sleeping at 7 am"""),
    *asleep_at("ten", 600, """
        asleep at ten in the morning
        sleeping at 10 am""", """
        awake at ten in the morning
        not sleeping at 10 am"""),
    says("nap_one_to_three", asleep(15, at=(780, 900), margin=8), weight=3, words="""
        slept a while between one and three in the afternoon
        a nap early in the afternoon"""),
    says("nap_three_to_six", asleep(15, at=(900, 1080), margin=8), weight=3, words="""
        slept a while between three and six in the afternoon
        a nap late in the afternoon"""),
    says("long_night_and_nap", longest(425), asleep(15, at=SIESTA, margin=8), weight=3, words="""
        more than seven hours at night and a nap in the afternoon too
        slept over 7 hours and napped all the same"""),
    says("slept_twice", ask("event_count", SLEEP, 2), weight=2, words="""
        more than one sleep within the day
        slept at least twice between midnight and midnight"""),
    says("slept_once", ask("event_count", SLEEP, 1, 1), words="""
        only one sleep within the day
        slept just once between midnight and midnight"""),
    says("bed_again_after_eleven", asleep(high=0, at=(1260, 1380)), asleep(8, at=(1380, 1440), margin=6),
         weight=2.5, words="""
        asleep again between eleven and midnight at the end of the day
        still up at 11 pm but asleep before 12"""),
    says("asleep_and_stepping", asleep(210, at=DEEP_NIGHT), stepped(60), weight=3, words="""
        logged as asleep between one and five although steps were counted
        steps in the middle of the logged sleep"""),
    says("asleep_and_stepless", asleep(230, at=DEEP_NIGHT), stepped(high=3, margin=12), weight=1.5, words="""
        logged as asleep between one and five, and no steps then
        the sleep log and the step counter both quiet from 1 to 5"""),
    says("still_and_slow_at_night", stepped(high=10), night_pulse(high=60), weight=1.5, words="""
        no steps and a pulse under sixty between one and five
        still feet and a slow heart in the small hours"""),
    says("still_but_fast_at_night", stepped(high=10), night_pulse(66), weight=2.5, words="""
        no steps but a pulse above sixty-five between one and five
        still feet but a fast heart in the small hours"""),
    says("moving_and_fast_at_night", stepped(100, at=NIGHT), night_pulse(68, at=NIGHT), weight=2.5, words="""
        over a hundred steps and a pulse near seventy or more between midnight and five
        neither the feet nor the heart were quiet at night"""),
    says("moving_but_slow_at_night", stepped(60, at=NIGHT), night_pulse(high=62, at=NIGHT), weight=2.5, words="""
        some steps but a pulse around sixty or lower between midnight and five
        the heart was slow at night although the feet moved"""),
)  # fmt: skip
