"""How many days a second one core can describe, beside a plain loop over channels with scipy.

    OMP_NUM_THREADS=1 python benchmarks/captions.py [--days 400] [--repeats 5]

Days are made (34 channels, every minute observed; a second row of figures has half of the values missing). Seconds are
CPU seconds of this process, the median over the repeats, so that other work on the machine counts less.
"""

import argparse
import datetime as dt
import platform
import statistics
import time

import numpy as np
from scipy import signal

from sensorlm.captions import generate_captions
from sensorlm.captions.codes import Codebook, labels
from sensorlm.captions.facts import DayBatch
from sensorlm.captions.levels import find_patterns
from sensorlm.captions.numbers import measure_days
from sensorlm.captions.plain import short_captions_of
from sensorlm.captions.sentences import spoken_channels
from sensorlm.captions.structure import find_extremes, find_trends
from sensorlm.channels import CHANNEL_SETS
from sensorlm.records import CAPTION_KEYS, DayMatrix, Event

CHANNELS = CHANNEL_SETS["sensorlm-34"]


def make_days(count, *, missing):
    days = []
    for i in range(count):
        rng = np.random.default_rng([1, i])
        # Curves as smooth as those of the golden days: about 3 trends and 0.8 peaks and drops a channel.
        knots = rng.normal(0, 1, (len(CHANNELS), 14))
        at = np.linspace(0, 1439, 14)
        z = np.stack([np.interp(np.arange(1440), at, k) for k in knots], 1) + rng.normal(0, 0.3, (1440, len(CHANNELS)))
        values = z * CHANNELS.std + CHANNELS.mean
        low, high = (np.array([getattr(c, name) for c in CHANNELS.channels]) for name in ("low", "high"))
        values = np.clip(values, low, high)
        for c, channel in enumerate(CHANNELS.channels):
            if channel.binary:
                values[:, c] = z[:, c] > 0.8
            if missing and rng.random() < 0.7:
                start = int(rng.integers(0, 700))
                values[start : start + 1000, c] = np.nan
        values = values.astype(np.float32)
        events = [Event(kind="sleep", label="Asleep", start=-30, end=420)]
        events += [Event(kind="activity", label="Walking", start=600 + 60 * k, end=640 + 60 * k) for k in range(5)]
        days.append(
            DayMatrix(
                values=values, observed=~np.isnan(values), channel_keys=CHANNELS.keys, person=f"p{i}",
                date=dt.date(2024, 1, 1), dataset="bench", events=tuple(events),
                logged=frozenset(("sleep", "activity")),
            )
        )  # fmt: skip
    return days


def loop_baseline(values):
    """Trends, peaks and drops of each channel of each day, one at a time: numpy polyfit and scipy find_peaks."""
    found = 0
    for day in values:
        for c in range(day.shape[1]):
            bins = day[:, c].astype(np.float64).reshape(36, 40).mean(1)
            spread, mean, candidates = np.ptp(bins), bins.mean(), []
            for size, k in ((6, 1.5), (8, 1.3), (12, 1.0)):
                for first in range(0, 36 - size + 1, size // 2):
                    y = bins[first : first + size]
                    slope, net = np.polyfit(np.arange(size), y, 1)[0], y[-1] - y[0]
                    steep = k * spread / 40
                    if (slope > steep and net > 0.2 * spread) or (slope < -steep and -net > 0.2 * spread):
                        candidates.append((abs(net), abs(slope), size, first, first + size - 1))
                    elif abs(slope) < 0.01 * spread and np.ptp(y) < 0.1 * spread:
                        candidates.append((0.2 * spread, 1.0, size, first, first + size - 1))
            kept = []
            for trend in sorted(candidates, key=lambda t: (-t[0], -t[1], -t[2])):
                a, b = trend[3:]
                if all(min(b, q) - max(a, p) <= 0.3 * min(b - a, q - p) for *_, p, q in kept):
                    kept.append(trend)
            options = {"prominence": 0.5 * spread, "distance": 5, "width": (None, 4)}
            peaks = signal.find_peaks(bins, height=mean + 0.6 * spread, **options)[0]
            drops = signal.find_peaks(-bins, height=-mean - 0.4 * spread, **options)[0]
            found += len(kept[:3]) + len(peaks) + len(drops)
    return found


def vectorised(values):
    bins = measure_days(values).bins.reshape(-1, 36)
    return len(find_trends(bins).series) + len(find_extremes(bins).series)


def rate(count, repeats, work):
    """Things a CPU second, median of `repeats`."""
    work()
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return count / statistics.median(seconds)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=int, default=400)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    n, repeats = options.days, options.repeats
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}")
    for missing in (False, True):
        days = make_days(n, missing=missing)
        batch = DayBatch.from_days(days)
        print(f"\n{n} days, 34 channels, {np.isnan(batch.values).mean():.0%} of values missing; days a CPU second:")
        few = batch.values[: max(n // 20, 5)]
        if not missing:
            # 0/1 channels tie often, and equal candidates are told apart by the last bit of polyfit: not always alike.
            assert abs(loop_baseline(few) / vectorised(few) - 1) < 0.01
            slow = rate(len(few), 1, lambda few=few: loop_baseline(few))
            fast = rate(n, repeats, lambda batch=batch: vectorised(batch.values))
            print(f"  trends and peaks, scipy and polyfit per channel   {slow:9.1f}")
            bins = measure_days(batch.values).bins.reshape(-1, 36)
            shapes = len(find_trends(bins).series) / len(bins), len(find_extremes(bins).series) / len(bins)
            print("  {:.1f} trends and {:.1f} peaks and drops a channel".format(*shapes))
            print(f"  trends and peaks, vectorised                      {fast:9.1f}   {fast / slow:.0f} x")
        spoken = spoken_channels(CHANNELS.keys, CHANNELS)
        numbers = measure_days(batch.values)
        print(f"  patterns worth stating    {rate(n, repeats, lambda a=numbers, b=spoken: find_patterns(a, b)):9.1f}")
        for name, keys in (
            ("statistical (low)", ("low_level_caption",)),
            ("structural (middle)", ("middle_level_caption",)),
            ("semantic (summary)", ("high_level_summary_caption",)),
            ("all eight keys", tuple(CAPTION_KEYS)),
        ):
            print(f"  {name:<24}  {rate(n, repeats, lambda k=keys, d=days: generate_captions(d, k, 1)):9.1f}")
        short = rate(n, repeats, lambda d=days: short_captions_of(d, seed=1, count=4))
        print(f"  short, four a day         {short:9.1f}")
    captions = [c for found in short_captions_of(days, seed=1, count=4) for c in found][:1024]
    book = Codebook.from_captions(captions, 4096)
    values, codes = book.day_codes(batch), book.caption_codes(captions, 8)
    values = np.resize(values, (1024, values.shape[1]))
    pairs = rate(1024 * len(captions), repeats, lambda: labels(values, codes, np.full(len(captions), -1)))
    print(f"\nlabels: {pairs / 1e6:.1f} million pairs a CPU second; day codes of {len(book)} quantities: "
          f"{rate(n, repeats, lambda: book.day_codes(batch)):.0f} days a CPU second")  # fmt: skip


if __name__ == "__main__":
    main()
