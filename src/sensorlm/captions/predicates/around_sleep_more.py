"""What people say of a night from its beginning to its end, of the way to bed, and of one bedtime against another.

A third of the night is a third of the time from falling asleep to waking, whatever the clock says. Further wordings of
every row are in wordings/around_sleep.txt.
"""

from sensorlm.captions.predicates.around_sleep import INFINITE, around
from sensorlm.captions.predicates.base import WALKED, Predicate, Span, ask, says
from sensorlm.captions.predicates.nights import AWAKE, began
from sensorlm.captions.predicates.sleep import LATE_EVENING, SLEEP
from sensorlm.captions.predicates.sleep_kinds import asleep
from sensorlm.records import Fact

THROUGHOUT: Span = (0, 1440)
FIRST_THIRD: Span = (0, 480)
LAST_THIRD: Span = (960, 1440)
LAST_HOUR: Span = (-60, 0)
LAST_TWO_HOURS: Span = (-120, 0)
LAST_THREE_HOURS: Span = (-180, 0)
WHOLE_EVENING: Span = (-1080, 0)


def night_pulse(statistic: str, low: float, high: float, margin: float, over: float = 0) -> Fact:
    """A number of the heart rate of the whole night, of which the day must hold nearly all."""
    return around("night", statistic, "HR", low, high, THROUGHOUT, over=over, margin=margin)


def lowest_lay(low: float, high: float) -> Fact:
    """Where in the night the slowest twenty-fourth of it lay."""
    return night_pulse("quietest_minute", low, high, 70, over=60)


def awake_part(at: Span, low: float, high: float = 1) -> Fact:
    """Share of a third of the night spent awake."""
    return around("night", "event_part", AWAKE, low, high, at, margin=0.025)


def wakings(anchor: str, at: Span, low: float, high: float = INFINITE, margin: float = 0) -> Fact:
    """How many wakings lie in some minutes."""
    return around(anchor, "event_count", AWAKE, low, high, at, margin=margin)


def longest_waking_lay(low: float, high: float) -> tuple[Fact, Fact]:
    """Where in the night the longest waking lay, of a night that has one worth the name."""
    long = ask("event_longest", AWAKE, 5, at=(0, 720), margin=2)
    return long, around("night", "event_middle", AWAKE, low, high, THROUGHOUT, margin=60)


def to_bed(low: float, high: float, at: Span, margin: float) -> Fact:
    """Steps in some minutes before this evening's sleep."""
    return around("bedtime", "total", "steps", low, high, at, margin=margin)


def pace_ended(pace: float, low: float, high: float = 0, margin: float = 20) -> Fact:
    """Where the last minute of so many steps lay, in minutes from this evening's sleep, below 0 before it."""
    return around("bedtime", "last_above", "steps", low, high, WHOLE_EVENING, over=pace, margin=margin, when=True)


def bed_pulse(statistic: str, low: float, high: float, at: Span, margin: float, over: float = 0) -> Fact:
    """A number of the heart rate before this evening's sleep."""
    return around("bedtime", statistic, "HR", low, high, at, over=over, margin=margin)


def against_last(low: float, high: float, margin: float = 12) -> Fact:
    """Minutes by which this evening's sleep began later by the clock than last night's."""
    return around("again", "event_start", SLEEP, low, high, (-300, 420), margin=margin, when=True)


def waking_day(low: float, high: float) -> Fact:
    """Minutes from waking to this evening's sleep."""
    return around("waking", "event_start", SLEEP, low, high, (720, 1200), margin=15, when=True)


def middle(low: float, high: float) -> tuple[Fact, Fact]:
    """Minute halfway between falling asleep and waking; of a night logged in pieces this cannot be told."""
    one_piece = around("night", "event_count", SLEEP, 1, 1, THROUGHOUT, margin=99)
    return one_piece, ask("event_middle", SLEEP, low, high, at=(0, 720), margin=15)


NIGHT_AND_BED: tuple[Predicate, ...] = (
    says("night_lowest_early", lowest_lay(0, 480), weight=2.5,
         words="the pulse was lowest in the first third of the night's sleep\nthe heart was slowest early in sleep"),
    says("night_lowest_middle", lowest_lay(480, 960), weight=2,
         words="the pulse was lowest in the middle third of the night's sleep\n"
               "the heart was slowest midway through sleep"),
    says("night_lowest_late", lowest_lay(960, 1440), weight=2,
         words="the pulse was lowest in the last third of the night's sleep\n"
               "the heart was slowest shortly before waking"),
    says("night_halves_fall", night_pulse("change", -200, -2, 1.2), weight=2,
         words="heart rate lower in the second half of sleep than in the first\n"
               "the heart slowed from one half of the night's sleep to the other"),
    says("night_halves_rise", night_pulse("change", 1.2, 200, 1.2), weight=2.5,
         words="heart rate higher in the second half of sleep than in the first\n"
               "the heart sped up from one half of the night's sleep to the other"),
    says("night_spike", night_pulse("max", 90, 300, 4), weight=2.5,
         words="heart rate reached 90 at some time while asleep\na spike of the pulse during sleep"),
    says("night_no_spike", night_pulse("max", 0, 71, 4), weight=2.5,
         words="heart rate never passed 71 from falling asleep to waking\nno spike of the pulse during sleep"),
    says("night_steps_inside", around("night", "share_above", "steps", 0.018, 1, THROUGHOUT, over=0.5, margin=0.005),
         weight=2.5,
         words="steps in two percent or so of the minutes between falling asleep and waking, or in more\n"
               "out of bed for some minutes before the night was over"),
    says("night_not_a_step", around("night", "share_above", "steps", 0, 0, THROUGHOUT, over=0.5, margin=0.004),
         WALKED, weight=2,
         words="not one step between falling asleep and waking\nnever out of bed until the night was over"),
    says("falling_asleep_drop", around("asleep", "change", "HR", -200, -11, (-30, 60), over=30, margin=2.5), weight=3,
         words="heart rate dropped by eleven or more within an hour of falling asleep last night\n"
               "the pulse fell fast after dropping off last night"),
    says("falling_asleep_level", around("asleep", "change", "HR", -5, 200, (-30, 60), over=30, margin=2), weight=3,
         words="heart rate dropped by no more than five within an hour of falling asleep last night\n"
               "the pulse hardly fell after dropping off last night"),
    says("bedtime_drop", bed_pulse("change", -200, -10, (-20, 30), 2, over=20), weight=3,
         words="heart rate dropped by ten or more within half an hour of falling asleep this evening\n"
               "the pulse fell fast on going to sleep at the end of the day"),
    says("bedtime_level", bed_pulse("change", -5, 200, (-20, 30), 2, over=20), weight=3,
         words="heart rate dropped by no more than five within half an hour of falling asleep this evening\n"
               "the pulse hardly changed on going to sleep at the end of the day"),
    says("bedtime_wound_down", to_bed(0, 60, LAST_HOUR, 40), WALKED, weight=2.5,
         words="at most sixty steps in the last hour before this evening's sleep\n"
               "wound down for an hour before going to bed"),
    says("bedtime_from_walking", to_bed(180, INFINITE, (-30, 0), 60), weight=2.5,
         words="at least 180 steps in the last half hour before this evening's sleep\n"
               "straight from walking about to bed"),
    says("bedtime_seated_two_hours", to_bed(0, 220, LAST_TWO_HOURS, 100), WALKED, weight=2.5,
         words="at most 220 steps in the last two hours before this evening's sleep\nsat for long before going to bed"),
    says("bedtime_busy_three_hours", to_bed(1700, INFINITE, LAST_THREE_HOURS, 400), weight=2.5,
         words="at least 1700 steps in the last three hours before this evening's sleep\n"
               "plenty of walking in the hours before bed"),
    says("bedtime_walk_just_before", pace_ended(60, -60), weight=2.5,
         words="the last minute of walking lay within an hour of this evening's sleep\n"
               "still walking shortly before bed"),
    says("bedtime_walk_long_before", pace_ended(60, -1080, -210, 30), weight=2.5,
         words="the last minute of walking lay three and a half hours or more before this evening's sleep\n"
               "no real walking for hours before bed"),
    says("bedtime_long_seat", around("bedtime", "longest_below", "steps", 70, INFINITE, LAST_THREE_HOURS, over=0.5,
         margin=12), WALKED, weight=2.5,
         words="over an hour without a step within the last three hours before this evening's sleep\n"
               "one long sit before bed"),
    says("bedtime_short_seats", around("bedtime", "longest_below", "steps", 0, 30, LAST_THREE_HOURS, over=0.5,
         margin=8), weight=2.5,
         words="never over half an hour without a step in the last three hours before this evening's sleep\n"
               "up and about until bed"),
    says("bedtime_pulse_low", bed_pulse("mean", 0, 66, LAST_HOUR, 3), weight=2.5,
         words="mean heart rate of 66 or lower in the last hour before this evening's sleep\na calm pulse before bed"),
    says("bedtime_pulse_high", bed_pulse("mean", 78, 300, LAST_HOUR, 3), weight=2.5,
         words="mean heart rate of 78 or higher in the last hour before this evening's sleep\n"
               "a lively pulse before bed"),
    says("bedtime_pulse_eased", bed_pulse("end_less_rest", -200, -9, (-480, 0), 2, over=60), weight=2.5,
         words="heart rate nine beats or more lower in the last hour before bed than in the seven hours before it\n"
               "the heart had come to rest before bed"),
    says("bedtime_pulse_not_eased", bed_pulse("end_less_rest", -1, 200, (-480, 0), 2, over=60), weight=2.5,
         words="heart rate no lower in the last hour before bed than in the seven hours before it\n"
               "the heart had not come to rest before bed"),
    says("bedtime_pulse_peak", bed_pulse("max", 106, 300, LAST_TWO_HOURS, 5), weight=3,
         words="heart rate reached 106 within two hours of this evening's sleep\n"
               "the pulse shot up not long before bed"),
    says("bedtime_pulse_no_peak", bed_pulse("max", 0, 87, LAST_TWO_HOURS, 4), weight=2.5,
         words="heart rate never passed 87 in the last two hours before this evening's sleep\n"
               "no peak of the pulse before bed"),
    says("wakeful_first_third", awake_part(FIRST_THIRD, 0.1), awake_part(LAST_THIRD, 0, 0.08), weight=2.5,
         words="a tenth or more of the first third of the night awake, but not of the last\n"
               "the beginning of the night was the restless part"),
    says("wakeful_last_third", awake_part(LAST_THIRD, 0.1), awake_part(FIRST_THIRD, 0, 0.08), weight=2.5,
         words="a tenth or more of the last third of the night awake, but not of the first\n"
               "the end of the night was the restless part"),
    says("wakings_only_later", wakings("night", FIRST_THIRD, 0, 0), wakings("night", LAST_THIRD, 1), weight=2,
         words="no waking in the first third of the night, but at least one in the last\n"
               "the wakings began late in the night"),
    says("wakings_only_at_first", wakings("night", FIRST_THIRD, 1), wakings("night", LAST_THIRD, 0, 0), weight=2,
         words="at least one waking in the first third of the night, but none in the last\n"
               "the wakings stopped well before morning"),
    says("longest_waking_early", *longest_waking_lay(0, 480), weight=2,
         words="the longest waking lay in the first third of the night\nthe worst waking came early in the night"),
    says("longest_waking_middle", *longest_waking_lay(480, 960), weight=2,
         words="the longest waking lay in the middle third of the night\n"
               "the worst waking came midway through the night"),
    says("longest_waking_late", *longest_waking_lay(960, 1440), weight=2,
         words="the longest waking lay in the last third of the night\nthe worst waking came late in the night"),
    says("awake_at_the_start", around("asleep", "event_minutes", AWAKE, 3, INFINITE, (0, 20), margin=1), weight=2.5,
         words="awake for at least three of the first twenty minutes of the logged sleep\n"
               "not off at once after lying down"),
    says("first_hours_unbroken", wakings("asleep", (0, 150), 0, 0), weight=2,
         words="no waking in the first two and a half hours of sleep\nout like a light for the first hours"),
    says("awake_before_rising", around("waking", "event_minutes", AWAKE, 5, INFINITE, (-30, 0), margin=2), weight=2.5,
         words="awake for at least five of the last thirty minutes of the logged sleep\nlay awake before getting up"),
    says("last_hours_unbroken", wakings("waking", (-150, 0), 0, 0), weight=2,
         words="no waking in the last two and a half hours of sleep\nsound asleep right up to the end of the night"),
    says("middle_by_two", *middle(-200, 130), weight=2,
         words="the middle of the night's sleep lay before ten past two\nmid-sleep early in the night"),
    says("middle_past_half_four", *middle(275, 720), weight=2,
         words="the middle of the night's sleep lay after half past four\nmid-sleep late, toward morning"),
    says("bed_earlier_than_last", against_last(-400, -45), weight=3,
         words="this evening's sleep began three quarters of an hour or more earlier than last night's\n"
               "to bed clearly earlier than the night before"),
    says("bed_later_than_last", against_last(30, 400), weight=3,
         words="this evening's sleep began half an hour or more later than last night's\n"
               "to bed clearly later than the night before"),
    says("bed_same_as_last", against_last(-20, 20), weight=3,
         words="this evening's sleep began within twenty minutes of last night's bedtime\n"
               "to bed at the same time two evenings running"),
    says("bed_past_midnight_after_early", began(high=-45), asleep(high=0, at=LATE_EVENING), weight=2.5,
         words="asleep by a quarter past eleven last night, but not by midnight this evening\n"
               "up far later than the evening before"),
    says("bed_before_midnight_after_late", began(20, 480), asleep(15, at=LATE_EVENING), weight=2.5,
         words="asleep only after twenty past twelve last night, but before a quarter to twelve this evening\n"
               "an earlier night after a late one"),
    says("waking_day_long", waking_day(1005, 1200), weight=3,
         words="sixteen and three quarter hours or more from waking to this evening's sleep\n"
               "awake for a very long day"),
    says("waking_day_usual", waking_day(930, 990), weight=2.5,
         words="fifteen and a half to sixteen and a half hours from waking to this evening's sleep\n"
               "awake for an ordinary sixteen hours"),
    says("waking_day_short", waking_day(720, 915), weight=3,
         words="at most fifteen and a quarter hours from waking to this evening's sleep\nawake for a short day only"),
    says("sleep_again_after_hours", around("waking", "event_minutes", SLEEP, 15, INFINITE, (240, 720), margin=8),
         weight=3,
         words="slept again four to twelve hours after waking\na second sleep in the middle of the waking day"),
    says("no_night_in_log", ask("event_entries", SLEEP, 0, 0, at=(0, 720)), weight=3,
         words="a sleep log was kept, but it has no entry between midnight and noon\nno night's sleep was logged"),
)  # fmt: skip
