"""Statements about steps in the minutes shown, alone and beside the pulse: a generator goes in, drafts come out."""

import math
from collections.abc import Callable

import numpy as np

from sensorlm.captions.composed.base import number_words
from sensorlm.captions.composed.window_parts import (
    FREQUENCIES,
    Draft,
    feet_part,
    frames,
    level_part,
    minutes_words,
    over,
    peak_part,
    pick,
    share,
    side,
    steps_bound,
    trend_part,
    two,
    under,
)  # fmt: skip
from sensorlm.captions.predicates.base import ANY, WINDOW, ask

_LEAST = ("at least", "no less than", "not under")
_MOST = ("at most", "no more than", "not over")


def rate(rng: np.random.Generator) -> Draft:
    """Mean steps a minute."""
    b = steps_bound(rng)
    said = frames("""
        {r} steps a minute on average | step rate {r} | {who} made {r} steps a minute | cadence {r} on average
        steps per minute, {r} | on average {r} steps a minute {here} | did {who} make {r} steps a minute
        {find} {r} steps a minute | the step counter averaged {r} a minute
        mean step rate {r} per minute, pauses counted in | {who} took {r} steps each minute on average
        all in all {r} steps a minute""")
    fact = ask("mean", "steps", b.low, b.high, at=WINDOW, margin=1.5)
    return Draft(key=f"steps_rate_{b.key}", facts=(fact,), frames=said, slots={"r": b.words})


def afoot(rng: np.random.Generator) -> Draft:
    """Share of the minutes with steps, or of real walking."""
    walk, s = bool(rng.random() < 0.35), share(rng)
    least = pick(rng, (20, 30, 40)) if walk else 0
    fact = ask("share_above", "steps", s.low, s.high, at=WINDOW, over=least or ANY, margin=s.margin)
    if walk:
        said = frames("""
            {d} {s}, over {n} steps a minute | over {n} steps a minute {s}
            {who} was {d} {s}, more than {n} steps a minute | was {who} above {n} steps a minute {s}
            {find} someone {d} {s}, at over {n} steps a minute | step rate above {n} {s}
            more than {n} steps in the minute {s} | {s} {d}, if that means over {n} steps a minute
            minutes of more than {n} steps {s} | the feet did over {n} steps a minute {s}""")
    else:
        said = frames("""
            {d} {s} | steps {s} | {who} was {d} {s} | was {who} {d} {s} | {find} steps {s}
            {d} {s}, by the step counter | there were steps {s} | {s} {who} was {d} | taking steps {s}
            the counter shows steps {s} | step activity present {s} | {who} took steps {s}
            any steps at all {s} | {here} {who} was {d} {s}""")
    slots = {"s": s.words, "n": number_words(least), "d": ("walking", "on the move", "walking along") if walk else
             ("on foot", "on the feet", "moving", "up and moving", "stepping about")}  # fmt: skip
    return Draft(key=f"steps_share_{least}_{s.key}", facts=(fact,), frames=said, slots=slots)


def how_often(rng: np.random.Generator) -> Draft:
    """How often there were steps, or many of them, in words."""
    n, s = pick(rng, (0, 0, 10, 20, 30, 40, 60)), pick(rng, FREQUENCIES)
    fact = ask("share_above", "steps", s.low, s.high, at=WINDOW, over=n or ANY, margin=s.margin)
    if n:
        said = frames("""
            {s} above {n} steps a minute | {who} was {s} above {n} steps a minute | step rate {s} over {n}
            was {who} {s} over {n} steps a minute | {find} a step rate {s} above {n}
            {s} more than {n} steps in a minute | the step counter was {s} over {n} a minute
            {here} {s} over {n} steps a minute | cadence {s} beyond {n} | {s} a minute with over {n} steps""")
    else:
        said = frames("""
            {s} on the feet | {who} was {s} on the feet | {s} moving, by the step counter
            was {who} {s} on foot | {s} on the move | {find} someone {s} on the feet
            {who} was {s} moving {here} | step counter {s} ticking | {s} up and moving
            the feet were {s} in use | steps {s} recorded""")
    return Draft(key=f"steps_often_{n}_{s.key}", facts=(fact,), frames=said, slots={"s": s.words, "n": number_words(n)})


def total(rng: np.random.Generator) -> Draft:
    """Steps in all."""
    n = pick(rng, (20, 50, 100, 150, 200, 300, 400, 500, 600, 800, 1000, 1500, 2000))
    form = int(rng.integers(3))
    m = n * pick(rng, (2, 3, 4))
    low, high = (n, m) if form == 0 else side(n, least=form == 1)
    words = [f"{n} to {m}", f"between {n} and {m}"]
    if form:
        many = ("at least", "over", "more than") if form == 1 else ("at most", "no more than", "fewer than")
        words = [f"{q} {w}" for q in many for w in number_words(n)]
    said = frames("""
        {r} steps in all | {r} steps {here} | {who} took {r} steps | step count {r} | did {who} take {r} steps
        {find} {r} steps | {who} walked {r} steps altogether | total steps {r} | {r} steps in total
        the counter adds up to {r} steps | sum of steps {r} over the interval | {r} steps all told
        put together {r} steps""")
    fact = ask("total", "steps", low, high, at=WINDOW, margin=max(15, 0.15 * n))
    return Draft(
        key=f"steps_total_{form}_{n}_{m if form == 0 else 'x'}", facts=(fact,), frames=said, slots={"r": words}
    )


def best_minutes(rng: np.random.Generator) -> Draft:
    """The busiest minutes in a row, or the pace never passed."""
    n, form = pick(rng, (1, 2, 3, 5, 8, 10, 15)), int(rng.integers(3))
    if form == 0:
        b = two(rng, (10, 20, 30, 40, 50, 60, 80), (20, 30, 40))
    elif form == 1:
        b = over(rng, (20, 30, 40, 50, 60, 70, 80, 90, 100))
    else:
        b = under(rng, (10, 20, 30, 40, 50, 60, 80), "fewer")
    fact = ask("busiest_mean", "steps", b.low, b.high, at=WINDOW, over=n, margin=8)
    said = frames("""
        busiest {n} with {r} steps a minute | the {n} with the most steps had {r} a minute
        top {n} by the step counter, {r} steps a minute | {who} did {r} steps a minute in the busiest {n}
        was the step rate {r} in the best {n} | {find} a best {n} with {r} steps a minute
        at the liveliest {n} the counter showed {r} steps a minute | peak step rate over {n}, {r} per minute
        {here} the quickest {n} came to {r} steps a minute | highest step rate held for {n}, {r} a minute""")
    names = ("minute", "single minute") if n == 1 else minutes_words(n, plain=True)
    return Draft(key=f"steps_best_{n}_{b.key}", facts=(fact,), frames=said, slots={"n": names, "r": b.words})


def runs(rng: np.random.Generator) -> Draft:
    """Longest time without a step, or without a pause."""
    still, least, n = (
        bool(rng.random() < 0.6),
        bool(rng.random() < 0.65),
        pick(rng, (3, 5, 8, 10, 12, 15, 20, 25, 30, 40, 45, 60)),
    )
    n = n if still else min(n, 20)
    low, high = (n, math.inf) if least else (-math.inf, n)
    fact = ask(
        "longest_below" if still else "longest_above", "steps", low, high, at=WINDOW, over=ANY, margin=max(2, n // 5)
    )
    said = (
        frames("""
        longest time without a step {q} {n} | the longest pause from stepping was {q} {n}
        {q} {n} between steps at the longest | was the longest stepless time {q} {n}
        {find} a longest still time of {q} {n} | longest inactive spell by the step counter, {q} {n}
        feet still for {q} {n} at the longest {here} | the longest gap in the steps came to {q} {n}
        maximum time with no step, {q} {n}""")
        if still
        else frames("""
        longest run of minutes with steps {q} {n} | {q} {n} of unbroken stepping at the longest
        was {who} on the feet without a pause for {q} {n} at the longest
        {find} a longest spell on the feet of {q} {n}
        the longest time with a step in every minute was {q} {n}
        longest unbroken activity by the step counter, {q} {n} | longest go on foot {q} {n}
        up and stepping for {q} {n} on end as the longest time {here}
        the feet kept going {q} {n} at the longest""")
    )
    slots = {"q": _LEAST if least else _MOST, "n": minutes_words(n)}
    return Draft(
        key=f"steps_{'still' if still else 'go'}_{'min' if least else 'to'}_{n}",
        facts=(fact,),
        frames=said,
        slots=slots,
    )


def trend(rng: np.random.Generator) -> Draft:
    """Steps a minute in the second half against the first."""
    n, up = pick(rng, (2, 3, 5, 8, 10, 15, 20, 25, 30)), bool(rng.random() < 0.5)
    fact = ask("change", "steps", n if up else -math.inf, math.inf if up else -n, at=WINDOW, margin=max(1, n // 4))
    said = frames("""
        at least {n} steps a minute {c} in the second half than in the first
        step rate {hi} by at least {n} in the second half | {went} by {n} steps a minute at least
        did {who} make at least {n} steps a minute {c} in the second half
        {find} a step rate that {v} by {n} or over from the first half to the second
        {went} by at least {n} steps a minute | the cadence {v} by at least {n} from half to half
        halves compared, at least {n} steps a minute {c} in the later one""")
    slots = {"n": number_words(n), "c": ("more",) if up else ("fewer",), "hi": ("higher",) if up else ("lower",),
             "v": ("rose", "went up") if up else ("fell", "went down"),
             "went": ("picking up from half to half",) if up else ("slowing from half to half",)}  # fmt: skip
    return Draft(key=f"steps_{'rise' if up else 'fall'}_{n}", facts=(fact,), frames=said, slots=slots)


def bouts(rng: np.random.Generator) -> Draft:
    """How many times of ten minutes with many steps or a quick pulse."""
    pulse, n, least = bool(rng.random() < 0.4), int(rng.integers(1, 4)), bool(rng.random() < 0.6)
    bar = pick(rng, (85, 90, 95, 100, 110)) if pulse else pick(rng, (15, 20, 30, 40, 50))
    fact = ask(
        "bouts_above",
        "HR" if pulse else "steps",
        n if least else -math.inf,
        math.inf if least else n - 1,
        at=WINDOW,
        over=bar,
    )
    said = frames("""
        {q} of ten minutes over {b} {u} | {q} of ten minutes averaging over {b} {u}
        {find} {q} of ten minutes above {b} {u} | {who} had {q} of ten minutes above {b} {u}
        did it have {q} of ten minutes above {b} {u} | bouts over {b} {u} of ten minutes, {q}
        count of ten-minute efforts past {b} {u}, {q} | {here} {q} of ten minutes past {b} {u}
        {q} lasting ten minutes at over {b} {u} | the log would hold {q} of ten minutes over {b} {u}
        ten minutes or longer over {b} {u}, {q}""")
    word = ("", "one", "two", "three")[n]
    less = "no bout" if n == 1 else f"no more than {('', '', 'one bout', 'two bouts')[n]}"
    q = (
        (f"at least {word} bout{'s' if n > 1 else ''}", f"{word} bout{'s' if n > 1 else ''} or more")
        if least
        else (less, f"fewer than {word} bout{'s' if n > 1 else ''}")
    )
    slots = {"q": q, "b": (str(bar),), "u": ("bpm", "beats a minute") if pulse else ("steps a minute",)}
    return Draft(
        key=f"bouts_{'hr' if pulse else 'steps'}_{bar}_{'min' if least else 'under'}_{n}",
        facts=(fact,),
        frames=said,
        slots=slots,
    )


def with_two(rng: np.random.Generator) -> Draft:
    """Steps beside one or two facts of the pulse."""
    afoot = bool(rng.random() < 0.5)
    low, high = (65, 115) if afoot else (50, 95)
    level = level_part(rng, low, high)
    parts = [feet_part(rng, still=not afoot, afoot=afoot), level]
    if rng.random() < 0.6:
        other = trend_part(rng) if rng.random() < 0.5 else peak_part(rng, level.fact.low, level.fact.high)
        parts = [parts[0], other] if rng.random() < 0.5 else [*parts, other]
    a, *others = parts
    said = frames("""
        {a} and {b} | {b} and {a} | {a}, {b} | {b}, {a} | {find} {a} and {b} | {a} together with {b}
        {who} had {a} and {b} | did it have {a} and {b} | {b} plus {a} | {a} beside {b} | {b}, along with {a}
        {here} {a}, {b} | {b} as well as {a} | both {a} and {b}""") if len(parts) == 2 else frames("""
        {a}, {b}, {c} | {b} and {c} with {a} | {a} and {b}, plus {c} | {find} {a}, {b} and {c}
        {who} had {a}, {b} and {c} | {c}, {b}, {a} | {a} together with {b} and {c}
        did it have {a} with {b} and {c} | {b}, {a} and also {c} | all three, {a}, {b} and {c}
        {here} {b}, {c} and {a}""")  # fmt: skip
    slots = dict(zip("abc", (part.words for part in parts), strict=False))
    key = "_".join(part.key for part in parts)
    return Draft(key=f"both_{key}", facts=(a.fact, *(o.fact for o in others)), frames=said, slots=slots)


def two_trends(rng: np.random.Generator) -> Draft:
    """Steps and pulse of the second half against the first, the same way or apart."""
    steps_up, pulse_up = bool(rng.random() < 0.5), bool(rng.random() < 0.5)
    apart = steps_up != pulse_up  # rarer, so less is asked
    n, m = pick(rng, (1, 2, 3) if apart else (1, 2, 3, 5, 8)), pick(rng, (1, 2, 3) if apart else (2, 3, 4, 5, 6))
    facts = (
        ask(
            "change",
            "steps",
            n if steps_up else -math.inf,
            math.inf if steps_up else -n,
            at=WINDOW,
            margin=max(1, n // 3),
        ),
        ask("change", "HR", m if pulse_up else -math.inf, math.inf if pulse_up else -m, at=WINDOW, margin=2),
    )
    said = frames("""
        in the second half at least {n} steps a minute {sc} and a pulse {pc} by {m} or over
        {sc} steps by at least {n} a minute, heart rate {pc} by at least {m}, second half against first
        second half, at least {n} {sc} steps a minute {j} the {beat} at least {m} beats {pc}
        {pulse} went {pw} by at least {m} beats {j} the steps went {sw} by {n} a minute or over
        {find} steps going {sw} by {n} a minute and the pulse going {pw} by {m}, at the least
        did the steps go {sw} by at least {n} a minute {j} the pulse {pw} by at least {m}
        steps {sw}, pulse {pw}, by {n} a minute and {m} beats at the least
        {who} made {sc} steps in the second half, by at least {n} a minute, {j} the {beat} went {pw} by {m} or over
        change from half to half, steps {sw} at least {n} a minute, mean heart rate {pw} at least {m} bpm""")
    slots = {"n": number_words(n), "m": number_words(m), "sc": ("more",) if steps_up else ("fewer",),
             "pc": ("higher",) if pulse_up else ("lower",), "sw": ("up",) if steps_up else ("down",),
             "pw": ("up",) if pulse_up else ("down",), "j": ("but", "while") if apart else ("and",)}  # fmt: skip
    key = f"trends_steps_{'up' if steps_up else 'down'}_{n}_hr_{'up' if pulse_up else 'down'}_{m}"
    return Draft(key=key, facts=facts, frames=said, slots=slots)


STEP_KINDS: tuple[Callable[[np.random.Generator], Draft], ...] = (
    rate, afoot, how_often, total, best_minutes, runs, trend, bouts, with_two, with_two, two_trends,
)  # fmt: skip
"""Kinds of draft; those that have more to say stand twice."""
