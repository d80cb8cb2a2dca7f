"""Frames and slots in, predicates out; and hours, numbers and clock times as people say them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from string import Formatter

import numpy as np

from sensorlm.captions.predicates.base import Predicate
from sensorlm.records import Fact

WORDINGS_EACH = 14
"""Wordings of a composed statement."""
_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
         "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
PARTS_OF_DAY: Mapping[tuple[int, int], tuple[str, ...]] = {
    (0, 1440): ("all day", "over the day", "that day", "across the whole day", "on the day"),
    (0, 300): ("in the small hours", "between midnight and five", "from 12 to 5 am", "in the dead of night"),
    (300, 480): ("in the early morning", "between 5 and 8 am", "from 5 to 8 am", "at the crack of dawn"),
    (480, 720): ("in the morning", "in the forenoon", "between eight and noon", "from 8 am to noon", "this morning"),
    (720, 1020): ("in the afternoon", "between noon and five", "from noon to 5 pm", "this afternoon"),
    (1020, 1260): ("in the evening", "between 5 and 9 pm", "from 5 to 9 pm", "this evening"),
    (1260, 1440): ("late in the evening", "after nine at night", "from 9 pm on"),
}
"""Hours, in minutes from midnight, and how people call them."""


def number_words(value: int) -> tuple[str, ...]:
    """A whole number from 0 to 99,999 in figures and, where it is short enough to be said, in words.

    Raises:
        ValueError: a number outside.
    """
    if not 0 <= value <= 99_999:
        raise ValueError(f"number {value}: only 0 to 99999 are written in words. Leave larger ones in figures.")
    figures = (f"{value:,}", str(value)) if value >= 1000 else (str(value),)
    spoken = value < 100 or (value % 100 == 0 and (value < 10_000 or value % 1000 == 0))
    return (*figures, _in_words(value)) if spoken else figures


def _in_words(value: int) -> str:
    if value < 20:
        return _ONES[value]
    if value < 100:
        return _TENS[value // 10] + (f" {_ONES[value % 10]}" if value % 10 else "")
    if value < 1000:
        return f"{_in_words(value // 100)} hundred"
    if value % 1000:
        return f"{_in_words(value // 100)} hundred"  # 1,500 is fifteen hundred
    return f"{_in_words(value // 1000)} thousand"


def clock_words(minute: int) -> tuple[str, ...]:
    """A full or half hour of the day as people say it; 1440 is midnight again.

    Raises:
        ValueError: neither a full nor a half hour.
    """
    hour, rest = divmod(minute % 1440, 60)
    if rest not in (0, 30):
        raise ValueError(f"minute {minute}: people name full and half hours. Round to 30 minutes.")
    twelve, half = (hour - 1) % 12 + 1, "half past " if rest else ""
    tail = "am" if hour < 12 else "pm"
    said = {0: ("midnight", "12 am"), 12: ("noon", "12 pm", "midday")}.get(hour, ()) if not rest else ()
    part = "in the morning" if 4 <= hour < 12 else "in the afternoon" if 12 <= hour < 18 else "at night"
    figures = f"{twelve}{' 30' if rest else ''} {tail}"
    return said or (figures, f"{half}{_ONES[twelve]} {part}", f"{hour:02d}{rest:02d}", f"{half}{_ONES[twelve]}")


def statement(
    rng: np.random.Generator, name: str, facts: Sequence[Fact], frames: Sequence[str],
    slots: Mapping[str, Sequence[str]], *, count: int = WORDINGS_EACH, weight: float = 1.0,
) -> Predicate:  # fmt: skip
    """A predicate in `count` different wordings: frames with their {slots} filled at random.

    Args:
        rng: what is drawn from.
        name: unlike any other's; begins with "composed_".
        facts: what must hold.
        frames: sentences in small letters without a full stop, with slots in braces.
        slots: what each slot may say, all the same in meaning.
        count: wordings, fewer where frames and slots allow no more.
        weight: as a predicate's.

    Raises:
        KeyError: a frame names a slot that is not given.
    """
    said: dict[str, None] = {}
    for _ in range(6 * count):
        frame = frames[int(rng.integers(len(frames)))]
        used = {key for _, key, _, _ in Formatter().parse(frame) if key}
        text = frame.format(**{key: slots[key][int(rng.integers(len(slots[key])))] for key in sorted(used)})
        said.setdefault(re.sub(r"\s+", " ", text).strip())
        if len(said) == count:
            break
    return Predicate(
        name=name, facts=tuple(replace(f, kind=f"plain:{name}") for f in facts), wordings=tuple(said), weight=weight
    )
