"""Metrics and scores in, small PNG charts out: loss curves, bars with chance, ROC, confusion, reliability."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sensorlm.report.style import BLACK, BLUE, CYCLE, FONT, GREY, MISSING, VERMILLION, new_figure, png, shorten, tidy

LOSS_NAMES = {"loss": "training loss", "val_loss": "validation loss"}
SMOOTH_FROM = 60
"""From this many points on, a curve is drawn faint with its running mean on top."""


def loss_curve_picture(metrics: Sequence[Mapping[str, Any]], *, title: str = "Loss while training") -> bytes:
    """Every key of `metrics` that ends in "loss" against "step", as PNG bytes.

    Args:
        metrics: rows of metrics.jsonl: {"step": 10, "loss": 2.3, "val_loss": 2.5}; a key may be absent from a row.
        title: heading of the chart.
    """
    names = sorted({k for row in metrics for k in row if k.endswith("loss")}, key=lambda k: (k != "loss", k))
    figure = new_figure(8.0, 3.8)
    axes = figure.add_axes((0.09, 0.15, 0.88, 0.72))
    tidy(axes, title, "optimiser step", "loss")
    for name, colour in zip(names, CYCLE, strict=False):
        points = [(row["step"], row[name]) for row in metrics if row.get(name) is not None and "step" in row]
        xy = np.array([p for p in points if np.isfinite(p[1])], float).reshape(-1, 2)
        label = LOSS_NAMES.get(name, name.replace("_", " "))
        if len(xy) < SMOOTH_FROM:
            axes.plot(
                xy[:, 0], xy[:, 1], color=colour, lw=1.8, marker="o" if len(xy) <= 30 else None, ms=4, label=label
            )
        else:
            width = len(xy) // 25
            mean = np.convolve(xy[:, 1], np.ones(width) / width, "valid")
            axes.plot(xy[:, 0], xy[:, 1], color=colour, lw=0.8, alpha=0.3)
            axes.plot(xy[width - 1 :, 0], mean, color=colour, lw=2, label=f"{label} (mean of {width})")
    _no_data(axes) if not names else axes.legend(frameon=False, fontsize=FONT)
    axes.grid(color=MISSING, lw=0.8)
    return png(figure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One measured number beside what chance and a plain method reach."""

    label: str
    value: float
    chance: float | None = None
    baseline: float | None = None


def bar_picture(bars: Sequence[Bar], *, title: str, unit: str, limits: tuple[float, float] = (0.0, 1.0)) -> bytes:
    """Horizontal bars with a tick for chance and a diamond for the plain-statistics baseline, as PNG bytes."""
    figure = new_figure(8.0, 1.45 + 0.42 * max(len(bars), 1))
    axes = figure.add_axes((0.34, 0.75 / figure.get_figheight(), 0.58, 1 - 1.45 / figure.get_figheight()))
    tidy(axes, title, unit)
    axes.set_xlim(*limits)
    axes.set_ylim(max(len(bars), 1) - 0.4, -0.6)
    axes.set_yticks(range(len(bars)), [shorten(b.label, 34) for b in bars], fontsize=FONT)
    axes.tick_params(axis="y", length=0)
    axes.barh(range(len(bars)), [b.value for b in bars], color=BLUE, height=0.62)
    for row, bar in enumerate(bars):
        span = limits[1] - limits[0]
        # The number stands after the diamond where the two would meet.
        beside = bar.baseline is not None and -0.02 < (bar.baseline - bar.value) / span < 0.1
        end = (bar.baseline or 0.0) + 0.015 * span if beside else bar.value
        axes.text(end + 0.01 * span, row, f"{bar.value:.2f}", va="center", fontsize=FONT)
        if bar.chance is not None:
            axes.plot([bar.chance] * 2, [row - 0.42, row + 0.42], color=BLACK, lw=2.2)
        if bar.baseline is not None:
            axes.plot([bar.baseline], [row], marker="D", ms=7, color=VERMILLION, mec="white")
    _no_data(axes) if not bars else None
    marks = [("|", BLACK, "chance")] if any(b.chance is not None for b in bars) else []
    marks += [("D", VERMILLION, "plain statistics")] if any(b.baseline is not None for b in bars) else []
    for marker, colour, label in marks:
        axes.plot([], [], marker=marker, color=colour, ls="none", ms=9 if marker == "|" else 7, mew=2.2, label=label)
    if marks:
        # Under the axis, where no bar can run into it.
        figure.legend(frameon=False, fontsize=FONT, ncols=2, loc="lower left", bbox_to_anchor=(0.02, 0.0))
    return png(figure)


def roc_picture(curves: Mapping[str, tuple[ArrayLike, ArrayLike]], *, title: str = "ROC") -> bytes:
    """Name -> (false positive rate, true positive rate), as PNG bytes; the diagonal is chance."""
    figure = new_figure(5.4, 4.6)
    axes = figure.add_axes((0.14, 0.13, 0.8, 0.77))
    tidy(axes, title, "false positive rate (fraction)", "true positive rate (fraction)")
    axes.plot([0, 1], [0, 1], color=GREY, lw=1.2, ls="--", label="chance (0.50)")
    for (name, (fpr, tpr)), colour in zip(curves.items(), CYCLE * 4, strict=False):
        x, y = np.asarray(fpr, float), np.asarray(tpr, float)
        area = float(((x[1:] - x[:-1]) * (y[1:] + y[:-1]) / 2).sum())
        axes.plot(x, y, color=colour, lw=2, label=f"{shorten(name, 24)} ({area:.2f})")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.005)
    axes.legend(
        frameon=False, fontsize=FONT - 1, loc="lower right", title="area under the curve", title_fontsize=FONT - 1
    )
    return png(figure)


def confusion_picture(counts: ArrayLike, labels: Sequence[str], *, title: str = "Confusion") -> bytes:
    """(k, k) counts, true class by row: shares of each true class as colours, counts as text, as PNG bytes."""
    matrix = np.asarray(counts, float)
    k = len(labels)
    size = max(4.2, 1.9 + 0.52 * k)
    figure = new_figure(size + 0.9, size)
    axes = figure.add_axes((1.75 / (size + 0.9), 1.3 / size, (size - 2.0) / (size + 0.9), (size - 1.9) / size))
    tidy(axes, title, "predicted", "true")
    share = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    image = axes.imshow(share, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    names = [shorten(x, 18) for x in labels]
    axes.set_xticks(range(k), names, rotation=35, ha="right", fontsize=FONT - 1)
    axes.set_yticks(range(k), names, fontsize=FONT - 1)
    for i in range(k):
        for j in range(k):
            ink = "white" if share[i, j] > 0.55 else BLACK
            axes.text(j, i, f"{matrix[i, j]:,.0f}", ha="center", va="center", fontsize=FONT - 1, color=ink)
    box = axes.get_position()
    bar = figure.colorbar(image, cax=figure.add_axes((box.x1 + 0.02, box.y0, 0.022, box.height)))
    bar.set_label("share of the true class", fontsize=FONT - 1)
    bar.ax.tick_params(labelsize=FONT - 2)
    bar.outline.set_visible(False)
    return png(figure)


def reliability_picture(probability: ArrayLike, correct: ArrayLike, *, num_bins: int = 10) -> bytes:
    """How often predictions of each stated probability (n,) were right (n,) 0/1, as PNG bytes."""
    stated, right = np.asarray(probability, float), np.asarray(correct, float)
    figure = new_figure(5.4, 4.6)
    axes = figure.add_axes((0.14, 0.13, 0.8, 0.77))
    tidy(axes, "Reliability", "stated probability (mean of bin)", "fraction that was right")
    axes.plot([0, 1], [0, 1], color=GREY, lw=1.2, ls="--", label="perfectly calibrated")
    group = np.minimum((stated * num_bins).astype(int), num_bins - 1)
    number = np.bincount(group, minlength=num_bins)
    used = number > 0
    x = np.bincount(group, stated, num_bins)[used] / number[used]
    y = np.bincount(group, right, num_bins)[used] / number[used]
    axes.plot(x, y, color=BLUE, lw=2)
    axes.scatter(
        x, y, s=20 + 160 * number[used] / max(number.max(), 1), color=BLUE, edgecolors="white", label="bins, area: size"
    )
    gap = float((number[used] * np.abs(x - y)).sum() / max(number.sum(), 1))
    axes.text(0.03, 0.95, f"expected calibration error {gap:.3f}, n = {len(stated):,}", fontsize=FONT - 1, va="top")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.02)
    axes.legend(frameon=False, fontsize=FONT - 1, loc="lower right")
    return png(figure)


def _no_data(axes: Any) -> None:  # noqa: ANN401
    axes.text(0.5, 0.5, "nothing was measured", ha="center", va="center", transform=axes.transAxes, color=GREY)
