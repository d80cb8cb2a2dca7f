"""Grades of effort in the minutes shown, told by the pulse: a random generator goes in, drafts come out.

The pulse alone must do, because often nothing else was recorded. A person's rest is unknown, so zones
are absolute: sedentary to 75 beats, light 75 to 100, moderate 100 to 125, vigorous from 130.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sensorlm.captions.composed.window_parts import (
    FREQUENCIES,
    Draft,
    feet_part,
    frames,
    minutes_words,
    peak_part,
    pick,
    share,
    trend_part,
    two,
)  # fmt: skip
from sensorlm.captions.predicates.base import WINDOW, ask
from sensorlm.records import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """A zone of the mean pulse and what people call it."""

    low: float
    high: float
    nouns: tuple[str, ...]
    """After "the pulse of", "looking for" or "was this"."""
    tags: tuple[str, ...] = ()
    """More that only stands alone or first."""

    def mean(self) -> Fact:
        """The pulse lay in the zone on average."""
        return ask("mean", "HR", self.low, self.high, at=WINDOW, margin=4)


GRADES: dict[str, Grade] = {
    "resting": Grade(low=0, high=66, nouns=frames("""
        rest | resting | complete rest | a resting heart | a resting level of effort | quiet rest"""),
        tags=frames("at rest | a resting pulse | resting heart rate")),
    "sedentary": Grade(low=0, high=75, nouns=frames("""
        sedentary time | sedentary behaviour | a sedentary state | inactivity | a sedentary level | idling"""),
        tags=frames("sedentary | inactive | idle | no effort to speak of | doing nothing strenuous at all")),
    "light": Grade(low=75, high=100, nouns=frames("""
        light activity | light effort | light exertion | light exercise | pottering about | gentle activity
        low effort | low-intensity activity | an easy effort | light physical activity | light intensity
        a little effort"""),
        tags=frames("lightly active | mild effort | taking it easy but not resting | light lifestyle activity")),
    "moderate": Grade(low=100, high=125, nouns=frames("""
        moderate activity | moderate effort | moderate exercise | medium effort | moderate exertion
        medium intensity | moderate-intensity activity | a middling effort | moderate physical activity"""),
        tags=frames("moderately active | exercising moderately | a fair effort, not a hard one")),
    "vigorous": Grade(low=130, high=math.inf, nouns=frames("""
        vigorous activity | hard effort | vigorous exercise | strenuous exercise | high-intensity exercise
        heavy exertion | an intense effort | vigorous physical activity | a hard workout"""),
        tags=frames("vigorous | vigorously active | hard going | going all in | working hard")),
    "active": Grade(low=100, high=math.inf, nouns=frames("""
        moderate or vigorous exercise | moderate to vigorous activity | effort of moderate intensity or harder
        at least moderate effort | at least moderate activity"""),
        tags=frames("mvpa | exercise, moderate or harder | moderate-to-vigorous physical activity | properly exerted")),
    "light_or_less": Grade(low=0, high=100, nouns=frames("""
        no more than light activity | light effort at most | light activity at most | light effort or less
        light or sedentary activity | rest or light effort"""),
        tags=frames("nothing harder than light activity on the whole | sedentary or lightly active")),
    "light_to_moderate": Grade(low=75, high=125, nouns=frames("""
        light to moderate activity | light or moderate effort | easy to medium effort
        light to moderate exercise"""),
        tags=frames("neither rest nor hard effort | between rest and hard effort | lightly to moderately active")),
}  # fmt: skip
"""Fixed zones: these words are said without a number, so they must always mean the same."""
_ABOVE: dict[str, int] = {"active": 100, "vigorous": 130, "light_or_harder": 75, "very_hard": 145}
_HARD: dict[str, tuple[str, ...]] = {
    "light_or_harder": frames("light effort or harder | at least light activity | more than a sedentary level"),
    "active": frames("moderate effort or harder | at least moderate effort | more than light effort"),
    "vigorous": frames("vigorous | hard effort | strenuous | vigorous effort"),
    "very_hard": frames("very hard effort | next to all-out effort | a very vigorous effort"),
}  # fmt: skip


def grade_mean(rng: np.random.Generator) -> Draft:
    """A grade by the mean pulse and nothing else."""
    key = pick(rng, list(GRADES))
    grade = GRADES[key]
    # Edges half a margin off: many statements of the same words that never contradict each other.
    low, high = (edge + int(rng.integers(-2, 3)) if 0 < edge < math.inf else edge for edge in (grade.low, grade.high))
    said = frames("""
        {t} | {t} by the pulse | {t}, going by the heart rate alone | {t} | {t} now | the heart rate says {g}
        on average {g}, by the heart | the pulse fits {g} | was this {g}
        would you call it {g} by the heart rate | {find} {g} | judging by {pulse} it was {g}
        classified by mean heart rate as {g} | intensity by heart rate, {g} | lol my heart says {g}
        mum, the watch calls this {g} | effort level, {g} | {t} on the whole
        with only the pulse to go by, {g} | {who} had the heart rate of {g}
        overall grade of effort {here}, {g}""")
    fact = ask("mean", "HR", low, high, at=WINDOW, margin=4)
    edges = "_".join(f"{edge:.0f}" for edge in (low, high) if 0 < edge < math.inf)
    return Draft(
        key=f"grade_{key}_{edges}", facts=(fact,), frames=said, slots={"g": grade.nouns, "t": grade.nouns + grade.tags}
    )


def grade_numbers(rng: np.random.Generator) -> Draft:
    """A grade with the mean pulse it is meant to have."""
    key, firsts, widths = pick(rng, (
        ("resting", (46, 48, 50, 52, 54, 55), (8, 10, 12)), ("sedentary", (55, 58, 60, 62, 64), (8, 10, 11)),
        ("light", (75, 78, 80, 82, 84, 85), (12, 14, 15)), ("moderate", (100, 102, 105, 108), (12, 15, 17)),
        ("vigorous", (130, 132, 135, 138, 140), (15, 20, 25)), ("light_to_moderate", (78, 80, 85, 90), (25, 30, 35)),
    ))  # fmt: skip
    bound = two(rng, firsts, widths)
    said = frames("""
        {t}, pulse {r} | {t} with {r} bpm | {t} with a mean heart rate of {r} | pulse {r} on average, {g}
        the heart averaged {r}, so {g} | was it {g}, with {pulse} {r} on average
        {find} {g} with a pulse of {r} | {who} kept to {g}, {r} beats a minute
        mean heart rate {r} bpm, in keeping with {g} | avg bpm {r}, {g}
        {g} {here}, {r} beats a minute on average | {r} beats a minute, which is {g} | {g}, by a pulse of {r}""")
    fact = ask("mean", "HR", bound.low, bound.high, at=WINDOW, margin=3)
    grade = GRADES[key]
    return Draft(
        key=f"graded_{key}_{bound.key}",
        facts=(fact,),
        frames=said,
        slots={"g": grade.nouns, "t": grade.nouns + grade.tags, "r": bound.words},
    )


def grade_and(rng: np.random.Generator) -> Draft:
    """A grade by the mean pulse together with another fact."""
    key = pick(rng, list(GRADES))
    grade = GRADES[key]
    form = int(rng.integers(3))
    part = (feet_part(rng, still=grade.low < 100, afoot=grade.high > 75) if form == 0 else trend_part(rng) if form == 1
            else peak_part(rng, grade.low, grade.high))  # fmt: skip
    said = frames("""
        {t} by the pulse, {p} | {t}, {p} | {p} and {g} by the heart | {g} together with {p}
        {find} {g} with {p} | was it {g} with {p} | {pulse} says {g}, and there was also {p}
        {p}, the mean heart rate of {g} | {who} was at the pulse of {g}, with {p}
        on average {g} by heart rate, plus {p} | overall {g} by heart rate, {p}
        heart rate grade {g}, {p} {here}""")
    slots = {"g": grade.nouns, "t": grade.nouns + grade.tags, "p": part.words}
    return Draft(key=f"grade_{key}_with_{part.key}", facts=(grade.mean(), part.fact), frames=said, slots=slots)


def grade_share(rng: np.random.Generator) -> Draft:
    """How much of the time the pulse lay in an open-ended zone."""
    key, part = (
        pick(rng, ("active", "vigorous", "light_or_harder", "light_or_harder", "sedentary", "light_or_less")),
        share(rng),
    )
    low = key in _ABOVE
    name, over_ = ("share_above", _ABOVE[key]) if low else ("share_below", {"sedentary": 75, "light_or_less": 100}[key])
    fact = ask(name, "HR", part.low, part.high, at=WINDOW, over=over_, margin=part.margin)
    words = _HARD[key] if low else {"sedentary": ("sedentary", "no effort to speak of", "idle", "inactive"),
                                    "light_or_less": ("light effort or less", "light effort at most")}[key]  # fmt: skip
    side = "above" if low else "below"
    said = frames("""
        {g} {s} | {g} by the pulse {s} | by the heart rate it was {g} {s}
        was it {g} by the pulse {s} | {s} {g}, going by the heart
        {g} {s} {here} | graded {g} {s}, by heart rate | {pulse} said {g} {s}
        minutes graded by heart rate as {g} {s} | {g} ({side} {o} bpm) {s}
        a pulse {side} {o}, meaning {g}, {s}""")
    slots = {"g": words, "s": part.words, "o": (str(over_),), "side": (side,)}
    return Draft(key=f"grade_share_{key}_{part.key}", facts=(fact,), frames=said, slots=slots)


def grade_mostly(rng: np.random.Generator) -> Draft:
    """Most minutes inside a zone with two ends."""
    key, low, high = pick(rng, (("light", 75, 100), ("moderate", 100, 125), ("light_to_moderate", 75, 125)))
    n = pick(rng, (10, 15, 20, 25, 30))
    facts = (
        ask("share_above", "HR", 1 - n / 100, at=WINDOW, over=low, margin=0.08),
        ask("share_above", "HR", high=n / 100, at=WINDOW, over=high, margin=0.08),
    )
    said = frames("""
        mainly {g} by the pulse, under {n} percent of it easier and under {n} percent harder
        {g} apart from at most {n} percent above {h} and at most {n} percent under {l} bpm
        the heart rarely left {g}, at most {n} percent of the minutes too high and {n} percent too low
        mostly {g}, pulse {l} to {h} but for {n} percent on either side at most
        {pulse} was in the zone of {g} bar {n} percent or less on each side
        was it {g} by heart rate save for {n} percent at either end
        {find} {g}, {n} percent off at most on each side
        no more than {n} percent of the minutes harder than {g}, no more than {n} percent easier
        minutes over {h} bpm up to {n} percent, minutes below {l} bpm up to {n} percent, so {g}
        {who} hardly left {g}, {n} percent at most on either side of {l} to {h} bpm""")
    slots = {"g": GRADES[key].nouns, "n": (str(n),), "l": (str(low),), "h": (str(high),)}
    return Draft(key=f"grade_mostly_{key}_{n}", facts=facts, frames=said, slots=slots)


def grade_minutes(rng: np.random.Generator) -> Draft:
    """So many minutes of some effort, in all or in a row."""
    key, n = pick(rng, list(_ABOVE)[:3]), pick(rng, (3, 5, 8, 10, 12, 15, 20, 25, 30))
    in_row = bool(rng.random() < 0.5)
    fact = ask("longest_above" if in_row else "minutes_above", "HR", n, at=WINDOW, over=_ABOVE[key], margin=2)
    said = frames("""
        at least {n} of {g} {w} | {n} or more of {g} {w}, by the pulse | {g} for {n} or longer {w}
        the heart did {n} of {g} {w}, or more | did {who} manage {n} of {g} {w} | {find} {g}, {n} or more {w}
        {who} got {n} or more of {g} {w} | heart rate of {g}, {n} or more {w}
        over {o} bpm for at least {n} {w}, {g} | no less than {n} {w} at a pulse over {o}, {g}
        {w} {n} and more of {g} by heart rate""")
    where = (
        frames("in a row | on end | without a break | at a stretch")
        if in_row
        else frames("in all | altogether | in total | all told")
    )
    nouns = {"light_or_harder": frames("light effort or harder | at least light activity"),
             "active": frames("moderate effort or harder | at least moderate activity | moderate or vigorous exercise"),
             "vigorous": frames("vigorous activity | hard effort | vigorous exercise")}[key]  # fmt: skip
    slots = {"n": minutes_words(n), "g": nouns, "w": where, "o": (str(_ABOVE[key]),)}
    return Draft(key=f"grade_minutes_{key}_{n}_{'row' if in_row else 'all'}", facts=(fact,), frames=said, slots=slots)


def grade_often(rng: np.random.Generator) -> Draft:
    """How often the pulse was past a grade, in words."""
    key, how = pick(rng, list(_ABOVE)[:3]), pick(rng, FREQUENCIES)
    bpm = _ABOVE[key] + pick(rng, (-5, 0, 0, 5))
    fact = ask("share_above", "HR", how.low, how.high, at=WINDOW, over=bpm, margin=how.margin)
    said = frames("""
        {s} {g}, pulse over {o} | the effort was {s} {g}, over {o} bpm
        it was {s} {g} if that starts at {o} bpm | {s} {g} by the heart, taking {o} as the line
        {pulse} was {s} past {o}, the line for {g} | heart rate {s} in the zone of {g}, above {o}
        was it {s} {g}, that is over {o} bpm | {who} was {s} above {o} bpm, meaning {g}
        {g} {s}, from {o} bpm on""")
    slots = {"s": how.words, "g": _HARD[key], "o": (str(bpm),)}
    return Draft(key=f"grade_often_{key}_{bpm}_{how.key}", facts=(fact,), frames=said, slots=slots)


def grade_best(rng: np.random.Generator) -> Draft:
    """The hardest or the calmest minutes reached a grade."""
    best, n = bool(rng.random() < 0.6), pick(rng, (3, 5, 8, 10, 15, 20))
    key = pick(rng, ("light", "moderate", "vigorous", "active") if best else ("resting", "sedentary", "light", "light"))
    grade = GRADES[key]
    fact = ask("busiest_mean" if best else "quietest_mean", "HR", grade.low, grade.high, at=WINDOW, over=n, margin=4)
    said = frames("""
        {most} {n} by the pulse, {g} | {g} in {most} {n} | {most} {n} of the heart rate come to {g}
        looking at {most} {n} only, {g} by heart rate | did {most} {n} amount to {g}
        {g} over {most} {n} {here} | {most} {n} in a row had the pulse of {g}
        mean heart rate of {most} {n} in the zone of {g} | {who} had {g} as {most} {n}, by the pulse
        {find} {g} for {most} {n}""")
    most = (
        frames("the hardest | the busiest | the top | the quickest")
        if best
        else frames("the calmest | the slowest | the quietest | the easiest")
    )
    slots = {"n": minutes_words(n, plain=True), "g": grade.nouns, "most": most}
    return Draft(key=f"grade_{'best' if best else 'calm'}_{key}_{n}", facts=(fact,), frames=said, slots=slots)


def grade_shift(rng: np.random.Generator) -> Draft:
    """From one grade into another within the stretch."""
    pairs = (
        ("resting", "light"),
        ("sedentary", "light"),
        ("sedentary", "light"),
        ("sedentary", "moderate"),
        ("light", "moderate"),
        ("sedentary", "active"),
    )
    (one, other), n = pick(rng, pairs), pick(rng, (3, 5, 8, 10))
    up = bool(rng.random() < 0.5)
    facts = (
        ask("quietest_mean", "HR", GRADES[one].low, GRADES[one].high, at=WINDOW, over=n, margin=4),
        ask("busiest_mean", "HR", GRADES[other].low, GRADES[other].high, at=WINDOW, over=n, margin=4),
        ask("change", "HR", 3 if up else -math.inf, math.inf if up else -3, at=WINDOW, margin=2),
    )
    said = frames("""
        the easiest {n} were {a}, the hardest {b}, with the pulse {way} overall
        {n} of {a} and {n} of {b} by the heart, the second half {comp}
        from {a} and {b}, {n} each, the heart rate {way} | pulse {way}, calmest {n} {a}, top {n} {b}
        {find} {n} of {a}, {n} of {b}, second half {comp}
        did the pulse end {comp}, with {n} of {a} and {n} of {b} in it
        {pulse} came out {comp}, {n} of {a}, {n} of {b} | both {a} and {b} for {n} each, heart rate {way}
        {n} of {a} as the low, {n} of {b} as the high, pulse {way}""")
    slots = {"n": minutes_words(n, plain=True), "a": GRADES[one].nouns, "b": GRADES[other].nouns,
             "way": frames("going up | rising | climbing") if up else frames("coming down | falling | sinking"),
             "comp": frames("higher | quicker") if up else frames("lower | slower")}  # fmt: skip
    return Draft(key=f"grade_{'up' if up else 'down'}_{one}_{other}_{n}", facts=facts, frames=said, slots=slots)


EFFORT_KINDS: tuple[Callable[[np.random.Generator], Draft], ...] = (
    grade_mean, grade_mean, grade_numbers, grade_and, grade_and, grade_share, grade_share, grade_mostly,
    grade_minutes, grade_often, grade_best, grade_best, grade_shift,
)  # fmt: skip
"""Kinds of draft; those that have more to say stand twice."""
