"""`sensorlm generate-captions` (alias `caption`): a table or a dataset of days in, their captions out."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand

from sensorlm.channels import ChannelSet, load_channel_set
from sensorlm.cli import caption_options as o
from sensorlm.cli.caption_options import CAPTION_TYPES
from sensorlm.cli.options import JsonFlag, emit, progress
from sensorlm.errors import ConfigError
from sensorlm.records import CAPTION_KEYS, Caption, DayMatrix

DAYS_AT_ONCE = 64


class CaptionCommand(TyperCommand):
    """Lets `--model` stand alone for the shipped model."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401
        """Give a bare `--model` its empty value."""
        at = args.index("--model") + 1 if "--model" in args else 0
        if at and (at == len(args) or args[at].startswith("-")):
            args = [*args[:at], "", *args[at:]]
        parsed: list[str] = super().parse_args(ctx, args)
        return parsed


COMMAND = CaptionCommand
"""What the program builds this command as."""


def generate_captions_command(
    source: o.Source = None, given: o.Given = None, caption_type: o.CaptionType = "high-summary", seed: o.Seed = 42,
    units: o.Units = "auto", channels: o.Channels = "sensorlm-34", output: o.Output = None, replace: o.Replace = False,
    reference: o.Reference = False, model: o.Model = None, prefix: o.Prefix = "", beams: o.Beams = 1,
    top_p: o.TopP = 1.0, temperature: o.Temperature = 0.0, max_tokens: o.MaxTokens = None, unsure: o.Unsure = False,
    limit: o.Limit = None, as_json: JsonFlag = False,
) -> None:  # fmt: skip
    """Describe days in words, at three levels; every caption carries the facts it states.

    A day about which nothing can honestly be said gets no caption; if no day gets one, the exit code is 1.

    Example: sensorlm generate-captions --input days.csv --caption-type all --json
    """
    from sensorlm.store import is_dataset

    path = given or source
    if path is None or (given is not None and source is not None):
        raise ConfigError("give one input: a CSV or Parquet file, or a dataset folder, with --input.")
    keys = _keys(caption_type)
    if model is not None:
        from sensorlm.cli.learned_captions import Decoding, learned_captions

        how = Decoding(max_tokens=max_tokens, beams=beams, temperature=temperature, top_p=top_p, seed=seed)
        result = learned_captions(path, model, decoding=how, prefix=prefix, limit=limit, sure=not unsure)
    elif is_dataset(path):
        result = _caption_dataset(path, keys, seed, reference=reference, output=output, replace=replace)
    else:
        result = _caption_table(path, keys, seed, load_channel_set(channels), units=units, reference=reference)
    if output is not None:
        from sensorlm.files import write_text

        write_text(output, json.dumps(result, ensure_ascii=False, allow_nan=False) + "\n")
        result = {name: value for name, value in result.items() if name != "captions"} | {"output": str(output)}
    emit(result, as_json=as_json, text=_as_text(result))
    if not result["num_captions"]:
        raise typer.Exit(1)


def _keys(caption_type: str) -> tuple[str, ...]:
    if caption_type in CAPTION_KEYS:
        return (caption_type,)
    if caption_type not in CAPTION_TYPES:
        raise ConfigError(f"--caption-type {caption_type!r} does not exist. Use one of {', '.join(CAPTION_TYPES)}.")
    return CAPTION_TYPES[caption_type]


def _captions_of(
    days: Sequence[DayMatrix], keys: Sequence[str], seed: int, channel_set: ChannelSet, *, reference: bool
) -> list[dict[str, Caption]]:
    from sensorlm.captions.compose import generate_captions
    from sensorlm.captions.reference import reference_captions

    if reference:
        return reference_captions(days, keys, seed, channel_set)
    return generate_captions(days, keys, seed, channel_set=channel_set)


def _caption_table(
    path: Path, keys: Sequence[str], seed: int, channel_set: ChannelSet, *, units: str, reference: bool
) -> dict[str, Any]:
    from sensorlm.cli.caption_input import read_days

    table = read_days(path, channel_set, units=units, keep_impossible=reference)
    found: list[dict[str, Any]] = []
    with progress("captions", len(table.days)) as advance:
        for first in range(0, len(table.days), DAYS_AT_ONCE):
            days = table.days[first : first + DAYS_AT_ONCE]
            made = _captions_of(days, keys, seed, channel_set, reference=reference)
            found += _entries(days, made)
            advance(len(days))
    return {
        "input": str(path), "days": len(table.days), "seed": seed, "units": table.units,
        "channels_absent": list(table.absent), "impossible_values": table.impossible,
        "num_captions": len(found), "captions": found,
    }  # fmt: skip


def _caption_dataset(
    path: Path, keys: Sequence[str], seed: int, *, reference: bool, output: Path | None, replace: bool
) -> dict[str, Any]:
    from sensorlm.store import add_captions, open_dataset

    dataset = open_dataset(path)
    found: list[dict[str, Any]] = []
    count = 0

    def made(advance: Any) -> Iterator[tuple[int, dict[str, Caption]]]:  # noqa: ANN401
        nonlocal count
        for first in range(0, len(dataset), DAYS_AT_ONCE):
            rows = range(first, min(first + DAYS_AT_ONCE, len(dataset)))
            days = [dataset.day(row) for row in rows]
            captions = _captions_of(days, keys, seed, dataset.channel_set, reference=reference)
            if output is not None:
                found.extend(_entries(days, captions))
            count += sum(map(len, captions))
            yield from zip(rows, captions, strict=True)
            advance(len(days))

    with progress("captions", len(dataset)) as advance:
        if output is None:
            add_captions(path, made(advance), replace_existing=replace)
        else:
            for _ in made(advance):
                pass
    result: dict[str, Any] = {"input": str(path), "days": len(dataset), "seed": seed, "num_captions": count}
    return result | ({} if output is None else {"captions": found})


def _entries(days: Sequence[DayMatrix], made: Sequence[dict[str, Caption]]) -> list[dict[str, Any]]:
    from sensorlm.fact_json import caption_to_json

    return [
        {"day": day.key} | caption_to_json(caption)
        for day, captions in zip(days, made, strict=True)
        for caption in captions.values()
    ]


def _as_text(result: dict[str, Any]) -> str:
    lines = [f"{entry['day']}  {entry['key']}\n{entry['text']}\n" for entry in result.get("captions", ())]
    where = f" in {result['output']}" if "output" in result else ""
    lines.append(f"{result['num_captions']} captions of {result['days']} days{where}.")
    if "facts" in result:
        from sensorlm.cli.learned_captions import fact_line

        lines.append(fact_line(result["facts"]))
    if result.get("impossible_values"):
        lines.append(f"{result['impossible_values']} values outside their channel's range were taken as missing.")
    if result.get("channels_absent"):
        lines.append(f"Not in the table: {', '.join(result['channels_absent'])}.")
    return "\n".join(lines)
