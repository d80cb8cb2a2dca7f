"""The second half of the sixth list of plain-language questions: the heart, feet and chair. See the first half."""

from sensorlm.tasks import question_readings as r
from sensorlm.tasks import question_readings_fourth as r4
from sensorlm.tasks import question_readings_sixth as r6
from sensorlm.tasks import question_readings_third as r3
from sensorlm.tasks.question_readings_fourth import over, under
from sensorlm.tasks.questions import Question
from sensorlm.tasks.questions import worded as _q

# fmt: off
_HEART: tuple[Question, ...] = (
    _q("low pulse asleep", lambda d: under(d.hr_asleep, 56, 60),
       "low heart rate in my sleep; pulse down in the low fifties overnight; "
       "nocturnal heart rate of a trained athlete; does his heart go very slow when he sleeps",
       "high pulse asleep"),
    _q("high pulse asleep", lambda d: over(d.hr_asleep, 62, 66),
       "heart rate too high in my sleep; pulse up near seventy even though asleep; "
       "nocturnal heart rate above what I would expect; heart couldn't calm down, maybe I'm getting ill",
       "low pulse asleep"),
    _q("high pulse all day", lambda d: over(d.hr_mean(540, 1260), 76, 82),
       "heart rate on the high side the whole day; my heart was beating fast the entire day; "
       "average daytime pulse above eighty; days when mum's heart rate was too high",
       "low pulse all day"),
    _q("low pulse all day", lambda d: under(d.hr_mean(540, 1260), 67, 71),
       "heart rate on the low side the whole day; my heart took it easy today; "
       "average daytime pulse in the sixties; slow pulse during waking hours",
       "high pulse all day"),
    _q("good resting pulse", lambda d: under(r6.sitting_pulse(d), 64, 68),
       "nice low resting heart rate; pulse while sitting is in the low sixties or less; "
       "resting bpm looks fit; heart beats slowly when I just sit here",
       "bad resting pulse"),
    _q("bad resting pulse", lambda d: over(r6.sitting_pulse(d), 71, 76),
       "resting heart rate is up; pulse while sitting is high seventies or more; "
       "heart beats fast even when I just sit here; resting tachycardia tendency",
       "good resting pulse"),
    _q("heart really pumping", lambda d: over(r6.top_pulse(d), 120, 135),
       "got my heart really pumping; what day did my heart rate go over 135; "
       "high peak heart rate on exertion; pushed hard, max pulse way up",
       "heart never pumping"),
    _q("heart never pumping", lambda d: under(r6.top_pulse(d), 107, 117),
       "heart rate never went high; didn't get my pulse up at all; "
       "peak heart rate stayed under 110; nothing today that made her heart work",
       "heart really pumping"),
    _q("heart recovers fast", lambda d: over(d.hr_drop(), 18, 22),
       "quick heart rate recovery; pulse comes down fast once I stop walking; "
       "good recovery after effort; a few minutes of rest and the heart is back down",
       "heart recovers slowly"),
    _q("heart recovers slowly", lambda d: under(d.hr_drop(), 12, 18),
       "slow heart rate recovery; pulse stays up after I stop walking; "
       "takes a long time for the heart to come back down; poor recovery after effort",
       "heart recovers fast"),
    _q("heart drops at night", lambda d: over(r.dip(d), 0.14, 0.19),
       "heart rate drops a lot at night; big gap between my day pulse and my night pulse; "
       "marked nocturnal dipping of heart rate; his heart gets a proper rest at night",
       "heart hardly drops at night"),
    _q("heart hardly drops at night", lambda d: under(r.dip(d), 0.1, 0.14),
       "heart rate hardly drops at night; night pulse almost the same as day pulse; "
       "blunted nocturnal dipping of heart rate; the heart is not getting any rest at night",
       "heart drops at night"),
    _q("faster in the evening", lambda d: over(r.evening_lead(d), 3, 8),
       "my heart beats quicker come evening than it did in the morning; pulse picks up after six; "
       "evening heart rate above morning heart rate; pulse is quicker after tea than before lunch",
       "faster in the morning"),
    _q("faster in the morning", lambda d: under(r.evening_lead(d), -3, 1),
       "my heart beat quicker in the morning than it did come evening; calmer pulse after dinner than before lunch; "
       "evening heart rate below morning heart rate; heart was quicker at the start of the day and slowed down later",
       "faster in the evening"),
    _q("big highs and lows", lambda d: over(r6.swing(d), 28, 34),
       "pulse all over the place in the day; heart rate keeps going up and then down again all day; "
       "wide range of daytime heart rates; peaks and troughs in my heart rate",
       "pulse hardly changes"),
    _q("pulse hardly changes", lambda d: under(r6.swing(d), 20, 25),
       "heart rate pretty flat from morning till night; pulse hardly changes in the day; "
       "narrow range of daytime heart rates; heart rate line almost straight",
       "big highs and lows"),
    _q("racing for no reason", lambda d: over(r3.effort_off_feet(d), 8, 20),
       "heart racing for no reason; palpitations when not moving; "
       "over a hundred beats although she was not walking; stress or anxiety, fast heart while still",
       "never racing at rest"),
    _q("never racing at rest", lambda d: under(r3.effort_off_feet(d), 1, 6),
       "heart never races when I'm still; no sudden fast heartbeat while sitting around; "
       "only beats fast when she walks, otherwise calm; no unexplained fast heart rate",
       "racing for no reason"),
    _q("cardio session", lambda d: over(r.sustained(d), 8, 18),
       "did some cardio; kept my heart rate up for twenty minutes; "
       "sustained aerobic effort by heart rate; training session with the pulse above 110",
       "no cardio session"),
    _q("no cardio session", lambda d: under(r.sustained(d), 3, 8),
       "didn't do any cardio; heart rate wasn't up for more than a minute or two; "
       "no sustained aerobic effort by heart rate; skipped training, pulse shows nothing",
       "cardio session"),
)

_MOVING: tuple[Question, ...] = (
    _q("hit ten thousand", lambda d: over(r.whole_steps(d), 9000, 10000),
       "hit my ten thousand steps; step target smashed; "
       "who reached the 10k step goal; a very active day judging by the step counter",
       "nowhere near the step goal"),
    _q("nowhere near the step goal", lambda d: under(r.whole_steps(d), 4500, 5500),
       "nowhere near my step goal; low step count, under five thousand; "
       "mum hardly walked at all; insured person shows little movement",
       "hit ten thousand"),
    _q("went for a walk", lambda d: over(d.longest_run(60), 12, 22),
       "had a lovely long walk, no stopping; the dog got a decent outing; "
       "continuous walking of twenty minutes or longer; pushed the pram around the park for ages",
       "no walk at all"),
    _q("no walk at all", lambda d: under(d.longest_run(60), 5, 11),
       "didn't go for a walk; only a few minutes of walking in a row; "
       "never walked ten minutes at a stretch; poor dog didn't get out",
       "went for a walk"),
    _q("did a run", lambda d: over(d.longest_run(130), 2, 6),
       "laced up and went for a run; easy jog before or after work; "
       "show me the days I ran; running cadence for several minutes",
       "no run"),
    _q("no run", lambda d: under(d.step_minutes(130, 9999), 0, 5),
       "no run today; day off from run training; "
       "not a single minute at running pace; skipped my jog",
       "did a run"),
    _q("stuck at my desk", lambda d: over(r6.sat_share(d, 540, 1020), 0.8, 0.86),
       "stuck at my desk nine to five; spent working hours sitting; "
       "sedentary occupation; sat in lessons and meetings nearly the whole time",
       "on my feet at work"),
    _q("on my feet at work", lambda d: under(r6.sat_share(d, 540, 1020), 0.66, 0.73),
       "on my feet at work; never got to sit down during my shift; "
       "job with lots of moving around; running after a toddler nine to five",
       "stuck at my desk"),
    _q("hours in one chair", lambda d: over(r4.longest_sit(d), 90, 130),
       "hours on end in the chair without getting up; long car journey or a film marathon; "
       "prolonged uninterrupted sitting over two hours; dad hasn't left his chair for ages",
       "gets up regularly"),
    _q("gets up regularly", lambda d: under(r4.longest_sit(d), 48, 65),
       "gets up from the chair regularly; never sat longer than about three quarters of an hour; "
       "sitting is interrupted often; I stretch my legs every so often",
       "hours in one chair"),
    _q("lots of steps after six", lambda d: over(d.steps_between(1080, 1320), 2500, 3500),
       "busy evening on my feet; went out after dinner and walked a lot; "
       "lots of steps after six pm; evening class or football, so plenty of moving",
       "evening on the couch"),
    _q("evening on the couch", lambda d: under(d.steps_between(1080, 1320), 800, 1200),
       "spent the evening on the couch; telly night; "
       "few steps after six pm; put my feet up after dinner",
       "lots of steps after six"),
    _q("active before nine", lambda d: over(d.steps_between(300, 540), 900, 1800),
       "already active before nine; walked to work or school in the morning; "
       "exercised first thing, done before nine; got lots of steps in before the day began",
       "slow before nine"),
    _q("slow before nine", lambda d: under(d.steps_between(300, 540), 60, 250),
       "barely moved before nine; only got going late in the morning; "
       "no steps to speak of early in the day; doesn't get going before nine",
       "active before nine"),
    _q("walk at lunchtime", lambda d: over(d.longest_run(60, 720, 840), 4, 9),
       "went for a walk at lunchtime; stepped out to get a sandwich; "
       "used the lunch break for exercise; midday stroll of ten minutes or so",
       "no walk at lunchtime"),
    _q("no walk at lunchtime", lambda d: under(d.longest_run(60, 720, 840), 1, 4),
       "no getting out at lunch for me; between twelve and two I never walked anywhere; "
       "lunch break without a stroll; ate lunch and did not go walking",
       "walk at lunchtime"),
    _q("steps all at once", lambda d: under(r6.hours_for_half(d), 2, 4),
       "most of my steps came at once; one or two busy hours and otherwise not much; "
       "walking is concentrated in a short part of the day; moved a lot for a bit and then hardly",
       "bit of walking all day long"),
    _q("bit of walking all day long", lambda d: over(r6.hours_for_half(d), 2, 4),
       "steps spread out over the day; a little walking here and there from morning to night; "
       "activity distributed over many hours rather than a few; no one hour stands out for walking",
       "steps all at once"),
    _q("moving each hour", lambda d: over(r6.stirring_hours(d), 10, 13),
       "got moving every single hour; got my hourly activity rings; "
       "some steps in almost each hour from breakfast to bedtime; she is forever up doing some job or other",
       "many hours without moving"),
    _q("many hours without moving", lambda d: under(r6.stirring_hours(d), 7, 9),
       "many hours without moving; my watch kept telling me to stand up; "
       "inactive for half of the waking hours; she sits hour after hour",
       "moving each hour"),
    _q("pottering only", lambda d: over(r6.potter_share(d), 0.76, 0.85),
       "just pottering about the house; little shuffles, never a proper stride; "
       "only slow short bouts of stepping; housework and kitchen and not much else",
       "purposeful walking"),
    _q("purposeful walking", lambda d: under(r6.potter_share(d), 0.6, 0.67),
       "purposeful walking, not just pottering; when up, she walks with real strides; "
       "a fair amount of steady gait when up; really going somewhere",
       "pottering only"),
    _q("half hour of brisk", lambda d: over(d.step_minutes(100, 9999), 20, 30),
       "got my half hour of brisk walking; meets the exercise advice of thirty minutes moderate; "
       "fast walking for thirty minutes in total; did he exercise enough as I told him",
       "nothing brisk"),
    _q("nothing brisk", lambda d: under(d.step_minutes(100, 9999), 2, 8),
       "didn't walk fast at all; no moderate exercise by step rate; "
       "nothing brisk in it, only slow steps; not meeting the exercise advice",
       "half hour of brisk"),
    _q("walking after midnight", lambda d: over(d.steps_between(0, 300), 120, 300),
       "walking about in the small hours; night duty on the ward; "
       "party night, on my feet after midnight; counted steps during the night, between twelve and five",
       "no steps after midnight"),
    _q("no steps after midnight", lambda d: under(d.steps_between(0, 300), 20, 60),
       "not moving in the small hours; no night duty, no steps after midnight; "
       "dad stayed put after midnight; nothing on the step counter until five",
       "walking after midnight"),
)
# fmt: on

QUESTIONS_SIXTH_B: tuple[Question, ...] = (*_HEART, *_MOVING)
