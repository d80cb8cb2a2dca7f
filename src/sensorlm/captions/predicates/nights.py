"""What people say of how long, how well and when someone slept, finer than in `sleep`: rows of predicate and wordings.

A night is often logged in pieces, so "little sleep" also bounds the minutes slept in the whole first half of the day.
Further wordings of every row are in wordings/sleep.txt.
"""

from sensorlm.captions.predicates.base import NIGHT, Predicate, Span, ask, says
from sensorlm.captions.predicates.sleep import HAS_NIGHT, LAST_NIGHT, LATE_EVENING, SIESTA, SLEEP, UNTIL_TEN
from sensorlm.records import Fact

AWAKE = SLEEP + ":awake"
FORENOON: Span = (615, 765)
TEATIME: Span = (1020, 1230)
BY_DAY: Span = (600, 1200)


def longest(low: float = 0, high: float = float("inf"), margin: float = 20) -> Fact:
    """The longest sleep of the night lasted from `low` to `high` minutes."""
    return ask("event_longest", SLEEP, low, high, at=LAST_NIGHT, margin=margin)


def slept_at_most(minutes: float) -> tuple[Fact, Fact, Fact]:
    """A night was logged, and neither its longest piece nor all of it since midnight was longer."""
    return HAS_NIGHT, longest(high=minutes), ask("event_minutes", SLEEP, high=minutes, at=LAST_NIGHT, margin=20)


def began(low: float = -1000, high: float = 1000, margin: float = 15) -> Fact:
    """The night's sleep began between two minutes, below 0 the evening before."""
    return ask("event_start", SLEEP, low, high, at=UNTIL_TEN, margin=margin)


def ended(low: float = 0, high: float = 1500, margin: float = 15) -> Fact:
    """The night's sleep ended between two minutes."""
    return ask("event_end", SLEEP, low, high, at=LAST_NIGHT, margin=margin)


def lain_awake(low: float = 0, high: float = float("inf"), margin: float = 8, at: Span = LAST_NIGHT) -> Fact:
    """So many minutes of the night's sleep log were awake."""
    return ask("event_minutes", AWAKE, low, high, at=at, margin=margin)


def asleep_at(clock: str, minute: int, words: str, other: str) -> tuple[Predicate, Predicate]:
    """Asleep around a time of the clock, and awake then."""
    span = (minute - 15, minute + 15)
    return (
        says(f"asleep_at_{clock}", ask("event_minutes", SLEEP, 29, at=span, margin=20), words=words),
        says(f"awake_at_{clock}", ask("event_minutes", SLEEP, high=0, at=span, margin=20), weight=1.2, words=other),
    )


NIGHTS: tuple[Predicate, ...] = (
    says("very_long_sleep", longest(600), weight=3, words="""
        slept ten hours or more
        an extremely long sleep"""),
    says("very_short_sleep", *slept_at_most(275), weight=3, words="""
        slept less than five hours
        an extremely short night"""),
    says("enough_sleep", longest(435, margin=25), words="""
        slept at least seven hours or so
        enough sleep"""),
    says("not_enough_sleep", *slept_at_most(385), weight=2, words="""
        slept less than six and a half hours
        not enough sleep"""),
    says("rather_short_sleep", longest(340, 400, 15), ask("event_minutes", SLEEP, high=410, at=LAST_NIGHT, margin=15),
         weight=1.5, words="""
        slept around six hours
        a night somewhat on the short side"""),
    says("rather_long_sleep", longest(500, 560, 15), weight=1.5, words="""
        slept almost nine hours
        a night somewhat on the long side"""),
    says("no_awake_time", HAS_NIGHT, lain_awake(high=4), weight=2, words="""
        almost no minute awake during the night
        a night practically without wakefulness"""),
    says("some_awake_time", lain_awake(15, 35), words="""
        awake for some twenty or thirty minutes of the night
        a night with a little wakefulness"""),
    says("very_wakeful_night", lain_awake(70, margin=15), weight=3, words="""
        awake for more than an hour of the night
        an extremely wakeful night"""),
    says("few_wakings", HAS_NIGHT, ask("event_count", AWAKE, high=2, at=LAST_NIGHT, margin=1), weight=1.5, words="""
        woke up at most once or twice in the night
        very few awakenings"""),
    says("long_waking", ask("event_longest", AWAKE, 22, at=LAST_NIGHT, margin=7), weight=3, words="""
        one long waking in the night
        lay awake for twenty minutes or more at a stretch"""),
    says("only_brief_wakings", HAS_NIGHT, ask("event_longest", AWAKE, high=7, at=LAST_NIGHT, margin=4), words="""
        awakenings of a few minutes at most
        back to sleep within minutes after every waking"""),
    says("wakeful_first_half", lain_awake(18, at=(0, 180)), weight=2, words="""
        lay awake in the first hours after midnight
        much wakefulness between midnight and three"""),
    says("wakeful_toward_morning", lain_awake(18, at=(240, 420)), weight=2, words="""
        lay awake between four and seven in the morning
        much wakefulness toward the morning"""),
    says("split_sleep", ask("event_count", SLEEP, 2, at=(0, 660)), weight=2, words="""
        the night's sleep came in two parts or more
        slept, got up, and slept again"""),
    says("one_block_of_sleep", ask("event_count", SLEEP, 1, 1, at=(0, 660)), words="""
        the night's sleep came in one piece
        went to sleep once and got up once"""),
    says("long_sound_sleep", longest(470), lain_awake(high=15), weight=2.5, words="""
        a long night's sleep with hardly a waking
        slept both long and soundly"""),
    says("long_broken_sleep", longest(470), lain_awake(40), weight=2.5, words="""
        a long night's sleep with much lying awake
        slept long but restlessly"""),
    says("short_broken_sleep", *slept_at_most(375), lain_awake(25), weight=3, words="""
        a short night's sleep with much lying awake
        slept both little and restlessly"""),
    says("short_sound_sleep", *slept_at_most(375), lain_awake(high=14), weight=2.5, words="""
        a short night's sleep with hardly a waking
        slept little but soundly"""),
    says("short_night_and_nap", *slept_at_most(385), ask("event_minutes", SLEEP, 20, at=(660, 1200), margin=10),
         weight=3, words="""
        a short night and some sleep later in the day
        slept little at night and made up for it by day"""),
    says("short_night_no_nap", *slept_at_most(385), ask("event_minutes", SLEEP, high=0, at=(660, 1200), margin=10),
         weight=2, words="""
        a short night and no sleep later in the day
        slept little at night and did not make up for it by day"""),
    says("morning_nap", ask("event_end", SLEEP, high=560, at=UNTIL_TEN, margin=20),
         ask("event_minutes", SLEEP, 20, at=FORENOON, margin=10), weight=3, words="""
        slept again before noon
        a nap in the late morning"""),
    says("evening_nap", ask("event_minutes", SLEEP, 15, at=TEATIME, margin=8), weight=3, words="""
        slept a little in the early evening
        a nap after work"""),
    says("no_evening_nap", HAS_NIGHT, ask("event_minutes", SLEEP, high=0, at=TEATIME, margin=8), weight=0.5, words="""
        no sleep between five and half past eight in the evening
        no nap after work"""),
    says("long_nap", ask("event_minutes", SLEEP, 80, at=SIESTA, margin=15), weight=3, words="""
        more than an hour of sleep in the afternoon
        a long nap"""),
    says("short_nap", ask("event_minutes", SLEEP, 12, 45, at=SIESTA, margin=8), weight=3, words="""
        half an hour of sleep in the afternoon
        a short nap"""),
    says("slept_by_day", ask("event_minutes", SLEEP, 180, at=BY_DAY, margin=45), weight=3, words="""
        several hours of sleep in daytime
        slept for a large part of the day"""),
    says("no_sleep_by_day", HAS_NIGHT, ask("event_minutes", SLEEP, high=0, at=(660, 1260), margin=10),
         weight=0.5, words="""
        no sleep at all between late morning and nine in the evening
        slept at night only"""),
    says("nine_hours_in_a_day", ask("event_minutes", SLEEP, 570, margin=30), weight=2, words="""
        asleep for more than nine hours of the day's twenty-four
        a great deal of sleep within one day"""),
    says("five_hours_in_a_day", HAS_NIGHT, ask("event_minutes", SLEEP, high=320, margin=30), weight=2.5, words="""
        asleep for hardly five hours of the day's twenty-four
        very little sleep within one day"""),
    says("light_sleep_much", ask("minutes_above", "sleep_stage_light", 300, over=0.5, margin=25), weight=2, words="""
        five hours and more of light sleep
        a lot of light sleep"""),
    says("light_sleep_little", ask("minutes_above", "sleep_stage_light", 1, 190, over=0.5, margin=25),
         weight=2, words="""
        little more than three hours of light sleep
        not much light sleep"""),
    says("staged_awake_much", ask("minutes_above", "sleep_stage_awake", 50, over=0.5, margin=12), weight=2, words="""
        the sleep stages show an hour or so awake
        the hypnogram has much wake in it"""),
    says("deep_and_dreams", ask("minutes_above", "sleep_stage_deep", 80, over=0.5, margin=15),
         ask("minutes_above", "sleep_stage_rem", 95, over=0.5, margin=15), weight=2.5, words="""
        plenty of both deep and REM sleep
        deep sleep and dream sleep were both long"""),
    says("neither_deep_nor_dreams", ask("minutes_above", "sleep_stage_deep", 1, 50, over=0.5, margin=12),
         ask("minutes_above", "sleep_stage_rem", 1, 60, over=0.5, margin=12), weight=2.5, words="""
        little of both deep and REM sleep
        deep sleep and dream sleep were both short"""),
    says("middling_deep_sleep", ask("minutes_above", "sleep_stage_deep", 55, 85, over=0.5, margin=10), words="""
        an hour or so of deep sleep
        a normal amount of deep sleep"""),
    says("broken_sleep_calm_heart", lain_awake(35), ask("mean", "HR", high=63, at=NIGHT, margin=4), weight=3, words="""
        a restless night with a slow pulse
        slept badly while the heart stayed calm"""),
    says("sound_sleep_calm_heart", HAS_NIGHT, lain_awake(high=15), ask("mean", "HR", high=61, at=NIGHT, margin=4),
         weight=2.5, words="""
        a sound night with a slow pulse
        slept well and the heart stayed calm"""),
    says("short_sleep_fast_heart", *slept_at_most(390), ask("mean", "HR", 70, at=NIGHT, margin=4), weight=3, words="""
        a short night with a fast pulse
        slept little and the heart ran high at night"""),
    says("early_night_tonight", ask("event_minutes", SLEEP, 105, at=LATE_EVENING, margin=25), weight=2.5, words="""
        asleep by ten or so at the end of the day
        fell asleep before half past ten that evening"""),
)  # fmt: skip
