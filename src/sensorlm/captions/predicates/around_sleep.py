"""What people say of the time around waking, counted from it and not by the clock: rows of predicate and wordings.

Rows of the night itself and of the way to bed are in `around_sleep_more`. Further wordings of every row are in
wordings/around_sleep.txt.
"""

from sensorlm.captions.anchors import ANCHORS, MARK
from sensorlm.captions.predicates.base import WALKED, Predicate, Span, ask, says
from sensorlm.records import Fact

INFINITE = float("inf")
HALF_HOUR: Span = (0, 30)
HOUR: Span = (0, 60)
TWO_HOURS: Span = (0, 120)
FOUR_HOURS: Span = (0, 240)
WAKING_HOURS: Span = (0, 14 * 60)
"""The pulse of later minutes may be one of sleep again."""
TO_THE_END: Span = (0, 20 * 60)
BUSY_HOURS: Span = (0, 15 * 60)


def around(
    anchor: str, statistic: str, subject: str, low: float, high: float, at: Span, *,
    over: float = 0, margin: float = 0, when: bool = False,
) -> Fact:  # fmt: skip
    """A fact about minutes counted from an anchor, before it below 0; `when`, so are the bounds."""
    place = ANCHORS[anchor]
    low, high = (low + place, high + place) if when else (low, high)
    window = (at[0] + place, at[1] + place)
    return ask(statistic, subject + MARK + anchor, low, high, at=window, over=over, margin=margin)


def walked(low: float, high: float, at: Span, margin: float) -> Fact:
    """Steps in some minutes after waking."""
    return around("waking", "total", "steps", low, high, at, margin=margin)


def came(statistic: str, subject: str, over: float, low: float, high: float, margin: float, at: Span) -> Fact:
    """How many minutes after waking something came."""
    return around("waking", statistic, subject, low, high, at, over=over, margin=margin, when=True)


def pace_came(pace: float, low: float, high: float = INFINITE, margin: float = 15) -> Fact:
    """How many minutes after waking the first minute of so many steps came."""
    return came("first_above", "steps", pace, low, high, margin, TO_THE_END)


def half_came(low: float, high: float) -> Fact:
    """How many minutes after waking half of the steps of the next sixteen hours were taken."""
    return came("minute_of_share", "steps", 0.5, low, high, 40, (0, 16 * 60))


def busiest_came(low: float, high: float) -> Fact:
    """How many minutes after waking the busiest hour on foot lay."""
    return came("busiest_minute", "steps", 60, low, high, 30, BUSY_HOURS)


def at_waking(low: float = -200, high: float = 200, margin: float = 2.5) -> Fact:
    """The pulse of the first quarter of an hour awake less that of the last asleep."""
    return around("waking", "change", "HR", low, high, (-15, 15), over=15, margin=margin)


def first_pulse(low: float = 0, high: float = 300) -> Fact:
    """Mean heart rate of the first half hour awake."""
    return around("waking", "mean", "HR", low, high, HALF_HOUR, margin=3)


def first_top(low: float = 0, high: float = 300) -> Fact:
    """Highest heart rate of the first half hour awake."""
    return around("waking", "max", "HR", low, high, HALF_HOUR, margin=4)


def first_hour_less_day(low: float = -200, high: float = 200) -> Fact:
    """Mean heart rate of the first hour awake less that of the thirteen hours after it."""
    return around("waking", "start_less_rest", "HR", low, high, WAKING_HOURS, over=60, margin=2)


def last_hour_less_sleep(low: float = -200, high: float = 200) -> Fact:
    """Mean heart rate of the last hour before waking less that of the three hours before it."""
    return around("waking", "end_less_rest", "HR", low, high, (-240, 0), over=60, margin=1.2)


def toward_waking(low: float = -200, high: float = 200) -> Fact:
    """The pulse of the last quarter of an hour asleep less that of one an hour earlier."""
    return around("waking", "change", "HR", low, high, (-60, 0), over=15, margin=2)


def last_wander(low: float = 0, high: float = 200) -> Fact:
    """How much the pulse varied in the last two hours before waking."""
    return around("waking", "std", "HR", low, high, (-120, 0), margin=0.6)


IDLE = walked(0, 10, HALF_HOUR, 25)

AROUND_WAKING: tuple[Predicate, ...] = (
    says("waking_on_feet_at_once", walked(130, INFINITE, (0, 15), 50), weight=2.5,
         words="at least 130 steps in the first quarter of an hour after waking\non the feet at once after waking"),
    says("waking_idle_half_hour", IDLE, WALKED, weight=2,
         words="at most ten steps in the first half hour after waking\n"
               "no steps to speak of for half an hour after waking"),
    says("waking_idle_then_going", walked(0, 30, HALF_HOUR, 30), walked(300, INFINITE, (30, 90), 100), weight=3,
         words="at most thirty steps in the half hour after waking and over 300 in the hour after that\n"
               "idle for half an hour after waking, then well on the move"),
    says("waking_burst_then_idle", walked(180, INFINITE, HALF_HOUR, 60), walked(0, 150, (30, 90), 60), weight=3,
         words="over 180 steps in the half hour after waking and at most 150 in the hour after that\n"
               "quick out of bed, then sat down again"),
    says("waking_slow_hour", walked(0, 80, HOUR, 60), WALKED, weight=2,
         words="at most eighty steps in the first hour after waking\nslow to get going after waking"),
    says("waking_busy_hour", walked(900, INFINITE, HOUR, 250), weight=2.5,
         words="at least 900 steps in the first hour after waking\na busy first hour after waking"),
    says("waking_busy_two_hours", walked(2000, INFINITE, TWO_HOURS, 400), weight=2.5,
         words="at least 2000 steps in the first two hours after waking\na lot of walking within two hours of waking"),
    says("waking_slow_two_hours", walked(0, 260, TWO_HOURS, 130), WALKED, weight=2.5,
         words="at most 260 steps in the first two hours after waking\nhardly any walking within two hours of waking"),
    says("waking_walk_soon", pace_came(60, 0, 40), weight=2,
         words="the first minute of walking came within forty minutes of waking\nwalking soon after waking"),
    says("waking_walk_late", pace_came(60, 210, margin=45), weight=2.5,
         words="no minute of real walking in the first three and a half hours after waking\n"
               "the first walking came long after waking"),
    says("waking_brisk_soon", pace_came(100, 0, 75), weight=2.5,
         words="a minute of a hundred steps within an hour and a quarter of waking\nbrisk walking soon after waking"),
    says("waking_brisk_late", pace_came(100, 360, margin=60), weight=2,
         words="no minute of a hundred steps in the first six hours after waking\n"
               "the first brisk minute came long after waking"),
    says("waking_half_steps_soon", half_came(0, 320), WALKED, weight=2,
         words="half of the day's steps were taken within five and a half hours of waking\n"
               "most walking in the first hours awake"),
    says("waking_half_steps_late", half_came(570, INFINITE), WALKED, weight=2,
         words="half of the day's steps came only nine and a half hours after waking or later\n"
               "most walking long after waking"),
    says("waking_busiest_first", busiest_came(0, 165), WALKED, weight=2,
         words="the hour with the most steps was one of the first three after waking\n"
               "never on the move more than right after waking"),
    says("waking_busiest_middle", busiest_came(300, 540), WALKED, weight=1.5,
         words="the hour with the most steps lay five to nine hours after waking\n"
               "most on the move in the middle of the waking day"),
    says("waking_busiest_last", busiest_came(660, INFINITE), WALKED, weight=2,
         words="the hour with the most steps lay eleven hours after waking or later\n"
               "most on the move when the waking day was nearly over"),
    says("waking_ten_minute_walk", around("waking", "busiest_mean", "steps", 65, INFINITE, TWO_HOURS, over=10,
         margin=15), weight=2.5,
         words="a walk of ten minutes within two hours of waking\nout for a proper walk soon after waking"),
    says("waking_no_walk_at_all", around("waking", "busiest_mean", "steps", 0, 15, TWO_HOURS, over=10, margin=8),
         WALKED, weight=2,
         words="nothing like a walk in the first two hours after waking\n"
               "never more than 150 steps in ten minutes for two hours after waking"),
    says("waking_long_seat", around("waking", "longest_below", "steps", 85, INFINITE, FOUR_HOURS, over=0.5, margin=15),
         WALKED, weight=2.5,
         words="not one step for nearly an hour and a half or longer within four hours of waking\n"
               "one very long sit in the first four hours awake"),
    says("waking_short_seats", around("waking", "longest_below", "steps", 0, 28, FOUR_HOURS, over=0.5, margin=8),
         weight=2.5,
         words="never half an hour without a step in the first four hours after waking\n"
               "only short sits in the first four hours awake"),
    says("waking_pulse_jumps", at_waking(15), weight=2.5,
         words="heart rate rose by fifteen or more from the last quarter of an hour asleep to the first awake\n"
               "the pulse jumped at waking"),
    says("waking_pulse_gentle", at_waking(-3, 5), weight=2,
         words="heart rate rose by no more than five from the last quarter of an hour asleep to the first awake\n"
               "a gentle start for the heart at waking"),
    says("waking_pulse_calm", first_pulse(high=62), weight=2,
         words="mean heart rate of 62 or lower in the first half hour after waking\na calm pulse right after waking"),
    says("waking_pulse_high", first_pulse(80), weight=2.5,
         words="mean heart rate of 80 or higher in the first half hour after waking\na high pulse right after waking"),
    says("waking_top_high", first_top(100), weight=2.5,
         words="heart rate reached a hundred within half an hour of waking\nthe heart was racing soon after waking"),
    says("waking_top_low", first_top(high=78), weight=2,
         words="heart rate never passed 78 in the first half hour after waking\n"
               "no peak of the pulse in the first half hour awake"),
    says("waking_hour_over_day", first_hour_less_day(2.5), weight=2.5,
         words="heart rate higher in the first hour after waking than in the thirteen hours after it\n"
               "the heart was livelier right after waking than later"),
    says("waking_hour_under_day", first_hour_less_day(high=-9), weight=2,
         words="heart rate nine beats or more lower in the first hour after waking than in the thirteen after it\n"
               "the heart was much calmer right after waking than later"),
    says("waking_hundred_soon", came("first_above", "HR", 100, 0, 50, 15, TO_THE_END), weight=2.5,
         words="heart rate first passed a hundred within fifty minutes of waking\n"
               "the first effort came soon after waking"),
    says("waking_hundred_late", came("first_above", "HR", 100, 270, INFINITE, 45, TO_THE_END), weight=2,
         words="heart rate stayed at a hundred or below for four and a half hours after waking, then passed it\n"
               "the first effort for the heart came long after waking"),
    says("sleep_last_hour_up", last_hour_less_sleep(1.8), weight=2,
         words="heart rate higher in the last hour before waking than in the three hours before it\n"
               "the pulse had come up in the last hour of sleep"),
    says("sleep_last_hour_down", last_hour_less_sleep(high=-2), weight=2,
         words="heart rate lower in the last hour before waking than in the three hours before it\n"
               "the pulse had come down in the last hour of sleep"),
    says("sleep_end_climbs", toward_waking(3.5), weight=2.5,
         words="heart rate rose over the last hour before waking\nthe pulse climbed toward waking"),
    says("sleep_end_sinks", toward_waking(high=-3.5), weight=2.5,
         words="heart rate fell over the last hour before waking\nthe pulse still sank toward waking"),
    says("sleep_end_jagged", last_wander(5), weight=2.5,
         words="heart rate varied a lot in the last two hours before waking\na jagged pulse at the end of sleep"),
    says("sleep_end_even", last_wander(high=2.6), weight=2,
         words="heart rate hardly varied in the last two hours before waking\nan even pulse at the end of sleep"),
    says("waking_heart_up_feet_still", first_pulse(70), walked(0, 50, HALF_HOUR, 30), weight=3,
         words="mean heart rate of 70 or higher but at most fifty steps in the first half hour after waking\n"
               "the heart was up before the feet"),
    says("waking_feet_up_heart_calm", first_pulse(high=71), walked(150, INFINITE, HALF_HOUR, 50), weight=3,
         words="at least 150 steps but a mean heart rate of 71 or lower in the first half hour after waking\n"
               "the feet were up before the heart"),
)  # fmt: skip
