"""`sensorlm quality`: an export or a stored dataset in, its quality report out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from sensorlm.cli.options import JsonFlag, MappingOption, ZoneOption, emit, progress


def quality(
    source: Annotated[Path, typer.Argument(help="A vendor's export, or a folder written by `sensorlm import`.")],
    reader: Annotated[str, typer.Option(help="Reader of an export; auto looks at what is there.")] = "auto",
    channel_set: Annotated[str, typer.Option("--channel-set", help="Set name or JSON file.")] = "sensorlm-34",
    mapping: MappingOption = None,
    zone: ZoneOption = "",
    force: Annotated[bool, typer.Option("--force", help="Exit 0 even if a clock is broken.")] = False,
    picture: Annotated[Path | None, typer.Option(help="Write the report as a PNG picture too.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Say what was recorded and whether its clocks can be trusted; exit 1 if one cannot.

    Example: sensorlm quality Fitabase_export/ --picture quality.png
    """
    from sensorlm.channels import load_channel_set
    from sensorlm.files import write_bytes
    from sensorlm.quality import QualityChecker, report_text, tables_from_days
    from sensorlm.readers import ReadReport, read
    from sensorlm.records import DayMatrix
    from sensorlm.report.quality import quality_picture
    from sensorlm.store import is_dataset, open_dataset

    reading = None
    if is_dataset(source):
        dataset = open_dataset(source)
        chosen = dataset.channel_set
        rows = sorted(range(len(dataset)), key=dataset.person)

        def days() -> Iterator[DayMatrix]:
            yield from (dataset.day(row) for row in rows)

        tables = tables_from_days(days())
    else:
        chosen = load_channel_set(channel_set)
        reading = ReadReport()
        tables = read(reader, source, report=reading, mapping=mapping, zone=zone)
    checker = QualityChecker(chosen)
    with progress("people") as advance:
        for table in tables:
            checker.add(table)
            advance()
    report = checker.report(reading.to_json() if reading else None)
    if picture is not None:
        write_bytes(picture, quality_picture(report))
    emit(report.to_json(), as_json=as_json, text=report_text(report))
    if report.refused and not force:
        raise typer.Exit(1)
