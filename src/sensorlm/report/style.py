"""How every picture looks: one figure size, one set of colours, PNG bytes out. No global state of matplotlib is used.

Colours are those of Okabe and Ito (2008), which people with any common colour blindness can tell apart; where two
things must never be confused, they differ in shape or position too.
"""

from io import BytesIO
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

DPI = 110
BLUE, VERMILLION, ORANGE, GREEN = "#0072B2", "#D55E00", "#E69F00", "#009E73"
PURPLE, SKY, YELLOW, BLACK, GREY = "#CC79A7", "#56B4E9", "#F0E442", "#222222", "#8A8A8A"
CYCLE = (BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, BLACK)
MISSING = "#E4E4E4"
DIVERGING = "PuOr_r"
SEQUENTIAL = "cividis"
FONT = 10


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of `width` by `height` inches, known to no pyplot."""
    return Figure(figsize=(width, height), dpi=DPI, facecolor="white")


def png(figure: Figure) -> bytes:
    """The figure as PNG bytes with a palette of 256 colours, a third of the size of true colour."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    image = Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3])
    out = BytesIO()
    small = image.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    small.save(out, format="PNG", optimize=True, dpi=(DPI, DPI))
    return out.getvalue()


def tidy(axes: Any, title: str = "", x: str = "", y: str = "") -> None:  # noqa: ANN401
    """Title left, labels, no box: what every axes here shares."""
    if title:
        axes.set_title(title, loc="left", fontsize=FONT + 1, fontweight="bold", color=BLACK)
    axes.set_xlabel(x, fontsize=FONT)
    axes.set_ylabel(y, fontsize=FONT)
    axes.tick_params(labelsize=FONT - 1, length=3)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def clock(minute: float) -> str:
    """A minute of the day as people write it: 1390 -> "23:10"."""
    return f"{int(minute) // 60:02d}:{int(minute) % 60:02d}"


def shorten(text: str, limit: int) -> str:
    """`text`, cut at a word to at most `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0] + "…"
