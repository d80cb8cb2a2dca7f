"""What people say of someone's state in any stretch of minutes, by the logs, the skin and the beats' variation.

Rows of predicate and wordings.
"""

from sensorlm.captions.predicates.base import ANY, HRV, WINDOW, Predicate, ask, says
from sensorlm.captions.predicates.sport import DESK, EXERCISE, SCREEN, WORK
from sensorlm.records import Fact

SKIN = "eda_level_real"
WRIST = "wrist_temperatures"
ENDURANCE = "running|trail running|jogging|cycling|cycling commute|biking|swimming|hiking|rowing machine|brisk walking"
WHEELS = "driving|public transport"
AWAKE = ask("event_share", "event:sleep", high=0, at=WINDOW, margin=0.5)


def slept(low: float = 0, high: float = 1, margin: float = 0.1) -> Fact:
    """Share of the minutes inside a logged sleep."""
    return ask("event_share", "event:sleep", low, high, at=WINDOW, margin=margin)


def stage(name: str, low: float = 0, high: float = 1, margin: float = 0.08) -> Fact:
    """Share of the minutes in a stage of sleep."""
    return ask("share_above", f"sleep_stage_{name}", low, high, at=WINDOW, over=ANY, margin=margin)


def logged(labels: str, low: float = 0.5, high: float = 1, margin: float = 0.3) -> Fact:
    """Share of the minutes inside such activities."""
    return ask("event_share", f"event:activity:{labels}", low, high, at=WINDOW, margin=margin)


def mean(subject: str, low: float = -500, high: float = 500, margin: float = 3) -> Fact:
    """Mean of the minutes shown."""
    return ask("mean", subject, low, high, at=WINDOW, margin=margin)


def shift(subject: str, low: float = -500, high: float = 500, margin: float = 2) -> Fact:
    """Second half against first."""
    return ask("change", subject, low, high, at=WINDOW, margin=margin)


WINDOW_STATES: tuple[Predicate, ...] = (
    says("slept_half", slept(0.5), weight=2, words="""
        asleep for at least half of the time
        mostly asleep, by the sleep log"""),
    says("slept_under_half", slept(high=0.5), weight=0.7, words="""
        asleep for half of the time at most
        mostly awake, by the sleep log"""),
    says("slept_some", slept(0.05, margin=0.04), weight=1.5, words="""
        some sleep in it
        asleep for at least part of the time"""),
    says("asleep_slow_heart", slept(0.9, margin=0.3), mean("HR", high=58), weight=2, words="""
        asleep with a pulse under sixty
        sleeping with a slow heart"""),
    says("asleep_fast_heart", slept(0.9, margin=0.3), mean("HR", 68), weight=2.5, words="""
        asleep with a pulse of 68 or more
        sleeping, though the heart was not slow"""),
    says("asleep_no_stir", slept(0.9, margin=0.3), mean("log_energy", high=10, margin=6), weight=2, words="""
        asleep with a still arm
        sleeping without moving the arm"""),
    says("stepped_in_sleep", slept(0.5, margin=0.2), ask("max", "steps", 8, at=WINDOW, margin=6), weight=3, words="""
        steps during time that is mostly logged as sleep
        took some steps though mostly asleep"""),
    says("woke_and_rose", slept(0.05, 0.9, 0.05), shift("steps", 3), weight=3.5, words="""
        partly asleep, with more steps in the second half
        slept for part of it and got moving later on"""),
    says("deep_partly", stage("deep", 0.15, 0.7), weight=2, words="""
        deep sleep for part of the time
        some deep sleep, though not all of it"""),
    says("rem_partly", stage("rem", 0.15, 0.7), weight=2, words="""
        REM sleep for part of the time
        some REM sleep, though not all of it"""),
    says("awake_quick_heart", AWAKE, mean("HR", 85), weight=1.5, words="""
        awake with a pulse of 85 or more
        not asleep, and the heart going quicker than usual"""),
    says("awake_slow_heart", AWAKE, mean("HR", high=65), weight=2, words="""
        awake with a pulse of 65 or less
        not asleep, yet the heart was slow"""),
    says("awake_few_steps", AWAKE, mean("steps", high=5, margin=2), words="""
        awake with five steps a minute or fewer
        up, but hardly walking"""),
    says("awake_afoot", AWAKE, ask("share_above", "steps", 0.3, at=WINDOW, over=ANY, margin=0.08), words="""
        awake with steps in three out of ten minutes or more
        out of bed and on the feet a good deal"""),
    says("food_time", logged("eating|cooking", 0.3, margin=0.2), weight=2, words="""
        busy with food, eating or cooking
        eating or cooking for a third of the time or more"""),
    says("table_or_desk", logged(f"{DESK}|eating|reading", 0.5), weight=1.5, words="""
        at a table or a desk
        eating, reading or at desk work, by the log"""),
    says("on_wheels", logged(WHEELS, 0.3, margin=0.2), weight=2, words="""
        on wheels, in a car, a bus or a train
        driving or riding public transport for a third of the time or more"""),
    says("some_work", ask("event_minutes", f"event:activity:{WORK}", 5, at=WINDOW, margin=4), words="""
        some work in these minutes
        at least five minutes of work were logged here"""),
    says("no_work_now", ask("event_minutes", f"event:activity:{WORK}", high=0, at=WINDOW, margin=5), weight=0.4,
         words="""
        no work in these minutes
        not working, by the log"""),
    says("free_time", logged(f"{SCREEN}|reading|socialising|party|meditation", 0.5), weight=1.5, words="""
        leisure, with a screen, a book or company
        free time, by the log"""),
    says("some_sport", ask("event_minutes", f"event:activity:{EXERCISE}", 10, at=WINDOW, margin=8), weight=2.5,
         words="""
        at least ten minutes of sport in it
        ten minutes or more of exercise were logged here"""),
    says("endurance_now", logged(ENDURANCE, 0.4), weight=3, words="""
        endurance sport, on foot, by bike or in the water
        running, cycling, swimming, hiking, rowing or brisk walking, by the log"""),
    says("skin_medium", mean(SKIN, 1.2, 5, 0.6), weight=1.5, words="""
        moderate skin conductance
        skin conductance neither high nor low"""),
    says("skin_rising", shift(SKIN, 1, margin=0.6), weight=2.5, words="""
        skin conductance rising
        more sweat on the skin in the second half"""),
    says("skin_sinking", shift(SKIN, high=-1, margin=0.6), weight=2.5, words="""
        skin conductance falling
        less sweat on the skin in the second half"""),
    says("skin_jumpy", ask("std", SKIN, 2, at=WINDOW, margin=0.6), weight=2.5, words="""
        skin conductance up and down
        the skin response varied a lot"""),
    says("skin_flat", ask("std", SKIN, high=0.4, at=WINDOW, margin=0.2), weight=1.5, words="""
        skin conductance steady
        the skin response hardly varied"""),
    says("hrv_medium", mean(HRV, 40, 65, 6), weight=1.5, words="""
        heart rate variability in the middle range
        HRV between 40 and 65 ms"""),
    says("hrv_rising", shift(HRV, 12, margin=6), weight=2.5, words="""
        heart rate variability rising
        HRV higher in the second half"""),
    says("hrv_sinking", shift(HRV, high=-12, margin=6), weight=2.5, words="""
        heart rate variability falling
        HRV lower in the second half"""),
    says("strain_both", mean(HRV, high=42, margin=6), mean(SKIN, 2, margin=0.6), weight=3, words="""
        strain by heart and skin, low HRV and raised skin conductance
        low heart rate variability together with raised skin conductance"""),
    says("calm_both", mean(HRV, 60, margin=6), mean(SKIN, high=1.2, margin=0.5), weight=2.5, words="""
        calm by heart and skin, high HRV and low skin conductance
        good heart rate variability together with low skin conductance"""),
    says("tensing_up", shift("HR", 4), shift(HRV, high=-8, margin=4), weight=2.5, words="""
        tensing up by the heart, pulse rising and HRV falling
        faster beats with less variability in the second half"""),
    says("unwinding", shift("HR", high=-4), shift(HRV, 8, margin=4), weight=2.5, words="""
        winding down by the heart, pulse falling and HRV rising
        slower beats with more variability in the second half"""),
    says("skin_mild", mean(WRIST, 31, 33.5, 0.5), weight=1.5, words="""
        skin neither warm nor cool
        skin temperature between thirty-one and thirty-three and a half degrees"""),
    says("skin_warming", shift(WRIST, 0.4, margin=0.2), weight=2.5, words="""
        the skin is getting warmer
        skin temperature higher in the second half"""),
    says("skin_cooling", shift(WRIST, high=-0.4, margin=0.2), weight=2.5, words="""
        the skin is getting cooler
        skin temperature lower in the second half"""),
)  # fmt: skip
