# SPDX-License-Identifier: Apache-2.0
"""Document 3, FG-C: which baseline serves a row, and how far each metric is from it."""
import metrics

FORMULAS = {   # of x, the chosen baseline's statistics, resolution r, scale and z
    "diff": "x - median",
    "ratio": "CASE WHEN NOT signed THEN (x + r) / (median + r) END",
    "log_ratio": "CASE WHEN NOT signed THEN ln((x + r) / (median + r)) END",
    "z_mad": "z",
    "abs_dev_over_mad": "abs(x - median) / scale",
    "z_mad_clipped": "clipped",
    "z_mad_signed_pow3": "sign(z) * abs(clipped) ** 3",
    "excess_over_p95": "CASE WHEN x IS NOT NULL AND p95 IS NOT NULL THEN greatest(0, x - p95) END",
    "excess_ratio_p95": "CASE WHEN NOT signed THEN (x + r) / (p95 + r) END",
    "iqr_dev": "(x - median) / greatest(iqr, r)",
}
SWAP = "CASE WHEN starts_with(time_band, 'WD_') THEN 'WE_' ELSE 'WD_' END || time_band[4:]"


def scored_rows(con):
    """`scored` (r, FG-A row) of batches that start at the reference or later; `crow` (r, h, baseline keys)."""
    con.execute(f"""
        CREATE TABLE scored AS SELECT row_number() OVER () AS r, f.*, w.k,
                epoch_us(window_end_ts)::BIGINT // 900000000 AS e
            FROM fg_a f JOIN win w USING (window_label) WHERE window_end_ts > instant(getvariable('reference'));
        CREATE TABLE band_choice AS
        WITH has AS (SELECT h, role, time_band, window_label FROM long_global
                     WHERE metric = 'sessions_cnt' AND support_count >= 8),
        wanted AS (SELECT DISTINCT h, role, time_band, window_label, {SWAP} AS other FROM scored, horizon)
        SELECT w.h, w.role, w.time_band, w.window_label,
            CASE WHEN a.h IS NOT NULL THEN w.time_band WHEN b.h IS NOT NULL THEN w.other END AS baseline_time_band
        FROM wanted w
        LEFT JOIN has a ON a.h = w.h AND a.role = w.role AND a.window_label = w.window_label AND a.time_band = w.time_band
        LEFT JOIN has b ON b.h = w.h AND b.role = w.role AND b.window_label = w.window_label AND b.time_band = w.other;
        CREATE TABLE crow AS
        SELECT s.r, c.h, s.host_ip, s.role, s.segment_id, s.time_band, s.window_label, s.e, s.k, c.baseline_time_band,
            coalesce(m.is_cold_start, 1) AS is_cold_start, ho.k AS k_host, sg.k AS k_segment, gl.k AS k_global,
            sg.hosts_cnt AS segment_hosts, gl.hosts_cnt AS global_hosts
        FROM scored s JOIN band_choice c USING (role, time_band, window_label)
        LEFT JOIN fg_b_ip_metadata m ON m.h = c.h AND m.host_ip = s.host_ip AND m.role = s.role
            AND m.segment_id = s.segment_id AND m.time_band = c.baseline_time_band AND m.window_label = s.window_label
        LEFT JOIN key_host ho ON ho.h = c.h AND ho.host_ip = s.host_ip AND ho.role = s.role
            AND ho.segment_id = s.segment_id AND ho.time_band = c.baseline_time_band AND ho.window_label = s.window_label
        LEFT JOIN key_segment sg ON sg.h = c.h AND sg.role = s.role AND sg.segment_id = s.segment_id
            AND sg.time_band = c.baseline_time_band AND sg.window_label = s.window_label
        LEFT JOIN key_global gl ON gl.h = c.h AND gl.role = s.role AND gl.time_band = c.baseline_time_band
            AND gl.window_label = s.window_label""")


def metric_rows(con, cfg):
    """`cmetric` (r, h, metric, x, chosen statistics, z ...) and the same against peers in `cpeer`."""
    names = metrics.baselined(cfg)
    con.execute("CREATE TABLE word_ (metric VARCHAR, place INTEGER, r DOUBLE, signed BOOLEAN, ranked BOOLEAN)")
    con.executemany("INSERT INTO word_ VALUES (?, ?, ?, ?, ?)", [
        (m, i, metrics.resolution(m), m == "bytes_asymmetry_log", m in metrics.ranked(cfg))
        for i, m in enumerate(names)])
    columns = ", ".join(f"{metrics.column(m, cfg)}::DOUBLE AS {m}" for m in names)
    con.execute(f"""
        CREATE TABLE cvalue AS SELECT r AS row_r, metric, x FROM
            (SELECT r, {columns} FROM scored) UNPIVOT INCLUDE NULLS (x FOR metric IN ({", ".join(names)}));
        CREATE TABLE candidate AS
        SELECT c.r AS row_r, c.h, v.metric, v.x, w.place, w.r, w.signed, w.ranked,
            c.is_cold_start = 0 AND ho.median IS NOT NULL AND ho.cold_start_flag = 0 AS use_host,
            sg.median IS NOT NULL AND sg.cold_start_flag = 0 AS use_segment,
            coalesce(sg.hosts_cnt >= 5, false) AS enough_peers, ho, sg, gl
        FROM crow c JOIN cvalue v ON v.row_r = c.r JOIN word_ w ON w.metric = v.metric
        LEFT JOIN long_host ho ON ho.k = c.k_host AND ho.metric = v.metric
        LEFT JOIN long_segment sg ON sg.k = c.k_segment AND sg.metric = v.metric
        LEFT JOIN long_global gl ON gl.k = c.k_global AND gl.metric = v.metric""")
    choose(con, "cmetric", "CASE WHEN use_host THEN 'HOST' WHEN use_segment THEN 'SEGMENT' "
                           "WHEN gl.median IS NOT NULL THEN 'GLOBAL' END", "true", cfg)
    choose(con, "cpeer", "CASE WHEN use_segment AND enough_peers THEN 'SEGMENT' "
                         "WHEN gl.median IS NOT NULL THEN 'GLOBAL' END", "ranked", cfg)


def choose(con, target, level, where, cfg):
    statistic = ", ".join(f"CASE level WHEN 'HOST' THEN ho.{s} WHEN 'SEGMENT' THEN sg.{s} WHEN 'GLOBAL' THEN gl.{s} END AS {s}"
                          for s in ("median", "p95", "mad", "iqr", "support_count", "cold_start_flag"))
    con.execute(f"""
        CREATE TABLE {target} AS
        WITH a AS (SELECT *, {level} AS level FROM candidate WHERE {where}),
        b AS (SELECT row_r, h, metric, x, place, r, signed, ranked, level, {statistic} FROM a),
        c AS (SELECT *, greatest(r, CASE WHEN mad > 0 THEN mad ELSE iqr END) AS scale,
              CASE WHEN r > CASE WHEN mad > 0 THEN mad ELSE iqr END THEN 'resolution' WHEN mad > 0 THEN 'mad' ELSE 'iqr' END
                  AS scale_source FROM b),
        d AS (SELECT *, CASE WHEN median IS NOT NULL THEN (x - median) / scale END AS z FROM c)
        SELECT *, CASE WHEN z IS NOT NULL THEN least(greatest(z, -{float(cfg.z_max)}), {float(cfg.z_max)}) END AS clipped
        FROM d""")


def metric_columns(con, cfg):
    """`cwide`: one row per (r, h) with the families, levels, rank scores and top features."""
    names = metrics.baselined(cfg)
    lists = {**{t: FORMULAS[t] for t in cfg.transforms}, "z_": "z", "c_": "clipped", "m_": "median", "s_": "scale"}
    columns = [f"list_{t}[{i + 1}] AS {metrics.column(m, cfg)}_{t}" for t in cfg.transforms for i, m in enumerate(names)]
    columns += [f"list_{t}[{i + 1}] AS {t}_{m}" for t in ("z_", "c_", "m_", "s_") for i, m in enumerate(names)]
    cells = ", ".join(f"{t} := {expression}" for t, expression in lists.items())

    def top(level):
        return (f"list_slice(list(struct_pack(metric := metric, value := x, median := median, scale := scale, "
                f"level := {level}, z := z) ORDER BY abs(z) DESC, place) FILTER (ranked AND z IS NOT NULL), 1, 5)")
    con.execute(f"""
        CREATE TEMP TABLE listed AS        -- a metric's place in the list is its place in the catalogue
        SELECT row_r, h, coalesce(any_value(level) FILTER (metric = 'sessions_cnt'), 'NONE') AS baseline_level,
            max((level IS NULL OR cold_start_flag = 1)::INTEGER) AS baseline_cold_start_any,
            min(support_count) FILTER (level IS NOT NULL) AS baseline_min_support_count,
            list(metric || '=' || scale_source ORDER BY place)
                FILTER (x IS NOT NULL AND median IS NOT NULL AND scale_source <> 'mad') AS scale_source_exceptions,
            sum(ln(1 + greatest(0, abs(z) - 3))) FILTER (ranked AND z IS NOT NULL) AS anomaly_rank_score,
            {top('level')} AS top_features, list(struct_pack({cells}) ORDER BY place) AS cells
        FROM cmetric GROUP BY ALL;
        CREATE TABLE cwide AS SELECT * EXCLUDE (cells, {", ".join(f"list_{t}" for t in lists)}), {", ".join(columns)} FROM
            (SELECT *, {", ".join(f"list_transform(cells, lambda c: c.{t}) AS list_{t}" for t in lists)} FROM listed);
        DROP TABLE listed;
        CREATE TABLE cexception AS
        SELECT row_r, h, list(metric || '=' || level ORDER BY place) AS baseline_level_exceptions
        FROM cmetric JOIN (SELECT row_r, h, baseline_level FROM cwide) USING (row_r, h)
        WHERE x IS NOT NULL AND median IS NOT NULL AND level <> baseline_level GROUP BY ALL;
        CREATE TABLE cpeerwide AS
        SELECT row_r, h, sum(ln(1 + greatest(0, abs(z) - 3))) FILTER (z IS NOT NULL) AS peer_rank_score,
            {top('level')} AS peer_top_features
        FROM cpeer GROUP BY ALL""")


def build(con, cfg):
    scored_rows(con)
    metric_rows(con, cfg)
    metric_columns(con, cfg)
