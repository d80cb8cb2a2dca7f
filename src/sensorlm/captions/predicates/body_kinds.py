"""What people say of skin, oxygen, HRV and the arm's movement by grade, trend and time: rows of predicates.

Further wordings of every row are in wordings/body_kinds.txt.
"""

from sensorlm.captions.predicates.base import (
    DAY,
    EVENING,
    HRV,
    MORNING_TO_EVENING,
    NIGHT,
    NIGHT_TO_MORNING,
    Predicate,
    Span,
    ask,
    says,
)
from sensorlm.records import Fact

SKIN = "wrist_temperatures"
EDA = "eda_level_real"
ARM = "log_energy"


def mean(of: str, low: float = 0, high: float = 2000, at: Span = DAY, margin: float = 0.3) -> Fact:
    """Mean of a signal over some hours."""
    return ask("mean", of, low, high, at=at, margin=margin)


def trend(of: str, low: float = -1000, high: float = 1000, margin: float = 0.3) -> Fact:
    """Mean from five to nine in the evening minus mean from eight to noon."""
    return ask("change", of, low, high, at=MORNING_TO_EVENING, over=240, margin=margin)


BODY_KINDS: tuple[Predicate, ...] = (
    says("skin_31_to_32", mean(SKIN, 31, 32), weight=1.5, words="""
        skin temperature averaged between 31 and 32 degrees
        neither warm nor cool skin over the day, 31 to 32 degrees on average"""),
    says("skin_29_to_31", mean(SKIN, 29, 31), weight=2, words="""
        skin temperature averaged between 29 and 31 degrees
        fairly cool skin over the day, 29 to 31 degrees on average"""),
    says("skin_night_33_to_35", mean(SKIN, 33, 35, at=NIGHT), weight=1.5, words="""
        skin temperature averaged between 33 and 35 degrees from midnight to five
        fairly warm skin at night, 33 to 35 degrees on average"""),
    says("skin_over_35", ask("max", SKIN, 35, margin=0.4), weight=2, words="""
        skin temperature reached 35 degrees at some time
        the wrist got as warm as 35 degrees or more"""),
    says("skin_never_over_34", ask("max", SKIN, high=34, margin=0.4), weight=2, words="""
        skin temperature never went above 34 degrees
        the wrist was at no time warmer than 34 degrees"""),
    says("skin_below_28", ask("min", SKIN, high=28, margin=0.4), weight=1.5, words="""
        skin temperature went under 28 degrees at some time
        the wrist got as cool as 28 degrees or less"""),
    says("skin_never_below_28", ask("min", SKIN, 28, margin=0.4), words="""
        skin temperature never went under 28 degrees
        the wrist was at no time cooler than 28 degrees"""),
    says("skin_warmest_before_seven", ask("minute_of_max", SKIN, 0, 420, margin=20), weight=1.5, words="""
        the skin was warmest between midnight and seven in the morning
        skin temperature peaked before seven in the morning"""),
    says("skin_warmest_after_six", ask("minute_of_max", SKIN, 1080, 1439, margin=20), weight=2.5, words="""
        the skin was warmest after six in the evening
        skin temperature peaked between six and midnight"""),
    says("skin_warmed", trend(SKIN, 0.5), weight=2.5, words="""
        skin temperature was at least half a degree higher in the evening than in the morning
        the wrist warmed up from morning to evening"""),
    says("skin_cooled", trend(SKIN, high=-1), weight=2.5, words="""
        skin temperature was at least one degree lower in the evening than in the morning
        the wrist cooled down from morning to evening"""),
    says("skin_same", trend(SKIN, -0.3, 0.3, 0.2), weight=1.5, words="""
        skin temperature was about the same in the morning and in the evening
        the wrist neither warmed up nor cooled down from morning to evening"""),
    says("eda_1_to_3", mean(EDA, 1, 3), weight=1.5, words="""
        skin conductance averaged between one and three microsiemens
        fairly low but not very low skin conductance over the day"""),
    says("eda_3_to_7", mean(EDA, 3, 7, margin=0.5), weight=1.5, words="""
        skin conductance averaged between three and seven microsiemens
        a middling to fairly high skin conductance over the day"""),
    says("eda_often_up", ask("bouts_above", EDA, 5, over=10, margin=1.5), weight=2.5, words="""
        skin conductance rose above ten microsiemens for ten minutes at least five times
        the skin was strongly aroused again and again"""),
    says("eda_sometimes_up", ask("bouts_above", EDA, 1, 3, over=10, margin=0.5), weight=2.5, words="""
        skin conductance rose above ten microsiemens for ten minutes once, twice or three times
        the skin was strongly aroused now and then"""),
    says("eda_never_up", ask("max", EDA, high=8, margin=1.5), weight=2, words="""
        skin conductance never went above eight microsiemens
        the skin was at no time strongly aroused"""),
    says("eda_shot_up", ask("max", EDA, 25, margin=4), weight=2, words="""
        skin conductance went above twenty-five microsiemens at some time
        at least one very strong spike of skin conductance"""),
    says("eda_even", ask("std", EDA, high=1, margin=0.3), weight=1.5, words="""
        skin conductance hardly varied over the day
        an even line of skin conductance"""),
    says("eda_swings", ask("std", EDA, 3, margin=0.6), weight=2, words="""
        skin conductance varied a lot over the day
        big ups and downs of skin conductance"""),
    says("eda_peak_before_noon", ask("minute_of_max", EDA, 300, 719, margin=20), weight=2, words="""
        skin conductance peaked between five and noon
        the highest skin conductance of the day came in the morning"""),
    says("eda_peak_after_noon", ask("minute_of_max", EDA, 720, 1079, margin=20), weight=2, words="""
        skin conductance peaked between noon and six
        the highest skin conductance of the day came in the afternoon"""),
    says("eda_same", trend(EDA, -0.5, 0.5), weight=1.5, words="""
        skin conductance was about the same in the morning and in the evening
        the skin was neither more nor less aroused in the evening than in the morning"""),
    says("oxygen_95_to_96", mean("spo2", 95, 96), words="""
        blood oxygen averaged between 95 and 96 percent
        oxygen saturation was ordinary over the day, 95 to 96 percent on average"""),
    says("oxygen_lowest_90_to_92", ask("min", "spo2", 90, 92, margin=0.6), weight=1.5, words="""
        the lowest blood oxygen was between 90 and 92 percent
        oxygen saturation went down to 92 or lower but never under 90"""),
    says("oxygen_hour_below_94", ask("minutes_below", "spo2", 60, over=94, margin=20), weight=2, words="""
        blood oxygen was under 94 percent for an hour or more in all
        many minutes with an oxygen saturation under 94"""),
    says("oxygen_lower_at_night",
         ask("change", "spo2", 0.5, at=NIGHT_TO_MORNING, over=300, margin=0.3), weight=2, words="""
        blood oxygen was lower at night than in the morning
        oxygen saturation rose from night to morning"""),
    says("hrv_25_to_45", mean(HRV, 25, 45, margin=4), weight=1.5, words="""
        heart rate variability averaged between 25 and 45 milliseconds
        a rather low HRV over the day, 25 to 45 on average"""),
    says("hrv_60_to_80", mean(HRV, 60, 80, margin=4), weight=1.5, words="""
        heart rate variability averaged between 60 and 80 milliseconds
        a rather high HRV over the day, 60 to 80 on average"""),
    says("hrv_rose", trend(HRV, 10, margin=5), weight=2.5, words="""
        heart rate variability was higher in the evening than in the morning
        HRV rose from morning to evening"""),
    says("hrv_fell", trend(HRV, high=-10, margin=5), weight=2.5, words="""
        heart rate variability was lower in the evening than in the morning
        HRV fell from morning to evening"""),
    says("hrv_same", trend(HRV, -6, 6, 3), weight=1.5, words="""
        heart rate variability was about the same in the morning and in the evening
        HRV neither rose nor fell from morning to evening"""),
    says("hrv_low_evening", mean(HRV, high=36, at=EVENING, margin=5), weight=2, words="""
        low heart rate variability from five to nine in the evening
        HRV was low in the evening"""),
    says("hrv_high_evening", mean(HRV, 70, at=EVENING, margin=7), weight=2, words="""
        high heart rate variability from five to nine in the evening
        HRV was high in the evening"""),
    says("hrv_swings", ask("std", HRV, 60, margin=6), weight=2, words="""
        heart rate variability went up and down a lot over the day
        HRV was anything but stable"""),
    says("hrv_steady", ask("std", HRV, high=32, margin=4), weight=2, words="""
        heart rate variability changed little over the day
        HRV was stable"""),
    says("arm_quiet", mean(ARM, high=40, margin=5), weight=2, words="""
        little arm movement over the day
        the motion sensor measured little movement energy"""),
    says("arm_busy", mean(ARM, 55, margin=5), weight=2, words="""
        much arm movement over the day
        the motion sensor measured much movement energy"""),
    says("arm_evening_more", trend(ARM, 20, margin=8), weight=2, words="""
        more arm movement in the evening than in the morning
        movement energy rose from morning to evening"""),
    says("arm_morning_more", trend(ARM, high=-10, margin=6), weight=2.5, words="""
        more arm movement in the morning than in the evening
        movement energy fell from morning to evening"""),
    says("arm_still_night", mean(ARM, high=12, at=NIGHT, margin=3), weight=1.5, words="""
        hardly any arm movement between midnight and five
        the arm lay still at night"""),
    says("arm_restless_night", mean(ARM, 22, at=NIGHT, margin=5), weight=2.5, words="""
        much arm movement between midnight and five
        the arm was restless at night"""),
    says("slow_pulse_high_hrv", mean("HR", high=70, margin=3), mean(HRV, 62, margin=6), weight=2.5, words="""
        a slow pulse together with a high heart rate variability
        heart rate was low and HRV high over the day"""),
    says("aroused_though_still", mean(EDA, 3, at=DAY, margin=0.8), ask("total", "steps", high=6000, margin=1000),
         weight=3, words="""
        fairly high skin conductance although there was little walking
        an aroused skin on a day with few steps"""),
)  # fmt: skip
