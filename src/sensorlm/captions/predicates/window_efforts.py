"""What people say of the effort in any stretch of minutes, by the pulse alone, the steps alone or the wrist alone.

Grades with two ends and comparisons within the stretch. Rows of predicate and wordings.
"""

from sensorlm.captions.predicates.base import ANY, WINDOW, Predicate, ask, says
from sensorlm.records import Fact


def pulse(low: float = 0, high: float = 300, margin: float = 3) -> Fact:
    """Mean heart rate of the minutes shown."""
    return ask("mean", "HR", low, high, at=WINDOW, margin=margin)


def cadence(low: float = 0, high: float = 300, margin: float = 2) -> Fact:
    """Mean steps a minute."""
    return ask("mean", "steps", low, high, at=WINDOW, margin=margin)


def stepping(low: float = 0, high: float = 1, margin: float = 0.06) -> Fact:
    """Share of the minutes with any step."""
    return ask("share_above", "steps", low, high, at=WINDOW, over=ANY, margin=margin)


def wrist(low: float = 0, high: float = 1000, margin: float = 8) -> Fact:
    """Mean movement energy of the wrist."""
    return ask("mean", "log_energy", low, high, at=WINDOW, margin=margin)


def shift(subject: str, low: float = -500, high: float = 500, margin: float = 2) -> Fact:
    """Second half against first."""
    return ask("change", subject, low, high, at=WINDOW, margin=margin)


def best(minutes: int, subject: str, low: float = 0, high: float = 1000, margin: float = 8) -> Fact:
    """Mean of the busiest minutes in a row."""
    return ask("busiest_mean", subject, low, high, at=WINDOW, over=minutes, margin=margin)


WINDOW_EFFORTS: tuple[Predicate, ...] = (
    says("heart_55_65", pulse(55, 65), weight=1.5, words="""
        average heart rate between 55 and 65
        the pulse lay in the mid-fifties to mid-sixties on average"""),
    says("heart_65_75", pulse(65, 75), words="""
        average heart rate between 65 and 75
        the pulse was about seventy on average, five either way"""),
    says("heart_75_90", pulse(75, 90), words="""
        average heart rate between 75 and 90
        the pulse was seventy-five to ninety on average"""),
    says("heart_90_105", pulse(90, 105), weight=1.5, words="""
        average heart rate between 90 and 105
        the pulse was ninety to a hundred and five on average"""),
    says("heart_105_120", pulse(105, 120), weight=2.5, words="""
        average heart rate between 105 and 120
        the pulse was a hundred and five to a hundred and twenty on average"""),
    says("heart_120_up", pulse(120, margin=5), weight=3.5, words="""
        average heart rate of 120 or more
        the pulse was a hundred and twenty or higher on average"""),
    says("heart_under_70", pulse(high=70), words="""
        average heart rate under 70
        the pulse was below seventy on average"""),
    says("half_over_100", ask("share_above", "HR", 0.5, at=WINDOW, over=100, margin=0.15), weight=2.5, words="""
        heart rate above 100 for at least half of the time
        more than half of the minutes with a pulse over a hundred"""),
    says("top_under_80", ask("max", "HR", high=80, at=WINDOW, margin=4), words="""
        heart rate never above 80
        the pulse stayed at eighty or less in every minute"""),
    says("top_100_120", ask("max", "HR", 100, 120, at=WINDOW, margin=4), weight=1.5, words="""
        heart rate peaked between 100 and 120
        the highest pulse was a hundred to a hundred and twenty"""),
    says("top_over_140", ask("max", "HR", 140, at=WINDOW, margin=6), weight=3.5, words="""
        heart rate peaked at 140 or more
        the highest pulse was a hundred and forty or above"""),
    says("floor_over_70", ask("min", "HR", 70, at=WINDOW, margin=4), weight=1.5, words="""
        heart rate never under 70
        even the lowest pulse was seventy or more"""),
    says("floor_under_50", ask("min", "HR", high=50, at=WINDOW, margin=3), weight=1.5, words="""
        heart rate got down to 50 or lower
        the lowest pulse was fifty or less"""),
    says("heart_jump_up", shift("HR", 20, margin=5), weight=3, words="""
        the pulse was over twenty beats higher in the second half
        heart rate leapt up from the first half to the second"""),
    says("heart_creep_up", shift("HR", 4, 10), weight=1.5, words="""
        the pulse was four to ten beats higher in the second half
        heart rate crept up a little"""),
    says("heart_ease_down", shift("HR", -10, -4), weight=1.5, words="""
        the pulse was four to ten beats lower in the second half
        heart rate eased down a little"""),
    says("heart_same_ends", shift("HR", -3, 3), words="""
        the pulse was the same in both halves, give or take three beats
        heart rate neither rose nor fell from the first half to the second"""),
    says("heart_some_swing", ask("std", "HR", 4, 9, at=WINDOW, margin=1), words="""
        heart rate varied moderately
        the pulse moved around a bit, four to nine beats about its mean"""),
    says("heart_short_spike", best(3, "HR", 105), pulse(high=88), weight=2.5, words="""
        a short spike of the pulse over 105 in an otherwise ordinary stretch
        the pulse shot past 105 for three minutes but was under 88 on average"""),
    says("steps_few", cadence(0.2, 5, 0.2), words="""
        a handful of steps, not more than five a minute on average
        some steps, though fewer than five a minute"""),
    says("steps_5_15", cadence(5, 15), weight=1.5, words="""
        five to fifteen steps a minute on average
        a bit of moving about, by the step counter"""),
    says("steps_15_40", cadence(15, 40, 4), weight=2, words="""
        fifteen to forty steps a minute on average
        a fair amount of moving about, by the step counter"""),
    says("steps_40_80", cadence(40, 80, 6), weight=2.5, words="""
        forty to eighty steps a minute on average
        mostly on foot, with forty to eighty steps a minute"""),
    says("steps_80_up", cadence(80, margin=8), weight=3.5, words="""
        eighty steps a minute or more on average
        walking or running nearly all along, eighty steps a minute and up"""),
    says("sat_under_five", cadence(high=5), weight=0.7, words="""
        five steps a minute or fewer on average
        next to no steps a minute"""),
    says("afoot_half", stepping(0.5), weight=1.5, words="""
        steps in at least half of the minutes
        on the feet half of the time or more"""),
    says("steps_over_1000", ask("total", "steps", 1000, at=WINDOW, margin=200), weight=2.5, words="""
        over a thousand steps in these minutes
        one thousand steps or more here"""),
    says("quick_moment", best(3, "steps", 120), cadence(high=60, margin=10), weight=3, words="""
        a quick dash of three minutes, otherwise modest movement
        three fast minutes at 120 steps each, but under sixty a minute on average"""),
    says("jog_five", best(5, "steps", 130, margin=12), weight=4, words="""
        jogging for at least five minutes in there, by the steps
        five minutes in a row at 130 steps a minute or more"""),
    says("brisk_five", best(5, "steps", 95, 130), weight=2.5, words="""
        five minutes of brisk walking in it
        the busiest five minutes had 95 to 130 steps each"""),
    says("one_bout", ask("bouts_above", "steps", 1, 1, at=WINDOW, over=40), weight=2, words="""
        one bout of walking
        a single burst of walking of ten minutes or so"""),
    says("two_bouts", ask("bouts_above", "steps", 2, at=WINDOW, over=30), weight=2.5, words="""
        two or more bouts of moving
        several bursts of movement with breaks between"""),
    says("steps_in_one_burst", ask("busiest_share", "steps", 0.6, at=WINDOW, over=5, margin=0.1), weight=2, words="""
        most of the steps fell within five minutes
        one short burst holds at least sixty percent of the steps"""),
    says("steps_spread_out", stepping(0.35),
         ask("busiest_share", "steps", high=0.35, at=WINDOW, over=5, margin=0.07), weight=2,
         words="""
        steps in over a third of the minutes, and no five minutes hold more than about a third of them
        the steps were spread out over the time"""),
    says("never_still_five", ask("longest_below", "steps", high=5, at=WINDOW, over=ANY, margin=2), weight=2, words="""
        never without a step for more than five minutes
        no pause from walking longer than five minutes"""),
    says("unbroken_walk", ask("longest_above", "steps", 10, at=WINDOW, over=60, margin=3), weight=3, words="""
        ten unbroken minutes of walking, over sixty steps in each
        walked for ten minutes without slowing under sixty steps a minute"""),
    says("wrist_gentle", wrist(12, 50), weight=1.5, words="""
        gentle wrist motion
        slight movement energy at the wrist"""),
    says("wrist_medium", wrist(50, 90), weight=1.5, words="""
        medium wrist motion
        moderate movement energy at the wrist"""),
    says("wrist_lively", wrist(90, 130), weight=2, words="""
        lively wrist motion
        rather high movement energy at the wrist"""),
    says("wrist_wakes", shift("log_energy", 25, margin=8), weight=2.5, words="""
        the wrist moved more in the second half
        movement energy went up from the first half to the second"""),
    says("wrist_quietens", shift("log_energy", high=-25, margin=8), weight=2.5, words="""
        the wrist moved less in the second half
        movement energy went down from the first half to the second"""),
    says("wrist_bursts", best(3, "log_energy", 120, margin=15), wrist(high=85), weight=2.5, words="""
        a burst of strong wrist motion, otherwise moderate or little
        three lively minutes of the arm in a quieter stretch"""),
)  # fmt: skip
