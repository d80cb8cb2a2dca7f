"""What people say of how unbroken, how efficient and how deep a night's sleep was: rows of predicate and wordings.

Shares are of the minutes slept after midnight: what lies before it belongs to another day. Further wordings of every
row are in wordings/sleep_quality.txt.
"""

from sensorlm.captions.predicates.base import Predicate, Span, ask, says
from sensorlm.captions.predicates.nights import began, lain_awake, longest, slept_at_most
from sensorlm.captions.predicates.sleep import HAS_NIGHT, LAST_NIGHT, SLEEP
from sensorlm.captions.predicates.sleep_kinds import asleep
from sensorlm.records import Fact

REALLY = "light|deep|rem"
FIRST_HOURS: Span = (0, 180)
TOWARD_MORNING: Span = (240, 480)
INFINITE = float("inf")


def part(stage: str, low: float = 0, high: float = 1, margin: float = 0.02) -> Fact:
    """A stage's share of the night's sleep log."""
    return ask("event_part", f"{SLEEP}:{stage}", low, high, at=LAST_NIGHT, margin=margin)


def staged(stage: str, low: float = 0, high: float = INFINITE, at: Span = LAST_NIGHT, margin: float = 8) -> Fact:
    """Minutes of some hours in a stage of sleep."""
    return ask("event_minutes", f"{SLEEP}:{stage}", low, high, at=at, margin=margin)


def unbroken(low: float = 0, high: float = INFINITE, margin: float = 12) -> Fact:
    """The longest stretch of the night without a waking."""
    return ask("event_unbroken", f"{SLEEP}:{REALLY}", low, high, at=LAST_NIGHT, margin=margin)


def wakings(low: float = 0, high: float = INFINITE, margin: float = 1) -> Fact:
    """How often the night's sleep was interrupted."""
    return ask("event_count", f"{SLEEP}:awake", low, high, at=LAST_NIGHT, margin=margin)


def longest_waking(low: float = 0, high: float = INFINITE, margin: float = 3) -> Fact:
    """The longest interruption of the night."""
    return ask("event_longest", f"{SLEEP}:awake", low, high, at=LAST_NIGHT, margin=margin)


SLEEP_QUALITY: tuple[Predicate, ...] = (
    says("efficiency_over_95", part(REALLY, 0.95, margin=0.012), weight=2, words="""
        asleep for more than ninety-five percent of the time in bed
        sleep efficiency above 95 %"""),
    says("efficiency_over_90", part(REALLY, 0.9, margin=0.015), words="""
        asleep for more than nine tenths of the time in bed
        sleep efficiency above 90 %"""),
    says("efficiency_80_to_90", part(REALLY, 0.8, 0.9), weight=2, words="""
        asleep for eighty to ninety percent of the time in bed
        sleep efficiency between 80 and 90 %"""),
    says("efficiency_under_85", part(REALLY, high=0.85), weight=2.5, words="""
        asleep for less than eighty-five percent of the time in bed
        sleep efficiency below 85 %"""),
    says("deep_over_fifth", part("deep", 0.2), weight=2.5, words="""
        deep sleep made up more than a fifth of the night
        over 20 % of the sleep was deep"""),
    says("deep_tenth_to_fifth", part("deep", 0.1, 0.2, 0.015), words="""
        deep sleep made up between a tenth and a fifth of the night
        10 to 20 % of the sleep was deep"""),
    says("deep_under_tenth", HAS_NIGHT, part("deep", high=0.1), weight=2.5, words="""
        deep sleep made up less than a tenth of the night
        under 10 % of the sleep was deep"""),
    says("rem_over_quarter", part("rem", 0.25), weight=2, words="""
        REM made up more than a quarter of the night
        over 25 % of the sleep was REM"""),
    says("rem_fifteen_to_twenty_five", part("rem", 0.15, 0.25), words="""
        REM made up between fifteen and twenty-five percent of the night
        15 to 25 % of the sleep was REM"""),
    says("rem_under_fifteen", HAS_NIGHT, part("rem", high=0.15), weight=2.5, words="""
        REM made up less than fifteen percent of the night
        under 15 % of the sleep was REM"""),
    says("light_over_half", part("light", 0.53, margin=0.03), words="""
        light sleep made up more than half of the night
        over 50 % of the sleep was light"""),
    says("light_under_half", HAS_NIGHT, part("light", high=0.47, margin=0.03), weight=2, words="""
        light sleep made up less than half of the night
        under 50 % of the sleep was light"""),
    says("deep_under_hour", HAS_NIGHT, staged("deep", high=58), weight=1.5, words="""
        less than an hour of deep sleep
        deep sleep stayed under 60 minutes"""),
    says("rem_one_to_two_hours", staged("rem", 60, 120, margin=10), words="""
        between one and two hours of REM sleep
        60-120 minutes of REM"""),
    says("deep_early", staged("deep", 25, at=FIRST_HOURS), staged("deep", high=8, at=TOWARD_MORNING, margin=6),
         weight=1.5, words="""
        deep sleep before three and hardly any after four
        the deep sleep came early in the night"""),
    says("deep_late", staged("deep", 20, at=TOWARD_MORNING), weight=3, words="""
        still a lot of deep sleep after four in the morning
        twenty minutes or more of deep sleep between 4 and 8"""),
    says("rem_late", staged("rem", 45, at=TOWARD_MORNING), staged("rem", high=15, at=FIRST_HOURS, margin=6),
         weight=2, words="""
        hardly any REM before three but much of it after four
        the REM sleep came toward morning"""),
    says("rem_early", staged("rem", 25, at=FIRST_HOURS, margin=6), weight=2.5, words="""
        a good deal of REM before three at night
        25 minutes or more of REM between midnight and 3"""),
    says("wakings_three_to_six", wakings(3, 6), weight=1.5, words="""
        woke up three to six times in the night
        between 3 and 6 awakenings"""),
    says("wakings_six_to_ten", wakings(6, 10), words="""
        woke up six to ten times in the night
        between 6 and 10 awakenings"""),
    says("wakings_over_ten", wakings(11, margin=2), weight=2, words="""
        woke up more than ten times in the night
        over 10 awakenings"""),
    says("wakings_over_twenty", wakings(20, margin=3), weight=3, words="""
        woke up twenty times or more in the night
        20 or more awakenings"""),
    says("often_but_briefly", wakings(9), longest_waking(high=10), weight=2.5, words="""
        woke up often but never for longer than ten minutes
        nine or more awakenings, all of them brief"""),
    says("seldom_but_long", wakings(high=7), longest_waking(12), weight=2.5, words="""
        woke up seldom but once for more than ten minutes
        seven awakenings at most, one of them long"""),
    says("longest_waking_ten_to_twenty", longest_waking(10, 20), weight=1.5, words="""
        the longest time awake in the night was ten to twenty minutes
        lay awake for ten to twenty minutes at a stretch, and never for longer"""),
    says("awake_ten_to_thirty", lain_awake(10, 30, 4), words="""
        awake for ten to thirty minutes of the night in all
        10-30 min awake in bed"""),
    says("awake_half_to_full_hour", lain_awake(30, 60, 6), weight=2, words="""
        awake for thirty to sixty minutes of the night in all
        30-60 min awake in bed"""),
    says("awake_under_half_hour", HAS_NIGHT, lain_awake(high=30, margin=5), words="""
        awake for less than half an hour of the night in all
        under 30 minutes awake in bed"""),
    says("awake_two_to_four", lain_awake(10, at=(120, 240), margin=4), weight=2, words="""
        lay awake for ten minutes or more between two and four
        wakeful around three at night"""),
    says("solid_two_to_four", asleep(118, at=(120, 240)), lain_awake(high=2, at=(120, 240), margin=3),
         weight=1.5, words="""
        asleep without a break between two and four
        no waking to speak of from 2 to 4 am"""),
    says("calm_then_wakeful", lain_awake(high=5, at=FIRST_HOURS, margin=3), asleep(100, at=FIRST_HOURS),
         lain_awake(13, at=TOWARD_MORNING, margin=4), weight=2.5, words="""
        slept soundly before three but lay awake after four
        the second half of the night was worse than the first"""),
    says("wakeful_then_calm", lain_awake(12, at=FIRST_HOURS, margin=4), lain_awake(high=6, at=TOWARD_MORNING, margin=3),
         asleep(100, at=TOWARD_MORNING), weight=2.5, words="""
        lay awake before three but slept soundly after four
        the first half of the night was worse than the second"""),
    says("unbroken_over_two_hours", unbroken(120), weight=2, words="""
        more than two hours of sleep without a waking
        the longest unbroken stretch of sleep was over 2 hours"""),
    says("unbroken_over_three_hours", unbroken(180, margin=15), weight=3, words="""
        more than three hours of sleep without a waking
        the longest unbroken stretch of sleep was over 3 hours"""),
    says("unbroken_one_to_two_hours", unbroken(60, 120), words="""
        the longest unbroken stretch of sleep was one to two hours
        slept for between 1 and 2 hours at a time at best"""),
    says("unbroken_under_ninety", HAS_NIGHT, unbroken(high=85), weight=2, words="""
        never slept for an hour and a half without waking
        the longest unbroken stretch of sleep was under 90 minutes"""),
    says("night_by_the_book", longest(420, 540), began(high=15), lain_awake(high=30), weight=3, words="""
        seven to nine hours of sleep from about midnight at the latest, with under half an hour awake
        long enough, not late and hardly broken"""),
    says("night_all_wrong", *slept_at_most(400), began(30, 480), lain_awake(20), weight=3, words="""
        under seven hours of sleep, begun after half past twelve and with twenty minutes or more awake
        too short, too late and broken as well"""),
)  # fmt: skip
