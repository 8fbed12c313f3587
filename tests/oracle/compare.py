# SPDX-License-Identifier: Apache-2.0
"""Compares the oracle's tables with an engine's Parquet datasets, cell by cell, and says where they differ."""
import glob
import os

import pyarrow.parquet as pq

import metrics

SLICE_PATH = ["feature_spec_version", "dt", "hh", "mm"]
BASELINE_PATH = ["feature_spec_version", "baseline_horizon", "reference_ts"]
SCORED_PATH = ["feature_spec_version", "baseline_horizon", "dt", "hh", "mm"]
DATASETS = {  # folder: (oracle's table, columns of the path, key)
    "delta/host": ("out_delta_host", SLICE_PATH, ["slice_start_ts", "host_ip", "role", "mini_batch_id"]),
    "delta/pair": ("out_delta_pair", SLICE_PATH, ["slice_start_ts", "src_ip", "dst_ip", "dst_port", "mini_batch_id"]),
    "fg_a": ("fg_a", SLICE_PATH, ["host_ip", "role", "window_label", "window_end_ts"]),
    "fg_b/host": ("fg_b_host", BASELINE_PATH,
                  ["baseline_horizon", "host_ip", "role", "segment_id", "time_band", "window_label"]),
    "fg_b/segment": ("fg_b_segment", BASELINE_PATH,
                     ["baseline_horizon", "segment_id", "role", "time_band", "window_label"]),
    "fg_b/global": ("fg_b_global", BASELINE_PATH, ["baseline_horizon", "role", "time_band", "window_label"]),
    "fg_b/ip_metadata": ("fg_b_ip_metadata", BASELINE_PATH,
                         ["baseline_horizon", "host_ip", "role", "segment_id", "time_band", "window_label"]),
    "fg_b/pair/host": ("fg_b_pair_host", BASELINE_PATH, ["baseline_horizon", "host_ip", "dst_ip", "dst_port"]),
    "fg_b/pair/segment": ("fg_b_pair_segment", BASELINE_PATH,
                          ["baseline_horizon", "segment_id", "dst_ip", "dst_port"]),
    "fg_c/host": ("fg_c_host", SCORED_PATH, ["baseline_horizon", "host_ip", "role", "window_label", "window_end_ts"]),
    "fg_c/pair": ("fg_c_pair", SCORED_PATH, ["baseline_horizon", "host_ip", "role", "window_label", "window_end_ts",
                                             "peer_ip", "dst_port"]),
    "fg_c/evidence": ("fg_c_evidence_out", SLICE_PATH, ["host_ip", "window_end_ts"]),
}
INTERNAL = {"h"}                    # helper columns of the oracle's tables
SHOWN = 5
CLOSE = """CREATE OR REPLACE MACRO close_to(a, b) AS (a IS NULL AND b IS NULL) OR coalesce(
    abs(a - b) <= 1e-9 OR abs(a - b) <= 1e-9 * greatest(abs(a), abs(b)), false)"""


class Differences(list):
    """Lines for people; empty when both sides agree."""

    def __str__(self):
        return "\n".join(self)


def files(root, dataset):
    return sorted(glob.glob(os.path.join(glob.escape(root), dataset, "feature_spec_version=*", "**", "*.parquet"),
                            recursive=True))


def attach(con, root, dataset):
    """View `theirs`: the engine's rows, the columns of the path as text, instants as naive UTC."""
    path = os.path.join(root, dataset, "feature_spec_version=*", "**", "*.parquet")
    con.execute(f"""CREATE OR REPLACE TEMP VIEW theirs_raw AS SELECT * FROM read_parquet('{path}',
                    hive_partitioning = true, hive_types_autocast = false, union_by_name = false)""")
    columns = []
    for name, kind in con.execute("SELECT column_name, column_type FROM (DESCRIBE theirs_raw)").fetchall():
        zoned = kind == "TIMESTAMP WITH TIME ZONE"
        columns.append(f'make_timestamp(epoch_us("{name}")) AS "{name}"' if zoned else f'"{name}"')
    con.execute(f"CREATE OR REPLACE TEMP TABLE theirs AS SELECT {', '.join(columns)} FROM theirs_raw")


def is_float(kind):
    return kind in ("DOUBLE", "FLOAT")


def unequal(name, ours, theirs):
    """SQL that is true where the cells of column `name` differ."""
    a, b = f't."{name}"', f'o."{name}"'
    if ours.startswith("STRUCT") and ours.endswith("[]"):
        return structs_unequal(a, b, ours)
    if ours.endswith("[]") or ours == "VARCHAR" or ours.startswith("TIMESTAMP"):
        return f"{a} IS DISTINCT FROM {b}"
    if is_float(ours) or is_float(theirs):
        return f"NOT close_to({a}::DOUBLE, {b}::DOUBLE)"
    return f"{a}::HUGEINT IS DISTINCT FROM {b}::HUGEINT"


def fields_unequal(x, y, kind):
    """SQL that is true where two structs differ: numbers by closeness, the rest exactly."""
    tests = []
    for field in kind.removeprefix("STRUCT(").removesuffix(")[]").split(", "):
        name, _, field_kind = field.partition(" ")
        name = name.strip('"')
        tests.append(f"NOT close_to({x}.{name}::DOUBLE, {y}.{name}::DOUBLE)" if is_float(field_kind)
                     else f"{x}.{name} IS DISTINCT FROM {y}.{name}")
    return " OR ".join(tests)


def structs_unequal(a, b, kind):
    """Lists of structs, place by place; top features by |z|, see features_unequal."""
    places = f"range(1, len({b}) + 1)"
    if " z " in kind or '"z" ' in kind:
        return features_unequal(a, b, kind, places)
    return (f"len({a}) IS DISTINCT FROM len({b}) OR coalesce(list_bool_or(list_transform({places}, "
            f"lambda i: {fields_unequal(f'{a}[i]', f'{b}[i]', kind)})), false)")


def features_unequal(a, b, kind, places):
    """Metrics whose |z| differ in their last digits only may have changed places. Else: the same |z| at each place, the
    engine's own exact ties in catalogue order, each metric with the same numbers; one that the oracle lists not at all
    only by such last digits."""
    order = "[" + ", ".join(f"'{m}'" for m in metrics.BASELINED) + "]"
    x, y = f"{a}[i]", f"{a}[i + 1]"
    same = f"list_filter({b}, lambda s: s.metric = {x}.metric)"
    ordered = (f"abs({x}.z) < abs({y}.z) OR (abs({x}.z) = abs({y}.z) AND "
               f"list_position({order}, {x}.metric) > list_position({order}, {y}.metric))")
    test = (f"NOT close_to(abs({x}.z), abs({b}[i].z)) OR coalesce({ordered}, false) OR CASE WHEN len({same}) = 0 "
            f"THEN abs({x}.z) = abs({b}[len({b})].z) ELSE {fields_unequal(x, f'{same}[1]', kind)} END")
    return (f"len({a}) IS DISTINCT FROM len({b}) OR coalesce(list_bool_or(list_transform({places}, "
            f"lambda i: {test})), false)")


def schema_differences(root, dataset, ours, path):
    """Columns of a file against the oracle's, and that none of the path's stands in a file."""
    result = Differences()
    for file in files(root, dataset)[:1]:
        names = set(pq.read_schema(file).names)
        for name in sorted(names & set(path)):
            result.append(f"{dataset}: column {name} of the path stands in the file too")
        for name in sorted(ours - names - set(path)):
            result.append(f"{dataset}: column {name} is missing")
        for name in sorted(names - ours - set(path)):
            result.append(f"{dataset}: column {name} is not in the specification")
    return result


def row_differences(con, dataset, table, key):
    result = Differences()
    join = " AND ".join(f"t.{k} IS NOT DISTINCT FROM o.{k}" for k in key)
    keys = ", ".join(key)
    for verb, one, other in (("missing", table, "theirs"), ("not expected", "theirs", table)):
        query = f"FROM {one} t WHERE NOT EXISTS (SELECT 1 FROM {other} o WHERE {join})"
        count = con.execute(f"SELECT count(*) {query}").fetchone()[0]
        if count:
            total = con.execute(f"SELECT count(*) FROM {one}").fetchone()[0]
            result.append(f"{dataset}: {count} of {total} rows {verb}, such as")
            for row in con.execute(f"SELECT {keys} {query} ORDER BY ALL LIMIT {SHOWN}").fetchall():
                result.append("    " + " | ".join(map(str, row)))
    twice = con.execute(f"SELECT count(*) FROM (SELECT 1 FROM theirs GROUP BY {keys} HAVING count(*) > 1)").fetchone()[0]
    if twice:
        result.append(f"{dataset}: {twice} keys stand more than once")
    return result


def cell_differences(con, dataset, table, key, types, theirs):
    result = Differences()
    shared = [n for n in types if n in theirs and n not in key]
    if not shared:
        return result
    join = " AND ".join(f"t.{k} IS NOT DISTINCT FROM o.{k}" for k in key)
    tests = {n: unequal(n, types[n], theirs[n]) for n in shared}
    counts = con.execute("SELECT " + ", ".join(f"count(*) FILTER ({t})" for t in tests.values())
                         + f" FROM theirs t JOIN {table} o ON {join}").fetchone()
    total = con.execute(f"SELECT count(*) FROM theirs t JOIN {table} o ON {join}").fetchone()[0]
    keys = ", ".join(f"o.{k}" for k in key)
    for name, count in zip(shared, counts):
        if not count:
            continue
        result.append(f"{dataset}.{name}: {count} of {total} cells differ; key | engine | oracle")
        for *at, a, b in con.execute(f'SELECT {keys}, t."{name}", o."{name}" FROM theirs t JOIN {table} o ON {join} '
                                     f"WHERE {tests[name]} ORDER BY ALL LIMIT {SHOWN}").fetchall():
            result.append(f"    {' '.join(map(str, at))} | {a!r} | {b!r}")
    return result


def place_differences(con, dataset):
    """The path's dt, hh, mm are those of the slice's start."""
    instant = "slice_start_ts" if dataset.startswith("delta") else "window_end_ts - INTERVAL 15 MINUTE"
    count = con.execute(f"SELECT count(*) FROM theirs WHERE strftime({instant}, '%Y-%m-%d %H %M') "
                        "<> dt || ' ' || hh || ' ' || mm").fetchone()[0]
    return Differences([f"{dataset}: {count} rows under the wrong dt/hh/mm"] if count else [])


def dataset(con, root, name):
    """Differences of one dataset under an engine's root."""
    table, path, key = DATASETS[name]
    con.execute(CLOSE)
    ours = con.execute(f"SELECT column_name, column_type FROM (DESCRIBE {table})").fetchall()
    types = {n: t for n, t in ours if n not in INTERNAL}
    if not files(root, name):
        rows = con.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        return Differences([f"{name}: no files; the oracle has {rows} rows"] if rows else [])
    result = schema_differences(root, name, set(types), path)
    attach(con, root, name)
    theirs = dict(con.execute("SELECT column_name, column_type FROM (DESCRIBE theirs)").fetchall())
    lacking = [k for k in key if k not in theirs]
    if lacking:
        return Differences([*result, f"{name}: key columns {lacking} are absent: rows not compared"])
    if "dt" in path:
        result += place_differences(con, name)
    result += row_differences(con, name, table, key)
    result += cell_differences(con, name, table, key, types, theirs)
    return Differences(result)
