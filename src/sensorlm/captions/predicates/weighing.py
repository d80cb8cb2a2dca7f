"""What people say of how moving and sitting are weighed against each other: pace, pieces, pauses, hours: rows.

Further wordings of every row are in wordings/weighing.txt.
"""

from sensorlm.captions.predicates.base import ANY, DAY, FROM_FOUR, WAKING, WALKED, Predicate, Span, ask, says
from sensorlm.captions.predicates.step_kinds import minutes as afoot
from sensorlm.records import Fact

EIGHT_TO_ONE: Span = (480, 780)
FIVE_TO_TEN: Span = (1020, 1320)
AFTER_NINE: Span = (1260, 1440)
PACE = "pace"
AFOOT = "afoot"
WALK = 45.0
"""Steps a minute over ten minutes that make a walk, pauses and all, as in the rows of walks counted."""


def pace(low: float = 0, high: float = 300, at: Span = DAY, margin: float = 3) -> Fact:
    """Mean steps a minute over the minutes of walking."""
    return ask("mean", PACE, low, high, at=at, margin=margin)


def pace_spread(low: float = 0, high: float = 300) -> Fact:
    """Standard deviation of the steps a minute over the minutes of walking."""
    return ask("std", PACE, low, high, margin=1.5)


def quick_part(low: float = 0, high: float = 1) -> Fact:
    """Share of the minutes of walking that have more than a hundred steps."""
    return ask("share_above", PACE, low, high, over=100, margin=0.06)


def pace_shift(low: float = -300, high: float = 300) -> Fact:
    """Pace of walking from three to ten less that from eight to three."""
    return ask("change", PACE, low, high, at=WAKING, over=420, margin=3)


def steps_from(above: float, low: float = 0, high: float = 1) -> Fact:
    """Share of the day's steps taken in minutes of more than so many."""
    return ask("sum_part_above", "steps", low, high, over=above, margin=0.05)


def starts(low: float = 0, high: float = 1440) -> Fact:
    """How often steps began after a minute without, from eight to ten."""
    return ask("spells_above", "steps", low, high, at=WAKING, over=ANY, margin=5)


def spell(low: float = 0, high: float = 1440) -> Fact:
    """Mean minutes in a row with steps."""
    return ask("mean_spell_above", "steps", low, high, over=ANY, margin=0.3)


def walked_spell(low: float = 0, high: float = 1440) -> Fact:
    """Mean minutes in a row at a walking pace."""
    return ask("mean_spell_above", "steps", low, high, over=60, margin=0.4)


def pieces(low: float = 0, high: float = 1440) -> Fact:
    """How many pieces of walking there were, however short."""
    return ask("spells_above", "steps", low, high, over=60, margin=2)


def longest_part(low: float = 0, high: float = 1) -> Fact:
    """The longest unbroken walk's share of all minutes of walking."""
    return ask("longest_part_above", "steps", low, high, over=60, margin=0.05)


def active_spell(low: float = 0, high: float = 1440) -> Fact:
    """Most minutes in a row with over twenty steps."""
    return ask("longest_above", "steps", low, high, over=20, margin=3)


def mean_sit(low: float = 0, high: float = 1440) -> Fact:
    """Mean minutes in a row without a step, from eight to ten."""
    return ask("mean_still", "steps", low, high, at=WAKING, margin=0.1 * max(low, 10))


def sits(minutes_long: float, low: float, high: float = 99) -> Fact:
    """How many times so many minutes in a row had no step, from eight to ten."""
    return ask("long_stills", "steps", low, high, at=WAKING, over=minutes_long, margin=0.5)


def block_part(minutes_long: float, low: float = 0, high: float = 1) -> Fact:
    """Share of the stepless minutes by day that lie in stretches of at least so many."""
    return ask("long_still_part", "steps", low, high, at=WAKING, over=minutes_long, margin=0.06)


def first_walk(low: float, high: float = 1440) -> Fact:
    """When the first ten minutes of walking after four began."""
    return ask("first_bout", "steps", low, high, at=FROM_FOUR, over=WALK, margin=20)


def last_walk(low: float, high: float = 1440) -> Fact:
    """When the last ten minutes of walking ended."""
    return ask("last_bout", "steps", low, high, at=FROM_FOUR, over=WALK, margin=20)


def between_walks(low: float, high: float = 1440) -> Fact:
    """Most minutes from one walk to the next."""
    return ask("between_bouts", "steps", low, high, at=FROM_FOUR, over=WALK, margin=25)


def walks(low: float, high: float = 99) -> Fact:
    """How many times of ten minutes were a walk."""
    return ask("bouts_above", "steps", low, high, at=FROM_FOUR, over=WALK, margin=0.5)


def even(low: float = 0, high: float = 1) -> Fact:
    """How evenly the fourteen hours from eight to ten share the steps."""
    return ask("evenness", "steps", low, high, at=WAKING, margin=0.025)


def peak_hour(low: float = 0, high: float = 14) -> Fact:
    """The busiest hour of those from eight to ten against their mean."""
    return ask("peak_hour", "steps", low, high, at=WAKING, margin=0.3)


def hours(steps: float, low: float, high: float = 24, at: Span = DAY) -> Fact:
    """Hours of the clock with more than so many steps."""
    return ask("hours_above", "steps", low, high, at=at, over=steps / 60, margin=0.5)


def feet_shift(low: float = -1, high: float = 1) -> Fact:
    """Share of minutes with steps from six to ten less that from eight to noon."""
    return ask("change", AFOOT, low, high, at=WAKING, over=240, margin=0.04)


def office(low: float = -1440, high: float = 1440) -> Fact:
    """Minutes with steps from nine to five less those in all other hours."""
    return ask("total", "afoot@office", low, high, margin=15)


def late_feet(low: float = 0, high: float = 1) -> Fact:
    """Share of the minutes with steps from nine to midnight."""
    return ask("mean", AFOOT, low, high, at=AFTER_NINE, margin=0.03)


def sitting_less_sleep(low: float = -1440, high: float = 1440) -> Fact:
    """Minutes awake without a step less minutes asleep, of the calendar day."""
    return ask("total", "sitting-sleep", low, high, margin=30)


WEIGHING: tuple[Predicate, ...] = (
    says("walks_slowly", pace(high=77), weight=2,
         words="at most 77 steps a minute on average while walking\na slow walker over all minutes of walking"),
    says("walks_quickly", pace(98), weight=2.5,
         words="98 or more steps a minute on average while walking\na quick walker over all minutes of walking"),
    says("pace_stays_even", pace_spread(high=13), weight=2,
         words="the pace varied little from one walking minute to another\nwalking at one even pace"),
    says("pace_varies_much", pace_spread(20.5), weight=2,
         words="the pace varied a lot from one walking minute to another\nwalking slow at times and fast at others"),
    says("near_half_of_walking_quick", quick_part(0.42), weight=2,
         words="over 42 percent of the walking minutes had more than a hundred steps\n"
               "a large part of the walking was quick"),
    says("pace_slackens", pace_shift(high=-7), weight=2.5,
         words="walked at a slower pace after three than before\nthe pace of walking slackened over the day"),
    says("pace_quickens", pace_shift(6), weight=2.5,
         words="walked at a quicker pace after three than before\nthe pace of walking picked up over the day"),
    says("pace_same_early_late", pace_shift(-4, 4), weight=2,
         words="walked at the same pace before three and after\nthe pace of walking did not change over the day"),
    says("morning_stride_quick", pace(98, at=EIGHT_TO_ONE), weight=2,
         words="a quick pace of walking from eight to one\n98 steps a minute or more while walking before one"),
    says("evening_stride_slow", pace(high=78, at=FIVE_TO_TEN), weight=2,
         words="a slow pace of walking from five to ten\nat most 78 steps a minute while walking after five"),
    says("steps_from_walking", steps_from(60, 0.6), WALKED, weight=2,
         words="sixty percent or more of the steps came at a walking pace\nmost steps came from real walking"),
    says("steps_from_pottering", steps_from(60, high=0.25), WALKED, weight=2,
         words="at most a quarter of the steps came at a walking pace\nmost steps came from pottering"),
    says("third_of_steps_brisk", steps_from(100, 0.32), WALKED, weight=2.5,
         words="a third of the steps came at more than a hundred a minute\na third of all steps were brisk ones"),
    says("sets_off_often", starts(82), weight=2,
         words="started moving more than eighty times from eight to ten\nswitched from still to moving very often"),
    says("sets_off_seldom", starts(high=38), WALKED, weight=2,
         words="started moving fewer than forty times from eight to ten\nswitched from still to moving seldom"),
    says("moves_in_snatches", spell(high=2.4), WALKED, weight=2,
         words="under two and a half minutes on average each time on the move\neach spell of moving was very brief"),
    says("moves_in_long_spells", spell(4.2), weight=2,
         words="over four minutes on average each time on the move\neach spell of moving went on for a while"),
    says("walks_in_snatches", walked_spell(high=1.5), pieces(5), weight=2,
         words="walking came in pieces of a minute or so\nthe mean piece of walking was a minute and a half at most"),
    says("walks_at_length", walked_spell(4.3), weight=2.5,
         words="walking came in pieces of over four minutes on average\nthe mean piece of walking was long"),
    says("many_pieces_of_walking", pieces(24), weight=2,
         words="two dozen or more separate pieces of walking\nwalking was started and stopped over twenty times"),
    says("one_walk_holds_half", longest_part(0.45), afoot(60, 10, margin=3), weight=2.5,
         words="nearly half of the walking minutes or more fell into the longest walk\n"
               "one walk outweighed the rest of the walking"),
    says("no_walk_stands_out", longest_part(high=0.16), weight=2,
         words="the longest walk held at most sixteen percent of the walking minutes\n"
               "no single walk stood out from the others"),
    says("active_half_hour_unbroken", active_spell(31), weight=2,
         words="over half an hour in a row with more than twenty steps in each minute\n"
               "the longest active spell went on for half an hour"),
    says("active_seven_minutes_at_most", active_spell(high=7), WALKED, weight=2,
         words="never more than seven minutes in a row with more than twenty steps each\n"
               "the longest active spell was over in seven minutes"),
    says("sits_briefly", mean_sit(high=6.5), weight=2,
         words="six and a half minutes at most in the mean spell without a step by day\n"
               "sitting was short, spell by spell"),
    says("sits_quarter_hours", mean_sit(15), WALKED, weight=2,
         words="fifteen minutes or more in the mean spell without a step by day\nsitting was long, spell by spell"),
    says("sitting_in_blocks", block_part(30, 0.64), WALKED, weight=2,
         words="over sixty percent of the still time by day lay in stretches of half an hour or more\n"
               "the sitting came in blocks"),
    says("sitting_broken_up", block_part(30, high=0.22), weight=2,
         words="at most a fifth or so of the still time by day lay in stretches of half an hour\n"
               "the sitting was well broken up"),
    says("sat_half_hours_seven", sits(30, 7), weight=2,
         words="sat for half an hour or more seven times or oftener from eight to ten\nseven or more half-hour sits"),
    says("sat_hours_three", sits(60, 3), weight=2,
         words="sat for an hour or more three times or oftener from eight to ten\nthree or more sits of a full hour"),
    says("first_walk_by_quarter_past_seven", first_walk(240, 435), weight=2.5,
         words="the first walk began by a quarter past seven\nout for a first ten minutes of walking very early"),
    says("first_walk_past_noon", first_walk(750), weight=2.5,
         words="the first walk began after half past twelve\nnot ten minutes of walking before lunch"),
    says("last_walk_by_two", last_walk(240, 840), weight=2.5,
         words="the last walk ended by two in the afternoon\nno ten minutes of walking after two"),
    says("last_walk_past_nine", last_walk(1265), weight=2.5,
         words="the last walk ended after nine in the evening\nten minutes of walking as late as after nine"),
    says("seven_hours_between_walks", between_walks(410), weight=2.5,
         words="seven hours or so went by between two walks, or longer\na very long pause between walks"),
    says("walks_close_together", between_walks(0, 150), walks(2), weight=2.5,
         words="never more than two and a half hours from one walk to the next\nwalks close together"),
    says("hours_share_evenly", even(0.87), WALKED, weight=2,
         words="the hours from eight to ten shared the steps evenly\nsteps evenly shared out over the hours"),
    says("hours_share_unevenly", even(high=0.67), WALKED, weight=2,
         words="a few hours from eight to ten held nearly all the steps\n"
               "steps very unevenly shared out over the hours"),
    says("peak_hour_towers", peak_hour(5.3), WALKED, weight=2,
         words="the busiest hour had over five times the steps of the mean hour\none hour towered over the others"),
    says("peak_hour_modest", peak_hour(high=2.8), WALKED, weight=2,
         words="the busiest hour had less than three times the steps of the mean hour\n"
               "no hour rose far above the others"),
    says("steps_in_twenty_hours", hours(0.5, 20), weight=2.5,
         words="steps in twenty or more of the 24 hours\nhardly an hour of day or night without a step"),
    says("steps_in_thirteen_hours", hours(0.5, 0, 13), WALKED, weight=2.5,
         words="steps in thirteen or fewer of the 24 hours\neleven hours or more of day and night without a step"),
    says("feet_busier_late", feet_shift(0.19), weight=2,
         words="more minutes with steps from six to ten than from eight to noon\n"
               "on the feet more in the evening than in the morning"),
    says("feet_busier_early", feet_shift(high=-0.16), weight=2,
         words="fewer minutes with steps from six to ten than from eight to noon\n"
               "on the feet more in the morning than in the evening"),
    says("office_hours_outweigh", office(45), weight=2,
         words="more minutes with steps from nine to five than in all other hours\n"
               "most time on the feet fell in office hours"),
    says("free_hours_outweigh", office(high=-75), weight=2,
         words="over an hour more on the feet outside nine to five than inside\n"
               "most time on the feet fell outside office hours"),
    says("feet_busy_after_nine", late_feet(0.26), weight=2,
         words="steps in over a quarter of the minutes from nine to midnight\n"
               "still much on the feet late in the evening"),
    says("feet_up_after_nine", late_feet(high=0.035), weight=2,
         words="steps in hardly a minute from nine to midnight\noff the feet from nine until midnight"),
    says("day_and_night_steps_blur", ask("amplitude", "steps", high=0.93, margin=0.02), WALKED, weight=3,
         words="even the quietest five hours had steps, three percent or more of the pace of the busiest ten\n"
               "day and night not clearly apart by steps"),
    says("sitting_outweighs_sleep", sitting_less_sleep(420), weight=2.5,
         words="seven hours more sitting than asleep, or more\nfar more hours without steps awake than asleep"),
    says("sleep_outweighs_sitting", sitting_less_sleep(high=60), weight=2.5,
         words="as many hours asleep as sitting, or nearly\nno more than an hour more sitting than asleep"),
)  # fmt: skip
