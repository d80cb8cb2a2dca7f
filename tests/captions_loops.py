"""Loops over minutes in float64, written from the definitions of spells and derived channels."""

import math
from itertools import pairwise

import numpy as np

HOLES_MATTER_LESS = ("jitter", "busiest_lead")
NAN = math.nan


def run_lengths(flags):
    runs, run = [], 0
    for flag in [*flags, False]:
        if not flag and run:
            runs.append(run)
        run = run + 1 if flag else 0
    return runs


def ratio(part, whole):
    return part / whole if whole > 0 else NAN


def seen_mean(w, least):
    seen = [v for v in w if not math.isnan(v)]
    return math.fsum(seen) / len(seen) if seen and len(seen) >= least * len(w) else None


def naive_hours(w):
    return [w[i : i + 60] for i in range(0, len(w) - 59, 60)]


def naive_bouts(q, w):
    """Starts, within the window, of ten minutes above the argument."""
    size = min(10, len(w))
    means = [seen_mean(w[i : i + size], 0.5) for i in range(len(w) - size + 1)]
    high = [i for i, mean in enumerate(means) if mean is not None and mean > q.argument]
    if not high:
        return NAN
    if q.statistic == "first_bout":
        return q.start + high[0]
    if q.statistic == "last_bout":
        return q.start + high[-1] + size
    return max([0, *(later - one - 10 for one, later in pairwise(high))])


def naive_sums(q, w):
    sums = [math.fsum(v for v in hour if not math.isnan(v)) for hour in naive_hours(w)]
    whole = math.fsum(sums)
    if q.statistic == "peak_hour":
        return max(sums) * len(sums) / whole if sums and whole > 0 else NAN
    if len(sums) < 2 or whole <= 0:
        return NAN
    return -sum(s / whole * math.log(s / whole) for s in sums if s > 0) / math.log(len(sums))


def naive_jumps(q, w):
    rises = []
    for i in range(3, len(w) - 2):
        before, after = w[i - 3 : i], w[i : i + 3]
        rises.append(math.fsum(after) / 3 - math.fsum(before) / 3 > q.argument)  # NaN compares false
    return len(run_lengths(rises))


def naive_means(w, minutes):
    size = min(minutes, len(w))
    return [m for i in range(len(w) - size + 1) if (m := seen_mean(w[i : i + size], 0.5)) is not None]


def naive_steady(q, w):
    count = 0
    for hour in naive_hours(w):
        seen = [v for v in hour if not math.isnan(v)]
        count += len(seen) >= 30 and float(np.std(np.array(seen))) < q.argument
    return count


def naive(q, x):
    w = [float(v) for v in x[q.start : q.end]]
    seen = [v for v in w if not math.isnan(v)]
    if len(seen) < max((0.5 if q.statistic in HOLES_MATTER_LESS else 0.75) * len(w), 1):
        return NAN
    above = run_lengths([v > q.argument for v in w])
    still = run_lengths([v < 0.5 for v in w])
    long = [run for run in still if run >= q.argument]
    moves = [abs(b - a) for a, b in pairwise(w) if not math.isnan(a) and not math.isnan(b)]

    def amplitude():
        high, low = naive_means(w, 600), naive_means(w, 300)
        return ratio(max(high) - min(low), max(high) + min(low)) if high and low else NAN

    def lead():
        means = naive_means(w, int(max(q.argument, 1)))
        return max(means) - math.fsum(seen) / len(seen) if means else NAN

    return {
        "spells_above": lambda: len(above),
        "mean_spell_above": lambda: ratio(sum(above), len(above)),
        "longest_part_above": lambda: ratio(max(above, default=0), sum(above)),
        "mean_still": lambda: ratio(sum(still), len(still)),
        "long_stills": lambda: len(long),
        "long_still_part": lambda: ratio(sum(long), sum(still)),
        "sum_part_above": lambda: ratio(math.fsum(v for v in seen if v > q.argument), math.fsum(seen)),
        "first_bout": lambda: naive_bouts(q, w),
        "last_bout": lambda: naive_bouts(q, w),
        "between_bouts": lambda: naive_bouts(q, w),
        "evenness": lambda: naive_sums(q, w),
        "peak_hour": lambda: naive_sums(q, w),
        "steady_hours": lambda: naive_steady(q, w),
        "jumps": lambda: naive_jumps(q, w),
        "jitter": lambda: ratio(math.fsum(moves), len(moves)),
        "busiest_lead": lead,
        "amplitude": amplitude,
    }[q.statistic]()


def naive_derived(subject, pulse, steps, sleeps):
    """The definition of each derived channel, minute by minute."""
    still = [p for p, s in zip(pulse[480:1320], steps[480:1320], strict=True) if s < 0.5 and not math.isnan(p)]
    level = math.fsum(still) / len(still) if len(still) >= 60 else NAN
    asleep = [any(s <= t < e for s, e in sleeps) for t in range(1440)]

    def after_walk(t):
        ended = t >= 2 and t + 10 < 1440 and all(s >= 60 for s in steps[t - 2 : t + 1])
        return ended and all(s < 30 for s in steps[t + 1 : t + 4])

    def calming(t):
        last = math.fsum(pulse[t - 2 : t + 1]) / 3
        if math.isnan(last + sum(pulse[t + 1 : t + 11])):
            return NAN
        return next((k for k in range(1, 11) if pulse[t + k] <= last - 10), 10)

    def one(t):
        p, s = pulse[t], steps[t]
        signed = NAN if math.isnan(s) else float(s >= 0.5)
        return {
            "pace": lambda: s if s >= 60 else NAN,
            "HR@walking": lambda: p if s >= 60 else NAN,
            "HR@still": lambda: p if s < 0.5 else NAN,
            "HR@walking-still": lambda: p - level if s >= 60 else NAN,
            "HR~70": lambda: abs(p - 70),
            "HR~90": lambda: abs(p - 90),
            "afoot": lambda: signed,
            "afoot@office": lambda: signed if 540 <= t < 1020 else -signed,
            "sitting-sleep": lambda: (
                NAN if not sleeps or (math.isnan(s) and not asleep[t]) else -1.0 if asleep[t] else float(s < 0.5)
            ),
            "drop@walk_end": lambda: (
                math.fsum(pulse[t - 2 : t + 1]) / 3 - math.fsum(pulse[t + 3 : t + 6]) / 3 if after_walk(t) else NAN
            ),
            "calming@walk_end": lambda: calming(t) if after_walk(t) else NAN,
        }[subject]()

    return [one(t) for t in range(1440)]
