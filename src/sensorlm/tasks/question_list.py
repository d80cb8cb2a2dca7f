"""The questions themselves: everyday words, thresholds in minutes, steps and beats a minute."""

from sensorlm.tasks.day_view import DayView
from sensorlm.tasks.questions import Question, above, below, both
from sensorlm.tasks.questions import worded as _q

_MORNING, _NOON, _AFTERNOON, _EVENING = (360, 720), (690, 840), (780, 1020), (1080, 1380)


def _share(part: float | None, whole: float | None, limit: float) -> bool | None:
    """Whether part / whole > limit, on days with enough steps for a share to mean something."""
    return None if part is None or whole is None or whole < 1000 else part / whole > limit


def _woke_before(d: DayView, minute: int) -> bool | None:
    return None if d.night is None else d.night[1] < minute


def _woke_after(d: DayView, minute: int) -> bool | None:
    return None if d.night is None else d.night[1] > minute


def _stirred(d: DayView) -> bool | None:
    """Over 45 waking minutes with a pulse above 95 and not one step."""
    hr, steps = d.hr, d.steps
    if hr is None or steps is None or not d.seen(hr, 480, 1320) or not d.seen(steps, 480, 1320):
        return None
    return bool(((hr[480:1320] > 95) & (steps[480:1320] == 0)).sum() > 45)


# fmt: off
QUESTIONS: tuple[Question, ...] = (
    # Sleep.
    _q("short night", lambda d: below(d.sleep_minutes, 330),
       "barely got any shut-eye; hardly any sleep at all; way too little time in the sack; running on a few "
       "hours of rest",
       opposite="long night"),
    _q("long night", lambda d: above(d.sleep_minutes, 510),
       "got plenty of shut-eye; a really good long rest overnight; spent ages in the land of nod; caught up on "
       "sleep",
       opposite="short night"),
    _q("restless night", lambda d: above(d.awake_share, 0.12),
       "tossed and turned; kept waking up; a broken, fidgety night; could not settle in bed",
       opposite="calm night"),
    _q("calm night", lambda d: below(d.awake_share, 0.04),
       "slept like a log; out cold till morning; slept right through; not a stir all night",
       opposite="restless night"),
    _q("late to bed", lambda d: None if d.night is None else d.night[0] > 60,
       "burned the midnight oil; stayed up till all hours; a real night owl; hit the hay very late",
       opposite="early to bed"),
    _q("early to bed", lambda d: None if d.night is None else d.night[0] < -120,
       "turned in before ten; called it a night early; lights out in good time; an early night",
       opposite="late to bed"),
    _q("up early", lambda d: None if d.night is None else d.night[1] < 350,
       "up with the lark; out of bed at the crack of dawn; the alarm went off before six; rose before sunrise",
       opposite="lie-in"),
    _q("lie-in", lambda d: None if d.night is None else d.night[1] > 540,
       "had a lie-in; stayed under the covers past nine; rolled out of bed late; slept away half the morning",
       opposite="up early"),
    _q("nap", lambda d: above(d.nap_minutes, 19),
       "dozed off on the sofa in the daytime; took a siesta; forty winks after lunch; a daytime snooze"),
    # How much on foot.
    _q("big walking day", lambda d: above(d.steps_between(0, 1440), 12500),
       "on my feet all day; clocked up loads of steps; walked for miles; a real step-count record",
       opposite="couch day"),
    _q("couch day", lambda d: below(d.steps_between(0, 1440), 3500),
       "a lazy day on the couch; hardly left the house; did next to nothing; barely moved a muscle",
       opposite="big walking day"),
    _q("over ten thousand", lambda d: above(d.steps_between(0, 1440), 10000),
       "hit the daily 10k; reached my step goal; made it past ten thousand paces"),
    _q("busy morning", lambda d: above(d.steps_between(*_MORNING), 4500),
       "on the go before lunch; rushing around all morning; an energetic start to the day; got lots done on foot"
       " by noon",
       opposite="slow morning"),
    _q("slow morning", lambda d: below(d.steps_between(*_MORNING), 700),
       "a slow start; took the morning easy; pottered about, nothing before midday; lazed around till noon",
       opposite="busy morning"),
    _q("busy afternoon", lambda d: above(d.steps_between(*_AFTERNOON), 4500),
       "running errands after lunch; out and about in the afternoon; a hectic afternoon on foot",
       opposite="desk afternoon"),
    _q("desk afternoon", lambda d: below(d.steps_between(*_AFTERNOON), 500),
       "glued to the desk after lunch; sat through the whole afternoon; stuck in the chair from one to five; an "
       "afternoon without getting up",
       opposite="busy afternoon"),
    _q("busy evening", lambda d: above(d.steps_between(*_EVENING), 3500),
       "out on the town after dark; up and about after dinner; an evening on the move; did not sit down all "
       "evening",
       opposite="quiet evening"),
    _q("quiet evening", lambda d: below(d.steps_between(*_EVENING), 400),
       "feet up after dinner; a quiet night in; in front of the telly all evening; wound down early",
       opposite="busy evening"),
    _q("lunch walk", lambda d: above(d.longest_run(60, *_NOON), 14),
       "stretched the legs at lunch; a midday stroll; walked during the lunch break"),
    _q("morning walk", lambda d: above(d.longest_run(60, 300, 600), 14),
       "walked the dog at daybreak; a brisk walk before work; got some air first thing; walked to work"),
    _q("evening walk", lambda d: above(d.longest_run(60, 1020, 1320), 14),
       "out with the dog at dusk; an after-dinner stroll; went for a wander in the evening; a sunset walk"),
    _q("long walk", lambda d: above(d.longest_run(60), 39),
       "a proper hike; one long march without stopping; a good long ramble; trekked for the better part of an "
       "hour",
       opposite="never walked far"),
    _q("never walked far", lambda d: below(d.longest_run(60), 8),
       "only ever a few steps at a time; no real walk to speak of; never went further than the corner shop",
       opposite="long walk"),
    _q("went jogging", lambda d: above(d.longest_run(140), 9),
       "went for a jog; laced up the running shoes; got a run in; pounded the pavement"),
    _q("morning jog", lambda d: above(d.longest_run(140, 240, 660), 9),
       "jogged before breakfast; a run to start the day; early bird runner"),
    _q("evening jog", lambda d: above(d.longest_run(140, 1020, 1380), 9),
       "a run after work; jogged in the evening; ran it off at the end of the day"),
    _q("night wandering", lambda d: above(d.steps_between(60, 270), 250),
       "up and about in the small hours; pacing around in the middle of the night; awake on my feet at 3 am"),
    _q("sat for hours", lambda d: above(d.longest_still(480, 1320), 150),
       "sat still for hours on end; did not get up for ages; a long film or a long flight; chained to the seat "
       "for hours",
       opposite="restless day"),
    _q("restless day", lambda d: below(d.longest_still(480, 1320), 45),
       "never sat still; always up and doing something; on the hop from dawn to dusk",
       opposite="sat for hours"),
    _q("front-loaded", lambda d: _share(d.steps_between(0, 720), d.steps_between(0, 1440), 0.6),
       "all the moving happened before noon; active early, then nothing; did everything in the morning",
       opposite="back-loaded"),
    _q("back-loaded", lambda d: _share(d.steps_between(1020, 1440), d.steps_between(0, 1440), 0.45),
       "only got going in the evening; saved all the walking for the end of the day; came alive after five",
       opposite="front-loaded"),
    # The heart.
    _q("slow resting pulse", lambda d: below(d.hr_quantile(0.05), 54),
       "an athlete's slow pulse; very low pulse when resting; the heart ticks over slowly; calm heart",
       opposite="high resting pulse"),
    _q("high resting pulse", lambda d: above(d.hr_quantile(0.05), 66),
       "the heart never slows down; a fast pulse even when resting; ticker running high all day",
       opposite="slow resting pulse"),
    _q("heart pounding", lambda d: above(d.hr_minutes_over(140), 9),
       "heart pounding hard; really got the blood pumping; pulse through the roof; gasping for breath",
       opposite="never out of breath"),
    _q("never out of breath", lambda d: below(d.hr_quantile(0.99), 112),
       "never got out of breath; nothing to get the pulse going; took it easy on the heart",
       opposite="heart pounding"),
    _q("hard workout", lambda d: above(d.hr_minutes_over(125), 29),
       "a tough training session; worked up a real sweat; gave it everything at the gym; serious cardio"),
    _q("morning workout", lambda d: above(d.hr_minutes_over(120, 300, 660), 14),
       "exercise before the day began; hit the gym in the morning; sweated before breakfast"),
    _q("evening workout", lambda d: above(d.hr_minutes_over(120, 1020, 1380), 14),
       "worked out after work; hit the gym in the evening; sweated it out at night"),
    _q("calm heart at night", lambda d: below(d.hr_mean(60, 300), 58),
       "a quiet heart while asleep; pulse down low in the dark hours; deeply relaxed at night",
       opposite="racing heart at night"),
    _q("racing heart at night", lambda d: above(d.hr_mean(60, 300), 72),
       "the heart kept going fast in bed; pulse stayed up overnight; feverish night",
       opposite="calm heart at night"),
    _q("stirred while sitting", _stirred,
       "nervous while sitting down; worked up without moving; heart going fast in the chair; stressed at the "
       "desk"),
    # The device.
    _q("off at night", lambda d: d.off_minutes(0, 360) > 240,
       "left the watch on the bedside table; took it off for bed; nothing from the night; charging overnight",
       opposite="on all day"),
    _q("on all day", lambda d: d.off_minutes(0, 1440) < 60,
       "never took the watch off; worn round the clock; on the wrist day and night",
       opposite="off at night"),
    _q("off in the day", lambda d: d.off_minutes(600, 1260) > 150,
       "forgot to put the watch back on; the tracker spent the day in a drawer; big hole in the daytime data"),
    # Combinations.
    _q("short night, busy day", lambda d: both(below(d.sleep_minutes, 390), above(d.steps_between(0, 1440), 10000)),
       "tired but on the go all day; little rest and a lot of running around; slept badly yet walked for miles"),
    _q("early and active", lambda d: both(_woke_before(d, 390), above(d.steps_between(360, 600), 2500)),
       "up early and straight out the door; first out and already moving; an early bird in motion"),
    _q("late and lazy", lambda d: both(_woke_after(d, 510), below(d.steps_between(540, 900), 1200)),
       "late out of bed and lounging about; a lazy Sunday; slept in and pottered at home"),
    _q("rest day", lambda d: both(below(d.steps_between(0, 1440), 6000), below(d.hr_minutes_over(115), 5)),
       "a day to recover; no training today; took a day off from sport"),
)
# fmt: on
