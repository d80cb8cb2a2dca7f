"""The seventh list of plain-language questions: days in, answers out; a blind test list.

Written blind by a language model that had seen the readings of `DayView` and nothing else: no caption, predicate,
wording, earlier list or answer of a model. It asks as forty kinds of people would over their own, a patient's or a
study participant's days. Wordings that a count found taught or asked before were put in other words. Thresholds are of
people of the train and validation splits. This half asks for sleep and pulse, the other for steps, wear and two things
at once.
"""

from sensorlm.tasks import question_readings as r
from sensorlm.tasks import question_readings_seventh as r7
from sensorlm.tasks import question_readings_third as r3
from sensorlm.tasks.question_list_seventh_b import QUESTIONS_SEVENTH_B
from sensorlm.tasks.question_readings_fourth import over, under
from sensorlm.tasks.questions import Question, below, worded

# fmt: off
_SLEEP: tuple[Question, ...] = (
    worded("full eight", lambda v: None if v.sleep_minutes is None else v.sleep_minutes >= 480,
           "Did I actually get my eight hours?; 8h+ of shut-eye; slept at least eight hours the night before; the "
           "patient's main sleep lasted 480 minutes or more", "under seven hours"),
    worded("under seven hours", lambda v: below(v.sleep_minutes, 420),
           "didn't even get seven hours of sleep; TST < 7 h; fewer than seven hours between falling asleep and "
           "waking; days when he'd had less than the recommended seven hours of sleep", "full eight"),
    worded("scraped by on little", lambda v: under(v.sleep_minutes, 370, 400),
           "running on maybe six hours of sleep or less; short sleeper night, about 6 h at most; I only managed six "
           "hours at best; the baby left her no more than six hours in bed", "slept for ages"),
    worded("slept for ages", lambda v: over(v.sleep_minutes, 510, 535),
           "nine hours of sleep or thereabouts, maybe more; out cold for nine-ish hours; a really long night of "
           "sleep, roughly 9 h and up; hibernated: nine hours under the covers", "scraped by on little"),
    worded("night owl bed", lambda v: over(r.onset(v), 30, 60),
           "didn't drop off until one in the morning or later; sleep onset past 01:00; I was up way too late again, "
           "asleep after 1 am; teenager finally nodding off gone one o'clock at night", "bed by half ten"),
    worded("bed by half ten", lambda v: under(r.onset(v), -75, -45),
           "asleep before eleven the night before; early to bed, out by about 10:45 pm; sleep onset well ahead of "
           "23:00; my dad turned in early and was sleeping before 11 pm", "night owl bed"),
    worded("alarm before half six", lambda v: under(r.waking(v), 390, 420),
           "awake for good by half past six; final awakening 06:30 or earlier; up with the cows, 6:30 at the "
           "latest; which mornings was I already awake at 6:30?", "lazed past nine"),
    worded("lazed past nine", lambda v: over(r.waking(v), 510, 545),
           "slept in till after nine; still fast asleep at nine in the morning; wake-up time later than about "
           "09:00; weekend style lie-in past 9 am", "alarm before half six"),
    worded("tossed and turned", lambda v: over(r3.awakenings(v), 1, 3),
           "kept waking up, three times or more; sleep broken up again and again; ≥3 awakenings recorded in the "
           "sleep period; I woke up at least three times last night", "hardly stirred"),
    worded("hardly stirred", lambda v: under(r3.awakenings(v), 1, 3),
           "woke just the once or not at all; sleep in one piece, a single awakening at most; out like a light with "
           "hardly one interruption; no more than one wake-up logged overnight", "tossed and turned"),
    worded("winks by day", lambda v: over(r7.day_sleep(v), 0, 10),
           "snoozed on the sofa during the day; caught an extra nap after getting up; daytime sleep episode apart "
           "from the main one; needed forty winks in the day", "no kip by day"),
    worded("no kip by day", lambda v: under(r7.day_sleep(v), 0, 10),
           "made it through the day with no nap; no sleep logged in the daytime; stayed awake all day long after "
           "getting up; zero daytime snoozing", "winks by day"),
    worded("late body clock", lambda v: over(r.midsleep(v), 280, 310),
           "sleep midpoint at five or later; late chronotype sleep, centred around 5 am or after; the middle of my "
           "sleep fell at five in the morning or later; only halfway through sleeping at 5 am or even later",
           "early body clock"),
    worded("early body clock", lambda v: under(r.midsleep(v), 180, 210),
           "mid-sleep before about 3 am; an early type's night, half of the sleep done by three; the middle of the "
           "sleep came by 03:00; already halfway through the night's sleep at three o'clock", "late body clock"),
    worded("night wanderer", lambda v: over(r7.night_strides(v), 30, 50),
           "got out of bed and walked around in the middle of sleep; up in the night, trips to the bathroom; "
           "wandering about the house at night between falling asleep and waking; steps counted while supposedly "
           "asleep, 50 or more", "stayed put in bed"),
    worded("stayed put in bed", lambda v: under(r7.night_strides(v), 12, 30),
           "never left the bed all night; next to no steps from lights-out to wake-up; did not get up once during "
           "the night; stayed under the blanket until morning, no walking about", "night wanderer"),
    worded("out of bed at once", lambda v: over(r7.steps_after_waking(v), 1100, 1500),
           "up and straight out for a walk; well over a thousand steps within two hours of waking; gets going right "
           "after getting up; on his feet a lot as soon as he is awake", "groggy start"),
    worded("groggy start", lambda v: under(r7.steps_after_waking(v), 450, 650),
           "a slow morning, ages until I get moving; barely walked in the first two hours out of bed; a sluggish "
           "start, under 500 steps in the two hours after I wake; woke up and then mostly lounged about for two "
           "hours", "out of bed at once"),
)

_PULSE: tuple[Question, ...] = (
    worded("fast heart while asleep", lambda v: over(v.hr_asleep, 61, 64),
           "nocturnal heart rate on the high side, mid sixties or more; pulse stays above 64 or so while asleep; my "
           "heart doesn't come down much at night, 64 bpm or higher; sleeping HR ≥ 64", "slow heart while asleep"),
    worded("slow heart while asleep", lambda v: under(v.hr_asleep, 59, 61),
           "sleeping pulse below sixty; mean HR during sleep in the fifties or lower; heart beats nice and slow at "
           "night, under 60; my overnight average was below 60 bpm", "fast heart while asleep"),
    worded("rhr elevated", lambda v: over(v.hr_quantile(0.05), 57, 59),
           "resting heart rate near sixty or above; even at its lowest the pulse sits at around 60; RHR up, about "
           "59 or more; a basal pulse no lower than high fifties", "rhr athlete"),
    worded("rhr athlete", lambda v: under(v.hr_quantile(0.05), 55, 57),
           "RHR of 55 or lower; the slow resting pulse of an endurance athlete; his heart idles at fifty-five or "
           "less; resting heart rate down in the low fifties or below", "rhr elevated"),
    worded("average bpm high", lambda v: over(v.hr_mean(0, 1440), 68, 71),
           "24-hour mean heart rate in the seventies or above; heart working harder than usual all day, over 70 on "
           "average; my average pulse for the day was above 70; daily avg HR > 70", "average bpm low"),
    worded("average bpm low", lambda v: under(v.hr_mean(0, 1440), 66, 68),
           "24 h average pulse not above 66; a quiet heart across the whole day, mid sixties or lower; daily avg HR "
           "≤ 66; my heart averaged 66 or less over day and night", "average bpm high"),
    worded("hit one forty", lambda v: over(v.hr_quantile(1.0), 132, 140),
           "HR max 140 or more; heart pounding, at some point it hit 140; did my pulse get up to 140 at all?; peak "
           "heart rate of at least a hundred and forty", "never past one twenty"),
    worded("never past one twenty", lambda v: under(v.hr_quantile(1.0), 120, 126),
           "pulse stayed below about 120 all day; HRmax no higher than 120; the heart was never pushed past 120; "
           "never got my heart rate over 120 bpm", "hit one forty"),
    worded("cardio minutes", lambda v: over(v.hr_minutes_over(110), 12, 20),
           "twenty minutes or more with the heart above 110; decent cardio time in the training zone, 110+ bpm; HR "
           "> 110 for a total of at least 20 min; got a proper heart workout, twenty minutes over 110",
           "no training pulse"),
    worded("no training pulse", lambda v: under(v.hr_minutes_over(110), 4, 8),
           "no cardio to speak of, pulse hardly ever over 110; zero or only a few minutes above 110 bpm; nothing "
           "that got the heart racing beyond 110; HR > 110 for a handful of minutes at most", "cardio minutes"),
    worded("pulse all over", lambda v: over(r7.pulse_reach(v), 35, 39),
           "heart rate all over the place, from very low to very high; large range between low and high pulse; HR "
           "swings widely over the 24 hours; my pulse went up and down a lot today", "pulse in narrow band"),
    worded("pulse in narrow band", lambda v: under(r7.pulse_reach(v), 29, 33),
           "pulse hardly varied all day; HR trace confined to a narrow band; flat heart rate curve with little "
           "between low and high; my heart kept nearly the same beat day and night", "pulse all over"),
    worded("evening heart up", lambda v: over(r.evening_lead(v), 3, 6),
           "heart beating faster in the evening than in the morning; pulse clearly up by the evening compared with "
           "before noon; HR 18-22h > HR 8-12h; my heart rate climbs from morning to evening", "morning heart up"),
    worded("morning heart up", lambda v: under(r.evening_lead(v), -0.25, 2),
           "the morning had the faster pulse, the evening the slower; HR 8-12h > HR 18-22h; heart calmer in the "
           "evening than in the forenoon; pulse drops off from the morning to the evening", "evening heart up"),
    worded("desk pulse high", lambda v: over(v.hr_while(0, 0, 540, 1320), 70, 73),
           "just sitting there in the day and the pulse is at 73 or more; daytime HR without movement over 72; "
           "heart going quick even when I'm not moving in the day, above 72; sedentary heart rate raised, 73+",
           "desk pulse low"),
    worded("desk pulse low", lambda v: under(v.hr_while(0, 0, 540, 1320), 65, 68),
           "sitting still by day with a pulse of 65 or lower; daytime HR without movement ≤ 65; very relaxed heart "
           "whenever I'm not moving, mid sixties at most; a calm pulse at the desk, not above 65", "desk pulse high"),
    worded("walking winds heart", lambda v: over(v.hr_while(40, 300), 90, 95),
           "walking pushes the pulse to 95 and beyond; heart works hard on the move, mid nineties or more; "
           "exertional HR ≥ 95 when walking; on average above 95 bpm while I walk", "walking easy on heart"),
    worded("walking easy on heart", lambda v: under(v.hr_while(40, 300), 86, 91),
           "walks without the pulse going much over 85; exertional HR stays low when walking, ≤ 86; moving around "
           "barely bothers the heart, mid eighties at most; my pulse is 85 or less while walking about",
           "walking winds heart"),
    worded("snaps back", lambda v: over(r7.settling(v), 15, 18),
           "heart settles quickly once the walk is over; good HR recovery, falls by 18 or more soon after walking; "
           "pulse comes down fast after I stop; the rate drops sharply in the minutes after exertion",
           "slow to settle"),
    worded("slow to settle", lambda v: under(r7.settling(v), 15, 16.5),
           "heart takes its time to come down after walking; poor HR recovery, down by less than 15 after a walk; "
           "my pulse lingers up there when I stop walking; only a small fall in pulse in the minutes after exertion",
           "snaps back"),
    worded("late day peak", lambda v: over(r7.pulse_peak_at(v), 900, 1020),
           "heart rate topped out after five in the afternoon; the day's top pulse came towards evening; HR peak "
           "later than 17:00; my heart went fastest late in the day", "forenoon peak"),
    worded("forenoon peak", lambda v: under(r7.pulse_peak_at(v), 720, 780),
           "heart rate topped out before noon; the fastest pulse of the whole day was in the morning; HR peak by "
           "12:00; my heart went fastest early in the day", "late day peak"),
    worded("couch tachy", lambda v: over(r7.still_racing(v), 3, 8),
           "heart racing while I'm doing nothing; pulse of 85 and up with no steps at all for ten minutes or more; "
           "episodes of fast heartbeat unexplained by walking; flutters on the couch, over 85 without moving",
           "only moves raise it"),
    worded("only moves raise it", lambda v: under(r7.still_racing(v), 1, 4),
           "heart never fast unless there's been some walking; no raised pulse, 85 or so, at rest; HR ≥ 85 only "
           "with movement; I stay below 85 whenever I sit or lie quietly", "couch tachy"),
    worded("brady spells", lambda v: over(r7.slow_beats(v, 55), 15, 40),
           "bradycardic stretches, under 55 for the better part of an hour or longer; lots of time with a pulse "
           "below 55; HR < 55 for 40 min+; heart ticking over at less than 55 for a good while", "no brady"),
    worded("no brady", lambda v: under(r7.slow_beats(v, 55), 4, 15),
           "hardly a minute with a pulse under 55; no bradycardia, HR virtually always 55+; heart never really "
           "slower than 55; practically nothing below 55 bpm, day or night", "brady spells"),
    worded("drops well at night", lambda v: over(r7.day_rise(v), 11.5, 14),
           "a strong dipper: daytime pulse some 15 beats or more above the sleeping one; heart slows right down in "
           "sleep compared with the day; big day-night difference in HR; my pulse is way lower asleep than in the "
           "daytime", "non dipper"),
    worded("non dipper", lambda v: under(r7.day_rise(v), 10, 12),
           "pulse in sleep not far below the daytime pulse; HR non-dipper, day-night gap under ten beats; asleep or "
           "awake, my heart rate is much the same; little nocturnal fall in heart rate", "drops well at night"),
)

QUESTIONS_SEVENTH: tuple[Question, ...] = _SLEEP + _PULSE + QUESTIONS_SEVENTH_B
