"""One real day in, what can truly be said about it out: words, the facts behind them, and where else they hold.

python examples/describe_a_day.py [--data FILE] [--person ID] [--day 10]
"""

import argparse
from pathlib import Path

import numpy as np

from sensorlm.captions import generate_captions, short_captions
from sensorlm.captions.facts import DayBatch, evaluate
from sensorlm.channels import CHANNEL_SETS
from sensorlm.days import to_days
from sensorlm.readers import read

SAMPLE = Path(__file__).parent.parent / "samples" / "fitabase" / "fitabase_minute_all.parquet"
KEYS = ["low_level_caption", "middle_level_caption", "high_level_summary_caption"]


def main() -> None:
    """Read one person of the export, describe one of their days, and ask its facts of all the others."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SAMPLE)
    parser.add_argument("--person", help="default: the first with heart rate")
    parser.add_argument("--day", type=int, default=10, help="which of the person's days")
    options = parser.parse_args()

    tables = read("auto", options.data)
    table = next((t for t in tables if (t.person == options.person if options.person else "HR" in t.columns)), None)
    if table is None:
        raise SystemExit(f"{options.data}: no such person. Leave --person out to take the first with heart rate.")
    days = list(to_days(table, CHANNEL_SETS["sensorlm-34"]))
    if not 0 <= options.day < len(days):
        raise SystemExit(f"--day {options.day}: the person has days 0 to {len(days) - 1}.")
    day = days[options.day]
    print(f"{day.key}: {day.observed.any(1).sum()} of 1440 minutes recorded, {len(day.events)} events\n")
    for key, caption in generate_captions([day], KEYS, seed=0)[0].items():
        print(f"{key}\n  {caption.text}\n")

    # A fact is a predicate: of any other day it is true, false, or cannot be told.
    batch = DayBatch.from_days(days)
    for caption in short_captions(day, seed=0, count=5):
        answers = evaluate(caption.facts, batch)
        true, false = (answers == 1).all(1), (answers == -1).any(1)
        unknown = len(days) - int(np.sum(true)) - int(np.sum(false))
        print(f'"{caption.text}" true of {true.sum()} days, false of {false.sum()}, cannot be told of {unknown}')


if __name__ == "__main__":
    main()
