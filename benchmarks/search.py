"""A million made-up vectors in, recall and latency of the index out: python benchmarks/search.py [--rows N] [--dim E].

The vectors stand in for embeddings of days: a day is its person's centre (one of rows/250), plus what kind of day it was
(one of 500 directions shared by all), plus noise in a 96-dimensional subspace and a little in all dimensions. Queries are
drawn the same way and are not in the index. Uniform vectors would have no neighbours worth finding.
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


def made(rng, rows, dim, basis, people, kinds):
    person = rng.integers(len(people), size=rows)
    kind = rng.integers(len(kinds), size=rows)
    out = np.empty((rows, dim), np.float32)
    for a in range(0, rows, 50_000):
        b = min(a + 50_000, rows)
        v = people[person[a:b]] + 0.8 * kinds[kind[a:b]]
        v += (0.7 * rng.standard_normal((b - a, len(basis)), np.float32)) @ basis
        v += 0.15 * rng.standard_normal((b - a, dim), np.float32) / np.sqrt(dim) * np.sqrt(len(basis))
        out[a:b] = v / np.linalg.norm(v, axis=1, keepdims=True)
    return out, person


def median_ms(function, items):
    times = []
    for item in items:
        start = time.perf_counter()
        function(item)
        times.append(time.perf_counter() - start)
    return {"median_ms": round(1e3 * float(np.median(times)), 3), "p90_ms": round(1e3 * float(np.quantile(times, 0.9)), 3)}


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
    rng = np.random.default_rng(0)
    basis = np.linalg.qr(rng.standard_normal((args.dim, 96)))[0].T.astype(np.float32) * 10
    people = (rng.standard_normal((max(args.rows // 250, 10), 96)).astype(np.float32)) @ basis
    kinds = (rng.standard_normal((500, 96)).astype(np.float32)) @ basis
    vectors, person = made(rng, args.rows, args.dim, basis, people, kinds)
    queries, _ = made(rng, args.queries, args.dim, basis, people, kinds)
    schema = pa.schema(
        [("row", pa.int64()), ("day", pa.string()), ("person", pa.string()), ("kind", pa.string()), ("caption", pa.string()),
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
