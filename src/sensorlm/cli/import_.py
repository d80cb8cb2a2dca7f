"""`sensorlm import`: an export in; a quality report and a dataset of days out. A broken clock keeps a recording out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sensorlm.cli.options import JsonFlag, MappingOption, ZoneOption, emit, progress

if TYPE_CHECKING:
    from sensorlm.cli.importing import Importing
    from sensorlm.quality import QualityReport


def import_export(
    reader: Annotated[str, typer.Argument(help="Reader, or auto, which looks at what is there; may be left out.")],
    path: Annotated[Path | None, typer.Argument(help="The export: a folder or a file.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder of the dataset to write.")] = None,
    channel_set: Annotated[
        str, typer.Option("--channel-set", help="Set name or JSON file; auto takes the reader's own.")
    ] = "sensorlm-34",
    mapping: MappingOption = None,
    zone: ZoneOption = "",
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
    from sensorlm.cli.importing import Importing
    from sensorlm.errors import ReaderError
    from sensorlm.files import write_bytes, write_json
    from sensorlm.readers import READERS, detect, read
    from sensorlm.store import write_dataset

    name, place = ("auto", Path(reader)) if path is None else (reader, path)
    if output is None:
        raise ReaderError("no output folder given. Say where the dataset goes with -o, e.g. -o days/.")
    name = detect(place) if name == "auto" else name
    if channel_set == "auto" and name in READERS:
        channel_set = READERS[name].channel_set
    chosen = load_channel_set(channel_set)
    run = Importing(chosen)
    tables = read(name, place, report=run.reading, zone=zone, mapping=mapping, units=units, dataset=dataset)
    with progress("days") as advance:
        days = run.days(tables, force=force, min_minutes=min_minutes, non_wear=non_wear, advance=advance)
        manifest = write_dataset(output, days, chosen, append=append, overwrite=overwrite)
    quality = run.quality()
    result: dict[str, Any] = {
        "dataset": str(output), "reader": name, "channel_set": chosen.name, "days": run.made.days,
        "dataset_days": manifest.num_days, "refused": run.refused, "days_report": run.made.to_json(),
        "quality": quality.to_json(),
    }  # fmt: skip
    if report is not None:
        write_json(report, result)
    if picture is not None:
        from sensorlm.report.quality import quality_picture

        write_bytes(picture, quality_picture(quality))
    emit(result, as_json=as_json, text=_text(name, output, run, quality, force=force))
    if run.refused and not force:
        raise typer.Exit(1)


def _text(name: str, output: Path, run: "Importing", quality: "QualityReport", *, force: bool) -> str:
    from sensorlm.quality import report_text

    lines = [f"reader: {name}", *run.reading.lines(), "", report_text(quality), "", *run.made.lines()]
    lines.append(f"written to {output}")
    if run.refused:
        lines += ["", "TAKEN ALTHOUGH THEIR CLOCK IS BROKEN:" if force else "REFUSED:", *run.refused]
    return "\n".join(lines)
