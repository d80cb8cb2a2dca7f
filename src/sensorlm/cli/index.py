"""`sensorlm index`: a dataset and a model in, an index of its days and captions out; run again, it adds what is new."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sensorlm.cli.options import CacheOption, CpuFlag, DaysArgument, JsonFlag, ModelOption, emit, listed, progress

if TYPE_CHECKING:
    from sensorlm.cli.day_source import DaySource
    from sensorlm.index import DayIndex
    from sensorlm.records import Caption

DAYS_AT_ONCE = 512
KEYS = "short,high_level_summary_caption"


def index(
    data: DaysArgument,
    output: Annotated[str, typer.Option("--output", "-o", help="Folder of the index, or s3://, gs://, az:// URL.")],
    model: ModelOption = None,
    caption_keys: Annotated[str, typer.Option(help="Stored captions to index too; empty: none.")] = KEYS,
    cache: CacheOption = None,
    new_only: Annotated[
        bool, typer.Option("--new-only", help="Do not look whether days that are there already have changed.")
    ] = False,
    plain: Annotated[
        bool,
        typer.Option("--plain", help="The model's vectors alone: a quarter of the room, and days are found less well."),
    ] = False,
    cpu: CpuFlag = False,
    as_json: JsonFlag = False,
) -> None:
    """Index days for `sensorlm search`. Unchanged days are skipped, changed ones replaced; a killed run goes on.

    Example: sensorlm index days/ --model CHECKPOINT -o index/
    """
    from sensorlm.cli.day_source import device_name, open_days
    from sensorlm.embedders.opening import open_embedder, open_searcher
    from sensorlm.embedders.reference import reference_vectors
    from sensorlm.index import DayIndex

    start = time.perf_counter()
    embedder = open_embedder(model, device=device_name(cpu)) if plain else open_searcher(model, device=device_name(cpu))
    source = open_days(data, embedder.channel_set)
    found = DayIndex(
        output, dim=embedder.dim, model=embedder.identity, cache=cache,
        reference=lambda: reference_vectors(embedder, embedder.channel_set, texts=embedder.tokenizer is not None),
    )  # fmt: skip
    keys = listed(caption_keys)
    with found.writing():
        known = found.known()
        keyed = list(enumerate(_keys(source)))
        changed = [] if new_only else [
            place for place, day in keyed if day in known and known[day] != _content(source, place, keys)
        ]  # fmt: skip
        new = sorted([place for place, day in keyed if day not in known] + changed)
        with progress("embedding days", len(new)) as advance:
            for first in range(0, len(new), DAYS_AT_ONCE):
                places = new[first : first + DAYS_AT_ONCE]
                _add(found, embedder, source, places, keys)
                advance(len(places))
        if new:
            found.finish()
    result: dict[str, Any] = {
        "index": output, "model": embedder.name, "dim": embedder.dim, "added": len(new) - len(changed),
        "changed": len(changed), "skipped": len(source.days) - len(new), "days": len(found),
        "texts": found.texts.num_current,
        "seconds": round(time.perf_counter() - start, 2),
    }  # fmt: skip
    words = (
        f"{result['added']} days added, {len(changed)} had changed, {result['skipped']} were there already; "
        f"{len(found)} days, {result['texts']} texts"
    )
    # Only the same model's vectors of words fit the days'.
    ask = f'sensorlm search "restless night" --index {output}' + ("" if model is None else f" --model {model}")
    emit(result, as_json=as_json, text=f"{words} in {output}\n{ask}")


def _keys(source: "DaySource") -> Iterator[str]:
    if source.dataset is None:
        yield from (day.key for day in source.days)
        return
    for row in range(len(source.dataset)):
        meta = source.dataset.metadata(row)
        yield f"{meta['dataset']}/{meta['person']}/{meta['date'].isoformat()}"


def _content(source: "DaySource", place: int, keys: list[str]) -> str:
    from sensorlm.index.rows import content_of

    return content_of(source.days[place], _captions(source, place, keys))


def _captions(source: "DaySource", place: int, keys: list[str]) -> "list[Caption]":
    return [caption for key in keys for caption in source.captions(place, key)]


def _add(found: "DayIndex", embedder: Any, source: "DaySource", places: list[int], keys: list[str]) -> None:  # noqa: ANN401
    from sensorlm.embedders.base import with_logs
    from sensorlm.embedders.measured import of_captions

    days = [source.days[place] for place in places]
    captions = [_captions(source, place, keys) for place in places]
    texts = [caption.text for said in captions for caption in said]
    found.add(days, embedder.embed_days(with_logs(embedder, days)), captions, of_captions(embedder).embed_texts(texts))
