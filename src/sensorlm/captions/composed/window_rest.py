"""Statements about sleep, the wrist, the skin and the beats' variation in the minutes shown.

A random generator goes in, drafts come out. Sleep is what the sleep log says.
"""

import math
from collections.abc import Callable

import numpy as np

from sensorlm.captions.composed.base import number_words
from sensorlm.captions.composed.window_parts import (
    FREQUENCIES,
    Bound,
    Draft,
    Part,
    feet_part,
    frames,
    level_part,
    minutes_words,
    over,
    peak_part,
    pick,
    pulse_bound,
    share,
    trend_part,
    two,
    under,
)  # fmt: skip
from sensorlm.captions.predicates.base import ANY, HRV, WINDOW, ask

_SLEEP = "event:sleep"
_ASLEEP = ("asleep", "sleeping", "out cold", "in the land of nod")
_STAGES = {"deep": ("deep sleep", "sound deep sleep"), "rem": ("REM sleep", "dream sleep"), 
           "light": ("light sleep", "shallow sleep"),
           "awake": ("time awake in bed", "lying awake between sleeps")}  # fmt: skip
_AWAKE = ask("event_share", _SLEEP, high=0, at=WINDOW, margin=0.4)


def slept(rng: np.random.Generator) -> Draft:
    """Share of the time asleep, or awake, by the log."""
    awake, s = bool(rng.random() < 0.4), share(rng, bands=bool(rng.random() < 0.4))
    low, high = (1 - s.high, 1 - s.low) if awake else (s.low, s.high)
    fact = ask("event_share", _SLEEP, low, high, at=WINDOW, margin=s.margin)
    said = frames("""
        {d} {s} | {who} was {d} {s} | was {who} {d} {s} | by the sleep log {d} {s} | {find} someone {d} {s}
        {s} {d} | {d} {s}, going by the log | {here} {who} was {d} {s} | the sleep log has {who2} {d} {s}
        {d} {s} in these minutes | recorded as {d} {s} | lol {d} {s}""")
    slots = {
        "d": ("awake", "not asleep", "up and awake") if awake else _ASLEEP,
        "s": s.words,
        "who2": ("me", "her", "him", "the wearer", "the patient"),
    }
    return Draft(key=f"{'awake' if awake else 'asleep'}_{s.key}", facts=(fact,), frames=said, slots=slots)


def slept_often(rng: np.random.Generator) -> Draft:
    """How much of it was slept, in words, with something of the pulse or the steps."""
    s = pick(rng, FREQUENCIES)
    part = _beside(rng, s.low)
    facts = (ask("event_share", _SLEEP, s.low, s.high, at=WINDOW, margin=max(s.margin, 0.05)), part.fact)
    said = frames("""
        {s} asleep, {p} | {who} was {s} asleep, with {p} | {p} and {s} asleep | was {who} {s} asleep with {p}
        {s} asleep by the log and {p} | {p}, {s} asleep | {s} sleeping, {p} | {here} {s} asleep, {p}
        sleep log says {s} asleep, and there was {p}""")
    return Draft(key=f"asleep_{s.key}_{part.key}", facts=facts, frames=said, slots={"s": s.words, "p": part.words})


def _beside(rng: np.random.Generator, asleep: float) -> Part:
    """A fact of pulse or steps; sleepers have a slow pulse and do not walk."""
    form = int(rng.integers(5))
    if form == 0:
        return trend_part(rng)
    if form == 1:
        return feet_part(rng, afoot=asleep < 0.3)
    low, high = (45, 80) if asleep >= 0.3 else (55, 105)
    return peak_part(rng, low + 5, high - 10) if form == 2 else level_part(rng, low, high)


def asleep_with(rng: np.random.Generator) -> Draft:
    """A share of sleep and a second fact."""
    s = share(rng, bands=bool(rng.random() < 0.4))
    part = _beside(rng, s.low)
    facts = (ask("event_share", _SLEEP, s.low, s.high, at=WINDOW, margin=s.margin), part.fact)
    said = frames("""
        {d} {s}, {p} | {who} was {d} {s}, with {p} | {p}, {d} {s} | {find} {p} and {who2} {d} {s}
        was {who} {d} {s} with {p} | {d} {s} by the log, {p} | sleep {s}, also {p} | {p}, and sleep {s}
        {here} {d} {s} with {p} | logged as asleep {s}, {p} on record | both {p} and sleep {s}""")
    slots = {"d": _ASLEEP, "s": s.words, "p": part.words, "who2": ("someone", "somebody")}
    return Draft(key=f"sleep_{s.key}_with_{part.key}", facts=facts, frames=said, slots=slots)


def awake_with(rng: np.random.Generator) -> Draft:
    """Awake by the log, at a pulse, still or not."""
    form = pick(rng, ("alone", "still", "no_step", "afoot"))
    low, high = {"alone": (55, 105), "still": (50, 95), "no_step": (50, 90), "afoot": (65, 115)}[form]
    b = pulse_bound(rng, low, high, (15, 20, 25, 30))
    facts = [_AWAKE, ask("mean", "HR", b.low, b.high, at=WINDOW, margin=3)]
    doing = {"alone": ("awake", "wide awake", "not asleep"),
             "still": ("awake but keeping still", "awake with hardly a step", "not asleep and hardly taking a step"),
             "no_step": ("awake but without a step", "awake, not taking a single step", "not asleep, no step at all"),
             "afoot": ("awake and on the feet half of the time or more",
                       "awake, with steps in at least half of the minutes")}[form]  # fmt: skip
    extra = {"still": ask("share_above", "steps", high=0.06, at=WINDOW, over=ANY, margin=0.06),
             "no_step": ask("max", "steps", high=0, at=WINDOW, margin=5),
             "afoot": ask("share_above", "steps", 0.5, at=WINDOW, over=ANY, margin=0.1)}  # fmt: skip
    if form in extra:
        facts.append(extra[form])
    said = frames("""
        {d}, pulse {r} | {who} was {d}, with a pulse of {r} | {d} with a heart rate of {r}
        {hr} {r} on average, {d} | {find} someone {d}, pulse {r} | was {who} {d} with a pulse of {r}
        {d} with {r} bpm {here} | mean heart rate {r}, by the sleep log {d} | no sleep logged, {d}, pulse {r}""")
    return Draft(key=f"awake_{form}_{b.key}", facts=tuple(facts), frames=said, slots={"d": doing, "r": b.words})


def slept_minutes(rng: np.random.Generator) -> Draft:
    """Minutes asleep in the stretch."""
    n, least = pick(rng, (5, 8, 10, 12, 15, 20, 30, 40, 45, 60, 90)), bool(rng.random() < 0.75)
    fact = ask(
        "event_minutes",
        _SLEEP,
        n if least else 1,
        math.inf if least else n,
        at=WINDOW,
        margin=max(1, n // 5) if least else 1,
    )
    said = frames("""
        {q} of sleep | asleep for {q} | {who} slept {q} {here} | {q} asleep {here} | sleep log counts {q}
        did {who} sleep {q} | {find} {q} of sleep | {q} of shut-eye | {q} spent asleep | minutes asleep, {q}
        {who} got {q} of sleep | total sleep {q}""")
    words = [
        f"{a} {w}"
        for w in minutes_words(n)
        for a in (("at least", "no less than") if least else ("some but at most", "some, but no more than"))
    ]
    return Draft(key=f"slept_{'min' if least else 'to'}_{n}", facts=(fact,), frames=said, slots={"q": words})


def stage(rng: np.random.Generator) -> Draft:
    """Share of the time in a stage of sleep."""
    key, s = pick(rng, list(_STAGES)), share(rng)
    if s.low > (0.5 if key != "awake" else 0.3):
        s = pick(rng, FREQUENCIES[2:4])
        said = frames("""
            {d} {s} | {s} {d} | {s} {d}, by the staging | stages say {s} {d} | was it {s} {d}
            {find} {d}, though {s} | by the sleep tracker {s} {d} | {d} {s} {here} | hypnogram, {s} {d}
            {d}, if {s} | {here} it was {s} {d}""")
    else:
        said = frames("""
            {d} {s} | {s} {d} | {d} {s}, by the staging | stages say {d} {s} | was it {d} {s} | {find} {d} {s}
            by the sleep tracker {d} {s} | {d} {s} {here} | hypnogram, {d} {s} | scored as {d} {s}
            {here} it was {d} {s}""")
    fact = ask("share_above", f"sleep_stage_{key}", s.low, s.high, at=WINDOW, over=ANY, margin=s.margin)
    return Draft(key=f"stage_{key}_{s.key}", facts=(fact,), frames=said, slots={"d": _STAGES[key], "s": s.words})


def body(rng: np.random.Generator) -> Draft:
    """Mean of another channel, alone or beside the pulse or the steps."""
    key, channel, names, unit, b, margin = _reading(rng)
    facts = [ask("mean", channel, b.low, b.high, at=WINDOW, margin=margin)]
    extra: tuple[str, ...] = ("",)
    tail = ""
    if rng.random() < 0.6:
        part = level_part(rng) if rng.random() < 0.5 else feet_part(rng)
        facts.append(part.fact)
        extra, tail = tuple(f"{j} {w}" for w in part.words for j in (" and", " with", ",")), f"_{part.key}"
    said = frames("""
        {m} {r} {u}{x} | mean {m} {r} {u}{x} | {m} {r} on average{x} | {m} averaged {r} {u}{x}
        was the {m} {r} on average{x} | {find} a {m} of {r} {u}{x} | the {m} was {r} {u} {here}{x}
        average {m} of {r} {u}{x} | {who} had a {m} of {r} {u}{x} | the {m} came to {r} {u} on the whole{x}
        {r} {u} as the mean {m}{x} | taken over all minutes, {m} {r}{x}""")
    slots = {"m": names, "r": b.words, "u": unit, "x": extra}
    return Draft(key=f"{key}_{b.key}{tail}", facts=tuple(facts), frames=said, slots=slots)


def _reading(rng: np.random.Generator) -> tuple[str, str, tuple[str, ...], tuple[str, ...], Bound, float]:
    which = int(rng.integers(3))
    if which == 0:
        low = bool(rng.random() < 0.5)
        b = under(rng, (30, 40, 50, 60)) if low else over(rng, (35, 45, 50, 60, 70, 80))
        b = two(rng, (20, 30, 35, 40, 50, 60), (15, 20, 30)) if rng.random() < 0.4 else b
        return (
            "hrv",
            HRV,
            ("heart rate variability", "beat-to-beat variability", "heart rate variability by rmssd"),
            ("ms", "milliseconds"),
            b,
            5,
        )
    if which == 1:
        b = over(rng, (31, 32, 33, 34)) if rng.random() < 0.5 else under(rng, (31, 32, 33, 34))
        b = two(rng, (29, 30, 31, 32, 33), (1, 2, 3)) if rng.random() < 0.4 else b
        return (
            "skin",
            "wrist_temperatures",
            ("skin temperature", "wrist temperature"),
            ("degrees", "degrees celsius"),
            b,
            0.4,
        )
    b = over(rng, (30, 50, 60, 70, 80, 90, 100)) if rng.random() < 0.5 else under(rng, (10, 20, 30, 40, 50, 60))
    b = two(rng, (10, 20, 30, 40, 50, 60, 70, 80), (20, 30, 40)) if rng.random() < 0.4 else b
    return (
        "wrist",
        "log_energy",
        ("movement energy", "wrist movement", "score of arm movement"),
        ("points",),
        b,
        6,
    )


def body_trend(rng: np.random.Generator) -> Draft:
    """Another channel's second half against its first, with the pulse's trend or level beside it."""
    key, channel, names, steps, margin = pick(rng, (
        ("hrv", HRV, ("heart rate variability", "beat-to-beat variability"), (2, 3, 4, 5, 6, 8, 10), 3),
        ("skin", "wrist_temperatures", ("skin temperature", "wrist temperature"), (0.2, 0.5, 1), 0.2),
        ("wrist", "log_energy", ("wrist movement", "movement energy"), (8, 10, 15, 20, 25, 30), 5),
    ))  # fmt: skip
    n, up = pick(rng, steps), bool(rng.random() < 0.5)
    form = int(rng.integers(3))
    part = level_part(rng) if form == 0 else trend_part(rng) if form == 1 else peak_part(rng)
    facts = (
        ask("change", channel, n if up else -math.inf, math.inf if up else -n, at=WINDOW, margin=margin),
        part.fact,
    )
    said = frames("""
        {m} {v} by at least {n}, {p} | {p} and {m} {v} by {n} or more
        {m} at least {n} {c} in the second half, {p} | {find} {m} {v} by {n} or more, with {p}
        {p}, the {m} {v} by {n} at least | was the {m} {v} by at least {n}, with {p}
        {m} {c} by {n} or more from half to half, {p} | {who} had {p} and a {m} {v} by {n} or more
        second half {c} in {m} by at least {n}, {p}""")
    amount: tuple[str, ...] = tuple(f"{w} {'ms' if key == 'hrv' else 'points'}" for w in number_words(int(n)))
    if key == "skin":
        amount = {0.2: ("a fifth of a degree",), 0.5: ("half a degree",), 1: ("one degree", "a full degree")}[n]
    slots = {"m": names, "n": amount, "p": part.words,
             "v": ("rising", "going up") if up else ("falling", "going down"),
             "c": ("higher",) if up else ("lower",)}  # fmt: skip
    return Draft(key=f"{key}_{'rise' if up else 'fall'}_{n * 10:.0f}_{part.key}", facts=facts, frames=said, slots=slots)


REST_KINDS: tuple[Callable[[np.random.Generator], Draft], ...] = (
    slept, slept_often, asleep_with, awake_with, awake_with, slept_minutes, stage, body, body_trend,
)  # fmt: skip
"""Kinds of draft; those that have more to say stand twice."""
