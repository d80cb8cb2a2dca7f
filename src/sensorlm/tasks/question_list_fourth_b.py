"""The fourth list of questions, its second half: the feet, the chair, the watch, and what joins them.

Written by the same hand, and with thresholds of the same sixteen people, as `question_list_fourth` tells.
"""

from sensorlm.tasks import question_readings as r
from sensorlm.tasks import question_readings_fourth as f
from sensorlm.tasks import question_readings_third as t
from sensorlm.tasks.day_view import DayView
from sensorlm.tasks.question_readings_fourth import about, over, under
from sensorlm.tasks.questions import Question, both
from sensorlm.tasks.questions import worded as _q


def _commuted(d: DayView) -> bool | None:
    """On foot both from 07:00 to 09:30 and from 16:00 to 19:00."""
    return both(over(d.steps_between(420, 570), 400, 800), over(d.steps_between(960, 1140), 600, 1000))


def _poorly(d: DayView) -> bool | None:
    """Few steps and no walk."""
    return both(under(r.whole_steps(d), 4500, 6000), under(d.longest_run(60), 8, 12))


def _in_full_swing(d: DayView) -> bool | None:
    """Many steps, and those in many hours."""
    return both(over(r.whole_steps(d), 9000, 10500), over(r.active_hours(d), 6, 8))


def _feet_up(d: DayView) -> bool | None:
    """Hardly a step from 19:00 to 22:00, and no walk before."""
    return both(over(d.still_share(1140, 1320), 0.78, 0.86), under(d.longest_run(60, 1110, 1290), 4, 10))


def _no_pulse(d: DayView) -> bool | None:
    """Ten hours or more recorded without a pulse; a day that was mostly not recorded tells nothing."""
    return None if d.off_minutes(0, 1440) > 720 else over(d.hr_lacking(), 240, 600)


# fmt: off
_FEET: tuple[Question, ...] = (
    _q("ten thousand", lambda d: over(r.whole_steps(d), 9800, 10000),
       "hit the 10k goal; ten thousand steps or more; did my ring close, 10,000 done; step count at least 10000",
       "not half of ten thousand"),
    _q("not half of ten thousand", lambda d: under(r.whole_steps(d), 4800, 5300),
       "below 5k steps; fewer than five thousand on the counter; my legs must have rusted; sedentary by the "
       "step-count definition", "ten thousand"),
    _q("an average tally", lambda d: about(r.whole_steps(d), 6500, 9000, 800),
       "between six and a half and nine thousand steps; a so-so day for steps; neither lazy nor sporty; show me the "
       "boring ordinary days, stepwise"),
    _q("a record-book day", lambda d: over(r.whole_steps(d), 12000, 13000),
       "must have walked miles; 13k steps and up; enormous step total; legs will be sore tomorrow"),
    _q("a half-hour walk", lambda d: over(d.longest_run(60), 22, 28),
       "walked half an hour in one go; a decent long walk with the dog; continuous walking bout of about 30 min; did "
       "grandpa manage his long walk", "no walk to speak of"),
    _q("no walk to speak of", lambda d: under(d.longest_run(60), 6, 10),
       "never walked ten minutes together; no bout of walking worth recording; just a few paces here and there; the "
       "dog had to make do with the garden", "a half-hour walk"),
    _q("ran, if briefly", lambda d: over(d.step_minutes(140, 400), 0, 3),
       "jogging pace for some minutes; any sign that he broke into a run?; cadence of 140 and up; sprinted for the "
       "bus or went for a jog"),
    _q("brisk half hour in sum", lambda d: over(d.step_minutes(100, 400), 18, 27),
       "met the guideline of 30 brisk minutes; nearly half an hour at 100 steps a minute or faster; moderate activity "
       "achieved today; walked with purpose a good while", "never in a hurry"),
    _q("never in a hurry", lambda d: under(d.step_minutes(100, 400), 0, 3),
       "no brisk minute; at no time a fast cadence; took it slow, always; legs never went above a stroll",
       "brisk half hour in sum"),
    _q("a morning mover", lambda d: over(f.share_between(d, 0, 720), 0.37, 0.47),
       "got a good half of my movement in before noon; front-loaded step pattern; about half of all steps by midday; "
       "active in the morning, less later on", "an evening mover"),
    _q("an evening mover", lambda d: over(f.share_between(d, 1080, 1440), 0.33, 0.43),
       "big part of the steps after six in the evening; skewed to the evening, distribution of steps; only got going "
       "after work; the feet woke up at dinnertime", "a morning mover"),
    _q("a turn after dinner", lambda d: over(d.longest_run(60, 1110, 1290), 4, 10),
       "some fresh air on foot once dinner was over; got off the sofa after the meal and went for a walk; ten minutes "
       "round the block between half six and half nine; took the dog out in the evening", "feet up all evening"),
    _q("feet up all evening", _feet_up,
       "telly evening; nearly no movement from seven till ten; sofa, blanket, series; couch potato after dinner",
       "a turn after dinner"),
    _q("a walk in the lunch hour", lambda d: over(d.steps_between(690, 840), 1200, 1600),
       "a walk with colleagues in the lunch break; popped out at midday; lots of steps around noon; used the lunch "
       "hour to move", "a sandwich at the desk"),
    _q("a sandwich at the desk", lambda d: under(d.steps_between(690, 840), 400, 700),
       "didn't budge at lunch; noon without movement; few steps 11:30-14:00; ate where he sat",
       "a walk in the lunch hour"),
    _q("all in one hour", lambda d: over(d.busiest_share, 0.27, 0.33),
       "one burst of activity and the rest nothing; a third of the steps in a single hour; weekend-warrior day; "
       "movement concentrated in one block", "spread thin"),
    _q("spread thin", lambda d: under(d.busiest_share, 0.185, 0.22),
       "steps evenly distributed over the day; a little bit of moving every hour; no single hour stands out; bits and "
       "bobs from morning to night", "all in one hour"),
    _q("there and back", _commuted,
       "walked to work and home again; movement at both rush hours; commute on foot visible; active around eight and "
       "again around five or six"),
    _q("first steps at ten or so", lambda d: over(d.first_steps, 560, 590),
       "didn't surface till ten; nobody moved before half nine at the earliest; late first walking of the day; when "
       "will my son leave his room? past ten", "first steps by half six"),
    _q("first steps by half six", lambda d: under(d.first_steps, 385, 415),
       "up and walking by 6:30; which mornings did she start pacing before it was light; already moving at dawn; feet "
       "on the floor before seven, easily", "first steps at ten or so"),
    _q("no rest till late", lambda d: over(d.last_steps, 1375, 1400),
       "still running about after eleven at night; last walking close to midnight; tidying up the kitchen at 23:30; "
       "late evening activity, past 11 pm", "done by half nine"),
    _q("done by half nine", lambda d: under(d.last_steps, 1300, 1325),
       "no more walking after ten in the evening; last steps well before bedtime for most; put her feet up for good "
       "by half past nine; activity ended early", "no rest till late"),
    _q("afternoon beats morning", lambda d: under(r.before_lunch_lead(d), -1000, -200),
       "more steps between noon and six than between six and noon; only became active after the midday meal; slow "
       "morning but a busy afternoon; PM activity > AM activity", "morning beats afternoon"),
    _q("morning beats afternoon", lambda d: over(r.before_lunch_lead(d), 100, 800),
       "walked mainly ahead of lunch rather than behind it; slackened off after lunch; was on her feet in the "
       "forenoon and off them later; post-noon step volume lower than pre-noon", "afternoon beats morning"),
    _q("busiest at breakfast", lambda d: under(d.busiest_hour, 9, 12),
       "peak hour of steps before ten; is he most active first thing?; early hour with the most walking; did my "
       "exercise before work", "busiest at supper"),
    _q("busiest at supper", lambda d: over(d.busiest_hour, 15, 18),
       "tops his step count when it is getting dark; most active once the working day is done; sports club nights, "
       "presumably; evening gym or a late shift", "busiest at breakfast"),
    _q("in and out all day", lambda d: over(t.outings(d, 5), 3, 5),
       "at least five short walks; lots of little trips on foot; errands, back and forth; many walking bouts of five "
       "minutes or longer", "in all day"),
    _q("in all day", lambda d: both(under(t.outings(d, 5), 0, 1), under(t.fullest_hour(d), 1000, 1400)),
       "stayed home; never left the flat by the look of it; not even out for milk; nothing that looks like going "
       "outside", "in and out all day"),
    _q("pottering", lambda d: over(d.step_minutes(1, 39), 180, 210),
       "three and a half hours of light moving about; housework kind of day; slow shuffling here and there, loads of "
       "it; light-intensity stepping high", "no pottering"),
    _q("no pottering", lambda d: under(d.step_minutes(1, 39), 130, 155),
       "little light activity; barely two hours with a few steps in them; if not walking then motionless; moved "
       "seldom in a small way", "pottering"),
    _q("a striding walk", lambda d: over(t.best_walk_pace(d), 90, 100),
       "main walk at a hundred steps a minute; walked as if late for a train; fast on foot during the longest walk; "
       "strode out rather than ambled", "a dawdling walk"),
    _q("a dawdling walk", lambda d: under(t.best_walk_pace(d), 76, 84),
       "the main walk of the day was a slow one; took the walk at a snail's pace; you could have overtaken him with a "
       "pram; leisurely cadence, about seventy a minute", "a striding walk"),
    _q("collapsed after the walk", lambda d: over(t.rest_after_walk(d), 20, 27),
       "sat down for a good rest straight after walking; a break of half an hour followed the long walk; flopped on "
       "the sofa afterwards; walk first, then stillness"),
    _q("half done by lunch", lambda d: under(t.halfway(d), 780, 840),
       "half the day's steps in the bag by 1 pm; the step counter was ahead of schedule; median step before early "
       "afternoon; most walking over and done with by lunch", "half still to go at five"),
    _q("half still to go at five", lambda d: over(t.halfway(d), 990, 1030),
       "at five o'clock not even half of the final step count; the counter only crossed its halfway mark towards "
       "evening; step curve climbs steepest at the end; caught up on my steps in the evening", "half done by lunch"),
    _q("a long time on the go", lambda d: over(t.span_on_foot(d), 910, 950),
       "sixteen hours from first to last steps; long day on my feet from dawn to bedtime; wide activity window; up "
       "early, still up late", "a short active day"),
    _q("a short active day", lambda d: under(t.span_on_foot(d), 790, 835),
       "first to last steps within thirteen hours; moved about for only part of the day; not many hours between "
       "getting going and calling it a day; short day on my feet, late up and early down", "a long time on the go"),
    _q("a sluggish start", lambda d: under(f.steps_from_waking(d, 120), 500, 800),
       "slow to get moving after waking; first two hours up with hardly a step; needs coffee and a sofa before "
       "anything; few steps early on once awake", "off like a rocket"),
    _q("off like a rocket", lambda d: over(f.steps_from_waking(d, 120), 1200, 1900),
       "plenty of steps in the two hours after getting up; hit the ground running; morning exercise right after "
       "waking; mum is always tearing around as soon as she's up", "a sluggish start"),
    _q("walk before breakfast", lambda d: over(f.walk_from_waking(d), 5, 9),
       "stretched his legs outdoors before anything else; dog needed out first thing; early walking bout within two "
       "hours of getting up; walked to the bakery before the day got going"),
    _q("looks poorly", _poorly,
       "under the weather?; took it very easy, probably ill; a sick day or a day of doing nothing; convalescent level "
       "of activity", "in full swing"),
    _q("in full swing", _in_full_swing,
       "full of beans; constantly up and about; nonstop busy day; high activity through most hours", "looks poorly"),
)

_CHAIR: tuple[Question, ...] = (
    _q("glued to the chair", lambda d: over(f.longest_sit(d), 80, 110),
       "two hours without getting up, or close to it; binge-watched or sat in a long meeting; prolonged uninterrupted "
       "sitting; gran didn't leave her chair for ages", "never sat for long"),
    _q("never sat for long", lambda d: under(f.longest_sit(d), 50, 65),
       "always up again within the hour; sitting broken up regularly; sitting bouts all under an hour; couldn't sit "
       "still all day", "glued to the chair"),
    _q("a seated day", lambda d: over(d.still_share(540, 1260), 0.75, 0.80),
       "on my backside from breakfast to bedtime; four minutes in five without a step; far too much sitting; high "
       "sedentary fraction of daytime", "a standing day"),
    _q("a standing day", lambda d: under(d.still_share(540, 1260), 0.65, 0.70),
       "hardly ever still in the daytime; a day with the bum off the seat; sitting time minimal from nine to nine; "
       "shop-floor or kids kind of day, always moving", "a seated day"),
    _q("on the feet at work", lambda d: over(d.step_minutes(1, 400, 540, 1020), 130, 170),
       "stood and walked the whole shift; job that keeps her moving; nearly three hours of stepping minutes in "
       "working hours; waiters, nurses, posties: workdays like theirs", "a desk job"),
    _q("a desk job", lambda d: under(d.step_minutes(1, 400, 540, 1020), 85, 105),
       "paperwork, calls, meetings, no legs needed; computer all day long; steps 9 to 5 next to nothing; chained to a "
       "screen from nine to five", "on the feet at work"),
    _q("up every hour", lambda d: under(f.idle_hours(d), 0, 2),
       "got up at least once every hour in the working day; no hour between nine and five without steps; hourly move "
       "reminder obeyed; stretched her legs each hour", "hours without stirring"),
    _q("hours without stirring", lambda d: over(f.idle_hours(d), 1, 3),
       "several working hours with next to no steps; ignored the move reminder; idle hours pile up between nine and "
       "five; whole hours where he doesn't budge", "up every hour"),
    _q("an after-lunch slump", lambda d: over(d.still_share(780, 900), 0.82, 0.92),
       "food coma, motionless from one to three; early afternoon with practically no steps; post-lunch dip in "
       "activity; sat like a sack of potatoes after eating", "busy after lunch"),
    _q("busy after lunch", lambda d: under(d.still_share(780, 900), 0.6, 0.72),
       "up and doing between one and three; lots of moving in the early afternoon; no siesta here, on the trot; "
       "active right after the midday meal", "an after-lunch slump"),
)

_WATCH: tuple[Question, ...] = (
    _q("on round the clock", lambda d: under(d.off_minutes(0, 1440), 30, 120),
       "wore the watch all 24 hours; the strap stayed shut from midnight to midnight; full-day recording; complete "
       "wear, good enough for my study", "on for half the day at most"),
    _q("on for half the day at most", lambda d: over(d.off_minutes(0, 1440), 520, 700),
       "tracker lay in a drawer for hours and hours; device worn less than half the time; lots of missing data; left "
       "it at home, so little was captured", "on round the clock"),
    _q("off overnight", lambda d: over(d.off_minutes(0, 360), 100, 280),
       "watch on the bedside table at night; didn't sleep with it on; nothing recorded from midnight to six; she "
       "takes it off for bed", "on overnight"),
    _q("on overnight", lambda d: under(d.off_minutes(0, 360), 20, 100),
       "wearable worn to bed; night hours fully recorded; kept the band on in bed; data present in the hours after "
       "midnight", "off overnight"),
    _q("a break by day", lambda d: over(d.longest_off(480, 1320), 15, 60),
       "where did an hour or more of my daytime go, watch wasn't on; recording pauses in the daytime; off wrist, "
       "maybe swimming or on the charger; where's the hole in the daytime data?", "no break by day"),
    _q("no break by day", lambda d: under(d.longest_off(480, 1320), 5, 15),
       "on the wrist continuously from eight to ten; no daytime gap; not once removed during waking hours; daytime "
       "data without holes", "a break by day"),
    _q("put on late", lambda d: over(t.first_reading(d), 420, 480),
       "watch only put on after eight in the morning; recording starts late; remembered the tracker when already at "
       "work; first data point after breakfast"),
    _q("taken off before bed", lambda d: under(t.last_reading(d), 1380, 1425),
       "watch came off in the evening; recording stops before eleven at night; took the band off to shower and never "
       "put it back; data end well ahead of midnight"),
    _q("no heart signal for long", _no_pulse,
       "steps but no pulse for most of the day; heart sensor not working?; HR missing while worn; cheap tracker "
       "without a heart reading", "heart signal all day"),
    _q("heart signal all day", lambda d: over(r.pulse_share(d), 0.75, 0.9),
       "pulse recorded practically all day and night; HR coverage above 90 percent; complete heart rate curve; sensor "
       "read the heart without dropping out", "no heart signal for long"),
    _q("a night fit for study", lambda d: over(f.night_pulse_share(d), 0.5, 0.9),
       "sleep and heart rate both there for the night; usable night of data, with pulse; can I analyse nocturnal HR "
       "on this one; sleep log plus heartbeats through it"),
)
# fmt: on

FEET_CHAIR_AND_WATCH: tuple[Question, ...] = (*_FEET, *_CHAIR, *_WATCH)
"""The feet, the chair and the watch."""
