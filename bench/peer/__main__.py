# SPDX-License-Identifier: Apache-2.0
"""python bench/peer JOB FOLDER THREADS: runs a job in DuckDB and prints what bench_jobs prints."""
import importlib
import json
import re
import sys
import time
from pathlib import Path

import duckdb

WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}


class Stopwatch:
    """Stands still while tables are summed."""
    seconds = 0.0

    def __enter__(self):
        self.began = time.perf_counter()

    def __exit__(self, *_):
        self.seconds += time.perf_counter() - self.began


def sums_of(name, kind):
    """(values, sum) of a column as SQL; None for what is no number."""
    column = f'"{name}"'
    if kind in WHOLE:
        return f"count({column}), sum({column})"
    if kind == "DOUBLE":
        return f"count({column}), fsum({column})"
    if kind.startswith("TIMESTAMP"):
        return f"count({column}), sum(epoch_us({column}))"
    if kind == "BIGINT[]":
        return f"sum(len({column})), sum(list_sum({column}))"
    return None


def add_sums(con, table, total):
    columns = {name: sums_of(name, kind) for name, kind, *_ in con.execute(f'DESCRIBE "{table}"').fetchall()}
    columns = {name: sql for name, sql in columns.items() if sql}
    row = con.execute(f'SELECT count(*), {", ".join(columns.values())} FROM "{table}"').fetchone()
    total["rows"] += row[0]
    for name, values, number in zip(columns, row[1::2], row[2::2]):
        before = total["columns"].get(name, (0, 0))
        total["columns"][name] = (before[0] + int(values or 0), before[1] + (number or 0))


def main(job, folder, threads):
    watch, tables, peak = Stopwatch(), {}, 0
    con = duckdb.connect(config={"threads": int(threads), "preserve_insertion_order": False})

    def emit(table):
        nonlocal peak
        peak = int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1]) * 1024
        add_sums(con, table, tables.setdefault(table, {"rows": 0, "columns": {}}))

    importlib.import_module(job).run(con, folder, watch, emit)
    for table in tables.values():
        table["columns"] = {name: [n, float(number)] for name, (n, number) in table["columns"].items()}
    print(json.dumps({"seconds": watch.seconds, "peak_bytes": peak, "tables": tables}))


main(*sys.argv[1:])
