"""The other half of the fifth list of plain-language questions, a blind test list: the heart by day, feet and chair.

Written blind by a language model; thresholds were set on training people only.
"""

from sensorlm.tasks import question_readings as r
from sensorlm.tasks import question_readings_fifth as r5
from sensorlm.tasks import question_readings_fourth as r4
from sensorlm.tasks import question_readings_third as r3
from sensorlm.tasks.question_readings_fourth import over, under
from sensorlm.tasks.questions import Question, both
from sensorlm.tasks.questions import worded as _q

# fmt: off
_HEART: tuple[Question, ...] = (
    _q("running hot", lambda d: over(d.hr_mean(0, 1440), 72.5, 76),
       "ticker in overdrive the whole day long; heart beating fast all round, day and night; "
       "must be ill, pulse way up across the board; days when his heart never got a rest", "idling"),
    _q("idling", lambda d: under(d.hr_mean(0, 1440), 64, 67),
       "slow old heart all day; pulse low across the board, chilled to the bone; "
       "easy-going day for the ticker; heart loafed along from midnight to midnight", "running hot"),
    _q("redlined", lambda d: over(d.hr_quantile(1), 135, 148),
       "pushed my heart to the limit at some point; ticker hit nearly 150 or more; "
       "thought my heart would jump out of my chest; did the client ever go into the red zone",
       "never left second gear"),
    _q("never left second gear", lambda d: under(d.hr_quantile(1), 113, 122),
       "heart never really got pushed at all; not one moment of panting; "
       "highest pulse was nothing to write home about; cardio? not a chance, stayed under 115", "redlined"),
    _q("heart all over the shop", lambda d: over(d.hr_spread(), 12.7, 14),
       "my pulse was a proper yo-yo, what's that about; wild swings between slow and fast beats; "
       "rollercoaster day for my ticker; her heart went from very low to very high", "heart on an even keel"),
    _q("heart on an even keel", lambda d: under(d.hr_spread(), 8.8, 10.6),
       "pulse hardly budged all day; boring flat heart trace; "
       "no big ups or downs for the ticker; steady eddie, same beat whatever i did", "heart all over the shop"),
    _q("summit before lunch", lambda d: under(d.hr_turn(True), 700, 790),
       "biggest thump of the day came during the morning; got the hard bit over with early, fastest pulse before noon; "
       "morning gym person by the look of the heart; when's the max, was it before midday", "summit after work"),
    _q("summit after work", lambda d: over(d.hr_turn(True), 1020, 1065),
       "ticker was busiest in the evening; heart reached its top after clocking off; "
       "highest bpm came late in the day, after six or so; five-a-side after work shows in the heart",
       "summit before lunch"),
    _q("bounces back", lambda d: over(d.hr_drop(), 20.5, 23),
       "heart drops like a stone once i stop walking; recovers fast after a march, fit as a fiddle; "
       "pulse straight back down when the walk is over; quick to get her breath back",
       "takes ages to settle"),
    _q("takes ages to settle", lambda d: under(d.hr_drop(), 13.5, 17),
       "five minutes after walking the pulse is still up; heart won't come down after a walk, out of shape; "
       "slow recovery, coach won't like it; stopped walking but the ticker kept hammering", "bounces back"),
    _q("night and day apart", lambda d: over(r.dip(d), 0.185, 0.22),
       "heart far slower at night than in the daytime; lovely big drop in pulse overnight; "
       "ticker really gets its rest after dark; a proper dipper, as the clinic calls it", "night much like day"),
    _q("night much like day", lambda d: under(r.dip(d), 0.095, 0.125),
       "pulse barely lower at night than by day; heart doesn't wind down after dark; "
       "hardly any overnight dip, worrying; can't tell night from day by his heartbeat", "night and day apart"),
    _q("long slog for the heart", lambda d: over(r.sustained(d), 14, 21),
       "kept the pulse up for twenty minutes solid; spin class sort of heart rate; "
       "a decent bout of cardio without letting up; heart stayed above 110 for a good while", "only flickers"),
    _q("only flickers", lambda d: under(r.sustained(d), 2, 7),
       "heart never stayed up for more than a minute or two; no cardio to speak of; "
       "pulse popped up for a second and dropped again; not a sustained effort in sight",
       "long slog for the heart"),
    _q("zero to sixty", lambda d: over(r3.hr_jump(d), 51, 60),
       "heart went through the roof in a couple of minutes; sudden surge, what frightened me; "
       "pulse leapt up out of the blue; ran for the bus and my ticker exploded", "climbs gently if at all"),
    _q("climbs gently if at all", lambda d: under(r3.hr_jump(d), 31, 37),
       "no sudden jumps in the pulse; heart rises slowly, never with a bang; "
       "nothing made her heart leap that day; smooth sailing, no surges of the ticker", "zero to sixty"),
    _q("racing in the chair", lambda d: over(r3.effort_off_feet(d), 9, 20),
       "only sitting there and the heart's thumping away, why; palpitations on the sofa, anxiety maybe; "
       "pulse over a hundred with feet still; stressed out at the desk, heart going like the clappers",
       "fast only on foot"),
    _q("fast only on foot", lambda d: under(r3.effort_off_feet(d), 1, 5),
       "heart behaves whenever i sit down; never over a hundred unless moving; "
       "no palpitations at rest; does her pulse stay quiet as long as she isn't walking", "racing in the chair"),
    _q("lunch goes to the heart", lambda d: over(r5.lunch_bump(d), 4, 6.5),
       "post-lunch desk heart beats the pre-lunch one hands down; big meal, ticker working overtime; "
       "resting pulse up in the early afternoon; is it the curry that makes my heart beat quicker past noon",
       "calmer after lunch"),
    _q("calmer after lunch", lambda d: under(r5.lunch_bump(d), -2.5, 0),
       "stressful morning, then the heart eased off after noon; pulse in the chair went down past lunchtime; "
       "food coma, heart slower early in the afternoon than before; morning coffee worn off by two, ticker quieter",
       "lunch goes to the heart"),
    _q("buzzing at bedtime", lambda d: over(d.hr_mean(1320, 1440), 74, 78),
       "heart still racing close to midnight; too wired to sleep, pulse up late at night; "
       "out dancing by the look of that late heart rate; last couple of hours of the day with a fast beat",
       "mellow before midnight"),
    _q("mellow before midnight", lambda d: under(d.hr_mean(1320, 1440), 62.5, 67),
       "heart nice and slow from ten at night on; pulse like a sleeping cat late in the evening; "
       "all calm inside before the day was out; late-night ticker well under 65", "buzzing at bedtime"),
    _q("a long mellow spell", lambda d: over(r5.calm_stretch(d, 70), 100, 135),
       "heart stayed low for two hours on end in the daytime; a lovely long quiet stretch for the ticker; "
       "chilled for ages, pulse didn't creep over seventy; meditation retreat vibes by day", "no peace by day"),
    _q("no peace by day", lambda d: under(r5.calm_stretch(d, 70), 20, 38),
       "heart never calm for more than a few minutes all day; no let-up for the ticker from morning to evening; "
       "couldn't relax, pulse kept popping over seventy; was he keyed up the whole day", "a long mellow spell"),
    _q("revs up towards evening", lambda d: over(r5.climb(d), 8.5, 12),
       "heart busier early evening than in the morning; slow start, lively teatime pulse; "
       "ticker picks up after five; far more beats going home than before lunch", "winds down towards evening"),
    _q("winds down towards evening", lambda d: under(r5.climb(d), -6, -2),
       "heart worked harder in the morning than around dinner time; pulse lower at six than at ten; "
       "all the excitement before noon, calm by evening; frantic ticker at breakfast time, dozy one by teatime",
       "revs up towards evening"),
    _q("legs busy, heart easy", lambda d: both(under(d.hr_mean(540, 1260), 72, 75), over(r.whole_steps(d), 8000, 9500)),
       "loads of walking and the heart didn't mind; fit postie, many steps on a slow pulse; "
       "miles on the clock without getting worked up; plenty of steps but pulse stays low", "legs busy, heart busier"),
    _q("legs busy, heart busier", lambda d: both(over(d.hr_mean(540, 1260), 72, 75.5),
                                                   over(r.whole_steps(d), 8000, 9500)),
       "on my feet all day and the heart knew about it; lots of steps and a quick pulse to go with it; "
       "waiting tables all day, legs and ticker both flat out; miles walked, heart beating hard throughout",
       "legs busy, heart easy"),
    _q("broke a proper sweat", lambda d: both(over(r.sustained(d), 9, 14), over(d.step_minutes(100, 400), 15, 25)),
       "good workout on foot with the heart to match; legs and lungs both got a hammering; "
       "power walk that got the pulse going; real exercise, not just pottering about", "not a drop of sweat"),
    _q("not a drop of sweat", lambda d: both(under(r.sustained(d), 6, 12), under(d.step_minutes(100, 400), 5, 12)),
       "no exercise in any shape or form; gym bag never left the hall, no exertion of any kind; "
       "neither fast feet nor fast heart; rest day, says the trainer", "broke a proper sweat"),
)

_FEET: tuple[Question, ...] = (
    _q("out the door at once", lambda d: over(r4.walk_from_waking(d), 4, 9),
       "walkies straight after waking up; got up and went for a stroll before anything else; "
       "dog needs out the minute i'm up; a decent walk within two hours of opening her eyes", "no stroll after waking"),
    _q("no stroll after waking", lambda d: under(r4.walk_from_waking(d), 1, 4),
       "didn't go anywhere for two hours after getting up; breakfast, telly, no walking; "
       "slow morning indoors after waking; got up but never stretched the legs for a good while",
       "out the door at once"),
    _q("feet past midnight", lambda d: over(d.steps_between(0, 240), 150, 300),
       "walking home from the pub in the wee hours; night shift, on my feet after midnight; "
       "who was up and about between twelve and four; clubbing steps", "still past midnight"),
    _q("still past midnight", lambda d: under(d.steps_between(0, 240), 12, 45),
       "not a footstep between midnight and four; is it true that nobody moved in the house between twelve and four; "
       "nobody stirring in the dead of night; stayed put from twelve till before dawn", "feet past midnight"),
    _q("five figures", lambda d: over(r.whole_steps(d), 9700, 10000),
       "smashed my ten thousand; got the ten k badge; "
       "step goal in the bag, ten grand; did mum manage her ten thousand steps", "short of ten grand"),
    _q("short of ten grand", lambda d: under(r.whole_steps(d), 9000, 10000),
       "missed the ten thousand yet again; couldn't hit my step goal; "
       "fell shy of ten k; the buddy challenge lost, under ten thousand", "five figures"),
    _q("midday leg stretch", lambda d: over(r5.walk_within(d, 690, 840), 5, 9),
       "walked to the sandwich shop and back; got out of the office at lunch; "
       "lunchtime stroll round the park; used my lunch hour to walk", "desk sandwich"),
    _q("desk sandwich", lambda d: under(r5.walk_within(d, 690, 840), 1, 3),
       "ate where i sat, no walk at lunch; never stepped out around noon; "
       "no lunch break worth the name for the legs; stayed indoors over midday", "midday leg stretch"),
    _q("boots on at dawn", lambda d: under(d.first_steps, 345, 390),
       "already on my feet before a quarter to six; farmer's start, moving at first light; "
       "who's walking about while everybody else sleeps in; first steps crazy early", "slow off the blocks"),
    _q("slow off the blocks", lambda d: over(d.first_steps, 560, 590),
       "didn't get moving till nearly ten; first steps of the day very late; "
       "legs only woke up mid-morning; took him half the morning to start walking", "boots on at dawn"),
    _q("on the prowl till late", lambda d: over(d.last_steps, 1395, 1412),
       "still walking about at half eleven at night; why am i still pacing the flat so near to midnight; "
       "night owl, feet going till the end of the day; taking the bins out near midnight", "parked by nine"),
    _q("parked by nine", lambda d: under(d.last_steps, 1285, 1320),
       "slippers on for good by about nine; done for the day well before ten; "
       "called it quits early, feet up for good; her last steps came before half nine", "on the prowl till late"),
    _q("one hour did it all", lambda d: over(d.busiest_share, 0.3, 0.36),
       "most of my steps came in one single hour; one big outing and not much else; "
       "all the walking crammed into sixty minutes; a lone spike of steps in an otherwise flat day",
       "steps dribbled all day"),
    _q("steps dribbled all day", lambda d: under(d.busiest_share, 0.17, 0.195),
       "steps spread nice and evenly over the day; bit here, bit there, no single big outing; "
       "can't point at any one hour where i walked loads; steadily on the move like a waitress", "one hour did it all"),
    _q("went for a jog", lambda d: over(d.step_minutes(130, 400), 1, 7),
       "laced up my running shoes; proper run, not just walking; "
       "did i do my couch to 5k session; quick feet, somebody ran", "walking pace only"),
    _q("walking pace only", lambda d: under(d.step_minutes(130, 400), 0, 5),
       "didn't catch her running even for a minute; no running whatsoever; "
       "didn't even jog for the bus; nothing faster than walking", "went for a jog"),
    _q("puttering about", lambda d: over(d.step_minutes(1, 40), 220, 250),
       "pottered round house and garden for hours; small steps all day, mum with toddlers; "
       "hours of shuffling to and fro; lots of little movements, like a cook in his kitchen", "few little steps"),
    _q("few little steps", lambda d: under(d.step_minutes(1, 40), 115, 145),
       "next to no pottering; hardly any minutes with a bit of moving about; "
       "barely shuffled round the house; seldom got up for a few steps", "puttering about"),
    _q("glued for hours", lambda d: over(d.longest_still(480, 1320), 120, 150),
       "didn't move a muscle for two and a half hours; long-haul flight or film marathon; "
       "stuck in one spot for ages during the day; bum numb from sitting without a break", "fidget"),
    _q("fidget", lambda d: under(d.longest_still(480, 1320), 52, 66),
       "can't sit still for an hour; bobs up and down off the chair like a jack-in-the-box; "
       "ants in my pants, never parked for long; gets up before her chair gets warm", "glued for hours"),
    _q("off to work and home", lambda d: r5.there_and_back(d),
       "walked to the station in the morning and back at teatime; commute on foot, both ways; "
       "there in the morning, home in the evening, on shanks's pony; school run twice, morning and late afternoon",
       "no commute on foot"),
    _q("no commute on foot", lambda d: r5.nowhere(d),
       "worked from home, no walk there or back; no trip on foot before ten nor round teatime; "
       "took the car to work and home again; retired by the look of it, no commuting", "off to work and home"),
    _q("dog out twice", lambda d: over(r5.walks_apart(d), 180, 360),
       "walked the dog once early and once much later; two outings hours apart; "
       "went out on foot, came back, went out again many hours later; a walk at each end of the day",
       "no second outing"),
    _q("no second outing", lambda d: under(r5.walks_apart(d), 0, 60),
       "went out once at most; didn't go for another walk later on; "
       "one trip and done, if that; dog only got one walk, poor thing", "dog out twice"),
    _q("errands galore", lambda d: over(r5.hops(d), 6, 9),
       "post office, chemist, shops, in and out all day; nip here, nip there, legs all over town; "
       "running errands left and right; short walks one after another, like a nurse on the ward", "no nipping out"),
    _q("no nipping out", lambda d: under(r5.hops(d), 1, 3),
       "no quick dashes to the shop to speak of; didn't pop anywhere; "
       "no dashing here and there; never nipped round the corner", "errands galore"),
    _q("quick march", lambda d: over(r5.pace(d), 63, 68),
       "walks like she's late for a train; brisk on my feet whenever i move; "
       "fast walker, londoner; strides out with purpose", "snail's pace"),
    _q("snail's pace", lambda d: under(r5.pace(d), 38, 43),
       "ambled along all day; slow walker, takes his time; "
       "dawdling, window shopping; grandma's gentle shuffle", "quick march"),
    _q("box set evening", lambda d: over(r4.longest_sit(d, 1080, 1380), 75, 100),
       "square eyes after dinner, bum never left the settee; evening on the couch, never got up; "
       "netflix and crisps all evening; sat through a whole film after tea without moving", "no sofa tonight"),
    _q("no sofa tonight", lambda d: under(r4.longest_sit(d, 1080, 1380), 29, 40),
       "couldn't sit down all evening, kids; on the hop from six till bed; "
       "never settled in the evening; always up again after a few minutes of telly", "box set evening"),
    _q("legwork saved for later", lambda d: over(r3.halfway(d), 1050, 1090),
       "most of my walking came late in the day; lazy till five, then got moving; "
       "does she do nearly all her walking once work's finished; saved all the legwork for the evening",
       "legwork done by noon"),
    _q("legwork done by noon", lambda d: under(r3.halfway(d), 745, 820),
       "pedometer did most of its counting before lunch; done most of the walking by lunchtime; "
       "morning mover, afternoon slob; half the day's legwork over by noon", "legwork saved for later"),
    _q("walked off dinner", lambda d: over(r5.walk_within(d, 1140, 1320), 7, 13),
       "did nan take her evening constitutional round the block; did they get out for a wander after their tea; "
       "moonlight stroll with the missus; passeggiata after eating", "stayed in after dinner"),
    _q("stayed in after dinner", lambda d: under(r5.walk_within(d, 1140, 1320), 1, 4),
       "skipped our evening walk, shame; didn't go out again once dinner was done; "
       "curtains drawn, not going anywhere tonight; after seven she stayed indoors", "walked off dinner"),
    _q("busy bee", lambda d: over(r5.longest_busy(d), 80, 100),
       "on the go for an hour and a half without a sit-down; no breather for ages, rushed off my feet; "
       "spring cleaning, never stopped; long unbroken spell of being up and about", "always a breather"),
    _q("always a breather", lambda d: under(r5.longest_busy(d), 38, 48),
       "never active for long before sitting down again; a bit of doing, then a rest; "
       "can't keep going for more than half an hour or so; needs frequent breaks", "busy bee"),
    _q("done in by one walk", lambda d: over(r3.rest_after_walk(d), 26, 36),
       "came back from the big walk and collapsed in a chair; knackered after my outing, feet up; "
       "long sit right after the longest walk; one walk and she was done in", "straight on with it"),
    _q("straight on with it", lambda d: under(r3.rest_after_walk(d), 9, 13),
       "no rest after the big walk, carried on with chores; back from the hike and straight to the next thing; "
       "kept moving once the long walk was over; didn't sit down after coming home from his walk",
       "done in by one walk"),
)
# fmt: on

QUESTIONS_FIFTH_B: tuple[Question, ...] = (*_HEART, *_FEET)
"""The second half of the fifth list."""
