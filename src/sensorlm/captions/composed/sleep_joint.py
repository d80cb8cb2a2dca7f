"""Random numbers in, facts and words of sleep together with pulse and steps out.

Hours "asleep" are nearly full of logged sleep, so that a pulse in them is a pulse in sleep.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from sensorlm.captions.composed.base import number_words
from sensorlm.captions.composed.sleep_parts import (
    INFINITE,
    NIGHT_LENGTHS,
    RISINGS,
    Drawn,
    Said,
    clock,
    hours,
    lengths,
    minutes_of,
    mixed,
    night_facts,
    pick,
    rise_facts,
    times,
)
from sensorlm.captions.predicates.base import DAY, Span, ask
from sensorlm.captions.predicates.nights import lain_awake
from sensorlm.captions.predicates.sleep import HAS_NIGHT, LAST_NIGHT
from sensorlm.captions.predicates.sleep_kinds import asleep
from sensorlm.records import Fact

_SLEEPING: Sequence[Span] = ((0, 300), (60, 240), (60, 300), (120, 240), (120, 300), (120, 360), (180, 300), (180, 360))
"""Hours most people sleep through."""
_OPEN = ("least", "most", "range")
_PULSE = {"pulse": ("pulse", "heart rate", "heartbeat")}


def _beats(rng: np.random.Generator) -> Said:
    grid = range(50, 73, 2)
    shape = pick(rng, ("least", "most", "range"))
    n = int(pick(rng, grid))
    forms = (str(n), f"{n} bpm", f"{n} beats a minute", f"{number_words(n)[-1]}")
    if shape == "least":
        return Said(n, 300, mixed(("above {n}", "over {n}", "at least {n}", "{n} or more"), forms))
    if shape == "most":
        return Said(0, n, mixed(("below {n}", "under {n}", "at most {n}", "{n} or less"), forms))
    top = n + int(pick(rng, (8, 10, 12)))
    pair = (f"{n} to {top}", f"{n}-{top}", f"{number_words(n)[-1]} to {number_words(top)[-1]}")
    between = (f"between {n} and {top}", f"between {n} and {top} beats a minute")
    return Said(n, top, (*mixed(("{n}", "{n} bpm"), pair), *between))


def _mean_pulse(said: Said, at: Span) -> Fact:
    return ask("mean", "HR", said.low, said.high, at=at, margin=2)


def _sleep_pulse(rng: np.random.Generator) -> Drawn:
    at, bpm = pick(rng, _SLEEPING), _beats(rng)
    facts = (asleep(0.92 * minutes_of(at), at=at, margin=15), _mean_pulse(bpm, at))
    return facts, {"h": hours(at), "bpm": bpm.words, **_PULSE}


def _length_pulse(rng: np.random.Generator) -> Drawn:
    dur, at, bpm = lengths(rng, range(360, 511, 30), _OPEN, wide=90), pick(rng, _SLEEPING), _beats(rng)
    return (*night_facts(dur), _mean_pulse(bpm, at)), {"dur": dur.words, "h": hours(at), "bpm": bpm.words, **_PULSE}


def _pulse_slide(rng: np.random.Generator) -> Drawn:
    at = pick(rng, _SLEEPING)
    n, way = int(pick(rng, (2, 3, 4, 5))), pick(rng, ("fall", "rise", "hold"))
    forms = (f"{n} bpm", f"{n} beats a minute", f"{number_words(n)[-1]} beats")
    tails = mixed(("by {n} or more", "by at least {n}", "by no less than {n}"), forms)
    if way == "hold":
        tails = mixed(("within {n}",), forms)
    low, high = {"fall": (-300, -n), "rise": (n, 300), "hold": (-n, n)}[way]
    past = {"fall": ("fell", "dropped", "came down"), "rise": ("rose", "went up", "climbed"), "hold": ("stayed",)}[way]
    now = {"fall": ("fall", "drop", "come down"), "rise": ("rise", "go up", "climb"), "hold": ("stay",)}[way]
    facts = (asleep(0.92 * minutes_of(at), at=at, margin=15), ask("change", "HR", low, high, at=at, margin=1.5))
    moved, move = (mixed((f"{verb} {{n}}" for verb in verbs), tails) for verbs in (past, now))
    return facts, {"h": hours(at), "moved": moved, "move": move, **_PULSE}


def _pulse_limit(rng: np.random.Generator) -> Drawn:
    at, way = pick(rng, _SLEEPING), pick(rng, ("never_above", "above", "below", "never_below"))
    n = int(pick(rng, range(60, 96, 5) if "above" in way else range(42, 63, 2)))
    forms = (str(n), f"{n} bpm", f"{n} beats a minute", number_words(n)[-1])
    heads = {
        "never_above": ("never went above {n}", "did not once pass {n}", "stayed at {n} or lower throughout"),
        "above": ("went above {n} at least once", "passed {n} at some point", "peaked above {n}"),
        "below": ("dipped below {n} at least once", "fell under {n} at some point", "got lower than {n}"),
        "never_below": ("never went below {n}", "did not once fall under {n}", "stayed at {n} or higher throughout"),
    }[way]
    statistic = "max" if "above" in way else "min"
    low, high = (n, 300) if way in {"above", "never_below"} else (0, n)
    fact = ask(statistic, "HR", low, high, at=at, margin=3 if statistic == "max" else 2)
    return (asleep(0.92 * minutes_of(at), at=at, margin=15), fact), {
        "h": hours(at),
        "held": mixed(heads, forms),
        **_PULSE,
    }


def _pulse_share(rng: np.random.Generator) -> Drawn:
    at, n, above = pick(rng, _SLEEPING), int(pick(rng, range(50, 73, 2))), rng.random() < 0.5
    low, some = pick(rng, ((0.9, ("nearly all", "nine tenths or more", "at least 90 %")),
                           (0.6, ("most", "the better part", "60 % or more")),
                           (0.25, ("at least a quarter", "a quarter or more", "no less than 25 %"))))  # fmt: skip
    forms = (str(n), f"{n} bpm", number_words(n)[-1])
    said = mixed(
        ("above {n}", "over {n}", "higher than {n}") if above else ("below {n}", "under {n}", "lower than {n}"), forms
    )
    fact = ask("share_above" if above else "share_below", "HR", low, 1, at=at, over=n, margin=0.1)
    facts = (asleep(0.92 * minutes_of(at), at=at, margin=15), fact)
    return facts, {"h": hours(at), "bpm": said, "some": some, **_PULSE}


def _pulse_apart(rng: np.random.Generator) -> Drawn:
    start, edge = int(pick(rng, (60, 120, 180))), int(pick(rng, (60, 120)))
    end = int(pick(rng, (600, 660, 720, 780, 840, 960, 1080, 1200, 1320)))
    asleep_at, awake_at = (start, start + edge), (end - edge, end)
    n, more = int(pick(rng, (5, 10, 15, 20, 25, 30))), rng.random() < 0.6
    forms = (f"{n} beats", f"{number_words(n)[-1]} beats", f"{n} bpm")
    heads = ("at least {n} higher", "{n} or more higher", "higher by {n} or more")
    if not more:
        heads = ("less than {n} higher", "no more than {n} higher", "higher by {n} at most")
    # Bounds below at 0: with "less than ten beats higher" nobody means a slower pulse.
    low, high = (n, 300) if more else (0, n)
    facts = (
        asleep(0.9 * edge, at=asleep_at, margin=12), asleep(high=0, at=awake_at),
        ask("change", "HR", low, high, at=(start, end), over=edge, margin=2.5),
    )  # fmt: skip
    return facts, {"h": hours(asleep_at), "k": hours(awake_at), "gap": mixed(heads, forms), **_PULSE}


def _awake_no_steps(rng: np.random.Generator) -> Drawn:
    t = int(pick(rng, range(360, 601, 30)))
    at = (t - 30 * int(pick(rng, (1, 2))), t + int(pick(rng, (60, 90, 120, 180))))
    fact, said = _steps(rng, (20, 50, 100, 200, 300, 500, 800), at, ("most",))
    return (asleep(high=0, at=(t - 15, t + 15), margin=15), fact), {"t": clock(t), "h": hours(at), "steps": said}


def _lowest_pulse(rng: np.random.Generator) -> Drawn:
    said = times(rng, range(120, 421, 30), ("range", "about"), wide=60)
    low, high = max(said.low, 0), min(said.high, 720)
    near = (max(int(low), 0), min(int(high), 480)) if high - low < 720 else (0, 480)
    if near[1] - near[0] < 30:
        near = (near[1] - 60, near[1])
    fact = ask("minute_of_min", "HR", low, high, at=LAST_NIGHT, margin=15)
    return (fact, asleep(0.9 * minutes_of(near), at=near, margin=20)), {"up": said.words, **_PULSE}


def _steps(
    rng: np.random.Generator, grid: Sequence[int], at: Span, shapes: Sequence[str] = _OPEN
) -> tuple[Fact, tuple[str, ...]]:  # fmt: skip
    n = int(pick(rng, grid))
    forms = [f"{word} steps" for word in number_words(n)]
    shape = pick(rng, shapes)
    margin = 0.12 * n + min(20, 2 + n / 4)
    if shape == "least":
        low, high = float(n), INFINITE
        said = mixed(("at least {n}", "more than {n}", "over {n}", "no fewer than {n}"), forms)
    elif shape == "most":
        low, high = 0.0, float(n)
        said = mixed(("at most {n}", "fewer than {n}", "under {n}", "no more than {n}"), forms)
    else:
        top = n * 2 if n < 2000 else n + 3000
        low, high = float(n), float(top)
        one, two = number_words(n), number_words(top)
        pairs = ((one[0], two[0]), (one[-1], two[-1]))
        said = tuple(f.format(*pair) for pair in pairs for f in ("{} to {} steps", "between {} and {} steps"))
    return ask("total", "steps", low, high, at=at, margin=margin), said


_DAY_STEPS = range(3000, 13001, 1000)


def _length_steps(rng: np.random.Generator) -> Drawn:
    dur = lengths(rng, NIGHT_LENGTHS[2:-2], _OPEN, wide=90)
    fact, said = _steps(rng, _DAY_STEPS, DAY)
    return (*night_facts(dur), fact), {"dur": dur.words, "steps": said}


def _steps_in_sleep(rng: np.random.Generator) -> Drawn:
    at = pick(rng, ((0, 240), (0, 300), (0, 360), (60, 300), (60, 360), (120, 420), (180, 420), (0, 420)))
    fact, said = _steps(rng, (10, 20, 30, 50, 100, 200), at)
    return (asleep(0.6 * minutes_of(at), at=at, margin=15), fact), {"h": hours(at), "steps": said}


def _rise_steps(rng: np.random.Generator) -> Drawn:
    up = times(rng, RISINGS[:-2], ("most", "range", "least"), wide=60)
    at = pick(rng, ((360, 540), (360, 600), (420, 600), (480, 720), (360, 720), (540, 720), (480, 600)))
    fact, said = _steps(rng, (300, 500, 800, 1000, 1500, 2000, 3000), at)
    return (*rise_facts(up), fact), {"up": up.words, "h": hours(at), "steps": said}


def _awake_steps(rng: np.random.Generator) -> Drawn:
    dur = lengths(rng, (10, 15, 20, 30, 40, 45), ("least", "most", "range"), wide=10)
    fact, said = _steps(rng, _DAY_STEPS, DAY)
    return (HAS_NIGHT, lain_awake(dur.low, dur.high, 5), fact), {"dur": dur.words, "steps": said}


def _quiet_day(rng: np.random.Generator) -> Drawn:
    at = pick(
        rng, ((480, 720), (720, 1020), (1020, 1260), (540, 720), (540, 1080), (720, 900), (900, 1140), (720, 1320))
    )
    dur = lengths(rng, range(360, 511, 30), _OPEN, wide=90)
    fact, said = _steps(rng, (500, 1000, 1500, 2000, 3000, 4000), at)
    return (*night_facts(dur), fact), {"dur": dur.words, "steps": said, "h": hours(at)}


JOINT_KINDS: Mapping[str, Callable[[np.random.Generator], Drawn]] = {
    "sleep_pulse": _sleep_pulse, "length_pulse": _length_pulse, "pulse_slide": _pulse_slide,
    "lowest_pulse": _lowest_pulse, "length_steps": _length_steps, "steps_in_sleep": _steps_in_sleep,
    "rise_steps": _rise_steps, "awake_steps": _awake_steps, "quiet_day": _quiet_day,
    "pulse_limit": _pulse_limit, "pulse_share": _pulse_share, "pulse_apart": _pulse_apart,
    "awake_no_steps": _awake_no_steps,

}  # fmt: skip
"""Kinds of statement about sleep with pulse or steps."""
