"""What every command shares: JSON output and the progress bar."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

JsonFlag = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout and nothing else there.")]


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
