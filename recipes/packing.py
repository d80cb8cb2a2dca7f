"""Days in, packed training arrays out: minutes as float16 z-scores, views of days, what holds of each, captions.

A view is a day as a model is shown it: some of its channels, and all of its minutes or a window of them. What a view
can tell is measured once, here, as codes; which predicates hold, and therefore every caption, follows from the codes.
So a training loop only gathers.

Letters in shapes: d days, v views, n recorded columns, k quantities, p predicates, c captions a view.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
from bank import DAY_STYLES, OF_DAY, PREDICATES, TAUGHT, WINDOW_STYLES, trained_wordings
from longer import long_captions
from numpy.typing import NDArray

from sensorlm.captions.codes import Codebook
from sensorlm.captions.facts import DayBatch, judge
from sensorlm.channels import CHANNEL_SETS
from sensorlm.days.sleep_log import STAGES
from sensorlm.records import MINUTES_PER_DAY, Caption, DayMatrix

CHANNELS = CHANNEL_SETS["sensorlm-34"]
CODEBOOK = Codebook(tuple(dict.fromkeys(fact.quantity for p in PREDICATES for fact in p.facts)))
FACTS_EACH = max(len(p.facts) for p in PREDICATES)
MAX_JOINED = 3
CAPTIONS_EACH = 2
WINDOW_GROUP = 42
"""So many days share a window, which is then measured at once."""
LONG_SHARE = 0.6
"""Of the whole-day views, that have a long caption."""
HEART_AND_STEPS = tuple(CHANNELS.index(key) for key in ("HR", "steps"))
LOG = [CHANNELS.index(f"sleep_stage_{stage}") for stage in STAGES]
LOG_HIDDEN = {"whole": 0.3, "window": 0.8}
"""Share of the views of a day and of a window in which the sleep log is hidden."""
_TABLE = CODEBOOK.caption_codes([Caption(key="short", text="x", facts=p.facts) for p in PREDICATES], FACTS_EACH)
_WEIGHTS = np.array([p.weight for p in PREDICATES])
_OF_DAY = np.arange(len(PREDICATES)) < OF_DAY


@dataclass(frozen=True, kw_only=True, eq=False)
class Pack:
    """Days and their views; `texts` is what `text` and `long` point into."""

    columns: NDArray[np.float16]
    """(n, 1440) z-scores of the channels that recorded anything, NaN where missing."""
    column_of: NDArray[np.int32]
    """(d, 34) row in `columns`, -1 where a channel recorded nothing."""
    day: NDArray[np.int32]
    """(v,) day of each view."""
    shown: NDArray[np.bool_]
    """(v, 34) channels shown."""
    window: NDArray[np.int16]
    """(v, 2) minutes shown, end exclusive."""
    codes: NDArray[np.float32]
    """(v, k) measured quantities, NaN where the view cannot tell."""
    said: NDArray[np.int16]
    """(v, c, 3) predicates that each caption states, -1 where fewer."""
    text: NDArray[np.int32]
    """(v, c)."""
    long: NDArray[np.int32]
    """(v,) a long caption that names this one day, -1 for none."""
    other: NDArray[np.int32]
    """(v,) the same facts as `long` in other words, -1 for none."""
    texts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.day)

    def take(self, views: NDArray[np.integer]) -> "Pack":
        """Some of the views; days, columns and texts stay."""
        names = ("day", "shown", "window", "codes", "said", "text", "long", "other")
        return replace(self, **{name: getattr(self, name)[views] for name in names})

    def save(self, path: Path) -> None:
        """Write as .npz without pickle."""
        arrays = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "texts"}
        # One string: an array of strings gives every text the room of the longest.
        texts = np.frombuffer("\0".join(self.texts).encode(), np.uint8)
        np.savez_compressed(path, texts=texts, signature=np.array(signature()), **arrays)

    @classmethod
    def load(cls, path: Path) -> "Pack":
        """Read what `save` wrote.

        Raises:
            ValueError: other predicates than today's were asked of its days.
        """
        with np.load(path, allow_pickle=False) as file:
            if str(file["signature"]) != signature():
                raise ValueError(f"{path}: its codes are of other predicates. Make it anew with prepare_carry.py.")
            arrays = {f.name: file[f.name] for f in fields(cls) if f.name != "texts"}
            return cls(texts=tuple(file["texts"].tobytes().decode().split("\0")), **arrays)


def signature() -> str:
    """What the numbers of a pack mean: the predicates and quantities, in order."""
    told = [[p.name for p in PREDICATES], CODEBOOK.to_json(), CHANNELS.keys]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def join_packs(packs: Sequence[Pack]) -> Pack:
    """All views together; equal texts become one."""
    place: dict[str, int] = {}
    column, day, parts = 0, 0, []
    for pack in packs:
        moved = np.array([place.setdefault(t, len(place)) for t in pack.texts] + [-1], np.int32)  # -1 stays -1
        parts.append(replace(
            pack, columns=pack.columns[:0], column_of=np.where(pack.column_of >= 0, pack.column_of + column, -1),
            day=pack.day + day, text=moved[pack.text], long=moved[pack.long], other=moved[pack.other],
        ))  # fmt: skip
        column, day = column + len(pack.columns), day + len(pack.column_of)
    names = [f.name for f in fields(Pack) if f.name not in ("texts", "columns")]
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    joined["column_of"] = joined["column_of"].astype(np.int32)
    joined["day"] = joined["day"].astype(np.int32)
    return Pack(columns=np.concatenate([p.columns for p in packs]), texts=tuple(place), **joined)


def which_hold(codes: NDArray[np.float32], whole: bool) -> NDArray[np.int8]:
    """(v, p) what views say of each predicate: +1, -1, 0; those about "the minutes shown" only of windows."""
    answer = np.ones((len(codes), len(PREDICATES)), np.int8)
    wrong = np.zeros(answer.shape, bool)
    for slot in range(FACTS_EACH):
        used = np.flatnonzero(_TABLE.index[:, slot] >= 0)
        bounds = (_TABLE.low[used, slot], _TABLE.high[used, slot], _TABLE.margin[used, slot])
        found = judge(codes[:, _TABLE.index[used, slot]], *bounds)
        answer[:, used] = np.minimum(answer[:, used], found == 1)
        wrong[:, used] |= found == -1
    answer = np.where(wrong, -1, answer).astype(np.int8)
    if whole:
        answer[:, ~_OF_DAY] = 0
    return answer


def pack_days(days: Sequence[DayMatrix], rng: np.random.Generator, *, rounds: int = 1) -> Pack:
    """Pack days with `rounds` times four views of each.

    Whole with all channels, whole with heart rate and steps or one of them, and two windows in the same two ways. A
    view without a caption (nothing can be told) is left out.
    """
    batch = DayBatch.from_days(days)
    columns, column_of = _columns(batch.values)
    views: list[tuple[NDArray[np.intp], NDArray[np.bool_], NDArray[np.int16], NDArray[np.float32]]] = []
    for _ in range(rounds):
        for kind in ("whole", "whole few", "window", "window few"):
            views += _views(batch, kind, rng)
    day, shown, window, codes = (np.concatenate([v[i] for v in views]) for i in range(4))
    whole = (window == (0, MINUTES_PER_DAY)).all(1)
    texts: dict[str, int] = {}
    said = np.full((len(day), CAPTIONS_EACH, MAX_JOINED), -1, np.int16)
    text = np.full((len(day), CAPTIONS_EACH), -1, np.int32)
    for rows, is_whole in ((np.flatnonzero(whole), True), (np.flatnonzero(~whole), False)):
        if len(rows):
            said[rows], text[rows] = _captions((which_hold(codes[rows], is_whole) == 1) & TAUGHT, is_whole, rng, texts)
    long, other = _long_captions(batch, days, day, shown, whole, rng, texts)
    keep = text[:, 0] >= 0
    return Pack(
        columns=columns, column_of=column_of, day=day[keep].astype(np.int32), shown=shown[keep], window=window[keep],
        codes=codes[keep], said=said[keep], text=text[keep], long=long[keep], other=other[keep],
        texts=tuple(texts),
    )  # fmt: skip


def pack_whole(days: Sequence[DayMatrix], shown: NDArray[np.bool_]) -> Pack:
    """Each day as one view of all its minutes and of `shown` (d, 34) channels, without captions."""
    batch = DayBatch.from_days(days)
    columns, column_of = _columns(batch.values)
    window = np.tile(np.array([[0, MINUTES_PER_DAY]], np.int16), (len(days), 1))
    none = np.full(len(days), -1, np.int32)
    return Pack(
        columns=columns, column_of=column_of, day=np.arange(len(days), dtype=np.int32), shown=shown, window=window,
        codes=CODEBOOK.day_codes(batch, window), said=np.full((len(days), CAPTIONS_EACH, MAX_JOINED), -1, np.int16),
        text=np.full((len(days), CAPTIONS_EACH), -1, np.int32), long=none, other=none, texts=(),
    )  # fmt: skip


def _columns(values: NDArray[np.float32]) -> tuple[NDArray[np.float16], NDArray[np.int32]]:
    seen = np.isfinite(values).any(1)  # (d, 34)
    column_of = np.where(seen, seen.cumsum().reshape(seen.shape) - 1, -1).astype(np.int32)
    z = np.clip(CHANNELS.normalise(values), -6e4, 6e4)
    return z.transpose(0, 2, 1)[seen].astype(np.float16), column_of


def _views(
    batch: DayBatch, kind: str, rng: np.random.Generator
) -> list[tuple[NDArray[np.intp], NDArray[np.bool_], NDArray[np.int16], NDArray[np.float32]]]:
    """Views of one kind: (days, channels shown, window, codes) of each group of days that shares a window."""
    size = len(batch) if kind.startswith("whole") else WINDOW_GROUP
    order, out = rng.permutation(len(batch)), []
    for first in range(0, len(batch), size):
        rows = order[first : first + size]
        hidden = LOG_HIDDEN[kind.split()[0]]
        shown = np.stack([_some_channels(rng, few=kind.endswith("few"), log_hidden=hidden) for _ in rows])
        values = np.where(shown[:, None, :], batch.values[rows], np.float32("nan"))
        start, end = (0, MINUTES_PER_DAY) if kind.startswith("whole") else draw_window(rng)
        if not kind.startswith("whole"):
            some = np.isfinite(values[:, start:end]).any(2).mean(1) >= 0.3
            rows, shown, values = rows[some], shown[some], values[some]
        if not len(rows):
            continue
        part = DayBatch(
            values, batch.channel_keys, tuple(batch.events[i] for i in rows), tuple(batch.logged[i] for i in rows)
        )
        window = np.tile(np.array([[start, end]], np.int16), (len(rows), 1))
        out.append((rows, shown, window, CODEBOOK.day_codes(part, window)))
    return out


def _some_channels(rng: np.random.Generator, *, few: bool, log_hidden: float) -> NDArray[np.bool_]:
    """All channels; or heart rate and steps, or one of them, with some others now and then; the sleep log or not."""
    shown = np.ones(len(CHANNELS), bool)
    log = rng.random() >= log_hidden
    if few:
        drawn = rng.random()
        kept = HEART_AND_STEPS if drawn < 0.6 else (HEART_AND_STEPS[int(drawn < 0.8)],)
        shown = rng.random(len(CHANNELS)) < rng.choice([0.0, 0.0, 0.0, 0.2])
        shown[list(HEART_AND_STEPS)] = False
        shown[list(kept)] = True
    shown[LOG] = log
    return shown


def draw_window(rng: np.random.Generator) -> tuple[int, int]:
    """A window in steps of 10 minutes, half the time of 30 or 60 minutes on the half hour, as people ask for."""
    if rng.random() < 0.5:
        length = int(rng.choice([30, 30, 30, 60]))
        start = 30 * int(rng.integers((MINUTES_PER_DAY - length) // 30 + 1))
        return start, start + length
    steps = MINUTES_PER_DAY // 10
    size = min(steps - 1, int(np.exp(rng.uniform(0, np.log(steps)))))
    start = int(rng.integers(steps - size + 1))
    return 10 * start, 10 * (start + size)


def _captions(
    holds: NDArray[np.bool_], whole: bool, rng: np.random.Generator, texts: dict[str, int]
) -> tuple[NDArray[np.int16], NDArray[np.int32]]:
    """(v, c, 3) predicates and (v, c) texts; what holds of few views is said rather than what holds of many."""
    weight = _WEIGHTS / np.sqrt(holds.mean(0) + 0.01)
    # The largest keys are a weighted draw without replacement (Efraimidis and Spirakis 2006).
    drawn = rng.random((len(holds), CAPTIONS_EACH, len(PREDICATES)), np.float32)
    keys = np.log1p(-drawn) / weight.astype(np.float32)
    keys[~np.broadcast_to(holds[:, None], keys.shape)] = -np.inf
    best = np.argpartition(-keys, range(MAX_JOINED), axis=2)[:, :, :MAX_JOINED].astype(np.int16)
    count = rng.choice([1, 2, 3], size=best.shape[:2], p=[0.35, 0.45, 0.2])
    count = np.minimum(count, holds.sum(1)[:, None])
    said = np.where(np.arange(MAX_JOINED) < count[:, :, None], best, -1).astype(np.int16)
    text = np.full(said.shape[:2], -1, np.int32)
    for row, column in np.argwhere(count > 0):
        sentence = _sentence([int(i) for i in said[row, column] if i >= 0], whole, rng)
        text[row, column] = texts.setdefault(sentence, len(texts))
    return said, text


def _sentence(predicates: Sequence[int], whole: bool, rng: np.random.Generator) -> str:
    known = [trained_wordings(PREDICATES[i]) for i in predicates]
    phrases = [wordings[int(rng.integers(len(wordings)))] for wordings in known]
    styles = DAY_STYLES if whole else WINDOW_STYLES
    style = styles[int(rng.integers(len(styles)))]
    phrase = (", ", "; ", " and ")[int(rng.integers(3))].join(phrases)
    return style.format(p=phrase, P=phrase[:1].upper() + phrase[1:])


def _long_captions(
    batch: DayBatch, days: Sequence[DayMatrix], day: NDArray[np.intp], shown: NDArray[np.bool_],
    whole: NDArray[np.bool_], rng: np.random.Generator, texts: dict[str, int],
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:  # fmt: skip
    """(v,) two long captions for a share of the whole-day views, of what each shows."""
    rows = np.flatnonzero(whole & (rng.random(len(day)) < LONG_SHARE))
    out = np.full((2, len(day)), -1, np.int32)
    if len(rows):
        seen = [as_shown(days[day[i]], batch.values[day[i]], shown[i]) for i in rows]
        for place, written in zip(out, long_captions(seen, rng), strict=True):
            for row, text in zip(rows, written, strict=True):
                if text is not None:
                    place[row] = texts.setdefault(text, len(texts))
    return out[0], np.where(out[0] < 0, -1, out[1]).astype(np.int32)


def as_shown(day: DayMatrix, values: NDArray[np.float32], shown: NDArray[np.bool_]) -> DayMatrix:
    """The day with all channels but those shown hidden."""
    values = np.where(shown, values, np.float32("nan"))
    return replace(day, values=values, observed=np.isfinite(values))


def without_labels(day: DayMatrix) -> DayMatrix:
    """The day without its log: what a model may learn from a real person when no label of theirs is to be used."""
    return replace(day, events=(), logged=frozenset())
