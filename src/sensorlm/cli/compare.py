"""`sensorlm compare`: two evaluations in, their differences with intervals over people out."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from sensorlm.cli.options import JsonFlag, emit

NO_BREAK = "\N{NO-BREAK SPACE}"


def compare(
    first: Annotated[Path, typer.Argument(help="JSON that `sensorlm evaluate` wrote.")],
    second: Annotated[Path, typer.Argument(help="JSON of the other model, same dataset and split.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="HTML page to write as well.")] = None,
    seed: Annotated[int, typer.Option(help="Of the draws.")] = 0,
    as_json: JsonFlag = False,
) -> None:
    """Put two runs side by side: every difference with its 95% interval, the same people drawn for both.

    Example: sensorlm compare evaluation/old--days.json evaluation/new--days.json -o comparison.html
    """
    from sensorlm.tasks.compare import compare_runs
    from sensorlm.tasks.scoring import finite

    runs = [_read(path) for path in (first, second)]
    rows = finite(compare_runs(*runs, seed=seed))
    result: dict[str, Any] = {
        "first": runs[0].get("identity"), "second": runs[1].get("identity"), "dataset": runs[0].get("dataset"),
        "models": {"first": runs[0].get("model"), "second": runs[1].get("model")}, "rows": rows,
    }  # fmt: skip
    if output is not None:
        _write_page(output, result)
        result["html"] = str(output)
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


def _write_page(path: Path, result: dict[str, Any]) -> None:
    """One table: what is clear first said in words, then every number."""
    from sensorlm.cli.evaluate_page import words_of
    from sensorlm.report import Page

    clear = [row for row in result["rows"] if row["clear"]]
    better = sum(row["difference"]["estimate"] > 0 for row in clear)
    page = Page(
        title=f"{_name(result, 'second')} beside {_name(result, 'first')}",
        subtitle=f"{result['dataset']}: of {len(result['rows'])} numbers the second model is clearly higher in "
        f"{better} and clearly lower in {len(clear) - better}",
    )
    page.section("All differences")
    page.text(
        "Second minus first, with the 95% interval. The same people are drawn for both models, so what makes a person "
        "hard for both cancels. Clear: the interval leaves out 0. Of many numbers one in twenty is clear by chance."
    )
    page.table(
        ["task", "measure", _name(result, "first"), _name(result, "second"), "difference", "95% interval", "clear"],
        [
            [*words_of(row["task"], row["name"], row["metric"]), row["first"], row["second"], *_step(row),
             _verdict(row)]
            for row in result["rows"]
        ],
    )  # fmt: skip
    page.write(path)


def _name(result: dict[str, Any], which: str) -> str:
    return f"{result['models'][which]} ({which})"


def _step(row: dict[str, Any]) -> tuple[str, str]:
    """The difference and its interval as people read them."""
    d = row["difference"]
    between = "" if d["low"] is None else f"{d['low']:+.3f} to {d['high']:+.3f}".replace(" ", NO_BREAK)
    return "-" if d["estimate"] is None else f"{d['estimate']:+.3f}", between


def _verdict(row: dict[str, Any]) -> str:
    if not row["clear"]:
        return ""
    return "higher" if row["difference"]["estimate"] > 0 else "lower"


def _text(result: dict[str, Any]) -> str:
    lines = [f"second ({result['second']}) minus first ({result['first']}) on {result['dataset']}"]
    for row in result["rows"]:
        step, between = _step(row)
        values = " ".join("-" if v is None else f"{v:.3f}" for v in (row["first"], row["second"]))
        star = " *" if row["clear"] else ""
        between = between and f"[{between.replace(f'{NO_BREAK}to{NO_BREAK}', ', ')}]"
        lines.append(f"  {row['task']} {row['name']}  {row['metric']}: {values}  {step} {between}{star}")
    lines.append("* the interval leaves out 0")
    return "\n".join([*lines, f"written to {result['html']}"] if "html" in result else lines)
