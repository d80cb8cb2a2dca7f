"""Texts, tables and pictures in, one self-contained HTML file out: no script, no outside address, works offline."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from sensorlm.errors import ReportError
from sensorlm.files import write_text

PNG_START = b"\x89PNG\r\n\x1a\n"
NOT_MEDICAL = (
    "Research software, not a medical device: nothing here may be used to diagnose, to treat, "
    "or to decide about health."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One row of a result table: a number beside chance and beside a plain method, or a dash where there is none."""

    task: str
    metric: str
    value: float
    chance: float | None = None
    baseline: float | None = None
    """What plain statistics of the channels reach on the same days and people."""
    note: str = ""


@dataclass(slots=True)
class Page:
    """A page built top to bottom; each call adds a part and returns the page."""

    title: str
    subtitle: str = ""
    parts: list[dict[str, Any]] = field(default_factory=list)

    def section(self, heading: str) -> "Page":
        """A heading, listed in the table of contents."""
        return self._add(kind="section", heading=heading, anchor=f"part-{len(self.parts)}")

    def text(self, words: str) -> "Page":
        """Plain text; a blank line starts a new paragraph. Markup in it is shown, not obeyed."""
        return self._add(kind="text", paragraphs=[p.strip() for p in words.split("\n\n") if p.strip()])

    def preformatted(self, words: str) -> "Page":
        """Text whose spaces and line ends count: a terminal report, a command line."""
        return self._add(kind="pre", words=words)

    def table(self, header: Sequence[str], rows: Sequence[Sequence[Any]], caption: str = "") -> "Page":
        """A table; floats get three digits, None becomes a dash, numbers stand on the right.

        Raises:
            ReportError: a row has another number of cells than the header.
        """
        for number, row in enumerate(rows):
            if len(row) != len(header):
                raise ReportError(
                    f"table {caption!r}: row {number} has {len(row)} cells, the header has {len(header)}. "
                    "Give every row one cell a column."
                )
        cells = [[_cell(c) for c in row] for row in rows]
        numeric = [_is_column_of_numbers([row[i] for row in rows]) for i in range(len(header))]
        columns = [{"text": h, "number": n} for h, n in zip(header, numeric, strict=True)]
        return self._add(kind="table", header=columns, rows=cells, caption=caption)

    def results(self, results: Sequence[Result], caption: str = "") -> "Page":
        """A table of results with chance and baseline columns."""
        rows = [[r.task, r.metric, r.value, r.chance, r.baseline, r.note] for r in results]
        return self.table(["task", "measure", "model", "chance", "plain statistics", "note"], rows, caption)

    def picture(self, png: bytes, caption: str, alt: str) -> "Page":
        """A PNG inside the file itself.

        Raises:
            ReportError: the bytes are not a PNG, or there is no text for those who cannot see it.
        """
        if not png.startswith(PNG_START):
            raise ReportError(f"picture {caption!r}: {len(png)} bytes that are not a PNG. Give PNG bytes.")
        if not alt.strip():
            raise ReportError(f"picture {caption!r} has no alt text. Say in words what it shows.")
        # IHDR holds width and height at fixed places; stating them keeps the page from jumping while it loads.
        width, height = (int.from_bytes(png[i : i + 4], "big") for i in (16, 20))
        data = base64.b64encode(png).decode("ascii")
        return self._add(kind="picture", data=data, caption=caption, alt=alt, width=width, height=height)

    def html(self) -> str:
        """The whole page as text."""
        source = resources.files("sensorlm.report").joinpath("page.html.j2").read_text(encoding="utf-8")
        environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        return environment.from_string(source).render(
            title=self.title, subtitle=self.subtitle, parts=self.parts, not_medical=NOT_MEDICAL
        )

    def write(self, path: str | Path) -> None:
        """Write the page to `path`, whole or not at all."""
        write_text(path, self.html())

    def _add(self, **part: Any) -> "Page":  # noqa: ANN401
        self.parts.append(part)
        return self


def _is_column_of_numbers(cells: Sequence[Any]) -> bool:
    return any(map(_is_number, cells)) and all(c is None or _is_number(c) for c in cells)


def _is_number(cell: Any) -> bool:  # noqa: ANN401
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _cell(cell: Any) -> str:  # noqa: ANN401
    if cell is None:
        return "–"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int):
        return f"{cell:,}"
    return f"{cell:.3f}" if isinstance(cell, float) else str(cell)
