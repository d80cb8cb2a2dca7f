"""Minutes, durations and numbers in, the words people use for them out; and back.

Clock times come in three styles, "23:10", "11:10 pm" and "minute 1390". A night that began yesterday is said so
("23:10 the day before"), one that ends tomorrow too. Durations come as "2 h 10 min", "2 hours 10 minutes" and
"130 minutes".
"""

import re
from functools import lru_cache

from sensorlm.channels import Channel
from sensorlm.records import MINUTES_PER_DAY

CLOCK_STYLES = 3
SPAN_STYLES = 3
HOUR = 60
# Start of each part of the day and how it is said; they follow one another without gaps.
DAY_PARTS: tuple[tuple[int, str], ...] = (
    (0, "in the night"),
    (5 * HOUR, "in the early morning"),
    (8 * HOUR, "in the morning"),
    (12 * HOUR, "in the afternoon"),
    (17 * HOUR, "in the evening"),
    (21 * HOUR, "late in the evening"),
)
# "59.6 code" is nothing that anyone says.
UNSPOKEN_UNITS = ("", "code", "score", "count", "fraction")
DAY_BEFORE, NEXT_DAY = " the day before", " the next day"

_FORMATS = (",.0f", ",.1f", ",.2f", ",.3f")

NUMBER_PATTERN = r"-?\d[\d,]*(?:\.\d+)?"
CLOCK_PATTERN = r"(?:minute \d+(?: of)?|\d{1,2}:\d{2}(?: [ap]m)?|midnight)(?: the day before| the next day)?"
SPAN_PATTERN = r"(?:\d+ (?:h|hours?)(?: \d+ (?:min|minutes?))?|\d+ (?:min|minutes?))"
PART_PATTERN = "|".join(sorted((words for _, words in DAY_PARTS), key=len, reverse=True))


@lru_cache(maxsize=4 * MINUTES_PER_DAY * CLOCK_STYLES)
def clock(minute: int, style: int = 0) -> str:
    """A minute of the day as people say it; below 0 is the day before, above 1440 the next day."""
    day, rest = divmod(minute, MINUTES_PER_DAY)
    if day == 1 and rest == 0:
        return ("24:00", "midnight", f"minute {MINUTES_PER_DAY}")[style]
    hour, past = divmod(rest, HOUR)
    said = (
        f"{hour:02d}:{past:02d}",
        f"{(hour + 11) % 12 + 1}:{past:02d} {'am' if hour < 12 else 'pm'}",
        f"minute {rest}" + (" of" if day else ""),
    )[style]
    return said + (DAY_BEFORE if day < 0 else NEXT_DAY if day > 0 else "")


def read_clock(text: str) -> int:
    """The minute that `clock` said, in any style."""
    base = 0
    if text.endswith(DAY_BEFORE):
        base = -MINUTES_PER_DAY
    elif text.endswith(NEXT_DAY):
        base = MINUTES_PER_DAY
    if text.startswith("midnight"):
        return base + MINUTES_PER_DAY
    numbers = [int(n) for n in re.findall(r"\d+", text)]
    if text.startswith("minute"):
        return base + numbers[0]
    hour, past = numbers[:2]
    if " am" in text or " pm" in text:
        hour = hour % 12 + (12 if " pm" in text else 0)
    return base + hour * HOUR + past


@lru_cache(maxsize=8192)
def span(minutes: int, style: int = 0) -> str:
    """A duration in words."""
    hours, rest = divmod(minutes, HOUR)
    if style == 2 or hours == 0:
        return plural(minutes, "minute")
    if style == 0:
        return f"{hours} h" + (f" {rest} min" if rest else "")
    return plural(hours, "hour") + (f" {plural(rest, 'minute')}" if rest else "")


def read_span(text: str) -> int:
    """The minutes that `span` said, in any style."""
    total = 0
    for number, unit in re.findall(r"(\d+) (h|m)", text):
        total += int(number) * (HOUR if unit == "h" else 1)
    return total


def plural(count: int, noun: str) -> str:
    """A count and its noun: "1 minute", "2 minutes"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def article(count: int) -> str:
    """What stands before a number that is read aloud: a 7, an 8, an 11, an 18, an 80."""
    text = str(count)
    spoken_alone = len(text) % 3 == 2 and text[:2] in ("11", "18")
    return "an" if text[0] == "8" or spoken_alone else "a"


def number(value: float, decimals: int) -> str:
    """A number with thousands separators and a fixed number of decimals; never "-0.0"."""
    text = format(value, _FORMATS[decimals] if decimals < len(_FORMATS) else f",.{decimals}f")
    return text[1:] if text[0] == "-" and not any(digit in text for digit in "123456789") else text


def read_number(text: str) -> float:
    """The number that `number` wrote."""
    return float(text.replace(",", ""))


def unit_suffix(unit: str) -> str:
    """What follows a number: " bpm", "%", or nothing for a pure number or a scale of the device's own."""
    if unit in UNSPOKEN_UNITS or unit.startswith("level "):
        return ""
    return unit if unit == "%" else f" {unit}"


def day_part(minute: int) -> str:
    """The part of the day a minute lies in, 0 to 1439."""
    return next(words for start, words in reversed(DAY_PARTS) if minute >= start)


def part_range(words: str) -> tuple[int, int]:
    """First and last minute of a part of the day."""
    starts = [start for start, _ in DAY_PARTS] + [MINUTES_PER_DAY]
    at = [said for _, said in DAY_PARTS].index(words)
    return starts[at], starts[at + 1] - 1


def capital(text: str) -> str:
    """First letter upper case, unless the word is spelled with a small one ("pNN20")."""
    return text if text[1:2].isupper() else text[:1].upper() + text[1:]


def spoken_name(channel: Channel) -> str:
    """What a sentence about a channel's level calls it."""
    if channel.binary:
        return f"share of minutes {channel.name}" if channel.name.startswith("awake") else f"share of {channel.name}"
    return f"{channel.name} per minute" if _counts_itself(channel) else channel.name


def level_unit(channel: Channel) -> str:
    """What follows a level: nothing after "steps per minute", else the unit."""
    return "" if _counts_itself(channel) else unit_suffix(channel.unit)


def total_suffix(channel: Channel) -> str:
    """What follows a total: nothing after "total steps", else the unit."""
    return "" if _counts_itself(channel) else unit_suffix(total_unit(channel))


def _counts_itself(channel: Channel) -> bool:
    return channel.unit.endswith("/min") and total_unit(channel) in channel.name.split()


def total_unit(channel: Channel) -> str:
    """Unit of a channel's sum over minutes: "steps/min" adds up to "steps"."""
    return channel.unit.removesuffix("/min")
