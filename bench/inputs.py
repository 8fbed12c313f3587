# SPDX-License-Identifier: Apache-2.0
"""Generated input of the jobs, kept between runs."""
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parent / "peer"))
from words import METRICS, STATISTICS, WINDOWS  # noqa: E402

DAYS = 30
FIRST_DAY = "TIMESTAMP '2024-01-01 00:00:00'"
SIMULATED_HOSTS = 40  # at least
MACROS = """
CREATE MACRO u(a, b, c) AS (hash(a, b, c) >> 11)::DOUBLE / 9007199254740992;
CREATE MACRO ip(h) AS '10.0.' || (h // 25) || '.' || (h % 25 + 1);
CREATE MACRO segment(h) AS '10.0.' || (h // 25) || '.0/24';
CREATE MACRO band(t) AS CASE WHEN isodow(t) >= 6 THEN 'WE_' ELSE 'WD_' END
    || CASE WHEN hour(t) BETWEEN 7 AND 16 THEN 'WORKING' WHEN hour(t) BETWEEN 17 AND 21 THEN 'OFF' ELSE 'NIGHT' END;
"""


class Inputs:
    """`folder`: of one scale. What is there already is not made again."""

    def __init__(self, folder, scale, ndr, jobs):
        self.folder, self.scale, self.ndr, self.jobs = Path(folder), scale, ndr, jobs

    def of(self, job):
        """The folder with the input of a job."""
        name = "fg_a" if job == "fg_a_day" else job
        target = self.folder / name
        if not target.exists():
            draft = self.folder / f".{name}"
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(parents=True)
            getattr(self, f"make_{name}")(draft)
            draft.rename(target)
        return target

    def hosts(self, full, least=4):
        return max(least, round(full * self.scale))

    def make_delta(self, out):
        subprocess.run([self.ndr, "simulate", "--out", out, "--days", "1", "--hosts", str(self.hosts(5000, SIMULATED_HOSTS))],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def make_fg_a(self, out):
        subprocess.run([self.jobs, "delta", self.of("delta"), "2", out], check=True, stdout=subprocess.DEVNULL)

    def schema(self, dataset):
        return json.loads(subprocess.run([self.jobs, "schema", dataset], check=True, capture_output=True).stdout)

    def make_fg_b(self, out):
        """Rows of one window and role: skewed hosts, a daily rhythm, ties, nulls, and a few odd slices."""
        types = self.schema("fg_a")
        con = connection()
        for day in range(DAYS):
            metrics = ", ".join(f"{value(m)}::{sql_type(types[m])} AS {m}" for m in METRICS)
            copy(con, f"""
                SELECT ip(h) AS host_ip, 'outbound' AS role, segment(h) AS segment_id, band(t) AS time_band,
                    'w_15m' AS window_label, (t + INTERVAL 15 MINUTES)::TIMESTAMPTZ AS window_end_ts, 1::INTEGER AS slices_covered, {metrics}
                FROM (SELECT h, s, {FIRST_DAY} + INTERVAL 15 MINUTES * s AS t,
                        1 + (-ln(1 - u(h, s, 0)) * exp(3 * u(h, 0, 1)) * CASE WHEN s % 96 BETWEEN 28 AND 68 THEN 30 ELSE 3 END
                             * CASE WHEN u(h, s, 2) < 0.005 THEN 40 ELSE 1 END)::BIGINT AS n
                    FROM range({self.hosts(1000)}) x(h), range({day * 96}, {day * 96 + 96}) y(s))
                ORDER BY s, h""", out / f"day-{day:02}.parquet")

    def make_fg_c(self, out):
        """Rows of one end, five windows and two roles a host, and tables of two horizons."""
        con = connection()
        windows = ", ".join(f"('{label}', {k})" for label, k in WINDOWS.items())
        con.execute(f"""
            CREATE TABLE key AS
            SELECT h, h * 10 + r * 5 + k % 5 AS n, ip(h) AS host_ip, segment(h) AS segment_id,
                ['outbound', 'inbound'][r + 1] AS role, 'WD_WORKING' AS time_band, w.*
            FROM range({self.hosts(1000)}) x(h), range(2) y(r), (VALUES {windows}) w(window_label, k)""")
        end = f"{FIRST_DAY} + INTERVAL 12 HOURS"
        copy(con, self.random_rows("fg_a", "key", 0, {
            "window_end_ts": end, "window_start_ts": f"{end} - INTERVAL 15 MINUTES * k", "slices_covered": "k"}),
            out / "fg_a.parquet")
        for horizon in ("7d", "30d"):
            (out / horizon).mkdir()
            salt = len(horizon)
            for name, dataset, keys in (
                    ("host", "fg_b/host", "key"), ("ip_metadata", "fg_b/ip_metadata", "key"),
                    ("segment", "fg_b/segment", "(SELECT min(n) AS n, segment_id, role, time_band, window_label FROM key GROUP BY ALL)"),
                    ("global", "fg_b/global", "(SELECT min(n) + 7 AS n, role, time_band, window_label FROM key GROUP BY ALL)")):
                copy(con, self.random_rows(dataset, keys, salt, baselines()), out / horizon / f"{name}.parquet")

    def random_rows(self, dataset, source, salt, given):
        columns = []
        for place, (name, kind) in enumerate(self.schema(dataset).items()):
            if name in ("host_ip", "segment_id", "role", "time_band", "window_label"):
                columns.append(name)
                continue
            expression = given.get(name)
            if expression is None:
                expression = "NULL" if re.search("_at($|_)", name) else {
                    "string": "''", "timestamp[us, tz=UTC]": FIRST_DAY, "int8": "0"}.get(kind, f"floor(u(n, {place}, {salt}) * 1000)")
            columns.append(f"({expression.format(place=place, salt=salt)})::{sql_type(kind)} AS {name}")
        return f"SELECT {', '.join(columns)} FROM {source}"


def baselines():
    """A tenth of the cells is cold, a fifth has MAD 0, a fiftieth has no value at all."""
    given = {"hosts_cnt": "CASE WHEN n % 3 = 0 THEN 3 ELSE 25 END", "is_cold_start": "n % 5 = 0"}
    for m in METRICS:
        for s in STATISTICS:
            gone = f"u(n, '{m}', {{salt}}) < 0.02"
            if s == "support_count":
                given[f"{m}_{s}"] = f"CASE WHEN {gone} THEN 0 ELSE 100 + n % 50 END"
            elif s == "cold_start_flag":
                given[f"{m}_{s}"] = f"u(n, '{m}', {{salt}}) < 0.1"
            else:
                value_of = {"mad": "floor(u(n, {place}, {salt}) * 50) * (u(n, {place}, 9) > 0.2)::INTEGER"}.get(
                    s, "floor(u(n, {place}, {salt}) * 1000)")
                given[f"{m}_{s}"] = f"CASE WHEN NOT {gone} THEN {value_of} END"
    return given


def value(m):
    """A metric of a row with n sessions."""
    salt = METRICS.index(m) + 10
    u = f"u(h, s, {salt})"
    if m in ("sessions_cnt", "traffic_cnt"):
        return "n"
    if m == "duration_mean":
        return f"floor(n * 1e6 * exp(4 * {u})) / 1e6 / n"
    if m.startswith("bytes_") and m.endswith("_sum"):
        return f"floor(n * exp(5 + 5 * {u}))"
    if m.endswith("entropy") or m == "bytes_asymmetry_log":
        return f"ln(1 + n * {u})"
    if m.endswith("_ratio"):
        return f"CASE WHEN u(h, s, 3) > 0.01 THEN floor((n + 1) * {u} * {u}) / n END"
    if m.endswith("_share"):
        return f"(1 + floor(n * {u})) / (n + 1)"
    return f"floor((n + 1) * {u} ** {1 + salt % 5})"


def sql_type(kind):
    return {"string": "VARCHAR", "int64": "BIGINT", "int32": "INTEGER", "int8": "TINYINT", "uint16": "USMALLINT",
            "double": "DOUBLE", "timestamp[us, tz=UTC]": "TIMESTAMPTZ"}[kind]


def connection():
    con = duckdb.connect()
    con.execute(MACROS)
    return con


def copy(con, sql, path):
    con.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
