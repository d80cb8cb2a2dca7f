"""A QualityReport in, one PNG out: coverage by channel and hour, and what each clock test found."""

from typing import Any

import numpy as np

from sensorlm.quality import BROKEN, CANNOT_TELL, SOUND, ClockRules, Evidence, QualityReport
from sensorlm.report.style import (
    BLACK,
    BLUE,
    FONT,
    GREY,
    MISSING,
    ORANGE,
    SEQUENTIAL,
    VERMILLION,
    new_figure,
    png,
    shorten,
    tidy,
)

WIDTH = 12.0
OUTCOMES = {
    "for": ("for the clock", BLUE, "o"),
    "alike": ("two readings of one sensor", "#9ECAE1", "s"),
    "silent": ("neither for nor against", "#C4C4C4", "."),
    "doubt": ("doubtful", ORANGE, "^"),
    "against": ("against the clock", VERMILLION, "X"),
}
MAX_CHANNELS = 40


def quality_picture(report: QualityReport, rules: ClockRules | None = None) -> bytes:
    """The report as PNG bytes; `rules` are the thresholds drawn as shaded zones."""
    rules = rules or ClockRules()
    rows = min(len(report.channel_keys), MAX_CHANNELS)
    cover_height = 0.32 * max(rows, 2)
    panel = 3.0
    total = 0.85 + cover_height + 1.15 + panel + 0.85
    figure = new_figure(WIDTH, total)
    days = sum(p.days for p in report.people)
    names = ", ".join(sorted({p.dataset for p in report.people})) or "nothing"
    title = f"Recording quality: {shorten(names, 60)}"
    figure.text(0.02, 1 - 0.12 / total, title, fontsize=FONT + 4, fontweight="bold", va="top", color=BLACK)
    unworn = sum(p.unworn_minutes for p in report.people) / max(sum(p.recorded_minutes for p in report.people), 1)
    wrong = sum(report.total("impossible").values())
    figure.text(
        0.02, 1 - 0.42 / total,
        f"{len(report.people)} people, {days:,} person-days; no sign of a wearer in {unworn:.0%} of recorded minutes; "
        f"{wrong:,} impossible values", fontsize=FONT, va="top", color="#555555",
    )  # fmt: skip
    bottom = (0.85 + panel + 1.15) / total
    cover = figure.add_axes((2.6 / WIDTH, bottom, (WIDTH - 4.1) / WIDTH, (cover_height - 0.25) / total))
    _coverage(figure, cover, report, rows, total, cover_height)
    _clock_title(figure, report, (0.85 + panel + 0.42) / total, total)
    _tests(figure, report, rules, total, panel)
    return png(figure)


def _coverage(figure: Any, axes: Any, report: QualityReport, rows: int, total: float, height: float) -> None:  # noqa: ANN401
    tidy(axes, "Minutes with a value, by hour of the local day", "hour of day")
    names = [shorten(n, 32) for n in report.channel_names[:rows]]
    if not rows:
        axes.text(
            0.5, 0.5, "no channel was recorded", ha="center", va="center", transform=axes.transAxes, fontsize=FONT
        )
        axes.set_yticks([])
        return
    share = 100 * report.coverage[:rows]
    image = axes.imshow(share, aspect="auto", cmap=SEQUENTIAL, vmin=0, vmax=100, extent=(0, 24, rows - 0.5, -0.5))
    for row in range(1, rows):
        axes.axhline(row - 0.5, color="white", lw=1.5)
    axes.set_yticks(range(rows), names, fontsize=FONT if rows <= 16 else FONT - 2)
    axes.set_xticks(range(0, 25, 3))
    axes.tick_params(axis="y", length=0)
    for row in range(rows):
        axes.text(24.25, row, f"{share[row].mean():.0f} %", va="center", fontsize=FONT - 1, color=BLACK, clip_on=False)
    box = axes.get_position()
    bar_axes = figure.add_axes((1 - 0.75 / WIDTH, box.y0, 0.14 / WIDTH, box.height))
    bar = figure.colorbar(image, cax=bar_axes)
    bar.set_ticks([0, 50, 100])
    bar.ax.set_title("%", fontsize=FONT - 1)
    bar.ax.tick_params(labelsize=FONT - 2, length=2)
    bar.outline.set_visible(False)


def _clock_title(figure: Any, report: QualityReport, y: float, total: float) -> None:  # noqa: ANN401
    counts = f"{report.count(SOUND)} sound, {report.count(CANNOT_TELL)} cannot tell, {report.count(BROKEN)} broken"
    text = f"Can the clocks be trusted?  {counts}"
    if report.refused:
        text += ": " + shorten(", ".join(report.refused), 62)
    figure.text(0.02, y, text, fontsize=FONT + 2, fontweight="bold", color=VERMILLION if report.refused else BLACK)
    how = "Each mark is one test of one person, sorted from low to high; broken clocks lie in the shaded part"
    figure.text(0.02, y - 0.22 / total, how, fontsize=FONT, color="#555555")


def _tests(figure: Any, report: QualityReport, rules: ClockRules, total: float, panel: float) -> None:  # noqa: ANN401
    # Test, number shown, title, axis label, the zone of broken clocks, the limits of the axis.
    tests: tuple[tuple[str, str, str, str, tuple[float, float], tuple[float, float]], ...] = (
        ("rhythm", "above_chance", "24-hour rhythm", "variance explained by the hour,\nabove chance (fraction)",
         (-0.5, rules.rhythm_absent), (-0.1, 1.0)),
        ("agreement", "r_lag0", "Two channels agree", "rank correlation at lag 0\n(quick changes)",
         (-1.0, rules.agree_absent), (-0.3, 1.0)),
        ("sleep", "r", "Still while asleep", "rank correlation\nwith logged sleep",
         (rules.sleep_absent, 1.0), (-1.0, 0.4)),
        ("continuity", "r", "Time is continuous", "rank correlation with\nthe next 5 minutes or epoch",
         (-1.0, rules.continuity_absent), (-0.2, 1.0)),
    )  # fmt: skip
    left, gap = 0.5, 0.35
    width = (WIDTH - left - 0.3 - 3 * gap) / 4
    for i, (test, number, title, label, zone, limits) in enumerate(tests):
        box = ((left + i * (width + gap)) / WIDTH, 0.95 / total, width / WIDTH, (panel - 0.3) / total)
        axes = figure.add_axes(box)
        tidy(axes, title, label)
        axes.axvspan(*zone, color="#FBE3D6", lw=0, zorder=0)
        axes.set_xlim(*limits)
        axes.set_xticks([t for t in (-0.8, -0.4, 0.0, 0.4, 0.8) if limits[0] <= t <= limits[1] - 0.1])
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x", color=MISSING, lw=0.8, zorder=0)
        _dots(axes, report, test, number, limits)
        if test == "agreement" and any(e.channel == "white_light" for _, e in _unique(report, test, number)):
            axes.set_xlabel("rank correlation at lag 0\n(light with movement may be low)", fontsize=FONT)
    _legend(figure, total)


def _dots(axes: Any, report: QualityReport, test: str, number: str, limits: tuple[float, float]) -> None:  # noqa: ANN401
    found = sorted(_unique(report, test, number), key=lambda item: item[1].numbers[number])
    axes.set_ylim(-0.06, 1.06)
    if not found:
        axes.text(
            0.5, 0.5, "not enough data", ha="center", va="center", transform=axes.transAxes, color=GREY, fontsize=FONT
        )
        return
    height = np.linspace(0, 1, len(found)) if len(found) > 1 else np.array([0.5])
    for outcome, (_, colour, marker) in OUTCOMES.items():
        at = [i for i, (_, e) in enumerate(found) if e.outcome == outcome]
        x = [float(np.clip(found[i][1].numbers[number], *limits)) for i in at]
        size = 46 if outcome == "against" else 20
        edge = {"edgecolors": "white", "linewidths": 0.6} if marker != "." else {}
        axes.scatter(x, height[at], s=size, c=colour, marker=marker, zorder=4 if outcome == "against" else 3, **edge)
    _name_the_wrong(axes, found, height, number, limits)


def _name_the_wrong(axes: Any, found: Any, height: Any, number: str, limits: tuple[float, float]) -> None:  # noqa: ANN401
    """The person and channel of a finding against the clock, where there is room to write it."""
    last = -1.0
    middle = sum(limits) / 2
    for i, (person, e) in enumerate(found):
        if e.outcome != "against" or height[i] - last < 0.075:
            continue
        last = float(height[i])
        x = float(np.clip(e.numbers[number], *limits))
        text = f"{shorten(person, 12)} {shorten(e.channel, 12)}"
        side = "left" if x < middle else "right"
        pad = "  " + text if side == "left" else text + "  "
        axes.text(x, last, pad, ha=side, va="center", fontsize=FONT - 3, color=VERMILLION, zorder=5)


def _unique(report: QualityReport, test: str, number: str) -> list[tuple[str, Evidence]]:
    """Each finding once, though an agreement stands with both of its channels."""
    found: dict[int, tuple[str, Evidence]] = {}
    for verdict in report.clock_verdicts:
        for e in verdict.evidence:
            if e.test == test and number in e.numbers and np.isfinite(e.numbers[number]):
                found[id(e)] = (verdict.person, e)
    return list(found.values())


def _legend(figure: Any, total: float) -> None:  # noqa: ANN401
    axes = figure.add_axes((0.02, 0.02 / total, 0.96, 0.3 / total))
    axes.axis("off")
    axes.set_xlim(0, 100)
    axes.set_ylim(-1, 1)
    x = 1.0
    for name, colour, marker in OUTCOMES.values():
        axes.scatter([x], [0], s=40, c=colour, marker=marker)
        axes.text(x + 1.2, 0, name, va="center", fontsize=FONT - 1)
        x += 5.0 + 0.72 * len(name)
