"""Days in, captions of the reference's eight keys out, each cut to its token budget by whole sentences.

The keys combine three levels. "all" holds every logged event (at most 8 activities, 2 sleeps, 6 moods) and up to
eight plain statements; "summary" holds the longest sleep, the three longest activities, the first mood and up to four
plain statements. A key with several levels takes sentences from each in turn until its budget is spent, the summary
standing for the highest level, and puts them in the order of its name. A key is left out when nothing can be said.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain

from sensorlm.captions.collector import collector_paused
from sensorlm.captions.facts import DayBatch
from sensorlm.captions.levels import Patterns, find_patterns, statistical, structural
from sensorlm.captions.logged import logged_events
from sensorlm.captions.numbers import Numbers, measure_days
from sensorlm.captions.plain import plain_sentences
from sensorlm.captions.sentences import Dice, Sentence, Spoken, spoken_channels, token_count
from sensorlm.channels import ChannelSet
from sensorlm.errors import RecordError
from sensorlm.records import CAPTION_KEYS, DEFAULT_CAPTION_KEY, Caption, DayMatrix

LOW, MIDDLE, SUMMARY, ALL = "low", "middle", "summary", "all"
# Which levels each key speaks of, in the order of its name.
PARTS: dict[str, tuple[str, ...]] = {
    "low_level_caption": (LOW,),
    "middle_level_caption": (MIDDLE,),
    "high_level_summary_caption": (SUMMARY,),
    "high_level_all_caption": (ALL,),
    "middle_low_level_caption": (MIDDLE, LOW),
    "high_low_level_caption": (SUMMARY, LOW),
    "high_middle_level_caption": (SUMMARY, MIDDLE),
    "high_middle_low_level_caption": (SUMMARY, MIDDLE, LOW),
}
SUMMARY_PLAIN, ALL_PLAIN = 4, 8


class _Level:
    """Sentences of one level, written when first read, and the tokens of each."""

    def __init__(self, source: Callable[[], Iterable[Sentence]]) -> None:
        self._source: Iterator[Sentence] | None = None
        self._open = source
        self.written: list[Sentence] = []
        self.tokens: list[int] = []

    def reaches(self, place: int) -> bool:
        """Whether there is a sentence number `place`; writes up to it."""
        if self._source is None:
            self._source = iter(self._open())
        while len(self.written) <= place:
            following = next(self._source, None)
            if following is None:
                return False
            self.written.append(following)
            self.tokens.append(token_count(following.text))
        return True


class Pages:
    """The sentences of one day's levels, written when first read: a key with room for ten never writes twenty."""

    def __init__(self, sources: Mapping[str, Callable[[], Iterable[Sentence]]]) -> None:
        self._levels = {name: _Level(source) for name, source in sources.items()}

    def sentences(self, level: str) -> Iterator[Sentence]:
        """All sentences of a level."""
        found, place = self._levels[level], 0
        while found.reaches(place):
            yield found.written[place]
            place += 1

    def caption(self, key: str) -> Caption | None:
        """One caption within its budget, or None when its levels have nothing to say."""
        left, place = CAPTION_KEYS[key], 0
        levels = [self._levels[name] for name in PARTS[key]]
        kept = [0] * len(levels)
        going = list(enumerate(levels))
        while going:
            still = []
            for i, level in going:
                if (place < len(level.written) or level.reaches(place)) and level.tokens[place] <= left:
                    left -= level.tokens[place]
                    kept[i] = place + 1
                    still.append((i, level))
            going = still
            place += 1
        sentences = [s for level, count in zip(levels, kept, strict=True) for s in level.written[:count]]
        if not sentences:
            return None
        texts, facts, plain = zip(*sentences, strict=True)
        labels = "facts" if all(plain) else "pairs"
        return Caption(key=key, text=" ".join(texts), facts=tuple(chain.from_iterable(facts)), labels=labels)


def generate_captions(
    days: Sequence[DayMatrix], keys: Sequence[str] = (DEFAULT_CAPTION_KEY,), seed: int = 42,
    *, channel_set: ChannelSet | None = None,
) -> list[dict[str, Caption]]:  # fmt: skip
    """Captions of many days at once; a day's do not depend on the other days given.

    Args:
        days: Of one channel set.
        keys: Of CAPTION_KEYS.
        seed: With a day's key, decides every choice of wording.
        channel_set: Describes the days' channels; only needed for channels that no built-in set has.

    Returns:
        One dict a day; a key about which nothing can honestly be said is absent.

    Raises:
        RecordError: an unknown key, or days of different channels.
        ChannelError: a channel that neither `channel_set` nor a built-in set describes.
    """
    for key in keys:
        if key not in PARTS:
            raise RecordError(f"caption key {key!r} does not exist. Use one of {', '.join(CAPTION_KEYS)}.")
    if not days:
        return []
    batch = DayBatch.from_days(days)
    with collector_paused():
        pages = open_pages(days, batch, {level for key in keys for level in PARTS[key]}, seed, channel_set)
        return [{key: caption for key in keys if (caption := page.caption(key))} for page in pages]


def open_pages(
    days: Sequence[DayMatrix], batch: DayBatch, levels: set[str], seed: int, channel_set: ChannelSet | None
) -> list[Pages]:
    """Measure what the wanted levels need of all days at once, and be ready to write each day's sentences."""
    spoken = spoken_channels(batch.channel_keys, channel_set)
    numbers = measure_days(batch.values) if levels & {LOW, MIDDLE} else None
    patterns = find_patterns(numbers, spoken) if numbers and MIDDLE in levels else None
    plain: list[list[Sentence]] = [[] for _ in days]
    if levels & {SUMMARY, ALL}:
        plain = plain_sentences(batch, [Dice(seed, day.key + "/plain") for day in days], ALL_PLAIN)
    return [Pages(_sources(day, row, numbers, patterns, spoken, plain[row], seed)) for row, day in enumerate(days)]


def _sources(
    day: DayMatrix, row: int, numbers: Numbers | None, patterns: Patterns | None, spoken: Sequence[Spoken],
    plain: list[Sentence], seed: int,
) -> dict[str, Callable[[], Iterable[Sentence]]]:  # fmt: skip
    def low() -> Iterable[Sentence]:
        return statistical(day, row, numbers, spoken, Dice(seed, day.key + "/low")) if numbers else ()

    def middle() -> Iterable[Sentence]:
        return structural(row, patterns, spoken, Dice(seed, day.key + "/middle")) if patterns else ()

    logged = cache(lambda: logged_events(day))

    def summary() -> Iterable[Sentence]:
        return [*logged().summary(Dice(seed, day.key + "/summary")), *plain[:SUMMARY_PLAIN]]

    def everything() -> Iterable[Sentence]:
        return [*logged().all(Dice(seed, day.key + "/all")), *plain]

    return {LOW: low, MIDDLE: middle, SUMMARY: summary, ALL: everything}


def _one(day: DayMatrix, key: str, seed: int, channel_set: ChannelSet | None) -> Caption | None:
    return generate_captions([day], (key,), seed, channel_set=channel_set)[0].get(key)


def generate_statistical_caption(
    day: DayMatrix, *, seed: int = 42, channel_set: ChannelSet | None = None
) -> Caption | None:
    """Levels of the day's channels (low_level_caption); None when nothing was recorded."""
    return _one(day, "low_level_caption", seed, channel_set)


def generate_structural_caption(
    day: DayMatrix, *, seed: int = 42, channel_set: ChannelSet | None = None
) -> Caption | None:
    """Trends, peaks and drops of the day (middle_level_caption); None when there are none."""
    return _one(day, "middle_level_caption", seed, channel_set)


def generate_semantic_caption(
    day: DayMatrix, *, seed: int = 42, channel_set: ChannelSet | None = None, summary: bool = True
) -> Caption | None:
    """What happened (high_level_summary_caption, or high_level_all_caption); None when nothing can be said."""
    return _one(day, "high_level_summary_caption" if summary else "high_level_all_caption", seed, channel_set)
