"""Facts against float64 loops written from the definitions, and what hidden minutes may not change."""

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensorlm.captions import facts as F
from sensorlm.captions.spells import SPELL_STATISTICS
from sensorlm.captions.statistics import PEAK_MINUTES, STATISTICS
from sensorlm.errors import RecordError
from sensorlm.records import Caption, DayMatrix, Event, Fact, Quantity

KEYS = ("HR", "steps", "spo2")
MOSTLY_SEEN = ("total", "busiest_share", "minute_of_share", "hours_above")
STRETCHES = (*MOSTLY_SEEN[1:], "busiest_mean", "quietest_mean", "busiest_minute", "quietest_minute", "bouts_above",
             "fall_after_max")  # fmt: skip
ALWAYS = ("coverage", "longest_gap", "long_gaps")
LOOPED = [name for name in STATISTICS if name not in SPELL_STATISTICS]
"""Those have loops of their own in test_captions_weighing.py."""
SEED = st.integers(0, 2**32 - 1)


def random_events(rng):
    events = []
    for _ in range(int(rng.integers(0, 7))):
        kind = str(rng.choice(["activity", "sleep", "mood"]))
        start = int(rng.integers(-200, 1400))
        end = start + int(rng.choice([0, 25, 300, 500]))
        label = {"activity": str(rng.choice(["Running", "Walking"])), "sleep": "Asleep", "mood": "calm"}[kind]
        stage = str(rng.choice(["", "awake", "deep"])) if kind == "sleep" else ""
        events.append(Event(kind=kind, label=label, start=start, end=end, stage=stage))
    return tuple(events)


def random_batch(rng, b=3):
    values = rng.normal(70, 15, (b, 1440, 3)).astype(np.float32)
    values[:, :, 1] = np.maximum(rng.normal(-10, 20, (b, 1440)), 0)
    for day in range(b):
        for channel in range(3):
            for _ in range(int(rng.integers(0, 5))):
                start = int(rng.integers(0, 1440))
                values[day, start : start + int(rng.integers(1, 600)), channel] = np.nan
            values[day, rng.random(1440) < rng.choice([0, 0.1, 0.6]), channel] = np.nan
    kinds = [frozenset(k for k in ("activity", "sleep", "mood") if rng.random() < 0.8) for _ in range(b)]
    return F.DayBatch(values, KEYS, tuple(random_events(rng) for _ in range(b)), tuple(kinds))


def random_quantity(rng):
    name = str(rng.choice(LOOPED))
    start = int(rng.integers(0, 1320))
    end = int(rng.integers(start + 1, 1441)) if rng.random() < 0.5 else min(1440, start + int(rng.integers(1, 200)))
    if name.startswith("event_"):
        subject = str(rng.choice(["event:sleep", "event:sleep:awake", "event:activity", "event:activity:running",
                                  "event:mood:calm", "event:activity:walking|running"]))  # fmt: skip
        return Quantity(statistic=name, subject=subject, start=start, end=end)
    subject = str(rng.choice([*KEYS, "any", "glucose"]))
    argument = float(rng.choice([0, 60, 75.5]))
    if name in ("peak_height", "drop_depth"):
        end = max(end, start + 120)
        argument = start + 40.0
    if name == "long_gaps":
        argument = float(rng.choice([1, 2, 15, 60]))
    if name in ("minute_of_share", "busiest_mean", "quietest_minute", "bouts_above"):
        least = {"minute_of_share": 0.25, "busiest_mean": 20.0, "quietest_minute": 20.0, "bouts_above": 2.5}
        argument = least[name] * int(rng.integers(1, 5))
    return Quantity(statistic=name, subject=subject, start=start, end=min(end, 1440), argument=argument)


def run_lengths(flags):
    best = run = 0
    for flag in flags:
        run = run + 1 if flag else 0
        best = max(best, run)
    return float(best)


def half_mean(x):
    seen = [v for v in x if not math.isnan(v)]
    return sum(seen) / len(seen) if len(seen) >= max(0.5 * len(x), 1) else math.nan


def stretches(w, size):
    """Mean of every stretch of so many minutes of which at least half was observed, else None."""
    size = min(max(int(size), 1), len(w))
    means = []
    for i in range(len(w) - size + 1):
        seen = [v for v in w[i : i + size] if not math.isnan(v)]
        means.append(math.fsum(seen) / len(seen) if seen and 2 * len(seen) >= size else None)
    return size, means


def naive_stretch(q, w, start):
    a, zeros = q.argument, [0.0 if math.isnan(v) else v for v in w]
    total = math.fsum(zeros)
    if q.statistic == "fall_after_max":
        top = max((i for i, v in enumerate(w) if not math.isnan(v)), key=lambda i: (w[i], -i))
        later = [v for v in w[top + int(a) : top + int(a) + 10] if not math.isnan(v)]
        return w[top] - math.fsum(later) / len(later) if len(later) >= 5 else math.nan
    size, means = stretches(w, 10 if q.statistic == "bouts_above" else a)
    seen = [m for m in means if m is not None]
    if q.statistic == "busiest_mean":
        return max(seen, default=math.nan)
    if q.statistic == "quietest_mean":
        return min(seen, default=math.nan)
    if q.statistic == "busiest_minute":
        high = [-math.inf if m is None else m for m in means]
        return start + high.index(max(high)) + size / 2 if seen else math.nan
    if q.statistic == "quietest_minute":
        low = [math.inf if m is None else m for m in means]
        return start + low.index(min(low)) + size / 2 if seen else math.nan
    if q.statistic == "busiest_share":
        sums = [math.fsum(zeros[i : i + size]) for i in range(len(w) - size + 1)]
        return max(sums) / total if total > 0 else math.nan
    if q.statistic == "minute_of_share":
        for i in range(len(w)):
            if total > 0 and math.fsum(zeros[: i + 1]) >= a * total - 1e-9:
                return start + float(i)
        return math.nan
    if q.statistic == "hours_above":
        hours = [w[i : i + 60] for i in range(0, len(w) - 59, 60)]
        return float(sum(half_mean(hour) > a for hour in hours))
    above = [m is not None and m > a for m in means]
    return float(sum(flag and not before for flag, before in zip(above, [False, *above], strict=False)))


def naive_channel(q, x):
    """The definition, minute by minute, in float64."""
    w = [float(v) for v in x[q.start : q.end]]
    seen = [v for v in w if not math.isnan(v)]
    a, name = q.argument, q.statistic
    if name == "coverage":
        return len(seen) / len(w)
    if name == "longest_gap":
        return run_lengths([math.isnan(v) for v in w])
    if name == "long_gaps":
        pieces = "".join("-" if math.isnan(v) else " " for v in w).split()
        return float(sum(len(piece) >= min(a, len(w)) for piece in pieces))
    if name == "change":
        edge = int(a) if a > 0 else len(w) // 2
        return half_mean(w[len(w) - min(edge, len(w)) :]) - half_mean(w[:edge]) if edge else math.nan
    if name in ("start_less_rest", "end_less_rest"):
        edge = min(int(a), len(w))
        if name == "start_less_rest":
            return half_mean(w[:edge]) - half_mean(w[edge:])
        return half_mean(w[len(w) - edge :]) - half_mean(w[: len(w) - edge])
    if name in ("peak_height", "drop_depth"):
        at = int(a) - q.start
        core, left, right = half_mean(w[at : at + 40]), half_mean(w[:40]), half_mean(w[-PEAK_MINUTES:])
        if any(map(math.isnan, (core, left, right))):
            return math.nan
        return core - max(left, right) if name == "peak_height" else min(left, right) - core
    if len(seen) < max((0.75 if name in MOSTLY_SEEN else 0.5) * len(w), 1):
        return math.nan
    if name in STRETCHES:
        return naive_stretch(q, w, q.start)
    mean = math.fsum(seen) / len(seen)
    above = [not math.isnan(v) and v > a for v in w]
    below = [not math.isnan(v) and v < a for v in w]
    times = [q.start + i for i, flag in enumerate(above) if flag]
    return {
        "mean": lambda: mean,
        "max": lambda: max(seen),
        "min": lambda: min(seen),
        "spread": lambda: max(seen) - min(seen),
        "std": lambda: math.sqrt(math.fsum((v - mean) ** 2 for v in seen) / len(seen)),
        "total": lambda: math.fsum(seen),
        "minutes_above": lambda: float(sum(above)),
        "minutes_below": lambda: float(sum(below)),
        "share_above": lambda: sum(above) / len(seen),
        "share_below": lambda: sum(below) / len(seen),
        "minute_of_max": lambda: float(q.start + w.index(max(seen))),
        "minute_of_min": lambda: float(q.start + w.index(min(seen))),
        "longest_above": lambda: run_lengths(above),
        "longest_below": lambda: run_lengths(below),
        "first_above": lambda: float(times[0]) if times else math.nan,
        "last_above": lambda: float(times[-1]) if times else math.nan,
        "span_above": lambda: float(times[-1] - times[0] + 1) if times else math.nan,
    }[name]()


def naive_event(q, events, logged):
    _, kind, *rest = q.subject.split(":")
    which = rest[0] if rest else ""
    if kind not in logged:
        return math.nan
    same = [e for e in events if e.kind == kind]
    if kind == "sleep":
        stages = {e.stage for e in same} - {""}
        if which and not stages - (set() if which == "awake" else {"awake"}):
            return math.nan
        same = [e for e in same if e.stage == which]
    elif which:
        same = [e for e in same if e.label.lower() in which.split("|")]
    touching = [
        e for e in same
        if any(q.start <= m < q.end for m in range(e.start, e.end)) or (e.start == e.end and q.start <= e.start < q.end)
    ]  # fmt: skip
    if q.statistic == "event_entries":
        return float(len(touching))
    night = any(e.kind == "sleep" and not e.stage and e.start < 720 and e.end > 0 for e in events)
    if kind == "sleep" and not night and not touching:
        return math.nan
    if q.statistic in ("event_minutes", "event_share"):
        minutes = sum(any(e.start <= m < e.end for e in same) for m in range(q.start, q.end))
        return minutes / (q.end - q.start if q.statistic == "event_share" else 1)
    if q.statistic == "event_part":
        alike = [e for e in events if e.kind == kind and not (kind == "sleep" and e.stage)]
        inside = [[any(e.start <= m < e.end for e in found) for m in range(q.start, q.end)] for found in (same, alike)]
        return sum(inside[0]) / sum(inside[1]) if any(inside[1]) else math.nan
    if q.statistic == "event_unbroken":
        minutes = {m for e in same for m in range(e.start, e.end)}
        firsts = [m for m in minutes if m - 1 not in minutes]
        ends = [next(m for m in range(first, first + 9999) if m not in minutes) for first in firsts]
        return float(max((e - f for f, e in zip(firsts, ends, strict=True) if f < q.end and e > q.start), default=0))
    if q.statistic == "event_count":
        return float(len(touching))
    if not touching:
        return 0.0 if q.statistic == "event_longest" else math.nan
    best = min(touching, key=lambda e: (e.start - e.end, e.start))
    return {
        "event_start": float(best.start),
        "event_end": float(best.end),
        "event_middle": (best.start + best.end) / 2,
        "event_longest": float(best.end - best.start),
    }[q.statistic]


def naive(q, batch, day):
    if q.subject.startswith("event:"):
        return naive_event(q, batch.events[day], batch.logged[day])
    if q.subject == "any":
        return naive_channel(q, np.where(np.isnan(batch.values[day]).all(1), np.nan, 1.0))
    if q.subject not in batch.channel_keys:
        return math.nan
    return naive_channel(q, batch.values[day, :, batch.channel_keys.index(q.subject)])


@given(SEED)
def test_every_statistic_equals_a_float64_loop(seed):
    rng = np.random.default_rng(seed)
    batch = random_batch(rng)
    quantities = [random_quantity(rng) for _ in range(12)]
    got = F.measure(quantities, batch)
    assert got.dtype == np.float32
    want = np.array([[naive(q, batch, day) for q in quantities] for day in range(len(batch))])
    np.testing.assert_allclose(got, want, rtol=2e-6, atol=2e-4)


def test_the_random_quantities_reach_every_statistic_and_both_answers():
    rng = np.random.default_rng(0)
    quantities = [random_quantity(rng) for _ in range(1500)]
    values = F.measure(quantities, random_batch(rng, b=8))
    for name in LOOPED:
        columns = [i for i, q in enumerate(quantities) if q.statistic == name]
        assert np.isfinite(values[:, columns]).any(), name
        assert name in ALWAYS or np.isnan(values[:, columns]).any(), name


def worn_loop(day):
    """When the device was on, minute by minute."""
    pulse, steps, other = (day[:, i].tolist() for i in range(3))
    if sum(not math.isnan(v) for v in pulse) >= 240:
        return [not math.isnan(p) or s > 0.5 for p, s in zip(pulse, steps, strict=True)]
    nothing = all(math.isnan(v) for v in pulse + other) and not any(s > 0.5 for s in steps)
    return [not nothing and any(not math.isnan(v) for v in row) for row in day.tolist()]


@pytest.mark.parametrize("kind", ["mixed", "no pulse", "zeros only", "nothing"])
def test_worn_minutes_equal_a_loop_over_minutes(kind):
    batch = random_batch(np.random.default_rng(3), b=6)
    values = batch.values.copy()
    values[:, 200:500, 0] = np.nan
    if kind != "mixed":
        values[:, :, 0] = np.nan
    if kind in ("zeros only", "nothing"):
        values[:, :, 2] = np.nan
        values[:, :, 1] = 0 if kind == "zeros only" else np.nan
    batch = F.DayBatch(values, KEYS, batch.events, batch.logged)
    asked = [Quantity(statistic=name, subject=F.WORN, start=100, end=900) for name in ALWAYS]
    worn = [worn_loop(day)[100:900] for day in values]
    gaps = ["".join(" " if on else "-" for on in w).split() for w in worn]
    want = [[sum(w) / 800, run_lengths([not on for on in w]), len(gap)] for w, gap in zip(worn, gaps, strict=True)]
    np.testing.assert_allclose(F.measure(asked, batch), want, rtol=1e-6)


@given(SEED)
def test_minutes_outside_a_facts_window_never_change_its_answer(seed):
    rng = np.random.default_rng(seed)
    batch = random_batch(rng)
    quantities = [random_quantity(rng) for _ in range(8)]
    q = quantities[0]
    inside = [p for p in quantities if q.start <= p.start and p.end <= q.end]
    want = F.measure(inside, batch)
    np.testing.assert_allclose(F.measure(inside, batch.restricted(q.start, q.end)), want, rtol=1e-6, atol=1e-5)
    changed = F.DayBatch(batch.values.copy(), KEYS, batch.events, batch.logged)
    changed.values[:, : q.start] = 1000.0
    changed.values[:, q.end :] = np.nan
    np.testing.assert_allclose(F.measure(inside, changed), want, rtol=1e-6, atol=1e-5)


def test_the_answer_does_not_depend_on_the_batch_it_is_asked_in():
    rng = np.random.default_rng(5)
    batch = random_batch(rng, b=140)  # more than one chunk
    quantities = [random_quantity(rng) for _ in range(60)]
    whole = F.measure(quantities, batch)
    for day in (0, 127, 128, 139):
        one = F.DayBatch(batch.values[[day]], KEYS, batch.events[day : day + 1], batch.logged[day : day + 1])
        np.testing.assert_array_equal(F.measure(quantities, one)[0], whole[day])


def constant_day(value=70.0, hidden=None, events=(), logged=()):
    values = np.full((1440, 3), value, np.float32)
    if hidden:
        values[slice(*hidden)] = np.nan
    return DayMatrix(
        values=values, observed=~np.isnan(values), channel_keys=KEYS, person="p", date=dt.date(2024, 1, 2),
        dataset="made", events=tuple(events), logged=frozenset(logged),
    )  # fmt: skip


def mean_fact(low, high, margin=0.0, start=0, end=1440):
    quantity = Quantity(statistic="mean", subject="HR", start=start, end=end)
    return Fact(kind="mean", quantity=quantity, low=low, high=high, margin=margin)


@pytest.mark.parametrize(
    ("fact", "answer"),
    [
        (mean_fact(60, 80), 1),
        (mean_fact(70, 70), 1),
        (mean_fact(71, 80), -1),
        (mean_fact(71, 80, margin=1), 0),
        (mean_fact(71.5, 80, margin=1), -1),
        (mean_fact(-math.inf, 69, margin=0.5), -1),
        (mean_fact(-math.inf, 69, margin=1), 0),
        (mean_fact(0, math.inf), 1),
    ],
)
def test_a_fact_is_true_false_or_within_its_margin_cannot_be_told(fact, answer):
    got = F.evaluate([fact], F.DayBatch.from_days([constant_day()]))
    assert got.dtype == np.int8
    assert got.tolist() == [[answer]]


def test_a_fact_cannot_be_told_when_half_of_its_window_is_missing():
    batch = F.DayBatch.from_days([constant_day(hidden=(0, 721)), constant_day(hidden=(0, 720))])
    assert F.evaluate([mean_fact(60, 80)], batch).tolist() == [[0], [1]]


def test_an_absent_event_says_nothing_unless_events_are_logged():
    quantity = Quantity(statistic="event_minutes", subject="event:activity:Running")
    ran = Fact(kind="activity", quantity=quantity, low=20)
    running = Event(kind="activity", label="Running", start=600, end=640)
    days = [
        constant_day(),
        constant_day(logged=["activity"]),
        constant_day(events=[running], logged=["activity"]),
        constant_day(events=[running], logged=["sleep"]),
    ]
    assert F.evaluate([ran], F.DayBatch.from_days(days)).ravel().tolist() == [0, -1, 1, 0]


def test_sleep_across_midnight_starts_before_minute_0():
    night = Event(kind="sleep", label="Asleep", start=-50, end=390)
    batch = F.DayBatch.from_days([constant_day(events=[night], logged=["sleep"])])
    names = ("event_start", "event_end", "event_longest", "event_minutes", "event_count")
    values = F.measure([Quantity(statistic=n, subject="event:sleep", start=0, end=720) for n in names], batch)
    assert values.tolist() == [[-50, 390, 440, 390, 1]]


def test_a_stages_part_of_the_night_and_its_longest_unbroken_stretch():
    pieces = [("", -60, 400), ("light", -60, 100), ("deep", 100, 160), ("awake", 160, 200), ("rem", 200, 400)]
    night = [Event(kind="sleep", label="Asleep", stage=stage, start=start, end=end) for stage, start, end in pieces]
    woken = [e for e in night if e.stage in ("", "awake")]
    batch = F.DayBatch.from_days([constant_day(events=events, logged=["sleep"]) for events in (night, woken)])
    asked = [
        Quantity(statistic=statistic, subject=f"event:sleep:{stages}", start=start, end=end)
        for statistic, stages, start, end in [
            ("event_part", "light|deep|rem", 0, 720), ("event_part", "awake", 0, 720), ("event_part", "deep", 500, 720),
            ("event_unbroken", "light|deep|rem", 0, 720), ("event_unbroken", "light|deep|rem", 0, 200),
        ]
    ]  # fmt: skip
    values = F.measure(asked, batch)
    assert np.allclose(values[0], [0.9, 0.1, np.nan, 220, 220], equal_nan=True)
    # A log without light, deep and REM sleep tells nothing of them.
    assert np.allclose(values[1], [np.nan, 0.1, np.nan, np.nan, np.nan], equal_nan=True)


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        (Quantity(statistic="median", subject="HR"), "no statistic 'median'"),
        (Quantity(statistic="mean", subject="HR", start=10, end=10), "start before end"),
        (Quantity(statistic="mean", subject="HR", start=0, end=1441), "must lie in 0 to 1440"),
        (Quantity(statistic="mean", subject="event:sleep"), "cannot be asked of 'event:sleep'"),
        (Quantity(statistic="event_count", subject="HR"), "cannot be asked of 'HR'"),
        (Quantity(statistic="event_count", subject="event:meal"), "cannot be asked of 'event:meal'"),
    ],
)
def test_a_quantity_no_day_could_answer_is_refused(quantity, words):
    with pytest.raises(RecordError, match=words):
        F.measure([quantity], F.DayBatch.from_days([constant_day()]))


def test_batches_of_nothing_or_of_different_channels_are_refused():
    with pytest.raises(RecordError, match="0 days"):
        F.DayBatch.from_days([])
    other = DayMatrix(
        values=np.zeros((1440, 1), np.float32), observed=np.ones((1440, 1), bool), channel_keys=("HR",), person="p",
        date=dt.date(2024, 1, 2), dataset="made",
    )  # fmt: skip
    with pytest.raises(RecordError, match="Batch days of one set"):
        F.DayBatch.from_days([constant_day(), other])
    with pytest.raises(RecordError, match=r"\(days, 1440, channels\)"):
        F.DayBatch(np.zeros((1, 1440, 2), np.float32), KEYS, ((),), (frozenset(),))


def test_no_facts_and_no_quantities_give_empty_columns():
    batch = F.DayBatch.from_days([constant_day(), constant_day()])
    assert F.measure([], batch).shape == (2, 0)
    assert F.evaluate([], batch).shape == (2, 0)


def test_captions_and_facts_survive_json():
    fact = mean_fact(60.25, math.inf, margin=0.5, start=5, end=600)
    stated = Fact(kind="mean", quantity=fact.quantity, low=1, high=2, stated=(("mean", 72.4, "bpm"),))
    caption = Caption(key="short", text="slow", facts=(fact, stated), window=(0, 600), labels="facts")
    assert F.caption_from_json(F.caption_to_json(caption)) == caption
    assert "high" not in F.fact_to_json(fact)


@pytest.mark.parametrize(
    ("read", "data", "words"),
    [
        (F.fact_from_json, {"kind": "mean"}, "not a fact"),
        (F.fact_from_json, {"kind": "mean", "quantity": {"subject": "HR"}}, "not a quantity"),
        (F.caption_from_json, {"key": "short", "facts": []}, "not a caption"),
        (F.caption_from_json, {"key": "short", "text": "", "facts": [{"kind": "mean"}]}, "not a fact"),
    ],
)
def test_json_that_is_no_fact_or_caption_is_refused(read, data, words):
    with pytest.raises(RecordError, match=words):
        read(data)


def test_a_day_without_a_logged_night_does_not_say_that_its_person_was_awake():
    quantity = Quantity(statistic="event_minutes", subject="event:sleep", start=60, end=300)
    awake = Fact(kind="awake", quantity=quantity, high=0)
    evening = Event(kind="sleep", label="Asleep", start=1380, end=1800)
    late = Event(kind="sleep", label="Asleep", start=400, end=700)
    found = [(), (evening,), (late,), (late, evening)]
    days = [constant_day(events=events, logged=["sleep"]) for events in found]
    assert F.evaluate([awake], F.DayBatch.from_days(days)).ravel().tolist() == [0, 0, 1, 1]


def test_a_share_on_its_bound_holds():
    """3 of 60 minutes are 0.05 exactly, though 0.05 is no number of float32."""
    values = np.full((1, 1440, 1), np.nan, np.float32)
    values[0, :60, 0] = 0
    values[0, :3, 0] = 10
    batch = F.DayBatch(values, ("steps",), ((),), (frozenset(),))
    asked = Quantity(statistic="share_above", subject="steps", start=0, end=60, argument=0.5)
    assert F.evaluate([Fact(kind="x", quantity=asked, high=0.05, margin=0.1)], batch).tolist() == [[1]]
