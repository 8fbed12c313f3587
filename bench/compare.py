#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times whole jobs of the engine beside DuckDB, on the same files, in turns, and checks that the answers are equal.

    build/python/bin/python bench/compare.py --ndr build/ndr
    ... --scale 0.02 --only delta,fg_b        a quick look

A run is a process of its own with two threads. Seconds count from the files on disk to all tables in memory; starting the
process, summing the tables and comparing them do not count. Peak memory is the process's, until the tables are there."""
import argparse
import importlib
import json
import math
import statistics
import subprocess
import sys
from pathlib import Path

import duckdb

from inputs import Inputs

HERE = Path(__file__).resolve().parent
JOBS = {
    "delta": "a day of JSON Lines, 4.4 million sessions of 5,000 hosts, to host and pair partials",
    "fg_a": "the windows of one end from those partials",
    "fg_a_day": "the windows of the day's 96 ends",
    "fg_b": "statistics of 1,000 hosts, 30 days, 32 metrics: host, segment, network",
    "fg_c": "10,000 rows, two horizons, 32 metrics, six transforms",
}
THREADS = "2"
TOLERANCE = 1e-9


def run(command):
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"compare: {' '.join(map(str, command))} failed")
    return json.loads(done.stdout)


def differences(ours, theirs):
    """Where two answers disagree, over the columns that both have."""
    found = []
    for table in sorted(ours.keys() | theirs.keys()):
        if table not in ours or table not in theirs:
            found.append(f"{table}: one engine lacks it")
            continue
        a, b = ours[table], theirs[table]
        if a["rows"] != b["rows"]:
            found.append(f"{table}: {a['rows']} rows, DuckDB {b['rows']}")
        for name, (values, total) in b["columns"].items():
            if name not in a["columns"]:
                found.append(f"{table}.{name}: only DuckDB has it")
            elif values != a["columns"][name][0] or not math.isclose(total, a["columns"][name][1], rel_tol=TOLERANCE, abs_tol=TOLERANCE):
                found.append(f"{table}.{name}: {a['columns'][name]}, DuckDB {[values, total]}")
    return found


def compare(job, folder, runs, jobs_binary):
    ours, theirs = [], []
    for _ in range(runs):
        ours.append(run([jobs_binary, job, folder, THREADS]))
        theirs.append(run([sys.executable, HERE / "peer", job, folder, THREADS]))
    first = theirs[0]["tables"]
    wrong = [d for one in ours for d in differences(one["tables"], first)]
    left_out = sorted({c for t in first for c in ours[0]["tables"].get(t, first[t])["columns"] if c not in first[t]["columns"]})
    result = {"job": job, "what": JOBS[job], "rows": sum(t["rows"] for t in first.values()),
              "columns_compared": sum(len(t["columns"]) for t in first.values()), "differences": wrong,
              "columns_left_out": left_out, "left_out": importlib.import_module(job).LEAVES_OUT}
    for name, results in (("ndr", ours), ("duckdb", theirs)):
        seconds = [r["seconds"] for r in results]
        result[name] = {"seconds": seconds, "median": statistics.median(seconds),
                        "peak_mb": round(statistics.median(r["peak_bytes"] for r in results) / 1e6)}
    return result


def table(results):
    lines = [f"{'job':<10} {'ndr s':>8} {'DuckDB s':>9} {'times':>6} {'ndr MB':>8} {'DuckDB MB':>10} {'rows':>10}  answers"]
    for r in results:
        ours, theirs = r["ndr"], r["duckdb"]
        equal = f"{r['columns_compared']} columns equal" if not r["differences"] else "DIFFER"
        lines.append(f"{r['job']:<10} {ours['median']:>8.2f} {theirs['median']:>9.2f} {theirs['median'] / ours['median']:>6.1f} "
                     f"{ours['peak_mb']:>8} {theirs['peak_mb']:>10} {r['rows']:>10}  {equal}")
    for r in results:
        lines += ["", f"{r['job']}: {r['what']}"] + [f"  DuckDB leaves out: {text}" for text in r["left_out"]]
        if r["columns_left_out"]:
            lines.append(f"  columns of ndr alone: {', '.join(r['columns_left_out'])}")
        lines += [f"  DIFFERS {d}" for d in r["differences"][:20]]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ndr", default="build/ndr", help="the command, for the simulated logs")
    parser.add_argument("--jobs", default="build/release/bin/bench_jobs", help="the program that runs the engine's jobs")
    parser.add_argument("--inputs", default="build/bench", help="where generated input is kept")
    parser.add_argument("--scale", type=float, default=1.0, help="of the numbers of hosts")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", default=",".join(JOBS), help=f"of {', '.join(JOBS)}")
    parser.add_argument("--json", action="store_true", help="JSON instead of a table")
    options = parser.parse_args()
    unknown = [job for job in options.only.split(",") if job not in JOBS]
    if unknown:
        parser.error(f"no job {', '.join(unknown)}: there are {', '.join(JOBS)}")
    inputs = Inputs(Path(options.inputs) / f"scale-{options.scale:g}", options.scale, options.ndr, options.jobs)
    results = [compare(job, inputs.of(job), options.runs, options.jobs) for job in options.only.split(",")]
    if options.json:
        print(json.dumps({"duckdb": duckdb.__version__, "threads": int(THREADS), "scale": options.scale, "runs": options.runs,
                          "jobs": results}, indent=1))
    else:
        print(f"DuckDB {duckdb.__version__}, {THREADS} threads, scale {options.scale:g}, medians of {options.runs} runs\n\n{table(results)}")
    return 1 if any(r["differences"] for r in results) else 0


if __name__ == "__main__":
    sys.exit(main())
