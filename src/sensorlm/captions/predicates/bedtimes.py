"""What people say of when someone goes to bed and gets up, by the log or by steps: rows of predicate and wordings.

Steps tell of bed and rising too, and many devices log nothing else: feet that rest from eleven at night are taken
for what they are, not for sleep. Further wordings of every row are in wordings/sleep.txt.
"""

from sensorlm.captions.predicates.base import ANY, Predicate, Span, ask, says
from sensorlm.captions.predicates.nights import asleep_at, began, ended
from sensorlm.captions.predicates.sleep import SLEEP
from sensorlm.records import Fact


def up_again(start: int, end: int) -> Fact:
    """No more sleep after the night's longest piece ended."""
    return ask("event_minutes", SLEEP, high=5, at=(start, end), margin=15)


def stepped(at: Span, low: float = 0, high: float = float("inf"), margin: float = 60) -> Fact:
    """Steps taken in some hours."""
    return ask("total", "steps", low, high, at=at, margin=margin)


def step_minutes(at: Span, low: float = 0, high: float = float("inf"), margin: float = 4) -> Fact:
    """Minutes with any steps in some hours."""
    return ask("minutes_above", "steps", low, high, at=at, over=ANY, margin=margin)


BEDTIMES: tuple[Predicate, ...] = (
    says("very_late_bedtime", began(120, 480), weight=3, words="""
        went to bed after two in the morning
        an extremely late bedtime"""),
    says("bed_before_midnight", began(high=-12), words="""
        went to bed before midnight
        sleep began before twelve"""),
    says("bed_around_midnight", began(-25, 25, 10), weight=1.5, words="""
        went to bed around midnight
        sleep began near twelve"""),
    says("very_early_bedtime", began(high=-165, margin=20), weight=3, words="""
        went to bed before half past nine the night before
        an extremely early bedtime"""),
    says("very_early_waking", ended(120, 298), up_again(330, 480), weight=3, words="""
        woke up before five
        up for good by five in the morning"""),
    says("up_before_seven", ended(200, 405), up_again(430, 540), weight=1.5, words="""
        woke up before seven
        up for good by seven in the morning"""),
    says("up_around_seven", ended(390, 450, 12), up_again(470, 560), weight=1.5, words="""
        woke up around seven
        up for good between half past six and half past seven"""),
    says("up_after_eight", ended(490, 900), words="""
        woke up after eight
        slept past eight in the morning"""),
    says("very_late_waking", ended(615, 900, 20), weight=3, words="""
        woke up after ten
        slept past ten in the morning"""),
    says("not_slept_in", ended(200, 470), up_again(490, 600), words="""
        did not sleep in
        up before eight and not back to bed"""),
    says("late_to_bed_late_up", began(20, 480), ended(510, 900), weight=2.5, words="""
        to bed after midnight and up after half past eight
        a late night followed by a late rise"""),
    says("late_to_bed_early_up", began(10, 300), ended(180, 415), weight=3, words="""
        to bed after midnight and up before seven
        a late night followed by an early rise"""),
    says("early_to_bed_early_up", began(high=-75), ended(180, 405), weight=3, words="""
        to bed before eleven and up before seven
        an early night followed by an early rise"""),
    says("early_to_bed_late_up", began(high=-45), ended(480, 900), weight=3, words="""
        to bed before eleven or so and up after eight
        an early night followed by a late rise"""),
    *asleep_at("one", 60, """
        asleep at one in the night
        sleeping at 1 am""", """
        awake at one in the night
        not sleeping at 1 am"""),
    *asleep_at("three", 180, """
        asleep at three in the night
        sleeping at 3 am""", """
        awake at three in the night
        not sleeping at 3 am"""),
    *asleep_at("six", 360, """
        asleep at six in the morning
        sleeping at 6 am""", """
        awake at six in the morning
        not sleeping at 6 am"""),
    *asleep_at("eight", 480, """
        asleep at eight in the morning
        sleeping at 8 am""", """
        awake at eight in the morning
        not sleeping at 8 am"""),
    *asleep_at("eleven_pm", 1380, """
        asleep at eleven in the evening
        sleeping at 11 pm""", """
        awake at eleven in the evening
        not sleeping at 11 pm"""),
    says("no_steps_till_six", step_minutes((0, 360), high=1), weight=1.5, words="""
        no steps between midnight and six
        not on foot at all before six in the morning"""),
    says("steps_before_six", stepped((210, 350), 200, margin=110), weight=2.5, words="""
        walking before six in the morning
        hundreds of steps before six"""),
    says("steps_before_five", stepped((200, 300), 120, margin=80), weight=3, words="""
        walking before five in the morning
        over a hundred steps before five"""),
    says("no_steps_till_seven", step_minutes((180, 420), high=1), words="""
        no steps before seven in the morning
        not on foot at all until seven"""),
    says("no_steps_till_eight", step_minutes((240, 480), high=1), weight=1.5, words="""
        no steps before eight in the morning
        not on foot at all until eight"""),
    says("no_steps_till_ten", step_minutes((300, 600), high=2), weight=2.5, words="""
        no steps before ten in the morning
        not on foot at all until ten"""),
    says("no_steps_till_noon", step_minutes((360, 720), high=3), weight=3, words="""
        no steps before noon
        not on foot at all until twelve"""),
    says("steps_before_eight", stepped((330, 480), 500, margin=200), words="""
        hundreds of steps before eight in the morning
        walking around well before eight"""),
    says("steps_after_midnight", stepped((0, 120), 150, margin=90), weight=2.5, words="""
        still walking after midnight
        over a hundred steps in the first two hours of the day"""),
    says("no_steps_after_midnight", step_minutes((0, 120), high=0), words="""
        no steps in the first two hours after midnight
        off the feet by midnight"""),
    says("steps_at_eleven_pm", stepped((1380, 1440), 100, margin=60), weight=2, words="""
        still walking in the last hour before midnight
        over a hundred steps after eleven in the evening"""),
    says("no_steps_after_eleven", step_minutes((1380, 1440), high=0, margin=3), words="""
        no steps in the last hour before midnight
        off the feet by eleven in the evening"""),
    says("no_steps_after_nine", step_minutes((1260, 1440), high=2), weight=2, words="""
        no steps after nine in the evening
        off the feet by nine in the evening"""),
    says("no_steps_after_eight", step_minutes((1200, 1440), high=3), weight=2.5, words="""
        no steps after eight in the evening
        off the feet by eight in the evening"""),
    says("one_trip_at_night", step_minutes((60, 300), 1, 8, 3), stepped((60, 300), 5, 150, 60), weight=2, words="""
        a few steps between one and five at night
        out of bed briefly in the night"""),
    says("up_for_long_at_night", step_minutes((60, 270), 25, margin=8), weight=3, words="""
        on foot for half an hour or more between one and half past four
        out of bed for long in the night"""),
    says("short_rest_of_feet", stepped((1380, 1440), 60, margin=40), stepped((300, 390), 60, margin=40),
         weight=3, words="""
        on foot after eleven at night and before half past six in the morning
        early up and late to rest on the same day"""),
    says("long_rest_of_feet", step_minutes((300, 480), high=2), step_minutes((1290, 1440), high=2), weight=3, words="""
        no steps before eight and none after half past nine
        late up and early to rest on the same day"""),
    says("late_start_late_finish", step_minutes((300, 480), high=2), stepped((1350, 1440), 120, margin=70), weight=2.5,
         words="""
        no steps before eight but some after half past ten at night
        a day on foot that began late and ended late"""),
    says("early_start_early_finish", stepped((300, 420), 150, margin=90), step_minutes((1290, 1440), high=2),
         weight=2.5, words="""
        steps before seven but none after half past nine at night
        a day on foot that began early and ended early"""),
)  # fmt: skip
