"""The second half of the third list of questions: the feet, what joins several readings, the device."""

from sensorlm.tasks import question_readings as r
from sensorlm.tasks import question_readings_third as t
from sensorlm.tasks.day_view import DayView
from sensorlm.tasks.questions import Question, above, below, both, minus, within
from sensorlm.tasks.questions import worded as _q

_ANY = float("inf")


def _evening_lead(d: DayView) -> float | None:
    """Steps from 18:00 to 22:00 less those from 06:00 to 10:00."""
    return minus(d.steps_between(1080, 1320), d.steps_between(360, 600))


def _asleep(d: DayView) -> bool:
    """Whether the log holds a main sleep."""
    return d.night is not None


# fmt: off
_FEET: tuple[Question, ...] = (
    _q("six to eight thousand", lambda d: within(r.whole_steps(d), 6000, 8000),
       "6000-8000 steps; did somewhere between six and eight thousand; daily step count of six to eight thousand; "
       "seven thousand or thereabouts, the sweet spot the papers write about"),
    _q("eleven thousand", lambda d: above(r.whole_steps(d), 11000),
       "11k+ steps; beat my ten thousand with a thousand to spare; daily step count exceeding eleven thousand; what "
       "days have more than 11000 steps?", "under two and a half thousand"),
    _q("under two and a half thousand", lambda d: below(r.whole_steps(d), 2500),
       "fewer than 2500 steps; mother didn't manage twenty-five hundred steps; daily step count below 2500, "
       "functionally housebound; ill in bed, 2500 steps would be flattering", "eleven thousand"),
    _q("the two school runs",
       lambda d: both(above(d.steps_between(450, 540), 700), above(d.steps_between(870, 960), 500)),
       "school drop-off and pick-up on foot; walked the little ones there and fetched them again; ambulation at the "
       "start and the end of lessons; to the gate after breakfast, to the gate mid-afternoon"),
    _q("out before seven", lambda d: above(d.steps_between(300, 420), 1000),
       "1000+ steps 5-7am; a thousand steps done before seven, the dog insists; substantial ambulation from five to "
       "seven in the morning; paper round, on the street between five and seven", "not a step from five to seven"),
    _q("not a step from five to seven", lambda d: below(d.steps_between(300, 420), 1),
       "0 steps 5-7am; stayed put until seven at least; no ambulation from five to seven in the morning; between "
       "five and seven nobody put a foot to the ground", "out before seven"),
    _q("evening livelier than morning", lambda d: above(_evening_lead(d), 1500),
       "more steps in evening than morning; owl on legs, far livelier after work than before it; evening ambulation "
       "well above morning ambulation; he wakes up properly only when the sun goes down",
       "morning livelier than evening"),
    _q("morning livelier than evening", lambda d: below(_evening_lead(d), -1500),
       "more steps in morning than evening; spent all my energy early and flopped later; morning ambulation well "
       "above evening ambulation; lark on legs, by supper the battery is empty", "evening livelier than morning"),
    _q("on foot past midnight", lambda d: above(d.steps_between(0, 120), 300),
       "past-midnight steps many; Cinderella stayed at the ball; considerable ambulation just past midnight; the "
       "party or the late shift went on into the new day", "not about past midnight"),
    _q("not about past midnight", lambda d: below(d.steps_between(0, 120), 5),
       "past-midnight steps none; when the day began everybody was lying down; no ambulation just past midnight; "
       "tucked up when the clock struck and not moving after", "on foot past midnight"),
    _q("four thousand in an hour", lambda d: above(t.fullest_hour(d), 4000),
       "4000+ steps in one hour; there was an hour with over four thousand steps; peak hourly step count above four "
       "thousand; power hour, more than 4000 on the counter", "no hour above twelve hundred"),
    _q("no hour above twelve hundred", lambda d: below(t.fullest_hour(d), 1200),
       "<1200 steps every hour; the best hour had not even twelve hundred steps; peak hourly step count below 1200; "
       "hour by hour she never reaches 1200", "four thousand in an hour"),
    _q("out twice for long", lambda d: above(t.outings(d, 20), 1),
       "2+ walks of 20 min; long walkies twice, says the dog; two or more ambulatory bouts of at least twenty "
       "minutes; one walk of twenty minutes was not enough, so I went again", "no walk of twenty minutes"),
    _q("no walk of twenty minutes", lambda d: below(t.outings(d, 20), 1),
       "0 walks of 20 min; did not manage to walk twenty minutes in a row; no ambulatory bout of twenty minutes or "
       "more; a walk? not one that lasted twenty minutes", "out twice for long"),
    _q("longest walk at the start of the day", lambda d: within(t.best_walk_start(d), 240, 540),
       "main walk early in the morning; my big round is done before the office opens; longest ambulatory bout in the "
       "early morning; she likes her constitutional first thing", "longest walk in the evening"),
    _q("longest walk in the evening", lambda d: above(t.best_walk_start(d), 1080),
       "main walk in the evening; the big round waits until work is over and dinner calls; longest ambulatory bout "
       "in the evening; they take the air when the heat of the day is gone", "longest walk at the start of the day"),
    _q("strode out", lambda d: above(t.best_walk_pace(d), 105),
       "fast pace on longest walk; walked like somebody late for a train; high cadence in the longest ambulatory "
       "bout; the physio would be proud, a really brisk main walk", "ambled"),
    _q("ambled", lambda d: below(t.best_walk_pace(d), 78),
       "slow pace on longest walk; window shopping speed, stop and look and on again; low cadence in the longest "
       "ambulatory bout; with the toddler in hand the walk goes very slowly", "strode out"),
    _q("most steps at a good pace", lambda d: above(t.fast_share(d), 0.4),
       "big share of brisk steps; when he walks he means it; large proportion of steps at moderate cadence or above; "
       "not shuffling at home, real walking made up the count", "steps all at a shuffle"),
    _q("steps all at a shuffle", lambda d: below(t.fast_share(d), 0.02),
       "almost no brisk steps; every step a slow one, kitchen to sofa and back; negligible proportion of steps at "
       "moderate cadence; no tempo at all in my walking", "most steps at a good pace"),
    _q("three brisk spells", lambda d: above(t.spurts(d), 2),
       "3+ brisk bouts >= 5 min; exercise snacks, three of five minutes or more; at least three stepping bouts of "
       "five minutes at 100 a minute; hurried for five minutes, three times or oftener", "no brisk spell"),
    _q("no brisk spell", lambda d: below(t.spurts(d), 1),
       "0 brisk bouts >= 5 min; never kept up a quick step for five minutes; no stepping bout of five minutes at 100 "
       "a minute; five minutes of fast walking was too much to ask", "three brisk spells"),
    _q("flopped after the walk", lambda d: above(t.rest_after_walk(d), 30),
       "rest after longest walk; came in, kicked off the shoes and did not stir; prolonged inactivity following the "
       "longest ambulatory bout; does the walk wear dad out? he must sit for long after", "carried on after the walk"),
    _q("carried on after the walk", lambda d: below(t.rest_after_walk(d), 14),
       "no rest after longest walk; home from the walk and straight on with the housework; continued movement "
       "following the longest ambulatory bout; walking doesn't tire her, she keeps going", "flopped after the walk"),
    _q("best walk ten to twenty minutes", lambda d: within(d.longest_run(60), 10, 21),
       "longest walk 10-20 min; the longest walk was a short one, ten to twenty minutes; longest ambulatory bout of "
       "ten to twenty minutes; round the block, a quarter of an hour or so"),
    _q("half the steps by one", lambda d: below(t.halfway(d), 780),
       "50% of steps before 1pm; half of the day's steps in the bag by one o'clock; median step time earlier than "
       "13:00; by one in the afternoon he had already walked half of it", "half the steps after five"),
    _q("half the steps after five", lambda d: above(t.halfway(d), 1020),
       "50% of steps after 5pm; at five o'clock I was not even half way; median step time later than 17:00; every "
       "other step came past five in the afternoon", "half the steps by one"),
    _q("a long day on foot", lambda d: above(t.span_on_foot(d), 1020),
       "long time between first and last steps; an endless day, moving early and still moving late; extended active "
       "period; up with the cows and not done till the moon was out", "a short day on foot"),
    _q("a short day on foot", lambda d: below(t.span_on_foot(d), 765),
       "short time between first and last steps; late off the mark, soon done; compressed active period; her day has "
       "become so short, out of bed late and put to bed early", "a long day on foot"),
    _q("on foot in office hours", lambda d: above(t.steps_share(d, 540, 1020), 0.65),
       "most steps at work; postman's pattern, walking is the job; ambulation concentrated in working hours; by "
       "closing time nearly all the walking was behind me", "still in office hours"),
    _q("still in office hours", lambda d: below(t.steps_share(d, 540, 1020), 0.3),
       "few steps at work; walked before the job and after it but hardly during; ambulation concentrated outside "
       "working hours; desk slave until closing time, the walking came from elsewhere", "on foot in office hours"),
    _q("walked when the sun was high", lambda d: above(t.steps_share(d, 660, 960), 0.45),
       "most steps around midday; the middle of the day is when she gets out; ambulation centred on midday; brunch, "
       "then a museum, then home for tea", "little in the middle of the day"),
    _q("little in the middle of the day", lambda d: below(t.steps_share(d, 660, 960), 0.13),
       "few steps around midday; siesta hours, the walking is early or late; ambulation sparse about midday; too hot "
       "to move in the middle of the day", "walked when the sun was high"),
    _q("many trips at night", lambda d: above(t.night_trips(d), 2),
       "multiple bathroom trips overnight; out of bed again and again instead of sleeping through; repeated "
       "nocturnal ambulation, query nocturia; the baby had us walking the corridor all night",
       "hardly a trip at night"),
    _q("hardly a trip at night", lambda d: below(t.night_trips(d), 2),
       "at most one trip out of bed; no traipsing about in the dark, once at the very most; minimal nocturnal "
       "ambulation; his bladder let him rest until morning", "many trips at night"),
    _q("hour upon hour in the chair", lambda d: above(t.long_sits(d), 2),
       "several hour-long sits; sat for an hour, got up, sat for another, and so on; repeated prolonged sedentary "
       "bouts; exam revision, glued to the seat for hours at a stretch", "never an hour in the chair"),
    _q("never an hour in the chair", lambda d: below(t.long_sits(d), 1),
       "no hour-long sit; couldn't sit out an hour even if I tried; no prolonged sedentary bout in waking hours; "
       "always up again before the hour was over", "hour upon hour in the chair"),
    _q("got up often at work", lambda d: below(d.longest_still(540, 1020), 36),
       "regular breaks 9-17h; from nine to five I never sat longer than 35 minutes; working hours without a "
       "sedentary bout beyond thirty-five minutes; tea, printer, tea again, nine to five",
       "two hours nailed down at work"),
    _q("two hours nailed down at work", lambda d: above(d.longest_still(540, 1020), 120),
       "2h+ without steps 9-17h; more than two hours nailed to the chair between nine and five; sedentary bout "
       "beyond two hours in working hours; flight, exam or meeting, two hours with no legroom", "got up often at work"),
    _q("slump after lunch", lambda d: above(d.longest_still(780, 900), 60),
       "after-lunch lull; full stomach, no movement; prolonged inactivity in the early afternoon; the schnitzel won "
       "and I sat there digesting", "sprightly after lunch"),
    _q("sprightly after lunch", lambda d: below(d.longest_still(780, 900), 16),
       "always moving after lunch; washing up, shopping, garden, no pause for digestion; frequent movement in the "
       "early afternoon; food gave her wings", "slump after lunch"),
    _q("long without standing still", lambda d: above(d.longest_run(1), 75),
       "very long continuous movement; once going he didn't stop for ages, slow or fast; extended uninterrupted "
       "stepping of any intensity; market day, on the feet with no break", "soon at rest again"),
    _q("soon at rest again", lambda d: below(d.longest_run(1), 25),
       "no long continuous movement; a little moving and then a pause, every time; only brief uninterrupted stepping "
       "of any intensity; standing or sitting down again before long", "long without standing still"),
    _q("five hours on the move", lambda d: above(d.step_minutes(1, _ANY), 300),
       "stepping > 5h; all put together I moved for more than five hours; over 300 minutes with steps; five hours "
       "plus on the hoof at the fair", "not two hours on the move"),
    _q("not two hours on the move", lambda d: below(d.step_minutes(1, _ANY), 120),
       "stepping < 2h; all put together he moved for less than two hours; under 120 minutes with steps; gamers, not "
       "two hours of motion in the twenty-four", "five hours on the move"),
    _q("weak day and night rhythm", lambda d: below(t.contrast(d), 0.96),
       "steps at all hours; day and night run into one another; blunted rest-activity amplitude; can't tell from the "
       "curve when she is supposed to be asleep", "clear day and night rhythm"),
    _q("clear day and night rhythm", lambda d: above(t.contrast(d), 0.995),
       "clear rest and activity; night is night and day is day on this chart; robust rest-activity amplitude; moved "
       "in the light and was perfectly still in the dark", "weak day and night rhythm"),
    _q("about late in the evening", lambda d: above(d.steps_between(1320, 1440), 1200),
       "lots of steps late evening; concert, then the walk to the last train; notable ambulation shortly before "
       "midnight; who gets that many steps when decent people brush their teeth?", "settled late in the evening"),
    _q("settled late in the evening", lambda d: below(d.steps_between(1320, 1440), 30),
       "hardly a step late evening; slippers on, curtains drawn, not stirring till midnight; minimal ambulation "
       "shortly before midnight; he is not walking around any more at that late hour", "about late in the evening"),
    _q("run and walk by turns", lambda d: above(t.sprints(d), 2),
       "interval session; ran a bit, walked a bit, ran again; alternating running and walking cadence; couch to five "
       "k, puffing between one jog and the next"),
)

_JOINED: tuple[Question, ...] = (
    _q("chair by day, alive after",
       lambda d: both(below(d.steps_between(540, 1020), 3000), above(d.steps_between(1020, 1320), 3000)),
       "sedentary job, active evening; office drone who comes to life at closing time; inactive working hours "
       "followed by an active evening; sat for the boss and then moved for myself", "active by day, flat after"),
    _q("active by day, flat after",
       lambda d: both(above(d.steps_between(540, 1020), 5000), below(d.steps_between(1020, 1320), 2000)),
       "active job, sedentary evening; on site all day and then flat out in the armchair; active working hours "
       "followed by an inactive evening; worn out, he walks at work but not after", "chair by day, alive after"),
    _q("many steps, easy heart", lambda d: both(above(r.whole_steps(d), 8000), below(d.hr_minutes_over(120), 3)),
       "high steps, low HR; plenty of walking and the heart took no notice; ample ambulation without vigorous heart "
       "rate; lots of shoe leather, no sweat", "few steps, hard heart"),
    _q("few steps, hard heart", lambda d: both(below(r.whole_steps(d), 8000), above(d.hr_minutes_over(100), 20)),
       "low steps, high HR; little walking and still the heart had work to do; elevated heart rate despite modest "
       "ambulation; rowing machine or fever? not many steps but a busy heart", "many steps, easy heart"),
    _q("deep and restful", lambda d: both(above(d.sleep_minutes, 420), below(d.hr_asleep, 62)),
       "enough sleep with low HR; slept enough and the heart rested too; adequate sleep duration with low sleeping "
       "heart rate; recharged, good length and a slow pulse under the blanket", "short and uneasy"),
    _q("short and uneasy", lambda d: both(below(d.sleep_minutes, 420), above(d.hr_asleep, 61)),
       "too little sleep with raised HR; not long enough and the heart did not calm down either; curtailed sleep "
       "with elevated sleeping heart rate; rotten night, brief and with a busy pulse", "deep and restful"),
    _q("early bird, quiet evening", lambda d: both(below(r.waking(d), 420), below(d.steps_between(1080, 1320), 1500)),
       "early wake, inactive evening; rises early and by suppertime there is no life left; early rising with low "
       "evening ambulation; up before the street is awake and no plans at night", "late riser, lively evening"),
    _q("late riser, lively evening", lambda d: both(above(r.waking(d), 480), above(d.steps_between(1080, 1320), 2500)),
       "late wake, active evening; dragged myself out late but was full of beans at night; late rising with high "
       "evening ambulation; weekend, slept in and then went out on the town", "early bird, quiet evening"),
    _q("slept enough, sat anyway", lambda d: both(above(d.sleep_minutes, 420), above(d.still_share(480, 1320), 0.75)),
       "good sleep, sedentary day; well rested and still did not get off the couch; adequate sleep followed by high "
       "sitting time; he had slept enough, so being tired is no excuse for sitting around"),
)

_DEVICE: tuple[Question, ...] = (
    _q("ten hours of waking wear", lambda d: d.off_minutes(360, 1320) <= 360,
       "valid day, wear 10h+; can I use the day, at least ten hours worn from six in the morning to ten at night?; "
       "waking wear time of ten hours or more; participant complied, ten hours on the wrist by day",
       "too little waking wear"),
    _q("too little waking wear", lambda d: d.off_minutes(360, 1320) > 360,
       "invalid day, wear < 10h; day to be excluded, worn for less than ten hours by day; waking wear time below the "
       "ten hours required; she forgot it again, not even ten hours on between six and ten",
       "ten hours of waking wear"),
    _q("off for a little while", lambda d: 15 <= d.longest_off(420, 1380) < 90,
       "short non-wear period; took it off for a shower or to charge and put it back; brief daytime removal; "
       "swimming lesson, the watch stayed in the locker for a bit", "not off for long enough to shower"),
    _q("not off for long enough to shower", lambda d: d.longest_off(420, 1380) < 15,
       "no daytime non-wear; it never left the arm while I was up; no daytime removal of any length; he even baths "
       "with the thing on", "off for a little while"),
    _q("under eight hours of data", lambda d: d.off_minutes(0, 1440) > 960,
       "<8h recorded; that's less than eight hours of anything; total recording time below eight hours; did you lose "
       "it? not even eight hours came in", "over twenty hours of data"),
    _q("over twenty hours of data", lambda d: d.off_minutes(0, 1440) < 240,
       "20h+ recorded; more than twenty hours of the day are in the archive; total recording time beyond twenty "
       "hours; very good girl, wore it over twenty hours", "under eight hours of data"),
    _q("on and off", lambda d: t.gaps(d) > 2,
       "multiple data gaps; holes here and there like a Swiss cheese; several separate interruptions of the "
       "recording; he keeps taking it off and putting it on", "without a break"),
    _q("without a break", lambda d: t.gaps(d) < 1,
       "no data gaps; the curve runs through without a hole; uninterrupted recording; nothing is missing in the "
       "middle or at either end", "on and off"),
    _q("first data after nine", lambda d: above(t.first_reading(d), 540),
       "data begins > 9am; nothing at all from before nine in the morning; recording commences later than 09:00; "
       "found the watch under the sofa some time past nine", "on as the day began"),
    _q("on as the day began", lambda d: below(t.first_reading(d), 1),
       "data from midnight; it was on the wrist when the date changed; recording already running at the first "
       "minute; went into the new day with my watch on", "first data after nine"),
    _q("data ended before ten", lambda d: below(t.last_reading(d), 1320),
       "data ends < 10pm; flat battery before ten in the evening?; recording ceases earlier than 22:00; nothing more "
       "from her after ten at night", "on as the day ended"),
    _q("on as the day ended", lambda d: above(t.last_reading(d), 1438),
       "last minute has data; still ticking in the last minute before midnight; recording still running at the last "
       "minute; he went out of the day with the band on", "data ended before ten"),
    _q("a night in the log", _asleep,
       "sleep logged; is there a night's sleep on record at all?; main sleep episode available; the watch noticed "
       "that I slept", "no night in the log"),
    _q("no night in the log", lambda d: not _asleep(d),
       "no sleep logged; where is my sleep? the app shows none; main sleep episode unavailable; according to this "
       "watch she never went to bed", "a night in the log"),
    _q("pulse by day only", lambda d: t.pulse_minutes(d, 480, 1320) > 600 and t.pulse_minutes(d, 0, 360) < 60,
       "daytime HR only; heart rate while up but nothing from the bed; heart rate recorded diurnally but not "
       "nocturnally; the pulse starts when he gets up because he sleeps without it", "pulse at night too"),
    _q("pulse at night too", lambda d: t.pulse_minutes(d, 0, 360) > 300,
       "overnight HR available; I can see what my heart did while I slept; nocturnal heart rate recorded; the sensor "
       "kept reading the pulse through the night", "pulse by day only"),
    _q("everything there", lambda d: _asleep(d) and t.pulse_minutes(d, 0, 1440) > 1080 and d.seen(d.steps, 0, 1440),
       "HR, steps and sleep all present; the full set, heart and feet and bed; multimodal record complete; nothing "
       "lacks here, one can see how I slept, walked and how the heart was", "only steps"),
    _q("only steps", t.steps_alone,
       "steps only, no HR no sleep; just a pedometer that day; neither heart rate nor sleep available, ambulation "
       "alone; this cheap band counts the steps and nothing else", "everything there"),
    _q("off through the afternoon", lambda d: d.off_minutes(780, 1080) > 120,
       "afternoon data absent; the watch had the afternoon off; extended non-wear between lunch and supper; left it "
       "at home when we went to the lake after lunch"),
)
# fmt: on

FEET_AND_DEVICE: tuple[Question, ...] = (*_FEET, *_JOINED, *_DEVICE)
