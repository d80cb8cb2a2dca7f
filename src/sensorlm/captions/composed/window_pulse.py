"""What is said of the pulse alone in the minutes shown: a random generator goes in, drafts of statements come out."""

import math
from collections.abc import Callable

import numpy as np

from sensorlm.captions.composed.base import number_words
from sensorlm.captions.composed.window_parts import (
    FREQUENCIES,
    Draft,
    frames,
    level_part,
    minutes_words,
    over,
    peak_part,
    pick,
    pulse_bound,
    share,
    side,
    trend_part,
    two,
    under,
)  # fmt: skip
from sensorlm.captions.predicates.base import WINDOW, ask
from sensorlm.records import Fact


def level(rng: np.random.Generator) -> Draft:
    """Mean pulse in a range."""
    b = pulse_bound(rng)
    said = frames("""
        {pulse} averaged {r} | mean {hr} {r} | {pulse} was {r} on average | average {hr} {r}
        {hr} {r} on average {here} | was {pulse} {r} on average | {pulse} came to {r} on the whole
        mean heart rate {r} bpm, all minutes taken together | {find} a mean {hr} of {r}
        on average {r} beats a minute | {who} averaged {r} beats a minute {here}
        the heart beat {r} times a minute on average | did {pulse} average {r} {here}
        taken over all minutes, {hr} {r} | avg bpm {r} | patient's mean rate {r} {here}""")
    fact = ask("mean", "HR", b.low, b.high, at=WINDOW, margin=3)
    return Draft(key=f"pulse_{b.key}", facts=(fact,), frames=said, slots={"r": b.words})


def part_of_time(rng: np.random.Generator) -> Draft:
    """Share of the minutes with a pulse over or under a number."""
    up, n, s = bool(rng.random() < 0.6), pick(rng, (60, 65, 70, 75, 80, 85, 90, 95, 100, 110)), share(rng)
    fact = ask("share_above" if up else "share_below", "HR", s.low, s.high, at=WINDOW, over=n, margin=s.margin)
    said = frames("""
        {pulse} was {v} {n} {s} | {hr} {v} {n} {s} | {s} {pulse} was {v} {n} | was {pulse} {v} {n} {s}
        {find} a {hr} {v} {n} {s} | heart beating {more} than {n} times a minute {s}
        {s} a pulse {v} {n}, by the watch | {who} had a {hr} {v} {n} {s} | did {pulse} lie {v} {n} {s}
        {pulse} stayed {v} {n} {s} | bpm {v} {n} {s} | heart rate {v} {n} bpm, {s} | the heart kept {v} {n} {s}""")
    slots = {"v": ("over", "above", "higher than") if up else ("under", "below", "lower than"), "n": number_words(n),
             "s": s.words, "more": ("more",) if up else ("fewer", "less")}  # fmt: skip
    return Draft(key=f"pulse_share_{'over' if up else 'under'}_{n}_{s.key}", facts=(fact,), frames=said, slots=slots)


def how_often(rng: np.random.Generator) -> Draft:
    """How often the pulse was past a number, in words."""
    up, n, s = (
        bool(rng.random() < 0.6),
        pick(rng, (60, 65, 70, 75, 80, 85, 90, 95, 100, 110, 120)),
        pick(rng, FREQUENCIES),
    )
    fact = ask("share_above" if up else "share_below", "HR", s.low, s.high, at=WINDOW, over=n, margin=s.margin)
    said = frames("""
        {pulse} was {s} {v} {n} | {hr} {s} {v} {n} | {s} a pulse {v} {n} | was {pulse} {s} {v} {n}
        {find} a {beat} that was {s} {v} {n} | the heart was {s} {v} {n} {here} | {s} {v} {n}, the {hr}
        {who} was {s} {v} {n} bpm | heart rate {s} {v} {n} bpm over the period | {s} {v} {n} beats a minute
        {here} {pulse} was {s} {v} {n} | is it true that {pulse} was {s} {v} {n} | {v} {n} bpm, {s}""")
    slots = {"v": ("over", "above", "past") if up else ("under", "below"), "n": number_words(n), "s": s.words}
    return Draft(key=f"pulse_often_{'over' if up else 'under'}_{n}_{s.key}", facts=(fact,), frames=said, slots=slots)


def stayed_within(rng: np.random.Generator) -> Draft:
    """Lowest and highest pulse."""
    low = pick(rng, (40, 45, 50, 55, 60, 65, 70, 80))
    high = low + pick(rng, (20, 25, 30, 35, 40, 50, 60))
    facts = (ask("min", "HR", low, at=WINDOW, margin=4), ask("max", "HR", high=high, at=WINDOW, margin=4))
    said = frames("""
        {pulse} stayed between {l} and {h} {all} | never under {l} and never over {h}, the {hr}
        {hr} within {l} to {h} {all} | lowest {hr} at least {l}, highest at most {h}
        {pulse} kept inside {l} and {h} | no minute below {l} or above {h} bpm
        did {pulse} stay between {l} and {h} {all} | {find} a {hr} that never left {l} to {h}
        all of it between {l} and {h} bpm | minimum {l} or more, maximum {h} or less, beats a minute
        {who} was never below {l} or above {h} beats | the {beat} did not dip under {l} nor climb over {h}
        every reading of the {hr} in the range of {l} to {h}
        {pulse} neither fell below {l} nor rose above {h}""")
    side = 0 if high > 100 else int(rng.integers(2))  # no "seventy to 105"
    slots = {"l": (number_words(low)[-side],), "h": (number_words(high)[-side],),
             "all": ("throughout", "the whole time", "all along", "from start to finish")}  # fmt: skip
    return Draft(key=f"pulse_within_{low}_{high}", facts=facts, frames=said, slots=slots)


def reached(rng: np.random.Generator) -> Draft:
    """Highest or lowest pulse in a range."""
    top, form = bool(rng.random() < 0.6), int(rng.integers(3))
    if form == 0:
        b = two(rng, (75, 80, 85, 90, 95, 100, 110, 120, 130) if top else (40, 45, 50, 55, 60, 65, 70), (10, 15, 20))
    elif form == 1:
        b = over(rng, (85, 90, 95, 100, 105, 110, 120, 130) if top else (50, 55, 60, 65, 70, 75))
    else:
        b = under(rng, (75, 80, 85, 90, 95, 100, 110) if top else (45, 50, 55, 60, 65))
    said = frames("""
        {m} {hr} {r} | {m} value of the {hr} {r} | was the {m} {hr} {r} | the {end} of {pulse} was {r}
        {end} of the {hr}, {r} | {find} a {m} {hr} of {r} | the {m} {hr} {here} was {r}
        bpm with a {m} value of {r} | {who} had a {m} {hr} of {r} | the {end} of {pulse} came to {r}
        {m} heart rate {r} beats per minute | {end} bpm {r}""")
    slots = {"m": ("highest", "top", "maximum") if top else ("lowest", "minimum"), "r": b.words,
             "end": ("peak", "maximum", "top") if top else ("low point", "minimum", "bottom")}  # fmt: skip
    fact = ask("max" if top else "min", "HR", b.low, b.high, at=WINDOW, margin=4)
    return Draft(key=f"pulse_{'top' if top else 'low'}_{b.key}", facts=(fact,), frames=said, slots=slots)


def trend(rng: np.random.Generator) -> Draft:
    """Pulse at the end against the beginning: halves, or the first and last minutes."""
    edge, up = pick(rng, (0, 0, 3, 5, 5, 10)), bool(rng.random() < 0.5)
    low = pick(rng, (2, 3, 4, 5, 6, 8, 10, 12, 15, 20))
    high = low + pick(rng, (6, 8, 10, 15)) if rng.random() < 0.3 else math.inf
    fact = ask("change", "HR", low if up else -high, high if up else -low, at=WINDOW, over=edge, margin=2)
    said = frames("""
        {pulse} was {r} beats {comp} {end} than {start} | {hr} {comp} by {r} {end} than {start}
        {pulse} {went} by {r} beats, {span} | {r} bpm {comp} {end}
        was {pulse} {r} beats {comp} {end} than {start} | {find} a {hr} that {went} by {r}, {span}
        {end} the heart was {r} beats a minute {comp} than {start} | {span} the {hr} {went} by {r}
        {who} had a {hr} {r} beats {comp} {end} than {start}
        change of the mean heart rate {span}, {sign} {r} bpm | {went} by {r} beats, the {hr}, {span}
        set against {before}, {pulse} was {comp} by {r} beats {end}""")
    n = number_words(low)
    rs = ([f"{low} to {high:.0f}", f"between {low} and {high:.0f}"] if high < math.inf
          else [f"{w} or more" for w in n] + [f"at least {w}" for w in n])  # fmt: skip
    first, last, span = (
        (f"in the first {edge} minutes", f"in the last {edge} minutes", f"first {edge} against last {edge} minutes")
        if edge else ("in the first half", "in the second half", "from the first half to the second"))  # fmt: skip
    slots = {"r": rs, "end": (last,), "start": (first,), "before": (first.removeprefix("in "),), "span": (span,),
             "comp": ("higher",) if up else ("lower",),
             "went": ("rose", "went up", "climbed") if up else ("fell", "came down", "sank"),
             "sign": ("a plus of",) if up else ("a minus of",)}  # fmt: skip
    key = f"pulse_{'rise' if up else 'fall'}_{low}_{'up' if high == math.inf else int(high)}_{edge}"
    return Draft(key=key, facts=(fact,), frames=said, slots=slots)


def best_minutes(rng: np.random.Generator) -> Draft:
    """Mean of the quickest or slowest minutes in a row, alone or against the mean of all."""
    top, n = bool(rng.random() < 0.6), pick(rng, (2, 3, 5, 8, 10, 15, 20))
    if rng.random() < 0.4:
        b = over(rng, (80, 85, 90, 95, 100, 105, 110, 120)) if top else under(rng, (55, 60, 65, 70, 75))
    elif top:
        b = two(rng, (70, 75, 80, 85, 90, 95, 100, 110, 120), (10, 15, 20))
    else:
        b = two(rng, (45, 50, 55, 60, 65, 70), (8, 10, 15))
    statistic = "busiest_mean" if top else "quietest_mean"
    facts: tuple[Fact, ...] = (ask(statistic, "HR", b.low, b.high, at=WINDOW, over=n, margin=4),)
    tail: tuple[str, ...] = ("",)
    key = f"pulse_{'best' if top else 'calm'}_{n}_{b.key}"
    if top and b.low >= 90 and rng.random() < 0.5:
        cap = int(b.low) - pick(rng, (8, 10, 12))
        facts = (*facts, ask("mean", "HR", high=cap, at=WINDOW, margin=3))
        tail = (f", though under {cap} on average", f", yet no more than {cap} over all minutes",
                f", overall {cap} at most")  # fmt: skip
        key = f"{key}_all_to_{cap}"
    said = frames("""
        {m} {n} of the {hr} {r}{t} | the {hr} in {m} {n} was {r}{t} | {m} {n} averaged {r} bpm{t}
        {find} {m} {n} with {r} bpm{t} | was the {hr} {r} over {m} {n}{t}
        {m} {n} in a row had {r} beats a minute{t} | {n} with {r} bpm, taking {m} ones{t}
        {who} averaged {r} beats in {m} {n}{t} | mean heart rate of {m} {n}, {r} bpm{t}
        {here} {m} {n} came to {r} beats a minute{t}""")
    names = ("the quickest", "the fastest", "the top") if top else ("the slowest", "the calmest", "the quietest")
    slots = {"m": names, "n": minutes_words(n, plain=True), "r": b.words, "t": tail}
    return Draft(key=key, facts=facts, frames=said, slots=slots)


def unbroken(rng: np.random.Generator) -> Draft:
    """Longest run of minutes over or under a number, or minutes in all."""
    up, row = bool(rng.random() < 0.6), bool(rng.random() < 0.6)
    bpm = pick(rng, (75, 80, 85, 90, 95, 100, 110) if up else (60, 65, 70, 75, 80))
    n, least = pick(rng, (3, 5, 8, 10, 12, 15, 20, 30, 40)), bool(rng.random() < 0.7)
    name = ("longest_" if row else "minutes_") + ("above" if up else "below")
    fact = ask(name, "HR", *side(n, least=least), at=WINDOW, over=bpm, margin=max(2, n // 5))
    said = frames("""
        {pulse} was {v} {b} for {q} {n} {w} | {q} {n} {w} with a {hr} {v} {b} | {hr} {v} {b} for {q} {n} {w}
        was {pulse} {v} {b} for {q} {n} {w} | {find} {q} {n} {w} at a {hr} {v} {b}
        the heart kept {v} {b} for {q} {n} {w} | {who} spent {q} {n} {w} {v} {b} bpm
        time {v} {b} beats a minute, {q} {n} {w} | {v} {b} bpm for {q} {n} {w}
        {q} {n} {w}, that is how long {pulse} was {v} {b} | {here} {q} {n} {w} {v} {b} beats a minute""")
    slots = {"v": ("over", "above") if up else ("under", "below"), "b": number_words(bpm), "n": minutes_words(n),
             "q": ("at least", "no less than") if least else ("at most", "no more than"),
             "w": ("in a row", "on end", "at a stretch") if row else ("in all", "altogether", "in total")}  # fmt: skip
    return Draft(key=f"pulse_{name}_{bpm}_{'min' if least else 'to'}_{n}", facts=(fact,), frames=said, slots=slots)


def steadiness(rng: np.random.Generator) -> Draft:
    """How much the pulse varied, alone or at a level."""
    wide, whole = bool(rng.random() < 0.5), bool(rng.random() < 0.5)
    # Steady and changeable are said of so many beats only.
    n = pick(rng, (12, 15, 20, 25, 30, 40, 50) if whole else (5, 6, 7, 8, 10) if wide else (2, 3, 4, 5))
    name, margin = ("spread", 4) if whole else ("std", 1)
    facts: tuple[Fact, ...] = (ask(name, "HR", *side(n, least=wide), at=WINDOW, margin=margin),)
    extra: tuple[str, ...] = ("",)
    key = f"pulse_{'range' if whole else 'sd'}_{'min' if wide else 'to'}_{n}"
    if rng.random() < 0.6:
        part = level_part(rng)
        facts, key = (*facts, part.fact), f"{key}_{part.key}"
        extra = tuple(f"{j} {w}" for w in part.words for j in (" and", " with", ","))
    if whole:
        said = frames("""
            {q} {n} beats between the lowest and the highest {hr}{x} | {pulse} ranged over {q} {n} beats{x}
            {hr} spread of {q} {n}{x} | highest minus lowest {hr} {q} {n}{x}
            from low to high {q} {n} bpm apart{x} | a range of {q} {n} bpm{x}
            {find} {q} {n} beats from the lowest to the highest {hr}{x}
            {here} top and bottom of the {hr} were {q} {n} apart{x}
            a gap of {q} {n} beats a minute between slowest and quickest{x}
            maximum less minimum heart rate of {q} {n}{x}""")
    else:
        said = frames("""
            {a} {hr}, {q} {n} beats about the mean{x} | {hr} with a standard deviation of {q} {n}{x}
            sd of the {hr} {q} {n}{x} | beats {a}, scattered by {q} {n} around their mean{x}
            {a} {hr} with an sd of {q} {n}{x} | a {a} {hr} {here}, sd {q} {n}{x}
            {find} a {a} {hr}, standard deviation {q} {n}{x} | scatter of the heart rate {q} {n} bpm{x}
            {q} {n} bpm of scatter, a {a} {hr}{x} | variation of {q} {n} beats a minute about the mean{x}""")
    slots = {"q": ("at least", "no less than") if wide else ("at most", "no more than"), "n": number_words(n),
             "a": ("changeable", "varying", "lively") if wide else ("steady", "stable", "constant"),
             "x": extra}  # fmt: skip
    return Draft(key=key, facts=facts, frames=said, slots=slots)


def two_of_pulse(rng: np.random.Generator) -> Draft:
    """Two facts of the pulse: level, peak or trend."""
    one = level_part(rng)
    other = peak_part(rng, one.fact.low, one.fact.high) if rng.random() < 0.6 else trend_part(rng)
    if rng.random() < 0.3:
        one, other = peak_part(rng, 65, 85), trend_part(rng)
    said = frames("""
        {a} and {b} | {a}, {b} | {b}, {a} | {find} {a} and {b} | {a} together with {b}
        both {a} and {b} {here} | {who} had {a} and {b} | did it have {a} and {b} | {b} and also {a}
        {a} plus {b} | {a} as well as {b}""")
    slots = {"a": one.words, "b": other.words}
    return Draft(key=f"pulse_{one.key}_{other.key}", facts=(one.fact, other.fact), frames=said, slots=slots)


PULSE_KINDS: tuple[Callable[[np.random.Generator], Draft], ...] = (
    level, part_of_time, how_often, stayed_within, reached, trend, best_minutes, unbroken, steadiness, two_of_pulse,
)  # fmt: skip
