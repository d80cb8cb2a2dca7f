"""Plain-language captions: the tables, what is chosen, and how windows are labelled."""

from collections import Counter

import numpy as np
import pytest
from captions_made import CHANNELS, day_of, made_day

from sensorlm.captions import short_captions, short_captions_of, visible_form
from sensorlm.captions.anchors import parted
from sensorlm.captions.codes import Codebook, labels
from sensorlm.captions.derived import DERIVED
from sensorlm.captions.facts import VISIBLE, DayBatch, check_quantity, evaluate, measure
from sensorlm.captions.parse import parse_facts
from sensorlm.captions.plain import WHOLE_DAY, plain_sentences, predicates_for, which_hold
from sensorlm.captions.predicates import DAY_PREDICATES, LONG_PREDICATES, WINDOW_PREDICATES
from sensorlm.captions.predicates.base import more_wordings, read_wordings
from sensorlm.captions.sentences import Dice
from sensorlm.errors import RecordError
from sensorlm.records import Event, Quantity

ALL = (*DAY_PREDICATES, *WINDOW_PREDICATES)
WINDOWS = [WHOLE_DAY, (0, 360), (600, 610), (480, 1320)]


def test_there_are_many_predicates_and_each_has_many_wordings():
    assert len(DAY_PREDICATES) >= 60
    assert len(WINDOW_PREDICATES) >= 20
    assert len({predicate.name for predicate in ALL}) == len(ALL)
    assert all(len(predicate.wordings) >= 5 for predicate in ALL)
    facts = [tuple((f.quantity, f.low, f.high) for f in predicate.facts) for predicate in ALL]
    assert len(set(facts)) == len(facts)


def test_no_wording_means_two_things_and_none_breaks_a_sentence():
    wordings = [wording.lower() for predicate in ALL for wording in predicate.wordings]
    twice = sorted(wording for wording, times in Counter(wordings).items() if times > 1)
    assert twice == []
    assert not [
        wording for wording in wordings if any(mark in wording for mark in ".;:{}") or wording != wording.strip()
    ]


def test_wording_files_name_predicates_that_exist():
    assert set(more_wordings()) <= {predicate.name for predicate in ALL}
    assert read_wordings("# note\n[a]\none thing\n\n[b]\ntwo\n[a]\nmore", "x.txt") == {
        "a": ("one thing", "more"), "b": ("two",)
    }  # fmt: skip
    with pytest.raises(RecordError, match=r"x\.txt line 2: 'lost' belongs to no predicate"):
        read_wordings("\nlost", "x.txt")


def test_every_predicate_asks_what_a_day_can_answer():
    for predicate in ALL:
        for fact in predicate.facts:
            check_quantity(fact.quantity)
            subject, _ = parted(fact.quantity.subject)
            known = {*CHANNELS.keys, "mets", "intensity", "glucose", "white_light", "stress_level", "worn", *DERIVED}
            assert subject.startswith("event:") or subject in known, predicate.name


@pytest.mark.parametrize("window", WINDOWS)
def test_short_captions_are_true_inside_their_window_and_read_back(window):
    days = [made_day(i, holes=i % 2 == 1) for i in range(12)]
    count = 0
    for day, captions in zip(days, short_captions_of(days, seed=1, count=6, window=window), strict=True):
        for caption in captions:
            assert (caption.key, caption.labels, caption.window) == ("short", "facts", window)
            assert (evaluate(caption.facts, DayBatch.from_days([day])) == 1).all(), caption.text
            assert all(window[0] <= f.quantity.start and f.quantity.end <= window[1] for f in caption.facts)
            assert tuple(dict.fromkeys(parse_facts(caption.text, CHANNELS, window=window))) == caption.facts
            count += 1
    assert count > 30


def test_short_captions_of_a_day_do_not_depend_on_the_batch_and_vary_with_the_seed():
    days = [made_day(i) for i in range(4)]
    together = short_captions_of(days, seed=5, count=8)
    assert short_captions(days[2], seed=5, count=8) == together[2]
    assert short_captions(days[2], seed=6, count=8) != together[2]
    texts = [caption.text for caption in together[2]]
    assert len(set(texts)) == len(texts)


def test_opposites_are_never_both_true():
    opposites = [
        ("slow_pulse", "fast_pulse"), ("hardly_walked", "many_steps"), ("early_riser", "slow_start"),
        ("long_sleep", "short_sleep"), ("late_bedtime", "early_bedtime"), ("restless_night", "restful_night"),
        ("off_at_night", "on_at_night"), ("moved_at_night", "still_night"), ("warm_skin", "cool_skin"),
        ("high_variability", "low_variability"), ("bright_day", "dim_day"), ("oxygen_dips", "oxygen_fine"),
        ("nap", "no_nap"), ("exercised", "no_exercise"), ("night_awake", "asleep_all_night"),
        ("worn_all_day", "barely_worn"), ("on_feet", "mostly_still"), ("long_sitting", "broken_sitting"),
        ("enough_sleep", "not_enough_sleep"), ("asleep_at_eight", "awake_at_eight"),
        ("up_before_seven", "up_after_eight"), ("bed_before_midnight", "late_bedtime"),
        ("long_waking", "only_brief_wakings"), ("by_day_only", "by_night_only"),
        ("off_for_hours", "never_off_for_long"), ("evening_pulse_higher", "morning_pulse_higher"),
        ("night_spikes", "no_night_spikes"), ("calm_waking_heart", "fast_waking_heart"), ("low_lowest", "high_lowest"),
        ("night_heart_settles", "night_heart_climbs"), ("no_steps_till_six", "steps_before_six"),
        ("steps_at_eleven_pm", "no_steps_after_eleven"), ("put_on_after_ten", "on_in_morning"),
        ("busy_small_hours", "quiet_small_hours"), ("busy_dawn", "quiet_dawn"), ("lunch_walk", "quiet_lunch"),
        ("busy_until_five", "quiet_until_five"), ("busy_after_nine", "quiet_after_nine"),
        ("half_by_noon", "half_after_noon"), ("done_by_five", "quarter_left_at_seven"),
        ("morning_beats_afternoon", "afternoon_beats_morning"), ("in_one_go", "spread_evenly"),
        ("evening_beats_afternoon", "afternoon_beats_evening"), ("evening_beats_morning", "morning_beats_evening"),
        ("first_move_early", "first_move_late"), ("last_move_early", "last_move_late"),
        ("active_hours_many", "active_hours_few"), ("up_every_hour", "up_few_hours"),
        ("active_throughout", "quiet_throughout"), ("twenty_thousand", "housebound"),
        ("walk_half_hour", "no_ten_minute_walk"), ("several_walks", "no_walks"), ("run_twenty", "no_run"),
        ("walk_in_morning", "no_walk_in_morning"), ("walk_in_evening", "no_walk_in_evening"),
        ("commute_both_ways", "no_commute"), ("sat_four_hours", "sat_under_two_hours"),
        ("sat_all_morning", "up_all_morning"), ("very_long_on_feet", "extremely_still"), ("workout", "no_workout"),
        ("workout_in_evening", "no_workout_in_evening"), ("did_walking", "no_walk_logged"),
        ("heart_eases_after_noon", "heart_rises_after_noon"), ("heart_up_after_dinner", "heart_down_after_dinner"),
        ("heart_wakes_to_lunch", "heart_slackens_to_lunch"), ("heart_hump_after_noon", "heart_dip_after_noon"),
        ("heart_calmest_in_evening", "heart_liveliest_in_evening"), ("clear_body_clock", "flat_body_clock"),
        ("even_waking_pulse", "jagged_waking_pulse"), ("narrow_night_range", "wide_night_range"),
        ("pace_dawdle", "pace_stride"), ("many_slow_minutes", "quick_when_moving"),
        ("two_good_walks", "five_good_walks"),
        ("evening_nearly_still", "evening_on_feet"), ("still_hours_many", "still_hours_none"), ("lark", "owl"),
        ("total_under_six", "total_eight_to_nine"), ("forenoon_slept", "forenoon_awake"), ("no_trips", "four_trips"),
        ("up_by_eight_and_going", "up_by_eight_and_lazing"), ("asleep_pulse_falls", "asleep_pulse_rises"),
        ("settled_from_start", "unsettled_at_start"), ("awake_before_dawn", "sound_before_dawn"),
    ]  # fmt: skip
    by_name = {predicate.name: predicate for predicate in DAY_PREDICATES}
    days = [made_day(i, holes=i % 2 == 1) for i in range(40)]
    batch = DayBatch.from_days(days)
    for one, other in opposites:
        held = which_hold([by_name[one], by_name[other]], batch)
        assert not held.all(1).any(), (one, other)
        # Where one is true the other is never left in doubt by its own margin alone: it is false.
        if held[:, 0].any():
            contrary = evaluate(by_name[other].facts, batch)[held[:, 0]]
            assert (contrary == -1).any(1).mean() > 0.9, (one, other)


def test_windows_know_opposites_too():
    opposites = [
        ("lying_still", "awake_active"), ("not_one_step", "nonstop"), ("sitting_calm", "strolling"),
        ("getting_going", "coming_to_rest"), ("warming_up", "cooling_down"), ("hard_effort", "no_effort"),
        ("exercising", "not_exercising"), ("walk_inside", "no_real_walking"), ("run_inside", "no_running_now"),
        ("doing_meal", "no_meal"), ("doing_exercise", "no_sport_now"), ("walking_easily", "walking_hard"),
        ("top_under_80", "top_over_140"), ("top_under_80", "half_over_100"), ("heart_under_70", "heart_75_90"),
        ("heart_jump_up", "heart_same_ends"), ("heart_creep_up", "heart_ease_down"), ("steps_few", "steps_40_80"),
        ("sat_under_five", "steps_80_up"), ("steps_in_one_burst", "steps_spread_out"), ("tensing_up", "unwinding"),
        ("wrist_wakes", "wrist_quietens"), ("some_work", "no_work_now"), ("strain_both", "calm_both"),
        ("slept_half", "awake_afoot"), ("skin_rising", "skin_sinking"),
    ]  # fmt: skip
    batch = DayBatch.from_days([made_day(i) for i in range(40)])
    for window in [(600, 610), (480, 600), (1000, 1200)]:
        by_name = {predicate.name: predicate for predicate in predicates_for(window)}
        for one, other in opposites:
            assert not which_hold([by_name[one], by_name[other]], batch).all(1).any(), (one, other, window)


def test_exercise_is_sport_and_not_every_logged_activity():
    by_name = {predicate.name: predicate for predicate in DAY_PREDICATES}
    values = np.full((3, 1440, 34), np.nan, np.float32)
    logs = [[("Desk work", 540, 1020)], [("Desk work", 540, 1020), ("Treadmill run", 1080, 1120)], []]
    days = [
        day_of(v, CHANNELS.keys, events=[Event(kind="activity", label=n, start=s, end=e) for n, s, e in log],
               logged=["activity"] if log else [])
        for v, log in zip(values, logs, strict=True)
    ]  # fmt: skip
    asked = [by_name[name] for name in ("exercised", "no_exercise", "did_running", "long_work", "no_work_logged")]
    held = which_hold(asked, DayBatch.from_days(days))
    assert held.tolist() == [[False, True, False, True, False], [True, False, True, True, False], [False] * 5]


def test_not_worn_at_night_is_not_said_of_someone_without_a_pulse_sensor():
    predicate = next(p for p in DAY_PREDICATES if p.name == "off_at_night")
    values = np.full((3, 1440, 34), np.nan, np.float32)
    hr = CHANNELS.index("HR")
    values[0, 360:, hr] = 70  # off at night
    values[1, :, hr] = 70  # on
    values[2, :, CHANNELS.index("steps")] = 0  # no pulse sensor
    batch = DayBatch.from_days([day_of(v, CHANNELS.keys) for v in values])
    assert which_hold([predicate], batch).ravel().tolist() == [True, False, False]
    worst = evaluate(predicate.facts, batch).min(1)
    assert worst.tolist() == [1, -1, 0]


def test_a_step_counter_that_wrote_nothing_at_night_was_off_and_one_that_wrote_zeros_was_on():
    by_name = {p.name: p for p in DAY_PREDICATES}
    asked = [by_name[name] for name in ("off_at_night", "on_at_night", "by_day_only")]
    values = np.full((3, 1440, 34), np.nan, np.float32)
    steps, hr = CHANNELS.index("steps"), CHANNELS.index("HR")
    values[0, 420:, steps] = 0
    values[1, :, steps] = 0
    values[:2, 600:660, steps] = 80
    # A pulse sensor without a pulse is off, though the device goes on counting zero steps.
    values[2, :, steps] = 0
    values[2, 400:, hr] = 75
    batch = DayBatch.from_days([day_of(v, CHANNELS.keys) for v in values])
    assert which_hold(asked, batch).tolist() == [[True, False, True], [False, True, False], [True, False, True]]


def test_long_captions_draw_from_the_plain_tables_only():
    names = {p.name for p in LONG_PREDICATES}
    assert names < {p.name for p in DAY_PREDICATES}
    sentences = plain_sentences(
        DayBatch.from_days([made_day(i) for i in range(6)]), [Dice(0, str(i)) for i in range(6)], 9
    )
    kinds = {fact.kind.removeprefix("plain:") for day in sentences for sentence in day for fact in sentence.facts}
    assert kinds
    assert kinds <= names


def night_and_day():
    values = np.full((1440, 34), np.nan, np.float32)
    values[:, CHANNELS.index("HR")] = 70.0
    values[:480, CHANNELS.index("HR")] = 50.0
    values[600:660, CHANNELS.index("HR")] = 140.0
    values[:, CHANNELS.index("steps")] = 0.0
    values[600:660, CHANNELS.index("steps")] = 150.0
    sleep = Event(kind="sleep", label="Asleep", start=-20, end=470)
    return day_of(values, CHANNELS.keys, events=[sleep], logged=["sleep", "activity"])


def holding(window):
    predicates = predicates_for(window)
    held = which_hold(predicates, DayBatch.from_days([night_and_day()]))[0]
    return {predicate.name for predicate, true in zip(predicates, held, strict=True) if true}


def test_windows_are_described_by_what_happens_in_them():
    assert {"asleep", "slow_heart", "no_steps", "resting"} <= holding((60, 120))
    assert {"running", "racing_heart", "exercising", "awake", "walking"} <= holding((610, 640))
    assert {"awake", "awake_still", "usual_heart", "heart_even"} <= holding((900, 930))
    assert not {"asleep", "running"} & holding((900, 930))


def test_a_windows_words_are_asked_of_whatever_minutes_another_day_shows():
    day = night_and_day()
    batch = DayBatch.from_days([day, day, day])
    visible = np.array([[610, 640], [60, 120], [900, 930]])
    captions = [visible_form(c) for c in short_captions(day, seed=2, count=40, window=(610, 640))]
    running = [c for c in captions if any(f.kind == "plain:racing_heart" for f in c.facts)]
    assert running
    assert all((f.quantity.start, f.quantity.end) == VISIBLE for c in running for f in c.facts)
    book = Codebook.from_captions(captions, 500)
    codes = book.caption_codes(running, 12)
    got = labels(book.day_codes(batch, visible), codes, np.full(len(running), -1))
    assert (got == np.array([[1], [-1], [-1]])).all()


def test_what_is_not_shown_cannot_be_told():
    batch = DayBatch.from_days([night_and_day()])
    asked = [
        Quantity(statistic="mean", subject="HR", start=0, end=300),
        Quantity(statistic="event_minutes", subject="event:sleep", start=0, end=300),
        Quantity(statistic="mean", subject="HR", start=0, end=0),
        Quantity(statistic="event_share", subject="event:sleep", start=0, end=0),
    ]
    assert np.isnan(measure(asked, batch, np.array([[600, 700]]))[0]).tolist() == [True, True, False, False]
    assert measure(asked, batch, np.array([[0, 300]])).tolist() == [[50, 300, 50, 1]]
    whole = measure(asked, batch)[0]
    assert whole[3] == pytest.approx(470 / 1440)


def test_whole_day_captions_keep_their_own_minutes():
    day = made_day(1)
    caption = short_captions(day, seed=0, count=1)[0]
    assert visible_form(caption) == caption


def test_a_day_without_data_gets_no_short_captions_and_bad_windows_are_refused():
    empty = day_of(np.full((1440, 34), np.nan, np.float32), CHANNELS.keys)
    assert short_captions(empty, seed=0, count=3) == []
    assert short_captions_of([], seed=0, count=3) == []
    with pytest.raises(RecordError, match="window"):
        short_captions(empty, seed=0, count=3, window=(20, 20))
