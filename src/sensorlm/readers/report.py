"""What a reader met on the way: counts with first examples in, a JSON-ready report out; nothing dropped in silence."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

EXAMPLES = 5


@dataclass(slots=True)
class Problem:
    """How often one kind of trouble was met, and where first."""

    count: int = 0
    examples: list[str] = field(default_factory=list)
    """At most EXAMPLES places, "file row 12: why"."""


@dataclass(slots=True)
class ReadReport:
    """Counts of one reading; filled while its tables are consumed, complete when they are exhausted."""

    reader: str = ""
    path: str = ""
    files: dict[str, int] = field(default_factory=dict)
    """File -> data rows read from it."""
    skipped_files: dict[str, str] = field(default_factory=dict)
    """File -> why it was not read."""
    unknown_columns: dict[str, list[str]] = field(default_factory=dict)
    """File -> columns that mean nothing to the reader."""
    time_formats: dict[str, int] = field(default_factory=dict)
    """Time format -> rows written in it."""
    problems: dict[str, Problem] = field(default_factory=dict)
    """Kind of trouble -> count and first places."""
    notes: list[str] = field(default_factory=list)
    """Choices the reader made that a person should know of."""
    checks: dict[str, dict[str, float]] = field(default_factory=dict)
    """Totals compared with the export's own daily logs."""
    people: int = 0
    minutes: int = 0
    events: int = 0
    channels: dict[str, int] = field(default_factory=dict)
    """Channel -> recorded values handed on."""
    _sources: dict[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Data rows read from all files."""
        return sum(self.files.values())

    def source(self, path: Path) -> str:
        """The name of a file in this report: its own, with its folder where two files have the same name."""
        place = str(path)
        if place not in self._sources:
            short = path.name if path.name not in self._sources.values() else f"{path.parent.name}/{path.name}"
            self._sources[place] = short if short not in self._sources.values() else place
        return self._sources[place]

    def count(self, kind: str, number: int, examples: Iterable[str] = ()) -> None:
        """Add `number` cases of `kind`; the first few places are kept."""
        if number <= 0:
            return
        problem = self.problems.setdefault(kind, Problem())
        problem.count += int(number)
        for example in examples:
            if len(problem.examples) >= EXAMPLES:
                break
            problem.examples.append(example)

    def count_rows(self, kind: str, mask: NDArray[np.bool_], source: str, rows: NDArray[np.int64]) -> None:
        """Count the True rows of `mask` (n,) under `kind`, naming the first by their numbers `rows` (n,)."""
        hits = np.flatnonzero(mask)
        self.count(kind, len(hits), [f"{source} row {int(rows[i])}" for i in hits[:EXAMPLES]])

    def note(self, text: str) -> None:
        """Keep one sentence for the reader of the report, once."""
        if text not in self.notes:
            self.notes.append(text)

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dict."""
        return {
            "reader": self.reader, "path": self.path, "rows": self.rows, "people": self.people, "minutes": self.minutes,
            "events": self.events, "channels": dict(self.channels), "files": dict(self.files),
            "skipped_files": dict(self.skipped_files), "unknown_columns": dict(self.unknown_columns),
            "time_formats": dict(self.time_formats), "checks": dict(self.checks), "notes": list(self.notes),
            "problems": {k: {"count": p.count, "examples": list(p.examples)} for k, p in self.problems.items()},
        }  # fmt: skip

    def lines(self) -> list[str]:
        """The report as lines for a terminal."""
        out = [
            f"read {self.rows:,} rows of {len(self.files)} file(s): {self.people} people, {self.minutes:,} minutes, "
            f"{self.events:,} events"
        ]
        out += [f"  {kind}: {p.count:,} (first: {'; '.join(p.examples[:2])})" for kind, p in self.problems.items()]
        out += [f"  columns without a meaning in {f}: {', '.join(c)}" for f, c in self.unknown_columns.items()]
        if len(self.time_formats) > 1:
            out.append("  time formats: " + ", ".join(f"{k} ({v:,})" for k, v in self.time_formats.items()))
        out += [
            f"  {name}: {int(c['agree']):,} of {int(c['compared']):,} agree with the export's own log"
            for name, c in self.checks.items()
        ]
        out += [f"  not read: {name} ({why})" for name, why in self.skipped_files.items()]
        return out + [f"  note: {text}" for text in self.notes]
