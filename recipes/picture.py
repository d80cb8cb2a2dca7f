"""Results in, a picture out: sizes compared in 15 seconds each, and the losses of the runs that made the weights.

python recipes/picture.py recipes/results docs/pictures/pretraining.png
"""

import argparse
import json
from pathlib import Path
from typing import Any

from sensorlm.files import write_bytes
from sensorlm.report.style import BLUE, FONT, GREEN, GREY, VERMILLION, new_figure, png, tidy

ASKED = "day_few held-out wordings"
"""Whole days with a few channels, as most real recordings are."""


def in_order(results: Path) -> list[Path]:
    """The metrics of all runs, by their number."""
    return sorted(results.glob("metrics-*.jsonl"), key=lambda file: int(file.stem.removeprefix("metrics-")))


def read_rows(file: Path) -> list[dict[str, Any]]:
    """The rows of a metrics file."""
    return [json.loads(line) for line in file.read_text().splitlines() if line]


def draw_sizes(axes: Any, scaling: list[dict[str, Any]]) -> None:  # noqa: ANN401
    """AUROC over trained parameters, as far as 15 seconds of training get."""
    rows = [row for row in scaling if row["balance"] == "column"]
    for key, name, colour in (("window", "windows", BLUE), ("day", "whole days", VERMILLION)):
        axes.plot(
            [r["parameters"] / 1e6 for r in rows], [r["auroc"][key] for r in rows], "o-", color=colour, label=name
        )
    for row in rows:
        where = (row["parameters"] / 1e6, row["auroc"]["day"])
        axes.annotate(f"{row['preset']}, {row['steps']} steps", where, (0, -16), textcoords="offset points",
                      fontsize=FONT - 2, ha="center")  # fmt: skip
    axes.set_xscale("log")
    axes.set_xticks([4, 8, 17], ["4", "8", "17"])
    axes.minorticks_off()
    axes.set_xlim(2.8, 24)
    axes.set_ylim(0.55, 0.9)
    axes.legend(fontsize=FONT - 2, frameon=False)
    tidy(
        axes,
        "15 seconds of one GPU each, first predicates",
        "trained parameters, millions",
        "macro AUROC, simulated people",
    )


def draw_runs(axes: Any, runs: list[list[dict[str, Any]]]) -> None:  # noqa: ANN401
    """Both losses over the minutes of training, run after run, and what each run ends with on real people."""
    begin = 0.0
    for number, rows in enumerate(runs):
        steps = [row for row in rows if "facts" in row]
        minutes = [begin + row["seconds"] / 60 for row in steps]
        for key, colour in (("pairs", GREEN), ("facts", BLUE)):
            label = {"pairs": "long captions, by pairs", "facts": "short ones, by facts"}[key] if not number else None
            axes.plot(minutes, [row[key] for row in steps], color=colour, label=label, linewidth=1.2)
        done = next(row for row in rows if row.get("phase") == "trained")
        single, averaged = done["results"]["real val people"][ASKED]
        begin += done["seconds"] / 60
        axes.axvline(begin, color=GREY, linewidth=0.8, linestyle=":")
        axes.text(
            begin - 0.2,
            3.9 - 0.33 * (number % 3),
            f"{single:.2f} / {averaged:.2f}",
            ha="right",
            va="top",
            fontsize=FONT - 1,
        )
    axes.set_ylim(0, 4)
    axes.set_xlim(0, begin + 0.3)
    axes.legend(fontsize=FONT - 2, frameon=False, loc="lower left", ncols=2)
    title = "Wordings never taught, real days, AUROC of one / averaged"
    tidy(axes, title, "minutes of training (runs 4 and 5: the text side alone, two CPU cores)", "loss")


def main() -> None:  # noqa: D103
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path, help="folder with scaling.json and metrics-1.jsonl, metrics-2.jsonl, ...")
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    figure = new_figure(11, 4)
    left, right = figure.subplots(1, 2, width_ratios=(2, 3))
    draw_sizes(left, json.loads((args.results / "scaling.json").read_text()))
    draw_runs(right, [read_rows(file) for file in in_order(args.results)])
    figure.tight_layout()
    write_bytes(args.out, png(figure))


if __name__ == "__main__":
    main()
