"""What people say of moving and sitting over a day: rows of predicate and wordings."""

from sensorlm.captions.predicates.base import (
    AFTERNOON,
    ANY,
    DAY,
    EVENING,
    LATE,
    LUNCH,
    MORNING,
    WAKING,
    Predicate,
    Span,
    ask,
    says,
)

DEEP_NIGHT: Span = (60, 270)
BEFORE_SEVEN: Span = (300, 420)
BEFORE_NINE: Span = (300, 540)

ACTIVITY: tuple[Predicate, ...] = (
    says("hardly_walked", ask("total", "steps", high=2500, margin=700), weight=2, words="""
        hardly walked all day
        very few steps
        barely any walking was done
        a day with next to no steps
        the step count stayed tiny
        almost no walking at all"""),
    says("some_steps", ask("total", "steps", 4500, 8500, margin=700), words="""
        an ordinary number of steps
        a moderate amount of walking
        neither a lazy nor a very active day on foot
        walked a fair bit
        a middling step count"""),
    says("many_steps", ask("total", "steps", 10000, margin=900), weight=2, words="""
        over ten thousand steps
        walked a lot
        a day with plenty of steps
        the step goal was reached
        a big day on foot
        lots and lots of walking"""),
    says("enormous_steps", ask("total", "steps", 16000, margin=1500), weight=3, words="""
        an enormous amount of walking
        well over fifteen thousand steps
        on foot for much of the day
        a huge step count
        covered a very long way on foot"""),
    says("active_morning", ask("total", "steps", 2500, at=MORNING, margin=600), weight=1.5, words="""
        an active morning
        lots of steps before noon
        on the move all morning
        walked a lot in the morning
        the morning was spent on foot"""),
    says("quiet_morning", ask("total", "steps", high=350, at=MORNING, margin=250), weight=1.5, words="""
        a quiet morning
        hardly any steps before noon
        barely moved all morning
        walked very little in the morning
        the morning was spent sitting or lying"""),
    says("active_afternoon", ask("total", "steps", 3200, at=AFTERNOON, margin=700), weight=1.5, words="""
        an active afternoon
        lots of steps after lunch
        on the move all afternoon
        walked a lot in the afternoon
        the afternoon was spent on foot"""),
    says("quiet_afternoon", ask("total", "steps", high=400, at=AFTERNOON, margin=300), weight=1.5, words="""
        a quiet afternoon
        hardly any steps after lunch
        barely moved all afternoon
        walked very little in the afternoon
        the afternoon was spent sitting or lying"""),
    says("active_evening", ask("total", "steps", 2500, at=EVENING, margin=600), weight=1.5, words="""
        an active evening
        lots of steps after work
        on the move all evening
        walked a lot in the evening
        went out walking in the evening"""),
    says("quiet_evening", ask("total", "steps", high=250, at=EVENING, margin=200), weight=1.5, words="""
        a quiet evening
        hardly any steps after work
        barely moved all evening
        walked very little in the evening
        the evening was spent on the sofa"""),
    says("moved_at_night", ask("minutes_above", "steps", 12, at=DEEP_NIGHT, over=ANY, margin=6), weight=2.5, words="""
        up and walking in the middle of the night
        steps were taken while others sleep
        on their feet between one and four at night
        moving around in the dead of night
        the night was broken by walking about"""),
    says("still_night", ask("minutes_above", "steps", high=1, at=DEEP_NIGHT, over=ANY, margin=5), words="""
        no walking in the middle of the night
        not a step between one and four at night
        motionless in the dead of night
        the night passed without getting up
        nobody stirred in the small hours"""),
    says("early_riser", ask("total", "steps", 200, at=BEFORE_SEVEN, margin=100), weight=2, words="""
        up and about before seven
        an early riser
        already walking around at dawn
        the day began very early
        out of bed and moving early in the morning"""),
    says("slow_start", ask("total", "steps", high=60, at=BEFORE_NINE, margin=120), weight=1.5, words="""
        no steps until nine
        a late start to the day
        still not up by nine
        the day got going late
        did not move before nine in the morning"""),
    says("up_late", ask("total", "steps", 300, at=LATE, margin=150), weight=2, words="""
        still walking around after ten at night
        active late at night
        on their feet close to midnight
        the day ended late and on the move
        a late evening out and about"""),
    says("quiet_late", ask("total", "steps", high=30, at=LATE, margin=80), words="""
        no walking after ten at night
        still and settled late at night
        off their feet well before midnight
        the day ended quietly
        nothing but rest late in the evening"""),
    says("long_walk", ask("longest_above", "steps", 20, over=60, margin=6), weight=3, words="""
        one long walk without a break
        walked briskly for twenty minutes or more at a stretch
        a proper uninterrupted walk
        went for a long walk or run
        kept up a good pace on foot for a long stretch"""),
    says("no_long_walk", ask("longest_above", "steps", high=5, over=60, margin=6), words="""
        no proper walk
        only short errands on foot
        never walked for long at a stretch
        walking came in short bits only
        no sustained walk or run"""),
    says("long_sitting", ask("longest_below", "steps", 150, at=WAKING, over=ANY, margin=40), weight=1.5, words="""
        sat for hours without getting up
        a very long stretch without a single step in the daytime
        glued to the chair
        hours on end without moving in the day
        one long motionless block during the day"""),
    says("broken_sitting", ask("longest_below", "steps", high=45, at=WAKING, over=ANY, margin=20), weight=2, words="""
        never sat still for long
        got up again and again during the day
        sitting was broken up often
        no long motionless block during the day
        always up for a few steps before the hour was over"""),
    says("brisk_minutes", ask("minutes_above", "steps", 30, over=100, margin=10), weight=2, words="""
        at least half an hour of brisk walking
        plenty of minutes at a brisk pace
        walked fast for much of an hour
        a good dose of brisk steps
        a lively pace kept up for a good while"""),
    says("no_brisk_minutes", ask("minutes_above", "steps", high=2, over=100, margin=6), words="""
        no brisk walking
        hardly a minute at a brisk pace
        never walked fast
        only slow steps
        a leisurely pace whenever on foot"""),
    says("running_cadence", ask("minutes_above", "steps", 10, over=140, margin=5), weight=4, words="""
        steps as quick as in running
        some running in the day
        jogged for a while
        went for a run
        the pace was that of a runner for a time"""),
    says("on_feet", ask("share_above", "steps", 0.45, at=WAKING, over=ANY, margin=0.08), weight=2, words="""
        on their feet for much of the day
        rarely still between morning and night
        moving in nearly every hour of the day
        always doing something on foot
        a busy day with little sitting"""),
    says("mostly_still", ask("share_above", "steps", high=0.12, at=WAKING, over=ANY, margin=0.06), weight=1.5, words="""
        mostly still all day
        a sedentary day
        the day was spent sitting
        hardly ever on their feet
        a lazy day with very little movement"""),
    says("lunch_walk", ask("total", "steps", 1300, at=LUNCH, margin=400), weight=2, words="""
        a walk around lunchtime
        lots of steps at midday
        went out on foot over lunch
        the lunch break was spent walking
        active in the middle of the day"""),
    says("later_half_busier", ask("change", "steps", 6, at=WAKING, margin=3), words="""
        busier in the second half of the day
        most of the walking came late
        got more active as the day went on
        quiet at first, on the move later
        more steps in the evening than in the morning hours"""),
    says("earlier_half_busier", ask("change", "steps", high=-6, at=WAKING, margin=3), words="""
        busier in the first half of the day
        most of the walking came early
        got less active as the day went on
        on the move at first, quiet later
        more steps in the morning than in the evening hours"""),
    says("moved_vigorously", ask("minutes_above", "log_energy", 30, over=150, margin=10), weight=2, words="""
        a good while of vigorous movement
        the wrist moved with a lot of energy
        plenty of energetic movement
        strong motion for half an hour or more
        an energetic day by the motion sensor"""),
    says("burned_little", ask("mean", "mets", high=1.25, margin=0.1), words="""
        very little energy was spent
        a day close to pure rest
        the body was hardly working
        energy use stayed near resting level
        a day of low exertion"""),
    says("burned_much", ask("mean", "mets", 1.8, margin=0.15), weight=2, words="""
        a lot of energy was spent
        a physically demanding day
        the body worked hard
        energy use was far above resting level
        a day of high exertion"""),
    says("intense_minutes", ask("minutes_above", "intensity", 30, at=DAY, over=2.5, margin=10), weight=3, words="""
        at least half an hour of very intense activity
        plenty of vigorous minutes
        the tracker counted lots of intense exercise
        a hard training session
        a sweaty day"""),
    says("no_intense_minutes", ask("minutes_above", "intensity", high=1, at=DAY, over=2.5, margin=6), words="""
        no intense activity at all
        not one vigorous minute to speak of
        the tracker counted no hard exercise
        no hard training session
        a day without breaking a sweat"""),
)  # fmt: skip
