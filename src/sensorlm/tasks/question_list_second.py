"""A second list of questions about a whole day, by another hand that had seen nothing a model was trained on.

People name numbers, so many wordings do too: minutes, steps and beats a minute (bpm) as in the predicate beside
them. Each question is worded by four: roughly a search box, somebody who talks, somebody clinical, somebody at home.
"""

from sensorlm.tasks import question_readings as r
from sensorlm.tasks.questions import Question, above, below, both, within
from sensorlm.tasks.questions import worded as _q

_MANY = float("inf")

# fmt: off
QUESTIONS_SECOND: tuple[Question, ...] = (
    # Sleep.
    _q("seven to nine hours asleep", lambda d: within(d.sleep_minutes, 420, 540),
       "7-9 h sleep; did I get the recommended amount of sleep?; sleep duration within the adult guideline range; "
       "neither too short nor too long a night, about eight hours", "under seven hours asleep"),
    _q("under seven hours asleep", lambda d: below(d.sleep_minutes, 420),
       "sleep < 7h; he not sleep enough hours; nocturnal sleep period shorter than recommended for adults; went to "
       "work on less than seven hours of kip", "seven to nine hours asleep"),
    _q("asleep before midnight", lambda d: below(r.onset(d), 0),
       "sleep onset before 00:00; was mum already asleep at midnight?; dead to the world before the clock struck "
       "twelve; the new day began while I was sleeping", "awake at midnight"),
    _q("awake at midnight", lambda d: above(r.onset(d), 0),
       "sleep onset after 00:00; still up when the date changed; was he awake at twelve o'clock at night?; could not "
       "or would not drop off until past midnight", "asleep before midnight"),
    _q("late midsleep", lambda d: above(r.midsleep(d), 270),
       "midsleep after 4:30; delayed sleep phase; the middle of her sleep fell around five in the morning; a teenager's"
       " body clock, late to sleep and late to wake", "early midsleep"),
    _q("early midsleep", lambda d: below(r.midsleep(d), 180),
       "midsleep before 03:00; advanced sleep phase, onset and waking both early; half of the sleep was already done "
       "by three; farmer's hours, early in and early out", "late midsleep"),
    _q("slept in the afternoon", lambda d: above(d.asleep_between(720, 1200), 60),
       "sleep logged 12:00-20:00; is dad sleeping in the afternoons again?; diurnal sleep of more than an hour; "
       "crashed for over an hour after midday"),
    _q("moving soon after waking", lambda d: above(r.steps_after_waking(d), 600),
       "600+ steps in first hour awake; straight out of bed and off; I wake and immediately I walk a lot; prompt "
       "ambulation on awakening", "slow after waking"),
    _q("slow after waking", lambda d: below(r.steps_after_waking(d), 100),
       "<100 steps in first hour awake; needs an hour and three coffees before she moves; minimal activity following "
       "awakening; stayed put for the first hour after the alarm", "moving soon after waking"),
    # How much on foot, and when.
    _q("fifteen thousand", lambda d: above(r.whole_steps(d), 15000),
       "15k+ steps; more than fifteen thousand paces in one day; my feet are killing me, monster step total; "
       "exceptionally high daily step count", "under five thousand"),
    _q("under five thousand", lambda d: below(r.whole_steps(d), 5000),
       "steps < 5000; did grandma walk less than five thousand steps?; sedentary according to the step index; a poor "
       "step total, nowhere near half of ten thousand", "fifteen thousand"),
    _q("middling steps", lambda d: within(r.whole_steps(d), 5000, 10000),
       "5000-10000 steps; neither lazy nor sporty, a so-so step total; low to somewhat active by daily step count; "
       "did I walk an ordinary amount, more than five but under ten thousand?"),
    _q("busiest hour before noon", lambda d: below(d.busiest_hour, 12),
       "peak step hour AM; which days was I most active before noon?; peak of ambulatory activity in the morning; her "
       "busiest hour was a morning one", "busiest hour after six"),
    _q("busiest hour after six", lambda d: above(d.busiest_hour, 17),
       "peak step hour after 18:00; most of my walking I do in one hour after dinner time; the activity peak lies in "
       "the evening; busiest on his feet once the office had closed", "busiest hour before noon"),
    _q("first steps before six", lambda d: below(d.first_steps, 360),
       "first steps < 06:00; who walks about at five in the morning?; early shift, feet on the floor before six; "
       "earliest ambulation before 6 a.m.", "no steps before nine"),
    _q("no steps before nine", lambda d: above(d.first_steps, 540),
       "first steps > 09:00; did mum get up so late? no walking until past nine; not a peep out of anyone before nine; "
       "onset of ambulation after 9 a.m.", "first steps before six"),
    _q("steps near midnight", lambda d: above(d.last_steps, 1410),
       "last steps after 23:30; still walking around close to midnight; late shift, on his feet until almost twelve; "
       "ambulation persisting past half past eleven at night", "no steps after half past nine"),
    _q("no steps after half past nine", lambda d: below(d.last_steps, 1290),
       "last steps before 21:30; by half past nine she had stopped moving for good; no ambulation in the late evening; "
       "was dad settled and off his feet by nine thirty?", "steps near midnight"),
    _q("more before lunch", lambda d: above(r.before_lunch_lead(d), 1000),
       "steps 6-12 > 12-18; walked far more before lunch than after it; all downhill after midday, the steps were in "
       "the forenoon; activity clearly higher in the first half of the working day", "more after lunch"),
    _q("more after lunch", lambda d: below(r.before_lunch_lead(d), -1000),
       "steps 12-18 > 6-12; the afternoon was much busier on foot than the morning; she warms up only after lunch; "
       "activity clearly higher from noon to six than from six to noon", "more before lunch"),
    _q("on foot both ways",
       lambda d: both(above(d.steps_between(390, 570), 1000), above(d.steps_between(960, 1140), 1000)),
       "walk commute AM + PM; I go by foot to the work and by foot back home; steps at both rush hours; school run on "
       "foot, morning and late afternoon"),
    _q("out at lunchtime", lambda d: above(d.steps_between(720, 780), 1000),
       "1000+ steps 12-13h; got out of the office from twelve to one; did the team walk in the lunch hour?; marked "
       "ambulation between noon and 1 p.m.", "lunch at the desk"),
    _q("lunch at the desk", lambda d: below(d.steps_between(720, 780), 60),
       "next to no steps 12-13h; ate my sandwich at the keyboard, never left the chair; nearly immobile from noon to "
       "1 p.m.; between twelve and one I almost not walked", "out at lunchtime"),
    _q("up between two and five", lambda d: above(d.steps_between(120, 300), 30),
       "steps 2-5 am; did grandad get out of bed in the dead of night?; loo trips or feeding the baby at three; "
       "nocturnal ambulation between 02:00 and 05:00", "no step between two and five"),
    _q("no step between two and five", lambda d: below(d.steps_between(120, 300), 1),
       "zero steps 2-5 am; she didn't get up once between two and five; not one foot out of bed in the dead of night; "
       "no nocturnal ambulation from 02:00 to 05:00", "up between two and five"),
    _q("a walk after half past nine", lambda d: above(d.longest_run(60, 1290, 1440), 9),
       "walk after 21:30; who goes walking at ten o'clock at night?; ten minutes or more of walking late in the "
       "evening; last round with the dog, gone half nine"),
    # How it was spread.
    _q("moved every hour", lambda d: above(r.active_hours(d), 9),
       "250 steps/h nearly every hour; walked a bit in each hour from eight to eight; regular movement breaks "
       "throughout the day; never a whole hour in the chair, my watch stopped nagging me", "few active hours"),
    _q("few active hours", lambda d: below(r.active_hours(d), 4),
       "<4 active hours; watch kept telling me to stand up and I kept ignoring it; prolonged inactivity in most "
       "daytime hours; most hours passed with hardly any steps", "moved every hour"),
    _q("several walks", lambda d: above(r.walks(d), 2),
       "3+ walks >=10 min; went out walking again and again; multiple ambulatory bouts of ten minutes or more; how "
       "many walks? at least three proper ones", "no ten-minute walk"),
    _q("no ten-minute walk", lambda d: below(r.walks(d), 1),
       "0 walks >=10 min; not even ten minutes of walking in one go; all walking in short snatches of a few minutes; "
       "absence of any sustained ambulatory bout", "several walks"),
    _q("half an hour brisk", lambda d: above(d.step_minutes(100, _MANY), 29),
       "30+ min at >=100 spm; half an hour at a good clip; met the daily target for moderate-intensity walking; I have "
       "walked quickly for thirty minutes or more", "hardly any brisk minutes"),
    _q("hardly any brisk minutes", lambda d: below(d.step_minutes(100, _MANY), 5),
       "cadence >=100 under 5 min; just shuffling, nothing at a proper pace; practically no moderate-intensity "
       "stepping; does he ever walk fast? not that day", "half an hour brisk"),
    _q("fast feet", lambda d: above(d.step_minutes(140, _MANY), 2),
       "cadence peak > 140 spm; legs were spinning, if only for a few minutes; sprinted for the bus; peak cadence in "
       "the running range", "never hurried"),
    _q("never hurried", lambda d: below(d.step_minutes(110, _MANY), 1),
       "max cadence < 110; took every step at a leisurely pace; at no minute in any rush; peak cadence remained low",
       "fast feet"),
    _q("steps in one burst", lambda d: above(d.busiest_share, 1 / 3),
       ">1/3 of steps in a single hour; mostly one outing and little else; activity concentrated in one short part of "
       "the day; a third of my daily steps came all at once", "steps spread out"),
    _q("steps spread out", lambda d: below(d.busiest_share, 0.15),
       "even step distribution; a little here and a little there, all day long; no hour stood out from the others; "
       "activity evenly distributed over the waking hours", "steps in one burst"),
    _q("hours of light movement", lambda d: above(d.step_minutes(1, 59), 240),
       "light activity > 4h; pottering round the house for hours; on the ward all shift, a few steps here and there; "
       "many hours of light-intensity stepping", "little light movement"),
    _q("little light movement", lambda d: below(d.step_minutes(1, 59), 120),
       "light activity < 2h; not two hours in small steps, all told; not much shuffling about at all; "
       "low volume of light-intensity movement", "hours of light movement"),
    _q("sat most of the day", lambda d: above(d.still_share(480, 1320), 0.8),
       "sedentary > 80% of daytime; parked on my backside the whole day; no steps in four of five waking minutes; "
       "excessive total sitting time", "sat little"),
    _q("sat little", lambda d: below(d.still_share(480, 1320), 0.6),
       "sedentary < 60% of daytime; waiting tables, hardly a minute to sit; low total sitting time; she is up and "
       "moving for a big part of her day", "sat most of the day"),
    _q("sat through the forenoon", lambda d: above(d.longest_still(540, 720), 60),
       "1h+ no steps 9-12; in meetings all forenoon, did not rise for over an hour; unbroken sedentary bout during the "
       "late morning; stuck in class between nine and noon", "up and down all forenoon"),
    _q("up and down all forenoon", lambda d: below(d.longest_still(540, 720), 20),
       "no 20 min sitting 9-12; from nine to noon he could not keep his seat; late-morning sedentary bouts all brief; "
       "chasing toddlers until midday", "sat through the forenoon"),
    _q("sat after seven", lambda d: above(d.longest_still(1140, 1320), 75),
       "75 min+ still 19-22h; binge-watched without getting up; long uninterrupted sitting between 7 and 10 p.m.; in "
       "the evening I stay very long on the sofa", "no long sit after seven"),
    _q("no long sit after seven", lambda d: below(d.longest_still(1140, 1320), 25),
       "no 25 min sitting 19-22h; bath time, dishes, laundry, never sat down after seven; evening sedentary bouts all "
       "short; kept getting up from the sofa", "sat after seven"),
    _q("steps without a workout", lambda d: both(above(r.whole_steps(d), 9000), below(d.longest_run(100), 10)),
       "9k+ steps, no continuous walk; a waiter's day, thousands of steps but never ten minutes straight; high volume "
       "without a structured exercise bout; many steps only from work, no sport"),
    _q("workout and the chair", lambda d: both(above(d.longest_run(100), 19), above(d.still_share(480, 1320), 0.7)),
       "active couch potato; did my workout, sat the rest of the day; exercised yet otherwise sedentary; one brisk "
       "outing of twenty minutes, otherwise the chair"),
    _q("rested and active", lambda d: both(above(d.sleep_minutes, 420), above(r.whole_steps(d), 8000)),
       "sleep > 7h and steps > 8k; slept enough and moved enough; both sleep and activity recommendations met; a "
       "healthy one, good night then a good walk", "tired and inactive"),
    _q("tired and inactive", lambda d: both(below(d.sleep_minutes, 420), below(r.whole_steps(d), 8000)),
       "sleep < 7h and steps < 8k; too little sleep and then too little walking; both sleep and activity below "
       "recommendations; knackered, so I did not do much", "rested and active"),
    # The heart.
    _q("high daytime pulse", lambda d: above(d.hr_mean(480, 1320), 85),
       "avg daytime HR > 85; why is her heart rate so high during the day?; elevated mean waking heart rate; ticker was"
       " on the fast side from morning to bedtime", "low daytime pulse"),
    _q("low daytime pulse", lambda d: below(d.hr_mean(480, 1320), 75),
       "avg daytime HR < 75; in the day my heart goes slow in average; low mean waking heart rate; engine idling "
       "nicely from breakfast to bedtime", "high daytime pulse"),
    _q("steady pulse", lambda d: below(d.hr_spread(), 12),
       "HR std dev < 12; flat heart trace, no big ups or downs; low variability of heart rate over 24 hours; pulse "
       "stayed in one narrow band", "pulse up and down"),
    _q("pulse up and down", lambda d: above(d.hr_spread(), 14),
       "HR std dev > 14; my pulse is jumping between low and high the whole day; wide swings of heart rate over 24 "
       "hours; a heart trace like the Alps", "steady pulse"),
    _q("steady pulse at night", lambda d: below(d.hr_spread(60, 300), 4),
       "flat HR 1-5 am; the pulse hardly changed in the small hours; stable nocturnal heart rate; line on the graph "
       "like a ruler while she slept", "jumpy pulse at night"),
    _q("jumpy pulse at night", lambda d: above(d.hr_spread(60, 300), 6),
       "spiky HR 1-5 am; heart jumping about in the small hours; unstable nocturnal heart rate; in the night the pulse "
       "goes up and down a lot", "steady pulse at night"),
    _q("low sleeping pulse", lambda d: below(d.hr_asleep, 60),
       "sleeping HR < 60; how low does my heart go when I sleep? under sixty on average; low mean sleeping heart "
       "rate; snoozing at less than a beat a second", "high sleeping pulse"),
    _q("high sleeping pulse", lambda d: above(d.hr_asleep, 66),
       "sleeping HR > 66; even asleep her heart did not calm down; raised mean heart rate during sleep; slept, but the "
       "pulse was of someone coming down with something", "low sleeping pulse"),
    _q("deep dip at night", lambda d: above(r.dip(d), 0.2),
       "nocturnal HR dip > 20%; at night the heart is much slower than by day; marked nocturnal dipping; huge drop "
       "between daytime and night pulse", "no dip at night"),
    _q("no dip at night", lambda d: below(r.dip(d), 0.12),
       "non-dipper HR; night pulse almost as fast as in the day; blunted nocturnal fall of heart rate; heart did not "
       "slow much in the night", "deep dip at night"),
    _q("morning surge", lambda d: above(r.surge(d), 15),
       "HR +15 on waking; heart leaps as soon as I'm out of bed; pronounced morning surge of heart rate; the pulse "
       "shot up in the first hour after sleep", "gentle waking"),
    _q("gentle waking", lambda d: below(r.surge(d), 10),
       "HR rise on waking < 10; heart took its time in the first hour up; attenuated morning rise of heart rate; her "
       "pulse hardly climbed on waking", "morning surge"),
    _q("evening pulse higher", lambda d: above(r.evening_lead(d), 5),
       "HR 18-22 > HR 8-12; heart beats faster in the evening as in the morning; mean evening heart rate exceeds "
       "morning; pulse crept up towards the night", "morning pulse higher"),
    _q("morning pulse higher", lambda d: below(r.evening_lead(d), -5),
       "HR 8-12 > HR 18-22; heart worked harder in the morning than at the end of the day; mean morning heart rate "
       "exceeds evening; pulse came down as the day went on", "evening pulse higher"),
    _q("not wound down at eleven", lambda d: above(d.hr_mean(1320, 1440), 80),
       "HR > 80 after 22:00; heart still going strong at eleven at night; elevated heart rate in the two hours before "
       "midnight; why is his pulse up so late?", "calm before midnight"),
    _q("calm before midnight", lambda d: below(d.hr_mean(1320, 1440), 70),
       "HR < 70 after 22:00; heart already on night mode at eleven; low heart rate in the two hours before midnight; "
       "wound right down by the late news", "not wound down at eleven"),
    _q("half the day under seventy", lambda d: above(d.hr_share(0, 70), 0.5),
       "HR < 70 over 50% of time; more than half of the day my pulse is below 70; majority of minutes under 70 bpm; "
       "heart mostly in low gear", "seldom under seventy"),
    _q("seldom under seventy", lambda d: below(d.hr_share(0, 70), 0.3),
       "HR < 70 under 30% of time; pulse does not often get below seventy; only a minority of minutes under 70 bpm; "
       "heart rarely in low gear", "half the day under seventy"),
    _q("half an hour above 110", lambda d: above(d.hr_minutes_over(110), 30),
       "30+ min above 110 bpm; got my half hour of cardio minutes in; more than half an hour at moderate-to-vigorous "
       "heart rate; zone minutes goal of thirty is done"),
    _q("pulse peak before noon", lambda d: below(d.hr_turn(True, 360, 1380), 720),
       "time of max HR: morning; heart beat fastest some time before noon; heart rate peaked in the a.m.; toughest bit "
       "for the heart was over by lunch", "pulse peak after five"),
    _q("pulse peak after five", lambda d: above(d.hr_turn(True, 360, 1380), 1020),
       "time of max HR: evening; heart beat fastest after five; heart rate peaked late in the p.m.; hardest on the "
       "heart after the work was finished", "pulse peak before noon"),
    _q("hard walking", lambda d: above(d.hr_while(60, 129), 100),
       "HR while walking > 100; only walking and the heart goes already over hundred; high cardiac cost of ambulation; "
       "puffed by a simple walk", "easy walking"),
    _q("easy walking", lambda d: below(d.hr_while(60, 129), 95),
       "HR while walking < 95; walks without the heart noticing; low heart rate response to ambulation; strolling "
       "costs this ticker nothing", "hard walking"),
    _q("fast sitting pulse", lambda d: above(d.hr_while(0, 0, 540, 1260), 82),
       "HR at rest in daytime > 82; when he sits the heart is still quick; raised awake resting heart rate; ticker is "
       "racing along on the sofa", "slow sitting pulse"),
    _q("slow sitting pulse", lambda d: below(d.hr_while(0, 0, 540, 1260), 70),
       "HR at rest in daytime < 70; nice and slow pulse whenever I sit; low awake resting heart rate; cool as a "
       "cucumber in the chair", "fast sitting pulse"),
    _q("quick recovery", lambda d: above(d.hr_drop(), 20),
       "HR recovery > 20 after walk; pulse fell right back as soon as the walk was over; rapid post-exercise heart rate"
       " recovery; heart settles fast when I stop walking", "slow recovery"),
    _q("slow recovery", lambda d: below(d.hr_drop(), 12),
       "HR recovery < 12 after walk; stopped walking but the heart went on hammering; sluggish post-exercise heart "
       "rate recovery; after the walk the pulse comes hardly down", "quick recovery"),
    _q("sustained effort", lambda d: above(r.sustained(d), 24),
       "25 min+ continuous HR >= 110; kept the heart up for a good long stretch; a continuous aerobic bout; steady "
       "cardio without a break", "no sustained effort"),
    _q("no sustained effort", lambda d: below(r.sustained(d), 5),
       "no 5 min at HR >= 110; heart never stayed up for more than a moment; no continuous aerobic bout; "
       "no training stimulus for the heart", "sustained effort"),
    _q("many bursts", lambda d: above(r.bursts(d), 2),
       "3+ HR spikes >= 120; stop and go, the heart shot up again and again; repeated separate bouts of high heart rate"
       "; up the stairs, rest, up the stairs, all day"),
    # The device.
    _q("complete day", lambda d: d.off_minutes(0, 1440) < 5,
       "no missing minutes; full 1440 min of data; complete recording without dropouts; did she wear it every single "
       "minute?", "hours missing"),
    _q("hours missing", lambda d: d.off_minutes(0, 1440) > 300,
       "missing > 5h; more than five hours of nothing from the band; incomplete recording, insufficient wear; why "
       "there is no data for so many hours?", "complete day"),
    _q("one big hole", lambda d: d.longest_off() > 420,
       "gap > 7h; one giant gap, as long as a night; a single contiguous non-wear period beyond seven hours; lost the "
       "thing and found it seven hours later"),
    _q("started late", lambda d: d.off_minutes(300, 480) > 150,
       "no data 5-8 am; put it on only after breakfast; early-morning records absent; watch still off at seven"),
    _q("off by evening", lambda d: d.off_minutes(1260, 1440) > 90,
       "no data after 21:00; took the band off for the evening; late-evening records absent; battery died before "
       "bedtime"),
    _q("no heart data", lambda d: r.pulse_share(d) == 0.0 and bool(d.day.observed.any()),
       "HR column empty; steps are there but no heart rate whatsoever; heart rate not recorded; tracker without a "
       "pulse sensor", "pulse nearly all day"),
    _q("pulse nearly all day", lambda d: r.pulse_share(d) > 0.9,
       "HR coverage > 90%; heart rate there for nearly every minute; near-continuous pulse recording; sensor had good "
       "contact day and night", "no heart data"),
    _q("patchy pulse", lambda d: r.pulse_share(d) > 0 and d.hr_lacking() > 180,
       "HR missing > 3h; pulse comes and goes, sensor too loose?; intermittent loss of the heart rate signal; steps "
       "are counted but for hours no pulse with them"),
)
# fmt: on
