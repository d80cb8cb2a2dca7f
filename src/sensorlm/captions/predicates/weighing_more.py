"""What people say of how the pulse weighs walking against sitting, bands, jumps and drift: rows of predicate.

Further wordings of every row are in wordings/weighing.txt.
"""

from sensorlm.captions.predicates.base import DAY, NIGHT, WAKING, Predicate, Span, ask, says
from sensorlm.records import Fact


def walking(low: float = 0, high: float = 300) -> Fact:
    """Mean heart rate in minutes of walking by day."""
    return ask("mean", "HR@walking", low, high, at=WAKING, margin=3)


def sitting(low: float = 0, high: float = 300) -> Fact:
    """Mean heart rate in minutes without a step by day."""
    return ask("mean", "HR@still", low, high, at=WAKING, margin=2)


def lift(low: float = -300, high: float = 300) -> Fact:
    """Heart rate while walking above that without a step."""
    return ask("mean", "HR@walking-still", low, high, at=WAKING, margin=2)


def sitting_varies(low: float = 0, high: float = 300) -> Fact:
    """Standard deviation of the heart rate in minutes without a step by day."""
    return ask("std", "HR@still", low, high, at=WAKING, margin=0.8)


def drift(of: str, minutes_long: float, low: float = -300, high: float = 300, margin: float = 1) -> Fact:
    """Last hours of the waking day against the first, in minutes of walking or without a step."""
    return ask("change", of, low, high, at=WAKING, over=minutes_long, margin=margin)


def stirred(bpm: float, low: float = 0, high: float = 1440) -> Fact:
    """Minutes without a step and with a heart rate above a number."""
    return ask("minutes_above", "HR@still", low, high, at=WAKING, over=bpm, margin=3 + 0.1 * low)


def highest_sitting(low: float, high: float) -> Fact:
    """When the highest heart rate without a step came."""
    return ask("minute_of_max", "HR@still", low, high, at=WAKING, margin=20)


def banded(middle: int, low: float = 0, high: float = 1) -> Fact:
    """Share of the minutes by day with a heart rate within ten beats of a number."""
    return ask("share_below", f"HR~{middle}", low, high, at=WAKING, over=10, margin=0.05)


def over_100(low: float = 0, high: float = 1) -> Fact:
    """Share of the minutes by day with a heart rate above a hundred."""
    return ask("share_above", "HR", low, high, at=WAKING, over=100, margin=0.02)


def fall(low: float = -300, high: float = 300) -> Fact:
    """Beats by which the pulse had fallen three to five minutes after walks, on average."""
    return ask("mean", "drop@walk_end", low, high, margin=2)


def calming(low: float = 0, high: float = 10) -> Fact:
    """Minutes from a walk's end until the pulse was down by ten beats, on average."""
    return ask("mean", "calming@walk_end", low, high, margin=0.3)


def steady_hours(low: float, high: float = 14) -> Fact:
    """Hours of those from eight to ten in which the pulse varied by five beats at most, by its deviation."""
    return ask("steady_hours", "HR", low, high, at=WAKING, over=5, margin=0.5)


def jumps(bpm: float, low: float, high: float = 1440, at: Span = WAKING) -> Fact:
    """How often the pulse rose by so many beats from three minutes to the next three."""
    return ask("jumps", "HR", low, high, at=at, over=bpm, margin=0.5)


def jitter(low: float = 0, high: float = 300) -> Fact:
    """Mean change of the pulse from one minute to the next."""
    return ask("jitter", "HR", low, high, at=WAKING, margin=0.15)


def lead(low: float = 0, high: float = 300) -> Fact:
    """Pulse of the ten minutes by day with the highest above the mean by day."""
    return ask("busiest_lead", "HR", low, high, at=WAKING, over=10, margin=2.5)


def amplitude(low: float = 0, high: float = 1) -> Fact:
    """Pulse of the liveliest ten hours against that of the calmest five, difference over sum."""
    return ask("amplitude", "HR", low, high, at=DAY, margin=0.012)


WEIGHING_MORE: tuple[Predicate, ...] = (
    says("walking_pulse_low", walking(high=86), weight=2.5,
         words="a heart rate of 86 or less on average while walking\na low pulse during walks"),
    says("walking_pulse_high", walking(110), weight=2.5,
         words="a heart rate of 110 or more on average while walking\na high pulse during walks"),
    says("sitting_pulse_low", sitting(high=64), weight=2,
         words="a heart rate of 64 or less on average in minutes without a step by day\na low pulse while sitting"),
    says("sitting_pulse_high", sitting(79), weight=2.5,
         words="a heart rate of 79 or more on average in minutes without a step by day\na high pulse while sitting"),
    says("walking_lifts_pulse_little", lift(high=19), weight=2.5,
         words="heart rate at most 19 beats higher while walking than while still\nwalking lifted the pulse little"),
    says("walking_lifts_pulse_much", lift(36), weight=2.5,
         words="heart rate 36 beats or more higher while walking than while still\nwalking lifted the pulse a lot"),
    says("sitting_pulse_even", sitting_varies(high=5.5), weight=2,
         words="heart rate hardly varied while sitting by day\nan even pulse as long as the feet were still"),
    says("sitting_pulse_uneven", sitting_varies(10), weight=2.5,
         words="heart rate varied a lot while sitting by day\nan uneven pulse even with still feet"),
    says("sitting_pulse_drifts_up", drift("HR@still", 240, 4.5), weight=2.5,
         words="heart rate while sitting higher from six to ten than from eight to noon\n"
               "the sitting pulse drifted up over the day"),
    says("sitting_pulse_drifts_down", drift("HR@still", 240, high=-2.5), weight=2.5,
         words="heart rate while sitting lower from six to ten than from eight to noon\n"
               "the sitting pulse drifted down over the day"),
    says("sitting_pulse_no_drift", drift("HR@still", 240, -1.5, 2), weight=2,
         words="heart rate while sitting the same from six to ten as from eight to noon\n"
               "the sitting pulse did not drift over the day"),
    says("walking_pulse_climbs", drift("HR@walking", 420, 6, margin=3), weight=3,
         words="heart rate while walking higher after three than before\nwalks after three cost the heart more"),
    says("walking_pulse_sinks", drift("HR@walking", 420, high=-8, margin=3), weight=3,
         words="heart rate while walking lower after three than before\nwalks after three cost the heart less"),
    says("sitting_over_80_three_hours", stirred(80, 170), weight=2.5,
         words="nearly three hours or more by day without a step and yet a pulse over 80\n"
               "the pulse over eighty on still feet for hours"),
    says("sitting_over_90_forty", stirred(90, 38), weight=2.5,
         words="forty minutes or so by day, or more, without a step and yet a pulse over 90\n"
               "the pulse over ninety on still feet for a good while"),
    says("sitting_over_90_never", stirred(90, high=1), weight=2,
         words="not more than a minute by day with a pulse over 90 and no step\n"
               "the pulse never over ninety on still feet"),
    says("sitting_under_60_two_hours", ask("minutes_below", "HR@still", 120, at=WAKING, over=60, margin=15), weight=2,
         words="two hours or more by day without a step and with a pulse under 60\n"
               "the pulse under sixty on still feet for hours"),
    says("sitting_pulse_tops_in_morning", highest_sitting(480, 690), weight=2.5,
         words="the highest pulse on still feet came between eight and half past eleven\n"
               "the sitting pulse peaked in the morning"),
    says("sitting_pulse_tops_in_evening", highest_sitting(1080, 1320), weight=2.5,
         words="the highest pulse on still feet came between six and ten in the evening\n"
               "the sitting pulse peaked in the evening"),
    says("pulse_falls_far_after_walks", fall(22), weight=3,
         words="the pulse fell by 22 beats or more in the minutes after walks\na deep fall of the pulse after walks"),
    says("pulse_falls_little_after_walks", fall(high=16), weight=3,
         words="the pulse fell by sixteen beats or less in the minutes after walks\n"
               "a shallow fall of the pulse after walks"),
    says("calm_within_two_minutes", calming(high=1.6), weight=3,
         words="ten beats slower within less than two minutes after walks, on average\n"
               "hardly two minutes to calm down after a walk"),
    says("calm_takes_minutes", calming(2), weight=3,
         words="two minutes or more until the pulse was ten beats down after walks, on average\n"
               "some minutes to calm down after a walk"),
    says("sixty_to_eighty_mostly", banded(70, 0.66), weight=2,
         words="a pulse of 60 to 80 in two thirds of the waking day or more\nmostly between sixty and eighty by day"),
    says("sixty_to_eighty_little", banded(70, high=0.32), weight=2,
         words="a pulse of 60 to 80 in less than a third of the waking day\nseldom between sixty and eighty by day"),
    says("eighty_to_hundred_mostly", banded(90, 0.48), weight=2.5,
         words="a pulse of 80 to 100 in about half of the waking day or more\n"
               "largely between eighty and a hundred by day"),
    says("waking_under_60_quarter", ask("share_below", "HR", 0.23, at=WAKING, over=60, margin=0.05), weight=2.5,
         words="a pulse under 60 in about a quarter of the waking day or more\n"
               "much of the day awake under sixty beats"),
    says("waking_over_100_eighth", over_100(0.13), weight=2.5,
         words="a pulse over 100 in an eighth of the waking day or more\nmuch of the day awake over a hundred beats"),
    says("steady_hours_many", steady_hours(7), weight=2,
         words="a steady pulse in seven or more of the hours from eight to ten\n"
               "steady within the hour for half the day"),
    says("steady_hours_none", steady_hours(0, 0), weight=2,
         words="a steady pulse in none of the hours from eight to ten\nnot one steady hour of the pulse by day"),
    says("pulse_jumps_often", jumps(20, 6), weight=2.5,
         words="six or more sudden jumps of the pulse by twenty beats by day\nthe pulse jumped again and again by day"),
    says("pulse_jumps_never", jumps(20, 0, 0), weight=2,
         words="no sudden jump of the pulse by twenty beats by day\nthe pulse never jumped by day"),
    says("pulse_jumps_at_night", jumps(15, 1, at=NIGHT), weight=3,
         words="a sudden jump of the pulse by fifteen beats between midnight and five\nthe pulse jumped at night"),
    says("pulse_restless_minutely", jitter(4.1), weight=2.5,
         words="over four beats of change from one minute to the next by day\nthe pulse changed by the minute by day"),
    says("pulse_smooth_minutely", jitter(high=2.5), weight=2.5,
         words="at most two and a half beats of change from one minute to the next by day\n"
               "the pulse moved smoothly by day"),
    says("quickest_ten_far_above", lead(44), weight=2.5,
         words="the highest ten minutes of the pulse by day lay 44 beats or more over its mean\n"
               "the heart's top ten minutes far above its usual"),
    says("quickest_ten_near", lead(high=21), weight=2.5,
         words="the highest ten minutes of the pulse by day lay 21 beats or less over its mean\n"
               "the heart's top ten minutes close to its usual"),
    says("pulse_amplitude_strong", amplitude(0.175), weight=3,
         words="the pulse of the liveliest ten hours over forty percent above that of the calmest five\n"
               "a strong swing of the pulse from its calm hours to its lively ones"),
    says("pulse_amplitude_weak", amplitude(high=0.09), weight=3,
         words="the pulse of the liveliest ten hours at most twenty percent above that of the calmest five\n"
               "a weak swing of the pulse from its calm hours to its lively ones"),
)  # fmt: skip
