"""A template, a channel or event, and measured numbers in; one sentence with its facts out.

Numbers are rounded first and the facts are made from the rounded ones, so a fact says what the text says.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sensorlm.captions import claims, templates
from sensorlm.captions.event_templates import ACTIVITY_TEMPLATES, MOOD_TEMPLATES, SLEEP_TEMPLATES
from sensorlm.captions.event_tracks import one_line
from sensorlm.captions.statistics import PEAK_MINUTES
from sensorlm.captions.words import (
    CLOCK_STYLES,
    SPAN_STYLES,
    article,
    capital,
    clock,
    day_part,
    level_unit,
    number,
    span,
    spoken_name,
    total_suffix,
)
from sensorlm.channels import Channel, ChannelSet, known_channel
from sensorlm.records import MINUTES_PER_DAY, Event, Fact

# Fields of a template that are not the channel's name or unit, and the mark they are kept under.
_FIELD = re.compile(r"\{(?!(?:Name|name|u)\})(\w+)\}")
_LEFT = re.compile("\0(\\w+)\0")
DRAWS = 128
DRAW = 2**60
_TWO = np.uint64(2)
_LETTERS_AND_SPACE = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ "


class Sentence(NamedTuple):
    """One sentence and what it states."""

    text: str
    facts: tuple[Fact, ...]
    plain: bool = False
    """Whether it is true of many days alike ("a slow pulse") rather than naming this one by numbers."""


class Dice:
    """Choices for one day, drawn from the seed and the day's key only: a batch never changes a caption."""

    def __init__(self, seed: int, key: str) -> None:
        digest = hashlib.blake2b(key.encode("utf-8"), digest_size=8).digest()
        entropy = [seed & (2**64 - 1), int.from_bytes(digest, "big")]
        self._bits = np.random.PCG64(np.random.SeedSequence(entropy))
        self._drawn: list[int] = []

    def __call__(self, sides: int) -> int:
        """A number from 0 to sides - 1."""
        try:
            return self._drawn.pop() % sides
        except IndexError:
            # The upper 62 bits: what a Generator's `integers(0, 2**62)` gives, without its checks of every call.
            self._drawn = (self._bits.random_raw(DRAWS) >> _TWO).tolist()
            return self._drawn.pop() % sides

    def pick(self, options: Sequence[str]) -> str:
        """One of several."""
        return options[self(len(options))]

    def unit(self) -> float:
        """A number in (0, 1)."""
        return (self(2**40) + 0.5) / 2**40


@dataclass(frozen=True, slots=True)
class Spoken:
    """A channel with the words that sentences use for it, worked out once."""

    channel: Channel
    name: str
    capital: str
    unit: str


@lru_cache(maxsize=64)
def spoken_channels(keys: tuple[str, ...], channel_set: ChannelSet | None) -> tuple[Spoken, ...]:
    """How each channel of a day is spoken of; names that two channels share get the key beside them.

    Raises:
        ChannelError: a key that neither `channel_set` nor a built-in set has.
    """
    channels = [channel_set[key] if channel_set else known_channel(key) for key in keys]
    names = [spoken_name(channel) for channel in channels]
    out = []
    for channel, name in zip(channels, names, strict=True):
        said = name if names.count(name) == 1 else f"{name} ({channel.key})"
        out.append(Spoken(channel, said, capital(said), level_unit(channel)))
    return tuple(out)


def token_count(text: str) -> int:
    """A careful count, never too low for a tokenizer that keeps six letters of a word together.

    Every word counts one, and one more for each twelve letters and spaces; every digit, mark and other byte counts one.
    """
    raw = text.encode("utf-8")
    words = len(raw.split())
    marks = len(raw.translate(None, _LETTERS_AND_SPACE))
    return words + (len(raw) - marks) // 12 + marks


def level_sentence(
    spoken: Spoken, numbers: Mapping[str, float], dice: Dice, window: tuple[int, int] = (0, MINUTES_PER_DAY)
) -> Sentence:
    """Mean, max, min and std of a channel over the day or a window of it."""
    channel = spoken.channel
    decimals, (start, end) = channel.decimals, window
    said, facts = {}, []
    for name, value in numbers.items():
        rounded = round(float(value), decimals)
        said[name] = number(rounded, decimals)
        facts.append(claims.statistic_fact(channel, name, rounded, start, end))
    template = dice.pick(templates.STATISTICS_TEMPLATES)
    style = dice(CLOCK_STYLES)
    if window == (0, MINUTES_PER_DAY):
        return Sentence(_named(template, spoken.capital, spoken.name, spoken.unit) % said, tuple(facts))
    # After a prefix the sentence goes on in lower case, unless its first word is a name that starts so.
    text = _named(template, spoken.name, spoken.name, spoken.unit) % said
    prefix = templates.WINDOW_PREFIX.format(start=clock(start, style), end=clock(end, style))
    return Sentence(prefix + (text if template.startswith("{Name}") else text[0].lower() + text[1:]), tuple(facts))


@lru_cache(maxsize=1 << 14)
def _named(template: str, capital_name: str, name: str, unit: str) -> str:
    """A template about a channel, its name filled in and its other fields left to `%`, four times as fast as `format`.

    Channels and templates are few, sentences many.
    """
    text = _FIELD.sub(r"\0\1\0", template).format(Name=capital_name, name=name, u=unit)
    return _LEFT.sub(r"%(\1)s", text.replace("%", "%%"))


def total_sentence(spoken: Spoken, total: float, dice: Dice) -> Sentence:
    """The sum of a channel over the day."""
    channel, value = spoken.channel, float(round(total))
    text = dice.pick(templates.TOTAL_TEMPLATES).format(
        name=channel.name, total=number(value, 0), u=total_suffix(channel)
    )
    return Sentence(text, (claims.total_fact(channel, value, 0, MINUTES_PER_DAY),))


def binary_sentence(spoken: Spoken, minutes: int, dice: Dice) -> Sentence:
    """The minutes in which a 0/1 channel was 1."""
    text = dice.pick(templates.BINARY_TEMPLATES).format(name=spoken.channel.name, span=span(minutes, dice(SPAN_STYLES)))
    return Sentence(text, (claims.minutes_fact(spoken.channel, minutes, 0, MINUTES_PER_DAY),))


def trend_sentence(
    spoken: Spoken, direction: int, start: int, end: int, levels: tuple[float, float, float], dice: Dice,
    style: int | None = None,
) -> Sentence:  # fmt: skip
    """A rise (0), fall (1) or stable stretch (2); levels are its first, last and mean value."""
    channel = spoken.channel
    drawn = dice(DRAW)  # one draw serves all choices: its digits in the bases of the tables
    drawn, said = divmod(drawn, CLOCK_STYLES)
    style = said if style is None else style
    if direction == 2:
        return _stable_sentence(spoken, start, end, levels[2], drawn, style)
    drawn, template = _digit(drawn, templates.TREND_TEMPLATES)
    verbs, nouns, goings = _MOVES[direction]
    drawn, moved = _digit(drawn, verbs)
    drawn, a_move = _digit(drawn, nouns)
    first, last = round(levels[0], channel.decimals), round(levels[1], channel.decimals)
    text = _named(template, spoken.capital, spoken.name, spoken.unit) % {
        "start": clock(start, style), "end": clock(end, style), "first": number(first, channel.decimals),
        "last": number(last, channel.decimals), "moved": moved, "a_move": a_move,
        "moving": goings[drawn % len(goings)],
    }  # fmt: skip
    stated = (first if "{first}" in template else None, last if "{last}" in template else None)
    return Sentence(text, tuple(claims.trend_facts(channel, 1 - 2 * direction, start, end, *stated)))


_MOVES = (
    (templates.RISES, templates.A_RISE, templates.RISING),
    (templates.FALLS, templates.A_FALL, templates.FALLING),
)


def _digit(drawn: int, options: tuple[str, ...]) -> tuple[int, str]:
    drawn, place = divmod(drawn, len(options))
    return drawn, options[place]


def _stable_sentence(spoken: Spoken, start: int, end: int, level: float, drawn: int, style: int) -> Sentence:
    channel, mean = spoken.channel, round(level, spoken.channel.decimals)
    template = templates.STABLE_TEMPLATES[drawn % len(templates.STABLE_TEMPLATES)]
    text = _named(template, spoken.capital, spoken.name, spoken.unit) % {
        "start": clock(start, style), "end": clock(end, style), "mean": number(mean, channel.decimals),
    }  # fmt: skip
    return Sentence(text, tuple(claims.stable_facts(channel, start, end, mean if "{mean}" in template else None)))


def extreme_sentence(
    spoken: Spoken, *, drop: bool, start: int, value: float, dice: Dice, style: int | None = None
) -> Sentence:
    """A peak or drop in the 40 minutes from `start`."""
    channel = spoken.channel
    drawn, said = divmod(dice(DRAW), CLOCK_STYLES)
    drawn, template = _digit(drawn, templates.EXTREME_TEMPLATES)
    _, an_extreme = _digit(drawn, templates.A_DROP if drop else templates.A_PEAK)
    rounded = round(value, channel.decimals)
    text = _named(template, spoken.capital, spoken.name, spoken.unit) % {
        "value": number(rounded, channel.decimals), "an_extreme": an_extreme,
        "at": clock(start + PEAK_MINUTES // 2, said if style is None else style),
    }  # fmt: skip
    stated = rounded if "{value}" in template else None
    return Sentence(text, tuple(claims.extreme_facts(channel, drop=drop, start=start, value=stated)))


def activity_sentence(event: Event, dice: Dice) -> Sentence:
    """A logged activity."""
    label, minutes, style = clean_label(event.label), event.end - event.start, dice(CLOCK_STYLES)
    options = ACTIVITY_TEMPLATES
    if not 0 <= event.start < MINUTES_PER_DAY:
        options = tuple(template for template in options if "{part}" not in template)
    template = dice.pick(options)
    part = day_part(event.start) if "{part}" in template else ""
    an = article(minutes)
    text = template.format(
        Label=capital(label), label=label, start=clock(event.start, style), end=clock(event.end, style), part=part,
        span=span(minutes, dice(SPAN_STYLES)), minutes=minutes, A=an.capitalize(),
    ).replace("There were 1 ", "There was 1 ")  # fmt: skip
    length = minutes if "{span}" in template or "{minutes}" in template else None
    subject = f"event:activity:{label.lower()}"
    facts = claims.event_facts(subject, event.start, event.end, minutes=length, part=part or None)
    return Sentence(text, tuple(facts))


def sleep_sentence(event: Event, dice: Dice) -> Sentence:
    """A whole sleep."""
    minutes, style = event.end - event.start, dice(CLOCK_STYLES)
    template = dice.pick(SLEEP_TEMPLATES)
    times = {"start": clock(event.start, style), "end": clock(event.end, style)}
    text = template.format(span=span(minutes, dice(SPAN_STYLES)), **times).replace("There were 1 ", "There was 1 ")
    length = minutes if "{span}" in template else None
    return Sentence(text, tuple(claims.event_facts("event:sleep", event.start, event.end, minutes=length)))


def mood_sentence(event: Event, dice: Dice) -> Sentence:
    """A mood logged at a moment of the day."""
    label = clean_label(event.label)
    text = dice.pick(MOOD_TEMPLATES).format(label=label, at=clock(event.start, dice(CLOCK_STYLES)))
    return Sentence(text, (claims.moment_fact(f"event:mood:{label.lower()}", event.start),))


def clean_label(label: str) -> str:
    """A logged label on one line, without marks that would end a sentence; words like "Running" in small letters."""
    text = one_line(label)
    return text if any(letter.isupper() for letter in text[1:]) else text.lower()
