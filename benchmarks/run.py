"""Names of CPU benchmarks in; benchmarks/results/NAME.json and summary.md out. `scripts/bench [NAME ...]` calls it.

Each benchmark runs as its own process, one after the other, on one thread, with settings small enough for a laptop;
what it prints is shown and kept as it is, beside the machine, the versions, the commit, the load and the date.
"""

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
RESULTS = HERE / "results"
PACKAGES = ("numpy", "scipy", "pyarrow", "torch", "tokenizers", "onnxruntime", "lancedb", "faiss-cpu")
# Name -> command lines. {json} is a file the benchmark may write its figures to.
RUNS: dict[str, list[str]] = {
    "captions": ["captions.py --days 200 --repeats 3"],
    "loader": ["loader.py --days 192 --seconds 1 --json {json}"],
    "losses_memory": [
        "losses_memory.py --batch 8192 --dim 768 --plain",
        "losses_memory.py --batch 8192 --dim 768 --chunk 1024",
        "losses_memory.py --batch 8192 --dim 768 --chunk 1024 --facts",
    ],
    "simulate": ["simulate.py"],
    "cpu": ["cpu.py --pairs 1"],
    "decoding": ["decoding.py --tokens 64"],
    "quantize": ["quantize.py manifest --threads 1 --repeats 3", "quantize.py kernels --threads 1 --repeats 3"],
    "search": ["search.py --rows 200000 --dim 256 --queries 100"],
}


def available():
    """Names whose program is in this checkout."""
    return [name for name, lines in RUNS.items() if (HERE / lines[0].split()[0]).exists()]


def run(line):
    """One command line: what it printed, and the figures it wrote or printed as JSON (None if it does neither)."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "figures.json"
        words = [str(written) if word == "{json}" else word for word in shlex.split(line)]
        command = [sys.executable, str(HERE / words[0]), *words[1:]]
        printed = []
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as process:
            for text in process.stdout:
                print(text, end="", flush=True)
                printed.append(text)
        if process.returncode:
            raise SystemExit(f"benchmarks/{line}: exit code {process.returncode}")
        output = "".join(printed)
        return output, parsed(written.read_text() if written.exists() else output)


def parsed(text):
    try:
        return json.loads(text)
    except ValueError:
        return None


def environment():
    threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    path = os.pathsep.join(filter(None, (str(HERE.parent / "src"), os.environ.get("PYTHONPATH"))))
    return {**os.environ, **threads, "PYTHONPATH": path, "TOKENIZERS_PARALLELISM": "false"}


def machine():
    names = [line.split(":")[1].strip() for line in lines_of("/proc/cpuinfo") if line.startswith("model name")]
    memory = [line.split()[1] for line in lines_of("/proc/meminfo") if line.startswith("MemTotal")]
    return {
        "device": names[0] if names else platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(int(memory[0]) / 2**20, 1) if memory else None,
        "system": platform.system(),
    }


def lines_of(path):
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def versions():
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def commit():
    """The commit, with a + behind it when files differ from it; None outside a repository."""
    ask = ["git", "-C", str(HERE), "describe", "--always", "--exclude=*", "--dirty=+", "--abbrev=12"]
    answer = subprocess.run(ask, capture_output=True, text=True, check=False)
    return answer.stdout.strip() or None


def measure(name, folder):
    result = {
        "benchmark": name, "date": datetime.date.today().isoformat(), "commit": commit(), **machine(),
        "versions": versions(), "load_before": round(os.getloadavg()[0], 2), "runs": [],
    }  # fmt: skip
    for line in RUNS[name]:
        command = f"python benchmarks/{line.replace(' --json {json}', '')}"
        print(f"\n$ {command}", flush=True)
        output, figures = run(line)
        result["runs"].append({"command": command, "figures": figures, "output": output})
    result["load_after"] = round(os.getloadavg()[0], 2)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n")


def summary(folder):
    """All results of the folder as one page of Markdown, as printed."""
    parts = ["# Results\n\nWritten by `scripts/bench`; what each figure means is in [the list](../README.md).\n"]
    for path in sorted(folder.glob("*.json")):
        r = json.loads(path.read_text())
        if "runs" not in r:
            continue
        of = ", ".join(f"{k} {v}" for k, v in r["versions"].items())
        parts.append(
            f"\n## {r['benchmark']}\n\n{r['date']}, commit {r['commit']}, {r['device']}, {r['cores']} cores, "
            f"load {r['load_before']} before and {r['load_after']} after; {of}\n"
        )
        parts += [f"\n```text\n$ {one['command']}\n{one['output'].strip()}\n```\n" for one in r["runs"]]
    (folder / "summary.md").write_text("".join(parts))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {available()}; default: all")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    if unknown := set(options.names) - set(available()):
        parser.error(f"no benchmark {sorted(unknown)}; there are {available()}")
    for name in options.names or available():
        measure(name, options.out)
    summary(options.out)
    print(f"\n{options.out}")


if __name__ == "__main__":
    main()
