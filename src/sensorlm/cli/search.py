"""`sensorlm search`: words, or a day, in; the days (or captions) nearest to them out."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sensorlm.cli.options import CacheOption, CpuFlag, JsonFlag, emit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sensorlm.index import DayIndex


def search(
    text: Annotated[str | None, typer.Argument(help="What the days should be like, in plain words.")] = None,
    also: Annotated[
        list[str] | None,
        typer.Option(
            "--also", help="The same in other words; may be given often. Three wordings find better than one."
        ),
    ] = None,
    index: Annotated[str, typer.Option("--index", "-i", help="What `sensorlm index` wrote.")] = "index",
    where: Annotated[str | None, typer.Option(help="SQL over the rows: \"person = 'anna' and steps > 10000\".")] = None,
    like: Annotated[
        str | None, typer.Option(help="Days like this one (dataset/person/date) instead of a text.")
    ] = None,
    captions: Annotated[bool, typer.Option("--captions", help="With --like: captions that fit it, not days.")] = False,
    count: Annotated[int, typer.Option("-k", "--count", help="How many.")] = 10,
    exact: Annotated[bool, typer.Option("--exact", help="Compare with every day, however many there are.")] = False,
    model: Annotated[
        str | None, typer.Option("--model", "-m", help="The model the index was made with; default the shipped one.")
    ] = None,
    cache: CacheOption = None,
    cpu: CpuFlag = False,
    as_json: JsonFlag = False,
) -> None:
    """Find days by words, by likeness to a day, and by SQL.

    The score is the model's cosine; with statements measured (see `index`), plus a quarter of how far the statements
    that the words are read as hold above the usual. A caption that gives figures is read by its numbers instead.

    Example: sensorlm search "restless night after a late run" --also "slept badly after an evening run" -i index/
    """
    from sensorlm.index import DayIndex

    _check(text, also, like, count, captions=captions)
    found = DayIndex(index, cache=cache)
    read_as: list[dict[str, Any]] = []
    figures: list[dict[str, Any]] = []
    if like is None:
        query, read_as, figures = _query(found, [str(text), *(also or [])], model, cpu=cpu)
        hits = found.search(query, count, where=where, exact=exact)
    elif captions:
        hits = found.captions(found.vector(like), count, where=where)
    else:
        hits = found.similar(like, count, where=where)
    rows = [{"rank": i, "score": hit.score, **_shown(hit.row)} for i, hit in enumerate(hits, 1)]
    result: dict[str, Any] = {
        "query": text or like,
        "also": also or [],
        "read_as": read_as,
        "figures": figures,
        "index": index,
        "where": where,
        "days": len(found),
        "hits": rows,
    }
    emit(result, as_json=as_json, text=_text(rows, result, count))


def _check(text: str | None, also: list[str] | None, like: str | None, count: int, *, captions: bool) -> None:
    from sensorlm.errors import ConfigError

    if (text is None) == (like is None):
        raise ConfigError('say what to look for: a text ("restless night"), or --like DAY; exactly one of them.')
    if also and text is None:
        raise ConfigError(
            f"--also {also[0]!r} says a text in other words, and there is no text. Give it without --like."
        )
    if captions and like is None:
        raise ConfigError("--captions finds the captions of a day: name it with --like dataset/person/date.")
    if count < 1:
        raise ConfigError(f"-k {count}: ask for at least one.")


def _query(
    index: "DayIndex", wordings: list[str], model: str | None, *, cpu: bool
) -> "tuple[NDArray[np.float32], list[dict[str, Any]], list[dict[str, Any]]]":
    """(dim,) of what is looked for, by the model that the index was made with; the statements and figures it says."""
    from sensorlm.cli.day_source import device_name
    from sensorlm.embedders.measured import MeasuredEmbedder, with_statements
    from sensorlm.embedders.opening import open_embedder
    from sensorlm.embedders.reference import reference_vectors
    from sensorlm.tasks.zero_shot import vectors_of_wordings

    opened = open_embedder(model, device=device_name(cpu))
    # An index made with --plain holds the model's vectors alone.
    embedder = opened if index.dim == opened.dim else with_statements(opened)
    index.check(embedder.dim, embedder.identity, lambda: reference_vectors(embedder, opened.channel_set))
    vector: NDArray[np.float32] = vectors_of_wordings(embedder, [wordings])[0]
    if not isinstance(embedder, MeasuredEmbedder):
        return vector, [], []
    said = embedder.bank.said
    numbers = [] if embedder.figures is None else embedder.figures.read_as(wordings)
    return (
        vector,
        [{"statement": said[i], "weight": round(w, 3)} for i, w in embedder.read_as(wordings)],
        [{"number": n.value, "figure": f"{q.statistic} {q.subject}", "share": round(s, 3)} for n, q, s in numbers],
    )


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if name not in ("row", "facts", "tags")}
    if "date" in kept:
        kept["date"] = kept["date"].isoformat()
    return kept


def _text(rows: list[dict[str, Any]], result: dict[str, Any], count: int) -> str:
    if not rows:
        return "nothing found" + (f" where {result['where']}" if result["where"] else "")
    lines = []
    if result["read_as"]:
        parts = (f"{one['statement']} ({one['weight']:.2f})" for one in result["read_as"])
        lines.append(f"read as: {'; '.join(parts)}")
    if result["figures"]:
        read = (f"{one['number']:g} ({one['figure']})" for one in result["figures"])
        lines.append(f"figures: {'; '.join(read)}")
    for row in rows:
        numbers = [
            f"{row[name]:,.0f} {unit}"
            for name, unit in (("steps", "steps"), ("heart_rate", "bpm"), ("sleep_minutes", "min asleep"))
            if row.get(name) is not None
        ]
        said = row.get("text") or next(iter(row.get("captions") or []), "")
        about = f"  {', '.join(numbers)}" if numbers else ""
        lines.append(
            f"{row['rank']:>3}. {row['score']:+.3f}  {row['day']}{about}" + (f"\n      {said}" if said else "")
        )
    if len(rows) < count:
        passing = f" where {result['where']}" if result["where"] else f" in an index of {result['days']} days"
        lines.append(f"{count} were asked for, {len(rows)} found{passing}")
    return "\n".join(lines)
