# SPDX-License-Identifier: Apache-2.0
"""FG-A rows of 30 days to exact weighted statistics by host, segment and network, capped at the segment's level.

Some metrics at a time: values are folded by host, those by segment, those by network (one weight serves all levels), and a
quantile is the smallest value whose cumulative weight reaches its share."""
from words import KEY_METRICS, METRICS, STATISTICS, resolution

LEAVES_OUT = ["ip_metadata, pair rarity, uncovered rows, configured minima of support, checks of keys"]
LEVELS = {"host": ["host_ip", "role", "segment_id", "time_band", "window_label"],
          "segment": ["segment_id", "role", "time_band", "window_label"], "global": ["role", "time_band", "window_label"]}
AT_ONCE = 8  # metrics
QUANTILES = {"median": 50, "p25": 25, "p75": 75, "p95": 95, "p99": 99}


def load(con, folder):
    """`keys`, one row a host key with its numbers at each level; `base`, the rows with them."""
    ranks = ", ".join(f"dense_rank() OVER (ORDER BY {', '.join(key)})::USMALLINT AS k_{level}"
                      for level, key in LEVELS.items())
    key = ", ".join(LEVELS["host"])
    con.execute(f"""
        CREATE TEMP TABLE band AS SELECT time_band, count(DISTINCT window_end_ts) AS b
            FROM '{folder}/*.parquet' GROUP BY ALL;
        CREATE TEMP TABLE keys AS SELECT *, {ranks} FROM (SELECT DISTINCT {key} FROM '{folder}/*.parquet');
        CREATE TEMP TABLE base AS
        SELECT k_host, k_segment, k_global, {", ".join(f"{m}::DOUBLE AS {m}" for m in METRICS)}
        FROM '{folder}/*.parquet' JOIN keys USING ({key})""")


def weigh(con):
    """`weighed`: base with w in thousandths, by z of the key metrics against the segment's equally weighted rows."""
    quantiles = ", ".join(f"quantile_disc({m}, [0.25, 0.5, 0.75]) AS {m}" for m in KEY_METRICS)
    mads = ", ".join(f"quantile_disc(abs(b.{m} - q.{m}[2]), 0.5) AS {m}" for m in KEY_METRICS)
    odd = " OR ".join(
        f"abs((b.{m} - q.{m}[2]) / greatest({resolution(m)}, CASE WHEN d.{m} > 0 THEN d.{m} ELSE q.{m}[3] - q.{m}[1] END)) > 6"
        for m in KEY_METRICS)
    con.execute(f"""
        CREATE TEMP TABLE q AS SELECT k_segment, {quantiles} FROM base GROUP BY ALL;
        CREATE TEMP TABLE d AS SELECT k_segment, {mads} FROM base b JOIN q USING (k_segment) GROUP BY ALL;
        CREATE TEMP TABLE weighed AS SELECT b.*, CASE WHEN {odd} THEN 100 ELSE 1000 END AS w
            FROM base b JOIN q USING (k_segment) JOIN d USING (k_segment);
        DROP TABLE base""")


def summarize(con, level):
    """Adds the statistics of table `fold` (metric, k, x, w, n) to `stat`."""
    quantiles = ", ".join(f"min(x) FILTER (100 * c >= {p} * t) AS {name}" for name, p in QUANTILES.items())
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE s AS SELECT metric, k, {quantiles}, sum(n)::BIGINT AS support_count
            FROM (SELECT metric, k, x, n, t, sum(w) OVER (PARTITION BY metric, k ORDER BY x ROWS UNBOUNDED PRECEDING)::BIGINT AS c
                  FROM fold JOIN (SELECT metric, k, sum(w)::BIGINT AS t FROM fold GROUP BY ALL) USING (metric, k))
            GROUP BY ALL;
        INSERT INTO stat
        SELECT '{level}', metric, k, median, p25, p75, p95, p99, mad, p75 - p25, support_count
        FROM s JOIN (SELECT metric, k, min(d) FILTER (2 * c >= t) AS mad
            FROM (SELECT metric, k, d, t, sum(w) OVER (PARTITION BY metric, k ORDER BY d ROWS UNBOUNDED PRECEDING)::BIGINT AS c
                  FROM (SELECT f.metric, f.k, abs(x - median) AS d, w, t FROM fold f JOIN s USING (metric, k)
                        JOIN (SELECT metric, k, sum(w)::BIGINT AS t FROM fold GROUP BY ALL) USING (metric, k)))
            GROUP BY ALL) USING (metric, k)""")


def statistics(con):
    con.execute("CREATE TEMP TABLE stat (level VARCHAR, metric UTINYINT, k USMALLINT, median DOUBLE, p25 DOUBLE, p75 DOUBLE, "
                "p95 DOUBLE, p99 DOUBLE, mad DOUBLE, iqr DOUBLE, support_count BIGINT)")
    for first in range(0, len(METRICS), AT_ONCE):
        some = range(first, min(first + AT_ONCE, len(METRICS)))
        con.execute("CREATE OR REPLACE TEMP TABLE fold AS SELECT metric, k, x, sum(w)::BIGINT AS w, count(*) AS n FROM ("
                    + " UNION ALL ".join(f"SELECT {i}::UTINYINT AS metric, k_host AS k, {METRICS[i]} AS x, w FROM weighed "
                                         f"WHERE {METRICS[i]} IS NOT NULL" for i in some) + ") GROUP BY ALL")
        summarize(con, "host")
        for lower, level in (("host", "segment"), ("segment", "global")):
            con.execute(f"""CREATE OR REPLACE TEMP TABLE fold AS
                SELECT metric, k_{level} AS k, x, sum(w)::BIGINT AS w, sum(n)::BIGINT AS n
                FROM fold JOIN (SELECT DISTINCT k_{lower} AS k, k_{level} FROM keys) USING (k) GROUP BY ALL""")
            summarize(con, level)


def tables(con):
    for level, key in LEVELS.items():
        columns = ", ".join(
            f"any_value({s}) FILTER (metric = {METRICS.index(m)}) AS {m}_{s}" if s not in ("support_count", "cold_start_flag") else
            f"coalesce(any_value({s}) FILTER (metric = {METRICS.index(m)}), {int(s == 'cold_start_flag')}) AS {m}_{s}"
            for m in METRICS for s in STATISTICS)
        hosts = "" if level == "host" else "count(DISTINCT host_ip) AS hosts_cnt,"
        con.execute(f"""
            CREATE TEMP TABLE "{level}" AS
            WITH k AS (SELECT k_{level} AS k, {hosts} {", ".join(key)} FROM keys GROUP BY ALL),
            wide AS (SELECT k, {columns} FROM
                (SELECT s.*, (2 * support_count < greatest(16, least(100, b)))::TINYINT AS cold_start_flag
                 FROM stat s JOIN k USING (k) JOIN band USING (time_band) WHERE level = '{level}') GROUP BY k)
            SELECT * EXCLUDE (k) FROM k JOIN wide USING (k)""")


def run(con, folder, watch, emit):
    with watch:
        load(con, folder)
        weigh(con)
        statistics(con)
        tables(con)
    for level in LEVELS:
        emit(level)
