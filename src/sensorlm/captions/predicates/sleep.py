"""What people say of sleep over a day: rows of predicate and wordings."""

from sensorlm.captions.predicates.base import NIGHT, Predicate, Span, ask, says

LAST_NIGHT: Span = (0, 720)
UNTIL_TEN: Span = (0, 600)
SIESTA: Span = (780, 1080)
LATE_EVENING: Span = (1320, 1440)
SLEEP = "event:sleep"
HAS_NIGHT = ask("event_count", SLEEP, 1, at=LAST_NIGHT)

SLEEP_ROWS: tuple[Predicate, ...] = (
    says("long_sleep", ask("event_longest", SLEEP, 540, at=LAST_NIGHT, margin=20), weight=2, words="""
        a long night's sleep
        slept nine hours or more
        plenty of sleep
        spent a very long time asleep
        a generous night of rest"""),
    says("short_sleep", HAS_NIGHT, ask("event_longest", SLEEP, high=345, at=LAST_NIGHT, margin=20), weight=3, words="""
        a short night
        slept less than six hours
        too little sleep
        got by on very little sleep
        the night's rest was cut short"""),
    says("usual_sleep", ask("event_longest", SLEEP, 410, 510, at=LAST_NIGHT, margin=15), words="""
        a normal length of sleep
        slept seven or eight hours
        an ordinary night's sleep
        about the usual amount of sleep
        neither a short nor a long night"""),
    says("late_bedtime", ask("event_start", SLEEP, 15, 480, at=UNTIL_TEN, margin=15), weight=2, words="""
        went to bed after midnight
        a late bedtime
        fell asleep late
        stayed up past midnight before sleeping
        a night owl's bedtime"""),
    says("early_bedtime", ask("event_start", SLEEP, high=-110, at=UNTIL_TEN, margin=20), weight=2, words="""
        went to bed early the night before
        an early bedtime
        fell asleep well before midnight
        turned in early
        already asleep by about ten"""),
    says("early_waking", ask("event_end", SLEEP, 180, 360, at=LAST_NIGHT, margin=20), weight=2, words="""
        woke up very early
        awake before six
        the night ended before dawn
        an early wake-up
        sleep was over by six in the morning"""),
    says("slept_in", ask("event_end", SLEEP, 555, at=(0, 840), margin=20), weight=2, words="""
        slept in
        woke up late
        stayed in bed well into the morning
        a late wake-up
        still asleep after nine"""),
    says("restless_night", ask("event_minutes", SLEEP + ":awake", 40, at=LAST_NIGHT, margin=12), weight=2.5, words="""
        a restless night
        tossing and turning
        woke up again and again
        broken, fitful sleep
        lay awake for long parts of the night"""),
    says("restful_night", HAS_NIGHT, ask("event_minutes", SLEEP + ":awake", high=14, at=LAST_NIGHT, margin=12),
         weight=1.5, words="""
        a restful night
        slept soundly
        hardly woke up at all
        deep, unbroken sleep"""),
    says("many_wakings", ask("event_count", SLEEP + ":awake", 8, at=LAST_NIGHT, margin=2), weight=2, words="""
        woke up many times in the night
        sleep was interrupted again and again
        one awakening after another
        a choppy night
        the night fell into many pieces"""),
    says("nap", ask("event_minutes", SLEEP, 20, at=SIESTA, margin=10), weight=3, words="""
        took a nap in the afternoon
        dozed off during the day
        an afternoon snooze
        slept a little after lunch
        a siesta"""),
    says("no_nap", ask("event_minutes", SLEEP, high=0, at=SIESTA, margin=10), weight=0.5, words="""
        no nap in the afternoon
        stayed awake all afternoon
        did not doze off after lunch
        no sleep in the middle of the day
        went without a siesta"""),
    # Sleep by day shows that the night was spent awake, and not merely without the device.
    says("night_awake", ask("event_minutes", SLEEP, high=30, at=NIGHT, margin=45),
         ask("event_minutes", SLEEP, 120, at=(300, 1200), margin=60), weight=3, words="""
        up all night
        hardly any sleep between midnight and five
        awake through the night
        the night was spent awake
        did not sleep at night"""),
    says("asleep_all_night", ask("event_minutes", SLEEP, 290, at=NIGHT, margin=45), words="""
        asleep from midnight to five
        slept through the small hours
        in deep night the person was asleep
        the night hours were spent sleeping
        no late night, asleep the whole time"""),
    says("asleep_before_midnight", ask("event_minutes", SLEEP, 60, at=LATE_EVENING, margin=30), weight=1.5, words="""
        asleep again before midnight
        the day ended with an early night
        in bed and sleeping by eleven at the end of the day
        called it a day early
        did not stay up that night"""),
    says("awake_until_midnight", ask("event_minutes", SLEEP, high=0, at=LATE_EVENING, margin=30), words="""
        stayed up until midnight at least
        the day ended with a late night
        not yet asleep by midnight at the end of the day
        still awake as the day ended
        up late that evening"""),
    says("deep_sleep_much", ask("minutes_above", "sleep_stage_deep", 95, over=0.5, margin=15), weight=2, words="""
        plenty of deep sleep
        a lot of slow-wave sleep
        deep sleep lasted long
        a night rich in deep sleep
        slept deeply for a good part of the night"""),
    says("deep_sleep_little", ask("minutes_above", "sleep_stage_deep", 1, 40, over=0.5, margin=15), weight=2, words="""
        hardly any deep sleep
        little slow-wave sleep
        deep sleep was cut short
        a night poor in deep sleep
        slept only lightly for most of the night"""),
    says("rem_much", ask("minutes_above", "sleep_stage_rem", 115, over=0.5, margin=15), weight=2, words="""
        plenty of REM sleep
        a lot of dreaming sleep
        REM sleep lasted long
        a night rich in dreams
        much of the night went to REM"""),
    says("rem_little", ask("minutes_above", "sleep_stage_rem", 1, 45, over=0.5, margin=15), weight=2, words="""
        hardly any REM sleep
        little dreaming sleep
        REM sleep was cut short
        a night poor in dreams
        very little of the night went to REM"""),
    says("sleepy_signal", ask("minutes_above", "sleep_coefficient", 480, over=12, margin=60), words="""
        the sleep score was high for many hours
        by the sleep score a long sleep
        long hours marked as sleep-like
        many hours of sleep-like stillness
        the band saw a long sleep"""),
)  # fmt: skip
