"""A million made-up vectors in, recall and latency of the index out: python benchmarks/search.py [--rows N] [--dim E].

The vectors stand in for embeddings of days. Learned embeddings lie near a surface of few dimensions: a day is a point
of a 32-dimensional space (one of 2,000 clusters, half as wide as the clusters lie apart) that a random network with 256
tanh units maps to 768 numbers; 2% noise on top. Queries are drawn the same way and are not in the index.

Times are wall clock, and processor time of all threads (`cpu_ms`), which other programs on the machine disturb less.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from sensorlm.index.rows import day_schema
from sensorlm.index.table import VectorTable

FILTER = "kind = 'g7'"


class Maker:
    def __init__(self, dim, latent=32, hidden=256, clusters=2_000, seed=0):
        self.rng = rng = np.random.default_rng(seed)
        self.centres = rng.standard_normal((clusters, latent), np.float32)
        self.first = rng.standard_normal((latent, hidden), np.float32) / np.float32(np.sqrt(latent))
        self.second = rng.standard_normal((hidden, dim), np.float32) / np.float32(np.sqrt(hidden))

    def __call__(self, rows):
        out = np.empty((rows, self.second.shape[1]), np.float32)
        cluster = self.rng.integers(len(self.centres), size=rows)
        for a in range(0, rows, 50_000):
            c = cluster[a : a + 50_000]
            z = self.centres[c] + 0.5 * self.rng.standard_normal((len(c), self.centres.shape[1]), np.float32)
            v = np.tanh(z @ self.first) @ self.second
            v /= np.linalg.norm(v, axis=1, keepdims=True)
            v += np.float32(0.02 / np.sqrt(v.shape[1])) * self.rng.standard_normal(v.shape, np.float32)
            out[a : a + len(c)] = v / np.linalg.norm(v, axis=1, keepdims=True)
        return out, cluster


def median_ms(function, items):
    times, work = [], []
    for item in items:
        start, start_cpu = time.perf_counter(), time.process_time()
        function(item)
        times.append(time.perf_counter() - start)
        work.append(time.process_time() - start_cpu)
    wall, used = (1e3 * np.array(t) for t in (times, work))
    return {
        "median_ms": round(float(np.median(wall)), 3), "best_tenth_ms": round(float(np.quantile(wall, 0.1)), 3),
        "p90_ms": round(float(np.quantile(wall, 0.9)), 3), "cpu_ms": round(float(np.median(used)), 3),
    }  # fmt: skip


def recall(found, exact):
    return round(float(np.mean([len(set(a) & set(b)) / len(b) for a, b in zip(found, exact, strict=True)])), 4)


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--dim", type=int, default=768)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--folder", type=Path)
    args = parser.parse_args()
    import lancedb

    folder = args.folder or Path(tempfile.mkdtemp(prefix="sensorlm-search-"))
    rng = np.random.default_rng(1)
    made = Maker(args.dim)
    vectors, person = made(args.rows)
    queries, _ = made(args.queries)
    schema = pa.schema(
        [("row", pa.int64()), *((name, pa.string()) for name in ("day", "person", "kind", "caption")),
         ("vector", pa.list_(pa.float32(), args.dim))])  # fmt: skip
    assert set(day_schema(args.dim).names) >= {"row", "day", "person", "vector"}
    result = {
        "machine": platform.processor() or platform.machine(), "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0], "rows": args.rows, "dim": args.dim,
    }  # fmt: skip
    try:
        start, start_cpu = time.perf_counter(), cpu()
        table = VectorTable(lancedb.connect(str(folder / "rows")), "days", schema, folder / "days",
                            indexed=("person", "kind", "day"))  # fmt: skip
        group = rng.integers(100, size=args.rows)
        for a in range(0, args.rows, 50_000):
            b = min(a + 50_000, args.rows)
            chunk = pa.table({
                "day": [f"made/{p}/{i}" for i, p in zip(range(a, b), person[a:b], strict=True)],
                "person": [f"p{p}" for p in person[a:b]], "kind": [f"g{g}" for g in group[a:b]],
                "caption": [f"A day of {i % 97} minutes of walking and a calm night." for i in range(a, b)],
            })  # fmt: skip
            table.append(chunk, vectors[a:b])
        result["rows_written_s"] = round(time.perf_counter() - start, 1)
        table.finish()
        result["built_s"] = round(time.perf_counter() - start, 1)
        result["built_cpu_s"] = round(cpu() - start_cpu, 1)
        truth = [np.argsort(-(vectors @ q), kind="stable")[:10] for q in queries[:100]]
        kept = np.flatnonzero(group == 7)
        kept_truth = [kept[np.argsort(-(vectors[kept] @ q), kind="stable")[:10]] for q in queries[:100]]
        del vectors, table
        start = time.perf_counter()
        table = VectorTable(lancedb.connect(str(folder / "rows")), "days", schema, folder / "days",
                            indexed=("person", "kind", "day"))  # fmt: skip
        table.search(queries[0], 10)
        result["opened_and_first_search_s"] = round(time.perf_counter() - start, 3)
        for q in queries:  # once through, so that pages are in memory
            table.search(q, 10)
        result["settings"] = {"probes": table.vectors.ann.probes, "factor": table.vectors.ann.factor}
        result["recall@10"] = recall([table.search(q, 10)[0] for q in queries[:100]], truth)
        result["vector_search"] = median_ms(lambda q: table.search(q, 10), queries)
        result["with_rows"] = median_ms(lambda q: table.rows(table.search(q, 10)[0]), queries)
        result["exact"] = median_ms(lambda q: table.search(q, 10, exact=True), queries[:10])

        def first_filter(_):
            table._filters.clear()
            table.where(FILTER)

        result["filter_first_use"] = median_ms(first_filter, range(20))
        result["filter_keeps"] = round(len(table.where(FILTER)) / args.rows, 4)
        found = [table.search(q, 10, where=FILTER)[0] for q in queries[:100]]
        result["filtered_recall@10"] = recall(found, kept_truth)
        result["filtered_vector_search"] = median_ms(lambda q: table.search(q, 10, where=FILTER), queries)
        result["filtered_with_rows"] = median_ms(lambda q: table.rows(table.search(q, 10, where=FILTER)[0]), queries)

        def cold(q):
            table._filters.clear()
            table.rows(table.search(q, 10, where=FILTER)[0])

        result["filtered_with_rows_new_filter"] = median_ms(cold, queries[:50])
        result["load_after"] = os.getloadavg()[0]
        result["peak_gib"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)
        print(json.dumps(result, indent=1))
    finally:
        if args.folder is None:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
