# SPDX-License-Identifier: Apache-2.0
"""Document 3, FG-B: capping weights, weighted statistics at three levels, metadata and pair rarity."""
import csv

import metrics
from addresses import parse

LEVEL_KEYS = {
    "host": ["host_ip", "role", "segment_id", "time_band", "window_label"],
    "segment": ["segment_id", "role", "time_band", "window_label"],
    "global": ["role", "time_band", "window_label"],
}


def horizon_table(con, reference, horizons):
    """Table `horizon` of those with at least one committed slice."""
    first, last = con.execute("SELECT first_slice, last_slice FROM history").fetchone()
    con.execute("CREATE TABLE horizon (h INTEGER, label VARCHAR, b_start BIGINT, b_end BIGINT, length BIGINT)")
    for i, (label, length, gap) in enumerate(horizons):
        end = reference - gap
        if end > first and end - length <= last:
            con.execute("INSERT INTO horizon VALUES (?, ?, ?, ?, ?)", [i, label, end - length, end, length])
    con.execute(f"SET VARIABLE reference = {reference}")


def weighted_statistics(con, target, source):
    """`source` (k, metric, x, w) -> `target` (k, metric, the quantiles, mad, iqr, support_count).

    A quantile is the smallest value whose cumulative weight reaches p times the total, in whole numbers."""
    con.execute(f"""
        CREATE TEMP TABLE value AS SELECT k, metric, x, sum(w)::BIGINT AS w, count(*) AS n
            FROM {source} WHERE x IS NOT NULL AND w > 0 GROUP BY ALL;
        CREATE TEMP TABLE quantile AS
        WITH c AS (SELECT k, metric, x, n,
                sum(w) OVER (PARTITION BY k, metric ORDER BY x)::BIGINT * 100 AS cumulative,
                sum(w) OVER (PARTITION BY k, metric)::BIGINT AS total FROM value)
        SELECT k, metric, min(x) FILTER (cumulative >= 50 * total) AS median,
            min(x) FILTER (cumulative >= 25 * total) AS p25, min(x) FILTER (cumulative >= 75 * total) AS p75,
            min(x) FILTER (cumulative >= 95 * total) AS p95, min(x) FILTER (cumulative >= 99 * total) AS p99,
            sum(n)::BIGINT AS support_count
        FROM c GROUP BY ALL;
        CREATE TEMP TABLE deviation AS
        WITH d AS (SELECT k, metric, abs(x - median) AS d, sum(w)::BIGINT AS w
                   FROM value JOIN quantile USING (k, metric) GROUP BY ALL),
        c AS (SELECT k, metric, d, sum(w) OVER (PARTITION BY k, metric ORDER BY d)::BIGINT AS cumulative,
                sum(w) OVER (PARTITION BY k, metric)::BIGINT AS total FROM d)
        SELECT k, metric, min(d) AS mad FROM c WHERE 2 * cumulative >= total GROUP BY ALL;
        CREATE TABLE {target} AS SELECT k, metric, median, p25, p75, p95, p99, mad, p75 - p25 AS iqr, support_count
            FROM quantile JOIN deviation USING (k, metric);
        DROP TABLE value; DROP TABLE quantile; DROP TABLE deviation;""")


def minimum_table(con, cfg):
    """`minimum` (h, time_band, window_label, metric, min2): twice the least support, max(8, min(s, b/2))."""
    con.execute("CREATE TABLE support_floor (metric VARCHAR, window_label VARCHAR, s BIGINT)")
    rows = []
    for m in dict.fromkeys(metrics.baselined(cfg) + cfg.capping_metrics):
        for w in cfg.windows:
            named = [t[name] for t, name in ((cfg.support_metrics, m), (cfg.support_windows, w)) if name in t]
            rows.append((m, w, max(named) if named else cfg.support_default))
    con.executemany("INSERT INTO support_floor VALUES (?, ?, ?)", rows)
    con.execute("""
        CREATE TABLE minimum AS
        WITH band AS (SELECT h, time_band, window_label, count(*) AS b FROM window_end, horizon
                      WHERE e > b_start AND e <= b_end AND 100 * slices_covered >= 95 * k GROUP BY ALL)
        SELECT h, time_band, window_label, metric, greatest(16, least(2 * s, b)) AS min2
        FROM band JOIN support_floor USING (window_label)""")


def rows_of_horizons(con, cfg):
    """`base`: FG-A rows of a horizon with their keys at each level; `long`: metric by metric."""
    names = list(dict.fromkeys(metrics.baselined(cfg) + cfg.capping_metrics))
    con.execute(f"""
        CREATE TABLE base AS
        SELECT row_number() OVER () AS r, h, {", ".join(f"dense_rank() OVER (ORDER BY h, {', '.join(key)}) AS k_{level}"
                                                      for level, key in LEVEL_KEYS.items())},
            f.host_ip, f.role, f.segment_id, f.time_band, f.window_label, f.window_end_ts,
            {", ".join(f'f.{metrics.column(m, cfg)}::DOUBLE AS {m}' for m in names)}
        FROM fg_a f JOIN win USING (window_label) JOIN horizon
            ON f.window_end_ts > instant(b_start) AND f.window_end_ts <= instant(b_end)
        WHERE 100 * f.slices_covered >= 95 * k;
        CREATE TABLE long AS SELECT r, h, k_host, k_segment, k_global, metric, x FROM
            (UNPIVOT base ON {", ".join(names)} INTO NAME metric VALUE x)""")


def capping(con, cfg):
    """`weight` (r, w_host, w_segment) in thousandths."""
    names = ", ".join(f"'{m}'" for m in cfg.capping_metrics)
    con.execute(f"CREATE TEMP TABLE judged AS SELECT * FROM long WHERE metric IN ({names})")
    con.execute("CREATE TEMP TABLE res (metric VARCHAR, r DOUBLE)")
    con.executemany("INSERT INTO res VALUES (?, ?)", [(m, metrics.resolution(m)) for m in cfg.capping_metrics])
    for level in ("host", "segment"):
        con.execute(f"CREATE TEMP VIEW equal AS SELECT k_{level} AS k, metric, x, 1 AS w FROM judged")
        weighted_statistics(con, f"equal_{level}", "equal")
        con.execute("DROP VIEW equal")
    con.execute(f"""
        CREATE TABLE weight AS
        WITH z AS (SELECT j.r,
                abs((x - s.median) / greatest(res.r, CASE WHEN s.mad > 0 THEN s.mad ELSE s.iqr END)) AS z_segment,
                abs((x - o.median) / greatest(res.r, CASE WHEN o.mad > 0 THEN o.mad ELSE o.iqr END)) AS z_own,
                2 * o.support_count < m.min2 AS few
            FROM judged j JOIN base b ON b.r = j.r JOIN res ON res.metric = j.metric
            JOIN minimum m ON m.h = b.h AND m.time_band = b.time_band AND m.window_label = b.window_label
                AND m.metric = j.metric
            JOIN equal_segment s ON s.k = j.k_segment AND s.metric = j.metric
            JOIN equal_host o ON o.k = j.k_host AND o.metric = j.metric),
        odd AS (SELECT r, bool_or(z_segment > {cfg.capping_z_max}) AS by_segment,
                bool_or(CASE WHEN few THEN z_segment ELSE z_own END > {cfg.capping_z_max}) AS by_own
            FROM z GROUP BY ALL)
        SELECT base.r, CASE WHEN by_segment THEN {cfg.w_anom} ELSE 1000 END AS w_segment,
            CASE WHEN {'by_segment' if cfg.capping_level == 'segment' else 'by_own'} THEN {cfg.w_anom} ELSE 1000 END
                AS w_host
        FROM base LEFT JOIN odd USING (r);
        DROP TABLE judged; DROP TABLE res;""")


def level_tables(con, cfg):
    """`stat` (level, h, key, hosts_cnt, metric, statistics) and the wide tables fg_b_host, fg_b_segment, fg_b_global."""
    for level, key in LEVEL_KEYS.items():
        weight = "w_host" if level == "host" else "w_segment"
        con.execute(f"CREATE TEMP VIEW src AS SELECT k_{level} AS k, metric, x, {weight} AS w FROM long JOIN weight USING (r)")
        weighted_statistics(con, f"stat_{level}", "src")
        con.execute("DROP VIEW src")
        con.execute(f"""
            CREATE TABLE key_{level} AS SELECT k_{level} AS k, h, {", ".join(key)}, count(DISTINCT host_ip) AS hosts_cnt
                FROM base GROUP BY ALL;
            CREATE TABLE long_{level} AS
            SELECT kk.*, m.metric, median, p25, p75, p95, p99, mad, iqr, coalesce(support_count, 0) AS support_count,
                (2 * coalesce(support_count, 0) < m.min2)::INTEGER AS cold_start_flag
            FROM key_{level} kk JOIN minimum m USING (h, time_band, window_label)
            LEFT JOIN stat_{level} USING (k, metric)""")
        columns = ", ".join(f"of['{m}'].{s} AS {metrics.column(m, cfg)}_{s}"
                            for m in metrics.baselined(cfg) for s in metrics.STATISTICS)
        hosts = "" if level == "host" else "hosts_cnt,"
        con.execute(f"""
            CREATE TABLE fg_b_{level} AS
            WITH row_ AS (
                SELECT h, {", ".join(key)}, {hosts}
                    map_from_entries(list(row(metric, struct_pack({", ".join(metrics.STATISTICS)})))) AS of
                FROM long_{level} GROUP BY ALL)
            SELECT label AS baseline_horizon, {", ".join(key)}, {hosts} instant(b_start) AS baseline_start_ts,
                instant(b_end) AS baseline_end_ts, instant(getvariable('reference')) AS baseline_row_last_update_ts,
                {columns}
            FROM row_ JOIN horizon USING (h)""")


def machine_names(con, cfg):
    """Table `machine` (host_ip, machine_name: the first by text, is_non_persistent_machine: of any of the names)."""
    prefixes = [p.strip().lower() for p in cfg.machine_prefixes]
    names = {}
    if cfg.machine_mapping:
        with open(cfg.machine_mapping, newline="") as file:
            for row in csv.DictReader(file):
                names.setdefault(str(parse(row["ip_address"])), set()).add(row["machine_name"])
    con.execute("CREATE TABLE machine (host_ip VARCHAR, machine_name VARCHAR, flag INTEGER)")
    rows = [(ip, min(some), int(any(n.strip().lower().startswith(p) for n in some for p in prefixes)))
            for ip, some in names.items()]
    if rows:
        con.executemany("INSERT INTO machine VALUES (?, ?, ?)", rows)


def metadata(con, cfg):
    machine_names(con, cfg)
    required = ", ".join(f"'{m}'" for m in cfg.required_metrics)
    con.execute(f"""
        CREATE TABLE fg_b_ip_metadata AS
        WITH seen AS (SELECT k_host AS k, min(window_end_ts) AS first_seen_ts, max(window_end_ts) AS last_seen_ts,
                sum(sessions_cnt)::BIGINT AS sessions_total FROM base GROUP BY ALL),
        -- the support of the host table, so slices of weight 0 do not count
        full_ AS (SELECT k, bool_and(cold_start_flag = 0)::INTEGER AS is_full_history FROM long_host
                  WHERE metric IN ({required}) GROUP BY ALL)
        SELECT h, label AS baseline_horizon, host_ip, role, segment_id, time_band, window_label, machine_name,
            first_seen_ts, last_seen_ts, sessions_total, is_full_history,
            coalesce(flag, 0) AS is_non_persistent_machine,
            (is_full_history = 0 OR coalesce(flag, 0) = 1)::INTEGER AS is_cold_start
        FROM key_host JOIN horizon USING (h) JOIN seen USING (k) JOIN full_ USING (k)
        LEFT JOIN machine USING (host_ip)""")


def pair_rarity(con):
    con.execute("CREATE TABLE pair_count AS SELECT h, label AS baseline_horizon, p.*, a.segment_id FROM pair p "
                "JOIN address a ON a.ip = src JOIN horizon ON s + 1 > b_start AND s + 1 <= b_end "
                "WHERE dst_port IS NOT NULL")
    for level, key in (("host", "src"), ("segment", "segment_id")):
        name = "host_ip" if level == "host" else "segment_id"
        con.execute(f"""
            CREATE TABLE fg_b_pair_{level} AS
            SELECT h, baseline_horizon, {key} AS {name}, dst AS dst_ip, dst_port,
                sum(sessions_cnt)::BIGINT AS pair_seen_count, instant(max(s) + 1) AS pair_last_seen_ts,
                count(DISTINCT s // 96) AS active_days,
                sum(sessions_cnt)::DOUBLE / greatest(1, count(DISTINCT s // 96)) AS pair_daily_avg,
                1.0::DOUBLE / (1 + sum(sessions_cnt))::DOUBLE AS pair_rarity_score,
                (1.0::DOUBLE / (1 + sum(sessions_cnt))::DOUBLE >= getvariable('rarity_threshold'))::INTEGER
                    AS is_rare_pair_flag,
                {key} || '|' || dst || '|' || dst_port AS pair_key
            FROM pair_count GROUP BY ALL""")


def build(con, cfg, reference, horizons):
    horizon_table(con, reference, horizons)
    minimum_table(con, cfg)
    rows_of_horizons(con, cfg)
    capping(con, cfg)
    level_tables(con, cfg)
    metadata(con, cfg)
    pair_rarity(con)
