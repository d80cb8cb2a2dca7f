"""A DayMatrix and its captions in, a PNG out: channels as a heat map, events above, facts marked and numbered."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle

from sensorlm.channels import ChannelSet
from sensorlm.records import MINUTES_PER_DAY, Caption, DayMatrix, Event
from sensorlm.report.links import Sentence, sentences, spans
from sensorlm.report.style import (
    BLACK,
    BLUE,
    CYCLE,
    DIVERGING,
    FONT,
    GREEN,
    GREY,
    MISSING,
    ORANGE,
    PURPLE,
    SKY,
    clock,
    new_figure,
    png,
    shorten,
    tidy,
)

WIDTH = 12.0
LEFT, RIGHT = 2.35, 1.75
"""Inches kept for the channel names and for the ranges and the colour bar."""
MAX_SENTENCES = 12
LINE = 0.185
EVENT_COLOURS = {"sleep": BLUE, "activity": GREEN, "mood": PURPLE}
STAGE_COLOURS = {"awake": ORANGE, "light": SKY, "deep": BLUE, "rem": PURPLE}
Z_LIMIT = 3.0
LETTER_MINUTES = 9.0
"""Width of one letter of an event label on the axis of minutes."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """Heights in inches, from the bottom up."""

    text: float
    rows: float
    lanes: int

    @property
    def events(self) -> float:
        return 0.26 * self.lanes + (0.1 if self.lanes else 0.0)

    @property
    def total(self) -> float:
        return self.text + 0.75 + self.rows + self.events + 0.75


def day_picture(day: DayMatrix, captions: Sequence[Caption] | None, channel_set: ChannelSet) -> bytes:
    """One day as PNG bytes.

    Args:
        day: its recorded channels become rows; a day without any shows every channel as missing.
        captions: their sentences are numbered below the day, and each fact is marked where it lies.
        channel_set: means and standard deviations for the colours, names and units for the labels.
    """
    shown = [i for i in range(len(day.channel_keys)) if day.observed[:, i].any()] or list(range(len(day.channel_keys)))
    channels = [channel_set[day.channel_keys[i]] for i in shown]
    lanes = _lanes(day.events)
    told = sentences(captions or (), {c.key: c.name for c in channel_set.channels})
    lines = _text_lines(told)
    row_height = 0.46 if len(shown) <= 8 else 0.3
    layout = _Layout(text=LINE * len(lines) + (0.15 if lines else 0.0), rows=row_height * len(shown), lanes=len(lanes))
    figure = new_figure(WIDTH, layout.total)
    heat = _axes(figure, layout.text + 0.6, layout.rows, layout.total)
    z = (day.values[:, shown] - [c.mean for c in channels]) / [c.std for c in channels]  # (1440, rows)
    image = _heat_map(heat, z.T)
    _label_rows(heat, day, shown, channels)
    bars = _axes(figure, layout.text + 0.6 + layout.rows + 0.06, max(layout.events, 0.02), layout.total)
    _draw_events(bars, lanes)
    _title(figure, day, len(shown), layout)
    _colour_bar(figure, image, layout)
    _mark_facts(heat, bars, told, {c.key: r for r, c in enumerate(channels)}, lanes)
    for i, (text, bold) in enumerate(lines):
        y = (layout.text - 0.02 - LINE * i) / layout.total
        figure.text(
            0.25 / WIDTH, y, text, fontsize=FONT - 0.5, va="top", fontweight="bold" if bold else "normal", color=BLACK
        )
    return png(figure)


def _axes(figure: Any, bottom: float, height: float, total: float) -> Any:  # noqa: ANN401
    return figure.add_axes((LEFT / WIDTH, bottom / total, (WIDTH - LEFT - RIGHT) / WIDTH, height / total))


def _heat_map(axes: Any, z: Any) -> Any:  # noqa: ANN401
    rows = len(z)
    axes.set_facecolor(MISSING)
    axes.add_patch(
        Rectangle((0, -0.5), MINUTES_PER_DAY, rows, facecolor=MISSING, edgecolor="white", hatch="////", lw=0, zorder=0)
    )
    image = axes.imshow(
        np.ma.masked_invalid(z), aspect="auto", cmap=DIVERGING, vmin=-Z_LIMIT, vmax=Z_LIMIT, zorder=1,
        extent=(0, MINUTES_PER_DAY, rows - 0.5, -0.5), interpolation="nearest",
    )  # fmt: skip
    for row in range(1, rows):
        axes.axhline(row - 0.5, color="white", lw=2, zorder=2)
    tidy(axes, x="local time of day")
    axes.set_xlim(0, MINUTES_PER_DAY)
    axes.set_xticks(np.arange(0, MINUTES_PER_DAY + 1, 120), [clock(m) for m in range(0, MINUTES_PER_DAY + 1, 120)])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    return image


def _label_rows(axes: Any, day: DayMatrix, shown: list[int], channels: list[Any]) -> None:  # noqa: ANN401
    size = FONT if len(shown) <= 12 else FONT - 1.5
    axes.set_yticks(range(len(shown)), [shorten(c.name, 30) for c in channels], fontsize=size)
    axes.tick_params(axis="y", length=0)
    for row, (i, channel) in enumerate(zip(shown, channels, strict=True)):
        values = day.values[day.observed[:, i], i]
        if len(values):
            digits = channel.decimals if np.ptp(values) < 100 else 0
            text = f"{values.min():,.{digits}f} to {values.max():,.{digits}f} {channel.unit}"
        else:
            text = "not recorded"
        axes.text(MINUTES_PER_DAY + 30, row, text, va="center", fontsize=FONT - 2, color=BLACK, clip_on=False)


def _lanes(events: Sequence[Event]) -> list[list[Event]]:
    """Events of this day in rows where none overlaps another: whole ones first, parts of a sleep in a row below."""
    inside = [e for e in events if e.end > 0 and e.start < MINUTES_PER_DAY and e.end > e.start]
    lanes: list[list[Event]] = []
    for event in sorted(inside, key=lambda e: (bool(e.stage), e.start)):
        for lane in lanes:
            if bool(lane[-1].stage) == bool(event.stage) and _end_with_label(lane[-1]) <= event.start:
                lane.append(event)
                break
        else:
            lanes.append([event])
    return lanes[:6]


def _end_with_label(event: Event) -> float:
    """Where the next event of the lane may begin: a name that is wider than its bar stands beside it."""
    width = LETTER_MINUTES * (len(event.label) + 1)
    inside = event.stage or width <= min(event.end, MINUTES_PER_DAY) - max(event.start, 0)
    return event.end if inside else event.end + width


def _draw_events(axes: Any, lanes: list[list[Event]]) -> None:  # noqa: ANN401
    axes.set_xlim(0, MINUTES_PER_DAY)
    axes.set_ylim(max(len(lanes), 1) - 0.5, -0.5)
    axes.axis("off")
    for row, lane in enumerate(lanes):
        staged = bool(lane[0].stage)
        axes.text(
            -20, row, "sleep stages" if staged else "events" if row == 0 else "", ha="right", va="center", fontsize=FONT
        )
        for event in lane:
            start, end = max(event.start, 0), min(event.end, MINUTES_PER_DAY)
            colour = STAGE_COLOURS.get(event.stage, GREY) if staged else EVENT_COLOURS[event.kind]
            axes.add_patch(
                Rectangle((start, row - 0.42), end - start, 0.84, facecolor=colour, edgecolor="white", lw=0.8)
            )
            words = event.stage if staged else f"{event.label} {clock(event.start % 1440)}–{clock(event.end % 1440)}"
            room = min((e.start for e in lane if e.start >= event.end), default=MINUTES_PER_DAY + 200)
            _event_label(axes, words, event.stage or event.label, (start, end, room), row, colour)


def _event_label(
    axes: Any, words: str, short: str, span: tuple[int, int, int], row: int, colour: str  # noqa: ANN401
) -> None:  # fmt: skip
    """The longest label that fits into the bar, or else beside it, before the next bar begins."""
    start, end, room = span
    for text in (words, short):
        width = LETTER_MINUTES * (len(text) + 1)
        if width <= end - start:
            ink = "white" if colour in (BLUE, GREEN) else BLACK
            axes.text((start + end) / 2, row, text, ha="center", va="center", fontsize=FONT - 2, color=ink)
            return
        if end + width <= room:
            axes.text(end + 5, row, text, va="center", fontsize=FONT - 2, color=BLACK)
            return


def _title(figure: Any, day: DayMatrix, rows: int, layout: _Layout) -> None:  # noqa: ANN401
    hidden = len(day.channel_keys) - rows
    minutes = int(day.observed.any(axis=1).sum())
    parts = [f"{minutes:,} of {MINUTES_PER_DAY:,} minutes recorded"]
    parts += [f"{hidden} {'channel' if hidden == 1 else 'channels'} without a value not shown"] if hidden else []
    if day.minutes_in_day != MINUTES_PER_DAY:
        parts.append(f"the clock changed: this day had {day.minutes_in_day // 60} hours")
    left, top = 0.25 / WIDTH, 1 - 0.12 / layout.total
    title = f"{day.date:%A} {day.date.day} {day.date:%B %Y}, person {day.person} ({day.dataset})"
    figure.text(left, top, title, fontsize=FONT + 3, fontweight="bold", va="top", color=BLACK)
    figure.text(left, top - 0.28 / layout.total, "; ".join(parts), fontsize=FONT - 1, va="top", color="#555555")


def _colour_bar(figure: Any, image: Any, layout: _Layout) -> None:  # noqa: ANN401
    width, height = 2.1, 0.11
    box = ((WIDTH - width - 0.35) / WIDTH, 1 - 0.34 / layout.total, width / WIDTH, height / layout.total)
    bar = figure.colorbar(image, cax=figure.add_axes(box), orientation="horizontal", extend="both")
    bar.set_ticks([-3, 0, 3], labels=["-3 sd", "mean", "+3 sd"])
    bar.ax.tick_params(labelsize=FONT - 2, length=2, pad=1)
    bar.ax.set_title("against all people (hatched: missing)", fontsize=FONT - 2, pad=2)
    bar.outline.set_visible(False)


def _mark_facts(
    heat: Any, bars: Any, told: list[Sentence], rows: dict[str, int], lanes: list[list[Event]]  # noqa: ANN401
) -> None:  # fmt: skip
    """A box on the channel over the fact's minutes with the sentence's number; whole-day facts only get the number."""
    taken: dict[tuple[int, int], int] = {}
    for sentence in told[:MAX_SENTENCES]:
        for subject, start, end in spans(sentence):
            start, end = max(start, 0), min(end, MINUTES_PER_DAY)
            colour = CYCLE[(sentence.number - 1) % len(CYCLE)]
            whole = end - start >= MINUTES_PER_DAY - 1
            if subject in rows:
                row, axes = rows[subject], heat
                if not whole:
                    # A white rim keeps the box visible on any colour.
                    for edge, thick, order in (("white", 3.4, 4), (colour, 1.8, 5)):
                        corner, wide = (start, row - 0.44), max(end - start, 6)
                        axes.add_patch(
                            Rectangle(corner, wide, 0.88, fill=False, edgecolor=edge, lw=thick, zorder=order)
                        )
            elif (place := _event_place(subject, lanes)) is not None:
                (row, start), axes = place, bars
            else:
                continue
            # Badges that would fall on one another step to the right.
            slot = (id(axes) % 1000003 + row, round(start / 28))
            step = taken.get(slot, 0)
            taken[slot] = step + 1
            _badge(axes, start + 12 + 26 * step, row - 0.1 if axes is heat else row, sentence.number, colour)


def _event_place(subject: str, lanes: list[list[Event]]) -> tuple[int, int] | None:
    """Lane and first minute of the event a subject such as "event:activity:Running" speaks of."""
    _, _, rest = subject.partition("event:")
    kind, _, label = rest.partition(":")
    for row, lane in enumerate(lanes):
        for event in lane:
            if rest and event.kind == kind and not event.stage and label.lower() in ("", event.label.lower()):
                return row, max(event.start, 0)
    return None


def _badge(axes: Any, x: float, y: float, number: int, colour: str) -> None:  # noqa: ANN401
    axes.text(
        min(x, MINUTES_PER_DAY - 12), y, str(number), ha="center", va="center", fontsize=FONT - 2.5, fontweight="bold",
        color="white", zorder=7,
        bbox={"boxstyle": "circle,pad=0.18", "facecolor": colour, "edgecolor": "white", "lw": 0.9},
    )  # fmt: skip


def _text_lines(told: list[Sentence]) -> list[tuple[str, bool]]:
    lines: list[tuple[str, bool]] = []
    for sentence in told[:MAX_SENTENCES]:
        mark = f"{sentence.number:>2}  "
        wrapped = textwrap.wrap(sentence.text, 150) or [""]
        lines += [((mark if i == 0 else " " * 6) + part, False) for i, part in enumerate(wrapped)]
    if len(told) > MAX_SENTENCES:
        lines.append((f"    and {len(told) - MAX_SENTENCES} more sentences", False))
    return [("What the caption says; each number marks where in the day", True), *lines] if lines else []
