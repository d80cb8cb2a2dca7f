"""Everyday activities in the minutes shown, told by steps and pulse together: a generator goes in, drafts come out.

Ranges are those in which an activity's ordinary minutes lie; several activities share some of them, as they do in life.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sensorlm.captions.composed.window_parts import Draft, frames, pick, pulse_bound, two
from sensorlm.captions.predicates.base import ANY, WINDOW, ask
from sensorlm.captions.predicates.sport import DESK, LIGHT, NOT_SEATED, SCREEN, SITTING
from sensorlm.captions.predicates.window_states import logged
from sensorlm.records import Fact


def with_pulse(rng: np.random.Generator) -> Draft:
    """Doing something by the steps, at a pulse."""
    key, fact, lo, hi, doing = pick(rng, _DOING)
    b = pulse_bound(rng, lo, hi, (15, 20, 25, 30))
    said = frames("""
        {d}, pulse {r} | {d} with a heart rate of {r} | {d} with {r} bpm | {who} was {d}, the {beat} doing {r}
        {find} someone {d}, pulse {r} | was {who} {d} with a pulse of {r} | {d} and the heart averaging {r}
        mean heart rate {r} while {d} | {pulse} was {r}, {d} | {r} beats a minute on average and {d}
        {d} {here}, mean pulse {r} | {hr} {r} and {d}""")
    facts = (fact, ask("mean", "HR", b.low, b.high, at=WINDOW, margin=3))
    return Draft(key=f"{key}_at_{b.key}", facts=facts, frames=said, slots={"d": doing, "r": b.words})


def light_by_both(rng: np.random.Generator) -> Draft:
    """A grade of effort that both steps and pulse back."""
    key, low, high, hr_low, hr_high, nouns = pick(rng, (
        ("sedentary", 0, 3, 45, 80, "sedentary | sedentary time | sitting or lying about | sedentary behaviour"),
        ("light", 3, 25, 70, 103, "light activity | pottering about | light movement | light effort"),
        ("moderate", 30, 125, 90, 128, "moderate activity on foot | a walk of moderate effort"),
        ("vigorous", 60, 220, 125, 230, "vigorous activity on foot | hard effort on foot | going hard on foot"),
    ))  # fmt: skip
    # Edges half a margin off or less: many statements of the same words that never contradict each other.
    low, high = (edge + int(rng.integers(-1, 2)) if edge else edge for edge in (low, high))
    hr_low, hr_high = (edge + int(rng.integers(-2, 3)) for edge in (hr_low, hr_high))
    facts = (
        ask("mean", "steps", low, high, at=WINDOW, margin=3),
        ask("mean", "HR", hr_low, hr_high, at=WINDOW, margin=5),
        *((NOT_SEATED,) if key == "light" else ()),
    )
    said = frames("""
        {g} | {g} by steps and pulse | {g}, steps and heart agree | by pulse and step counter {g}
        {find} {g}, by step counter and pulse | was this {g}, by steps and heart rate
        step counter and heart rate both say {g} | {g} {here}, steps and pulse considered
        {g}, {l} to {h} steps a minute and a pulse of {pl} to {ph} | {pl}-{ph} bpm, {l}-{h} steps a minute, {g}
        {who} was at {pl} to {ph} beats and {l} to {h} steps a minute, {g}
        classified from steps and heart rate as {g}""")
    slots = {"g": frames(nouns), "l": (str(low),), "h": (str(high),), "pl": (str(hr_low),), "ph": (str(hr_high),)}
    return Draft(key=f"both_grade_{key}_{low}_{high}_{hr_low}_{hr_high}", facts=facts, frames=said, slots=slots)


def diary(rng: np.random.Generator) -> Draft:
    """An everyday activity as a diary names it, with the steps and the pulse that go with it."""
    name, act, firsts, widths = pick(rng, _DIARY)
    bound = two(rng, firsts, widths)
    facts = (*act.facts, ask("mean", "HR", bound.low, bound.high, at=WINDOW, margin=4))
    said = frames("""
        {t}, pulse {r}, {s} | looks like {a}, {s} and a pulse of {r} | could well be {a}, {s}, heart rate {r}
        {s} and a mean pulse of {r}, as in {a} | {t} by the look of it, {s}, pulse {r}
        signs of {a}, {s} with a heart rate of {r} | {find} {s} and a pulse of {r}, the picture of {a}
        was {who} at {r} bpm with {s}, as when {a} | the diary might say {a}, {s}, {r} bpm on average
        {s}, {r} bpm, typical of {a} | mean heart rate {r} bpm and {s}, compatible with {a}""")
    slots = {"a": act.doing, "t": act.doing + act.tags, "s": act.words, "r": bound.words}
    return Draft(key=f"diary_{name}_{bound.key}", facts=facts, frames=said, slots=slots)


def diary_plain(rng: np.random.Generator) -> Draft:
    """An everyday activity by name only, where the widest range of its pulse holds."""
    name, act, firsts, widths = pick(rng, _DIARY)
    # Edges half a margin off, as of grades: the same words never contradict themselves.
    low, high = min(firsts) + int(rng.integers(-2, 3)), max(firsts) + max(widths) + int(rng.integers(-2, 3))
    facts = (*act.facts, ask("mean", "HR", low, high, at=WINDOW, margin=4))
    said = frames("""
        {t} | {t} by pulse and steps | looks like {a} | steps and heart rate of somebody {a}
        could well be {a} | was {who} {a} | the diary might say {a} | {find} someone {a} | {who} was {a}
        {t} now | steps and pulse fit {a} | {t}, judging by pulse and step counter | probably {a} {here}
        activity type, {t} | mum, I was {a} | pattern of steps and heart rate compatible with {a}""")
    slots = {"a": act.doing, "t": act.doing + act.tags}
    return Draft(key=f"diary_{name}_named_{low}_{high}", facts=facts, frames=said, slots=slots)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Act:
    facts: tuple[Fact, ...]
    doing: tuple[str, ...]
    tags: tuple[str, ...]
    words: tuple[str, ...]


_NO_STEP = ask("max", "steps", high=0, at=WINDOW, margin=5)
# Counters at the hip or chest take some of a seated person's movements for steps.
_HALF = ask("share_above", "steps", high=0.5, at=WINDOW, over=ANY, margin=0.15)
_NO_WORDS = frames("not a step | no steps at all | zero steps")
_HALF_WORDS = frames("""
        steps in half of the minutes at most | more minutes without steps than with | no step in half of the time""")


def _act(facts: tuple[Fact, ...], doing: str, tags: str, words: tuple[str, ...]) -> _Act:
    return _Act(facts=facts, doing=frames(doing), tags=frames(tags), words=words)


def _rate(low: float, high: float, margin: float) -> tuple[Fact, ...]:
    return (ask("mean", "steps", low, high, at=WINDOW, margin=margin),)


_DIARY: tuple[tuple[str, _Act, tuple[int, ...], tuple[int, ...]], ...] = (
    ("lying", _act((_NO_STEP,), "lying down | lying in bed | lying on the sofa",
                   "flat on the back", _NO_WORDS),
     (45, 48, 50, 52), (10, 12, 15)),
    ("sitting", _act((_HALF, logged(SITTING, 0.6, margin=0.4)),
                     "sitting | sitting down | sitting about | resting in a chair",
                     "a spell of sitting", _HALF_WORDS),
     (58, 60, 62, 65), (15, 18, 20)),
    ("screen", _act((_HALF, logged(f"{DESK}|{SCREEN}", 0.6, margin=0.4)),
                    "sitting at a screen | watching television | working at a computer | working at a desk",
                    "screen time | desk work", _HALF_WORDS), (56, 59, 61, 64), (14, 16, 19)),
    ("eating", _act((_HALF, logged("eating", 0.4)),
                    "eating | having a meal | sitting at the table | eating at a table",
                    "a meal | mealtime", _HALF_WORDS),
     (64, 66, 68, 70), (18, 20, 22)),
    ("slow_walk", _act(_rate(10, 55, 5), "walking slowly | moving lightly | strolling | ambling along",
                       "slow walking | light movement, such as slow walking", frames("""
        10 to 55 steps a minute | between ten and fifty five steps a minute""")), (70, 75, 80, 85), (15, 20, 25)),
    ("fast_walk", _act(_rate(50, 125, 8), "walking fast | walking briskly | doing medium exercise on foot",
                       "fast walking | medium movement, such as fast walking | a brisk walk", frames("""
        50 to 125 steps a minute | between 50 and 125 steps each minute""")), (80, 82, 85, 90), (25, 30, 35)),
    ("gym", _act(_rate(0, 60, 8), "training at the gym | exercising with weights | doing heavy exercise",
                 "a gym session | heavy movement, such as the gym | a workout in one place", frames("""
        no more than sixty steps a minute | at most 60 steps a minute""")), (98, 100, 105, 110), (30, 40, 50)),
    ("run", _act(_rate(110, 230, 12), "running | jogging | out for a run", "a run | a jog", frames("""
        110 steps a minute or more | at least 110 steps a minute""")), (110, 115, 120, 125), (50, 55, 60)),
    ("chores", _act((*_rate(3, 25, 2), logged(LIGHT, 0.5, margin=0.4)),
                    "doing housework | pottering about | doing chores | cooking and tidying",
                    "housework | chores | household activity", frames("""
        3 to 25 steps a minute | between three and twenty five steps a minute""")), (72, 74, 76, 78), (16, 20, 24)),
)  # fmt: skip
_HALF_STILL = ask("share_above", "steps", 0.4, 0.6, at=WINDOW, over=ANY, margin=0.08)
_DOING = (
    ("still", ask("share_above", "steps", high=0.06, at=WINDOW, over=ANY, margin=0.06),
     50, 95, frames("""
        hardly taking a step | keeping still, hardly a step | taking next to no steps | barely taking a step""")),
    ("no_step", ask("max", "steps", high=0, at=WINDOW, margin=5), 48, 90, frames("""
        not taking a single step | taking no steps at all | without a step""")),
    ("few_steps", ask("mean", "steps", 1, 8, at=WINDOW, margin=1), 55, 100, frames("""
        taking just a few steps, one to eight a minute | making 1 to 8 steps a minute""")),
    ("pottering", ask("mean", "steps", 5, 25, at=WINDOW, margin=2), 60, 105, frames("""
        pottering about at 5 to 25 steps a minute | making five to twenty five steps a minute
        taking 5-25 steps a minute""")),
    ("half_afoot", _HALF_STILL, 65, 115, frames("""
        half of the time on the feet | on the feet about half of the time
        stepping in roughly half of the minutes""")),
    ("mostly_afoot", ask("share_above", "steps", 0.7, at=WINDOW, over=ANY, margin=0.1), 70, 120, frames("""
        mostly on the feet | on the feet most of the time | stepping in most of the minutes""")),
    ("walking", ask("mean", "steps", 30, 115, at=WINDOW, margin=8), 75, 120, frames("""
        walking | walking along | walking at 30 to 115 steps a minute | out walking""")),
)  # fmt: skip

ACT_KINDS: tuple[Callable[[np.random.Generator], Draft], ...] = (
    with_pulse, with_pulse, light_by_both, diary, diary, diary_plain,
)  # fmt: skip
"""Kinds of draft; those that have more to say stand twice."""
