"""What people say of the night and the day in one breath, finer than in `mixed`: rows of predicate and wordings.

Sleep with steps, sleep with pulse, and all three. Further wordings of every row are in wordings/joint_nights.txt.
"""

from sensorlm.captions.predicates.base import EVENING, LATE, MORNING, NIGHT, WAKING, Predicate, Span, ask, says
from sensorlm.captions.predicates.bedtimes import up_again
from sensorlm.captions.predicates.joint_kinds import effort, few, step_minutes, steps
from sensorlm.captions.predicates.nights import began, ended, lain_awake, longest, slept_at_most
from sensorlm.captions.predicates.pulse import pulse
from sensorlm.captions.predicates.sleep import LATE_EVENING, SLEEP

SMALL_HOURS: Span = (60, 300)
ASLEEP_BY_HALF_PAST_ELEVEN = ask("event_minutes", SLEEP, 30, at=LATE_EVENING, margin=15)
STILL_UP = ask("event_minutes", SLEEP, high=0, at=LATE_EVENING, margin=20)

JOINT_NIGHTS: tuple[Predicate, ...] = (
    says("short_night_busy_morning", *slept_at_most(390), steps(2000, at=MORNING, margin=400), weight=3, words="""
        slept six and a half hours at most, and took two thousand steps or more between eight and noon
        a short night and an active morning"""),
    says("short_night_quiet_morning", *slept_at_most(390), few(800, MORNING), weight=2.5, words="""
        slept six and a half hours at most, and took at most eight hundred steps between eight and noon
        a short night and a quiet morning"""),
    says("both_goals", longest(420), steps(10000), weight=3, words="""
        seven hours of sleep or more and ten thousand steps or more
        enough sleep and enough steps"""),
    says("neither_goal", *slept_at_most(420), steps(high=10000), weight=2, words="""
        neither seven hours of sleep nor ten thousand steps
        neither enough sleep nor enough steps"""),
    says("sleep_goal_only", longest(420), steps(high=10000), weight=2, words="""
        seven hours of sleep or more but less than ten thousand steps
        enough sleep but not enough steps"""),
    says("step_goal_only", *slept_at_most(420), steps(10000), weight=3, words="""
        ten thousand steps or more but less than seven hours of sleep
        enough steps but not enough sleep"""),
    says("usual_sleep_usual_steps", longest(420, 510), steps(5000, 10000), weight=2, words="""
        seven to eight and a half hours of sleep and five to ten thousand steps
        an ordinary amount of sleep and an ordinary amount of walking"""),
    says("hardly_slept_or_moved", *slept_at_most(360), steps(high=6000), weight=3.5, words="""
        slept six hours at most and took at most six thousand steps
        low on sleep and low on steps"""),
    says("walked_late_slept_late", steps(120, at=(0, 120), margin=70), began(20, 480), weight=3, words="""
        over a hundred steps after midnight, and asleep only after twelve
        walked late and slept late"""),
    says("up_early_walking_soon", ended(180, 420), steps(500, at=(300, 480), margin=200), weight=3, words="""
        sleep over by seven and five hundred steps or more before eight
        up early and walking soon"""),
    says("up_early_slow_going", ended(180, 450), up_again(480, 600), few(300, (300, 540)), weight=3, words="""
        sleep over by half past seven yet at most three hundred steps before nine
        up early but slow to get going"""),
    says("weekend_like", ended(480, 900), steps(300, at=LATE, margin=150), weight=3, words="""
        slept till eight or later and took three hundred steps or more after ten at night
        late up in the morning and still on foot late at night"""),
    says("short_sleep_steps_at_night", *slept_at_most(390), step_minutes(SMALL_HOURS, 6, margin=3), weight=3.5,
         words="""
        slept six and a half hours at most, with steps in six minutes or more between one and five
        a short night with some walking in the small hours"""),
    says("long_sleep_no_steps_at_night", longest(435), step_minutes(SMALL_HOURS, high=1, margin=3), weight=2, words="""
        slept over seven hours, without walking between one and five
        a long night and still feet in the small hours"""),
    says("busy_day_early_bed", steps(7000), ASLEEP_BY_HALF_PAST_ELEVEN, weight=3.5, words="""
        seven thousand steps or more, and asleep by half past eleven that evening
        early to bed after a busy day"""),
    says("quiet_day_early_bed", steps(high=7000), ASLEEP_BY_HALF_PAST_ELEVEN, weight=3, words="""
        at most seven thousand steps, and asleep by half past eleven that evening
        early to bed after a quiet day"""),
    says("busy_day_late_bed", steps(8000), STILL_UP, weight=2.5, words="""
        eight thousand steps or more, and not asleep before midnight
        a busy day on foot with a late end"""),
    says("quiet_day_late_bed", steps(high=5000), STILL_UP, weight=2.5, words="""
        at most five thousand steps, and not asleep before midnight
        a quiet day that nevertheless ended late"""),
    says("fast_evening_late_bed", pulse(80, at=EVENING), STILL_UP, weight=2.5, words="""
        mean pulse of eighty or higher from five to nine, and not asleep before midnight
        a fast heart in the evening and late to bed"""),
    says("wakeful_many_steps", lain_awake(30), steps(8000), weight=3, words="""
        awake for half an hour or more of the night, and yet eight thousand steps or more
        walked a lot in spite of a wakeful night"""),
    says("long_sleep_slow_night", longest(450), pulse(high=60, at=NIGHT), weight=2.5, words="""
        slept seven and a half hours or more, with a mean night pulse of sixty or less
        long sleep and a slow night pulse"""),
    says("long_sleep_fast_night", longest(450), pulse(65, at=NIGHT), weight=3, words="""
        slept seven and a half hours or more although the mean night pulse was 65 or higher
        long sleep but a rather fast night pulse"""),
    says("short_sleep_slow_night", *slept_at_most(390), pulse(high=60, at=NIGHT), weight=2.5, words="""
        slept six and a half hours at most, with a mean night pulse of sixty or less
        little sleep but a slow night pulse"""),
    says("usual_sleep_usual_pulse", longest(420, 510), pulse(55, 68, at=NIGHT), weight=2, words="""
        seven to eight and a half hours of sleep with a mean night pulse from 55 to 68
        ordinary both in length of sleep and in night pulse"""),
    says("wakeful_fast_night", lain_awake(30), pulse(65, at=NIGHT), weight=3, words="""
        awake for half an hour or more of the night, and a mean night pulse of 65 or higher
        a wakeful night with a rather fast pulse"""),
    says("late_bed_slow_night", began(20, 480), pulse(high=60, at=NIGHT), weight=2.5, words="""
        fell asleep after midnight although the mean pulse until five was sixty or less
        late to bed but with a slow night pulse"""),
    says("short_sleep_fast_day", *slept_at_most(390), pulse(80, at=WAKING), weight=3, words="""
        slept six and a half hours at most, and had a mean waking pulse of eighty or higher
        little sleep and a fast pulse by day"""),
    says("short_sleep_hard_effort", *slept_at_most(390), effort(120), weight=3, words="""
        slept six and a half hours at most, yet had a mean pulse of 120 or more for a quarter of an hour
        a hard effort after a short night"""),
    says("long_sleep_hard_effort", longest(450), effort(120), weight=3, words="""
        slept seven and a half hours or more, and had a mean pulse of 120 or more for a quarter of an hour
        a hard effort after a long night"""),
    says("ordinary_three", longest(420, 510), steps(5000, 10000), pulse(65, 80), weight=2.5, words="""
        seven to eight and a half hours of sleep, five to ten thousand steps, an average pulse from 65 to 80
        sleep, steps and heart rate were all in the middle"""),
    says("all_three_low", *slept_at_most(420), steps(high=7000), pulse(high=72), weight=3.5, words="""
        less than seven hours of sleep, at most seven thousand steps, an average pulse of 72 or less
        sleep, steps and heart rate were all on the low side"""),
    says("all_three_high", longest(420), steps(8000), pulse(75), weight=3.5, words="""
        seven hours of sleep or more, eight thousand steps or more, an average pulse of 75 or higher
        sleep, steps and heart rate were all on the high side"""),
    says("bed_day_like", longest(450), steps(high=5000), pulse(70), weight=3.5, words="""
        seven and a half hours of sleep or more, at most five thousand steps, yet an average pulse of seventy or more
        slept long and walked little, with the heart not slow"""),
    says("good_day_like", longest(420), pulse(high=60, at=NIGHT), steps(7000), weight=3, words="""
        seven hours of sleep or more, a mean night pulse of sixty or less, seven thousand steps or more
        slept enough, slow pulse at night, and plenty of walking"""),
    says("holiday_like", ended(480, 900), steps(8000), pulse(high=75), weight=3.5, words="""
        slept till eight or later, eight thousand steps or more, an average pulse of 75 or less
        late up, much walking and no fast heart"""),
)  # fmt: skip
