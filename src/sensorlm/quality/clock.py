"""A MinuteTable in, one ClockVerdict a channel out: can the times in this recording be trusted?

No single test can say. A sound clock shows in four ways: signals repeat every 24 hours; neighbouring minutes
resemble each other; two signals of one body move at the same moment; logged sleep is still. Each test may speak for
the clock, against it, or stay silent for lack of data; one voice against is enough to distrust a channel, because
the thresholds (quality.rules) lie far below anything a sound recording showed.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from sensorlm.channels import Channel
from sensorlm.quality.agreement import agreement_by_part, asleep_against_awake, glucose_after_meals
from sensorlm.quality.grid import Floats, bin_minutes, bins
from sensorlm.quality.record import BROKEN, CANNOT_TELL, SOUND, ClockVerdict, Evidence
from sensorlm.quality.rhythm import continuity, rhythm
from sensorlm.quality.rules import ClockRules
from sensorlm.records import MINUTES_PER_DAY, MinuteTable

# Channels that rise with movement at once; +1 heart rates and -1 beat intervals are compared with each of them.
MOVEMENT = frozenset(
    {"steps", "step_count", "counts", "acc", "intensity", "mets", "motion_intensity", "distance", "log_energy"}
)
HEART_SIGN = {"HR": 1, "hr_at_rest_mean": 1, "rr_med": -1, "hrv_rr_median": -1}
STILL_ASLEEP = MOVEMENT | {"HR", "hr_at_rest_mean", "white_light", "stress_level"}
CONTINUOUS_GROUPS = frozenset({"heart", "activity", "metabolism", "skin"})
RHYTHM_GROUPS = frozenset({"heart", "activity", "light", "other"})
AGREED = frozenset({"for", "alike"})
SLEEP_EVENTS = "events:sleep"


def clock_verdicts(
    table: MinuteTable, channels: Mapping[str, Channel], rules: ClockRules | None = None
) -> tuple[ClockVerdict, ...]:
    """Every test that `table` allows, and a verdict on each of its channels.

    Args:
        table: one person; impossible values already blanked.
        channels: description of each column to be judged.
        rules: thresholds; the measured defaults when None.
    """
    rules = rules or ClockRules()
    keys = [k for k in table.columns if k in channels and np.isfinite(table.columns[k]).any()]
    evidence = [e for k in keys for e in _alone(table, k, channels[k], rules)]
    evidence += _pairs(table, keys, channels, rules)
    evidence = _blame_the_log(evidence)
    evidence += _for_all(table, keys, evidence, rules)
    subjects = [*keys, *([SLEEP_EVENTS] if any(e.channel == SLEEP_EVENTS for e in evidence) else [])]
    return tuple(_judge(table, subject, evidence, channels) for subject in subjects)


def _binned(table: MinuteTable, key: str, width: int) -> Floats:
    start = int(table.utc_minute[0])
    return bins(table.utc_minute, table.columns[key], start, (int(table.utc_minute[-1]) - start) // width + 1, width)


def _alone(table: MinuteTable, key: str, channel: Channel, rules: ClockRules) -> list[Evidence]:
    found: list[Evidence] = []
    width = bin_minutes(table, key)
    if channel.group in RHYTHM_GROUPS and not channel.binary:
        found += rhythm(table.utc_minute + table.offset_minutes, table.columns[key], channel, rules)
    if channel.group in CONTINUOUS_GROUPS and not channel.binary:
        found.append(continuity(_binned(table, key, width), width, channel, rules))
    sleeps = [e for e in table.events if e.kind == "sleep" and not e.stage]
    if sleeps and key in STILL_ASLEEP:
        start = int(table.utc_minute[0])
        found.append(asleep_against_awake(_binned(table, key, width), start, width, channel, sleeps, rules))
    if key == "glucose" and (meals := glucose_after_meals(table, key, channel, rules)):
        found.append(meals)
    return found


def _for_all(
    table: MinuteTable, keys: Sequence[str], evidence: Sequence[Evidence], rules: ClockRules
) -> list[Evidence]:
    """Findings about the hour of day concern the one clock that stamped every channel."""
    late = [e for e in evidence if e.test == "hours" and e.outcome == "doubt"]
    found = [
        Evidence(test="hours", channel=k, outcome="doubt", words=late[0].words, numbers=late[0].numbers)
        for k in keys
        if late and k not in {e.channel for e in late}
    ]
    local = (table.utc_minute + table.offset_minutes) % MINUTES_PER_DAY
    days = len(np.unique((table.utc_minute + table.offset_minutes) // MINUTES_PER_DAY))
    hours = np.unique(local // 60)
    for first, half in ((0, "midnight and noon"), (12, "noon and midnight")):
        full = len(hours) == 12 and hours[0] == first and hours[-1] == first + 11
        # Both edges must be met: someone who wears a device from 1 to 11 has an ordinary reason to.
        edges = local.min() < first * 60 + 15 and local.max() >= first * 60 + 705 if full else False
        if full and edges and days >= rules.half_day_days:
            words = f"all {days} days are recorded between {half} only, from end to end: AM and PM were lost"
            found += [Evidence(test="hours", channel=k, outcome="against", words=words) for k in keys]
    return found


def _pairs(
    table: MinuteTable, keys: Sequence[str], channels: Mapping[str, Channel], rules: ClockRules
) -> list[Evidence]:
    moving = [k for k in keys if k in MOVEMENT]
    pairs = [(heart, move, HEART_SIGN[heart]) for heart in keys if heart in HEART_SIGN for move in moving]
    pairs += [(a, b, 1) for i, a in enumerate(moving) for b in moving[i + 1 :]]
    pairs += [("white_light", move, 1) for move in moving if "white_light" in keys]
    found = []
    for a, b, sign in pairs:
        width = bin_minutes(table, a, b)
        x, y = _binned(table, a, width), _binned(table, b, width)
        found.append(agreement_by_part(x, y, width, channels[a], channels[b], rules, sign))
    return found


def _blame_the_log(evidence: list[Evidence]) -> list[Evidence]:
    """Where channels agree with each other and none of them with the sleep log, it is the log that is off."""
    sleep = [e for e in evidence if e.test == "sleep" and e.outcome in ("for", "against")]
    agreeing = {k for e in evidence if e.test == "agreement" and e.outcome in AGREED for k in (e.channel, e.other)}
    failed = [e for e in sleep if e.outcome == "against"]
    if not failed or len(failed) < len(sleep) or not all(e.channel in agreeing for e in failed):
        return evidence
    return [
        Evidence(
            test=e.test, channel=SLEEP_EVENTS, other=e.channel, outcome=e.outcome, words=e.words, numbers=e.numbers
        )
        if e in failed
        else e
        for e in evidence
    ]


def _judge(
    table: MinuteTable, subject: str, evidence: Sequence[Evidence], channels: Mapping[str, Channel]
) -> ClockVerdict:
    concerned = [e for e in evidence if e.channel == subject or (e.test == "agreement" and e.other == subject)]
    mine = [e for e in concerned if _blamed(e, subject, evidence)]
    against = [e for e in mine if e.outcome == "against"]
    doubts = [e for e in mine if e.outcome == "doubt"]
    support = [e for e in mine if e.outcome == "for"]
    if against:
        verdict, reason = BROKEN, "; ".join(e.words for e in against)
    elif doubts:
        verdict, reason = CANNOT_TELL, "; ".join(e.words for e in doubts)
    elif support:
        verdict, reason = SOUND, "; ".join(e.words for e in support)
    else:
        verdict = CANNOT_TELL
        reason = "; ".join(e.words for e in mine) or f"no clock test applies to {channels[subject].name}"
    return ClockVerdict(
        person=table.person,
        dataset=table.dataset,
        channel=subject,
        verdict=verdict,
        reason=reason,
        evidence=tuple(mine),
    )


def _blamed(e: Evidence, subject: str, evidence: Sequence[Evidence]) -> bool:
    """Of two channels that disagree, the one that fits a third channel or the sleep log is not to blame."""
    if e.test != "agreement" or e.outcome != "against":
        return True
    other = e.other if subject == e.channel else e.channel
    return not (_confirmed(subject, evidence) and not _confirmed(other, evidence))


def _confirmed(key: str, evidence: Sequence[Evidence]) -> bool:
    return any(
        e.outcome in AGREED and e.test in ("agreement", "sleep") and key in (e.channel, e.other) for e in evidence
    )
