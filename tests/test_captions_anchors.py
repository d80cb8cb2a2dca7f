"""Frames around waking and bedtime against loops over minutes, and what they may not be asked of."""

import math

import numpy as np
import pytest
from captions_made import made_day

from sensorlm.captions import facts as F
from sensorlm.captions.anchors import ANCHORS, parted
from sensorlm.captions.codes import Codebook
from sensorlm.captions.plain import predicates_for, which_hold
from sensorlm.captions.predicates import DAY_PREDICATES
from sensorlm.errors import RecordError
from sensorlm.records import Event, Quantity
from sensorlm.simulate import simulate_person

KEYS = ("HR", "steps")


def sleep(start, end, stage=""):
    return Event(kind="sleep", label="Asleep", start=start, end=end, stage=stage)


def random_nights(rng):
    found, at = [], int(rng.integers(-200, 200))
    for _ in range(int(rng.integers(0, 4))):
        end = at + int(rng.choice([40, 150, 290, 400]))
        found.append(sleep(at, end))
        found += [sleep(at + 10, at + 25, "awake"), sleep(at + 30, end, "light")]
        at = end + int(rng.choice([1, 45, 61, 600]))
    if rng.random() < 0.6:
        start = int(rng.integers(1100, 1439))
        found.append(sleep(start, start + int(rng.choice([30, 300]))))
    return tuple(found)


def random_batch(seed, b=6):
    rng = np.random.default_rng(seed)
    values = rng.normal(70, 15, (b, 1440, 2)).astype(np.float32)
    for day in range(b):
        start = int(rng.integers(0, 1440))
        values[day, start : start + 300] = np.nan
    logged = tuple(frozenset({"sleep"} if rng.random() < 0.9 else ()) for _ in range(b))
    return F.DayBatch(values, KEYS, tuple(random_nights(rng) for _ in range(b)), logged)


def anchor_loop(anchor, events, logged):
    """(origin, minutes of the day in a minute of the frame), or nothing."""
    if "sleep" not in logged:
        return None
    nights = []
    for e in sorted((e for e in events if e.kind == "sleep" and not e.stage), key=lambda e: e.start):
        if nights and e.start - nights[-1][1] <= 60:
            nights[-1][1] = max(nights[-1][1], e.end)
        else:
            nights.append([e.start, e.end])
    late = anchor == "bedtime"
    nights = [n for n in nights if n[1] - n[0] >= 120]
    nights = [n for n in nights if (1140 <= n[0] < 1440 if late else n[0] < 720 and n[1] > 0)]
    if not nights:
        return None
    start, end = max(nights, key=lambda n: (n[1] - n[0], -n[0]))
    origin = {"waking": end, "again": start + 1440}.get(anchor, start)
    return origin, (end - start) / 1440 if anchor == "night" else 1


def night_inside(start, step):
    """Share of a night's minutes that lie in the day."""
    minutes = range(start, start + round(1440 * step))
    return sum(0 <= m < 1440 for m in minutes) / len(minutes)


def frame_loop(anchor, found, column):
    out = []
    for minute in range(1440):
        at = math.floor(found[0] + (minute - ANCHORS[anchor]) * found[1] + 1e-6)
        out.append(float(column[at]) if 0 <= at < 1440 else math.nan)
    return np.array(out, np.float32)


@pytest.mark.parametrize("anchor", ANCHORS)
def test_a_channel_around_an_anchor_equals_a_loop_over_minutes(anchor):
    windows = [(0, 1440, 0.0), (200, 300, 0.0), (720, 900, 60.0), (600, 1300, 30.0)]
    names = ("mean", "max", "coverage", "minutes_above", "end_less_rest", "start_less_rest", "quietest_minute", "total")
    asked = [(name, s, e, a) for name in names for s, e, a in windows]
    known = 0
    for seed in range(6):
        batch = random_batch(seed)
        got = F.measure(
            [Quantity(statistic=n, subject=f"HR@{anchor}", start=s, end=e, argument=a) for n, s, e, a in asked], batch
        )
        plain = [Quantity(statistic=n, subject="HR", start=s, end=e, argument=a) for n, s, e, a in asked]
        for day in range(len(batch)):
            found = anchor_loop(anchor, batch.events[day], batch.logged[day])
            if found is None or (anchor == "night" and night_inside(*found) < 0.85):
                assert np.isnan(got[day]).all()
                continue
            known += 1
            moved = frame_loop(anchor, found, batch.values[day, :, 0])
            one = F.DayBatch(np.stack([moved, moved], 1)[None], KEYS, ((),), (frozenset(),))
            np.testing.assert_allclose(got[day], F.measure(plain, one)[0], rtol=1e-5, atol=1e-4)
    assert known > 5


@pytest.mark.parametrize("anchor", ANCHORS)
def test_events_around_an_anchor_equal_a_loop(anchor):
    names = ("event_minutes", "event_count", "event_start", "event_middle", "event_part", "event_entries")
    spans = [(0, 480), (200, 300), (480, 1440)]
    for seed in range(6):
        batch = random_batch(seed)
        asked = [(n, s, e) for n in names for s, e in spans]
        subject = f"event:sleep:awake@{anchor}"
        got = F.measure([Quantity(statistic=n, subject=subject, start=s, end=e) for n, s, e in asked], batch)
        for day in range(len(batch)):
            found = anchor_loop(anchor, batch.events[day], batch.logged[day])
            if found is None:
                assert np.isnan(got[day]).all()
                continue
            edges = [
                [round(ANCHORS[anchor] + (at - found[0]) / found[1]) for at in (e.start, e.end)]
                for e in batch.events[day]
            ]
            moved = tuple(
                Event(kind=e.kind, label=e.label, stage=e.stage, start=start, end=end)
                for e, (start, end) in zip(batch.events[day], edges, strict=True)
            )
            one = F.DayBatch(batch.values[[day]], KEYS, (moved,), batch.logged[day : day + 1])
            plain = [Quantity(statistic=n, subject="event:sleep:awake", start=s, end=e) for n, s, e in asked]
            want = F.measure(plain, one)[0]
            seen = ~np.isnan(want)  # a moved log may hold no night of its own
            np.testing.assert_allclose(got[day][seen], want[seen], rtol=1e-5)


def test_minutes_by_hand():
    values = np.zeros((2, 1440, 2), np.float32)
    values[:, 425:430, 1] = 90
    values[:, 1300:1310, 1] = 120
    nights = [sleep(-60, 300), sleep(320, 420), sleep(1380, 1800)], [sleep(1380, 1800)]
    batch = F.DayBatch(values, KEYS, tuple(map(tuple, nights)), (frozenset({"sleep"}),) * 2)
    asked = [
        Quantity(statistic="first_above", subject="steps@waking", start=240, end=300, argument=50),
        Quantity(statistic="total", subject="steps@bedtime", start=1080, end=1200),
        Quantity(statistic="event_start", subject="event:sleep@again", start=480, end=960),
        Quantity(statistic="event_start", subject="event:sleep@waking", start=720, end=1440),
        Quantity(statistic="coverage", subject="HR@night"),
        Quantity(statistic="coverage", subject="HR@asleep", start=0, end=240),
    ]
    got = F.measure(asked, batch)
    # Awake at 7:00 after a night in two pieces; to bed at 23:00 both evenings, 16 hours later.
    assert np.allclose(got[0], [245, 1200, 720, 240 + 960, 420 / 480, 0])
    assert np.allclose(got[1], [np.nan, 1200, np.nan, np.nan, np.nan, np.nan], equal_nan=True)


def test_frames_do_not_depend_on_the_batch_or_on_chunks():
    batch = random_batch(3, b=140)
    asked = [Quantity(statistic="mean", subject=f"HR@{a}", start=100, end=900) for a in ANCHORS]
    asked += [Quantity(statistic="event_count", subject=f"event:sleep:awake@{a}") for a in ANCHORS]
    whole = F.measure(asked, batch)
    for day in (0, 127, 128, 139):
        one = batch.take(np.array([day]))
        np.testing.assert_array_equal(F.measure(asked, one)[0], whole[day])


def test_part_of_a_day_tells_nothing_of_a_frame():
    batch = F.DayBatch.from_days([made_day(1), made_day(2)])
    asked = [Quantity(statistic="mean", subject="HR@waking", start=240, end=300)]
    assert np.isfinite(F.measure(asked, batch, np.array([[0, 1440]] * 2))).all()
    assert np.isnan(F.measure(asked, batch, np.array([[0, 1380], [200, 1440]]))).all()
    assert not [p for p in predicates_for((0, 1400)) if any(parted(f.quantity.subject)[1] for f in p.facts)]


def test_a_hidden_channel_cannot_be_told_and_codes_keep_the_anchor():
    batch = random_batch(0)
    hidden = F.DayBatch(np.full_like(batch.values, np.nan), KEYS, batch.events, batch.logged)
    asked = [f.quantity for p in DAY_PREDICATES for f in p.facts if parted(f.quantity.subject)[1]]
    asked = [q for q in dict.fromkeys(asked) if not q.subject.startswith("event:") and q.statistic != "coverage"]
    assert np.isnan(F.measure(asked, hidden)).all()
    asked = asked or [Quantity(statistic="mean", subject="HR@waking")]
    book = Codebook.from_json(Codebook(tuple(asked)).to_json())
    assert book.quantities == tuple(asked)
    np.testing.assert_array_equal(book.day_codes(batch), F.measure(asked, batch))


@pytest.mark.parametrize(
    ("subject", "end", "words"),
    [("HR@noon", 1440, "comes one of waking"), ("HR@waking", 0, "minutes of its frame"),
     ("event:meal@waking", 1440, "cannot be asked")],
)  # fmt: skip
def test_an_unknown_anchor_and_the_minutes_shown_are_refused(subject, end, words):
    with pytest.raises(RecordError, match=words):
        F.check_quantity(Quantity(statistic="mean", subject=subject, start=0, end=end))


def test_no_night_in_a_kept_log_counts_as_none():
    asked = [Quantity(statistic="event_entries", subject="event:sleep", start=0, end=720)]
    values = np.zeros((3, 1440, 2), np.float32)
    events = ((), (), (sleep(-30, 400),))
    batch = F.DayBatch(values, KEYS, events, (frozenset({"sleep"}), frozenset(), frozenset({"sleep"})))
    assert np.allclose(F.measure(asked, batch).ravel(), [0, np.nan, 1], equal_nan=True)


def test_a_label_with_an_at_sign_is_no_anchor():
    assert parted("event:activity:run @ park") == ("event:activity:run @ park", "")
    assert parted("event:sleep:awake@night") == ("event:sleep:awake", "night")


def test_opposites_around_sleep_are_never_both_true():
    opposites = [
        ("waking_on_feet_at_once", "waking_idle_half_hour"), ("waking_idle_then_going", "waking_burst_then_idle"),
        ("waking_slow_hour", "waking_busy_hour"), ("waking_busy_two_hours", "waking_slow_two_hours"),
        ("waking_walk_soon", "waking_walk_late"), ("waking_brisk_soon", "waking_brisk_late"),
        ("waking_half_steps_soon", "waking_half_steps_late"), ("waking_busiest_first", "waking_busiest_last"),
        ("waking_ten_minute_walk", "waking_no_walk_at_all"), ("waking_long_seat", "waking_short_seats"),
        ("waking_pulse_jumps", "waking_pulse_gentle"), ("waking_pulse_calm", "waking_pulse_high"),
        ("waking_top_high", "waking_top_low"), ("waking_hour_over_day", "waking_hour_under_day"),
        ("waking_hundred_soon", "waking_hundred_late"), ("sleep_last_hour_up", "sleep_last_hour_down"),
        ("sleep_end_climbs", "sleep_end_sinks"), ("sleep_end_jagged", "sleep_end_even"),
        ("night_lowest_early", "night_lowest_late"), ("night_halves_fall", "night_halves_rise"),
        ("night_spike", "night_no_spike"), ("night_steps_inside", "night_not_a_step"),
        ("falling_asleep_drop", "falling_asleep_level"), ("bedtime_drop", "bedtime_level"),
        ("bedtime_wound_down", "bedtime_from_walking"), ("bedtime_seated_two_hours", "bedtime_busy_three_hours"),
        ("bedtime_walk_just_before", "bedtime_walk_long_before"), ("bedtime_long_seat", "bedtime_short_seats"),
        ("bedtime_pulse_low", "bedtime_pulse_high"), ("bedtime_pulse_eased", "bedtime_pulse_not_eased"),
        ("bedtime_pulse_peak", "bedtime_pulse_no_peak"), ("wakeful_first_third", "wakeful_last_third"),
        ("wakings_only_later", "wakings_only_at_first"), ("longest_waking_early", "longest_waking_late"),
        ("awake_at_the_start", "first_hours_unbroken"), ("awake_before_rising", "last_hours_unbroken"),
        ("middle_by_two", "middle_past_half_four"), ("bed_earlier_than_last", "bed_later_than_last"),
        ("bed_past_midnight_after_early", "bed_before_midnight_after_late"), ("waking_day_long", "waking_day_short"),
    ]  # fmt: skip
    by_name = {predicate.name: predicate for predicate in DAY_PREDICATES}
    days = [day for i in range(8) for day in simulate_person(11, i, 7, devices={"band": 1.0}).days()]
    batch = F.DayBatch.from_days([*days, *(made_day(i, holes=i % 2 == 1) for i in range(20))])
    held = [which_hold([by_name[one], by_name[other]], batch) for one, other in opposites]
    assert [pair for pair, both in zip(opposites, held, strict=True) if both.all(1).any()] == []
    assert sum(bool(both.any()) for both in held) > 30
