"""A comparison of real and simulated days in (tasks.realism.compare), one PNG out: a row of charts a channel."""

from collections.abc import Mapping
from typing import Any

from sensorlm.report.style import BLUE, FONT, VERMILLION, new_figure, png, tidy

SIDES = {"real": BLUE, "simulated": VERMILLION}
MARKS = {"real": "o", "simulated": "s"}


def realism_picture(comparison: Mapping[str, Any], *, title: str = "") -> bytes:
    """Quantiles, hours, what was recorded when, memory and bouts of every shared channel, real beside simulated."""
    channels = comparison["channels"]
    rows = max(len(channels), 1)
    figure = new_figure(15.5, 0.6 + 2.4 * rows)
    axes = figure.subplots(rows, 5, squeeze=False)
    figure.subplots_adjust(
        left=0.05,
        right=0.98,
        top=1 - 0.75 / (0.6 + 2.4 * rows),
        bottom=0.5 / (0.6 + 2.4 * rows),
        hspace=0.65,
        wspace=0.3,
    )
    figure.suptitle(title or "Real and simulated days", x=0.05, ha="left", fontsize=FONT + 3, fontweight="bold")
    for row, (key, found) in zip(axes, channels.items(), strict=False):
        for side, colour in SIDES.items():
            _draw(row, found[side], colour, MARKS[side], side)
        tidy(row[0], f"{key}: distance {found['distance']:.2f}", "quantile", "value")
        tidy(row[1], "by hour", "hour of day", "mean")
        tidy(row[2], "recorded", "hour of day", "share of minutes")
        tidy(row[3], "memory", "lag, minutes", "autocorrelation")
        tidy(row[4], "bouts above 0", "quantile", "minutes")
        row[2].set_ylim(0, 1.02)
        row[3].set_ylim(-0.2, 1)
        row[0].legend(frameon=False, fontsize=FONT - 1)
    return png(figure)


def _draw(row: Any, found: Mapping[str, Any], colour: str, mark: str, side: str) -> None:  # noqa: ANN401
    style = {"color": colour, "marker": mark, "ms": 4, "lw": 1.5, "label": side}
    for axes, name in zip((row[0], row[3], row[4]), ("quantiles", "autocorrelation", "bout_minutes"), strict=True):
        points = [(k, v) for k, v in found[name].items() if v is not None]
        axes.plot([k for k, _ in points], [v for _, v in points], **style)
    hours = [(h, v) for h, v in enumerate(found["by_hour"]) if v is not None]
    row[1].plot([h for h, _ in hours], [v for _, v in hours], **(style | {"ms": 2}))
    row[2].plot(range(24), found["observed_by_hour"], **(style | {"ms": 2}))
