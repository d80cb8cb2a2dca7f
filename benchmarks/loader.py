"""Days a second of every way to read shuffled days, against plain pyarrow Parquet row-group reads.

    .venv/bin/python benchmarks/loader.py [--days 1024] [--json results.json]

Random data of 34 channels, once with all channels observed and once with 4, as from a Fitbit; batches of 64 random
days as (64, 1440, 34) float32 with NaN where missing; files are in the page cache. Median of several timed rounds.
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch

from sensorlm.batching import DayLoader
from sensorlm.captions.codes import Codebook
from sensorlm.channels import CHANNEL_SETS
from sensorlm.records import Caption, DayMatrix, Fact, Quantity
from sensorlm.store import Dataset, open_dataset, write_dataset
from sensorlm.store.schema import channel_values
from sensorlm.tokenizer import CaptionTokenizer

CHANNELS = CHANNEL_SETS["sensorlm-34"]
KEYS = list(CHANNELS.keys)
BATCH, ROUNDS = 64, 5
QUANTITIES = [Quantity(statistic="mean", subject=key) for key in KEYS[:8]]
BASELINE = "parquet, row group of each random row"
Read = Callable[[np.ndarray], np.ndarray]


def days(count: int, present: int) -> Iterator[DayMatrix]:
    rng = np.random.default_rng(0)
    for i in range(count):
        values = np.round(CHANNELS.denormalise(rng.normal(size=(1440, 34)).astype(np.float32)), 1)
        values[:, present:] = np.nan
        values[rng.random(1440) < 0.1] = np.nan
        yield DayMatrix(
            values=values, observed=~np.isnan(values), channel_keys=CHANNELS.keys, person=f"p{i // 20}",
            date=date(2024, 1, 1) + timedelta(i % 20), dataset="random",
        )  # fmt: skip


def captions(group):
    text = "Heart rate averaged 71.4 bpm and rose from 23:10; 8,412 steps, most of them in the early evening."
    facts = [Fact(kind="mean", quantity=q, low=1.0) for q in QUANTITIES[:3]]
    written = [Caption(key="short", text=f"{text} {f.quantity.subject}", facts=(f,), labels="facts") for f in facts]
    return [written for _ in group]


def days_table(folder: Path) -> pa.Table:
    return pa.concat_tables([pq.read_table(p, columns=KEYS) for p in sorted(folder.glob("days-*.parquet"))])


def stacked(columns) -> np.ndarray:
    return np.stack([channel_values(columns[key]) for key in KEYS], axis=-1)


def filled(column: pa.ChunkedArray) -> pa.Array:
    values = channel_values(column.combine_chunks()).ravel()
    return pa.FixedSizeListArray.from_arrays(pa.array(values, mask=np.isnan(values)), 1440)


def parquet_random(folder: Path) -> Read:
    files = [pq.ParquetFile(p) for p in sorted(folder.glob("days-*.parquet"))]
    groups = [(f, g) for f in files for g in range(f.num_row_groups)]
    rows = [(f, g, i) for f, g in groups for i in range(f.metadata.row_group(g).num_rows)]

    def read(wanted):
        found = []
        for row in wanted:
            file, group, i = rows[row]
            table = file.read_row_group(group, columns=KEYS).slice(i, 1)
            found.append(stacked({key: table[key].combine_chunks() for key in KEYS})[0])
        return np.stack(found)

    return read


def parquet_in_order(folder: Path) -> Read:
    def batches():
        while True:
            for path in sorted(folder.glob("days-*.parquet")):
                yield from pq.ParquetFile(path).iter_batches(BATCH, columns=KEYS)

    stream = batches()

    def read(_):
        batch = next(stream)
        return stacked({key: batch.column(key) for key in KEYS})

    return read


def arrow_ipc(folder: Path) -> Read:
    path = folder / "days.arrow.bench"
    table = days_table(folder).combine_chunks()
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    batch = pa.ipc.open_file(pa.memory_map(str(path))).get_batch(0)

    def read(wanted):
        out = np.empty((len(wanted), 1440, 34), np.float32)
        for c, key in enumerate(KEYS):
            column = batch.column(key)
            for k, row in enumerate(wanted):
                out[k, :, c] = channel_values(column.slice(row, 1))[0]
        return out

    return read


def array(folder: Path, dataset: Dataset, dtype: type) -> Read:
    path = folder / f"days.{np.dtype(dtype).name}.bench"
    shard = np.lib.format.open_memmap(path, "w+", dtype, (len(dataset), 1440, 34))
    with np.errstate(over="ignore"):
        for start in range(0, len(dataset), BATCH):
            rows = np.arange(start, min(start + BATCH, len(dataset)))
            shard[rows] = dataset.values(rows)
    shard.flush()
    shard = np.load(path, mmap_mode="r")
    return lambda wanted: shard[wanted].astype(np.float32, copy=False)


def lance(folder: Path) -> Read:
    import lancedb

    # It takes no null among its vectors, so an absent channel is a list of nulls here.
    table = pa.table({key: filled(column) for key, column in zip(KEYS, days_table(folder), strict=True)})
    opened = lancedb.connect(str(folder / "lance.bench")).create_table("days", table)

    def read(wanted):
        found = opened.take_offsets([int(i) for i in wanted]).to_arrow()
        return stacked({key: found[key].combine_chunks() for key in KEYS})

    return read


def rate(step: Callable[[], object], seconds: float) -> float:
    """Median days/s of ROUNDS rounds of at least `seconds` / ROUNDS each."""
    step()
    rates = []
    for _ in range(ROUNDS):
        start, count = time.perf_counter(), 0
        while (spent := time.perf_counter() - start) < seconds / ROUNDS or not count:
            step()
            count += 1
        rates.append(count * BATCH / spent)
    return statistics.median(rates)


def formats(folder: Path, dataset: Dataset, seconds: float) -> dict[str, tuple[float, int]]:
    rng = np.random.default_rng(1)
    cases: dict[str, Callable[[], Read]] = {
        BASELINE: lambda: parquet_random(folder),
        "parquet, in order, not shuffled": lambda: parquet_in_order(folder),
        "lance, take of random rows": lambda: lance(folder),
        "arrow IPC, memory-mapped lists": lambda: arrow_ipc(folder),
        "float32 array, memory-mapped": lambda: array(folder, dataset, np.float32),
        "float16 array, memory-mapped": lambda: array(folder, dataset, np.float16),
        "store: packed float32, pread": lambda: dataset.values,
    }
    found = {}
    for name, make in cases.items():
        before = size(folder)
        read = make()
        grown = size(folder) - before
        found[name] = rate(lambda read=read: read(rng.integers(len(dataset), size=BATCH)), seconds), grown
    return found


def loaders(dataset: Dataset, seconds: float) -> dict[str, float]:
    tokenizer = CaptionTokenizer.train([c.text for c in captions([0])[0]] * 20, 400)
    found = {}
    for name, book in (("", None), (", fact codes", Codebook(tuple(QUANTITIES)))):
        for workers in (0, 1, 2):
            loader = DayLoader(
                dataset, batch_size=BATCH, tokenizer=tokenizer, caption_keys={"short": 1.0}, seed=0, codebook=book,
                context_length=64, num_workers=workers,
            )  # fmt: skip
            found[f"DayLoader, {workers} workers{name}"] = rate(lambda loader=loader: next(loader), seconds)
            loader.close()
    return found


def size(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=1024)
    parser.add_argument("--seconds", type=float, default=3.0, help="per case")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore", message="lancedb fork")
    results: dict[str, object] = {"machine": platform.processor() or platform.machine(), "cores": os.cpu_count()}
    for kind, present in (("34 of 34 channels", 34), ("4 of 34 channels", 4)):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            start = time.perf_counter()
            write_dataset(folder, days(options.days, present), CHANNELS, captions=captions)
            write = options.days / (time.perf_counter() - start)
            parquet = size(folder)
            dataset = open_dataset(folder)
            dataset.prepare()
            copy = size(folder) - parquet
            print(f"\n{kind}: {options.days} days; made and written at {write:.0f} days/s; ", end="")
            print(f"Parquet {parquet / options.days / 1e3:.0f} KB a day, copy {copy / options.days / 1e3:.0f} KB")
            table = formats(folder, dataset, options.seconds)
            base = table[BASELINE][0]
            for case, (speed, grown) in table.items():
                extra = f"{grown / options.days / 1e3:6.0f} KB a day beside it" if grown else ""
                print(f"  {case:40} {speed:9.0f} days/s {speed / base:8.1f} x  {extra}", flush=True)
            loading = loaders(dataset, options.seconds)
            for case, speed in loading.items():
                print(f"  {case:40} {speed:9.0f} days/s {speed / base:8.1f} x", flush=True)
            dataset.close()
        results[kind] = {"days_per_second": {k: v[0] for k, v in table.items()} | loading, "write": write}
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
