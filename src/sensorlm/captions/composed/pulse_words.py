"""Words for composed statements of the pulse: a random generator in; hours, levels, lengths of time and frames out.

The hours carry what the pulse of ordinary people is in them, so that a bound can be drawn near it: a statement that is
true of everybody, or of nobody, teaches nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from sensorlm.captions.composed.base import PARTS_OF_DAY, number_words
from sensorlm.captions.predicates.base import Span
from sensorlm.records import Fact

Slots = Mapping[str, Sequence[str]]
Words = tuple[str, ...]
_T = TypeVar("_T")
USUAL = (63, 62, 61, 60, 60, 61, 64, 68, 72, 74, 76, 77, 78, 78, 78, 78, 78, 77, 77, 77, 76, 75, 72, 69)
"""Mean pulse of ordinary people in each hour of the day."""
LENGTHS = (3, 5, 10, 15, 20, 30, 45, 60, 90, 120, 150, 180, 240, 300, 360, 420, 480, 600)
"""Minutes that people name."""
DAY_WORDS = ("over the day", "that day", "across the whole day", "on the day", "in the 24 hours", "over the whole day")
OWN_PARTS: Mapping[Span, Words] = {
    (420, 540): ("around breakfast", "at breakfast time", "over breakfast", "between seven and nine in the morning"),
    (720, 840): ("around lunch", "at lunchtime", "over lunch", "between noon and two", "from 12 to 2 pm"),
    (1080, 1200): ("around dinner", "at dinner time", "between six and eight in the evening", "from 6 to 8 pm"),
    (0, 720): ("in the first half of the day", "from midnight to noon", "between midnight and midday", "until noon"),
    (720, 1440): ("in the second half of the day", "from noon to midnight", "from midday on"),
    (480, 1320): ("between eight in the morning and ten at night", "from 8 am to 10 pm", "from 8 to 22 h"),
}  # fmt: skip
"""Further hours that have a name of their own."""
_PARTS = {
    span: tuple(name for name in names if name not in ("before noon", "before midnight"))
    for span, names in PARTS_OF_DAY.items()
}
"""Without names that would also fit hours that begin earlier: "it peaked before noon" may be at seven."""
NAMED: Mapping[Span, Words] = {**_PARTS, **OWN_PARTS, (0, 1440): DAY_WORDS}
OWNERS = (
    "my",
    "her",
    "his",
    "your",
    "the",
    "their",
    "the patient's",
    "mum's",
    "grandpa's",
    "the wearer's",
    "my",
    "the",
)
PEOPLE = ("she", "he", "you", "they", "the patient", "the wearer", "dad", "grandma", "the subject")
UNITS = ("", "", "", " bpm", " beats a minute", " beats per minute")


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement before it has wordings of its own."""

    facts: tuple[Fact, ...]
    frames: Sequence[str]
    slots: Slots


@dataclass(frozen=True, slots=True)
class Hours:
    """Some hours of the day and how people call them."""

    span: Span
    at: Words

    @property
    def minutes(self) -> int:
        """How long they are."""
        return self.span[1] - self.span[0]

    @property
    def usual(self) -> float:
        """Mean pulse of ordinary people in them."""
        return float(np.mean([USUAL[minute // 60] for minute in range(*self.span, 30)]))

    @property
    def terse(self) -> Words:
        """As study protocols write them."""
        first, last = self.span[0] // 60, self.span[1] // 60
        return f"{first} to {last} h", f"{first:02d}00 to {last:02d}00", f"hours {first} to {last}"


def frames(text: str) -> Words:
    """Frames, one a line or several with bars between them."""
    return tuple(part.strip() for line in text.strip().splitlines() for part in line.split("|") if part.strip())


def pick(rng: np.random.Generator, choices: Sequence[_T]) -> _T:
    """One of several."""
    return choices[int(rng.integers(len(choices)))]


def near(rng: np.random.Generator, centre: float, spread: float, grid: int = 5) -> int:
    """A number on a grid, near another."""
    return round((centre + float(rng.normal()) * spread) / grid) * grid


def clock(minute: int) -> Words:
    """A full or half hour, never in doubt about morning or evening."""
    hour, half = divmod(minute % 1440, 60)
    if not half and hour in (0, 12):
        return ("midnight", "12 at night") if hour == 0 else ("noon", "midday", "twelve noon")
    twelve = (hour - 1) % 12 + 1
    said = ("half past " if half else "") + number_words(twelve)[-1]
    spoken = f"{said} {_part(hour)}", f"{hour:02d}{half:02d}"
    return spoken if half else (*spoken, f"{twelve} {'am' if hour < 12 else 'pm'}", f"{twelve} {_part(hour)}")


def _part(hour: int) -> str:
    if 4 <= hour < 12:
        return "in the morning"
    if 12 <= hour < 18:
        return "in the afternoon"
    return "in the evening" if 18 <= hour < 22 else "at night"


def hours_of(start: int, end: int) -> Hours:
    """Hours with all names they have; full hours of the clock."""
    one, two = start // 60, end // 60
    said = [f"from {one} to {two} h", f"between {one:02d}00 and {two:02d}00", f"between {one} and {two} h"]
    if (start, end) in NAMED:
        return Hours((start, end), NAMED[start, end])
    if end == 1440:
        said = [f"{how} {time}{on}" for time in clock(start) for how, on in (("from", " on"), ("after", ""))]
        return Hours((start, end), (*said, *(f"from {time} until midnight" for time in clock(start))))
    if start == 0:
        said = [f"{how} {time}" for time in clock(end) for how in ("until", "from midnight to", "before", "up to")]
        return Hours((start, end), tuple(said))
    first, last = (number_words((hour - 1) % 12 + 1) for hour in (one, two))
    if (one < 12) == (two < 12) and 12 not in (one, two):
        said += [
            f"{a} {first[0]} {b} {last[0]} {'am' if one < 12 else 'pm'}"
            for a, b in (("from", "to"), ("between", "and"))
        ]
    if _part(one) == _part(two) and 12 not in (one, two):
        said += [f"{a} {first[-1]} {b} {last[-1]} {_part(one)}" for a, b in (("from", "to"), ("between", "and"))]
    else:
        said += [f"between {a} and {b}" for a, b in zip(clock(start), clock(end), strict=False)]
    return Hours((start, end), tuple(said))


def draw_hours(rng: np.random.Generator, *, least: int = 60, day: float = 0.15) -> Hours:
    """Hours of at least so many minutes: the day, a part with a name, or from one clock time to another."""
    while True:
        roll = float(rng.random())
        if roll < day:
            return hours_of(0, 1440)
        if roll < 0.5:
            start, end = pick(rng, tuple(span for span in NAMED if span != (0, 1440)))
        elif roll < 0.82:
            start = 60 * int(rng.integers(1, 22))
            end = min(start + 60 * int(rng.integers(1, 6)), 1380)
        elif roll < 0.92:
            start, end = 60 * int(rng.integers(6, 21)), 1440
        else:
            start, end = 0, 60 * int(rng.integers(4, 15))
        if end - start >= least:
            return hours_of(start, end)


def above(number: int, *, bare: bool = False) -> Words:
    """Over a number; bare is without the unit."""
    return _with("over|above|more than" if bare else "over|above|over|above|higher than|beyond", number, bare)


def under(number: int, *, bare: bool = False) -> Words:
    """Below a number."""
    return _with("under|below|less than" if bare else "under|below|under|below|lower than|beneath", number, bare)


def around(number: int, *, bare: bool = False) -> Words:
    """About a number."""
    return _with("around|about|roughly|close to|more or less|somewhere near", number, bare)


def _with(words: str, number: int, bare: bool) -> Words:
    units = ("",) if bare else UNITS
    return tuple(f"{w} {n}{u}" for w in words.split("|") for n in (str(number), *number_words(number)) for u in units)


def between(low: int, high: int, *, bare: bool = False) -> Words:
    """From one number to another; whole tens of them have names."""
    pairs = tuple(zip(number_words(low), number_words(high), strict=False))
    how = ("between {} and {}", "from {} to {}", "somewhere between {} and {}", "anywhere from {} to {}")
    said = tuple(h.format(*pair) + u for h in how for pair in pairs for u in (("",) if bare else UNITS))
    if low % 10 or high != low + 10 or low > 90 or bare:
        return said
    return (*said, *(3 * (f"in the {number_words(low)[-1][:-1]}ies", f"in the {low}s")))


def length(minutes: int) -> Words:
    """A length of time as people say it."""
    hours, rest = divmod(minutes, 60)
    said: Words = tuple(f"{n} minutes" for n in number_words(minutes)) if minutes <= 120 else ()
    if minutes == 30:
        return (*said, "half an hour", "half an hour")
    if minutes == 45:
        return (*said, "three quarters of an hour")
    if minutes == 60:
        return (*said, "an hour", "one hour", "1 hour")
    if minutes == 90:
        return (*said, "an hour and a half", "one and a half hours")
    if hours and not rest:
        return (*said, *(f"{n} hours" for n in number_words(hours)))
    return (*said, *(f"{n} and a half hours" for n in number_words(hours))) if hours and rest == 30 else said


def named_length(rng: np.random.Generator, centre: float, spread: float = 0.7, most: float = 600) -> int:
    """Minutes that people name, near a number of minutes."""
    wanted = min(max(centre, 3) * float(np.exp(rng.normal() * spread)), most)
    return min(LENGTHS, key=lambda known: abs(np.log(known / wanted)))


def usual_share(hours: Hours, number: float) -> float:
    """Share of these hours that ordinary people spend above a pulse, roughly."""
    off = number - hours.usual
    return 0.5 * float(np.exp(-0.09 * off)) if off > 0 else 1 - 0.5 * float(np.exp(0.09 * off))


def slots(hours: Hours, **more: Sequence[str]) -> dict[str, Sequence[str]]:
    """What the slots that all statements share may say, and those of one statement."""
    return {
        "at": hours.at, "h": hours.terse, "hr": ("pulse", "pulse", "heart rate", "heart rate", "pulse rate"),
        "whose": OWNERS, "who": PEOPLE, "them": ("I", *PEOPLE), **more,
    }  # fmt: skip
