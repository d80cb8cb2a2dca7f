"""What else people say of nights: totals, hours by the clock, this evening's bedtime, trips, rising: rows of predicate.

Further wordings of every row are in wordings/more_sleep_kinds.txt.
"""

from sensorlm.captions.predicates.base import ANY, NIGHT, Predicate, Span, ask, says
from sensorlm.captions.predicates.nights import asleep_at, began, ended, lain_awake, longest, slept_at_most
from sensorlm.captions.predicates.pulse import shift
from sensorlm.captions.predicates.sleep import HAS_NIGHT, SLEEP
from sensorlm.captions.predicates.sleep_kinds import DEEP_NIGHT, asleep, night_pulse, rose, stepped
from sensorlm.captions.predicates.sleep_quality import REALLY, longest_waking, part, unbroken, wakings
from sensorlm.records import Fact

THIS_EVENING: Span = (1200, 1440)
FORENOON_HOURS: Span = (540, 720)
FIRST_TWO_HOURS: Span = (0, 120)
BEFORE_DAWN: Span = (300, 420)
SOUND_ASLEEP = asleep(225, at=DEEP_NIGHT)
UP_SINCE_TEN = asleep(high=0, at=(600, 690))
"""Sleep after it is a nap and not the end of a long night."""


def in_all(low: float, high: float) -> tuple[Fact, Fact]:
    """Minutes asleep within the day, naps and all, on a day with a night in its log."""
    return HAS_NIGHT, asleep(low, high, margin=12)


def tonight(low: float, high: float = 1440) -> Fact:
    """When the sleep at the end of the day began."""
    return ask("event_start", SLEEP, low, high, at=THIS_EVENING, margin=10)


def trips(low: float, high: float = 99) -> Fact:
    """How many times of ten minutes between midnight and five had more than ten steps."""
    return ask("bouts_above", "steps", low, high, at=NIGHT, over=1, margin=0)


def longest_trip(low: float, high: float = 300) -> Fact:
    """Most minutes in a row with steps between midnight and five."""
    return ask("longest_above", "steps", low, high, at=NIGHT, over=ANY, margin=2)


MORE_SLEEP_KINDS: tuple[Predicate, ...] = (
    says("total_five_to_six", *in_all(300, 360), weight=2,
         words="between five and six hours of sleep in the whole day\nall sleep of the day came to 5 to 6 hours"),
    says("total_six_to_seven", *in_all(360, 420), weight=1.5,
         words="between six and seven hours of sleep in the whole day\nall sleep of the day came to 6 to 7 hours"),
    says("total_seven_to_eight", *in_all(420, 480), weight=1.5,
         words="between seven and eight hours of sleep in the whole day\nall sleep of the day came to 7 to 8 hours"),
    says("total_eight_to_nine", *in_all(480, 540), weight=2,
         words="between eight and nine hours of sleep in the whole day\nall sleep of the day came to 8 to 9 hours"),
    says("total_under_six", *in_all(0, 360), weight=1.5,
         words="less than six hours of sleep in the whole day\nall sleep of the day came to under 6 hours"),
    says("sleep_about_seven", longest(390, 450, 12), asleep(high=465, at=(0, 720)), weight=1.5,
         words="slept for six and a half to seven and a half hours\na night of about seven hours"),
    says("sleep_eight_to_nine", longest(480, 540, 12), weight=2,
         words="slept between eight and nine hours at night\na night of 8 to 9 hours"),
    says("sleep_nine_to_ten", longest(540, 600, 12), weight=3,
         words="slept between nine and ten hours at night\na night of 9 to 10 hours"),
    says("bed_nine_to_half_ten", began(-180, -90, 12), weight=2.5,
         words="went to sleep between nine and half past ten the evening before\nsleep began between 9 and 10 30 pm"),
    says("bed_half_ten_to_half_eleven", began(-90, -30, 12), weight=2,
         words="went to sleep between half past ten and half past eleven the evening before\n"
               "sleep began around eleven"),
    says("bed_half_twelve_to_half_one", began(30, 90, 12), weight=1.5,
         words="went to sleep between half past twelve and half past one\nsleep began around one in the morning"),
    says("bed_half_one_to_three", began(90, 180, 12), weight=2.5,
         words="went to sleep between half past one and three\nsleep began around two in the morning"),
    says("bed_after_three", began(180, 480), weight=3,
         words="went to sleep after three in the morning\nsleep began when the night was nearly over"),
    says("tonight_by_half_ten", tonight(1200, 1350), weight=3,
         words="went to sleep before half past ten at the end of the day\nthe coming night began before 10 30 pm"),
    says("tonight_around_eleven", tonight(1350, 1410), weight=2.5,
         words="went to sleep between half past ten and half past eleven at the end of the day\n"
               "the coming night began around 11 pm"),
    says("tonight_eleven_to_midnight", tonight(1380), weight=2.5,
         words="went to sleep between eleven and midnight at the end of the day\n"
               "the coming night began in the day's last hour"),
    says("up_half_five_to_half_six", *rose(330, 390), weight=2.5,
         words="got up between half past five and half past six\nsleep ended around six in the morning"),
    says("up_half_seven_to_half_eight", ended(450, 510, 12), weight=1.5,
         words="woke up between half past seven and half past eight\nsleep ended around eight in the morning"),
    says("up_nine_to_ten", ended(540, 600, 12), weight=2.5,
         words="woke up between nine and ten in the morning\nsleep ended from 9 to 10 am"),
    says("up_after_ten", ended(600, 900), weight=3,
         words="woke up after ten in the morning\nsleep went on until ten or later"),
    says("late_but_up_on_time", began(45, 300), *rose(390, 480), weight=3,
         words="went to sleep past a quarter to one and was up between half past six and eight all the same\n"
               "late to bed but up on time"),
    says("lark", began(-240, -45), ended(180, 385), weight=3,
         words="asleep by a quarter past eleven and up before half past six\nthe hours of a lark, early at both ends"),
    says("owl", began(75, 480), ended(535, 900), weight=3,
         words="asleep past a quarter past one and awake only about nine or later\n"
               "the hours of an owl, late at both ends"),
    says("office_sleeper", began(-75, 30), *rose(360, 450), weight=2.5,
         words="asleep between a quarter to eleven and half past twelve, up between six and half past seven\n"
               "the sleeping hours of an office worker"),
    says("day_nap_half_to_two_hours", asleep(30, 120, at=(690, 1200)), UP_SINCE_TEN, weight=3,
         words="slept half an hour to two hours between half past eleven and eight by day\n"
               "a proper nap by day"),
    says("forenoon_slept", asleep(45, at=FORENOON_HOURS, margin=15), weight=2.5,
         words="slept for three quarters of an hour or more between nine and noon\n"
               "a good part of the forenoon slept away"),
    says("forenoon_awake", HAS_NIGHT, asleep(high=0, at=FORENOON_HOURS),
         words="no sleep between nine and noon\nawake for the whole forenoon"),
    says("settled_from_start", asleep(112, at=FIRST_TWO_HOURS), lain_awake(high=3, at=FIRST_TWO_HOURS, margin=3),
         weight=2.5,
         words="asleep from midnight to two with hardly a minute awake\nsettled from the start of the night"),
    says("unsettled_at_start", lain_awake(10, at=FIRST_TWO_HOURS, margin=4), weight=2,
         words="awake in bed for ten minutes or more between midnight and two\nunsettled at the start of the night"),
    says("wakings_one_to_four", wakings(1, 4), weight=2.5,
         words="woke up one to four times in the night\nbetween 1 and 4 awakenings"),
    says("wakings_ten_to_sixteen", wakings(10, 16), weight=1.5,
         words="woke up ten to sixteen times in the night\nbetween 10 and 16 awakenings"),
    says("half_hour_awake_at_once", longest_waking(28, margin=5), weight=3,
         words="lay awake for about half an hour or more at a stretch\n"
               "one waking of the night lasted close to 30 minutes or longer"),
    says("awake_before_dawn", lain_awake(12, at=BEFORE_DAWN, margin=4), weight=2.5,
         words="lay awake for twelve minutes or more between five and seven\nwakeful around six in the morning"),
    says("sound_before_dawn", asleep(115, at=BEFORE_DAWN), lain_awake(high=3, at=BEFORE_DAWN, margin=3), weight=2.5,
         words="asleep from five to seven with hardly a minute awake\nslept soundly toward morning"),
    says("no_trips", trips(0, 0), weight=1.2,
         words="never more than ten steps in ten minutes from midnight to five\nno trip on foot at night"),
    says("one_trip", trips(1, 1), weight=2,
         words="one spell of more than ten steps from midnight to five\na single trip on foot at night"),
    says("two_or_three_trips", trips(2, 3), weight=2.5,
         words="two or three spells of more than ten steps from midnight to five\ntwo or three trips on foot at night"),
    says("four_trips", trips(4), weight=3,
         words="four or more spells of more than ten steps from midnight to five\n"
               "at least four trips on foot at night"),
    says("short_trips_only", longest_trip(1, 4), weight=2,
         words="steps from midnight to five, but for four minutes in a row at most\nonly short trips at night"),
    says("long_trip", longest_trip(12), weight=2.5,
         words="steps for twelve minutes or more in a row between midnight and five\na long trip at night"),
    says("up_by_seven_and_going", ended(345, 420), stepped(350, at=(420, 480), margin=100), weight=3,
         words="awake by seven and well on the move from seven to eight\nup at once after an early waking"),
    says("up_by_seven_and_lazing", ended(345, 420), stepped(high=100, at=(420, 480)), weight=3,
         words="awake by seven but at most a hundred steps from seven to eight\nlazed on after an early waking"),
    says("up_by_eight_and_going", ended(420, 480), stepped(350, at=(480, 540), margin=100), weight=3,
         words="awake between seven and eight and well on the move from eight to nine\nsoon on the feet after waking"),
    says("up_by_eight_and_lazing", ended(420, 480), stepped(high=100, at=(480, 540)), weight=3,
         words="awake between seven and eight but at most a hundred steps from eight to nine\n"
               "in no hurry to move after waking"),
    says("asleep_pulse_low", SOUND_ASLEEP, night_pulse(high=52), weight=2.5,
         words="asleep from one to five with a pulse of 52 or lower on average\n"
               "a very slow heart in deep night's sleep"),
    says("asleep_pulse_fifties", SOUND_ASLEEP, night_pulse(52, 60), weight=1.5,
         words="asleep from one to five with a pulse from 52 to 60 on average\na pulse in the fifties while asleep"),
    says("asleep_pulse_raised", SOUND_ASLEEP, night_pulse(65), weight=2.5,
         words="asleep from one to five with a pulse of 65 or higher on average\na raised pulse while asleep"),
    says("asleep_pulse_falls", SOUND_ASLEEP, shift(DEEP_NIGHT, 60, high=-4), weight=2.5,
         words="asleep from one to five, with a slower heart at the end of it than at the start\n"
               "the pulse sank during sleep"),
    says("asleep_pulse_rises", SOUND_ASLEEP, shift(DEEP_NIGHT, 60, 3), weight=2.5,
         words="asleep from one to five, with a faster heart at the end of it than at the start\n"
               "the pulse rose during sleep"),
    says("long_in_bits", longest(465), unbroken(high=80), weight=3,
         words="over seven and three quarter hours in bed, but never eighty minutes of sleep on end\n"
               "long in bed but broken"),
    says("short_but_efficient", *slept_at_most(390), part(REALLY, 0.94, margin=0.012), weight=3,
         words="under six and a half hours, but asleep for 94 percent of them\n"
               "a short night with hardly a minute of it wasted"),
    *asleep_at("five", 300, """
        asleep at five in the morning
        sleeping at 5 am""", """
        awake at five in the morning
        not sleeping at 5 am"""),
    *asleep_at("nine", 540, """
        asleep at nine in the morning
        sleeping at 9 am""", """
        awake at nine in the morning
        not sleeping at 9 am"""),
)  # fmt: skip
