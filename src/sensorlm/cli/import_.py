"""`sensorlm import`: an export in; a quality report and a dataset of days out. A broken clock keeps a recording out."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sensorlm.cli.options import JsonFlag, emit, progress

if TYPE_CHECKING:
    from sensorlm.channels import ChannelSet
    from sensorlm.days import DaysReport
    from sensorlm.quality import QualityChecker, QualityReport
    from sensorlm.records import DayMatrix, MinuteTable


def import_export(
    reader: Annotated[str, typer.Argument(help="Reader, or auto, which looks at what is there; may be left out.")],
    path: Annotated[Path | None, typer.Argument(help="The export: a folder or a file.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder of the dataset to write.")] = None,
    channel_set: Annotated[
        str, typer.Option("--channel-set", help="Set name or JSON file; auto takes the reader's own.")
    ] = "sensorlm-34",
    mapping: Annotated[Path | None, typer.Option(help="JSON that says what the columns mean (csv, parquet).")] = None,
    zone: Annotated[str, typer.Option(help="IANA zone of wall-clock times, e.g. Europe/London.")] = "",
    units: Annotated[
        str, typer.Option(help="physical or normalised, for csv and parquet; else told by the values.")
    ] = "",
    dataset: Annotated[str, typer.Option(help="Name of the data set in every row; default the reader's.")] = "",
    min_minutes: Annotated[int, typer.Option(help="Observed minutes a day needs to be kept.")] = 60,
    non_wear: Annotated[bool, typer.Option(help="Take zeros of a device not worn as missing.")] = True,
    force: Annotated[bool, typer.Option("--force", help="Take recordings whose clock cannot be trusted too.")] = False,
    append: Annotated[bool, typer.Option("--append", help="Add to the dataset that is there.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the dataset that is there.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write the whole report as JSON.")] = None,
    picture: Annotated[Path | None, typer.Option(help="Write the quality report as a PNG picture.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Turn an export into a dataset of days; exit 1 if a recording was refused for its clock.

    Example: sensorlm import fitbit Fitabase_export/ -o days/ --report quality.json --picture quality.png
    """
    from sensorlm.channels import load_channel_set
    from sensorlm.days import DaysReport
    from sensorlm.errors import ReaderError
    from sensorlm.files import write_bytes, write_json
    from sensorlm.quality import QualityChecker
    from sensorlm.readers import READERS, ReadReport, detect, read
    from sensorlm.store import write_dataset

    name, place = ("auto", Path(reader)) if path is None else (reader, path)
    if output is None:
        raise ReaderError("no output folder given. Say where the dataset goes with -o, e.g. -o days/.")
    name = detect(place) if name == "auto" else name
    if channel_set == "auto" and name in READERS:
        channel_set = READERS[name].channel_set
    chosen = load_channel_set(channel_set)
    reading, made, checker = ReadReport(), DaysReport(), QualityChecker(chosen)
    tables = read(name, place, report=reading, zone=zone, mapping=mapping, units=units, dataset=dataset)
    refused: list[str] = []
    with progress("days") as advance:
        days = _days(tables, chosen, checker, made, refused, force=force, min_minutes=min_minutes, non_wear=non_wear)
        manifest = write_dataset(output, _advancing(days, advance), chosen, append=append, overwrite=overwrite)
    quality = checker.report(reading.to_json())
    result: dict[str, Any] = {
        "dataset": str(output), "reader": name, "channel_set": chosen.name, "days": made.days,
        "dataset_days": manifest.num_days, "refused": refused, "days_report": made.to_json(),
        "quality": quality.to_json(),
    }  # fmt: skip
    if report is not None:
        write_json(report, result)
    if picture is not None:
        from sensorlm.report.quality import quality_picture

        write_bytes(picture, quality_picture(quality))
    emit(result, as_json=as_json, text=_text(name, output, reading.lines(), made, quality, refused, force=force))
    if refused and not force:
        raise typer.Exit(1)


def _days(
    tables: Iterator["MinuteTable"], channel_set: "ChannelSet", checker: "QualityChecker", made: "DaysReport",
    refused: list[str], *, force: bool, min_minutes: int, non_wear: bool,
) -> Iterator["DayMatrix"]:  # fmt: skip
    """Days of every recording whose clock is not broken (of all with `force`); `refused` gets the reasons."""
    from sensorlm.days import to_days
    from sensorlm.quality import BROKEN, refusal

    for table in tables:
        person = checker.add(table)
        if person.verdict == BROKEN:
            refused.append(refusal(person))
            if not force:
                continue
        yield from to_days(table, channel_set, min_observed_minutes=min_minutes, non_wear=non_wear, report=made)


def _advancing(days: Iterator["DayMatrix"], advance: Any) -> Iterator["DayMatrix"]:  # noqa: ANN401
    for day in days:
        yield day
        advance()


def _text(
    name: str,
    output: Path,
    reading: list[str],
    made: "DaysReport",
    quality: "QualityReport",
    refused: list[str],
    *,
    force: bool,
) -> str:
    from sensorlm.quality import report_text

    lines = [f"reader: {name}", *reading, "", report_text(quality), "", *made.lines(), f"written to {output}"]
    if refused:
        lines += ["", "TAKEN ALTHOUGH THEIR CLOCK IS BROKEN:" if force else "REFUSED:", *refused]
    return "\n".join(lines)
