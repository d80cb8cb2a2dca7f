"""Two channels, or a channel and events, of one person in; evidence whether they keep the same time out."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sensorlm.channels import Channel
from sensorlm.quality.grid import (
    BIN_MINUTES,
    Floats,
    LagCorrelation,
    bins,
    fraction_covered,
    lag_correlation,
    ranks,
    without_slow_part,
)
from sensorlm.quality.record import Evidence
from sensorlm.quality.rules import ClockRules
from sensorlm.records import MINUTES_PER_DAY, Event, MinuteTable

SLOW_MINUTES = 120
MEAL_RISE_MINUTES = 75
MEAL_WORDS = ("meal", "breakfast", "lunch", "dinner", "supper", "snack", "eating")


def hours_words(minutes: int) -> str:
    """A lag in minutes as people say it: "3 h 20 min"."""
    hours, rest = divmod(abs(minutes), 60)
    return " ".join(w for w in (f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else "") if w)


def agreement(
    x: Floats, y: Floats, width: int, first: Channel, second: Channel, rules: ClockRules, sign: int = 1
) -> Evidence:
    """Quick changes of two binned channels (n,) against each other at lag 0 and at lags up to three days.

    Args:
        x: bins of `first`, NaN where missing.
        y: bins of `second`.
        width: minutes a bin.
        first: the channel of `x`.
        second: the channel of `y`.
        rules: thresholds.
        sign: -1 where one falls when the other rises (beat intervals against steps).
    """
    window = SLOW_MINUTES // width + 1
    fast_x, fast_y = without_slow_part(ranks(x), window), without_slow_part(ranks(y), window)
    shared = int((np.isfinite(fast_x) & np.isfinite(fast_y)).sum())
    lags = lag_correlation(sign * fast_x, fast_y, rules.max_lag_minutes // width, max(100, shared // 4))
    lag = lags.lag * width
    near = np.abs(lag) <= max(rules.near_minutes, width)
    error = _standard_error(lags, np.abs(lag) > 180, shared)
    if shared < 100 or not np.isfinite(lags.r[near]).any() or not np.isfinite(error):
        return Evidence(
            test="agreement", channel=first.key, other=second.key, outcome="silent", numbers={"bins": shared},
            words=f"{first.name} and {second.name} share {shared} bins of {width} minutes: too few to compare",
        )  # fmt: skip
    r0 = float(np.nanmax(lags.r[near]))
    far = np.where(near | ~np.isfinite(lags.r), -2.0, lags.r)
    best = int(np.argmax(far))
    r_far, lag_far = float(far[best]), int(lag[best])
    z_far = r_far / error * np.sqrt(lags.n[best] / shared)
    numbers = {
        "r_lag0": r0, "standard_error": error, "z_lag0": r0 / error, "bins": shared,
        "r_other_lag": r_far, "other_lag_minutes": lag_far, "z_other_lag": z_far,
    }  # fmt: skip
    outcome, words = _agreement_outcome(numbers, first, second, width, rules)
    return Evidence(
        test="agreement", channel=first.key, other=second.key, outcome=outcome, words=words, numbers=numbers
    )


def _agreement_outcome(
    numbers: dict[str, float], first: Channel, second: Channel, width: int, rules: ClockRules
) -> tuple[str, str]:
    pair = f"{first.name} and {second.name}"
    r0, error, shared = numbers["r_lag0"], numbers["standard_error"], int(numbers["bins"])
    r_far, lag_far = numbers["r_other_lag"], int(numbers["other_lag_minutes"])
    at_lag0 = f"correlation {r0:.2f} at lag 0 over {shared} bins of {width} minutes"
    if numbers["z_other_lag"] >= rules.shift_z and r_far >= max(rules.shift_present, r0 + rules.shift_gain):
        late = first.name if lag_far > 0 else second.name
        return "against", (
            f"{pair} agree only when moved by {hours_words(lag_far)} ({late} runs late): correlation {r_far:.2f} "
            f"there, {at_lag0}; sound clocks peak within {max(rules.near_minutes, width)} minutes of lag 0"
        )
    # Light may stay on over a sitting person, so a weak link to movement is no fault there.
    light = "light" in (first.group, second.group)
    if shared >= rules.agree_bins and r0 + 3 * error < rules.agree_absent and not light:
        return "against", (
            f"{pair} are unrelated: {at_lag0}, and no lag up to {rules.max_lag_minutes // 1440} days does better than "
            f"{r_far:.2f}; a sound clock gives over {rules.agree_absent:.2f}"
        )
    if r0 >= rules.agree_present and r0 / error >= rules.agree_z:
        # One sensor's two numbers agree whatever the clock says, so they cannot vouch for it.
        independent = first.group != second.group and {first.group, second.group} & {"heart", "light"}
        outcome = "for" if independent else "alike"
        return outcome, f"{pair} rise and fall together ({at_lag0}, {r0 / error:.0f} standard errors)"
    if shared >= rules.doubt_bins and not light:
        return "doubt", f"{pair} hardly move together ({at_lag0}), yet too little is recorded to call the clock broken"
    return "silent", f"{pair}: {at_lag0} is too weak to judge by"


def agreement_by_part(
    x: Floats, y: Floats, width: int, first: Channel, second: Channel, rules: ClockRules, sign: int = 1
) -> Evidence:
    """`agreement` of the whole recording and, where that finds no fault, of each of its weeks."""
    whole = agreement(x, y, width, first, second, rules, sign)
    size = rules.part_days * MINUTES_PER_DAY // width
    if whole.outcome == "against" or len(x) < 2 * size:
        return whole
    for begin in range(0, len(x) - size // 2, size):
        # The last part takes what is left, so that no part is shorter than half a week.
        end = len(x) if begin + 3 * size // 2 > len(x) else begin + size
        part = agreement(x[begin:end], y[begin:end], width, first, second, rules, sign)
        if part.outcome == "against":
            days = f"days {begin * width // MINUTES_PER_DAY + 1} to {-(-end * width // MINUTES_PER_DAY)}"
            return replace(part, words=f"from {days} {part.words}")
    return whole


def _standard_error(lags: LagCorrelation, null: np.ndarray, shared: int) -> float:
    """Spread of correlations at lags that cannot matter, scaled to `shared` pairs; the median resists a true peak."""
    usable = null & np.isfinite(lags.r)
    if usable.sum() < 20:
        return float("nan")
    scaled = np.abs(lags.r[usable]) * np.sqrt(lags.n[usable] / max(shared, 1))
    return max(float(1.4826 * np.median(scaled)), float(1 / np.sqrt(max(shared, 1))))


def asleep_against_awake(
    x: Floats, start: int, width: int, channel: Channel, sleeps: Sequence[Event], rules: ClockRules
) -> Evidence:
    """A binned channel asleep against awake, at the logged times and with the log moved by up to 12 hours."""
    begin = np.array([e.start for e in sleeps], np.int64)
    end = np.array([e.end for e in sleeps], np.int64)
    asleep = (fraction_covered(begin, end, start, len(x), width) > 0.5).astype(np.float64)
    # Days without a logged night say nothing: only the 16 hours around each logged sleep are compared.
    asleep[fraction_covered(begin - 960, end + 960, start, len(x), width) <= 0.5] = np.nan
    covered = np.isfinite(x) & (asleep == 1)
    awake = np.isfinite(x) & (asleep == 0)
    hours = float(covered.sum()) * width / 60
    nights = sum(
        bool(covered[max(0, (e.start - start) // width) : max(0, (e.end - start) // width)].any()) for e in sleeps
    )
    numbers: dict[str, float] = {"nights": nights, "hours_asleep": hours}
    lags = lag_correlation(asleep, ranks(x), 720 // width, 100)
    middle = len(lags.lag) // 2
    if hours < rules.sleep_few_hours or not awake.any() or not np.isfinite(lags.r[middle]):
        words = f"{nights} logged sleeps with {hours:.0f} h of {channel.name} are too few to compare"
        return Evidence(test="sleep", channel=channel.key, outcome="silent", words=words, numbers=numbers)
    best = int(np.nanargmin(lags.r))
    numbers |= {
        "r": float(lags.r[middle]), "asleep": float(x[covered].mean()), "awake": float(x[awake].mean()),
        "r_other_lag": float(lags.r[best]), "other_lag_minutes": int(lags.lag[best]) * width,
    }  # fmt: skip
    outcome, words = _sleep_outcome(numbers, channel, rules)
    return Evidence(test="sleep", channel=channel.key, outcome=outcome, words=words, numbers=numbers)


def _sleep_outcome(numbers: dict[str, float], channel: Channel, rules: ClockRules) -> tuple[str, str]:
    r0, r_best, lag = numbers["r"], numbers["r_other_lag"], int(numbers["other_lag_minutes"])
    few = numbers["nights"] < rules.sleep_nights or numbers["hours_asleep"] < rules.sleep_hours
    much = numbers["hours_asleep"] >= rules.sleep_much_hours
    compared = (
        f"{channel.name} averages {numbers['asleep']:.3g} {channel.unit} asleep and {numbers['awake']:.3g} awake "
        f"(correlation {r0:.2f} over {numbers['nights']:.0f} sleeps)"
    )
    proof = rules.sleep_few_shift_present if few else rules.sleep_shift_present
    kept = rules.sleep_few_kept if few else rules.sleep_kept
    if abs(lag) >= rules.sleep_near_minutes and r_best <= proof and r0 > kept * r_best:
        return "against", (
            f"sleep fits {channel.name} only when moved by {hours_words(lag)} (correlation {r_best:.2f} there): "
            f"{compared}"
        )
    if few:
        return "silent", f"too few nights to judge by: {compared}"
    if r0 > (rules.sleep_absent_much if much else rules.sleep_absent) and channel.group != "light":
        return "against", f"asleep and awake look alike: {compared}"
    if r0 <= (rules.sleep_present_much if much else rules.sleep_present):
        return "for", compared
    return "silent", compared


def glucose_after_meals(table: MinuteTable, key: str, channel: Channel, rules: ClockRules) -> Evidence | None:
    """Does glucose rise after logged meals more than after the same times moved to other hours? Never "against"."""
    meals = [e.start for e in table.events if any(w in e.label.lower() for w in MEAL_WORDS)]
    if len(meals) < rules.meals:
        return None
    start = int(table.utc_minute[0])
    count = (int(table.utc_minute[-1]) - start) // BIN_MINUTES + 1
    level = bins(table.utc_minute, table.columns[key], start, count, BIN_MINUTES)
    at = (np.array(meals) - start) // BIN_MINUTES
    later = MEAL_RISE_MINUTES // BIN_MINUTES
    # Every whole shift of 3 to 72 hours either way is one draw of what chance gives.
    shifts = np.concatenate([[0], np.arange(36, 865), -np.arange(36, 865)])
    index = at[None, :] + shifts[:, None]  # (k, meals)
    inside = (index >= 0) & (index + later < count)
    index = np.where(inside, index, 0)
    rise = np.where(inside, level[np.minimum(index + later, count - 1)] - level[index], np.nan)
    number = np.isfinite(rise).sum(axis=1)
    mean = np.nansum(rise, axis=1) / np.maximum(number, 1)
    null = mean[1:][number[1:] >= rules.meals // 2]
    if number[0] < rules.meals or len(null) < 100:
        return None
    z = float((mean[0] - null.mean()) / max(null.std(), 1e-9))
    words = (
        f"glucose rises by {mean[0]:.2f} {channel.unit} in the {MEAL_RISE_MINUTES} minutes after {number[0]} meals "
        f"({z:.1f} sd above the same times at other hours)"
    )
    numbers = {"meals": float(number[0]), "rise": float(mean[0]), "z": z}
    return Evidence(
        test="meals", channel=key, outcome="for" if z >= rules.meal_z else "silent", words=words, numbers=numbers
    )
