"""`sensorlm compare`: two evaluations in, their differences with intervals over people out."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from sensorlm.cli.options import JsonFlag, emit


def compare(
    first: Annotated[Path, typer.Argument(help="JSON that `sensorlm evaluate` wrote.")],
    second: Annotated[Path, typer.Argument(help="JSON of the other model, same dataset and split.")],
    seed: Annotated[int, typer.Option(help="Of the draws.")] = 0,
    as_json: JsonFlag = False,
) -> None:
    """Put two runs side by side: every difference with its 95% interval, the same people drawn for both.

    Example: sensorlm compare evaluation/old--days.json evaluation/new--days.json
    """
    from sensorlm.tasks.compare import compare_runs
    from sensorlm.tasks.scoring import finite

    runs = [_read(path) for path in (first, second)]
    rows = finite(compare_runs(*runs, seed=seed))
    result: dict[str, Any] = {
        "first": runs[0].get("identity"), "second": runs[1].get("identity"), "dataset": runs[0].get("dataset"), "rows": rows,
    }  # fmt: skip
    emit(result, as_json=as_json, text=_text(result))


def _read(path: Path) -> dict[str, Any]:
    from sensorlm.errors import ConfigError

    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read ({error}). Give JSON of `sensorlm evaluate`.") from None
    if not isinstance(data, dict):
        raise ConfigError(f"{path} is no evaluation. Give JSON of `sensorlm evaluate`.")
    return data


def _text(result: dict[str, Any]) -> str:
    lines = [f"second ({result['second']}) minus first ({result['first']}) on {result['dataset']}"]
    for row in result["rows"]:
        d = row["difference"]
        between = "" if d["low"] is None else f"[{d['low']:+.3f}, {d['high']:+.3f}]"
        values = " ".join("-" if v is None else f"{v:.3f}" for v in (row["first"], row["second"]))
        star = " *" if row["clear"] else ""
        step = "-" if d["estimate"] is None else f"{d['estimate']:+.3f}"
        lines.append(f"  {row['task']} {row['name']}  {row['metric']}: {values}  {step} {between}{star}")
    return "\n".join([*lines, "* the interval leaves out 0"])
