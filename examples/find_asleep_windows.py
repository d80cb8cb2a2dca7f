"""No model, two facts: is "nearly no step and a slow pulse" enough to find the half hours in which people slept?

Each person's half hours are asked two predicates; the watch's own sleep log says whether the answer was right. The
pulse's threshold is the person's own median over waking and sleeping minutes, so no label is used to find it.

python examples/find_asleep_windows.py [--data FILE]
"""

import argparse
from pathlib import Path

import numpy as np

from sensorlm.captions.facts import DayBatch, evaluate, measure
from sensorlm.channels import CHANNEL_SETS
from sensorlm.days import to_days
from sensorlm.readers import read
from sensorlm.records import Fact, Quantity

SAMPLE = Path(__file__).parent.parent / "samples" / "fitabase" / "fitabase_minute_all.parquet"
WINDOWS = [(start, start + 30) for start in range(0, 1440, 30)]


def asks(statistic: str, subject: str) -> list[Quantity]:
    """One question, asked of every half hour of the day."""
    return [Quantity(statistic=statistic, subject=subject, start=a, end=b) for a, b in WINDOWS]


def main() -> None:
    """Balanced accuracy of the two facts for every person with heart rate and a sleep log."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SAMPLE)
    options = parser.parse_args()

    channels = CHANNEL_SETS["sensorlm-34"]
    scores = []
    print("person         half hours  asleep  found  false alarms  balanced accuracy (chance 0.50)")
    for table in read("auto", options.data):
        if "HR" not in table.columns or "sleep" not in table.logged:
            continue
        batch = DayBatch.from_days(list(to_days(table, channels)))
        slow = float(np.nanmedian(batch.values[:, :, channels.keys.index("HR")]))
        still = [Fact(kind="total", quantity=q, high=20) for q in asks("total", "steps")]
        calm = [Fact(kind="mean", quantity=q, high=slow) for q in asks("mean", "HR")]
        said = np.minimum(evaluate(still, batch), evaluate(calm, batch))  # 1 both hold, 0 untold, -1 one contradicted
        share = measure(asks("event_share", "event:sleep"), batch)  # NaN where nothing was logged
        clear = (said != 0) & ((share <= 0) | (share >= 0.8))
        asleep, guess = share[clear] >= 0.8, said[clear] == 1
        if asleep.all() or not asleep.any():
            continue
        found, alarms = guess[asleep].mean(), guess[~asleep].mean()
        scores.append((found + 1 - alarms) / 2)
        print(f"{table.person:14} {clear.sum():10} {asleep.sum():7} {found:6.2f} {alarms:13.2f} {scores[-1]:7.2f}")
    if scores:
        print(f"\n{len(scores)} people: mean {np.mean(scores):.2f}, lowest {min(scores):.2f}")


if __name__ == "__main__":
    main()
