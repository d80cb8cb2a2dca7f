"""The sixth list of plain-language questions: days in, answers out; a blind test list.

Written blind by a language model, which had seen neither the caption templates, nor the training recipes, nor any
earlier list but for the first lines of the fifth, nor an answer of a model. It asks for what a dozen kinds of people
would most often look for, plain things among them. Wordings that a test or a count of shared words found equal or close
to taught or earlier ones were put in other words, without a look at those. Thresholds were set on training people only.
Between yes and no most questions leave a zone undecided where honest people would disagree. This half asks for sleep
and the device, the other for the heart, feet and chair.
"""

from sensorlm.tasks import question_readings as r
from sensorlm.tasks import question_readings_fifth as r5
from sensorlm.tasks import question_readings_fourth as r4
from sensorlm.tasks import question_readings_sixth as r6
from sensorlm.tasks import question_readings_third as r3
from sensorlm.tasks.question_list_sixth_b import QUESTIONS_SIXTH_B
from sensorlm.tasks.question_readings_fourth import about, over, under
from sensorlm.tasks.questions import Question
from sensorlm.tasks.questions import worded as _q

# fmt: off
_SLEEP: tuple[Question, ...] = (
    _q("caught up on sleep", lambda d: over(d.sleep_minutes, 480, 525),
       "finally caught up on my sleep; mum had a really good long sleep last night; "
       "nearly nine hours or more of sleep; which nights did I sleep the longest",
       "not enough sleep"),
    _q("not enough sleep", lambda d: under(d.sleep_minutes, 345, 395),
       "did not get nearly enough sleep last night; up with the baby and only had a few hours; "
       "patient is sleep deprived, less than six hours; which was my worst night for hours slept",
       "caught up on sleep"),
    _q("sleep within guidelines", lambda d: about(d.sleep_minutes, 420, 540, 30),
       "sleep duration within the guideline for adults; did I get my seven to nine hours; "
       "an ordinary amount of sleep for a grown-up; had enough sleep but did not overdo it",
       "sleep outside guidelines"),
    _q("sleep outside guidelines", lambda d: r5.no(about(d.sleep_minutes, 420, 540, 30)),
       "sleep duration outside the recommended range; too little or too much sleep; "
       "not my seven to nine hours; night was either way too short or way too long",
       "sleep within guidelines"),
    _q("asleep before twelve", lambda d: under(r.onset(d), -20, 10),
       "already asleep when the clock struck twelve; for once asleep on the same date I got up; "
       "was dad asleep before midnight; nights when I was already off by quarter to twelve",
       "still up at one"),
    _q("still up at one", lambda d: over(r.onset(d), 60, 90),
       "still wide awake at one am; went to sleep way too late again; "
       "delayed sleep onset, well after one; couldn't drop off until the middle of the night",
       "asleep before twelve"),
    _q("up before seven", lambda d: under(r.waking(d), 385, 420),
       "awake before seven; the little one had me up at six; "
       "an early start, alarm went off around six; does grandma wake up very early",
       "slept past nine"),
    _q("slept past nine", lambda d: over(r.waking(d), 530, 560),
       "slept in past nine; no alarm today so I slept in; "
       "missed the morning because still sleeping; didn't wake till ten ish",
       "up before seven"),
    _q("hardly stirred in bed", lambda d: under(d.awake_minutes, 2, 4),
       "out like a light and never moved; barely stirred the whole night; "
       "good quality sleep with next to no time awake; was it a calm night for her",
       "restless in bed"),
    _q("restless in bed", lambda d: over(d.awake_minutes, 4, 8),
       "one of those nights of turning over and over; lay there awake for a good part of the night; "
       "poor sleep quality with wakefulness after sleep onset; why was I so restless in bed",
       "hardly stirred in bed"),
    _q("woke time and again", lambda d: over(r3.awakenings(d), 2, 4),
       "couldn't stay asleep for long; woke four times or more; "
       "fragmented sleep with frequent arousals; baby woke me again and again and again",
       "woke just the once"),
    _q("woke just the once", lambda d: under(r3.awakenings(d), 1, 3),
       "woke just the once; only one wake up overnight; "
       "consolidated sleep with a single arousal; stirred one time and then went back off",
       "woke time and again"),
    _q("out of bed at night", lambda d: over(r3.night_trips(d), 1, 3),
       "got out of bed several times before morning; nocturia, at least three bathroom visits; "
       "does mum wander about when she should be in bed; up and down to the crib",
       "stayed in bed all night"),
    _q("stayed in bed all night", lambda d: under(r3.night_trips(d), 0, 2),
       "stayed in bed till morning; didn't need the loo once overnight; "
       "no footsteps while asleep; resident did not leave the bed",
       "out of bed at night"),
    _q("nap after lunch", lambda d: over(r4.nap(d), 0, 20),
       "grabbed a nap in the afternoon; dozed off in the armchair after lunch; "
       "daytime napping in an older adult; slept when the baby slept in the afternoon",
       "no nap today"),
    _q("no nap today", lambda d: under(r4.nap(d), 0, 20),
       "no nap today; got through the afternoon without nodding off; "
       "didn't close my eyes once after lunch; no daytime sleep after noon",
       "nap after lunch"),
    _q("not asleep at three", lambda d: under(r6.asleep_at(d, 180), 0.2, 0.6),
       "still not sleeping when it struck three at night; on nights, so not in bed at 3 am; "
       "who was still up at three o'clock at night; wide awake at 3 again",
       "asleep at three"),
    _q("asleep at three", lambda d: over(r6.asleep_at(d, 180), 0.6, 0.95),
       "fast asleep at three in the morning; at 3 am I was out cold; "
       "sleeping at 03:00 as one should be; is dad asleep at three at night",
       "not asleep at three"),
    _q("one single sleep", lambda d: under(r6.sleep_goes(d), 1, 2),
       "slept in one go with no second sleep later; all my sleep came in a single block; "
       "monophasic sleep; one sleep and that was it",
       "slept in bits"),
    _q("slept in bits", lambda d: over(r6.sleep_goes(d), 1, 2),
       "slept in bits and pieces; had to make up my sleep in two goes; "
       "split sleep, more than one episode; sleep broken in chunks because of the shift",
       "one single sleep"),
    _q("jumped out of bed", lambda d: under(r3.lingering(d), 3, 12),
       "jumped straight out of bed; woke and was walking a minute later; "
       "no snoozing, moving right away; does she get going as soon as she wakes",
       "lay in bed after waking"),
    _q("lay in bed after waking", lambda d: over(r3.lingering(d), 20, 40),
       "lay in bed for ages after waking up; needed a long time to get up; "
       "woke but didn't get moving for more than half an hour; slow to rise, phone in bed first",
       "jumped out of bed"),
    _q("trouble early in the night", lambda d: under(r6.trouble_place(d), 0.3, 0.5),
       "sleep was bad at first and better later; restless in the early part of the night; "
       "trouble settling and then fine until morning; awake soon after falling asleep",
       "trouble towards morning"),
    _q("trouble towards morning", lambda d: over(r6.trouble_place(d), 0.5, 0.7),
       "slept fine until the last few hours; restless towards morning; "
       "early morning awakening, the second half is the problem; couldn't get back to sleep before the alarm",
       "trouble early in the night"),
    _q("later to bed than yesterday", lambda d: over(r4.later_to_bed(d), 5, 30),
       "asleep later tonight than the night before; bedtime has slipped back since yesterday; "
       "stayed up longer this evening than last night; shift to a later bedtime",
       "earlier to bed than yesterday"),
    _q("earlier to bed than yesterday", lambda d: under(r4.later_to_bed(d), -60, -20),
       "asleep earlier tonight than the night before; so tired that I turned in sooner than yesterday; "
       "bedtime came forward compared to last night; went down before my time of yesterday",
       "later to bed than yesterday"),
)

_DEVICE: tuple[Question, ...] = (
    _q("never took it off", lambda d: under(r5.pulse_hole(d), 30, 60),
       "haven't taken my watch off since yesterday; good compliance, wearer kept the tracker on for 24 hours; "
       "watch stayed on apart from a few minutes; full day and full night of heart data",
       "left off for hours"),
    _q("left off for hours", lambda d: over(r5.pulse_hole(d), 150, 240),
       "watch was left off for hours; she forgot to put the band back on; "
       "non-wear for a large part of the recording; long time with nothing from the heart sensor",
       "never took it off"),
    _q("wore it to bed", lambda d: under(r6.pulse_missing(d, 0, 300), 0.1, 0.5),
       "wore the watch to bed; is there any heart rate from overnight; "
       "device worn during the night hours; he keeps his tracker on when sleeping",
       "on the nightstand"),
    _q("on the nightstand", lambda d: over(r6.pulse_missing(d, 0, 300), 0.5, 0.9),
       "watch was on the nightstand; no overnight heart rate at all; "
       "took it off before going to bed; member does not wear the device at night",
       "wore it to bed"),
    _q("came off in the day", lambda d: over(r6.pulse_breaks(d, 15, 120, 480, 1320), 0, 1),
       "watch came off for a bit in the day; charged it for an hour or so while up; "
       "took it off for a bath or shower; brief interruption of wear before bedtime",
       "on from breakfast to bed"),
    _q("on from breakfast to bed", lambda d: under(r6.pulse_missing(d, 480, 1320), 0.01, 0.03),
       "watch on my wrist from breakfast to bedtime; heart rate is complete for the daytime; "
       "no charging during the day; she had the band on all day",
       "came off in the day"),
)
# fmt: on

QUESTIONS_SIXTH: tuple[Question, ...] = (*_SLEEP, *QUESTIONS_SIXTH_B, *_DEVICE)
