"""A third list of questions about a whole day, written blind: its writer had seen neither captions nor a result.

Most wordings name no number, as most people do who search their own days; where one does, it is the predicate's.
Sleep and the heart are here, the feet, the device and what joins them in `question_list_third_b`.
"""

from sensorlm.tasks import question_readings as r
from sensorlm.tasks import question_readings_third as t
from sensorlm.tasks.question_list_third_b import FEET_AND_DEVICE
from sensorlm.tasks.questions import Question, above, below, both, minus, within
from sensorlm.tasks.questions import worded as _q

# fmt: off
_SLEEP: tuple[Question, ...] = (
    _q("asleep around eleven", lambda d: within(r.onset(d), -90, -29),
       "fell asleep 22:30-23:30; drifted off around eleven, give or take half an hour; sleep onset within thirty "
       "minutes of 11 p.m.; gone by eleven or so, a grown-up's bedtime", "asleep after two"),
    _q("asleep after two", lambda d: above(r.onset(d), 120),
       "fell asleep later than 2am; two in the morning and my son still hadn't closed his eyes; markedly late sleep "
       "onset, beyond 02:00; came home from the bar and only slept from two onwards", "asleep around eleven"),
    _q("awake before five", lambda d: below(r.waking(d), 300),
       "final awakening before 5am; whose night was over at half past four?; baker's alarm, eyes open before five; "
       "she woke ahead of five and that was it", "slept past ten"),
    _q("slept past ten", lambda d: above(r.waking(d), 600),
       "woke later than 10am; my teenager surfaced after ten again; the main sleep ended beyond ten in the forenoon; "
       "ten o'clock gone and still dreaming", "awake before five"),
    _q("about six hours", lambda d: within(d.sleep_minutes, 330, 391),
       "roughly 6h sleep; six hours of sleep, give or take thirty minutes; got my six hours, can't complain; sleep "
       "period between 5.5 and 6.5 h", "nine hours and more"),
    _q("nine hours and more", lambda d: above(d.sleep_minutes, 539),
       "9h+ sleep; nine hours in dreamland or even longer; prolonged nocturnal sleep of at least nine hours; is it "
       "normal that he slept nine hours and over?", "about six hours"),
    _q("up with the working world", lambda d: within(r.waking(d), 360, 450),
       "normal weekday wake-up time; got up when the rest of the commuters do; ordinary rising time for somebody "
       "with a day job; neither at dawn nor late, just time for breakfast and the bus"),
    _q("woke again and again", lambda d: above(t.awakenings(d), 3),
       "many wake-ups overnight; does the baby wake her all the time?; frequent nocturnal awakenings; I was up and "
       "down like a yo-yo in my sleep", "hardly woke"),
    _q("hardly woke", lambda d: below(t.awakenings(d), 2),
       "at most a single wake-up; no more than one interruption before the alarm; sleep continuity good, scarcely "
       "any awakening; he may have turned over once, nothing else", "woke again and again"),
    _q("a spell lying awake", lambda d: above(t.longest_awake(d), 5),
       "couldn't get back to sleep for a while; lay there counting sheep in the middle of it; one prolonged wake "
       "episode within the sleep period; woke up thinking about work and stayed awake some minutes",
       "only blinks awake"),
    _q("only blinks awake", lambda d: below(t.longest_awake(d), 3),
       "very short awakenings only; if I woke I was off again in a moment; wake episodes in sleep all brief; never "
       "properly came round before morning", "a spell lying awake"),
    _q("over nine hours in all", lambda d: above(t.sleep_total(d), 540),
       "total sleep in 24h above 9h; add up night and naps, more than nine hours; hypersomnia screen, more than nine "
       "hours asleep per calendar day; poorly, so slept nine hours plus between the two midnights",
       "under six hours in all"),
    _q("under six hours in all", lambda d: below(t.sleep_total(d), 360),
       "total sleep in 24h below 6h; counting everything, not even six hours of sleep; fewer than six hours asleep "
       "per calendar day; nights on call, never reach six hours even with the nap", "over nine hours in all"),
    _q("asleep again well before midnight", lambda d: above(d.asleep_between(1320, 1440), 60),
       "next bedtime early; at the end of the day he was out well before midnight; sleep resumed early in the same "
       "late evening; after this day I was so tired that I slept long before midnight", "up until midnight"),
    _q("up until midnight", lambda d: both(below(d.asleep_between(1320, 1440), 1), above(d.last_steps, 1380)),
       "no sleep in late evening; stayed up to see the day out; sleep not yet resumed when the calendar day closed; "
       "the evening ended at midnight and I had not slept one wink", "asleep again well before midnight"),
    _q("evening doze", lambda d: above(d.asleep_between(1080, 1320), 30),
       "asleep before ten in the evening; snoring while the eight o'clock film was on; evening sleep of more than "
       "half an hour between 18:00 and 22:00; grandpa goes to bed with the chickens, way before ten"),
    _q("awake in the dead of night", lambda d: below(d.asleep_between(180, 240), 30),
       "not sleeping 3-4am; what was I doing awake at half past three?; mostly wakeful between three and four; the "
       "wolf hour, three in the morning, eyes wide open", "sound asleep at that hour"),
    _q("sound asleep at that hour", lambda d: above(d.asleep_between(180, 240), 59),
       "asleep whole 3-4am hour; whatever went on outside, I slept from three to four; continuous sleep period "
       "across 03:00-04:00; dead asleep at half past three", "awake in the dead of night"),
    _q("took ages to get up", lambda d: above(t.lingering(d), 45),
       "long time in bed after waking; woke, then scrolled on the phone before getting out; marked delay between end "
       "of sleep and first walking; she wakes up but she does not get up", "straight out of bed"),
    _q("straight out of bed", lambda d: below(t.lingering(d), 3),
       "no snoozing; the moment I woke my feet were on the floor; negligible interval between awakening and first "
       "walking; up like a jack-in-the-box when the alarm rang", "took ages to get up"),
    _q("early to bed and early to rise", lambda d: both(below(r.onset(d), -60), below(r.waking(d), 420)),
       "healthy, wealthy and wise sleep schedule; went down early, got up early; advanced timing at both ends of the "
       "sleep; bed in good time and up with the first kids' noise", "late to bed and late to rise"),
    _q("late to bed and late to rise", lambda d: both(above(r.onset(d), 60), above(r.waking(d), 510)),
       "holiday sleep schedule; student life, to bed when others dream and up when others work; delayed timing at "
       "both ends of the sleep; he stays up late and then he sleeps in", "early to bed and early to rise"),
    _q("late to bed, up on time", lambda d: both(above(r.onset(d), 30), below(r.waking(d), 450)),
       "party on a work night; late home but the alarm showed no mercy; delayed onset with a regular rising time; "
       "went to sleep after midnight and was nevertheless up for school"),
    _q("slept into late morning", lambda d: above(d.asleep_between(570, 720), 15),
       "asleep while colleagues are at work; the sun was high and he snored on; sleep extending into the late "
       "forenoon; nobody saw her before brunch"),
)

_HEART: tuple[Question, ...] = (
    _q("a dip under fifty", lambda d: below(d.hr_quantile(0.0), 50),
       "lowest HR < 50; did my pulse go below fifty at any minute?; minimum heart rate in the forties or lower; "
       "fewer than fifty beats at the lowest point, like a cyclist", "never under fifty-five"),
    _q("never under fifty-five", lambda d: above(d.hr_quantile(0.0), 54.99),
       "lowest HR >= 55; not once slower than fifty-five beats; minimum heart rate at or above 55 bpm; even at its "
       "most relaxed the heart did fifty-five or more", "a dip under fifty"),
    _q("touched one hundred and fifty", lambda d: above(d.hr_quantile(1.0), 149.99),
       "max HR 150+; saw a hundred and fifty on the watch, if only briefly; peak heart rate at least 150 bpm; when "
       "did I push the heart up to 150?", "never above one hundred and ten"),
    _q("never above one hundred and ten", lambda d: below(d.hr_quantile(1.0), 110.01),
       "max HR 110 or less; her heart stayed at a hundred and ten or under all day; peak heart rate not exceeding "
       "110 bpm; cardiac patient, obeyed the limit of 110", "touched one hundred and fifty"),
    _q("ten minutes above 120", lambda d: above(d.hr_minutes_over(120), 9),
       "10+ min HR > 120; at least ten minutes with the pulse beyond 120; ten or more minutes of vigorous heart "
       "rate; a little sport, ten minutes over a hundred and twenty anyway", "not a minute above 120"),
    _q("not a minute above 120", lambda d: below(d.hr_minutes_over(120), 1),
       "0 min HR > 120; the pulse never got past 120; absence of heart rates beyond 120 bpm; doctor said keep it "
       "under 120, and I did", "ten minutes above 120"),
    _q("busier heart after dinner", lambda d: above(minus(d.hr_mean(1140, 1320), d.hr_mean(900, 1080)), 5),
       "evening HR above late afternoon HR; after dinner my pulse was higher than at tea time; heart rate rising "
       "from late afternoon into the evening; heavy meal or football on telly, the ticker sped up later on",
       "heart eased after dinner"),
    _q("heart eased after dinner", lambda d: below(minus(d.hr_mean(1140, 1320), d.hr_mean(900, 1080)), -5),
       "evening HR below late afternoon HR; the pulse came down once dinner was done; heart rate falling from late "
       "afternoon into the evening; phew, slower beats on the sofa than at the end of work",
       "busier heart after dinner"),
    _q("heart got going towards lunch", lambda d: above(minus(d.hr_mean(720, 900), d.hr_mean(360, 540)), 8),
       "early HR low, midday HR high; sleepy heart at breakfast, lively round lunchtime; heart rate markedly higher "
       "past midday than in the early morning; engine cold at dawn and warm by noon", "heart busiest at breakfast"),
    _q("heart busiest at breakfast", lambda d: below(minus(d.hr_mean(720, 900), d.hr_mean(360, 540)), -5),
       "early HR high, midday HR low; the heart started with a bang and was calm by lunch; heart rate markedly lower "
       "past midday than in the early morning; rush to get the kids out, then peace", "heart got going towards lunch"),
    _q("spike in the small hours", lambda d: above(d.hr_quantile(1.0, 0, 300), 95),
       "nighttime HR spike; did he have a nightmare? pulse shot up in the night; transient tachycardia before dawn; "
       "something got the heart racing after midnight", "no spike in the small hours"),
    _q("no spike in the small hours", lambda d: below(d.hr_quantile(1.0, 0, 300), 73),
       "night HR never high; nothing troubled the heart between midnight and dawn; nocturnal maximum heart rate low; "
       "peaceful night without even a little peak of the pulse", "spike in the small hours"),
    _q("slowest towards morning", lambda d: above(d.hr_turn(False, 0, 600), 330),
       "lowest HR late in the night; the heart needed nearly until breakfast to reach its lowest; nocturnal nadir "
       "shortly before rising; a hammock curve leaning right, slowest beats near dawn", "slowest early in the night"),
    _q("slowest early in the night", lambda d: below(d.hr_turn(False, 0, 600), 200),
       "lowest HR early in the night; pulse hit bottom soon after midnight; nocturnal nadir in the first part of the "
       "night; the deepest rest came first and then the heart rose", "slowest towards morning"),
    _q("slow to settle in sleep", lambda d: above(t.settling(d), 8),
       "HR still high when sleep began; one glass too many, the heart took hours of sleep to come down; elevated "
       "heart rate early in sleep with later decline; ate late and my heart did not rest until morning",
       "settled from the start"),
    _q("settled from the start", lambda d: below(t.settling(d), 1),
       "HR low from sleep onset on; heart no faster at the beginning of the sleep than at the end; no decline of "
       "heart rate across the sleep period; went to bed fully relaxed, the pulse was down at once",
       "slow to settle in sleep"),
    _q("tense evening in the chair", lambda d: above(d.hr_while(0, 0, 1140, 1380), 80),
       "high evening HR while still; sat watching the match with a thumping heart; elevated seated heart rate in the "
       "evening; even doing nothing after supper his pulse is quick", "serene evening in the chair"),
    _q("serene evening in the chair", lambda d: below(d.hr_while(0, 0, 1140, 1380), 66),
       "low evening HR while still; a book, a cup of tea and a slow heart; low seated heart rate in the evening; "
       "when I sit at night my pulse is beautiful", "tense evening in the chair"),
    _q("daily mean above 75", lambda d: above(d.hr_mean(0, 1440), 75),
       "24h avg HR > 75; over the whole day and night my average was more than seventy-five; 24-hour mean heart rate "
       "exceeding 75 bpm; average beats north of 75, am I unfit?", "daily mean below 65"),
    _q("daily mean below 65", lambda d: below(d.hr_mean(0, 1440), 65),
       "24h avg HR < 65; round the clock his heart averaged under sixty-five; 24-hour mean heart rate less than 65 "
       "bpm; average lower than 65, the training pays off", "daily mean above 75"),
    _q("leapt within minutes", lambda d: above(t.hr_jump(d), 55),
       "sudden HR jump; from nothing to full throttle, the pulse exploded; abrupt large rise of heart rate; "
       "something gave my heart a fright or I raced up the stairs", "no sudden rise"),
    _q("no sudden rise", lambda d: below(t.hr_jump(d), 30),
       "HR changes gradual only; the heart never took off in a hurry; absence of abrupt heart rate rises; slow ups "
       "and slow downs, no shock for the ticker", "leapt within minutes"),
    _q("an hour of hard work for the heart", lambda d: above(t.best_hr_hour(d), 100),
       "one hour of high average HR; there was an hour in which the heart really laboured; at least a full clock "
       "hour of elevated mean heart rate; spinning class, or something that kept it high for so long",
       "not an hour of work for the heart"),
    _q("not an hour of work for the heart", lambda d: below(t.best_hr_hour(d), 83),
       "no hour with raised HR; hour after hour the pulse stayed modest; highest hourly mean heart rate still low; "
       "no part of the day was tiring for granny's heart", "an hour of hard work for the heart"),
    _q("heart up, feet still", lambda d: above(t.effort_off_feet(d), 15),
       "HR high without steps; weights, bike or a row with the boss? pulse up and no walking; heart rate elevation "
       "not explained by ambulation; my watch shows hard work though I took no steps", "heart up only on foot"),
    _q("heart up only on foot", lambda d: below(t.effort_off_feet(d), 1),
       "no HR rise without steps; whenever I wasn't walking the heart was quiet; no elevated heart rate outside "
       "ambulation; nothing upset her while she was sitting", "heart up, feet still"),
    _q("tenser at the desk after lunch", lambda d: above(t.calm_gain(d), 5),
       "seated HR rises am to pm; sitting down my pulse is faster in the afternoon than in the morning; seated heart "
       "rate higher past midday; the stress builds up at the desk as the day drags on",
       "tenser at the desk before lunch"),
    _q("tenser at the desk before lunch", lambda d: below(t.calm_gain(d), -1.5),
       "seated HR falls am to pm; that morning meeting, more beats in the chair than later on; seated heart rate "
       "lower past midday; his resting heart calms as the day goes by", "tenser at the desk after lunch"),
    _q("exercise close to bedtime", lambda d: above(d.hr_minutes_over(110, 1140, 1380), 9),
       "late training session; went to the class that runs until bedtime; strenuous activity in the late evening; do "
       "I sleep worse when sport is so late?", "no effort in the evening"),
    _q("no effort in the evening", lambda d: below(d.hr_minutes_over(110, 1140, 1380), 1),
       "no late exertion; after supper nothing strained the heart; no strenuous heart rate in the late evening; he "
       "took it very easy before bed", "exercise close to bedtime"),
    _q("training in the middle of the day", lambda d: above(d.hr_minutes_over(110, 660, 900), 9),
       "lunch break workout; squeezed in the gym around midday; strenuous heart rate in the middle of the day; sport "
       "when the sun is highest"),
    _q("easy zone for forty minutes", lambda d: above(d.hr_share(100, 120), 40 / 1440),
       "40+ min HR 100-120; more than forty minutes in the fat burning zone, 100 to 120; over forty minutes at "
       "100-119 bpm; base training, forty minutes between a hundred and a hundred and twenty",
       "scarcely in the easy zone"),
    _q("scarcely in the easy zone", lambda d: below(d.hr_share(100, 120), 10 / 1440),
       "<10 min HR 100-120; under ten minutes between a hundred and one twenty; fewer than ten minutes at 100-119 "
       "bpm; not even ten minutes of that zone, coach will be cross", "easy zone for forty minutes"),
    _q("in the sixties by day", lambda d: within(d.hr_quantile(0.5, 480, 1320), 60, 70),
       "median daytime HR 60-69; mostly in the sixties while awake; daytime median heart rate from sixty to under "
       "seventy bpm; sixty-something beats on a typical minute, fine for my age"),
)
# fmt: on

QUESTIONS_THIRD: tuple[Question, ...] = (*_SLEEP, *_HEART, *FEET_AND_DEVICE)
