"""`sensorlm export`: a checkpoint in, ONNX files of its towers and decoder out, compared before they are kept."""

from pathlib import Path
from typing import Annotated

import typer

from sensorlm.cli.options import JsonFlag, emit


def export(
    checkpoint: Annotated[str, typer.Argument(help="Checkpoint folder or file.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the ONNX files.")],
    days: Annotated[
        Path | None, typer.Option(help="Dataset whose days the numbers are compared on; none: made days.")
    ] = None,
    int8: Annotated[bool, typer.Option(help="Write 8-bit graphs too.")] = True,
    tolerance: Annotated[float, typer.Option(help="Largest relative difference from the model.")] = 1e-4,
    int8_tolerance: Annotated[float, typer.Option(help="Lowest cosine of 8-bit outputs with the model's.")] = 0.99,
    as_json: JsonFlag = False,
) -> None:
    """Export a checkpoint to ONNX, with dynamic batch and text length.

    A graph whose numbers differ from the model's on 100 days is not kept.

    Example: sensorlm export runs/base -o base-onnx/ --days days/
    """
    from sensorlm.checkpoint import load_checkpoint
    from sensorlm.export.onnx import CHECK_DAYS, export_onnx

    loaded = load_checkpoint(checkpoint)
    values = None
    if days is not None:
        from sensorlm.quantize.calibration import open_days, spread

        found = open_days(days, loaded.channel_set, CHECK_DAYS)
        rows = spread(found.held_out, CHECK_DAYS)
        values = found.channel_set.normalise(found.values(rows))
    result = export_onnx(loaded, output, days=values, int8=int8, tolerance=tolerance, int8_tolerance=int8_tolerance)
    lines = [f"{name}: {size / 2**20:.1f} MiB" for name, size in sorted(result["bytes"].items())]
    for precision, graphs in result["compared"].items():
        lines += [
            f"{precision} {graph}: largest difference {entry['difference']:.1e}, lowest cosine {entry['cosine']:.6f}"
            for graph, entry in graphs.items()
        ]
    emit(result, as_json=as_json, text="\n".join(lines))
