"""The options of `sensorlm generate-captions`: the seed program's, and those of a model that writes."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from sensorlm.channels import CHANNEL_SETS
from sensorlm.records import CAPTION_KEYS

# The words of the seed program's -c, and the keys they stand for.
CAPTION_TYPES: dict[str, tuple[str, ...]] = {
    "low": ("low_level_caption",),
    "middle": ("middle_level_caption",),
    "high-summary": ("high_level_summary_caption",),
    "high-all": ("high_level_all_caption",),
    "middle-low": ("middle_low_level_caption",),
    "high-low": ("high_low_level_caption",),
    "high-middle": ("high_middle_level_caption",),
    "high-middle-low": ("high_middle_low_level_caption",),
    "all": tuple(CAPTION_KEYS),
}

Source = Annotated[Path | None, Argument(metavar="[INPUT]", help="The same as --input.")]
Given = Annotated[
    Path | None,
    Option("-i", "--input", help="CSV or Parquet with the channels' names as columns, or a dataset folder."),
]
CaptionType = Annotated[str, Option("-c", "--caption-type", help=f"One of {', '.join(CAPTION_TYPES)}.")]
Seed = Annotated[int, Option("--seed", help="Decides the wording; the same seed says the same.")]
Units = Annotated[str, Option("--units", help="auto, physical or normalised (z-scores); tables only.")]
Channels = Annotated[
    str, Option("--channels", help=f"Channel set of a table: {', '.join(CHANNEL_SETS)}, or a JSON file.")
]
Output = Annotated[
    Path | None, Option("-o", "--output", help="Write the JSON to this file. A dataset without it is added to.")
]
Replace = Annotated[bool, Option("--replace", help="Drop all captions a dataset already has.")]
Reference = Annotated[
    bool, Option("--reference", help="Describe what the reference computes, missing minutes filled, no facts.")
]
Model = Annotated[str | None, Option("--model", help="Let this checkpoint write; alone, the shipped one.")]
Prefix = Annotated[str, Option(help='With --model: what captions begin with, e.g. "Sleep:".')]
Beams = Annotated[int, Option(help="With --model: beams searched; 1 is greedy.")]
TopP = Annotated[float, Option(help="With --model: sample among tokens that reach this probability.")]
Temperature = Annotated[float, Option(help="With --model: 0 does not sample.")]
MaxTokens = Annotated[
    int | None, Option(help="With --model: tokens at most; default 224, or what the model has room for.")
]
Unsure = Annotated[bool, Option("--unsure", help="With --model: keep sentences that the model is unsure of.")]
Limit = Annotated[int | None, Option(min=1, help="With --model: days at most.")]
