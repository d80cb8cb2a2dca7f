"""What else people say of the pulse: one part of the day against another, when it peaked, how even, day and night.

Further wordings of every row are in wordings/more_kinds.txt.
"""

from sensorlm.captions.predicates.base import (
    AFTERNOON,
    DAY,
    EVENING_HOURS,
    MORNING_TO_EVENING,
    NIGHT,
    NOON_TO_NINE,
    WAKING,
    WALKED,
    Predicate,
    Span,
    ask,
    says,
)
from sensorlm.captions.predicates.joint_kinds import steps
from sensorlm.captions.predicates.pulse import BEDTIME, MORNING_TO_AFTERNOON, minutes, shift
from sensorlm.captions.predicates.pulse_kinds import topped, wander
from sensorlm.records import Fact

NINE_TO_ONE: Span = (540, 780)
ELEVEN_TO_TWO: Span = (660, 840)
NINE_TO_SIX: Span = (540, 1080)
BREAKFAST_TO_TEN: Span = (420, 1320)
NIGHT_TO_FIVE: Span = (0, 1020)


def afternoon_to_morning(low: float = -500, high: float = 500) -> Fact:
    """The pulse from one to five less that from eight to noon."""
    return shift(MORNING_TO_AFTERNOON, 240, low, high)


def evening_to_morning(low: float = -500, high: float = 500) -> Fact:
    """The pulse from five to nine less that from eight to noon."""
    return shift(MORNING_TO_EVENING, 240, low, high)


def evening_to_afternoon(low: float = -500, high: float = 500) -> Fact:
    """The pulse from five to nine less that from noon to four."""
    return shift(NOON_TO_NINE, 240, low, high)


def bottomed(low: float, high: float) -> Fact:
    """When the lowest pulse from eight to ten came."""
    return ask("minute_of_min", "HR", low, high, at=WAKING, margin=15)


def rest(low: float = 0, high: float = 300, at: Span = DAY, over: float = 30) -> Fact:
    """Mean heart rate of the calmest so many minutes."""
    return ask("quietest_mean", "HR", low, high, at=at, over=over, margin=2)


MORE_KINDS: tuple[Predicate, ...] = (
    says("heart_eases_after_noon", shift(AFTERNOON, 120, high=-6), weight=2,
         words="heart rate fell from the early to the late afternoon\nthe pulse eased off as the afternoon went on"),
    says("heart_rises_after_noon", shift(AFTERNOON, 120, 5), weight=2,
         words="heart rate rose from the early to the late afternoon\nthe pulse climbed as the afternoon went on"),
    says("heart_wakes_to_lunch", shift(NINE_TO_ONE, 60, 6), weight=2,
         words="heart rate higher from noon to one than from nine to ten\nthe pulse got going towards lunch"),
    says("heart_slackens_to_lunch", shift(NINE_TO_ONE, 60, high=-6), weight=2,
         words="heart rate lower from noon to one than from nine to ten\nthe pulse had slackened by lunch"),
    says("heart_up_over_lunch", shift(ELEVEN_TO_TWO, 60, 6), weight=2,
         words="heart rate higher from one to two than from eleven to noon\nthe pulse was up after lunch"),
    says("heart_down_over_lunch", shift(ELEVEN_TO_TWO, 60, high=-6), weight=2,
         words="heart rate lower from one to two than from eleven to noon\nthe pulse was down after lunch"),
    says("heart_up_after_dinner", shift(EVENING_HOURS, 120, 5), weight=2.5,
         words="heart rate higher from eight to ten than from five to seven\nthe pulse was up again after dinner"),
    says("heart_down_after_dinner", shift(EVENING_HOURS, 120, high=-7), weight=1.5,
         words="heart rate lower from eight to ten than from five to seven\nthe pulse came down after dinner"),
    says("heart_breakfast_beats_late", shift(BREAKFAST_TO_TEN, 120, high=-7), weight=2,
         words="heart rate higher at breakfast than from eight to ten at night\n"
               "a livelier pulse at breakfast than late"),
    says("heart_late_beats_breakfast", shift(BREAKFAST_TO_TEN, 120, 7), weight=2,
         words="heart rate lower at breakfast than from eight to ten at night\n"
               "a livelier pulse late than at breakfast"),
    says("heart_livelier_by_teatime", shift(NINE_TO_SIX, 120, 6), weight=2,
         words="heart rate higher from four to six than from nine to eleven\n"
               "the pulse livelier at teatime than at coffee"),
    says("heart_calmer_by_teatime", shift(NINE_TO_SIX, 120, high=-6), weight=2,
         words="heart rate lower from four to six than from nine to eleven\n"
               "the pulse calmer at teatime than at coffee"),
    says("heart_calmest_in_evening", evening_to_morning(high=-3), evening_to_afternoon(high=-3), weight=2,
         words="heart rate lower in the evening than in the morning and in the afternoon\n"
               "the heart was calmest after five"),
    says("heart_liveliest_in_evening", evening_to_morning(3), evening_to_afternoon(3), weight=2,
         words="heart rate higher in the evening than in the morning and in the afternoon\n"
               "the heart was liveliest after five"),
    says("heart_liveliest_in_morning", evening_to_morning(high=-3), afternoon_to_morning(high=-3), weight=2,
         words="heart rate higher in the morning than in the afternoon and in the evening\n"
               "the heart was liveliest before noon"),
    says("heart_calmest_in_morning", evening_to_morning(3), afternoon_to_morning(3), weight=2,
         words="heart rate lower in the morning than in the afternoon and in the evening\n"
               "the heart was calmest before noon"),
    says("heart_hump_after_noon", afternoon_to_morning(3), evening_to_afternoon(high=-3), weight=2,
         words="heart rate higher in the afternoon than in the morning and in the evening\n"
               "the heart was liveliest after lunch"),
    says("heart_dip_after_noon", afternoon_to_morning(high=-3), evening_to_afternoon(3), weight=2.5,
         words="heart rate lower in the afternoon than in the morning and in the evening\n"
               "the heart was calmest after lunch"),
    says("heart_level_parts", afternoon_to_morning(-4, 4), evening_to_morning(-4, 4), weight=2,
         words="heart rate about the same in the morning, the afternoon and the evening\n"
               "no part of the day stood out by pulse"),
    says("topped_before_seven", topped(0, 420), weight=3,
         words="the highest heart rate came before seven in the morning\nthe pulse peaked before breakfast"),
    says("topped_nine_noon", topped(540, 720), weight=1.5,
         words="the highest heart rate came between nine and noon\nthe pulse peaked in the forenoon"),
    says("topped_around_noon", topped(690, 810), weight=2,
         words="the highest heart rate came between half past eleven and half past one\nthe pulse peaked around noon"),
    says("topped_three_six", topped(900, 1080), weight=2,
         words="the highest heart rate came between three and six\nthe pulse peaked late in the afternoon"),
    says("topped_six_eight", topped(1080, 1200), weight=2,
         words="the highest heart rate came between six and eight in the evening\nthe pulse peaked around dinner"),
    says("topped_after_nine", topped(1260, 1439), weight=3,
         words="the highest heart rate came after nine in the evening\nthe pulse peaked when the day was almost over"),
    says("bottomed_forenoon", bottomed(480, 690), weight=2,
         words="the lowest heart rate by day came before half past eleven\n"
               "the daytime pulse was lowest in the forenoon"),
    says("bottomed_afternoon", bottomed(720, 1020), weight=2,
         words="the lowest heart rate by day came between noon and five\n"
               "the daytime pulse was lowest in the afternoon"),
    says("bottomed_evening", bottomed(1140, 1320), weight=2,
         words="the lowest heart rate by day came after seven in the evening\n"
               "the daytime pulse was lowest in the evening"),
    says("even_afternoon_pulse", wander(high=7, at=AFTERNOON), weight=1.5,
         words="heart rate hardly varied between noon and five\nan even pulse all afternoon"),
    says("jagged_afternoon_pulse", wander(13, at=AFTERNOON), weight=2,
         words="heart rate varied a lot between noon and five\na jagged pulse in the afternoon"),
    says("even_waking_pulse", wander(high=8, at=WAKING), weight=2,
         words="heart rate hardly varied between eight in the morning and ten at night\n"
               "an even pulse in the waking hours"),
    says("jagged_waking_pulse", wander(16, at=WAKING), weight=2,
         words="heart rate varied a lot between eight in the morning and ten at night\n"
               "a jagged pulse in the waking hours"),
    says("even_bedtime_pulse", wander(high=4.5, at=BEDTIME), weight=2,
         words="heart rate hardly varied after ten at night\nan even pulse in the last two hours of the day"),
    says("jagged_bedtime_pulse", wander(9.5, at=BEDTIME), weight=2,
         words="heart rate varied a lot after ten at night\na jagged pulse in the last two hours of the day"),
    says("narrow_night_range", ask("spread", "HR", high=22, at=NIGHT, margin=4), weight=2,
         words="lowest and highest heart rate of the night lay close together\n"
               "at most 22 beats of range from midnight to five"),
    says("wide_night_range", ask("spread", "HR", 45, at=NIGHT, margin=5), weight=2,
         words="lowest and highest heart rate of the night lay far apart\n"
               "at least 45 beats of range from midnight to five"),
    says("night_over_ninety", minutes(90, 8, at=NIGHT, margin=5), weight=3,
         words="heart rate above 90 for eight minutes or more between midnight and five\n"
               "a spell over ninety in the small hours"),
    says("night_pulse_up_again", ask("bouts_above", "HR", 2, at=NIGHT, over=80, margin=0.5), weight=3,
         words="heart rate above 80 in two or more spells between midnight and five\n"
               "the pulse got up at least twice at night"),
    says("rest_under_fifty", rest(high=50), weight=2,
         words="the calmest half hour had a heart rate of fifty or less\na resting pulse in the forties or even lower"),
    says("rest_50_60", rest(50, 60),
         words="the calmest half hour had a heart rate between 50 and 60\na resting pulse in the fifties"),
    says("rest_60_70", rest(60, 70), weight=1.5,
         words="the calmest half hour had a heart rate between 60 and 70\na resting pulse in the sixties"),
    says("daytime_rest_low", rest(high=58, at=WAKING, over=60), weight=2,
         words="an hour by day with a heart rate under sixty on average\nthe pulse came right down for an hour by day"),
    says("daytime_rest_high", rest(73, at=WAKING, over=60), weight=2,
         words="no hour by day with a heart rate under 73 on average\nthe pulse never came down for an hour by day"),
    says("clear_pulse_rhythm", shift(NIGHT_TO_FIVE, 300, 21), weight=2,
         words="heart rate over twenty beats higher in the afternoon than at night\n"
               "a strong day and night rhythm of the pulse"),
    says("flat_pulse_rhythm", shift(NIGHT_TO_FIVE, 300, high=9), weight=2,
         words="heart rate hardly higher in the afternoon than at night\na flat day and night rhythm of the pulse"),
    says("clear_body_clock", shift(NIGHT_TO_FIVE, 300, 15), shift(NIGHT_TO_FIVE, 300, 8, of="steps"), weight=2,
         words="pulse and steps both far higher in the afternoon than at night\n"
               "a clear difference between day and night"),
    says("flat_body_clock", shift(NIGHT_TO_FIVE, 300, high=12), shift(NIGHT_TO_FIVE, 300, high=4, of="steps"),
         weight=2.5,
         words="neither pulse nor steps much higher in the afternoon than at night\n"
               "little difference between day and night"),
    says("steps_by_night_as_by_day", shift(NIGHT_TO_FIVE, 300, high=0.5, margin=1.5, of="steps"), WALKED, weight=3,
         words="no more steps in the afternoon than at night\nthe feet made no difference between afternoon and night"),
    says("evening_pulse_up_sitting", minutes(90, 25, at=EVENING_HOURS), steps(high=900, at=EVENING_HOURS, margin=300),
         weight=3, words="heart rate above 90 for a while in the evening although there were few steps\n"
                         "a raised pulse from five to ten on hardly any walking"),
)  # fmt: skip
