"""Days as they are shown in, long captions of them and the same facts in other words out; texts in, ids out.

A long caption names one day: its numbers, trends, peaks and what happened. Four families speak, so that a model learns
to read numbers rather than one hand's sentences: the captions room's keys, terse notes, everyday prose by hours, and
any of them again with sentences in another order, some left out, numbers rounded and words exchanged.

Letters in shapes: d days, n texts, l tokens.
"""

import re
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from bank import held_out_sentences, plain_form
from numpy.typing import NDArray

from sensorlm.captions import generate_captions
from sensorlm.channels import CHANNEL_SETS
from sensorlm.records import DayMatrix

CHANNELS = CHANNEL_SETS["sensorlm-34"]
KEYS = {
    "low_level_caption": 0.26, "middle_low_level_caption": 0.2, "high_low_level_caption": 0.1,
    "high_middle_low_level_caption": 0.1, "high_middle_level_caption": 0.08, "high_level_summary_caption": 0.06,
    "notes": 0.1, "hours": 0.1,
}  # fmt: skip
"""Kind of long caption -> share. "notes" and "hours" are written here."""
LONG_TOKENS = 320
"""Ids of a long caption that a step may read; MiniLM was made with 256."""
EXCHANGED = (
    ("heart rate", ("pulse", "heartbeat", "heart rate")), ("steps per minute", ("step rate", "pace of steps")),
    ("total steps", ("the step count", "all steps of the day")), ("averaged", ("came to about", "was on average")),
    ("averaging", ("around", "at a mean of")), ("mean", ("average", "typical value")),
    ("maximum", ("highest value", "top")), ("minimum", ("lowest value", "bottom")), ("peak", ("high point", "spike")),
    ("standard deviation", ("spread", "variation")), ("rose", ("went up", "climbed")),
    ("fell", ("went down", "dropped")),
    ("asleep", ("sleeping", "in bed asleep")), ("minutes of", ("min of",)), ("bpm", ("beats per minute", "")),
    ("the person", ("they", "this person")), ("Between", ("From",)), ("skin temperature", ("temperature of the skin",)),
)  # fmt: skip
HELD_EXCHANGED = (
    ("heart rate", ("the rate of the heart", "HR")), ("steps per minute", ("steps each minute", "walking rate")),
    ("total steps", ("steps altogether", "steps taken that day")), ("averaged", ("stood at", "lay near")),
    ("averaging", ("with roughly",)), ("mean", ("usual level", "middle")), ("maximum", ("ceiling", "greatest reading")),
    ("minimum", ("floor", "smallest reading")), ("peak", ("summit", "crest")), ("rose", ("grew", "increased")),
    ("standard deviation", ("scatter",)), ("fell", ("sank", "declined")), ("asleep", ("slumbering",)),
    ("bpm", ("beats a minute",)), ("the person", ("the wearer",)), ("Between", ("In the time between",)),
)  # fmt: skip
"""Other words, for measuring: `paraphrase` never takes them for training."""
SENTENCE = re.compile(r"(?<=[.!?])\s+")
NUMBER = re.compile(r"(?<![\d:.,])(?<!minute )(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?![\d:]|\.\d|,\d)")


def long_captions(days: Sequence[DayMatrix], rng: np.random.Generator) -> tuple[list[str | None], list[str | None]]:
    """Two captions of each day, of one kind: one to the letter, one in other words; None where nothing can be said."""
    kinds = rng.choice(len(KEYS), size=len(days), p=np.array(list(KEYS.values())) / sum(KEYS.values()))
    one: list[str | None] = [None] * len(days)
    other: list[str | None] = [None] * len(days)
    for number in np.unique(kinds):
        rows = np.flatnonzero(kinds == number)
        pair = captions_of([days[i] for i in rows], list(KEYS)[number], rng)
        for row, first, second in zip(rows, *pair, strict=True):
            one[row], other[row] = first, None if second is None else paraphrase(second, rng)
    return one, other


def captions_of(
    days: Sequence[DayMatrix], kind: str, rng: np.random.Generator
) -> tuple[list[str | None], list[str | None]]:
    """Two captions of each day of one of KEYS, each with wordings of its own."""
    if kind in ("notes", "hours"):
        write = notes if kind == "notes" else hours
        return [write(day, rng) for day in days], [write(day, rng) for day in days]
    out: list[list[str | None]] = []
    for _ in range(2):
        pages = generate_captions(days, [kind], int(rng.integers(2**31)), channel_set=CHANNELS)
        out.append([_without_held_out(page[kind].text) if kind in page else None for page in pages])
    return out[0], out[1]


def _without_held_out(text: str) -> str | None:
    """High-level captions say predicates too; wordings that are for measuring leave them."""
    held = held_out_sentences()
    return " ".join(s for s in SENTENCE.split(text) if plain_form(s) not in held) or None


def paraphrase(text: str, rng: np.random.Generator, *, held: bool = False) -> str:
    """The same facts: sentences in another order, up to a quarter left out, numbers rounded, words exchanged.

    Args:
        text: a long caption.
        rng: makes the choices.
        held: take the words kept for measuring.
    """
    sentences = [s for s in SENTENCE.split(text) if s]
    order = rng.permutation(len(sentences))
    kept = max(1, round(len(sentences) * (1 - 0.25 * rng.random())))
    text = " ".join(sentences[i] for i in (order if rng.random() < 0.7 else np.sort(order[:kept]))[:kept])
    if rng.random() < 0.6 or held:
        text = round_numbers(text)
    for words, instead in HELD_EXCHANGED if held else EXCHANGED:
        if words in text.lower() and (held or rng.random() < 0.6):
            chosen = instead[int(rng.integers(len(instead)))]
            text = re.sub(rf"\b{words}\b", chosen, text, flags=re.IGNORECASE)
    return text


def round_numbers(text: str) -> str:
    """Fractions from 10 on and all digits after the second of numbers of a thousand and more rounded away."""

    def shorter(found: re.Match[str]) -> str:
        value = float(found[0].replace(",", ""))
        if value >= 1000 and not found[2]:
            step = 10 ** (len(str(int(value))) - 2)
            return f"{round(value / step) * step:,}"
        return f"{value:.0f}" if value >= 10 and found[2] else found[0]

    return NUMBER.sub(shorter, text)


def _pick(rng: np.random.Generator, *choices: str) -> str:
    return choices[int(rng.integers(len(choices)))]


def _some_columns(day: DayMatrix, rng: np.random.Generator, most: int) -> list[int]:
    """Recorded channels: heart rate and steps first, then others at random."""
    seen = np.flatnonzero(day.observed.sum(0) >= 30)
    first = [i for i in (CHANNELS.index("HR"), CHANNELS.index("steps")) if i in seen]
    rest = [int(i) for i in rng.permutation(seen) if i not in first]
    return (first + rest)[:most]


def _number(value: float, decimals: int) -> str:
    return f"{value:,.{decimals if abs(value) < 1000 else 0}f}"


def notes(day: DayMatrix, rng: np.random.Generator) -> str | None:
    """Figures as one jots them down: channel, mean, lowest and highest, when; None without data."""
    parts = []
    for column in _some_columns(day, rng, 12):
        x, channel = day.values[:, column], CHANNELS.channels[column]
        name, d = channel.name, min(channel.decimals, 1)
        mean, low, high = (_number(float(v), d) for v in (np.nanmean(x), np.nanmin(x), np.nanmax(x)))
        if channel.key == "steps":
            total, busy = np.nansum(x), int(np.nanargmax(np.nansum(x.reshape(24, 60), 1)))
            name = _pick(rng, "steps", "Steps", "step count")
            parts.append(_pick(
                rng, f"{name} {total:,.0f}, most at {busy:02d} h", f"{name}: {total:.0f}, busiest hour {busy}",
                f"{total:,.0f} steps, above all from {busy}:00 to {busy + 1}:00",
            ))  # fmt: skip
            continue
        name = _pick(rng, "HR", "pulse", "heart rate") if channel.key == "HR" else name
        when = int(np.nanargmax(x))
        clock = f"{when // 60:02d}:{when % 60:02d}"
        parts.append(_pick(
            rng, f"{name} {mean} ({low}-{high})", f"{name}: mean {mean}, {low} to {high}, top at {clock}",
            f"{name} about {mean}, between {low} and {high}", f"{name} {low}/{mean}/{high}, highest {clock}",
        ))  # fmt: skip
    return None if not parts else _pick(rng, "; ", ". ", ", ").join(parts) + "."


PARTS = (("night", 0, 6), ("morning", 6, 12), ("afternoon", 12, 18), ("evening", 18, 24))


def hours(day: DayMatrix, rng: np.random.Generator) -> str | None:
    """Prose by parts of the day: levels, steps, gaps; None without data."""
    out = []
    for name, start, end in PARTS:
        rows, said = slice(60 * start, 60 * end), []
        for column in _some_columns(day, rng, 3):
            x, channel = day.values[rows, column], CHANNELS.channels[column]
            if np.isfinite(x).sum() < 15:
                continue
            if channel.key == "steps":
                said.append(f"{np.nansum(x):,.0f} {_pick(rng, 'steps', 'steps were taken', 'steps walked')}")
            else:
                label = _pick(rng, "the heart at", "a pulse of", "heart rate around") if channel.key == "HR" else (
                    channel.name + _pick(rng, " at", " near", " of"))  # fmt: skip
                said.append(f"{label} {_number(float(np.nanmean(x)), min(channel.decimals, 1))}")
        lost = (end - start) * 60 - int(day.observed[rows].any(1).sum())
        if lost >= 60:
            said.append(_pick(rng, f"off for {lost / 60:.0f} h", f"nothing recorded for {lost} minutes"))
        if said:
            opening = _pick(rng, f"In the {name} " if name != "night" else "At night ", f"{name.capitalize()}: ")
            out.append(opening + _pick(rng, ", ", " and ").join(said) + ".")
    return " ".join(out) or None


def tokenise(texts: Sequence[str], tokenizer: Path, workers: int) -> tuple[NDArray[np.int16], NDArray[np.uint8]]:
    """(n, l) ids ending in the text's end, and (n, l) the sentence each belongs to, counted from 1, 0 for padding."""
    if len(texts) < 2000 or workers < 2:
        parts = [_tokenise(list(texts), tokenizer)]
    else:
        chunks = [list(texts[i : i + 2000]) for i in range(0, len(texts), 2000)]
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            parts = list(pool.map(_tokenise, chunks, [tokenizer] * len(chunks)))
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def _tokenise(texts: list[str], path: Path) -> tuple[NDArray[np.int16], NDArray[np.uint8]]:
    """Sentences apart, so that a step can leave some out by hiding their ids."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    end = tokenizer.token_to_id("[SEP]")
    ids, place = np.full((len(texts), LONG_TOKENS), end, np.int16), np.zeros((len(texts), LONG_TOKENS), np.uint8)
    split = [[s for s in SENTENCE.split(text) if s] for text in texts]
    read = tokenizer.encode_batch([s for each in split for s in each], add_special_tokens=False)
    turn = 0
    for row, each in enumerate(split):
        at = 0
        for number in range(len(each)):
            found = read[turn + number].ids[: LONG_TOKENS - 1 - at]
            ids[row, at : at + len(found)] = found
            place[row, at : at + len(found)] = min(number + 1, 254)
            at += len(found)
        place[row, at] = 255  # the end mark
        turn += len(each)
    return ids, place
