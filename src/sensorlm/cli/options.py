"""What commands share: options of the same meaning, lists in one word, JSON output and the progress bar."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

JsonFlag = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout and nothing else there.")]
CpuFlag = Annotated[bool, typer.Option("--cpu", help="Do not use a GPU.")]
DaysArgument = Annotated[Path, typer.Argument(help="A dataset folder, a table of minutes, or an export.")]
ModelOption = Annotated[
    str | None, typer.Option("--model", "-m", help="Checkpoint or artefact; default the shipped model.")
]
CacheOption = Annotated[Path | None, typer.Option(help="With a URL: where vectors lie on this machine.")]
MappingOption = Annotated[Path | None, typer.Option(help="JSON that says what the columns mean (csv, parquet).")]
ZoneOption = Annotated[str, typer.Option(help="IANA zone of wall-clock times, e.g. Europe/London.")]


def listed(text: str) -> list[str]:
    """The words of "a, b,c": several values given as one."""
    return [word for word in (part.strip() for part in text.split(",")) if word]


def emit(result: dict[str, Any], *, as_json: bool, text: str) -> None:
    """Print `result` as JSON, or `text` for people."""
    print(json.dumps(result, ensure_ascii=False, allow_nan=False, default=str) if as_json else text)


@contextmanager
def progress(description: str, total: float | None = None) -> Iterator[Any]:
    """A bar on stderr, silent where stderr is no terminal; yields `advance(steps=1)`."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(description, total=total)

        def advance(steps: float = 1) -> None:
            bar.advance(task, steps)

        yield advance
