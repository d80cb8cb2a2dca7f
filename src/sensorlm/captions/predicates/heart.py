"""What people say of the heart over a day: rows of predicate and wordings."""

from sensorlm.captions.predicates.base import AFTERNOON, EVENING, MORNING, NIGHT, Predicate, ask, says

HEART: tuple[Predicate, ...] = (
    says("slow_pulse", ask("mean", "HR", high=66, margin=4), weight=2, words="""
        the heart beat slowly all day
        a low pulse throughout
        overall heart rate was on the low side
        a day with an unhurried, slow heartbeat
        slow pulse from morning to night
        average heart rate stayed low"""),
    says("fast_pulse", ask("mean", "HR", 86, margin=4), weight=2, words="""
        the heart beat fast all day
        a high pulse throughout
        overall heart rate was on the high side
        a day with a hurried, quick heartbeat
        fast pulse from morning to night
        average heart rate stayed high"""),
    says("low_night_pulse", ask("mean", "HR", high=57, at=NIGHT, margin=3), weight=2, words="""
        heart rate dropped very low overnight
        a slow heart during the night
        the pulse was calm and low in the small hours
        low resting heart rate at night
        the heart slowed right down while the night went on"""),
    says("high_night_pulse", ask("mean", "HR", 73, at=NIGHT, margin=4), weight=2, words="""
        heart rate stayed high overnight
        a fast heart during the night
        the pulse did not calm down in the small hours
        high heart rate at night
        the heart kept working quickly through the night"""),
    says("heart_pushed", ask("max", "HR", 155, margin=8), weight=2, words="""
        the heart was pushed really hard at some point
        heart rate shot up very high at least once
        at one moment the heart was pounding
        a hard effort sent the pulse soaring
        there was a burst of very high heart rate"""),
    says("heart_never_pushed", ask("max", "HR", high=112, margin=8), weight=2, words="""
        the heart was never pushed
        heart rate never got very high
        at no moment was the heart pounding
        nothing sent the pulse soaring
        the pulse never went beyond a gentle level"""),
    says("hard_minutes", ask("minutes_above", "HR", 20, over=130, margin=8), weight=3, words="""
        heart rate was in the training zone for a good while
        a solid stretch of vigorous effort for the heart
        the heart worked hard for many minutes
        plenty of time at a high heart rate
        a proper workout judging by the pulse"""),
    says("no_hard_minutes", ask("minutes_above", "HR", high=1, over=120, margin=5), words="""
        no vigorous effort for the heart
        heart rate never reached the training zone
        the heart had an easy day
        hardly a minute at a high heart rate
        no workout judging by the pulse"""),
    says("steady_heart", ask("std", "HR", high=8.5, margin=2), weight=2, words="""
        heart rate hardly varied over the day
        a steady, even pulse
        the heart kept to nearly the same pace
        little change in pulse from hour to hour
        the pulse stayed in a narrow band"""),
    says("swinging_heart", ask("std", "HR", 19, margin=3), weight=2, words="""
        heart rate swung widely over the day
        a pulse with big ups and downs
        the heart went from very slow to very fast
        large changes in pulse from hour to hour
        the pulse covered a wide range"""),
    says("calm_morning_heart", ask("mean", "HR", high=70, at=MORNING, margin=4), words="""
        a calm heart in the morning
        low pulse during the morning hours
        the heart took the morning slowly
        heart rate was low before noon
        a relaxed pulse all morning"""),
    says("fast_morning_heart", ask("mean", "HR", 92, at=MORNING, margin=4), weight=2, words="""
        a fast heart in the morning
        high pulse during the morning hours
        the heart was busy all morning
        heart rate was high before noon
        a raised pulse all morning"""),
    says("calm_afternoon_heart", ask("mean", "HR", high=70, at=AFTERNOON, margin=4), words="""
        a calm heart in the afternoon
        low pulse during the afternoon hours
        the heart took the afternoon slowly
        heart rate was low after lunch
        a relaxed pulse all afternoon"""),
    says("fast_afternoon_heart", ask("mean", "HR", 92, at=AFTERNOON, margin=4), weight=2, words="""
        a fast heart in the afternoon
        high pulse during the afternoon hours
        the heart was busy all afternoon
        heart rate was high after lunch
        a raised pulse all afternoon"""),
    says("calm_evening_heart", ask("mean", "HR", high=68, at=EVENING, margin=4), words="""
        a calm heart in the evening
        low pulse during the evening hours
        the heart slowed down for the evening
        heart rate was low after work
        a relaxed pulse all evening"""),
    says("fast_evening_heart", ask("mean", "HR", 92, at=EVENING, margin=4), weight=2, words="""
        a fast heart in the evening
        high pulse during the evening hours
        the heart was busy all evening
        heart rate was high after work
        a raised pulse all evening"""),
    says("heart_peak_morning", ask("minute_of_max", "HR", 300, 719, margin=20), words="""
        the heart beat fastest in the morning
        highest heart rate of the day came before noon
        the pulse topped out in the morning
        the day's hardest moment for the heart was in the morning
        heart rate reached its maximum early in the day"""),
    says("heart_peak_afternoon", ask("minute_of_max", "HR", 720, 1019, margin=20), words="""
        the heart beat fastest in the afternoon
        highest heart rate of the day came after noon
        the pulse topped out in the afternoon
        the day's hardest moment for the heart was in the afternoon
        heart rate reached its maximum between lunch and five"""),
    says("heart_peak_evening", ask("minute_of_max", "HR", 1020, 1439, margin=20), words="""
        the heart beat fastest in the evening
        highest heart rate of the day came after five
        the pulse topped out in the evening
        the day's hardest moment for the heart was in the evening
        heart rate reached its maximum late in the day"""),
    says("high_variability", ask("mean", "rmssd0595", 75, margin=10), weight=2, words="""
        high heart rate variability overall
        HRV was high today
        beats were unevenly spaced, a sign of a relaxed body
        a well recovered heart with lots of variability
        strong beat to beat variation"""),
    says("low_variability", ask("mean", "rmssd0595", high=32, margin=8), weight=2, words="""
        low heart rate variability overall
        HRV was low today
        beats were evenly spaced, a sign of strain
        a strained heart with little variability
        weak beat to beat variation"""),
    says("recovering_night", ask("mean", "rmssd0595", 85, at=NIGHT, margin=10), weight=2, words="""
        heart rate variability was high overnight
        the body recovered well during the night
        HRV climbed high in the small hours
        a restorative night for the heart
        strong beat to beat variation at night"""),
    says("strained_night", ask("mean", "rmssd0595", high=36, at=NIGHT, margin=8), weight=2, words="""
        heart rate variability was low overnight
        the body hardly recovered during the night
        HRV stayed low in the small hours
        a straining night for the heart
        weak beat to beat variation at night"""),
)  # fmt: skip
