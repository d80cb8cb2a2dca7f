"""The second half of the seventh list of questions: steps, wear, two things at once. See the first half."""

from sensorlm.tasks import question_readings as r
from sensorlm.tasks import question_readings_seventh as r7
from sensorlm.tasks.day_view import DayView
from sensorlm.tasks.question_readings_fourth import over, under
from sensorlm.tasks.questions import Question, above, below, both, worded


def _total(v: DayView) -> float | None:
    """Steps of the day."""
    return v.steps_between(0, 1440)


# fmt: off
_STEPS: tuple[Question, ...] = (
    worded("twelve thousand", lambda v: over(_total(v), 11000, 12000),
           "12k steps or better; smashed it: twelve thousand steps; at least 12000 on the pedometer that day; "
           "walked her socks off, 12,000 steps and more", "not even six thousand"),
    worded("not even six thousand", lambda v: under(_total(v), 6000, 6500),
           "not even six thousand steps; step count stuck at 6k or below; hardly moved, six thousand steps at best; "
           "total steps ≤ 6000", "twelve thousand"),
    worded("walked half hour", lambda v: over(v.longest_run(60), 20, 28),
           "half an hour's walk in one go; at least one long walk, 30 minutes or so without stopping; took the dog "
           "on a proper half-hour walk; continuous ambulation of about 30 min", "no real walk"),
    worded("no real walk", lambda v: under(v.longest_run(60), 7, 12),
           "never walked ten minutes in a row; no proper walk all day, just bits and pieces; no walking bout as "
           "long as 10 min; only short hops on foot, none of them ten minutes", "walked half hour"),
    worded("lunch stroll", lambda v: over(v.longest_run(60, 690, 840), 5, 8),
           "went for a walk over lunch; a stroll around the block in the lunch break; walking bout between half "
           "eleven and two; stretched my legs outside at midday", "lunch rooted"),
    worded("lunch rooted", lambda v: both(under(v.steps_between(690, 840), 500, 700),
                                              below(v.longest_run(60, 690, 840), 6)),
           "ate at the desk, hardly any steps around noon; barely moved from 11:30 to 14:00; lunchtime with little "
           "or no walking; few steps in the middle of the day", "lunch stroll"),
    worded("steps in by nine", lambda v: over(v.steps_between(300, 540), 1200, 1800),
           "got my walk in before nine; a couple of thousand steps between 5 and 9 am; on the move early, lots of "
           "steps by nine in the morning; busy feet at breakfast time", "quiet till nine"),
    worded("quiet till nine", lambda v: under(v.steps_between(300, 540), 100, 250),
           "practically no steps before nine; nothing happening on foot until 9 am; early morning with hardly a "
           "step; the morning up to nine o'clock was spent still", "steps in by nine"),
    worded("evening legwork", lambda v: over(v.steps_between(1080, 1320), 2400, 3000),
           "3000 steps or more between six and ten pm; plenty of walking after work in the evening; dinner shift, "
           "on my feet from 18 to 22; a lot of evening activity on foot", "evening in"),
    worded("evening in", lambda v: under(v.steps_between(1080, 1320), 1000, 1400),
           "took it easy in the evening, a thousand steps at most from six to ten; stayed in after six, little "
           "walking; few steps between 18:00 and 22:00; an evening on the sofa with hardly any walking",
           "evening legwork"),
    worded("glued to chair", lambda v: over(v.longest_still(540, 1260), 90, 110),
           "sat for close to two hours or more without getting up; glued to the chair, nearly two hours straight; a "
           "sedentary bout of about 2 h or longer between 9 am and 9 pm; binge-watched, two hours or so with no step",
           "never sits an hour"),
    worded("never sits an hour", lambda v: under(v.longest_still(540, 1260), 58, 70),
           "never sits still a full hour in the daytime; stands up at least once an hour all day; no sedentary bout "
           "reaching 60 min from 9 to 21; always a few steps within the hour", "glued to chair"),
    worded("moving most hours", lambda v: over(r7.hours_up(v), 7, 9),
           "active in most hours of the day; moved 250 steps nine hours or more of the day; steps spread over many "
           "different hours; hit my hourly move target in the majority of hours", "few moving hours"),
    worded("few moving hours", lambda v: under(r7.hours_up(v), 5, 7),
           "only a few hours with real movement; hourly move reminder ignored most of the day; five active hours or "
           "fewer, the others next to still; reached 250 steps in just a handful of hours", "moving most hours"),
    worded("steps in one hour", lambda v: over(v.busiest_share, 0.25, 0.3),
           "a big chunk of the steps came in a single hour; one hour made up a third of the walking or so; walking "
           "crammed into one hour; most active hour holds 30% or more of the steps", "steps spread thin"),
    worded("steps spread thin", lambda v: under(v.busiest_share, 0.19, 0.22),
           "steps trickled in all day with no hour standing out; no single hour dominates the step count; busiest "
           "hour under a fifth of the steps; walking dotted fairly evenly across the hours", "steps in one hour"),
    worded("jog or power walk", lambda v: over(v.step_minutes(120, 999), 4, 8),
           "a jog or at least a power walk; cadence of 120 or faster for a good number of minutes; ran or marched "
           "for a while; training pace, several minutes at 120 steps/min", "no fast feet"),
    worded("no fast feet", lambda v: under(v.step_minutes(110, 999), 1, 4),
           "no running and no fast walking; cadence practically never over 110; nothing quicker than an ordinary "
           "walk, not one fast spell; no hurrying anywhere on foot", "jog or power walk"),
    worded("shuffles", lambda v: over(r7.dawdling(v), 0.72, 0.78),
           "mostly pottering about, only a few steps at a time; shuffling around the house rather than walking; "
           "nearly all movement at low cadence, below 40; the steps are slow bits and bobs", "strides out"),
    worded("strides out", lambda v: under(r7.dawdling(v), 0.61, 0.66),
           "a good part of the moving time was real walking, not pottering; when she moves, she walks properly; "
           "much of the movement at a steady walking rate; cadence above 40 in four out of ten moving minutes",
           "shuffles"),
    worded("always up and down", lambda v: over(r7.outings(v), 38, 43),
           "up and down out of the chair like a jack-in-the-box; got to my feet forty-odd times; constantly on and "
           "off the chair; very many separate bursts of movement between 7 and 22", "rarely gets up"),
    worded("rarely gets up", lambda v: under(r7.outings(v), 30, 35),
           "gets up only now and then; thirty or fewer separate bursts of movement from 7 to 22; few sit-to-walk "
           "transitions in the day; seldom left my seat", "always up and down"),
    worded("walks early half", lambda v: under(r7.half_way(v), 840, 900),
           "half of the steps already done by two; front-loaded day, most walking before 2 pm; more on foot in the "
           "first part of the day than later; majority of steps taken by 14:00", "walks late half"),
    worded("walks late half", lambda v: over(r7.half_way(v), 960, 1020),
           "half of the steps were still to come at five; back-loaded day, most of the walking after 17:00; steps "
           "mainly in the evening; she does the bulk of her walking late, after five", "walks early half"),
    worded("small hours walker", lambda v: over(v.steps_between(0, 240), 100, 200),
           "out and about after midnight; night shift feet: 200 steps or more before 4 am; walking in the small "
           "hours; coming home late from the party, steps between 0 and 4", "small hours still"),
    worded("small hours still", lambda v: under(v.steps_between(0, 240), 15, 50),
           "no walking from midnight to four; the small hours passed without more than a couple of steps; quiet "
           "night until 4 am; steps 00-04h close to nil", "small hours walker"),
    worded("up past eleven", lambda v: over(v.steps_between(1380, 1440), 60, 120),
           "still pottering around after eleven at night; steps in the last hour before midnight, over a hundred; "
           "not in bed yet at 11 pm, up walking; wandering about close to midnight", "done by eleven"),
    worded("done by eleven", lambda v: under(v.steps_between(1380, 1440), 10, 40),
           "no steps after eleven in the evening; day over by 11 pm, no more moving; nothing on the step counter "
           "from 23:00 to midnight; settled down before the last hour of the day", "up past eleven"),
    worded("three walks", lambda v: over(r7.walks(v), 1, 3),
           "three walks in a day, ten minutes each at least; dog owner's day with several proper walks; multiple "
           "bouts ≥ 10 min of walking, three or more; kept heading out for yet another walk"),
    worded("out and back again", lambda v: both(over(v.longest_run(60, 360, 600), 4, 6),
                                              over(v.longest_run(60, 960, 1260), 4, 6)),
           "a walk in the morning and another late in the day; commuter on foot, there and back; walked to work and "
           "walked home; walking bouts both before ten and after four"),
    worded("afternoon dead", lambda v: under(v.steps_between(780, 960), 450, 700),
           "afternoon slump, barely a step from one to four; hardly any walking between 13:00 and 16:00; went quiet "
           "after lunch until four; early afternoon spent off my feet", "afternoon busy"),
    worded("afternoon busy", lambda v: over(v.steps_between(780, 960), 1300, 1800),
           "lots of walking from one to four in the afternoon; on her feet after lunch, nearly 2000 steps or more "
           "by four; early afternoon full of steps; busy between 13:00 and 16:00", "afternoon dead"),
)

_WEAR: tuple[Question, ...] = (
    worded("wear complete", lambda v: under(v.off_minutes(0, 1440), 5, 60),
           "data for all 24 hours; wear time complete, no missing minutes; the tracker recorded from midnight to "
           "midnight; file has no gap at all that day", "wear patchy"),
    worded("wear patchy", lambda v: over(v.off_minutes(0, 1440), 60, 240),
           "four hours or more of data missing; incomplete wear day; the tracker recorded nothing for hours; a "
           "large part of the day isn't in the file", "wear complete"),
    worded("pulse absent", lambda v: under(r7.pulse_known(v), 0, 60),
           "no heart rate at all that day; HR channel empty; the optical sensor gave no pulse all day; not a single "
           "pulse value recorded", "pulse near complete"),
    worded("pulse near complete", lambda v: over(r7.pulse_known(v), 1000, 1250),
           "heart rate recorded nearly round the clock; HR coverage above 85%; watch on the wrist almost day and "
           "night, pulse for over 20 hours; pulse trace close to complete", "pulse absent"),
    worded("sleep log there", lambda v: r7.sleep_logged(v),
           "some sleep got logged; there is a sleep record; wore it to bed so it shows sleep; sleep log available",
           "sleep log missing"),
    worded("sleep log missing", lambda v: not r7.sleep_logged(v),
           "sleep log empty; no sleep recorded at all; forgot to wear it to bed, so nothing about sleep; days "
           "lacking any sleep entry", "sleep log there"),
    worded("pulse holey", lambda v: over(r7.pulse_holes(v), 0, 2),
           "pulse signal dropped out more than once; watch taken off a few times in between; several holes in the "
           "heart rate trace; HR lost for over five minutes at least twice", "pulse unbroken"),
    worded("pulse unbroken", lambda v: under(r7.pulse_holes(v), 0, 2),
           "heart rate without a break from first to last value; no hole in the HR trace; never took the watch off "
           "once it was on; pulse signal never lost for more than a few minutes", "pulse holey"),
)

_TOGETHER: tuple[Question, ...] = (
    worded("short night big day", lambda v: both(below(v.sleep_minutes, 420), above(_total(v), 9000)),
           "under seven hours of sleep and still 9000 steps; short of sleep but walked a lot; sleep < 7 h, steps > "
           "9k; didn't sleep enough yet kept going on my feet all day"),
    worded("good night good day", lambda v: both(above(v.sleep_minutes, 435), above(_total(v), 9000)),
           "slept well over seven hours and walked more than 9000 steps; rested and active; plenty of sleep, plenty "
           "of steps; a healthy day: good long sleep and lots of walking"),
    worded("duvet day", lambda v: both(over(r.waking(v), 480, 500), under(_total(v), 8000, 8500)),
           "got up late and didn't do much; long lie-in and a low step count; slept past eight and then took fewer "
           "than 8000 steps; a lazy Sunday: late rise, little walking"),
    worded("sat then trained", lambda v: both(over(v.longest_still(540, 1260), 60, 75),
                                              over(v.longest_run(90), 8, 14)),
           "sat at the desk over an hour at a stretch but did get a brisk walk or run in; both a long sitting spell "
           "and a real workout on foot; a sitter who still trains; a long spell on a chair, and also a quarter of "
           "an hour at a fast pace"),
)

QUESTIONS_SEVENTH_B: tuple[Question, ...] = _STEPS + _WEAR + _TOGETHER
