"""A caption's text in, the facts it states out: how learned captions are scored.

Each template of the tables becomes a pattern whose fields are read from the text alone; facts are then built by the
same `claims` that the generator uses. Text that is no sentence of ours states nothing: `read_caption` gives the share
that was understood.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from sensorlm.captions import claims, templates
from sensorlm.captions.claims import EXACT, Tolerance
from sensorlm.captions.digest import read_sentence
from sensorlm.captions.event_templates import ACTIVITY_TEMPLATES, MOOD_TEMPLATES, SLEEP_TEMPLATES
from sensorlm.captions.plain import WHOLE_DAY, predicates_for
from sensorlm.captions.sentences import Spoken, spoken_channels
from sensorlm.captions.statistics import PEAK_MINUTES
from sensorlm.captions.words import (
    CLOCK_PATTERN,
    DAY_PARTS,
    NUMBER_PATTERN,
    PART_PATTERN,
    SPAN_PATTERN,
    read_clock,
    read_number,
    read_span,
    total_suffix,
)
from sensorlm.channels import ChannelSet
from sensorlm.errors import RecordError
from sensorlm.records import MINUTES_PER_DAY, Fact

Fields = dict[str, str]
Build = Callable[[Fields, "Vocabulary", Tolerance], list[Fact]]
_SENTENCE_END = re.compile(r"(?<=[.])\s+|\s*;\s+|\n+")
_LEVELS = ("mean", "max", "min", "std")


@dataclass(frozen=True)
class Reading:
    """What a text says, and how much of it was understood."""

    facts: tuple[Fact, ...]
    sentences: int
    understood: int


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The patterns of one channel set."""

    by_name: dict[str, Spoken]
    by_plain_name: dict[str, Spoken]
    patterns: tuple[tuple[re.Pattern[str], Build], ...]


def parse_facts(
    text: str, channel_set: ChannelSet, *, window: tuple[int, int] = WHOLE_DAY, tolerance: Tolerance = EXACT
) -> list[Fact]:
    """The facts that a caption states, in order; see `read_caption`."""
    return list(read_caption(text, channel_set, window=window, tolerance=tolerance).facts)


def read_caption(
    text: str, channel_set: ChannelSet, *, window: tuple[int, int] = WHOLE_DAY, tolerance: Tolerance = EXACT
) -> Reading:
    """The facts of every sentence that can be read, and how many could.

    Args:
        text: A caption, whole or in part.
        channel_set: The channels it may speak of.
        window: The minutes that plain statements speak of.
        tolerance: How far stated numbers may be off and still pass as true.
    """
    vocabulary = _vocabulary(channel_set)
    pieces = [piece for piece in (p.strip() for p in _SENTENCE_END.split(text)) if piece]
    found = [_read(piece, vocabulary, window, tolerance) for piece in pieces]
    facts = tuple(fact for piece in found for fact in piece or ())
    return Reading(facts, len(pieces), sum(piece is not None for piece in found))


def _read(
    sentence: str, vocabulary: Vocabulary, window: tuple[int, int], tolerance: Tolerance
) -> Iterable[Fact] | None:
    plain = _plain(window).get(sentence.rstrip(".").lower())
    if plain is not None:
        return plain
    digest = read_sentence(sentence)
    if digest is not None:
        return digest
    for pattern, build in vocabulary.patterns:
        match = pattern.fullmatch(sentence)
        if match:
            # A learned caption may state an impossible window or number; such a sentence is not understood.
            try:
                return build({k: v for k, v in match.groupdict().items() if v is not None}, vocabulary, tolerance)
            except (KeyError, RecordError, ValueError):
                continue
    return None


@lru_cache(maxsize=64)
def _plain(window: tuple[int, int]) -> dict[str, tuple[Fact, ...]]:
    return {wording.lower(): p.facts for p in predicates_for(window) for wording in p.wordings}


@lru_cache(maxsize=16)
def _vocabulary(channel_set: ChannelSet) -> Vocabulary:
    spoken = spoken_channels(channel_set.keys, channel_set)
    by_name = {said.name.lower(): said for said in spoken}
    by_plain_name = {said.channel.name.lower(): said for said in spoken}
    name, plain_name = _options(by_name), _options(by_plain_name)
    unit = _options({said.unit for said in spoken} | {total_suffix(said.channel) for said in spoken})
    fields = _FIELDS | {"name": name, "Name": name, "u": unit}
    patterns: list[tuple[re.Pattern[str], Build]] = []
    prefix = re.escape(templates.WINDOW_PREFIX).replace(r"\ ", " ")
    seen: set[str] = set()
    optional = "(?:" + _filled(prefix.replace(r"\{", "{").replace(r"\}", "}"), fields, seen) + ")?"
    for template in templates.STATISTICS_TEMPLATES:
        patterns.append((_compiled(template, fields, optional, set(seen)), _build_levels))
    named = fields | {"name": plain_name}
    for table, used, build in (
        (templates.TOTAL_TEMPLATES, named, _build_total),
        (templates.BINARY_TEMPLATES, named, _build_binary),
        (templates.TREND_TEMPLATES, fields, _build_trend),
        (templates.STABLE_TEMPLATES, fields, _build_stable),
        (templates.EXTREME_TEMPLATES, fields, _build_extreme),
        (SLEEP_TEMPLATES, fields, _build_sleep),
        (ACTIVITY_TEMPLATES, fields, _build_activity),
        (MOOD_TEMPLATES, fields, _build_mood),
    ):
        patterns += [(_compiled(template, used), build) for template in table]
    return Vocabulary(by_name, by_plain_name, tuple(patterns))


def _options(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_FIELDS: Fields = {
    **dict.fromkeys(("mean", "max", "min", "std", "total", "first", "last", "value"), NUMBER_PATTERN),
    **dict.fromkeys(("start", "end", "at"), CLOCK_PATTERN),
    "span": SPAN_PATTERN,
    "part": PART_PATTERN,
    "minutes": r"\d+",
    "A": "an?",
    "label": r"[^.;:,]+?",
    "Label": r"[^.;:,]+?",
    "moved": _options(templates.RISES + templates.FALLS),
    "a_move": _options(templates.A_RISE + templates.A_FALL),
    "moving": _options(templates.RISING + templates.FALLING),
    "an_extreme": _options(templates.A_PEAK + templates.A_DROP),
}


def _compiled(template: str, fields: Fields, prefix: str = "", seen: set[str] | None = None) -> re.Pattern[str]:
    literal = re.escape(template).replace(r"\ ", " ").replace(r"\{", "{").replace(r"\}", "}")
    literal = literal.replace("There were {span}", "There (?:were|was) {span}")
    return re.compile(prefix + _filled(literal, fields, set() if seen is None else seen), re.IGNORECASE)


def _filled(literal: str, fields: Fields, seen: set[str]) -> str:
    """Named groups for fields; a field's second place must hold the same words, units may differ from each other."""

    def group(match: re.Match[str]) -> str:
        field = match[1]
        if field == "u":
            return f"(?:{fields[field]})"
        if field in seen:
            return f"(?P={field})"
        seen.add(field)
        return f"(?P<{field}>{fields[field]})"

    return re.sub(r"\{(\w+)\}", group, literal)


def _channel(fields: Fields, names: dict[str, Spoken]) -> Spoken:
    return names[(fields.get("name") or fields["Name"]).lower()]


def _maybe(fields: Fields, name: str) -> float | None:
    return read_number(fields[name]) if name in fields else None


def _window(fields: Fields) -> tuple[int, int]:
    start, end = read_clock(fields["start"]), read_clock(fields["end"])
    if not 0 <= start < end <= MINUTES_PER_DAY:
        raise RecordError(f"a sentence speaks of minutes {start} to {end}, which are no stretch of the day.")
    return start, end


def _build_levels(fields: Fields, vocabulary: Vocabulary, tolerance: Tolerance) -> list[Fact]:
    channel = _channel(fields, vocabulary.by_name).channel
    window = _window(fields) if "start" in fields else WHOLE_DAY
    stated = ((name, read_number(fields[name])) for name in _LEVELS)
    return [claims.statistic_fact(channel, name, value, *window, tolerance) for name, value in stated]


def _build_total(fields: Fields, vocabulary: Vocabulary, tolerance: Tolerance) -> list[Fact]:
    channel = _channel(fields, vocabulary.by_plain_name).channel
    return [claims.total_fact(channel, read_number(fields["total"]), 0, MINUTES_PER_DAY, tolerance)]


def _build_binary(fields: Fields, vocabulary: Vocabulary, tolerance: Tolerance) -> list[Fact]:
    channel = _channel(fields, vocabulary.by_plain_name).channel
    return [claims.minutes_fact(channel, read_span(fields["span"]), 0, MINUTES_PER_DAY, tolerance)]


def _build_trend(fields: Fields, vocabulary: Vocabulary, tolerance: Tolerance) -> list[Fact]:
    channel = _channel(fields, vocabulary.by_name).channel
    said = next(fields[name].lower() for name in ("moved", "a_move", "moving") if name in fields)
    sign = 1 if said in templates.RISES + templates.A_RISE + templates.RISING else -1
    ends = _maybe(fields, "first"), _maybe(fields, "last")
    return claims.trend_facts(channel, sign, *_window(fields), *ends, tolerance)


def _build_stable(fields: Fields, vocabulary: Vocabulary, tolerance: Tolerance) -> list[Fact]:
    channel = _channel(fields, vocabulary.by_name).channel
    return claims.stable_facts(channel, *_window(fields), _maybe(fields, "mean"), tolerance)


def _build_extreme(fields: Fields, vocabulary: Vocabulary, tolerance: Tolerance) -> list[Fact]:
    channel = _channel(fields, vocabulary.by_name).channel
    start = read_clock(fields["at"]) - PEAK_MINUTES // 2
    if not 0 <= start <= MINUTES_PER_DAY - PEAK_MINUTES:
        raise RecordError(f"a peak at minute {start} does not lie in the day.")
    drop = fields["an_extreme"].lower() in templates.A_DROP
    return claims.extreme_facts(
        channel, drop=drop, start=start, value=_maybe(fields, "value"), tolerance=tolerance
    )  # fmt: skip


def _build_sleep(fields: Fields, vocabulary: Vocabulary, tolerance: Tolerance) -> list[Fact]:
    minutes = read_span(fields["span"]) if "span" in fields else None
    start, end = _event_span(fields)
    return claims.event_facts("event:sleep", start, end, minutes=minutes, tolerance=tolerance)


def _build_activity(fields: Fields, vocabulary: Vocabulary, tolerance: Tolerance) -> list[Fact]:
    label = (fields.get("label") or fields["Label"]).lower()
    minutes = int(fields["minutes"]) if "minutes" in fields else None
    if "span" in fields:
        minutes = read_span(fields["span"])
    part = next((words for _, words in DAY_PARTS if words == fields.get("part", "").lower()), None)
    start, end = _event_span(fields)
    return claims.event_facts(f"event:activity:{label}", start, end, minutes=minutes, part=part, tolerance=tolerance)


def _build_mood(fields: Fields, vocabulary: Vocabulary, tolerance: Tolerance) -> list[Fact]:
    return [claims.moment_fact(f"event:mood:{fields['label'].lower()}", read_clock(fields["at"]), tolerance)]


def _event_span(fields: Fields) -> tuple[int, int]:
    start, end = read_clock(fields["start"]), read_clock(fields["end"])
    if not (start < end and start < MINUTES_PER_DAY and end > 0):
        raise RecordError(f"an event from minute {start} to {end} does not touch the day.")
    return start, end
