"""One channel of one person in; evidence from its 24-hour rhythm and from the smoothness of time out."""

import numpy as np
from numpy.typing import NDArray

from sensorlm.channels import Channel
from sensorlm.quality.grid import Floats, hourly, ranks
from sensorlm.quality.record import Evidence
from sensorlm.quality.rules import ClockRules

NULL_DRAWS = 200
REST_HOURS = 6


def explained_by_hour(days: Floats) -> float:
    """Share of the variance of (d, 24) hourly values that the mean day explains (eta squared), NaN ignored."""
    return float(_explained(days[None])[0])


def _explained(days: Floats) -> Floats:
    # (k, d, 24) -> (k,); the total is the same for every rotation, so only the profile needs recomputing.
    centred = days - np.nanmean(days[0])
    seen = np.isfinite(centred)
    total = np.where(seen, centred, 0.0).sum(axis=1)  # (k, 24)
    number = seen.sum(axis=1)
    squares = float(np.nansum(centred[0] ** 2))
    between: Floats = (total**2 / np.maximum(number, 1)).sum(axis=1)
    return between / squares if squares > 0 else np.zeros(len(days))


def shuffled_days(days: Floats, rng: np.random.Generator, draws: int = NULL_DRAWS) -> Floats:
    """(draws,) explained shares after every day is rotated by a random number of hours: what no clock would give."""
    shift = rng.integers(0, 24, (draws, len(days), 1))
    hour = (np.arange(24) + shift) % 24
    return _explained(days[np.arange(len(days))[:, None], hour])


def rhythm(
    local_minute: NDArray[np.int64], values: NDArray[np.floating], channel: Channel, rules: ClockRules
) -> list[Evidence]:
    """Evidence "rhythm" and, where a rhythm is found, "hours" (is the rest at night?)."""
    days = hourly(local_minute, ranks(values.astype(np.float64)))
    usable = np.isfinite(days).sum(axis=1) >= 16
    movement = channel.group == "activity"
    if movement:
        # A day not worn is a day of zeros: it says nothing about the clock.
        usable &= (hourly(local_minute, values) > 0).sum(axis=1) >= 4
    days = days[usable]
    number = len(days)
    if number < 3:
        return [_evidence(channel, "rhythm", "silent", f"{number} whole days are too few for a rhythm", days=number)]
    null = shuffled_days(days, np.random.default_rng(0))
    share = explained_by_hour(days)
    above = (share - float(null.mean())) / (1 - float(null.mean()))
    z = (share - float(null.mean())) / max(float(null.std()), 1e-9)
    words = (
        f"the hour of day explains {share:.0%} of {channel.name} over {number} days, "
        f"against {null.mean():.0%} when days are shifted at random (above chance {above:.2f})"
    )
    numbers = {"days": number, "explained": share, "chance": float(null.mean()), "above_chance": above, "z": z}
    fewest = rules.rhythm_days_activity if movement else rules.rhythm_days
    floor = rules.rhythm_absent_activity if movement else rules.rhythm_absent
    if above >= rules.rhythm_present and z >= rules.rhythm_z:
        found = [_evidence(channel, "rhythm", "for", words, **numbers)]
        return found + _hours(days, channel, rules)
    can_fail = movement or channel.key in HEART_RATES
    outcome = "against" if can_fail and number >= fewest and above < floor else "silent"
    if outcome == "against":
        words = f"no 24-hour rhythm: {words}; a sound clock gives over {floor}"
    return [_evidence(channel, "rhythm", outcome, words, **numbers)]


HEART_RATES = frozenset({"HR", "hr_at_rest_mean", "rr_med", "hrv_rr_median"})
RISES_BY_DAY = frozenset({"HR", "hr_at_rest_mean"})


def _hours(days: Floats, channel: Channel, rules: ClockRules) -> list[Evidence]:
    """Do the six quietest hours lie at night? Night work looks like a clock 12 hours off, so this only doubts."""
    enough = np.isfinite(days).sum(axis=0) >= min(5, len(days))
    if not enough.all() or not (channel.group == "activity" or channel.key in RISES_BY_DAY):
        return []
    profile = np.nanmean(days, axis=0)
    around = np.convolve(np.r_[profile, profile], np.ones(REST_HOURS), "valid")[:24]
    centre = float((int(np.argmin(around)) + REST_HOURS / 2) % 24)
    words = f"the six quietest hours of {channel.name} centre on {int(centre):02d}:00"
    if centre >= rules.rest_from_hour or centre <= rules.rest_to_hour:
        return [_evidence(channel, "hours", "for", words, centre_hour=centre)]
    words += ": night work, another time zone, or AM taken for PM; the recording alone cannot say which"
    return [_evidence(channel, "hours", "doubt", words, centre_hour=centre)]


def continuity(binned: Floats, width: int, channel: Channel, rules: ClockRules) -> Evidence:
    """Do neighbouring bins resemble each other? Rows in a shuffled order do not."""
    x = ranks(binned)
    both = np.isfinite(x[1:]) & np.isfinite(x[:-1])
    a, b = x[1:][both], x[:-1][both]
    number = len(a)
    if number < 30 or a.std() == 0 or b.std() == 0:
        return _evidence(channel, "continuity", "silent", f"{number} neighbouring bins are too few", pairs=number)
    r = float(np.corrcoef(a, b)[0, 1])
    words = f"{channel.name} correlates {r:.2f} with itself {width} minutes later ({number} pairs)"
    if r + 2 / np.sqrt(number) < rules.continuity_absent:
        words = f"time is not continuous: {words}; a sound recording gives over {rules.continuity_absent}"
        return _evidence(channel, "continuity", "against", words, r=r, pairs=number)
    return _evidence(channel, "continuity", "silent", words, r=r, pairs=number)


def _evidence(channel: Channel, test: str, outcome: str, words: str, **numbers: float) -> Evidence:
    return Evidence(test=test, channel=channel.key, outcome=outcome, words=words, numbers=numbers)
