"""A fourth list of questions about a whole day, written blind: its writer had seen neither captions nor a result.

A language model wrote it, and knew of the earlier lists no more than the form and a page of the third. Thresholds were
set on days of the sixteen people of `samples/fitabase/splits.json` who are in train, and on nobody else's; between the
two limits of a question the answer is left open. Sleep and the heart are here, the rest in `question_list_fourth_b`.
"""

from sensorlm.tasks import question_readings as r
from sensorlm.tasks import question_readings_fourth as f
from sensorlm.tasks import question_readings_third as t
from sensorlm.tasks.day_view import DayView
from sensorlm.tasks.question_list_fourth_b import FEET_CHAIR_AND_WATCH
from sensorlm.tasks.question_readings_fourth import about, over, under
from sensorlm.tasks.questions import Question, both
from sensorlm.tasks.questions import worded as _q


def _out_cold(d: DayView) -> bool | None:
    """Asleep in the log from 01:00 to 05:00, and the feet do not say otherwise."""
    return both(over(d.asleep_between(60, 300), 215, 236), under(d.steps_between(60, 240), 40, 110))


def _still_up(d: DayView) -> bool | None:
    """On foot at half past eleven or later, by and large, and not asleep before midnight."""
    return both(under(d.asleep_between(1410, 1440), 0, 10), over(d.last_steps, 1380, 1405))


# fmt: off
_SLEEP: tuple[Question, ...] = (
    _q("a doctor's seven to eight", lambda d: about(d.sleep_minutes, 420, 510, 20),
       "did he get the 7-8 hours the doctor wants; between seven and eight and a half hours in bed asleep; sleep "
       "length in the recommended range for adults; my night was a healthy length"),
    _q("far too little shut-eye", lambda d: under(d.sleep_minutes, 345, 385),
       "not nearly enough sleep last night; running on under six hours; bruh i slept like 5 hours; days following a "
       "short main sleep", "a marathon of sleep"),
    _q("a marathon of sleep", lambda d: over(d.sleep_minutes, 505, 540),
       "slept nine hours straight, finally; which mornings came after a really long sleep?; she needed an extra long "
       "night; catch-up sleep, way longer than usual", "far too little shut-eye"),
    _q("lives by night", lambda d: over(r.midsleep(d), 270, 310),
       "shifted late, like someone who lives in another time zone; sleeps when others are already on the school run; "
       "total night owl; the night was shifted towards the morning", "lives by the birds"),
    _q("lives by the birds", lambda d: under(r.midsleep(d), 165, 200),
       "advanced sleep timing; whole night lies earlier than most people's; my dad goes to sleep with the chickens; "
       "morning chronotype, night before everyone else", "lives by night"),
    _q("gone before midnight", lambda d: under(r.onset(d), -25, 5),
       "was she asleep by twelve?; lights out on the right side of midnight; sleep start earlier than 00:00; got to "
       "sleep the evening before, not after the date changed", "still up after one"),
    _q("still up after one", lambda d: over(r.onset(d), 45, 75),
       "gaming till after 1 am; nodded off only once it was past one; bedtime in the wee hours; why on earth did I "
       "stay up so late the night before", "gone before midnight"),
    _q("up before the paper boy", lambda d: under(r.waking(d), 355, 385),
       "rise and shine ahead of six; alarm went off before 6 o'clock; terribly early start, sleep was over by six; "
       "wake time < 06:00", "a lie-in"),
    _q("a lie-in", lambda d: over(r.waking(d), 525, 550),
       "had a proper lie-in; still no sign of life at nine; teenager still snoring at nine in the morning; what days "
       "did I get to sleep in", "up before the paper boy"),
    _q("up at office time", lambda d: about(r.waking(d), 370, 435, 15),
       "woke between six and a bit after seven; a normal alarm-clock morning; got up in time for work like everyone; "
       "awake around half six or seven"),
    _q("a doze in the day", lambda d: over(f.nap(d), 0, 20),
       "shut her eyes for a bit in the afternoon; any nap in the afternoon?; fell asleep again during the day; "
       "daytime sleep episode besides the main one"),
    _q("sleeping when the shops are open", lambda d: over(d.asleep_between(540, 1080), 10, 60),
       "post-nights sleep, in bed while it was light outside; slept through part of the working day; an hour or more "
       "of sleep after nine in the morning; curtains drawn at noon or nearly"),
    _q("out cold from one to five", _out_cold,
       "01:00-05:00 all sleep; dead to the world in the darkest hours; was the patient asleep all through the middle "
       "of the night?; no gap in sleep from one o'clock until five", "about in the small hours"),
    _q("about in the small hours", lambda d: over(d.steps_between(60, 240), 40, 110),
       "wandering round the house at 2 or 3 am; is mum walking about at night?; footsteps logged between one and four "
       "in the morning; not in bed when decent people are", "out cold from one to five"),
    _q("out of bed more than once", lambda d: over(t.night_trips(d), 1, 2),
       "nocturia, several trips to the toilet; had to get out of bed a couple of times; left the bed repeatedly "
       "before morning; the little one called, so up and walking two or three times in the night",
       "stayed under the covers"),
    _q("stayed under the covers", lambda d: under(t.night_trips(d), 0, 1),
       "never set foot on the floor until it was time to get up; no toilet visit during the night; stayed in bed the "
       "entire sleep; zero steps between falling asleep and waking", "out of bed more than once"),
    _q("up the minute he woke", lambda d: under(t.lingering(d), 5, 12),
       "on my feet the minute I woke; eyes open and off he goes; no snoozing, got up at once; short latency from "
       "waking to first steps", "hit the snooze button"),
    _q("hit the snooze button", lambda d: over(t.lingering(d), 18, 30),
       "scrolling on the phone in bed for ages after waking up; awake but didn't get up for half an hour; took "
       "forever to leave the bed; long lag between end of sleep and walking", "up the minute he woke"),
    _q("tossing and turning", lambda d: over(d.awake_minutes, 4, 8),
       "the bed felt like a washing machine; bad sleeper last night; wake after sleep onset on the high side; more "
       "than a few minutes awake in the night according to the tracker", "like a stone"),
    _q("like a stone", lambda d: under(d.awake_minutes, 2, 4),
       "wouldn't have heard the fire alarm; next to no wake time in the sleep record; solid sleep, not disturbed; did "
       "nothing wake her?", "tossing and turning"),
    _q("to bed earlier than the night before", lambda d: under(f.later_to_bed(d), -45, 0),
       "went to bed earlier that evening than the evening before; made up for it with an earlier night; bedtime moved "
       "forward by an hour or so compared with yesterday; was tonight's lights-out sooner than last night's?",
       "to bed later than the night before"),
    _q("to bed later than the night before", lambda d: over(f.later_to_bed(d), 5, 25),
       "stayed up longer than the previous night; bedtime slipping later from one day to the next; sleep started "
       "later again tonight; though still before midnight, turned in past yesterday's time",
       "to bed earlier than the night before"),
    _q("tucked up by eleven", lambda d: over(d.asleep_between(1380, 1440), 10, 50),
       "asleep again by 11 pm; early night at the end of the day; sleeping in the last hour before midnight; "
       "knackered, crashed by eleven", "on the go at midnight"),
    _q("on the go at midnight", _still_up,
       "still pottering about when the clock struck twelve; awake and moving at half past eleven; the day ended with "
       "him on his feet; hadn't gone to bed by midnight", "tucked up by eleven"),
    _q("more chair than bed", lambda d: over(f.sat_beyond_sleep(d), 150, 240),
       "sat around far longer than I slept; sedentary time well above sleep time; hours more of sitting than of "
       "sleeping; which days had many more hours in a chair than in bed?", "bed not much less than chair"),
    _q("bed not much less than chair", lambda d: under(f.sat_beyond_sleep(d), 100, 160),
       "slept about as long as I sat; balance between sleeping and sitting fairly even; sitting hours hardly "
       "outnumber the sleeping ones; time in bed keeps up with time in the chair", "more chair than bed"),
)

_HEART: tuple[Question, ...] = (
    _q("an athlete's resting pulse", lambda d: under(d.hr_quantile(0.05), 52, 55),
       "really low resting HR; a slow ticker when she's doing nothing; athletic heart, lowest values around fifty; "
       "bottom of the pulse curve close to 50 bpm or less", "an unfit resting pulse"),
    _q("an unfit resting pulse", lambda d: over(d.hr_quantile(0.05), 58, 60),
       "even at its calmest the heart beat sixty a minute; resting pulse not great; lowest heart rates of the day not "
       "low at all; why won't my pulse go below 60", "an athlete's resting pulse"),
    _q("pushed past 140", lambda d: over(d.hr_quantile(1), 137, 141),
       "max hr over 140; any moment with a pulse in the 140s or more?; gave it everything, heart thumping; cardiac "
       "peak high that day", "never out of puff"),
    _q("never out of puff", lambda d: under(d.hr_quantile(1), 116, 122),
       "heart never got properly going; peak under about 115; nothing that would have made her puff; my max pulse "
       "stayed modest", "pushed past 140"),
    _q("in three figures for long", lambda d: over(d.hr_minutes_over(100), 38, 52),
       "pulse above 100 for the best part of an hour; tachycardic for 45 minutes plus in sum; lots of time in triple "
       "digits; how often was he over a hundred for ages", "scarcely in three figures"),
    _q("scarcely in three figures", lambda d: under(d.hr_minutes_over(100), 12, 20),
       "only a few minutes above 100 bpm; heart rate stayed in double digits nearly all day; rarely over a hundred; "
       "triple-digit pulse? barely", "in three figures for long"),
    _q("a high average beat", lambda d: over(d.hr_mean(0, 1440), 70, 73),
       "24 h mean heart rate elevated; average pulse well into the seventies; the heart worked harder than usual all "
       "day; overall bpm quite high", "a low average beat"),
    _q("a low average beat", lambda d: under(d.hr_mean(0, 1440), 65.5, 68),
       "daily mean of HR in the low sixties or under; a slow heart the whole day on average; why is my heart so slow "
       "these days, all hours included; taken together a very relaxed pulse", "a high average beat"),
    _q("racing in the armchair", lambda d: over(t.effort_off_feet(d), 3, 9),
       "heart pounding though I was just sitting there; palpitations without exercise?; pulse over 100 and no walking "
       "to explain it; anxious heart, standing still yet fast", "fast only when moving"),
    _q("fast only when moving", lambda d: under(t.effort_off_feet(d), 0, 3),
       "every fast pulse is explained by walking; at rest the heart never hit a hundred; no unexplained tachycardia; "
       "heart only speeds up if she's on her feet", "racing in the armchair"),
    _q("quick to recover", lambda d: over(d.hr_drop(), 17, 21),
       "good heart rate recovery; pulse came down fast once I stopped; how quick does he get his breath back, the "
       "quick days please; drops twenty beats within minutes of a walk's end", "slow to recover"),
    _q("slow to recover", lambda d: under(d.hr_drop(), 15, 18),
       "heart stays up after the walk; poor HR recovery post exercise; took its time to settle when the effort was "
       "over; still puffing five minutes later", "quick to recover"),
    _q("livelier heart by evening", lambda d: over(r.evening_lead(d), 1, 5),
       "how come my bpm climbs towards the evening; heart speeds up towards night; mornings calm, evenings not so "
       "much, judging by bpm; HR after six above HR before noon", "calmer heart by evening"),
    _q("calmer heart by evening", lambda d: under(r.evening_lead(d), 0, 3),
       "pulse no higher after tea than before lunch; does her heart slow down in the evening; HR 18-22h below the "
       "morning level; a gentle evening for the heart after a busier forenoon", "livelier heart by evening"),
    _q("a jolt of the heart", lambda d: over(t.hr_jump(d), 42, 50),
       "sudden leap of fifty beats; hr shot up out of nowhere; abrupt acceleration within three minutes; something "
       "made the heart jump", "no jolts"),
    _q("no jolts", lambda d: under(t.hr_jump(d), 34, 40),
       "pulse rises only gently; HR trace free of sudden climbs; nothing made his heart leap; the heart changed gear "
       "slowly all day", "a jolt of the heart"),
    _q("hardest beat before noon", lambda d: under(d.hr_turn(True), 710, 740),
       "heart peaked in the morning; highest quarter of an hour before twelve; got the sweaty part over with early; "
       "time of max HR: a.m.", "hardest beat after five"),
    _q("hardest beat after five", lambda d: over(d.hr_turn(True), 990, 1020),
       "her pulse saved its summit for the end of the day; after-work session is where the top pulse sits; maximum "
       "bpm late in the day; was the most strenuous bit after 5pm?", "hardest beat before noon"),
    _q("even-tempered pulse", lambda d: under(d.hr_spread(), 9.3, 10.8),
       "flat line, hardly any variation in bpm; the heart kept to a narrow band; boring pulse curve; standard "
       "deviation of heart rate small", "pulse all over the place"),
    _q("pulse all over the place", lambda d: over(d.hr_spread(), 11.8, 12.8),
       "bpm up and down like a roller coaster; high variance in HR across the day; the heart rate chart looks wild; "
       "big gap between the quiet and the hard parts of the day", "even-tempered pulse"),
    _q("a cardio session", lambda d: over(d.hr_minutes_over(120), 4, 12),
       "anything you could call a cardio workout; at least a dozen minutes with the pulse above 120; vigorous heart "
       "work; aerobic training visible in the heart", "no cardio"),
    _q("no cardio", lambda d: under(d.hr_minutes_over(120), 0, 3),
       "skipped training, heart-wise; pulse never went past 120; let the heart have a day off from training; HR zones "
       "4 and 5 empty", "a cardio session"),
    _q("relaxed in the chair", lambda d: under(d.hr_while(0, 0, 600, 1080), 65, 68),
       "low pulse when sitting in the daytime; calm as a cucumber at the desk; seated heart rate under 65; chilled "
       "while not moving", "tense in the chair"),
    _q("tense in the chair", lambda d: over(d.hr_while(0, 0, 600, 1080), 70, 74),
       "stressed at the desk? pulse high while still; 75 bpm or more without a step taken, on average; never really "
       "relaxed between ten and six, even when sitting; inactive but heart busy", "relaxed in the chair"),
    _q("faster after lunch", lambda d: over(f.afternoon_lead(d), 0, 3),
       "afternoon pulse beats the morning pulse; heart busier from noon on; mean HR p.m. above a.m.; the second half "
       "of the day took more out of her heart", "faster before lunch"),
    _q("faster before lunch", lambda d: under(f.afternoon_lead(d), -2, 0.5),
       "the heart had its busy spell early and eased off later; heart quieter once noon had passed; average bpm "
       "12-18h lower than 8-12h; all the effort went into the forenoon, the pulse says", "faster after lunch"),
    _q("a start in the night", lambda d: over(f.peak_asleep(d), 17, 21),
       "heart spiked while asleep; nightmare? pulse jumped during sleep; bursts of fast heartbeat in the night; max "
       "sleeping HR far above the sleeping mean", "no starts in the night"),
    _q("no starts in the night", lambda d: under(f.peak_asleep(d), 14.5, 17),
       "heart undisturbed all night; no pulse spikes in bed; sleeping heart rate stays near its mean; nothing alarmed "
       "him in his dreams", "a start in the night"),
    _q("wound down by nine", lambda d: under(f.late_lead(d), -5, -1),
       "heart calmer late evening than in the afternoon; relaxed properly before bed; pulse comes down after nine; "
       "evening wind-down visible in HR", "wired at night"),
    _q("wired at night", lambda d: over(f.late_lead(d), -3, 0),
       "too wound up for bed, heart still up at ten; no slowing of the pulse by late evening; late-night bpm as high "
       "as mid-afternoon's; exercise or coffee too late?", "wound down by nine"),
    _q("walking gets the heart going", lambda d: over(d.hr_while(60, 250), 95, 102),
       "pulse above 100 while walking; even a stroll drives her heart up; brisk enough to make the heart work; "
       "walking HR high", "walks without effort"),
    _q("walks without effort", lambda d: under(d.hr_while(60, 250), 88, 94),
       "easy on the heart, that walk; strolls barely tax the heart; walked with a pulse in the eighties; doesn't get "
       "out of puff on foot", "walking gets the heart going"),
    _q("heart slow in sleep", lambda d: under(d.hr_asleep, 58.5, 61.5),
       "sleeping pulse down in the fifties; deep-rest heartbeat at night; good overnight recovery, slow heart; "
       "nocturnal HR lower than sixty", "heart fast in sleep"),
    _q("heart fast in sleep", lambda d: over(d.hr_asleep, 62.5, 65),
       "sleeping pulse stuck in the mid sixties or more; was there a fever or wine? heart quick all night; not a "
       "restful night for the circulation; the heart got no rest in bed", "heart slow in sleep"),
    _q("a proper drop at night", lambda d: over(r.dip(d), 0.15, 0.18),
       "heart rate dipper; night pulse a fifth below the day's; big day-night difference in bpm; how far does it fall "
       "when he sleeps? a lot", "hardly drops at night"),
    _q("hardly drops at night", lambda d: under(r.dip(d), 0.12, 0.14),
       "night or day, the bpm scarcely know the difference; pulse at night nearly that of the day; nighttime and "
       "daytime beats almost alike; heart doesn't come down in the dark hours", "a proper drop at night"),
    _q("a heavy evening before", lambda d: over(t.settling(d), 3.5, 6.5),
       "heart took half the night to calm down; late dinner effect, pulse high in the first hours of sleep; sleeping "
       "HR falls as the night goes on; went to bed with a thumping heart, woke with a quiet one",
       "settled from the off"),
    _q("settled from the off", lambda d: under(t.settling(d), 1, 3),
       "heart calm from the first hour of sleep; no long descent of the pulse overnight; sleeping HR level from start "
       "to end; already relaxed when he dropped off", "a heavy evening before"),
    _q("wakes with a bang", lambda d: over(r.surge(d), 12, 16),
       "heart leaps up as soon as the day starts; steep morning rise of pulse; a rushed first hour, going by the "
       "heart; from sleep to full speed at once", "wakes gently"),
    _q("wakes gently", lambda d: under(r.surge(d), 8, 11),
       "soft landing into the day, pulse close to sleeping level; slow morning for the heart; first hour awake barely "
       "faster than asleep; little morning surge", "wakes with a bang"),
    _q("peak with no walk near", lambda d: over(f.peak_from_walk(d), 3, 12),
       "top heart rate wasn't from walking; something other than steps raised the pulse most; highest bpm far from "
       "any walk; stress, cycling or lifting, not feet, made the peak"),
)
# fmt: on

QUESTIONS_FOURTH: tuple[Question, ...] = (*_SLEEP, *_HEART, *FEET_CHAIR_AND_WATCH)
"""Sleep, the heart, the feet, the chair and the watch."""
