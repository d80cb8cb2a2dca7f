"""The fifth list of plain-language questions: days in, answers out; a blind test list.

Written blind by a language model, which had seen neither the caption templates, nor the training recipes, nor any
earlier list (but for the few names that a test quotes), nor an answer of a model. Wordings that a test or a count of
shared words found equal or close to taught ones were put in other words, without a look at those. Thresholds were set
on training people only. Between yes and no most questions leave a zone undecided where honest people would disagree.
This half asks for sleep, the sleeping heart and the device, the other for the heart by day, feet and chair.
"""

from sensorlm.tasks import question_readings as r
from sensorlm.tasks import question_readings_fifth as r5
from sensorlm.tasks import question_readings_fourth as r4
from sensorlm.tasks import question_readings_third as r3
from sensorlm.tasks.question_list_fifth_b import QUESTIONS_FIFTH_B
from sensorlm.tasks.question_readings_fourth import about, over, under
from sensorlm.tasks.questions import Question, both
from sensorlm.tasks.questions import worded as _q

# fmt: off
_SLEEP: tuple[Question, ...] = (
    _q("dead to the world for ages", lambda d: over(d.sleep_minutes, 490, 535),
       "slept like a teenager on holiday, hours and hours; had a proper whopper of a sleep; "
       "nine hours of kip, bliss; did grandad sleep way more than usual last night",
       "running on fumes"),
    _q("running on fumes", lambda d: under(d.sleep_minutes, 350, 400),
       "barely got five hours, feel like death; the new baby let us have next to no sleep; "
       "driver had under six hours in bed before the shift; sleep? what sleep",
       "dead to the world for ages"),
    _q("by-the-book night", lambda d: about(d.sleep_minutes, 425, 490, 45),
       "seven and a bit, maybe eight, textbook kip; spot on amount of shut-eye; "
       "goldilocks sleep, not too long, not too short; did she get the hours the doctor recommends",
       "way off eight hours"),
    _q("way off eight hours", lambda d: r5.no(about(d.sleep_minutes, 425, 490, 45)),
       "either hardly slept or slept half the day away; the amount he slept was all wrong; "
       "what happened to my usual seven or eight, nothing like it; i either crashed for ages or got robbed of my sleep",
       "by-the-book night"),
    _q("tucked up early", lambda d: under(r.onset(d), -90, -50),
       "in my pyjamas and asleep by half ten; early night for once; "
       "my husband conked out before the late news; was she off to sleep at a sensible hour",
       "small hours bedtime"),
    _q("small hours bedtime", lambda d: over(r.onset(d), 45, 75),
       "didn't crash until after one in the morning; gaming till stupid o'clock; "
       "who only nodded off in the small hours; scrolling on my phone way past midnight again before sleep",
       "tucked up early"),
    _q("bed at the witching hour", lambda d: about(r.onset(d), -20, 25, 35),
       "fell asleep right around midnight; new year's eve style, asleep just about when it turned twelve; "
       "cinderella bedtime; lights out at twelve give or take a few minutes"),
    _q("up with the milkman", lambda d: under(r.waking(d), 355, 390),
       "ugh, why am i awake at ten to six; up at sparrow's fart; "
       "bakers' hours, out of bed before the sun; who was done sleeping by half five or so",
       "in bed mid-morning"),
    _q("in bed mid-morning", lambda d: over(r.waking(d), 520, 550),
       "still snoozing at nine; lovely long lie-in; "
       "our student didn't surface till the morning was half gone; what time did he finally wake up, gone nine surely",
       "up with the milkman"),
    _q("school-run wake-up", lambda d: about(r.waking(d), 400, 440, 25),
       "woke up round about seven; seven o'clock alarm did its job; "
       "up at the usual office-worker time; kids dragged me out of bed at seven"),
    _q("pottering round the landing", lambda d: over(r3.night_trips(d), 1, 3),
       "kept getting up to pee all night; back and forth to the cot all night long; "
       "resident out of bed several times overnight; how come i was traipsing about all night",
       "never left the mattress"),
    _q("never left the mattress", lambda d: under(r3.night_trips(d), 0, 2),
       "no loo trips at all overnight; once he was down he never set foot out of bed; "
       "stayed put under the covers till it was time to get up; did the new resident keep to bed all night",
       "pottering round the landing"),
    _q("eyes open again and again", lambda d: over(r3.awakenings(d), 2, 4),
       "woke up what felt like every hour; swiss cheese sleep; "
       "patient wakes many times per night; awake, asleep, awake, asleep, you know the drill",
       "stirred just the once"),
    _q("stirred just the once", lambda d: under(r3.awakenings(d), 1, 3),
       "only came to one time and went straight off again; hardly a peep all night, woke once; "
       "just a single wake-up, not bad; my toddler-free night, disturbed only one time",
       "eyes open again and again"),
    _q("one solid slab of sleep", lambda d: over(r5.unbroken(d), 400, 440),
       "seven hours straight without coming up for air; slept like a log in one long go; "
       "finally a big uninterrupted chunk of sleep; who got the longest stretch without waking",
       "sleep in bits and pieces"),
    _q("sleep in bits and pieces", lambda d: under(r5.unbroken(d), 240, 300),
       "never more than four hours in one go; sleep chopped up into little scraps; "
       "can't string a few hours together without waking; interrupted night, all short stints",
       "one solid slab of sleep"),
    _q("woke towards morning", lambda d: over(r5.waking_place(d), 0.6, 0.75),
       "slept fine at first, then awake in the run-up to dawn; is it the end of the night where i lie awake; "
       "always that wakefulness near the end of the night; woke before the alarm and dozed on and off",
       "trouble at the start"),
    _q("trouble at the start", lambda d: under(r5.waking_place(d), 0.25, 0.4),
       "tossed a bit right after lights out, then fine; couldn't settle at first; "
       "the wakeful bit was soon after going to bed; once she'd finally dropped off there was no more bother",
       "woke towards morning"),
    _q("forty winks", lambda d: over(r4.nap(d), 5, 20),
       "had a cheeky snooze after lunch; dad nodded off in his chair in the afternoon; "
       "power nap day; siesta, yes or no",
       "no daytime snooze"),
    _q("no daytime snooze", lambda d: under(r4.nap(d), 0, 20),
       "no nap whatsoever; stayed awake right through the afternoon; "
       "toughed it out without lying down after lunch; didn't shut my eyes once between noon and evening",
       "forty winks"),
    _q("feet on the floor at once", lambda d: under(r3.lingering(d), 2, 15),
       "eyes open and straight out of bed; no snooze button, up and at 'em; "
       "does he leap out of bed the second he wakes; awake and walking within a minute or two",
       "slow to surface"),
    _q("slow to surface", lambda d: over(r3.lingering(d), 30, 50),
       "lay there on my phone for ages before getting up; awake but couldn't be bothered to move; "
       "coffee in bed, in no hurry at all; took her the best part of an hour to get going after waking",
       "feet on the floor at once"),
    _q("bedtime like clockwork", lambda d: under(r5.size(r4.later_to_bed(d)), 20, 45),
       "same bedtime two nights running; creature of habit, hit the sack at the same time again; "
       "keeping my sleep schedule, tick; bedtime within twenty minutes of the night before",
       "bedtime all over the place"),
    _q("bedtime all over the place", lambda d: over(r5.size(r4.later_to_bed(d)), 60, 90),
       "no bedtime routine whatsoever; tonight's bedtime nothing like last night's; "
       "sleep schedule gone haywire; participant's two bedtimes differ by more than ninety minutes",
       "bedtime like clockwork"),
    _q("sooner to bed than last time", lambda d: under(r4.later_to_bed(d), -60, -15),
       "catching up, in bed a good hour before yesterday's time; way earlier night than the one before; "
       "knackered so i turned in well before my last bedtime; did they sleep sooner than the previous night",
       "later to bed than last time"),
    _q("later to bed than last time", lambda d: over(r4.later_to_bed(d), 10, 30),
       "past last night's bedtime and still not asleep, tut tut; bedtime is creeping later; "
       "went to bed later than yesterday, naughty; my lad pushed his bedtime back again",
       "sooner to bed than last time"),
    _q("long haul between sleeps", lambda d: over(r5.waking_day(d), 980, 1005),
       "up for about seventeen hours straight; what a long day, awake forever; "
       "ages between waking up and going to bed; been on since first thing and still up at all hours",
       "short waking day"),
    _q("short waking day", lambda d: under(r5.waking_day(d), 890, 935),
       "felt like i'd only just got up and it was night-night already; fewer than fifteen hours out of bed; "
       "got up late and gone to bed early; day felt tiny, not awake for long",
       "long haul between sleeps"),
    _q("on the trot till the pillow", lambda d: under(r5.wind_down(d), 8, 25),
       "still on my feet minutes before falling asleep; dropped straight from doing chores into sleep; "
       "no winding down, walked to bed and out like a light; asleep almost as soon as she stopped moving",
       "sat down long before bed"),
    _q("sat down long before bed", lambda d: over(r5.wind_down(d), 40, 60),
       "feet up for a good hour before sleep; nice long wind-down in the evening; "
       "lying there reading for ages before dropping off; no moving about in the hour before sleep",
       "on the trot till the pillow"),
    _q("bad night, big day", lambda d: both(under(d.sleep_minutes, 395, 430), over(r.whole_steps(d), 9000, 10000)),
       "zombie with sore feet, walked miles on no kip; no sleep but still got my steps in; "
       "powered through on too little rest, out all day; short of sleep but on the go regardless",
       "good night, idle day"),
    _q("good night, idle day", lambda d: both(over(d.sleep_minutes, 430, 460), under(r.whole_steps(d), 6000, 7500)),
       "slept brilliantly then did naff all; plenty of rest and still a couch potato; "
       "well rested but didn't go anywhere; loads of sleep, hardly any steps",
       "bad night, big day"),
    _q("candle at both ends", lambda d: both(over(r.onset(d), -15, 5), under(r.waking(d), 450, 480)),
       "up past midnight and up again by half seven; how does he manage on late nights and crack-of-dawn starts; "
       "late to bed, early to rise, poor thing; got in late and still made the morning shift",
       "early bed, leisurely rise"),
    _q("early bed, leisurely rise", lambda d: both(under(r.onset(d), -40, -15), over(r.waking(d), 425, 450)),
       "gone before half eleven and not up until well after seven; in bed early and still slept in; "
       "made the most of both ends of the night; turned in early, took my sweet time in the morning",
       "candle at both ends"),
    _q("more bum than bed", lambda d: over(r4.sat_beyond_sleep(d), 320, 380),
       "sat on my backside for hours longer than i slept; chair time beats bed time by a mile; "
       "awake and parked far longer than asleep; desk-bound all day and precious little sleep",
       "more bed than chair"),
    _q("more bed than chair", lambda d: under(r4.sat_beyond_sleep(d), 20, 140),
       "spent at least as long asleep as sitting around awake; i sleep more than i sit; "
       "hardly sat idle compared with how long he slept; either sleeping or up and about",
       "more bum than bed"),
)

_HEART_ASLEEP: tuple[Question, ...] = (
    _q("engine slow to cool", lambda d: over(r3.settling(d), 6.5, 9),
       "blame the wine, it took my heart ages to come down in bed; pulse still up for the first bit of sleep; "
       "it wasn't till late in the night that his heart finally eased off; went to bed with the motor still running",
       "cool from lights out"),
    _q("cool from lights out", lambda d: under(r3.settling(d), 0.5, 3),
       "heart was as low at the start of sleep as at the end; pulse settled the moment i dropped off; "
       "no slow cooling of the heart overnight, calm right away; heart at rest from the first hour under the covers",
       "engine slow to cool"),
    _q("nightmare spike", lambda d: over(r4.peak_asleep(d), 20, 26),
       "heart suddenly jumped in my sleep; bad dream, ticker shot up; "
       "big blip in the pulse overnight; was there a moment in bed when her heart took off",
       "no blips asleep"),
    _q("no blips asleep", lambda d: under(r4.peak_asleep(d), 13.5, 17),
       "pulse flat as a pancake all through the night; not one heart spike in bed; "
       "nothing startled his heart overnight; heart kept an even keel while asleep",
       "nightmare spike"),
    _q("lowest near dawn", lambda d: over(r5.low_place(d), 0.75, 0.87),
       "heart bottomed out just before i woke; deepest dip at the tail end of the night; "
       "pulse at its very lowest late in the sleep; kept on sinking till nearly morning",
       "bottomed out early"),
    _q("bottomed out early", lambda d: under(r5.low_place(d), 0.5, 0.62),
       "his pulse found its floor well before the night was half over; heart found its low soon after nodding off; "
       "lowest beat early on in the sleep; did her heart slow down most before the middle of the night",
       "lowest near dawn"),
    _q("sleeping heart slow", lambda d: under(d.hr_asleep, 57.5, 60.5),
       "ticking over at fifty-something in bed; sleeping pulse like a marathon runner's; "
       "very slow beat while out for the count; patient asleep with a pulse in the fifties or lower",
       "sleeping heart quick"),
    _q("sleeping heart quick", lambda d: over(d.hr_asleep, 64, 67),
       "heart near seventy even while fast asleep; pulse too high in bed, am i coming down with something; "
       "feverish sort of pulse all night; his heart doesn't slow much when he's sleeping",
       "sleeping heart slow"),
    _q("jolted up", lambda d: over(r.surge(d), 15.5, 19),
       "heart shot up as soon as i got out of bed; from sleep to full throttle in an hour; "
       "waking up gives my ticker a right kick; much faster heart just after waking than in bed",
       "eased into the morning"),
    _q("eased into the morning", lambda d: under(r.surge(d), 6.5, 9),
       "heart barely noticed i had woken up; pulse after waking about the same as asleep; "
       "gentle start, ticker still in slumber mode; got up without the heart picking up much",
       "jolted up"),
    _q("picks up before waking", lambda d: over(r5.dawn_rise(d), 0.3, 1.2),
       "heart was already revving up before the alarm; pulse on the climb in the last hour of sleep; "
       "body getting ready to wake; last hour in bed busier for the heart than the rest of the night",
       "calmest just before waking"),
    _q("calmest just before waking", lambda d: under(r5.dawn_rise(d), -2.6, -1.5),
       "last hour of sleep was the quietest for my heart; heart slower right before waking than earlier in the night; "
       "ended the night on a low pulse; still sinking when the alarm went",
       "picks up before waking"),
)

_DEVICE: tuple[Question, ...] = (
    _q("put on in the morning", lambda d: over(r3.first_reading(d), 30, 300),
       "only strapped it on after getting up; nothing there for the wee hours; "
       "file starts in the morning not at midnight; forgot to sleep with the thing so data begins late",
       "ticking from midnight"),
    _q("ticking from midnight", lambda d: under(r3.first_reading(d), 5, 60),
       "recording from the very first minute of the day; the band was already going at 00:00; "
       "data right from the stroke of midnight; file has no late start",
       "put on in the morning"),
    _q("packed in before bedtime", lambda d: under(r3.last_reading(d), 1260, 1400),
       "battery must have died before the evening was out; data stops early; "
       "tracker gave up the ghost some time that day; the record breaks off long before midnight",
       "still going at midnight"),
    _q("still going at midnight", lambda d: over(r3.last_reading(d), 1380, 1435),
       "band kept recording till the day was over; data runs to the bitter end of the day; "
       "still logging at 23:59; file carries on right up to midnight",
       "packed in before bedtime"),
    _q("steps but not a heartbeat", lambda d: both(under(r.pulse_share(d), 0.02, 0.3),
                                                   over(r5.kept_minutes(d), 300, 600)),
       "counts my steps but shows no pulse; heart sensor knackered, pedometer fine; "
       "why is there no bpm on this one at all; step data only, heart rate blank",
       "pulse nearly nonstop"),
    _q("pulse nearly nonstop", lambda d: over(r.pulse_share(d), 0.75, 0.88),
       "heart readings practically round the clock; bpm for almost every minute, great for my thesis; "
       "a heart trace with next to nothing missing; hr coverage good enough to analyse",
       "steps but not a heartbeat"),
    _q("beat comes and goes", lambda d: over(r5.pulse_holes(d), 1, 3),
       "why does the heart bit keep cutting out on me; strap too loose, pulse drops out again and again; "
       "patchy bpm trace full of blanks; lost contact with the skin several times",
       "heart trace in one piece"),
    _q("heart trace in one piece", lambda d: under(r5.pulse_holes(d), 0, 2),
       "pulse line without a single gap; heart reading never dropped out while on; "
       "clean continuous hr, no dropouts; once it picked up the heart it never lost it",
       "beat comes and goes"),
    _q("unstrapped for bed", lambda d: both(over(r5.pulse_hole(d, 0, 360), 60, 300),
                                            under(r5.pulse_hole(d, 540, 1080), 60, 180)),
       "heart by day only, must take it off at night; no pulse overnight but fine in the daytime; "
       "leaves the watch on the nightstand; can't see her heart while she's asleep, just while she's up",
       "pulse in bed too"),
    _q("pulse in bed too", lambda d: under(r5.pulse_hole(d, 0, 360), 20, 120),
       "wears it to bed, heart and all; pulse there through the night as well; "
       "overnight bpm present; did he keep the watch on while sleeping so i can see his heart",
       "unstrapped for bed"),
    _q("night without a sleep entry", lambda d: both(d.night is None, d.off_minutes(0, 360) <= 60),
       "ran all night yet logged no sleep; my sleep is missing, what gives; "
       "recorded through the night but the sleep section is empty; sleep tracking didn't kick in",
       "night made the sleep log"),
    _q("night made the sleep log", lambda d: d.night is not None,
       "there's a proper sleep entry for that night; sleep got tracked, hurrah; "
       "can i look up when she slept; app actually noticed that i went to sleep",
       "night without a sleep entry"),
)
# fmt: on

QUESTIONS_FIFTH: tuple[Question, ...] = (*_SLEEP, *_HEART_ASLEEP, *QUESTIONS_FIFTH_B, *_DEVICE)
"""All questions of the fifth list."""
